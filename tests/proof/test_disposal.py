"""A disposal leaves nothing: every file is searched for the marks that somebody's record carried (T20)."""

from __future__ import annotations

import shutil
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import psycopg
import pytest

from ioms_desktop.domain.access.roles import Role
from ioms_desktop.domain.drafts import Draft
from ioms_desktop.domain.records.record_types import EXCHANGE_RECORD_TYPES, INTERNAL_RECORD_TYPES
from ioms_desktop.services import drafts
from ioms_desktop.services.audit.audit import verify_audit, write_anchor
from ioms_desktop.services.exchange.exports import export_records
from ioms_desktop.services.retention.retention import (
    AnswerDisposal,
    ProposeDisposal,
    dispose_of_record,
    get_certificate,
    propose_disposal,
)
from ioms_desktop.storage.database.backup import copy_file
from ioms_desktop.storage.engine import open_store
from ioms_desktop.storage.sqlite.audit_hash import register_hash_functions
from ioms_desktop.storage.sqlite.engine import connect
from ioms_desktop.storage.transaction import CommandContext
from keys import TEST_KEY, opened
from postgres_cluster import Cluster, NoPostgresError, find_binaries
from proof.marked import CASE, PERSON, Marks, bring, found_in, live_with, pages
from sessions import Clock, fill, request, session_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ioms_desktop.services.session import Session
    from ioms_desktop.storage.store import Store

ACT = CommandContext(
    request="", user="holt", role="supervisor", at=datetime(2015, 5, 5, 9, tzinfo=UTC), workstation="session 0"
)
SCRIPT = Path(__file__).resolve().parents[2] / "deploy" / "after-disposal.sh"


def has_psql() -> bool:
    """Whether the program that the script calls is there; the wheel has none."""
    try:
        return (find_binaries() / "psql").exists()
    except NoPostgresError:
        return False


def seated(store: Store) -> tuple[Session, Session, Session]:
    """Return the sessions of two supervisors and an auditor."""
    clock = Clock()
    wright, holt = (session_of(store, who, Role.SUPERVISOR, clock) for who in ("wright", "holt"))
    return wright, holt, session_of(store, "shah", Role.AUDITOR, clock)


def disposed(wright: Session, holt: Session) -> str:
    """Propose and authorise; give the number."""
    entry = ProposeDisposal(request=request(), person_ref=PERSON, authority="RRD 14", reason="Clear years over.")
    ref = propose_disposal(wright, entry).ref
    dispose_of_record(holt, AnswerDisposal(request=request(), disposal_ref=ref))
    return ref


def lines_of_others(session: Session, folder: Path) -> dict[str, list[str]]:
    """Export everything; give the lines that are not the marked person's, byte for byte, by table."""
    export_records(session, folder, reason="AUDIT")
    files = {
        noun.table: (folder / f"{noun.table}.csv").read_text(encoding="utf-8").splitlines()
        for noun in EXCHANGE_RECORD_TYPES
    }
    return {name: [line for line in lines if PERSON not in line and CASE not in line] for name, lines in files.items()}


@pytest.fixture(autouse=True)
def _witnesses_are_kept_in_a_folder_of_the_test(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("IOMS_DATA", str(tmp_path / "data"))


@pytest.fixture
def marked(local_location: str, tmp_path: Path) -> Iterator[tuple[Store, Marks]]:
    """Return a local file with somebody marked among others."""
    shutil.copy(local_location, tmp_path / "other.ioms")
    store, marks = opened(local_location), Marks()
    fill(store)
    lived(store, marks, tmp_path / "other.ioms")
    yield store, marks
    store.close()


def lived(store: Store, marks: Marks, other: Path) -> None:
    """Have the marked person recorded here, and in another file whose audit is kept here too."""
    live_with(store, marks, ACT)
    file = opened(str(other))
    live_with(file, marks, ACT, answered=False)
    bring(store, file, ACT)
    file.close()
    other.unlink()


def test_no_page_of_a_local_file_keeps_a_mark_and_the_others_stay(marked: tuple[Store, Marks], tmp_path: Path) -> None:
    store, marks = marked
    path = Path(store.location)
    assert found_in(pages(path, TEST_KEY), marks.given) == set(marks.given)
    assert len(marks.given) >= 50
    wright, holt, auditor = seated(store)
    before = lines_of_others(holt, tmp_path / "before")
    write_anchor(auditor, tmp_path / "anchor.json")
    copy_file(path, tmp_path / "control.ioms", TEST_KEY)
    disposed(wright, holt)
    assert found_in(pages(path, TEST_KEY), marks.given) == set()
    assert lines_of_others(holt, tmp_path / "after") == before
    report = verify_audit(auditor, tmp_path / "anchor.json")
    assert (report.ok, report.anchored, report.reason) == (True, True, "")
    # The control: every row deleted as anybody would, of the audit too, leaves its words in pages that are free.
    deleted_plainly(tmp_path / "control.ioms")
    assert len(found_in(pages(tmp_path / "control.ioms", TEST_KEY), marks.given)) > len(marks.given) // 2


def deleted_plainly(path: Path) -> None:
    """Delete every row of the marked person, with nothing in the way."""
    with closing(connect(path, TEST_KEY)) as plain:
        register_hash_functions(plain)  # the triggers of people and cases ask for them
        plain.execute("PRAGMA secure_delete=OFF")
        for table in (
            "audit",
            "former_version",
            *("document_content", "document_key"),
            *(noun.table for noun in (*EXCHANGE_RECORD_TYPES, *INTERNAL_RECORD_TYPES)),
            "search_key",
        ):
            columns = {row[1] for row in plain.execute(f"PRAGMA table_info({table})")}
            plain.execute(f"DROP TRIGGER IF EXISTS {table}_no_DELETE")
            owners = " OR ".join(
                f"{name} IN ('{PERSON}', '{CASE}')"
                for name in ("person_ref", "case_ref", "subject_ref", "object_ref")
                if name in columns
            )
            plain.execute(f"DELETE FROM {table} WHERE {owners}")  # noqa: S608 - our own names


def test_an_unsaved_entry_on_the_case_goes_too(marked: tuple[Store, Marks], tmp_path: Path) -> None:
    wright, holt, _ = seated(marked[0])
    sessions = [replace(session, draft_key=bytes(32)) for session in (wright, holt)]
    for session in sessions:
        for number, ref in enumerate((CASE, "PHX-1")):
            drafts.save_draft(
                session,
                Draft(
                    id=f"a{number}",
                    form="contact",
                    case_ref=ref,
                    about="",
                    fields={"note": "typed"},
                    request="",
                    saved_at=session.clock(),
                ),
            )
    disposed(*sessions)
    for session in reversed(sessions):
        # The other's is closed to everybody else; it goes when they next sign in.
        assert [each.draft.case_ref for each in drafts.list_drafts(session).entries] == ["PHX-1"]
    assert len(list((tmp_path / "data").rglob("*.draft"))) == 2


@pytest.fixture(scope="module")
def cluster() -> Iterator[Cluster]:
    """Return a server of this module's own, whose files can be searched."""
    made = Cluster.start(is_migrated=True)
    yield made
    made.stop()


@pytest.mark.skipif(not has_psql(), reason="this PostgreSQL comes without psql")
def test_no_file_of_a_server_keeps_a_mark_once_its_keeper_has_written_it_anew(
    cluster: Cluster, local_location: str, tmp_path: Path
) -> None:
    location = cluster.create_migrated("marked")
    store = open_store(location)
    fill(store)
    marks = Marks()
    lived(store, marks, Path(local_location))
    statement(location, "ANALYZE")
    statement(location, "CHECKPOINT")
    assert in_files(cluster, marks) == set(marks.given)
    wright, holt, auditor = seated(store)
    before = lines_of_others(holt, tmp_path / "before")
    write_anchor(auditor, tmp_path / "anchor.json")
    ref = disposed(wright, holt)
    statement(location, "CHECKPOINT")
    # The control: the function alone leaves the words in dead rows, in the log, and in the samples.
    assert in_files(cluster, marks) == set(marks.given)
    code, said = after_disposal(cluster, location)
    assert code == 0, said
    assert in_files(cluster, marks) == set()
    assert lines_of_others(holt, tmp_path / "after") == before
    report = verify_audit(auditor, tmp_path / "anchor.json")
    assert (report.ok, report.anchored, report.reason) == (True, True, "")
    assert get_certificate(holt, ref)["audit_entries_emptied"] > 50
    store.close()


def after_disposal(cluster: Cluster, location: str) -> tuple[int, str]:
    """Run the keeper's script."""
    shutil.copy(SCRIPT, cluster.folder)
    settings = {
        "IOMS_DATABASE_NAME": location.partition("?")[0].rpartition("/")[2],
        "PGBIN": str(cluster.binaries),
        "PGHOST": str(cluster.folder),
        "PGUSER": "postgres",
    }
    return cluster.run("/bin/sh", cluster.folder / SCRIPT.name, environment=settings)


def statement(location: str, words: str) -> None:
    """Send one statement."""
    with psycopg.connect(location, autocommit=True) as connection:
        connection.execute(words.encode())


def in_files(cluster: Cluster, marks: Marks) -> set[str]:
    """Search every file of the server: tables, indexes, the log, the samples, what is left of temporary files."""
    found: set[str] = set()
    for path in (cluster.folder / "data").rglob("*"):
        if path.is_file():
            found |= found_in(path.read_bytes(), set(marks.given) - found)
    return found
