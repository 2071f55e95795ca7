"""Operations for record tables: whose records may be read is settled before one is looked for. Never change them.

    op.read_settled_first("vehicles", subject="person_ref", ref="registration")

does what `op.read_with_its_case` does (record_tables_v16.py), and has `read_vehicles` ask first which of the cases or
people it is called for may be read (`ioms_private.shown_cases` and `shown_people`, migration 0113), whether or not they
are there. It reads the rows of these alone. Before, the policy was asked with the first row, so that for whoever has
the book open a case that is hidden took three to four times as long as one that is not there. Of rows that are named by
their reference or number, `ioms_private.owners_of_vehicles` says whose they are. `read_case` asks of its case alone
whether it is open, instead of listing all that are. And `shows_vehicles`, which can be called with an invented row,
says of one whose case or person is not there what it says of one whose case is hidden. `op.settle_first()` does this to
every table. SQLite keeps nothing back.
"""

import re
from typing import Any

from alembic.operations import MigrateOperation, Operations
from sqlalchemy import text

TABLES = text(
    "SELECT substr(proname, 6) FROM pg_proc WHERE proname ~ '^read_' AND pronamespace = 'public'::regnamespace "
    "AND pg_get_function_identity_arguments(oid) = 'owners text[], refs text[], number integer' ORDER BY oid"
)
DEFINITION = text("SELECT pg_get_functiondef(CAST(:function AS regprocedure))")
BY_REF = re.compile(r" AS r WHERE r\.(\w+) = ANY \(refs\);")
BY_OWNER = re.compile(r" AS r WHERE r\.((case|person)_ref) = ANY \(owners\);")
"""The two in what `op.read_through_function` writes (record_tables_v7.py)."""
BEGINS = "      IF number IS NOT NULL THEN\n"
BEGINS_SETTLED = """\
      IF number IS NOT NULL OR refs IS NOT NULL THEN
        owners := ioms_private.owners_of_{name}(refs, number);
      END IF;
      owners := ioms_private.shown_{kind}(owners);
"""
OWNERS = """
    CREATE OR REPLACE FUNCTION ioms_private.owners_of_{name}(refs text[], number integer) RETURNS text[]
    LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_catalog, pg_temp
    SET client_min_messages = notice SET plan_cache_mode = force_generic_plan AS $$
    #variable_conflict use_variable
    BEGIN
      IF number IS NOT NULL THEN
        RETURN ARRAY(SELECT r.{owner} FROM {name} AS r WHERE r.id = number);
      END IF;
      RETURN ARRAY(SELECT DISTINCT r.{owner} FROM {name} AS r WHERE r.{ref} = ANY (refs));
    END $$;
    ALTER FUNCTION ioms_private.owners_of_{name}(text[], integer) OWNER TO ioms_owner;
    REVOKE ALL ON FUNCTION ioms_private.owners_of_{name}(text[], integer) FROM PUBLIC;
    GRANT EXECUTE ON FUNCTION ioms_private.owners_of_{name}(text[], integer) TO ioms_opener;
"""
SHOWN_ROW = " FROM (SELECT r.*) AS {name}), false);"
SHOWN_ROW_THERE = """\
 FROM (SELECT r.*) AS {name})
        AND (NOT book_open() OR ioms_private.is_there('{kind}', r.{owner})), false);"""
LISTED = "of_case IN (SELECT opened_cases())"
ASKED = "of_case IN (SELECT ioms_private.opened_among(ARRAY[of_case]))"
"""That the case is open, as `read_case` asks it."""


@Operations.register_operation("read_settled_first")
@Operations.register_operation("read_settled_no_longer")
@Operations.register_operation("settle_first")
class SettleFirst(MigrateOperation):
    """What migrations call as `op.read_settled_first` and `op.settle_first`."""

    @classmethod
    def read_settled_first(cls, operations: Any, name: str, **declared: str) -> None:  # noqa: ANN401 - proxied by Alembic
        """Let a table be read through functions, by itself and with its case; as `read_through_function` takes it."""
        operations.read_with_its_case(name, **declared)
        if operations.get_context().dialect.name == "postgresql":
            settle(operations, name)
            ask_of_one(operations)

    @classmethod
    def read_settled_no_longer(cls, operations: Any, name: str, masked: str = "") -> None:  # noqa: ANN401 - as above
        """Undo `read_settled_first`."""
        operations.read_without_its_case(name, masked)
        if operations.get_context().dialect.name == "postgresql":
            _execute(operations, f"DROP FUNCTION ioms_private.owners_of_{name}(text[], integer)")
            ask_of_one(operations)

    @classmethod
    def settle_first(cls, operations: Any) -> None:  # noqa: ANN401 - as above
        """Have every function through which a table is read settle first what may be read."""
        if operations.get_context().dialect.name == "postgresql":
            for name in operations.get_bind().scalars(TABLES).all():
                settle(operations, name)
            ask_of_one(operations)


def settle(operations: Operations, name: str) -> None:
    """Have one of them do so."""
    said = _defined(operations, f"public.read_{name}(text[], text[], integer)")
    ((owner, subject),), (ref,) = BY_OWNER.findall(said), BY_REF.findall(said)
    settled = f"r.{owner} = ANY (owners)"
    if f" OR r.{owner} IS NULL;" in said:  # some rows are nobody's
        settled = f"({settled} OR r.{owner} IS NULL)"
    begins = BEGINS_SETTLED.format(name=name, kind={"case": "cases", "person": "people"}[subject])
    _execute(operations, OWNERS.format(name=name, owner=owner, ref=ref))
    for old, new in (
        (BEGINS, begins + BEGINS),
        ("r.id = number;", f"r.id = number AND {settled};"),
        (f"r.{ref} = ANY (refs);", f"r.{ref} = ANY (refs) AND {settled};"),
    ):
        said = _replaced(said, old, new)
    _execute(operations, said)
    shows = _defined(operations, f"public.shows_{name}(public.{name})")
    there = SHOWN_ROW_THERE.format(name=name, kind=subject, owner=owner)
    _execute(operations, _replaced(shows, SHOWN_ROW.format(name=name), there))


def ask_of_one(operations: Operations) -> None:
    """Have the function that reads a case ask whether that case is open, and of no other."""
    _execute(operations, _replaced(_defined(operations, "public.read_case(text, text)"), LISTED, ASKED))


def _defined(operations: Operations, function: str) -> str:
    found: str = operations.get_bind().scalar(DEFINITION, {"function": function})
    return found


def _replaced(said: str, old: str, new: str) -> str:
    """Say something otherwise in a function.

    Raises:
        RuntimeError: It is not there exactly once, so that the function is not the one expected.
    """
    if said.count(old) != 1:
        raise RuntimeError(old)
    return said.replace(old, new)


def _execute(operations: Operations, sql: str) -> None:
    """Run statements as they are: a percent sign or a colon in them is no parameter."""
    operations.get_bind().connection.dbapi_connection.cursor().execute(sql)
