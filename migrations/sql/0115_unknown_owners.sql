-- A record on a case or a person that its writer may not know of is refused as one on what is not there, before anything else of it
-- is looked at. It was refused by its policy, but only after triggers had refused other things of it: a code that its list does not
-- have was named of a hidden case, and nothing of one that is not there.

CREATE FUNCTION refuse_unknown_case() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_catalog, pg_temp SET client_min_messages = notice AS $$
BEGIN
  IF ioms_private.acting_role() IS NOT NULL AND NEW.case_ref IS NOT NULL
     AND (TG_OP = 'INSERT' OR NEW.case_ref IS DISTINCT FROM OLD.case_ref) AND NOT ioms_private.knows(NEW.case_ref) THEN
    RAISE EXCEPTION 'new row violates row-level security policy for table "%"', TG_TABLE_NAME USING ERRCODE = '42501';
  END IF;
  RETURN NEW;
END $$;

-- Of a person also what their policies let pass: whom somebody opened, or saves in the same transaction.
CREATE FUNCTION refuse_unknown_person() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_catalog, pg_temp SET client_min_messages = notice AS $$
BEGIN
  IF ioms_private.acting_role() IS NOT NULL AND (TG_OP = 'INSERT' OR NEW.person_ref IS DISTINCT FROM OLD.person_ref) AND NOT (
    ioms_private.is_there('person', NEW.person_ref) AND (
      (reaches('ALL') AND NOT (
        EXISTS (SELECT FROM ioms_private.kept_people AS k WHERE k.person_ref = NEW.person_ref)
        AND ioms_private.hides_person(NEW.person_ref)))
      OR saved_now(NEW.person_ref, '') OR NEW.person_ref IN (SELECT opened_people())
      OR ioms_private.knows_person(NEW.person_ref))) THEN
    RAISE EXCEPTION 'new row violates row-level security policy for table "%"', TG_TABLE_NAME USING ERRCODE = '42501';
  END IF;
  RETURN NEW;
END $$;

ALTER FUNCTION refuse_unknown_case() OWNER TO ioms_owner;
ALTER FUNCTION refuse_unknown_person() OWNER TO ioms_owner;
REVOKE ALL ON FUNCTION refuse_unknown_case(), refuse_unknown_person() FROM PUBLIC;
