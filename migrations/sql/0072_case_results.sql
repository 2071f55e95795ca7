-- What the rules found on each case, kept beside the records. Its rows are marked by the statement that changes a fact,
-- whoever sends it; they are read like the facts and written by keep_case_results alone, which says who worked them out.

CREATE SEQUENCE case_mark_number OWNED BY case_mark.number;

-- A result counts only where nothing was kept since it was read, and where its case is one that the user may know of and
-- write about. A role gives what it may read itself: nobody without intelligence keeps a result that has any.
CREATE FUNCTION keep_case_results(its_scope text, given json) RETURNS integer LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_catalog, pg_temp AS $$
DECLARE
  each record;
  kept integer := 0;
  token integer;  -- at random, because a result that is thrown away must not be taken for one that follows it
  today date := (clock_timestamp() AT TIME ZONE 'Europe/London')::date;
BEGIN
  IF its_scope IS DISTINCT FROM (
    CASE WHEN my_role() IN ('officer', 'supervisor') THEN 'ALL'
         WHEN my_role() IN ('navigator', 'coordinator') THEN 'WITHOUT_INTELLIGENCE'
         WHEN my_role() IS NULL AND audit_trusted() THEN its_scope END
  ) THEN
    RAISE EXCEPTION 'permission denied: what the rules find is kept by whoever may read all of it'
      USING ERRCODE = '42501';
  END IF;
  FOR each IN
    SELECT * FROM json_to_recordset(given) AS r (
      case_ref text, version integer, as_of date, next_change_on date, policy_key text, marks json, duties json)
    ORDER BY r.case_ref
  LOOP
    CONTINUE WHEN my_role() IS NOT NULL AND (
      each.as_of > today OR each.case_ref IN (SELECT my_access('GLASS')) OR NOT ioms_private.knows(each.case_ref));
    token := 1 + (random() * 2147483646)::integer;
    IF each.version = 0 THEN
      INSERT INTO case_result (case_ref, scope, version, as_of, next_change_on, policy_key, computed_by, computed_at)
      VALUES (each.case_ref, its_scope, token, each.as_of, each.next_change_on, each.policy_key, session_user,
              clock_timestamp())
      ON CONFLICT DO NOTHING;
    ELSE
      UPDATE case_result
      SET version = token, as_of = each.as_of, next_change_on = each.next_change_on,
          policy_key = each.policy_key, computed_by = session_user, computed_at = clock_timestamp()
      WHERE case_ref = each.case_ref AND scope = its_scope AND version = each.version;
    END IF;
    CONTINUE WHEN NOT FOUND;
    DELETE FROM case_duty WHERE case_ref = each.case_ref AND scope = its_scope;
    INSERT INTO case_duty (case_ref, scope, place, duty, ref, due_on, words, counted_from)
    SELECT each.case_ref, its_scope, d.place, d.duty, d.ref, d.due_on, d.words, d.counted_from
    FROM json_to_recordset(each.duties) AS d (
      place integer, duty text, ref text, due_on date, words text, counted_from date);
    DELETE FROM case_mark
    WHERE case_ref = each.case_ref AND scope = its_scope
      AND number IN (SELECT m::bigint FROM json_array_elements_text(each.marks) AS m);
    -- Where nobody reads the other scope, its marks become one. It is a new one, which nobody has seen who may be
    -- evaluating the case now.
    DELETE FROM case_mark WHERE case_ref = each.case_ref AND scope <> its_scope
      AND (SELECT count(*) FROM case_mark AS m WHERE m.case_ref = each.case_ref AND m.scope <> its_scope) > 8;
    IF FOUND THEN
      INSERT INTO case_mark (case_ref, scope, number)
      SELECT each.case_ref, s.scope, nextval('case_mark_number')
      FROM (VALUES ('ALL'), ('WITHOUT_INTELLIGENCE')) AS s (scope) WHERE s.scope <> its_scope;
    END IF;
    kept := kept + 1;
  END LOOP;
  RETURN kept;
END $$;
