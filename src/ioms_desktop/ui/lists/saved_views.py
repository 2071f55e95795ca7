"""Saved views of a register: search text, filters, order and columns under a name, saved on this computer."""

import json
from functools import partial
from typing import Any

from PySide6.QtCore import QSettings, Qt
from PySide6.QtWidgets import QDialog, QHBoxLayout, QLineEdit, QMenu, QToolButton, QVBoxLayout, QWidget

from ioms_desktop.ui.lists.register_view import RegisterView
from ioms_desktop.ui.theme.icons import set_icon
from ioms_desktop.ui.widgets.widgets import button, label

MAX_NAME_CHARS = 60


class SavedViews(QToolButton):
    """A menu of saved views: apply one, save the current one, delete one."""

    def __init__(self, settings: QSettings, name: str, view: RegisterView) -> None:
        """Make the menu of one register's views.

        Args:
            name: The name of the register in the settings.
        """
        super().__init__()
        self._settings, self._key, self._view = settings, f"{name}/views", view
        self.setText("Views")
        self.setAccessibleName(f"Views of {view.register.title}")
        self.setToolTip("Apply a saved view, or save this one")
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        set_icon(self, "star", "quiet")
        self.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.setMenu(QMenu(self))
        self.menu().aboutToShow.connect(self._fill_menu)

    @property
    def views(self) -> dict[str, dict[str, Any]]:
        """The saved views by name."""
        try:
            found = json.loads(str(self._settings.value(self._key, "{}")))
        except ValueError:
            return {}
        return found if isinstance(found, dict) else {}

    def save(self, name: str) -> None:
        """Save the current view under a name, replacing one of the same name."""
        query = self._view.model.query
        view = {"text": query.text, "filters": query.filters, "layout": self._view.layout_text()}
        self._write({**self.views, name.strip()[:MAX_NAME_CHARS]: view})

    def delete(self, name: str) -> None:
        """Delete a saved view."""
        self._write({known: view for known, view in self.views.items() if known != name})

    def apply(self, name: str) -> None:
        """Show a view."""
        view = self.views.get(name)
        if view is None:
            return
        chosen = [(str(known), str(code)) for known, code in view.get("filters", ())]
        for chip in self._view.filters.chips:
            chip.choose(frozenset(code for known, code in chosen if known == chip.filter.name))
        self._view.search.setText(str(view.get("text", "")))
        self._view.restore_layout(str(view.get("layout", "")))

    def _write(self, views: dict[str, dict[str, Any]]) -> None:
        self._settings.setValue(self._key, json.dumps(views))

    def _fill_menu(self) -> None:
        menu = self.menu()
        menu.clear()
        names = sorted(self.views)
        for name in names:
            menu.addAction(name.replace("&", "&&"), partial(self.apply, name))
        if names:
            menu.addSeparator()
        menu.addAction("&Save this view…", self.ask_name)
        if names:
            less = menu.addMenu("&Delete a view")
            for name in names:
                less.addAction(name.replace("&", "&&"), partial(self.delete, name))

    def ask_name(self) -> None:
        """Ask for a name and save the current view."""
        dialog = _NameDialog(self.window())
        dialog.accepted.connect(lambda: self.save(dialog.name.text()))
        dialog.open()


class _NameDialog(QDialog):
    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle("Save this view")
        self.name = QLineEdit()
        self.name.setMaxLength(MAX_NAME_CHARS)
        self.name.setAccessibleName("Name of the view")
        asking = label("&Name of the view")
        asking.setBuddy(self.name)
        save = button("&Save view", self.accept, kind="primary")
        save.setDefault(True)
        save.setEnabled(False)
        self.name.textChanged.connect(lambda text: save.setEnabled(bool(text.strip())))
        foot = QHBoxLayout()
        foot.addStretch(1)
        foot.addWidget(button("Cancel", self.reject))
        foot.addWidget(save)
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 16, 24, 16)
        column.setSpacing(10)
        column.addWidget(asking)
        column.addWidget(label("Search, filters, order and columns are saved on this computer.", "small"))
        column.addWidget(self.name)
        column.addLayout(foot)
        self.setMinimumWidth(380)
