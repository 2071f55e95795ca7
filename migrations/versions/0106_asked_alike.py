"""Find who is hidden as fast as who is not there, with one restricted case or with a thousand.

A statement of an officer about a hidden case took two to nine times as long as about none: with the first row that they
met, the policies asked who somebody is, what they have open and which cases are hidden, one after the other.
"""

import re
from pathlib import Path

from alembic import op

revision, down_revision = "0106", "0105"

SQL = Path(__file__).resolve().parent.parent / "sql"
FORMER = "ioms_private.definition_before_0106"
CALLED = tuple(
    f"public.{name}"
    for name in (
        *("known_concerns", "known_decisions", "known_people", "known_person_names", "known_proposals"),
        *("known_words", "words_of_people"),
    )
)
"""Functions that are called with a reference, and look who is asking before they read."""
REPLACED = (
    "public.my_role",
    "ioms_private.knows",
    "ioms_private.hides_person",
    "ioms_private.knows_person",
    "public.opened_cases",
    "public.book_open",
    "ioms_private.stay_unexplained",
    *CALLED,
)
"""Functions that are said otherwise."""
KEPT = f"""
    CREATE TABLE {FORMER} AS
    SELECT tablename::text AS name, policyname::text AS policy, qual AS text, with_check AS checked FROM pg_policies
    WHERE schemaname = 'public' AND policyname <> 'opened'
      AND concat(qual, with_check) ~ 'hidden_cases|SELECT true\\s+FROM public.cases c'
    UNION ALL
    SELECT relname::text, NULL, pg_get_viewdef(oid), NULL FROM pg_class
    WHERE relkind = 'v' AND relname ~ '^known_' AND relnamespace = 'public'::regnamespace
    UNION ALL
    SELECT NULL, NULL, pg_get_functiondef(each), NULL FROM unnest('{{{",".join(REPLACED)}}}'::regproc[]) AS each;
    ALTER TABLE {FORMER} OWNER TO ioms_owner;
"""
"""Policies, views and functions as they are said before."""
ASKED = f"SELECT DISTINCT replace(name, 'known_', '') FROM {FORMER} WHERE name IS NOT NULL ORDER BY 1"
OF_WORDS = "SELECT pg_get_expr(polqual, polrelid) FROM pg_policy WHERE polname = 'of_known_cases'"
GATHERED_FOR_A_LIST = (
    r"EXISTS \( SELECT\s+FROM (?:ioms_private\.)?kept_cases k\s+WHERE \(k\.case_ref = search_key\.case_ref\)\)"
)
ONE_BY_ONE = (
    "(SELECT true FROM ioms_private.kept_cases AS k WHERE k.case_ref = search_key.case_ref LIMIT 1) IS NOT NULL"
)
"""Of words that begin so a server expects more than there are, and would gather every case that is kept."""


def upgrade() -> None:
    if op.get_context().dialect.name != "postgresql":
        return
    _execute("SET LOCAL search_path = pg_catalog", KEPT, "SET LOCAL search_path = public, ioms_private")
    _execute((SQL / "0106_asked_alike.sql").read_text(encoding="utf-8"))
    for (name,) in op.get_bind().exec_driver_sql(ASKED).all():
        op.ask_alike(name)
    for name in CALLED:
        said = op.get_bind().exec_driver_sql(f"SELECT pg_get_functiondef('{name}'::regproc)").scalar_one()
        _execute(re.sub(r"\n( *)BEGIN\n", r"\g<0>\1  PERFORM ioms_private.begins_alike();\n", said, count=1))
    listed, changes = re.subn(GATHERED_FOR_A_LIST, ONE_BY_ONE, op.get_bind().exec_driver_sql(OF_WORDS).scalar_one())
    if changes != 1:
        raise RuntimeError(listed)
    _execute(f"ALTER POLICY of_known_cases ON search_key USING ({listed})")


def downgrade() -> None:
    if op.get_context().dialect.name != "postgresql":
        return
    former = op.get_bind().exec_driver_sql(f"SELECT name, policy, text, checked FROM {FORMER}").all()
    _execute(
        *(text for name, _, text, _ in former if name is None),
        *(_reset(*each) for each in former if each[0] is not None),
        "DROP POLICY asked_alike ON cases; DROP AGGREGATE ioms_private.is_alike(*)",
        "DROP FUNCTION ioms_private.stay_alike(ioms_private.alike_answer); DROP DOMAIN ioms_private.alike_answer",
        "DROP FUNCTION ioms_private.begins_alike(), ioms_private.named_cases(), ioms_private.my_reach()",
        f"DROP VIEW ioms_private.kept_cases, ioms_private.me; DROP TABLE {FORMER}",
    )


def _reset(name: str, policy: str | None, text: str, checked: str | None) -> str:
    """Return what says a policy, or else a view, as it was."""
    if policy is None:
        return f"CREATE OR REPLACE VIEW {name} WITH (security_barrier) AS {text}"
    clauses = (f"{word} ({said})" for word, said in (("USING", text), ("WITH CHECK", checked)) if said)
    return f"ALTER POLICY {policy} ON {name} {' '.join(clauses)}"


def _execute(*statements: str) -> None:
    """Run statements as they are: a percent sign or a colon in them is no parameter."""
    cursor = op.get_bind().connection.dbapi_connection.cursor()
    for each in statements:
        cursor.execute(each)
