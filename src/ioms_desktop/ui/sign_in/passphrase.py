"""Fields for a new passphrase: typed twice, rated while it is typed; a weak one is rejected."""

from collections.abc import Callable

from PySide6.QtCore import QObject, Slot

from ioms_desktop.ui.forms.fields import TextField
from ioms_desktop.ui.forms.form import Form
from ioms_desktop.ui.widgets.widgets import label

STRENGTH_MESSAGES = (
    "Strength: weak; it would be guessed. Use four words that do not belong together.",
    "Strength: weak; it would be guessed. Use four words that do not belong together.",
    "Strength: weak; it would be guessed. Use four words that do not belong together.",
    "Strength: fair. One more word makes it strong.",
    "Strength: strong.",
)


class NewPassphraseFields(QObject):
    """Two fields of a form and a label that rates the passphrase.

    Attributes:
        first: The passphrase.
        second: The passphrase again.
        strength: The label with the rating; the caller adds it to a layout.
    """

    def __init__(self, form: Form, help: str, user_name: Callable[[], str]) -> None:  # noqa: A002 - as in every field
        """Add the fields to a form.

        Args:
            form: The form to which they are added.
            help: The help line below the first field.
            user_name: Returns the user's name, which is easy to guess and so weakens a passphrase.
        """
        super().__init__(form)
        self._user_name = user_name
        self.first = form.add(TextField("first", "&Passphrase", required=True, secret=True, rule=self._weak, help=help))
        self.second = form.add(TextField("second", "A&gain", required=True, secret=True, rule=self._differs))
        self.strength = label("", "small", wrap=True)
        self.first.changed.connect(self._show_strength)

    def value(self) -> str:
        """Return the passphrase."""
        return self.first.value() or ""

    def _weak(self, typed: str) -> str:
        from ioms_desktop.services.accounts.passwords import describe_weakness  # noqa: PLC0415 - slow to import

        return describe_weakness(typed, (self._user_name(),))

    def _differs(self, again: str) -> str:
        return "" if again == self.value() else "The two passphrases differ. Type the same one twice."

    @Slot()
    def _show_strength(self) -> None:
        self.strength.setText(describe_strength(self.value(), self._user_name()))


def describe_strength(password: str, user_name: str = "") -> str:
    """Describe how strong a passphrase is.

    Args:
        password: The passphrase as typed so far.
        user_name: The user's name, which is easy to guess.
    """
    if not password:
        return ""
    from ioms_desktop.services.accounts.passwords import rate_password  # noqa: PLC0415 - as above

    return STRENGTH_MESSAGES[rate_password(password, (user_name,))]
