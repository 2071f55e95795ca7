"""What a row may have meant that refers to nobody: the same reference in other case, blanks or hyphens."""

from typing import NamedTuple

from ioms_desktop.domain.records.references import reference_likeness
from ioms_desktop.domain.validation.findings import Finding
from ioms_desktop.services.exchange.import_facts import KnownFacts
from ioms_desktop.services.exchange.import_report import FileReport
from ioms_desktop.storage.records.bulk_read import stream_columns
from ioms_desktop.storage.records.read import Reading


class _Lost(NamedTuple):
    """A finding that a row refers to nobody."""

    report: FileReport
    place: int
    finding: Finding


class OwnerHints:
    """Adds to findings about missing owners which reference was probably meant.

    A reference with another letter or figure is never offered: it is somebody else's.
    """

    def __init__(self) -> None:
        """Begin without a finding."""
        self._lost: dict[str, tuple[KnownFacts, dict[str, list[_Lost]]]] = {}

    def note(self, owners: KnownFacts, report: FileReport, place: int, finding: Finding) -> None:
        """Note a finding, once it is in the report; of those that are counted only, nothing is kept."""
        if place in report.findings:
            _, lost = self._lost.setdefault(owners.record_type.table, (owners, {}))
            lost.setdefault(reference_likeness(finding.value), []).append(_Lost(report, place, finding))

    def finish(self, reading: Reading) -> None:
        """Look through all owners, once, and complete the findings."""
        for owners, lost in self._lost.values():
            for ref, at in () if owners.rows is None else owners.rows.alike(lost):
                _offer(lost, ref, f"line {at.line} of {at.report.file}")
            for (ref,) in stream_columns(reading, owners.record_type, owners.record_type.key):
                _offer(lost, ref, "on record")


def _offer(lost: dict[str, list[_Lost]], ref: str, where: str) -> None:
    """Complete the findings about references like this one; the first that fits is offered."""
    for each in lost.pop(reference_likeness(ref), ()):
        _replace(each.report.findings[each.place], each.finding, f"{each.finding.reason} Did you mean {ref} ({where})?")


def _replace(findings: list[Finding], old: Finding, reason: str) -> None:
    findings[findings.index(old)] = old._replace(reason=reason)
