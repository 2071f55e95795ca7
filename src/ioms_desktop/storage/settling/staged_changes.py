"""Saves what the end of a transaction changes to make records agree: together where an import writes many at once."""

from collections import defaultdict
from collections.abc import Iterable

from ioms_desktop.storage.records.bulk_read import StagedChange
from ioms_desktop.storage.transaction import Transaction


def save_staged(tx: Transaction, staged: Iterable[StagedChange]) -> None:
    """Save changed records of several types.

    Raises:
        Stale: A record was saved by someone else since it was read.
    """
    by_type = defaultdict(list)
    for each in staged:
        by_type[type(each.after)].append(each)
    for record_type, changed in by_type.items():
        if tx.bulk_writer is not None:
            tx.bulk_writer(record_type).update(changed)
            continue
        for each in changed:
            tx.save(each.after)
