"""Cases taken away in a file: what is in it, for whom, and what stands on record."""

from datetime import date
from hashlib import sha256
from pathlib import Path

import pytest
from sqlalchemy import select

from desks import NOW
from ioms_desktop.domain.access import Role
from ioms_desktop.domain.errors import Missing, NotAllowed, Refused
from ioms_desktop.services.desk import Desk
from ioms_desktop.services.session import sign_in
from ioms_desktop.services.taking_away import TakeAway, Taken, outstanding, take_away
from ioms_desktop.storage import tables
from keys import opened
from shared_people import Office

PASSWORD = "another four plain words"


def taken(desk: Desk, path: Path, *refs: str) -> Taken:
    return take_away(
        desk, TakeAway(path=path, cases=refs, reason="CASE_WORK", password=PASSWORD, until=date(2026, 10, 20))
    )


def test_an_officers_file_has_everything_of_the_case_and_nothing_of_another(office: Office, tmp_path: Path) -> None:
    desk = office.desk("officer")
    done = taken(desk, tmp_path / "visit.ioms", "PHX-1")
    file = sign_in(str(tmp_path / "visit.ioms"), desk.user, PASSWORD)
    with file.store.read() as reading:
        refs = list(reading.connection.scalars(select(tables.cases.c.case_ref)))
    assert refs == ["PHX-1"]
    assert file.taken == done.mark
    file.store.close()
