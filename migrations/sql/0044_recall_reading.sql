-- A user is told of what was entered in error only as far as its record would be theirs to read.

-- Whether this user would read a record that left its table, once they opened its case: the policy by which they read the
-- table says so, as if they had the whole book open.
CREATE FUNCTION ioms_private.may_read(its_table text, stored jsonb) RETURNS boolean
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_catalog, pg_temp AS $$
DECLARE
  said text;
  passed boolean;
BEGIN
  SELECT replace(p.qual, 'book_open()', 'true') INTO said FROM pg_policies AS p
  WHERE p.schemaname = 'public' AND p.tablename = its_table AND p.policyname = 'opened'
    AND ('ioms_' || my_role()) = ANY (p.roles);
  IF said IS NULL THEN
    RETURN false;
  END IF;
  EXECUTE format('SELECT %s FROM jsonb_populate_record(NULL::%I, $1) AS %I', said, its_table, its_table)
    INTO passed USING stored;
  RETURN coalesce(passed, false);
END $$;

-- The function of 0038, which told of every table. What was entered in error on the cases that this user may know of, as far
-- as its records are for them to read. Who does not know of everything is told that there was something and when, not what it
-- said or why. What was moved is somebody else's: a supervisor alone is told what it said and where it went.
CREATE OR REPLACE FUNCTION known_strike_outs() RETURNS TABLE (
  case_ref text, table_name text, record_key text, data json, began timestamptz, ended timestamptz, by_whom text,
  reason text
) LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_catalog, pg_temp AS $$
DECLARE
  trusted boolean := my_role() IS NULL AND audit_trusted();
  everything boolean := coalesce(reaches('ALL'), false);
  -- No intelligence is kept from who knows of everything, so that the table is all that there is to ask of a record.
  readable text[] := ARRAY(
    SELECT p.tablename FROM pg_policies AS p
    WHERE p.schemaname = 'public' AND p.policyname = 'opened' AND ('ioms_' || my_role()) = ANY (p.roles));
BEGIN
  RETURN QUERY
  SELECT
    c.case_ref::text, f.table_name, f.record_key, CASE WHEN everything AND told.fully THEN f.data END,
    (SELECT min(e.current_from) FROM former_version AS e
     WHERE e.table_name = f.table_name AND e.record_id = f.record_id
       AND (e.case_ref = f.case_ref OR e.person_ref = f.person_ref)),
    f.current_to, f.struck_out_by,
    CASE WHEN everything THEN CASE WHEN told.fully THEN f.reason ELSE 'Moved to case ' END END
  FROM former_version AS f
  JOIN cases AS c ON c.case_ref = f.case_ref OR (f.case_ref IS NULL AND c.person_ref = f.person_ref)
  CROSS JOIN LATERAL (
    SELECT trusted OR my_role() = 'supervisor' OR NOT starts_with(coalesce(f.reason, ''), 'Moved to case ') AS fully) AS told
  WHERE f.struck_out_by IS NOT NULL AND f.current_from < f.current_to
    AND (trusted OR (
      f.table_name = ANY (readable) AND ioms_private.knows(c.case_ref)
      AND (everything OR ioms_private.may_read(f.table_name, f.data::jsonb))));
END $$;
