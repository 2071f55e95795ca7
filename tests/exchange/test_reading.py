import tracemalloc
import zipfile
from datetime import date, datetime, time
from pathlib import Path

import pytest
import xlsxwriter  # type: ignore[import-untyped]  # it has no stubs

from exchange.exchange_files import person_file, read_one, readers, written
from ioms_desktop.domain.dates.day_time import DayTime
from ioms_desktop.domain.errors import Refused
from ioms_desktop.exchange.csv_lines import MAX_LINE_CHARS

HEADER = "person_ref,family_name,given_names,date_of_birth\n"


@pytest.mark.parametrize("separator", [",", ";", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252"])
@pytest.mark.parametrize("ending", ["\n", "\r\n"])
def test_encoding_separator_and_line_end_are_recognised(
    tmp_path: Path, separator: str, encoding: str, ending: str
) -> None:
    lines = [["person_ref", "family_name", "given_names", "date_of_birth"], ["P1", "Zoë", "Brontë", "14/02/1994"]]
    text = ending.join(separator.join(line) for line in lines) + ending
    reader, rows = read_one(written(tmp_path / "people.csv", text, encoding))
    assert not reader.header_findings
    assert not rows.errors
    assert rows.values[0][:5] == ("P1", "Zoë", "Brontë", None, date(1994, 2, 14))


def test_a_line_is_counted_where_the_row_starts_even_after_a_line_break_inside_a_cell(tmp_path: Path) -> None:
    text = HEADER + 'P1,"Har\nker\n",Callum,1994-02-14\n\nP2,Marlow,Jayden,2008-10-28\n,,,\nP3,Last,One,2008-10-28'
    _, rows = read_one(written(tmp_path / "people.csv", text))
    assert [row.line for row in rows.raw_rows] == [2, 6, 8]
    assert rows.values[0][1] == "Har\nker"


def test_an_unknown_column_is_refused_by_name(tmp_path: Path) -> None:
    (reader,) = readers(written(tmp_path / "people.csv", HEADER.strip() + ",Shoe size\nP1,A,B,1994-02-14,9\n"))
    (finding,) = reader.header_findings
    assert (finding.column, finding.value) == ("shoe size", "Shoe size")
    assert finding.reason.startswith("There is no column Shoe size in people; the columns are person_ref, ")


def test_a_missing_required_column_and_a_column_named_twice_are_refused_by_name(tmp_path: Path) -> None:
    (reader,) = readers(written(tmp_path / "people.csv", "person_ref,family_name,family_name,given_names\nP1,A,A,B\n"))
    assert [finding.reason for finding in reader.header_findings] == [
        "The column family_name is in the header twice; keep one of them.",
        "The column date_of_birth is missing; every row of people needs it.",
    ]


def test_the_reject_reason_is_ignored_on_the_way_in(tmp_path: Path) -> None:
    reader, rows = read_one(
        written(tmp_path / "people.csv", HEADER.strip() + ",reject_reason\nP1,A,B,1994-02-14,not this\n")
    )
    assert not reader.header_findings
    assert not rows.errors


def test_a_file_of_another_name_is_known_by_its_columns(tmp_path: Path) -> None:
    (reader,) = readers(person_file(tmp_path / "rejects of monday.csv"))
    assert reader.source.table == "people"


def test_everything_wrong_with_a_row_is_found_not_only_the_first(tmp_path: Path) -> None:
    path = person_file(
        tmp_path / "people.csv",
        family_name="",
        date_of_birth="31/02/1994",
        pnc_id="2012/0052494A",
        cro_number="nonsense",
    )
    _, rows = read_one(path)
    assert [(finding.column, finding.value, finding.reason) for finding in rows.errors[0]] == [
        ("family_name", "", "family_name is empty and must have a value."),
        ("date_of_birth", "31/02/1994", "There is no such day; write it as YYYY-MM-DD or DD/MM/YYYY."),
        (
            "pnc_id",
            "2012/0052494A",
            "The check letter of this PNC ID should be Q, not A; compare it with its source.",
        ),
        (
            "cro_number",
            "nonsense",
            "This is no CRO number; write it as NNNNNN/YYL, for example 265416/21G, or SFYY/nL.",
        ),
    ]


@pytest.mark.parametrize(
    ("sent", "reason"),
    [
        ("a\0b", "control character U+0000"),
        ("a\x1fb", "control character U+001F"),
        ("\x85", "control character U+0085"),
        ("a\u202eb", "invisible direction mark U+202E"),
        ("\u200fa", "invisible direction mark U+200F"),
        ("x" * 2_001, "This has 2,001 characters; at most 2,000 are accepted."),
    ],
)
def test_a_text_that_may_not_be_kept_is_refused(tmp_path: Path, sent: str, reason: str) -> None:
    _, rows = read_one(person_file(tmp_path / "people.csv", known_as=sent))
    (finding,) = rows.errors[0]
    assert finding.column == "known_as"
    assert reason in finding.reason


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ("  O'Hara  ", "O'Hara"),
        ("'=1+1", "=1+1"),
        ("'  @x", "@x"),
        ("'\uff1dsum", "\uff1dsum"),
        ("'quoted'", "'quoted'"),
        ("''=x", "''=x"),
        ("=1+1", "=1+1"),
        ("Ame\u0301lie", "Am\u00e9lie"),
        ("\U0001f469\u200d\U0001f467", "\U0001f469\u200d\U0001f467"),
        ("two\nlines\tand a tab", "two\nlines\tand a tab"),
        ("x" * 2_000, "x" * 2_000),
        ("   ", None),
    ],
)
def test_a_text_is_kept_as_sent_after_composition_trimming_and_one_apostrophe(
    tmp_path: Path, sent: str, kept: str | None
) -> None:
    _, rows = read_one(person_file(tmp_path / "people.csv", known_as=sent))
    assert not rows.errors
    assert rows.values[0][3] == kept


def test_a_byte_that_windows_1252_leaves_undefined_is_named_where_it_stands(tmp_path: Path) -> None:
    path = tmp_path / "people.csv"
    path.write_bytes(HEADER.encode() + b"P1,Zo\xeb,B,1994-02-14\nP2,A\x81,B,1994-02-14\n")
    _, rows = read_one(path)
    assert list(rows.errors) == [1]
    assert rows.errors[1][0].reason == "This holds the control character U+0081; take it out."


def test_a_quotation_mark_never_closed_is_named_on_its_line(tmp_path: Path) -> None:
    text = HEADER + 'P1,A,B,1994-02-14\nP2,"A,B,1994-02-14\nP3,A,B,1994-02-14\n'
    _, rows = read_one(written(tmp_path / "people.csv", text))
    assert rows.raw_rows[1].line == 3
    assert rows.errors[1][0].reason == "A quotation mark opened in this row is never closed."


def test_a_row_with_too_many_cells_is_refused_and_one_with_too_few_is_filled(tmp_path: Path) -> None:
    text = "person_ref,family_name,given_names,date_of_birth,sex\nP1,A,B,1994-02-14\nP2,A,B,1994-02-14,MALE,what\n"
    _, rows = read_one(written(tmp_path / "people.csv", text))
    assert list(rows.errors) == [1]
    assert rows.errors[1][0].value == "what"


def test_a_reference_longer_than_an_index_holds_is_refused(tmp_path: Path) -> None:
    _, rows = read_one(person_file(tmp_path / "people.csv", person_ref="x" * 201))
    assert rows.errors[0][0].reason == "This has 201 characters; at most 200 are accepted."


def test_a_code_in_another_case_is_refused_and_the_right_one_named(tmp_path: Path) -> None:
    path = written(tmp_path / "rag.csv", "case_ref,set_on,rag,reason\nC1,2026-09-07,Red,why\n")
    _, rows = read_one(path)
    assert rows.errors[0][0].reason == (
        "This is not a code of the list RAG; accepted are RED, AMBER, GREEN or BLUE. Did you mean RED?"
    )


def test_a_code_outside_an_open_list_is_taken_with_a_warning(tmp_path: Path) -> None:
    text = "referral_ref,case_ref,unit,sent_on\nR1,C1,SEA_SCOUTS,2026-09-07\n"
    _, rows = read_one(written(tmp_path / "referrals.csv", text))
    assert not rows.errors
    assert rows.warnings[0][0].reason == "SEA_SCOUTS is not in the list Unit; it is kept as it was sent."


@pytest.mark.parametrize(
    ("sent", "moment"),
    [
        ("2026-10-06", DayTime(date(2026, 10, 6))),
        ("06/10/2026", DayTime(date(2026, 10, 6))),
        ("2026-10-06T14:30", DayTime(date(2026, 10, 6), time(14, 30))),
        ("2026-10-06 14:30:00", DayTime(date(2026, 10, 6), time(14, 30))),
        ("06/10/2026 14:30", DayTime(date(2026, 10, 6), time(14, 30))),
        ("2026-10-06T00:00", DayTime(date(2026, 10, 6), time(0, 0))),
    ],
)
def test_a_date_time_is_read_and_a_date_stays_a_date(tmp_path: Path, sent: str, moment: DayTime) -> None:
    text = f"contact_ref,case_ref,occurred_at,planned,contact_type,outcome\nT1,C1,{sent},Yes,OFFICE,SEEN\n"
    _, rows = read_one(written(tmp_path / "contacts.csv", text))
    assert not rows.errors
    assert rows.values[0][2:4] == (moment, True)


@pytest.mark.parametrize(
    ("column", "sent", "reason"),
    [
        ("occurred_at", "2026-10-06T25:00", "There is no such time of day"),
        ("occurred_at", "2026-10-06T14", "This is not a date or date-time"),
        ("occurred_at", "2026-10-06T14:30Z", "London was not UTC+00:00 at that time, but UTC+01:00."),
        ("occurred_at", "2026-03-29T01:30+01:00", "There was no such time in London"),
        ("occurred_at", "2026-10-06T14:30+05:30", "London was not UTC+05:30"),
        ("occurred_at", "6/10/2026", "This is not a date"),
        ("occurred_at", "9999-12-31", "The year must lie between 1900 and 2199."),
        ("planned", "maybe", "This is neither yes nor no"),
        ("minutes", "4.5", "This must be a whole number from 0 to 1440."),
        ("minutes", "\u0661", "This must be a whole number"),
        ("minutes", "1441", "This must be a whole number"),
    ],
)
def test_a_wrong_cell_is_told_what_is_accepted(tmp_path: Path, column: str, sent: str, reason: str) -> None:
    cells = {
        "contact_ref": "T1",
        "case_ref": "C1",
        "occurred_at": "2026-10-06",
        "planned": "yes",
        "contact_type": "OFFICE",
        "outcome": "SEEN",
        "minutes": "30",
        column: sent,
    }
    path = written(tmp_path / "contacts.csv", ",".join(cells) + "\n" + ",".join(cells.values()) + "\n")
    _, rows = read_one(path)
    (finding,) = rows.errors[0]
    assert (finding.column, finding.value) == (column, sent)
    assert finding.reason.startswith(reason)


def test_cells_of_a_workbook_become_the_texts_a_csv_file_would_hold(tmp_path: Path) -> None:
    path = tmp_path / "caseload.xlsx"
    book = xlsxwriter.Workbook(path)
    day = book.add_format({"num_format": "dd/mm/yyyy"})
    clock = book.add_format({"num_format": "dd/mm/yyyy hh:mm"})
    people = book.add_worksheet("People")
    people.write_row(0, 0, ["person_ref", "family_name", "given_names", "date_of_birth", "phone", "known_as"])
    people.write_row(2, 0, [7, "A", "B"])
    people.write_datetime(2, 3, datetime(1994, 2, 14), day)  # noqa: DTZ001 - a spreadsheet has no zones
    people.write_number(2, 4, 7700900123)
    people.write_string(2, 5, "one\r\ntwo")
    contacts = book.add_worksheet("contacts")
    contacts.write_row(
        0, 0, ["contact_ref", "case_ref", "occurred_at", "planned", "contact_type", "outcome", "minutes"]
    )
    contacts.write_row(1, 0, ["T1", "C1"])
    contacts.write_datetime(1, 2, datetime(2026, 10, 6, 14, 30), clock)  # noqa: DTZ001 - as above
    contacts.write_row(1, 3, [True, "OFFICE", "SEEN", 45.0])
    book.add_worksheet("Sheet3")
    book.close()
    first, second = readers(path)
    (people_rows,), (contact_rows,) = first.read(), second.read()
    assert people_rows.raw_rows[0].line == 3
    assert people_rows.values[0][:5] == ("7", "A", "B", "one\r\ntwo", date(1994, 2, 14))
    assert people_rows.values[0][13] == "7700900123"
    assert contact_rows.values[0][2:7] == (DayTime(date(2026, 10, 6), time(14, 30)), True, "OFFICE", "SEEN", 45)


def test_a_sheet_named_after_no_table_is_refused_by_name(tmp_path: Path) -> None:
    path = tmp_path / "caseload.xlsx"
    book = xlsxwriter.Workbook(path)
    book.add_worksheet("Old people").write(0, 0, "person_ref")
    book.close()
    with pytest.raises(Refused, match=r"The sheet Old people of caseload\.xlsx is not named after a table"):
        readers(path)


def test_a_workbook_that_unpacks_to_a_thousand_times_its_size_is_refused_unopened(tmp_path: Path) -> None:
    path = tmp_path / "people.xlsx"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/worksheets/sheet1.xml", b"0" * 50_000_000)
    with pytest.raises(Refused, match="unpacks to far more than its size"):
        readers(path)


@pytest.mark.parametrize("content", [b"not a workbook", b"PK\x03\x04 cut off"])
def test_a_damaged_workbook_is_refused_in_one_sentence(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "people.xlsx"
    path.write_bytes(content)
    with pytest.raises(Refused, match=r"people\.xlsx is damaged or no workbook"):
        readers(path)


def test_entities_in_a_workbook_are_not_expanded(tmp_path: Path) -> None:
    good, path = tmp_path / "good.xlsx", tmp_path / "people.xlsx"
    book = xlsxwriter.Workbook(good)
    book.add_worksheet("people").write(0, 0, "person_ref")
    book.close()
    with zipfile.ZipFile(good) as source, zipfile.ZipFile(path, "w") as target:
        for name in source.namelist():
            content = source.read(name)
            if name.endswith("sharedStrings.xml"):
                content = content.replace(
                    b"<sst", b'<!DOCTYPE sst [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]>\n<sst', 1
                ).replace(b"person_ref", b"&b;")
            target.writestr(name, content)
    with pytest.raises(Refused, match="damaged or no workbook"):
        readers(path)


@pytest.mark.parametrize(
    ("name", "content", "sentence"),
    [
        ("people.csv", b"", "people.csv is empty"),
        ("people.csv", "person_ref".encode("utf-16"), "written in UTF-16"),
        ("misc.csv", b"colour,size\n1,2\n", "not named after a table"),
    ],
)
def test_what_is_no_table_is_refused_in_one_sentence(tmp_path: Path, name: str, content: bytes, sentence: str) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(Refused, match=sentence):
        readers(path)


def test_a_stray_file_in_a_folder_is_refused_by_name_and_other_kinds_are_left_alone(tmp_path: Path) -> None:
    person_file(tmp_path / "people.csv")
    written(tmp_path / "readme.txt", "not a table")
    assert [reader.source.file for reader in readers(tmp_path)] == ["people.csv"]
    written(tmp_path / "old copy.csv", "person_ref\n")
    with pytest.raises(Refused, match=r"old copy\.csv is not named after a table"):
        readers(tmp_path)


def test_an_endless_line_is_refused_without_being_held(tmp_path: Path) -> None:
    path = tmp_path / "people.csv"
    with path.open("w", encoding="utf-8") as stream:
        stream.write(HEADER + "P1,")
        for _ in range(24):
            stream.write("x" * 1_000_000)
        stream.write("\nP2,A,B,1994-02-14\n")
    tracemalloc.start()
    _, rows = read_one(path)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert rows.errors[0][0].reason == f"This line is longer than {MAX_LINE_CHARS:,} characters."
    assert rows.values[1][0] == "P2"
    assert [row.line for row in rows.raw_rows] == [2, 3]
    assert peak < 24_000_000


def test_a_huge_cell_is_refused_and_the_rows_after_it_are_read(tmp_path: Path) -> None:
    text = HEADER + "P1," + "x" * 1_200_000 + ",B,1994-02-14\nP2,A,B,1994-02-14\n"
    _, rows = read_one(written(tmp_path / "people.csv", text))
    assert rows.errors[0][0].reason.startswith("A cell in this row is longer than 1,000,000 characters")
    assert rows.values[1][0] == "P2"
