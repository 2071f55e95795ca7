"""The texts of a printed summary, changed one by one: no code is left without its words."""

import re
from collections.abc import Callable
from dataclasses import fields, is_dataclass, replace
from typing import Any, TypeVar, cast

from ioms_desktop.domain.printing.print_facts import PrintFacts
from ioms_desktop.domain.text_format import capitalise

T = TypeVar("T")
CODE = re.compile(r"[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+")
KEPT = frozenset({"ref", "agency", "decision_ref", "case_ref"})
"""Fields that hold a reference or a code for the program itself, and are not printed as they are."""


def in_words(text: str) -> str:
    """Return a text that is nothing but a code as words, `NOT_IN_ANY_LIST` as `Not in any list`; another as it is."""
    return capitalise(text.replace("_", " ").lower()) if CODE.fullmatch(text) else text


def with_texts(value: T, change: Callable[[str], str], kept: frozenset[str] = KEPT) -> T:
    """Return facts with every text changed, but for what the document says about itself.

    Args:
        value: The facts.
        change: Returns what a text becomes.
        kept: The fields that stay as they are.
    """
    if isinstance(value, PrintFacts):
        return value
    if is_dataclass(value) and not isinstance(value, type):
        held = {each.name: getattr(value, each.name) for each in fields(value) if each.init}
        changed = {name: each if name in kept else with_texts(each, change, kept) for name, each in held.items()}
        different = {name: each for name, each in changed.items() if each is not held[name]}
        return cast("T", replace(value, **different)) if different else value
    if type(value) is tuple:
        rows = cast("tuple[Any, ...]", value)
        given = tuple(with_texts(row, change, kept) for row in rows)
        return cast("T", given) if any(a is not b for a, b in zip(given, rows, strict=True)) else value
    return cast("T", change(cast("str", value))) if type(value) is str else value
