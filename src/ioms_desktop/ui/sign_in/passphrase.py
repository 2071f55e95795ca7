"""A new passphrase: typed twice, its strength said while it is typed, a weak one not taken."""

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
    """Two fields of a form and the words on their strength.

    Attributes:
        first: Where it is typed.
        second: Where it is typed again.
        strength: What is said of it; whoever has the form finds a place for it.
    """

    def __init__(self, form: Form, help: str, user_name: Callable[[], str]) -> None:  # noqa: A002 - as every field has it
        """Add the fields.

        Args:
            form: To which.
            help: The line below the first.
            user_name: Gives the user's name, which a guess would begin with.
        """
        super().__init__(form)
        self._user_name = user_name
        self.first = form.add(TextField("first", "&Passphrase", required=True, secret=True, rule=self._weak, help=help))
        self.second = form.add(TextField("second", "A&gain", required=True, secret=True, rule=self._differs))
        self.strength = label("", "small", wrap=True)
        self.first.changed.connect(self._show_strength)

    def value(self) -> str:
        """Give the passphrase."""
        return self.first.value() or ""

    def _weak(self, typed: str) -> str:
        from ioms_desktop.services.accounts.passwords import describe_weakness  # noqa: PLC0415 - slow to import: only once one is typed

        return describe_weakness(typed, (self._user_name(),))

    def _differs(self, again: str) -> str:
        return "" if again == self.value() else "The two passphrases differ. Type the same one twice."

    @Slot()
    def _show_strength(self) -> None:
        self.strength.setText(describe_strength(self.value(), self._user_name()))


def describe_strength(password: str, user_name: str = "") -> str:
    """Say in words how well a passphrase protects.

    Args:
        password: As far as it is typed.
        user_name: The user's name.
    """
    if not password:
        return ""
    from ioms_desktop.services.accounts.passwords import rate_password  # noqa: PLC0415 - as above

    return STRENGTH_MESSAGES[rate_password(password, (user_name,))]
