-- A function in SQL that sets its search path is planned anew by every call, one in PL/pgSQL once a session: what guards the
-- dated sets of a person is asked for every row that an import writes.

-- The functions of 0036 and 0043, which say the same.
CREATE OR REPLACE FUNCTION ioms_private.parts_of(written text, separators text) RETURNS text[] LANGUAGE plpgsql IMMUTABLE
SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  RETURN (
    SELECT coalesce(array_agg(DISTINCT btrim(part, ' ') COLLATE "C"), '{}')
    FROM unnest(string_to_array(translate(written, separators, repeat(';', length(separators))), ';')) AS part
    WHERE btrim(part, ' ') <> '');
END $$;

CREATE OR REPLACE FUNCTION ioms_private.unlike_their_sets(ref text) RETURNS text LANGUAGE plpgsql STABLE SECURITY DEFINER
SET search_path = public, pg_catalog, pg_temp AS $$
BEGIN
  RETURN (
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
    FROM people p WHERE p.person_ref = ref);
END $$;
