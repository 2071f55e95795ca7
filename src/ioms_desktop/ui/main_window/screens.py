"""The screens, in the order of the navigation; each is imported when it is first shown."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from ioms_desktop.domain.access.roles import Right

if TYPE_CHECKING:
    from collections.abc import Callable

    from ioms_desktop.ui.screen import Screen, Shell


@dataclass(frozen=True, slots=True)
class Entry:
    """A screen as the navigation lists it.

    Attributes:
        id: Its name for ever.
        title: Its name for people.
        icon: A Lucide name.
        make: Builds it.
        right: What a role must include for it to be of use.
        always: Whether it is listed for every role that has no list of its own; it then explains why it is empty.
    """

    id: str
    title: str
    icon: str
    make: "Callable[[Shell], Screen]"
    right: Right
    always: bool = False


def _today(shell: "Shell") -> "Screen":
    from ioms_desktop.ui.screens.today import TodayScreen  # noqa: PLC0415 - imported when first shown

    return TodayScreen(shell)


def _caseload(shell: "Shell") -> "Screen":
    from ioms_desktop.ui.screens.caseload import CaseloadScreen  # noqa: PLC0415 - imported when first shown

    return CaseloadScreen(shell)


def _people(shell: "Shell") -> "Screen":
    from ioms_desktop.ui.screens.people import PeopleScreen  # noqa: PLC0415 - imported when first shown

    return PeopleScreen(shell)


def _imports(shell: "Shell") -> "Screen":
    from ioms_desktop.ui.screens.imports import ImportScreen  # noqa: PLC0415 - imported when first shown

    return ImportScreen(shell)


def _measures(shell: "Shell") -> "Screen":
    from ioms_desktop.ui.screens.measures import MeasuresScreen  # noqa: PLC0415 - imported when first shown

    return MeasuresScreen(shell)


def _assigned(shell: "Shell") -> "Screen":
    from ioms_desktop.ui.screens.partner_cases import AssignedScreen  # noqa: PLC0415 - imported when first shown

    return AssignedScreen(shell)


def _administration(shell: "Shell") -> "Screen":
    from ioms_desktop.ui.screens.administration import AdministrationScreen  # noqa: PLC0415 - imported when first shown

    return AdministrationScreen(shell)


SCREENS: tuple[Entry, ...] = (
    Entry("today", "Today", "calendar-days", _today, Right.READ_CASES, always=True),
    Entry("caseload", "Caseload", "clipboard-list", _caseload, Right.READ_CASES, always=True),
    Entry("assigned", "My cases", "clipboard-list", _assigned, Right.READ_ASSIGNED),
    Entry("people", "People", "users", _people, Right.READ_CASES),
    Entry("imports", "Import", "upload", _imports, Right.IMPORT),
    Entry("measures", "Measures", "chart-column", _measures, Right.VIEW_MEASURES),
    Entry("administration", "Administration", "settings", _administration, Right.ADMINISTER),
)
