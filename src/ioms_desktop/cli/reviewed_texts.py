"""How a command is told what was decided of the texts in people's own words: a file, or that they are left out."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ioms_desktop.cli.command import option
from ioms_desktop.domain.errors import ConflictingValues, WrongFile
from ioms_desktop.domain.printing.audiences import Audience

if TYPE_CHECKING:
    import argparse

    from ioms_desktop.services.printing.texts.decided import ReviewForReader

REVIEW = (
    option(
        "--texts",
        type=Path,
        metavar="FILE",
        help="what is removed from people's own words: the JSON of `print texts`, each text with its `remove`",
    ),
    option("--without-free-text", action="store_true", help="leave out what people wrote in their own words"),
)
MAX_FILE_CHARS = 10_000_000


def review_asked(options: argparse.Namespace) -> dict[str, Any]:
    """Return what a command was told of the texts, as the services take it.

    Raises:
        ConflictingValues: Both were given.
        WrongFile: The file is not one of texts that were reviewed.
    """
    if options.texts is not None and options.without_free_text:
        raise ConflictingValues(
            "The texts are either left out or reviewed. Nothing was printed; leave --texts or --without-free-text out.",
            field="texts",
        )
    return {
        "review": None if options.texts is None else _read(options.texts),
        "without_texts": options.without_free_text,
    }


def _read(path: Path) -> ReviewForReader:
    from ioms_desktop.services.printing.texts.decided import ReviewForReader

    try:
        with path.open(encoding="utf-8") as file:
            said = json.loads(file.read(MAX_FILE_CHARS))
        marks = {
            str(ref): tuple((int(first), int(end)) for first, end in text["remove"])
            for text in said["texts"]
            if text["remove"] is not None
            for ref in text["ids"]
        }
        return ReviewForReader(audience=Audience(said["audience"]), agency=said["agency"] or "", marks=marks)
    except (OSError, ValueError, KeyError, TypeError) as wrong:
        raise WrongFile(
            f"{path} does not say what is removed from which text. Nothing was printed; take what `print texts "
            "--format json` says, and give each text its `remove`: places such as [[4, 7]], or [] for none.",
            field="texts",
        ) from wrong
