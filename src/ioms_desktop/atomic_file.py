"""Files written whole or not at all, so that a crash or a full disk leaves what was there before.

The content goes into a temporary file in the same folder, is forced to disk, and only then takes the file's name. The
temporary name is random, because two programs that wrote to one name could put half a file in place.
"""

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from glob import escape
from pathlib import Path

from ioms_desktop.file_access import create_private_file
from ioms_desktop.file_holder import rename_when_free

PART_SUFFIX = ".part"
"""Last part of a temporary name."""
STALE_PART_AGE_S = 86_400
"""Seconds after which a temporary file is taken to be left by a program that was stopped."""


@contextmanager
def replace_file(
    path: Path, *, private: bool = False, overwrite: bool = True, stale_after_s: float = STALE_PART_AGE_S
) -> Iterator[Path]:
    """Write a file under a temporary name, and give it its own when the block ends without an error.

    Temporary files that a stopped program left for the same path are removed on the way.

    Args:
        path: The file to write; its folder must exist.
        private: Whether only its owner may read and write the new file.
        overwrite: Whether an existing file is replaced.
        stale_after_s: Age in seconds from which a temporary file of this path is removed; 0 where the caller makes
            sure that no other program writes this path.

    Yields:
        The temporary path, to be written and closed within the block.

    Raises:
        FileExistsError: There is a file already, and it is not to be replaced.
        OSError: The file cannot be written, or another program has the former one open; that is as it was.
    """
    if overwrite and path.is_symlink():
        path = path.resolve()  # a link keeps pointing where its owner made it point
    _remove_stale_parts(path, stale_after_s)
    part = path.with_name(f".{path.name}.{os.urandom(4).hex()}{PART_SUFFIX}")
    try:
        if private:  # before any content is there for others to read
            create_private_file(part)
        yield part
        fsync_file(part)  # first the content: a name that outlasts a power cut must not lead to an empty file
        if overwrite:
            rename_when_free(part, path)
        else:
            rename_without_replacing(part, path)
    finally:
        with suppress(OSError):
            part.unlink(missing_ok=True)
    fsync_folder(path.parent)


def write_file(
    path: Path,
    content: bytes | str,
    *,
    private: bool = False,
    overwrite: bool = True,
    stale_after_s: float = STALE_PART_AGE_S,
) -> None:
    """Write a file's whole content, text as UTF-8; arguments and errors are those of ``replace_file``.

    A device or pipe, such as ``/dev/stdout``, is written to as it is: replacing one would destroy it.
    """
    if overwrite and path.exists() and not path.is_file():
        with path.open("wb") as device:
            device.write(content.encode() if isinstance(content, str) else content)
        return
    with replace_file(path, private=private, overwrite=overwrite, stale_after_s=stale_after_s) as part:
        part.write_bytes(content.encode() if isinstance(content, str) else content)


def rename_without_replacing(part: Path, path: Path) -> None:
    """Give a file another name in the same file system; a file that has the name already is never replaced.

    The former name may remain as a second link; the caller removes it.

    Raises:
        FileExistsError: There is a file of that name already.
        OSError: The folder cannot be written.
    """
    try:
        os.link(part, path)  # unlike a rename, it never replaces what is there
    except FileExistsError:
        raise
    except OSError:  # a USB stick or a network share without hard links
        if path.exists():
            raise FileExistsError(path) from None
        part.rename(path)


def fsync_file(path: Path) -> None:
    """Force a file's content to disk.

    Raises:
        OSError: It cannot be opened for writing, or the disk refuses.
    """
    with path.open("rb+") as file:  # Windows flushes only what is open for writing
        os.fsync(file.fileno())


def fsync_folder(folder: Path) -> None:
    """Force a folder's names to disk, where the system can: a rename is lost with the power otherwise.

    Raises:
        OSError: The disk refuses.
    """
    if os.name != "posix":
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def is_stale(part: Path, after_s: float = STALE_PART_AGE_S) -> bool:
    """Whether a temporary file was left by a stopped program, by the time at which it was written last.

    One dated as far ahead was left while the clock was: it must not stay until then.

    Raises:
        OSError: It is gone.
    """
    return abs(time.time() - part.stat().st_mtime) >= after_s


def _remove_stale_parts(path: Path, stale_after_s: float) -> None:
    with suppress(OSError):
        for part in path.parent.glob(f".{escape(path.name)}.*{PART_SUFFIX}"):
            with suppress(OSError):
                if is_stale(part, stale_after_s):
                    part.unlink()
