"""Import a folder of exchange files: a preview of what each row will do, and the import itself, all or nothing."""

import gc
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import replace
from pathlib import Path

from ioms_desktop.domain.access.roles import Right
from ioms_desktop.domain.errors import Refused
from ioms_desktop.domain.records.record_types import RECORD_TYPE_BY_TABLE
from ioms_desktop.exchange.folders import file_digests, find_sources
from ioms_desktop.exchange.rejects import RejectsWriter, check_rejects_path
from ioms_desktop.exchange.sources import TableSource
from ioms_desktop.exchange.tables import RowChunk, TableReader
from ioms_desktop.services.change_feed import tell_others
from ioms_desktop.services.exchange.import_check import FolderCheck
from ioms_desktop.services.exchange.import_facts import FolderFacts
from ioms_desktop.services.exchange.import_report import Fate, FileReport, ImportReport
from ioms_desktop.services.session import Desk, Topic
from ioms_desktop.storage.bulk_write import BulkWriter, StagedChange, bulk_transaction
from ioms_desktop.storage.records.bulk_read import find_by_keys
from ioms_desktop.storage.records.read import Reading
from ioms_desktop.storage.records.row_mapping import field_names
from ioms_desktop.storage.transaction import Transaction

Progress = Callable[[int], None]
"""Told how many rows have been read; it may raise to stop, and nothing is written."""

CHANGED = "A file changed while it was imported. Nothing was written; close it in other programs and import again."

SEARCHED = frozenset({"people", "cases"})


class _NotWanted(Exception):  # noqa: N818 - an answer inside this file, not a fault
    """Ends the transaction without a trace."""


def _silent(_rows: int) -> None:
    """Tell nobody."""


@contextmanager
def _undisturbed() -> Iterator[None]:
    """Leave Python's search for reference cycles aside: it would walk again and again over rows that have none."""
    searching = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if searching:
            gc.enable()


def _whole_book(desk: Desk) -> AbstractContextManager[None]:
    """Have every case open: a row may be about any of them."""
    return desk.store.all_cases_open("IMPORT", desk.workstation)


def plan_import(desk: Desk, path: Path, *, progress: Progress = _silent) -> ImportReport:
    """Say what an import would do with every row; writes nothing.

    Args:
        desk: Who asks.
        path: A CSV file, a workbook, or a folder of them.
        progress: Told how many rows have been read.

    Raises:
        NotAllowed: The user may not import.
        Refused: There is nothing to read, or a file is damaged.
    """
    desk.require(Right.IMPORT)
    sources = find_sources(path)
    with _undisturbed(), _whole_book(desk), desk.store.read() as reading:
        _, files = _checked(desk, reading, sources, progress, keep_keys=True)
    return ImportReport(path=path, dry_run=True, written=False, files=files, fingerprint=file_digests(sources))


def run_import(
    desk: Desk,
    wanted: Path | ImportReport,
    *,
    dry_run: bool = False,
    accept_partial: bool = False,
    rejects_path: Path | None = None,
    progress: Progress = _silent,
) -> ImportReport:
    """Import a file or folder in one transaction.

    Args:
        desk: Who imports.
        wanted: The file or folder, or the plan made of it before, which must still hold.
        dry_run: Check and report, write no record.
        accept_partial: Write what is right even where rows are rejected.
        rejects_path: Where rejected rows go: a file where one file is imported, a folder where a folder is.
        progress: Told how many rows have been read.

    Raises:
        NotAllowed: The user may not import.
        Refused: There is nothing to read, a file is damaged or changed, or the database does not take it.
    """
    desk.require(Right.IMPORT)
    path = wanted.path if isinstance(wanted, ImportReport) else wanted
    sources = find_sources(path)
    digests = file_digests(sources)
    if isinstance(wanted, ImportReport) and wanted.fingerprint != digests:
        raise Refused("The files changed since the preview. Nothing was written; look at the preview again.")
    if rejects_path is not None:
        check_rejects_path(rejects_path, path, [source.table for source in sources])
    run = _Run(desk, path, sources, digests, accept_partial=accept_partial, progress=progress)
    return run.dry(rejects_path) if dry_run else run.real(rejects_path)


class _Run:
    """One import on its way."""

    def __init__(
        self,
        desk: Desk,
        path: Path,
        sources: Sequence[TableSource],
        digests: dict[str, str],
        *,
        accept_partial: bool,
        progress: Progress,
    ) -> None:
        self._desk = desk
        self._path = path
        self._sources = sources
        self._digests = digests
        self._partial = accept_partial
        self._progress = progress

    def dry(self, rejects_path: Path | None) -> ImportReport:
        """Check, and write the rejects."""
        with _undisturbed(), _whole_book(self._desk), self._desk.store.read() as reading:
            readers, files = _checked(self._desk, reading, self._sources, self._progress)
        report = self._report(files, written=False, dry_run=True)
        return self._with_rejects(report, readers, rejects_path)

    def real(self, rejects_path: Path | None) -> ImportReport:
        """Check and write in one transaction."""
        files: tuple[FileReport, ...] = ()
        readers: tuple[TableReader, ...] = ()
        written = True
        try:
            with _undisturbed(), _whole_book(self._desk), self._desk.store.begin(self._desk.act(), "import") as tx:
                readers, files = _checked(self._desk, tx, self._sources, self._progress)
                self._write(tx, readers, files)
                tell_others(self._desk, tx, frozenset(Topic) - {Topic.USERS})
        except _NotWanted:
            written = self._partial or not self._report(files, written=False).rejected
        return self._with_rejects(self._report(files, written=written), readers, rejects_path)

    def _write(self, tx: Transaction, readers: Sequence[TableReader], files: tuple[FileReport, ...]) -> None:
        report = self._report(files, written=True)
        if (report.rejected and not self._partial) or not _anything(report):
            raise _NotWanted
        searched = [file.count(Fate.CREATED) for file in files if file.table in SEARCHED]
        with bulk_transaction(tx, sum(searched)):
            for reader, file in zip(readers, files, strict=True):
                _write(tx, reader, file)
        if file_digests(self._sources) != self._digests:
            raise Refused(CHANGED)

    def _report(self, files: tuple[FileReport, ...], *, written: bool, dry_run: bool = False) -> ImportReport:
        return ImportReport(path=self._path, dry_run=dry_run, written=written, files=files, fingerprint=self._digests)

    def _with_rejects(
        self, report: ImportReport, readers: Sequence[TableReader], rejects_path: Path | None
    ) -> ImportReport:
        if rejects_path is None or not report.rejected:
            return report
        with RejectsWriter(rejects_path, folder=self._path.is_dir()) as rejects:
            for reader, file in zip(readers, report.files, strict=True):
                _put_rejects(rejects, reader, file)
        return replace(report, rejects_path=rejects_path)


def _checked(
    desk: Desk, reading: Reading, sources: Sequence[TableSource], progress: Progress, *, keep_keys: bool = False
) -> tuple[tuple[TableReader, ...], tuple[FileReport, ...]]:
    reading.extend_timeouts()
    today = desk.today()
    readers = tuple(TableReader(source, RECORD_TYPE_BY_TABLE[source.table], desk.lists, today) for source in sources)
    facts = FolderFacts(reading, desk.lists, desk.ladder)
    check = FolderCheck(reading, readers, facts, keep_keys=keep_keys, progress=progress)
    return readers, check.run()


def _anything(report: ImportReport) -> bool:
    return bool(report.count(Fate.CREATED) or report.count(Fate.UPDATED))


def _write(tx: Transaction, reader: TableReader, file: FileReport) -> None:
    """Read a file once more and store the rows that are to be stored."""
    if not file.count(Fate.CREATED) and not file.count(Fate.UPDATED):
        return
    writer = BulkWriter(tx, reader.record_type)
    first = 0
    for rows in reader.read():
        fates = file.fates[first : first + len(rows.raw_rows)]
        if len(fates) != len(rows.raw_rows):
            raise Refused(CHANGED)
        writer.add([values for values, fate in zip(rows.values, fates, strict=True) if fate == Fate.CREATED])
        if Fate.UPDATED in fates:
            writer.update(_changes(tx, reader, rows, fates))
        first += len(rows.raw_rows)
    writer.finish()


def _changes(tx: Transaction, reader: TableReader, rows: RowChunk, fates: bytearray) -> list[StagedChange]:
    names = field_names(reader.record_type)
    places = [names.index(name) for name in reader.record_type.key]
    newer = {
        tuple(values[place] for place in places): values
        for values, fate in zip(rows.values, fates, strict=True)
        if fate == Fate.UPDATED
    }
    present = find_by_keys(tx, reader.record_type, newer)
    if len(present) != len(newer):
        raise Refused(CHANGED)
    return [
        StagedChange(before, replace(before, **dict(zip(names, newer[key], strict=True))))
        for key, before in present.items()
    ]


def _put_rejects(rejects: RejectsWriter, reader: TableReader, file: FileReport) -> None:
    if not file.count(Fate.REJECTED):
        return
    place = 0
    for rows in reader.read():
        for row in rows.raw_rows:
            if place < file.read and file.fates[place] == Fate.REJECTED:
                rejects.add(reader.source, row, [*file.findings.get(place, ()), *file.header_findings])
            place += 1
