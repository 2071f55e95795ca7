"""What every document of the list keeps, as PDF and as its HTML twin."""

import re
from collections.abc import Sequence
from dataclasses import replace
from html.parser import HTMLParser
from itertools import pairwise

import pytest
from tools import paper_pictures
from typing_extensions import override

from ioms_desktop.domain.letters.fields import SAMPLE_VALUES
from ioms_desktop.domain.letters.letter import Letter
from ioms_desktop.reports.document.description import (
    Block,
    BulletList,
    Contents,
    Figure,
    Heading,
    LabelledValues,
    Masthead,
    Notice,
    PaperDocument,
    Paragraph,
    Table,
    plain_text,
)
from ioms_desktop.reports.documents import DOCUMENT_KINDS, describe_document, document_html, document_pdf, see_document
from ioms_desktop.services.letters.templates import shipped_templates
from reports.document_samples import DOCUMENT_SAMPLES, HOSTILE
from reports.page_checks import faults_of
from reports.reading import pages_of

EVERY_SAMPLE = [facts for kind in DOCUMENT_KINDS for facts in DOCUMENT_SAMPLES[kind.facts]]
VOID = {"meta", "br"}


def test_every_row_that_is_written_in_by_hand_has_a_line_beneath_the_last_one_too() -> None:
    found = 0
    for facts in EVERY_SAMPLE:
        for block in describe_document(facts).blocks:
            if isinstance(block, Table) and any(column.is_written_in for column in block.columns):
                found += 1
                assert block.room, block.columns
    assert found > 3


class Twin(HTMLParser):
    """The words, tags and headings of a page; `fault` where an element does not end inside its parent."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.words: dict[str, list[str]] = {}
        self.fault = ""
        self.feed(page)
        self.close()
        if self.open:
            self.fault = f"{self.open} not ended"

    @override
    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    @override
    def handle_endtag(self, tag: str) -> None:
        if not self.open or self.open.pop() != tag:
            self.fault = self.fault or f"</{tag}> has no beginning"

    @override
    def handle_data(self, data: str) -> None:
        for tag in ("title", "style", "header", "main", "footer", "figcaption"):
            if tag in self.open:
                self.words.setdefault(tag, []).extend(data.split())


def expected_words(document: PaperDocument) -> list[str]:
    """The words of a document's blocks in order, charts by their words."""
    texts = _texts_of(document.blocks)
    for part in document.parts:
        said, frame = _texts_of(part.blocks), part.frame
        texts += [said[0], frame.warning, *said[1:], ", ".join(filter(None, (frame.copy_label, frame.print_id)))]
    return re.sub("[\x00-\x08\x0e-\x1f\x7f\ud800-\udfff]", "", " ".join(texts)).split()


def _texts_of(blocks: Sequence[Block]) -> list[str]:
    texts: list[str] = []
    for block in blocks:
        match block:
            case Masthead():
                standing = [block.standing.word, block.standing.note] if block.standing is not None else []
                texts += [block.title, *standing, block.subtitle, block.line]
            case Heading():
                texts.append(block.text)
            case Paragraph() | Notice():
                texts.append(plain_text(block.words))
            case LabelledValues():
                texts += [plain_text(words) for pair in block.pairs for words in pair]
            case Table():
                columns, rows = block.shown()
                texts += [block.caption, *(column.heading for column in columns)]
                texts += [plain_text(words) for row in rows for words in row]
            case Contents():
                columns, rows = Table(block.columns, block.rows).shown()
                texts += [column.heading for column in columns]
                texts += [plain_text(words) for row in rows for words in row]
            case BulletList():
                texts += [plain_text(words) for words in block.items]
            case Figure():
                texts.append(block.alt)
            case _:
                pass
    return texts


def test_every_kind_has_a_name_and_facts_of_its_own_and_samples() -> None:
    assert len({kind.name for kind in DOCUMENT_KINDS}) == len({kind.facts for kind in DOCUMENT_KINDS})
    assert {kind.facts for kind in DOCUMENT_KINDS} == set(DOCUMENT_SAMPLES), "give it samples"
    with pytest.raises(KeyError):
        describe_document("no facts")


def test_every_wording_of_a_letter_is_one_page_with_everybody_who_signs_it() -> None:
    who = ("Aidan Ó BRIAIN", "Declan Ó Briain, parent or carer")
    sample = DOCUMENT_SAMPLES[Letter][1]
    assert isinstance(sample, Letter)
    for template in shipped_templates():
        title, paragraphs = template.fill({each.name: SAMPLE_VALUES[each.name] for each in template.fields})
        letter = replace(
            sample,
            title=title,
            paragraphs=paragraphs,
            copy_to=who[1] if template.step else "",
            signers=who if template.signatures else (),
        )
        assert len(pages_of(document_pdf(letter))) == 1, template.name
    long = replace(sample, paragraphs=("Many words. " * 90,) * 5)
    assert len(pages_of(document_pdf(long))) > 1, "the control"


def test_every_document_has_its_picture_for_each_reader() -> None:
    pictures = {path.stem for path in paper_pictures.TARGET.glob("*.png")}
    assert {name for name, _ in paper_pictures.pictured()} <= pictures, "run python -m tools.paper_pictures, and look"


@pytest.mark.parametrize("number", range(len(EVERY_SAMPLE)))
def test_every_document_keeps_its_pages_its_bytes_and_its_words_in_the_twin(number: int) -> None:
    facts = EVERY_SAMPLE[number]
    pdf, html = document_pdf(facts), document_html(facts)
    assert faults_of(pdf) == []
    assert pdf == document_pdf(facts)
    assert html == document_html(facts)
    document, twin = describe_document(facts), Twin(html)
    assert twin.fault == ""
    assert twin.words["main"] == expected_words(document)
    assert twin.words["title"] == document.title.split()
    on_paper = "".join(pages_of(pdf)).replace(" ", "")
    words = [word for word in twin.words["main"] if word not in twin.words.get("figcaption", [])]
    assert [word for word in words if word.isascii() and word not in on_paper] == []


@pytest.mark.parametrize("number", range(len(EVERY_SAMPLE)))
def test_every_twin_is_structured_and_runs_and_fetches_nothing(number: int) -> None:
    html = document_html(EVERY_SAMPLE[number])
    twin = Twin(html)
    tags = [tag for tag, _ in twin.tags]
    assert not {"script", "img", "link", "iframe", "a", "object", "form"} & set(tags)
    assert not [
        name for _, attributes in twin.tags for name in attributes if name.startswith("on") or name in {"src", "href"}
    ]
    assert ("html", {"lang": "en-GB"}) in twin.tags
    assert all(attributes.get("scope") in {"col", "row"} for tag, attributes in twin.tags if tag == "th")
    levels = [int(tag[1]) for tag in tags if re.fullmatch("h[1-6]", tag)]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after - before <= 1 for before, after in pairwise(levels))
    sections = [attributes["aria-labelledby"] for tag, attributes in twin.tags if tag == "section"]
    assert sections == [attributes["id"] for tag, attributes in twin.tags if tag == "h2"]


def test_what_is_looked_at_is_what_leaves_and_says_the_same_as_its_page_of_text() -> None:
    for number in range(0, len(EVERY_SAMPLE), 7):
        facts = EVERY_SAMPLE[number]
        seen = see_document(facts)
        assert seen.pdf == document_pdf(facts)
        assert (seen.html, "<style" in seen.html) == (re.sub("<style>.*</style>", "", document_html(facts)), False)


def test_hostile_words_stand_in_a_twin_as_they_were_written_and_the_checks_would_tell() -> None:
    long = [html for html in map(document_html, EVERY_SAMPLE) if "alert(1)" in html]
    assert long
    for html in long:
        assert "<script" not in html
        assert "&lt;script&gt;alert(1)&lt;/script&gt;" in html
    assert Twin("<p>one<b>two</p></b>").fault
    assert Twin("<main><p>open</main>").fault
    assert ("script", {}) in Twin(HOSTILE).tags
