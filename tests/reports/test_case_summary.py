"""The printed case summary, as another program reads it."""

import random
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ioms_desktop.domain.printing.audiences import Audience
from ioms_desktop.domain.printing.redaction import redact_for_audience
from ioms_desktop.domain.printing.summary import (
    NO_SANCTION_NOTICE,
    OFFER_STAYS_OPEN_NOTICE,
    Basis,
    CaseSummary,
    ContactLine,
    Identity,
    NoteLine,
    PrintFacts,
    TriggerLine,
)
from ioms_desktop.reports.case_summary.case_summary import render_case_summary
from ioms_desktop.reports.layout.pdf import REPLACED_CHARS_NOTE
from reports.reading import pages_of, printed, text_of
from reports.sample import CALLUM_FULL, JAYDEN_FULL

EVERYBODY = (
    CALLUM_FULL,
    JAYDEN_FULL,
    redact_for_audience(CALLUM_FULL, Audience.PARTNER),
    redact_for_audience(JAYDEN_FULL, Audience.PARTNER),
)
IN_ORDER = (
    "Callum HARKER",
    "Identity",
    "Responsible",
    "Statutory status",
    "RAG now",
    "Timeline",
    "Reason for selection",
    "Risk scores",
    "Safeguarding",
    "Recorded offences, last",
    "Pathways",
    "Last contacts",
    "Support offers None",
    "Concerns Date",
    "Alerts Raised",
    "Enforcement to",
    "Last meeting and",
    "Plan and review",
    "Changed since the",
    "Notes: facts and",
    "Disclosed to",
)


@pytest.mark.parametrize("summary", EVERYBODY)
def test_every_page_carries_its_marking_twice_its_number_its_copy_and_who_printed_it(summary: CaseSummary) -> None:
    summary = replace(summary, about=replace(summary.about, copy_number=2, copies=3))
    pages = pages_of(printed(summary))
    for number, page in enumerate(pages, 1):
        assert page.count("OFFICIAL-SENSITIVE - PERSONAL DATA") == 2
        assert f"Page {number} of {len(pages)}" in page
        assert "copy 2 of 3" in page
        assert "Printed by PC 4411 ADEYEMI (officer), 25 Nov 2026, 09:30" in page
        assert "Reason: Case conference" in page
        assert summary.about.print_id in page
        assert OFFER_STAYS_OPEN_NOTICE in page


@pytest.mark.parametrize("summary", EVERYBODY)
def test_an_ordinary_case_takes_one_or_two_pages(summary: CaseSummary) -> None:
    assert len(pages_of(printed(summary))) <= 2


def test_the_same_facts_give_the_same_bytes_and_another_time_gives_others() -> None:
    later = replace(CALLUM_FULL, about=replace(CALLUM_FULL.about, print_id="P-2611-00099"))
    assert printed(CALLUM_FULL) == printed(CALLUM_FULL)
    assert printed(CALLUM_FULL) != printed(later)


def test_the_text_reads_in_the_order_of_the_sections() -> None:
    text = text_of(CALLUM_FULL)
    places = [text.find(words) for words in IN_ORDER]
    assert -1 not in places
    assert places == sorted(places)


def test_an_empty_section_says_none_recorded() -> None:
    empty = CaseSummary(
        safeguarding=(), scores=(), offending=(), pathways=(), contacts=(), offers=(), concerns=(), triggers=(),
        enforcement=(), why_on=(), changes=(), notes=(), disclosures=(), actions=(),
    )  # fmt: skip
    text = text_of(empty)
    assert text.count("None recorded") >= 14
    for name in ("Safeguarding", "Risk scores", "Pathways", "Last contacts", "Support offers", "Disclosed to"):
        assert f"{name} None recorded" in text


def test_a_section_that_is_not_for_the_reader_is_not_there() -> None:
    text = text_of(redact_for_audience(CALLUM_FULL, Audience.PARTNER))
    assert "Disclosed to" not in text


@pytest.mark.parametrize("section", ["Alerts", "Enforcement to date"])
def test_wherever_enforcement_is_mentioned_the_offer_stands_beside_it(section: str) -> None:
    text = text_of(JAYDEN_FULL)
    after = text[text.index(f"{section} ", text.index("Pathways")) :]
    assert f"{OFFER_STAYS_OPEN_NOTICE} {NO_SANCTION_NOTICE}" in after


@pytest.mark.parametrize("audience", [Audience.FULL, Audience.PARTNER])
def test_somebody_unlawfully_at_large_is_said_to_be_wanted_before_all_else(audience: Audience) -> None:
    assert CALLUM_FULL.statutory is not None
    gone = replace(CALLUM_FULL, statutory=replace(CALLUM_FULL.statutory, wanted_since=date(2026, 10, 14)))
    text = text_of(redact_for_audience(gone, audience))
    line = "WANTED: unlawfully at large since 14 Oct 2026"
    assert line in text
    assert text.index(line) < text.index(CALLUM_FULL.identity.name, text.index(line))
    assert text.index(line) < text.index("Statutory status")
    found = replace(CALLUM_FULL, statutory=replace(CALLUM_FULL.statutory, wanted_since=None))
    assert "WANTED" not in text_of(redact_for_audience(found, audience)), "the control"


def test_the_rag_is_printed_in_words_with_its_reason() -> None:
    text = text_of(CALLUM_FULL)
    assert "BLUE since 20 Oct 2026, set by PC 4411 ADEYEMI. Returned to custody on recall" in text


def test_facts_and_opinions_stand_apart_in_the_notes() -> None:
    text = text_of(CALLUM_FULL)
    fact, opinion = text.index("Signed the treatment agreement"), text.index("I think a place outside")
    assert text.index("Facts 11 Nov") < fact < text.index("Assessment: the writer's opinion") < opinion


def test_a_child_is_a_participant_with_restricted_identity_and_an_appropriate_adult() -> None:
    child = replace(JAYDEN_FULL, identity=replace(JAYDEN_FULL.identity, age=17, child=True))
    pages = pages_of(printed(child))
    assert all("Identity restricted" in page for page in pages)
    assert "Participant, born 28 Oct 2008, aged 17" in pages[0]
    assert "ask first: Kim MARLOW (mother)" in pages[0]
    assert not any(word in " ".join(pages) for word in ("Nominal", "Offender ", "offender "))


def test_a_note_of_a_hundred_thousand_letters_goes_on_over_pages_and_nothing_is_lost() -> None:
    words = [f"word{number}" for number in range(12_000)]
    note = NoteLine(author="N. OKORO", basis=Basis.FACT, text=" ".join(words)[:100_000], police_only=False)
    pages = pages_of(printed(replace(JAYDEN_FULL, notes=(note,))))
    found = set(" ".join(pages).split())
    assert len(pages) > 10
    assert all("Notes: facts and" in page for page in pages[2:])
    assert [word for word in note.text.split() if word not in found] == []


def test_many_facts_break_no_page() -> None:
    picker = random.Random(1)  # noqa: S311 - test data
    contacts = tuple(
        ContactLine(contact_type="Home visit " * picker.randrange(1, 40), outcome="Seen", worker=f"Worker {number}")
        for number in range(300)
    )
    triggers = tuple(TriggerLine(explanation="A long sentence. " * 30, clock="open") for _ in range(40))
    text = text_of(replace(CALLUM_FULL, contacts=contacts, triggers=triggers))
    assert all(f"Worker {number}" in text for number in range(300))


def test_markup_is_printed_as_it_was_written() -> None:
    note = NoteLine(text="<b>5 < 6 & 7 > 6</b> &amp; (a) \\ <para>", basis=Basis.FACT)
    assert "<b>5 < 6 & 7 > 6</b> &amp; (a) \\ <para>" in text_of(replace(CALLUM_FULL, notes=(note,)))


def test_letters_that_no_typeface_has_are_shown_as_missing_one_for_one() -> None:
    note = NoteLine(text="Ahmed 𒀀𒁀 أحمد 王 𓀀 Zoë Łukasz 👍🏽 end", basis=Basis.FACT)
    text = text_of(replace(CALLUM_FULL, notes=(note,)))
    assert "Ahmed \ufffd\ufffd أحمد 王 \ufffd Zoë Łukasz 👍🏽 end" in text
    assert text.count(REPLACED_CHARS_NOTE) == len(pages_of(printed(CALLUM_FULL)))
    assert REPLACED_CHARS_NOTE not in text_of(CALLUM_FULL)


@settings(max_examples=40, suppress_health_check=[HealthCheck.too_slow])
@given(st.text(max_size=400), st.text(max_size=60))
def test_no_text_whatever_breaks_the_page(note: str, name: str) -> None:
    summary = CaseSummary(
        about=PrintFacts(printed_by=name, reason=note, recipient=name, print_id=name),
        identity=Identity(family_name=name, given_names=note, address=note, warning_markers=(note, name)),
        notes=(NoteLine(text=note, author=name),),
        contacts=(ContactLine(contact_type=note, outcome=name, worker=note),),
        as_of=date(2026, 11, 25),
    )
    assert all("OFFICIAL-SENSITIVE" in page for page in pages_of(printed(summary)))


def test_words_of_the_picture_may_hold_any_letter_and_line_ends() -> None:
    timeline = CALLUM_FULL.timeline
    assert timeline is not None
    spells = (*timeline.custody[:1], replace(timeline.custody[1], label="Held\nat أحمد 王"))
    text = text_of(replace(CALLUM_FULL, timeline=replace(timeline, custody=spells)))
    assert "Held at أحمد 王" in text


def test_it_is_written_to_a_file_by_its_path(tmp_path: Path) -> None:
    render_case_summary(CALLUM_FULL, tmp_path / "summary.pdf")
    assert (tmp_path / "summary.pdf").read_bytes() == printed(CALLUM_FULL)


def test_a_folder_that_is_not_there_is_refused_by_the_system(tmp_path: Path) -> None:
    with pytest.raises(OSError, match="No such file"):
        render_case_summary(CALLUM_FULL, tmp_path / "missing" / "summary.pdf")
