"""Training is a reason on fictional data only; on live records every door refuses it, and nothing leaves."""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from desks import TODAY, Clock, desk_of, fill
from ioms_desktop.domain.access.roles import Role
from ioms_desktop.domain.errors import Refused
from ioms_desktop.services.cases.case_query import query_case
from ioms_desktop.services.cases.cases import open_case
from ioms_desktop.services.exchange.exports import export_records
from ioms_desktop.services.printing.summaries import case_summary_pdf
from ioms_desktop.services.session import Desk
from ioms_desktop.storage.audit.audit import has_viewed_since
from ioms_desktop.storage.database.demo_marker import mark_as_demo
from ioms_desktop.storage.store import Store

Door = Callable[[Desk, str, Path], object]
DOORS: dict[str, Door] = {
    "open": lambda desk, reason, _: open_case(desk, "IOM-1", reason_code=reason),
    "ask": lambda desk, reason, _: query_case(desk, "IOM-1", TODAY, reason_code=reason),
    "print": lambda desk, reason, _: case_summary_pdf(desk, "IOM-1", reason_code=reason),
    "export": lambda desk, reason, path: export_records(desk, path, ["IOM-1"], reason=reason),
}


@pytest.fixture
def desk(store: Store) -> Desk:
    fill(store)
    return desk_of(store, "wright", Role.SUPERVISOR, Clock())


def looked(desk: Desk) -> bool:
    with desk.store.read() as reading:
        return has_viewed_since(reading, "wright", "IOM-1", "P-CH", datetime(2026, 1, 1, tzinfo=UTC))


@pytest.mark.parametrize("name", DOORS)
def test_training_is_no_reason_where_people_are_real(desk: Desk, tmp_path: Path, name: str) -> None:
    with pytest.raises(Refused, match="Training is no reason on live records"):
        DOORS[name](desk, "TRAINING", tmp_path / "out")
    assert not looked(desk)
    assert not (tmp_path / "out").exists()
    DOORS[name](desk, "CASE_WORK", tmp_path / "out")


@pytest.mark.parametrize("name", DOORS)
def test_training_is_a_reason_where_everybody_is_fictional(desk: Desk, tmp_path: Path, name: str) -> None:
    with desk.store.begin(desk.command_context()) as tx:
        mark_as_demo(tx.connection)
    DOORS[name](desk, "TRAINING", tmp_path / "out")
