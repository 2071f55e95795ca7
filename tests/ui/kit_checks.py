"""Accessibility checks for any screen or dialog."""

from PySide6.QtCore import Qt
from PySide6.QtGui import QAccessible
from PySide6.QtWidgets import QAbstractButton, QLabel, QMenuBar, QTabBar, QWidget


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


def mnemonic(text: str) -> str:
    """Return the letter of a label's mnemonic; empty where it has none."""
    bare = text.replace("&&", "")
    at = bare.find("&")
    return bare[at + 1].lower() if 0 <= at < len(bare) - 1 else ""


def mnemonics(root: QWidget, *, shown: bool) -> dict[str, list[QWidget]]:
    """Return what each letter with Alt reaches: fields of labels, buttons, tabs and menus, that are shown or hidden.

    Shown is what stands there once the root does; what is disabled answers to no letter.
    """
    found: dict[str, list[QWidget]] = {}
    named: list[tuple[QWidget, str, QWidget]] = [
        (each, each.text(), buddy) for each in root.findChildren(QLabel) if (buddy := each.buddy()) is not None
    ]
    named += [(each, each.text(), each) for each in root.findChildren(QAbstractButton)]
    for each, text, target in named:
        if each.isVisibleTo(root) == shown and (each.isEnabled() or not shown):
            found.setdefault(mnemonic(text), []).append(target)
    for tabs in root.findChildren(QTabBar):
        for at in range(tabs.count()):
            if (tabs.isVisibleTo(root) and tabs.isTabVisible(at)) == shown:
                found.setdefault(mnemonic(tabs.tabText(at)), []).append(tabs)
    for bar in root.findChildren(QMenuBar):
        for menu in bar.actions():
            if menu.isVisible() == shown:
                found.setdefault(mnemonic(menu.text()), []).append(bar)
    found.pop("", None)
    return found


def shared_mnemonics(root: QWidget) -> list[str]:
    """List the letters that reach two things which stand there together."""
    return [f"{letter}: {all_}" for letter, all_ in mnemonics(root, shown=True).items() if len(all_) > 1]
