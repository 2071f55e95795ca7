"""The first start without a database: try fictional data, create a local file, join a shared one, restore a backup."""

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QCloseEvent, QKeyEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget
from typing_extensions import override

from ioms_desktop.services.user_paths import data_folder, without_password
from ioms_desktop.ui.forms.fields import TextField
from ioms_desktop.ui.forms.form import Form
from ioms_desktop.ui.forms.path_field import place_of, vacant
from ioms_desktop.ui.sign_in.database_label import DEMO_HINT, DEMO_USER, is_shared, protection
from ioms_desktop.ui.sign_in.passphrase import NewPassphrase
from ioms_desktop.ui.sign_in.recovery import FIRST, RecoveryCodePage
from ioms_desktop.ui.sign_in.restore_backup import RestoredPage, RestorePage
from ioms_desktop.ui.tasks import Tasks
from ioms_desktop.ui.widgets.widgets import BusyIndicator, MessageBar, button, label

if TYPE_CHECKING:
    from ioms_desktop.services.database.restore import RestoreResult

WIDTH = 560
CODE_PAGE, RESTORE_PAGE, RESTORED_PAGE = 3, 4, 5
T = TypeVar("T")


class FirstStartWindow(QWidget):
    """Offers the beginnings.

    Signals:
        ready: A database is there; with its location, a likely user, and a sentence for the sign-in window.
        left: The window was closed without choosing.
    """

    ready = Signal(str, str, str)
    left = Signal()

    def __init__(self, tasks: Tasks) -> None:
        """Show the choices.

        Args:
            tasks: Where databases are made.
        """
        super().__init__()
        self._tasks = tasks
        self.setWindowTitle("First start · IOMS Desktop")
        self.setProperty("kind", "page")
        self.setMinimumSize(680, 620)
        self.message = MessageBar()
        self.busy = BusyIndicator("Building fictional data…")
        self.creating = CreatePage(self._create, self._home)
        self.joining = JoinPage(self._join, self._home)
        self.told = RecoveryCodePage()
        self.restoring = RestorePage(tasks, self.message, self._home)
        self.restoring.restored.connect(self._restored)
        self.done = RestoredPage()
        self.choices = self._choices()
        self.pages = (self.choices, self.creating, self.joining, self.told, self.restoring, self.done)
        card = QFrame()
        card.setProperty("kind", "card")
        card.setFixedWidth(WIDTH)
        column = QVBoxLayout(card)
        column.setContentsMargins(28, 24, 28, 20)
        column.setSpacing(12)
        column.addWidget(label("IOMS Desktop", "display"))
        column.addWidget(self.message)
        for page in self.pages:
            column.addWidget(page)
            page.setVisible(page is self.choices)
        column.addWidget(self.busy)
        middle = QHBoxLayout()  # stretches, not an alignment: only so do labels that wrap get the height they need
        middle.addStretch(1)
        middle.addWidget(card)
        middle.addStretch(1)
        layout = QVBoxLayout(self)
        layout.addStretch(2)
        layout.addLayout(middle)
        layout.addStretch(3)

    def _choices(self) -> QWidget:
        page = QWidget()
        column = QVBoxLayout(page)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(6)
        column.addWidget(
            label("No database has been opened on this computer yet. How do you want to begin?", wrap=True)
        )
        self.demo = button("&Try with fictional data", self._demo, kind="primary", icon="eye")
        self.local = button("&Create a local file", partial(self.show_page, 1), icon="file-text")
        self.shared = button("&Join a shared database", partial(self.show_page, 2), icon="network")
        self.back = button("&Restore a backup…", partial(self.show_page, RESTORE_PAGE), icon="history")
        for press, words in (
            (
                self.demo,
                "About 60 people who do not exist, over twelve months, in both programmes. Nothing to fill in.",
            ),
            (self.local, "One file on this computer. You become its administrator."),
            (self.shared, "A server your organisation runs. You need its address and your name there."),
            (self.back, "Into a new file, with the name and password of an administrator of that day."),
        ):
            column.addSpacing(8)
            column.addWidget(press)
            column.addWidget(label(words, "small", wrap=True))
        column.addStretch(1)
        return page

    def show_page(self, number: int) -> None:
        """Show the choices (0), a new file's form (1), a server's (2), the recovery code (3) or a restore (4, 5)."""
        self.message.clear()
        for place, page in enumerate(self.pages):
            page.setVisible(place == number)
        page = self.pages[number]
        if isinstance(page, (CreatePage, JoinPage, RestorePage)):
            page.form.fields[0].setFocus()

    def _home(self) -> None:
        self.show_page(0)
        self.demo.setFocus()

    # The beginnings -----------------------------------------------------------------------------

    def _demo(self) -> None:
        where = data_folder() / "demo.ioms"
        self._work(partial(_build_demo, where), partial(self._built, where), "Building fictional data…")

    def _built(self, where: Path, _lines: object) -> None:
        self.ready.emit(str(where), DEMO_USER, DEMO_HINT)

    def _create(self) -> None:
        where, name, password = self.creating.answers()
        self._work(partial(_create, where, name, password), partial(self._made, where, name), "Creating the file…")

    def _made(self, where: str, name: str, code: str) -> None:
        """Show the recovery code of a new file, and go on once it is written down."""
        self.told.show_code(code)
        self.told.written.connect(
            lambda: self.ready.emit(where, name, "The file is made. Sign in with the passphrase you chose.")
        )
        self.show_page(CODE_PAGE)
        self.told.ticked.setFocus()

    def _join(self) -> None:
        where = self.joining.location()
        self.ready.emit(where, "", "")

    @Slot(object)
    def _restored(self, done: "RestoreResult") -> None:
        """Say what was restored and what the auditor is to be told, and go on once it is read."""
        self.done.tell(done.notice, done.auditor_message, done.advice)
        name = self.restoring.name.value() or ""
        self.done.read.connect(
            lambda: self.ready.emit(str(done.into), name, "The backup is restored. Sign in as on the day of it.")
        )
        self.show_page(RESTORED_PAGE)
        self.done.primary.setFocus()

    def _work(self, work: Callable[[], T], then: Callable[[T], None], words: str) -> None:
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
        if self.told.isVisible() and self.told.waiting:
            event.ignore()
            self.message.caution(FIRST)
            return
        self.restoring.stop()
        super().closeEvent(event)
        self.left.emit()


class _Page(QWidget):
    """A form with the button that goes on and the one that goes back."""

    def __init__(self, title: str, intro: str, verb: str, go: Callable[[], None], back: Callable[[], None]) -> None:
        super().__init__()
        self._go = go
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
        self.primary = button(verb, self.send, kind="primary")
        foot.addWidget(self.primary)
        column.addLayout(foot)

    def send(self) -> None:
        """Go on where the form is complete."""
        if self.form.check():
            self._go()

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.send()
        else:
            super().keyPressEvent(event)


class CreatePage(_Page):
    """Where, who, and a passphrase typed twice."""

    def __init__(self, go: Callable[[], None], back: Callable[[], None]) -> None:
        """Propose a place."""
        super().__init__("Create a local file", protection("cases.ioms"), "&Create file", go, back)
        self.where = self.form.add(
            TextField("where", "&File", required=True, rule=_place, help="On this computer, never on a network share.")
        )
        self.where.set_value(str(data_folder() / "cases.ioms"))
        self.name = self.form.add(TextField("name", "Your &name", required=True, help="The first administrator."))
        self.new = NewPassphrase(self.form, "Several words are best.", lambda: self.name.value() or "")
        column = self.layout()
        if isinstance(column, QVBoxLayout):
            column.insertWidget(3, self.new.strength)

    def answers(self) -> tuple[str, str, str]:
        """Give place, name and passphrase."""
        return str(place_of(self.where.value() or "")), self.name.value() or "", self.new.value()


class JoinPage(_Page):
    """The address of a server."""

    def __init__(self, go: Callable[[], None], back: Callable[[], None]) -> None:
        """Ask for it."""
        super().__init__(
            "Join a shared database",
            "Your administrator gives you the address. Never type a password into it.",
            "&Go on",
            go,
            back,
        )
        self.address = self.form.add(
            TextField("address", "&Address", required=True, rule=_address, help="Like postgresql://host/name.")
        )

    def location(self) -> str:
        """Give the address."""
        return (self.address.value() or "").strip()


def _place(text: str) -> str:
    if is_shared(text):
        return "This is the address of a server. Name a file, or go back and join a shared database."
    return vacant(text, "There is a file of this name already. Choose another name; nothing was changed.")


def _address(text: str) -> str:
    if without_password(text) != text:
        return "Take the password out of the address: the next window asks for it, and keeps it nowhere."
    return "" if is_shared(text.strip()) else "An address begins with postgresql:// and names host and database."


def _create(where: str, name: str, password: str) -> str:
    from ioms_desktop.services.database.database_admin import create_database  # noqa: PLC0415 - slow to import: only where one is made

    Path(where).parent.mkdir(parents=True, exist_ok=True)
    return create_database(where, name, password).recovery_code


def _build_demo(where: Path) -> object:
    from ioms_desktop.demo.build import build_demo  # noqa: PLC0415 - slow to import: only where one is made

    where.parent.mkdir(parents=True, exist_ok=True)
    return list(build_demo(str(where), cases=60, seed=1))
