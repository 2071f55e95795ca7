-- No plan is told of a statement that reads what somebody may know in part only: neither what the server expects, which it knows
-- from all rows, nor what a node met on its way (record_tables_v10.py). Whoever looks after the server explains as before.

-- True, or a refusal. EXPLAIN is found in the statement that was sent, since nobody can have code of their own run on the server.
-- `debug_print_plan` would tell the same to whoever asks for messages below a notice; without pruning the function would be asked
-- with the first row alone. Plans are made with it, so that it has to cost next to nothing there.
CREATE FUNCTION ioms_private.refuse_explain() RETURNS boolean LANGUAGE plpgsql STABLE COST 1
SET search_path = pg_catalog, pg_temp SET standard_conforming_strings = on SET client_min_messages = notice AS $$
BEGIN
  IF strpos(lower(current_query() COLLATE "C"), 'explain') > 0 AND current_query() ~* '\mexplain\M' COLLATE "C" THEN
    RAISE EXCEPTION 'permission denied: records are not read under EXPLAIN' USING ERRCODE = '42501';
  ELSIF current_setting('debug_print_plan')::boolean OR NOT current_setting('enable_partition_pruning')::boolean THEN
    RAISE EXCEPTION 'permission denied: records are not read with debug_print_plan, or without enable_partition_pruning'
      USING ERRCODE = '42501';
  END IF;
  RETURN true;
END $$;
ALTER FUNCTION ioms_private.refuse_explain() OWNER TO ioms_owner;
REVOKE ALL ON FUNCTION ioms_private.refuse_explain() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION ioms_private.refuse_explain() TO ioms_people, ioms_reader, ioms_audit_owner, ioms_accounts;

-- Of two partitions one is never asked: that it is left out is worked out when a statement begins.
CREATE TABLE ioms_private.unexplained (answered boolean NOT NULL) PARTITION BY LIST (answered);
CREATE TABLE ioms_private.unexplained_true PARTITION OF ioms_private.unexplained FOR VALUES IN (true);
CREATE TABLE ioms_private.unexplained_false PARTITION OF ioms_private.unexplained FOR VALUES IN (false);
INSERT INTO ioms_private.unexplained VALUES (true), (false);
ALTER TABLE ioms_private.unexplained OWNER TO ioms_owner;
ALTER TABLE ioms_private.unexplained_true OWNER TO ioms_owner;
ALTER TABLE ioms_private.unexplained_false OWNER TO ioms_owner;
GRANT SELECT ON ioms_private.unexplained TO ioms_people, ioms_reader, ioms_audit_owner;
ANALYZE ioms_private.unexplained, ioms_private.unexplained_true, ioms_private.unexplained_false;

-- A transaction that is SERIALIZABLE locks each row and page that it reads, shown or not, in functions too, and tells of it here:
-- so a name that is kept from somebody was spelled by words_found.
REVOKE SELECT ON pg_locks FROM PUBLIC;
REVOKE EXECUTE ON FUNCTION pg_lock_status() FROM PUBLIC;
GRANT SELECT ON pg_locks TO pg_monitor;
GRANT EXECUTE ON FUNCTION pg_lock_status() TO pg_monitor;

-- What a function that is asked about a case or a person reads on its way would be told by the pages of EXPLAIN (ANALYZE, BUFFERS).
DO $$
DECLARE
  its record;
BEGIN
  FOR its IN
    SELECT pg_get_functiondef(p.oid) AS code, l.lanname FROM pg_proc AS p JOIN pg_language AS l ON l.oid = p.prolang
    WHERE p.prosecdef AND p.prokind = 'f' AND p.prorettype <> 'trigger'::regtype AND p.prosrc !~ 'reading_role|refuse_explain'
      AND p.pronamespace IN ('public'::regnamespace, 'ioms_audit'::regnamespace)
      AND (p.pronargs > 0 OR p.proname IN ('orphaned_cases', 'glass_people'))
      AND p.proname NOT IN ('my_access', 'reaches')  -- of whoever asks
      AND EXISTS (
        SELECT FROM pg_roles AS r WHERE r.rolname ~ '^ioms_' AND pg_has_role(r.oid, 'ioms_people', 'USAGE')
          AND has_function_privilege(r.oid, p.oid, 'EXECUTE'))
  LOOP
    IF its.lanname = 'sql' THEN
      EXECUTE regexp_replace(its.code, '(AS \$function\$)', E'\\1\n  SELECT ioms_private.refuse_explain();');
    ELSE
      EXECUTE regexp_replace(its.code, '\mBEGIN\M', E'BEGIN\n  PERFORM ioms_private.refuse_explain();');
    END IF;
  END LOOP;
END $$;

-- The register of papers and of what was disclosed, of which each reads a part; and the audit, which others than auditors can have
-- planned, though not read.
DO $$
DECLARE
  its record;
BEGIN
  FOR its IN SELECT v AS name, pg_get_viewdef(v) AS code FROM unnest('{ioms_audit.papers, ioms_audit.disclosures_told, ioms_audit.audit_trail}'::regclass[]) AS v
  LOOP
    EXECUTE format(
      'CREATE OR REPLACE VIEW %s WITH (security_barrier) AS SELECT v.* FROM (%s) AS v '
      'WHERE (SELECT u.answered FROM ioms_private.unexplained AS u WHERE u.answered = ioms_private.refuse_explain()) IS NOT NULL',
      its.name, rtrim(its.code, ';'));
  END LOOP;
END $$;

-- As in migration 0081, of functions that came after it.
DO $$
DECLARE
  its text;
BEGIN
  FOR its IN
    SELECT p.oid::regprocedure::text FROM pg_proc AS p
    WHERE p.prosecdef AND p.prokind = 'f' AND p.proname !~ '^keep_trace_'
      AND p.pronamespace IN ('public'::regnamespace, 'ioms_private'::regnamespace, 'ioms_audit'::regnamespace)
      AND NOT coalesce('client_min_messages=notice' = ANY (p.proconfig), false)
  LOOP
    EXECUTE format('ALTER FUNCTION %s SET client_min_messages = notice', its);
  END LOOP;
END $$;
