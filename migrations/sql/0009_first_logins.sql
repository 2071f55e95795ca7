-- The key of what somebody has not saved yet, which lies encrypted on a workstation: given to whoever is let in, by
-- whatever they proved who they are. Whoever takes the workstation away, or was disabled, has not got it.

CREATE TABLE ioms_private.draft_secret (
  who text COLLATE "C" NOT NULL PRIMARY KEY,
  secret bytea NOT NULL
);
ALTER TABLE ioms_private.draft_secret OWNER TO ioms_owner;

CREATE FUNCTION draft_secret() RETURNS bytea LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_catalog, pg_temp AS $$
DECLARE
  found bytea;
BEGIN
  IF my_role() IS NULL THEN
    RETURN NULL;
  END IF;
  SELECT secret INTO found FROM ioms_private.draft_secret WHERE who = session_user;
  IF found IS NULL THEN
    -- 244 random bits, from the same source as any key; nothing has to be installed for them.
    INSERT INTO ioms_private.draft_secret
    VALUES (session_user, decode(replace(gen_random_uuid()::text || gen_random_uuid()::text, '-', ''), 'hex'))
    ON CONFLICT DO NOTHING;
    SELECT secret INTO found FROM ioms_private.draft_secret WHERE who = session_user;
  END IF;
  RETURN found;
END $$;

ALTER FUNCTION draft_secret() OWNER TO ioms_owner;
REVOKE ALL ON FUNCTION draft_secret() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION draft_secret() TO ioms_people;

-- Who worked here before logins, and waits for one: for whoever may give it.
CREATE FUNCTION users_without_login() RETURNS TABLE (name text, role text) LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = public, pg_catalog, pg_temp AS $$
  SELECT name, role FROM users
  WHERE NOT active AND password_hash <> '' AND (my_role() = 'administrator' OR ioms_private.is_keeper())
  ORDER BY name COLLATE "C"
$$;

ALTER FUNCTION users_without_login() OWNER TO ioms_accounts;
REVOKE ALL ON FUNCTION users_without_login() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION users_without_login() TO ioms_people;

UPDATE users SET password_hash = '' WHERE NOT active;

WITH waiting AS (
  UPDATE users SET active = false WHERE active AND password_hash <> '' RETURNING name
)
SELECT write_audit('ALTERATION', 'users', name, NULL, NULL, '{"active": false, "login": "none yet"}'::json)
FROM waiting ORDER BY name COLLATE "C";
