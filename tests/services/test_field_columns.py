"""Columns that practitioners and inspectors look for: brought by files, and printed for those who may have them."""

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from ioms_desktop.domain.access.roles import Right, Role, roles_with
from ioms_desktop.domain.checkout import redact_for_role
from ioms_desktop.domain.errors import NotAllowed
from ioms_desktop.domain.printing.audiences import Audience
from ioms_desktop.domain.records.protection import GroupResponse, MappaPeriod, VictimContact
from ioms_desktop.services.cases.cases import open_case
from ioms_desktop.services.exchange.exports import export_records
from ioms_desktop.services.recording.records import AddRecord, add_record_by_form
from ioms_desktop.services.retention.due_reviews import list_reviews
from ioms_desktop.services.session import Session
from ioms_desktop.storage.store import Store
from paper_prints import printed_pdf
from reports.reading import pages_of
from services.exchange_session import iom, person, put, rows_of, session_at, taken
from sessions import request
from shared_people import Office

PROBATION = "HMPPS_PROBATION"

KEPT = {
    "ethnicity_officer": ("IC3", "IC3 Black"),
    "children_at_risk": ("yes", "Children at risk Yes"),
    "exploitation": ("RG_POSITIVE", "Reasonable grounds: yes"),
}
"""Columns of a person, as a file brings them and as the office copy says them; partners are not told."""


def printed(session: Session, audience: Audience) -> str:
    return " ".join(
        " ".join(
            pages_of(printed_pdf(session, "C2", audience=audience, agency=PROBATION, reason_code="CASE_WORK"))
        ).split()
    )


def test_what_is_new_of_a_person_and_their_workers_is_printed_for_the_office_and_kept_from_partners(
    store: Store, tmp_path: Path
) -> None:
    put(tmp_path, "people", [person(**{name: sent for name, (sent, _) in KEPT.items()})])
    put(tmp_path, "cases", [iom(yjs_case_manager="A. YATES", social_worker="S. WOOD")])
    session = session_at(store)
    taken(session, tmp_path)
    office, partners = (printed(session, each) for each in (Audience.FULL, Audience.PARTNER))
    said = [words for _, words in KEPT.values()]
    assert [words for words in said if words not in office] == []
    assert [words for words in said if words in partners] == []
    assert ("A. YATES" in office, "A. YATES" in partners) == (True, True)
    assert ("S. WOOD" in office, "S. WOOD" in partners) == (True, False)


MAPPA = MappaPeriod(person_ref="", from_on=date(2026, 8, 1), category="2", level="2")
IN_CONTACT = VictimContact(
    victim_contact_ref="",
    case_ref="",
    recorded_on=date(2026, 9, 2),
    status="IN_CONTACT",
    safety_plan_on=date(2026, 9, 1),
    liaison="B. IDVA",
)


GROUP = GroupResponse(
    group_response_ref="",
    case_ref="",
    incident_on=date(2026, 9, 3),
    group_name="Northside",
    opposing_group="Eastfield",
    source_grade="2",
    information_grade="B",
    expires_on=date(2026, 12, 3),
    told="Six of the group, by the inspector",
)
GROUPED = "Northside against Eastfield, after 3 Sep 2026; opinion, graded 2B, until 3 Dec 2026"
KEPT_BACK = (MappaPeriod, VictimContact, GroupResponse)


def added(session: Session, case_ref: str) -> None:
    for record in (MAPPA, IN_CONTACT, GROUP):
        add_record_by_form(session, AddRecord(request=request(), case_ref=case_ref, record=record))


def held(session: Session, case_ref: str) -> int:
    view = open_case(session, case_ref)
    return sum(len(view.of(each)) for each in KEPT_BACK)


def test_mappa_and_victim_contact_are_for_officers_and_supervisors_in_a_local_file(
    store: Store, tmp_path: Path
) -> None:
    put(tmp_path, "people", [person()])
    put(tmp_path, "cases", [iom()])
    session = session_at(store)
    taken(session, tmp_path)
    added(session, "C2")
    allowed = {Role.OFFICER, Role.SUPERVISOR}
    assert set(roles_with(Right.READ_PROTECTION)) == allowed
    for role in (Role.OFFICER, Role.SUPERVISOR, Role.COORDINATOR):
        assert held(replace(session, role=role), "C2") == (3 if role in allowed else 0)
    for role in Role:
        assert [redact_for_role(role, each) is not None for each in (IN_CONTACT, GROUP)] == [role in allowed] * 2
    with pytest.raises(NotAllowed):
        added(replace(session, role=Role.NAVIGATOR), "C2")


def test_a_server_shows_mappa_and_victim_contact_to_officers_and_supervisors_alone(office: Office) -> None:
    added(office.session("officer"), "PHX-1")
    for name, seen in (("officer", 3), ("supervisor", 3), ("navigator", 0), ("coordinator", 0)):
        assert held(office.session(name), "PHX-1") == seen
        with office.raw(name) as raw:
            raw.execute("SELECT open_case('PHX-1')")
            rows = [raw.execute(f"SELECT * FROM read_{each.table}()").fetchall() for each in KEPT_BACK]  # noqa: S608 - our own names
            former = raw.execute("SELECT contact_ref FROM read_contacts()").fetchall()
        assert sum(map(len, rows)) == seen
        assert former  # the control: a contact of the same case is seen by all of them


def test_mappa_and_victim_contact_go_out_and_come_back_and_stand_in_the_police_copy_alone(
    store: Store, tmp_path: Path
) -> None:
    put(tmp_path, "people", [person()])
    put(tmp_path, "cases", [iom()])
    session = session_at(store)
    taken(session, tmp_path)
    added(session, "C2")
    export_records(session, tmp_path / "out", reason="CASE_WORK")
    assert rows_of(tmp_path / "out" / "mappa.csv")[1][:5] == ["P1", "2026-08-01", "2", "2", ""]
    assert rows_of(tmp_path / "out" / "victim_contacts.csv")[1][1:-3] == [
        *("C2", "2026-09-02", "IN_CONTACT", "2026-09-01", "B. IDVA", ""),
    ]
    assert rows_of(tmp_path / "out" / "group_responses.csv")[1][1:-3] == [
        *("C2", "2026-09-03", "Northside", "Eastfield", "", "", "2", "B", "2026-12-03", "", ""),
        *("Six of the group, by the inspector", ""),
    ]
    office, partners = (printed(session, each) for each in (Audience.FULL, Audience.PARTNER))
    for words in ("MAPPA, victim contact", "level 2 Active", "safety plan of 1 Sep 2026", "B. IDVA", GROUPED):
        assert (words in office, words in partners) == (True, False)


def test_an_order_that_ended_early_is_printed_to_the_day_it_ended(store: Store, tmp_path: Path) -> None:
    put(tmp_path, "people", [person()])
    put(tmp_path, "cases", [iom()])
    made = {"person_ref": "P1", "order_type": "COMMUNITY_ORDER", "made_on": "2026-01-05", "ends_on": "2027-01-04"}
    ended = {"order_ref": "O1", **made, "ended_on": "2026-09-30", "end_reason": "REVOKED"}
    put(tmp_path, "orders", [ended, {"order_ref": "O2", **made, "order_type": "SSO"}])
    session = session_at(store)
    taken(session, tmp_path)
    office, partners = (printed(session, each) for each in (Audience.FULL, Audience.PARTNER))
    assert "to 30 Sep 2026, revoked" in office
    assert "to 30 Sep 2026" in partners
    assert "revoked" not in partners
    assert ("to 4 Jan 2027" in office, "to 4 Jan 2027" in partners) == (True, True)  # the control: the other order
    (before,) = (order for order in open_case(session, "C2", as_of=date(2026, 9, 29)).orders if order.order_ref == "O1")
    assert (before.ended_on, before.end_reason) == (None, None)


def test_what_stands_beside_a_decision_is_printed_for_the_office_alone(store: Store, tmp_path: Path) -> None:
    put(tmp_path, "people", [person()])
    put(tmp_path, "cases", [iom()])
    beside = {
        "alternatives": "A visit by the navigator",
        "others_told": "His landlord",
        "dissent_agency": "HMPPS_PROBATION",
        "dissent": "Wants a recall",
        "review_on": "2026-12-14",
    }
    decided = {"decision_ref": "D1", "case_ref": "C2", "decided_on": "2026-09-10", "decision": "HOLD", "reason": "Wait"}
    put(tmp_path, "decisions", [{**decided, "proposed_by": "A", "authorised_by": "B", **beside}])
    session = session_at(store)
    taken(session, tmp_path)
    office, partners = (printed(session, each) for each in (Audience.FULL, Audience.PARTNER))
    for words in ("A visit by the navigator", "His landlord", "HMPPS Probation: Wants a recall", "14 Dec 2026"):
        assert (words in office, words in partners) == (True, False)


def test_a_retention_review_knows_who_was_managed_under_mappa(store: Store, tmp_path: Path) -> None:
    put(tmp_path, "people", [person(), person("P2"), person("P3")])
    put(tmp_path, "mappa", [
        {"person_ref": "P2", "from_on": "2026-08-01", "category": "1", "level": "1", "to_on": "2026-09-01"},
        {"person_ref": "P3", "from_on": "2099-08-01", "category": "1", "level": "1"},
    ])  # fmt: skip
    session = session_at(store)
    taken(session, tmp_path)
    groups = {each.person_ref: each.due.group.code for each in list_reviews(session, session.today())}
    assert groups == {"P1": "GROUP_4", "P2": "GROUP_1", "P3": "GROUP_4"}
