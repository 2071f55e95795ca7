"""Which tests run which line: made once for each file of tests, kept until the program or that file changes."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from collections import defaultdict
from dataclasses import dataclass, field
from functools import cached_property
from time import perf_counter
from typing import TYPE_CHECKING

from coverage import CoverageData
from tools.mutation.places import AtImport, spread
from tools.mutation.recording import FIXTURE
from tools.mutation.tree import digest, environment, pytest_command

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from tools.mutation.places import Mutant

BEFORE_TESTS = ""
"""The context of what runs while the files of tests are read."""
LONGEST_FILE = 3600
"""Seconds after which a file of tests is taken to hang."""
SETTINGS = "[run]\nsource = src\nbranch = false\nparallel = false\nrelative_files = true\ndata_file = {}\n"


@dataclass(frozen=True)
class Test:
    """A test that passes while nothing is changed."""

    id: str
    seconds: float
    """Without fixtures for many tests."""
    with_fixtures: float
    """With each of them, as if it came first."""
    fixtures: frozenset[str]
    file_sum: str
    """Stands for everything that the test's file depends on."""

    @property
    def file(self) -> str:
        """The file in which it stands, from the root."""
        return self.id.split("::", 1)[0]

    @property
    def on_server(self) -> bool:
        """Whether it needs PostgreSQL, as its name or a fixture's says."""
        return any("postgres" in name for name in (self.id.split("::", 1)[1], *self.fixtures))


def record(tree: Path, path: str, into: Path) -> float:
    """Run one file of tests in a copy of the project, keep what it ran in a folder, and give the seconds it took."""
    began = perf_counter()
    part = into.with_name(f"{into.name}.part")
    shutil.rmtree(part, ignore_errors=True)
    part.mkdir(parents=True)
    (part / "settings").write_text(SETTINGS.format(part / "lines"), encoding="utf-8")
    (part / "tests").touch()
    measured = ["-m", "coverage", "run", "--rcfile", str(part / "settings")]
    done = subprocess.run(
        [
            sys.executable,
            *measured,
            *pytest_command("recording", "--basetemp", str(tree.parent / f"{tree.name}.tmp"), path),
        ],
        cwd=tree,
        env=environment(tree, MUTANTS_RECORD=str(part / "tests")),
        check=False,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=LONGEST_FILE,
    )
    (part / "said").write_text(done.stdout, encoding="utf-8")
    shutil.rmtree(into, ignore_errors=True)
    part.rename(into)
    return perf_counter() - began


@dataclass
class CoverageMap:
    """What was recorded of some files of tests."""

    root: Path
    folders: Mapping[str, Path]
    """Where the record of each file of tests is; the folder's name is the sum of what that file depends on."""
    failing: list[str] = field(default_factory=list)
    """Tests that fail while nothing is changed, and files that cannot be read: they can prove nothing."""
    tests: dict[str, Test] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Read which tests there are."""
        for path, folder in self.folders.items():
            notes = [json.loads(line) for line in (folder / "tests").read_text(encoding="utf-8").splitlines()]
            fixtures = {note["fixture"]: float(note["seconds"]) for note in notes if "fixture" in note}
            found = [note for note in notes if "test" in note]
            self.failing += [note["test"] for note in found if note["ended"] == "failed"] if found else [path]
            for note in found:
                if note["ended"] == "passed":
                    own = note["seconds"]
                    names = frozenset(note["fixtures"])
                    whole = own + sum(s for key, s in fixtures.items() if key.rsplit(" ", 1)[1] in names)
                    self.tests[note["test"]] = Test(note["test"], own, whole, names, folder.name)

    @cached_property
    def _data(self) -> dict[str, CoverageData]:
        files = {path: folder / "lines" for path, folder in self.folders.items() if (folder / "lines").exists()}
        data = {path: CoverageData(str(file)) for path, file in files.items()}
        for each in data.values():
            each.read()
        return data

    @cached_property
    def _lines(self) -> dict[str, dict[int, set[str]]]:
        return {}

    @cached_property
    def _before_tests(self) -> set[tuple[str, int]]:
        return set()

    def lines_of(self, path: str) -> dict[int, set[str]]:
        """Return the tests that run each line of a module, other than by importing it."""
        if path not in self._lines:
            lines: defaultdict[int, set[str]] = defaultdict(set)
            for tests, data in self._data.items():
                for line, contexts in data.contexts_by_lineno(path).items():
                    for context in contexts:
                        lines[line] |= self._of_context(tests, context)
                    if BEFORE_TESTS in contexts:
                        self._before_tests.add((path, line))
            self._lines[path] = dict(lines)
        return self._lines[path]

    def _of_context(self, tests: str, context: str) -> set[str]:
        if not context.startswith(FIXTURE):
            return {context} & self.tests.keys()
        if (tests, context) not in self._users:
            base, name = context.removeprefix(FIXTURE).rsplit(" ", 1)
            own = [test for test in self.tests.values() if test.file == tests and test.id.startswith(base)]
            self._users[tests, context] = {test.id for test in own if name in test.fixtures}
        return self._users[tests, context]

    @cached_property
    def _users(self) -> dict[tuple[str, str], set[str]]:
        return {}

    def covering(self, mutant: Mutant) -> list[Test]:
        """Return the tests that run the mutant's statement or, where that is at import, use what it defines.

        A function that is called at import is defined then like what is made with it.
        """
        first, last = mutant.lines
        lines = self.lines_of(mutant.path)
        found = {test for line in range(first, last + 1) for test in lines.get(line, ())}
        at_import = mutant.at_import
        if at_import is None and mutant.scope and (mutant.path, first) in self._before_tests:
            at_import = AtImport(frozenset({mutant.scope.split(".")[0]}))
        if at_import:
            names = spread("\n".join(self._sources[mutant.path]), at_import.everywhere)
            for path in self._sources:
                found |= self._mentioning(path, names)
            found |= self._mentioning(mutant.path, at_import.in_module)
            found |= self._asking_for(names)
        return sorted((self.tests[test] for test in found), key=lambda test: test.id)

    @cached_property
    def _sources(self) -> dict[str, list[str]]:
        files = {file.relative_to(self.root).as_posix(): file for file in (self.root / "src").rglob("*.py")}
        return {path: file.read_text(encoding="utf-8").splitlines() for path, file in sorted(files.items())}

    def _mentioning(self, path: str, names: Iterable[str]) -> set[str]:
        """Return the tests that run a line of a module on which one of the names stands."""
        word = _word(names)
        hits = [number for number, line in enumerate(self._sources[path], 1) if word.search(line)]
        return {test for number in hits for test in self.lines_of(path).get(number, ())} if hits else set()

    def _asking_for(self, names: Iterable[str]) -> set[str]:
        """Return the tests of files in which one of the names stands: lines of tests are not recorded."""
        word = _word(names)
        files = {path for path in self.folders if word.search((self.root / path).read_text(encoding="utf-8"))}
        return {test.id for test in self.tests.values() if test.file in files}


def _word(names: Iterable[str]) -> re.Pattern[str]:
    """Return a pattern for any of the names as a whole word; for no names it finds nothing."""
    return re.compile(rf"\b({'|'.join(map(re.escape, sorted(names)))})\b" if names else r"(?!)")


def tests_sum(tests: Iterable[Test]) -> str:
    """Sum up a choice of tests, and what their files depend on."""
    return digest(*(part for test in tests for part in (test.id, test.file_sum)))
