"""The texts of a printed summary, changed one by one: no code is left without its words."""

import re
from collections.abc import Callable, Hashable
from dataclasses import fields, is_dataclass, replace
from datetime import date
from functools import cache
from operator import is_not
from types import NoneType
from typing import Any, TypeVar, cast

from ioms_desktop.domain.printing.print_facts import PrintFacts
from ioms_desktop.domain.text_format import capitalise

T = TypeVar("T")
CODE = re.compile(r"[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+")
KEPT = frozenset({"ref", "agency", "decision_ref", "case_ref"})
"""Fields that hold a reference or a code for the program itself, and are not printed as they are."""

WITHOUT_TEXT = frozenset({int, bool, NoneType, date})
"""The kinds of most values that are no text."""


def in_words(text: str) -> str:
    """Return a text that is nothing but a code as words, `NOT_IN_ANY_LIST` as `Not in any list`; another as it is."""
    if "_" not in text or not CODE.fullmatch(text):
        return text
    return capitalise(text.replace("_", " ").lower())


def with_texts(value: T, change: Callable[[str], str], kept: frozenset[str] = KEPT) -> T:
    """Return facts with every text changed, but for what the document says about itself.

    Args:
        value: The facts.
        change: Returns what a text becomes.
        kept: The fields that stay as they are.
    """
    kind = type(value)
    if kind is str:
        return cast("T", change(cast("str", value)))
    if kind is tuple:
        rows = cast("tuple[Any, ...]", value)
        given = tuple([with_texts(row, change, kept) for row in rows])
        return cast("T", given) if any(map(is_not, given, rows)) else value
    different: dict[str, Any] = {}
    for name in _names_of(cast("Hashable", kind), kept):
        held = getattr(value, name)
        if type(held) in WITHOUT_TEXT:
            continue
        changed = change(held) if type(held) is str else with_texts(held, change, kept)
        if changed is not held:
            different[name] = changed
    return cast("T", replace(cast("Any", value), **different)) if different else value


@cache
def _names_of(kind: type, kept: frozenset[str]) -> tuple[str, ...]:
    """Return the fields of a kind of facts in which there may be a text to be changed; none of anything else."""
    if kind is PrintFacts or not is_dataclass(kind):
        return ()
    return tuple(each.name for each in fields(kind) if each.init and each.name not in kept)
