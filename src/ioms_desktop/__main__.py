"""Where both doors begin: without a command the window opens, with one it is carried out."""

import sys
from collections.abc import Iterable, Sequence
from pathlib import Path


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the application.

    Returns:
        0 done, 1 refused or failed, 2 wrong usage.
    """
    from ioms_desktop.cli.main import WindowFunctions, run  # noqa: PLC0415 - the start decides what is imported
    from ioms_desktop.cli.output import prepare_standard_streams  # noqa: PLC0415 - as above

    prepare_standard_streams()
    given = list(sys.argv[1:] if arguments is None else arguments)
    return run(given, WindowFunctions(open_window=_open_window, draw_screens=_draw_screens))


def _open_window(database: str | None, user: str | None) -> int:
    from ioms_desktop.app import open_window  # noqa: PLC0415 - only the window needs Qt

    return open_window(database, user)


def _draw_screens(folder: Path) -> Iterable[Path]:
    from ioms_desktop.app import draw_screens  # noqa: PLC0415 - only the window needs Qt

    return draw_screens(folder)


if __name__ == "__main__":
    if getattr(sys, "frozen", False):
        from multiprocessing import freeze_support

        freeze_support()  # a process that shall draw pictures starts this program again, which must not open a window
    sys.exit(main())
