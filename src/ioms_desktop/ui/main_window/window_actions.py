"""What can be done from anywhere in the window: one list feeds menus, keys, help and quick search."""

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QMessageBox

from ioms_desktop import __version__
from ioms_desktop.domain.access.roles import Right, may
from ioms_desktop.ui.actions import open_dialogs
from ioms_desktop.ui.actions.actions import UserAction
from ioms_desktop.ui.main_window.backup_actions import backup_actions
from ioms_desktop.ui.main_window.frame import WindowFrame
from ioms_desktop.ui.theme.active import ThemePreference

if TYPE_CHECKING:
    from collections.abc import Callable

    from ioms_desktop.ui.cases.case_actions import CaseActions

FILE, CASE, VIEW, HELP = "&File", "&Case", "&View", "&Help"


def window_actions(window: WindowFrame) -> tuple[UserAction, ...]:
    """List them in the order of the menus."""
    return (*_of_file(window), *_of_case(window), *_of_view(window), *backup_actions(window), *_of_help(window))


def _of_file(window: WindowFrame) -> tuple[UserAction, ...]:
    return (
        UserAction(
            "search.begin",
            "&Find people, cases and commands",
            window.focus_search,
            icon="search",
            shortcut="Ctrl+K",
            menu=FILE,
            help="Names in any order, dates of birth, reference numbers.",
        ),
        UserAction(
            "tab.close",
            "Close &tab",
            window.tabs.close_current,
            icon="x",
            shortcut="Ctrl+W",
            enabled_when=lambda: window.current_case is not None,
            menu=FILE,
        ),
        UserAction(
            "drafts.show",
            "&Unsaved entries",
            window.unsaved_banner.show_list,
            icon="pencil",
            enabled_when=lambda: bool(window.unsaved_banner.unsaved.entries),
            menu=FILE,
            keywords="draft kept restore crash",
        ),
        *_of_files(window),
        UserAction(
            "session.lock",
            "&Lock now",
            window.lock_requested.emit,
            icon="lock",
            shortcut="Ctrl+L",
            menu=FILE,
            keywords="leave away idle",
            help="Ends the program and asks who it is; what is typed is kept, and the tabs open again.",
        ),
        UserAction("session.leave", "Sign &out", window.sign_out, icon="log-out", menu=FILE, keywords="lock user"),
        UserAction("window.quit", "&Quit", window.close, shortcut="Ctrl+Q", menu=FILE, keywords="exit close"),
    )


def _of_files(window: WindowFrame) -> tuple[UserAction, ...]:
    """What takes cases out into a file and brings them back; a file that was taken away does neither."""

    def take() -> None:
        if window.current_case is not None:
            open_dialogs.take_away(window.services, (window.current_case.case_ref,))
            return
        window.show_screen("caseload")
        window.messages.caution("Select the cases in the list, then press Take away below it.")

    able = may(window.session.role, Right.CHECK_OUT) and window.session.checkout is None
    return (
        UserAction(
            "cases.take",
            "Take cases &away…",
            take,
            icon="download",
            enabled_when=lambda: able,
            menu=FILE,
            keywords="file offline visit prison laptop",
            help="A new encrypted file for work without the network.",
        ),
        UserAction(
            "cases.bring",
            "&Bring a file in…",
            partial(open_dialogs.bring_back, window.services),
            icon="upload",
            enabled_when=lambda: able,
            menu=FILE,
            keywords="promote return merge back take over",
            help="One that was taken away, or one with which an office began.",
        ),
    )


def _of_case(window: WindowFrame) -> tuple[UserAction, ...]:
    def contact() -> None:
        if window.current_case is None:
            open_dialogs.record_contact(window.services)
        else:
            window.current_case.case_actions.record_contact()

    def run(act: "Callable[[CaseActions], None]") -> None:
        if window.current_case is not None:
            act(window.current_case.case_actions)

    def able(right: Right) -> bool:
        return may(window.session.role, right) and window.current_case is not None

    def made(
        name: str, title: str, act: "Callable[[CaseActions], None]", right: Right, icon: str, keys: str, more: str
    ) -> UserAction:
        return UserAction(
            f"case.{name}",
            title,
            partial(run, act),
            icon=icon,
            shortcut=keys,
            enabled_when=partial(able, right),
            menu=CASE,
            keywords=more,
        )

    return (
        UserAction(
            "contact.record",
            "Record &contact",
            contact,
            icon="calendar-plus",
            shortcut="Ctrl+Shift+C",
            enabled_when=partial(may, window.session.role, Right.RECORD_ENGAGEMENT),
            menu=CASE,
            keywords="visit session appointment missed",
        ),
        made(
            "offer",
            "Make an &offer",
            lambda acts: acts.offer(),
            Right.RECORD_ENGAGEMENT,
            "hand-heart",
            "Ctrl+Shift+O",
            "support provider",
        ),
        made(
            "concern",
            "Record a co&ncern",
            lambda acts: acts.concern(),
            Right.RECORD_CONCERN,
            "triangle-alert",
            "Ctrl+Shift+N",
            "arrest breach",
        ),
        made(
            "rate",
            "Rate a &week",
            lambda acts: acts.rate(),
            Right.RECORD_ENGAGEMENT,
            "star",
            "Ctrl+Shift+W",
            "engagement rating level",
        ),
        made(
            "rag",
            "Set &RAG",
            lambda acts: acts.rag(),
            Right.SET_RAG,
            "octagon",
            "Ctrl+Shift+R",
            "red amber green blue review",
        ),
        UserAction(
            "case.decide",
            "Propose a &decision",
            lambda: window.current_case and window.current_case.case_actions.decide(""),
            icon="gavel",
            shortcut="Ctrl+Shift+D",
            enabled_when=partial(able, Right.PROPOSE),
            menu=CASE,
            keywords="escalate hold alternative step enforcement",
        ),
        made("print", "&Print case summary", lambda acts: acts.print(), Right.PRINT, "printer", "Ctrl+P", "pdf paper"),
        *_of_knowing(window, made),
    )


def _of_knowing(window: WindowFrame, made: "Callable[..., UserAction]") -> tuple[UserAction, ...]:
    more = "access restrict exclude admit assign team need-to-know"
    supervise = made(
        "show_knowing",
        "&Who may know of this case…",
        lambda acts: acts.show_knowing(),
        Right.SET_CASE_ACCESS,
        "eye",
        "",
        more,
    )
    declare = made(
        "declare_conflict",
        "Declare a conflict of &interest…",
        lambda acts: acts.declare_conflict(),
        Right.READ_CASES,
        "split",
        "",
        "cousin recuse",
    )
    glass = UserAction(
        "glass.break",
        "&Break the glass…",
        partial(open_dialogs.break_glass, window.services),
        icon="shield-check",
        enabled_when=partial(may, window.session.role, Right.BREAK_GLASS),
        menu=CASE,
        keywords="emergency closed hidden restricted case open",
        help="Opens a case that is kept from you: for an hour, for reading, and on record.",
    )
    return (supervise, declare, glass)


def _of_view(window: WindowFrame) -> tuple[UserAction, ...]:
    screens = tuple(
        UserAction(
            f"{entry.id}.show",
            entry.title,
            partial(window.show_screen, entry.id),
            icon=entry.icon,
            shortcut=f"Ctrl+{number}",
            menu=VIEW,
            keywords="show screen",
        )
        for number, entry in enumerate(window.screen_entries, 1)
    )
    themes = tuple(
        UserAction(
            f"theme.{wish.value}",
            title,
            partial(window.apply_theme, wish),
            icon=icon,
            menu=VIEW,
            keywords="theme colours",
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
        UserAction("screen.refresh", "&Read again", window.refresh, icon="refresh-cw", shortcut="F5", menu=VIEW),
        *themes,
    )


def _of_help(window: WindowFrame) -> tuple[UserAction, ...]:
    return (
        UserAction(
            "help.screen", "&Help on this screen", window.show_help, icon="circle-help", shortcut="F1", menu=HELP,
            keywords="explain keys shortcuts",
        ),
        UserAction("help.about", "&About IOMS Desktop", partial(_about, window), icon="info", menu=HELP),
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
