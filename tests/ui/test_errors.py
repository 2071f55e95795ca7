import subprocess
import sys

from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from ioms_desktop.ui.errors import FaultDialog, fault_reporter, report_fault


def test_the_reference_can_be_copied(qtbot: QtBot) -> None:
    dialog = FaultDialog("7KQ2-M9XD")
    qtbot.addWidget(dialog)
    dialog.copy_reference()
    assert QApplication.clipboard().text() == "7KQ2-M9XD"


def test_faults_of_one_kind_of_moment_share_one_dialog(qtbot: QtBot) -> None:
    references = [report_fault(ValueError("first")), report_fault(ValueError("second"))]
    qtbot.waitUntil(lambda: (shown := fault_reporter().dialog) is not None and references[1] in shown.reference.text())
    dialog = fault_reporter().dialog
    assert dialog is not None
    assert dialog.reference.text() == ", ".join(references)
    dialog.reject()
    qtbot.waitUntil(lambda: fault_reporter().dialog is None)


UNHANDLED = """
import logging, sys, threading
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication
from ioms_desktop.ui import errors
logging.basicConfig(format="%(message)s")
app = QApplication([])
errors.install_handlers()
def slot():
    raise RuntimeError("quoted in a slot")
def worker():
    raise RuntimeError("quoted in a thread")
def look():
    if errors.fault_reporter().dialog and "," in errors.fault_reporter().dialog.reference.text():
        print(len(app.topLevelWidgets()), errors.fault_reporter().dialog.reference.text())
        app.quit()
QTimer.singleShot(0, slot)
thread = threading.Thread(target=worker)
thread.start()
again = QTimer(); again.timeout.connect(look); again.start(5)
app.exec()
thread.join()
"""


def test_unhandled_exceptions_of_slots_and_threads_end_in_the_one_dialog_and_in_the_log() -> None:
    done = subprocess.run([sys.executable, "-c", UNHANDLED], capture_output=True, text=True, timeout=60, check=True)
    windows, references = done.stdout.split(maxsplit=1)
    assert windows == "1"
    assert all(reference in done.stderr for reference in references.strip().split(", "))
    assert ", in slot\n" in done.stderr
    assert ", in worker\n" in done.stderr
    assert "quoted" not in done.stderr, "a message may quote what somebody typed"
