import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import ioms_desktop
from ioms_desktop.paths import migrations, resource
from ioms_desktop.storage.database import migrate

ASK = "from ioms_desktop.paths import resource, migrations; print(resource('themes'), migrations(), sep='|')"


def test_bundled_files_are_found_from_a_checkout() -> None:
    assert resource("themes", "tokens.toml").is_file()
    assert resource("fonts", "NotoSans-Regular.ttf").is_file()
    assert migrations().name == "migrations"


@pytest.mark.parametrize(
    ("before", "home"),
    [("", "ioms_desktop/_bundled"), ("import sys; sys._MEIPASS = {frozen!r}; ", "frozen")],
    ids=["installed", "frozen"],
)
def test_bundled_files_are_found_where_the_program_was_put(tmp_path: Path, before: str, home: str) -> None:
    package = tmp_path / "ioms_desktop"
    package.mkdir()
    for name in ("__init__.py", "paths.py"):
        shutil.copy(Path(ioms_desktop.__file__).parent / name, package)
    (tmp_path / home).mkdir()
    asked = before.format(frozen=str(tmp_path / "frozen")) + ASK
    done = subprocess.run([sys.executable, "-c", asked], cwd=tmp_path, capture_output=True, text=True, check=True)
    places = done.stdout.strip().split("|")
    assert places == [str(tmp_path / home / "resources" / "themes"), str(tmp_path / home / "migrations")]


@pytest.mark.parametrize("home", ["100% of %(it)s", "R&D; (x86) ünd %25"])
def test_a_database_is_made_where_the_name_of_the_programs_folder_means_something_to_others(
    tmp_path: Path, home: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of its own files it names the migrations to another library, which takes % for a reference."""
    copied = shutil.copytree(migrations(), tmp_path / home, ignore=shutil.ignore_patterns("__pycache__"))
    monkeypatch.setattr(migrate, "migrations", lambda: copied)
    migrate.create_empty_database(str(tmp_path / "cases.ioms"))
    assert (tmp_path / "cases.ioms").exists()
