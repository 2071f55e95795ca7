"""A shared database: one engine for a server."""

from sqlalchemy import URL, Engine, create_engine, make_url

from ioms_desktop.storage.postgres.connecting import connect_arguments


def url_for(location: str) -> URL:
    """Read the address of a shared database; name and password may also come from the usual environment."""
    return make_url(location).set(drivername="postgresql+psycopg")


def engine_for(location: str) -> Engine:
    """Make the engine of a shared database; per-person logins and row-level security take their place here."""
    url = url_for(location)
    return create_engine(
        url,
        hide_parameters=True,
        pool_pre_ping=True,
        # With the one that listens, fewer than a login may have: twelve.
        pool_size=4,
        max_overflow=5,
        connect_args=connect_arguments(url),
    )
