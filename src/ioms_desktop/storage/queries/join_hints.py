"""How a join is walked, where one database needs to be told."""

from typing import Any

from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement


class no_index(FunctionElement[str]):  # noqa: N801 - it stands in a query like a function
    """A column that SQLite may not look up by its index, so that it walks the other table first.

    The plus sign is SQLite's documented way to say so. PostgreSQL chooses by its statistics and sees the column alone.
    """

    inherit_cache = True
    name = "unhelped"


@compiles(no_index)
def _compile_plain(element: no_index, compiler: SQLCompiler, **options: Any) -> str:  # noqa: ANN401 - SQLAlchemy's own
    return compiler.process(element.clauses, **options)


@compiles(no_index, "sqlite")
def _compile_sqlite(element: no_index, compiler: SQLCompiler, **options: Any) -> str:  # noqa: ANN401 - SQLAlchemy's own
    return f"+{compiler.process(element.clauses, **options)}"
