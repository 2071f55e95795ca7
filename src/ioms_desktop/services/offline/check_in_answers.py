"""The questions of a check-in as a file that can be filled in and given back: JSON or CSV."""

import csv
import json
from collections.abc import Iterable, Mapping, Sequence
from functools import partial
from io import StringIO
from pathlib import Path
from typing import Any

from ioms_desktop.domain.edit_merge import MergeChoice
from ioms_desktop.domain.errors import FileUnreadable, UnknownCode, WrongFile
from ioms_desktop.domain.records.people import Person
from ioms_desktop.exchange.text import guard_formula
from ioms_desktop.services.exchange.copied_rows import log_disclosed_rows
from ioms_desktop.services.offline.check_in_records import CheckInQuestion
from ioms_desktop.services.session import Session
from ioms_desktop.services.sharing.files_on_record import A_FILE, files_on_record, record_unmade_file

COLUMNS = ("question", "record", "about", "what_happened", "was", "yours", "theirs", "saved", "answers", "answer")
CSV = ".csv"
ANSWERS_UNREADABLE_MESSAGE = (
    "cannot be read as answers. Nothing was written; give the file back that promote wrote, with its answers."
)


def question_rows(questions: Iterable[CheckInQuestion]) -> list[dict[str, Any]]:
    """Return the questions in the JSON keys, each with an empty answer."""
    return [
        {
            "question": each.id,
            "record": each.record,
            "about": each.title,
            "what_happened": each.sentence,
            "was": _describe_version(each, "was"),
            "yours": _describe_version(each, "mine"),
            "theirs": _describe_version(each, "theirs"),
            "saved": each.last_saved,
            "answers": [pick.value for pick in each.picks],
            "answer": "",
        }
        for each in questions
    ]


def _describe_version(question: CheckInQuestion, version: str) -> str:
    return "; ".join(f"{line.title}: {getattr(line, version) or 'not filled'}" for line in question.lines)


def write_questions(session: Session, path: Path, questions: Sequence[CheckInQuestion]) -> None:
    """Write the questions to a file, and put on record that it holds text of these records.

    Args:
        session: Who asks for it.
        path: CSV where it ends in .csv, else JSON.
        questions: What must be answered.

    Raises:
        Refused: It cannot be recorded, and is not written.
        OSError: It cannot be written, and is not on record.
    """
    subjects = {(each.key if each.table == Person.table else None, each.case_ref or None) for each in questions}
    detail = {"questions": path.name, "rows": len(questions)}
    act = session.command_context()
    unmade = partial(record_unmade_file, session, act, path.name)
    with files_on_record(session, act, "write_questions", unmade, told=A_FILE) as (new, tx):
        log_disclosed_rows(tx, path.name, detail, subjects)
        new.write(path, _text_of(path, question_rows(questions)))


def _text_of(path: Path, rows: Sequence[Mapping[str, Any]]) -> str:
    if path.suffix.lower() != CSV:
        return json.dumps({"conflicts": rows}, ensure_ascii=False, indent=2) + "\n"
    text = StringIO()
    table = csv.writer(text, lineterminator="\r\n")
    table.writerow(COLUMNS)
    for row in rows:
        table.writerow(guard_formula(_cell(row[name])) for name in COLUMNS)
    return text.getvalue()


def _cell(value: Any) -> str:  # noqa: ANN401 - a text, or a list of them
    return value if isinstance(value, str) else ";".join(value)


def read_answers(path: Path) -> dict[str, MergeChoice]:
    """Read answers (mine, theirs or both) by question; unanswered ones are left out.

    Raises:
        Refused: It is no such file, or an answer is none of the three.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
        rows = list(csv.DictReader(StringIO(text))) if path.suffix.lower() == CSV else _from_json(text)
        given = {str(row["question"]).removeprefix("'"): str(row.get("answer") or "").strip().lower() for row in rows}
    except OSError as error:
        raise FileUnreadable(
            f"The answers {path} cannot be read. Nothing was written; check name and rights."
        ) from error
    except (ValueError, KeyError, TypeError, AttributeError, csv.Error) as error:
        raise WrongFile(f"{path} {ANSWERS_UNREADABLE_MESSAGE}") from error
    picks = {pick.value: pick for pick in MergeChoice}
    wrong = sorted({answer for answer in given.values() if answer and answer not in picks})
    if wrong:
        raise UnknownCode(f"{wrong[0]} is not an answer. Nothing was written; answer mine, theirs or both.")
    return {question: picks[answer] for question, answer in given.items() if answer}


def _from_json(text: str) -> list[Mapping[str, Any]]:
    answers = json.loads(text)
    rows = answers["conflicts"] if isinstance(answers, dict) and "conflicts" in answers else answers
    if isinstance(rows, dict):
        return [{"question": question, "answer": answer} for question, answer in rows.items()]
    return list(rows)
