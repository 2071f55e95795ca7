"""What somebody with a login and psql tries on a shared database, by kind, and who shows that it can be done at all.

Each attack is one statement, sent by a role that has no right to it; its control is the same statement sent by whoever
has: a supervisor who opened the case, or else the owner.
"""

# ruff: noqa: S608 - statements as somebody would type them, with names of our own
from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import psycopg

from ioms_desktop.domain.records.record import columns_of
from ioms_desktop.domain.records.record_types import RECORD_TYPE_BY_TABLE
from raw_rows import insert_sql, row_of

if TYPE_CHECKING:
    from collections.abc import Iterator
    from contextlib import ExitStack

    from shared_people import Office

KEEPER = "supervisor"
"""Has opened the cases and may read and write most of them."""
OWNER = "owner"
TABLES = sorted(set(RECORD_TYPE_BY_TABLE) - {"cases"})
OUTSIDE = ("partner", "analyst", "auditor", "administrator")
"""Roles that read no record type whole, or nothing of a case that nobody gave them."""
UNOPENED = ("navigator", "coordinator")
"""Roles that work on cases, and have opened none here."""
SETTINGS = (
    *("SET TimeZone = 'XXX+167'", "SET row_security = off", "SET session_replication_role = replica"),
    *("SET search_path = pg_temp, public", "SET ioms.actor = 'postgres'", "SET ioms.role = 'supervisor'"),
    *("SET ioms.bulk = 'yes'", "SET ioms.at = '2020-01-01'", "SET ROLE ioms_opener", "SET ROLE ioms_owner"),
    *(
        "SET plan_cache_mode = force_generic_plan",
        "SET enable_seqscan = off",
        "SET default_transaction_isolation = 'repeatable read'",
    ),
)
HIDDEN = (
    *("SELECT 1 FROM read_rag()", "SELECT 1 FROM cases WHERE case_ref = 'IOM-1'", "SELECT 1 FROM known_rag"),
    "SELECT 1 FROM known_people(ARRAY['P-CH'])",
)
"""What a navigator, who works on the other programme, is not to learn."""
NAMES = (
    *("postgres", "ioms_owner", "pg_monitor", "t_officer", "T_OFFICER", "t_officer ", " t_officer", "t__officer "),
    *("t_\u043efficer", "t_officer\u200b", "new\nperson", "", "new;person", "x" * 64),
)
"""Names that are somebody else's, read like somebody else's, or are none."""
DAYS = ("infinity", "-infinity", "0044-03-15", "0044-03-15 BC", "2026-02-30", "2200-01-01", "2026-02-01T24:00", "soon")
CONTACT = (
    "INSERT INTO contacts (contact_ref, case_ref, occurred_at, planned, contact_type, outcome, note, revision, "
    "recorded_at, recorded_by) VALUES ('AT-N', 'PHX-1', '{}', true, 'OFFICE', 'SEEN', {}, 1, now(), 'x')"
)
PROVED = ("audit", "seal", "epoch", "redaction")
"""The tables by which the audit is proved."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Attack:
    """One try.

    Attributes:
        kind: What is tried.
        role: Who tries.
        statement: What they send.
        said: What they send before, in the same transaction, of which nothing is kept.
        control: Who can, without that.
        instead: What the control sends, where the statement itself is what is wrong.
    """

    kind: str
    role: str
    statement: str
    said: tuple[str, ...] = ()
    control: str = OWNER
    instead: str = ""


def every_attack() -> Iterator[Attack]:
    """Yield all attacks, kind by kind."""
    yield from _on_content()
    yield from _by_writing()
    yield from _by_taking_back()
    yield from _by_settings()
    yield from _on_the_audit()
    yield from _on_others()
    yield from _by_values()


def _on_content() -> Iterator[Attack]:
    for table in TABLES:
        column = _content_column(table)
        read, told = (
            f"SELECT {column} FROM {table}",
            f"UPDATE {table} SET revision = revision + 1 WHERE {column} IS NOT NULL",
        )
        for role in (*UNOPENED, "partner"):
            yield Attack(kind="a column is read in its table", role=role, statement=read)
        yield Attack(kind="the condition of a change tells of a column", role="navigator", statement=told)
        for role in (*UNOPENED, *OUTSIDE):
            statement = f"SELECT 1 FROM read_{table}()"
            yield Attack(kind="content is read unopened", role=role, statement=statement, control=KEEPER)


def _by_writing() -> Iterator[Attack]:
    for table in TABLES:
        forged = f"UPDATE {table} SET recorded_by = 'postgres', revision = revision + 1"
        for role in (*UNOPENED, "analyst"):
            yield Attack(kind="blind write", role=role, statement=f"UPDATE {table} SET revision = revision + 1")
        yield Attack(kind="blind write", role="navigator", statement=forged)


def _by_taking_back() -> Iterator[Attack]:
    for table in TABLES:
        for opening in ("SELECT open_case('PHX-1')", "SELECT open_person('P-JM')"):
            statement = f"SELECT 1 FROM read_{table}()"
            kind = "an access that is taken back"
            yield Attack(kind=kind, role="navigator", said=(opening,), statement=statement, control=KEEPER)


def _by_settings() -> Iterator[Attack]:
    for setting in SETTINGS:
        for statement in HIDDEN:
            said = (setting,)
            yield Attack(kind="settings of a session", role="navigator", said=said, statement=statement, control=KEEPER)


def _on_the_audit() -> Iterator[Attack]:
    for table in PROVED:
        for role in ("officer", KEEPER, *OUTSIDE):
            copied = f"INSERT INTO ioms_audit.{table} SELECT * FROM ioms_audit.{table} WHERE false"
            yield Attack(kind="the audit is forged", role=role, statement=f"{copied}; SELECT 1")
    for role in ("officer", KEEPER, "auditor", "administrator"):
        for call in (
            "SELECT write_audit('ERASURE', 'cases', 'x', NULL, NULL, NULL) IS NOT NULL",
            "SELECT begin_epoch('x', 'x', NULL, NULL) > 0",
            "SELECT epoch_digest(e) FROM ioms_audit.epoch AS e",
            "SELECT entry_digest(a, '', '') FROM ioms_audit.audit AS a",
        ):
            yield Attack(kind="the audit is forged", role=role, statement=call)


def _on_others() -> Iterator[Attack]:
    for table in TABLES:
        for role in ("officer", "navigator"):
            locked = f"LOCK TABLE {table} IN ACCESS EXCLUSIVE MODE"
            yield Attack(kind="others are held up", role=role, statement=locked)
        yield Attack(kind="others are held up", role=KEEPER, statement=f"LOCK TABLE {table} IN SHARE MODE")


def _by_values() -> Iterator[Attack]:
    login = "SELECT add_login('{}', 'officer', NULL)"
    for name in NAMES:
        tried, right = login.format(name), login.format("new.person")
        yield Attack(
            kind="a login of another", role="administrator", statement=tried, control="administrator", instead=right
        )
    for day, note in (*((day, "'x'") for day in DAYS), ("2026-10-01", "repeat('x', 3000000)")):
        tried, right = CONTACT.format(day, note), CONTACT.format("2026-10-01", "'x'")
        yield Attack(kind="poison", role=KEEPER, statement=tried, control=KEEPER, instead=right)


def _content_column(table: str) -> str:
    """Return a column of a table that says something: the last that every record has."""
    must = [column.name for column in columns_of(RECORD_TYPE_BY_TABLE[table]) if column.required]
    return must[-1]


def fill(office: Office) -> None:
    """Add a record of each type, and open the cases for the controls."""
    with office.owner() as owner:
        owner.execute("SET session_replication_role = replica")  # a row alone, whatever should stand beside it
        for table in TABLES:
            record_type = RECORD_TYPE_BY_TABLE[table]
            row = row_of(record_type, "AT", "holt")
            if not owner.execute(f"SELECT 1 FROM {table} LIMIT 1".encode()).fetchone():
                owner.execute(insert_sql(record_type, row).encode(), row)
    with office.raw(KEEPER) as psql:
        for opened in ("SELECT open_case('PHX-1')", "SELECT open_case('IOM-1')", "SELECT open_person('P-JM')"):
            assert psql.execute(opened.encode()).fetchone() == (True,)


class Ring:
    """One connection for each role."""

    def __init__(self, office: Office, stack: ExitStack) -> None:
        """Connect."""
        self._by_role: dict[str, psycopg.Connection] = {OWNER: stack.enter_context(office.owner())}
        for role in ("officer", KEEPER, *UNOPENED, *OUTSIDE):
            self._by_role[role] = stack.enter_context(office.raw(role))

    def gets_through(self, attack: Attack, *, as_control: bool = False) -> bool:
        """Whether a statement shows or changes something; nothing of it stays."""
        connection = self._by_role[attack.control if as_control else attack.role]
        try:
            with connection.transaction(force_rollback=True):
                for said in () if as_control else attack.said:
                    connection.execute(said.encode())
                sent = attack.instead if as_control and attack.instead else attack.statement
                done = connection.execute(sent.encode())
                while done.nextset():
                    pass
                if done.description is None:
                    return done.rowcount != 0
                return any(row not in {(False,), (None,)} for row in done.fetchall())
        except psycopg.Error:
            return False
