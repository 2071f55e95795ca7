"""The facts of a printed case summary.

Every field has a default that means "not given". A section that is None is withheld from this reader and is left out;
an empty one prints "None recorded" where the reader may have all of it. `redaction` determines what each reader
receives, by allow-lists of these fields.
"""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from ioms_desktop.domain.dates.day_time import DayTime
from ioms_desktop.domain.printing.decide_lines import ToDecideLine
from ioms_desktop.domain.printing.oversight_lines import ContactCountLine, DeliveryLine, OversightLine
from ioms_desktop.domain.printing.parts import SummaryPart as Part
from ioms_desktop.domain.printing.print_facts import PrintFacts
from ioms_desktop.domain.timeline import TimelineFacts

WITHDRAWN_CLOCK = "withdrawn"
"""What stands in the place of the clock of an alert that was withdrawn."""


class Basis(StrEnum):
    """What a statement is based on."""

    FACT = "FACT"
    OPINION = "OPINION"
    INTELLIGENCE = "INTELLIGENCE"
    PARTICIPANT_SAYS = "PARTICIPANT_SAYS"


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonDetail:
    """A detail of the person whose column is declared with `is_detail`, printed under the column's label."""

    label: str = ""
    text: str = ""
    for_partners: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """The person's identity. `age` and `child` are as of the day of the summary; `initials` stand for the names."""

    family_name: str = ""
    given_names: str = ""
    initials: str = ""
    known_as: str = ""
    date_of_birth: date | None = None
    age: int | None = None
    child: bool = False
    sex: str = ""
    pnc_id: str = ""
    cro_number: str = ""
    crn: str = ""
    prison_number: str = ""
    niche_id: str = ""
    address: str = ""
    phone: str = ""
    communication_needs: str = ""
    languages: str = ""
    parent_or_carer: str = ""
    warning_markers: tuple[str, ...] = ()
    details: tuple[PersonDetail, ...] = ()

    @property
    def name(self) -> str:
        """The name in print: given names, then the family name in capitals; the initials where there is no name."""
        return f"{self.given_names} {self.family_name.upper()}".strip() or self.initials


@dataclass(frozen=True, slots=True, kw_only=True)
class Programme:
    """The programme and the person's status in it.

    Attributes:
        code: IOM or PHOENIX.
        status: The stage of the case; of one that is closed, with the day.
        close_reason: Why it was closed, where the status does not say it; for the office copy alone.
        tells_death: Whether the status says that the person died.
        died: Whether they did by whichever case; for the office copy alone.
    """

    code: str = "IOM"
    name: str = ""
    cohort: str = ""
    status: str = ""
    close_reason: str = ""
    case_ref: str = ""
    since: date | None = None
    tells_death: bool = False
    died: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ResponsiblePerson:
    """A responsible person: the role in words and the name, and whether partners are told of them."""

    role: str = ""
    name: str = ""
    for_partners: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderLine:
    """An order or licence with its conditions; `ended` says how it ended before it would have."""

    label: str = ""
    made_on: date | None = None
    ends_on: date | None = None
    court: str = ""
    conditions: str = ""
    ended: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class StatutoryFacts:
    """Statutory status, orders in force, and custody; since when the person is wanted, None where they are not."""

    status: str = ""
    iom_licence_condition: bool | None = None
    final_third_from: date | None = None
    custody: str = ""
    expected_release_on: date | None = None
    wanted_since: date | None = None
    orders: tuple[OrderLine, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class CurrentRag:
    """The current RAG rating and its reason; `basis` is what the reason is based on, None if that is not recorded.

    `review_clock` says how late the next review is, or in how many days it is due.
    """

    rag: str = ""
    since: date | None = None
    reason: str = ""
    set_by: str = ""
    review_due: date | None = None
    review_clock: str = ""
    basis: Basis | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CurrentEngagement:
    """The latest weekly rating."""

    level: int | None = None
    words: str = ""
    week: date | None = None
    rated_by: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ProgrammeReason:
    """One reason for being on the programme; treated as intelligence unless `basis` says otherwise.

    Attributes:
        detail: What shows it, in somebody's own words, for the office copy alone.
        names_group: Whether it says that somebody is of a group.
    """

    text: str = ""
    detail: str = ""
    source: str = ""
    names_group: bool = False
    basis: Basis = Basis.INTELLIGENCE


@dataclass(frozen=True, slots=True, kw_only=True)
class ScoreLine:
    """A score as it was recorded."""

    tool: str = ""
    version: str = ""
    assessed_on: date | None = None
    value: str = ""
    band: str = ""
    scorer: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class SafeguardingLine:
    """One safeguarding fact: its subject, and what is known."""

    subject: str = ""
    text: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ProtectionLine:
    """MAPPA or victim contact, for the police copy alone: what it is, and what is known."""

    subject: str = ""
    text: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class OffenceLine:
    """An offence with the person's role in it. `victim` says whether the person was harmed by it."""

    offence_on: date | None = None
    offence: str = ""
    part: str = ""
    outcome: str = ""
    victim: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class PathwayLine:
    """The latest assessment of one pathway; `need` is its level in words: `2, clear need`."""

    pathway: str = ""
    need: str = ""
    status: str = ""
    assessed_on: date | None = None
    owner: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ContactLine:
    """One of the latest contacts, with the code of the agency that made it, empty where nobody said."""

    at: DayTime | None = None
    contact_type: str = ""
    outcome: str = ""
    minutes: int | None = None
    worker: str = ""
    agency: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class OfferLine:
    """An offer of support and its response; `accepted` in whole or in part."""

    label: str = ""
    provider: str = ""
    offered_on: date | None = None
    response: str = ""
    responded_on: date | None = None
    open: bool
    accepted: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ConcernLine:
    """A concern. `grade` is source, information and handling of intelligence; `intelligence` is the default."""

    occurred_on: date | None = None
    label: str = ""
    summary: str = ""
    grade: str = ""
    intelligence: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class TriggerLine:
    """A trigger with its explanation and due date in words; treated as intelligence by default.

    Attributes:
        withdrawn_reason: What took it away; it may name any record, so that it is for the office copy alone.
    """

    label: str = ""
    raised_on: date | None = None
    explanation: str = ""
    clock: str = ""
    rests_on_intelligence: bool = True
    withdrawn_reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class EnforcementLine:
    """A decision: what was decided, by whom, when it was served; treated as intelligence by default.

    Attributes:
        to_serve: Whether anything is to be served; of a decision to hold nothing is.
    """

    decided_on: date | None = None
    decision: str = ""
    reason: str = ""
    proposed_by: str = ""
    authorised_by: str = ""
    told: str = ""
    actioned_on: date | None = None
    to_serve: bool = True
    alternatives: str = ""
    others_told: str = ""
    dissent: str = ""
    review_on: date | None = None
    rests_on_intelligence: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class ActionLine:
    """An outstanding action, with its status in words and the code of its owner's agency."""

    text: str = ""
    owner: str = ""
    due_on: date | None = None
    state: str = ""
    agency: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Meeting:
    """The latest meeting about the case."""

    held_on: date | None = None
    name: str = ""
    outcome: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanLine:
    """The plan, and when it is reviewed, with how late that is or in how many days it is due."""

    text: str = ""
    review_on: date | None = None
    review_clock: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeLine:
    """One change since the last review; `police_only` is the default, so that a forgotten value withholds it."""

    on: date | None = None
    text: str = ""
    part: Part = Part.POLICE
    police_only: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class NoteLine:
    """A note with what it is based on; `police_only` is the default, so that a forgotten value withholds it."""

    on: date | None = None
    author: str = ""
    basis: Basis = Basis.OPINION
    text: str = ""
    police_only: bool = True
    agency: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class DisclosureLine:
    """A disclosure: what was disclosed to whom, and under which power."""

    on: date | None = None
    recipient: str = ""
    what: str = ""
    power: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseSummary:
    """Everything that a case summary may print.

    Attributes:
        as_of: The last day, included, whose facts are shown.
        from_on: The first day the timeline shows, included.
        to_on: The last day the timeline shows, included.
        last_review: The day since which `changes` are listed; None if there was no review.
    """

    about: PrintFacts = PrintFacts()  # noqa: RUF009 - it is frozen, and can be shared
    as_of: date | None = None
    to_decide: tuple[ToDecideLine, ...] | None = None
    programme: Programme = Programme()
    identity: Identity = Identity()
    responsible: tuple[ResponsiblePerson, ...] | None = None
    statutory: StatutoryFacts | None = None
    rag: CurrentRag | None = None
    engagement: CurrentEngagement | None = None
    timeline: TimelineFacts | None = None
    from_on: date | None = None
    to_on: date | None = None
    why_on: tuple[ProgrammeReason, ...] | None = None
    scores: tuple[ScoreLine, ...] | None = None
    safeguarding: tuple[SafeguardingLine, ...] | None = None
    protection: tuple[ProtectionLine, ...] | None = None
    offending: tuple[OffenceLine, ...] | None = None
    pathways: tuple[PathwayLine, ...] | None = None
    contacts: tuple[ContactLine, ...] | None = None
    contact_counts: tuple[ContactCountLine, ...] | None = None
    offers: tuple[OfferLine, ...] | None = None
    concerns: tuple[ConcernLine, ...] | None = None
    triggers: tuple[TriggerLine, ...] | None = None
    enforcement: tuple[EnforcementLine, ...] | None = None
    deliveries: tuple[DeliveryLine, ...] | None = None
    meeting: Meeting | None = None
    actions: tuple[ActionLine, ...] | None = None
    plan: PlanLine | None = None
    oversight: tuple[OversightLine, ...] | None = None
    last_review: date | None = None
    changes: tuple[ChangeLine, ...] | None = None
    notes: tuple[NoteLine, ...] | None = None
    disclosures: tuple[DisclosureLine, ...] | None = None
