"""What users read is said in the words of the field: the words that practitioners do not use are gone everywhere."""

import re
from typing import NamedTuple

import pytest

from ioms_desktop.domain.printing.summary import CaseSummary
from reports.reading import text_of
from reports.sample import CALLUM_FULL, JAYDEN_FULL
from user_texts import strings_of, user_texts


class Replaced(NamedTuple):
    """A word that users do not read any more, what they read instead, and where it has another sense."""

    ours: str
    theirs: str
    other_senses: dict[str, str]
    """What may be said all the same, as a pattern over the text around it, with the reason."""


REPLACED = {
    "trigger": Replaced(
        r"\btrigger(s|ed)?\b",
        "alert, for decision",
        {
            r"audit's own triggers|triggers that hash": "those of the database, in a document for administrators",
            r"triggers to_decide": "names of fields, kept in one string",
        },
    ),
    "L0 to L11": Replaced(r"\bL\d{1,2}[bcdeW]?\b", "the name of the step", {}),
    "worker": Replaced(
        r"\bworkers?\b",
        "OM, navigator, PP",
        {
            r"(support|drug|[Ss]ocial|justice) worker": "a profession",
            r"contact_type outcome minutes worker": "names of fields, kept in one string",
        },
    ),
    "hold": Replaced(
        r"\bhold\b(?! (the|records|every|it|yours|nothing|more)\b)",
        "no further action (rationale)",
        {
            r"[Ll]egal hold": "a retention result, in the field's own words",
            r"lifts the hold": "as above",
            r"should hold yours|to hold records|still\s+hold": "to contain",
            r"people hold|hold up|they hold": "to have in hand; to delay",
        },
    ),
    "change support": Replaced(r"\bchange (of )?support\b|\bsupport changed\b", "review the offer", {}),
    "told the person": Replaced(
        r"\btold (the|to the) (person|participant)\b|\bperson was told\b|\bwhat was told\b", "message given", {}
    ),
    "broken glass": Replaced(
        r"\bglass\b",
        "restricted record access",
        {
            r"smashed windows; glass on": "glass",
        },
    ),
    "struck out": Replaced(r"\bstruck[ -]out\b|\bstrike[ -]out\b|\bstrikes? .{0,20}\bout\b", "entered in error", {}),
    "take away": Replaced(
        r"\b(tak(e|es|en|ing)|took) (cases|files?|records) away\b|\btaken away (by|in|from)\b", "work offline", {}
    ),
    "bring in": Replaced(
        r"\bbring(s|ing)? (a |the |an )?(file|files|cases?|it) in\b|\bbrought in\b",
        "bring back",
        {},
    ),
    "mend": Replaced(r"\bmend(s|ed|ing)?\b", "correct", {}),
    "dispose, let go": Replaced(
        r"\bdisposes?\b|\bdisposing\b|\blets?( it| them)? go\b",
        "RRD review, disposal",
        {r"lets the log go": "a server frees its space"},
    ),
    "behaviour to report": Replaced(r"\bbehaviour to report\b", "any risk or safeguarding concern", {}),
    "at liberty": Replaced(r"(?<!unlawfully )\bat liberty\b", "in the community", {}),
    "why on": Replaced(r"\bwhy on\b", "reason for selection", {}),
    "waiting for the panel": Replaced(r"\bwaiting for the panel\b", "panel pending", {}),
    "measures": Replaced(r"\bmeasures\b", "performance", {r"Lount Measures Neale": "a family name of the demo"}),
    "notice to the person": Replaced(
        r"\bnotices? to the person\b|\bnotice (served|overdue|is served)\b", "IOM letter, notification", {}
    ),
    "asks for a decision under policy": Replaced(
        r"\basks? for a decision under policy\b", "the policy version in small print", {}
    ),
}


def found(text: str, word: Replaced) -> list[str]:
    """Return where a text says a word in the sense meant, each with what is around it."""
    marked = list(re.finditer(word.ours, text, re.IGNORECASE))
    allowed = [span.span() for sense in word.other_senses for span in re.finditer(sense, text)]
    return [
        text[max(0, hit.start() - 40) : hit.end() + 40]
        for hit in marked
        if not any(first <= hit.start() and hit.end() <= last for first, last in allowed)
    ]


def test_no_text_says_it_in_our_words() -> None:
    said = [
        f"{place}: {around} (say {word.theirs})"
        for word in REPLACED.values()
        for place, text in user_texts()
        for around in found(text, word)
    ]
    assert not said, "\n".join(said)


def test_every_other_sense_is_still_said_somewhere() -> None:
    """An exception that nothing needs would hide the next mistake."""
    for word in REPLACED.values():
        for sense in word.other_senses:
            assert any(re.search(sense, text) for _, text in user_texts()), sense


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("trigger", "No trigger is open."),
        ("L0 to L11", "L4W Community Protection Warning"),
        ("worker", "Mine narrows to what names you as worker or owner."),
        ("hold", "Hold: no action, with the reason"),
        ("change support", "Change support"),
        ("told the person", "&Told the person".replace("&", "")),
        ("broken glass", "Break the glass…"),
        ("struck out", "This entry was struck out."),
        ("take away", "Take cases away…"),
        ("bring in", "Bring a file in…"),
        ("mend", "Mend it first."),
        ("dispose, let go", "Dispose of the record"),
        ("behaviour to report", "Behaviour to report?"),
        ("at liberty", "12 days at liberty without a completed contact"),
        ("why on", "Why on"),
        ("waiting for the panel", "Waiting for the panel"),
        ("measures", "Measures"),
        ("notice to the person", "The notice to the person was due on 3 Nov 2026."),
        ("asks for a decision under policy", "one such concern asks for a decision under policy 2026-04-01."),
    ],
)
def test_what_was_said_before_is_found(name: str, text: str) -> None:
    """The control: each of these was on a screen or on paper."""
    assert found(text, REPLACED[name])


@pytest.mark.parametrize("paper", [CALLUM_FULL, JAYDEN_FULL], ids=["nominal", "participant"])
def test_no_printed_page_says_it_in_our_words(paper: CaseSummary) -> None:
    """As another program reads the PDF: headings, tables, the timeline with its key, what pages say of themselves."""
    text = text_of(paper)
    said = [f"{name}: {around}" for name, word in REPLACED.items() for around in found(text, word)]
    assert not said, "\n".join(said)
    for heading in ("Alerts", "Reason for selection"):
        assert heading in text, "the control: the page was read"


def test_an_f_string_is_one_text_and_a_docstring_is_none() -> None:
    """The control of what is collected."""
    source = '"""A trigger."""\nX = f"{n} days at {where}"\n"""Says a trigger."""\ndef f():\n    """A trigger."""\n'
    assert strings_of(source) == ["{} days at {}"]


def test_the_texts_of_every_kind_of_place_are_collected() -> None:
    """The control: a collector that finds nothing would let everything pass."""
    for place, said in (
        ("src/ioms_desktop/ui/recording/decision.py", "No further action"),
        ("src/ioms_desktop/reports/case_summary/composition.py", "Reason for selection"),
        ("src/ioms_desktop/cli/commands/checkout.py", "bring offline work back"),
        ("resources/reference/case_status.toml", "Panel pending"),
        ("README.md", "Restricted record access"),
    ):
        assert any(said in each.text for each in user_texts() if each.place == place), place


def test_ampersands_of_shortcuts_hide_nothing() -> None:
    """The control: a title is collected without the mark of its shortcut, which may stand within a word."""
    assert any(text == "Message given" for _, text in user_texts())
    assert not any(text == "&Message given" for _, text in user_texts())
