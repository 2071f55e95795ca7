"""A dialog of a few fields that sends one command: what it shows and what it sends are given as data."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

from PySide6.QtWidgets import QWidget
from typing_extensions import override

from ioms_desktop.domain.validation.column_rules import future_day_problem
from ioms_desktop.services.session import Outcome, Session
from ioms_desktop.ui.dialogs.auto_height import AutoHeightDialog, Card
from ioms_desktop.ui.dialogs.autosave import Origin
from ioms_desktop.ui.forms.date_fields import DateField
from ioms_desktop.ui.forms.date_parsing import DateBias
from ioms_desktop.ui.forms.field import Field
from ioms_desktop.ui.tasks import Tasks


@dataclass(frozen=True, slots=True, kw_only=True)
class SimpleCommand:
    """What a simple command dialog shows and sends.

    Attributes:
        title: What is being done.
        verb: On the button that does it, with its mnemonic.
        discard: On the button that closes without doing it.
        about: Whom or what it is about, as in `CommandDialog`.
        intro: One or two sentences above the form.
        danger: Whether the button is marked as one that takes something away.
        origin: What the form is opened on; the drafts of the form are kept under it.
        cards: What must be read before the fields are filled.
        fields: The fields, in their order.
        command: Makes what runs off the interface thread, once every field has been found valid.
    """

    title: str
    verb: str = "&Save"
    discard: str = "&Discard what was typed"
    about: str = ""
    intro: str = ""
    danger: bool = False
    origin: Origin
    cards: tuple[Card, ...] = ()
    fields: tuple[Field[Any], ...]
    command: Callable[[], Callable[[], Outcome]]


class SimpleCommandDialog(AutoHeightDialog):
    """Collects the fields of one command. A subclass gives the data; none overrides how it is sent."""

    def __init__(self, session: Session, tasks: Tasks, spec: SimpleCommand, parent: QWidget | None = None) -> None:
        super().__init__(
            tasks,
            title=spec.title,
            verb=spec.verb,
            discard=spec.discard,
            about=spec.about,
            intro=spec.intro,
            danger=spec.danger,
            parent=parent,
        )
        self.session, self._command = session, spec.command
        self.enable_autosave(session, spec.origin)
        for card in spec.cards:
            self.form.place(card)
        for field in spec.fields:
            self.form.add(field)
        self.finish_layout()

    @override
    def build_command(self) -> Callable[[], Outcome]:
        return self._command()


def past_day_field(session: Session, name: str, title: str, help: str = "") -> DateField:  # noqa: A002 - the word for it
    """Make a field for a day that has come, today at first; a later one is refused beside it."""

    def rule(day: date) -> str:
        return future_day_problem(day, session.today())

    field = DateField(name, title, today=session.today, bias=DateBias.BACK, required=True, help=help, rule=rule)
    field.set_value(session.today())
    return field
