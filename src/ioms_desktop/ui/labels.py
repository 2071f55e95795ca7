"""Labels that the code lists do not contain: names, ages, relative dates, and the notices that the policy requires."""

from collections.abc import Sequence
from datetime import date

from ioms_desktop.domain.policy.case_facts import CANCELLED_OUTCOMES, COMPLETED_OUTCOME, MISSED_OUTCOMES
from ioms_desktop.domain.policy.decisions import NO_SANCTION_NOTICE, OFFER_STAYS_OPEN_NOTICE
from ioms_desktop.domain.records.code_lists import CodeLists
from ioms_desktop.domain.records.people import Person
from ioms_desktop.domain.records.record import Record, columns_of
from ioms_desktop.domain.text_format import format_day, format_name, pluralise
from ioms_desktop.services.labels import format_instant, format_value
from ioms_desktop.services.session import Session
from ioms_desktop.ui.forms.choice_fields import Option, code_options

HIDDEN_COLUMNS = frozenset({"person_ref"})
"""What is not shown of a record, because where it is shown says it."""
NONE_RECORDED = "None recorded"
NONE_SHOWN = "None that you may see"
NOT_RECORDED = "Not recorded"
NOTHING_AUTOMATIC = "Nothing is decided or served automatically; a named person decides."
NO_STOP_AND_SEARCH = "Being on a list is never grounds for stop and search."
ENFORCEMENT_NOTICES = (NOTHING_AUTOMATIC, NO_SANCTION_NOTICE, NO_STOP_AND_SEARCH, OFFER_STAYS_OPEN_NOTICE)
"""The notices shown with every decision on enforcement."""

EVIDENCE_LABELS = {
    "contact": "Contact",
    "rating": "Weekly rating",
    "offer": "Support offer",
    "concern": "Concern",
    "notification": "Notification",
    "decision": "Decision",
}
"""The kinds of evidence."""

CHILD_CHECK_QUESTIONS = {
    "NRM": ("Exploitation?", "Was exploitation considered, and a referral to the National Referral Mechanism?"),
    "YJS": ("Youth justice?", "Was the youth justice service consulted?"),
    "PARENT": ("Parent or carer?", "Was a parent or carer told? If not, why not."),
    "DIVERSION": ("Diversion first?", "Was diversion considered first?"),
    "COMMUNICATION": ("Communication?", "Were communication needs considered?"),
    "GILLICK": ("Gillick?", "Was a Gillick assessment made? By whom, and on what basis."),
    "AA": ("Appropriate adult?", "Is an appropriate adult arranged?"),
}
"""The child checks as a short label and a question; each is answered yes or no, with a reason."""

PROGRAMME_LABELS = {"IOM": "IOM", "PHOENIX": "Phoenix"}
"""The programmes, as the teams call them."""

MAX_NAMED_CASES = 4
TRAINING_REASON_CODE = "TRAINING"


def formal_name(person: Person) -> str:
    """Format a name as in the header of a record: `MARLOW, Jayden`."""
    return format_name(person.family_name, person.given_names)


def plain_name(person: Person) -> str:
    """Format a name in speaking order: `Jayden Marlow`."""
    return f"{person.given_names} {person.family_name}"


def describe_birth(person: Person, age: int) -> str:
    """Describe a person's date of birth and age in years."""
    return f"{format_day(person.date_of_birth)} (age {age})"


def relative_day(on: date, today: date) -> str:
    """Describe a date relative to today: `today`, `3 days ago`, `in 4 days`."""
    days = (on - today).days
    near = {0: "today", 1: "tomorrow", -1: "yesterday"}
    if days in near:
        return near[days]
    return f"in {days} days" if days > 0 else f"{-days} days ago"


def describe_counting(outcome: str, *, planned: bool, completes: bool = True) -> str:
    """Describe what the outcome of a contact counts as for the person; not every type of contact completes one."""
    if outcome == COMPLETED_OUTCOME and not completes:
        return "A text or a word with somebody else never counts as a completed contact."
    if outcome == COMPLETED_OUTCOME:
        return "It counts as a completed contact."
    if outcome in CANCELLED_OUTCOMES:
        return "It never counts against the person."
    if outcome in MISSED_OUTCOMES:
        return (
            "It was arranged, so it counts as a missed contact."
            if planned
            else "It was not arranged, so it does not count as missed."
        )
    return "An attempt; it counts neither as completed nor as missed."


def reason_options(lists: CodeLists) -> list[Option]:
    """Return the reasons for which records may leave the application: all except training."""
    return [option for option in code_options(lists.of("reason_code")) if option.code != TRAINING_REASON_CODE]


def describe_cases(case_refs: Sequence[str]) -> str:
    """List cases without a full stop: `Case A`, or `Six cases: A, B, C, D and 2 more`."""
    named = ", ".join(case_refs[:MAX_NAMED_CASES])
    if len(case_refs) == 1:
        return f"Case {named}"
    more = len(case_refs) - MAX_NAMED_CASES
    count = pluralise(len(case_refs), "case").capitalize()
    return f"{count}: {named}{f' and {more} more' if more > 0 else ''}"


def describe_programme(lists: CodeLists, programme: str, cohort: str | None) -> str:
    """Describe a programme, with the short name of the cohort if there is one."""
    name = PROGRAMME_LABELS.get(programme, programme)
    return f"{name} {lists.of('cohort').label(cohort).split(':')[0]}" if cohort else name


def warning_markers(session: Session, person: Person) -> tuple[str, ...]:
    """Return the warning markers of a person, each in words."""
    known = session.lists.of("warning_marker")
    named = (part.strip() for part in (person.warning_markers or "").replace(",", ";").split(";"))
    return tuple(known.label(marker) for marker in named if marker)


def record_lines(session: Session, record: Record) -> tuple[tuple[str, str], ...]:
    """Return every filled field of a record as label and text, and who recorded it when, or changed it last."""
    lines = [
        (column.label, words)
        for column in columns_of(type(record))
        if column.shown
        and column.name not in HIDDEN_COLUMNS
        and (words := format_value(session, column, column.value_of(record)))
    ]
    if record.recorded_at is not None:
        written = f"{format_instant(record.recorded_at)} by {session.names.of(record.recorded_by)}"
        changed = ("Changed", f"{written}; version {record.revision}")
        lines.append(changed if record.revision > 1 else ("Recorded", written))
    return tuple(lines)
