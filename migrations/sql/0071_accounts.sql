-- Who has no account in use here reads nothing and writes nothing, whatever they set in their session: no role, a role that
-- is not that of their login, an account that ran out. Only sessions of the owner are exempt from what guards records.

-- The day is that of the office, by the server's clock: neither a time zone nor a long transaction moves it.
CREATE OR REPLACE FUNCTION my_role() RETURNS text LANGUAGE plpgsql STABLE SECURITY DEFINER
SET search_path = public, pg_catalog, pg_temp AS $$
BEGIN
  RETURN (
    SELECT u.role FROM users u
    WHERE u.name = session_user AND u.active
      AND (u.expires_on IS NULL OR u.expires_on >= (clock_timestamp() AT TIME ZONE 'Europe/London')::date)
      AND CASE WHEN u.role IN ('officer', 'navigator', 'supervisor', 'coordinator', 'partner', 'analyst', 'auditor',
                               'administrator')
               THEN pg_has_role(session_user, 'ioms_' || u.role, 'MEMBER') END
  );
END $$;

-- In whose role a trigger lets a session write: none for the owner and a superuser, who migrate, restore and test.
CREATE FUNCTION ioms_private.acting_role() RETURNS text LANGUAGE plpgsql STABLE SECURITY DEFINER
SET search_path = public, pg_catalog, pg_temp AS $$
DECLARE
  mine text := my_role();
BEGIN
  IF mine IS NULL AND NOT audit_trusted() THEN
    RAISE EXCEPTION 'permission denied: this login has no account in use' USING ERRCODE = '42501';
  END IF;
  RETURN mine;
END $$;
ALTER FUNCTION ioms_private.acting_role() OWNER TO ioms_owner;
REVOKE ALL ON FUNCTION ioms_private.acting_role() FROM PUBLIC;

-- Whether the transaction of this number is over and done. One's own never is: a snapshot does not count it as running, so
-- that it would be visible as soon as anybody else's later one had ended. Without settings of its own, to be inlined.
CREATE FUNCTION ioms_private.is_committed(number xid8) RETURNS boolean LANGUAGE sql STABLE AS $$
  SELECT number IS DISTINCT FROM pg_current_xact_id_if_assigned()
    AND pg_visible_in_snapshot(number, pg_current_snapshot())
$$;
ALTER FUNCTION ioms_private.is_committed(xid8) OWNER TO ioms_owner;
REVOKE ALL ON FUNCTION ioms_private.is_committed(xid8) FROM PUBLIC;

-- What lets somebody see more counts once it is committed, so that it cannot be undone after reading: what a transaction
-- enters has begun after it. Whoever restricts a case and admits themselves knew of it before. A beginning that the clock
-- has not reached was entered while it was ahead.
CREATE OR REPLACE FUNCTION my_access(wanted text) RETURNS SETOF text LANGUAGE plpgsql STABLE SECURITY DEFINER ROWS 20
SET search_path = public, pg_catalog, pg_temp AS $$
BEGIN
  IF my_role() IS NULL THEN
    RETURN;
  END IF;
  RETURN QUERY
  SELECT case_ref FROM access_entry
  WHERE user_name = session_user AND kind = wanted
    AND CASE WHEN wanted = 'GLASS' THEN ioms_private.is_running(ends_at, interval '60 minutes')
             ELSE ends_at IS NULL OR ends_at > clock_timestamp() END
    AND (wanted = 'EXCLUDED' OR (wanted = 'ADMITTED' AND set_by = session_user)
         OR begins_at < transaction_timestamp() OR begins_at > clock_timestamp());
END $$;

CREATE OR REPLACE FUNCTION opened_cases() RETURNS SETOF text LANGUAGE plpgsql STABLE SECURITY DEFINER ROWS 5
SET search_path = public, pg_catalog, pg_temp AS $$
BEGIN
  IF my_role() IS NULL THEN
    RETURN;
  END IF;
  RETURN QUERY
  SELECT case_ref FROM ioms_private.look
  WHERE who = session_user
    AND ioms_private.is_running(expires_at, CASE case_ref WHEN '*' THEN interval '60 minutes' ELSE interval '15 minutes' END)
    AND ioms_private.is_committed(opened_xid);
END $$;

CREATE OR REPLACE FUNCTION opened_people() RETURNS SETOF text LANGUAGE plpgsql STABLE SECURITY DEFINER ROWS 5
SET search_path = public, pg_catalog, pg_temp AS $$
BEGIN
  IF my_role() IS NULL THEN
    RETURN;
  END IF;
  RETURN QUERY
  SELECT person_ref FROM ioms_private.look
  WHERE who = session_user AND ioms_private.is_running(expires_at, interval '15 minutes') AND person_ref IS NOT NULL
    AND ioms_private.is_committed(opened_xid);
END $$;

CREATE OR REPLACE FUNCTION book_open() RETURNS boolean LANGUAGE plpgsql STABLE SECURITY DEFINER
SET search_path = public, pg_catalog, pg_temp AS $$
BEGIN
  RETURN my_role() IS NOT NULL AND EXISTS (
    SELECT FROM ioms_private.look
    WHERE who = session_user AND case_ref = '*' AND ioms_private.is_running(expires_at, interval '60 minutes')
      AND ioms_private.is_committed(opened_xid)
  );
END $$;

CREATE OR REPLACE FUNCTION importing() RETURNS boolean LANGUAGE plpgsql STABLE SECURITY DEFINER
SET search_path = public, pg_catalog, pg_temp AS $$
BEGIN
  RETURN coalesce(my_role() = 'supervisor', false) AND EXISTS (
    SELECT FROM ioms_private.look
    WHERE who = session_user AND case_ref = '*' AND purpose = 'IMPORT'
      AND ioms_private.is_running(expires_at, interval '60 minutes')
      AND ioms_private.is_committed(opened_xid)
  );
END $$;

CREATE FUNCTION ioms_private.says_why(purpose text) RETURNS void LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  IF coalesce(purpose, '') !~ '[^[:space:]]' OR length(purpose) > 100 THEN
    RAISE EXCEPTION 'permission denied: nothing is opened without its purpose' USING ERRCODE = '42501';
  END IF;
END $$;
ALTER FUNCTION ioms_private.says_why(text) OWNER TO ioms_owner;
REVOKE ALL ON FUNCTION ioms_private.says_why(text) FROM PUBLIC;

-- A place, a case or a person, is opened for 15 minutes, and each purpose in them is on record. Nothing else about it is
-- asked here. Another purpose meanwhile leaves it open as it was.
CREATE FUNCTION ioms_private.take_look(place text, object_type text, ref text, subject text, why text, until timestamptz)
RETURNS void LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, ioms_audit, pg_catalog, pg_temp AS $$
#variable_conflict use_variable
DECLARE
  running text := (
    SELECT l.purpose FROM ioms_private.look l
    WHERE l.who = session_user AND l.case_ref = place
      AND ioms_private.is_running(l.expires_at, interval '15 minutes'));
BEGIN
  IF running = why THEN
    RETURN;
  END IF;
  PERFORM set_config('ioms.reason_code', why, true);
  PERFORM write_audit('CONSULTATION', object_type, ref, subject, NULL, NULL);
  IF running IS NOT NULL THEN
    UPDATE ioms_private.look l SET purpose = why WHERE l.who = session_user AND l.case_ref = place;
    RETURN;
  END IF;
  INSERT INTO ioms_private.look
  VALUES (session_user, place, subject, why, pg_current_xact_id(), least(clock_timestamp() + interval '15 minutes', until))
  ON CONFLICT (who, case_ref) DO UPDATE
    SET purpose = excluded.purpose, opened_xid = excluded.opened_xid, expires_at = excluded.expires_at;
END $$;
ALTER FUNCTION ioms_private.take_look(text, text, text, text, text, timestamptz) OWNER TO ioms_owner;
REVOKE ALL ON FUNCTION ioms_private.take_look(text, text, text, text, text, timestamptz) FROM PUBLIC;

CREATE OR REPLACE FUNCTION open_case(ref text, purpose text DEFAULT 'CASE_WORK') RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, ioms_audit, pg_catalog, pg_temp AS $$
DECLARE
  subject text;
BEGIN
  PERFORM ioms_private.as_it_is();
  PERFORM ioms_private.says_why(purpose);
  IF my_role() IS NULL OR my_role() NOT IN ('officer', 'navigator', 'supervisor', 'coordinator', 'partner') THEN
    RETURN false;
  END IF;
  -- Whoever keeps somebody from the case at this moment waits, and then closes what was opened.
  SELECT person_ref INTO subject FROM cases WHERE case_ref = ref FOR KEY SHARE;
  IF subject IS NULL OR NOT ioms_private.knows(ref) THEN
    PERFORM write_audit('CONSULTATION', 'cases', ref, NULL, NULL, '{"denied": true}'::json);
    RETURN false;
  END IF;
  PERFORM ioms_private.take_look(ref, 'cases', ref, subject, purpose, (
    -- Broken glass is whole again when its hour is over, however late in it the case was opened.
    SELECT min(ends_at) FROM access_entry
    WHERE case_ref = ref AND user_name = session_user AND kind = 'GLASS'
      AND ioms_private.is_running(ends_at, interval '60 minutes')));
  RETURN true;
END $$;

CREATE OR REPLACE FUNCTION open_person(ref text, purpose text DEFAULT 'CASE_WORK') RETURNS boolean LANGUAGE plpgsql
SECURITY DEFINER SET search_path = public, ioms_audit, pg_catalog, pg_temp AS $$
BEGIN
  PERFORM ioms_private.as_it_is();
  PERFORM ioms_private.says_why(purpose);
  IF ref IS NULL OR my_role() IS NULL OR my_role() NOT IN ('officer', 'navigator', 'supervisor', 'coordinator') THEN
    RETURN false;
  END IF;
  -- Whoever keeps somebody from a case of this person at this moment waits, and then closes what was opened.
  PERFORM FROM people p WHERE p.person_ref = ref FOR KEY SHARE;
  IF NOT ioms_private.knows_person(ref) THEN
    PERFORM write_audit('CONSULTATION', 'people', ref, NULL, NULL, '{"denied": true}'::json);
    RETURN false;
  END IF;
  -- No reference of a case begins with a control character.
  PERFORM ioms_private.take_look(chr(1) || ref, 'people', ref, ref, purpose, NULL);
  RETURN true;
END $$;

CREATE OR REPLACE FUNCTION open_book(purpose text) RETURNS boolean LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, ioms_audit, pg_catalog, pg_temp AS $$
BEGIN
  PERFORM ioms_private.as_it_is();
  PERFORM ioms_private.says_why(purpose);
  PERFORM set_config('ioms.reason_code', purpose, true);
  IF my_role() IS DISTINCT FROM 'supervisor' THEN
    PERFORM write_audit('CONSULTATION', 'book', purpose, NULL, NULL, '{"denied": true}'::json);
    RETURN false;
  END IF;
  PERFORM write_audit('CONSULTATION', 'book', purpose, NULL, NULL, NULL);
  INSERT INTO ioms_private.look
  VALUES (session_user, '*', NULL, purpose, pg_current_xact_id(), clock_timestamp() + interval '60 minutes')
  ON CONFLICT (who, case_ref) DO UPDATE
    SET purpose = excluded.purpose, opened_xid = excluded.opened_xid, expires_at = excluded.expires_at;
  RETURN true;
END $$;

-- What is put on record by hand is put there by somebody.
CREATE OR REPLACE FUNCTION may_log(kind text) RETURNS void LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, ioms_audit, pg_temp AS $$
BEGIN
  IF (kind NOT IN ('CONSULTATION', 'DISCLOSURE', 'COMBINATION') OR my_role() IS NULL) AND NOT audit_trusted() THEN
    RAISE EXCEPTION 'permission denied: changes are put on record by the database alone' USING ERRCODE = '42501';
  END IF;
END $$;

-- The last day of an account is its login's as well.
CREATE FUNCTION ioms_private.login_ends(last_day date) RETURNS text LANGUAGE sql IMMUTABLE
SET search_path = pg_catalog, pg_temp AS $$
  SELECT coalesce(to_char((last_day + 1)::timestamp AT TIME ZONE 'Europe/London' AT TIME ZONE 'UTC',
                          'YYYY-MM-DD HH24:MI:SS"+00"'), 'infinity')
$$;
ALTER FUNCTION ioms_private.login_ends(date) OWNER TO ioms_owner;
REVOKE ALL ON FUNCTION ioms_private.login_ends(date) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION ioms_private.login_ends(date) TO ioms_accounts;

-- Of tables in whose policies no role is asked for. That of users asks, and the owner of logins is a member of every group;
-- from meta a program learns what database this is, before it can say that a login has no account.
DO $$
DECLARE
  each regclass;
BEGIN
  FOR each IN
    SELECT c.oid FROM pg_class c
    WHERE c.relrowsecurity AND c.relkind = 'r'
      AND c.relnamespace IN ('public'::regnamespace, 'ioms_audit'::regnamespace) AND c.relname NOT IN ('users', 'meta')
      AND (c.relname = 'actions'
           OR NOT EXISTS (SELECT FROM pg_trigger t WHERE t.tgrelid = c.oid AND t.tgname = c.relname || '_stamp'))
  LOOP
    EXECUTE format(
      'CREATE POLICY in_use ON %s AS RESTRICTIVE TO ioms_people USING ((SELECT my_role()) IS NOT NULL)', each);
  END LOOP;
END $$;
