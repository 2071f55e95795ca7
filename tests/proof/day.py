"""Simulates a working day in which every name, note, reason and password is a unique word, then searches for the words.

The day is simulated in a process with its own home folder, settings and temporary files. It ends as a killed process
does, with the database open, so that nothing that a thief could find is cleaned up.
"""

import json
import os
import random
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from unittest import mock

from ioms_desktop import __main__ as program
from ioms_desktop.domain.dates.day_time import DayTime
from ioms_desktop.domain.drafts import Draft
from ioms_desktop.domain.errors import Refused
from ioms_desktop.services.cases.cases import open_case
from ioms_desktop.services.cases.search import find_people_and_cases
from ioms_desktop.services.drafts import save_draft
from ioms_desktop.services.recording.contacts import ContactEntry, FollowUp, RecordContact, record_contact
from ioms_desktop.services.recording.rag import SetRag, set_rag
from ioms_desktop.services.session import Session
from ioms_desktop.services.sign_in.sign_in import sign_in
from paper_prints import printed_pdf
from proof.books import NOW

KINDS = {"name": 10, "note": 20, "reason": 10, "password": 6, "fault": 4}
MEANT = ("from others", "paper", "export")
"""Folders of the office's own, whose files are there to be read: what came in, the PDF and the exported files."""


@dataclass(frozen=True, slots=True)
class Day:
    """A day that was lived.

    Attributes:
        folder: Everything the program could write to, and what it was given.
        marks: The words, by what they were.
        said: What the program wrote to the terminal.
    """

    folder: Path
    marks: dict[str, str]
    said: str

    def found(self, but: Sequence[str] = MEANT) -> list[str]:
        """Search every file but those in some folders, and what was said, for the words."""
        places = {"the terminal": self.said.encode()}
        for path in sorted(self.folder.rglob("*")):
            where = path.relative_to(self.folder)
            if path.is_file() and where.parts[0] not in but:
                places[str(where)] = path.read_bytes()
        return [f"{what} in {place}" for place, data in places.items() for what in sorted(self._within(data.lower()))]

    def _within(self, data: bytes) -> Iterator[str]:
        for what, mark in self.marks.items():
            if any(mark.lower().encode(form) in data for form in ("utf-8", "utf-16-le")):
                yield what


def make_marks(seed: int) -> dict[str, str]:
    """Make words that are found nowhere else."""
    chance = random.Random(seed)  # noqa: S311 - repeatable, no secret
    letters = "bcdfghjklmnpqrstvwxz"
    return {
        f"{kind} {number}": "Q" + "".join(chance.choice(letters) for _ in range(11))
        for kind, many in KINDS.items()
        for number in range(many)
    }


def live_a_day(folder: Path, seed: int) -> Day:
    """Live a day in a program of its own."""
    marks = make_marks(seed)
    home = folder / "home"
    for name in ("home", "temporary", *MEANT):
        (folder / name).mkdir(parents=True)
    given = {
        "HOME": str(home),
        "XDG_CONFIG_HOME": str(home / "config"),
        "XDG_DATA_HOME": str(home / "share"),
        "XDG_CACHE_HOME": str(home / "cache"),
        "IOMS_SETTINGS": str(home / "settings"),
        "IOMS_DATA": str(home / "data"),
        "TMPDIR": str(folder / "temporary"),
        "PYTHONPATH": os.pathsep.join(path for path in sys.path if path),
    }
    done = subprocess.run(
        [sys.executable, "-m", "proof.day"],
        input=json.dumps([str(folder), marks]),
        check=False,
        capture_output=True,
        text=True,
        cwd=Path(__file__).parents[1],
        env=os.environ | given,
    )
    if done.returncode != LEFT:
        raise AssertionError(done.stdout + done.stderr)
    return Day(folder, marks, done.stdout + done.stderr)


LEFT = 7
"""With what the program ends when the day came to its end."""


def _main() -> None:
    folder, marks = json.load(sys.stdin)
    _Worker(Path(folder), marks).day()
    sys.stdout.flush()
    os._exit(LEFT)  # nothing is closed: the power went


class _Worker:
    def __init__(self, folder: Path, marks: dict[str, str]) -> None:
        self._folder, self._marks = folder, marks
        self._location = str(folder / "home" / "cases.ioms")
        self._session: Session | None = None

    def day(self) -> None:
        """Do what a day brings, the command line first."""
        self._command("root", 0, "init", "--admin", "root", new=0)
        self._command("root", 0, "user", "add", "wright", "--role", "supervisor", new=1)
        self._bring_in()
        self._command("wright", 1, "export", str(self._folder / "export" / "all"), "--reason", "CASE_WORK")
        self._command("wright", 2, "export", str(self._folder / "export" / "no"), "--reason", "CASE_WORK", refused=True)
        self._fault_of_a_command()
        self._session = sign_in(self._location, "wright", self._password(1), clock=lambda: NOW)
        self._in_the_session(self._session)
        self._faults_of_the_session(self._session)
        with suppress(Refused):
            sign_in(self._location, "wright", self._password(3))

    def _password(self, number: int) -> str:
        return f"{self._marks[f'password {number}']} wades at dusk"

    def _command(self, user: str, password: int, *words: str, new: int | None = None, refused: bool = False) -> None:
        given = {"IOMS_PASSWORD": self._password(password)}
        if new is not None:
            given["IOMS_NEW_PASSWORD"] = self._password(new)
        with mock.patch.dict(os.environ, given):
            answer = program.main(["--database", self._location, "--user", user, *words])
        if (answer != 0) != refused:
            raise AssertionError(words)

    def _bring_in(self) -> None:
        """Import people with marked names and a case each."""
        given = self._folder / "from others"
        people, cases = (
            ["person_ref,family_name,given_names,date_of_birth"],
            ["case_ref,person_ref,programme,status,referred_on,adopted_on"],
        )
        for number in range(KINDS["name"]):
            people.append(f"P{number},{self._marks[f'name {number}']},Jo,2008-10-28")
            cases.append(f"C{number},P{number},IOM,ACTIVE,2026-09-07,2026-09-17")
        (given / "people.csv").write_text("\n".join(people), encoding="utf-8")
        (given / "cases.csv").write_text("\n".join(cases), encoding="utf-8")
        self._command("wright", 1, "import", str(given))

    def _in_the_session(self, session: Session) -> None:
        """Record, read, search and print, and leave a form half filled in."""
        notes = iter([self._marks[f"note {number}"] for number in range(KINDS["note"])])
        for number in range(KINDS["name"] - 1):
            record_contact(
                session,
                RecordContact(
                    request=f"day {number}",
                    entries=(ContactEntry(case_ref=f"C{number}", outcome="SEEN", note=next(notes)),),
                    occurred_at=DayTime(NOW.date()),
                    planned=True,
                    contact_type="OTHER",
                    worry=FollowUp(observation=next(notes), recipient="the school"),
                ),
            )
        for number in range(KINDS["reason"] - 1):
            entry = SetRag(
                request=f"rag {number}",
                case_ref=f"C{number}",
                rag="RED",
                set_on=NOW.date(),
                reason=self._reason(number),
            )
            set_rag(session, entry)
        open_case(session, "C0")
        find_people_and_cases(session, self._marks["name 0"][:6])
        pdf = printed_pdf(session, "C0", reason_code="CASE_WORK", reason_text=self._reason(9))
        (self._folder / "paper" / "C0.pdf").write_bytes(pdf)
        fields = {"note": next(notes), "behaviour": next(notes)}
        save_draft(
            session, Draft(id="half", form="contact", request="half", saved_at=NOW, case_ref="C1", fields=fields)
        )

    def _reason(self, number: int) -> str:
        return self._marks[f"reason {number}"]

    def _fault_of_a_command(self) -> None:
        """Cause a fault of the program inside a service, with a message that quotes a record."""
        fault = LookupError(f"nobody is called {self._marks['fault 0']}")
        with mock.patch("ioms_desktop.services.exchange.exports.log_people", side_effect=fault):
            where = str(self._folder / "export" / "fault")
            self._command("wright", 1, "export", where, "--reason", "CASE_WORK", refused=True)

    def _faults_of_the_session(self, session: Session) -> None:
        """Cause two more in the window, one of the program's and one of the database's, which it writes to its log."""
        from ioms_desktop.app import configure_log_file  # noqa: PLC0415 - the window's part
        from ioms_desktop.settings import Settings  # noqa: PLC0415 - as above
        from ioms_desktop.ui.errors import report_fault  # noqa: PLC0415 - as above

        configure_log_file(Settings.read(self._location, "wright"))
        for number, words in enumerate(("INSERT INTO people (nowhere) VALUES (?)", "SELECT nothing(?)"), start=1):
            try:
                with session.store.begin(session.command_context()) as tx:
                    tx.connection.exec_driver_sql(words, (self._marks[f"fault {number}"],))
            except Exception as error:  # noqa: BLE001 - as the window takes it
                report_fault(error)
        report_fault(ValueError(self._marks["fault 3"]))


if __name__ == "__main__":
    _main()
