"""The filters of a register as chips, each labelled with the choices made."""

from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QMenu, QToolButton, QWidget

from ioms_desktop.ui.lists.register import Filter
from ioms_desktop.ui.theme.icons import set_icon
from ioms_desktop.ui.widgets.flow_layout import FlowLayout


class FilterChip(QToolButton):
    """One filter: a switch if it has a single choice, else a menu of choices."""

    codes_changed = Signal()

    def __init__(self, filtered: Filter) -> None:
        super().__init__()
        self.filter = filtered
        self.codes: frozenset[str] = frozenset()
        self.setProperty("kind", "filter")
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        if len(filtered.choices) == 1:
            self.setCheckable(True)
            self.toggled.connect(self._switched)
        else:
            set_icon(self, "chevron-down", "quiet")
            self.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
            self.setLayoutDirection(Qt.LayoutDirection.RightToLeft)  # the arrow follows the text
            self.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
            self.setMenu(QMenu(self))
            self.menu().aboutToShow.connect(self._fill_menu)
        self._update_text()

    def offer(self, filtered: Filter) -> None:
        """Replace the choices; those made stay where they are still offered."""
        self.filter = filtered
        self.codes &= {code for code, _ in filtered.choices}
        self._update_text()

    def choose(self, codes: frozenset[str]) -> None:
        """Choose codes; an empty set clears the filter."""
        if codes == self.codes:
            return
        self.codes = codes
        self.blockSignals(True)
        if self.isCheckable():
            self.setChecked(bool(codes))
        self.blockSignals(False)
        self._update_text()
        self.codes_changed.emit()

    def _switched(self, on: bool) -> None:
        self.choose(frozenset({self.filter.choices[0][0]} if on else ()))

    def _fill_menu(self) -> None:
        menu = self.menu()
        menu.clear()
        for code, word in self.filter.choices:
            choice = menu.addAction(word)
            choice.setCheckable(True)
            choice.setChecked(code in self.codes)
            choice.triggered.connect(partial(self._toggle, code))
        menu.addSeparator()
        lift = menu.addAction("Show a&ll", partial(self.choose, frozenset()))
        lift.setEnabled(bool(self.codes))

    def _toggle(self, code: str) -> None:
        if self.filter.allows_several:
            self.choose(self.codes ^ {code})
        else:
            self.choose(frozenset() if code in self.codes else frozenset({code}))

    def _update_text(self) -> None:
        words = [word for code, word in self.filter.choices if code in self.codes]
        if self.isCheckable():
            self.setText(self.filter.title)
            said = f"{self.filter.title}: {'on' if words else 'off'}"
        else:
            self.setText(f"{self.filter.title}: {', '.join(words)}" if words else self.filter.title)
            said = f"{self.filter.title}: {', '.join(words) or 'all'}"
        self.setAccessibleName(said)
        self.setProperty("active", "true" if words else "false")
        self.style().unpolish(self)
        self.style().polish(self)


class FilterBar(QWidget):
    """All filters of a register."""

    changed = Signal()

    def __init__(self, filters: Sequence[Filter], initial: Sequence[tuple[str, str]] = ()) -> None:
        """Make a chip for each filter.

        Args:
            filters: In the order shown.
            initial: The initial choices, as pairs of a filter's name and a code.
        """
        super().__init__()
        self._row = FlowLayout(6)
        self.setLayout(self._row)
        self.chips: list[FilterChip] = []
        for place, filtered in enumerate(filters):
            codes = frozenset(code for name, code in initial if name == filtered.name)
            self.chips.append(self._add_chip(place, filtered, codes))
        if not self.chips:  # showing a widget without a parent would open a window for a moment
            self.hide()

    def _add_chip(self, place: int, filtered: Filter, codes: frozenset[str]) -> FilterChip:
        chip = FilterChip(filtered)
        chip.choose(codes)
        chip.codes_changed.connect(self.changed)
        self._row.insert(place, chip)
        return chip

    def offer(self, filters: Sequence[Filter]) -> None:
        """Offer other filters, in the order of those before. A chip that can stay does, with the keyboard or its menu.

        A choice that is no longer offered is no longer made; that is not signalled.
        """
        old = {chip.filter.name: chip for chip in self.chips}
        self.chips = []
        for place, filtered in enumerate(filters):
            chip = old.get(filtered.name)
            if chip is None:
                chip = self._add_chip(place, filtered, frozenset())
            elif chip.isCheckable() != (len(filtered.choices) == 1):
                chip = self._add_chip(place, filtered, chip.codes)
            else:
                del old[filtered.name]
                chip.offer(filtered)
            self.chips.append(chip)
        for gone in old.values():
            self._row.removeWidget(gone)
            gone.hide()
            gone.deleteLater()
        self.setVisible(bool(self.chips))

    @property
    def chosen(self) -> tuple[tuple[str, str], ...]:
        """The choices made, as pairs of a filter's name and a code, in the order of the filters."""
        return tuple(
            (chip.filter.name, code) for chip in self.chips for code, _ in chip.filter.choices if code in chip.codes
        )

    def choose(self, name: str, codes: frozenset[str]) -> None:
        """Choose the codes of one filter by its name."""
        for chip in self.chips:
            if chip.filter.name == name:
                chip.choose(codes)

    def clear(self) -> None:
        """Clear all filters, with a single signal."""
        self.blockSignals(True)
        for chip in self.chips:
            chip.choose(frozenset())
        self.blockSignals(False)
        self.changed.emit()
