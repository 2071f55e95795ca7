"""Fields for choices: an answer chosen with one key, and a code found by typing part of its label."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from PySide6.QtCore import QEvent, QObject, QSignalBlocker, Qt, QTimer, Slot
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QCompleter, QListView, QRadioButton
from typing_extensions import Unpack, override

from ioms_desktop.domain.records.code_lists import Code, CodeList
from ioms_desktop.ui.forms.field import Field, FieldOptions
from ioms_desktop.ui.forms.focus_advance import advance_focus
from ioms_desktop.ui.forms.key_events import is_shortcut
from ioms_desktop.ui.widgets.drop_down import TypedDropDown
from ioms_desktop.ui.widgets.flow_layout import FlowLayout

MAX_NAMED_OPTIONS = 3


@dataclass(frozen=True, slots=True)
class Choice:
    """One answer in a row of choices: its code, label and key (the first letter of the label where empty)."""

    code: str
    label: str
    key: str = ""

    @property
    def letter(self) -> str:
        """The key that chooses this answer, in lower case."""
        return (self.key or self.label[:1]).lower()


YES_NO = (Choice("yes", "Yes"), Choice("no", "No"))


class _SegmentButton(QRadioButton):
    """The button of one answer; it passes letter keys on to its row."""

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.text().strip() and not is_shortcut(event):
            event.ignore()
        else:
            super().keyPressEvent(event)


class SingleChoiceField(Field[str]):
    """One of several answers, each with its own button; subclasses make and arrange the buttons in ``make_control``."""

    def __init__(self, name: str, title: str, **options: Unpack[FieldOptions[str]]) -> None:
        super().__init__(name, title, **options)
        self._buttons: dict[str, QRadioButton] = {}

    @property
    def buttons(self) -> dict[str, QRadioButton]:
        """The button of each answer, by its code."""
        self.make()
        return self._buttons

    def add_answer(self, code: str, answer: QRadioButton) -> None:
        """Add an answer; Tab reaches the first, arrow keys and letters the others."""
        answer.setFocusPolicy(Qt.FocusPolicy.ClickFocus if self._buttons else Qt.FocusPolicy.StrongFocus)
        answer.toggled.connect(self._answer_toggled)
        self._buttons[code] = answer

    def finish_answers(self) -> None:
        """Finish the set-up once every answer has been added; the first answer takes the focus of the field."""
        self.take_control(next(iter(self._buttons.values())))
        self.mark_problem("")

    @override
    def mark_problem(self, problem: str) -> None:
        # Each answer is a control of its own to a screen reader, so each says what is wrong with the question.
        for answer in self.buttons.values():
            self.mark_control(answer, problem)

    def choose(self, code: str) -> None:
        """Choose an answer as if its key had been pressed."""
        self.buttons[code].setFocus(Qt.FocusReason.OtherFocusReason)
        self.buttons[code].setChecked(True)

    @Slot(bool)
    def _answer_toggled(self, on: bool) -> None:
        if on:
            self.changed.emit()

    @override
    def value(self) -> str | None:
        return next((code for code, answer in self._buttons.items() if answer.isChecked()), None)

    @override
    def set_value(self, value: str | None) -> None:
        if value is not None:
            self.make()
        for answer in self._buttons.values():
            answer.setAutoExclusive(False)
        for code, answer in self._buttons.items():
            answer.setChecked(code == value)
        for answer in self._buttons.values():
            answer.setAutoExclusive(True)
        self.changed.emit()

    @override
    def raw_text(self) -> str:
        return self.value() or ""

    @override
    def set_raw_text(self, text: str) -> None:
        self.set_value(text or None)


class ChoiceField(SingleChoiceField):
    """A question answered with one key, which also moves the focus to the next field."""

    def __init__(
        self,
        name: str,
        title: str,
        choices: Sequence[Choice] = YES_NO,
        *,
        advances_focus: bool = True,
        **options: Unpack[FieldOptions[str]],
    ) -> None:
        """Create a row of answers with none chosen.

        Args:
            choices: The answers; their keys must differ.
            advances_focus: Whether the key that chooses an answer also moves the focus to the next field.

        Raises:
            ValueError: Two answers have the same key.
        """
        super().__init__(name, title, **options)
        letters = [choice.letter for choice in choices]
        if len(set(letters)) != len(letters):
            raise ValueError(letters)
        self._advances_focus, self._choices = advances_focus, tuple(choices)
        self._codes_by_letter = {choice.letter: choice.code for choice in choices}

    @override
    def make_control(self) -> None:
        row = FlowLayout(6)
        self._layout.addLayout(row, 1)
        for choice in self._choices:
            segment = _SegmentButton(choice.label, self)
            segment.setProperty("kind", "segment")
            segment.setToolTip(f"Key: {choice.letter.upper()}")
            segment.setAccessibleName(f"{choice.label}, {self.plain_title}")
            self.add_answer(choice.code, segment)
            row.addWidget(segment)
        self.finish_answers()

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        code = None if is_shortcut(event) else self._codes_by_letter.get(event.text().lower())
        if code is None or not self.buttons[code].isEnabled():
            super().keyPressEvent(event)
        elif not event.isAutoRepeat():  # a key held down answers one question, not those after it
            self.choose(code)
            if self._advances_focus:
                advance_focus(self)

    def set_answer_enabled(self, code: str, *, enabled: bool, reason: str = "") -> None:
        """Enable or disable one answer; the reason is shown as its tooltip and read out by screen readers."""
        segment = self.buttons[code]
        segment.setEnabled(enabled)
        segment.setToolTip(reason)
        segment.setAccessibleDescription(reason)


@dataclass(frozen=True, slots=True)
class Option:
    """One entry of a code list; an entry with a refusal is greyed, shows the reason and cannot be chosen.

    Attributes:
        spellings: Other ways to write the code; a record that was sent with one keeps it while its entry is chosen.
    """

    code: str
    label: str
    unavailable_because: str = ""
    spellings: frozenset[str] = frozenset()


def code_options(codes: CodeList, on: date | None = None, programme: str | None = None) -> list[Option]:
    """Return the options of a code list, each with the other ways to write it."""
    return [
        Option(code.code, code.label, spellings=codes.spellings((code.code,)) - {code.code})
        for code in codes.offered(on, programme)
    ]


def letter_choices(codes: Iterable[Code]) -> list[Choice]:
    """Return codes as answers, each with the first letter of its label that no other has."""
    taken: set[str] = set()
    made = []
    for code in codes:
        letter = next((each for each in code.label.lower() if each.isalpha() and each not in taken), "")
        taken.add(letter)
        made.append(Choice(code.code, code.label, letter))
    return made


class CodeField(Field[str]):
    """A code from a list, found by typing any part of its label."""

    def __init__(
        self,
        name: str,
        title: str,
        options: Sequence[Option],
        *,
        width: int | None = None,
        **others: Unpack[FieldOptions[str]],
    ) -> None:
        """Create a list with nothing chosen.

        Args:
            width: Width in pixels at 100 %; None to take all the space there is.
        """
        super().__init__(name, title, **others)
        self._options, self._width = tuple(options), width
        self._as_sent: str | None = None
        self._found: QListView | None = None
        self._combo: TypedDropDown

    @override
    def make_control(self) -> None:
        self._combo = combo = TypedDropDown(f"Choices of {self.plain_title}")
        line = combo.line
        line.setPlaceholderText("Type to find")
        line.setAccessibleName(self.plain_title)
        completer = line.completer()
        completer.setFilterMode(Qt.MatchFlag.MatchContains)
        completer.setCompletionMode(QCompleter.CompletionMode.PopupCompletion)
        if self._width is not None:
            combo.setFixedWidth(self._width)
        self.add_control(combo, stretch=self._width is None)
        self._offer()
        combo.editTextChanged.connect(self.changed)
        line.textEdited.connect(self._make_list_of_found)
        line.editingFinished.connect(self._complete)

    @property
    def combo(self) -> TypedDropDown:
        """Where it is typed or picked."""
        self.make()
        return self._combo

    def _offer(self) -> None:
        self._combo.offer((_listed(option), option.unavailable_because) for option in self._options)

    @Slot()
    def _make_list_of_found(self) -> None:
        """Make the list of entries that fit what is typed: a form has a dozen fields into which nobody types."""
        if self._found is None:
            self._found = found = QListView()
            found.setAccessibleName(f"Found for {self.plain_title}")
            self.combo.line.completer().setPopup(found)
            found.installEventFilter(self)

    @override
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        # Whoever leaves by Tab while entries are offered ends no editing: the completer keeps that from the line.
        if event.type() == QEvent.Type.Hide and watched is self._found:
            QTimer.singleShot(0, self, self._complete_if_left)
        return super().eventFilter(watched, event)

    @Slot()
    def _complete_if_left(self) -> None:
        if not self.combo.hasFocus():
            self._complete()

    @Slot()
    def _complete(self) -> None:
        """Write the entry out that a part of it was typed for, so that it is seen which was understood."""
        found = self._matching_option()
        if found is not None and not found.unavailable_because:
            with QSignalBlocker(self.combo):  # the answer stays the same
                self.combo.choose(self._options.index(found))
            self.combo.line.setCursorPosition(0)

    def set_options(self, options: Sequence[Option]) -> None:
        """Replace the codes offered; the current choice is kept if it is among them."""
        chosen = self.value()
        self._options = tuple(options)
        if self.is_made:
            with QSignalBlocker(self._combo):
                self._offer()
            self.set_value(chosen)

    @property
    def options(self) -> tuple[Option, ...]:
        """The codes offered, in order."""
        return self._options

    def _matching_options(self) -> list[Option]:
        """Find the option that was picked or typed; several where the text fits several and none was picked."""
        text = _comparable(self.raw_text())
        if not text:
            return []
        place = self.combo.chosen
        # An entry that was picked is known by its place: two people, say, may have the same name.
        if 0 <= place < len(self._options) and text == _comparable(self.combo.itemText(place)):
            return [self._options[place]]
        labelled = [option for option in self._options if text == _comparable(option.label)]
        named = labelled or [option for option in self._options if text == option.code.casefold()]
        return named or [option for option in self._options if text in _comparable(option.label)]

    def _matching_option(self) -> Option | None:
        found = self._matching_options()
        return found[0] if len(found) == 1 else None

    @override
    def parse_problem(self) -> str:
        text, found = self.raw_text().strip(), self._matching_options()
        if not text:
            return ""
        if len(found) == 1:
            return found[0].unavailable_because
        if len({_comparable(option.label) for option in found}) == 1:
            return f"“{text}” is in the list {len(found)} times. Open the list and pick the one you mean."
        if found:
            more = ["another"] if len(found) > MAX_NAMED_OPTIONS else []
            fitting = " or ".join([*(f"“{option.label}”" for option in found[:MAX_NAMED_OPTIONS]), *more])
            return f"“{text}” may be one of {len(found)} entries: {fitting}. Pick the one you mean."
        refused = [option for option in self._options if option.unavailable_because and text.startswith(option.label)]
        return refused[0].unavailable_because if refused else f"“{text}” is not in the list. Choose one of its entries."

    @override
    def value(self) -> str | None:
        found = self._matching_option()
        if found is None or found.unavailable_because:
            return None
        return self._as_sent if self._as_sent in found.spellings else found.code

    @override
    def set_value(self, value: str | None) -> None:
        self._as_sent = value
        if value is None and not self.is_made:
            return
        code = next((option.code for option in self._options if value in option.spellings), value)
        place = next((place for place, option in enumerate(self._options) if option.code == code), -1)
        self.combo.choose(place)
        if place < 0:
            self.combo.setEditText(value or "")
        self.combo.line.setCursorPosition(0)  # of a long entry the beginning is in sight

    @override
    def raw_text(self) -> str:
        return self._combo.currentText() if self.is_made else ""

    @override
    def set_raw_text(self, text: str) -> None:
        if text or self.is_made:
            self.combo.setEditText(text)


def _listed(option: Option) -> str:
    return f"{option.label}: {option.unavailable_because}" if option.unavailable_because else option.label


def _comparable(text: str) -> str:
    """Return a text as it is compared: the line of a list may change its spaces, and people type as they like."""
    return " ".join(text.split()).casefold()
