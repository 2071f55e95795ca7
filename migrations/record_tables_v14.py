"""An operation for tables with row-level security: what decides is looked up for a row alone. Never change it.

    op.look_up_if_needed("vehicles")

does what `op.look_up_cases_if_needed` (record_tables_v12.py) does, and has the policies of what lists read ask of each
person whether they are hidden: whether all of their cases are. Everybody who is hidden used to be gathered in a
statement that met one of them, so that to ask for somebody who is not there took a small part of the time. The few of
whom anything may be kept are asked about first; a server gathers those for a list, and looks them up for one person.
SQLite keeps nothing back.
"""

import re
from typing import Any

from alembic.operations import MigrateOperation, Operations
from sqlalchemy import text

POLICIES = text(
    "SELECT policyname, qual FROM pg_policies WHERE tablename = :name AND cmd = 'SELECT' "
    "AND roles <@ '{ioms_reader,ioms_opener}'::name[] AND policyname ~ '^known'"
)
GATHERED = re.compile(
    r"\(NOT \((?:\w+\.)*(?P<column>\w+) IN \( SELECT ioms_private\.hidden_people\(\) AS hidden_people\)\)\)"
)
"""That somebody is not hidden, as a policy asks it of everybody who is."""
LOOKED_UP = """({column} IS NOT NULL AND (
  NOT EXISTS (SELECT FROM ioms_private.kept_people AS k WHERE k.person_ref = {column})
  OR (
    SELECT bool_and(c.case_ref IN (SELECT ioms_private.hidden_cases()))
    FROM ioms_private.case_people AS c WHERE c.person_ref = {column}
  ) IS NOT TRUE
))"""


@Operations.register_operation("look_up_if_needed")
class LookUpIfNeeded(MigrateOperation):
    """What migrations call as `op.look_up_if_needed`."""

    @classmethod
    def look_up_if_needed(cls, operations: Any, name: str) -> None:  # noqa: ANN401 - proxied by Alembic
        """Have the policies of a table look up a case, and who is hidden, only where it can decide.

        Args:
            operations: Alembic's.
            name: The table.
        """
        operations.look_up_cases_if_needed(name)
        look_up(operations, name)


def look_up(operations: Operations, name: str) -> None:
    """Do the second half of `LookUpIfNeeded.look_up_if_needed`."""
    if operations.get_context().dialect.name != "postgresql":
        return
    bind, path = operations.get_bind(), text("SELECT set_config('search_path', :path, true)")
    before = bind.scalar(text("SELECT current_setting('search_path')"))
    bind.execute(path, {"path": "pg_catalog"})  # everything is said with its schema
    found = bind.execute(POLICIES, {"name": name}).all()
    bind.execute(path, {"path": before})
    for policy, said in found:
        changed = GATHERED.sub(lambda gathered: LOOKED_UP.format(column=f"{name}.{gathered['column']}"), said)
        if changed != said:
            bind.exec_driver_sql(f"ALTER POLICY {policy} ON {name} USING ({changed})")
