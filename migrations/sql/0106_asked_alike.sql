-- Who is hidden is found as fast as who is not there. The policies of what lists read used to ask six functions, each of them who
-- asks, with the first row that they met, and gathered every case that is hidden; of a case that is not there nothing was asked.

-- Who is signed in, as long as their account is in use. The day is that of the office.
CREATE VIEW ioms_private.me AS
  SELECT u.name, u.role FROM users AS u
  WHERE u.name = session_user AND u.active
    AND (u.expires_on IS NULL OR u.expires_on >= (clock_timestamp() AT TIME ZONE 'Europe/London')::date)
    AND CASE WHEN u.role IN ('officer', 'navigator', 'supervisor', 'coordinator', 'partner', 'analyst', 'auditor',
                             'administrator')
             THEN pg_has_role(session_user, 'ioms_' || u.role, 'MEMBER') END;
ALTER VIEW ioms_private.me OWNER TO ioms_owner;

CREATE OR REPLACE FUNCTION my_role() RETURNS text LANGUAGE plpgsql STABLE SECURITY DEFINER
SET search_path = public, pg_catalog, pg_temp SET "TimeZone" = 'Europe/London' SET "DateStyle" = 'ISO, DMY'
SET client_min_messages = notice AS $$
BEGIN
  RETURN (SELECT m.role FROM ioms_private.me AS m);
END $$;

-- How far somebody's knowledge goes, in one word; see reaches.
CREATE FUNCTION ioms_private.my_reach() RETURNS text LANGUAGE plpgsql STABLE SECURITY DEFINER
SET search_path = public, pg_catalog, pg_temp SET client_min_messages = notice AS $$
DECLARE
  mine text := my_role();
BEGIN
  RETURN CASE
    WHEN mine IN ('officer', 'supervisor') OR (mine IS NULL AND audit_trusted()) THEN 'ALL'
    WHEN mine = 'navigator' THEN 'PHOENIX'
    WHEN mine = 'coordinator' THEN 'OFFERED'
  END;
END $$;
ALTER FUNCTION ioms_private.my_reach() OWNER TO ioms_owner;

-- What is kept from everybody but those who are named: what is restricted, and what another team has.
CREATE VIEW ioms_private.kept_cases AS
  SELECT s.case_ref FROM case_standing AS s
  WHERE s.restricted OR (s.team IS NOT NULL AND s.team <> (SELECT my_team()));
ALTER VIEW ioms_private.kept_cases OWNER TO ioms_owner;

-- What of somebody's own is said of cases, by reference: which are known to them in any case, which are hidden from them, and of
-- which nothing is kept from them (FREE), so that it depends on their role whether they know. What is open or seen through broken
-- glass is known; but exclusion wins over broken glass. One case can be named in several ways: the last of them counts.
CREATE FUNCTION ioms_private.named_cases() RETURNS jsonb LANGUAGE plpgsql STABLE SECURITY DEFINER
SET search_path = public, pg_catalog, pg_temp SET client_min_messages = notice AS $$
DECLARE
  mine text;
  said jsonb;
BEGIN
  SELECT m.role, (
    SELECT coalesce(jsonb_object_agg(n.case_ref, CASE m.role WHEN 'partner' THEN 'KNOWN' ELSE 'FREE' END)
                    FILTER (WHERE n.kind = 'ASSIGNED' OR (n.kind = 'ADMITTED' AND m.role <> 'partner')), '{}')
      || coalesce(jsonb_object_agg(n.case_ref, 'KNOWN') FILTER (WHERE n.kind = 'GLASS'), '{}')
      || coalesce(jsonb_object_agg(n.case_ref, 'HIDDEN') FILTER (WHERE n.kind = 'EXCLUDED'), '{}')
      || coalesce(jsonb_object_agg(n.case_ref, 'KNOWN') FILTER (WHERE n.kind = 'OPEN'), '{}')
    FROM (
      SELECT e.case_ref, e.kind FROM access_entry AS e
      WHERE e.user_name = session_user AND e.kind IN ('ASSIGNED', 'ADMITTED', 'GLASS', 'EXCLUDED')
        AND CASE WHEN e.kind = 'GLASS' THEN ioms_private.is_running(e.ends_at, interval '60 minutes')
                 ELSE e.ends_at IS NULL OR e.ends_at > clock_timestamp() END
        AND (e.kind = 'EXCLUDED' OR (e.kind = 'ADMITTED' AND e.set_by = session_user)
             OR e.begins_at < transaction_timestamp() OR e.begins_at > clock_timestamp())
        AND (e.kind <> 'ASSIGNED' OR NOT EXISTS (SELECT FROM case_standing AS s WHERE s.case_ref = e.case_ref AND s.restricted)
             OR e.case_ref IN (SELECT my_access('ADMITTED')))
      UNION ALL
      SELECT l.case_ref, 'OPEN' FROM ioms_private.look AS l
      WHERE l.who = session_user AND ioms_private.is_running(l.expires_at, interval '15 minutes')
        AND ioms_private.is_committed(l.opened_xid)
        AND (NOT EXISTS (SELECT FROM ioms_private.shut WHERE at > clock_timestamp() - interval '1 hour')
             OR NOT ioms_private.is_kept_back(l.case_ref))
    ) AS n
  ) INTO mine, said FROM ioms_private.me AS m;
  IF mine IS NULL AND audit_trusted() THEN
    RETURN (SELECT jsonb_object_agg(s.case_ref, 'KNOWN') FROM case_standing AS s);
  END IF;
  RETURN said;
END $$;
ALTER FUNCTION ioms_private.named_cases() OWNER TO ioms_owner;

REVOKE ALL ON FUNCTION ioms_private.my_reach(), ioms_private.named_cases() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION my_team(), ioms_private.my_reach(), ioms_private.named_cases() TO ioms_people, ioms_reader, ioms_opener;
GRANT SELECT ON ioms_private.kept_cases TO ioms_people, ioms_reader, ioms_opener;

-- The same of one case, for functions that are called with a reference: it is worked out before the case is looked for.
CREATE OR REPLACE FUNCTION ioms_private.knows(ref text) RETURNS boolean LANGUAGE plpgsql STABLE SECURITY DEFINER
SET search_path = public, pg_catalog, pg_temp SET client_min_messages = notice AS $$
DECLARE
  said text := coalesce(ioms_private.named_cases() ->> ref,
    CASE WHEN EXISTS (SELECT FROM ioms_private.kept_cases AS k WHERE k.case_ref = ref) THEN 'HIDDEN' END);
  reach text := ioms_private.my_reach();
BEGIN
  RETURN EXISTS (
    SELECT FROM cases AS c
    WHERE c.case_ref = ref AND CASE said
      WHEN 'KNOWN' THEN true
      WHEN 'HIDDEN' THEN false
      ELSE CASE reach
        WHEN 'ALL' THEN true
        WHEN 'OFFERED' THEN c.trial_arm IS DISTINCT FROM 'CONTROL'
        WHEN 'PHOENIX' THEN c.trial_arm IS DISTINCT FROM 'CONTROL' AND c.programme = 'PHOENIX'
        ELSE false
      END
    END);
END $$;

CREATE OR REPLACE FUNCTION ioms_private.hides_person(ref text) RETURNS boolean LANGUAGE plpgsql STABLE STRICT SECURITY DEFINER
SET search_path = public, pg_catalog, pg_temp SET client_min_messages = notice AS $$
DECLARE
  named jsonb := ioms_private.named_cases();
BEGIN
  RETURN EXISTS (SELECT FROM ioms_private.kept_people AS k WHERE k.person_ref = ref) AND (
    SELECT bool_and(coalesce(
      named ->> c.case_ref = 'HIDDEN',
      EXISTS (SELECT FROM ioms_private.kept_cases AS k WHERE k.case_ref = c.case_ref)))
    FROM cases AS c WHERE c.person_ref = ref) IS TRUE;
END $$;

-- Everything that decides is worked out whoever is asked for.
CREATE OR REPLACE FUNCTION ioms_private.knows_person(ref text) RETURNS boolean LANGUAGE plpgsql STABLE SECURITY DEFINER
SET search_path = public, pg_catalog, pg_temp SET client_min_messages = notice AS $$
DECLARE
  broken boolean := ref IN (SELECT glass_people());
  added boolean := ref IN (SELECT my_newcomers());
  shown boolean := reaches('ALL') AND NOT ioms_private.hides_person(ref);
BEGIN
  RETURN EXISTS (SELECT FROM people AS p WHERE p.person_ref = ref)
    AND NOT broken
    AND (shown OR added OR EXISTS (SELECT FROM cases AS c WHERE c.person_ref = ref AND ioms_private.knows(c.case_ref)));
END $$;

-- Both are asked at each reading of content, in policies that ask the other as well: who asks, what they have open and whether it
-- was closed is one query, and most people have no book open.
CREATE OR REPLACE FUNCTION opened_cases() RETURNS SETOF text LANGUAGE plpgsql STABLE SECURITY DEFINER ROWS 5
SET search_path = public, pg_catalog, pg_temp SET client_min_messages = notice AS $$
BEGIN
  RETURN QUERY
  SELECT l.case_ref FROM ioms_private.me AS m JOIN ioms_private.look AS l ON l.who = m.name
  WHERE ioms_private.is_running(l.expires_at, interval '15 minutes') AND ioms_private.is_committed(l.opened_xid)
    AND (NOT EXISTS (SELECT FROM ioms_private.shut AS s WHERE s.at > clock_timestamp() - interval '1 hour')
         OR NOT ioms_private.is_kept_back(l.case_ref));
END $$;

CREATE OR REPLACE FUNCTION book_open() RETURNS boolean LANGUAGE plpgsql STABLE SECURITY DEFINER
SET search_path = public, pg_catalog, pg_temp SET client_min_messages = notice AS $$
BEGIN
  RETURN EXISTS (SELECT FROM ioms_private.opened_book AS b WHERE b.who = session_user)
    AND my_role() IS NOT NULL AND ioms_private.has_book();
END $$;

-- What somebody's own says takes most of the time that a hidden row takes: it is worked out whether or not there is a row. A view
-- asks before it reads. A policy is asked with a row alone; but what an aggregate starts from is checked as a value of its type
-- whenever a statement is planned and whenever it begins (0101_every_plan.sql).
CREATE FUNCTION ioms_private.begins_alike() RETURNS boolean LANGUAGE plpgsql STABLE COST 1 SECURITY DEFINER
SET search_path = public, pg_catalog, pg_temp SET client_min_messages = notice AS $$
BEGIN
  IF to_regclass('ioms_private.me') IS NOT NULL THEN  -- an aggregate is restored from a backup before tables are
    PERFORM ioms_private.named_cases();
  END IF;
  RETURN true;
END $$;
ALTER FUNCTION ioms_private.begins_alike() OWNER TO ioms_owner;
REVOKE ALL ON FUNCTION ioms_private.begins_alike() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION ioms_private.begins_alike() TO ioms_people, ioms_reader, ioms_opener, ioms_audit_owner;

CREATE DOMAIN ioms_private.alike_answer AS boolean;
ALTER DOMAIN ioms_private.alike_answer OWNER TO ioms_owner;
CREATE FUNCTION ioms_private.stay_alike(answer ioms_private.alike_answer) RETURNS ioms_private.alike_answer
LANGUAGE plpgsql IMMUTABLE AS $$
BEGIN
  RETURN answer;
END $$;
ALTER FUNCTION ioms_private.stay_alike(ioms_private.alike_answer) OWNER TO ioms_owner;
REVOKE ALL ON FUNCTION ioms_private.stay_alike(ioms_private.alike_answer) FROM PUBLIC;
CREATE AGGREGATE ioms_private.is_alike(*) (SFUNC = ioms_private.stay_alike, STYPE = ioms_private.alike_answer, INITCOND = 'true');
ALTER AGGREGATE ioms_private.is_alike(*) OWNER TO ioms_owner;
ALTER DOMAIN ioms_private.alike_answer ADD CHECK (ioms_private.begins_alike());
REVOKE ALL ON FUNCTION ioms_private.is_alike() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION ioms_private.is_alike() TO ioms_people;
CREATE POLICY asked_alike ON cases AS RESTRICTIVE FOR SELECT TO ioms_people
  USING ((SELECT ioms_private.is_alike(*)) IS NOT NULL);

-- In SQL it was planned in each statement that met a row.
CREATE OR REPLACE FUNCTION ioms_private.stay_unexplained(answer ioms_private.unexplained_answer)
RETURNS ioms_private.unexplained_answer LANGUAGE plpgsql IMMUTABLE AS $$
BEGIN
  RETURN answer;
END $$;
