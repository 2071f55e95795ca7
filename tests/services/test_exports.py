"""What leaves by export comes back by import, to the byte, and is on record."""

from datetime import date
from pathlib import Path

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from ioms_desktop.domain.access.roles import Role
from ioms_desktop.domain.errors import FileUnwritable, Missing, NotAllowed, Refused, TooLargeForSheet
from ioms_desktop.domain.records.code_lists import CodeLists
from ioms_desktop.domain.records.person_sets.current_values import SET_TYPES
from ioms_desktop.domain.records.record import Record, columns_of
from ioms_desktop.domain.records.record_types import EXCHANGE_RECORD_TYPES, PLAIN_RECORD_TYPES
from ioms_desktop.exchange.struck_out_cells import STRUCK_OUT_NAMES
from ioms_desktop.exchange.text import clean_text, guard_formula
from ioms_desktop.exchange.writing import cell_writer
from ioms_desktop.services.exchange.exports import export_records
from ioms_desktop.storage.schema import tables
from ioms_desktop.storage.store import Store
from keys import opened
from plain_samples import sample_record
from services.exchange_session import iom, person, phoenix, put, rows_of, session_at, taken

NASTY = [
    "plain",
    'quo"ted, and; split',
    "two\nlines",
    "two\r\nlines",
    "lone\rreturn",
    "=1+1",
    "'=kept",
    "''=x",
    "+44 116",
    "-5",
    "@home",
    "\uff1dSUM",
    "Ame\u0301lie",
    "\U0001f469\u200d\U0001f467 ZWJ",
    "'quoted'",
    "_x000D_ literal",
    "tab\tinside",
    "\ufeffmark",
    "\u2028line",
    "\ufffe\uffff",
    "0012",
    "1E5",
    "#REF!",
]
BIDI = "\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
texts = st.sampled_from(NASTY) | st.text(
    st.characters(
        exclude_categories=("Cs", "Cc"),
        exclude_characters=BIDI,
    ),
    max_size=30,
)


@given(texts)
def test_a_text_survives_export_and_import_whatever_it_begins_with(text: str) -> None:
    kept = clean_text(text)
    assert clean_text(guard_formula(kept)) == kept
    assert guard_formula(kept)[:1] not in set("=+-@\t\uff1d\uff0b\uff0d\uff20")


ONE_EACH = """
rag|case_ref=C2|set_on=07/09/2026|rag=BLUE|reason=in custody
custody|person_ref=P2|received_on=2026-01-01|released_on=2026-09-10|kind=SENTENCE
assessments|person_ref=P2|tool=RFM|assessed_on=2026-08-01|value=-82|band=HIGH
needs|case_ref=C2|pathway=ACCOMMODATION|assessed_on=2026-09-07|level=2
offers|offer_ref=O1|case_ref=C1|offer_type=MENTORING|offered_on=2026-09-22
ratings|case_ref=C1|week_commencing=2026-09-21|rated_on=2026-09-27|level=4|role=NAVIGATOR
concerns|concern_ref=N1|case_ref=C1|occurred_on=2026-10-27|recorded_on=2026-10-27|concern_type=ARREST
decisions|decision_ref=D1|case_ref=C1|decided_on=2026-10-28|decision=HOLD|reason=why|proposed_by=A|authorised_by=B
orders|order_ref=L1|person_ref=P2|order_type=LICENCE|made_on=2026-09-10
offences|person_ref=P2|offence_on=2026-10-13|offence_group=VEHICLE_CRIME|harm_weight=-3.50
referrals|referral_ref=R1|case_ref=C2|unit=SUBSTANCE_MISUSE_TEAM|sent_on=2026-09-15
actions|action_ref=A1|meeting_ref=M1|text=do|owner=HOLT|due_on=2026-12-01
eligibility|eligibility_ref=EL1|case_ref=C1|criterion=WEAPONS|assessed_on=2026-09-07|met=yes|basis=INTELLIGENCE|\
evidence=seen with a knife|source=Niche|source_grade=1|information_grade=B|handling=P|score=-3.50|tool=OGRS3|\
tool_version=3|scored_on=2026-09-01
panel_decisions|panel_decision_ref=PD1|case_ref=C1|decided_on=2026-09-07|decision=DEFER|agencies=HMP|reason=more
person_names|name_ref=PN1|person_ref=P2|kind=ALIAS|name=Cal|from_on=2024-01-05|source=PNC
person_numbers|number_ref=NR1|person_ref=P2|kind=ASN|number=12/0000/01/123456A|source=custody
carers|carer_ref=CR1|person_ref=P2|name=Kim O'Brian|relation=mother|may_be_told=yes
person_warnings|warning_ref=WM1|person_ref=P2|marker=VI|review_on=2027-01-05
person_needs|person_need_ref=PD1|person_ref=P2|kind=INTERPRETER|words=Gujarati, a woman if possible
care_statuses|care_status_ref=CS1|person_ref=P2|status=CARE_EXPERIENCED|to_on=2026-01-05
safeguarding_checks|check_ref=SG1|person_ref=P2|kind=EXPLOITATION|from_on=2026-09-01|answer=no
addresses|address_ref=AD1|person_ref=P2|kind=HOME|address=-1 High Street|postcode=LE1 1AA|safe=yes
appointments|appointment_ref=AP1|case_ref=C1|starts_at=23/09/2026 14:30|contact_type=OTHER|offer_ref=O1|contact_ref=T01
case_workers|case_worker_ref=CW1|case_ref=C1|worker_role=NEIGHBOURHOOD_OFFICER|worker=PC 3150 RAI|started_on=2026-09-20
exits|exit_ref=EX1|case_ref=C1|kind=SUSPENDED|left_on=2026-09-21|reason=in hospital
associates|associate_ref=AS1|person_ref=P2|name=Kim O'Brian|kind=PARENT|basis=FACT|source=referral|to_on=2026-01-05
group_memberships|membership_ref=GM1|person_ref=P2|group_name=GRP-07|role=FORMER|source=Niche|source_grade=1|\
information_grade=B|evidence_on=2026-09-01|group_status=ACTIVE
documents|document_ref=DO1|case_ref=C1|title=Letter|kind=LETTER|dated_on=2026-09-21|handling=POLICE|file_name=a.pdf|\
file_type=PDF|size_bytes=1200|digest=0f
"""


def sample_cells(record_type: type[Record], lists: CodeLists) -> dict[str, str]:
    """Return a row of a table as a file has it, with a value in every column."""
    record = sample_record(record_type, lists, date(2026, 10, 1), person_ref="P1", case_ref="C1")
    columns = columns_of(record_type)
    return {column.exchange_name: cell_writer(column)(column.value_of(record)) for column in columns}


def full_folder(folder: Path, lists: CodeLists) -> Path:
    """Write a folder with something in every table."""
    put(folder, "people", [person(known_as=NASTY[0]), person("P2", family_name="\u00d3briain", pnc_id="12/52494Q")])
    put(
        folder, "cases", [phoenix("C1", "P1", trial_arm="NOT_RANDOMISED"), iom("C2", "P2", iom_licence_condition="yes")]
    )
    for line in ONE_EACH.strip().splitlines():
        table, *cells = line.split("|")
        put(folder, table, [dict(cell.split("=", 1) for cell in cells)])
    contact = {"case_ref": "C1", "planned": "yes", "contact_type": "OTHER", "outcome": "SEEN", "offer_ref": "O1"}
    times = ("2026-09-23", "23/09/2026 14:30")
    notes = [
        {"contact_ref": f"T{n:02}", "occurred_at": times[n % 2], "note": text, **contact}
        for n, text in enumerate(NASTY)
    ]
    put(folder, "contacts", notes)
    attempt = {"case_ref": "C1", "attempted_on": "2026-09-15", "outcome": "NOT_FOUND"}
    put(folder, "notifications", [{**attempt, "attempt": n} for n in ("10", "9")])
    for record_type in PLAIN_RECORD_TYPES:
        if not (folder / f"{record_type.table}.csv").exists():
            put(folder, record_type.table, [sample_cells(record_type, lists)])
    return folder


def test_export_then_import_into_an_empty_database_then_export_gives_the_same_bytes(
    store: Store, local_location: str, tmp_path: Path
) -> None:
    taken(session_at(store), full_folder(tmp_path / "in", session_at(store).lists))
    report = export_records(session_at(store), tmp_path / "one", reason="CASE_WORK")
    assert min(report.records.values()) >= 1
    other = opened(local_location)
    try:
        taken(session_at(other), tmp_path / "one")
        export_records(session_at(other), tmp_path / "two", reason="CASE_WORK")
    finally:
        other.close()
    assert sorted(path.name for path in (tmp_path / "one").iterdir()) == sorted(
        f"{n.table}.csv" for n in EXCHANGE_RECORD_TYPES
    )
    for noun in EXCHANGE_RECORD_TYPES:
        one, two = (tmp_path / name / f"{noun.table}.csv" for name in ("one", "two"))
        assert one.read_bytes() == two.read_bytes(), noun.table


def test_a_workbook_brings_back_what_a_folder_would(store: Store, local_location: str, tmp_path: Path) -> None:
    taken(session_at(store), full_folder(tmp_path / "in", session_at(store).lists))
    export_records(session_at(store), tmp_path / "one", reason="CASE_WORK")
    export_records(session_at(store), tmp_path / "all.xlsx", reason="CASE_WORK")
    other = opened(local_location)
    try:
        taken(session_at(other), tmp_path / "all.xlsx")
        export_records(session_at(other), tmp_path / "two", reason="CASE_WORK")
    finally:
        other.close()
    for noun in EXCHANGE_RECORD_TYPES:
        one, two = (rows_of(tmp_path / name / f"{noun.table}.csv") for name in ("one", "two"))
        assert one == two, noun.table


def test_a_time_that_is_given_twice_that_night_comes_back_as_the_one_it_was(
    store: Store, local_location: str, tmp_path: Path
) -> None:
    """The clocks went back at two on 25 October 2026; a cell without an offset stays without one."""
    said = ["2026-10-25", "2026-10-25T01:30", "2026-10-25T01:30+01:00", "2026-10-25T01:30+00:00", "2026-10-25T01:30Z"]
    said += ["2026-10-24T01:30+01:00", "2026-10-25T02:30+00:00"]
    rows = [
        {
            "contact_ref": f"T{number}",
            "case_ref": "C1",
            "occurred_at": text,
            "planned": "yes",
            "contact_type": "OFFICE",
            "outcome": "SEEN",
        }
        for number, text in enumerate(said)
    ]
    put(tmp_path / "in", "people", [person()])
    put(tmp_path / "in", "cases", [phoenix()])
    put(tmp_path / "in", "contacts", rows)
    taken(session_at(store), tmp_path / "in")
    for target in ("one", "all.xlsx"):
        export_records(session_at(store), tmp_path / target, reason="CASE_WORK")
    other = opened(local_location)
    taken(session_at(other), tmp_path / "all.xlsx")
    export_records(session_at(other), tmp_path / "two", reason="CASE_WORK")
    other.close()
    for folder in ("one", "two"):
        header, *written = rows_of(tmp_path / folder / "contacts.csv")
        moment, offset = header.index("occurred_at"), header.index("utc_offset")
        assert [row[moment] for row in written] == [
            *said[:4],
            "2026-10-25T01:30+00:00",
            "2026-10-24T01:30",
            "2026-10-25T02:30",
        ]
        winter, summer = "UTC+00:00", "UTC+01:00"
        assert [row[offset] for row in written] == ["", "", summer, winter, winter, summer, winter]


def test_nothing_in_a_workbook_is_a_formula(store: Store, tmp_path: Path) -> None:
    taken(session_at(store), full_folder(tmp_path / "in", session_at(store).lists))
    export_records(session_at(store), tmp_path / "all.xlsx", reason="CASE_WORK")
    book = openpyxl.load_workbook(tmp_path / "all.xlsx")
    assert not [cell for sheet in book for row in sheet.iter_rows() for cell in row if cell.data_type == "f"]
    book.close()


def test_the_files_have_every_column_in_order_without_a_mark_and_rows_by_key(store: Store, tmp_path: Path) -> None:
    people = [person(ref) for ref in ("b", "B", "a", "\u00e9", "A10", "A2")]
    taken(session_at(store), put(tmp_path / "in", "people", people))
    export_records(session_at(store), tmp_path / "out", reason="CASE_WORK")
    assert (tmp_path / "out" / "people.csv").read_bytes()[:10] == b"person_ref"
    for noun in EXCHANGE_RECORD_TYPES:
        assert rows_of(tmp_path / "out" / f"{noun.table}.csv")[0] == [
            *(column.exchange_name for column in columns_of(noun)),
            *STRUCK_OUT_NAMES,
        ]
    refs = [row[0] for row in rows_of(tmp_path / "out" / "people.csv")[1:]]
    assert refs == ["A10", "A2", "B", "a", "b", "\u00e9"]


def test_chosen_cases_bring_their_people_and_what_belongs_to_either_and_nothing_else(
    store: Store, tmp_path: Path
) -> None:
    taken(session_at(store), full_folder(tmp_path / "in", session_at(store).lists))
    report = export_records(session_at(store), tmp_path / "out", ["C2"], reason="SUBJECT_ACCESS")
    held = {table for table, count in report.records.items() if count}
    of_person = {"people", "custody", "assessments", "orders", "offences", *(each.table for each in SET_TYPES)}
    of_person |= {"associates", "group_memberships"}
    assert held == {*of_person, "cases", "rag", "needs", "referrals"}
    assert [row[0] for row in rows_of(tmp_path / "out" / "people.csv")] == ["person_ref", "P2"]
    with store.read() as reading:
        audit = tables.audit.c
        entries = reading.connection.execute(
            select(audit.subject_ref, audit.reason_code, audit.after).where(audit.kind == "DISCLOSURE")
        ).all()
    assert [tuple(entry) for entry in entries] == [("P2", "SUBJECT_ACCESS", {"export": "out", "cases": ["C2"]})]


def test_everyone_exported_is_on_record(store: Store, tmp_path: Path) -> None:
    taken(session_at(store), put(tmp_path / "in", "people", [person("P1"), person("P2")]))
    export_records(session_at(store), tmp_path / "out", reason="EVALUATION")
    with store.read() as reading:
        audit = tables.audit.c
        refs = list(reading.connection.scalars(select(audit.subject_ref).where(audit.kind == "DISCLOSURE")))
    assert refs == ["P1", "P2"]


def test_an_export_of_a_case_that_is_not_there_writes_nothing(store: Store, tmp_path: Path) -> None:
    with pytest.raises(Missing, match="There is no case C9"):
        export_records(session_at(store), tmp_path / "out", ["C9"], reason="CASE_WORK")
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(("reason", "name"), [("", "out"), ("BECAUSE", "out"), ("CASE_WORK", "out.csv")])
def test_an_export_without_a_known_reason_or_to_a_single_file_is_refused(
    store: Store, tmp_path: Path, reason: str, name: str
) -> None:
    with pytest.raises(Refused, match="Nothing was written"):
        export_records(session_at(store), tmp_path / name, reason=reason)


def test_an_export_to_a_place_that_cannot_be_written_is_refused_in_one_sentence(store: Store, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    for place in (tmp_path / "file" / "out", tmp_path / "file" / "out.xlsx"):
        with pytest.raises(FileUnwritable):
            export_records(session_at(store), place, reason="CASE_WORK")


def test_a_text_longer_than_a_cell_of_a_workbook_is_refused_and_a_folder_takes_it(store: Store, tmp_path: Path) -> None:
    folder = full_folder(tmp_path / "in", session_at(store).lists)
    concern = {"concern_ref": "N1", "case_ref": "C1", "occurred_on": "2026-10-27", "recorded_on": "2026-10-27"}
    put(folder, "concerns", [{**concern, "concern_type": "OTHER", "summary": "x" * 100_000}])
    taken(session_at(store), folder)
    with pytest.raises(TooLargeForSheet):
        export_records(session_at(store), tmp_path / "all.xlsx", reason="CASE_WORK")
    assert not (tmp_path / "all.xlsx").exists()
    export_records(session_at(store), tmp_path / "out", reason="CASE_WORK")


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.SUPERVISOR])
def test_only_a_supervisor_exports(store: Store, tmp_path: Path, role: Role) -> None:
    with pytest.raises(NotAllowed):
        export_records(session_at(store, role), tmp_path / "out", reason="CASE_WORK")
