-- A notice between windows names a case by a random number that the server alone gives and explains, and to those alone who know of
-- the case. It was a digest of the reference, which anybody could make of every reference that there might be.
CREATE TABLE ioms_private.announced_case (
  case_ref text COLLATE "C" PRIMARY KEY REFERENCES cases (case_ref) ON DELETE CASCADE,
  token text NOT NULL UNIQUE DEFAULT replace(gen_random_uuid()::text, '-', '')
);
ALTER TABLE ioms_private.announced_case OWNER TO ioms_owner;
INSERT INTO ioms_private.announced_case (case_ref) SELECT case_ref FROM cases;

CREATE FUNCTION name_announced_case() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_catalog, pg_temp SET client_min_messages = notice AS $$
BEGIN
  INSERT INTO ioms_private.announced_case (case_ref) SELECT n.case_ref FROM new_rows AS n ON CONFLICT DO NOTHING;
  RETURN NULL;
END $$;
ALTER FUNCTION name_announced_case() OWNER TO ioms_owner;
CREATE TRIGGER cases_announced AFTER INSERT ON cases REFERENCING NEW TABLE AS new_rows
FOR EACH STATEMENT EXECUTE FUNCTION name_announced_case();

-- Sends a notice, in which references stand for the cases. If one is not known to the sender, no case is named: any may have changed.
CREATE FUNCTION announce(channel text, said jsonb) RETURNS void LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_catalog, pg_temp SET client_min_messages = notice AS $$
DECLARE
  one text := said ->> 'case';
  named text[];
BEGIN
  PERFORM ioms_private.refuse_explain();
  IF one IS NOT NULL THEN
    one := (SELECT a.token FROM ioms_private.announced_case AS a WHERE a.case_ref = one);
    IF one IS NULL OR NOT ioms_private.knows(said ->> 'case') THEN
      RETURN;
    END IF;
    said := said || jsonb_build_object('case', one);
  END IF;
  IF jsonb_typeof(said -> 'cases') = 'array' THEN
    named := ARRAY(
      SELECT a.token FROM jsonb_array_elements_text(said -> 'cases') AS r (ref)
      JOIN ioms_private.announced_case AS a ON a.case_ref = r.ref WHERE ioms_private.knows(a.case_ref) ORDER BY 1);
    said := said || jsonb_build_object(
      'cases', CASE WHEN cardinality(named) = jsonb_array_length(said -> 'cases') THEN to_jsonb(named) END);
  END IF;
  PERFORM pg_notify(channel, said::text);
END $$;
ALTER FUNCTION announce(text, jsonb) OWNER TO ioms_owner;

-- The cases that notices name, as far as the listener knows of them.
CREATE FUNCTION cases_announced(tokens text[]) RETURNS TABLE (token text, case_ref text)
LANGUAGE plpgsql STABLE SECURITY DEFINER ROWS 20
SET search_path = public, pg_catalog, pg_temp SET client_min_messages = notice AS $$
BEGIN
  PERFORM ioms_private.refuse_explain();
  RETURN QUERY
  SELECT a.token, a.case_ref FROM ioms_private.announced_case AS a
  WHERE a.token = ANY (tokens) AND ioms_private.knows(a.case_ref);
END $$;
ALTER FUNCTION cases_announced(text[]) OWNER TO ioms_owner;

REVOKE ALL ON FUNCTION name_announced_case(), announce(text, jsonb), cases_announced(text[]) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION announce(text, jsonb), cases_announced(text[]) TO ioms_people;
