-- Who holds something up: those whose transactions began to write the longest ago. Of them the name and since when.
CREATE FUNCTION ioms_private.held_up_by() RETURNS text LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp SET client_min_messages = notice AS $$
  SELECT string_agg(
    format('%s since %s', a.usename, to_char(a.xact_start AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"')), ', '
    ORDER BY a.xact_start)
  FROM (
    SELECT usename, xact_start FROM pg_stat_activity
    WHERE backend_xid IS NOT NULL AND pid <> pg_backend_pid()
    ORDER BY age(backend_xid) DESC LIMIT 3
  ) AS a
$$;
ALTER FUNCTION ioms_private.held_up_by() OWNER TO ioms_accounts;
REVOKE ALL ON FUNCTION ioms_private.held_up_by() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION ioms_private.held_up_by() TO ioms_audit_owner;
GRANT pg_read_all_stats TO ioms_accounts;

-- The same, for whoever verifies the audit and finds entries that are not sealed.
CREATE FUNCTION sealing_held_up_by() RETURNS text LANGUAGE plpgsql STABLE SECURITY DEFINER
SET search_path = pg_catalog, public, ioms_audit, pg_temp SET client_min_messages = notice AS $$
BEGIN
  IF NOT audit_trusted() AND coalesce(my_role(), '') NOT IN ('auditor', 'supervisor', 'administrator') THEN
    RAISE EXCEPTION 'permission denied: who is working' USING ERRCODE = '42501';
  END IF;
  RETURN ioms_private.held_up_by();
END $$;
ALTER FUNCTION sealing_held_up_by() OWNER TO ioms_audit_owner;
REVOKE ALL ON FUNCTION sealing_held_up_by() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION sealing_held_up_by() TO ioms_auditor, ioms_supervisor, ioms_administrator;

-- The latest proposal of the next epoch that nobody has withdrawn since.
CREATE OR REPLACE FUNCTION proposed_epoch(
  OUT entry integer, OUT proposed_by text, OUT proposed_at timestamptz, OUT reason text, OUT lost text
) RETURNS SETOF record LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = pg_catalog, public, ioms_audit, pg_temp SET client_min_messages = notice AS $$
  SELECT a.id, a.actor, a.at, a.reason_text, a.after ->> 'superseded'
  FROM audit AS a
  WHERE a.kind = 'ALTERATION' AND a.object_type = 'audit'
    AND a.object_ref = 'epoch ' || (SELECT max(number) + 1 FROM epoch) || ' proposed'
    AND NOT EXISTS (
      SELECT FROM audit AS w
      WHERE w.kind = 'ALTERATION' AND w.object_type = 'audit' AND w.id > a.id
        AND w.object_ref = 'epoch ' || (SELECT max(number) + 1 FROM epoch) || ' withdrawn')
  ORDER BY a.id DESC LIMIT 1
$$;

-- By any administrator: whoever proposed it may be away, and whoever should confirm it sees that it is wrong.
CREATE FUNCTION withdraw_epoch(proposal integer, why text) RETURNS void LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, ioms_audit, pg_temp SET client_min_messages = notice AS $$
BEGIN
  PERFORM FROM epoch WHERE number = 1 FOR UPDATE;  -- so that it is not confirmed meanwhile
  IF btrim(coalesce(why, '')) = '' OR length(why) > 2000 THEN
    RAISE EXCEPTION 'that a restore is withdrawn needs a reason' USING ERRCODE = '23514';
  END IF;
  IF NOT EXISTS (SELECT FROM proposed_epoch() AS p WHERE p.entry = proposal) THEN
    RAISE EXCEPTION 'no such epoch is proposed' USING ERRCODE = '23514';
  END IF;
  PERFORM set_config('ioms.reason_text', btrim(why), true);
  PERFORM write_audit('ALTERATION', 'audit', 'epoch ' || (SELECT max(number) + 1 FROM epoch) || ' withdrawn', NULL, NULL,
                      json_build_object('proposal', proposal));
END $$;
ALTER FUNCTION withdraw_epoch(integer, text) OWNER TO ioms_audit_owner;
REVOKE ALL ON FUNCTION withdraw_epoch(integer, text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION withdraw_epoch(integer, text) TO ioms_administrator;

-- Whose a number is was told and put on record in one transaction, which could be taken back once one had read the
-- answer. Now it is asked in one, and answered in the next.
CREATE TABLE ioms_private.number_answer (
  who text COLLATE "C", field text COLLATE "C", form text COLLATE "C", person_ref text COLLATE "C",
  told boolean NOT NULL, asked_xid xid8 NOT NULL, expires_at timestamptz NOT NULL,
  PRIMARY KEY (who, field, form, person_ref)
);
ALTER TABLE ioms_private.number_answer OWNER TO ioms_owner;
COMMENT ON TABLE ioms_private.number_answer IS
  'Whose number somebody asked for in the last minute. It counts only once committed, as a look does.';

CREATE FUNCTION ioms_private.may_ask_numbers() RETURNS void LANGUAGE plpgsql
SET search_path = public, pg_catalog, pg_temp AS $$
BEGIN
  PERFORM ioms_private.as_it_is();
  IF my_role() IS NULL OR my_role() NOT IN ('officer', 'navigator', 'supervisor', 'coordinator') THEN
    RAISE EXCEPTION 'permission denied: whose number it is' USING ERRCODE = '42501';
  END IF;
END $$;
ALTER FUNCTION ioms_private.may_ask_numbers() OWNER TO ioms_owner;
REVOKE ALL ON FUNCTION ioms_private.may_ask_numbers() FROM PUBLIC;

CREATE FUNCTION ask_numbers(numbers jsonb, own text DEFAULT NULL) RETURNS void LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, ioms_audit, pg_catalog, pg_temp SET client_min_messages = notice AS $$
#variable_conflict use_column
DECLARE
  found record;
  known boolean;
BEGIN
  PERFORM ioms_private.may_ask_numbers();
  DELETE FROM ioms_private.number_answer AS a
  USING (
    SELECT who, field, form, person_ref FROM ioms_private.number_answer
    WHERE expires_at < clock_timestamp() FOR UPDATE SKIP LOCKED
  ) AS old
  WHERE (a.who, a.field, a.form, a.person_ref) = (old.who, old.field, old.form, old.person_ref);
  FOR found IN
    SELECT s.field, s.person_ref, ioms_private.number_form(numbers ->> s.field) AS form
    FROM ioms_private.same_numbers(numbers, own) AS s
  LOOP
    known := ioms_private.knows_person(found.person_ref);
    CONTINUE WHEN EXISTS (
      SELECT FROM ioms_private.number_answer AS a
      WHERE (a.who, a.field, a.form, a.person_ref, a.told)
          = (session_user::text, found.field, found.form, found.person_ref, known)
        AND ioms_private.is_running(a.expires_at, interval '1 minute'));
    PERFORM write_audit('CONSULTATION', 'people', found.person_ref, found.person_ref, NULL,
                        json_build_object('number', found.field, 'told', known));
    INSERT INTO ioms_private.number_answer
    VALUES (session_user, found.field, found.form, found.person_ref, known, pg_current_xact_id(),
            clock_timestamp() + interval '1 minute')
    ON CONFLICT (who, field, form, person_ref) DO UPDATE
      SET told = excluded.told, asked_xid = excluded.asked_xid, expires_at = excluded.expires_at;
  END LOOP;
END $$;
ALTER FUNCTION ask_numbers(jsonb, text) OWNER TO ioms_owner;
REVOKE ALL ON FUNCTION ask_numbers(jsonb, text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION ask_numbers(jsonb, text) TO ioms_people;

-- What was asked is answered, as far as the asker may know of them: no reference where they may not.
CREATE OR REPLACE FUNCTION known_numbers(numbers jsonb, own text DEFAULT NULL)
RETURNS TABLE (field text, person_ref text)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, ioms_audit, pg_catalog, pg_temp
SET client_min_messages = notice AS $$
#variable_conflict use_column
BEGIN
  PERFORM ioms_private.may_ask_numbers();
  RETURN QUERY
  SELECT a.field::text, CASE WHEN a.told AND ioms_private.knows_person(a.person_ref) THEN a.person_ref::text END
  FROM ioms_private.number_answer AS a
  JOIN jsonb_each_text(numbers) AS asked (name, written)
    ON asked.name = a.field AND ioms_private.number_form(asked.written) = a.form
  WHERE a.who = session_user AND a.person_ref IS DISTINCT FROM own
    AND ioms_private.is_running(a.expires_at, interval '1 minute') AND ioms_private.is_committed(a.asked_xid)
  ORDER BY 1, 2;
END $$;

-- Of what somebody puts on record themselves: each role of what it works with. The database alone says that it erased
-- or sealed something.
CREATE OR REPLACE FUNCTION ioms_private.may_speak_of(kind text, object_type text) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_catalog, pg_temp SET client_min_messages = notice AS $$
DECLARE
  its_role text := my_role();
  works_on_cases boolean := its_role IN ('officer', 'navigator', 'supervisor', 'coordinator');
BEGIN
  IF NOT audit_trusted() AND NOT coalesce(CASE
    WHEN object_type = 'list' THEN its_role IS NOT NULL
    WHEN object_type IN ('cases', 'people') THEN
      works_on_cases OR its_role = 'partner'
      OR (kind = 'CONSULTATION' AND its_role = 'auditor')  -- who asks whether a paper is genuine
    WHEN object_type IN ('paper', 'paper_file') THEN works_on_cases OR its_role = 'auditor'
    WHEN object_type = 'figures' THEN its_role IN ('officer', 'supervisor', 'coordinator', 'analyst')
    WHEN object_type IN ('take_away', 'promotion') THEN its_role IN ('officer', 'navigator', 'supervisor')
    WHEN object_type IN ('access_entry', 'disposal') THEN its_role = 'supervisor'
    WHEN object_type = 'audit' THEN its_role = 'auditor'
    WHEN object_type IN ('users', 'backup', 'database') THEN its_role = 'administrator'
    WHEN object_type IN ('redaction', 'seal', 'epoch', 'clock') THEN false
    ELSE works_on_cases
  END, false) THEN
    RAISE EXCEPTION 'permission denied: this role says nothing of that' USING ERRCODE = '42501';
  END IF;
END $$;
