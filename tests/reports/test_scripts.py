"""Names and texts of every script on paper."""

import io
import random
import re
import unicodedata
from collections import Counter

import pypdfium2  # type: ignore[import-untyped]  # it carries no types
import pytest
from bidi import get_display

from ioms_desktop.reports.document.description import (
    Block,
    BulletList,
    Heading,
    LabelledValues,
    Masthead,
    MastheadStanding,
    PageFrame,
    PaperDocument,
    Paragraph,
    Run,
    Table,
    TableColumn,
    TextTone,
)
from ioms_desktop.reports.layout.fonts import REPLACEMENT_CHAR, is_plain, text_width, to_printable
from ioms_desktop.reports.layout.pdf import REPLACED_CHARS_NOTE, render_pdf
from ioms_desktop.reports.layout.styles import TITLE
from ioms_desktop.reports.layout.text_lines import line_depth, wrap_words
from ioms_desktop.reports.shaping import typefaces
from ioms_desktop.reports.shaping.bidi import base_level, embedding_levels, visual_order
from ioms_desktop.reports.shaping.shaper import shape_word
from reports.hostile_strings import HOSTILE_STRINGS
from reports.names_of_the_world import MIXED, NAMES
from reports.page_checks import faults_of, outside
from reports.pdf_structure import Structure

FRAME = PageFrame(marking="MARKING", running_head="Head")
EVERY_NAME = [(script, name) for script, names in NAMES.items() for name in names]


def drawn(*blocks: Block, frame: PageFrame = FRAME) -> bytes:
    out = io.BytesIO()
    render_pdf(PaperDocument(title="T", frame=frame, blocks=(Masthead("M"), *blocks)), out)
    return out.getvalue()


def text_between(document: bytes) -> list[str]:
    """The texts between the numbered marks, as another program extracts them."""
    pdf = pypdfium2.PdfDocument(document)
    try:
        found = "\n".join(page.get_textpage().get_text_bounded() for page in pdf)
    finally:
        pdf.close()
    inside = re.sub(rf"MARKING|Page \d+ of \d+|^Head\b|{REPLACED_CHARS_NOTE}", "", found, flags=re.MULTILINE)
    return [" ".join(part.split()) for part in re.split(r"MARK \d+ OF TEXT", inside)[1:-1]]


def between_marks(texts: list[str], tone: TextTone = TextTone.PLAIN) -> list[Block]:
    blocks: list[Block] = [Paragraph("MARK 0 OF TEXT")]
    for number, text in enumerate(texts, 1):
        blocks += [Paragraph(text, tone), Paragraph(f"MARK {number} OF TEXT")]
    return blocks


def goes_left(text: str) -> bool:
    return any(unicodedata.bidirectional(character) in {"R", "AL"} for character in text)


def has_marks(text: str) -> bool:
    return any(unicodedata.category(character) == "Mn" for character in text)


@pytest.mark.parametrize("tone", [TextTone.PLAIN, TextTone.STRONG])
def test_two_hundred_names_print_and_are_read_as_they_are_written(tone: TextTone) -> None:
    names = [unicodedata.normalize("NFC", name) for _, name in EVERY_NAME]
    assert len(names) >= 200
    assert len(NAMES) >= 25
    document = drawn(*between_marks(names, tone))
    found = text_between(document)
    wrong = {name: read for name, read in zip(names, found, strict=True) if name != read}
    # Vowel signs of Hebrew and Arabic are in their places, but this reader takes them before their letter.
    assert {name: read for name, read in wrong.items() if not (goes_left(name) and has_marks(name))} == {}
    assert faults_of(document) == []
    assert REPLACED_CHARS_NOTE not in " ".join(found)


def test_no_name_has_a_box_for_a_letter_and_scripts_that_join_are_joined() -> None:
    for script, name in EVERY_NAME:
        shown = to_printable(name)
        assert REPLACEMENT_CHAR not in shown, (script, name)
        for word in shown.split():
            levels = tuple(embedding_levels(word, base_level(word)))
            runs = () if is_plain(word) else shape_word(word, levels)
            assert all(glyph.number for run in runs for glyph in run.glyphs), (script, name)
    alone, joined = (shape_word(text, (1,) * len(text))[0].glyphs for text in ("م", "مم"))
    assert alone[0].number not in {glyph.number for glyph in joined}
    (marked,) = shape_word("x̌", (0, 0), bold=True)
    assert marked.typeface.name == "NotoSans-Bold", "the one typeface that has a bold"
    (conjunct,) = shape_word("क्ष", (0, 0, 0))
    assert len(conjunct.glyphs) == 1


def test_what_goes_from_right_to_left_is_told_to_screen_readers_in_the_order_of_reading() -> None:
    texts = [unicodedata.normalize("NFC", name) for _, name in EVERY_NAME if goes_left(name)]
    texts += [text for text in MIXED if goes_left(text)]
    table = Table((TableColumn("A", 1), TableColumn("B", 1)), tuple((text, "plain") for text in texts))
    structure = Structure(drawn(Heading("H"), *(Paragraph(text) for text in texts), table, BulletList(tuple(texts))))
    said = [node.text for node in structure.nodes.values() if b"/ActualText" in node.text]
    assert len(said) == 3 * len(texts)
    for text in texts:
        told = b"/ActualText <feff" + text.encode("utf-16-be").hex().encode() + b">"
        assert sum(told in each for each in said) == 3
    assert b"/ActualText" not in b"".join(node.text for node in Structure(drawn(Paragraph("plain"))).nodes.values())


def test_no_name_at_the_head_of_a_document_reaches_into_the_line_below_it() -> None:
    deepest = {script: max(names, key=depth_of_title) for script, names in NAMES.items()}
    assert sum(depth_of_title(name) > 0 for name in deepest.values()) > 10, "the control"
    for script, name in deepest.items():
        out = io.BytesIO()
        masthead = Masthead(name, "XXXXXXXXXX" * 3, standing=MastheadStanding("Y", "", "since"))
        render_pdf(PaperDocument(title="T", frame=FRAME, blocks=(masthead,)), out)
        pdf = pypdfium2.PdfDocument(out.getvalue())
        page = pdf[0].get_textpage()
        boxes = [(page.get_text_range(at, 1), page.get_charbox(at)) for at in range(page.count_chars())]
        pdf.close()
        top = max(box[3] for letter, box in boxes if letter == "X")
        title = [box[1] for _, box in boxes if top + 3 < box[3] < MARKING_PT and box[0] < MIDDLE_PT]
        assert min(title) > top, script


MARKING_PT, MIDDLE_PT = 810, 280  # below the marking at the top, and left of the standing


def depth_of_title(name: str) -> float:
    return max(map(line_depth, wrap_words(name, 400, TITLE)), default=0.0)


def test_a_reference_longer_than_a_line_goes_on_after_a_slash_and_any_other_word_where_it_must() -> None:
    room = text_width("PHX-MARLOW/2026-10-05/NAVI", TITLE.size, bold=TITLE.bold)
    assert wrap_words("PHX-MARLOW/2026-10-05/NAVIGATOR", room, TITLE) == ["PHX-MARLOW/2026-10-05/", "NAVIGATOR"]
    lines = wrap_words("ABCDEFGHIJ" * 5, room, TITLE)
    assert "".join(map(str, lines)) == "ABCDEFGHIJ" * 5
    assert len(lines) > 1


def test_letters_stand_from_right_to_left_and_lines_of_such_a_paragraph_end_at_the_right() -> None:
    pdf = pypdfium2.PdfDocument(drawn(Paragraph("אבגד"), Paragraph("שלום רב " * 40)))
    page = pdf[0].get_textpage()
    found = page.get_text_range()
    places = [page.get_charbox(found.index(letter))[0] for letter in "אבגד"]
    assert places == sorted(places, reverse=True)
    rights = {round(page.get_rect(number)[2]) for number in range(page.count_rects())}
    pdf.close()
    assert max(rights) > 550
    assert len([right for right in rights if right > 550]) <= 3


def test_direction_is_that_of_another_program_for_any_mixture() -> None:
    picker = random.Random(5)  # noqa: S311 - test data
    letters = "abא ב גmن ل12٣.,-+%($)[]/: 6é\u0301\u05b0"
    for _ in range(3000):
        text = "".join(picker.choices(letters, k=picker.randrange(1, 20)))
        base = base_level(text)
        levels = embedding_levels(text, base)
        shown = "".join(text[place] for place in visual_order(levels))
        assert shown == get_display(text, base_dir="R" if base else "L")


def test_a_typeface_is_loaded_when_it_is_needed_and_a_part_of_it_embedded(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(name: str) -> None:
        raise LookupError(name)

    with monkeypatch.context() as without:
        without.setattr(typefaces, "load_typeface", refuse)
        plain = drawn(Paragraph("Zoë Łukasiewicz, Γεώργιος, Сергей"))
        with pytest.raises(LookupError, match="NotoSansSC"):  # the control; nobody else asks for this character
            drawn(Paragraph("龘"))
    chinese = drawn(Paragraph("王小明"))
    assert len(chinese) - len(plain) < 60_000
    assert b"/CIDFontType2" in chinese
    assert b"/CIDFontType2" not in plain
    assert chinese == drawn(Paragraph("王小明"))


def test_a_hundred_and_twenty_hostile_texts_lose_no_letter_and_stay_inside_their_frame() -> None:
    assert len(HOSTILE_STRINGS) >= 120
    document = drawn(*between_marks(list(HOSTILE_STRINGS)))
    assert outside(document) == []
    for text, read in zip(HOSTILE_STRINGS, text_between(document), strict=True):
        assert letters_of(to_printable(text)) == letters_of(read), text


def letters_of(text: str) -> Counter[str]:
    """Count the letters, numbers and signs of a text, but for those that are turned in a text from right to left."""
    whole = unicodedata.normalize("NFKC", text)
    return Counter(each for each in whole if unicodedata.category(each)[0] in "LNPS" and not unicodedata.mirrored(each))


def test_hostile_texts_stay_inside_their_frame_wherever_they_stand() -> None:
    narrow = tuple(TableColumn(f"C{number}", 1) for number in range(6))
    for start in range(0, len(HOSTILE_STRINGS), 36):  # each third one: the others are the same between words
        some = HOSTILE_STRINGS[start : start + 36 : 3]
        frame = PageFrame(marking="M", running_head=some[0], foot_lines=some[:2], warning=some[1], print_id=some[2])
        document = drawn(
            Heading(some[0]),
            LabelledValues(tuple((text[:80], text) for text in some)),
            Table(narrow, (some[:6], some[6:12])),
            BulletList(((Run("strong ", TextTone.STRONG), Run(some[3]), Run(some[4], TextTone.QUIET)),)),
            frame=frame,
        )
        assert outside(document) == [], start
