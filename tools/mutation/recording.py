"""A plugin for pytest that notes which test runs which line: coverage's contexts, and how long each test takes.

pytest-cov's own contexts would count what a fixture for many tests does as the work of the test that came first.
"""

from __future__ import annotations

import functools
import json
import os
import sys
from contextlib import contextmanager
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING, Any

import pytest
import tools.mutation.profiles  # noqa: F401  registers the profile that the command names
from coverage import Coverage

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator

FIXTURE = "fixture "
"""What the context of a fixture for many tests starts with; then comes where it is defined, and its name."""


class _Recorder:
    def __init__(self) -> None:
        self.contexts = [""]
        self.in_fixtures = 0.0
        self.outcomes: set[str] = set()
        self.caches: list[Any] = []

    @contextmanager
    def during(self, context: str) -> Iterator[None]:
        self.contexts.append(context)
        self.switch()
        try:
            yield
        finally:
            self.contexts.pop()
            self.switch()

    def switch(self) -> None:
        measuring = Coverage.current()
        if measuring is not None:
            measuring.switch_context(self.contexts[-1])

    def note(self, **facts: object) -> None:
        with Path(os.environ["MUTANTS_RECORD"]).open("a", encoding="utf-8") as file:
            file.write(json.dumps(facts) + "\n")


_recorder = _Recorder()


def pytest_collection_finish() -> None:
    """Find what is kept between tests: what one test has had worked out, the next would not run."""
    here = str(Path.cwd())
    for module in list(sys.modules.values()):
        if (getattr(module, "__file__", None) or "").startswith(here):
            kept = functools._lru_cache_wrapper  # noqa: SLF001  the one name of the type
            _recorder.caches += [value for value in vars(module).values() if isinstance(value, kept)]


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Generator[None, object, object]:
    """Note a test's time, its fixtures, and whether it passed."""
    for each in _recorder.caches:
        each.cache_clear()
    _recorder.outcomes.clear()
    _recorder.in_fixtures = 0.0
    began = perf_counter()
    with _recorder.during(item.nodeid):
        done = yield
    _recorder.note(
        test=item.nodeid,
        seconds=perf_counter() - began - _recorder.in_fixtures,
        ended="failed"
        if "failed" in _recorder.outcomes
        else "skipped"
        if "skipped" in _recorder.outcomes
        else "passed",
        fixtures=list(getattr(item, "fixturenames", [])),
    )
    return done


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    """Keep how each phase of the running test ended."""
    _recorder.outcomes.add(report.outcome)


@pytest.hookimpl(wrapper=True)
def pytest_fixture_setup(fixturedef: pytest.FixtureDef[Any]) -> Generator[None, object, object]:
    """Count what a fixture for many tests runs as the work of all that may ask for it."""
    if fixturedef.scope == "function":
        return (yield)
    began = perf_counter()
    name = f"{FIXTURE}{fixturedef.baseid} {fixturedef.argname}"
    before = _recorder.in_fixtures
    with _recorder.during(name):
        made = yield
    seconds = perf_counter() - began
    _recorder.in_fixtures = before + seconds
    _recorder.note(fixture=name, seconds=seconds)
    return made
