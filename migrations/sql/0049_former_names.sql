-- A disposal looks for everything by which a person was known: the names, numbers and phones of their dated sets, too.

-- The words of a former name by which others may have gone on naming somebody: the first, the last, and all but the first.
CREATE FUNCTION ioms_private.names_of(ref text) RETURNS text[] LANGUAGE plpgsql STABLE SECURITY DEFINER
SET search_path = public, pg_catalog, pg_temp AS $$
BEGIN
  RETURN ARRAY(
    SELECT said FROM person_names AS n, unnest(ARRAY[n.name] || CASE WHEN n.kind = 'FORMER' THEN ARRAY[
      regexp_replace(btrim(n.name), '\s.*$', ''), regexp_replace(btrim(n.name), '^.*\s', ''),
      regexp_replace(btrim(n.name), '^\S+\s+', '')] END) AS said
    WHERE n.person_ref = ref);
END $$;

-- The functions of 0005 with what is added here. Everything by which others may have named somebody, as one pattern.
CREATE OR REPLACE FUNCTION ioms_private.pattern_of(ref text) RETURNS text LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = public, pg_catalog, pg_temp AS $$
  SELECT '(?<![[:alnum:]])(' || string_agg(regexp_replace(term, '([^[:alnum:]])', '\\\1', 'g'), '|' ORDER BY term)
    || ')(?![[:alnum:]])'
  FROM (
    SELECT DISTINCT btrim(said) AS term
    FROM people AS p, unnest(
      ARRAY[p.family_name, p.known_as, p.person_ref, p.pnc_id, p.cro_number, p.crn, p.prison_number, p.niche_id, p.phone]
      || regexp_split_to_array(p.given_names, '\s+')
      || ioms_private.names_of(ref)
      || ARRAY(SELECT n.number FROM person_numbers AS n WHERE n.person_ref = ref)
      || ARRAY(SELECT a.address FROM addresses AS a
               WHERE a.person_ref = ref AND a.kind IN ('PHONE', 'OTHER_PHONE', 'EMAIL') AND a.address IS NOT NULL)
      || ARRAY(SELECT c.case_ref FROM cases AS c WHERE c.person_ref = ref)) AS said
    WHERE p.person_ref = ref AND length(btrim(said)) > 1
  ) AS terms
$$;

CREATE OR REPLACE FUNCTION ioms_private.names_person(said text, ref text) RETURNS boolean LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = public, pg_catalog, pg_temp AS $$
  SELECT EXISTS (
    SELECT FROM people AS p
    WHERE p.person_ref = ref
      AND (
        array_remove(regexp_split_to_array(lower(concat_ws(' ', p.family_name, p.given_names, p.known_as,
          array_to_string(ioms_private.names_of(ref), ' '))), '[^[:alnum:]]+'), '')
          && regexp_split_to_array(lower(said), '[^[:alnum:]]+')
        OR EXISTS (
          SELECT FROM unnest(
            ARRAY[p.person_ref, p.pnc_id, p.cro_number, p.crn, p.prison_number, p.niche_id]
            || ARRAY(SELECT n.number FROM person_numbers AS n WHERE n.person_ref = ref)
            || ARRAY(SELECT c.case_ref FROM cases AS c WHERE c.person_ref = ref)) AS number
          WHERE position(lower(number) IN lower(said)) > 0)))
$$;
