-- Whether the book is open is asked once for all people that a statement adds, and otherwise only where a number is new. It
-- was asked twice for each person of an import.

CREATE OR REPLACE FUNCTION guard_person() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_catalog, pg_temp SET client_min_messages = notice AS $$
DECLARE
  numbers jsonb;
BEGIN
  IF TG_OP = 'UPDATE' THEN
    IF (NEW.person_ref, NEW.pnc_id, NEW.cro_number, NEW.crn, NEW.prison_number, NEW.niche_id)
      IS NOT DISTINCT FROM (OLD.person_ref, OLD.pnc_id, OLD.cro_number, OLD.crn, OLD.prison_number, OLD.niche_id) THEN
      RETURN NEW;
    END IF;
  ELSIF coalesce(NEW.pnc_id, NEW.cro_number, NEW.crn, NEW.prison_number, NEW.niche_id) IS NULL THEN
    RETURN NEW;
  END IF;
  IF ioms_private.acting_role() IS NULL OR (ioms_private.acting_role() = 'supervisor' AND book_open()) THEN
    RETURN NEW;
  END IF;
  numbers := jsonb_strip_nulls(jsonb_build_object(
    'pnc_id', NEW.pnc_id, 'cro_number', NEW.cro_number, 'crn', NEW.crn, 'prison_number', NEW.prison_number,
    'niche_id', NEW.niche_id));
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

CREATE OR REPLACE FUNCTION note_newcomer() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_catalog, pg_temp SET client_min_messages = notice AS $$
BEGIN
  IF ioms_private.acting_role() IS NOT NULL AND NOT (ioms_private.acting_role() = 'supervisor' AND book_open()) THEN
    INSERT INTO ioms_private.newcomer SELECT new_rows.person_ref, session_user FROM new_rows;
  END IF;
  RETURN NULL;
END $$;

DROP TRIGGER people_newcomer_guard ON people;
CREATE TRIGGER people_newcomer_guard AFTER INSERT ON people REFERENCING NEW TABLE AS new_rows
  FOR EACH STATEMENT EXECUTE FUNCTION note_newcomer();
