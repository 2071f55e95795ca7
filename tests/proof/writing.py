"""The ways of writing to a local database file, each a real act under a name by which its result can be found."""

import csv
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import Select, func, select

from ioms_desktop.domain.access.roles import Right, Role
from ioms_desktop.domain.dates.day_time import DayTime
from ioms_desktop.domain.errors import Refused
from ioms_desktop.domain.records.engagement import Contact
from ioms_desktop.services.accounts.users import add_user
from ioms_desktop.services.commands import run_command
from ioms_desktop.services.exchange.imports import run_import
from ioms_desktop.services.recording.contacts import record_contact
from ioms_desktop.services.recording.rag import SetRag, set_rag
from ioms_desktop.services.session import Outcome, Session
from ioms_desktop.storage.records.read import Reading
from ioms_desktop.storage.schema import tables
from ioms_desktop.storage.transaction import Transaction
from proof.books import ADMIN, PASSWORD, SUPERVISOR, Book, contact
from sessions import TODAY

IMPORTED = 60
HALF = -1


@dataclass(frozen=True, slots=True)
class Way:
    """One way of writing.

    Attributes:
        user: The user who does it.
        act: Does it under a name, which is its request number if it has one; repeating it changes nothing.
        found: Counts the results under each of some names; HALF if only a part of one is there.
        by_request: Whether the database can tell from the request number if it was done.
        seconds: The time within which it is killed.
    """

    user: str
    act: Callable[[Book, Session, str], object]
    found: Callable[[Book, Session, Sequence[str]], Counter[str]]
    by_request: bool = True
    seconds: float = 0.3


def _record(_book: Book, session: Session, name: str) -> None:
    record_contact(session, contact(name))


def _recorded(_book: Book, session: Session, _names: Sequence[str]) -> Counter[str]:
    return recorded(session)


def recorded(session: Session) -> Counter[str]:
    """Count contacts by the name that is their note."""
    return Counter(_asked(session, select(tables.contacts.c.note)))


def _save(_book: Book, session: Session, name: str) -> None:
    set_rag(session, SetRag(request=name, case_ref="IOM-1", rag="RED", set_on=TODAY, reason=name))


def _saved(_book: Book, session: Session, _names: Sequence[str]) -> Counter[str]:
    former = tables.former_version
    earlier = _asked(session, select(former.c.data).where(former.c.table_name == "rag"))
    present = _asked(session, select(tables.metadata.tables["rag"].c.reason))
    return Counter([*present, *(each["reason"] for each in earlier)])


def _remove(_book: Book, session: Session, name: str) -> None:
    ref = f"K-{name}"
    with session.store.begin(session.command_context()) as tx:
        if tx.find(Contact, ref) is None and not _ended(tx, ref):
            what = {"planned": True, "contact_type": "OTHER", "outcome": "SEEN", "note": name}
            tx.add(Contact(contact_ref=ref, case_ref="PHX-1", occurred_at=DayTime(TODAY), **what))  # type: ignore[arg-type]  # named above

    def do(tx: Transaction) -> Outcome:
        tx.remove(tx.get(Contact, ref), name)
        return Outcome(notice="Removed.")

    run_command(session, "remove", Right.RECORD_ENGAGEMENT, name, do)


def _ended(reading: Reading, ref: str) -> int:
    former = tables.former_version
    query = select(func.count()).where(former.c.record_key == ref, former.c.ended == "DELETED")
    return reading.connection.scalar(query) or 0


def _removed(_book: Book, session: Session, names: Sequence[str]) -> Counter[str]:
    found: Counter[str] = Counter()
    with session.store.read() as reading:
        for name in names:
            ended = _ended(reading, f"K-{name}")
            found[name] = HALF if ended and reading.find(Contact, f"K-{name}") is not None else ended
    return found


def _import(book: Book, session: Session, name: str) -> None:
    folder = book.folder.parent / f"files {name}"
    folder.mkdir(exist_ok=True)
    _write_people(folder / "people.csv", name)
    run_import(session, folder)


def _write_people(path: Path, name: str) -> None:
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow(["person_ref", "family_name", "given_names", "date_of_birth"])
        writer.writerows([f"{name}-{each}", "Marlow", f"Jo {each}", "2001-02-03"] for each in range(IMPORTED))


def _imported(_book: Book, session: Session, _names: Sequence[str]) -> Counter[str]:
    refs = _asked(session, select(tables.people.c.person_ref))
    rows = Counter(ref.rpartition("-")[0] for ref in refs)
    return Counter({name: HALF if found % IMPORTED else found // IMPORTED for name, found in rows.items()})


def _add_user(_book: Book, session: Session, name: str) -> None:
    try:
        add_user(session, name, Role.OFFICER, PASSWORD)
    except Refused as refused:
        if "already" not in refused.sentence:
            raise


def _may_sign_in(book: Book, session: Session, names: Sequence[str]) -> Counter[str]:
    known = set(_asked(session, select(tables.users.c.name)))
    found: Counter[str] = Counter()
    for name in names:
        try:
            book.session(name).store.close()
            found[name] = 1 if name in known else HALF
        except Refused:
            found[name] = HALF if name in known else 0
    return found


def _asked(session: Session, query: Select[tuple[Any]]) -> Iterable[Any]:
    with session.store.read() as reading:
        return reading.connection.scalars(query).all()


WAYS = {
    "record": Way(SUPERVISOR, _record, _recorded),
    "save": Way(SUPERVISOR, _save, _saved),
    "remove": Way(SUPERVISOR, _remove, _removed),
    "import": Way(SUPERVISOR, _import, _imported, by_request=False),
    "user": Way(ADMIN, _add_user, _may_sign_in, by_request=False, seconds=1.2),
}
