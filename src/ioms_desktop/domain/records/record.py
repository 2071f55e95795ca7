"""What every stored record is made of: its columns, its key, and the owner it belongs to.

A record's fields are declared once, in the order of the exchange files. From that one declaration come the
table's columns, the exchange file's columns and the checks on a cell.
"""

from dataclasses import Field, dataclass, field, fields
from datetime import datetime
from enum import StrEnum
from typing import Any, ClassVar

from ioms_desktop.domain.access.record_rights import RecordRights


class ColumnKind(StrEnum):
    """How a column's value is written and checked."""

    REF = "ref"
    TEXT = "text"
    LONG_TEXT = "long_text"
    DATE = "date"
    DAY_TIME = "moment"
    YES_NO = "yes_no"
    WHOLE = "whole"
    NUMBER = "number"
    CODE = "code"


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a record.

    Attributes:
        name: The exchange column's name, which is the field's name.
        kind: How the value is written.
        required: Whether a value must be there.
        codes: The code list a CODE column takes its values from.
        owner: The table whose reference a REF column holds; empty for the record's own reference.
        low: The least whole number accepted.
        high: The greatest whole number accepted.
    """

    name: str
    kind: ColumnKind
    required: bool = False
    codes: str = ""
    owner: str = ""
    low: int | None = None
    high: int | None = None


def short_text(*, required: bool = False) -> Any:  # noqa: ANN401 - stands for the field's own type, as dataclasses.field does
    """Declare a text of at most 2,000 characters."""
    return _column(ColumnKind.TEXT, required=required)


def long_text() -> Any:  # noqa: ANN401 - as line
    """Declare a note or summary of at most 100,000 characters."""
    return _column(ColumnKind.LONG_TEXT)


def ref(owner: str = "", *, required: bool = True) -> Any:  # noqa: ANN401 - as line
    """Declare a reference: the record's own, or that of its owner in the table named."""
    return _column(ColumnKind.REF, required=required, owner=owner)


def day(*, required: bool = False) -> Any:  # noqa: ANN401 - as line
    """Declare a date."""
    return _column(ColumnKind.DATE, required=required)


def day_time() -> Any:  # noqa: ANN401 - as line
    """Declare a day with or without a local time; always required."""
    return _column(ColumnKind.DAY_TIME, required=True)


def yes_no(*, required: bool = False) -> Any:  # noqa: ANN401 - as line
    """Declare a yes or no."""
    return _column(ColumnKind.YES_NO, required=required)


def whole_number(low: int, high: int, *, required: bool = False) -> Any:  # noqa: ANN401 - as line
    """Declare a whole number from low to high, both included."""
    return _column(ColumnKind.WHOLE, required=required, low=low, high=high)


def decimal_number() -> Any:  # noqa: ANN401 - as line
    """Declare a decimal number, kept as it was written."""
    return _column(ColumnKind.NUMBER)


def code(codes: str, *, required: bool = False) -> Any:  # noqa: ANN401 - as line
    """Declare a value of the code list named."""
    return _column(ColumnKind.CODE, required=required, codes=codes)


def _column(kind: ColumnKind, *, required: bool = False, **more: Any) -> Any:  # noqa: ANN401 - as line
    default: dict[str, Any] = {} if required else {"default": None}
    return field(metadata={"kind": kind, "required": required, **more}, **default)


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """The base of everything stored.

    Attributes:
        id: The row's number inside this database; 0 before it is stored.
        revision: How often it has been saved; a save carries the revision it read.
        recorded_at: When this revision was recorded (UTC); None before it is stored.
        recorded_by: The user who recorded it.
    """

    table: ClassVar[str]
    key: ClassVar[tuple[str, ...]]
    subject: ClassVar[str] = "case_ref"
    rights: ClassVar[RecordRights]

    id: int = 0
    revision: int = 0
    recorded_at: datetime | None = None
    recorded_by: str = ""

    @property
    def identity(self) -> tuple[Any, ...]:
        """The values of the key: what makes two rows the same record."""
        return tuple(getattr(self, name) for name in type(self).key)


_COLUMNS: dict[type[Record], tuple[Column, ...]] = {}


def columns_of(record: type[Record]) -> tuple[Column, ...]:
    """The columns of a record in the order of its exchange file."""
    if record not in _COLUMNS:
        _COLUMNS[record] = tuple(_to_column(each) for each in fields(record) if "kind" in each.metadata)
    return _COLUMNS[record]


def _to_column(each: Field[Any]) -> Column:
    return Column(name=each.name, **each.metadata)
