"""Administration: the accounts that may sign in, and the recovery code of a local file."""

from collections.abc import Callable, Sequence
from functools import partial
from typing import ClassVar

from PySide6.QtCore import Qt, Slot
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget
from typing_extensions import override

from ioms_desktop.domain.database_location import is_shared
from ioms_desktop.services.access.case_access_admin import list_teams
from ioms_desktop.services.access.take_over import describe_dependents
from ioms_desktop.services.accounts import accounts
from ioms_desktop.services.accounts.accounts import AccountRow
from ioms_desktop.services.exchange.copied_rows import copy_rows
from ioms_desktop.services.list_query import ListQuery
from ioms_desktop.services.session import Topic
from ioms_desktop.services.sign_in.password_change import RecoveryResult, has_recovery_code, replace_recovery_code
from ioms_desktop.services.workers.caseloads import describe_held_roles
from ioms_desktop.ui.accounts.accounts import (
    AccountDialog,
    AddPersonDialog,
    DisableDialog,
    EnableDialog,
    NewPasswordDialog,
    format_expiry,
)
from ioms_desktop.ui.dialogs.command_dialog import CommandDialog
from ioms_desktop.ui.forms.date_parsing import format_date
from ioms_desktop.ui.lists.register import ColumnStyle, Filter, ListColumn, Register, RowAction
from ioms_desktop.ui.screen import WindowServices
from ioms_desktop.ui.screens.register_screen import RegisterScreen
from ioms_desktop.ui.sign_in.recovery import CodeConfirmationDialog
from ioms_desktop.ui.theme.tokens import Tone
from ioms_desktop.ui.widgets.chips import Chip, Shape
from ioms_desktop.ui.widgets.widgets import button, label

SERVER_ACCOUNTS_TEXT = (
    "Each account is a login of its own on the server, which enforces the role whatever program is used."
)
RECOVERY_CODE_TEXTS = {
    True: "A recovery code gives any user of this file a new password. Whoever has both can read everything.",
    False: "This file has no recovery code. If every password is forgotten, nobody can open it again.",
}


class AdministrationScreen(RegisterScreen[AccountRow]):
    """The list of accounts, and the recovery code of a local file."""

    title: ClassVar[str] = "Administration"
    explanation: ClassVar[str] = (
        "Who may sign in, in what role, for which team and until when. Add a person with a first password and give it "
        "to them in person. A partner's account has a last day.\n\n"
        "Somebody with a team does not see the cases of other teams unless they are assigned; without a team they see "
        "every team's. Disable whoever leaves on the same day: on a server their open windows are closed at once, and "
        "a local file gets a new key.\n\n"
        "You read no cases here, and what you do to accounts is recorded. A local file also has a recovery code, for "
        "a forgotten password; a new one replaces the old one and is shown once."
    )
    topics: ClassVar[frozenset[Topic]] = frozenset({Topic.USERS})

    settings_id: ClassVar[str] = "administration"
    row_type = AccountRow

    def __init__(self, services: WindowServices) -> None:
        super().__init__(services)
        self.info_label = label(
            SERVER_ACCOUNTS_TEXT if is_shared(services.session.store.location) else "", "quiet", wrap=True
        )
        self.code_button = button("New &recovery code…", self.new_code, icon="history")
        self.code_button.hide()
        self.info_card = QFrame()
        self.info_card.setProperty("kind", "card")
        row = QHBoxLayout(self.info_card)
        row.setContentsMargins(16, 10, 12, 10)
        row.setSpacing(12)
        row.addWidget(self.info_label, 1)
        row.addWidget(self.code_button)
        self.main_layout.addWidget(self.info_card)
        self._load_code_state()

    @override
    def head_widgets(self) -> Sequence[QWidget]:
        self.add_button = button("Add a per&son…", self.add_person, kind="primary", icon="user-plus")
        return (self.add_button,)

    @override
    def register(self) -> Register[AccountRow]:
        session = self.services.session
        roles = tuple((code.code, code.label) for code in session.lists.of("role"))
        return Register(
            title="People who may sign in",
            noun=("account", "accounts"),
            columns=account_columns(),
            query_ids=partial(accounts.account_ids, session),
            fetch_rows=partial(accounts.account_rows, session),
            open_row=self._open_account,
            actions=(
                RowAction(
                    "New &password…",
                    partial(self._for_each_row, self._reset_password),
                    icon="pencil",
                    enabled_for=_is_active_other,
                ),
                RowAction(
                    "Name, &team and last day…",
                    partial(self._for_each_row, self._change),
                    icon="users",
                    enabled_for=_is_active,
                ),
                RowAction(
                    "&Disable…", partial(self._for_each_row, self._disable), icon="lock", enabled_for=_is_active_other
                ),
                RowAction(
                    "&Let in…", partial(self._for_each_row, self._enable), icon="undo-2", enabled_for=_is_disabled
                ),
            ),
            filters=(
                Filter("open", "Accounts", (("open", "may sign in"), ("closed", "may not"))),
                Filter("role", "Role", roles),
            ),
            initial_query=ListQuery(sort="name"),
            placeholder="Name, role, team",
            empty_message="Nobody has an account yet. Add a person.",
            copy=partial(copy_rows, session),
        )

    def _for_each_row(self, act: Callable[[AccountRow], None], ids: tuple[int, ...]) -> None:
        for row in self.rows(ids):
            act(row)

    def _open_account(self, record: int) -> None:
        for row in self.rows([record]):
            (self._change if row.active else self._enable)(row)

    def _open_dialog(self, dialog: CommandDialog) -> None:
        self.services.dialogs.show(dialog)

    @Slot()
    def add_person(self) -> None:
        """Add a person."""
        session, tasks, window = self.services.session, self.services.tasks, self.services.window
        self._with_teams(lambda there: self._open_dialog(AddPersonDialog(session, tasks, there, window)))

    def _enable(self, row: AccountRow) -> None:
        """Return a login to somebody who has none yet, or enable a disabled account."""
        session, tasks, window = self.services.session, self.services.tasks, self.services.window
        if row.awaits_login:
            self._with_teams(
                lambda there: self._open_dialog(AddPersonDialog(session, tasks, there, window, waiting=row))
            )
        else:
            self._open_dialog(EnableDialog(session, tasks, row, window))

    def _change(self, row: AccountRow) -> None:
        session, tasks, window = self.services.session, self.services.tasks, self.services.window
        self._with_teams(lambda there: self._open_dialog(AccountDialog(session, tasks, row, there, window)))

    def _with_teams(self, then: Callable[[list[str]], None]) -> None:
        work = partial(list_teams, self.services.session)
        self.services.tasks.latest(self, "dialog", work, then, self.services.show_problem)

    def _reset_password(self, row: AccountRow) -> None:
        self._open_dialog(NewPasswordDialog(self.services.session, self.services.tasks, row, self.services.window))

    def _disable(self, row: AccountRow) -> None:
        session, tasks, window = self.services.session, self.services.tasks, self.services.window

        def work() -> tuple[str, str]:
            return describe_dependents(session, row.name), describe_held_roles(session, row.name)

        def ask(left: tuple[str, str]) -> None:
            self._open_dialog(DisableDialog(session, tasks, row, window, orphaned=left[0], held=left[1]))

        tasks.latest(self, "dialog", work, ask, self.services.show_problem)

    def _load_code_state(self) -> None:
        work = partial(has_recovery_code, self.services.session)
        self.services.tasks.latest(self, "code", work, self._show_code_state, self.info_label.setText)

    def _show_code_state(self, there: bool | None) -> None:
        if there is not None:
            self.info_label.setText(RECOVERY_CODE_TEXTS[there])
            self.code_button.show()

    @Slot()
    def new_code(self) -> None:
        """Make a new recovery code and show it once."""
        dialog = NewRecoveryCodeDialog(self.services, self.services.window)
        dialog.finished.connect(self._load_code_state)
        dialog.open()


class NewRecoveryCodeDialog(CodeConfirmationDialog):
    """Asks for confirmation, makes a new recovery code, and shows it once."""

    def __init__(self, services: WindowServices, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._services = services
        self.setWindowTitle("New recovery code")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.confirm_page = QWidget()
        self.page.hide()
        inside = QVBoxLayout(self.confirm_page)
        inside.setContentsMargins(0, 0, 0, 0)
        inside.setSpacing(12)
        words = (
            "The present code will no longer open anything, wherever it is kept. The new one is shown once; have paper "
            "and pen at hand. That a new code was made is recorded, but not the code itself."
        )
        inside.addWidget(label("New recovery code", "title"))
        inside.addWidget(label(words, wrap=True))
        foot = QHBoxLayout()
        foot.addStretch(1)
        self.cancel_button = button("Ca&ncel", self.reject)
        foot.addWidget(self.cancel_button)
        self.make_button = button("&Make a new one", self.make, kind="primary")
        foot.addWidget(self.make_button)
        inside.addLayout(foot)
        for part in (self.message, self.confirm_page, self.page):
            self.column.addWidget(part)

    @Slot()
    def make(self) -> None:
        """Make the code."""
        self._set_working(True)
        work = partial(replace_recovery_code, self._services.session)
        self._services.tasks.run(self, work, self._show, self._refused, lambda _: self._set_working(False))

    def _set_working(self, working: bool) -> None:
        self.is_working = working
        self.make_button.setEnabled(not working)
        self.cancel_button.setEnabled(not working)

    def _show(self, made: RecoveryResult) -> None:
        self._set_working(False)
        self.confirm_page.hide()
        self.page.show_code(made.recovery_code)
        self.page.show()
        self.message.notice(made.sentence)
        self.page.written_down_box.setFocus()

    def _refused(self, sentence: str) -> None:
        self._set_working(False)
        self.message.problem(sentence)


def _is_active(row: AccountRow) -> bool:
    return row.active


def _is_disabled(row: AccountRow) -> bool:
    return not row.active


def _is_active_other(row: AccountRow) -> bool:
    return row.active and not row.is_own


def account_columns() -> tuple[ListColumn[AccountRow], ...]:
    """Return the columns of the list of accounts."""
    return (
        ListColumn(
            "Name", text=lambda row: f"{row.name} (you)" if row.is_own else row.name, sort_key="name", width=190
        ),
        ListColumn("Reads as", text=lambda row: row.display_name, sort_key="display_name", width=170),
        ListColumn("Role", text=lambda row: row.role_label, sort_key="role", width=140),
        ListColumn("Team", text=lambda row: row.team or "every team", sort_key="team", width=140),
        ListColumn("State", text=lambda row: row.state, sort_key="state", chip=account_chip, width=230, stretch=True),
        ListColumn(
            "Since", text=lambda row: format_date(row.created_on), sort_key="since", style=ColumnStyle.DATE, width=116
        ),
        ListColumn("Last day", text=format_expiry, sort_key="expires", style=ColumnStyle.DATE, width=116),
    )


def account_chip(row: AccountRow) -> Chip:
    """Return the chip of the state of an account."""
    if row.may_sign_in:
        return Chip(row.state, Tone.GREEN, Shape.CIRCLE)
    return Chip(row.state, Tone.AMBER, Shape.TRIANGLE) if row.active else Chip(row.state, Tone.NEUTRAL, Shape.RING)
