"""Publish the figures of a quarter: which, what becomes readable by whom, and for another edition why."""

from collections.abc import Callable, Sequence
from functools import partial

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QWidget
from typing_extensions import override

from ioms_desktop.domain.dates.quarters import Quarter
from ioms_desktop.domain.errors import Refused
from ioms_desktop.domain.figures.publication import Edition
from ioms_desktop.services.figures.publish_figures import PublishQuarter, publish_quarter
from ioms_desktop.services.session import Desk, Outcome
from ioms_desktop.ui.dialogs.auto_height import Card, FittingDialog
from ioms_desktop.ui.dialogs.autosave import Origin
from ioms_desktop.ui.forms.choice_fields import CodeField, Option
from ioms_desktop.ui.forms.fields import LongTextField
from ioms_desktop.ui.tasks import Tasks

OFFERED = 12  # quarters back
LONGEST = 1000
WHO = "Analysts, officers, co-ordinators and supervisors can read these figures. Analysts read nothing else."
WHAT = (
    "Fixed tables of counts, with no name and no reference in them. What is too few is held back, and so is what would "
    "give it away. Restricted cases are not counted."
)
FOR_EVER = (
    "A publication is not taken back or changed. To count it the whole record is opened in your name; that and the "
    "publication are on record."
)


class PublishFiguresDialog(FittingDialog):
    """Collects the quarter. As it opens, it is the newest that is over, unless that is published."""

    def __init__(self, desk: Desk, tasks: Tasks, editions: Sequence[Edition], parent: QWidget | None = None) -> None:
        """Fill the form.

        Args:
            desk: Who publishes.
            tasks: Where it is counted and published.
            editions: What is published already.
            parent: The window it belongs to.
        """
        super().__init__(
            tasks,
            title="Publish a quarter",
            verb="&Publish",
            discard="&Discard this entry",
            intro="Figures for those who read no record of a person.",
            parent=parent,
        )
        self.desk = desk
        self.known = {each.quarter.name: each for each in editions}
        self.keeps(desk, Origin("publish_figures"))
        names = _quarters(desk)
        options = [Option(each.name, self._words(each)) for each in names]
        self.quarter = self.form.add(CodeField("quarter", "&Quarter", options, required=True))
        fresh = [each.name for each in names if each.name > max(self.known, default="")]
        self.quarter.set_value(fresh[0] if fresh else None)
        self.reason = self.form.add(
            LongTextField(
                "reason",
                "&Why another edition",
                lines=2,
                limit=LONGEST,
                required=True,
                help="It stands beside the figures. Name nobody in it.",
            )
        )
        self.form.place(Card("Who can read it", (WHO,)))
        self.form.place(Card("What is published", (WHAT, FOR_EVER)))
        self._show_what_applies()
        self.quarter.changed.connect(self._show_what_applies)
        self.ready()

    def _words(self, quarter: Quarter) -> str:
        known = self.known.get(quarter.name)
        published = "" if known is None else f", published (edition {known.edition})"
        return f"{quarter.name}: {quarter.period_text}{published}"

    @Slot()
    def _show_what_applies(self) -> None:
        self.form.set_shown("reason", self.quarter.value() in self.known)

    @override
    def work(self) -> Callable[[], Outcome]:
        name = self.quarter.value()
        if name is None:
            raise Refused("Choose a quarter. Your entry is kept.")
        again = name in self.known
        reason = (self.reason.value() or "") if again else ""
        if again and not reason:
            raise Refused("Say why there should be another edition. Your entry is kept.")
        entry = PublishQuarter(request=self.request, quarter=Quarter.parse(name), reason=reason)
        return partial(publish_quarter, self.desk, entry)


def _quarters(desk: Desk) -> list[Quarter]:
    """Give the quarters that are over, the newest first."""
    found = [Quarter.containing(desk.today()).previous]
    while len(found) < OFFERED:
        found.append(found[-1].previous)
    return found
