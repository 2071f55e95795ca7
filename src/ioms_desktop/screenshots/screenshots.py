"""Pictures of every screen and dialog with fictional data: light and dark, at 100 % and at 150 %.

Each scale is drawn by its own process, since Qt reads the scale only once. No display is needed.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from multiprocessing import get_context
from pathlib import Path
from typing import TYPE_CHECKING

from ioms_desktop.atomic_file import NewFiles
from ioms_desktop.domain.errors import FileUnwritable
from ioms_desktop.settings import IDLE_LOCK_SECONDS

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

    from ioms_desktop.services.session import Session
    from ioms_desktop.ui.main_window.window import MainWindow
    from ioms_desktop.ui.tasks import Tasks

WINDOW_SIZES_PX = {100: (1366, 768), 150: (1280, 720)}
"""The size of the window at each scale: a small laptop, and a screen of 1920 x 1080 at 150 %."""
SCREENSHOT_TIME = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)
"""The morning after the last day of the fictional year."""
DEMO_USER_NAME = "wright"
DEMO_PARTNER_NAME = "partner"
DEMO_PASSWORD = "demo"
EXAMPLE_SERVER_URL = "postgresql://records.example.org/ioms"
"""An example address; no connection is made to it."""
EXAMPLE_RECOVERY_CODE = "0FAB-1E00-9C0D-E5F0-RN0D-ATAB-ASE0"
"""An example code that opens nothing."""
EXAMPLE_CASE_REF = "PHX-MARLOW"
LONGEST_PAUSE_MS = 1000
"""The longest pause after the last key that a dialog makes before it reads what was typed."""
IDLE_TIMEOUT_S = 60.0  # longest wait in seconds for one screen to be drawn


def draw_screens(folder: Path) -> Iterator[Path]:
    """Draw every screen and dialog into a folder and yield the path of each picture.

    Args:
        folder: Created if it is missing; pictures of the same name are replaced.

    Raises:
        Refused: The pictures could not be drawn.
    """
    from ioms_desktop.demo.build import build_demo  # noqa: PLC0415 - slow to import: only this command needs it

    folder.mkdir(parents=True, exist_ok=True)
    with NewFiles() as new:
        place = str(new.scratch_folder(folder / "demo"))
        location = str(Path(place) / "demo.ioms")
        for _ in build_demo(location, clock=lambda: SCREENSHOT_TIME):
            pass
        for scale in WINDOW_SIZES_PX:
            process = get_context("spawn").Process(target=_draw_scale, args=(folder, location, place, scale))
            process.start()
            process.join()
            if process.exitcode != 0:
                raise FileUnwritable(
                    f"The screens could not be drawn at {scale} %. Those drawn before are in {folder}."
                )
            yield from sorted(folder.glob(f"*-{scale}.png"))


def _draw_scale(folder: Path, location: str, place: str, scale: int) -> None:
    os.environ["QT_QPA_PLATFORM"] = "offscreen"
    os.environ["QT_SCALE_FACTOR"] = str(scale / 100)
    os.environ["IOMS_SETTINGS"] = os.environ["IOMS_DATA"] = place
    from PySide6.QtWidgets import QApplication  # noqa: PLC0415 - imported after the environment is set, which it reads

    from ioms_desktop.ui import errors  # noqa: PLC0415 - as above
    from ioms_desktop.ui.gc_timer import GarbageCollectionTimer  # noqa: PLC0415 - as above
    from ioms_desktop.ui.theme.apply import apply_theme  # noqa: PLC0415 - as above
    from ioms_desktop.ui.theme.tokens import Theme  # noqa: PLC0415 - as above

    app = QApplication([])
    errors.install_handlers()
    # As in the program itself: collected on a worker's thread, a dialog that was put away would end the process.
    GarbageCollectionTimer(app)
    for each in (Theme.light(), Theme.dark()):
        apply_theme(app, each)
        ScreenshotSeries(folder, f"{each.name}-{scale}", WINDOW_SIZES_PX[scale]).draw_all(location, Path(place))


class ScreenshotSeries:
    """Draws one series of pictures, of one theme at one scale."""

    def __init__(self, folder: Path, series: str, size: tuple[int, int]) -> None:
        """Set the folder, the series and the size.

        Args:
            folder: The folder for the pictures.
            series: The end of every file name.
            size: The size of the main window, in pixels at 100 %.
        """
        self._folder, self._series, self._size = folder, series, size

    def draw_all(self, location: str, place: Path) -> None:
        """Draw all the pictures that need one database.

        Args:
            location: The database.
            place: A temporary folder.
        """
        self._draw_before_sign_in(location)
        with self._signed_in_window(location, DEMO_USER_NAME, place) as window:
            window.activateWindow()
            self._draw_screens(window, place)
            self._draw_dialogs(window, window.session)
            self._draw_restricted_cases(window)
            self._draw_unsaved_banner(window, window.session)
        self._draw_other_roles(location, place)

    @contextmanager
    def _signed_in_window(self, location: str, user: str, place: Path) -> "Iterator[MainWindow]":
        from PySide6.QtCore import QSettings  # noqa: PLC0415 - after the environment Qt reads

        from ioms_desktop.services.sign_in.sign_in import sign_in  # noqa: PLC0415 - slow to import
        from ioms_desktop.ui.main_window.window import MainWindow  # noqa: PLC0415 - as above

        session = sign_in(location, user, DEMO_PASSWORD, clock=lambda: SCREENSHOT_TIME)
        settings = QSettings(str(place / f"{self._series}.ini"), QSettings.Format.IniFormat)
        window = MainWindow(session, settings)
        window.resize(*self._size)
        window.show()
        self._wait_idle(window)
        yield window
        window.close()
        window.deleteLater()
        session.store.close()

    def _draw_other_roles(self, location: str, place: Path) -> None:
        """Draw an administrator's first screen, the dialog for a new recovery code, and a partner's screens."""
        from ioms_desktop.services.database.demo_marker import DEMO_ADMINISTRATOR  # noqa: PLC0415 - slow to import
        from ioms_desktop.ui.screens.administration import NewRecoveryCodeDialog  # noqa: PLC0415 - as above

        with self._signed_in_window(location, DEMO_ADMINISTRATOR, place) as window:
            self._save_picture(window, "administration")
            window.show_screen("wordings")
            self._wait_idle(window)
            self._save_picture(window, "wordings")
            dialog = NewRecoveryCodeDialog(window.services, window)
            dialog.open()
            wait_idle(window.tasks, dialog)
            self._save_picture(dialog, "new_recovery_code")
            dialog.done(0)
        with self._signed_in_window(location, DEMO_PARTNER_NAME, place) as window:
            self._save_picture(window, "assigned_cases")
            window.show_assigned_case(EXAMPLE_CASE_REF)
            self._wait_idle(window)
            self._save_picture(window, "assigned_case")

    def _draw_restricted_cases(self, window: "MainWindow") -> None:
        """Draw a case that cannot be opened, and one opened with break-glass access."""
        from ioms_desktop.services.case_access import BreakGlassAccess  # noqa: PLC0415 - after the environment Qt reads

        window.open_case("PHX-0417")
        self._wait_idle(window)
        self._save_picture(window, "case_not_open")
        window.tabs.close_current()
        case = window.open_case(EXAMPLE_CASE_REF)
        self._wait_idle(window)
        if case.view is not None:
            left = timedelta(minutes=47)
            case.break_glass_bar.show_access(BreakGlassAccess(SCREENSHOT_TIME + left, left))
            self._save_picture(window, "case_under_glass")
            case.break_glass_bar.show_access(None)

    def _draw_before_sign_in(self, location: str) -> None:
        from ioms_desktop.screenshots.backup_samples import FILE, FOLDER, sample_restored  # noqa: PLC0415 - as above
        from ioms_desktop.ui.lock.idle_lock import describe_lock  # noqa: PLC0415 - as above
        from ioms_desktop.ui.sign_in.database_label import DEMO_HINT  # noqa: PLC0415 - after the environment
        from ioms_desktop.ui.sign_in.first_start import FirstStartWindow  # noqa: PLC0415 - as above
        from ioms_desktop.ui.sign_in.recovery import RecoverDialog  # noqa: PLC0415 - as above
        from ioms_desktop.ui.sign_in.sign_in import SignInWindow  # noqa: PLC0415 - as above
        from ioms_desktop.ui.tasks import Tasks  # noqa: PLC0415 - as above

        tasks = Tasks()
        first = FirstStartWindow(tasks)
        self._draw_window(SignInWindow(location, DEMO_USER_NAME, DEMO_HINT), "sign_in")
        locked = SignInWindow(location, DEMO_USER_NAME)
        locked.message.caution(describe_lock("idle kept", IDLE_LOCK_SECONDS))
        self._draw_window(locked, "locked")
        self._draw_window(SignInWindow(EXAMPLE_SERVER_URL, DEMO_USER_NAME), "sign_in_shared")
        ended = SignInWindow(EXAMPLE_SERVER_URL, DEMO_USER_NAME)
        ended.message.caution(describe_lock("ended kept", IDLE_LOCK_SECONDS))
        self._draw_window(ended, "access_ended")
        first.code_page.show_code(EXAMPLE_RECOVERY_CODE)
        first.restore_page.backup.set_value(f"{FOLDER}/{FILE}")
        first.restore_page.into.set_value("/home/holt/cases-restored.ioms")
        first.restored_page.show_result(*sample_restored())
        pages = ("first_start", "create_local_file", "join_shared_database", "recovery_code", "restore", "restored")
        for number, name in enumerate(pages):
            first.show_page(number)
            self._draw_window(first, name, keep=True)
        first.code_page.written_down_box.setChecked(True)
        first.close()
        forgotten = RecoverDialog(location, DEMO_USER_NAME, tasks)
        forgotten.show()
        _process_events()
        self._save_picture(forgotten, "forgotten_password")
        forgotten.close()
        tasks.close()

    def _draw_screens(self, window: "MainWindow", place: Path) -> None:
        for entry in window.screen_entries:
            window.show_screen(entry.id)
            self._wait_idle(window)
            self._save_picture(window, entry.id)
        self._draw_calendar_of_everybody(window)
        self._draw_import_preview(window, place)
        window.show_screen("caseload")
        case = window.open_case(EXAMPLE_CASE_REF)
        self._wait_idle(window)
        self._save_picture(window, "case")
        case.scroll_area.verticalScrollBar().setValue(case.sections.y())
        self._wait_idle(window)
        self._save_picture(window, "case_sections")
        window.activateWindow()  # the results are shown only where somebody types
        window.quick_search.focus_and_select()
        window.quick_search.setText("mar")
        window.quick_search.textEdited.emit("mar")
        self._wait_idle(window)
        self._save_picture(window, "quick_search")
        window.quick_search.clear()

    def _draw_unsaved_banner(self, window: "MainWindow", session: "Session") -> None:
        from ioms_desktop.screenshots.draft_samples import sample_waiting  # noqa: PLC0415 - as above
        from ioms_desktop.services.cases.cases import open_case  # noqa: PLC0415 - after the environment Qt reads
        from ioms_desktop.ui.recording.case_subject import subject_of  # noqa: PLC0415 - as above

        window.show_screen("today")
        window.unsaved_banner.show_unsaved(
            sample_waiting(session, subject_of(session, open_case(session, EXAMPLE_CASE_REF)))
        )
        self._wait_idle(window)
        self._save_picture(window, "unsaved_line")

    def _draw_calendar_of_everybody(self, window: "MainWindow") -> None:
        from ioms_desktop.services.appointments.diary import EVERYBODY  # noqa: PLC0415 - slow to import
        from ioms_desktop.ui.screens.calendar import CalendarScreen  # noqa: PLC0415 - after the environment Qt reads

        screen = window.screens.get("calendar")
        if isinstance(screen, CalendarScreen):
            window.show_screen("calendar")
            screen.worker = EVERYBODY
            screen.refresh()
            self._wait_idle(window)
            self._save_picture(window, "calendar_of_everybody")

    def _draw_import_preview(self, window: "MainWindow", place: Path) -> None:
        from ioms_desktop.ui.screens.imports import ImportScreen  # noqa: PLC0415 - after the environment Qt reads

        file = place / "people.csv"
        file.write_text(_SPREADSHEET, encoding="utf-8")
        screen = window.screens.get("imports")
        if isinstance(screen, ImportScreen):
            window.show_screen("imports")
            screen.path.setText(str(file))
            screen.preview()
            self._wait_idle(window)
            screen.view.filters.clear()
            self._wait_idle(window)
            self._save_picture(window, "import_preview")

    def _draw_dialogs(self, window: "MainWindow", session: "Session") -> None:
        from ioms_desktop.screenshots.dialog_samples import sample_dialogs  # noqa: PLC0415 - after the environment Qt reads

        for name, make in sample_dialogs(window, session, EXAMPLE_CASE_REF):
            dialog = make()
            dialog.open()
            wait_idle(window.tasks, dialog)
            self._save_picture(dialog, name)
            dialog.done(0)
            dialog.deleteLater()
            self._wait_idle(window)

    def _draw_window(self, widget: "QWidget", name: str, *, keep: bool = False) -> None:
        widget.resize(900, 640)
        widget.show()
        _process_events()
        self._save_picture(widget, name)
        if not keep:
            widget.close()

    def _wait_idle(self, window: "MainWindow") -> None:
        wait_idle(window.tasks)

    def _save_picture(self, widget: "QWidget", name: str) -> None:
        widget.grab().save(str(self._folder / f"{name}-{self._series}.png"))


def wait_idle(tasks: "Tasks", dialog: "QWidget | None" = None) -> None:
    """Wait until no work is running and the layout is complete.

    Args:
        tasks: What runs the work.
        dialog: Waited for until it has begun what it begins after a pause, as to read a file whose name was typed.
    """
    from PySide6.QtCore import QDeadlineTimer, QTimer  # noqa: PLC0415 - after the environment Qt reads

    from ioms_desktop.ui.dialogs.send_keys import SendKeys  # noqa: PLC0415 - as above
    from ioms_desktop.ui.opening_guard import OpeningGuard  # noqa: PLC0415 - as above

    def pauses() -> bool:
        timers = () if dialog is None else dialog.findChildren(QTimer)
        return any(
            each.isActive()
            and each.isSingleShot()
            and each.remainingTime() <= LONGEST_PAUSE_MS
            and not isinstance(each.parent(), OpeningGuard | SendKeys)  # they wait for keys, and show nothing
            for each in timers
        )

    limit = QDeadlineTimer(int(IDLE_TIMEOUT_S * 1000))
    _process_events()
    while (tasks.is_busy or pauses()) and not limit.hasExpired():
        _process_events()
    _process_events()


def _process_events() -> None:
    """Run the event loop long enough for deferred events to be processed."""
    from PySide6.QtCore import QEventLoop, QTimer  # noqa: PLC0415 - after the environment Qt reads

    loop = QEventLoop()
    QTimer.singleShot(60, loop.quit)
    loop.exec()


_SPREADSHEET = """person_ref,family_name,given_names,date_of_birth,pnc_id
P-9001,Ashdown,Riley,14/05/2007,
P-9002,Ashdown,Morgan,31/02/2001,
P-9003,Birstall,Casey,2009-08-02,2012/0052494Q
P-9004,Desford,Robin,1999-12-01,2012/0052494A
P-9005,Enderby,Sam,03/11/1988,
"""
