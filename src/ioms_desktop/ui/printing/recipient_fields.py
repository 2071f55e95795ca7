"""The questions of a form about a copy that leaves: who gets it, and under which legal power."""

from typing import Any

from ioms_desktop.domain.printing.papers import Recipient
from ioms_desktop.services.session import Session
from ioms_desktop.services.sharing.leaving import POWER_LIST
from ioms_desktop.ui.forms.choice_fields import Choice, ChoiceField, CodeField, code_options
from ioms_desktop.ui.forms.fields import TextField
from ioms_desktop.ui.forms.form import Form

GIVEN, KEPT = "given", "kept"
MAX_NAME_CHARS = 100
OF_RECIPIENT = ("recipient_name", "recipient_role", "recipient_organisation", "power")


class RecipientFields:
    """Adds the questions to a form; those about somebody else are shown once the copy is theirs."""

    def __init__(self, session: Session, form: Form) -> None:
        self._form = form
        self.held = form.add(
            ChoiceField(
                "held",
                "Who &gets it",
                (Choice(GIVEN, "Someone else", "s"), Choice(KEPT, "I keep it", "k")),
                required=True,
            )
        )
        self._parts = [
            form.add(TextField(name, title, limit=MAX_NAME_CHARS, required=True, help=help_line), shown=False)
            for name, title, help_line in (
                ("recipient_name", "R&ecipient", "The person it is handed to."),
                ("recipient_role", "&Their role", "What they do there, such as housing officer."),
                ("recipient_organisation", "Org&anisation", ""),
            )
        ]
        powers = code_options(session.lists.of(POWER_LIST), session.today())
        self.power = form.add(
            CodeField("power", "&Legal power", powers, required=True, help="Powers in force today."), shown=False
        )
        self.held.changed.connect(self._show_asked)
        self._show_asked()

    def _show_asked(self) -> None:
        for name in OF_RECIPIENT:
            self._form.set_field_visible(name, self.held.value() == GIVEN)

    @property
    def is_complete(self) -> bool:
        """Whether everything that is asked is answered."""
        asked = (*self._parts, self.power) if self.held.value() == GIVEN else ()
        return not any(field.problem() for field in (self.held, *asked))

    def answered(self) -> dict[str, Any]:
        """Return recipient and power as the services take them; None and empty for a copy that is kept."""
        if self.held.value() != GIVEN:
            return {"given_to": None, "power": ""}
        name, role, organisation = (field.value() or "" for field in self._parts)
        return {"given_to": Recipient.of(name, role, organisation), "power": self.power.value() or ""}
