"""A message moves nothing under a click when it comes or goes, and a red one goes when what it is about is done."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import QPoint, QRect, QTimer
from PySide6.QtWidgets import QApplication, QPushButton, QVBoxLayout, QWidget
from shiboken6 import isValid

from ioms_desktop.domain.drafts import PRINTED_LETTER_FORM, Draft
from ioms_desktop.services.drafts import UnsavedEntries, UnsavedEntry
from ioms_desktop.services.session import Outcome
from ioms_desktop.ui.actions.recording_actions import SET_RAG
from ioms_desktop.ui.dialogs.auto_height import AutoHeightDialog
from ioms_desktop.ui.forms.fields import NumberField
from ioms_desktop.ui.forms.form import Form
from ioms_desktop.ui.main_window.draft_banner import SHOW
from ioms_desktop.ui.recording.rag import RagDialog
from ioms_desktop.ui.screens.imports import ImportScreen
from ioms_desktop.ui.sign_in.first_start import FirstStartWindow
from ioms_desktop.ui.sign_in.recovery import RecoverDialog, RecoveryCodeDialog
from ioms_desktop.ui.sign_in.sign_in import SignInWindow
from ioms_desktop.ui.tasks import Tasks
from ioms_desktop.ui.widgets.layouts import largest_size
from ioms_desktop.ui.widgets.progress_bar import ProgressStrip
from ioms_desktop.ui.widgets.widgets import MessageBar
from ui.case_sessions import HARKER, at, filled, session_of
from ui.every_dialog import GENERATED, every_dialog, few_generated, opened
from ui.hands import await_guard, click, show
from ui.window_at_work import at_work, idle

if TYPE_CHECKING:
    from pathlib import Path

    from pytestqt.qtbot import QtBot

    from ioms_desktop.ui.main_window.window import MainWindow

pytestmark = pytest.mark.usefixtures("theme")
LONG = "The case could not be saved because the server does not answer. Nothing was changed; try again. " * 2


def places(root: QWidget) -> dict[QWidget, QPoint]:
    """Return where everything stands that can be clicked, but for the messages themselves."""
    for _ in range(3):
        QApplication.processEvents()
    bars = [bar for bar in root.findChildren(QWidget) if isinstance(bar, MessageBar) or bar is unsaved(root)]
    return {
        widget: widget.mapTo(root, QPoint())
        for widget in root.findChildren(QWidget)
        if widget.isVisible() and not any(bar is widget or bar.isAncestorOf(widget) for bar in bars)
        if not any(widget.isAncestorOf(bar) and widget.height() < root.height() // 2 for bar in bars)
    }


def unsaved(root: QWidget) -> QWidget | None:
    return getattr(root, "unsaved_banner", None)


def moved(before: dict[QWidget, QPoint], after: dict[QWidget, QPoint]) -> list[QWidget]:
    return [widget for widget, place in before.items() if after.get(widget) != place]


def test_a_message_of_the_window_or_of_a_case_moves_nothing(qtbot: QtBot, local_location: str, tmp_path: Path) -> None:
    with at_work(qtbot, session_of(filled(local_location)), tmp_path) as window:
        draft = Draft(id="d", form="rag", request="", saved_at=at(window.session.today()), fields={"a": "b"})
        waiting = UnsavedEntries(entries=(UnsavedEntry(draft=draft),))
        case = window.open_case(HARKER)
        idle(qtbot, window)
        for screen in (case, None):
            if screen is None:
                window.show_screen("today")
                idle(qtbot, window)
            before = places(window)
            window.messages.problem(LONG)
            window.unsaved_banner.show_unsaved(waiting)
            window.unsaved_banner.show()
            case.message.notice(LONG, "&Undo", print)
            assert window.messages.isVisible()
            assert window.unsaved_banner.isVisible()
            assert case.message.isVisible() == (screen is case)
            assert moved(before, places(window)) == []
            assert window.messages.height() >= window.messages.text_label.heightForWidth(
                window.messages.text_label.width()
            ), "all of it can be read"
            window.messages.clear()
            window.unsaved_banner.hide()
            case.message.clear()
            assert moved(before, places(window)) == []


def test_a_narrow_banner_is_shortened_to_its_button_only_where_that_says_it_all(
    qtbot: QtBot, local_location: str, tmp_path: Path
) -> None:
    with at_work(qtbot, session_of(filled(local_location)), tmp_path) as window:
        banner, saved_at = window.unsaved_banner, at(window.session.today())
        typed, print_note = (
            UnsavedEntry(draft=Draft(id=form, form=form, request="", saved_at=saved_at, fields={"a": "b"}))
            for form in ("rag", PRINTED_LETTER_FORM)
        )
        banner.set_narrow(narrow=True)
        for entries, notes, is_short in (
            ((typed, typed), (), True),
            ((typed, print_note), (), False),
            ((print_note,), (), False),
            ((typed,), ("Two entries could not be read.",), False),
        ):
            banner.show_unsaved(UnsavedEntries(entries=entries, notes=notes))
            banner.show()
            assert (banner.message.isVisible(), banner.show_button.text()) == (
                (False, "2 unsaved") if is_short else (True, SHOW)
            ), banner.message.text()


def test_a_message_in_a_layout_pushes_the_rest_down(qtbot: QtBot) -> None:
    """The control of the test above."""
    page = QWidget()
    qtbot.addWidget(page)
    bar, below = MessageBar(), QPushButton("Save")
    column = QVBoxLayout(page)
    for part in (bar, below):
        column.addWidget(part)
    show(qtbot, page)
    before = places(page)
    bar.problem(LONG)
    assert moved(before, places(page)) == [below]


@pytest.mark.sampled
def test_what_a_dialog_says_moves_neither_its_fields_nor_its_buttons(
    qtbot: QtBot, local_location: str, tmp_path: Path
) -> None:
    with at_work(qtbot, session_of(filled(local_location)), tmp_path) as window:
        window.show_screen("caseload")
        tried: set[str] = set()
        for name, make in few_generated(every_dialog(window, HARKER)).items():
            with opened(make) as dialog:
                await_guard(dialog)
                await_reading(qtbot, window, dialog)
                if isinstance(dialog, AutoHeightDialog) and dialog.height() < largest_size(dialog).height():
                    assert dialog.scroll_area.verticalScrollBar().maximum() == 0, f"{name}: it could be higher"
                room = dialog.screen().availableGeometry()
                assert dialog.frameGeometry().bottom() <= room.bottom(), f"{name}: its buttons are off the screen"
                for bar in dialog.findChildren(MessageBar):
                    stay_in_place(dialog, bar)
                    tried.add(name)
                assert dialog.isVisible(), name
        assert {"make_offer", "record_contact", "end_offer", "propose_decision"} <= tried
        assert any(name.startswith(GENERATED) for name in tried)
        assert len(tried) > 30


def await_reading(qtbot: QtBot, window: MainWindow, dialog: QWidget) -> None:
    """Wait for what a dialog reads by itself, at once or in a while: it has its place before anything else is said."""
    idle(qtbot, window)
    begun = [each for each in dialog.findChildren(QTimer) if each.isSingleShot() and each.isActive()]
    qtbot.waitUntil(lambda: not any(isValid(each) and each.isActive() for each in begun))
    idle(qtbot, window)
    qtbot.waitUntil(lambda: moved(places(dialog), places(dialog)) == [])


def stay_in_place(root: QWidget, bar: MessageBar) -> None:
    """Show a long message and take it away: nothing moves, and all of it can be read."""
    before = places(root)
    bar.problem(LONG)
    assert moved(before, places(root)) == [], f"{type(root).__name__}: {root.windowTitle()}"
    assert bar.text_label.height() >= bar.text_label.heightForWidth(bar.text_label.width())
    assert root.rect().contains(QRect(bar.mapTo(root, QPoint()), bar.size())), f"{root.windowTitle()}: out of sight"
    bar.clear()
    assert moved(before, places(root)) == [], f"{type(root).__name__}: {root.windowTitle()}"


LOCATIONS = ("book.ioms", "postgresql://server/ioms")


@pytest.mark.parametrize("location", LOCATIONS)
@pytest.mark.parametrize("size", [(620, 520), (1100, 800)])
def test_the_window_for_signing_in_stays_where_it_is(qtbot: QtBot, location: str, size: tuple[int, int]) -> None:
    window = SignInWindow(location)
    qtbot.addWidget(window)
    window.resize(*size)
    show(qtbot, window)
    before = places(window)
    window.show_demo_hint()
    assert window.hint.isVisible()
    assert moved(before, places(window)) == []
    window.busy.start("Opening…")
    assert moved(before, places(window)) == []
    window.busy.stop()
    stay_in_place(window, window.message)


def test_the_windows_of_a_first_start_and_of_recovery_stay_where_they_are(qtbot: QtBot) -> None:
    tasks = Tasks()
    first = FirstStartWindow(tasks)
    qtbot.addWidget(first)
    show(qtbot, first)
    for number in range(len(first.pages)):
        first.show_page(number)
        stay_in_place(first, first.message)
        before = places(first)
        first.busy.start("Creating the file…")
        assert moved(before, places(first)) == []
        first.busy.stop()
    for dialog in (RecoverDialog("book.ioms", "HOLT", tasks), RecoveryCodeDialog("The file is made.", "ABCD-EFGH")):
        qtbot.addWidget(dialog)
        show(qtbot, dialog)
        await_guard(dialog)
        stay_in_place(dialog, dialog.message)


def test_progress_moves_nothing(qtbot: QtBot, local_location: str, tmp_path: Path) -> None:
    with at_work(qtbot, session_of(filled(local_location)), tmp_path) as window:
        window.show_screen("imports")
        idle(qtbot, window)
        screen = window.findChild(ImportScreen)
        assert screen is not None
        before = places(window)
        screen.progress_row.show()
        assert moved(before, places(window)) == []
        screen.progress_row.hide()
        screen.message.problem(LONG)
        assert moved(before, places(window)) == []
        screen.message.clear()
        found = every_dialog(window, HARKER)
        for name in ("back_up", "rehearse_restore"):
            with opened(found[name]) as dialog:
                idle(qtbot, window)
                strip = dialog.findChild(ProgressStrip)
                assert strip is not None
                before = places(dialog)
                strip.show()
                assert moved(before, places(dialog)) == [], name


def set_rag(qtbot: QtBot, window: MainWindow) -> None:
    case = window.open_case(HARKER)
    idle(qtbot, window)
    case.case_actions.launch(SET_RAG)
    dialog = case.findChild(RagDialog)
    assert dialog is not None
    dialog.rag.set_value("RED")
    dialog.form.field("reason").set_value("Seen with old friends")
    click(dialog.primary)
    idle(qtbot, window)


def test_no_red_bar_stays_after_a_save_that_succeeded(qtbot: QtBot, local_location: str, tmp_path: Path) -> None:
    with at_work(qtbot, session_of(filled(local_location)), tmp_path) as window:
        case = window.open_case(HARKER)
        idle(qtbot, window)
        window.show_problem("The last attempt was refused.")
        set_rag(qtbot, window)
        assert case.message.isVisible()
        assert not window.messages.isVisible()
        case.message.problem("The last attempt was refused.")
        window.handle_outcome(Outcome(notice="Done from Today."))
        assert not case.message.isVisible()
        assert window.messages.isVisible()
        window.messages.caution("A backup is due.")
        set_rag(qtbot, window)
        assert window.messages.isVisible(), "the control: a warning is about something else, and stays"


def test_a_problem_goes_when_the_field_it_depended_on_is_put_right(qtbot: QtBot) -> None:
    form = Form()
    qtbot.addWidget(form)
    least = form.add(NumberField("least", "&Least"))
    most = form.add(
        NumberField(
            "most", "&Most", rule=lambda number: "Less than the least." if number < (least.value() or 0) else ""
        )
    )
    show(qtbot, form)
    least.set_value(9)
    most.set_value(3)
    assert not form.validate()
    least.set_value(8)
    assert form.problems == {"most": "Less than the least."}, "the control: still wrong, still red"
    least.set_value(2)
    assert form.problems == {}
    form.set_problem("most", "The server found something else.")
    least.set_value(1)
    assert form.problems, "what the form cannot judge stays until its own field is changed"
