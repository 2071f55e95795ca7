"""An operation for record tables: content is read through a function. Databases depend on it: never change it.

    op.read_through_function("vehicles", subject="person_ref", ref="registration")

Whoever may name a column of a table in a condition can have PostgreSQL test that condition before the policy, and see
from EXPLAIN how far it came: row-level security alone keeps no secret from somebody with psql. So nobody reads a table
of content. `read_vehicles(owners, refs, number)` returns what the policy `opened` shows, and its plan shows nothing.
What remains of the table is the row's number and revision, without which nothing could be changed; whether a
row is shown there is asked by a function too, `shows_vehicles`: of a policy PostgreSQL asks first what is cheap and
harmless, such as whether a concern is intelligence, and says so in the plan. Both functions repeat the policy `opened`
as it stands, so this comes after whatever changes it. SQLite keeps nothing back.
"""

from typing import Any

from alembic.operations import MigrateOperation, Operations
from sqlalchemy import Row, text

READERS = "ioms_officer, ioms_navigator, ioms_supervisor, ioms_coordinator"
POLICIES = text(
    "SELECT policyname, roles, coalesce(with_check, qual) AS condition FROM pg_policies "
    "WHERE schemaname = 'public' AND tablename = :name"
)
COLUMNS = text(
    "SELECT attname, attnotnull FROM pg_attribute WHERE attrelid = to_regclass('public.' || :name) AND attnum > 0 "
    "AND NOT attisdropped ORDER BY attnum"
)
# Asked for by nothing, it reads what is open: all of it in an open book, else by the few owners that are. Messages
# below a notice would tell its plan (`debug_print_plan`), and with it how many rows the planner expects. Planning with
# all that the policies ask takes longer than reading a case, so that the plan is made once in a session.
FUNCTION = """
    CREATE OR REPLACE FUNCTION read_{name}(
      owners text[] DEFAULT NULL, refs text[] DEFAULT NULL, number integer DEFAULT NULL
    ) RETURNS SETOF {name} LANGUAGE plpgsql STABLE SECURITY DEFINER ROWS 20
    SET search_path = public, pg_catalog, pg_temp SET client_min_messages = notice
    SET plan_cache_mode = force_generic_plan AS $$
    #variable_conflict use_variable
    BEGIN
      IF (ioms_private.reading_role() = ANY ('{{{roles}}}')) IS NOT TRUE THEN
        RETURN;
      END IF;
      IF number IS NOT NULL THEN
        RETURN QUERY SELECT {columns} FROM {name} AS r WHERE r.id = number;
      ELSIF refs IS NOT NULL THEN
        RETURN QUERY SELECT {columns} FROM {name} AS r WHERE r.{ref} = ANY (refs);
      ELSIF owners IS NOT NULL THEN
        RETURN QUERY SELECT {columns} FROM {name} AS r WHERE r.{subject} = ANY (owners);
      ELSIF book_open() THEN
        RETURN QUERY SELECT {columns} FROM {name} AS r;
      ELSE
        RETURN QUERY SELECT {columns} FROM {name} AS r
        WHERE r.{subject} = ANY (ARRAY(SELECT {opened}())){or_nobodys};
      END IF;
    END $$;
    ALTER FUNCTION read_{name}(text[], text[], integer) OWNER TO ioms_opener;
    REVOKE ALL ON FUNCTION read_{name}(text[], text[], integer) FROM PUBLIC;
    GRANT EXECUTE ON FUNCTION read_{name}(text[], text[], integer) TO {readers};
    REVOKE SELECT ON {name} FROM {readers};
    GRANT SELECT (id, revision) ON {name} TO {readers};
    GRANT SELECT ON {name} TO ioms_opener;
    CREATE OR REPLACE FUNCTION shows_{name}(r {name}) RETURNS boolean LANGUAGE plpgsql STABLE SECURITY DEFINER
    SET search_path = public, pg_catalog, pg_temp SET client_min_messages = notice AS $$
    BEGIN
      RETURN coalesce(
        ioms_private.reading_role() = ANY ('{{{roles}}}') AND (SELECT {opened_row} FROM (SELECT r.*) AS {name}), false);
    END $$;
    ALTER FUNCTION shows_{name}({name}) OWNER TO ioms_opener;
    REVOKE ALL ON FUNCTION shows_{name}({name}) FROM PUBLIC;
    GRANT EXECUTE ON FUNCTION shows_{name}({name}) TO {readers};
    ALTER POLICY opened ON {name} TO ioms_opener;
    DROP POLICY IF EXISTS shown ON {name};
    CREATE POLICY shown ON {name} FOR SELECT TO {policy_roles} USING (shows_{name}({name}.*));
    ALTER POLICY changed_when_opened ON {name} USING (shows_{name}({name}.*)) WITH CHECK ({opened_row});
"""


@Operations.register_operation("read_through_function")
@Operations.register_operation("read_the_table")
class ReadThroughFunction(MigrateOperation):
    """What migrations call as `op.read_through_function`."""

    @classmethod
    def read_through_function(cls, operations: Any, name: str, **declared: str) -> None:  # noqa: ANN401 - proxied by Alembic
        """Take the table from its readers and give them the function, or make the function anew.

        Args:
            operations: Alembic's.
            name: The table.
            declared: `subject`: `case_ref` or `person_ref`. `ref`: the first column of the key; the default is the
                subject. `masked`: a column, and `shown`: the condition on a row `r` under which it is shown.
        """
        fence(operations, name, **declared)

    @classmethod
    def read_the_table(cls, operations: Any, name: str, masked: str = "") -> None:  # noqa: ANN401 - as above
        """Undo `read_through_function`; `masked` as there."""
        unfence(operations, name, masked)


def fence(
    operations: Operations, name: str, *, subject: str = "case_ref", ref: str = "", masked: str = "", shown: str = ""
) -> None:
    """See `ReadThroughFunction.read_through_function`."""
    if operations.get_context().dialect.name != "postgresql":
        return
    policies = _policies(operations, name)
    roles = _readers(policies)
    listed = dict(operations.get_bind().execute(COLUMNS, {"name": name}).all())
    columns = ", ".join(f"CASE WHEN {shown} THEN r.{each} END" if each == masked else f"r.{each}" for each in listed)
    _execute(
        operations,
        FUNCTION.format(
            name=name,
            subject=subject,
            ref=ref or subject,
            columns=columns if masked else "r.*",
            roles=",".join(role.removeprefix("ioms_") for role in roles),
            opened_row=policies["opened"].condition,
            opened="opened_cases" if subject == "case_ref" else "opened_people",
            or_nobodys="" if listed[subject] else f" OR r.{subject} IS NULL",
            readers=READERS,
            policy_roles=", ".join(roles),
        ),
    )
    if "changed_as_read" in policies:  # what is shown is read
        _execute(operations, f"ALTER POLICY changed_as_read ON {name} USING (true)")


def unfence(operations: Operations, name: str, masked: str) -> None:
    """See `ReadThroughFunction.read_the_table`."""
    if operations.get_context().dialect.name != "postgresql":
        return
    policies = _policies(operations, name)
    listed = operations.get_bind().scalars(COLUMNS, {"name": name}).all()
    whole = f"GRANT SELECT ON {name} TO ioms_officer, ioms_supervisor;" if masked else ""
    _execute(
        operations,
        f"""
        ALTER POLICY opened ON {name} TO {", ".join(_readers(policies))};
        DROP POLICY shown ON {name};
        DROP POLICY changed_when_opened ON {name};
        CREATE POLICY changed_when_opened ON {name} AS RESTRICTIVE FOR UPDATE TO {READERS}
          USING ({policies["opened"].condition});
        DROP FUNCTION shows_{name}({name});
        REVOKE SELECT ON {name} FROM ioms_opener;
        GRANT SELECT ({", ".join(each for each in listed if each != masked)}) ON {name} TO {READERS};
        {whole}
        DROP FUNCTION read_{name}(text[], text[], integer);
        """,
    )
    if "changed_as_read" in policies:
        as_read = policies["changed_as_read"].condition
        _execute(operations, f"ALTER POLICY changed_as_read ON {name} USING ({as_read})")


def _policies(operations: Operations, name: str) -> dict[str, Row[Any]]:
    """Return the policies of a table by name, their conditions with the schema of each function."""
    bind, path = operations.get_bind(), text("SELECT set_config('search_path', :path, true)")
    before = bind.scalar(text("SELECT current_setting('search_path')"))
    bind.execute(path, {"path": "pg_catalog"})
    found = {row.policyname: row for row in bind.execute(POLICIES, {"name": name})}
    bind.execute(path, {"path": before})
    return found


def _readers(policies: dict[str, Row[Any]]) -> list[str]:
    """Return who reads the table, as the policy `opened` says, or as it said before this."""
    named = [role for role in policies["opened"].roles if role != "ioms_opener"]
    return named or list(policies["shown"].roles)


def _execute(operations: Operations, sql: str) -> None:
    """Run statements as they are: a percent sign or a colon in them is no parameter."""
    operations.get_bind().connection.dbapi_connection.cursor().execute(sql)
