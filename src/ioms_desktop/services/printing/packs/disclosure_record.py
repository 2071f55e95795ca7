"""What left about a case: the register of papers, and what the audit knows of disclosures from before there was one."""

from datetime import datetime, timedelta

from ioms_desktop.domain.dates.calendar import LONDON
from ioms_desktop.domain.printing.packs.office_papers import DisclosedLine, DisclosureRecord
from ioms_desktop.domain.printing.summary import CaseSummary
from ioms_desktop.services.cases.cases import CaseView
from ioms_desktop.services.printing.papers import LAST, PaperRow, PaperState, rows_of
from ioms_desktop.services.records.recalls import PrintedCopy, printed_copies
from ioms_desktop.services.session import Session
from ioms_desktop.storage.printing.papers import papers_of_cases
from ioms_desktop.storage.records.read import Reading

AN_ENTRY = ("print_id", "recall_of", "print_of")
"""What an entry of the register has: each is a row, or is told with the row that it is about."""
UNKNOWN = "A disclosure of which nothing more is on record"


def read_disclosure_record(
    session: Session, reading: Reading, view: CaseView, summary: CaseSummary
) -> DisclosureRecord:
    """Return the record of a case to the end of the day as of which it is printed; of today, all there is."""
    ref, day = view.case.case_ref, view.as_of
    end = LAST if day == session.today() else datetime.combine(day + timedelta(days=1), datetime.min.time(), LONDON)
    left = [each for each in papers_of_cases(reading, [ref]) if each.at < end]
    others = [
        each
        for each in printed_copies(reading, ref, end)
        if not any((each.detail or {}).get(name) is not None for name in AN_ENTRY)
    ]
    lines = [*(_line(row) for row in rows_of(session, reading, left, end)), *(_other(session, each) for each in others)]
    return DisclosureRecord(
        as_of=day,
        name=summary.identity.name,
        case_ref=summary.programme.case_ref,
        child=summary.identity.child,
        lines=tuple(sorted(lines, key=lambda each: (each.at or datetime.min.replace(tzinfo=LONDON), each.print_id))),
    )


def _line(row: PaperRow) -> DisclosedLine:
    later = f", print {row.replaced_by}" if row.replaced_by else ""
    return DisclosedLine(
        at=row.at.astimezone(LONDON),
        what=row.what,
        copy=row.copy,
        print_id=row.print_id,
        recipient=row.recipient,
        is_given=row.is_given,
        reason=row.reason,
        power=row.power,
        by=row.printed_by,
        became=f"{row.state_words}{later}",
        has_left=row.state is not PaperState.NOT_PRINTED,
    )


def _other(session: Session, each: PrintedCopy) -> DisclosedLine:
    return DisclosedLine(
        at=each.at.astimezone(LONDON),
        what=UNKNOWN,
        recipient=each.recipient,
        reason=session.lists.of("reason_code").label(each.reason_code),
        by=session.names.of(each.actor),
    )
