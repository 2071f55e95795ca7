"""A screen that consists of one list: it shows the list, and saves its columns and order for the user."""

from collections.abc import Sequence
from typing import ClassVar, Generic

from PySide6.QtWidgets import QHBoxLayout, QWidget
from typing_extensions import override

from ioms_desktop.ui.lists.register import Register, Row
from ioms_desktop.ui.lists.register_view import RegisterView
from ioms_desktop.ui.screen import Screen, WindowServices


class RegisterScreen(Screen, Generic[Row]):
    """Shows one register. A subclass declares it in ``register``.

    Attributes:
        settings_id: The name under which the layout of the list is saved; empty if it is not saved.
        row_type: The type of its rows.
    """

    settings_id: ClassVar[str] = ""
    row_type: type[Row]

    def __init__(self, services: WindowServices) -> None:
        super().__init__(services)
        self.view = RegisterView(self.register(), services.tasks)
        kept = services.settings.value(f"{self.settings_id}/layout") if self.settings_id else None
        if isinstance(kept, str):
            self.view.restore_layout(kept)
        head = QHBoxLayout()
        head.addWidget(self.heading)
        head.addStretch(1)
        for widget in self.head_widgets():
            head.addWidget(widget)
        self.main_layout.addLayout(head)
        self.main_layout.addWidget(self.body(), 1)

    def register(self) -> Register[Row]:
        """Declare the list; called once, before anything is laid out."""
        raise NotImplementedError

    def head_widgets(self) -> Sequence[QWidget]:
        """Make the widgets at the right of the heading."""
        return ()

    def body(self) -> QWidget:
        """Return what fills the screen: the list, or pages of which it is one."""
        return self.view

    def rows(self, ids: Sequence[int]) -> list[Row]:
        """Return the rows of some ids, in the order shown; those not read yet are left out."""
        return self.view.model.records(ids, self.row_type)

    @override
    def refresh(self) -> None:
        self.view.refresh()

    @override
    def take_focus(self) -> None:
        self.view.focus_search()

    @override
    def save_state(self) -> None:
        if self.settings_id:
            self.services.settings.setValue(f"{self.settings_id}/layout", self.view.layout_text())
