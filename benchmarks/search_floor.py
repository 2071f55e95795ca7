"""Quick search with one typing error in a name, against the same search with the name written right."""

from pathlib import Path
from tempfile import TemporaryDirectory

from books import FAMILIES, open_book
from floors import Figure, in_turns
from ioms_desktop.domain.search.near_matches import Likeness
from ioms_desktop.services.cases.search import SearchHit, find_people_and_cases
from ioms_desktop.services.session import Session

ROUNDS = 25
TARGET = 3.0


def wrong(name: str, place: int) -> str:
    """Write a name with one letter left out, doubled or swapped with the next one, whichever the place says."""
    middle = len(name) // 2
    left, right = name[:middle], name[middle:]
    return (left + right[1:], left + right[0] + right, left + right[1] + right[0] + right[2:])[place % 3]


NAMES = tuple(
    f"{family.lower()} {given}" for family, given in zip(FAMILIES[::3], ("grace", "mo", "kit") * 3, strict=True)
)
SLIPS = tuple(f"{wrong(family, n)} {given}" for n, (family, given) in enumerate(map(str.split, NAMES)))


def find_all(session: Session, typed: tuple[str, ...]) -> list[tuple[SearchHit, ...]]:
    """Find each of some people, as somebody does who types their whole name."""
    return [find_people_and_cases(session, text) for text in typed]


def measure(people: int, rounds: int = ROUNDS) -> list[Figure]:
    """Measure among so many people."""
    with TemporaryDirectory() as folder:
        session = open_book(Path(folder) / "book.ioms", people, 0, searched=True)
        try:
            assert all(hit.match.likeness > Likeness.EXACT for hits in find_all(session, SLIPS) for hit in hits)
            took, floor = in_turns([lambda: find_all(session, SLIPS), lambda: find_all(session, NAMES)], rounds)
        finally:
            session.store.close()
    name = f"Search with one typing error among {people:,} people"
    each = len(NAMES)
    return [Figure(name=name, floor_name="the name written right", ours=took / each, floor=floor / each, target=TARGET)]
