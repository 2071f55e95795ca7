"""Whether a paper is genuine is asked by keys: the answer stands below, a mistyped code beside its field."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from ioms_desktop.domain.access.roles import Role
from ioms_desktop.domain.printing.audiences import Audience
from ioms_desktop.services.printing.papers import list_papers
from ioms_desktop.services.session import Session
from ioms_desktop.ui.printing.check_paper import KNOWN, NEITHER, NOT_THE_SAME, CheckPaperDialog
from ioms_desktop.ui.tasks import Tasks
from ioms_desktop.ui.theme.tokens import Theme
from paper_prints import printed_pdf
from sessions import given_to
from ui.case_sessions import HARKER, filled, session_of
from ui.hands import press, show, write
from ui.kit_checks import nameless, shared_mnemonics


@pytest.fixture
def session(local_location: str, theme: Theme) -> Iterator[Session]:
    assert theme.name == "light"
    store = filled(local_location)
    yield session_of(store)
    store.close()


def asked(qtbot: QtBot, tasks: Tasks, dialog: CheckPaperDialog) -> str:
    press(dialog, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: not tasks.is_busy and dialog.check_button.isEnabled())
    return dialog.scroll_area.accessibleDescription()


def test_a_paper_is_looked_up_by_its_code_and_by_its_file(
    qtbot: QtBot, tasks: Tasks, session: Session, tmp_path: Path
) -> None:
    pdf = printed_pdf(
        session, HARKER, audience=Audience.PARTNER, reason_code="CASE_CONFERENCE", **given_to("Turning Point")
    )
    (row,) = list_papers(session)
    dialog = CheckPaperDialog(session, tasks)
    qtbot.addWidget(dialog)
    show(qtbot, dialog)
    assert nameless(dialog) == shared_mnemonics(dialog) == []
    press(dialog, Qt.Key.Key_Return)
    assert dialog.form.problems == {"code": NEITHER}
    write(dialog.code.control, row.print_id.replace("-", " "))
    assert asked(qtbot, tasks, dialog).startswith(KNOWN)
    dialog.code.set_value(f"{row.print_id[:-2]}{'00' if row.print_id[-2:] != '00' else '01'}")
    assert "A digit of this code is wrong" in asked(qtbot, tasks, dialog)
    path = tmp_path / "changed.pdf"
    path.write_bytes(pdf + b"\n%")
    dialog.path.set_value(str(path))
    assert asked(qtbot, tasks, dialog).startswith(NOT_THE_SAME)
    path.write_bytes(pdf)
    assert "to the byte" in asked(qtbot, tasks, dialog)
    other = CheckPaperDialog(session_of(session.store, Role.NAVIGATOR), tasks)
    qtbot.addWidget(other)
    show(qtbot, other)
    other.code.set_value(row.print_id)
    assert "No paper that you may read about" in asked(qtbot, tasks, other)
