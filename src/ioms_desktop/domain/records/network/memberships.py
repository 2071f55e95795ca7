"""That a person is of a group: an opinion, with its grades and the evidence on which it rests, which expires."""

from dataclasses import dataclass
from datetime import date
from typing import ClassVar

from ioms_desktop.domain.access.record_rights import RecordRights
from ioms_desktop.domain.access.roles import Right
from ioms_desktop.domain.dates.calendar import months_before
from ioms_desktop.domain.records.record import Record, code, day, ref, short_text, worker_name

MOST_MONTHS = 12
"""For how many calendar months a membership may stand on one piece of evidence, whoever reviews it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupMembership(Record):
    """The part that a person is said to have in a group.

    Without fresh evidence it expires: it is then shown as expired, counts nowhere and is printed nowhere.

    Attributes:
        evidence_on: The day of the latest evidence, from which it stands.
        review_on: The last day on which it stands; None for the period of the policy.
    """

    table: ClassVar[str] = "group_memberships"
    key: ClassVar[tuple[str, ...]] = ("membership_ref",)
    subject: ClassVar[str] = "person_ref"
    label: ClassVar[str] = "Group membership"
    plural: ClassVar[str] = "Groups"
    is_plain: ClassVar[bool] = True
    rights: ClassVar[RecordRights] = RecordRights(
        add=Right.READ_PROTECTION,
        read=Right.READ_PROTECTION,
        free_text=("group_name", "group_aka", "group_area", "source"),
    )

    membership_ref: str = ref(prefix="GM")
    person_ref: str = ref("people")
    group_name: str = short_text(required=True, label="Group", help="As it is called on record, GRP-07 say.")
    group_aka: str | None = short_text(label="Also called")
    group_area: str | None = short_text(label="Its area")
    group_status: str | None = code("group_status", label="The group is")
    role: str = code("group_role", required=True, label="Part in it")
    source: str = short_text(required=True, help="Who says so, or which system, with its reference.")
    source_grade: str = code("source_grade", required=True)
    information_grade: str = code("information_grade", required=True)
    handling: str | None = code("handling")
    from_on: date | None = day(label="From")
    evidence_on: date = day(required=True, not_before="from_on", label="Latest evidence", help="It expires from there.")
    to_on: date | None = day(label="To", not_before="from_on", help="Leave it empty while they are of the group.")
    reviewed_by: str | None = worker_name(is_author=True, label="Reviewed by", help="Leave it empty for yourself.")
    review_on: date | None = day(
        label="Stands until",
        future=True,
        not_before="evidence_on",
        help="Empty: six months after the latest evidence. At most twelve; fresh evidence renews it.",
    )

    @property
    def grade(self) -> str:
        """Its grades in one word: `1B`, `1BP` with a handling code."""
        return f"{self.source_grade}{self.information_grade}{self.handling or ''}"


def stands_until(evidence_on: date, review_on: date | None, months: int) -> date:
    """Return the last day on which a membership stands without fresh evidence.

    Args:
        evidence_on: The day of the latest evidence.
        review_on: The last day that it names itself; None for none.
        months: The calendar months for which it stands where it names none.
    """
    latest = months_before(evidence_on, -MOST_MONTHS)
    return min(review_on or months_before(evidence_on, -months), latest)
