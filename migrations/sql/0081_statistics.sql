-- What a statement costs tells what it met on its way, and so what was kept from whoever sent it: rows that were fetched, pages
-- that were read. Who looks after the server reads it as before, and so does whoever was given pg_monitor.

DO $$
DECLARE
  its record;
BEGIN
  FOR its IN
    SELECT format('%I.%I', n.nspname, c.relname) AS name
    FROM pg_class AS c JOIN pg_namespace AS n ON n.oid = c.relnamespace
    WHERE n.nspname = 'pg_catalog' AND c.relkind = 'v' AND c.relname ~ '^pg_stat(io)?_'
      -- Of sessions others see no more than that there are any; the program asks how its own is protected.
      AND c.relname NOT IN ('pg_stat_activity', 'pg_stat_ssl', 'pg_stat_gssapi', 'pg_stat_archiver')
  LOOP
    EXECUTE format('REVOKE SELECT ON %s FROM PUBLIC', its.name);
    EXECUTE format('GRANT SELECT ON %s TO pg_monitor', its.name);
  END LOOP;
  FOR its IN
    SELECT p.oid::regprocedure::text AS name FROM pg_proc AS p
    WHERE p.pronamespace = 'pg_catalog'::regnamespace AND p.proname ~ '^pg_stat_get_'
      AND p.proname !~ '^pg_stat_get_(activity|archiver|backend_)'
  LOOP
    EXECUTE format('REVOKE EXECUTE ON FUNCTION %s FROM PUBLIC', its.name);
    EXECUTE format('GRANT EXECUTE ON FUNCTION %s TO pg_monitor', its.name);
  END LOOP;
END $$;

-- The read functions answer nothing to EXPLAIN, which shows the pages that they read. By these one could send it unseen.
REVOKE USAGE ON LANGUAGE plpgsql FROM PUBLIC;
REVOKE EXECUTE ON FUNCTION
  query_to_xml(text, boolean, boolean, text), query_to_xmlschema(text, boolean, boolean, text),
  query_to_xml_and_xmlschema(text, boolean, boolean, text)
FROM PUBLIC;

-- A message below a notice tells the plan of a function (`debug_print_plan`), with the values of the rows that it looked at.
-- Documents of a person are read as other content is.
DO $$
DECLARE
  its record;
BEGIN
  FOR its IN
    SELECT p.oid::regprocedure::text AS name, pg_get_functiondef(p.oid) AS code, p.proname FROM pg_proc AS p
    WHERE p.prosecdef AND p.prokind = 'f' AND p.proname !~ '^keep_trace_'  -- of what somebody writes themselves
      AND p.pronamespace IN ('public'::regnamespace, 'ioms_private'::regnamespace, 'ioms_audit'::regnamespace)
  LOOP
    IF its.proname IN ('person_documents', 'known_strike_outs_elsewhere', 'known_strike_outs', 'struck_out_of') THEN
      EXECUTE regexp_replace(its.code, '\mBEGIN\M', E'BEGIN\n  PERFORM ioms_private.reading_role();');
    END IF;
    EXECUTE format('ALTER FUNCTION %s SET client_min_messages = notice', its.name);
  END LOOP;
END $$;
