-- Whom somebody may know of, they read through functions: lists, windows and search. A condition of theirs is tested on what
-- a function returned, never on what is kept from them. Types of their own, so that views can still be made anew.

CREATE TYPE ioms_private.person_head AS (
  id integer, person_ref text COLLATE "C", family_name text, given_names text, known_as text, date_of_birth date,
  pnc_id text, name_key text COLLATE "C"
);
CREATE TYPE ioms_private.person_in_order AS (id integer, person_ref text COLLATE "C", name_key text COLLATE "C");
CREATE TYPE ioms_private.search_word AS (word text COLLATE "C", person_ref text COLLATE "C", case_ref text COLLATE "C");
ALTER TYPE ioms_private.person_head OWNER TO ioms_owner;
ALTER TYPE ioms_private.person_in_order OWNER TO ioms_owner;
ALTER TYPE ioms_private.search_word OWNER TO ioms_owner;

CREATE FUNCTION known_people(refs text[] DEFAULT NULL, ids integer[] DEFAULT NULL)
RETURNS SETOF ioms_private.person_head LANGUAGE plpgsql STABLE SECURITY DEFINER ROWS 200
SET search_path = public, pg_catalog, pg_temp SET client_min_messages = notice
SET plan_cache_mode = force_generic_plan AS $$
BEGIN
  IF ioms_private.reading_role() IS NULL THEN
    RETURN;
  END IF;
  IF refs IS NOT NULL THEN
    RETURN QUERY
    SELECT p.id, p.person_ref, p.family_name, p.given_names, p.known_as, p.date_of_birth, p.pnc_id, p.name_key
    FROM people AS p WHERE p.person_ref = ANY (refs);
  ELSIF ids IS NOT NULL THEN
    RETURN QUERY
    SELECT p.id, p.person_ref, p.family_name, p.given_names, p.known_as, p.date_of_birth, p.pnc_id, p.name_key
    FROM people AS p WHERE p.id = ANY (ids);
  ELSE
    RETURN QUERY
    SELECT p.id, p.person_ref, p.family_name, p.given_names, p.known_as, p.date_of_birth, p.pnc_id, p.name_key
    FROM people AS p;
  END IF;
END $$;

-- In the order of their names, behind somebody, and so many at most: a list shows its first screen without asking of
-- everybody else who they are. The plan has to know how many.
CREATE FUNCTION known_people_by_name(
  behind text DEFAULT NULL, at_most integer DEFAULT NULL, descending boolean DEFAULT false
) RETURNS SETOF ioms_private.person_in_order LANGUAGE plpgsql STABLE SECURITY DEFINER ROWS 200
SET search_path = public, pg_catalog, pg_temp SET client_min_messages = notice
SET plan_cache_mode = force_custom_plan AS $$
BEGIN
  IF ioms_private.reading_role() IS NULL THEN
    RETURN;
  END IF;
  IF descending THEN
    RETURN QUERY
    SELECT p.id, p.person_ref, p.name_key FROM people AS p WHERE behind IS NULL OR p.name_key < behind
    ORDER BY p.name_key DESC, p.id DESC LIMIT at_most;
  ELSE
    RETURN QUERY
    SELECT p.id, p.person_ref, p.name_key FROM people AS p WHERE behind IS NULL OR p.name_key > behind
    ORDER BY p.name_key, p.id LIMIT at_most;
  END IF;
END $$;

-- The words that begin with one of some, or are one of others; from each in turn, until there are enough.
CREATE FUNCTION words_found(begun text[], whole text[], at_most integer DEFAULT NULL)
RETURNS SETOF ioms_private.search_word LANGUAGE plpgsql STABLE SECURITY DEFINER ROWS 200
SET search_path = public, pg_catalog, pg_temp SET client_min_messages = notice
SET plan_cache_mode = force_custom_plan AS $$
DECLARE
  each text;
  found integer := 0;
  more integer;
BEGIN
  IF ioms_private.reading_role() IS NULL THEN
    RETURN;
  END IF;
  FOREACH each IN ARRAY begun LOOP
    RETURN QUERY
    SELECT k.word, k.person_ref, k.case_ref FROM search_key AS k
    WHERE k.word >= each AND k.word < each || chr(1114111) LIMIT at_most - found;
    GET DIAGNOSTICS more = ROW_COUNT;
    found := found + more;
    EXIT WHEN found >= at_most;
  END LOOP;
  RETURN QUERY
  SELECT k.word, k.person_ref, k.case_ref FROM search_key AS k WHERE k.word = ANY (whole) LIMIT at_most - found;
END $$;

CREATE FUNCTION words_of_people(people text[]) RETURNS SETOF ioms_private.search_word
LANGUAGE plpgsql STABLE SECURITY DEFINER ROWS 200 SET search_path = public, pg_catalog, pg_temp SET client_min_messages = notice
SET plan_cache_mode = force_generic_plan AS $$
BEGIN
  IF ioms_private.reading_role() IS NULL THEN
    RETURN;
  END IF;
  RETURN QUERY
  SELECT k.word, k.person_ref, k.case_ref FROM search_key AS k WHERE k.person_ref = ANY (people);
END $$;

-- Which of some words anybody known is found by: of each, the first person is enough.
CREATE FUNCTION known_words(asked text[]) RETURNS SETOF text LANGUAGE plpgsql STABLE SECURITY DEFINER ROWS 20
SET search_path = public, pg_catalog, pg_temp SET client_min_messages = notice
SET plan_cache_mode = force_generic_plan AS $$
BEGIN
  IF ioms_private.reading_role() IS NULL THEN
    RETURN;
  END IF;
  RETURN QUERY
  SELECT each FROM unnest(asked) AS each WHERE (SELECT true FROM search_key AS k WHERE k.word = each LIMIT 1);
END $$;
