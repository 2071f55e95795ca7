"""Files and folders that only their owner may use: by mode bits on POSIX systems, by an access list on Windows."""

import os
import stat
import sys
from pathlib import Path

OTHERS_PERMISSION_BITS = stat.S_IRWXG | stat.S_IRWXO
TRUSTED_SIDS = frozenset({"SY", "BA", "OW", "CO", "S-1-5-18", "S-1-5-32-544", "S-1-3-4", "S-1-3-0"})
"""Windows' system, its administrators and whoever owns the file: those who can use every file in any event."""
SID_FIELD = 5


def create_private_file(path: Path) -> None:
    """Create an empty file that only its owner may read and write.

    Raises:
        FileExistsError: There is a file of that name already.
        OSError: It cannot be created.
    """
    if sys.platform == "win32":
        from ioms_desktop.windows_api import create_owner_only  # noqa: PLC0415 - Windows only

        create_owner_only(path)
    else:
        os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_RDWR, stat.S_IRUSR | stat.S_IWUSR))


def make_private_folder(folder: Path) -> None:
    """Make a folder, where it is not there, that only its owner may use; one that is there is restricted.

    Folders above it are made with the usual rights.

    Raises:
        OSError: It cannot be made or restricted.
    """
    folder.mkdir(mode=stat.S_IRWXU, parents=True, exist_ok=True)
    if sys.platform == "win32":
        from ioms_desktop.windows_api import keep_to_owner  # noqa: PLC0415 - Windows only

        keep_to_owner(folder)
    else:
        folder.chmod(stat.S_IRWXU)


def others_may_use(path: Path) -> bool:
    """Whether other accounts of this computer may read or write a file, besides those who may use every file.

    Raises:
        OSError: It is not there, or nobody can tell.
    """
    if sys.platform == "win32":
        from ioms_desktop.windows_api import file_access_list, own_access_list  # noqa: PLC0415 - Windows only

        own = allowed_accounts(own_access_list()) or frozenset()
        return lets_others_in(file_access_list(path), own)
    else:  # noqa: RET505 - mypy leaves out the other branch on each system
        return bool(stat.S_IMODE(path.stat().st_mode) & OTHERS_PERMISSION_BITS)


def command_to_restrict(path: Path) -> str:
    """Return the command with which its owner keeps others out of a file."""
    if sys.platform == "win32":
        from ioms_desktop.windows_api import user_sid  # noqa: PLC0415 - Windows only

        return f'icacls "{path}" /inheritance:r /grant:r "*{user_sid()}:F"'
    else:  # noqa: RET505 - as above
        return f"chmod 600 '{path}'"


def lets_others_in(access_list: str, own: frozenset[str]) -> bool:
    """Whether an access list of Windows lets in anybody but the given accounts and those who may use every file."""
    allowed = allowed_accounts(access_list)
    return allowed is None or bool(allowed - own - TRUSTED_SIDS)


def allowed_accounts(access_list: str) -> frozenset[str] | None:
    """Name the accounts that an access list lets in for anything at all; None where it lets in everybody.

    Args:
        access_list: In Windows' notation, such as ``D:P(A;;FA;;;SY)(A;;FR;;;BU)``. Entries that deny are not counted:
            what they take away is not worked out.
    """
    _, mark, entries = access_list.partition("D:")
    entries, _, _ = entries.partition(")S:")  # the list of what is audited
    flags, first, rest = entries.partition("(")
    if not mark or "NO_ACCESS_CONTROL" in flags:
        return None
    if not first:
        return frozenset()
    fields = (entry.split(")")[0].split(";") for entry in rest.split("("))
    # A condition of an entry stands in brackets of its own, and is no entry.
    return frozenset(entry[SID_FIELD] for entry in fields if len(entry) > SID_FIELD and not entry[0].endswith("D"))
