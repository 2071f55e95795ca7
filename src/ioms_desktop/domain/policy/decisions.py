"""The conditions of a valid decision: two people, an available step, what the person was told, and the child checks."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from ioms_desktop.domain.dates.calendar import ADULT_AGE
from ioms_desktop.domain.errors import (
    ChildChecksUnanswered,
    ConflictingValues,
    MalformedValue,
    MissingValue,
    NeedsAnotherPerson,
    StepNotAvailable,
)
from ioms_desktop.domain.policy.ladder import LadderStep, StepContext, unavailable_because
from ioms_desktop.domain.records.concerns_and_decisions import Decision
from ioms_desktop.domain.text_format import format_day, join_words

GILLICK_MAX_AGE = 16
TOLD_PARTICIPANT_MIN_RANK = 2  # the rank of L2
HOLD = "HOLD"
NO_ACTION_DECISIONS = frozenset({HOLD, "ALTERNATIVE"})
CONCERN_FAMILY = "CONCERN"
OFFER_STAYS_OPEN_NOTICE = "The offer of support remains open."
NO_SANCTION_NOTICE = "Not engaging with a voluntary programme is never by itself grounds for a sanction."
"""What the policy requires to be said beside whatever may lead to enforcement."""

CHILD_CHECKS: Mapping[str, str] = {
    "NRM": "exploitation and the National Referral Mechanism considered",
    "YJS": "youth justice service consulted",
    "PARENT": "parent or carer told, or why not",
    "DIVERSION": "diversion considered first",
    "COMMUNICATION": "communication needs considered",
    "GILLICK": "Gillick assessment",
    "AA": "appropriate adult",
}


@dataclass(frozen=True, slots=True)
class ChildCheck:
    """The answer to one child check: yes or no, and a note."""

    code: str
    yes: bool
    note: str

    @property
    def lacks_reason(self) -> bool:
        """Whether it is a "no" without its reason."""
        return not self.yes and not self.note


def parse_child_checks(text: str | None) -> dict[str, ChildCheck]:
    """Parse `CODE=yes: words; CODE=no: words`.

    An answer begins with yes or no, and a note may follow a colon; a code without such an answer counts as unanswered.

    Raises:
        MalformedValue: A part is not CODE=answer, or the code is unknown.
        Contradiction: One check is answered both yes and no.
    """
    checks: dict[str, ChildCheck] = {}
    for part in (text or "").split(";"):
        if not part.strip():
            continue
        code, equals, answer = (piece.strip() for piece in part.partition("="))
        code = code.upper()
        if not equals or code not in CHILD_CHECKS:
            raise MalformedValue(
                f"The child check {part.strip()} cannot be read. Write CODE=yes or CODE=no, with the codes "
                f"{join_words(tuple(CHILD_CHECKS))}.",
                field="child_checks",
            )
        word, _, words = answer.partition(":")
        if word.strip().lower() in {"yes", "no"}:
            check = ChildCheck(code, word.strip().lower() == "yes", words.strip())
            if checks.setdefault(code, check).yes is not check.yes:
                raise ConflictingValues(
                    f"The child check {code} ({CHILD_CHECKS[code]}) is answered twice, once with yes and once with no. "
                    "Keep one of the two answers.",
                    field="child_checks",
                )
    return checks


def required_child_checks(step: LadderStep | None, age: int) -> tuple[str, ...]:
    """List the codes of the child checks that a step needs at this age; none from 18 on, and none below L1.

    Args:
        step: The step; None for a decision without one.
        age: The age in whole years on the day of the decision, not today.
    """
    if age >= ADULT_AGE or step is None or not step.rank:  # L0 has rank 0, and PARALLEL, which is safeguarding, none
        return ()
    codes = ["NRM", "YJS", "PARENT", "DIVERSION", "COMMUNICATION"]
    if age < GILLICK_MAX_AGE:
        codes.append("GILLICK")
    if step.appropriate_adult:
        codes.append("AA")
    return tuple(codes)


def needs_supervisor(decision: str, step: LadderStep | None, family: str | None) -> bool:
    """Whether a supervisor must authorise a decision: from L2 up, and where no action follows a concern.

    Args:
        decision: Its code.
        step: Its step; None for a decision without one.
        family: The family of the rule whose trigger it answers; None where it answers none.
    """
    from_l2_up = step is not None and step.rank is not None and step.rank >= TOLD_PARTICIPANT_MIN_RANK
    return from_l2_up or (decision in NO_ACTION_DECISIONS and family == CONCERN_FAMILY)


def needs_told_participant(step: LadderStep | None) -> bool:
    """Whether the person must have been told when a decision with this step is served."""
    return step is not None and step.rank is not None and step.rank >= TOLD_PARTICIPANT_MIN_RANK


def check_decision(
    decision: Decision, context: StepContext, steps: Sequence[LadderStep], families: Mapping[str, str]
) -> None:
    """Refuse a decision that the policy does not accept.

    Args:
        decision: The decision.
        context: The person's date of birth, the day, the earlier steps and the orders in force.
        steps: The ladder.
        families: The families of the policy's rules, by rule.

    Raises:
        NeedsAnotherPerson: The same person proposed and authorised it.
        MissingValue: The step, the authoriser, the conviction, the lever or what the person was told is missing.
        StepNotAvailable: The step is not available on the day; the sentence says why.
        MalformedValue: The child checks cannot be parsed.
        Contradiction: A child check is answered both yes and no.
        ChildChecksUnanswered: Required child checks are not answered; `missing` has their codes.
    """
    names = {step.code: step for step in steps}
    step = names.get(decision.step or "")
    _require_two_people(decision)
    if decision.decision == "ESCALATE" and step is None:
        raise MissingValue("An escalation names its step. Choose the step and save again.", field="step")
    _require_authoriser(decision, step, families.get(decision.rule or ""))
    if step is None:
        return
    reason = unavailable_because(step, context, names)
    if reason is not None:  # also for a de-escalation: its target has to be available too
        raise StepNotAvailable(f"This step is not available. {reason}.", field="step")
    _require_conviction(decision, step, context)
    _require_lever(decision, step, context)
    _require_told_participant(decision, step)
    _require_child_checks(decision, step, context)


def _require_two_people(decision: Decision) -> None:
    # Names are compared without case and extra spaces, so that one person written in two ways is not taken for two.
    proposer = " ".join(decision.proposed_by.split()).casefold()
    authoriser = " ".join((decision.authorised_by or "").split()).casefold()
    if proposer == authoriser:
        raise NeedsAnotherPerson(
            f"{decision.proposed_by} proposed this decision, so somebody else must authorise it.",
            field="authorised_by",
        )


def _require_authoriser(decision: Decision, step: LadderStep | None, family: str | None) -> None:
    """Refuse a decision without the supervisor it needs; only an account tells whether the one named is one."""
    if not needs_supervisor(decision.decision, step, family) or (decision.authorised_by or "").strip():
        return
    what = "Taking no action on a concern" if step is None else step.label
    raise MissingValue(f"{what} needs a supervisor who authorises it. Name the authoriser.", field="authorised_by")


def _require_conviction(decision: Decision, step: LadderStep, context: StepContext) -> None:
    if step.code not in context.rules.conviction_steps or context.convicted:
        return
    named = (decision.conviction_court or "").strip() and decision.convicted_on is not None
    if named and decision.convicted_on is not None and decision.convicted_on <= context.on:
        return
    raise MissingValue(
        f"{step.label} needs a conviction on record by {format_day(context.on)}, or the conviction named: the court "
        "and its date, which is not after the decision. Name it or choose another step.",
        field="conviction_court",
    )


def _require_lever(decision: Decision, step: LadderStep, context: StepContext) -> None:
    if step.code in context.rules.lever_steps and decision.lever not in context.levers:
        raise MissingValue(
            f"{step.label} names its lever from the list. School exclusion is not in it and is never a lever. Choose "
            "one, or another step.",
            field="lever",
        )


def _require_told_participant(decision: Decision, step: LadderStep) -> None:
    if decision.actioned_on is None or not needs_told_participant(step):
        return
    if not (decision.told_participant or "").strip():
        raise MissingValue(
            f"{step.label} needs the message given to the person, when it is served. Write the words used and save "
            "again.",
            field="told_participant",
        )


def _require_child_checks(decision: Decision, step: LadderStep, context: StepContext) -> None:
    answered = parse_child_checks(decision.child_checks)
    needs_reason = context.rules.no_needs_reason
    missing = tuple(
        code
        for code in required_child_checks(step, context.age)
        if code not in answered or (needs_reason and answered[code].lacks_reason)
    )
    if missing:
        words = join_words(tuple(f"{CHILD_CHECKS[code]} ({code})" for code in missing))
        bare = " An answer of no goes on with its reason after a colon." if needs_reason else ""
        raise ChildChecksUnanswered(
            f"The person is {context.age} on {format_day(context.on)}. Before {step.label} these child checks "
            f"must be answered: {words}.{bare if any(code in answered for code in missing) else ''}",
            field="child_checks",
            missing=missing,
        )
