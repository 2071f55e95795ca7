"""What a register reads on a worker thread: its ids, the rows of a window, and where what is selected is among them."""

from array import array
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Generic

from ioms_desktop.services.list_query import ListQuery
from ioms_desktop.ui.lists.kept_selection import Chosen, Kept, find_chosen
from ioms_desktop.ui.lists.register import Register, Row

WINDOW_ROWS = 200


@dataclass(frozen=True, slots=True)
class LoadedIds(Generic[Row]):
    """The ids, the rows of the first window if they were read as well, and what was selected."""

    ids: "array[int]"
    rows: dict[int, Row] | None
    kept: Kept | None = None


def fetch_row_map(register: Register[Row], ids: Sequence[int]) -> dict[int, Row]:
    """Read some rows by their ids."""
    return {row.id: row for row in register.fetch_rows(ids)}


def load_first_window(register: Register[Row], query: ListQuery, chosen: Chosen | None) -> LoadedIds[Row]:
    """Read every id, and the rows of the first window."""
    ids = _as_id_array(register.query_ids(query))
    rows = fetch_row_map(register, ids[:WINDOW_ROWS]) if ids else None
    return LoadedIds(ids, rows, chosen and find_chosen(chosen, ids))


def load_first_rows(
    first: Callable[[ListQuery], Sequence[Row]], query: ListQuery, chosen: Chosen | None
) -> LoadedIds[Row]:
    """Read the first rows alone."""
    rows = {row.id: row for row in first(query)}
    ids = array("q", rows)
    return LoadedIds(ids, rows or None, chosen and find_chosen(chosen, ids))


def load_all_ids(register: Register[Row], query: ListQuery, chosen: Chosen | None) -> LoadedIds[Row]:
    """Read every id."""
    ids = _as_id_array(register.query_ids(query))
    return LoadedIds(ids, None, chosen and find_chosen(chosen, ids))


def _as_id_array(ids: Sequence[int]) -> "array[int]":
    return ids if isinstance(ids, array) else array("q", ids)
