"""Queries for appointments beyond those of one case."""

from collections.abc import Collection
from datetime import date
from functools import cache
from typing import Any

from sqlalchemy import Select, bindparam, select

from ioms_desktop.domain.dates.calendar import DAY
from ioms_desktop.domain.dates.day_time import DayTime
from ioms_desktop.domain.records.appointments import Appointment
from ioms_desktop.domain.records.people import Order
from ioms_desktop.storage.queries.today import among_given, among_parameters
from ioms_desktop.storage.records.read import Reading
from ioms_desktop.storage.records.row_mapping import record_columns, row_mapper
from ioms_desktop.storage.schema.tables import cases
from ioms_desktop.storage.schema.views import FACT_VIEWS

appointments, orders = FACT_VIEWS[Appointment.table], FACT_VIEWS[Order.table]


def _waiting() -> Select[Any]:
    return (
        select(*record_columns(Appointment, appointments))
        .where(appointments.c.cancelled_on.is_(None), appointments.c.contact_ref.is_(None))
        .order_by(appointments.c.starts_at)
    )


def waiting_appointments(reading: Reading, until: date, refs: Collection[str] | None = None) -> list[Appointment]:
    """List the appointments to the end of a day that are neither cancelled nor have an outcome, the earliest first.

    Args:
        reading: Where to read.
        until: The day, included.
        refs: Only those of some cases; None for all.
    """
    given = {"before": DayTime(until + DAY), **among_parameters(refs)}
    rows = reading.connection.execute(_waiting_query(of_some=refs is not None), given)
    return [row_mapper(Appointment)(row) for row in rows]


@cache
def _waiting_query(*, of_some: bool) -> Select[Any]:
    starts_at = appointments.c.starts_at
    is_before = starts_at < bindparam("before", type_=starts_at.type)
    return _waiting().where(is_before, *among_given(appointments.c.case_ref, of_some=of_some))


def appointments_of_day(reading: Reading, on: date) -> list[Appointment]:
    """List the appointments of one day that are neither cancelled nor have an outcome, the earliest first."""
    query = _waiting().where(appointments.c.starts_at >= DayTime(on), appointments.c.starts_at < DayTime(on + DAY))
    return [row_mapper(Appointment)(row) for row in reading.connection.execute(query)]


def appointments_between(reading: Reading, first: date, last: date) -> list[Appointment]:
    """List the appointments of some days, both included, whatever came of them, the earliest first."""
    query = (
        select(*record_columns(Appointment, appointments))
        .where(appointments.c.starts_at >= DayTime(first), appointments.c.starts_at < DayTime(last + DAY))
        .order_by(appointments.c.starts_at, appointments.c.id)
    )
    return [row_mapper(Appointment)(row) for row in reading.connection.execute(query)]


def releases_between(reading: Reading, first: date, last: date) -> list[tuple[str, date]]:
    """List the open cases whose release is expected on one of some days, both included, each with its day."""
    on = cases.c.expected_release_on
    query = select(cases.c.case_ref, on).where(on.between(first, last), cases.c.closed_on.is_(None)).order_by(on)
    rows = reading.connection.execute(query)
    return [(ref, day) for ref, day in rows]


def order_ends_between(reading: Reading, first: date, last: date) -> list[tuple[str, str, date]]:
    """List the open cases whose person has an order that ends on one of some days: the case, the order, its day."""
    query = (
        select(cases.c.case_ref, orders.c.order_type, orders.c.ends_on)
        .join_from(orders, cases, cases.c.person_ref == orders.c.person_ref)
        .where(orders.c.ends_on.between(first, last), orders.c.ended_on.is_(None), cases.c.closed_on.is_(None))
        .order_by(orders.c.ends_on, cases.c.case_ref)
    )
    return [(ref, order_type, day) for ref, order_type, day in reading.connection.execute(query)]
