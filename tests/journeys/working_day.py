"""A working day at one window: acts over all screens, drawn by chance and done with real keys, clicks and the wheel."""

from __future__ import annotations

import signal
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QPoint, Qt, QTimer
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot
from typing_extensions import override

from ioms_desktop.ui.actions.dialog_action import Menu, Scope, SectionButton
from ioms_desktop.ui.actions.registry import DIALOG_ACTIONS
from ioms_desktop.ui.cases.sections import SECTIONS
from ioms_desktop.ui.lists.register_view import RegisterView
from ioms_desktop.ui.widgets.unsaved_prompt import UnsavedPrompt
from ioms_desktop.ui.widgets.widgets import MessageBar
from journeys.keyboard import Keyboard
from ui.every_dialog import turn_wheel
from ui.hands import CTRL, PLAIN, SHIFT, click, press, write

if TYPE_CHECKING:
    import random
    from collections.abc import Callable, Iterator
    from types import FrameType

BOTH = CTRL | SHIFT
BEAT_MS = 1
STALL = 0.05
"""Seconds for which the interface thread may be at work without looking at the next key."""
NOTED, LOOK = 0.03, 0.004
"""Seconds from which a pause is kept, and between two looks at what the thread does."""
MOST_TABS_OPEN = 6
"""How many cases somebody keeps open beside one another."""
MOST_DIALOGS = 12
"""How many keys it takes at most to leave every dialog."""
AS_IT_IS = "Save as it is"
MOST_SAID = 3
"""How many of the longest pauses of each kind of act are described."""
FINE = {"behaviour": "n", "worry": "n"}


@dataclass(frozen=True, slots=True)
class Stall:
    """One pause between two looks at the next key.

    Attributes:
        cpu: Seconds of processor time of the interface thread. On a shared machine it is made to wait by others, too.
        clock: Seconds by the clock.
        seen: The function of ours that the thread was in, each time that was looked at.
    """

    cpu: float
    clock: float
    seen: tuple[str, ...]

    def describe(self) -> str:
        """Say how long it was, and where it was seen most often."""
        at = Counter(self.seen).most_common(1)
        return f"{self.cpu * 1e3:.0f} ms ({self.clock * 1e3:.0f} by the clock, at {at[0][0] if at else 'Qt'})"


class Heart(QObject):
    """Beats every millisecond on the interface thread, and looks what that is at when it does not beat.

    It looks by a signal, on that thread itself: to look at it from another can stop both for good (Python 3.11).
    """

    def __init__(self) -> None:
        super().__init__()
        self.stalls: list[Stall] = []
        self._seen: list[str] = []
        self._cpu, self._clock = time.thread_time(), time.perf_counter()
        self._former = signal.signal(signal.SIGPROF, self._look)
        signal.setitimer(signal.ITIMER_PROF, LOOK, LOOK)
        self._timer = QTimer(self)
        self._timer.timeout.connect(self._beat)
        self._timer.start(BEAT_MS)

    def _beat(self) -> None:
        cpu, clock = time.thread_time(), time.perf_counter()
        if cpu - self._cpu > NOTED:
            self.stalls.append(Stall(cpu - self._cpu, clock - self._clock, tuple(self._seen)))
        self._seen.clear()
        self._cpu, self._clock = time.thread_time(), time.perf_counter()

    def _look(self, _number: int, frame: FrameType | None) -> None:
        while frame is not None and "/ioms_desktop/" not in frame.f_code.co_filename:
            frame = frame.f_back
        if frame is not None:
            self._seen.append(f"{Path(frame.f_code.co_filename).stem}.{frame.f_code.co_qualname}")

    def end(self) -> None:
        """Stop beating and looking."""
        self._timer.stop()
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, self._former)


class Seat(Keyboard):
    """Somebody at the keyboard whose keys come one at a time, so that the window may draw between two of them."""

    @override
    def key(self, key: Qt.Key, modifiers: Qt.KeyboardModifier = PLAIN) -> None:
        super().key(key, modifiers)
        QApplication.processEvents()

    @override
    def type(self, text: str) -> None:
        for letter in text:
            write(self.focus, letter)
            QApplication.processEvents()
        self._did(len(text))

    @override
    def save(self) -> None:
        """Save; where the form asks whether something is so, save it as it is."""
        dialog = self.dialog
        try:
            super().save()
        except AssertionError:
            bars = dialog.findChildren(MessageBar) if dialog is not None else []
            answers = [bar.action_button for bar in bars if bar.isVisible() and bar.action_button.text() == AS_IT_IS]
            if not answers:
                raise
            click(answers[0])
            self.qtbot.waitUntil(lambda: self.dialog is not dialog)
            self.wait()

    def close_dialogs(self) -> None:
        """Leave every dialog, throwing away what was typed."""
        for _ in range(MOST_DIALOGS):
            dialog = self.dialog
            if dialog is None:
                return
            prompt = next((each for each in dialog.findChildren(UnsavedPrompt) if each.isVisible()), None)
            if prompt is not None:
                click(prompt.discard_button)
            else:
                press(dialog, Qt.Key.Key_Escape)
            self.wait()
        raise AssertionError(f"{self.said()} does not close")


@dataclass
class WorkingDay:
    """Draws acts, does them, and keeps how long the window stood still in each.

    Attributes:
        stalls: The kind of act, its number and the pause, for each that was noted.
        unfinished: The acts that did not come to what they were for, with why.
        times: How often each kind of act was done.
        paused: How many acts had a pause that is too long.
    """

    seat: Seat
    chance: random.Random
    heart: Heart
    done: int = 0
    times: Counter[str] = field(default_factory=Counter)
    stalls: list[tuple[str, int, Stall]] = field(default_factory=list)
    unfinished: list[str] = field(default_factory=list)
    paused: int = 0

    def act(self) -> None:
        """Do one act."""
        names, weights = zip(*((name, weight) for name, (weight, _) in ACTS.items()), strict=True)
        (name,) = self.chance.choices(names, weights)
        self.times[name] += 1
        self.heart.stalls.clear()
        try:
            ACTS[name][1](self)
        except (AssertionError, QtBot.TimeoutError) as problem:
            self.unfinished.append(f"{name}: {problem}")
        self.seat.close_dialogs()
        self.seat.wait()
        self.done += 1
        self.stalls += [(name, self.done, stall) for stall in self.heart.stalls]
        self.paused += any(stall.cpu > STALL for stall in self.heart.stalls)

    def tidy(self) -> None:
        """Close every case and go to the first screen, as at the end of an hour."""
        while self.seat.window.tabs.open_cases:
            self.seat.window.tabs.setCurrentIndex(1)
            self.seat.shortcut(Qt.Key.Key_W, CTRL)
        self._screen(0)
        self.seat.wait()

    def describe(self) -> Iterator[str]:
        """Say of each kind of act how often it was done, and how often and how long the window stood still in it."""
        for name, times in sorted(self.times.items()):
            found = sorted((each for each in self.stalls if each[0] == name), key=lambda each: -each[2].cpu)
            over = sum(stall.cpu > STALL for _, _, stall in found)
            longest = [f"{stall.describe()} in act {number}" for _, number, stall in found[:MOST_SAID]]
            said = "; ".join(longest) or f"below {NOTED * 1e3:.0f} ms"
            yield f"{name}: {times} times, {over} stalls of over {STALL * 1e3:.0f} ms; the longest {said}"

    # Screens ----------------------------------------------------------------------------------------------------------

    def go_to_screen(self) -> None:
        """Show one of the screens."""
        entries = self.seat.window.screen_entries
        self._screen(self.chance.randrange(len(entries)))

    def _screen(self, number: int) -> None:
        self.seat.shortcut(Qt.Key(Qt.Key.Key_1 + number), CTRL)

    def _show(self, name: str) -> None:
        self._screen([entry.id for entry in self.seat.window.screen_entries].index(name))

    def _list(self) -> RegisterView:
        """Show the caseload or the people and return the list."""
        name = self.chance.choice(("caseload", "people"))
        self._show(name)
        (view,) = self.seat.window.screens[name].findChildren(RegisterView)
        return view

    def search_list(self) -> None:
        """Type into the search of a list, look at what is found, and clear it."""
        view = self._list()
        click(view.search)
        self.seat.type(self.chance.choice(("harker", "son", "a b", "smth", "ann", "leicester")))
        self.seat.wait()
        self.seat.key(Qt.Key.Key_A, CTRL)
        self.seat.key(Qt.Key.Key_Delete)
        self.seat.wait()

    def walk_list(self) -> None:
        """Go to the end of a list, a few pages up and down, and turn the wheel."""
        view = self._list()
        view.table.setFocus()
        for key in (Qt.Key.Key_End, Qt.Key.Key_PageUp, Qt.Key.Key_PageUp, Qt.Key.Key_Home, Qt.Key.Key_PageDown):
            self.seat.key(key, CTRL if key in (Qt.Key.Key_End, Qt.Key.Key_Home) else PLAIN)
            self.seat.wait()
        for _ in range(6):
            turn_wheel(view.table.viewport(), -1)
            QApplication.processEvents()

    def sort_list(self) -> None:
        """Click the head of a column."""
        view = self._list()
        head = view.table.horizontalHeader()
        shown = [n for n in range(head.count()) if not head.isSectionHidden(n)]
        at = head.sectionViewportPosition(self.chance.choice(shown)) + 12
        click(head.viewport(), QPoint(at, head.height() // 2))
        self.seat.wait()

    def turn_calendar(self) -> None:
        """Turn some weeks in the calendar."""
        self._show("calendar")
        for key in self.chance.choices((Qt.Key.Key_PageUp, Qt.Key.Key_PageDown, Qt.Key.Key_D, Qt.Key.Key_W), k=4):
            self.seat.key(key)
            self.seat.wait()
        self.seat.key(Qt.Key.Key_T)

    def refresh(self) -> None:
        """Read again what is shown."""
        self.seat.shortcut(Qt.Key.Key_F5)

    def change_colours(self) -> None:
        """Choose other colours."""
        self.seat.find(self.chance.choice(("light colours", "dark colours", "high contrast", "light colours")))

    def read_help(self) -> None:
        """Read the help of what is shown."""
        self.seat.shortcut(Qt.Key.Key_F1)

    # Cases ------------------------------------------------------------------------------------------------------------

    def open_case(self) -> None:
        """Open a case from the caseload; where many are open, close the one that was opened first."""
        tabs = self.seat.window.tabs
        while len(tabs.open_cases) >= MOST_TABS_OPEN:
            tabs.setCurrentIndex(1)
            self.seat.shortcut(Qt.Key.Key_W, CTRL)
        self._show("caseload")
        (view,) = self.seat.window.screens["caseload"].findChildren(RegisterView)
        view.table.setFocus()
        self.seat.key(Qt.Key.Key_Home, CTRL)
        for _ in range(self.chance.randrange(6)):
            self.seat.key(Qt.Key.Key_PageDown)
        for _ in range(self.chance.randrange(12)):
            self.seat.key(Qt.Key.Key_Down)
        self.seat.wait()
        self.seat.key(Qt.Key.Key_Return)
        self.seat.wait()
        assert self.seat.window.current_case is not None

    def _case(self) -> None:
        """Go to a case that is open, or open one."""
        tabs = self.seat.window.tabs
        for _ in range(self.chance.randrange(3) if tabs.open_cases else 0):
            self.seat.shortcut(Qt.Key.Key_Tab, CTRL)
        if tabs.current_case is None:
            self.open_case()

    def close_case(self) -> None:
        """Close the case that is shown."""
        self._case()
        self.seat.shortcut(Qt.Key.Key_W, CTRL)

    def read_sections(self) -> None:
        """Go through some sections, and read an entry of each."""
        self._case()
        for section in self.chance.sample(SECTIONS, 3):
            self.seat.section(section.title)
            self.seat.key(Qt.Key.Key_Down)
            self.seat.key(Qt.Key.Key_F7)
            self.seat.wait()
            self.seat.key(Qt.Key.Key_Escape)
            self.seat.wait()

    def wheel_case(self) -> None:
        """Turn the wheel over a case, and zoom its picture."""
        self._case()
        case = self.seat.window.current_case
        assert case is not None
        for notches in (-2, -2, 2, 2):
            turn_wheel(case.scroll_area.viewport(), notches)
            QApplication.processEvents()
        press(case.timeline, Qt.Key.Key_Right)
        self.seat.wait()

    def as_of(self) -> None:
        """Look at a case as of a day in the past, and as of today again."""
        self._case()
        case = self.seat.window.current_case
        assert case is not None
        for day in ("1/10/2026", "today"):
            click(case.as_of.edit)
            self.seat.key(Qt.Key.Key_A, CTRL)
            self.seat.type(day)
            self.seat.key(Qt.Key.Key_Return)
            self.seat.wait()

    def _record(self, key: Qt.Key, **answers: str) -> None:
        self._case()
        self.seat.shortcut(key, BOTH)
        if self.seat.dialog is None:
            return  # not offered on this case
        self.seat.fill(**answers)
        self.seat.save()

    def contact(self) -> None:
        """Record a contact."""
        self._record(Qt.Key.Key_C, happened="y", when="yesterday 9.30-10", kind="Office", done="Benefits form", **FINE)

    def offer(self) -> None:
        """Make an offer."""
        self._record(Qt.Key.Key_O, offer_type="Gym", response="n")

    def concern(self) -> None:
        """Record a concern."""
        self._record(Qt.Key.Key_N, concern_type="Arrest", offence_group="Weapons")

    def colour(self) -> None:
        """Set the RAG, and take it back."""
        self._record(Qt.Key.Key_R, rag="a", reason="Out, and keeping to what was agreed")
        self.seat.close_dialogs()
        self.seat.undo()

    def dialog(self) -> None:
        """Open something that a menu offers, look, type a word, and leave it."""
        self._case()
        action = self.chance.choice(OFFERED)
        self.seat.find(action.title.replace("&", "").rstrip("…"))
        if self.seat.dialog is not None:
            self.seat.key(Qt.Key.Key_Tab)
            self.seat.type("n")

    def search_everything(self) -> None:
        """Type a name into the quick search, and leave it."""
        self.seat.shortcut(Qt.Key.Key_K, CTRL)
        self.seat.type(self.chance.choice(("marlow", "harker", "pyke", "smith", "jones", "ann")))
        self.seat.wait()
        self.seat.key(Qt.Key.Key_Escape)


OFFERED = [
    action
    for action in DIALOG_ACTIONS
    if any(place.scope is not Scope.WINDOW for place in action.offers(Menu)) or action.offers(SectionButton)
]
ACTS: dict[str, tuple[int, Callable[[WorkingDay], None]]] = {
    "another screen": (12, WorkingDay.go_to_screen),
    "searching a list": (6, WorkingDay.search_list),
    "walking through a list": (5, WorkingDay.walk_list),
    "sorting a list": (3, WorkingDay.sort_list),
    "the calendar": (4, WorkingDay.turn_calendar),
    "reading again": (3, WorkingDay.refresh),
    "other colours": (1, WorkingDay.change_colours),
    "help": (2, WorkingDay.read_help),
    "opening a case": (14, WorkingDay.open_case),
    "closing a case": (4, WorkingDay.close_case),
    "sections": (10, WorkingDay.read_sections),
    "the wheel on a case": (4, WorkingDay.wheel_case),
    "as of a day": (3, WorkingDay.as_of),
    "a contact": (10, WorkingDay.contact),
    "an offer": (4, WorkingDay.offer),
    "a concern": (3, WorkingDay.concern),
    "RAG, and undo": (3, WorkingDay.colour),
    "a dialog": (12, WorkingDay.dialog),
    "quick search": (5, WorkingDay.search_everything),
}
"""The acts with how often each is done."""
