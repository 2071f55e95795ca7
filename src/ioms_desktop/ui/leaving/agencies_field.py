"""The agencies that were told: those on the case first, and all others behind a button."""

from collections.abc import Collection, Sequence

from PySide6.QtCore import Qt, Slot
from typing_extensions import Unpack, override

from ioms_desktop.services.cases.cases import CaseView
from ioms_desktop.ui.forms.choice_fields import Option
from ioms_desktop.ui.forms.field import FieldOptions
from ioms_desktop.ui.forms.tick_field import MOST_IN_A_COLUMN, TickField
from ioms_desktop.ui.widgets.widgets import button

BELOW_EVERY_BOX = 1000
"""The row of the button: below as many boxes as there may be."""


class AgenciesField(TickField):
    """A box for each agency; where the list is long, those that are not on the case are shown on demand."""

    def __init__(
        self,
        name: str,
        title: str,
        agencies: Sequence[Option],
        on_case: Collection[str],
        **others: Unpack[FieldOptions[tuple[str, ...]]],
    ) -> None:
        """Create the boxes with none ticked.

        Args:
            agencies: The agencies offered.
            on_case: Those that are on the case, by their codes.
        """
        super().__init__(name, title, agencies, **others)
        self._on_case = [each.code for each in agencies if each.code in on_case]
        self._is_folded = bool(self._on_case) and len(agencies) > MOST_IN_A_COLUMN

    @override
    def make_control(self) -> None:
        super().make_control()
        self.more = button("Other a&gencies…", self.unfold)
        self.more.setAccessibleName(f"Other agencies, {self.plain_title}")
        self._grid.addWidget(self.more, BELOW_EVERY_BOX, 0, Qt.AlignmentFlag.AlignLeft)
        self.more.setVisible(self._is_folded)
        if self._is_folded:
            self.set_offered(self._on_case)

    @Slot()
    def unfold(self) -> None:
        """Show every agency, and go to the first of those that were not shown."""
        had_focus = self.more.hasFocus()
        self._show_all()
        others = [box for code, box in self.boxes.items() if code not in self._on_case]
        if had_focus and others:
            others[0].setFocus()
        self.changed.emit()  # the dialog grows with it

    @override
    def set_value(self, value: tuple[str, ...] | None) -> None:
        """Set the ticks; what is ticked is shown."""
        if any(part not in self._on_case for part in value or ()):
            self._show_all()
        super().set_value(value)

    def _show_all(self) -> None:
        if self._is_folded:
            self.make()
            self._is_folded = False
            self.more.hide()
            self.set_offered(self.boxes)


def agencies_on(view: CaseView) -> frozenset[str]:
    """Return the agencies that work on a case: of whoever is responsible, of needs that they lead on, of contacts."""
    named = (
        *(worker.agency for worker in view.workers if worker.is_current),
        *(need.agency for need in view.needs),
        *(contact.agency for contact in view.contacts),
    )
    return frozenset(filter(None, named))
