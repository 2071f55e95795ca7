"""The information sharing log: what was disclosed to whom about a case."""

from datetime import date, datetime, time

from ioms_desktop.domain.dates.calendar import LONDON
from ioms_desktop.domain.printing.summary import DisclosureLine
from ioms_desktop.domain.records.code_lists import CodeLists
from ioms_desktop.storage.audit import audit
from ioms_desktop.storage.records.read import Reading


def list_disclosures(reading: Reading, case_ref: str, before: date, lists: CodeLists) -> tuple[DisclosureLine, ...]:
    """List the disclosures of a case before a local day, that day not included."""
    midnight = datetime.combine(before, time(), LONDON)
    rows = audit.list_disclosures(reading, case_ref, midnight)
    shared = rows[:0]
    for row in rows:
        if (row.after or {}).get("made") is not False:
            shared.append(row)
            continue
        # The print before it was recorded, and then the printer stopped.
        place = next((at for at in range(len(shared) - 1, -1, -1) if shared[at].actor == row.actor), None)
        if place is not None:
            del shared[place]
    return tuple(
        DisclosureLine(
            on=(row.at.astimezone(LONDON)).date(),
            recipient=row.recipient or "",
            what=f"Case summary, {(row.after or {}).get('audience', '')} copy",
            power=lists.of("reason_code").label(row.reason_code),
        )
        for row in shared
    )
