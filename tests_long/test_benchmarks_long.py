"""The benchmarks that start programs and a server of their own run too; how long they take is never asserted."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")  # read when Qt is first imported, so it comes first

import pytest

sys.path.append(str(Path(__file__).parents[1] / "benchmarks"))

import rights_floor
import start_floor

if TYPE_CHECKING:
    from collections.abc import Callable

    from floors import Figure

CASES = 60


@pytest.mark.parametrize(
    "figures",
    [
        pytest.param(lambda: start_floor.measure(0, CASES, rounds=1), id="start"),
        pytest.param(lambda: rights_floor.measure(CASES, rounds=1, looks=2), id="rights"),
    ],
)
def test_a_benchmark_gives_its_figures(figures: Callable[[], list[Figure]]) -> None:
    found = figures()
    assert found
    assert all(figure.ours > 0 and figure.row().count("|") == 7 for figure in found)
