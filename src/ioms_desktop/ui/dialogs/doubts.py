"""Ask, in the bar of a dialog, whether what is odd about an entry is right, and send it again with the answer."""

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Any

from ioms_desktop.domain.errors import EntryDoubtful
from ioms_desktop.services.edit_conflicts import PendingEdit
from ioms_desktop.services.session import Session
from ioms_desktop.ui.tasks import Tasks
from ioms_desktop.ui.widgets.widgets import MessageBar


class DoubtQuestion:
    """What a dialog asks about its entry.

    The answer is a button of its own, which no key presses but when it has the focus: a second Enter confirms nothing.
    """

    def __init__(self, tasks: Tasks, send_again: Callable[[], None]) -> None:
        """Begin with nothing confirmed.

        Args:
            tasks: What tells why the command was refused.
            send_again: Sends the entry as it stands.
        """
        self._tasks, self._send_again = tasks, send_again
        self._confirmed: frozenset[str] = frozenset()

    def with_confirmed(self, work: Callable[[], Any]) -> Callable[[], Any]:
        """Return a command with what the user has confirmed in its session; it asks about the rest."""
        if isinstance(work, PendingEdit):
            return replace(work, session=replace(work.session, confirmed=self._confirmed))
        if isinstance(work, partial) and work.args and isinstance(work.args[0], Session):
            session = replace(work.args[0], confirmed=self._confirmed)
            return partial(work.func, session, *work.args[1:], **work.keywords)
        return work

    def show(self, banner: MessageBar, *, is_covered: bool = False) -> bool:
        """Ask what is told that the command asks; False where it was refused for another reason.

        Args:
            banner: Where it is asked.
            is_covered: Whether the page that compares two versions covers it. That page says what was asked, and
                saving there again is the answer.
        """
        asked = self._tasks.refusal
        if not isinstance(asked, EntryDoubtful):
            return False
        if is_covered:
            self._confirmed |= set(asked.doubts)
        banner.caution(asked.sentence, "Save as it is", partial(self._confirm, asked.doubts))
        return True

    def _confirm(self, doubts: tuple[str, ...]) -> None:
        self._confirmed |= set(doubts)
        self._send_again()
