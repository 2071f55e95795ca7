"""The rules over the whole book against one bare pass over the same rows."""

from contextlib import closing
from pathlib import Path
from tempfile import TemporaryDirectory

from books import ON, open_book, raw
from floors import Figure, in_turns
from ioms_desktop.services.cases.rule_runs import list_triggers
from ioms_desktop.services.session import Session
from ioms_desktop.storage.records.case_stream import FACT_COLUMNS
from ioms_desktop.storage.store import Store

ROUNDS = 3
OF_PERSON = frozenset({"custody", "orders"})


def evaluated(session: Session) -> int:
    """Evaluate the book; gives the number of triggers."""
    return len(list_triggers(session, ON))


def bare_pass(store: Store) -> int:
    """Read every row that the rules may look at, in the order of the cases; gives their number."""
    read = 0
    with closing(raw(store.location, store.key)) as db:
        for table, columns in FACT_COLUMNS.items():
            names = ", ".join(f"t.{name}" for name in columns)
            if table in OF_PERSON:
                query = f"SELECT c.case_ref, {names} FROM cases c JOIN {table} t USING (person_ref) ORDER BY c.case_ref"  # noqa: S608 - ours
            else:
                query = f"SELECT t.case_ref, {names} FROM {table} t ORDER BY t.case_ref"  # noqa: S608 - ours
            for _ in db.execute(query):
                read += 1
    return read


def measure(cases: int, contacts: int = 10, rounds: int = ROUNDS) -> list[Figure]:
    """Measure a book of so many cases."""
    with TemporaryDirectory() as folder:
        session = open_book(Path(folder) / "book.ioms", cases, contacts)
        try:
            ours, floor = in_turns([lambda: evaluated(session), lambda: bare_pass(session.store)], rounds)
        finally:
            session.store.close()
    name = f"Every rule on {cases:,} cases with {cases * contacts:,} contacts"
    return [Figure(name=name, floor_name="one bare pass over the same rows", ours=ours, floor=floor, target=None)]
