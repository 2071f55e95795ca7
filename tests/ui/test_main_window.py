from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QShortcut
from PySide6.QtWidgets import QAbstractButton, QDialog, QMenu, QToolButton, QWidget
from pytestqt.modeltest import ModelTester
from pytestqt.qtbot import QtBot

from ioms_desktop.domain.access.roles import Role, may
from ioms_desktop.domain.records.cases import DECEASED, Case
from ioms_desktop.services.cases.cases import open_case
from ioms_desktop.services.intake.steps import ChangeStatus, change_status
from ioms_desktop.services.leaving.reopening import ReopenCase, reopen_case
from ioms_desktop.services.session import Outcome, Topic
from ioms_desktop.ui.actions.actions import describe_conflicts, words_in
from ioms_desktop.ui.actions.dialog_action import Menu
from ioms_desktop.ui.actions.registry import DIALOG_ACTIONS
from ioms_desktop.ui.lists.register_view import RegisterView
from ioms_desktop.ui.main_window.quick_search import MAX_COMMANDS
from ioms_desktop.ui.main_window.screens import SCREENS, ScreenEntry
from ioms_desktop.ui.main_window.window import MainWindow
from ioms_desktop.ui.theme.tokens import Theme
from keys import opened
from ui.case_sessions import HARKER, MARLOW, filled, session_of
from ui.hands import CTRL, SHIFT, click, focused, press
from ui.kit_checks import mnemonic, nameless, shared_mnemonics
from ui.window_at_work import at_work, idle, register, screen, texts

pytestmark = pytest.mark.usefixtures("theme")
NEVER_EMPTY = {"imports", "wordings"}
"""Screens whose list waits for a file, or begins with what is shipped."""


@pytest.fixture
def window(qtbot: QtBot, theme: Theme, local_location: str, tmp_path: Path) -> Iterator[MainWindow]:
    assert theme
    with at_work(qtbot, session_of(filled(local_location)), tmp_path) as shown:
        yield shown


@pytest.mark.parametrize("full", [False, True], ids=["empty", "full"])
@pytest.mark.parametrize("entry", SCREENS, ids=lambda entry: entry.id)
def test_every_screen_opens_with_every_control_named(
    qtbot: QtBot, qtmodeltester: ModelTester, local_location: str, tmp_path: Path, entry: ScreenEntry, full: bool
) -> None:
    store = filled(local_location) if full else opened(local_location)
    role = next(role for role in (Role.SUPERVISOR, *Role) if may(role, entry.right))
    with at_work(qtbot, session_of(store, role, user="someone"), tmp_path) as window:
        name = entry.id
        shown = screen(window, qtbot, name)
        assert nameless(window) == []
        assert shared_mnemonics(window) == []
        assert shown.explanation
        for view in shown.findChildren(RegisterView):
            qtmodeltester.check(view.model)  # type: ignore[no-untyped-call]  # pytest-qt gives no types
            if not full and name not in NEVER_EMPTY:
                assert view.empty_state.isVisible()
                assert view.empty_state.text_label.text() == view.register.empty_message
        # An administrator is told that no backup was made yet; nothing else is wrong.
        assert not window.messages.isVisible() or window.messages.action_button.text() == "Back up &now…"


def test_no_two_actions_share_a_key(window: MainWindow) -> None:
    assert describe_conflicts(window.user_actions.actions) == []
    others = {keys.key().toString() for keys in window.findChildren(QShortcut) if keys.isEnabled()}
    assert others.isdisjoint({action.shortcut for action in window.user_actions.actions} - {""})


SYNONYMS = {
    Role.SUPERVISOR: {
        "visit": "contact.record",
        "escalate": "case.decide",
        "support": "case.offer",
        "intelligence": "case.concern",
        "colour": "case.rag",
        "score": "case.rate",
        "task": "actions.add",
        "attachment": "documents.add",
        "diary": "appointment.make",
        "pack": "case.print",
        "supervision": "case.review",
        "subject access": "case.disclosures",
        "allocate": "worker.assign",
        "handover": "worker.hand_over",
        "deselect": "case.leave",
        "prison": "custody.add",
        "wanted": "custody.at_large",
        "recall": "compliance_steps.add",
        "licence": "case.supervision",
        "nominal": "person.add",
        "referral": "person.refer",
        "MAPPA": "case.screening",
        "OGRS": "case.eligibility",
        "custom notification": "case.notify",
        "recuse": "case.declare_conflict",
        "emergency": "glass.break",
        "genuine": "paper.check",
        "offline": "cases.take",
        "check in": "cases.bring",
        "erasure": "disposal.certificate",
        "Cambridge harm index": "office.harm_weights",
        "log off": "session.leave",
        "contrast": "theme.high_contrast",
    },
    Role.ADMINISTRATOR: {
        "wording": "letter.word",
        "wordings": "letter.word",
        "template": "letter.word",
        "backup": "backup.make",
        "restore": "backup.rehearse",
        "users": "administration.show",
        "letters": "wordings.show",
        "hours": "office.author_period",
    },
    Role.AUDITOR: {"who looked": "audit.report", "genuine": "paper.check"},
}
"""What people of the field type who do not know what a command is called here."""


@pytest.mark.parametrize("role", SYNONYMS)
def test_a_command_stands_in_its_menu_and_is_found_by_its_title_and_by_other_words(
    qtbot: QtBot, local_location: str, tmp_path: Path, role: Role
) -> None:
    with at_work(qtbot, session_of(filled(local_location), role, user="someone"), tmp_path) as window:
        commands = window.user_actions
        listed = {menu.text(): [each.objectName() for each in items_of(menu)] for menu in window.menuBar().actions()}
        for action in DIALOG_ACTIONS:
            for place in action.offers(Menu) if action.is_allowed(window.session) else ():
                assert action.name in listed[place.name]
        for menu in window.menuBar().actions():
            letters = Counter(mnemonic(each.text()) for each in items_of(menu))
            assert [each for each in letters if each and letters[each] > 1] == [], menu.text()
        theirs = [each for each in commands.actions if each.is_enabled or each.what_is_missing]
        assert len(theirs) > (40 if role is Role.SUPERVISOR else 10)
        for each in theirs:
            for word in words_in(each.plain_title):
                assert each in commands.matching(word), f"{word} does not find {each.id}"
        missed = [
            f"{typed} finds {[each.id for each in commands.matching(typed)]}"
            for typed, wanted in SYNONYMS[role].items()
            if wanted not in [each.id for each in commands.matching(typed)[:MAX_COMMANDS]]
        ]
        assert not missed, missed
        assert commands.matching("nonsense") == []


def items_of(menu: QAction) -> list[QAction]:
    found = menu.menu()
    assert isinstance(found, QMenu)
    return found.actions()


def test_a_case_opens_in_a_tab_that_ctrl_w_closes(qtbot: QtBot, window: MainWindow) -> None:
    view = register(screen(window, qtbot, "caseload"))
    press(view.search, Qt.Key.Key_Down)
    press(view.table, Qt.Key.Key_Return)
    idle(qtbot, window)
    assert window.tabs.current_case == HARKER
    assert window.tabs.tabText(1).startswith("HARKER")
    press(focused(), Qt.Key.Key_W, CTRL)
    assert window.tabs.count() == 1
    assert window.current_screen is window.screens["caseload"]


def test_a_case_that_is_open_is_shown_again_and_not_opened_twice(qtbot: QtBot, window: MainWindow) -> None:
    first = window.open_case(MARLOW)
    window.open_case(HARKER)
    assert window.open_case(MARLOW) is first
    idle(qtbot, window)
    assert window.tabs.open_cases == (MARLOW, HARKER)


def test_ctrl_tab_goes_round_the_tabs(qtbot: QtBot, window: MainWindow) -> None:
    window.open_case(MARLOW)
    window.open_case(HARKER)
    idle(qtbot, window)
    seen = []
    for _ in range(3):
        press(focused(), Qt.Key.Key_Tab, CTRL)
        seen.append(window.tabs.currentIndex())
    assert seen == [0, 1, 2]
    press(focused(), Qt.Key.Key_Tab, CTRL | SHIFT)
    assert window.tabs.currentIndex() == 1


def test_ctrl_and_a_number_show_a_screen(qtbot: QtBot, window: MainWindow) -> None:
    press(focused(), Qt.Key.Key_3, CTRL)
    idle(qtbot, window)
    assert window.current_screen is window.screens["people"]
    checked = [press.text() for press in window.navigation.findChildren(QToolButton) if press.isChecked()]
    assert checked == ["People"]


def test_the_rail_shows_a_screen_by_click(qtbot: QtBot, window: MainWindow) -> None:
    caseload = next(press for press in window.navigation.findChildren(QToolButton) if press.text() == "Caseload")
    click(caseload)
    idle(qtbot, window)
    assert window.current_screen is window.screens["caseload"]


def test_f1_explains_the_screen_one_is_on(qtbot: QtBot, window: MainWindow) -> None:
    screen(window, qtbot, "caseload")
    press(focused(), Qt.Key.Key_F1)
    helped = window.findChild(QDialog)
    assert helped is not None
    assert helped.windowTitle() == "Help: Caseload"
    helped.close()


def test_what_was_done_is_said_and_shown_where_it_matters(qtbot: QtBot, window: MainWindow) -> None:
    screen(window, qtbot, "caseload")
    before = window.tasks
    window.handle_outcome(Outcome(notice="Contact recorded.", changed=frozenset({Topic.CONTACTS})))
    assert before.is_busy
    assert window.messages.isVisible()
    assert window.messages.text_label.text() == "Contact recorded."
    idle(qtbot, window)


def test_an_act_has_those_open_cases_read_again_that_it_may_have_changed(qtbot: QtBot, window: MainWindow) -> None:
    marlow, harker = window.open_case(MARLOW), window.open_case(HARKER)
    idle(qtbot, window)
    act = Outcome(notice="Contact recorded.", changed=frozenset({Topic.CONTACTS}), cases=frozenset({MARLOW}))
    window.handle_outcome(act)
    assert (marlow.is_current, harker.is_current) == (False, True)
    idle(qtbot, window)
    window.handle_outcome(replace(act, cases=None))
    assert (marlow.is_current, harker.is_current) == (False, False), "any may have changed"
    idle(qtbot, window)


def test_the_status_line_says_who_and_what_protects(window: MainWindow) -> None:
    said = " ".join(label.text() for label in window.statusBar().findChildren(type(window.messages.text_label)))
    assert "Insp. WRIGHT, Supervisor" in said
    assert "encrypted file" in said


@pytest.mark.parametrize("role", [Role.AUDITOR])
def test_a_role_that_reads_no_cases_is_told_so(qtbot: QtBot, local_location: str, tmp_path: Path, role: Role) -> None:
    session = session_of(filled(local_location), role, user="someone")
    with at_work(qtbot, session, tmp_path) as window:
        screen(window, qtbot, "caseload")
        words = window.current_screen.findChild(type(window.messages.text_label), "")
        assert words is not None
        said = " ".join(label.text() for label in window.current_screen.findChildren(type(words)))
        assert "may read cases" in said


@pytest.mark.parametrize(
    ("role", "listed", "first"),
    [
        (Role.ADMINISTRATOR, ["today", "caseload", "administration", "wordings"], "administration"),
        (Role.PARTNER, ["assigned"], "assigned"),
        (Role.AUDITOR, ["today", "caseload", "papers"], "papers"),
    ],
)
def test_a_role_with_a_screen_of_its_own_begins_there(
    qtbot: QtBot, local_location: str, tmp_path: Path, role: Role, listed: list[str], first: str
) -> None:
    with at_work(qtbot, session_of(filled(local_location), role, user="someone"), tmp_path) as window:
        assert [entry.id for entry in window.screen_entries] == listed
        assert window.current_screen is window.screens[first]


def test_a_navigator_sees_phoenix_alone(qtbot: QtBot, local_location: str, tmp_path: Path) -> None:
    session = session_of(filled(local_location), Role.NAVIGATOR)
    with at_work(qtbot, session, tmp_path) as window:
        assert texts(register(screen(window, qtbot, "caseload")), 1) == [MARLOW]
        assert len(texts(register(screen(window, qtbot, "people")))) == 1
        assert set(texts(register(screen(window, qtbot, "today")), 6)) <= {MARLOW}


def test_the_window_is_found_as_it_was_left(qtbot: QtBot, local_location: str, tmp_path: Path) -> None:
    store = filled(local_location)
    with at_work(qtbot, session_of(store), tmp_path) as window:
        view = register(screen(window, qtbot, "caseload"))
        view.table.setColumnHidden(4, True)
    with at_work(qtbot, session_of(opened(local_location)), tmp_path) as window:
        assert register(screen(window, qtbot, "caseload")).table.isColumnHidden(4)


def test_no_button_of_a_screen_takes_the_letter_of_a_menu(qtbot: QtBot, window: MainWindow) -> None:
    letters = {_letter(action.text()) for action in window.menuBar().actions()}
    shown: list[QWidget] = [screen(window, qtbot, entry.id) for entry in window.screen_entries]
    shown.append(window.open_case(MARLOW))
    idle(qtbot, window)
    taken = [
        button.text()
        for each in shown
        for button in each.findChildren(QAbstractButton)
        if _letter(button.text()) in letters
    ]
    assert taken == []


def _letter(text: str) -> str | None:
    _, mark, after = text.replace("&&", "").partition("&")
    return after[0].lower() if mark else None


def test_an_act_on_one_case_of_a_person_is_seen_in_the_tab_of_another_of_theirs(
    qtbot: QtBot, window: MainWindow
) -> None:
    session = replace(window.session, confirmed=None)
    today, person = session.today(), open_case(session, MARLOW).person
    closed = Case(
        case_ref="IOM-9",
        person_ref=person.person_ref,
        programme="IOM",
        status="DESELECTED",
        referred_on=today - timedelta(days=90),
        adopted_on=today - timedelta(days=80),
        cohort="FIXED",
        closed_on=today - timedelta(days=30),
        close_reason="OTHER",
    )
    with session.store.begin(session.command_context(), "x") as tx:
        tx.add(closed)
    tabs = [window.open_case(ref) for ref in ("IOM-9", MARLOW)]
    idle(qtbot, window)
    reopened = ReopenCase(
        request=str(uuid4()), case_ref="IOM-9", reopened_on=today, unit="YOUTH_JUSTICE", reason="Arrested again"
    )
    window.handle_outcome(reopen_case(session, reopened))
    idle(qtbot, window)
    assert tabs[0].view is not None
    assert tabs[0].view.followed_by == open_case(session, "IOM-9").followed_by != ""
    view = open_case(session, MARLOW)
    died = ChangeStatus(
        request=str(uuid4()),
        case_ref=MARLOW,
        revision=view.case.revision,
        status=DECEASED,
        closed_on=today,
        close_reason=DECEASED,
    )
    window.handle_outcome(change_status(session, died))
    idle(qtbot, window)
    assert [each.view is not None and each.view.died for each in tabs] == [True, True]
