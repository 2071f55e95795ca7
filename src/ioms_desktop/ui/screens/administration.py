"""Administration: who may sign in, and for a local file the code that opens it when a password is forgotten."""

from collections.abc import Callable, Sequence
from functools import partial
from typing import ClassVar

from PySide6.QtCore import Qt, Slot
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget
from typing_extensions import override

from ioms_desktop.services.access.case_access_admin import list_teams
from ioms_desktop.services.accounts import accounts
from ioms_desktop.services.accounts.accounts import AccountRow
from ioms_desktop.services.session import Topic
from ioms_desktop.services.sign_in.password_change import RecoveryResult, has_recovery_code, replace_recovery_code
from ioms_desktop.ui.accounts.accounts import (
    AccountDialog,
    AddPersonDialog,
    DisableDialog,
    EnableDialog,
    NewPasswordDialog,
    end_words,
)
from ioms_desktop.ui.actions import open_dialogs
from ioms_desktop.ui.dialogs.command_dialog import CommandDialog
from ioms_desktop.ui.forms.date_parsing import short
from ioms_desktop.ui.lists.register import Column, Filter, Register, RowAction, Sought, Style
from ioms_desktop.ui.lists.register_view import RegisterView
from ioms_desktop.ui.screen import Screen, Shell
from ioms_desktop.ui.screens.caseload import asked
from ioms_desktop.ui.sign_in.database_label import is_shared
from ioms_desktop.ui.sign_in.recovery import UntilWritten
from ioms_desktop.ui.theme.tokens import Tone
from ioms_desktop.ui.widgets.chips import Chip, Shape
from ioms_desktop.ui.widgets.widgets import button, label

SERVER = (
    "Each account is a login of its own on the server, which holds the person to their role whatever program they use."
)
LOCAL = {
    True: "A recovery code gives any user of this file a new password. Whoever has both can read everything.",
    False: "This file has no recovery code. Should every password be forgotten, nobody can open it again.",
}


class AdministrationScreen(Screen):
    """The register of accounts."""

    title: ClassVar[str] = "Administration"
    explanation: ClassVar[str] = (
        "Who may sign in, in what role, for which team and until when. Add a person with a first password and tell it "
        "to them by word of mouth. A partner's account has a last day.\n\n"
        "A team keeps the cases of other teams from somebody, unless they are assigned; without one they share every "
        "team's. Whoever leaves is disabled on the day: on a server what they have open ends at once, a local file is "
        "given another key.\n\n"
        "You read no cases here, and what you do to accounts is on record. A local file also has a recovery code, for "
        "a forgotten password; a new one takes the place of the former and is shown once."
    )
    topics: ClassVar[frozenset[Topic]] = frozenset({Topic.USERS})

    def __init__(self, shell: Shell) -> None:
        """Ask for everybody."""
        super().__init__(shell)
        self.view = RegisterView(self.register(), shell.tasks)
        kept = shell.settings.value("administration/layout")
        if isinstance(kept, str):
            self.view.restore_layout(kept)
        self.adding = button("&Add a person…", self.add_person, kind="primary", icon="user-plus")
        self.kept_words = label(SERVER if is_shared(shell.desk.store.location) else "", "quiet", wrap=True)
        self.code_button = button("New &recovery code…", self.new_code, icon="history")
        self.strip = QFrame()
        self._lay_out()
        self._ask_code()

    def _lay_out(self) -> None:
        head = QHBoxLayout()
        head.addWidget(self.heading)
        head.addStretch(1)
        head.addWidget(self.adding)
        self.strip.setProperty("kind", "card")
        row = QHBoxLayout(self.strip)
        row.setContentsMargins(16, 10, 12, 10)
        row.setSpacing(12)
        row.addWidget(self.kept_words, 1)
        row.addWidget(self.code_button)
        self.code_button.hide()
        self.column.addLayout(head)
        self.column.addWidget(self.view, 1)
        self.column.addWidget(self.strip)

    def register(self) -> Register[AccountRow]:
        """Describe the register."""
        desk = self.shell.desk
        roles = tuple((code.code, code.label) for code in desk.lists.of("role"))
        return Register(
            title="People who may sign in",
            noun=("account", "accounts"),
            columns=columns(),
            index=lambda sought: accounts.account_ids(desk, asked(sought)),
            window=lambda ids: accounts.account_rows(desk, ids),
            open=self._open,
            actions=(
                RowAction("New &password…", partial(self._each, self._password), icon="pencil", when=_others),
                RowAction("&Team and last day…", partial(self._each, self._change), icon="users", when=_active),
                RowAction("&Disable…", partial(self._each, self._disable), icon="lock", when=_others),
                RowAction("&Let in…", partial(self._each, self._let_in), icon="undo-2", when=_disabled),
            ),
            filters=(
                Filter("open", "Accounts", (("open", "may sign in"), ("closed", "may not"))),
                Filter("role", "Role", roles),
            ),
            first=Sought(sort="name"),
            placeholder="Name, role, team",
            empty="Nobody has an account yet. Add a person.",
        )

    # Acts ---------------------------------------------------------------------------------------

    def _rows(self, ids: Sequence[int]) -> list[AccountRow]:
        return self.view.model.records(ids, AccountRow)

    def _each(self, act: Callable[[AccountRow], None], ids: tuple[int, ...]) -> None:
        for row in self._rows(ids):
            act(row)

    def _open(self, record: int) -> None:
        for row in self._rows([record]):
            (self._change if row.active else self._let_in)(row)

    def _show(self, dialog: CommandDialog) -> None:
        open_dialogs.show(self.shell, dialog)

    @Slot()
    def add_person(self) -> None:
        """Add a person."""
        desk, tasks, window = self.shell.desk, self.shell.tasks, self.shell.window
        self._with_teams(lambda there: self._show(AddPersonDialog(desk, tasks, there, window)))

    def _let_in(self, row: AccountRow) -> None:
        """Give a login to who never had one, or let in again who was disabled."""
        desk, tasks, window = self.shell.desk, self.shell.tasks, self.shell.window
        if row.awaits_login:
            self._with_teams(lambda there: self._show(AddPersonDialog(desk, tasks, there, window, waiting=row)))
        else:
            self._show(EnableDialog(desk, tasks, row, window))

    def _change(self, row: AccountRow) -> None:
        desk, tasks, window = self.shell.desk, self.shell.tasks, self.shell.window
        self._with_teams(lambda there: self._show(AccountDialog(desk, tasks, row, there, window)))

    def _with_teams(self, then: Callable[[list[str]], None]) -> None:
        self.shell.tasks.run(self, partial(list_teams, self.shell.desk), then, self.shell.trouble)

    def _password(self, row: AccountRow) -> None:
        self._show(NewPasswordDialog(self.shell.desk, self.shell.tasks, row, self.shell.window))

    def _disable(self, row: AccountRow) -> None:
        self._show(DisableDialog(self.shell.desk, self.shell.tasks, row, self.shell.window))

    # The recovery code --------------------------------------------------------------------------

    def _ask_code(self) -> None:
        work = partial(has_recovery_code, self.shell.desk)
        self.shell.tasks.run(self, work, self._say_code, self.kept_words.setText)

    def _say_code(self, there: bool | None) -> None:
        if there is not None:
            self.kept_words.setText(LOCAL[there])
            self.code_button.show()

    @Slot()
    def new_code(self) -> None:
        """Make another recovery code, and show it once."""
        dialog = NewCodeDialog(self.shell, self.shell.window)
        dialog.finished.connect(self._ask_code)
        dialog.open()

    # The window ---------------------------------------------------------------------------------

    @override
    def refresh(self) -> None:
        self.view.refresh()

    @override
    def take_focus(self) -> None:
        self.view.focus_search()

    @override
    def leave(self) -> None:
        self.shell.settings.setValue("administration/layout", self.view.layout_text())


class NewCodeDialog(UntilWritten):
    """Asks whether another recovery code is to be made, makes it, and shows it once."""

    def __init__(self, shell: Shell, parent: QWidget | None = None) -> None:
        """Ask."""
        super().__init__(parent)
        self._shell = shell
        self.setWindowTitle("New recovery code")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setMinimumWidth(560)
        self.asking = QWidget()
        self.page.hide()
        inside = QVBoxLayout(self.asking)
        inside.setContentsMargins(0, 0, 0, 0)
        inside.setSpacing(12)
        words = (
            "The code there is now opens nothing any more, wherever it is kept. The new one is shown once; have paper "
            "and pen at hand. That a new one was made goes on record, the code itself does not."
        )
        inside.addWidget(label("New recovery code", "title"))
        inside.addWidget(label(words, wrap=True))
        foot = QHBoxLayout()
        foot.addStretch(1)
        self.closing = button("Ca&ncel", self.reject)
        foot.addWidget(self.closing)
        self.making = button("&Make a new one", self.make, kind="primary")
        foot.addWidget(self.making)
        inside.addLayout(foot)
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 20, 24, 20)
        column.setSpacing(12)
        for part in (self.message, self.asking, self.page):
            column.addWidget(part)

    @Slot()
    def make(self) -> None:
        """Make it."""
        self._set_working(True)
        work = partial(replace_recovery_code, self._shell.desk)
        self._shell.tasks.run(self, work, self._show, self._refused, lambda _: self._set_working(False))

    def _set_working(self, working: bool) -> None:
        self.working = working
        self.making.setEnabled(not working)
        self.closing.setEnabled(not working)

    def _show(self, made: RecoveryResult) -> None:
        self._set_working(False)
        self.asking.hide()
        self.page.show_code(made.recovery_code)
        self.page.show()
        self.message.notice(made.sentence)
        self.page.ticked.setFocus()

    def _refused(self, sentence: str) -> None:
        self._set_working(False)
        self.message.problem(sentence)


def _active(row: AccountRow) -> bool:
    return row.active


def _disabled(row: AccountRow) -> bool:
    return not row.active


def _others(row: AccountRow) -> bool:
    return row.active and not row.is_own


def columns() -> tuple[Column[AccountRow], ...]:
    """Give the columns of the register of accounts."""
    return (
        Column("Name", text=lambda row: f"{row.name} (you)" if row.is_own else row.name, sort="name", width=190),
        Column("Role", text=lambda row: row.role_label, sort="role", width=140),
        Column("Team", text=lambda row: row.team or "every team", sort="team", width=140),
        Column("State", text=lambda row: row.state, sort="state", chip=state_chip, width=230, stretch=True),
        Column("Since", text=lambda row: short(row.created_on), sort="since", style=Style.DATE, width=116),
        Column("Last day", text=end_words, sort="expires", style=Style.DATE, width=116),
    )


def state_chip(row: AccountRow) -> Chip:
    """Say how an account stands, by word, shape and colour."""
    if row.may_sign_in:
        return Chip(row.state, Tone.GREEN, Shape.CIRCLE)
    return Chip(row.state, Tone.AMBER, Shape.TRIANGLE) if row.active else Chip(row.state, Tone.NEUTRAL, Shape.RING)
