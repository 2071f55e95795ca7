"""Rows to records and back."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any, TypeVar

from sqlalchemy import Column, Table

from ioms_desktop.domain.dates.day_time import Moment
from ioms_desktop.domain.records.people import Person
from ioms_desktop.domain.records.record import Kind, Record, columns
from ioms_desktop.domain.records.record_types import NOUNS, WORKING
from ioms_desktop.domain.search.search_terms import name_key
from ioms_desktop.storage.schema.tables import table_of

R = TypeVar("R", bound=Record)
OWN = ("id", "revision", "recorded_at", "recorded_by")


FIELDS: dict[type[Record], tuple[str, ...]] = {
    noun: tuple(field.name for field in columns(noun)) for noun in (*NOUNS, *WORKING)
}
SELECTED: dict[type[Record], tuple[Column[Any], ...]] = {
    noun: tuple(table_of(noun).c[name] for name in (*names, *OWN)) for noun, names in FIELDS.items()
}


def field_names(noun: type[Record]) -> tuple[str, ...]:
    """The names of a noun's own fields, in the order of its exchange file."""
    return FIELDS[noun]


def selected(noun: type[Record], source: Table | None = None) -> tuple[Column[Any], ...]:
    """The columns read for a record, in the order in which `reader` takes them.

    Args:
        noun: What kind.
        source: The view they are read from; None for the noun's own table.
    """
    return SELECTED[noun] if source is None else tuple(source.c[name] for name in (*FIELDS[noun], *OWN))


def reader(noun: type[R]) -> Callable[[Sequence[Any]], R]:
    """Give the function that turns a row of the selected columns into a record."""
    names = (*FIELDS[noun], *OWN)

    def read(row: Sequence[Any]) -> R:
        return noun(**dict(zip(names, row, strict=True)))

    return read


def values(record: Record) -> dict[str, Any]:
    """Give a record's own fields by name."""
    return {name: getattr(record, name) for name in field_names(type(record))}


def derived(noun: type[Record], fields: Mapping[str, Any]) -> dict[str, str]:
    """Give what is kept beside a record's own fields to sort by."""
    if noun is Person:
        return {"name_key": name_key(fields["family_name"], fields["given_names"])}
    return {}


def plain(value: Any) -> Any:  # noqa: ANN401 - one of the column types
    """Write a value so that JSON can hold it."""
    if isinstance(value, Moment):
        return value.text
    return value.isoformat() if isinstance(value, date | datetime) else value


def plain_values(record: Record) -> dict[str, Any]:
    """Give a record's own fields so that JSON can hold them."""
    return {name: plain(value) for name, value in values(record).items()}


def from_plain(noun: type[R], data: dict[str, Any], **own: Any) -> R:  # noqa: ANN401 - the record's own four fields
    """Read a record back from its JSON form."""
    fields: dict[str, Any] = {}
    for field in columns(noun):
        value = data.get(field.name)
        if value is not None and field.kind is Kind.DATE:
            value = date.fromisoformat(value)
        elif value is not None and field.kind is Kind.MOMENT:
            value = Moment.parse(value)
        fields[field.name] = value
    return noun(**fields, **own)


def key_text(record: Record) -> str:
    """Write a record's key as one text."""
    return "/".join("" if part is None else str(plain(part)) for part in record.identity)


def changes(before: Record, after: Record) -> tuple[dict[str, Any], dict[str, Any]]:
    """Give the fields that differ, before and after, so that JSON can hold them."""
    old, new = plain_values(before), plain_values(after)
    names = [name for name in new if old[name] != new[name]]
    return {name: old[name] for name in names}, {name: new[name] for name in names}


def sort_columns(noun: type[Record], source: Table | None = None) -> Iterable[Column[Any]]:
    """The order in which a noun's records are listed: by the day they happened, then by key."""
    table = table_of(noun) if source is None else source
    dated = [f.name for f in columns(noun) if f.kind in {Kind.DATE, Kind.MOMENT} and f.required][:1]
    return (table.c[name] for name in dict.fromkeys([*dated, *noun.key, "id"]))
