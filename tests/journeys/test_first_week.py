"""The jobs of a first week, by keys in a real window: what is on record afterwards, and how many actions each took."""

from __future__ import annotations

from contextlib import ExitStack
from datetime import time, timedelta
from functools import partial
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import Qt

from ioms_desktop.domain.access.roles import Role
from ioms_desktop.domain.dates.day_time import DayTime
from ioms_desktop.domain.records.appointments import Appointment
from ioms_desktop.domain.records.cases import Action, Need, RagEntry, Referral
from ioms_desktop.domain.records.compliance.steps import ComplianceStep
from ioms_desktop.domain.records.concerns_and_decisions import Concern, Decision, Proposal
from ioms_desktop.domain.records.custody.transfers import CustodyTransfer
from ioms_desktop.domain.records.engagement import Contact, Offer, Rating
from ioms_desktop.domain.records.own_words import OwnWords
from ioms_desktop.domain.records.people import Assessment, CustodySpell, Offence, Order
from ioms_desktop.domain.records.person_sets.addresses import Address
from ioms_desktop.domain.records.plan.goals import PlanGoal
from ioms_desktop.domain.records.workers.case_workers import CaseWorker
from journeys.keyboard import Keyboard, sat_down
from journeys.office import (
    BOTH,
    add,
    answer_offer,
    authorise,
    change,
    colour,
    concern,
    contact,
    end_concern,
    missed,
    offer,
    press_button,
    propose,
    rate,
    strike_out,
)
from ui.case_sessions import TODAY, filled, session_of
from ui.hands import ALT, CTRL

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from pytestqt.qtbot import QtBot

    from ioms_desktop.domain.records.record import Record
    from ioms_desktop.storage.store import Store

pytestmark = pytest.mark.usefixtures("theme")
FINE = {"behaviour": "n", "worry": "n"}
HARKER, MARLOW = "harker", "marlow"
TWO = 2
TWO_VALUES, THREE_VALUES, CORRECTION, OTHER, BY_BUTTON = 8, 10, 6, 12, 14


class Week:
    """A supervisor and a colleague at their windows, and the number of actions of each job."""

    def __init__(self, store: Store, supervisor: Keyboard, colleague: Keyboard) -> None:
        self.store, self.supervisor, self.colleague = store, supervisor, colleague
        self.taken: dict[str, int] = {}
        self.too_many: list[str] = []

    def job(
        self,
        name: str,
        most: int,
        record_type: type[Record],
        do: Callable[[Keyboard], object],
        *,
        on: str = MARLOW,
        added: int = 1,
        seat: Keyboard | None = None,
    ) -> None:
        """Open the case, do the job, and see how many records there are more; opening is not counted."""
        hands = seat or self.supervisor
        if on:
            hands.find(on)
        with self.store.read() as reading:
            before = len(list(reading.list_records(record_type)))
        begun = hands.actions
        do(hands)
        self.taken[name] = hands.actions - begun
        with self.store.read() as reading:
            after = len(list(reading.list_records(record_type)))
        assert after - before == added, name
        if hands.actions - begun > most:
            self.too_many.append(f"{name}: {hands.actions - begun} actions, at most {most}")

    def end(self) -> None:
        """Say how many actions each job took, and fail where one took too many."""
        for name, actions in self.taken.items():
            print(f"{name}: {actions} actions")  # noqa: T201 - the figures are wanted
        assert not self.too_many


@pytest.fixture
def week(qtbot: QtBot, local_location: str, tmp_path: Path) -> Iterator[Week]:
    store = filled(local_location)
    with ExitStack() as stack:
        stack.callback(store.close)
        seats = [
            stack.enter_context(sat_down(qtbot, session_of(store, Role.SUPERVISOR, user=user), tmp_path))
            for user in ("wright", "holt")
        ]
        yield Week(store, *seats)


def test_what_a_worker_records_of_a_meeting(week: Week) -> None:
    week.job(
        "record a contact",
        12,
        Contact,
        lambda seat: contact(seat, happened="y", when="9.30-10", kind="Office", done="Benefits form", **FINE),
    )
    week.job(
        "record that nobody came",
        12,
        Contact,
        lambda seat: missed(seat, why="n", arranged="y", when="8.15", kind="Office"),
    )
    week.job("rate the week", 5, Rating, lambda seat: rate(seat, "4"))
    week.job("make an offer", 10, Offer, lambda seat: offer(seat, offer_type="Gym"))
    week.job("answer an offer", 10, Offer, lambda seat: answer_offer(seat, "Gym", "a"), added=0)
    week.job("record an arrest", OTHER, Concern, arrest)
    week.job("say how an arrest ended", 12, Concern, end_arrest, added=0)
    week.job(
        "set the RAG", 5, RagEntry, lambda seat: colour(seat, "a", "Out, and keeping to what was agreed"), on=HARKER
    )
    week.job("make an appointment", 10, Appointment, appointment)
    week.job("move an appointment", BY_BUTTON, Appointment, move_appointment)
    week.job("cancel an appointment", OTHER, Appointment, cancel_appointment, added=0)
    line_of_past_appointment(week)
    week.job("say what came of an appointment", 6, Contact, outcome, on="")
    week.end()


def arrest(seat: Keyboard) -> None:
    concern(seat, concern_type="Arrest", offence_group="Weapons")
    seat.read_alert()


def end_arrest(seat: Keyboard) -> None:
    end_concern(seat, "25 Nov", outcome="further", outcome_on="today")


def appointment(seat: Keyboard) -> None:
    seat.shortcut(Qt.Key.Key_A, BOTH)
    seat.fill(starts_at="26/11 10.00", contact_type="Office")
    seat.save()


def move_appointment(seat: Keyboard) -> None:
    press_button(seat, "Appointments", "26 Nov", "Move")
    seat.fill(starts_at="27/11 11.00", asked_by="t", reason="At work then")
    seat.save()


def cancel_appointment(seat: Keyboard) -> None:
    press_button(seat, "Appointments", "27 Nov", "Cancel")
    seat.fill(asked_by="w", reason="Nobody to go with")
    seat.save()


def line_of_past_appointment(week: Week) -> None:
    """Go to the line of Today that asks what came of an appointment of yesterday."""
    session = session_of(week.store)
    with week.store.begin(session.command_context(), "import") as tx:
        yesterday = DayTime(TODAY - timedelta(days=1), time(14, 30))
        tx.add(
            Appointment(
                appointment_ref="AP-PAST", case_ref="PHX-MARLOW", starts_at=yesterday, minutes=45, contact_type="OFFICE"
            )
        )
    week.supervisor.shortcut(Qt.Key.Key_1, CTRL)
    week.supervisor.shortcut(Qt.Key.Key_F5)
    week.supervisor.row("Outcome to record")


def outcome(seat: Keyboard) -> None:
    seat.key(Qt.Key.Key_Return)
    seat.wait()
    seat.type("y")
    seat.key(Qt.Key.Key_K, ALT)  # what behaviour said, past what the appointment has filled in
    seat.type("n")
    seat.type("n")
    seat.save()


def test_simple_facts_take_eight_actions(week: Week) -> None:
    facts: dict[str, tuple[type[Record], str, dict[str, str]]] = {
        "custody": (CustodySpell, "received", {"received_on": "21/11", "released_on": "23/11"}),
        "an order": (Order, "add order", {"order_type": "Community order", "made_on": "20/11"}),
        "a score": (Assessment, "add assess", {"tool": "OGRS4", "assessed_on": "20/11", "value": "62"}),
        "a need": (Need, "add need", {"pathway": "Health", "assessed_on": "today", "level": "2"}),
        "an offence": (Offence, "add offence", {"offence_on": "20/11", "offence_group": "Weapons"}),
        "a referral": (Referral, "add referral", {"unit": "MACE", "sent_on": "today"}),
        "an action": (Action, "add action", {"text": "Ring the college", "owner": "okoro", "due_on": "27/11"}),
        "own words": (OwnWords, "add own", {"said_on": "today", "strengths": "Good with engines"}),
    }
    for name, (record_type, what, answers) in facts.items():
        most = TWO_VALUES if len(answers) == TWO else THREE_VALUES
        week.job(name, most, record_type, partial(_add, what, answers))
    week.end()


def _add(what: str, answers: dict[str, str], seat: Keyboard) -> None:
    add(seat, what, **answers)


def test_a_correction_takes_six_actions_and_its_undo_one(week: Week) -> None:
    week.job(
        "a need",
        THREE_VALUES,
        Need,
        lambda seat: add(seat, "add need", pathway="Health", assessed_on="today", level="2"),
    )
    week.job("put a need right", CORRECTION, Need, lambda seat: change(seat, "Needs", "25 Nov", level="3"), added=0)
    week.job(
        "take out a need",
        CORRECTION,
        Need,
        lambda seat: strike_out(seat, "Needs", "25 Nov", "Twice"),
        added=-1,
    )
    week.job("undo", 1, Need, lambda seat: seat.undo(), on="")
    week.end()


def test_a_decision_takes_two_people_and_custody_and_the_plan_one(week: Week) -> None:
    week.job(
        "propose a decision",
        10,
        Proposal,
        lambda seat: propose(seat, answers="Serious", decision="n", reason="In custody already"),
        on=HARKER,
    )
    week.job("authorise it", 10, Decision, lambda seat: authorise(seat, "25 Nov"), on=HARKER, seat=week.colleague)
    week.job(
        "a transfer in custody",
        TWO_VALUES,
        CustodyTransfer,
        lambda seat: add(seat, "add transfer", moved_on="20/11", establishment="HMP Gartree"),
        on=HARKER,
    )
    week.job("plan a release", OTHER, Appointment, plan_release, on=HARKER)
    week.job("record a release", OTHER, RagEntry, release, on=HARKER)
    week.job("an address", TWO_VALUES, Address, new_address, on=HARKER)
    week.job("warn somebody", OTHER, ComplianceStep, warn, on=HARKER)
    week.job("set a goal", TWO_VALUES, PlanGoal, set_goal)
    week.job("finish an action", OTHER, Action, finish_action, on=HARKER, added=0)
    week.job("say who is responsible", OTHER, CaseWorker, responsible, on=HARKER)
    week.job("move a contact to whom it is about", BY_BUTTON, Contact, move_contact, added=0)
    week.end()


def plan_release(seat: Keyboard) -> None:
    seat.find("release planned")
    seat.tick("first_meetings", 1)
    seat.save()


def release(seat: Keyboard) -> None:
    seat.find("released")
    seat.fill(rag="a", rag_reason="Has an address, will see us weekly")
    seat.save()


def new_address(seat: Keyboard) -> None:
    add(seat, "add address", kind="Home", address="4 New Street, Leicester")


def warn(seat: Keyboard) -> None:
    seat.find("warning, breach")
    seat.fill(step="Warning", warning_level="First", reason="Missed two appointments")
    seat.save()


def set_goal(seat: Keyboard) -> None:
    add(seat, "add goal", set_on="today", goal="Keep the flat")


def finish_action(seat: Keyboard) -> None:
    press_button(seat, "Actions", "Housing interview", "Done")
    seat.save()


def responsible(seat: Keyboard) -> None:
    seat.shortcut(Qt.Key.Key_H, BOTH)
    seat.fill(worker_role="Neighbourhood", worker="PC 7 DIAZ")
    seat.save()


def move_contact(seat: Keyboard) -> None:
    press_button(seat, "Contacts", "24 Nov", "Move to another")
    seat.answer("to_case_ref", "harker")
    seat.wait()
    seat.key(Qt.Key.Key_Return)  # the one that is found
    seat.fill(reason="Wrong person")
    seat.save()
