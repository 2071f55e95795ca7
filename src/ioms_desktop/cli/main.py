"""The command line: parse, call a service, print; every failure is one sentence and exit code 1."""

import argparse
import sys
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from ioms_desktop.secret_variables import secrets_apart

EXIT_OK, EXIT_FAILED, EXIT_USAGE = 0, 1, 2


@dataclass(frozen=True, slots=True)
class WindowFunctions:
    """The functions that need the window, passed in because the command line does not import it.

    Attributes:
        open_window: Opens it on a database, for a user, where they are named; answers the exit code.
        draw_screens: Draws every screen into a folder.
    """

    open_window: Callable[[str | None, str | None], int]
    draw_screens: Callable[[Path], Iterable[Path]]


def run(arguments: Sequence[str], window: WindowFunctions) -> int:
    """Run a command line; without a command the window opens. Neither has a password in its environment.

    Returns:
        0 done, 1 refused or failed, 2 wrong usage.
    """
    with secrets_apart():
        return _run(arguments, window)


def _run(arguments: Sequence[str], window: WindowFunctions) -> int:
    if not arguments:
        return window.open_window(None, None)
    from ioms_desktop.cli.parser import build_parser  # after the usual start of the window, which needs no command

    try:
        options = build_parser().parse_args(list(arguments))
    except SystemExit as ended:  # argparse has said why
        return ended.code if isinstance(ended.code, int) else EXIT_USAGE
    options.pictures = window
    if options.handler is None:
        return window.open_window(options.database, options.user)
    return _run_handler(options)


def _run_handler(options: argparse.Namespace) -> int:
    from ioms_desktop.cli.output import discard_output, result_being_written
    from ioms_desktop.domain.errors import Refused

    try:
        answer = int(options.handler(options))
        with result_being_written():
            sys.stdout.flush()
        return answer  # noqa: TRY300 - what follows are the ways to fail
    except Refused as refused:
        return _print_error(refused.sentence)
    except KeyboardInterrupt:
        return _print_error("Stopped. Nothing unfinished was written.")
    except BrokenPipeError:
        discard_output()  # its reader has gone
        return EXIT_FAILED
    except OSError as error:
        what = f"{error.strerror or error}"
        where = f" ({error.filename})" if error.filename else ""
        return _print_error(
            f"The file or folder cannot be used{where}: {what}. Nothing was changed; check the place and its rights."
        )
    except Exception as error:  # noqa: BLE001 - a fault of ours: kept for whoever mends it, never shown as a traceback
        kept = _log_fault(error)
        return _print_error(f"Something went wrong inside the application. The details are in {kept}.")


def _log_fault(error: Exception) -> str:
    """Write the fault where the user can find and send it, without the data it was about."""
    from ioms_desktop.services.fault_log import fault_record
    from ioms_desktop.services.user_paths import settings_folder
    from ioms_desktop.shared_log import append_entry

    log = settings_folder() / "faults.log"
    try:
        append_entry(log, fault_record(error))
    except OSError:
        return "no file, because none could be written"
    return str(log)


def _print_error(sentence: str) -> int:
    print(sentence, file=sys.stderr)
    return EXIT_FAILED
