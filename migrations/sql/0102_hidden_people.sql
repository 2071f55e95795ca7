-- Whether somebody is hidden, as it is asked of one person: their own cases are looked up. Who is hidden used to be gathered in
-- each statement that met one of them, which with 500 restricted cases took up to forty times as long as to find nobody.

-- Whose a case is, and everybody of whom a case may be kept from anyone at all. For policies, of roles that nobody signs in as.
CREATE VIEW ioms_private.case_people AS SELECT case_ref, person_ref FROM cases;
CREATE VIEW ioms_private.kept_people AS
  SELECT c.person_ref FROM case_standing AS s JOIN cases AS c ON c.case_ref = s.case_ref
  WHERE s.restricted OR s.team IS NOT NULL
  UNION ALL
  SELECT c.person_ref FROM access_entry AS e JOIN cases AS c ON c.case_ref = e.case_ref WHERE e.kind = 'EXCLUDED';
ALTER VIEW ioms_private.case_people OWNER TO ioms_owner;
ALTER VIEW ioms_private.kept_people OWNER TO ioms_owner;
GRANT SELECT ON ioms_private.case_people, ioms_private.kept_people TO ioms_reader, ioms_opener;

-- NULL for nobody, as `NOT IN (SELECT hidden_people())` gives: nothing is learnt of whoever is not named.
CREATE FUNCTION ioms_private.hides_person(ref text) RETURNS boolean LANGUAGE plpgsql STABLE STRICT SECURITY DEFINER
SET search_path = public, pg_catalog, pg_temp SET client_min_messages = notice AS $$
BEGIN
  RETURN EXISTS (SELECT FROM ioms_private.kept_people AS k WHERE k.person_ref = ref) AND (
    SELECT bool_and(c.case_ref IN (SELECT ioms_private.hidden_cases())) FROM cases AS c WHERE c.person_ref = ref) IS TRUE;
END $$;
ALTER FUNCTION ioms_private.hides_person(text) OWNER TO ioms_owner;
REVOKE ALL ON FUNCTION ioms_private.hides_person(text) FROM PUBLIC;

-- Which cases are hidden is gathered whoever is asked for, so that the time it takes does not tell that somebody is there.
CREATE OR REPLACE FUNCTION may_be_named(ref text) RETURNS boolean LANGUAGE plpgsql STABLE SECURITY DEFINER
SET search_path = public, pg_catalog, pg_temp SET client_min_messages = notice AS $$
DECLARE
  hidden text[];
BEGIN
  PERFORM ioms_private.refuse_explain();
  IF ref IS NULL OR ref IN (SELECT opened_people()) THEN
    RETURN true;
  END IF;
  IF reaches('ALL') THEN
    hidden := ARRAY(SELECT ioms_private.hidden_cases());
    RETURN (EXISTS (SELECT FROM people p WHERE p.person_ref = ref)
      OR EXISTS (
        SELECT FROM associates a WHERE a.other_person_ref = ref AND NOT ioms_private.hides_person(a.person_ref))
      OR EXISTS (
        SELECT FROM former_version v
        WHERE v.table_name = 'associates' AND v.data ->> 'other_person_ref' = ref
          AND NOT ioms_private.hides_person(v.person_ref)))
      AND (SELECT bool_and(c.case_ref = ANY (hidden)) FROM cases AS c WHERE c.person_ref = ref) IS NOT TRUE;
  END IF;
  RETURN EXISTS (SELECT FROM cases c WHERE c.person_ref = ref AND ioms_private.knows(c.case_ref));
END $$;

-- Nobody who signs in reads search_key, of which ioms_opener finds words: what it asks is its own.
ALTER POLICY known ON search_key TO ioms_officer, ioms_navigator, ioms_supervisor, ioms_coordinator;
