-- A case and the others of its person that somebody may know of, each with what the access lists say of them and it. As rows of the
-- tables this asked at five places who they are and what is kept from them, in one statement; here each is asked once.

CREATE FUNCTION case_and_others(of_case text) RETURNS TABLE (its_case json, entries json, is_open boolean)
LANGUAGE plpgsql STABLE SECURITY DEFINER ROWS 1
SET search_path = public, pg_catalog, pg_temp SET client_min_messages = notice SET plan_cache_mode = force_generic_plan AS $$
DECLARE
  mine text := ioms_private.reading_role();
  known text[] := ARRAY(SELECT ioms_private.known_among(ARRAY(  -- asked whether or not there is such a case
    SELECT o.case_ref FROM cases AS c JOIN cases AS o ON o.person_ref = c.person_ref WHERE c.case_ref = of_case)));
  each cases%ROWTYPE;
BEGIN
  -- Of a case that is hidden nothing is said, not even whose it is.
  IF (mine IN ('officer', 'navigator', 'supervisor', 'coordinator') AND of_case = ANY (known)) IS NOT TRUE THEN
    RETURN;
  END IF;
  is_open := of_case IN (SELECT opened_cases());
  FOR each IN SELECT c.* FROM cases AS c WHERE c.case_ref = ANY (known) ORDER BY c.case_ref <> of_case LOOP
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
ALTER FUNCTION case_and_others(text) OWNER TO ioms_owner;

-- The same of a case that is opened with it, which is open once this is committed: nothing where it is not opened.
CREATE FUNCTION open_case_and_others(ref text, purpose text, workstation text)
RETURNS TABLE (its_case json, entries json, is_open boolean)
LANGUAGE plpgsql ROWS 1 SET search_path = public, pg_catalog, pg_temp SET client_min_messages = notice AS $$
BEGIN
  PERFORM set_config('ioms.workstation', workstation, true);
  IF open_case(ref, purpose) THEN
    RETURN QUERY SELECT o.its_case, o.entries, true FROM case_and_others(ref) AS o;
  END IF;
END $$;
ALTER FUNCTION open_case_and_others(text, text, text) OWNER TO ioms_owner;

REVOKE ALL ON FUNCTION case_and_others(text), open_case_and_others(text, text, text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION case_and_others(text), open_case_and_others(text, text, text)
TO ioms_officer, ioms_navigator, ioms_supervisor, ioms_coordinator;
