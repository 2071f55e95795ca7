"""The fields of a form for a record type, made from its declaration: one for each column that the user fills in."""

from collections.abc import Callable, Container, Iterator, Mapping, Sequence
from datetime import datetime
from functools import partial
from typing import Any

from ioms_desktop.domain.dates.day_time import DayTime
from ioms_desktop.domain.records.code_lists import CodeLists
from ioms_desktop.domain.records.record import Asked, Column, ColumnKind, Record, columns_of, parts_of
from ioms_desktop.domain.validation.column_rules import order_problem, value_problem
from ioms_desktop.ui.forms.choice_fields import ChoiceField, CodeField, Option, code_options
from ioms_desktop.ui.forms.date_fields import DateField
from ioms_desktop.ui.forms.date_parsing import DateBias
from ioms_desktop.ui.forms.date_time_field import DateTimeField, DayTimeSpan
from ioms_desktop.ui.forms.field import Field, FieldOptions
from ioms_desktop.ui.forms.fields import AmountField, LongTextField, NumberField, TextField
from ioms_desktop.ui.forms.form import Form
from ioms_desktop.ui.forms.tick_field import TickField

Clock = Callable[[], datetime]
FieldMaker = Callable[[Column, CodeLists, Clock, "FieldOptions[Any]"], Field[Any]]


_ASKED_WHEN_ADDING = (Asked.ALWAYS, Asked.WHEN_ADDING)
_ASKED_WHEN_CHANGING = (Asked.ALWAYS, Asked.WHEN_CHANGING)


def form_columns(record_type: type[Record], *, changing: bool = False) -> tuple[Column, ...]:
    """Return the columns that the user fills in, in order.

    References are left out: the case follows from where the record is added, and the record's own reference is
    assigned when it is stored. So is what the declaration says is not asked.

    Args:
        record_type: The record type.
        changing: Whether an existing record is changed; the columns of its key are then left out.
    """
    order = record_type.form_order
    asked = (
        column
        for column in columns_of(record_type)
        if column.kind is not ColumnKind.REF
        and column.asked in (_ASKED_WHEN_CHANGING if changing else _ASKED_WHEN_ADDING)
        and not (changing and column.name in record_type.key)
    )
    return tuple(sorted(asked, key=lambda column: order.index(column.name) if column.name in order else len(order)))


def record_fields(
    record_type: type[Record],
    lists: CodeLists,
    now: Clock,
    *,
    changing: bool = False,
    only: Container[str] | None = None,
    named: Mapping[str, Sequence[Option]] | None = None,
    makers: Mapping[str, FieldMaker] | None = None,
) -> Iterator[Field[Any]]:
    """Make the fields of a record type.

    Args:
        now: Gives the local time, asked when it is needed: a form may be open over midnight.
        changing: As for `form_columns`.
        only: The columns that this user may change; None for all.
        named: What a column may name, by the table whose references it holds; it is typed where this has none.
        makers: What makes the field of a column, by its name, where its kind alone does not say.
    """
    columns = {column.name: column for column in columns_of(record_type)}
    made: dict[str, Field[Any]] = {}

    def problem_of(column: Column, typed: Any) -> str:  # noqa: ANN401 - of the field's own type
        value, other = _to_record_value(column, typed), column.not_before
        earliest = made[other].value() if other in made else None
        order = order_problem(column, columns[other], value, earliest) if other else ""
        return value_problem(column, value, lists, now().date()) or order

    for column in form_columns(record_type, changing=changing):
        if only is not None and column.name not in only:
            continue
        options: FieldOptions[Any] = {
            "required": column.required,
            "help": column.help,
            "rule": partial(problem_of, column),
        }
        offered = (named or {}).get(column.names, ())
        own = (makers or {}).get(column.name)
        make = own or _FIELD_MAKERS[column.kind]
        made[column.name] = (
            CodeField(column.name, column.label, offered, **options)
            if offered and own is None
            else make(column, lists, now, options)
        )
        yield made[column.name]


def begin_form(form: Form, record_type: type[Record]) -> None:
    """Set the fields of a new record to what its declaration begins with."""
    asked = {field.name for field in form.fields}
    for column in columns_of(record_type):
        if column.begins and column.name in asked:
            form.field(column.name).set_value(column.begins)


def fill_form(form: Form, record: Record) -> None:
    """Set the fields of a form from a record."""
    names = {field.name for field in form.fields}
    for column in columns_of(type(record)):
        if column.name in names:
            form.field(column.name).set_value(_to_field_value(column, column.value_of(record)))


def read_form(form: Form, record_type: type[Record]) -> dict[str, Any]:
    """Return the content of a form as values of the record's own types, by column name."""
    columns = {column.name: column for column in columns_of(record_type)}
    return {name: _to_record_value(columns[name], value) for name, value in form.values().items() if name in columns}


def _to_field_value(column: Column, value: Any) -> Any:  # noqa: ANN401 - of the column's own type
    if value is None:
        return None
    if column.kind is ColumnKind.YES_NO:
        return "yes" if value else "no"
    if column.kind is ColumnKind.TEXT and column.codes:
        return parts_of(value)
    return DayTimeSpan(value) if isinstance(value, DayTime) else value


def _to_record_value(column: Column, value: Any) -> Any:  # noqa: ANN401 - as above
    if value is None:
        return None
    if column.kind is ColumnKind.YES_NO:
        return value == "yes"
    if column.kind is ColumnKind.TEXT and column.codes:
        return ";".join(value) or None
    return value.moment if isinstance(value, DayTimeSpan) else value


def _text_field(column: Column, lists: CodeLists, now: Clock, options: FieldOptions[Any]) -> Field[Any]:
    if column.codes:
        return TickField(column.name, column.label, code_options(lists.of(column.codes), now().date()), **options)
    return TextField(column.name, column.label, **options)


def _long_text_field(column: Column, _lists: CodeLists, _now: Clock, options: FieldOptions[Any]) -> Field[Any]:
    return LongTextField(column.name, column.label, **options)


def _date_field(column: Column, _lists: CodeLists, now: Clock, options: FieldOptions[Any]) -> Field[Any]:
    # Complete a weekday or a date without a year to the nearest one, or to the last one if it cannot be in the future.
    bias = DateBias.NEAR if column.future else DateBias.BACK
    return DateField(column.name, column.label, today=lambda: now().date(), bias=bias, **options)


def _date_time_field(column: Column, _lists: CodeLists, now: Clock, options: FieldOptions[Any]) -> Field[Any]:
    return DateTimeField(column.name, column.label, now=now, **options)


def _yes_no_field(column: Column, _lists: CodeLists, _now: Clock, options: FieldOptions[Any]) -> Field[Any]:
    return ChoiceField(column.name, column.label, **options)


def _whole_number_field(column: Column, _lists: CodeLists, _now: Clock, options: FieldOptions[Any]) -> Field[Any]:
    return NumberField(column.name, column.label, minimum=column.low or 0, maximum=column.high or 0, **options)


def _number_field(column: Column, _lists: CodeLists, _now: Clock, options: FieldOptions[Any]) -> Field[Any]:
    kind = AmountField if column.is_money else TextField
    return kind(column.name, column.label, width=NUMBER_WIDTH_PX, **options)


def _code_field(column: Column, lists: CodeLists, now: Clock, options: FieldOptions[Any]) -> Field[Any]:
    offered = code_options(lists.of(column.codes), now().date())
    return CodeField(column.name, column.label, offered, **options)


NUMBER_WIDTH_PX = 132
_FIELD_MAKERS: dict[ColumnKind, FieldMaker] = {
    ColumnKind.TEXT: _text_field,
    ColumnKind.LONG_TEXT: _long_text_field,
    ColumnKind.DATE: _date_field,
    ColumnKind.DAY_TIME: _date_time_field,
    ColumnKind.YES_NO: _yes_no_field,
    ColumnKind.WHOLE: _whole_number_field,
    ColumnKind.NUMBER: _number_field,
    ColumnKind.CODE: _code_field,
}
