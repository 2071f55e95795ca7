# ruff: noqa: RUF001 - letters that look like others are meant
"""Names are found however they are written: in one word or more, with or without accents, one letter wrong, by ear."""

import pytest

from ioms_desktop.domain.search.near_matches import EXACT_MATCH, Explainer, Likeness, Match, near_words, one_letter_away
from ioms_desktop.domain.search.search_query import parse_search
from ioms_desktop.domain.search.search_terms import SOUND_MARK, person_search_words
from ioms_desktop.domain.search.sounds import sound_keys
from ioms_desktop.domain.search.spelling import MAX_SPELLINGS, MAX_WORD_CHARS, spellings
from ioms_desktop.domain.search.text_filter import TextFilter
from sessions import TODAY

WRITTEN = {
    "De Souza": "desouza|de souza|souza|D Souza|DE  SOUZA",
    "van der Berg": "vanderberg|van der berg|van derberg|vander berg|berg",
    "Ó Súilleabháin": "osuilleabhain|o suilleabhain|O'Súilleabháin",
    "Müller": "mueller|muller|müller|MÜLLER|muel",
    "Mueller": "müller|muller",
    "Ødegård": "oedegaard|odegaard|odegard|oedegard|ødegård|Ødegaard",
    "Oedegaard": "ødegård|odegard",
    "O Brien": "obrien|o'brien|O’Brien|OʼBrien|o brien",
    "O'Brien": "obrien|o brien|O`Brien",
    "Obrien": "o'brien|o brien|Ó Brien",
    "Əliyev": "aliyev|eliyev|ƏLİYEV",
    "Aliyev": "Əliyev",
    # not named by anybody before
    "Vandenberg": "van den berg|van-den-berg",
    "McDonald": "mc donald|macdonald|Mac Donald",
    "MacKenzie": "mckenzie|mc kenzie",
    "St John": "saint john|stjohn|st. john",
    "Al-Rahman": "alrahman|al rahman|al-rahman|rahman",
    "D\u2019Souza": "dsouza|d'souza|d souza",
    "Smith Jones": "smith-jones|smithjones|jones smith",
    "Smith-Jones": "smith jones|smithjones",
    "Großmann": "grossmann|großmann|GROSSMANN",
    "Şahin": "sahin|shahin|ŞAHİN",
    "Yıldırım": "yildirim|YILDIRIM|yıldırım",
    "Çelik": "celik|chelik",
    "Łukasiewicz": "lukasiewicz",
    "Đorđević": "dordevic|djordjevic",
    "Žižek": "zizek",
    "Åkesson": "aakesson|akesson|åkesson",
    "Þórsson": "thorsson",
    "Nguyễn": "nguyen",
    "Muñoz": "munoz",
    "N\u02bcDiaye": "ndiaye|n diaye",
    "Mc\u00adAllister": "mcallister",  # a soft hyphen, from a word processor
    "O\u0308zil": "özil|ozil|oezil",  # the letter and its dots apart
    "Ｍａｒｌｏｗ": "marlow",
    "Іваненко": "ivanenko",
    "Παπαδόπουλος": "papadopoulos",
    "Aaron": "aron",
}
ALIKE = (
    "akhter akhtar|ahmad ahmed|mohammed muhammad|mohamed mahamud|hussain husein|choudhury chowdhry|chaudhary choudhry|"
    "shaikh sheikh|qureshi kureishi|iqbal ikbal|rahman rehman|usman osman|begum begam|zainab zaynab|said syed|"
    "tariq tarik|farooq faruk|javed jawed|siddiqui sidiki|ibrahim ebrahim|omar umar|kaur kour|singh sing|"
    "kowalski kovalsky|smith smyth|stephen steven|philip fillip|mackenzie makenzie|sousa souza|rodrigues rodriguez|"
    "michael mikael|leigh lee|wright right|knight night|schmidt shmit|geoffrey jeffrey|christopher kristofer|"
    "pearce pierce|graham graeme|xavier zavier|cohen coen|ivanov ivanoff"
)
APART = (
    "khan quinn|khan cohen|ali eli|ali ella|harker parker|smith smart|shaw saw|jones james|white wade|wilson filson|"
    "hall hill|ann ian|marlow miller|patel bhattal|singh sahni|begum khatun"
)


def stored(name: str) -> set[str]:
    return person_search_words([name, None], TODAY, [], None)


def fits(name: str, typed: str) -> bool:
    words = stored(name)
    return all(
        any(all(any(word.startswith(begun) for word in words) for begun in way) for way in term)
        for term in parse_search(typed, 2026)
    )


@pytest.mark.parametrize("name", WRITTEN)
def test_a_name_is_found_in_every_way_of_writing_it(name: str) -> None:
    for typed in (name, name.upper(), *WRITTEN[name].split("|")):
        assert fits(name, typed), typed
        assert not fits("Marchbank", typed), typed


@pytest.mark.parametrize("name", WRITTEN)
def test_the_filter_of_a_list_takes_the_same_ways_of_writing(name: str) -> None:
    shown = f"{name.upper()}, Jayden"
    for typed in (name, *WRITTEN[name].split("|")):
        for anywhere in (True, False):
            assert TextFilter(typed, anywhere=anywhere).matches(shown), typed
            assert TextFilter(f"{typed}, Jayden", anywhere=anywhere).matches(shown), typed
            assert not TextFilter(f"{typed}, Jordan", anywhere=anywhere).matches(shown), typed


def test_a_filter_takes_a_name_with_its_comma_and_what_is_no_word() -> None:
    for typed in ("Marlow, Jayden", "marlow,jayden", "jayden marlow", "MARL", "", " , ", "12/10"):
        assert TextFilter(typed).matches("MARLOW, Jayden PHX-12/10"), typed
    assert not TextFilter("arlow").matches("MARLOW, Jayden")
    assert TextFilter("arlow", anywhere=True).matches("MARLOW, Jayden")
    assert not TextFilter("wjay", anywhere=True).matches("MARLOW, Jayden")
    assert TextFilter("£").matches("costs £5")
    assert not TextFilter("£").matches("costs 5")


def test_however_long_a_name_is_its_words_stay_few_and_short() -> None:
    words = stored(" ".join(["Øäöüåæşç"] * 200) + "ü" * 500)
    assert len(words) < 400
    assert max(map(len, words)) <= MAX_WORD_CHARS + len(SOUND_MARK)
    assert len(spellings("ü" * 30)) <= MAX_SPELLINGS


def test_names_that_sound_alike_have_a_sound_in_common_and_others_have_none() -> None:
    for listed, alike in ((ALIKE, True), (APART, False)):
        for pair in listed.split("|"):
            one, other = pair.split()
            assert bool(sound_keys(one) & sound_keys(other)) is alike, pair


def test_nothing_but_letters_has_a_sound() -> None:
    for word in ("", "ab", "12345", "c123", "əli", "o'b", "-" * 50):
        assert sound_keys(word) == frozenset()


def test_one_letter_left_out_added_changed_or_swapped_is_one_letter_away() -> None:
    away = one_letter_away("harker")
    assert {"harkr", "harkers", "hharker", "harkar", "hraker", "arker"} <= away
    assert away.isdisjoint({"harker", "hrkr", "harkerss", "rahker"})
    for word in ("abc", "c1234", "x" * 21):  # too short to tell, a reference, no name
        assert near_words(((word,),)) == frozenset(), word


def explained(typed: str, *own: str, alias: str | None = None) -> Match | None:
    return Explainer(parse_search(typed, 2026)).explain(own, alias, {"pmarlow", "iom1"})


def test_the_reason_is_that_of_the_name_that_fits_best() -> None:
    assert explained("harker", "Harker", "Callum") == EXACT_MATCH
    assert explained("hark", "Harker", "Callum", alias="Hark") == EXACT_MATCH
    assert explained("jay", "Marlow", "Callum", alias="Bill; Jay") == Match(Likeness.ALIAS, "alias: Jay")
    assert explained("harkr", "Harker", "Callum") == Match(Likeness.LETTER, "one letter different")
    assert explained("akhtar", "Akhter", "Sam", alias="Akhtar") == Match(Likeness.ALIAS, "alias: Akhtar")
    assert explained("mohamad", "Muhammed", "Ali") == Match(Likeness.SOUND, "sounds like mohamad")
    assert explained("muller", "Mueller", "Jo") == Match(Likeness.SPELLING, "another spelling")
    assert explained("jaydn harkr", "Harker", "Jayden") == Match(
        Likeness.LETTER, "one letter different from jaydn, one letter different from harkr"
    )
    assert explained("jayy", "Marlow", "Sam", alias="Jay") == Match(Likeness.LETTER, "alias: Jay, one letter different")


def test_what_is_a_reference_or_a_date_is_exact_and_what_fits_by_chance_is_nothing() -> None:
    assert explained("iom1 harker", "Harker", "Callum") == EXACT_MATCH
    assert explained("28/10/2008", "Harker", "Callum") == EXACT_MATCH
    assert explained("pmarlow", "Harker", "Callum") == EXACT_MATCH
    assert explained("pmarlov", "Harker", "Callum") is None
