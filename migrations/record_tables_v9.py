"""Operations for record tables: a case is read in one call. Databases depend on them: never change them.

    op.read_when_opened("vehicles", subject="person_ref", ref="registration")

does what `op.read_through_function` does (record_tables_v7.py), and makes `read_case(of_case, of_person)` anew. That
returns the records of a case and of its person from every table that has a read function: what that would give, to the
same roles, through the same policy. To ask forty functions takes longer than to read what they give.
`op.read_case_at_once()` alone is for a migration that changes what one of the functions says.

Before, the policy `opened` of each table is made shorter. Whether somebody who does not know of every case knows of
this one is asked of the rows of an open book alone; but as a subquery, with the policy of cases in it, it was planned
and set up in every reading. A function asks it now, with the rights that the subquery had. SQLite keeps nothing back.
"""

import re
from collections.abc import Callable
from typing import Any

from alembic.operations import MigrateOperation, Operations
from sqlalchemy import text

READERS = "ioms_officer, ioms_navigator, ioms_supervisor, ioms_coordinator"
POLICIES = text(
    "SELECT tablename, qual FROM pg_policies WHERE schemaname = 'public' AND policyname = 'opened' AND cmd = 'SELECT'"
)
SHOWS = text("SELECT pg_get_functiondef(to_regprocedure('public.shows_' || :name || '(public.' || :name || ')'))")
READS = text(
    "SELECT prosrc FROM pg_proc WHERE proname ~ '^read_' AND pronamespace = 'public'::regnamespace "
    "AND pg_get_function_identity_arguments(oid) = 'owners text[], refs text[], number integer' ORDER BY oid"
)
ASKED = re.compile(
    r"COALESCE\(\( SELECT true\s+FROM public\.cases c\s+"
    r"WHERE \(c\.(case|person)_ref = ([\w.]+)\)\s+LIMIT 1\), false\)"
)
"""Whether a case is known, or one of a person, as a policy asks it in a subquery."""
ASKED_BY_FUNCTION = re.compile(r"ioms_private\.knows_of_(case|person)\(([\w.]+)\)")
ROLES = re.compile(r"reading_role\(\) = ANY \('\{([\w,]+)\}'\)\) IS NOT TRUE")
OF_OWNERS = re.compile(r"RETURN QUERY (SELECT .+ FROM (\w+) AS r WHERE r\.(case|person)_ref) = ANY \(owners\);")
"""The two in what `op.read_through_function` writes."""
PART = """
      IF mine = ANY ('{{{roles}}}') THEN
        RETURN QUERY SELECT '{name}'::text, to_json(ROW(s.*)::{name}) FROM ({query} = of_{subject}) AS s;
      END IF;"""
FUNCTION = """
    CREATE OR REPLACE FUNCTION read_case(of_case text, of_person text)
    RETURNS TABLE (its_table text, content json) LANGUAGE plpgsql STABLE SECURITY DEFINER ROWS 50
    SET search_path = public, pg_catalog, pg_temp SET client_min_messages = notice
    SET plan_cache_mode = force_generic_plan AS $$
    DECLARE
      mine text := ioms_private.reading_role();
    BEGIN{parts}
    END $$;
    ALTER FUNCTION read_case(text, text) OWNER TO ioms_opener;
    REVOKE ALL ON FUNCTION read_case(text, text) FROM PUBLIC;
    GRANT EXECUTE ON FUNCTION read_case(text, text) TO {readers};
"""


@Operations.register_operation("read_when_opened")
@Operations.register_operation("read_unopened")
@Operations.register_operation("read_case_at_once")
@Operations.register_operation("read_case_by_tables")
class ReadCaseAtOnce(MigrateOperation):
    """What migrations call as `op.read_when_opened` and `op.read_case_at_once`."""

    @classmethod
    def read_when_opened(cls, operations: Any, name: str, **declared: str) -> None:  # noqa: ANN401 - proxied by Alembic
        """Let a table be read through functions, by itself and with its case; as `read_through_function` takes it."""
        operations.read_through_function(name, **declared)
        cls.read_case_at_once(operations)

    @classmethod
    def read_unopened(cls, operations: Any, name: str, masked: str = "") -> None:  # noqa: ANN401 - as above
        """Undo `read_when_opened`."""
        operations.read_the_table(name, masked)
        cls.read_case_at_once(operations)

    @classmethod
    def read_case_at_once(cls, operations: Any) -> None:  # noqa: ANN401 - proxied by Alembic
        """Make the function that reads a case, or make it anew, of the read functions that there are."""
        if operations.get_context().dialect.name == "postgresql":
            reword(operations, lambda _, said: ASKED.sub(r"ioms_private.knows_of_\1(\2)", said))
            make_function(operations)

    @classmethod
    def read_case_by_tables(cls, operations: Any) -> None:  # noqa: ANN401 - as above
        """Undo `read_case_at_once`."""
        if operations.get_context().dialect.name == "postgresql":
            _execute(operations, "DROP FUNCTION read_case(text, text)")
            reword(operations, lambda table, said: ASKED_BY_FUNCTION.sub(_subquery(table), said))


def make_function(operations: Operations) -> None:
    """Write the function that reads a case from what the read functions say."""
    parts = []
    for code in operations.get_bind().scalars(READS):
        roles, (asked,) = ROLES.findall(code), OF_OWNERS.findall(code)
        query, name, subject = asked
        parts.append(PART.format(roles=roles[0], name=name, query=query, subject=subject))
    _execute(operations, FUNCTION.format(parts="".join(parts), readers=READERS))


def reword(operations: Operations, change: Callable[[str, str], str]) -> None:
    """Say the policies `opened` otherwise, and what repeats them; `change` takes the table and what is said."""
    bind, path = operations.get_bind(), text("SELECT set_config('search_path', :path, true)")
    before = bind.scalar(text("SELECT current_setting('search_path')"))
    bind.execute(path, {"path": "pg_catalog"})  # everything is said with its schema
    found = bind.execute(POLICIES).all()
    shown = {table: bind.scalar(SHOWS, {"name": table}) for table, _ in found}
    bind.execute(path, {"path": before})
    for table, condition in found:
        said = change(table, condition)
        if said == condition:
            continue
        _execute(operations, f"ALTER POLICY opened ON {table} USING ({said})")
        if shown[table] is not None:
            _execute(operations, f"ALTER POLICY changed_when_opened ON {table} WITH CHECK ({said})")
            _execute(operations, change(table, shown[table]))


def _subquery(table: str) -> Callable[[re.Match[str]], str]:
    def ask(found: re.Match[str]) -> str:
        kind, column = found.groups()
        its = column if "." in column else f"{table}.{column}"
        return f"COALESCE((SELECT true FROM public.cases c WHERE c.{kind}_ref = {its} LIMIT 1), false)"

    return ask


def _execute(operations: Operations, sql: str) -> None:
    """Run statements as they are: a percent sign or a colon in them is no parameter."""
    operations.get_bind().connection.dbapi_connection.cursor().execute(sql)
