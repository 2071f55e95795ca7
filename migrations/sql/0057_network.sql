-- Whether this user may be shown a record that names a person: they know of that person, or nobody of that reference has
-- a record. Of the latter officers and supervisors are told, who clear up after a disposal.
CREATE FUNCTION may_be_named(ref text) RETURNS boolean LANGUAGE plpgsql STABLE SECURITY DEFINER
SET search_path = public, pg_catalog, pg_temp AS $$
BEGIN
  IF ref IS NULL OR ref IN (SELECT opened_people()) THEN
    RETURN true;
  END IF;
  IF reaches('ALL') THEN
    RETURN ref NOT IN (SELECT hidden_people());
  END IF;
  RETURN EXISTS (SELECT FROM cases c WHERE c.person_ref = ref AND ioms_private.knows(c.case_ref));
END $$;
ALTER FUNCTION may_be_named(text) OWNER TO ioms_owner;
REVOKE ALL ON FUNCTION may_be_named(text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION may_be_named(text) TO ioms_officer, ioms_navigator, ioms_supervisor, ioms_coordinator;
