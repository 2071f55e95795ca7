"""What the schema takes from the rights declared on record types, beyond the tables themselves."""

from ioms_desktop.domain.records.record import Record, columns_of
from ioms_desktop.domain.records.record_types import RECORD_TYPE_BY_TABLE
from ioms_desktop.storage.schema.tables import DERIVED_COLUMNS


def free_text_columns() -> dict[str, tuple[str, ...]]:
    """The columns in which people write in their own words, by table; a disposal searches them for names."""
    return {name: found.rights.free_text for name, found in RECORD_TYPE_BY_TABLE.items() if found.rights.free_text}


def facts_columns(record_type: type[Record]) -> tuple[str, ...]:
    """The columns of the view of a record type's facts, apart from who recorded a row, when and how often."""
    chosen = record_type.rights.fact_columns
    derived = DERIVED_COLUMNS.get(record_type, ()) if chosen else ()
    return ("id", *(chosen or (column.name for column in columns_of(record_type))), *derived)
