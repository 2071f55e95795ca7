"""Register the papers of a pack: each under its own code, and with the code of the pack on whose cover it is named.

What is registered already is in no pack and stays as it is. A server tells all cases of a code, where it told one.
"""

from pathlib import Path

from alembic import op

revision, down_revision = "0067", "0066"

SQL = Path(__file__).resolve().parent.parent / "sql"
READERS = "ioms_officer, ioms_navigator, ioms_supervisor, ioms_coordinator"
PRINT_CODE, CASES, CASE = "ioms_private.is_print_code(text)", "cases_of_paper(text, text)", "case_of_paper(text, text)"
INDEX = "ix_audit_pack"
IN_FILE = """json_extract("after", '$.pack')"""
ON_SERVER = "(after ->> 'pack')"
CHANGES = (
    (
        "registered_as(text, text)",
        "(a.after ->> 'sha256') = bytes",
        "(a.after ->> 'pack') = code OR (a.after ->> 'sha256') = bytes",
    ),
    (
        "ioms_private.is_paper(jsonb)",
        "WHEN part.key = 'given_to'",
        "WHEN part.key = 'pack' THEN ioms_private.is_print_code(part.value #>> '{}') WHEN part.key = 'given_to'",
    ),
    (
        "ioms_private.is_paper(jsonb)",
        "AND NOT EXISTS (",
        "AND NOT (said ? 'pack' AND said ? 'document')\n    AND NOT EXISTS (",
    ),
    (
        "register_paper(text, json)",
        "EXISTS (SELECT FROM registered_as(code, NULL) AS r",
        "EXISTS (SELECT FROM unnest(ARRAY[code, said ->> 'pack']) AS known, registered_as(known, NULL) AS r",
    ),
)
"""What is replaced in functions as they are: a code of a pack has its check digits, and no other paper has it."""
PAPER_OF_A_FILE = """
CREATE TRIGGER audit_one_paper BEFORE INSERT ON audit
WHEN NEW.kind = 'DISCLOSURE' AND json_extract(NEW."after", '$.print_id') IS NOT NULL AND EXISTS (
  SELECT 1 FROM (
    SELECT actor, "after" FROM audit WHERE kind = 'DISCLOSURE' AND coalesce(
        json_extract("after", '$.print_id'), json_extract("after", '$.recall_of'), json_extract("after", '$.print_of')
      ) IN (json_extract(NEW."after", '$.print_id'), json_extract(NEW."after", '$.pack'))
    UNION ALL
    SELECT actor, "after" FROM audit WHERE kind = 'DISCLOSURE' AND json_extract("after", '$.pack')
      IN (json_extract(NEW."after", '$.print_id'), json_extract(NEW."after", '$.pack'))
  ) AS a
  WHERE json_extract(a."after", '$.print_id') IS NOT NULL
    AND (a.actor <> NEW.actor
         OR json_extract(a."after", '$.sha256') IS NOT json_extract(NEW."after", '$.sha256')))
BEGIN SELECT RAISE(ABORT, 'this code is that of another paper'); END
"""


def upgrade() -> None:
    if op.get_context().dialect.name != "postgresql":
        _execute_all(_index("audit", IN_FILE), "DROP TRIGGER audit_one_paper", PAPER_OF_A_FILE)
        return
    _execute_all(_index("ioms_audit.audit", ON_SERVER), (SQL / "0067_packs.sql").read_text(encoding="utf-8"))
    for name, before, after in CHANGES:
        _replace_in(name, before, after)
    for name in (PRINT_CODE, CASES):
        _execute_all(f"ALTER FUNCTION {name} OWNER TO ioms_owner; REVOKE ALL ON FUNCTION {name} FROM PUBLIC")
    _execute_all(f"GRANT EXECUTE ON FUNCTION {CASES} TO {READERS}, ioms_auditor", f"DROP FUNCTION {CASE}")


def _index(table: str, pack: str) -> str:
    return f"CREATE INDEX {INDEX} ON {table} (({pack})) WHERE kind = 'DISCLOSURE'"


def _replace_in(name: str, before: str, after: str) -> None:
    """Replace what a function says in one place, whatever others changed elsewhere in it."""
    told = op.get_bind().exec_driver_sql(f"SELECT pg_get_functiondef('{name}'::regprocedure)").scalar_one()
    if told.count(before) != 1:
        raise ValueError(name, before)
    _execute_all(told.replace(before, after))


def downgrade() -> None:
    former = (SQL.parent / "versions" / "0065_papers.py").read_text(encoding="utf-8")
    if op.get_context().dialect.name != "postgresql":
        trigger = former[former.index("CREATE TRIGGER audit_one_paper") :]
        _execute_all("DROP TRIGGER audit_one_paper", f"DROP INDEX {INDEX}", trigger[: trigger.index('"""')])
        return
    for name, before, after in reversed(CHANGES):
        _replace_in(name, after, before)
    text = (SQL / "0065_papers.sql").read_text(encoding="utf-8")
    body = text[text.index("CREATE FUNCTION case_of_paper(") :]
    _execute_all(
        body[: body.index("$$;") + 3],
        f"ALTER FUNCTION {CASE} OWNER TO ioms_owner; REVOKE ALL ON FUNCTION {CASE} FROM PUBLIC",
        f"GRANT EXECUTE ON FUNCTION {CASE} TO {READERS}, ioms_auditor",
        f"DROP FUNCTION {CASES}; DROP FUNCTION {PRINT_CODE}; DROP INDEX ioms_audit.{INDEX}",
    )


def _execute_all(*statements: str) -> None:
    """Run statements as they are: a percent sign or a colon in them is no parameter."""
    cursor = op.get_bind().connection.dbapi_connection.cursor()
    for each in statements:
        cursor.execute(each)
