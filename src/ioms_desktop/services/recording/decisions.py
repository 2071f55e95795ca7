"""Decisions on triggers: one person proposes, another authorises or refuses. Nothing is ever decided by itself."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from functools import partial

from ioms_desktop.domain.access.roles import Right, Role, may
from ioms_desktop.domain.errors import AlreadyDone, CheckedOut, MissingReason, NotAllowed
from ioms_desktop.domain.policy.case_facts import latest_step
from ioms_desktop.domain.policy.decisions import (
    check_decision,
    needs_supervisor,
    required_child_checks,
)
from ioms_desktop.domain.policy.explanations import explain
from ioms_desktop.domain.policy.ladder import LadderStep, StepAvailability, StepContext, step_availability
from ioms_desktop.domain.policy.policy import Policies, rule_families
from ioms_desktop.domain.policy.triggers import Trigger, evaluate, visible_triggers
from ioms_desktop.domain.records.cases import Case
from ioms_desktop.domain.records.code_lists import CodeLists
from ioms_desktop.domain.records.concerns_and_decisions import BESIDE_A_DECISION, Decision, Proposal
from ioms_desktop.domain.records.people import Offence, Person
from ioms_desktop.services.case_access import refuse_under_break_glass
from ioms_desktop.services.case_history import get_case_history
from ioms_desktop.services.commands import (
    add_record,
    get_person,
    get_visible_case,
    new_ref,
    run_command,
)
from ioms_desktop.services.edit_conflicts import ConflictResolution
from ioms_desktop.services.entries.deaths import ask_if_died
from ioms_desktop.services.recording.edits import Edit, run_edit
from ioms_desktop.services.session import DecidedStep, Outcome, Session, Topic
from ioms_desktop.storage.records.read import Reading
from ioms_desktop.storage.transaction import Transaction

DECISION_TOPICS = frozenset({Topic.DECISIONS})
REFUSAL_NOTICES = {
    "WITHDRAWN": "Proposal withdrawn.",
    "REFUSED": "Proposal refused. The alert is still for decision.",
}
PRONOUNS = {"FEMALE": "she", "MALE": "he"}


def pronoun_of(lists: CodeLists, sex: str | None) -> str:
    """Return the pronoun of a person whose sex is recorded by a code."""
    return PRONOUNS.get(lists.of("sex").canonical((sex or "").upper()), "they")


@dataclass(frozen=True, slots=True, kw_only=True)
class DecisionPage:
    """Everything a user needs to see to decide on a trigger.

    Attributes:
        trigger: What was raised; None for a decision on none.
        sentence: Its explanation.
        steps: Every step, available or with the reason why not.
        age: The person's age on the day.
        checks: The child checks each step needs, by step code.
        current_step: The present step of the case.
        waiting_proposals: Proposals that wait for an answer.
        open_triggers: The triggers that wait for a proposal, with their explanations, where none was named.
    """

    case: Case
    person: Person
    on: date
    trigger: Trigger | None
    sentence: str
    steps: tuple[StepAvailability, ...]
    age: int
    checks: dict[str, tuple[str, ...]]
    current_step: str
    waiting_proposals: tuple[Proposal, ...]
    open_triggers: tuple[tuple[Trigger, str], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ProposeDecision:
    """A proposed decision on a case, on the trigger of a rule where one is named."""

    request: str
    case_ref: str
    decision: str
    reason: str
    rule: str | None = None
    step: str | None = None
    child_checks: str | None = None
    told_participant: str | None = None
    alternatives: str | None = None
    proportionality: str | None = None
    others_told: str | None = None
    review_on: date | None = None
    dissent_agency: str | None = None
    dissent: str | None = None
    conviction_court: str | None = None
    convicted_on: date | None = None
    lever: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerProposal:
    """The second person's answer to a proposal; `revision` is the one read."""

    request: str
    proposal_ref: str
    revision: int
    reason: str = ""
    resolution: ConflictResolution | None = None


def decision_page(session: Session, case_ref: str, rule: str | None = None, on: date | None = None) -> DecisionPage:
    """Gather what is needed to decide.

    Raises:
        NotAllowed: The user may not propose.
        Missing: The case is not there for this user.
    """
    session.require(Right.PROPOSE)
    day = on or session.today()
    with session.store.read() as reading:
        case = get_visible_case(session, reading, case_ref)
        person = get_person(reading, case)
        policies = session.policy_timeline
        pronoun = pronoun_of(session.lists, person.sex)
        history = get_case_history(reading, case_ref, policies=policies, pronoun=pronoun)
        situation = get_step_context(session, reading, case, person, day)
        waiting = tuple(p for p in reading.list_records(Proposal, case_ref=case_ref) if p.status == "PROPOSED")
    raised = evaluate(policies, history, day)
    shown = visible_triggers(session.role, raised, history)
    open_ = [trigger for trigger in shown if trigger.status == "OPEN"]
    found = [trigger for trigger in open_ if trigger.rule == rule]
    trigger = found[-1] if found else None
    return DecisionPage(
        case=case,
        person=person,
        on=day,
        trigger=trigger,
        sentence="" if trigger is None else explain(policies, trigger),
        steps=step_availability(session.ladder, situation),
        age=situation.age,
        checks={step.code: required_child_checks(step, situation.age) for step in session.ladder},
        current_step=latest_step(history[-1].decisions, day)[0],
        waiting_proposals=waiting,
        open_triggers=() if rule is not None else _unanswered(policies, open_, waiting),
    )


def _unanswered(
    policies: Policies, triggers: Iterable[Trigger], waiting: Iterable[Proposal]
) -> tuple[tuple[Trigger, str], ...]:
    answered = {proposal.rule for proposal in waiting}
    return tuple((each, explain(policies, each)) for each in triggers if each.rule not in answered)


def get_step_context(session: Session, reading: Reading, case: Case, person: Person, on: date) -> StepContext:
    """Gather what the availability of steps depends on for a case on a day, under the policy version of that day."""
    policy = session.policy(on)
    offences = reading.list_records(Offence, person_ref=person.person_ref)
    history = get_case_history(reading, case.case_ref, policies=session.policy_timeline)[-1]
    earlier = frozenset(d.step for d in history.decisions if d.step and d.decision == "ESCALATE" and d.decided_on <= on)
    return StepContext(
        born_on=person.date_of_birth,
        on=on,
        earlier_steps=earlier,
        order_in_force=history.legal_position.any_in_force(policy.in_force, on),
        pronoun=pronoun_of(session.lists, person.sex),
        rules=policy.steps,
        convicted=any(convicted <= on for each in offences if (convicted := conviction_day(session.lists, each))),
        levers=levers_on(session.lists, on),
    )


def conviction_day(lists: CodeLists, offence: Offence) -> date | None:
    """Return the day of a conviction, that of its outcome or else of the offence; None for no conviction."""
    if lists.of("offence_role").canonical(offence.role or "") != "CONVICTED":
        return None
    return offence.outcome_on or offence.offence_on


def levers_on(lists: CodeLists, on: date) -> frozenset[str]:
    """Return the partner levers that may be named on a day."""
    known = lists.of("enforcement_lever")
    return known.spellings(each.code for each in known if each.valid_on(on))


def propose_decision(session: Session, entry: ProposeDecision) -> Outcome:
    """Propose a decision. It decides nothing until somebody else authorises it.

    Raises:
        NotAllowed: The user may not propose.
        Missing: The case is not there for this user.
        Refused: The step is not available, or something the policy asks for is missing.
    """

    def do(tx: Transaction) -> Outcome:
        case = get_visible_case(session, tx, entry.case_ref)
        refuse_under_break_glass(session, tx, entry.case_ref)
        ask_if_died(session, tx, case, session.today())
        tx.lock(case)
        if not entry.reason.strip():
            raise MissingReason("A decision needs its reason. Your entry is kept; write why.", field="reason")
        proposal = Proposal(
            proposal_ref=new_ref("PR"),
            case_ref=case.case_ref,
            rule=entry.rule,
            proposed_on=session.today(),
            decision=entry.decision,
            step=entry.step,
            reason=entry.reason.strip(),
            proposed_by=session.user,
            child_checks=entry.child_checks,
            told_participant=(entry.told_participant or "").strip() or None,
            alternatives=entry.alternatives,
            proportionality=entry.proportionality,
            others_told=entry.others_told,
            review_on=entry.review_on,
            dissent_agency=entry.dissent_agency,
            dissent=entry.dissent,
            conviction_court=entry.conviction_court,
            convicted_on=entry.convicted_on,
            lever=entry.lever,
            status="PROPOSED",
        )
        check_proposal(session, tx, case, proposal)
        stored = add_record(tx, proposal)
        return Outcome(
            notice="Proposed. Somebody else authorises or refuses it.", changed=DECISION_TOPICS, ref=stored.proposal_ref
        )

    return run_command(session, "propose", Right.PROPOSE, entry.request, do)


def check_proposal(session: Session, tx: Transaction, case: Case, proposal: Proposal) -> None:
    """Refuse a new proposal that may not wait for an answer.

    Raises:
        Refused: Another one on the trigger waits already, or the policy would not accept the decision.
    """
    waiting = [p for p in tx.list_records(Proposal, case_ref=case.case_ref) if p.status == "PROPOSED"]
    if any(p.rule == proposal.rule for p in waiting):
        raise AlreadyDone("A proposal on this alert is already waiting. Answer or withdraw it first.")
    # What the second person could never accept is refused now, while the words are still on the screen.
    _check(session, tx, case, _decision_from(proposal, "somebody else", session.today()))


def authorise_proposal(session: Session, entry: AnswerProposal) -> Outcome:
    """Authorise a proposal, which becomes a decision dated today.

    Raises:
        NotAllowed: The user may not authorise, or it needs a supervisor.
        EditConflict: Someone else saved it since it was read; where they answered it, their answer remains.
        Refused: The user proposed it, the policy does not accept it today, or the case was taken away.
    """
    _refuse_in_checkout(session)
    ref = new_ref("DE")
    made: list[DecidedStep] = []

    def add_decision(tx: Transaction, _current: Proposal, proposal: Proposal) -> None:
        # After a conflict somebody else's answer may be the one that stays; then there is nothing to decide.
        if proposal.status != "AUTHORISED":
            return
        _require_authoriser(session, proposal)
        decision = _decision_from(proposal, session.user, session.today())
        case = get_visible_case(session, tx, proposal.case_ref)
        ask_if_died(session, tx, case, decision.decided_on)
        _check(session, tx, case, decision)
        add_record(tx, replace(decision, decision_ref=ref))
        if decision.step:
            made.append(DecidedStep(case.case_ref, ref, decision.step))

    edit: Edit[Proposal] = Edit(
        before=lambda _, proposal: _refuse_if_answered(session, proposal, entry),
        change=lambda read: _apply_answer(session, read, entry, "AUTHORISED", ref),
        refusal=partial(_answered_message, session),
        after=add_decision,
        notice=lambda _: "Authorised. The offer of support remains open.",
        topics=DECISION_TOPICS,
        ref=ref,
    )
    outcome = run_edit(session, "authorise", Right.AUTHORISE, entry, (Proposal, entry.proposal_ref), edit)
    return replace(outcome, decided=made[0]) if made else outcome


def refuse_proposal(session: Session, entry: AnswerProposal) -> Outcome:
    """Refuse a proposal with a reason, or withdraw one's own; it stays on the record.

    Raises:
        NotAllowed: It is somebody else's, and the user may not authorise, or it needs a supervisor.
        EditConflict: Someone else saved it since it was read; where they answered it, their answer remains.
        Refused: There is no reason.
    """

    def check(proposal: Proposal) -> None:
        if proposal.proposed_by != session.user:
            session.require(Right.AUTHORISE)
            _refuse_in_checkout(session)
            _require_authoriser(session, proposal)
        if not entry.reason.strip():
            raise MissingReason("Say why. Your entry is kept.", field="reason")
        _refuse_if_answered(session, proposal, entry)

    def answer(proposal: Proposal) -> str:
        return "WITHDRAWN" if proposal.proposed_by == session.user else "REFUSED"

    edit: Edit[Proposal] = Edit(
        before=lambda _, proposal: check(proposal),
        change=lambda read: _apply_answer(session, read, entry, answer(read)),
        refusal=partial(_answered_message, session),
        notice=lambda proposal: REFUSAL_NOTICES[answer(proposal)],
        topics=DECISION_TOPICS,
        ref=entry.proposal_ref,
    )
    return run_edit(session, "refuse", Right.PROPOSE, entry, (Proposal, entry.proposal_ref), edit)


def _answered_message(session: Session, proposal: Proposal) -> str:
    if proposal.status == "PROPOSED":
        return ""
    return f"This proposal was already answered by {session.names.of(proposal.answered_by)}. Nothing was changed."


def _refuse_if_answered(session: Session, proposal: Proposal, entry: AnswerProposal) -> None:
    """Refuse to answer a proposal that the user had read as answered; one answered meanwhile is a conflict instead."""
    if proposal.status != "PROPOSED" and entry.revision == proposal.revision:
        raise AlreadyDone(_answered_message(session, proposal))


def _apply_answer(
    session: Session, proposal: Proposal, entry: AnswerProposal, status: str, decision_ref: str | None = None
) -> Proposal:
    return replace(
        proposal,
        status=status,
        answered_by=session.user,
        answered_on=session.today(),
        answer_reason=entry.reason.strip() or None,
        decision_ref=decision_ref,
    )


def _refuse_in_checkout(session: Session) -> None:
    """Refuse to answer proposals in an offline file: it has one user, and a second one must decide."""
    if session.checkout is not None:
        raise CheckedOut(
            "This is an offline file, and a proposal is answered in the main database "
            f"({session.checkout.source}). It "
            "stays proposed; answer it there when you are back."
        )


def _require_authoriser(session: Session, proposal: Proposal) -> None:
    """Refuse where a supervisor must answer; every other proposal any second person who may authorise answers."""
    if proposal_needs_supervisor(session, proposal) and session.role is not Role.SUPERVISOR:
        raise NotAllowed("Only a supervisor can answer this proposal. It stays proposed; ask one of them.")


def may_answer(session: Session, proposal: Proposal) -> bool:
    """Whether this user may authorise or refuse a proposal of somebody else."""
    if proposal_needs_supervisor(session, proposal):
        return session.role is Role.SUPERVISOR
    return may(session.role, Right.AUTHORISE)


def proposal_needs_supervisor(session: Session, proposal: Proposal) -> bool:
    """Whether a supervisor must answer a proposal: from L2 up, and where no action follows a concern."""
    family = rule_families(session.policies).get(proposal.rule or "")
    return needs_supervisor(proposal.decision, _find_step(session, proposal.step), family)


def _find_step(session: Session, code: str | None) -> LadderStep | None:
    return next((step for step in session.ladder if step.code == code), None)


def _check(session: Session, tx: Transaction, case: Case, decision: Decision) -> None:
    situation = get_step_context(session, tx, case, get_person(tx, case), session.today())
    check_decision(decision, situation, session.ladder, rule_families(session.policies))


def _decision_from(proposal: Proposal, authoriser: str, on: date) -> Decision:
    return Decision(
        decision_ref="",
        case_ref=proposal.case_ref,
        rule=proposal.rule,
        decided_on=on,
        decision=proposal.decision,
        step=proposal.step,
        reason=proposal.reason,
        proposed_by=proposal.proposed_by,
        authorised_by=authoriser,
        child_checks=proposal.child_checks,
        told_participant=proposal.told_participant,
        **{name: getattr(proposal, name) for name in BESIDE_A_DECISION},
    )
