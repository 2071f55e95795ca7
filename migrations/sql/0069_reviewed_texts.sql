-- What was removed from the texts of a paper: which text in which version, and where; nothing that says a word of it.
CREATE FUNCTION ioms_private.is_removed(said jsonb) RETURNS boolean LANGUAGE sql IMMUTABLE
SET search_path = pg_catalog, pg_temp AS $$
  SELECT CASE WHEN jsonb_typeof(said) = 'array' THEN jsonb_array_length(said) BETWEEN 1 AND 1000 AND NOT EXISTS (
    SELECT FROM jsonb_array_elements(said) AS each
    WHERE NOT coalesce(
      CASE WHEN jsonb_typeof(each.value) = 'object' THEN
        each.value - ARRAY['text', 'on', 'spans'] = '{}'
        AND length(each.value ->> 'text') <= 100
        AND each.value ->> 'text' ~ '^[a-z_]+:[0-9]+:[0-9]+:[a-z_]+(\.[0-9]+)?$'
        AND (NOT each.value ? 'on' OR each.value ->> 'on' ~ '^[0-9]{4}-[0-9]{2}-[0-9]{2}$')
        AND length((each.value -> 'spans')::text) <= 20000
        AND (each.value -> 'spans')::text ~ '^\[\[[0-9]{1,6}, [0-9]{1,6}\](, \[[0-9]{1,6}, [0-9]{1,6}\])*\]$'
      END, false)) ELSE false END
$$;
