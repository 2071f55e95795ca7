-- What a superuser runs on each database of this program before pg_upgrade brings its server to another major version of PostgreSQL:
--
--   psql --file before-upgrade.sql ioms
--
-- The program takes from everybody the server's counters and locks (migrations/sql/0089_statistics.sql). pg_upgrade carries that
-- over, function by function, and stops where the later version has one of them no longer. This gives them back. Let nobody in
-- until 0089_statistics.sql has been run on the upgraded server.

DO $$
DECLARE
  its record;
BEGIN
  FOR its IN
    SELECT c.oid::regclass::text AS name
    FROM pg_class AS c
    WHERE c.relkind = 'v' AND c.relnamespace = 'pg_catalog'::regnamespace AND c.relname ~ '^pg_(stat(io)?_|locks$)'
      AND NOT has_table_privilege('public', c.oid, 'SELECT') AND EXISTS (
        -- What a server keeps from everybody by itself stays so.
        SELECT FROM pg_init_privs AS i, aclexplode(i.initprivs) AS its_own
        WHERE i.objoid = c.oid AND i.classoid = 'pg_class'::regclass AND i.objsubid = 0 AND its_own.grantee = 0)
  LOOP
    EXECUTE format('GRANT SELECT ON %s TO PUBLIC', its.name);
    EXECUTE format('REVOKE SELECT ON %s FROM pg_monitor', its.name);
  END LOOP;
  FOR its IN
    SELECT p.oid::regprocedure::text AS name
    FROM pg_proc AS p
    WHERE p.pronamespace = 'pg_catalog'::regnamespace AND (p.proname ~ '^pg_stat_get_' OR p.proname = 'pg_lock_status')
      AND NOT has_function_privilege('public', p.oid, 'EXECUTE') AND NOT EXISTS (
        SELECT FROM pg_init_privs AS i WHERE i.objoid = p.oid AND i.classoid = 'pg_proc'::regclass)
  LOOP
    EXECUTE format('GRANT EXECUTE ON FUNCTION %s TO PUBLIC', its.name);
    EXECUTE format('REVOKE EXECUTE ON FUNCTION %s FROM pg_monitor', its.name);
  END LOOP;
END $$;
