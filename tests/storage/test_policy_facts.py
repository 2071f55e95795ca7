"""A database made before the policy of 30 November 2026 keeps its rows and gets the columns and codes of today."""

from datetime import date

from sqlalchemy import delete, func, insert, select, update

from ioms_desktop.domain.records.record_types import EXCHANGE_RECORD_TYPES, INTERNAL_RECORD_TYPES
from ioms_desktop.services.sign_in.reference_data import load_rulebook
from ioms_desktop.storage.database.migrate import _run_upgrade
from ioms_desktop.storage.schema import tables
from ioms_desktop.storage.store import Store
from sessions import fill
from storage.test_migrations import alembic

BEFORE = "0012"
OF_TODAY = ("concern_outcome", "order_end_reason", "contact_purpose", "enforcement_lever")


def counted(store: Store) -> dict[str, int]:
    with store.read() as reading:
        return {
            each.table: reading.connection.scalar(select(func.count()).select_from(tables.table_of(each))) or 0
            for each in (*EXCHANGE_RECORD_TYPES, *INTERNAL_RECORD_TYPES)
        }


def set_back(store: Store) -> None:
    """Leave a database as it was before: its schema, and lists without what came since."""
    codes, lists = tables.reference_code, tables.reference_list
    with store.engine.begin() as connection:
        alembic(connection, "downgrade", BEFORE)
        connection.execute(delete(codes).where(codes.c.list.in_(OF_TODAY)))
        connection.execute(delete(lists).where(lists.c.name.in_(OF_TODAY)))
        connection.execute(update(codes).where(codes.c.list == "contact_type").values(extra={}))
        own = {"list": "contact_type", "code": "BOXING_CLUB", "label": "Boxing club", "sort": 90, "extra": {}}
        connection.execute(insert(codes).values(**own))


def test_an_earlier_database_keeps_its_rows_and_gets_the_columns_and_codes_of_today(store: Store) -> None:
    fill(store)
    before = counted(store)
    set_back(store)
    _run_upgrade(store.engine)
    assert counted(store) == before
    codes = tables.reference_code
    with store.read() as reading:
        kinds = {
            row.code: row.extra.get("in_person")
            for row in reading.connection.execute(select(codes).where(codes.c.list == "contact_type"))
        }
        found = set(reading.connection.scalars(select(codes.c.list)))
        held = reading.connection.execute(select(tables.metadata.tables["contacts"])).mappings().all()
    assert set(OF_TODAY) <= found
    assert kinds.pop("BOXING_CLUB") is None  # an office's own code stays as it was
    assert None not in kinds.values()
    assert {row["purpose"] for row in held} == {None}  # nothing is made up for what was recorded before


def test_a_day_within_an_entry_of_a_list_comes_back_from_the_database(store: Store) -> None:
    with store.read() as reading:
        ladder = load_rulebook(reading).ladder
    (dispersal,) = (step for step in ladder if step.code == "L6b")
    assert [(each.from_on, each.confirmed) for each in dispersal.changes] == [(date(2026, 6, 29), False)]
    assert [step.code for step in ladder if not step.active] == ["L5c", "L5d", "L5e", "L6c"]


def test_an_earlier_database_gets_the_policy_of_30_november_as_approved_and_keeps_its_own(store: Store) -> None:
    policy = tables.policy
    with store.engine.begin() as connection:
        alembic(connection, "downgrade", BEFORE)
        connection.execute(delete(policy).where(policy.c.version == "2026-11-30"))
        before = connection.execute(select(policy)).all()
    _run_upgrade(store.engine)
    with store.read() as reading:
        rows = {row.version: row for row in reading.connection.execute(select(policy))}
        book = load_rulebook(reading)
    new = rows.pop("2026-11-30")
    assert (new.status, new.effective_from) == ("APPROVED", date(2026, 11, 30))
    assert list(rows.values()) == before
    assert [each.version for each in book.policies] == ["2026-04-01", "2026-11-30"]
