"""A short text that differs wherever two timelines of the policy do, to tell what a result rests on."""

from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from datetime import date
from functools import lru_cache
from hashlib import sha256
from typing import Any

from typing_extensions import override

from ioms_desktop.domain.policy.policy import Policies


def policy_key(policies: Policies, program: str) -> str:
    """Return the key of every version of a timeline.

    Args:
        policies: The versions.
        program: The version of the program: another one may find something else under the same policy.
    """
    return f"{program} {_digest(_Same(policies))}"


class _Same:
    """Policies by what they are made of, without looking into it: each list asks for the key, which is long to write.

    Versions are frozen, so that the same ones have the same key.
    """

    def __init__(self, policies: Policies) -> None:
        self.policies = policies
        self._parts = (type(policies), policies.in_person_types, tuple(map(id, policies.versions)))

    @override
    def __hash__(self) -> int:
        return hash(self._parts)

    @override
    def __eq__(self, other: object) -> bool:  # ids are those of versions that both keep alive
        return isinstance(other, _Same) and self._parts == other._parts


@lru_cache(maxsize=8)
def _digest(same: _Same) -> str:
    return sha256(_plain(same.policies).encode()).hexdigest()[:32]


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
