"""An operation for tables with row-level security: cases are looked up where they decide. Never change it.

    op.look_up_cases_if_needed("vehicles")

Whoever may know of every case but what is hidden from them learns no more from looking up the case of a row, unless
they broke the glass. The policies looked it up all the same, with the policy of cases in it, for each row that was
hidden and for none that was not there: asking for somebody hidden took more than twice as long. SQLite keeps nothing
back.
"""

import re
from collections.abc import Callable
from typing import Any

from alembic.operations import MigrateOperation, Operations
from sqlalchemy import text

POLICIES = text("SELECT policyname, qual FROM pg_policies WHERE tablename = :name AND cmd = 'SELECT'")
LOOKED_UP = re.compile(
    r"COALESCE\(\( SELECT true\s+FROM public\.cases c\s+"
    r"WHERE \(c\.(?P<kind>case|person)_ref = (?P<column>[\w.]+)\)\s+LIMIT 1\), false\)"
)
"""Whether a case is known, or one of a person, as a policy asks it."""
BROKEN_GLASS = {"case": "public.my_access('GLASS')", "person": "public.glass_people()"}
IF_NEEDED = "((NOT (SELECT public.reaches('ALL')) OR {column} IN (SELECT {glass})) AND {looked_up})"
GUARD = re.compile(
    r"\(\(\(NOT \( SELECT public\.reaches\('ALL'::text\) AS reaches\)\) OR "
    r"\([\w.]+ IN \( SELECT public\.(?:my_access\('GLASS'::text\)|glass_people\(\)) AS \w+\)\)\) AND "
    rf"(?P<looked_up>{LOOKED_UP.pattern})\)"
)


@Operations.register_operation("look_up_cases_if_needed")
@Operations.register_operation("look_up_cases_always")
class LookUpCasesIfNeeded(MigrateOperation):
    """What migrations call as `op.look_up_cases_if_needed`."""

    @classmethod
    def look_up_cases_if_needed(cls, operations: Any, name: str) -> None:  # noqa: ANN401 - proxied by Alembic
        """Have the policies of a table look up a case only where it can decide.

        Args:
            operations: Alembic's.
            name: The table.
        """
        look_up(operations, name)

    @classmethod
    def look_up_cases_always(cls, operations: Any, name: str) -> None:  # noqa: ANN401 - as above
        """Undo `look_up_cases_if_needed`."""
        _reword(operations, name, lambda said: GUARD.sub(lambda found: found["looked_up"], said))


def look_up(operations: Operations, name: str) -> None:
    """See `LookUpCasesIfNeeded.look_up_cases_if_needed`."""
    _reword(operations, name, lambda said: said if GUARD.search(said) else LOOKED_UP.sub(_if_needed, said))


def _reword(operations: Operations, name: str, change: Callable[[str], str]) -> None:
    if operations.get_context().dialect.name != "postgresql":
        return
    bind, path = operations.get_bind(), text("SELECT set_config('search_path', :path, true)")
    before = bind.scalar(text("SELECT current_setting('search_path')"))
    bind.execute(path, {"path": "pg_catalog"})  # everything is said with its schema
    found = bind.execute(POLICIES, {"name": name}).all()
    bind.execute(path, {"path": before})
    for policy, said in found:
        if (changed := change(said)) != said:
            bind.exec_driver_sql(f"ALTER POLICY {policy} ON {name} USING ({changed})")


def _if_needed(looked_up: re.Match[str]) -> str:
    kind, column = looked_up["kind"], looked_up["column"]
    return IF_NEEDED.format(column=column, glass=BROKEN_GLASS[kind], looked_up=looked_up[0])
