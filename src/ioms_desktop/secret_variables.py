"""The passwords in the environment, which no process that this one begins may be handed."""

import os
from collections.abc import Iterator
from contextlib import contextmanager

SECRET_VARIABLES = ("IOMS_PASSWORD", "IOMS_NEW_PASSWORD", "IOMS_FILE_PASSWORD", "IOMS_RECOVERY_CODE")
_taken: dict[str, str] = {}
"""What was in the environment, while `secrets_apart` keeps it out."""


@contextmanager
def secrets_apart() -> Iterator[None]:
    """Keep the passwords out of the environment meanwhile: whatever process begins has all that is in it."""
    _taken.update((name, os.environ.pop(name)) for name in SECRET_VARIABLES if name in os.environ)
    try:
        yield
    finally:
        os.environ.update(_taken)
        _taken.clear()


def given_secret(name: str) -> str | None:
    """Return a password that the environment gave as this process began; None for none."""
    return _taken.get(name)
