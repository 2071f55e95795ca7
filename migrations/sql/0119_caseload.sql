-- The caseload asks for its first screen in the order of an index: what was put in order before a reader's rights were asked of
-- every row. As known_people_by_name, these walk an index behind a place and give what the reader may know of.

CREATE TYPE ioms_private.case_due AS (due_on date, case_ref text COLLATE "C");
ALTER TYPE ioms_private.case_due OWNER TO ioms_owner;

-- The next contacts due by the results of a scope, by day and case. The plan has to know how many.
CREATE FUNCTION known_contacts_due(
  its_scope text, behind_on date DEFAULT NULL, behind_ref text DEFAULT NULL, at_most integer DEFAULT NULL,
  descending boolean DEFAULT false
) RETURNS SETOF ioms_private.case_due LANGUAGE plpgsql STABLE SECURITY DEFINER ROWS 400
SET search_path = public, pg_catalog, pg_temp SET client_min_messages = notice
SET plan_cache_mode = force_custom_plan AS $$
BEGIN
  IF ioms_private.reading_role() IS NULL THEN
    RETURN;
  END IF;
  IF descending THEN
    RETURN QUERY
    SELECT r.contact_due_on, r.case_ref FROM case_result AS r
    WHERE r.scope = its_scope AND r.contact_due_on IS NOT NULL
      AND (behind_on IS NULL OR (r.contact_due_on, r.case_ref) < (behind_on, behind_ref))
    ORDER BY r.contact_due_on DESC, r.case_ref DESC LIMIT at_most;
  ELSE
    RETURN QUERY
    SELECT r.contact_due_on, r.case_ref FROM case_result AS r
    WHERE r.scope = its_scope AND r.contact_due_on IS NOT NULL
      AND (behind_on IS NULL OR (r.contact_due_on, r.case_ref) > (behind_on, behind_ref))
    ORDER BY r.contact_due_on, r.case_ref LIMIT at_most;
  END IF;
END $$;

-- The actions that nobody has ended, by the day due and case.
CREATE FUNCTION known_actions_due(
  behind_on date DEFAULT NULL, behind_ref text DEFAULT NULL, at_most integer DEFAULT NULL, descending boolean DEFAULT false
) RETURNS SETOF ioms_private.case_due LANGUAGE plpgsql STABLE SECURITY DEFINER ROWS 400
SET search_path = public, pg_catalog, pg_temp SET client_min_messages = notice
SET plan_cache_mode = force_custom_plan AS $$
BEGIN
  IF ioms_private.reading_role() IS NULL THEN
    RETURN;
  END IF;
  IF descending THEN
    RETURN QUERY
    SELECT a.due_on, a.case_ref FROM actions AS a
    WHERE a.done_on IS NULL AND a.cancelled_on IS NULL
      AND (behind_on IS NULL OR (a.due_on, a.case_ref) < (behind_on, behind_ref))
    ORDER BY a.due_on DESC, a.case_ref DESC LIMIT at_most;
  ELSE
    RETURN QUERY
    SELECT a.due_on, a.case_ref FROM actions AS a
    WHERE a.done_on IS NULL AND a.cancelled_on IS NULL
      AND (behind_on IS NULL OR (a.due_on, a.case_ref) > (behind_on, behind_ref))
    ORDER BY a.due_on, a.case_ref LIMIT at_most;
  END IF;
END $$;

-- The cases on which somebody works by one of their names, written with or without rank and number. They are found by the last
-- word of the name, by the owner; then it is asked of these alone which the reader knows of.
CREATE FUNCTION known_cases_of_worker(names text[]) RETURNS SETOF text LANGUAGE plpgsql STABLE SECURITY DEFINER ROWS 50
SET search_path = public, pg_catalog, pg_temp SET client_min_messages = notice
SET plan_cache_mode = force_generic_plan AS $$
DECLARE
  written text[] := ARRAY(SELECT lower(trim(n)) FROM unnest(names) AS n);
  words text[] := ARRAY(SELECT substring(w from '[^ ]*$') FROM unnest(written) AS w);
BEGIN
  IF ioms_private.reading_role() IS NULL THEN
    RETURN;
  END IF;
  RETURN QUERY
  SELECT ioms_private.known_among(ARRAY(
    SELECT f.case_ref FROM (
      SELECT c.case_ref, c.police_om AS worker FROM cases AS c
      WHERE substring(lower(trim(c.police_om)) from '[^ ]*$') = ANY (words) AND c.police_om IS NOT NULL
      UNION ALL
      SELECT c.case_ref, c.probation_practitioner FROM cases AS c
      WHERE substring(lower(trim(c.probation_practitioner)) from '[^ ]*$') = ANY (words) AND c.probation_practitioner IS NOT NULL
      UNION ALL
      SELECT c.case_ref, c.navigator FROM cases AS c
      WHERE substring(lower(trim(c.navigator)) from '[^ ]*$') = ANY (words) AND c.navigator IS NOT NULL
    ) AS f
    WHERE EXISTS (
      SELECT FROM unnest(written) AS w
      WHERE lower(trim(f.worker)) = w OR right(lower(trim(f.worker)), length(w) + 1) = ' ' || w)));
END $$;
