"""Invented decisions, as often as not ones that must be refused, on days about 30 November 2026."""

from datetime import timedelta
from pathlib import Path
from random import Random

from ioms_desktop.services.exchange.imports import run_import
from ioms_desktop.services.session import Session
from policy_histories.exchange_columns import Row, full_row, no_rows, write_folder
from policy_histories.history_frame import NOVEMBER
from policy_histories.recordings import RecordedHistory
from slow_reading.slow_days import STEPS

CHECKS = ("NRM", "YJS", "PARENT", "DIVERSION", "COMMUNICATION", "GILLICK", "AA")
ANSWERS = ("=yes: considered", "=no: it was asked")
DOUBTFUL = ("=no", "=no:", "=no : ", "=perhaps", "=yes")
KINDS = ("ESCALATE", "ESCALATE", "DE_ESCALATE", "HOLD", "ALTERNATIVE")
RULES = ("", "missed_contacts", "serious_concern", "breach", "persisting_concern")
# A parenting contract is for parents of children only, which no text says.
TRIED = ("", *(step for step in STEPS if step != "L3b"), "L6", "L6", "L11", "L11", "L10", "PARALLEL")


def wild_decision(rng: Random, history: RecordedHistory) -> Row:
    """Invent a decision on a case."""
    day = NOVEMBER + timedelta(days=rng.choice((-40, -8, -1, -1, 0, 0, 1, 30, 70)))
    answers = [code + rng.choice(ANSWERS * 6 + DOUBTFUL) for code in CHECKS if rng.random() < 0.97]
    convicted_on = day + timedelta(days=rng.choice((-30, -1, 0, 1)))
    return full_row(
        "decisions",
        decision_ref=f"{history.case_ref}-WILD",
        case_ref=history.case_ref,
        rule=rng.choice(RULES),
        decided_on=day,
        decision=rng.choice(KINDS),
        step=rng.choice(TRIED),
        reason="Invented",
        proposed_by="N. EXAMPLE",
        authorised_by=rng.choice(("Insp. EXAMPLE",) * 8 + ("n. example", "")),
        child_checks=";".join(answers),
        told_participant=rng.choice(("All of it",) * 8 + ("",)),
        actioned_on=rng.choice(("", day)),
        lever=rng.choice(("", "TENANCY", "LICENSING")),
        conviction_court=rng.choice(("", "Leicester Magistrates' Court")),
        convicted_on=rng.choice(("", convicted_on)),
    )


def refused_by_import(session: Session, rows: list[Row], folder: Path) -> dict[str, str]:
    """Return the words with which the import refuses decisions, one of each case at most; nothing is written."""
    tables = no_rows()
    tables["decisions"] = rows
    report = run_import(session, write_folder(tables, folder), dry_run=True)
    found: dict[str, str] = {}
    for problem in report.rejects():
        ref = rows[problem[1] - 2]["decision_ref"]
        found[ref] = f"{found.get(ref, '')} {problem[4]}".strip()
    return found
