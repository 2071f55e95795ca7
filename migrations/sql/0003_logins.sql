-- Logins: added and disabled by an administrator, through functions of a role that may create roles and nothing else.
-- The password comes as its SCRAM verifier, made by the client: the server never sees it in the clear.

-- What a login may do beyond a person: by itself, by being a group, or by belonging to one that is none of ours.
CREATE FUNCTION ioms_private.beyond_person(who text) RETURNS boolean LANGUAGE sql STABLE
SET search_path = pg_catalog, pg_temp AS $$
  SELECT EXISTS (
      SELECT FROM pg_roles WHERE rolname = who
        AND (rolsuper OR rolcreaterole OR rolcreatedb OR rolreplication OR rolbypassrls
             OR oid IN (SELECT roleid FROM pg_auth_members)))
    OR EXISTS (
      SELECT FROM pg_auth_members m JOIN pg_roles g ON g.oid = m.roleid JOIN pg_roles p ON p.oid = m.member
      WHERE p.rolname = who AND g.rolname NOT LIKE 'ioms\_%')
$$;

CREATE FUNCTION add_login(who text, its_role text, verifier text, its_team text DEFAULT NULL, until date DEFAULT NULL)
RETURNS boolean LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, ioms_audit, pg_catalog, pg_temp AS $$
BEGIN
  IF my_role() IS DISTINCT FROM 'administrator' AND NOT ioms_private.is_keeper() THEN
    PERFORM write_audit('COLLECTION', 'users', who, NULL, NULL, '{"denied": true}'::json);
    RETURN false;
  END IF;
  IF who !~ '^[[:alpha:]][[:alnum:]._@'' -]*$' OR octet_length(who) > 63 OR who ~* '^(pg_|ioms_)' THEN
    RAISE EXCEPTION 'unusable name';
  END IF;
  IF its_role NOT IN ('officer', 'navigator', 'supervisor', 'coordinator', 'partner', 'analyst', 'auditor', 'administrator') THEN
    RAISE EXCEPTION 'unknown role';
  END IF;
  IF verifier IS NOT NULL AND verifier NOT LIKE 'SCRAM-SHA-256$%' THEN
    RAISE EXCEPTION 'the password must come as its verifier';
  END IF;
  INSERT INTO users (name, role, password_hash, active, created_at, failed, team, expires_on)
  VALUES (who, its_role, '', true, clock_timestamp(), 0, its_team, until)
  -- Who worked here before logins is let in under their own name; whoever was disabled is not, and nobody in their name.
  ON CONFLICT (name) DO UPDATE
  SET role = excluded.role, password_hash = '', active = true, failed = 0, locked_until = NULL,
      team = excluded.team, expires_on = excluded.expires_on
  WHERE NOT users.active AND users.password_hash <> '';
  IF NOT FOUND THEN
    RAISE EXCEPTION 'a user of this name';
  END IF;
  IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = who) THEN
    EXECUTE format('CREATE ROLE %I LOGIN CONNECTION LIMIT 12', who);
    EXECUTE format('ALTER ROLE %I SET jit = off', who);
    EXECUTE format('ALTER ROLE %I SET statement_timeout = ''15s''', who);
    EXECUTE format('ALTER ROLE %I SET idle_in_transaction_session_timeout = ''10s''', who);
  ELSIF ioms_private.beyond_person(who) THEN
    RAISE EXCEPTION 'this login may do more than a person';
  ELSIF EXISTS (SELECT FROM pg_roles WHERE rolname = who AND rolcanlogin) THEN
    -- A login that others made, for Kerberos or a certificate, keeps its way of signing in.
    verifier := NULL;
  END IF;
  EXECUTE format('ALTER ROLE %I LOGIN', who);
  IF EXISTS (
    SELECT FROM pg_auth_members m JOIN pg_roles g ON g.oid = m.roleid JOIN pg_roles p ON p.oid = m.member
    WHERE p.rolname = who AND g.rolname LIKE 'ioms\_%' AND g.rolname <> 'ioms_' || its_role
  ) THEN
    -- Rights of columns go with the group: nobody has two on one server, not even in two databases of it.
    RAISE EXCEPTION 'another role on this server';
  END IF;
  IF verifier IS NOT NULL THEN
    EXECUTE format('ALTER ROLE %I LOGIN PASSWORD %L', who, verifier);
  END IF;
  EXECUTE format('GRANT %I TO %I', 'ioms_' || its_role, who);
  PERFORM write_audit('COLLECTION', 'users', who, NULL, NULL, json_build_object('role', its_role, 'team', its_team));
  RETURN true;
END $$;

CREATE FUNCTION set_login_password(who text, verifier text) RETURNS boolean LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, ioms_audit, pg_catalog, pg_temp AS $$
BEGIN
  IF (my_role() IS DISTINCT FROM 'administrator' AND who <> session_user AND NOT ioms_private.is_keeper())
     OR verifier IS NULL OR verifier NOT LIKE 'SCRAM-SHA-256$%' OR ioms_private.beyond_person(who)
     OR NOT EXISTS (SELECT FROM users WHERE name = who AND active) THEN
    PERFORM write_audit('ALTERATION', 'users', who, NULL, NULL, '{"denied": true}'::json);
    RETURN false;
  END IF;
  EXECUTE format('ALTER ROLE %I LOGIN PASSWORD %L', who, verifier);
  PERFORM write_audit('ALTERATION', 'users', who, NULL, NULL, json_build_object('password', CASE WHEN who = session_user THEN 'changed by the user'
                                                          ELSE 'set by an administrator' END));
  RETURN true;
END $$;

CREATE FUNCTION disable_login(who text) RETURNS boolean LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, ioms_audit, pg_catalog, pg_temp AS $$
DECLARE
  its_role text;
BEGIN
  SELECT role INTO its_role FROM users WHERE name = who AND active;
  IF (my_role() IS DISTINCT FROM 'administrator' AND NOT ioms_private.is_keeper()) OR its_role IS NULL THEN
    PERFORM write_audit('ALTERATION', 'users', who, NULL, NULL, '{"denied": true}'::json);
    RETURN false;
  END IF;
  IF its_role = 'administrator'
     AND NOT EXISTS (
       SELECT FROM users WHERE role = 'administrator' AND active AND expires_on IS NULL AND name <> who) THEN
    RAISE EXCEPTION 'the last administrator';
  END IF;
  UPDATE users SET active = false WHERE name = who;
  EXECUTE format('ALTER ROLE %I NOLOGIN', who);
  EXECUTE format('REVOKE %I FROM %I', 'ioms_' || its_role, who);
  PERFORM write_audit('ALTERATION', 'users', who, NULL, NULL, '{"active": false}'::json);
  PERFORM pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = who AND pid <> pg_backend_pid();
  RETURN true;
END $$;

-- Whose cases somebody shares, and until when they may sign in.
CREATE FUNCTION set_account(who text, its_team text, until date) RETURNS boolean LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, ioms_audit, pg_catalog, pg_temp AS $$
DECLARE
  its_role text;
BEGIN
  SELECT role INTO its_role FROM users WHERE name = who AND active;
  IF (my_role() IS DISTINCT FROM 'administrator' AND NOT ioms_private.is_keeper()) OR its_role IS NULL THEN
    PERFORM write_audit('ALTERATION', 'users', who, NULL, NULL, '{"denied": true}'::json);
    RETURN false;
  END IF;
  IF its_role = 'administrator' AND until IS NOT NULL AND NOT EXISTS (
    SELECT FROM users WHERE role = 'administrator' AND active AND expires_on IS NULL AND name <> who
  ) THEN
    RAISE EXCEPTION 'the last administrator';
  END IF;
  UPDATE users SET team = its_team, expires_on = until WHERE name = who;
  DELETE FROM ioms_private.look AS l WHERE l.who = set_account.who;
  PERFORM write_audit('ALTERATION', 'users', who, NULL, NULL, json_build_object('team', its_team, 'expires_on', until));
  IF until < current_date THEN
    PERFORM pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = who AND pid <> pg_backend_pid();
  END IF;
  RETURN true;
END $$;

-- Whoever keeps the server: the role that created or migrates the database.
CREATE FUNCTION ioms_private.is_keeper() RETURNS boolean LANGUAGE sql STABLE
SET search_path = pg_catalog, pg_temp AS $$
  SELECT pg_has_role(session_user, (SELECT datdba FROM pg_database WHERE datname = current_database()), 'MEMBER')
$$;
