"""`retention`: two supervisors at two keyboards, and the file that says what they decided."""

import json
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from ioms_desktop.__main__ import main
from ioms_desktop.domain.access.roles import Role
from ioms_desktop.domain.records.people import Offence
from ioms_desktop.storage.transaction import CommandContext
from keys import AT, opened, with_users
from reports.reading import pages_of
from sessions import OLD, OLD_CASE, fill

Run = Callable[..., tuple[int, str, str]]
DECISION = """
proposed_by = "wright"
authorised_by = "holt"
date = 2026-10-20
authority = "RRD panel 2026/14"
reason = "Six clear years, no further contact."
"""


@pytest.fixture
def run(location: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Run:
    """Return the command line on a database with somebody whose case closed long ago."""
    roles = {"admin": Role.ADMINISTRATOR, "wright": Role.SUPERVISOR, "holt": Role.SUPERVISOR, "shah": Role.AUDITOR}
    with_users(location, roles, "demo")
    store = opened(location)
    fill(store)
    with store.begin(CommandContext(request="", user="holt", role="supervisor", at=AT, workstation="session 0")) as tx:
        tx.add(OLD)
        tx.add(OLD_CASE)
        tx.add(Offence(person_ref="P-OLD", offence_on=date(2014, 5, 6), offence_group="BURGLARY", role="CONVICTED"))
    store.close()
    for name, value in (("SETTINGS", tmp_path / "settings"), ("DATA", tmp_path / "data"), ("DATABASE", location)):
        monkeypatch.setenv(f"IOMS_{name}", str(value))
    monkeypatch.setenv("IOMS_PASSWORD", "demo")
    (tmp_path / "decision.toml").write_text(DECISION, encoding="utf-8")

    def go(*arguments: object, user: str = "wright") -> tuple[int, str, str]:
        code = main([*map(str, arguments), "--user", user])
        captured = capsys.readouterr()
        assert "Traceback" not in captured.out + captured.err
        return code, captured.out, captured.err

    return go


def test_a_record_that_is_due_is_disposed_of_by_two_runs_of_one_command(run: Run, tmp_path: Path) -> None:
    code, out, _ = run("retention", "due", "--as-of", "2026-10-15", "--format", "json")
    (found,) = json.loads(out)["due"]
    assert (code, found["person_ref"], found["group"], found["due_on"]) == (0, "P-OLD", "GROUP_3", "2022-02-28")
    assert found["reason"].startswith("Six clear years after the closing of the last case on 29 Feb 2016. Group 3")
    assert "P-OLD  OLDHAM, Sam" in run("retention", "due", "--as-of", "2026-10-15")[1]
    command = ("retention", "dispose", "P-OLD", "--decision", tmp_path / "decision.toml")
    code, out, err = run(*command, user="holt")
    assert (code, out) == (1, "")
    assert "wright runs this command first" in err
    code, out, err = run(*command)
    assert code == 0, err
    assert out.startswith("Proposed as DS-")
    assert run(*command)[0] == 1
    code, out, err = run(*command, "--certificate", tmp_path / "nowhere" / "certificate.txt", user="holt")
    assert (code, out) == (1, "")
    assert "Nothing was removed; name another place" in err
    kept = tmp_path / "certificate.txt"
    code, out, err = run(*command, "--certificate", kept, user="holt")
    assert code == 0, err
    assert out == kept.read_text(encoding="utf-8")
    assert out.startswith("Certificate of disposal DS-")
    assert "  people: 1\n" in out
    assert "made before this disposal" in out
    assert "Sam" not in out + err
    assert "No record is due" in run("retention", "due", "--as-of", "2026-10-15")[1]
    number = out.split()[3]
    paper, looked = tmp_path / "certificate.pdf", tmp_path / "audit.pdf"
    assert run("retention", "certificate", number)[1] == out
    code, told, err = run("retention", "certificate", number, "--out", paper)
    assert (code, told) == (0, f"{paper}\n"), err
    words = " ".join(pages_of(paper.read_bytes()))
    for said in (
        number,
        "Person 1",
        "Together",
        "Proposed by wright",
        "Authorised by holt",
        "made before this disposal",
    ):
        assert said in words, said
    assert "Sam" not in words
    assert "OLDHAM" not in words.upper()
    assert run("retention", "certificate", number, "--out", paper)[0] == 1, "it is there already"
    assert run("retention", "certificate", number, "--out", paper, user="shah")[0] == 1, "an auditor does not"
    assert run("retention", "certificate", "DS-0", "--out", tmp_path / "other.pdf")[0] == 1
    code, _, err = run("audit", "report", "--from", "2020-01-01", "--out", looked, user="shah")
    assert code == 0, err
    words = " ".join(pages_of(looked.read_bytes()))
    assert f"Disposal {number}" in words
    assert "Passed on" in words, "that the certificate left is on record"
    assert run("audit", "report", "--from", "2020-01-01", "--out", tmp_path / "other.pdf")[0] == 1
    assert run("audit", "verify", user="shah")[0] == 0
    assert run(*command, user="holt")[0] == 1


@pytest.mark.posix("a link needs a right of its own")
def test_a_certificate_that_cannot_be_written_is_no_reason_to_say_that_nothing_was_removed(
    run: Run, tmp_path: Path
) -> None:
    command = ("retention", "dispose", "P-OLD", "--decision", tmp_path / "decision.toml")
    run(*command)
    link = tmp_path / "certificate.txt"
    link.symlink_to(tmp_path / "nowhere")  # nothing is there, and nothing is written through it
    code, out, err = run(*command, "--certificate", link, user="holt")
    assert (code, out.startswith("Certificate of disposal DS-")) == (1, True)
    assert "The disposal was carried out, but its certificate could not be written" in err
    assert "Nothing was" not in err


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        (("holt", "wright"), "one person twice"),
        (("2026-10-20", "2036-10-20"), "still to come"),
        (("date = 2026-10-20", ""), "lacks date"),
        (("2026-10-20", '"yesterday"'), "not written YYYY-MM-DD"),
        (("wright", "somebody"), "you are wright"),
        (("Six clear years", "Sam's years"), "names the person"),
        (("authority = ", "authority "), "neither TOML nor JSON"),
    ],
)
def test_a_decision_that_is_none_is_refused_in_words(
    run: Run, tmp_path: Path, changed: tuple[str, str], said: str
) -> None:
    (tmp_path / "decision.toml").write_text(DECISION.replace(*changed), encoding="utf-8")
    code, out, err = run("retention", "dispose", "P-OLD", "--decision", tmp_path / "decision.toml")
    assert (code, out) == (1, "")
    assert said in err


@pytest.mark.parametrize("user", ["admin", "shah"])
def test_nobody_but_a_supervisor_is_answered(run: Run, tmp_path: Path, user: str) -> None:
    (tmp_path / "decision.toml").write_text(DECISION.replace("wright", user), encoding="utf-8")
    for command in (("due",), ("dispose", "P-OLD", "--decision", tmp_path / "decision.toml")):
        code, out, err = run("retention", *command, user=user)
        assert (code, out) == (1, "")
        assert "Only a supervisor" in err


def test_what_two_people_decided_differently_is_not_done(run: Run, tmp_path: Path) -> None:
    command = ("retention", "dispose", "P-OLD", "--decision", tmp_path / "decision.toml")
    assert run(*command)[0] == 0
    (tmp_path / "decision.toml").write_text(DECISION.replace("2026/14", "2026/15"), encoding="utf-8")
    code, _, err = run(*command, user="holt")
    assert code == 1
    assert "differs from the decision in authority" in err


def test_the_help_explains_the_file(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["retention", "dispose", "--help"]) == 0
    out = capsys.readouterr().out
    assert all(f"    {name} = " in out for name in ("proposed_by", "authorised_by", "date", "authority", "reason"))
