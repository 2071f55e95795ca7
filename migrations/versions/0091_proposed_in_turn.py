"""Let one administrator at a time propose a restore, withdraw one or confirm it, each seeing what is there by then.

A proposal took no lock. One that was begun before another was withdrawn, and committed after it, had the lower number
of the two entries and so counted as withdrawn, though whoever withdrew the other could not see it. A transaction that
keeps to an older view of the database could pass the lock in the same way.
"""

from alembic import op

revision, down_revision = "0091", "0090"

BEGIN = "\nBEGIN\n"
AS_IT_IS = "  PERFORM ioms_private.as_it_is();\n"
IN_TURN = "  PERFORM FROM epoch WHERE number = 1 FOR UPDATE;\n"
ADDED = {
    "propose_epoch(text, text)": AS_IT_IS + IN_TURN,
    "withdraw_epoch(integer, text)": AS_IT_IS,
    "confirm_epoch(integer)": AS_IT_IS,
}
MAY_ASK = "EXECUTE ON FUNCTION ioms_private.as_it_is()"


def upgrade() -> None:
    if op.get_context().dialect.name == "postgresql":
        _execute(f"GRANT {MAY_ASK} TO ioms_audit_owner")
        for name, added in ADDED.items():
            _edit(name, BEGIN, BEGIN + added)


def downgrade() -> None:
    if op.get_context().dialect.name == "postgresql":
        for name, added in ADDED.items():
            _edit(name, BEGIN + added, BEGIN)
        _execute(f"REVOKE {MAY_ASK} FROM ioms_audit_owner")


def _edit(name: str, old: str, new: str) -> None:
    """Say something otherwise in a function.

    Raises:
        RuntimeError: It does not say it exactly once, so that it is not the function expected.
    """
    defined = op.get_bind().exec_driver_sql(f"SELECT pg_get_functiondef('{name}'::regprocedure)").scalar_one()
    if defined.count(old) != 1:
        raise RuntimeError(name)
    _execute(defined.replace(old, new))


def _execute(statement: str) -> None:
    """Run a statement as it is: a percent sign or a colon in it is no parameter."""
    op.get_bind().connection.dbapi_connection.cursor().execute(statement)
