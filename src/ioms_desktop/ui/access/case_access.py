"""The access lists of a case: who is or was on them, whether the case is restricted, and the changes allowed."""

from dataclasses import dataclass
from datetime import datetime
from functools import partial
from uuid import uuid4

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QDialog, QHBoxLayout, QVBoxLayout, QWidget

from ioms_desktop.domain.access.case_access import AccessEntry, AccessList
from ioms_desktop.services.access.case_access_admin import (
    CaseAccess,
    ChangeCaseAccess,
    get_case_access,
    list_assignable_users,
    remove_from_access_lists,
)
from ioms_desktop.services.access.labels import ENFORCEMENT_NOTES, access_list_label, describe_case_access
from ioms_desktop.services.exchange.copied_rows import copy_rows
from ioms_desktop.services.labels import format_instant
from ioms_desktop.services.session import Outcome, Session
from ioms_desktop.ui.forms.choice_fields import Option
from ioms_desktop.ui.lists.list_source import ListSource
from ioms_desktop.ui.lists.register import ColumnStyle, Filter, ListColumn, Register, RowAction
from ioms_desktop.ui.lists.register_view import RegisterView
from ioms_desktop.ui.tasks import Tasks
from ioms_desktop.ui.theme.tokens import Tone
from ioms_desktop.ui.widgets.chips import Chip, Shape
from ioms_desktop.ui.widgets.floating import FloatingArea
from ioms_desktop.ui.widgets.flow_layout import FlowLayout
from ioms_desktop.ui.widgets.layouts import fit_to_screen
from ioms_desktop.ui.widgets.page_area import SIDE_PX, PageArea
from ioms_desktop.ui.widgets.widgets import MessageBar, button, label

DIALOG_SIZE_PX = (1000, 560)
LIST_CHIPS = {
    AccessList.EXCLUDED: (Tone.RED, Shape.OCTAGON),
    AccessList.ADMITTED: (Tone.GREEN, Shape.CIRCLE),
    AccessList.ASSIGNED: (Tone.BLUE, Shape.DIAMOND),
    AccessList.BREAK_GLASS: (Tone.AMBER, Shape.TRIANGLE),
    AccessList.TAKEOVER: (Tone.AMBER, Shape.CIRCLE),
}


@dataclass(frozen=True, slots=True)
class AccessEntryRow:
    """One entry of an access list, as shown in a row."""

    id: int
    entry: AccessEntry
    is_current: bool

    @property
    def list_label(self) -> str:
        """The name of the list, and whether the entry has ended."""
        return access_list_label(self.entry.kind) + ("" if self.is_current else ", no longer")


class CaseAccessDialog(QDialog):
    """Shows the access lists of a case.

    Signals:
        access_changed: The access was changed; carries the outcome.
        entry_requested: A user is to be put on a list; carries the list.
        restriction_requested: The team or the restriction of the case is to be changed.
    """

    access_changed = Signal(object)
    entry_requested = Signal(object)
    restriction_requested = Signal()

    def __init__(
        self, session: Session, tasks: Tasks, known: CaseAccess, about: str, parent: QWidget | None = None
    ) -> None:
        """Show the lists as they were read.

        Args:
            session: The session of the user who reads them.
            tasks: Runs commands and reads the lists again.
            known: The access lists.
            about: Describes in one line whom the case is about.
            parent: The Qt parent.
        """
        super().__init__(parent)
        self.session, self.tasks, self.case_access = session, tasks, known
        self.setWindowTitle("Who may know of this case")
        self.setAccessibleName("Who may know of this case")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        fit_to_screen(self, *DIALOG_SIZE_PX)
        self.message = MessageBar()
        self.summary_label = label("", wrap=True)
        self._source: ListSource[AccessEntryRow] = ListSource(
            lambda row: f"{_named(session, row)} {session.names.of(row.entry.set_by)} {_message(row)}",
            {"list": lambda row: row.entry.kind.value, "stands": lambda row: "yes" if row.is_current else ""},
        )
        self.view = RegisterView(self.register(), tasks, defers_first_query=True)
        self.entry_buttons = [
            button(title, partial(self.entry_requested.emit, kind), icon=icon)
            for kind, title, icon in (
                (AccessList.ASSIGNED, "&Assign…", "user-plus"),
                (AccessList.ADMITTED, "Ad&mit…", "eye"),
                (AccessList.EXCLUDED, "&Exclude…", "lock"),
            )
        ]
        self.restriction_button = button("&How it is kept…", self.restriction_requested.emit, icon="shield-check")
        self._lay_out(about)
        self._show_access()

    def _lay_out(self, about: str) -> None:
        row = FlowLayout(8)
        for press in (*self.entry_buttons, self.restriction_button):
            row.addWidget(press)
        foot = QHBoxLayout()
        foot.setContentsMargins(SIDE_PX, 4, SIDE_PX, 16)
        foot.addStretch(1)
        closing = button("&Close", self.accept, kind="primary")
        closing.setDefault(True)
        foot.addWidget(closing)
        page = PageArea()
        column = page.column
        column.setSpacing(10)
        for part in (
            label("Who may know of this case", "title"),
            label(about, "quiet", wrap=True),
            FloatingArea(self.message),
            self.summary_label,
            label(ENFORCEMENT_NOTES[self.case_access.shared], "small", wrap=True),
        ):
            column.addWidget(part)
        column.addLayout(row)
        column.addWidget(self.view, 1)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(0)
        whole.addWidget(page)
        whole.addLayout(foot)

    def register(self) -> Register[AccessEntryRow]:
        """Declare the list of entries."""
        kinds = tuple((kind.value, access_list_label(kind)) for kind in AccessList)
        return Register(
            title="Names on the lists of this case",
            noun=("name", "names"),
            columns=(
                ListColumn("Who", text=partial(_named, self.session), width=120),
                ListColumn("List", text=lambda row: row.list_label, chip=_chip, width=280),
                ListColumn(
                    "Since", text=lambda row: _format_moment(row.entry.begins_at), style=ColumnStyle.DATE, width=140
                ),
                ListColumn(
                    "Until", text=lambda row: _format_moment(row.entry.ends_at), style=ColumnStyle.DATE, width=140
                ),
                ListColumn("Said by", text=lambda row: self.session.names.of(row.entry.set_by), width=100),
                ListColumn("Words", text=_message, tooltip=_message, width=160, stretch=True),
            ),
            query_ids=self._source.query_ids,
            fetch_rows=self._source.fetch_rows,
            actions=(
                RowAction(
                    "&Remove",
                    self._release_entries,
                    icon="undo-2",
                    enabled_for=lambda row: row.is_current and row.entry.kind is not AccessList.BREAK_GLASS,
                ),
            ),
            filters=(Filter("list", "List", kinds), Filter("stands", "Standing", (("yes", "standing now"),))),
            placeholder="Name or words",
            empty_message="Nobody is named. Assign, admit or exclude somebody above.",
            copy=partial(copy_rows, self.session),
        )

    def _show_access(self) -> None:
        self._source.replace_rows(_entry_rows(self.case_access))
        self.summary_label.setText(describe_case_access(self.case_access))
        self.view.refresh()

    def _reload(self) -> None:
        work = partial(get_case_access, self.session, self.case_access.case_ref)
        self.tasks.latest(self, "known", work, self._access_loaded, self.message.problem)

    def _access_loaded(self, known: CaseAccess) -> None:
        self.case_access = known
        self._show_access()

    def _release_entries(self, ids: tuple[int, ...]) -> None:
        for line in self._source.fetch_rows(ids):
            entry = ChangeCaseAccess(
                request=str(uuid4()), case_ref=self.case_access.case_ref, name=line.entry.user_name
            )
            self.tasks.run(
                self,
                partial(remove_from_access_lists, self.session, entry, line.entry.kind),
                self.handle_outcome,
                self.message.problem,
            )

    @Slot(object)
    def handle_outcome(self, outcome: Outcome) -> None:
        """Show the notice of a command, reload the lists, and notify the window."""
        self.message.notice(outcome.notice)
        self._reload()
        self.access_changed.emit(outcome)


def _named(session: Session, row: AccessEntryRow) -> str:
    return session.names.of(row.entry.user_name)


def people_options(session: Session) -> list[Option]:
    """Return the users who can be put on a list of a case; the current user is left out."""
    roles = session.lists.of("role")
    return [
        Option(
            user.name, f"{session.names.of(user.name)}, {roles.label(user.role)}{f', {user.team}' if user.team else ''}"
        )
        for user in list_assignable_users(session)
        if user.name != session.user
    ]


def _entry_rows(known: CaseAccess) -> list[AccessEntryRow]:
    return [AccessEntryRow(entry.id, entry, known.is_current(entry)) for entry in known.entries]


def _chip(line: AccessEntryRow) -> Chip:
    tone, shape = LIST_CHIPS[line.entry.kind] if line.is_current else (Tone.NEUTRAL, Shape.RING)
    return Chip(line.list_label, tone, shape)


def _message(line: AccessEntryRow) -> str:
    return line.entry.message or ""


def _format_moment(moment: datetime | None) -> str:
    return "" if moment is None else format_instant(moment)
