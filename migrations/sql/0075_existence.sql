-- What is kept from somebody is not there for them, by whatever they ask; and nobody holds up those who keep a case.

-- Their answers are for policies alone: nobody who signs in may name anything in this schema.
ALTER FUNCTION hidden_cases() SET SCHEMA ioms_private;
ALTER FUNCTION hidden_people() SET SCHEMA ioms_private;

-- A look does not outlast what lets somebody know: whoever keeps a case from others need not wait for them.
CREATE FUNCTION ioms_private.is_kept_back(ref text) RETURNS boolean LANGUAGE plpgsql STABLE SECURITY DEFINER
SET search_path = public, pg_catalog, pg_temp AS $$
BEGIN
  RETURN EXISTS (
      SELECT FROM access_entry e
      WHERE e.case_ref = ref AND e.user_name = session_user AND e.kind = 'EXCLUDED'
        AND (e.ends_at IS NULL OR e.ends_at > clock_timestamp()))
    OR EXISTS (
      SELECT FROM case_standing s
      WHERE s.case_ref = ref
        AND (s.restricted OR (s.team <> my_team() AND ref NOT IN (SELECT my_access('ASSIGNED'))))
        AND ref NOT IN (SELECT my_access('ADMITTED') UNION ALL SELECT my_access('GLASS')));
END $$;

CREATE OR REPLACE FUNCTION opened_cases() RETURNS SETOF text LANGUAGE plpgsql STABLE SECURITY DEFINER ROWS 5
SET search_path = public, pg_catalog, pg_temp AS $$
BEGIN
  IF my_role() IS NULL THEN
    RETURN;
  END IF;
  RETURN QUERY
  SELECT l.case_ref FROM ioms_private.look l
  WHERE l.who = session_user
    AND ioms_private.is_running(
      l.expires_at, CASE l.case_ref WHEN '*' THEN interval '60 minutes' ELSE interval '15 minutes' END)
    AND ioms_private.is_committed(l.opened_xid) AND NOT ioms_private.is_kept_back(l.case_ref);
END $$;

CREATE OR REPLACE FUNCTION opened_people() RETURNS SETOF text LANGUAGE plpgsql STABLE SECURITY DEFINER ROWS 5
SET search_path = public, pg_catalog, pg_temp AS $$
BEGIN
  IF my_role() IS NULL THEN
    RETURN;
  END IF;
  RETURN QUERY
  SELECT l.person_ref FROM ioms_private.look l
  WHERE l.who = session_user AND ioms_private.is_running(l.expires_at, interval '15 minutes')
    AND l.person_ref IS NOT NULL AND ioms_private.is_committed(l.opened_xid)
    AND CASE
      WHEN starts_with(l.case_ref, chr(1))  -- the person, not a case of theirs
      THEN NOT EXISTS (SELECT FROM cases c WHERE c.person_ref = l.person_ref)
        OR EXISTS (SELECT FROM cases c WHERE c.person_ref = l.person_ref AND NOT ioms_private.is_kept_back(c.case_ref))
      ELSE NOT ioms_private.is_kept_back(l.case_ref) END;
END $$;

-- Who names a case or a person that is not there is answered as who may not know of it: the words are the server's own.
CREATE FUNCTION ioms_private.refuse_nobodys(its_table text, stored jsonb) RETURNS void
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_catalog, pg_temp AS $$
BEGIN
  IF (stored ->> 'case_ref' IS NOT NULL AND its_table <> 'cases'
      AND NOT EXISTS (SELECT FROM cases c WHERE c.case_ref = stored ->> 'case_ref'))
     OR (stored ->> 'person_ref' IS NOT NULL AND its_table <> 'people'
         AND NOT EXISTS (SELECT FROM people p WHERE p.person_ref = stored ->> 'person_ref')) THEN
    RAISE EXCEPTION 'new row violates row-level security policy for table "%"', its_table USING ERRCODE = '42501';
  END IF;
END $$;

-- Of an import alone the audit is brief. Without settings of its own, so that it becomes part of what asks.
CREATE OR REPLACE FUNCTION audit_said(name text) RETURNS text LANGUAGE sql STABLE AS $$
  SELECT CASE WHEN name <> 'bulk' OR importing() OR audit_trusted() THEN nullif(current_setting('ioms.' || name, true), '') END
$$;
GRANT EXECUTE ON FUNCTION importing() TO ioms_audit_owner;

-- Of cases and people only those speak who work with them.
CREATE FUNCTION ioms_private.may_speak_of(kind text, object_type text) RETURNS void LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_catalog, pg_temp AS $$
BEGIN
  IF object_type IN ('cases', 'people') AND NOT audit_trusted()
     AND coalesce(my_role(), '') NOT IN ('officer', 'navigator', 'supervisor', 'coordinator', 'partner')
     AND NOT coalesce(kind = 'CONSULTATION' AND my_role() = 'auditor', false) THEN  -- who asks whether a paper is genuine
    RAISE EXCEPTION 'permission denied: this role works with no case' USING ERRCODE = '42501';
  END IF;
END $$;

-- A supervisor's list of a case that is kept from them, and the words about it, are not theirs to read.
ALTER POLICY own ON access_entry USING (
  (user_name = session_user AND kind IN ('GLASS', 'TAKEOVER'))
  OR ((user_name = session_user OR (SELECT my_role()) = 'supervisor') AND @known_entry@));
CREATE POLICY of_known_cases ON search_key AS RESTRICTIVE FOR SELECT
  TO ioms_officer, ioms_navigator, ioms_supervisor, ioms_coordinator
  USING (case_ref = '' OR @known_word@);

-- Words are taken out with what is saved, by this alone: who may delete rows of a table may lock it.
CREATE FUNCTION drop_search_words(person text, of_case text, which text[] DEFAULT NULL) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_catalog, pg_temp AS $$
BEGIN
  IF NOT (saved_now(person, of_case) OR (my_role() IS NULL AND audit_trusted())) THEN
    RAISE EXCEPTION 'permission denied: the words of what was not saved just now' USING ERRCODE = '42501';
  END IF;
  IF of_case = '' THEN
    DELETE FROM search_key k WHERE k.person_ref = person AND k.case_ref = '' AND (which IS NULL OR k.word = ANY (which));
  ELSE
    DELETE FROM search_key k WHERE k.case_ref <> '' AND k.case_ref = of_case AND (which IS NULL OR k.word = ANY (which));
  END IF;
END $$;
REVOKE DELETE ON search_key FROM ioms_officer, ioms_navigator, ioms_supervisor, ioms_coordinator;
DROP POLICY gone ON search_key;
DROP POLICY gone_new ON search_key;
