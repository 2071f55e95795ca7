"""Let an administrator or a supervisor load harm weights on a server, as codes that the office added.

Each keeps the number of the load that brought it: of two versions from the same day the later corrects the other.

A local file needs nothing: there the program adds them itself.
"""

from alembic import op

revision, down_revision = "0053", "0052"

SERVER = """
    CREATE FUNCTION load_harm_weights(
      its_scheme text, its_version text, first_day date, its_source text, weights jsonb
    ) RETURNS void LANGUAGE plpgsql SECURITY DEFINER
    SET search_path = public, ioms_audit, pg_catalog, pg_temp AS $$
    DECLARE
      number bigint;
    BEGIN
      IF my_role() IS NULL OR my_role() NOT IN ('supervisor', 'administrator') THEN
        RAISE EXCEPTION 'permission denied: a supervisor or an administrator loads weights' USING ERRCODE = '42501';
      END IF;
      IF btrim(coalesce(its_scheme, '')) = '' OR btrim(coalesce(its_version, '')) = ''
         OR btrim(coalesce(its_source, '')) = '' OR first_day IS NULL THEN
        RAISE EXCEPTION 'a table has its scheme, version, first day and source' USING ERRCODE = '23514';
      END IF;
      IF EXISTS (
        SELECT FROM reference_code WHERE list = 'harm_weight' AND extra ->> 'scheme' <> its_scheme
      ) THEN
        RAISE EXCEPTION 'another scheme is loaded' USING ERRCODE = '23514';
      END IF;
      IF EXISTS (SELECT FROM jsonb_each_text(weights) WHERE value IS NULL OR value !~ '^[0-9]+([.][0-9]+)?$') THEN
        RAISE EXCEPTION 'a weight is a number from 0' USING ERRCODE = '23514';
      END IF;
      SELECT 1 + count(DISTINCT extra ->> 'version') INTO number FROM reference_code WHERE list = 'harm_weight';
      INSERT INTO reference_code (list, code, label, sort, valid_from, extra)
      SELECT 'harm_weight', its_scheme || '/' || its_version || '/' || key, key, row_number() OVER (ORDER BY key) - 1,
             first_day, json_build_object('scheme', its_scheme, 'version', its_version, 'source', its_source,
                                          'loaded', number, 'weight', value, 'offered', false)
      FROM jsonb_each_text(weights);
      PERFORM write_audit('ALTERATION', 'harm_weight', its_scheme || '/' || its_version, NULL, NULL,
                          json_build_object('rows', (SELECT count(*) FROM jsonb_object_keys(weights)),
                                            'valid_from', first_day, 'source', its_source));
    END $$;
    ALTER FUNCTION load_harm_weights(text, text, date, text, jsonb) OWNER TO ioms_owner;
    REVOKE ALL ON FUNCTION load_harm_weights(text, text, date, text, jsonb) FROM PUBLIC;
    GRANT EXECUTE ON FUNCTION load_harm_weights(text, text, date, text, jsonb) TO ioms_people;
"""


def upgrade() -> None:
    if op.get_context().dialect.name == "postgresql":
        _execute(SERVER)


def downgrade() -> None:
    if op.get_context().dialect.name == "postgresql":
        _execute("DROP FUNCTION load_harm_weights(text, text, date, text, jsonb)")


def _execute(sql: str) -> None:
    """Run statements as they are: a percent sign or a colon in them is no parameter."""
    op.get_bind().connection.dbapi_connection.cursor().execute(sql)
