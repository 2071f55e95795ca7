"""What waits for a decision on a case: open triggers with explanation, deadline, evidence and actions."""

from collections.abc import Iterator

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QSizePolicy, QVBoxLayout, QWidget

from ioms_desktop.domain.access.roles import Right, may
from ioms_desktop.domain.intelligence import INTELLIGENCE_RULE
from ioms_desktop.domain.policy.triggers import Evidence
from ioms_desktop.domain.printing.plain_words import CLOSING
from ioms_desktop.domain.records.concerns_and_decisions import Proposal
from ioms_desktop.domain.text_format import describe_due, format_day
from ioms_desktop.services.cases.cases import CaseView, ExplainedTrigger
from ioms_desktop.services.session import Session
from ioms_desktop.ui import labels
from ioms_desktop.ui.dialogs.auto_height import Card
from ioms_desktop.ui.recording.answer_proposal import allowed_answers
from ioms_desktop.ui.recording.decision_facts import describe_evidence, describe_step
from ioms_desktop.ui.theme.tokens import Tone
from ioms_desktop.ui.widgets.chips import Chip, ChipLabel, Shape, deadline_chip
from ioms_desktop.ui.widgets.layouts import clear_layout
from ioms_desktop.ui.widgets.widgets import ElidedLabel, button, label

MAX_EVIDENCE = 5
EVIDENCE_WIDTH_PX = 250
SPACING_PX = 10
COMPACT_MARGINS_PX = (12, 4, 8, 4)


class TriggerPanel(QWidget):
    """Shows open triggers, waiting proposals, suggestions and standards not kept.

    Signals:
        decision_requested: A decision is to be proposed; with the code of the rule, empty for none.
        answer_requested: A proposal is to be answered; with the proposal.
        evidence_requested: An item of evidence is to be opened; with its kind and reference.
    """

    decision_requested = Signal(str)
    answer_requested = Signal(object)
    evidence_requested = Signal(str, str)

    def __init__(self) -> None:
        super().__init__()
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Minimum)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(SPACING_PX)
        self._is_compact = False
        self._shown: tuple[Session, CaseView, bool] | None = None

    def set_compact(self, *, compact: bool) -> None:
        """Show of each alert one line with its act, for a window that the whole of it would fill; or all of it again.

        What is left out is read in the section of alerts.
        """
        if compact != self._is_compact:
            self._is_compact = compact
            self._column.setSpacing(6 if compact else SPACING_PX)
            if self._shown is not None:
                session, view, live = self._shown
                self.show_case(session, view, live=live)

    def show_case(self, session: Session, view: CaseView, *, live: bool) -> None:
        """Show what a case waits for.

        Args:
            live: Whether decisions and answers are offered: the case is shown as of today, not by break-glass access.
        """
        self._shown = session, view, live
        clear_layout(self._column)
        lettered: set[str] = set()
        for part in self._parts(session, view, live=live):
            for each in part.findChildren(QPushButton):
                if each.text() in lettered:  # a letter on two cards would press neither
                    each.setText(each.text().replace("&", ""))
                lettered.add(each.text())
            self._column.addWidget(part)
        self._column.addStretch(1)

    def _parts(self, session: Session, view: CaseView, *, live: bool) -> Iterator[QWidget]:
        open_ones = sorted(
            (told for told in view.triggers if told.trigger.status == "OPEN"),
            key=lambda told: told.trigger.decision_due,
        )
        waiting = {p.rule: p for p in view.proposals if p.status == "PROPOSED"}
        pairs = [(told, waiting.pop(told.trigger.rule, None)) for told in open_ones]
        shown = [p for p in waiting.values() if view.sees_intelligence or p.rule != INTELLIGENCE_RULE]
        none = "No alert is open." if view.sees_intelligence else "No alert that you may see is open."
        yield from self._heading("" if pairs or shown else none)
        for told, proposal in pairs:
            yield self._trigger(session, view, told, proposal, live=live)
        for proposal in shown:
            yield self._untriggered_proposal(session, proposal, live=live)
        for suggestion in view.suggestions:
            yield self._suggestion(session, suggestion.reason, live=live)
        if view.overdue and not self._is_compact:
            yield label("Standards not kept", "title")
        for each in view.overdue:
            yield self._standard(each.explanation)

    def _standard(self, explanation: str) -> QWidget:
        if not self._is_compact:
            return Card("", (explanation,))
        card = self._card()
        row = QHBoxLayout()
        row.setSpacing(12)
        row.addWidget(label("Standard not kept"))
        row.addWidget(ElidedLabel(explanation, "small"), 1)
        card.column.addLayout(row)
        card.setAccessibleName(f"Standard not kept. {explanation}")
        return card

    def _card(self) -> Card:
        card = Card("")
        if self._is_compact:
            card.column.setContentsMargins(*COMPACT_MARGINS_PX)
        return card

    def _heading(self, none: str) -> Iterator[QWidget]:
        title = label("For decision", "title")
        if not self._is_compact:
            yield title
            if none:
                yield label(none, "quiet", wrap=True)
            return
        line = QWidget()
        row = QHBoxLayout(line)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(12)
        row.addWidget(title)
        row.addWidget(ElidedLabel(none, "quiet"), 1)
        yield line

    def _trigger(
        self, session: Session, view: CaseView, told: ExplainedTrigger, proposal: Proposal | None, *, live: bool
    ) -> QWidget:
        trigger, rule = told.trigger, session.lists.of("rule").label(told.trigger.rule)
        card = self._card()
        head = QHBoxLayout()
        head.setSpacing(12)
        head.addWidget(label(rule))
        if self._is_compact:
            head.addWidget(ElidedLabel(told.sentence, "small"), 1)
        else:
            head.addStretch(1)
        head.addWidget(ChipLabel(deadline_chip((trigger.decision_due - view.as_of).days)))
        card.column.addLayout(head)
        due = f"Raised {format_day(trigger.raised_on)}. A decision is due by {format_day(trigger.decision_due)}"
        if not self._is_compact:
            self._add_account(card, session, view, told, f"{due}.")
        if proposal is not None:
            self._add_proposal(card, session, proposal, live=live)
        elif live and may(session.role, Right.PROPOSE):
            act = button("&Decide", lambda: self.decision_requested.emit(trigger.rule), kind="primary")
            act.setAccessibleName(f"Decide on {rule}")
            if self._is_compact:
                head.addWidget(act)
            else:
                card.column.addLayout(_right_aligned(act))
        clock = describe_due(trigger.decision_due, view.as_of)
        card.setAccessibleName(f"{rule}. {told.sentence} {due}, {clock}.")
        return card

    def _add_account(self, card: Card, session: Session, view: CaseView, told: ExplainedTrigger, due: str) -> None:
        """Add to a card what to say of an alert, why it was raised, until when it waits, and its evidence."""
        for addressee, words in addressed_sentences(view, told):
            card.add_line(f"{addressee}: {words}").setToolTip(f"{words} {CLOSING}")
        card.add_line(told.sentence, "small")
        card.add_line(due, "quiet")
        evidence = told.trigger.evidence
        for each in evidence[:MAX_EVIDENCE]:
            card.column.addWidget(self._evidence(session, view, each), alignment=Qt.AlignmentFlag.AlignLeft)
        more = len(evidence) - MAX_EVIDENCE
        if more > 0:
            card.add_line(f"and {more} more in the Alerts section", "small")

    def _evidence(self, session: Session, view: CaseView, evidence: Evidence) -> QPushButton:
        words = describe_evidence(session, view, evidence)
        made = button("", lambda: self.evidence_requested.emit(evidence.kind, evidence.ref), kind="plain")
        made.setText(made.fontMetrics().elidedText(words, Qt.TextElideMode.ElideRight, EVIDENCE_WIDTH_PX))
        made.setToolTip(words)
        made.setAccessibleName(f"Open evidence, {words}")
        return made

    def _add_proposal(self, card: Card, session: Session, proposal: Proposal, *, live: bool) -> None:
        what = session.lists.of("decision").label(proposal.decision)
        step = f", {describe_step(session, proposal.step)}" if proposal.step else ""
        card.column.addWidget(ChipLabel(Chip("waiting for a second person", Tone.AMBER, Shape.TRIANGLE)))
        card.add_line(
            f"{session.names.of(proposal.proposed_by)} proposed on {format_day(proposal.proposed_on)}: {what}{step}."
        )
        if not live or not may(session.role, Right.PROPOSE):
            return
        answers = allowed_answers(session, proposal)
        if not answers:
            card.add_line("An officer authorises, from a written warning up a supervisor.", "quiet")
            return
        words = " or ".join(choice.label.lower() for choice in answers)
        act = button(words.capitalize(), lambda: self.answer_requested.emit(proposal), kind="primary")
        card.column.addLayout(_right_aligned(act))

    def _untriggered_proposal(self, session: Session, proposal: Proposal, *, live: bool) -> QWidget:
        card = Card("Proposed without an alert" if proposal.rule is None else "Proposed")
        self._add_proposal(card, session, proposal, live=live)
        return card

    def _suggestion(self, session: Session, reason: str, *, live: bool) -> QWidget:
        card = Card("Suggestion", (reason, labels.NOTHING_AUTOMATIC))
        if live and may(session.role, Right.PROPOSE):
            card.column.addLayout(_right_aligned(button("Cons&ider", lambda: self.decision_requested.emit(""))))
        return card


def addressed_sentences(view: CaseView, told: ExplainedTrigger) -> tuple[tuple[str, str], ...]:
    """Return what to say of a trigger, each with whom it speaks to."""
    person = "To the participant" if view.case.programme == "PHOENIX" else "To the person"
    said = ((person, told.to_person), ("To a parent or carer", told.to_parent))
    return tuple((addressee, words) for addressee, words in said if words)


def _right_aligned(widget: QWidget) -> QHBoxLayout:
    row = QHBoxLayout()
    row.addStretch(1)
    row.addWidget(widget)
    return row
