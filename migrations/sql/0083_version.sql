-- A command begins with its request. While the database is brought to a newer version, none begins; afterwards none of
-- a program of another version does, whose statements were made for other tables. The lock is held until the command
-- ends, so that a migration waits for those that have begun. Whoever signs in cannot take it but by this.
CREATE FUNCTION refuse_other_version() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  IF NOT pg_try_advisory_xact_lock_shared(1229933907) THEN
    RAISE EXCEPTION 'this database is being brought to a newer version' USING ERRCODE = '55P03';
  END IF;
  -- A program of before says by this code that something is not there which its own version needs.
  IF current_setting('ioms.schema', true) IS DISTINCT FROM (SELECT value FROM meta WHERE name = 'schema') THEN
    RAISE EXCEPTION 'this database is of another version than the program' USING ERRCODE = '42704';
  END IF;
  RETURN NULL;
END $$;
ALTER FUNCTION refuse_other_version() OWNER TO ioms_owner;
REVOKE ALL ON FUNCTION refuse_other_version() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION pg_try_advisory_xact_lock_shared(bigint) TO ioms_owner;
CREATE TRIGGER of_this_version BEFORE INSERT ON request FOR EACH STATEMENT EXECUTE FUNCTION refuse_other_version();
