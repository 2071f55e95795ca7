"""Looking for garbage: not while very much is made of which none goes round in circles."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def no_garbage_sought() -> Iterator[None]:
    """Pause the search for garbage; what nothing refers to any more goes at once all the same.

    The search would go through millions of rows and facts again and again, and find nothing. Where a window has turned
    it off for good, it stays off.
    """
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()
