-- A record on a case or a person that its writer may not know of is refused as one on what is not there. Its policy refuses it, but
-- only after all triggers: a code that its list does not have was named of a hidden case, and nothing of one that is not there. So
-- what refuses a record for another reason calls this first. What is not refused is not asked for, since the policy asks in any case.
-- A record that stays with its case or person is refused for its own reason.

CREATE FUNCTION ioms_private.refuse_unknown_owner(its_table text, was jsonb, becomes jsonb) RETURNS void
LANGUAGE plpgsql STABLE SECURITY DEFINER
SET search_path = public, pg_catalog, pg_temp SET client_min_messages = notice AS $$
DECLARE
  subject text := CASE WHEN its_table <> 'cases' AND becomes ? 'case_ref' THEN 'case_ref' ELSE 'person_ref' END;
  ref text := becomes ->> subject;
  known boolean;
  opened boolean;
  saved boolean;
BEGIN
  IF ref IS NULL OR ref = was ->> subject THEN
    RETURN;
  END IF;
  -- Each is worked out for whoever is asked for, so that the time is that of one who is not there.
  IF subject = 'case_ref' THEN
    known := ioms_private.knows(ref);
  ELSE
    opened := ref IN (SELECT opened_people());
    saved := saved_now(ref, '');
    known := ioms_private.knows_person(ref);
    known := known OR opened OR saved;
  END IF;
  IF NOT known THEN
    RAISE EXCEPTION 'new row violates row-level security policy for table "%"', its_table USING ERRCODE = '42501';
  END IF;
END $$;

ALTER FUNCTION ioms_private.refuse_unknown_owner(text, jsonb, jsonb) OWNER TO ioms_owner;
REVOKE ALL ON FUNCTION ioms_private.refuse_unknown_owner(text, jsonb, jsonb) FROM PUBLIC;
