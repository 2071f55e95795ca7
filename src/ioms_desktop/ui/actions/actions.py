"""What can be done, as data: menus, toolbar, shortcuts and quick search are all fed from one list of actions.

ACTIONS = (
Action("contact.record", "&Record contact", callback, icon="calendar-plus", shortcut="Ctrl+Shift+C", menu="&Case"),
...
)
commands = Commands(window, ACTIONS)
commands.fill(window.menuBar())
commands.matching("rec con")        # for quick search, in any word order
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QObject, Qt, Slot
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QMenu, QMenuBar, QToolBar, QWidget

from ioms_desktop.ui.theme.icons import set_icon

FILE_MENU, CASE_MENU, VIEW_MENU, ADMINISTRATION_MENU, HELP_MENU = (
    "&File",
    "&Case",
    "&View",
    "&Administration",
    "&Help",
)


@dataclass(frozen=True, slots=True)
class UserAction:
    """One thing that can be done from anywhere in a window.

    Attributes:
        id: Its name for ever, as "contact.record"; a dot parts noun and verb.
        title: The verb in menus, with its mnemonic.
        callback: Does it.
        icon: A Lucide name.
        shortcut: A key sequence as Qt writes it.
        enabled_when: Whether it may be done just now; always when None.
        menu: The menu it stands in, with its mnemonic; none keeps it out of menus.
        keywords: Further words quick search finds it by.
        help: One sentence for status bar and tooltip.
    """

    id: str
    title: str
    callback: Callable[[], object]
    icon: str = ""
    shortcut: str = ""
    enabled_when: Callable[[], bool] | None = None
    menu: str = ""
    keywords: str = ""
    help: str = ""

    @property
    def plain_title(self) -> str:
        """Its title without the mnemonic's mark and the dots that say that a dialog follows."""
        return self.title.replace("&", "").removesuffix("…")

    @property
    def is_enabled(self) -> bool:
        """Whether it may be done just now."""
        return self.enabled_when is None or self.enabled_when()


def describe_conflicts(actions: Iterable[UserAction]) -> list[str]:
    """Say which ids and shortcuts are given twice, one sentence each; an empty list is well."""
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
    """The actions of one window, made into Qt's."""

    def __init__(self, window: QWidget, actions: Sequence[UserAction]) -> None:
        """Make them, and let their shortcuts work in the window.

        Args:
            window: Where they apply.
            actions: In the order of the menus.

        Raises:
            ValueError: Two of them share an id or a shortcut.
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
        if action.icon:
            set_icon(made, action.icon)
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
        """Do an action by its id where it may be done just now, and say whether it was."""
        action = next(action for action in self.actions if action.id == name)
        if not action.is_enabled:
            return False
        action.callback()
        return True

    @Slot()
    def refresh(self) -> None:
        """Ask every action anew whether it may be done: the screen or the selection has changed."""
        for action in self.actions:
            self._qactions[action.id].setEnabled(action.is_enabled)

    def fill_menus(self, bar: QMenuBar) -> None:
        """Put every action into its menu, menus in the order they are first named."""
        menus: dict[str, QMenu] = {}
        for action in self.actions:
            if action.menu:
                if action.menu not in menus:
                    menus[action.menu] = bar.addMenu(action.menu)
                    menus[action.menu].aboutToShow.connect(self.refresh)
                menus[action.menu].addAction(self._qactions[action.id])

    def fill_toolbar(self, bar: QToolBar, names: Iterable[str]) -> None:
        """Put some actions into a toolbar, in the order given."""
        for name in names:
            bar.addAction(self._qactions[name])

    def matching(self, text: str) -> list[UserAction]:
        """Find actions that may be done now by beginnings of their words, in any order; all for no words."""
        sought = text.casefold().split()
        found: list[UserAction] = []
        for action in self.actions:
            words = f"{action.plain_title} {action.keywords}".casefold().split()
            if action.is_enabled and all(any(word.startswith(part) for word in words) for part in sought):
                found.append(action)
        return found
