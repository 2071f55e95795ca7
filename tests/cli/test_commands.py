"""The commands as an administrator, a scheduled job or a checker uses them."""

import getpass
import hashlib
import json
import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from ioms_desktop.__main__ import main
from ioms_desktop.cli import session
from ioms_desktop.cli.main import WindowFunctions
from ioms_desktop.cli.main import run as run_line
from ioms_desktop.domain.database_location import is_shared
from ioms_desktop.domain.file_names import safe_file_name
from ioms_desktop.storage.schema import tables
from ioms_desktop.storage.sqlite.audit_hash import register_hash_functions
from ioms_desktop.storage.sqlite.engine import connect
from keys import CODE, TEST_KEY, opened
from policy_histories.exchange_columns import write_folder
from policy_histories.worked_example import worked_example
from reports.reading import pages_of
from services.exchange_session import put
from sessions import Clock
from shared_people import PASSWORD, Office, login_of

Run = Callable[..., "Answer"]
CASE_KEYS = {
    "case_ref",
    "person_ref",
    "programme",
    "cohort",
    "status",
    "as_of",
    "from",
    "age",
    "in_custody",
    "rag",
    "rag_days",
    "days_at_liberty",
    "days_in_custody",
    "days_ual",
    "engagement_level",
    "engagement_by_week",
    "contacts",
    "completed_minutes",
    "offers",
    "current_step",
    "triggers",
    "suggestions",
    "overdue",
    "actions",
}
TRIGGER_KEYS = {
    "case_ref",
    "rule",
    "family",
    "raised_on",
    "evidence",
    "explanation",
    "policy_version",
    "decision_due",
    "status",
    "withdrawn_reason",
    "needs_review",
    "decided_on",
    "decision",
    "step",
    "action_due",
    "actioned_on",
}


class Answer:
    """What a command ended with, and what it wrote."""

    def __init__(self, code: int, out: str, err: str) -> None:
        self.code, self.out, self.err = code, out, err

    @property
    def json(self) -> Any:  # noqa: ANN401 - whatever the command answers
        return json.loads(self.out)


@pytest.fixture
def run(location: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Run:
    """Return the command line on an empty database with one user of each role that the tests need."""
    return prepared(location, monkeypatch, tmp_path, capsys)


@pytest.fixture
def run_locally(
    local_location: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> Run:
    """As `run`, on a local file only: for what does not touch the database's kind."""
    return prepared(local_location, monkeypatch, tmp_path, capsys)


def prepared(location: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Run:
    from ioms_desktop.domain.access.roles import Role  # noqa: PLC0415 - with the services below
    from keys import with_users  # noqa: PLC0415 - slow to import

    with_users(location, {"admin": Role.ADMINISTRATOR, "wright": Role.SUPERVISOR, "okoro": Role.NAVIGATOR}, "demo")
    monkeypatch.setenv("IOMS_SETTINGS", str(tmp_path / "settings"))
    monkeypatch.setenv("IOMS_DATABASE", location)
    monkeypatch.setenv("IOMS_USER", "wright")
    monkeypatch.setenv("IOMS_PASSWORD", "demo")

    def go(*arguments: object) -> Answer:
        code = main([str(argument) for argument in arguments])
        captured = capsys.readouterr()
        assert "Traceback" not in captured.out + captured.err
        return Answer(code, captured.out, captured.err)

    return go


@pytest.fixture
def example(tmp_path: Path) -> Path:
    folder = tmp_path / "example"
    folder.mkdir()
    write_folder(worked_example(), folder)
    return folder


def test_the_worked_example_is_answered_exactly(run: Run, example: Path) -> None:
    imported = run("import", example, "--format", "json")
    assert imported.code == 0, imported.err
    assert (imported.json["written"], imported.json["rejects"]) == (True, [])
    harker = run("case", "IOM-HARKER", "--as-of", "2026-11-29", "--format", "json").json
    assert set(harker) == CASE_KEYS
    assert harker["rag_days"] == {"RED": 18, "AMBER": 22, "GREEN": 0, "BLUE": 44}
    assert (harker["days_at_liberty"], harker["days_in_custody"], harker["days_ual"]) == (40, 44, 6)
    assert harker["contacts"] == {
        "total": 11,
        "completed": 8,
        "missed": 1,
        "by_outcome": {"NOT_SEEN": 2, "SEEN": 8, "UNACCEPTABLE_ABSENCE": 1},
    }
    assert [(o["standard"], o["due_on"]) for o in harker["overdue"]] == [("RAG_REVIEW", "2026-11-24")]
    found = run("triggers", "--as-of", "2026-11-29", "--format", "json").json
    assert [set(trigger) for trigger in found["triggers"]] == [TRIGGER_KEYS] * 4
    assert [(t["case_ref"], t["rule"], t["raised_on"], t["status"]) for t in found["triggers"]] == [
        ("IOM-HARKER", "serious_concern", "2026-10-13", "OPEN"),
        ("IOM-HARKER", "breach", "2026-10-14", "OPEN"),
        ("PHX-MARLOW", "missed_contacts", "2026-10-15", "DECIDED"),
        ("PHX-MARLOW", "serious_concern", "2026-10-27", "DECIDED"),
    ]
    measures = run("measures", "--from", "2026-10-01", "--to", "2026-11-29", "--format", "json").json
    assert measures["swiftness"]["decisions"] == 2
    assert measures["swiftness"]["working_days_median"] == 1.5
    assert measures["swiftness"]["action_days_median"] == 1
    assert (measures["certainty"]["due"], measures["certainty"]["decided"]) == (4, 2)


def test_a_case_is_read_in_the_words_of_the_field_and_its_json_keeps_its_codes(run_locally: Run, example: Path) -> None:
    run_locally("import", example)
    said = run_locally("case", "PHX-MARLOW", "--as-of", "2026-11-05").out
    assert "Step: Written warning letter\n" in said
    assert "Days in the community: " in said
    assert "\nAlerts:\n" in said
    coded = run_locally("case", "PHX-MARLOW", "--as-of", "2026-11-05", "--format", "json").json
    assert (coded["current_step"], {"triggers", "days_at_liberty"} <= coded.keys()) == ("L2", True)


def test_triggers_are_narrowed_to_a_programme_and_to_open_ones(run_locally: Run, example: Path) -> None:
    run_locally("import", example)
    phoenix = run_locally("triggers", "--programme", "PHOENIX", "--as-of", "2026-11-29", "--format", "json").json
    assert {t["case_ref"] for t in phoenix["triggers"]} == {"PHX-MARLOW"}
    still = run_locally("triggers", "--open", "--as-of", "2026-11-29", "--format", "json").json
    assert {t["case_ref"] for t in still["triggers"]} == {"IOM-HARKER"}


def test_a_print_gives_the_same_bytes_for_the_same_data_user_reason_and_time(
    run: Run, example: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run("import", example)
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1795600000")
    digests = []
    for name in ("one.pdf", "two.pdf"):
        printed = run("print", "case-summary", "PHX-MARLOW", "--audience", "full", "--reason", "CASE_CONFERENCE",
                      "--as-of", "2026-11-29", "--out", tmp_path / name)  # fmt: skip
        assert printed.code == 0, printed.err
        digests.append(hashlib.sha256((tmp_path / name).read_bytes()).hexdigest())
    assert digests[0] == digests[1]
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1795700000")
    run("print", "case-summary", "PHX-MARLOW", "--audience", "full", "--reason", "CASE_CONFERENCE",
        "--as-of", "2026-11-29", "--out", tmp_path / "three.pdf")  # fmt: skip
    assert hashlib.sha256((tmp_path / "three.pdf").read_bytes()).hexdigest() != digests[0]


def test_many_cases_are_printed_one_file_a_case(run_locally: Run, example: Path, tmp_path: Path) -> None:
    run_locally("import", example)
    printed = run_locally("print", "case-summary", "PHX-MARLOW", "IOM-HARKER", "--audience", "partner", "--reason",
                          "CASE_CONFERENCE", "--out", tmp_path / "pack")  # fmt: skip
    assert printed.code == 0
    assert sorted(path.name for path in (tmp_path / "pack").iterdir()) == ["IOM-HARKER.pdf", "PHX-MARLOW.pdf"]
    run_locally("print", "case-summary", "PHX-MARLOW", "IOM-HARKER", "--audience", "board", "--reason",
                "CASE_CONFERENCE", "--out", tmp_path / "board")  # fmt: skip
    names = sorted(path.name for path in (tmp_path / "board").iterdir())
    assert names == ["CASE-1.pdf", "CASE-2.pdf"], "a copy without names has none outside either"
    wanted = ("--audience", "partner", "--reason", "CASE_CONFERENCE", "--copies", "2", "--out", tmp_path / "one.pdf")
    pack = run_locally("print", "pack", "PHX-MARLOW", "IOM-HARKER", *wanted, "--format", "json")
    assert (pack.code, pack.json["cases"]) == (0, ["PHX-MARLOW", "IOM-HARKER"]), pack.err
    files = [tmp_path / f"one-copy-{number}.pdf" for number in (1, 2)]
    assert pack.json["paths"] == [str(path) for path in files]
    assert all("Two cases" in pages_of(path.read_bytes())[0] for path in files)
    code = re.findall(r"Print (P-\S+)", pages_of(files[1].read_bytes())[0])[0]
    found = run_locally("papers", "check", code, "--format", "json").json["papers"]
    assert {each["case_ref"] for each in found} == {"PHX-MARLOW", "IOM-HARKER"}
    refused = run_locally("print", "pack", "PHX-MARLOW", *wanted, "--agency", "INGEUS", "--audience", "board")
    assert (refused.code, "for an agency" in refused.err) == (1, True)


def test_texts_are_reviewed_in_a_file_or_left_out(run_locally: Run, example: Path, tmp_path: Path) -> None:
    run_locally("import", example)
    reader = ("--audience", "partner", "--agency", "HMPPS_PROBATION", "--reason", "CASE_CONFERENCE")
    printing = ("print", "case-summary", "IOM-HARKER", *reader, "--out", tmp_path / "one.pdf")
    refused = run_locally(*printing)
    assert (refused.code, "review the texts, or leave them out" in refused.err) == (1, True)
    told = run_locally("print", "texts", "IOM-HARKER", *reader, "--format", "json").json
    kept = next(each for each in told["texts"] if len(each["text"]) > 12)
    file = tmp_path / "texts.json"
    for remove, code in ((None, 1), ([], 0), ([[0, 4]], 0), ([[0, 9999]], 1), ("all of it", 1)):
        said = [{**each, "remove": remove if each is kept else []} for each in told["texts"]]
        file.write_text(json.dumps({**told, "texts": said}), encoding="utf-8")
        printed = run_locally(*printing, "--texts", file, "--overwrite")
        assert printed.code == code, (remove, printed.err)
        if code == 0:
            words = " ".join(pages_of((tmp_path / "one.pdf").read_bytes()))
            assert (kept["text"][4:12] in words, f"[removed]{kept['text'][4:12]}" in words) == (True, bool(remove))
    assert run_locally(*printing, "--texts", file, "--without-free-text", "--overwrite").code == 1
    assert run_locally(*printing, "--without-free-text", "--overwrite").code == 0
    assert kept["text"][4:12] not in " ".join(pages_of((tmp_path / "one.pdf").read_bytes()))


def test_a_paper_replaces_nothing_unasked_and_is_found_in_the_register(
    run_locally: Run, example: Path, tmp_path: Path
) -> None:
    run_locally("import", example)
    out, told = tmp_path / "one.pdf", ("--audience", "partner", "--reason", "CASE_CONFERENCE")
    given = ("--recipient", "Jo Reid", "--recipient-role", "nurse", "--recipient-organisation", "NHS")
    printing = ("print", "case-summary", "PHX-MARLOW", *told, "--out", out)
    out.write_bytes(b"mine")
    refused = run_locally(*printing)
    assert (refused.code, "already there" in refused.err, out.read_bytes()) == (1, True, b"mine")
    half = run_locally(*printing, *given, "--overwrite")
    assert (half.code, "power" in half.err, out.read_bytes()) == (1, True, b"mine")
    assert run_locally(*printing, *given, "--power", "CDA_1998_S115", "--overwrite").code == 0
    (paper,) = run_locally("papers", "list", "--search", "NHS", "--format", "json").json["papers"]
    assert (paper["recipient"], paper["state"]) == ("Jo Reid, nurse, NHS", "OUT")
    assert paper["sha256"] == hashlib.sha256(out.read_bytes()).hexdigest()
    checked = run_locally("papers", "check", "--file", out, "--format", "json")
    assert (checked.code, checked.json["same_file"]) == (0, True)
    assert run_locally("papers", "check", paper["print_id"]).code == 0
    wrong = run_locally("papers", "check", paper["print_id"][:-2] + ("00" if paper["print_id"][-2:] != "00" else "01"))
    assert wrong.code == 1
    pack = tmp_path / "pack"
    for _ in range(2):
        many = run_locally("print", "case-summary", "PHX-MARLOW", "IOM-HARKER", *told, "--copies", "2", "--out", pack)
        assert many.code == 0
    assert len(list(pack.iterdir())) == 8
    letter = ("print", "letter", "offer", "PHX-MARLOW", "--address", "1 High Street, Leicester", "--out", out)
    refused = run_locally(*letter, "--set", "offer=a mentor", "--overwrite")
    assert (refused.code, "Telephone" in refused.err) == (1, True)
    before = out.read_bytes()
    assert run_locally(*letter, "--set", "phone=0116").code == 1, "the file is there"
    assert out.read_bytes() == before
    answers = ("--set", "phone=0116 496 0000", "--set", "offer=a mentor", "--overwrite", "--format", "json")
    written = run_locally(*letter, *answers)
    assert (written.code, written.json["path"]) == (0, str(out)), written.err
    assert "We offer you a mentor." in " ".join(pages_of(out.read_bytes()))
    (kept,) = run_locally("papers", "check", "--file", out, "--format", "json").json["papers"]
    assert (kept["what"], kept["sha256"]) == ("Letter: Offer of support", hashlib.sha256(out.read_bytes()).hexdigest())


def test_a_review_says_which_standards_and_clocks_were_kept_and_a_sheet_who_owes_what(
    run_locally: Run, example: Path, tmp_path: Path
) -> None:
    run_locally("import", example)
    told = ("--reason", "SUPERVISION_REVIEW", "--as-of", "2026-11-29", "--format", "json")
    out = tmp_path / "paper.pdf"

    def printed(*words: object) -> str:
        done = run_locally("print", *words, *told, "--out", out, "--overwrite")
        assert done.code == 0, done.err
        assert done.json["paths"] == [str(out)]
        return " ".join(pages_of(out.read_bytes()))

    harker = printed("review", "IOM-HARKER")
    for said in (
        "45 days late",
        "The RAG review was due on 24 Nov 2026",
        "LATE",
        "IOM letter",
        "Served on 10 Sep 2026",
    ):
        assert said in harker, said
    assert re.search(r"Serious concern 13 Oct 2026 Open, 45 days late", harker)
    marlow = printed("review", "PHX-MARLOW")
    assert "Verbal warning or challenge visit, 19 Oct 2026, in time Done 20 Oct 2026, in time" in marlow
    assert "LATE" not in marlow, "no standard of contact applies on Phoenix"
    sheet = printed("action-sheet", "PHX-MARLOW", "IOM-HARKER", "--audience", "full")
    assert "OVERDUE" in sheet
    assert sheet.index("2. Callum HARKER IOM-HARKER") < sheet.index("Cases on this sheet")
    record = run_locally("print", "disclosures", "IOM-HARKER", *told[:2], "--out", out, "--overwrite")
    assert record.code == 0, record.err
    assert "Action sheet, Police, full" in " ".join(pages_of(out.read_bytes()))
    both = run_locally("print", "review", "IOM-HARKER", *told, "--out", out, "--copies", "2")
    assert [Path(path).name for path in both.json["paths"]] == ["paper-copy-1.pdf", "paper-copy-2.pdf"]


def test_references_that_are_no_file_names_give_one_file_each_inside_the_folder(
    run_locally: Run, tmp_path: Path
) -> None:
    refs = ["../escaped", "CON", "con", "A/B", "A_B", "A.", "a.", "IOM-12-03-2024"]
    person = {"family_name": "Marlow", "given_names": "Jay", "date_of_birth": "1999-03-04"}
    case = {"programme": "IOM", "cohort": "FLEX", "status": "ACTIVE", "referred_on": "2026-09-01"}
    folder = tmp_path / "in"
    put(folder, "people", [{"person_ref": f"P{number}", **person} for number in range(len(refs))])
    put(folder, "cases", [{"case_ref": ref, "person_ref": f"P{number}", **case} for number, ref in enumerate(refs)])
    assert run_locally("import", folder).code == 0
    pack = tmp_path / "pack"
    printed = run_locally(
        "print", "case-summary", *refs, "--audience", "partner", "--reason", "CASE_CONFERENCE", "--out", pack
    )
    assert printed.code == 0, printed.err
    found = sorted(path.name for path in pack.iterdir())
    assert len({name.casefold() for name in found}) == len(refs)
    assert "IOM-12-03-2024.pdf" in found
    assert list(tmp_path.glob("*escaped*")) == []
    assert printed.out.split() == [str(pack / safe_file_name(ref, ".pdf")) for ref in refs]


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["case", "NOBODY"], "There is no case NOBODY"),
        (["print", "case-summary", "X", "--audience", "full", "--reason", "NONSENSE", "--out", "x.pdf"], "no case X"),
        (
            [
                "print",
                "case-summary",
                "X",
                "--audience",
                "panel",
                "--reason",
                "AUDIT",
                "--out",
                "x.pdf",
                "--agency",
                "HMP",
            ],
            "leave --agency out",
        ),
        (["policy", "show", "1999-01-01"], "There is no policy"),
        (["measures", "--from", "2026-02-01", "--to", "2026-01-01"], "ends before it begins"),
        (["import", "nowhere"], "nowhere"),
        (["init", "--admin", "holt", "--database", "empty.ioms"], "The password is empty"),
        (["user", "list"], "Only an administrator"),
    ],
)
def test_what_is_refused_is_one_sentence_and_exit_code_1(
    run_locally: Run, arguments: list[str], says: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("IOMS_NEW_PASSWORD", "")
    answer = run_locally(*arguments)
    assert answer.code == 1
    assert says in answer.err
    assert answer.err.count("\n") == 1
    assert list(tmp_path.glob("*.pdf")) == []


@pytest.mark.parametrize("arguments", [["case"], ["nonsense"], ["measures", "--from", "yesterday"], ["import"]])
def test_wrong_usage_is_exit_code_2(run_locally: Run, arguments: list[str]) -> None:
    assert run_locally(*arguments).code == 2


@pytest.mark.parametrize(
    "arguments",
    [
        ["--help"],
        ["init", "--help"],
        ["import", "--help"],
        ["print", "case-summary", "--help"],
        ["policy", "list", "--help"],
    ],
)
def test_every_command_answers_help(run_locally: Run, arguments: list[str]) -> None:
    answer = run_locally(*arguments)
    assert answer.code == 0
    assert "usage: ioms-desktop" in answer.out


def test_a_wrong_password_opens_nothing(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("IOMS_PASSWORD", "wrong")
    answer = run("triggers")
    assert (answer.code, answer.out) == (1, "")
    assert "the password" in answer.err


def test_five_wrong_passwords_for_a_file_ask_for_patience(run_locally: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    run = run_locally
    monkeypatch.setenv("IOMS_PASSWORD", "wrong")
    for _ in range(5):
        assert "name or the password is wrong" in run("triggers").err
    monkeypatch.setenv("IOMS_PASSWORD", "demo")
    assert "Too many wrong passwords" in run("triggers").err


def test_users_are_added_listed_and_disabled(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("IOMS_NEW_PASSWORD", "six words are much better still")
    assert run("user", "add", "shah", "--role", "officer", "--user", "admin").code == 0
    assert "There is a user shah already" in run("user", "add", "shah", "--role", "officer", "--user", "admin").err
    assert "There is no role king" in run("user", "add", "x", "--role", "king", "--user", "admin").err
    assert "last administrator" in run("user", "disable", "admin", "--user", "admin").err
    assert run("user", "disable", "shah", "--user", "admin").code == 0
    listed = run("user", "list", "--user", "admin", "--format", "json").json["users"]
    assert {user["name"]: user["active"] for user in listed}["shah"] is False
    monkeypatch.setenv("IOMS_PASSWORD", "six words are much better still")
    assert run("triggers", "--user", "shah").code == 1


def test_a_password_is_changed_given_and_recovered(run: Run, monkeypatch: pytest.MonkeyPatch, location: str) -> None:
    monkeypatch.setenv("IOMS_NEW_PASSWORD", "six words are much better still")
    assert "Your password was changed." in run("user", "password", "wright").out
    assert run("triggers").code == 1
    monkeypatch.setenv("IOMS_PASSWORD", "six words are much better still")
    assert run("triggers").code == 0
    assert run("user", "password", "okoro").code == 1, "only an administrator gives somebody else a new one"
    monkeypatch.setenv("IOMS_PASSWORD", "demo")
    assert "okoro has a new password" in run("user", "password", "okoro", "--user", "admin").out
    monkeypatch.setenv("IOMS_RECOVERY_CODE", CODE)
    monkeypatch.setenv("IOMS_NEW_PASSWORD", "seven pale herons wade at dusk")
    answer = run("user", "recover", "wright")
    if is_shared(location):
        assert "has no recovery code" in answer.err
        return
    assert "wright has a new password" in answer.out
    (code,) = re.findall(r"^Recovery code: (\S+)$", answer.out, re.MULTILINE)
    assert "does not open this database" in run("user", "recover", "wright").err
    monkeypatch.setenv("IOMS_RECOVERY_CODE", code)
    assert run("user", "recover", "wright").code == 0


def test_a_local_file_is_migrated_and_checked_by_somebody_who_may_open_it(
    run_locally: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "at the newest schema" in run_locally("migrate").out
    monkeypatch.setenv("IOMS_PASSWORD", "wrong")
    for command in ("migrate", "check"):
        assert "name or the password is wrong" in run_locally(command).err
    monkeypatch.delenv("IOMS_USER")
    for command in ("migrate", "check"):
        assert "No user is named" in run_locally(command).err


def test_a_demo_is_built_without_a_temporary_directory_and_checked_without_naming_anybody(
    run_locally: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "nowhere"))
    with pytest.raises(FileNotFoundError):  # the control: whoever asks for a place there now gets none
        tempfile.mkdtemp()
    where, folder = str(tmp_path / "demo.ioms"), tmp_path / "out"
    assert run_locally("demo", "--cases", "3", "--no-window", "--database", where).code == 0
    for user, *command in (
        ("wright", "export", folder / "all.xlsx", "--reason", "TRAINING"),
        ("wright", "import", folder / "all.xlsx", "--dry-run"),
        ("wright", "print", "case-summary", "IOM-HARKER", "--audience", "partner", "--reason", "TRAINING",
         "--out", folder / "one.pdf"),
    ):  # fmt: skip
        answer = run_locally(*command, "--database", where, "--user", user)
        assert answer.code == 0, answer.err
    assert sorted(path.name for path in folder.iterdir()) == ["all.xlsx", "one.pdf"]
    assert [path.name for path in tmp_path.iterdir() if path.name.endswith(".part")] == []
    monkeypatch.delenv("IOMS_USER")
    monkeypatch.delenv("IOMS_PASSWORD")
    assert run_locally("check", "--database", where).code == 0
    assert run_locally("migrate", "--database", where).code == 0


def test_a_weak_password_from_a_job_is_taken_and_said_to_be_weak(
    tmp_path: Path, run_locally: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("IOMS_NEW_PASSWORD", "passwordpassword")
    answer = run_locally("init", "--admin", "holt", "--database", tmp_path / "weak.ioms")
    assert answer.code == 0
    assert "would soon be guessed" in answer.err


def test_no_process_that_a_command_or_the_window_begins_is_handed_a_password(
    run_locally: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("IOMS_NEW_PASSWORD", "six words are much better still")
    seen = []

    def look(*_: object) -> int:
        program = [sys.executable, "-c", "import os; print(*os.environ)"]
        shown = subprocess.run(program, capture_output=True, text=True, check=True).stdout.split()
        seen.append(sorted(name for name in shown if name.startswith("IOMS_") and "PASSWORD" in name))
        return 0

    look()
    for _ in range(2):
        assert run_line([], WindowFunctions(open_window=look, draw_screens=lambda _: ())) == 0
        assert run_locally("triggers").code == 0, "it is read in the one as in the next"
    assert seen == [["IOMS_NEW_PASSWORD", "IOMS_PASSWORD"], [], []], "the first is the control"


@pytest.mark.parametrize("password", ["x", "short", "aaaaaaaaaaaaaaaa"])
def test_what_is_no_password_is_not_taken_from_a_job_either(
    tmp_path: Path, run_locally: Run, monkeypatch: pytest.MonkeyPatch, password: str
) -> None:
    monkeypatch.setenv("IOMS_NEW_PASSWORD", password)
    answer = run_locally("init", "--admin", "holt", "--database", tmp_path / "weak.ioms")
    assert (answer.code, answer.err.count("\n")) == (1, 1)
    assert "would be guessed at once" in answer.err
    assert list(tmp_path.glob("weak*")) == []


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        (["passwordpassword"] * 2, "would soon be guessed"),
        (["seven pale herons wade at dusk", "seven pale herons wade at dawn"], "passwords differ"),
        (["seven pale herons wade at dusk"] * 2, ""),
    ],
)
def test_a_password_that_is_typed_is_asked_for_twice_and_must_be_strong(
    tmp_path: Path, run_locally: Run, monkeypatch: pytest.MonkeyPatch, typed: list[str], words: str
) -> None:
    monkeypatch.delenv("IOMS_PASSWORD")
    monkeypatch.setattr(sys.stdin, "isatty", lambda: True, raising=False)
    said = iter(typed)
    monkeypatch.setattr(getpass, "getpass", lambda _prompt: next(said))
    answer = run_locally("init", "--admin", "holt", "--database", tmp_path / "typed.ioms")
    assert answer.code == (1 if words else 0), answer.err
    assert words in answer.err
    assert (tmp_path / "typed.ioms").exists() is not bool(words)


def test_check_finds_what_was_changed_behind_the_applications_back(
    run_locally: Run, example: Path, local_location: str
) -> None:
    run_locally("import", example)
    assert run_locally("check", "--format", "json").json["ok"] is True
    with closing(connect(Path(local_location), TEST_KEY)) as connection:
        register_hash_functions(connection)
        connection.execute("DELETE FROM people WHERE person_ref LIKE '%MARLOW%'")
    answer = run_locally("check", "--format", "json")
    assert (answer.code, answer.json["ok"]) == (1, False)
    assert any("refer to people" in fault for fault in answer.json["faults"])


def test_policy_versions_are_listed_and_shown(run_locally: Run) -> None:
    versions = run_locally("policy", "list", "--format", "json").json["policies"]
    assert [(v["version"], v["effective_from"]) for v in versions] == [(v, v) for v in ("2026-04-01", "2026-11-30")]
    assert [v["status"] for v in versions].count("IN_FORCE") == 1
    shown = run_locally("policy", "show", "2026-04-01", "--format", "json").json
    assert shown["rules"]["missed_contacts"]["count"] == 3


def test_init_makes_a_database_its_administrator_can_use(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("IOMS_SETTINGS", str(tmp_path / "settings"))
    monkeypatch.setenv("IOMS_PASSWORD", "correct horse battery")
    monkeypatch.delenv("IOMS_NEW_PASSWORD", raising=False)
    where = str(tmp_path / "new.ioms")
    assert main(["init", "--admin", "holt", "--database", where]) == 0
    assert re.search(r"^Recovery code: (\w{4}-){6}\w{4}$", capsys.readouterr().out, re.MULTILINE)
    assert main(["init", "--admin", "holt", "--database", where]) == 1
    assert main(["user", "list", "--user", "holt", "--database", where]) == 0
    assert "holt  administrator  may sign in" in capsys.readouterr().out
    # The database opened last is found without being named.
    monkeypatch.delenv("IOMS_DATABASE", raising=False)
    assert main(["user", "list", "--user", "holt"]) == 0


def test_no_password_stands_in_the_note_of_the_last_database(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from ioms_desktop.services.user_paths import last_database, remember_database  # noqa: PLC0415 - this test only

    monkeypatch.setenv("IOMS_SETTINGS", str(tmp_path))
    for password in ("a://b", ":", "secret"):
        remember_database(f"postgresql://shah:{password}@server/cases")
        assert last_database() == "postgresql://shah@server/cases"
    assert "secret" not in (tmp_path / "last.json").read_text(encoding="utf-8")


def test_without_a_display_the_window_says_so_in_a_sentence(tmp_path: Path) -> None:
    bare = {k: v for k, v in os.environ.items() if k not in {"DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"}}
    done = subprocess.run(
        [sys.executable, "-m", "ioms_desktop"],
        env={**bare, "IOMS_SETTINGS": str(tmp_path)},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 1
    assert "display" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_command_starts_without_what_it_does_not_need() -> None:
    program = "import sys; from ioms_desktop.__main__ import main; main(['--version']); print(*sys.modules, sep='\\n')"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=60, check=True)
    loaded = {name.split(".")[0] for name in done.stdout.split()}
    assert loaded.isdisjoint({"sqlalchemy", "alembic", "reportlab", "openpyxl", "psycopg", "PySide6", "holidays"})


def test_a_copy_for_the_person_is_printed_and_one_for_the_parent_of_an_adult_is_refused_in_words(
    run_locally: Run, example: Path, tmp_path: Path
) -> None:
    run_locally("import", example)
    wanted = ("PHX-MARLOW", "--reason", "CASE_CONFERENCE", "--out", tmp_path / "x.pdf", "--audience")
    answer = run_locally("print", "case-summary", *wanted, "parent", "--as-of", "2026-11-27")
    assert answer.code == 1
    assert "an adult: a copy is given to them" in answer.err
    assert not (tmp_path / "x.pdf").exists()
    answer = run_locally("print", "case-summary", *wanted, "participant", "--as-of", "2026-11-27")
    assert answer.code == 0, answer.err
    assert "This paper is for you" in " ".join(pages_of((tmp_path / "x.pdf").read_bytes()))


def test_export_of_some_cases_names_them_together_or_one_by_one(
    run_locally: Run, example: Path, tmp_path: Path
) -> None:
    run_locally("import", example)
    both = ("--case", "PHX-MARLOW", "IOM-HARKER"), ("--case", "PHX-MARLOW", "--case", "IOM-HARKER")
    for number, cases in enumerate(both):
        assert run_locally("export", tmp_path / str(number), *cases, "--reason", "AUDIT").code == 0
    one, other = ((tmp_path / str(n) / "cases.csv").read_text(encoding="utf-8") for n in (0, 1))
    assert one == other
    assert one.count("\n") == 3


def test_a_database_and_a_user_named_before_the_command_are_the_ones_taken(
    run_locally: Run, example: Path, tmp_path: Path, local_location: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    run_locally("import", example)
    monkeypatch.setenv("IOMS_DATABASE", str(tmp_path / "another.ioms"))
    monkeypatch.delenv("IOMS_USER")
    for given in (("--database", local_location, "--user", "wright", "case", "PHX-MARLOW"),
                  ("case", "PHX-MARLOW", "--database", local_location, "--user", "wright")):  # fmt: skip
        answer = run_locally(*given)
        assert answer.code == 0, answer.err
    assert run_locally("case", "PHX-MARLOW", "--user", "wright").code == 1, (
        "the control: the environment's is not there"
    )


def test_clocks_far_apart_are_said_beside_the_answer(
    office: Office, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("IOMS_PASSWORD", PASSWORD)
    for minutes in (5, 0):
        at = datetime.now(UTC) - timedelta(minutes=minutes, seconds=20)
        monkeypatch.setattr(session, "clock", Clock(at))
        assert main(["user", "list", "--database", office.location, "--user", login_of("administrator")]) == 0
        said = capsys.readouterr()
        assert ("5 minutes apart" in said.err) == bool(minutes)
        assert "apart" not in said.out


def test_a_supervisor_decides_on_a_code_by_command(run: Run) -> None:
    shown = run("codes", "list", "--format", "json").json["codes"]
    (before,) = (each for each in shown if (each["list"], each["code"]) == ("statutory_status", "PSS"))
    assert (before["confirmed"], before["decided_by"]) == (False, None)
    decide = ("codes", "decide", "statutory_status", "PSS", "--state", "CONFIRMED", "--to", "2026-04-29")
    told = run(*decide, "--reason", "Legal services")
    assert (told.code, told.out) == (
        0,
        "Decided on PSS of statutory_status. Anyone signed in now sees it when they next sign in.\n",
    )
    assert "statutory_status/PSS  Post-sentence supervision  confirmed  to 2026-04-29  wright: Legal services" in (
        run("codes", "list").out
    )
    refused = run(*decide, "--reason", "Mine", "--user", "okoro")
    assert (refused.code, refused.out) == (1, "")
    assert "Only a supervisor may confirm, date or withdraw a code" in refused.err


def test_a_supervisor_changes_a_setting_of_the_office_by_command(run: Run) -> None:
    before = run("settings", "show", "--format", "json").json
    assert (before["author_hours"], before["decided_by"], before["default_since"]) == (24, None, "2026-11-30")
    change = ("settings", "author-hours", "48", "--reason", "Long shifts")
    assert run(*change, "--user", "okoro").code == 1
    assert run("settings", "author-hours", "999", "--reason", "x").code == 1
    assert run("settings", "show", "--format", "json").json == before
    assert "48 hours" in run(*change).out
    assert run("settings", "show").out == "author_hours  48, decided by wright: Long shifts\n"


def test_an_administrator_words_a_letter_by_command(run: Run, tmp_path: Path) -> None:
    worded, threat = tmp_path / "offer.toml", tmp_path / "threat.toml"
    text = 'kind = "offer"\nvalid_from = 2099-01-01\ntitle = "Help"\nenforcement = false\n'
    text += 'paragraphs = ["We help {name}."]\n'
    worded.write_text(text, encoding="utf-8")
    threat.write_text(text.replace("We help", "You must sign this,"), encoding="utf-8")
    add = ("wording", "add", str(worded), "--reason", "Plainer")
    refused = run(*add)
    assert (refused.code, refused.out) == (1, ""), "a supervisor's, who may set the rest of the office"
    assert "Only an administrator may change the wording of letters" in refused.err
    assert run("wording", "add", str(threat), "--reason", "x", "--user", "admin").code == 1
    assert run("wording", "add", str(tmp_path / "none.toml"), "--reason", "x", "--user", "admin").code == 1
    assert run(*add, "--user", "admin", "--format", "json").json["number"] == 1
    assert "offer  1  from 2099-01-01  later  admin: Plainer" in run("wording", "list").out
    assert run("wording", "show", "offer", "--number", "1").out.endswith("Help\n\nWe help {name}.\n")
    assert run("wording", "show", "offer", "--format", "json").json["number"] is None
    assert run("wording", "show", "offer", "--number", "7").code == 1


def test_a_published_table_of_harm_weights_is_loaded_by_command(run: Run, tmp_path: Path) -> None:
    (tmp_path / "chi.csv").write_text("offence,weight\nRobbery,365\n", encoding="utf-8")
    named = ("--scheme", "CHI", "--table-version", "2023", "--from", "2023-05-01", "--source", "published")
    load = ("settings", "harm-weights", str(tmp_path / "chi.csv"), *named)
    assert run(*load, "--user", "okoro").code == 1
    assert "Loaded one weight of CHI 2023, for offences from 1 May 2023." in run(*load).out
    assert "loaded already" in run(*load).err


def test_an_entry_in_error_is_taken_out_moved_and_put_back_by_command(run: Run, example: Path) -> None:
    assert run("import", example).code == 0
    assert run("record", "errors", "IOM-HARKER").out == "Nothing was entered in error.\n"
    named = ("IOM-HARKER", "contacts", "C-HARKER-01")
    for wrong, words in (
        (("strike-out", *named, "--reason", " "), "a few words why"),
        (("strike-out", "IOM-HARKER", "contacts", "C-NONE", "--reason", "x"), "has no record C-NONE"),
        (("strike-out", "IOM-HARKER", "nowhere", "C-NONE", "--reason", "x"), "has no record C-NONE"),
        (("move", *named, "--to", "NOWHERE", "--reason", "x"), "There is no case"),
        (("restore", *named), "No such record is marked as entered in error"),
        (("strike-out", *named, "--reason", "x", "--user", "okoro"), "no case"),
    ):
        refused = run("record", *wrong)
        assert (refused.code, refused.out) == (1, ""), wrong
        assert words.lower() in refused.err.lower(), refused.err
    done = run("record", "strike-out", *named, "--reason", "His brother", "--format", "json").json
    assert set(done) == {"ref", "notice", "raised"}
    (wrong_entry,) = run("record", "errors", "IOM-HARKER", "--format", "json").json["errors"]
    assert {key: wrong_entry[key] for key in ("table", "key", "by", "reason", "moved")} == {
        "table": "contacts", "key": "C-HARKER-01", "by": "wright", "reason": "His brother", "moved": False
    }  # fmt: skip
    assert run("record", "restore", *named).code == 0
    assert run("record", "errors", "IOM-HARKER", "--format", "json").json == {"errors": []}
    moved = run("record", "move", *named, "--to", "PHX-MARLOW", "--reason", "It was Marlow", "--format", "json").json
    assert moved["ref"].startswith("CT-")
    assert run("record", "errors", "IOM-HARKER", "--format", "json").json["errors"][0]["moved"] is True
    assert run("record", "errors", "PHX-MARLOW", "--format", "json").json == {"errors": []}


def test_documents_are_kept_listed_and_copied_by_command(run: Run, example: Path, tmp_path: Path) -> None:
    from document_samples import HOSTILE, pdf  # noqa: PLC0415 - slow to import

    run("import", example)
    name, content, words = HOSTILE["PDF with a script"]
    for each, data in ((name, content), ("letter.pdf", pdf()), ("letter.txt", pdf())):
        (tmp_path / each).write_bytes(data)
    said = ("--title", "Letter of the court", "--kind", "COURT", "--dated-on", "2026-11-01")
    for file, refusal in ((name, words), ("letter.txt", "letter.txt"), ("none.pdf", "no file")):
        refused = run("documents", "add", "PHX-MARLOW", tmp_path / file, *said)
        assert (refused.code, refused.out, refused.err.count("\n")) == (1, "", 1)
        assert refusal in refused.err
    assert run("documents", "list", "PHX-MARLOW").out == "No documents.\n"
    added = run("documents", "add", "PHX-MARLOW", tmp_path / "letter.pdf", *said, "--of-person", "--format", "json")
    assert added.json == {"ref": added.json["ref"], "notice": "letter.pdf added."}
    listed = run("documents", "list", "PHX-MARLOW", "--format", "json").json
    (row,) = listed["documents"]
    assert (listed["case_ref"], row["document_ref"], row["case_ref"]) == ("PHX-MARLOW", added.json["ref"], "PHX-MARLOW")
    assert (row["belongs_to"], row["dated_on"], row["added_by"]) == ("PERSON", "2026-11-01", "wright")
    assert "Letter of the court" in run("documents", "list", "PHX-MARLOW").out
    out = tmp_path / "copy.pdf"
    asked = ("documents", "save", "PHX-MARLOW", row["document_ref"], "--out", out)
    assert run(*asked).code == 2
    saved = run(*asked, "--reason", "CASE_WORK", "--format", "json")
    assert (saved.json, out.read_bytes()) == ({"path": str(out)}, pdf())
    out.write_bytes(b"mine")
    assert (run(*asked, "--reason", "CASE_WORK").code, out.read_bytes()) == (1, b"mine")
    assert run(*asked, "--reason", "CASE_WORK", "--overwrite").code == 0
    told = [each["audience"] for each in run("papers", "list", "--format", "json").json["papers"]]
    assert told == ["document"] * 2


def test_copies_that_went_out_with_an_error_are_listed_and_settled_by_command(
    run: Run, example: Path, tmp_path: Path
) -> None:
    assert run("import", example).code == 0
    out = str(tmp_path / "harker.pdf")
    told = ("--audience", "full", "--reason", "CASE_CONFERENCE", "--out", out)
    assert run("print", "case-summary", "IOM-HARKER", *told).code == 0
    assert run("copies", "list").out == "Nothing is to be recalled.\n"
    struck = ("record", "strike-out", "IOM-HARKER", "contacts", "C-HARKER-01", "--reason", "His brother")
    assert run(*struck).code == 0
    (copy,) = run("copies", "list", "--format", "json").json["copies"]
    assert (copy["case_ref"], copy["copy"], copy["errors"][0]["key"]) == ("IOM-HARKER", "1 of 1", "C-HARKER-01")
    settle = ("copies", "recalled", copy["print_id"], "--result", "TOLD", "--reason")
    assert run(*settle, " ").code == 1
    assert run(*settle, "Rang her").code == 0
    assert run("copies", "list", "--format", "json").json == {"copies": []}


def test_a_list_of_another_system_is_compared_both_ways_in_text_and_json(
    run: Run, example: Path, tmp_path: Path
) -> None:
    assert run("import", example).code == 0
    theirs = tmp_path / "theirs.csv"
    theirs.write_text("surname,dob,crn\nHARKER,1994-02-14,\nUnknown,1990-01-01,X9\n", encoding="utf-8")
    found = run("reconcile", str(theirs), "--programme", "IOM", "--format", "json").json
    assert (found["rows"], found["matched"], found["not_listed"]) == (2, 1, [])
    assert found["not_here"] == [
        {"line": 3, "family_name": "Unknown", "date_of_birth": "1990-01-01", "crn": "X9"},
    ]
    told = run("reconcile", str(theirs))
    assert told.out.startswith("theirs.csv: 1 of 2 rows match an open case.\n")
    assert "Open here and not in the file (1):\n  PHX-MARLOW  MARLOW, Jayden, born" in told.out
    refused = run("reconcile", str(theirs), "--user", "okoro")
    assert (refused.code, refused.out) == (1, "")
    assert "compare the record with the list of another system" in refused.err


def test_one_s_own_appointments_are_written_as_a_calendar_file(run: Run, example: Path, tmp_path: Path) -> None:
    assert run("import", example).code == 0
    file = tmp_path / "mine.ics"
    done = run("calendar", "export", str(file), "--from", "2026-11-30", "--to", "2026-12-06", "--reason", "CASE_WORK")
    assert (done.code, done.out) == (0, "appointments: 0\n")
    assert "OFFICIAL-SENSITIVE" in done.err
    assert file.read_bytes().startswith(b"BEGIN:VCALENDAR\r\n")
    refused = run("calendar", "export", str(tmp_path / "other.ics"), "--reason", "NONSENSE")
    assert (refused.code, refused.out, (tmp_path / "other.ics").exists()) == (1, "", False)
    assert "is not a reason code" in refused.err


def test_people_are_found_with_the_reason_and_the_search_is_on_record(run: Run, example: Path) -> None:
    assert run("import", example).code == 0
    exact = run("people", "find", "harker", "--format", "json").json
    assert exact["query"] == "harker"
    (harker,) = exact["hits"]
    assert harker == {
        "person_ref": harker["person_ref"],
        "name": "HARKER, Callum",
        "date_of_birth": "1994-02-14",
        "case_ref": "IOM-HARKER",
        "programme": "IOM",
        "status": "ACTIVE",
        "closed": False,
        "match": "EXACT",
        "reason": None,
    }
    (near,) = run("people", "find", "Calum", "harkr", "--format", "json").json["hits"]
    reason = "one letter different from calum, one letter different from harkr"
    assert near == {**harker, "match": "LETTER", "reason": reason}
    told = run("people", "find", "harkr")
    assert (told.code, told.out.count("\n")) == (0, 1)
    assert told.out.startswith("HARKER, Callum  born 14 Feb 1994  IOM-HARKER  IOM  ACTIVE  (one letter different)")
    assert run("people", "find", "Zbigniew").out == "Nobody is found by “Zbigniew”.\n"
    with closing(opened(os.environ["IOMS_DATABASE"])) as store, store.read() as reading:
        log = tables.audit.c
        searches = reading.connection.execute(select(log.actor, log.after).where(log.object_type == "search"))
        shown = [harker["person_ref"]]
        assert [(row.actor, row.after) for row in searches.all()][1:] == [
            ("wright", {"query": "Calum harkr", "people": shown}),
            ("wright", {"query": "harkr", "people": shown}),
            ("wright", {"query": "Zbigniew", "people": []}),
        ]
    refused = run("people", "find", "harker", "--user", "admin")
    assert (refused.code, refused.out) == (1, "")
    assert "harker" not in run("people", "find", "harkr", "--user", "okoro").out.lower().replace("“harkr”", "")
