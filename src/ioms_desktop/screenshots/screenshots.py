"""Pictures of every screen and dialog with fictional data: light and dark, at 100 % and at 150 %.

Each scale is drawn by a process of its own, since Qt reads the scale once. No display is needed or used.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from multiprocessing import get_context
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from ioms_desktop.domain.errors import Refused
from ioms_desktop.settings import IDLE_LOCK_SECONDS

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

    from ioms_desktop.services.session import Desk
    from ioms_desktop.ui.main_window.window import MainWindow

SIZES = {100: (1366, 768), 150: (1280, 720)}
"""The window at each scale: a small laptop, and a screen of 1920 x 1080 at 150 %."""
AT = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)
"""The morning after the last day of the fictional year."""
USER = "wright"
PARTNER = "partner"
PASSWORD = "demo"  # noqa: S105 - the fictional database's own
SERVER = "postgresql://records.example.org/ioms"
"""An address at which nobody is asked."""
CODE = "0FAB-1E00-9C0D-E5F0-RN0D-ATAB-ASE0"
"""A code that opens nothing."""
SHOWN_CASE = "PHX-MARLOW"
PATIENCE = 60.0  # seconds for one screen to stand


def draw_screens(folder: Path) -> Iterator[Path]:
    """Draw every screen and dialog into a folder and give the path of each picture.

    Args:
        folder: Made where it is missing; pictures of the same name are replaced.

    Raises:
        Refused: The pictures could not be drawn.
    """
    from ioms_desktop.demo.build import build_demo  # noqa: PLC0415 - slow to import: only this command needs it

    folder.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(prefix="ioms-screens-") as place:
        location = str(Path(place) / "demo.ioms")
        for _ in build_demo(location, clock=lambda: AT):
            pass
        for scale in SIZES:
            process = get_context("spawn").Process(target=_draw, args=(folder, location, place, scale))
            process.start()
            process.join()
            if process.exitcode != 0:
                raise Refused(f"The screens could not be drawn at {scale} %. Those drawn before are in {folder}.")
            yield from sorted(folder.glob(f"*-{scale}.png"))


def _draw(folder: Path, location: str, place: str, scale: int) -> None:
    os.environ["QT_QPA_PLATFORM"] = "offscreen"
    os.environ["QT_SCALE_FACTOR"] = str(scale / 100)
    os.environ["IOMS_SETTINGS"] = os.environ["IOMS_DATA"] = place
    from PySide6.QtWidgets import QApplication  # noqa: PLC0415 - after the environment it reads

    from ioms_desktop.ui import errors  # noqa: PLC0415 - as above
    from ioms_desktop.ui.theme.apply import apply_theme  # noqa: PLC0415 - as above
    from ioms_desktop.ui.theme.tokens import Theme  # noqa: PLC0415 - as above

    app = QApplication([])
    errors.install()
    for each in (Theme.light(), Theme.dark()):
        apply_theme(app, each)
        Camera(folder, f"{each.name}-{scale}", SIZES[scale]).take_all(location, Path(place))


class Camera:
    """Draws one series of pictures: one theme, one scale."""

    def __init__(self, folder: Path, series: str, size: tuple[int, int]) -> None:
        """Draw into a folder.

        Args:
            folder: Where.
            series: The end of every file's name.
            size: Of the main window, in pixels at 100 %.
        """
        self._folder, self._series, self._size = folder, series, size

    def take_all(self, location: str, place: Path) -> None:
        """Draw everything on one database."""
        self._before_sign_in(location)
        with self._at_work(location, USER, place) as window:
            window.activateWindow()
            self._screens(window, place)
            self._dialogs(window, window.desk)
            self._kept_closed(window)
            self._unsaved(window, window.desk)
        self._other_roles(location, place)

    @contextmanager
    def _at_work(self, location: str, user: str, place: Path) -> "Iterator[MainWindow]":
        from PySide6.QtCore import QSettings  # noqa: PLC0415 - after the environment Qt reads

        from ioms_desktop.services.sign_in.sign_in import sign_in  # noqa: PLC0415 - slow to import
        from ioms_desktop.ui.main_window.window import MainWindow  # noqa: PLC0415 - as above

        desk = sign_in(location, user, PASSWORD, clock=lambda: AT)
        settings = QSettings(str(place / f"{self._series}.ini"), QSettings.Format.IniFormat)
        window = MainWindow(desk, settings)
        window.resize(*self._size)
        window.show()
        self._stand(window)
        yield window
        window.close()
        window.deleteLater()
        desk.store.close()

    def _other_roles(self, location: str, place: Path) -> None:
        """Draw what an administrator sees first, how another recovery code is made, and what a partner sees."""
        from ioms_desktop.services.database.demo_marker import DEMO_ADMINISTRATOR  # noqa: PLC0415 - slow to import
        from ioms_desktop.ui.screens.administration import NewCodeDialog  # noqa: PLC0415 - as above

        with self._at_work(location, DEMO_ADMINISTRATOR, place) as window:
            self._take(window, "administration")
            dialog = NewCodeDialog(window.shell, window)
            dialog.open()
            self._stand(window)
            self._take(dialog, "new_recovery_code")
            dialog.done(0)
        with self._at_work(location, PARTNER, place) as window:
            self._take(window, "assigned_cases")
            window.show_header(SHOWN_CASE)
            self._stand(window)
            self._take(window, "assigned_case")

    def _kept_closed(self, window: "MainWindow") -> None:
        """Draw a case that does not open, and one that does by breaking the glass."""
        from ioms_desktop.services.case_access import BreakGlassAccess  # noqa: PLC0415 - after the environment Qt reads

        window.open_case("PHX-0417")
        self._stand(window)
        self._take(window, "case_not_open")
        window.tabs.close_current()
        case = window.open_case(SHOWN_CASE)
        self._stand(window)
        if case.view is not None:
            left = timedelta(minutes=47)
            case.glass.show_glass(BreakGlassAccess(AT + left, left))
            self._take(window, "case_under_glass")
            case.glass.show_glass(None)

    def _before_sign_in(self, location: str) -> None:
        from ioms_desktop.screenshots.backup_samples import FILE, FOLDER, sample_restored  # noqa: PLC0415 - as above
        from ioms_desktop.ui.lock.idle_lock import locked_words  # noqa: PLC0415 - as above
        from ioms_desktop.ui.sign_in.database_label import DEMO_HINT  # noqa: PLC0415 - after the environment
        from ioms_desktop.ui.sign_in.first_start import FirstStartWindow  # noqa: PLC0415 - as above
        from ioms_desktop.ui.sign_in.recovery import RecoverDialog  # noqa: PLC0415 - as above
        from ioms_desktop.ui.sign_in.sign_in import SignInWindow  # noqa: PLC0415 - as above
        from ioms_desktop.ui.tasks import Tasks  # noqa: PLC0415 - as above

        tasks = Tasks()
        first = FirstStartWindow(tasks)
        self._whole(SignInWindow(location, USER, DEMO_HINT), "sign_in")
        locked = SignInWindow(location, USER)
        locked.message.caution(locked_words("idle kept", IDLE_LOCK_SECONDS))
        self._whole(locked, "locked")
        self._whole(SignInWindow(SERVER, USER), "sign_in_shared")
        ended = SignInWindow(SERVER, USER)
        ended.message.caution(locked_words("ended kept", IDLE_LOCK_SECONDS))
        self._whole(ended, "access_ended")
        first.told.show_code(CODE)
        first.restoring.backup.set_value(f"{FOLDER}/{FILE}")
        first.restoring.into.set_value("/home/holt/cases-restored.ioms")
        first.done.tell(*sample_restored())
        pages = ("first_start", "create_local_file", "join_shared_database", "recovery_code", "restore", "restored")
        for number, name in enumerate(pages):
            first.show_page(number)
            self._whole(first, name, keep=True)
        first.told.ticked.setChecked(True)
        first.close()
        forgotten = RecoverDialog(location, USER, tasks)
        forgotten.show()
        _turn()
        self._take(forgotten, "forgotten_password")
        forgotten.close()
        tasks.close()

    def _screens(self, window: "MainWindow", place: Path) -> None:
        for entry in window.entries:
            window.go(entry.id)
            self._stand(window)
            self._take(window, entry.id)
        self._import_preview(window, place)
        window.go("caseload")
        window.open_case(SHOWN_CASE)
        self._stand(window)
        self._take(window, "case")
        window.search.begin()
        window.search.setText("mar")
        window.search.textEdited.emit("mar")
        self._stand(window)
        self._take(window, "quick_search")
        window.search.clear()

    def _unsaved(self, window: "MainWindow", desk: "Desk") -> None:
        from ioms_desktop.screenshots.draft_samples import sample_waiting  # noqa: PLC0415 - as above
        from ioms_desktop.services.cases.cases import open_case  # noqa: PLC0415 - after the environment Qt reads
        from ioms_desktop.ui.recording.case_subject import subject_of  # noqa: PLC0415 - as above

        window.go("today")
        window.unsaved.tell(sample_waiting(desk, subject_of(desk, open_case(desk, SHOWN_CASE))))
        self._stand(window)
        self._take(window, "unsaved_line")

    def _import_preview(self, window: "MainWindow", place: Path) -> None:
        from ioms_desktop.ui.screens.imports import ImportScreen  # noqa: PLC0415 - after the environment Qt reads

        file = place / "people.csv"
        file.write_text(_SPREADSHEET, encoding="utf-8")
        screen = window.screens.get("imports")
        if isinstance(screen, ImportScreen):
            screen.path.setText(str(file))
            screen.plan()
            self._stand(window)
            screen.view.filters.clear()
            self._stand(window)
            self._take(window, "import_preview")

    def _dialogs(self, window: "MainWindow", desk: "Desk") -> None:
        from ioms_desktop.screenshots.dialog_samples import sample_dialogs  # noqa: PLC0415 - after the environment Qt reads

        for name, make in sample_dialogs(window, desk, SHOWN_CASE):
            dialog = make()
            dialog.open()
            self._stand(window)
            self._take(dialog, name)
            dialog.done(0)
            dialog.deleteLater()
            self._stand(window)

    # Standing still -----------------------------------------------------------------------------

    def _whole(self, widget: "QWidget", name: str, *, keep: bool = False) -> None:
        widget.resize(900, 640)
        widget.show()
        _turn()
        self._take(widget, name)
        if not keep:
            widget.close()

    def _stand(self, window: "MainWindow") -> None:
        """Wait until nothing is under way and what came in has been laid out."""
        from PySide6.QtCore import QDeadlineTimer  # noqa: PLC0415 - after the environment Qt reads

        limit = QDeadlineTimer(int(PATIENCE * 1000))
        _turn()
        while window.tasks.busy and not limit.hasExpired():
            _turn()
        _turn()

    def _take(self, widget: "QWidget", name: str) -> None:
        widget.grab().save(str(self._folder / f"{name}-{self._series}.png"))


def _turn() -> None:
    """Let the event loop turn long enough for what was put off to the next turns."""
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
