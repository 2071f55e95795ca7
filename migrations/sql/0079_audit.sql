-- The audit under version 2. An entry's hash covers three digests: of its header, of what it is about and of its words,
-- the last two salted. What a disposal takes away is content and salts; the digests stay, with two people on record.
-- An entry of version 1 has no salt: what it is about could be found by trying everybody, so it has no digest of its own.

CREATE FUNCTION about_digest(e ioms_audit.audit) RETURNS text LANGUAGE sql STABLE AS $$
  SELECT CASE WHEN e.salt IS NULL THEN '' ELSE hashed(
    hashed_field(left(e.salt, 32)) || hashed_field(e.object_ref) || hashed_field(e.subject_ref)
    || hashed_field(e.recipient) || hashed_field(e.reason_text)) END
$$;

CREATE FUNCTION words_digest(e ioms_audit.audit) RETURNS text LANGUAGE sql STABLE AS $$
  SELECT hashed(
    CASE WHEN e.salt IS NULL
      THEN hashed_field(e.object_ref) || hashed_field(e.subject_ref) || hashed_field(e.recipient)
           || hashed_field(e.reason_text)
      ELSE hashed_field(substr(e.salt, 33)) END || hashed_field(hashed(e.before::text)) || hashed_field(hashed(e.after::text)))
$$;

CREATE FUNCTION entry_digest(e ioms_audit.audit, about text, words text) RETURNS text LANGUAGE sql STABLE AS $$
  SELECT hashed(
    hashed_field('audit entry 2') || hashed_field(hashed(
      hashed_field(e.id::text) || hashed_field(e.mark::text) || hashed_instant(e.at) || hashed_field(e.kind)
      || hashed_field(e.actor) || hashed_field(e.actor_role) || hashed_field(e.workstation) || hashed_field(e.request)
      || hashed_field(e.object_type) || hashed_field(e.reason_code)))
    || hashed_field(about) || hashed_field(words))
$$;

-- The three functions above, written out, with the lengths of what always has the same: this runs for every entry.
CREATE OR REPLACE FUNCTION hash_entry() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, ioms_audit, pg_temp AS $$
BEGIN
  NEW.mark := (SELECT base FROM epoch ORDER BY number DESC LIMIT 1) + pg_current_xact_id()::text::bigint;
  NEW.salt := replace(gen_random_uuid()::text || gen_random_uuid()::text, '-', '');
  NEW.row_hash := hashed(
    '13:audit entry 264:' || hashed(
      hashed_field(NEW.id::text) || hashed_field(NEW.mark::text) || hashed_instant(NEW.at) || hashed_field(NEW.kind)
      || hashed_field(NEW.actor) || hashed_field(NEW.actor_role) || hashed_field(NEW.workstation)
      || hashed_field(NEW.request) || hashed_field(NEW.object_type) || hashed_field(NEW.reason_code))
    || '64:' || hashed(
      '32:' || left(NEW.salt, 32) || hashed_field(NEW.object_ref) || hashed_field(NEW.subject_ref)
      || hashed_field(NEW.recipient) || hashed_field(NEW.reason_text))
    || '64:' || hashed(
      '32:' || substr(NEW.salt, 33) || coalesce('64:' || hashed(NEW.before::text), '-')
      || coalesce('64:' || hashed(NEW.after::text), '-')));
  RETURN NEW;
END $$;

CREATE FUNCTION epoch_digest(e ioms_audit.epoch) RETURNS text LANGUAGE sql STABLE AS $$
  SELECT hashed(
    hashed_field(e.number::text) || hashed_instant(e.opened_at) || hashed_field(e.opened_by) || hashed_field(e.reason)
    || hashed_field(e.system_id) || hashed_field(e.base::text) || hashed_field(e.superseded_from::text)
    || hashed_field(e.superseded_to::text) || hashed_field(e.proposed_by) || hashed_field(e.superseded))
$$;

-- Opens an epoch, and puts on record all that it says. One that the server opens by itself, because it is another, puts
-- transactions above all that went before and supersedes nothing.
DROP FUNCTION open_epoch(text, integer, integer), begin_epoch(text, text, integer, integer);
CREATE FUNCTION begin_epoch(why text, who text, proposer text, lost text) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, ioms_audit, pg_temp AS $$
DECLARE
  last epoch%ROWTYPE;
  opened epoch%ROWTYPE;
BEGIN
  SELECT * INTO last FROM epoch ORDER BY number DESC LIMIT 1;
  INSERT INTO epoch (number, opened_at, opened_by, reason, system_id, base, superseded_from, superseded_to, proposed_by,
                     superseded)
  SELECT
    last.number + 1, clock_timestamp(), who, why, audit_system(),
    CASE WHEN last.system_id = audit_system() THEN last.base
         ELSE 1 + greatest((SELECT max(mark) FROM audit), (SELECT max(to_mark) FROM seal), 0) END,
    min(split_part(head, ':', 1)::integer), max(split_part(head, ':', 1)::integer), proposer, lost
  FROM regexp_split_to_table(nullif(lost, ''), ' ') AS head
  ON CONFLICT (number) DO NOTHING
  RETURNING * INTO opened;
  IF opened.number IS NOT NULL THEN
    INSERT INTO audit (at, kind, actor, actor_role, workstation, request, object_type, object_ref, reason_text, after)
    VALUES (
      audit_at(), 'ALTERATION', who, audit_role(), coalesce(audit_said('workstation'), ''), audit_said('request'),
      'audit', 'epoch ' || opened.number, why, json_build_object(
        'superseded_from', opened.superseded_from, 'superseded_to', opened.superseded_to, 'epoch', epoch_digest(opened)));
  END IF;
  RETURN opened.number;
END $$;

-- The latest proposal of the next epoch, by the entry that put it on record.
CREATE FUNCTION proposed_epoch(
  OUT entry integer, OUT proposed_by text, OUT proposed_at timestamptz, OUT reason text, OUT lost text
) RETURNS SETOF record LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = pg_catalog, public, ioms_audit, pg_temp AS $$
  SELECT a.id, a.actor, a.at, a.reason_text, a.after ->> 'superseded'
  FROM audit AS a
  WHERE a.kind = 'ALTERATION' AND a.object_type = 'audit'
    AND a.object_ref = 'epoch ' || (SELECT max(number) + 1 FROM epoch) || ' proposed'
  ORDER BY a.id DESC LIMIT 1
$$;

-- Seals that a restore discarded are named by number and hash, as workstations and anchors hold them; none of them is in
-- the chain.
CREATE FUNCTION refuse_lost_heads(lost text) RETURNS void LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, ioms_audit, pg_temp AS $$
BEGIN
  IF lost IS NULL OR length(lost) > 200000 OR EXISTS (
    SELECT FROM regexp_split_to_table(nullif(lost, ''), ' ') AS head
    WHERE head !~ '^[1-9][0-9]{0,8}:[0-9a-f]{64}$') THEN
    RAISE EXCEPTION 'seals that were lost are named by number and hash' USING ERRCODE = '23514';
  END IF;
  IF EXISTS (SELECT FROM seal AS s, regexp_split_to_table(lost, ' ') AS head WHERE head = s.n || ':' || s.hash) THEN
    RAISE EXCEPTION 'a seal of the chain was not lost' USING ERRCODE = '23514';
  END IF;
END $$;

CREATE FUNCTION propose_epoch(why text, lost text) RETURNS void LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, ioms_audit, pg_temp AS $$
BEGIN
  IF btrim(coalesce(why, '')) = '' OR length(why) > 2000 THEN
    RAISE EXCEPTION 'a restore needs a reason' USING ERRCODE = '23514';
  END IF;
  PERFORM refuse_lost_heads(lost);
  PERFORM set_config('ioms.reason_text', btrim(why), true);
  PERFORM write_audit('ALTERATION', 'audit', 'epoch ' || (SELECT max(number) + 1 FROM epoch) || ' proposed', NULL, NULL,
                      json_build_object('superseded', lost));
END $$;

CREATE FUNCTION confirm_epoch(proposal integer) RETURNS integer LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, ioms_audit, pg_temp AS $$
DECLARE
  wanted record;
BEGIN
  PERFORM FROM epoch WHERE number = 1 FOR UPDATE;
  SELECT * INTO wanted FROM proposed_epoch() AS p WHERE p.entry = proposal;
  IF wanted.entry IS NULL THEN
    RAISE EXCEPTION 'no such epoch is proposed' USING ERRCODE = '23514';
  END IF;
  IF wanted.proposed_by = audit_actor() THEN
    RAISE EXCEPTION 'whoever proposed an epoch does not open it' USING ERRCODE = '42501';
  END IF;
  PERFORM refuse_lost_heads(wanted.lost);
  RETURN begin_epoch(wanted.reason, audit_actor(), wanted.proposed_by, wanted.lost);
END $$;

-- As before, and each seal covers every epoch up to its own.
CREATE OR REPLACE FUNCTION seal_audit() RETURNS integer LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, ioms_audit, pg_temp AS $$
DECLARE
  last seal%ROWTYPE;
  present epoch%ROWTYPE;
  fresh seal%ROWTYPE;
  latest timestamptz;
BEGIN
  PERFORM FROM epoch WHERE number = 1 FOR UPDATE SKIP LOCKED;
  IF NOT FOUND THEN
    RETURN NULL;
  END IF;
  SELECT * INTO last FROM seal ORDER BY n DESC LIMIT 1;
  SELECT * INTO present FROM epoch ORDER BY number DESC LIMIT 1;
  IF present.system_id <> audit_system() THEN
    PERFORM begin_epoch('The database was moved to another server.', session_user::text, NULL, NULL);
    RETURN NULL;
  END IF;
  fresh.n := coalesce(last.n, 0) + 1;
  fresh.at := clock_timestamp();
  fresh.epoch := present.number;
  fresh.from_mark := coalesce(last.to_mark, 0);
  fresh.prev := coalesce(last.hash, '');
  SELECT present.base + s.oldest, count(a.id), hashed(coalesce(string_agg(a.row_hash, '' ORDER BY a.mark, a.id), '')),
         greatest(last.at, max(a.at))
  INTO fresh.to_mark, fresh.rows, fresh.root, latest
  FROM (SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint AS oldest) AS s
  LEFT JOIN audit AS a ON a.mark >= fresh.from_mark AND a.mark < present.base + s.oldest
  GROUP BY s.oldest;
  IF fresh.rows = 0 THEN
    RETURN NULL;
  END IF;
  SELECT hashed(string_agg(epoch_digest(e), '' ORDER BY e.number)) INTO fresh.epochs
  FROM epoch AS e WHERE e.number <= present.number;
  fresh.hash := hashed(
    hashed_field(fresh.n::text) || hashed_instant(fresh.at) || hashed_field(fresh.epoch::text)
    || hashed_field(fresh.from_mark::text) || hashed_field(fresh.to_mark::text) || hashed_field(fresh.rows::text)
    || hashed_field(fresh.root) || hashed_field(fresh.prev)
    || hashed_field((SELECT value FROM meta WHERE name = 'database_id')) || hashed_field(fresh.epochs));
  INSERT INTO seal SELECT fresh.*;
  -- Whoever keeps the server may date entries otherwise; what they say is no sign of the clock.
  IF NOT audit_trusted() AND latest > fresh.at + interval '2 minutes' THEN
    PERFORM write_audit('ALTERATION', 'clock', 'moved back', NULL, NULL, json_build_object(
      'moved_back', true, 'from', latest, 'to', fresh.at));
  END IF;
  RETURN fresh.n;
END $$;

-- Whether it is sealed that somebody else proposed to dispose of this person.
CREATE FUNCTION is_disposal_sealed(number text, ref text, proposer text) RETURNS boolean LANGUAGE sql STABLE
SECURITY DEFINER SET search_path = pg_catalog, public, ioms_audit, pg_temp AS $$
  SELECT EXISTS (
    SELECT FROM audit AS a
    WHERE a.kind = 'ALTERATION' AND a.object_type = 'disposal' AND a.object_ref = number AND a.subject_ref = ref
      AND a.actor = proposer AND a.mark < (SELECT max(to_mark) FROM seal))
$$;

-- Only on a sealed disposal of this person by two people, and once; only of this person and their cases.
CREATE FUNCTION refuse_emptying(number text, ref text, refs text[]) RETURNS void LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, ioms_audit, pg_temp AS $$
DECLARE
  proposer text := (
    SELECT d.proposed_by FROM disposal AS d
    WHERE d.disposal_ref = number AND d.status = 'PROPOSED' AND d.proposed_by <> audit_actor());
BEGIN
  IF proposer IS NULL OR EXISTS (SELECT FROM redaction AS r WHERE r.disposal_ref = number)
     OR EXISTS (
       SELECT FROM unnest(refs) AS said WHERE said <> ref AND NOT EXISTS (
         SELECT FROM audit AS a WHERE a.object_type = 'cases' AND a.object_ref = said AND a.subject_ref = ref)) THEN
    RAISE EXCEPTION 'entries are emptied by a disposal of two people alone' USING ERRCODE = '42501';
  END IF;
  IF NOT is_disposal_sealed(number, ref, proposer) THEN
    PERFORM seal_audit();
  END IF;
  IF NOT is_disposal_sealed(number, ref, proposer) THEN
    RAISE EXCEPTION 'the proposal of this disposal is not sealed yet' USING ERRCODE = '55000';
  END IF;
END $$;

-- What the audit keeps of a person: who did what when, under a neutral number. Of an entry about several people (a
-- search, an export) only the reference goes, and what was typed. Gives how many entries, and the requests behind them.
CREATE OR REPLACE FUNCTION empty_entries(number text, ref text, refs text[])
RETURNS TABLE (emptied bigint, requests text[])
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, ioms_audit, pg_temp AS $$
DECLARE
  own integer[];
  others integer[];
  each text;
  were redaction[];
BEGIN
  PERFORM refuse_emptying(number, ref, refs);
  SELECT coalesce(array_agg(a.id), '{}') INTO own FROM audit AS a
  WHERE a.subject_ref = ref
    OR (a.subject_ref IS NULL AND (a.object_ref = ANY(refs) OR split_part(a.object_ref, '/', 1) = ANY(refs)));
  SELECT coalesce(array_agg(a.id), '{}') INTO others FROM audit AS a
  WHERE a.id <> ALL(own) AND EXISTS (
    SELECT FROM unnest(refs) AS said WHERE says(a.after, said) OR says(a.before, said));
  requests := ARRAY(SELECT DISTINCT a.request FROM audit AS a WHERE a.id = ANY(own) AND a.request IS NOT NULL);
  -- Of what was emptied before, the digests of what was written then.
  SELECT array_agg(ROW(0, a.id, number, '', coalesce(r.about_hash, about_digest(a)),
                       coalesce(r.words_hash, words_digest(a)))::redaction)
  INTO were
  FROM audit AS a
  LEFT JOIN (
    SELECT DISTINCT ON (entry) entry, about_hash, words_hash FROM redaction
    WHERE about_hash IS NOT NULL ORDER BY entry, redaction.id DESC
  ) AS r ON r.entry = a.id
  WHERE a.id = ANY(own || others);
  UPDATE audit AS a
  SET object_ref = number || '/' || n.place, subject_ref = CASE WHEN a.subject_ref IS NULL THEN NULL ELSE number END,
      recipient = NULL, reason_text = NULL, before = NULL, after = NULL,
      salt = CASE WHEN a.salt IS NULL THEN NULL ELSE '' END
  FROM (
    SELECT id, dense_rank() OVER (ORDER BY object_type, object_ref) AS place FROM audit WHERE id = ANY(own)
  ) AS n
  WHERE a.id = n.id;
  UPDATE audit AS a
  SET after = CASE WHEN jsonb_typeof(read_detail(a.after)) = 'object'
                   THEN jsonb_set(read_detail(a.after), '{query}', '""')::json ELSE '{"query": ""}' END
  WHERE a.id = ANY(others) AND a.object_type = 'search';
  FOREACH each IN ARRAY refs LOOP
    UPDATE audit AS a
    SET before = replace(coalesce(read_detail(a.before)::text, a.before::text), to_json(each)::text, to_json(number)::text)::json,
        after = replace(coalesce(read_detail(a.after)::text, a.after::text), to_json(each)::text, to_json(number)::text)::json
    WHERE a.id = ANY(others);
  END LOOP;
  UPDATE audit AS a SET salt = left(a.salt, 32) || replace(gen_random_uuid()::text, '-', '') WHERE a.id = ANY(others);
  INSERT INTO redaction (entry, disposal_ref, kept_hash, about_hash, words_hash)
  SELECT a.id, number, entry_digest(a, about_digest(a), words_digest(a)), w.about_hash, w.words_hash
  FROM unnest(were) AS w JOIN audit AS a ON a.id = w.entry;
  emptied := cardinality(own || others);
  PERFORM write_audit('ERASURE', 'redaction', hashed(hashed_field(number) || string_agg(
    hashed_field(r.entry::text) || hashed_field(r.kept_hash) || hashed_field(r.about_hash) || hashed_field(r.words_hash),
    '' ORDER BY r.entry)), number, NULL, json_build_object('entries', emptied))
  FROM redaction AS r WHERE r.disposal_ref = number;
  RETURN NEXT;
END $$;
DROP FUNCTION kept_hash(ioms_audit.audit);

-- Digests are for whoever verifies: the audit is read by auditors alone.
DROP POLICY everybody ON ioms_audit.redaction;
REVOKE SELECT ON ioms_audit.redaction FROM ioms_people;
CREATE POLICY auditor ON ioms_audit.redaction FOR SELECT TO ioms_auditor USING (true);
GRANT SELECT ON ioms_audit.redaction TO ioms_auditor;

-- What was there under version 1, in blocks of 1,000 entries; the next seals prove it.
DO $$
DECLARE
  held bigint;
  total text;
BEGIN
  SELECT coalesce(sum(b.rows), 0), hashed(string_agg(b.part, '' ORDER BY b.block)) INTO held, total
  FROM (
    SELECT i.block, count(*) AS rows, hashed(string_agg(i.item, '' ORDER BY i.mark, i.id)) AS part
    FROM (
      SELECT a.mark, a.id, (row_number() OVER (ORDER BY a.mark, a.id) - 1) / 1000 AS block,
        entry_digest(a, about_digest(a), words_digest(a)) || a.row_hash AS item
      FROM ioms_audit.audit AS a WHERE a.salt IS NULL
    ) AS i
    GROUP BY i.block
  ) AS b;
  IF held > 0 THEN
    INSERT INTO ioms_audit.audit (at, kind, actor, actor_role, workstation, object_type, object_ref, after)
    VALUES (clock_timestamp(), 'ALTERATION', session_user, '', '', 'audit', 'version 2', json_build_object(
      'entries', held, 'root', total, 'epochs', (SELECT max(number) FROM ioms_audit.epoch)));
  END IF;
END $$;
