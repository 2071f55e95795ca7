"""The record of a demo that was disposed of: two supervisors decide, and its certificate is what is left."""

from uuid import uuid4

from ioms_desktop.demo.book import Tables
from ioms_desktop.services.retention.retention import (
    AnswerDisposal,
    ProposeDisposal,
    dispose_of_record,
    propose_disposal,
)
from ioms_desktop.services.session import Session

PERSON, CASE = "P-DISPOSED", "IOM-DISPOSED"
AUTHORITY = "RRD panel 2026/07"
REASON = "Ten clear years, no further contact, no safeguarding flag; the panel agreed."


def old_record() -> Tables:
    """Return the rows of somebody whose only case closed long ago."""
    person = {
        "person_ref": PERSON,
        "family_name": "ASHBOURNE",
        "given_names": "Derek",
        "date_of_birth": "1971-05-06",
        "address": "7 Former Street, Leicester",
        "postcode": "LE0 0AA",
    }
    case = {
        "case_ref": CASE,
        "person_ref": PERSON,
        "programme": "IOM",
        "cohort": "FIXED",
        "status": "DESELECTED",
        "referred_on": "2014-03-03",
        "adopted_on": "2014-03-10",
        "closed_on": "2015-09-30",
    }
    return {"people": [person], "cases": [case]}


def propose_old_record(session: Session) -> str:
    """Propose that the old record be disposed of, and return the number of the proposal.

    Raises:
        Refused: It is not proposed.
    """
    entry = ProposeDisposal(request=str(uuid4()), person_ref=PERSON, authority=AUTHORITY, reason=REASON)
    return propose_disposal(session, entry).ref


def carry_out(session: Session, disposal_ref: str) -> None:
    """Authorise a proposed disposal as another supervisor, which removes the record.

    Raises:
        Refused: It is not authorised.
    """
    dispose_of_record(session, AnswerDisposal(request=str(uuid4()), disposal_ref=disposal_ref))
