-- The roles of a shared database. Nobody signs in as one of these; a person's own login is a member of exactly one group.

DO $$
DECLARE
  role_name text;
BEGIN
  FOREACH role_name IN ARRAY ARRAY[
    'ioms_owner', 'ioms_audit_owner', 'ioms_reader', 'ioms_accounts', 'ioms_people',
    'ioms_officer', 'ioms_navigator', 'ioms_supervisor', 'ioms_coordinator',
    'ioms_partner', 'ioms_analyst', 'ioms_auditor', 'ioms_administrator'
  ] LOOP
    BEGIN
      EXECUTE format('CREATE ROLE %I NOLOGIN', role_name);
    EXCEPTION WHEN duplicate_object OR unique_violation THEN
      NULL;  -- another database on this server has them already
    END;
  END LOOP;
END $$;

-- Owns the functions that add and disable logins, and nothing else.
ALTER ROLE ioms_accounts CREATEROLE;
GRANT pg_signal_backend TO ioms_accounts;

GRANT ioms_people TO
  ioms_officer, ioms_navigator, ioms_supervisor, ioms_coordinator,
  ioms_partner, ioms_analyst, ioms_auditor, ioms_administrator;
GRANT
  ioms_officer, ioms_navigator, ioms_supervisor, ioms_coordinator,
  ioms_partner, ioms_analyst, ioms_auditor, ioms_administrator
TO ioms_accounts WITH ADMIN OPTION;

CREATE SCHEMA IF NOT EXISTS ioms_private AUTHORIZATION ioms_owner;
CREATE SCHEMA IF NOT EXISTS ioms_audit AUTHORIZATION ioms_audit_owner;
REVOKE ALL ON SCHEMA public FROM PUBLIC;
GRANT USAGE ON SCHEMA public TO ioms_people, ioms_reader, ioms_accounts, ioms_audit_owner;
GRANT USAGE, CREATE ON SCHEMA public TO ioms_owner, ioms_reader;
GRANT USAGE ON SCHEMA ioms_audit TO ioms_people, ioms_owner;
GRANT USAGE ON SCHEMA ioms_private TO ioms_accounts;

-- A handle for stopping everybody else, and for loading the server, that no act of ours needs.
REVOKE EXECUTE ON FUNCTION
  pg_advisory_lock(bigint), pg_advisory_lock(integer, integer),
  pg_advisory_xact_lock(bigint), pg_advisory_xact_lock(integer, integer),
  pg_advisory_lock_shared(bigint), pg_advisory_lock_shared(integer, integer),
  pg_advisory_xact_lock_shared(bigint), pg_advisory_xact_lock_shared(integer, integer),
  pg_try_advisory_lock(bigint), pg_try_advisory_lock(integer, integer),
  pg_try_advisory_xact_lock(bigint), pg_try_advisory_xact_lock(integer, integer),
  pg_sleep(double precision), pg_sleep_for(interval), pg_sleep_until(timestamptz),
  lo_creat(integer), lo_create(oid), lo_from_bytea(oid, bytea), lo_open(oid, integer), lo_put(oid, bigint, bytea)
FROM PUBLIC;
