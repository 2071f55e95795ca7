"""Retention reviews and disposal certificates as text, for the window and the command line."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from ioms_desktop.domain.records.record_types import RECORD_TYPE_BY_TABLE
from ioms_desktop.domain.records.workers.names import WorkerNames
from ioms_desktop.domain.retention import removed_records
from ioms_desktop.domain.text_format import format_day, join_words, pluralise
from ioms_desktop.services.retention.due_reviews import DueReview

CERTIFICATE_TITLE = "Certificate of disposal"


def describe_obstacles(review: DueReview, names: WorkerNames) -> tuple[str, ...]:
    """Describe what prevents a disposal and what is pending; empty where nothing is."""
    waiting = review.proposed_disposal
    conditions = (
        ("a case is open", review.due.has_open_case),
        ("legal hold", review.due.on_legal_hold),
        (
            f"disposal proposed by {names.of(waiting.proposed_by)} as {waiting.disposal_ref}" if waiting else "",
            bool(waiting),
        ),
    )
    return tuple(words for words, holds in conditions if holds)


def _plural(table: str) -> str:
    """Return what a table holds, in the plural; most are named so."""
    words = table.replace("_", " ")
    if words.endswith("s") or table in RECORD_TYPE_BY_TABLE:
        return words
    return f"{words[:-1]}ies" if words.endswith("y") and words[-2] not in "aeiou" else f"{words}s"


def certificate_text(certificate: Mapping[str, Any], names: WorkerNames) -> str:
    """Write a certificate as plain text, with who decided as they read."""
    removed = removed_records(certificate["removed"])
    lines = [
        f"{CERTIFICATE_TITLE} {certificate['certificate']}",
        f"Disposal carried out on: {format_day(date.fromisoformat(certificate['disposed_on']))}",
        f"Authority: {certificate['authority']}",
        f"Reason: {certificate['reason']}",
        f"Proposed by: {names.of(certificate['proposed_by'])}",
        f"Authorised by: {names.of(certificate['authorised_by'])}",
        "Removed:",
        *(f"  {_plural(name)}: {count}" for name, count in sorted(removed.items())),
        f"Entries of the audit emptied, the trail still provable: {certificate['audit_entries_emptied']}",
    ]
    tasks = certificate["tasks_to_redact"]
    if tasks:
        lines.append(
            f"Others' records mention the person; {pluralise(len(tasks), 'task')} to redact: {join_words(tasks)}"
        )
    return "\n".join([*lines, "Copies that may remain:", *(f"  {copy}" for copy in certificate["copies"])])
