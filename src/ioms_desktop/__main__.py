"""Where both doors begin: without a command the window opens, with one it is carried out."""

import sys
from collections.abc import Sequence


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the application.

    Returns:
        0 done, 1 refused or failed, 2 wrong usage.
    """
    given = list(sys.argv[1:] if arguments is None else arguments)
    from ioms_desktop.cli.main import run  # noqa: PLC0415 - the start decides what is imported

    return run(given)


if __name__ == "__main__":
    sys.exit(main())
