-- A decision is the proposal that it answers, word for word, and both are of the lists; a login is nobody else's.

CREATE FUNCTION ioms_private.refuse_unlisted(its_decision text, its_step text, its_rule text) RETURNS void
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_catalog, pg_temp AS $$
BEGIN
  IF NOT EXISTS (SELECT FROM reference_code WHERE list = 'decision' AND code = its_decision)
     OR (its_step IS NULL AND its_decision = 'ESCALATE')
     OR (its_step IS NOT NULL
         AND NOT EXISTS (SELECT FROM reference_code WHERE list = 'enforcement_step' AND code = its_step))
     OR (its_rule IS NOT NULL AND NOT EXISTS (SELECT FROM reference_code WHERE list = 'rule' AND code = its_rule)) THEN
    RAISE EXCEPTION 'permission denied: decision, step and rule are those of the lists' USING ERRCODE = '42501';
  END IF;
END $$;

-- What is not of the lists, because it was proposed before they were asked, a supervisor answers.
CREATE OR REPLACE FUNCTION ioms_private.needs_supervisor(its_decision text, its_step text, its_rule text) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_catalog, pg_temp AS $$
  SELECT coalesce(ioms_private.step_rank(its_step) >= 2, false)
    OR (its_step IS NOT NULL
        AND NOT EXISTS (SELECT FROM reference_code WHERE list = 'enforcement_step' AND code = its_step))
    OR (its_rule IS NOT NULL AND NOT EXISTS (SELECT FROM reference_code WHERE list = 'rule' AND code = its_rule))
    OR (its_decision IN ('HOLD', 'ALTERNATIVE') AND EXISTS (
      SELECT FROM policy
      WHERE status = 'APPROVED' AND document::jsonb -> 'rules' -> its_rule ->> 'family' = 'CONCERN'))
$$;

-- Whether a decision is what was proposed; who authorised it and when are the answer's.
CREATE FUNCTION ioms_private.carries_out(d decisions, p proposals) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_catalog, pg_temp AS $$
  SELECT d.decided_on >= p.proposed_on
    AND (d.case_ref, d.proposed_by, d.decision, d.step, d.rule, d.reason, d.child_checks, d.told_participant,
         d.alternatives, d.proportionality, d.others_told, d.review_on, d.dissent_agency, d.dissent, d.conviction_court,
         d.convicted_on, d.lever)
      IS NOT DISTINCT FROM
        (p.case_ref, p.proposed_by, p.decision, p.step, p.rule, p.reason, p.child_checks, p.told_participant,
         p.alternatives, p.proportionality, p.others_told, p.review_on, p.dissent_agency, p.dissent, p.conviction_court,
         p.convicted_on, p.lever)
$$;

-- How a login's name looks: without case and what stands between letters. Small letters beside I, 1 and 0 may be meant.
CREATE FUNCTION ioms_private.looks(written text) RETURNS text[] LANGUAGE sql IMMUTABLE
SET search_path = pg_catalog, pg_temp AS $$
  SELECT ARRAY[translate(lower(plain), '0 ._@''-', 'o'), translate(lower(translate(plain, 'I1', 'll')), '0 ._@''-', 'o')]
  FROM (SELECT normalize(written, NFKC) AS plain) AS n
$$;

-- Latin letters, digits and what a name is written with, one blank at a time; the rest `add_login` asks.
CREATE FUNCTION ioms_private.refuse_name(who text) RETURNS void LANGUAGE plpgsql STABLE SECURITY DEFINER
SET search_path = public, pg_catalog, pg_temp SET standard_conforming_strings = on AS $$
BEGIN
  IF who !~ '^[A-Za-z\u00C0-\u024F\u1E00-\u1EFF0-9._@'' -]+$' OR who ~ '  ' OR who ~ '[^[:alnum:].]$' THEN
    RAISE EXCEPTION 'unusable name';
  END IF;
  IF EXISTS (
    SELECT FROM users AS u
    WHERE u.name <> who
      AND (ioms_private.looks(u.name) || ioms_private.looks(coalesce(u.display_name, u.name))) && ioms_private.looks(who)
  ) THEN
    RAISE EXCEPTION 'a name like that of another user';
  END IF;
END $$;

-- As 0003 has it, and whoever owns something on this server, or was given rights there under their own name.
CREATE OR REPLACE FUNCTION ioms_private.beyond_person(who text) RETURNS boolean LANGUAGE sql STABLE
SET search_path = pg_catalog, pg_temp SET standard_conforming_strings = on AS $$
  SELECT EXISTS (
      SELECT FROM pg_roles WHERE rolname = who
        AND (rolsuper OR rolcreaterole OR rolcreatedb OR rolreplication OR rolbypassrls
             OR oid IN (SELECT roleid FROM pg_auth_members)))
    OR EXISTS (
      SELECT FROM pg_auth_members m JOIN pg_roles g ON g.oid = m.roleid JOIN pg_roles p ON p.oid = m.member
      WHERE p.rolname = who AND g.rolname NOT LIKE 'ioms\_%')
    OR EXISTS (
      SELECT FROM pg_shdepend d JOIN pg_roles p ON p.oid = d.refobjid
      WHERE p.rolname = who AND d.refclassid = 'pg_authid'::regclass AND d.classid <> 'pg_auth_members'::regclass)
$$;
