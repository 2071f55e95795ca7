"""The information sharing log: what was disclosed to whom about a case."""

from datetime import date, datetime, time
from typing import Any

from ioms_desktop.domain.dates.calendar import LONDON
from ioms_desktop.domain.letters.template import describe_paper
from ioms_desktop.domain.printing.summary import DisclosureLine
from ioms_desktop.domain.records.code_lists import CodeLists
from ioms_desktop.services.records.recalls import DOCUMENT_DETAIL, RECALL_WORDS, RecallResult, printed_copies
from ioms_desktop.services.sharing.leaving import POWER_LIST
from ioms_desktop.storage.records.read import Reading


def list_disclosures(reading: Reading, case_ref: str, before: date, lists: CodeLists) -> tuple[DisclosureLine, ...]:
    """List the disclosures of a case before a local day, that day not included."""
    midnight = datetime.combine(before, time(), LONDON)
    rows = printed_copies(reading, case_ref, midnight)
    return tuple(
        DisclosureLine(
            on=row.at.astimezone(LONDON).date(),
            recipient=row.recipient,
            what=_what(row.detail or {}),
            power=lists.of(POWER_LIST).label((row.detail or {}).get("power"))
            or lists.of("reason_code").label(row.reason_code),
        )
        for row in rows
    )


def _what(detail: dict[str, Any]) -> str:
    """Say what went out: a copy of the case or of a document, or word that a copy was wrong."""
    recalled = detail.get("recall_of")
    letter = describe_paper(detail)
    if letter:
        return letter
    if DOCUMENT_DETAIL in detail:
        return f"Document {detail[DOCUMENT_DETAIL]}, a copy of the file"
    if recalled is None:
        return f"Case summary, {detail.get('audience', '')} copy"
    return f"Print {recalled}: {RECALL_WORDS[RecallResult(detail['result'])].lower()}"
