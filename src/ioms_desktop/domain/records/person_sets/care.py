"""Who cares for a person, and what keeps them and others safe: carers, warnings, needs and the care of a child."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import ClassVar

from ioms_desktop.domain.access.record_rights import RecordRights
from ioms_desktop.domain.access.roles import Right
from ioms_desktop.domain.records.record import Record, code, day, ref, short_text, yes_no

SOURCE_HELP = "Who said so, or which record."
COMMUNICATION, LANGUAGE = "COMMUNICATION", "LANGUAGE"
EXPLOITATION = "EXPLOITATION"
MARKER_SEPARATORS = ";,"
CARER_SEPARATORS = ";"
NEED_SEPARATORS = {COMMUNICATION: ";", LANGUAGE: ";,"}
_WITH_RELATION = re.compile(r"(.+) \(([^()]+)\)")


@dataclass(frozen=True, slots=True, kw_only=True)
class WarningMarker(Record):
    """A warning marker of a person, with the day by which it is looked at again."""

    table: ClassVar[str] = "person_warnings"
    key: ClassVar[tuple[str, ...]] = ("warning_ref",)
    subject: ClassVar[str] = "person_ref"
    label: ClassVar[str] = "Warning marker"
    plural: ClassVar[str] = "Warning markers"
    is_plain: ClassVar[bool] = True
    rights: ClassVar[RecordRights] = RecordRights(add=Right.INTAKE, free_text=("marker", "words", "source"))

    warning_ref: str = ref(prefix="WM")
    person_ref: str = ref("people")
    marker: str = code("warning_marker", required=True)
    words: str | None = short_text(label="What it means here")
    from_on: date | None = day(label="From")
    review_on: date | None = day(label="Review on", future=True)
    to_on: date | None = day(label="To", not_before="from_on", help="Leave it empty while it stands.")
    source: str | None = short_text(help=SOURCE_HELP)


@dataclass(frozen=True, slots=True, kw_only=True)
class Carer(Record):
    """A parent, carer or other responsible adult of a person."""

    table: ClassVar[str] = "carers"
    key: ClassVar[tuple[str, ...]] = ("carer_ref",)
    subject: ClassVar[str] = "person_ref"
    label: ClassVar[str] = "Parent or carer"
    plural: ClassVar[str] = "Parents and carers"
    is_plain: ClassVar[bool] = True
    rights: ClassVar[RecordRights] = RecordRights(
        add=Right.INTAKE, free_text=("name", "relation", "phone", "told_note", "source")
    )

    carer_ref: str = ref(prefix="CR")
    person_ref: str = ref("people")
    name: str = short_text(required=True)
    relation: str | None = short_text(help="Mother, foster carer, aunt.")
    phone: str | None = short_text()
    responsible: bool | None = yes_no(label="Has parental responsibility")
    may_be_told: bool | None = yes_no(label="May be told")
    told_note: str | None = short_text(label="What not to tell, and why")
    from_on: date | None = day(label="From")
    to_on: date | None = day(label="To", not_before="from_on", help="Leave it empty while they care for the person.")
    source: str | None = short_text(help=SOURCE_HELP)

    @property
    def said(self) -> str:
        """The name, with the relation in brackets."""
        return f"{self.name} ({self.relation})" if self.relation else self.name


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonNeed(Record):
    """What a person needs to be understood, and what they say of themselves, in their own words."""

    table: ClassVar[str] = "person_needs"
    key: ClassVar[tuple[str, ...]] = ("person_need_ref",)
    subject: ClassVar[str] = "person_ref"
    label: ClassVar[str] = "Communication or identity"
    plural: ClassVar[str] = "Communication and identity"
    is_plain: ClassVar[bool] = True
    rights: ClassVar[RecordRights] = RecordRights(add=Right.INTAKE, free_text=("words", "source"))

    person_need_ref: str = ref(prefix="NE")
    person_ref: str = ref("people")
    kind: str = code("person_need_kind", required=True)
    words: str = short_text(required=True, label="In their own words", help="As they say it, not as we would.")
    from_on: date | None = day(label="From")
    to_on: date | None = day(label="To", not_before="from_on", help="Leave it empty while it is so.")
    source: str | None = short_text(help=SOURCE_HELP)


@dataclass(frozen=True, slots=True, kw_only=True)
class CareStatus(Record):
    """What children's social care has decided of a child, from one day to another."""

    table: ClassVar[str] = "care_statuses"
    key: ClassVar[tuple[str, ...]] = ("care_status_ref",)
    subject: ClassVar[str] = "person_ref"
    label: ClassVar[str] = "Social care status"
    plural: ClassVar[str] = "Social care"
    is_plain: ClassVar[bool] = True
    rights: ClassVar[RecordRights] = RecordRights(add=Right.INTAKE, free_text=("social_worker", "source"))

    care_status_ref: str = ref(prefix="CS")
    person_ref: str = ref("people")
    status: str = code("social_care_status", required=True)
    social_worker: str | None = short_text(help="Name and team.")
    from_on: date | None = day(label="From")
    to_on: date | None = day(label="To", not_before="from_on", help="Leave it empty while it stands.")
    source: str | None = short_text(help=SOURCE_HELP)


@dataclass(frozen=True, slots=True, kw_only=True)
class SafeguardingCheck(Record):
    """A question asked for a child's safety: exploitation with the NRM's clock, an appropriate adult, Gillick."""

    table: ClassVar[str] = "safeguarding_checks"
    key: ClassVar[tuple[str, ...]] = ("check_ref",)
    subject: ClassVar[str] = "person_ref"
    label: ClassVar[str] = "Safeguarding check"
    plural: ClassVar[str] = "Safeguarding checks"
    is_plain: ClassVar[bool] = True
    rights: ClassVar[RecordRights] = RecordRights(
        add=Right.INTAKE, free_text=("checked_by", "adult", "event", "reasons", "source")
    )

    check_ref: str = ref(prefix="SG")
    person_ref: str = ref("people")
    kind: str = code("safeguarding_kind", required=True)
    from_on: date | None = day(label="Asked on")
    checked_by: str | None = short_text(label="Asked by")
    answer: bool | None = yes_no(help="Signs of exploitation; the adult attended; competent under Gillick.")
    adult: str | None = short_text(label="Appropriate adult")
    event: str | None = short_text(label="At which event")
    reasons: str | None = short_text()
    nrm_status: str | None = code("nrm_status", label="Exploitation and NRM")
    referred_on: date | None = day(label="Referred to the NRM")
    grounds_due_on: date | None = day(label="Reasonable grounds due", future=True, not_before="referred_on")
    grounds_on: date | None = day(label="Reasonable grounds given", not_before="referred_on")
    conclusive_on: date | None = day(label="Conclusive grounds given", not_before="referred_on")
    to_on: date | None = day(label="Replaced on", not_before="from_on", help="Leave it empty while it stands.")
    source: str | None = short_text(help=SOURCE_HELP)


KIND_ASKED = {"NRM": EXPLOITATION, "AA": "APPROPRIATE_ADULT", "GILLICK": "GILLICK"}
"""The kind of recorded check that a question about a child asks for again, by the code of the question."""
ANSWER_WORDS = {
    EXPLOITATION: ("no signs of exploitation", "signs of exploitation"),
    "APPROPRIATE_ADULT": ("the adult did not attend", "the adult attended"),
    "GILLICK": ("not competent under Gillick", "competent under Gillick"),
}
"""What no and yes mean in a recorded check, by its kind: a bare yes would answer whatever is asked beside it."""


def latest_check(checks: Iterable[SafeguardingCheck], question: str, on: date) -> SafeguardingCheck | None:
    """Return the check that stands on a day and answers a question of a decision, the latest of several."""
    kind = KIND_ASKED.get(question)
    standing = (
        each
        for each in checks
        if each.kind == kind and (each.from_on or date.min) <= on and (each.to_on is None or each.to_on > on)
    )
    return max(standing, key=lambda each: (each.from_on or date.min, each.id), default=None)


def carer_fields(said: str) -> dict[str, str | None]:
    """Return name and relation of a carer as a person's column says them: `Kim MARLOW (mother)`."""
    found = _WITH_RELATION.fullmatch(said)
    return {"name": said, "relation": None} if found is None else {"name": found[1], "relation": found[2]}
