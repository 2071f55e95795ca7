"""Pauses garbage collection while very many objects are made that hold no reference cycles."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def garbage_collection_paused() -> Iterator[None]:
    """Pause the collection of reference cycles; everything else is still freed with its last reference.

    The collector would go through millions of rows and facts again and again, and find nothing. Where a window has
    turned it off for good, it stays off.
    """
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()
