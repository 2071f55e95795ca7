-- The register of papers is the audit itself, which nobody changes. What is new is that the server takes an entry of it only
-- from this function, which asks what makes it evidence: whose copy, for what, under which power, and of which bytes.

-- Whether a code was in use on a day: as shipped, or as a supervisor decided last.
CREATE FUNCTION ioms_private.is_in_use(of_list text, wanted text, on_day date) RETURNS boolean LANGUAGE sql STABLE
SECURITY DEFINER SET search_path = public, pg_catalog, pg_temp AS $$
  SELECT EXISTS (
    SELECT FROM reference_code AS c
    LEFT JOIN LATERAL (
      SELECT d.* FROM code_decision AS d WHERE d.list = c.list AND d.code = c.code ORDER BY d.id DESC LIMIT 1) AS d ON true
    WHERE c.list = of_list AND c.code = wanted AND d.state IS DISTINCT FROM 'INACTIVE'
      AND NOT coalesce((c.extra ->> 'offered') = 'false', false)
      AND on_day >= coalesce(
            CASE WHEN coalesce(d.state, 'AS_SHIPPED') = 'AS_SHIPPED' THEN c.valid_from ELSE d.valid_from END, on_day)
      AND on_day <= coalesce(
            CASE WHEN coalesce(d.state, 'AS_SHIPPED') = 'AS_SHIPPED' THEN c.valid_to ELSE d.valid_to END, on_day))
$$;

-- Who registered a paper of this code or of these bytes.
CREATE FUNCTION registered_as(code text, bytes text) RETURNS TABLE (actor text, digest text, case_ref text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, ioms_audit, pg_temp AS $$
  SELECT a.actor, a.after ->> 'sha256', a.object_ref FROM audit AS a
  WHERE a.kind = 'DISCLOSURE' AND a.object_type = 'cases' AND (a.after ->> 'print_id') IS NOT NULL
    -- Written as it is indexed.
    AND (coalesce(a.after ->> 'print_id', a.after ->> 'recall_of', a.after ->> 'print_of') = code
         OR (a.after ->> 'sha256') = bytes)
$$;

CREATE FUNCTION register_paper(ref text, detail json) RETURNS void LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, ioms_audit, pg_catalog, pg_temp AS $$
DECLARE
  said jsonb := detail::jsonb;
  code text := said ->> 'print_id';
  given jsonb := said -> 'given_to';
  subject text;
  today date := (clock_timestamp() AT TIME ZONE 'Europe/London')::date;
  whom text;
BEGIN
  PERFORM ioms_private.as_it_is();
  -- Two who print one case wait for each other.
  SELECT person_ref INTO subject FROM cases WHERE case_ref = ref FOR NO KEY UPDATE;
  IF coalesce(my_role(), '') NOT IN ('officer', 'navigator', 'supervisor', 'coordinator')
     OR subject IS NULL OR ref NOT IN (SELECT opened_cases()) OR ref IN (SELECT my_access('GLASS')) THEN
    RAISE EXCEPTION 'permission denied: this case is not printed' USING ERRCODE = '42501';
  END IF;
  IF coalesce(code !~ '^P-[0-9A-F]{12}-[0-9A-F]{2}$', true)
     OR ('x' || replace(substr(code, 3), '-', ''))::bit(56)::bigint % 251 <> 1 THEN
    RAISE EXCEPTION 'no code of a paper' USING ERRCODE = '23514';
  END IF;
  IF coalesce(said ->> 'copy' !~ '^[1-9][0-9]{0,3} of [1-9][0-9]{0,3}$', true)
     OR split_part(said ->> 'copy', ' of ', 1)::integer > split_part(said ->> 'copy', ' of ', 2)::integer THEN
    RAISE EXCEPTION 'a paper says which copy of how many it is' USING ERRCODE = '23514';
  END IF;
  -- Of a document for the police alone others may read that a copy was made, and nothing that confirms a guess at it.
  IF coalesce(said ->> 'sha256' !~ '^[0-9a-f]{64}$', NOT said ? 'document') THEN
    RAISE EXCEPTION 'a paper is registered with the digest of its bytes' USING ERRCODE = '23514';
  END IF;
  IF coalesce(said ->> 'audience', '') !~ '\S' OR NOT ioms_private.is_in_use('reason_code', audit_said('reason_code'), today) THEN
    RAISE EXCEPTION 'a paper is registered with its readers and its purpose' USING ERRCODE = '23514';
  END IF;
  IF given IS NOT NULL THEN
    IF jsonb_typeof(given) <> 'object' OR coalesce(given ->> 'name', '') !~ '\S' OR coalesce(given ->> 'role', '') !~ '\S'
       OR coalesce(given ->> 'organisation', '') !~ '\S' THEN
      RAISE EXCEPTION 'a copy that is given out names its recipient' USING ERRCODE = '23514';
    END IF;
    IF NOT coalesce(ioms_private.is_in_use('sharing_power', said ->> 'power', today), false) THEN
      RAISE EXCEPTION 'a copy is given out under a power that is in force' USING ERRCODE = '23514';
    END IF;
    whom := concat_ws(', ', given ->> 'name', given ->> 'role', given ->> 'organisation');
  ELSE
    whom := (said ->> 'audience') || ' copy, carried by '
      || coalesce((SELECT display_name FROM users WHERE name = session_user), session_user);
  END IF;
  -- The same paper may be registered again, and under its code no other.
  IF EXISTS (SELECT FROM registered_as(code, NULL) AS r
             WHERE r.actor <> session_user OR r.digest IS DISTINCT FROM said ->> 'sha256') THEN
    RAISE EXCEPTION 'this code is that of another paper' USING ERRCODE = '23505';
  END IF;
  PERFORM write_audit('DISCLOSURE', 'cases', ref, subject, whom, detail);
END $$;

-- Of which case a paper of this code or of these bytes is, for whoever may know of the case; to others there is no such paper.
CREATE FUNCTION case_of_paper(code text, bytes text) RETURNS text LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = public, pg_catalog, pg_temp AS $$
  SELECT min(r.case_ref) FROM registered_as(code, bytes) AS r
  WHERE ioms_private.knows(r.case_ref) OR coalesce(my_role() = 'auditor', false)
$$;

-- Whether the papers of a case are this user's to know of, who is no supervisor and no auditor.
CREATE FUNCTION knows_paper_of(ref text) RETURNS boolean LANGUAGE plpgsql STABLE SECURITY DEFINER
SET search_path = public, pg_catalog, pg_temp AS $$
BEGIN
  RETURN ioms_private.knows(ref);
END $$;

-- As 0002 has it, but that papers are registered by the function above alone.
CREATE OR REPLACE FUNCTION log_audit(
  kind text, object_type text, object_ref text, subject_ref text, recipient text, detail json
) RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, ioms_audit, pg_temp AS $$
BEGIN
  PERFORM may_log(kind);
  -- An object that can be read again wherever it is read, or nothing: one that raised would stop every disposal.
  PERFORM jsonb_object_keys(detail::jsonb);
  IF detail::jsonb @? 'strict $.**{20}' THEN
    RAISE EXCEPTION 'nothing is put on record that is nested so deep' USING ERRCODE = '23514';
  END IF;
  IF kind = 'DISCLOSURE' AND detail::jsonb ? 'print_id' AND NOT audit_trusted() THEN
    RAISE EXCEPTION 'a paper is registered with whose copy it is' USING ERRCODE = '42501';
  END IF;
  PERFORM write_audit(kind, object_type, object_ref, subject_ref, recipient, detail);
END $$;
