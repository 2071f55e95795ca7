-- The documents that somebody said are the person's, of the other cases of the person of a case that this user has open.
-- Of a case of which they may not know they learn nothing, not even its reference.
CREATE FUNCTION person_documents(of_case text) RETURNS SETOF documents LANGUAGE plpgsql STABLE SECURITY DEFINER
SET search_path = public, pg_catalog, pg_temp AS $$
DECLARE
  each documents%ROWTYPE;
BEGIN
  IF coalesce(my_role() NOT IN ('officer', 'navigator', 'supervisor', 'coordinator'), true)
     OR of_case IS NULL OR of_case NOT IN (SELECT opened_cases()) THEN
    RETURN;
  END IF;
  FOR each IN
    SELECT d.* FROM cases AS mine
    JOIN cases AS other ON other.person_ref = mine.person_ref AND other.case_ref <> mine.case_ref
    JOIN documents AS d ON d.case_ref = other.case_ref
    WHERE mine.case_ref = of_case AND d.belongs_to = 'PERSON'
      AND (d.handling <> 'POLICE' OR reaches('ALL'))
      AND NOT ioms_private.is_kept_back(d.case_ref)
    ORDER BY d.dated_on, d.document_ref
  LOOP
    IF NOT ioms_private.knows(each.case_ref) THEN
      each.case_ref := '';
    END IF;
    RETURN NEXT each;
  END LOOP;
END $$;

-- What one of them holds: its key as number 0, then its chunks.
CREATE FUNCTION person_document_parts(of_case text, ref text) RETURNS TABLE (part integer, content bytea)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_catalog, pg_temp AS $$
BEGIN
  IF ref IN (SELECT d.document_ref FROM person_documents(of_case) AS d) THEN
    RETURN QUERY
    SELECT 0, k.secret FROM document_key AS k WHERE k.document_ref = ref
    UNION ALL
    SELECT c.number, c.body FROM document_content AS c WHERE c.document_ref = ref
    ORDER BY 1;
  END IF;
END $$;

-- Documents of a person that were entered in error, at each other case from which a copy of them may have left. What they
-- said, whoever may read it finds at their own case.
CREATE FUNCTION known_strike_outs_elsewhere() RETURNS TABLE (
  case_ref text, table_name text, record_key text, began timestamptz, ended timestamptz, by_whom text
) LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_catalog, pg_temp AS $$
DECLARE
  everything boolean := coalesce(reaches('ALL'), false);
BEGIN
  RETURN QUERY
  SELECT
    c.case_ref::text, f.table_name, f.record_key,
    (SELECT min(e.current_from) FROM former_version AS e
     WHERE e.table_name = f.table_name AND e.record_id = f.record_id AND e.case_ref = f.case_ref),
    f.current_to, f.struck_out_by
  FROM former_version AS f
  JOIN cases AS own ON own.case_ref = f.case_ref
  JOIN cases AS c ON c.person_ref = own.person_ref AND c.case_ref <> own.case_ref
  WHERE f.table_name = 'documents' AND f.struck_out_by IS NOT NULL AND f.current_from < f.current_to
    AND (everything OR f.data ->> 'handling' <> 'POLICE')
    AND ioms_private.knows(c.case_ref) AND NOT ioms_private.is_kept_back(own.case_ref)
    AND EXISTS (  -- at any time
      SELECT FROM former_version AS e
      WHERE e.table_name = f.table_name AND e.record_id = f.record_id AND e.case_ref = f.case_ref
        AND e.data ->> 'belongs_to' = 'PERSON');
END $$;
