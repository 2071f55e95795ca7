"""Column types that behave the same on both databases."""

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Cast, ColumnElement, DateTime, Dialect, String, Text, bindparam, cast, func, select
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement
from sqlalchemy.types import TypeDecorator
from typing_extensions import override

from ioms_desktop.domain.dates.day_time import DayTime


class DayTimeText(TypeDecorator[DayTime]):
    """A day, or a day with a local time, as ISO text, which sorts by time and keeps what was sent."""

    impl = String(16)
    cache_ok = True

    @override
    def process_bind_param(self, value: Any, dialect: Dialect) -> str | None:
        if value is None or isinstance(value, str):
            return value
        return str(value.iso_text)

    @override
    def process_result_value(self, value: Any, dialect: Dialect) -> DayTime | None:
        return None if value is None else DayTime.parse(value)


class Instant(TypeDecorator[datetime]):
    """An instant in UTC."""

    impl = DateTime(timezone=True)
    cache_ok = True

    @override
    def process_bind_param(self, value: Any, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        moment: datetime = value.astimezone(UTC)
        return moment if dialect.name == "postgresql" else moment.replace(tzinfo=None)

    @override
    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        moment: datetime = value
        return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)


def instant_in_file(at: datetime) -> str:
    """Write an instant as a local file holds it, for a statement that is given to its driver."""
    return at.astimezone(UTC).replace(tzinfo=None).isoformat(" ", "microseconds")


def instant_of_file(text: str) -> datetime:
    """Read an instant as a local file holds it: without its zone, which is UTC."""
    return datetime.fromisoformat(f"{text}+00:00")


def instant_of_json(text: str) -> datetime:
    """Read an instant as a server writes it as JSON."""
    moment = datetime.fromisoformat(text)
    return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)


class KeyText(TypeDecorator[str]):
    """A text in a key that may be missing: stored as empty, so that two missing ones are equal."""

    impl = Text
    cache_ok = True

    @override
    def process_bind_param(self, value: Any, dialect: Dialect) -> str:
        return value or ""

    @override
    def process_result_value(self, value: Any, dialect: Dialect) -> str | None:
        return value or None


def text_parameter(name: str) -> Cast[str]:
    """Return the parameter of a text by which rows are looked up, and whose value does not change how.

    SQLite plans a statement anew for each value of a bare parameter wherever its statistics or a partial index might
    tell another plan. For the few rows of one case that takes ten times as long as reading them.
    """
    return cast(bindparam(name, type_=String()), Text)


def is_in_list(column: ColumnElement[Any], listed: ColumnElement[str] | str) -> ColumnElement[bool]:
    """Build the condition of a file's query that a column has one of the values of a JSON list.

    The list is one parameter: a statement with two hundred takes longer to write than to answer.
    """
    each = func.json_each(listed).table_valued("value", name="listed")
    return column.in_(select(each.c.value))


class by_code_point(FunctionElement[str]):  # noqa: N801 - it stands in a query like a function
    """A text to order by, whatever the server's language: by code point, as SQLite and Python order texts."""

    inherit_cache = True
    name = "by_code_point"


@compiles(by_code_point)
def _compile_text(element: by_code_point, compiler: SQLCompiler, **options: Any) -> str:  # noqa: ANN401 - SQLAlchemy's own
    return compiler.process(element.clauses, **options)


@compiles(by_code_point, "postgresql")
def _compile_collated(element: by_code_point, compiler: SQLCompiler, **options: Any) -> str:  # noqa: ANN401 - as above
    return f'{compiler.process(element.clauses, **options)} COLLATE "C"'
