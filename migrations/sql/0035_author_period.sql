-- An entry is changed by who recorded it, freely for a period and afterwards with a reason; by a supervisor with a reason;
-- by others where a team keeps it together, once the period is over with a reason. Filling in what was empty carries an
-- entry on. The period is counted by this server's clock from the first recording.

-- Record tables that differ from the rule of a team's; `op.declare_entry_rule` writes them from the declarations.
CREATE TABLE ioms_private.entry_rule (
  table_name text PRIMARY KEY,
  kept_by text NOT NULL CHECK (kept_by IN ('AUTHOR', 'TEAM')),
  carried_on text[] NOT NULL,
  released text[] NOT NULL
);
ALTER TABLE ioms_private.entry_rule OWNER TO ioms_owner;

CREATE FUNCTION ioms_private.author_period() RETURNS interval
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_catalog, pg_temp AS $$
  SELECT make_interval(hours => coalesce(
    (SELECT value FROM office_setting WHERE name = 'author_hours' ORDER BY id DESC LIMIT 1), 24))
$$;

CREATE FUNCTION decide_setting(its_name text, its_value integer, why text) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, ioms_audit, pg_catalog, pg_temp AS $$
BEGIN
  IF my_role() IS NULL OR my_role() NOT IN ('supervisor', 'administrator') THEN
    RAISE EXCEPTION 'permission denied: a supervisor or an administrator changes the settings' USING ERRCODE = '42501';
  END IF;
  IF its_name IS DISTINCT FROM 'author_hours' THEN
    RAISE EXCEPTION 'no such setting' USING ERRCODE = '23514';
  END IF;
  INSERT INTO office_setting (name, value, reason, decided_by, decided_at)
  VALUES (its_name, its_value, why, session_user, clock_timestamp());
  PERFORM write_audit('ALTERATION', 'office_setting', its_name, NULL, NULL,
                      json_build_object('value', its_value, 'reason', why));
END $$;

-- When a record of this key was recorded first. One that was put back is no younger for it.
CREATE FUNCTION first_recorded_at(its_table text, its_key text) RETURNS timestamptz
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, ioms_audit, pg_temp AS $$
  SELECT min(at) FROM audit WHERE object_type = its_table AND object_ref = its_key AND kind = 'COLLECTION'
$$;

-- The text of a row's key, as the audit has it.
CREATE FUNCTION ioms_private.key_text(its_table text, stored jsonb) RETURNS text
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_catalog, pg_temp AS $$
  SELECT string_agg(coalesce(stored ->> a.attname, ''), '/' ORDER BY part.place)
  FROM pg_constraint AS c
  CROSS JOIN unnest(c.conkey) WITH ORDINALITY AS part (number, place)
  JOIN pg_attribute AS a ON a.attrelid = c.conrelid AND a.attnum = part.number
  WHERE c.conrelid = to_regclass(format('public.%I', its_table)) AND c.contype = 'u'
$$;

CREATE FUNCTION ioms_private.recording(its_table text, stored jsonb, OUT is_own boolean, OUT recorded_at timestamptz)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_catalog, pg_temp AS $$
DECLARE
  its_key text := ioms_private.key_text(its_table, stored);
BEGIN
  IF (stored ->> 'revision')::integer = 1 THEN
    is_own := stored ->> 'recorded_by' = session_user;
    recorded_at := (stored ->> 'recorded_at')::timestamptz;
  ELSE
    is_own := recorded_by_me(its_table, its_key);
  END IF;
  recorded_at := least(recorded_at, first_recorded_at(its_table, its_key));
END $$;

-- The same for a form; answers nothing of a record that this user has not opened.
CREATE FUNCTION first_recording(its_table text, its_id integer, OUT is_own boolean, OUT recorded_at timestamptz)
RETURNS SETOF record LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_catalog, pg_temp AS $$
DECLARE
  stored jsonb;
BEGIN
  IF its_table IS NULL OR NOT ioms_private.can_strike_out(its_table) THEN
    RETURN;
  END IF;
  EXECUTE format('SELECT to_jsonb(r) FROM %I AS r WHERE id = $1', its_table) INTO stored USING its_id;
  IF stored IS NULL OR NOT ioms_private.passes(its_table, 'opened', stored) THEN
    RETURN;
  END IF;
  SELECT r.is_own, r.recorded_at INTO is_own, recorded_at FROM ioms_private.recording(its_table, stored) AS r;
  RETURN NEXT;
END $$;

CREATE FUNCTION ioms_private.refuse_change(its_table text, was jsonb, becomes jsonb) RETURNS void
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_catalog, pg_temp AS $$
DECLARE
  rule ioms_private.entry_rule%ROWTYPE;
  field text;
  is_teams boolean;
  contested boolean := false;
  of_author boolean := false;
  known record;
  recent boolean;
  period interval;
BEGIN
  -- What an import brings was decided elsewhere; a person, a case and a proposal are nobody's entries, and neither is the
  -- review of restricted access: their own guards look after them.
  IF NOT ioms_private.can_strike_out(its_table) OR importing()
     OR (its_table = 'actions' AND was ->> 'action_ref' LIKE 'AC-GLASS-%') THEN
    RETURN;
  END IF;
  SELECT * INTO rule FROM ioms_private.entry_rule WHERE table_name = its_table;
  FOR field IN
    SELECT key FROM jsonb_each(becomes)
    WHERE value IS DISTINCT FROM was -> key AND key NOT IN ('id', 'revision', 'recorded_at', 'recorded_by')
      AND key <> ALL (coalesce(rule.released, '{}'))
  LOOP
    is_teams := coalesce(rule.kept_by, 'TEAM') = 'TEAM' OR field = ANY (rule.carried_on);
    IF NOT (is_teams AND was -> field = 'null'::jsonb) THEN
      contested := true;
      of_author := of_author OR NOT is_teams;
    END IF;
  END LOOP;
  IF NOT contested THEN
    RETURN;
  END IF;
  SELECT * INTO known FROM ioms_private.recording(its_table, was);
  IF of_author AND NOT coalesce(known.is_own, false) AND my_role() IS DISTINCT FROM 'supervisor' THEN
    RAISE EXCEPTION 'permission denied: who recorded an entry or a supervisor changes it' USING ERRCODE = '42501';
  END IF;
  period := ioms_private.author_period();
  recent := coalesce(ioms_private.is_running(known.recorded_at + period, period), false);
  IF NOT (recent AND (coalesce(known.is_own, false) OR NOT of_author))
     AND coalesce(current_setting('ioms.reason_text', true), '') !~ '[^[:space:]]' THEN
    RAISE EXCEPTION 'permission denied: an entry that stands is changed with a reason' USING ERRCODE = '42501';
  END IF;
END $$;

CREATE OR REPLACE FUNCTION stamp_record() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_catalog, pg_temp AS $$
BEGIN
  IF my_role() IS NOT NULL THEN
    -- The time of a record is that of its transaction: one that is held open for long would date back what it writes.
    IF clock_timestamp() - transaction_timestamp() > interval '30 minutes' THEN
      RAISE EXCEPTION 'this transaction began too long ago' USING ERRCODE = '42501';
    END IF;
    IF TG_OP = 'UPDATE' THEN
      PERFORM ioms_private.refuse_change(TG_TABLE_NAME, to_jsonb(OLD), to_jsonb(NEW));
    END IF;
    NEW.recorded_by := session_user;
    NEW.recorded_at := transaction_timestamp();
    IF TG_OP = 'INSERT' THEN
      NEW.revision := 1;
    END IF;
  END IF;
  RETURN NEW;
END $$;

-- The reason of a change stays with the version that it ended. A version that is copied from elsewhere has its own.
CREATE FUNCTION keep_reason() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  IF NEW.reason IS NULL AND pg_trigger_depth() > 1 THEN
    NEW.reason := nullif(btrim(coalesce(current_setting('ioms.reason_text', true), '')), '');
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER former_version_reason BEFORE INSERT ON former_version
  FOR EACH ROW WHEN (NEW.ended = 'CHANGED') EXECUTE FUNCTION keep_reason();
