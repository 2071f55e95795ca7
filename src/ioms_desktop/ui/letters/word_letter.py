"""The dialog that words a letter: what it says, and beside it the page, how hard it is to read, and what changes."""

from collections.abc import Callable, Sequence
from functools import partial
from typing import cast

from PySide6.QtCore import Qt, QTimer, Slot
from PySide6.QtWidgets import QHBoxLayout, QTabWidget, QVBoxLayout, QWidget
from typing_extensions import override

from ioms_desktop.domain.letters.fields import LETTER_FIELDS
from ioms_desktop.domain.letters.office_wording import paragraphs_of
from ioms_desktop.domain.letters.reading_age import MAX_READING_AGE, MAX_SENTENCE_AGE
from ioms_desktop.domain.policy.decisions import OFFER_STAYS_OPEN_NOTICE
from ioms_desktop.services.letters.wordings import (
    MAX_TEXT_CHARS,
    AddWording,
    WordingPreview,
    WordingRow,
    WordingState,
    add_letter_wording,
    preview_wording,
)
from ioms_desktop.services.session import Outcome, Session
from ioms_desktop.ui.dialogs.autosave import Origin
from ioms_desktop.ui.dialogs.command_dialog import CommandDialog
from ioms_desktop.ui.dialogs.refused_field import RefusedField
from ioms_desktop.ui.forms.choice_fields import CodeField, Option
from ioms_desktop.ui.forms.date_fields import DateField
from ioms_desktop.ui.forms.fields import LongTextField, TextField
from ioms_desktop.ui.letters.wording_changes import WordingChanges
from ioms_desktop.ui.printing.paper_preview import PaperPreview
from ioms_desktop.ui.tasks import Tasks
from ioms_desktop.ui.widgets.layouts import fit_to_screen, largest_size
from ioms_desktop.ui.widgets.widgets import label

DIALOG_WIDTH_PX, DIALOG_HEIGHT_PX = 1120, 760
SCREEN_SHARE = 0.94  # larger than other dialogs: the form and the page are side by side
LEAST_WIDTH_BESIDE_PX = 900
"""On a narrower screen the page stands below the form."""
PAGE_WIDTH_PX, LEAST_WHOLE_PAGE_PX, LEAST_PAGE_HEIGHT_PX = 600, 400, 420
PARAGRAPH_LINES, MAX_TITLE_CHARS, MAX_REASON_CHARS = 10, 120, 2000
PREVIEW_DELAY_MS = 400
"""Pause in milliseconds, since the last key, before the page is drawn."""
INTRO = (
    "Letters written from this day on use these words. Letters already written keep theirs, and no earlier wording is "
    f"changed or removed. Where a letter mentions enforcement, the program adds: {OFFER_STAYS_OPEN_NOTICE}"
)
NO_LETTER = "Choose a letter. Its page is then shown here, filled in with invented details."
PARAGRAPHS_HELP = "Start each paragraph on a new line. Filled in when a letter is written: " + ", ".join(
    f"{{{name}}} {each.label.lower()}" for name, each in LETTER_FIELDS.items()
)


class WordLetterDialog(CommandDialog):
    """Asks what a letter is to say from a day on, and shows its page as it is typed."""

    def __init__(
        self,
        session: Session,
        tasks: Tasks,
        versions: Sequence[WordingRow],
        begin_with: WordingRow | None = None,
        parent: QWidget | None = None,
    ) -> None:
        """Create the form.

        Args:
            session: The session of the administrator.
            tasks: Draws the page and keeps the wording.
            versions: Every version of every letter.
            begin_with: The version that is changed; None leaves the choice of the letter open.
            parent: The Qt parent.
        """
        super().__init__(tasks, title="Wording of a letter", verb="&Keep this wording", intro=INTRO, parent=parent)
        self.session = session
        self._standing = {each.kind: each for each in versions if each.state is WordingState.IN_FORCE}
        self._begin_with = begin_with
        self._filled_for = ""
        self._typed: dict[str, tuple[str, str]] = {}  # by letter, while another one is chosen
        self._refused = RefusedField(self.form, tasks)
        self.enable_autosave(session, Origin("letter_wording", about="" if begin_with is None else str(begin_with.id)))
        self._add_fields()
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(PREVIEW_DELAY_MS)
        self._timer.timeout.connect(self.preview)
        self._lay_out_page()
        self.kind.changed.connect(self.fill)
        self.kind.set_value(None if begin_with is None else begin_with.kind)
        self.fill()
        self.form.changed.connect(self._timer.start)
        self.finish_layout()
        self.preview()

    def _add_fields(self) -> None:
        add = self.form.add
        kinds = [Option(each.kind, each.label) for each in self._standing.values()]
        self.kind = add(CodeField("kind", "&Letter", kinds, required=True))
        self.title = add(TextField("title", "&Heading", limit=MAX_TITLE_CHARS, required=True))
        self.paragraphs = add(
            LongTextField(
                "paragraphs",
                "What it &says",
                lines=PARAGRAPH_LINES,
                limit=MAX_TEXT_CHARS,
                required=True,
                help=PARAGRAPHS_HELP,
            )
        )
        self.first_day = add(
            DateField("valid_from", "In use f&rom", today=self.session.today, required=True, help="Today or later.")
        )
        self.first_day.set_value(self.session.today())
        self.reason = add(LongTextField("reason", "&Why", lines=2, limit=MAX_REASON_CHARS, required=True))

    def _lay_out_page(self) -> None:
        self.readability = label("", "small", wrap=True)
        self.pages = PaperPreview(self._tasks, PAGE_WIDTH_PX, least_whole=LEAST_WHOLE_PAGE_PX)
        self.changes = WordingChanges()
        self.views = QTabWidget()
        self.views.addTab(self.pages, "Pa&ge")
        self.views.addTab(self.changes, "&Changes from the wording in force")
        # Beside the tabs, so that the page begins right below them.
        self.views.setCornerWidget(self.pages.turn_button)
        self.views.currentChanged.connect(lambda at: self.pages.turn_button.setVisible(at == 0))
        if largest_size(self, SCREEN_SHARE).width() < LEAST_WIDTH_BESIDE_PX:
            self.views.setMinimumHeight(LEAST_PAGE_HEIGHT_PX)
            self.scroll_area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAsNeeded)
            self.form.place(self.readability)
            self.form.place(self.views)
            return
        self._lay_out_beside()

    def _lay_out_beside(self) -> None:
        """Give the page the whole height beside the form, what is said of the words staying below the form."""
        layout, both = cast("QVBoxLayout", self.layout()), QWidget()
        layout.replaceWidget(self.scroll_area, both)
        layout.setStretchFactor(both, 1)
        column = QVBoxLayout()
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        self.title_label.setContentsMargins(24, 4, 24, 4)
        self.readability.setContentsMargins(24, 4, 24, 8)
        for part in (self.title_label, self.scroll_area, self.readability):
            column.addWidget(part)
        row = QHBoxLayout(both)
        row.setContentsMargins(0, 12, 24, 0)
        row.setSpacing(0)
        row.addLayout(column, 1)
        row.addWidget(self.views, 1)

    @override
    def finish_layout(self) -> None:
        super().finish_layout()
        fit_to_screen(self, DIALOG_WIDTH_PX, DIALOG_HEIGHT_PX, SCREEN_SHARE)

    @Slot()
    def fill(self) -> None:
        """Begin with the words of the version that is changed, or of the one in force.

        What was typed for another letter stays with that one, and is there again when it is chosen again.
        """
        kind = self.kind.value() or ""
        if kind == self._filled_for:
            return
        if self._filled_for:
            self._typed[self._filled_for] = self._texts()
        elif self._texts() != ("", ""):
            self._filled_for = kind  # typed before a letter was chosen
            return
        chosen = self._standing.get(kind)
        if self._begin_with is not None and self._begin_with.kind == kind:
            chosen = self._begin_with
        title, paragraphs = "", ""
        if chosen is not None:
            title, paragraphs = self._typed.get(kind, (chosen.title, "\n".join(chosen.paragraphs)))
        self._filled_for = kind
        self.title.set_value(title)
        self.paragraphs.set_value(paragraphs)

    def _texts(self) -> tuple[str, str]:
        return self.title.value() or "", self.paragraphs.value() or ""

    def entry(self) -> AddWording:
        """Return the wording as it stands in the form."""
        return AddWording(
            request=self.request,
            kind=self.kind.value() or "",
            title=self.title.value() or "",
            paragraphs=self.paragraphs.value() or "",
            valid_from=self.first_day.value(),
            reason=self.reason.value() or "",
        )

    @override
    def build_command(self) -> Callable[[], Outcome]:
        return partial(add_letter_wording, self.session, self.entry())

    @override
    def show_refusal(self, sentence: str) -> None:
        """Say why it was not kept: beside the field that is wrong, where the refusal names one."""
        super().show_refusal(sentence)
        if self._refused.show(sentence):
            self.banner.clear()

    @Slot()
    def preview(self) -> None:
        """Draw the page, measure it, and show what changes; nothing is kept."""
        entry = self.entry()
        standing = self._standing.get(entry.kind)
        if standing is None:
            self._tasks.drop(self, "preview")
            self.readability.clear()
            self.pages.show_message(NO_LETTER)
            return
        after = (entry.title, *paragraphs_of(entry.paragraphs))
        self.changes.show_changes((standing.title, *standing.paragraphs), after)
        draw = partial(preview_wording, self.session, entry)
        self._tasks.latest(self, "preview", draw, self._show_page, self._show_problem, self._draw_failed)

    def _show_page(self, drawn: WordingPreview) -> None:
        for name in ("title", "paragraphs"):
            if name in self.form.problems:
                self.form.set_problem(name, "")
        self.readability.setText(describe_readability(drawn))
        self.readability.setProperty("kind", "small" if drawn.readability.is_plain else "problem")
        self.readability.style().polish(self.readability)
        self.pages.show_papers((drawn.page,))

    def _show_problem(self, sentence: str) -> None:
        self.readability.clear()
        self.pages.show_message(sentence)
        self._refused.show(sentence, goes_there=False)

    def _draw_failed(self, reference: str) -> None:
        self.pages.show_message(f"The page could not be drawn, and nothing was saved. The reference is {reference}.")


def describe_readability(drawn: WordingPreview) -> str:
    """Say how old a reader has to be, of which sentence that is most true, and whether the offer's line is printed."""
    found = drawn.readability
    line = (
        " It mentions enforcement, so it also says that the offer of support remains open." if drawn.enforcement else ""
    )
    most = f"the limit is {MAX_READING_AGE:.0f}, or {MAX_SENTENCE_AGE:.0f} for any one sentence"
    hardest = f"Hardest sentence, age {found.hardest_age:.0f}: {found.hardest}"
    return f"Reading age {found.age:.0f} ({most}). {hardest}{line}"
