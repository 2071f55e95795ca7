-- What is open is asked in every statement. Whether it was closed meanwhile is asked only where something was kept from
-- somebody within the hour: a look lasts a quarter of one.

CREATE TABLE ioms_private.shut (at timestamptz PRIMARY KEY);
ALTER TABLE ioms_private.shut OWNER TO ioms_owner;
GRANT INSERT ON ioms_private.shut TO ioms_accounts;  -- whoever is moved to another team
INSERT INTO ioms_private.shut SELECT clock_timestamp() WHERE EXISTS (SELECT FROM ioms_private.look);
COMMENT ON TABLE ioms_private.shut IS 'When a case was kept from somebody. It says of no case and of nobody.';

CREATE OR REPLACE FUNCTION opened_cases() RETURNS SETOF text LANGUAGE plpgsql STABLE SECURITY DEFINER ROWS 5
SET search_path = public, pg_catalog, pg_temp AS $$
BEGIN
  IF my_role() IS NULL THEN
    RETURN;
  END IF;
  IF NOT EXISTS (SELECT FROM ioms_private.shut WHERE at > clock_timestamp() - interval '1 hour') THEN
    RETURN QUERY
    SELECT l.case_ref FROM ioms_private.look l
    WHERE l.who = session_user
      AND ioms_private.is_running(
        l.expires_at, CASE l.case_ref WHEN '*' THEN interval '60 minutes' ELSE interval '15 minutes' END)
      AND ioms_private.is_committed(l.opened_xid);
    RETURN;
  END IF;
  RETURN QUERY
  SELECT l.case_ref FROM ioms_private.look l
  WHERE l.who = session_user
    AND ioms_private.is_running(
      l.expires_at, CASE l.case_ref WHEN '*' THEN interval '60 minutes' ELSE interval '15 minutes' END)
    AND ioms_private.is_committed(l.opened_xid)
    AND NOT EXISTS (
      SELECT FROM access_entry e
      WHERE e.user_name = session_user AND e.kind = 'EXCLUDED' AND e.case_ref = l.case_ref
        AND (e.ends_at IS NULL OR e.ends_at > clock_timestamp()))
    AND NOT EXISTS (
      SELECT FROM case_standing s WHERE s.case_ref = l.case_ref AND ioms_private.is_kept_back(l.case_ref));
END $$;

CREATE OR REPLACE FUNCTION opened_people() RETURNS SETOF text LANGUAGE plpgsql STABLE SECURITY DEFINER ROWS 5
SET search_path = public, pg_catalog, pg_temp AS $$
BEGIN
  IF my_role() IS NULL THEN
    RETURN;
  END IF;
  IF NOT EXISTS (SELECT FROM ioms_private.shut WHERE at > clock_timestamp() - interval '1 hour') THEN
    RETURN QUERY
    SELECT l.person_ref FROM ioms_private.look l
    WHERE l.who = session_user AND ioms_private.is_running(l.expires_at, interval '15 minutes')
      AND l.person_ref IS NOT NULL AND ioms_private.is_committed(l.opened_xid);
    RETURN;
  END IF;
  RETURN QUERY
  SELECT l.person_ref FROM ioms_private.look l
  WHERE l.who = session_user AND ioms_private.is_running(l.expires_at, interval '15 minutes')
    AND l.person_ref IS NOT NULL AND ioms_private.is_committed(l.opened_xid)
    AND CASE
      WHEN starts_with(l.case_ref, chr(1))  -- the person, not a case of theirs
      THEN NOT EXISTS (SELECT FROM cases c WHERE c.person_ref = l.person_ref)
        OR EXISTS (SELECT FROM cases c WHERE c.person_ref = l.person_ref AND NOT ioms_private.is_kept_back(c.case_ref))
      ELSE NOT ioms_private.is_kept_back(l.case_ref) END;
END $$;

-- Which column has the codes of which list; `op.bound_record_values` writes it from the declarations.
CREATE TABLE ioms_private.coded_column (
  table_name text, column_name text, list text NOT NULL, PRIMARY KEY (table_name, column_name)
);
ALTER TABLE ioms_private.coded_column OWNER TO ioms_owner;

-- Who names a case or a person that is not there is answered as who may not know of it: the words are the server's own.
-- Of codes what stands there already may stay: only what is written anew is held to the lists that are closed.
CREATE FUNCTION ioms_private.refuse_untrue(its_table text, was jsonb, becomes jsonb) RETURNS void
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_catalog, pg_temp AS $$
DECLARE
  its_case text := becomes ->> 'case_ref';
  its_person text := becomes ->> 'person_ref';
  is_there boolean := true;
BEGIN
  IF its_table <> 'cases' AND its_case IS DISTINCT FROM was ->> 'case_ref' THEN
    PERFORM FROM cases c WHERE c.case_ref = its_case;
    is_there := FOUND OR its_case IS NULL;
  END IF;
  IF is_there AND its_table <> 'people' AND its_person IS DISTINCT FROM was ->> 'person_ref' THEN
    PERFORM FROM people p WHERE p.person_ref = its_person;
    is_there := FOUND OR its_person IS NULL;
  END IF;
  IF NOT is_there THEN
    RAISE EXCEPTION 'new row violates row-level security policy for table "%"', its_table USING ERRCODE = '42501';
  END IF;
  IF EXISTS (
    SELECT FROM ioms_private.coded_column AS c
    WHERE c.table_name = its_table AND becomes ->> c.column_name IS DISTINCT FROM was ->> c.column_name
      AND becomes ->> c.column_name <> ''
      AND NOT EXISTS (
        SELECT FROM reference_code AS r WHERE r.list = c.list AND r.code = becomes ->> c.column_name)
      AND NOT EXISTS (SELECT FROM reference_list AS l WHERE l.name = c.list AND l.open)
  ) THEN
    RAISE EXCEPTION 'a code that its list does not have' USING ERRCODE = '23514';
  END IF;
END $$;
ALTER FUNCTION ioms_private.refuse_untrue(text, jsonb, jsonb) OWNER TO ioms_owner;
REVOKE ALL ON FUNCTION ioms_private.refuse_untrue(text, jsonb, jsonb) FROM PUBLIC;
