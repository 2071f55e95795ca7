"""What somebody with every right over a database can do to its audit is named, with an anchor that was kept elsewhere.

One sealed book for each kind of database, begun under version 1; each manipulation is undone again. The checker that an
auditor runs on an export, which shares no code with the program, comes to the same result.
"""

# ruff: noqa: S608 - statements with names of our own

import json
import runpy
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from sqlalchemy import Connection, Integer, text

import forging
from ioms_desktop.domain.audit.entries import digest, text_digest
from ioms_desktop.domain.audit.seals import ChainHead
from ioms_desktop.domain.database_location import is_shared
from ioms_desktop.paths import resource
from ioms_desktop.services.audit.audit import VerifyReport, build_report
from ioms_desktop.services.audit.audit_anchors import head_to_json
from ioms_desktop.storage.audit.audit_export import audit_lines
from ioms_desktop.storage.audit.sealing import chain_head
from ioms_desktop.storage.records.read import Reading
from ioms_desktop.storage.schema import tables
from ioms_desktop.storage.store import Store
from keys import opened
from tampering import unguarded
from upgraded_audit import LOST, downgraded, upgraded

CHECKER = resource("audit", "check_audit.py")
CHECK = runpy.run_path(str(CHECKER))["main"]
"""The checker in this process: each manipulation in one of its own would take long."""


@dataclass(frozen=True)
class Book:
    """A sealed database, the number of its disposal, and its head as it was kept elsewhere."""

    store: Store
    disposal: str
    head: ChainHead


@pytest.fixture(scope="module", params=["sqlite", "postgres"])
def book(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Book]:
    """Return the book, made once for all manipulations."""
    if request.param == "postgres":
        template: str = request.getfixturevalue("_shared_template")
        location = request.getfixturevalue("postgres_server").create("forged", template)
    else:
        empty = request.getfixturevalue("_local_template")
        location = str(shutil.copy(empty, tmp_path_factory.mktemp("forged") / "book.ioms"))
    store = opened(location)
    disposal = upgraded(store)
    with store.read() as reading:
        head = chain_head(reading)
    assert head is not None
    yield Book(store, disposal, head)
    store.close()


def exported(reading: Reading, head: ChainHead, folder: Path) -> list[str]:
    """Export an audit and its anchor; return the command line that checks them."""
    audit, anchor = folder / "audit.jsonl", folder / "anchor.json"
    audit.write_text("".join(audit_lines(reading)), encoding="utf-8")
    anchor.write_text(json.dumps({"heads": [head_to_json(head)]}), encoding="utf-8")
    return [str(CHECKER), str(audit), "--anchor", str(anchor)]


def agreed(book: Book, folder: Path, act: Callable[[Connection, str], None] | None) -> VerifyReport:
    """Do something to the book, and verify it by the program and by the checker."""
    with unguarded(book.store) as reading:
        if act is not None:
            act(reading.connection, book.disposal)
        report = build_report(reading, (book.head,))
        command = exported(reading, book.head, folder)
    assert CHECK(command[1:]) == (0 if report.ok else 1), report.reason
    return report


def test_a_book_begun_under_version_1_is_whole_after_the_change_and_after_more_work(book: Book, tmp_path: Path) -> None:
    """The control of all that follows; the disposal emptied entries of both versions."""
    report = agreed(book, tmp_path, None)
    assert (report.ok, report.anchored, report.reason) == (True, True, "")
    assert report.entries == report.sealed
    assert [epoch.number for epoch in report.epochs] == [2, 3]
    assert [each.partition(":")[0] for each in report.disposals] == [
        "DS-OLD, proposed by ADEYEMI and authorised by holt",
        f"{book.disposal}, proposed by wright and authorised by holt",
    ]
    with book.store.read() as reading:
        connection = reading.connection
        emptied = text("SELECT count(*) FROM redaction JOIN audit ON audit.id = entry WHERE salt IS {} NULL")
        both = [connection.scalar(text(str(emptied).format(no))) for no in ("", "NOT")]
        named = text("SELECT count(*) FROM audit WHERE subject_ref = 'P-CH' OR CAST(after AS TEXT) LIKE '%P-CH%'")
        assert connection.scalar(named) == 0
    assert all(both)


def test_what_an_emptied_entry_of_version_1_was_about_is_not_guessed_from_what_the_disposal_left(book: Book) -> None:
    """The control is what stays guessable, as by its own hash: an entry that recorded no words besides."""
    query = "SELECT about_hash, words_hash, row_hash FROM redaction JOIN audit ON audit.id = entry WHERE salt IS NULL"
    with book.store.read() as reading:
        left = reading.connection.execute(text(f"{query} AND disposal_ref = '{book.disposal}'")).all()
    whom = [(ref, "P-CH", None, None) for ref in ("IOM-1", "P-CH", "quick_search")]
    assert not {digest((None, *each)) for each in whom} & {each for row in left for each in row}
    wordless = {digest((*each, None, after)) for each in whom for after in (None, text_digest("null"))}
    assert 0 < sum(row.words_hash in wordless for row in left) < len(left)


@pytest.mark.parametrize("changed", [{}, {"system_id": ""}])
def test_an_epoch_that_one_person_opened_supersedes_nothing_on_a_server(
    book: Book, tmp_path: Path, changed: dict[str, str]
) -> None:
    """In a file, where there is nobody else, it does; the auditor then accepts it or not."""

    def act(connection: Connection, _: str) -> None:
        forging.open_epoch(connection, on_record=True, lost=f"95:{'b' * 64}", **changed)

    report = agreed(book, tmp_path, act)
    assert report.ok == (not is_shared(book.store.location))
    assert ("not by two people" in report.reason) == is_shared(book.store.location)


def test_a_restore_to_before_another_supersedes_what_it_lost_though_its_number_came_once_more(
    book: Book, tmp_path: Path
) -> None:
    """The head is of an epoch 3 that was lost, and epoch 3 of the book names it."""
    n, hash_ = LOST[0]
    for lost, right in (((n, hash_), True), ((n, "8" * 64), False), ((n + 5, hash_), False)):
        head = replace(book.head, n=lost[0], hash=lost[1], epoch=3)
        with book.store.read() as reading:
            report = build_report(reading, (head,), accepted_epochs=[3])
            command = exported(reading, head, tmp_path)
        assert report.ok == right, report.reason
        assert CHECK([*command[1:], "--accept-epoch", "3"]) == (0 if right else 1)
        assert CHECK(command[1:]) == 1, "the auditor alone accepts it"


OTHER = {"kind": "'DISCLOSURE'", "before": "'{}'", "after": "'{}'", "at": "'2020-01-01 00:00:00.000000'"}
OTHER["opened_at"] = OTHER["at"]


@pytest.mark.parametrize("table", ["audit", "seal", "epoch", "redaction"])
def test_every_column_of_what_proves_is_proved_itself(book: Book, table: str) -> None:
    """Of an entry that was emptied, the last seal, the last epoch and a redaction under version 1."""
    columns = tables.metadata.tables[table].columns
    entry = f"SELECT max(entry) FROM redaction WHERE disposal_ref = '{book.disposal}'"
    which = {"audit": f"id = ({entry})", "redaction": "id = (SELECT min(id) FROM redaction)"}
    last = f"{columns.keys()[0]} = (SELECT max({columns.keys()[0]}) FROM {table})"
    with unguarded(book.store) as reading:
        for column in columns:
            if (table, column.name) == ("redaction", "id"):  # the order of what a disposal emptied says nothing
                continue
            other = "coalesce({}, 0) + 1000" if isinstance(column.type, Integer) else "coalesce({}, '') || 'x'"
            value = OTHER.get(column.name, other.format(f'"{column.name}"'))
            change = f'UPDATE {table} SET "{column.name}" = {value} WHERE {which.get(table, last)}'
            doing = reading.connection.begin_nested()
            assert reading.connection.execute(text(change)).rowcount == 1
            assert not build_report(reading, (book.head,)).ok, column.name
            doing.rollback()


@pytest.mark.parametrize("act", [None, forging.delete_an_entry])
def test_the_checker_needs_nothing_but_python(
    book: Book, tmp_path: Path, act: Callable[[Connection, str], None] | None
) -> None:
    with unguarded(book.store) as reading:
        if act is not None:
            act(reading.connection, book.disposal)
        command = exported(reading, book.head, tmp_path)
    done = subprocess.run([sys.executable, "-I", "-S", *command], capture_output=True, text=True, check=False)
    assert done.returncode == (0 if act is None else 1), done.stderr
    assert ("The audit is whole." in done.stdout) == (act is None)
    assert ("entries but" in done.stdout) == (act is not None)


def test_version_2_is_not_taken_back_once_a_disposal_emptied_entries_under_it(book: Book) -> None:
    with book.store.engine.connect() as connection, connection.execution_options(ioms_command=True).begin() as doing:
        with pytest.raises(RuntimeError, match="restore an earlier backup"):
            downgraded(connection)
        doing.rollback()


@pytest.mark.parametrize("act", forging.MANIPULATIONS, ids=lambda act: act.__name__)
def test_what_was_done_to_the_sealed_book_is_named(
    book: Book, tmp_path: Path, act: Callable[[Connection, str], None]
) -> None:
    report = agreed(book, tmp_path, act)
    assert not report.ok
    assert report.broken_at
    assert report.reason
