"""The demo of more seeds than one."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pytest

from ioms_desktop.demo.build import DEMO_USER_PASSWORD, DEMO_USERS, build_demo
from ioms_desktop.services.sign_in.sign_in import sign_in
from services.printed_demo import faults_of_summaries

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


@pytest.mark.parametrize("seed", range(3, 9))
def test_any_seed_gives_a_caseload_that_every_rule_of_import_accepts(tmp_path: Path, seed: int) -> None:
    assert len(list(build_demo(str(tmp_path / "demo.ioms"), cases=60, seed=seed))) == len(DEMO_USERS) + 2


@pytest.mark.parametrize("seed", [1, 2])
def test_no_paper_of_a_demo_parts_a_heading_from_its_rows(
    tmp_path: Path, seed: int, measured: Callable[[object], None]
) -> None:
    location = str(tmp_path / "demo.ioms")
    list(build_demo(location, cases=60, seed=seed))
    session = sign_in(location, "wright", DEMO_USER_PASSWORD)
    printed, faults = faults_of_summaries(session, date(2026, 11, 22))
    session.store.close()
    measured(f"{printed} summaries, {len(faults)} faults")
    assert printed >= 120
    assert faults == []
