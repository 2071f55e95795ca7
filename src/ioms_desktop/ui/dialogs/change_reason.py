"""Why an entry that stands is changed: a field of the form, asked only where the reason is needed."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial
from typing import Any

from ioms_desktop.domain.errors import ReasonToChange
from ioms_desktop.services.edit_conflicts import PendingEdit
from ioms_desktop.services.entries.authors import REASON_FIELD
from ioms_desktop.services.session import Session
from ioms_desktop.ui.forms.fields import LongTextField
from ioms_desktop.ui.forms.form import Form
from ioms_desktop.ui.tasks import Tasks

HELP = "It stays in the history with your name; name nobody else."
MAX_REASON_CHARS = 2000
REASON_TITLE = "Why is it changed?"


class ChangeReason:
    """The reason of the change that a form makes.

    A form that knows beforehand whether one is needed says so with `ask`; any other asks once its command was refused
    for want of one.
    """

    def __init__(self, form: Form, tasks: Tasks) -> None:
        """Begin without the field.

        Args:
            form: The form.
            tasks: What tells why its command was refused.
        """
        self._form, self._tasks = form, tasks
        self._field: LongTextField | None = None

    def ask(self, sentence: str, *, shown: bool = True) -> None:
        """Show the field with the sentence below it that says why it is asked, or hide it."""
        if self._field is None:
            if not shown:
                return
            self._field = self._form.add(
                LongTextField(REASON_FIELD, REASON_TITLE, lines=2, limit=MAX_REASON_CHARS, required=True, help=sentence)
            )
        self._form.set_field_visible(REASON_FIELD, shown)

    def with_reason(self, work: Callable[[], Any]) -> Callable[[], Any]:
        """Return a command with the reason that was typed in its session."""
        reason = "" if self._field is None else self._form.values()[REASON_FIELD] or ""
        if isinstance(work, PendingEdit):
            return replace(work, session=replace(work.session, change_reason=reason))
        if isinstance(work, partial) and work.args and isinstance(work.args[0], Session):
            session = replace(work.args[0], change_reason=reason)
            return partial(work.func, session, *work.args[1:], **work.keywords)
        return work

    def show(self) -> bool:
        """Ask for the reason beside its field; False where what is told was refused for something else."""
        refused = self._tasks.refusal
        if not isinstance(refused, ReasonToChange):
            return False
        self.ask(HELP)
        self._form.changed.emit()  # there is one field more to make room for
        self._form.set_problem(REASON_FIELD, refused.sentence)
        return True

    def restore(self, kept: Mapping[str, str]) -> None:
        """Make the field that an unfinished entry has an answer for."""
        if kept.get(REASON_FIELD):
            self.ask(HELP)
