"""A retention review from the line in Today to the certificate, by keyboard, by one supervisor and then another."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import cast

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QDialog
from pytestqt.qtbot import QtBot

from ioms_desktop.domain.access.roles import Role
from ioms_desktop.domain.duties.case_duties import Duty
from ioms_desktop.domain.errors import Missing
from ioms_desktop.services.printing.packs.certificate import list_certificates
from ioms_desktop.services.retention.due_reviews import list_reviews
from ioms_desktop.services.retention.retention import get_review
from ioms_desktop.storage.store import Store
from ioms_desktop.ui.actions.supervision_actions import PRINT_CERTIFICATE
from ioms_desktop.ui.lists.register_view import RegisterView
from ioms_desktop.ui.main_window.window import MainWindow
from ioms_desktop.ui.retention.certificates import PrintCertificateDialog
from ioms_desktop.ui.retention.retention import AnswerDisposalDialog, DisposalCertificateDialog, RetentionReviewDialog
from ioms_desktop.ui.screens.today import TodayScreen
from ioms_desktop.ui.theme.tokens import Theme
from owed import list_owed_work
from reports.reading import pages_of
from sessions import OLD, OLD_CASE
from ui.case_sessions import TODAY, filled, session_of
from ui.hands import CTRL, focused, press, write
from ui.kit_checks import nameless, shared_mnemonics
from ui.window_at_work import at_work, idle, register, screen

pytestmark = pytest.mark.usefixtures("theme")
SECOND = "Insp. HOLT"


@pytest.fixture
def store(local_location: str) -> Iterator[Store]:
    """The worked example, and somebody whose case closed long ago."""
    opened = filled(local_location)
    with opened.begin(session_of(opened).command_context(), "old") as tx:
        tx.add(OLD)
        tx.add(OLD_CASE)
    yield opened
    opened.close()


@contextmanager
def seated(qtbot: QtBot, store: Store, folder: Path, user: str = "") -> Iterator[tuple[MainWindow, RegisterView]]:
    """Open Today for a supervisor, filtered to retention, with the keyboard focus on its row."""
    place = folder / (user or "first")
    place.mkdir()
    with at_work(qtbot, session_of(store, user=user), place) as window:
        shown = screen(window, qtbot, "today")
        assert isinstance(shown, TodayScreen)
        view = register(shown)
        view.filters.choose("duty", frozenset({Duty.RETENTION.value}))
        idle(qtbot, window)
        view.table.setFocus()
        yield window, view


def asked(qtbot: QtBot, window: MainWindow, kind: type[QDialog]) -> QDialog:
    """Wait for a dialog."""
    idle(qtbot, window)
    qtbot.waitUntil(lambda: isinstance(QApplication.activeModalWidget(), kind))
    dialog = QApplication.activeModalWidget()
    assert isinstance(dialog, QDialog)
    assert nameless(dialog) == []
    assert shared_mnemonics(dialog) == []
    return dialog


def test_a_review_that_is_due_is_a_supervisors_line_and_no_one_elses(store: Store) -> None:
    # Another line is that of a participant who has turned 18.
    line, _ = [line for line in list_owed_work(session_of(store)) if line.duty is Duty.RETENTION]
    assert (line.name, line.ref, line.due_on, line.case_ref) == ("OLDHAM, Sam", "P-OLD", date(2022, 2, 28), None)
    assert line.description.startswith("Retention review due. Six clear years after the closing of the last case")
    for role in (Role.OFFICER, Role.COORDINATOR, Role.NAVIGATOR):
        assert [line for line in list_owed_work(session_of(store, role)) if line.duty is Duty.RETENTION] == []


def test_a_record_is_kept_with_a_day_and_a_reason_by_keyboard(qtbot: QtBot, store: Store, tmp_path: Path) -> None:
    with seated(qtbot, store, tmp_path) as (window, view):
        press(view.table, Qt.Key.Key_Return)
        dialog = asked(qtbot, window, RetentionReviewDialog)
        assert isinstance(dialog, RetentionReviewDialog)
        assert not dialog.next_on.isVisible()
        assert not dialog.authority.isVisible()
        write(focused(), "r")
        assert dialog.next_on.value() == date(2031, 11, 25)
        press(focused(), Qt.Key.Key_Return, CTRL)
        assert dialog.form.problems == {"reason": "Why is needed."}
        write(focused(), "A linked inquiry is not finished.")
        dialog.next_on.set_value(date(2035, 1, 1))
        press(focused(), Qt.Key.Key_Return, CTRL)
        idle(qtbot, window)
        assert "25 Nov 2031 at the latest" in dialog.banner.text_label.text()
        dialog.next_on.set_value(date(2030, 1, 1))
        press(focused(), Qt.Key.Key_Return, CTRL)
        idle(qtbot, window)
        assert view.model.rowCount() == 1
        assert get_review(window.session, "P-OLD").due.on == date(2030, 1, 1)


def test_another_group_puts_its_own_latest_day(qtbot: QtBot, store: Store, tmp_path: Path) -> None:
    with seated(qtbot, store, tmp_path) as (window, view):
        press(view.table, Qt.Key.Key_Return)
        dialog = asked(qtbot, window, RetentionReviewDialog)
        assert isinstance(dialog, RetentionReviewDialog)
        dialog.outcome.set_value("RETAIN_RECATEGORISE")
        dialog.group.set_value("GROUP_1")
        assert dialog.next_on.value() == date(2036, 11, 25)
        dialog.next_on.set_value(date(2030, 1, 1))
        dialog.outcome.set_value("RETAIN")
        assert dialog.next_on.value() == date(2030, 1, 1)  # what was typed stays
        dialog.next_on.set_value(None)
        dialog.outcome.set_value("RETAIN_RECATEGORISE")
        assert dialog.next_on.value() == date(2036, 11, 25)
        dialog.reason.set_value("MAPPA level 2.")
        press(focused(), Qt.Key.Key_Return, CTRL)
        idle(qtbot, window)
        assert get_review(window.session, "P-OLD").due.group.code == "GROUP_1"


def test_one_proposes_another_authorises_and_the_certificate_is_shown(
    qtbot: QtBot, store: Store, tmp_path: Path
) -> None:
    with seated(qtbot, store, tmp_path) as (window, view):
        window.user_actions.trigger(PRINT_CERTIFICATE.name)
        idle(qtbot, window)
        assert "no certificate to print" in window.messages.text_label.text()
        assert QApplication.activeModalWidget() is None, "no form opens that could not be filled in"
        press(view.table, Qt.Key.Key_Return)
        dialog = asked(qtbot, window, RetentionReviewDialog)
        assert isinstance(dialog, RetentionReviewDialog)
        write(focused(), "d")
        dialog.authority.set_value("RRD panel 2026/14")
        dialog.reason.set_value("Sam has six clear years.")
        press(focused(), Qt.Key.Key_Return, CTRL)
        idle(qtbot, window)
        assert "names the person" in dialog.banner.text_label.text()
        dialog.reason.set_value("Six clear years.")
        press(focused(), Qt.Key.Key_Return, CTRL)
        idle(qtbot, window)
        press(view.table, Qt.Key.Key_Return)
        own = cast("AnswerDisposalDialog", asked(qtbot, window, AnswerDisposalDialog))
        assert list(own.answer.buttons) == ["withdraw"]
        own.reject()
        assert "waits for a second person" in owed_words(window)
    with seated(qtbot, store, tmp_path, SECOND) as (window, view):
        assert "waits for your answer" in owed_words(window)
        press(view.table, Qt.Key.Key_Return)
        answer = asked(qtbot, window, AnswerDisposalDialog)
        assert isinstance(answer, AnswerDisposalDialog)
        press(focused(), Qt.Key.Key_Return, CTRL)
        assert answer.form.problems == {"answer": "Answer is needed."}
        write(focused(), "a")
        assert answer.primary.text() == "&Carry out the disposal"
        press(focused(), Qt.Key.Key_Return, CTRL)
        told = cast("DisposalCertificateDialog", asked(qtbot, window, DisposalCertificateDialog))
        assert told.text_box.toPlainText().startswith("Certificate of disposal DS-")
        assert "Sam" not in told.text_box.toPlainText()
        told.save_to(str(tmp_path / "certificate.pdf"))
        qtbot.waitUntil(told.message.isVisible)
        assert "put on record" in told.message.text_label.text()
        assert "OLDHAM" not in " ".join(pages_of((tmp_path / "certificate.pdf").read_bytes())).upper()
        again = [each.disposal_ref for each in list_certificates(window.session)]
        assert again == [told.text_box.toPlainText().split()[3]], "it can be printed again"
        told.close_button.setFocus()
        press(focused(), Qt.Key.Key_Return)
        idle(qtbot, window)
        assert view.model.rowCount() == 1
        with pytest.raises(Missing):
            get_review(window.session, "P-OLD")
        window.user_actions.trigger(PRINT_CERTIFICATE.name)
        offered = cast("PrintCertificateDialog", asked(qtbot, window, PrintCertificateDialog))
        assert [each.code for each in offered.disposal.options] == again


def owed_words(window: MainWindow) -> str:
    return next(line.description for line in list_owed_work(window.session) if line.duty is Duty.RETENTION)


def test_an_open_case_offers_no_disposal(qtbot: QtBot, store: Store, theme: Theme, tmp_path: Path) -> None:
    assert theme
    with at_work(qtbot, session_of(store), tmp_path) as window:
        review = next(each for each in list_reviews(window.session, TODAY) if each.due.has_open_case)
        dialog = RetentionReviewDialog(window.session, window.tasks, review, window)
        qtbot.addWidget(dialog)
        assert "PROPOSE" not in dialog.outcome.buttons
        held = replace(review, due=replace(review.due, has_open_case=False, on_legal_hold=False))
        offered = RetentionReviewDialog(window.session, window.tasks, held, window)
        qtbot.addWidget(offered)
        assert "PROPOSE" in offered.outcome.buttons
