"""What docs/scale.md tells of replicas, of a partitioned audit and of its load model is still what happens."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

sys.path.append(str(Path(__file__).parents[1] / "benchmarks"))

import load_model
import scale
from postgres_cluster import find_binaries

CASES = 60

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


def test_the_scripts_of_the_load_model_do_what_the_program_does(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    measured: Callable[[object], None],
) -> None:
    if not (find_binaries() / "pgbench").exists():
        pytest.skip("the PostgreSQL to test with comes without pgbench")
    monkeypatch.setattr(load_model, "CONTACTS", 2)
    taken = load_model.measure(CASES, tmp_path, lasts=1)  # fails where pgbench refuses a statement
    load_model.say_sizes({CASES: taken})
    measured(capsys.readouterr().out.splitlines()[-1])
    recorded = (tmp_path / "open_a_case_and_record_a_contact.sql").read_text(encoding="utf-8")
    assert recorded.index(" open_case_and_others(") < recorded.index("INSERT INTO contacts")
    assert load_model.CASE not in recorded, "each run takes another case"
    assert all(each.cpu > 0 for each in taken.values())
