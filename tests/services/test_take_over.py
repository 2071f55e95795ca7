"""A restricted case that lost its last supervisor is named before, and taken over by two others, on both databases."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from ioms_desktop.domain.access.case_access import TAKEOVER_REQUEST_DURATION
from ioms_desktop.domain.errors import InvalidText, Missing, NotAllowed
from ioms_desktop.services.access.case_access_admin import (
    DeclareConflict,
    admit_user,
    declare_conflict,
    exclude_user,
    get_case_access,
    remove_from_access_lists,
)
from ioms_desktop.services.access.take_over import (
    TakeOverCase,
    list_cases_depending_on,
    list_orphaned_cases,
    list_teams_depending_on,
    take_over_case,
)
from ioms_desktop.services.accounts.accounts import change_account
from ioms_desktop.services.accounts.users import disable_user, enable_user
from ioms_desktop.services.cases.cases import open_case
from ioms_desktop.services.sign_in.sign_in import sign_in
from ioms_desktop.storage.sqlite import key_file
from ioms_desktop.storage.sqlite.key_file import PERSON, KeyFile
from keys import TEST_KEY
from services.access_bureau import Bureau, named
from sessions import request
from shared_people import ANOTHER, PASSWORD, login_of

if TYPE_CHECKING:
    from ioms_desktop.services.session import Session

WHY = "T. supervisor left; the case needs somebody"
THIRD = "third"


@pytest.fixture
def left(bureau: Bureau) -> Bureau:
    """A case restricted to one supervisor, who may sign in still; two others, and an officer admitted."""
    bureau.add_supervisor(THIRD)
    if not bureau.shared:  # disabling takes the person's half of the key away
        slot = key_file.with_slot(KeyFile("", is_demo=False), PERSON, login_of("supervisor"), PASSWORD, {1: TEST_KEY})
        key_file.save(bureau.location, slot)
    bureau.restrict("supervisor")
    admit_user(bureau.session("supervisor"), named("officer"))
    return bureau


def ask(session: Session, case_ref: str = "IOM-1", reason: str = WHY) -> str:
    return take_over_case(session, TakeOverCase(request=request(), case_ref=case_ref, reason=reason)).notice


def gone(bureau: Bureau) -> str:
    return disable_user(bureau.session("administrator"), login_of("supervisor"))


def opens(session: Session) -> bool:
    try:
        return open_case(session, "IOM-1").case.case_ref == "IOM-1"
    except Missing:
        return False


def test_disabling_names_what_would_be_orphaned(left: Bureau) -> None:
    admin = left.session("administrator")
    assert list_cases_depending_on(admin, login_of("supervisor")) == ["IOM-1"]
    for who in ("officer", ANOTHER, "administrator"):
        assert list_cases_depending_on(admin, login_of(who)) == [], "the control"
    assert list_orphaned_cases(left.session(ANOTHER)) == []
    said = gone(left)
    assert "Restricted case IOM-1 has no other supervisor" in said
    assert "access take-over" in said
    assert [each.case_ref for each in list_orphaned_cases(left.session(ANOTHER))] == ["IOM-1"]


def test_whatever_else_takes_a_supervisor_away_names_it_too(left: Bureau) -> None:
    boss, admin = left.session("supervisor"), left.session("administrator")
    soon = left.clock.now.date() + timedelta(days=400)
    assert "From the day after: Restricted case IOM-1" in change_account(
        admin, login_of("supervisor"), team="", until=soon
    )
    assert "IOM-1" not in change_account(admin, login_of("supervisor"), team="", until=None)
    assert "IOM-1" not in change_account(admin, login_of("officer"), team="", until=soon), "the control"
    entry = DeclareConflict(request=request(), case_ref="IOM-1")
    assert "Restricted case IOM-1 has no other supervisor" in declare_conflict(boss, entry).notice
    assert [each.case_ref for each in list_orphaned_cases(left.session(ANOTHER))] == ["IOM-1"]
    assert list_orphaned_cases(boss) == [], "nothing is said of it to whoever is excluded"


def test_a_team_that_loses_its_last_supervisor_is_named(left: Bureau) -> None:
    admin = left.session("administrator")
    left.restrict("supervisor", "PHX-1")
    assert "Team" not in change_account(admin, login_of("supervisor"), team="South", until=None)
    change_account(admin, login_of("officer"), team="North", until=None)
    assert list_teams_depending_on(admin, login_of("supervisor")) == [], "two others share every team's cases"
    for who in (ANOTHER, THIRD):
        change_account(admin, login_of(who), team="North", until=None)
    assert list_teams_depending_on(admin, login_of("supervisor")) == ["South"]
    assert list_teams_depending_on(admin, login_of(ANOTHER)) == [], "the control: another one has the same team"
    assert list_teams_depending_on(admin, login_of("officer")) == []
    moved = change_account(admin, login_of("supervisor"), team="North", until=None)
    assert "Team South has no other supervisor: let another one share" in moved
    change_account(admin, login_of("supervisor"), team="South", until=None)
    said = gone(left)
    assert "Restricted cases IOM-1 and PHX-1 have no other supervisor" in said
    assert "Team South has no other supervisor" in said


def test_a_supervisor_who_signs_in_is_told_of_orphaned_cases(left: Bureau) -> None:
    gone(left)
    if not left.shared:
        return  # a file restricts no case, so that none can be orphaned there
    first = sign_in(left.location, login_of(ANOTHER), PASSWORD)
    (told,) = first.warnings
    assert told.startswith("Restricted case IOM-1 has no supervisor any more. Two supervisors can take it over")
    ask(first)
    second = sign_in(left.location, login_of(THIRD), PASSWORD)
    assert f"{login_of(ANOTHER)} has asked to take it over; another one completes it" in second.warnings[0]
    ask(second)
    last, officer = (sign_in(left.location, login_of(who), PASSWORD) for who in (THIRD, "officer"))
    assert (last.warnings, officer.warnings) == ((), ()), "the control"
    for session in (first, second, last, officer):
        session.store.close()


def test_a_second_supervisor_who_is_admitted_leaves_nothing_orphaned(left: Bureau) -> None:
    admit_user(left.session("supervisor"), named(ANOTHER))
    assert "IOM-1" not in gone(left)
    assert list_orphaned_cases(left.session(THIRD)) == []
    with pytest.raises(NotAllowed):
        ask(left.session(THIRD))


def test_two_others_together_take_it_over_and_one_alone_does_not(left: Bureau) -> None:
    gone(left)
    first, second = left.session(ANOTHER), left.session(THIRD)
    assert "Another supervisor completes it" in ask(first)
    assert "Another supervisor completes it" in ask(first), "asking twice is not two people"
    assert (opens(first), opens(second)) == (False, False)
    (waiting,) = list_orphaned_cases(second)
    assert (waiting.asked_by, waiting.reason) == (login_of(ANOTHER), WHY)
    assert "taken over: you and the supervisor who asked" in ask(second)
    assert (opens(first), opens(second)) == (True, True)
    assert list_orphaned_cases(second) == []
    standing = get_case_access(second, "IOM-1")
    admitted = {(e.user_name, e.set_by) for e in standing.entries if e.kind == "ADMITTED" and e.message == WHY}
    assert admitted == {(login_of(ANOTHER), login_of(THIRD)), (login_of(THIRD), login_of(ANOTHER))}
    assert [e for e in standing.entries if e.kind == "TAKEOVER" and standing.is_current(e)] == []
    # Who may know of it is theirs to say from now on; and whoever comes back finds it as they left it.
    remove_from_access_lists(first, named("officer"))
    enable_user(left.session("administrator"), login_of("supervisor"))


def test_a_request_gives_no_access_by_itself_and_ends(left: Bureau) -> None:
    gone(left)
    first, second = left.session(ANOTHER), left.session(THIRD)
    ask(first)
    if left.shared:
        with left.keeper.engine.begin() as keeper:
            keeper.exec_driver_sql(
                "UPDATE access_entry SET ends_at = clock_timestamp() - interval '1 second' WHERE kind = 'TAKEOVER'"
            )
    else:
        left.clock.now += TAKEOVER_REQUEST_DURATION
    assert list_orphaned_cases(second)[0].asked_by is None
    assert "Another supervisor completes it" in ask(second), "the first request has run out: this is another first"
    assert not opens(second)


def test_who_may_not_take_over_is_refused_in_one_sentence_and_on_record(left: Bureau) -> None:
    boss = left.session("supervisor")
    exclude_user(boss, named(ANOTHER))
    said = set()
    for session, ref in ((left.session(THIRD), "IOM-1"), (left.session(THIRD), "PHX-1"), (left.session(THIRD), "X-9")):
        with pytest.raises(NotAllowed) as refused:
            ask(session, ref)
        said.add(refused.value.sentence.replace(ref, ""))
    gone(left)
    with pytest.raises(NotAllowed) as refused:
        ask(left.session(ANOTHER))
    said.add(refused.value.sentence.replace("IOM-1", ""))
    assert len(said) == 1, "what is kept from somebody is answered like what is not there"
    asked = {login_of(ANOTHER), login_of(THIRD)}
    assert [denied for who, _, denied in left.on_record("access_entry") if who in asked] == [True] * 4
    for role in ("officer", "navigator", "coordinator", "administrator", "auditor"):
        with pytest.raises(NotAllowed):
            ask(left.session(role))
    for reason, why in ((WHY[:19], "has 19 of the 20"), (f"{WHY}\x07", "control character")):
        with pytest.raises(InvalidText, match=why) as wrong:
            ask(left.session(THIRD), reason=reason)
        assert wrong.value.field == "reason"
    assert "Another supervisor" in ask(left.session(THIRD)), "the control"


def test_the_same_request_again_answers_as_before(left: Bureau) -> None:
    gone(left)
    entry = TakeOverCase(request=request(), case_ref=" IOM-1 ", reason=WHY)
    first = take_over_case(left.session(ANOTHER), entry)
    before = len(left.on_record("access_entry"))
    assert take_over_case(left.session(ANOTHER), replace(entry)) == first
    assert len(left.on_record("access_entry")) == before
