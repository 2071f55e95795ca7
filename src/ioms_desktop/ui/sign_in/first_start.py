"""The first start, without a database: try the demonstration, create a local file, join a server, restore a backup."""

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QCloseEvent, QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget
from typing_extensions import override

from ioms_desktop.domain.database_location import is_shared
from ioms_desktop.services.user_paths import data_folder, without_password
from ioms_desktop.ui.forms.fields import TextField
from ioms_desktop.ui.forms.form import Form
from ioms_desktop.ui.forms.path_field import expand_path, new_file_problem
from ioms_desktop.ui.sign_in.card_page import CardPage
from ioms_desktop.ui.sign_in.database_label import DEMO_HINT, DEMO_USER, describe_protection
from ioms_desktop.ui.sign_in.passphrase import NewPassphraseFields
from ioms_desktop.ui.sign_in.recovery import WRITE_DOWN_FIRST_MESSAGE, RecoveryCodePage
from ioms_desktop.ui.sign_in.restore_backup import RestoredPage, RestorePage
from ioms_desktop.ui.tasks import Tasks
from ioms_desktop.ui.widgets.floating import FloatingArea
from ioms_desktop.ui.widgets.widgets import BusyIndicator, MessageBar, button, label

if TYPE_CHECKING:
    from ioms_desktop.services.database.restore import RestoreResult

CARD_WIDTH_PX = 560
WINDOW_SIZE_PX = (680, 620)
SERVER_ADDRESS_MESSAGE = "This is the address of a server. Name a file, or go back and join a shared database."
CODE_PAGE, RESTORE_PAGE, RESTORED_PAGE = 3, 4, 5
T = TypeVar("T")


class FirstStartWindow(QWidget):
    """Offers the ways to start.

    Signals:
        database_ready: A database can be opened; carries its location, a likely user, and a sentence for the sign-in
            window.
        closed: The window was closed without a choice.
    """

    database_ready = Signal(str, str, str)
    closed = Signal()

    def __init__(self, tasks: Tasks) -> None:
        super().__init__()
        self._tasks = tasks
        self.setWindowTitle("First start · IOMS Desktop")
        self.setProperty("kind", "page")
        self.message = MessageBar()
        self.busy = BusyIndicator("Building fictional data…")
        self.create_page = CreatePage(self._create, self._show_choices)
        self.join_page = JoinPage(self._join, self._show_choices)
        self.code_page = RecoveryCodePage()
        self.restore_page = RestorePage(tasks, self.message, self._show_choices)
        self.restore_page.restored.connect(self._backup_restored)
        self.restored_page = RestoredPage()
        self.choices_page = self._build_choices_page()
        self.pages = (
            self.choices_page,
            self.create_page,
            self.join_page,
            self.code_page,
            self.restore_page,
            self.restored_page,
        )
        card = CardPage(CARD_WIDTH_PX, self.message)
        column = card.column
        column.addWidget(FloatingArea(self.message))
        for page in self.pages:
            column.addWidget(page)
            page.setVisible(page is self.choices_page)
        policy = self.busy.sizePolicy()
        policy.setRetainSizeWhenHidden(True)
        self.busy.setSizePolicy(policy)
        column.addWidget(self.busy)
        card.fill(self, *WINDOW_SIZE_PX)

    def _build_choices_page(self) -> QWidget:
        page = QWidget()
        column = QVBoxLayout(page)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(6)
        column.addWidget(
            label("No database has been opened on this computer yet. How do you want to begin?", wrap=True)
        )
        self.demo_button = button("&Try with fictional data", self._begin_demo, kind="primary", icon="eye")
        self.local_file_button = button("&Create a local file", partial(self.show_page, 1), icon="file-text")
        self.shared_database_button = button("&Join a shared database", partial(self.show_page, 2), icon="network")
        self.restore_button = button("&Restore a backup…", partial(self.show_page, RESTORE_PAGE), icon="history")
        for press, words in (
            (
                self.demo_button,
                "About 60 people who do not exist, over twelve months, in both programmes. Nothing to fill in.",
            ),
            (self.local_file_button, "One file on this computer. You become its administrator."),
            (self.shared_database_button, "A server your organisation runs. You need its address and your name there."),
            (self.restore_button, "Into a new file, with the name and password of an administrator of that day."),
        ):
            column.addSpacing(8)
            column.addWidget(press)
            column.addWidget(label(words, "small", wrap=True))
        column.addStretch(1)
        return page

    def show_page(self, number: int) -> None:
        """Show a page: choices (0), new file (1), server (2), recovery code (3), restore (4) or its result (5)."""
        self.message.clear()
        for place, page in enumerate(self.pages):
            page.setVisible(place == number)
        page = self.pages[number]
        if isinstance(page, (CreatePage, JoinPage, RestorePage)):
            page.form.fields[0].setFocus()

    def _show_choices(self) -> None:
        self.show_page(0)
        self.demo_button.setFocus()

    def _begin_demo(self) -> None:
        where = data_folder() / "demo.ioms"
        self._run(partial(_build_demo, where), partial(self._demo_built, where), "Building fictional data…")

    def _demo_built(self, where: Path, _lines: object) -> None:
        self.database_ready.emit(str(where), DEMO_USER, DEMO_HINT)

    def _create(self) -> None:
        where, name, password = self.create_page.answers()
        self._run(
            partial(_create, where, name, password), partial(self._file_created, where, name), "Creating the file…"
        )

    def _file_created(self, where: str, name: str, code: str) -> None:
        """Show the recovery code of a new file, and continue once the user confirms that it is written down."""
        self.code_page.show_code(code)
        self.code_page.written_down.connect(
            lambda: self.database_ready.emit(where, name, "The file is made. Sign in with the passphrase you chose.")
        )
        self.show_page(CODE_PAGE)
        self.code_page.written_down_box.setFocus()

    def _join(self) -> None:
        where = self.join_page.address_text()
        self.database_ready.emit(where, "", "")

    @Slot(object)
    def _backup_restored(self, done: "RestoreResult") -> None:
        """Show what was restored and what the auditor must be told, and continue once it is acknowledged."""
        self.restored_page.show_result(done.notice, done.auditor_message, done.advice)
        name = self.restore_page.name.value() or ""
        self.restored_page.acknowledged.connect(
            lambda: self.database_ready.emit(
                str(done.into), name, "The backup is restored. Sign in as on the day of it."
            )
        )
        self.show_page(RESTORED_PAGE)
        self.restored_page.primary.setFocus()

    def _run(self, work: Callable[[], T], then: Callable[[T], None], words: str) -> None:
        self.message.clear()
        self._set_working(True, words)

        def done(answer: T) -> None:
            self._set_working(False)
            then(answer)

        self._tasks.run(self, work, done, self._refused, self._failed)

    @Slot(str)
    def _refused(self, sentence: str) -> None:
        self._set_working(False)
        self.message.problem(sentence)

    @Slot(str)
    def _failed(self, reference: str) -> None:
        self._refused(f"Nothing was created. What you typed is still here. The reference is {reference}.")

    def _set_working(self, working: bool, words: str = "") -> None:
        for page in self.pages:
            page.setEnabled(not working)
        if working:
            self.busy.start(words)
        else:
            self.busy.stop()

    @override
    def closeEvent(self, event: QCloseEvent) -> None:
        if self.code_page.isVisible() and self.code_page.awaits_confirmation:
            event.ignore()
            self.message.caution(WRITE_DOWN_FIRST_MESSAGE)
            return
        self.restore_page.stop()
        super().closeEvent(event)
        self.closed.emit()


class _FormPage(QWidget):
    """A form with one button to continue and one to go back."""

    def __init__(self, title: str, intro: str, verb: str, go: Callable[[], None], back: Callable[[], None]) -> None:
        super().__init__()
        self._submitted = go
        self.form = Form()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(10)
        column.addWidget(label(title, "title"))
        column.addWidget(label(intro, "quiet", wrap=True))
        column.addWidget(self.form)
        column.addStretch(1)
        foot = QHBoxLayout()
        foot.addWidget(button("&Back", back))
        foot.addStretch(1)
        self.primary = button(verb, self.submit, kind="primary")
        foot.addWidget(self.primary)
        column.addLayout(foot)

    def submit(self) -> None:
        """Continue if the form is valid."""
        if self.form.validate():
            self._submitted()

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.submit()
        else:
            super().keyPressEvent(event)


class CreatePage(_FormPage):
    """Asks for a location, a name and a passphrase, which is typed twice."""

    def __init__(self, go: Callable[[], None], back: Callable[[], None]) -> None:
        """Propose a location."""
        super().__init__("Create a local file", describe_protection("cases.ioms"), "&Create file", go, back)
        self.path = self.form.add(
            TextField(
                "where",
                "&File",
                required=True,
                rule=partial(new_file_problem, server_problem=SERVER_ADDRESS_MESSAGE),
                help="On this computer, never on a network share.",
            )
        )
        self.path.set_value(str(data_folder() / "cases.ioms"))
        self.name = self.form.add(TextField("name", "Your &name", required=True, help="The first administrator."))
        self.passphrase = NewPassphraseFields(self.form, "Several words are best.", lambda: self.name.value() or "")
        column = self.layout()
        if isinstance(column, QVBoxLayout):
            column.insertWidget(3, self.passphrase.strength)

    def answers(self) -> tuple[str, str, str]:
        """Return location, name and passphrase."""
        return str(expand_path(self.path.value() or "")), self.name.value() or "", self.passphrase.value()


class JoinPage(_FormPage):
    """Asks for the address of a server."""

    def __init__(self, go: Callable[[], None], back: Callable[[], None]) -> None:
        super().__init__(
            "Join a shared database",
            "Your administrator gives you the address. Never type a password into it.",
            "&Go on",
            go,
            back,
        )
        self.address = self.form.add(
            TextField("address", "&Address", required=True, rule=_check_address, help="Like postgresql://host/name.")
        )

    def address_text(self) -> str:
        """Return the address as typed."""
        return (self.address.value() or "").strip()


def _check_address(text: str) -> str:
    if without_password(text) != text:
        return "Take the password out of the address: the next window asks for it, and keeps it nowhere."
    return "" if is_shared(text.strip()) else "An address begins with postgresql:// and names host and database."


def _create(where: str, name: str, password: str) -> str:
    from ioms_desktop.services.database.database_admin import create_database  # noqa: PLC0415 - slow to import

    Path(where).parent.mkdir(parents=True, exist_ok=True)
    return create_database(where, name, password).recovery_code


def _build_demo(where: Path) -> object:
    from ioms_desktop.demo.build import build_demo  # noqa: PLC0415 - slow to import

    where.parent.mkdir(parents=True, exist_ok=True)
    return list(build_demo(str(where), cases=60, seed=1))
