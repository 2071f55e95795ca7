-- What stands beside a proposal or decision for whoever authorises or reviews it is changed no more than they are. Who
-- else was told may be said when it is served, as what the person was told.
CREATE OR REPLACE FUNCTION guard_proposal() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_catalog, pg_temp AS $$
BEGIN
  IF my_role() IS NULL THEN
    RETURN NEW;
  END IF;
  IF TG_OP = 'INSERT' THEN
    IF NEW.proposed_by IS DISTINCT FROM session_user OR NEW.status IS DISTINCT FROM 'PROPOSED' THEN
      RAISE EXCEPTION 'a proposal is made in one''s own name' USING ERRCODE = '42501';
    END IF;
    RETURN NEW;
  END IF;
  IF OLD.status <> 'PROPOSED' THEN
    RAISE EXCEPTION 'the proposal was answered already' USING ERRCODE = '42501';
  END IF;
  IF NEW.status IS NULL OR NEW.status NOT IN ('AUTHORISED', 'REFUSED', 'WITHDRAWN') THEN
    RAISE EXCEPTION 'no such answer' USING ERRCODE = '42501';
  END IF;
  IF (NEW.case_ref, NEW.proposal_ref, NEW.rule, NEW.proposed_on, NEW.decision, NEW.step, NEW.reason, NEW.proposed_by,
      NEW.child_checks, NEW.told_participant, NEW.alternatives, NEW.proportionality, NEW.others_told, NEW.review_on,
      NEW.dissent_agency, NEW.dissent, NEW.conviction_court, NEW.convicted_on, NEW.lever)
     IS DISTINCT FROM
     (OLD.case_ref, OLD.proposal_ref, OLD.rule, OLD.proposed_on, OLD.decision, OLD.step, OLD.reason, OLD.proposed_by,
      OLD.child_checks, OLD.told_participant, OLD.alternatives, OLD.proportionality, OLD.others_told, OLD.review_on,
      OLD.dissent_agency, OLD.dissent, OLD.conviction_court, OLD.convicted_on, OLD.lever) THEN
    RAISE EXCEPTION 'what was proposed is not changed by the answer' USING ERRCODE = '42501';
  END IF;
  IF NEW.answered_by IS DISTINCT FROM session_user THEN
    RAISE EXCEPTION 'an answer is given in one''s own name' USING ERRCODE = '42501';
  END IF;
  IF NEW.status IN ('AUTHORISED', 'REFUSED') AND OLD.proposed_by = session_user THEN
    RAISE EXCEPTION 'nobody answers their own proposal' USING ERRCODE = '42501';
  END IF;
  IF NEW.status = 'WITHDRAWN' AND OLD.proposed_by <> session_user THEN
    RAISE EXCEPTION 'only who proposed withdraws' USING ERRCODE = '42501';
  END IF;
  IF NEW.status IN ('AUTHORISED', 'REFUSED') AND ioms_private.needs_supervisor(OLD.decision, OLD.step, OLD.rule)
     AND my_role() <> 'supervisor' THEN
    RAISE EXCEPTION 'only a supervisor answers this step' USING ERRCODE = '42501';
  END IF;
  RETURN NEW;
END $$;

CREATE OR REPLACE FUNCTION guard_decision() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_catalog, pg_temp AS $$
BEGIN
  -- What an import brings was decided elsewhere, by two people too; nothing else that opens the book opens this.
  IF my_role() IS NULL OR (importing() AND NEW.proposed_by IS DISTINCT FROM NEW.authorised_by) THEN
    RETURN NEW;
  END IF;
  IF TG_OP = 'UPDATE' THEN
    IF (NEW.decision_ref, NEW.case_ref, NEW.rule, NEW.decided_on, NEW.decision, NEW.step, NEW.reason, NEW.proposed_by,
        NEW.authorised_by, NEW.child_checks, NEW.alternatives, NEW.proportionality, NEW.review_on, NEW.dissent_agency,
        NEW.dissent, NEW.conviction_court, NEW.convicted_on, NEW.lever)
       IS DISTINCT FROM
       (OLD.decision_ref, OLD.case_ref, OLD.rule, OLD.decided_on, OLD.decision, OLD.step, OLD.reason, OLD.proposed_by,
        OLD.authorised_by, OLD.child_checks, OLD.alternatives, OLD.proportionality, OLD.review_on, OLD.dissent_agency,
        OLD.dissent, OLD.conviction_court, OLD.convicted_on, OLD.lever) THEN
      RAISE EXCEPTION 'a decision is not changed, only recorded as served' USING ERRCODE = '42501';
    END IF;
    -- What the person was told is said at the latest when it is served; words once said stand.
    IF NEW.told_participant IS DISTINCT FROM OLD.told_participant
       AND (btrim(coalesce(OLD.told_participant, '')) <> '' OR NEW.actioned_on IS NULL) THEN
      RAISE EXCEPTION 'what the person was told is said when it is served' USING ERRCODE = '42501';
    END IF;
    IF NEW.others_told IS DISTINCT FROM OLD.others_told
       AND (btrim(coalesce(OLD.others_told, '')) <> '' OR NEW.actioned_on IS NULL) THEN
      RAISE EXCEPTION 'who else was told is said when it is served' USING ERRCODE = '42501';
    END IF;
    RETURN NEW;
  END IF;
  IF NEW.authorised_by IS DISTINCT FROM session_user OR NEW.proposed_by = session_user THEN
    RAISE EXCEPTION 'a decision takes two people' USING ERRCODE = '42501';
  END IF;
  IF NOT EXISTS (
    SELECT FROM proposals p
    WHERE p.case_ref = NEW.case_ref AND p.status = 'PROPOSED' AND p.proposed_by = NEW.proposed_by
      AND p.decision = NEW.decision AND p.step IS NOT DISTINCT FROM NEW.step AND p.rule IS NOT DISTINCT FROM NEW.rule
  ) THEN
    RAISE EXCEPTION 'nobody proposed this decision' USING ERRCODE = '42501';
  END IF;
  IF ioms_private.needs_supervisor(NEW.decision, NEW.step, NEW.rule) AND my_role() <> 'supervisor' THEN
    RAISE EXCEPTION 'only a supervisor authorises this decision' USING ERRCODE = '42501';
  END IF;
  RETURN NEW;
END $$;
