-- After a statement on a record table: its entries in the audit, and the versions it ended. One function for each table:
-- @key@ is the text of a row's key, @subject@ the person it is about, @case@ and @person@ its own references, @missing@
-- the part of its key whose empty text means that it is missing.
CREATE FUNCTION keep_trace_@table@() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
-- Transition tables have no statistics, and one plan is kept for few rows and many.
SET enable_nestloop = off SET jit = off SET search_path = @path@ AS $$
DECLARE
  happened timestamptz := audit_at();
  who text := audit_actor();
  acting text := audit_role();
  place text := coalesce(audit_said('workstation'), '');
  asked text := audit_said('request');
  code text := audit_said('reason_code');
  why text := audit_said('reason_text');
  removal text := audit_said('removal');
  brief text := audit_said('bulk');
BEGIN
  IF TG_OP = 'INSERT' THEN
    INSERT INTO audit (
      at, kind, actor, actor_role, workstation, request, object_type, object_ref, subject_ref, reason_code,
      reason_text, after)
    SELECT
      happened, 'COLLECTION', who, acting, place, asked, '@table@', @key@, @subject@, code, why,
      -- Of an import only that the record came: it stands there itself.
      CASE WHEN brief IS NULL THEN record_plain(to_jsonb(r), '@missing@')::json END
    FROM new_rows AS r ORDER BY r.id;
    RETURN NULL;
  END IF;
  IF TG_OP = 'UPDATE' THEN
    INSERT INTO former_version (
      table_name, record_id, record_key, revision, case_ref, person_ref, current_from, current_to, changed_by, request,
      ended, data)
    SELECT
      '@table@', r.id, @key@, r.revision, @case@, @person@, r.recorded_at,
      CASE WHEN n.recorded_at > r.recorded_at THEN n.recorded_at ELSE happened END, who, asked, 'CHANGED',
      record_plain(to_jsonb(r), '@missing@')::json
    FROM old_rows AS r JOIN new_rows AS n ON n.id = r.id ORDER BY r.id;
    INSERT INTO audit (
      at, kind, actor, actor_role, workstation, request, object_type, object_ref, subject_ref, reason_code,
      reason_text, before, after)
    SELECT
      happened, 'ALTERATION', who, acting, place, asked, '@table@', c.key, c.subject, code, why,
      record_changes(c.old, c.new), record_changes(c.new, c.old)
    FROM (
      SELECT
        r.id, @key@ AS key, @subject@ AS subject, record_plain(to_jsonb(o), '@missing@') AS old,
        record_plain(to_jsonb(r), '@missing@') AS new
      FROM new_rows AS r JOIN old_rows AS o ON o.id = r.id OFFSET 0
    ) AS c
    ORDER BY c.id;
    RETURN NULL;
  END IF;
  INSERT INTO former_version (
    table_name, record_id, record_key, revision, case_ref, person_ref, current_from, current_to, changed_by, request,
    ended, reason, data)
  SELECT
    '@table@', r.id, @key@, r.revision, @case@, @person@, r.recorded_at, happened, who, asked, 'DELETED', removal,
    record_plain(to_jsonb(r), '@missing@')::json
  FROM old_rows AS r ORDER BY r.id;
  INSERT INTO audit (
    at, kind, actor, actor_role, workstation, request, object_type, object_ref, subject_ref, reason_code, reason_text,
    before)
  SELECT
    happened, 'ERASURE', who, acting, place, asked, '@table@', @key@, @subject@, code, coalesce(removal, why),
    record_plain(to_jsonb(r), '@missing@')::json
  FROM old_rows AS r ORDER BY r.id;
  RETURN NULL;
END $$;

