-- Publishing the figures of a quarter. They come from a supervisor's workstation, which counted them; the server believes
-- nothing of them that it can check itself, and a refusal is an answer, so that the entry that somebody tried stays.

-- What is wrong with figures: nothing where there is no row. Every part of a cell's name is a code of the code lists, so
-- that no name of anybody can stand in one.
CREATE FUNCTION ioms_private.figures_fault(its_quarter text, figures json) RETURNS text LANGUAGE sql STABLE
SET search_path = public, pg_catalog, pg_temp AS $$
  WITH least AS (
    SELECT code, (extra ->> 'least')::integer AS number FROM reference_code WHERE list = 'figure_threshold'
  ), sent AS (
    SELECT f.cube, f.cell, f.count, f.days, coalesce((c.extra ->> 'protected')::boolean, true) AS protected, c.code AS known
    FROM json_to_recordset(figures) AS f (cube text, cell text, count integer, days double precision)
    LEFT JOIN reference_code AS c ON c.list = 'figure_cube' AND c.code = f.cube
  ), held AS (
    SELECT s.*, (SELECT number FROM least WHERE code = CASE WHEN s.protected THEN 'PROTECTED' ELSE 'COUNT' END) AS least
    FROM sent AS s
  ), earlier AS (
    SELECT c.cube, c.cell, bool_or(c.count IS NULL) AS held_back,
           array_agg(DISTINCT c.count) FILTER (WHERE c.count IS NOT NULL) AS counts
    FROM figure_cell AS c WHERE c.quarter = its_quarter AND c.cube <> 'days' GROUP BY c.cube, c.cell
  )
  SELECT 'UNKNOWN' FROM held
  WHERE known IS NULL OR EXISTS (
    SELECT FROM unnest(string_to_array(cell, '/')) AS part WHERE part NOT IN (SELECT code FROM reference_code)
  )
  UNION ALL
  -- Zero names nobody and is told; by a protected characteristic it would say something of everybody in a group.
  SELECT 'TOO_FEW' FROM held AS h
  WHERE h.count < h.least AND (h.count <> 0 OR (h.protected AND NOT EXISTS (
    SELECT FROM reference_code AS c
    WHERE c.list = 'figure_cell' AND c.code = split_part(h.cell, '/', 2) AND c.extra ->> 'neutral' = 'true'
  )))
  UNION ALL
  -- A median or percentile is of so many that it is nobody's own.
  SELECT 'TOO_FEW' FROM held AS h
  WHERE (h.cube = 'days' AND h.count IS NOT NULL)
     OR (h.days IS NOT NULL AND (h.cube <> 'days' OR NOT EXISTS (
       SELECT FROM held AS whole
       JOIN reference_code AS c ON c.list = 'figure_cell' AND c.code = h.cell AND c.extra ->> 'of' = whole.cell
       WHERE whole.cube = 'measures' AND whole.count >= (SELECT number FROM least WHERE code = 'SHARE')
     )))
  UNION ALL
  -- No two editions must be taken from each other, and all can be read: what was held back stays so, and what is shown
  -- moved by enough from each. A median is no sum: the figure it is of must be shown, and is held to this itself.
  SELECT 'UNSTEADY' FROM held AS h JOIN earlier AS e ON e.cube = h.cube COLLATE "C" AND e.cell = h.cell COLLATE "C"
  WHERE h.count IS NOT NULL AND (e.held_back OR EXISTS (
    SELECT FROM unnest(e.counts) AS told (count) WHERE h.count <> told.count AND abs(h.count - told.count) < h.least
  ))
  LIMIT 1
$$;

CREATE FUNCTION ioms_private.figures_same(its_quarter text, its_edition integer, figures json) RETURNS boolean
LANGUAGE sql STABLE SET search_path = public, pg_catalog, pg_temp AS $$
  SELECT NOT EXISTS (
    SELECT FROM json_to_recordset(figures) AS f (cube text, cell text, count integer, days double precision)
    FULL JOIN (SELECT * FROM figure_cell WHERE quarter = its_quarter AND edition = its_edition) AS c
      ON c.cube = f.cube COLLATE "C" AND c.cell = f.cell COLLATE "C"
    WHERE c.cube IS NULL OR f.cube IS NULL OR c.count IS DISTINCT FROM f.count OR c.days IS DISTINCT FROM f.days
  )
$$;

-- Answers PUBLISHED, SAME where these figures are published already, and otherwise why not.
CREATE FUNCTION publish_figures(its_quarter text, version text, figures json, why text) RETURNS text
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, ioms_audit, pg_catalog, pg_temp AS $$
DECLARE
  last integer;
  fault text;
BEGIN
  -- Whoever may not publish holds nobody up.
  IF my_role() IS NOT DISTINCT FROM 'supervisor' THEN
    LOCK TABLE figure_edition IN SHARE ROW EXCLUSIVE MODE;
  END IF;
  SELECT max(edition) INTO last FROM figure_edition WHERE quarter = its_quarter;
  fault := CASE
    WHEN my_role() IS DISTINCT FROM 'supervisor' THEN 'REFUSED'
    WHEN its_quarter IS NULL OR its_quarter !~ '^[12]\d{3}-Q[1-4]$' THEN 'UNKNOWN'
    WHEN make_date(left(its_quarter, 4)::integer, right(its_quarter, 1)::integer * 3 - 2, 1) + interval '3 months'
         > (clock_timestamp() AT TIME ZONE 'Europe/London')::date THEN 'NOT_OVER'
    -- Restricted cases are never counted. Whoever is kept from another would publish figures that differ by it.
    WHEN EXISTS (
      SELECT FROM hidden_cases() AS h (ref) LEFT JOIN case_standing AS s ON s.case_ref = h.ref
      WHERE NOT coalesce(s.restricted, false)
    ) THEN 'HIDDEN'
    WHEN json_typeof(figures) IS DISTINCT FROM 'array' OR json_array_length(figures) = 0 THEN 'UNKNOWN'
  END;
  fault := coalesce(fault, ioms_private.figures_fault(its_quarter, figures));
  IF fault IS NULL AND last IS NOT NULL THEN
    IF ioms_private.figures_same(its_quarter, last, figures) THEN
      RETURN 'SAME';
    END IF;
    IF btrim(coalesce(why, '')) = '' THEN
      fault := 'REASON';
    END IF;
  END IF;
  PERFORM set_config('ioms.reason_text', coalesce(why, ''), true);
  IF fault IS NOT NULL THEN
    PERFORM write_audit('DISCLOSURE', 'figures', coalesce(its_quarter, ''), NULL, NULL,
                        json_build_object('denied', true, 'because', fault));
    RETURN fault;
  END IF;
  INSERT INTO figure_edition (quarter, edition, policy_version, least, least_protected, least_share, reason,
                              published_by, published_at)
  SELECT its_quarter, coalesce(last, 0) + 1, version,
         max((extra ->> 'least')::integer) FILTER (WHERE code = 'COUNT'),
         max((extra ->> 'least')::integer) FILTER (WHERE code = 'PROTECTED'),
         max((extra ->> 'least')::integer) FILTER (WHERE code = 'SHARE'),
         nullif(btrim(coalesce(why, '')), ''), session_user, clock_timestamp()
  FROM reference_code WHERE list = 'figure_threshold';
  INSERT INTO figure_cell (quarter, edition, cube, cell, count, days)
  SELECT its_quarter, coalesce(last, 0) + 1, f.cube, f.cell, f.count, f.days
  FROM json_to_recordset(figures) AS f (cube text, cell text, count integer, days double precision);
  PERFORM write_audit('DISCLOSURE', 'figures', its_quarter, NULL, 'readers of published figures',
                      json_build_object('edition', coalesce(last, 0) + 1, 'cells', json_array_length(figures)));
  RETURN 'PUBLISHED';
END $$;
