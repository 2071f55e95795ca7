"""The actions of the main window: those of the registry, which open dialogs, and its own."""

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QMessageBox

from ioms_desktop import __version__
from ioms_desktop.ui.actions.actions import (
    ADMINISTRATION_MENU,
    CASE_MENU,
    CUSTODY_MENU,
    FILE_MENU,
    HELP_MENU,
    PERSON_MENU,
    VIEW_MENU,
    UserAction,
)
from ioms_desktop.ui.actions.dialog_action import DialogAction, Scope, Target
from ioms_desktop.ui.actions.file_actions import TAKE_CASES_AWAY
from ioms_desktop.ui.actions.registry import menu_actions, section_actions
from ioms_desktop.ui.main_window.backup_actions import backup_actions
from ioms_desktop.ui.main_window.frame import WindowFrame
from ioms_desktop.ui.theme.active import ThemePreference

if TYPE_CHECKING:
    from collections.abc import Callable

    from ioms_desktop.services.cases.cases import CaseView

OPEN_A_CASE = "open a case first"


def window_actions(window: WindowFrame) -> tuple[UserAction, ...]:
    """Return every action in menu order."""
    return (
        *_of_file(window),
        *_of_menu(window, PERSON_MENU),
        *_of_menu(window, CASE_MENU),
        *_of_linked_cases(window),
        *_of_sections(window),
        *_of_menu(window, CUSTODY_MENU),
        *_of_view(window),
        *backup_actions(window),
        *_of_administration(window),
        *_of_help(window),
    )


def _of_file(window: WindowFrame) -> tuple[UserAction, ...]:
    return (
        UserAction(
            "search.begin",
            "&Find people, cases and commands",
            window.focus_search,
            icon="search",
            shortcut="Ctrl+K",
            menu=FILE_MENU,
            help="Names in any order, dates of birth, reference numbers.",
        ),
        UserAction(
            "tab.close",
            "Close &tab",
            window.tabs.close_current,
            icon="x",
            shortcut="Ctrl+W",
            enabled_when=lambda: window.current_case is not None,
            missing=lambda: "no case is open",
            menu=FILE_MENU,
        ),
        UserAction(
            "drafts.show",
            "&Unsaved entries",
            window.unsaved_banner.show_list,
            icon="pencil",
            enabled_when=lambda: bool(window.unsaved_banner.unsaved.entries),
            missing=lambda: "there are none",
            menu=FILE_MENU,
            keywords="draft kept restore crash",
        ),
        *_of_menu(window, FILE_MENU),
        UserAction(
            "session.lock",
            "&Lock now",
            window.lock_requested.emit,
            icon="lock",
            shortcut="Ctrl+L",
            menu=FILE_MENU,
            keywords="leave away idle",
            help="Locks the window until you sign in again; drafts are kept, and your tabs are reopened.",
        ),
        UserAction(
            "session.leave",
            "Sign &out",
            window.sign_out,
            icon="log-out",
            menu=FILE_MENU,
            keywords="lock user log off switch",
        ),
        UserAction("window.quit", "&Quit", window.close, shortcut="Ctrl+Q", menu=FILE_MENU, keywords="exit close"),
    )


def _of_menu(window: WindowFrame, name: str) -> tuple[UserAction, ...]:
    """Return the actions of a menu that open a dialog."""
    return tuple(_to_user_action(window, action, place.scope, name) for action, place in menu_actions(name))


def _of_administration(window: WindowFrame) -> tuple[UserAction, ...]:
    """Return what an office decides about itself; the menu is there for whoever may decide any of it."""
    return tuple(
        _to_user_action(window, action, place.scope, ADMINISTRATION_MENU)
        for action, place in menu_actions(ADMINISTRATION_MENU)
        if action.is_allowed(window.session)
    )


def _of_linked_cases(window: WindowFrame) -> tuple[UserAction, ...]:
    """Return what goes from a case to the one that it follows, or that follows it; offered where there is one."""

    def action(name: str, title: str, shortcut: str, linked: "Callable[[CaseView], str]") -> UserAction:
        def to_open() -> str:
            case = window.current_case
            return "" if case is None or case.view is None else linked(case.view)

        return UserAction(
            name,
            title,
            lambda: window.open_case(to_open()),
            icon="link",
            shortcut=shortcut,
            enabled_when=lambda: bool(to_open()),
            shown_when=lambda: bool(to_open()),
            menu=CASE_MENU,
            keywords="reopened former later linked follows",
        )

    return (
        action("case.follows", "Case that it was reopened from", "Ctrl+Shift+J", lambda view: view.follows),
        action("case.followed_by", "Case as which it was reopened", "Ctrl+Shift+K", lambda view: view.followed_by),
    )


def _of_sections(window: WindowFrame) -> tuple[UserAction, ...]:
    """Return what adds to the sections of the case that is shown; quick search finds it, and no menu lists it."""
    return tuple(_to_user_action(window, action, Scope.CASE) for action in section_actions())


def _to_user_action(window: WindowFrame, action: DialogAction, scope: Scope, menu: str = "") -> UserAction:
    return UserAction(
        action.name,
        action.title,
        partial(_start, window, action, scope),
        icon=action.icon,
        shortcut=action.shortcut,
        enabled_when=partial(_is_enabled, window, action, scope),
        shown_when=partial(_is_shown, window, action, scope),
        missing=partial(_what_is_missing, window, action, scope),
        menu=menu,
        keywords=action.keywords,
        help=action.help,
    )


def _is_enabled(window: WindowFrame, action: DialogAction, scope: Scope) -> bool:
    return action.is_allowed(window.session) and (scope is not Scope.CASE or window.current_case is not None)


def _what_is_missing(window: WindowFrame, action: DialogAction, scope: Scope) -> str:
    """Say what a user who may start an action has to do first; nothing where it is not theirs."""
    needs_case = scope is Scope.CASE and window.current_case is None
    return OPEN_A_CASE if needs_case and action.is_allowed(window.session) else ""


def _is_shown(window: WindowFrame, action: DialogAction, scope: Scope) -> bool:
    """Whether a menu lists it: not what is for those who administer, nor what the case that is shown does not have."""
    if action.administering and not action.is_allowed(window.session):
        return False
    case = None if scope is Scope.WINDOW else window.current_case
    return action.applies_to(None if case is None else case.view)


def _start(window: WindowFrame, action: DialogAction, scope: Scope) -> None:
    if action is TAKE_CASES_AWAY:
        _take_cases_away(window)
    elif scope is not Scope.WINDOW and window.current_case is not None:
        window.current_case.case_actions.launch(action)
    elif scope is not Scope.CASE_IF_SHOWN or not window.start_on_selection(action):
        window.services.dialogs.launch(action)


def _take_cases_away(window: WindowFrame) -> None:
    """Open the dialog for work offline on the case shown; if none is, explain where several can be selected."""
    if window.current_case is not None:
        window.services.dialogs.launch(TAKE_CASES_AWAY, Target(cases=(window.current_case.case_ref,)))
        return
    window.show_screen("caseload")
    window.messages.caution("Select the cases in the list, then press Work offline below it.")


def _of_view(window: WindowFrame) -> tuple[UserAction, ...]:
    screens = tuple(
        UserAction(
            f"{entry.id}.show",
            entry.title,
            partial(window.show_screen, entry.id),
            icon=entry.icon,
            shortcut=f"Ctrl+{number}",
            menu=VIEW_MENU,
            keywords=f"show screen {entry.keywords}",
        )
        for number, entry in enumerate(window.screen_entries, 1)
    )
    themes = tuple(
        UserAction(
            f"theme.{wish.value}",
            title,
            partial(window.apply_theme, wish),
            icon=icon,
            menu=VIEW_MENU,
            keywords="theme colours appearance mode",
        )
        for wish, title, icon in (
            (ThemePreference.SYSTEM, "Colours as the &system", "contrast"),
            (ThemePreference.LIGHT, "&Light colours", "sun"),
            (ThemePreference.DARK, "&Dark colours", "moon"),
            (ThemePreference.HIGH_CONTRAST, "&High contrast", "contrast"),
        )
    )
    return (
        *screens,
        UserAction("screen.refresh", "&Refresh", window.refresh, icon="refresh-cw", shortcut="F5", menu=VIEW_MENU),
        *themes,
    )


def _of_help(window: WindowFrame) -> tuple[UserAction, ...]:
    return (
        UserAction(
            "help.screen", "&Help on this screen", window.show_help, icon="circle-help", shortcut="F1", menu=HELP_MENU,
            keywords="explain keys shortcuts",
        ),
        UserAction("help.about", "&About IOMS Desktop", partial(_about, window), icon="info", menu=HELP_MENU),
    )  # fmt: skip


def _about(window: WindowFrame) -> None:
    box = QMessageBox(window)
    box.setWindowTitle("About IOMS Desktop")
    box.setText(f"IOMS Desktop {__version__}")
    box.setInformativeText(
        "Case management for Integrated Offender Management and the Phoenix Programme. Licensed under Apache 2.0; the "
        "typeface is Noto Sans (SIL Open Font License), the icons are Lucide (ISC)."
    )
    box.open()
