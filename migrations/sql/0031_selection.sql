-- What precedes a panel, and what it decided, are needs of the steps that follow from it.

UPDATE ioms_private.status_step
SET needs = ARRAY['MAPPA_CHECK', 'MARAC_CHECK', 'EXPLOITATION_CHECK', 'SAFEGUARDING_CHECK', 'ELSEWHERE_CHECK'] || needs
WHERE programme = 'IOM' AND following IN ('SCREENED', 'PANEL_PENDING');
UPDATE ioms_private.status_step
SET needs = ARRAY['MAPPA_CHECK', 'MARAC_CHECK', 'EXPLOITATION_CHECK', 'SAFEGUARDING_CHECK', 'ELSEWHERE_CHECK',
                  'PANEL_ACCEPTED'] || needs
WHERE programme = 'IOM' AND following IN ('ACCEPTED', 'ACTIVE') AND present NOT IN ('ACCEPTED', 'SUSPENDED');
UPDATE ioms_private.status_step SET needs = ARRAY['PANEL_DESELECTED'] || needs
WHERE programme = 'IOM' AND following = 'DESELECTED';
UPDATE ioms_private.status_step
SET needs = ARRAY['MAPPA_CHECK', 'MARAC_CHECK', 'EXPLOITATION_CHECK', 'SAFEGUARDING_CHECK', 'ELSEWHERE_CHECK',
                  'PANEL_ELIGIBLE'] || needs
WHERE programme = 'PHOENIX' AND following = 'ELIGIBLE';

-- What a case has of what a step may need. The latest answer to a check is the one that stands.
CREATE OR REPLACE FUNCTION ioms_private.step_needs_met(c cases) RETURNS text[] LANGUAGE plpgsql STABLE SECURITY DEFINER
SET search_path = public, pg_catalog, pg_temp AS $$
BEGIN
  RETURN array_remove(ARRAY[
    CASE WHEN c.adopted_on IS NOT NULL THEN 'ADOPTED_ON' END,
    CASE WHEN c.cohort IS NOT NULL THEN 'COHORT' END,
    CASE WHEN c.notified_on IS NOT NULL THEN 'NOTIFIED_ON' END,
    CASE WHEN c.closed_on IS NOT NULL THEN 'CLOSED_ON' END,
    CASE WHEN c.close_reason IS NOT NULL THEN 'CLOSE_REASON' END,
    CASE WHEN EXISTS (
      SELECT FROM notifications n WHERE n.case_ref = c.case_ref AND starts_with(n.outcome, 'DELIVERED_')
    ) THEN 'DELIVERED_NOTIFICATION' END,
    CASE WHEN EXISTS (SELECT FROM offers o WHERE o.case_ref = c.case_ref) THEN 'OFFER' END,
    CASE WHEN EXISTS (
      SELECT FROM decisions d
      WHERE d.case_ref = c.case_ref AND d.decision = 'ESCALATE' AND coalesce(d.step, '') NOT IN ('', 'L0', 'PARALLEL')
    ) THEN 'ENFORCEMENT_DECISION' END
  ], NULL) || ARRAY(
    SELECT latest.check_type || '_CHECK'
    FROM (
      SELECT DISTINCT ON (s.check_type) s.check_type, s.answer FROM screening_checks s
      WHERE s.case_ref = c.case_ref ORDER BY s.check_type, s.answered_on DESC
    ) AS latest
    WHERE latest.answer <> 'ASKED'
  ) || ARRAY(
    SELECT DISTINCT CASE p.decision WHEN 'ACCEPT' THEN 'PANEL_ACCEPTED' WHEN 'ELIGIBLE' THEN 'PANEL_ELIGIBLE'
                                    ELSE 'PANEL_DESELECTED' END
    FROM panel_decisions p
    WHERE p.case_ref = c.case_ref AND p.decision IN ('ACCEPT', 'ELIGIBLE', 'DESELECT')
  );
END $$;
