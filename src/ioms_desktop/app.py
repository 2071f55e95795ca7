"""The composition root: settings, the application, and its windows one after the other.

The sign-in window is painted before anything slow is imported. What the main window needs is imported on idle turns of
the event loop while the user types. Cyclic garbage is collected on the interface thread alone: after a sign-in that
failed, and from when the main window is shown.
"""

import builtins
import gc
import importlib
import logging
import os
import sys
from collections.abc import Callable, Iterable, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from ioms_desktop.settings import Settings
from ioms_desktop.shared_log import SharedLogHandler
from ioms_desktop.start_modules import PRELOAD_MODULES, later_modules

if TYPE_CHECKING:
    from PySide6.QtCore import QSettings
    from PySide6.QtWidgets import QWidget

    from ioms_desktop.services.session import Session
    from ioms_desktop.storage.envelope import DerivedKey
    from ioms_desktop.ui.gc_timer import GarbageCollectionTimer
    from ioms_desktop.ui.lock.idle_lock import IdleLock
    from ioms_desktop.ui.main_window.window import MainWindow
    from ioms_desktop.ui.sign_in.sign_in import SignInWindow

NO_DISPLAY = (
    "There is no display to open a window on. Nothing was opened; start it on a desktop, or use a command (--help)."
)
LATER_EVERY_MS = 200
"""How often a module is imported while the main window is open, where no work is running."""


def run(arguments: Sequence[str] | None = None) -> int:
    """Open the window for a command line without a command.

    Args:
        arguments: At most a database's location.
    """
    given = list(arguments or ())
    return open_window(given[0] if given else None, None)


def draw_screens(folder: Path) -> Iterable[Path]:
    """Draw every screen and dialog with fictional data into a folder, and yield each file.

    Raises:
        Refused: The folder cannot be written.
    """
    from ioms_desktop.screenshots.screenshots import draw_screens as draw  # noqa: PLC0415 - only this command needs Qt

    return draw(folder)


def open_window(database: str | None = None, user: str | None = None) -> int:
    """Open the window and stay until the last one is closed.

    Args:
        database: A path or URL; None for the environment's, else the last one opened.
        user: Who is likely to sign in.

    Returns:
        0 when the windows were closed, 1 where none could be opened.
    """
    if not has_display():
        print(NO_DISPLAY, file=sys.stderr)  # noqa: T201 - there is nowhere else to say it
        return 1
    gc.disable()
    settings = Settings.read(database, user)
    configure_log_file(settings)
    windows = create_application(settings)
    windows.show_first_window()
    from PySide6.QtWidgets import QApplication  # noqa: PLC0415 - not before it is known that there is a display

    return QApplication.exec()


def has_display() -> bool:
    """Whether a window can be shown; without a display Qt would end the process without a message."""
    if not sys.platform.startswith("linux") or os.environ.get("QT_QPA_PLATFORM"):
        return True
    return bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))


def configure_log_file(settings: Settings) -> None:
    """Log faults to a file of the user's; discard them where none can be written."""
    handler = SharedLogHandler(settings.log_file)
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s: %(message)s"))
    root = logging.getLogger("ioms_desktop")
    root.addHandler(handler)
    root.propagate = False


def import_without_features() -> None:
    """Stop PySide6 from reading the source of every module that is imported, to see whether it wants other names.

    Nothing here uses its `__feature__`; reading took a tenth of a second of a start and 20 MB for as long as it ran.
    """
    usual = getattr(builtins, "__orig_import__", None)
    if usual is not None:
        builtins.__import__ = usual


def create_application(settings: Settings) -> "WindowManager":
    """Create the application with the user's theme."""
    from PySide6.QtCore import QSettings  # noqa: PLC0415 - not before it is known that there is a display
    from PySide6.QtWidgets import QApplication  # noqa: PLC0415 - as above

    import_without_features()
    from ioms_desktop.ui import errors  # noqa: PLC0415 - as above
    from ioms_desktop.ui.theme.active import ThemePreference  # noqa: PLC0415 - as above
    from ioms_desktop.ui.theme.apply import follow_preference  # noqa: PLC0415 - as above

    app = QApplication.instance() or QApplication(sys.argv[:1])
    if not isinstance(app, QApplication):
        raise TypeError(app)
    app.setApplicationName("IOMS Desktop")
    app.setOrganizationName("IOMS Desktop")
    app.setQuitOnLastWindowClosed(False)
    kept = QSettings(str(settings.window_file), QSettings.Format.IniFormat)
    wish = str(kept.value("theme", ""))
    known = wish in {preference.value for preference in ThemePreference}
    follow_preference(app, ThemePreference(wish) if known else ThemePreference.SYSTEM)
    errors.install_handlers()
    return WindowManager(settings, kept)


class WindowManager:
    """Shows one window at a time: the first start, the sign-in, the main window."""

    def __init__(self, settings: Settings, window_settings: "QSettings") -> None:
        """Start without a window."""
        from ioms_desktop.ui.tasks import Tasks  # noqa: PLC0415 - not before it is known that there is a display

        self.settings, self.window_settings = settings, window_settings
        self.tasks = Tasks()
        self.current_window: QWidget | None = None
        self._modules_to_preload = list(PRELOAD_MODULES)
        self._modules_for_later = later_modules()
        self._gc_timer: GarbageCollectionTimer | None = None
        self._idle_lock: IdleLock | None = None

    def show_first_window(self) -> None:
        """Show the sign-in window, or the first start where no database is known."""
        if self.settings.database is None:
            self.show_first_start()
        else:
            self.show_sign_in(self.settings.database, self.settings.user)
            self._show_lock_reason()

    def _show_lock_reason(self) -> None:
        """Explain why the user has to sign in again, where a window was locked before this process."""
        from ioms_desktop.ui.sign_in.sign_in import SignInWindow  # noqa: PLC0415 - imported with the first window

        window, settings = self.current_window, self.settings
        if settings.lock_reason and isinstance(window, SignInWindow):
            from ioms_desktop.ui.lock.idle_lock import describe_lock  # noqa: PLC0415 - few starts need it

            window.message.caution(describe_lock(settings.lock_reason, settings.idle_seconds))

    def show_first_start(self) -> None:
        """Show the three ways to begin."""
        from ioms_desktop.ui.sign_in.first_start import FirstStartWindow  # noqa: PLC0415 - few starts need it

        window = FirstStartWindow(self.tasks)
        window.database_ready.connect(self.show_sign_in)
        window.closed.connect(partial(self._window_closed, window))
        self._show(window)

    def show_sign_in(self, location: str, user: str = "", hint: str = "") -> None:
        """Show the sign-in window."""
        from ioms_desktop.ui.sign_in.sign_in import SignInWindow  # noqa: PLC0415 - not before there is a display

        window = SignInWindow(location, user, hint)
        window.sign_in_requested.connect(partial(self._attempt_sign_in, window, location))
        window.other_database_requested.connect(self.show_first_start)
        window.recovery_requested.connect(partial(self._show_recovery, window, location))
        window.first_painted.connect(self._preload_next)
        window.closed.connect(partial(self._window_closed, window))
        self._show(window)

    def show_main_window(self, session: "Session") -> None:
        """Show the main window once something watches for a user who has gone; without that, nothing is shown.

        Modules and classes imported by then are frozen, so that no collection looks through them again. That happens
        before the first window is made, and never again: whatever is frozen stays in memory until the program ends.
        """
        from ioms_desktop.ui.gc_timer import GarbageCollectionTimer  # noqa: PLC0415 - imported while the user typed
        from ioms_desktop.ui.main_window.window import MainWindow  # noqa: PLC0415 - as above

        if not gc.get_freeze_count():
            gc.freeze()
        window = MainWindow(session, self.window_settings)
        try:
            idle_lock = self._start_lock_watch(window)
        except Exception:
            window.close()  # ends the work that it began
            window.deleteLater()
            raise
        self._gc_timer = GarbageCollectionTimer(idle_seconds=idle_lock.idle_seconds)
        window.signed_out.connect(partial(self._signed_out, session))
        window.closed.connect(partial(self._window_closed, window))
        self._show(window)
        self._import_later(window)

    def _import_later(self, window: "MainWindow") -> None:
        """Import what opens from the window one module after the other, while nothing is read."""
        from PySide6.QtCore import QTimer  # noqa: PLC0415 - imported long since

        timer = QTimer(window)
        timer.setInterval(LATER_EVERY_MS)

        def import_next() -> None:
            if window.tasks.is_busy:
                return
            name = next(self._modules_for_later, None)
            if name is None:
                timer.stop()
            else:
                importlib.import_module(name)

        timer.timeout.connect(import_next)
        timer.start()

    def _start_lock_watch(self, window: "MainWindow") -> "IdleLock":
        """Lock the window when nobody is there, when the system says so, or when the user does; return what watches."""
        from ioms_desktop.ui.lock.idle_lock import IdleLock, LockReason  # noqa: PLC0415 - imported while the user typed
        from ioms_desktop.ui.lock.system_lock import SystemLockListener  # noqa: PLC0415 - as above

        handle = int(window.winId())  # makes the native window, whose keys count from the first
        self._idle_lock = IdleLock(self.settings.idle_seconds, window)
        self._idle_lock.lock_requested.connect(partial(self.lock_and_restart, window))
        for end in (window.signed_out, window.closed):
            end.connect(self._idle_lock.stop)
        window.lock_requested.connect(partial(self.lock_and_restart, window, LockReason.USER))
        window.access_ended.connect(partial(self.lock_and_restart, window, LockReason.ENDED))
        system = SystemLockListener(window)
        system.watch_window(handle)
        system.locked.connect(partial(self.lock_and_restart, window, LockReason.SYSTEM))
        return self._idle_lock

    def lock_and_restart(self, window: "MainWindow", reason: str) -> None:
        """End this process with all it has read, and start one that asks for the password."""
        from ioms_desktop.services.process_isolation import restart_process  # noqa: PLC0415 - once, at the end
        from ioms_desktop.ui.lock.window_lock import secure_window  # noqa: PLC0415 - as above

        if window is not self.current_window:
            return
        self.current_window = None
        kept, log = "lost", logging.getLogger("ioms_desktop")
        try:
            kept = "kept" if secure_window(window) else kept
        except Exception:
            log.exception("What was typed may not have been kept when the window was locked.")
        try:
            unasked = " unasked" if window.session.is_passwordless else ""
            restart_process(window.session.store.location, window.session.user, f"{reason} {kept}{unasked}")
        except OSError:
            log.exception("The window was locked, and none that asks who it is could be opened.")
        finally:
            os._exit(0)  # at once, whatever else fails: what was read is in this process's memory and goes with it

    def _attempt_sign_in(self, window: "QWidget", location: str, name: str, password: str) -> None:
        """Derive the key at once, while what is missing of the main window is imported; then open the database."""
        from ioms_desktop.ui.sign_in.sign_in import SignInWindow  # noqa: PLC0415 - imported long since

        if isinstance(window, SignInWindow):
            derive = partial(_derive_key, location, name, password)
            then = partial(self._open_when_imported, window, partial(_open_session, location, name, password))
            self.tasks.run(window, derive, then, window.show_refusal, partial(_show_sign_in_fault, window))

    def _open_when_imported(
        self,
        window: "SignInWindow",
        open_session: Callable[["DerivedKey | None"], "Session"],
        derived: "DerivedKey | None",
    ) -> None:
        """Import what is missing first: a thread that reads would wait for each import, and each for it.

        The password is held by `open_session`, which must not be part of a reference cycle: it would stay in memory.
        """
        refused, fault = partial(_show_sign_in_refusal, window), partial(_show_sign_in_fault, window)
        work, then = partial(open_session, derived), partial(self._show_signed_in, window)
        open_database = partial(self.tasks.run, window, work, then, refused, fault)
        imports = [self._import_next] * len(self._modules_to_preload)
        self.tasks.in_steps(window, "sign in", [*imports, open_database], fault)

    def _show_signed_in(self, window: "SignInWindow", session: "Session") -> None:
        """Show the main window; where it cannot be made, close the database, so that the user can try again."""

        def failed(reference: str) -> None:
            if window is self.current_window:
                session.store.close()
                _show_sign_in_fault(window, reference)

        self.tasks.in_steps(window, "main window", [partial(self.show_main_window, session)], failed)

    def _show_recovery(self, window: "QWidget", location: str) -> None:
        """Let a user who has forgotten their password use the recovery code."""
        from ioms_desktop.ui.sign_in.recovery import RecoverDialog  # noqa: PLC0415 - hardly ever needed
        from ioms_desktop.ui.sign_in.sign_in import SignInWindow  # noqa: PLC0415 - imported long since

        if isinstance(window, SignInWindow):
            dialog = RecoverDialog(location, window.name.text().strip(), self.tasks, window)
            dialog.recovered.connect(window.show_recovered)
            dialog.open()

    def _signed_out(self, session: "Session") -> None:
        location, user = session.store.location, session.user
        session.store.close()
        self.show_sign_in(location, user)

    def _show(self, window: "QWidget") -> None:
        former, self.current_window = self.current_window, window
        window.show()
        if former is not None:
            former.close()
            former.deleteLater()

    def _window_closed(self, window: "QWidget") -> None:
        """Quit when the user closes the window that is shown."""
        from PySide6.QtWidgets import QApplication  # noqa: PLC0415 - imported long since

        if window is self.current_window:
            self.tasks.close()
            QApplication.quit()

    @property
    def is_preloading(self) -> bool:
        """Whether a module the main window needs has not been imported yet."""
        return bool(self._modules_to_preload)

    def _preload_next(self) -> None:
        """Import the next module; pending key presses are handled between two of them."""
        from PySide6.QtCore import QTimer  # noqa: PLC0415 - imported long since

        if self._modules_to_preload:
            self._import_next()
            QTimer.singleShot(0, self._preload_next)
        else:
            self._show_demo_hint()

    def _import_next(self) -> None:
        if self._modules_to_preload:
            importlib.import_module(self._modules_to_preload.pop(0))

    def _show_demo_hint(self) -> None:
        """Show how to sign in where the database is a demo."""
        from ioms_desktop.services.database.demo_marker import is_demo_database  # noqa: PLC0415 - slow to import: after the first paint
        from ioms_desktop.ui.sign_in.sign_in import SignInWindow  # noqa: PLC0415 - imported long since

        window = self.current_window
        if isinstance(window, SignInWindow):

            def tell(fictional: bool) -> None:
                if fictional:
                    window.show_demo_hint()

            self.tasks.run(window, partial(is_demo_database, window.location), tell)


def _derive_key(location: str, name: str, password: str) -> "DerivedKey | None":
    from ioms_desktop.services.process_isolation import keep_memory_private  # noqa: PLC0415 - not before the first paint
    from ioms_desktop.services.sign_in.early_key import derive_early  # noqa: PLC0415 - as above

    keep_memory_private()
    return derive_early(location, name, password)


def _open_session(location: str, name: str, password: str, derived: "DerivedKey | None") -> "Session":
    from ioms_desktop.services.sign_in.sign_in import sign_in  # noqa: PLC0415 - slow to import: after the first paint
    from ioms_desktop.services.user_paths import remember_database  # noqa: PLC0415 - as above

    session = sign_in(location, name, password, derived=derived)
    remember_database(location)
    return session


def _show_sign_in_refusal(window: "SignInWindow", sentence: str) -> None:
    """Show why nothing was opened, and then collect what the failed connection left: it can hold the password."""
    from PySide6.QtCore import QTimer  # noqa: PLC0415 - imported long since

    window.show_refusal(sentence)
    QTimer.singleShot(0, gc.collect)


def _show_sign_in_fault(window: "SignInWindow", reference: str) -> None:
    sentence = f"The database could not be opened. Nothing was changed. The reference is {reference}."
    _show_sign_in_refusal(window, sentence)
