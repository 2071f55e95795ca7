"""Modules and functions that the code names in strings: no type checker sees them, so each is resolved here."""

import ast
import importlib
import importlib.util
import re
import sys
from pathlib import Path

import pytest

from instances import for_each
from ioms_desktop.start_modules import LATER_MODULES, PRELOAD_MODULES, later_modules

ROOT = Path(__file__).parents[1]
SOURCE = ROOT / "src" / "ioms_desktop"
READERS_OF_FIELDS = {
    "theme/tokens.py",  # the fields of a theme are the keys of a file
    "theme/stylesheet.py",  # as above
}
"""Where the window reads an attribute by a name that is data, of a dataclass whose fields are that data."""


@for_each("name", PRELOAD_MODULES)
def test_every_module_imported_before_the_main_window_exists(name: str) -> None:
    assert importlib.import_module(name)


def test_every_module_of_the_interface_is_imported_in_the_end() -> None:
    paths = [path.relative_to(SOURCE.parent).with_suffix("") for path in (SOURCE / "ui").rglob("[a-z]*.py")]
    named = {".".join(path.parts) for path in paths}
    assert named <= set(later_modules()) | set(sys.modules)
    assert all(importlib.util.find_spec(name) for name in LATER_MODULES)


def hidden_imports() -> list[str]:
    """Return the modules that the build is told of because nothing imports them by statement."""
    calls = [node for node in ast.walk(ast.parse((ROOT / "build.spec").read_text())) if isinstance(node, ast.Call)]
    (analysis,) = (call for call in calls if isinstance(call.func, ast.Name) and call.func.id == "Analysis")
    (names,) = (each.value for each in analysis.keywords if each.arg == "hiddenimports")
    found: list[str] = ast.literal_eval(names)
    return found


@pytest.mark.parametrize("name", hidden_imports())
def test_every_module_the_build_is_told_of_exists(name: str) -> None:
    assert importlib.util.find_spec(name) is not None


def test_the_window_calls_nothing_by_a_name_in_a_string() -> None:
    found = []
    for path in sorted((SOURCE / "ui").rglob("*.py")):
        place = path.relative_to(SOURCE / "ui").as_posix()
        text = path.read_text(encoding="utf-8")
        if not re.search(r"\b(getattr|setattr|import_module)\(", text):
            continue
        for node in ast.walk(ast.parse(text)):
            if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Name):
                continue
            if node.func.id in {"getattr", "setattr", "import_module"} and place not in READERS_OF_FIELDS:
                found.append(f"{place}:{node.lineno}")
    assert not found, f"Use isinstance, or pass the function itself: {found}"


def test_every_list_of_codes_that_the_code_names_is_supplied() -> None:
    """Otherwise whoever comes to it first finds out: a calendar failed in every week in which an order ended."""
    found = {
        name: path.relative_to(SOURCE).as_posix()
        for path in SOURCE.rglob("*.py")
        for name in re.findall(r"""\blists\.of\(["'](\w+)["']\)""", path.read_text(encoding="utf-8"))
    }
    supplied = {path.stem for path in (ROOT / "resources" / "reference").glob("*.toml")}
    assert len(found) > 20
    missing = {name: place for name, place in found.items() if name not in supplied}
    assert not missing
