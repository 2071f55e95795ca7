-- What the rules that raise a trigger read of one open case, in one call. Function by function it took half of the server's time
-- for a contact: each asked who is signed in and what the word EXPLAIN has to do with the statement, and each policy that met a
-- row listed everything that its user has open. Here the case is looked up once, and its tables are then read as their owner.
--
-- Each row is the name of a table and some of its columns, the instant of its recording last. Of the tables listed, the policies
-- keep back intelligence alone from somebody who has the case open. The person is the one who was opened with the case;
-- of one to whom an import gave it since, nothing is open.
CREATE FUNCTION read_trigger_facts(of_case text) RETURNS TABLE (its_table text, fields json)
LANGUAGE plpgsql STABLE SECURITY DEFINER ROWS 50
SET search_path = public, pg_catalog, pg_temp SET client_min_messages = notice
SET plan_cache_mode = force_generic_plan AS $$
DECLARE
  its_person text;
  everything boolean;
BEGIN
  IF (ioms_private.reading_role() = ANY ('{coordinator,navigator,officer,supervisor}')) IS NOT TRUE THEN
    RETURN;
  END IF;
  -- As opened_cases asks it.
  SELECT c.person_ref INTO its_person
  FROM ioms_private.look AS l LEFT JOIN cases AS c ON c.case_ref = l.case_ref AND c.person_ref = l.person_ref
  WHERE l.who = session_user AND l.case_ref = of_case
    AND ioms_private.is_running(l.expires_at, interval '15 minutes') AND ioms_private.is_committed(l.opened_xid)
    AND (NOT EXISTS (SELECT FROM ioms_private.shut AS s WHERE s.at > clock_timestamp() - interval '1 hour')
         OR NOT ioms_private.is_kept_back(l.case_ref));
  IF NOT FOUND THEN
    RETURN;
  END IF;
  everything := reaches('ALL');
  RETURN QUERY
  SELECT 'contacts', json_build_array(
    r.contact_ref, r.occurred_at, r.planned, r.outcome, r.minutes, r.contact_type, r.recorded_at)
  FROM contacts AS r WHERE r.case_ref = of_case
  UNION ALL
  SELECT 'ratings', json_build_array(r.week_commencing, r.rated_on, r.level, r.role, r.recorded_at)
  FROM ratings AS r WHERE r.case_ref = of_case
  UNION ALL
  SELECT 'offers', json_build_array(
    r.offer_ref, r.offered_on, r.response, r.responded_on, r.ended_on, r.recorded_at)
  FROM offers AS r WHERE r.case_ref = of_case
  UNION ALL
  SELECT 'concerns', json_build_array(
    r.concern_ref, r.occurred_on, r.concern_type, r.offence_group, r.source_grade, r.information_grade, r.handling,
    r.outcome, r.outcome_on, r.recorded_at)
  FROM concerns AS r WHERE r.case_ref = of_case AND (everything OR r.concern_type <> 'INTELLIGENCE')
  UNION ALL
  SELECT 'decisions', json_build_array(
    r.decision_ref, r.decided_on, r.rule, r.decision, r.step, r.actioned_on, r.recorded_at)
  FROM decisions AS r
  WHERE r.case_ref = of_case AND (everything OR r.rule IS DISTINCT FROM 'credible_intelligence')
  UNION ALL
  SELECT 'notifications', json_build_array(r.attempted_on, r.outcome, r.recorded_at)
  FROM notifications AS r WHERE r.case_ref = of_case
  UNION ALL
  SELECT 'custody', json_build_array(r.received_on, r.released_on, r.recorded_at)
  FROM custody AS r WHERE r.person_ref = its_person
  UNION ALL
  SELECT 'orders', json_build_array(
    r.order_ref, r.order_type, r.made_on, r.ends_on, r.ended_on, r.recorded_at)
  FROM orders AS r WHERE r.person_ref = its_person
  UNION ALL
  -- Of which of these tables, and of cases, an earlier version is kept.
  SELECT 'former_version', json_build_array(f.table_name)
  FROM former_version AS f
  WHERE (f.case_ref = of_case OR (f.case_ref IS NULL AND f.person_ref = its_person))
    AND f.table_name IN (
      'cases', 'contacts', 'ratings', 'offers', 'concerns', 'decisions', 'notifications', 'custody', 'orders')
    AND (everything OR NOT (
      (f.table_name = 'concerns' AND f.data ->> 'concern_type' = 'INTELLIGENCE')
      OR (f.table_name = 'decisions' AND f.data ->> 'rule' = 'credible_intelligence')));
END $$;
ALTER FUNCTION read_trigger_facts(text) OWNER TO ioms_owner;
REVOKE ALL ON FUNCTION read_trigger_facts(text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION read_trigger_facts(text)
  TO ioms_officer, ioms_navigator, ioms_supervisor, ioms_coordinator;
