"""Dialogs that answer a proposed decision, showing the facts the second person needs, and that record it as served."""

from collections.abc import Callable

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QWidget
from typing_extensions import override

from ioms_desktop.domain.errors import MissingReason
from ioms_desktop.domain.policy.decisions import OFFER_STAYS_OPEN_NOTICE
from ioms_desktop.domain.records.concerns_and_decisions import Decision, Proposal
from ioms_desktop.services.cases.cases import CaseView
from ioms_desktop.services.edit_conflicts import PendingEdit
from ioms_desktop.services.recording.decisions import (
    AnswerProposal,
    authorise_proposal,
    may_answer,
    refuse_proposal,
)
from ioms_desktop.services.recording.serving import RecordServed, asks_what_was_told, record_served
from ioms_desktop.services.session import Outcome, Session
from ioms_desktop.ui import labels
from ioms_desktop.ui.dialogs.auto_height import AutoHeightDialog, Card
from ioms_desktop.ui.dialogs.autosave import Origin
from ioms_desktop.ui.dialogs.simple_command import SimpleCommand, SimpleCommandDialog, past_day_field
from ioms_desktop.ui.forms.choice_fields import Choice, ChoiceField
from ioms_desktop.ui.forms.fields import LongTextField
from ioms_desktop.ui.recording.case_subject import subject_of
from ioms_desktop.ui.recording.decision_facts import (
    check_lines,
    describe_step,
    proposal_lines,
    support_lines,
    trigger_lines,
)
from ioms_desktop.ui.tasks import Tasks

MAX_REASON_CHARS = 2000
AUTHORISE, REFUSE, WITHDRAW = "authorise", "refuse", "withdraw"
REFUSE_CHOICE = Choice(REFUSE, "Refuse", "r")


def allowed_answers(session: Session, proposal: Proposal) -> tuple[Choice, ...]:
    """Return the answers open to this user: the proposer may only withdraw; some only a supervisor may answer."""
    if proposal.proposed_by == session.user:
        return (Choice(WITHDRAW, "Withdraw", "w"),)
    if not may_answer(session, proposal):
        return ()
    return (Choice(AUTHORISE, "Authorise", "a"), REFUSE_CHOICE)


class AnswerProposalDialog(AutoHeightDialog):
    """Asks for the answer of the second person."""

    def __init__(
        self, session: Session, tasks: Tasks, view: CaseView, proposal: Proposal, parent: QWidget | None = None
    ) -> None:
        own = proposal.proposed_by == session.user
        super().__init__(
            tasks,
            title="Withdraw a proposal" if own else "Answer a proposal",
            verb="&Withdraw" if own else "&Save answer",
            discard="&Discard this answer",
            about=subject_of(session, view).summary,
            parent=parent,
        )
        self.session, self.view, self.proposal = session, view, proposal
        self.enable_autosave(
            session, Origin("answer_proposal", proposal.case_ref, proposal.proposal_ref, proposal.revision)
        )
        self._show_facts()
        choices = allowed_answers(session, proposal)
        self.answer = self.form.add(
            ChoiceField("answer", "&Answer", choices or (Choice(REFUSE, "Refuse"),), required=True)
        )
        if len(choices) == 1:
            self.answer.set_value(choices[0].code)
        self.reason = self.form.add(LongTextField("reason", "&Reason", lines=3, limit=MAX_REASON_CHARS))
        self._show_verb()
        self.answer.changed.connect(self._show_verb)
        self.finish_layout()

    def _show_facts(self) -> None:
        told = [t for t in self.view.triggers if t.trigger.rule == self.proposal.rule and t.trigger.status == "OPEN"]
        for each in told[-1:]:
            lines = trigger_lines(self.session, self.view, each.trigger, each.sentence)
            self.form.place(Card("What was seen", lines))
        self.form.place(Card("The offer, and what was tried", support_lines(self.session, self.view)))
        proposed = tuple(f"{title}: {words}" for title, words in proposal_lines(self.session, self.proposal))
        self.form.place(Card("What is proposed", proposed))
        checks = check_lines(self.proposal.child_checks)
        if checks:
            self.form.place(Card("Child checks", checks))
        self.form.place(Card("", labels.ENFORCEMENT_NOTICES, kind="bar-caution"))

    @Slot()
    def _show_verb(self) -> None:
        words = {AUTHORISE: "Aut&horise", REFUSE: "Re&fuse", WITHDRAW: "&Withdraw"}
        verb = words.get(self.answer.value() or "", "&Save answer")
        self.primary.setText(verb)
        self.primary.setAccessibleName(verb.replace("&", ""))

    @override
    def build_command(self) -> Callable[[], Outcome]:
        answer, reason = self.answer.value(), self.reason.value() or ""
        if answer != AUTHORISE and not reason:
            self.form.set_problem("reason", "Say why.")
            self.reason.setFocus()
            raise MissingReason("Say why. Your entry is kept.")
        entry = AnswerProposal(
            request=self.request,
            proposal_ref=self.proposal.proposal_ref,
            revision=self.revision,
            reason=reason,
        )
        return PendingEdit(authorise_proposal if answer == AUTHORISE else refuse_proposal, self.session, entry)


class DecisionServedDialog(SimpleCommandDialog):
    """Asks for the day on which the action of a decision was served, and what the person was told if nobody said so."""

    def __init__(
        self, session: Session, tasks: Tasks, view: CaseView, decision: Decision, parent: QWidget | None = None
    ) -> None:
        label_of = session.lists.of("decision").label
        step = describe_step(session, decision.step) if decision.step else label_of(decision.decision)
        on = past_day_field(session, "on", "Served &on")
        told = LongTextField(
            "told", "&Message given", lines=3, limit=MAX_REASON_CHARS, required=True, help="The words used."
        )
        asked = asks_what_was_told(session, decision)

        def command() -> Callable[[], Outcome]:
            entry = RecordServed(
                request=self.request,
                decision_ref=decision.decision_ref,
                revision=self.revision,
                on=on.filled(),
                told_participant=told.value() if asked else None,
            )
            return PendingEdit(record_served, session, entry)

        spec = SimpleCommand(
            title="Record as served",
            about=subject_of(session, view).summary,
            intro=f"{step}. {OFFER_STAYS_OPEN_NOTICE}",
            origin=Origin("served", decision.case_ref, decision.decision_ref, decision.revision),
            fields=(on, told) if asked else (on,),
            command=command,
        )
        super().__init__(session, tasks, spec, parent)
