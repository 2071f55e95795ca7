"""Whether a database says that nobody in it is real; asked before anybody signs in, and answers nothing else."""

from ioms_desktop.storage.database.demo_marker import has_demo_key_file

DEMO_PASSWORD = "demo"
DEMO_ADMINISTRATOR = "admin"


def is_demo_database(location: str) -> bool:
    """Say whether a local file is a demo; one that cannot be read is none, and sign-in says why it cannot."""
    return has_demo_key_file(location)
