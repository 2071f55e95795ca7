"""Records of support: offers, contacts and weekly ratings."""

from dataclasses import dataclass
from datetime import date
from typing import ClassVar

from ioms_desktop.domain.access.record_rights import Keeper, RecordRights
from ioms_desktop.domain.access.roles import Right
from ioms_desktop.domain.dates.day_time import DayTime
from ioms_desktop.domain.records.record import (
    Asked,
    Record,
    amount,
    code,
    day,
    day_time,
    long_text,
    ref,
    short_text,
    whole_number,
    worker_name,
    yes_no,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer(Record):
    """An offer of support. It is open until `ended_on` or until it is declined; nothing else closes it."""

    table: ClassVar[str] = "offers"
    key: ClassVar[tuple[str, ...]] = ("offer_ref",)
    label: ClassVar[str] = "Support offer"
    has_change_form: ClassVar[bool] = True
    rights: ClassVar[RecordRights] = RecordRights(
        add=Right.RECORD_ENGAGEMENT,
        facts=True,
        rules_read_history=True,
        withheld=("funding_for",),
        free_text=("provider", "end_reason", "funding_for"),
        kept_by=Keeper.AUTHOR,
        carried_on=(
            *("response", "responded_on", "started_on", "ended_on", "end_reason", "provider_answer"),
            *("planned_sessions", "planned_minutes", "exit_planned_on"),
            *("funding_amount", "funding_for", "funded_by", "funding_authorised_by", "funding_authorised_on"),
        ),
        authorised=("funding_amount", "funded_by"),
        authorised_by=("funding_authorised_by", "funding_authorised_on"),
    )

    offer_ref: str = ref()
    case_ref: str = ref("cases")
    offer_type: str = code("offer_type", required=True, label="What")
    pathway: str | None = code("pathway")
    provider: str | None = short_text()
    offered_on: date = day(required=True)
    offered_by: str | None = worker_name(asked=Asked.NEVER)
    response: str | None = code("offer_response", label="Answer")
    responded_on: date | None = day(label="Answered on")
    started_on: date | None = day()
    ended_on: date | None = day()
    end_reason: str | None = short_text(label="Why it ended")
    provider_answer: str | None = code("provider_answer", label="Provider's answer")
    planned_sessions: int | None = whole_number(0, 999, label="Sessions planned")
    planned_minutes: int | None = whole_number(0, 60_000, label="Minutes planned", help="In all, over every session.")
    exit_planned_on: date | None = day(
        future=True, not_before="offered_on", label="Exit planned on", help="Set when the offer is accepted."
    )
    funding_amount: str | None = amount(label="Funding, pounds", asked=Asked.WHEN_CHANGING)
    funding_for: str | None = short_text(
        label="Funding for", asked=Asked.WHEN_CHANGING, help="Travel, say, or a passport."
    )
    funded_by: str | None = short_text(label="Funded by", asked=Asked.WHEN_CHANGING)
    funding_authorised_by: str | None = worker_name(label="Authorised by", asked=Asked.WHEN_CHANGING)
    funding_authorised_on: date | None = day(label="Authorised on", asked=Asked.WHEN_CHANGING)


@dataclass(frozen=True, slots=True, kw_only=True)
class Contact(Record):
    """A contact or an attempt at one, planned or not, with its outcome."""

    table: ClassVar[str] = "contacts"
    key: ClassVar[tuple[str, ...]] = ("contact_ref",)
    label: ClassVar[str] = "Contact"
    has_change_form: ClassVar[bool] = True
    rights: ClassVar[RecordRights] = RecordRights(
        add=Right.RECORD_ENGAGEMENT,
        facts=True,
        withheld=("note",),
        rules_read_history=True,
        free_text=("note",),
        masked="note",
        kept_by=Keeper.AUTHOR,
    )

    contact_ref: str = ref()
    case_ref: str = ref("cases")
    occurred_at: DayTime = day_time(label="When")
    planned: bool = yes_no(required=True)
    contact_type: str = code("contact_type", required=True, label="How")
    outcome: str = code("contact_outcome", required=True)
    minutes: int | None = whole_number(0, 1440)
    worker: str | None = worker_name(label="OM, navigator or PP")
    agency: str | None = short_text()
    offer_ref: str | None = ref("offers", required=False)
    direction: str | None = code("contact_direction", label="Who made contact")
    note: str | None = long_text()
    statement_basis: str | None = code("statement_basis", label="The note is")
    utc_offset: str | None = code("utc_offset", label="Clock then", asked=Asked.NEVER)
    purpose: str | None = code("contact_purpose", help="What the contact was for, planned or not.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Rating(Record):
    """How the person engaged in one week (0 not yet contacted, 1 refuses, ... 5 changing)."""

    table: ClassVar[str] = "ratings"
    key: ClassVar[tuple[str, ...]] = ("case_ref", "week_commencing", "role")
    label: ClassVar[str] = "Weekly rating"
    has_change_form: ClassVar[bool] = True
    rights: ClassVar[RecordRights] = RecordRights(add=Right.RECORD_ENGAGEMENT, facts=True, rules_read_history=True)

    case_ref: str = ref("cases")
    week_commencing: date = day(required=True, label="Week from")
    rated_on: date = day(required=True)
    level: int = whole_number(0, 5, required=True)
    rated_by: str | None = worker_name(asked=Asked.NEVER)
    role: str = code("rating_role", required=True)
