"""Measure the application against its floors and print the table of README.md.

Run `python benchmarks/run.py`; `--only NAME` measures one, `--size small` a tenth, `--write` puts the table into
README.md. `--only caseload --cases 1000000 --keep FOLDER` measures the caseload with so many cases, and leaves the file
in a folder, because making it takes some minutes of a core. Every figure is a ratio to a floor of the same run, or the
time where there is none; no time is asserted anywhere.
"""

import argparse
import importlib
import os
import platform
import sys
from pathlib import Path

from sqlcipher3 import dbapi2

from floors import Figure

SIZES = {"small": 10_000, "full": 100_000}
BENCHMARKS = (
    "start",
    "caseload",
    "search",
    "today",
    "contact",
    "case",
    "policy",
    "summary",
    "printing",
    "import",
    "hostile",
    "rights",
)
MARK = "<!-- benchmarks -->"
README = Path(__file__).resolve().parent.parent / "README.md"


def measure(name: str, size: int, kept: Path | None = None) -> list[Figure]:
    """Take one benchmark by its name; a book kept in a folder is used again."""
    kept_there = {} if kept is None else {"kept": kept}
    figures: list[Figure] = importlib.import_module(f"{name}_floor").measure(size, **kept_there)
    return figures


def machine() -> str:
    """Say what it was measured on."""
    return (
        f"Measured on {os.cpu_count()} cores ({platform.machine()}), Python {platform.python_version()}, "
        f"SQLite {dbapi2.sqlite_version} with SQLCipher; medians, ours and floor in turns."
    )


def table(figures: list[Figure]) -> str:
    """Write the figures as a table."""
    head = "| what | ours | floor | takes | ratio | target |\n|---|---|---|---|---|---|"
    return "\n".join([head, *(figure.row() for figure in figures), "", machine()])


def put(text: str) -> None:
    """Write the table between the marks of README.md."""
    before, *rest = README.read_text(encoding="utf-8").split(MARK)
    after = rest[-1] if rest else "\n"
    README.write_text(f"{before}{MARK}\n{text}\n{MARK}{after}", encoding="utf-8")


def main() -> None:
    """Measure what the command line asks for."""
    parser = argparse.ArgumentParser(description="Measure the application against its floors.")
    parser.add_argument("--only", choices=BENCHMARKS, action="append", help="one benchmark; may be repeated")
    parser.add_argument("--size", choices=SIZES, default="full")
    parser.add_argument("--cases", type=int, help="so many cases, whatever the size; with --only caseload")
    parser.add_argument("--keep", type=Path, metavar="FOLDER", help="where its book is left, and used again")
    parser.add_argument("--write", action="store_true", help="put the table into README.md")
    given = parser.parse_args()
    if (given.cases or given.keep) and given.only != ["caseload"]:
        parser.error("--cases and --keep go with --only caseload")
    figures: list[Figure] = []
    for name in given.only or BENCHMARKS:
        print(f"Measuring {name} ...", file=sys.stderr, flush=True)
        figures += measure(name, given.cases or SIZES[given.size], given.keep)
    text = table(figures)
    print(text)
    if given.write:
        put(text)


if __name__ == "__main__":
    main()
