"""Templates of letters: what one must have, what no letter says, and that every shipped one is plain."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from hashlib import sha256
from pathlib import Path

import pytest

from ioms_desktop.domain.errors import InvalidReferenceData, MalformedValue, MissingValue
from ioms_desktop.domain.letters.fields import LETTER_FIELDS, SAMPLE_NAMES, SAMPLE_VALUES
from ioms_desktop.domain.letters.kinds import LetterKind
from ioms_desktop.domain.letters.office_wording import measure
from ioms_desktop.domain.letters.parents import parents_to_propose
from ioms_desktop.domain.letters.reading_age import MAX_READING_AGE, reading_age
from ioms_desktop.domain.letters.template import LetterTemplate, comes_into_force, in_force, read_template
from ioms_desktop.domain.letters.wording import FORBIDDEN, forbidden_in, mentions_enforcement
from ioms_desktop.domain.policy.decisions import OFFER_STAYS_OPEN_NOTICE
from ioms_desktop.domain.records.person_sets.care import Carer
from ioms_desktop.services.letters.templates import load_templates, shipped_templates, templates_on

GOOD = {
    "kind": "offer",
    "valid_from": date(2026, 4, 1),
    "title": "Help",
    "enforcement": False,
    "paragraphs": ["We offer you {offer}.", "Call {om} on {phone}."],
}
THREATS = (
    "If this goes on you will be arrested",
    "You will then go to prison",
    "You could lose your home",
    "You may be excluded from school",
    "We will tell your employer",
    "You can be stopped and searched as you are on this list",
    "If you don't take part, we look at it again",
    "You must sign this",
    "Breaking this agreement is a crime",
    "This is your last chance",
    "The offer will be withdrawn",
    "We know where you live",
)
"""One of each; and other ways to say them, which the issue does not name."""
MORE_THREATS = (
    "You\N{RIGHT SINGLE QUOTATION MARK}ll be  CHARGED",
    "your brother is going to be locked up",
    "you will end up in court",
    "they take away your children",
    "If you refuse to sign it",
    "our help ends if you miss one",
    "zero tolerance",
)
SHIPPED_WORDINGS = {date(2026, 4, 1): "99bdf02a0fc00984", date(2026, 12, 1): "53a513ef347b5df4"}
"""A digest of what was shipped to be used from each day on; letters were written from it."""
HARMLESS = (
    "No one can be punished just for saying no.",
    "If there is more of it, the police may act within the law.",
    "It is no crime to break it.",
    "You can say no to it, or change your mind.",
)


def test_every_forbidden_phrase_is_found_in_whatever_dress_and_nothing_harmless_is() -> None:
    for phrase, threat in zip(FORBIDDEN, THREATS, strict=True):
        assert forbidden_in(threat) is not None, threat
        assert phrase.pattern.search(threat.casefold()), threat
    assert [said for said in MORE_THREATS if forbidden_in(said) is None] == []
    assert [said for said in HARMLESS if forbidden_in(said) is not None] == []


def test_a_template_that_is_not_plain_and_whole_is_refused(subtests: pytest.Subtests) -> None:
    assert read_template(GOOD).kind is LetterKind.OFFER
    wrong: list[tuple[str, dict[str, object], str]] = [
        ("an unknown field", {"paragraphs": ["Dear {nickname}."]}, "nickname"),
        ("a field of a field", {"paragraphs": ["{om.name} and {name!r} and {day:%d}"]}, "not a field"),
        ("an open brace", {"paragraphs": ["Call {om."]}, "brace"),
        ("a brace for itself", {"paragraphs": ["Call {{om}}."]}, "brace"),
        ("HTML", {"paragraphs": ["Call <b>us</b>."]}, "has formatting"),
        ("an entity", {"paragraphs": ["Call us&nbsp;now."]}, "has formatting"),
        ("markdown", {"paragraphs": ["Call *us*."]}, "has formatting"),
        ("a line end", {"paragraphs": ["Call\nus."]}, "has formatting"),
        ("hidden letters", {"title": "Help\u202e"}, "has formatting"),
        ("no paragraph", {"paragraphs": []}, "no paragraph"),
        ("an empty one", {"paragraphs": [" "]}, "empty"),
        ("enforcement unsaid", {"paragraphs": ["You were warned."]}, "speaks of enforcement"),
        ("the line by hand", {"paragraphs": [OFFER_STAYS_OPEN_NOTICE]}, "itself"),
        ("another kind", {"kind": "eviction"}, "eviction"),
        ("another key", {"html": True}, "html"),
        ("no day", {"valid_from": "soon"}, "its day"),
    ]
    wrong += [(threat, {"paragraphs": [f"{threat}."], "enforcement": True}, "no letter says") for threat in THREATS]
    for name, change, words in wrong:
        with subtests.test(name), pytest.raises(InvalidReferenceData, match=words):
            read_template({**GOOD, **change})
    for name in GOOD:
        with subtests.test(f"no {name}"), pytest.raises(InvalidReferenceData, match=f"no {name}"):
            read_template({key: value for key, value in GOOD.items() if key != name})


def test_every_shipped_letter_is_plain_and_says_once_that_the_offer_stays_where_it_speaks_of_enforcement() -> None:
    shipped = shipped_templates()
    assert {each.kind for each in shipped} == set(LetterKind)
    used = {field.name for each in shipped for field in each.fields}
    assert used == set(LETTER_FIELDS), "a field that no letter uses"
    for each in shipped:
        title, paragraphs = each.fill(SAMPLE_VALUES)
        text = " ".join((f"{title}.", *paragraphs))
        assert reading_age(text, SAMPLE_NAMES) <= MAX_READING_AGE, each.kind
        assert paragraphs.count(OFFER_STAYS_OPEN_NOTICE) == int(mentions_enforcement(text)), each.kind
        assert "{" not in text
        if each.enforcement:
            last = max(number for number, said in enumerate(paragraphs) if mentions_enforcement(said))
            assert paragraphs[last + 1] == OFFER_STAYS_OPEN_NOTICE
        assert measure(each).is_plain, each.kind
    assert reading_age("Non-engagement necessitates consideration of enforcement opportunities.") > MAX_READING_AGE


def test_a_wording_that_letters_were_written_from_stays_as_it_was_and_a_later_one_leaves_its_place(
    tmp_path: Path,
) -> None:
    shipped = shipped_templates()
    assert {each.valid_from: digest_of(shipped, each.valid_from) for each in shipped} == SHIPPED_WORDINGS, (
        "a wording is never edited: add another"
    )
    assert digest_of((replace(shipped[0], title="Other"), *shipped[1:]), shipped[0].valid_from) not in (
        SHIPPED_WORDINGS.values()
    ), "the control: another heading is seen"
    text = 'kind = "{}"\nvalid_from = {}\ntitle = "A"\nenforcement = false\nparagraphs = ["B"]\n'
    (tmp_path / "offer.toml").write_text(text.format("offer", "2026-04-01"))
    (tmp_path / "a-later-one.toml").write_text(text.format("offer", "2026-12-01"))
    (tmp_path / "parent.toml").write_text(text.format("parent", "2026-04-01"))
    assert [(each.kind, each.valid_from.month) for each in load_templates(tmp_path)] == [
        (LetterKind.OFFER, 4),
        (LetterKind.PARENT, 4),
        (LetterKind.OFFER, 12),
    ]


def digest_of(templates: Sequence[LetterTemplate], day: date) -> str:
    said = [f"{each.kind}: {each.title}\n" + "\n".join(each.paragraphs) for each in templates if each.valid_from == day]
    return sha256("\n\n".join(sorted(said)).encode()).hexdigest()[:16]


def test_a_letter_is_filled_from_its_fields_alone_and_a_missing_or_wrong_one_is_named() -> None:
    meet = in_force(shipped_templates(), LetterKind.APPOINTMENT, date.max)
    assert meet is not None
    title, paragraphs = meet.fill({**SAMPLE_VALUES, "place": "{om} & <b>Sons</b>"})
    assert title == "When we meet"
    assert paragraphs[0] == "We would like to meet you on 29 November 2026 at 14:30. This is where: {om} & <b>Sons</b>."
    for name, value, error in (
        ("place", "", MissingValue),
        ("phone", "  ", MissingValue),
        ("day", "tomorrow", MalformedValue),
        ("time", "half past", MalformedValue),
        ("place", "x" * 601, MalformedValue),
        ("place", "the station, or you will be arrested", MalformedValue),
    ):
        with pytest.raises(error) as refused:
            meet.fill({**SAMPLE_VALUES, name: value})
        assert refused.value.field == name


def test_the_wording_in_force_is_that_of_the_day_and_parents_are_written_to_about_children_alone(
    tmp_path: Path,
) -> None:
    early = LetterTemplate(
        kind=LetterKind.OFFER, valid_from=date(2026, 4, 1), title="A", paragraphs=("B",), enforcement=False
    )
    late = replace(early, valid_from=date(2026, 12, 1), title="C")
    for order in ((early, late), (late, early)):
        found = [in_force(order, LetterKind.OFFER, date(2026, month, 1)) for month in (3, 4, 11, 12)]
        assert found == [None, early, early, late]
    kinds = {
        (p, child): {t.kind for t in templates_on(shipped_templates(), date(2026, 11, 29), p, child=child)}
        for p in ("IOM", "PHOENIX")
        for child in (True, False)
    }
    assert LetterKind.PARENT in kinds["PHOENIX", True] & kinds["IOM", True]
    assert LetterKind.PARENT not in kinds["PHOENIX", False] | kinds["IOM", False]
    assert LetterKind.IOM_NOTICE not in kinds["PHOENIX", True]
    assert LetterKind.PHOENIX_NOTIFICATION not in kinds["IOM", True]
    text = 'kind = "offer"\nvalid_from = 2026-04-01\ntitle = "A"\nenforcement = false\nparagraphs = ["B"]\n'
    for name in ("one.toml", "two.toml"):
        (tmp_path / name).write_text(text)
    with pytest.raises(InvalidReferenceData, match=r"two\.toml: there is another"):
        load_templates(tmp_path)
    (tmp_path / "two.toml").write_text("kind = ")
    with pytest.raises(InvalidReferenceData, match=r"two\.toml cannot be read"):
        load_templates(tmp_path)


def test_a_template_that_does_not_count_on_its_first_day_never_does() -> None:
    offer = in_force(shipped_templates(), LetterKind.OFFER, date(2026, 4, 1))
    assert offer is not None
    ours = replace(offer, version=1, valid_from=date(2026, 12, 1))
    anew = replace(ours, version=2)
    shipped_later = replace(offer, valid_from=date(2027, 1, 1))
    every = (offer, ours, anew, shipped_later)
    assert [comes_into_force(every, each) for each in every] == [True, False, True, False]
    assert comes_into_force((offer, shipped_later), shipped_later), "the control: no wording of the office is before it"


def test_nobody_who_may_not_be_told_is_proposed_however_they_are_written(subtests: pytest.Subtests) -> None:
    father = Carer(carer_ref="CR1", person_ref="P1", name="Joe Marlow", relation="father", may_be_told=False)
    mother = replace(father, carer_ref="CR2", name="Kim Marlow", relation="mother", may_be_told=True)
    both = "Kim Marlow (mother); Joe Marlow (father)"
    cases: list[tuple[str, str, Carer, list[str]]] = [
        ("written alike", both, father, ["Kim Marlow"]),
        ("in capitals", both, replace(father, name="Joe  MARLOW"), ["Kim Marlow"]),
        ("in capitals in the column", "Kim Marlow (mother); Joe MARLOW", father, ["Kim Marlow"]),
        ("relation in the name", both, replace(father, name="Joe Marlow (at work)", relation=None), ["Kim Marlow"]),
        ("the other way round", both, replace(father, name="MARLOW, Joe"), ["Kim Marlow"]),
        ("beside one that names both", f"{both}; Kim and Joe Marlow; Joe", father, ["Kim Marlow"]),
        ("in one that names both", "Kim and Joe Marlow", father, []),
        ("by another name", both, replace(father, name="Joseph Marlow"), []),
        ("twice, once by an initial", f"{both}; J. Marlow; MARLOW, Joseph", father, ["Kim Marlow"]),
        ("twice, once misspelt", f"{both}; Joe Marlowe", father, ["Kim Marlow"]),
        ("twice, once as who he is to the child", f"{both}; Dad", father, []),
        ("as who he is to the child alone", "Kim Marlow; his step-dad", replace(father, name="His step-dad"), []),
        ("the control: a relation, and all may be told", "Kim; Dad", replace(father, may_be_told=True), ["Kim", "Dad"]),
        ("the control: may be told", both, replace(father, may_be_told=True), ["Kim Marlow", "Joe Marlow"]),
        ("the control: cares no more", both, replace(father, to_on=date(2026, 1, 1)), ["Kim Marlow", "Joe Marlow"]),
    ]
    for what, column, of_father, proposed in cases:
        with subtests.test(what):
            assert parents_to_propose(column, [of_father, mother]) == proposed
