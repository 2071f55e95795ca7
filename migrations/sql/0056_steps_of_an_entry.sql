-- An entry is changed as before; but a status that may follow the one before it, as the answer to a referral, is no change
-- of what was said, and neither is what is told with it.
CREATE OR REPLACE FUNCTION ioms_private.refuse_change(its_table text, was jsonb, becomes jsonb) RETURNS void
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
  goes_on boolean;
BEGIN
  -- What an import brings was decided elsewhere; a person, a case and a proposal are nobody's entries, and neither is the
  -- review of restricted access: their own guards look after them.
  IF NOT ioms_private.can_strike_out(its_table) OR importing()
     OR (its_table = 'actions' AND was ->> 'action_ref' LIKE 'AC-GLASS-%') THEN
    RETURN;
  END IF;
  SELECT * INTO rule FROM ioms_private.entry_rule WHERE table_name = its_table;
  -- A status that may follow the one before carries an entry on, with what is told anew beside it.
  goes_on := coalesce(
    rule.progress -> 'steps' -> (was ->> (rule.progress ->> 'column')) ? (becomes ->> (rule.progress ->> 'column')), false);
  FOR field IN
    SELECT key FROM jsonb_each(becomes)
    WHERE value IS DISTINCT FROM was -> key AND key NOT IN ('id', 'revision', 'recorded_at', 'recorded_by')
      AND key <> ALL (coalesce(rule.released, '{}'))
  LOOP
    is_teams := coalesce(rule.kept_by, 'TEAM') = 'TEAM' OR field = ANY (rule.carried_on);
    IF NOT (is_teams AND (was -> field = 'null'::jsonb
                          OR (goes_on AND (field = rule.progress ->> 'column' OR rule.progress -> 'told' ? field)))) THEN
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
