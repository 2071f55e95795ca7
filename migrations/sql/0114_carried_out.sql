-- Whether the statement that is carried out explains another, also where its own words do not say so. What a message of the protocol
-- prepared is carried out by EXECUTE. What one began is carried out by FETCH or MOVE, by a function that takes a cursor, whose name
-- can be written in escapes (U&), and by a call that is a message itself, of which there are no words.
CREATE FUNCTION ioms_private.is_explained() RETURNS boolean LANGUAGE plpgsql STABLE COST 1
SET search_path = pg_catalog, pg_temp SET standard_conforming_strings = on AS $$
DECLARE
  said text := lower(current_query() COLLATE "C");
BEGIN
  IF strpos(said, 'explain') > 0 AND said ~ '\mexplain\M' COLLATE "C" THEN
    RETURN true;
  END IF;
  RETURN (said IS NULL OR strpos(said, 'execute') > 0 OR strpos(said, 'fetch') > 0 OR strpos(said, 'move') > 0
          OR strpos(said, 'cursor') > 0 OR strpos(said, 'u&') > 0) AND (
    EXISTS (SELECT FROM pg_prepared_statements AS p WHERE p.statement ~* '\mexplain\M' COLLATE "C")
    OR EXISTS (SELECT FROM pg_cursors AS c WHERE c.statement ~* '\mexplain\M' COLLATE "C"));
END $$;
ALTER FUNCTION ioms_private.is_explained() OWNER TO ioms_owner;
REVOKE ALL ON FUNCTION ioms_private.is_explained() FROM PUBLIC;

CREATE OR REPLACE FUNCTION ioms_private.refuse_explain() RETURNS boolean LANGUAGE plpgsql STABLE COST 1 SECURITY DEFINER
SET search_path = pg_catalog, pg_temp SET standard_conforming_strings = on SET client_min_messages = notice AS $$
BEGIN
  IF ioms_private.is_explained() THEN
    RAISE EXCEPTION 'permission denied: a statement with the word EXPLAIN in it, also in a text or a comment, reads no records; send texts as parameters' USING ERRCODE = '42501';
  ELSIF current_setting('debug_print_plan')::boolean THEN
    RAISE EXCEPTION 'permission denied: records are not read with debug_print_plan'
      USING ERRCODE = '42501';
  END IF;
  RETURN true;
END $$;

CREATE OR REPLACE FUNCTION ioms_private.reading_role() RETURNS text LANGUAGE plpgsql STABLE SECURITY DEFINER
SET search_path = public, pg_catalog, pg_temp SET standard_conforming_strings = on SET client_min_messages = notice AS $$
BEGIN
  IF ioms_private.is_explained() THEN
    RAISE EXCEPTION 'permission denied: a statement with the word EXPLAIN in it, also in a text or a comment, reads no records; send texts as parameters' USING ERRCODE = '42501';
  END IF;
  RETURN my_role();
END $$;
