"""What every long test may ask for; each tells its figures, and they are printed together at the end."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

MEASURED = "measured"


@pytest.fixture
def measured(record_property: Callable[[str, object], None]) -> Callable[[object], None]:
    """Keep a figure for the end: `measured("200 kills, 0 lost")`."""
    return lambda figure: record_property(MEASURED, str(figure))


@pytest.hookimpl(trylast=True)
def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print every figure, a line each, also of tests that failed."""
    terminalreporter.section("what was measured")
    for outcome in ("passed", "failed"):
        for report in terminalreporter.stats.get(outcome, []):
            for name, figure in report.user_properties:
                if name == MEASURED and report.when == "call":
                    said = report.nodeid.rpartition("::")[2].removeprefix("test_").replace("_", " ")
                    terminalreporter.write_line(f"measured: {said}: {figure}" + (" (FAILED)" * (outcome == "failed")))
