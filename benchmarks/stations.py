"""Workstations at one server: what a save takes while all of them save, and what a window takes that only stands there.

Run `python benchmarks/stations.py`; `--stations 10 --seconds 60` is enough for a look. Each workstation is a process of
its own with its own login, its own case and an ear for what the others change; it saves a contact every two seconds,
with rights, history, audit and notice. One window more stands on Today and is touched by nobody.
"""

import argparse
import importlib
import os
import random
import statistics
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import psycopg

from books import PASSWORD
from floors import seconds
from ioms_desktop.domain.access.roles import Role
from ioms_desktop.domain.dates.day_time import DayTime
from ioms_desktop.services.cases.cases import open_case
from ioms_desktop.services.change_feed import ListenerCallbacks, listen
from ioms_desktop.services.recording.contacts import ContactEntry, RecordContact, record_contact
from ioms_desktop.services.session import Session
from ioms_desktop.services.sign_in.sign_in import sign_in
from rights_floor import fill_server
from scale import server

EVERY = 2.0
"""Seconds from one save of a workstation to its next."""
LONE = 20.0
"""Seconds in which one workstation saves alone."""
CASES, CONTACTS = 5_000, 10
HOUR_S = 3600
MOST_P95, MOST_IDLE = 4, 0.01
HERE = Path(__file__).resolve().parent


def main() -> None:
    """Measure as the command line says."""
    parser = argparse.ArgumentParser(description="Measure workstations at one server.")
    parser.add_argument("--stations", type=int, default=30)
    parser.add_argument("--seconds", type=float, default=600.0)
    given = parser.parse_args()
    with server() as cluster:
        who = {f"officer{number}": Role.OFFICER for number in range(given.stations + 1)}
        location = fill_server(cluster, "stations", who, CASES, CONTACTS)
        refs = _cases(location, given.stations)
        lone = [took for taken in _save(location, refs[:1], LONE) for took in taken]
        quiet = _ended(_window(location, LONE, given.stations))
        standing = _window(location, given.seconds, given.stations)
        taken = _save(location, refs, given.seconds)
        say_saves(lone, [took for each in taken for took in each], given.stations)
        say_windows(quiet, _ended(standing), given.stations)


def say_saves(lone: list[float], taken: list[float], stations: int) -> None:
    """Print what saves took, against what they are held to."""
    alone, p95 = statistics.median(lone), statistics.quantiles(taken, n=20)[-1]
    print(f"One workstation, a save every {EVERY:g} s: half of {len(lone)} within {seconds(alone)}")
    print(
        f"{stations} workstations: half of {len(taken)} saves within {seconds(statistics.median(taken))}, "
        f"95 of 100 within {seconds(p95)}: {p95 / alone:.2f} times a lone save (at most {MOST_P95})",
        flush=True,
    )


def say_windows(quiet: float, noisy: float, stations: int) -> None:
    """Print what a window took that nobody touched, against what it is held to."""
    for words, share in (("while nobody saves", quiet), (f"while {stations} save", noisy)):
        print(f"A window that stands on Today {words}: {share:.2%} of a core (at most {MOST_IDLE:.0%})")


def _cases(location: str, count: int) -> list[str]:
    query = (
        "SELECT case_ref FROM cases WHERE closed_on IS NULL AND programme = 'IOM'"
        " AND case_ref NOT IN (SELECT case_ref FROM case_standing WHERE restricted) ORDER BY case_ref LIMIT %s"
    )
    with psycopg.connect(location) as connection:
        return [row[0] for row in connection.execute(query, (count,))]


# Workstations ---------------------------------------------------------------------------------------------------------


def _save(location: str, refs: list[str], lasts: float) -> list[list[float]]:
    """Have a workstation save on each case for some seconds; gives the seconds of every save."""
    begun = [_start("station", location, f"officer{number}", ref, str(lasts)) for number, ref in enumerate(refs)]
    taken = []
    for process in begun:
        out, _ = process.communicate()
        assert process.returncode == 0
        taken.append([float(word) for word in out.split()])
    return taken


def _start(*arguments: str) -> "subprocess.Popen[str]":
    environment = os.environ | {"QT_QPA_PLATFORM": "offscreen", "PYTHONPATH": os.pathsep.join(sys.path)}
    return subprocess.Popen(  # noqa: S603 - ourselves
        [sys.executable, str(HERE / "stations.py"), *arguments], stdout=subprocess.PIPE, text=True, env=environment
    )


def station(location: str, user: str, case_ref: str, lasts: str) -> None:
    """Sign in, listen, and record a contact every two seconds, beginning at a moment of one's own."""
    session = sign_in(location, user, PASSWORD)
    told = ListenerCallbacks(
        on_change=_nothing, on_presence=_nothing, on_connection=_nothing, on_access_ended=_nothing, on_alert=_nothing
    )
    ear = listen(session, told)
    open_case(session, case_ref)
    ear.mark_opened(case_ref)
    end = time.monotonic() + float(lasts)
    time.sleep(random.uniform(0, EVERY))  # noqa: S311 - no secret
    while time.monotonic() < end:
        begun = time.perf_counter()
        _record(session, case_ref)
        took = time.perf_counter() - begun
        print(took)
        time.sleep(max(0.0, EVERY - took))
    ear.close()
    session.store.close()


def _nothing(*_: object) -> None:
    """Hear what another workstation changed; there is no window here to show it."""


def _record(session: Session, case_ref: str) -> None:
    entry = RecordContact(
        request=f"{case_ref}-{time.monotonic_ns()}",
        entries=(ContactEntry(case_ref=case_ref, outcome="SEEN", note="As planned."),),
        occurred_at=DayTime(session.today()),
        planned=True,
        contact_type="OFFICE",
    )
    record_contact(session, entry)


# A window -------------------------------------------------------------------------------------------------------------


def _window(location: str, lasts: float, number: int) -> "subprocess.Popen[str]":
    return _start("window", location, f"officer{number}", str(lasts))


def _ended(window: "subprocess.Popen[str]") -> float:
    """Wait for a window; gives the share of a core that it took."""
    out, _ = window.communicate()
    assert window.returncode == 0
    return float(out.split()[-1])


def window(location: str, user: str, lasts: str) -> None:
    """Open the window on Today and print the share of a core that it takes while nobody touches it."""
    from PySide6.QtCore import QSettings, QTimer  # noqa: PLC0415 - only this process needs Qt
    from PySide6.QtWidgets import QApplication  # noqa: PLC0415 - as above

    from ioms_desktop.app import create_application  # noqa: PLC0415 - as above
    from ioms_desktop.settings import Settings  # noqa: PLC0415 - as above
    from ioms_desktop.start_modules import later_modules  # noqa: PLC0415 - as above
    from ioms_desktop.ui.main_window.window import MainWindow  # noqa: PLC0415 - as above

    for name in later_modules():
        importlib.import_module(name)  # which the window would do in its first half minute
    unlocked = replace(Settings.read(location, user), idle_seconds=float(lasts) + HOUR_S)  # nobody touches it
    windows = create_application(unlocked)
    windows.window_settings = QSettings()
    windows.show_main_window(sign_in(location, user, PASSWORD))
    begun: list[float] = []
    still = [0]

    def end() -> None:
        print((time.process_time() - begun[0]) / (time.monotonic() - begun[1]), flush=True)
        os._exit(0)

    def look() -> None:
        busy = isinstance(windows.current_window, MainWindow) and windows.current_window.tasks.is_busy
        still[0] = 0 if busy else still[0] + 1
        if still[0] == STILL:
            looking.stop()
            begun[:] = time.process_time(), time.monotonic()
            QTimer.singleShot(int(float(lasts) * 1000), end)

    looking = QTimer()
    looking.timeout.connect(look)
    looking.start(LOOK_MS)
    QApplication.exec()


STILL, LOOK_MS = 5, 1_000
"""How often, and after how many milliseconds each, nothing may be read any more for the first screen to stand."""


if __name__ == "__main__":
    part, *given = sys.argv[1:] or [""]
    if part == "station":
        station(*given)
    elif part == "window":
        window(*given)
    else:
        main()
