"""The file with the decision of two people on a disposal; --help explains it."""

from dataclasses import dataclass, fields
from datetime import date
from pathlib import Path

from ioms_desktop.domain.errors import FileUnreadable, MalformedValue, MissingValue, NeedsAnotherPerson, WrongFile

DECISION_FILE_HELP = """\
The decision is a file of TOML or JSON, the same for both people:

    proposed_by = "A. SHAH"             who proposes; their login
    authorised_by = "R. HOLT"           another supervisor, who authorises; their login
    date = 2026-11-20                   the day of the decision, today or before
    authority = "RRD panel 2026/14"     what the decision stands on; it stays, so it names nobody
    reason = "Six clear years."         why; it stays, so it names nobody

Each runs the same command under their own login: first who proposes, and nothing is removed; then who authorises, and
the record is removed and the certificate printed.
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class DisposalDecision:
    """The decision of two people to dispose of a record.

    Attributes:
        proposed_by: Who proposes, by login.
        authorised_by: Who authorises, by login; never the same.
        date: The day of the decision.
        authority: The authority for it.
        reason: Why.
    """

    proposed_by: str
    authorised_by: str
    date: date
    authority: str
    reason: str


def read_decision(path: Path) -> DisposalDecision:
    """Read the file, TOML or JSON.

    Raises:
        Refused: It cannot be read, lacks something, or names one person twice.
    """
    import json
    import tomllib

    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise FileUnreadable(
            f"The decision {path} cannot be read. Nothing was removed; check its name and rights."
        ) from error
    try:
        found = json.loads(text) if text.lstrip().startswith("{") else tomllib.loads(text)
    except ValueError as error:
        raise WrongFile(f"The decision {path} is neither TOML nor JSON. Nothing was removed; see --help.") from error
    names = [field.name for field in fields(DisposalDecision)]
    read = {name: " ".join(str(found.get(name) or "").split()) for name in names}
    missing = [name for name, words in read.items() if not words]
    if missing:
        raise MissingValue(f"The decision {path} lacks {' and '.join(missing)}. Nothing was removed; see --help.")
    if read["proposed_by"] == read["authorised_by"]:
        raise NeedsAnotherPerson(
            "The decision names one person twice, and nobody carries out a disposal alone. Nothing was removed."
        )
    try:
        day = date.fromisoformat(read.pop("date"))
    except ValueError as error:
        raise MalformedValue(
            "The date of the decision is not written YYYY-MM-DD. Nothing was removed; correct it."
        ) from error
    return DisposalDecision(date=day, **read)
