"""Opening a case and its timeline, laid out and painted, against its bare rows read and the same picture painted.

Nobody reads a case without an entry that says so, durable before anything is shown. So the floor writes one too, as
plainly as it can be done: one insert into a table without an index, committed, with a salt and a hash. It knows which
tables have rows and reads no others, and paints in a widget what was laid out before. It asks for no rights, makes no
records, evaluates no rules and lays nothing out. Both go through the same cases, each in a database of its own, and
without the garbage collection that a window leaves to a timer.
"""

import gc
import os
from collections.abc import Callable
from contextlib import closing
from hashlib import sha256
from itertools import cycle, islice
from math import ceil
from pathlib import Path
from secrets import token_hex
from shutil import copyfile
from tempfile import TemporaryDirectory
from typing import Any

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")  # read when Qt is first imported, so it comes first

import psycopg
from PySide6.QtCore import QPoint
from PySide6.QtGui import QImage, QPainter, QPaintEvent
from PySide6.QtWidgets import QApplication, QWidget
from typing_extensions import override

from books import AT, PASSWORD, open_book, raw
from contact_floor import open_cases
from floors import Figure, in_turns
from ioms_desktop.charts.shapes import ColourRole, Picture
from ioms_desktop.charts.timeline import whole_period
from ioms_desktop.services.cases.cases import open_case
from ioms_desktop.services.cases.timelines import build_timeline
from ioms_desktop.services.session import Session
from ioms_desktop.services.sign_in.sign_in import sign_in
from ioms_desktop.ui.charts.drawing_view import paint_picture, theme_colour
from ioms_desktop.ui.charts.timeline_view import TimelineView
from ioms_desktop.ui.theme.active import active_theme
from ioms_desktop.ui.theme.apply import apply_theme
from ioms_desktop.ui.theme.tokens import Theme
from rights_floor import shared_book

ROUNDS, LOOKS = 25, 10
CASES, CONTACTS = 1_000, 40
WIDTH = 1_000
OF_CASES = ("cases", "contacts", "ratings", "offers", "concerns", "decisions", "rag", "notifications", "actions")
OF_PEOPLE = ("people", "custody", "orders")
"""The tables in which the cases of the book have rows."""
NOTED = (
    *("at", "kind", "actor", "actor_role", "workstation", "object_type", "object_ref", "subject_ref", "reason_code"),
    *("salt", "row_hash"),
)
"""What an entry of the access log holds."""
TARGET = 2


class Screen:
    """The timeline as the case screen has it, on an image in place of a screen."""

    def __init__(self) -> None:
        """Show an empty one."""
        app = QApplication.instance() or QApplication([])
        if isinstance(app, QApplication):
            apply_theme(app, Theme.light())
        self.window = QWidget()
        self.view = TimelineView(parent=self.window)
        self.plain = PlainView(self.window)
        for view in (self.view, self.plain):
            view.resize(WIDTH, 400)
        self.window.show()
        QApplication.processEvents()

    def open(self, session: Session, ref: str) -> Picture:
        """Open a case, lay its timeline out and paint it; gives the picture."""
        view = open_case(session, ref)
        facts = build_timeline(view, session.lists)
        first, last = whole_period(facts, view.as_of)
        self.view.show_facts(facts, from_on=first, to_on=last, today=view.as_of)
        self._render(self.view, self.view.picture)
        return self.view.picture

    def paint(self, picture: Picture) -> None:
        """Paint a picture that was laid out before, in a widget that does nothing else."""
        self.plain.picture = picture
        self.plain.setFixedHeight(ceil(picture.height))
        self._render(self.plain, picture)

    def _render(self, view: QWidget, picture: Picture) -> None:
        self.image = QImage(WIDTH, ceil(picture.height), QImage.Format.Format_RGB32)
        view.render(self.image, QPoint())


class PlainView(QWidget):
    """The plainest widget that shows a picture."""

    picture: Picture | None = None

    @override
    def paintEvent(self, _event: QPaintEvent) -> None:
        if self.picture is None:
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.fillRect(self.rect(), theme_colour(ColourRole.SURFACE))
        paint_picture(painter, self.picture, theme_colour, active_theme().family)
        painter.end()


def measure(_size: int) -> list[Figure]:
    """Measure cases of a file and of a server; the size of the book matters little."""
    return [*measure_file(), *measure_server()]


def measure_file(cases: int = CASES, contacts: int = CONTACTS, rounds: int = ROUNDS) -> list[Figure]:
    """Measure cases of so many contacts in a file."""
    with TemporaryDirectory() as folder:
        session = open_book(Path(folder) / "book.ioms", cases, contacts)
        copy = Path(folder) / "bare.ioms"
        copyfile(session.store.location, copy)
        with closing(raw(copy, session.store.key)) as db:
            db.isolation_level = None
            db.execute("PRAGMA journal_mode=WAL")
            db.execute("PRAGMA synchronous=FULL")
            figure = _figure("Opening", session, cases, Bare(db.execute, "?"), rounds)
        session.store.close()
    return [figure]


def measure_server(cases: int = CASES, contacts: int = CONTACTS, rounds: int = ROUNDS) -> list[Figure]:
    """Measure the same of a shared database, the bare rows in a copy without rights."""
    with shared_book(cases, contacts) as (location, without), psycopg.connect(without, autocommit=True) as copy:
        session = sign_in(location, "b_officer", PASSWORD, clock=lambda: AT, workstation="benchmark")
        figure = _figure("Server, officer: opening", session, cases, Bare(copy.execute, "%s"), rounds)
        session.store.close()
    return [figure]


class Bare:
    """Notes a look at a case and reads its rows and its person's with the driver alone."""

    def __init__(self, execute: Callable[..., Any], place: str) -> None:
        """Take how a statement is executed and committed, and how it writes a parameter."""
        owners = {"case_ref": OF_CASES, "person_ref": OF_PEOPLE}
        self._execute = execute
        self._asked = {
            f"SELECT * FROM {table} WHERE {owner} = {place}": owner  # noqa: S608 - ours
            for owner, tables in owners.items()
            for table in tables
        }
        self._noting = f"INSERT INTO looked ({', '.join(NOTED)}) VALUES ({', '.join([place] * len(NOTED))})"  # noqa: S608 - ours
        execute(f"CREATE TABLE looked ({', '.join(f'{name} TEXT' for name in NOTED)})")

    def note(self, ref: str) -> None:
        """Write that a case is looked at; it is durable on return."""
        who = (AT.isoformat(), "CONSULTATION", "b_officer", "officer", "benchmark")
        said = (*who, "cases", ref, f"P{ref[1:]}", "CASE_WORK")
        salt = token_hex(32)
        self._execute(self._noting, (*said, salt, sha256("|".join((*said, salt)).encode()).hexdigest()))

    def rows(self, ref: str) -> list[Any]:
        """Return them all."""
        owners = {"case_ref": ref, "person_ref": f"P{ref[1:]}"}
        return [
            row for asked, owner in self._asked.items() for row in self._execute(asked, (owners[owner],)).fetchall()
        ]


def _figure(name: str, session: Session, cases: int, bare: Bare, rounds: int) -> Figure:
    """Open cases, each time others, as somebody going through a list does; the floor reads and paints the same ones."""
    screen = Screen()
    refs = cycle(open_cases(cases))
    laid_out: dict[str, Picture] = {}

    def ours() -> None:
        laid_out.clear()
        for ref in islice(refs, LOOKS):
            laid_out[ref] = screen.open(session, ref)

    def floor() -> None:
        for ref, picture in laid_out.items():
            bare.note(ref)
            bare.rows(ref)
            screen.paint(picture)

    gc.disable()
    try:
        took, least = in_turns([ours, floor], rounds)
    finally:
        gc.enable()
    return Figure(
        name=f"{name} a case of {CONTACTS} contacts, its timeline painted",
        floor_name="a durable entry, its bare rows read, the same picture painted",
        ours=took / LOOKS,
        floor=least / LOOKS,
        target=TARGET,
    )
