-- The current value of a person's column and the entries of their dated set without a last day say the same. The program
-- brings both together in every transaction; whatever writes only one of them is refused when its transaction ends.

-- The values of a column that may have several, each once and in one order.
CREATE FUNCTION ioms_private.parts_of(written text, separators text) RETURNS text[] LANGUAGE sql IMMUTABLE
SET search_path = pg_catalog, pg_temp AS $$
  SELECT coalesce(array_agg(DISTINCT btrim(part, ' ') COLLATE "C"), '{}')
  FROM unnest(string_to_array(translate(written, separators, repeat(';', length(separators))), ';')) AS part
  WHERE btrim(part, ' ') <> ''
$$;

-- What column and set of a person say differently; nothing where they agree or there is no such person.
CREATE FUNCTION ioms_private.unlike_their_sets(ref text) RETURNS text LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = public, pg_catalog, pg_temp AS $$
  SELECT CASE
    WHEN ioms_private.parts_of(p.known_as, ';,/|') <> (
      SELECT coalesce(array_agg(DISTINCT n.name COLLATE "C"), '{}') FROM person_names n
      WHERE n.person_ref = ref AND n.kind IN ('ALIAS', 'NICKNAME') AND n.to_on IS NULL) THEN 'known_as'
    WHEN (SELECT count(*) FROM addresses a WHERE a.person_ref = ref AND a.kind = 'HOME' AND a.to_on IS NULL)
        <> (CASE WHEN p.address IS NULL AND p.postcode IS NULL THEN 0 ELSE 1 END)
      OR EXISTS (
        SELECT FROM addresses a WHERE a.person_ref = ref AND a.kind = 'HOME' AND a.to_on IS NULL
          AND (a.address, a.postcode) IS DISTINCT FROM (p.address, p.postcode)) THEN 'address'
    WHEN (SELECT count(*) FROM addresses a WHERE a.person_ref = ref AND a.kind = 'PHONE' AND a.to_on IS NULL)
        <> (CASE WHEN p.phone IS NULL THEN 0 ELSE 1 END)
      OR EXISTS (
        SELECT FROM addresses a WHERE a.person_ref = ref AND a.kind = 'PHONE' AND a.to_on IS NULL
          AND a.address IS DISTINCT FROM p.phone) THEN 'phone'
  END
  FROM people p WHERE p.person_ref = ref
$$;

CREATE FUNCTION refuse_unlike_sets() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_catalog, pg_temp AS $$
DECLARE
  unlike text;
BEGIN
  unlike := ioms_private.unlike_their_sets(CASE WHEN TG_OP = 'DELETE' THEN OLD.person_ref ELSE NEW.person_ref END);
  IF unlike IS NULL AND TG_OP = 'UPDATE' AND NEW.person_ref IS DISTINCT FROM OLD.person_ref THEN
    unlike := ioms_private.unlike_their_sets(OLD.person_ref);
  END IF;
  IF unlike IS NOT NULL THEN
    RAISE EXCEPTION 'differs from its dated set: %', unlike USING ERRCODE = '23514';
  END IF;
  RETURN NULL;
END $$;

CREATE CONSTRAINT TRIGGER people_added_guard AFTER INSERT ON people DEFERRABLE INITIALLY DEFERRED
  FOR EACH ROW WHEN (coalesce(NEW.known_as, NEW.address, NEW.postcode, NEW.phone) IS NOT NULL)
  EXECUTE FUNCTION refuse_unlike_sets();
CREATE CONSTRAINT TRIGGER people_current_guard AFTER UPDATE ON people DEFERRABLE INITIALLY DEFERRED
  FOR EACH ROW WHEN ((NEW.known_as, NEW.address, NEW.postcode, NEW.phone)
    IS DISTINCT FROM (OLD.known_as, OLD.address, OLD.postcode, OLD.phone))
  EXECUTE FUNCTION refuse_unlike_sets();
CREATE CONSTRAINT TRIGGER person_names_current_guard AFTER INSERT OR UPDATE OR DELETE ON person_names
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION refuse_unlike_sets();
CREATE CONSTRAINT TRIGGER addresses_current_guard AFTER INSERT OR UPDATE OR DELETE ON addresses
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION refuse_unlike_sets();

-- What a session saved in this very transaction, whose search words it may write: a person, an entry of their sets, a case.
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
      WHERE f.person_ref = person AND f.table_name IN ('person_names', 'addresses') AND f.changed_by = session_user
        AND f.current_to >= transaction_timestamp()
    );
  END IF;
  RETURN EXISTS (
    SELECT FROM cases c
    WHERE c.case_ref = of_case AND c.person_ref = person
      AND c.recorded_by = session_user AND c.recorded_at = transaction_timestamp()
  );
END $$;

CREATE VIEW ioms_private.entries_of_people AS
  SELECT person_ref, recorded_by, recorded_at FROM person_names
  UNION ALL SELECT person_ref, recorded_by, recorded_at FROM addresses;
