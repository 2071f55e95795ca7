-- What a person's own session may write. Sessions of the owner and of a superuser are not persons: migrations, tests.

CREATE FUNCTION stamp_record() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_catalog, pg_temp AS $$
BEGIN
  IF my_role() IS NOT NULL THEN
    NEW.recorded_by := session_user;
    NEW.recorded_at := transaction_timestamp();
  END IF;
  RETURN NEW;
END $$;

CREATE FUNCTION ioms_private.step_rank(step text) RETURNS numeric LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = public, pg_catalog, pg_temp AS $$
  SELECT (extra ->> 'rank')::numeric FROM reference_code WHERE list = 'enforcement_step' AND code = step
$$;

CREATE FUNCTION guard_proposal() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_catalog, pg_temp AS $$
BEGIN
  IF my_role() IS NULL THEN
    RETURN NEW;
  END IF;
  IF TG_OP = 'INSERT' THEN
    IF NEW.proposed_by IS DISTINCT FROM session_user OR NEW.status <> 'PROPOSED' THEN
      RAISE EXCEPTION 'a proposal is made in one''s own name' USING ERRCODE = '42501';
    END IF;
    RETURN NEW;
  END IF;
  IF OLD.status <> 'PROPOSED' THEN
    RAISE EXCEPTION 'the proposal was answered already' USING ERRCODE = '42501';
  END IF;
  IF (NEW.case_ref, NEW.proposal_ref, NEW.rule, NEW.proposed_on, NEW.decision, NEW.step, NEW.reason, NEW.proposed_by,
      NEW.child_checks, NEW.told_participant, NEW.alternatives, NEW.proportionality)
     IS DISTINCT FROM
     (OLD.case_ref, OLD.proposal_ref, OLD.rule, OLD.proposed_on, OLD.decision, OLD.step, OLD.reason, OLD.proposed_by,
      OLD.child_checks, OLD.told_participant, OLD.alternatives, OLD.proportionality) THEN
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
  IF NEW.status IN ('AUTHORISED', 'REFUSED') AND ioms_private.step_rank(OLD.step) >= 2 AND my_role() <> 'supervisor' THEN
    RAISE EXCEPTION 'only a supervisor answers this step' USING ERRCODE = '42501';
  END IF;
  RETURN NEW;
END $$;

CREATE FUNCTION guard_decision() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_catalog, pg_temp AS $$
BEGIN
  IF my_role() IS NULL OR book_open() THEN
    RETURN NEW;
  END IF;
  IF TG_OP = 'UPDATE' THEN
    IF (NEW.decision_ref, NEW.case_ref, NEW.rule, NEW.decided_on, NEW.decision, NEW.step, NEW.reason, NEW.proposed_by,
        NEW.authorised_by, NEW.child_checks, NEW.told_participant)
       IS DISTINCT FROM
       (OLD.decision_ref, OLD.case_ref, OLD.rule, OLD.decided_on, OLD.decision, OLD.step, OLD.reason, OLD.proposed_by,
        OLD.authorised_by, OLD.child_checks, OLD.told_participant) THEN
      RAISE EXCEPTION 'a decision is not changed, only recorded as served' USING ERRCODE = '42501';
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
  IF ioms_private.step_rank(NEW.step) >= 2 AND my_role() <> 'supervisor' THEN
    RAISE EXCEPTION 'only a supervisor authorises this step' USING ERRCODE = '42501';
  END IF;
  RETURN NEW;
END $$;

CREATE FUNCTION guard_offer() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_catalog, pg_temp AS $$
BEGIN
  IF my_role() IS NOT NULL
     AND EXISTS (SELECT FROM cases WHERE case_ref = NEW.case_ref AND trial_arm = 'CONTROL') THEN
    RAISE EXCEPTION 'no offer on this case' USING ERRCODE = '42501';
  END IF;
  RETURN NEW;
END $$;

CREATE FUNCTION guard_review() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_catalog, pg_temp AS $$
BEGIN
  IF my_role() IS NOT NULL AND OLD.action_ref LIKE 'AC-GLASS-%' AND NOT book_open()
     AND (my_role() <> 'supervisor' OR OLD.recorded_by = session_user) THEN
    RAISE EXCEPTION 'permission denied: a broken glass is reviewed by another supervisor' USING ERRCODE = '42501';
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER proposals_guard BEFORE INSERT OR UPDATE ON proposals FOR EACH ROW EXECUTE FUNCTION guard_proposal();
CREATE TRIGGER decisions_guard BEFORE INSERT OR UPDATE ON decisions FOR EACH ROW EXECUTE FUNCTION guard_decision();
CREATE TRIGGER offers_guard BEFORE INSERT ON offers FOR EACH ROW EXECUTE FUNCTION guard_offer();
CREATE TRIGGER actions_guard BEFORE UPDATE ON actions FOR EACH ROW EXECUTE FUNCTION guard_review();
