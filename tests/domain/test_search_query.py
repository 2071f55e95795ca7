import pytest

from ioms_desktop.domain.search.search_query import parse_search
from ioms_desktop.domain.search.search_terms import reference_words
from ioms_desktop.domain.search.spelling import MAX_WORD_CHARS


@pytest.mark.parametrize(
    "typed",
    ["3/11/2008", "03.11.2008", "3-11-08", "3 11 2008", "3 nov 2008", "3rd November 2008", "03nov08", "3 / 11 / 2008"],
)
def test_a_date_of_birth_is_understood_in_every_usual_form(typed: str) -> None:
    (term,) = parse_search(typed, 2026)
    assert term[0] == ("03112008",)


def test_a_date_written_from_the_year_is_found_as_it_is() -> None:
    assert parse_search("2008-11-03", 2026)[0][0] == ("20081103",)


def test_six_figures_may_be_a_date_or_a_number() -> None:
    assert set(parse_search("031108", 2026)[0]) == {("031108",), ("03112008",)}


def test_two_figures_of_a_year_to_come_are_of_the_last_century() -> None:
    assert parse_search("3/11/85", 2026)[0][0] == ("03111985",)


def test_what_is_no_date_is_searched_as_numbers() -> None:
    assert parse_search("31/2/2008", 2026) == ((("3122008",), ("31", "2", "2008")),)


def test_names_are_found_in_any_order_without_case_or_accents() -> None:
    assert set(parse_search("JAYDEN Márlow", 2026)) == {(("jayden",),), (("marlow",),)}


def test_a_name_with_an_apostrophe_is_met_whole_or_in_parts() -> None:
    assert parse_search("O'Neil", 2026) == ((("oneil",), ("o", "neil")),)


@pytest.mark.parametrize("typed", ["2012/0052494Q", "12/52494Q", "2012/52494q", "120052494Q", "20120052494Q"])
def test_a_pnc_id_is_found_in_every_form(typed: str) -> None:
    assert ("20120052494q",) in parse_search(typed, 2026)[0]


def test_a_postcode_in_two_parts_is_one_word() -> None:
    assert parse_search("LE1 2AB", 2026) == ((("le12ab",),),)


def test_a_date_among_names_is_taken_apart_from_them() -> None:
    born, *names = parse_search("marlow 3/11/2008 jay", 2026)
    assert born[0] == ("03112008",)
    assert names == [(("marlow",),), (("jay",),)]


@pytest.mark.parametrize("typed", ["", "   ", ",.;", "'"])
def test_nothing_typed_asks_for_nothing(typed: str) -> None:
    assert parse_search(typed, 2026) == ()


def test_a_text_without_end_is_cut() -> None:
    assert len(parse_search("a " * 10_000, 2026)) == 1
    assert parse_search("x" * 10_000, 2026) == ((("x" * MAX_WORD_CHARS,),),)
    assert len(parse_search("ab " * 10_000 + "1 2 3 4", 2026)) == 1


@pytest.mark.parametrize(
    "ref",
    [
        "IOM-12-03-2024",
        "12-03-24",
        "IOM 3 NOV 2024",
        "PHX/1.2.24/7",
        "2024-03-12",
        "12.03.2024-A",
        "LE1 2AB-3",
        "031108",
    ],
)
def test_what_looks_like_a_date_is_tried_as_a_reference_too(ref: str) -> None:
    words = reference_words(ref)
    for typed in (ref, ref.lower(), f"  {ref} "):
        for term in parse_search(typed, 2026):
            assert any(all(any(word.startswith(begun) for word in words) for begun in way) for way in term), term


def test_a_date_is_not_taken_for_the_beginning_of_another() -> None:
    """The figures of 11/01/20 begin 11012008, which is another day's."""
    ways = {word for way in parse_search("11/01/20", 2026)[0] for word in way}
    assert not any("11012008".startswith(word) for word in ways)
