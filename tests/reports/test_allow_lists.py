"""The allow-lists of every audience and agency, held against a summary in which every field is filled."""

import re
from dataclasses import fields, is_dataclass, replace
from datetime import date
from itertools import product
from typing import Any, NamedTuple, cast, get_args, get_origin, get_type_hints

import pytest

from domain.test_code_lists import bundled
from ioms_desktop.domain import timeline as line
from ioms_desktop.domain.dates.day_time import DayTime
from ioms_desktop.domain.printing import summary as facts
from ioms_desktop.domain.printing.agency_lists import LIST_BY_AGENCY, PARTS_BY_LIST
from ioms_desktop.domain.printing.allow_lists import FIELDS_BY_PART, AllowList, allow_list_of
from ioms_desktop.domain.printing.audiences import Audience
from ioms_desktop.domain.printing.decide_lines import ToDecideLine
from ioms_desktop.domain.printing.parts import SummaryPart as Part
from ioms_desktop.domain.printing.print_facts import PrintFacts
from ioms_desktop.domain.printing.redaction import redact_for_audience
from ioms_desktop.domain.printing.summary import Basis, CaseSummary
from ioms_desktop.domain.printing.texts.marks import RemovedText
from ioms_desktop.reports.case_summary.composition import (
    AFTER_TIMELINE,
    BEFORE_TIMELINE,
    NONE_RECORDED,
    SectionKind,
    closing,
)
from ioms_desktop.reports.document.description import Paragraph, plain_text
from ioms_desktop.reports.documents import document_html
from reports.sample import JAYDEN_FULL

PROBATION = "HMPPS_PROBATION"


def told(programme: str, agency: str) -> PrintFacts:
    """Return what a partner's copy says about itself, of somebody who has been told of their programme."""
    return PrintFacts(audience=Audience.PARTNER, agency=agency, programme=programme, told=True)


AGENCIES = ("", "NOBODY_KNOWS", *LIST_BY_AGENCY)
READERS = [
    *((audience, "") for audience in (Audience.PANEL, Audience.BOARD)),
    *((Audience.PARTNER, agency) for agency in AGENCIES),
]
NEVER: dict[type, dict[str, Any]] = {
    facts.PersonDetail: {"for_partners": False},
    facts.ResponsiblePerson: {"for_partners": False},
    facts.ProgrammeReason: {"basis": Basis.INTELLIGENCE},
    facts.OffenceLine: {"victim": True},
    facts.ConcernLine: {"intelligence": True},
    facts.TriggerLine: {"rests_on_intelligence": True},
    facts.EnforcementLine: {"rests_on_intelligence": True},
    facts.ChangeLine: {"police_only": True},
    facts.NoteLine: {"police_only": True},
    ToDecideLine: {"rests_on_intelligence": True},
    line.ConcernMark: {"intelligence": True},
    line.TriggerMark: {"rests_on_intelligence": True},
    line.DecisionMark: {"rests_on_intelligence": True},
}
"""What no row may have that leaves the police, whatever the list of its reader says."""


class Filler:
    """Fills every field of every kind of fact with words, days and numbers that stand nowhere else."""

    def __init__(self) -> None:
        self.held: dict[str, tuple[type, str, object]] = {}

    def fill(self, kind: Any, **chosen: object) -> Any:  # noqa: ANN401 - any dataclass of facts
        hints = get_type_hints(kind)
        made = dict(chosen)
        for each in fields(kind):
            if each.name not in chosen and each.init:
                made[each.name] = self.value(kind, each.name, hints[each.name])
        row = kind(**made)
        for token in [value for value in made.values() if type(value) is str and value.startswith("zq")]:
            owner, name, _ = self.held[token]
            self.held[token] = (owner, name, row)
        return row

    def value(self, kind: type, name: str, hint: Any) -> object:  # noqa: ANN401 - any type a field may have
        if hint is str:
            token = f"zq{len(self.held)}qz"
            self.held[token] = (kind, name, None)
            return token
        inner = [each for each in get_args(hint) if each is not type(None) and each is not Ellipsis]
        if get_origin(hint) is tuple:
            return (self.value(kind, name, str),) if inner[0] is str else self.rows(inner[0])
        if inner and get_origin(inner[0]) is tuple:
            return self.value(kind, name, inner[0])
        wanted = inner[0] if inner else hint
        if wanted is date or name == "level":
            return date(2026, 9, 1) if wanted is date else 3
        if is_dataclass(wanted):
            return self.fill(wanted)
        return _default(kind, name)

    def rows(self, kind: Any) -> tuple[object, ...]:  # noqa: ANN401 - any dataclass of facts
        if not is_dataclass(kind) or not isinstance(kind, type):
            return ()
        secret = NEVER.get(kind, {})
        given = {name: not value if isinstance(value, bool) else Basis.FACT for name, value in secret.items()}
        names = {each.name for each in fields(kind)}
        more: list[dict[str, Any]] = [{}]
        if "part" in names and kind is not facts.OffenceLine:
            more = [{"part": part} for part in Part]
        if kind is facts.ResponsiblePerson:
            more = [{"role": "Police OM"}, {"role": "Navigator"}]
        if "agency" in names:
            more = [{**each, "agency": agency} for each in more for agency in ("", PROBATION, "HMP", "INGEUS")]
        if kind is facts.OfferLine:
            more = [{"accepted": True, "open": True}, {"accepted": False, "open": True}]
        if kind is line.OfferBar:
            more = [{"offered_on": date(2026, 9, 1), "answer": answer} for answer in line.OfferAnswer]
        hints = get_type_hints(kind)
        days = {
            each.name: date(2026, 9, 1)
            for each in fields(kind)
            if date in (hints[each.name], *get_args(hints[each.name]))
        }
        needed = {each: value for each, value in MADE.items() if each in names}
        flags = [given, secret] if secret else [{}]
        return tuple(self.fill(kind, **{**days, **needed, **each, **flag}) for each in more for flag in flags)


MADE = {
    "from_on": date(2026, 9, 1),
    "on": date(2026, 9, 2),
    "week": date(2026, 9, 7),
    "level": 3,
    "came": line.ContactResult.SEEN,
    "raised_on": date(2026, 9, 3),
    "share": None,
    "at": DayTime(date(2026, 9, 4)),
}
"""What a mark of the timeline needs."""


def _default(kind: Any, name: str) -> Any:  # noqa: ANN401 - any dataclass of facts
    return next(each.default for each in fields(kind) if each.name == name)


def is_expected(given: AllowList, kind: type, row: Any) -> bool:  # noqa: ANN401 - any row
    """Whether a reader is to have a row, by the parts of their list and by nothing else."""
    if any(getattr(row, flag, not value) == value for flag, value in NEVER.get(kind, {}).items()):
        return False
    parts, is_iom = given.parts, given.programme == "IOM"
    own = bool(given.agency) and getattr(row, "agency", None) == given.agency
    if kind is ToDecideLine and row.part is Part.ACTIONS:
        return Part.ACTIONS in parts or (own and Part.OWN_ACTIONS in parts)
    if kind in {ToDecideLine, facts.ChangeLine}:
        return row.part in parts and (is_iom or row.part is not Part.OFFERS)
    accepted = {line.OfferAnswer.ACCEPTED, line.OfferAnswer.PARTLY}
    asked = {
        facts.ContactLine: Part.CONTACTS in parts or (own and Part.OWN_CONTACTS in parts),
        line.ContactMark: Part.CONTACTS in parts or (own and Part.OWN_CONTACTS in parts),
        facts.ActionLine: Part.ACTIONS in parts or (own and Part.OWN_ACTIONS in parts),
        facts.NoteLine: own and Part.OWN_NOTES in parts,
        facts.ResponsiblePerson: getattr(row, "role", "") == "Police OM" or Part.RESPONSIBLE in parts,
        facts.OfferLine: is_iom or getattr(row, "accepted", False),
        line.OfferBar: is_iom or getattr(row, "answer", None) in accepted,
    }
    return asked.get(kind, True)


def is_given(given: AllowList, kind: type, name: str) -> bool:
    """Whether a part of the list has a field of a kind, and the copy is not one without names that may hold one."""
    lanes = {line.OfferBar, line.ContactMark, line.RatingPoint, line.ConcernMark, line.TriggerMark, line.DecisionMark}
    named = any(name in FIELDS_BY_PART[part].get(kind, "").split() for part in given.parts)
    if kind in {*lanes, line.RagBand, line.CustodyBand, ToDecideLine, facts.ChangeLine, facts.Programme}:
        return given.shares(kind, name)
    return named and given.shares(kind, name)


@pytest.mark.parametrize("programme", ["IOM", "PHOENIX", ""])
def test_every_reader_is_given_every_field_of_their_list_and_nothing_else(programme: str) -> None:
    filler = Filler()
    whole = filler.fill(CaseSummary)
    filler.held.pop(whole.programme.code)
    whole = replace(whole, programme=replace(whole.programme, code=programme))
    assert len(filler.held) > 300
    for (audience, agency), told in product(READERS, (True, False)):
        about = replace(whole.about, audience=audience, told=told)
        summary = redact_for_audience(replace(whole, about=about), audience, agency)
        given, text = allow_list_of(summary.about), set(re.findall("zq[0-9]+qz", repr(summary)))
        for token, (kind, name, row) in filler.held.items():
            if kind is PrintFacts:
                continue
            wanted = is_expected(given, kind, row) and is_given(given, kind, name)
            held = token in text
            assert held == wanted, (audience, agency, programme, told, kind.__name__, name)


def test_doubt_about_the_reader_or_a_participant_who_was_not_told_gives_the_smallest_list() -> None:
    smallest = PARTS_BY_LIST["Smallest"]
    for agency in ("", "NOBODY_KNOWS", "opcc", "VRN"):
        assert allow_list_of(told("IOM", agency)).parts == smallest
    for agency in LIST_BY_AGENCY:
        untold = redact_for_audience(JAYDEN_FULL, Audience.PARTNER, agency)
        assert allow_list_of(untold.about).parts == smallest
        assert (untold.programme.status, untold.offers, untold.engagement) == ("", None, None)
    assert Part.CONCERNS in allow_list_of(told("IOM", PROBATION)).parts, "the control"


class Unlisted(NamedTuple):
    ref: str
    label: str


def test_a_kind_of_fact_whose_fields_no_list_can_name_is_refused_and_not_given_whole() -> None:
    timeline = replace(JAYDEN_FULL.timeline or line.TimelineFacts(), contacts=cast("Any", (Unlisted("C-1", "Visit"),)))
    lane = replace(JAYDEN_FULL, timeline=timeline, about=replace(JAYDEN_FULL.about, told=True))
    with pytest.raises(TypeError, match="Unlisted"):
        redact_for_audience(lane, Audience.PANEL)
    assert redact_for_audience(lane, Audience.FULL).timeline == timeline, "the control"


def test_every_agency_of_the_code_list_has_its_line_and_every_part_its_fields() -> None:
    agencies = bundled().of("agency")
    assert {each.code for each in agencies if not each.synonym_of} == LIST_BY_AGENCY.keys()
    for kind, names in ((kind, names) for given in FIELDS_BY_PART.values() for kind, names in given.items()):
        assert set(names.split()) <= {each.name for each in fields(kind)}, kind
    assert FIELDS_BY_PART.keys() == set(Part) - {Part.POLICE}
    assert all(Part.POLICE not in parts for parts in PARTS_BY_LIST.values())
    named = {name for lists in LIST_BY_AGENCY.values() for name in lists.values()}
    assert named | {"Smallest"} == PARTS_BY_LIST.keys()


NOT_PRINTED = {
    (line.RagBand, "reason"), (line.OfferBar, "detail"), (line.ConcernMark, "detail"), (line.DecisionMark, "detail"),
    (line.TriggerMark, "explanation"), (line.TriggerMark, "decision_ref"), (line.ContactMark, "label"),
    (line.RatingPoint, "label"), (line.CustodyBand, "label"), (facts.TriggerLine, "label"),
    (facts.Identity, "family_name"), (facts.Identity, "initials"), (PrintFacts, "agency_name"),
    (RemovedText, "text"),
}  # fmt: skip
"""Fields that stand elsewhere on the page in other words, in capitals or in a section of their own, or on record."""
FOR_THE_PROGRAM = {"ref", "agency", "programme"}
SECTIONS = {each.field: each.name for each in (*BEFORE_TIMELINE, *AFTER_TIMELINE)}


@pytest.mark.parametrize("programme", ["IOM", "PHOENIX"])
def test_every_field_that_a_reader_is_given_is_printed_and_nothing_that_exists_is_called_none(programme: str) -> None:
    filler = Filler()
    whole = filler.fill(CaseSummary)
    filler.held.pop(whole.programme.code)
    whole = replace(whole, programme=replace(whole.programme, code=programme), about=replace(whole.about, told=True))
    whole = replace(whole, as_of=date(2026, 11, 25), from_on=date(2026, 9, 1), to_on=date(2026, 11, 25))
    lists = {allow_list_of(told(programme, agency)).name: agency for agency in AGENCIES}
    for audience, agency in (
        *((each, "") for each in (Audience.FULL, Audience.PANEL, Audience.BOARD)),
        *((Audience.PARTNER, agency) for agency in lists.values()),
    ):
        given = redact_for_audience(whole, audience, agency)
        page = document_html(given)
        held, shown = (set(re.findall("zq[0-9]+qz", text)) for text in (repr(given), page))
        assert shown <= held, (audience, agency)
        lacking = {filler.held[token][:2] for token in held - shown if token in filler.held}
        unprinted = {each for each in lacking if each[1] not in FOR_THE_PROGRAM} - NOT_PRINTED
        assert unprinted == set(), (audience, agency)
        called_none = not_recorded(page)
        there = [name for field, name in SECTIONS.items() if getattr(given, field)]
        assert [name for name in there if name in called_none] == [], (audience, agency)
        # Of a lane with marks they are shown, and one that its reader has nothing of is not there at all.
        own = {"Contacts"} if Part.OWN_CONTACTS in allow_list_of(given.about).parts else set()
        assert set(re.findall(r"(\w+): none that this reader may have", page)) <= own, (audience, agency)
        assert bool(re.search("Contacts: [0-9]", page)) == bool(given.timeline and given.timeline.contacts), agency
    assert "Risk scores" in not_recorded(document_html(CaseSummary(scores=()))), "the control"


@pytest.mark.parametrize("programme", ["IOM", "PHOENIX"])
def test_no_reader_is_told_that_there_is_none_of_what_is_on_the_full_copy(programme: str) -> None:
    filler = Filler()
    whole = filler.fill(CaseSummary)
    lists = {allow_list_of(told(programme, agency)).name: agency for agency in AGENCIES}
    readers = [(Audience.PANEL, ""), (Audience.BOARD, ""), *((Audience.PARTNER, agency) for agency in lists.values())]
    about, case = replace(whole.about, told=True), replace(whole.programme, code=programme)
    told_none = 0
    for each in (*BEFORE_TIMELINE, *AFTER_TIMELINE):
        for only in apart(each.kind, getattr(whole, each.field)):
            one = CaseSummary(about=about, programme=case, **{each.field: only})
            full = none_in(redact_for_audience(one, Audience.FULL), each)
            for audience, agency in readers:
                says_none = none_in(redact_for_audience(one, audience, agency), each)
                told_none += says_none
                assert full or not says_none, (each.name, only, audience, agency)
    assert told_none > 20, "the control"


def apart(kind: type, value: Any) -> list[Any]:  # noqa: ANN401 - a fact or rows of them
    """Return a fact without a value and with one value each, or no row, the first and the last of several alone."""
    if isinstance(value, tuple):
        return [(), value[:1], value[-1:]]
    return [kind(), *(kind(**{each.name: getattr(value, each.name)}) for each in fields(kind) if each.init)]


def none_in(summary: CaseSummary, section: SectionKind) -> bool:
    """Whether a copy says that nothing is recorded of a section."""
    said = [plain_text(block.words) for block in closing(summary, [section], said=True) if isinstance(block, Paragraph)]
    return any(words == f"{NONE_RECORDED}: {section.name}." for words in said)


def not_recorded(page: str) -> str:
    """Return the sections of which a page says that nothing is recorded."""
    said = re.search(r"None recorded: *(?:</[a-z]+>)?([^<]*)", page)
    return "" if said is None else said[1]
