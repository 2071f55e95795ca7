"""The fictional caseload looks like a real one, is the same for the same seed, and never replaces a real record."""

from collections import Counter
from datetime import date
from pathlib import Path

import pytest

from ioms_desktop.domain.access import Role
from ioms_desktop.domain.calendar import age_on
from ioms_desktop.domain.errors import Refused
from ioms_desktop.services.demo import PASSWORD, USERS, build_demo, demo_tables
from ioms_desktop.services.evaluation import evaluate_book
from ioms_desktop.services.session import sign_in
from policy_histories.worked_example import worked_example

AS_OF = date(2026, 11, 22)
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
)


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
        for row in rows:
            assert row in tables[table], (table, row)


def test_it_holds_what_a_real_caseload_holds(demo: str) -> None:
    desk = sign_in(demo, "wright", PASSWORD)
    seen = Counter[str]()
    for each in evaluate_book(desk, AS_OF):
        case = each.history[-1]
        seen[case.programme] += 1
        seen["control arm"] += case.trial_arm == "CONTROL"
        seen["closed"] += case.closed_on is not None
        seen["in custody"] += case.in_custody(AS_OF)
        seen["quiet"] += not each.triggers
        seen["corrected"] += len(each.history) > 1
        for trigger in each.triggers:
            seen[trigger.status] += 1
            seen[trigger.rule] += 1
            seen["late"] += trigger.status == "OPEN" and trigger.decision_due < AS_OF
            seen["to review"] += trigger.needs_review
            seen[str(trigger.decision)] += 1
    desk.store.close()
    assert seen["IOM"] + seen["PHOENIX"] == 60
    for state in STATES:
        assert seen[state], state


def test_a_child_of_15_and_one_who_turns_18_are_in_it() -> None:
    tables, _ = demo_tables(60, 1)
    born = [date.fromisoformat(person["date_of_birth"]) for person in tables["people"]]
    assert any(age_on(on, AS_OF) in {14, 15} for on in born)
    assert any(age_on(on, AS_OF) == 17 and age_on(on, date(2026, 12, 31)) == 18 for on in born)


def test_nobody_shares_a_name_and_no_postcode_is_real() -> None:
    tables, _ = demo_tables(60, 1)
    names = Counter((person["family_name"], person["given_names"]) for person in tables["people"])
    assert max(names.values()) == 1
    assert all(person["postcode"].startswith("LE0 ") for person in tables["people"])


@pytest.mark.parametrize(("name", "role"), USERS)
def test_everyone_named_can_sign_in(demo: str, name: str, role: Role) -> None:
    desk = sign_in(demo, name, PASSWORD)
    assert desk.role is role
    desk.store.close()


def test_every_role_has_somebody() -> None:
    assert {role for _, role in USERS} == set(Role)


def test_a_demo_is_built_anew_but_a_real_record_is_never_touched(tmp_path: Path, local_location: str) -> None:
    again = str(tmp_path / "demo.ioms")
    list(build_demo(again, cases=4))
    list(build_demo(again, cases=3))
    before = Path(local_location).read_bytes()
    with pytest.raises(Refused, match="no demo"):
        list(build_demo(local_location, cases=3))
    assert Path(local_location).read_bytes() == before


def test_it_is_built_on_a_server_too(postgres_database: object) -> None:
    assert callable(postgres_database)
    location = postgres_database()
    list(build_demo(location, cases=12))
    desk = sign_in(location, "okoro", PASSWORD)
    assert {each.history[-1].programme for each in evaluate_book(desk, AS_OF)} == {"PHOENIX"}
    desk.store.close()
