"""Files are written by one module: beside their name, for their owner alone, and put in place when they are whole."""

import ast
import re
from pathlib import Path

import ioms_desktop

SOURCE = Path(ioms_desktop.__file__).parent
WRITERS = {
    "atomic_file.py": "the module itself",
    "shared_log.py": "the log, which several windows add to",
    "exchange/writing.py": "writes to the temporary name that it is given",
    "exchange/rejects.py": "the same",
    "exchange/calendar_file.py": "the same",
    "services/figures/read_figures.py": "the same",
    "services/audit/export_audit.py": "the same",
    "demo/build.py": "fictional files in a folder that goes at the end",
    "screenshots/screenshots.py": "pictures of fictional data",
}
WRITING_CALLS = frozenset(
    {"write_text", "write_bytes", "mkstemp", "NamedTemporaryFile", "TemporaryDirectory", "setOutputFileName"}
)
WRITING_MODES = set("wax+")
MAY_WRITE = re.compile(r"\b(" + "|".join((*WRITING_CALLS, "mkdtemp", "open", "fdopen")) + r")\(")
"""What a module that writes has in its text; to take every module apart would take long."""


def writes(call: ast.Call) -> bool:
    """Tell whether a call writes a file, or makes one in the temporary directory."""
    name = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
    if name in WRITING_CALLS:
        return True
    if name == "mkdtemp":
        return not any(each.arg == "dir" for each in call.keywords)
    first = [each.value for each in call.args if isinstance(each, ast.Constant) and isinstance(each.value, str)]
    return name in {"open", "fdopen"} and any(set(mode) & WRITING_MODES and len(mode) <= 3 for mode in first)


def writing_modules(folder: Path) -> set[str]:
    return {
        path.relative_to(folder).as_posix()
        for path in folder.rglob("*.py")
        if MAY_WRITE.search(text := path.read_text("utf-8"))
        and any(isinstance(node, ast.Call) and writes(node) for node in ast.walk(ast.parse(text)))
    }


def test_no_other_module_writes_a_file() -> None:
    assert writing_modules(SOURCE) == set(WRITERS)


def test_a_module_that_writes_by_itself_is_found(tmp_path: Path) -> None:
    bad = ("path.write_text('x')", "path.open('wb')", "open(path, 'a')", "mkdtemp()", "printer.setOutputFileName(x)")
    for number, line in enumerate(bad):
        (tmp_path / f"bad{number}.py").write_text(line, encoding="utf-8")
    (tmp_path / "good.py").write_text("path.open('rb'); path.open(); tempfile.mkdtemp(dir=place)", encoding="utf-8")
    assert writing_modules(tmp_path) == {f"bad{number}.py" for number in range(5)}
