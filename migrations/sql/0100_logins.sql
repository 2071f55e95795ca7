-- What a superuser runs on each database of this program after its server was upgraded from PostgreSQL 15 to a later version; it
-- may be run again at any time.
--
--   psql --file 0100_logins.sql ioms
--
-- From PostgreSQL 16 on only a login's own keepers may change it. A login that is made there has the program among them; those
-- from before, or that others made, do not: nobody could disable them, let them run out or give them a new password.
-- `server_checks.py` asks for the same.

DO $$
DECLARE
  its record;
BEGIN
  IF current_setting('server_version_num')::integer < 160000 THEN
    RETURN;
  END IF;
  FOR its IN
    SELECT r.rolname AS login
    FROM public.users AS u JOIN pg_catalog.pg_roles AS r ON r.rolname = u.name
    WHERE NOT r.rolsuper AND NOT EXISTS (
      SELECT FROM pg_catalog.pg_auth_members AS m
      WHERE m.roleid = r.oid AND m.member = 'ioms_accounts'::regrole AND m.admin_option)
  LOOP
    EXECUTE format('GRANT %I TO ioms_accounts WITH ADMIN TRUE, INHERIT FALSE, SET FALSE', its.login);
  END LOOP;
END $$;
