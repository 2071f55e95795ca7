"""The callback through which long work in any layer reports its progress."""

from typing import Protocol


class ProgressCallback(Protocol):
    """Called repeatedly by long work; it may raise to cancel the work, which then undoes what it has begun."""

    def __call__(self, done: int, total: int, step: str = "", /) -> None:
        """Report progress.

        Args:
            done: Units done.
            total: Units in all; 0 if the number is not known.
            step: What is being done, in words.
        """


def no_progress(done: int, total: int, step: str = "", /) -> None:
    """Ignore the progress, for callers that do not show it."""
    del done, total, step
