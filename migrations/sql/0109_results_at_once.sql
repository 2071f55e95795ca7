-- Which of some cases somebody knows of, as ioms_private.knows says of one.
CREATE FUNCTION ioms_private.known_among(refs text[]) RETURNS SETOF text LANGUAGE plpgsql STABLE SECURITY DEFINER ROWS 100
SET search_path = public, pg_catalog, pg_temp SET client_min_messages = notice
SET plan_cache_mode = force_generic_plan AS $$
DECLARE
  named jsonb := ioms_private.named_cases();
  reach text := ioms_private.my_reach();
BEGIN
  RETURN QUERY
  SELECT c.case_ref FROM cases AS c
  WHERE c.case_ref = ANY (refs) AND CASE coalesce(named ->> c.case_ref,
      CASE WHEN EXISTS (SELECT FROM ioms_private.kept_cases AS k WHERE k.case_ref = c.case_ref) THEN 'HIDDEN' END)
    WHEN 'KNOWN' THEN true
    WHEN 'HIDDEN' THEN false
    ELSE CASE reach
      WHEN 'ALL' THEN true
      WHEN 'OFFERED' THEN c.trial_arm IS DISTINCT FROM 'CONTROL'
      WHEN 'PHOENIX' THEN c.trial_arm IS DISTINCT FROM 'CONTROL' AND c.programme = 'PHOENIX'
      ELSE false
    END
  END;
END $$;
ALTER FUNCTION ioms_private.known_among(text[]) OWNER TO ioms_owner;
REVOKE ALL ON FUNCTION ioms_private.known_among(text[]) FROM PUBLIC;

-- As 0078 has it, and for all cases in one statement: case by case, each was asked for by its reference and written by eight.
-- What a result says is read once, and of duties and alerts only those are written that are new or otherwise.
CREATE OR REPLACE FUNCTION keep_case_results(its_scope text, given json) RETURNS integer LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_catalog, pg_temp SET TimeZone = 'Europe/London' SET DateStyle = 'ISO, DMY'
SET client_min_messages = notice SET plan_cache_mode = force_generic_plan AS $$
DECLARE
  mine text := my_role();
  today date := (clock_timestamp() AT TIME ZONE 'Europe/London')::date;
  number_kept integer;
BEGIN
  PERFORM ioms_private.refuse_explain();
  IF its_scope IS DISTINCT FROM (
    CASE WHEN mine IN ('officer', 'supervisor') THEN 'ALL'
         WHEN mine IN ('navigator', 'coordinator') THEN 'WITHOUT_INTELLIGENCE'
         WHEN mine IS NULL AND audit_trusted() THEN its_scope END
  ) THEN
    RAISE EXCEPTION 'permission denied: what the rules find is kept by whoever may read all of it'
      USING ERRCODE = '42501';
  END IF;
  WITH said AS MATERIALIZED (
    -- A number at random, because a result that is thrown away must not be taken for one that follows it.
    SELECT r.*, 1 + (random() * 2147483646)::integer AS next_version
    FROM json_to_recordset(given) AS r (
      case_ref text, version integer, as_of date, next_change_on date, policy_key text, marks json, duties json,
      alerts json, figures text, rag text, engagement integer, step text, last_contact_on date, contact_due_on date,
      in_custody boolean)
    WHERE (mine IS NULL OR (r.as_of > today) IS NOT TRUE)
      AND r.case_ref NOT IN (SELECT my_access('GLASS'))
      AND r.case_ref IN (SELECT ioms_private.known_among(ARRAY(
        SELECT asked.case_ref FROM json_to_recordset(given) AS asked (case_ref text))))
    ORDER BY r.case_ref
  ), added AS (
    INSERT INTO case_result (case_ref, scope, version, as_of, next_change_on, policy_key, computed_by, computed_at,
                             figures, rag, engagement, step, last_contact_on, contact_due_on, in_custody)
    SELECT s.case_ref, its_scope, s.next_version, s.as_of, s.next_change_on, s.policy_key, session_user,
           clock_timestamp(), s.figures, s.rag, s.engagement, s.step, s.last_contact_on, s.contact_due_on, s.in_custody
    FROM said AS s WHERE s.version = 0
    ON CONFLICT DO NOTHING RETURNING case_ref, version
  ), standing AS (
    -- Two who keep results of the same cases at once take them in one order.
    SELECT s.* FROM said AS s JOIN case_result AS c ON c.case_ref = s.case_ref AND c.scope = its_scope AND c.version = s.version
    WHERE s.version <> 0 ORDER BY s.case_ref FOR UPDATE OF c
  ), changed AS (
    UPDATE case_result AS c
    SET version = s.next_version, as_of = s.as_of, next_change_on = s.next_change_on, policy_key = s.policy_key,
        computed_by = session_user, computed_at = clock_timestamp(), figures = s.figures, rag = s.rag,
        engagement = s.engagement, step = s.step, last_contact_on = s.last_contact_on,
        contact_due_on = s.contact_due_on, in_custody = s.in_custody
    FROM standing AS s
    WHERE c.case_ref = s.case_ref AND c.scope = its_scope AND c.version = s.version RETURNING c.case_ref, c.version
  ), kept AS MATERIALIZED (
    SELECT s.case_ref, s.marks, s.duties, s.alerts
    FROM (SELECT * FROM added UNION ALL SELECT * FROM changed) AS k
    JOIN said AS s ON s.case_ref = k.case_ref AND s.next_version = k.version
  ), duties AS MATERIALIZED (
    SELECT k.case_ref, d.* FROM kept AS k, json_to_recordset(k.duties) AS d (
      place integer, duty text, ref text, due_on date, words text, counted_from date)
  ), former_duties AS (
    DELETE FROM case_duty AS d USING kept AS k WHERE d.case_ref = k.case_ref AND d.scope = its_scope
      AND (d.case_ref, d.place) NOT IN (SELECT n.case_ref, n.place FROM duties AS n)
  ), other_duties AS (
    INSERT INTO case_duty AS d (case_ref, scope, place, duty, ref, due_on, words, counted_from)
    SELECT n.case_ref, its_scope, n.place, n.duty, n.ref, n.due_on, n.words, n.counted_from FROM duties AS n
    ON CONFLICT (case_ref, scope, place) DO UPDATE
    SET duty = excluded.duty, ref = excluded.ref, due_on = excluded.due_on, words = excluded.words,
        counted_from = excluded.counted_from
    WHERE (d.duty, d.ref, d.due_on, d.words, d.counted_from)
      IS DISTINCT FROM (excluded.duty, excluded.ref, excluded.due_on, excluded.words, excluded.counted_from)
  ), alerts AS MATERIALIZED (
    SELECT k.case_ref, a.*
    FROM kept AS k, json_to_recordset(k.alerts) AS a (place integer, status text, said text)
  ), former_alerts AS (
    DELETE FROM case_alert AS a USING kept AS k WHERE a.case_ref = k.case_ref AND a.scope = its_scope
      AND (a.case_ref, a.place) NOT IN (SELECT n.case_ref, n.place FROM alerts AS n)
  ), other_alerts AS (
    INSERT INTO case_alert AS a (case_ref, scope, place, status, said)
    SELECT n.case_ref, its_scope, n.place, n.status, n.said FROM alerts AS n
    ON CONFLICT (case_ref, scope, place) DO UPDATE SET status = excluded.status, said = excluded.said
    WHERE (a.status, a.said) IS DISTINCT FROM (excluded.status, excluded.said)
  ), seen AS (
    -- Who keeps a result of the other scope at the same time has these marks in hand: nobody waits for them, because two
    -- who wait for each other would both lose their work. One that stays has the case looked at once more.
    SELECT m.case_ref, m.number
    FROM kept AS k CROSS JOIN json_array_elements_text(k.marks) AS n
    JOIN case_mark AS m ON m.case_ref = k.case_ref AND m.scope = its_scope AND m.number = n::bigint
    FOR UPDATE OF m SKIP LOCKED
  ), taken_in AS (
    DELETE FROM case_mark AS m USING seen AS s
    WHERE m.case_ref = s.case_ref AND m.scope = its_scope AND m.number = s.number
  ), many AS (
    -- Where nobody reads the other scope, its marks become one. It is a new one, which nobody has seen who may be
    -- evaluating the case now.
    SELECT k.case_ref FROM kept AS k
    WHERE (SELECT count(*) FROM case_mark AS m WHERE m.case_ref = k.case_ref AND m.scope <> its_scope) > 8
  ), of_nobody AS (
    SELECT m.case_ref, m.scope, m.number FROM many AS k JOIN case_mark AS m ON m.case_ref = k.case_ref AND m.scope <> its_scope
    FOR UPDATE OF m SKIP LOCKED
  ), gone AS (
    DELETE FROM case_mark AS m USING of_nobody AS o
    WHERE m.case_ref = o.case_ref AND m.scope = o.scope AND m.number = o.number RETURNING m.case_ref, m.scope
  ), one_instead AS (
    INSERT INTO case_mark (case_ref, scope, number)
    SELECT g.case_ref, g.scope, nextval('case_mark_number') FROM (SELECT DISTINCT case_ref, scope FROM gone) AS g
  )
  SELECT count(*) INTO number_kept FROM kept;
  RETURN number_kept;
END $$;
