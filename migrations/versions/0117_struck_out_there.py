"""Keep as struck out elsewhere only what is of a case and a person that are there.

An import that brought it for a case that is hidden was refused, and for one that is not there it was kept. So whoever
may import could find out which of the two it was. What is beside the record must now also be what the record says.
"""

from alembic import op

revision, down_revision = "0117", "0116"

FUNCTION = "keep_struck_out(json)"
PASSES = "OR NOT (trusted OR ioms_private.passes(each.table_name, 'added', each.data::jsonb)) THEN"
IS_THERE = """\
OR NOT (trusted OR (
         ioms_private.passes(each.table_name, 'added', each.data::jsonb)
         AND each.case_ref IS NOT DISTINCT FROM each.data ->> 'case_ref'
         AND each.person_ref IS NOT DISTINCT FROM each.data ->> 'person_ref'
         AND ioms_private.is_there('case', each.case_ref) AND ioms_private.is_there('person', each.person_ref))) THEN"""


def upgrade() -> None:
    _say_otherwise(PASSES, IS_THERE)


def downgrade() -> None:
    _say_otherwise(IS_THERE, PASSES)


def _say_otherwise(former: str, present: str) -> None:
    """Say something otherwise in the function.

    Raises:
        RuntimeError: It is not there exactly once, so that the function is not the one expected.
    """
    if op.get_context().dialect.name != "postgresql":
        return
    text: str = op.get_bind().exec_driver_sql(f"SELECT pg_get_functiondef('{FUNCTION}'::regprocedure)").scalar_one()
    if text.count(former) != 1:
        raise RuntimeError(text)
    op.get_bind().connection.dbapi_connection.cursor().execute(text.replace(former, present))
