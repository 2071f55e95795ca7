"""People, and the records about a person that do not depend on a programme."""

from dataclasses import dataclass
from datetime import date
from typing import ClassVar

from ioms_desktop.domain.access.record_rights import RecordRights
from ioms_desktop.domain.access.roles import Right
from ioms_desktop.domain.records.record import (
    Record,
    code,
    day,
    decimal_number,
    ref,
    short_text,
    whole_number,
    worker_name,
    yes_no,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Person(Record):
    """A person, recorded once however many programmes they are or were in.

    Attributes:
        identifiers: The columns with numbers that others gave out; each number is one person's alone.
    """

    table: ClassVar[str] = "people"
    key: ClassVar[tuple[str, ...]] = ("person_ref",)
    subject: ClassVar[str] = "person_ref"
    label: ClassVar[str] = "Person"
    identifiers: ClassVar[tuple[str, ...]] = ("pnc_id", "cro_number", "crn", "prison_number", "niche_id")
    rights: ClassVar[RecordRights] = RecordRights(
        add=Right.INTAKE,
        facts=True,
        fact_columns=("person_ref", "family_name", "given_names", "known_as", "date_of_birth", "pnc_id"),
        free_text=("address", "communication_needs", "parent_or_carer", "warning_markers"),
    )

    person_ref: str = ref()
    family_name: str = short_text(required=True)
    given_names: str = short_text(required=True)
    known_as: str | None = short_text()
    date_of_birth: date = day(required=True)
    sex: str | None = code("sex")
    gender_identity: str | None = code("gender_identity")
    ethnicity_self: str | None = code("ethnicity_self")
    pnc_id: str | None = short_text(label="PNC ID")
    cro_number: str | None = short_text(label="CRO number")
    crn: str | None = short_text(label="CRN")
    prison_number: str | None = short_text()
    niche_id: str | None = short_text(label="Niche ID")
    phone: str | None = short_text()
    address: str | None = short_text()
    postcode: str | None = short_text()
    communication_needs: str | None = short_text()
    languages: str | None = short_text()
    social_care_status: str | None = code("social_care_status")
    parent_or_carer: str | None = short_text()
    warning_markers: str | None = short_text()
    ethnicity_officer: str | None = code("ethnicity_officer", label="Ethnicity, as an officer saw it", is_detail=True)
    children_at_risk: bool | None = yes_no(
        is_detail=True, help="Whether a child is at risk from or with this person; the child's own record says more."
    )
    exploitation: str | None = code("nrm_status", label="Exploitation and NRM", is_detail=True)

    @property
    def full_name(self) -> str:
        """The person by all their names, as a paper and a letter name them: `Dean HARKER`."""
        return f"{self.given_names} {self.family_name.upper()}".strip()

    @property
    def called(self) -> str:
        """The name by which they are spoken to; the family name where no other is recorded."""
        names = ((self.known_as or "").strip(), *self.given_names.split()[:1])
        return next(filter(None, names), self.family_name)


@dataclass(frozen=True, slots=True, kw_only=True)
class CustodySpell(Record):
    """A period in custody: the day of reception is a custody day, the day of release a day at liberty."""

    table: ClassVar[str] = "custody"
    key: ClassVar[tuple[str, ...]] = ("person_ref", "received_on")
    subject: ClassVar[str] = "person_ref"
    label: ClassVar[str] = "Custody"
    has_add_form: ClassVar[bool] = True
    has_change_form: ClassVar[bool] = True
    rights: ClassVar[RecordRights] = RecordRights(
        add=Right.RECORD_BACKGROUND, facts=True, withheld=("establishment",), rules_read_history=True
    )

    person_ref: str = ref("people")
    received_on: date = day(required=True)
    released_on: date | None = day()
    establishment: str | None = short_text()
    kind: str | None = code("custody_kind")
    hours: int | None = whole_number(0, 336, label="Hours held", help="For police detention, which is said in hours.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Assessment(Record):
    """A score from an assessment tool, stored as it was given and never computed here."""

    table: ClassVar[str] = "assessments"
    key: ClassVar[tuple[str, ...]] = ("person_ref", "tool", "version", "assessed_on")
    subject: ClassVar[str] = "person_ref"
    label: ClassVar[str] = "Assessment"
    is_plain: ClassVar[bool] = True
    rights: ClassVar[RecordRights] = RecordRights(add=Right.RECORD_BACKGROUND)

    person_ref: str = ref("people")
    tool: str = code("risk_tool", required=True)
    version: str | None = short_text()
    assessed_on: date = day(required=True)
    value: str | None = short_text()
    band: str | None = code("risk_band", help="As it was given; left empty, the table says it where the tool has one.")
    scorer: str | None = worker_name()


@dataclass(frozen=True, slots=True, kw_only=True)
class Order(Record):
    """A court order or a licence, in force from `made_on` to `ends_on`, both included.

    One that was revoked or completed before ends on `ended_on`, included.
    """

    table: ClassVar[str] = "orders"
    key: ClassVar[tuple[str, ...]] = ("order_ref",)
    subject: ClassVar[str] = "person_ref"
    label: ClassVar[str] = "Order or licence"
    has_add_form: ClassVar[bool] = True
    has_change_form: ClassVar[bool] = True
    rights: ClassVar[RecordRights] = RecordRights(
        add=Right.RECORD_BACKGROUND,
        facts=True,
        withheld=("court", "conditions"),
        rules_read_history=True,
        free_text=("conditions",),
    )

    order_ref: str = ref(prefix="OR")
    person_ref: str = ref("people")
    order_type: str = code("statutory_status", required=True, label="What")
    made_on: date = day(required=True)
    ends_on: date | None = day(future=True)
    court: str | None = short_text()
    conditions: str | None = short_text()
    ended_on: date | None = day(label="Ended early on", not_before="made_on")
    end_reason: str | None = code("order_end_reason", label="Why it ended")


@dataclass(frozen=True, slots=True, kw_only=True)
class Offence(Record):
    """An offence, with the person's part in it: suspect, convicted or victim, per event."""

    table: ClassVar[str] = "offences"
    key: ClassVar[tuple[str, ...]] = ("person_ref", "offence_on", "offence_group", "offence")
    subject: ClassVar[str] = "person_ref"
    label: ClassVar[str] = "Offence"
    is_plain: ClassVar[bool] = True
    rights: ClassVar[RecordRights] = RecordRights(add=Right.RECORD_BACKGROUND, free_text=("offence", "outcome"))

    person_ref: str = ref("people")
    offence_on: date = day(required=True)
    recorded_on: date | None = day(label="Put on record")
    offence_group: str = code("offence_group", required=True)
    offence: str | None = short_text()
    role: str | None = code("offence_role")
    outcome: str | None = short_text()
    harm_weight: str | None = decimal_number()
    outcome_on: date | None = day(label="Date of the outcome", not_before="offence_on")
    concern_ref: str | None = short_text(
        label="Arrest or charge", names="concerns", help="The concern that it was recorded as, where there is one."
    )
