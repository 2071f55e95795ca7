"""Several ways to write one code: shown, counted and filtered as one, kept as sent; on both databases."""

import csv
from dataclasses import replace
from pathlib import Path

import pytest

from ioms_desktop.domain.access.roles import Role
from ioms_desktop.domain.records.cases import Referral
from ioms_desktop.domain.records.code_lists import Code, CodeList, CodeLists
from ioms_desktop.domain.records.concerns_and_decisions import Concern
from ioms_desktop.domain.records.people import Assessment, Person
from ioms_desktop.domain.records.record import columns_of
from ioms_desktop.services.cases.case_lists import case_ids, case_rows
from ioms_desktop.services.cases.cases import open_case
from ioms_desktop.services.exchange.exports import export_records
from ioms_desktop.services.labels import format_value
from ioms_desktop.services.list_query import ListQuery
from ioms_desktop.services.recording.decisions import pronoun_of
from ioms_desktop.storage.store import Store
from paper_prints import printed_pdf
from reports.reading import pages_of
from services.exchange_session import iom, person, put, session_at, taken

NEEDS = [
    ("ETE", "2026-09-01", "3"),
    ("EDUCATION_SKILLS_AND_WORK", "2026-09-08", "1"),
    ("EDUCATION_TRAINING_EMPLOYMENT", "2026-09-08", "2"),
    ("SUBSTANCE_MISUSE", "2026-09-08", "0"),
]


def sent(folder: Path) -> Path:
    put(folder, "people", [person("P1", sex="F"), person("P2", sex="FEMALE"), person("P3", sex="UNKNOWN")])
    put(folder, "cases", [iom("C1", "P1", cohort="FIXED"), iom("C2", "P2", cohort="FLEX")])
    needs = [{"case_ref": "C1", "pathway": code, "assessed_on": on, "level": level} for code, on, level in NEEDS]
    put(folder, "needs", needs)
    bands = [("ROSH", "RHRH", "2026-09-01"), ("RoSH", "HIGH", "2026-09-02"), ("OGRS3", "H", "2026-09-03")]
    put(
        folder,
        "assessments",
        [{"person_ref": "P1", "tool": tool, "band": band, "assessed_on": on} for tool, band, on in bands],
    )
    put(folder, "referrals", [
        {"referral_ref": f"R{n}", "case_ref": "C1", "unit": unit, "sent_on": "2026-09-15"}
        for n, unit in enumerate(("ASB_SUPPORT", "ASB_SUPPORT_TEAM", "YOUTH/SCHOOL_ENGAGEMENT"))
    ])  # fmt: skip
    return folder


def values(path: Path, column: str) -> list[str]:
    with path.open(encoding="utf-8", newline="") as file:
        return sorted(row[column] for row in csv.DictReader(file))


def test_what_was_sent_is_exported_and_one_label_is_shown(store: Store, tmp_path: Path) -> None:
    session = session_at(store)
    taken(session, sent(tmp_path / "in"))
    export_records(session, tmp_path / "out", reason="CASE_WORK")
    for table, column in (("people", "sex"), ("needs", "pathway"), ("assessments", "band"), ("referrals", "unit")):
        before, after = (values(tmp_path / name / f"{table}.csv", column) for name in ("in", "out"))
        assert before == after
    view = open_case(session, "C1")
    assert {record.unit for record in view.referrals} == {"ASB_SUPPORT", "ASB_SUPPORT_TEAM", "YOUTH/SCHOOL_ENGAGEMENT"}
    shown = {
        name: {
            format_value(session, each, each.value_of(record))
            for record in records
            for each in columns
            if each.codes == name
        }
        for name, records, columns in (
            ("unit", view.referrals, columns_of(Referral)),
            ("risk_band", view.assessments, columns_of(Assessment)),
            ("risk_tool", view.assessments, columns_of(Assessment)),
            ("sex", (view.person,), columns_of(Person)),
        )
    }
    assert shown == {
        "unit": {"ASB support team", "Youth and school engagement"},
        "risk_band": {"High"},
        "risk_tool": {"RoSH, risk of serious harm", "OGRS3"},
        "sex": {"Female"},
    }
    assert [pronoun_of(session.lists, sex) for sex in ("F", "FEMALE", "f", "M", "U", None)] == [
        "she", "she", "she", "he", "they", "they",
    ]  # fmt: skip


def test_a_paper_has_one_line_a_pathway_and_of_one_day_the_greatest_need(store: Store, tmp_path: Path) -> None:
    session = session_at(store)
    taken(session, sent(tmp_path / "in"))
    text = " ".join(pages_of(printed_pdf(session, "C1", reason_code="CASE_WORK")))
    assert text.count("Education, training and employment") == 1
    assert "Education, training and employment 2, clear need" in text
    assert "Drugs and alcohol 0, no need" in text
    for spelling in ("RHRH", "ASB_SUPPORT", "Education, skills", "Substance misuse", " F "):
        assert spelling not in text


@pytest.mark.parametrize("chosen", ["FIXED", "FIX"])
def test_a_filter_finds_every_way_to_write_what_is_chosen(store: Store, tmp_path: Path, chosen: str) -> None:
    session = session_at(store, Role.SUPERVISOR)
    taken(session, sent(tmp_path / "in"))
    cohort = session.lists.of("cohort")
    # An office's own spelling of a closed list, as its database may have it.
    spelled = CodeList(
        name="cohort", title="", source="", codes=(*cohort.codes, Code(code="FIX", label="", synonym_of="FIXED"))
    )
    lists = CodeLists.from_lists([*(each for each in session.lists if each.name != "cohort"), spelled])
    session = replace(session, lists=lists)
    taken(session, put(tmp_path / "more", "cases", [iom("C3", "P3", cohort="FIX")]))
    query = ListQuery(filters=(("cohort", chosen),))
    assert {row.case_ref for row in case_rows(session, case_ids(session, query))} == {"C1", "C3"}


def test_a_grade_is_shown_by_its_code_and_label_and_every_other_code_by_its_label(store: Store) -> None:
    session = session_at(store)
    columns = {column.name: column for column in columns_of(Concern)}
    codes = {"source_grade": "1", "information_grade": "B", "handling": "P", "concern_type": "ARREST"}
    assert [format_value(session, columns[name], code) for name, code in codes.items()] == [
        "1 Reliable",
        "B Known indirectly but corroborated",
        "P Lawful sharing permitted",
        "Arrest",
    ]
