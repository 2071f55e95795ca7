"""The program writes nothing into the temporary folder, where others may read it and nobody clears up after a crash."""

import ast
import os
import subprocess
import sys
from pathlib import Path

import ioms_desktop
from ioms_desktop.domain.access.roles import Role
from keys import with_users
from ui.case_sessions import MARLOW, filled

PASSWORD = "four plain words here"
WORKER = """
import os, sys, tempfile
from PySide6.QtWidgets import QApplication
from ioms_desktop.app import _derive_key, _open_session, create_application
from ioms_desktop.settings import Settings
from ioms_desktop.ui.actions.file_actions import PRINT_CASES
from ioms_desktop.ui.printing.print_cases import PrintCasesDialog
from ioms_desktop.ui.theme.active import ThemePreference
location, user, password, case_ref = sys.argv[1:]
windows = create_application(Settings.read(location, user))
windows.show_main_window(_open_session(location, user, password, _derive_key(location, user, password)))
window = windows.current_window
def wait():
    QApplication.processEvents()
    while window.tasks.is_busy:
        QApplication.processEvents()
wait()
for preference in ThemePreference:
    window.apply_theme(preference)
    QApplication.processEvents()
case = window.open_case(case_ref)
wait()
case.case_actions.launch(PRINT_CASES)
wait()
printing = case.findChild(PrintCasesDialog)
printing.form.audience.set_value("full")
printing.form.reason.set_value("CASE_CONFERENCE")
printing.preview()
wait()
print(os.listdir(os.environ["TMPDIR"]), flush=True)
open(os.path.join(tempfile.gettempdir(), "control"), "w").close()
os._exit(0)
"""


def test_a_window_that_is_killed_leaves_nothing_in_the_temporary_folder(local_location: str, tmp_path: Path) -> None:
    filled(local_location).close()
    with_users(local_location, {"wright": Role.SUPERVISOR}, PASSWORD)
    places = {name: str(tmp_path / name.lower()) for name in ("IOMS_DATA", "IOMS_SETTINGS", "TMPDIR", "HOME")}
    for place in places.values():
        Path(place).mkdir()
    command = [sys.executable, "-c", WORKER, local_location, "wright", PASSWORD, MARLOW]
    run = subprocess.run(command, env=os.environ | places, capture_output=True, text=True, check=False)
    assert (run.returncode, run.stdout) == (0, "[]\n"), run.stderr
    assert [path.name for path in Path(places["TMPDIR"]).rglob("*")] == ["control"], "it is the folder that is used"


MAKERS = frozenset({"TemporaryDirectory", "NamedTemporaryFile", "TemporaryFile", "mkdtemp", "mkstemp"})


def without_place(source: str) -> list[int]:
    """Return the lines that make a temporary file or folder without saying where."""
    calls = [node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Call)]
    named = [(node, getattr(node.func, "id", getattr(node.func, "attr", ""))) for node in calls]
    return [node.lineno for node, name in named if name in MAKERS and "dir" not in {key.arg for key in node.keywords}]


def test_whatever_makes_a_temporary_file_says_where() -> None:
    package = Path(ioms_desktop.__file__).parent
    found = {path.name: lines for path in package.rglob("*.py") if (lines := without_place(path.read_text("utf-8")))}
    assert found == {}
    assert without_place("with TemporaryDirectory(prefix='x') as place:\n    pass") == [1], "the control"
