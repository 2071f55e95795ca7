"""Whoever keeps a transaction open is named to those whom it holds up, and nobody holds up the end of their account."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import TYPE_CHECKING

import psycopg
import pytest

from ioms_desktop.domain.access.roles import Role
from ioms_desktop.domain.errors import DatabaseInUse
from ioms_desktop.services.accounts.users import disable_user
from ioms_desktop.services.audit.audit import verify_audit
from ioms_desktop.storage.db_errors import SESSIONS_ENDED as ENDED
from shared_people import ANOTHER, PASSWORD, login_of
from storage.test_fences import answer, rows

if TYPE_CHECKING:
    from shared_people import Office

OWN_PASSWORD = "SELECT set_login_password(session_user::text, 'SCRAM-SHA-256$4096:AA==$AA==:AA==')"


def test_who_keeps_entries_from_being_sealed_is_named_to_whoever_verifies(office: Office) -> None:
    auditor = office.session("auditor")
    with office.raw("supervisor") as held, office.raw(ANOTHER) as other:
        with held.transaction():
            held.execute("SELECT log_audit('CONSULTATION', 'search', 'x', NULL, NULL, '{}')")
            other.execute("SELECT log_audit('CONSULTATION', 'search', 'y', NULL, NULL, '{}')")
            assert f"{login_of('supervisor')} has had unfinished work open since " in verify_audit(auditor).held_up
        assert verify_audit(auditor).held_up == "", "the control"
    for role in (Role.OFFICER, Role.PARTNER, Role.ANALYST):
        with office.raw(role) as psql:
            assert answer(psql, "SELECT sealing_held_up_by()").startswith("42501"), role
            assert answer(psql, "SELECT ioms_private.held_up_by()").startswith("42501"), role


def test_a_leaver_does_not_hold_up_whoever_ends_their_account(office: Office) -> None:
    admin = office.session("administrator")
    with psycopg.connect(office.location, user=login_of("officer"), password=PASSWORD) as leaver:
        leaver.execute("SET idle_in_transaction_session_timeout = 0")
        leaver.execute(OWN_PASSWORD)
        disable_user(admin, login_of("officer"))
        with pytest.raises(psycopg.OperationalError):
            leaver.execute("SELECT 1")
    with office.owner() as owner:
        assert (login_of("officer"), False) in rows(owner, "SELECT name, active FROM users")
        # The login is the whole server's, and other tests use it.
        owner.execute(f"ALTER ROLE {login_of('officer')} LOGIN; GRANT ioms_officer TO {login_of('officer')}".encode())


def test_a_leaver_whose_program_connects_again_and_again_is_disabled(office: Office) -> None:
    admin, name = office.session("administrator"), login_of("officer")
    held, over = threading.Semaphore(0), threading.Event()

    def hold_on() -> None:
        while not over.is_set():
            with (
                suppress(psycopg.Error),
                psycopg.connect(office.location, user=name, password=PASSWORD) as leaver,
            ):
                leaver.execute("SET idle_in_transaction_session_timeout = 0")
                leaver.execute(OWN_PASSWORD)
                held.release()
                if not over.is_set():
                    list(leaver.notifies())  # until the session is ended

    with ThreadPoolExecutor(4) as threads:
        clients = [threads.submit(hold_on) for _ in range(4)]
        held.acquire()
        try:
            disable_user(admin, name)
        finally:
            over.set()
            with office.owner() as owner:
                owner.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = %s", [name])
    assert [each.result() for each in clients] == [None] * 4
    with office.owner() as owner:
        assert (name, False) in rows(owner, "SELECT name, active FROM users")
        owner.execute(f"ALTER ROLE {name} LOGIN; GRANT ioms_officer TO {name}".encode())


def test_who_else_holds_the_accounts_up_is_named(office: Office) -> None:
    admin = office.session("administrator")
    with office.owner() as owner:
        owner.execute("ALTER FUNCTION disable_login(text) SET lock_timeout = '50ms'")
    with office.owner() as owner, owner.transaction():
        owner.execute("UPDATE users SET failed = 0")
        with office.raw("partner") as leaver:
            with pytest.raises(DatabaseInUse, match=f"{ENDED}.*Ask {owner.info.user} to close the program"):
                disable_user(admin, login_of("partner"))
            with pytest.raises(psycopg.OperationalError):
                leaver.execute("SELECT 1")
        with pytest.raises(DatabaseInUse) as refused:
            disable_user(admin, login_of("partner"))
        assert ENDED not in str(refused.value), "the control: there was none"
    disable_user(admin, login_of("partner"))  # the control
    with office.owner() as owner:
        owner.execute(f"ALTER ROLE {login_of('partner')} LOGIN; GRANT ioms_partner TO {login_of('partner')}".encode())
