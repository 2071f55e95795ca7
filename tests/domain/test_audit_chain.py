"""Hashes, seals and verification, on invented entries: any change after sealing is found."""

import random
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ioms_desktop.domain.audit.chain import ChainCheck, verify_chain
from ioms_desktop.domain.audit.entries import (
    ENTRY_FIELDS,
    AuditEntry,
    canonical_bytes,
    first_version_hash,
    format_instant,
)
from ioms_desktop.domain.audit.seals import (
    ChainHead,
    Epoch,
    Seal,
    epochs_digest,
    format_heads,
    seal_hash,
    spoken_digits,
)

AT = datetime(2026, 11, 23, 9, 0, 0, 123, tzinfo=UTC)
BEGINS = Epoch(number=1, opened_at=AT, opened_by="", reason="The audit begins.")
TEXTS = st.lists(st.none() | st.text(), max_size=6)
Book = tuple[list[AuditEntry], list[Seal]]


def entry(number: int, mark: int, actor: str = "okoro") -> AuditEntry:
    fields = (str(number), format_instant(AT), "CONSULTATION", actor, *([None] * 11), str(mark))
    return hashed(AuditEntry(fields, None, "salt", "words"))


def hashed(made: AuditEntry) -> AuditEntry:
    return made._replace(row_hash=made.present_hash)


def former(number: int, mark: int) -> AuditEntry:
    """An entry of version 1."""
    fields = entry(number, mark).fields
    return AuditEntry(fields, first_version_hash(fields))


def sealed(entries: Sequence[AuditEntry], n: int, to_mark: int, last: Seal | None) -> Seal:
    made = Seal(
        n=n,
        at=AT + timedelta(minutes=n),
        epoch=1,
        from_mark=last.to_mark if last else 0,
        to_mark=to_mark,
        rows=len(entries),
        root=sha256("".join(each.row_hash or "" for each in entries).encode()).hexdigest(),
        prev=last.hash if last else "",
        epochs=epochs_digest([BEGINS], 1),
    )
    return replace(made, hash=seal_hash(made, "db"))


def resealed(entries: Sequence[AuditEntry], size: int = 5) -> list[Seal]:
    seals: list[Seal] = []
    for start in range(0, len(entries) // size * size, size):
        part = entries[start : start + size]
        seals.append(sealed(part, len(seals) + 1, int(part[-1].fields[-1] or 0) + 1, seals[-1] if seals else None))
    return seals


def book(count: int = 23) -> Book:
    entries = [entry(number, number * 2) for number in range(1, count + 1)]
    return entries, resealed(entries)


def walked(book: Book, wanted: Sequence[int] = ()) -> ChainCheck:
    entries, seals = book
    return verify_chain(entries, seals, database_id="db", epochs=[BEGINS], wanted=wanted)


@given(TEXTS, TEXTS)
def test_no_two_lists_of_texts_are_written_alike(one: list[str | None], other: list[str | None]) -> None:
    assert (canonical_bytes(one) == canonical_bytes(other)) == (one == other)


def test_joined_by_a_bar_two_lists_would_be_written_alike() -> None:
    """The control: the plain way of joining."""
    one, other = ["a|b", "c"], ["a", "b|c"]
    assert "|".join(one) == "|".join(other)
    assert canonical_bytes(one) != canonical_bytes(other)


def test_the_instant_is_the_same_wherever_it_was_read() -> None:
    summer = datetime(2026, 7, 1, 10, 0, tzinfo=timezone(timedelta(hours=1)))
    assert format_instant(summer) == format_instant(summer.astimezone(UTC)) == "2026-07-01T09:00:00.000000Z"


def test_what_is_whole_is_found_whole() -> None:
    found = walked(book(), wanted=[2, 9])
    assert (found.fault, found.entries, found.sealed) == (None, 23, 20)
    assert found.last is not None
    assert (found.last.n, found.hashes) == (4, {2: book()[1][1].hash})


def test_the_last_seal_of_version_1_may_end_where_version_2_begins() -> None:
    begins = [former(number, number * 2) for number in range(1, 6)]
    first = replace(sealed(begins, 1, 11, None), epochs=None)
    first = replace(first, hash=seal_hash(first, "db"))
    entries = [*begins, *(entry(number, number * 2) for number in range(6, 9))]
    second = sealed(entries[5:], 2, 17, first)
    assert walked((entries, [first, second])).fault is None
    bare = replace(second, epochs=None)
    found = walked((entries, [first, replace(bare, hash=seal_hash(bare, "db"))]))
    assert found.fault is not None, "the control: one that covers an entry of version 2 covers the epochs"


def test_an_audit_without_entries_is_whole() -> None:
    found = walked(([], []))
    assert (found.fault, found.entries, found.last) == (None, 0, None)


@pytest.mark.parametrize("made", [entry, former])
@pytest.mark.parametrize("field", range(len(ENTRY_FIELDS)))
def test_a_change_of_any_field_is_found_in_its_entry(field: int, made: Callable[[int, int], AuditEntry]) -> None:
    entries, _ = book()
    entries[6] = made(7, 14)
    seals = resealed(entries)
    assert walked((entries, seals)).fault is None, "the control"
    fields = list(entries[6].fields)
    fields[field] = "9" if fields[field] != "9" else "8"
    entries[6] = entries[6]._replace(fields=tuple(fields))
    if made is entry and ENTRY_FIELDS[field] in {"before", "after"}:  # which have no place of their own
        entries[6] = entries[6]._replace(words_digest="9")
    found = walked((entries, seals))
    assert found.fault is not None
    assert (found.fault.seal, found.fault.entry) == (2, fields[0])


def rewritten(found: Book) -> Book:
    found[0][6] = entry(7, 14, actor="nobody")
    return found


def removed(found: Book) -> Book:
    del found[0][6]
    return found


def swapped(found: Book) -> Book:
    found[0][6], found[0][7] = found[0][7], found[0][6]
    return found


def slipped_in(found: Book) -> Book:
    found[0].insert(6, entry(99, 13))
    return found


def without_a_seal(found: Book) -> Book:
    del found[1][1]
    return found


def with_seals_swapped(found: Book) -> Book:
    found[1][1], found[1][2] = found[1][2], found[1][1]
    return found


def with_a_later_seal(found: Book) -> Book:
    changed = replace(found[1][1], at=AT)
    found[1][1] = replace(changed, hash=seal_hash(changed, "db"))
    return found


@pytest.mark.parametrize(
    ("tamper", "seal"),
    [
        (rewritten, 2),
        (removed, 2),
        (swapped, 2),
        (slipped_in, 2),
        (without_a_seal, 2),
        (with_seals_swapped, 2),
        (with_a_later_seal, 3),
    ],
)
def test_what_was_done_to_sealed_entries_is_found_at_their_seal(tamper: Callable[[Book], Book], seal: int) -> None:
    found = walked(tamper(book()))
    assert found.fault is not None
    assert found.fault.seal == seal
    assert f"seal {seal}" in found.fault.location


def test_a_tail_cut_off_or_a_book_rebuilt_is_found_by_a_head_alone() -> None:
    entries, seals = book()
    head = seals[-1]
    cut = walked((entries[:15], seals[:3]), wanted=[head.n])
    assert (cut.fault, cut.hashes) == (None, {})
    entries[3] = entry(4, 8, actor="nobody")
    rebuilt = walked((entries, resealed(entries)), wanted=[head.n])
    assert rebuilt.fault is None
    assert rebuilt.hashes[head.n] != head.hash
    # The control: the head of an untouched book is in it.
    assert walked(book(), wanted=[head.n]).hashes == {head.n: head.hash}


def test_any_change_of_any_book_is_found() -> None:
    chance = random.Random(7)  # noqa: S311 - places to tamper with, the same each time
    for _ in range(200):
        entries, seals = book(chance.randint(5, 40))
        place = chance.randrange(len(entries) // 5 * 5)
        kind = chance.choice(["actor", "delete", "insert"])
        if kind == "actor":
            entries[place] = entry(place + 1, (place + 1) * 2, actor="nobody")
        elif kind == "delete":
            del entries[place]
        else:
            entries.insert(place, entry(99, place * 2 + 1))
        found = walked((entries, seals))
        assert found.fault is not None
        assert found.fault.seal == place // 5 + 1, (kind, place)


def test_a_seal_of_another_database_or_of_an_epoch_nobody_opened_is_found() -> None:
    entries, seals = book()
    assert verify_chain(entries, seals, database_id="another", epochs=[BEGINS]).fault is not None
    for other in (replace(BEGINS, number=2), replace(BEGINS, base=7), replace(BEGINS, superseded="9:a")):
        assert verify_chain(entries, seals, database_id="db", epochs=[other]).fault is not None


def test_a_head_is_superseded_only_by_a_later_epoch_that_names_it() -> None:
    head = ChainHead(database_id="db", n=7, hash="a", at=AT, epoch=1, rows=1)
    later = Epoch(number=2, opened_at=AT, opened_by="holt", reason="restored", superseded_from=5, superseded_to=7)
    assert later.supersedes(head, 2)
    assert not later.supersedes(head, 1), "from version 2 on, seals are named by their hashes as well"
    assert not later.supersedes(replace(head, n=8), 2)
    assert not later.supersedes(replace(head, epoch=2), 2)
    assert not replace(later, superseded_from=None).supersedes(head, 2)
    named = replace(later, superseded=format_heads([(7, "a"), (6, "b")]))
    assert named.supersedes(head, 1)
    assert named.supersedes(replace(head, epoch=2), 1), (
        "a second restore, to a state before the first, is epoch 2 again"
    )
    assert not named.supersedes(replace(head, hash="b"), 1)
    assert not replace(later, superseded_from=1, superseded_to=2_000_000_000).supersedes(head, 1)


def test_a_head_is_read_out_as_twenty_four_digits() -> None:
    code = spoken_digits(sha256(b"head").hexdigest())
    assert [len(group) for group in code.split()] == [4] * 6
    assert code.replace(" ", "").isdigit()
    assert code != spoken_digits(sha256(b"another").hexdigest())
    assert spoken_digits("0") == "0000 0000 0000 0000 0000 0000"
