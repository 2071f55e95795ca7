-- A notice between windows names a case by a random number that the server alone gives and explains, and to those alone who know of
-- the case. It was a digest of the reference, which anybody could make of every reference that there might be.
CREATE TABLE ioms_private.announced_case (
  case_ref text COLLATE "C" PRIMARY KEY REFERENCES cases (case_ref) ON DELETE CASCADE,
  token text NOT NULL UNIQUE DEFAULT replace(gen_random_uuid()::text, '-', ''),
  given_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  open_until timestamptz  -- when all have closed the case who had it open at the change of who may know of it
);
ALTER TABLE ioms_private.announced_case OWNER TO ioms_owner;
INSERT INTO ioms_private.announced_case (case_ref) SELECT case_ref FROM cases;

CREATE FUNCTION name_announced_case() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_catalog, pg_temp SET client_min_messages = notice AS $$
BEGIN
  INSERT INTO ioms_private.announced_case (case_ref) SELECT n.case_ref FROM new_rows AS n ON CONFLICT DO NOTHING;
  RETURN NULL;
END $$;
ALTER FUNCTION name_announced_case() OWNER TO ioms_owner;
CREATE TRIGGER cases_announced AFTER INSERT ON cases REFERENCING NEW TABLE AS new_rows
FOR EACH STATEMENT EXECUTE FUNCTION name_announced_case();

-- Gives a case a new number once others may know of it than before: whoever listened until then had the former explained.
CREATE FUNCTION renew_announced_case() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_catalog, pg_temp SET client_min_messages = notice AS $$
BEGIN
  UPDATE ioms_private.announced_case
  SET token = DEFAULT, given_at = DEFAULT, open_until = clock_timestamp() + interval '15 minutes'
  WHERE case_ref = coalesce(NEW.case_ref, OLD.case_ref);
  RETURN NULL;
END $$;
ALTER FUNCTION renew_announced_case() OWNER TO ioms_owner;
CREATE TRIGGER cases_announced_anew AFTER UPDATE ON cases FOR EACH ROW
WHEN ((OLD.trial_arm, OLD.programme) IS DISTINCT FROM (NEW.trial_arm, NEW.programme)) EXECUTE FUNCTION renew_announced_case();
CREATE TRIGGER case_standing_announced_anew AFTER INSERT OR UPDATE OR DELETE ON case_standing FOR EACH ROW
EXECUTE FUNCTION renew_announced_case();
CREATE TRIGGER access_entry_announced_anew AFTER INSERT OR UPDATE OR DELETE ON access_entry FOR EACH ROW
EXECUTE FUNCTION renew_announced_case();

-- The numbers of those of some cases of which somebody knows. Of each it is asked whether they know of it before it is looked up: the
-- time says no more of a case that is hidden from them than of none. Where an entry or an opening has ended since a number was given,
-- that case is given a new one.
CREATE FUNCTION ioms_private.announced_numbers(refs text[]) RETURNS text[] LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_catalog, pg_temp SET client_min_messages = notice AS $$
DECLARE
  known text[] := ARRAY(SELECT r.ref FROM unnest(refs) AS r (ref) WHERE ioms_private.knows(r.ref));
BEGIN
  UPDATE ioms_private.announced_case SET token = DEFAULT, given_at = DEFAULT WHERE case_ref IN (
    SELECT a.case_ref FROM ioms_private.announced_case AS a
    WHERE a.case_ref = ANY (known) AND (
      (a.open_until > a.given_at AND a.open_until <= clock_timestamp())
      OR EXISTS (SELECT FROM access_entry AS e
                 WHERE e.case_ref = a.case_ref AND e.ends_at > a.given_at AND e.ends_at <= clock_timestamp()))
    ORDER BY a.case_ref FOR UPDATE SKIP LOCKED);
  RETURN ARRAY(SELECT a.token FROM unnest(known) AS r (ref) JOIN ioms_private.announced_case AS a ON a.case_ref = r.ref ORDER BY 1);
END $$;
ALTER FUNCTION ioms_private.announced_numbers(text[]) OWNER TO ioms_owner;

-- Sends a notice, in which references stand for the cases. If one is not known to the sender, no case is named: any may have changed.
-- Nor is one for somebody whose role works on no case, or where there are more than a notice holds.
CREATE FUNCTION announce(channel text, said jsonb) RETURNS void LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_catalog, pg_temp SET client_min_messages = notice AS $$
DECLARE
  names boolean := coalesce(my_role() IN ('officer', 'navigator', 'supervisor', 'coordinator', 'partner'), audit_trusted());
  refs text[];
  named text[];
BEGIN
  PERFORM ioms_private.refuse_explain();
  IF said ->> 'case' IS NOT NULL THEN
    named := CASE WHEN names THEN ioms_private.announced_numbers(ARRAY[said ->> 'case']) END;
    IF cardinality(named) > 0 IS NOT TRUE THEN
      RETURN;
    END IF;
    said := said || jsonb_build_object('case', named[1]);
  END IF;
  IF jsonb_typeof(said -> 'cases') = 'array' THEN
    refs := ARRAY(SELECT jsonb_array_elements_text(said -> 'cases'));
    named := CASE WHEN names AND cardinality(refs) <= 20 THEN ioms_private.announced_numbers(refs) END;
    said := said || jsonb_build_object('cases', CASE WHEN cardinality(named) = cardinality(refs) THEN to_jsonb(named) END);
  END IF;
  PERFORM pg_notify(channel, said::text);
END $$;
ALTER FUNCTION announce(text, jsonb) OWNER TO ioms_owner;

-- The cases that notices name, as far as the listener knows of them.
CREATE FUNCTION cases_announced(tokens text[]) RETURNS TABLE (token text, case_ref text)
LANGUAGE plpgsql STABLE SECURITY DEFINER ROWS 20
SET search_path = public, pg_catalog, pg_temp SET client_min_messages = notice AS $$
BEGIN
  PERFORM ioms_private.refuse_explain();
  RETURN QUERY
  SELECT a.token, a.case_ref FROM ioms_private.announced_case AS a
  WHERE a.token = ANY (tokens) AND ioms_private.knows(a.case_ref);
END $$;
ALTER FUNCTION cases_announced(text[]) OWNER TO ioms_owner;

REVOKE ALL ON FUNCTION name_announced_case(), renew_announced_case(), ioms_private.announced_numbers(text[]), announce(text, jsonb),
  cases_announced(text[]) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION announce(text, jsonb), cases_announced(text[]) TO ioms_people;
