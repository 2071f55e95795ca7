"""Hints on the order of joins, where SQLite needs them."""

from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Date, bindparam, literal
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement


class no_index(FunctionElement[Any]):  # noqa: N801 - it stands in a query like a function
    """A column that SQLite may not look up by its index, so that it reads the other table first.

    The unary plus is SQLite's documented way to do this. PostgreSQL plans by its statistics and gets the plain column.
    """

    inherit_cache = True
    name = "no_index"


@compiles(no_index)
def _compile_plain(element: no_index, compiler: SQLCompiler, **options: Any) -> str:  # noqa: ANN401 - SQLAlchemy's own
    return compiler.process(element.clauses, **options)


@compiles(no_index, "sqlite")
def _compile_sqlite(element: no_index, compiler: SQLCompiler, **options: Any) -> str:  # noqa: ANN401 - SQLAlchemy's own
    return f"+{compiler.process(element.clauses, **options)}"


def day_parameter(name: str) -> ColumnElement[date]:
    """Return the parameter of a day whose value does not change how rows are looked up, as `text_parameter` does."""
    return no_index(bindparam(name, type_=Date()))


def day_value(on: date) -> ColumnElement[date]:
    """Return a day as `day_parameter` does."""
    return no_index(literal(on, Date()))
