"""Training is a reason on fictional data only; on live records every door refuses it, and nothing leaves."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from ioms_desktop.domain.access.roles import Role
from ioms_desktop.domain.errors import TrainingReason
from ioms_desktop.services.cases.case_query import query_case
from ioms_desktop.services.cases.cases import open_case
from ioms_desktop.services.exchange.exports import export_records
from ioms_desktop.services.session import Session
from ioms_desktop.storage.audit.audit import has_viewed_recently
from ioms_desktop.storage.database.demo_marker import mark_as_demo
from ioms_desktop.storage.store import Store
from paper_prints import printed_pdf
from sessions import NOW, TODAY, Clock, fill, session_of

Door = Callable[[Session, str, Path], object]
DOORS: dict[str, Door] = {
    "open": lambda session, reason, _: open_case(session, "IOM-1", reason_code=reason),
    "ask": lambda session, reason, _: query_case(session, "IOM-1", TODAY, reason_code=reason),
    "print": lambda session, reason, _: printed_pdf(session, "IOM-1", reason_code=reason),
    "export": lambda session, reason, path: export_records(session, path, ["IOM-1"], reason=reason),
}


@pytest.fixture
def session(store: Store) -> Session:
    fill(store)
    return session_of(store, "wright", Role.SUPERVISOR, Clock())


def looked(session: Session) -> bool:
    with session.store.read() as reading:
        return has_viewed_recently(reading, "wright", "IOM-1", "P-CH", NOW, timedelta(days=365))


@pytest.mark.parametrize("name", DOORS)
def test_training_is_no_reason_where_people_are_real(session: Session, tmp_path: Path, name: str) -> None:
    with pytest.raises(TrainingReason):
        DOORS[name](session, "TRAINING", tmp_path / "out")
    assert not looked(session)
    assert not (tmp_path / "out").exists()
    DOORS[name](session, "CASE_WORK", tmp_path / "out")


@pytest.mark.parametrize("name", DOORS)
def test_training_is_a_reason_where_everybody_is_fictional(session: Session, tmp_path: Path, name: str) -> None:
    with session.store.begin(session.command_context()) as tx:
        mark_as_demo(tx.connection)
    DOORS[name](session, "TRAINING", tmp_path / "out")
