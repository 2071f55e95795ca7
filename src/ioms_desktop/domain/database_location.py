"""Where a database is: a path on this computer, or the address of a shared one."""

SHARED_URL_PREFIXES = ("postgresql://", "postgres://", "postgresql+psycopg://")


def is_shared(location: str) -> bool:
    """Whether a location names a shared database, of a kind the program can open."""
    return location.startswith(SHARED_URL_PREFIXES)


def is_address(location: str) -> bool:
    """Whether a location is an address of any kind, not a path: such text may hold a password."""
    return "://" in location
