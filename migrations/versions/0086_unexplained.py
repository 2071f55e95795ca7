"""Tell nobody who signs in the plan of a statement that reads what they may know in part only.

Cases and the views `known_...` stand on row-level security. A plan told what the server expects and what it met there:
that a case is kept from somebody, with days and codes; and of every other table the numbers and revisions of its rows.
"""

from pathlib import Path

from alembic import op

revision, down_revision = "0086", "0085"

SQL = Path(__file__).resolve().parent.parent / "sql"
KEPT = (
    "SELECT c.oid::regclass::text FROM pg_class AS c WHERE c.relrowsecurity "
    "AND c.relnamespace IN ('public'::regnamespace, 'ioms_audit'::regnamespace) ORDER BY 1"
)
BEFORE = r"""
DO $$
DECLARE
  its record;
BEGIN
  FOR its IN
    SELECT pg_get_functiondef(p.oid) AS code FROM pg_proc AS p
    WHERE p.prosrc ~ 'refuse_explain' AND p.pronamespace IN ('public'::regnamespace, 'ioms_audit'::regnamespace)
  LOOP
    EXECUTE regexp_replace(its.code, E'\\n  (PERFORM|SELECT) ioms_private.refuse_explain\\(\\);', '');
  END LOOP;
  FOR its IN
    SELECT v AS name, substring(pg_get_viewdef(v) FROM 'FROM \((.*)\) v\s+WHERE') AS code
    FROM unnest('{ioms_audit.papers, ioms_audit.disclosures_told, ioms_audit.audit_trail}'::regclass[]) AS v
  LOOP
    EXECUTE format('CREATE OR REPLACE VIEW %s WITH (security_barrier) AS %s', its.name, its.code);
  END LOOP;
END $$;
DROP TABLE ioms_private.unexplained;
DROP FUNCTION ioms_private.refuse_explain();
GRANT SELECT ON pg_locks TO PUBLIC;
GRANT EXECUTE ON FUNCTION pg_lock_status() TO PUBLIC;
"""
"""The server as it was."""
HIDDEN = (";\nEND", "\n  UNION ALL\n  SELECT '';\nEND")
EDITS = {
    "ioms_private.hidden_cases()": HIDDEN,
    "ioms_private.hidden_people()": HIDDEN,
    "may_be_named(text)": (
        "RETURN ref NOT IN (",
        "RETURN EXISTS (SELECT FROM people p WHERE p.person_ref = ref) AND ref NOT IN (",
    ),
    "publish_figures(text, text, json, text)": ("WHERE NOT coalesce(s.", "WHERE h.ref <> '' AND NOT coalesce(s."),
}
"""What is hidden from somebody is never an empty set: NULL is in no empty set, so that whoever added a record of nobody
was told whether anything is hidden from them. And who is not there may not be named, like who is hidden."""


def upgrade() -> None:
    if op.get_context().dialect.name == "postgresql":
        _execute((SQL / "0086_unexplained.sql").read_text(encoding="utf-8"))
        for name in op.get_bind().exec_driver_sql(KEPT).scalars().all():
            op.refuse_explain(name)
        for function, (before, now) in EDITS.items():
            _edit(function, before, now)


def downgrade() -> None:
    if op.get_context().dialect.name == "postgresql":
        for function, (before, now) in EDITS.items():
            _edit(function, now, before)
        for name in op.get_bind().exec_driver_sql(KEPT).scalars().all():
            op.tell_plans(name)
        _execute(BEFORE)


def _edit(function: str, old: str, new: str) -> None:
    """Say something otherwise in a function."""
    defined = op.get_bind().exec_driver_sql(f"SELECT pg_get_functiondef('{function}'::regprocedure)").scalar_one()
    if defined.count(old) != 1:
        raise RuntimeError(function)
    _execute(defined.replace(old, new))


def _execute(sql: str) -> None:
    """Run statements as they are: a percent sign or a colon in them is no parameter."""
    op.get_bind().connection.dbapi_connection.cursor().execute(sql)
