"""Exporting exchange files: everything, or some cases with all their records; on record before the files are there."""

from collections.abc import Generator, Sequence
from contextlib import ExitStack, closing
from functools import partial
from pathlib import Path
from typing import NamedTuple

from ioms_desktop.atomic_file import NewFiles
from ioms_desktop.domain.access.roles import Right
from ioms_desktop.domain.errors import CaseNotFound, FileUnwritable, MissingValue
from ioms_desktop.domain.records.cases import Case
from ioms_desktop.domain.records.record import Record, columns_of
from ioms_desktop.domain.records.record_types import EXCHANGE_RECORD_TYPES, NOT_STRUCK_OUT
from ioms_desktop.domain.text_format import join_words
from ioms_desktop.exchange.folders import CSV_SUFFIX, XLSX_SUFFIX
from ioms_desktop.exchange.writing import RowValues, write_folder, write_workbook
from ioms_desktop.services.case_access import refuse_under_any_break_glass
from ioms_desktop.services.reason_codes import refuse_training_reason, refuse_unknown_reason
from ioms_desktop.services.session import Session
from ioms_desktop.services.sharing.files_on_record import put_on_record, record_unmade_file
from ioms_desktop.storage.bulk.write import log_people
from ioms_desktop.storage.records.bulk_read import list_by_owners, values_in_key_order
from ioms_desktop.storage.records.read import Reading
from ioms_desktop.storage.records.struck_out import struck_out_rows


class ExportReport(NamedTuple):
    """The result of an export.

    Attributes:
        path: The folder or workbook written.
        records: How many records, by table.
    """

    path: Path
    records: dict[str, int]


def export_records(session: Session, path: Path, case_refs: Sequence[str] = (), *, reason: str) -> ExportReport:
    """Write the exchange files: a folder of CSV files, or one workbook where the path ends in .xlsx.

    Args:
        path: Where to.
        case_refs: Only these cases, their people, and what belongs to either; none for everything.
        reason: Why, as a reason code; kept with the entry each person's audit gets.

    Raises:
        NotAllowed: The user may not export, or sees a case by break-glass access only.
        Missing: A case is not there.
        NotInPlace: The files were on record, and could not be put in place.
        Refused: The reason is no code or not one for live records, or the place cannot be written.
    """
    session.require(Right.EXPORT)
    refuse_unknown_reason(session, reason, "an export", "Nothing was written")
    if path.suffix.lower() == CSV_SUFFIX:
        raise MissingValue("An export is a folder or a workbook. Nothing was written; name a folder or an .xlsx file.")
    with session.store.all_cases_open(reason, session.workstation):
        return _run_export(session, path, case_refs, reason)


def _run_export(session: Session, path: Path, case_refs: Sequence[str], reason: str) -> ExportReport:
    with session.store.read() as reading:
        refuse_training_reason(session, reading, reason)
        refuse_under_any_break_glass(session, reading)
        persons = _person_refs(reading, case_refs)
    act = session.command_context(reason_code=reason)
    try:
        with NewFiles() as new:
            with session.store.read() as reading:
                report = _write_files(new, reading, path, case_refs, persons)
            new.make_ready()
            with put_on_record(session, new, act, "export", partial(record_unmade_file, session, act, path.name)) as tx:
                log_people(tx, "DISCLOSURE", {"export": path.name, "cases": list(case_refs)}, persons)
    except OSError as failed:
        where, why = failed.filename or path, failed.strerror or "the place does not take it"
        raise FileUnwritable(
            f"{where} cannot be written: {why}. Nothing was exported, and any earlier export there is unchanged; "
            "choose another place."
        ) from failed
    return report


def _person_refs(reading: Reading, case_refs: Sequence[str]) -> list[str] | None:
    if not case_refs:
        return None
    cases = {case.case_ref: case for case in list_by_owners(reading, Case, "case_ref", case_refs)}
    missing = [ref for ref in case_refs if ref not in cases]
    if missing:
        raise CaseNotFound(f"There is no case {join_words(missing, 'or')}. Nothing was written; check the reference.")
    return sorted({case.person_ref for case in cases.values()})


def _write_files(
    new: NewFiles, reading: Reading, path: Path, case_refs: Sequence[str], persons: Sequence[str] | None
) -> ExportReport:
    reading.extend_timeouts()
    records: dict[str, int] = {}
    with ExitStack() as opened:
        tables = [
            (noun, opened.enter_context(closing(_iter_rows(reading, noun, case_refs, persons, records))))
            for noun in EXCHANGE_RECORD_TYPES
        ]
        if path.suffix.lower() == XLSX_SUFFIX:
            write_workbook(new, path, tables)
        else:
            write_folder(new, path, tables)
    return ExportReport(path, records)


def _iter_rows(
    reading: Reading,
    record_type: type[Record],
    case_refs: Sequence[str],
    persons: Sequence[str] | None,
    records: dict[str, int],
) -> Generator[RowValues, None, None]:
    by_case = any(column.name == "case_ref" for column in columns_of(record_type))
    owner, refs = ("case_ref", case_refs) if by_case else ("person_ref", persons or ())
    records[record_type.table] = 0
    with closing(values_in_key_order(reading, record_type, owner if persons is not None else "", refs)) as rows:
        for row in rows:
            records[record_type.table] += 1
            yield row
    if record_type not in NOT_STRUCK_OUT:
        for row in struck_out_rows(reading, record_type, owner if persons is not None else "", refs):
            records[record_type.table] += 1
            yield row
