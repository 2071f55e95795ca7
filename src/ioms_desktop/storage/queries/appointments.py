"""Queries for appointments beyond those of one case."""

from datetime import date
from typing import Any

from sqlalchemy import Select, select

from ioms_desktop.domain.dates.calendar import DAY
from ioms_desktop.domain.dates.day_time import DayTime
from ioms_desktop.domain.records.appointments import Appointment
from ioms_desktop.storage.records.read import Reading
from ioms_desktop.storage.records.row_mapping import record_columns, row_mapper
from ioms_desktop.storage.schema.views import FACT_VIEWS

appointments = FACT_VIEWS[Appointment.table]


def _waiting() -> Select[Any]:
    return (
        select(*record_columns(Appointment, appointments))
        .where(appointments.c.cancelled_on.is_(None), appointments.c.contact_ref.is_(None))
        .order_by(appointments.c.starts_at)
    )


def waiting_appointments(reading: Reading, until: date) -> list[Appointment]:
    """List the appointments to the end of a day that are neither cancelled nor have an outcome, the earliest first."""
    query = _waiting().where(appointments.c.starts_at < DayTime(until + DAY))
    return [row_mapper(Appointment)(row) for row in reading.connection.execute(query)]


def appointments_of_day(reading: Reading, on: date) -> list[Appointment]:
    """List the appointments of one day that are neither cancelled nor have an outcome, the earliest first."""
    query = _waiting().where(appointments.c.starts_at >= DayTime(on), appointments.c.starts_at < DayTime(on + DAY))
    return [row_mapper(Appointment)(row) for row in reading.connection.execute(query)]
