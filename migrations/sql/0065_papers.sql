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

-- Whether a copy with intelligence may go to this organisation: an agency of the list is the police or it is not, and of any
-- other the name has to be that of a force.
CREATE FUNCTION ioms_private.is_police_force(organisation text) RETURNS boolean LANGUAGE sql STABLE
SECURITY DEFINER SET search_path = public, pg_catalog, pg_temp AS $$
  SELECT coalesce(
    (SELECT bool_and(coalesce(c.extra ->> 'synonym_of', c.code) = 'LEICESTERSHIRE_POLICE') FROM reference_code AS c
     WHERE c.list = 'agency' AND lower(btrim(organisation)) IN (lower(c.code), lower(c.label))),
    regexp_replace(btrim(organisation), '\s+', ' ', 'g') ~* '^(\S+ )+(police|constabulary)$', false)
$$;

-- Whether an entry of the register is made of what one is made of, and of nothing else, whatever its length.
CREATE FUNCTION ioms_private.is_paper(said jsonb) RETURNS boolean LANGUAGE sql IMMUTABLE
SET search_path = pg_catalog, pg_temp AS $$
  SELECT jsonb_typeof(said) = 'object'
    AND coalesce(said ->> 'audience' IN
      ('full', 'partner', 'participant', 'parent', 'panel', 'board', 'document', 'letter'), false)
    AND (said ->> 'audience' IN ('document', 'letter')) = (said ? 'document')
    AND (said ->> 'audience' = 'letter') = (said ? 'letter')
    AND NOT EXISTS (
      SELECT FROM jsonb_each(said) AS part
      WHERE NOT CASE
        WHEN part.key = 'encrypted' THEN jsonb_typeof(part.value) = 'boolean'
        WHEN part.key = 'given_to' THEN jsonb_typeof(part.value) = 'object'
        WHEN part.key IN ('print_id', 'audience', 'copy', 'sha256', 'power', 'as_of', 'form', 'agency', 'list', 'document',
                          'file', 'digest', 'letter', 'wording', 'no_copy')
          THEN jsonb_typeof(part.value) = 'string' AND length(part.value #>> '{}') <= 2000
        ELSE false END)
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
  IF NOT coalesce(ioms_private.is_paper(said), false) THEN
    RAISE EXCEPTION 'a paper is registered with its readers, and with nothing else than what is known of a paper'
      USING ERRCODE = '23514';
  END IF;
  IF said ->> 'audience' = 'full' AND NOT coalesce(reaches('ALL'), false) THEN
    RAISE EXCEPTION 'permission denied: who does not read intelligence gives nobody a copy with it' USING ERRCODE = '42501';
  END IF;
  IF coalesce(said ->> 'copy' !~ '^[1-9][0-9]{0,3} of [1-9][0-9]{0,3}$', true)
     OR split_part(said ->> 'copy', ' of ', 1)::integer > split_part(said ->> 'copy', ' of ', 2)::integer THEN
    RAISE EXCEPTION 'a paper says which copy of how many it is' USING ERRCODE = '23514';
  END IF;
  IF said ? 'document'
     AND NOT EXISTS (SELECT FROM documents AS d WHERE d.document_ref = said ->> 'document' AND d.case_ref = ref) THEN
    RAISE EXCEPTION 'this case has no such document' USING ERRCODE = '23514';
  END IF;
  -- Of a document for the police alone others may read that a copy was made, and nothing that confirms a guess at it.
  IF coalesce(said ->> 'sha256' !~ '^[0-9a-f]{64}$', NOT EXISTS (
       SELECT FROM documents AS d
       WHERE d.document_ref = said ->> 'document' AND d.case_ref = ref AND d.handling = 'POLICE')) THEN
    RAISE EXCEPTION 'a paper is registered with the digest of its bytes' USING ERRCODE = '23514';
  END IF;
  IF NOT ioms_private.is_in_use('reason_code', audit_said('reason_code'), today) THEN
    RAISE EXCEPTION 'a paper is registered with its purpose' USING ERRCODE = '23514';
  END IF;
  IF given IS NOT NULL THEN
    IF EXISTS (
         SELECT FROM jsonb_each(given) AS part
         WHERE part.key NOT IN ('name', 'role', 'organisation') OR jsonb_typeof(part.value) <> 'string'
            OR length(part.value #>> '{}') > 2000)
       OR coalesce(given ->> 'name', '') !~ '\S' OR coalesce(given ->> 'role', '') !~ '\S'
       OR coalesce(given ->> 'organisation', '') !~ '\S' THEN
      RAISE EXCEPTION 'a copy that is given out names its recipient' USING ERRCODE = '23514';
    END IF;
    IF said ->> 'audience' = 'full' AND NOT ioms_private.is_police_force(given ->> 'organisation') THEN
      RAISE EXCEPTION 'a copy with intelligence is given to the police alone' USING ERRCODE = '23514';
    END IF;
    IF NOT coalesce(ioms_private.is_in_use('sharing_power', said ->> 'power', today), false) THEN
      RAISE EXCEPTION 'a copy is given out under a power that is in force' USING ERRCODE = '23514';
    END IF;
    whom := concat_ws(', ', given ->> 'name', given ->> 'role', given ->> 'organisation');
  ELSE
    whom := (said ->> 'audience') || ' copy, carried by '
      || coalesce((SELECT display_name FROM users WHERE name = session_user), session_user);
  END IF;
  -- Last, and in one sentence, so that nobody learns without a trace whether a code is that of a paper they may not know of.
  -- The same paper may be registered again, and under its code no other.
  IF coalesce(code !~ '^P-[0-9A-F]{12}-[0-9A-F]{2}$', true)
     OR ('x' || replace(substr(code, 3), '-', ''))::bit(56)::bigint % 251 <> 1
     OR EXISTS (SELECT FROM registered_as(code, NULL) AS r
                WHERE r.actor <> session_user OR r.digest IS DISTINCT FROM said ->> 'sha256') THEN
    RAISE EXCEPTION 'a paper is registered under a code of its own' USING ERRCODE = '23514';
  END IF;
  -- As it was read here: neither what was said twice nor what stands between.
  PERFORM write_audit('DISCLOSURE', 'cases', ref, subject, whom, said::json);
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
