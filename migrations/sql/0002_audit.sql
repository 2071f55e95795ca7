-- The audit keeps itself: whoever writes, every entry gets its mark and its hash, and every change of a record its
-- entry and its former version. @path@ is the schema of the tables, fixed here so that no caller's search_path counts.

-- What the caller said of itself for this transaction: set_config('ioms.<name>', ..., true).
CREATE FUNCTION audit_said(name text) RETURNS text LANGUAGE sql STABLE AS $$
  SELECT nullif(current_setting('ioms.' || name, true), '')
$$;

-- The owner and a superuser may say who acted and when: they set up, restore, and run what is scheduled.
CREATE FUNCTION audit_trusted() RETURNS boolean LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = @path@ AS $$
  SELECT r.rolsuper OR r.oid = (SELECT relowner FROM pg_class WHERE oid = 'people'::regclass)
  FROM pg_roles AS r WHERE r.rolname = session_user
$$;

CREATE FUNCTION audit_actor() RETURNS text LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = @path@ AS $$
  SELECT CASE WHEN audit_trusted() THEN coalesce(audit_said('actor'), session_user::text) ELSE session_user::text END
$$;

CREATE FUNCTION audit_role() RETURNS text LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = @path@ AS $$
  SELECT coalesce(audit_said('role'), '')
$$;

CREATE FUNCTION audit_at() RETURNS timestamptz LANGUAGE sql VOLATILE SECURITY DEFINER
SET search_path = @path@ AS $$
  SELECT CASE WHEN audit_trusted() THEN coalesce(audit_said('at')::timestamptz, clock_timestamp())
              ELSE clock_timestamp() END
$$;

-- The octets of a text and the text, so that no two lists of fields are written alike; a dash where there is none.
CREATE FUNCTION hashed_field(said text) RETURNS text LANGUAGE sql STABLE AS $$
  SELECT coalesce(octet_length(convert_to(said, 'UTF8'))::text || ':' || said, '-')
$$;

CREATE FUNCTION hashed_instant(moment timestamptz) RETURNS text LANGUAGE sql STABLE AS $$
  SELECT hashed_field(to_char(moment AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'))
$$;

CREATE FUNCTION hashed(canonical text) RETURNS text LANGUAGE sql STABLE AS $$
  SELECT encode(sha256(convert_to(canonical, 'UTF8')), 'hex')
$$;

CREATE FUNCTION hash_entry() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = @path@ AS $$
BEGIN
  NEW.mark := (SELECT base FROM epoch ORDER BY number DESC LIMIT 1) + pg_current_xact_id()::text::bigint;
  NEW.row_hash := hashed(
    hashed_field(NEW.id::text) || hashed_instant(NEW.at) || hashed_field(NEW.kind) || hashed_field(NEW.actor)
    || hashed_field(NEW.actor_role) || hashed_field(NEW.workstation) || hashed_field(NEW.request)
    || hashed_field(NEW.object_type) || hashed_field(NEW.object_ref) || hashed_field(NEW.subject_ref)
    || hashed_field(NEW.recipient) || hashed_field(NEW.reason_code) || hashed_field(NEW.reason_text)
    -- Of what was recorded its digest, so that who proves the audit need not read it.
    || hashed_field(hashed(NEW.before::text)) || hashed_field(hashed(NEW.after::text)) || hashed_field(NEW.mark::text));
  RETURN NEW;
END $$;

CREATE FUNCTION audit_system() RETURNS text LANGUAGE sql VOLATILE AS $$
  SELECT system_identifier::text FROM pg_control_system()
$$;

-- Opens an epoch. In another cluster transactions are numbered anew; its base puts them above all that went before.
CREATE FUNCTION begin_epoch(why text, who text, lost_from integer, lost_to integer) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = @path@ AS $$
DECLARE
  last epoch%ROWTYPE;
  opened integer;
BEGIN
  SELECT * INTO last FROM epoch ORDER BY number DESC LIMIT 1;
  INSERT INTO epoch (number, opened_at, opened_by, reason, system_id, base, superseded_from, superseded_to)
  VALUES (
    last.number + 1, clock_timestamp(), who, why, audit_system(),
    CASE WHEN last.system_id = audit_system() THEN last.base
         ELSE 1 + greatest((SELECT max(mark) FROM audit), (SELECT max(to_mark) FROM seal), 0) END,
    lost_from, lost_to)
  ON CONFLICT (number) DO NOTHING
  RETURNING number INTO opened;
  IF opened IS NOT NULL THEN
    INSERT INTO audit (at, kind, actor, actor_role, workstation, request, object_type, object_ref, reason_text, after)
    VALUES (
      audit_at(), 'ALTERATION', who, audit_role(), coalesce(audit_said('workstation'), ''), audit_said('request'),
      'audit', 'epoch ' || opened, why, json_build_object('superseded_from', lost_from, 'superseded_to', lost_to));
  END IF;
  RETURN opened;
END $$;

CREATE FUNCTION watch_epoch() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = @path@ AS $$
BEGIN
  IF (SELECT system_id FROM epoch ORDER BY number DESC LIMIT 1) <> audit_system() THEN
    PERFORM begin_epoch('The database was moved to another server.', session_user::text, NULL, NULL);
  END IF;
  RETURN NULL;
END $$;

CREATE FUNCTION open_epoch(why text, lost_from integer, lost_to integer) RETURNS integer
LANGUAGE sql SECURITY DEFINER SET search_path = @path@ AS $$
  SELECT begin_epoch(why, audit_actor(), lost_from, lost_to)
$$;

-- For functions of the owner, which put on record what they do; whoever signs in has log_audit.
CREATE FUNCTION write_audit(
  kind text, object_type text, object_ref text, subject_ref text, recipient text, detail json
) RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = @path@ AS $$
#variable_conflict use_variable
BEGIN
  INSERT INTO audit (
    at, kind, actor, actor_role, workstation, request, object_type, object_ref, subject_ref, recipient,
    reason_code, reason_text, after)
  VALUES (
    audit_at(), kind, audit_actor(), audit_role(), coalesce(audit_said('workstation'), ''), audit_said('request'),
    object_type, object_ref, subject_ref, recipient, audit_said('reason_code'), audit_said('reason_text'), detail);
END $$;

CREATE FUNCTION may_log(kind text) RETURNS void LANGUAGE plpgsql SECURITY DEFINER
SET search_path = @path@ AS $$
BEGIN
  IF kind NOT IN ('CONSULTATION', 'DISCLOSURE', 'COMBINATION') AND NOT audit_trusted() THEN
    RAISE EXCEPTION 'changes are put on record by the database alone' USING ERRCODE = '42501';
  END IF;
END $$;

CREATE FUNCTION log_audit(
  kind text, object_type text, object_ref text, subject_ref text, recipient text, detail json
) RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = @path@ AS $$
BEGIN
  PERFORM may_log(kind);
  -- An object that can be read again wherever it is read, or nothing: one that raised would stop every disposal.
  PERFORM jsonb_object_keys(detail::jsonb);
  IF detail::jsonb @? 'strict $.**{20}' THEN
    RAISE EXCEPTION 'nothing is put on record that is nested so deep' USING ERRCODE = '23514';
  END IF;
  PERFORM write_audit(kind, object_type, object_ref, subject_ref, recipient, detail);
END $$;

-- One entry for each person, in one statement.
CREATE FUNCTION log_audit_of_people(kind text, refs text[], detail json) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = @path@ AS $$
#variable_conflict use_variable
DECLARE
  happened timestamptz := audit_at();
  who text := audit_actor();
  acting text := audit_role();
BEGIN
  PERFORM may_log(kind);
  PERFORM jsonb_object_keys(detail::jsonb);
  IF detail::jsonb @? 'strict $.**{20}' THEN
    RAISE EXCEPTION 'nothing is put on record that is nested so deep' USING ERRCODE = '23514';
  END IF;
  INSERT INTO audit (
    at, kind, actor, actor_role, workstation, request, object_type, object_ref, subject_ref, reason_code, reason_text,
    after)
  SELECT
    happened, kind, who, acting, coalesce(audit_said('workstation'), ''), audit_said('request'), 'people', ref, ref,
    audit_said('reason_code'), audit_said('reason_text'), detail
  FROM unnest(refs) WITH ORDINALITY AS each (ref, place) ORDER BY place;
END $$;

-- A record's own fields, a part of its key that is missing as missing.
CREATE FUNCTION record_plain(stored jsonb, missing text) RETURNS jsonb LANGUAGE sql IMMUTABLE AS $$
  SELECT (CASE WHEN stored ->> missing = '' THEN stored || jsonb_build_object(missing, NULL) ELSE stored END)
    - '{id,revision,recorded_at,recorded_by,name_key}'::text[]
$$;

CREATE FUNCTION record_changes(stored jsonb, other jsonb) RETURNS json LANGUAGE sql IMMUTABLE AS $$
  SELECT coalesce(jsonb_object_agg(key, value) FILTER (WHERE other -> key IS DISTINCT FROM value), '{}')::json
  FROM jsonb_each(stored)
$$;

-- The number of a record is what ties its versions together.
CREATE OR REPLACE FUNCTION refuse_stale_revision() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  IF NEW.revision <> OLD.revision + 1 THEN
    RAISE EXCEPTION 'stale revision' USING ERRCODE = '40001';
  END IF;
  IF NEW.id <> OLD.id THEN
    RAISE EXCEPTION 'the number of a record never changes' USING ERRCODE = '23514';
  END IF;
  RETURN NEW;
END $$;

CREATE FUNCTION refuse_truncate() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  RAISE EXCEPTION 'records are removed one by one, with a reason' USING ERRCODE = '23514';
END $$;

-- Closes what is finished into a seal: everything below the oldest transaction still under way, as this one statement
-- sees it. A row that only the owner may lock lets one sealer work and the others go; an advisory lock anybody could hold.
CREATE FUNCTION seal_audit() RETURNS integer LANGUAGE plpgsql SECURITY DEFINER
SET search_path = @path@ AS $$
DECLARE
  last seal%ROWTYPE;
  present epoch%ROWTYPE;
  fresh seal%ROWTYPE;
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
  SELECT present.base + s.oldest, count(a.id), hashed(coalesce(string_agg(a.row_hash, '' ORDER BY a.mark, a.id), ''))
  INTO fresh.to_mark, fresh.rows, fresh.root
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
  RETURN fresh.n;
END $$;
