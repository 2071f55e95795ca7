"""Cases taken away and brought back in the window, with real keys, real files and a review of what both sides said."""

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest
from PySide6.QtCore import QSettings, Qt
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from ioms_desktop.domain.access.roles import Right, Role, may
from ioms_desktop.domain.records.engagement import Offer
from ioms_desktop.services.offline.checkout import CheckoutResult
from ioms_desktop.services.recording.offers import AnswerOffer, answer_offer
from ioms_desktop.services.session import Session
from ioms_desktop.services.sign_in.sign_in import sign_in
from ioms_desktop.ui.actions.registry import list_buttons
from ioms_desktop.ui.main_window.window import MainWindow
from ioms_desktop.ui.offline.check_in import CheckInDialog
from ioms_desktop.ui.offline.checkout import CheckoutDialog
from ioms_desktop.ui.sign_in.recovery import RecoveryCodeDialog
from ioms_desktop.ui.tasks import Tasks
from ioms_desktop.ui.theme.tokens import Theme
from ui.case_sessions import MARLOW, at, filled, session_of
from ui.hands import CTRL, focused, press, show, write

DAY = date(2026, 10, 16)
PASSPHRASE = "four plain words here"
LONG = 20_000
OFFER = Offer(offer_ref="OF-NEW", case_ref=MARLOW, offer_type="GYM", offered_on=date(2026, 10, 1))


@pytest.fixture
def session(local_location: str, theme: Theme) -> Iterator[Session]:
    assert theme.name == "light"
    store = filled(local_location)
    made = session_of(store, Role.OFFICER, today=DAY)
    with store.begin(made.command_context()) as tx:
        tx.add(OFFER)
    yield made
    store.close()


def answered(session: Session, response: str) -> None:
    answer_offer(
        session, AnswerOffer(request=response, offer_ref="OF-NEW", revision=1, response=response, responded_on=DAY)
    )


def response(session: Session) -> str | None:
    with session.store.read() as reading:
        return reading.get(Offer, "OF-NEW").response


def taken_away(qtbot: QtBot, session: Session, tasks: Tasks, path: Path) -> CheckoutResult:
    """Take a case away by keys alone."""
    dialog = CheckoutDialog(session, tasks, (MARLOW,))
    qtbot.addWidget(dialog)
    show(qtbot, dialog)
    write(focused(), "case w")
    press(focused(), Qt.Key.Key_Tab)
    write(focused(), "20 Oct")
    dialog.target.set_value(str(path))
    for field in (dialog.passphrase.first, dialog.passphrase.second):
        field.setFocus()
        write(focused(), PASSPHRASE)
    with qtbot.waitSignal(dialog.completed, timeout=LONG) as sent:
        press(focused(), Qt.Key.Key_Return, CTRL)
    assert sent.args is not None
    done = sent.args[0]
    assert isinstance(done, CheckoutResult)
    return done


def test_a_case_goes_away_by_keys_and_comes_back_with_one_key_for_what_both_said(
    qtbot: QtBot, session: Session, tasks: Tasks, tmp_path: Path
) -> None:
    path = tmp_path / "away.ioms"
    done = taken_away(qtbot, session, tasks, path)
    assert done.checkout.until == date(2026, 10, 20)
    told = RecoveryCodeDialog(done.sentence, done.recovery_code)
    qtbot.addWidget(told)
    show(qtbot, told)
    press(told, Qt.Key.Key_Escape)
    assert told.isVisible()  # it cannot be shown again
    assert told.message.isVisible()
    press(told.page.written_down_box, Qt.Key.Key_Space)
    press(told, Qt.Key.Key_Escape)
    assert not told.isVisible()

    file = sign_in(str(path), session.user, PASSPHRASE, clock=session.clock)
    answered(file, "ACCEPTED")
    file.store.close()
    answered(session_of(session.store, Role.SUPERVISOR, today=DAY), "DECLINED")

    dialog = CheckInDialog(session, tasks)
    qtbot.addWidget(dialog)
    show(qtbot, dialog)
    write(focused(), str(path))
    dialog.password.setFocus()
    write(focused(), "wrong")
    press(focused(), Qt.Key.Key_Return, CTRL)
    qtbot.waitUntil(lambda: dialog.message.isVisible() and dialog.primary.isEnabled(), timeout=LONG)
    assert dialog.file.value() == str(path)
    dialog.password.set_value(PASSPHRASE)
    dialog.password.setFocus()
    press(focused(), Qt.Key.Key_Return, CTRL)
    qtbot.waitUntil(lambda: dialog.review is not None and dialog.primary.isEnabled(), timeout=LONG)
    words = [each.text() for each in dialog.findChildren(QLabel) if each.isVisible()]
    assert {"Accepted", "Declined", "Support offer on 1 Oct 2026, case PHX-MARLOW"} <= set(words)
    press(focused(), Qt.Key.Key_Return, CTRL)  # nothing is brought in while a question is open
    assert dialog.message.isVisible()
    assert response(session) == "DECLINED"
    write(focused(), "f")
    press(dialog, Qt.Key.Key_Escape)  # back to the file, and the answer stays
    assert dialog.report is None
    press(focused(), Qt.Key.Key_Return, CTRL)
    qtbot.waitUntil(lambda: dialog.review is not None and dialog.primary.isEnabled(), timeout=LONG)
    assert list(dialog.picks().values()) == ["mine"]
    with qtbot.waitSignal(dialog.completed, timeout=LONG) as sent:
        press(focused(), Qt.Key.Key_Return, CTRL)
    assert sent.args is not None
    assert sent.args[0].notice.startswith("Brought back: 0 added, 0 updated, 1 merged")
    assert response(session) == "ACCEPTED"


@pytest.mark.parametrize(("role", "listed"), [(Role.OFFICER, False), (Role.NAVIGATOR, False), (Role.SUPERVISOR, True)])
def test_work_offline_is_offered_to_those_who_administer_alone(
    qtbot: QtBot, session: Session, tmp_path: Path, role: Role, *, listed: bool
) -> None:
    """In the menu, in quick search and below the caseload; on the command line the right is as it was."""
    seat = session_of(session.store, role, today=DAY)
    window = MainWindow(seat, QSettings(str(tmp_path / "a.ini"), QSettings.Format.IniFormat))
    qtbot.addWidget(window)
    shown = {action.objectName(): action.isVisible() for action in window.actions()}
    assert (shown["cases.take"], shown["cases.bring"]) == (listed, listed)
    found = {action.id for word in ("offline", "promote") for action in window.user_actions.matching(word)}
    assert found == ({"cases.take", "cases.bring"} if listed else set())
    assert any(action.name == "cases.take" for action, _ in list_buttons(seat, "caseload")) is listed
    rehearsals = [action for action in window.user_actions.actions if action.id == "backup.rehearse"]
    assert rehearsals == []  # none of the three roles looks after the database
    assert may(role, Right.CHECK_OUT)
    qtbot.waitUntil(lambda: not window.tasks.is_busy)
    window.close()


def test_the_window_of_a_file_taken_away_says_so_and_takes_nothing_further(
    qtbot: QtBot, session: Session, tasks: Tasks, tmp_path: Path
) -> None:
    path = tmp_path / "away.ioms"
    mark = taken_away(qtbot, session, tasks, path).checkout
    file = sign_in(str(path), session.user, PASSPHRASE, clock=lambda: at(DAY + timedelta(days=7)))
    supervisor = session_of(session.store, Role.SUPERVISOR, today=DAY)
    for seat, able in ((supervisor, True), (file, False)):
        settings = QSettings(str(tmp_path / f"{able}.ini"), QSettings.Format.IniFormat)
        window = MainWindow(seat, settings)
        qtbot.addWidget(window)
        actions = {action.id: action for action in window.user_actions.actions}
        possible = [actions[name].enabled_when for name in ("cases.take", "cases.bring")]
        assert [when is not None and when() for when in possible] == [able, able]
        shown = [each.text() for each in window.statusBar().findChildren(QLabel)]
        assert (mark.describe(seat.today(), seat.names) in shown) is not able
        # A day on which it should have been back has passed.
        assert window.messages.isVisibleTo(window) is not able
        qtbot.waitUntil(lambda: not window.tasks.is_busy)  # noqa: B023 - asked before the next window is made
        window.close()
    file.store.close()
