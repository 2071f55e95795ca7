"""Who was disposed of is taken out of what a user typed, and what only looks like a name of theirs is not."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from ioms_desktop.domain.drafts import Draft, KnownNames, without_people

GREEN = KnownNames.of("Green", "Will Ade", ["Mo", "Willard Brun"])
REFS = {"P-WG", "IOM-7", "UR-77/1"}
OTHERS = Draft(id="d", form="rag", request="r", saved_at=datetime(2027, 1, 5, tzinfo=UTC), case_ref="PHX-1")


def typed(text: str, **fields: str) -> Draft:
    return replace(OTHERS, fields={"note": text, **fields}, words=f"Note: {text}")


@pytest.mark.parametrize(
    "draft",
    [
        typed("As agreed", rag="GREEN", options="AMBER;GREEN"),
        typed("He will attend at the green centre. Green, will stay; will green-light. WILL is GREEN. Mo rang."),
        typed("Will Green-Smith, Ade Greene and Jo Green called about IOM-71"),
    ],
)
def test_an_entry_about_others_keeps_words_and_codes_that_are_also_names(draft: Draft) -> None:
    assert without_people(draft, REFS, GREEN) == draft


@pytest.mark.parametrize(
    "name", ["Will Ade Green", "WILL  GREEN", "Green, Will", "GREEN, Will Ade", "Mo Green", "Willard Brun"]
)
def test_an_entry_about_others_loses_the_full_name(name: str) -> None:
    without = without_people(typed(f"With {name}'s aunt (green coat)"), REFS, GREEN)
    assert without.fields["note"] == "With [removed]'s aunt (green coat)"
    assert without.words == "Note: With [removed]'s aunt (green coat)"


@pytest.mark.parametrize("named", ["IOM-7", "P-WG", "UR-77/1"])
def test_an_entry_that_names_them_loses_name_reference_and_number_and_keeps_codes(named: str) -> None:
    draft = typed(f"{named}: will green and Green came; he will see the green room", rag="GREEN", to=named, agreed="no")
    without = without_people(draft, REFS, GREEN)
    assert without.fields == {
        "note": "[removed]: [removed] and [removed] came; he will see the green room",
        "rag": "GREEN",
        "to": "",
        "agreed": "no",
    }
    assert without_people(replace(OTHERS, cases=("IOM-7",), words="Green left"), REFS, GREEN).words == "[removed] left"
