"""`take-away` and `promote`: cases out into a file of their own, and a file into a database."""

import argparse
import os
from typing import Any

from ioms_desktop.cli.databases import say_code
from ioms_desktop.cli.session import answer, clock, desk, location, new_password, note, password, user
from ioms_desktop.domain.dates.calendar import LONDON
from ioms_desktop.domain.errors import Refused
from ioms_desktop.services.offline.check_in import promote as bring_in
from ioms_desktop.services.offline.check_in_answers import as_rows, read_answers, write_questions
from ioms_desktop.services.offline.check_in_records import Fate
from ioms_desktop.services.offline.check_in_report import Promotion
from ioms_desktop.services.offline.checkout import TakeAway, outstanding
from ioms_desktop.services.offline.checkout import take_away as take
from ioms_desktop.services.offline.server_migration import TakenOver, take_over
from ioms_desktop.services.process_isolation import keep_memory_private
from ioms_desktop.services.session import Desk
from ioms_desktop.services.sign_in.sign_in import sign_in

FILE_PASSWORD = "IOMS_FILE_PASSWORD"  # noqa: S105 - the name of a variable


def take_away(options: argparse.Namespace) -> int:
    """Take cases away in a new encrypted file."""
    with desk(options) as at:
        chosen, strength = new_password(at.user)
        done = take(
            at,
            TakeAway(
                path=options.path,
                cases=tuple(dict.fromkeys(options.cases)),
                reason=options.reason,
                password=chosen,
                until=options.until,
                strength=strength,
            ),
        )
    print(done.sentence)
    print(f"SHA-256 of the file as handed over: {done.file_hash}")
    say_code(done.code)
    return 0


def taken_away(options: argparse.Namespace) -> int:
    """Say what is out, with whom and until when."""
    with desk(options) as at:
        found = outstanding(at)
        today = at.today()
    rows = [
        {
            "number": each.number,
            "by": each.taken_by,
            "at": each.taken_at.isoformat(),
            "until": None if each.until is None else each.until.isoformat(),
            "overdue": each.until is not None and each.until < today,
            "cases": list(each.cases),
        }
        for each in found
    ]
    lines = [
        f"{each.taken_by}  since {each.taken_at.astimezone(LONDON):%Y-%m-%d}  back by {each.until or 'no day'}"
        f"{'  overdue' if each.until is not None and each.until < today else ''}  {', '.join(each.cases)}"
        for each in found
    ]
    return answer(options, {"out": rows}, "\n".join(lines) or "Nothing is out.")


def promote(options: argparse.Namespace) -> int:
    """Bring a file in: one that was taken away comes back, any other is taken over."""
    keep_memory_private()
    picks = read_answers(options.answers) if options.answers else {}
    where = location(options)
    if not (options.user or os.environ.get("IOMS_USER")):
        if not options.file_user:
            raise Refused(
                "Nobody is named. Give --user for whoever brings the file in or, with the address by which an empty "
                "shared database was created, --file-user for an administrator of the file."
            )
        return _take_over(options, where)
    file = _file(options, options.file_user or user(options))
    try:
        with desk(options) as at:
            report = bring_in(at, file, picks, dry_run=options.dry_run)
    finally:
        file.store.close()
    if options.conflicts and report.questions:
        write_questions(options.conflicts, report.questions)
        note(
            f"What must be answered stands in {options.conflicts}. It holds words of the record; delete it afterwards."
        )
    answer(options, _payload(report), _text(report))
    note(report.sentence)
    return 1 if report.questions and not options.dry_run else 0


def _take_over(options: argparse.Namespace, where: str) -> int:
    file = _file(options, options.file_user)
    try:
        done = take_over(file, where, dry_run=options.dry_run, clock=clock)
    finally:
        file.store.close()
    answer(options, _taken_over(done), "\n".join(_lines(done)))
    note(done.sentence)
    return 0


def _file(options: argparse.Namespace, who: str) -> Desk:
    return sign_in(str(options.file), who, password(FILE_PASSWORD, whose=f"{who} on {options.file.name}"), clock=clock)


def _payload(report: Promotion) -> dict[str, Any]:
    return {
        "written": report.written,
        "taken_away": None if report.taken is None else report.taken.number,
        "tables": [
            {"table": table, **{fate.value: counts.get(fate, 0) for fate in Fate}}
            for table, counts in report.counts.items()
        ],
        "conflicts": as_rows(report.questions),
        "sentence": report.sentence,
    }


def _text(report: Promotion) -> str:
    lines = [
        f"{table}: " + ", ".join(f"{fate.value} {counts.get(fate, 0)}" for fate in Fate)
        for table, counts in report.counts.items()
    ]
    for each in report.questions:
        about = "" if each.title == each.record else f", {each.title}"
        lines.append(f"{each.id}\n  {each.record}{about}: {each.sentence} Answers: {', '.join(each.picks)}.")
    return "\n".join(lines)


def _taken_over(done: TakenOver) -> dict[str, Any]:
    return {
        "written": done.written,
        "tables": [{"table": table, "rows": rows} for table, rows in done.counts.items()],
        "invite": [{"name": name, "role": role} for name, role in done.invited],
        "audit_entries": done.entries,
        "sentence": done.sentence,
    }


def _lines(done: TakenOver) -> list[str]:
    people = [f"{name}  {role}  to be invited" for name, role in done.invited]
    return [*(f"{table}: {rows}" for table, rows in done.counts.items() if rows), *people]
