"""Follow the changes of other users: refresh screens, name colleagues on a case, report a lost connection."""

import time
from collections.abc import Callable, Sequence
from datetime import date, datetime
from functools import partial

from PySide6.QtCore import QObject, QTimer, Signal, Slot
from PySide6.QtWidgets import QWidget

from ioms_desktop.domain.access.roles import Right, may
from ioms_desktop.domain.dates.calendar import LONDON
from ioms_desktop.domain.records.workers.names import WorkerNames
from ioms_desktop.domain.text_format import join_words, pluralise
from ioms_desktop.services.access.break_glass import BreakGlassEvent, list_recent_break_glass, receives_alerts
from ioms_desktop.services.accounts.display_names import refresh_names
from ioms_desktop.services.change_feed import ChangeNotice, ListenerCallbacks, Viewer, listen
from ioms_desktop.services.labels import format_instant
from ioms_desktop.services.session import ACCESS_TOPICS, TOPICS_OF_NO_CASE, Topic
from ioms_desktop.ui.actions.dialog_action import Target
from ioms_desktop.ui.actions.recording_actions import REVIEW_BREAK_GLASS
from ioms_desktop.ui.main_window.frame import WindowFrame
from ioms_desktop.ui.screen import Screen
from ioms_desktop.ui.tasks import ignore
from ioms_desktop.ui.widgets.widgets import announce, label

REFRESH_PAUSE_MS = 1_000
"""Shortest interval in milliseconds between two refreshes that the user did not request."""
CHECK_PAUSE_MS = 5_000
"""Shortest interval in milliseconds between two checks of the open cases; what is saved may all be hidden from one."""
REST_PER_COST, LONGEST_REST_S = 200, 60.0
"""How many times as long as a refresh nobody asked for took the next waits, and seconds that it waits at most."""
RECONNECTED_SHOWN_MS = 10_000
MAX_NAMED_VIEWERS = 2
RECONNECTED_MESSAGE = "Connected again"
OTHER_VERSION_MESSAGE = "Not connected: the database is of another version than this program"


def describe_viewers(others: Sequence[Viewer], today: date, names: WorkerNames) -> str:
    """Name the other users who have a case open."""
    if not others:
        return ""
    if len(others) == 1:
        return f"{names.of(others[0].user)} has this open since {_format_since(others[0].since, today)}"
    named = [f"{names.of(who.user)} (since {_format_since(who.since, today)})" for who in others[:MAX_NAMED_VIEWERS]]
    more = len(others) - MAX_NAMED_VIEWERS
    return f"{join_words([*named, pluralise(more, 'other')] if more > 0 else named)} have this open"


def _format_since(moment: datetime, today: date) -> str:
    local = moment.astimezone(LONDON)
    clock = f"{local:%H:%M}"
    return clock if local.date() == today else format_instant(moment)


class RefreshRest:
    """Lets a screen rest between two refreshes that nobody asked for, by what the last one cost.

    So a window that only stands there while ten people save takes less than a hundredth of a core. The first change
    after a while is shown at once.
    """

    def __init__(
        self, cpu: Callable[[], float] = time.process_time, clock: Callable[[], float] = time.monotonic
    ) -> None:
        """Begin rested.

        Args:
            cpu: The seconds of processor time that this program has taken.
            clock: Seconds that only go forward.
        """
        self._cpu, self._clock = cpu, clock
        self._screen: object = None
        self._begun: float | None = None
        self._until = 0.0

    def begin(self, screen: object) -> None:
        """A refresh of a screen begins."""
        self._screen, self._begun, self._until = screen, self._cpu(), 0.0

    def end(self) -> None:
        """What was read is shown."""
        if self._begun is not None:
            rest = min((self._cpu() - self._begun) * REST_PER_COST, LONGEST_REST_S)
            self._begun, self._until = None, self._clock() + rest

    def is_due(self, screen: object) -> bool:
        """Whether a screen may be refreshed; one that was not shown the last time need not wait."""
        return screen is not self._screen or self._clock() >= self._until


class LiveUpdates(QObject):
    """Listens to the server for as long as a window is open; a local file has nothing to listen to."""

    _changed = Signal(object)
    _viewers_changed = Signal(str)
    _connection_changed = Signal(bool)
    _other_version = Signal(str)
    _access_ended = Signal()
    _break_glass_alerted = Signal()

    def __init__(self, window: WindowFrame) -> None:
        """Start listening."""
        super().__init__(window)
        self._window = window
        self._stale: dict[QWidget, frozenset[str] | None] = {}  # with the cases that changed; None for any
        self._urgent: set[QWidget] = set()  # of the stale, those that may show what was taken from the user
        self._unchecked: set[QWidget] = set()  # cases that may have changed and were neither read nor checked since
        self._checks_cases = False  # whether a case was changed of which the user does not know, or no longer
        self._connection_lost = False
        self.connection_label = label("", "small")
        self.connection_label.hide()
        window.statusBar().addWidget(self.connection_label)
        self._refresh_timer = _single_shot_timer(self, self._refresh_shown)
        self._check_timer = _single_shot_timer(self, self._check_open_cases)
        self._rest = RefreshRest()
        window.tasks.busy_changed.connect(self._end_refresh)
        self._hide_timer = _single_shot_timer(self, self.connection_label.hide)
        self._changed.connect(self._mark_stale)
        self._viewers_changed.connect(self._show_viewers)
        self._connection_changed.connect(self._show_connection)
        self._other_version.connect(self._show_other_version)
        self._access_ended.connect(window.access_ended)
        self._break_glass_alerted.connect(self._check_break_glass)
        self._announced_refs: set[str] = set()
        told = ListenerCallbacks(
            on_change=self._changed.emit,
            on_presence=self._viewers_changed.emit,
            on_connection=self._connection_changed.emit,
            on_other_version=self._other_version.emit,
            on_access_ended=self._access_ended.emit,
            on_alert=self._break_glass_alerted.emit,
        )
        self._listener = listen(window.session, told)
        window.tabs.case_loaded.connect(self._listener.mark_opened)
        window.tabs.case_closed.connect(self._case_closed)
        window.tabs.currentChanged.connect(self._schedule_refresh)
        window.screen_stack.currentChanged.connect(self._schedule_refresh)

    def close(self) -> None:
        """Stop listening."""
        self._refresh_timer.stop()
        self._check_timer.stop()
        self._listener.close()

    @Slot(object)
    def _mark_stale(self, change: ChangeNotice) -> None:
        """Note what must be refreshed; a hidden screen is refreshed when it is next shown."""
        if Topic.USERS in change.topics:
            self._window.tasks.run(self, partial(refresh_names, self._window.session), ignore, ignore)
        urgent = change.topics >= ACCESS_TOPICS  # in doubt too: a change of a person says as much as a restriction
        for screen in self._window.screens.values():
            if screen.topics & change.topics:
                self._note_stale(screen, _join_keys(self._stale.get(screen, frozenset()), change), urgent=urgent)
        if change.topics - TOPICS_OF_NO_CASE:
            for ref in self._window.tabs.open_cases:
                case = self._window.tabs.case_screen(ref)
                if case is not None and (change.case_keys is None or self._listener.key(ref) in change.case_keys):
                    self._note_stale(case, None, urgent=urgent)
                    self._unchecked.add(case)
                    if change.topics & ACCESS_TOPICS and case is not self._window.current_screen:
                        case.check()  # its tab shows a name, and the case the moment the tab is chosen
            self._checks_cases |= change.names_unknown
        self._schedule_refresh()
        if self._checks_cases and not self._check_timer.isActive():
            self._check_timer.start(0)

    def _note_stale(self, shown: QWidget, keys: frozenset[str] | None, *, urgent: bool) -> None:
        self._stale[shown] = keys
        if urgent:
            self._urgent.add(shown)

    @Slot()
    def _schedule_refresh(self, _number: int = 0) -> None:
        if self._window.current_screen in self._stale and not self._refresh_timer.isActive():
            self._refresh_timer.start(0)

    @Slot()
    def _check_open_cases(self) -> None:
        """Find out of each open case whether the user still knows of it."""
        if not self._checks_cases:
            return
        self._checks_cases = False
        for ref in self._window.tabs.open_cases:
            case = self._window.tabs.case_screen(ref)
            if case is not None:
                case.check()
        self._check_timer.start(CHECK_PAUSE_MS)

    @Slot()
    def _refresh_shown(self) -> None:
        """Refresh what is shown, but not under a dialog, while anything is loading, or before it has rested.

        What may show what was taken from the user does not rest. A case that waits is checked, so that its header says
        that it was changed, and it closes if it may not be shown any more.
        """
        shown = self._window.current_screen
        if shown not in self._stale:
            return
        case, busy, urgent = self._window.current_case, self._window.tasks.is_busy, shown in self._urgent
        covered = case is not None and case.has_dialogs
        if not covered and not busy and (urgent or self._rest.is_due(shown)):
            self._refresh_stale(shown)
        elif case is not None and case in self._unchecked and (covered or urgent or not busy):
            self._unchecked.discard(case)
            case.check()
        self._refresh_timer.start(REFRESH_PAUSE_MS)

    def _refresh_stale(self, shown: QWidget) -> None:
        keys = self._stale.pop(shown)
        self._urgent.discard(shown)
        self._unchecked.discard(shown)
        self._rest.begin(shown)
        if keys and isinstance(shown, Screen):
            shown.refresh_cases(keys, self._listener.key)
        else:
            self._window.refresh()

    @Slot(bool)
    def _end_refresh(self, busy: bool) -> None:
        if not busy:
            self._rest.end()

    @Slot(str)
    def _show_viewers(self, case_ref: str) -> None:
        case = self._window.tabs.case_screen(case_ref)
        if case is not None:
            others, session = self._listener.other_viewers(case_ref), self._window.session
            case.header.show_viewers(describe_viewers(others, session.today(), session.names))

    @Slot(str)
    def _case_closed(self, case_ref: str) -> None:
        self._listener.mark_closed(case_ref)
        open_now = {self._window.tabs.case_screen(ref) for ref in self._window.tabs.open_cases}
        there = {*open_now, *self._window.screens.values()}
        self._stale = {each: keys for each, keys in self._stale.items() if each in there}
        self._urgent &= there
        self._unchecked &= open_now

    @Slot()
    def _check_break_glass(self) -> None:
        """List recent break-glass access from the database: a notification alone proves nothing, and names nobody."""
        window = self._window
        if receives_alerts(window.session):
            # A refusal needs no message: a lost connection has its own, and Today lists the review.
            window.tasks.latest(
                self, "glass", partial(list_recent_break_glass, window.session), self._show_break_glass, ignore
            )

    def _show_break_glass(self, broken: Sequence[BreakGlassEvent]) -> None:
        window, fresh = self._window, [each for each in broken if each.ref not in self._announced_refs]
        self._announced_refs |= {each.ref for each in fresh}
        if not fresh:
            return
        reviews = may(window.session.role, Right.SET_CASE_ACCESS)
        if reviews:
            said = describe_break_glass_events(fresh, reviews=True)
            if len(fresh) == 1:
                target = Target(case_ref=fresh[0].case_ref, about=fresh[0].ref)
                review = partial(window.services.dialogs.launch, REVIEW_BREAK_GLASS, target)
                window.messages.caution(said, "&Review…", review)
            else:
                window.messages.caution(said, "&Today", partial(window.show_screen, "today"))
            self._mark_stale(ChangeNotice(ACCESS_TOPICS | {Topic.ACTIONS}, frozenset()))
        else:
            window.messages.caution(describe_break_glass_events(fresh, reviews=False))

    @Slot(bool)
    def _show_connection(self, connected: bool) -> None:
        if not connected:
            self._connection_lost = True
            at = f"{self._window.session.clock().astimezone(LONDON):%H:%M}"
            self._show_state(f"Connection lost at {at}; your entries are kept; trying again")
        elif self._connection_lost:
            self._connection_lost = False
            self._show_state(RECONNECTED_MESSAGE)
            self._hide_timer.start(RECONNECTED_SHOWN_MS)
            self._mark_stale(
                ChangeNotice(frozenset(Topic), None)
            )  # changes made while the connection was lost were not notified
            self._check_break_glass()

    @Slot(str)
    def _show_other_version(self, sentence: str) -> None:
        """Say what to do, rather than that the line was lost: the server is up, and waiting alone mends nothing."""
        self._connection_lost = True
        self._show_state(OTHER_VERSION_MESSAGE)
        self._window.messages.caution(sentence)

    def _show_state(self, words: str) -> None:
        self._hide_timer.stop()
        self.connection_label.setText(words)
        self.connection_label.show()
        announce(words, self._window)


def describe_break_glass_events(broken: Sequence[BreakGlassEvent], *, reviews: bool) -> str:
    """Describe recent break-glass access, and what must be done about it."""
    said = join_words([f"{each.who} used restricted record access to case {each.case_ref}" for each in broken])
    return f"{said}. {'The review stands in Today.' if reviews else 'The reason is in the audit.'}"


def _join_keys(former: frozenset[str] | None, change: ChangeNotice) -> frozenset[str] | None:
    """Add the cases of a change to those that changed before; None where any may have."""
    if former is None or not change.case_keys or Topic.PEOPLE in change.topics:
        return None
    return former | change.case_keys


def _single_shot_timer(owner: QObject, act: object) -> QTimer:
    timer = QTimer(owner)
    timer.setSingleShot(True)
    timer.timeout.connect(act)
    return timer
