"""Importing a folder of exchange files: a preview of every row, and the import itself, all or nothing."""

from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import replace
from pathlib import Path

from ioms_desktop.domain.access.roles import Right
from ioms_desktop.domain.errors import FileChanged
from ioms_desktop.domain.progress import ProgressCallback, no_progress
from ioms_desktop.domain.records.person_sets.current_values import SET_TYPES
from ioms_desktop.domain.records.record_types import RECORD_TYPE_BY_TABLE
from ioms_desktop.domain.validation.findings import Finding
from ioms_desktop.exchange.folders import file_digests, find_sources
from ioms_desktop.exchange.rejects import RejectsWriter, check_rejects_path
from ioms_desktop.exchange.sources import TableSource
from ioms_desktop.exchange.tables import RowChunk, TableReader
from ioms_desktop.garbage_collection import garbage_collection_paused
from ioms_desktop.services.change_feed import notify_others
from ioms_desktop.services.exchange.import_check import FolderCheck
from ioms_desktop.services.exchange.import_facts import FolderFacts
from ioms_desktop.services.exchange.import_report import FileReport, ImportReport, RowOutcome
from ioms_desktop.services.exchange.struck_out_rows import StrikeOutWriter
from ioms_desktop.services.session import ALL_RECORD_TOPICS, Session
from ioms_desktop.storage.bulk.write import BulkWriter, bulk_transaction
from ioms_desktop.storage.person_sets.settling import IMPORT, hold_back, settle_people
from ioms_desktop.storage.records.bulk_read import StagedChange, find_by_keys
from ioms_desktop.storage.records.read import Reading
from ioms_desktop.storage.records.row_mapping import field_names
from ioms_desktop.storage.transaction import Rollback, Transaction

# Of a file with very many rejected rows the findings of the last are not kept.
_NOT_KEPT = Finding("", "", "Rejected. Correct the rows before it and import this file again to see why.")
FILE_CHANGED_MESSAGE = (
    "A file changed while it was imported. Nothing was written; close it in other programs and import again."
)

SEARCH_INDEXED_TABLES = frozenset({"people", "cases"})
SET_TABLES = frozenset(record_type.table for record_type in SET_TYPES)


def _all_cases_open(session: Session) -> AbstractContextManager[None]:
    """Open every case, since a row may be about any of them."""
    return session.store.all_cases_open("IMPORT", session.workstation)


def plan_import(session: Session, path: Path, *, progress: ProgressCallback = no_progress) -> ImportReport:
    """Preview what an import would do with every row; writes nothing.

    Args:
        path: A CSV file, a workbook, or a folder of them.
        progress: Called with the number of rows read (the total is not known); if it raises, nothing is written.

    Raises:
        NotAllowed: The user may not import.
        Refused: There is nothing to read, or a file is damaged.
    """
    session.require(Right.IMPORT)
    sources = find_sources(path)
    with garbage_collection_paused(), _all_cases_open(session), session.store.read() as reading:
        _, files = _check_folder(session, reading, sources, progress, keep_keys=True)
    return ImportReport(path=path, dry_run=True, written=False, files=files, fingerprint=file_digests(sources))


def run_import(
    session: Session,
    path_or_plan: Path | ImportReport,
    *,
    dry_run: bool = False,
    accept_partial: bool = False,
    rejects_path: Path | None = None,
    progress: ProgressCallback = no_progress,
) -> ImportReport:
    """Import a file or folder in one transaction.

    Args:
        path_or_plan: The file or folder, or the plan made of it before, which must still hold.
        dry_run: Check and report, write no record.
        accept_partial: Write what is right even where rows are rejected.
        rejects_path: Where rejected rows go: a file where one file is imported, a folder where a folder is.
        progress: Called with the number of rows read (the total is not known), and then with that of rows written and
            to be written; if it raises, nothing is written.

    Raises:
        NotAllowed: The user may not import.
        Refused: There is nothing to read, a file is damaged or changed, or the database does not take it.
    """
    session.require(Right.IMPORT)
    path = path_or_plan.path if isinstance(path_or_plan, ImportReport) else path_or_plan
    sources = find_sources(path)
    digests = file_digests(sources)
    if isinstance(path_or_plan, ImportReport) and path_or_plan.fingerprint != digests:
        raise FileChanged("The files changed since the preview. Nothing was written; look at the preview again.")
    if rejects_path is not None:
        check_rejects_path(rejects_path, path, [source.table for source in sources])
    run = _ImportRun(session, path, sources, digests, accept_partial=accept_partial, progress=progress)
    return run.dry_run(rejects_path) if dry_run else run.run(rejects_path)


class _ImportRun:
    """One import in progress."""

    def __init__(
        self,
        session: Session,
        path: Path,
        sources: Sequence[TableSource],
        digests: dict[str, str],
        *,
        accept_partial: bool,
        progress: ProgressCallback,
    ) -> None:
        self._session = session
        self._path = path
        self._sources = sources
        self._digests = digests
        self._accept_partial = accept_partial
        self._progress = progress

    def dry_run(self, rejects_path: Path | None) -> ImportReport:
        """Check, and write the rejects."""
        with garbage_collection_paused(), _all_cases_open(self._session), self._session.store.read() as reading:
            readers, files = _check_folder(self._session, reading, self._sources, self._progress)
        report = self._build_report(files, written=False, dry_run=True)
        return self._with_rejects(report, readers, rejects_path)

    def run(self, rejects_path: Path | None) -> ImportReport:
        """Check and write in one transaction."""
        files: tuple[FileReport, ...] = ()
        readers: tuple[TableReader, ...] = ()
        written = False
        with (
            garbage_collection_paused(),
            _all_cases_open(self._session),
            self._session.store.begin(self._session.command_context(), IMPORT) as tx,
        ):
            readers, files = _check_folder(self._session, tx, self._sources, self._progress)
            self._write(tx, readers, files)
            notify_others(self._session, tx, ALL_RECORD_TOPICS)
            written = True
        if not written:  # nothing had to be written, or rows were rejected; only the latter keeps an import out
            written = self._accept_partial or not self._build_report(files, written=False).has_rejects
        return self._with_rejects(self._build_report(files, written=written), readers, rejects_path)

    def _write(self, tx: Transaction, readers: Sequence[TableReader], files: tuple[FileReport, ...]) -> None:
        report = self._build_report(files, written=True)
        if (report.has_rejects and not self._accept_partial) or not _has_changes(report):
            raise Rollback
        searched = [file for file in files if file.table in SEARCH_INDEXED_TABLES]
        changes = any(file.count(RowOutcome.UPDATED) for file in searched)
        with bulk_transaction(tx, 0 if changes else sum(file.count(RowOutcome.CREATED) for file in searched)):
            struck_out = StrikeOutWriter(tx)
            # Where no entries of people follow, nobody has to wait until these are written.
            settles = not any(file.table in SET_TABLES and _has_changes(file) for file in files)
            written, total = 0, report.count(RowOutcome.CREATED) + report.count(RowOutcome.UPDATED)
            for reader, file in zip(readers, files, strict=True):
                for rows in _write_file(tx, reader, file, struck_out, settles=settles):
                    written += rows
                    self._progress(written, total)
            struck_out.finish()
        if file_digests(self._sources) != self._digests:
            raise FileChanged(FILE_CHANGED_MESSAGE)

    def _build_report(self, files: tuple[FileReport, ...], *, written: bool, dry_run: bool = False) -> ImportReport:
        return ImportReport(path=self._path, dry_run=dry_run, written=written, files=files, fingerprint=self._digests)

    def _with_rejects(
        self, report: ImportReport, readers: Sequence[TableReader], rejects_path: Path | None
    ) -> ImportReport:
        if rejects_path is None or not report.has_rejects:
            return report
        with RejectsWriter(rejects_path, folder=self._path.is_dir()) as rejects:
            for reader, file in zip(readers, report.files, strict=True):
                _write_rejects(rejects, reader, file)
        return replace(report, rejects_path=rejects_path)


def _check_folder(
    session: Session,
    reading: Reading,
    sources: Sequence[TableSource],
    progress: ProgressCallback,
    *,
    keep_keys: bool = False,
) -> tuple[tuple[TableReader, ...], tuple[FileReport, ...]]:
    reading.extend_timeouts()
    now = session.day_time()
    readers = tuple(TableReader(source, RECORD_TYPE_BY_TABLE[source.table], session.lists, now) for source in sources)
    facts = FolderFacts(reading, session, has_sets=any(source.table in SET_TABLES for source in sources))
    check = FolderCheck(session, reading, readers, facts, keep_keys=keep_keys, progress=progress)
    return readers, check.run()


def _has_changes(report: ImportReport | FileReport) -> bool:
    return bool(report.count(RowOutcome.CREATED) or report.count(RowOutcome.UPDATED))


def _write_file(
    tx: Transaction, reader: TableReader, file: FileReport, struck_out: StrikeOutWriter, *, settles: bool
) -> Iterator[int]:
    """Read a file a second time and store its accepted rows; says after each part how many it had.

    Args:
        tx: The transaction.
        reader: Reads the file.
        file: What becomes of its rows.
        struck_out: Takes its struck-out rows.
        settles: Whether the people of each part are settled with it, and not at the end, when they are read again.
    """
    if not _has_changes(file):
        return
    writer = BulkWriter(tx, reader.record_type)
    first = 0
    for rows in reader.read():
        fates = file.outcomes[first : first + len(rows.raw_rows)]
        accepted = fates.count(RowOutcome.CREATED) + fates.count(RowOutcome.UPDATED)
        if len(fates) != len(rows.raw_rows):
            raise FileChanged(FILE_CHANGED_MESSAGE)
        if rows.struck_out:
            struck_out.add(reader, rows, fates)
            for place in rows.struck_out:
                fates[place] = RowOutcome.UNCHANGED
        writer.add([values for values, fate in zip(rows.values, fates, strict=True) if fate == RowOutcome.CREATED])
        if RowOutcome.UPDATED in fates:
            writer.update(_changes(tx, reader, rows, fates))
        if not settles:
            hold_back(tx)
        elif tx.of_people:
            writer.log_added()
            settle_people(tx, IMPORT)
        first += len(rows.raw_rows)
        yield accepted
    writer.finish()


def _changes(tx: Transaction, reader: TableReader, rows: RowChunk, fates: bytearray) -> list[StagedChange]:
    names = field_names(reader.record_type)
    places = [names.index(name) for name in reader.record_type.key]
    newer = {
        tuple(values[place] for place in places): values
        for values, fate in zip(rows.values, fates, strict=True)
        if fate == RowOutcome.UPDATED
    }
    present = find_by_keys(tx, reader.record_type, newer)
    if len(present) != len(newer):
        raise FileChanged(FILE_CHANGED_MESSAGE)
    # What the file has no column for stays as it is.
    sent = [(place, name) for place, name in enumerate(names) if place not in reader.absent]
    return [
        StagedChange(before, replace(before, **{name: newer[key][place] for place, name in sent}))
        for key, before in present.items()
    ]


def _write_rejects(rejects: RejectsWriter, reader: TableReader, file: FileReport) -> None:
    if not file.count(RowOutcome.REJECTED):
        return
    place = 0
    for rows in reader.read():
        for number, row in enumerate(rows.raw_rows):
            if place < file.read and file.outcomes[place] == RowOutcome.REJECTED:
                findings = [*(file.findings.get(place) or rows.errors.get(number, [])), *file.header_findings]
                rejects.add(reader.source, row, findings or [_NOT_KEPT])
            place += 1
