"""Scores stand as they were given: outside the tool's range refused, another band asked about; weights by part."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from domain.test_code_lists import LISTS
from ioms_desktop.domain.access.roles import Role
from ioms_desktop.domain.errors import EntryDoubtful, InvalidRecord
from ioms_desktop.domain.figures.harm import HarmTable, Part, harm_by_part
from ioms_desktop.domain.records.code_lists import CodeList, CodeLists
from ioms_desktop.domain.records.people import Assessment, Offence
from ioms_desktop.domain.validation.score_rules import BANDS, band_by_table, bands_of, check_band, check_range
from ioms_desktop.services.cases.cases import open_case
from ioms_desktop.services.exchange.imports import plan_import
from ioms_desktop.services.recording.records import AddRecord, add_record_by_form
from ioms_desktop.services.session import Session
from ioms_desktop.ui.cases.case_section import ShownCase
from ioms_desktop.ui.cases.casework.offence_sections import HARM
from ioms_desktop.ui.cases.sections import ASSESSMENTS
from services.fresh_cases import OFFICER, SUPERVISOR, Ledger
from sessions import TODAY, request

DAY = timedelta(days=1)
NONE_LOADED = HarmTable(LISTS)
EDGES = [
    ("OGRS4", "49.9", "LOW"),
    ("OGRS4", "50", "MEDIUM"),
    ("ARP", "90", "VERY_HIGH"),
    ("ARP", "100", "VERY_HIGH"),
    ("VRP", "59.99", "MEDIUM"),
    ("SVRP", "6.9", "VERY_HIGH"),
    ("CSRP", "6.89", "HIGH"),
    ("DC-SRP", "64", "VERY_HIGH"),
    ("OGRS3-2", "75%", "HIGH"),
    ("RSR", "6.9", "HIGH"),
    ("OGP", "33", "LOW"),
    ("OVP", "80", "VERY_HIGH"),
    ("OSP/C", "12", None),
    ("OGRS4", "high", None),
    ("ROSH", "HIGH", None),
]
OUTSIDE = [("OGRS4", "101"), ("OGRS4", "-1"), ("DC-SRP", "65"), ("RSR", "100.1"), ("OGRS3_2_YEAR", "250%")]


def score(tool: str, value: str | None, **said: Any) -> Assessment:  # noqa: ANN401 - values by field name
    return Assessment(**{"person_ref": "", "tool": tool, "assessed_on": TODAY, "value": value, **said})


def add(session: Session, case_ref: str, record: Assessment | Offence) -> None:
    add_record_by_form(session, AddRecord(request=request(), case_ref=case_ref, record=record))


def asking(session: Session, *confirmed: str) -> Session:
    return replace(session, confirmed=frozenset(confirmed))


@pytest.mark.parametrize(("tool", "value", "band"), EDGES)
def test_a_value_falls_into_the_band_of_the_table_on_either_side_of_each_cut(
    tool: str, value: str, band: str | None
) -> None:
    made = score(tool, value)
    assert band_by_table(LISTS, made) == band
    assert list(check_range(made, LISTS)) == []


def test_the_bands_of_each_tool_meet_without_gap_and_name_their_source() -> None:
    tools = {each.more["tool"] for each in LISTS.of(BANDS)}
    assert len(tools) > 9
    for tool in tools:
        assert tool in LISTS.of("risk_tool")
        bands = bands_of(LISTS, score(tool, "1"))
        assert [each.low for each in bands[1:]] == [each.high for each in bands[:-1]], tool
        assert [each.is_last for each in bands] == [False] * (len(bands) - 1) + [True]
        assert all(each.band in LISTS.of("risk_band") and len(each.source) > 10 for each in bands)


def test_cuts_that_changed_hold_from_their_day_and_those_before_until_then() -> None:
    turn = date(2027, 4, 1)

    def entry(code: str, low: int, **more: object) -> dict[str, object]:
        return {"code": code, "label": code, "tool": "OGP", "band": code[:-1], "low": low, **more}

    document = {
        "title": "T",
        "source": "S",
        "code": [
            entry("LOW1", 0, below=34, valid_to=turn - DAY),
            entry("HIGH1", 34, to=100, valid_to=turn - DAY),
            entry("LOW2", 0, below=60, valid_from=turn),
            entry("HIGH2", 60, to=80, valid_from=turn),
        ],
    }
    lists = CodeLists({**LISTS.lists, BANDS: CodeList.from_document(BANDS, document)})
    before, after = score("OGP", "90", assessed_on=turn - DAY), score("OGP", "90", assessed_on=turn)
    assert (band_by_table(lists, before), band_by_table(lists, after)) == ("HIGH", None)
    assert list(check_range(before, lists)) == []
    assert [each.column for each in check_range(after, lists)] == ["value"]
    assert [each.column for each in check_band(replace(after, value="50", band="HIGH"), lists)] == ["band"]
    assert list(check_band(replace(before, value="50", band="HIGH"), lists)) == []


def test_a_form_refuses_what_the_tool_cannot_give_and_asks_about_another_band(ledger: Ledger) -> None:
    officer, case = ledger.session(OFFICER, Role.OFFICER), ledger.iom()
    for tool, value in OUTSIDE:
        with pytest.raises(InvalidRecord) as refused:
            add(officer, case, score(tool, value))
        assert refused.value.field == "value"
    assert open_case(officer, case).assessments == ()
    other = score("OGRS4", "62", band="HIGH")
    with pytest.raises(EntryDoubtful) as doubtful:
        add(asking(officer), case, other)
    assert "OGRS4 62 is Medium by the table, not High." in doubtful.value.sentence
    add(asking(officer, *doubtful.value.doubts), case, other)
    with pytest.raises(EntryDoubtful, match="gives a number"):
        add(asking(officer), case, score("OVP", "sixty"))
    add(asking(officer), case, score("OVP", "60", band="RHRH"))  # another way to write the band of the table
    add(asking(officer), case, score("RSR", "3.1"))
    add(asking(officer), case, score("ASSETPLUS", None, band="MEDIUM"))
    rows = ASSESSMENTS.rows(ShownCase(officer, open_case(officer, case)))
    column = next(each for each in ASSESSMENTS.columns if each.title == "Band")
    assert {row.record.tool: column.text(row) for row in rows} == {
        "OGRS4": "High as given, Medium by the table",
        "OVP": "High",
        "RSR": "Medium by the table",
        "ASSETPLUS": "Medium",
    }


def test_an_import_rejects_what_the_tool_cannot_give_and_warns_of_another_band(ledger: Ledger, tmp_path: Path) -> None:
    person = open_case(ledger.officer(), ledger.iom()).person.person_ref
    rows = [
        f"{person},OGRS4,1,2026-10-0{day},{value},{band}"
        for day, value, band in ((1, "62", "HIGH"), (2, "62", "MEDIUM"), (3, "162", ""), (4, "62", ""))
    ]
    text = "\n".join(["person_ref,tool,version,assessed_on,value,band", *rows, ""])
    (tmp_path / "assessments.csv").write_text(text, encoding="utf-8")
    report = plan_import(ledger.session(SUPERVISOR, Role.SUPERVISOR), tmp_path)
    assert [(each.line, each.column) for each in report.rejects()] == [(4, "value")]
    assert [(each.line, each.column) for each in report.warnings()] == [(2, "band")]


def test_what_was_done_and_what_was_suffered_are_never_added_up(ledger: Ledger) -> None:
    officer, case = ledger.session(OFFICER, Role.OFFICER), ledger.iom()
    weights = (("SUSPECT", "10.5"), ("CONVICTED", "200"), ("SUSPECT", None), ("VICTIM", "365"), (None, "7"))
    for number, (role, weight) in enumerate(weights):
        offence = Offence(
            person_ref="",
            offence_on=TODAY - number * DAY,
            offence_group="BURGLARY",
            offence=f"number {number}",
            role=role,
            harm_weight=weight,
        )
        add(officer, case, offence)
    view = open_case(officer, case)
    sums = {
        each.part: (each.offences, each.weight, each.unweighted) for each in harm_by_part(view.offences, NONE_LOADED)
    }
    assert sums == {
        Part.AGAINST: (3, Decimal("210.5"), 1),
        Part.HARMED: (1, Decimal(365), 0),
        Part.UNKNOWN: (1, Decimal(7), 0),
    }
    shown = [[column.text(row) for column in HARM.columns] for row in HARM.rows(ShownCase(officer, view))]
    assert shown[0] == ["Suspect or convicted", "3", "210.5", "1"]
    earlier = open_case(officer, case, as_of=TODAY - 3 * DAY)
    assert [each.part for each in harm_by_part(earlier.offences, NONE_LOADED)] == [Part.HARMED, Part.UNKNOWN]
