"""The dialog that writes a letter: filled from the case, what is missing asked for, its pages as they will leave."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from PySide6.QtCore import Qt, Slot
from PySide6.QtPrintSupport import QPrinter
from PySide6.QtWidgets import QDialog, QHBoxLayout, QVBoxLayout, QWidget
from typing_extensions import override

from ioms_desktop.domain.drafts import Draft
from ioms_desktop.domain.letters.fields import LETTER_FIELDS, FieldKind, LetterField
from ioms_desktop.domain.letters.kinds import LetterKind
from ioms_desktop.domain.letters.template import LetterTemplate
from ioms_desktop.domain.policy.decisions import OFFER_STAYS_OPEN_NOTICE
from ioms_desktop.domain.printing.seen_paper import SeenPaper
from ioms_desktop.services.letters.facts import LetterFacts
from ioms_desktop.services.letters.letters import (
    USUAL_POWER,
    USUAL_REASON,
    WriteLetter,
    WrittenLetter,
    preview_letter,
    write_letter,
)
from ioms_desktop.services.session import Outcome, Session
from ioms_desktop.services.sharing.leaving import POWER_LIST
from ioms_desktop.ui import labels
from ioms_desktop.ui.dialogs.auto_height import AutoHeightDialog
from ioms_desktop.ui.dialogs.autosave import Origin
from ioms_desktop.ui.dialogs.refused_field import RefusedField
from ioms_desktop.ui.forms.choice_fields import Choice, ChoiceField, CodeField, Option, code_options
from ioms_desktop.ui.forms.date_fields import DateField
from ioms_desktop.ui.forms.field import Field
from ioms_desktop.ui.forms.fields import CheckBoxField, LongTextField, TextField
from ioms_desktop.ui.forms.path_field import PathField
from ioms_desktop.ui.letters.print_letter import LetterPrint
from ioms_desktop.ui.printing.paper_preview import PaperPreview
from ioms_desktop.ui.printing.printer_sheets import ask_for_printer
from ioms_desktop.ui.recording.case_subject import CaseSubject
from ioms_desktop.ui.tasks import Tasks, ignore
from ioms_desktop.ui.widgets.layouts import fit_to_screen
from ioms_desktop.ui.widgets.widgets import button

TITLE = "Letter"
MAX_FIELD_CHARS = 600
MAX_NAME_CHARS = 100
LINES = 3
PAGES_WIDTH_PX, PAGES_HEIGHT_PX, PAGE_WIDTH_PX = 680, 800, 600
SCREEN_SHARE = 0.94
SAVE, PRINT = Choice("save", "Save it as PDF", "s"), Choice("print", "Print it", "p")
OF_A_FILE = ("path", "file_name", "overwrite")
UNREACHED = "The printer could not be reached. Nothing was kept or printed; save a PDF, or try again."
WORDED_ANEW = (
    "The wording of this letter is not the one with which your entry was kept. Nothing was written; show its pages "
    "and read them, then keep it."
)
INTRO = (
    "The letter is kept with the case exactly as it is sent, and who receives it is put on record. Where it "
    f"mentions enforcement, it also says: {OFFER_STAYS_OPEN_NOTICE}"
)


@dataclass(frozen=True, slots=True)
class OfferedLetter:
    """A letter that may be written on a case, with what the case fills into it."""

    template: LetterTemplate
    facts: LetterFacts


class WriteLetterDialog(AutoHeightDialog):
    """Asks which letter, and what the case does not say."""

    def __init__(
        self,
        session: Session,
        tasks: Tasks,
        subject: CaseSubject,
        letters: Sequence[OfferedLetter],
        kind: LetterKind | None = None,
        show_problem: Callable[[str], None] = ignore,
        parent: QWidget | None = None,
    ) -> None:
        """Create the form.

        Args:
            session: The session of the user who writes it.
            tasks: Draws and keeps it.
            subject: The case.
            letters: Those that may be written.
            kind: The one that is wanted; None leaves the choice open.
            show_problem: Says in the window what the printer left out, once the dialog is closed.
            parent: The Qt parent.
        """
        super().__init__(
            tasks,
            title=TITLE,
            verb="&Keep and save",
            discard="&Discard this entry",
            about=subject.summary,
            intro=INTRO,
            parent=parent,
        )
        self.session, self.subject = session, subject
        self.letters = {each.template.kind.value: each for each in letters}
        self._show_problem = show_problem
        self._printing: LetterPrint | None = None
        self._written: WrittenLetter | None = None
        self._proposed: dict[str, object] = {}
        self._unseen: set[str] = set()  # the letters whose pages must be shown before they are sent
        self._refused = RefusedField(self.form, tasks)
        self.enable_autosave(session, Origin("write_letter", subject.case_ref))
        self._add_fields()
        self.pages_button = button("Show the &pages…", self.show_pages, icon="file-text")
        below = QWidget()
        row = QHBoxLayout(below)
        row.setContentsMargins(24, 0, 24, 4)
        row.addWidget(self.pages_button)
        row.addStretch(1)
        self.show_below_form(below)
        self.kind.changed.connect(self.fill)
        self.completed.connect(self._print)
        self.finished.connect(self._let_printer_go)
        self.kind.set_value(kind.value if kind is not None and kind.value in self.letters else None)
        self.fill()
        self.finish_layout()

    def _add_fields(self) -> None:
        add, lists, today = self.form.add, self.session.lists, self.session.today()
        kinds = [Option(name, each.template.kind.label) for name, each in self.letters.items()]
        self.kind = add(CodeField("kind", "&Letter", kinds, required=True))
        self.answers = {name: add(_field_of(self.session, each), shown=False) for name, each in LETTER_FIELDS.items()}
        self.address = add(
            LongTextField(
                "address",
                "&Address",
                lines=LINES,
                limit=MAX_FIELD_CHARS,
                required=True,
                help="One part to a line, without the name.",
            )
        )
        self.parent_name = add(
            TextField("parent", "Parent or &carer", limit=MAX_NAME_CHARS, help="They receive a copy of a warning."),
            shown=False,
        )
        self.no_copy = add(
            TextField("no_copy", "W&hy no copy", limit=MAX_FIELD_CHARS, help="If they must not have one."), shown=False
        )
        powers = code_options(lists.of(POWER_LIST), today)
        self.power = add(CodeField("power", "Legal po&wer", powers, required=True, help="Powers in force today."))
        self.power.set_value(USUAL_POWER)
        self.reason = add(CodeField("reason", "Wh&y", labels.reason_options(lists), required=True))
        self.reason.set_value(USUAL_REASON)
        self.then = add(ChoiceField("then", "Th&en", (SAVE, PRINT), required=True))
        self.then.set_value(SAVE.code)
        self.folder = add(PathField("path", "F&older", picks_folder=True, required=True))
        self.folder.set_value(str(Path.home()))
        self.file_name = add(TextField("file_name", "&Name of the file", limit=MAX_NAME_CHARS, required=True))
        self.overwrite = add(CheckBoxField("overwrite", "", "&Replace a file of this name"))
        wording = TextField("wording", "Wording", limit=MAX_NAME_CHARS)
        self.wording = add(wording, shown=False)  # for the draft: in which wording it was filled in
        self.then.changed.connect(self._show_then)

    @Slot()
    def _show_then(self) -> None:
        """Ask for a file only where one is saved."""
        prints = self.then.value() == PRINT.code
        for name in OF_A_FILE:
            self.form.set_field_visible(name, shown=not prints)
        self.primary.setText("&Keep and print…" if prints else "&Keep and save")
        self.primary.setAccessibleName(self.primary.text().replace("&", ""))

    @Slot()
    def fill(self) -> None:
        """Ask for what the chosen letter needs, and fill in what the case says where nobody typed anything else."""
        chosen = self.letters.get(self.kind.value() or "")
        needed = {each.name for each in chosen.template.fields} if chosen is not None else set()
        for name in self.answers:
            self.form.set_field_visible(name, name in needed)
        child = chosen is not None and chosen.facts.child
        has_copy = child and chosen is not None and bool(chosen.template.step)
        self.form.set_field_visible("parent", has_copy or (chosen is not None and chosen.template.to_parent))
        self.form.set_field_visible("no_copy", has_copy)
        if chosen is None:
            return
        self._note_wording()
        for name, field in self.answers.items():
            self._propose(field, chosen.facts.values.get(name, ""))
        self._propose(self.address, chosen.facts.address)
        self._propose(self.parent_name, chosen.facts.parent)
        self._propose(self.no_copy, chosen.facts.not_told)
        self._propose(self.file_name, f"{self.subject.case_ref}-{chosen.template.kind.value}.pdf")

    def _note_wording(self) -> None:
        """Note for the draft in which wording the letter is filled in; none where its pages are still to be shown."""
        kind = self.kind.value() or ""
        seen = kind in self.letters and kind not in self._unseen
        self.wording.set_raw_text(self.letters[kind].template.name if seen else "")

    def _propose(self, field: Field[Any], text: str) -> None:
        if field.value() in {None, "", self._proposed.get(field.name)}:
            field.set_raw_text(text)
            self._proposed[field.name] = field.value()

    @override
    def restore(self, draft: Draft) -> None:
        """Put an entry back; in another wording than it was kept with, its pages are shown before it is sent."""
        super().restore(draft)
        chosen = self.letters.get(self.kind.value() or "")
        if chosen is not None and draft.fields.get("wording") != chosen.template.name:
            self._unseen.add(chosen.template.kind.value)
            self._note_wording()
            self.banner.caution(WORDED_ANEW)

    def entry(self) -> WriteLetter:
        """Return the letter as it stands in the form."""
        no_copy = self.no_copy.value() or ""
        return WriteLetter(
            request=self.request,
            case_ref=self.subject.case_ref,
            kind=LetterKind(self.kind.filled()),
            wording=self.letters[self.kind.filled()].template.name,
            values=self._values(),
            address=self.address.value() or "",
            parent="" if no_copy else self.parent_name.value() or "",
            no_copy=no_copy,
            power=self.power.value() or "",
            reason=self.reason.value() or "",
        )

    def _values(self) -> Mapping[str, str]:
        said = {name: field.value() for name, field in self.answers.items()}
        return {name: value if isinstance(value, str) else value.isoformat() for name, value in said.items() if value}

    @override
    @Slot()
    def accept(self) -> None:
        """Keep the letter; where it is printed, ask for the printer first, and reach it."""
        if self.kind.value() in self._unseen:
            self.banner.caution(WORDED_ANEW)
            self.pages_button.setFocus()
            return
        if self.then.value() == PRINT.code and self._printing is None and self.is_ready:
            printer = ask_for_printer(self, TITLE)
            if printer is not None:
                self.print_on(printer)
            return
        super().accept()

    def print_on(self, printer: QPrinter) -> None:
        """Reach the printer, keep the letter, and print it."""
        printing = LetterPrint(self.session, self._tasks, printer, self._show_problem, self.parent() or self)
        if not printing.reach():
            self.banner.problem(UNREACHED)
            printing.deleteLater()
            return
        self._printing = printing
        super().accept()

    @property
    def is_ready(self) -> bool:
        """Whether everything is filled in, and nothing is being kept yet."""
        return self.primary.isEnabled() and self.save_check is None and self.form.validate()

    @override
    def build_command(self) -> Callable[[], WrittenLetter]:
        path = None if self._printing is not None else self.folder.path() / Path(self.file_name.filled()).name
        return partial(_write, self._printing, self.session, self.entry(), path, overwrite=bool(self.overwrite.value()))

    @override
    def handle_answer(self, answer: object) -> None:
        if isinstance(answer, WrittenLetter):
            self._written, answer = answer, answer.outcome
        super().handle_answer(answer)

    @Slot(object)
    def _print(self, outcome: Outcome) -> None:
        """Print what was kept; where the answer was lost, the letter is on record and is printed from there."""
        printing, self._printing = self._printing, None
        if printing is None:
            return
        if self._written is None:
            printing.abort_kept(self.subject.case_ref, outcome.ref, self.reason.filled())
        else:
            printing.paint(self.subject.case_ref, self._written, self.reason.filled())

    @Slot()
    def _let_printer_go(self) -> None:
        """Let nothing come out of a letter that was not kept, or of which nobody knows yet whether it was."""
        if self._printing is not None:
            self._printing.abort(is_settled=self.save_check is None)
            self._printing = None

    @override
    def show_refusal(self, sentence: str) -> None:
        """Say why it was not written: beside the field that is wrong, where it is shown."""
        self._let_printer_go()
        super().show_refusal(sentence)
        if self._refused.show(sentence):
            self.banner.clear()

    @Slot()
    def show_pages(self) -> None:
        """Show the pages exactly as they will leave; nothing is kept."""
        if self.form.validate():
            self.pages_button.setEnabled(False)
            entry = self.entry()
            draw = partial(preview_letter, self.session, entry)
            drawn = partial(self._pages_drawn, entry)
            self._tasks.latest(self, "pages", draw, drawn, self._not_drawn, self._draw_failed)

    def _pages_drawn(self, entry: WriteLetter, letter: SeenPaper) -> None:
        self.pages_button.setEnabled(True)
        if not self.form.validate() or entry != self.entry():
            self.show_pages()  # as they will leave after what was typed meanwhile
            return
        self.banner.clear()
        self._unseen.discard(entry.kind.value)
        self._note_wording()
        pages = LetterPagesDialog(self._tasks, letter, self)
        pages.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        pages.open()

    def _not_drawn(self, sentence: str) -> None:
        self.pages_button.setEnabled(True)
        if not self.is_working:  # the answer to keeping the letter is what counts by then
            self.show_refusal(sentence)

    def _draw_failed(self, reference: str) -> None:
        self._not_drawn(f"The pages could not be made, and nothing was kept. The reference is {reference}.")


def _write(
    printing: LetterPrint | None, session: Session, entry: WriteLetter, path: Path | None, *, overwrite: bool
) -> WrittenLetter:
    """Keep the letter, off the interface thread; before that, a note of one that is to be printed."""
    if printing is not None:
        printing.keep_note(entry)
    return write_letter(session, entry, path, overwrite=overwrite)


class LetterPagesDialog(QDialog):
    """The pages of a letter as they will leave."""

    def __init__(self, tasks: Tasks, letter: SeenPaper, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.letter = letter
        self.setWindowTitle("The letter as it will be sent")
        self.setAccessibleName("The letter as it will be sent")
        fit_to_screen(self, PAGES_WIDTH_PX, PAGES_HEIGHT_PX, SCREEN_SHARE)
        column = QVBoxLayout(self)
        self.pages = PaperPreview(tasks, PAGE_WIDTH_PX)
        column.addWidget(self.pages, 1)
        foot = QHBoxLayout()
        foot.addStretch(1)
        self.close_button = button("&Close", self.accept, kind="primary")
        foot.addWidget(self.close_button)
        column.addLayout(foot)
        self.pages.show_papers((letter,))


def _field_of(session: Session, asked: LetterField) -> Field[Any]:
    """Make the field in which a field of a letter is asked for."""
    match asked.kind:
        case FieldKind.DAY:
            return DateField(asked.name, asked.label, today=session.today, required=True, help=asked.help)
        case FieldKind.LINES:
            return LongTextField(
                asked.name, asked.label, lines=LINES, limit=MAX_FIELD_CHARS, required=True, help=asked.help
            )
        case FieldKind.LINE | FieldKind.TIME:
            return TextField(asked.name, asked.label, limit=MAX_FIELD_CHARS, required=True, help=asked.help)
