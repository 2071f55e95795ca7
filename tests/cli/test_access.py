"""`access` and the accounts from the command line, as a person would type them, on each kind of database."""

import json
from pathlib import Path

import pytest

from ioms_desktop.__main__ import main
from ioms_desktop.domain.access.roles import Role
from ioms_desktop.services.access.case_access_admin import OWN_ACCESS_MESSAGE
from keys import opened, with_users
from sessions import fill

PASSWORD = "four plain words here"


class Office:
    """A database with a few people, worked on by commands."""

    def __init__(self, location: str, capsys: pytest.CaptureFixture[str]) -> None:
        self.location, self._capsys = location, capsys

    def run(self, who: str, *arguments: str) -> tuple[int, str]:
        code = main(["--database", self.location, "--user", who, *arguments])
        said = self._capsys.readouterr()
        return code, (said.out or said.err).strip()


@pytest.fixture
def office(
    location: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> Office:
    store = opened(location)
    fill(store)
    store.close()
    with_users(location, {f"c_{role}": role for role in (Role.OFFICER, Role.SUPERVISOR, Role.ADMINISTRATOR)}, PASSWORD)
    monkeypatch.setenv("IOMS_PASSWORD", PASSWORD)
    monkeypatch.setenv("IOMS_NEW_PASSWORD", PASSWORD)
    monkeypatch.setenv("IOMS_SETTINGS", str(tmp_path / "settings"))
    return Office(location, capsys)


def test_a_case_is_kept_from_somebody_shown_and_opened_again(office: Office) -> None:
    boss, officer, read = "c_supervisor", "c_officer", "PC 4411 ADEYEMI"
    assert office.run("c_administrator", "user", "account", officer, "--display-name", read)[0] == 0
    told = ("access", "exclude", "IOM-1", officer, "--message", "Ask the inspector.")
    assert office.run(boss, *told) == (0, f"{read} is excluded from case IOM-1; it is closed to them from now on.")
    code, listed = office.run(boss, "access", "show", "IOM-1")
    assert f"{read} ({officer})  Excluded  since" in listed
    code, said = office.run(officer, "case", "IOM-1")
    assert (code, said) == (1, "There is no case IOM-1 that you may open. Ask the inspector.")
    code, shown = office.run(boss, "access", "show", "IOM-1", "--format", "json")  # for a program, the login
    entry = json.loads(shown)["entries"][0]
    assert (entry["name"], entry["list"], entry["standing"], entry["set_by"]) == (officer, "EXCLUDED", True, boss)
    code, said = office.run(officer, "access", "break-glass", "IOM-1", "--reason", "his mother called, he is in danger")
    assert code == 1
    assert said.startswith("Restricted record access to case IOM-1 was refused")
    unknown = "There is no user PC 4412 ADEYEMI. Nothing was changed; check the name."
    assert office.run(boss, "access", "release", "IOM-1", "PC 4412 ADEYEMI") == (1, unknown)
    let_go = (0, f"{read} stands on no list of case IOM-1 any more.")
    assert office.run(boss, "access", "release", "IOM-1", read) == let_go, "as the list names them"
    assert office.run(officer, "case", "IOM-1")[0] == 0
    assert office.run(boss, "access", "exclude", "IOM-1", boss.upper()) == (1, OWN_ACCESS_MESSAGE)
    assert office.run(officer, "access", "declare", "IOM-1")[0] == 0
    assert office.run(officer, "case", "IOM-1")[0] == 1
    assert office.run(officer, "access", "show", "IOM-1")[0] == 1


def test_the_glass_is_broken_from_the_command_line(office: Office) -> None:
    boss, officer, admin = "c_supervisor", "c_officer", "c_administrator"
    assert office.run(admin, "user", "account", officer, "--team", "North")[0] == 0
    assert office.run(boss, "access", "team", "IOM-1", "South") == (0, "Case IOM-1 belongs to South.")
    assert office.run(officer, "case", "IOM-1")[0] == 1
    code, said = office.run(officer, "access", "break-glass", "IOM-1", "--reason", "his mother called, he is in danger")
    assert code == 0
    assert said.startswith("Case IOM-1 is open to you for 60 minutes, to read only.")
    assert office.run(officer, "case", "IOM-1")[0] == 0


def test_a_restriction_is_for_shared_databases(office: Office) -> None:
    code, said = office.run("c_supervisor", "access", "restrict", "IOM-1")
    if "://" in office.location:
        assert (code, said) == (0, "Case IOM-1 is restricted to those admitted.")
        assert office.run("c_supervisor", "access", "unrestrict", "IOM-1")[1] == "Case IOM-1 is no longer restricted."
    else:
        assert code == 1
        assert said.startswith("A case can be restricted only on a shared database.")


def test_a_partner_whose_last_day_has_passed_is_out(office: Office) -> None:
    admin, partner = "c_administrator", "c_partner"
    added = ("user", "add", partner, "--role", "partner", "--team", "YJS")
    code, said = office.run(admin, *added, "--expires", "2020-01-01")
    assert (code, said.split(". ")[0]) == (1, "1 Jan 2020 has passed already")
    assert office.run(admin, *added, "--expires", "2099-01-01")[1] == (
        "c_partner may sign in as partner up to and including 1 Jan 2099."
    )
    code, said = office.run(partner, "access", "declare", "IOM-1")
    assert "has passed" not in said
    assert "expired" not in said
    assert office.run(admin, "user", "account", partner, "--expires", "2020-01-01")[1] == (
        "c_partner shares the cases of YJS and can no longer sign in."
    )
    code, said = office.run(partner, "access", "declare", "IOM-1")
    assert code == 1
    assert "expired" in said or "has run out" in said
    code, shown = office.run(admin, "user", "list", "--format", "json")
    (row,) = [each for each in json.loads(shown)["users"] if each["name"] == partner]
    assert (row["team"], row["expires_on"], row["active"]) == ("YJS", "2020-01-01", True)
    last = "is the last administrator whose account has no last day"
    assert last in office.run(admin, "user", "account", admin, "--expires", "2099-01-01")[1]
    # One who runs out is not another: the last one without an end stays.
    assert office.run(admin, "user", "add", "c_second", "--role", "administrator", "--expires", "2099-01-01")[0] == 0
    assert last in office.run(admin, "user", "disable", admin)[1]
    assert office.run(admin, "user", "account", partner, "--expires", "never")[0] == 0


def test_a_case_whose_supervisor_left_is_taken_over_from_the_command_line(office: Office) -> None:
    boss, admin, why = "c_supervisor", "c_administrator", "Insp. Wright retired on Friday"
    for name in ("c_second", "c_third"):
        assert office.run(admin, "user", "add", name, "--role", "supervisor")[0] == 0
    nothing = f"No restricted case and no team would be without a supervisor without {boss}."
    assert office.run(admin, "user", "disable", boss, "--dry-run") == (0, nothing)
    assert office.run("c_second", "access", "orphaned") == (0, "Every restricted case has a supervisor.")
    assert office.run("c_second", "access", "take-over", "IOM-1", "--reason", why)[0] == 1
    if "://" not in office.location:
        return  # a file restricts no case
    assert office.run(boss, "access", "restrict", "IOM-1")[0] == 0
    code, said = office.run(admin, "user", "disable", boss, "--dry-run")
    assert (code, said.startswith("Restricted case IOM-1 has no other supervisor")) == (0, True)
    assert office.run(boss, "case", "IOM-1")[0] == 0, "nothing was changed"
    assert "Restricted case IOM-1" in office.run(admin, "user", "disable", boss)[1]
    assert office.run("c_second", "access", "take-over", "IOM-1", "--reason", why)[0] == 0
    code, said = office.run("c_third", "access", "orphaned", "--format", "json")
    assert [(each["case_ref"], each["asked_by"], each["reason"]) for each in json.loads(said)["cases"]] == [
        ("IOM-1", "c_second", why)
    ]
    assert office.run("c_third", "case", "IOM-1")[0] == 1
    assert office.run("c_third", "access", "take-over", "IOM-1", "--reason", why)[0] == 0
    assert [office.run(name, "case", "IOM-1")[0] for name in ("c_second", "c_third", "c_officer")] == [0, 0, 1]
