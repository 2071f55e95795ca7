"""The fictional caseload looks like a real one, is the same for the same seed, and never replaces a real record."""

import csv
import shutil
from collections import Counter
from collections.abc import Callable
from datetime import UTC, date, datetime
from itertools import combinations
from pathlib import Path

import pytest

from evaluated_cases import evaluate_caseload
from ioms_desktop.demo.build import DEMO_USER_PASSWORD, DEMO_USERS, PARTNER_CASES, build_demo, demo_tables
from ioms_desktop.domain.access.roles import Role
from ioms_desktop.domain.dates.calendar import DAY, age_on
from ioms_desktop.domain.errors import DatabaseExists
from ioms_desktop.domain.records.documents.delivery import DELIVERED, LetterDelivery, latest_delivery
from ioms_desktop.domain.records.documents.document import Document
from ioms_desktop.services.appointments.diary import read_diary
from ioms_desktop.services.cases.case_query import query_case
from ioms_desktop.services.cases.cases import open_case
from ioms_desktop.services.cases.concern_labels import describe_concern
from ioms_desktop.services.cases.search import find_people_and_cases
from ioms_desktop.services.exchange.exports import export_records
from ioms_desktop.services.printing.packs.certificate import list_certificates
from ioms_desktop.services.printing.papers import PaperState, list_papers
from ioms_desktop.services.printing.summary_header import programme
from ioms_desktop.services.sign_in.sign_in import sign_in
from keys import with_users
from policy_histories.worked_example import worked_example
from services.printed_demo import compared_readings, faults_of_summaries

AS_OF, WORKED = date(2026, 11, 22), date(2026, 11, 29)
WEEK = 7 * DAY
FEW = 24
"""The fewest cases of a demo with rows in every table that a larger one has."""
NOT_TOLD = {"goals", "group_responses", "mappa", "own_words", "victim_contacts"}
"""The files of an export that have no row in any demo."""
STATES = (
    "control arm",
    "closed",
    "in custody",
    "quiet",
    "corrected",
    "OPEN",
    "DECIDED",
    "WITHDRAWN",
    "late",
    "to review",
    "ESCALATE",
    "HOLD",
    "ALTERNATIVE",
    "unanswered_offer",
    "missed_contacts",
    "low_ratings",
    "lost_contact",
    "serious_concern",
    "breach",
    "credible_intelligence",
    "unacceptable_absences",
    "persisting_concern",
    "order_failures",
    "decided late",
    "PARALLEL",
    "stepped down",
    "unlawfully at large",
)
OVERDUE = {"CONTACT", "RAG_REVIEW", "NOTICE", "RELEASE_PLAN"}


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> str:
    location = str(tmp_path_factory.mktemp("demo") / "demo.ioms")
    list(build_demo(location))
    return location


def test_the_same_seed_gives_the_same_rows_and_another_seed_others() -> None:
    assert demo_tables(60, 1) == demo_tables(60, 1)
    assert demo_tables(60, 1) != demo_tables(60, 2)


def test_the_two_people_of_the_worked_example_are_in_it_to_the_letter() -> None:
    tables, _ = demo_tables(60, 1)
    for table, rows in worked_example().items():
        held = [filled(row) for row in tables[table]]
        for row in rows:
            assert any(filled(row).items() <= each.items() for each in held), (table, row)


def filled(row: dict[str, str]) -> dict[str, str]:
    """Return the cells of a row that have a value."""
    return {name: cell for name, cell in row.items() if cell}


def test_it_holds_what_a_real_caseload_holds(demo: str) -> None:
    session = sign_in(demo, "wright", DEMO_USER_PASSWORD)
    seen = Counter[str]()
    for each in evaluate_caseload(session, AS_OF):
        case = each.history[-1]
        seen[case.programme] += 1
        seen["control arm"] += case.trial_arm == "CONTROL"
        seen["closed"] += case.closed_on is not None
        seen["in custody"] += case.in_custody(AS_OF)
        seen["quiet"] += not each.triggers
        seen["corrected"] += len(each.history) > 1
        seen["unlawfully at large"] += any(c.type == "UNLAWFULLY_AT_LARGE" for c in case.concerns)
        seen["stepped down"] += any(d.decision == "DE_ESCALATE" for d in case.decisions)
        seen["PARALLEL"] += any(d.step == "PARALLEL" for d in case.decisions)
        for trigger in each.triggers:
            seen["decided late"] += trigger.decided_on is not None and trigger.decided_on > trigger.decision_due
            seen[trigger.status] += 1
            seen["false"] += (trigger.rule, trigger.status) == ("lost_contact", "WITHDRAWN")
            seen[trigger.rule] += 1
            seen["late"] += trigger.status == "OPEN" and trigger.decision_due < AS_OF
            seen["to review"] += trigger.needs_review
            seen[str(trigger.decision)] += 1
    session.store.close()
    assert seen["IOM"] + seen["PHOENIX"] == 60
    for state in STATES:
        assert seen[state], state
    assert seen["false"] < seen["DECIDED"], "what is sent in time raises no alert that is withdrawn when it comes"


def test_a_paper_of_it_parts_no_heading_leaves_no_row_alone_and_says_nothing_smaller_than_the_body(demo: str) -> None:
    """Some of its cases; tests_long prints all."""
    session = sign_in(demo, "wright", DEMO_USER_PASSWORD)
    printed, faults = faults_of_summaries(session, AS_OF, every=13)
    session.store.close()
    assert printed >= 8
    assert faults == []


def test_the_worked_example_gives_its_figures_inside_the_demo(demo: str) -> None:
    session = sign_in(demo, "wright", DEMO_USER_PASSWORD)
    harker, marlow = (query_case(session, ref, WORKED) for ref in ("IOM-HARKER", "PHX-MARLOW"))
    session.store.close()
    assert harker["rag_days"] == {"RED": 18, "AMBER": 22, "GREEN": 0, "BLUE": 44}
    assert (harker["days_at_liberty"], harker["days_ual"]) == (40, 6)
    assert harker["contacts"]["by_outcome"] == {"SEEN": 8, "NOT_SEEN": 2, "UNACCEPTABLE_ABSENCE": 1}
    assert [(t["rule"], t["raised_on"], t["status"]) for t in harker["triggers"]] == [
        ("serious_concern", "2026-10-13", "OPEN"),
        ("breach", "2026-10-14", "OPEN"),
    ]
    assert (marlow["contacts"]["completed"], marlow["completed_minutes"], marlow["contacts"]["missed"]) == (12, 535, 3)
    assert [week["level"] for week in marlow["engagement_by_week"]] == [0, 2, 4, 4, 3, 2, 3, 3, 4, 4, 4, 5]
    # The demo comes in by half months, so that what a sheet explains had stood until it came.
    assert [(t["rule"], t["decided_on"], t["step"]) for t in marlow["triggers"] if t["status"] != "WITHDRAWN"] == [
        ("missed_contacts", "2026-10-19", "L1"),
        ("serious_concern", "2026-10-28", "L2"),
    ]


@pytest.mark.parametrize("name", ["adeyemi", "okoro"])
def test_a_worker_s_calendar_has_what_one_meets_with_in_calendars(demo: str, name: str) -> None:
    session = sign_in(demo, name, DEMO_USER_PASSWORD)
    weeks = [read_diary(session, monday, monday + 6 * DAY).entries for monday in (AS_OF - 6 * DAY, AS_OF + DAY)]
    later = read_diary(session, AS_OF + WEEK, AS_OF + 4 * WEEK).entries
    session.store.close()
    past, coming = ([each.appointment for each in week] for week in weeks)
    assert {each.is_waiting for each in past} == {True, False}, "one has an outcome, of another it is still asked"
    assert all(each.is_waiting for each in coming)
    assert any(each.replaces_ref for each in coming)
    assert any(each.agency and each.purpose for each in coming)
    spans = [(each.starts_at.on, each.span) for each in coming if each.span is not None]
    assert any(a[0] == b[0] and a[1].overlaps(b[1]) for a, b in combinations(spans, 2)), "two at once"
    assert {each.case_ref for each in coming} & {each.appointment.case_ref for each in later}, "one repeats"


def test_the_stories_are_in_it_as_they_were_recorded(demo: str) -> None:
    session = sign_in(demo, "wright", DEMO_USER_PASSWORD)

    def known(hour: int) -> dict[str, str]:
        at = datetime(2026, 10, 30, hour, tzinfo=UTC)
        found = query_case(session, "PHX-BECKLES", date(2026, 10, 29), at)["triggers"]
        return {t["rule"]: t["status"] for t in found if t["raised_on"] == "2026-10-29"}

    before, after = known(8), known(10)
    pyke = query_case(session, "IOM-PYKE", date(2026, 9, 4))
    session.store.close()
    assert before == {"missed_contacts": "OPEN", "low_ratings": "OPEN"}
    assert after == {"missed_contacts": "WITHDRAWN", "low_ratings": "WITHDRAWN"}
    assert pyke["rag_days"] == {"RED": 4, "AMBER": 27, "GREEN": 0, "BLUE": 2}


def test_every_standard_is_overdue_somewhere_and_met_elsewhere(demo: str) -> None:
    session = sign_in(demo, "wright", DEMO_USER_PASSWORD)
    refs = [each.case_ref for each in evaluate_caseload(session, AS_OF) if each.history[-1].programme == "IOM"]
    overdue = [{each["standard"] for each in query_case(session, ref, AS_OF)["overdue"]} for ref in refs]
    session.store.close()
    assert set().union(*overdue) == OVERDUE
    assert set() in overdue


def test_what_was_known_on_a_day_is_what_had_been_sent_by_then(demo: str) -> None:
    session = sign_in(demo, "wright", DEMO_USER_PASSWORD)
    known = [
        sum(
            len(each.history[-1].contacts)
            for each in evaluate_caseload(session, AS_OF, known_at=datetime(*day, tzinfo=UTC))
        )
        for day in ((2026, 3, 15), (2026, 7, 15), (2026, 11, 15))
    ]
    session.store.close()
    assert 0 < known[0] < known[1] < known[2]


def test_the_same_seed_gives_the_same_export_on_a_server_and_every_rule_of_import_accepts_another(
    tmp_path: Path, postgres_database: Callable[[], str]
) -> None:
    exported = {}
    for name, location in {"file": str(tmp_path / "demo.ioms"), "server": postgres_database()}.items():
        assert len(list(build_demo(location, cases=FEW, seed=2))) >= len(DEMO_USERS) + 1
        session = sign_in(location, "wright", DEMO_USER_PASSWORD)
        export_records(session, tmp_path / name, reason="AUDIT")
        session.store.close()
        exported[name] = {file.name: told_in(file) for file in (tmp_path / name).iterdir()}
    empty = {file.stem for file in (tmp_path / "file").iterdir() if len(file.read_text("utf-8").splitlines()) < 2}
    assert empty == NOT_TOLD, "the control: of the others there are rows to compare"
    assert exported["file"] == exported["server"]
    session = sign_in(location, "okoro", DEMO_USER_PASSWORD)
    assert {each.history[-1].programme for each in evaluate_caseload(session, AS_OF)} == {"PHOENIX"}
    session.store.close()


def told_in(file: Path) -> object:
    """Return a file of an export, without the numbers that a database gives to what is kept in it."""
    if file.name not in {"documents.csv", "letter_deliveries.csv"}:
        return file.read_bytes()
    with file.open(encoding="utf-8", newline="") as rows:
        of_its_own = {"document_ref", "delivery_ref", "digest"}
        return sorted(
            sorted((name, cell) for name, cell in row.items() if name not in of_its_own) for row in csv.DictReader(rows)
        )


def test_nobody_in_the_control_arm_was_contacted_offered_anything_or_given_a_navigator() -> None:
    tables, _ = demo_tables(240, 5)
    arm = {case["case_ref"] for case in tables["cases"] if case.get("trial_arm") == "CONTROL"}
    assert arm
    for table in ("contacts", "appointments", "offers", "notifications", "ratings"):
        assert not [row for row in tables[table] if row["case_ref"] in arm]
    assert not [case for case in tables["cases"] if case["case_ref"] in arm and case.get("navigator")]


def test_a_child_of_15_and_one_who_turns_18_are_in_it() -> None:
    tables, _ = demo_tables(60, 1)
    born = [date.fromisoformat(person["date_of_birth"]) for person in tables["people"]]
    assert any(age_on(on, AS_OF) in {14, 15} for on in born)
    assert any(age_on(on, AS_OF) == 17 and age_on(on, date(2026, 12, 31)) == 18 for on in born)


def test_somebody_went_on_from_one_programme_to_the_other_and_somebody_is_written_down_twice() -> None:
    tables, _ = demo_tables(60, 1)
    programmes: dict[str, set[str]] = {}
    for case in tables["cases"]:
        programmes.setdefault(case["person_ref"], set()).add(case["programme"])
    assert {"IOM", "PHOENIX"} in programmes.values()
    twice = Counter((person["family_name"], person["date_of_birth"]) for person in tables["people"])
    assert max(twice.values()) == 2


def test_nobody_shares_a_name_and_no_postcode_is_real() -> None:
    tables, _ = demo_tables(60, 1)
    names = Counter((person["family_name"], person["given_names"]) for person in tables["people"])
    assert max(names.values()) == 1
    assert all(person["postcode"].startswith("LE0 ") for person in tables["people"])


@pytest.mark.parametrize(("name", "role"), DEMO_USERS)
def test_everyone_named_can_sign_in(demo: str, name: str, role: Role) -> None:
    session = sign_in(demo, name, DEMO_USER_PASSWORD)
    assert session.role is role
    session.store.close()


def test_every_role_has_somebody() -> None:
    assert {role for _, role in DEMO_USERS} == set(Role)


def test_its_papers_went_out_were_replaced_came_back_were_delivered_and_certify_a_disposal(demo: str) -> None:
    session = sign_in(demo, "wright", DEMO_USER_PASSWORD)
    rows = list_papers(session)
    assert {row.state for row in rows} == set(PaperState) - {PaperState.TOLD}
    assert {row.is_given for row in rows} == {True, False}
    views = [open_case(session, ref) for ref in PARTNER_CASES]
    letters = [each for view in views for each in view.of(Document)]
    tried = [
        latest_delivery(view.of(LetterDelivery), each.document_ref) for view in views for each in view.of(Document)
    ]
    assert len(letters) == len(tried) == 4
    harker = views[PARTNER_CASES.index("IOM-HARKER")]
    assert "IOM letter to Callum HARKER" in {each.title for each in letters}
    assert "Arrest, arrested and bailed" in {describe_concern(session.lists, harker, each) for each in harker.concerns}
    assert programme(harker, session.lists).cohort == "Fixed cohort"
    assert {None if each is None else each.outcome for each in tried} == {None, DELIVERED}
    (certificate,) = list_certificates(session)
    assert certificate.proposed_by != certificate.answered_by
    assert certificate.certificate is not None
    assert certificate.certificate["removed"]["people"] == 1
    assert find_people_and_cases(session, "Ashbourne") == (), "the certificate is all that is left"
    session.store.close()


def test_a_demo_is_built_anew_but_a_real_record_is_never_touched(
    demo: str, tmp_path: Path, local_location: str
) -> None:
    again = Path(shutil.copytree(Path(demo).parent, tmp_path / "again")) / Path(demo).name
    large = again.stat().st_size
    list(build_demo(str(again), cases=3))
    assert again.stat().st_size < large, "nothing of the former is in it"
    with_users(
        local_location, {"wright": Role.SUPERVISOR}, DEMO_USER_PASSWORD
    )  # even where somebody uses a demo's password
    before = Path(local_location).read_bytes()
    with pytest.raises(DatabaseExists):
        list(build_demo(local_location, cases=3))
    assert Path(local_location).read_bytes() == before


OFFENDED = {"ARREST", "CHARGE", "SUSPECTED"}


def in_force(order: dict[str, str], on: str) -> bool:
    """Whether an order or licence of the demo holds on a day."""
    return order["made_on"] <= on and (not order.get("ends_on") or on <= order["ends_on"])


def contradictions(tables: dict[str, list[dict[str, str]]], on: str) -> list[str]:
    """Say where a case of the demo contradicts itself on a day."""
    of_person: dict[str, dict[str, list[dict[str, str]]]] = {}
    for name in ("orders", "offences", "custody"):
        for row in tables[name]:
            of_person.setdefault(row["person_ref"], {}).setdefault(name, []).append(row)
    said = []
    for case in tables["cases"]:
        theirs = of_person.get(case["person_ref"], {})
        orders = [row for row in theirs.get("orders", ()) if in_force(row, on)]
        asks = any("IOM team" in row.get("conditions", "") for row in orders)
        condition = case.get("iom_licence_condition") == "yes"
        if case["programme"] == "IOM" and not case.get("closed_on") and condition != asks:
            said.append(
                f"{case['case_ref']}: IOM condition {condition}, and the licence {'asks' if asks else 'does not ask'}"
            )
        held = any(row["received_on"] <= on and not row.get("released_on") for row in theirs.get("custody", ()))
        colours = [row for row in tables["rag"] if row["case_ref"] == case["case_ref"] and row["set_on"] <= on]
        colour = max(colours, key=lambda row: row["set_on"])["rag"] if colours else ""
        if case["programme"] == "IOM" and not case.get("closed_on") and colour and held != (colour == "BLUE"):
            said.append(f"{case['case_ref']}: {colour}, and {'held' if held else 'not held'}")
        offences = {(row["offence_on"], row["offence_group"]) for row in theirs.get("offences", ())}
        for row in tables["concerns"]:  # an arrest for no offence, as unlawfully at large say, is of the group OTHER
            what, group = row["concern_type"], row.get("offence_group")
            named = row["case_ref"] == case["case_ref"] and group not in {None, "", "OTHER"} and what in OFFENDED
            if named and (row["occurred_on"], group) not in offences:
                said.append(f"{case['case_ref']}: {what} on {row['occurred_on']}, and no offence")
            ended = [each for each in theirs.get("offences", ()) if each.get("concern_ref") == row["concern_ref"]]
            if any(each["outcome"].startswith("NFA") for each in ended) and row.get("outcome") != "NFA":
                said.append(f"{case['case_ref']}: {what} on {row['occurred_on']} without its NFA")
    return said


@pytest.mark.parametrize("seed", [1, 2, 7])
def test_no_case_of_the_demo_contradicts_itself(seed: int) -> None:
    tables, _ = demo_tables(60, seed)
    assert contradictions(tables, AS_OF.isoformat()) == []


def test_a_case_that_contradicts_itself_is_noticed() -> None:
    """The control of the test above."""
    tables, _ = demo_tables(60, 1)
    licensed = next(case for case in tables["cases"] if case.get("iom_licence_condition") == "yes")
    licensed["iom_licence_condition"] = "no"
    blue = next(row for row in tables["rag"] if row["rag"] == "BLUE")
    tables["custody"] = [row for row in tables["custody"] if row["person_ref"] != blue["case_ref"]]
    (marlow,) = (row for row in tables["concerns"] if row["concern_ref"] == "K-MARLOW-1")
    marlow["outcome"] = ""
    tables["offences"] = [row for row in tables["offences"] if row["person_ref"] == "P-MARLOW"]
    found = contradictions(tables, AS_OF.isoformat())
    assert any("IOM condition" in each for each in found)
    assert any("no offence" in each for each in found)
    assert any("without its NFA" in each for each in found)


def test_cases_that_are_read_together_are_read_as_each_by_itself(demo: str) -> None:
    session = sign_in(demo, "wright", DEMO_USER_PASSWORD)
    types, corrections, different = compared_readings(session, AS_OF)
    session.store.close()
    assert different == []
    assert types > 20
    assert corrections, "the control: some of them were corrected"
