"""A workbook is read as it is seen in a spreadsheet program, refused cell by cell, or warned of."""

import re
import zipfile
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import openpyxl
import pytest
import xlsxwriter  # type: ignore[import-untyped]  # it has no stubs

from exchange.exchange_files import readers
from ioms_desktop.domain.errors import FileUnreadable, Refused, UnsafeFile
from ioms_desktop.exchange.tables import RowChunk
from ioms_desktop.exchange.workbook.number_format import shown_number

COLUMNS = ("person_ref", "family_name", "given_names", "date_of_birth", "phone", "address", "sex")
BORN = datetime(2001, 3, 14)  # noqa: DTZ001 - a spreadsheet has no zones
MAIN, STRICT = "http://schemas.openxmlformats.org", "http://purl.oclc.org/ooxml"

Fill = Callable[[Any, Any], None]


def made(path: Path, fill: Fill, people: int = 3) -> Path:
    """Write a workbook of a few people and change its sheet."""
    book = xlsxwriter.Workbook(path)
    day = book.add_format({"num_format": "dd/mm/yyyy"})
    sheet = book.add_worksheet("people")
    sheet.write_row(0, 0, COLUMNS)
    for line in range(1, people + 1):
        sheet.write_row(line, 0, [f"Q{line}", "Quinn", "Ada"])
        sheet.write_datetime(line, 3, BORN, day)
    fill(book, sheet)
    book.close()
    return path


def rewritten(path: Path, target: Path, change: Callable[[str, bytes], bytes]) -> Path:
    """Copy a workbook and change its parts."""
    with zipfile.ZipFile(path) as source, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as copy:
        for name in source.namelist():
            copy.writestr(name, change(name, source.read(name)))
    return target


def read(path: Path) -> RowChunk:
    (reader,) = readers(path)
    (rows,) = reader.read()
    return rows


def told(findings: dict[int, Any]) -> dict[int, list[tuple[str, str]]]:
    return {place: [(each.column, each.value) for each in found] for place, found in findings.items()}


def cell(rows: RowChunk, place: int, column: str) -> object:
    names = ["person_ref", "family_name", "given_names", "known_as", "date_of_birth", "sex"]
    position = {"phone": 13, "address": 14}.get(column)
    return rows.values[place][names.index(column) if position is None else position]


def test_a_formula_whose_result_is_not_stored_is_refused_cell_by_cell(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = "people"
    sheet.append(list(COLUMNS))
    sheet.append(["Q1", "Quinn", "Ada", BORN, '=CONCATENATE("07700 ","900914")', None, None])
    sheet.append(["Q2", "Quinn", '=UPPER("a")', BORN, None, None, '="M"&"ALE"'])
    book.save(tmp_path / "people.xlsx")
    rows = read(tmp_path / "people.xlsx")
    assert told(rows.errors) == {
        0: [("phone", '=CONCATENATE("07700 ","900914")')],
        1: [("given_names", '=UPPER("a")'), ("sex", '="M"&"ALE"')],
    }
    assert "whose result is not stored" in rows.errors[0][0].reason


def test_a_formula_never_computed_is_refused_though_a_zero_stands_for_its_result(tmp_path: Path) -> None:
    rows = read(made(tmp_path / "people.xlsx", lambda _, sheet: sheet.write_formula(1, 4, "=A1&B1")))
    assert told(rows.errors) == {0: [("phone", "=A1&B1")]}


def test_a_formula_with_its_result_is_read_as_the_result(tmp_path: Path) -> None:
    def fill(_: object, sheet: Any) -> None:  # noqa: ANN401 - the library has no types
        sheet.write_formula(1, 4, '="07700 "&"900914"', None, "07700 900914")
        sheet.write_formula(2, 4, '=""', None, "nothing")

    usual = made(tmp_path / "usual.xlsx", fill)
    rows = read(rewritten(usual, tmp_path / "people.xlsx", lambda _, part: part.replace(b"<v>nothing</v>", b"<v></v>")))
    assert not rows.errors
    assert (cell(rows, 0, "phone"), cell(rows, 1, "phone")) == ("07700 900914", None)


@pytest.mark.parametrize("error", ["#N/A", "#REF!", "#VALUE!", "#DIV/0!", "#NAME?", "#NUM!"])
@pytest.mark.parametrize("column", [1, 3, 5, 6])
def test_an_error_cell_is_refused_in_every_column(tmp_path: Path, column: int, error: str) -> None:
    path = made(tmp_path / "people.xlsx", lambda _, sheet: sheet.write_formula(1, column, "=1", None, error))
    rows = read(path)
    assert told(rows.errors) == {0: [(COLUMNS[column], error)]}
    assert f"shows the error {error}" in rows.errors[0][0].reason


@pytest.mark.parametrize("column", [0, 1, 4, 5, 6])
def test_true_and_dates_are_no_texts(tmp_path: Path, column: int) -> None:
    def fill(book: Any, sheet: Any) -> None:  # noqa: ANN401 - as above
        sheet.write_boolean(1, column, True)
        sheet.write_datetime(2, column, BORN, book.add_format({"num_format": "mmm-yy"}))
        sheet.write_number(3, column, 0.5, book.add_format({"num_format": "hh:mm"}))

    rows = read(made(tmp_path / "people.xlsx", fill))
    name = COLUMNS[column]
    assert told(rows.errors) == {0: [(name, "TRUE")], 1: [(name, "2001-03-14")], 2: [(name, "12:00")]}
    assert "the spreadsheet's TRUE or FALSE" in rows.errors[0][0].reason
    assert "is a date or time" in rows.errors[1][0].reason


@pytest.mark.parametrize(
    ("number", "number_format", "shown"),
    [
        (42, '"Q-"0000', "Q-0042"),
        (7700900123, "00000000000", "07700900123"),
        (7700900123, "0#### ######", "07700 900123"),
        (42, r"\Q\-0000", "Q-0042"),
        (42, "General", "42"),
        (0.1, "General", "0.1"),
        (1234567, "#,##0", "1,234,567"),
        (-5, "0;(0)", "(5)"),
        (12.5, "0.00", "12.50"),
        (7, "@", "7"),
        (5, "[$£-809]0.00", "£5.00"),
        (3, "[Red]000", "003"),
    ],
)
@pytest.mark.parametrize("column", [0, 5])
def test_a_number_is_read_as_it_is_shown_where_a_text_belongs(
    tmp_path: Path, column: int, number: float, number_format: str, shown: str
) -> None:
    def fill(book: Any, sheet: Any) -> None:  # noqa: ANN401 - as above
        sheet.write_number(1, column, number, book.add_format({"num_format": number_format}))

    rows = read(made(tmp_path / "people.xlsx", fill, people=1))
    assert (rows.errors, rows.warnings) == ({}, {})
    assert cell(rows, 0, COLUMNS[column]) == shown


@pytest.mark.parametrize("number_format", ["0.00E+00", "# ?/?", "[>3]0;1", ";;;", '"secret"', "0,"])
def test_a_format_that_is_not_followed_is_warned_of_and_the_number_taken(tmp_path: Path, number_format: str) -> None:
    def fill(book: Any, sheet: Any) -> None:  # noqa: ANN401 - as above
        sheet.write_number(1, 5, 4477, book.add_format({"num_format": number_format}))

    rows = read(made(tmp_path / "people.xlsx", fill, people=1))
    assert cell(rows, 0, "address") == "4477"
    assert "is not followed here; it is read as 4477" in rows.warnings[0][0].reason


@pytest.mark.parametrize(
    ("number", "reason"),
    [
        (447700900123, "shortened"),
        (4477009001234567890, "more digits than a spreadsheet keeps"),
        (7700900123, "lost a 0"),
    ],
)
def test_a_number_that_is_shown_shortened_or_keeps_too_few_digits_is_warned_of(
    tmp_path: Path, number: int, reason: str
) -> None:
    rows = read(made(tmp_path / "people.xlsx", lambda _, sheet: sheet.write_number(1, 4, number), people=1))
    assert not rows.errors
    assert reason in rows.warnings[0][0].reason


def test_a_number_column_takes_the_number_behind_what_is_shown_and_says_so(tmp_path: Path) -> None:
    path = tmp_path / "contacts.xlsx"
    book = xlsxwriter.Workbook(path)
    sheet = book.add_worksheet("contacts")
    sheet.write_row(0, 0, ["contact_ref", "case_ref", "occurred_at", "planned", "contact_type", "outcome", "minutes"])
    for line, (number, number_format) in enumerate(((45, "000"), (44.6, "0")), start=1):
        sheet.write_row(line, 0, [f"T{line}", "C1", "2026-10-06", True, "OFFICE", "SEEN"])
        sheet.write_number(line, 6, number, book.add_format({"num_format": number_format}))
    book.close()
    rows = read(path)
    assert rows.values[0][3] is True
    assert rows.values[0][6] == 45
    assert rows.warnings[0][0].reason == "The workbook shows 045 here; the number behind it, 45, is taken."
    assert told(rows.errors) == {1: [("minutes", "44.6")]}


def test_merged_cells_are_refused_where_another_cell_shows_the_value(tmp_path: Path) -> None:
    rows = read(
        made(tmp_path / "people.xlsx", lambda _, sheet: sheet.merge_range(1, 5, 3, 5, "1 Test Street")),
    )
    assert told(rows.errors) == {1: [("address", "")], 2: [("address", "")]}
    assert "merged with F2" in rows.errors[1][0].reason
    assert cell(rows, 0, "address") == "1 Test Street"


def test_cells_merged_across_and_beside_the_table_are_told_apart(tmp_path: Path) -> None:
    def fill(_: object, sheet: Any) -> None:  # noqa: ANN401 - as above
        sheet.merge_range(2, 4, 2, 5, "07700 900123")
        sheet.merge_range(1, 10, 3, 12, "")

    rows = read(made(tmp_path / "people.xlsx", fill))
    assert told(rows.errors) == {1: [("address", "")]}


def test_hidden_sheets_rows_and_columns_are_named(tmp_path: Path) -> None:
    def fill(book: Any, sheet: Any) -> None:  # noqa: ANN401 - as above
        sheet.set_row(2, None, None, {"hidden": True})
        sheet.set_column(4, 5, None, None, {"hidden": True})
        cases = book.add_worksheet("cases")
        cases.write_row(0, 0, ["case_ref", "person_ref", "programme", "status", "referred_on"])
        cases.write_row(1, 0, ["C1", "Q1", "IOM", "REFERRED", "2026-09-01"])
        cases.very_hidden()

    people, cases = readers(made(tmp_path / "people.xlsx", fill))
    assert people.source.notices == ("Hidden in the workbook and read all the same: phone and address.",)
    assert cases.source.notices == ("The sheet cases is hidden in the workbook; its rows are read all the same.",)
    (rows,) = people.read()
    assert [found[0].reason[:28] for found in rows.warnings.values()] == ["This row is hidden or filter"]
    assert list(rows.warnings) == [1]


def test_columns_are_hidden_no_farther_than_a_sheet_goes(tmp_path: Path) -> None:
    usual = made(tmp_path / "usual.xlsx", lambda _, sheet: sheet.set_column(5, 5, None, None, {"hidden": True}))
    endless = rewritten(usual, tmp_path / "people.xlsx", lambda _, part: part.replace(b'max="6"', b'max="9999999999"'))
    (reader,) = readers(endless)
    assert reader.source.notices == ("Hidden in the workbook and read all the same: address and sex.",)


def test_a_chart_sheet_is_no_table(tmp_path: Path) -> None:
    def fill(book: Any, _: object) -> None:  # noqa: ANN401 - as above
        chart = book.add_chart({"type": "column"})
        chart.add_series({"values": "=people!$D$2:$D$4"})
        book.add_chartsheet("cases").set_chart(chart)

    assert len(read(made(tmp_path / "people.xlsx", fill)).values) == 3


def test_strict_open_xml_is_read_like_the_usual_kind(tmp_path: Path) -> None:
    usual = made(tmp_path / "usual.xlsx", lambda _, sheet: sheet.merge_range(1, 5, 2, 5, "x"))

    def strict(name: str, content: bytes) -> bytes:
        text = content.decode().replace(f"{MAIN}/spreadsheetml/2006/main", f"{STRICT}/spreadsheetml/main")
        text = text.replace(f"{MAIN}/officeDocument/2006/relationships", f"{STRICT}/officeDocument/relationships")
        if name.endswith("sheet1.xml"):
            text = text.replace('<c r="D2" s="1"><v>36964</v>', '<c r="D2" s="1" t="d"><v>2001-03-14T00:00:00</v>')
            assert 't="d"' in text
        return text.encode()

    assert readers(usual)[0].source.header == list(COLUMNS)
    rows = read(rewritten(usual, tmp_path / "people.xlsx", strict))
    assert [values[4] for values in rows.values] == [BORN.date()] * 3
    assert told(rows.errors) == {1: [("address", "")]}


def test_names_of_parts_and_prefixes_do_not_matter(tmp_path: Path) -> None:
    usual = made(tmp_path / "usual.xlsx", lambda *_: None)

    def prefixed(name: str, content: bytes) -> bytes:
        if not name.endswith("sheet1.xml"):
            return content
        rows = content[content.index(b"<sheetData>") : content.index(b"</sheetData>") + len(b"</sheetData>")]
        bare = f'<worksheet xmlns:x="{MAIN}/spreadsheetml/2006/main">'.encode() + rows + b"</worksheet>"
        return re.sub(rb"<(/?)(worksheet|sheetData|row|c|v)\b", rb"<\1x:\2", bare)

    assert len(read(rewritten(usual, tmp_path / "people.xlsx", prefixed)).values) == 3


def test_dates_that_count_from_1904_are_read_so(tmp_path: Path) -> None:
    path = tmp_path / "people.xlsx"
    book = xlsxwriter.Workbook(path, {"date_1904": True})
    sheet = book.add_worksheet("people")
    sheet.write_row(0, 0, COLUMNS)
    sheet.write_row(1, 0, ["Q1", "Quinn", "Ada"])
    sheet.write_datetime(1, 3, BORN, book.add_format({"num_format": "d mmm yyyy"}))
    book.close()
    assert read(path).values[0][4] == BORN.date()


def test_a_phonetic_guide_is_no_part_of_a_name_and_runs_of_it_are(tmp_path: Path) -> None:
    def fill(book: Any, sheet: Any) -> None:  # noqa: ANN401 - as above
        sheet.write_rich_string(1, 1, "O", book.add_format({"bold": True}), "Neil")
        sheet.write_string(2, 1, "KANJI")

    usual = made(tmp_path / "usual.xlsx", fill)

    def guided(name: str, content: bytes) -> bytes:
        guide = b'<t>KANJI</t><rPh sb="0" eb="1"><t>kana</t></rPh>'
        return content.replace(b"<t>KANJI</t>", guide) if name.endswith("sharedStrings.xml") else content

    rows = read(rewritten(usual, tmp_path / "people.xlsx", guided))
    assert [cell(rows, place, "family_name") for place in range(3)] == ["ONeil", "KANJI", "Quinn"]


@pytest.mark.parametrize(
    ("part", "old", "new"),
    [
        ("sheet1.xml", b"<sheetData>", b"<sheetData><row"),
        ("sheet1.xml", b'r="A2"', b'r="XFE2"'),
        ("sheet1.xml", b'r="A2"', b'r="2A"'),
        ("sheet1.xml", b"<v>36964</v>", b"<v>x</v>"),
        ("sheet1.xml", b'<row r="2"', b'<row r="-2"'),
        ("sheet1.xml", b's="1"><v>36964</v>', b"><v>1e999999999</v>"),
        ("sheet1.xml", b's="1"><v>36964</v>', b"><v>NaN</v>"),
        ("sheet1.xml", b's="1"><v>36964</v>', b"><v>" + b"9" * 1_000 + b"</v>"),
        ("sheet1.xml", b't="s"><v>', b't="s"><v>99999'),
        ("workbook.xml", b"<sheets>", b"<!DOCTYPE a><sheets>"),
        ("sharedStrings.xml", b"<sst", b"<!DOCTYPE sst []><sst"),
        ("sheet1.xml", b"<worksheet", b"<!DOCTYPE worksheet []><worksheet"),
    ],
)
def test_a_workbook_that_is_damaged_anywhere_is_refused_in_one_sentence(
    tmp_path: Path, part: str, old: bytes, new: bytes
) -> None:
    usual = made(tmp_path / "usual.xlsx", lambda *_: None)

    def damaged(name: str, content: bytes) -> bytes:
        if not name.endswith(part):
            return content
        assert old in content
        return content.replace(old, new, 1)

    with pytest.raises(FileUnreadable, match=r"people\.xlsx is damaged or no workbook"):
        read(rewritten(usual, tmp_path / "people.xlsx", damaged))


def test_a_workbook_with_a_password_is_not_called_damaged(tmp_path: Path) -> None:
    path = tmp_path / "people.xlsx"
    path.write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(1_000))
    with pytest.raises(UnsafeFile, match="protected by a password"):
        readers(path)


@pytest.mark.parametrize("name", ["people.xls", "people.xlsm", "people.ods", "PEOPLE.XLSB", "people.tsv"])
def test_a_spreadsheet_of_another_kind_is_refused_by_name_alone_and_in_a_folder(tmp_path: Path, name: str) -> None:
    made(tmp_path / "cases.xlsx", lambda book, _: book.add_worksheet("cases"))
    (tmp_path / name).write_bytes(b"whatever it holds")
    for path in (tmp_path, tmp_path / name):
        with pytest.raises(Refused, match="is a kind of spreadsheet that cannot be read"):
            readers(path)


@pytest.mark.parametrize(
    ("number", "number_format", "shown"),
    [
        ("0", "#", ""),
        ("1234567", "000-000", "1234-567"),
        ("0.5", "0%", "50%"),
        ("12", "0.##", "12."),
        ("1E-5", "General", "0.00001"),
        ("-0.4", "0", "0"),
        ("2.5", "0", "3"),
        ("5", "yyyy", None),
        ("0", '0;-0;"none"', None),
    ],
)
def test_a_format_is_followed_as_a_spreadsheet_follows_it(number: str, number_format: str, shown: str | None) -> None:
    assert shown_number(number, number_format) == shown
