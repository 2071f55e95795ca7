"""A team at its windows on one database and one clock, and what is done there day by day, by keys alone."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt

from ioms_desktop.domain.access.roles import Role
from ioms_desktop.services.entries.authors import REASON_FIELD
from journeys.keyboard import Keyboard, sat_down
from sessions import Clock
from stories.asked import moment
from ui.case_sessions import session_of
from ui.hands import CTRL, SHIFT

if TYPE_CHECKING:
    from contextlib import ExitStack
    from pathlib import Path

    from pytestqt.qtbot import QtBot

    from ioms_desktop.services.session import Session
    from ioms_desktop.storage.store import Store

BOTH = CTRL | SHIFT
TEAM = {
    "wright": Role.SUPERVISOR,
    "adeyemi": Role.OFFICER,
    "hollis": Role.OFFICER,
    "shah": Role.OFFICER,
    "okoro": Role.NAVIGATOR,
    "holt": Role.COORDINATOR,
    "Insp. WRIGHT": Role.SUPERVISOR,
    "PC 4411 ADEYEMI": Role.OFFICER,
    "J. SHAH": Role.OFFICER,
    "N. OKORO": Role.NAVIGATOR,
    "L. HOLT": Role.COORDINATOR,
}
"""The users of the stories by their logins, and those of the worked example, whose logins are their names."""


class Office:
    """The team, each at a window of their own.

    Attributes:
        case_ref: The case that everybody opens; empty until there is one.
        words: What everybody types to find it.
    """

    def __init__(self, qtbot: QtBot, store: Store, folder: Path, stack: ExitStack) -> None:
        self.store, self.clock = store, Clock()
        self._qtbot, self._folder, self._stack = qtbot, folder, stack
        self._seats: dict[str, Keyboard] = {}
        self.case_ref = self.words = ""

    def at(self, time: str, user: str) -> Keyboard:
        """Let somebody sit down at a time, `20 Aug 11:20`, and go to the case."""
        self.clock.now = moment(time)
        if user not in self._seats:
            session = self.session(user)
            self._seats[user] = self._stack.enter_context(sat_down(self._qtbot, session, self._folder))
        seat = self._seats[user]
        seat.shortcut(Qt.Key.Key_F5)
        if self.case_ref and seat.window.tabs.current_case != self.case_ref:
            seat.find(self.words)
        return seat

    def session(self, user: str) -> Session:
        """Return the session of somebody who is at a window for the first time."""
        return replace(session_of(self.store, TEAM[user], user=user), clock=self.clock)

    def refer(
        self, seat: Keyboard, *, words: str, programme: str, unit: str, reason: str, by: str = "", **person: str
    ) -> None:
        """Record a new person and refer them to a programme; everybody goes to that case from now on."""
        seat.shortcut(Qt.Key.Key_N, CTRL)
        seat.fill(**person)
        seat.save()
        seat.fill(programme=programme, unit=unit, reason=reason, **({"referred_by": by} if by else {}))
        seat.save()
        self.case_ref, self.words = seat.window.tabs.current_case or "", words


def step(seat: Keyboard, status: str, **answers: str) -> None:
    """Take the next step of the case."""
    seat.shortcut(Qt.Key.Key_S, BOTH)
    seat.fill(status=status, **answers)
    seat.save()


def screen(seat: Keyboard, answers: str) -> None:
    """Record the checks that precede a panel, each answered by its letter."""
    seat.shortcut(Qt.Key.Key_G, BOTH)
    for letter in answers:
        seat.type(letter)
    seat.save()


def panel(seat: Keyboard, decision: str, reason: str, **answers: str) -> None:
    """Record what the panel decided, with the first agency of the list present and none dissenting."""
    seat.shortcut(Qt.Key.Key_P, BOTH)
    seat.answer("decision", decision)
    seat.field("agencies")
    seat.key(Qt.Key.Key_Space)
    seat.fill(reason=reason, **answers, dissents="n")
    seat.save()


def serve_letter(seat: Keyboard, method: str) -> None:
    """Record that the letter to a person on IOM was served, and a copy left."""
    seat.shortcut(Qt.Key.Key_M, BOTH)
    seat.fill(method=method, copy_given="y")
    seat.save()


def notify(seat: Keyboard, outcome: str, **answers: str) -> None:
    """Record an attempt at a notification that was not delivered."""
    seat.shortcut(Qt.Key.Key_M, BOTH)
    seat.fill(outcome=outcome, **answers)
    seat.save()


def deliver(seat: Keyboard, outcome: str, *, consent: str, **answers: str) -> None:
    """Record a notification that was delivered with every point of the message; the case is notified with it."""
    seat.shortcut(Qt.Key.Key_M, BOTH)
    seat.fill(outcome=outcome)
    seat.tick("attended", 1)
    seat.tick("message_points", 5)
    seat.fill(legal_explained="y", consent=consent, **answers)
    seat.save()


def contact(seat: Keyboard, **answers: str) -> None:
    """Record a contact."""
    seat.shortcut(Qt.Key.Key_C, BOTH)
    seat.fill(**answers)
    seat.save()


def missed(seat: Keyboard, *, why: str, **answers: str) -> None:
    """Record a contact that did not take place."""
    contact(seat, happened="n", came="n", why=why, **answers, worry="n")


def concern(seat: Keyboard, **answers: str) -> None:
    """Record a concern."""
    seat.shortcut(Qt.Key.Key_N, BOTH)
    seat.fill(**answers)
    seat.save()


def colour(seat: Keyboard, letter: str, reason: str, **answers: str) -> None:
    """Set the RAG."""
    seat.shortcut(Qt.Key.Key_R, BOTH)
    seat.fill(rag=letter, **answers, reason=reason)
    seat.save()


def offer(seat: Keyboard, **answers: str) -> None:
    """Make an offer that is not answered yet."""
    seat.shortcut(Qt.Key.Key_O, BOTH)
    seat.fill(**answers, response="n")
    seat.save()


def rate(seat: Keyboard, level: str) -> None:
    """Rate the week."""
    seat.shortcut(Qt.Key.Key_W, BOTH)
    seat.fill(level=level)
    seat.save()


def propose(seat: Keyboard, **answers: str) -> None:
    """Propose a decision."""
    seat.shortcut(Qt.Key.Key_D, BOTH)
    seat.fill(**answers)
    seat.save()


def authorise(seat: Keyboard, proposed: str) -> None:
    """Authorise the proposal of a day, `25 Aug`."""
    press_button(seat, "Proposals", proposed, "Answer")
    seat.fill(answer="a")
    seat.save()


def add(seat: Keyboard, what: str, **answers: str) -> None:
    """Add a record to a section, by quick search: `add custody`."""
    seat.find(what)
    seat.fill(**answers)
    seat.save()


def change(seat: Keyboard, section: str, row: str, *, why: str = "", **answers: str) -> None:
    """Change the record of a row, and say why where that is asked."""
    seat.section(section)
    seat.row(row)
    seat.key(Qt.Key.Key_F2)
    seat.wait()
    seat.fill(**answers)
    if why:
        seat.answer(REASON_FIELD, why)
    seat.save()


def strike_out(seat: Keyboard, section: str, row: str, reason: str) -> None:
    """Take out the record of a row as entered in error."""
    seat.section(section)
    seat.row(row)
    seat.key(Qt.Key.Key_Delete)
    seat.wait()
    seat.fill(reason=reason)
    seat.save()


def press_button(seat: Keyboard, section: str, row: str, button: str) -> None:
    """Open the record of a row, and press a button under its details."""
    seat.section(section)
    seat.row(row)
    seat.key(Qt.Key.Key_Return)
    seat.wait()
    seat.button(button)


def answer_offer(seat: Keyboard, row: str, letter: str, **answers: str) -> None:
    """Record the answer to an offer."""
    press_button(seat, "Offers", row, "Record answer")
    seat.fill(response=letter, **answers)
    seat.save()


def answer_referral(seat: Keyboard, row: str, letter: str, **answers: str) -> None:
    """Record the answer to a referral."""
    press_button(seat, "Referrals", row, "Record answer")
    seat.fill(status=letter, **answers)
    seat.save()


def serve(seat: Keyboard, decided: str, **answers: str) -> None:
    """Record the decision of a day as served."""
    press_button(seat, "Enforcement", decided, "Record as served")
    seat.fill(**answers)
    seat.save()


def end_concern(seat: Keyboard, row: str, **answers: str) -> None:
    """Record how a concern ended."""
    press_button(seat, "Concerns", row, "How it ended")
    seat.fill(**answers)
    seat.save()


def supervise(seat: Keyboard, **answers: str) -> None:
    """Say what the statutory status, the IOM condition and the final third are."""
    seat.find("statutory status")
    seat.fill(**answers)
    seat.save()


def make_responsible(seat: Keyboard, role: str, worker: str, **answers: str) -> None:
    """Say who is responsible for the case in a role."""
    seat.shortcut(Qt.Key.Key_H, BOTH)
    seat.fill(worker_role=role, worker=worker, **answers)
    seat.save()


def expect_release(seat: Keyboard, on: str, **answers: str) -> None:
    """Record when the prison expects the release."""
    seat.find("release expected")
    seat.fill(expected_on=on, **answers)
    seat.save()


def release(seat: Keyboard, **answers: str) -> None:
    """Record a release from custody."""
    seat.find("released from custody")
    seat.fill(**answers)
    seat.save()


def plan_release(seat: Keyboard, **answers: str) -> None:
    """Record that a release is planned."""
    seat.find("release planned")
    seat.fill(**answers)
    seat.save()


def comply(seat: Keyboard, **answers: str) -> None:
    """Record a warning, or a step of a breach or a recall."""
    seat.find("breach or recall")
    seat.fill(**answers)
    seat.save()


def at_large(seat: Keyboard, summary: str) -> None:
    """Record that somebody is unlawfully at large since today."""
    seat.find("unlawfully")
    seat.fill(summary=summary)
    seat.save()
