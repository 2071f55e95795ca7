-- An amount of funding comes with who gives it, who authorised it and when, and no user is named who may not authorise.
-- Another amount, or another budget, is authorised anew; who recorded the offer or a supervisor corrects it with a reason.
-- What an import brings was decided elsewhere.
CREATE FUNCTION guard_funding() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_catalog, pg_temp AS $$
DECLARE
  named text := lower(btrim(coalesce(NEW.funding_authorised_by, '')));
BEGIN
  IF my_role() IS NULL OR importing() THEN
    RETURN NEW;
  END IF;
  IF NEW.funding_amount IS NOT NULL
     AND (named = '' OR NEW.funding_authorised_on IS NULL OR btrim(coalesce(NEW.funded_by, '')) = '') THEN
    RAISE EXCEPTION 'funding needs who authorised it' USING ERRCODE = '23514';
  END IF;
  IF TG_OP = 'UPDATE' AND OLD.funding_amount IS NOT NULL AND NEW.funding_amount IS NOT NULL
     AND (NEW.funding_amount, NEW.funded_by) IS DISTINCT FROM (OLD.funding_amount, OLD.funded_by)
     AND (NEW.funding_authorised_by, NEW.funding_authorised_on)
         IS NOT DISTINCT FROM (OLD.funding_authorised_by, OLD.funding_authorised_on)
     AND (coalesce(current_setting('ioms.reason_text', true), '') !~ '[^[:space:]]'
          OR NOT (my_role() = 'supervisor'
                  OR coalesce((SELECT is_own FROM ioms_private.recording('offers', to_jsonb(OLD))), false))) THEN
    RAISE EXCEPTION 'another amount is authorised anew' USING ERRCODE = '42501';
  END IF;
  IF TG_OP = 'UPDATE' AND NEW.funding_authorised_by IS NOT DISTINCT FROM OLD.funding_authorised_by THEN
    RETURN NEW;
  END IF;
  IF EXISTS (
    SELECT FROM users AS u
    WHERE named IN (lower(u.name), lower(u.display_name)) AND u.role NOT IN ('officer', 'supervisor')
  ) THEN
    RAISE EXCEPTION 'who is named may not authorise' USING ERRCODE = '42501';
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER offers_funding_guard BEFORE INSERT OR UPDATE ON offers
  FOR EACH ROW EXECUTE FUNCTION guard_funding();
