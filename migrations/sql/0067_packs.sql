-- A pack is several papers in one file. Each has its own entry and code, and names the code of the pack on its cover.

-- A code as it stands at the foot of a paper, with its two check digits.
CREATE FUNCTION ioms_private.is_print_code(code text) RETURNS boolean LANGUAGE sql IMMUTABLE
SET search_path = pg_catalog, pg_temp AS $$
  SELECT CASE WHEN coalesce(code ~ '^P-[0-9A-F]{12}-[0-9A-F]{2}$', false)
    THEN ('x' || replace(substr(code, 3), '-', ''))::bit(56)::bigint % 251 = 1 ELSE false END
$$;

-- Of which cases a paper, or a pack, of this code or of these bytes is, as far as its reader may know of them.
CREATE FUNCTION cases_of_paper(code text, bytes text) RETURNS SETOF text LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = public, pg_catalog, pg_temp AS $$
  SELECT DISTINCT r.case_ref FROM registered_as(code, bytes) AS r
  WHERE ioms_private.knows(r.case_ref) OR coalesce(my_role() = 'auditor', false)
$$;
