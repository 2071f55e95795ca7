"""Change the program in many small ways, one at a time, and see whether a test notices each.

Mutants are drawn over the services and the domain. Each is tried in a copy of the project with those tests only that
run the changed line; which those are is recorded once and kept in .mutants, as are the results. The survivors are
listed; why one may live is told in docs/assurance.md. Exit status 0: enough were killed and each survivor is explained.
"""

from __future__ import annotations

import argparse
import shutil
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING

from tools.mutation import report
from tools.mutation.drawing import draw, modules_of
from tools.mutation.mapping import CoverageMap, record
from tools.mutation.results import AGAIN, Results
from tools.mutation.sharing import Trees
from tools.mutation.tree import source_sum, test_files, test_sum
from tools.mutation.trials import Verdict, try_mutant

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from tools.mutation.places import Mutant

PACKAGES = ("src/ioms_desktop/services", "src/ioms_desktop/domain")
CACHE = ".mutants"
NOBODY = Verdict("survived", "nobody")
FROM = ("tests",)
NOT_FROM = ("tests/ui", "tests/proof")
"""Slow, and made to prove other things; what only they would notice counts as a survivor."""


@dataclass(frozen=True)
class Wanted:
    """What the command line asks for."""

    root: Path
    packages: Sequence[str] = PACKAGES
    without: Sequence[str] = ()
    count: int = 300
    seed: int = 1
    map_from: Sequence[str] = FROM
    map_without: Sequence[str] = NOT_FROM
    again: str = AGAIN[0]
    workers: int = 2
    floor: float = 90.0
    list_only: bool = False

    @property
    def map_is_partial(self) -> bool:
        """Whether other tests than usual are asked for, so that the records of the others have to stay."""
        return tuple(self.map_from) != FROM or tuple(self.map_without) != NOT_FROM


def main(arguments: Sequence[str] | None = None) -> int:
    """Do what the command line asks for."""
    return run(wanted(arguments))


def wanted(arguments: Sequence[str] | None) -> Wanted:
    """Read the command line."""
    parser = argparse.ArgumentParser(prog="mutants", description=__doc__.splitlines()[0])
    add = parser.add_argument
    add("--root", type=Path, default=Path(__file__).resolve().parent.parent, help="the project (this one)")
    add("--packages", nargs="+", default=PACKAGES, help="folders or files to draw from")
    add("--without", nargs="+", default=(), help="folders or files not to draw from")
    add("--count", type=int, default=300, help="how many mutants (300)")
    add("--seed", type=int, default=1, help="which mutants; the same number draws the same again (1)")
    add("--map-from", nargs="+", default=FROM, help="folders or files of tests to try them with (tests)")
    add("--map-without", nargs="*", default=NOT_FROM, help="folders or files of tests to leave out (ui and proof)")
    add("--again", choices=AGAIN, default=AGAIN[0], help="what to try again: see Results.standing (changed)")
    add("--workers", type=int, default=2, help="how many at once (2)")
    add("--floor", type=float, default=90.0, help="percent that must be killed (90)")
    add("--list-only", action="store_true", help="only say which mutants would be tried")
    return Wanted(**vars(parser.parse_args(arguments)))


def run(asked: Wanted) -> int:
    """Draw, record, try and report."""
    drawn = draw(asked.root, modules_of(asked.root, asked.packages, asked.without), asked.count, asked.seed)
    if asked.list_only:
        for mutant in sorted(drawn, key=lambda each: (each.path, each.line)):
            print(f"{mutant.path}:{mutant.line}  {report.row(mutant)}")
        return 0
    with (
        tempfile.TemporaryDirectory(prefix="mutants-") as folder,
        Trees(asked.root, Path(folder), asked.workers) as trees,
    ):
        recorded = recorded_map(asked, trees)
        verdicts = tried(asked, drawn, recorded, trees)
    given = report.reasons(asked.root / report.REASONS)
    print(f"\n{report.survivors(verdicts, given)}\n\n{report.table(verdicts, given)}")
    for row in report.outlived(verdicts, given):
        print(f"A test kills this one now, so its row can go: {row}")
    return 0 if report.is_enough(verdicts, given, asked.floor) else 1


def recorded_map(asked: Wanted, trees: Trees) -> CoverageMap:
    """Record the files of tests of which there is no record as they are now, and give the whole."""
    source = source_sum(asked.root)
    files = test_files(asked.root, asked.map_from, asked.map_without)
    kept = asked.root / CACHE / "map"
    folders = {path: kept / test_sum(asked.root, source, path) for path in files}
    missing = [path for path in files if not folders[path].exists()]
    # The largest first, so that no worker waits long for the other.
    missing.sort(key=lambda path: -(asked.root / path).stat().st_size)
    began = perf_counter()
    for number, (path, seconds) in enumerate(
        trees.each(missing, lambda tree, path: record(tree, path, folders[path])), 1
    ):
        print(f"[{number}/{len(missing)}] recorded {path} in {seconds:.0f} s", flush=True)
    recorded = CoverageMap(asked.root, folders)
    if not asked.map_is_partial:
        forget(kept, folders.values())
    print(
        f"{len(recorded.tests)} tests of {len(files)} files are recorded ({perf_counter() - began:.0f} s).", flush=True
    )
    for name in recorded.failing:
        print(f"Left out, for it fails while nothing is changed: {name}", flush=True)
    return recorded


def forget(kept: Path, needed: Iterable[Path]) -> None:
    """Delete records of files of tests as they were before."""
    for folder in set(kept.iterdir()) - set(needed):
        shutil.rmtree(folder)


def tried(asked: Wanted, drawn: Sequence[Mutant], recorded: CoverageMap, trees: Trees) -> dict[Mutant, Verdict]:
    """Try the mutants of which no earlier result holds."""
    results = Results(asked.root / CACHE / "results.json")
    texts = {path: (asked.root / path).read_text(encoding="utf-8") for path in {mutant.path for mutant in drawn}}
    chosen = {mutant: recorded.covering(mutant) for mutant in drawn}
    verdicts = {mutant: NOBODY for mutant, tests in chosen.items() if not tests}
    for mutant in drawn:
        held = results.standing(mutant, texts[mutant.path], chosen[mutant], recorded.tests, asked.again)
        if chosen[mutant] and held:
            verdicts[mutant] = held
    left = [mutant for mutant in drawn if mutant not in verdicts]
    print(f"{len(drawn)} mutants: {len(left)} to try, {len(verdicts)} known or run by no test.", flush=True)
    began = perf_counter()
    for number, (mutant, verdict) in enumerate(trees.each(left, lambda tree, m: try_mutant(tree, m, chosen[m])), 1):
        verdicts[mutant] = verdict
        results.keep(mutant, texts[mutant.path], chosen[mutant], recorded.tests, verdict)
        by = f"by {verdict.by}" if verdict.ended in ("killed", "timeout") else f"{len(chosen[mutant])} tests"
        took = perf_counter() - began
        print(f"[{number}/{len(left)}] {took:.0f} s: {report.row(mutant)} {verdict.ended}, {by}", flush=True)
    return verdicts


if __name__ == "__main__":
    sys.exit(main())
