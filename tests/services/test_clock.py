"""What was stored while a clock was ahead never counts as recent, and a clock that moved back is told and recorded.

On a server the clock cannot be set; its stored instants are moved ahead instead, by whoever keeps it.
"""

import os
import shutil
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from sqlalchemy import text

from backup_sessions import Kept
from ioms_desktop.domain.access.roles import Role
from ioms_desktop.domain.drafts import Draft
from ioms_desktop.domain.errors import Missing, TooManyAttempts, WrongPassword
from ioms_desktop.services import drafts
from ioms_desktop.services.access.break_glass import BreakGlass, break_glass, list_recent_break_glass
from ioms_desktop.services.audit.audit import seal_audit
from ioms_desktop.services.audit.clock import check_clock
from ioms_desktop.services.cases.cases import open_case
from ioms_desktop.services.database.backups import back_up, backup_reminder
from ioms_desktop.services.retention.copies import describe_known_copies
from ioms_desktop.services.sign_in.sign_in import sign_in
from ioms_desktop.services.user_paths import data_folder
from ioms_desktop.storage.engine import open_store
from ioms_desktop.storage.sqlite import key_file
from ioms_desktop.storage.store import Store
from ioms_desktop.storage.transaction import CommandContext
from keys import opened, with_users
from services.written import keep
from sessions import NOW, Clock, fill, request, session_of
from shared_people import PASSWORD, Office, login_of

YEAR = timedelta(days=365)
A_LITTLE = timedelta(seconds=30)
AHEAD = [timedelta(minutes=20), timedelta(hours=5), YEAR]


def looks(store: Store, case_ref: str = "PHX-1") -> int:
    query = "SELECT count(*) FROM audit WHERE kind = 'CONSULTATION' AND object_type = 'cases' AND object_ref = :ref"
    with store.read() as reading:
        return int(reading.connection.scalar(text(query), {"ref": case_ref}) or 0)


def moves(store: Store) -> int:
    with store.read() as reading:
        return int(reading.connection.scalar(text("SELECT count(*) FROM audit WHERE object_type = 'clock'")) or 0)


@pytest.fixture
def kept_store(local_location: str) -> Store:
    store = opened(local_location)
    fill(store)
    return store


@pytest.mark.parametrize("ahead", AHEAD)
def test_a_look_with_the_clock_ahead_hides_no_later_look_in_a_file(kept_store: Store, ahead: timedelta) -> None:
    clock = Clock()
    session = session_of(kept_store, "okoro", Role.NAVIGATOR, clock)
    clock.now = NOW + ahead
    open_case(session, "PHX-1")
    clock.now = NOW
    open_case(session, "PHX-1")
    assert looks(kept_store) == 2
    open_case(session, "PHX-1")  # the control: a refresh within the quarter of an hour adds none
    assert looks(kept_store) == 2


@pytest.mark.parametrize("ahead", AHEAD)
def test_a_look_with_the_clock_ahead_hides_no_later_look_on_a_server(office: Office, ahead: timedelta) -> None:
    session = office.session("navigator")
    open_case(session, "PHX-1")
    open_case(session, "PHX-1")
    with office.owner() as owner:
        count = "SELECT count(*) FROM audit WHERE kind = 'CONSULTATION' AND object_ref = 'PHX-1'"
        assert owner.execute(count).fetchone() == (1,)
        owner.execute("UPDATE look SET expires_at = expires_at + %s", (ahead,))
        with office.raw("navigator") as raw:  # what was opened then is shut now
            assert raw.execute("SELECT count(*) FROM opened_cases()").fetchone() == (0,)
            assert raw.execute("SELECT count(*) FROM opened_people()").fetchone() == (0,)
        open_case(session, "PHX-1")
        assert owner.execute(count).fetchone() == (2,)


def test_the_open_book_of_a_clock_that_was_ahead_is_shut(office: Office) -> None:
    with office.raw("supervisor") as raw, office.owner() as owner:
        raw.execute("SELECT open_book('IMPORT')")
        assert raw.execute("SELECT book_open()").fetchone() == (True,)
        owner.execute("UPDATE opened_book SET expires_at = expires_at + interval '1 year'")
        assert raw.execute("SELECT book_open()").fetchone() == (False,)


@pytest.mark.parametrize("ahead", AHEAD)
def test_glass_broken_with_the_clock_ahead_is_whole_in_a_file(kept_store: Store, ahead: timedelta) -> None:
    clock = Clock()
    keep(kept_store, "IOM-1", restricted=True)
    session = session_of(kept_store, "adeyemi", Role.OFFICER, clock)
    reviewer = session_of(kept_store, "wright", Role.SUPERVISOR, clock)
    clock.now = NOW + ahead
    break_glass(session, BreakGlass(request=request(), case_ref="IOM-1", reason="his mother rang twice"))
    assert open_case(session, "IOM-1").break_glass_access is not None
    assert len(list_recent_break_glass(reviewer)) == 1
    clock.now = NOW
    with pytest.raises(Missing):
        open_case(session, "IOM-1")
    assert list_recent_break_glass(reviewer) == ()


def test_glass_broken_with_the_clock_ahead_is_whole_on_a_server(office: Office) -> None:
    with office.raw("supervisor") as raw:
        raw.execute("SELECT open_case('PHX-1')")
        raw.execute("SELECT set_standing('PHX-1', true, NULL)")
    session = office.session("officer")
    break_glass(session, BreakGlass(request=request(), case_ref="PHX-1", reason="his mother rang twice"))
    assert open_case(session, "PHX-1").break_glass_access is not None
    with office.owner() as owner:
        owner.execute(
            "UPDATE access_entry SET begins_at = begins_at + interval '1 year', "
            "ends_at = ends_at + interval '1 year' WHERE kind = 'GLASS'"
        )
        owner.execute("DELETE FROM look")
    with pytest.raises(Missing):
        open_case(session, "PHX-1")


@pytest.mark.parametrize("ahead", AHEAD)
def test_wrong_passwords_with_the_clock_ahead_lock_nobody_out(local_location: str, ahead: timedelta) -> None:
    with_users(local_location, {"shah": "auditor"}, PASSWORD)
    clock = Clock()
    clock.now = NOW + ahead
    for _ in range(5):
        with pytest.raises(WrongPassword):
            sign_in(local_location, "shah", "wrong", clock=clock)
    with pytest.raises(TooManyAttempts):  # the control: the pause holds while the clock says so
        sign_in(local_location, "shah", PASSWORD, clock=clock)
    clock.now = NOW
    with pytest.raises(WrongPassword):
        sign_in(local_location, "shah", "wrong again", clock=clock)
    with pytest.raises(TooManyAttempts):  # and a sixth one pauses again
        sign_in(local_location, "shah", PASSWORD, clock=clock)
    clock.now += timedelta(seconds=61)
    sign_in(local_location, "shah", PASSWORD, clock=clock).store.close()


def with_backup_at(kept: Kept, at: datetime) -> str:
    path = kept.folder / f"cases-{at:%Y%m%dT%H%M%SZ}.ioms"
    first = next(kept.folder.glob("*.ioms"))
    shutil.copyfile(first, path)
    shutil.copyfile(key_file.key_file_path(first), key_file.key_file_path(path))
    return path.name


def test_backups_dated_ahead_displace_no_real_one_and_are_told(kept: Kept) -> None:
    admin = kept.session()
    back_up(admin, kept.folder)
    real = [with_backup_at(kept, NOW - timedelta(days=each)) for each in range(1, 6)]
    ahead = [with_backup_at(kept, NOW + YEAR + timedelta(days=each)) for each in range(7)]
    kept.clock.now = NOW + timedelta(hours=1)
    done = back_up(admin, kept.folder)
    assert done.removed == ()
    assert {*real, *ahead} <= {path.name for path in kept.folder.iterdir()}
    assert "Seven backups in this folder are dated later than now" in done.alarm
    kept.clock.now += timedelta(days=1)  # real ones are let go as ever, once there are seven newer days
    assert back_up(admin, kept.folder).removed == ()


def test_a_backup_dated_ahead_does_not_silence_the_reminder(kept: Kept) -> None:
    admin = kept.session()
    kept.clock.now = NOW + YEAR
    back_up(admin, kept.folder)
    assert backup_reminder(admin) == ""
    kept.clock.now = NOW
    assert backup_reminder(admin) == (
        "The last backup of this file is dated 15 Oct 2027, later than today. Check the clock and make a backup."
    )


def test_a_copy_dated_ahead_may_hold_what_was_disposed_of(kept: Kept) -> None:
    copy = kept.book.folder / f"{kept.book.location.rsplit('/', 1)[-1]}.before-v2"
    copy.write_bytes(b"")
    for written, named in ((NOW - YEAR, True), (NOW + timedelta(minutes=1), False), (NOW + YEAR, True)):
        os.utime(copy, (written.timestamp(), written.timestamp()))
        told = describe_known_copies(kept.book.location, NOW, NOW + timedelta(hours=1))
        assert any(copy.name in each for each in told) is named


def test_what_was_typed_with_the_clock_ahead_is_kept_as_long_as_anything(kept_store: Store) -> None:
    clock = Clock()
    session = replace(session_of(kept_store, "okoro", Role.NAVIGATOR, clock), draft_key=bytes(32))
    clock.now = NOW + YEAR
    drafts.save_draft(session, Draft(id="d1", form="rag", request=request(), saved_at=NOW, case_ref="PHX-1"))
    drafts.save_tabs(session, ("PHX-1",), "PHX-1", "today")
    (file,) = data_folder().rglob("d1.draft*")
    os.utime(file, (clock.now.timestamp(), clock.now.timestamp()))
    clock.now = NOW
    assert [each.draft.saved_at for each in drafts.list_drafts(session).entries] == [NOW]
    assert drafts.restore_tabs(session) is None
    os.utime(file, (NOW.timestamp(), NOW.timestamp()))
    clock.now = NOW + timedelta(days=14, seconds=1)
    assert drafts.list_drafts(session).entries == ()


@pytest.mark.parametrize("ahead", AHEAD)
def test_a_clock_that_moved_back_is_told_and_recorded_once_in_a_file(local_location: str, ahead: timedelta) -> None:
    with_users(local_location, {"okoro": "navigator"}, PASSWORD)
    store = opened(local_location)
    fill(store)
    clock = Clock(NOW + ahead)
    session = session_of(store, "okoro", Role.NAVIGATOR, clock)
    open_case(session, "PHX-1")
    assert check_clock(session) == ""
    clock.now = NOW
    assert "moved back" in check_clock(session)
    for _ in range(3):
        open_case(session, "PHX-1")
        seal_audit(session)
        clock.now += A_LITTLE
    assert moves(store) == 1
    (warning,) = sign_in(local_location, "okoro", PASSWORD, clock=clock).warnings
    assert "moved back" in warning
    clock.now = NOW + ahead + A_LITTLE  # once the time has come, nothing is ahead
    assert sign_in(local_location, "okoro", PASSWORD, clock=clock).warnings == ()


def test_a_clock_that_is_only_put_right_by_a_little_is_no_matter(kept_store: Store) -> None:
    clock = Clock(NOW + timedelta(minutes=2))
    session = session_of(kept_store, "okoro", Role.NAVIGATOR, clock)
    open_case(session, "PHX-1")
    clock.now = NOW
    seal_audit(session)
    assert (moves(kept_store), check_clock(session)) == (0, "")


def test_a_clock_that_moved_back_is_told_and_recorded_once_on_a_server(office: Office) -> None:
    session = office.session("navigator")
    open_case(session, "PHX-1")
    seal_audit(session)
    assert (check_clock(session), sign_warnings(office)) == ("", ())
    record_as_keeper(office.location, YEAR)
    assert "The clock of the server moved back" in check_clock(session)
    with office.owner() as owner:
        for _ in range(3):
            open_case(office.session("officer"), "PHX-1")
            seal_audit(session)
            owner.execute("DELETE FROM look")
        found = owner.execute("SELECT actor, after::jsonb ? 'from' FROM audit WHERE object_type = 'clock'").fetchall()
    assert found == [(login_of("navigator"), True)]
    assert any("The clock of the server moved back" in each for each in sign_warnings(office))


def sign_warnings(office: Office) -> tuple[str, ...]:
    session = sign_in(office.location, login_of("officer"), PASSWORD)
    session.store.close()
    return session.warnings


def record_as_keeper(location: str, ahead: timedelta) -> None:
    store = open_store(location)
    with store.read() as reading:
        now: datetime = reading.connection.scalar(text("SELECT clock_timestamp()")) or NOW
    act = CommandContext(request="", user="holt", role="", at=now + ahead, workstation="server")
    with store.begin(act) as tx:
        tx.log("CONSULTATION", object_type="people", object_ref="P-JM", subject_ref="P-JM")
    store.close()
