"""What others do, brought into a window: screens read again, colleagues named on a case, a lost line said."""

from collections.abc import Sequence
from datetime import date, datetime
from functools import partial

from PySide6.QtCore import QObject, QTimer, Signal, Slot
from PySide6.QtWidgets import QDialog, QWidget

from ioms_desktop.domain.access.roles import Right, may
from ioms_desktop.domain.dates.calendar import LONDON
from ioms_desktop.domain.text_format import format_day, join_words, pluralise
from ioms_desktop.services.access.break_glass import BreakGlassEvent, list_recent_break_glass, receives_alerts
from ioms_desktop.services.change_feed import ChangeNotice, ListenerCallbacks, Viewer, listen
from ioms_desktop.services.session import Topic
from ioms_desktop.ui.main_window.frame import WindowFrame
from ioms_desktop.ui.widgets.widgets import announce, label

PAUSE = 1_000
"""Milliseconds between two readings that nobody here asked for."""
SAID_FOR = 10_000
NAMED = 2
BACK = "Connected again"


def colleague_words(others: Sequence[Viewer], today: date) -> str:
    """Say who else has a case open."""
    if not others:
        return ""
    if len(others) == 1:
        return f"{others[0].user} has this open since {_since(others[0].since, today)}"
    named = [f"{who.user} (since {_since(who.since, today)})" for who in others[:NAMED]]
    more = len(others) - NAMED
    return f"{join_words([*named, pluralise(more, 'other')] if more > 0 else named)} have this open"


def _since(moment: datetime, today: date) -> str:
    local = moment.astimezone(LONDON)
    clock = f"{local:%H:%M}"
    return clock if local.date() == today else f"{format_day(local.date())} {clock}"


class Colleagues(QObject):
    """Listens for as long as a window is open; on a local file there is nothing to hear."""

    _changed = Signal(object)
    _present = Signal(str)
    _stands = Signal(bool)
    _ended = Signal()
    _alerted = Signal()

    def __init__(self, window: WindowFrame) -> None:
        """Begin to listen."""
        super().__init__(window)
        self._window = window
        self._stale: set[QWidget] = set()
        self._lost = False
        self.state = label("", "small")
        self.state.hide()
        window.statusBar().addWidget(self.state)
        self._soon = _single(self, self._refresh)
        self._hush = _single(self, self.state.hide)
        self._changed.connect(self._heard)
        self._present.connect(self._show_colleagues)
        self._stands.connect(self._say_line)
        self._ended.connect(window.access_ended)
        self._alerted.connect(self._ask_glass)
        self._told_of: set[str] = set()
        told = ListenerCallbacks(
            on_change=self._changed.emit,
            on_presence=self._present.emit,
            on_connection=self._stands.emit,
            on_access_ended=self._ended.emit,
            on_alert=self._alerted.emit,
        )
        self._listening = listen(window.desk, told)
        window.tabs.case_read.connect(self._listening.mark_opened)
        window.tabs.case_closed.connect(self._closed)
        window.tabs.currentChanged.connect(self._another_shown)
        window.stack.currentChanged.connect(self._another_shown)

    def close(self) -> None:
        """Hear no more."""
        self._soon.stop()
        self._listening.close()

    # What changed -------------------------------------------------------------------------------

    @Slot(object)
    def _heard(self, change: ChangeNotice) -> None:
        """Note what has to be read again; what is not shown waits until it is."""
        self._stale |= {screen for screen in self._window.screens.values() if screen.topics & change.topics}
        if change.topics - {Topic.USERS}:
            for ref in self._window.tabs.open_cases:
                case = self._window.tabs.case(ref)
                if case is not None and (change.case_keys is None or self._listening.key(ref) in change.case_keys):
                    self._stale.add(case)
        self._another_shown()

    @Slot()
    def _another_shown(self, _number: int = 0) -> None:
        if self._window.current_screen in self._stale and not self._soon.isActive():
            self._soon.start(0)

    @Slot()
    def _refresh(self) -> None:
        """Read what is shown again: not while something is being read, and not more than once in a while."""
        shown = self._window.current_screen
        if shown not in self._stale:
            return
        covered = self._tell_covered(shown)
        if not covered and not self._window.tasks.busy:
            self._stale.discard(shown)
            self._window.refresh()
        self._soon.start(PAUSE)

    def _tell_covered(self, shown: QWidget) -> bool:
        """Say quietly on a case that it changed where a dialog lies over it, which must not be disturbed."""
        case = self._window.current_case
        if case is None or case is not shown or not any(each.isVisible() for each in case.findChildren(QDialog)):
            return False
        case.header.show_changed()
        return True

    # Who is here --------------------------------------------------------------------------------

    @Slot(str)
    def _show_colleagues(self, case_ref: str) -> None:
        case = self._window.tabs.case(case_ref)
        if case is not None:
            others = self._listening.other_viewers(case_ref)
            case.header.show_colleagues(colleague_words(others, self._window.desk.today()))

    @Slot(str)
    def _closed(self, case_ref: str) -> None:
        self._listening.mark_closed(case_ref)
        open_now = {self._window.tabs.case(ref) for ref in self._window.tabs.open_cases}
        self._stale = {each for each in self._stale if each in open_now or each in self._window.screens.values()}

    # A glass that was broken --------------------------------------------------------------------

    @Slot()
    def _ask_glass(self) -> None:
        """Ask the record whose glass was broken; the alert itself proves nothing, and names nobody."""
        window = self._window
        if receives_alerts(window.desk):
            window.tasks.latest(self, "glass", partial(list_recent_break_glass, window.desk), self._tell_glass, _silent)

    def _tell_glass(self, broken: Sequence[BreakGlassEvent]) -> None:
        window, fresh = self._window, [each for each in broken if each.ref not in self._told_of]
        self._told_of |= {each.ref for each in fresh}
        if not fresh:
            return
        reviews = may(window.desk.role, Right.SET_CASE_ACCESS)
        if reviews:
            window.messages.caution(breaking_words(fresh, reviews=True), "&Today", partial(window.go, "today"))
            self._heard(ChangeNotice(frozenset({Topic.ACTIONS}), frozenset()))
        else:
            window.messages.caution(breaking_words(fresh, reviews=False))

    # Whether the server is there ----------------------------------------------------------------

    @Slot(bool)
    def _say_line(self, stands: bool) -> None:
        if not stands:
            self._lost = True
            at = f"{self._window.desk.clock().astimezone(LONDON):%H:%M}"
            self._say(f"Connection lost at {at}; your entries are kept; trying again")
        elif self._lost:
            self._lost = False
            self._say(BACK)
            self._hush.start(SAID_FOR)
            self._heard(ChangeNotice(frozenset(Topic), None))  # whatever was said meanwhile was not heard
            self._ask_glass()

    def _say(self, words: str) -> None:
        self._hush.stop()
        self.state.setText(words)
        self.state.show()
        announce(words, self._window)


def breaking_words(broken: Sequence[BreakGlassEvent], *, reviews: bool) -> str:
    """Say whose glass was broken, and what is to be done about it."""
    said = join_words([f"{each.who} broke the glass of case {each.case_ref}" for each in broken])
    return f"{said}. {'The review stands in Today.' if reviews else 'The reason is in the audit.'}"


def _silent(sentence: str) -> None:
    del sentence  # a lost connection is said elsewhere, and the review stands in Today


def _single(owner: QObject, act: object) -> QTimer:
    timer = QTimer(owner)
    timer.setSingleShot(True)
    timer.timeout.connect(act)
    return timer
