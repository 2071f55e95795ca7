"""An operation for tables with row-level security: who is hidden is found as fast as who is not there. Never change it.

    op.ask_alike("vehicles")

does what `op.look_up_if_needed` (record_tables_v14.py) does, and has the policies of what lists read ask once what
somebody was told by name (`ioms_private.named_cases`: what they have open, what is kept from them or open to them), and
whether anything is kept from others of the case of a row. They used to ask six functions, with the first row that they
met, and to gather every case that is hidden; of a case that is not there nothing is asked. SQLite keeps nothing back.
"""

import re
from typing import Any

from alembic.operations import MigrateOperation, Operations
from sqlalchemy import text

POLICIES = text(
    "SELECT policyname, cmd = 'SELECT' OR tablename = 'cases', qual, with_check FROM pg_policies "
    "WHERE schemaname = 'public' AND tablename = :name AND policyname <> 'opened'"
)
VIEW = text("""
    SELECT pg_get_viewdef(c.oid) FROM pg_class AS c
    WHERE c.oid = to_regclass(:view) AND EXISTS (
      SELECT FROM pg_roles AS r
      WHERE r.rolname ~ '^ioms_' AND pg_has_role(r.oid, 'ioms_people', 'USAGE')
        AND has_table_privilege(r.oid, c.oid, 'SELECT'))
""")
"""A view that people read; the others are read by functions, which ask before they read."""
BEGINS = "(SELECT ioms_private.begins_alike())"
OPENED = "(case_ref IN ( SELECT public.opened_cases() AS opened_cases))"
ALL = "( SELECT public.reaches('ALL'::text) AS reaches)"
SHOWN = "(NOT (case_ref IN ( SELECT ioms_private.hidden_cases() AS hidden_cases)))"
BROKEN = "(case_ref IN ( SELECT public.my_access('GLASS'::text) AS my_access))"
LOOKED_UP = "COALESCE(( SELECT true FROM public.cases c WHERE (c.{kind}_ref = {column}.{kind}_ref) LIMIT 1), false)"
OF_CASES = (
    f"({OPENED} OR ({ALL} AND {SHOWN}) OR (( SELECT public.reaches('OFFERED'::text) AS reaches) "
    "AND (trial_arm IS DISTINCT FROM 'CONTROL'::text) AND ((programme = 'PHOENIX'::text) "
    f"OR (NOT ( SELECT public.reaches('PHOENIX'::text) AS reaches))) AND {SHOWN}) "
    "OR (( SELECT public.reaches('ASSIGNED'::text) AS reaches) "
    f"AND (case_ref IN ( SELECT public.my_access('ASSIGNED'::text) AS my_access)) AND {SHOWN}) "
    f"OR ({BROKEN} AND (NOT (case_ref IN ( SELECT public.my_access('EXCLUDED'::text) AS my_access)))))"
)
"""That a case is known, as the policies of cases ask it."""
BY_CASE = f"({OPENED} OR ({ALL} AND {SHOWN}) OR (((NOT {ALL}) OR {BROKEN}) AND {LOOKED_UP}))"
"""That the case of a row is known."""
GATHERED = "(c.case_ref IN ( SELECT ioms_private.hidden_cases() AS hidden_cases))"
"""That one of somebody's cases is hidden."""
BY_PERSON = (
    "({all} AND {shown}) OR (((NOT {all}) OR (person_ref IN ( SELECT public.glass_people() AS glass_people))) "
    "AND {looked_up})"
)
"""That of somebody not everything is hidden, or a case is known."""

KEPT = "EXISTS (SELECT FROM ioms_private.kept_cases AS k WHERE k.case_ref = {column})"
NAMED = "((SELECT ioms_private.named_cases()) ->> {column})"
KNOWN = f"""
CASE coalesce({NAMED}, CASE WHEN {KEPT} THEN 'HIDDEN' END)
  WHEN 'KNOWN' THEN true
  WHEN 'HIDDEN' THEN false
  ELSE {{otherwise}}
END
"""
BY_REACH = """CASE (SELECT ioms_private.my_reach())
  WHEN 'ALL' THEN true
  WHEN 'OFFERED' THEN trial_arm IS DISTINCT FROM 'CONTROL'
  WHEN 'PHOENIX' THEN trial_arm IS DISTINCT FROM 'CONTROL' AND programme = 'PHOENIX'
  ELSE false
END"""
HIDDEN = f"coalesce({NAMED} = 'HIDDEN', {KEPT})"
CHOSEN = f"CASE WHEN {ALL} THEN {{shown}} ELSE {{looked_up}} END"


@Operations.register_operation("ask_alike")
class AskAlike(MigrateOperation):
    """What migrations call as `op.ask_alike`."""

    @classmethod
    def ask_alike(cls, operations: Any, name: str) -> None:  # noqa: ANN401 - proxied by Alembic
        """Have the policies of a table find who is hidden as fast as who is not there.

        Args:
            operations: Alembic's.
            name: The table.
        """
        operations.look_up_if_needed(name)
        ask(operations, name)


def ask(operations: Operations, name: str) -> None:
    """Do the second half of `AskAlike.ask_alike`."""
    if operations.get_context().dialect.name != "postgresql":
        return
    bind, path = operations.get_bind(), text("SELECT set_config('search_path', :path, true)")
    before = bind.scalar(text("SELECT current_setting('search_path')"))
    bind.execute(path, {"path": "pg_catalog"})  # everything is said with its schema
    found = bind.execute(POLICIES, {"name": name}).all()
    view = bind.scalar(VIEW, {"view": f"public.known_{name}"})
    bind.execute(path, {"path": before})
    for policy, is_reading, *said in found:
        changed = [reworded(name, each, is_reading=is_reading) if each else each for each in said]
        if changed != said:
            clauses = zip(("USING", "WITH CHECK"), changed, strict=True)
            told = " ".join(f"{word} ({each})" for word, each in clauses if each)
            bind.exec_driver_sql(f"ALTER POLICY {policy} ON {name} {told}")
    if view is not None and "begins_alike" not in view:
        query = view.rstrip(";")
        if not query.endswith(f"FROM public.{name}"):
            query = f"SELECT v.* FROM ({query}) AS v"
        bind.exec_driver_sql(f"CREATE OR REPLACE VIEW known_{name} WITH (security_barrier) AS {query} WHERE {BEGINS}")


def reworded(name: str, said: str, *, is_reading: bool) -> str:
    """Return how a policy asks the same alike; what is written looks a case up in a function, which keeps its plan."""
    of_case, of_person = (LOOKED_UP.format(kind=kind, column=name) for kind in ("case", "person"))
    if not is_reading:
        for kind, looked_up in (("case", of_case), ("person", of_person)):
            said = re.sub(_pattern(looked_up), f"ioms_private.knows_of_{kind}({name}.{kind}_ref)", said)
        return said
    column = f"{name}.case_ref"
    known = KNOWN.format(column="{column}", otherwise=f"CASE WHEN {ALL} THEN true ELSE {of_case} END")
    for pattern, answer in (
        (_pattern(OF_CASES), KNOWN.format(column=column, otherwise=BY_REACH)),
        (_pattern(BY_CASE.format(kind="case", column=name)), known.format(column=column)),
        (_pattern(SHOWN), f"(NOT {HIDDEN.format(column=column)})"),
        (_pattern(GATHERED), HIDDEN.format(column="c.case_ref")),
        (_pattern(BY_PERSON.format(all=ALL, shown="@", looked_up=of_person)), None),
    ):
        said = re.sub(
            pattern,
            lambda found, answer=answer: answer or CHOSEN.format(shown=found["shown"], looked_up=of_person),
            said,
        )
    return said


def _pattern(said: str) -> str:
    """Return what finds a text, however it is broken into lines; `@` stands for what may be anything in brackets."""
    anything = r"(?P<shown>\(\(person_ref IS NOT NULL\) AND (?s:.*?)\))"
    return r"\s+".join(map(re.escape, said.split())).replace("@", anything)
