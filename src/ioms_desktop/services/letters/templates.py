"""The templates of letters, as shipped and as the office words them, and which of them is in force on a day."""

import tomllib
from collections.abc import Sequence
from datetime import date
from functools import cache
from pathlib import Path

from ioms_desktop.domain.errors import InvalidReferenceData, NotPossibleNow
from ioms_desktop.domain.letters.kinds import LetterKind
from ioms_desktop.domain.letters.office_wording import with_office_wordings
from ioms_desktop.domain.letters.template import LetterTemplate, in_force, read_template
from ioms_desktop.domain.text_format import format_day
from ioms_desktop.paths import resource
from ioms_desktop.storage.database.letter_wordings import list_wordings
from ioms_desktop.storage.records.read import Reading


@cache
def shipped_templates() -> tuple[LetterTemplate, ...]:
    """Return every template that is shipped, in every version.

    Raises:
        InvalidReferenceData: One cannot be read, or two of a kind are of one day; the sentence names the file.
    """
    return load_templates(resource("letters"))


@cache
def steps_with_letters() -> frozenset[str]:
    """Return the steps of the ladder of which there is a letter."""
    return frozenset(each.step for each in shipped_templates() if each.step)


def load_templates(folder: Path) -> tuple[LetterTemplate, ...]:
    """Return the templates in a folder, the earliest first: what is shipped later leaves the places of the others.

    Raises:
        InvalidReferenceData: As for `shipped_templates`.
    """
    found: dict[tuple[LetterKind, date], LetterTemplate] = {}
    for path in sorted(folder.glob("*.toml")):
        template = load_template(path)
        if (template.kind, template.valid_from) in found:
            day = format_day(template.valid_from)
            raise InvalidReferenceData(f"{path.name}: there is another template of this letter from {day} on.")
        found[template.kind, template.valid_from] = template
    return tuple(sorted(found.values(), key=lambda each: each.valid_from))


def load_template(path: Path) -> LetterTemplate:
    """Return the template in a file.

    Raises:
        OSError: The file is not there, or may not be read.
        InvalidReferenceData: It is no template; the sentence names the file.
    """
    try:
        return read_template(tomllib.loads(path.read_text(encoding="utf-8")))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as broken:
        raise InvalidReferenceData(f"{path.name} cannot be read: {broken}.") from broken
    except InvalidReferenceData as refused:
        raise InvalidReferenceData(f"{path.name}: {refused.sentence}") from refused


def templates_of(reading: Reading) -> tuple[LetterTemplate, ...]:
    """Return every template, as shipped and as the office words it."""
    return with_office_wordings(shipped_templates(), list_wordings(reading))


def template_on(templates: Sequence[LetterTemplate], kind: LetterKind, on: date) -> LetterTemplate:
    """Return the template of a letter that is in force on a day.

    Raises:
        NotPossibleNow: There is none yet.
    """
    found = in_force(templates, kind, on)
    if found is None:
        raise NotPossibleNow(f"There is no wording for this letter on {format_day(on)}. Nothing was written.")
    return found


def templates_on(
    templates: Sequence[LetterTemplate], on: date, programme: str, *, child: bool
) -> tuple[LetterTemplate, ...]:
    """Return the templates from which a letter may be written on a day: those to parents for children alone."""
    offered = (in_force(templates, kind, on) for kind in LetterKind)
    return tuple(
        each for each in offered if each is not None and programme in each.programmes and (child or not each.to_parent)
    )
