"""Who may know of a case: how it is kept, who stands or stood on its lists, and what a supervisor can say about it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from uuid import uuid4

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QDialog, QHBoxLayout, QVBoxLayout, QWidget

from ioms_desktop.domain.access.case_access import AccessEntry, AccessList
from ioms_desktop.domain.dates.calendar import LONDON
from ioms_desktop.domain.text_format import format_day
from ioms_desktop.services.access.case_access_admin import (
    CaseAccess,
    ChangeCaseAccess,
    get_case_access,
    list_assignable_users,
    list_teams,
    remove_from_access_lists,
)
from ioms_desktop.services.access.labels import ENFORCEMENT_NOTES, access_list_label, describe_case_access
from ioms_desktop.services.session import Desk, Outcome
from ioms_desktop.ui.access.access_entry import KeepCaseDialog, NameSomebodyDialog
from ioms_desktop.ui.dialogs.command_dialog import CommandDialog
from ioms_desktop.ui.forms.choice_fields import Option
from ioms_desktop.ui.lists.register import Column, Filter, Register, RowAction, Sought, Style
from ioms_desktop.ui.lists.register_view import RegisterView
from ioms_desktop.ui.tasks import Tasks
from ioms_desktop.ui.theme.tokens import Tone
from ioms_desktop.ui.widgets.chips import Chip, Shape
from ioms_desktop.ui.widgets.widgets import MessageBar, button, label

SIZE = (1000, 560)
CHIPS = {
    AccessList.EXCLUDED: (Tone.RED, Shape.OCTAGON),
    AccessList.ADMITTED: (Tone.GREEN, Shape.CIRCLE),
    AccessList.ASSIGNED: (Tone.BLUE, Shape.DIAMOND),
    AccessList.BREAK_GLASS: (Tone.AMBER, Shape.TRIANGLE),
}


@dataclass(frozen=True, slots=True)
class Line:
    """Somebody on a list, as a row shows them."""

    id: int
    entry: AccessEntry
    stands: bool

    @property
    def words(self) -> str:
        """Which list, and whether still."""
        return access_list_label(self.entry.kind) + ("" if self.stands else ", no longer")


class KnowingDialog(QDialog):
    """Shows who may know of a case.

    Signals:
        acted: Something was said of it; with its outcome.
    """

    acted = Signal(object)

    def __init__(self, desk: Desk, tasks: Tasks, known: CaseAccess, about: str, parent: QWidget | None = None) -> None:
        """Show what was read.

        Args:
            desk: A supervisor's.
            tasks: Where things are read and done.
            known: Who may know of the case.
            about: Whom it is about, in a line.
            parent: The window it belongs to.
        """
        super().__init__(parent)
        self.desk, self.tasks, self.known = desk, tasks, known
        self.setWindowTitle("Who may know of this case")
        self.setAccessibleName("Who may know of this case")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.resize(*SIZE)
        self.message = MessageBar()
        self.words = label("", wrap=True)
        self.view = RegisterView(self.register(), tasks)
        self.acts = [
            button(title, partial(self._name, kind), icon=icon)
            for kind, title, icon in (
                (AccessList.ASSIGNED, "&Assign…", "user-plus"),
                (AccessList.ADMITTED, "Ad&mit…", "eye"),
                (AccessList.EXCLUDED, "&Exclude…", "lock"),
            )
        ]
        self.keeping = button("&How it is kept…", self._keep, icon="shield-check")
        self._lay_out(about)
        self._show()

    def _lay_out(self, about: str) -> None:
        row = QHBoxLayout()
        row.setSpacing(8)
        for press in (*self.acts, self.keeping):
            row.addWidget(press)
        row.addStretch(1)
        foot = QHBoxLayout()
        foot.addStretch(1)
        closing = button("&Close", self.accept, kind="primary")
        closing.setDefault(True)
        foot.addWidget(closing)
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 16, 24, 16)
        column.setSpacing(10)
        for part in (
            label("Who may know of this case", "title"),
            label(about, "quiet", wrap=True),
            self.message,
            self.words,
            label(ENFORCEMENT_NOTES[self.known.shared], "small", wrap=True),
        ):
            column.addWidget(part)
        column.addLayout(row)
        column.addWidget(self.view, 1)
        column.addLayout(foot)

    def register(self) -> Register[Line]:
        """Describe the list of names."""
        kinds = tuple((kind.value, access_list_label(kind)) for kind in AccessList)
        return Register(
            title="Names on the lists of this case",
            noun=("name", "names"),
            columns=(
                Column("Who", text=lambda row: row.entry.user_name, width=120),
                Column("List", text=lambda row: row.words, chip=_chip, width=200),
                Column("Since", text=lambda row: _moment(row.entry.begins_at), style=Style.DATE, width=132),
                Column("Until", text=lambda row: _moment(row.entry.ends_at), style=Style.DATE, width=130),
                Column("Said by", text=lambda row: row.entry.set_by, width=100),
                Column("Words", text=_words, tooltip=_words, width=160, stretch=True),
            ),
            index=self._ids,
            window=self._rows,
            actions=(
                RowAction(
                    "&Let go",
                    self._release,
                    icon="undo-2",
                    when=lambda row: row.stands and row.entry.kind is not AccessList.BREAK_GLASS,
                ),
            ),
            filters=(Filter("list", "List", kinds), Filter("stands", "Standing", (("yes", "standing now"),))),
            placeholder="Name or words",
            empty="Nobody is named. Assign, admit or exclude somebody above.",
        )

    # Reading ------------------------------------------------------------------------------------

    def _lines(self) -> list[Line]:
        return [Line(entry.id, entry, self.known.is_current(entry)) for entry in self.known.entries]

    def _ids(self, sought: Sought) -> list[int]:
        lists, now, typed = sought.chosen("list"), bool(sought.chosen("stands")), sought.text.casefold().split()
        return [
            line.id
            for line in self._lines()
            if (not lists or line.entry.kind in lists)
            and (line.stands or not now)
            and all(part in f"{line.entry.user_name} {line.entry.set_by} {_words(line)}".casefold() for part in typed)
        ]

    def _rows(self, ids: Sequence[int]) -> list[Line]:
        return [line for line in self._lines() if line.id in set(ids)]

    def _show(self) -> None:
        self.words.setText(describe_case_access(self.known))
        self.view.refresh()

    def _again(self) -> None:
        work = partial(get_case_access, self.desk, self.known.case_ref)
        self.tasks.latest(self, "known", work, self._take, self.message.problem)

    def _take(self, known: CaseAccess) -> None:
        self.known = known
        self._show()

    # Saying -------------------------------------------------------------------------------------

    def _name(self, kind: AccessList) -> None:
        def then(people: Sequence[Option]) -> None:
            self._open(NameSomebodyDialog(self.desk, self.tasks, self.known.case_ref, kind, people, self))

        self.tasks.run(self, partial(people_to_name, self.desk), then, self.message.problem)

    @Slot()
    def _keep(self) -> None:
        def then(there: list[str]) -> None:
            known = self.known
            self._open(
                KeepCaseDialog(
                    self.desk, self.tasks, known.case_ref, known.restriction, there, shared=known.shared, parent=self
                )
            )

        self.tasks.run(self, partial(list_teams, self.desk), then, self.message.problem)

    def _release(self, ids: tuple[int, ...]) -> None:
        for line in self._rows(ids):
            entry = ChangeCaseAccess(request=str(uuid4()), case_ref=self.known.case_ref, name=line.entry.user_name)
            self.tasks.run(
                self,
                partial(remove_from_access_lists, self.desk, entry, line.entry.kind),
                self._said,
                self.message.problem,
            )

    def _open(self, dialog: CommandDialog) -> None:
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.sent.connect(self._said)
        dialog.open()

    @Slot(object)
    def _said(self, outcome: Outcome) -> None:
        self.message.notice(outcome.notice)
        self._again()
        self.acted.emit(outcome)


def people_to_name(desk: Desk) -> list[Option]:
    """Give the people who can be named, but oneself."""
    roles = desk.lists.of("role")
    return [
        Option(user.name, f"{user.name}, {roles.label(user.role)}{f', {user.team}' if user.team else ''}")
        for user in list_assignable_users(desk)
        if user.name != desk.user
    ]


def _chip(line: Line) -> Chip:
    tone, shape = CHIPS[line.entry.kind] if line.stands else (Tone.NEUTRAL, Shape.RING)
    return Chip(line.words, tone, shape)


def _words(line: Line) -> str:
    return line.entry.message or ""


def _moment(moment: datetime | None) -> str:
    if moment is None:
        return ""
    local = moment.astimezone(LONDON)
    return f"{format_day(local.date())} {local:%H:%M}"
