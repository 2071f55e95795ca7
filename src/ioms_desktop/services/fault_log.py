"""What is logged of a program fault: where it happened and its kind, never the data it was about.

The message of an exception may quote a name, a note or a password that was being worked on; a log is read by others
than the record, and is not encrypted.
"""

import traceback
from collections.abc import Iterator

ERROR_CODE_ATTRIBUTES = ("sqlstate", "sqlite_errorname", "errno")
"""Attributes in which drivers and the system name the kind of a failure without quoting anything."""


def fault_record(error: BaseException) -> str:
    """Describe a fault and its causes, first cause first: files, lines, functions, exception types and codes."""
    parts = [
        "".join(("Traceback (most recent call last):\n", *traceback.format_tb(each.__traceback__), _kind(each), "\n"))
        for each in reversed(list(_causes(error)))
    ]
    return "\nwhich led to\n\n".join(parts)


def _causes(error: BaseException) -> Iterator[BaseException]:
    """The exception, what it was raised from, and so on; each once, though they may name each other."""
    seen: set[int] = set()
    each: BaseException | None = error
    while each is not None and id(each) not in seen:
        seen.add(id(each))
        yield each
        each = each.__cause__ or (None if each.__suppress_context__ else each.__context__)


def _kind(error: BaseException) -> str:
    kind = type(error)
    source = getattr(error, "orig", None) or error
    codes = [f"{name} {code}" for name in ERROR_CODE_ATTRIBUTES if (code := getattr(source, name, None)) is not None]
    name = f"{kind.__module__}.{kind.__qualname__}".removeprefix("builtins.")
    return f"{name} ({', '.join(codes)})" if codes else name
