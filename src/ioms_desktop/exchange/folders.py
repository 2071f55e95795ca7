"""The tables in a file or a folder of files."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from ioms_desktop.domain.errors import FileNotFound, FileUnreadable, WrongFile
from ioms_desktop.domain.records.record import columns_of
from ioms_desktop.domain.records.record_types import EXCHANGE_RECORD_TYPES
from ioms_desktop.domain.text_format import join_words
from ioms_desktop.exchange.csv_files import CsvSource
from ioms_desktop.exchange.sources import TableSource
from ioms_desktop.exchange.tables import REJECT_REASON
from ioms_desktop.exchange.workbook.sheets import SheetSource, Workbook, file_digest

CSV_SUFFIX, XLSX_SUFFIX = ".csv", ".xlsx"
# Refused by name, so that no table of a folder is left out without a word.
OTHER_SPREADSHEETS = frozenset({".xls", ".xlsm", ".xlsb", ".xltx", ".ods", ".fods", ".numbers", ".tsv", ".tab"})
COLUMNS_BY_TABLE: Mapping[str, tuple[str, ...]] = {
    noun.table: (*(column.exchange_name for column in columns_of(noun)), REJECT_REASON)
    for noun in EXCHANGE_RECORD_TYPES
}
ALL_COLUMNS = frozenset(name for names in COLUMNS_BY_TABLE.values() for name in names)


def find_sources(path: Path) -> tuple[TableSource, ...]:
    """Find the tables of a CSV file, a workbook, or a folder of them, in the order of the exchange tables.

    Raises:
        Refused: There is nothing to read, or a file is damaged or is not a table; the sentence names it.
    """
    if not path.exists():
        raise FileNotFound(f"There is no file or folder {path}. Nothing was read; check the path.")
    try:
        found = [source for file in _files(path) for source in _file_sources(file, alone=file == path)]
    except OSError as failed:
        raise FileUnreadable(
            f"{failed.filename or path} cannot be read: {failed.strerror}. Nothing was read."
        ) from failed
    if not found:
        raise WrongFile(f"{path} holds no table. Nothing was read; name each file after its table, such as people.csv.")
    order = list(COLUMNS_BY_TABLE)
    return tuple(sorted(found, key=lambda source: (order.index(source.table), source.file)))


def file_digests(sources: Sequence[TableSource]) -> dict[str, str]:
    """Return the digest of each file, to detect later changes."""
    paths = {source.path for source in sources if isinstance(source, CsvSource | SheetSource)}
    return {str(path): file_digest(path) for path in sorted(paths)}


def _files(path: Path) -> list[Path]:
    if not path.is_dir():
        return [path]
    # An open spreadsheet has a lock file beside it whose name begins with ~$.
    return sorted(
        file
        for file in path.iterdir()
        if file.suffix.lower() in {CSV_SUFFIX, XLSX_SUFFIX, *OTHER_SPREADSHEETS}
        and file.is_file()
        and not file.name.startswith((".", "~$"))
    )


def _file_sources(file: Path, *, alone: bool) -> list[TableSource]:
    if file.suffix.lower() in OTHER_SPREADSHEETS:
        raise WrongFile(
            f"{file.name} is a kind of spreadsheet that cannot be read. Nothing was read; save it as .xlsx or as CSV "
            "in UTF-8."
        )
    if file.suffix.lower() == XLSX_SUFFIX:
        return _sheet_sources(file)
    table = file.stem.lower()
    if table in COLUMNS_BY_TABLE:
        return [CsvSource(file, table, COLUMNS_BY_TABLE[table])]
    if alone:
        source = CsvSource(file, "", ALL_COLUMNS)
        source.table = _table_by_header(file, source.header)
        return [source]
    raise WrongFile(
        f"{file.name} is not named after a table. Nothing was read; take it out of the folder, or name it after one of "
        f"{join_words(tuple(COLUMNS_BY_TABLE), 'or')}."
    )


def _sheet_sources(file: Path) -> list[TableSource]:
    workbook = Workbook(file)
    sources: list[TableSource] = []
    for sheet in workbook.sheets:
        source = SheetSource(workbook, sheet)
        if source.table in COLUMNS_BY_TABLE:
            sources.append(source)
        elif source.header:
            raise WrongFile(
                f"The sheet {sheet.name} of {file.name} is not named after a table. Nothing was read; take it out, or "
                f"name it after one of {join_words(tuple(COLUMNS_BY_TABLE), 'or')}."
            )
    return sources


def _table_by_header(file: Path, header: Sequence[str]) -> str:
    """Recognise the table of a file with another name, such as a corrected rejects file, by its columns."""
    names = {name.strip().lower() for name in header} - {""}
    fitting = [table for table, known in COLUMNS_BY_TABLE.items() if names and names <= set(known)]
    if len(fitting) != 1:
        raise WrongFile(
            f"{file.name} is not named after a table, and its columns do not fit exactly one. Nothing was read; name "
            "it after its table, such as people.csv."
        )
    return fitting[0]
