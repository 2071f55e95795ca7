"""An operation for views of facts: they are read through a function. Databases depend on it: never change it.

    op.list_through_function("concerns", ref="concern_ref")

Lists and rules read them of every case. A view leaves out what its reader may not know, but a condition of theirs would
be tested before the policy (record_tables_v7.py). `known_concerns(owners, refs)` returns what the view shows. Its type
is its own, with the collations of the view, so that the view can be made anew; the operation is called again after a
column was added. SQLite keeps nothing back.
"""

from typing import Any

from alembic.operations import MigrateOperation, Operations
from sqlalchemy import text

READERS = "ioms_officer, ioms_navigator, ioms_supervisor, ioms_coordinator"
COLUMNS = text(
    "SELECT attname || ' ' || format_type(atttypid, atttypmod) || "
    "CASE WHEN attcollation = 'pg_catalog.\"C\"'::regcollation THEN ' COLLATE \"C\"' ELSE '' END "
    "FROM pg_attribute WHERE attrelid = to_regclass('public.known_' || :name) AND attnum > 0 AND NOT attisdropped "
    "ORDER BY attnum"
)
FUNCTION = """
    DROP FUNCTION IF EXISTS known_{name}(text[], text[]);
    DROP TYPE IF EXISTS ioms_private.known_{name};
    CREATE TYPE ioms_private.known_{name} AS ({columns});
    ALTER TYPE ioms_private.known_{name} OWNER TO ioms_owner;
    CREATE FUNCTION known_{name}(owners text[] DEFAULT NULL, refs text[] DEFAULT NULL)
    RETURNS SETOF ioms_private.known_{name} LANGUAGE plpgsql STABLE SECURITY DEFINER ROWS 200
    SET search_path = public, pg_catalog, pg_temp SET client_min_messages = notice
    SET plan_cache_mode = force_generic_plan AS $$
    BEGIN
      IF ioms_private.reading_role() IS NULL THEN
        RETURN;
      ELSIF refs IS NOT NULL THEN
        RETURN QUERY SELECT v.* FROM known_{name} AS v WHERE v.{ref} = ANY (refs);
      ELSIF owners IS NOT NULL THEN
        RETURN QUERY SELECT v.* FROM known_{name} AS v WHERE v.{subject} = ANY (owners);
      ELSE
        RETURN QUERY SELECT v.* FROM known_{name} AS v;
      END IF;
    END $$;
    ALTER FUNCTION known_{name}(text[], text[]) OWNER TO ioms_reader;
    REVOKE ALL ON FUNCTION known_{name}(text[], text[]) FROM PUBLIC;
    GRANT EXECUTE ON FUNCTION known_{name}(text[], text[]) TO {readers};
    REVOKE SELECT ON known_{name} FROM {readers};
"""


@Operations.register_operation("list_through_function")
@Operations.register_operation("list_the_view")
class ListThroughFunction(MigrateOperation):
    """What migrations call as `op.list_through_function`."""

    @classmethod
    def list_through_function(cls, operations: Any, name: str, ref: str, subject: str = "case_ref") -> None:  # noqa: ANN401 - proxied by Alembic
        """Take the view of facts of a table from its readers and give them the function, or make the function anew.

        Args:
            operations: Alembic's.
            name: The table.
            ref: The first column of its key.
            subject: `case_ref` or `person_ref`.
        """
        fence(operations, name, ref, subject)

    @classmethod
    def list_the_view(cls, operations: Any, name: str) -> None:  # noqa: ANN401 - as above
        """Undo `list_through_function`."""
        if operations.get_context().dialect.name == "postgresql":
            _execute(
                operations,
                f"""
                DROP FUNCTION known_{name}(text[], text[]);
                DROP TYPE ioms_private.known_{name};
                GRANT SELECT ON known_{name} TO {READERS};
                """,
            )


def fence(operations: Operations, name: str, ref: str, subject: str) -> None:
    """See `ListThroughFunction.list_through_function`."""
    if operations.get_context().dialect.name == "postgresql":
        columns = ", ".join(operations.get_bind().scalars(COLUMNS, {"name": name}))
        _execute(operations, FUNCTION.format(name=name, ref=ref, subject=subject, columns=columns, readers=READERS))


def _execute(operations: Operations, sql: str) -> None:
    """Run statements as they are: a percent sign or a colon in them is no parameter."""
    operations.get_bind().connection.dbapi_connection.cursor().execute(sql)
