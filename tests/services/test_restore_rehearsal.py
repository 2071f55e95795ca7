"""A rehearsal brings a backup back as a restore would, says what it compared, and leaves nothing but its record."""

from pathlib import Path

import pytest
from sqlalchemy import select

from backup_sessions import Kept, Unwanted, left_in, no_room, stopping_at
from ioms_desktop.domain.access.roles import Role
from ioms_desktop.domain.errors import DatabaseDamaged, NotAllowed, WrongDatabaseKind
from ioms_desktop.services.audit.audit import seal_audit, verify_audit
from ioms_desktop.services.database.backups import back_up, get_last_backup
from ioms_desktop.services.database.restore_rehearsal import RowCountDifference, rehearse_restore
from ioms_desktop.services.session import Session
from ioms_desktop.storage.schema import tables
from proof.books import PASSWORD
from proof.damage import PAGE
from shared_people import Office


def on_record(session: Session) -> list[dict[str, object]]:
    """Return what the audit says of rehearsals."""
    entry = tables.audit.c
    with session.store.read() as reading:
        query = select(entry.after).where(entry.object_type == "backup", entry.actor == session.user).order_by(entry.id)
        return [said for said in reading.connection.scalars(query) if "rehearsed" in said]


def test_a_rehearsal_proves_the_newest_backup_and_compares_it_with_today(kept: Kept) -> None:
    admin = kept.session()
    done = back_up(admin, kept.folder)
    kept.record("since then", "and then")
    beside = left_in(kept.book.folder)
    rehearsed = rehearse_restore(admin, PASSWORD)
    assert left_in(kept.book.folder) == beside
    assert len(left_in(kept.folder)) == 2
    assert rehearsed.backup == done.backup.path
    assert sum(rehearsed.rows.values()) == done.rows
    contacts = rehearsed.rows["contacts"]
    assert RowCountDifference("contacts", contacts, contacts + 2) in rehearsed.differences
    assert f"contacts {contacts} then, {contacts + 2} now" in rehearsed.notice
    assert "removed again" in rehearsed.notice
    (said,) = on_record(admin)
    assert (said["rehearsed"], said["rows"]) == (True, done.rows)


def test_without_a_backup_one_is_made_for_the_rehearsal_and_none_is_claimed(kept: Kept) -> None:
    admin = kept.session()
    rehearsed = rehearse_restore(admin, PASSWORD)
    assert rehearsed.backup == ""
    assert rehearsed.differences == ()
    assert "made for this rehearsal" in rehearsed.notice
    assert get_last_backup(admin) is None
    back_up(admin, kept.folder)
    for path in kept.folder.iterdir():
        path.unlink()
    assert rehearse_restore(admin, PASSWORD).backup == ""


def test_a_rehearsal_is_not_taken_for_a_restore(kept: Kept) -> None:
    """The workstation does not remember its seals, which nobody will find again."""
    admin = kept.session()
    back_up(admin, kept.folder)
    kept.record("since then")
    seal_audit(admin)
    rehearse_restore(admin, PASSWORD)
    report = verify_audit(kept.session(Role.AUDITOR))
    assert (report.ok, report.epochs) == (True, ())


def test_a_rehearsal_that_fails_is_on_record_and_leaves_nothing(kept: Kept) -> None:
    admin = kept.session()
    backup = Path(back_up(admin, kept.folder).backup.path)
    with backup.open("rb+") as file:
        file.seek(3 * PAGE + 100)
        file.write(b"\0\0\0\0")
    beside = left_in(kept.book.folder)
    with pytest.raises(DatabaseDamaged):
        rehearse_restore(admin, PASSWORD)
    with no_room(4096), pytest.raises(DatabaseDamaged):
        rehearse_restore(admin, PASSWORD)
    backup.unlink()
    with pytest.raises(Unwanted):
        rehearse_restore(admin, PASSWORD, progress=stopping_at("copied"))
    assert left_in(kept.book.folder) == beside
    assert on_record(admin)[0]["rehearsed"] is False
    assert "damaged" in str(on_record(admin)[0]["why"])


def test_only_an_administrator_rehearses_and_on_a_server_its_keepers_do(kept: Kept, office: Office) -> None:
    with pytest.raises(NotAllowed):
        rehearse_restore(kept.session(Role.SUPERVISOR), PASSWORD)
    with pytest.raises(WrongDatabaseKind):
        rehearse_restore(office.session(Role.ADMINISTRATOR), PASSWORD)


def test_a_rehearsal_is_on_record_with_its_backup_or_as_one_of_a_backup_made_for_it(kept: Kept) -> None:
    admin = kept.session()
    rehearse_restore(admin, PASSWORD)
    path = back_up(admin, kept.folder).backup.path
    rehearse_restore(admin, PASSWORD)
    entry = tables.audit.c
    query = select(entry.object_ref, entry.after).where(entry.object_type == "backup").order_by(entry.id)
    with admin.store.read() as reading:
        found = [ref for ref, said in reading.connection.execute(query) if "rehearsed" in said]
    assert found == ["made for the rehearsal", path]
