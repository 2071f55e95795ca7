"""A case that is kept from somebody: what stands in its place, and the line over it where they broke the glass."""

from collections.abc import Sequence
from datetime import date, timedelta

from PySide6.QtCore import QElapsedTimer, QTimer, Signal, Slot
from PySide6.QtWidgets import QWidget

from ioms_desktop.domain.errors import Missing
from ioms_desktop.domain.timeline import TimelineFacts
from ioms_desktop.services.case_access import BreakGlassAccess
from ioms_desktop.services.cases.cases import CaseView, open_case
from ioms_desktop.services.cases.timelines import build_timeline
from ioms_desktop.services.session import Desk
from ioms_desktop.ui.widgets.widgets import EmptyState, MessageBar

WIDTH = 440
AGAIN, GLASS = "&Try again", "&Break the glass…"
EVERY = 20_000
MINUTE = timedelta(minutes=1)


def read_case(desk: Desk, case_ref: str, as_of: date | None) -> tuple[CaseView, TimelineFacts] | str:
    """Read what the screen shows of a case; a sentence where it is not there for this user."""
    try:
        view = open_case(desk, case_ref, as_of=as_of)
    except Missing as gone:
        return gone.sentence
    return view, build_timeline(view, desk.lists)


class NotShown(EmptyState):
    """Says why a case is not shown, with what can be done about it.

    Signals:
        again: It is to be read again.
        glass_wanted: Its glass is to be broken.
    """

    again = Signal()
    glass_wanted = Signal()

    def __init__(self) -> None:
        """Begin without words."""
        super().__init__("", AGAIN, "octagon-alert")
        self.words.setFixedWidth(WIDTH)
        self.acted.connect(self._act)

    def tell(self, sentence: str, *, glass: bool = False) -> None:
        """Say it.

        Args:
            sentence: Why.
            glass: Whether breaking the glass is offered.
        """
        self.say(sentence, GLASS if glass else AGAIN, "lock")
        self.words.setMinimumHeight(self.words.heightForWidth(WIDTH))

    @Slot()
    def _act(self) -> None:
        (self.glass_wanted if self.action.text() == GLASS else self.again).emit()


class GlassBar(MessageBar):
    """Counts down.

    Signals:
        closed: The time is over.
    """

    closed = Signal()

    def __init__(self, acts: Sequence[QWidget]) -> None:
        """Begin hidden.

        Args:
            acts: What records or prints, and is off while the glass is broken.
        """
        super().__init__()
        self._acts = acts
        self._glass: BreakGlassAccess | None = None
        self._since = QElapsedTimer()
        self._turn = QTimer(self)
        self._turn.setInterval(EVERY)
        self._turn.timeout.connect(self._count)

    def show_glass(self, glass: BreakGlassAccess | None) -> None:
        """Say that the glass is broken, or nothing."""
        self._glass = glass
        for act in self._acts:
            act.setEnabled(glass is None)
        if glass is None:
            self._turn.stop()
            self.clear()
            return
        self._since.start()
        self._turn.start()
        self.caution(glass_words(glass, glass.remaining))
        self.closing.hide()

    @Slot()
    def _count(self) -> None:
        if self._glass is None:
            return
        left = self._glass.remaining - timedelta(milliseconds=self._since.elapsed())
        if left <= timedelta():
            self._turn.stop()
            self.closed.emit()
        else:
            self.words.setText(glass_words(self._glass, left))


def glass_words(glass: BreakGlassAccess, left: timedelta) -> str:
    """Say how long a broken glass stays open, and what can be done meanwhile."""
    minutes = max(1, -(-left // MINUTE))
    count = "1 minute" if minutes == 1 else f"{minutes} minutes"
    return (
        f"You broke the glass: open to you until {glass.closing_time} ({count} left), for reading alone. Nothing can be "
        "recorded or printed; supervisors and auditors know, and a supervisor reviews it."
    )
