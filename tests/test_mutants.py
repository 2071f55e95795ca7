"""The tool that changes the program tells what tests notice from what they do not."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

sys.path.append(str(Path(__file__).parents[1]))

from tools.mutants import main
from tools.mutation import report
from tools.mutation.drawing import draw, modules_of, quotas
from tools.mutation.mapping import Test as MappedTest
from tools.mutation.places import Mutant, mutants_in, mutated
from tools.mutation.trials import Verdict, in_turn

ROOT = Path(__file__).resolve().parent.parent
SERVICES = "src/ioms_desktop/services"

EXAMPLE = {
    "src/package/__init__.py": "",
    "src/package/paying.py": """
USUAL = 3

def doubled(count: int) -> int:
    return count + count

MOST = doubled(USUAL)

def spare(count: int) -> bool:
    return count > USUAL

def forgotten() -> None:
    spare(USUAL)
""",
    "tests/test_paying.py": """
from package.paying import MOST, USUAL, spare

def test_three_is_usual() -> None:
    assert USUAL == 3

def test_at_most_double() -> None:
    assert MOST == 6

def test_of_many_some_are_spare() -> None:
    assert spare(100)
""",
    "pyproject.toml": "[tool.pytest.ini_options]\naddopts = ['--import-mode=importlib']\n",
}


def found_in(tmp_path: Path, source: str) -> list[Mutant]:
    file = tmp_path / "src" / "package" / "module.py"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(source, encoding="utf-8")
    return mutants_in(tmp_path, "src/package/module.py")


def results(tmp_path: Path, source: str, operator: str) -> set[str]:
    """Return what stands in the last line of the source after each change by one operator."""
    mutants = [mutant for mutant in found_in(tmp_path, source) if mutant.operator == operator]
    return {mutated(source, mutant).rstrip("\n").rsplit("\n", 1)[-1].strip() for mutant in mutants}


@pytest.mark.parametrize(
    ("operator", "line", "changed"),
    [
        ("boundary", "late = on < due", {"late = on <= due"}),
        ("boundary", "late = on == due", {"late = on != due"}),
        ("negation", "late = on < due", {"late = on >= due"}),
        ("negation", "late = on == due", set()),
        ("and-or", "both = a and (b or c)", {"both = a or (b or c)", "both = a and (b and c)"}),
        ("plus-minus", "end = start + days - 1", {"end = start - days - 1", "end = start + days + 1"}),
        ("plus-minus", "text = 'a' + b", set()),
        ("not", "if not ready: pass", {"if ready: pass"}),
        ("keyword", "free = x is None", {"free = x is not None"}),
        ("keyword", "free = x in xs", {"free = x not in xs"}),
        ("number", "limit = 7", {"limit = 8"}),
        ("boolean", "found = f(again=True)", {"found = f(again=False)"}),
        ("boolean", "pairs = zip(a, b, strict=True)", set()),
        ("condition", "if x: f()", {"if False: f()", "if True: f()"}),
        ("condition", "while x: f()", {"while False: f()"}),
        ("condition", "y = a if x else b", {"y = a if False else b", "y = a if True else b"}),
        ("condition", "ys = [y for y in x if y]", {"ys = [y for y in x if False]", "ys = [y for y in x if True]"}),
        ("call", "refuse_closed(case)", {"pass"}),
        ("call", "case = opened(ref)", set()),
        ("return", "def f(x): return x", {"def f(x): return None"}),
        ("return", "def f(x): return None", set()),
    ],
)
def test_an_operator_makes_these_changes_and_no_other(
    tmp_path: Path, operator: str, line: str, changed: set[str]
) -> None:
    assert results(tmp_path, f"{line}\n", operator) == changed


@pytest.mark.parametrize(
    "source",
    [
        '"""1 and 2."""\n',
        "x: Literal[1]\n",
        "def f(x: Literal[True]) -> Literal[2]: ...\n",
        "if TYPE_CHECKING:\n    x = 1\n",
        "@dataclass(frozen=True)\nclass A: ...\n",
        "log.info('it is %s', 1 + 2)\n",
        "raise Refusal(f'{count + 1} more' if count == 1 else 'none')\n",
        "text = f'{count + 1}'\n",
        "text = 'one'\n",
    ],
)
def test_types_decorators_and_words_are_left_alone(tmp_path: Path, source: str) -> None:
    assert found_in(tmp_path, source) == []


def test_a_mutant_is_named_by_what_stays_when_lines_move(tmp_path: Path) -> None:
    source = "class A:\n    def f(self, x):\n        return g(x.first > x.second), g(x.first > x.second)\n"
    moved = f"import os\n\n\n{source}"
    before, after = ([m.identity for m in found_in(tmp_path, text)] for text in (source, moved))
    assert before == after
    assert len(set(before)) == len(before)
    assert {m.place for m in found_in(tmp_path, source) if m.operator == "boundary"} == {"module.A.f", "module.A.f #2"}


def test_of_what_runs_at_import_the_names_are_known(tmp_path: Path) -> None:
    source = "LIMIT = 7\n\nclass A:\n    most: int = 8\n\ndef f(x=9):\n    return x\n"
    known = {m.was.split("=")[0].strip(): m.at_import for m in found_in(tmp_path, source) if m.operator == "number"}
    assert known["LIMIT"] is not None
    assert known["LIMIT"].everywhere == {"LIMIT"}
    assert any(each is not None and each.in_module == {"most"} for each in known.values())
    assert any(each is not None and each.everywhere == {"f"} for each in known.values())
    assert [m.at_import for m in found_in(tmp_path, source) if m.operator == "return"] == [None]


def test_a_draw_with_the_same_seed_is_the_same_and_with_another_is_not() -> None:
    lengths = {path: (ROOT / path).read_text(encoding="utf-8").count("\n") for path in modules_of(ROOT, [SERVICES])}
    modules = sorted((path for path, lines in lengths.items() if lines > 50), key=lengths.__getitem__)[:2]
    drawn = draw(ROOT, modules, 10, seed=1)
    assert len(set(drawn)) == 10
    assert drawn == draw(ROOT, modules, 10, seed=1)
    assert drawn != draw(ROOT, modules, 10, seed=2)
    for mutant in drawn:
        assert mutated((ROOT / mutant.path).read_text(encoding="utf-8"), mutant)


def test_modules_are_drawn_from_by_size_as_far_as_they_go() -> None:
    assert quotas({"a": 300, "b": 100, "c": 0}, {"a": 99, "b": 99, "c": 9}, 8) == {"a": 6, "b": 2, "c": 0}
    assert quotas({"a": 300, "b": 100}, {"a": 2, "b": 99}, 8) == {"a": 2, "b": 6}
    assert quotas({"a": 300, "b": 100}, {"a": 2, "b": 1}, 8) == {"a": 2, "b": 1}


def test_tests_run_the_fastest_first_and_on_a_server_last() -> None:
    def known(name: str, seconds: float) -> MappedTest:
        return MappedTest(name, seconds, seconds, frozenset(), "")

    tests = [known("a.py::x[postgres]", 0.1), known("a.py::x[sqlite]", 2.0), known("b.py::y", 1.0)]
    assert [[test.id for test in run] for run in in_turn(tests)] == [
        ["b.py::y", "a.py::x[sqlite]", "a.py::x[postgres]"]
    ]


@pytest.fixture
def example(tmp_path: Path) -> Path:
    for name, text in EXAMPLE.items():
        file = tmp_path / "example" / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
    return tmp_path / "example"


def test_what_a_test_notices_is_killed_and_what_none_does_survives(
    example: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    asked = ["--root", str(example), "--packages", "src/package", "--floor", "60"]
    assert main(asked) == 1
    said = capsys.readouterr().out
    for row, ended in {
        "| `paying` | number | `USUAL = 3` | `USUAL = 4` |": "killed, by tests/test_paying.py",
        "| `paying.doubled` | return | `return count + count` | `return None` |": "killed, by tests/test_paying.py",
        "| `paying.spare` | boundary | `return count > USUAL` | `return count >= USUAL` |": "survived, 1 tests",
        "| `paying.spare` | negation | `return count > USUAL` | `return count <= USUAL` |": "killed, by",
        "| `paying.spare` | return | `return count > USUAL` | `return None` |": "killed, by",
    }.items():
        assert f"{row}  | {ended}" in said
    assert "call  paying.forgotten (no test runs it)" in said
    assert (example / "src/package/paying.py").read_text(encoding="utf-8") == EXAMPLE["src/package/paying.py"]

    rows = [line for line in said.splitlines() if line.startswith("| `")]
    assert len(rows) == 2
    table = "\n".join(row.replace("|  |", "| nobody buys just three |") for row in rows)
    (example / "docs").mkdir()
    (example / "docs/assurance.md").write_text(f"{report.HEADING}\n\n{table}\n\n## More\n", encoding="utf-8")
    assert main(asked) == 0
    assert "7 mutants: 0 to try" in capsys.readouterr().out


def test_a_survivor_without_a_reason_or_too_few_killed_is_not_enough(tmp_path: Path) -> None:
    first, second = found_in(tmp_path, "x = a < 1 or b\n")[:2]
    verdicts = {first: Verdict("killed"), second: Verdict("survived")}
    file = tmp_path / "assurance.md"
    file.write_text(f"{report.HEADING}\n{report.row(second, 'it is the same, or so')}\n", encoding="utf-8")
    given = report.reasons(file)
    assert given == {second.identity: "it is the same, or so"}
    assert report.is_enough(verdicts, given, 50)
    assert not report.is_enough(verdicts, given, 51)
    assert not report.is_enough(verdicts, {}, 50)
    assert report.outlived({second: Verdict("killed")}, given)
