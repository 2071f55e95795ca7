"""Derives the key of a local file's password as soon as it is typed.

That takes long on purpose. Nothing of the database library is imported here, so that it is loaded meanwhile.
"""

from ioms_desktop.domain.database_location import is_shared
from ioms_desktop.storage.envelope import DerivedKey
from ioms_desktop.storage.sqlite import key_file


def derive_early(location: str, name: str, password: str) -> DerivedKey | None:
    """Derive the key of a password, for `sign_in`; whether it is the right one is seen there.

    Returns:
        The key; None for a server, and where `sign_in` will refuse to open the file or knows nobody of that name.
    """
    return None if is_shared(location) else key_file.derive_early(location, name, password)
