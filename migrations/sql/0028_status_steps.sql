-- The steps of a case, as `domain/records/status_table.py` declares them: what may follow, who may do it, what it needs.

CREATE TABLE ioms_private.status_step (
  programme text NOT NULL,
  present text NOT NULL,
  following text NOT NULL,
  roles text[] NOT NULL,
  needs text[] NOT NULL,
  PRIMARY KEY (programme, present, following)
);
ALTER TABLE ioms_private.status_step OWNER TO ioms_owner;
INSERT INTO ioms_private.status_step
SELECT programme, present, following, string_to_array(roles, ' '), string_to_array(needs, ' ') FROM (VALUES
  ('IOM', '', 'REFERRED', 'coordinator officer supervisor', ''),
  ('IOM', 'DEFERRED', 'SCREENED', 'coordinator officer supervisor', ''),
  ('IOM', 'REFERRED', 'SCREENED', 'coordinator officer supervisor', ''),
  ('IOM', 'REFERRED_BACK', 'SCREENED', 'coordinator officer supervisor', ''),
  ('IOM', 'DEFERRED', 'PANEL_PENDING', 'coordinator officer supervisor', ''),
  ('IOM', 'REFERRED', 'PANEL_PENDING', 'coordinator officer supervisor', ''),
  ('IOM', 'REFERRED_BACK', 'PANEL_PENDING', 'coordinator officer supervisor', ''),
  ('IOM', 'SCREENED', 'PANEL_PENDING', 'coordinator officer supervisor', ''),
  ('IOM', 'PANEL_PENDING', 'DEFERRED', 'coordinator supervisor', ''),
  ('IOM', 'REFERRED', 'DEFERRED', 'coordinator supervisor', ''),
  ('IOM', 'REFERRED_BACK', 'DEFERRED', 'coordinator supervisor', ''),
  ('IOM', 'SCREENED', 'DEFERRED', 'coordinator supervisor', ''),
  ('IOM', 'DEFERRED', 'ACCEPTED', 'coordinator supervisor', 'COHORT'),
  ('IOM', 'PANEL_PENDING', 'ACCEPTED', 'coordinator supervisor', 'COHORT'),
  ('IOM', 'REFERRED', 'ACCEPTED', 'coordinator supervisor', 'COHORT'),
  ('IOM', 'REFERRED_BACK', 'ACCEPTED', 'coordinator supervisor', 'COHORT'),
  ('IOM', 'SCREENED', 'ACCEPTED', 'coordinator supervisor', 'COHORT'),
  ('IOM', 'DEFERRED', 'NOT_ACCEPTED', 'coordinator supervisor', 'CLOSED_ON CLOSE_REASON'),
  ('IOM', 'PANEL_PENDING', 'NOT_ACCEPTED', 'coordinator supervisor', 'CLOSED_ON CLOSE_REASON'),
  ('IOM', 'REFERRED', 'NOT_ACCEPTED', 'coordinator supervisor', 'CLOSED_ON CLOSE_REASON'),
  ('IOM', 'REFERRED_BACK', 'NOT_ACCEPTED', 'coordinator supervisor', 'CLOSED_ON CLOSE_REASON'),
  ('IOM', 'SCREENED', 'NOT_ACCEPTED', 'coordinator supervisor', 'CLOSED_ON CLOSE_REASON'),
  ('IOM', 'ACCEPTED', 'ACTIVE', 'coordinator officer supervisor', 'ADOPTED_ON COHORT'),
  ('IOM', 'DEFERRED', 'ACTIVE', 'coordinator officer supervisor', 'ADOPTED_ON COHORT'),
  ('IOM', 'PANEL_PENDING', 'ACTIVE', 'coordinator officer supervisor', 'ADOPTED_ON COHORT'),
  ('IOM', 'REFERRED', 'ACTIVE', 'coordinator officer supervisor', 'ADOPTED_ON COHORT'),
  ('IOM', 'REFERRED_BACK', 'ACTIVE', 'coordinator officer supervisor', 'ADOPTED_ON COHORT'),
  ('IOM', 'SCREENED', 'ACTIVE', 'coordinator officer supervisor', 'ADOPTED_ON COHORT'),
  ('IOM', 'SUSPENDED', 'ACTIVE', 'coordinator officer supervisor', 'ADOPTED_ON COHORT'),
  ('IOM', 'ACCEPTED', 'SUSPENDED', 'coordinator officer supervisor', ''),
  ('IOM', 'ACTIVE', 'SUSPENDED', 'coordinator officer supervisor', ''),
  ('IOM', 'ACCEPTED', 'DESELECTED', 'coordinator supervisor', 'CLOSED_ON CLOSE_REASON'),
  ('IOM', 'ACTIVE', 'DESELECTED', 'coordinator supervisor', 'CLOSED_ON CLOSE_REASON'),
  ('IOM', 'SUSPENDED', 'DESELECTED', 'coordinator supervisor', 'CLOSED_ON CLOSE_REASON'),
  ('IOM', 'ACCEPTED', 'TRANSFERRED_OUT', 'coordinator supervisor', 'CLOSED_ON CLOSE_REASON'),
  ('IOM', 'ACTIVE', 'TRANSFERRED_OUT', 'coordinator supervisor', 'CLOSED_ON CLOSE_REASON'),
  ('IOM', 'SUSPENDED', 'TRANSFERRED_OUT', 'coordinator supervisor', 'CLOSED_ON CLOSE_REASON'),
  ('IOM', 'ACCEPTED', 'DECEASED', 'coordinator officer supervisor', 'CLOSED_ON CLOSE_REASON'),
  ('IOM', 'ACTIVE', 'DECEASED', 'coordinator officer supervisor', 'CLOSED_ON CLOSE_REASON'),
  ('IOM', 'DEFERRED', 'DECEASED', 'coordinator officer supervisor', 'CLOSED_ON CLOSE_REASON'),
  ('IOM', 'PANEL_PENDING', 'DECEASED', 'coordinator officer supervisor', 'CLOSED_ON CLOSE_REASON'),
  ('IOM', 'REFERRED', 'DECEASED', 'coordinator officer supervisor', 'CLOSED_ON CLOSE_REASON'),
  ('IOM', 'REFERRED_BACK', 'DECEASED', 'coordinator officer supervisor', 'CLOSED_ON CLOSE_REASON'),
  ('IOM', 'SCREENED', 'DECEASED', 'coordinator officer supervisor', 'CLOSED_ON CLOSE_REASON'),
  ('IOM', 'SUSPENDED', 'DECEASED', 'coordinator officer supervisor', 'CLOSED_ON CLOSE_REASON'),
  ('PHOENIX', '', 'POOL', 'coordinator navigator officer supervisor', ''),
  ('PHOENIX', 'IN_CUSTODY', 'ELIGIBLE', 'coordinator supervisor', ''),
  ('PHOENIX', 'POOL', 'ELIGIBLE', 'coordinator supervisor', ''),
  ('PHOENIX', 'ELIGIBLE', 'NOT_ELIGIBLE', 'coordinator supervisor', 'CLOSED_ON CLOSE_REASON'),
  ('PHOENIX', 'POOL', 'NOT_ELIGIBLE', 'coordinator supervisor', 'CLOSED_ON CLOSE_REASON'),
  ('PHOENIX', 'ELIGIBLE', 'RANDOMISED', '', ''),
  ('PHOENIX', 'IN_CUSTODY', 'RANDOMISED', '', ''),
  ('PHOENIX', 'ELIGIBLE', 'NOTIFY_DUE', 'coordinator navigator officer supervisor', ''),
  ('PHOENIX', 'IN_CUSTODY', 'NOTIFY_DUE', 'coordinator navigator officer supervisor', ''),
  ('PHOENIX', 'LOST_CONTACT', 'NOTIFY_DUE', 'coordinator navigator officer supervisor', ''),
  ('PHOENIX', 'RANDOMISED', 'NOTIFY_DUE', 'coordinator navigator officer supervisor', ''),
  ('PHOENIX', 'ELIGIBLE', 'NOTIFIED', 'navigator officer supervisor', 'DELIVERED_NOTIFICATION NOTIFIED_ON'),
  ('PHOENIX', 'IN_CUSTODY', 'NOTIFIED', 'navigator officer supervisor', 'DELIVERED_NOTIFICATION NOTIFIED_ON'),
  ('PHOENIX', 'LOST_CONTACT', 'NOTIFIED', 'navigator officer supervisor', 'DELIVERED_NOTIFICATION NOTIFIED_ON'),
  ('PHOENIX', 'NOTIFY_DUE', 'NOTIFIED', 'navigator officer supervisor', 'DELIVERED_NOTIFICATION NOTIFIED_ON'),
  ('PHOENIX', 'RANDOMISED', 'NOTIFIED', 'navigator officer supervisor', 'DELIVERED_NOTIFICATION NOTIFIED_ON'),
  ('PHOENIX', 'DISENGAGED', 'OFFERED', 'navigator officer supervisor', 'OFFER'),
  ('PHOENIX', 'ENFORCEMENT_ACTIVE', 'OFFERED', 'navigator officer supervisor', 'OFFER'),
  ('PHOENIX', 'ENGAGED', 'OFFERED', 'navigator officer supervisor', 'OFFER'),
  ('PHOENIX', 'IN_CUSTODY', 'OFFERED', 'navigator officer supervisor', 'OFFER'),
  ('PHOENIX', 'LOST_CONTACT', 'OFFERED', 'navigator officer supervisor', 'OFFER'),
  ('PHOENIX', 'NOTIFIED', 'OFFERED', 'navigator officer supervisor', 'OFFER'),
  ('PHOENIX', 'DISENGAGED', 'ENGAGED', 'navigator officer supervisor', ''),
  ('PHOENIX', 'ENFORCEMENT_ACTIVE', 'ENGAGED', 'navigator officer supervisor', ''),
  ('PHOENIX', 'IN_CUSTODY', 'ENGAGED', 'navigator officer supervisor', ''),
  ('PHOENIX', 'LOST_CONTACT', 'ENGAGED', 'navigator officer supervisor', ''),
  ('PHOENIX', 'NOTIFIED', 'ENGAGED', 'navigator officer supervisor', ''),
  ('PHOENIX', 'OFFERED', 'ENGAGED', 'navigator officer supervisor', ''),
  ('PHOENIX', 'ENFORCEMENT_ACTIVE', 'DISENGAGED', 'navigator officer supervisor', ''),
  ('PHOENIX', 'ENGAGED', 'DISENGAGED', 'navigator officer supervisor', ''),
  ('PHOENIX', 'IN_CUSTODY', 'DISENGAGED', 'navigator officer supervisor', ''),
  ('PHOENIX', 'LOST_CONTACT', 'DISENGAGED', 'navigator officer supervisor', ''),
  ('PHOENIX', 'NOTIFIED', 'DISENGAGED', 'navigator officer supervisor', ''),
  ('PHOENIX', 'OFFERED', 'DISENGAGED', 'navigator officer supervisor', ''),
  ('PHOENIX', 'DISENGAGED', 'LOST_CONTACT', 'navigator officer supervisor', ''),
  ('PHOENIX', 'ENFORCEMENT_ACTIVE', 'LOST_CONTACT', 'navigator officer supervisor', ''),
  ('PHOENIX', 'ENGAGED', 'LOST_CONTACT', 'navigator officer supervisor', ''),
  ('PHOENIX', 'IN_CUSTODY', 'LOST_CONTACT', 'navigator officer supervisor', ''),
  ('PHOENIX', 'NOTIFIED', 'LOST_CONTACT', 'navigator officer supervisor', ''),
  ('PHOENIX', 'NOTIFY_DUE', 'LOST_CONTACT', 'navigator officer supervisor', ''),
  ('PHOENIX', 'OFFERED', 'LOST_CONTACT', 'navigator officer supervisor', ''),
  ('PHOENIX', 'DISENGAGED', 'ENFORCEMENT_ACTIVE', 'officer supervisor', 'ENFORCEMENT_DECISION'),
  ('PHOENIX', 'ENGAGED', 'ENFORCEMENT_ACTIVE', 'officer supervisor', 'ENFORCEMENT_DECISION'),
  ('PHOENIX', 'IN_CUSTODY', 'ENFORCEMENT_ACTIVE', 'officer supervisor', 'ENFORCEMENT_DECISION'),
  ('PHOENIX', 'LOST_CONTACT', 'ENFORCEMENT_ACTIVE', 'officer supervisor', 'ENFORCEMENT_DECISION'),
  ('PHOENIX', 'NOTIFIED', 'ENFORCEMENT_ACTIVE', 'officer supervisor', 'ENFORCEMENT_DECISION'),
  ('PHOENIX', 'NOTIFY_DUE', 'ENFORCEMENT_ACTIVE', 'officer supervisor', 'ENFORCEMENT_DECISION'),
  ('PHOENIX', 'OFFERED', 'ENFORCEMENT_ACTIVE', 'officer supervisor', 'ENFORCEMENT_DECISION'),
  ('PHOENIX', 'DISENGAGED', 'IN_CUSTODY', 'coordinator navigator officer supervisor', ''),
  ('PHOENIX', 'ELIGIBLE', 'IN_CUSTODY', 'coordinator navigator officer supervisor', ''),
  ('PHOENIX', 'ENFORCEMENT_ACTIVE', 'IN_CUSTODY', 'coordinator navigator officer supervisor', ''),
  ('PHOENIX', 'ENGAGED', 'IN_CUSTODY', 'coordinator navigator officer supervisor', ''),
  ('PHOENIX', 'LOST_CONTACT', 'IN_CUSTODY', 'coordinator navigator officer supervisor', ''),
  ('PHOENIX', 'NOTIFIED', 'IN_CUSTODY', 'coordinator navigator officer supervisor', ''),
  ('PHOENIX', 'NOTIFY_DUE', 'IN_CUSTODY', 'coordinator navigator officer supervisor', ''),
  ('PHOENIX', 'OFFERED', 'IN_CUSTODY', 'coordinator navigator officer supervisor', ''),
  ('PHOENIX', 'POOL', 'IN_CUSTODY', 'coordinator navigator officer supervisor', ''),
  ('PHOENIX', 'RANDOMISED', 'IN_CUSTODY', 'coordinator navigator officer supervisor', ''),
  ('PHOENIX', 'DISENGAGED', 'COMPLETED', 'coordinator navigator officer supervisor', 'CLOSED_ON CLOSE_REASON'),
  ('PHOENIX', 'ENFORCEMENT_ACTIVE', 'COMPLETED', 'coordinator navigator officer supervisor', 'CLOSED_ON CLOSE_REASON'),
  ('PHOENIX', 'ENGAGED', 'COMPLETED', 'coordinator navigator officer supervisor', 'CLOSED_ON CLOSE_REASON'),
  ('PHOENIX', 'IN_CUSTODY', 'COMPLETED', 'coordinator navigator officer supervisor', 'CLOSED_ON CLOSE_REASON'),
  ('PHOENIX', 'LOST_CONTACT', 'COMPLETED', 'coordinator navigator officer supervisor', 'CLOSED_ON CLOSE_REASON'),
  ('PHOENIX', 'NOTIFIED', 'COMPLETED', 'coordinator navigator officer supervisor', 'CLOSED_ON CLOSE_REASON'),
  ('PHOENIX', 'NOTIFY_DUE', 'COMPLETED', 'coordinator navigator officer supervisor', 'CLOSED_ON CLOSE_REASON'),
  ('PHOENIX', 'OFFERED', 'COMPLETED', 'coordinator navigator officer supervisor', 'CLOSED_ON CLOSE_REASON'),
  ('PHOENIX', 'RANDOMISED', 'COMPLETED', 'coordinator navigator officer supervisor', 'CLOSED_ON CLOSE_REASON'),
  ('PHOENIX', 'DISENGAGED', 'WITHDRAWN', 'coordinator navigator officer supervisor', 'CLOSED_ON CLOSE_REASON'),
  ('PHOENIX', 'ELIGIBLE', 'WITHDRAWN', 'coordinator navigator officer supervisor', 'CLOSED_ON CLOSE_REASON'),
  ('PHOENIX', 'ENFORCEMENT_ACTIVE', 'WITHDRAWN', 'coordinator navigator officer supervisor', 'CLOSED_ON CLOSE_REASON'),
  ('PHOENIX', 'ENGAGED', 'WITHDRAWN', 'coordinator navigator officer supervisor', 'CLOSED_ON CLOSE_REASON'),
  ('PHOENIX', 'IN_CUSTODY', 'WITHDRAWN', 'coordinator navigator officer supervisor', 'CLOSED_ON CLOSE_REASON'),
  ('PHOENIX', 'LOST_CONTACT', 'WITHDRAWN', 'coordinator navigator officer supervisor', 'CLOSED_ON CLOSE_REASON'),
  ('PHOENIX', 'NOTIFIED', 'WITHDRAWN', 'coordinator navigator officer supervisor', 'CLOSED_ON CLOSE_REASON'),
  ('PHOENIX', 'NOTIFY_DUE', 'WITHDRAWN', 'coordinator navigator officer supervisor', 'CLOSED_ON CLOSE_REASON'),
  ('PHOENIX', 'OFFERED', 'WITHDRAWN', 'coordinator navigator officer supervisor', 'CLOSED_ON CLOSE_REASON'),
  ('PHOENIX', 'RANDOMISED', 'WITHDRAWN', 'coordinator navigator officer supervisor', 'CLOSED_ON CLOSE_REASON'),
  ('PHOENIX', 'DISENGAGED', 'DECEASED', 'coordinator navigator officer supervisor', 'CLOSED_ON CLOSE_REASON'),
  ('PHOENIX', 'ELIGIBLE', 'DECEASED', 'coordinator navigator officer supervisor', 'CLOSED_ON CLOSE_REASON'),
  ('PHOENIX', 'ENFORCEMENT_ACTIVE', 'DECEASED', 'coordinator navigator officer supervisor', 'CLOSED_ON CLOSE_REASON'),
  ('PHOENIX', 'ENGAGED', 'DECEASED', 'coordinator navigator officer supervisor', 'CLOSED_ON CLOSE_REASON'),
  ('PHOENIX', 'IN_CUSTODY', 'DECEASED', 'coordinator navigator officer supervisor', 'CLOSED_ON CLOSE_REASON'),
  ('PHOENIX', 'LOST_CONTACT', 'DECEASED', 'coordinator navigator officer supervisor', 'CLOSED_ON CLOSE_REASON'),
  ('PHOENIX', 'NOTIFIED', 'DECEASED', 'coordinator navigator officer supervisor', 'CLOSED_ON CLOSE_REASON'),
  ('PHOENIX', 'NOTIFY_DUE', 'DECEASED', 'coordinator navigator officer supervisor', 'CLOSED_ON CLOSE_REASON'),
  ('PHOENIX', 'OFFERED', 'DECEASED', 'coordinator navigator officer supervisor', 'CLOSED_ON CLOSE_REASON'),
  ('PHOENIX', 'POOL', 'DECEASED', 'coordinator navigator officer supervisor', 'CLOSED_ON CLOSE_REASON'),
  ('PHOENIX', 'RANDOMISED', 'DECEASED', 'coordinator navigator officer supervisor', 'CLOSED_ON CLOSE_REASON')
) AS declared (programme, present, following, roles, needs);

-- What a case has of what a step may need.
CREATE FUNCTION ioms_private.step_needs_met(c cases) RETURNS text[] LANGUAGE plpgsql STABLE SECURITY DEFINER
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
  ], NULL);
END $$;

-- Whose case it is, its number and its arm are the book's, as before. Its status goes by the table: a file that comes back
-- may have gone several steps, each of which this role might have taken with what is on record now.
CREATE OR REPLACE FUNCTION guard_case() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_catalog, pg_temp AS $$
DECLARE
  mine text := my_role();
  met text[];
  stepping CONSTANT text[] := ARRAY['status', 'cohort', 'adopted_on', 'notified_on', 'closed_on', 'close_reason',
                                    'revision', 'recorded_at', 'recorded_by'];
BEGIN
  IF mine IS NULL THEN
    RETURN NEW;
  END IF;
  IF NEW.case_ref IS DISTINCT FROM OLD.case_ref
     OR ((NEW.person_ref, NEW.trial_arm) IS DISTINCT FROM (OLD.person_ref, OLD.trial_arm)
         AND NOT (mine = 'supervisor' AND book_open())) THEN
    RAISE EXCEPTION 'permission denied: person and arm of a case come with an import' USING ERRCODE = '42501';
  END IF;
  IF mine = 'supervisor' AND book_open() THEN
    RETURN NEW;
  END IF;
  IF NEW.programme IS DISTINCT FROM OLD.programme OR NEW.referred_on IS DISTINCT FROM OLD.referred_on THEN
    RAISE EXCEPTION 'permission denied: programme and referral of a case come with an import' USING ERRCODE = '42501';
  END IF;
  IF mine NOT IN ('officer', 'supervisor') AND to_jsonb(NEW) - stepping IS DISTINCT FROM to_jsonb(OLD) - stepping THEN
    RAISE EXCEPTION 'permission denied: this role takes steps of a case alone' USING ERRCODE = '42501';
  END IF;
  IF NEW.status IS NOT DISTINCT FROM OLD.status THEN
    IF (NEW.adopted_on, NEW.notified_on, NEW.closed_on, NEW.close_reason)
       IS DISTINCT FROM (OLD.adopted_on, OLD.notified_on, OLD.closed_on, OLD.close_reason) THEN
      RAISE EXCEPTION 'permission denied: these days change with a step of the case' USING ERRCODE = '42501';
    END IF;
  ELSE
    met := ioms_private.step_needs_met(NEW);
    IF NOT EXISTS (
      WITH RECURSIVE possible AS MATERIALIZED (
        SELECT s.present, s.following FROM ioms_private.status_step s
        WHERE s.programme = NEW.programme AND mine = ANY (s.roles) AND s.needs <@ met
      ), reached AS (
        SELECT following FROM possible WHERE present = OLD.status
        UNION SELECT p.following FROM possible p JOIN reached r ON p.present = r.following
      )
      SELECT FROM reached WHERE following = NEW.status
    ) THEN
      RAISE EXCEPTION 'permission denied: this step of the case is not possible' USING ERRCODE = '42501';
    END IF;
  END IF;
  RETURN NEW;
END $$;

CREATE FUNCTION guard_first_status() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_catalog, pg_temp AS $$
BEGIN
  IF my_role() IS NULL OR (my_role() = 'supervisor' AND book_open()) THEN
    RETURN NEW;
  END IF;
  IF num_nonnulls(NEW.adopted_on, NEW.notified_on, NEW.closed_on, NEW.close_reason) > 0 OR NOT EXISTS (
    SELECT FROM ioms_private.status_step s
    WHERE s.programme = NEW.programme AND s.present = '' AND s.following = NEW.status AND my_role() = ANY (s.roles)
  ) THEN
    RAISE EXCEPTION 'permission denied: a case begins with its first status' USING ERRCODE = '42501';
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER cases_first_guard BEFORE INSERT ON cases FOR EACH ROW EXECUTE FUNCTION guard_first_status();
