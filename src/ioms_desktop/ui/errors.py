"""Handling of unexpected errors: log the traceback, and show the user a reference to quote, once.

``install_handlers()`` sends unhandled exceptions of every thread here at start-up. An action that is not allowed is not
an error: it raises ``Refused``, whose message is shown beside the form or in the message bar.
"""

import logging
import sys
import threading
from functools import cache, partial
from types import TracebackType

from PySide6.QtCore import QMessageLogContext, QObject, Qt, QtMsgType, Signal, Slot, qInstallMessageHandler
from PySide6.QtWidgets import QApplication, QDialog, QDialogButtonBox, QLabel, QLineEdit, QVBoxLayout, QWidget

from ioms_desktop.ui.opening_guard import OpeningGuard

LOG = logging.getLogger("ioms_desktop.faults")
QT_LOG = logging.getLogger("ioms_desktop.qt")
_REFERENCE_ALPHABET = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"  # without characters that are easily misheard or misread
_REFERENCE_ATTRIBUTE = "ioms_reference"
_IGNORED_QT_WARNING = "propagateSizeHints"


class FaultDialog(QDialog):
    """Shows that an unexpected error occurred, what was kept, and which reference to quote."""

    def __init__(self, reference: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle("Something went wrong")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        words = QLabel(
            "Something inside the program failed. What was saved before is safe, and what you have typed is still "
            "on the screen. Try again; if it happens again, give this reference to whoever supports you."
        )
        words.setWordWrap(True)
        self.reference = QLineEdit(reference)
        self.reference.setReadOnly(True)
        self.reference.setAccessibleName("Reference to quote")
        self.reference.selectAll()
        buttons = QDialogButtonBox()
        copy = buttons.addButton("&Copy reference", QDialogButtonBox.ButtonRole.ActionRole)
        close = buttons.addButton("C&lose", QDialogButtonBox.ButtonRole.RejectRole)
        copy.clicked.connect(self.copy_reference)
        close.clicked.connect(self.reject)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(20, 20, 20, 16)
        layout.setSpacing(12)
        for part in (words, self.reference, buttons):
            layout.addWidget(part)
        self.setMinimumWidth(440)
        OpeningGuard(self)

    @Slot()
    def copy_reference(self) -> None:
        """Copy the reference to the clipboard."""
        QApplication.clipboard().setText(self.reference.text())

    def add_reference(self, reference: str) -> None:
        """Show the reference of a further fault in the same dialog."""
        self.reference.setText(f"{self.reference.text()}, {reference}")
        self.reference.setAccessibleName("References to quote")


class FaultReporter(QObject):
    """Shows faults of any thread on the interface thread, all in one dialog."""

    reported = Signal(str)

    def __init__(self) -> None:
        """Connect its own signal, so that any thread can report."""
        super().__init__()
        self.dialog: FaultDialog | None = None
        self.reported.connect(self._show, Qt.ConnectionType.QueuedConnection)

    @Slot(str)
    def _show(self, reference: str) -> None:
        if self.dialog is not None:
            self.dialog.add_reference(reference)
            return
        shown = self.dialog = FaultDialog(reference, QApplication.activeWindow())
        shown.finished.connect(self._closed)
        # The window it stands over takes it along without a word when it is closed.
        shown.destroyed.connect(partial(self._forget, shown))
        shown.open()

    @Slot()
    def _closed(self) -> None:
        self.dialog = None

    def _forget(self, dialog: FaultDialog, *_: object) -> None:
        if self.dialog is dialog:
            self.dialog = None


@cache
def fault_reporter() -> FaultReporter:
    """Return the one object that shows faults; the first call must be made on the interface thread."""
    made = FaultReporter()
    app = QApplication.instance()
    if app is not None:
        made.moveToThread(app.thread())
    return made


def report_fault(error: BaseException) -> str:
    """Log where an exception was raised, without the data it was about, and show its reference once.

    Args:
        error: An unexpected exception of any thread; one that was reported before keeps its reference.

    Returns:
        The reference under which it was logged, for example ``"7KQ2-M9XD"``.
    """
    import secrets  # noqa: PLC0415 - slow to import

    from ioms_desktop.services.fault_log import fault_record  # noqa: PLC0415 - needed only after a fault

    if known := vars(error).get(_REFERENCE_ATTRIBUTE):
        return str(known)
    drawn = "".join(secrets.choice(_REFERENCE_ALPHABET) for _ in range(8))
    reference = f"{drawn[:4]}-{drawn[4:]}"
    vars(error)[_REFERENCE_ATTRIBUTE] = reference
    LOG.error("Fault %s\n%s", reference, fault_record(error))
    if QApplication.instance() is not None:
        fault_reporter().reported.emit(reference)
    return reference


def install_handlers() -> None:
    """Log unhandled exceptions of every thread and Qt's own warnings; exceptions are also shown."""
    fault_reporter()
    sys.excepthook = _unhandled
    threading.excepthook = lambda args: _unhandled(args.exc_type, args.exc_value, args.exc_traceback)
    qInstallMessageHandler(_log_qt_message)


def _unhandled(kind: type[BaseException], error: BaseException | None, trace: TracebackType | None) -> None:
    if issubclass(kind, KeyboardInterrupt):
        sys.__excepthook__(kind, error or kind(), trace)
        return
    report_fault(error if error is not None else kind())


def _log_qt_message(kind: QtMsgType, context: QMessageLogContext, text: str) -> None:
    del context
    if _IGNORED_QT_WARNING in text:  # the offscreen platform prints it for every window
        return
    levels = {QtMsgType.QtDebugMsg: logging.DEBUG, QtMsgType.QtInfoMsg: logging.INFO}
    QT_LOG.log(levels.get(kind, logging.WARNING), "%s", text)
