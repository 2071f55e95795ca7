"""A field for a step of the ladder: every step under its family; unavailable ones are greyed and show the reason."""

from collections.abc import Sequence
from datetime import date

from PySide6.QtCore import Qt, Slot
from PySide6.QtWidgets import QListWidget, QListWidgetItem, QVBoxLayout, QWidget
from typing_extensions import Unpack, override

from ioms_desktop.domain.policy.ladder import LadderStep, StepAvailability
from ioms_desktop.ui.forms.choice_fields import Option
from ioms_desktop.ui.forms.field import Field, FieldOptions
from ioms_desktop.ui.theme.active import active_theme
from ioms_desktop.ui.widgets.widgets import label

VISIBLE_ROWS = 8
ROW_HEIGHT_PX = 26


class StepField(Field[str]):
    """A list of steps; letters and arrow keys move through those that can be chosen."""

    def __init__(
        self,
        name: str,
        title: str,
        steps: Sequence[StepAvailability],
        families: Sequence[Option],
        *,
        on: date,
        **options: Unpack[FieldOptions[str]],
    ) -> None:
        """Create a list with nothing chosen.

        Args:
            steps: Every step; those not available with the reason.
            families: The families of steps in the order in which they are listed, each as a heading.
            on: The day of the decision, on which a power is as the law then has it.
        """
        super().__init__(name, title, **options)
        self._families, self._on = tuple(families), on
        self._steps: dict[str, LadderStep] = {}
        self.step_list = QListWidget()
        self.step_list.setFixedHeight(VISIBLE_ROWS * ROW_HEIGHT_PX)
        self.step_list.setWordWrap(True)
        self.step_list.setTextElideMode(Qt.TextElideMode.ElideNone)
        self.step_list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.step_list.setTabKeyNavigation(False)
        self.power_label = label("", "small", wrap=True)
        box = QWidget()
        column = QVBoxLayout(box)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(2)
        column.addWidget(self.step_list)
        column.addWidget(self.power_label)
        self._layout.addWidget(box, 1)
        self.take_control(self.step_list)
        self.step_list.setAccessibleName(self.plain_title)
        self.set_steps(steps)
        self.mark_problem("")
        self.step_list.itemSelectionChanged.connect(self._chosen)

    def set_steps(self, steps: Sequence[StepAvailability]) -> None:
        """Replace the steps; the current choice is kept if it is still available."""
        chosen = self.value()
        self._steps = {each.step.code: each.step for each in steps}
        self.step_list.clear()
        known = {family.code for family in self._families}
        for family in self._families:
            its_steps = [each for each in steps if each.step.family == family.code]
            if its_steps:
                self._add_heading(family.label)
            for each in its_steps:
                self._add_step(each)
        for each in steps:
            if each.step.family not in known:
                self._add_step(each)
        self.set_value(chosen)

    def _add_heading(self, words: str) -> None:
        """Add the name of a family, which can be neither chosen nor reached by the arrow keys."""
        item = QListWidgetItem(words)
        item.setFlags(Qt.ItemFlag.NoItemFlags)
        item.setForeground(active_theme().colour("text"))
        font = self.step_list.font()
        font.setBold(True)
        item.setFont(font)
        self.step_list.addItem(item)

    def _add_step(self, each: StepAvailability) -> None:
        words = each.step.label if each.reason is None else f"{each.step.label}. Not available: {each.reason}"
        item = QListWidgetItem(words)
        item.setData(Qt.ItemDataRole.UserRole, each.step.code)
        item.setToolTip(f"{each.step.code}: {each.reason or each.step.power_on(self._on)}")
        if each.reason is not None:
            item.setFlags(Qt.ItemFlag.NoItemFlags)
            item.setForeground(active_theme().colour("quiet"))
        self.step_list.addItem(item)

    @property
    def step(self) -> LadderStep | None:
        """The chosen step."""
        return self._steps.get(self.value() or "")

    @Slot()
    def _chosen(self) -> None:
        step = self.step
        self.power_label.setText("" if step is None else f"Legal power: {step.power_on(self._on)}.")
        self.changed.emit()

    @override
    def value(self) -> str | None:
        items = self.step_list.selectedItems()
        return str(items[0].data(Qt.ItemDataRole.UserRole)) if items else None

    @override
    def set_value(self, value: str | None) -> None:
        self.step_list.clearSelection()
        for row in range(self.step_list.count()):
            item = self.step_list.item(row)
            if item.data(Qt.ItemDataRole.UserRole) == value and item.flags() & Qt.ItemFlag.ItemIsEnabled:
                self.step_list.setCurrentItem(item)
        self._chosen()

    @override
    def raw_text(self) -> str:
        return self.value() or ""

    @override
    def set_raw_text(self, text: str) -> None:
        self.set_value(text or None)
