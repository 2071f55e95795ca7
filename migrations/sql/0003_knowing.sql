-- Who somebody is, which cases they may know of, and which they have open. Every function asks session_user: inside a
-- function of its owner current_user is the owner. They are written in PL/pgSQL, which keeps a plan for the whole session:
-- a function in SQL is planned anew in every statement that asks it, and these are asked in all of them.

CREATE TABLE ioms_private.look (
  who text COLLATE "C" NOT NULL,
  case_ref text COLLATE "C" NOT NULL,
  person_ref text COLLATE "C",
  purpose text NOT NULL,
  opened_xid xid8 NOT NULL,
  expires_at timestamptz NOT NULL,
  PRIMARY KEY (who, case_ref)
);
COMMENT ON TABLE ioms_private.look IS
  'What somebody has open. It counts only once committed, so that a look cannot be undone after reading. Empty it after a restore.';

CREATE FUNCTION my_role() RETURNS text LANGUAGE plpgsql STABLE SECURITY DEFINER
SET search_path = public, pg_catalog, pg_temp AS $$
BEGIN
  RETURN (
    SELECT role FROM users
    WHERE name = session_user AND active AND (expires_on IS NULL OR expires_on >= current_date)
  );
END $$;

CREATE FUNCTION my_team() RETURNS text LANGUAGE plpgsql STABLE SECURITY DEFINER
SET search_path = public, pg_catalog, pg_temp AS $$
BEGIN
  RETURN (SELECT team FROM users WHERE name = session_user);
END $$;

CREATE FUNCTION my_access(wanted text) RETURNS SETOF text LANGUAGE plpgsql STABLE SECURITY DEFINER ROWS 20
SET search_path = public, pg_catalog, pg_temp AS $$
BEGIN
  RETURN QUERY
  SELECT case_ref FROM access_entry
  WHERE user_name = session_user AND kind = wanted AND (ends_at IS NULL OR ends_at > clock_timestamp());
END $$;

CREATE FUNCTION opened_cases() RETURNS SETOF text LANGUAGE plpgsql STABLE SECURITY DEFINER ROWS 5
SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  RETURN QUERY
  SELECT case_ref FROM ioms_private.look
  WHERE who = session_user AND expires_at > clock_timestamp()
    AND pg_visible_in_snapshot(opened_xid, pg_current_snapshot());
END $$;

CREATE FUNCTION opened_people() RETURNS SETOF text LANGUAGE plpgsql STABLE SECURITY DEFINER ROWS 5
SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  RETURN QUERY
  SELECT person_ref FROM ioms_private.look
  WHERE who = session_user AND expires_at > clock_timestamp() AND person_ref IS NOT NULL
    AND pg_visible_in_snapshot(opened_xid, pg_current_snapshot());
END $$;

-- The whole book, for an export or an import: case_ref '*'.
CREATE FUNCTION book_open() RETURNS boolean LANGUAGE plpgsql STABLE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  RETURN EXISTS (
    SELECT FROM ioms_private.look
    WHERE who = session_user AND case_ref = '*' AND expires_at > clock_timestamp()
      AND pg_visible_in_snapshot(opened_xid, pg_current_snapshot())
  );
END $$;

-- The same for an import, which brings what others decided.
CREATE FUNCTION importing() RETURNS boolean LANGUAGE plpgsql STABLE SECURITY DEFINER
SET search_path = public, pg_catalog, pg_temp AS $$
BEGIN
  RETURN my_role() = 'supervisor' AND EXISTS (
    SELECT FROM ioms_private.look
    WHERE who = session_user AND case_ref = '*' AND purpose = 'IMPORT' AND expires_at > clock_timestamp()
      AND pg_visible_in_snapshot(opened_xid, pg_current_snapshot())
  );
END $$;

-- What is kept from somebody: exclusion always wins; a restricted case is for those named; another team's is for those
-- assigned. Nobody needs to be named where an office has one team and no restricted case.
CREATE FUNCTION hidden_cases() RETURNS SETOF text LANGUAGE plpgsql STABLE SECURITY DEFINER ROWS 50
SET search_path = public, pg_catalog, pg_temp AS $$
BEGIN
  RETURN QUERY
  SELECT my_access('EXCLUDED')
  UNION ALL
  SELECT s.case_ref FROM case_standing s
  WHERE s.restricted AND (SELECT my_role()) IS NOT NULL
    AND s.case_ref NOT IN (SELECT my_access('ADMITTED') UNION ALL SELECT my_access('GLASS'))
  UNION ALL
  SELECT s.case_ref FROM case_standing s
  WHERE s.team <> (SELECT my_team())
    AND s.case_ref NOT IN (
      SELECT my_access('ASSIGNED') UNION ALL SELECT my_access('ADMITTED') UNION ALL SELECT my_access('GLASS')
    );
END $$;

-- How far somebody's knowing goes. Most people of an office know of nearly every case; for them a list asks what is
-- hidden, which is little, and not for every row whether it is known, which would cost a look-up each.
CREATE FUNCTION reaches(how text) RETURNS boolean LANGUAGE plpgsql STABLE SECURITY DEFINER
SET search_path = public, pg_catalog, pg_temp AS $$
DECLARE
  mine text := my_role();
BEGIN
  RETURN coalesce(CASE how
    -- The owner and a superuser go round row-level security in any case; the views show them all as well.
    WHEN 'ALL' THEN mine IN ('officer', 'supervisor') OR (mine IS NULL AND audit_trusted())
    WHEN 'OFFERED' THEN mine IN ('navigator', 'coordinator')
    WHEN 'PHOENIX' THEN mine = 'navigator'
    WHEN 'ASSIGNED' THEN mine = 'partner'
  END, false);
END $$;

CREATE FUNCTION hidden_people() RETURNS SETOF text LANGUAGE plpgsql STABLE SECURITY DEFINER ROWS 50
SET search_path = public, pg_catalog, pg_temp AS $$
BEGIN
  RETURN QUERY
  WITH hidden AS MATERIALIZED (SELECT hidden_cases() AS ref),
    theirs AS MATERIALIZED (SELECT DISTINCT c.person_ref FROM cases c JOIN hidden ON hidden.ref = c.case_ref)
  SELECT theirs.person_ref FROM theirs
  WHERE (  -- looked up for each of the few, never worked out for all
    SELECT true FROM cases c
    WHERE c.person_ref = theirs.person_ref AND c.case_ref NOT IN (SELECT ref FROM hidden) LIMIT 1
  ) IS NULL;
END $$;

-- Who is known through broken glass alone, and therefore only read.
CREATE FUNCTION glass_people() RETURNS SETOF text LANGUAGE plpgsql STABLE SECURITY DEFINER ROWS 5
SET search_path = public, pg_catalog, pg_temp AS $$
BEGIN
  RETURN QUERY SELECT c.person_ref FROM cases c WHERE c.case_ref IN (SELECT my_access('GLASS'));
END $$;
