"""How users read: set by an administrator, shown in lists and on paper, while the record keeps the logins."""

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from threading import Thread

import pytest

from ioms_desktop.domain.access.roles import Role
from ioms_desktop.domain.duties.case_duties import Duty
from ioms_desktop.domain.errors import Duplicate, InvalidText, NotAllowed, UnknownUser
from ioms_desktop.domain.printing.audiences import Audience
from ioms_desktop.domain.records.cases import Action, RagEntry
from ioms_desktop.domain.records.workers.names import WorkerNames
from ioms_desktop.services.access.case_access_admin import ChangeCaseAccess, exclude_user
from ioms_desktop.services.accounts.accounts import account_ids, account_rows, change_account
from ioms_desktop.services.accounts.display_names import refresh_names
from ioms_desktop.services.accounts.users import add_user, list_users
from ioms_desktop.services.cases.case_lists import case_ids, case_rows
from ioms_desktop.services.cases.today import OwedWork
from ioms_desktop.services.list_query import ListQuery
from ioms_desktop.services.records.history import read_history
from ioms_desktop.services.session import Session
from ioms_desktop.services.sign_in.sign_in import sign_in
from ioms_desktop.services.workers.caseloads import list_held_roles
from ioms_desktop.storage import users
from ioms_desktop.storage.store import Store
from keys import opened, with_users
from owed import list_owed_work
from paper_prints import printed_pdf
from reports.reading import pages_of
from sessions import NOW, fill, request, session_of
from ui.held import held
from waiting import wait_until

PROBATION = "HMPPS_PROBATION"

PASSWORD, NEW = "four plain words here", "seven pale herons wade at dusk"
SHOWN = "PC 4411 ADEYEMI"


@pytest.fixture
def admin(location: str) -> Iterator[Session]:
    """An administrator of an office with two officers."""
    with_users(location, {"admin": Role.ADMINISTRATOR, "t4711": Role.OFFICER, "shah": Role.OFFICER}, PASSWORD)
    session = sign_in(location, "admin", PASSWORD)
    yield session
    session.store.close()


def named(admin: Session, name: str, display_name: str) -> str:
    return change_account(admin, name, team="", until=None, display_name=display_name)


def test_a_name_that_was_given_while_names_were_read_is_shown(admin: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    def is_given() -> bool:
        with admin.store.read() as reading:
            return SHOWN in users.display_names(reading).values()

    with held(monkeypatch, users, "display_names") as older:
        threads = Thread(target=refresh_names, args=(admin,)), Thread(target=named, args=(admin, "t4711", SHOWN))
        threads[0].start()
        older.has_result.wait()
        threads[1].start()
        wait_until(is_given)
    for each in threads:
        each.join()
    assert admin.names.of("t4711") == SHOWN


def test_a_user_is_found_by_login_or_display_name_and_never_one_of_two(local_location: str) -> None:
    with_users(local_location, {"shah": Role.OFFICER, "Shah": Role.NAVIGATOR, "t4711": Role.OFFICER}, PASSWORD)
    store = opened(local_location)
    with store.begin(session_of(store, "admin", Role.ADMINISTRATOR, lambda: NOW).command_context(), "names") as tx:
        users.set_display_name(tx, "t4711", SHOWN)
        asked = ("shah", "Shah", "T4711", f" {SHOWN.lower()}", "4411 ADEYEMI", "t-4711", "")
        found = [user and user.name for user in (users.find_named_user(tx, each) for each in asked)]
        assert found == ["shah", "Shah", "t4711", "t4711", None, None, None]
        # Logins that were made before a new one had to differ from what others read as.
        users.add_user(tx, SHOWN, Role.OFFICER, "", at=NOW)
        for several in ("SHAH", SHOWN, SHOWN.lower()):
            with pytest.raises(UnknownUser, match=rf"^{several} may be the user .* or "):
                users.find_named_user(tx, several)
    holt = session_of(store, "holt", Role.SUPERVISOR, lambda: NOW)
    for act in (
        lambda: list_held_roles(holt, SHOWN),
        lambda: exclude_user(holt, ChangeCaseAccess(request=request(), case_ref="IOM-1", name=SHOWN)),
    ):
        with pytest.raises(UnknownUser, match="may be the user"):
            act()
    store.close()


def test_an_administrator_says_how_a_user_reads_and_every_session_begins_with_it(admin: Session, location: str) -> None:
    assert f"They read as {SHOWN}." in named(admin, "t4711", f" {SHOWN}  ")
    assert "They read as" not in named(admin, "t4711", SHOWN), "nothing changed"
    add_user(admin, "okoro", "navigator", NEW, display_name="N. OKORO")
    assert {user.name: user.display_name for user in list_users(admin) if user.display_name} == {
        "okoro": "N. OKORO",
        "t4711": SHOWN,
    }
    with pytest.raises(Duplicate, match=r"okoro reads as n\. Okoro already"):
        add_user(admin, "n. Okoro", "officer", NEW)
    assert admin.names.of("t4711") == SHOWN, "in the administrator's own window at once"
    query = ListQuery(text="4411 adeyemi", sort="display_name")
    assert [row.name for row in account_rows(admin, account_ids(admin, query))] == ["t4711"]
    officer = sign_in(location, "t4711", PASSWORD)
    assert [officer.names.of(each) for each in ("T4711", "okoro; t4711", "J. SHAH", None)] == [
        SHOWN,
        f"N. OKORO; {SHOWN}",
        "J. SHAH",
        "",
    ]
    with pytest.raises(NotAllowed):
        named(officer, "t4711", "Chief Constable")
    officer.store.close()
    assert "They read by their login." in named(admin, "t4711", "")
    assert admin.names.of("t4711") == "t4711"


@pytest.mark.parametrize("wrong", ["shah", "SHAH", "pc 2087 hollis", "A" * 81, "PC\u202e4411", "PC\u200b1"])
def test_a_name_of_somebody_else_or_of_odd_signs_is_refused_and_nothing_changes(admin: Session, wrong: str) -> None:
    named(admin, "shah", "PC 2087 HOLLIS")
    with pytest.raises((Duplicate, InvalidText)) as refused:
        named(admin, "t4711", wrong)
    assert refused.value.field == "display_name"
    assert {user.display_name for user in list_users(admin)} == {None, "PC 2087 HOLLIS"}
    named(admin, "shah", "pc 2087 Hollis")  # one's own, written otherwise


@pytest.fixture
def store(location: str) -> Iterator[Store]:
    """A database in which records were made under logins."""
    store = opened(location)
    fill(store)
    officer = session_of(store, "adeyemi", Role.OFFICER, lambda: NOW)
    with store.begin(officer.command_context()) as tx:
        (entry,) = tx.list_records(RagEntry, case_ref="IOM-1")
        tx.save(replace(entry, set_by="adeyemi", rag="RED"))
        for ref, owner in (("AC-1", "okoro"), ("AC-2", "PC 4411 SMITH")):
            due = date(2026, 10, 14)
            tx.add(Action(action_ref=ref, case_ref="IOM-1", text="Ring probation", owner=owner, due_on=due))
    yield store
    store.close()


def test_lists_history_and_paper_show_names_and_the_record_keeps_logins(store: Store) -> None:
    smith, logins = "PC 4411 SMITH", re.compile(r"\b(adeyemi|okoro|holt)\b")
    session = session_of(store, "adeyemi", Role.OFFICER, lambda: NOW)
    mine = ListQuery(filters=(("mine", "mine"),))
    assert logins.search(" ".join(text for text in everything(session))), "the control: logins without names"
    session.names.replace({"adeyemi": smith, "okoro": "N. OKORO", "holt": "L. HOLT"})
    shown = " ".join(everything(session))
    assert not logins.findall(shown)
    assert all(name in shown for name in (smith, "N. OKORO"))
    assert [row.worker for row in case_rows(session, case_ids(session, mine))] == [smith]
    assert {line.ref for line in list_owed_work(session) if line.is_own} >= {"AC-1", "AC-2"}, "by name and by case"
    with store.read() as reading:
        (entry,) = reading.list_records(RagEntry, case_ref="IOM-1")
        assert (entry.set_by, entry.recorded_by) == ("adeyemi", "adeyemi")


def test_today_says_names_as_they_are_now_where_nothing_else_changed(store: Store) -> None:
    session = session_of(store, "okoro", Role.OFFICER, lambda: NOW)
    work = OwedWork(session)

    def shown(changed: tuple[str, ...] | None = ()) -> dict[str, tuple[str | None, bool]]:
        lines = work.read(changed=changed)
        rows = lines.rows(lines.ids("", frozenset(), mine=False, given=False))
        return {line.ref: (line.worker, line.is_own) for line in rows if line.duty is Duty.ACTION}

    assert shown(None) == shown() == {"AC-1": ("adeyemi", True), "AC-2": ("adeyemi", False)}
    session.names.replace({"adeyemi": "PC 2087 HOLLIS", "okoro": "PC 4411 SMITH"})
    assert shown() == {"AC-1": ("PC 2087 HOLLIS", True), "AC-2": ("PC 2087 HOLLIS", True)}


def everything(session: Session) -> Iterator[str]:
    """What lists, Today, a history and a case summary say."""
    yield from (row.worker or "" for row in case_rows(session, case_ids(session, ListQuery())))
    for line in list_owed_work(session):
        yield f"{line.description} {line.worker}"
    for version in read_history(session, "IOM-1", RagEntry).versions:
        yield f"{version.by} {version.changes}"
    for audience in (Audience.FULL, Audience.PARTNER):
        yield from pages_of(printed_pdf(session, "IOM-1", audience=audience, agency=PROBATION, reason_code="CASE_WORK"))


def test_a_worker_is_matched_by_login_and_by_name() -> None:
    names = WorkerNames({"T4711": SHOWN})
    assert all(names.matches(worker, "t4711") for worker in ("t4711", SHOWN, "DC T4711", "pc 4411 adeyemi"))
    assert not any(names.matches(worker, "t4711") for worker in (None, "", "PC 4411 ADEYEMI-SMITH", "ADEYEMI"))
    assert WorkerNames().all_of("t4711") == ("t4711",)
