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

-- Whoever was disabled by mistake, or comes back, is let in again as they were: nobody else is given their name.
CREATE FUNCTION enable_login(who text) RETURNS boolean LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, ioms_audit, pg_catalog, pg_temp AS $$
DECLARE
  its_role text;
BEGIN
  SELECT role INTO its_role FROM users WHERE name = who AND NOT active AND password_hash = '';
  IF (my_role() IS DISTINCT FROM 'administrator' AND NOT ioms_private.is_keeper()) OR its_role IS NULL THEN
    PERFORM write_audit('ALTERATION', 'users', who, NULL, NULL, '{"denied": true}'::json);
    RETURN false;
  END IF;
  IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = who) THEN
    RAISE EXCEPTION 'no login of this name';
  END IF;
  IF EXISTS (SELECT FROM pg_auth_members m JOIN pg_roles g ON g.oid = m.roleid JOIN pg_roles p ON p.oid = m.member
             WHERE p.rolname = who AND g.rolname LIKE 'ioms\_%' AND g.rolname <> 'ioms_' || its_role) THEN
    RAISE EXCEPTION 'another role on this server';
  END IF;
  UPDATE users SET active = true WHERE name = who;
  EXECUTE format('ALTER ROLE %I LOGIN', who);
  EXECUTE format('GRANT %I TO %I', 'ioms_' || its_role, who);
  PERFORM write_audit('ALTERATION', 'users', who, NULL, NULL, '{"active": true}'::json);
  RETURN true;
END $$;

ALTER FUNCTION enable_login(text) OWNER TO ioms_accounts;
REVOKE ALL ON FUNCTION enable_login(text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION enable_login(text) TO ioms_people;

UPDATE users SET password_hash = '' WHERE NOT active;

WITH waiting AS (
  UPDATE users SET active = false WHERE active AND password_hash <> '' RETURNING name
)
SELECT write_audit('ALTERATION', 'users', name, NULL, NULL, '{"active": false, "login": "none yet"}'::json)
FROM waiting ORDER BY name COLLATE "C";
