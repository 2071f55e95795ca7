-- More columns of a person have a dated set: warning markers, parents and carers, communication needs, languages, the status
-- of social care and that of exploitation and the NRM. And the number of another agency is one person's alone.

-- The function of 0036 with what is added here.
CREATE OR REPLACE FUNCTION ioms_private.unlike_their_sets(ref text) RETURNS text LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = public, pg_catalog, pg_temp AS $$
  SELECT CASE
    WHEN ioms_private.parts_of(p.known_as, ';,/|') <> ioms_private.parts_of((
      SELECT string_agg(n.name, ';') FROM person_names n
      WHERE n.person_ref = ref AND n.kind IN ('ALIAS', 'NICKNAME') AND n.to_on IS NULL), ';,/|') THEN 'known_as'
    WHEN (SELECT count(*) FROM addresses a WHERE a.person_ref = ref AND a.kind = 'HOME' AND a.to_on IS NULL
          AND (a.address IS NOT NULL OR a.postcode IS NOT NULL))
        <> (CASE WHEN p.address IS NULL AND p.postcode IS NULL THEN 0 ELSE 1 END)
      OR EXISTS (
        SELECT FROM addresses a WHERE a.person_ref = ref AND a.kind = 'HOME' AND a.to_on IS NULL
          AND (a.address IS NOT NULL OR a.postcode IS NOT NULL)
          AND (a.address, a.postcode) IS DISTINCT FROM (p.address, p.postcode)) THEN 'address'
    WHEN ARRAY(SELECT a.address FROM addresses a WHERE a.person_ref = ref AND a.kind = 'PHONE' AND a.to_on IS NULL
               AND a.address IS NOT NULL)
      <> array_remove(ARRAY[p.phone], NULL) THEN 'phone'
    WHEN ioms_private.parts_of(p.warning_markers, ';,') <> ioms_private.parts_of((
      SELECT string_agg(w.marker, ';') FROM person_warnings w
      WHERE w.person_ref = ref AND w.to_on IS NULL), ';,') THEN 'warning_markers'
    WHEN ioms_private.parts_of(p.parent_or_carer, ';') <> ioms_private.parts_of((
      SELECT string_agg(c.name || coalesce(' (' || c.relation || ')', ''), ';') FROM carers c
      WHERE c.person_ref = ref AND c.to_on IS NULL), ';') THEN 'parent_or_carer'
    WHEN ioms_private.parts_of(p.communication_needs, ';') <> ioms_private.parts_of((
      SELECT string_agg(n.words, ';') FROM person_needs n
      WHERE n.person_ref = ref AND n.kind = 'COMMUNICATION' AND n.to_on IS NULL), ';') THEN 'communication_needs'
    WHEN ioms_private.parts_of(p.languages, ';,') <> ioms_private.parts_of((
      SELECT string_agg(n.words, ';') FROM person_needs n
      WHERE n.person_ref = ref AND n.kind = 'LANGUAGE' AND n.to_on IS NULL), ';,') THEN 'languages'
    WHEN ARRAY(SELECT s.status FROM care_statuses s WHERE s.person_ref = ref AND s.to_on IS NULL)
      <> array_remove(ARRAY[p.social_care_status], NULL) THEN 'social_care_status'
    WHEN ARRAY(SELECT k.nrm_status FROM safeguarding_checks k WHERE k.person_ref = ref AND k.kind = 'EXPLOITATION'
               AND k.to_on IS NULL AND k.nrm_status IS NOT NULL)
      <> array_remove(ARRAY[p.exploitation], NULL) THEN 'exploitation'
  END
  FROM people p WHERE p.person_ref = ref
$$;

DROP TRIGGER people_added_guard ON people;
DROP TRIGGER people_current_guard ON people;
CREATE CONSTRAINT TRIGGER people_added_guard AFTER INSERT ON people DEFERRABLE INITIALLY DEFERRED
  FOR EACH ROW WHEN (coalesce(NEW.known_as, NEW.address, NEW.postcode, NEW.phone, NEW.warning_markers,
    NEW.parent_or_carer, NEW.communication_needs, NEW.languages, NEW.social_care_status, NEW.exploitation) IS NOT NULL)
  EXECUTE FUNCTION refuse_unlike_sets();
CREATE CONSTRAINT TRIGGER people_current_guard AFTER UPDATE ON people DEFERRABLE INITIALLY DEFERRED
  FOR EACH ROW WHEN ((NEW.known_as, NEW.address, NEW.postcode, NEW.phone, NEW.warning_markers, NEW.parent_or_carer,
      NEW.communication_needs, NEW.languages, NEW.social_care_status, NEW.exploitation)
    IS DISTINCT FROM (OLD.known_as, OLD.address, OLD.postcode, OLD.phone, OLD.warning_markers, OLD.parent_or_carer,
      OLD.communication_needs, OLD.languages, OLD.social_care_status, OLD.exploitation))
  EXECUTE FUNCTION refuse_unlike_sets();

CREATE OR REPLACE VIEW ioms_private.entries_of_people AS
  SELECT person_ref, recorded_by, recorded_at FROM person_names
  UNION ALL SELECT person_ref, recorded_by, recorded_at FROM addresses
  UNION ALL SELECT person_ref, recorded_by, recorded_at FROM person_numbers;

CREATE OR REPLACE FUNCTION saved_now(person text, of_case text) RETURNS boolean LANGUAGE plpgsql STABLE SECURITY DEFINER
SET search_path = public, pg_catalog, pg_temp AS $$
BEGIN
  IF of_case = '' THEN
    RETURN EXISTS (
      SELECT FROM people p
      WHERE p.person_ref = person AND p.recorded_by = session_user AND p.recorded_at = transaction_timestamp()
    ) OR EXISTS (
      SELECT FROM ioms_private.entries_of_people e
      WHERE e.person_ref = person AND e.recorded_by = session_user AND e.recorded_at = transaction_timestamp()
    ) OR EXISTS (
      -- Struck out just now.
      SELECT FROM former_version f
      WHERE f.person_ref = person AND f.table_name IN ('person_names', 'addresses', 'person_numbers')
        AND f.changed_by = session_user AND f.current_to >= transaction_timestamp()
    );
  END IF;
  RETURN EXISTS (
    SELECT FROM cases c
    WHERE c.case_ref = of_case AND c.person_ref = person
      AND c.recorded_by = session_user AND c.recorded_at = transaction_timestamp()
  );
END $$;

-- The function of 0023, which is asked of the kinds of other numbers too. What stands under "another identifier" may be
-- of any agency, so that it may be the same for two people.
CREATE OR REPLACE FUNCTION ioms_private.same_numbers(numbers jsonb, own text) RETURNS TABLE (field text, person_ref text)
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
  UNION
  SELECT n.kind, n.person_ref::text
  FROM person_numbers n
  JOIN jsonb_each_text(numbers) AS asked (name, written)
    ON asked.name = n.kind AND n.kind <> 'OTHER'
    AND ioms_private.number_form(asked.written) = ioms_private.number_form(n.number)
  WHERE n.person_ref IS DISTINCT FROM own
  ORDER BY 1, 2;
END $$;

CREATE FUNCTION guard_number() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_catalog, pg_temp AS $$
BEGIN
  IF my_role() IS NULL OR (my_role() = 'supervisor' AND book_open()) THEN
    RETURN NEW;
  END IF;
  IF TG_OP = 'INSERT' OR (NEW.kind, NEW.number) IS DISTINCT FROM (OLD.kind, OLD.number) THEN
    -- One after the other: of two who record the same number at once, the second finds it.
    PERFORM ioms_private.as_it_is();
    LOCK TABLE ioms_private.newcomer IN SHARE ROW EXCLUSIVE MODE;
    IF EXISTS (SELECT FROM ioms_private.same_numbers(jsonb_build_object(NEW.kind, NEW.number), NEW.person_ref)) THEN
      RAISE EXCEPTION 'number of another person' USING ERRCODE = '23514';
    END IF;
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER person_numbers_guard BEFORE INSERT OR UPDATE ON person_numbers
  FOR EACH ROW EXECUTE FUNCTION guard_number();
