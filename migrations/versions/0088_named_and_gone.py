"""Show and let change a link to somebody who is gone, so that it can be redacted after a disposal.

A reference that nobody has may not be told from one that is hidden: both were answered alike, and so a link that stood
when the other person was disposed of was shown to nobody. Whose reference stands in a link, or in its former versions,
may be named as before, where the reader may know whose link it is. That is so of no reference that somebody makes up.
"""

from alembic import op

revision, down_revision = "0088", "0087"

FUNCTION = "may_be_named(text)"
THERE = "EXISTS (SELECT FROM people p WHERE p.person_ref = ref)"
NOT_HIDDEN = "person_ref NOT IN (SELECT ioms_private.hidden_people())"
LINKED = f"""({THERE}
      OR EXISTS (SELECT FROM associates a WHERE a.other_person_ref = ref AND a.{NOT_HIDDEN})
      OR EXISTS (
        SELECT FROM former_version v
        WHERE v.table_name = 'associates' AND v.data ->> 'other_person_ref' = ref AND v.{NOT_HIDDEN}))"""


def upgrade() -> None:
    _edit(THERE, LINKED)


def downgrade() -> None:
    _edit(LINKED, THERE)


def _edit(old: str, new: str) -> None:
    """Say something otherwise in the function."""
    if op.get_context().dialect.name != "postgresql":
        return
    defined = op.get_bind().exec_driver_sql(f"SELECT pg_get_functiondef('{FUNCTION}'::regprocedure)").scalar_one()
    if defined.count(old) != 1:
        raise RuntimeError(FUNCTION)
    # As it is: a percent sign or a colon in it is no parameter.
    op.get_bind().connection.dbapi_connection.cursor().execute(defined.replace(old, new))
