"""What is for its owner only lets nobody else in, by mode bits or by an access list."""

from __future__ import annotations

import os
import stat
import sys
from typing import TYPE_CHECKING

import pytest

from ioms_desktop.file_access import (
    allowed_accounts,
    create_private_file,
    lets_others_in,
    make_private_folder,
    others_may_use,
)

if TYPE_CHECKING:
    from pathlib import Path

ME = "S-1-5-21-1-2-3-1001"


@pytest.mark.parametrize(
    ("access_list", "others"),
    [
        (f"D:P(A;;FA;;;{ME})(A;;FA;;;SY)(A;;FA;;;BA)", False),
        (f"O:{ME}G:DUD:PAI(A;;FA;;;{ME})", False),
        (f"D:P(A;OICI;FA;;;{ME})(A;OICIIO;FA;;;CO)", False),
        ("D:P", False),
        (f"D:AI(A;ID;FA;;;{ME})(A;ID;0x1200a9;;;BU)", True),
        (f"D:(A;;FA;;;{ME})(A;;0x1301bf;;;AU)", True),
        (f"D:(A;;FA;;;{ME})(A;;FR;;;WD)", True),
        (f"D:(A;;FA;;;{ME})(A;;FR;;;S-1-5-21-1-2-3-1002)", True),
        (f'D:(XA;;FX;;;S-1-1-0;(@User.Title=="PM" && (@User.Division=="A")))(A;;FA;;;{ME})', True),
        (f"D:(OA;;CR;;;AU)(A;;FA;;;{ME})", True),
        (f"D:(D;;FA;;;WD)(A;;FA;;;{ME})", False),
        (f"D:(D;;FA;;;BU)(A;;FR;;;BU)(A;;FA;;;{ME})", True),
        ("D:NO_ACCESS_CONTROL", True),
        ("O:SYG:SY", True),
        ("", True),
    ],
)
def test_an_access_list_lets_others_in_unless_it_names_only_the_owner_and_the_system(
    access_list: str, others: bool
) -> None:
    assert lets_others_in(access_list, frozenset({ME})) is others


def test_the_list_for_auditing_is_not_taken_for_the_list_of_access() -> None:
    assert allowed_accounts("D:P(A;;FA;;;SY)S:AI(AU;SAFA;FA;;;WD)") == frozenset({"SY"})


def test_a_private_file_is_its_owners_and_the_test_notices_one_that_is_not(tmp_path: Path) -> None:
    private, public = tmp_path / "keys", tmp_path / "notes"
    create_private_file(private)
    assert not others_may_use(private)
    private.write_text("secret", encoding="utf-8")
    assert private.read_text(encoding="utf-8") == "secret"
    with pytest.raises(FileExistsError):
        create_private_file(private)
    public.touch()
    if os.name == "posix":
        public.chmod(0o640)
        assert others_may_use(public)


def test_a_private_folder_is_its_owners_even_where_it_was_there_before(tmp_path: Path) -> None:
    new, former = tmp_path / "a" / "new", tmp_path / "former"
    former.mkdir()
    former.chmod(0o755)
    for folder in (new, former):
        make_private_folder(folder)
        assert not others_may_use(folder)
        (folder / "draft").write_text("words", encoding="utf-8")
    if os.name == "posix":
        assert stat.S_IMODE(former.stat().st_mode) == stat.S_IRWXU


def test_a_file_that_is_not_there_is_nobodys(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        others_may_use(tmp_path / "missing")


if sys.platform == "win32":

    def test_a_folder_that_everybody_may_use_is_told_and_restricted_on_windows(tmp_path: Path) -> None:
        import ctypes  # noqa: PLC0415  Windows only

        from ioms_desktop import windows_api  # noqa: PLC0415  as above

        folder, file = tmp_path / "open", tmp_path / "file"
        folder.mkdir()
        file.touch()
        everybody = ctypes.c_void_p(windows_api._descriptor("D:P(A;OICI;FA;;;WD)"))  # noqa: SLF001  a list of the test's own
        for path in (folder, file):
            assert ctypes.WinDLL("advapi32").SetFileSecurityW(ctypes.c_wchar_p(str(path)), 4, everybody)
            assert others_may_use(path)
        make_private_folder(folder)
        assert not others_may_use(folder)
