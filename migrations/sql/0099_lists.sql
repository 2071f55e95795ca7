-- Everybody in the order of their names: whoever does not know of every case had those of each person looked up, one after the
-- other. Now the cases that they know of are read once, and then whose these are; who knows of every case asks what is hidden.

-- Without a check of its own: for known_people_by_name alone. As a condition that is no join, people are looked for in a hash.
CREATE FUNCTION ioms_private.people_of(refs text[]) RETURNS SETOF ioms_private.person_in_order
LANGUAGE plpgsql STABLE SECURITY DEFINER ROWS 50000 SET search_path = public, pg_catalog, pg_temp
SET client_min_messages = notice SET plan_cache_mode = force_generic_plan AS $$
BEGIN
  RETURN QUERY
  SELECT p.id, p.person_ref, p.name_key FROM people AS p WHERE (p.person_ref IN (SELECT unnest(refs))) IS TRUE;
END $$;
ALTER FUNCTION ioms_private.people_of(text[]) OWNER TO ioms_owner;
REVOKE ALL ON FUNCTION ioms_private.people_of(text[]) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION ioms_private.people_of(text[]) TO ioms_reader;

-- What joins cases to it plans for many: for few it looked up the case of each person.
CREATE OR REPLACE FUNCTION known_people_by_name(
  behind text DEFAULT NULL, at_most integer DEFAULT NULL, descending boolean DEFAULT false
) RETURNS SETOF ioms_private.person_in_order LANGUAGE plpgsql STABLE SECURITY DEFINER ROWS 50000
SET search_path = public, pg_catalog, pg_temp SET client_min_messages = notice
SET plan_cache_mode = force_custom_plan AS $$
BEGIN
  IF ioms_private.reading_role() IS NULL THEN
    RETURN;
  END IF;
  IF behind IS NULL AND at_most IS NULL AND NOT descending AND NOT reaches('ALL') THEN
    RETURN QUERY
    SELECT p.* FROM ioms_private.people_of(ARRAY(
      SELECT c.person_ref FROM cases AS c UNION SELECT opened_people() UNION SELECT my_newcomers())) AS p
    ORDER BY p.name_key, p.id;
  ELSIF descending THEN
    RETURN QUERY
    SELECT p.id, p.person_ref, p.name_key FROM people AS p WHERE behind IS NULL OR p.name_key < behind
    ORDER BY p.name_key DESC, p.id DESC LIMIT at_most;
  ELSE
    RETURN QUERY
    SELECT p.id, p.person_ref, p.name_key FROM people AS p WHERE behind IS NULL OR p.name_key > behind
    ORDER BY p.name_key, p.id LIMIT at_most;
  END IF;
END $$;
