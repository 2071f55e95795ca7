"""Whether a database says that nobody in it is real; asked before anybody signs in, and answers nothing else."""

from ioms_desktop.domain.errors import Refused
from ioms_desktop.storage.engine import is_shared, open_store
from ioms_desktop.storage.fiction import is_fiction


def is_fictional(location: str) -> bool:
    """Say whether a local file is a demo; one that cannot be opened is none, and sign-in says why it cannot."""
    if is_shared(location):
        return False
    try:
        store = open_store(location)
    except Refused:
        return False
    try:
        with store.read() as reading:
            return is_fiction(reading)
    finally:
        store.close()
