"""One test for many instances that take no time: by itself, each would cost more than what it looks at."""

from __future__ import annotations

from functools import wraps
from inspect import signature
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable


def for_each(names: str, instances: Iterable[Any]) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Run a test for every instance, as `parametrize` does; it fails with all that fail, each named in a note.

    What the test asks of fixtures is the same for all: nothing that an instance changes may matter to the next.
    Where an instance is skipped the others are tried, and the test is skipped if none fails.

    Args:
        names: The arguments of the test, with commas between them; of several, each instance is a tuple.
        instances: The instances; there must be some.
    """
    arguments = [name.strip() for name in names.split(",")]
    listed = [each if len(arguments) > 1 else (each,) for each in instances]

    def decorate(test: Callable[..., None]) -> Callable[..., None]:
        @wraps(test)
        def every(**fixtures: Any) -> None:  # noqa: ANN401 - any fixture
            assert listed
            failed: list[BaseException] = []
            skipped: list[BaseException] = []
            for instance in listed:
                try:
                    test(**fixtures, **dict(zip(arguments, instance, strict=True)))
                except pytest.skip.Exception as skip:
                    skipped.append(skip)
                except (Exception, pytest.fail.Exception) as failure:  # noqa: BLE001 - the others are looked at too
                    failure.add_note(f"{names}: {instance}")
                    failed.append(failure)
            if failed:
                raise BaseExceptionGroup(test.__name__, failed)
            if skipped:
                raise skipped[0]

        given = signature(test)
        left = [each for name, each in given.parameters.items() if name not in arguments]
        every.__signature__ = given.replace(parameters=left)  # type: ignore[attr-defined]  # what pytest reads
        return every

    return decorate
