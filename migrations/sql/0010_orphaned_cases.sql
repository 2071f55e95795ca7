-- A restricted case to which no supervisor is admitted any more, its taking over by two others, and the review of
-- break-glass access. A refusal answers null or nothing instead of raising: an exception would undo its audit entry.

CREATE FUNCTION ioms_private.is_orphaned(ref text) RETURNS boolean LANGUAGE plpgsql STABLE SECURITY DEFINER
SET search_path = public, pg_catalog, pg_temp AS $$
BEGIN
  RETURN EXISTS (SELECT FROM case_standing WHERE case_ref = ref AND restricted) AND NOT EXISTS (
    SELECT FROM users u JOIN access_entry e ON e.user_name = u.name
    WHERE e.case_ref = ref AND e.kind = 'ADMITTED' AND (e.ends_at IS NULL OR e.ends_at > clock_timestamp())
      AND u.role = 'supervisor' AND u.active AND (u.expires_on IS NULL OR u.expires_on >= current_date)
      AND NOT EXISTS (
        SELECT FROM access_entry x
        WHERE x.case_ref = ref AND x.user_name = u.name AND x.kind = 'EXCLUDED'
          AND (x.ends_at IS NULL OR x.ends_at > clock_timestamp())));
END $$;

-- For supervisors: what two of them can take over, and who has asked to. Nothing is said of a case to whoever is
-- excluded from it.
CREATE FUNCTION orphaned_cases()
RETURNS TABLE (case_ref text, asked_by text, asked_at timestamptz, reason text) LANGUAGE plpgsql STABLE SECURITY DEFINER
SET search_path = public, pg_catalog, pg_temp AS $$
BEGIN
  RETURN QUERY
  SELECT s.case_ref, asked.user_name, asked.begins_at, asked.message
  FROM case_standing s
  LEFT JOIN LATERAL (
    SELECT e.user_name, e.begins_at, e.message FROM access_entry e JOIN users u ON u.name = e.user_name
    WHERE e.case_ref = s.case_ref AND e.kind = 'TAKEOVER' AND ioms_private.is_running(e.ends_at, interval '14 days')
      AND u.role = 'supervisor' AND u.active AND (u.expires_on IS NULL OR u.expires_on >= current_date)
    ORDER BY e.id DESC LIMIT 1) AS asked ON true
  WHERE my_role() = 'supervisor' AND s.restricted AND ioms_private.is_orphaned(s.case_ref)
    AND s.case_ref NOT IN (SELECT my_access('EXCLUDED'))
  ORDER BY s.case_ref;
END $$;

-- For whoever disables an account, or closes a case to themselves: the cases that would have no supervisor without it. References, and nobody's name.
CREATE FUNCTION cases_depending_on(who text) RETURNS SETOF text LANGUAGE plpgsql STABLE SECURITY DEFINER
SET search_path = public, pg_catalog, pg_temp AS $$
BEGIN
  IF my_role() IS DISTINCT FROM 'administrator' AND who IS DISTINCT FROM session_user
     AND NOT ioms_private.is_keeper() THEN
    RETURN;
  END IF;
  RETURN QUERY
  WITH admitted AS (
    SELECT e.case_ref, u.name FROM access_entry e JOIN users u ON u.name = e.user_name
    JOIN case_standing s ON s.case_ref = e.case_ref AND s.restricted
    WHERE e.kind = 'ADMITTED' AND (e.ends_at IS NULL OR e.ends_at > clock_timestamp())
      AND u.role = 'supervisor' AND u.active AND (u.expires_on IS NULL OR u.expires_on >= current_date)
      AND NOT EXISTS (
        SELECT FROM access_entry x
        WHERE x.case_ref = e.case_ref AND x.user_name = u.name AND x.kind = 'EXCLUDED'
          AND (x.ends_at IS NULL OR x.ends_at > clock_timestamp())))
  SELECT a.case_ref FROM admitted a GROUP BY a.case_ref HAVING bool_and(a.name = who) ORDER BY a.case_ref;
END $$;

-- The first supervisor asks, and learns nothing of the case; the second one's request admits both.
CREATE FUNCTION take_over_case(ref text, why text) RETURNS text LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, ioms_audit, pg_catalog, pg_temp AS $$
DECLARE
  subject text;
  asker text;
  each text;
BEGIN
  PERFORM ioms_private.as_it_is();
  PERFORM set_config('ioms.reason_text', coalesce(why, ''), true);
  IF my_role() = 'supervisor' THEN
    -- Two who ask at once ask one after the other.
    SELECT person_ref INTO subject FROM cases WHERE case_ref = ref FOR UPDATE;
  END IF;
  IF subject IS NULL OR length(btrim(coalesce(why, ''))) < 20 OR ref IN (SELECT my_access('EXCLUDED'))
     OR NOT ioms_private.is_orphaned(ref) THEN
    PERFORM write_audit('ALTERATION', 'access_entry', coalesce(ref, '') || '/TAKEOVER/' || session_user, NULL, NULL,
                        '{"denied": true}'::json);
    RETURN NULL;
  END IF;
  SELECT o.asked_by INTO asker FROM orphaned_cases() AS o WHERE o.case_ref = ref;
  IF asker = session_user THEN
    asker := NULL;
  END IF;
  IF asker IN (SELECT x.user_name FROM access_entry x WHERE x.case_ref = ref AND x.kind = 'EXCLUDED'
               AND (x.ends_at IS NULL OR x.ends_at > clock_timestamp())) THEN
    asker := NULL;
  END IF;
  UPDATE access_entry SET ends_at = clock_timestamp()
  WHERE case_ref = ref AND kind = 'TAKEOVER' AND ends_at > clock_timestamp();
  IF asker IS NULL THEN
    INSERT INTO access_entry (case_ref, user_name, kind, begins_at, ends_at, message, set_by)
    VALUES (ref, session_user, 'TAKEOVER', clock_timestamp(), clock_timestamp() + interval '14 days', why, session_user);
    PERFORM write_audit('ALTERATION', 'access_entry', ref || '/TAKEOVER/' || session_user, subject, NULL,
                        json_build_object('standing', true, 'message', why));
    RETURN 'ASKED';
  END IF;
  FOREACH each IN ARRAY ARRAY[asker, session_user::text] LOOP
    INSERT INTO access_entry (case_ref, user_name, kind, begins_at, message, set_by)
    VALUES (ref, each, 'ADMITTED', clock_timestamp(), why, CASE each WHEN asker THEN session_user::text ELSE asker END);
    PERFORM write_audit('ALTERATION', 'access_entry', ref || '/ADMITTED/' || each, subject, NULL,
                        json_build_object('standing', true, 'message', why, 'taken_over_by', json_build_array(asker, session_user)));
  END LOOP;
  RETURN 'DONE';
END $$;

-- Whose break-glass access an action reviews: never whoever happened to save the action last.
CREATE FUNCTION ioms_private.broke_glass(review text) RETURNS text LANGUAGE plpgsql STABLE SECURITY DEFINER
SET search_path = public, pg_catalog, pg_temp AS $$
BEGIN
  RETURN (SELECT user_name FROM access_entry WHERE kind = 'GLASS' AND review_ref = review ORDER BY id LIMIT 1);
END $$;

CREATE OR REPLACE FUNCTION guard_review() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_catalog, pg_temp AS $$
DECLARE
  breaker text;
BEGIN
  IF my_role() IS NULL OR OLD.action_ref NOT LIKE 'AC-GLASS-%' THEN
    RETURN NEW;
  END IF;
  breaker := ioms_private.broke_glass(OLD.action_ref);
  -- Of an access whose review is not linked, whoever its text names and whoever saved it last are both kept from it.
  IF my_role() <> 'supervisor' OR breaker = session_user
     OR (breaker IS NULL AND (OLD.recorded_by = session_user
                              OR strpos(OLD.text, 'Review: ' || session_user || ' opened ') > 0)) THEN
    RAISE EXCEPTION 'permission denied: a broken glass is reviewed by another supervisor' USING ERRCODE = '42501';
  END IF;
  IF (NEW.action_ref, NEW.case_ref) IS DISTINCT FROM (OLD.action_ref, OLD.case_ref) THEN
    RAISE EXCEPTION 'permission denied: a review stays with its case' USING ERRCODE = '42501';
  END IF;
  RETURN NEW;
END $$;

CREATE OR REPLACE FUNCTION break_glass(ref text, why text) RETURNS boolean LANGUAGE plpgsql SECURITY DEFINER
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
  INSERT INTO access_entry (case_ref, user_name, kind, begins_at, ends_at, message, set_by, review_ref)
  VALUES (ref, session_user, 'GLASS', clock_timestamp(), clock_timestamp() + interval '60 minutes', why, session_user,
          task);
  PERFORM write_audit('CONSULTATION', 'break_glass', ref, subject, NULL, json_build_object('minutes', 60));
  INSERT INTO actions (action_ref, case_ref, text, owner, due_on, revision, recorded_at, recorded_by)
  VALUES (task, ref, 'Review: ' || session_user || ' opened this case by breaking the glass', 'supervisor',
          ioms_private.working_day_after(current_date, 2), 1, transaction_timestamp(), session_user);
  -- Every login can listen: whose windows hear it ask the database what they may know.
  PERFORM pg_notify('ioms_alert', json_build_object('kind', 'BREAK_GLASS')::text);
  RETURN true;
END $$;

-- What somebody looked at while a glass was broken, for whoever may review it. The audit stays closed to everybody but
-- auditors; this answers about one hour of one person and one case.
CREATE FUNCTION audit_reads(who text, ref text, person text, since timestamptz, until timestamptz)
RETURNS TABLE (at timestamptz, kind text, object_type text, object_ref text, workstation text)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, ioms_audit, pg_temp AS $$
BEGIN
  RETURN QUERY
  SELECT a.at, a.kind, a.object_type, a.object_ref, a.workstation FROM ioms_audit.audit a
  WHERE a.actor = who AND a.at BETWEEN since AND until AND a.object_type <> 'break_glass'
    AND a.kind IN ('CONSULTATION', 'DISCLOSURE', 'COMBINATION') AND (a.object_ref = ref OR a.subject_ref = person)
    AND (a.after ->> 'denied') IS DISTINCT FROM 'true'
  ORDER BY a.at, a.id;
END $$;

CREATE FUNCTION glass_reads(review text)
RETURNS TABLE (at timestamptz, kind text, object_type text, object_ref text, workstation text)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, ioms_audit, pg_catalog, pg_temp AS $$
DECLARE
  entry access_entry%ROWTYPE;
  person text;
BEGIN
  SELECT * INTO entry FROM access_entry e WHERE e.kind = 'GLASS' AND e.review_ref = review ORDER BY e.id LIMIT 1;
  SELECT c.person_ref INTO person FROM cases c WHERE c.case_ref = entry.case_ref;
  IF my_role() = 'supervisor' AND entry.user_name <> session_user AND ioms_private.knows(entry.case_ref) THEN
    RETURN QUERY SELECT * FROM audit_reads(entry.user_name, entry.case_ref, person, entry.begins_at, entry.ends_at);
  END IF;
END $$;
