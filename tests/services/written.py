"""The content of a database, counted: a refused command leaves all of it unchanged."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from functools import cache
from typing import NamedTuple, TypeVar

import pytest
from sqlalchemy import CompoundSelect, func, literal, select, union_all

from ioms_desktop.domain.access.case_access import CaseRestriction
from ioms_desktop.domain.errors import Missing, NotAllowed, Refused, Stale
from ioms_desktop.domain.records.record import Record
from ioms_desktop.storage import access_lists
from ioms_desktop.storage.schema import tables
from ioms_desktop.storage.store import Store
from ioms_desktop.storage.transaction import CommandContext

R = TypeVar("R", bound=Record)
LAID_BY = "holt"
LAYING = CommandContext(
    request="", user=LAID_BY, role="coordinator", at=datetime(2026, 9, 1, 9, tzinfo=UTC), workstation="session 0"
)
OTHER_KINDS = (NotAllowed, Missing, Stale)
"""Kinds of refusal that tests must name, because expecting any `Refused` would also accept them."""


class Entry(NamedTuple):
    """An audit entry without its number and the recorded values."""

    kind: str
    object_type: str
    object_ref: str
    subject_ref: str | None
    actor: str
    reason_code: str | None


def put(store: Store, *records: Record, by: str = LAID_BY) -> None:
    """Add records as another user, before the test begins."""
    with store.begin(replace(LAYING, user=by), "put") as tx:
        for record in records:
            tx.add(record)


def keep(store: Store, case_ref: str, *, restricted: bool) -> None:
    """Restrict a case to admitted users, or lift the restriction, as a supervisor would."""
    with store.begin(LAYING, "keep") as tx:
        access_lists.set_case_restriction(tx, case_ref, CaseRestriction(restricted=restricted))


def contents(store: Store) -> dict[str, tuple[int, int]]:
    """Count the rows of every table, and how often they were saved."""
    with store.read() as reading:
        rows = reading.connection.execute(_counts()).all()
    assert len(rows) == len(tables.metadata.tables)
    return {name: (count, int(saved or 0)) for name, count, saved in rows}


@cache
def _counts() -> CompoundSelect[str, int, int]:
    return union_all(
        *(
            select(
                literal(name), func.count(), func.sum(table.c.revision) if "revision" in table.c else func.count()
            ).select_from(table)
            for name, table in tables.metadata.tables.items()
        )
    )


def entries(store: Store, since: int = 0) -> list[Entry]:
    """Read the audit entries after the first so many, the oldest first."""
    columns = (tables.audit.c[name] for name in Entry._fields)
    with store.read() as reading:
        rows = reading.connection.execute(select(*columns).order_by(tables.audit.c.id)).all()
    return [Entry(*row) for row in rows[since:]]


@contextmanager
def added_entries(store: Store) -> Iterator[list[Entry]]:
    """Collect the audit entries that the block adds."""
    before = len(entries(store))
    found: list[Entry] = []
    yield found
    found.extend(entries(store, before))


@contextmanager
def nothing_written(store: Store, refusal: type[Refused], said: str = "", field: str = "") -> Iterator[None]:
    """Assert a refusal of this kind, for this field if one is at fault, that leaves every table unchanged."""
    before = contents(store)
    with pytest.raises(refusal, match=said or None) as raised:
        yield
    assert refusal is not Refused or not isinstance(raised.value, OTHER_KINDS)
    assert raised.value.field == field
    assert contents(store) == before


def record_of(store: Store, noun: type[R], *key: object) -> R:
    """Read a record by its key."""
    with store.read() as reading:
        return reading.get(noun, *key)
