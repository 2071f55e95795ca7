"""deploy/README.md: its commands are commands, and each is followed by the long test or is named here with its reason.

`tests_long/test_guide_long.py` carries them out, from an empty machine to a restored server.
"""

import importlib.util
import re
import shlex
from types import ModuleType

import pytest

from guide import GUIDE, blocks
from ioms_desktop.cli.parser import build_parser
from proof.following_guide import followed

ROOT = GUIDE.parent.parent
ELSEWHERE = {
    "sudo -u postgres psql --file deploy/before-upgrade.sql": (
        "it needs two versions of PostgreSQL; tests/storage/test_known_lists.py and test_fences.py try the files"
    ),
    "sudo -u postgres ioms-desktop promote": "moving a file is tried by tests/services/test_server_migration.py",
    "kadmin: addprinc": "Kerberos is tried by tests/services/test_kerberos.py, on a realm of its own",
    "install -m 644 people.crt": "certificates of persons are tried by tests/services/test_certificates.py",
    "people  /^(.*)@example": "as above: lines of a file, not commands",
    "openssl req -new -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -subj": "as above",
}
"""Blocks that the long test does not follow, by what they begin with."""


def commands() -> list[str]:
    """Every command of the program that the guide gives, in a block or in a sentence."""
    text = GUIDE.read_text(encoding="utf-8")
    set_off = "\n".join(block.text for block in blocks()).replace("\\\n", " ")
    found = re.findall(r"(?<![/\w])ioms-desktop .*", set_off) + re.findall(r"`(ioms-desktop [^`]*)`", text)
    return sorted({each.split("   ")[0].strip() for each in found} - {"ioms-desktop"})


def test_every_block_is_followed_or_says_why_not() -> None:
    carried_out = followed()
    for block in blocks():
        named = [begins for begins in ELSEWHERE if block.first_line.startswith(begins)]
        assert block in carried_out or named, f"{block.section}: {block.first_line}"
    for begins in ELSEWHERE:
        assert any(block.first_line.startswith(begins) for block in blocks()), f"the guide has no block {begins}"


@pytest.mark.parametrize("command", commands())
def test_every_command_of_the_program_is_one(command: str) -> None:
    words = [word for word in shlex.split(command)[1:] if word != "..."]
    options = build_parser().parse_args(words)
    assert callable(options.handler)


def test_a_command_that_is_none_is_found() -> None:
    """The control of the test above."""
    with pytest.raises(SystemExit):
        build_parser().parse_args(["user", "remove", "NAME"])


def set_up() -> ModuleType:
    """The script that sets up a development machine, which knows what Qt loads from the system."""
    spec = importlib.util.spec_from_file_location("set_up", ROOT / "tools" / "set_up.py")
    assert spec is not None
    assert spec.loader is not None
    found = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(found)
    return found


def test_a_workstation_is_given_every_library_that_qt_loads_from_the_system() -> None:
    (line,) = (block.text for block in blocks() if block.first_line.startswith("apt install python3-venv lib"))
    given = set(line.replace("\\\n", " ").split()[2:]) - {"python3-venv"}
    made = set_up()
    needed = {*made.QT_LIBRARIES.values(), *made.X11_LIBRARIES.values(), *made.WAYLAND_LIBRARIES.values()}
    assert given == needed


def test_every_script_that_is_installed_is_there() -> None:
    (text,) = (block.text for block in blocks() if block.first_line.startswith("install -d -m 755 /usr/local"))
    named = set(re.findall(r"[a-z0-9_.-]+\.(?:sh|conf)(?= )", text))
    assert named >= {"backup.sh", "restore-drill.sh", "pg_hba.conf"}
    assert [name for name in sorted(named) if not (GUIDE.parent / name).exists()] == []
