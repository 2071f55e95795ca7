-- The dangerous verbs. Each is written to the audit in the same transaction. A refusal answers false instead of raising:
-- an exception would undo the entry that somebody tried.

-- They see the database as it is, not as it was when somebody's transaction began: an exclusion decided meanwhile holds.
CREATE FUNCTION ioms_private.as_it_is() RETURNS void LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  IF current_setting('transaction_isolation') <> 'read committed' THEN
    RAISE EXCEPTION 'asked on an old view of the database' USING ERRCODE = '42501';
  END IF;
END $$;

CREATE FUNCTION open_case(ref text, purpose text DEFAULT 'CASE_WORK') RETURNS boolean LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, ioms_audit, pg_catalog, pg_temp AS $$
DECLARE
  subject text;
  known boolean;
BEGIN
  PERFORM ioms_private.as_it_is();
  IF my_role() IS NULL OR my_role() NOT IN ('officer', 'navigator', 'supervisor', 'coordinator', 'partner') THEN
    RETURN false;
  END IF;
  -- Whoever keeps somebody from the case at this moment waits, and then closes what was opened.
  SELECT person_ref INTO subject FROM cases WHERE case_ref = ref FOR KEY SHARE;
  known := subject IS NOT NULL AND ioms_private.knows(ref);
  IF NOT known THEN
    PERFORM write_audit('CONSULTATION', 'cases', ref, NULL, NULL, '{"denied": true}'::json);
    RETURN false;
  END IF;
  IF NOT EXISTS (
    SELECT FROM ioms_private.look WHERE who = session_user AND case_ref = ref AND expires_at > clock_timestamp()
  ) THEN
    PERFORM set_config('ioms.reason_code', purpose, true);
    PERFORM write_audit('CONSULTATION', 'cases', ref, subject, NULL, NULL);
    INSERT INTO ioms_private.look
    VALUES (session_user, ref, subject, purpose, pg_current_xact_id(), least(
      clock_timestamp() + interval '15 minutes',
      -- Broken glass is whole again when its hour is over, however late in it the case was opened.
      (SELECT min(ends_at) FROM access_entry
       WHERE case_ref = ref AND user_name = session_user AND kind = 'GLASS' AND ends_at > clock_timestamp())))
    ON CONFLICT (who, case_ref) DO UPDATE
      SET purpose = excluded.purpose, opened_xid = excluded.opened_xid, expires_at = excluded.expires_at;
  END IF;
  RETURN true;
END $$;

CREATE FUNCTION open_book(purpose text) RETURNS boolean LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, ioms_audit, pg_catalog, pg_temp AS $$
BEGIN
  PERFORM ioms_private.as_it_is();
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

CREATE FUNCTION close_book() RETURNS void LANGUAGE sql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp AS $$
  DELETE FROM ioms_private.look WHERE who = session_user AND case_ref = '*'
$$;

CREATE FUNCTION set_access(ref text, who text, entry text, standing boolean, told text DEFAULT NULL)
RETURNS boolean LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, ioms_audit, pg_catalog, pg_temp AS $$
DECLARE
  subject text;
  myself boolean := entry = 'EXCLUDED' AND who = session_user AND standing;
BEGIN
  PERFORM ioms_private.as_it_is();
  IF ref IS NULL OR who IS NULL OR standing IS NULL OR entry IS NULL OR entry NOT IN ('ASSIGNED', 'EXCLUDED', 'ADMITTED') THEN
    RAISE EXCEPTION 'no such list';
  END IF;
  IF ioms_private.knows(ref) THEN
    SELECT person_ref INTO subject FROM cases WHERE case_ref = ref FOR UPDATE;
  END IF;
  -- A conflict of interest may be declared by anybody on themselves; who may know of a case, a supervisor says. Either
  -- knows of it: the answer must not tell whether there is a case of that reference. Who broke the glass changes nothing.
  IF subject IS NULL OR NOT ioms_private.knows(ref)
     OR NOT (myself OR (my_role() = 'supervisor' AND who <> session_user AND ref NOT IN (SELECT my_access('GLASS')))) THEN
    PERFORM write_audit('ALTERATION', 'access_entry', ref || '/' || entry || '/' || who, NULL, NULL, '{"denied": true}'::json);
    RETURN false;
  END IF;
  UPDATE access_entry SET ends_at = clock_timestamp()
  WHERE case_ref = ref AND user_name = who AND kind = entry AND (ends_at IS NULL OR ends_at > clock_timestamp());
  IF standing THEN
    INSERT INTO access_entry (case_ref, user_name, kind, begins_at, message, set_by)
    VALUES (ref, who, entry, clock_timestamp(), told, session_user);
  END IF;
  -- Whoever still may know of it opens it again.
  DELETE FROM ioms_private.look AS l WHERE l.who = set_access.who AND l.case_ref = ref;
  PERFORM write_audit('ALTERATION', 'access_entry', ref || '/' || entry || '/' || who, subject, NULL,
                      json_build_object('standing', standing, 'message', told));
  RETURN true;
END $$;

CREATE FUNCTION set_standing(ref text, is_restricted boolean, its_team text, told text DEFAULT NULL) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, ioms_audit, pg_catalog, pg_temp AS $$
DECLARE
  subject text;
BEGIN
  PERFORM ioms_private.as_it_is();
  IF ref IS NULL OR is_restricted IS NULL THEN
    RAISE EXCEPTION 'restricted or not must be said';
  END IF;
  IF my_role() = 'supervisor' AND ioms_private.knows(ref) THEN
    SELECT person_ref INTO subject FROM cases WHERE case_ref = ref FOR UPDATE;
  END IF;
  IF subject IS NULL OR my_role() IS DISTINCT FROM 'supervisor' OR NOT ioms_private.knows(ref)
     OR ref IN (SELECT my_access('GLASS')) THEN
    PERFORM write_audit('ALTERATION', 'case_standing', ref, NULL, NULL, '{"denied": true}'::json);
    RETURN false;
  END IF;
  -- Whoever restricts a case stays able to see it; others are named after.
  IF is_restricted AND NOT EXISTS (SELECT FROM my_access('ADMITTED') AS mine(ref) WHERE mine.ref = set_standing.ref) THEN
    INSERT INTO access_entry (case_ref, user_name, kind, begins_at, set_by)
    VALUES (ref, session_user, 'ADMITTED', clock_timestamp(), session_user);
  END IF;
  INSERT INTO case_standing (case_ref, restricted, team, message) VALUES (ref, is_restricted, its_team, told)
  ON CONFLICT (case_ref) DO UPDATE
    SET restricted = excluded.restricted, team = excluded.team, message = excluded.message;
  DELETE FROM ioms_private.look AS l WHERE l.case_ref = ref AND l.who <> session_user;
  PERFORM write_audit('ALTERATION', 'case_standing', ref, subject, NULL,
                      json_build_object('restricted', is_restricted, 'team', its_team, 'message', told));
  RETURN true;
END $$;

-- What somebody reads in place of a case whose reference they know, where whoever keeps it from them left words.
CREATE FUNCTION told_instead(ref text) RETURNS text LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = public, pg_catalog, pg_temp AS $$
  SELECT CASE
    WHEN ref IN (SELECT my_access('EXCLUDED')) THEN (
      SELECT e.message FROM access_entry e
      WHERE e.case_ref = ref AND e.user_name = session_user AND e.kind = 'EXCLUDED'
        AND (e.ends_at IS NULL OR e.ends_at > clock_timestamp())
      ORDER BY e.id DESC LIMIT 1)
    ELSE (
      SELECT s.message FROM case_standing s JOIN cases c ON c.case_ref = s.case_ref
      WHERE s.case_ref = ref AND s.restricted AND NOT ioms_private.knows(ref)
        AND (reaches('ALL') OR (reaches('OFFERED') AND c.trial_arm IS DISTINCT FROM 'CONTROL'
                                AND (c.programme = 'PHOENIX' OR NOT reaches('PHOENIX')))))
  END
$$;

CREATE FUNCTION break_glass(ref text, why text) RETURNS boolean LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, ioms_audit, pg_catalog, pg_temp AS $$
DECLARE
  subject text;
  task text := 'AC-GLASS-' || upper(substr(md5(random()::text || clock_timestamp()::text), 1, 10));
BEGIN
  PERFORM ioms_private.as_it_is();
  SELECT person_ref INTO subject FROM cases WHERE case_ref = ref;
  PERFORM set_config('ioms.reason_code', 'BREAK_GLASS', true);
  PERFORM set_config('ioms.reason_text', why, true);
  -- Who may know of the case needs no glass, and would only lose the right to write for an hour.
  IF subject IS NULL OR my_role() IS NULL OR my_role() NOT IN ('officer', 'navigator', 'supervisor')
     OR length(btrim(coalesce(why, ''))) < 20
     OR ref IN (SELECT my_access('EXCLUDED')) OR ioms_private.knows(ref) THEN
    PERFORM write_audit('CONSULTATION', 'break_glass', ref, NULL, NULL, '{"denied": true}'::json);
    RETURN false;
  END IF;
  INSERT INTO access_entry (case_ref, user_name, kind, begins_at, ends_at, message, set_by)
  VALUES (ref, session_user, 'GLASS', clock_timestamp(), clock_timestamp() + interval '60 minutes', why, session_user);
  PERFORM write_audit('CONSULTATION', 'break_glass', ref, subject, NULL, json_build_object('minutes', 60));
  INSERT INTO actions (action_ref, case_ref, text, owner, due_on, revision, recorded_at, recorded_by)
  VALUES (task, ref, 'Review: ' || session_user || ' opened this case by breaking the glass', 'supervisor',
          ioms_private.working_day_after(current_date, 2), 1, transaction_timestamp(), session_user);
  -- Every login can listen: whose windows hear it ask the database what they may know.
  PERFORM pg_notify('ioms_alert', json_build_object('kind', 'BREAK_GLASS')::text);
  RETURN true;
END $$;

CREATE FUNCTION ioms_private.working_day_after(start date, days integer) RETURNS date LANGUAGE sql STABLE
SET search_path = pg_catalog, pg_temp AS $$
  -- Weekdays only: bank holidays are the application's; a review that falls due on one is due the day before they end.
  SELECT day::date FROM generate_series(start + 1, start + 30, interval '1 day') AS day
  WHERE extract(isodow FROM day) < 6 ORDER BY day OFFSET days - 1 LIMIT 1
$$;
