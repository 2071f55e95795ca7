"""What each audience is given."""

from collections.abc import Iterator
from dataclasses import fields, is_dataclass, replace
from datetime import date
from itertools import count
from typing import Any

import pytest

from ioms_desktop.domain.errors import Refused
from ioms_desktop.domain.printing import redaction
from ioms_desktop.domain.printing import summary as facts
from ioms_desktop.domain.printing.audiences import Audience, available_audiences
from ioms_desktop.domain.printing.redaction import (
    FIELDS_BY_AUDIENCE,
    PARTNER_FIELDS,
    redact_for_audience,
    withholds_rows,
)
from ioms_desktop.domain.printing.summary import CaseSummary
from ioms_desktop.domain.timeline import ConcernMark, DecisionMark, TimelineFacts, TriggerMark
from reports.reading import printed, text_of
from reports.sample import CALLUM_FULL, JAYDEN_FULL

FORBIDDEN = (
    "ntelligence",
    "2C",
    "1B",
    "GRP-07",
    "graded",
    "Source reports",
    "exhibit book",
    "cell mate",
    "Seen near",
    "2010/0123456X",
    "2026/0001234J",
    "5000123",
    "X123456",
    "Niche ID",
    "PNC ID",
)


@pytest.mark.parametrize("whole", [CALLUM_FULL, JAYDEN_FULL])
def test_partners_are_given_no_intelligence_grade_group_police_note_or_police_number(whole: CaseSummary) -> None:
    summary = redact_for_audience(whole, Audience.PARTNER)
    text = text_of(summary)
    assert [words for words in FORBIDDEN if words in text] == []
    # Neither in what a screen reader is told, nor anywhere else in the file.
    document = printed(summary)
    for words in FORBIDDEN:
        assert words.encode("utf-16-be").hex().encode() not in document


def test_the_police_copy_has_what_the_partner_copy_lacks() -> None:
    text = text_of(CALLUM_FULL) + text_of(JAYDEN_FULL)
    assert [words for words in FORBIDDEN if words not in text] == []


def test_the_trial_arm_is_no_fact_of_a_summary_at_all() -> None:
    names = {each.name for kind in _kinds() for each in fields(kind)}
    assert not any(name == "arm" or "trial" in name for name in names)


def test_a_field_that_nobody_listed_is_not_given_to_partners() -> None:
    numbers = count()
    whole = _filled(CaseSummary, numbers)
    given = redact_for_audience(whole, Audience.PARTNER)
    for kind, name, value in _walk(given):
        assert name in PARTNER_FIELDS.get(kind, frozenset()) or value == _default(kind, name), (kind.__name__, name)


def test_a_kind_of_line_that_nobody_listed_gives_nothing_of_itself() -> None:
    given = redact_for_audience(CALLUM_FULL, Audience.PARTNER)
    assert given.disclosures is None


def test_every_listed_field_exists() -> None:
    for kind, names in PARTNER_FIELDS.items():
        assert names <= {each.name for each in fields(kind)}


def test_the_full_copy_is_everything() -> None:
    assert redact_for_audience(CALLUM_FULL, Audience.FULL) == CALLUM_FULL


@pytest.mark.parametrize("audience", [Audience.PARTICIPANT, Audience.PANEL])
def test_an_audience_without_a_list_is_refused_in_words(audience: Audience) -> None:
    with pytest.raises(Refused, match="cannot be printed yet"):
        redact_for_audience(CALLUM_FULL, audience)


def test_what_says_nothing_of_its_source_is_taken_for_intelligence() -> None:
    summary = CaseSummary(
        why_on=(facts.ProgrammeReason(text="unsaid"),),
        concerns=(facts.ConcernLine(label="unsaid"),),
        triggers=(facts.TriggerLine(label="unsaid"),),
        notes=(facts.NoteLine(text="unsaid"),),
        changes=(facts.ChangeLine(text="unsaid"),),
    )
    given = redact_for_audience(summary, Audience.PARTNER)
    assert (given.why_on, given.concerns, given.triggers, given.notes, given.changes) == ((), (), (), (), ())


def _kinds() -> list[type]:
    return [kind for kind in vars(facts).values() if isinstance(kind, type) and is_dataclass(kind)]


def _filled(kind: Any, numbers: Iterator[int]) -> Any:  # noqa: ANN401 - any dataclass of facts
    given: dict[str, Any] = {}
    for each in fields(kind):
        default = each.default
        if is_dataclass(default) and not isinstance(default, type):
            given[each.name] = _filled(type(default), numbers)
        elif isinstance(default, str) and type(default) is str:
            given[each.name] = f"{each.name}{next(numbers)}"
    return kind(**given)


def _walk(value: Any) -> Iterator[tuple[type, str, Any]]:  # noqa: ANN401 - any dataclass of facts
    for each in fields(value):
        held = getattr(value, each.name)
        if is_dataclass(held) and not isinstance(held, type):
            yield from _walk(held)
        else:
            yield type(value), each.name, held


def _default(kind: Any, name: str) -> Any:  # noqa: ANN401 - any dataclass of facts
    return next(each.default for each in fields(kind) if each.name == name)


def test_an_audience_is_available_exactly_where_it_is_decided_what_it_is_given() -> None:
    available = {each for each in Audience if each.is_available}
    assert available == set(FIELDS_BY_AUDIENCE), "declare it in domain/printing/redaction.py, or as not available"
    assert all(each.label and len(each.key) == 1 for each in available)
    assert len({each.key for each in available}) == len(available)


EMPTY = CaseSummary(
    safeguarding=(), scores=(), offending=(), pathways=(), contacts=(), offers=(), concerns=(), triggers=(),
    enforcement=(), why_on=(), changes=(), notes=(), disclosures=(), actions=(), responsible=(),
    identity=facts.Identity(family_name="Marlow"), statutory=facts.StatutoryFacts(), rag=facts.CurrentRag(),
    engagement=facts.CurrentEngagement(), plan=facts.PlanLine(), timeline=TimelineFacts(), as_of=date(2026, 11, 29),
    from_on=date(2026, 9, 1), to_on=date(2026, 11, 29),
)  # fmt: skip
WITHHELD_FROM_PARTNERS: dict[str, CaseSummary] = {
    "an intelligence concern": replace(EMPTY, concerns=(facts.ConcernLine(label="Secret", intelligence=True),)),
    "a trigger on intelligence": replace(EMPTY, triggers=(facts.TriggerLine(label="Secret", explanation="Secret"),)),
    "a decision on intelligence": replace(EMPTY, enforcement=(facts.EnforcementLine(decision="Secret"),)),
    "an intelligence reason": replace(EMPTY, why_on=(facts.ProgrammeReason(text="Secret"),)),
    "an offence against them": replace(EMPTY, offending=(facts.OffenceLine(offence="Secret", victim=True),)),
    "a social worker": replace(EMPTY, responsible=(facts.ResponsiblePerson(role="Social worker", name="Secret"),)),
    "a change for the police": replace(EMPTY, changes=(facts.ChangeLine(text="Secret"),)),
    "a police note": replace(EMPTY, notes=(facts.NoteLine(text="Secret"),)),
    "a police number": replace(EMPTY, identity=replace(EMPTY.identity, pnc_id="2010/0123456X")),
    "a disclosure": replace(EMPTY, disclosures=(facts.DisclosureLine(what="Secret"),)),
    "marks on intelligence": replace(
        EMPTY,
        timeline=TimelineFacts(
            concerns=(ConcernMark(ref="C", on=date(2026, 10, 1), label="Secret"),),
            triggers=(TriggerMark(ref="T", label="Secret", raised_on=date(2026, 10, 1), status="open"),),
            decisions=(DecisionMark(ref="D", on=date(2026, 10, 2), label="Secret"),),
        ),
    ),
}
"""One case for each kind of fact that partners may not have, and nothing else in it."""


@pytest.mark.parametrize("what", WITHHELD_FROM_PARTNERS)
def test_the_partner_copy_is_the_same_whether_or_not_there_is_what_partners_may_not_have(what: str) -> None:
    whole = WITHHELD_FROM_PARTNERS[what]
    assert printed(redact_for_audience(whole, Audience.PARTNER)) == printed(
        redact_for_audience(EMPTY, Audience.PARTNER)
    )
    assert printed(whole) != printed(EMPTY)  # the control: the police copy has it


def test_every_kind_of_row_that_is_filtered_is_among_them() -> None:
    filtered = {kind.__name__ for kind in _kinds() if withholds_rows(Audience.PARTNER, kind)} - {"PersonDetail"}
    tried = " ".join(repr(whole) for whole in WITHHELD_FROM_PARTNERS.values())
    assert {name for name in filtered if f"{name}(" not in tried} == set()


def test_none_recorded_is_printed_only_where_the_reader_may_have_everything() -> None:
    text = text_of(redact_for_audience(EMPTY, Audience.PARTNER))
    for name in (
        "Concerns",
        "Alerts",
        "Reason for selection",
        "Recorded offences, last 12 months",
        "Notes: facts and assessments apart",
    ):
        assert f"{name} Not shared with this reader" in text
    for name in ("Risk scores", "Pathways", "Last contacts", "Support offers", "Safeguarding"):
        assert f"{name} None recorded" in text
    assert "Disclosed to" not in text
    assert "Not shared" not in text_of(EMPTY)
    shown = text_of(redact_for_audience(CALLUM_FULL, Audience.PARTNER))
    assert shown.count("Not shared with this reader") == text.count("Not shared with this reader") - 1  # its identity


def test_an_audience_that_gets_less_says_less(monkeypatch: pytest.MonkeyPatch) -> None:
    """Another audience, with a list of its own, is never told that what it may not have is not there."""
    less = {kind: names for kind, names in PARTNER_FIELDS.items() if kind is not facts.PlanLine}
    less[CaseSummary] = PARTNER_FIELDS[CaseSummary] - {"meeting", "scores", "pathways"}
    less[facts.Identity] = PARTNER_FIELDS[facts.Identity] - {"parent_or_carer"}
    less[facts.StatutoryFacts] = frozenset({"orders"})
    less[facts.CurrentRag] = frozenset({"since"})
    monkeypatch.setattr(redaction, "FIELDS_BY_AUDIENCE", {**FIELDS_BY_AUDIENCE, Audience.PANEL: less})
    child = replace(EMPTY, identity=facts.Identity(family_name="Marlow", child=True))
    text = text_of(redact_for_audience(child, Audience.PANEL))
    for untrue in ("No meeting", "No plan", "No review", "not recorded", "Status None", "Risk scores", "Pathways"):
        assert untrue not in text
    assert "RAG now Not shared with this reader" in text
    assert "Open actions None recorded" in text


def test_only_the_readers_for_whom_it_is_agreed_what_they_receive_are_offered() -> None:
    assert available_audiences(sees_intelligence=True) == (Audience.FULL, Audience.PARTNER)
    assert available_audiences(sees_intelligence=False) == (Audience.PARTNER,)
    assert {each for each in Audience if each.is_available} == set(FIELDS_BY_AUDIENCE)
