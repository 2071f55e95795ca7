"""Write docs/paper.md, who receives which part of a case summary, from the allow-lists.

python -m tools.paper_doc
"""

from __future__ import annotations

import sys
import tomllib
from pathlib import Path

from ioms_desktop.domain.printing.list_table import (
    ONLY_FULL,
    OTHER_PAPERS,
    PLAIN_COPIES,
    UNTIL_TOLD,
    agency_rows,
    describe_own_words,
    list_names,
    part_rows,
)
from ioms_desktop.domain.records.code_lists import CodeList
from ioms_desktop.paths import resource

DOC = Path(__file__).resolve().parent.parent / "docs" / "paper.md"
HEAD = """# Who receives what on paper

Which parts of a case summary each reader receives. `python -m tools.paper_doc` writes this page from the allow-lists in
`domain/printing/agency_lists.py`, and a test checks that the two agree. The command `ioms-desktop print audiences` says
the same. These are local defaults.

"""


def paper_text() -> str:
    """Return the page."""
    said = f"{ONLY_FULL}\n\n{UNTIL_TOLD}\n\n{PLAIN_COPIES}\n\n{OTHER_PAPERS}\n\n{describe_own_words()}"
    return f"{HEAD}{said}\n\n## Parts by list\n\n{_parts()}\n## Lists by agency\n\n{_agencies()}"


def _parts() -> str:
    names = list_names()
    head = f"| part | {' | '.join(names)} |\n|---|{'---|' * len(names)}\n"
    return head + "".join(
        f"| {row.part} | {' | '.join('yes' if name in row.lists else '' for name in names)} |\n" for row in part_rows()
    )


def _agencies() -> str:
    path = resource("reference") / "agency.toml"
    agencies = CodeList.from_document("agency", tomllib.loads(path.read_text(encoding="utf-8")))
    head = "| agency | code | on IOM | on Phoenix |\n|---|---|---|---|\n"
    rows = "".join(f"| {agencies.label(code)} | `{code}` | {iom} | {phx} |\n" for code, iom, phx in agency_rows())
    return f"{head}{rows}| any other, or none named | | Smallest | Smallest |\n"


if __name__ == "__main__":
    DOC.write_text(paper_text(), encoding="utf-8")
    sys.stdout.write(f"{DOC}\n")
