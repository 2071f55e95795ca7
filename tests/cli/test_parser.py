"""Every command is declared beside its function, and a start of the program imports nothing that only commands need."""

import importlib
import pkgutil
import subprocess
import sys

import pytest

from instances import for_each
from ioms_desktop.cli import commands
from ioms_desktop.cli.command import CommandGroup
from ioms_desktop.cli.parser import COMMAND_GROUPS, build_parser

COMMANDS = [f"{group.name} {each.name}".strip() for group in COMMAND_GROUPS for each in group.commands]
HERE = f"{commands.__name__}."
MODULES = [each.name.removeprefix(HERE) for each in pkgutil.walk_packages(commands.__path__, HERE)]


@pytest.mark.parametrize("name", MODULES)
def test_every_group_that_a_module_declares_is_part_of_the_command_line(name: str) -> None:
    module = importlib.import_module(f"{HERE}{name}")
    declared = [each for each in vars(module).values() if isinstance(each, CommandGroup)]
    assert all(group in COMMAND_GROUPS for group in declared), "add the group to COMMAND_GROUPS in cli/parser.py"


@for_each("command", COMMANDS)
def test_every_command_explains_itself(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        build_parser().parse_args([*command.split(), "--help"])
    assert ended.value.code == 0
    assert "--database" in capsys.readouterr().out


def test_the_help_imports_no_service_no_storage_no_record_and_no_window() -> None:
    program = (
        "import sys; from ioms_desktop.cli.parser import build_parser; build_parser().format_help(); "
        "print(*(name for name in sys.modules if name.startswith(('ioms_desktop.services', 'ioms_desktop.storage', "
        "'ioms_desktop.ui', 'ioms_desktop.domain.records', 'sqlalchemy', 'PySide6'))))"
    )
    done = subprocess.run([sys.executable, "-c", program], check=True, capture_output=True, text=True)
    assert done.stdout.split() == []
