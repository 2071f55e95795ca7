"""A report from the audit: who did and looked at what, by whom first, then entry by entry."""

from collections.abc import Iterator
from dataclasses import replace

from ioms_desktop.domain.printing.packs.certificates import AuditLine, AuditReport
from ioms_desktop.domain.text_format import format_day, pluralise
from ioms_desktop.reports.case_summary.page_frame import page_frame
from ioms_desktop.reports.document.description import (
    Block,
    Heading,
    Masthead,
    PaperDocument,
    Paragraph,
    Run,
    Table,
    TableColumn,
    TextTone,
    Words,
)

TITLE = "Audit report"
EVERYTHING = "Every case, person and account"
NO_ENTRY = "No entry is on record."
REFUSED = "REFUSED"
SOURCE = (
    "From the audit, in which nobody changes or removes an entry. It holds who did what, when, from where and why, and "
    "nothing of what is recorded about a person. Recipients are named, and reasons stand as they were written."
)
BY_WHOM = (
    TableColumn("Who", 4),
    TableColumn("Role", 3),
    TableColumn("What", 4),
    TableColumn("Entries", 2, is_number=True),
    TableColumn("First", 3),
    TableColumn("Last", 3),
)
ENTRIES = (
    TableColumn("When", 2.6),
    TableColumn("Who, from where", 3.6),
    TableColumn("What was done", 4),
    TableColumn("Why, and to whom it was given", 5),
)


def describe_audit_report(report: AuditReport) -> PaperDocument:
    """Return the report as a document."""
    name = f"{TITLE}, {report.subject}" if report.subject else TITLE
    return PaperDocument(
        title=name,
        frame=replace(page_frame(report.about, name, None, child=False), band=None),
        blocks=tuple(_blocks(report)),
    )


def _blocks(report: AuditReport) -> Iterator[Block]:
    count = pluralise(len(report.lines), "entry", "entries")
    yield Masthead(TITLE, report.subject or EVERYTHING, f"{_period(report)}: {count}")
    yield Paragraph(" ".join(filter(None, (SOURCE, report.seal))), TextTone.QUIET)
    yield Heading("By whom")
    if not report.lines:
        yield Paragraph(NO_ENTRY)
        return
    yield Table(BY_WHOM, tuple(_summary(report)))
    yield Heading("Entry by entry")
    yield Table(ENTRIES, tuple(_entry(each) for each in report.lines))


def _period(report: AuditReport) -> str:
    first = "From the beginning" if report.first is None else f"From {format_day(report.first)}"
    return f"{first} to {'the time of printing' if report.last is None else format_day(report.last)}"


def _summary(report: AuditReport) -> Iterator[tuple[Words, ...]]:
    """Give a row for each person and thing that they did, who did most first."""
    acts: dict[tuple[str, str, str], list[AuditLine]] = {}
    for each in report.lines:
        acts.setdefault((each.who, each.role, _did(each)), []).append(each)
    for (who, role, did), lines in sorted(acts.items(), key=lambda each: (-len(each[1]), each[0])):
        days = [each.at.date() for each in lines if each.at is not None]
        first, last = (format_day(min(days)), format_day(max(days))) if days else ("", "")
        yield who, role, _strong(did), f"{len(lines):,}", first, last


def _entry(line: AuditLine) -> tuple[Words, ...]:
    when = "" if line.at is None else f"{format_day(line.at.date())}\n{line.at:%H:%M:%S}"
    who = "\n".join(filter(None, (line.who, line.workstation)))
    recipient = f"To {line.recipient}" if line.recipient else ""
    did = _strong(f"{_did(line)}\n{line.what}")
    return when, who, did, "\n".join(filter(None, (line.reason, recipient)))


def _did(line: AuditLine) -> str:
    return f"{REFUSED}: {line.did}" if line.is_refused else line.did


def _strong(words: str) -> Words:
    """Return words, bold where they tell of a refusal."""
    return (Run(words, TextTone.STRONG),) if words.startswith(REFUSED) else words
