-- A step of a case is taken back by who took it, within a day and while nothing was built on it: the case is then as its
-- former version says. What a step changes beside the status goes back with it. What was built on it is a decision, a
-- proposal or a copy that went out: a printer that stopped takes back the last print of its user, and a recall is no copy.

CREATE FUNCTION ioms_private.takes_step_back(was cases, becomes cases) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_catalog, pg_temp AS $$
  SELECT was.recorded_by = session_user
    AND ioms_private.is_running(was.recorded_at + interval '24 hours', interval '24 hours')
    AND EXISTS (
      SELECT FROM former_version f
      WHERE f.table_name = 'cases' AND f.record_id = was.id AND f.case_ref = was.case_ref
        AND f.revision = was.revision - 1
        AND (f.data ->> 'status', f.data ->> 'cohort', f.data ->> 'adopted_on', f.data ->> 'notified_on',
             f.data ->> 'closed_on', f.data ->> 'close_reason')
            IS NOT DISTINCT FROM (becomes.status::text, becomes.cohort::text, becomes.adopted_on::text,
                                  becomes.notified_on::text, becomes.closed_on::text, becomes.close_reason::text)
    )
    AND NOT EXISTS (SELECT FROM decisions d WHERE d.case_ref = was.case_ref AND d.recorded_at > was.recorded_at)
    AND NOT EXISTS (SELECT FROM proposals p WHERE p.case_ref = was.case_ref AND p.recorded_at > was.recorded_at)
    AND NOT EXISTS (
      SELECT FROM (
        SELECT sum(CASE WHEN c.detail ->> 'made' = 'false' THEN -1 ELSE 1 END)
          OVER (PARTITION BY c.actor ORDER BY c.id DESC) AS remaining
        FROM copies_of(ARRAY[was.case_ref::text], true) AS c
        WHERE c.at > was.recorded_at AND c.detail ->> 'recall_of' IS NULL
          AND (c.detail ->> 'print_id' IS NOT NULL OR c.detail ->> 'made' = 'false')
      ) AS printed
      WHERE printed.remaining > 0
    )
$$;
ALTER FUNCTION ioms_private.takes_step_back(cases, cases) OWNER TO ioms_owner;
REVOKE ALL ON FUNCTION ioms_private.takes_step_back(cases, cases) FROM PUBLIC;
