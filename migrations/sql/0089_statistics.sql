-- What a superuser runs on a database of this program after its server was upgraded to another major version of PostgreSQL, or
-- was given an extension that counts; it may be run again at any time. Migrations 0081, 0085 and 0086 did the same on their day.
--
--   psql --file 0089_statistics.sql ioms
--
-- What a statement costs, and what it locked, tells what it met on its way, and so what was kept from whoever sent it. Whoever
-- looks after the server reads it as before, and so does whoever was given pg_monitor. `server_checks.py` asks for the same.

DO $$
DECLARE
  its record;
BEGIN
  FOR its IN
    SELECT c.oid::regclass::text AS name
    FROM pg_class AS c
    WHERE c.relkind = 'v' AND has_table_privilege('public', c.oid, 'SELECT')
      AND (c.relnamespace = 'pg_catalog'::regnamespace AND c.relname ~ '^pg_(stat(io)?_|locks$)'
        -- Of sessions others see no more than that there are any; the program asks how its own is protected.
        AND c.relname NOT IN ('pg_stat_activity', 'pg_stat_ssl', 'pg_stat_gssapi', 'pg_stat_archiver')
        OR c.relname = 'pg_stat_statements')
  LOOP
    EXECUTE format('REVOKE SELECT ON %s FROM PUBLIC', its.name);
    EXECUTE format('GRANT SELECT ON %s TO pg_monitor', its.name);
  END LOOP;
  FOR its IN
    SELECT p.oid::regprocedure::text AS name
    FROM pg_proc AS p
    WHERE has_function_privilege('public', p.oid, 'EXECUTE')
      AND (p.pronamespace = 'pg_catalog'::regnamespace AND (
          p.proname ~ '^pg_stat_get_' AND p.proname !~ '^pg_stat_get_(activity|archiver|backend_)'
          -- Pages and log records of a session, one's own too, from PostgreSQL 18 on.
          OR p.proname IN ('pg_lock_status', 'pg_stat_get_backend_io', 'pg_stat_get_backend_wal'))
        OR p.proname = 'pg_stat_statements')
  LOOP
    EXECUTE format('REVOKE EXECUTE ON FUNCTION %s FROM PUBLIC', its.name);
    EXECUTE format('GRANT EXECUTE ON FUNCTION %s TO pg_monitor', its.name);
  END LOOP;
END $$;

-- By these one could send EXPLAIN unseen.
REVOKE USAGE ON LANGUAGE plpgsql FROM PUBLIC;
REVOKE EXECUTE ON FUNCTION
  query_to_xml(text, boolean, boolean, text), query_to_xmlschema(text, boolean, boolean, text),
  query_to_xml_and_xmlschema(text, boolean, boolean, text)
FROM PUBLIC;

-- By this somebody who is held up is told by whom. Another database of the server takes it away when it is brought back to schema 0084.
GRANT pg_read_all_stats TO ioms_accounts;
