"""The dialog shown after a record has raised triggers: what was observed, and by when a decision is due."""

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QWidget

from ioms_desktop.domain.text_format import begin_at_left, describe_due, format_day
from ioms_desktop.services.session import RaisedTrigger, Session
from ioms_desktop.ui import labels
from ioms_desktop.ui.dialogs.auto_height import Card
from ioms_desktop.ui.opening_guard import OpeningGuard
from ioms_desktop.ui.widgets.chips import ChipLabel, deadline_chip
from ioms_desktop.ui.widgets.scrolling_dialog import ScrollingDialog
from ioms_desktop.ui.widgets.widgets import button, label

WIDTH_PX = 560


class TriggersRaisedDialog(ScrollingDialog):
    """Shows the triggers that a record raised.

    Signals:
        decision_requested: The user wants to decide now; carries the trigger.
    """

    decision_requested = Signal(object)

    def __init__(
        self,
        session: Session,
        raised: Sequence[RaisedTrigger],
        *,
        may_decide: bool,
        parent: QWidget | None = None,
    ) -> None:
        """Show the triggers.

        Args:
            session: The current session.
            raised: The triggers; at least one.
            may_decide: Whether this user may propose a decision.
            parent: The Qt parent.
        """
        super().__init__(WIDTH_PX, parent)
        self.setWindowTitle("Alert: for decision")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        column = self.column
        column.addWidget(label("Alert: for decision", "title"))
        column.addWidget(label("What you recorded is saved.", "quiet"))
        for each in raised:
            column.addWidget(self._card(session, each))
        column.addWidget(label(labels.NOTHING_AUTOMATIC, "quiet", wrap=True))
        foot = QHBoxLayout()
        foot.addStretch(1)
        self.later_button = button("&Later", self.reject)
        foot.addWidget(self.later_button)
        first, may_decide = raised[0], may_decide and bool(raised[0].case_ref)
        among = f" on {first.case_ref}" if len({each.case_ref for each in raised}) > 1 else ""
        self.decide_button = button(f"&Decide now{among}", lambda: self._decide(first), kind="primary")
        self.decide_button.setVisible(may_decide)
        foot.addWidget(self.decide_button)
        column.addStretch(1)
        self.add_foot(foot)
        (self.decide_button if may_decide else self.later_button).setDefault(True)
        (self.decide_button if may_decide else self.later_button).setFocus()
        self.setAccessibleName("Alert: for decision")
        self.setAccessibleDescription(" ".join(f"{_describe_whose(each)} {each.explanation}" for each in raised))
        OpeningGuard(self)

    def _card(self, session: Session, raised: RaisedTrigger) -> Card:
        rule = session.lists.of("rule").label(raised.rule)
        due, today = raised.decision_due, session.today()
        by = f"Decision {describe_due(due, today)}, by {format_day(due)}."
        card = Card(rule, tuple(filter(None, (begin_at_left(_describe_whose(raised)), raised.explanation, by))))
        card.column.addWidget(ChipLabel(deadline_chip((due - today).days)))
        return card

    def _decide(self, raised: RaisedTrigger) -> None:
        self.accept()
        self.decision_requested.emit(raised)


def _describe_whose(raised: RaisedTrigger) -> str:
    """Say whose trigger it is: what was recorded for several people may have raised it on any of them."""
    case = f"Case {raised.case_ref}" if raised.case_ref else ""
    return "".join(f"{each}. " for each in (raised.whom, case) if each).strip()
