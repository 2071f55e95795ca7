"""User actions as data: menus, shortcuts, quick search and help are made from one list.

ACTIONS = (
Action("contact.record", "&Record contact", callback, icon="calendar-plus", shortcut="Ctrl+Shift+C", menu="&Case"),
...
)
commands = Commands(window, ACTIONS)
commands.fill(window.menuBar())
commands.matching("rec con")        # for quick search, in any word order
"""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property, partial
from itertools import pairwise

from PySide6.QtCore import QObject, Qt, Slot
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QMenu, QMenuBar, QWidget

from ioms_desktop.ui.theme.icons import set_icon

FILE_MENU, PERSON_MENU, CASE_MENU, CUSTODY_MENU, VIEW_MENU, ADMINISTRATION_MENU, HELP_MENU = (
    "&File",
    "P&erson",
    "&Case",
    "Custod&y and orders",
    "&View",
    "&Administration",
    "&Help",
)


_APOSTROPHES = re.compile("['\N{RIGHT SINGLE QUOTATION MARK}]")
_WORD = re.compile(r"[^\W_]+")


def words_in(text: str) -> list[str]:
    """Return the words of a text in small letters, without what stands between them."""
    return _WORD.findall(_APOSTROPHES.sub("", text.casefold()))


@dataclass(frozen=True)
class UserAction:
    """An action that can be started from anywhere in a window.

    Attributes:
        id: Its permanent name, as "contact.record": a noun, a dot and a verb.
        title: The verb in menus, with its mnemonic.
        callback: Carries it out.
        icon: A Lucide name.
        shortcut: A key sequence as Qt writes it.
        enabled_when: Whether it can be started now; always when None.
        shown_when: Whether menus list it now; always when None. What is not listed is not enabled either.
        missing: What it needs and is not there now, as "open a case first"; empty where it can be started, or is not
            this user's to start. Quick search lists it with that.
        menu: The menu that lists it, with its mnemonic; empty for none.
        keywords: Further words by which quick search finds it.
        help: One sentence for the status bar and the tooltip.
    """

    id: str
    title: str
    callback: Callable[[], object]
    icon: str = ""
    shortcut: str = ""
    enabled_when: Callable[[], bool] | None = None
    shown_when: Callable[[], bool] | None = None
    missing: Callable[[], str] | None = None
    menu: str = ""
    keywords: str = ""
    help: str = ""

    @property
    def plain_title(self) -> str:
        """The title without the mark of its mnemonic and the ellipsis that announces a dialog."""
        return self.title.replace("&", "").removesuffix("…")

    @cached_property
    def title_words(self) -> list[str]:
        """The words of its title, each two also as one: Back up is found as "backup"."""
        return _with_pairs(self.plain_title)

    @cached_property
    def words(self) -> list[str]:
        """The words by which it is found."""
        return [*self.title_words, *_with_pairs(self.keywords)]

    @property
    def what_is_missing(self) -> str:
        """What it needs to be started now; empty where it can be, or where nothing would help."""
        return self.missing() if self.missing is not None and self.is_shown and not self.is_enabled else ""

    @property
    def is_enabled(self) -> bool:
        """Whether it can be started now."""
        return self.is_shown and (self.enabled_when is None or self.enabled_when())

    @property
    def is_shown(self) -> bool:
        """Whether menus list it now."""
        return self.shown_when is None or self.shown_when()


def _with_pairs(text: str) -> list[str]:
    found = words_in(text)
    return [*found, *(one + other for one, other in pairwise(found))]


def describe_conflicts(actions: Iterable[UserAction]) -> list[str]:
    """Describe each id or shortcut that two actions share, and each shortcut that Qt does not know."""
    found: list[str] = []
    ids: set[str] = set()
    keys: dict[str, str] = {}
    for action in actions:
        if action.id in ids:
            found.append(f"Two actions are called {action.id}.")
        ids.add(action.id)
        key = QKeySequence(action.shortcut).toString(QKeySequence.SequenceFormat.PortableText)
        if action.shortcut and not key:
            found.append(f"{action.id} has no shortcut Qt knows: {action.shortcut}.")
        elif key and key in keys:
            found.append(f"{action.id} and {keys[key]} share {key}.")
        elif key:
            keys[key] = action.id
    return found


class WindowActions(QObject):
    """The actions of one window, as Qt actions."""

    def __init__(self, window: QWidget, actions: Sequence[UserAction]) -> None:
        """Add the actions to a window, so that their shortcuts work in it.

        Args:
            actions: In the order of the menus.

        Raises:
            ValueError: Two actions share an id or a shortcut.
        """
        super().__init__(window)
        wrong = describe_conflicts(actions)
        if wrong:
            raise ValueError(" ".join(wrong))
        self.actions = tuple(actions)
        self._qactions = {action.id: self._make_qaction(action, window) for action in actions}
        window.addActions(list(self._qactions.values()))
        self.refresh()

    def _make_qaction(self, action: UserAction, window: QWidget) -> QAction:
        made = QAction(action.title, window)
        made.setObjectName(action.id)
        if action.shortcut:
            made.setShortcut(QKeySequence(action.shortcut))
            made.setShortcutContext(Qt.ShortcutContext.WindowShortcut)
        hint = action.help or action.plain_title
        keys = QKeySequence(action.shortcut).toString(QKeySequence.SequenceFormat.NativeText)
        made.setToolTip(f"{hint} ({keys})" if keys else hint)
        made.setStatusTip(action.help)
        made.triggered.connect(lambda _checked: self.trigger(action.id))
        return made

    def trigger(self, name: str) -> bool:
        """Start an action by its id if it is enabled, and return whether it was."""
        action = next(action for action in self.actions if action.id == name)
        if not action.is_enabled:
            return False
        action.callback()
        return True

    @Slot()
    def refresh(self) -> None:
        """Enable and disable actions again after the screen or the selection has changed."""
        for action in self.actions:
            enabled = action.is_enabled
            self._qactions[action.id].setEnabled(enabled)
            self._qactions[action.id].setVisible(enabled or action.is_shown)

    def fill_menus(self, bar: QMenuBar) -> None:
        """Add every action to its menu; menus appear in the order in which actions first name them."""
        menus: dict[str, QMenu] = {}
        for action in self.actions:
            if action.menu:
                if action.menu not in menus:
                    menus[action.menu] = bar.addMenu(action.menu)
                    menus[action.menu].aboutToShow.connect(self.refresh)
                    menus[action.menu].aboutToShow.connect(partial(self._draw_icons, action.menu))
                menus[action.menu].addAction(self._qactions[action.id])

    def _draw_icons(self, menu: str) -> None:
        """Draw the icons of a menu when it is first shown: those of all take longer than the rest of the window."""
        for action in self.actions:
            made = self._qactions[action.id]
            if action.menu == menu and action.icon and made.icon().isNull():
                set_icon(made, action.icon)

    def matching(self, text: str) -> list[UserAction]:
        """Find actions by the beginnings of their words, in any order; each that is enabled where no word is given.

        Those whose title has all the words, first whose title it is, come before those that are found by a keyword too.
        What cannot be started for want of something that the user can do about, a case that is open say, comes last.
        """
        parts = words_in(text)

        def has_all(words: Sequence[str]) -> bool:
            return all(any(_begins(word, part) for word in words) for part in parts)

        found = [each for each in self.actions if each.is_enabled or (parts and each.what_is_missing)]
        return sorted(
            (each for each in found if has_all(each.words)),
            key=lambda each: (not each.is_enabled, not has_all(each.title_words), words_in(each.plain_title) != parts),
        )


def _begins(word: str, part: str) -> bool:
    """Whether a word begins with what was typed, which may be its plural."""
    return word.startswith(part) or f"{word}s" == part
