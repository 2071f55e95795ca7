"""A bar below a form that says what is to be known while one types, and is gone where there is nothing."""

from PySide6.QtWidgets import QFrame, QHBoxLayout

from ioms_desktop.ui.widgets.widgets import announce, label


class CautionBar(QFrame):
    """Sentences in the colour of caution; said to a screen reader as they come."""

    def __init__(self) -> None:
        """Begin with nothing to say, out of sight."""
        super().__init__()
        self.setProperty("kind", "bar-caution")
        self.sentences = label("", wrap=True)
        row = QHBoxLayout(self)
        row.setContentsMargins(24, 6, 24, 6)
        row.addWidget(self.sentences)
        self.hide()

    def tell(self, found: tuple[str, ...]) -> None:
        """Show some sentences in the place of those before."""
        words = " ".join(found)
        if words != self.sentences.text():
            self.sentences.setText(words)
            self.setAccessibleName(words)
            if words:
                announce(words, self)
        self.setVisible(bool(words))
