"""A picture of a dialog is taken when what it reads has been read."""

from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from ioms_desktop.screenshots.screenshots import wait_idle
from ioms_desktop.ui.database.harm_weights import READING, LoadWeightsDialog
from ioms_desktop.ui.tasks import Tasks
from ui.case_sessions import filled, session_of
from ui.hands import show

pytestmark = pytest.mark.usefixtures("theme")


def test_a_dialog_is_drawn_when_the_file_it_reads_after_a_pause_has_been_read(
    qtbot: QtBot, tasks: Tasks, local_location: str, tmp_path: Path
) -> None:
    session = session_of(filled(local_location))
    file = tmp_path / "weights.csv"
    file.write_text("offence,weight\nBurglary,320\n", encoding="utf-8")
    dialog = LoadWeightsDialog(session, tasks)
    qtbot.addWidget(dialog)
    show(qtbot, dialog)
    dialog.file.set_value(str(file))
    QApplication.processEvents()
    wait_idle(tasks)
    assert READING in dialog.preview.accessibleName(), "the control: nothing is running yet"
    wait_idle(tasks, dialog)
    assert "Burglary" in dialog.preview.accessibleName()
    assert READING not in dialog.preview.accessibleName()
    session.store.close()
