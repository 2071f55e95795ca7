-- The functions of 0002 and 0003 by which every entry of the audit says who acted, when and in what role. In PL/pgSQL
-- their plans are kept for a session; one in SQL that may not become part of a query is planned anew in each statement,
-- which took two thirds of the time of a write.
CREATE OR REPLACE FUNCTION audit_trusted() RETURNS boolean LANGUAGE plpgsql STABLE SECURITY DEFINER
SET search_path = pg_catalog, public, ioms_audit, pg_temp AS $$
BEGIN
  RETURN (
    SELECT r.rolsuper OR r.oid = (SELECT relowner FROM pg_class WHERE oid = 'people'::regclass)
    FROM pg_roles AS r WHERE r.rolname = session_user);
END $$;

CREATE OR REPLACE FUNCTION audit_actor() RETURNS text LANGUAGE plpgsql STABLE SECURITY DEFINER
SET search_path = pg_catalog, public, ioms_audit, pg_temp AS $$
BEGIN
  RETURN CASE WHEN audit_trusted() THEN coalesce(audit_said('actor'), session_user::text) ELSE session_user::text END;
END $$;

CREATE OR REPLACE FUNCTION audit_role() RETURNS text LANGUAGE plpgsql STABLE SECURITY DEFINER
SET search_path = pg_catalog, public, ioms_audit, pg_temp AS $$
BEGIN
  RETURN coalesce(CASE WHEN audit_trusted() THEN audit_said('role') ELSE my_role() END, '');
END $$;

CREATE OR REPLACE FUNCTION audit_at() RETURNS timestamptz LANGUAGE plpgsql VOLATILE SECURITY DEFINER
SET search_path = pg_catalog, public, ioms_audit, pg_temp AS $$
BEGIN
  RETURN CASE WHEN audit_trusted() THEN coalesce(audit_said('at')::timestamptz, clock_timestamp())
              ELSE clock_timestamp() END;
END $$;
