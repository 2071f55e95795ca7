-- Copies that went out with an entry that was found to be in error: what a user is told to recall of them.

-- What was entered in error on the cases that this user may know of. Who does not know of everything is told that there was
-- something and when, not what it said or why.
CREATE FUNCTION known_strike_outs() RETURNS TABLE (
  case_ref text, table_name text, record_key text, data json, began timestamptz, ended timestamptz, by_whom text,
  reason text
) LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_catalog, pg_temp AS $$
DECLARE
  everything boolean := coalesce(reaches('ALL'), false);
BEGIN
  RETURN QUERY
  SELECT
    c.case_ref::text, f.table_name, f.record_key, CASE WHEN everything THEN f.data END,
    (SELECT min(e.current_from) FROM former_version AS e
     WHERE e.table_name = f.table_name AND e.record_id = f.record_id
       AND (e.case_ref = f.case_ref OR e.person_ref = f.person_ref)),
    f.current_to, f.struck_out_by, CASE WHEN everything THEN f.reason END
  FROM former_version AS f
  JOIN cases AS c ON c.case_ref = f.case_ref OR (f.case_ref IS NULL AND c.person_ref = f.person_ref)
  WHERE f.struck_out_by IS NOT NULL AND f.current_from < f.current_to
    AND (ioms_private.knows(c.case_ref) OR (my_role() IS NULL AND audit_trusted()))
  ORDER BY f.id;
END $$;

-- The copies of some cases that went out, and what was done about them: of a supervisor's cases all of them, of others'
-- those that they printed themselves.
CREATE FUNCTION copies_of(refs text[], everybodys boolean) RETURNS TABLE (
  id integer, at timestamptz, actor text, recipient text, case_ref text, detail json, reason_text text
) LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, ioms_audit, pg_temp AS $$
  SELECT a.id, a.at, a.actor, a.recipient, a.object_ref, a.after, a.reason_text
  FROM audit AS a
  WHERE a.object_type = 'cases' AND a.object_ref = ANY (refs) AND a.kind = 'DISCLOSURE'
    AND (everybodys OR a.actor = session_user OR a.after ->> 'recall_of' IS NOT NULL)
  ORDER BY a.id
$$;

CREATE FUNCTION known_copies(refs text[]) RETURNS TABLE (
  id integer, at timestamptz, actor text, recipient text, case_ref text, detail json, reason_text text, is_supervisors boolean
) LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_catalog, pg_temp AS $$
DECLARE
  trusted boolean := my_role() IS NULL AND audit_trusted();
BEGIN
  RETURN QUERY
  SELECT c.*, EXISTS (SELECT FROM users AS u WHERE u.name = c.actor AND u.role = 'supervisor')
  FROM copies_of(
    ARRAY(SELECT ref FROM unnest(refs) AS ref WHERE trusted OR ioms_private.knows(ref)),
    coalesce(trusted OR my_role() = 'supervisor', false)) AS c;
END $$;
