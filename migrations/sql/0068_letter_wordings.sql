-- How an office words its letters. An administrator adds a wording, from today on at the earliest, so that no letter that
-- was written changes its words; nobody changes or removes one. What a letter may not say is checked by whoever writes one:
-- a wording that does not pass there is never used. Here it is kept plain.
CREATE FUNCTION add_letter_wording(its_kind text, first_day date, its_title text, its_paragraphs text, why text)
RETURNS integer LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, ioms_audit, pg_catalog, pg_temp AS $$
DECLARE
  said text := concat(its_title, chr(10), its_paragraphs);
  number integer;
BEGIN
  IF my_role() IS DISTINCT FROM 'administrator' THEN
    RAISE EXCEPTION 'permission denied: an administrator words the letters' USING ERRCODE = '42501';
  END IF;
  IF first_day IS NULL OR first_day < (clock_timestamp() AT TIME ZONE 'Europe/London')::date THEN
    RAISE EXCEPTION 'a wording is in force from today or a later day' USING ERRCODE = '23514';
  END IF;
  IF coalesce(its_kind !~ '^[a-z]+(-[a-z]+)*$', true) OR coalesce(its_title ~ '[[:cntrl:]]', true)
     OR coalesce(its_paragraphs ~ '[^[:print:]\n]', true) OR said ~ '[]<>*_#`\\[]'
     OR EXISTS (SELECT FROM regexp_split_to_table(said, '\n') AS line
                WHERE line !~ '\S' OR line <> btrim(line) OR length(line) > 700)
     OR cardinality(string_to_array(said, chr(10))) > 15 OR coalesce(length(why) > 2000 OR why !~ '\S', true) THEN
    RAISE EXCEPTION 'a wording has a title, at most 14 paragraphs and its reason, and nothing of it is formatted'
      USING ERRCODE = '23514';
  END IF;
  INSERT INTO letter_wording (kind, valid_from, title, paragraphs, reason, decided_by, decided_at)
  VALUES (its_kind, first_day, its_title, its_paragraphs, why, session_user, clock_timestamp())
  RETURNING id INTO number;
  PERFORM write_audit('ALTERATION', 'letter_wording', its_kind, NULL, NULL,
                      json_build_object('wording', number, 'valid_from', first_day, 'reason', why));
  RETURN number;
END $$;

CREATE FUNCTION ioms_private.keep_wordings() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  RAISE EXCEPTION 'a wording of a letter is not changed' USING ERRCODE = '42501';
END $$;
CREATE TRIGGER letter_wording_kept BEFORE UPDATE OR DELETE ON letter_wording
  FOR EACH ROW EXECUTE FUNCTION ioms_private.keep_wordings();
