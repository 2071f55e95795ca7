"""Scores as they were given, held against the dated table of bands: the range of a tool, and the band of a value.

Nothing is computed but the band that the table names. A tool without entries on the day of the assessment is not
checked, and a value that is no number has no band.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from ioms_desktop.domain.records.code_lists import Code, CodeLists
from ioms_desktop.domain.records.people import Assessment
from ioms_desktop.domain.validation.column_rules import is_number
from ioms_desktop.domain.validation.findings import Finding

BANDS = "score_band"


@dataclass(frozen=True, slots=True)
class ScoreBand:
    """One band of a tool.

    Attributes:
        band: Its code in the list of bands.
        low: The lowest value, included.
        high: The highest value of the tool where it is the last band, included; else the first value above the band.
        is_last: Whether `high` is included.
        source: Where the cut comes from.
    """

    band: str
    low: Decimal
    high: Decimal
    is_last: bool
    source: str

    @classmethod
    def of(cls, code: Code) -> "ScoreBand":
        """Read a band from an entry of the list."""
        is_last = "to" in code.more
        high = code.more["to" if is_last else "below"]
        low = Decimal(str(code.more["low"]))
        return cls(code.more["band"], low, Decimal(str(high)), is_last, code.more.get("source", ""))

    def holds(self, value: Decimal) -> bool:
        """Whether a value falls into the band."""
        return self.low <= value and (value <= self.high if self.is_last else value < self.high)


def bands_of(lists: CodeLists, assessment: Assessment) -> tuple[ScoreBand, ...]:
    """Return the bands of the tool of an assessment as they stood on its day, the lowest first; none for no table."""
    tool = lists.of("risk_tool").canonical(assessment.tool)
    entries = (each for each in lists.of(BANDS) if each.more.get("active", True))
    found = (each for each in entries if each.more["tool"] == tool and each.valid_on(assessment.assessed_on))
    return tuple(sorted((ScoreBand.of(each) for each in found), key=lambda band: band.low))


def value_of(assessment: Assessment) -> Decimal | None:
    """Return the value of a score as a number, a percent sign left out; None where it is none."""
    text = (assessment.value or "").strip().removesuffix("%").strip()
    return Decimal(text) if is_number(text) else None


def band_by_table(lists: CodeLists, assessment: Assessment) -> str | None:
    """Return the code of the band that the table names for a score; None where it names none."""
    value = value_of(assessment)
    if value is None:
        return None
    return next((band.band for band in bands_of(lists, assessment) if band.holds(value)), None)


def check_range(assessment: Assessment, lists: CodeLists) -> Iterator[Finding]:
    """Find a value that the tool cannot give."""
    value, bands = value_of(assessment), bands_of(lists, assessment)
    if value is None or not bands:
        return
    low, high = bands[0].low, bands[-1].high
    if not low <= value <= high:
        tool = lists.of("risk_tool").label(assessment.tool)
        yield Finding("value", assessment.value or "", f"{tool} scores run from {low} to {high}. Correct the value.")


def check_band(assessment: Assessment, lists: CodeLists) -> Iterator[Finding]:
    """Find a value that is no number though the tool gives one, and a band given that is not the table's."""
    if not bands_of(lists, assessment):
        return
    bands, tool = lists.of("risk_band"), lists.of("risk_tool").label(assessment.tool)
    if assessment.value and value_of(assessment) is None:
        yield Finding("value", assessment.value, f"{tool} gives a number, and this is not one; check the value.")
    told = band_by_table(lists, assessment)
    if told is not None and assessment.band is not None and bands.canonical(assessment.band) != told:
        given = bands.label(assessment.band)
        yield Finding(
            "band", assessment.band, f"{tool} {assessment.value} is {bands.label(told)} by the table, not {given}."
        )


def describe_band(lists: CodeLists, assessment: Assessment) -> str:
    """Say the band of a score: as it was given, with the table's where it is another; else the table's."""
    bands = lists.of("risk_band")
    given, told = bands.label(assessment.band), band_by_table(lists, assessment)
    if told is None or (assessment.band is not None and bands.canonical(assessment.band) == told):
        return given
    by_table = f"{bands.label(told)} by the table"
    return f"{given} as given, {by_table}" if given else by_table
