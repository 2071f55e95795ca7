"""Make the audit verifiable: hash and seal its entries, and on a server log every change of a record by triggers."""

from hashlib import sha256
from pathlib import Path

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"

SQL = Path(__file__).resolve().parent.parent / "sql"
KEYS = {
    "people": ("person_ref",),
    "cases": ("case_ref",),
    "rag": ("case_ref", "set_on"),
    "custody": ("person_ref", "received_on"),
    "assessments": ("person_ref", "tool", "version", "assessed_on"),
    "needs": ("case_ref", "pathway", "assessed_on"),
    "offers": ("offer_ref",),
    "contacts": ("contact_ref",),
    "ratings": ("case_ref", "week_commencing", "role"),
    "concerns": ("concern_ref",),
    "decisions": ("decision_ref",),
    "orders": ("order_ref",),
    "offences": ("person_ref", "offence_on", "offence_group", "offence"),
    "referrals": ("referral_ref",),
    "notifications": ("case_ref", "attempted_on", "attempt"),
    "actions": ("action_ref",),
    "proposals": ("proposal_ref",),
}
DAYS = frozenset({"set_on", "received_on", "assessed_on", "week_commencing", "offence_on", "attempted_on"})
MAY_BE_MISSING = {"assessments": "version", "offences": "offence"}
OF_PEOPLE = frozenset({"people", "cases", "custody", "assessments", "orders", "offences"})
OF_CASES = frozenset(KEYS) - OF_PEOPLE | {"cases"}
FIELDS = (
    "id",
    "at",
    "kind",
    "actor",
    "actor_role",
    "workstation",
    "request",
    "object_type",
    "object_ref",
    "subject_ref",
    "recipient",
    "reason_code",
    "reason_text",
    "before",
    "after",
)
TRANSITIONS = {
    "INSERT": "NEW TABLE AS new_rows",
    "UPDATE": "OLD TABLE AS old_rows NEW TABLE AS new_rows",
    "DELETE": "OLD TABLE AS old_rows",
}
FUNCTIONS = (
    *(f"keep_trace_{table}()" for table in KEYS),
    "seal_audit()",
    "refuse_truncate()",
    "record_changes(jsonb, jsonb)",
    "record_plain(jsonb, text)",
    "log_audit_of_people(text, text[], json)",
    "log_audit(text, text, text, text, text, json)",
    "may_log(text)",
    "write_audit(text, text, text, text, text, json)",
    "open_epoch(text, integer, integer)",
    "watch_epoch()",
    "begin_epoch(text, text, integer, integer)",
    "audit_system()",
    "hash_entry()",
    "hashed(text)",
    "hashed_instant(timestamptz)",
    "hashed_field(text)",
    "audit_at()",
    "audit_role()",
    "audit_actor()",
    "audit_trusted()",
    "audit_said(text)",
)

NO_UPDATE_SQLITE = """
CREATE TRIGGER audit_no_UPDATE BEFORE UPDATE ON audit{unless}
BEGIN SELECT RAISE(ABORT, 'the audit is append-only'); END
"""
HASH_SQLITE = """
CREATE TRIGGER audit_hashed AFTER INSERT ON audit
BEGIN
  UPDATE audit SET mark = NEW.id, row_hash = entry_hash({fields}, NEW.id) WHERE id = NEW.id;
END
"""
APPEND_ONLY_SQLITE = """
CREATE TRIGGER {table}_no_{verb} BEFORE {verb} ON {table}
BEGIN SELECT RAISE(ABORT, 'the audit is append-only'); END
"""
HASH_FORMER_POSTGRES = """
UPDATE audit SET mark = pg_current_xact_id()::text::bigint, row_hash = hashed(
  hashed_field(id::text) || hashed_instant(at) || {fields} || hashed_field(pg_current_xact_id()::text))
"""


def upgrade() -> None:
    op.add_column("audit", sa.Column("mark", sa.BigInteger(), nullable=True))
    op.create_index("ix_audit_mark", "audit", ["mark", "id"], unique=False)
    op.create_index("ix_audit_object", "audit", ["object_type", "object_ref", "id"], unique=False)
    _seal()
    _epoch()
    if op.get_bind().dialect.name == "postgresql":
        _guard_postgres()
    else:
        _guard_sqlite()


def downgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":
        for table in KEYS:
            for verb in (*TRANSITIONS, "TRUNCATE"):
                op.execute(f"DROP TRIGGER {table}_trace_{verb.lower()} ON {table}")
        for name in ("hashed", "epoch"):
            op.execute(f"DROP TRIGGER audit_{name} ON audit")
    else:
        op.execute("DROP TRIGGER audit_hashed")
        op.execute("DROP TRIGGER audit_no_UPDATE")
        op.execute(NO_UPDATE_SQLITE.format(unless=""))
    op.drop_table("seal")
    op.drop_table("epoch")
    op.drop_index("ix_audit_object", "audit")
    op.drop_index("ix_audit_mark", "audit")
    op.drop_column("audit", "mark")
    if op.get_bind().dialect.name == "postgresql":
        for function in FUNCTIONS:
            op.execute(f"DROP FUNCTION {function}")


def _seal() -> None:
    op.create_table(
        "seal",
        sa.Column("n", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("epoch", sa.Integer(), nullable=False),
        sa.Column("from_mark", sa.BigInteger(), nullable=False),
        sa.Column("to_mark", sa.BigInteger(), nullable=False),
        sa.Column("rows", sa.Integer(), nullable=False),
        sa.Column("root", sa.Text(), nullable=False),
        sa.Column("prev", sa.Text(), nullable=False),
        sa.Column("hash", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("n", name=op.f("pk_seal")),
    )


def _epoch() -> None:
    op.create_table(
        "epoch",
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("opened_by", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("system_id", sa.Text(), nullable=False),
        sa.Column("base", sa.BigInteger(), nullable=False),
        sa.Column("superseded_from", sa.Integer(), nullable=True),
        sa.Column("superseded_to", sa.Integer(), nullable=True),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_epoch")),
    )


def _guard_sqlite() -> None:
    """Hash an entry as it is written, by a function that only this program has; from then on it cannot be changed."""
    connection = op.get_bind()
    op.execute("DROP TRIGGER audit_no_UPDATE")
    chosen = ", ".join(f'CAST("{name}" AS TEXT)' for name in FIELDS)
    with connection.exec_driver_sql(f"SELECT {chosen} FROM audit ORDER BY id") as entries:
        for part in entries.partitions(1_000):
            hashes = [(entry[0], _hash((*entry, entry[0])), int(entry[0])) for entry in part]
            connection.exec_driver_sql("UPDATE audit SET mark = ?, row_hash = ? WHERE id = ?", hashes)
    op.execute(NO_UPDATE_SQLITE.format(unless=" WHEN OLD.row_hash IS NOT NULL"))
    op.execute(HASH_SQLITE.format(fields=", ".join(f'NEW."{name}"' for name in FIELDS)))
    for table in ("seal", "epoch"):
        for verb in ("UPDATE", "DELETE"):
            op.execute(APPEND_ONLY_SQLITE.format(table=table, verb=verb))
    op.execute(
        "INSERT INTO epoch (number, opened_at, opened_by, reason, system_id, base) "
        "VALUES (1, strftime('%Y-%m-%d %H:%M:%f000', 'now'), '', 'The audit begins.', '', 0)"
    )


def _hash(entry: tuple[str | None, ...]) -> str:
    """Hash an entry as the program does, repeated here so that this migration always gives the same."""
    said = list(entry)
    said[1] = f"{str(said[1]).replace(' ', 'T', 1)}Z"
    for place in (FIELDS.index("before"), FIELDS.index("after")):
        recorded = said[place]
        said[place] = None if recorded is None else sha256(recorded.encode()).hexdigest()
    fields = ("-" if each is None else f"{len(str(each).encode())}:{each}" for each in said)
    return sha256("".join(fields).encode()).hexdigest()


def _guard_postgres() -> None:
    """Let triggers hash each audit entry, and log and version every change of a record."""
    _run_sql("0002_audit.sql")
    for table in KEYS:
        _run_sql("0002_trace.sql", **_words(table))
    for function in FUNCTIONS:
        op.execute(f"REVOKE ALL ON FUNCTION {function} FROM PUBLIC")
    _hash_former_entries()
    op.execute("CREATE TRIGGER audit_hashed BEFORE INSERT ON audit FOR EACH ROW EXECUTE FUNCTION hash_entry()")
    op.execute("CREATE TRIGGER audit_epoch BEFORE INSERT ON audit FOR EACH STATEMENT EXECUTE FUNCTION watch_epoch()")
    for table in ("seal", "epoch"):
        op.execute(
            f"CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON {table} "
            "FOR EACH STATEMENT EXECUTE FUNCTION refuse_audit_change()"
        )
    for table in KEYS:
        for verb, rows in TRANSITIONS.items():
            op.execute(
                f"CREATE TRIGGER {table}_trace_{verb.lower()} AFTER {verb} ON {table} REFERENCING {rows} "
                f"FOR EACH STATEMENT EXECUTE FUNCTION keep_trace_{table}()"
            )
        op.execute(
            f"CREATE TRIGGER {table}_trace_truncate BEFORE TRUNCATE ON {table} "
            "FOR EACH STATEMENT EXECUTE FUNCTION refuse_truncate()"
        )


def _run_sql(name: str, **words: str) -> None:
    """Run a file of statements with its @words@ filled in; the driver must not look for parameters in them."""
    connection = op.get_bind()
    schema = connection.dialect.identifier_preparer.quote(connection.scalar(sa.text("SELECT current_schema()")))
    script = (SQL / name).read_text(encoding="utf-8")
    for word, meaning in {"path": f"pg_catalog, {schema}, pg_temp", **words}.items():
        script = script.replace(f"@{word}@", meaning)
    cursor = connection.connection.cursor()
    cursor.execute(script)
    cursor.close()


def _words(table: str) -> dict[str, str]:
    """The expressions that a table's trigger function uses for a row r of it."""
    parts = (f"to_char(r.{name}, 'YYYY-MM-DD')" if name in DAYS else f"r.{name}::text" for name in KEYS[table])
    of_case = "(SELECT c.person_ref FROM cases AS c WHERE c.case_ref = r.case_ref)"
    return {
        "table": table,
        "key": " || '/' || ".join(parts),
        "subject": "r.person_ref" if table in OF_PEOPLE else of_case,
        "case": "r.case_ref" if table in OF_CASES else "NULL",
        "person": "r.person_ref" if table in OF_PEOPLE else "NULL",
        "missing": MAY_BE_MISSING.get(table, ""),
    }


def _hash_former_entries() -> None:
    op.execute(
        "INSERT INTO epoch (number, opened_at, opened_by, reason, system_id, base) "
        "VALUES (1, clock_timestamp(), session_user, 'The audit begins.', audit_system(), 0)"
    )
    op.execute("ALTER TABLE audit DISABLE TRIGGER audit_append_only")
    recorded = {"before": "hashed(before::text)", "after": "hashed(after::text)"}
    fields = " || ".join(f"hashed_field({recorded.get(name, f'{name}::text')})" for name in FIELDS[2:])
    op.execute(HASH_FORMER_POSTGRES.format(fields=fields))
    op.execute("ALTER TABLE audit ENABLE TRIGGER audit_append_only")
