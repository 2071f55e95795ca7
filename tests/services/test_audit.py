"""The audit is proved, anchored, witnessed and asked; each proof has a control that it must not find."""

import json
import random
import stat
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import text

from ioms_desktop.domain.access.case_access import AccessList
from ioms_desktop.domain.access.roles import Role
from ioms_desktop.domain.audit.seals import spoken_digits
from ioms_desktop.domain.database_location import is_shared
from ioms_desktop.domain.errors import (
    FileExists,
    FileUnreadable,
    Missing,
    MissingReason,
    NeedsAnotherPerson,
    NotAllowed,
    NothingToDo,
    WrongDatabase,
    WrongFile,
)
from ioms_desktop.services.access.break_glass import BreakGlass, break_glass
from ioms_desktop.services.audit.audit import (
    list_refusals,
    seal_audit,
    verify_audit,
    who_looked,
    write_anchor,
)
from ioms_desktop.services.audit.audit_anchors import MAX_HEADS_KEPT, read_local_heads, save_local_head
from ioms_desktop.services.audit.epochs import confirm_restore, get_proposed_restore, record_restore
from ioms_desktop.services.cases.case_query import query_case
from ioms_desktop.services.cases.cases import open_case
from ioms_desktop.services.cases.search import find_people_and_cases, log_search
from ioms_desktop.services.session import Session
from ioms_desktop.services.user_paths import data_folder
from ioms_desktop.storage import access_lists
from ioms_desktop.storage.store import Store
from services.written import keep
from sessions import Clock, fill, session_of
from tampering import Tamper, actor, cut, delete, rebuild, unguarded


@pytest.fixture
def auditor(store: Store) -> Session:
    """Return an auditor's session on a database with sealed audit entries."""
    fill(store)
    clock = Clock()
    okoro = session_of(store, "okoro", Role.NAVIGATOR, clock)
    for _ in range(4):
        clock.now += timedelta(hours=1)
        open_case(okoro, "PHX-1")
        query_case(okoro, "PHX-1", okoro.today())
        seal_audit(okoro)
    return session_of(store, "shah", Role.AUDITOR, clock)


def forget_witnesses() -> None:
    for file in (data_folder() / "witness").iterdir():
        file.unlink()


def tampered(session: Session, *acts: Tamper) -> None:
    """Tamper, and leave it so."""
    with unguarded(session.store, kept=True) as reading:
        for act in acts:
            act(reading.connection, random.Random(1))  # noqa: S311 - a place to tamper with


def test_a_whole_audit_is_proved_with_its_anchor(auditor: Session, tmp_path: Path) -> None:
    head = write_anchor(auditor, tmp_path / "anchor.json")
    report = verify_audit(auditor, tmp_path / "anchor.json")
    assert (report.ok, report.anchored, report.broken_at, report.reason) == (True, True, None, "")
    assert report.head is not None
    assert report.head.hash == head.hash
    assert report.entries == report.sealed == head.rows
    assert report.local_heads == 4
    assert verify_audit(auditor).anchored is None


def test_an_anchor_is_private_carries_a_code_and_is_never_written_over(auditor: Session, tmp_path: Path) -> None:
    path = tmp_path / "anchor.json"
    head = write_anchor(auditor, path)
    (kept,) = json.loads(path.read_text(encoding="utf-8"))["heads"]
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert (kept["n"], kept["hash"], kept["rows"], kept["code"]) == (
        head.n,
        head.hash,
        head.rows,
        spoken_digits(head.hash),
    )
    before = path.read_bytes()
    link = tmp_path / "link.json"
    link.symlink_to(tmp_path / "gone.json")  # a name that is taken, though it leads nowhere
    for taken in (path, link, tmp_path):
        with pytest.raises(FileExists):
            write_anchor(auditor, taken)
    assert path.read_bytes() == before
    assert link.is_symlink()
    assert not link.exists()


def test_a_changed_entry_is_named_with_its_seal(auditor: Session) -> None:
    tampered(auditor, delete)
    report = verify_audit(auditor)
    assert not report.ok
    assert (report.broken_at or "").startswith("seal ")
    assert report.reason


@pytest.mark.parametrize("tamper", [cut, rebuild])
def test_a_cut_or_rebuilt_trail_is_found_by_the_anchor_alone(auditor: Session, tmp_path: Path, tamper: Tamper) -> None:
    write_anchor(auditor, tmp_path / "anchor.json")
    tampered(auditor, tamper)
    forget_witnesses()
    # The control: without anything kept outside, the database says that it is whole.
    assert verify_audit(auditor).ok
    report = verify_audit(auditor, tmp_path / "anchor.json")
    assert (report.ok, report.anchored) == (False, False)
    assert "the anchor holds" in report.reason


@pytest.mark.parametrize("tamper", [cut, rebuild])
def test_a_cut_or_rebuilt_trail_is_found_by_a_workstation_that_saw_it(auditor: Session, tamper: Tamper) -> None:
    tampered(auditor, tamper)
    report = verify_audit(auditor)
    assert not report.ok
    assert "this workstation holds" in report.reason
    forget_witnesses()
    assert verify_audit(auditor).ok


def test_after_a_restore_what_was_lost_is_accepted_by_name_and_told(auditor: Session, tmp_path: Path) -> None:
    write_anchor(auditor, tmp_path / "anchor.json")
    tampered(auditor, cut)
    admin = session_of(auditor.store, "holt", Role.ADMINISTRATOR, auditor.clock)
    said = record_restore(admin, "restored from Monday's backup")
    assert "Superseded" in said
    people = "holt"
    if is_shared(auditor.store.location):
        assert not verify_audit(auditor).ok, "the control: proposed by one it is in force for nobody"
        second = session_of(auditor.store, "shaw", Role.ADMINISTRATOR, auditor.clock)
        entry = get_proposed_restore(second).entry
        with pytest.raises(NeedsAnotherPerson):
            confirm_restore(admin, entry)
        assert "Superseded" in confirm_restore(second, entry)
        people = "holt and shaw"
        with pytest.raises(Missing):
            confirm_restore(second, entry)
    report = verify_audit(auditor, tmp_path / "anchor.json")
    assert (report.ok, report.anchored) == (False, False), "the auditor alone accepts what it no longer proves"
    report = verify_audit(auditor, tmp_path / "anchor.json", accepted_epochs=[2])
    assert (report.ok, report.anchored) == (True, False)
    assert f"superseded by epoch 2, opened by {people}: restored from Monday's backup" in report.reason
    assert [(epoch.number, epoch.people) for epoch in report.epochs] == [(2, people)]


def test_a_restore_without_a_reason_is_refused(auditor: Session) -> None:
    admin = session_of(auditor.store, "holt", Role.ADMINISTRATOR, auditor.clock)
    with pytest.raises(MissingReason):
        record_restore(admin, "  ")


def test_an_anchor_of_another_database_or_of_nothing_is_refused(auditor: Session, tmp_path: Path) -> None:
    path = tmp_path / "anchor.json"
    write_anchor(auditor, path)
    kept = json.loads(path.read_text(encoding="utf-8"))
    kept["heads"][0]["database_id"] = "another"
    path.write_text(json.dumps(kept), encoding="utf-8")
    with pytest.raises(WrongDatabase):
        verify_audit(auditor, path)
    for nothing in ("", "[]", '{"heads": []}', '{"heads": [{}]}', "\udcff"):
        path.write_text(nothing, encoding="utf-8", errors="surrogateescape")
        with pytest.raises(WrongFile):
            verify_audit(auditor, path)
    with pytest.raises(FileUnreadable):
        verify_audit(auditor, tmp_path / "missing.json")


def test_an_empty_audit_has_nothing_to_anchor(store: Store, tmp_path: Path) -> None:
    auditor = session_of(store, "shah", Role.AUDITOR, Clock())
    assert verify_audit(auditor).ok
    with pytest.raises(NothingToDo):
        write_anchor(auditor, tmp_path / "anchor.json")


def test_who_looked_answers_everyone_who_opened_a_case_and_the_question_is_on_record(auditor: Session) -> None:
    found = who_looked(auditor, "PHX-1")
    assert {(look.who, look.role, look.kind, look.what) for look in found} == {
        ("okoro", "navigator", "CONSULTATION", "cases PHX-1")
    }
    assert len(found) == 8
    assert {look.workstation for look in found} == {"session of okoro"}
    assert [look.at for look in found] == sorted(look.at for look in found)
    assert who_looked(auditor, "IOM-1") == []
    of_person = who_looked(auditor, "P-JM")
    assert [(look.who, look.what) for look in of_person[-1:]] == [("shah", "audit PHX-1")]


def test_who_looked_knows_those_whom_a_search_showed(auditor: Session) -> None:
    okoro = session_of(auditor.store, "okoro", Role.NAVIGATOR, auditor.clock)
    log_search(okoro, "marlow", find_people_and_cases(okoro, "marlow"))
    assert [look.what for look in who_looked(auditor, "P-JM")][-1] == "search quick_search"
    # The control: of somebody it did not show, nothing.
    assert "search quick_search" not in {look.what for look in who_looked(auditor, "P-CH")}


BROKEN = BreakGlass(request="", case_ref="IOM-1", reason="his mother called, he is in danger")


def test_who_looked_at_a_case_knows_a_broken_glass_and_takes_no_refusal_for_a_look(auditor: Session) -> None:
    store, clock = auditor.store, auditor.clock
    navigator = session_of(store, "okoro", Role.NAVIGATOR, clock)
    keep(store, "IOM-1", restricted=False)
    excluded = session_of(store, "lee", Role.OFFICER, clock)
    with store.begin(session_of(store, "wright", Role.SUPERVISOR, clock).command_context(), "named") as tx:
        access_lists.set_access_entry(tx, "IOM-1", "lee", AccessList.EXCLUDED, listed=True)
    with pytest.raises(NotAllowed):
        break_glass(excluded, replace(BROKEN, request="lee"))
    break_glass(navigator, replace(BROKEN, request="okoro"))
    open_case(navigator, "IOM-1")
    looks = who_looked(auditor, "IOM-1")
    assert [(look.who, look.what) for look in looks] == [("okoro", "break_glass IOM-1"), ("okoro", "cases IOM-1")]
    assert looks[0].reason == "BREAK_GLASS: his mother called, he is in danger"
    assert {look.who for look in who_looked(auditor, "P-CH")} == {"okoro", "shah"}
    for ref in ("", "IOM-1", "P-CH"):
        assert [(look.who, look.what) for look in list_refusals(auditor, ref)] == [("lee", "break_glass IOM-1")], ref
    for ref in ("PHX-1", "P-JM", "X-9"):
        assert list_refusals(auditor, ref) == [], "the control"


def test_who_looked_at_nobody_known_is_missing(auditor: Session) -> None:
    with pytest.raises(Missing, match="X-9"):
        who_looked(auditor, "X-9")


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.AUDITOR])
def test_only_an_auditor_reads_the_audit(store: Store, tmp_path: Path, role: Role) -> None:
    fill(store)
    session = session_of(store, "somebody", role, Clock())
    for ask in (
        lambda: verify_audit(session),
        lambda: write_anchor(session, tmp_path / "a"),
        lambda: who_looked(session, "PHX-1"),
        lambda: list_refusals(session),
    ):
        with pytest.raises(NotAllowed):
            ask()
    assert not (tmp_path / "a").exists()


def test_sealing_again_with_nothing_new_changes_nothing_and_costs_no_row(auditor: Session) -> None:
    first = seal_audit(auditor)
    assert seal_audit(auditor) == first
    with auditor.store.read() as reading:
        assert reading.connection.scalar(text("SELECT count(*) FROM request WHERE act = 'seal'")) == 0


def test_a_workstation_keeps_the_last_thousand_heads_for_its_owner_alone(auditor: Session) -> None:
    head = seal_audit(auditor)
    assert head is not None
    for number in range(5):
        save_local_head(replace(head, n=100 + number))
        save_local_head(replace(head, n=100 + number))
    seen = read_local_heads(head.database_id)
    assert [each.n for each in seen][-5:] == [100, 101, 102, 103, 104]
    assert len(seen) <= MAX_HEADS_KEPT
    (file,) = (data_folder() / "witness").iterdir()
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    file.write_text("damaged", encoding="utf-8")
    assert read_local_heads(head.database_id) == ()


def test_an_entry_in_anothers_name_is_found_though_its_hash_fits(auditor: Session) -> None:
    assert verify_audit(auditor).ok
    tampered(auditor, actor)
    report = verify_audit(auditor)
    assert not report.ok
    assert "other entries" in report.reason
