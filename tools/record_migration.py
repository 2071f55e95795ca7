"""Write the migration of a new record type, or of a new column of one, once it is declared.

python tools/record_migration.py vehicles
python tools/record_migration.py people preferred_language
"""

from __future__ import annotations

import sys
from pathlib import Path

from ioms_desktop.domain.records.record import columns_of
from ioms_desktop.domain.records.record_types import RECORD_TYPE_BY_TABLE
from ioms_desktop.storage.schema.record_migrations import column_migration_text, migration_text
from ioms_desktop.storage.schema.version import SCHEMA_HEAD

VERSIONS = Path(__file__).resolve().parent.parent / "migrations" / "versions"


def main() -> int:
    """Write the file and print its name."""
    table, *columns = sys.argv[1:] or [""]
    record_type = RECORD_TYPE_BY_TABLE.get(table)
    if record_type is None or len(columns) > 1:
        print("Name the table of a record type in domain/records/record_types.py, and a new column if it has one.")
        return 1
    if not {*columns} <= {column.name for column in columns_of(record_type)}:
        print(f"{record_type.__name__} declares no column {columns[0]}.")
        return 1
    revision = f"{int(SCHEMA_HEAD) + 1:04}"
    text = (
        column_migration_text(record_type, columns[0], revision, SCHEMA_HEAD)
        if columns
        else migration_text(record_type, revision, SCHEMA_HEAD)
    )
    path = VERSIONS / f"{revision}_{'_'.join([table, *columns])}.py"
    path.write_text(text, encoding="utf-8")
    print(path)
    return 0


if __name__ == "__main__":
    sys.exit(main())
