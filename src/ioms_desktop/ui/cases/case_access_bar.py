"""What is shown in place of a case the user may not see, and the bar above one opened by break-glass access."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import NamedTuple

from PySide6.QtCore import QElapsedTimer, QTimer, Signal, Slot
from PySide6.QtWidgets import QWidget

from ioms_desktop.domain.errors import Missing
from ioms_desktop.domain.timeline import TimelineFacts
from ioms_desktop.services.case_access import BreakGlassAccess
from ioms_desktop.services.cases.cases import CaseView, open_case
from ioms_desktop.services.cases.timelines import build_timeline
from ioms_desktop.services.reading.news import News, last_look, read_news
from ioms_desktop.services.session import Session
from ioms_desktop.ui.widgets.widgets import EmptyState, MessageBar

TEXT_WIDTH_PX = 440
RETRY_LABEL, BREAK_GLASS_LABEL = "&Try again", "&Restricted record access…"
COUNTDOWN_INTERVAL_MS = 20_000
ONE_MINUTE = timedelta(minutes=1)


def read_case(session: Session, case_ref: str, as_of: date | None) -> tuple[CaseView, TimelineFacts] | str:
    """Read what the screen shows of a case; a message if the user may not see it, or it does not exist."""
    try:
        view = open_case(session, case_ref, as_of=as_of)
    except Missing as gone:
        return gone.sentence
    return view, build_timeline(view, session.lists)


class ReadCase(NamedTuple):
    """A case as it was read: its view, what its picture shows, and what of it is new to the user."""

    view: CaseView
    facts: TimelineFacts
    news: News


def read_case_with_news(
    session: Session, case_ref: str, as_of: date | None, known: tuple[datetime | None] | None
) -> ReadCase | str:
    """Read a case as `read_case` does, with what has changed since the user last looked.

    Args:
        session: The user.
        case_ref: The case.
        as_of: The day as of which it is shown; None for today.
        known: When they last looked before they opened it; None at the first reading, which finds it out.
    """
    since = known[0] if known is not None else last_look(session, case_ref)
    read = read_case(session, case_ref, as_of)
    return read if isinstance(read, str) else ReadCase(*read, read_news(session, case_ref, since))


class CaseUnavailable(EmptyState):
    """Says why a case is not shown, with a button to read it again or to ask for break-glass access.

    Signals:
        retry_requested: The case is to be read again.
        break_glass_requested: Break-glass access is to be asked for.
    """

    retry_requested = Signal()
    break_glass_requested = Signal()

    def __init__(self) -> None:
        super().__init__("", RETRY_LABEL, "octagon-alert")
        self.text_label.setFixedWidth(TEXT_WIDTH_PX)
        self.action_triggered.connect(self._request_action)

    def show_reason(self, sentence: str, *, glass: bool = False) -> None:
        """Show why; `glass` offers break-glass access in place of reading again."""
        self.show_message(sentence, BREAK_GLASS_LABEL if glass else RETRY_LABEL, "lock")
        self.text_label.setMinimumHeight(self.text_label.heightForWidth(TEXT_WIDTH_PX))

    @Slot()
    def _request_action(self) -> None:
        (self.break_glass_requested if self.action_button.text() == BREAK_GLASS_LABEL else self.retry_requested).emit()


class BreakGlassBar(MessageBar):
    """Shows how long break-glass access still lasts.

    Signals:
        expired: The access has ended.
    """

    expired = Signal()

    def __init__(self, acts: Sequence[QWidget]) -> None:
        """Make it, hidden.

        Args:
            acts: The buttons that record or print; disabled during break-glass access, which is for reading only.
        """
        super().__init__()
        self._buttons = acts
        self._access: BreakGlassAccess | None = None
        self._elapsed = QElapsedTimer()
        self._countdown_timer = QTimer(self)
        self._countdown_timer.setInterval(COUNTDOWN_INTERVAL_MS)
        self._countdown_timer.timeout.connect(self._count_down)

    def show_access(self, glass: BreakGlassAccess | None) -> None:
        """Show a break-glass access, or hide the bar."""
        self._access = glass
        for act in self._buttons:
            act.setEnabled(glass is None)
        if glass is None:
            self._countdown_timer.stop()
            self.clear()
            return
        self._elapsed.start()
        self._countdown_timer.start()
        self.caution(describe_break_glass(glass, glass.remaining))
        self.close_button.hide()

    @Slot()
    def _count_down(self) -> None:
        if self._access is None:
            return
        left = self._access.remaining - timedelta(milliseconds=self._elapsed.elapsed())
        if left <= timedelta():
            self._countdown_timer.stop()
            self.expired.emit()
        else:
            self.text_label.setText(describe_break_glass(self._access, left))


def describe_break_glass(glass: BreakGlassAccess, left: timedelta) -> str:
    """Say how long break-glass access lasts, and what it allows."""
    minutes = max(1, -(-left // ONE_MINUTE))
    count = "1 minute" if minutes == 1 else f"{minutes} minutes"
    return (
        f"You have restricted record access until {glass.closing_time} ({count} left), for reading only. Nothing can "
        "be recorded or printed. Supervisors and auditors have been told, and a supervisor reviews it."
    )
