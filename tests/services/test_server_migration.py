"""An office that began with a local file moves into a shared database, and nothing of it is lost."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date, time, timedelta
from pathlib import Path
from random import Random
from typing import Any

import pytest
from sqlalchemy import Table, insert, make_url, select, text

from ioms_desktop.domain.access.roles import Role
from ioms_desktop.domain.dates.day_time import DayTime
from ioms_desktop.domain.edit_merge import MergeChoice
from ioms_desktop.domain.errors import DatabaseInUse, NotAllowed
from ioms_desktop.domain.records.cases import Action
from ioms_desktop.domain.records.engagement import Contact, Offer
from ioms_desktop.domain.records.record import ColumnKind, Record, columns_of
from ioms_desktop.domain.records.workers.case_workers import CaseWorker
from ioms_desktop.services.audit.audit import seal_audit
from ioms_desktop.services.exchange.exports import export_records
from ioms_desktop.services.exchange.imports import run_import
from ioms_desktop.services.offline.check_in import check_in
from ioms_desktop.services.offline.check_in_records import CheckInOutcome
from ioms_desktop.services.offline.server_migration import migrate_to_server
from ioms_desktop.services.recording.decisions import (
    AnswerProposal,
    ProposeDecision,
    authorise_proposal,
    propose_decision,
)
from ioms_desktop.services.recording.rag import SetRag, set_rag
from ioms_desktop.services.session import Session
from ioms_desktop.storage.audit import imported_audit
from ioms_desktop.storage.audit.imported_audit import ImportedAuditProof
from ioms_desktop.storage.database.integrity_check import check_integrity
from ioms_desktop.storage.offline.checkout import RECORD_TYPES, REFERENCE_TABLES
from ioms_desktop.storage.offline.server_copy import COMPANION_TABLES, RECORD_TABLES, TABLES_NOT_COPIED
from ioms_desktop.storage.records.read import Reading
from ioms_desktop.storage.schema import tables
from ioms_desktop.storage.schema.documents import document_content, document_key
from ioms_desktop.storage.store import Store
from ioms_desktop.storage.transaction import CommandContext, Transaction
from keys import opened
from sessions import NOW, fill, request, session_of
from shared_people import PASSWORD, Office, login_of

ODDS = 0.5
OWNERS = {"case_ref": "PHX-1", "person_ref": "P-JM"}
ACT = CommandContext(request="", user="holt", role="coordinator", at=NOW, workstation="session 0")
TODAY = date(2026, 10, 15)
OWN = (tables.request, tables.reference_list, tables.reference_code, tables.policy)
COMPARED = (*(table for table in (*RECORD_TABLES, *COMPANION_TABLES) if table is not tables.kept_trail), *OWN)
Rows = dict[str, list[tuple[Any, ...]]]


def rows(store: Store) -> Rows:
    """Every row of every table of the record, numbers, revisions and times included."""
    with store.read() as reading:
        return {
            table.name: [tuple(row) for row in reading.connection.execute(select(table).order_by(*table.primary_key))]
            for table in COMPARED
        }


@contextmanager
def worked_on(path: str, *, crowded: bool = False) -> Iterator[Session]:
    """A file on which an office has worked: added, changed, removed, decided, a code and a policy of its own."""
    store = opened(path)
    fill(store)
    boss = session_of(store, "wright", Role.SUPERVISOR, lambda: NOW)
    officer = replace(boss, user="adeyemi", role=Role.OFFICER)
    for reason in ("kept all", "kept all, and came early"):
        set_rag(officer, SetRag(request=request(), case_ref="IOM-1", rag="GREEN", set_on=TODAY, reason=reason))
    proposed = propose_decision(
        officer, ProposeDecision(request=request(), case_ref="PHX-1", decision="HOLD", reason="came")
    )
    authorise_proposal(boss, AnswerProposal(request=request(), proposal_ref=proposed.ref, revision=1))
    propose_decision(
        officer, ProposeDecision(request=request(), case_ref="IOM-1", decision="HOLD", reason="ill; ünïcode")
    )
    with store.begin(ACT) as tx:
        tx.remove(tx.get(Contact, "CT-10-6"), "written twice")
    if crowded:
        _crowd(store)
    with store.begin(ACT) as tx:
        if crowded:
            _beside(tx)
        code = tables.reference_code
        tx.connection.execute(code.update().where(code.c.code == "MENTORING").values(label="Mentoring, as we say it"))
    seal_audit(boss)
    yield replace(boss, user="admin", role=Role.ADMINISTRATOR)
    store.close()


def _crowd(store: Store) -> None:
    """Records of every kind with whatever a text may hold, added, changed and removed at times of their own."""
    chance = Random(7)  # noqa: S311 - a choice of what to try
    words = ('O\'Shea; "quoted"', "back\\slash\nand a line", '{"like": ["JSON"]}', "Łuk 名前 🙂", "100 %", "'=1+1")
    made = {noun: [_made(noun, number, chance, words) for number in range(6)] for noun in RECORD_TYPES[2:]}
    for hour in range(3):
        act = replace(ACT, at=NOW + timedelta(hours=hour, microseconds=hour), user=f"user {hour}")
        with store.begin(act) as tx:
            for noun, records in made.items():
                for record in records:
                    there = tx.find(noun, *record.identity)
                    if there is None and hour == 0:
                        tx.add(record)
                    elif there is not None and chance.random() < ODDS:
                        tx.save(replace(_made(noun, hour, chance, words), **_own(there)))
            for noun in reversed(made):
                for record in tx.list_records(noun, **{_owner(noun): OWNERS[_owner(noun)]}):
                    if hour and noun is not Offer and chance.random() < ODDS / 4:
                        tx.remove(record, chance.choice(words))


def _beside(tx: Transaction) -> None:
    """What belongs to the records without being one: every table that comes along has a row."""
    rows: dict[Table, dict[str, Any]] = {
        tables.access_entry: {
            "case_ref": "PHX-1",
            "user_name": "x",
            "kind": "ADMITTED",
            "begins_at": NOW,
            "set_by": "y",
        },
        tables.case_standing: {"case_ref": "PHX-1", "restricted": True, "team": None},
        tables.take_away: {"number": "n", "taken_by": "x", "taken_at": NOW, "reason": "CASE_WORK", "cases": ["IOM-1"]},
        tables.kept_trail: {"database_id": "d", "kept_by": "x", "part": "SEAL", "n": 1, "fields": "[]", "kept_at": NOW},
        tables.retention_review: {
            "person_ref": "P-JM",
            "reviewed_on": TODAY,
            "reviewed_by": "x",
            "result": "KEEP",
            "next_on": TODAY,
            "retention_group": "G",
            "reason": "r",
            "recorded_at": NOW,
        },
        tables.disposal: {
            "disposal_ref": "D-1",
            "person_ref": "P-JM",
            "proposed_by": "x",
            "proposed_at": NOW,
            "authority": "a",
            "reason": "r",
            "status": "PROPOSED",
            "certificate": {"of": ["ünï"]},
        },
        tables.figure_edition: {
            "quarter": "2026-1",
            "edition": 1,
            "policy_version": "v",
            "least": 5,
            "least_protected": 10,
            "least_share": 1,
            "published_by": "x",
            "published_at": NOW,
        },
        tables.figure_cell: {"quarter": "2026-1", "edition": 1, "cube": "c", "cell": "d", "count": None, "days": 2.5},
        document_content: {"document_ref": "d", "number": 1, "case_ref": "PHX-1", "body": b"\x00\xff"},
        document_key: {"document_ref": "d", "case_ref": "PHX-1", "secret": b"\xff\x00"},
    }
    assert {*rows, tables.former_version, tables.search_key} == set(COMPANION_TABLES)
    for table, row in rows.items():
        tx.connection.execute(insert(table).values(row))


def _owner(noun: type[Record]) -> str:
    return "case_ref" if "case_ref" in noun.__dataclass_fields__ else "person_ref"


def _own(record: Record) -> dict[str, Any]:
    return {name: getattr(record, name) for name in ("id", "revision", *type(record).key)}


def _made(noun: type[Record], number: int, chance: Random, words: tuple[str, ...]) -> Record:
    """A record of a kind, its key by the number, everything else by chance; codes need not be known to be kept."""
    values: dict[str, Any] = {}
    for column in columns_of(noun):
        if column.owner:
            values[column.name] = OWNERS.get(column.name) if column.required else None
            continue
        if not column.required and chance.random() < ODDS:
            continue
        on = TODAY - timedelta(weeks=number)
        values[column.name] = {
            ColumnKind.REF: f"R-{noun.table}-{number}",
            ColumnKind.DATE: on,
            ColumnKind.DAY_TIME: DayTime(on, chance.choice((None, time(23, 59)))),
            ColumnKind.YES_NO: chance.random() < ODDS,
            ColumnKind.WHOLE: column.low or 1,
            ColumnKind.NUMBER: chance.choice(("0.50", "17")),
        }.get(column.kind, chance.choice(words))
    fixed = {name: f"{name} {number}" for name in noun.key if isinstance(values.get(name), str) and name not in OWNERS}
    # Of those who work on a case in one role, one does so now.
    over = {"ended_on": TODAY} if noun is CaseWorker else {}
    return noun(**(values | fixed | over))


def test_every_row_arrives_as_it_was(local_location: str, shared_location: str, tmp_path: Path) -> None:
    location, there = shared_location, opened(shared_location)
    with worked_on(local_location, crowded=True) as file:
        empty = rows(there)
        assert not migrate_to_server(file, location, dry_run=True).written
        assert rows(there) == empty
        done = migrate_to_server(file, location)
        before, after = rows(file.store), rows(there)
        assert before == after
        assert all(before[table.name] for table in COMPARED)
        former = tables.former_version.columns.keys().index("table_name")
        assert len({row[former] for row in before["former_version"]}) == len(RECORD_TYPES) - 1  # no case was changed
        boss = replace(file, role=Role.SUPERVISOR)
        keeper = replace(boss, store=there)
        for session, folder in ((boss, "file"), (keeper, "server")):
            export_records(session, tmp_path / folder, reason="CASE_WORK")
        files = sorted((tmp_path / "file").iterdir())
        assert len(files) > 10
        for path in files:
            assert path.read_bytes() == (tmp_path / "server" / path.name).read_bytes()
        with there.read() as reading, file.store.read() as held:
            assert check_integrity(reading)[1] == ()
            proof, nonsense = _proofs(reading)
            entries = held.connection.execute(select(tables.audit.c.id)).all()
            log = select(tables.audit.c.kind, tables.audit.c.after).where(tables.audit.c.object_type == "promotion")
            said = reading.connection.execute(log).one()
        # The export just above is the one entry that the file has more.
        assert (proof.reason, proof.entries, done.audit_entries) == ("", len(entries) - 3, len(entries) - 3)
        assert proof.sealed > 0
        assert (nonsense.reason, nonsense.on_record) == ("What was imported is not an audit.", False)
        assert (said.kind, said.after["entries"]) == ("COMBINATION", done.audit_entries)
        with pytest.raises(DatabaseInUse):
            migrate_to_server(file, location)
    _goes_on(there)
    _proves_tampering(there)
    there.close()


def test_no_table_is_forgotten() -> None:
    """Every table comes along, or stays for a reason that is said; a new one is found here."""
    moved = {table.name for table in (*RECORD_TABLES, *COMPANION_TABLES, *REFERENCE_TABLES, tables.request)}
    assert moved | {table.name for table in TABLES_NOT_COPIED} == set(tables.metadata.tables)


def _proofs(reading: Reading) -> list[ImportedAuditProof]:
    """The audit of the file, and what was brought in its name before."""
    return sorted(imported_audit.verify_imported_audits(reading), key=lambda each: each.kept_by != "admin")


def _goes_on(there: Store) -> None:
    """The next record gets a number of its own, and its change a former version."""
    with there.begin(ACT) as tx:
        added = tx.add(Action(action_ref="AC-NEXT", case_ref="PHX-1", text="Ring", owner="x", due_on=TODAY))
        tx.save(replace(added, done_on=TODAY))
        assert [each.record.done_on for each in tx.list_former_versions(Action, case_ref="PHX-1")] == [None]


def _proves_tampering(there: Store) -> None:
    """The kept audit cannot be changed by hand, and where it was all the same, that is found."""
    change = "UPDATE kept_trail SET fields = replace(fields, 'wright', 'nobody') WHERE part = 'ENTRY'"
    with pytest.raises(Exception, match="append-only"), there.engine.begin() as connection:
        connection.execute(text(change))
    with there.engine.begin() as connection:
        connection.execute(text("ALTER TABLE kept_trail DISABLE TRIGGER kept_trail_guard"))
        connection.execute(text(change))
    with there.read() as reading:
        proof = _proofs(reading)[0]
    assert "was changed after it was written" in proof.reason
    with there.engine.begin() as connection:
        back = change.replace("'wright', 'nobody'", "'nobody', 'wright'")
        connection.execute(text(back))
        connection.execute(text("DELETE FROM kept_trail WHERE part = 'ENTRY' AND n > 5"))
        connection.execute(text("DELETE FROM kept_trail WHERE part = 'SEAL'"))
    with there.read() as reading:  # the end cut off: this database's own audit says how much there was
        proof = _proofs(reading)[0]
    assert "were put on record as kept, and 5 are there" in proof.reason


def test_a_copy_through_the_exchange_files_would_lose_what_was(
    local_location: str, shared_location: str, tmp_path: Path
) -> None:
    """The control: the same comparison finds what a naive copy leaves behind."""
    there = opened(shared_location)
    with worked_on(local_location) as file:
        boss = replace(file, role=Role.SUPERVISOR)
        export_records(boss, tmp_path / "out", reason="CASE_WORK")
        run_import(replace(boss, store=there), tmp_path / "out")
        before, after = rows(file.store), rows(there)
        assert len(before["contacts"]) == len(after["contacts"]) > 0
        different = {name for name in before if before[name] != after[name]}
        assert {"former_version", "proposals", "contacts", "rag"} <= different
    there.close()


def test_only_the_keeper_takes_over_and_only_an_administrators_whole_file(office: Office, local_location: str) -> None:
    with worked_on(local_location) as file:
        with pytest.raises(NotAllowed, match="look after users"):
            migrate_to_server(replace(file, role=Role.SUPERVISOR), office.location)
        with pytest.raises(DatabaseInUse):
            migrate_to_server(file, office.location)
        url = make_url(office.location).set(username=login_of("supervisor"), password=PASSWORD)
        with pytest.raises(NotAllowed, match="Only the owner of the database"):
            migrate_to_server(file, url.render_as_string(hide_password=False))


def test_into_a_database_in_use_what_differs_is_asked_and_the_rest_goes_in(office: Office, local_location: str) -> None:
    boss = office.session("supervisor")
    keeper = opened(office.location)
    with worked_on(local_location) as file:
        with file.store.begin(ACT) as tx:
            tx.add(Offer(offer_ref="O-1", case_ref="PHX-1", offer_type="HOUSING", offered_on=date(2026, 9, 18)))
            tx.add(Offer(offer_ref="O-NEW", case_ref="PHX-1", offer_type="MENTORING", offered_on=TODAY))
        mine = replace(file, role=Role.SUPERVISOR)
        with pytest.raises(NotAllowed, match="may export"):  # not by whoever may not take records out of the file
            check_in(boss, file)
        asked = check_in(boss, mine)
        assert not asked.written
        assert asked.count(CheckInOutcome.ADDED) > 0
        waiting = {each.id: each for each in asked.questions}
        differing = next(each for each in waiting.values() if each.key == "O-1")
        assert [line.theirs for line in differing.lines] != [line.mine for line in differing.lines]
        # A proposal of somebody else's cannot be made in one's own name.
        assert any(
            "made this one" in each.sentence and each.picks == (MergeChoice.THEIRS,) for each in waiting.values()
        )
        picks = {id_: MergeChoice.MINE if each.key == "O-1" else MergeChoice.THEIRS for id_, each in waiting.items()}
        done = check_in(boss, mine, picks)
        assert done.written
        with keeper.read() as reading:
            assert reading.get(Offer, "O-1").offer_type == "HOUSING"
            assert reading.get(Offer, "O-NEW").recorded_by == boss.user
            assert [each.record.offer_type for each in reading.list_former_versions(Offer, case_ref="PHX-1")] == [
                "MENTORING"
            ]
            assert [proof.reason for proof in imported_audit.verify_imported_audits(reading)] == [""]
        again = check_in(boss, mine, picks)
        assert again.count(CheckInOutcome.ADDED) == again.count(CheckInOutcome.UPDATED) == 0
        with pytest.raises(NotAllowed):
            check_in(office.session("officer"), mine)
    keeper.close()
