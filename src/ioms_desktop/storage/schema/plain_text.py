"""A large statement as the text that SQLite gets, for what is asked of every case.

SQLAlchemy looks a statement up by all of its parts in each execution. Of one that joins dozens of tables that takes
longer than SQLite takes to find the rows of a case.
"""

from sqlalchemy import ClauseElement, TextClause, text
from sqlalchemy.dialects.sqlite.pysqlite import dialect


def as_text(statement: ClauseElement) -> TextClause:
    """Write a statement whose parameters are texts, to be given by name; its rows come as the driver gives them."""
    return text(str(statement.compile(dialect=dialect(paramstyle="named"))))
