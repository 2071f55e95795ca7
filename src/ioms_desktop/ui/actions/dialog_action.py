"""What a user action that opens a dialog is. Each is declared once, in one of the ``*_actions`` modules beside this.

Menus, quick search, the case screen, lists, Today, restored drafts, help and the screenshots read the declarations
through ``registry``; ``launcher`` runs them.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import Enum, auto
from typing import TYPE_CHECKING, Any, Generic, TypeVar, cast

from ioms_desktop.domain.access.roles import Right, administers, may
from ioms_desktop.domain.errors import Refused
from ioms_desktop.domain.records.documents.document import Document
from ioms_desktop.services.session import Outcome, Session
from ioms_desktop.ui.tasks import Tasks

if TYPE_CHECKING:
    from PySide6.QtWidgets import QDialog, QWidget

    from ioms_desktop.domain.duties.case_duties import Duty, WorklistItem
    from ioms_desktop.domain.records.record import Record
    from ioms_desktop.services.cases.cases import CaseView

T = TypeVar("T")
T_co = TypeVar("T_co", covariant=True)
R = TypeVar("R", bound="Record")


class TargetGone(Refused):
    """What a dialog was to be opened on is no longer there, or somebody has dealt with it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """What an action is started on.

    Attributes:
        case_ref: The case; empty for none.
        about: The record, rule or list within it, by its reference or code; the same as the draft of its form carries.
        cases: Several cases, for an action that takes them at once.
        as_of: The past day as of which the case is shown; None for today.
    """

    case_ref: str = ""
    about: str = ""
    cases: tuple[str, ...] = ()
    as_of: date | None = None

    @property
    def case_refs(self) -> tuple[str, ...]:
        """Every case it names."""
        return self.cases or ((self.case_ref,) if self.case_ref else ())


def _never(_: "Gathered") -> bool:
    return False


@dataclass(frozen=True, eq=False)  # a generic class with slots cannot be made with its type given
class Loader(Generic[T_co]):
    """Something a dialog is built from, and how it is read.

    Attributes:
        load: Reads or derives it; may raise Refused.
        at_hand: Whether that takes no reading, so that the dialog can open at once.
    """

    load: Callable[["Gathered"], T_co]
    at_hand: Callable[["Gathered"], bool] = _never


class Gathered:
    """What was read for a dialog, each part once."""

    def __init__(self, session: Session, target: Target, given: Mapping[Loader[Any], object] | None = None) -> None:
        """Begin with what the caller has read already."""
        self.session, self.target = session, target
        self._parts: dict[Loader[Any], object] = dict(given or {})

    def __contains__(self, loader: Loader[Any]) -> bool:
        """Whether a part can be had without reading anything."""
        return loader in self._parts or loader.at_hand(self)

    def __getitem__(self, loader: Loader[T]) -> T:
        """Return a part, reading it where it has not been read.

        Raises:
            Refused: It cannot be read, or is no longer there.
        """
        if loader not in self._parts:
            self._parts[loader] = loader.load(self)
        return cast("T", self._parts[loader])

    def load(self, loaders: Iterable[Loader[Any]]) -> "Gathered":
        """Read some parts, on whichever thread this is called, and give the whole."""
        for loader in loaders:
            self[loader]
        return self


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class DialogContext:
    """What a dialog is opened over: the main window, a case screen, or another dialog.

    Attributes:
        parent: The widget the dialog belongs to.
        handle_outcome: Shows what a command did and refreshes what it changed.
        show_problem: Shows a sentence that says what could not be done.
        open_case: Opens a case by its reference.
    """

    session: Session
    tasks: Tasks
    parent: "QWidget"
    handle_outcome: Callable[[Outcome], None]
    show_problem: Callable[[str], None]
    open_case: Callable[[str], object]


CHANGE_KEY, STRIKE_OUT_KEY = "F2", "Del"
"""The keys that change the record of a row, and take it out as entered in error."""
OPEN_KEY = "Return"
"""The key of what is done in a list in place of showing the details of a record."""


class Scope(Enum):
    """What an action chosen in a menu or in quick search is about."""

    CASE = auto()
    """The case that is shown; disabled where none is."""
    CASE_IF_SHOWN = auto()
    """The case that is shown, or none: the dialog then asks for one."""
    WINDOW = auto()
    """Never the case that is shown."""


@dataclass(frozen=True, slots=True)
class Menu:
    """A menu of the window; quick search and the list of shortcuts follow from it."""

    name: str
    scope: Scope = Scope.CASE


@dataclass(frozen=True, slots=True)
class CaseButton:
    """A button at the head of the case screen."""

    label: str
    icon: str
    kind: str = ""


@dataclass(frozen=True, slots=True)
class RecordButton(Generic[R]):
    """A button under the details of a record of a case, where it applies.

    Attributes:
        loader: What the record is to the dialog, so that it need not be read again.
        key: The key that starts it in the list of the record's section; empty for none.
    """

    record_type: type[R]
    loader: Loader[R]
    label: str
    applies: Callable[[R, "CaseView"], bool]
    key: str = ""


def is_of_case(record: "Record", view: "CaseView") -> bool:
    """Whether a record is the case's or its person's; a document that a case shows of another one is changed there."""
    return not isinstance(record, Document) or record.case_ref == view.case.case_ref


@dataclass(frozen=True, slots=True)
class SectionButton:
    """The button of the section of a case that lists the records of a type."""

    record_type: "type[Record]"
    label: str


@dataclass(frozen=True, slots=True)
class DutyButton:
    """The job of a line of Today, where it applies."""

    duty: "Duty"
    label: str
    applies: Callable[["WorklistItem"], bool] = lambda _: True


@dataclass(frozen=True, slots=True)
class ListButton:
    """A button below a list, for the rows that are selected.

    Attributes:
        screen: The id of the screen.
        on_closed: Whether it may be pressed on a case that is closed.
    """

    screen: str
    label: str
    icon: str
    on_closed: bool = True


@dataclass(frozen=True, slots=True)
class OwnControl:
    """A control that a module of the window makes itself, because its words depend on what it shows.

    Attributes:
        module: The module below ``ui`` that starts the action, as ``cases.case_actions``.
    """

    module: str


Offered = Menu | CaseButton | RecordButton[Any] | SectionButton | DutyButton | ListButton | OwnControl


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class DialogAction:
    """One user action that opens a dialog.

    Attributes:
        name: Its permanent name, as "case.rag".
        title: The verb in menus, with its mnemonic.
        right: What the role of the user must include.
        offered_in: Where the window offers it; at least one place.
        make: Builds the dialog from what ``needs`` read. Dialogs are imported inside it, so that the window opens
            without them. May raise TargetGone.
        needs: What is read first, off the interface thread.
        drafts: For each form whose unsaved entries it restores: the title of such an entry in their list.
        icon: A Lucide name.
        shortcut: A key sequence as Qt writes it.
        keywords: Further words by which quick search finds it.
        help: One sentence for the status bar and the tooltip.
        on_past_day: Whether it may be started while the case is shown as of a past day.
        under_break_glass: Whether it may be started on a case that is open by break-glass access alone.
        condition: What else must hold of the session.
        administering: Whether the window offers it only to those who administer: users, the database or a team's
            records. The right is that of the service and the command line, which may be wider.
        applies: What must hold of a case for it to be offered there.
        completed: Called with the answer of the command before the window handles it, to go on with it.
    """

    name: str
    title: str
    right: Right
    offered_in: tuple[Offered, ...]
    make: Callable[[DialogContext, Gathered], "QDialog"]
    needs: tuple[Loader[Any], ...] = ()
    drafts: Mapping[str, str] = field(default_factory=dict)
    icon: str = ""
    shortcut: str = ""
    keywords: str = ""
    help: str = ""
    on_past_day: bool = False
    under_break_glass: bool = False
    condition: Callable[[Session], bool] | None = None
    administering: bool = False
    applies: "Callable[[CaseView], bool] | None" = None
    completed: Callable[[DialogContext, Any], None] | None = None

    def is_allowed(self, session: Session) -> bool:
        """Whether this user may start it at all."""
        if self.administering and not administers(session.role):
            return False
        return may(session.role, self.right) and (self.condition is None or self.condition(session))

    def applies_to(self, view: "CaseView | None") -> bool:
        """Whether it is offered on a case; where none is shown, the dialog asks for one, or the service refuses."""
        return self.applies is None or view is None or self.applies(view)

    def offers(self, kind: type[T]) -> list[T]:
        """Return its places of one kind."""
        return [place for place in self.offered_in if isinstance(place, kind)]
