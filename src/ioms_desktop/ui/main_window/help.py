"""Help (F1): the purpose and use of the current screen, and every keyboard shortcut."""

from collections.abc import Mapping, Sequence
from html import escape

from PySide6.QtCore import Qt, Slot
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QDialog, QHBoxLayout, QTextEdit, QVBoxLayout, QWidget

from ioms_desktop.ui.actions.actions import UserAction
from ioms_desktop.ui.theme.active import active_theme, theme_notifier
from ioms_desktop.ui.widgets.layouts import fit_to_screen
from ioms_desktop.ui.widgets.widgets import button, label

GLOBAL_KEYS = (
    ("Ctrl+K", "Find people, cases and commands"),
    ("Ctrl+F", "Search the list on this screen"),
    ("Enter", "Open the row the keyboard is on"),
    ("Esc", "Clear the search, close a dialog"),
    ("Ctrl+Enter", "Save a dialog"),
    ("Ctrl+Tab", "Next tab; with Shift the one before"),
)


class HelpDialog(QDialog):
    """Explains one screen."""

    def __init__(
        self,
        title: str,
        explanation: str,
        actions: Sequence[UserAction],
        parent: QWidget | None = None,
        *,
        keys: Sequence[tuple[str, str]] = (),
    ) -> None:
        """Show the explanation of a screen and the shortcuts.

        Args:
            explanation: The text of the screen; an empty line separates paragraphs.
            actions: The actions of the window; those with a shortcut are listed.
            parent: The widget it belongs to.
            keys: The keys of the screen itself, and what they do.
        """
        super().__init__(parent)
        self.setWindowTitle(f"Help: {title}")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        fit_to_screen(self, 620, 560)
        self.text = HelpText(explanation, {"Keys of this screen": dict(keys), "Keys": _keys_of(actions)})
        self.text.setAccessibleName(f"Help on {title}")
        self.text.setAccessibleDescription(explanation)
        head = label(title, "display")
        head.setContentsMargins(24, 16, 24, 4)
        foot = QHBoxLayout()
        foot.setContentsMargins(24, 8, 24, 16)
        foot.addStretch(1)
        self.close_button = button("&Close", self.reject, kind="primary")
        self.close_button.setDefault(True)
        foot.addWidget(self.close_button)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(head)
        middle = QHBoxLayout()
        middle.setContentsMargins(24, 0, 24, 0)
        middle.addWidget(self.text)
        layout.addLayout(middle, 1)
        layout.addLayout(foot)
        self.close_button.setFocus()


def _keys_of(actions: Sequence[UserAction]) -> dict[str, str]:
    known = [(action.shortcut, action.plain_title) for action in actions if action.shortcut]
    return dict([*GLOBAL_KEYS, *known])


class HelpText(QTextEdit):
    """The words of a page of help: one text, because the keys of a case alone would be two hundred labels."""

    def __init__(self, explanation: str, tables: Mapping[str, Mapping[str, str]]) -> None:
        """Show an explanation, and below it what each key does.

        Args:
            explanation: An empty line separates paragraphs.
            tables: What the keys do, by a heading; one without keys is left out.
        """
        super().__init__()
        self._explanation, self._tables = explanation, tables
        self.setReadOnly(True)
        self.setTabChangesFocus(True)
        self.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
        self.document().setDocumentMargin(16)
        theme_notifier().changed.connect(self._write)
        self._write()

    @Slot()
    def _write(self) -> None:
        theme = active_theme()
        self.document().setDefaultStyleSheet(
            f"body{{color:{theme.text}}} .keys{{color:{theme.quiet}}} td{{padding:2px 20px 2px 0px}}"
        )
        said = [f"<p>{escape(paragraph)}</p>" for paragraph in self._explanation.split("\n\n")]
        for heading, rows in self._tables.items():
            if rows:
                said += [f"<h3>{escape(heading)}</h3>", _key_table(rows)]
        self.setHtml("".join(said))


def _key_table(rows: Mapping[str, str]) -> str:
    lines = (
        f'<tr><td class="keys">{escape(_shown(keys))}</td><td>{escape(words)}</td></tr>' for keys, words in rows.items()
    )
    return f"<table>{''.join(lines)}</table>"


def _shown(keys: str) -> str:
    return QKeySequence(keys).toString(QKeySequence.SequenceFormat.NativeText) or keys
