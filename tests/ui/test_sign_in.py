import gc
import importlib.util
import inspect
import os
import shutil
import subprocess
import sys
import weakref
from pathlib import Path

import pytest
from PySide6.QtCore import QEvent, QObject, QPoint, Qt
from PySide6.QtWidgets import QApplication, QLabel
from pytestqt.qtbot import QtBot
from typing_extensions import override

from ioms_desktop.app import NO_DISPLAY, WindowManager
from ioms_desktop.demo.build import DEMO_USERS, build_demo
from ioms_desktop.domain.recovery_code import parse_code
from ioms_desktop.services.accounts.users import add_user
from ioms_desktop.services.database.database_admin import create_database
from ioms_desktop.services.sign_in.password_change import recover_password
from ioms_desktop.services.sign_in.sign_in import sign_in
from ioms_desktop.services.user_paths import last_database
from ioms_desktop.storage import envelope
from ioms_desktop.ui.errors import fault_reporter
from ioms_desktop.ui.lock.idle_lock import IdleLock
from ioms_desktop.ui.lock.system_lock import SystemLockListener
from ioms_desktop.ui.main_window.window import MainWindow
from ioms_desktop.ui.sign_in.database_label import DEMO_HINT, DEMO_USER, describe_database, describe_protection
from ioms_desktop.ui.sign_in.first_start import FirstStartWindow
from ioms_desktop.ui.sign_in.passphrase import describe_strength
from ioms_desktop.ui.sign_in.recovery import WRITE_DOWN_FIRST_MESSAGE, RecoverDialog
from ioms_desktop.ui.sign_in.sign_in import SignInWindow
from keys import CODE, with_users
from ui.hands import click, focused, press, write
from ui.kit_checks import nameless
from ui.window_at_work import idle

pytestmark = pytest.mark.usefixtures("theme")


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("signed") / "team.ioms"
    create_database(str(path), "admin", "correct horse")
    session = sign_in(str(path), "admin", "correct horse")
    add_user(session, "WRIGHT", "supervisor", "four plain words here")
    session.store.close()
    return path


@pytest.fixture
def database(template: Path, tmp_path: Path) -> Path:
    path = tmp_path / "team.ioms"
    shutil.copy(template, path)
    shutil.copy(f"{template}.keys", f"{path}.keys")
    return path


def asked(windows: WindowManager, qtbot: QtBot, database: Path | str, user: str = "") -> SignInWindow:
    windows.show_sign_in(str(database), user)
    window = windows.current_window
    assert isinstance(window, SignInWindow)
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)
    return window


def said(window: SignInWindow | FirstStartWindow) -> str:
    return " ".join(label.text() for label in window.findChildren(QLabel) if label.isVisible())


def test_name_and_password_open_the_window_by_keyboard_alone(
    qtbot: QtBot, windows: WindowManager, database: Path
) -> None:
    window = asked(windows, qtbot, database)
    write(focused(), "WRIGHT")
    press(focused(), Qt.Key.Key_Return)
    write(focused(), "four plain words here")
    press(focused(), Qt.Key.Key_Return)
    assert not window.sign_in_button.isEnabled()
    qtbot.waitUntil(lambda: isinstance(windows.current_window, MainWindow))
    shown = windows.current_window
    assert isinstance(shown, MainWindow)
    idle(qtbot, shown)
    assert shown.session.user == "WRIGHT"
    assert not gc.isenabled()  # garbage is collected by a timer, on this thread
    assert last_database() == str(database)


def test_a_wrong_password_is_told_in_a_sentence_and_the_name_stays(
    qtbot: QtBot, windows: WindowManager, database: Path
) -> None:
    window = asked(windows, qtbot, database, "WRIGHT")
    write(focused(), "guessed")
    press(focused(), Qt.Key.Key_Return)
    qtbot.waitUntil(window.message.isVisible)
    assert "The name or the password is wrong. Nothing was opened" in window.message.text_label.text()
    assert window.name.text() == "WRIGHT"
    assert window.password.text() == ""
    assert window.password.hasFocus()
    write(focused(), "four plain words here")
    press(focused(), Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: isinstance(windows.current_window, MainWindow))


class TypedPassword(str):
    """A password that can be referred to weakly, which a plain string cannot."""

    __slots__ = ("__weakref__",)


def test_a_password_is_in_memory_only_until_the_sign_in_is_refused_or_has_succeeded(
    qtbot: QtBot, windows: WindowManager, database: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(envelope, "derive_key", inspect.unwrap(envelope.derive_key))  # the tests' cache would keep it
    window = asked(windows, qtbot, database, "WRIGHT")

    def sign_in_with(text: str, location: str = str(database)) -> "weakref.ref[TypedPassword]":
        typed = TypedPassword(text)
        windows._attempt_sign_in(window, location, "WRIGHT", typed)  # noqa: SLF001 - Qt would pass on a copy
        return weakref.ref(typed)

    assert not gc.isenabled(), "nothing but the last reference to it ends it here"
    mistyped = sign_in_with("four plain words her")
    assert mistyped() is not None, "the control: it is needed until the sign-in is decided"
    qtbot.waitUntil(window.message.isVisible)
    assert mistyped() is None
    sent = sign_in_with("four plain words here", "postgresql://127.0.0.1:1/iom")
    qtbot.waitUntil(lambda: "cannot be reached" in window.message.text_label.text())
    qtbot.waitUntil(lambda: sent() is None)  # the driver's exceptions refer to each other, and are collected
    right = sign_in_with("four plain words here")
    assert right() is not None, "the control"
    qtbot.waitUntil(lambda: isinstance(windows.current_window, MainWindow))
    assert right() is None


class ShownMainWindows(QObject):
    """Remembers for each main window, when it is shown, whether something watches for a user who has gone."""

    def __init__(self) -> None:
        super().__init__()
        self.watched: list[bool] = []

    @override
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if isinstance(watched, MainWindow) and event.type() == QEvent.Type.Show:
            self.watched.append({IdleLock, SystemLockListener} <= {type(each) for each in watched.children()})
        return False


def test_what_cannot_be_imported_is_reported_and_the_sign_in_can_be_tried_again(
    qtbot: QtBot, windows: WindowManager, database: Path, qapp: QApplication
) -> None:
    def main_windows() -> set[MainWindow]:
        return {each for each in qapp.topLevelWidgets() if isinstance(each, MainWindow)}

    shown, earlier = ShownMainWindows(), main_windows()
    qapp.installEventFilter(shown)
    with qtbot.waitSignal(windows.tasks.busy_changed, check_params_cb=lambda busy: not busy):
        window = asked(windows, qtbot, database, "WRIGHT")  # lastly it is looked whether this is a demo
    log = Path(f"{database}-wal")
    windows._modules_to_preload.append(MainWindow.__module__)  # noqa: SLF001 - as if it had not been imported yet
    for missing, when in (
        (MainWindow.__module__, "while it is preloaded"),
        (MainWindow.__module__, "when the main window is made"),
        (SystemLockListener.__module__, "when the main window is made, and could not be locked"),
    ):
        with pytest.MonkeyPatch.context() as patched:
            patched.setitem(sys.modules, missing, None)  # importing it fails
            write(focused(), "four plain words here")
            press(focused(), Qt.Key.Key_Return)
            qtbot.waitUntil(lambda: fault_reporter().dialog is not None)
        fault = fault_reporter().dialog
        assert fault is not None
        assert f"The reference is {fault.reference.text()}." in window.message.text_label.text(), when
        fault.reject()
        window.activateWindow()
        qtbot.waitUntil(window.isActiveWindow)
        assert window.sign_in_button.isEnabled(), when
        assert not log.exists(), "the database is closed again"
        assert (window.name.text(), window.password.text(), window.password.hasFocus()) == ("WRIGHT", "", True)
        qtbot.waitUntil(lambda: main_windows() <= earlier)
    assert shown.watched == []
    write(focused(), "four plain words here")
    press(focused(), Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: isinstance(windows.current_window, MainWindow))
    assert log.exists(), "the control: an open database has one"
    assert shown.watched == [True]


def test_a_database_that_cannot_be_opened_is_told_in_a_sentence(
    qtbot: QtBot, windows: WindowManager, tmp_path: Path
) -> None:
    damaged = tmp_path / "damaged.ioms"
    damaged.write_bytes(b"no database at all, only words" * 100)
    window = asked(windows, qtbot, damaged, "WRIGHT")
    write(focused(), "anything")
    click(window.sign_in_button)
    qtbot.waitUntil(window.message.isVisible)
    assert "choose another file if this is not an IOMS database" in window.message.text_label.text()


def test_nothing_is_asked_of_the_database_without_name_and_password(
    qtbot: QtBot, windows: WindowManager, database: Path
) -> None:
    window = asked(windows, qtbot, database)
    press(focused(), Qt.Key.Key_Return)
    assert "both are needed" not in said(window)  # Enter in the name goes on to the password
    press(focused(), Qt.Key.Key_Return)
    assert "both are needed" in said(window)
    assert window.name.hasFocus()


def test_the_window_says_where_the_data_lie_and_what_protects_them(
    qtbot: QtBot, windows: WindowManager, database: Path
) -> None:
    window = asked(windows, qtbot, database)
    assert f"Local file team.ioms in {database.parent}" in said(window)
    assert "This file is encrypted" in said(window)
    assert "does not protect those who may sign in from one another" in said(window)
    assert nameless(window) == []


def test_a_demo_says_how_to_sign_in(qtbot: QtBot, windows: WindowManager, tmp_path: Path) -> None:
    path = tmp_path / "demo.ioms"
    for _ in build_demo(str(path), cases=2):
        pass
    window = asked(windows, qtbot, path)
    qtbot.waitUntil(window.hint.isVisible)
    assert window.name.text() == DEMO_USER
    assert DEMO_USER in [name for name, _ in DEMO_USERS]
    assert all(name in DEMO_HINT for name in ("wright", "patel", "adeyemi", "okoro", "holt"))
    write(focused(), "demo")
    press(focused(), Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: isinstance(windows.current_window, MainWindow))


def test_a_database_of_real_people_offers_no_password(qtbot: QtBot, windows: WindowManager, database: Path) -> None:
    window = asked(windows, qtbot, database)
    qtbot.waitUntil(lambda: not windows.is_preloading and not windows.tasks.is_busy)
    assert not window.hint.isVisible()


def test_a_shared_database_is_named_without_its_password() -> None:
    words = describe_database("postgresql://wright:secret@records.example/iom?sslmode=require")
    assert words == "Shared database iom on records.example"
    assert describe_database("postgresql:///iom?service=office&sslmode=verify-ca") == "Shared database iom on office"
    assert "encrypted yet" not in describe_protection("postgresql://h/n")


def test_signing_out_asks_again_who_it_is(qtbot: QtBot, windows: WindowManager, database: Path) -> None:
    windows.show_main_window(sign_in(str(database), "WRIGHT", "four plain words here"))
    shown = windows.current_window
    assert isinstance(shown, MainWindow)
    idle(qtbot, shown)
    shown.sign_out()
    window = windows.current_window
    assert isinstance(window, SignInWindow)
    assert window.name.text() == "WRIGHT"


def test_a_first_start_offers_three_beginnings(qtbot: QtBot, windows: WindowManager) -> None:
    windows.show_first_start()
    window = windows.current_window
    assert isinstance(window, FirstStartWindow)
    qtbot.waitUntil(window.isVisible)
    titles = [
        press.accessibleName()
        for press in (window.demo_button, window.local_file_button, window.shared_database_button)
    ]
    assert titles == ["Try with fictional data", "Create a local file", "Join a shared database"]
    for page in range(3):
        window.show_page(page)
        assert nameless(window) == []


def test_a_local_file_is_made_and_its_maker_may_sign_in(qtbot: QtBot, windows: WindowManager, tmp_path: Path) -> None:
    windows.show_first_start()
    window = windows.current_window
    assert isinstance(window, FirstStartWindow)
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)
    click(window.local_file_button)
    page = window.create_page
    page.path.set_value(str(tmp_path / ("n" * 300)))
    assert not page.form.validate()
    assert "cannot be checked" in page.form.problems["where"]
    page.path.set_value(str(tmp_path / "mine" / "cases.ioms"))
    page.name.control.setFocus()
    write(focused(), "HOLT")
    page.passphrase.first.control.setFocus()
    write(focused(), "holtholtholt")
    press(focused(), Qt.Key.Key_Return)
    assert "would soon be guessed" in said(window)
    assert not (tmp_path / "mine").exists()
    page.passphrase.first.set_value("four plain words here")
    page.passphrase.second.control.setFocus()
    write(focused(), "four plain words there")
    press(focused(), Qt.Key.Key_Return)
    assert "The two passphrases differ" in said(window)
    page.passphrase.second.set_value("four plain words here")
    press(focused(), Qt.Key.Key_Return)
    qtbot.waitUntil(window.code_page.isVisible)
    code = parse_code(window.code_page.code.text().replace("\n", ""))
    assert not window.code_page.primary.isEnabled()
    window.close()
    assert window.isVisible(), "the code would be lost"
    assert WRITE_DOWN_FIRST_MESSAGE in said(window)
    click(window.code_page.written_down_box, QPoint(8, window.code_page.written_down_box.height() // 2))
    click(window.code_page.primary)
    qtbot.waitUntil(lambda: isinstance(windows.current_window, SignInWindow))
    session = sign_in(str(tmp_path / "mine" / "cases.ioms"), "HOLT", "four plain words here")
    assert session.role == "administrator"
    session.store.close()
    assert (
        recover_password(
            str(tmp_path / "mine" / "cases.ioms"), "HOLT", code, "seven pale herons wade at dusk"
        ).recovery_code
        != code
    )


def test_a_forgotten_password_is_replaced_with_the_recovery_code(
    qtbot: QtBot, windows: WindowManager, local_location: str
) -> None:
    with_users(local_location, {"holt": "administrator"}, "four plain words here")
    window = asked(windows, qtbot, Path(local_location), "holt")
    click(window.forgotten_button)
    dialog = window.findChild(RecoverDialog)
    assert isinstance(dialog, RecoverDialog)
    assert nameless(dialog) == []
    assert dialog.name.value() == "holt"
    dialog.code.set_value(CODE[:-1] + "1")
    for field in (dialog.passphrase.first, dialog.passphrase.second):
        field.set_value("seven pale herons wade at dusk")
    click(dialog.primary)
    qtbot.waitUntil(dialog.message.isVisible)
    assert "mistyped" in dialog.message.text_label.text()
    assert dialog.code.value(), "what was typed stays"
    dialog.code.set_value(CODE.lower().replace("-", " "))
    click(dialog.primary)
    dialog.reject()
    dialog.close()
    assert dialog.isVisible(), "the new code is being made"
    qtbot.waitUntil(dialog.page.isVisible)
    code = parse_code(dialog.page.code.text().replace("\n", ""))
    assert code != CODE
    dialog.reject()
    assert dialog.isVisible(), "the new code would be lost"
    dialog.page.written_down_box.setChecked(True)
    click(dialog.page.primary)
    window.activateWindow()
    assert "Sign in with it" in window.message.text_label.text()
    write(window.password, "seven pale herons wade at dusk")
    click(window.sign_in_button)
    qtbot.waitUntil(lambda: isinstance(windows.current_window, MainWindow))


def test_a_shared_database_offers_no_recovery_code(qtbot: QtBot, windows: WindowManager) -> None:
    windows.show_sign_in("postgresql://nowhere.example/iom")
    window = windows.current_window
    assert isinstance(window, SignInWindow)
    qtbot.waitUntil(window.isVisible)
    assert not window.forgotten_button.isVisible()


def test_an_address_that_is_none_is_not_joined(qtbot: QtBot, windows: WindowManager) -> None:
    windows.show_first_start()
    window = windows.current_window
    assert isinstance(window, FirstStartWindow)
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)
    click(window.shared_database_button)
    write(focused(), "records.example/iom")
    press(focused(), Qt.Key.Key_Return)
    assert "begins with postgresql://" in said(window)
    window.join_page.address.set_value("postgresql://wright:secret@records.example/iom")
    press(focused(), Qt.Key.Key_Return)
    assert "Take the password out of the address" in said(window)
    window.join_page.address.set_value("postgresql://records.example/iom")
    press(focused(), Qt.Key.Key_Return)
    assert isinstance(windows.current_window, SignInWindow)


@pytest.mark.parametrize(
    ("password", "word"),
    [("", ""), ("demo", "weak"), ("a" * 24, "weak"), ("horse staple", "fair"), ("four plain words here", "strong")],
)
def test_the_strength_of_a_passphrase_is_said_in_words(password: str, word: str) -> None:
    assert word in describe_strength(password)


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="elsewhere there is always a display")
def test_without_a_display_one_sentence_and_exit_code_one(tmp_path: Path) -> None:
    hidden = {"DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"}
    environment = {name: value for name, value in os.environ.items() if name not in hidden}
    done = subprocess.run(
        [sys.executable, "-c", "import sys; from ioms_desktop.app import open_window; sys.exit(open_window())"],
        check=False,
        capture_output=True,
        text=True,
        env=environment | {"IOMS_SETTINGS": str(tmp_path)},
    )
    assert (done.returncode, done.stdout, done.stderr) == (1, "", f"{NO_DISPLAY}\n")


HEAVY = (
    *("sqlalchemy", "alembic", "psycopg", "sqlcipher3", "argon2", "cryptography"),
    *("reportlab", "uharfbuzz", "pikepdf", "lxml", "openpyxl", "xlsxwriter", "holidays", "zxcvbn", "asyncio"),
    *("ioms_desktop.services.session", "ioms_desktop.ui.main_window", "ioms_desktop.ui.screens"),
)
"""What is imported after the sign-in was painted, or when it is first needed."""
NEEDED_LATER = (
    *("alembic", "psycopg", "sqlalchemy.dialects.postgresql"),
    *("reportlab", "uharfbuzz", "pikepdf", "lxml", "openpyxl", "xlsxwriter", "holidays", "zxcvbn"),
    *("ioms_desktop.reports", "ioms_desktop.charts", "ioms_desktop.domain.timeline"),
    *("ioms_desktop.domain.printing.summary", "ioms_desktop.domain.letters.template", "ioms_desktop.services.printing"),
    *(
        "ioms_desktop.services.cases.cases",
        "ioms_desktop.services.recording.corrections",
        "ioms_desktop.ui.dialogs.command_dialog",
    ),
)
"""What neither the main window nor its first screens need."""


def test_the_sign_in_is_painted_before_the_database_layer_is_imported_and_paper_is_not_for_the_main_window() -> None:
    code = (
        "import importlib, linecache, sys\n"
        "from ioms_desktop.settings import Settings\n"
        "from ioms_desktop.app import create_application\n"
        "from ioms_desktop.start_modules import PRELOAD_MODULES\n"
        "windows = create_application(Settings.read('nothing.ioms', 'somebody'))\n"
        "windows._preload_next = lambda: None\n"
        "windows.show_first_window()\n"
        "from PySide6.QtWidgets import QApplication\n"
        "QApplication.processEvents()\n"
        "read = [name for name in linecache.cache if name.endswith('theme/apply.py')]  # its source, by PySide6\n"
        "painted = set(sys.modules)\n"
        "for name in PRELOAD_MODULES: importlib.import_module(name)\n"
        "heavy, later = (names.split() for names in sys.argv[1:])\n"
        "print(sorted(painted & set(heavy)), read, sorted(set(sys.modules) & set(later)))\n"
    )
    unknown = [name for name in (*HEAVY, *NEEDED_LATER) if importlib.util.find_spec(name) is None]
    assert unknown == [], "a module that is not there is never imported"
    names = (" ".join(HEAVY), " ".join(NEEDED_LATER))
    done = subprocess.run([sys.executable, "-c", code, *names], check=True, capture_output=True, text=True)
    assert done.stdout.strip() == "[] [] []"
