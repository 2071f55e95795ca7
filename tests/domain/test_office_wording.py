"""How an office words a letter: what it may not say, how hard it may be to read, and which wording counts."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from ioms_desktop.domain.errors import InvalidEntry, MissingValue
from ioms_desktop.domain.letters.comparison import compare_texts
from ioms_desktop.domain.letters.fields import SAMPLE_VALUES
from ioms_desktop.domain.letters.kinds import LetterKind
from ioms_desktop.domain.letters.office_wording import (
    OfficeWording,
    measure,
    paragraphs_of,
    refuse_hard_words,
    with_office_wordings,
    word_template,
)
from ioms_desktop.domain.letters.reading_age import MAX_READING_AGE
from ioms_desktop.domain.letters.template import in_force
from ioms_desktop.domain.policy.decisions import OFFER_STAYS_OPEN_NOTICE
from ioms_desktop.services.letters.templates import shipped_templates

HARD = "Non-engagement necessitates consideration of proportionate escalation opportunities."
OFFER, WARNING = (
    next(each for each in shipped_templates() if each.kind is kind)
    for kind in (LetterKind.OFFER, LetterKind.WRITTEN_WARNING)
)
PLAIN = ("We can help you with {offer}.", "Call {om} on {phone}.")


def decided(number: int, on: date, title: str = "Help for you", kind: str = "offer") -> OfficeWording:
    at = datetime(2026, 11, 29, tzinfo=UTC)
    return OfficeWording(
        number=number,
        kind=kind,
        valid_from=on,
        title=title,
        paragraphs=PLAIN,
        reason="x",
        decided_by="y",
        decided_at=at,
    )


def test_a_wording_is_refused_beside_the_field_that_is_wrong(subtests: pytest.Subtests) -> None:
    for name, title, paragraphs, error, field in (
        ("no heading", " ", PLAIN, MissingValue, "title"),
        ("nothing said", "Help", (), MissingValue, "paragraphs"),
        ("an unknown field", "Help", ("Dear {nickname}.",), InvalidEntry, "paragraphs"),
        ("an unknown field above", "Help {nickname}", PLAIN, InvalidEntry, "title"),
        ("formatting", "Help", ("Call <b>us</b>.",), InvalidEntry, "paragraphs"),
        ("a threat", "Help", (*PLAIN, "If this goes on you will be arrested."), InvalidEntry, "paragraphs"),
        ("a threat in two", "Help", ("You will soon", "be arrested."), InvalidEntry, "paragraphs"),
        ("the line of the program", "Help", (*PLAIN, OFFER_STAYS_OPEN_NOTICE), InvalidEntry, "paragraphs"),
        ("too many", "Help", PLAIN * 8, InvalidEntry, "paragraphs"),
    ):
        with subtests.test(name), pytest.raises(error) as refused:
            word_template(OFFER, title, paragraphs)
        assert refused.value.field == field, name
    hard = word_template(OFFER, "Help", (*PLAIN, HARD))
    with pytest.raises(InvalidEntry, match=r"hardest sentence \d+: Non-engagement .* is 11,") as refused:
        refuse_hard_words(hard)
    assert refused.value.field == "paragraphs"
    among_easy = word_template(OFFER, "Help", (*PLAIN * 4, HARD))
    with pytest.raises(InvalidEntry, match="any one sentence 15"):
        refuse_hard_words(among_easy)
    assert measure(among_easy).age <= MAX_READING_AGE
    refuse_hard_words(word_template(OFFER, "Help", PLAIN * 4))


def test_the_programs_line_follows_whatever_speaks_of_enforcement_and_the_office_cannot_word_it_away() -> None:
    plain = word_template(OFFER, "Help", PLAIN)
    assert OFFER_STAYS_OPEN_NOTICE not in plain.fill(SAMPLE_VALUES)[1]
    spoken = word_template(OFFER, "Help", ("The police may look at it.", *PLAIN))
    assert spoken.fill(SAMPLE_VALUES)[1].index(OFFER_STAYS_OPEN_NOTICE) == 1
    assert plain.fill({**SAMPLE_VALUES, "offer": "help at the court"})[1].count(OFFER_STAYS_OPEN_NOTICE) == 1
    assert word_template(WARNING, "Stop", PLAIN).fill(SAMPLE_VALUES)[1][-1] == OFFER_STAYS_OPEN_NOTICE
    assert (spoken.step, word_template(WARNING, "Stop", PLAIN).step) == ("", "L2")


def test_the_latest_wording_of_the_office_counts_from_its_day_and_one_that_would_be_refused_never() -> None:
    first, later = decided(1, date(2026, 12, 1)), decided(2, date(2027, 1, 1), "Later")
    corrected = decided(3, date(2026, 12, 1), "Corrected")
    brought_in = replace(decided(4, date(2026, 12, 1)), paragraphs=("You will be arrested.",))
    hard, unknown = replace(brought_in, paragraphs=(HARD,)), replace(first, number=5, kind="eviction")
    newer = replace(OFFER, valid_from=date(2027, 2, 1), title="Shipped anew")
    templates = with_office_wordings(
        (*shipped_templates(), newer), (first, later, corrected, brought_in, hard, unknown)
    )
    days = (date(2026, 11, 30), date(2026, 12, 1), date(2026, 12, 31), date(2027, 1, 1), date(2027, 3, 1))
    found = [in_force(templates, LetterKind.OFFER, day) for day in days]
    assert [each.title for each in found if each] == [OFFER.title, "Corrected", "Corrected", "Later", "Later"]
    assert [each.name for each in found if each][:2] == ["2026-04-01", "2026-12-01/3"]
    for each in LetterKind:
        if each is not LetterKind.OFFER:
            assert in_force(templates, each, days[-1]) == in_force(shipped_templates(), each, days[-1])


def test_how_hard_a_letter_is_to_read_and_what_changes_is_told_by_its_paragraphs() -> None:
    assert measure(OFFER).is_plain
    found = measure(word_template(OFFER, "Help", (*PLAIN, HARD)))
    assert (found.is_plain, found.hardest) == (False, HARD)
    assert paragraphs_of("  One  line. \n\n Another.\r\n") == ("One line.", "Another.")
    changes = [f"{each.fate} {each.text}" for each in compare_texts(("A", "B", "C"), ("A", "X", "Y", "C", "D"))]
    assert changes == ["unchanged A", "removed B", "added X", "added Y", "unchanged C", "added D"]
