"""How a person of a shared database comes to what it keeps closed: the functions that guard it, called on their own.

Each call is a transaction of its own, committed before anything is read by it. A server counts an opening only once it
is committed; otherwise a look could be undone after reading.
"""

from sqlalchemy import Engine, TextClause, select, text

from ioms_desktop.domain.records.record import Record
from ioms_desktop.storage.schema import tables, views

WITH_WORKSTATION_SQL = (
    "WITH said AS MATERIALIZED (SELECT set_config('ioms.workstation', :workstation, true)) SELECT {} FROM said"
)
OPEN_CASE_SQL = text(WITH_WORKSTATION_SQL.format("open_case(:ref, :purpose)"))
OPEN_ALL_CASES_SQL = text(WITH_WORKSTATION_SQL.format("open_book(:purpose)"))
"""One statement, and by that a transaction of its own: asked between begin and commit it would take four answers."""


class ServerCaseGate:
    """The door of the person whose login made the connections."""

    def __init__(self, engine: Engine, role: str) -> None:
        """Stand at the door.

        Args:
            engine: Makes connections in the person's own name.
            role: The person's role, as the server has it.
        """
        self._engine = engine
        self.role = role

    def open_case(self, case_ref: str, purpose: str, workstation: str) -> bool:
        """Open a case for a quarter of an hour; false where it is not there for this person."""
        return self._call(OPEN_CASE_SQL, workstation, ref=case_ref, purpose=purpose)

    def open_all_cases(self, purpose: str, workstation: str) -> bool:
        """Open every case the person may know of, for an export or an import."""
        return self._call(OPEN_ALL_CASES_SQL, workstation, purpose=purpose)

    def close_all_cases(self) -> None:
        """Close it again."""
        with self._engine.begin() as connection:
            connection.execute(text("SELECT close_book()"))

    def case_of(self, record_type: type[Record], ref: str) -> str | None:
        """Name the case a record belongs to, without opening it."""
        source = views.FACT_VIEWS.get(record_type.table, tables.table_of(record_type))
        with self._engine.connect() as connection:
            found: str | None = connection.scalar(select(source.c.case_ref).where(source.c[record_type.key[0]] == ref))
        return found

    def _call(self, statement: TextClause, workstation: str, **values: str) -> bool:
        with self._engine.connect() as connection:
            alone = connection.execution_options(isolation_level="AUTOCOMMIT")
            return bool(alone.scalar(statement, {"workstation": workstation, **values}))
