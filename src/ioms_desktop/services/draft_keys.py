"""What unsaved entries are encrypted with where the database has no key file of its own."""

from ioms_desktop.domain.errors import Refused
from ioms_desktop.services.desk import Desk
from ioms_desktop.services.places import data_folder
from ioms_desktop.storage.reference import database_id
from ioms_desktop.storage.store import Store


def key_at_sign_in(store: Store, user: str, password: str) -> bytes | None:
    """Give the key of whoever has just signed in to a shared database; None where nothing can be kept here.

    Args:
        store: The database.
        user: Who signed in.
        password: With what; never kept.
    """
    from ioms_desktop.storage import draft_keys  # noqa: PLC0415 - only where a server is signed in to

    try:
        with store.read() as reading:
            number = database_id(reading)
        return draft_keys.key_for(data_folder(), number, user, password)
    except Refused:
        return None  # the window says that what is typed is kept only while it is open


def keep_under(desk: Desk, password: str) -> None:
    """Put the key under a new password, so that what is unsaved can still be opened.

    Raises:
        Refused: The folder cannot be written.
    """
    from ioms_desktop.storage import draft_keys  # noqa: PLC0415 - as above

    if desk.draft_key is not None and desk.store.key is None:
        with desk.store.read() as reading:
            number = database_id(reading)
        draft_keys.protect(data_folder(), number, desk.user, password, desk.draft_key)
