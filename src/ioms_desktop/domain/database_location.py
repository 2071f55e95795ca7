"""The location of a database: a path on this computer, or the URL of a shared one."""

SHARED_URL_PREFIXES = ("postgresql://", "postgres://", "postgresql+psycopg://")


def is_shared(location: str) -> bool:
    """Whether a location is the URL of a shared database of a kind the program can open."""
    return location.startswith(SHARED_URL_PREFIXES)


def is_address(location: str) -> bool:
    """Whether a location is a URL of any kind and not a path, so that it may contain a password."""
    return "://" in location
