"""Break-glass access: who may use it and for what reason, what is recorded, and who is notified and for how long."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import select

from ioms_desktop.domain.access.case_access import AccessList
from ioms_desktop.domain.access.roles import Role
from ioms_desktop.domain.dates.calendar import LONDON
from ioms_desktop.domain.errors import AlreadyAccessible, Missing, NeedsAnotherPerson, NotAllowed, Refused
from ioms_desktop.domain.records.cases import Action
from ioms_desktop.domain.records.workers.names import WorkerNames, with_display_names
from ioms_desktop.services.access.break_glass import (
    ALERT_PERIOD,
    BreakGlass,
    break_glass,
    list_recent_break_glass,
    read_break_glass_use,
    receives_alerts,
)
from ioms_desktop.services.cases.cases import open_case
from ioms_desktop.services.session import Outcome, Session, Topic
from ioms_desktop.storage import access_lists
from ioms_desktop.storage.schema import tables
from ioms_desktop.storage.store import Store
from services.written import Entry, added_entries, contents, keep, nothing_written
from sessions import NOW, Clock, fill, request, session_of

WHY = "his mother rang twice"
SHOWN = "PC 4411 ADEYEMI"
BREAK = BreakGlass(request="", case_ref="IOM-1", reason=WHY)


@pytest.fixture
def officer(store: Store) -> Session:
    """Return the session of an officer from whom IOM-1 is hidden."""
    fill(store)
    keep(store, "IOM-1", restricted=True)
    return session_of(store, "adeyemi", Role.OFFICER, Clock())


def seat(session: Session, user: str, role: Role) -> Session:
    return replace(session, user=user, role=role)


def at(session: Session, moment: datetime) -> Session:
    return replace(session, clock=Clock(moment))


def broken(session: Session, entry: BreakGlass = BREAK) -> Outcome:
    return break_glass(session, replace(entry, request=request()))


def exclude(session: Session, kind: AccessList = AccessList.EXCLUDED) -> None:
    with session.store.begin(seat(session, "wright", Role.SUPERVISOR).command_context(), "named") as tx:
        access_lists.set_access_entry(tx, "IOM-1", session.user, kind, listed=True, message="Ask the chief.")


def test_a_glass_is_broken_for_an_hour_and_a_review_asked_for(officer: Session) -> None:
    with added_entries(officer.store) as added:
        outcome = broken(officer)
    assert outcome.ref == "IOM-1"
    assert outcome.changed == frozenset({Topic.PEOPLE, Topic.CASES, Topic.ACTIONS})
    assert "for 60 minutes" in outcome.notice
    access = open_case(at(officer, NOW + timedelta(minutes=59, seconds=59)), "IOM-1").break_glass_access
    assert access is not None
    assert access.closing_time == f"{(NOW + timedelta(minutes=60)).astimezone(LONDON):%H:%M}"
    with pytest.raises(Missing):
        open_case(at(officer, NOW + timedelta(minutes=60)), "IOM-1")
    with officer.store.read() as reading:
        (review,) = reading.list_records(Action, case_ref="IOM-1")
    assert (review.owner, review.due_on, review.recorded_by) == ("supervisor", date(2026, 10, 19), "adeyemi")
    assert review.text == "Review: adeyemi opened this case by restricted record access"
    assert added == [
        Entry("CONSULTATION", "break_glass", "IOM-1", "P-CH", "adeyemi", "BREAK_GLASS"),
        Entry("COLLECTION", "actions", review.action_ref, "P-CH", "adeyemi", "BREAK_GLASS"),
    ]


def test_the_reason_is_kept_as_it_was_given_without_its_outer_blanks(officer: Session) -> None:
    broken(officer, replace(BREAK, reason=f"  {WHY} "))
    with officer.store.read() as reading:
        of_audit = select(tables.audit.c.reason_text).where(tables.audit.c.object_type == "break_glass")
        assert list(reading.connection.scalars(of_audit)) == [WHY]
        of_list = select(tables.access_entry.c.message).where(tables.access_entry.c.kind == AccessList.BREAK_GLASS)
        assert list(reading.connection.scalars(of_list)) == [WHY]


def test_a_reason_has_twenty_characters_without_its_outer_blanks(officer: Session) -> None:
    for reason, has in (("", 0), ("   ", 0), (WHY[:19], 19), (f"  {WHY[:19]}  ", 19)):
        with nothing_written(officer.store, Refused, f"has {has} of the 20", field="reason"):
            broken(officer, replace(BREAK, reason=reason))
    with nothing_written(officer.store, Refused, "control character", field="reason"):
        broken(officer, replace(BREAK, reason=f"{WHY}\x07"))
    assert broken(officer, replace(BREAK, reason=WHY[:20]))


def test_who_may_break_no_glass_is_refused_whatever_the_reason(officer: Session) -> None:
    for role in set(Role) - {Role.OFFICER, Role.NAVIGATOR, Role.SUPERVISOR}:
        for reason in (WHY, ""):
            with nothing_written(officer.store, NotAllowed, "open restricted records"):
                broken(seat(officer, "somebody", role), replace(BREAK, reason=reason))


def test_a_case_that_is_open_in_any_event_needs_no_breaking(officer: Session) -> None:
    with nothing_written(officer.store, AlreadyAccessible):
        broken(officer, replace(BREAK, case_ref="PHX-1"))
    exclude(officer, AccessList.ADMITTED)
    with nothing_written(officer.store, AlreadyAccessible):
        broken(officer)


def test_a_glass_that_is_broken_already_is_not_broken_again(officer: Session) -> None:
    broken(officer)
    with nothing_written(officer.store, AlreadyAccessible):
        broken(at(officer, NOW + timedelta(minutes=59)))
    assert broken(at(officer, NOW + timedelta(minutes=60)))


def test_the_glass_opens_the_other_programme_too(officer: Session) -> None:
    navigator = seat(officer, "okoro", Role.NAVIGATOR)
    keep(officer.store, "IOM-1", restricted=False)
    with pytest.raises(Missing):
        open_case(navigator, "IOM-1")
    broken(navigator)
    assert open_case(navigator, "IOM-1").break_glass_access


def test_what_cannot_be_broken_is_refused_and_only_that_it_was_tried_is_on_record(officer: Session) -> None:
    exclude(officer)
    said = set()
    for ref in ("IOM-1", "IOM-9"):
        before = contents(officer.store)
        with added_entries(officer.store) as added, pytest.raises(NotAllowed) as refused:
            broken(officer, replace(BREAK, case_ref=ref))
        said.add(refused.value.sentence.replace(ref, ""))
        after = contents(officer.store)
        assert added == [Entry("CONSULTATION", "break_glass", ref, None, "adeyemi", "BREAK_GLASS")]
        assert {name for name in after if after[name] != before[name]} == {"audit"}
    assert len(said) == 1  # what is kept from somebody is answered like what is not there
    assert list_recent_break_glass(seat(officer, "chief", Role.AUDITOR)) == ()


def test_what_was_refused_under_a_number_may_be_asked_again_under_it(officer: Session) -> None:
    entry = replace(BREAK, request=request(), case_ref="IOM-9")
    with pytest.raises(NotAllowed):
        break_glass(officer, entry)
    assert break_glass(officer, replace(entry, case_ref="IOM-1")).ref == "IOM-1"


def test_the_same_request_again_breaks_nothing_twice(officer: Session) -> None:
    entry = replace(BREAK, request=request())
    first = break_glass(officer, entry)
    before = contents(officer.store)
    assert break_glass(officer, entry) == first
    assert contents(officer.store) == before


def test_supervisors_and_auditors_hear_of_it(officer: Session) -> None:
    hearing = {role for role in Role if receives_alerts(seat(officer, "somebody", role))}
    assert hearing == {Role.SUPERVISOR, Role.AUDITOR}
    broken(officer)
    heard = {role for role in Role if list_recent_break_glass(seat(officer, "somebody", role))}
    assert heard == hearing


def test_a_broken_glass_names_who_broke_it_and_the_case(officer: Session) -> None:
    broken(officer)
    with officer.store.read() as reading:
        (review,) = reading.list_records(Action, case_ref="IOM-1")
    (told,) = list_recent_break_glass(seat(officer, "wright", Role.SUPERVISOR))
    assert (told.ref, told.who, told.case_ref) == (review.action_ref, "adeyemi", "IOM-1")
    reader = replace(
        seat(officer, "wright", Role.SUPERVISOR),
        names=WorkerNames({"adeyemi": SHOWN, "wright": "W.", "j.smith": "J. S."}),
    )
    assert [each.who for each in list_recent_break_glass(reader)] == [SHOWN]
    assert reader.names.in_text(review.text) == f"Review: {SHOWN} opened this case by restricted record access"
    done = replace(review, text=f"{review.text} (supervisor). wright: As adeyemi: right to do so. wright: yes.")
    assert with_display_names(done, reader.names).text == (
        f"Review: {SHOWN} opened this case by restricted record access (supervisor). "
        "W.: As adeyemi: right to do so. wright: yes."
    ), "what somebody wrote stays as it was written"
    assert reader.names.in_text(f"{review.text}. j.smith: yes. j.smith: no").endswith(". J. S.: yes. j.smith: no")
    assert reader.names.in_text("Review: adeyemi to be rung. wright: yes") == "Review: adeyemi to be rung. wright: yes"
    (heard,) = list_recent_break_glass(seat(officer, "chief", Role.AUDITOR))
    assert (heard.ref, heard.who, heard.case_ref) == (f"{NOW.astimezone(UTC)}", "adeyemi", "IOM-1")


def test_a_supervisor_does_not_hear_of_their_own_and_an_auditor_does(officer: Session) -> None:
    broken(seat(officer, "wright", Role.SUPERVISOR))
    assert list_recent_break_glass(seat(officer, "wright", Role.SUPERVISOR)) == ()
    assert len(list_recent_break_glass(seat(officer, "holt", Role.SUPERVISOR))) == 1
    assert len(list_recent_break_glass(seat(officer, "wright", Role.AUDITOR))) == 1


def test_it_is_heard_of_for_two_minutes(officer: Session) -> None:
    assert timedelta(minutes=2) == ALERT_PERIOD
    broken(officer)
    for session in (seat(officer, "wright", Role.SUPERVISOR), seat(officer, "chief", Role.AUDITOR)):
        for after, heard in ((timedelta(0), 1), (ALERT_PERIOD, 1), (ALERT_PERIOD + timedelta(seconds=1), 0)):
            assert len(list_recent_break_glass(at(session, NOW + after))) == heard


def test_nobody_reads_what_their_own_access_was_used_for(officer: Session) -> None:
    wright, holt = seat(officer, "wright", Role.SUPERVISOR), seat(officer, "holt", Role.SUPERVISOR)
    broken(wright)
    with officer.store.read() as reading:
        (review,) = reading.list_records(Action, case_ref="IOM-1")
    with pytest.raises(NeedsAnotherPerson):
        read_break_glass_use(wright, review)
    assert read_break_glass_use(holt, review).user_name == "wright"
