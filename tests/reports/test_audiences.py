"""What each audience and each agency is given."""

import io
import re
import unicodedata
from dataclasses import fields, is_dataclass, replace
from datetime import date

import pikepdf
import pytest

from ioms_desktop.domain.errors import Refused
from ioms_desktop.domain.printing import summary as facts
from ioms_desktop.domain.printing.allow_lists import allow_list_of
from ioms_desktop.domain.printing.audiences import Audience, available_audiences
from ioms_desktop.domain.printing.decide_lines import ToDecideLine
from ioms_desktop.domain.printing.packs.pack import Pack
from ioms_desktop.domain.printing.parts import SummaryPart as Part
from ioms_desktop.domain.printing.redaction import redact_for_audience
from ioms_desktop.domain.printing.summary import Basis, CaseSummary
from ioms_desktop.domain.records.people import Person
from ioms_desktop.domain.timeline import ConcernMark, DecisionMark, TimelineFacts, TriggerMark
from ioms_desktop.reports.documents import document_html, document_pdf
from ioms_desktop.services.printing.summary_header import initials_of
from reports.document_samples import DOCUMENT_SAMPLES
from reports.reading import pages_of, printed, text_of
from reports.sample import CALLUM_FULL, JAYDEN_FULL

PROBATION, YJS = "HMPPS_PROBATION", "LEICESTER_CITY_YJS"

FORBIDDEN = (
    "ntelligence",
    "2C",
    "1B",
    "GRP-07",
    "graded",
    "The vehicle seized",
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


def for_agency(whole: CaseSummary, agency: str = PROBATION) -> CaseSummary:
    """Return a partner's copy of somebody who has been told of their programme."""
    return redact_for_audience(replace(whole, about=replace(whole.about, told=True)), Audience.PARTNER, agency)


@pytest.mark.parametrize("whole", [CALLUM_FULL, JAYDEN_FULL])
def test_partners_are_given_no_intelligence_grade_group_police_note_or_police_number(whole: CaseSummary) -> None:
    for summary in (for_agency(whole, YJS), redact_for_audience(whole, Audience.PANEL)):
        text = text_of(summary)
        assert [words for words in FORBIDDEN if words in text] == []
        # Neither in what a screen reader is told, nor anywhere else in the file.
        document = printed(summary)
        for words in FORBIDDEN:
            assert words.encode("utf-16-be").hex().encode() not in document


def test_a_pack_names_nobody_on_its_cover_and_among_its_bookmarks_where_its_papers_do_not() -> None:
    names = [each.identity.family_name for each in (CALLUM_FULL, JAYDEN_FULL)]
    for pack in (each for each in DOCUMENT_SAMPLES[Pack] if isinstance(each, Pack) and each.papers):
        pdf = document_pdf(pack)
        with pikepdf.open(io.BytesIO(pdf)) as file, file.open_outline() as outline:
            told = [str(each.title) for root in outline.root for each in root.children]
        said = " ".join([*pages_of(pdf), *told, str(document_html(pack))]).lower()
        is_named = pack.about.audience in {Audience.FULL, Audience.PARTNER}
        assert {name.lower() in said for name in names} == {is_named}, pack.about.audience
        assert len(told) == 1 + len(pack.papers)
        codes, text = [each.about.print_id for each in pack.papers], " ".join(pages_of(pdf))
        assert [code for code in codes if f"Print {code}" not in text] == [], "none is cut, however wide its digits"


def test_the_police_copy_has_what_the_partner_copy_lacks() -> None:
    text = text_of(CALLUM_FULL) + text_of(JAYDEN_FULL)
    assert [words for words in FORBIDDEN if words not in text] == []


def test_the_trial_arm_is_no_fact_of_a_summary_at_all() -> None:
    names = {each.name for kind in _kinds() for each in fields(kind)}
    assert not any(name == "arm" or "trial" in name for name in names)


def test_a_copy_without_names_has_initials_or_nothing_in_their_place() -> None:
    named = replace(
        CALLUM_FULL,
        actions=(facts.ActionLine(text="Callum to see Mr harker's landlord", due_on=date(2026, 11, 1)),),
        identity=replace(CALLUM_FULL.identity, initials="C.H."),
    )
    panel = redact_for_audience(named, Audience.PANEL)
    assert panel.identity.name == "C.H."
    assert panel.actions is not None
    assert panel.actions[0].text == "C.H. to see Mr C.H.'s landlord"
    for audience in (Audience.PANEL, Audience.BOARD):
        held = repr(redact_for_audience(named, audience)).lower()
        assert "harker" not in held, audience
        assert "callum" not in held, audience
        assert "1994" not in held, audience
    assert "Callum" in repr(for_agency(named)), "the control"


HIDDEN = (
    ("小明", "王", "王小明 was seen with 小明's brother", ("王", "小明")),
    ("محمد", "الأحمد", "He said والأحمد would come", ("أحمد",)),
    ("Sean", "O'Brien", "Sean O\u2019Brien and the O\u2019Briens", ("brien",)),
    ("Jürgen", "Müller", "The Müllers know; Mu\u0308ller too", ("ller",)),
)
SAID_OF_OTHERS = (
    ("John", "Green", "John is to ring Green on 3 May 2026", "J.G. is to ring J.G. on 3 May 2026"),
    ("Ana", "May", "May is to come on 24 May 2026", "A.M. is to come on 24 May 2026"),
    ("Jo", "Day", "Sees Day on Monday", "Sees J.D. on Monday"),
)


def panel_of(given: str, family: str, text: str) -> CaseSummary:
    who = Person(person_ref="P", family_name=family, given_names=given, date_of_birth=date(2000, 1, 1))
    identity = replace(
        CALLUM_FULL.identity, given_names=given, family_name=family, known_as="", initials=initials_of(who)
    )
    rag = facts.CurrentRag(rag="GREEN", reason=text, review_clock="due in one day", basis=Basis.FACT)
    changed = replace(CALLUM_FULL, identity=identity, rag=rag, actions=(facts.ActionLine(text=text),))
    return redact_for_audience(changed, Audience.PANEL)


def test_no_spelling_of_a_name_is_left_on_a_copy_without_names_and_nothing_else_is_taken_for_one() -> None:
    for given, family, text, parts in HIDDEN:
        held = unicodedata.normalize("NFC", repr(panel_of(given, family, text))).casefold()
        assert not [part for part in parts if part in held], (given, family)
    for given, family, text, expected in SAID_OF_OTHERS:
        panel = panel_of(given, family, text)
        assert panel.actions is not None
        assert panel.rag is not None
        assert panel.actions[0].text == expected
        assert (panel.rag.rag, panel.rag.review_clock) == ("GREEN", "due in one day"), family


def test_a_kind_of_line_that_nobody_listed_gives_nothing_of_itself() -> None:
    assert for_agency(CALLUM_FULL).disclosures is None


def test_the_full_copy_is_everything() -> None:
    full = redact_for_audience(CALLUM_FULL, Audience.FULL)
    assert replace(full, about=CALLUM_FULL.about) == CALLUM_FULL


@pytest.mark.parametrize("audience", [Audience.PARTICIPANT, Audience.PARENT])
def test_a_plain_copy_is_never_made_of_a_summary(audience: Audience) -> None:
    with pytest.raises(Refused, match="cannot be printed"):
        redact_for_audience(CALLUM_FULL, audience)


def test_what_says_nothing_of_its_source_is_taken_for_intelligence() -> None:
    summary = CaseSummary(
        why_on=(facts.ProgrammeReason(text="unsaid"),),
        concerns=(facts.ConcernLine(label="unsaid"),),
        triggers=(facts.TriggerLine(label="unsaid"),),
        notes=(facts.NoteLine(text="unsaid", agency=PROBATION),),
        changes=(facts.ChangeLine(text="unsaid"),),
        to_decide=(ToDecideLine(text="unsaid"),),
    )
    given = for_agency(summary)
    assert (given.why_on, given.concerns, given.triggers) == ((), (), ())
    assert (given.notes, given.changes, given.to_decide) == ((), (), ())


def _kinds() -> list[type]:
    return [kind for kind in vars(facts).values() if isinstance(kind, type) and is_dataclass(kind)]


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
    "a decision to be made on intelligence": replace(EMPTY, to_decide=(ToDecideLine(text="Secret", part=Part.ALERTS),)),
    "another agency's note": replace(EMPTY, notes=(facts.NoteLine(text="Secret", police_only=False, agency="HMP"),)),
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
    assert printed(for_agency(whole)) == printed(for_agency(EMPTY))
    assert printed(whole) != printed(EMPTY)  # the control: the police copy has it


def test_every_kind_of_row_that_is_filtered_is_among_them() -> None:
    filtered = {kind.__name__ for kind in _kinds() if allow_list_of(for_agency(EMPTY).about).withholds_rows(kind)} - {
        "PersonDetail"
    }
    tried = " ".join(repr(whole) for whole in WITHHELD_FROM_PARTNERS.values())
    assert {name for name in filtered if f"{name}(" not in tried} == set()


def test_none_recorded_is_said_only_of_what_the_reader_may_have_in_whole() -> None:
    text = text_of(for_agency(EMPTY))
    none, withheld = text.index("None recorded: "), text.index("Only in part, ")
    said, not_said = text[none:withheld], text[withheld:]
    for name in ("Concerns", "Alerts", "Reason for selection", "Recorded offences", "Notes: facts and assessments"):
        assert name not in said
        assert name in not_said
    for name in ("Risk scores", "Pathways", "Last contacts", "Support offers", "Safeguarding", "Open actions"):
        assert name in said
        assert name not in not_said
    prison = text_of(for_agency(CALLUM_FULL, "HMP"))
    in_part, absent = prison[prison.index("Only in part, ") :].split("Not on this copy")
    for name in ("Last contacts", "Open actions", "Responsible", "Alerts", "Concerns", "Enforcement to date"):
        has_some = name in {"Last contacts", "Open actions", "Responsible"}
        assert (name in in_part, name in absent) == (has_some, not has_some), name
    assert not any(words in text_of(EMPTY) for words in ("Only in part", "Not on this copy"))


def test_what_is_not_shared_is_said_by_the_list_alone_and_never_by_what_there_is() -> None:
    for agency in (PROBATION, YJS, "HMP", "JOBCENTRE", "CPS", ""):
        for whole in (CALLUM_FULL, JAYDEN_FULL):
            bare = replace(EMPTY, programme=whole.programme)
            lines = [text_of(for_agency(each, agency)) for each in (whole, bare)]
            one, other = (re.findall(r"(?:Only in part|Not on this copy), [^.]*", each) for each in lines)
            assert one == other != [], agency


def test_no_partner_of_phoenix_is_told_that_there_is_no_offer_or_contact_or_rating() -> None:
    for agency in (PROBATION, YJS, "INGEUS", "LEICESTERSHIRE_CARES"):
        text = text_of(for_agency(replace(EMPTY, programme=JAYDEN_FULL.programme), agency))
        none = text[text.find("None recorded") : text.index("Only in part, ")] if "None recorded" in text else ""
        for name in ("Support offers", "Last contacts", "Engagement", "Alerts", "Open actions", "Enforcement"):
            assert name not in none, (agency, name)


def test_every_audience_is_offered_and_the_full_copy_only_to_who_may_read_intelligence() -> None:
    offered = available_audiences(sees_intelligence=True)
    assert set(offered) == {each for each in Audience if each.is_available} > {Audience.FULL}
    assert set(offered) - set(available_audiences(sees_intelligence=False)) == {Audience.FULL}
    assert all(each.label and len(each.key) == 1 for each in Audience)
    assert len({each.key for each in Audience}) == len(Audience)
