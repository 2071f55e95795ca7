-- Ends what somebody has open in this database, without waiting for it, and says of how many sessions. What is known of
-- sessions is kept until a transaction ends: it is asked for anew.
CREATE FUNCTION ioms_private.end_sessions(its_user text) RETURNS integer LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  PERFORM pg_stat_clear_snapshot();
  RETURN (
    SELECT count(*) FILTER (WHERE pg_terminate_backend(a.pid)) FROM pg_stat_activity AS a
    WHERE a.usename = its_user AND a.datname = current_database() AND a.pid <> pg_backend_pid());
END $$;
ALTER FUNCTION ioms_private.end_sessions(text) OWNER TO ioms_accounts;
REVOKE ALL ON FUNCTION ioms_private.end_sessions(text) FROM PUBLIC;
