-- When whoever is connected last opened a case. They read nothing else of the audit, and nothing of anybody else's.
CREATE FUNCTION my_last_look(ref text) RETURNS timestamptz LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = pg_catalog, public, ioms_audit, pg_temp AS $$
  SELECT at FROM ioms_audit.audit
  WHERE kind = 'CONSULTATION' AND object_type = 'cases' AND object_ref = ref AND actor = session_user AND after IS NULL
  ORDER BY id DESC LIMIT 1
$$;
ALTER FUNCTION my_last_look(text) OWNER TO ioms_audit_owner;
REVOKE ALL ON FUNCTION my_last_look(text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION my_last_look(text) TO ioms_people;
