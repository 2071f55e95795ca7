"""What people wrote in their own words leaves once it was reviewed, and what was removed is nowhere in the file."""

import re
from collections.abc import Iterator
from dataclasses import fields, replace
from datetime import timedelta
from io import BytesIO
from typing import Any

import pikepdf
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ioms_desktop.domain.access.roles import Role
from ioms_desktop.domain.dates.day_time import DayTime
from ioms_desktop.domain.errors import ConflictingValues, NotPossibleNow, OutOfRange
from ioms_desktop.domain.printing.agency_lists import LIST_BY_AGENCY
from ioms_desktop.domain.printing.audiences import Audience
from ioms_desktop.domain.printing.packs.paper_kinds import OfficePaper
from ioms_desktop.domain.printing.print_facts import PrintFacts
from ioms_desktop.domain.printing.texts.marks import REMOVED, TextReview, TextsState, joined_spans, without_spans
from ioms_desktop.domain.printing.texts.printed import OWN_WORDS
from ioms_desktop.domain.records.appointments import Appointment
from ioms_desktop.domain.records.cases import Action, Case, Notification
from ioms_desktop.domain.records.concerns_and_decisions import Concern, Decision, Proposal
from ioms_desktop.domain.records.engagement import Contact, Offer, Rating
from ioms_desktop.domain.records.network.associates import Associate
from ioms_desktop.domain.records.people import CustodySpell, Offence, Order, Person
from ioms_desktop.domain.records.record import Record
from ioms_desktop.domain.records.workers.case_workers import CaseWorker
from ioms_desktop.domain.text_format import pluralise
from ioms_desktop.services.cases.cases import CaseView, open_case
from ioms_desktop.services.printing.drawing import draw_summary
from ioms_desktop.services.printing.packs.office_paper import print_office_paper
from ioms_desktop.services.printing.papers import list_papers
from ioms_desktop.services.printing.summaries import preview_summary
from ioms_desktop.services.printing.summary_facts import gather_for_reader
from ioms_desktop.services.printing.text_review import TextToReview, list_texts_to_review
from ioms_desktop.services.printing.texts.copy_texts import CopyTexts
from ioms_desktop.services.printing.texts.decided import NotReviewed, ReviewForReader
from ioms_desktop.services.session import Session
from ioms_desktop.storage.printing.papers import PaperEntry, papers_of_cases, register_paper
from ioms_desktop.storage.store import Store
from keys import opened
from paper_prints import printed_as_it_is
from plain_samples import sample_record
from reports.reading import pages_of
from services.access_bureau import Bureau
from sessions import TODAY, Clock, fill, session_of

CASE, PROBATION, REASON = "IOM-1", "HMPPS_PROBATION", "CASE_CONFERENCE"
RARE = "ḁḃḅḇḉḋḍḏḑḓḕḗḙḛḝḟ"
"""Letters that no page has: if one is found in a file, it came from a text."""
DAY = TODAY - timedelta(days=3)


def written(letter: str) -> str:
    """Return a text with what is to be removed from it: a letter that stands nowhere else, in a name."""
    return f"He said Kim {letter * 4}son would be at the flat with Ade Okafor, a friend, OK, Callum"


TEXTS: dict[tuple[type[Record], str], str] = {
    (Contact, "note"): written(RARE[0]),
    (Action, "text"): written(RARE[1]),
    (Order, "conditions"): written(RARE[2]),
    (Decision, "told_participant"): written(RARE[3]),
    (Offence, "offence"): written(RARE[4]),
    (Offence, "outcome"): written(RARE[5]),
    (Person, "communication_needs"): written(RARE[6]),
    (Person, "warning_markers"): written(RARE[7]).replace(";", ","),
}
RECORDS: tuple[Record, ...] = (
    Associate(
        associate_ref="AS-9", person_ref="P-CH", name="Kim Oldroyd", kind="ASSOCIATE", basis="FACT", source="School"
    ),
    Contact(
        contact_ref="K-9", case_ref=CASE, occurred_at=DayTime(DAY), planned=True, contact_type="OFFICE", outcome="SEEN",
        agency=PROBATION, worker="J. SHAH", note=TEXTS[Contact, "note"],
    ),
    Action(action_ref="A-9", case_ref=CASE, text=TEXTS[Action, "text"], owner="L. HOLT", due_on=DAY),
    Order(
        order_ref="O-9", person_ref="P-CH", order_type="LICENCE", made_on=DAY, ends_on=TODAY + timedelta(days=90),
        conditions=TEXTS[Order, "conditions"],
    ),
    Decision(
        decision_ref="D-9", case_ref=CASE, rule="missed_contacts", decided_on=DAY, decision="HOLD", reason="x",
        proposed_by="holt", told_participant=TEXTS[Decision, "told_participant"],
    ),
    Offence(
        person_ref="P-CH", offence_on=DAY, offence_group="THEFT", role="SUSPECT", offence=TEXTS[Offence, "offence"],
        outcome=TEXTS[Offence, "outcome"],
    ),
)  # fmt: skip


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def wright(store: Store, clock: Clock) -> Session:
    return furnished(store, clock)


@pytest.fixture
def at_file(local_location: str, clock: Clock) -> Iterator[Session]:
    """The same in a file alone, for what is gathered in the same way from either."""
    store = opened(local_location)
    yield furnished(store, clock)
    store.close()


def furnished(store: Store, clock: Clock) -> Session:
    fill(store)
    session = session_of(store, "wright", Role.SUPERVISOR, clock)
    with store.begin(session.command_context()) as tx:
        for record in RECORDS:
            tx.add(record)
        needs, markers = (TEXTS[Person, name] for name in OWN_WORDS[Person])
        tx.save(replace(tx.get(Person, "P-CH"), communication_needs=needs, warning_markers=markers))
    return session


def asked(audience: Audience, **more: Any) -> dict[str, Any]:  # noqa: ANN401 - passed on
    agency = PROBATION if audience is Audience.PARTNER else ""
    return {"audience": audience, "agency": agency, "reason_code": REASON, **more}


def reviewed(found: tuple[TextToReview, ...], audience: Audience, *, remove: bool = True) -> ReviewForReader:
    """Return a review in which what is rare is removed from every text, or nothing."""
    marks = {
        each: tuple(part.span() for part in re.finditer(f"[{RARE}]+son", text.text)) if remove else ()
        for text in found
        for each in text.ids
    }
    return ReviewForReader(audience=audience, agency=PROBATION if audience is Audience.PARTNER else "", marks=marks)


def told_by(pdf: bytes) -> set[str]:
    """Return every character that a file tells in any way: pages, streams, strings, metadata and maps of fonts."""
    found = set("".join(pages_of(pdf)))
    with pikepdf.open(BytesIO(pdf)) as opened:
        for each in opened.objects:
            found |= set(_said(each))
    return found


def _said(item: Any) -> Iterator[str]:  # noqa: ANN401 - whatever is in a PDF
    if isinstance(item, pikepdf.Stream):
        content = item.read_bytes()
        yield from content.decode("utf-8", "ignore")
        for number in re.findall(rb"<([0-9A-Fa-f]{4,})>", content):
            yield from bytes.fromhex(number.decode() if len(number) % 2 == 0 else "").decode("utf-16-be", "ignore")
        yield from _said(pikepdf.Dictionary(dict(item.items())))
    elif isinstance(item, pikepdf.String):
        yield from str(item)
        yield from bytes(item).decode("utf-16-be", "ignore")
    elif isinstance(item, pikepdf.Dictionary):
        for each in dict(item.items()).values():
            yield from () if getattr(each, "is_indirect", False) else _said(each)
    elif isinstance(item, pikepdf.Array):
        for each in item:
            yield from () if getattr(each, "is_indirect", False) else _said(each)


@pytest.mark.parametrize("audience", [each for each in Audience if not each.shows_intelligence])
def test_what_was_removed_is_nowhere_in_the_file_and_no_copy_leaves_without_a_review(
    wright: Session, audience: Audience
) -> None:
    if audience is Audience.PARENT:  # of an adult there is no such copy
        return
    found = list_texts_to_review(wright, [CASE], **asked(audience))
    carried = {letter for letter in RARE if any(letter in each.text for each in found)}
    assert bool(carried) is (audience in {Audience.PARTNER, Audience.PANEL}), carried
    if not carried:
        printed_as_it_is(wright, CASE, **asked(audience))
        return
    with pytest.raises(NotReviewed):
        printed_as_it_is(wright, CASE, **asked(audience))
    seen = preview_summary(wright, CASE, **asked(audience))
    assert not set(RARE) & (told_by(seen.pdf) | set(seen.html)), "nor on pages that are looked at, nor in their text"
    seen = preview_summary(wright, CASE, **asked(audience, review=reviewed(found, audience, remove=False)))
    assert set(RARE) & set(seen.html) == carried, "the control"
    seen = preview_summary(wright, CASE, **asked(audience, review=reviewed(found, audience)))
    assert (set(RARE) & set(seen.html), seen.html.count(REMOVED) >= len(found)) == (set(), True)
    assert list_papers(wright) == []
    control = printed_as_it_is(wright, CASE, **asked(audience, review=reviewed(found, audience, remove=False)))
    assert set(RARE) & told_by(control) == carried, "the control: every text is on the copy"
    removed = printed_as_it_is(wright, CASE, **asked(audience, review=reviewed(found, audience)))
    assert not set(RARE) & told_by(removed)
    words = " ".join(pages_of(removed))
    assert words.count(REMOVED) >= len(found)
    assert "would be at the flat" in words
    left_out = printed_as_it_is(wright, CASE, **asked(audience, without_texts=True))
    assert not set(RARE) & told_by(left_out)
    assert "would be at the flat" not in " ".join(pages_of(left_out))


def test_what_was_removed_is_on_record_without_its_words_and_offered_again_until_the_text_changes(
    wright: Session, clock: Clock
) -> None:
    wanted = asked(Audience.PARTNER)
    found = list_texts_to_review(wright, [CASE], **wanted)
    assert {each.earlier for each in found} == {None}
    for each in found:
        names = [each.text[first:end] for first, end in each.suggested]
        assert names == ["Kim", "Ade Okafor"], "of the network and of another case, and not his own"
    printed_as_it_is(wright, CASE, **wanted, review=reviewed(found, Audience.PARTNER))
    with wright.store.read() as reading:
        (paper,) = papers_of_cases(reading, [CASE])
    assert paper.detail["texts"] == TextsState.REVIEWED
    assert {each["text"] for each in paper.detail["removed"]} == {each for text in found for each in text.ids}
    assert not set(RARE) & set(repr(paper.detail))
    assert "Kim" not in repr(paper.detail)
    (row,) = list_papers(wright)
    assert f"words removed from {pluralise(len(found), 'text')}" in row.what
    clock.now += timedelta(hours=1)
    again = list_texts_to_review(wright, [CASE], **wanted)
    assert all(each.earlier and without_spans(each.text, each.earlier).count(REMOVED) == 1 for each in again)
    clock.now += timedelta(hours=1)
    sheet = list_texts_to_review(wright, [CASE], OfficePaper.ACTION_SHEET, **wanted)
    assert {each.what for each in sheet} == {"Action, what"}
    kept = reviewed(sheet, Audience.PARTNER, remove=False)
    print_office_paper(wright, OfficePaper.ACTION_SHEET, [CASE], **wanted, review=kept)
    after = {each.what: each.earlier is not None for each in list_texts_to_review(wright, [CASE], **wanted)}
    assert after.pop("Action, what") is False, "the latest copy that has it has all of it"
    assert set(after.values()) == {True}, "the others are on no action sheet"
    for other in (asked(Audience.PANEL), asked(Audience.PARTNER, agency="HMP")):
        assert {each.earlier for each in list_texts_to_review(wright, [CASE], **other)} == {None}, "another reader"
    with wright.store.begin(wright.command_context()) as tx:
        note = tx.get(Contact, "K-9")
        tx.save(replace(note, note=f"{note.note}!"))
    later = {each.what: each for each in list_texts_to_review(wright, [CASE], **wanted)}
    assert later["Contact, note"].earlier is None
    old = reviewed(found, Audience.PARTNER)
    with pytest.raises(NotReviewed):
        printed_as_it_is(wright, CASE, **wanted, review=old)
    for wrong in (replace(old, audience=Audience.PANEL), replace(old, agency="HMP")):
        with pytest.raises(ConflictingValues):
            printed_as_it_is(wright, CASE, **wanted, review=wrong)
    with pytest.raises(ConflictingValues):
        printed_as_it_is(wright, CASE, **asked(Audience.FULL), without_texts=True)
    far = replace(old, marks={each: ((0, 9999),) for text in later.values() for each in text.ids})
    with pytest.raises(OutOfRange):
        printed_as_it_is(wright, CASE, **wanted, review=far)


def test_whoever_prints_next_is_offered_what_a_colleague_removed(bureau: Bureau) -> None:
    officer, supervisor = bureau.session("officer"), bureau.session("supervisor")
    with officer.store.begin(officer.command_context()) as tx:
        tx.open_case(CASE, "CASE_WORK", "test")
        for record in RECORDS[1:3]:
            tx.add(record)
    wanted = asked(Audience.PARTNER)
    found = list_texts_to_review(officer, [CASE], **wanted)
    assert {each.what for each in found} == {"Contact, note", "Action, what"}
    with pytest.raises(NotReviewed):
        printed_as_it_is(officer, CASE, **wanted)
    printed_as_it_is(officer, CASE, **wanted, review=reviewed(found, Audience.PARTNER))
    again = list_texts_to_review(supervisor, [CASE], **wanted)
    assert [each.earlier is not None for each in again] == [True, True]
    assert "words removed from two texts" in list_papers(supervisor)[0].what


def test_a_file_takes_no_paper_for_a_reader_outside_whose_texts_nobody_reviewed(wright: Session) -> None:
    with wright.store.begin(wright.command_context()) as tx:
        if tx.server_enforces_access:
            return  # see test_papers.py
        case = tx.get(Case, CASE)
        entry = PaperEntry(case=case, print_id="P-1", audience="partner", copy="1 of 1", digest="0" * 64)
        for said in ({}, {"texts": "PENDING"}):
            with pytest.raises(NotPossibleNow):
                register_paper(tx, replace(entry, more=said))
        register_paper(tx, replace(entry, more={"texts": "NONE"}))  # the control


def test_every_column_of_own_words_that_reaches_a_reader_outside_is_reviewed(at_file: Session) -> None:
    """Fill every column of free text with a word of its own, and look for what is on a copy without having been one."""
    view = open_case(at_file, CASE)
    named: dict[str, tuple[type[Record], str]] = {}

    def filled(item: Any) -> Any:  # noqa: ANN401 - of whatever type a field of the view has
        if type(item) is tuple:  # a named one is of what the rules read
            return tuple(filled(each) for each in item)
        if isinstance(item, dict):
            return {key: filled(each) for key, each in item.items()}
        if not isinstance(item, Record):
            return item
        words: dict[str, Any] = {}
        for name in type(item).rights.free_text:
            word = words[name] = f"zq{len(named)}qz"
            named[word] = (type(item), name)
        return replace(item, **words)

    refs = {"case_ref": CASE, "person_ref": "P-CH"}
    plain = {
        kind: held or (sample_record(kind, at_file.lists, DAY, **refs),) for kind, held in view.plain_records.items()
    }
    by_rules = {
        "offers": Offer, "concerns": Concern, "notifications": Notification, "appointments": Appointment,
        "workers": CaseWorker, "custody": CustodySpell, "proposals": Proposal, "ratings": Rating,
    }  # fmt: skip
    lacking: dict[str, Any] = {
        name: (sample_record(kind, at_file.lists, DAY, **refs),)
        for name, kind in by_rules.items()
        if not getattr(view, name)
    }
    view = replace(view, plain_records=plain, **lacking)
    full = CaseView(**{each.name: filled(getattr(view, each.name)) for each in fields(view)})
    seen: set[tuple[type[Record], str]] = set()
    for audience, agency in [
        (Audience.PANEL, ""),
        (Audience.BOARD, ""),
        *((Audience.PARTNER, a) for a in LIST_BY_AGENCY),
    ]:
        with at_file.store.read() as reading:
            facts = gather_for_reader(at_file, reading, full, PrintFacts(audience=audience), agency)
        seen |= {named[word] for word in re.findall("zq[0-9]+qz", repr(facts))}
    declared = {(kind, name) for kind, names in OWN_WORDS.items() for name in names}
    assert not seen & declared, "nobody reviewed them"
    named_in_parts = {
        ("people", "address"),
        ("people", "parent_or_carer"),
        ("cases", "referred_by"),
        ("offers", "provider"),
    }
    assert {(kind.table, name) for kind, name in seen} <= named_in_parts, "declare it in OWN_WORDS, or say why not here"


PIECES = st.lists(
    st.tuples(st.text("abc de.,é", min_size=1, max_size=12), st.text(RARE + " ́", max_size=9)), min_size=1, max_size=4
)


@given(pieces=PIECES)
def test_no_letter_of_a_removed_span_is_left_and_each_mark_is_of_one_length(pieces: list[tuple[str, str]]) -> None:
    text, spans = "", []
    for kept, gone in pieces:
        text += f"x{kept}y"
        if gone.strip():
            spans.append((len(text), len(text) + len(gone)))
        text += gone if gone.strip() else ""
    left = without_spans(text, spans)
    assert not set(RARE) & set(left)
    assert left.count(REMOVED) == len(joined_spans(text, spans)) == len(spans)
    assert without_spans(text, ()) == text, "the control"


@settings(max_examples=6, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(pieces=PIECES)
def test_a_text_that_is_quoted_anywhere_is_quoted_without_what_was_removed(
    at_file: Session, pieces: list[tuple[str, str]]
) -> None:
    text = "".join(f"x{kept}y{gone.strip()}" for kept, gone in pieces) + f"x{RARE[0]}"
    spans = tuple(each.span() for each in re.finditer(f"[{RARE}\\s\u0301]*[{RARE}][{RARE}\\s\u0301]*", text))
    view = open_case(at_file, CASE)
    actions = tuple(replace(each, text=text) for each in view.actions)
    view = replace(view, contacts=tuple(replace(each, note=text) for each in view.contacts), actions=actions)
    for audience in (Audience.PARTNER, Audience.PANEL):
        told = []
        for marks in (spans, ()):
            probe = CopyTexts(view, at_file.lists, TextReview({}))
            about = PrintFacts(audience=audience)
            with at_file.store.read() as reading:
                gather_for_reader(at_file, reading, view, about, PROBATION, probe)
                every = {each.id: marks if each.text == text else () for each in probe.carried}
                texts = CopyTexts(view, at_file.lists, TextReview(every))
                told.append(gather_for_reader(at_file, reading, view, about, PROBATION, texts))
        rest = set(RARE[1:8])  # of the other texts, which keep theirs
        removed, control = (set(RARE) & told_by(draw_summary(each)) for each in told)
        assert RARE[0] in control
        assert removed <= rest & control
