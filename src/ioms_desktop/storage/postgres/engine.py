"""The SQLAlchemy engine of a shared database."""

import logging
from typing import Any

from sqlalchemy import URL, Engine, create_engine, event, make_url
from sqlalchemy.exc import ArgumentError

from ioms_desktop.domain.errors import MalformedValue, MissingValue
from ioms_desktop.storage.postgres.connection import connect_arguments, names_nobody

CREDENTIAL_OPTIONS = ("user", "password", "sslpassword")
"""Options of an address that identify the user; users sign in with their own instead."""
NOBODY_NAMED = (
    "The address names nobody to sign in as on that server. Nothing was opened; run the command on the server as its "
    "account postgres, or name the account that keeps it in the address, as in postgresql://postgres@host/name."
)
NO_PASSPHRASE = " "
"""Stands for no passphrase: with an empty one the library would prompt at the terminal and wait."""

# What went wrong is told in a sentence; the driver would print what it gave up after that, with login and database.
logging.getLogger("psycopg").addHandler(logging.NullHandler())


def url_for(location: str) -> URL:
    """Parse the address of a shared database; name and password may also come from the usual environment.

    Raises:
        Refused: It is no valid address.
    """
    try:
        return make_url(location).set(drivername="postgresql+psycopg")
    except (ArgumentError, ValueError):
        # Without its cause, which may quote a password from the address.
        raise MalformedValue(
            "The address of the database cannot be read. Nothing was opened; write it as postgresql://host/name."
        ) from None


def server_engine(location: str) -> Engine:
    """Make an engine for the user named in the address or the environment, or on this machine for its own account.

    Raises:
        Refused: It is no valid address, or that of another machine and names nobody.
    """
    url = url_for(location)
    if names_nobody(url):
        raise MissingValue(NOBODY_NAMED)
    return _engine(url, connect_arguments(url))


def personal_engine(location: str, name: str, password: str) -> Engine:
    """Make an engine for a user's own login.

    Args:
        location: The address; a name and a password in it are ignored.
        name: The login.
        password: The user's password, or the passphrase of their certificate's key; empty if the server knows them by
            a Kerberos ticket or a certificate. It is not stored in the engine's address.

    Returns:
        The engine; `check_schema_of_connections` lets it find out which connections still stand.
    """
    url = without_credentials(location).set(username=name)
    proof = {"password": password} if password else {}
    arguments = connect_arguments(url, sends_password=bool(password))
    return _engine(url, arguments | proof | {"sslpassword": password or NO_PASSPHRASE}, is_pinged=False)


def set_engine_password(engine: Engine, password: str) -> None:
    """Let an engine connect with another password from now on, after its user has changed it."""

    @event.listens_for(engine, "do_connect")
    def _prove(_dialect: object, _record: object, _arguments: object, options: dict[str, Any]) -> None:
        options["password"] = password


def without_credentials(location: str) -> URL:
    """Remove the name and the password from an address."""
    # Not `set`, which takes None to mean no change.
    return url_for(location)._replace(username=None, password=None).difference_update_query(CREDENTIAL_OPTIONS)


def _engine(url: URL, arguments: dict[str, Any], *, is_pinged: bool = True) -> Engine:
    return create_engine(
        url,
        hide_parameters=True,
        pool_pre_ping=is_pinged,
        use_native_hstore=False,  # no column has that type; the server would be asked for it at each opening
        # Together with the one for LISTEN, fewer than the twelve connections that a login may have.
        pool_size=4,
        max_overflow=5,
        # The one that was used last knows the plans of what is asked next; another would make each of them anew.
        pool_use_lifo=True,
        connect_args=arguments,
    )
