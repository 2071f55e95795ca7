"""What of a record that left its table a user may read all the same."""

from ioms_desktop.domain.access.roles import Right, may
from ioms_desktop.domain.records.record import Record
from ioms_desktop.services.session import Session


def may_read(session: Session, record: Record) -> bool:
    """Whether a record is for this user: its type is, and it is no intelligence that is kept from them."""
    marked = record.rights.intelligence
    if not may(session.role, record.rights.read):
        return False
    is_intelligence = marked is not None and getattr(record, marked[0]) == marked[1]
    return not is_intelligence or may(session.role, Right.READ_INTELLIGENCE)
