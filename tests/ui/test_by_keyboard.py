"""The main job from end to end, in the real windows, with real keys and nothing else."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QDialog, QFileDialog, QLabel, QLineEdit, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from ioms_desktop.app import WindowManager
from ioms_desktop.domain.access.roles import Role
from ioms_desktop.domain.dates.day_time import DayTime
from ioms_desktop.domain.records.cases import Case
from ioms_desktop.domain.records.engagement import Contact, Offer
from ioms_desktop.domain.records.people import Person
from ioms_desktop.domain.text_format import format_day
from ioms_desktop.paths import resource
from ioms_desktop.storage.transaction import CommandContext
from ioms_desktop.ui.main_window.window import MainWindow
from ioms_desktop.ui.printing.pdf_preview import page_count, render_page
from ioms_desktop.ui.printing.print_cases import PrintCasesDialog
from ioms_desktop.ui.recording.answer_proposal import AnswerProposalDialog
from ioms_desktop.ui.recording.decision import DecisionDialog
from ioms_desktop.ui.recording.record_contact import RecordContactDialog
from ioms_desktop.ui.recording.trigger_raised import TriggersRaisedDialog
from ioms_desktop.ui.sign_in.sign_in import SignInWindow
from keys import opened, with_users
from ui.hands import CTRL, SHIFT, focused, press, write
from ui.window_at_work import idle

pytestmark = pytest.mark.usefixtures("theme")
PASSWORD = "four plain words here"
TODAY = date.today()  # noqa: DTZ011 - the window's own day
FIRST_MISS, SECOND_MISS = TODAY - timedelta(days=9), TODAY - timedelta(days=4)
POLICY = max(each.stem for each in resource("policy").glob("*.toml") if each.stem <= TODAY.isoformat())
"""The version in force: another one may begin on any day."""
BORN = TODAY.replace(year=TODAY.year - 17, day=1) - timedelta(days=100)
REASON = "Three missed in ten days; somebody he trusts will call."


@pytest.fixture
def database(local_location: str) -> Path:
    """Return a file with one participant of 17 who has missed two sessions, and two people who may sign in."""
    with_users(local_location, {"adeyemi": Role.OFFICER, "wright": Role.SUPERVISOR}, PASSWORD)
    store = opened(local_location)
    act = CommandContext(request="", user="holt", role="coordinator", at=datetime.now(UTC), workstation="session 0")
    with store.begin(act) as tx:
        for number, family in enumerate(("Marlow", "Marley", "Okafor")):
            tx.add(
                Person(
                    person_ref=f"P{number}",
                    family_name=family,
                    given_names="Jayden",
                    date_of_birth=BORN + timedelta(days=number * 400),
                    sex="MALE",
                )
            )
        tx.add(
            Case(
                case_ref="PHX-1",
                person_ref="P0",
                programme="PHOENIX",
                status="ENGAGED",
                referred_on=TODAY - timedelta(days=60),
                notified_on=TODAY - timedelta(days=40),
                navigator="okoro",
            )
        )
        tx.add(
            Offer(
                offer_ref="OF-1",
                case_ref="PHX-1",
                offer_type="MENTORING",
                offered_on=TODAY - timedelta(days=39),
                response="ACCEPTED",
                responded_on=TODAY - timedelta(days=35),
            )
        )
        seen = (TODAY - timedelta(days=20), "SEEN")
        for on, outcome in (seen, (FIRST_MISS, "FAILED_TO_ATTEND"), (SECOND_MISS, "FAILED_TO_ATTEND")):
            tx.add(
                Contact(
                    contact_ref=f"CT-{on}",
                    case_ref="PHX-1",
                    occurred_at=DayTime(on),
                    planned=True,
                    contact_type="OTHER",
                    outcome=outcome,
                )
            )
    store.close()
    return Path(local_location)


class Keys:
    """Somebody at the keyboard, who sees what the windows show."""

    def __init__(self, qtbot: QtBot, windows: WindowManager) -> None:
        self._qtbot, self._windows = qtbot, windows

    def press(self, key: Qt.Key, modifiers: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
        press(focused(), key, modifiers)

    def write(self, text: str) -> None:
        write(focused(), text)

    def tab(self) -> None:
        self.press(Qt.Key.Key_Tab)

    def tab_to(self, name: str) -> None:
        for _ in range(60):
            at = focused()
            said = at.accessibleName() or (at.text().replace("&", "") if isinstance(at, QPushButton) else "")
            if said.strip().startswith(name):
                return
            self.tab()
        raise AssertionError(name)

    @property
    def window(self) -> MainWindow:
        shown = self._windows.current_window
        assert isinstance(shown, MainWindow)
        return shown

    def sign_in(self, name: str) -> None:
        window = self._windows.current_window
        assert isinstance(window, SignInWindow)
        window.activateWindow()
        self._qtbot.waitUntil(lambda: window.isActiveWindow() and QApplication.focusWidget() is not None)
        while focused() is not window.name:
            self.tab()
        self.press(Qt.Key.Key_A, CTRL)
        self.write(name)
        self.press(Qt.Key.Key_Return)
        self.write(PASSWORD)
        self.press(Qt.Key.Key_Return)
        self._qtbot.waitUntil(lambda: isinstance(self._windows.current_window, MainWindow))
        self.window.activateWindow()
        self._qtbot.waitUntil(self.window.isActiveWindow)
        self.settle()

    def settle(self) -> None:
        idle(self._qtbot, self.window)

    def search(self, text: str) -> list[str]:
        self.press(Qt.Key.Key_K, CTRL)
        self.write(text)
        self.settle()
        found = self.window.quick_search.panel.list
        return [str(found.item(row).data(Qt.ItemDataRole.AccessibleTextRole)) for row in range(found.count())]

    def dialog(self, kind: type[QDialog]) -> QDialog:
        self._qtbot.waitUntil(lambda: isinstance(QApplication.activeModalWidget(), kind))
        found = QApplication.activeModalWidget()
        assert isinstance(found, kind)
        self._qtbot.waitUntil(lambda: QApplication.focusWidget() is not None and found.isAncestorOf(focused()))
        return found

    def wait_for(self, there: Callable[[], bool]) -> None:
        self._qtbot.waitUntil(there)

    def gone(self) -> None:
        self._qtbot.waitUntil(lambda: QApplication.activeModalWidget() is None)
        self.window.activateWindow()  # what a desktop does by itself when a dialog closes
        self._qtbot.waitUntil(lambda: QApplication.focusWidget() is not None)
        self.settle()


def words(widget: QWidget) -> str:
    return " ".join(label.text() for label in widget.findChildren(QLabel))


def text_of(path: Path) -> str:
    pdf = path.read_bytes()
    return " ".join(" ".join(render_page(pdf, page, 0.2).text for page in range(page_count(pdf))).split())


def record_the_missed_session(keys: Keys) -> None:
    keys.press(Qt.Key.Key_C, CTRL | SHIFT)
    dialog = keys.dialog(RecordContactDialog)
    for answer in "nnny":
        keys.write(answer)
    keys.tab()  # the answer has moved the focus already: this Tab is the same step
    keys.tab()
    keys.tab()
    keys.write("Did not come; no message.")
    keys.tab()
    keys.write("n")
    assert "Failed to attend" in words(dialog)
    keys.press(Qt.Key.Key_Return, CTRL)


def propose_a_verbal_warning(keys: Keys) -> None:
    dialog = keys.dialog(DecisionDialog)
    assert "The offer of support remains open." in words(dialog)
    keys.write("e")
    keys.write("Verbal")
    keys.tab()
    for answer in ("considered, no sign", "told by telephone", "his mother knows", "considered first", "plain words"):
        keys.write("y")
        keys.write(answer)
        keys.tab()
    for text in (REASON, "Another time of day.", "The least that may work.", "That we want him back."):
        keys.write(text)
        keys.tab()
    keys.press(Qt.Key.Key_Return, CTRL)
    keys.gone()


def print_the_full_copy(keys: Keys, path: Path) -> str:
    """Save the summary under a path that is typed, and give its words."""
    keys.press(Qt.Key.Key_P, CTRL)
    printing = keys.dialog(PrintCasesDialog)
    keys.write("Police, full")
    keys.press(Qt.Key.Key_Return)
    keys.tab_to("Why")
    keys.write("Case conference")
    keys.press(Qt.Key.Key_Return)
    keys.tab_to("Someone else")
    keys.press(Qt.Key.Key_K)
    keys.settle()
    keys.tab_to("Save as PDF")
    keys.press(Qt.Key.Key_Space)
    keys.dialog(QFileDialog)
    keys.wait_for(lambda: isinstance(focused(), QLineEdit))
    keys.press(Qt.Key.Key_A, CTRL)
    keys.write(str(path))
    keys.press(Qt.Key.Key_Return)
    keys.wait_for(path.exists)
    keys.settle()
    printing.close()
    return text_of(path)


def test_the_main_job_is_done_by_keyboard_alone(
    qtbot: QtBot, windows: WindowManager, database: Path, tmp_path: Path
) -> None:
    keys = Keys(qtbot, windows)
    windows.show_sign_in(str(database), "")
    keys.sign_in("adeyemi")

    found = keys.search("marlow")
    assert [line.split(" ")[0] for line in found[:1]] == ["MARLOW,"]
    keys.press(Qt.Key.Key_Escape)
    assert keys.search(f"{BORN:%d/%m/%Y}")[0].startswith("MARLOW, Jayden")
    keys.press(Qt.Key.Key_Return)
    keys.settle()
    assert keys.window.tabs.current_case == "PHX-1"

    record_the_missed_session(keys)
    raised = keys.dialog(TriggersRaisedDialog)
    told = words(raised)
    dates = f"{format_day(FIRST_MISS)}, {format_day(SECOND_MISS)} and {format_day(TODAY)}"
    assert f"Three planned contacts were missed on {dates}" in told
    assert f"policy {POLICY}" in told
    assert "decision" in told.lower()
    keys.press(Qt.Key.Key_Return)
    propose_a_verbal_warning(keys)

    keys.search("sign out")
    keys.press(Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: isinstance(windows.current_window, SignInWindow))
    keys.sign_in("wright")
    keys.search("marlow")
    keys.press(Qt.Key.Key_Return)
    keys.settle()
    keys.tab_to("Authorise")
    keys.press(Qt.Key.Key_Space)
    answering = keys.dialog(AnswerProposalDialog)
    assert REASON in words(answering)
    assert isinstance(answering, AnswerProposalDialog)
    assert answering.scroll_area.hasFocus(), "what is answered is read first"
    keys.press(Qt.Key.Key_Tab)
    keys.write("a")
    keys.press(Qt.Key.Key_Return, CTRL)
    keys.gone()

    printed = print_the_full_copy(keys, tmp_path / "marlow.pdf")
    assert "OFFICIAL-SENSITIVE" in printed
    assert "Verbal warning" in printed
    assert "Three missed in ten days" in printed
    assert "offer of support remains open" in printed
