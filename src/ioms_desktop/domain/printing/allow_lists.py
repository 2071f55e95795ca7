"""The fields of a case summary by part, and what follows for each reader: which fields, which rows, which lanes.

A field that is in no part keeps its default for everybody but the full copy, so that a new one is withheld until
somebody decides who receives it.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, fields
from functools import lru_cache
from types import MappingProxyType
from typing import Any

from ioms_desktop.domain import timeline as line
from ioms_desktop.domain.printing import summary as facts
from ioms_desktop.domain.printing.agency_lists import (
    BOARD_PARTS,
    IOM,
    LIST_BY_AGENCY,
    PANEL_PARTS,
    PARTS_BY_LIST,
    PHOENIX,
)
from ioms_desktop.domain.printing.audiences import Audience
from ioms_desktop.domain.printing.decide_lines import ToDecideLine
from ioms_desktop.domain.printing.parts import SummaryPart as Part
from ioms_desktop.domain.printing.print_facts import PrintFacts
from ioms_desktop.domain.printing.summary import Basis, CaseSummary

POLICE_OM = "Police OM"
FieldAllowList = Mapping[type, frozenset[str]]
_Fields = Mapping[type, str]

_ABOUT = "marking handling audience agency agency_name programme told form printed_by role printed_at reason recipient"
EVERYBODY: _Fields = {
    PrintFacts: f"{_ABOUT} copy_number copies print_id",
    CaseSummary: "about as_of programme identity",
    facts.Programme: "code name",
}
"""What the copy of every reader has."""

_NEEDS_OF_THEIRS = "age child sex communication_needs"
_CONTACT_LANE = ("contacts", line.ContactMark, "ref on came label share agency")
_LANE_OF = MappingProxyType(
    {
        Part.RAG: ("rag", line.RagBand, "ref rag from_on to_on"),
        Part.STATUTORY: ("custody", line.CustodyBand, "ref from_on to_on label"),
        Part.OFFERS: ("offers", line.OfferBar, "ref label offered_on answer answered_on ended_on"),
        Part.CONTACTS: _CONTACT_LANE,
        Part.OWN_CONTACTS: _CONTACT_LANE,
        Part.ENGAGEMENT: ("ratings", line.RatingPoint, "ref week level by_police label"),
        Part.CONCERNS: ("concerns", line.ConcernMark, "ref on label intelligence"),
        Part.ALERTS: (
            "triggers",
            line.TriggerMark,
            "ref label raised_on status evidence decision_ref explanation open rests_on_intelligence",
        ),
        Part.ENFORCEMENT: ("decisions", line.DecisionMark, "ref on label rests_on_intelligence"),
    }
)
_TO_DECIDE = "what text due_on clock part agency rests_on_intelligence"
_CONTACT = {CaseSummary: "contacts", facts.ContactLine: "at contact_type outcome minutes worker agency"}
_ACTION = {
    CaseSummary: "actions to_decide",
    facts.ActionLine: "text owner due_on state agency",
}
FIELDS_BY_PART: Mapping[Part, _Fields] = MappingProxyType(
    {
        Part.PERSON_ONLY: {
            facts.Identity: "family_name given_names date_of_birth",
            facts.Programme: "case_ref",
        },
        Part.INITIALS: {facts.Identity: f"initials {_NEEDS_OF_THEIRS}", facts.Programme: "case_ref"},
        Part.AGE_ONLY: {facts.Identity: "age child sex"},
        Part.PERSON: {
            facts.Identity: f"family_name given_names known_as date_of_birth languages {_NEEDS_OF_THEIRS}",
            facts.Programme: "case_ref",
        },
        Part.PROGRAMME: {facts.Programme: "cohort status since tells_death"},
        Part.CARER: {facts.Identity: "parent_or_carer"},
        Part.HOME: {facts.Identity: "address phone"},
        Part.NUMBERS: {facts.Identity: "crn prison_number"},
        Part.DETAILS: {facts.Identity: "details", facts.PersonDetail: "label text for_partners"},
        Part.MARKERS: {facts.Identity: "warning_markers"},
        Part.POLICE_OM: {CaseSummary: "responsible", facts.ResponsiblePerson: "role name for_partners"},
        Part.RESPONSIBLE: {CaseSummary: "responsible", facts.ResponsiblePerson: "role name for_partners"},
        Part.STATUTORY: {
            CaseSummary: "statutory to_decide changes",
            facts.StatutoryFacts: "status iom_licence_condition final_third_from custody expected_release_on "
            "wanted_since orders",
            facts.OrderLine: "label made_on ends_on court conditions",
        },
        Part.RAG: {CaseSummary: "rag to_decide changes", facts.CurrentRag: "rag since"},
        Part.ENGAGEMENT: {CaseSummary: "engagement", facts.CurrentEngagement: "level words week rated_by"},
        Part.WHY_ON: {CaseSummary: "why_on changes", facts.ProgrammeReason: "text basis"},
        Part.SCORES: {CaseSummary: "scores", facts.ScoreLine: "tool version assessed_on value band scorer"},
        Part.SAFEGUARDING: {CaseSummary: "safeguarding", facts.SafeguardingLine: "subject text"},
        Part.OFFENDING: {
            CaseSummary: "offending",
            facts.OffenceLine: "offence_on offence part outcome victim",
        },
        Part.NEEDS: {
            CaseSummary: "pathways changes",
            facts.PathwayLine: "pathway need status assessed_on owner",
        },
        Part.CONTACTS: {**_CONTACT, CaseSummary: "contacts changes"},
        Part.OWN_CONTACTS: _CONTACT,
        Part.OFFERS: {
            CaseSummary: "offers to_decide changes",
            facts.OfferLine: "label provider offered_on response responded_on open accepted",
        },
        Part.CONCERNS: {CaseSummary: "concerns changes", facts.ConcernLine: "occurred_on label intelligence"},
        Part.ALERTS: {
            CaseSummary: "triggers to_decide",
            facts.TriggerLine: "label raised_on explanation clock rests_on_intelligence",
        },
        Part.ENFORCEMENT: {
            CaseSummary: "enforcement to_decide changes",
            facts.EnforcementLine: "decided_on decision authorised_by told actioned_on to_serve rests_on_intelligence",
        },
        Part.ACTIONS: {
            **_ACTION,
            CaseSummary: "actions meeting to_decide changes",
            facts.Meeting: "held_on name",
        },
        Part.OWN_ACTIONS: _ACTION,
        Part.PLAN: {
            CaseSummary: "plan to_decide",
            facts.PlanLine: "review_on review_clock",
            facts.CurrentRag: "review_due review_clock",
        },
        Part.OWN_NOTES: {CaseSummary: "notes", facts.NoteLine: "on author basis text police_only agency"},
    }
)
"""The fields that each part consists of."""

_FREE_TEXT: _Fields = {
    facts.Programme: "case_ref",
    facts.OrderLine: "court conditions",
    facts.CurrentEngagement: "rated_by",
    facts.ScoreLine: "scorer",
    facts.PathwayLine: "owner",
    facts.ContactLine: "worker",
    facts.OfferLine: "provider",
    facts.EnforcementLine: "authorised_by told",
    facts.ActionLine: "text owner",
    facts.Meeting: "name",
    facts.ChangeLine: "text",
    ToDecideLine: "text",
    line.CustodyBand: "label",
    facts.StatutoryFacts: "custody",
}
"""The fields in which somebody may be named; a copy without names has none of them."""


def _merged(parts: Iterable[Part], *, nameless: bool) -> FieldAllowList:
    merged: dict[type, set[str]] = {}
    chosen = set(parts)
    given: list[_Fields] = [EVERYBODY, *(FIELDS_BY_PART[part] for part in Part if part in chosen)]
    lanes = [_LANE_OF[part] for part in Part if part in chosen and part in _LANE_OF]
    if lanes:
        given.append({CaseSummary: "timeline from_on to_on"})
        given += [{line.TimelineFacts: name, kind: names} for name, kind, names in lanes]
    for each in given:
        for kind, names in each.items():
            merged.setdefault(kind, set()).update(names.split())
    sections = merged[CaseSummary]
    if "to_decide" in sections:
        merged.setdefault(ToDecideLine, set()).update(
            ["what", "text", "due_on", "clock", "part", "agency", "rests_on_intelligence"]
        )
    if "changes" in sections:
        sections.add("last_review")
        merged.setdefault(facts.ChangeLine, set()).update(("on", "text", "part", "police_only"))
    if nameless:
        for kind, names in _FREE_TEXT.items():
            merged.get(kind, set()).difference_update(names.split())
        sections.discard("changes")
    return MappingProxyType({kind: frozenset(names) for kind, names in merged.items()})


@dataclass(frozen=True, slots=True)
class AllowList:
    """What one reader of a case of one programme receives.

    Attributes:
        name: The name of the list, as a supervisor reads it.
        parts: The parts that are given.
        agency: The code of the reader's agency; empty for none.
        programme: The programme of the case; empty where it is not known.
        whole: Whether everything is given.
        nameless: Whether whatever may name somebody is left out.
    """

    name: str
    parts: frozenset[Part]
    agency: str = ""
    programme: str = ""
    whole: bool = False
    nameless: bool = False

    @property
    def fields(self) -> FieldAllowList:
        """The fields that are given, by the kind of fact."""
        return _fields_of(self.parts, nameless=self.nameless)

    def shares(self, kind: type, name: str) -> bool:
        """Whether a field of a kind is given, whatever is in it."""
        return self.whole or name in self.fields.get(kind, frozenset())

    def withholds_fields(self, kind: type) -> bool:
        """Whether not every field of a kind is given."""
        return any(not self.shares(kind, each.name) for each in fields(kind) if each.init)

    def withholds_rows(self, kind: type) -> bool:
        """Whether only some rows of a kind are given, or on Phoenix may be, whatever there is of it in a case."""
        if self.whole:
            return False
        is_own_only = kind in _WHOLE_PARTS and _WHOLE_PARTS[kind] not in self.parts
        return kind in _ROW_RULES or is_own_only or (kind in _REVEAL_TRIAL_ARM and self.programme != IOM)

    def gives(self, row: object) -> bool:
        """Whether a row is given; of a kind without a rule every one is."""
        rule = _ROW_RULES.get(type(row)) or _REVEAL_TRIAL_ARM.get(type(row))
        return self.whole or rule is None or rule(self, row)

    @property
    def partly_shown_lanes(self) -> frozenset[str]:
        """The lanes of the timeline of which not every mark is given, or none."""
        if self.whole:
            return frozenset()
        return self.left_out_lanes | {name for name, kind, _ in _LANE_OF.values() if self.withholds_rows(kind)}

    @property
    def left_out_lanes(self) -> frozenset[str]:
        """The lanes of the timeline of which no mark is given."""
        return frozenset(name for name, _, _ in _LANE_OF.values() if not self.shares(line.TimelineFacts, name))


@lru_cache(maxsize=64)
def _fields_of(parts: frozenset[Part], *, nameless: bool) -> FieldAllowList:
    return _merged(parts, nameless=nameless)


RowRule = Callable[[AllowList, Any], bool]


def _is_of_agency(given: AllowList, row: Any, whole: Part) -> bool:  # noqa: ANN401 - a contact or an action
    return whole in given.parts or (bool(given.agency) and row.agency == given.agency)


def _offer_is_given(given: AllowList, row: Any) -> bool:  # noqa: ANN401 - an offer, in a list or on the timeline
    answered = row.accepted if isinstance(row, facts.OfferLine) else row.answer in _ACCEPTED
    return given.programme == IOM or answered


def _is_decided_here(given: AllowList, row: Any) -> bool:  # noqa: ANN401 - something to decide
    if row.rests_on_intelligence:
        return False
    if row.part is Part.ACTIONS:
        return _is_of_agency(given, row, Part.ACTIONS)
    if row.part is Part.OFFERS and given.programme != IOM:
        return False
    return row.part in given.parts


_ACCEPTED = frozenset({line.OfferAnswer.ACCEPTED, line.OfferAnswer.PARTLY})
_ROW_RULES: Mapping[type, RowRule] = MappingProxyType(
    {
        facts.PersonDetail: lambda _, row: row.for_partners,
        facts.ResponsiblePerson: lambda given, row: (
            row.for_partners and (Part.RESPONSIBLE in given.parts or row.role == POLICE_OM)
        ),
        facts.ProgrammeReason: lambda _, row: row.basis is not Basis.INTELLIGENCE and not row.names_group,
        facts.OffenceLine: lambda _, row: not row.victim,
        facts.ConcernLine: lambda _, row: not row.intelligence,
        facts.TriggerLine: lambda _, row: not row.rests_on_intelligence,
        facts.EnforcementLine: lambda _, row: not row.rests_on_intelligence,
        facts.ChangeLine: lambda given, row: (
            row.part in given.parts and not row.police_only and (row.part is not Part.OFFERS or given.programme == IOM)
        ),
        facts.NoteLine: lambda given, row: (
            row.basis is not Basis.INTELLIGENCE and not row.police_only and _is_of_agency(given, row, Part.POLICE)
        ),
        ToDecideLine: _is_decided_here,
        line.ConcernMark: lambda _, row: not row.intelligence,
        line.TriggerMark: lambda _, row: not row.rests_on_intelligence,
        line.DecisionMark: lambda _, row: not row.rests_on_intelligence,
    }
)
"""Which rows of a kind are given to whoever may not have all of them."""

_REVEAL_TRIAL_ARM: Mapping[type, RowRule] = MappingProxyType(
    {
        facts.OfferLine: _offer_is_given,
        line.OfferBar: _offer_is_given,
        facts.ContactLine: lambda given, row: _is_of_agency(given, row, Part.CONTACTS),
        facts.ActionLine: lambda given, row: _is_of_agency(given, row, Part.ACTIONS),
        line.ContactMark: lambda given, row: _is_of_agency(given, row, Part.CONTACTS),
        line.RatingPoint: lambda *_: True,
        facts.CurrentEngagement: lambda *_: True,
    }
)
"""Kinds whose absence on a Phoenix case would reveal its trial arm: there it is never said that nothing is recorded."""

_WHOLE_PARTS: Mapping[type, Part] = MappingProxyType(
    {facts.ContactLine: Part.CONTACTS, line.ContactMark: Part.CONTACTS, facts.ActionLine: Part.ACTIONS}
)
"""The part with which every row of a kind is given; without it those of the reader's own agency are."""

SHARED_SECTIONS = frozenset(name for given in FIELDS_BY_PART.values() for name in given.get(CaseSummary, "").split())
"""The sections that some reader besides the office has; nobody else is told that there are others."""


def allow_list_of(about: PrintFacts) -> AllowList:
    """Return what the reader of a document receives, by its audience, their agency, and the programme of the case.

    Doubt gives the smallest list: an agency that is not known, and a participant who has not been told of Phoenix yet,
    so that nobody learns from the copy of somebody else why nothing more is said.
    """
    return _allow_list(about.audience, about.agency, about.programme, told=about.told)


@lru_cache(maxsize=256)
def _allow_list(audience: Audience, agency: str, programme: str, *, told: bool) -> AllowList:
    if audience is Audience.FULL:
        return AllowList("Full", frozenset(Part), programme=programme, whole=True)
    is_known = programme in {IOM, PHOENIX}
    if audience is Audience.PANEL:
        name, parts = audience.label, PANEL_PARTS if is_known else frozenset({Part.INITIALS})
    elif audience is Audience.BOARD:
        name, parts = audience.label, BOARD_PARTS if is_known else frozenset({Part.AGE_ONLY})
    else:
        is_told = programme == IOM or (programme == PHOENIX and told)
        name = LIST_BY_AGENCY.get(agency, {}).get(programme, "Smallest") if is_told else "Smallest"
        parts = PARTS_BY_LIST[name]
    if programme == PHOENIX:  # the control arm raises nothing, so that alerts would tell who is in it
        parts -= {Part.ALERTS}
    return AllowList(name, parts, agency, programme, nameless=audience is Audience.BOARD)
