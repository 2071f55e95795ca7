-- The whole book is open as long as any opening of it lasts, and each is closed by its own name: a window that had ended an
-- export shut the book of an import in another window of the same login. In a table of their own no case is taken for one.
-- An opening counts only while the session lasts that made it, so that a window that crashed leaves no book open.

CREATE TABLE ioms_private.opened_book (
  who text COLLATE "C", opening text COLLATE "C", purpose text NOT NULL, opened_xid xid8 NOT NULL,
  expires_at timestamptz NOT NULL, backend integer NOT NULL DEFAULT pg_backend_pid(),
  server_started timestamptz NOT NULL DEFAULT pg_postmaster_start_time(), PRIMARY KEY (who, opening)
);
ALTER TABLE ioms_private.opened_book OWNER TO ioms_owner;
GRANT SELECT, DELETE ON ioms_private.opened_book TO ioms_accounts;  -- of whoever is moved to another team
COMMENT ON TABLE ioms_private.opened_book IS
  'Each opening of the whole book. It counts only once committed, as a look does. Empty it after a restore.';
DELETE FROM ioms_private.look WHERE case_ref = '*';

DROP FUNCTION open_book(text), close_book();

-- Whether the session that opened a book is still there. After a start of the server others have the same numbers.
CREATE FUNCTION ioms_private.lasts(backend integer, server_started timestamptz) RETURNS boolean LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  PERFORM pg_stat_clear_snapshot();
  RETURN server_started = pg_postmaster_start_time() AND EXISTS (
    SELECT FROM pg_stat_get_activity(backend) AS a JOIN pg_roles AS r ON r.oid = a.usesysid
    WHERE r.rolname = session_user);
END $$;
ALTER FUNCTION ioms_private.lasts(integer, timestamptz) OWNER TO ioms_owner;
REVOKE ALL ON FUNCTION ioms_private.lasts(integer, timestamptz) FROM PUBLIC;

CREATE FUNCTION open_book(purpose text, opening text DEFAULT '') RETURNS boolean LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, ioms_audit, pg_catalog, pg_temp SET client_min_messages = notice AS $$
BEGIN
  PERFORM ioms_private.refuse_explain();
  PERFORM ioms_private.as_it_is();
  PERFORM ioms_private.says_why(purpose);
  IF (length(opening) <= 40) IS NOT TRUE THEN
    RAISE EXCEPTION 'permission denied: an opening has a name of 40 characters at most' USING ERRCODE = '42501';
  END IF;
  PERFORM set_config('ioms.reason_code', purpose, true);
  IF my_role() IS DISTINCT FROM 'supervisor' THEN
    PERFORM write_audit('CONSULTATION', 'book', purpose, NULL, NULL, '{"denied": true}'::json);
    RETURN false;
  END IF;
  PERFORM write_audit('CONSULTATION', 'book', purpose, NULL, NULL, NULL);
  DELETE FROM ioms_private.opened_book AS b
  WHERE b.who = session_user
    AND (b.expires_at < clock_timestamp() OR NOT ioms_private.lasts(b.backend, b.server_started));
  INSERT INTO ioms_private.opened_book
  VALUES (session_user, opening, purpose, pg_current_xact_id(), clock_timestamp() + interval '60 minutes')
  ON CONFLICT ON CONSTRAINT opened_book_pkey DO UPDATE
    SET purpose = excluded.purpose, opened_xid = excluded.opened_xid, expires_at = excluded.expires_at,
        backend = excluded.backend, server_started = excluded.server_started;
  RETURN true;
END $$;

CREATE FUNCTION close_book(opening text DEFAULT '') RETURNS void LANGUAGE sql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp SET client_min_messages = notice AS $$
  SELECT ioms_private.refuse_explain();
  DELETE FROM ioms_private.opened_book AS b WHERE b.who = session_user AND b.opening = close_book.opening
$$;

-- Whether somebody has a book open: for one purpose, or for any.
CREATE FUNCTION ioms_private.has_book(wanted text DEFAULT NULL) RETURNS boolean LANGUAGE plpgsql STABLE
SET search_path = public, pg_catalog, pg_temp AS $$
BEGIN
  RETURN EXISTS (
    SELECT FROM ioms_private.opened_book AS b
    WHERE b.who = session_user AND b.purpose = coalesce(wanted, b.purpose)
      AND ioms_private.is_running(b.expires_at, interval '60 minutes') AND ioms_private.is_committed(b.opened_xid)
      AND ioms_private.lasts(b.backend, b.server_started)
  );
END $$;
ALTER FUNCTION ioms_private.has_book(text) OWNER TO ioms_owner;
REVOKE ALL ON FUNCTION ioms_private.has_book(text) FROM PUBLIC;

CREATE OR REPLACE FUNCTION book_open() RETURNS boolean LANGUAGE plpgsql STABLE SECURITY DEFINER
SET search_path = public, pg_catalog, pg_temp SET client_min_messages = notice AS $$
BEGIN
  RETURN my_role() IS NOT NULL AND ioms_private.has_book();
END $$;

CREATE OR REPLACE FUNCTION importing() RETURNS boolean LANGUAGE plpgsql STABLE SECURITY DEFINER
SET search_path = public, pg_catalog, pg_temp SET client_min_messages = notice AS $$
BEGIN
  RETURN coalesce(my_role() = 'supervisor', false) AND ioms_private.has_book('IMPORT');
END $$;

ALTER FUNCTION open_book(text, text) OWNER TO ioms_owner;
ALTER FUNCTION close_book(text) OWNER TO ioms_owner;
REVOKE ALL ON FUNCTION open_book(text, text), close_book(text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION open_book(text, text), close_book(text) TO ioms_people;
