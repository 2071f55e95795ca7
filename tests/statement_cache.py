"""Statements compiled once for all databases of a kind: most tests open one of their own and run the same statements.

SQLAlchemy keeps what it compiled with each engine, by dialect; a program opens one database and gains as much by it as
the tests do here, where an engine lives as long as a test.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary

from sqlalchemy import Engine
from sqlalchemy.engine.default import DefaultDialect
from sqlalchemy.util import LRUCache

if TYPE_CHECKING:
    import pytest

MOST_STATEMENTS = 10_000


def share_compiled_statements(patch: pytest.MonkeyPatch) -> None:
    """Let all engines of one kind share what was compiled and which types were adapted."""
    compiled: LRUCache[Any, Any] = LRUCache(MOST_STATEMENTS)
    types: defaultdict[tuple[object, ...], WeakKeyDictionary[Any, Any]] = defaultdict(WeakKeyDictionary)
    # An engine makes its own in `__init__`, whose arguments are inspected, so that it cannot be wrapped.
    patch.setattr(Engine, "_compiled_cache", property(lambda _: compiled, lambda *_: None), raising=False)
    patch.setattr(DefaultDialect, "__eq__", lambda one, other: one is other or _kind(one) == _kind(other))
    patch.setattr(DefaultDialect, "__hash__", lambda one: hash(_kind(one)))
    patch.setattr(DefaultDialect, "_type_memos", property(lambda one: types[_kind(one)]))


def _kind(dialect: object) -> tuple[object, ...]:
    """Return what the compiled text of a statement depends on: which SQL, and through which driver."""
    return type(dialect), getattr(dialect, "dbapi", None), getattr(dialect, "server_version_info", None)
