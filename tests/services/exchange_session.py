"""A session for tests of import and export, and small folders to import."""

import csv
import io
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import func, select

from ioms_desktop.domain.access.roles import Role
from ioms_desktop.services.exchange.imports import run_import
from ioms_desktop.services.session import Session
from ioms_desktop.services.sign_in import reference_data
from ioms_desktop.storage.schema import tables
from ioms_desktop.storage.store import Store

AT = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
Rows = Sequence[Mapping[str, str]]


def session_at(store: Store, role: Role = Role.SUPERVISOR, at: datetime = AT) -> Session:
    with store.read() as reading:
        book = reference_data.load_rulebook(reading)
    return Session(
        store=store,
        user="HOLT",
        role=role,
        lists=book.lists,
        policies=book.policies,
        ladder=book.ladder,
        clock=lambda: at,
        workstation="session 1",
    )


def put(folder: Path, table: str, rows: Rows) -> Path:
    """Write a table as CSV, its header from all rows."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{table}.csv"
    names = list(dict.fromkeys(name for row in rows for name in row))
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, names)
        writer.writeheader()
        writer.writerows(rows)
    return path


def person(ref: str = "P1", **more: str) -> dict[str, str]:
    return {
        "person_ref": ref,
        "family_name": "Marlow",
        "given_names": "Jayden",
        "date_of_birth": "2008-10-28",
        **more,
    }


def phoenix(ref: str = "C1", person_ref: str = "P1", **more: str) -> dict[str, str]:
    return {
        "case_ref": ref,
        "person_ref": person_ref,
        "programme": "PHOENIX",
        "status": "ENGAGED",
        "referred_on": "2026-09-07",
        "notified_on": "2026-09-17",
        **more,
    }


def iom(ref: str = "C2", person_ref: str = "P1", **more: str) -> dict[str, str]:
    return {
        "case_ref": ref,
        "person_ref": person_ref,
        "programme": "IOM",
        "cohort": "FIXED",
        "status": "ACTIVE",
        "referred_on": "2026-09-01",
        "adopted_on": "2026-09-07",
        **more,
    }


def decision(ref: str = "D1", case_ref: str = "C1", **more: str) -> dict[str, str]:
    return {
        "decision_ref": ref,
        "case_ref": case_ref,
        "decided_on": "2026-11-02",
        "decision": "ESCALATE",
        "step": "L1",
        "reason": "missed three times",
        "proposed_by": "OKORO",
        "authorised_by": "WRIGHT",
        **more,
    }


def rows_of(path: Path) -> list[list[str]]:
    """Read a CSV file back."""
    return list(csv.reader(io.StringIO(path.read_bytes().decode("utf-8"), newline="")))


def reasons(session: Session, path: Path) -> list[tuple[str, int, str, str, str]]:
    """Import, and return what is rejected: file, line, column, value, reason."""
    report = run_import(session, path)
    assert not report.written
    return [problem[:5] for problem in report.rejects()]


def taken(session: Session, path: Path) -> None:
    """Import rows that must all be accepted."""
    report = run_import(session, path)
    assert [problem[:5] for problem in report.rejects()] == []
    assert report.written


def counts(store: Store) -> dict[str, int]:
    """Count the rows of the records, their history and the audit."""
    names = ["people", "cases", "contacts", "decisions", "audit", "former_version", "search_key"]
    with store.read() as reading:
        return {
            name: reading.connection.scalar(select(func.count()).select_from(tables.metadata.tables[name])) or 0
            for name in names
        }
