"""The dialog that loads a published table of harm weights: the file and what is in it, what table it is, since when."""

from collections.abc import Callable
from functools import partial
from pathlib import Path

from PySide6.QtCore import QTimer, Slot
from PySide6.QtWidgets import QWidget

from ioms_desktop.domain.errors import FileNotFound
from ioms_desktop.domain.text_format import join_words, pluralise
from ioms_desktop.services.database.harm_weights import (
    LoadHarmWeights,
    WeightsPreview,
    load_harm_weights,
    preview_harm_weights,
)
from ioms_desktop.services.session import Outcome, Session
from ioms_desktop.ui.dialogs.auto_height import Card
from ioms_desktop.ui.dialogs.autosave import Origin
from ioms_desktop.ui.dialogs.simple_command import SimpleCommand, SimpleCommandDialog
from ioms_desktop.ui.forms.date_fields import DateField
from ioms_desktop.ui.forms.fields import TextField
from ioms_desktop.ui.forms.path_field import PathField, expand_path, path_problem
from ioms_desktop.ui.tasks import Task, Tasks
from ioms_desktop.ui.widgets.widgets import announce

INTRO = (
    "Each recorded offence without a weight of its own weighs what the table of its day says. Scheme, version, first "
    "day and source stay with every weight. A table that is loaded stays; a corrected one is loaded as another version."
)
FILE_HELP = "A CSV file with the columns offence and weight, as published; other columns are left out."
READ_DELAY_MS = 400
"""Pause in milliseconds, since the last key, before the file is looked at."""
PREVIEW = "What is in the file"
NO_FILE = "Choose the file; what is in it is shown here before anything is loaded."
READING = "The file is being read."
NOT_THERE = "There is no file of this name. Check the name, or choose the file."


class LoadWeightsDialog(SimpleCommandDialog):
    """Asks for the file and what table it is, and shows what the file holds before it is loaded."""

    def __init__(self, session: Session, tasks: Tasks, parent: QWidget | None = None) -> None:
        """Create an empty form.

        Args:
            session: The session of the user who loads the table.
            tasks: Reads the file and runs the command.
            parent: The Qt parent.
        """
        self.file = PathField("path", "&File", picks_folder=False, required=True, help=FILE_HELP)
        self.scheme = TextField("scheme", "Sche&me", required=True, help="The name of the table, as CHI.")
        self.version = TextField("version", "&Version", required=True, help="As it is published, as 2023.")
        self.first_day = DateField(
            "valid_from", "Holds f&rom", today=session.today, required=True, help="The first day of offences it weighs."
        )
        self.source = TextField("source", "Where &published", required=True)
        self.preview = Card(PREVIEW, (NO_FILE,))
        self._tasks = tasks
        self.reading: Task[WeightsPreview] | None = None

        def command() -> Callable[[], Outcome]:
            entry = LoadHarmWeights(
                request=self.request,
                path=self.file.path(),
                scheme=self.scheme.filled(),
                version=self.version.filled(),
                valid_from=self.first_day.filled(),
                source=self.source.filled(),
            )
            return partial(load_harm_weights, session, entry)

        spec = SimpleCommand(
            title="Load harm weights",
            verb="&Load",
            intro=INTRO,
            origin=Origin("harm_weights"),
            fields=(self.file, self.scheme, self.version, self.first_day, self.source),
            command=command,
        )
        super().__init__(session, tasks, spec, parent)
        self.form.place(self.preview)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(READ_DELAY_MS)
        self._timer.timeout.connect(self._read)
        self.file.changed.connect(self._begin_again)

    @Slot()
    def _begin_again(self) -> None:
        """Forget what was in another file, and read this one after the last key."""
        if self.reading is not None:
            self.reading.cancel()
            self.reading = None
        self._show_words(READING if self.file.value() else NO_FILE)
        self._timer.start()

    @Slot()
    def _read(self) -> None:
        """Show what the file holds; it is read off the interface thread, for it may lie on a slow share."""
        if not self.file.value():
            return
        work = partial(_preview, self.session, self.file.value() or "")
        self.reading = self._tasks.latest(self, "preview", work, self._show, refused=self._tell)

    @Slot(object)
    def _show(self, found: WeightsPreview) -> None:
        heaviest = join_words([f"{offence} ({weight})" for offence, weight in found.heaviest])
        loaded = join_words([f"{scheme} {version}" for scheme, version in found.loaded])
        already = f" Loaded already: {loaded}." if loaded else " No table is loaded yet."
        self._tell(f"{pluralise(len(found.weights), 'weight').capitalize()}; the heaviest: {heaviest}.{already}")

    def _tell(self, words: str) -> None:
        self._show_words(words)
        announce(words, self.file.control)

    def _show_words(self, words: str) -> None:
        self.preview.set_lines((words,))
        self.preview.setAccessibleName(f"{PREVIEW}. {words}")


def _preview(session: Session, typed: str) -> WeightsPreview:
    """Look whether there is such a file, and what is in it: each may wait for a slow share.

    Raises:
        FileNotFound: There is none.
        Refused: It cannot be read, or a line of it is wrong.
    """
    if problem := path_problem(typed, _missing):
        raise FileNotFound(problem)
    return preview_harm_weights(session, expand_path(typed))


def _missing(place: Path) -> str:
    return "" if place.is_file() else NOT_THERE
