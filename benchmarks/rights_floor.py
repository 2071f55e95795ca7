"""A shared database: what its own rights cost a list and the opening of a case, against the same without them."""

import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import replace
from functools import partial
from itertools import count, cycle
from pathlib import Path
from tempfile import TemporaryDirectory

import psycopg
from psycopg import sql

sys.path.append(str(Path(__file__).parents[1] / "tests"))

from books import AT, ON, PASSWORD, open_book, raw
from contact_floor import COLUMNS, Ours
from floors import Figure, in_turns
from ioms_desktop.domain.access.roles import Role
from ioms_desktop.domain.records.record_types import EXCHANGE_RECORD_TYPES
from ioms_desktop.services.cases.case_lists import (
    case_ids,
    first_case_rows,
    first_person_rows,
    person_ids,
)
from ioms_desktop.services.cases.cases import open_case
from ioms_desktop.services.cases.rule_runs import list_triggers
from ioms_desktop.services.cases.search import find_people_and_cases
from ioms_desktop.services.database.database_admin import NewUser, initialise_database
from ioms_desktop.services.list_query import ListQuery
from ioms_desktop.services.session import Session
from ioms_desktop.services.sign_in.sign_in import sign_in, sign_in_as_owner
from postgres_cluster import Server, start_server

ROUNDS, LOOKS = 9, 20
SAVES = 60
LIST, OPENING, SAVING = 5.0, 1.5, 2.0
BARE_SAVING = 6.0
"""What recording a contact may take of a bare insert; the others are held against the same without rights."""
OPEN = (("open", "open"),)
WHO = {"b_officer": Role.OFFICER, "b_navigator": Role.NAVIGATOR}
HIDDEN = 200
"""One case in so many is restricted to somebody else."""

Work = Callable[[Session], object]


WITHOUT = """
    DO $$
    DECLARE
      each record;
    BEGIN
      FOR each IN SELECT oid::regclass AS name, relkind FROM pg_class
                  WHERE relnamespace = 'public'::regnamespace AND (relkind = 'v' OR relrowsecurity) LOOP
        IF each.relkind = 'v' THEN
          EXECUTE format('ALTER VIEW %s RESET (security_barrier)', each.name);
          EXECUTE format('ALTER VIEW %s OWNER TO CURRENT_USER', each.name);
        ELSE
          EXECUTE format('ALTER TABLE %s DISABLE ROW LEVEL SECURITY, NO FORCE ROW LEVEL SECURITY', each.name);
        END IF;
      END LOOP;
    END $$;
    CREATE OR REPLACE VIEW known_people_by_name AS SELECT id, person_ref, name_key FROM people;
"""
"""Takes the rights off a copy: the same tables, views and questions, and nobody is asked who they are."""


@contextmanager
def shared_book(cases: int, contacts: int) -> Iterator[tuple[str, str]]:
    """Return a shared database with a book and people who may sign in, and a copy of it without rights."""
    server = start_server()
    try:
        location = fill_server(server, "rights", WHO, cases, contacts)
        bare = server.create("bare", "rights")
        with psycopg.connect(bare, autocommit=True) as keeper:
            keeper.execute(WITHOUT)
            keeper.execute("VACUUM ANALYZE")
        yield location, bare
    finally:
        server.stop()


def fill_server(server: Server, name: str, who: Mapping[str, Role], cases: int, contacts: int) -> str:
    """Return the location of a shared database with a book and people who may sign in."""
    location = server.create(name)
    initialise_database(location, [NewUser(user, role, PASSWORD) for user, role in who.items()], AT, lenient=True)
    with TemporaryDirectory() as folder:
        session = open_book(Path(folder) / "book.ioms", cases, contacts, searched=True)
        _carry(session, location)
        session.store.close()
    return location


def _carry(session: Session, location: str) -> None:
    """Carry a book from a file to a server, past its triggers, which would write a million entries."""
    with (
        closing(raw(session.store.location, session.store.key)) as book,
        psycopg.connect(location, autocommit=True) as server,
    ):
        server.execute("SET session_replication_role = replica")
        for table in (*(noun.table for noun in EXCHANGE_RECORD_TYPES), "search_key"):
            found = book.execute(f"SELECT * FROM {table}")  # noqa: S608 - our tables
            named = [column[0] for column in found.description]
            _copy(server, table, named, found)
        server.execute(
            f"INSERT INTO case_standing (case_ref, restricted) SELECT case_ref, true FROM cases WHERE id % {HIDDEN} = 0"  # noqa: S608 - a number of ours
        )
        for table in (noun.table for noun in EXCHANGE_RECORD_TYPES):
            server.execute(
                f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), 1 + coalesce(max(id), 0)) FROM {table}"  # noqa: S608 - ours
            )
        server.execute("SET session_replication_role = origin")
        server.execute("VACUUM ANALYZE")


def _copy(server: psycopg.Connection, table: str, columns: list[str], rows: Iterator[tuple[object, ...]]) -> None:
    asked = "SELECT column_name, data_type FROM information_schema.columns WHERE table_name = %s"
    kinds: dict[str, str] = dict(server.execute(asked, (table,)).fetchall())
    truths = [number for number, name in enumerate(columns) if kinds[name] == "boolean"]
    statement = sql.SQL("COPY {} ({}) FROM STDIN").format(
        sql.Identifier(table), sql.SQL(", ").join(map(sql.Identifier, columns))
    )
    with server.cursor() as cursor, cursor.copy(statement) as copy:
        for row in rows:
            values = list(row)
            for number in truths:
                values[number] = None if values[number] is None else bool(values[number])
            copy.write_row(values)


def first(session: Session) -> object:
    """The first screen of the caseload, its rows made."""
    return first_case_rows(session, ListQuery(filters=OPEN))


def everything(session: Session) -> object:
    """The ids of every open case."""
    return case_ids(session, ListQuery(filters=OPEN))


def people_first(session: Session) -> object:
    """The first screen of people, its rows made."""
    return first_person_rows(session, ListQuery())


def people(session: Session) -> object:
    """The ids of everybody."""
    return person_ids(session, ListQuery())


def typed(session: Session) -> object:
    """Quick search: what is found after each letter."""
    return [find_people_and_cases(session, "thackl"[:end]) for end in range(2, 7)]


def mistyped(session: Session) -> object:
    """Quick search with one letter wrong, and with two names wrong."""
    return [find_people_and_cases(session, text) for text in ("thakleyson", "thakleyson gracce", "zzyzzx")]


def book(session: Session) -> object:
    """Every rule over the whole book, in one process."""
    return list_triggers(session, session.today(), processes=0)


LISTS: tuple[tuple[str, Work, int], ...] = (
    ("caseload, first screen", first, ROUNDS),
    ("caseload, all ids", everything, ROUNDS),
    ("people, first screen", people_first, ROUNDS),
    ("people, all ids", people, ROUNDS),
    ("quick search, 5 letters typed", typed, ROUNDS),
    ("quick search, letters wrong", mistyped, ROUNDS),
    ("every alert of the book", book, 1),
)


def measure(cases: int, contacts: int = 10, rounds: int = ROUNDS, looks: int = LOOKS) -> list[Figure]:
    """Measure with so many cases, for somebody who knows of all and somebody who knows of some."""
    with shared_book(cases, contacts) as (location, without):
        keeper = sign_in_as_owner(without, "keeper", "", lambda: AT)
        figures = []
        for name, role in WHO.items():
            session = sign_in(location, name, PASSWORD, clock=lambda: AT, workstation="benchmark")
            bare = replace(keeper, role=role)
            for what, work, most in LISTS:
                took, floor = in_turns([partial(work, session), partial(work, bare)], min(rounds, most))
                figures.append(_figure(f"{role}: {what}", took, floor, LIST))
            took, floor = in_turns([_opening(session, looks), _opening(bare, looks)], rounds)
            figures.append(_figure(f"{role}: opening a case", took / looks, floor / looks, OPENING))
            figures += _recording(role, session, bare, without)
            session.store.close()
        keeper.store.close()
    return figures


def _opening(session: Session, looks: int) -> Callable[[], object]:
    """Open cases, each time others, as somebody going through a list does."""
    refs = cycle([row.case_ref for row in first_case_rows(session, ListQuery(filters=OPEN))])
    return lambda: [open_case(session, next(refs)) for _ in range(looks)]


def _recording(role: Role, session: Session, bare: Session, without: str) -> list[Figure]:
    """Measure recording a contact on cases that are open, against the same without rights and the bare insert there."""
    own = "PHOENIX" if role is Role.NAVIGATOR else "IOM"
    rows = first_case_rows(session, ListQuery(filters=OPEN))
    refs = [row.case_ref for row in rows if row.programme == own][:LOOKS]
    with psycopg.connect(without) as copy:
        insert = _bare_insert(copy, refs[0], f"BARE-{role}")
        works: list[Callable[[], object]] = [Ours(session, refs), Ours(replace(bare, user=session.user), refs), insert]
        took, same, floor = in_turns(works, SAVES, 2 * len(refs))
    name = f"{role}: recording a contact, with rights, audit and alerts"
    bare_floor = Figure(
        name=f"Server, {name}", floor_name="the bare durable insert", ours=took, floor=floor, target=BARE_SAVING
    )
    return [_figure(name, took, same, SAVING), bare_floor]


def _bare_insert(bare: psycopg.Connection, case_ref: str, prefix: str) -> Callable[[], object]:
    done = count()
    values = (ON.isoformat(), True, "OFFICE", "FAILED_TO_ATTEND", "ADEYEMI", "OURS", 1, AT, "ADEYEMI")
    statement = sql.SQL("INSERT INTO contacts ({}) VALUES ({})").format(
        sql.SQL(", ").join(map(sql.Identifier, COLUMNS)), sql.SQL(", ").join([sql.Placeholder()] * len(COLUMNS))
    )

    def insert() -> None:
        bare.execute(statement, (f"{prefix}{next(done)}", case_ref, *values))
        bare.commit()

    return insert


def _figure(name: str, took: float, floor: float, target: float) -> Figure:
    return Figure(name=f"Server, {name}", floor_name="the same without rights", ours=took, floor=floor, target=target)
