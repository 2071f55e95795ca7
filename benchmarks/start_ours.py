"""The application's own start: sign-in painted, signed in, the first rows of the caseload; says when it was where."""

import gc
import json
import sys
import time
from typing import TYPE_CHECKING

from typing_extensions import override

from ioms_desktop import app
from ioms_desktop.settings import Settings

if TYPE_CHECKING:
    from PySide6.QtCore import QSettings
    from PySide6.QtWidgets import QWidget

    from ioms_desktop.services.session import Session

SAID: dict[str, float] = {}


class Hurried(app.WindowManager):
    """Windows of somebody who types for a given time (milliseconds) and goes straight to the caseload."""

    @override
    def _show(self, window: "QWidget") -> None:
        from ioms_desktop.ui.sign_in.sign_in import SignInWindow  # noqa: PLC0415 - as the application does

        super()._show(window)
        if isinstance(window, SignInWindow):
            window.first_painted.connect(self._painted)

    def _painted(self) -> None:
        from PySide6.QtCore import QTimer  # noqa: PLC0415 - as above

        from ioms_desktop.ui.sign_in.sign_in import SignInWindow  # noqa: PLC0415 - as above

        SAID["painted"] = time.monotonic()
        if isinstance(self.current_window, SignInWindow):
            self.current_window.name.setText(sys.argv[2])
            self.current_window.password.setText(sys.argv[3])
            QTimer.singleShot(int(sys.argv[4]), self._send)

    def _send(self) -> None:
        from ioms_desktop.ui.sign_in.sign_in import SignInWindow  # noqa: PLC0415 - as above

        SAID["sent"] = time.monotonic()
        if isinstance(self.current_window, SignInWindow):
            self.current_window.submit()

    @override
    def show_main_window(self, session: "Session") -> None:
        super().show_main_window(session)
        from ioms_desktop.ui.lists.register_view import RegisterView  # noqa: PLC0415 - as above
        from ioms_desktop.ui.main_window.window import MainWindow  # noqa: PLC0415 - as above

        if isinstance(self.current_window, MainWindow):
            self.current_window.show_screen("caseload")
            (view,) = self.current_window.screens["caseload"].findChildren(RegisterView)
            view.model.loaded.connect(self._usable)

    def _usable(self) -> None:
        from PySide6.QtWidgets import QApplication  # noqa: PLC0415 - as above

        if "usable" not in SAID and self.current_window is not None:
            self.current_window.repaint()
            SAID["usable"] = time.monotonic()
            QApplication.quit()


def main() -> None:
    """Start as `app.open_window` does."""
    gc.disable()
    settings = Settings.read(sys.argv[1], "")
    app.configure_log_file(settings)
    app.create_application(settings)
    windows = Hurried(settings, app_settings(settings))
    windows.show_first_window()
    from PySide6.QtWidgets import QApplication  # noqa: PLC0415 - as above

    QApplication.exec()
    windows.tasks.close()
    print(json.dumps(SAID), flush=True)


def app_settings(settings: Settings) -> "QSettings":
    """Return the file of window places, as `app.start` does."""
    from PySide6.QtCore import QSettings  # noqa: PLC0415 - as above

    return QSettings(str(settings.window_file), QSettings.Format.IniFormat)


if __name__ == "__main__":
    main()
