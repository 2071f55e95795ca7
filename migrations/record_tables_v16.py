"""Operations for record tables: of a case, only tables with a row of it are read. Databases depend on them: never edit.

    op.read_with_its_case("vehicles", subject="person_ref", ref="registration")

does what `op.read_once_opened` does (record_tables_v11.py), and makes `read_case(of_case, of_person)` anew. That asks
once, by index, which tables have a row of the case or its person, and reads no others: a case has none in most. It
reads with the rights of the owner, whom no policy stops, so it repeats what the policy `opened` of each table says.
Each policy there would look up what the user has open, once for each table, where one answer serves for all: whether
this case is open, and whether this person is. It also gives which tables have previous versions of these, and the
person's documents that were added on other cases, as the functions for these do. Whoever changes such a policy calls
this again, or `op.ask_tables_with_rows()` where nothing else changes. SQLite keeps nothing back.
"""

import re
from typing import Any

from alembic.operations import MigrateOperation, Operations
from sqlalchemy import text

READERS = "ioms_officer, ioms_navigator, ioms_supervisor, ioms_coordinator"
READS = text(
    "SELECT prosrc FROM pg_proc WHERE proname ~ '^read_' AND pronamespace = 'public'::regnamespace "
    "AND pg_get_function_identity_arguments(oid) = 'owners text[], refs text[], number integer' ORDER BY oid"
)
POLICIES = text(
    "SELECT tablename, qual FROM pg_policies WHERE schemaname = 'public' AND policyname = 'opened' AND cmd = 'SELECT'"
)
ROLES = re.compile(r"reading_role\(\) = ANY \('\{([\w,]+)\}'\)\) IS NOT TRUE")
OF_OWNERS = re.compile(r"RETURN QUERY (SELECT .+ FROM (\w+) AS r WHERE r\.(case|person)_ref) = ANY \(owners\);")
"""The two in what `op.read_through_function` writes (record_tables_v7.py)."""
IS_OPEN = re.compile(r"\((case|person)_ref IN \( SELECT public\.(opened_(?:cases|people))\(\) AS \2\)\)")
"""That the case or the person of a row is open, as a policy asks it."""
CASE_IS_OPEN = "r.case_ref IN (SELECT opened_cases())"
"""The same, as a read function asks it of a row before it shows a masked column."""
ELSEWHERE = re.compile(r"(?<!DISTINCT )FROM ")
"""What begins another question, in which policies count: none of the owner's."""
HAS_ROWS = """\
mine = ANY ('{{{roles}}}') AND EXISTS (SELECT FROM {name} AS r WHERE r.{subject}_ref = of_{subject})"""
PART = """
      IF has_rows[{number}] THEN
        RETURN QUERY SELECT '{name}'::text, to_json(ROW(s.*)::{name}) FROM ({query} = of_{subject}
          AND ({condition})) AS s;
      END IF;"""
FUNCTION = """
    CREATE OR REPLACE FUNCTION read_case(of_case text, of_person text)
    RETURNS TABLE (its_table text, content json) LANGUAGE plpgsql STABLE SECURITY DEFINER ROWS 50
    SET search_path = public, pg_catalog, pg_temp SET client_min_messages = notice
    SET plan_cache_mode = force_generic_plan AS $$
    #variable_conflict use_column
    DECLARE
      mine text := ioms_private.reading_role();
      case_open boolean := of_case IN (SELECT opened_cases());
      person_open boolean := (case_open AND EXISTS (  -- opened with the case
        SELECT FROM ioms_private.look AS l
        WHERE l.who = session_user AND l.case_ref = of_case AND l.person_ref = of_person))
        OR of_person IN (SELECT opened_people());
      -- Of an open book all that decides is worked out before a row is looked for: what is hidden takes no longer.
      book boolean := NOT (case_open AND person_open) AND book_open();
      case_in_book boolean := book AND ioms_private.knows(of_case);
      person_in_book boolean := book AND NOT ioms_private.hides_person(of_person)
        AND EXISTS (SELECT FROM people AS p WHERE p.person_ref = of_person);
      just_added boolean := NOT person_open AND EXISTS (  -- which says nothing of any case
        SELECT FROM people AS p WHERE p.person_ref = of_person
          AND p.recorded_by = session_user::text AND p.recorded_at = transaction_timestamp());
      has_rows boolean[];
    BEGIN
      IF NOT (case_open OR case_in_book) THEN
        of_case := NULL;  -- no row is looked for
      END IF;
      IF NOT (person_open OR person_in_book OR just_added) THEN
        of_person := NULL;
      END IF;
      IF of_case IS NULL AND of_person IS NULL THEN
        RETURN;
      END IF;
      has_rows := ARRAY[
        {asked}
      ];{parts}
      IF EXISTS (SELECT FROM former_version AS f WHERE f.case_ref = of_case)
         OR EXISTS (SELECT FROM former_version AS f WHERE f.person_ref = of_person) THEN
        IF mine IN ('officer', 'supervisor') THEN
          RETURN QUERY SELECT 'former_version', to_json(s.table_name) FROM (
            SELECT DISTINCT f.table_name FROM read_former_version(owners => ARRAY[of_case, of_person]) AS f
            WHERE f.case_ref = of_case OR f.person_ref = of_person) AS s;
        ELSE
          RETURN QUERY SELECT 'former_version', to_json(s.table_name) FROM (
            SELECT DISTINCT f.table_name FROM known_former_version AS f
            WHERE f.case_ref = of_case OR f.person_ref = of_person) AS s;
        END IF;
      END IF;
      IF case_open AND person_open AND EXISTS (
        SELECT FROM cases AS c JOIN documents AS d ON d.case_ref = c.case_ref
        WHERE c.person_ref = of_person AND c.case_ref <> of_case) THEN
        RETURN QUERY SELECT 'documents of other cases', to_json(s) FROM person_documents(of_case) AS s;
      END IF;
    END $$;
    ALTER FUNCTION read_case(text, text) OWNER TO ioms_owner;
    REVOKE ALL ON FUNCTION read_case(text, text) FROM PUBLIC;
    GRANT EXECUTE ON FUNCTION read_case(text, text) TO {readers};
"""


@Operations.register_operation("read_with_its_case")
@Operations.register_operation("read_without_its_case")
@Operations.register_operation("ask_tables_with_rows")
@Operations.register_operation("ask_every_table")
class AskTablesWithRows(MigrateOperation):
    """What migrations call as `op.read_with_its_case` and `op.ask_tables_with_rows`."""

    @classmethod
    def read_with_its_case(cls, operations: Any, name: str, **declared: str) -> None:  # noqa: ANN401 - proxied by Alembic
        """Let a table be read through functions, by itself and with its case; as `read_through_function` takes it."""
        operations.read_once_opened(name, **declared)
        cls.ask_tables_with_rows(operations)

    @classmethod
    def read_without_its_case(cls, operations: Any, name: str, masked: str = "") -> None:  # noqa: ANN401 - as above
        """Undo `read_with_its_case`."""
        operations.read_no_longer(name, masked)
        cls.ask_tables_with_rows(operations)

    @classmethod
    def ask_tables_with_rows(cls, operations: Any) -> None:  # noqa: ANN401 - as above
        """Have the function that reads a case ask only tables with a row of it, as the policies say now."""
        if operations.get_context().dialect.name == "postgresql":
            make_function(operations)

    @classmethod
    def ask_every_table(cls, operations: Any) -> None:  # noqa: ANN401 - as above
        """Undo `ask_tables_with_rows`."""
        operations.read_case_at_once()
        operations.answer_unopened_at_once()


def make_function(operations: Operations) -> None:
    """Write the function that reads a case from what the read functions and the policies say.

    Raises:
        RuntimeError: A policy asks other tables, which the owner would see more of.
    """
    conditions = _conditions(operations)
    asked, parts = [], []
    for number, code in enumerate(operations.get_bind().scalars(READS).all(), start=1):
        (roles,), ((query, name, subject),) = ROLES.findall(code), OF_OWNERS.findall(code)
        if ELSEWHERE.search(conditions[name]):
            raise RuntimeError(conditions[name])
        asked.append(HAS_ROWS.format(roles=roles, name=name, subject=subject))
        said = {"number": number, "name": name, "subject": subject, "condition": conditions[name]}
        parts.append(PART.format(**said, query=query.replace(CASE_IS_OPEN, "case_open")))
    function = FUNCTION.format(asked=",\n        ".join(asked), parts="".join(parts), readers=READERS)
    operations.get_bind().connection.dbapi_connection.cursor().execute(function)


def _conditions(operations: Operations) -> dict[str, str]:
    """Return what the policy of each table asks of a row of the case or person that the function is asked for."""
    bind, path = operations.get_bind(), text("SELECT set_config('search_path', :path, true)")
    before = bind.scalar(text("SELECT current_setting('search_path')"))
    bind.execute(path, {"path": "pg_catalog"})  # everything is said with its schema
    found = bind.execute(POLICIES).all()
    bind.execute(path, {"path": before})
    return {name: IS_OPEN.sub(r"\1_open", said) for name, said in found}
