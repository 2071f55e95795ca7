-- Reviews of what is held, and its disposal. One person proposes, another authorises, and the database carries it out:
-- the records, their former versions, search words, looks and lists go; of the audit the words go and the trail still
-- proves whole. A refusal answers with nothing instead of raising: an exception would undo the entry that somebody tried.

CREATE FUNCTION ioms_private.may_dispose(ref text) RETURNS boolean LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = public, pg_catalog, pg_temp AS $$
  -- Of a person with a case that is kept from them nobody may even say so.
  SELECT audit_role() IS NOT DISTINCT FROM 'supervisor'
    AND EXISTS (SELECT FROM people WHERE person_ref = ref)
    AND NOT EXISTS (SELECT FROM cases WHERE person_ref = ref AND NOT ioms_private.knows(case_ref))
    -- A broken glass is for a threat to life, and shows; nothing is decided by it.
    AND NOT EXISTS (SELECT FROM cases WHERE person_ref = ref AND case_ref IN (SELECT my_access('GLASS')))
$$;

-- An open case, a hold, or a case that is out in somebody's file and would come back.
CREATE FUNCTION ioms_private.held_back(ref text) RETURNS boolean LANGUAGE plpgsql STABLE SECURITY DEFINER
SET search_path = public, pg_catalog, pg_temp AS $$
BEGIN
  RETURN EXISTS (
      SELECT FROM cases WHERE person_ref = ref
        AND (closed_on IS NULL OR closed_on > (audit_at() AT TIME ZONE 'Europe/London')::date))
    OR coalesce((
      SELECT result = 'LEGAL_HOLD' FROM retention_review WHERE person_ref = ref ORDER BY id DESC LIMIT 1), false)
    OR EXISTS (
      SELECT FROM take_away AS t JOIN cases AS c ON c.person_ref = ref AND t.cases::jsonb ? c.case_ref
      WHERE t.returned_at IS NULL);
END $$;

-- Authority and reason outlive the person: they name nobody that is disposed of.
CREATE FUNCTION ioms_private.names_person(said text, ref text) RETURNS boolean LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = public, pg_catalog, pg_temp AS $$
  SELECT EXISTS (
    SELECT FROM people AS p
    WHERE p.person_ref = ref
      AND (
        array_remove(regexp_split_to_array(lower(concat_ws(' ', p.family_name, p.given_names, p.known_as)), '[^[:alnum:]]+'), '')
          && regexp_split_to_array(lower(said), '[^[:alnum:]]+')
        OR EXISTS (
          SELECT FROM unnest(
            ARRAY[p.person_ref, p.pnc_id, p.cro_number, p.crn, p.prison_number, p.niche_id]
            || ARRAY(SELECT c.case_ref FROM cases AS c WHERE c.person_ref = ref)) AS number
          WHERE position(lower(number) IN lower(said)) > 0)))
$$;

CREATE FUNCTION record_review(ref text, its_result text, its_group text, why text, next_day date) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, ioms_audit, pg_catalog, pg_temp AS $$
DECLARE
  today date := (audit_at() AT TIME ZONE 'Europe/London')::date;
  every integer := (
    SELECT (extra ->> 'every_years')::integer FROM reference_code WHERE list = 'retention_group' AND code = its_group);
BEGIN
  IF NOT ioms_private.may_dispose(ref) OR btrim(coalesce(why, '')) = '' OR every IS NULL
     OR its_result NOT IN ('RETAIN', 'RETAIN_RECATEGORISE', 'LEGAL_HOLD')
     OR next_day <= today OR next_day > today + make_interval(years => every) THEN
    PERFORM write_audit('ALTERATION', 'retention_review', '', NULL, NULL, '{"denied": true}'::json);
    RETURN false;
  END IF;
  INSERT INTO retention_review (
    person_ref, reviewed_on, reviewed_by, result, retention_group, reason, next_on, recorded_at)
  VALUES (ref, today, audit_actor(), its_result, its_group, btrim(why), next_day, audit_at());
  PERFORM write_audit('COLLECTION', 'retention_review', ref, ref, NULL, json_build_object(
    'result', its_result, 'retention_group', its_group, 'reason', btrim(why), 'next_on', next_day));
  RETURN true;
END $$;

CREATE FUNCTION propose_disposal(number text, ref text, its_authority text, why text) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, ioms_audit, pg_catalog, pg_temp AS $$
BEGIN
  IF NOT ioms_private.may_dispose(ref) OR ioms_private.held_back(ref) OR number !~ '^DS-[0-9A-Z]{1,20}$'
     OR btrim(coalesce(its_authority, '')) = '' OR btrim(coalesce(why, '')) = ''
     OR ioms_private.names_person(its_authority || ' ' || why, ref)
     OR EXISTS (SELECT FROM disposal WHERE person_ref = ref AND status = 'PROPOSED') THEN
    PERFORM write_audit('ALTERATION', 'disposal', '', NULL, NULL, '{"denied": true}'::json);
    RETURN false;
  END IF;
  INSERT INTO disposal (disposal_ref, person_ref, proposed_by, proposed_at, authority, reason, status)
  VALUES (number, ref, audit_actor(), audit_at(), btrim(its_authority), btrim(why), 'PROPOSED');
  PERFORM write_audit('ALTERATION', 'disposal', number, ref, NULL,
                      json_build_object('status', 'PROPOSED', 'authority', btrim(its_authority)));
  RETURN true;
END $$;

-- By another supervisor refused, by who proposed it withdrawn.
CREATE FUNCTION refuse_disposal(number text) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, ioms_audit, pg_catalog, pg_temp AS $$
DECLARE
  job disposal%ROWTYPE;
  becomes text;
BEGIN
  SELECT * INTO job FROM disposal WHERE disposal_ref = number AND audit_role() = 'supervisor' FOR UPDATE;
  IF job.status IS DISTINCT FROM 'PROPOSED' OR NOT ioms_private.may_dispose(job.person_ref) THEN
    PERFORM write_audit('ALTERATION', 'disposal', number, NULL, NULL, '{"denied": true}'::json);
    RETURN false;
  END IF;
  becomes := CASE WHEN job.proposed_by = audit_actor() THEN 'WITHDRAWN' ELSE 'REFUSED' END;
  UPDATE disposal SET status = becomes, answered_by = audit_actor(), answered_at = audit_at() WHERE id = job.id;
  PERFORM write_audit('ALTERATION', 'disposal', number, job.person_ref, NULL, json_build_object('status', becomes));
  RETURN true;
END $$;

-- Where others' records mention somebody: the record, the field, and at which characters; in whose case or record.
CREATE FUNCTION ioms_private.mentions(pattern text)
RETURNS TABLE (in_case text, of_person text, place text) LANGUAGE plpgsql STABLE SECURITY DEFINER
SET search_path = public, pg_catalog, pg_temp AS $$
DECLARE
  each record;
BEGIN
  FOR each IN SELECT * FROM (VALUES @words@) AS w (name, words, key, owning_case, owning_person) LOOP
    RETURN QUERY EXECUTE format(
      'SELECT (%s)::text, (%s)::text, format(''%%s %%s, %%s (at %%s)'', %L, %s, %L, ('
      '  SELECT string_agg(regexp_instr(r.%I, $1, 1, n, 0, ''i'')::text, '' and '' ORDER BY n)'
      '  FROM generate_series(1, regexp_count(r.%I, $1, 1, ''i'')) AS n))'
      ' FROM %I AS r WHERE r.%I ~* $1 ORDER BY r.id',
      each.owning_case, each.owning_person, each.name, each.key, each.words, each.words, each.words, each.name, each.words)
    USING pattern;
  END LOOP;
END $$;

-- Everything by which others may have named somebody, as one pattern for whole words.
CREATE FUNCTION ioms_private.pattern_of(ref text) RETURNS text LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = public, pg_catalog, pg_temp AS $$
  SELECT '(?<![[:alnum:]])(' || string_agg(regexp_replace(term, '([^[:alnum:]])', '\\\1', 'g'), '|' ORDER BY term)
    || ')(?![[:alnum:]])'
  FROM (
    SELECT DISTINCT btrim(said) AS term
    FROM people AS p, unnest(
      ARRAY[p.family_name, p.known_as, p.person_ref, p.pnc_id, p.cro_number, p.crn, p.prison_number, p.niche_id, p.phone]
      || regexp_split_to_array(p.given_names, '\s+')
      || ARRAY(SELECT c.case_ref FROM cases AS c WHERE c.person_ref = ref)) AS said
    WHERE p.person_ref = ref AND length(btrim(said)) > 1
  ) AS terms
$$;

-- Entries are emptied by this alone, on record, and never twice under one disposal.
CREATE OR REPLACE FUNCTION refuse_audit_change() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  IF TG_OP = 'UPDATE' AND TG_TABLE_NAME = 'audit' AND current_user = 'ioms_audit_owner' THEN
    RETURN NULL;
  END IF;
  RAISE EXCEPTION 'the audit is append-only';
END $$;

CREATE FUNCTION kept_hash(e ioms_audit.audit) RETURNS text LANGUAGE sql STABLE
SET search_path = pg_catalog, public, ioms_audit, pg_temp AS $$
  SELECT hashed(
    hashed_field(e.id::text) || hashed_instant(e.at) || hashed_field(e.kind) || hashed_field(e.actor)
    || hashed_field(e.actor_role) || hashed_field(e.workstation) || hashed_field(e.request)
    || hashed_field(e.object_type) || hashed_field(e.object_ref) || hashed_field(e.subject_ref)
    || hashed_field(e.recipient) || hashed_field(e.reason_code) || hashed_field(e.reason_text)
    || hashed_field(hashed(e.before::text)) || hashed_field(hashed(e.after::text)) || hashed_field(e.mark::text))
$$;

-- What an entry says, its escapes resolved; nothing where it cannot be read, so that no entry stops a disposal.
CREATE FUNCTION read_detail(detail json) RETURNS jsonb LANGUAGE plpgsql IMMUTABLE
SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  RETURN detail::jsonb;
EXCEPTION WHEN data_exception OR program_limit_exceeded THEN
  RETURN NULL;
END $$;

-- Whether an entry says a text; only where there is an escape need it be read for that. Becomes part of the statement
-- that asks it, which it would not with a search_path of its own.
CREATE FUNCTION says(detail json, said text) RETURNS boolean LANGUAGE sql STABLE AS $$
  SELECT strpos(detail::text, to_json(said)::text) > 0
    OR (strpos(detail::text, '\') > 0 AND strpos(read_detail(detail)::text, to_json(said)::text) > 0)
$$;

-- What the audit keeps of a person: who did what when, under a neutral number. Of an entry about several people (a
-- search, an export) only the reference goes, and what was typed. Gives how many entries, and the requests behind them.
CREATE FUNCTION empty_entries(number text, ref text, refs text[]) RETURNS TABLE (emptied bigint, requests text[])
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, ioms_audit, pg_temp AS $$
DECLARE
  own integer[];
  others integer[];
  each text;
BEGIN
  SELECT coalesce(array_agg(a.id), '{}') INTO own FROM audit AS a
  WHERE a.subject_ref = ref
    OR (a.subject_ref IS NULL AND (a.object_ref = ANY(refs) OR split_part(a.object_ref, '/', 1) = ANY(refs)));
  SELECT coalesce(array_agg(a.id), '{}') INTO others FROM audit AS a
  WHERE a.id <> ALL(own) AND EXISTS (
    SELECT FROM unnest(refs) AS said WHERE says(a.after, said) OR says(a.before, said));
  requests := ARRAY(SELECT DISTINCT a.request FROM audit AS a WHERE a.id = ANY(own) AND a.request IS NOT NULL);
  UPDATE audit AS a
  SET object_ref = number || '/' || n.place, subject_ref = CASE WHEN a.subject_ref IS NULL THEN NULL ELSE number END,
      recipient = NULL, reason_text = NULL, before = NULL, after = NULL
  FROM (
    SELECT id, dense_rank() OVER (ORDER BY object_type, object_ref) AS place FROM audit WHERE id = ANY(own)
  ) AS n
  WHERE a.id = n.id;
  UPDATE audit AS a
  SET after = CASE WHEN jsonb_typeof(read_detail(a.after)) = 'object'
                   THEN jsonb_set(read_detail(a.after), '{query}', '""')::json ELSE '{"query": ""}' END
  WHERE a.id = ANY(others) AND a.object_type = 'search';
  FOREACH each IN ARRAY refs LOOP
    UPDATE audit AS a
    SET before = replace(coalesce(read_detail(a.before)::text, a.before::text), to_json(each)::text, to_json(number)::text)::json,
        after = replace(coalesce(read_detail(a.after)::text, a.after::text), to_json(each)::text, to_json(number)::text)::json
    WHERE a.id = ANY(others);
  END LOOP;
  INSERT INTO redaction (entry, disposal_ref, kept_hash)
  SELECT a.id, number, kept_hash(a) FROM audit AS a WHERE a.id = ANY(own || others);
  emptied := cardinality(own || others);
  PERFORM write_audit('ERASURE', 'redaction', hashed(hashed_field(number) || coalesce(string_agg(
    hashed_field(r.entry::text) || hashed_field(r.kept_hash), '' ORDER BY r.entry), '')), number, NULL, NULL)
  FROM redaction AS r WHERE r.disposal_ref = number;
  RETURN NEXT;
END $$;

CREATE FUNCTION ioms_private.raise_mentions(number text, pattern text, redact_by date) RETURNS text[]
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_catalog, pg_temp AS $$
DECLARE
  made text[] := '{}';
  each record;
  task text;
BEGIN
  FOR each IN
    SELECT coalesce(m.in_case, (SELECT min(c.case_ref) FROM cases AS c WHERE c.person_ref = m.of_person)) AS owner,
      string_agg(m.place, '; ' ORDER BY m.place) AS places
    FROM ioms_private.mentions(pattern) AS m GROUP BY 1 ORDER BY 1 NULLS LAST
  LOOP
    task := number || '-' || (cardinality(made) + 1);
    INSERT INTO actions (action_ref, case_ref, text, owner, due_on, revision, recorded_at, recorded_by)
    VALUES (task, each.owner, left('Redact what is said here of the person disposed of as ' || number || ': ' || each.places, 2000),
            'supervisor', redact_by, 1, audit_at(), audit_actor());
    made := made || task;
  END LOOP;
  RETURN made;
END $$;

CREATE FUNCTION dispose(number text, redact_by date) RETURNS json
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, ioms_audit, pg_catalog, pg_temp AS $$
DECLARE
  job disposal%ROWTYPE;
  theirs text[];
  pattern text;
  counts jsonb := '{}';
  rows bigint;
  each text;
  emptied record;
  tasks text[];
  told json;
BEGIN
  -- Of whoever is no supervisor nothing is locked.
  SELECT * INTO job FROM disposal WHERE disposal_ref = number AND audit_role() = 'supervisor' FOR UPDATE;
  -- Whoever adds to a case waits for this to end, and then finds no case.
  PERFORM FROM people WHERE person_ref = job.person_ref FOR UPDATE;
  PERFORM FROM cases WHERE person_ref = job.person_ref FOR UPDATE;
  IF job.status IS DISTINCT FROM 'PROPOSED' OR job.proposed_by = audit_actor() OR redact_by IS NULL
     OR NOT ioms_private.may_dispose(job.person_ref) OR ioms_private.held_back(job.person_ref)
     OR ioms_private.names_person(job.authority || ' ' || job.reason, job.person_ref) THEN
    PERFORM write_audit('ERASURE', 'disposal', number, NULL, NULL, '{"denied": true}'::json);
    RETURN NULL;
  END IF;
  PERFORM set_config('ioms.reason_code', 'RRD_REVIEW', true);
  PERFORM set_config('ioms.removal', number, true);
  theirs := ARRAY(SELECT case_ref FROM cases WHERE person_ref = job.person_ref);
  pattern := ioms_private.pattern_of(job.person_ref);
  DELETE FROM former_version WHERE person_ref = job.person_ref OR case_ref = ANY(theirs);
  GET DIAGNOSTICS rows = ROW_COUNT;
  counts := counts || jsonb_build_object('former_version', rows);
  FOREACH each IN ARRAY ARRAY[@of_case@, 'access_entry', 'case_standing'] LOOP
    EXECUTE format('DELETE FROM %I WHERE case_ref = ANY($1)', each) USING theirs;
    GET DIAGNOSTICS rows = ROW_COUNT;
    counts := counts || jsonb_build_object(each, rows);
  END LOOP;
  UPDATE disposal SET person_ref = NULL WHERE id = job.id;
  FOREACH each IN ARRAY ARRAY['search_key', 'retention_review', 'disposal', @of_person@, 'cases', 'people'] LOOP
    EXECUTE format('DELETE FROM %I WHERE person_ref = $1', each) USING job.person_ref;
    GET DIAGNOSTICS rows = ROW_COUNT;
    counts := counts || jsonb_build_object(each, rows);
  END LOOP;
  -- What the triggers kept of the rows just removed.
  DELETE FROM former_version WHERE person_ref = job.person_ref OR case_ref = ANY(theirs);
  DELETE FROM ioms_private.look WHERE person_ref = job.person_ref OR case_ref = ANY(theirs);
  tasks := ioms_private.raise_mentions(number, pattern, redact_by);
  SELECT * INTO emptied FROM empty_entries(number, job.person_ref, theirs || job.person_ref);
  UPDATE request SET answer = json_build_object('notice', 'Done. The record was disposed of since.', 'changed', '[]'::json,
                                                'ref', '', 'raised', '[]'::json)
  WHERE id = ANY(emptied.requests) AND answer IS NOT NULL AND id IS DISTINCT FROM audit_said('request');
  told := json_build_object(
    'certificate', number, 'disposed_on', (audit_at() AT TIME ZONE 'Europe/London')::date, 'authority', job.authority,
    'reason', job.reason, 'proposed_by', job.proposed_by, 'authorised_by', audit_actor(), 'removed', counts,
    'audit_entries_emptied', emptied.emptied, 'tasks_to_redact', to_json(tasks));
  UPDATE disposal SET status = 'DONE', answered_by = audit_actor(), answered_at = audit_at(), certificate = told
  WHERE id = job.id;
  PERFORM write_audit('ERASURE', 'disposal', number, number, NULL, told);
  RETURN told;
END $$;
