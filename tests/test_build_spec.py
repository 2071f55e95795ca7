"""What build.spec freezes: a window and a command line, and no plugin of Qt without its library."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

ROOT = Path(__file__).resolve().parent.parent
SPEC = ast.parse((ROOT / "build.spec").read_text(encoding="utf-8"))
QT = "PySide6/plugins/platforms"
IMPORTS = {
    "libqxcb.so": {"libQt6XcbQpa.so.6"},
    "libqoffscreen.so": {"libQt6Gui.so.6"},
    "libqwayland.so": {"libQt6WaylandClient.so.6", "libQt6Gui.so.6"},
    "libQt6XcbQpa.so.6": {"libQt6Gui.so.6"},
    "libQt6Gui.so.6": set[str](),
    "libhelper.so": {"libqwayland.so"},
    "libqgtk3.so": {"libgtk-3.so.0"},
}
"""Which library is linked with which; GTK is not there."""
Entry = tuple[str, str, str]


@pytest.fixture
def usable() -> Callable[[list[Entry], set[str]], list[Entry]]:
    """Return the function of build.spec that leaves out what cannot be loaded."""
    (function,) = [node for node in SPEC.body if isinstance(node, ast.FunctionDef) and node.name == "usable"]

    def get_imports(path: str) -> set[tuple[str, str | None]]:
        found = IMPORTS[Path(path).name]
        return {(name, None if "gtk" in name else f"/lib/{name}") for name in found}

    names: dict[str, Any] = {"Path": Path, "get_imports": get_imports, "sys": sys}
    exec(compile(ast.Module([function], []), "build.spec", "exec"), names)  # noqa: S102 - our own file, which is no module
    given: Callable[[list[Entry], set[str]], list[Entry]] = names["usable"]
    return given


def entries(*left_out: str) -> list[Entry]:
    return [(f"{QT}/{name}", f"/build/{name}", "BINARY") for name in IMPORTS if name not in left_out]


def names_of(found: list[Entry]) -> set[str]:
    return {Path(name).name for name, _, _ in found}


@pytest.mark.posix("its own libraries are looked for on Linux only")
def test_what_lacks_its_library_is_left_out_with_all_that_needs_it(
    usable: Callable[[list[Entry], set[str]], list[Entry]],
) -> None:
    kept = usable(entries(), {"libQt6WaylandClient.so.6"})
    assert names_of(kept) == {"libqxcb.so", "libqoffscreen.so", "libQt6XcbQpa.so.6", "libQt6Gui.so.6"}


@pytest.mark.parametrize("missing", ["libQt6XcbQpa.so.6", "libQt6Gui.so.6"])
def test_nothing_is_built_that_could_draw_no_window(
    missing: str, usable: Callable[[list[Entry], set[str]], list[Entry]]
) -> None:
    with pytest.raises(SystemExit, match=missing):
        usable(entries(missing), {missing})


def test_a_command_line_with_a_console_stands_beside_the_window() -> None:
    calls = [node for node in ast.walk(SPEC) if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)]
    programs = {
        ast.literal_eval(given["name"]): ast.literal_eval(given["console"])
        for call in calls
        if call.func.id == "EXE"  # type: ignore[attr-defined]  # a name, as chosen above
        for given in [{word.arg: word.value for word in call.keywords}]
    }
    assert programs == {"IOMS Desktop": False, "ioms-desktop": True}


def test_a_frozen_process_that_works_for_another_does_its_work_before_anything_else() -> None:
    """Whoever draws pictures starts the program again for each core; that must not open a window."""
    program = (
        "import multiprocessing, runpy, sys\n"
        "def work():\n    print('working'); sys.exit(0)\n"
        "multiprocessing.freeze_support, sys.frozen, sys.argv = work, True, ['ioms-desktop', '--version']\n"
        "runpy.run_module('ioms_desktop', run_name='__main__')"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=60, check=False)
    assert (done.returncode, done.stdout) == (0, "working\n"), done.stderr
