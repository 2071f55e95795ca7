"""A CSV file is read as its writer meant it, refused line by line, or warned of: quotes, encodings, odd texts."""

from pathlib import Path

import pytest

from exchange.exchange_files import person_file, read_one, readers, written
from ioms_desktop.domain.errors import FileUnreadable
from ioms_desktop.exchange.csv_files import (
    CELL_TOO_LONG_MESSAGE,
    NEVER_CLOSED_MESSAGE,
    QUOTE_INSIDE_MESSAGE,
    TEXT_AFTER_QUOTE_MESSAGE,
)
from ioms_desktop.exchange.tables import RowChunk

HEADER = "person_ref,family_name,given_names,date_of_birth,address\n"


def refs(rows: RowChunk) -> list[str]:
    """The references of the rows that are accepted."""
    return [values[0] for place, values in enumerate(rows.values) if place not in rows.errors]


def refused(rows: RowChunk) -> dict[int, str]:
    return {rows.raw_rows[place].line: findings[0].reason for place, findings in rows.errors.items()}


def warned(rows: RowChunk) -> dict[int, str]:
    return {rows.raw_rows[place].line: findings[0].reason for place, findings in rows.warnings.items()}


def test_a_quotation_mark_opened_in_one_row_swallows_no_other(tmp_path: Path) -> None:
    text = HEADER + (
        'Q1,O"Neil,A,2001-03-14,x\n'
        'Q2,"Bob" Smith,B,2001-03-14,x\n'
        'Q3,Last,C,2001-03-14,"The Croft\n'
        "Q4,Lost,D,2001-03-14,x\n"
        'Q5,Lost,E,2001-03-14,x" end\n'
        "Q6,Kept,F,2001-03-14,x\n"
    )
    _, rows = read_one(written(tmp_path / "people.csv", text))
    assert [row.line for row in rows.raw_rows] == [2, 3, 4, 5, 6, 7]
    assert refused(rows) == {3: TEXT_AFTER_QUOTE_MESSAGE, 4: TEXT_AFTER_QUOTE_MESSAGE}
    assert refs(rows) == ["Q1", "Q4", "Q5", "Q6"]
    assert rows.values[0][1] == 'O"Neil'
    assert warned(rows)[2] == QUOTE_INSIDE_MESSAGE
    assert "opened on line 4" in warned(rows)[5]
    assert 7 not in warned(rows)
    assert list(rows.raw_rows[2].cells)[-1] == '"The Croft'


@pytest.mark.parametrize("ending", ["\n", "\r\n", "\r"])
def test_rows_inside_a_cell_that_is_rightly_closed_are_seen(tmp_path: Path, ending: str) -> None:
    text = HEADER + (
        'Q3,Last,C,2001-03-14,"The Croft\nQ4,Lost,D,2001-03-14,x\nQ5,Lost,E,14/03/2001,x"\nQ6,Kept,F,2001-03-14,x\n'
    )
    _, rows = read_one(written(tmp_path / "people.csv", text.replace("\n", ending)))
    assert list(refused(rows)) == [2]
    assert "Line 3 looks like a separate row" in refused(rows)[2]
    assert refs(rows) == ["Q6"]


@pytest.mark.parametrize(
    "address",
    [
        "Flat 2, The Croft\n12 Mill Lane, Leicester, LE1 1AA, UK, Earth",
        'said ""yes"";\nthen left',
        "one, two, three, four, five\nsix",
        "a\n\n\nb",
    ],
)
def test_a_cell_of_several_lines_that_is_meant_is_taken_without_a_word(tmp_path: Path, address: str) -> None:
    _, rows = read_one(written(tmp_path / "people.csv", HEADER + f'Q1,A,B,2001-03-14,"{address}"\n'))
    assert (rows.errors, rows.warnings) == ({}, {})
    assert rows.values[0][14] == address.replace('""', '"')


def test_a_quotation_mark_that_is_never_closed_costs_its_own_row_only(tmp_path: Path) -> None:
    body = "".join(f"Q{n},A,B,2001-03-14,x\n" for n in range(50))
    _, rows = read_one(written(tmp_path / "people.csv", HEADER + 'Q,A,B,2001-03-14,"x\n' + body))
    assert refused(rows) == {2: NEVER_CLOSED_MESSAGE}
    assert len(refs(rows)) == 50
    assert len(rows.warnings) == 50


def test_an_open_quotation_mark_is_given_up_where_no_cell_is_as_long(tmp_path: Path) -> None:
    body = "".join(f"Q{n},A,B,2001-03-14,{'x' * 1_900}\n" for n in range(700))
    path = written(tmp_path / "people.csv", HEADER + 'Q,A,B,2001-03-14,"x\n' + body)
    (reader,) = readers(path)
    chunks = list(reader.read())
    assert refused(chunks[0]) == {2: CELL_TOO_LONG_MESSAGE}
    assert sum(len(refs(rows)) for rows in chunks) == 700


def test_a_row_of_endlessly_many_lines_and_small_cells_is_given_up(tmp_path: Path) -> None:
    # Every line closes one cell and opens the next, so no cell is long and the row never ends.
    path = written(tmp_path / "people.csv", HEADER + '"\n' + '","\n' * 600_000)
    (reader,) = readers(path)
    first = next(iter(reader.read()))
    assert first.raw_rows[0].line == 2
    assert 0 in first.errors
    assert max(len(row.cells) for row in first.raw_rows) < 10


@pytest.mark.parametrize(
    ("line", "is_odd"),
    [
        ('Q1,"a ""b"" c",B,2001-03-14,"d, ""e"""', False),
        ('Q1,"a, b ""c"" d",B,2001-03-14,', False),
        ('Q1,A,B,2001-03-14,5" pipe', True),
        ('Q1,"A, ""x""",B,2001-03-14, "spaced"', True),
    ],
)
def test_a_quotation_mark_inside_a_cell_is_warned_of_unless_the_cell_is_quoted(
    tmp_path: Path, line: str, *, is_odd: bool
) -> None:
    _, rows = read_one(written(tmp_path / "people.csv", HEADER + line + "\n"))
    assert not rows.errors
    assert (QUOTE_INSIDE_MESSAGE in warned(rows).values()) is is_odd


def test_a_header_that_cannot_be_read_is_refused_in_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(FileUnreadable, match=r"The header of people\.csv cannot be read"):
        readers(written(tmp_path / "people.csv", 'person_ref,"family"_name\nQ1,A\n'))


@pytest.mark.parametrize("ending", [b"\n", b"\r\n"])
@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"])
def test_one_bad_byte_costs_its_own_line_and_no_name(tmp_path: Path, ending: bytes, mark: bytes) -> None:
    path = tmp_path / "people.csv"
    lines = [
        HEADER.strip().encode(),
        "Q1,García,José,2001-03-14,x".encode(),
        b"Q2,M\xfcller,Zo\xeb,2001-03-14,x",
        "Q3,Müller,Zoë,2001-03-14,x".encode(),
        b"Q4,Plain,Bo,2001-03-14,x",
        "Q5,Łukasz,Øde,2001-03-14,Caf".encode() + b"\xc3",
    ]
    path.write_bytes(mark + ending.join(lines))
    reader, rows = read_one(path)
    assert refs(rows) == ["Q1", "Q3", "Q4"]
    assert rows.values[0][1:3] == ("García", "José")
    assert sorted(refused(rows)) == [3, 6]
    assert all("not written in UTF-8 like the rest of the file" in reason for reason in refused(rows).values())
    assert list(rows.raw_rows[1].cells)[1] == "Müller"
    assert reader.source.format_label == "UTF-8, commas"


def test_a_line_of_utf_8_in_a_file_of_windows_1252_is_refused_and_the_others_are_read(tmp_path: Path) -> None:
    path = tmp_path / "people.csv"
    lines = [f"Q{n},Müller,Zoë,2001-03-14,x\n".encode("cp1252") for n in range(3)]
    path.write_bytes(HEADER.encode() + b"".join(lines) + "Q9,García,B,2001-03-14,x\n".encode())
    _, rows = read_one(path)
    assert refs(rows) == ["Q0", "Q1", "Q2"]
    assert rows.values[0][1] == "Müller"
    assert "not written in Windows-1252" in refused(rows)[5]


def test_a_bad_byte_in_a_cell_of_several_lines_refuses_the_row_where_it_starts(tmp_path: Path) -> None:
    path = tmp_path / "people.csv"
    path.write_bytes(HEADER.encode() + "Q1,Zoë,B,2001-03-14,x\n".encode() + b'Q2,A,B,2001-03-14,"one\ntw\xf6"\n')
    _, rows = read_one(path)
    assert list(refused(rows)) == [3]


@pytest.mark.parametrize(
    ("sent", "meant"),
    [
        ("M\xc3\xbcller", "Müller"),
        ("\xc3\u02dcdeg\xc3\xa5rd", "Ødegård"),
        ("\xc5\xbbaneta", "Żaneta"),
        ("O\xe2\u20ac\u2122Sullivan", "O\u2019Sullivan"),
        ("\xd0\u02dc\xd0\xb2\xd0\xb0\xd0\xbd", "\u0418\u0432\u0430\u043d"),
        ("Jos\xc3\xa9 Garc\xc3\xada", "José García"),
    ],
)
def test_a_name_that_was_read_in_the_wrong_encoding_is_warned_of(tmp_path: Path, sent: str, meant: str) -> None:
    _, rows = read_one(person_file(tmp_path / "people.csv", known_as=sent))
    assert rows.values[0][3] == sent
    assert warned(rows) == {2: f"{sent} looks like {meant} read in the wrong encoding; it is kept as it was sent."}


@pytest.mark.parametrize(
    "sent",
    [
        "Müller",
        "JOSÉ\u2019S",
        "CAFÉ\u2026",
        "Łukasz",
        "Østergård",
        "Ənvər",
        "São",
        "Ångström",
        "\u0418\u0432\u0430\u043d",
    ],
)
def test_a_name_as_people_write_it_is_not_warned_of(tmp_path: Path, sent: str) -> None:
    _, rows = read_one(person_file(tmp_path / "people.csv", known_as=sent))
    assert (rows.errors, rows.warnings) == ({}, {})


@pytest.mark.parametrize(
    ("column", "sent", "part"),
    [
        ("phone", "4.47701E+11", "shortened"),
        ("phone", "7700900123", "lost a 0"),
        ("crn", "1E+05", "shortened"),
        ("family_name", "TRUE", "true or false"),
        ("family_name", "#N/A", "error of a spreadsheet"),
        ("address", "#VALUE!", "error of a spreadsheet"),
        ("address", "########", "error of a spreadsheet"),
        ("niche_id", "01-Mar", "took for a date"),
        ("niche_id", "Mar-01", "took for a date"),
        ("prison_number", "01/03/2026", "took for a date"),
        ("known_as", "2026-03-01 00:00:00", "took for a date"),
        ("known_as", "Zo\ufffd", "lost a letter"),
    ],
)
def test_what_a_spreadsheet_has_changed_is_warned_of(tmp_path: Path, column: str, sent: str, part: str) -> None:
    _, rows = read_one(person_file(tmp_path / "people.csv", **{column: sent}))
    assert not rows.errors
    (finding,) = rows.warnings[0]
    assert (finding.column, finding.value) == (column, sent)
    assert part in finding.reason


@pytest.mark.parametrize(
    ("column", "sent"),
    [
        ("phone", "07700900123"),
        ("phone", "+44 7700 900123"),
        ("crn", "X1E5"),
        ("family_name", "True"),
        ("address", "1 March Street"),
        ("address", "two\nTRUE\nlines"),
        ("niche_id", "IOM-12-03-2024"),
    ],
)
def test_what_people_write_is_not_warned_of(tmp_path: Path, column: str, sent: str) -> None:
    _, rows = read_one(person_file(tmp_path / "people.csv", **{column: sent}))
    assert (rows.errors, rows.warnings) == ({}, {})


@pytest.mark.parametrize(
    "sent", ["P1\u200b", "\ufeffP1", " P1 ", "\u00a0P1\u00a0", "P\u200b1", "\u200b \ufeffP1", "P1\u2060", "P\u00ad1"]
)
def test_a_reference_is_compared_without_characters_that_nobody_sees(tmp_path: Path, sent: str) -> None:
    _, rows = read_one(person_file(tmp_path / "people.csv", person_ref=sent))
    assert rows.values[0][0] == "P1"


def test_codes_and_headers_are_read_without_invisible_ends_and_names_keep_their_joiners(tmp_path: Path) -> None:
    header = "\ufeffperson_ref,\u200bfamily_name,given_names,date_of_birth\u00a0,sex\n"
    text = header + "P1,a\u200db,\ufeffBo,2001-03-14,MALE\u200b\n"
    reader, rows = read_one(written(tmp_path / "people.csv", text))
    assert not reader.header_findings
    assert not rows.errors
    assert rows.values[0][1:3] == ("a\u200db", "Bo")
    assert rows.values[0][5] == "MALE"


def test_two_files_put_together_are_read_across_the_mark_between_them(tmp_path: Path) -> None:
    text = HEADER + 'Q1,A,B,2001-03-14,x\n\ufeff"Q2",A,B,2001-03-14,x\n'
    _, rows = read_one(written(tmp_path / "people.csv", text))
    assert refs(rows) == ["Q1", "Q2"]
    assert not rows.warnings


@pytest.mark.parametrize("first", ["sep=;", "SEP=;", '"sep=;"', "\ufeffsep=;"])
def test_a_first_line_that_names_the_separator_is_followed(tmp_path: Path, first: str) -> None:
    text = f"{first}\r\n" + HEADER.replace(",", ";") + "Q1;A, b;C;2001-03-14;x\n"
    reader, rows = read_one(written(tmp_path / "people.csv", text))
    assert (reader.source.header_line, rows.raw_rows[0].line) == (2, 3)
    assert rows.values[0][:2] == ("Q1", "A, b")


def test_a_separator_of_another_kind_is_followed_where_it_is_named(tmp_path: Path) -> None:
    text = "sep=|\n" + HEADER.replace(",", "|") + "Q1|A|C|2001-03-14|x\n"
    _, rows = read_one(written(tmp_path / "people.csv", text))
    assert refs(rows) == ["Q1"]
