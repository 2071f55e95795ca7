"""From the start of the process to the painted sign-in and to a usable caseload, against a bare Qt window.

The floor is a window of plain Qt that is painted, then a key derived at the same cost, SQLAlchemy's import, one query
on the same file and its rows in a table. Each start is a process of its own; it says when it was where on the clock
that all processes share.
"""

import json
import os
import statistics
import subprocess
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory

from books import OFFICER, PASSWORD, open_book
from floors import Figure
from ioms_desktop.storage.store import Store

ROUNDS = 7
CASES = 1_000
HERE = Path(__file__).resolve().parent
TYPING = 2_000
"""Milliseconds in which a hurried user types name and password."""


def started(script: str, store: Store, folder: str, typing: int) -> dict[str, float]:
    """Start a script in a process of its own; gives the seconds until it was painted, sent off and usable."""
    environment = {key: value for key, value in os.environ.items() if key != "PYTHONDONTWRITEBYTECODE"}
    environment |= {"QT_QPA_PLATFORM": "offscreen", "HOME": folder, "XDG_CONFIG_HOME": folder}
    begun = time.monotonic()
    done = subprocess.run(  # noqa: S603 - our own scripts
        [sys.executable, str(HERE / script), store.location, OFFICER, PASSWORD, str(typing), (store.key or b"").hex()],
        env=environment,
        check=True,
        capture_output=True,
        text=True,
    )
    said: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return {word: at - begun for word, at in said.items()}


def measure(_size: int, cases: int = CASES, rounds: int = ROUNDS) -> list[Figure]:
    """Measure starts in turns; the size of the book matters little."""
    starts = {"at once": ("start_ours.py", 0), "typed": ("start_ours.py", TYPING), "bare": ("start_bare.py", 0)}
    taken: dict[str, list[dict[str, float]]] = {name: [] for name in starts}
    with TemporaryDirectory() as folder:
        session = open_book(Path(folder) / "book.ioms", cases, searched=True)
        session.store.close()
        for number in range(rounds + 1):
            for name, (script, typing) in starts.items():
                took = started(script, session.store, folder, typing)
                if number:  # the first start writes the compiled files
                    taken[name].append(took)

    def median(name: str, until: str) -> float:
        return statistics.median(took[until] for took in taken[name])

    typed = statistics.median(took["usable"] - took["sent"] + took["painted"] for took in taken["typed"])
    bare = "a bare Qt window, the key, SQLAlchemy, one query"
    return [
        Figure(
            name="Start to the painted sign-in",
            floor_name="a bare Qt window, painted",
            ours=median("at once", "painted"),
            floor=median("bare", "painted"),
            target=None,
        ),
        Figure(
            name="Start to the caseload's rows, without the seconds in which somebody types",
            floor_name=bare,
            ours=typed,
            floor=median("bare", "usable"),
            target=2,
        ),
        Figure(
            name="Start to the caseload's rows, name and password typed in no time",
            floor_name=bare,
            ours=median("at once", "usable"),
            floor=median("bare", "usable"),
            target=2,
        ),
    ]
