"""The tables in a file or a folder of files."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from ioms_desktop.domain.errors import Refused
from ioms_desktop.domain.records.record import columns
from ioms_desktop.domain.records.record_types import NOUNS
from ioms_desktop.domain.text_format import listed
from ioms_desktop.exchange.csv_files import CsvSource
from ioms_desktop.exchange.sources import Source
from ioms_desktop.exchange.tables import REJECT_REASON
from ioms_desktop.exchange.workbooks import SheetSource, digest, sheet_names

CSV, XLSX = ".csv", ".xlsx"
COLUMNS: Mapping[str, tuple[str, ...]] = {
    noun.table: (*(column.name for column in columns(noun)), REJECT_REASON) for noun in NOUNS
}
ANY_COLUMN = frozenset(name for names in COLUMNS.values() for name in names)


def find_sources(path: Path) -> tuple[Source, ...]:
    """Find the tables of a CSV file, a workbook, or a folder of them, in the order of the exchange tables.

    Raises:
        Refused: There is nothing to read, or a file is damaged or no table; one sentence names it.
    """
    if not path.exists():
        raise Refused(f"There is no file or folder {path}. Nothing was read; check the path.")
    try:
        found = [source for file in _files(path) for source in _sources(file, alone=file == path)]
    except OSError as failed:
        raise Refused(f"{failed.filename or path} cannot be read: {failed.strerror}. Nothing was read.") from failed
    if not found:
        raise Refused(f"{path} holds no table. Nothing was read; name each file after its table, such as people.csv.")
    order = list(COLUMNS)
    return tuple(sorted(found, key=lambda source: (order.index(source.table), source.file)))


def fingerprint(sources: Sequence[Source]) -> dict[str, str]:
    """Give the digest of each file, to know whether it changed since."""
    paths = {source.path for source in sources if isinstance(source, CsvSource | SheetSource)}
    return {str(path): digest(path) for path in sorted(paths)}


def _files(path: Path) -> list[Path]:
    if not path.is_dir():
        return [path]
    # A spreadsheet that is open leaves a lock file beside it whose name begins with ~$.
    return sorted(
        file
        for file in path.iterdir()
        if file.suffix.lower() in {CSV, XLSX} and file.is_file() and not file.name.startswith((".", "~$"))
    )


def _sources(file: Path, *, alone: bool) -> list[Source]:
    if file.suffix.lower() == XLSX:
        return _sheets(file)
    table = file.stem.lower()
    if table in COLUMNS:
        return [CsvSource(file, table, COLUMNS[table])]
    if alone:
        source = CsvSource(file, "", ANY_COLUMN)
        source.table = _told_by_header(file, source.header)
        return [source]
    raise Refused(
        f"{file.name} is named after no table. Nothing was read; take it out of the folder, or name it after one of "
        f"{listed(tuple(COLUMNS), 'or')}."
    )


def _sheets(file: Path) -> list[Source]:
    names = [name.lower() for name in sheet_names(file)]
    sources: list[Source] = [SheetSource(file, name) for name in names if name in COLUMNS]
    for name in names:
        if name not in COLUMNS and SheetSource(file, name).header:
            raise Refused(
                f"The sheet {name} of {file.name} is named after no table. Nothing was read; take it out, or name it "
                f"after one of {listed(tuple(COLUMNS), 'or')}."
            )
    return sources


def _told_by_header(file: Path, header: Sequence[str]) -> str:
    """Tell the table of a file under another name, such as a mended rejects file, by its columns."""
    names = {name.strip().lower() for name in header} - {""}
    fitting = [table for table, known in COLUMNS.items() if names and names <= set(known)]
    if len(fitting) != 1:
        raise Refused(
            f"{file.name} is named after no table and its columns fit none alone. Nothing was read; name it after its "
            "table, such as people.csv."
        )
    return fitting[0]
