-- People by reference or number: with one who is always there, so that who asks and what is theirs is worked out with that row
-- as well where the others are not there. Each is looked up by itself. With a thousand restricted cases among few, a server
-- gathered everybody of whom something is kept, once one of them was met, which took three times as long as for none.

-- Somebody who is on record, whoever may know of them. What is found of them is left out again, unless they were asked for.
CREATE FUNCTION ioms_private.person_there() RETURNS TABLE (id integer, person_ref text) LANGUAGE plpgsql STABLE SECURITY DEFINER
ROWS 1 SET search_path = public, pg_catalog, pg_temp SET client_min_messages = notice AS $$
#variable_conflict use_column
BEGIN
  RETURN QUERY SELECT p.id, p.person_ref::text FROM people AS p ORDER BY p.id LIMIT 1;
END $$;
ALTER FUNCTION ioms_private.person_there() OWNER TO ioms_owner;
REVOKE ALL ON FUNCTION ioms_private.person_there() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION ioms_private.person_there() TO ioms_reader;

-- OFFSET 0 keeps what is asked for from being tested before the policy is.
CREATE OR REPLACE FUNCTION known_people(refs text[] DEFAULT NULL, ids integer[] DEFAULT NULL)
RETURNS SETOF ioms_private.person_head LANGUAGE plpgsql STABLE SECURITY DEFINER ROWS 200
SET search_path = public, pg_catalog, pg_temp SET client_min_messages = notice
SET plan_cache_mode = force_generic_plan AS $$
BEGIN
  IF ioms_private.reading_role() IS NULL THEN
    RETURN;
  END IF;
  IF refs IS NOT NULL THEN
    RETURN QUERY
    SELECT found.* FROM (
      SELECT p.id, p.person_ref, p.family_name, p.given_names, p.known_as, p.date_of_birth, p.pnc_id, p.name_key
      FROM (SELECT unnest(refs) UNION SELECT there.person_ref FROM ioms_private.person_there() AS there) AS asked (ref)
      CROSS JOIN LATERAL (SELECT * FROM people WHERE person_ref = asked.ref) AS p OFFSET 0
    ) AS found WHERE found.person_ref = ANY (refs);
  ELSIF ids IS NOT NULL THEN
    RETURN QUERY
    SELECT found.* FROM (
      SELECT p.id, p.person_ref, p.family_name, p.given_names, p.known_as, p.date_of_birth, p.pnc_id, p.name_key
      FROM (SELECT unnest(ids) UNION SELECT there.id FROM ioms_private.person_there() AS there) AS asked (number)
      CROSS JOIN LATERAL (SELECT * FROM people WHERE id = asked.number) AS p OFFSET 0
    ) AS found WHERE found.id = ANY (ids);
  ELSE
    RETURN QUERY
    SELECT p.id, p.person_ref, p.family_name, p.given_names, p.known_as, p.date_of_birth, p.pnc_id, p.name_key
    FROM people AS p;
  END IF;
END $$;
