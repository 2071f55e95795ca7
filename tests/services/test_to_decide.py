"""What a case summary says first: the same work as Today, and what changed since the last review."""

from datetime import UTC, date, datetime
from pathlib import Path

from ioms_desktop.domain.access.roles import Role
from ioms_desktop.domain.duties.case_duties import DUTY_TITLES, Duty
from ioms_desktop.domain.printing.audiences import Audience
from ioms_desktop.domain.printing.decide_lines import ToDecideLine
from ioms_desktop.domain.printing.print_facts import PrintFacts
from ioms_desktop.domain.printing.summary import CaseSummary
from ioms_desktop.services.cases.cases import open_case
from ioms_desktop.services.printing.summary_decide import LATE_ONLY, PARTS
from ioms_desktop.services.printing.summary_facts import gather_summary
from ioms_desktop.services.recording.decisions import ProposeDecision, propose_decision
from ioms_desktop.services.session import Session
from ioms_desktop.storage.store import Store
from owed import list_owed_work
from services.exchange_session import decision, iom, person, phoenix, put, session_at, taken

TODAY = date(2026, 11, 28)
AT = datetime(2026, 11, 28, 9, 0, tzinfo=UTC)


def caseload(folder: Path) -> None:
    """Write an IOM case and two of Phoenix, on which nearly everything that can be owed is owed."""
    put(folder, "people", [person("P1"), person("P2", date_of_birth="1994-02-14"), person("P3")])
    put(
        folder,
        "cases",
        [
            phoenix("C1", "P1"),
            iom("C2", "P2", expected_release_on="2026-12-15", iom_licence_condition="yes"),
            phoenix("C3", "P3", status="POOL", notified_on=""),
        ],
    )
    rag = {"case_ref": "C2", "rag": "AMBER", "reason": "unsettled"}
    put(folder, "rag", [{**rag, "set_on": "2026-09-07"}, {**rag, "set_on": "2026-10-20"}])
    arrest = {"case_ref": "C2", "concern_type": "ARREST", "offence_group": "BURGLARY"}
    put(
        folder,
        "concerns",
        [
            {**arrest, "concern_ref": "K1", "occurred_on": "2026-10-13", "recorded_on": "2026-10-13"},
            {**arrest, "concern_ref": "K2", "case_ref": "C1", "occurred_on": "2026-11-25", "recorded_on": "2026-11-25",
             "offence_group": "VIOLENCE"},
        ],
    )  # fmt: skip
    action = {"text": "Housing interview", "owner": "L. HOLT"}
    put(
        folder,
        "actions",
        [
            {**action, "action_ref": "A1", "case_ref": "C2", "due_on": "2026-11-23", "agency": "HMPPS_PROBATION"},
            {**action, "action_ref": "A2", "case_ref": "C2", "due_on": "2026-12-23"},
            {**action, "action_ref": "A3", "case_ref": "C1", "due_on": "2026-11-28"},
        ],
    )
    offer = {"case_ref": "C1", "offer_type": "MENTORING", "offered_on": "2026-10-20"}
    put(folder, "offers", [{**offer, "offer_ref": "O1"}])
    put(folder, "decisions", [decision("D1", "C1", decided_on="2026-11-02", review_on="2026-11-24", **CHECKED)])


CHECKED = {"child_checks": "NRM=yes;YJS=yes;PARENT=yes;DIVERSION=yes;COMMUNICATION=yes"}


def gathered(session: Session, ref: str, as_of: date = TODAY, audience: Audience = Audience.FULL) -> CaseSummary:
    view = open_case(session, ref, as_of=as_of)
    with session.store.read() as reading:
        return gather_summary(session, reading, view, PrintFacts(audience=audience))


def said(line: ToDecideLine) -> tuple[str, date | None]:
    return line.what, line.due_on


def test_what_is_to_be_decided_is_what_today_lists_and_nothing_of_it_is_missing(store: Store, tmp_path: Path) -> None:
    caseload(tmp_path)
    taken(session_at(store, at=AT), tmp_path)
    officer, session = session_at(store, role=Role.OFFICER, at=AT), session_at(store, at=AT)
    held = ProposeDecision(request="r1", case_ref="C2", decision="HOLD", reason="In hand", rule="serious_concern")
    propose_decision(officer, held)
    owed = [each for each in list_owed_work(session) if each.duty in PARTS]
    for ref in ("C1", "C2", "C3"):
        lines = gathered(session, ref).to_decide
        assert lines is not None
        late = [each for each in owed if each.duty not in LATE_ONLY or each.due_on is None or each.due_on <= TODAY]
        today = sorted((DUTY_TITLES[each.duty], each.due_on) for each in late if each.case_ref == ref)
        reviews = [("Review", date(2026, 11, 24))] if ref == "C1" else []
        assert sorted(map(said, lines), key=str) == sorted([*today, *reviews], key=str), ref
    kinds = {line.what for ref in ("C1", "C2", "C3") for line in gathered(session, ref).to_decide or ()}
    assert kinds >= {DUTY_TITLES[duty] for duty in PARTS if duty is not Duty.MISSING}
    proposal = next(line for line in gathered(session, "C2").to_decide or () if line.what == "Proposal")
    assert (proposal.due_on, proposal.clock) == (date(2026, 10, 15), "44 days late")
    assert "waits to be authorised" in proposal.text


def test_as_of_a_day_only_what_was_owed_then_is_said(store: Store, tmp_path: Path) -> None:
    caseload(tmp_path)
    taken(session_at(store, at=AT), tmp_path)
    session = session_at(store, at=AT)
    before = gathered(session, "C2", date(2026, 10, 12)).to_decide or ()
    assert {line.what for line in before} == {"RAG review", "IOM letter", "Contact", "Missing data"}
    assert [line.what for line in gathered(session, "C2", date(2026, 9, 1)).to_decide or ()] == ["Missing data"]


def test_a_contact_says_why_it_was_due_that_day_where_another_colour_was_set_since(
    store: Store, tmp_path: Path
) -> None:
    caseload(tmp_path)
    put(tmp_path, "cases", [phoenix(), iom("C2", "P2"), iom("C4", "P3")])
    was, set_on = {"reason": "unsettled"}, date(2026, 9, 25)
    colours = {
        "C2": {date(2026, 9, 7): "AMBER", date(2026, 10, 20): "RED", date(2026, 10, 21): "RED"},
        "C4": {date(2026, 9, 7): "GREEN", set_on: "AMBER", date(2026, 10, 20): "RED"},
    }
    rows = [
        {**was, "case_ref": ref, "set_on": on.isoformat(), "rag": rag}
        for ref, rags in colours.items()
        for on, rag in rags.items()
    ]
    put(tmp_path, "rag", rows)
    taken(session_at(store, at=AT), tmp_path)
    session = session_at(store, at=AT)
    for ref, as_of, told in (
        ("C2", date(2026, 10, 12), "the standard for AMBER is 14."),
        ("C2", date(2026, 10, 22), "for RED is 7. It was due on 21 Sep 2026, by the standard for AMBER at the time."),
        ("C4", set_on, "for AMBER is 14. It was due on 25 Sep 2026, when AMBER was set."),
        ("C4", date(2026, 10, 22), "for RED is 7. It was due on 25 Sep 2026, when AMBER was set."),
    ):
        (text,) = (line.text for line in gathered(session, ref, as_of).to_decide or () if line.what == "Contact")
        assert text.endswith(told), text


def test_a_review_that_is_overdue_says_how_late_it_is(store: Store, tmp_path: Path) -> None:
    caseload(tmp_path)
    taken(session_at(store, at=AT), tmp_path)
    summary = gathered(session_at(store, at=AT), "C2")
    assert summary.plan is not None
    assert summary.rag is not None
    assert (summary.plan.review_on, summary.plan.review_clock) == (date(2026, 11, 24), "4 days late")
    assert summary.rag.review_clock == "4 days late"
    reviews = [line.clock for line in summary.to_decide or () if line.what == "RAG review"]
    assert reviews == ["4 days late"]
    in_time = gathered(session_at(store, at=AT), "C2", date(2026, 11, 20))
    assert in_time.plan is not None
    assert in_time.plan.review_clock == "due in 4 days", "the control"


def test_what_was_recorded_since_the_last_review_is_said_and_what_came_late_says_so(
    store: Store, tmp_path: Path
) -> None:
    caseload(tmp_path)
    first = tmp_path / "first"
    caseload(first)
    for name in ("actions", "offers", "decisions"):
        (first / f"{name}.csv").unlink()
    kept = (first / "concerns.csv").read_text("utf-8").replace("2026-11-25", "2026-10-02")
    (first / "concerns.csv").write_text(kept, "utf-8")
    taken(session_at(store, at=datetime(2026, 10, 20, 9, 0, tzinfo=UTC)), first)
    late = {"concern_ref": "K9", "case_ref": "C2", "concern_type": "ASB_REPORT", "occurred_on": "2026-10-01"}
    put(tmp_path / "late", "concerns", [{**late, "recorded_on": "2026-11-10"}])
    put(tmp_path / "late", "custody", [{"person_ref": "P2", "received_on": "2026-11-05", "kind": "RECALL"}])
    taken(session_at(store, at=datetime(2026, 11, 10, 9, 0, tzinfo=UTC)), tmp_path / "late")
    summary = gathered(session_at(store, at=AT), "C2")
    assert summary.last_review == date(2026, 10, 20)
    told = [line.text for line in summary.changes or ()]
    assert told == ["Anti-social behaviour report (recorded on 10 Nov 2026)", "Received into custody (recall)"]
