"""Checks of single values against what their columns accept, the same for screens and for imported files."""

import re
from collections.abc import Iterator
from datetime import date
from typing import Any

from ioms_desktop.domain.dates.day_time import DayTime
from ioms_desktop.domain.records.code_lists import CodeLists
from ioms_desktop.domain.records.record import Column, ColumnKind, Record, columns_of, parts_of
from ioms_desktop.domain.text_format import format_day
from ioms_desktop.domain.validation.findings import Finding

MAX_NUMBER_CHARS = 30
NUMBER_MESSAGE = "This is not a number; write it with digits and one decimal point, for example 12.5."
AMOUNT_MESSAGE = "This is not an amount; write pounds and pence, for example 82.50 or £1,250."
_NUMBER = re.compile(r"-?[0-9]+(?:\.[0-9]+)?")
_TYPED_AMOUNT = re.compile(r"£?\s*([0-9]{1,3}(?:,[0-9]{3})+|[0-9]+)(\.[0-9]+)?")
_AMOUNT = re.compile(r"-?[0-9]+(?:\.[0-9]{1,2})?")


def is_number(text: str) -> bool:
    """Whether a text is a decimal number as records keep it: digits and at most one decimal point."""
    return len(text) <= MAX_NUMBER_CHARS and _NUMBER.fullmatch(text) is not None


def number_problem(text: str) -> str:
    """Return why a text is not accepted as a decimal number; empty if it is."""
    return "" if is_number(text) else NUMBER_MESSAGE


def plain_amount(typed: str) -> str:
    """Return an amount as records keep it, of one typed as people write it: £1,250.50; anything else as it is."""
    found = _TYPED_AMOUNT.fullmatch(typed.strip())
    return typed if found is None else found[1].replace(",", "") + (found[2] or "")


def amount_problem(amount: str) -> str:
    """Return why an amount is not accepted as records keep it; empty if it is."""
    return "" if is_number(amount) and _AMOUNT.fullmatch(amount) else AMOUNT_MESSAGE


def has_date_order(record_type: type[Record]) -> bool:
    """Whether records of this type have a date that may not precede another date."""
    return any(column.not_before for column in columns_of(record_type))


def check_date_order(record: Record) -> Iterator[Finding]:
    """Find the dates that precede one they may not precede."""
    columns = {column.name: column for column in columns_of(type(record))}
    for column in columns.values():
        earliest = getattr(record, column.not_before) if column.not_before else None
        value = getattr(record, column.name)
        reason = order_problem(column, columns[column.not_before], value, earliest) if column.not_before else ""
        if reason:
            yield Finding(column.name, value.isoformat(), reason)


def check_columns(record: Record, lists: CodeLists, today: date) -> Iterator[Finding]:
    """Find the values that their columns do not accept; the length of a text is checked when it is cleaned.

    Args:
        record: The record as it is to be stored.
        lists: The code lists.
        today: The present day; a day after it is accepted only in a column that expects one.
    """
    for column in columns_of(type(record)):
        value = getattr(record, column.name)
        if value is None or value == "":
            reason = f"{column.label} is needed." if column.required else ""
        else:
            reason = value_problem(column, value, lists, today)
        if reason:
            yield Finding(column.name, "" if value is None else str(value), reason)


def order_problem(column: Column, other: Column, value: date | None, earliest: date | None) -> str:
    """Word the problem of a date that precedes the other column's; empty if the order is right or one is missing."""
    if value is None or earliest is None or value >= earliest:
        return ""
    return f"{column.label} cannot be before {other.label} ({format_day(earliest)}). Correct the date."


def value_problem(column: Column, value: Any, lists: CodeLists, today: date) -> str:  # noqa: ANN401 - of the column's type
    """Return why a column does not accept a value, empty if it does; the arguments are those of `check_columns`."""
    if column.kind is ColumnKind.CODE:
        codes = lists.of(column.codes)
        return (
            "" if codes.open or value in codes else f"{value} is not in the list {codes.title}. {codes.never}".rstrip()
        )
    if column.codes and column.kind is ColumnKind.TEXT:
        unknown = [part for part in parts_of(value) if part not in lists.of(column.codes)]
        return f"{unknown[0]} is not in the list {lists.of(column.codes).title}." if unknown else ""
    if column.kind is ColumnKind.WHOLE:
        low, high = column.low or 0, column.high or 0
        return "" if low <= value <= high else f"{column.label} must be from {low:,} to {high:,}."
    if column.kind is ColumnKind.NUMBER:
        return amount_problem(value) if column.is_money else number_problem(value)
    if column.kind in {ColumnKind.DATE, ColumnKind.DAY_TIME} and not column.future:
        day = value.on if isinstance(value, DayTime) else value
        return future_day_problem(day, today)
    return ""


def future_day_problem(day: date, today: date) -> str:
    """Say that a day that must have come is still to come; empty where it has come."""
    return "" if day <= today else f"{describe_future(DayTime(day))}. Correct the date."


def is_future(moment: DayTime, now: DayTime) -> bool:
    """Whether a moment is still to come; a day without a time of day is not, once the day has begun."""
    if moment.on != now.on or moment.local_time is None or now.local_time is None:
        return moment.on > now.on
    return moment.local_time > now.local_time


def describe_future(moment: DayTime) -> str:
    """Word that a moment is still to come, in the words of screens and imports alike, without a full stop."""
    clock = "" if moment.local_time is None else f", {moment.local_time:%H:%M},"
    return f"{format_day(moment.on)}{clock} is still to come"
