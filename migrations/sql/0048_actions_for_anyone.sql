-- The day of an action is moved with a reason and keeps the first day; undoing a move gives that day back. An action is
-- cancelled with a reason, and is not both done and cancelled. What an import brings was decided elsewhere.
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
  IF NEW.due_on = OLD.due_on OR (NEW.due_on = OLD.first_due_on AND NEW.first_due_on IS NULL) THEN
    RETURN NEW;
  END IF;
  IF btrim(coalesce(NEW.due_reason, '')) = ''
     OR NEW.first_due_on IS DISTINCT FROM coalesce(OLD.first_due_on, OLD.due_on) THEN
    RAISE EXCEPTION 'the day of an action is moved with a reason' USING ERRCODE = '23514';
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER actions_due_guard BEFORE UPDATE ON actions FOR EACH ROW EXECUTE FUNCTION guard_due_day();
