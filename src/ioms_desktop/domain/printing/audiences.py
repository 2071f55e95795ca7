"""What each audience of a printed summary is given: allow-lists of fields and rows, never a blacked-out whole.

A field that nobody lists for an audience keeps its default, which means "not given". A new field is therefore unknown
to partners until somebody decides that they may have it.
"""

from collections.abc import Callable, Mapping
from dataclasses import fields, is_dataclass, replace
from types import MappingProxyType
from typing import Any, TypeVar, cast

from ioms_desktop.domain import timeline as line
from ioms_desktop.domain.errors import Refused
from ioms_desktop.domain.printing import summary as facts
from ioms_desktop.domain.printing.summary import Audience, Basis, CaseSummary

T = TypeVar("T")
Allowed = Mapping[type, frozenset[str]]


def _named(words: str) -> frozenset[str]:
    return frozenset(words.split())


PARTNER: Allowed = MappingProxyType(
    {
        facts.PrintFacts: _named(
            "marking handling audience printed_by role printed_at reason recipient copy_number copies print_id"
        ),
        CaseSummary: _named(
            "about as_of programme identity responsible statutory rag engagement timeline from_on to_on why_on scores "
            "safeguarding offending pathways contacts offers concerns triggers enforcement meeting actions plan "
            "last_review changes notes"
        ),
        facts.Identity: _named(
            "family_name given_names known_as date_of_birth age child sex address phone communication_needs languages "
            "parent_or_carer warning_markers"
        ),
        facts.Programme: _named("code name cohort status case_ref since"),
        facts.Responsible: _named("role name"),
        facts.Statutory: _named("status iom_licence_condition final_third_from custody expected_release_on orders"),
        facts.OrderLine: _named("label made_on ends_on court conditions"),
        facts.RagNow: _named("rag since review_due"),
        facts.EngagementNow: _named("level words week rated_by"),
        facts.WhyOn: _named("text source basis"),
        facts.ScoreLine: _named("tool version assessed_on value band scorer"),
        facts.Safeguard: _named("subject text"),
        facts.OffenceLine: _named("offence_on offence part outcome victim"),
        facts.PathwayLine: _named("pathway level status assessed_on owner"),
        facts.ContactLine: _named("at contact_type outcome minutes worker"),
        facts.OfferLine: _named("label provider offered_on response responded_on open"),
        facts.ConcernLine: _named("occurred_on label intelligence"),
        facts.TriggerLine: _named("label raised_on explanation clock rests_on_intelligence"),
        facts.EnforcementLine: _named("decided_on decision authorised_by told actioned_on rests_on_intelligence"),
        facts.Meeting: _named("held_on name"),
        facts.ActionLine: _named("text owner due_on state"),
        facts.Plan: _named("text review_on"),
        facts.Change: _named("on text police_only"),
        facts.NoteLine: _named("on author basis text police_only"),
        line.TimelineFacts: _named("rag custody offers contacts ratings concerns triggers decisions"),
        line.RagBand: _named("ref rag from_on to_on"),
        line.CustodyBand: _named("ref from_on to_on label"),
        line.OfferBar: _named("ref label offered_on answer answered_on ended_on"),
        line.ContactMark: _named("ref on came label share"),
        line.RatingPoint: _named("ref week level by_police label"),
        line.ConcernMark: _named("ref on label intelligence"),
        line.TriggerMark: _named(
            "ref label raised_on status evidence decision_ref explanation open rests_on_intelligence"
        ),
        line.DecisionMark: _named("ref on label step rests_on_intelligence"),
    }
)
"""What partners see: no intelligence, no grades, no police notes or identifiers, no free reasons of decisions."""

ALLOWED: Mapping[Audience, Allowed | None] = MappingProxyType({Audience.FULL: None, Audience.PARTNER: PARTNER})
"""The lists by audience; None gives everything."""

_FOR_PARTNERS: Mapping[type, Callable[[Any], bool]] = MappingProxyType(
    {
        facts.WhyOn: lambda row: row.basis is not Basis.INTELLIGENCE,
        facts.OffenceLine: lambda row: not row.victim,
        facts.ConcernLine: lambda row: not row.intelligence,
        facts.TriggerLine: lambda row: not row.rests_on_intelligence,
        facts.EnforcementLine: lambda row: not row.rests_on_intelligence,
        facts.Change: lambda row: not row.police_only,
        facts.NoteLine: lambda row: not row.police_only and row.basis is not Basis.INTELLIGENCE,
        line.ConcernMark: lambda row: not row.intelligence,
        line.TriggerMark: lambda row: not row.rests_on_intelligence,
        line.DecisionMark: lambda row: not row.rests_on_intelligence,
    }
)
_ROWS: Mapping[Audience, Mapping[type, Callable[[Any], bool]]] = MappingProxyType({Audience.PARTNER: _FOR_PARTNERS})


def for_audience(summary: CaseSummary, audience: Audience) -> CaseSummary:
    """Build what an audience is given out of everything that is known.

    Args:
        summary: Everything.
        audience: The readers.

    Raises:
        Refused: Nobody has decided yet what this audience is given.
    """
    if audience not in ALLOWED:
        raise Refused(
            f"The {audience.value} copy cannot be printed yet. Nothing was printed. Choose full or partner.",
            code="audience",
        )
    summary = replace(summary, about=replace(summary.about, audience=audience))
    allowed = ALLOWED[audience]
    return summary if allowed is None else _given(summary, allowed, _ROWS.get(audience, {}))


def _given(value: T, allowed: Allowed, keeps: Mapping[type, Callable[[Any], bool]]) -> T:
    if is_dataclass(value) and not isinstance(value, type):
        listed = allowed.get(type(value), frozenset())
        known = {each.name for each in fields(value) if each.init}
        given = {name: _given(getattr(value, name), allowed, keeps) for name in listed & known}
        return cast("T", type(value)(**given))
    if type(value) is tuple:
        rows = cast("tuple[Any, ...]", value)
        return cast("T", tuple(_given(row, allowed, keeps) for row in rows if keeps.get(type(row), _always)(row)))
    return value


def _always(_row: object) -> bool:
    return True
