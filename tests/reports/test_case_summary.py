"""The printed case summary, as another program reads it."""

import random
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ioms_desktop.domain.policy.decisions import NO_SANCTION_NOTICE, OFFER_STAYS_OPEN_NOTICE
from ioms_desktop.domain.printing.audiences import Audience
from ioms_desktop.domain.printing.print_facts import PrintFacts
from ioms_desktop.domain.printing.redaction import redact_for_audience
from ioms_desktop.domain.printing.summary import (
    WITHDRAWN_CLOCK,
    Basis,
    CaseSummary,
    ContactLine,
    Identity,
    NoteLine,
    PlanLine,
    TriggerLine,
)
from ioms_desktop.reports.case_summary.case_summary import render_case_summary
from ioms_desktop.reports.layout.pdf import REPLACED_CHARS_NOTE
from reports.reading import pages_of, printed, text_of
from reports.sample import CALLUM_FULL, JAYDEN_FULL


def told(summary: CaseSummary) -> CaseSummary:
    """Return a summary of somebody who has been told of the programme."""
    return replace(summary, about=replace(summary.about, told=True))


EVERYBODY = (
    CALLUM_FULL,
    JAYDEN_FULL,
    *(
        redact_for_audience(told(each), audience, agency)
        for each in (CALLUM_FULL, JAYDEN_FULL)
        for audience, agency in (
            (Audience.PARTNER, "HMPPS_PROBATION"),
            (Audience.PARTNER, ""),
            (Audience.PANEL, ""),
            (Audience.BOARD, ""),
        )
    ),
)
IN_ORDER = (
    "Callum HARKER",
    "To decide today",
    "Identity",
    "Responsible",
    "Statutory status",
    "Reason for selection",
    "RAG now",
    "Changes since the",
    "Timeline",
    "Risk scores",
    "Recorded offences, last",
    "Pathways",
    "Last contacts",
    "Concerns Date",
    "Alerts Raised",
    "Letters delivered When",
    "Last meeting",
    "Open actions",
    "Plan and review",
    "Disclosed to",
    "Notes: facts and",
    "What is not in this summary",
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


@pytest.mark.parametrize("summary", EVERYBODY)
def test_an_ordinary_case_takes_two_pages_or_three_where_everything_is_printed(summary: CaseSummary) -> None:
    assert len(pages_of(printed(summary))) <= (3 if summary.about.audience is Audience.FULL else 2)


def test_the_same_facts_give_the_same_bytes_and_another_time_gives_others() -> None:
    later = replace(CALLUM_FULL, about=replace(CALLUM_FULL.about, print_id="P-2611-00099"))
    assert printed(CALLUM_FULL) == printed(CALLUM_FULL)
    assert printed(CALLUM_FULL) != printed(later)


def test_the_text_reads_in_the_order_of_the_sections() -> None:
    text = text_of(CALLUM_FULL)
    places = [text.find(words) for words in IN_ORDER]
    assert -1 not in places
    assert places == sorted(places)


def test_empty_sections_are_named_in_one_line() -> None:
    empty = CaseSummary(
        safeguarding=(), scores=(), offending=(), pathways=(), contacts=(), offers=(), concerns=(), triggers=(),
        enforcement=(), why_on=(), changes=(), notes=(), disclosures=(), actions=(), to_decide=(),
    )  # fmt: skip
    text = text_of(empty)
    assert text.count("None recorded") == 1
    line = text[text.index("None recorded: ") :]
    for name in ("Safeguarding", "Risk scores", "Pathways", "Last contacts", "Support offers", "Disclosed to"):
        assert name in line
    assert "To decide today Nothing is late and nothing waits for a decision." in text


def test_a_section_that_is_not_for_the_reader_is_only_named_as_not_shared() -> None:
    text = text_of(redact_for_audience(told(CALLUM_FULL), Audience.PARTNER, "HMPPS_PROBATION"))
    assert text.count("Concerns") > text.count("Disclosed to") == 0, "nobody else is told what the office alone has"
    assert text.index("Only in part, ") < text.rindex("Concerns")
    assert not any(words in text_of(CALLUM_FULL) for words in ("Only in part", "Not on this copy"))


@pytest.mark.parametrize("summary", [*EVERYBODY, CaseSummary(as_of=date(2026, 11, 25))])
def test_that_the_offer_remains_open_is_said_once_and_beside_what_mentions_enforcement(summary: CaseSummary) -> None:
    text = text_of(summary)
    assert text.count("offer of support remains open") == 1
    assert f"{OFFER_STAYS_OPEN_NOTICE} {NO_SANCTION_NOTICE}" in text
    if summary.enforcement:
        section = text[text.index("Enforcement to date Decided") :]
        assert section.index(OFFER_STAYS_OPEN_NOTICE) < section.index("Last meeting" if summary.meeting else "Open")


def test_what_is_to_be_decided_stands_first_with_how_late_it_is() -> None:
    pages = pages_of(printed(CALLUM_FULL))
    first = pages[0][pages[0].index("To decide today") :]
    assert "41 days late Decision Serious concern: alert of 13 Oct 2026, no decision yet 15 Oct 2026" in first
    assert first.index("Serious concern") < first.index("Identity")
    assert "The review was due on 24 Nov 2026 and is 1 day late" in text_of(OVERDUE)
    assert "Next review 24 Nov" not in text_of(replace(OVERDUE, rag=None))
    assert "To decide on 25 Nov 2026" in text_of(
        replace(CALLUM_FULL, about=replace(CALLUM_FULL.about, printed_at=None))
    )


OVERDUE = replace(CALLUM_FULL, plan=PlanLine(review_on=date(2026, 11, 24), review_clock="1 day late"))


@pytest.mark.parametrize("audience", [Audience.FULL, Audience.PARTNER])
def test_somebody_unlawfully_at_large_is_said_to_be_wanted_before_all_else(audience: Audience) -> None:
    assert CALLUM_FULL.statutory is not None
    gone = replace(CALLUM_FULL, statutory=replace(CALLUM_FULL.statutory, wanted_since=date(2026, 10, 14)))
    text = text_of(redact_for_audience(gone, audience, "HMPPS_PROBATION"))
    line = "WANTED: unlawfully at large since 14 Oct 2026"
    assert line in text
    assert text.index(line) < text.index(CALLUM_FULL.identity.name, text.index(line))
    assert text.index(line) < text.index("Statutory status")
    found = replace(CALLUM_FULL, statutory=replace(CALLUM_FULL.statutory, wanted_since=None))
    assert "WANTED" not in text_of(redact_for_audience(found, audience, "HMPPS_PROBATION")), "the control"


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


def test_many_alerts_of_a_rule_that_were_withdrawn_share_a_row_with_the_day_of_each() -> None:
    gone = [
        TriggerLine(
            label="Lost contact", raised_on=date(2026, month, 5), explanation="No contact.", clock=WITHDRAWN_CLOCK
        )
        for month in range(1, 4)
    ]
    still = TriggerLine(label="Lost contact", raised_on=date(2026, 5, 5), explanation="It is open.", clock="open")
    one_by_one = text_of(replace(CALLUM_FULL, triggers=(*gone[:2], still)))
    assert one_by_one.count("No contact.") == 2
    text = " ".join(text_of(replace(CALLUM_FULL, triggers=(*gone, still))).split())
    assert "Three alerts Lost contact, raised on 5 Jan 2026, 5 Feb 2026 and 5 Mar 2026. Each was withdrawn" in text
    assert "because of what was recorded, corrected or deleted later." in text, "whichever it was of each"
    assert ("No contact." in text, "5 May 2026 It is open." in text) == (False, True)


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
    pages = pages_of(printed(replace(CALLUM_FULL, notes=(note,))))
    text = " ".join(pages)
    assert "Ahmed \ufffd\ufffd أحمد 王 \ufffd Zoë Łukasz 👍🏽 end" in text
    assert text.count(REPLACED_CHARS_NOTE) == len(pages)
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
