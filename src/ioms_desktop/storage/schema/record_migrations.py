"""Write what a migration says of a record type, in the plain data that `migrations/record_tables_v1.py` takes.

Migrations import nothing from the program, so each repeats what is declared at its time. `tools/record_migration.py`
writes that repetition from the declaration, and tests hold the two together.
"""

from collections.abc import Mapping

from ioms_desktop.domain.access.roles import Right, roles_with
from ioms_desktop.domain.records.record import Column, ColumnKind, Record, columns_of
from ioms_desktop.storage.schema.record_tables import facts_columns
from ioms_desktop.storage.schema.tables import OWNER_KEYS

_KINDS = {
    ColumnKind.REF: ":ref",
    ColumnKind.DATE: ":date",
    ColumnKind.DAY_TIME: ":day_time",
    ColumnKind.YES_NO: ":yes_no",
    ColumnKind.WHOLE: ":whole",
}
"""All other kinds are stored as text."""


def rights_arguments(record_type: type[Record]) -> dict[str, str | bool]:
    """The rights on a record type as `op.secure_record_table` takes them; what is the default is left out."""
    rights = record_type.rights
    columns = {column.name: column for column in columns_of(record_type)}
    given: dict[str, str | bool] = {
        "subject": record_type.subject,
        "optional_subject": not columns[record_type.subject].required,
        "add": _roles(rights.add),
        "change": "" if rights.change is None else _roles(rights.change),
        "facts": " ".join(_fact(record_type, columns.get(name), name) for name in facts_columns(record_type))
        if rights.facts
        else "",
        "masked": rights.masked,
        "intelligence": "",
    }
    if rights.intelligence:
        name, code = rights.intelligence
        given["intelligence"] = f"{name}{_mark(columns[name])} {code}"
    return _without_defaults(given)


def table_arguments(record_type: type[Record]) -> dict[str, str | bool]:
    """What `op.create_record_table` takes for a record type."""
    rights = rights_arguments(record_type)
    given: dict[str, str | bool] = {
        "columns": " ".join(f"{c.name}{_kind(c)}{_mark(c)}" for c in columns_of(record_type)),
        "key": " ".join(record_type.key),
        **rights,
        "facts": record_type.rights.facts,
        "withheld": " ".join(record_type.rights.withheld),
        "free_text": " ".join(record_type.rights.free_text),
    }
    return _without_defaults(given)


def migration_text(record_type: type[Record], revision: str, after: str) -> str:
    """Write the migration that makes the table of a record type.

    Args:
        record_type: What it is for.
        revision: The migration's own number, of four digits.
        after: The number of the newest migration so far.
    """
    name = record_type.table
    given = "".join(f"        {word}={value!r},\n" for word, value in table_arguments(record_type).items())
    call = f'    op.create_record_table(\n        "{name}",\n{given}    )\n'.replace("'", '"')
    return (
        f'"""Records of {name}."""\n\nfrom alembic import op\n\n'
        f'revision = "{revision}"\ndown_revision = "{after}"\n\n\n'
        f'def upgrade() -> None:\n{call}\n\ndef downgrade() -> None:\n    op.drop_record_table("{name}")\n'
    )


def _without_defaults(given: Mapping[str, str | bool]) -> dict[str, str | bool]:
    return {name: value for name, value in given.items() if value and (name, value) != ("subject", "case_ref")}


def _roles(right: Right) -> str:
    return " ".join(roles_with(right))


def _kind(column: Column) -> str:
    if column.owner:
        return f":{column.owner}.{OWNER_KEYS[column.owner]}"
    return _KINDS.get(column.kind, "")


def _mark(column: Column) -> str:
    return "!" if column.required else ""


def _fact(record_type: type[Record], column: Column | None, name: str) -> str:
    """Name a column of the view and say what it is there: with `*` null, with `!` an empty text, if one is required."""
    if column is None or name not in record_type.rights.withheld:
        return name
    return f"{name}{'!' if column.required else '*'}"
