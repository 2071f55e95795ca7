"""The copy for the person, and the copy for a parent or carer."""

from contextlib import nullcontext
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from ioms_desktop.domain.access.roles import Right, Role, may
from ioms_desktop.domain.errors import NotToldYet
from ioms_desktop.domain.letters.kinds import LetterKind
from ioms_desktop.domain.letters.reading_age import MAX_READING_AGE, reading_age
from ioms_desktop.domain.policy.decisions import NO_SANCTION_NOTICE
from ioms_desktop.domain.printing.audiences import Audience
from ioms_desktop.domain.printing.plain_copy import MEETING_WORDS, PlainCopy, all_sentences
from ioms_desktop.domain.printing.print_facts import PrintFacts
from ioms_desktop.domain.records.people import CustodySpell
from ioms_desktop.reports.plain_copy.plain_copy import NO_OFFER, NO_OFFER_TO_PARENTS, describe_plain_copy
from ioms_desktop.services.cases.cases import open_case
from ioms_desktop.services.letters.letters import WriteLetter, offered_letters, preview_letter
from ioms_desktop.services.printing.summaries import preview_summary
from ioms_desktop.services.printing.summary_plain import gather_plain_copy
from ioms_desktop.services.session import Session
from ioms_desktop.storage.store import Store
from paper_prints import printed_pdf
from reports.reading import pages_of
from services.exchange_session import decision, iom, person, phoenix, put, session_at, taken

AT = datetime(2026, 11, 28, 9, 0, tzinfo=UTC)
CHECKED = {"child_checks": "NRM=yes;YJS=yes;PARENT=no: not safe;DIVERSION=yes;COMMUNICATION=yes;GILLICK=yes"}
NAMES = ("Jayden", "OKORO", "Phoenix", "Information Commissioner", "November", "December", "Licence")


def caseload(folder: Path) -> None:
    """Write a child who was told of Phoenix, one who was not, and a nominal on licence."""
    born = "2011-03-01"
    people = [
        person("P1", date_of_birth=born),
        person("P2", date_of_birth=born),
        person("P3", date_of_birth="1994-02-14"),
    ]
    put(folder, "people", people)
    cases = [phoenix("C1", "P1"), phoenix("C2", "P2", status="ELIGIBLE", notified_on=""), iom("C3", "P3")]
    put(folder, "cases", cases)
    offer = {"case_ref": "C1", "offered_on": "2026-10-20"}
    offers = [
        {**offer, "offer_ref": "O1", "offer_type": "MENTORING", "response": "ACCEPTED", "responded_on": "2026-10-21"},
        {**offer, "offer_ref": "O2", "offer_type": "SUBSTANCE"},
        {**offer, "offer_ref": "O3", "offer_type": "CRISIS_RELOCATION"},
    ]
    put(folder, "offers", offers)
    told = {"told_participant": "in plain words", "actioned_on": "2026-11-03", **CHECKED}
    put(folder, "decisions", [decision("D1", "C1", **told)])
    secret = {"concern_type": "INTELLIGENCE", "source_grade": "1", "information_grade": "A", "handling": "P"}
    heard = {"case_ref": "C1", "occurred_on": "2026-11-20", "recorded_on": "2026-11-20", "summary": "carries a knife"}
    put(folder, "concerns", [{"concern_ref": "K1", **heard, **secret}])
    meeting = {"case_ref": "C1", "contact_type": "OFFICE", "worker": "N. OKORO", "location": "Harbour Road"}
    put(folder, "appointments", [{**meeting, "appointment_ref": "A1", "starts_at": "2026-12-01T16:30"}])
    order = {"order_ref": "L1", "person_ref": "P3", "order_type": "LICENCE", "made_on": "2026-09-10"}
    put(folder, "orders", [{**order, "conditions": "Not to contact Ann Other"}])
    worker = {"case_ref": "C1", "case_worker_ref": "W1", "worker_role": "NAVIGATOR", "worker": "N. OKORO"}
    put(folder, "case_workers", [{**worker, "phone": "0116 496 0000"}])


def copy_of(session: Session, ref: str, audience: Audience, as_of: date = date(2026, 11, 28)) -> PlainCopy:
    return gather_plain_copy(session, open_case(session, ref, as_of=as_of), PrintFacts(audience=audience))


def test_a_child_and_a_parent_are_told_each_what_they_may_know_and_at_a_reading_age_of_eleven(
    store: Store, tmp_path: Path
) -> None:
    caseload(tmp_path)
    taken(session_at(store, at=AT), tmp_path)
    session = session_at(store, at=AT)
    child, parent = (copy_of(session, "C1", each) for each in (Audience.PARTICIPANT, Audience.PARENT))
    nominal = copy_of(session, "C3", Audience.PARTICIPANT)
    for copy in (child, parent, nominal):
        said = all_sentences(copy)
        assert reading_age(" ".join(said), NAMES) <= MAX_READING_AGE
        assert said.count("The offer of support remains open.") == 1
        for secret in ("knife", "ntelligence", "alert", "Ann Other", "L1", "Harbour"):
            assert secret not in repr(copy)
    assert [line for line in child.offered if "drugs or drink" in line]
    assert len(parent.offered) == 1, "drugs and where to be safe are between the child and who helps"
    assert child.happened == ("On 3 November 2026 we gave you a spoken warning.",)
    assert parent.happened == (), "it was not safe to tell the parent"
    assert not [line for copy in (child, parent, nominal) for line in copy.upcoming if "warning" in line]
    assert "We meet you on 1 December 2026 at 16:30, with N. OKORO, at our office." in child.upcoming
    assert "We meet Jayden on 1 December 2026 at 16:30." in parent.upcoming
    assert [(each.name, each.phone) for each in parent.calls if each.phone] == [("N. OKORO", "0116 496 0000")]
    assert nominal.expected[0] == "You are on licence. You must keep the rules of the licence."


def test_everything_that_a_plain_copy_holds_is_on_its_page(store: Store, tmp_path: Path) -> None:
    caseload(tmp_path)
    taken(session_at(store, at=AT), tmp_path)
    session = session_at(store, at=AT)
    for audience in (Audience.PARTICIPANT, Audience.PARENT):
        copy = copy_of(session, "C1", audience)
        paper = printed_pdf(session, "C1", audience=audience, reason_code="CASE_WORK", printed_at=AT)
        text = " ".join(pages_of(paper))
        for sentence in (*all_sentences(copy), *(each.phone for each in copy.calls)):
            assert sentence in text
        assert paper == printed_pdf(session, "C1", audience=audience, reason_code="CASE_WORK", printed_at=AT)


@pytest.mark.parametrize("audience", [Audience.PARTICIPANT, Audience.PARENT])
def test_who_was_not_told_has_no_copy_and_neither_has_the_parent_of_an_adult(
    store: Store, tmp_path: Path, audience: Audience
) -> None:
    caseload(tmp_path)
    taken(session_at(store, at=AT), tmp_path)
    session = session_at(store, at=AT)
    with pytest.raises(NotToldYet, match="had not been told"):
        copy_of(session, "C2", audience)
    with pytest.raises(NotToldYet, match="had not been told"):
        copy_of(session, "C1", audience, date(2026, 9, 16))
    with pytest.raises(NotToldYet, match="an adult"):
        copy_of(session, "C3", Audience.PARENT)
    assert copy_of(session, "C1", audience).name == "Jayden", "the control"


def test_neither_a_copy_nor_a_letter_is_made_of_somebody_who_died_by_any_of_their_cases(
    store: Store, tmp_path: Path
) -> None:
    over, today = date(2026, 11, 20), AT.date()
    ended = {"closed_on": over.isoformat(), "close_reason": "DECEASED", "status": "WITHDRAWN"}
    put(tmp_path, "people", [person(f"P{number}", date_of_birth="2011-03-01") for number in range(1, 5)])
    cases = [
        phoenix("C1", "P1", **{**ended, "status": "DECEASED", "close_reason": ""}),
        phoenix("C2", "P2"),
        iom("C3", "P2", **{**ended, "status": "DESELECTED"}),
        phoenix("C4", "P3", **ended),
        phoenix("C6", "P4", **{**ended, "close_reason": "OTHER"}),
    ]
    put(tmp_path, "cases", cases)
    taken(session_at(store, at=AT - timedelta(days=2)), tmp_path)
    again = phoenix("C5", "P3", referred_on="2026-11-21", notified_on="2026-11-22")
    taken(session_at(store, at=AT - timedelta(days=1)), put(tmp_path / "again", "cases", [again]).parent)
    session = session_at(store, at=AT)
    last = WriteLetter(
        request="",
        case_ref="",
        kind=LetterKind.CLOSING,
        values={
            "name": "Jayden",
            "day": over.isoformat(),
            "om": "Sam Adeyemi",
            "phone": "0116 496 0000",
            "why": "It ended.",
        },
        address="1 High Street",
    )
    for ref, died, on in (
        ("C1", True, over),
        ("C2", True, today),
        ("C4", True, over),
        ("C5", False, today),
        ("C6", False, over),
    ):
        refused = pytest.raises(NotToldYet, match="the person died") if died else nullcontext()
        with refused:
            assert preview_letter(session, replace(last, case_ref=ref, dated_on=on)).pdf
        with refused:
            assert offered_letters(session, open_case(session, ref))
        for audience in (Audience.PARTICIPANT, Audience.PARENT):
            for day in (today, date(2026, 11, 23 if ref == "C5" else 1)):  # it is given out today, whatever its day
                with refused:
                    assert copy_of(session, ref, audience, day).name
    for ref, open_to_office, open_to_partner in (("C1", False, False), ("C2", False, True), ("C5", True, True)):
        for audience, is_open in ((Audience.FULL, open_to_office), (Audience.PARTNER, open_to_partner)):
            pdf = printed_pdf(session, ref, audience=audience, agency="HMPPS_PROBATION", reason_code="CASE_CONFERENCE")
            words = " ".join(pages_of(pdf))
            assert ("offer of support remains open" in words) is is_open, "or a death would be told"
            assert NO_SANCTION_NOTICE in words


def test_intelligence_changes_no_byte_of_a_persons_copy_whoever_prints_it(store: Store, tmp_path: Path) -> None:
    caseload(tmp_path)
    seen = {"case_ref": "C3", "recorded_on": "2026-11-25", "summary": "seen"}
    arrests = [
        {**seen, "concern_ref": f"K{number}", "concern_type": "ARREST", "occurred_on": on}
        for number, on in ((2, "2026-11-18"), (3, "2026-11-25"), (4, "2026-11-25"))
    ]
    put(tmp_path, "concerns", arrests)
    served = {"case_ref": "C3", "told_participant": "in plain words", **CHECKED}
    put(tmp_path, "decisions", [decision("D2", **{**served, "actioned_on": "2026-11-03"})])
    taken(session_at(store, at=AT), tmp_path)
    sessions = [session_at(store, role, at=AT) for role in (Role.SUPERVISOR, Role.COORDINATOR)]
    assert len({may(session.role, Right.READ_INTELLIGENCE) for session in sessions}) == 2

    def copies() -> list[PlainCopy]:
        return [copy_of(session, "C3", Audience.PARTICIPANT) for session in sessions]

    def paper() -> bytes:
        whom = Audience.PARTICIPANT
        return preview_summary(sessions[0], "C3", audience=whom, reason_code="CASE_WORK", printed_at=AT).pdf

    before, paper_before, raised = copies(), paper(), open_case(session_at(store, at=AT), "C3").triggers
    secret = {"concern_type": "INTELLIGENCE", "source_grade": "1", "information_grade": "A", "handling": "P"}
    put(tmp_path / "more", "concerns", [{**seen, "concern_ref": "K5", "occurred_on": "2026-11-20", **secret}])
    on_it = {**served, "decided_on": "2026-11-21", "actioned_on": "2026-11-22", "step": "L2"}
    put(tmp_path / "more", "decisions", [decision("D3", **{**on_it, "rule": "credible_intelligence"})])
    taken(session_at(store, at=AT), tmp_path / "more")
    assert len(open_case(session_at(store, at=AT), "C3").triggers) != len(raised), "the control: it raised an alert"
    assert copies() == before
    assert paper() == paper_before
    assert before == before[:1] * len(before)
    upcoming = before[0].upcoming
    assert before[0].happened == ("On 3 November 2026 we gave you a spoken warning.",)
    assert [line for line in upcoming if "two new worries" in line], "what they know of is said"
    assert len(set(upcoming)) == len(upcoming), "once"


def test_only_meetings_that_were_agreed_are_told_and_never_a_place_that_somebody_wrote(
    store: Store, tmp_path: Path
) -> None:
    caseload(tmp_path)
    taken(session_at(store, at=AT), tmp_path)
    session = session_at(store, at=AT)
    view = open_case(session, "C1", as_of=AT.date())
    told = {}
    for kind in session.lists.of("contact_type"):
        planned = replace(view.appointments[0], contact_type=kind.code, location="At mum's new flat")
        for audience in (Audience.PARTICIPANT, Audience.PARENT):
            copy = gather_plain_copy(session, replace(view, appointments=(planned,)), PrintFacts(audience=audience))
            told[kind.code, audience] = [line for line in copy.upcoming if line.startswith("We meet")]
            assert "flat" not in repr(copy)
    assert {code for (code, _), lines in told.items() if lines} == MEETING_WORDS.keys()
    assert not told["HOME_VISIT_UNANNOUNCED", Audience.PARTICIPANT]
    crowd = (planned, replace(view.appointments[0], contact_type="OFFICE"))
    copy = gather_plain_copy(session, replace(view, appointments=crowd * 3), PrintFacts(audience=Audience.PARTICIPANT))
    assert len([line for line in copy.upcoming if line.startswith("We meet")]) == 3, "those left out take no room"


def test_a_copy_says_nothing_untrue_of_help_of_orders_or_of_whom_to_call(store: Store, tmp_path: Path) -> None:
    caseload(tmp_path)
    taken(session_at(store, at=AT), tmp_path)
    session = session_at(store, at=AT)
    child, adult = (open_case(session, ref, as_of=AT.date()) for ref in ("C1", "C3"))
    for offers in ((), child.offers[1:]):
        copy = gather_plain_copy(session, replace(child, offers=offers), PrintFacts(audience=Audience.PARENT))
        assert not copy.offered
        assert NO_OFFER not in text_of_plain(copy)
        assert NO_OFFER_TO_PARENTS in text_of_plain(copy)
    unreachable = replace(child, workers=tuple(replace(each, phone=None) for each in child.workers))
    copy = gather_plain_copy(session, unreachable, PrintFacts(audience=Audience.PARENT))
    assert "Ask the offender management team for it, on 101" in text_of_plain(copy)
    officer = replace(unreachable.workers[0], worker_role="POLICE_OM", worker="PC 4411 ADEYEMI")
    reached = replace(unreachable, workers=(*unreachable.workers, officer))
    said = text_of_plain(gather_plain_copy(session, reached, PrintFacts(audience=Audience.PARENT)))
    assert "Ask PC 4411 ADEYEMI for it, on 101" in said, "the police have no number of who works elsewhere"
    assert "101, ask for PC 4411 ADEYEMI" in said
    for view, audience, ended in (
        (child, Audience.PARTICIPANT, "You were part of Phoenix. That came to an end on 20 November 2026."),
        (child, Audience.PARENT, "part of Phoenix. That came to an end on 20 November 2026."),
        (adult, Audience.PARTICIPANT, "Our work with you came to an end on 20 November 2026."),
    ):
        for closed_on, is_over in ((date(2026, 11, 20), True), (date(2026, 12, 20), False)):
            over = replace(view, case=replace(view.case, closed_on=closed_on))
            said = " ".join(all_sentences(gather_plain_copy(session, over, PrintFacts(audience=audience))))
            assert (ended in said, "can still call us" in said) == (is_over, is_over)
            assert ("to come to the meetings" in said, "how things go" in said) == (not is_over, not is_over)
            assert ("on licence" in said) is (view is adult), "what a court ordered goes on"
    held = CustodySpell(person_ref="P3", received_on=date(2026, 11, 20))
    for custody, is_said in (((), True), ((held,), False)):
        copy = gather_plain_copy(session, replace(adult, custody=custody), PrintFacts(audience=Audience.PARTICIPANT))
        assert any("on licence" in line for line in copy.expected) is is_said
    for known_as, given, called in ((" ", "", "MARLOW"), ("Jay", "", "Jay"), (None, "Jayden Lee", "Jayden")):
        who = replace(child.person, given_names=given, known_as=known_as, family_name="MARLOW")
        told = gather_plain_copy(session, replace(child, person=who), PrintFacts(audience=Audience.PARENT))
        assert told.name == called


def text_of_plain(copy: PlainCopy) -> str:
    return repr(describe_plain_copy(copy))
