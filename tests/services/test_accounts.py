"""Who may sign in: added, let go, given new passwords, recovered; on both kinds of database where both have it."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from ioms_desktop.domain import recovery_code
from ioms_desktop.domain.access.roles import Role
from ioms_desktop.domain.errors import (
    FileExists,
    LastAdministrator,
    NoSecretToChange,
    NotAllowed,
    Refused,
    TooManyAttempts,
    UnknownUser,
    WeakPassword,
    WrongPassword,
    WrongRecoveryCode,
)
from ioms_desktop.services.accounts.accounts import account_ids, account_rows, change_account
from ioms_desktop.services.accounts.passwords import StrengthRequirement
from ioms_desktop.services.accounts.users import add_user, disable_user, enable_user, list_users
from ioms_desktop.services.database.database_admin import create_database
from ioms_desktop.services.list_query import ListQuery
from ioms_desktop.services.session import Session
from ioms_desktop.services.sign_in.password_change import (
    change_password,
    has_recovery_code,
    recover_password,
    set_password,
)
from ioms_desktop.services.sign_in.sign_in import sign_in
from ioms_desktop.storage.schema import tables
from ioms_desktop.storage.sqlite import failed_logins, key_file
from ioms_desktop.storage.store import Store
from keys import CODE, opened, with_users
from sessions import NOW, Clock

PASSWORD, NEW = "four plain words here", "seven pale herons wade at dusk"
WRONG = "name or the password is wrong"


@pytest.fixture
def office(location: str) -> str:
    """A database that an administrator and an officer may sign in to."""
    with_users(location, {"admin": Role.ADMINISTRATOR, "shah": Role.OFFICER}, PASSWORD)
    return location


@pytest.fixture
def file(local_location: str) -> str:
    """As `office`, a local file."""
    with_users(local_location, {"admin": Role.ADMINISTRATOR, "shah": Role.OFFICER}, PASSWORD)
    return local_location


@pytest.fixture
def admin(office: str) -> Iterator[Session]:
    session = sign_in(office, "admin", PASSWORD)
    yield session
    session.store.close()


def opens(location: str, name: str, password: str) -> bool:
    """Say whether somebody may sign in; refused for another reason than a wrong password, the test fails."""
    try:
        sign_in(location, name, password).store.close()
    except Refused as refused:
        if WRONG not in refused.sentence:
            raise
        return False
    return True


def entries(store: Store, name: str, kept_at: str = "") -> list[tuple[str, str, object]]:
    """Return what the audit says of a user: who did it, what kind it is, and the detail."""
    audit = tables.audit
    said = (
        select(audit.c.actor, audit.c.kind, audit.c.after)
        .where(audit.c.object_type == "users", audit.c.object_ref == name)
        .order_by(audit.c.id)
    )
    # Of a server's people only the auditor reads the audit: here whoever keeps the server does.
    kept = store if store.case_gate is None else opened(kept_at)
    with kept.read() as reading:
        found = [(row.actor, row.kind, row.after) for row in reading.connection.execute(said)]
    if kept is not store:
        kept.close()
    return found


def test_a_new_user_signs_in_with_the_role_given(admin: Session, office: str) -> None:
    assert "okoro may sign in as navigator" in add_user(admin, "okoro", "navigator", NEW)
    session = sign_in(office, "okoro", NEW)
    assert session.role is Role.NAVIGATOR
    session.store.close()
    assert not opens(office, "okoro", PASSWORD)


def test_whoever_is_let_go_signs_in_no_more_and_the_others_do(admin: Session, office: str) -> None:
    add_user(admin, "okoro", "navigator", NEW)
    assert "okoro can no longer sign in" in disable_user(admin, "okoro")
    assert not opens(office, "okoro", NEW)
    assert {user.name: user.active for user in list_users(admin)} == {"admin": True, "okoro": False, "shah": True}
    admin.store.close()
    assert opens(office, "shah", PASSWORD)


def test_whoever_was_let_go_by_mistake_is_let_in_again_in_their_role(admin: Session, office: str) -> None:
    add_user(admin, "okoro", "navigator", NEW)
    for name in ("okoro", "nobody"):
        with pytest.raises(UnknownUser):
            enable_user(admin, name)
    disable_user(admin, "okoro")
    assert not opens(office, "okoro", NEW)
    assert "okoro may sign in again" in enable_user(admin, "okoro")
    assert entries(admin.store, "okoro", office)[-1] == ("admin", "ALTERATION", {"active": True})
    if admin.store.key is not None:  # their half of a file's key is gone
        assert not opens(office, "okoro", NEW)
        set_password(admin, "okoro", NEW)
    again = sign_in(office, "okoro", NEW)
    assert again.role is Role.NAVIGATOR
    again.store.close()


def test_letting_somebody_go_changes_the_key_of_a_file(file: str) -> None:
    session = sign_in(file, "admin", PASSWORD)
    before = session.store.key
    assert "The file has another key. Copies and backups" in disable_user(session, "shah")
    assert session.store.key != before
    assert entries(session.store, "shah")[-1] == ("admin", "ALTERATION", {"active": False})
    session.store.close()
    assert opens(file, "admin", PASSWORD)


def test_a_key_that_cannot_be_changed_at_once_is_changed_at_the_next_sign_in(file: str) -> None:
    colleague = sign_in(file, "shah", PASSWORD)
    session = sign_in(file, "admin", PASSWORD)
    add_user(session, "okoro", "navigator", NEW)
    before = session.store.key
    assert "keeps its key while another program has it open" in disable_user(session, "okoro")
    assert session.store.key == before
    assert not opens(file, "okoro", NEW)
    for each in (session, colleague):
        each.store.close()
    again = sign_in(file, "shah", PASSWORD)
    assert again.store.key != before
    again.store.close()


def test_the_last_administrator_stays(admin: Session, office: str) -> None:
    with pytest.raises(LastAdministrator):
        disable_user(admin, "admin")
    assert opens(office, "admin", PASSWORD)


def test_only_an_administrator_administers(office: str) -> None:
    session = sign_in(office, "shah", PASSWORD)
    for act in (
        lambda: add_user(session, "x", "officer", NEW),
        lambda: disable_user(session, "admin"),
        lambda: enable_user(session, "admin"),
        lambda: change_account(session, "admin", team="", until=None),
        lambda: change_account(session, "shah", team="", until=date(2026, 12, 31)),
        lambda: set_password(session, "admin", NEW),
        lambda: list_users(session),
    ):
        with pytest.raises(NotAllowed):
            act()
    session.store.close()
    assert opens(office, "admin", PASSWORD)


def test_ones_own_password_is_changed_with_the_present_one(office: str) -> None:
    session = sign_in(office, "shah", PASSWORD)
    with pytest.raises(WrongPassword):
        change_password(session, "not it", NEW)
    assert change_password(session, PASSWORD, NEW) == "Your password was changed."
    said = entries(session.store, "shah", office)
    session.store.close()
    assert said[-1] == ("shah", "ALTERATION", {"password": "changed by the user"})
    assert sum(detail == {"password": "changed by the user"} for *_, detail in said) == 1
    assert opens(office, "shah", NEW)
    assert not opens(office, "shah", PASSWORD)


def test_an_administrator_gives_somebody_a_new_password(admin: Session, office: str) -> None:
    assert "shah has a new password" in set_password(admin, "shah", NEW)
    assert entries(admin.store, "shah", office)[-1] == ("admin", "ALTERATION", {"password": "set by an administrator"})
    assert opens(office, "shah", NEW)
    assert not opens(office, "shah", PASSWORD)
    with pytest.raises(UnknownUser):
        set_password(admin, "nobody", NEW)
    disable_user(admin, "shah")
    with pytest.raises(UnknownUser):
        set_password(admin, "shah", PASSWORD)


@pytest.mark.parametrize(
    ("password", "words"),
    [
        ("", "is empty"),
        ("short", "too short"),
        ("passwordpassword", "soon be guessed"),
        ("shahshahshahshah", "soon be guessed"),
        ("aaaaaaaaaaaaaaaaaaaa", "soon be guessed"),
    ],
)
def test_a_password_that_protects_nothing_is_refused(office: str, tmp_path: Path, password: str, words: str) -> None:
    session = sign_in(office, "admin", PASSWORD)
    for act in (
        lambda: add_user(session, "shah2", "officer", password),
        lambda: set_password(session, "shah", password),
        lambda: change_password(session, PASSWORD, password),
        lambda: create_database(str(tmp_path / "new.ioms"), "holt", password),
    ):
        with pytest.raises(WeakPassword, match=words):
            act()
    session.store.close()
    assert not (tmp_path / "new.ioms").exists()


def test_a_weak_password_is_taken_from_a_job(admin: Session, office: str) -> None:
    add_user(admin, "okoro", "navigator", "password", strength=StrengthRequirement.MINIMAL)
    assert opens(office, "okoro", "password")


@pytest.mark.parametrize(
    "password", ["", "x", "short", "aaaaaaaaaaaa", "ababababABAB", "   ", "PATEL.SMITH", " patel.smith "]
)
def test_what_is_no_password_is_taken_from_nobody(admin: Session, tmp_path: Path, password: str) -> None:
    name, minimal = "patel.smith", StrengthRequirement.MINIMAL
    for act in (
        lambda: add_user(admin, name, "officer", password, strength=minimal),
        lambda: set_password(admin, name, password, strength=minimal),
        lambda: change_password(admin, PASSWORD, password if "PATEL" not in password.upper() else "", strength=minimal),
        lambda: create_database(str(tmp_path / "new.ioms"), name, password, strength=minimal),
    ):
        with pytest.raises(WeakPassword):
            act()
    assert not (tmp_path / "new.ioms").exists()
    assert name not in [user.name for user in list_users(admin)]


def test_a_new_file_says_its_recovery_code_once_and_keeps_no_password(tmp_path: Path) -> None:
    where = str(tmp_path / "new.ioms")
    made = create_database(where, " holt ", PASSWORD)
    assert recovery_code.parse_code(made.recovery_code) == made.recovery_code
    assert opens(where, "holt", PASSWORD)
    session = sign_in(where, "holt", PASSWORD)
    assert [user.password_hash for user in list_users(session)] == [""]
    session.store.close()
    for path in tmp_path.iterdir():
        for secret in (PASSWORD, made.recovery_code, made.recovery_code.replace("-", "")):
            assert secret.encode() not in path.read_bytes()


def test_what_cannot_be_made_whole_is_not_left_by_halves(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise Refused("The disk is full.")

    monkeypatch.setattr(key_file, "save", full)
    with pytest.raises(Refused, match="disk is full"):
        create_database(str(tmp_path / "new.ioms"), "holt", PASSWORD)
    assert list(tmp_path.iterdir()) == []


def test_the_key_file_of_a_database_that_was_moved_away_is_not_written_over(tmp_path: Path) -> None:
    where = tmp_path / "new.ioms"
    create_database(str(where), "holt", PASSWORD)
    where.rename(tmp_path / "moved.ioms")
    before = key_file.key_file_path(where).read_bytes()
    with pytest.raises(FileExists):
        create_database(str(where), "holt", PASSWORD)
    assert key_file.key_file_path(where).read_bytes() == before
    assert not where.exists()


def test_the_recovery_code_gives_a_new_password_and_a_new_code(file: str) -> None:
    recovered = recover_password(file, "shah", CODE.lower().replace("-", " "), NEW)
    assert "shah has a new password" in recovered.sentence
    assert opens(file, "shah", NEW)
    assert not opens(file, "shah", PASSWORD)
    assert opens(file, "admin", PASSWORD)
    with pytest.raises(WrongRecoveryCode):
        recover_password(file, "shah", CODE, PASSWORD)
    recover_password(file, "admin", recovered.recovery_code, NEW)
    session = sign_in(file, "admin", NEW)
    assert entries(session.store, "shah")[-1] == ("shah", "ALTERATION", {"password": "set with the recovery code"})
    session.store.close()


def test_a_recovery_that_is_refused_changes_nothing(file: str) -> None:
    before = key_file.key_file_path(file).read_bytes()
    for name, code, password, words in (
        ("shah", recovery_code.format_code(bytes(15) + b"\x01"), NEW, "does not open this database"),
        ("shah", "not a code", NEW, "not a recovery code"),
        ("shah", CODE[:-1] + "1", NEW, "mistyped"),
        ("nobody", CODE, NEW, "no user nobody"),
        ("shah", CODE, "short", "too short"),
    ):
        with pytest.raises(Refused, match=words):
            recover_password(file, name, code, password)
    assert key_file.key_file_path(file).read_bytes() == before
    assert opens(file, "shah", PASSWORD)


def test_whoever_was_let_go_is_not_brought_back_by_the_code(file: str) -> None:
    session = sign_in(file, "admin", PASSWORD)
    disable_user(session, "shah")
    session.store.close()
    with pytest.raises(UnknownUser):
        recover_password(file, "shah", CODE, NEW)
    assert not opens(file, "shah", NEW)


def test_a_shared_database_has_no_recovery_code() -> None:
    with pytest.raises(NoSecretToChange):
        recover_password("postgresql://server/cases", "shah", CODE, NEW)


def test_five_wrong_passwords_ask_for_patience_and_go_on_record_at_the_next_sign_in(file: str) -> None:
    clock = Clock()
    for _ in range(5):
        with pytest.raises(WrongPassword, match=WRONG):
            sign_in(file, "shah", "wrong", clock=clock)
    with pytest.raises(TooManyAttempts):
        sign_in(file, "shah", PASSWORD, clock=clock)
    sign_in(file, "admin", PASSWORD, clock=clock).store.close()
    clock.now = NOW + timedelta(seconds=61)
    session = sign_in(file, "shah", PASSWORD, clock=clock)
    assert entries(session.store, "shah")[-1] == ("shah", "CONSULTATION", {"signed_in": False, "times": 5})
    session.store.close()
    assert not failed_logins.failed_logins_path(file).exists()


def test_a_name_that_nobody_has_is_counted_like_another_and_never_written_down(file: str) -> None:
    clock = Clock()
    for _ in range(5):
        with pytest.raises(WrongPassword, match=WRONG):
            sign_in(file, "my secret password", "wrong", clock=clock)
    with pytest.raises(TooManyAttempts):
        sign_in(file, "somebody", "wrong", clock=clock)
    assert "secret" not in failed_logins.failed_logins_path(file).read_text(encoding="utf-8")


@pytest.mark.parametrize("said", [b"", b"[]", b"\xff", b'{"shah": 7}', b'{"shah": {"failed": 2, "until": "soon"}}'])
def test_a_count_that_cannot_be_read_stops_nobody(file: str, said: bytes) -> None:
    failed_logins.failed_logins_path(file).write_bytes(said)
    assert opens(file, "shah", PASSWORD)


def test_drafts_have_a_key_that_outlasts_another_key_and_another_password(file: str) -> None:
    session = sign_in(file, "shah", PASSWORD)
    first = session.draft_key
    change_password(session, PASSWORD, NEW)
    session.store.close()
    office = sign_in(file, "admin", PASSWORD)
    add_user(office, "okoro", "navigator", NEW)
    disable_user(office, "okoro")
    office.store.close()
    again = sign_in(file, "shah", NEW)
    again.store.close()
    assert first is not None
    assert again.draft_key == first
    assert office.draft_key not in {None, first, office.store.key}
    assert repr(first) not in repr(again)
    assert repr(again.store.key) not in repr(again)


def test_accounts_are_narrowed_by_role_and_by_whether_they_may_sign_in(admin: Session) -> None:
    disable_user(admin, "shah")
    add_user(admin, "okoro", "navigator", NEW)

    def named(**chosen: str) -> set[str]:
        query = ListQuery(filters=tuple(chosen.items()))
        return {row.name for row in account_rows(admin, account_ids(admin, query))}

    assert named() == {"admin", "shah", "okoro"}
    assert named(role="navigator") == {"okoro"}
    assert named(open="open") == {"admin", "okoro"}
    assert named(open="closed") == {"shah"}


def test_whether_a_recovery_code_opens_it_is_known_of_a_file_and_of_no_server(admin: Session, office: str) -> None:
    if admin.store.key is None:
        assert has_recovery_code(admin) is None
        return
    assert has_recovery_code(admin) is True
    kept = key_file.load(office)
    people = tuple(slot for slot in kept.slots if slot.kind != key_file.RECOVERY)
    key_file.save(office, replace(kept, slots=people))
    assert has_recovery_code(admin) is False
