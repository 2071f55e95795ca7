"""Files written whole or not at all, so that a crash or a full disk leaves what was there before.

The content goes into a temporary file in the same folder, which only its owner may read, is forced to disk, and only
then takes the file's name. The temporary name is random, because two programs that wrote to one name could put half a
file in place.

A link is not followed and not replaced: in a folder that others may write to, somebody could have placed it there to
have another file overwritten, or to receive what is written. A device or pipe is written to as it is.
"""

import errno
import os
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from types import TracebackType
from typing import Self

from ioms_desktop.file_access import create_private_file, make_private_folder
from ioms_desktop.file_holder import rename_when_free

PART_SUFFIX = ".part"
"""Last part of a temporary name."""
RANDOM_DIGITS = 8
HEXADECIMAL = frozenset("0123456789abcdef")
STALE_PART_AGE_S = 86_400
"""Seconds after which a temporary file is taken to be left by a program that was stopped."""
MAX_NAME_BYTES_IN_PART = 200  # a name of its own leaves room for the rest of the temporary one
DEVICE_FOLDERS = ("/dev", "/dev/fd", "/proc/self/fd")
LINK_REFUSED = "it is a link, and neither the link nor the file it points to was changed; name the file itself"


@dataclass(slots=True)
class _NewFile:
    """A file being written: its temporary name, its own name, and afterwards what is needed to take it back."""

    part: Path
    path: Path
    overwrite: bool
    former: Path | None = None
    placed: os.stat_result | None = None


class NewFiles:
    """Files that appear together under their names, or not at all.

    Inside the block, each is written under its temporary name. `make_ready` does what may fail and nobody sees;
    `put_in_place` gives all of them their own names. If the block then still ends with an error, such as an audit entry
    that could not be committed, they are taken back and former files are as they were. Without `put_in_place` nothing
    appears.
    """

    def __init__(self, *, stale_after_s: float = STALE_PART_AGE_S) -> None:
        """Begin without files.

        Args:
            stale_after_s: Age in seconds from which a temporary file for the same path is removed; 0 where the caller
                makes sure that no other program writes this path.
        """
        self._stale_after_s = stale_after_s
        self._files: list[_NewFile] = []
        self._devices: list[tuple[Path, bytes]] = []
        self._scratch: list[Path] = []
        self._parts: dict[Path, list[str]] = {}
        self._is_ready = False
        self.not_taken_back: list[Path] = []
        """Files that may be in place after an error, because nobody can say that they were taken back."""

    def __enter__(self) -> Self:
        """Begin."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Remove the temporary files; after an error, take back what is in place already.

        An error of the system about a temporary file, of which nobody knows, then names the file that it was for.
        """
        if kind is not None:
            self._take_back()
        for each in self._files:
            if isinstance(error, OSError) and str(error.filename) == str(each.part):
                error.filename = str(each.path)
            for left in (each.part, each.former):
                if left is not None:
                    with suppress(OSError):
                        left.unlink(missing_ok=True)
        for folder in self._scratch:
            shutil.rmtree(folder, ignore_errors=True)

    def add(self, path: Path, *, overwrite: bool = True, through_link: bool = False) -> Path:
        """Add a file.

        Args:
            path: Its own name; its folder must exist.
            overwrite: Whether an existing file is replaced.
            through_link: Whether a link is followed: only for files of the program's own, whose place is the user's.

        Returns:
            The temporary path, an empty file that only its owner may read and write; to be written and closed.

        Raises:
            OSError: It cannot be written, or is a link.
        """
        if path.is_symlink() and overwrite:
            if not through_link:
                raise OSError(errno.ELOOP, LINK_REFUSED, str(path))
            path = path.resolve()
        self._remove_stale_parts(path)
        part = _part_path(path)
        with _named(path):
            create_private_file(part)  # before any content is there for others to read
        self._files.append(_NewFile(part, path, overwrite))
        return part

    def write(self, path: Path, content: bytes | str, *, overwrite: bool = True, through_link: bool = False) -> None:
        """Add a file with its whole content, text as UTF-8; a device or pipe is written to when all is in place.

        Raises:
            OSError: It cannot be written, or is a link.
        """
        content = content.encode() if isinstance(content, str) else content
        if overwrite and is_device(path):
            self._devices.append((path, content))
        else:
            self.add(path, overwrite=overwrite, through_link=through_link).write_bytes(content)

    def take_over(self, part: Path, path: Path) -> None:
        """Add a file that was written under a temporary name of its own; one that is there is not replaced."""
        self._files.append(_NewFile(part, path, overwrite=False))

    def scratch_folder(self, path: Path) -> Path:
        """Make a folder beside a file for what a library writes on the way to it; it is removed at the end.

        Raises:
            OSError: It cannot be made.
        """
        self._remove_stale_parts(path)
        folder = _part_path(path)
        make_private_folder(folder)
        self._scratch.append(folder)
        return folder

    def make_ready(self) -> None:
        """Force the content of every file to disk, and see that no place is taken.

        Raises:
            FileExistsError: There is a file already, and it is not to be replaced.
            OSError: A file cannot be written, or a folder stands in its place.
        """
        for each in self._files:
            fsync_file(each.part)
            if not each.overwrite and os.path.lexists(each.path):
                raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), str(each.path))
            if each.path.is_dir():
                raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), str(each.path))
        self._is_ready = True

    def put_in_place(self) -> None:
        """Give each file its own name, once all are ready.

        Raises:
            FileExistsError: There is a file already, and it is not to be replaced.
            OSError: A file cannot be written; none is in place, and former ones are as they were, except those in
                `not_taken_back`.
        """
        if not self._is_ready:  # a name that outlasts a power cut must not lead to an empty file
            self.make_ready()
        try:
            for each in self._files:
                with _named(each.path):
                    _place(each)
            for folder in {each.path.parent for each in self._files}:
                fsync_folder(folder)
            for device, content in self._devices:
                with device.open("wb") as stream:
                    stream.write(content)
        except BaseException:
            self._take_back()
            raise

    def _remove_stale_parts(self, path: Path) -> None:
        """Remove what a stopped program left of a file; a folder is read once for all files that are added to it."""
        if path.parent not in self._parts:
            self._parts[path.parent] = _parts_in(path.parent)
        begin = f".{_part_stem(path)}."
        for name in self._parts[path.parent]:
            if _is_part(name, begin):
                _remove_part(path.with_name(name), self._stale_after_s)

    def _take_back(self) -> None:
        for each in reversed(self._files):
            placed, each.placed = each.placed, None
            try:
                if placed is None or not _is_there(each.path, placed):
                    continue  # not in place, or somebody has replaced it since
                if each.former is None:
                    each.path.unlink()
                else:
                    each.former.replace(each.path)
                fsync_folder(each.path.parent)
            except OSError:
                self.not_taken_back.append(each.path)
                each.former = None  # the only copy of what was there: it stays beside the file


@contextmanager
def replace_file(
    path: Path, *, overwrite: bool = True, through_link: bool = False, stale_after_s: float = STALE_PART_AGE_S
) -> Iterator[Path]:
    """Write a file under a temporary name, and give it its own when the block ends without an error.

    Temporary files that a stopped program left for the same path are removed on the way.

    Args:
        path: The file to write; its folder must exist.
        overwrite: Whether an existing file is replaced.
        through_link: As for `NewFiles.add`.
        stale_after_s: As for `NewFiles`.

    Yields:
        The temporary path, to be written and closed within the block.

    Raises:
        FileExistsError: There is a file already, and it is not to be replaced.
        OSError: The file cannot be written, or another program has the former one open; that is as it was.
    """
    with NewFiles(stale_after_s=stale_after_s) as new:
        yield new.add(path, overwrite=overwrite, through_link=through_link)
        new.put_in_place()


def write_file(
    path: Path,
    content: bytes | str,
    *,
    overwrite: bool = True,
    through_link: bool = False,
    stale_after_s: float = STALE_PART_AGE_S,
) -> None:
    """Write a file's whole content, text as UTF-8; arguments and errors are those of ``replace_file``.

    A device or pipe, such as ``/dev/stdout``, is written to as it is: replacing one would destroy it.
    """
    with NewFiles(stale_after_s=stale_after_s) as new:
        new.write(path, content, overwrite=overwrite, through_link=through_link)
        new.put_in_place()


def is_device(path: Path) -> bool:
    """Whether a path is a device or pipe, or leads to one by a link of the system's, as ``/dev/stdout`` does."""
    if os.name == "posix" and str(path.parent) in DEVICE_FOLDERS:
        return path.exists()  # redirected to a file, /dev/stdout leads to that file, which the user named
    return not path.is_symlink() and path.exists() and not path.is_file() and not path.is_dir()


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
    return abs(time.time() - part.lstat().st_mtime) >= after_s


@contextmanager
def _named(path: Path) -> Iterator[None]:
    """Name in an error the file that is written: the system names the temporary one, which nobody knows."""
    try:
        yield
    except OSError as failed:
        failed.filename = str(path)
        del failed.filename2
        raise


def _place(new: _NewFile) -> None:
    placed = new.part.lstat()
    if new.overwrite:
        new.former = _keep_former(new.path)
        rename_when_free(new.part, new.path)
    else:
        rename_without_replacing(new.part, new.path)
    new.placed = placed


def _is_there(path: Path, placed: os.stat_result) -> bool:
    """Whether a file is still in its place.

    Raises:
        OSError: It cannot be known: the disk does not answer, or is gone with the folder.
    """
    try:
        return os.path.samestat(placed, path.lstat())
    except FileNotFoundError:
        path.parent.lstat()
        return False


def _keep_former(path: Path) -> Path | None:
    """Give a file that is about to be replaced a second, temporary name; None where there is none."""
    if not path.is_file():
        return None
    former = _part_path(path)
    try:
        os.link(path, former)
    except OSError:  # a USB stick or a network share without hard links
        create_private_file(former)
        shutil.copyfile(path, former)
    return former


def _part_path(path: Path) -> Path:
    return path.with_name(f".{_part_stem(path)}.{os.urandom(RANDOM_DIGITS // 2).hex()}{PART_SUFFIX}")


def _part_stem(path: Path) -> str:
    name = os.fsencode(path.name)
    return path.name if len(name) <= MAX_NAME_BYTES_IN_PART else sha256(name).hexdigest()[:32]


def _parts_in(folder: Path) -> list[str]:
    """List the temporary files of a folder by their names; none where it cannot be read."""
    with suppress(OSError), os.scandir(folder) as found:
        return [each.name for each in found if each.name.endswith(PART_SUFFIX)]
    return []


def _remove_part(part: Path, stale_after_s: float) -> None:
    with suppress(OSError):
        if not is_stale(part, stale_after_s):
            return
        if part.is_dir() and not part.is_symlink():
            shutil.rmtree(part)
        else:
            part.unlink()


def _is_part(name: str, begin: str) -> bool:
    """Whether a name is one of `_part_path` that begins so."""
    random = name.removeprefix(begin).removesuffix(PART_SUFFIX)
    return name == f"{begin}{random}{PART_SUFFIX}" and len(random) == RANDOM_DIGITS and HEXADECIMAL.issuperset(random)
