"""The base of every record type: its columns, its key, and the person or case it belongs to.

A record's fields are declared once, in the order of the exchange files. The columns of the table and of the exchange
file, the checks on values, the fields of the form and the labels on screen all follow from that declaration.
"""

from dataclasses import Field, dataclass, field, fields
from datetime import date, datetime
from enum import StrEnum
from typing import Any, ClassVar, TypedDict

from typing_extensions import Unpack

from ioms_desktop.domain.access.record_rights import RecordRights
from ioms_desktop.domain.dates.day_time import DayTime
from ioms_desktop.domain.errors import Missing


class Asked(StrEnum):
    """When the generated form of a record type asks for a column."""

    ALWAYS = "always"
    WHEN_ADDING = "when adding"
    WHEN_CHANGING = "when changing"
    NEVER = "never"


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
        name: The field's name, which is also the name of the table's column.
        kind: How the value is written.
        exchange_name: The column's name in the exchange files.
        label: Its name on screen.
        help: One sentence below its field in a form; empty for none.
        required: Whether it must have a value.
        codes: The code list that a CODE column takes its values from, or a TEXT column the parts between semicolons.
        owner: The table whose reference a REF column holds; empty for the record's own reference.
        prefix: The prefix of new references of the record's own.
        low: The lowest whole number accepted, included.
        high: The highest whole number accepted, included.
        future: Whether a future date is accepted.
        not_before: The date column of the same record that this date may not precede, though it may equal it; empty
            for none.
        is_detail: Whether it is listed among the other details of a person, on screen and in the full case summary.
        for_partners: Whether the partners' copy of the case summary lists such a detail too.
        asked: When the generated form asks for it.
        is_worker: Whether a TEXT column names whoever did or does something: a login in it reads as a display name.
        says_users: Whether the program itself writes logins into a text, which then read as display names.
        names: The table whose reference a TEXT column holds, for the form to offer those of the case; empty for none.
        released: Whether it is emptied when the record that it names is struck out; otherwise it keeps that record from
            being struck out.
        is_author: Whether it names who adds the record, and is filled in where the entry names nobody.
        is_money: Whether a NUMBER column is an amount in pounds and pence.
        begins: The code with which the generated form of a new record begins; empty for none.
        shown: Whether it is shown at all; what only the program reads is not.
    """

    name: str
    kind: ColumnKind
    exchange_name: str
    label: str
    help: str = ""
    required: bool = False
    codes: str = ""
    owner: str = ""
    prefix: str = ""
    low: int | None = None
    high: int | None = None
    future: bool = False
    not_before: str = ""
    is_detail: bool = False
    for_partners: bool = False
    asked: Asked = Asked.ALWAYS
    is_worker: bool = False
    says_users: bool = False
    names: str = ""
    released: bool = False
    is_author: bool = False
    is_money: bool = False
    begins: str = ""
    shown: bool = True

    def value_of(self, record: "Record") -> Any:  # noqa: ANN401 - of the column's own type
        """The value of a record in this column."""
        return getattr(record, self.name)


class ColumnOptions(TypedDict, total=False):
    """The options that the declaration of any column may have.

    Attributes:
        label: Its name on screen; derived from the field's name if it is left out.
        help: One sentence below its field in a form.
        exchange_name: The column's name in the exchange files, if it cannot be the field's name.
        is_detail: Whether it is listed among the other details of a person, on screen and in the full case summary.
        for_partners: Whether the partners' copy of the case summary lists such a detail too; not if it is left out.
        asked: When the generated form asks for it; always if it is left out.
        says_users: Whether the program itself writes logins into a text; it does not if it is left out.
        names: The table whose reference a text holds, for the form to offer those of the case.
        released: Whether it is emptied when the record that it names is struck out.
        shown: Whether it is shown at all, if it is not.
    """

    label: str
    help: str
    exchange_name: str
    is_detail: bool
    for_partners: bool
    asked: Asked
    says_users: bool
    names: str
    released: bool
    shown: bool


# Each function below returns Any because it stands for the field's own type, as dataclasses.field does.


def short_text(*, required: bool = False, **options: Unpack[ColumnOptions]) -> Any:  # noqa: ANN401 - see above
    """Declare a text of at most 2,000 characters."""
    return _column(ColumnKind.TEXT, required=required, **options)


def worker_name(*, required: bool = False, is_author: bool = False, **options: Unpack[ColumnOptions]) -> Any:  # noqa: ANN401 - see above
    """Declare a text that names whoever did or does something, who need not be a user.

    Args:
        required: Whether it must have a value.
        is_author: Whether it is filled in with who adds the record, where the entry names nobody.
        options: The options of every column.
    """
    return _column(ColumnKind.TEXT, required=required, is_worker=True, is_author=is_author, **options)


def long_text(**options: Unpack[ColumnOptions]) -> Any:  # noqa: ANN401 - see above
    """Declare a note or summary of at most 100,000 characters."""
    return _column(ColumnKind.LONG_TEXT, **options)


def ref(
    owner: str = "",
    *,
    required: bool = True,
    prefix: str = "",
    **options: Unpack[ColumnOptions],
) -> Any:  # noqa: ANN401 - see above
    """Declare a reference: the record's own, with the prefix of new ones, or that of its owner in the table named.

    Args:
        owner: The table of the record that it names; empty for the record's own reference.
        required: Whether it must have a value.
        prefix: The prefix of new references of the record's own.
        options: The options of every column.
    """
    return _column(ColumnKind.REF, required=required, owner=owner, prefix=prefix, **options)


def day(*, required: bool = False, future: bool = False, not_before: str = "", **options: Unpack[ColumnOptions]) -> Any:  # noqa: ANN401 - see above
    """Declare a date.

    Args:
        required: Whether it must have a value.
        future: Whether a future date is accepted, as for the end of an order.
        not_before: The date column of the same record that it may not precede; the same day is accepted.
        options: The options of every column.
    """
    return _column(ColumnKind.DATE, required=required, future=future, not_before=not_before, **options)


def day_time(*, future: bool = False, **options: Unpack[ColumnOptions]) -> Any:  # noqa: ANN401 - see above
    """Declare a day with or without a local time (Europe/London); always required.

    Args:
        future: Whether one still to come is accepted, as for an appointment.
        options: The options of every column.
    """
    return _column(ColumnKind.DAY_TIME, required=True, future=future, **options)


def yes_no(*, required: bool = False, **options: Unpack[ColumnOptions]) -> Any:  # noqa: ANN401 - see above
    """Declare a yes-or-no value."""
    return _column(ColumnKind.YES_NO, required=required, **options)


def whole_number(low: int, high: int, *, required: bool = False, **options: Unpack[ColumnOptions]) -> Any:  # noqa: ANN401 - see above
    """Declare a whole number from low to high, both included."""
    return _column(ColumnKind.WHOLE, required=required, low=low, high=high, **options)


def decimal_number(**options: Unpack[ColumnOptions]) -> Any:  # noqa: ANN401 - see above
    """Declare a decimal number, stored as it was written so that no digit is lost."""
    return _column(ColumnKind.NUMBER, **options)


def amount(**options: Unpack[ColumnOptions]) -> Any:  # noqa: ANN401 - see above
    """Declare an amount in pounds and pence."""
    return _column(ColumnKind.NUMBER, is_money=True, **options)


def code(codes: str, *, required: bool = False, begins: str = "", **options: Unpack[ColumnOptions]) -> Any:  # noqa: ANN401 - see above
    """Declare a code from the code list named; the form of a new record begins with `begins`."""
    return _column(ColumnKind.CODE, required=required, codes=codes, begins=begins, **options)


def codes(code_list: str, *, required: bool = False, **options: Unpack[ColumnOptions]) -> Any:  # noqa: ANN401 - see above
    """Declare several codes from the code list named, written in one text with semicolons between them."""
    return _column(ColumnKind.TEXT, required=required, codes=code_list, **options)


def _column(kind: ColumnKind, *, required: bool = False, **more: Any) -> Any:  # noqa: ANN401 - see above
    default: dict[str, Any] = {} if required else {"default": None}
    return field(metadata={"kind": kind, "required": required, **more}, **default)


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """The base class of record types.

    Attributes:
        table: The name of its table and of its exchange file.
        key: The columns that together identify a record.
        subject: The column with the reference of the case or person it belongs to.
        label: The name of one record on screen.
        plural: The name of several, as in the title of a list.
        rights: Who may add and change one, and which of its columns are protected further.
        is_plain: Whether it is only stored, listed, added and changed: no rule of the policy reads a plain record.
        has_add_form: Whether the generated form adds one; the form of every plain type does.
        has_own_add: Whether a command and a dialog of its own add one, though it is plain.
        has_change_form: Whether the generated form changes one; the form of every plain type does.
        form_order: The columns that the generated form asks for first, in their order; empty for the order of the file.
        id: The row's number inside this database; 0 before it is stored.
        revision: How often it has been saved; a save is refused unless it names the current revision.
        recorded_at: When this revision was recorded (UTC); None before it is stored.
        recorded_by: The user who recorded it.
    """

    table: ClassVar[str]
    key: ClassVar[tuple[str, ...]]
    subject: ClassVar[str] = "case_ref"
    rights: ClassVar[RecordRights]
    label: ClassVar[str]
    plural: ClassVar[str] = ""
    is_plain: ClassVar[bool] = False
    has_add_form: ClassVar[bool] = False
    has_own_add: ClassVar[bool] = False
    has_change_form: ClassVar[bool] = False
    form_order: ClassVar[tuple[str, ...]] = ()

    id: int = 0
    revision: int = 0
    recorded_at: datetime | None = None
    recorded_by: str = ""

    @property
    def identity(self) -> tuple[Any, ...]:
        """The values of the key; two rows with the same values are the same record."""
        return tuple(getattr(self, name) for name in type(self).key)

    @property
    def shown_on(self) -> str | None:
        """The one case that shows it; None where several may, as they do what is a person's."""
        return getattr(self, "case_ref", None)

    @property
    def outlasts_case(self) -> bool:
        """Whether it is recorded of a day after the closing of its case too."""
        return False

    @property
    def key_text(self) -> str:
        """The values of the key as one text: `PHX-1/ACCOMMODATION/2026-10-01`; a part without a value is empty."""
        return "/".join("" if part is None else _part_text(part) for part in self.identity)


_COLUMNS: dict[type[Record], tuple[Column, ...]] = {}
_NAMING: dict[tuple[type[Record], str], tuple[Column, ...]] = {}
DATE_KINDS = frozenset({ColumnKind.DATE, ColumnKind.DAY_TIME})


def parts_of(text: str | None) -> tuple[str, ...]:
    """Return the parts of a text with semicolons between them."""
    return tuple(part.strip() for part in (text or "").split(";") if part.strip())


def columns_of(record: type[Record]) -> tuple[Column, ...]:
    """The columns of a record in the order of its exchange file."""
    if record not in _COLUMNS:
        _COLUMNS[record] = tuple(_to_column(each) for each in fields(record) if "kind" in each.metadata)
    return _COLUMNS[record]


def columns_naming(record: type[Record], table: str) -> tuple[Column, ...]:
    """The columns of a record that name records of a table besides its owner."""
    if (record, table) not in _NAMING:
        _NAMING[record, table] = tuple(column for column in columns_of(record) if column.names == table)
    return _NAMING[record, table]


def date_column(record: type[Record], *, required: bool = True) -> str | None:
    """Return the name of the column that dates a record: the first with a date, or a date and time.

    Args:
        record: The record type.
        required: Whether to consider only columns that must have a value.

    Returns:
        The name; None if there is no such column.
    """
    dated = (each for each in columns_of(record) if each.kind in DATE_KINDS and (each.required or not required))
    return next((each.name for each in dated), None)


def date_columns(record: type[Record]) -> tuple[str, ...]:
    """Return the columns whose days had all come when a record was made.

    They are the column that dates it, and each other that must have a value and cannot lie ahead: a membership rests on
    evidence of a day, however long somebody has been of a group.
    """
    first = date_column(record, required=False)
    had = (each.name for each in columns_of(record) if each.kind in DATE_KINDS and each.required and not each.future)
    return tuple(dict.fromkeys(filter(None, (first, *had))))


def require_recorded_at(record: Record) -> datetime:
    """Return when a stored record was recorded.

    Raises:
        Missing: It does not say: the database is damaged.
    """
    if record.recorded_at is None:
        raise Missing("A record without the time it was recorded was read. Run check on this database.")
    return record.recorded_at


def day_of(record: Record, *, required: bool = True) -> date | None:
    """Return the day of a record by the column that dates it; None where it has none.

    Args:
        record: The record.
        required: As for `date_column`.
    """
    name = date_column(type(record), required=required)
    dated = getattr(record, name) if name else None
    return dated.on if isinstance(dated, DayTime) else dated


def is_current(record: Any, on: date) -> bool:  # noqa: ANN401 - of any dated set
    """Whether an entry of a dated set, which has `to_on`, is current on a day.

    A period whose end may be set ahead lasts until that day, included. An end that can only have come is the day on
    which the next entry began, so that the entry is former on it.
    """
    if record.to_on is None or record.to_on > on:
        return True
    is_set_ahead = next(each.future for each in columns_of(type(record)) if each.name == "to_on")
    return bool(is_set_ahead and record.to_on == on)


def record_label(record: type[Record]) -> str:
    """Return the name of one record within a sentence: `need`, but `RAG`."""
    return record.label if record.label.isupper() else record.label[0].lower() + record.label[1:]


def plural_label(record: type[Record]) -> str:
    """Return the name of several records of a type: the one declared, or else that of its table."""
    return record.plural or record.table.replace("_", " ").capitalize()


def _part_text(part: Any) -> str:  # noqa: ANN401 - of a column's own type
    return part.iso_text if isinstance(part, DayTime) else str(part)  # a date as YYYY-MM-DD


def _to_column(each: Field[Any]) -> Column:
    declared = {"exchange_name": each.name, "label": _default_label(each), **each.metadata}
    return Column(name=each.name, **declared)


def _default_label(each: Field[Any]) -> str:
    if each.metadata["kind"] is not ColumnKind.REF:
        return each.name.replace("_", " ").capitalize()
    return each.name.removesuffix("_ref").capitalize() if each.metadata["owner"] else "Reference"
