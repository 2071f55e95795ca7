"""A case as it stood on a day: by its days, and where it has none by what was on record then."""

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pytest

from ioms_desktop.domain.dates.day_time import DayTime
from ioms_desktop.domain.records.appointments import Appointment
from ioms_desktop.domain.records.as_it_stood import (
    UNKNOWN_STATUS,
    appointments_as_they_stood,
    as_it_stood,
    as_they_stood,
    case_as_it_stood,
    on_record_as_they_stood,
    with_holders,
    workers_as_they_stood,
)
from ioms_desktop.domain.records.cases import Action, Case
from ioms_desktop.domain.records.concerns_and_decisions import WAITING, Proposal
from ioms_desktop.domain.records.engagement import Contact
from ioms_desktop.domain.records.workers.case_workers import CaseWorker


def version(day: int, status: str, *, closed: int | None = None, hour: int = 9) -> Case:
    """Return a case as it was recorded on a day of November."""
    return Case(
        case_ref="C",
        person_ref="P",
        programme="IOM",
        status=status,
        referred_on=date(2026, 9, 1),
        closed_on=None if closed is None else date(2026, 11, closed),
        close_reason=None if closed is None else "DECEASED",
        recorded_at=datetime(2026, 11, day, hour, tzinfo=UTC),
    )


WORKED = [version(3, "ACTIVE"), version(5, "ACTIVE", hour=22), version(5, "SUSPENDED", hour=23)]
CLOSED_LATE = [*WORKED, version(12, "DECEASED", closed=8)]
CORRECTED = [version(3, "ACTIVE"), version(6, "DECEASED", closed=5), version(9, "SUSPENDED")]
IMPORTED = [version(20, "DECEASED", closed=8)]


@pytest.mark.parametrize(
    ("versions", "on", "known_on", "stood"),
    [
        (WORKED, 4, None, ("ACTIVE", None)),
        (WORKED, 5, None, ("SUSPENDED", None)),  # the last of the day
        (WORKED, 1, None, ("ACTIVE", None)),  # as it was first recorded
        ([*WORKED, version(6, "ACTIVE", hour=12)], 9, 6, ("ACTIVE", None)),  # the instant is included
        (CLOSED_LATE, 7, None, ("SUSPENDED", None)),  # on the day before the closing it was open
        (CLOSED_LATE, 8, None, ("DECEASED", 8)),  # on the closing day it is closed, though nobody had recorded it
        (CLOSED_LATE, 8, 10, ("SUSPENDED", None)),  # nor could anybody know
        (CLOSED_LATE, 30, 4, ("ACTIVE", None)),
        (CORRECTED, 7, None, ("ACTIVE", None)),  # a closing that was a mistake tells nothing
        (CORRECTED, 7, 7, ("DECEASED", 5)),
        (IMPORTED, 8, None, ("DECEASED", 8)),
        (IMPORTED, 7, None, (UNKNOWN_STATUS, None)),  # never the stage of the closing
        (IMPORTED, 8, 19, None),
    ],
)
def test_a_case_stands_as_its_days_and_the_record_of_then_say(
    versions: list[Case], on: int, known_on: int | None, stood: tuple[str, int | None] | None
) -> None:
    known_at = None if known_on is None else datetime(2026, 11, known_on, 12, tzinfo=UTC)
    found = case_as_it_stood(versions, date(2026, 11, on), known_at)
    closed = None if found is None or found.closed_on is None else found.closed_on.day
    assert (None if found is None else (found.status, closed)) == stood
    assert found is None or (found.close_reason is None) == (closed is None)


def test_whoever_stopped_later_holds_the_role_and_whoever_began_later_does_not() -> None:
    first, second = (
        CaseWorker(
            case_worker_ref=name, case_ref="C", worker_role="POLICE_OM", worker=name, started_on=began, ended_on=ended
        )
        for name, began, ended in (("A", None, date(2026, 11, 4)), ("B", date(2026, 11, 4), None))
    )
    for day, held, listed in ((3, ["A"], 1), (4, ["B"], 2)):
        stood = workers_as_they_stood((first, second), date(2026, 11, day))
        assert ([each.worker for each in stood if each.is_current], len(stood)) == (held, listed)


def test_a_case_names_whoever_held_each_role_on_the_day() -> None:
    case = replace(version(3, "ACTIVE"), police_om="now", navigator="of whom no history tells", social_worker="later")
    workers = [
        CaseWorker(
            case_worker_ref=f"{role}{began}",
            case_ref="C",
            worker_role=role,
            worker=name,
            started_on=nov(began),
            ended_on=None if ended is None else nov(ended),
        )
        for role, name, began, ended in (
            ("POLICE_OM", "then", 2, 6),
            ("POLICE_OM", "now", 8, None),
            ("SOCIAL_WORKER", "later", 8, None),
            ("NEIGHBOURHOOD_OFFICER", "in no column", 1, None),
        )
    ]
    for day, om, social_worker in ((5, "then", None), (6, None, None), (8, "now", "later")):
        stood = with_holders(case, workers, nov(day))
        assert (stood.police_om, stood.social_worker) == (om, social_worker), day
        assert stood.navigator == "of whom no history tells"


def nov(day: int) -> date:
    return date(2026, 11, day)


def action(recorded: int, due: int, **more: Any) -> Action:  # noqa: ANN401 - of an action's columns
    """Return an action as it was recorded on a day of November."""
    at = datetime(2026, 11, recorded, 9, tzinfo=UTC)
    return Action(action_ref="A", case_ref="C", text="t", owner="o", due_on=nov(due), recorded_at=at, **more)


def test_an_action_stands_as_it_was_on_record_without_what_came_of_it_later() -> None:
    given = action(2, 10)
    moved = replace(action(6, 20), first_due_on=nov(10), due_moves=1, due_reason="ill")
    done = replace(moved, done_on=nov(8), outcome="seen", recorded_at=datetime(2026, 11, 12, tzinfo=UTC))
    dropped = replace(action(6, 20), cancelled_on=nov(7), cancel_reason="twice")
    for versions, on, stood in (
        ([given, moved, done], 5, (nov(10), None, None, None)),
        ([given, moved, done], 7, (nov(20), 1, None, None)),
        ([given, moved, done], 8, (nov(20), 1, nov(8), "seen")),  # however late it was recorded
        ([given, moved, done], 1, None),
        ([action(9, 4)], 5, (nov(4), None, None, None)),  # it was due by then, so that it is only recorded late
    ):
        found = on_record_as_they_stood(versions[-1:], versions[:-1], nov(on))
        told = [(each.due_on, each.due_moves, each.done_on, each.outcome) for each in found]
        assert told == ([] if stood is None else [stood]), on
    assert [as_it_stood(dropped, nov(on)).cancel_reason for on in (6, 7)] == [None, "twice"]
    # What is dated on the day itself is there, and what is dated later is not.
    there = [[each.done_on for each in as_they_stood([done], "first_due_on", nov(on))] for on in (9, 10)]
    assert there == [[], [nov(8)]]


def test_an_appointment_stands_before_it_was_moved_or_had_its_outcome() -> None:
    def meeting(ref: str, recorded: int, at: int, **more: Any) -> Appointment:  # noqa: ANN401 - of its columns
        made = datetime(2026, 11, recorded, 9, tzinfo=UTC)
        starts = DayTime(nov(at))
        return Appointment(
            appointment_ref=ref, case_ref="C", starts_at=starts, contact_type="OFFICE", recorded_at=made, **more
        )

    cancelled = {"cancelled_on": nov(6), "cancelled_by": "PERSON", "cancel_reason": "ill"}
    assert on_record_as_they_stood([meeting("E", 9, 4)], (), nov(4))  # recorded late, as it was held by then
    assert not on_record_as_they_stood([meeting("E", 9, 5)], (), nov(4))
    now = [meeting("A", 2, 9, **cancelled), meeting("B", 2, 12, replaces_ref="A"), meeting("D", 2, 5, contact_ref="K")]
    contact = Contact(
        contact_ref="K", case_ref="C", occurred_at=DayTime(nov(5)), planned=True, contact_type="OFFICE", outcome="HELD"
    )
    for on, waiting in ((4, ["A", "D"]), (5, ["A"]), (6, ["B"])):
        stood = appointments_as_they_stood(now, on_record_as_they_stood(now, (), nov(on)), [contact], nov(on))
        assert [each.appointment_ref for each in stood if each.is_waiting] == waiting, on
        assert [each.cancel_reason for each in stood if each.appointment_ref == "A"] == [None if on < 6 else "ill"]


def test_a_proposal_that_was_answered_later_waits() -> None:
    answered = Proposal(
        proposal_ref="R",
        case_ref="C",
        proposed_on=nov(2),
        decision="HOLD",
        reason="r",
        proposed_by="o",
        status="AUTHORISED",
        answered_by="p",
        answered_on=nov(6),
        decision_ref="D",
    )
    stood = as_it_stood(answered, nov(5))
    assert (stood.status, stood.answered_by, stood.answered_on, stood.decision_ref) == (WAITING, None, None, None)
    assert as_it_stood(answered, nov(6)) == answered
