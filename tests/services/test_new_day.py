"""Reading over a new day what the day changes says what a reading of everything says."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import pytest

from ioms_desktop.domain.access.roles import Role
from ioms_desktop.domain.dates.calendar import DAY
from ioms_desktop.domain.dates.day_time import DayTime
from ioms_desktop.domain.duties.case_duties import Duty
from ioms_desktop.domain.records.appointments import Appointment
from ioms_desktop.domain.records.cases import Action, Case
from ioms_desktop.domain.records.engagement import Offer
from ioms_desktop.domain.records.network.associates import Associate
from ioms_desktop.domain.records.network.memberships import GroupMembership
from ioms_desktop.domain.records.people import Order, Person
from ioms_desktop.domain.records.protection import GroupResponse, MappaPeriod
from ioms_desktop.domain.records.record import Record
from ioms_desktop.services.cases.owed.people import PeoplesWork
from ioms_desktop.services.database.code_decisions import DecideCode, decide_on_code
from ioms_desktop.storage.store import Store
from policy_histories.exchange_columns import write_folder
from policy_histories.generate import corrected, histories, seeded
from services.exchange_session import session_at, taken
from services.test_today_apart import Seat
from services.written import put
from sessions import request

BEGUN = datetime(2026, 11, 26, 9, tzinfo=UTC)
FIRST = BEGUN.date()
SEED, CASES = 26, 2
STEPS = (1, 1, 2, 1, 3, 7, 8)
"""Days from one reading to the next: another policy begins on 30 November, and a week is as far as is known ahead."""
ADULT = date(1980, 2, 29)


def on(days: int) -> date:
    return FIRST + days * DAY


def person(ref: str, born: date) -> Person:
    return Person(person_ref=f"P-{ref}", family_name=f"Name {ref}", given_names="Sam", date_of_birth=born)


def case(ref: str, programme: str = "IOM", **more: Any) -> Case:  # noqa: ANN401 - any field of a case
    begun: dict[str, Any] = {"status": "ACTIVE", "referred_on": on(-90), "police_om": "HOLT"} | more
    return Case(case_ref=f"C-{ref}", person_ref=f"P-{ref}", programme=programme, **begun)


def people() -> list[Record]:
    """List people whose lines a day brings, changes or takes away, each with what it is of theirs that does."""
    long_closed: dict[str, Any] = {"status": "CLOSED", "referred_on": date(2009, 1, 5)}
    return [
        *(person(ref, ADULT) for ref in ("ENDS", "LEAVES", "SOON", "PUT-OFF", "MAPPA")),
        *(person("TURNS", date(2008, 12, 2)), person("GROWS", date(2009, 5, 29)), person("CHILD", date(2012, 2, 1))),
        case("ENDS", police_om=None, closed_on=on(4)),  # as an import may have recorded it
        case("LEAVES", police_om=None, closed_on=on(2)),  # nothing else is owed of it
        Action(action_ref="AC-ENDS", case_ref="C-ENDS", text="Ring", owner="HOLT", due_on=on(-1)),
        *(case(ref, programme="PHOENIX", notified_on=on(-80)) for ref in ("TURNS", "GROWS")),
        case("CHILD", programme="PHOENIX", referred_on=date(2025, 12, 5), notified_on=on(-80)),
        case("SOON", **long_closed, closed_on=date(2020, 12, 6)),
        *(case(ref, **long_closed, closed_on=date(2010, 3, 1)) for ref in ("PUT-OFF", "MAPPA")),
        Order(order_ref="O-1", person_ref="P-PUT-OFF", order_type="LICENCE", made_on=date(2009, 2, 2), ends_on=on(9)),
        MappaPeriod(person_ref="P-MAPPA", from_on=on(10), category="1", level="1"),
    ]


def given() -> list[Record]:
    """List what people gave each other up to two weeks ahead, each on a case of its own, which nothing else changes."""
    graded: dict[str, Any] = {"source_grade": "1", "information_grade": "A", "group_name": "GRP-07"}
    kinds: dict[type[Record], dict[str, Any]] = {
        Offer: {"offer_type": "GYM"},  # a decision is owed of it on the fifteenth day
        Appointment: {"contact_type": "OFFICE"},
        Action: {"text": "Ring", "owner": "HOLT"},
        Associate: {"name": "Kim", "kind": "PARENT", "basis": "FACT", "source": "File"},
        GroupMembership: {"role": "ASSOCIATE", "source": "Niche 26/2", "evidence_on": on(-200)} | graded,
        GroupResponse: graded,
    }
    cancelled: dict[str, Any] = {"cancelled_on": on(2), "cancel_reason": "Moved away"}
    each: list[tuple[type[Record], dict[str, Any]]] = [
        *((Offer, {"offered_on": on(days)}) for days in (-14, -11, -8)),
        *((Appointment, {"starts_at": DayTime(on(days))}) for days in (1, 9)),
        *((Appointment, {"starts_at": DayTime(on(days), time(8, 30))}) for days in (2, 12)),
        *((Action, {"due_on": on(days)}) for days in (-2, 3, 9, 13)),
        *((Action, {"due_on": on(3)} | ends) for ends in ({"done_on": on(4)}, cancelled)),
        *((Associate, {"review_on": on(days)}) for days in (2, 11)),
        (Associate, {"review_on": on(-1), "to_on": on(3)}),
        *((GroupMembership, {"review_on": on(days)}) for days in (3, 9)),
        (GroupMembership, {"review_on": on(1), "to_on": on(4)}),
        *(
            (GroupResponse, {"incident_on": on(since), "retaliation_until": on(until), "expires_on": on(expires)})
            for since, until, expires in ((-3, 3, 30), (4, 9, 30), (-3, 9, 3))
        ),
    ]
    made: list[Record] = [Action(action_ref="AC-ALL", due_on=on(12), **kinds[Action])]
    for number, (kind, fields) in enumerate(each):
        ref = f"{number:02}"
        owner = ("person_ref", f"P-{ref}") if kind.subject == "person_ref" else ("case_ref", f"C-{ref}")
        own: dict[str, Any] = dict([(kind.key[0], f"X-{ref}"), owner])
        of_phoenix: dict[str, Any] = {"programme": "PHOENIX", "notified_on": on(-80)} if kind is Offer else {}
        made += [person(ref, ADULT), case(ref, **of_phoenix)]
        made.append(kind(**own | kinds[kind] | fields))
    return made


def test_review_groups_that_a_supervisor_ends_stop_nobodys_list(store: Store) -> None:
    clock = [BEGUN]
    put(store, *people())
    for code, until in (("GROUP_4", on(5)), ("GROUP_3", on(8))):
        said = {"list": "retention_group", "code": code, "state": "CONFIRMED", "reason": "The records manager, 26 Nov"}
        ends = DecideCode(request=request(), **said, valid_from=date(2026, 4, 1), valid_to=until)
        decide_on_code(session_at(store, at=BEGUN), ends)
    roles = (Role.SUPERVISOR, Role.OFFICER)
    seats = [Seat(replace(session_at(store, role, BEGUN), clock=lambda: clock[0])) for role in roles]
    assert [seat.told(None) for seat in seats] == [seat.whole() for seat in seats]
    for _ in range(3):
        clock[0] += DAY
        told = [seat.told(()) for seat in seats]
        assert told == [seat.whole() for seat in seats]
    assert "P-SOON" in {line.ref for line in told[0] if line.duty is Duty.RETENTION}, "its group stands"
    assert [seat.looked.count(None) for seat in seats] == [2, 1], "who reviews no records need not read everything"


def test_what_a_new_day_changes_is_read_apart_and_the_list_says_what_one_made_anew_says(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rng, clock = seeded("new day"), [BEGUN]
    taken(session_at(store, at=BEGUN), write_folder(corrected(histories(SEED, CASES), SEED), tmp_path / "book"))
    put(store, *people(), *given())
    roles = (Role.SUPERVISOR, Role.NAVIGATOR)
    sessions = [replace(session_at(store, role, BEGUN), clock=lambda: clock[0]) for role in roles]
    seats, blind = [Seat(session) for session in sessions], Seat(sessions[0])
    missed, wholly = set[Duty](), list[date]()
    for seat in (*seats, blind):
        assert seat.told(None) == seat.whole()
    for number, days in enumerate(STEPS):
        clock[0] += days * DAY + timedelta(hours=rng.choice((-1, 0, 1, 4)), minutes=rng.randrange(60))
        looked = [len(seat.looked) for seat in seats]
        anew = [seat.whole() for seat in seats] if number % 2 else []  # a colleague was there first
        told = [seat.told(()) for seat in seats]
        assert told == (anew or [seat.whole() for seat in seats]), clock[0]
        if any(None in seat.looked[before:] for seat, before in zip(seats, looked, strict=True)):
            wholly.append(clock[0].date())
        # The control: without what is known of the clock, lines are missing or stay.
        with monkeypatch.context() as patched:
            patched.setattr(PeoplesWork, "turned_by", lambda *_: set[object]())
            missed |= {line.duty for line in {*blind.told(())} ^ {*told[0]}}
        if number == 4:
            clock[0] += timedelta(minutes=1)
            for seat in seats:
                seat.told(())  # everything, which is due, as nobody looked for ten minutes
    assert missed == {
        Duty.APPOINTMENT,
        Duty.OUTCOME,
        Duty.ACTION,
        Duty.GROUP,
        Duty.LINK,
        Duty.TRANSITION,
        Duty.RETENTION,
    }
    assert wholly == [on(5), on(23)], "an action of no case comes into sight, and more than a week has passed"
