"""The shipped templates of letters, and which of them is in force on a day."""

import tomllib
from datetime import date
from functools import cache
from pathlib import Path

from ioms_desktop.domain.errors import InvalidReferenceData, NotPossibleNow
from ioms_desktop.domain.letters.template import LetterKind, LetterTemplate, in_force, read_template
from ioms_desktop.domain.text_format import format_day
from ioms_desktop.paths import resource


@cache
def shipped_templates() -> tuple[LetterTemplate, ...]:
    """Return every template that is shipped, in every version.

    Raises:
        InvalidReferenceData: One cannot be read, or two of a kind are of one day; the sentence names the file.
    """
    return load_templates(resource("letters"))


def load_templates(folder: Path) -> tuple[LetterTemplate, ...]:
    """Return the templates in a folder.

    Raises:
        InvalidReferenceData: As for `shipped_templates`.
    """
    found: dict[tuple[LetterKind, date], LetterTemplate] = {}
    for path in sorted(folder.glob("*.toml")):
        try:
            template = read_template(tomllib.loads(path.read_text(encoding="utf-8")))
        except (tomllib.TOMLDecodeError, UnicodeDecodeError) as broken:
            raise InvalidReferenceData(f"{path.name} cannot be read: {broken}.") from broken
        except InvalidReferenceData as refused:
            raise InvalidReferenceData(f"{path.name}: {refused.sentence}") from refused
        if (template.kind, template.valid_from) in found:
            day = format_day(template.valid_from)
            raise InvalidReferenceData(f"{path.name}: there is another template of this letter from {day} on.")
        found[template.kind, template.valid_from] = template
    return tuple(found.values())


def template_on(kind: LetterKind, on: date) -> LetterTemplate:
    """Return the template of a letter that is in force on a day.

    Raises:
        NotPossibleNow: There is none yet.
    """
    found = in_force(shipped_templates(), kind, on)
    if found is None:
        raise NotPossibleNow(f"There is no wording for this letter on {format_day(on)}. Nothing was written.")
    return found


def templates_on(on: date, programme: str, *, child: bool) -> tuple[LetterTemplate, ...]:
    """Return the templates from which a letter may be written on a day: those to parents for children alone."""
    offered = (in_force(shipped_templates(), kind, on) for kind in LetterKind)
    return tuple(
        each for each in offered if each is not None and programme in each.programmes and (child or not each.to_parent)
    )
