"""Every refusal names its kind, so that its sentence may be reworded without breaking a program or a test."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

import ioms_desktop
from instances import for_each
from ioms_desktop.domain import errors
from ioms_desktop.domain.errors import Refused

SOURCE = Path(ioms_desktop.__file__).parent
MODULES = sorted(path for path in SOURCE.rglob("*.py") if "Refused" in path.read_text(encoding="utf-8"))
KINDS = [each for each in vars(errors).values() if isinstance(each, type) and issubclass(each, Refused)]


def plain_refusals(source: str) -> list[int]:
    """The lines that raise or make a plain `Refused`, directly or by choosing the class first.

    Naming it to catch, to annotate or to inherit from is how it is meant to be used.
    """
    tree = ast.parse(source)
    meant: set[ast.AST] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.ExceptHandler) and node.type is not None:
            meant.update(ast.walk(node.type))
        elif isinstance(node, ast.ClassDef):
            meant.update(node.bases)
        elif isinstance(node, ast.arg | ast.AnnAssign) and node.annotation is not None:
            meant.update(ast.walk(node.annotation))
        elif isinstance(node, ast.FunctionDef) and node.returns is not None:
            meant.update(ast.walk(node.returns))
        elif (
            isinstance(node, ast.Call)
            and isinstance(node.func, ast.Name)
            and node.func.id in {"suppress", "isinstance"}
        ):
            meant.update(child for argument in node.args for child in ast.walk(argument))
    return sorted(
        node.lineno
        for node in ast.walk(tree)
        if isinstance(node, ast.Name) and node.id == "Refused" and node not in meant
    )


@for_each("path", MODULES)
def test_a_refusal_is_raised_by_its_kind(path: Path) -> None:
    lines = plain_refusals(path.read_text(encoding="utf-8"))
    assert not lines, f"{path.name}, lines {lines}: raise one of the kinds in domain/errors.py, or add one there"


@pytest.mark.parametrize(
    "source",
    [
        "raise Refused('No.')",
        "def f() -> Refused:\n    return Refused('No.')",
        "raise (Stale if lost else Refused)('No.')",
        "KINDS = {'unique': Refused}",
    ],
)
def test_a_plain_refusal_is_found_however_it_is_made(source: str) -> None:
    assert plain_refusals(source)


@for_each("kind", KINDS)
def test_every_kind_says_what_it_means(kind: type[Refused]) -> None:
    assert kind.__doc__
    assert kind is Refused or kind.__doc__ != Refused.__doc__
