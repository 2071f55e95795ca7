-- Owns the functions through which people read what they have opened. Nobody signs in as this role, and nobody is in it.

DO $$
BEGIN
  CREATE ROLE ioms_opener NOLOGIN;
EXCEPTION WHEN duplicate_object OR unique_violation THEN
  NULL;  -- another database on this server has it already
END $$;
GRANT USAGE, CREATE ON SCHEMA public TO ioms_opener;

-- Who reads. EXPLAIN would show how many pages a function read on its way, and so what it met and left out; it is refused
-- whatever is asked, because an empty answer could be taken for one.
CREATE FUNCTION ioms_private.reading_role() RETURNS text LANGUAGE plpgsql STABLE SECURITY DEFINER
SET search_path = public, pg_catalog, pg_temp SET standard_conforming_strings = on AS $$
BEGIN
  IF strpos(lower(current_query() COLLATE "C"), 'explain') > 0 AND current_query() ~* '\mexplain\M' COLLATE "C" THEN
    RAISE EXCEPTION 'permission denied: records are not read under EXPLAIN' USING ERRCODE = '42501';
  END IF;
  RETURN my_role();
END $$;
ALTER FUNCTION ioms_private.reading_role() OWNER TO ioms_owner;
REVOKE ALL ON FUNCTION ioms_private.reading_role() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION ioms_private.reading_role() TO ioms_opener, ioms_reader;
GRANT USAGE ON SCHEMA ioms_private TO ioms_opener, ioms_reader;

-- What the policies of content ask.
GRANT EXECUTE ON FUNCTION
  my_role(), my_newcomers(), opened_cases(), opened_people(), book_open(), reaches(text), my_access(text),
  may_be_named(text), ioms_private.hidden_cases(), ioms_private.hidden_people()
TO ioms_opener;
GRANT SELECT (case_ref, person_ref) ON cases TO ioms_opener;
ALTER POLICY known ON cases TO ioms_people, ioms_reader, ioms_opener;

-- Not only records: what documents hold, and what records were. A message below a notice would tell a function's plan.
ALTER POLICY associates_named ON former_version
  TO ioms_officer, ioms_navigator, ioms_supervisor, ioms_coordinator, ioms_opener;

CREATE FUNCTION read_document_key(of_case text, ref text) RETURNS bytea LANGUAGE plpgsql STABLE SECURITY DEFINER
SET search_path = public, pg_catalog, pg_temp SET client_min_messages = notice
SET plan_cache_mode = force_generic_plan AS $$
BEGIN
  IF ioms_private.reading_role() IS NULL THEN
    RETURN NULL;
  END IF;
  RETURN (SELECT k.secret FROM document_key AS k WHERE k.case_ref = of_case AND k.document_ref = ref);
END $$;

CREATE FUNCTION read_document_content(of_case text, ref text) RETURNS SETOF document_content
LANGUAGE plpgsql STABLE SECURITY DEFINER ROWS 20
SET search_path = public, pg_catalog, pg_temp SET client_min_messages = notice
SET plan_cache_mode = force_generic_plan AS $$
BEGIN
  IF ioms_private.reading_role() IS NULL THEN
    RETURN;
  END IF;
  RETURN QUERY SELECT c.* FROM document_content AS c WHERE c.case_ref = of_case AND c.document_ref = ref;
END $$;

CREATE FUNCTION document_sizes(of_case text) RETURNS TABLE (document_ref text, chunks bigint, bytes bigint)
LANGUAGE plpgsql STABLE SECURITY DEFINER ROWS 20
SET search_path = public, pg_catalog, pg_temp SET client_min_messages = notice
SET plan_cache_mode = force_generic_plan AS $$
BEGIN
  IF ioms_private.reading_role() IS NULL THEN
    RETURN;
  END IF;
  RETURN QUERY
  SELECT c.document_ref, count(*), sum(length(c.body))::bigint FROM document_content AS c
  WHERE c.case_ref = of_case GROUP BY c.document_ref;
END $$;

-- By owners (cases or people), by the keys of one table, or all that is open.
CREATE FUNCTION read_former_version(
  owners text[] DEFAULT NULL, keys text[] DEFAULT NULL, of_table text DEFAULT NULL
) RETURNS SETOF former_version LANGUAGE plpgsql STABLE SECURITY DEFINER ROWS 20
SET search_path = public, pg_catalog, pg_temp SET client_min_messages = notice
SET plan_cache_mode = force_generic_plan AS $$
BEGIN
  IF (ioms_private.reading_role() IN ('officer', 'supervisor')) IS NOT TRUE THEN
    RETURN;
  END IF;
  IF keys IS NOT NULL THEN
    RETURN QUERY SELECT f.* FROM former_version AS f WHERE f.table_name = of_table AND f.record_key = ANY (keys);
  ELSIF owners IS NOT NULL THEN
    RETURN QUERY
    SELECT f.* FROM former_version AS f
    WHERE (f.case_ref = ANY (owners) OR f.person_ref = ANY (owners)) AND (of_table IS NULL OR f.table_name = of_table);
  ELSIF book_open() THEN
    RETURN QUERY SELECT f.* FROM former_version AS f WHERE of_table IS NULL OR f.table_name = of_table;
  ELSE
    RETURN QUERY
    SELECT f.* FROM former_version AS f
    WHERE (f.case_ref = ANY (ARRAY(SELECT opened_cases())) OR f.person_ref = ANY (ARRAY(SELECT opened_people())))
      AND (of_table IS NULL OR f.table_name = of_table);
  END IF;
END $$;

DO $$
DECLARE
  its text;
BEGIN
  FOREACH its IN ARRAY ARRAY[
    'read_document_key(text, text)', 'read_document_content(text, text)', 'document_sizes(text)',
    'read_former_version(text[], text[], text)'
  ] LOOP
    EXECUTE format('ALTER FUNCTION %s OWNER TO ioms_opener', its);
    EXECUTE format('REVOKE ALL ON FUNCTION %s FROM PUBLIC', its);
    EXECUTE format(
      'GRANT EXECUTE ON FUNCTION %s TO ioms_officer, ioms_navigator, ioms_supervisor, ioms_coordinator', its);
  END LOOP;
END $$;

-- Notes are read with their contacts.
DROP VIEW readable_notes;
