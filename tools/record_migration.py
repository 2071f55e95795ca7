"""Write the migration of a new record type: `python tools/record_migration.py vehicles`, once it is declared."""

from __future__ import annotations

import sys
from pathlib import Path

from ioms_desktop.domain.records.record_types import RECORD_TYPE_BY_TABLE
from ioms_desktop.storage.engine import SCHEMA_HEAD
from ioms_desktop.storage.schema.record_migrations import migration_text

VERSIONS = Path(__file__).resolve().parent.parent / "migrations" / "versions"


def main() -> int:
    """Write the file and print its name."""
    if len(sys.argv) != 2 or sys.argv[1] not in RECORD_TYPE_BY_TABLE:  # noqa: PLR2004 - the script and the table
        print("Name the table of a record type in domain/records/record_types.py.")
        return 1
    table = sys.argv[1]
    revision = f"{int(SCHEMA_HEAD) + 1:04}"
    path = VERSIONS / f"{revision}_{table}.py"
    path.write_text(migration_text(RECORD_TYPE_BY_TABLE[table], revision, SCHEMA_HEAD), encoding="utf-8")
    print(path)
    return 0


if __name__ == "__main__":
    sys.exit(main())
