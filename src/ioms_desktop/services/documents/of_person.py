"""The documents that belong to a person, as a case shows them that they were not added on."""

from collections.abc import Iterable
from dataclasses import replace

from ioms_desktop.domain.records.cases import Case
from ioms_desktop.domain.records.documents.document import OF_PERSON, Document
from ioms_desktop.services.case_access import KnownPeople
from ioms_desktop.services.records.readable import may_read
from ioms_desktop.services.session import Session
from ioms_desktop.storage.documents.of_person import documents_through
from ioms_desktop.storage.records.read import Reading


def list_person_documents(
    session: Session,
    reading: Reading,
    case: Case,
    people: KnownPeople | None = None,
    given: Iterable[Document] | None = None,
) -> tuple[Document, ...]:
    """List the documents of a person that were added on other cases of theirs, as far as the user may read them.

    The programme of the other case keeps none back: whoever added it said that it is the person's. What keeps that case
    from the user does, an exclusion, a restriction or another team.

    Args:
        session: The session of the user.
        reading: Where to read.
        case: The case that they have open.
        people: What the lists say of the person's cases, where that was asked in this transaction already.
        given: What a server gives through the case, where it was read with the case.

    Returns:
        By their day. `case_ref` is empty where the user may not know of the case on which it was added.
    """
    if given is None:
        given = (
            documents_through(reading, case.case_ref)
            if reading.server_enforces_access
            else _of_file(reading, case, people or KnownPeople(session, reading, (case.person_ref,)))
        )
    readable = (each for each in given if each.belongs_to == OF_PERSON and may_read(session, each))
    return tuple(sorted(readable, key=lambda each: (each.dated_on, each.document_ref)))


def _of_file(reading: Reading, case: Case, people: KnownPeople) -> Iterable[Document]:
    """Read them in a local file, where the program alone keeps cases from people."""
    for other, access in people.with_checks(case.person_ref):
        if other.case_ref == case.case_ref or access.is_kept_back:
            continue
        where = other.case_ref if access.may_open(other) else ""
        for each in reading.list_records(Document, case_ref=other.case_ref):
            yield replace(each, case_ref=where)
