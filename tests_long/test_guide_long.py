"""The guide of deploy/ is followed by its own commands, from an empty machine to the day after the worst."""

from __future__ import annotations

import os
import shutil
import subprocess
from typing import TYPE_CHECKING

import pytest

from proof.following_guide import DEBIAN, run_guide

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


def _may_unshare() -> bool:
    tried = ["unshare", "--mount", "--net", "--pid", "--fork", "true"]
    return os.geteuid() == 0 and subprocess.run(tried, check=False, capture_output=True).returncode == 0


NEEDS = shutil.which("pg_createcluster") and shutil.which("ip") and DEBIAN.exists() and _may_unshare()


@pytest.mark.skipif(not NEEDS, reason="needs root with namespaces, iproute2, and Debian's PostgreSQL")
def test_the_guide_leads_to_a_server_that_comes_back(tmp_path: Path, measured: Callable[[object], None]) -> None:
    said = run_guide(tmp_path)
    steps = [line for line in said.splitlines() if line.startswith("== ")]
    measured(f"{len(steps)} steps of the guide, none failed")
    assert "Created postgresql:///ioms" in said
    assert said.count("The database is whole.") == 1
    assert "Nothing is wrong with what was looked at." in said
    assert "IOMS backup:" in said
    assert said.count("IOMS restore drill:") == 3, "by cron, to the newest moment, and to a moment"
    assert "The audit is whole." in said
