"""Saves what the end of a transaction changes to make records agree: together where an import writes many at once."""

from collections import defaultdict
from collections.abc import Iterable, Sequence

from ioms_desktop.domain.records.record import Record
from ioms_desktop.storage.records.bulk_read import StagedChange
from ioms_desktop.storage.records.row_mapping import values_reader
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


def add_settled(tx: Transaction, added: Sequence[Record]) -> None:
    """Add records of several types, by which nothing else is left to be settled."""
    if tx.bulk_writer is None:
        for each in added:
            # On a server a person or a case that was just added is not open yet, so that nobody reads what is theirs.
            tx.add(each, is_read_back=False)
        return
    by_type = defaultdict(list)
    for each in added:
        by_type[type(each)].append(each)
    for record_type, new in by_type.items():
        writer = tx.bulk_writer(record_type)
        writer.store([*map(values_reader(record_type), new)])
        writer.finish()
