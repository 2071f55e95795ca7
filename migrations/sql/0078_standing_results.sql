-- As 0072 has it, with the alerts of a case, what it adds to the measures and what the caseload shows of it; and two who
-- keep results of the two scopes at once do not wait for each other.

CREATE OR REPLACE FUNCTION keep_case_results(its_scope text, given json) RETURNS integer LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_catalog, pg_temp SET TimeZone = 'Europe/London' SET DateStyle = 'ISO, DMY' AS $$
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
      case_ref text, version integer, as_of date, next_change_on date, policy_key text, marks json, duties json,
      alerts json, figures text, rag text, engagement integer, step text, last_contact_on date, contact_due_on date,
      in_custody boolean)
    ORDER BY r.case_ref
  LOOP
    CONTINUE WHEN my_role() IS NOT NULL AND (
      each.as_of > today OR each.case_ref IN (SELECT my_access('GLASS')) OR NOT ioms_private.knows(each.case_ref));
    token := 1 + (random() * 2147483646)::integer;
    IF each.version = 0 THEN
      INSERT INTO case_result (case_ref, scope, version, as_of, next_change_on, policy_key, computed_by, computed_at,
                               figures, rag, engagement, step, last_contact_on, contact_due_on, in_custody)
      VALUES (each.case_ref, its_scope, token, each.as_of, each.next_change_on, each.policy_key, session_user,
              clock_timestamp(), each.figures, each.rag, each.engagement, each.step, each.last_contact_on,
              each.contact_due_on, each.in_custody)
      ON CONFLICT DO NOTHING;
    ELSE
      UPDATE case_result
      SET version = token, as_of = each.as_of, next_change_on = each.next_change_on,
          policy_key = each.policy_key, computed_by = session_user, computed_at = clock_timestamp(),
          figures = each.figures, rag = each.rag, engagement = each.engagement, step = each.step,
          last_contact_on = each.last_contact_on, contact_due_on = each.contact_due_on, in_custody = each.in_custody
      WHERE case_ref = each.case_ref AND scope = its_scope AND version = each.version;
    END IF;
    CONTINUE WHEN NOT FOUND;
    DELETE FROM case_duty WHERE case_ref = each.case_ref AND scope = its_scope;
    DELETE FROM case_alert WHERE case_ref = each.case_ref AND scope = its_scope;
    INSERT INTO case_duty (case_ref, scope, place, duty, ref, due_on, words, counted_from)
    SELECT each.case_ref, its_scope, d.place, d.duty, d.ref, d.due_on, d.words, d.counted_from
    FROM json_to_recordset(each.duties) AS d (
      place integer, duty text, ref text, due_on date, words text, counted_from date);
    INSERT INTO case_alert (case_ref, scope, place, status, said)
    SELECT each.case_ref, its_scope, a.place, a.status, a.said
    FROM json_to_recordset(each.alerts) AS a (place integer, status text, said text);
    -- Who keeps a result of the other scope at the same time has these marks in hand: nobody waits for them, because two
    -- who wait for each other would both lose their work. One that stays has the case looked at once more.
    WITH taken AS (
      SELECT m.number FROM case_mark AS m
      WHERE m.case_ref = each.case_ref AND m.scope = its_scope
        AND m.number IN (SELECT n::bigint FROM json_array_elements_text(each.marks) AS n)
      FOR UPDATE SKIP LOCKED
    )
    DELETE FROM case_mark AS m USING taken
    WHERE m.case_ref = each.case_ref AND m.scope = its_scope AND m.number = taken.number;
    -- Where nobody reads the other scope, its marks become one. It is a new one, which nobody has seen who may be
    -- evaluating the case now.
    IF (SELECT count(*) FROM case_mark AS m WHERE m.case_ref = each.case_ref AND m.scope <> its_scope) > 8 THEN
      WITH taken AS (
        SELECT m.scope, m.number FROM case_mark AS m
        WHERE m.case_ref = each.case_ref AND m.scope <> its_scope FOR UPDATE SKIP LOCKED
      ), gone AS (
        DELETE FROM case_mark AS m USING taken
        WHERE m.case_ref = each.case_ref AND m.scope = taken.scope AND m.number = taken.number RETURNING m.scope
      )
      INSERT INTO case_mark (case_ref, scope, number)
      SELECT each.case_ref, g.scope, nextval('case_mark_number') FROM (SELECT DISTINCT scope FROM gone) AS g;
    END IF;
    kept := kept + 1;
  END LOOP;
  RETURN kept;
END $$;
