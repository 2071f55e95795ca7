"""What protects others: MAPPA, the contact with a victim, and the response to a group; for the police alone."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import ClassVar

from ioms_desktop.domain.access.record_rights import RecordRights
from ioms_desktop.domain.access.roles import Right
from ioms_desktop.domain.records.record import Record, code, day, ref, short_text

NO_VICTIM = "NO_VICTIM"


@dataclass(frozen=True, slots=True, kw_only=True)
class MappaPeriod(Record):
    """The category and level at which MAPPA manages a person, from the first to the last day, both included."""

    table: ClassVar[str] = "mappa"
    key: ClassVar[tuple[str, ...]] = ("person_ref", "from_on")
    subject: ClassVar[str] = "person_ref"
    label: ClassVar[str] = "MAPPA"
    plural: ClassVar[str] = "MAPPA"
    is_plain: ClassVar[bool] = True
    rights: ClassVar[RecordRights] = RecordRights(add=Right.READ_PROTECTION, read=Right.READ_PROTECTION)

    person_ref: str = ref("people")
    from_on: date = day(required=True, label="From")
    category: str = code("mappa_category", required=True)
    level: str = code("mappa_level", required=True)
    to_on: date | None = day(label="To", future=True, not_before="from_on")


@dataclass(frozen=True, slots=True, kw_only=True)
class VictimContact(Record):
    """How a victim is kept in contact and safe: never who they are, which the crime record says."""

    table: ClassVar[str] = "victim_contacts"
    key: ClassVar[tuple[str, ...]] = ("victim_contact_ref",)
    label: ClassVar[str] = "Victim contact"
    plural: ClassVar[str] = "Victim contact"
    is_plain: ClassVar[bool] = True
    rights: ClassVar[RecordRights] = RecordRights(
        add=Right.READ_PROTECTION, read=Right.READ_PROTECTION, free_text=("note",)
    )

    victim_contact_ref: str = ref(prefix="VC")
    case_ref: str = ref("cases")
    recorded_on: date = day(required=True, label="As of")
    status: str = code("victim_contact_status", required=True)
    safety_plan_on: date | None = day(label="Safety plan made on")
    liaison: str | None = short_text(label="IDVA or liaison officer")
    note: str | None = short_text(help="Without the victim's name; the crime record says who they are.")


def victim_to_tell(contacts: Iterable[VictimContact]) -> VictimContact | None:
    """Return the latest entry of a victim; None where there is none, or all entries say that there is no victim."""
    victims = (each for each in contacts if each.status != NO_VICTIM)
    return max(victims, key=lambda each: (each.recorded_on, each.id), default=None)


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupResponse(Record):
    """What was done towards a whole group after an incident: whom it was told, in which days, and what came of it.

    That somebody is of a group is an opinion. It has its grades, and a day after which it no longer stands.
    """

    table: ClassVar[str] = "group_responses"
    key: ClassVar[tuple[str, ...]] = ("group_response_ref",)
    label: ClassVar[str] = "Group response"
    is_plain: ClassVar[bool] = True
    rights: ClassVar[RecordRights] = RecordRights(
        add=Right.READ_PROTECTION,
        read=Right.READ_PROTECTION,
        free_text=("group_name", "opposing_group", "trigger_event", "told", "outcome"),
    )

    group_response_ref: str = ref(prefix="GR")
    case_ref: str = ref("cases")
    incident_on: date = day(required=True, label="Incident on")
    group_name: str = short_text(required=True, label="Group")
    opposing_group: str | None = short_text()
    trigger_event: str | None = short_text(label="What set it off")
    retaliation_until: date | None = day(
        future=True,
        not_before="incident_on",
        label="Retaliation feared until",
        help="From the incident to this day, both included, the case and Today say so.",
    )
    source_grade: str = code("source_grade", required=True, label="Source")
    information_grade: str = code("information_grade", required=True, label="Information")
    expires_on: date = day(
        required=True,
        future=True,
        not_before="incident_on",
        label="Opinion stands until",
        help="That somebody is of a group is an opinion; on the next day it is no longer said.",
    )
    window_from: date | None = day(not_before="incident_on", label="Response from")
    window_to: date | None = day(future=True, not_before="window_from", label="Response to")
    told: str | None = short_text(label="Who was told")
    outcome: str | None = short_text()

    def fears_retaliation(self, on: date) -> bool:
        """Whether a day is in the window in which the other group may strike back, and the opinion still stands."""
        until = self.retaliation_until
        return until is not None and self.incident_on <= on <= min(until, self.expires_on)
