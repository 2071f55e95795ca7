"""What inspections ask of a case, for the office copy of its summary."""

from ioms_desktop.domain.printing.oversight_lines import ContactCountLine, OversightLine
from ioms_desktop.services.cases import oversight
from ioms_desktop.services.cases.cases import CaseView
from ioms_desktop.services.session import Session


def contact_counts(session: Session, view: CaseView) -> tuple[ContactCountLine, ...]:
    """Return the contacts by agency and purpose."""
    return tuple(
        ContactCountLine(
            agency=each.agency,
            purpose=each.purpose,
            contacts=each.contacts,
            completed=each.completed,
            minutes=each.minutes,
        )
        for each in oversight.contact_counts(session, view)
    )


def oversight_lines(session: Session, view: CaseView) -> tuple[OversightLine, ...]:
    """Return what there is to say of who came and of what has not changed."""
    return tuple(OversightLine(subject=subject, text=text) for subject, text in oversight.describe(session, view))
