"""What stays of a record on the case it was moved from: that there was one, not what it said of somebody else."""

from dataclasses import replace
from typing import TypeVar

from ioms_desktop.domain.access.roles import Role
from ioms_desktop.domain.records.record import Record, columns_of
from ioms_desktop.services.session import Session

R = TypeVar("R", bound=Record)
MOVED_TO = "Moved to case "
MOVED_MESSAGE = "Moved to the case it belongs to"


def moving_reason(case_ref: str, reason: str) -> str:
    """Return the reason under which a record that is moved is struck out here."""
    return f"{MOVED_TO}{case_ref}: {reason}"


def is_moved(reason: str) -> bool:
    """Whether a record was struck out because it was moved."""
    return reason.startswith(MOVED_TO)


def stub_of(record: R) -> R:
    """Return a record with only those values that every record of its type has."""
    optional = [column.name for column in columns_of(type(record)) if not column.required]
    return replace(record, **dict.fromkeys(optional))  # type: ignore[arg-type]  # what is not required may be None


def as_told(session: Session, record: R, reason: str) -> tuple[R, str, bool]:
    """Return what a user is told of a record that was struck out: of somebody else's, a supervisor alone is told more.

    Returns:
        The record, or a stub of it; why it was struck out; and whether what it said is withheld.
    """
    if is_moved(reason) and session.role is not Role.SUPERVISOR:
        return stub_of(record), MOVED_MESSAGE, True
    return record, reason, False
