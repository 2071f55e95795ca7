"""What to say of a trigger to the participant, or to a parent: one sentence in plain words, and what follows it.

It stands beside the explanation for the team, which names the threshold and the policy version. It reveals nothing that
the person may not know yet: where a trigger rests on intelligence, on a suspicion or on a recall that has not been
carried out, the sentence says nothing of it, open, decided or withdrawn.
"""

from collections.abc import Sequence
from datetime import date

from ioms_desktop.domain.policy.case_facts import CaseFacts
from ioms_desktop.domain.policy.triggers import DECIDED, WITHDRAWN, Evidence, Trigger
from ioms_desktop.domain.printing.plain_copy import THE_PERSON, Addressee
from ioms_desktop.domain.text_format import capitalise, join_words, number_in_words, plain_day

KNOWN_TO_THE_PERSON = frozenset({"ARREST", "CHARGE", "BREACH", "UNLAWFULLY_AT_LARGE", "MISSING", "ASB_REPORT"})
"""Concern types of which a person knows by the time; of any other, and of one that is not found, nothing is said."""
NEXT = "so a supervisor must decide what happens next"
CLOSING = "You can ask us why. You can tell us what you think. Our offer of help stays open."
"""What follows the sentence wherever it is said or printed."""
DECISION_WORDS = {
    "HOLD": "that we do no more about it",
    "ALTERNATIVE": "to look again at the help we offer",
    "ESCALATE": "what happens next",
    "DE_ESCALATE": "to ease off",
}


def describe_plainly(trigger: Trigger, case: CaseFacts, as_of: date, to: Addressee = THE_PERSON) -> str:
    """Say in one or two short sentences, to the person or to a parent, what was seen and what happens.

    Args:
        trigger: What was raised.
        case: The facts of the case, which tell what kind of concern the evidence is.
        as_of: The day on which it is said: what happens later is not known.
        to: Who is spoken to.
    """
    seen = _matter(trigger, case, as_of, to)
    if seen is None:  # whatever became of it: a decision or a withdrawal would tell that there was something
        return f"We look at how things are going for {to.who}, and a supervisor may decide what happens next."
    if trigger.status == WITHDRAWN:
        raised = plain_day(trigger.raised_on, trigger.raised_on)
        return f"What we wrote down on {raised} has been put right, and it does not count against {to.who}."
    if trigger.status == DECIDED and trigger.decided_on is not None:
        decided = DECISION_WORDS.get(trigger.decision or "", DECISION_WORDS["ESCALATE"])
        day = plain_day(trigger.decided_on, trigger.raised_on)
        return f"{capitalise(seen)}. On {day} we made up our minds {decided}."
    return f"{capitalise(seen)}, {NEXT}."


def may_be_told(trigger: Trigger, case: CaseFacts, as_of: date) -> bool:
    """Whether the person may know of a trigger at all; of another, its bare mention would tell that there is one."""
    return _matter(trigger, case, as_of, THE_PERSON) is not None


def plain_days(days: Sequence[date], beside: date) -> str:
    """Format days in one sentence: `5, 9 and 13 October`, or `30 September and 2 October`."""
    months = {(on.year, on.month) for on in days}
    if len(months) > 1:
        return join_words([plain_day(on, beside) for on in days])
    return join_words([*(str(on.day) for on in days[:-1]), plain_day(days[-1], beside)])


def _matter(trigger: Trigger, case: CaseFacts, as_of: date, to: Addressee) -> str | None:
    """Return what happened, as a clause; None where it must not be said."""
    first = [evidence for evidence in trigger.evidence if not evidence.joined]
    days = plain_days([each.on for each in first], trigger.raised_on)
    many = number_in_words(len(first))
    if trigger.family == "CONCERN":
        return _concern(trigger, case, as_of, to)
    until = plain_day(trigger.raised_on, trigger.raised_on)
    missed = f"{to.who} missed {many} meetings"
    return {
        "missed_contacts": f"{missed} with us, on {days}",
        "unacceptable_absences": f"{missed} that {to.verb('you', 'they')} have to keep, on {days}",
        "order_failures": f"{missed} that a court told {to.verb('you', 'them')} to keep, on {days}",
        "low_ratings": f"we found it hard to work with {to.who} two weeks in a row",
        "unanswered_offer": f"we offered {to.who} help on {days} and had no answer by {until}",
        "lost_contact": f"we did not see {to.who} from {days} to {until}",
    }.get(trigger.rule)


def _concern(trigger: Trigger, case: CaseFacts, as_of: date, to: Addressee) -> str | None:
    first = [evidence for evidence in trigger.evidence if not evidence.joined]
    days = plain_days([each.on for each in first], trigger.raised_on)
    types = {concern.ref: concern.type for concern in case.concerns}
    known = [types.get(evidence.ref, "") for evidence in first]
    known_to_them = (_is_known_to_the_person(*each, case, as_of) for each in zip(known, first, strict=True))
    if not all(known_to_them):
        return None
    if trigger.rule == "persisting_concern":
        return f"there were {number_in_words(len(first))} new worries about {to.who}, on {days}"
    be = to.verb("were", "was")
    return {
        "ARREST": f"{to.who} {be} arrested on {days}",
        "CHARGE": f"{to.who} {be} charged with a crime on {days}",
        "BREACH": f"we were told that {to.who} broke a rule of {to.verb('your', 'the')} order or licence on {days}",
        "RECALL": f"{to.who} {be} called back to prison on {days}",
        "UNLAWFULLY_AT_LARGE": f"{to.who} {be} meant to be in prison from {days}",
    }.get(known[0])


def _is_known_to_the_person(kind: str, evidence: Evidence, case: CaseFacts, as_of: date) -> bool:
    """Whether it may be spoken of: a recall only when the person has been taken in since."""
    if kind == "RECALL":
        return any(spell.received_on >= evidence.on for spell in case.custody_until(as_of))
    return kind in KNOWN_TO_THE_PERSON
