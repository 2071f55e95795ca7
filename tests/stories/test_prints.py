"""What each reader receives on paper of both stories, as of their last days."""

import pytest

from ioms_desktop.domain.printing.audiences import Audience
from ioms_desktop.storage.store import Store
from paper_prints import printed_pdf
from reports.reading import pages_of
from services.exchange_session import session_at
from stories.asked import AFTERWARDS, day

LAST_DAYS = {"IOM-PYKE": day("4 Sep"), "PHX-BECKLES": day("6 Nov")}
INTELLIGENCE = {"IOM-PYKE": "Selling tools", "PHX-BECKLES": "Talk of retaliation"}
OTHERS = [audience for audience in Audience if audience.is_available and not audience.shows_intelligence]
READERS = [
    (ref, audience)
    for ref in LAST_DAYS
    for audience in (Audience.FULL, *OTHERS)
    if audience is not Audience.PARENT or ref == "PHX-BECKLES"  # the other is an adult
]


def paper(told: Store, ref: str, audience: Audience) -> str:
    session = session_at(told, at=AFTERWARDS)
    pdf = printed_pdf(
        session, ref, audience=audience, agency="HMPPS_PROBATION", reason_code="AUDIT", as_of=LAST_DAYS[ref]
    )
    return " ".join(pages_of(pdf))


@pytest.mark.parametrize("ref", LAST_DAYS)
def test_only_the_copy_of_the_office_shows_intelligence(told: Store, ref: str) -> None:
    assert INTELLIGENCE[ref] in paper(told, ref, Audience.FULL)
    others = [audience for story, audience in READERS if story == ref and audience in OTHERS]
    assert len(others) > 3
    for audience in others:
        assert INTELLIGENCE[ref] not in paper(told, ref, audience)


@pytest.mark.parametrize(("ref", "audience"), READERS)
def test_wherever_enforcement_is_printed_the_offer_remains_open(told: Store, ref: str, audience: Audience) -> None:
    assert "offer of support remains open" in paper(told, ref, audience)


@pytest.mark.parametrize(
    ("ref", "words"),
    [("IOM-PYKE", "Arrest, vehicle crime, NFA 27 Aug 2026"), ("PHX-BECKLES", "Arrest, weapons, NFA 4 Nov 2026")],
)
def test_the_arrest_stands_beside_its_end_without_further_action(told: Store, ref: str, words: str) -> None:
    assert words in paper(told, ref, Audience.FULL)


@pytest.mark.parametrize("audience", [audience for ref, audience in READERS if ref == "IOM-PYKE"])
def test_the_copy_of_the_office_alone_says_what_took_an_alert_away(told: Store, audience: Audience) -> None:
    said = paper(told, "IOM-PYKE", audience)
    assert ("no longer completes the rule" in said) is (audience is Audience.FULL)
    assert ("withdrawn" in said) is not audience.is_plain


def test_a_child_is_printed_with_his_identity_restricted(told: Store) -> None:
    assert "Identity restricted" in paper(told, "PHX-BECKLES", Audience.FULL)
    assert "Identity restricted" not in paper(told, "IOM-PYKE", Audience.FULL)
