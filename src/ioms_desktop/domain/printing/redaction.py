"""The fields and rows of a printed summary that each audience receives, as allow-lists.

A field that is not listed for an audience keeps its default, which means "not given". A new field is therefore withheld
from partners until somebody decides that they may receive it.
"""

from collections.abc import Callable, Mapping
from dataclasses import fields, is_dataclass, replace
from types import MappingProxyType
from typing import Any, TypeVar, cast, get_args, get_type_hints

from ioms_desktop.domain import timeline as line
from ioms_desktop.domain.errors import UnknownCode
from ioms_desktop.domain.printing import summary as facts
from ioms_desktop.domain.printing.audiences import Audience
from ioms_desktop.domain.printing.summary import Basis, CaseSummary
from ioms_desktop.domain.text_format import join_words

T = TypeVar("T")
FieldAllowList = Mapping[type, frozenset[str]]


def _field_names(words: str) -> frozenset[str]:
    return frozenset(words.split())


PARTNER_FIELDS: FieldAllowList = MappingProxyType(
    {
        facts.PrintFacts: _field_names(
            "marking handling audience printed_by role printed_at reason recipient copy_number copies print_id"
        ),
        CaseSummary: _field_names(
            "about as_of programme identity responsible statutory rag engagement timeline from_on to_on why_on scores "
            "safeguarding offending pathways contacts offers concerns triggers enforcement meeting actions plan "
            "last_review changes notes"
        ),
        facts.Identity: _field_names(
            "family_name given_names known_as date_of_birth age child sex address phone communication_needs languages "
            "parent_or_carer warning_markers details"
        ),
        facts.PersonDetail: _field_names("label text for_partners"),
        facts.Programme: _field_names("code name cohort status case_ref since"),
        facts.ResponsiblePerson: _field_names("role name for_partners"),
        facts.StatutoryFacts: _field_names(
            "status iom_licence_condition final_third_from custody expected_release_on wanted_since orders"
        ),
        facts.OrderLine: _field_names("label made_on ends_on court conditions"),
        facts.CurrentRag: _field_names("rag since review_due"),
        facts.CurrentEngagement: _field_names("level words week rated_by"),
        facts.ProgrammeReason: _field_names("text source basis"),
        facts.ScoreLine: _field_names("tool version assessed_on value band scorer"),
        facts.SafeguardingLine: _field_names("subject text"),
        facts.OffenceLine: _field_names("offence_on offence part outcome victim"),
        facts.PathwayLine: _field_names("pathway need status assessed_on owner"),
        facts.ContactLine: _field_names("at contact_type outcome minutes worker"),
        facts.OfferLine: _field_names("label provider offered_on response responded_on open"),
        facts.ConcernLine: _field_names("occurred_on label intelligence"),
        facts.TriggerLine: _field_names("label raised_on explanation clock rests_on_intelligence"),
        facts.EnforcementLine: _field_names("decided_on decision authorised_by told actioned_on rests_on_intelligence"),
        facts.Meeting: _field_names("held_on name"),
        facts.ActionLine: _field_names("text owner due_on state"),
        facts.PlanLine: _field_names("text review_on"),
        facts.ChangeLine: _field_names("on text police_only"),
        facts.NoteLine: _field_names("on author basis text police_only"),
        line.TimelineFacts: _field_names("rag custody offers contacts ratings concerns triggers decisions"),
        line.RagBand: _field_names("ref rag from_on to_on"),
        line.CustodyBand: _field_names("ref from_on to_on label"),
        line.OfferBar: _field_names("ref label offered_on answer answered_on ended_on"),
        line.ContactMark: _field_names("ref on came label share"),
        line.RatingPoint: _field_names("ref week level by_police label"),
        line.ConcernMark: _field_names("ref on label intelligence"),
        line.TriggerMark: _field_names(
            "ref label raised_on status evidence decision_ref explanation open rests_on_intelligence"
        ),
        line.DecisionMark: _field_names("ref on label rests_on_intelligence"),
    }
)
"""What partners receive: no intelligence, grades, police notes, identifiers or free-text reasons for decisions."""

FIELDS_BY_AUDIENCE: Mapping[Audience, FieldAllowList | None] = MappingProxyType(
    {Audience.FULL: None, Audience.PARTNER: PARTNER_FIELDS}
)
"""The allow-lists by audience; None allows everything."""

_PARTNER_ROW_FILTERS: Mapping[type, Callable[[Any], bool]] = MappingProxyType(
    {
        facts.PersonDetail: lambda row: row.for_partners,
        facts.ResponsiblePerson: lambda row: row.for_partners,
        facts.ProgrammeReason: lambda row: row.basis is not Basis.INTELLIGENCE,
        facts.OffenceLine: lambda row: not row.victim,
        facts.ConcernLine: lambda row: not row.intelligence,
        facts.TriggerLine: lambda row: not row.rests_on_intelligence,
        facts.EnforcementLine: lambda row: not row.rests_on_intelligence,
        facts.ChangeLine: lambda row: not row.police_only,
        facts.NoteLine: lambda row: not row.police_only and row.basis is not Basis.INTELLIGENCE,
        line.ConcernMark: lambda row: not row.intelligence,
        line.TriggerMark: lambda row: not row.rests_on_intelligence,
        line.DecisionMark: lambda row: not row.rests_on_intelligence,
    }
)
_ROW_FILTERS_BY_AUDIENCE: Mapping[Audience, Mapping[type, Callable[[Any], bool]]] = MappingProxyType(
    {Audience.PARTNER: _PARTNER_ROW_FILTERS}
)


def withholds_rows(audience: Audience, record: type) -> bool:
    """Whether an audience receives only some rows of a kind, whatever there is of it in a case."""
    return record in _ROW_FILTERS_BY_AUDIENCE.get(audience, {})


def withholds_fields(audience: Audience, record: type) -> bool:
    """Whether an audience does not receive every field of a kind."""
    return any(not shares_field(audience, record, each.name) for each in fields(record) if each.init)


def shares_field(audience: Audience, record: type, name: str) -> bool:
    """Whether an audience receives a field of a kind, whatever is in it."""
    allowed = FIELDS_BY_AUDIENCE[audience]
    return allowed is None or name in allowed.get(record, frozenset())


def _withheld_lanes(audience: Audience) -> frozenset[str]:
    hints = get_type_hints(line.TimelineFacts)
    return frozenset(
        each.name
        for each in fields(line.TimelineFacts)
        if any(withholds_rows(audience, kind) for kind in get_args(hints[each.name]))
    )


def redact_for_audience(summary: CaseSummary, audience: Audience) -> CaseSummary:
    """Reduce a summary to what an audience may receive.

    Args:
        summary: The complete summary.
        audience: The readers.

    Raises:
        UnknownCode: No allow-list has been agreed for this audience.
    """
    if audience not in FIELDS_BY_AUDIENCE:
        raise UnknownCode(
            f"The {audience.value} copy cannot be printed yet. Nothing was printed. "
            f"Choose {join_words([each.value for each in Audience if each.is_available], 'or')}.",
            field="audience",
        )
    summary = replace(summary, about=replace(summary.about, audience=audience))
    allowed = FIELDS_BY_AUDIENCE[audience]
    if allowed is None:
        return summary
    given = _redact(summary, allowed, _ROW_FILTERS_BY_AUDIENCE.get(audience, {}))
    if given.timeline is None:
        return given
    return replace(given, timeline=replace(given.timeline, partly_shown=_withheld_lanes(audience)))


def _redact(value: T, allowed: FieldAllowList, row_filters: Mapping[type, Callable[[Any], bool]]) -> T:
    if is_dataclass(value) and not isinstance(value, type):
        # A type without an allow-list is printed with its defaults only, so that forgetting it withholds the facts.
        listed = allowed.get(type(value), frozenset())
        known = {each.name for each in fields(value) if each.init}
        given = {name: _redact(getattr(value, name), allowed, row_filters) for name in listed & known}
        return cast("T", type(value)(**given))
    if type(value) is tuple:
        rows = cast("tuple[Any, ...]", value)
        return cast(
            "T", tuple(_redact(row, allowed, row_filters) for row in rows if row_filters.get(type(row), _always)(row))
        )
    return value


def _always(_row: object) -> bool:
    return True
