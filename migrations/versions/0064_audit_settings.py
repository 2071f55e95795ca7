"""Keep the plans of the functions by which the audit says who acted, when and in what role; what they answer stays.

They ran three times in every statement that writes, and were planned anew each time.
"""

from pathlib import Path

from alembic import op

revision, down_revision = "0064", "0063"

SQL = Path(__file__).resolve().parent.parent / "sql"
PATH = "pg_catalog, public, ioms_audit, pg_temp"
FORMER = f"""
    CREATE OR REPLACE FUNCTION audit_trusted() RETURNS boolean LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path = {PATH} AS $$
      SELECT r.rolsuper OR r.oid = (SELECT relowner FROM pg_class WHERE oid = 'people'::regclass)
      FROM pg_roles AS r WHERE r.rolname = session_user
    $$;
    CREATE OR REPLACE FUNCTION audit_actor() RETURNS text LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path = {PATH} AS $$
      SELECT CASE WHEN audit_trusted() THEN coalesce(audit_said('actor'), session_user::text)
                  ELSE session_user::text END
    $$;
    CREATE OR REPLACE FUNCTION audit_role() RETURNS text LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path = {PATH} AS $$
      SELECT coalesce(CASE WHEN audit_trusted() THEN audit_said('role') ELSE my_role() END, '')
    $$;
    CREATE OR REPLACE FUNCTION audit_at() RETURNS timestamptz LANGUAGE sql VOLATILE SECURITY DEFINER
    SET search_path = {PATH} AS $$
      SELECT CASE WHEN audit_trusted() THEN coalesce(audit_said('at')::timestamptz, clock_timestamp())
                  ELSE clock_timestamp() END
    $$;
"""


def upgrade() -> None:
    _execute((SQL / "0064_audit_settings.sql").read_text(encoding="utf-8"))


def downgrade() -> None:
    _execute(FORMER)


def _execute(sql: str) -> None:
    """Run statements as they are, on a server."""
    if op.get_context().dialect.name == "postgresql":
        op.get_bind().connection.dbapi_connection.cursor().execute(sql)
