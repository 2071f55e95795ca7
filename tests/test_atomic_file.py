from __future__ import annotations

import errno
import os
import stat
from contextlib import suppress
from typing import TYPE_CHECKING

import pytest

from ioms_desktop.atomic_file import STALE_PART_AGE_S, NewFiles, rename_without_replacing, replace_file, write_file

if TYPE_CHECKING:
    from pathlib import Path


def test_a_new_content_replaces_the_former_and_leaves_nothing_beside_it(tmp_path: Path) -> None:
    path = tmp_path / "note.txt"
    write_file(path, "before")
    write_file(path, "Zoë\r\n")
    assert path.read_bytes() == "Zoë\r\n".encode()
    assert list(tmp_path.iterdir()) == [path]


def test_a_block_that_fails_leaves_the_former_content_and_nothing_beside_it(tmp_path: Path) -> None:
    path = tmp_path / "note.txt"
    write_file(path, "before")

    def interrupted() -> None:
        with replace_file(path) as part:
            part.write_text("half", encoding="utf-8")
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupted()
    assert path.read_text(encoding="utf-8") == "before"
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize("about", ["part", "other"])
def test_an_error_about_the_temporary_file_names_the_file_it_is_for(tmp_path: Path, about: str) -> None:
    path, other = tmp_path / "note.txt", tmp_path / "other.txt"

    def full() -> None:
        with NewFiles() as new:
            named = {"part": new.add(path), "other": other}[about]
            raise OSError(errno.ENOSPC, "No space left on device", str(named))

    with pytest.raises(OSError, match="No space") as failed:
        full()
    assert failed.value.filename == str({"part": path, "other": other}[about])


def test_a_disk_that_is_full_at_the_last_moment_leaves_the_former_content(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "note.txt"
    write_file(path, "before")

    def full(_descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space"):
        write_file(path, "after")
    assert path.read_text(encoding="utf-8") == "before"
    assert list(tmp_path.iterdir()) == [path]


def test_a_file_that_is_not_to_be_replaced_stays_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "anchor.json"
    write_file(path, "before", overwrite=False)
    with pytest.raises(FileExistsError):
        write_file(path, "after", overwrite=False)
    assert path.read_text(encoding="utf-8") == "before"
    assert list(tmp_path.iterdir()) == [path]


def test_without_hard_links_an_existing_file_is_still_not_replaced(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def no_links(_source: Path, _target: Path) -> None:
        raise PermissionError(1, "Operation not permitted")

    monkeypatch.setattr(os, "link", no_links)
    new, there, free = (tmp_path / name for name in ("new", "there", "free"))
    for path in (new, there):
        path.write_text(path.name, encoding="utf-8")
    with pytest.raises(FileExistsError):
        rename_without_replacing(new, there)
    rename_without_replacing(new, free)
    assert (there.read_text(encoding="utf-8"), free.read_text(encoding="utf-8")) == ("there", "new")


@pytest.mark.posix("modes are POSIX's")
def test_every_file_is_its_owners_alone_even_while_it_is_written(tmp_path: Path) -> None:
    path = tmp_path / "keys"
    path.write_text("open to all", encoding="utf-8")
    path.chmod(0o644)
    with replace_file(path) as part:
        modes = [stat.S_IMODE(part.stat().st_mode)]
        part.write_text("secret", encoding="utf-8")
    modes.append(stat.S_IMODE(path.stat().st_mode))
    assert modes == [0o600, 0o600]


def test_what_a_stopped_program_left_goes_when_it_is_old_and_another_writers_file_stays(tmp_path: Path) -> None:
    path, other = tmp_path / "a[1].csv", tmp_path / ".b.csv.0badcafe.part"
    old, young = (tmp_path / f".{path.name}.{code}.part" for code in ("0badcafe", "00c0ffee"))
    for left in (old, young, other):
        left.touch()
    for left in (old, other):
        long_ago = left.stat().st_mtime - STALE_PART_AGE_S - 1
        os.utime(left, (long_ago, long_ago))
    write_file(path, "rows")
    assert sorted(tmp_path.iterdir()) == sorted([path, young, other])
    write_file(path, "rows", stale_after_s=0)
    assert sorted(tmp_path.iterdir()) == sorted([path, other])


@pytest.mark.posix("a link needs a right of its own")
@pytest.mark.parametrize("there", [True, False], ids=["to a file", "to nothing"])
def test_a_link_is_neither_followed_nor_replaced(tmp_path: Path, *, there: bool) -> None:
    target, link = tmp_path / "another.txt", tmp_path / "summary.pdf"
    if there:
        write_file(target, "before")
    link.symlink_to(target)
    before = sorted(tmp_path.iterdir())
    with pytest.raises(OSError, match="it is a link"):
        write_file(link, "after")
    with pytest.raises(FileExistsError):
        write_file(link, "after", overwrite=False)
    assert sorted(tmp_path.iterdir()) == before
    assert link.readlink() == target
    assert not there or target.read_text(encoding="utf-8") == "before"


@pytest.mark.posix("a link needs a right of its own")
def test_a_link_of_a_file_of_the_programs_own_keeps_pointing_where_it_did(tmp_path: Path) -> None:
    target, link = tmp_path / "note.txt", tmp_path / "link.txt"
    write_file(target, "before")
    link.symlink_to(target)
    write_file(link, "after", through_link=True)
    assert link.is_symlink()
    assert target.read_text(encoding="utf-8") == "after"


@pytest.mark.posix("a pipe with a name in a folder")
def test_a_pipe_is_written_to_and_stays_a_pipe(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    reader = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
    try:
        write_file(pipe, "through")
        assert os.read(reader, 100) == b"through"
    finally:
        os.close(reader)
    assert stat.S_ISFIFO(pipe.stat().st_mode)


def test_files_appear_together_or_not_at_all(tmp_path: Path) -> None:
    one, two, folder = tmp_path / "one.csv", tmp_path / "two.csv", tmp_path / "three.csv"
    write_file(one, "before")
    folder.mkdir()  # a folder of its name: the third file cannot be put in place

    def write_all(*paths: Path) -> None:
        with NewFiles() as new:
            for path in paths:
                new.add(path).write_text("after", encoding="utf-8")
            assert one.read_text(encoding="utf-8") == "before"
            new.put_in_place()

    with pytest.raises(OSError):  # noqa: PT011 - which one depends on the system
        write_all(one, two, folder)
    assert sorted(tmp_path.iterdir()) == [one, folder]
    assert one.read_text(encoding="utf-8") == "before"
    write_all(one, two)
    assert [path.read_text(encoding="utf-8") for path in (one, two)] == ["after", "after"]
    assert sorted(tmp_path.iterdir()) == [one, folder, two]


@pytest.mark.parametrize("links", [True, False], ids=["hard links", "no hard links"])
def test_files_that_could_not_be_put_on_record_are_taken_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, links: bool
) -> None:
    def no_links(_source: Path, _target: Path) -> None:
        raise PermissionError(1, "Operation not permitted")

    if not links:
        monkeypatch.setattr(os, "link", no_links)
    old, fresh = tmp_path / "old.pdf", tmp_path / "new.pdf"
    write_file(old, "before")

    def unrecorded() -> None:
        with NewFiles() as new:
            for path in (old, fresh):
                new.write(path, "after")
            new.put_in_place()
            assert old.read_text(encoding="utf-8") == "after"
            raise ConnectionError

    with pytest.raises(ConnectionError):
        unrecorded()
    assert old.read_text(encoding="utf-8") == "before"
    assert list(tmp_path.iterdir()) == [old]


def test_what_a_colleague_saved_meanwhile_is_not_taken_back(tmp_path: Path) -> None:
    path = tmp_path / "shared.pdf"

    def overtaken() -> None:
        with NewFiles() as new:
            new.write(path, "mine")
            new.put_in_place()
            write_file(path, "theirs")
            raise ConnectionError

    with pytest.raises(ConnectionError):
        overtaken()
    assert path.read_text(encoding="utf-8") == "theirs"


def test_a_former_file_that_cannot_be_put_back_stays_beside_the_new_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "paper.pdf"
    path.write_text("former")

    def refuse(_self: Path, _target: Path) -> None:
        raise OSError

    files = NewFiles()
    with suppress(ZeroDivisionError), files:
        files.write(path, "new")
        files.put_in_place()
        monkeypatch.setattr(type(path), "replace", refuse)
        raise ZeroDivisionError
    assert files.not_taken_back == [path]
    assert sorted(each.read_text() for each in tmp_path.iterdir()) == ["former", "new"]


def test_a_name_as_long_as_the_system_takes_is_written(tmp_path: Path) -> None:
    path = tmp_path / f"{'é' * 125}.csv"
    write_file(path, "rows")
    write_file(path, "others")
    assert path.read_text(encoding="utf-8") == "others"
    assert list(tmp_path.iterdir()) == [path]
