-- What was entered in error is struck out: the record leaves its table, so that it counts nowhere, and its last version
-- stays as a former version that says who struck it out and why. Nobody may delete a row of a record table; this function
-- does it for who recorded it first or for a supervisor, with a reason, and the triggers of the table leave their traces.

-- Whether this user passes a policy of a table for a row that is there: nothing is written twice, in policies and here.
CREATE FUNCTION ioms_private.passes(its_table text, its_policy text, stored jsonb) RETURNS boolean
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_catalog, pg_temp AS $$
DECLARE
  said text;
  passed boolean;
BEGIN
  SELECT coalesce(p.with_check, p.qual) INTO said FROM pg_policies AS p
  WHERE p.schemaname = 'public' AND p.tablename = its_table AND p.policyname = its_policy
    AND ('ioms_' || my_role()) = ANY (p.roles);
  IF said IS NULL THEN
    RETURN false;
  END IF;
  EXECUTE format('SELECT %s FROM jsonb_populate_record(NULL::%I, $1) AS %I', said, its_table, its_table)
    INTO passed USING stored;
  RETURN coalesce(passed, false);
END $$;

-- Tables whose records are struck out: every table with traces, but a person, a case and a proposal, which has an answer.
CREATE FUNCTION ioms_private.can_strike_out(its_table text) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_catalog, pg_temp AS $$
  SELECT its_table NOT IN ('people', 'cases', 'proposals') AND EXISTS (
    SELECT FROM pg_trigger
    WHERE tgrelid = to_regclass(format('public.%I', its_table)) AND tgname = its_table || '_trace_delete')
$$;

-- Who recorded a record first, the audit says; asked of oneself alone, so that nobody learns anything of others.
CREATE FUNCTION recorded_by_me(its_table text, its_key text) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, ioms_audit, pg_temp AS $$
  SELECT coalesce((
    SELECT actor = session_user FROM audit
    WHERE object_type = its_table AND object_ref = its_key AND kind = 'COLLECTION' ORDER BY id DESC LIMIT 1), false)
$$;

-- Answers false where the record is not there at that revision. The time and the name of an imported one are its file's.
CREATE FUNCTION strike_out_record(
  its_table text, its_id integer, its_revision integer, why text, its_on text DEFAULT NULL, its_by text DEFAULT NULL
) RETURNS boolean LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_catalog, pg_temp AS $$
DECLARE
  stored jsonb;
  kept former_version%ROWTYPE;
  trusted boolean := my_role() IS NULL AND audit_trusted();
BEGIN
  IF its_table IS NULL OR NOT ioms_private.can_strike_out(its_table) THEN
    RAISE EXCEPTION 'permission denied: nothing of this table is struck out' USING ERRCODE = '42501';
  END IF;
  IF why IS NULL OR why !~ '[^[:space:]]' THEN
    RAISE EXCEPTION 'permission denied: nothing is struck out without a reason' USING ERRCODE = '42501';
  END IF;
  IF NOT trusted AND NOT coalesce(importing(), false) AND (its_on IS NOT NULL OR its_by IS NOT NULL) THEN
    RAISE EXCEPTION 'permission denied: time and name are the server''s' USING ERRCODE = '42501';
  END IF;
  EXECUTE format('SELECT to_jsonb(r) FROM %I AS r WHERE id = $1 AND revision = $2 FOR UPDATE', its_table)
    INTO stored USING its_id, its_revision;
  IF stored IS NULL OR NOT (trusted OR ioms_private.passes(its_table, 'opened', stored)) THEN
    RETURN false;
  END IF;
  IF NOT trusted AND NOT ioms_private.passes(its_table, 'added', stored) THEN
    RAISE EXCEPTION 'permission denied: this record is not for this user to strike out' USING ERRCODE = '42501';
  END IF;
  PERFORM set_config('ioms.removal', 'Entered in error: ' || btrim(why), true);
  EXECUTE format('DELETE FROM %I WHERE id = $1', its_table) USING its_id;
  PERFORM set_config('ioms.removal', '', true);
  UPDATE former_version SET reason = btrim(why), struck_out_by = coalesce(its_by, changed_by), struck_out_on = its_on
  WHERE id = (
    SELECT id FROM former_version WHERE table_name = its_table AND record_id = its_id AND ended = 'DELETED'
    ORDER BY id DESC LIMIT 1)
  RETURNING * INTO kept;
  IF its_table = 'actions' AND kept.record_key LIKE 'AC-GLASS-%' THEN
    RAISE EXCEPTION 'permission denied: the review of restricted access is answered' USING ERRCODE = '42501';
  END IF;
  IF NOT trusted AND my_role() IS DISTINCT FROM 'supervisor' AND NOT recorded_by_me(its_table, kept.record_key) THEN
    RAISE EXCEPTION 'permission denied: who recorded it or a supervisor strikes it out' USING ERRCODE = '42501';
  END IF;
  RETURN true;
END $$;

-- What this user may read of what was struck out on a case or of its person. Answers nothing of a case that is not open.
CREATE FUNCTION struck_out_of(ref text) RETURNS SETOF former_version
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_catalog, pg_temp AS $$
DECLARE
  kept former_version%ROWTYPE;
  whose text := (SELECT person_ref FROM cases WHERE case_ref = ref);
  trusted boolean := my_role() IS NULL AND audit_trusted();
  everything boolean := coalesce(reaches('ALL'), false);
BEGIN
  FOR kept IN
    SELECT * FROM former_version
    WHERE struck_out_by IS NOT NULL AND (case_ref = ref OR (case_ref IS NULL AND person_ref = whose)) ORDER BY id DESC
  LOOP
    IF trusted OR ioms_private.passes(kept.table_name, 'opened', kept.data::jsonb) THEN
      IF NOT everything AND kept.table_name = 'contacts' THEN
        kept.data := (kept.data::jsonb || '{"note": null}'::jsonb)::json;
      END IF;
      RETURN NEXT kept;
    END IF;
  END LOOP;
END $$;

-- Puts back what was struck out, as it was, as a new record of who does so. Answers false where there is no such thing.
CREATE FUNCTION restore_struck_out(number integer) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_catalog, pg_temp AS $$
DECLARE
  kept former_version%ROWTYPE;
  written text;
  trusted boolean := my_role() IS NULL AND audit_trusted();
BEGIN
  SELECT * INTO kept FROM former_version WHERE id = number AND struck_out_by IS NOT NULL FOR UPDATE;
  IF kept.id IS NULL OR NOT (trusted OR ioms_private.passes(kept.table_name, 'opened', kept.data::jsonb)) THEN
    RETURN false;
  END IF;
  IF NOT trusted AND NOT (
    ioms_private.passes(kept.table_name, 'added', kept.data::jsonb)
    AND (my_role() = 'supervisor' OR kept.changed_by = session_user
         OR recorded_by_me(kept.table_name, kept.record_key))
  ) THEN
    RAISE EXCEPTION 'permission denied: who recorded it or a supervisor puts it back' USING ERRCODE = '42501';
  END IF;
  SELECT string_agg(quote_ident(key), ', ') INTO written FROM jsonb_each(kept.data::jsonb)
  WHERE value <> 'null'::jsonb;
  UPDATE former_version SET struck_out_by = NULL, struck_out_on = NULL WHERE id = number;
  EXECUTE format(
    'INSERT INTO %1$I (%2$s, revision, recorded_at, recorded_by) SELECT %2$s, 1, audit_at(), audit_actor() '
    'FROM jsonb_populate_record(NULL::%1$I, $1)', kept.table_name, written) USING kept.data::jsonb;
  RETURN true;
END $$;

-- A decision that was struck out may stand again, word for word; nobody decides anything by that.
CREATE FUNCTION ioms_private.stood_before(its_key text, stored jsonb) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_catalog, pg_temp AS $$
  SELECT EXISTS (
    SELECT FROM former_version
    WHERE table_name = 'decisions' AND record_key = its_key AND ended = 'DELETED'
      AND data::jsonb = stored - '{id,revision,recorded_at,recorded_by}'::text[])
$$;
