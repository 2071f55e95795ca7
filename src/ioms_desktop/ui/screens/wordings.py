"""Letters: how each is worded, every version of it, and which of them is in force."""

from collections.abc import Sequence
from functools import partial
from typing import ClassVar

from PySide6.QtWidgets import QWidget
from typing_extensions import override

from ioms_desktop.domain.access.roles import Right, may
from ioms_desktop.domain.text_format import format_day
from ioms_desktop.services.labels import format_instant
from ioms_desktop.services.letters.wordings import WordingRow, WordingState, read_wordings
from ioms_desktop.services.session import Topic
from ioms_desktop.ui.actions.dialog_action import Target
from ioms_desktop.ui.actions.supervision_actions import SHOW_WORDING, WORD_LETTER
from ioms_desktop.ui.lists.list_source import ListSource
from ioms_desktop.ui.lists.register import ColumnStyle, Filter, ListColumn, Register, RowAction
from ioms_desktop.ui.screen import WindowServices
from ioms_desktop.ui.screens.register_screen import RegisterScreen
from ioms_desktop.ui.theme.tokens import Tone
from ioms_desktop.ui.widgets.chips import Chip, Shape
from ioms_desktop.ui.widgets.widgets import button

STATE_CHIPS = {
    WordingState.IN_FORCE: Chip("In force", Tone.GREEN, Shape.CIRCLE),
    WordingState.LATER: Chip("Later", Tone.BLUE, Shape.TRIANGLE),
    WordingState.BEFORE: Chip("Before", Tone.NEUTRAL, Shape.RING),
    WordingState.NOT_USED: Chip("Not used", Tone.AMBER, Shape.DIAMOND),
}


class WordingsScreen(RegisterScreen[WordingRow]):
    """The list of the wordings of letters."""

    title: ClassVar[str] = "Letters"
    explanation: ClassVar[str] = (
        "How each letter is worded: as supplied with the program, and as your office has worded it since. Each is "
        "in use from its day on. The office's latest counts; until there is one, the program's does. No wording is "
        "changed or removed, and Papers gives the number of the wording of each letter.\n\n"
        "Enter shows what a version says, compared with the one in force. New wording from this begins with its words, "
        "shows the page as you type, and says what reading age it needs.\n\n"
        "No letter may say more than the law allows, and every letter that mentions enforcement says that the offer of "
        "support remains open: the program adds that line itself."
    )
    topics: ClassVar[frozenset[Topic]] = frozenset({Topic.USERS})

    settings_id: ClassVar[str] = "wordings"
    row_type = WordingRow

    def __init__(self, services: WindowServices) -> None:
        self._source = ListSource(
            _searched,
            {"state": lambda row: row.state.value, "kind": lambda row: row.kind},
            wording_columns(),
        )
        super().__init__(services)
        self.refresh()

    @override
    def register(self) -> Register[WordingRow]:
        change: RowAction[WordingRow] = RowAction("&New wording from this…", self._change, icon="pencil")
        compare: RowAction[WordingRow] = RowAction("&Show and compare…", self._compare, icon="eye")
        return Register(
            title=self.title,
            noun=("wording", "wordings"),
            columns=wording_columns(),
            query_ids=self._source.query_ids,
            fetch_rows=self._source.fetch_rows,
            open_row=lambda record: self._compare((record,)),
            actions=(compare, change) if may(self.services.session.role, Right.WORD_LETTERS) else (compare,),
            filters=(Filter("state", "State", tuple((each.value, STATE_CHIPS[each].text) for each in WordingState)),),
            placeholder="Letter, words, who or why",
            empty_message="No letter is worded; the program came without its templates.",
        )

    @override
    def head_widgets(self) -> Sequence[QWidget]:
        launch = self.services.dialogs.launch
        self.new_button = button("New &wording…", partial(launch, WORD_LETTER), kind="primary", icon="pencil")
        return (self.new_button,)

    @override
    def refresh(self) -> None:
        work = partial(read_wordings, self.services.session)
        self.services.tasks.latest(self, "wordings", work, self._show, self.services.show_problem)

    def _show(self, rows: tuple[WordingRow, ...]) -> None:
        self._source.replace_rows(rows)
        self.view.refresh()

    def _change(self, ids: tuple[int, ...]) -> None:
        for number in ids:
            self.services.dialogs.launch(WORD_LETTER, Target(about=str(number)))

    def _compare(self, ids: tuple[int, ...]) -> None:
        for number in ids:
            self.services.dialogs.launch(SHOW_WORDING, Target(about=str(number)))


def wording_columns() -> tuple[ListColumn[WordingRow], ...]:
    """Return the columns of the list."""
    return (
        ListColumn("Letter", text=lambda row: row.label, sort_key="label", width=230, tooltip=lambda row: row.label),
        ListColumn("Number", text=lambda row: "" if row.is_shipped else str(row.id), sort_key="number", width=72,
                   style=ColumnStyle.NUMBER, sort_value=lambda row: row.id),
        ListColumn("State", text=lambda row: row.state.value, sort_key="state", width=110,
                   chip=lambda row: STATE_CHIPS[row.state], tooltip=lambda row: row.problem or row.state.value),
        ListColumn("In use from", text=lambda row: format_day(row.valid_from), sort_key="valid_from", width=116,
                   style=ColumnStyle.DATE, sort_value=lambda row: row.valid_from),
        ListColumn("Heading", text=lambda row: row.title, sort_key="title", width=220, tooltip=lambda row: row.title,
                   shown_by_default=False),
        ListColumn("By", text=lambda row: row.decided_by or "as supplied", sort_key="by", width=150),
        ListColumn("When", text=lambda row: "" if row.decided_at is None else format_instant(row.decided_at),
                   width=150, style=ColumnStyle.DATE),
        ListColumn("Why", text=lambda row: row.reason, width=220, stretch=True, tooltip=lambda row: row.reason),
    )  # fmt: skip


def _searched(row: WordingRow) -> str:
    return " ".join((row.label, row.title, *row.paragraphs, row.decided_by, row.reason))
