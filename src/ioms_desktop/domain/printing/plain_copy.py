"""The copy for the person, and the copy for a parent or carer: plain English, and only what each may know.

Their fields are all that such a copy can hold; nothing of the summary for the team is in it. Alerts are not, because
the control arm of the trial raises none, and neither is anything that rests on intelligence.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from ioms_desktop.domain.dates.day_time import DayTime
from ioms_desktop.domain.printing.print_facts import PrintFacts
from ioms_desktop.domain.text_format import capitalise, plain_day

OFFER_WORDS = {
    "MENTORING": "a mentor",
    "NAVIGATOR_1TO1": "time with a navigator",
    "CRISIS_RELOCATION": "a safe place to stay",
    "HOUSING": "help with a place to live",
    "ETE": "help with work or learning",
    "SCHOOL_RETURN": "help to go back to school",
    "SEND_SUPPORT": "help with how you learn",
    "MENTAL_HEALTH": "help with how you feel",
    "TRAUMA_THERAPY": "someone to talk to about hard times",
    "SUBSTANCE": "help with drugs or drink",
    "FAMILY_SUPPORT": "help for the family",
    "PEER_GROUP": "a group to join",
    "SPORT_ARTS": "sport or art",
    "FINANCE_ID": "help with money or ID",
    "FAITH_COMMUNITY": "help from a faith group",
    "MEDIATION": "help to end a row",
    "RESTORATIVE": "a way to put things right",
    "TRAVEL_SAFETY": "help to travel safely",
    "NRM_SUPPORT": "help if someone has used you",
    "LEGAL_ADVICE": "advice from a lawyer",
    "CBT": "a course on how we think and act",
    "GYM": "a place at a gym",
    "OTHER": "other help",
}
"""What is offered, in words for the person, by the code of the offer."""
OFFERS_PARENTS_ARE_TOLD_OF = frozenset(
    {
        *("MENTORING", "NAVIGATOR_1TO1", "ETE", "SCHOOL_RETURN", "SEND_SUPPORT"),
        *("FAMILY_SUPPORT", "PEER_GROUP", "SPORT_ARTS", "GYM"),
    }
)
"""The only help that a parent or carer reads of; any other is between the child and who gives it, or tells of danger.

Somewhere safe to stay, for one, may be safe from whoever is at home.
"""
MEETING_WORDS = {
    "HOME_VISIT_ANNOUNCED": "at your home",
    "OFFICE": "at our office",
    "YOUTH_SESSION": "",
    "COMMUNITY_VENUE": "",
    "GROUP_SESSION": "in a group",
    "PRISON_VISIT": "at the prison",
    "VIDEO": "by video call",
    "VIRTUAL_MEETING": "by video call",
    "PHONE": "by phone",
    "GATE_PICKUP": "at the gate",
    "COURT": "at court",
}
"""The meetings that are agreed with the person, and how they are held; of a check nothing is said beforehand.

The place that somebody wrote is not said either, as it may be the address of another person.
"""
ORDER_WORDS = {
    "LICENCE": ("on licence", "the licence"),
    "S250_LICENCE": ("on licence", "the licence"),
    "PSS": ("under probation after prison", "the order"),
    "COMMUNITY_ORDER": ("on a community order", "the order"),
    "SSO": ("on a suspended sentence", "the sentence"),
    "YRO": ("on a youth order from the court", "the order"),
    "REFERRAL_ORDER": ("on a youth order from the court", "the order"),
    "DTO_SUPERVISION": ("on an order after custody", "the order"),
    "DTO_TOP_UP": ("on an order after custody", "the order"),
    "YOUTH_CONDITIONAL_CAUTION": ("on a caution with rules", "the caution"),
    "BAIL_CONDITIONAL": ("on bail with rules", "the bail"),
    "CIVIL_ORDER_ONLY": ("on an order from the court", "the order"),
}
"""An order in words for the person, and what sets its rules, by its code."""
ORDERS_AT_LIBERTY = frozenset({"LICENCE", "S250_LICENCE", "PSS", "DTO_SUPERVISION", "DTO_TOP_UP", "BAIL_CONDITIONAL"})
"""Orders of which nothing is said to who is in prison, as their rules are for who is out."""
STEP_WORDS = {
    "L0": "a reminder",
    "L1": "a spoken warning",
    "L2": "a written warning",
    "L3": "a written deal about how to act",
    "L3b": "a written deal about how to act",
    "L4W": "a warning about harm to others near you",
    "L4": "a notice to stop harm to others near you",
}
"""A step that was served, in words for the person; of others the paper that came with them says what they are."""
POLICE_OM = "POLICE_OM"
ROLE_WORDS = {
    POLICE_OM: "police",
    "PROBATION_PRACTITIONER": "probation",
    "NAVIGATOR": "navigator",
    "YJS_CASE_MANAGER": "youth justice",
    "SOCIAL_WORKER": "social worker",
}
HANDLING = "Keep this paper safe. It is about {who}. Only show it to people you trust."
PERSON_DIED = (
    "It is on record that the person died, so there is no paper for them or their family. {kept}; tell the family in "
    "person. If the death was recorded by mistake, refer the person again."
)
"""Why there is none, with what was kept."""
HOW_TO_COMPLAIN = (
    "You can tell us if we got it wrong. It will not count against {who}.",
    "Call 101. Ask for the team that deals with complaints about the police.",
    "You can get someone you trust to do it with you, or for you.",
    "You can ask to see what we keep about {who}. You can ask us to put it right.",
    "If you are not happy with how we keep it, call the Information Commissioner on 0303 123 1113.",
)


@dataclass(frozen=True, slots=True)
class Addressee:
    """Whom the sentence speaks to, and about whom.

    Attributes:
        name: The child's first name where a parent or carer is spoken to; None where the person is.
    """

    name: str | None = None

    @property
    def who(self) -> str:
        """The person as the subject of a sentence."""
        return self.name or "you"

    def verb(self, to_them: str, of_them: str) -> str:
        """Choose the form of a verb: `were` with you, `was` with a name."""
        return to_them if self.name is None else of_them


THE_PERSON = Addressee()


@dataclass(frozen=True, slots=True, kw_only=True)
class CallLine:
    """Somebody to call: what they are, their name, and their number, empty where none is recorded."""

    role: str = ""
    name: str = ""
    phone: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class PlainCopy:
    """Everything that the copy of the person, or of a parent or carer, says.

    Attributes:
        name: The person, as they are called.
        full_name: The person by all their names.
        child: Whether they are under 18.
        programme: What the programme is, in sentences.
        offered: What was offered, and what they said to it.
        expected: What is expected of them.
        happened: The last warning that they were given.
        upcoming: What happens next; only what lies ahead.
        calls: Whom to call.
        complaints: How to complain.
    """

    about: PrintFacts = PrintFacts()  # noqa: RUF009 - it is frozen, and can be shared
    as_of: date | None = None
    name: str = ""
    full_name: str = ""
    child: bool = False
    programme: tuple[str, ...] = ()
    offered: tuple[str, ...] = ()
    expected: tuple[str, ...] = ()
    happened: tuple[str, ...] = ()
    upcoming: tuple[str, ...] = ()
    calls: tuple[CallLine, ...] = ()
    complaints: tuple[str, ...] = ()


def describe_programme(code: str, to: Addressee) -> tuple[str, ...]:
    """Say what the programme is and why they are on it."""
    if code == "PHOENIX":
        be, them = to.verb("are", "is"), to.verb("you", "them")
        return (
            f"{capitalise(to.who)} {be} part of Phoenix. It is there to help, and to keep people safe.",
            f"We want {them} safe, alive and free.",
            f"It is {to.verb('your', 'their')} choice. No one can be punished just for saying no.",
        )
    them = to.verb("you", "them")
    return (
        "The police, probation and others work as one team.",
        f"We work with {to.who} to stop crime, and to help {them} to live a life without it.",
    )


def describe_ending(programme: str, ended_on: date, to: Addressee) -> tuple[str, ...]:
    """Say that the work came to an end, and what they can still ask for, in the place of what goes on."""
    on = _day(ended_on)
    if programme == "PHOENIX":
        return (
            f"{capitalise(to.who)} {to.verb('were', 'was')} part of Phoenix. That came to an end on {on}.",
            f"We still want {to.verb('you', 'them')} safe, alive and free.",
        )
    return (
        "The police, probation and others work as one team.",
        f"We worked with {to.who} to stop crime. Our work with {to.verb('you', 'them')} came to an end on {on}.",
    )


def describe_help_later(to: Addressee) -> str:
    """Say that help can still be asked for once the work has ended."""
    return f"If {to.verb('you need', f'{to.who} needs')} help later, you can still call us."


def describe_offer(code: str, offered_on: date, answer: str | None, ended_on: date | None, to: Addressee) -> str:
    """Say what was offered on which day, what they said to it, and that it ended where it did.

    Args:
        code: The code of the offer.
        offered_on: The day of the offer.
        answer: ACCEPTED, PARTLY or DECLINED; None where there is none yet.
        ended_on: The day on which it ended; None while it goes on.
        to: Who is spoken to.
    """
    what = OFFER_WORDS.get(code, OFFER_WORDS["OTHER"])
    if to.name is not None:
        what = what.replace("how you", "how they").replace("used you", "used them")
    they = capitalise(to.verb("you", "they"))
    said = {
        "ACCEPTED": f"{they} said yes.",
        "PARTLY": f"{they} said yes to part of it.",
        "DECLINED": f"{they} said no. It is never too late to say yes.",
    }.get(answer or "", f"We have no answer yet. {they} can still say yes.")
    ended = "" if ended_on is None else f" It came to an end on {plain_day(ended_on, offered_on)}."
    return f"On {_day(offered_on)} we offered {to.who} {what}. {said}{ended}"


def describe_order(code: str, ends_on: date | None, to: Addressee) -> str:
    """Say of an order or licence, by its code, until when it runs, and that its rules are to be kept."""
    what, ruled_by = ORDER_WORDS.get(code, ORDER_WORDS["CIVIL_ORDER_ONLY"])
    until = "" if ends_on is None else f" until {_day(ends_on)}"
    be, must = to.verb("are", "is"), to.verb("You", "They")
    return f"{capitalise(to.who)} {be} {what}{until}. {must} must keep the rules of {ruled_by}."


def describe_expectations(programme: str, to: Addressee) -> tuple[str, ...]:
    """Say what is expected of everybody on a programme, and what may follow: nothing that the law does not carry."""
    come = f"We ask {to.who} to come to the meetings that we agree, and to tell us if {to.verb('you', 'they')} cannot."
    if programme == "PHOENIX":
        return (
            come,
            "The violence must stop. If there is more of it, the police may act within the law.",
        )
    return (come, "If there is new crime, the police and the courts may act.")


def describe_meeting(starts_at: DayTime, worker: str, how: str, to: Addressee) -> str:
    """Say when, with whom and how the next meeting is."""
    at = starts_at.local_time
    when = _day(starts_at.on) + ("" if at is None else f" at {at.hour}:{at.minute:02}")
    whom = f", with {worker}" if worker else ""
    held = f", {how}" if how else ""
    return f"We meet {to.name or 'you'} on {when}{whom}{held}."


def describe_served(step: str, served_on: date, to: Addressee) -> str:
    """Say which step was served on which day."""
    what = STEP_WORDS.get(step, "a paper that says what comes next")
    return f"On {_day(served_on)} we gave {to.who} {what}."


def describe_release(expected_on: date, to: Addressee) -> str:
    """Say when the release is expected, and that there is help for it."""
    them = to.verb("you", "them")
    return f"The prison says that {to.who} may come out on {_day(expected_on)}. We plan for that day with {them}."


def describe_next_look(to: Addressee) -> str:
    """Say that somebody looks at how things go, and who decides."""
    return (
        f"We look at how things go for {to.who}. If something must change, a person decides, not a computer. "
        f"{to.verb('You', 'You and they')} can tell us what you think first."
    )


def complaint_lines(to: Addressee) -> tuple[str, ...]:
    """Say how to complain, and how to see what is held."""
    return tuple(line.format(who=to.who) for line in HOW_TO_COMPLAIN)


def all_sentences(copy: PlainCopy) -> Sequence[str]:
    """Return everything that a copy says in sentences, in order."""
    return (*copy.programme, *copy.offered, *copy.expected, *copy.happened, *copy.upcoming, *copy.complaints)


def _day(on: date) -> str:
    return plain_day(on, date.min)
