"""A plugin for pytest that runs the tests chosen for a mutant in the order given, and lets none run on for ever."""

from __future__ import annotations

import faulthandler
import json
import os
import resource
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import tools.mutation.profiles  # noqa: F401  registers the profile that the command names

if TYPE_CHECKING:
    from collections.abc import Generator

MOST_MEMORY = 8 << 30
"""Bytes of address space, for a mutant may also fill the memory for ever."""

_task = json.loads(Path(os.environ["MUTANTS_TASK"]).read_text(encoding="utf-8"))
_limits: dict[str, float] = _task["limits"]
_said = Path(_task["said"])
_late = Path(_task["late"]).open("w", encoding="utf-8")  # noqa: SIM115  open as long as the process


def _allow(seconds: float) -> None:
    """End the process unless this is called again in time; a thread of C does it, whatever Python is at."""
    faulthandler.dump_traceback_later(seconds, exit=True, file=_late)


_allow(_task["idle"])
resource.setrlimit(resource.RLIMIT_AS, (MOST_MEMORY, MOST_MEMORY))


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Keep the chosen tests, in the order given."""
    by_id = {item.nodeid: item for item in items}
    others = [item for item in items if item.nodeid not in _limits]
    config.hook.pytest_deselected(items=others)
    items[:] = [by_id[test] for test in _limits if test in by_id]


def pytest_collection_finish() -> None:
    """Refuse to try a mutant on another copy of the package than the one that was changed."""
    source = Path.cwd() / "src"
    for package in source.iterdir():
        file = getattr(sys.modules.get(package.name), "__file__", None)
        if file and not Path(file).is_relative_to(source):
            pytest.exit(f"{package.name} came from {file}", returncode=pytest.ExitCode.USAGE_ERROR)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Generator[None, object, object]:
    """Give each test its own time."""
    _said.write_text(item.nodeid, encoding="utf-8")
    _allow(_limits[item.nodeid])
    done = yield
    _allow(_task["idle"])
    return done


def pytest_collectreport(report: pytest.CollectReport) -> None:
    """Say which file could not even be read."""
    if report.failed:
        _said.write_text(report.nodeid, encoding="utf-8")
