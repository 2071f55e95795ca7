-- The function of 0044. A record that names somebody whom the user may not know of is not told of, whatever their role.
CREATE OR REPLACE FUNCTION known_strike_outs() RETURNS TABLE (
  case_ref text, table_name text, record_key text, data json, began timestamptz, ended timestamptz, by_whom text,
  reason text
) LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_catalog, pg_temp AS $$
DECLARE
  trusted boolean := my_role() IS NULL AND audit_trusted();
  everything boolean := coalesce(reaches('ALL'), false);
  readable text[] := ARRAY(
    SELECT p.tablename FROM pg_policies AS p
    WHERE p.schemaname = 'public' AND p.policyname = 'opened' AND ('ioms_' || my_role()) = ANY (p.roles));
  -- Of most records the table is all that there is to ask for who knows of everything. Not of those that name people.
  naming text[] := ARRAY(
    SELECT p.tablename FROM pg_policies AS p
    WHERE p.schemaname = 'public' AND p.policyname = 'opened' AND p.qual LIKE '%may_be_named(%');
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
      AND ((everything AND f.table_name <> ALL (naming)) OR ioms_private.may_read(f.table_name, f.data::jsonb))));
END $$;
