"""A short text that differs wherever two timelines of the policy do, to tell what a result rests on."""

from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from datetime import date
from hashlib import sha256
from typing import Any

from ioms_desktop.domain.policy.policy import Policies


def policy_key(policies: Policies, program: str) -> str:
    """Return the key of every version of a timeline.

    Args:
        policies: The versions.
        program: The version of the program: another one may find something else under the same policy.
    """
    return f"{program} {sha256(_plain(policies).encode()).hexdigest()[:32]}"


def is_of_newer_program(key: str, program: str) -> bool:
    """Whether a key is that of a newer program, as `0.10.0` is newer than `0.9.1`."""
    return _numbers(key.partition(" ")[0]) > _numbers(program)


def _numbers(version: str) -> list[int]:
    return [int(part) for part in version.split(".") if part.isdecimal()]


def _plain(value: Any) -> str:  # noqa: ANN401 - whatever a policy holds
    """Write a value so that equal ones are written alike: sets and mappings in order."""
    if is_dataclass(value):
        return f"({', '.join(f'{f.name}={_plain(getattr(value, f.name))}' for f in fields(value))})"
    if isinstance(value, Mapping):
        return f"{{{', '.join(sorted(f'{_plain(key)}: {_plain(each)}' for key, each in value.items()))}}}"
    if isinstance(value, frozenset | set):
        return f"{{{', '.join(sorted(map(_plain, value)))}}}"
    if isinstance(value, tuple | list):
        return f"[{', '.join(map(_plain, value))}]"
    return value.isoformat() if isinstance(value, date) else repr(value)
