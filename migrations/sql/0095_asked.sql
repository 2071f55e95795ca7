-- That a number was asked for is put on record without looking whether anybody has it: else the entry itself, or that the
-- transaction wrote, told of it before it was taken back. Kept are a digest of the number and no person.
DROP TABLE ioms_private.number_answer;
CREATE UNLOGGED TABLE ioms_private.number_asked (
  who text COLLATE "C", digest bytea, asked_xid xid8 NOT NULL, expires_at timestamptz NOT NULL,
  PRIMARY KEY (who, digest)
);
ALTER TABLE ioms_private.number_asked OWNER TO ioms_owner;
COMMENT ON TABLE ioms_private.number_asked IS
  'Which number somebody asked for in the last minute. It counts only once committed, as a look does.';

CREATE FUNCTION ioms_private.numbers_asked(numbers jsonb) RETURNS TABLE (field text, digest bytea) LANGUAGE sql STABLE
SET search_path = public, pg_catalog, pg_temp AS $$
  SELECT a.key, sha256(convert_to(a.key || ':' || ioms_private.number_form(a.value), 'UTF8'))
  FROM jsonb_each_text(numbers) AS a
  WHERE a.key ~ '^[A-Za-z_]{1,40}$' COLLATE "C" AND ioms_private.number_form(a.value) IS NOT NULL
  ORDER BY 1
$$;
ALTER FUNCTION ioms_private.numbers_asked(jsonb) OWNER TO ioms_owner;
REVOKE ALL ON FUNCTION ioms_private.numbers_asked(jsonb) FROM PUBLIC;

CREATE OR REPLACE FUNCTION ask_numbers(numbers jsonb, own text DEFAULT NULL) RETURNS void LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, ioms_audit, pg_catalog, pg_temp SET client_min_messages = notice AS $$
#variable_conflict use_column
DECLARE
  asked record;
BEGIN
  PERFORM ioms_private.refuse_explain();
  PERFORM ioms_private.may_ask_numbers();
  DELETE FROM ioms_private.number_asked AS a
  USING (
    SELECT who, digest FROM ioms_private.number_asked WHERE expires_at < clock_timestamp() FOR UPDATE SKIP LOCKED
  ) AS old
  WHERE (a.who, a.digest) = (old.who, old.digest);
  FOR asked IN SELECT * FROM ioms_private.numbers_asked(numbers) LOOP
    CONTINUE WHEN EXISTS (
      SELECT FROM ioms_private.number_asked AS a
      WHERE (a.who, a.digest) = (session_user::text, asked.digest)
        AND ioms_private.is_running(a.expires_at, interval '1 minute'));
    PERFORM write_audit('CONSULTATION', 'search', 'number', NULL, NULL, json_build_object('number', asked.field));
    INSERT INTO ioms_private.number_asked
    VALUES (session_user, asked.digest, pg_current_xact_id(), clock_timestamp() + interval '1 minute')
    ON CONFLICT (who, digest) DO UPDATE SET asked_xid = excluded.asked_xid, expires_at = excluded.expires_at;
  END LOOP;
END $$;

-- What was asked is answered, as far as the asker may know of them: no reference where they may not. Of whom somebody was
-- told is on record too, with the command that asked.
CREATE OR REPLACE FUNCTION known_numbers(numbers jsonb, own text DEFAULT NULL)
RETURNS TABLE (field text, person_ref text)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, ioms_audit, pg_catalog, pg_temp
SET client_min_messages = notice AS $$
#variable_conflict use_column
DECLARE
  found record;
  known boolean;
  committed jsonb;
BEGIN
  PERFORM ioms_private.refuse_explain();
  PERFORM ioms_private.may_ask_numbers();
  committed := (
    SELECT jsonb_object_agg(n.field, numbers -> n.field)
    FROM ioms_private.numbers_asked(numbers) AS n
    JOIN ioms_private.number_asked AS a ON a.who = session_user AND a.digest = n.digest
    WHERE ioms_private.is_running(a.expires_at, interval '1 minute') AND ioms_private.is_committed(a.asked_xid));
  IF committed IS NULL THEN
    RETURN;
  END IF;
  FOR found IN SELECT s.field AS its_field, s.person_ref AS ref FROM ioms_private.same_numbers(committed, own) AS s LOOP
    known := ioms_private.knows_person(found.ref);
    PERFORM write_audit('CONSULTATION', 'people', found.ref, found.ref, NULL,
                        json_build_object('number', found.its_field, 'told', known));
    field := found.its_field;
    person_ref := CASE WHEN known THEN found.ref END;
    RETURN NEXT;
  END LOOP;
END $$;
