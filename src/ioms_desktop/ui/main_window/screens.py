"""The screens, in navigation order; each is imported when it is first shown."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from ioms_desktop.domain.access.roles import Right

if TYPE_CHECKING:
    from collections.abc import Callable

    from ioms_desktop.ui.screen import Screen, WindowServices


@dataclass(frozen=True, slots=True)
class ScreenEntry:
    """A screen as the navigation lists it.

    Attributes:
        id: A permanent name; it is stored in the user's settings.
        title: The name shown.
        icon: A Lucide name.
        make: Builds the screen.
        right: The right without which a role has no use for the screen.
        always_listed: Whether it is listed for every role that has no list of its own; it then explains why it is
            empty.
        keywords: Further words by which quick search finds it.
    """

    id: str
    title: str
    icon: str
    make: "Callable[[WindowServices], Screen]"
    right: Right
    always_listed: bool = False
    keywords: str = ""


def _today(services: "WindowServices") -> "Screen":
    from ioms_desktop.ui.screens.today import TodayScreen  # noqa: PLC0415 - imported when first shown

    return TodayScreen(services)


def _caseload(services: "WindowServices") -> "Screen":
    from ioms_desktop.ui.screens.caseload import CaseloadScreen  # noqa: PLC0415 - imported when first shown

    return CaseloadScreen(services)


def _people(services: "WindowServices") -> "Screen":
    from ioms_desktop.ui.screens.people import PeopleScreen  # noqa: PLC0415 - imported when first shown

    return PeopleScreen(services)


def _calendar(services: "WindowServices") -> "Screen":
    from ioms_desktop.ui.screens.calendar import CalendarScreen  # noqa: PLC0415 - imported when first shown

    return CalendarScreen(services)


def _imports(services: "WindowServices") -> "Screen":
    from ioms_desktop.ui.screens.imports import ImportScreen  # noqa: PLC0415 - imported when first shown

    return ImportScreen(services)


def _measures(services: "WindowServices") -> "Screen":
    from ioms_desktop.ui.screens.measures import MeasuresScreen  # noqa: PLC0415 - imported when first shown

    return MeasuresScreen(services)


def _assigned(services: "WindowServices") -> "Screen":
    from ioms_desktop.ui.screens.partner_cases import PartnerCasesScreen  # noqa: PLC0415 - imported when first shown

    return PartnerCasesScreen(services)


def _papers(services: "WindowServices") -> "Screen":
    from ioms_desktop.ui.screens.papers import PapersScreen  # noqa: PLC0415 - imported when first shown

    return PapersScreen(services)


def _wordings(services: "WindowServices") -> "Screen":
    from ioms_desktop.ui.screens.wordings import WordingsScreen  # noqa: PLC0415 - imported when first shown

    return WordingsScreen(services)


def _administration(services: "WindowServices") -> "Screen":
    from ioms_desktop.ui.screens.administration import AdministrationScreen  # noqa: PLC0415 - imported when first shown

    return AdministrationScreen(services)


SCREENS: tuple[ScreenEntry, ...] = (
    ScreenEntry(
        "today",
        "Today",
        "calendar-days",
        _today,
        Right.READ_CASES,
        always_listed=True,
        keywords="owed due overdue worklist duties",
    ),
    ScreenEntry(
        "caseload",
        "Caseload",
        "clipboard-list",
        _caseload,
        Right.READ_CASES,
        always_listed=True,
        keywords="cases cohort board list",
    ),
    ScreenEntry("assigned", "My cases", "clipboard-list", _assigned, Right.READ_ASSIGNED, keywords="assigned cases"),
    ScreenEntry("people", "People", "users", _people, Right.READ_CASES, keywords="persons nominals duplicates merge"),
    ScreenEntry("calendar", "Calendar", "clock", _calendar, Right.READ_CASES, keywords="diary appointments week"),
    ScreenEntry("papers", "Papers", "printer", _papers, Right.READ_PAPERS, keywords="register printed copies recalled"),
    ScreenEntry(
        "imports", "Import", "upload", _imports, Right.IMPORT, keywords="spreadsheet csv excel upload exchange"
    ),
    ScreenEntry(
        "measures",
        "Performance",
        "chart-column",
        _measures,
        Right.VIEW_MEASURES,
        keywords="figures charts statistics board report",
    ),
    ScreenEntry(
        "administration",
        "Administration",
        "settings",
        _administration,
        Right.ADMINISTER,
        keywords="users accounts passwords roles",
    ),
    ScreenEntry("wordings", "Letters", "file-text", _wordings, Right.WORD_LETTERS, keywords="wordings templates"),
)
