"""Refusing a local database on a network share, whatever its path says: a share has many names."""

import os
import re
import sys
from pathlib import Path

from ioms_desktop.domain.errors import UnsafeDatabase

NETWORK_FILESYSTEMS = frozenset(
    {
        "cifs", "smb3", "smbfs", "nfs", "nfs4", "9p", "afs", "ncpfs", "ceph", "coda", "davfs", "lustre", "vboxsf",
        "fuse.sshfs", "fuse.rclone", "fuse.gvfsd-fuse", "fuse.kio-fuse", "fuse.smbnetfs", "fuse.davfs2", "fuse.s3fs",
        "fuse.glusterfs", "fuse.ceph", "fuse.vmhgfs-fuse", "prl_fs",
    }
)  # fmt: skip
"""As Linux calls them; also where a file manager mounts a share, and folders lent to a virtual machine."""
REMOTE_DRIVES = frozenset({0, 4})
"""Windows' numbers for drives that lead to another computer, and for drives of which it does not know."""
DEVICE_PREFIXES = ("\\\\?\\", "\\\\.\\", "\\??\\")
"""What Windows takes before a path that is to be used as it stands; a letter after it is a drive as anywhere."""


def refuse_network_share(path: Path) -> None:
    """Refuse a file on a network share, where locks of different computers may not work.

    Raises:
        Refused: It is on one, or nothing says that it is not.
    """
    if _is_on_share(path):
        raise UnsafeDatabase(
            "A local database cannot live on a network share: two computers could damage it. Choose a folder on this "
            "computer, or use a shared database on a server."
        )


def _is_on_share(path: Path) -> bool:
    if names_share(str(path)):
        return True
    try:
        place = os.path.realpath(path)  # follows links and drive letters that stand for a share
    except OSError:  # a device that is no disk
        return True
    if names_share(place) or _filesystem(place) in NETWORK_FILESYSTEMS:
        return True
    return any(_drive_type(Path(_without_prefix(each))) in REMOTE_DRIVES for each in (str(path), place))


def names_share(path: str) -> bool:
    """Whether a path itself names another computer, as Windows writes it."""
    written = path.replace("/", "\\")
    for prefix in DEVICE_PREFIXES:
        if written.startswith(prefix):
            return written[len(prefix) :].upper().startswith(("UNC\\", "GLOBALROOT\\"))
    return written.startswith("\\\\")


def _without_prefix(path: str) -> str:
    """Write a path with a drive letter as Windows tells the kind of its drive."""
    prefix = next((each for each in DEVICE_PREFIXES if path.replace("/", "\\").startswith(each)), "")
    rest = path[len(prefix) :]
    return rest if rest[1:2] == ":" else path


def _drive_type(path: Path) -> int | None:
    """Return Windows' number for the kind of drive; None on other systems."""
    if sys.platform == "win32":
        from ioms_desktop.windows_api import drive_type  # noqa: PLC0415 - Windows only

        return drive_type(path)
    return None


def _filesystem(target: str) -> str:
    """Name the file system of a resolved path, where the operating system tells."""
    mounts = Path("/proc/mounts")
    if not mounts.exists():
        return ""
    found = ("", "")
    for line in mounts.read_text(encoding="utf-8", errors="replace").splitlines():
        _, escaped, kind = line.split(" ")[:3]
        point = re.sub(r"\\([0-7]{3})", lambda octal: chr(int(octal[1], 8)), escaped)
        inside = target == point or target.startswith(point.rstrip("/") + "/")
        if inside and len(point) >= len(found[0]):
            found = (point, kind)
    return found[1]
