"""Publish the figures of a quarter: which quarter, who will be able to read it, and why another edition is needed."""

from collections.abc import Callable, Sequence
from functools import partial

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QWidget
from typing_extensions import override

from ioms_desktop.domain.dates.quarters import Quarter
from ioms_desktop.domain.errors import MissingReason, MissingValue
from ioms_desktop.domain.figures.publication import Edition
from ioms_desktop.services.figures.publish_figures import PublishQuarter, publish_quarter
from ioms_desktop.services.session import Outcome, Session
from ioms_desktop.ui.dialogs.auto_height import AutoHeightDialog, Card
from ioms_desktop.ui.dialogs.autosave import Origin
from ioms_desktop.ui.forms.choice_fields import CodeField, Option
from ioms_desktop.ui.forms.fields import LongTextField
from ioms_desktop.ui.tasks import Tasks

OFFERED_QUARTERS = 12  # number of past quarters offered
MAX_REASON_CHARS = 1000
READERS_TEXT = "Analysts, officers, co-ordinators and supervisors can read these figures. Analysts read nothing else."
CONTENTS_TEXT = (
    "Fixed tables of counts, with no name and no reference in them. What is too few is held back, and so is what would "
    "give it away. Restricted cases are not counted."
)
PERMANENCE_TEXT = (
    "A publication is not taken back or changed. To count it the whole record is opened in your name; that and the "
    "publication are on record."
)


class PublishFiguresDialog(AutoHeightDialog):
    """Asks for the quarter; the latest complete quarter is preselected, unless it is already published."""

    def __init__(
        self, session: Session, tasks: Tasks, editions: Sequence[Edition], parent: QWidget | None = None
    ) -> None:
        """Create the form.

        Args:
            session: The publisher's session.
            tasks: Computes and publishes the figures.
            editions: What is already published.
            parent: The Qt parent.
        """
        super().__init__(
            tasks,
            title="Publish a quarter",
            verb="&Publish",
            discard="&Discard this entry",
            intro="Figures for those who read no record of a person.",
            parent=parent,
        )
        self.session = session
        self.editions = {each.quarter.name: each for each in editions}
        self.enable_autosave(session, Origin("publish_figures"))
        names = _past_quarters(session)
        options = [Option(each.name, self._quarter_label(each)) for each in names]
        self.quarter = self.form.add(CodeField("quarter", "&Quarter", options, required=True))
        fresh = [each.name for each in names if each.name > max(self.editions, default="")]
        self.quarter.set_value(fresh[0] if fresh else None)
        self.reason = self.form.add(
            LongTextField(
                "reason",
                "&Why another edition",
                lines=2,
                limit=MAX_REASON_CHARS,
                required=True,
                help="It stands beside the figures. Name nobody in it.",
            )
        )
        self.form.place(Card("Who can read it", (READERS_TEXT,)))
        self.form.place(Card("What is published", (CONTENTS_TEXT, PERMANENCE_TEXT)))
        self._show_what_applies()
        self.quarter.changed.connect(self._show_what_applies)
        self.finish_layout()

    def _quarter_label(self, quarter: Quarter) -> str:
        known = self.editions.get(quarter.name)
        published = "" if known is None else f", published (edition {known.edition})"
        return f"{quarter.name}: {quarter.period_text}{published}"

    @Slot()
    def _show_what_applies(self) -> None:
        self.form.set_field_visible("reason", self.quarter.value() in self.editions)

    @override
    def build_command(self) -> Callable[[], Outcome]:
        name = self.quarter.value()
        if name is None:
            raise MissingValue("Choose a quarter. Your entry is kept.")
        again = name in self.editions
        reason = (self.reason.value() or "") if again else ""
        if again and not reason:
            raise MissingReason("Say why there should be another edition. Your entry is kept.")
        entry = PublishQuarter(request=self.request, quarter=Quarter.parse(name), reason=reason)
        return partial(publish_quarter, self.session, entry)


def _past_quarters(session: Session) -> list[Quarter]:
    """Return the complete quarters, latest first."""
    found = [Quarter.containing(session.today()).previous]
    while len(found) < OFFERED_QUARTERS:
        found.append(found[-1].previous)
    return found
