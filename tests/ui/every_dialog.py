"""Every dialog of the program, made from the declared actions and record types, and what is asked of each."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from typing import Any, TypeVar

from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import QApplication, QDialog, QWidget

from ioms_desktop.domain.records.record_types import ADD_FORM_TYPES, CHANGE_FORM_TYPES
from ioms_desktop.screenshots.dialog_samples import sample_dialogs
from ioms_desktop.services.cases.cases import open_case
from ioms_desktop.ui.dialogs.command_dialog import CommandDialog
from ioms_desktop.ui.dialogs.merge_page import MergeDialog
from ioms_desktop.ui.forms.choice_fields import CodeField, SingleChoiceField
from ioms_desktop.ui.forms.field import Field
from ioms_desktop.ui.forms.form import Form
from ioms_desktop.ui.forms.tick_field import TickField
from ioms_desktop.ui.main_window.window import MainWindow
from ioms_desktop.ui.recording.case_subject import subject_of
from ioms_desktop.ui.recording.record_dialog import RecordDialog
from ioms_desktop.ui.recording.trigger_raised import TriggersRaisedDialog
from sampling import some_of

Maker = Callable[[], QDialog]
F = TypeVar("F", bound=Field[Any])
WHEEL_NOTCH = 120
GENERATED, GENERATED_EACH_DAY = ("add ", "change "), 10
FEW_OPTIONS = 8
"""A longer list of codes is no question on which the rest of a form depends."""


def every_dialog(window: MainWindow, case_ref: str) -> dict[str, Maker]:
    """Return what makes each dialog, by a name."""
    session, found = window.session, dict(sample_dialogs(window, window.session, case_ref))
    for later in ("keep_for_later", "connection_lost"):
        del found[later]  # pictures of a form that is disabled for the moment
    view = open_case(session, case_ref)
    subject = subject_of(session, view)
    for record_type in ADD_FORM_TYPES:
        found[f"add {record_type.table}"] = partial(
            RecordDialog, session, window.tasks, subject, record_type, parent=window
        )
    for record_type in CHANGE_FORM_TYPES:
        for record in view.of(record_type)[:1]:
            found[f"change {record_type.table}"] = partial(
                RecordDialog, session, window.tasks, subject, record_type, record, parent=window
            )
    return found


def few_generated(dialogs: Mapping[str, Maker]) -> dict[str, Maker]:
    """Leave out most of the forms that one class makes from declarations, for what that class does in each alike."""
    generated = [name for name in dialogs if name.startswith(GENERATED)]
    kept = set(some_of(generated, GENERATED_EACH_DAY))
    return {name: make for name, make in dialogs.items() if name in kept or not name.startswith(GENERATED)}


@contextmanager
def opened(make: Maker, *, height: int = 0) -> Iterator[QDialog]:
    """Show a dialog, and put it away at the end."""
    dialog = make()
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose, on=False)
    dialog.open()
    room = dialog.screen().availableSize()
    assert dialog.size() == dialog.size().boundedTo(room), f"{dialog.windowTitle()} is larger than its screen"
    if height:
        dialog.resize(dialog.width(), height)
    dialog.activateWindow()
    QApplication.processEvents()
    try:
        yield dialog
    finally:
        dialog.hide()
        dialog.deleteLater()
        QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)


def forms(dialog: QDialog) -> list[Form]:
    """Return the forms of a dialog."""
    return [form for form in dialog.findChildren(Form) if form.fields]


def states(dialog: QDialog) -> Iterator[str]:
    """Bring a dialog into each state that one answer to one of its questions gives."""
    yield "as it opens"
    for form in forms(dialog):
        for field in form.fields:
            if isinstance(field, SingleChoiceField) and field.isVisible():
                for code in field.buttons:
                    field.set_value(code)
                    QApplication.processEvents()
                    yield f"{field.name} is {code}"
            elif isinstance(field, CodeField) and field.isVisible() and len(field.options) <= FEW_OPTIONS:
                for option in field.options:
                    field.set_value(option.code)
                    QApplication.processEvents()
                    yield f"{field.name} is {option.code}"
            elif isinstance(field, TickField) and field.isVisible():
                field.set_value(tuple(field.boxes))
                QApplication.processEvents()
                yield f"{field.name} is ticked"


def fields_of(dialog: QDialog, kind: type[F]) -> Iterator[tuple[Form, F]]:
    """Show each field of a kind, and give it with its form."""
    for form in forms(dialog):
        for field in form.fields:
            if isinstance(field, kind):
                form.set_field_visible(field.name, shown=True)
                QApplication.processEvents()
                yield form, field


def turn_wheel(widget: QWidget, notches: int) -> None:
    """Turn the mouse wheel over a widget, as the window system reports it."""
    at = QPointF(widget.rect().center())
    event = QWheelEvent(
        at,
        widget.mapToGlobal(at),
        QPoint(),
        QPoint(0, notches * WHEEL_NOTCH),
        Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    QApplication.sendEvent(widget, event)


def in_sight(widget: QWidget) -> bool:
    """Whether all of a widget is on the screen, nothing of it scrolled away or cut off."""
    return widget.isVisible() and widget.visibleRegion().boundingRect() == widget.rect()


def watch_sending(dialog: QDialog) -> list[str]:
    """Return a list to which everything is added that a dialog sends, decides or does."""
    done: list[str] = []
    if isinstance(dialog, TriggersRaisedDialog):
        dialog.decision_requested.connect(lambda _: done.append("asked for a decision"))
    if isinstance(dialog, CommandDialog):
        dialog.form.mark_clean()  # some samples are filled in: here they stand for a form nobody has touched
        dialog.completed.connect(lambda _: done.append("completed"))
    if isinstance(dialog, MergeDialog):
        dialog.resolved.connect(lambda _: done.append("resolved"))
    return done
