"""Where user files are kept on this machine: settings, the last database opened, local data."""

import json
import os
from pathlib import Path
from urllib.parse import unquote

from ioms_desktop.atomic_file import write_file
from ioms_desktop.domain.database_location import is_address


def settings_folder() -> Path:
    """Return the settings folder of this user; IOMS_SETTINGS overrides it."""
    named = os.environ.get("IOMS_SETTINGS")
    if named:
        return Path(named)
    import platformdirs  # noqa: PLC0415 - only where a folder is asked for

    return Path(platformdirs.user_config_dir("ioms-desktop", appauthor=False))


def data_folder() -> Path:
    """Return the folder for local databases and drafts; IOMS_DATA overrides it."""
    named = os.environ.get("IOMS_DATA")
    if named:
        return Path(named)
    import platformdirs  # noqa: PLC0415 - only where a folder is asked for

    return Path(platformdirs.user_data_dir("ioms-desktop", appauthor=False))


def last_database() -> str | None:
    """Return the database opened last; None where there is none or its note cannot be read."""
    try:
        kept = json.loads((settings_folder() / "last.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    found = kept.get("database") if isinstance(kept, dict) else None
    return found if isinstance(found, str) else None


def remember_database(location: str) -> None:
    """Note the database opened last, without its password; a folder that cannot be written is not an error."""
    location = without_password(location)
    absolute = location if is_address(location) else str(Path(location).resolve())
    folder = settings_folder()
    try:
        folder.mkdir(parents=True, exist_ok=True)
        write_file(folder / "last.json", json.dumps({"database": absolute}), through_link=True)  # settings are kept so
    except OSError:
        return


def without_password(location: str) -> str:
    """Return a location without any password in its address."""
    if not is_address(location):
        return location
    scheme, rest = location.split("://", 1)
    place, mark, query = rest.partition("?")
    account, at, host = place.rpartition("@")
    options = "&".join(part for part in query.split("&") if not unquote(part).lower().startswith(_SECRET_OPTIONS))
    return f"{scheme}://{account.split(':', 1)[0]}{at}{host}{mark if options else ''}{options}"


_SECRET_OPTIONS = ("password=", "sslpassword=")
