import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QMainWindow, QMenu
from pytestqt.qtbot import QtBot

from ioms_desktop.ui.actions.actions import UserAction, WindowActions, describe_conflicts
from ioms_desktop.ui.theme.tokens import Theme
from ui.hands import CTRL, SHIFT, press, show


class Session:
    """Remembers what was done, and whether a case is open."""

    def __init__(self) -> None:
        self.done: list[str] = []
        self.open = False

    def actions(self) -> tuple[UserAction, ...]:
        return (
            UserAction(
                "case.open", "&Open case…", lambda: self.done.append("open"), "folder-open", "Ctrl+O", menu="&Case"
            ),
            UserAction(
                "contact.record",
                "&Record contact",
                lambda: self.done.append("record"),
                shortcut="Ctrl+Shift+C",
                enabled_when=lambda: self.open,
                menu="&Case",
                keywords="visit session",
            ),
            UserAction("help.keys", "&Keys", lambda: self.done.append("keys"), menu="&Help", help="Shows every key."),
        )


def window(qtbot: QtBot) -> QMainWindow:
    made = QMainWindow()
    qtbot.addWidget(made)
    show(qtbot, made)
    return made


def test_shared_ids_and_shortcuts_are_named(qtbot: QtBot) -> None:
    twice = (
        UserAction("a", "A", print, shortcut="Ctrl+K"),
        UserAction("a", "B", print, shortcut="ctrl+k"),
        UserAction("c", "C", print, shortcut="Hyper+Nonsense"),
    )
    assert describe_conflicts(twice) == [
        "Two actions are called a.",
        "a and a share Ctrl+K.",
        "c has no shortcut Qt knows: Hyper+Nonsense.",
    ]
    with pytest.raises(ValueError, match="share"):
        WindowActions(window(qtbot), twice)


def test_menus_stand_in_the_order_they_are_first_named(qtbot: QtBot, theme: Theme) -> None:
    assert theme.name == "light"
    main = window(qtbot)
    WindowActions(main, Session().actions()).fill_menus(main.menuBar())
    menus = main.menuBar().actions()
    assert [menu.text() for menu in menus] == ["&Case", "&Help"]


def test_a_menu_that_is_opened_shows_its_icons(qtbot: QtBot, theme: Theme) -> None:
    assert theme.name == "light"
    main = window(qtbot)
    WindowActions(main, Session().actions()).fill_menus(main.menuBar())
    opened = main.menuBar().actions()[0].menu()
    assert isinstance(opened, QMenu)
    assert all(made.icon().isNull() for made in opened.actions())
    opened.popup(main.mapToGlobal(main.rect().center()))
    assert [made.icon().isNull() for made in opened.actions()] == [False, True]
    opened.close()


def test_a_shortcut_works_where_the_action_is_possible(qtbot: QtBot, theme: Theme) -> None:
    assert theme.name == "light"
    main, session = window(qtbot), Session()
    commands = WindowActions(main, session.actions())
    keys = (Qt.Key.Key_C, CTRL | SHIFT)
    press(main, *keys)
    assert session.done == []
    assert not commands.trigger("contact.record")
    session.open = True
    commands.refresh()
    press(main, *keys)
    assert session.done == ["record"]


def test_quick_search_finds_actions_in_any_word_order(qtbot: QtBot, theme: Theme) -> None:
    assert theme.name == "light"
    session = Session()
    main = window(qtbot)
    commands = WindowActions(main, session.actions())
    assert [found.id for found in commands.matching("case op")] == ["case.open"]
    assert commands.matching("visit") == []
    session.open = True
    assert [found.id for found in commands.matching("visit rec")] == ["contact.record"]
    assert len(commands.matching("")) == 3
    person = UserAction("person.change", "Change person details", list, keywords="add address phone")
    address = UserAction("add", "Add address or phone", list)
    other = WindowActions(window(qtbot), [person, address])
    called = UserAction("letter", "&Letter…", list)
    letters = WindowActions(window(qtbot), [UserAction("leave", "Leave the letter", list), called])
    assert letters.matching("letter")[0] is called, "a title before one in which it is a word"
    for typed, first in (("add address", address), ("address", address), ("change", person), ("pho per", person)):
        assert other.matching(typed)[0] is first, "what is called so comes before what is found by a keyword"


def test_a_tooltip_gives_the_shortcut(qtbot: QtBot, theme: Theme) -> None:
    assert theme.name == "light"
    main = window(qtbot)
    WindowActions(main, Session().actions())
    assert "Open case (Ctrl+O)" in [action.toolTip() for action in main.actions()]
