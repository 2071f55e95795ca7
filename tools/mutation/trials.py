"""Try a mutant: change its module in a copy of the project, run the tests that reach it, and put the module back."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING, Literal

import pytest
from tools.mutation.places import mutated
from tools.mutation.tree import environment, pytest_command

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from tools.mutation.mapping import Test
    from tools.mutation.places import Mutant

Ended = Literal["killed", "timeout", "survived", "undecided"]

LEAST_LIMIT = 20.0
"""Seconds that each test has at least, for the machine may be busy."""
TIMES_AS_LONG = 5.0
IDLE_LIMIT = 120.0
"""Seconds for reading the tests, and for what happens between and after them."""
FIRST_FILES = 6
"""Files of tests that the first run reads: to read them all takes longer than most mutants live."""


@dataclass(frozen=True)
class Verdict:
    """How a mutant fared."""

    ended: Ended
    by: str = ""
    """The test that failed, or the file of tests that could not be read; what pytest said where nothing is decided."""


def limit(test: Test) -> float:
    """Return the seconds after which a test counts as failed, from what it took while nothing was changed."""
    return LEAST_LIMIT + TIMES_AS_LONG * test.with_fixtures


def in_turn(tests: Sequence[Test]) -> list[list[Test]]:
    """Order tests for one mutant, in two runs: those on a server after the others, the fastest first.

    Tests of a file that share a fixture of the file stay together, or it would be made again and again; that they
    share one shows in the time that fixtures took. The first run has what is fastest from a few files only.
    """

    def bundle(test: Test) -> tuple[bool, str]:
        return test.on_server, test.file if test.with_fixtures > 2 * test.seconds else test.id

    bundles = [list(group) for _, group in groupby(sorted(tests, key=bundle), key=bundle)]
    for each in bundles:
        each.sort(key=lambda test: test.seconds)
    bundles.sort(key=lambda group: (group[0].on_server, sum(test.seconds for test in group) / len(group), group[0].id))
    ordered = [test for group in bundles for test in group]
    files = list(dict.fromkeys(test.file for test in ordered))[:FIRST_FILES]
    first = [test for test in ordered if test.file in files]
    return [run for run in (first, [test for test in ordered if test.file not in files]) if run]


def try_mutant(tree: Path, mutant: Mutant, tests: Sequence[Test]) -> Verdict:
    """Run the tests against the mutant, in a copy that is given back as it was; without tests it survives."""
    file = tree / mutant.path
    before = file.read_text(encoding="utf-8")
    file.write_text(mutated(before, mutant), encoding="utf-8")
    try:
        for run in in_turn(tests):
            verdict = _run(tree, run)
            if verdict.ended != "survived":
                return verdict
    finally:
        file.write_text(before, encoding="utf-8")
    return Verdict("survived")


def _run(tree: Path, tests: Sequence[Test]) -> Verdict:
    beside = tree.parent
    said, late, output = (beside / f"{tree.name}.{what}" for what in ("said", "late", "output"))
    limits = {test.id: limit(test) for test in tests}
    task = {"limits": limits, "said": str(said), "late": str(late), "idle": IDLE_LIMIT}
    (beside / f"{tree.name}.task").write_text(json.dumps(task), encoding="utf-8")
    said.write_text("", encoding="utf-8")
    files = list(dict.fromkeys(test.file for test in tests))
    with output.open("w", encoding="utf-8") as screen:
        process = subprocess.Popen(
            [sys.executable, *pytest_command("trying", "-x", "--basetemp", str(beside / f"{tree.name}.tmp"), *files)],
            cwd=tree,
            env=environment(tree, MUTANTS_TASK=str(beside / f"{tree.name}.task")),
            stdin=subprocess.DEVNULL,
            stdout=screen,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        overran = _wait(process, 2 * IDLE_LIMIT + sum(limits.values()))
    return _verdict(process.returncode, said.read_text("utf-8"), output, late=overran or late.stat().st_size > 0)


def _wait(process: subprocess.Popen[bytes], seconds: float) -> bool:
    """Wait, and end whatever the tests left running; True when they had to be ended."""
    try:
        process.wait(seconds)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
        return True
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
    return False


def _verdict(status: int, said: str, output: Path, *, late: bool) -> Verdict:
    if late:
        return Verdict("timeout", said)
    if status == pytest.ExitCode.OK:
        return Verdict("survived")
    # What ends by a signal (a fault in C, no memory left) has not passed; nor has what cannot even be read.
    failed = (pytest.ExitCode.TESTS_FAILED, pytest.ExitCode.INTERRUPTED)
    if said and (status in failed or status < 0):
        return Verdict("killed", said)
    return Verdict("undecided", output.read_text(encoding="utf-8", errors="replace")[-2000:])
