"""A local database is not opened or made where two computers could use it, by whatever name the place is called."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from ioms_desktop.domain.errors import UnsafeDatabase
from ioms_desktop.services.database.restore import restore_database
from ioms_desktop.storage.database.migrate import create_empty_database
from ioms_desktop.storage.engine import open_store
from ioms_desktop.storage.sqlite import network_share
from ioms_desktop.storage.sqlite.network_share import names_share, refuse_network_share
from keys import key_of

SHARE = "IOMS_TEST_SHARE"
"""Names a drive letter that leads to a share, where the machine that tests has one."""
FIXED_DRIVE, REMOTE_DRIVE, UNKNOWN_DRIVE = 3, 4, 0


@pytest.mark.parametrize(
    "path",
    [
        r"\\server\share\cases.ioms",
        "//server/share/cases.ioms",
        r"\\?\UNC\server\share\cases.ioms",
        r"\\?\unc\server\share\cases.ioms",
        r"\\.\UNC\server\share\cases.ioms",
        r"\??\UNC\server\share\cases.ioms",
        "//?/UNC/server/share/cases.ioms",
        r"\\localhost\C$\cases.ioms",
        r"\\wsl.localhost\Debian\home\cases.ioms",
        r"\\server@SSL\DavWWWRoot\cases.ioms",
        r"\\?\GLOBALROOT\Device\Mup\server\share\cases.ioms",
    ],
)
def test_a_path_that_names_another_computer_is_refused(path: str) -> None:
    assert names_share(path)
    with pytest.raises(UnsafeDatabase, match="network share"):
        refuse_network_share(Path(path))


@pytest.mark.parametrize(
    "path",
    [
        r"C:\cases\cases.ioms",
        r"\\?\C:\cases\cases.ioms",
        r"\\.\C:\cases\cases.ioms",
        r"\??\C:\cases.ioms",
        "//?/C:/cases/cases.ioms",
        r"\\?\Volume{b75e2c83-0000-0000-0000-602f00000000}\cases.ioms",
        r"\\?\C:\UNC\cases.ioms",
        "C:/cases//cases.ioms",
        r"\cases\cases.ioms",
        "/srv/cases.ioms",
        "cases.ioms",
    ],
)
def test_a_path_on_this_computer_is_not_taken_for_a_share(path: str) -> None:
    assert not names_share(path)


@pytest.mark.parametrize("prefix", ["", "\\\\?\\", "\\\\.\\", "//?/"])
def test_a_drive_letter_is_asked_about_without_what_stands_before_it(
    prefix: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Windows need not say of a device name what it says of N:."""
    monkeypatch.setattr(network_share, "_drive_type", lambda place: REMOTE_DRIVE if str(place)[:2] == "N:" else None)
    with pytest.raises(UnsafeDatabase, match="network share"):
        refuse_network_share(Path(f"{prefix}N:/cases.ioms"))
    refuse_network_share(Path(f"{prefix}C:/cases.ioms"))


def test_a_device_that_is_no_disk_is_refused(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    def fail(_path: Path) -> str:
        raise OSError(6, "Invalid handle")

    monkeypatch.setattr(os.path, "realpath", fail)
    with pytest.raises(UnsafeDatabase, match="network share"):
        refuse_network_share(tmp_path / "cases.ioms")


def on_drive(kind: int | None, path: Path, patch: pytest.MonkeyPatch) -> None:
    patch.setattr(network_share, "_drive_type", lambda place: kind if place == path else FIXED_DRIVE)


@pytest.mark.parametrize("kind", [REMOTE_DRIVE, UNKNOWN_DRIVE])
def test_a_drive_that_leads_elsewhere_or_nobody_knows_where_is_refused(
    kind: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "cases.ioms"
    on_drive(kind, path, monkeypatch)
    with pytest.raises(UnsafeDatabase, match="network share"):
        create_empty_database(str(path))
    assert not list(tmp_path.iterdir())
    on_drive(FIXED_DRIVE, path, monkeypatch)
    create_empty_database(str(path))


def test_a_link_to_a_share_is_refused_to_open_and_to_restore_into(
    local_location: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The path says nothing, and the place that it leads to does."""
    real = os.path.realpath(local_location)
    monkeypatch.setattr(os.path, "realpath", lambda _path: r"\\server\share\cases.ioms")
    with pytest.raises(UnsafeDatabase, match="network share"):
        open_store(local_location, key_of(local_location))
    with pytest.raises(UnsafeDatabase, match="network share"):
        restore_database(Path(local_location), str(tmp_path / "new.ioms"), "boss", "a password", reason="drill")
    monkeypatch.setattr(os.path, "realpath", lambda _path: real)
    open_store(local_location, key_of(local_location)).close()


@pytest.mark.posix("tells the file system from Linux' list of mounts")
@pytest.mark.parametrize(
    ("mounted", "kind"),
    [("{here}", "cifs"), ("{here}", "fuse.gvfsd-fuse"), ("{here}/a\\040share", "nfs4"), ("{here}/a\\011share", "9p")],
)
def test_a_mounted_share_is_refused_whatever_its_name(
    mounted: str, kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    point = mounted.format(here=tmp_path)
    mounts = f"/dev/vda / ext4 rw 0 0\nserver {point} {kind} rw 0 0\n"
    read = Path.read_text
    monkeypatch.setattr(
        Path, "read_text", lambda path, **how: mounts if str(path) == "/proc/mounts" else read(path, **how)
    )
    folder = Path(point.replace("\\040", " ").replace("\\011", "\t"))
    with pytest.raises(UnsafeDatabase, match="network share"):
        refuse_network_share(folder / "cases.ioms")
    refuse_network_share(tmp_path.parent / "cases.ioms")


@pytest.mark.skipif(SHARE not in os.environ, reason=f"{SHARE} names no drive that is a share")
@pytest.mark.parametrize("name", ["{share}cases.ioms", "\\\\?\\{share}cases.ioms", "{share}folder/../cases.ioms"])
def test_a_drive_letter_of_a_share_is_refused(name: str) -> None:
    share = os.environ[SHARE]
    with pytest.raises(UnsafeDatabase, match="network share"):
        create_empty_database(name.format(share=share))
    assert not list(Path(share).iterdir())
