"""Appointments: meetings arranged ahead. One is no contact until its outcome is recorded as a contact."""

from dataclasses import dataclass
from datetime import date
from typing import ClassVar, NamedTuple

from ioms_desktop.domain.access.record_rights import RecordRights
from ioms_desktop.domain.access.roles import Right
from ioms_desktop.domain.dates.day_time import DayTime
from ioms_desktop.domain.records.record import (
    Asked,
    Record,
    code,
    day,
    day_time,
    ref,
    short_text,
    whole_number,
    worker_name,
)

MAX_MINUTES = 1440
DEFAULT_MINUTES = 60
"""How long an appointment is taken to last that says nothing about it, in minutes."""


class Span(NamedTuple):
    """Minutes of one day, counted from midnight; `until` is not included."""

    since: int
    until: int

    def overlaps(self, other: "Span") -> bool:
        """Whether both have a minute in common."""
        return self.since < other.until and other.since < self.until


@dataclass(frozen=True, slots=True, kw_only=True)
class Appointment(Record):
    """A meeting arranged with a person.

    Its outcome is a contact, named in `contact_ref` once it is recorded. Without one it counts neither for nor against
    the person, whether it is still to come or past. One that is moved is cancelled, and the new one names it in
    `replaces_ref`.
    """

    table: ClassVar[str] = "appointments"
    key: ClassVar[tuple[str, ...]] = ("appointment_ref",)
    label: ClassVar[str] = "Appointment"
    has_change_form: ClassVar[bool] = True
    rights: ClassVar[RecordRights] = RecordRights(
        add=Right.RECORD_ENGAGEMENT,
        facts=True,
        withheld=("location", "cancel_reason"),
        free_text=("location", "cancel_reason"),
    )

    appointment_ref: str = ref(prefix="AP")
    case_ref: str = ref("cases")
    starts_at: DayTime = day_time(label="When", future=True)
    minutes: int | None = whole_number(1, MAX_MINUTES, label="Length in minutes")
    contact_type: str = code("contact_type", required=True, label="How")
    location: str | None = short_text(label="Place")
    worker: str | None = worker_name(label="With whom")
    agency: str | None = short_text()
    purpose: str | None = code("contact_purpose")
    offer_ref: str | None = ref("offers", required=False)
    replaces_ref: str | None = short_text(label="Moved from", asked=Asked.NEVER)
    cancelled_on: date | None = day(label="Cancelled on")
    cancelled_by: str | None = code("appointment_canceller", label="Who cancelled")
    cancel_reason: str | None = short_text(label="Why cancelled")
    contact_ref: str | None = ref("contacts", required=False, released=True, label="Outcome")

    @property
    def is_waiting(self) -> bool:
        """Whether it is neither cancelled nor has an outcome."""
        return self.cancelled_on is None and self.contact_ref is None

    @property
    def span(self) -> Span | None:
        """The minutes of its day that it takes, from the first to before the last; None without a time of day."""
        if self.starts_at.local_time is None:
            return None
        first = self.starts_at.local_time.hour * 60 + self.starts_at.local_time.minute
        return Span(first, first + (self.minutes or DEFAULT_MINUTES))
