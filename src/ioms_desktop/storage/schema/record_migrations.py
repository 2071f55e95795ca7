"""Write what a migration says of a record type, in the plain data that `migrations/record_tables_v1.py` takes.

Migrations import nothing from the program, so each repeats what is declared at its time. `tools/record_migration.py`
writes that repetition from the declaration, and tests hold the two together.
"""

from textwrap import wrap

from ioms_desktop.domain.access.record_rights import Keeper
from ioms_desktop.domain.access.roles import Right, roles_with
from ioms_desktop.domain.records.cases import Case
from ioms_desktop.domain.records.engagement import Contact
from ioms_desktop.domain.records.people import Person
from ioms_desktop.domain.records.record import Column, ColumnKind, Record, columns_naming, columns_of
from ioms_desktop.storage.schema.read_functions import LISTED_BY_FUNCTION
from ioms_desktop.storage.schema.tables import DERIVED_COLUMNS, OWNER_KEYS

_KINDS = {
    ColumnKind.REF: ":ref",
    ColumnKind.DATE: ":date",
    ColumnKind.DAY_TIME: ":day_time",
    ColumnKind.YES_NO: ":yes_no",
    ColumnKind.WHOLE: ":whole",
}
"""All other kinds are stored as text."""
SEES_ALL = "(SELECT reaches('ALL'))"
SHOWN_TO_OTHERS = {
    Contact.table: (
        "r.case_ref IN (SELECT opened_cases()) AND r.agency IS DISTINCT FROM 'LEICESTERSHIRE_POLICE' "
        "AND r.statement_basis IS DISTINCT FROM 'INTELLIGENCE'"
    )
}
"""Of which rows `r` a masked column is shown to those, too, who may not read intelligence; of none where not listed."""
MAX_LINE_CHARS = 120


def columns_argument(record_type: type[Record]) -> str:
    """The columns of a record type as `op.create_record_table` takes them."""
    return " ".join(
        f"{column.name}{_kind(column)}{_mark(column, in_key=column.name in record_type.key)}"
        for column in columns_of(record_type)
    )


def rights_arguments(record_type: type[Record]) -> dict[str, str | bool]:
    """What else `op.create_record_table` takes; what is the default is left out."""
    rights = record_type.rights
    given: dict[str, str | bool] = {
        "add": _roles(rights.add),
        "change": "" if rights.change is None else _roles(rights.change),
        "facts": rights.facts,
        "withheld": " ".join(rights.withheld),
        "free_text": " ".join(rights.free_text),
        "masked": rights.masked,
        "intelligence": "",
    }
    if rights.intelligence:
        name, code = rights.intelligence
        (column,) = (each for each in columns_of(record_type) if each.name == name)
        given["intelligence"] = f"{name}{'!' if column.required else ''} {code}"
    return {name: value for name, value in given.items() if value}


def bound_arguments(record_type: type[Record]) -> dict[str, str]:
    """What `op.write_only_what_is_read` takes; empty for a record type of which everything is read."""
    given = {
        "intelligence": str(rights_arguments(record_type).get("intelligence", "")),
        "named": " ".join(column.name for column in columns_naming(record_type, Person.table)),
    }
    return {name: value for name, value in given.items() if value}


def reading_arguments(record_type: type[Record]) -> dict[str, str]:
    """What `op.read_settled_first` takes beside the table; what is the default is left out."""
    subject, first, masked = record_type.subject, record_type.key[0], record_type.rights.masked
    others = SHOWN_TO_OTHERS.get(record_type.table)
    given = {
        "subject": subject if subject != Case.key[0] else "",
        "ref": first if first != subject else "",
        "masked": masked,
        "shown": (f"{SEES_ALL} OR ({others})" if others else SEES_ALL) if masked else "",
    }
    return {name: value for name, value in given.items() if value}


def migration_text(record_type: type[Record], revision: str, after: str) -> str:
    """Write the migration that makes the table of a record type.

    Args:
        record_type: What it is for.
        revision: The migration's own number, of four digits.
        after: The number of the newest migration so far.
    """
    name = record_type.table
    columns = wrap(columns_argument(record_type), MAX_LINE_CHARS - 12)
    strings = [*(f'"{part} "' for part in columns[:-1]), f'"{columns[-1]}"']
    given = [f'"{name}"', "\n        ".join(strings)]
    given += [f"{word}={_literal(value)}" for word, value in rights_arguments(record_type).items()]
    line = f"        {', '.join(given)}\n"
    if columns[1:] or len(line) > MAX_LINE_CHARS + 1:  # broken as the formatter would break it
        line = "".join(f"        {each},\n" for each in given)
    readers = record_type.rights.read
    if readers is not Right.READ_CASES:
        restricted = f'    op.restrict_record_readers("{name}", "{_roles(readers)}")\n'
    else:
        restricted = ""
    restricted += "".join(
        f'    op.hide_records_of_unknown_people("{name}", "{column.name}")\n'
        for column in columns_naming(record_type, Person.table)
    )
    bound = "".join(f", {word}={_literal(value)}" for word, value in bound_arguments(record_type).items())
    restricted += f'    op.write_only_what_is_read("{name}"{bound})\n' if bound else ""
    restricted += f'    op.change_only_what_is_opened("{name}")\n'
    restricted += bounds_line(record_type)
    restricted += entry_rule_line(record_type)
    restricted += reading_line(record_type)
    restricted += f'    op.refuse_every_plan("{name}")\n    op.ask_alike("{name}")\n'
    return (
        f'"""Records of {name}."""\n\nfrom alembic import op\n\n'
        f'revision, down_revision = "{revision}", "{after}"\n\n\n'
        f"def upgrade() -> None:\n    op.create_record_table(\n{line}    )\n{restricted}\n\n"
        f"def downgrade() -> None:\n{_undone(record_type)}"
    )


def _undone(record_type: type[Record]) -> str:
    name = record_type.table
    listed = f'    op.list_the_view("{name}")\n' if name in LISTED_BY_FUNCTION else ""
    return f'{listed}    op.read_settled_no_longer("{name}")\n    op.drop_record_table("{name}")\n'


def bounds_arguments(record_type: type[Record]) -> dict[str, str]:
    """What `op.bound_record_values` takes; empty where there are days, references and short texts alone."""
    columns = columns_of(record_type)
    long = [column.name for column in columns if column.kind is ColumnKind.LONG_TEXT]
    numbers = [column for column in columns if column.kind is ColumnKind.NUMBER]
    # Where people may write words in place of a code, as of a warning, there is no list to hold them to.
    coded = [
        column
        for column in columns
        if column.kind is ColumnKind.CODE and column.name not in record_type.rights.free_text
    ]
    given = {
        "long": " ".join([*long, *DERIVED_COLUMNS.get(record_type, ())]),
        "whole": " ".join(f"{each.name}:{each.low}:{each.high}" for each in columns if each.kind is ColumnKind.WHOLE),
        "numbers": " ".join(column.name for column in numbers if not column.is_money),
        "amounts": " ".join(column.name for column in numbers if column.is_money),
        "codes": " ".join(f"{each.name}:{each.codes}" for each in coded),
    }
    return {name: value for name, value in given.items() if value}


def bounds_line(record_type: type[Record]) -> str:
    """Write the line that bounds what the columns hold, after every one of them is there."""
    declared = "".join(f", {word}={_literal(value)}" for word, value in bounds_arguments(record_type).items())
    return f'    op.bound_record_values("{record_type.table}"{declared})\n'


def entry_rule_line(record_type: type[Record]) -> str:
    """Write the line that says whose the entries are; nothing where they are simply the team's."""
    rights = record_type.rights
    given = {
        "kept_by": "" if rights.kept_by is Keeper.TEAM else rights.kept_by.value,
        "carried_on": " ".join(rights.carried_on),
        "released": " ".join(column.name for column in columns_of(record_type) if column.released),
    }
    declared = "".join(f", {word}={_literal(value)}" for word, value in given.items() if value)
    return f'    op.declare_entry_rule("{record_type.table}"{declared})\n' if declared else ""


def reading_line(record_type: type[Record]) -> str:
    """Write the line by which records are read through functions, after whatever says who reads them."""
    declared = "".join(f", {word}={_literal(value)}" for word, value in reading_arguments(record_type).items())
    return f'    op.read_settled_first("{record_type.table}"{declared})\n{listing_line(record_type)}'


def listing_line(record_type: type[Record]) -> str:
    """Write the line by which lists and rules read facts through a function; nothing where they read a view."""
    if record_type.table not in LISTED_BY_FUNCTION:
        return ""
    subject = f', subject="{record_type.subject}"' if record_type.subject != Case.key[0] else ""
    return f'    op.list_through_function("{record_type.table}", ref="{record_type.key[0]}"{subject})\n'


def column_migration_text(record_type: type[Record], name: str, revision: str, after: str) -> str:
    """Write the migration that adds one column to the table of a record type; the arguments as for `migration_text`.

    Raises:
        KeyError: The record type has no such column.
    """
    column = {each.name: each for each in columns_of(record_type)}[name]
    rights, table = record_type.rights, record_type.table
    in_facts = rights.facts and (not rights.fact_columns or name in rights.fact_columns)
    given: dict[str, str | bool] = {
        "add": _roles(rights.add),
        "change": "" if rights.change is None else _roles(rights.change),
        "fact": ("null" if name in rights.withheld else "yes") if in_facts else "",
        "free_text": name in rights.free_text,
    }
    declared = ", ".join(f"{word}={_literal(value)}" for word, value in given.items() if value)
    # Adding a column grants it to readers; a function with a masked column names every column, and so does a view.
    reading = reading_line(record_type) if record_type is not Case else ""
    bounds = bounds_line(record_type)
    after_drop = f"{bounds}{reading if rights.masked else listing_line(record_type)}"
    return (
        f'"""The column {name} of {table}."""\n\nfrom alembic import op\n\n'
        f'revision, down_revision = "{revision}", "{after}"\n\n\n'
        f'def upgrade() -> None:\n    op.add_record_column("{table}", "{name}{_kind(column)}", {declared})\n'
        f"{bounds}{reading}\n\n"
        f'def downgrade() -> None:\n    op.drop_record_column("{table}", "{name}")\n{after_drop}'
    )


def _literal(value: str | bool) -> str:
    return str(value) if isinstance(value, bool) else f'"{value}"'


def _roles(right: Right) -> str:
    return " ".join(roles_with(right))


def _kind(column: Column) -> str:
    if not column.owner:
        return _KINDS.get(column.kind, "")
    owners = OWNER_KEYS[column.owner]
    return f":{column.owner}" if column.name == owners else f":{column.owner}.{owners}"


def _mark(column: Column, *, in_key: bool) -> str:
    if in_key:
        return "#" if column.required else "#?"
    return "!" if column.required else ""
