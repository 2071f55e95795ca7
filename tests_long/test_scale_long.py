"""What docs/scale.md tells of replicas and of a partitioned audit is still what happens."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

sys.path.append(str(Path(__file__).parents[1] / "benchmarks"))

import scale
from postgres_cluster import find_binaries

if TYPE_CHECKING:
    from collections.abc import Callable


def test_a_server_and_its_replica_answer_alike_and_so_do_both_forms_of_the_audit(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], measured: Callable[[object], None]
) -> None:
    if not (find_binaries() / "pg_basebackup").exists():
        pytest.skip("the PostgreSQL to test with comes without pg_basebackup")
    for name, value in (("CASES", 4), ("SECONDS", 1), ("ROUNDS", 1), ("ENTRIES", 3000)):
        monkeypatch.setattr(scale, name, value)
    scale.replica()
    scale.audit()
    said = capsys.readouterr().out
    measured(f"{len(said.splitlines())} lines of figures")
    assert "To open a case there is refused: This server is a copy" in said
    assert "who looked at a person: " in said
