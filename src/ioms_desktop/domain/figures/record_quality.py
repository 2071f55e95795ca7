"""What the record of a case lacks, as a supervisor and an inspector look for it.

Source: practice notes, section 9 (record quality checks). What Today lists already as work is not said again here.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from datetime import date

from ioms_desktop.domain.dates.calendar import months_before
from ioms_desktop.domain.records.cases import Case
from ioms_desktop.domain.records.engagement import Contact
from ioms_desktop.domain.records.people import Assessment, Person
from ioms_desktop.domain.text_format import format_day, join_words, pluralise

SCORE_MONTHS = 6
"""A score is looked at again once it is older than this many months."""
FACT = "FACT"
OPINION_WORDS = re.compile(r"\b(believes?|thinks?|seems?|appears? to|probably)\b", re.IGNORECASE)
RECENT_MONTHS = 3
"""How far back notes are read for an opinion that is recorded as a fact."""


def describe_lacks(
    person: Person,
    case: Case,
    assessments: Sequence[Assessment],
    contacts: Sequence[Contact],
    as_of: date,
    tool_label: Callable[[str], str],
) -> tuple[str, ...]:
    """Return what the record lacks as of a day, a sentence each; nothing of a case that was closed by then.

    Args:
        person: Who it is about.
        case: The case.
        assessments: The scores recorded.
        contacts: The contacts recorded.
        as_of: The day.
        tool_label: Names an assessment tool in words.
    """
    if case.ended_by(as_of):
        return ()
    return (
        *_person(person),
        *_scores(assessments, as_of, tool_label),
        *_notes(contacts, as_of),
    )


def _person(person: Person) -> Iterator[str]:
    asked = {
        "sex": person.sex,
        "ethnicity as the person says it": person.ethnicity_self,
        "communication needs": person.communication_needs,
    }
    missing = [name for name, value in asked.items() if not value]
    if missing:
        yield f"Not recorded: {join_words(missing)}."


def _scores(assessments: Sequence[Assessment], as_of: date, tool_label: Callable[[str], str]) -> Iterator[str]:
    latest: dict[str, date] = {}
    for each in assessments:
        if each.assessed_on <= as_of:
            latest[each.tool] = max(each.assessed_on, latest.get(each.tool, each.assessed_on))
    if not latest:
        yield "No risk score is recorded."
    for tool, on in sorted(latest.items()):
        if on < months_before(as_of, SCORE_MONTHS):
            yield f"{tool_label(tool)} was scored last on {format_day(on)}, more than six months ago."


def _notes(contacts: Sequence[Contact], as_of: date) -> Iterator[str]:
    since = months_before(as_of, RECENT_MONTHS)
    recent = [each for each in contacts if since <= each.occurred_at.on <= as_of and each.note]
    told = [each for each in recent if each.statement_basis == FACT and OPINION_WORDS.search(each.note or "")]
    if told:
        days = join_words([format_day(each.occurred_at.on) for each in told])
        yield f"A note recorded as fact reads as an opinion: {pluralise(len(told), 'contact')} of {days}."
    unsaid = sum(not each.statement_basis for each in recent)
    if unsaid:
        yield f"Of {pluralise(unsaid, 'note')} of the last three months it is not said whether it is fact or opinion."
