"""Whether a database is a demo without real people; it can be asked before anybody signs in."""

from ioms_desktop.storage.database.demo_marker import has_demo_key_file

DEMO_PASSWORD = "demo"
DEMO_ADMINISTRATOR = "admin"


def is_demo_database(location: str) -> bool:
    """Whether a local file is a demo; an unreadable one is not, and sign-in explains why it cannot be read."""
    return has_demo_key_file(location)
