"""The result of an import or its preview, per file and per row, in the JSON keys."""

from array import array
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import IntEnum
from pathlib import Path
from typing import Any, NamedTuple

from ioms_desktop.domain.validation.findings import Finding

MAX_PREVIEW_ROWS = 2_000
# What is listed of one file; rows beyond are counted. A file that is wrong throughout would fill the memory otherwise.
MAX_LISTED_ROWS = 20_000


class RowOutcome(IntEnum):
    """What happens to a row."""

    CREATED = 0
    UPDATED = 1
    UNCHANGED = 2
    REJECTED = 3


class Problem(NamedTuple):
    """An error or a warning, with its place.

    Attributes:
        file: The file's name.
        line: The physical line on which the row starts, the header being line 1.
        column: The column; empty where it concerns the whole row.
        value: The value there, as it was sent.
        reason: One sentence.
        table: The table.
    """

    file: str
    line: int
    column: str
    value: str
    reason: str
    table: str

    def to_dict(self) -> dict[str, Any]:
        """Return the report in the JSON keys."""
        return self._asdict()


class PlannedRow(NamedTuple):
    """What will happen to one row.

    Attributes:
        line: The line on which it starts.
        key: Its key, as one text.
        outcome: What becomes of it.
        reasons: Why it is rejected; empty where it is not.
    """

    line: int
    key: str
    outcome: RowOutcome
    reasons: tuple[str, ...]


@dataclass(slots=True, kw_only=True, eq=False)
class FileReport:
    """What happens to the rows of one file or sheet.

    Attributes:
        file: Its name.
        table: The table of its rows.
        format_label: How it was read, in words.
        header_line: The line of its header.
        header_findings: What is wrong with its header; with any of these every row is rejected.
        lines: The line of each row.
        outcomes: What becomes of each row, as `RowOutcome`.
        keys: The key of each row as one text, where a preview is wanted.
        findings: What is wrong, by the row's place.
        row_warnings: What is taken with a warning, by the row's place.
        notices: What is unusual about the table as a whole, a sentence each.
        unlisted_rejects: How many rows are rejected beyond those whose findings are kept.
        unlisted_warnings: How many rows have warnings beyond those.
    """

    file: str
    table: str
    format_label: str
    header_line: int
    header_findings: tuple[Finding, ...] = ()
    lines: "array[int]" = field(default_factory=lambda: array("Q"))
    outcomes: bytearray = field(default_factory=bytearray)
    keys: list[str] = field(default_factory=list)
    findings: dict[int, list[Finding]] = field(default_factory=dict)
    row_warnings: dict[int, list[Finding]] = field(default_factory=dict)
    notices: tuple[str, ...] = ()
    unlisted_rejects: int = 0
    unlisted_warnings: int = 0

    @property
    def read(self) -> int:
        """How many rows were read."""
        return len(self.outcomes)

    def count(self, outcome: RowOutcome) -> int:
        """Count the rows with an outcome."""
        return self.outcomes.count(outcome)

    def reject(self, index: int, *findings: Finding) -> None:
        """Reject a row, adding to any reasons it was rejected for already."""
        if index not in self.findings and len(self.findings) >= MAX_LISTED_ROWS:
            self.unlisted_rejects += self.outcomes[index] != RowOutcome.REJECTED
        else:
            self.findings.setdefault(index, []).extend(findings)
        self.outcomes[index] = RowOutcome.REJECTED

    def warn(self, index: int, *findings: Finding) -> None:
        """Add warnings to a row, which is accepted all the same."""
        if not findings:
            return
        if index not in self.row_warnings and len(self.row_warnings) >= MAX_LISTED_ROWS:
            self.unlisted_warnings += 1
        else:
            self.row_warnings.setdefault(index, []).extend(findings)

    def rejects(self) -> Iterator[Problem]:
        """List every error, in order of lines."""
        for finding in self.header_findings:
            yield Problem(self.file, self.header_line, *finding, table=self.table)
        yield from self._problems(self.findings)
        if self.unlisted_rejects:
            more = f"{self.unlisted_rejects:,} more rows are rejected and not listed. Correct those listed here first."
            yield Problem(self.file, self.header_line, "", "", more, self.table)

    def warnings(self) -> Iterator[Problem]:
        """List every warning, in order of lines."""
        for notice in self.notices:
            yield Problem(self.file, self.header_line, "", "", notice, self.table)
        taken = {place: odd for place, odd in self.row_warnings.items() if self.outcomes[place] != RowOutcome.REJECTED}
        yield from self._problems(taken)
        if self.unlisted_warnings:
            more = f"{self.unlisted_warnings:,} more rows have warnings and are not listed."
            yield Problem(self.file, self.header_line, "", "", more, self.table)

    def rows(self, first: int = 0, count: int = MAX_PREVIEW_ROWS) -> list[PlannedRow]:
        """Return the outcome of some rows, for a preview."""
        return [
            PlannedRow(
                line=self.lines[place],
                key=self.keys[place] if place < len(self.keys) else "",
                outcome=RowOutcome(self.outcomes[place]),
                reasons=tuple(finding.reason for finding in self.findings.get(place, ())),
            )
            for place in range(first, min(first + count, self.read))
        ]

    def to_dict(self) -> dict[str, Any]:
        """Return the report in the JSON keys."""
        counts = {fate.name.lower(): self.count(fate) for fate in RowOutcome}
        return {"file": self.file, "table": self.table, "read": self.read, **counts}

    def _problems(self, found: Mapping[int, Sequence[Finding]]) -> Iterator[Problem]:
        for place in sorted(found):
            for finding in found[place]:
                yield Problem(self.file, self.lines[place], *finding, table=self.table)


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportReport:
    """What an import will do, or did.

    Attributes:
        path: The file or folder.
        dry_run: Whether nothing was to be written.
        written: Whether it was written.
        files: What becomes of each file, in the order of the exchange tables.
        fingerprint: The digest of each file read, to know whether it changed since.
        rejects_path: Where the rejects lie; None where there are none or none were wanted.
    """

    path: Path
    dry_run: bool
    written: bool
    files: tuple[FileReport, ...]
    fingerprint: Mapping[str, str]
    rejects_path: Path | None = None

    @property
    def has_rejects(self) -> bool:
        """Whether any row, or any header, is rejected."""
        return any(report.header_findings or report.findings for report in self.files)

    def count(self, outcome: RowOutcome) -> int:
        """Count the rows with an outcome."""
        return sum(report.count(outcome) for report in self.files)

    def rejects(self) -> Iterator[Problem]:
        """List every error, in order of lines."""
        for report in self.files:
            yield from report.rejects()

    def warnings(self) -> Iterator[Problem]:
        """List every warning, in order of lines."""
        for report in self.files:
            yield from report.warnings()
        if not any(report.read for report in self.files):
            first = self.files[0]
            yield Problem(first.file, first.header_line, "", "", "There are no rows below the header.", first.table)

    def to_dict(self) -> dict[str, Any]:
        """Return the report in the JSON keys."""
        return {
            "dry_run": self.dry_run,
            "written": self.written,
            "files": [report.to_dict() for report in self.files],
            "rejects": [problem.to_dict() for problem in self.rejects()],
            "warnings": [problem.to_dict() for problem in self.warnings()],
        }
