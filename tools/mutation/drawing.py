"""Draw mutants: each module in proportion to its size, and within it each line with the same chance."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from tools.mutation.places import Mutant, mutants_in

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path


def modules_of(root: Path, packages: Sequence[str], without: Sequence[str] = ()) -> list[str]:
    """List the files of packages (folders or single files below the root), those below `without` left out."""
    found = {
        file.relative_to(root).as_posix()
        for package in packages
        for file in ([root / package] if (root / package).is_file() else (root / package).rglob("*.py"))
    }
    return sorted(path for path in found if not any(path == w or path.startswith(f"{w}/") for w in without))


def draw(root: Path, modules: Sequence[str], count: int, seed: int) -> list[Mutant]:
    """Draw `count` mutants, or all when there are fewer; the same seed and source give the same ones.

    A mutant's chance depends on its own code and not on what else there is, so that an edit replaces few of them.
    """
    mutants = {path: in_order(mutants_in(root, path), seed) for path in modules}
    sizes = {path: (root / path).read_text(encoding="utf-8").count("\n") for path in modules}
    shares = quotas(sizes, {path: len(found) for path, found in mutants.items()}, count)
    drawn = [mutant for path, share in shares.items() for mutant in mutants[path][:share]]
    return sorted(drawn, key=lambda mutant: mutant.rank(seed))


def in_order(mutants: Sequence[Mutant], seed: int) -> list[Mutant]:
    """Order a module's mutants for a draw: one from each line first, then a second of each line, and so on.

    That a function returns nothing is a line's last, for hardly a test would not see it.
    """
    by_line: defaultdict[int, list[Mutant]] = defaultdict(list)
    for mutant in sorted(mutants, key=lambda each: (each.operator == "return", each.rank(seed))):
        by_line[mutant.line].append(mutant)
    # By another seed: the first of many is low, and a line with many mutants would be drawn too often.
    turns = [(turn, own[0].rank(seed + 1), each) for own in by_line.values() for turn, each in enumerate(own)]
    return [each for _, _, each in sorted(turns, key=lambda entry: entry[:2])]


def quotas(sizes: Mapping[str, int], available: Mapping[str, int], count: int) -> dict[str, int]:
    """Share `count` among modules by size, by the largest remainder; a module gives no more than it has."""
    shares = dict.fromkeys(sizes, 0)
    while (left := min(count, sum(available.values())) - sum(shares.values())) > 0:
        open_ones = {path: size for path, size in sizes.items() if shares[path] < available[path]}
        whole = sum(open_ones.values())
        exact = {path: left * size / whole for path, size in open_ones.items()}
        given = {path: int(part) for path, part in exact.items()}
        rest = left - sum(given.values())
        for path in sorted(exact, key=lambda each: (given[each] - exact[each], each))[:rest]:
            given[path] += 1
        for path, more in given.items():
            shares[path] = min(available[path], shares[path] + more)
    return shares
