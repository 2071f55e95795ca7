"""What may be done about one record of a case."""

from collections.abc import Callable
from typing import NamedTuple


class RowAct(NamedTuple):
    """One thing that may be done about a record.

    Attributes:
        label: Its words, with a mnemonic.
        run: Does it.
        key: The key that does it in the list; empty for none.
    """

    label: str
    run: Callable[[], object]
    key: str = ""
