-- What a person's own session may write. Sessions of the owner and of a superuser are not persons: migrations, tests.

CREATE FUNCTION stamp_record() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_catalog, pg_temp AS $$
BEGIN
  IF my_role() IS NOT NULL THEN
    -- The time of a record is that of its transaction: one that is held open for long would date back what it writes.
    IF clock_timestamp() - transaction_timestamp() > interval '30 minutes' THEN
      RAISE EXCEPTION 'this transaction began too long ago' USING ERRCODE = '42501';
    END IF;
    NEW.recorded_by := session_user;
    NEW.recorded_at := transaction_timestamp();
    IF TG_OP = 'INSERT' THEN
      NEW.revision := 1;
    END IF;
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
  -- What an import brings was decided elsewhere, by two people too; nothing else that opens the book opens this.
  IF my_role() IS NULL OR (importing() AND NEW.proposed_by IS DISTINCT FROM NEW.authorised_by) THEN
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

-- One proposal carries one decision: asked when the transaction ends, for the decision is written before the answer.
CREATE FUNCTION confirm_decision() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_catalog, pg_temp AS $$
BEGIN
  IF my_role() IS NOT NULL AND NOT importing() AND NOT EXISTS (
    SELECT FROM proposals p
    WHERE p.decision_ref = NEW.decision_ref AND p.status = 'AUTHORISED' AND p.case_ref = NEW.case_ref
      AND p.proposed_by = NEW.proposed_by AND p.answered_by = NEW.authorised_by
  ) THEN
    RAISE EXCEPTION 'no proposal was answered by this decision' USING ERRCODE = '42501';
  END IF;
  RETURN NULL;
END $$;

-- Whose case it is, its number and its arm are the book's: nobody moves a case to somebody they may not know of.
CREATE FUNCTION guard_case() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_catalog, pg_temp AS $$
BEGIN
  IF my_role() IS NOT NULL AND (
    NEW.case_ref IS DISTINCT FROM OLD.case_ref
    OR ((NEW.person_ref, NEW.trial_arm) IS DISTINCT FROM (OLD.person_ref, OLD.trial_arm)
        AND NOT (my_role() = 'supervisor' AND book_open()))
  ) THEN
    RAISE EXCEPTION 'permission denied: person and arm of a case come with an import' USING ERRCODE = '42501';
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
  IF my_role() IS NOT NULL AND OLD.action_ref LIKE 'AC-GLASS-%'
     AND (my_role() <> 'supervisor' OR OLD.recorded_by = session_user) THEN
    RAISE EXCEPTION 'permission denied: a broken glass is reviewed by another supervisor' USING ERRCODE = '42501';
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER proposals_guard BEFORE INSERT OR UPDATE ON proposals FOR EACH ROW EXECUTE FUNCTION guard_proposal();
CREATE TRIGGER decisions_guard BEFORE INSERT OR UPDATE ON decisions FOR EACH ROW EXECUTE FUNCTION guard_decision();
CREATE TRIGGER offers_guard BEFORE INSERT OR UPDATE ON offers FOR EACH ROW EXECUTE FUNCTION guard_offer();
CREATE TRIGGER actions_guard BEFORE UPDATE ON actions FOR EACH ROW EXECUTE FUNCTION guard_review();
CREATE TRIGGER cases_guard BEFORE UPDATE ON cases FOR EACH ROW EXECUTE FUNCTION guard_case();
CREATE CONSTRAINT TRIGGER decisions_confirmed AFTER INSERT ON decisions
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION confirm_decision();
