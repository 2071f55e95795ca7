import pytest
from hypothesis import given
from hypothesis import strategies as st

from ioms_desktop.domain.errors import MalformedValue, Refused, WrongCheckLetter
from ioms_desktop.domain.records.identifiers import CHECK_LETTERS, canonical_cro_number, canonical_pnc_id, check_letter

THIS_YEAR = 2026

years = st.integers(1927, THIS_YEAR)
serials = st.integers(0, 9_999_999)
short_years = st.integers(0, 99)


def pnc(year: int, serial: int) -> str:
    return f"{year}/{serial:07}{check_letter(f'{year:04}'[-2:], f'{serial:07}')}"


def cro(year: int, serial: int) -> str:
    return f"{serial:06}/{year:02}{check_letter(f'{year:02}', f'{serial:06}')}"


def sf(year: int, serial: int) -> str:
    return f"SF{year:02}/{serial}{check_letter(f'{year:02}', str(serial))}"


@pytest.mark.parametrize("known", ["2012/0052494Q", "2003/0011985X", "1979/0163001B", "2008/0056560Z"])
def test_numbers_known_to_be_true_are_accepted_as_they_are(known: str) -> None:
    assert canonical_pnc_id(known, THIS_YEAR) == known


def test_a_known_cro_number_is_accepted_as_it_is() -> None:
    assert canonical_cro_number("265416/21G") == "265416/21G"


@given(years, serials)
def test_every_shorter_form_of_a_pnc_id_is_read_as_its_canonical_form(year: int, serial: int) -> None:
    canonical = pnc(year, serial)
    letter, yy = canonical[-1], f"{year:04}"[-2:]
    bare = str(serial)
    forms = [
        canonical,
        f"{year}/{bare}{letter}",
        f"{yy}/{serial:07}{letter}",
        f"{yy}/{bare}{letter}",
        f"{year}{serial:07}{letter}",
        f"{yy}{serial:07}{letter}",
        f"{yy}{bare}{letter}",
        f"{year}{serial:06}{letter}",
        canonical.lower(),
        f"  {canonical} ",
    ]
    assert {canonical_pnc_id(form, THIS_YEAR) for form in forms} == {canonical}


@given(years, serials, st.sampled_from("ABCDEFGHIJKLMNOPQRSTUVWXYZ"))
def test_every_wrong_check_letter_of_a_pnc_id_is_refused_and_the_right_one_named(
    year: int, serial: int, letter: str
) -> None:
    canonical = pnc(year, serial)
    if letter == canonical[-1]:
        return
    with pytest.raises(WrongCheckLetter, match=f"should be {canonical[-1]}, not {letter}"):
        canonical_pnc_id(canonical[:-1] + letter, THIS_YEAR)


@given(short_years, st.integers(0, 999_999))
def test_every_shorter_form_of_a_cro_number_is_read_as_its_canonical_form(year: int, serial: int) -> None:
    canonical = cro(year, serial)
    letter = canonical[-1]
    forms = [
        canonical,
        f"{serial}/{year:02}{letter}",
        f"{serial:06}{year:02}{letter}",
        f"{serial}{year:02}{letter}",
        f" {canonical.lower()}  ",
    ]
    assert {canonical_cro_number(form) for form in forms} == {canonical}


@given(short_years, st.integers(0, 999_999))
def test_the_search_file_form_is_not_padded(year: int, serial: int) -> None:
    canonical = sf(year, serial)
    letter = canonical[-1]
    forms = [canonical, f"SF{year:02}{serial}{letter}", canonical.lower(), f"\t{canonical}"]
    assert {canonical_cro_number(form) for form in forms} == {canonical}


@given(short_years, st.integers(0, 999_999), st.sampled_from(CHECK_LETTERS), st.booleans())
def test_every_wrong_check_letter_of_a_cro_number_is_refused(
    year: int, serial: int, letter: str, search_file: bool
) -> None:
    canonical = sf(year, serial) if search_file else cro(year, serial)
    if letter == canonical[-1]:
        return
    with pytest.raises(Refused, match=f"should be {canonical[-1]}"):
        canonical_cro_number(canonical[:-1] + letter)


@pytest.mark.parametrize(
    ("short", "century"), [("00", "2000"), ("26", "2026"), ("27", "1927"), ("79", "1979"), ("99", "1999")]
)
def test_two_digit_years_up_to_this_year_are_of_this_century(short: str, century: str) -> None:
    letter = check_letter(short, "0000123")
    assert canonical_pnc_id(f"{short}/123{letter}", THIS_YEAR) == f"{century}/0000123{letter}"


def test_nine_digits_without_a_slash_begin_with_a_two_digit_year_and_ten_with_a_four_digit_one() -> None:
    nine, ten = check_letter("20", "1512345"), check_letter("15", "0012345")
    assert canonical_pnc_id(f"201512345{nine}", THIS_YEAR) == f"2020/1512345{nine}"
    assert canonical_pnc_id(f"2015012345{ten}", THIS_YEAR) == f"2015/0012345{ten}"


@pytest.mark.parametrize(
    "text",
    ["", "2012", "2012/Q", "2012/52494", "201/52494Q", "2012/12345678Q", "2012 0052494Q", "Q2012/0052494", "12Q"],
)
def test_what_has_no_form_of_a_pnc_id_is_refused_as_malformed(text: str) -> None:
    with pytest.raises(MalformedValue):
        canonical_pnc_id(text, THIS_YEAR)


@pytest.mark.parametrize(
    "text", ["", "265416/2021G", "1234567/21G", "265416/21", "SF21/G", "SF2021/1G", "\N{ARABIC-INDIC DIGIT ONE}/21G"]
)
def test_what_has_no_form_of_a_cro_number_is_refused_as_malformed(text: str) -> None:
    with pytest.raises(MalformedValue):
        canonical_cro_number(text)
