"""Accessibility checks for any screen or dialog."""

from PySide6.QtCore import Qt
from PySide6.QtGui import QAccessible
from PySide6.QtWidgets import QLabel, QWidget


def focusable(root: QWidget) -> list[QWidget]:
    """Return every widget, a root and those below it, that Tab can reach."""
    widgets = [root, *root.findChildren(QWidget)]
    return [
        widget
        for widget in widgets
        if widget.focusPolicy() & Qt.FocusPolicy.TabFocus
        and widget.focusProxy() is None
        and not widget.objectName().startswith("qt_")
    ]


def nameless(root: QWidget) -> list[str]:
    """List the focusable widgets that have no name for a screen reader."""
    found = []
    for widget in focusable(root):
        interface = QAccessible.queryAccessibleInterface(widget)
        if interface is None or not interface.text(QAccessible.Text.Name).strip():
            found.append(f"{type(widget).__name__} {widget.objectName()} in {type(widget.parent()).__name__}")
    return found


def shared_mnemonics(root: QWidget) -> list[str]:
    """List the mnemonics that two labels of a form share."""
    seen: dict[str, str] = {}
    found = []
    for label in root.findChildren(QLabel):
        text = label.text().replace("&&", "")
        if label.buddy() is not None and "&" in text:
            letter = text[text.index("&") + 1].lower()
            if letter in seen:
                found.append(f"{letter}: {seen[letter]} and {text}")
            seen[letter] = text
    return found
