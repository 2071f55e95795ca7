"""Let each entry of the audit prove who did what when even after a disposal emptied it, and hold epochs to two people.

One hash covered a whole entry, so that whoever could write the redactions could put an emptied entry into any name. An
epoch was hashed by nothing, opened by one, and could declare every seal superseded. From here on an entry's hash covers
the digests of its header, of what it is about and of its words, with salts that a disposal takes away. A seal covers
the epochs, and emptying entries needs a sealed disposal by two people. What was there before is proved as it was, and
all of it by one digest in the entry with which version 2 begins.
"""

import json
import re
from collections.abc import Iterable, Sequence
from hashlib import sha256
from pathlib import Path

import sqlalchemy as sa
from alembic import op

revision, down_revision = "0079", "0078"

SQL = Path(__file__).resolve().parent.parent / "sql"
AUDIT_PATH = "pg_catalog, public, ioms_audit, pg_temp"
NEW_COLUMNS = (
    ("audit", ("salt",)),
    ("redaction", ("about_hash", "words_hash")),
    ("seal", ("epochs",)),
    ("epoch", ("proposed_by", "superseded")),
)
FIELDS = (
    *("id", "at", "kind", "actor", "actor_role", "workstation", "request", "object_type", "object_ref", "subject_ref"),
    *("recipient", "reason_code", "reason_text", "before", "after"),
)
TRAIL = f"{', '.join(FIELDS[:13])}, row_hash, mark"
TOLD = "kind IN ('CONSULTATION', 'DISCLOSURE', 'COMBINATION') OR object_type = 'disposal'"
OWN = "(kind IN ('ALTERATION', 'ERASURE') AND object_type IN ('audit', 'redaction', 'disposal'))"
"""Entries by which the audit speaks of itself or of a disposal: what they recorded proves the others."""
IN_USE = " WHERE (SELECT my_role()) IS NOT NULL OR (SELECT audit_trusted())"
HEADER = ("id", "mark", "at", "kind", "actor", "actor_role", "workstation", "request", "object_type", "reason_code")
ABOUT = ("object_ref", "subject_ref", "recipient", "reason_text")
ENTRIES_PER_BLOCK = 1_000

HASH_SQLITE = """
CREATE TRIGGER audit_hashed AFTER INSERT ON audit
BEGIN
  UPDATE audit SET mark = NEW.id, salt = lower(hex(randomblob(32))) WHERE id = NEW.id;
  UPDATE audit SET row_hash = entry_hash_2({fields}, mark, salt) WHERE id = NEW.id;
END
"""
FORMER_HASH_SQLITE = """
CREATE TRIGGER audit_hashed AFTER INSERT ON audit
BEGIN
  UPDATE audit SET mark = NEW.id, row_hash = entry_hash({fields}, NEW.id) WHERE id = NEW.id;
END
"""

GONE = {"people": "person_ref", "cases": "case_ref"}
ENTRY, EMPTIED = 18, "emptied"
FORMER_STAYS = (0, 1, 2, 3, 4, 5, 7, 11, 15, 16)
STAYS = (0, 1, 2, 3, 4, 5, 6, 7, 11, 15, 16, 20, 21)
"""An imported entry of version 2 is a list of 22: after the hash since a disposal come its salt, the digest of its
words, and the two digests with which it was written. Emptied it keeps its header and these two, which prove it."""

AUDITING = (
    *("about_digest(ioms_audit.audit)", "words_digest(ioms_audit.audit)", "epoch_digest(ioms_audit.epoch)"),
    *("entry_digest(ioms_audit.audit, text, text)", "begin_epoch(text, text, text, text)", "proposed_epoch()"),
    *("propose_epoch(text, text)", "confirm_epoch(integer)", "refuse_lost_heads(text)"),
    *("is_disposal_sealed(text, text, text)", "refuse_emptying(text, text, text[])"),
)
FORMER = {
    "0002_audit.sql": ("begin_epoch", "open_epoch", "hash_entry"),
    "0005_disposal.sql": ("kept_hash", "empty_entries"),
    "0008_clocks.sql": ("seal_audit",),
}
FORMER_NEW = (
    "begin_epoch(text, text, integer, integer)",
    "open_epoch(text, integer, integer)",
    "kept_hash(ioms_audit.audit)",
)


def upgrade() -> None:
    server = op.get_context().dialect.name == "postgresql"
    for table, columns in NEW_COLUMNS:
        for column in columns:
            op.add_column(table, sa.Column(column, sa.Text(), nullable=True), schema="ioms_audit" if server else None)
    if server:
        _guard_server()
        return
    _show_trail_of_a_file(second=True)
    _empty_imported(second=True)
    _begin_in_a_file()


def downgrade() -> None:
    """Take version 2 back.

    Raises:
        RuntimeError: A disposal emptied entries under version 2, of which version 1 could prove nothing any more.
    """
    server = op.get_context().dialect.name == "postgresql"
    table = "ioms_audit.redaction" if server else "redaction"
    emptied = f"SELECT count(*) FROM {table} WHERE about_hash IS NOT NULL"
    if op.get_bind().exec_driver_sql(emptied).scalar():
        raise RuntimeError(
            "A disposal emptied entries of the audit under version 2; restore an earlier backup instead."
        )
    if server:
        _take_away()
    else:
        _show_trail_of_a_file(second=False)
        _empty_imported(second=False)
        _hash_in_a_file(FORMER_HASH_SQLITE)
        _hash_formerly_in_a_file()
    for table, columns in NEW_COLUMNS:
        for column in columns:
            op.drop_column(table, column, schema="ioms_audit" if server else None)


def _hash_formerly_in_a_file() -> None:
    """Hash and seal anew under version 1, which reads no salts."""
    connection = op.get_bind()
    guarded = (
        "SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND name IN ('audit_no_UPDATE', 'seal_no_UPDATE')"
    )
    guards = connection.exec_driver_sql(guarded).all()
    _execute(*(f"DROP TRIGGER {guard.name}" for guard in guards))
    fields = ", ".join(f'"{name}"' for name in (*FIELDS, "mark"))
    _execute(f"UPDATE audit SET row_hash = entry_hash({fields}) WHERE salt IS NOT NULL")
    database = connection.exec_driver_sql("SELECT value FROM meta WHERE name = 'database_id'").scalar()
    prev = ""
    for n, at, epoch, first, last, rows in connection.exec_driver_sql(
        "SELECT n, replace(CAST(at AS TEXT), ' ', 'T') || 'Z', epoch, from_mark, to_mark, rows FROM seal ORDER BY n"
    ).all():
        within = "SELECT row_hash FROM audit WHERE mark >= ? AND mark < ? ORDER BY mark, id"
        hashes = connection.exec_driver_sql(within, (first, last)).scalars()
        root = sha256("".join(hashes).encode()).hexdigest()
        made = _digest((str(n), at, *map(str, (epoch, first, last, rows)), root, prev, database))
        connection.exec_driver_sql("UPDATE seal SET root = ?, prev = ?, hash = ? WHERE n = ?", (root, prev, made, n))
        prev = made
    _execute(*(guard.sql for guard in guards))


HASH_FORMERLY_ON_SERVER = """
ALTER TABLE ioms_audit.audit DISABLE TRIGGER USER;
ALTER TABLE ioms_audit.seal DISABLE TRIGGER USER;
UPDATE ioms_audit.audit AS a SET row_hash = kept_hash(a) WHERE a.salt IS NOT NULL;
DO $$
DECLARE
  made record;
  root_now text;
  last text := '';
BEGIN
  FOR made IN SELECT * FROM ioms_audit.seal ORDER BY n LOOP
    SELECT hashed(coalesce(string_agg(a.row_hash, '' ORDER BY a.mark, a.id), '')) INTO root_now
    FROM ioms_audit.audit AS a WHERE a.mark >= made.from_mark AND a.mark < made.to_mark;
    UPDATE ioms_audit.seal SET root = root_now, prev = last, hash = hashed(
      hashed_field(made.n::text) || hashed_instant(made.at) || hashed_field(made.epoch::text)
      || hashed_field(made.from_mark::text) || hashed_field(made.to_mark::text) || hashed_field(made.rows::text)
      || hashed_field(root_now) || hashed_field(last)
      || hashed_field((SELECT value FROM meta WHERE name = 'database_id')))
    WHERE n = made.n RETURNING hash INTO last;
  END LOOP;
END $$;
ALTER TABLE ioms_audit.audit ENABLE TRIGGER USER;
ALTER TABLE ioms_audit.seal ENABLE TRIGGER USER;
"""


def _guard_server() -> None:
    _execute(
        "CREATE POLICY audit ON disposal FOR SELECT TO ioms_audit_owner USING (true)",
        "GRANT SELECT ON disposal TO ioms_audit_owner",
        (SQL / "0079_audit.sql").read_text(encoding="utf-8"),
        *(
            f"ALTER FUNCTION {name} OWNER TO ioms_audit_owner; REVOKE ALL ON FUNCTION {name} FROM PUBLIC"
            for name in AUDITING
        ),
        "GRANT EXECUTE ON FUNCTION propose_epoch(text, text), proposed_epoch(), confirm_epoch(integer) "
        "TO ioms_administrator",
        _trail_of_a_server(second=True),
    )
    for table in GONE:
        _edit(f"empty_kept_{table}()", _emptied_on_server(FORMER_STAYS), _either_on_server())


def _take_away() -> None:
    _execute("DROP VIEW ioms_audit.audit_trail", _trail_of_a_server(second=False))
    _execute("GRANT SELECT ON ioms_audit.audit_trail TO ioms_auditor")
    for table in GONE:
        _edit(f"empty_kept_{table}()", _either_on_server(), _emptied_on_server(FORMER_STAYS))
    _execute(f"DROP FUNCTION {', '.join(AUDITING)} CASCADE")
    for file, names in FORMER.items():
        text = (SQL / file).read_text(encoding="utf-8").replace("@path@", AUDIT_PATH)
        for name in names:
            found = re.search(rf"FUNCTION {name}\(.*?\n(?:END )?\$\$;", text, re.DOTALL)
            _execute(f"CREATE OR REPLACE {found[0]}")  # type: ignore[index]  # the file does not change any more
    for name in FORMER_NEW:
        _execute(f"ALTER FUNCTION {name} OWNER TO ioms_audit_owner; REVOKE ALL ON FUNCTION {name} FROM PUBLIC")
    _execute(
        "GRANT EXECUTE ON FUNCTION open_epoch(text, integer, integer) TO ioms_administrator",
        HASH_FORMERLY_ON_SERVER,
        "DROP POLICY auditor ON ioms_audit.redaction; REVOKE SELECT ON ioms_audit.redaction FROM ioms_auditor",
        "CREATE POLICY everybody ON ioms_audit.redaction FOR SELECT TO ioms_people USING (true)",
        "GRANT SELECT ON ioms_audit.redaction TO ioms_people",
        "DROP POLICY audit ON disposal",
        "REVOKE SELECT ON disposal FROM ioms_audit_owner",
    )


def _trail_of_a_server(*, second: bool) -> str:
    """The audit as an auditor reads it; who asks needs the rights to every function in it but the system's."""
    plain = "WHEN salt IS NULL THEN " if second else "WHEN true THEN "
    digests = ", ".join(
        f"CASE {plain}encode(sha256(convert_to({name}::text, 'UTF8')), 'hex') END AS {name}_hash"
        for name in ("before", "after")
    )
    salted = ""
    if second:
        parts = (
            "substr(salt, 33)",
            *(f"encode(sha256(convert_to({n}::text, 'UTF8')), 'hex')" for n in ("before", "after")),
        )
        words = " || ".join(f"coalesce(octet_length(convert_to({p}, 'UTF8'))::text || ':' || {p}, '-')" for p in parts)
        salted = (
            ", left(salt, 32) AS about_salt, "
            f"CASE WHEN salt IS NOT NULL THEN encode(sha256(convert_to({words}, 'UTF8')), 'hex') END AS words_hash, "
            f"CASE WHEN {OWN} THEN substr(salt, 33) END AS words_salt"
        )
    shown = f"{TOLD} OR {OWN}" if second else TOLD
    return f"""
        CREATE OR REPLACE VIEW ioms_audit.audit_trail WITH (security_barrier) AS
          SELECT {TRAIL}, CASE WHEN {shown} THEN after END AS detail, {digests},
            coalesce(after ->> 'denied' = 'true', false) AS refused{salted}
          FROM ioms_audit.audit{IN_USE};
        ALTER VIEW ioms_audit.audit_trail OWNER TO ioms_audit_owner;
    """


def _show_trail_of_a_file(*, second: bool) -> None:
    texts = {name: f"CAST({name} AS TEXT)" for name in ("before", "after")}
    plain = "WHEN salt IS NULL" if second else "WHEN true"
    digests = ", ".join(f"CASE {plain} THEN text_hash({text}) END AS {name}_hash" for name, text in texts.items())
    salted = ""
    if second:
        salted = (
            ", substr(salt, 1, 32) AS about_salt, "
            f"words_hash(salt, {texts['before']}, {texts['after']}) AS words_hash, "
            f"CASE WHEN {OWN} THEN substr(salt, 33) END AS words_salt"
        )
    shown = f"{TOLD} OR {OWN}" if second else TOLD
    _execute(
        "DROP VIEW audit_trail",
        f"CREATE VIEW audit_trail AS SELECT {TRAIL}, CASE WHEN {shown} THEN after END AS detail, {digests}, "
        f"coalesce(json_extract(after, '$.denied'), 0) = 1 AS refused{salted} FROM audit",
    )


def _hash_in_a_file(trigger: str) -> None:
    _execute(
        "DROP TRIGGER audit_hashed",
        trigger.format(fields=", ".join(f'NEW."{name}"' for name in FIELDS)),
    )


def _begin_in_a_file() -> None:
    """Let every new entry be hashed under version 2, and put on record what was there before."""
    _hash_in_a_file(HASH_SQLITE)
    connection = op.get_bind()
    chosen = ", ".join(f'CAST("{name}" AS TEXT)' for name in (*FIELDS, "mark", "row_hash"))
    held, root = 0, sha256()
    with connection.exec_driver_sql(f"SELECT {chosen} FROM audit ORDER BY mark, id") as entries:
        for part in entries.partitions(ENTRIES_PER_BLOCK):
            held += len(part)
            root.update(sha256("".join(map(_item, part)).encode()).hexdigest().encode())
    if not held:
        return
    last = connection.exec_driver_sql("SELECT max(number) FROM epoch").scalar_one()
    detail = json.dumps({"entries": held, "root": root.hexdigest(), "epochs": last})
    connection.exec_driver_sql(
        "INSERT INTO audit (at, kind, actor, actor_role, workstation, object_type, object_ref, after) VALUES "
        "(strftime('%Y-%m-%d %H:%M:%f000', 'now'), 'ALTERATION', '', '', '', 'audit', 'version 2', ?)",
        (detail,),
    )


def _item(row: Sequence[str | None]) -> str:
    """The hash of an entry of version 1 as version 2 would give it, without salts, and its own."""
    entry = dict(zip((*FIELDS, "mark", "row_hash"), row, strict=True))
    entry["at"] = f"{str(entry['at']).replace(' ', 'T', 1)}Z"
    words = (None if entry[name] is None else _digest((entry[name],), plain=True) for name in ("before", "after"))
    header = _digest(entry[name] for name in HEADER)
    rest = _digest((*(entry[name] for name in ABOUT), *words))
    return _digest(("audit entry 2", header, "", rest)) + (entry["row_hash"] or "")


def _digest(fields: Iterable[str | None], *, plain: bool = False) -> str:
    """Hash a list of texts as the program does, repeated here so that this migration always gives the same."""
    if plain:
        return sha256("".join(map(str, fields)).encode()).hexdigest()
    written = ("-" if each is None else f"{len(each.encode())}:{each}" for each in fields)
    return sha256("".join(written).encode()).hexdigest()


def _emptied_on_server(stays: Sequence[int], length: int = ENTRY) -> str:
    return f"json_build_array({', '.join(_kept_on_server(n, stays) for n in range(length))})::text"


def _kept_on_server(n: int, stays: Sequence[int]) -> str:
    if n == ENTRY - 1:
        return f"'{EMPTIED}'"
    if n == ENTRY:
        return f"left(fields::json ->> {n}, 0)"
    return f"fields::json -> {n}" if n in stays else "NULL"


def _either_on_server() -> str:
    longer = _emptied_on_server(STAYS, 22)
    return (
        f"CASE WHEN json_array_length(fields::json) > {ENTRY} THEN {longer} ELSE {_emptied_on_server(FORMER_STAYS)} END"
    )


def _empty_imported(*, second: bool) -> None:
    """Empty entries of another database's audit where a disposal here removes whom they are about."""
    emptied = _emptied_in_a_file(FORMER_STAYS)
    if second:
        longer = _emptied_in_a_file(STAYS, 22)
        emptied = f"CASE WHEN json_array_length(fields) > {ENTRY} THEN {longer} ELSE {emptied} END"
    for table, ref in GONE.items():
        whole = f"json_quote(OLD.{ref})"
        begun = f"substr({whole}, 1, length({whole}) - 1) || '/'"
        said = " OR ".join(
            f"instr(coalesce({column}, ''), {part}) > 0"
            for column in ("fields", "before", "after")
            for part in (whole, begun)
        )
        _execute(
            f"DROP TRIGGER {table}_kept",
            f"""
            CREATE TRIGGER {table}_kept AFTER DELETE ON {table} BEGIN
              UPDATE kept_trail SET before = NULL, after = NULL, fields = {emptied} WHERE part = 'ENTRY' AND ({said});
              UPDATE take_away SET
                cases = replace(cases, {whole}, '"{EMPTIED}"'),
                settled = replace(replace(settled, {whole}, '"{EMPTIED}"'), {begun}, '"{EMPTIED}/')
              WHERE instr(cases, {whole}) > 0 OR instr(coalesce(settled, ''), {begun}) > 0;
            END
            """,
        )


def _emptied_in_a_file(stays: Sequence[int], length: int = ENTRY) -> str:
    values = (
        f"'{EMPTIED}'"
        if n == ENTRY - 1
        else f"substr(json_extract(fields, '$[{n}]'), 1, 0)"
        if n == ENTRY
        else f"json_extract(fields, '$[{n}]')"
        if n in stays
        else "NULL"
        for n in range(length)
    )
    return f"json_array({', '.join(values)})"


def _edit(name: str, old: str, new: str) -> None:
    """Change a function in one place.

    Raises:
        RuntimeError: The place is not there exactly once, so that the function is not the one expected.
    """
    defined = op.get_bind().exec_driver_sql(f"SELECT pg_get_functiondef('{name}'::regprocedure)").scalar_one()
    if defined.count(old) != 1:
        raise RuntimeError(name)
    _execute(defined.replace(old, new))


def _execute(*statements: str) -> None:
    """Run statements as they are: a percent sign or a colon in them is no parameter."""
    cursor = op.get_bind().connection.dbapi_connection.cursor()
    for each in statements:
        cursor.execute(each)
