"""Answer for a record on a hidden case as for one on no case, whatever else is wrong with it.

A code that its list does not have was named before the policy was asked. So whoever may add records could find out
whether there is a case or a person of any reference. Whatever refuses a record before its policy does, and what is
asked only of a case or a person that is there, now asks first whether its writer may know of them.
"""

from pathlib import Path

from alembic import op

revision, down_revision = "0115", "0114"

SQL = Path(__file__).resolve().parent.parent / "sql"
DEFINITION = "SELECT pg_get_functiondef(CAST('{}' AS regprocedure))"
OF_ANY = "PERFORM ioms_private.refuse_unknown_owner(its_table, was, becomes);\n    "
OF_ROW = (
    "PERFORM ioms_private.refuse_unknown_owner(\n"
    "      TG_TABLE_NAME, CASE WHEN TG_OP <> 'INSERT' THEN to_jsonb(OLD) END, to_jsonb(NEW));\n    "
)
ASKING = (
    ("ioms_private.refuse_untrue(text, jsonb, jsonb)", OF_ANY, "RAISE EXCEPTION 'new row violates"),
    ("ioms_private.refuse_untrue(text, jsonb, jsonb)", OF_ANY, "RAISE EXCEPTION 'a code that its list"),
    ("ioms_private.refuse_change(text, jsonb, jsonb)", OF_ANY, "RAISE EXCEPTION 'permission denied: who recorded"),
    ("ioms_private.refuse_change(text, jsonb, jsonb)", OF_ANY, "RAISE EXCEPTION 'permission denied: an entry that"),
    ("guard_confirmed_plan()", OF_ROW, "RAISE EXCEPTION 'permission denied: a plan that was confirmed"),
    ("guard_decision()", OF_ROW, "RAISE EXCEPTION 'nobody proposed"),
    ("guard_decision()", OF_ROW, "RAISE EXCEPTION 'only a supervisor"),
    ("guard_number()", OF_ROW, "PERFORM ioms_private.refuse_taken_numbers("),
    ("guard_transition()", OF_ROW, "RAISE EXCEPTION 'permission denied: a case begins"),
    ("guard_transition()", OF_ROW, "RAISE EXCEPTION 'permission denied: a proposal and"),
    ("guard_transition()", OF_ROW, "RAISE EXCEPTION 'permission denied: another supervisor"),
    ("guard_transition()", OF_ROW, "RAISE EXCEPTION 'permission denied: nobody proposes"),
)
"""Each function that refuses, how it asks, and what it says after that. One that is not there is asked for as well, so
that it takes as long as one that is hidden."""


def upgrade() -> None:
    if op.get_context().dialect.name != "postgresql":
        return
    _execute((SQL / "0115_unknown_owners.sql").read_text(encoding="utf-8"))
    for function, asks, says in ASKING:
        _say_otherwise(function, says, asks + says)


def downgrade() -> None:
    if op.get_context().dialect.name != "postgresql":
        return
    for function, asks, says in ASKING:
        _say_otherwise(function, asks + says, says)
    _execute("DROP FUNCTION ioms_private.refuse_unknown_owner(text, jsonb, jsonb)")


def _say_otherwise(function: str, old: str, new: str) -> None:
    """Say something otherwise in a function.

    Raises:
        RuntimeError: It is not there exactly once, so that the function is not the one expected.
    """
    said = op.get_bind().exec_driver_sql(DEFINITION.format(function)).scalar_one()
    if said.count(old) != 1:
        raise RuntimeError(old)
    _execute(said.replace(old, new))


def _execute(sql: str) -> None:
    """Run statements as they are: a percent sign or a colon in them is no parameter."""
    op.get_bind().connection.dbapi_connection.cursor().execute(sql)
