"""Describe a database: where it is, what protects it, and what does not."""

from pathlib import PurePath

from ioms_desktop.domain.database_location import is_shared

DEMO_USER = "wright"
DEMO_HINT = (
    "Nobody in it is real. Sign in as wright or patel (supervisors), adeyemi (officer), okoro (navigator) or holt "
    "(co-ordinator); the password of each is demo."
)


def describe_database(location: str) -> str:
    """Describe the location of a database, without any password.

    Args:
        location: A path, or the URL of a shared database.
    """
    if not is_shared(location):
        path = PurePath(location)
        return f"Local file {path.name} in {path.parent}"
    place, _, options = location.split("://", 1)[1].rsplit("@", 1)[-1].partition("?")
    host, _, name = place.partition("/")
    service = next((each.partition("=")[2] for each in options.split("&") if each.startswith("service=")), "")
    return f"Shared database {name or 'ioms'} on {host or service or 'this computer'}"


def describe_database_briefly(location: str) -> str:
    """Describe the location of a database for the status bar."""
    words = describe_database(location)
    return words.split(" in ", 1)[0] if not is_shared(location) else words


def describe_protection(location: str) -> str:
    """Explain in a few sentences what protects a database, and what it is not protected against."""
    if is_shared(location):
        return (
            "The server knows you by your own login. Whatever program you use, it shows the cases you may know of and "
            "writes down every record you open and change. Who keeps the server can see everything."
        )
    return (
        "This file is encrypted: without a password or its recovery code nobody reads it, not even with the computer "
        "in their hands. It does not protect those who may sign in from one another: roles prevent mistakes and leave "
        "evidence, and any of them could, with skill, read or alter everything."
    )


def describe_protection_briefly(location: str) -> str:
    """Summarise in a few words what protects a database."""
    return "rights kept by the server" if is_shared(location) else "encrypted file"
