-- The content of a document comes with its record, in one transaction, by whoever adds it; never later, and never changed.

-- Whether this user is adding the document now, and its content has a chunk of this number; 0 is its key, which comes first.
-- A change is stamped with its time as an addition is, but its revision is no longer the first.
CREATE FUNCTION ioms_private.takes_content(ref text, its_case text, its_number integer) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_catalog, pg_temp AS $$
  SELECT EXISTS (
    SELECT FROM documents AS d
    WHERE d.document_ref = ref AND d.case_ref = its_case AND d.recorded_by = session_user
      AND d.recorded_at = transaction_timestamp() AND d.revision = 1
      AND its_number BETWEEN 0 AND (d.size_bytes + 262143) / 262144
      AND (its_number = 0 OR EXISTS (SELECT FROM document_key AS k WHERE k.document_ref = ref AND k.case_ref = its_case)))
$$;

-- A file has at most 10 MiB and stays what it was added as; of its name the ending stays. Who does not read what is for the
-- police alone makes nothing so.
CREATE FUNCTION guard_document() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_catalog, pg_temp AS $$
BEGIN
  IF my_role() IS NULL THEN
    RETURN NEW;
  END IF;
  -- The content is bound to what does not change, so that an import changes none of it either.
  IF TG_OP = 'UPDATE'
     AND (NEW.document_ref, NEW.case_ref, NEW.file_type, NEW.size_bytes, NEW.digest,
          lower(substring(NEW.file_name FROM '[.][^.]*$')))
     IS DISTINCT FROM (OLD.document_ref, OLD.case_ref, OLD.file_type, OLD.size_bytes, OLD.digest,
          lower(substring(OLD.file_name FROM '[.][^.]*$'))) THEN
    RAISE EXCEPTION 'permission denied: the file of a document is not exchanged' USING ERRCODE = '42501';
  END IF;
  IF importing() THEN
    RETURN NEW;
  END IF;
  IF NEW.handling = 'POLICE' AND NOT coalesce(reaches('ALL'), false) THEN
    RAISE EXCEPTION 'permission denied: a document for the police alone is theirs' USING ERRCODE = '42501';
  END IF;
  IF NEW.size_bytes NOT BETWEEN 1 AND 10485760 THEN
    RAISE EXCEPTION 'a document has at most 10 MiB' USING ERRCODE = '23514';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER documents_guard BEFORE INSERT OR UPDATE ON documents FOR EACH ROW EXECUTE FUNCTION guard_document();

-- The documents of a case have at most 100 MiB together, those entered in error included: they are still there. What is for
-- the police alone is counted by itself, so that nobody else learns from a full case that it is there.
CREATE FUNCTION guard_document_room() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_catalog, pg_temp AS $$
BEGIN
  IF my_role() IS NULL THEN
    RETURN NEW;
  END IF;
  -- Two who add to one case wait for each other, or neither would count the other's.
  PERFORM FROM cases WHERE case_ref = NEW.case_ref FOR NO KEY UPDATE;
  IF (SELECT size_bytes FROM documents WHERE document_ref = NEW.document_ref)
     + coalesce((
         SELECT sum(octet_length(c.body) - 16) FROM document_content AS c
         WHERE c.case_ref = NEW.case_ref
           AND (coalesce(
                  (SELECT d.handling FROM documents AS d WHERE d.document_ref = c.document_ref),
                  (SELECT f.data ->> 'handling' FROM former_version AS f
                   WHERE f.table_name = 'documents' AND f.record_key = c.document_ref ORDER BY f.id DESC LIMIT 1))
                IS NOT DISTINCT FROM 'POLICE')
             = (SELECT d.handling = 'POLICE' FROM documents AS d WHERE d.document_ref = NEW.document_ref)), 0)
     > 104857600 THEN
    RAISE EXCEPTION 'the documents of a case have at most 100 MiB' USING ERRCODE = '23514';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER document_key_room BEFORE INSERT ON document_key FOR EACH ROW EXECUTE FUNCTION guard_document_room();

-- Encrypted content does not get smaller by packing.
ALTER TABLE document_content ALTER COLUMN body SET STORAGE EXTERNAL;
