-- The day of an action is moved with a reason, keeps the first day and is counted, at every move; undoing the last one
-- gives back what the former version says. An action is cancelled with a reason, and is not both done and cancelled.
-- What an import brings was decided elsewhere.
CREATE FUNCTION guard_due_day() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_catalog, pg_temp AS $$
BEGIN
  IF my_role() IS NULL OR importing() THEN
    RETURN NEW;
  END IF;
  IF (NEW.done_on, NEW.cancelled_on, NEW.cancel_reason) IS DISTINCT FROM
     (OLD.done_on, OLD.cancelled_on, OLD.cancel_reason)
     AND NEW.cancelled_on IS NOT NULL
     AND (NEW.done_on IS NOT NULL OR btrim(coalesce(NEW.cancel_reason, '')) = '') THEN
    RAISE EXCEPTION 'an action is done, or cancelled with a reason' USING ERRCODE = '23514';
  END IF;
  IF (NEW.due_on, NEW.first_due_on, NEW.due_moves) IS NOT DISTINCT FROM
     (OLD.due_on, OLD.first_due_on, OLD.due_moves)
     OR EXISTS (
       SELECT FROM former_version f
       WHERE f.table_name = 'actions' AND f.record_id = OLD.id AND f.revision = OLD.revision - 1
         AND coalesce(NEW.due_moves, 0) = OLD.due_moves - 1
         AND (f.data ->> 'due_on', f.data ->> 'first_due_on', f.data ->> 'due_moves')
             IS NOT DISTINCT FROM (NEW.due_on::text, NEW.first_due_on::text, NEW.due_moves::text)
     ) THEN
    RETURN NEW;
  END IF;
  IF NEW.due_on = OLD.due_on OR btrim(coalesce(NEW.due_reason, '')) = ''
     OR NEW.first_due_on IS DISTINCT FROM coalesce(OLD.first_due_on, OLD.due_on)
     OR NEW.due_moves IS DISTINCT FROM coalesce(OLD.due_moves, 0) + 1 THEN
    RAISE EXCEPTION 'the day of an action is moved with a reason' USING ERRCODE = '23514';
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER actions_due_guard BEFORE UPDATE ON actions FOR EACH ROW EXECUTE FUNCTION guard_due_day();
