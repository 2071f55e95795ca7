-- New people and new cases in the window: who may record them, and what the server itself refuses.

-- A person on whom there is no case yet is known to whoever recorded them and to co-ordinators, beside those who may
-- know of everybody. What an import brings stands here too only where somebody recorded it by hand.
CREATE TABLE ioms_private.newcomer (
  person_ref text COLLATE "C" PRIMARY KEY REFERENCES people (person_ref) ON DELETE CASCADE,
  added_by text COLLATE "C" NOT NULL
);
ALTER TABLE ioms_private.newcomer OWNER TO ioms_owner;

CREATE FUNCTION my_newcomers() RETURNS SETOF text LANGUAGE plpgsql STABLE SECURITY DEFINER ROWS 20
SET search_path = public, pg_catalog, pg_temp AS $$
DECLARE
  mine text := my_role();
BEGIN
  IF mine IS NOT NULL THEN
    RETURN QUERY SELECT n.person_ref FROM ioms_private.newcomer n WHERE n.added_by = session_user OR mine = 'coordinator';
  END IF;
END $$;

CREATE FUNCTION ioms_private.knows_person(ref text) RETURNS boolean LANGUAGE plpgsql STABLE SECURITY DEFINER
SET search_path = public, pg_catalog, pg_temp AS $$
BEGIN
  RETURN EXISTS (SELECT FROM people p WHERE p.person_ref = ref)
    AND ref NOT IN (SELECT glass_people())
    AND (
      (reaches('ALL') AND ref NOT IN (SELECT hidden_people()))
      OR ref IN (SELECT my_newcomers())
      OR EXISTS (SELECT FROM cases c WHERE c.person_ref = ref AND ioms_private.knows(c.case_ref))
    );
END $$;

-- A person is opened as a case is. No reference of a case begins with a control character.
CREATE FUNCTION open_person(ref text, purpose text DEFAULT 'CASE_WORK') RETURNS boolean LANGUAGE plpgsql
SECURITY DEFINER SET search_path = public, ioms_audit, pg_catalog, pg_temp AS $$
DECLARE
  place text := E'\x01' || ref;
BEGIN
  PERFORM ioms_private.as_it_is();
  IF ref IS NULL OR my_role() IS NULL OR my_role() NOT IN ('officer', 'navigator', 'supervisor', 'coordinator') THEN
    RETURN false;
  END IF;
  -- Whoever keeps somebody from a case of this person at this moment waits, and then closes what was opened.
  PERFORM FROM people p WHERE p.person_ref = ref FOR KEY SHARE;
  IF NOT ioms_private.knows_person(ref) THEN
    PERFORM write_audit('CONSULTATION', 'people', ref, NULL, NULL, '{"denied": true}'::json);
    RETURN false;
  END IF;
  IF NOT EXISTS (
    SELECT FROM ioms_private.look l WHERE l.who = session_user AND l.case_ref = place
      AND ioms_private.is_running(l.expires_at, interval '15 minutes')
  ) THEN
    PERFORM set_config('ioms.reason_code', purpose, true);
    PERFORM write_audit('CONSULTATION', 'people', ref, ref, NULL, NULL);
    INSERT INTO ioms_private.look
    VALUES (session_user, place, ref, purpose, pg_current_xact_id(), clock_timestamp() + interval '15 minutes')
    ON CONFLICT (who, case_ref) DO UPDATE
      SET purpose = excluded.purpose, opened_xid = excluded.opened_xid, expires_at = excluded.expires_at;
  END IF;
  RETURN true;
END $$;

-- How numbers are compared: capitals, without blanks, hyphens, strokes and full stops.
CREATE FUNCTION ioms_private.number_form(written text) RETURNS text LANGUAGE sql IMMUTABLE
SET search_path = pg_catalog, pg_temp AS $$
  SELECT nullif(upper(translate(written, ' -/.', '')), '')
$$;

CREATE FUNCTION ioms_private.same_numbers(numbers jsonb, own text) RETURNS TABLE (field text, person_ref text)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_catalog, pg_temp AS $$
#variable_conflict use_column
BEGIN
  RETURN QUERY
  SELECT held.name, p.person_ref::text
  FROM people p
  CROSS JOIN LATERAL (VALUES
    ('pnc_id', p.pnc_id), ('cro_number', p.cro_number), ('crn', p.crn), ('prison_number', p.prison_number),
    ('niche_id', p.niche_id)
  ) AS held (name, written)
  JOIN jsonb_each_text(numbers) AS asked (name, written)
    ON asked.name = held.name
    AND ioms_private.number_form(asked.written) = ioms_private.number_form(held.written)
  WHERE p.person_ref IS DISTINCT FROM own
  ORDER BY held.name, p.person_ref;
END $$;

-- Whose numbers these are, as far as the asker may know of them: no reference where they may not. Each answer is on
-- record, for it tells that there is somebody.
CREATE FUNCTION known_numbers(numbers jsonb, own text DEFAULT NULL) RETURNS TABLE (field text, person_ref text)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, ioms_audit, pg_catalog, pg_temp AS $$
#variable_conflict use_column
DECLARE
  found record;
  known boolean;
BEGIN
  PERFORM ioms_private.as_it_is();
  IF my_role() IS NULL OR my_role() NOT IN ('officer', 'navigator', 'supervisor', 'coordinator') THEN
    RAISE EXCEPTION 'permission denied: whose number it is' USING ERRCODE = '42501';
  END IF;
  FOR found IN SELECT * FROM ioms_private.same_numbers(numbers, own) LOOP
    known := ioms_private.knows_person(found.person_ref);
    PERFORM write_audit('CONSULTATION', 'people', found.person_ref, found.person_ref, NULL,
                        json_build_object('number', found.field, 'told', known));
    field := found.field;
    person_ref := CASE WHEN known THEN found.person_ref END;
    RETURN NEXT;
  END LOOP;
END $$;

-- What a session saved in this very transaction, whose search words it may write.
CREATE FUNCTION saved_now(person text, of_case text) RETURNS boolean LANGUAGE plpgsql STABLE SECURITY DEFINER
SET search_path = public, pg_catalog, pg_temp AS $$
BEGIN
  IF of_case = '' THEN
    RETURN EXISTS (
      SELECT FROM people p
      WHERE p.person_ref = person AND p.recorded_by = session_user AND p.recorded_at = transaction_timestamp()
    );
  END IF;
  RETURN EXISTS (
    SELECT FROM cases c
    WHERE c.case_ref = of_case AND c.person_ref = person
      AND c.recorded_by = session_user AND c.recorded_at = transaction_timestamp()
  );
END $$;

-- A number is one person's alone. An import, which opens the whole book, warns instead: what two systems sent stands.
CREATE FUNCTION guard_person() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_catalog, pg_temp AS $$
DECLARE
  numbers jsonb := jsonb_strip_nulls(jsonb_build_object(
    'pnc_id', NEW.pnc_id, 'cro_number', NEW.cro_number, 'crn', NEW.crn, 'prison_number', NEW.prison_number,
    'niche_id', NEW.niche_id));
BEGIN
  IF my_role() IS NULL OR (my_role() = 'supervisor' AND book_open()) THEN
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
    -- One after the other: of two who record the same number at once, the second finds it.
    PERFORM ioms_private.as_it_is();
    LOCK TABLE ioms_private.newcomer IN SHARE ROW EXCLUSIVE MODE;
    IF EXISTS (SELECT FROM ioms_private.same_numbers(numbers, NEW.person_ref)) THEN
      RAISE EXCEPTION 'number of another person' USING ERRCODE = '23514';
    END IF;
  END IF;
  RETURN NEW;
END $$;

CREATE FUNCTION note_newcomer() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_catalog, pg_temp AS $$
BEGIN
  IF my_role() IS NOT NULL AND NOT (my_role() = 'supervisor' AND book_open()) THEN
    INSERT INTO ioms_private.newcomer VALUES (NEW.person_ref, session_user);
  END IF;
  RETURN NULL;
END $$;

-- A new case of a person: no arm of the trial, which comes with an import, and no second open case of a programme.
CREATE FUNCTION guard_new_case() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_catalog, pg_temp AS $$
BEGIN
  IF my_role() IS NULL OR (my_role() = 'supervisor' AND book_open()) THEN
    RETURN NEW;
  END IF;
  IF NEW.trial_arm IS NOT NULL THEN
    RAISE EXCEPTION 'permission denied: the arm of a case comes with an import' USING ERRCODE = '42501';
  END IF;
  PERFORM ioms_private.as_it_is();
  -- Asked here too, before the policy is: what follows would tell of a case of somebody they may not know of.
  IF NOT ioms_private.knows_person(NEW.person_ref) THEN
    RAISE EXCEPTION 'permission denied: a case of this person' USING ERRCODE = '42501';
  END IF;
  -- One after the other: of two who open a case for one person at once, the second finds it.
  PERFORM FROM people p WHERE p.person_ref = NEW.person_ref FOR UPDATE;
  IF EXISTS (
    SELECT FROM cases c
    LEFT JOIN reference_code r ON r.list = 'case_status' AND r.code = c.status
    WHERE c.person_ref = NEW.person_ref AND c.programme = NEW.programme AND c.closed_on IS NULL
      AND NOT coalesce((r.extra ->> 'closes')::boolean, false)
  ) THEN
    RAISE EXCEPTION 'second open case of a programme' USING ERRCODE = '23514';
  END IF;
  RETURN NEW;
END $$;

CREATE FUNCTION forget_newcomer() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_catalog, pg_temp AS $$
BEGIN
  DELETE FROM ioms_private.newcomer n USING new_rows WHERE n.person_ref = new_rows.person_ref;
  RETURN NULL;
END $$;

CREATE TRIGGER people_guard BEFORE INSERT OR UPDATE ON people FOR EACH ROW EXECUTE FUNCTION guard_person();
CREATE TRIGGER people_newcomer_guard AFTER INSERT ON people FOR EACH ROW EXECUTE FUNCTION note_newcomer();
CREATE TRIGGER cases_new_guard BEFORE INSERT ON cases FOR EACH ROW EXECUTE FUNCTION guard_new_case();
CREATE TRIGGER cases_newcomer_guard AFTER INSERT ON cases REFERENCING NEW TABLE AS new_rows
  FOR EACH STATEMENT EXECUTE FUNCTION forget_newcomer();
