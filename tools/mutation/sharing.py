"""Share work out among copies of the project, so that no two changes meet."""

from __future__ import annotations

import queue
from concurrent.futures import ThreadPoolExecutor, as_completed
from typing import TYPE_CHECKING, Self, TypeVar

from tools.mutation.tree import copy_tree

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

Item = TypeVar("Item")
Done = TypeVar("Done")


class Trees:
    """Copies of the project, one for each worker, made when first needed."""

    def __init__(self, root: Path, folder: Path, workers: int) -> None:
        """Take the project, a folder for the copies, and how many there may be."""
        self._root = root
        self._folder = folder
        self._pool = ThreadPoolExecutor(workers)
        self._free: queue.SimpleQueue[Path] = queue.SimpleQueue()
        for number in range(workers):
            self._free.put(folder / str(number))

    def __enter__(self) -> Self:
        """Be ready."""
        return self

    def __exit__(self, *_: object) -> None:
        """Give up what has not begun, and wait for what has."""
        self._pool.shutdown(cancel_futures=True)

    def each(self, items: Sequence[Item], work: Callable[[Path, Item], Done]) -> Iterator[tuple[Item, Done]]:
        """Work on every item with a copy of the project, and give each as it is done."""

        def at_work(item: Item) -> Done:
            tree = self._free.get()
            try:
                return work(tree if tree.exists() else copy_tree(self._root, tree), item)
            finally:
                self._free.put(tree)

        running = {self._pool.submit(at_work, item): item for item in items}
        for future in as_completed(running):
            yield running[future], future.result()
