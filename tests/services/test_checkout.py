"""Cases checked out to a file: what the file contains, for whom, and what is recorded."""

from dataclasses import replace
from datetime import date
from hashlib import sha256
from pathlib import Path

import pytest
from sqlalchemy import select

from ioms_desktop.domain.access.roles import Role
from ioms_desktop.domain.errors import CheckedOut, Missing, NotAllowed, Refused
from ioms_desktop.domain.records.concerns_and_decisions import Concern
from ioms_desktop.domain.records.engagement import Contact
from ioms_desktop.services.accounts.accounts import change_account
from ioms_desktop.services.accounts.users import list_users
from ioms_desktop.services.cases.cases import open_case
from ioms_desktop.services.letters.wordings import AddWording, add_letter_wording
from ioms_desktop.services.offline.checkout import CheckOutCases, CheckoutResult, check_out_cases, list_open_checkouts
from ioms_desktop.services.session import Session
from ioms_desktop.services.sign_in.sign_in import sign_in
from ioms_desktop.storage.database.integrity_check import check_integrity
from ioms_desktop.storage.database.letter_wordings import list_wordings
from ioms_desktop.storage.offline.checkout import RECORD_TYPES, REFERENCE_TABLES
from ioms_desktop.storage.schema import tables
from ioms_desktop.storage.transaction import CommandContext
from keys import opened
from listening import LONG_WORK, statements_of
from sessions import NOW, fill, session_of
from shared_people import Office

ACT = CommandContext(request="", user="holt", role="coordinator", at=NOW, workstation="session 0")
PASSWORD = "another four plain words"
UNTIL = date(2026, 10, 20)
ENTRY = CheckOutCases(path=Path(), cases=("PHX-1",), reason="CASE_WORK", password=PASSWORD, until=UNTIL)


def taken(session: Session, path: Path, *refs: str) -> CheckoutResult:
    return check_out_cases(session, replace(ENTRY, path=path, cases=refs))


def words_of(file: Session) -> str:
    """Every text of every table of a file but its code lists, its former versions and its audit included."""
    read = [table for table in tables.metadata.tables.values() if table not in REFERENCE_TABLES]
    with file.store.read() as reading:
        return "\n".join(str(tuple(row)) for table in read for row in reading.connection.execute(select(table)))


def test_an_officers_file_is_lossless_theirs_alone_and_on_record(office: Office, tmp_path: Path) -> None:
    session, path = office.session("officer"), tmp_path / "visit.ioms"
    keeper = opened(office.location)
    with keeper.begin(ACT) as tx:
        tx.save(replace(tx.get(Contact, "CT-9-24"), minutes=30))
    change_account(office.session("administrator"), "t_navigator", team="", until=None, display_name="N. OKORO")
    session.names.replace({"t_officer": "PC 4411 ADEYEMI"})
    worded = AddWording(
        request="", kind="offer", title="Help", paragraphs="We help.", valid_from=date(2099, 1, 1), reason="Plainer"
    )
    add_letter_wording(office.session("administrator"), worded)
    with statements_of(session.store.engine) as statements:
        done = taken(session, path, "PHX-1")
    assert set(LONG_WORK) <= set(statements)
    assert sha256(path.read_bytes()).hexdigest() == done.file_hash
    assert path.stat().st_mode & 0o077 == 0
    file = sign_in(str(path), session.user, PASSWORD)
    assert (file.user, file.role, file.checkout) == (session.user, Role.OFFICER, done.checkout)
    assert [file.names.of(each) for each in ("t_navigator", session.user)] == ["N. OKORO", "PC 4411 ADEYEMI"]
    assert file.checkout is not None
    assert file.checkout.describe(UNTIL, file.names).endswith("due back by 20 Oct 2026")
    with keeper.read() as reading, file.store.read() as held:
        assert check_integrity(held)[1] == ()
        assert list_wordings(held) == list_wordings(reading) != ()
        assert list(held.connection.scalars(select(tables.cases.c.case_ref))) == ["PHX-1"]
        for noun in RECORD_TYPES:
            whose = {"case_ref": "PHX-1"} if "case_ref" in noun.__dataclass_fields__ else {"person_ref": "P-JM"}
            assert held.list_records(noun, **whose) == reading.list_records(noun, **whose)
            assert held.list_former_versions(noun, **whose) == reading.list_former_versions(noun, **whose)
        assert held.list_former_versions(Contact, case_ref="PHX-1")
        audit = tables.audit
        said = select(audit.c.actor, audit.c.reason_code, audit.c.subject_ref, audit.c.after, audit.c.object_ref)
        about, handed = reading.connection.execute(said.where(audit.c.kind == "DISCLOSURE").order_by(audit.c.id)).all()
    assert about[:3] == ("t_officer", "CASE_WORK", "P-JM")
    assert about.after["cases"] == ["PHX-1"]
    assert (handed.object_ref, handed.after["sha256"]) == (done.checkout.number, done.file_hash)
    assert open_case(file, "PHX-1").case.case_ref == "PHX-1"
    assert [each.number for each in list_open_checkouts(office.session("supervisor"))] == [done.checkout.number]
    assert list_open_checkouts(office.session("navigator")) == []
    with pytest.raises(NotAllowed):
        list_users(file)
    with pytest.raises(CheckedOut):
        taken(file, tmp_path / "again.ioms", "PHX-1")
    file.store.close()
    keeper.close()


@pytest.mark.parametrize("kind", ["server", "file"])
def test_a_navigators_file_holds_no_intelligence_no_arm_and_no_police_note(
    kind: str, office: Office, local_location: str, tmp_path: Path
) -> None:
    if kind == "server":
        session = office.session("navigator")
    else:
        store, server = opened(local_location), opened(office.location)
        fill(store)
        with server.read() as reading, store.begin(ACT) as tx:
            for record in (*reading.list_records(Concern, case_ref="PHX-1"), reading.get(Contact, "N-1")):
                tx.add(record)
        server.close()
        session = session_of(store, "t_navigator", Role.NAVIGATOR, lambda: NOW)
    secrets = ("SECRET SOURCE", "NOT_RANDOMISED", "note of LEICESTERSHIRE_POLICE")
    taken(session, tmp_path / "n.ioms", "PHX-1")
    file = sign_in(str(tmp_path / "n.ioms"), "t_navigator", PASSWORD)
    found = words_of(file)
    file.store.close()
    assert "arrested" in found
    assert [secret for secret in secrets if secret in found] == []
    with pytest.raises(Missing):
        taken(session, tmp_path / "x.ioms", "PHX-1", "IOM-1")
    with pytest.raises(Missing):
        taken(session, tmp_path / "x.ioms", "PHX-C")
    assert not (tmp_path / "x.ioms").exists()
    if kind == "server":
        # The control: whoever may read them takes them, so that the same search finds them.
        taken(office.session("officer"), tmp_path / "o.ioms", "PHX-1")
        file = sign_in(str(tmp_path / "o.ioms"), "t_officer", PASSWORD)
        found = words_of(file)
        file.store.close()
        assert [secret for secret in secrets if secret in found] == list(secrets)
    session.store.close()


def test_what_could_not_be_made_is_not_out_for_ever(office: Office, local_location: str, tmp_path: Path) -> None:
    local = opened(local_location)
    fill(local)
    for session in (office.session("officer"), session_of(local, "adeyemi", Role.OFFICER, lambda: NOW)):
        with pytest.raises((Refused, OSError)):  # the file's name leaves no room for that of its log
            taken(session, tmp_path / f"{'x' * 245}.ioms", "PHX-1")
        assert list_open_checkouts(session) == []
        taken(session, tmp_path / f"{session.user}.ioms", "PHX-1")  # the control
        assert len(list_open_checkouts(session)) == 1
    local.close()


def test_what_will_not_do_is_said_and_nothing_is_written(local_location: str, tmp_path: Path) -> None:
    store = opened(local_location)
    fill(store)
    session = session_of(store, "adeyemi", Role.OFFICER, lambda: NOW)
    there = tmp_path / "there.ioms"
    there.write_text("x")
    path = tmp_path / "new.ioms"
    for entry, words in (
        (replace(ENTRY, path=there), "There is a file at"),
        (replace(ENTRY, path=path, reason="FUN"), "is not a reason code for working offline"),
        (replace(ENTRY, path=path, reason="TRAINING"), "cannot be used as a reason in a live database"),
        (replace(ENTRY, path=path, until=date(2026, 10, 1)), "has passed"),
        (replace(ENTRY, path=path, password="short"), "too short"),
        (replace(ENTRY, path=tmp_path / "no" / "new.ioms"), "There is no folder"),
        (replace(ENTRY, path=path, cases=()), "No case is named"),
        (replace(ENTRY, path=path, cases=("NOWHERE",)), "There is no case NOWHERE"),
    ):
        with pytest.raises(Refused, match=words):
            check_out_cases(session, entry)
    with pytest.raises(NotAllowed, match="may work offline on cases"):
        check_out_cases(replace(session, role=Role.COORDINATOR), replace(ENTRY, path=path))
    with store.read() as reading:
        assert reading.connection.execute(select(tables.take_away)).all() == []
    assert not path.exists()
    store.close()
