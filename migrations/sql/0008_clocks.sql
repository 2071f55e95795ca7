-- An instant that the server's clock has not reached was stored while the clock was ahead: nothing of then counts as
-- recent, or stays open until then. Owners and grants of the functions stay as they are.

-- The condition of `domain.dates.instants.is_running`. Without settings of its own, so that the planner inlines it.
CREATE FUNCTION ioms_private.is_running(until timestamptz, longest interval) RETURNS boolean LANGUAGE sql VOLATILE AS $$
  SELECT until > clock_timestamp() AND until <= clock_timestamp() + longest
$$;
ALTER FUNCTION ioms_private.is_running(timestamptz, interval) OWNER TO ioms_owner;
REVOKE ALL ON FUNCTION ioms_private.is_running(timestamptz, interval) FROM PUBLIC;

CREATE OR REPLACE FUNCTION my_access(wanted text) RETURNS SETOF text LANGUAGE plpgsql STABLE SECURITY DEFINER ROWS 20
SET search_path = public, pg_catalog, pg_temp AS $$
BEGIN
  RETURN QUERY
  SELECT case_ref FROM access_entry
  WHERE user_name = session_user AND kind = wanted
    AND CASE WHEN wanted = 'GLASS' THEN ioms_private.is_running(ends_at, interval '60 minutes')
             ELSE ends_at IS NULL OR ends_at > clock_timestamp() END;
END $$;

CREATE OR REPLACE FUNCTION opened_cases() RETURNS SETOF text LANGUAGE plpgsql STABLE SECURITY DEFINER ROWS 5
SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  RETURN QUERY
  SELECT case_ref FROM ioms_private.look
  WHERE who = session_user
    AND ioms_private.is_running(expires_at, CASE case_ref WHEN '*' THEN interval '60 minutes' ELSE interval '15 minutes' END)
    AND pg_visible_in_snapshot(opened_xid, pg_current_snapshot());
END $$;

CREATE OR REPLACE FUNCTION opened_people() RETURNS SETOF text LANGUAGE plpgsql STABLE SECURITY DEFINER ROWS 5
SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  RETURN QUERY
  SELECT person_ref FROM ioms_private.look
  WHERE who = session_user AND ioms_private.is_running(expires_at, interval '15 minutes') AND person_ref IS NOT NULL
    AND pg_visible_in_snapshot(opened_xid, pg_current_snapshot());
END $$;

CREATE OR REPLACE FUNCTION book_open() RETURNS boolean LANGUAGE plpgsql STABLE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  RETURN EXISTS (
    SELECT FROM ioms_private.look
    WHERE who = session_user AND case_ref = '*' AND ioms_private.is_running(expires_at, interval '60 minutes')
      AND pg_visible_in_snapshot(opened_xid, pg_current_snapshot())
  );
END $$;

CREATE OR REPLACE FUNCTION importing() RETURNS boolean LANGUAGE plpgsql STABLE SECURITY DEFINER
SET search_path = public, pg_catalog, pg_temp AS $$
BEGIN
  RETURN my_role() = 'supervisor' AND EXISTS (
    SELECT FROM ioms_private.look
    WHERE who = session_user AND case_ref = '*' AND purpose = 'IMPORT'
      AND ioms_private.is_running(expires_at, interval '60 minutes')
      AND pg_visible_in_snapshot(opened_xid, pg_current_snapshot())
  );
END $$;

CREATE OR REPLACE FUNCTION open_case(ref text, purpose text DEFAULT 'CASE_WORK') RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, ioms_audit, pg_catalog, pg_temp AS $$
DECLARE
  subject text;
  known boolean;
BEGIN
  PERFORM ioms_private.as_it_is();
  IF my_role() IS NULL OR my_role() NOT IN ('officer', 'navigator', 'supervisor', 'coordinator', 'partner') THEN
    RETURN false;
  END IF;
  -- Whoever keeps somebody from the case at this moment waits, and then closes what was opened.
  SELECT person_ref INTO subject FROM cases WHERE case_ref = ref FOR KEY SHARE;
  known := subject IS NOT NULL AND ioms_private.knows(ref);
  IF NOT known THEN
    PERFORM write_audit('CONSULTATION', 'cases', ref, NULL, NULL, '{"denied": true}'::json);
    RETURN false;
  END IF;
  IF NOT EXISTS (
    SELECT FROM ioms_private.look
    WHERE who = session_user AND case_ref = ref AND ioms_private.is_running(expires_at, interval '15 minutes')
  ) THEN
    PERFORM set_config('ioms.reason_code', purpose, true);
    PERFORM write_audit('CONSULTATION', 'cases', ref, subject, NULL, NULL);
    INSERT INTO ioms_private.look
    VALUES (session_user, ref, subject, purpose, pg_current_xact_id(), least(
      clock_timestamp() + interval '15 minutes',
      -- Broken glass is whole again when its hour is over, however late in it the case was opened.
      (SELECT min(ends_at) FROM access_entry
       WHERE case_ref = ref AND user_name = session_user AND kind = 'GLASS'
         AND ioms_private.is_running(ends_at, interval '60 minutes'))))
    ON CONFLICT (who, case_ref) DO UPDATE
      SET purpose = excluded.purpose, opened_xid = excluded.opened_xid, expires_at = excluded.expires_at;
  END IF;
  RETURN true;
END $$;

-- The latest instant on record where the clock, being right, cannot have been there yet.
CREATE FUNCTION instant_ahead() RETURNS timestamptz LANGUAGE sql VOLATILE SECURITY DEFINER
SET search_path = pg_catalog, public, ioms_audit, pg_temp AS $$
  SELECT latest FROM (SELECT max(at) AS latest FROM ioms_audit.audit) AS known
  WHERE latest > clock_timestamp() + interval '2 minutes'
$$;
ALTER FUNCTION instant_ahead() OWNER TO ioms_audit_owner;
REVOKE ALL ON FUNCTION instant_ahead() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION instant_ahead() TO ioms_people;

-- As before, and records that the clock moved back: once, because the seal made here is dated by the clock as it is now.
CREATE OR REPLACE FUNCTION seal_audit() RETURNS integer LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, ioms_audit, pg_temp AS $$
DECLARE
  last seal%ROWTYPE;
  present epoch%ROWTYPE;
  fresh seal%ROWTYPE;
  latest timestamptz;
BEGIN
  PERFORM FROM epoch WHERE number = 1 FOR UPDATE SKIP LOCKED;
  IF NOT FOUND THEN
    RETURN NULL;
  END IF;
  SELECT * INTO last FROM seal ORDER BY n DESC LIMIT 1;
  SELECT * INTO present FROM epoch ORDER BY number DESC LIMIT 1;
  IF present.system_id <> audit_system() THEN
    PERFORM begin_epoch('The database was moved to another server.', session_user::text, NULL, NULL);
    RETURN NULL;
  END IF;
  fresh.n := coalesce(last.n, 0) + 1;
  fresh.at := clock_timestamp();
  fresh.epoch := present.number;
  fresh.from_mark := coalesce(last.to_mark, 0);
  fresh.prev := coalesce(last.hash, '');
  SELECT present.base + s.oldest, count(a.id), hashed(coalesce(string_agg(a.row_hash, '' ORDER BY a.mark, a.id), '')),
         greatest(last.at, max(a.at))
  INTO fresh.to_mark, fresh.rows, fresh.root, latest
  FROM (SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint AS oldest) AS s
  LEFT JOIN audit AS a ON a.mark >= fresh.from_mark AND a.mark < present.base + s.oldest
  GROUP BY s.oldest;
  IF fresh.rows = 0 THEN
    RETURN NULL;
  END IF;
  fresh.hash := hashed(
    hashed_field(fresh.n::text) || hashed_instant(fresh.at) || hashed_field(fresh.epoch::text)
    || hashed_field(fresh.from_mark::text) || hashed_field(fresh.to_mark::text) || hashed_field(fresh.rows::text)
    || hashed_field(fresh.root) || hashed_field(fresh.prev)
    || hashed_field((SELECT value FROM meta WHERE name = 'database_id')));
  INSERT INTO seal SELECT fresh.*;
  -- Whoever keeps the server may date entries otherwise; what they say is no sign of the clock.
  IF NOT audit_trusted() AND latest > fresh.at + interval '2 minutes' THEN
    PERFORM write_audit('ALTERATION', 'clock', 'moved back', NULL, NULL, json_build_object(
      'moved_back', true, 'from', latest, 'to', fresh.at));
  END IF;
  RETURN fresh.n;
END $$;
