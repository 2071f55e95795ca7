"""Opens cases of a shared database for its user, by the functions of the server that record each opening.

Each call is a transaction of its own, committed before the case is read. The server counts an opening only once it is
committed; otherwise it could be rolled back after reading and leave no record.
"""

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from secrets import token_hex

from sqlalchemy import Connection, Engine, FromClause, TextClause, select, text

from ioms_desktop.domain.records.cases import Case
from ioms_desktop.domain.records.record import Record
from ioms_desktop.storage.schema import tables, views
from ioms_desktop.storage.schema.read_functions import LISTED_BY_FUNCTION, known_facts, opened_rows

WITH_WORKSTATION_SQL = (
    "WITH said AS MATERIALIZED (SELECT set_config('ioms.workstation', :workstation, true)) SELECT {} FROM said"
)
OPEN_CASE_SQL = text(WITH_WORKSTATION_SQL.format("open_case(:ref, :purpose)"))
OPEN_PERSON_SQL = text(WITH_WORKSTATION_SQL.format("open_person(:ref, :purpose)"))
ASK_NUMBERS_SQL = text(WITH_WORKSTATION_SQL.format("ask_numbers(CAST(:numbers AS jsonb), :own) IS NOT NULL"))
OPEN_ALL_CASES_SQL = text(WITH_WORKSTATION_SQL.format("open_book(:purpose, :opening)"))
"""One statement is a transaction of its own; with BEGIN and COMMIT it would take four round trips."""


class ServerCaseGate:
    """Opens cases for the user whose login the engine has.

    Attributes:
        role: The user's role on the server.
    """

    def __init__(self, engine: Engine, role: str) -> None:
        """Take an engine that connects with the user's own login."""
        self._engine = engine
        self.role = role

    def open_case(self, case_ref: str, purpose: str, workstation: str, connection: Connection | None = None) -> bool:
        """Open a case for 15 minutes; false if the user may not see it or it does not exist.

        Args:
            case_ref: The case.
            purpose: Why.
            workstation: From where.
            connection: One that commits each statement by itself; None to use another than the caller's.
        """
        if connection is None:
            return self._call(OPEN_CASE_SQL, workstation, ref=case_ref, purpose=purpose)
        given = {"workstation": workstation, "ref": case_ref, "purpose": purpose}
        return bool(connection.scalar(OPEN_CASE_SQL, given))

    def open_person(self, person_ref: str, purpose: str, workstation: str) -> bool:
        """Open a person for 15 minutes; false if the user may not know of them or they do not exist."""
        return self._call(OPEN_PERSON_SQL, workstation, ref=person_ref, purpose=purpose)

    @contextmanager
    def all_cases_open(self, purpose: str, workstation: str) -> Iterator[bool]:
        """Keep every case open that the user may see, for an export or an import; false if they may open none so.

        Each opening has a name of its own, so that none closes another. The server counts one only as long as the
        connection lasts that made it: what a program had open that crashed is closed.
        """
        opening = token_hex(8)
        with self._engine.connect() as connection:
            given = {"workstation": workstation, "purpose": purpose, "opening": opening}
            alone = connection.execution_options(isolation_level="AUTOCOMMIT")
            is_open = bool(alone.scalar(OPEN_ALL_CASES_SQL, given))
            try:
                yield is_open
            finally:
                if is_open:
                    self._close_all_cases(opening)

    def _close_all_cases(self, opening: str) -> None:
        with self._engine.begin() as connection:
            connection.execute(text("SELECT close_book(:opening)"), {"opening": opening})

    def ask_numbers(self, numbers: Mapping[str, str], own_ref: str, workstation: str) -> None:
        """Put on record whose numbers are asked for; the answer is read afterwards."""
        self._call(ASK_NUMBERS_SQL, workstation, numbers=json.dumps(numbers), own=own_ref or None)

    def case_of(self, record_type: type[Record], ref: str) -> str | None:
        """Return the case that a record belongs to, without opening it."""
        table = tables.table_of(record_type)
        source: FromClause = views.FACT_VIEWS.get(record_type.table, table)
        if record_type.table in LISTED_BY_FUNCTION:
            source = known_facts(record_type.table, refs=[ref])
        elif source is table and record_type is not Case:
            source = opened_rows(table, refs=[ref])
        with self._engine.connect() as connection:
            found: str | None = connection.scalar(select(source.c.case_ref).where(source.c[record_type.key[0]] == ref))
        return found

    def _call(self, statement: TextClause, workstation: str, **values: str | None) -> bool:
        with self._engine.connect() as connection:
            alone = connection.execution_options(isolation_level="AUTOCOMMIT")
            return bool(alone.scalar(statement, {"workstation": workstation, **values}))
