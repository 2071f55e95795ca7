"""What earlier runs found, kept so that only what may have changed is tried again."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

from tools.mutation.mapping import tests_sum
from tools.mutation.tree import digest
from tools.mutation.trials import Verdict

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from tools.mutation.mapping import Test
    from tools.mutation.places import Mutant

AGAIN = ("changed", "survivors", "all")


@dataclass(frozen=True)
class Kept:
    """A result, and what it depended on."""

    verdict: Verdict
    module: str
    """The sum of the module's text."""
    tests: str
    """The sum of the tests that were run, and of what they depend on: the whole program among it."""
    killer: str
    """The sum of what the file of the test that failed depends on."""


class Results:
    """The results of all runs, in one file."""

    def __init__(self, file: Path) -> None:
        """Read them; none are there before the first run."""
        self._file = file
        self._kept: dict[str, Kept] = {}
        if file.exists():
            for key, facts in json.loads(file.read_text(encoding="utf-8")).items():
                self._kept[key] = Kept(Verdict(**facts.pop("verdict")), **facts)

    def standing(
        self, mutant: Mutant, module: str, chosen: Sequence[Test], tests: Mapping[str, Test], again: str
    ) -> Verdict | None:
        """Return an earlier result that still holds, or None.

        Args:
            mutant: Which mutant.
            module: The text of its module today.
            chosen: The tests that run it today.
            tests: All tests that there are today.
            again: `changed`: a survivor holds while the same tests run it, and one killed while the test that killed
                it is the same, the program and all that the tests use being the same, too; `survivors`: whatever was
                killed is taken as killed while its module is the same, everything else is tried; `all`: nothing holds.
        """
        kept = self._kept.get("|".join(mutant.identity))
        if kept is None or again == "all" or kept.module != digest(module):
            return None
        if kept.verdict.ended not in ("killed", "timeout"):
            return kept.verdict if again == "changed" and kept.tests == tests_sum(chosen) else None
        killer = tests.get(kept.verdict.by)
        same = killer.file_sum == kept.killer if killer else kept.tests == tests_sum(chosen)
        return kept.verdict if same or again == "survivors" else None

    def keep(
        self, mutant: Mutant, module: str, chosen: Sequence[Test], tests: Mapping[str, Test], verdict: Verdict
    ) -> None:
        """Keep a result at once, so that a run that is stopped goes on from here; what is undecided is not kept."""
        if verdict.ended == "undecided":
            return
        killer = tests.get(verdict.by)
        kept = Kept(verdict, digest(module), tests_sum(chosen), killer.file_sum if killer else "")
        self._kept["|".join(mutant.identity)] = kept
        part = self._file.with_suffix(".part")
        part.write_text(json.dumps({key: asdict(each) for key, each in self._kept.items()}, indent=1), encoding="utf-8")
        part.replace(self._file)
