"""The card in the middle of the windows that come before the main window."""

from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout

from ioms_desktop.ui.widgets.widgets import label


class SignInCard(QFrame):
    """A card with the name of the program at its top; the rest is added to its column."""

    def __init__(self, width: int) -> None:
        """Make a card of a width in pixels."""
        super().__init__()
        self.setProperty("kind", "card")
        self.setFixedWidth(width)
        self.column = QVBoxLayout(self)
        self.column.setContentsMargins(28, 24, 28, 20)
        self.column.setSpacing(12)
        self.column.addWidget(label("IOMS Desktop", "display"))

    def centred(self) -> QHBoxLayout:
        """Return the card in the middle of a row."""
        middle = QHBoxLayout()  # stretches, not an alignment: only then do wrapped labels get the height they need
        middle.addStretch(1)
        middle.addWidget(self)
        middle.addStretch(1)
        return middle
