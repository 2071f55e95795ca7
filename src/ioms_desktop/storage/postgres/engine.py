"""A shared database: one engine for a server."""

from typing import Any

from sqlalchemy import URL, Engine, create_engine, event, make_url
from sqlalchemy.exc import ArgumentError

from ioms_desktop.domain.errors import MalformedValue
from ioms_desktop.storage.postgres.connection import connect_arguments

CREDENTIAL_OPTIONS = ("user", "password", "sslpassword")
"""What an address may say of whoever connects; a person says it themselves."""
NO_PASSPHRASE = " "
"""Said where nobody typed one: with nothing at all, the library would ask for it at the terminal and wait."""


def url_for(location: str) -> URL:
    """Read the address of a shared database; name and password may also come from the usual environment.

    Raises:
        Refused: It cannot be read.
    """
    try:
        return make_url(location).set(drivername="postgresql+psycopg")
    except (ArgumentError, ValueError):
        # Not raised from it: what was read may hold a password.
        raise MalformedValue(
            "The address of the database cannot be read. Nothing was opened; write it as postgresql://host/name."
        ) from None


def server_engine(location: str) -> Engine:
    """Make the engine of a shared database, in the name that the address or the environment says."""
    url = url_for(location)
    return _engine(url, connect_arguments(url))


def personal_engine(location: str, name: str, password: str) -> Engine:
    """Make the engine with which a person works in their own name.

    Args:
        location: The address; what it says of anybody's name and password is left aside.
        name: The person's login.
        password: Their password, or the phrase that the key of their certificate lies under; empty where the server
            knows them by a Kerberos ticket or a certificate. It is no part of the engine's address.
    """
    url = without_credentials(location).set(username=name)
    proof = {"password": password} if password else {}
    return _engine(url, connect_arguments(url) | proof | {"sslpassword": password or NO_PASSPHRASE})


def set_engine_password(engine: Engine, password: str) -> None:
    """Have an engine connect with another password from now on: its person has changed theirs, and works on."""

    @event.listens_for(engine, "do_connect")
    def _prove(_dialect: object, _record: object, _arguments: object, options: dict[str, Any]) -> None:
        options["password"] = password


def without_credentials(location: str) -> URL:
    """Give an address without anybody's name and password."""
    # Not `set`, which takes None for nothing to be changed.
    return url_for(location)._replace(username=None, password=None).difference_update_query(CREDENTIAL_OPTIONS)


def _engine(url: URL, arguments: dict[str, Any]) -> Engine:
    return create_engine(
        url,
        hide_parameters=True,
        pool_pre_ping=True,
        # With the one that listens, fewer than a login may have: twelve.
        pool_size=4,
        max_overflow=5,
        connect_args=arguments,
    )
