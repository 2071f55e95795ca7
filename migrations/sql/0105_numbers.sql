-- Whose some numbers are, each looked up by an index. All people were compared with all that was asked: of 20,000 with two
-- numbers each that took a second, three times for a saved person, and others who recorded a number waited for it.
CREATE OR REPLACE FUNCTION ioms_private.same_numbers(numbers jsonb, own text) RETURNS TABLE (field text, person_ref text)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_catalog, pg_temp AS $$
#variable_conflict use_column
BEGIN
  RETURN QUERY
  SELECT DISTINCT asked.name, held.person_ref::text
  FROM (SELECT key AS name, ioms_private.number_form(value) AS form FROM jsonb_each_text(numbers)) AS asked
  CROSS JOIN LATERAL (
    SELECT p.person_ref FROM people p
    WHERE asked.name = 'pnc_id' AND p.pnc_id IS NOT NULL AND upper(translate(p.pnc_id, ' -/.', '')) = asked.form
    UNION ALL
    SELECT p.person_ref FROM people p
    WHERE asked.name = 'cro_number' AND p.cro_number IS NOT NULL AND upper(translate(p.cro_number, ' -/.', '')) = asked.form
    UNION ALL
    SELECT p.person_ref FROM people p
    WHERE asked.name = 'crn' AND p.crn IS NOT NULL AND upper(translate(p.crn, ' -/.', '')) = asked.form
    UNION ALL
    SELECT p.person_ref FROM people p
    WHERE asked.name = 'prison_number' AND p.prison_number IS NOT NULL
      AND upper(translate(p.prison_number, ' -/.', '')) = asked.form
    UNION ALL
    SELECT p.person_ref FROM people p
    WHERE asked.name = 'niche_id' AND p.niche_id IS NOT NULL AND upper(translate(p.niche_id, ' -/.', '')) = asked.form
    UNION ALL
    SELECT n.person_ref FROM person_numbers n
    WHERE n.kind = asked.name AND n.kind <> 'OTHER' AND upper(translate(n.number, ' -/.', '')) = asked.form
  ) AS held
  WHERE held.person_ref IS DISTINCT FROM own
  ORDER BY 1, 2;
END $$;
