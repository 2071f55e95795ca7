"""The commands of deploy/README.md, as they stand there."""

import re
from pathlib import Path
from typing import NamedTuple

GUIDE = Path(__file__).resolve().parent.parent / "deploy" / "README.md"
HEADING = re.compile(r"^#{2,3} (.+)$")
INDENT = 4


class Block(NamedTuple):
    """Some lines of the guide that are set off as code, without their indent."""

    section: str
    text: str

    @property
    def first_line(self) -> str:
        """What it begins with, to know it by."""
        return self.text.splitlines()[0]


def blocks() -> list[Block]:
    """Read every block of the guide, in order; a block in a list is set off further."""
    found: list[Block] = []
    section, taken, before = "", list[str](), ""
    for line in [*GUIDE.read_text(encoding="utf-8").splitlines(), "end"]:
        heading = HEADING.match(line)
        indent = len(line) - len(line.lstrip())
        # Set off by a blank line; within a list an indent of less than four more continues the sentence.
        inside = (indent >= INDENT and (bool(taken) or not before)) or (bool(taken) and not line.strip())
        if inside:
            taken.append(line)
        elif taken:
            found.append(Block(section, _without_indent(taken)))
            taken = []
        if heading:
            section = heading[1]
        before = line.strip()
    return found


def _without_indent(lines: list[str]) -> str:
    while not lines[-1].strip():
        lines.pop()
    least = min(len(line) - len(line.lstrip()) for line in lines if line.strip())
    return "\n".join(line[least:] for line in lines)
