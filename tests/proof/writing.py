"""The ways in which a local book is written, each a real act under a name by which it is found again afterwards."""

import csv
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import ColumnElement, Table, func, select

from desks import TODAY
from ioms_desktop.domain.access import Right, Role
from ioms_desktop.domain.errors import Refused
from ioms_desktop.domain.moments import Moment
from ioms_desktop.domain.support import Contact
from ioms_desktop.services.commands import once
from ioms_desktop.services.contacts import record_contact
from ioms_desktop.services.desk import Desk, Outcome
from ioms_desktop.services.imports import run_import
from ioms_desktop.services.rag import SetRag, set_rag
from ioms_desktop.services.session import add_user
from ioms_desktop.storage import tables
from ioms_desktop.storage.store import Reading, Transaction
from proof.books import ADMIN, PASSWORD, SUPERVISOR, Book, contact

IMPORTED = 60
HALF = -1


@dataclass(frozen=True, slots=True)
class Way:
    """One way of writing.

    Attributes:
        user: Who does it.
        act: Does it under a name, which is its request where it has one; done again, it changes nothing.
        found: How often what was done under a name is there; HALF where a part of it is.
        by_request: Whether the database itself can say if it was done, by its request.
    """

    user: str
    act: Callable[[Book, Desk, str], object]
    found: Callable[[Book, Desk, str], int]
    by_request: bool = True


def _record(_book: Book, desk: Desk, name: str) -> None:
    record_contact(desk, contact(name))


def _recorded(_book: Book, desk: Desk, name: str) -> int:
    return _count(desk, tables.contacts, tables.contacts.c.note == name)


def _save(_book: Book, desk: Desk, name: str) -> None:
    set_rag(desk, SetRag(request=name, case_ref="IOM-1", rag="RED", set_on=TODAY, reason=name))


def _saved(_book: Book, desk: Desk, name: str) -> int:
    rag, former = tables.metadata.tables["rag"], tables.former_version
    earlier = (former.c.table_name == "rag") & (former.c.data["reason"].as_string() == name)
    return _count(desk, rag, rag.c.reason == name) + _count(desk, former, earlier)


def _remove(_book: Book, desk: Desk, name: str) -> None:
    ref = f"K-{name}"
    with desk.store.begin(desk.act()) as tx:
        if tx.seek(Contact, ref) is None and not _ended(tx, ref):
            what = {"planned": True, "contact_type": "OTHER", "outcome": "SEEN", "note": name}
            tx.add(Contact(contact_ref=ref, case_ref="PHX-1", occurred_at=Moment(TODAY), **what))  # type: ignore[arg-type]  # named above

    def do(tx: Transaction) -> Outcome:
        tx.remove(tx.get(Contact, ref), name)
        return Outcome(notice="Removed.")

    once(desk, "remove", Right.RECORD_ENGAGEMENT, name, do)


def _ended(reading: Reading, ref: str) -> int:
    former = tables.former_version
    query = select(func.count()).where(former.c.record_key == ref, former.c.ended == "DELETED")
    return reading.connection.scalar(query) or 0


def _removed(_book: Book, desk: Desk, name: str) -> int:
    ref = f"K-{name}"
    with desk.store.read() as reading:
        ended = _ended(reading, ref)
        return ended if (reading.seek(Contact, ref) is None) == (ended > 0) else HALF


def _import(book: Book, desk: Desk, name: str) -> None:
    folder = book.folder.parent / f"files {name}"
    folder.mkdir(exist_ok=True)
    _write_people(folder / "people.csv", name)
    run_import(desk, folder)


def _write_people(path: Path, name: str) -> None:
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow(["person_ref", "family_name", "given_names", "date_of_birth"])
        writer.writerows([f"{name}-{each}", "Marlow", f"Jo {each}", "2001-02-03"] for each in range(IMPORTED))


def _imported(_book: Book, desk: Desk, name: str) -> int:
    found = _count(desk, tables.people, tables.people.c.person_ref.startswith(f"{name}-"))
    return found // IMPORTED if found % IMPORTED == 0 else HALF


def _add_user(_book: Book, desk: Desk, name: str) -> None:
    try:
        add_user(desk, name, Role.OFFICER, PASSWORD)
    except Refused as refused:
        if "already" not in refused.sentence:
            raise


def _may_sign_in(book: Book, desk: Desk, name: str) -> int:
    known = _count(desk, tables.users, tables.users.c.name == name)
    try:
        book.desk(name).store.close()
    except Refused:
        return HALF if known else 0
    return known


def _count(desk: Desk, table: Table, which: ColumnElement[bool]) -> int:
    with desk.store.read() as reading:
        return reading.connection.scalar(select(func.count()).select_from(table).where(which)) or 0


WAYS = {
    "record": Way(SUPERVISOR, _record, _recorded),
    "save": Way(SUPERVISOR, _save, _saved),
    "remove": Way(SUPERVISOR, _remove, _removed),
    "import": Way(SUPERVISOR, _import, _imported, by_request=False),
    "user": Way(ADMIN, _add_user, _may_sign_in, by_request=False),
}


def noted(desk: Desk, name: str) -> bool:
    """Ask the database whether a request was carried out, as the application does after a lost connection."""
    return _count(desk, tables.request, tables.request.c.id == name) > 0
