"""The demo of more seeds than one."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from ioms_desktop.demo.build import DEMO_USERS, build_demo

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize("seed", range(3, 9))
def test_any_seed_gives_a_caseload_that_every_rule_of_import_accepts(tmp_path: Path, seed: int) -> None:
    assert len(list(build_demo(str(tmp_path / "demo.ioms"), cases=60, seed=seed))) == len(DEMO_USERS) + 2
