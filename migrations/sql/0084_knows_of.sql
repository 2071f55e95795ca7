-- Whether somebody knows of a case, or of any case of a person, for policies of what is in cases: with the policy of cases,
-- which it does not repeat.

GRANT CREATE ON SCHEMA ioms_private TO ioms_opener;  -- to own something there

CREATE FUNCTION ioms_private.knows_of_case(ref text) RETURNS boolean LANGUAGE plpgsql STABLE SECURITY DEFINER
SET search_path = public, pg_catalog, pg_temp SET client_min_messages = notice AS $$
BEGIN
  RETURN EXISTS (SELECT FROM cases AS c WHERE c.case_ref = ref);
END $$;

CREATE FUNCTION ioms_private.knows_of_person(ref text) RETURNS boolean LANGUAGE plpgsql STABLE SECURITY DEFINER
SET search_path = public, pg_catalog, pg_temp SET client_min_messages = notice AS $$
BEGIN
  RETURN EXISTS (SELECT FROM cases AS c WHERE c.person_ref = ref);
END $$;

ALTER FUNCTION ioms_private.knows_of_case(text) OWNER TO ioms_opener;
ALTER FUNCTION ioms_private.knows_of_person(text) OWNER TO ioms_opener;
REVOKE CREATE ON SCHEMA ioms_private FROM ioms_opener;
REVOKE ALL ON FUNCTION ioms_private.knows_of_case(text), ioms_private.knows_of_person(text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION ioms_private.knows_of_case(text), ioms_private.knows_of_person(text)
TO ioms_officer, ioms_navigator, ioms_supervisor, ioms_coordinator, ioms_opener, ioms_owner;
