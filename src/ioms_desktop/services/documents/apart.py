"""Looks at foreign files in a process of its own, which has no key, no connection, and limits.

What goes wrong there, and whatever a hostile file may reach, ends with that process. It writes nothing: the file goes
to it and the pictures come back through a pipe. What comes back is read as words, numbers and pixels and nothing
else: a file that took that process over could otherwise send this one what it runs.
"""

import json
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from multiprocessing.connection import Connection
from threading import Lock
from typing import Self

from ioms_desktop.domain.documents.file_types import FILE_FIELD, FileType
from ioms_desktop.domain.errors import FileRefused, FileUnreadable, Refused, UnsafeFile, WrongFile
from ioms_desktop.services.documents.limits import limit_this_process
from ioms_desktop.services.documents.reader import (
    BYTES_PER_PIXEL,
    MAX_SIDE_PX,
    MAX_TEXT_CHARS,
    ContentReader,
    PageImage,
)
from ioms_desktop.services.process_isolation import ServingProcess

MAX_WAIT_S = 90
POLL_S = 0.1
ESCAPED_CHARACTER_BYTES = 12
MAX_ANSWER_BYTES = MAX_SIDE_PX * MAX_SIDE_PX * BYTES_PER_PIXEL + ESCAPED_CHARACTER_BYTES * MAX_TEXT_CHARS + 65_536
REFUSALS: dict[str, type[FileRefused]] = {each.__name__: each for each in (WrongFile, UnsafeFile)}
STOPPED = (
    "{name} could not be read within the memory and time that a document may take, so it may be made to do harm. "
    "Nothing was added or opened; print it to a new PDF and add that."
)

NOT_BEGUN = (
    "{name} could not be read, because this computer cannot begin another program now. Nothing was added or opened; "
    "close other programs and try again."
)


def _no_check() -> None:
    """Go on, for callers that cannot be stopped."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What comes back: a line of words and numbers, and pixels behind it.

    Attributes:
        words: The kind of file, a number, a text, or why it is refused.
        refusal: The name of the refusal; empty where there is none.
        pixels: A picture; empty for other answers.
    """

    words: str = ""
    refusal: str = ""
    width: int = 0
    height: int = 0
    pixels: bytes = b""

    def written(self) -> bytes:
        """Return the answer as it goes through the pipe."""
        return json.dumps([self.words, self.refusal, self.width, self.height]).encode() + b"\n" + self.pixels

    @classmethod
    def read(cls, written: bytes) -> Self:
        """Read an answer.

        Raises:
            ValueError: It is none.
        """
        line, _, pixels = written.partition(b"\n")
        parts = json.loads(line)
        if not isinstance(parts, list) or [type(part) for part in parts] != [str, str, int, int]:
            raise ValueError("no answer")
        words, refusal, width, height = parts
        return cls(words, refusal, width, height, pixels)


class FileProcess(ServingProcess):
    """A process that reads one file."""

    def __init__(self, name: str) -> None:
        """Start the process.

        Args:
            name: The name of the file, for the sentence that says it could not be read.

        Raises:
            FileUnreadable: No process can be had.
        """
        super().__init__(_serve)
        self._name, self._lock, self._has_begun = name, Lock(), False
        try:
            self.begin()
        except OSError as error:
            raise FileUnreadable(NOT_BEGUN.format(name=name), field=FILE_FIELD) from error

    def inspect(self, content: bytes, check: Callable[[], None] = _no_check) -> FileType:
        """Say which kind the file is.

        Args:
            content: All of it.
            check: Asked again and again while the answer is waited for; it may raise to stop.

        Raises:
            Refused: It is not kept as a document.
        """
        return FileType(self._ask("inspect", self._name, content, check=check).words)

    def hold(self, file_type: FileType, content: bytes) -> None:
        """Take a file that was checked when it was added."""
        self._ask("hold", self._name, file_type.value, content)

    def page_count(self) -> int:
        """Return how many pages it has."""
        return int(self._ask("page_count").words)

    def page(self, number: int, width: int) -> PageImage:
        """Return a page, or the picture, at most so many pixels wide."""
        found = self._ask("page", number, width)
        if found.width > width or len(found.pixels) != found.width * found.height * BYTES_PER_PIXEL:
            raise self._stopped()
        return PageImage(found.pixels, found.width, found.height, found.words)

    def text(self) -> str:
        """Return its text."""
        return self._ask("text").words

    def _ask(self, act: str, *given: object, check: Callable[[], None] = _no_check) -> Answer:
        with self._lock:
            try:
                if not self._has_begun:
                    self._answer(check)
                    self._has_begun = True
                with self.in_time(MAX_WAIT_S):
                    self.pipe.send((act, given))
                answer = self._answer(check)
            except (EOFError, OSError, ValueError) as ended:
                raise self._stopped() from ended
            except BaseException:  # whoever asked waits no longer
                self.end()
                raise
        if answer.refusal:
            raise REFUSALS.get(answer.refusal, UnsafeFile)(answer.words, field=FILE_FIELD)
        return answer

    def _answer(self, check: Callable[[], None]) -> Answer:
        for _ in range(int(MAX_WAIT_S / POLL_S)):
            check()
            if self.has_given(POLL_S):
                with self.in_time(MAX_WAIT_S):
                    return Answer.read(self.pipe.recv_bytes(MAX_ANSWER_BYTES))
        raise TimeoutError

    def _stopped(self) -> Refused:
        self.end()  # an answer that still came would be taken as that to the next question
        return UnsafeFile(STOPPED.format(name=self._name), field=FILE_FIELD)


def _serve(pipe: Connection) -> None:
    """Answer, in the new process, until the other end closes."""
    limit_this_process()
    reader = ContentReader()
    acts: dict[str, Callable[..., Answer]] = {
        "inspect": lambda name, content: Answer(reader.inspect(name, content).value),
        "hold": lambda name, file_type, content: _hold(reader, name, FileType(file_type), content),
        "page_count": lambda: Answer(str(reader.page_count())),
        "page": lambda number, width: _drawn(reader.page(number, width)),
        "text": lambda: Answer(reader.text()),
    }
    with suppress(EOFError, OSError):
        pipe.send_bytes(Answer().written())  # it has begun
        while True:
            act, given = pipe.recv()
            try:
                answer = acts[act](*given)
            except Refused as refused:
                answer = Answer(refused.sentence, type(refused).__name__)
            except Exception:  # noqa: BLE001 - a hostile file may cause any; what it was would repeat what the file says
                return
            pipe.send_bytes(answer.written())


def _hold(reader: ContentReader, name: str, file_type: FileType, content: bytes) -> Answer:
    reader.hold(name, file_type, content)
    return Answer()


def _drawn(page: PageImage) -> Answer:
    return Answer(page.text[:MAX_TEXT_CHARS], "", page.width, page.height, page.pixels)
