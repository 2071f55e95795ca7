"""What no notice announces and may change what Today shows: an access that is over, an act of another process."""

from collections.abc import Mapping
from datetime import datetime
from typing import NamedTuple

from ioms_desktop.domain.database_location import is_shared
from ioms_desktop.services.session import Session
from ioms_desktop.storage.access_lists import break_glass_ends
from ioms_desktop.storage.records.read import Reading
from ioms_desktop.storage.requests import last_act_number, list_acts_after


class Unannounced(NamedTuple):
    """How it stood when it was read.

    Attributes:
        accesses: When each break-glass access of the user that is not over will be, by number.
        last_act: In a local file, the number of the last act; a server announces acts.
    """

    accesses: Mapping[int, datetime]
    last_act: int


def read_unannounced(session: Session, reading: Reading) -> Unannounced:
    """Read how it stands."""
    return Unannounced(
        break_glass_ends(reading, session.user, session.clock()),
        0 if is_shared(session.store.location) else last_act_number(reading),
    )


def has_unannounced(session: Session, reading: Reading, known: Unannounced, now: Unannounced) -> bool:
    """Whether an access is over, or another process acted on the file."""
    if not known.accesses.keys() <= now.accesses.keys() or now.last_act < known.last_act:
        return True
    return now.last_act > known.last_act and not session.store.own_requests.issuperset(
        list_acts_after(reading, known.last_act)
    )
