-- What somebody has open, and what is said of cases by name, is asked of a few cases by index, instead of all being gathered. To
-- open a case gathered it three times, and took the longer the more was open. What follows asks of those cases alone that it is
-- called for, and asks it whether or not they are there.

-- The cases that somebody has open, each with its person, or with the name of an opening of a person in place of a case.
CREATE VIEW ioms_private.open_look AS
  SELECT l.case_ref, l.person_ref FROM ioms_private.look AS l
  WHERE l.who = session_user AND ioms_private.is_running(l.expires_at, interval '15 minutes')
    AND ioms_private.is_committed(l.opened_xid)
    AND (NOT EXISTS (SELECT FROM ioms_private.shut AS s WHERE s.at > clock_timestamp() - interval '1 hour')
         OR NOT ioms_private.is_kept_back(l.case_ref));
ALTER VIEW ioms_private.open_look OWNER TO ioms_owner;

CREATE OR REPLACE FUNCTION opened_cases() RETURNS SETOF text LANGUAGE plpgsql STABLE SECURITY DEFINER ROWS 5
SET search_path = public, pg_catalog, pg_temp SET client_min_messages = notice AS $$
BEGIN
  RETURN QUERY SELECT o.case_ref FROM ioms_private.me AS m, ioms_private.open_look AS o;
END $$;

-- What is said of cases to somebody by name; see named_cases. Their own entries are gone through, whichever case is asked for: how
-- many entries others have on it would take time, too.
CREATE VIEW ioms_private.named AS
  SELECT e.case_ref || '' AS case_ref, e.kind FROM access_entry AS e
  WHERE e.user_name = session_user AND e.kind IN ('ASSIGNED', 'ADMITTED', 'GLASS', 'EXCLUDED')
    AND CASE WHEN e.kind = 'GLASS' THEN ioms_private.is_running(e.ends_at, interval '60 minutes')
             ELSE e.ends_at IS NULL OR e.ends_at > clock_timestamp() END
    AND (e.kind = 'EXCLUDED' OR (e.kind = 'ADMITTED' AND e.set_by = session_user)
         OR e.begins_at < transaction_timestamp() OR e.begins_at > clock_timestamp())
    AND (e.kind <> 'ASSIGNED' OR NOT EXISTS (SELECT FROM case_standing AS s WHERE s.case_ref = e.case_ref AND s.restricted)
         OR e.case_ref IN (SELECT my_access('ADMITTED')))
  UNION ALL
  SELECT o.case_ref, 'OPEN' FROM ioms_private.open_look AS o;
ALTER VIEW ioms_private.named OWNER TO ioms_owner;

CREATE OR REPLACE FUNCTION ioms_private.named_cases() RETURNS jsonb LANGUAGE plpgsql STABLE SECURITY DEFINER
SET search_path = public, pg_catalog, pg_temp SET client_min_messages = notice AS $$
DECLARE
  mine text;
  said jsonb;
BEGIN
  SELECT m.role, (
    SELECT coalesce(jsonb_object_agg(n.case_ref, CASE m.role WHEN 'partner' THEN 'KNOWN' ELSE 'FREE' END)
                    FILTER (WHERE n.kind = 'ASSIGNED' OR (n.kind = 'ADMITTED' AND m.role <> 'partner')), '{}')
      || coalesce(jsonb_object_agg(n.case_ref, 'KNOWN') FILTER (WHERE n.kind = 'GLASS'), '{}')
      || coalesce(jsonb_object_agg(n.case_ref, 'HIDDEN') FILTER (WHERE n.kind = 'EXCLUDED'), '{}')
      || coalesce(jsonb_object_agg(n.case_ref, 'KNOWN') FILTER (WHERE n.kind = 'OPEN'), '{}')
    FROM ioms_private.named AS n
  ) INTO mine, said FROM ioms_private.me AS m;
  IF mine IS NULL AND audit_trusted() THEN
    RETURN (SELECT jsonb_object_agg(s.case_ref, 'KNOWN') FROM case_standing AS s);
  END IF;
  RETURN said;
END $$;

-- The same of one case, whether or not it is there.
CREATE FUNCTION ioms_private.said_of(ref text) RETURNS text LANGUAGE plpgsql STABLE SECURITY DEFINER
SET search_path = public, pg_catalog, pg_temp SET client_min_messages = notice SET plan_cache_mode = force_generic_plan AS $$
DECLARE
  mine text;
  said text;
BEGIN
  SELECT m.role, (
    SELECT CASE
      WHEN bool_or(n.kind = 'OPEN') THEN 'KNOWN'
      WHEN bool_or(n.kind = 'EXCLUDED') THEN 'HIDDEN'
      WHEN bool_or(n.kind = 'GLASS') THEN 'KNOWN'
      WHEN m.role = 'partner' THEN CASE WHEN bool_or(n.kind = 'ASSIGNED') THEN 'KNOWN' END
      WHEN count(*) > 0 THEN 'FREE'
    END
    FROM ioms_private.named AS n WHERE n.case_ref = ref
  ) INTO mine, said FROM ioms_private.me AS m;
  IF mine IS NULL AND audit_trusted() THEN
    RETURN (SELECT 'KNOWN' FROM case_standing AS s WHERE s.case_ref = ref);
  END IF;
  RETURN said;
END $$;
ALTER FUNCTION ioms_private.said_of(text) OWNER TO ioms_owner;

CREATE OR REPLACE FUNCTION ioms_private.knows(ref text) RETURNS boolean LANGUAGE plpgsql STABLE SECURITY DEFINER
SET search_path = public, pg_catalog, pg_temp SET client_min_messages = notice AS $$
DECLARE
  said text := coalesce(ioms_private.said_of(ref),
    CASE WHEN EXISTS (SELECT FROM ioms_private.kept_cases AS k WHERE k.case_ref = ref) THEN 'HIDDEN' END);
  reach text := ioms_private.my_reach();
BEGIN
  RETURN EXISTS (
    SELECT FROM cases AS c
    WHERE c.case_ref = ref AND CASE said
      WHEN 'KNOWN' THEN true
      WHEN 'HIDDEN' THEN false
      ELSE CASE reach
        WHEN 'ALL' THEN true
        WHEN 'OFFERED' THEN c.trial_arm IS DISTINCT FROM 'CONTROL'
        WHEN 'PHOENIX' THEN c.trial_arm IS DISTINCT FROM 'CONTROL' AND c.programme = 'PHOENIX'
        ELSE false
      END
    END);
END $$;

-- Those of some people whose every case is hidden.
CREATE FUNCTION ioms_private.hidden_among(refs text[]) RETURNS SETOF text LANGUAGE plpgsql STABLE SECURITY DEFINER
ROWS 5 SET search_path = public, pg_catalog, pg_temp SET client_min_messages = notice
SET plan_cache_mode = force_generic_plan AS $$
DECLARE
  named jsonb := ioms_private.named_cases();
BEGIN
  RETURN QUERY
  SELECT asked FROM unnest(refs) AS asked
  WHERE EXISTS (SELECT FROM ioms_private.kept_people AS k WHERE k.person_ref = asked) AND (
    SELECT bool_and(coalesce(
      named ->> c.case_ref = 'HIDDEN',
      EXISTS (SELECT FROM ioms_private.kept_cases AS k WHERE k.case_ref = c.case_ref)))
    FROM cases AS c WHERE c.person_ref = asked) IS TRUE;
END $$;
ALTER FUNCTION ioms_private.hidden_among(text[]) OWNER TO ioms_owner;

CREATE OR REPLACE FUNCTION ioms_private.hides_person(ref text) RETURNS boolean LANGUAGE plpgsql STABLE STRICT SECURITY DEFINER
SET search_path = public, pg_catalog, pg_temp SET client_min_messages = notice AS $$
BEGIN
  RETURN ref IN (SELECT ioms_private.hidden_among(ARRAY[ref]));
END $$;

-- Those of some cases that somebody has open, each looked up by itself.
CREATE FUNCTION ioms_private.opened_among(refs text[]) RETURNS SETOF text LANGUAGE plpgsql STABLE SECURITY DEFINER
ROWS 5 SET search_path = public, pg_catalog, pg_temp SET client_min_messages = notice
SET plan_cache_mode = force_generic_plan AS $$
BEGIN
  RETURN QUERY
  SELECT o.case_ref FROM ioms_private.me AS m, unnest(refs) AS asked (ref),
    LATERAL (SELECT l.case_ref FROM ioms_private.open_look AS l WHERE l.case_ref = asked.ref OFFSET 0) AS o;
END $$;
ALTER FUNCTION ioms_private.opened_among(text[]) OWNER TO ioms_owner;

-- Those of some cases and people of which somebody may read records, before any record is looked for, and of people also those that
-- they had open before. The policies still say of each record whether it is shown.
CREATE FUNCTION ioms_private.shown_cases(refs text[]) RETURNS text[] LANGUAGE plpgsql STABLE STRICT SECURITY DEFINER
SET search_path = public, pg_catalog, pg_temp SET client_min_messages = notice SET plan_cache_mode = force_generic_plan AS $$
BEGIN
  IF book_open() THEN
    RETURN ARRAY(SELECT ioms_private.known_among(refs));  -- what is open among them
  END IF;
  RETURN ARRAY(SELECT ioms_private.opened_among(refs));
END $$;
ALTER FUNCTION ioms_private.shown_cases(text[]) OWNER TO ioms_owner;

CREATE FUNCTION ioms_private.shown_people(refs text[]) RETURNS text[] LANGUAGE plpgsql STABLE STRICT SECURITY DEFINER
SET search_path = public, pg_catalog, pg_temp SET client_min_messages = notice SET plan_cache_mode = force_generic_plan AS $$
DECLARE
  looked_at text[] := ARRAY(
    SELECT l.person_ref FROM ioms_private.look AS l WHERE l.who = session_user AND l.person_ref = ANY (refs));
BEGIN
  IF book_open() THEN
    RETURN looked_at || ARRAY(SELECT unnest(refs) EXCEPT ALL SELECT ioms_private.hidden_among(refs));
  END IF;
  RETURN looked_at || ARRAY(  -- whom somebody records, they read until it is committed
    SELECT p.person_ref FROM people AS p
    WHERE p.person_ref = ANY (refs) AND p.recorded_by = session_user::text AND p.recorded_at = transaction_timestamp());
END $$;
ALTER FUNCTION ioms_private.shown_people(text[]) OWNER TO ioms_owner;

-- Whether a case or a person is there, for a record that may be invented.
CREATE FUNCTION ioms_private.is_there(kind text, ref text) RETURNS boolean LANGUAGE plpgsql STABLE SECURITY DEFINER
SET search_path = public, pg_catalog, pg_temp SET client_min_messages = notice AS $$
BEGIN
  RETURN CASE
    WHEN ref IS NULL THEN true
    WHEN kind = 'case' THEN EXISTS (SELECT FROM cases AS c WHERE c.case_ref = ref)
    ELSE EXISTS (SELECT FROM people AS p WHERE p.person_ref = ref)
  END;
END $$;
ALTER FUNCTION ioms_private.is_there(text, text) OWNER TO ioms_owner;

-- A case that somebody knows of, and of the others of its person those that they know of; see case_and_others.
CREATE FUNCTION ioms_private.tell_case(of_case text) RETURNS TABLE (its_case json, entries json)
LANGUAGE plpgsql STABLE SECURITY DEFINER ROWS 1
SET search_path = public, pg_catalog, pg_temp SET client_min_messages = notice SET plan_cache_mode = force_generic_plan AS $$
DECLARE
  mine text := my_role();
  each cases%ROWTYPE;
BEGIN
  FOR each IN
    SELECT o.* FROM cases AS c JOIN cases AS o ON o.person_ref = c.person_ref WHERE c.case_ref = of_case
    ORDER BY o.case_ref <> of_case
  LOOP
    CONTINUE WHEN each.case_ref <> of_case AND NOT ioms_private.knows(each.case_ref);
    IF mine NOT IN ('officer', 'supervisor') THEN
      each.trial_arm := NULL;
    END IF;
    its_case := to_json(each);
    entries := (
      SELECT json_agg(e ORDER BY e.id DESC) FROM access_entry AS e
      WHERE e.case_ref = each.case_ref AND e.user_name = session_user
        AND (e.ends_at IS NULL OR (e.ends_at > clock_timestamp()
             AND (e.kind <> 'GLASS' OR e.ends_at <= clock_timestamp() + interval '60 minutes'))));
    RETURN NEXT;
  END LOOP;
END $$;
ALTER FUNCTION ioms_private.tell_case(text) OWNER TO ioms_owner;

-- Whether a case is known is asked whether or not it is there. Of one that is hidden nothing is said, not even whose it is.
CREATE OR REPLACE FUNCTION case_and_others(of_case text) RETURNS TABLE (its_case json, entries json, is_open boolean)
LANGUAGE plpgsql STABLE SECURITY DEFINER ROWS 1
SET search_path = public, pg_catalog, pg_temp SET client_min_messages = notice SET plan_cache_mode = force_generic_plan AS $$
DECLARE
  mine text := ioms_private.reading_role();
  known boolean := ioms_private.knows(of_case);
BEGIN
  IF (mine IN ('officer', 'navigator', 'supervisor', 'coordinator') AND known) IS TRUE THEN
    is_open := EXISTS (SELECT ioms_private.opened_among(ARRAY[of_case]));
    RETURN QUERY SELECT t.its_case, t.entries, is_open FROM ioms_private.tell_case(of_case) AS t;
  END IF;
END $$;

CREATE OR REPLACE FUNCTION open_case_and_others(ref text, purpose text, workstation text)
RETURNS TABLE (its_case json, entries json, is_open boolean) LANGUAGE plpgsql SECURITY DEFINER ROWS 1
SET search_path = public, pg_catalog, pg_temp SET client_min_messages = notice AS $$
BEGIN
  PERFORM set_config('ioms.workstation', workstation, true);
  IF open_case(ref, purpose) THEN  -- whoever opens it knows of it
    RETURN QUERY SELECT t.its_case, t.entries, true FROM ioms_private.tell_case(ref) AS t;
  END IF;
END $$;

REVOKE ALL ON FUNCTION ioms_private.said_of(text), ioms_private.tell_case(text), ioms_private.hidden_among(text[]),
  ioms_private.opened_among(text[]), ioms_private.shown_cases(text[]), ioms_private.shown_people(text[]),
  ioms_private.is_there(text, text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION ioms_private.shown_cases(text[]), ioms_private.shown_people(text[]), ioms_private.is_there(text, text)
TO ioms_opener;

CREATE OR REPLACE FUNCTION open_case(ref text, purpose text DEFAULT 'CASE_WORK') RETURNS boolean LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, ioms_audit, pg_catalog, pg_temp SET client_min_messages = notice AS $$
DECLARE
  subject text;
BEGIN
  PERFORM ioms_private.refuse_explain();
  PERFORM ioms_private.as_it_is();
  PERFORM ioms_private.says_why(purpose);
  IF (my_role() IN ('officer', 'navigator', 'supervisor', 'coordinator', 'partner')) IS NOT TRUE THEN
    RETURN false;
  END IF;
  SELECT person_ref INTO subject FROM cases WHERE case_ref = ref;
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

-- In SQL it was planned anew for every entry of the audit.
CREATE OR REPLACE FUNCTION audit_system() RETURNS text LANGUAGE plpgsql
SET search_path = pg_catalog, public, ioms_audit, pg_temp AS $$
BEGIN
  RETURN (SELECT system_identifier::text FROM pg_control_system());
END $$;
