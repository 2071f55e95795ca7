-- A kind may have digits in its name: what this leaves out could never be asked for.
CREATE OR REPLACE FUNCTION ioms_private.numbers_asked(numbers jsonb) RETURNS TABLE (field text, digest bytea) LANGUAGE sql
STABLE SET search_path = public, pg_catalog, pg_temp AS $$
  SELECT a.key, sha256(convert_to(a.key || ':' || ioms_private.number_form(a.value), 'UTF8'))
  FROM jsonb_each_text(numbers) AS a
  WHERE a.key ~ '^[A-Za-z0-9_]{1,40}$' COLLATE "C" AND ioms_private.number_form(a.value) IS NOT NULL
  ORDER BY 1
$$;

-- A number is asked for on record before it is written: the refusal tells that somebody has it, and whoever was refused took
-- the attempt back. What is not asked for is refused before it is looked up.
CREATE FUNCTION ioms_private.check_numbers_asked(numbers jsonb) RETURNS void LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_catalog, pg_temp SET client_min_messages = notice AS $$
BEGIN
  IF EXISTS (
    SELECT FROM jsonb_each_text(numbers) AS given
    WHERE ioms_private.number_form(given.value) IS NOT NULL AND NOT EXISTS (
      SELECT FROM ioms_private.numbers_asked(numbers) AS n
      JOIN ioms_private.number_asked AS a ON a.who = session_user AND a.digest = n.digest
      WHERE n.field = given.key AND ioms_private.is_committed(a.asked_xid)
        -- What was still running when the program asked for it again was not renewed: it is given time to write.
        AND ioms_private.is_running(a.expires_at + interval '15 seconds', interval '75 seconds'))
  ) THEN
    RAISE EXCEPTION 'a number that was not asked for' USING ERRCODE = '42501';
  END IF;
END $$;
ALTER FUNCTION ioms_private.check_numbers_asked(jsonb) OWNER TO ioms_owner;
REVOKE ALL ON FUNCTION ioms_private.check_numbers_asked(jsonb) FROM PUBLIC;

CREATE FUNCTION ioms_private.refuse_taken_numbers(numbers jsonb, own text) RETURNS void LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_catalog, pg_temp SET client_min_messages = notice AS $$
BEGIN
  PERFORM ioms_private.as_it_is();
  PERFORM ioms_private.check_numbers_asked(numbers);
  -- One after the other: of two who record the same number at once, the second finds it.
  LOCK TABLE ioms_private.newcomer IN SHARE ROW EXCLUSIVE MODE;
  IF EXISTS (SELECT FROM ioms_private.same_numbers(numbers, own)) THEN
    RAISE EXCEPTION 'number of another person' USING ERRCODE = '23514';
  END IF;
END $$;
ALTER FUNCTION ioms_private.refuse_taken_numbers(jsonb, text) OWNER TO ioms_owner;
REVOKE ALL ON FUNCTION ioms_private.refuse_taken_numbers(jsonb, text) FROM PUBLIC;

CREATE OR REPLACE FUNCTION guard_person() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_catalog, pg_temp SET client_min_messages = notice AS $$
DECLARE
  numbers jsonb := jsonb_strip_nulls(jsonb_build_object(
    'pnc_id', NEW.pnc_id, 'cro_number', NEW.cro_number, 'crn', NEW.crn, 'prison_number', NEW.prison_number,
    'niche_id', NEW.niche_id));
BEGIN
  IF ioms_private.acting_role() IS NULL OR (ioms_private.acting_role() = 'supervisor' AND book_open()) THEN
    RETURN NEW;
  END IF;
  IF TG_OP = 'UPDATE' THEN
    IF NEW.person_ref IS DISTINCT FROM OLD.person_ref THEN
      RAISE EXCEPTION 'permission denied: a person keeps their reference' USING ERRCODE = '42501';
    END IF;
    numbers := (SELECT coalesce(jsonb_object_agg(key, value), '{}') FROM jsonb_each_text(numbers)
                WHERE value IS DISTINCT FROM to_jsonb(OLD) ->> key);
  END IF;
  IF numbers <> '{}' THEN
    PERFORM ioms_private.refuse_taken_numbers(numbers, NEW.person_ref);
  END IF;
  RETURN NEW;
END $$;

CREATE OR REPLACE FUNCTION guard_number() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_catalog, pg_temp SET client_min_messages = notice AS $$
DECLARE
  numbers jsonb := jsonb_build_object(NEW.kind, NEW.number);
BEGIN
  IF ioms_private.acting_role() IS NULL OR (ioms_private.acting_role() = 'supervisor' AND book_open()) THEN
    RETURN NEW;
  END IF;
  -- Under "another identifier" two people may have the same.
  IF NEW.kind <> 'OTHER' AND (TG_OP = 'INSERT' OR (NEW.kind, NEW.number) IS DISTINCT FROM (OLD.kind, OLD.number)) THEN
    PERFORM ioms_private.refuse_taken_numbers(numbers, NEW.person_ref);
  END IF;
  RETURN NEW;
END $$;
