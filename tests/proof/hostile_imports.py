"""Files made to fill the memory, imported by the real command in a process of its own, whose memory is measured."""

import os
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from proof.books import PASSWORD, SUPERVISOR, Book

MEMORY_LIMIT = 256 << 20
FULL_SIZE = 40_000_000
HEADER = "person_ref,family_name,given_names,date_of_birth,address\n"
ROW = "{},Harker,Callum,2001-03-14,1 Test Street in a town of that name\n"


def _never_closed() -> Iterator[str]:
    yield 'P,Open,Quote,2001-03-14,"1 Test Street\n'
    yield from _good_rows()


def _good_rows() -> Iterator[str]:
    number = 0
    while True:
        yield ROW.format(f"P{number:07}")
        number += 1


def _endless_cell() -> Iterator[str]:
    yield 'P,Open,Quote,2001-03-14,"'
    while True:
        yield "x" * 10_000


def _endless_row() -> Iterator[str]:
    yield '"\n'
    while True:
        yield '","\n' * 1_000


def _wide_rows() -> Iterator[str]:
    while True:
        yield "x" + "," * 3_900_000 + "\n"


def _wrong_rows() -> Iterator[str]:
    number = 0
    while True:
        yield f"P{number},Harker,Callum,31/02/2001,\n"
        number += 1


def _mixed_encodings() -> Iterator[str]:
    number = 0
    while True:
        yield ROW.format(f"\xfc{number}" if number % 2 else f"\udcfc{number}")  # a letter, and a byte that is none
        number += 1


SHAPES: Mapping[str, Callable[[], Iterator[str]]] = {
    "a quotation mark that is never closed": _never_closed,
    "one endless cell": _endless_cell,
    "one endless row of small cells": _endless_row,
    "rows of millions of cells": _wide_rows,
    "nothing but wrong rows": _wrong_rows,
    "lines in two encodings": _mixed_encodings,
}
RIGHT_ROWS = "nothing but right rows"
_EVERY_SHAPE = {**SHAPES, RIGHT_ROWS: _good_rows}


@dataclass(frozen=True, slots=True)
class Measured:
    """How an import ended.

    Attributes:
        status: What the command ended with.
        peak: The greatest memory its process took, in bytes.
        said: What it wrote.
    """

    status: int
    peak: int
    said: str


def write_shape(path: Path, shape: str, size: int) -> Path:
    """Write a file of a shape and about a size."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding="utf-8", errors="surrogateescape", newline="") as file:
        written = file.write(HEADER)
        for part in _EVERY_SHAPE[shape]():
            written += file.write(part)
            if written >= size:
                return path
    return path


def write_people_with_entries(folder: Path, count: int) -> Path:
    """Write so many people, each with an address and a former name in files of their own."""
    folder.mkdir(parents=True)
    rows = {
        "people": (HEADER, "{0},Harker,Callum,2001-03-14,2 Test Street\n"),
        "addresses": ("address_ref,person_ref,kind,address\n", "A{0},{0},HOME,2 Test Street\n"),
        "person_names": ("name_ref,person_ref,kind,name\n", "N{0},{0},ALIAS,Also {0}\n"),
    }
    for table, (header, row) in rows.items():
        with (folder / f"{table}.csv").open("w", encoding="utf-8", newline="") as file:
            file.write(header)
            file.writelines(row.format(f"P{number:07}") for number in range(count))
    return folder


def import_apart(book: Book, path: Path, output: Path) -> Measured:
    """Import a file by the command line, in a process of its own."""
    command = [sys.executable, "-m", "ioms_desktop", "import", str(path), "--format", "json"]
    environment = os.environ | {"IOMS_DATABASE": book.location, "IOMS_USER": SUPERVISOR, "IOMS_PASSWORD": PASSWORD}
    return _measured(command, environment, output)


def hold_apart(path: Path, output: Path) -> Measured:
    """Hold every row of a file at once, as a careless import would: the control."""
    program = f"import csv; csv.field_size_limit(1 << 30); rows = list(csv.reader(open({str(path)!r}, newline='')))"
    return _measured([sys.executable, "-c", program], dict(os.environ), output)


# A new process counts the memory of the one that started it until it runs its own program, so a small one starts it.
_STARTER = """
import os, subprocess, sys
process = subprocess.Popen(sys.argv[2:])
_, status, usage = os.wait4(process.pid, 0)
open(sys.argv[1], "w").write(f"{os.waitstatus_to_exitcode(status)} {usage.ru_maxrss}")
"""


def _measured(command: list[str], environment: dict[str, str], output: Path) -> Measured:
    figures = output.with_suffix(".figures")
    starter = [sys.executable, "-S", "-c", _STARTER, str(figures), *command]
    with output.open("wb") as stream:
        subprocess.run(starter, env=environment, stdin=subprocess.DEVNULL, stdout=stream, stderr=stream, check=True)
    status, kibibytes = map(int, figures.read_text(encoding="utf-8").split())
    said = output.read_text(encoding="utf-8", errors="replace")[-2_000:]
    return Measured(status, kibibytes << 10, said)
