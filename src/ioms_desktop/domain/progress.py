"""Progress of long work, as every layer reports it."""

from typing import Protocol


class ProgressCallback(Protocol):
    """Called by long work now and then; it may raise to stop the work, which then undoes what it began."""

    def __call__(self, done: int, total: int, step: str = "", /) -> None:
        """Report progress.

        Args:
            done: Units done.
            total: Units in all; 0 where the number is not known.
            step: What is being done, in words.
        """


def no_progress(done: int, total: int, step: str = "", /) -> None:
    """Ignore the progress: for callers that need not show it."""
    del done, total, step
