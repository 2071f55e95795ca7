"""Let an import bring what another system struck out, which never counted here."""

from alembic import op

revision = "0026"
down_revision = "0025"

KEEP = """
-- What an import brings struck out is kept as a former version that was current for no time.
CREATE FUNCTION keep_struck_out(rows json) RETURNS void LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_catalog, pg_temp AS $$
DECLARE
  each record;
  whose text;
  trusted boolean := my_role() IS NULL AND audit_trusted();
  before text := coalesce(current_setting('ioms.reason_text', true), '');
BEGIN
  IF NOT trusted AND NOT coalesce(importing(), false) THEN
    RAISE EXCEPTION 'permission denied: only an import brings what was struck out' USING ERRCODE = '42501';
  END IF;
  FOR each IN
    SELECT * FROM json_to_recordset(rows) AS r (
      table_name text, record_key text, case_ref text, person_ref text, struck_out_on text, struck_out_by text,
      reason text, data json)
  LOOP
    IF NOT ioms_private.can_strike_out(each.table_name) OR coalesce(each.reason, '') !~ '[^[:space:]]'
       OR NOT (trusted OR ioms_private.passes(each.table_name, 'added', each.data::jsonb)) THEN
      RAISE EXCEPTION 'permission denied: this is not kept as struck out' USING ERRCODE = '42501';
    END IF;
    INSERT INTO former_version (
      table_name, record_id, record_key, revision, case_ref, person_ref, current_from, current_to, changed_by, request,
      ended, reason, data, struck_out_by, struck_out_on)
    VALUES (
      each.table_name, 0, each.record_key, 1, each.case_ref, each.person_ref, audit_at(), audit_at(), audit_actor(),
      nullif(current_setting('ioms.request', true), ''), 'DELETED', each.reason, each.data,
      coalesce(each.struck_out_by, ''), each.struck_out_on);
    whose := coalesce(each.person_ref, (SELECT c.person_ref FROM cases c WHERE c.case_ref = each.case_ref));
    PERFORM set_config('ioms.reason_text', 'Entered in error: ' || each.reason, true);
    PERFORM write_audit('ERASURE', each.table_name, each.record_key, whose, NULL, NULL);
  END LOOP;
  PERFORM set_config('ioms.reason_text', before, true);
  UPDATE former_version SET record_id = -id WHERE record_id = 0;
END $$;
ALTER FUNCTION keep_struck_out(json) OWNER TO ioms_owner;
REVOKE ALL ON FUNCTION keep_struck_out(json) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION keep_struck_out(json) TO ioms_supervisor;
"""


def upgrade() -> None:
    if op.get_context().dialect.name == "postgresql":
        _execute(KEEP)


def downgrade() -> None:
    if op.get_context().dialect.name == "postgresql":
        _execute("DROP FUNCTION keep_struck_out(json)")


def _execute(sql: str) -> None:
    """Run statements as they are: a percent sign or a colon in them is no parameter."""
    op.get_bind().connection.dbapi_connection.cursor().execute(sql)
