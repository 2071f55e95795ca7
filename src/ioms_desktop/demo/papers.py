"""The papers of a demo, about the worked example: copies given out, kept, replaced and recalled, and letters.

One letter was delivered at the first attempt, one at the second, one waits to be, and of one the printer stopped.
"""

from datetime import date, time
from typing import NamedTuple
from uuid import uuid4

from ioms_desktop.domain.dates.day_time import DayTime
from ioms_desktop.domain.letters.kinds import LetterKind
from ioms_desktop.domain.printing.audiences import Audience
from ioms_desktop.domain.printing.papers import Recipient
from ioms_desktop.domain.records.documents.delivery import LetterDelivery
from ioms_desktop.services.cases.cases import open_case
from ioms_desktop.services.letters.letters import (
    USUAL_REASON,
    WriteLetter,
    read_letter_facts,
    write_letter,
)
from ioms_desktop.services.list_query import ListQuery
from ioms_desktop.services.printing.many_summaries import SummaryTarget, print_summaries
from ioms_desktop.services.printing.papers import paper_ids, paper_rows
from ioms_desktop.services.printing.sharing_log import record_unfinished_letter
from ioms_desktop.services.recording.records import AddRecord, add_record_by_form
from ioms_desktop.services.records.recalls import MarkRecalled, RecallResult, mark_recalled
from ioms_desktop.services.session import Session

HARKER, MARLOW = "IOM-HARKER", "PHX-MARLOW"
WHY_BACK = "Handed to the wrong officer of the council, who gave it back unread."


class _Paper(NamedTuple):
    """A copy of the demo: of which case, for whom, and why; who keeps it where nobody is named."""

    case_ref: str
    audience: Audience
    reason_code: str
    recipient: Recipient | None = None
    power: str = ""
    agency: str = ""
    reason_text: str = ""


_COUNCIL = Recipient(name="R. Dunne", role="housing officer", organisation="Leicester City Council")
_PROBATION = Recipient(name="C. Byrne", role="probation practitioner", organisation="HMPPS Probation")
_YJS = Recipient(name="T. Osei", role="case manager", organisation="Leicester City YJS")
_PAPERS = (
    _Paper(HARKER, Audience.PARTNER, "CASE_CONFERENCE", _COUNCIL, "CDA_1998_S115", "LEICESTER_CITY_COUNCIL"),
    _Paper(HARKER, Audience.PARTNER, "CASE_WORK", _PROBATION, "OMA_2007_S14", "HMPPS_PROBATION"),
    _Paper(MARLOW, Audience.PANEL, "CASE_CONFERENCE"),
    _Paper(MARLOW, Audience.PARTNER, "CASE_WORK", _YJS, "CHILDREN_ACT_2004_S10_S11", "LEICESTER_CITY_YJS"),
    _Paper(HARKER, Audience.PARTNER, "CASE_WORK", _PROBATION, "OMA_2007_S14", "HMPPS_PROBATION", "for the new plan"),
    _Paper(HARKER, Audience.FULL, "SUPERVISION_REVIEW"),
)
"""The first is recalled, and the fifth takes the place of the second."""


def print_papers(session: Session) -> None:
    """Print the copies as a supervisor would, and recall the first.

    Raises:
        Refused: One of them is not printed.
    """
    for each in _PAPERS:
        (done,) = print_summaries(
            session,
            [SummaryTarget(case_ref=each.case_ref)],
            audience=each.audience,
            agency=each.agency,
            reason_code=each.reason_code,
            reason_text=each.reason_text,
            given_to=each.recipient,
            power=each.power,
            without_texts=not each.audience.shows_intelligence,
        )
        if done.error is not None:
            raise done.error
    first = paper_rows(session, paper_ids(session, ListQuery())[-1:])[0]
    entry = MarkRecalled(
        request=str(uuid4()),
        case_ref=first.case_ref,
        print_id=first.print_id,
        result=RecallResult.RECALLED,
        reason=WHY_BACK,
    )
    mark_recalled(session, entry)


class _Delivery(NamedTuple):
    """An attempt to deliver a letter."""

    attempted_at: DayTime
    outcome: str
    method: str
    delivered_by: str
    witnessed_by: str = ""
    note: str = ""


class _Letter(NamedTuple):
    """A letter of the demo, with what the case does not say, and what became of it."""

    case_ref: str
    kind: LetterKind
    dated_on: date
    said: dict[str, str]
    deliveries: tuple[_Delivery, ...] = ()
    was_printed: bool = True


_OM, _NAVIGATOR = "PC 4411 ADEYEMI", "N. OKORO"
_LETTERS = (
    _Letter(
        HARKER,
        LetterKind.IOM_NOTICE,
        date(2026, 9, 10),
        {"om": _OM, "phone": "0116 496 0101"},
        (
            _Delivery(
                DayTime(date(2026, 9, 10), time(11)),
                "DELIVERED",
                "BY_HAND",
                _OM,
                "J. SHAH",
                "He read it, and asked who sees his record.",
            ),
        ),
    ),
    _Letter(
        MARLOW,
        LetterKind.OFFER,
        date(2026, 9, 17),
        {"om": _NAVIGATOR, "phone": "0116 496 0102", "offer": "a mentor"},
        (
            _Delivery(
                DayTime(date(2026, 9, 17), time(16, 30)),
                "NOT_REACHED",
                "BY_HAND",
                _NAVIGATOR,
                note="Nobody came to the door.",
            ),
            _Delivery(
                DayTime(date(2026, 9, 18), time(12, 15)),
                "DELIVERED",
                "READ_OUT",
                _NAVIGATOR,
                note="Read out and explained at the college.",
            ),
        ),
    ),
    _Letter(
        MARLOW,
        LetterKind.WRITTEN_WARNING,
        date(2026, 10, 29),
        {
            "om": _OM,
            "phone": "0116 496 0101",
            "conduct": "On 27 October you were arrested for affray.",
            "support": "We have offered you a mentor, and help with work or learning.",
        },
    ),
    _Letter(
        MARLOW,
        LetterKind.APPOINTMENT,
        date(2026, 11, 20),
        {"om": _NAVIGATOR, "phone": "0116 496 0102", "day": "2026-12-02", "time": "14:30", "place": "the youth centre"},
        was_printed=False,
    ),
)


def write_letters(session: Session) -> None:
    """Write the letters as a supervisor would, and record how they were delivered.

    Raises:
        Refused: One of them is not written.
    """
    for each in _LETTERS:
        if each.dated_on > session.today():  # a server has a clock of its own
            continue
        facts = read_letter_facts(session, open_case(session, each.case_ref), each.kind)
        entry = WriteLetter(
            request=str(uuid4()),
            case_ref=each.case_ref,
            kind=each.kind,
            values={**facts.values, **each.said},
            address=facts.address,
            dated_on=each.dated_on,
        )
        written = write_letter(session, entry).outcome.ref
        if not each.was_printed:
            record_unfinished_letter(session, each.case_ref, written, whole=0, reason_code=USUAL_REASON)
        for attempt in each.deliveries:
            _record_delivery(session, each.case_ref, written, attempt)


def _record_delivery(session: Session, case_ref: str, document_ref: str, attempt: _Delivery) -> None:
    record = LetterDelivery(
        delivery_ref="",
        case_ref=case_ref,
        document_ref=document_ref,
        attempted_at=attempt.attempted_at,
        outcome=attempt.outcome,
        method=attempt.method,
        delivered_by=attempt.delivered_by,
        witnessed_by=attempt.witnessed_by or None,
        note=attempt.note or None,
    )
    add_record_by_form(session, AddRecord(request=str(uuid4()), case_ref=case_ref, record=record))
