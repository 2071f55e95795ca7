"""Every text that a user may read, collected from the places where it is written: code, lists, files and documents."""

import ast
import csv
import re
import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import NamedTuple

from ioms_desktop.domain.records.record import columns_of
from ioms_desktop.domain.records.record_types import RECORD_TYPE_BY_TABLE

ROOT = Path(__file__).resolve().parent.parent
SOURCE = ROOT / "src" / "ioms_desktop"
DOCUMENTS = ("README.md", "CHANGELOG.md", "deploy/README.md", "docs/files-away.md", "docs/scale.md")
"""What a user or an administrator reads. CONTRIBUTING, docs/design.md and docs/assurance.md are for developers."""
PLACEHOLDER = "{}"


class UserText(NamedTuple):
    """A text, and the file in which it is written."""

    place: str
    text: str


@cache
def user_texts() -> list[UserText]:
    """Collect every text of the program, its code lists and its documents that a user may read."""
    return [*code_texts(), *label_texts(), *list_texts(), *demo_texts(), *document_texts()]


def code_texts() -> Iterator[UserText]:
    """Collect the strings of the source that are sentences, titles or labels; not those that are names for code."""
    for path in sorted(SOURCE.rglob("*.py")):
        place = path.relative_to(ROOT).as_posix()
        for text in strings_of(path.read_text(encoding="utf-8")):
            if _is_for_readers(text):
                yield UserText(place, text.replace("&", ""))


def strings_of(source: str) -> list[str]:
    """Return the string literals of a module in order, an f-string as one; docstrings are left out."""
    tree = ast.parse(source)
    inside: set[int] = set()
    found: list[str] = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            inside.add(id(node.value))  # the docstring of a module, class, function or attribute
        elif isinstance(node, ast.JoinedStr):
            inside.update(id(part) for part in node.values)
            parts = (part.value if isinstance(part, ast.Constant) else PLACEHOLDER for part in node.values)
            found.append("".join(str(part) for part in parts))
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in inside:
            found.append(node.value)
    return found


def _is_for_readers(text: str) -> bool:
    """Whether a string is for people: it has a blank, or begins like a title; names for code, SQL and URLs are not."""
    words = text.replace("&", "").strip().rstrip("….:")
    if re.match(r"(SELECT|INSERT|UPDATE|DELETE|DROP|CREATE|ALTER|GRANT)\b", words):
        return False
    return " " in words or re.fullmatch(r"[A-Z][a-z]+(-[a-z]+)*", words) is not None


def label_texts() -> Iterator[UserText]:
    """Collect the label of every record type and of each of its columns, which forms, lists and papers show."""
    for record_type in RECORD_TYPE_BY_TABLE.values():
        yield UserText(record_type.table, record_type.label)
        yield from (UserText(record_type.table, column.label) for column in columns_of(record_type))


def list_texts() -> Iterator[UserText]:
    """Collect the titles and labels of every code list, with the powers that steps rest on."""
    for path in sorted((ROOT / "resources" / "reference").glob("*.toml")):
        content = tomllib.loads(path.read_text(encoding="utf-8"))
        place = path.relative_to(ROOT).as_posix()
        yield UserText(place, content["title"])
        for code in content.get("code", ()):
            yield from (UserText(place, str(code[key])) for key in ("label", "power") if key in code)


def demo_texts() -> Iterator[UserText]:
    """Collect every sentence of the two worked cases of the demo; the others are written in the source."""
    for path in sorted((ROOT / "resources" / "demo").rglob("*.csv")):
        with path.open(encoding="utf-8", newline="") as file:
            cells = (cell for row in csv.reader(file) for cell in row if " " in cell)
            yield from (UserText(path.relative_to(ROOT).as_posix(), cell) for cell in cells)


def document_texts() -> Iterator[UserText]:
    """Collect the paragraphs of the documents that users read, without commands and names of files."""
    for name in DOCUMENTS:
        for paragraph in (ROOT / name).read_text(encoding="utf-8").split("\n\n"):
            prose = re.sub(r"`[^`]*`", PLACEHOLDER, paragraph)
            prose = "\n".join(line for line in prose.splitlines() if not line.startswith("    "))
            if prose.strip():
                yield UserText(name, " ".join(prose.split()))
