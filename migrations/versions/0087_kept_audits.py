"""Put on record which entries of another database's audit a disposal empties here, and let an export prove the rest.

Of an entry of version 1 nothing but its hash stays, so that an emptied one could be forged into any name. What a
disposal leaves of it is from here on in this database's own audit, by its digest; what was emptied before, as it is
now. The entry that says what was imported shows its salt, as those do by which the audit speaks of itself.
"""

import re
from collections.abc import Sequence

from alembic import op

revision, down_revision = "0087", "0086"

ENTRY, EMPTIED = 18, "emptied"
FORMER_STAYS = (0, 1, 2, 3, 4, 5, 7, 11, 15, 16)
STAYS = (0, 1, 2, 3, 4, 5, 6, 7, 11, 15, 16, 20, 21)
GONE = {"people": "person_ref", "cases": "case_ref"}
SAID = """json_build_object(
      'kept_by', kept_by, 'entries', json_agg(n ORDER BY n),
      'sha256', encode(sha256(convert_to(string_agg(fields, '' ORDER BY n), 'UTF8')), 'hex'))"""
EDITS = (
    ("begun text := left(entire, -1) || '/';", "begun text := left(entire, -1) || '/';\n              its record;"),
    (
        "UPDATE kept_trail SET before = NULL",
        "FOR its IN\n              WITH emptied AS (\n              UPDATE kept_trail SET before = NULL",
    ),
    (
        "OR strpos(coalesce(after, ''), begun) > 0);",
        f"""OR strpos(coalesce(after, ''), begun) > 0)
              RETURNING database_id, kept_by, n, fields)
              SELECT database_id, {SAID} AS said FROM emptied GROUP BY database_id, kept_by
              LOOP
                PERFORM write_audit('ERASURE', 'audit', 'kept ' || its.database_id, NULL, NULL, its.said);
              END LOOP;""",
    ),
)
WAS_EMPTIED = f"part = 'ENTRY' AND fields::json ->> {ENTRY - 1} = '{EMPTIED}'"
BEFORE_ON_SERVER = f"""
    INSERT INTO ioms_audit.audit (at, kind, actor, actor_role, workstation, object_type, object_ref, after)
    SELECT clock_timestamp(), 'ERASURE', session_user, '', '', 'audit', 'kept ' || database_id, {SAID}
    FROM kept_trail WHERE {WAS_EMPTIED} GROUP BY database_id, kept_by
"""
IN_A_FILE = """
    INSERT INTO audit (at, kind, actor, actor_role, workstation, object_type, object_ref, after)
    SELECT strftime('%Y-%m-%d %H:%M:%f000', 'now'), 'ERASURE', '', '', '', 'audit', 'kept ' || database_id, json_object(
      'kept_by', kept_by, 'entries', json_group_array(n), 'sha256', text_hash(group_concat(said, '')))
    FROM (SELECT *, {0} AS said FROM kept_trail WHERE part = 'ENTRY' AND ({1}) ORDER BY database_id, kept_by, n)
    GROUP BY database_id, kept_by;
"""
TRAIL = (
    *("id", "at", "kind", "actor", "actor_role", "workstation", "request", "object_type", "object_ref", "subject_ref"),
    *("recipient", "reason_code", "reason_text", "row_hash", "mark"),
)
OWN = "(kind IN ('ALTERATION', 'ERASURE') AND object_type IN ('audit', 'redaction', 'disposal'))"
TOLD = f"kind IN ('CONSULTATION', 'DISCLOSURE', 'COMBINATION') OR object_type = 'disposal' OR {OWN}"
PROVED = f"({OWN} OR (kind = 'COMBINATION' AND object_type = 'promotion'))"


LAST = r"ELSE NULL::text\s+END AS words_salt"
SHOWN = "WHEN kind = 'COMBINATION' AND object_type = 'promotion' THEN substr(salt, 33) "
OF_AN_IMPORT = (
    r"(?s)WHEN (?:(?!WHEN).)*?'COMBINATION'(?:(?!WHEN).)*?'promotion'(?:(?!WHEN).)*?THEN substr\([^)]*\)\s+"
    rf"(?={LAST})"
)
"""The last case of the view on a server, and what stands before it."""


def upgrade() -> None:
    server = op.get_context().dialect.name == "postgresql"
    _show_trail(PROVED, server=server)
    if server:
        for table in GONE:
            _edit(f"empty_kept_{table}()", EDITS)
        if op.get_bind().exec_driver_sql(f"SELECT count(*) FROM kept_trail WHERE {WAS_EMPTIED}").scalar_one():
            _execute(BEFORE_ON_SERVER)
    else:
        _empty(is_noted=True)
        _execute(IN_A_FILE.format("fields", f"json_extract(fields, '$[{ENTRY - 1}]') = '{EMPTIED}'"))


def downgrade() -> None:
    server = op.get_context().dialect.name == "postgresql"
    _show_trail(OWN, server=server)
    if server:
        for table in GONE:
            _edit(f"empty_kept_{table}()", tuple((new, old) for old, new in EDITS))
    else:
        _empty(is_noted=False)


def _show_trail(proved: str, *, server: bool) -> None:
    """Make the view of the audit anew, as it was but for whose salts it shows.

    Raises:
        RuntimeError: It is not the view expected.
    """
    if not server:
        columns = ", ".join(TRAIL)
        texts = {name: f"CAST({name} AS TEXT)" for name in ("before", "after")}
        digests = ", ".join(
            f"CASE WHEN salt IS NULL THEN text_hash({text}) END AS {name}_hash" for name, text in texts.items()
        )
        _execute(
            "DROP VIEW audit_trail",
            f"CREATE VIEW audit_trail AS SELECT {columns}, CASE WHEN {TOLD} THEN after END AS detail, {digests}, "
            "coalesce(json_extract(after, '$.denied'), 0) = 1 AS refused, substr(salt, 1, 32) AS about_salt, "
            f"words_hash(salt, {texts['before']}, {texts['after']}) AS words_hash, "
            f"CASE WHEN {proved} THEN substr(salt, 33) END AS words_salt FROM audit",
        )
        return
    defined = op.get_bind().exec_driver_sql("SELECT pg_get_viewdef('ioms_audit.audit_trail'::regclass)").scalar_one()
    changed, count = re.subn(OF_AN_IMPORT, "", defined) if proved is OWN else re.subn(LAST, SHOWN + r"\g<0>", defined)
    if count != 1:
        raise RuntimeError(defined)
    _execute(f"CREATE OR REPLACE VIEW ioms_audit.audit_trail WITH (security_barrier) AS {changed}")


def _empty(*, is_noted: bool) -> None:
    """Empty entries of another database's audit where a disposal in a file removes whom they are about."""
    longer = _emptied(STAYS, 22)
    emptied = f"CASE WHEN json_array_length(fields) > {ENTRY} THEN {longer} ELSE {_emptied(FORMER_STAYS, ENTRY)} END"
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
              {IN_A_FILE.format(emptied, said) if is_noted else ""}
              UPDATE kept_trail SET before = NULL, after = NULL, fields = {emptied} WHERE part = 'ENTRY' AND ({said});
              UPDATE take_away SET
                cases = replace(cases, {whole}, '"{EMPTIED}"'),
                settled = replace(replace(settled, {whole}, '"{EMPTIED}"'), {begun}, '"{EMPTIED}/')
              WHERE instr(cases, {whole}) > 0 OR instr(coalesce(settled, ''), {begun}) > 0;
            END
            """,
        )


def _emptied(stays: Sequence[int], length: int) -> str:
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


def _edit(name: str, changes: Sequence[tuple[str, str]]) -> None:
    """Change a function in some places.

    Raises:
        RuntimeError: One is not there exactly once, so that the function is not the one expected.
    """
    defined = op.get_bind().exec_driver_sql(f"SELECT pg_get_functiondef('{name}'::regprocedure)").scalar_one()
    for old, new in changes:
        if defined.count(old) != 1:
            raise RuntimeError(name)
        defined = defined.replace(old, new)
    _execute(defined)


def _execute(*statements: str) -> None:
    """Run statements as they are: a percent sign or a colon in them is no parameter."""
    cursor = op.get_bind().connection.dbapi_connection.cursor()
    for each in statements:
        cursor.execute(each)
