"""An operation for record tables: what a column may hold. Databases depend on it: never change it.

    op.bound_record_values("contacts", long="note", whole="minutes:0:1440")

PostgreSQL then refuses whatever no form and no import would take: a day outside of 1900 to 2199 (also `infinity`), a
day with a time that is none, a number that is none or out of its range, a text longer than its column takes. What the
columns are, the table says; where one is added or dropped later, it is called again. Old rows that break it stay, and
then the constraint stays unvalidated: it holds for what is written from now on. Which column has the codes of which
list, `ioms_private.coded_column` keeps; what a person writes is held to those that are closed. SQLite keeps nothing of
it: there the program asks.
"""

from typing import Any

from alembic.operations import MigrateOperation, Operations
from sqlalchemy import text

COLUMNS = text(
    "SELECT a.attname, format_type(a.atttypid, a.atttypmod), a.attcollation = 'pg_catalog.\"C\"'::regcollation "
    "FROM pg_attribute AS a WHERE a.attrelid = to_regclass('public.' || :name) AND a.attnum > 0 AND NOT a.attisdropped "
    "AND a.attname NOT IN ('id', 'revision', 'recorded_at', 'recorded_by') "
    'ORDER BY a.attname COLLATE "C"'
)
DAY_TIME = (
    "({0} ~ '^(19|20|21)[0-9]{{2}}-[0-9]{{2}}-[0-9]{{2}}(T([01][0-9]|2[0-3]):[0-5][0-9])?$' "
    "AND make_date(substr({0}, 1, 4)::integer, substr({0}, 6, 2)::integer, substr({0}, 9, 2)::integer) IS NOT NULL)"
)
NUMBER = "({0} ~ '^-?[0-9]+([.][0-9]{1})?$' AND length({0}) <= 30)"
SHORT_CHARS, LONG_CHARS, REFERENCE_CHARS = 2_000, 100_000, 200


@Operations.register_operation("bound_record_values")
@Operations.register_operation("unbound_record_values")
class BoundValues(MigrateOperation):
    """What migrations call as `op.bound_record_values`."""

    @classmethod
    def bound_record_values(cls, operations: Any, name: str, **declared: str) -> None:  # noqa: ANN401 - proxied by Alembic
        """Bound what the columns of a table may hold, or bound it anew.

        Args:
            operations: Alembic's.
            name: The table.
            declared: Lists separated by spaces. `long`: the texts of up to 100,000 characters. `whole`: the whole
                numbers, each with its lowest and highest, `minutes:0:1440`. `numbers`: the texts that are decimal
                numbers. `amounts`: those that are pounds and pence. `codes`: the codes, each with its list,
                `status:case_status`.
        """
        bound(operations, name, **declared)

    @classmethod
    def unbound_record_values(cls, operations: Any, name: str) -> None:  # noqa: ANN401 - as above
        """Undo `bound_record_values`."""
        if operations.get_context().dialect.name == "postgresql":
            operations.execute(f"ALTER TABLE {name} DROP CONSTRAINT IF EXISTS ck_{name}_values")
            operations.execute(f"DELETE FROM ioms_private.coded_column WHERE table_name = '{name}'")


def bound(
    operations: Operations,
    name: str,
    *,
    long: str = "",
    whole: str = "",
    numbers: str = "",
    amounts: str = "",
    codes: str = "",
) -> None:
    """See `BoundValues.bound_record_values`."""
    if operations.get_context().dialect.name != "postgresql":
        return
    operations.execute(f"DELETE FROM ioms_private.coded_column WHERE table_name = '{name}'")
    for column, of_list in (each.split(":") for each in codes.split()):
        operations.execute(f"INSERT INTO ioms_private.coded_column VALUES ('{name}', '{column}', '{of_list}')")
    ranges = {column: f"BETWEEN {low} AND {high}" for column, low, high in (each.split(":") for each in whole.split())}
    most = dict.fromkeys(long.split(), LONG_CHARS)
    written = dict.fromkeys(numbers.split(), "+") | dict.fromkeys(amounts.split(), "{1,2}")
    tests = []
    for column, kind, is_ref in operations.get_bind().execute(COLUMNS, {"name": name}):
        if kind == "date":
            tests.append(f"{column} BETWEEN DATE '1900-01-01' AND DATE '2199-12-31'")
        elif kind == "character varying(16)":
            tests.append(DAY_TIME.format(column))
        elif column in ranges:
            tests.append(f"{column} {ranges[column]}")
        elif column in written:
            tests.append(NUMBER.format(column, written[column]))
        elif kind == "text":
            tests.append(f"length({column}) <= {most.get(column, REFERENCE_CHARS if is_ref else SHORT_CHARS)}")
    _constrain(operations, name, " AND ".join(tests))


def _constrain(operations: Operations, name: str, tests: str) -> None:
    cursor = operations.get_bind().connection.dbapi_connection.cursor()
    cursor.execute(
        f"""
        ALTER TABLE {name} DROP CONSTRAINT IF EXISTS ck_{name}_values;
        ALTER TABLE {name} ADD CONSTRAINT ck_{name}_values CHECK ({tests}) NOT VALID;
        DO $$
        BEGIN
          ALTER TABLE {name} VALIDATE CONSTRAINT ck_{name}_values;
        EXCEPTION WHEN check_violation OR datetime_field_overflow THEN
          RAISE NOTICE 'some rows of {name} are not as they would be taken today';
        END $$
        """
    )
