"""Queries about one case or the policy, for a command or another program; a look at a case is audited."""

from datetime import date, datetime
from typing import Any

from ioms_desktop.domain.access.roles import Right, may
from ioms_desktop.domain.errors import Missing
from ioms_desktop.domain.records.cases import Case
from ioms_desktop.domain.text_format import iso_date
from ioms_desktop.services.case_history import get_case_as_it_stood, get_case_record
from ioms_desktop.services.cases.case_json import case_json
from ioms_desktop.services.commands import get_person, get_visible_case
from ioms_desktop.services.reason_codes import refuse_training_reason
from ioms_desktop.services.recording.decisions import pronoun_of
from ioms_desktop.services.session import Session
from ioms_desktop.storage.records.code_lists import policy_documents


def query_case(
    session: Session, case_ref: str, as_of: date, known_at: datetime | None = None, *, reason_code: str = "CASE_WORK"
) -> dict[str, Any]:
    """Return one case as of a day as JSON values, and audit that the user looked.

    Args:
        known_at: Only what had been recorded by then; None for all.

    Raises:
        NotAllowed: The user may not read cases.
        Missing: The case is not there for this user.
        Refused: The reason is not one for live records.
    """
    session.require(Right.READ_CASES)
    with session.store.begin(session.command_context(reason_code=reason_code), "case") as tx:
        refuse_training_reason(session, tx, reason_code)
        case = get_visible_case(session, tx, case_ref, reason_code)
        if not tx.server_enforces_access:  # a server has written it down where it opened the case
            tx.log("CONSULTATION", object_type=Case.table, object_ref=case_ref, subject_ref=case.person_ref)
        policies, person = session.policy_timeline, get_person(tx, case)
        pronoun = pronoun_of(session.lists, person.sex)
        history = get_case_record(tx, case, known_at, policies=policies, pronoun=pronoun).history
        case = get_case_as_it_stood(session, tx, case, as_of, known_at)
    identity = {
        "case_ref": case.case_ref,
        "person_ref": case.person_ref,
        "programme": case.programme,
        "cohort": case.cohort,
        "status": case.status or None,
        **({} if known_at is None else {"known_at": iso_date(known_at)}),
    }
    return case_json(
        policies,
        history,
        as_of,
        identity=identity,
        born_on=person.date_of_birth,
        sees_intelligence=may(session.role, Right.READ_INTELLIGENCE),
    )


def list_policy_versions(session: Session) -> list[dict[str, Any]]:
    """List the approved policy versions, earliest first."""
    in_force = session.policy(session.today()).version
    return [
        {
            "version": policy.version,
            "effective_from": iso_date(policy.effective_from),
            "status": "IN_FORCE" if policy.version == in_force else "APPROVED",
        }
        for policy in session.policies
    ]


def get_policy_document(session: Session, version: str) -> dict[str, Any]:
    """Return the document of one policy version.

    Raises:
        Missing: There is no such version.
    """
    with session.store.read() as reading:
        for document in policy_documents(reading):
            if document["version"] == version:
                return document
    raise Missing(f"There is no policy {version}. See the versions with policy list.")
