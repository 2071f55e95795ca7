"""What is owed, as a window that has just been opened lists it."""

from dataclasses import replace

from ioms_desktop.domain.duties.case_duties import WorklistItem
from ioms_desktop.domain.progress import ProgressCallback, no_progress
from ioms_desktop.services.cases.today import OwedWork
from ioms_desktop.services.session import Session


def list_owed_work(session: Session, *, progress: ProgressCallback = no_progress) -> tuple[WorklistItem, ...]:
    """List the work that is due, the most urgent first, numbered from 1."""
    return tuple(replace(line, id=number) for number, line in enumerate(OwedWork(session).read(progress), 1))
