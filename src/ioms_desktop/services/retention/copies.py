"""Copies made before a disposal that may still hold the record, as far as this computer knows."""

from datetime import UTC, datetime
from pathlib import Path

from ioms_desktop.domain.backups import Backup
from ioms_desktop.domain.database_location import is_shared
from ioms_desktop.domain.dates.calendar import LONDON
from ioms_desktop.domain.dates.instants import is_ahead
from ioms_desktop.domain.drafts import DRAFT_LIFETIME
from ioms_desktop.domain.text_format import format_day

DRAFTS_NOTE = (
    "Unsaved entries on other computers go when their user next signs in, at the latest after "
    f"{DRAFT_LIFETIME.days} days."
)
SERVER_DRAFTS_NOTE = (
    "Unsaved entries on other computers stop showing the record when their user next signs in. Anything they typed "
    f"themselves is deleted after {DRAFT_LIFETIME.days} days at the latest."
)
SERVER_COPIES_NOTE = (
    "Copies of the server, and pieces of its log, made before this disposal still hold the record until they are "
    "deleted: with the settings of deploy/backup.sh after seven months. Run deploy/after-disposal.sh on the server."
)
OTHER_COPIES_NOTE = (
    "Backups, exports and prints made before this disposal and kept elsewhere still hold the record until they are "
    "deleted or destroyed."
)


def describe_known_copies(location: str, at: datetime | None, now: datetime, last: Backup | None = None) -> list[str]:
    """Describe the copies that still hold what was removed, one sentence for each.

    Args:
        at: When it was removed; None where that is not known.
        now: The time, in UTC.
        last: The last backup that a local file knows of.
    """
    if is_shared(location):
        return [SERVER_COPIES_NOTE, OTHER_COPIES_NOTE, SERVER_DRAFTS_NOTE]
    made = now if at is None else at
    path = Path(location)
    beside = [
        f"{copy.name}, beside the database, was made before and still holds the record until it is deleted."
        for copy in sorted(path.parent.iterdir())
        if _is_copy(copy, path.name) and _may_be_older(datetime.fromtimestamp(copy.stat().st_mtime, UTC), made, now)
    ]
    if last is not None and _may_be_older(last.at, made, now):
        when = format_day(last.at.astimezone(LONDON).date())
        beside.append(f"The backup of {when}, {last.path}, and those before it still hold it until they are deleted.")
    return [*beside, OTHER_COPIES_NOTE, DRAFTS_NOTE]


def _may_be_older(written: datetime, made: datetime, now: datetime) -> bool:
    """Whether a copy may be older than a disposal; when one was made that is dated later than now, nobody knows."""
    return written <= made or is_ahead(written, now)


def _is_copy(path: Path, name: str) -> bool:
    return path.name.startswith(f"{name}.") and not path.name.endswith((".keys", ".tries")) and path.is_file()
