"""Cases checked out to a file for working offline, and the audits of files that were checked in or imported.

`take_away` records which cases are checked out, by whom and until when, and how conflicts were resolved at check-in. In
an offline file, `taken_record` has the revision at which each record was checked out. `kept_trail` has the audit of
another database entry by entry, as it was hashed there, so that it can be verified separately from this database's own.
A disposal removes the person from both: an entry then keeps only who did what and when, and the hash with which it was
sealed.
"""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"

BINARY = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
TABLES = ("take_away", "taken_record", "kept_trail")
TAKERS = "ioms_officer, ioms_navigator, ioms_supervisor"
GONE = {"people": "person_ref", "cases": "case_ref"}
# An entry is a list: id, at, kind, actor, role, workstation, request, object type and reference, subject, recipient,
# reason code and text, digests of before and after, mark, its hash, and the hash since a disposal.
STAYS = (0, 1, 2, 3, 4, 5, 7, 11, 15, 16)
ENTRY = 18
EMPTIED = "emptied"
OPEN = "database_id, part, n, fields, kept_by, kept_at"


def upgrade() -> None:
    op.create_table(
        "take_away",
        sa.Column("number", BINARY, nullable=False),
        sa.Column("taken_by", sa.Text(), nullable=False),
        sa.Column("taken_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("until", sa.Date(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("cases", sa.JSON(), nullable=False),
        sa.Column("file_hash", sa.Text(), nullable=True),
        sa.Column("returned_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("settled", sa.JSON(), nullable=True),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_take_away")),
    )
    op.create_table(
        "taken_record",
        sa.Column("table_name", sa.Text(), nullable=False),
        sa.Column("record_key", BINARY, nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("table_name", "record_key", name=op.f("pk_taken_record")),
    )
    op.create_table(
        "kept_trail",
        sa.Column("database_id", BINARY, nullable=False),
        sa.Column("kept_by", BINARY, nullable=False),
        sa.Column("part", sa.Text(), nullable=False),
        sa.Column("n", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("fields", sa.Text(), nullable=False),
        sa.Column("before", sa.Text(), nullable=True),
        sa.Column("after", sa.Text(), nullable=True),
        sa.Column("kept_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("part IN ('ENTRY', 'SEAL', 'EPOCH')", name=op.f("ck_kept_trail_part")),
        sa.PrimaryKeyConstraint("database_id", "kept_by", "part", "n", name=op.f("pk_kept_trail")),
    )
    if op.get_bind().dialect.name == "postgresql":
        _secure()
    else:
        _append_only()


def downgrade() -> None:
    server = op.get_bind().dialect.name == "postgresql"
    for table in GONE:
        op.execute(f"DROP TRIGGER {table}_kept" + (f" ON {table}" if server else ""))
    for table in reversed(TABLES):
        op.drop_table(table)
    if op.get_bind().dialect.name == "postgresql":
        for function in FUNCTIONS:
            op.execute(f"DROP FUNCTION {function}")


def _append_only() -> None:
    emptying = f"WHEN json_extract(NEW.fields, '$[{ENTRY - 1}]') IS NOT '{EMPTIED}'"
    for verb, unless in (("UPDATE", emptying), ("DELETE", "")):
        op.execute(
            f"CREATE TRIGGER kept_trail_no_{verb} BEFORE {verb} ON kept_trail {unless} "
            "BEGIN SELECT RAISE(ABORT, 'the audit is append-only'); END"
        )
    values = (
        f"'{EMPTIED}'" if n == ENTRY - 1 else f"json_extract(fields, '$[{n}]')" if n in STAYS else "NULL"
        for n in range(ENTRY)
    )
    emptied = f"json_array({', '.join(values)})"
    for table, ref in GONE.items():
        whole = f"json_quote(OLD.{ref})"
        begun = f"substr({whole}, 1, length({whole}) - 1) || '/'"
        said = " OR ".join(
            f"instr(coalesce({column}, ''), {part}) > 0"
            for column in ("fields", "before", "after")
            for part in (whole, begun)
        )
        op.execute(f"""
            CREATE TRIGGER {table}_kept AFTER DELETE ON {table} BEGIN
              UPDATE kept_trail SET before = NULL, after = NULL, fields = {emptied} WHERE part = 'ENTRY' AND ({said});
              UPDATE take_away SET
                cases = replace(cases, {whole}, '"{EMPTIED}"'),
                settled = replace(replace(settled, {whole}, '"{EMPTIED}"'), {begun}, '"{EMPTIED}/')
              WHERE instr(cases, {whole}) > 0 OR instr(coalesce(settled, ''), {begun}) > 0;
            END
        """)


def _secure() -> None:
    for table in TABLES:
        op.execute(f"ALTER TABLE {table} OWNER TO ioms_owner")
        op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
        op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
        op.execute(f"CREATE POLICY owner ON {table} TO ioms_owner USING (true) WITH CHECK (true)")
    _guards()
    # Users see and end their own; a supervisor sees what is out, but no reference of a case hidden from them.
    op.execute(f"""
        CREATE POLICY own ON take_away TO {TAKERS}
        USING (taken_by = session_user) WITH CHECK (taken_by = session_user)
    """)
    op.execute("CREATE POLICY out ON take_away FOR SELECT TO ioms_supervisor USING (ioms_private.may_see_taken(cases))")
    op.execute("GRANT EXECUTE ON FUNCTION ioms_private.may_see_taken(json) TO ioms_supervisor")
    op.execute(f"GRANT SELECT, INSERT, UPDATE (file_hash, returned_at, settled) ON take_away TO {TAKERS}")
    # An auditor verifies such an audit by its digests; only the owner of the server can read what was recorded.
    op.execute(f"""
        CREATE POLICY brought ON kept_trail FOR INSERT TO {TAKERS}
        WITH CHECK (kept_by = session_user AND my_role() IS NOT NULL)
    """)
    op.execute(f"CREATE POLICY own ON kept_trail FOR SELECT TO {TAKERS} USING (kept_by = session_user)")
    op.execute("CREATE POLICY proved ON kept_trail FOR SELECT TO ioms_auditor USING (true)")
    op.execute(f"GRANT INSERT ON kept_trail TO {TAKERS}")
    op.execute(f"GRANT SELECT ({OPEN}) ON kept_trail TO {TAKERS}, ioms_auditor")


FUNCTIONS = (
    *("guard_take_away()", "refuse_change_of_trail()", "guard_kept_trail()", "ioms_private.may_see_taken(json)"),
    *(f"empty_kept_{table}()" for table in GONE),
)


def _guards() -> None:
    op.execute("""
        CREATE FUNCTION guard_take_away() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
        SET search_path = public, pg_catalog, pg_temp AS $$
        BEGIN
          -- A disposal looks for what is out, and must be able to read it: flat, in whatever statement it is read.
          IF jsonb_typeof(NEW.cases::jsonb) IS DISTINCT FROM 'array' OR NEW.cases::jsonb @? 'strict $.**{2}'
             OR NEW.settled::jsonb @? 'strict $.**{3}' THEN
            RAISE EXCEPTION 'the cases of a take-away are a list' USING ERRCODE = '23514';
          END IF;
          IF my_role() IS NOT NULL THEN
            IF TG_OP = 'INSERT' THEN
              NEW.taken_at := transaction_timestamp();
            ELSIF NEW.returned_at IS DISTINCT FROM OLD.returned_at THEN
              NEW.returned_at := transaction_timestamp();
            END IF;
          END IF;
          RETURN NEW;
        END $$
    """)
    op.execute(f"""
        CREATE FUNCTION refuse_change_of_trail() RETURNS trigger LANGUAGE plpgsql
        SET search_path = pg_catalog, pg_temp AS $$
        BEGIN
          IF TG_OP = 'UPDATE' AND NEW.fields::json ->> {ENTRY - 1} = '{EMPTIED}' THEN
            RETURN NEW;
          END IF;
          RAISE EXCEPTION 'the audit is append-only' USING ERRCODE = '23514';
        END $$
    """)
    op.execute("""
        CREATE FUNCTION guard_kept_trail() RETURNS trigger LANGUAGE plpgsql
        SET search_path = pg_catalog, pg_temp AS $$
        BEGIN
          -- A disposal reads the fields again; what was recorded before and after it only looks through.
          IF NEW.fields::jsonb @? 'strict $.**{2}'
             OR (NEW.part = 'ENTRY' AND jsonb_typeof(NEW.fields::jsonb) <> 'array') THEN
            RAISE EXCEPTION 'what is kept is no audit' USING ERRCODE = '23514';
          END IF;
          RETURN NEW;
        END $$
    """)
    op.execute("""
        CREATE FUNCTION ioms_private.may_see_taken(cases json) RETURNS boolean LANGUAGE sql STABLE SECURITY DEFINER
        SET search_path = public, pg_catalog, pg_temp AS $$
          SELECT NOT EXISTS (
            SELECT FROM json_array_elements_text(cases) AS taken (ref) JOIN public.cases AS c ON c.case_ref = taken.ref
            WHERE NOT ioms_private.knows(c.case_ref))
        $$
    """)
    _emptying()
    for function in FUNCTIONS:
        op.execute(f"ALTER FUNCTION {function} OWNER TO ioms_owner")
        op.execute(f"REVOKE ALL ON FUNCTION {function} FROM PUBLIC")
    _triggers()


def _triggers() -> None:
    op.execute(
        "CREATE TRIGGER take_away_guard BEFORE INSERT OR UPDATE ON take_away "
        "FOR EACH ROW EXECUTE FUNCTION guard_take_away()"
    )
    op.execute(
        "CREATE TRIGGER kept_trail_readable BEFORE INSERT ON kept_trail "
        "FOR EACH ROW EXECUTE FUNCTION guard_kept_trail()"
    )
    op.execute(
        "CREATE TRIGGER kept_trail_guard BEFORE UPDATE OR DELETE ON kept_trail "
        "FOR EACH ROW EXECUTE FUNCTION refuse_change_of_trail()"
    )
    op.execute(
        "CREATE TRIGGER kept_trail_whole BEFORE TRUNCATE ON kept_trail "
        "FOR EACH STATEMENT EXECUTE FUNCTION refuse_truncate()"
    )
    for table in GONE:
        op.execute(
            f"CREATE TRIGGER {table}_kept AFTER DELETE ON {table} FOR EACH ROW EXECUTE FUNCTION empty_kept_{table}()"
        )


def _emptying() -> None:
    values = (
        f"'{EMPTIED}'" if n == ENTRY - 1 else f"fields::json -> {n}" if n in STAYS else "NULL" for n in range(ENTRY)
    )
    emptied = f"json_build_array({', '.join(values)})::text"
    for table, ref in GONE.items():
        op.execute(f"""
            CREATE FUNCTION empty_kept_{table}() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
            SET search_path = public, pg_catalog, pg_temp AS $$
            DECLARE
              entire text := to_json(OLD.{ref}::text)::text;
              begun text := left(entire, -1) || '/';
            BEGIN
              UPDATE kept_trail SET before = NULL, after = NULL, fields = {emptied}
              WHERE part = 'ENTRY' AND (
                strpos(fields, entire) > 0 OR strpos(fields, begun) > 0 OR strpos(coalesce(before, ''), entire) > 0
                OR strpos(coalesce(before, ''), begun) > 0 OR strpos(coalesce(after, ''), entire) > 0
                OR strpos(coalesce(after, ''), begun) > 0);
              UPDATE take_away SET
                cases = replace(cases::text, entire, '"{EMPTIED}"')::json,
                settled = replace(replace(settled::text, entire, '"{EMPTIED}"'), begun, '"{EMPTIED}/')::json
              WHERE strpos(cases::text, entire) > 0 OR strpos(coalesce(settled::text, ''), begun) > 0;
              RETURN NULL;
            END $$
        """)
