"""The layout of the code: one room a capability, small modules, one meaning a name."""

import ast
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
SOURCE = ROOT / "src" / "ioms_desktop"
MODULES = sorted(path for path in SOURCE.rglob("*.py") if "_bundled" not in path.parts)
MAX_MODULES = 15
MAX_LINES = 400


def test_no_folder_holds_more_modules_than_a_reader_scans() -> None:
    folders: dict[str, int] = defaultdict(int)
    for path in MODULES:
        if path.name != "__init__.py":
            folders[str(path.parent.relative_to(SOURCE))] += 1
    full = {name: number for name, number in folders.items() if number > MAX_MODULES}
    assert not full, f"Part these folders by capability (CONTRIBUTING.md, Where things are): {full}"


def test_no_module_is_longer_than_a_reader_keeps_in_mind() -> None:
    lines = {str(path.relative_to(SOURCE)): len(path.read_text(encoding="utf-8").splitlines()) for path in MODULES}
    long = {name: number for name, number in lines.items() if number > MAX_LINES}
    assert not long, f"These modules hold more than one thing; part them: {long}"


def test_every_package_says_what_it_is_for() -> None:
    silent = [
        str(path.parent.relative_to(SOURCE))
        for path in MODULES
        if path.name == "__init__.py" and not ast.get_docstring(ast.parse(path.read_text(encoding="utf-8")))
    ]
    assert not silent


def statements(node: ast.AST) -> Iterator[ast.AST]:
    """Yield every statement in a node; what statements are made of, which is most of a module, is left out."""
    for inside in (
        part for name in ("body", "handlers", "orelse", "finalbody", "cases") for part in getattr(node, name, ())
    ):
        yield inside
        yield from statements(inside)


def test_no_two_classes_share_a_name() -> None:
    found: dict[str, list[str]] = defaultdict(list)
    for path in MODULES:
        for node in statements(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ClassDef):
                found[node.name].append(f"{path.relative_to(SOURCE)}:{node.lineno}")
    twice = {name: places for name, places in found.items() if len(places) > 1}
    assert not twice, f"Give each class a name of its own, so that a search finds one thing: {twice}"


def test_every_long_test_is_listed_with_what_it_repeats() -> None:
    told = (ROOT / "docs" / "assurance.md").read_text(encoding="utf-8")
    missing = [path.name for path in (ROOT / "tests_long").glob("test_*.py") if f"| `{path.name}` |" not in told]
    assert not missing, f"Add a row for each to the long tests in docs/assurance.md: {missing}"
