"""What a command writes: its result to standard output, messages to standard error."""

import argparse
import io
import os
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from typing import Any


def prepare_standard_streams() -> None:
    """Make the standard streams take every letter, so that no command fails at writing what it has done.

    They are UTF-8 whatever the console's code page is: redirected output of Windows is else cp1252, which has no Ł.
    What is no letter at all, such as half of a pair, is written as an escape. A stream that is missing, as in a program
    without a console, becomes one that leads nowhere.
    """
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        stream = getattr(sys, name)
        if stream is None:
            # Open as long as the program is, like the stream that it stands for.
            setattr(sys, name, open(os.devnull, mode, encoding="utf-8"))  # noqa: SIM115, PTH123
        elif isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(encoding="utf-8", errors="surrogateescape" if mode == "r" else "backslashreplace")


def write_result(options: argparse.Namespace, payload: Mapping[str, Any], text: str) -> int:
    """Write a result: JSON for a program, text for a person.

    Raises:
        Refused: It cannot be written, which says nothing of what the command did before.
    """
    if options.format == "json":
        import json

        text = json.dumps(payload, ensure_ascii=False, indent=2)
    with result_being_written():
        print(text, flush=True)
    return 0


@contextmanager
def result_being_written() -> Iterator[None]:
    """Tell a result that finds no room from a command that failed.

    Raises:
        Refused: It could not be written.
    """
    try:
        yield
    except BrokenPipeError:
        raise
    except OSError as error:
        from ioms_desktop.domain.errors import FileUnwritable

        discard_output()
        raise FileUnwritable(
            f"The command was carried out, but its result could not be written: {error.strerror}. Make room and ask "
            "again by a command that only reads; do not repeat this one where it changes something."
        ) from error


def discard_output() -> None:
    """Give up what could not be written to standard output: Python would try once more at exit, and complain."""
    with suppress(OSError):  # a stream that is no file
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def write_message(sentence: str) -> None:
    """Write a message, which is not the result."""
    print(sentence, file=sys.stderr)


def print_recovery_code(code: str) -> None:
    """Print a recovery code, which cannot be shown again."""
    if code:
        print(f"Recovery code: {code}")
        print(
            "Write it down and lock it away, apart from this computer: it opens the file when a password is forgotten, "
            "for whoever has it. It is not shown again."
        )
