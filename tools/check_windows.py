"""Try the program on Windows, under Wine: types, tests, commands, a real window, and the frozen program."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING

from tools.windows import trying
from tools.windows.setting_up import set_up
from tools.windows.wine import Windows, WineMissingError, find_wine, start_display

if TYPE_CHECKING:
    from collections.abc import Callable

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / ".windows"
PARTS: dict[str, Callable[[Windows], str]] = {
    "types": trying.types,
    "commands": trying.commands,
    "window": trying.window,
    "tests": trying.tests,
    "frozen": trying.frozen,
}


def main() -> int:
    """Run every part, or those that are named, and say of each whether it held.

    Returns:
        0 where all held, and where Wine cannot be had; 1 where one did not; 2 where a part is named that is none.
    """
    unknown = [name for name in sys.argv[1:] if name not in PARTS]
    if unknown:
        print(f"There is no part {' or '.join(unknown)}; there are {', '.join(PARTS)}. Nothing was tried.", flush=True)
        return 2
    wanted = [name for name in PARTS if name in sys.argv[1:]] or list(PARTS)
    try:
        wine = find_wine()
    except WineMissingError as why:
        print(f"Not tried on Windows, because Wine is missing: {why}. Left out: {', '.join(wanted)}.", flush=True)
        return 0
    FOLDER.mkdir(exist_ok=True)
    server, display = start_display(FOLDER)
    try:
        windows = Windows(wine, FOLDER, display)
        set_up(windows)
        results = {name: _try(name, windows) for name in wanted}
    except subprocess.CalledProcessError as failed:
        print(f"Windows could not be set up under Wine: {failed}", flush=True)
        return 1
    finally:
        server.terminate()
        server.wait()
    print("\n--- on Windows, under Wine")
    for name, (held, said) in results.items():
        print(f"{name}: {said if held else f'FAILED: {said}'}")
    return 0 if all(held for held, _ in results.values()) else 1


def _try(name: str, windows: Windows) -> tuple[bool, str]:
    print(f"\n--- {name} (Windows)", flush=True)
    began = monotonic()
    try:
        said = PARTS[name](windows)
    except trying.DoesNotHoldError as failed:
        return False, str(failed)
    except Exception as failed:  # noqa: BLE001 - the other parts are still tried, and this one is said to have failed
        return False, f"it could not be tried to its end: {type(failed).__name__}: {failed}"
    return True, f"{said}, in {monotonic() - began:.0f} s"


if __name__ == "__main__":
    sys.exit(main())
