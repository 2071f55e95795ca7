"""What a case says of an arrest that ended and of somebody unlawfully at large, on paper and on the timeline."""

from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from ioms_desktop.domain.printing.audiences import Audience
from ioms_desktop.domain.records.cases import Case
from ioms_desktop.reports.case_summary.phrases import describe_stage
from ioms_desktop.services.cases.cases import open_case
from ioms_desktop.services.cases.concern_labels import describe_concern, offence_outcome
from ioms_desktop.services.cases.timelines import build_timeline
from ioms_desktop.services.printing.summary_header import programme
from ioms_desktop.services.session import Session
from ioms_desktop.storage.store import Store
from paper_prints import printed_pdf
from reports.reading import pages_of
from services.exchange_session import decision, iom, person, put, session_at, taken

PROBATION = "HMPPS_PROBATION"

ARREST = {
    "concern_ref": "K1",
    "case_ref": "C2",
    "occurred_on": "2026-10-14",
    "recorded_on": "2026-10-14",
    "concern_type": "ARREST",
    "offence_group": "VEHICLE_CRIME",
}
OFFENCE = {"person_ref": "P1", "offence_on": "2026-10-14", "offence_group": "VEHICLE_CRIME", "role": "SUSPECT"}
ENDED = {"outcome": "NFA", "outcome_on": "2026-11-04"}


def printed(session: Session, audience: Audience, as_of: date | None = None) -> str:
    paper = printed_pdf(session, "C2", audience=audience, agency=PROBATION, reason_code="CASE_CONFERENCE", as_of=as_of)
    return " ".join(pages_of(paper))


@pytest.mark.parametrize("recorded_on", ["concern", "offence"])
def test_an_nfa_stands_wherever_its_arrest_stands(store: Store, tmp_path: Path, recorded_on: str) -> None:
    put(tmp_path, "people", [person()])
    put(tmp_path, "cases", [iom()])
    put(tmp_path, "concerns", [{**ARREST, **(ENDED if recorded_on == "concern" else {})}])
    put(tmp_path, "offences", [{**OFFENCE, **(ENDED if recorded_on == "offence" else {})}])
    taken(session_at(store), tmp_path)
    session = session_at(store)
    view = open_case(session, "C2")
    said = "Arrest, NFA 4 Nov 2026"
    assert [describe_concern(session.lists, view, each) for each in view.concerns] == [said]
    assert [offence_outcome(session.lists, view, each) for each in view.offences] == ["NFA 4 Nov 2026"]
    assert [mark.label for mark in build_timeline(view, session.lists).concerns] == [said]
    for audience in (Audience.FULL, Audience.PARTNER):
        paper = printed(session, audience)
        assert paper.count("NFA 4 Nov 2026") >= paper.count("Arrest") > 0, paper
        before = printed(session, audience, date(2026, 11, 3))
        assert "Arrest" in before
        assert "NFA" not in before, "the control: on the day before, nothing had ended"


def test_a_case_says_when_and_to_the_office_why_it_was_closed_and_of_no_action_that_nothing_is_to_serve(
    store: Store, tmp_path: Path
) -> None:
    put(tmp_path, "people", [person(date_of_birth="1994-02-14")])
    put(tmp_path, "cases", [iom(status="DESELECTED", closed_on="2026-11-06", close_reason="SUSTAINED_REDUCTION")])
    held = {"decision": "HOLD", "step": "", "actioned_on": ""}
    open_one = {"decided_on": "2026-10-02", "actioned_on": ""}
    put(tmp_path, "decisions", [decision("D1", "C2", **held), decision("D2", "C2", **open_one)])
    taken(session_at(store), tmp_path)
    session = session_at(store)
    for audience in (Audience.FULL, Audience.PARTNER):
        paper = printed(session, audience)
        assert "De-selected, closed on 6 Nov 2026" in paper
        assert ("(Sustained reduction)" in paper) is (audience is Audience.FULL)
        assert (paper.count("nothing to"), paper.count("not yet")) == (1, 1), "a step is to be served"
        assert "closed on" not in printed(session, audience, date(2026, 11, 5)), "the control: on the day before"
    view = open_case(session, "C2")
    for status, reason, told in (
        ("DECEASED", "DECEASED", "Deceased; case closed on 6 Nov 2026"),
        ("COMPLETED", "COMPLETED", "Completed, closed on 6 Nov 2026"),
        ("TRANSFERRED_OUT", "TRANSFERRED", "Transferred out, closed on 6 Nov 2026"),
        ("DESELECTED", "", "De-selected, closed on 6 Nov 2026"),
        ("DESELECTED", "DECEASED", "De-selected, closed on 6 Nov 2026 (Deceased)"),
    ):
        case = replace(view.case, status=status, close_reason=reason)
        assert describe_stage(programme(replace(view, case=case), session.lists)) == told, "each thing once"


def test_as_of_a_day_before_the_closing_paper_shows_the_stage_that_was_on_record_then(
    store: Store, tmp_path: Path
) -> None:
    put(tmp_path, "people", [person(date_of_birth="1994-02-14")])
    put(tmp_path, "cases", [iom()])
    taken(session_at(store, at=datetime(2026, 11, 2, 23, 30, tzinfo=UTC)), tmp_path)
    for day, changed in (
        (4, {"status": "SUSPENDED"}),
        (6, {"status": "DECEASED", "close_reason": "DECEASED", "closed_on": date(2026, 11, 6)}),
    ):
        session = session_at(store, at=datetime(2026, 11, day, 9, tzinfo=UTC))
        with session.store.begin(session.command_context(reason_code="CASE_WORK"), "leave_case") as tx:
            (case,) = tx.list_records(Case, case_ref="C2")
            tx.save(replace(case, **changed))
    session = session_at(store)
    for on, told in (
        (date(2026, 11, 1), "Active"),  # nothing was on record by then: as it was first recorded
        (date(2026, 11, 2), "Active"),
        (date(2026, 11, 3), "Active"),
        (date(2026, 11, 5), "Suspended"),
        (date(2026, 11, 6), "Deceased; case closed on 6 Nov 2026"),
    ):
        assert describe_stage(programme(open_case(session, "C2", as_of=on), session.lists)) == told, on
    for audience in (Audience.FULL, Audience.PARTNER):
        paper = printed(session, audience, date(2026, 11, 5))
        assert "Suspended" in paper
        assert "Deceased" not in paper


def test_somebody_unlawfully_at_large_is_wanted_on_paper_until_the_next_reception(store: Store, tmp_path: Path) -> None:
    gone = {**ARREST, "concern_type": "UNLAWFULLY_AT_LARGE", "offence_group": ""}
    put(tmp_path, "people", [person()])
    put(tmp_path, "cases", [iom()])
    put(tmp_path, "concerns", [gone])
    put(tmp_path, "custody", [{"person_ref": "P1", "received_on": "2026-11-02", "released_on": "", "kind": "RECALL"}])
    taken(session_at(store), tmp_path)
    session = session_at(store)
    assert open_case(session, "C2", as_of=date(2026, 11, 1)).wanted_since == date(2026, 10, 14)
    assert open_case(session, "C2").wanted_since is None
    for audience in (Audience.FULL, Audience.PARTNER):
        assert "WANTED: unlawfully at large since 14 Oct 2026" in printed(session, audience, date(2026, 11, 1))
        assert "WANTED" not in printed(session, audience)


def test_custody_is_drawn_to_the_day_before_release_and_not_where_it_began_and_ended_on_one_day(
    store: Store, tmp_path: Path
) -> None:
    put(tmp_path, "people", [person()])
    put(tmp_path, "cases", [iom()])
    spells = (
        ("2026-09-10", "2026-09-13"),
        ("2026-09-20", "2026-09-20"),
        ("2026-10-05", "2026-10-06"),
        ("2026-11-02", ""),
    )
    put(
        tmp_path,
        "custody",
        [{"person_ref": "P1", "received_on": on, "released_on": to, "kind": "REMAND"} for on, to in spells],
    )
    taken(session_at(store), tmp_path)
    session = session_at(store)
    drawn = [(band.from_on, band.to_on) for band in build_timeline(open_case(session, "C2"), session.lists).custody]
    assert drawn == [
        (date(2026, 9, 10), date(2026, 9, 12)),
        (date(2026, 10, 5), date(2026, 10, 5)),
        (date(2026, 11, 2), None),
    ]


def test_the_greatest_need_stands_first_on_paper_and_then_the_alphabet(store: Store, tmp_path: Path) -> None:
    put(tmp_path, "people", [person()])
    put(tmp_path, "cases", [iom()])
    levels = {"ACCOMMODATION": 1, "DRUGS_ALCOHOL": 3, "HEALTH": 0, "FINANCE_BENEFIT_DEBT": 3}
    put(
        tmp_path,
        "needs",
        [
            {"case_ref": "C2", "pathway": pathway, "assessed_on": "2026-10-14", "level": str(level)}
            for pathway, level in levels.items()
        ],
    )
    taken(session_at(store), tmp_path)
    session = session_at(store)
    paper = printed(session, Audience.FULL)
    pathways = session.lists.of("pathway")
    shown = sorted(levels, key=lambda each: paper.index(f"{pathways.label(each)} {levels[each]}, "))
    assert shown == ["DRUGS_ALCOHOL", "FINANCE_BENEFIT_DEBT", "ACCOMMODATION", "HEALTH"]


def test_a_decision_on_paper_names_its_own_step_and_one_without_a_step_names_none(store: Store, tmp_path: Path) -> None:
    put(tmp_path, "people", [person(date_of_birth="1999-10-28")])
    put(tmp_path, "cases", [iom()])
    put(
        tmp_path,
        "decisions",
        [
            decision("D1", "C2", decided_on="2026-09-14", step="L0", reason="first of all"),
            decision("D2", "C2", decided_on="2026-10-12", step="L1", reason="then again"),
            decision("D3", "C2", decided_on="2026-11-02", decision="HOLD", step="", reason="and now"),
        ],
    )
    taken(session_at(store), tmp_path)
    session = session_at(store)
    paper = printed(session, Audience.FULL)
    assert "14 Sep 2026 Escalate: Reminder or re-offer first of all." in paper
    assert "12 Oct 2026 Escalate: Verbal warning or challenge visit then again." in paper
    assert "2 Nov 2026 No further action (rationale) and now." in paper


def test_paper_tells_open_offers_from_ended_ones_and_says_the_languages(store: Store, tmp_path: Path) -> None:
    made = {"case_ref": "C2", "offered_on": "2026-10-01", "response": "ACCEPTED", "responded_on": "2026-10-02"}
    ended = {"offer_ref": "O2", "offer_type": "HOUSING", "ended_on": "2026-10-20", "end_reason": "Moved in"}
    put(tmp_path, "people", [person(languages="Polish")])
    put(tmp_path, "cases", [iom()])
    put(tmp_path, "offers", [{**made, "offer_ref": "O1", "offer_type": "MENTORING"}, {**made, **ended}])
    taken(session_at(store), tmp_path)
    paper = printed(session_at(store), Audience.FULL)
    assert "Polish" in paper
    assert "Mentoring 1 Oct 2026 Accepted, 2 Oct 2026 open" in paper
    assert "Housing 1 Oct 2026 Accepted, 2 Oct 2026 ended" in paper
