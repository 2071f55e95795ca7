import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import ioms_desktop
from ioms_desktop.paths import migrations, resource

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
