"""The text of papers beside their pages: gone through, searched and made larger by keys, and not copied."""

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from pytestqt.qtbot import QtBot

from ioms_desktop.domain.printing.seen_paper import SeenPaper
from ioms_desktop.reports.documents import see_document
from ioms_desktop.ui.printing.paper_preview import READ_KEY, PaperPreview
from ioms_desktop.ui.printing.paper_text import NO_COPY
from ioms_desktop.ui.printing.pdf_preview import PdfPreview
from ioms_desktop.ui.tasks import Tasks
from ioms_desktop.ui.theme.tokens import Theme
from reports.sample import CALLUM_FULL
from ui.hands import press, show, write
from ui.kit_checks import nameless

CTRL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier


def test_a_page_is_seen_whole_where_there_is_room_for_one_that_can_be_read(qtbot: QtBot, tasks: Tasks) -> None:
    whole = {}
    for height, least in ((640, 400), (640, None), (400, 400)):
        sheets = PdfPreview(tasks, 600, least_whole=least)
        qtbot.addWidget(sheets)
        sheets.resize(620, height)
        show(qtbot, sheets)
        sheets.show_documents([see_document(CALLUM_FULL).pdf])
        qtbot.waitUntil(lambda: not tasks.is_busy)
        whole[height, least] = sheets.pages[0].height() < sheets.viewport().height()
    assert whole == {(640, 400): True, (640, None): False, (400, 400): False}


def test_the_text_is_read_by_keys_alone_and_nothing_of_it_is_copied(qtbot: QtBot, tasks: Tasks, theme: Theme) -> None:
    preview = PaperPreview(tasks, 600)
    qtbot.addWidget(preview)
    show(qtbot, preview)
    preview.sheets.setFocus()
    hostile = SeenPaper(see_document(CALLUM_FULL).pdf, "<p>end</p><img src='file:///etc/hostname'><script>x</script>")
    preview.show_papers([see_document(CALLUM_FULL), hostile])
    qtbot.waitUntil(lambda: not tasks.is_busy)
    text = preview.text
    assert (READ_KEY, preview.is_text, preview.search.isVisible()) == ("F7", False, False)
    press(preview.sheets, Qt.Key.Key_F7)
    assert (preview.is_text, text.hasFocus(), nameless(preview)) == (True, True, [])
    assert text.toPlainText().startswith("OFFICIAL-SENSITIVE")
    assert "Timeline, " in text.toPlainText(), "a chart in words"
    assert "x" not in text.toPlainText().split(), "the control: it is markup, and is neither run nor shown"
    headings = []
    for _ in range(3):
        press(text, Qt.Key.Key_PageDown, CTRL)
        headings.append(text.textCursor().block().text())
    press(text, Qt.Key.Key_PageUp, CTRL)
    assert (headings[0], text.textCursor().block().text()) == ("Callum HARKER", headings[1])
    press(text, Qt.Key.Key_F, CTRL)
    assert preview.search.hasFocus()
    write(preview.search, "burglary")
    places = set()
    for _ in range(3):
        press(preview.search, Qt.Key.Key_Return)
        places.add(text.textCursor().position())
    press(preview.search, Qt.Key.Key_F3, SHIFT)
    assert (len(places) > 1, text.textCursor().position() in places) == (True, True)
    assert text.textCursor().selectedText().lower() == "burglary"
    write(preview.search, "x")
    press(preview.search, Qt.Key.Key_Return)
    assert (
        preview.told.text()
        == "\N{LEFT DOUBLE QUOTATION MARK}burglaryx\N{RIGHT DOUBLE QUOTATION MARK} is not in the text."
    )
    before = text.font().pointSizeF()
    press(text, Qt.Key.Key_Plus, CTRL)
    assert text.font().pointSizeF() > before
    press(text, Qt.Key.Key_0, CTRL)
    assert text.font().pointSizeF() == before
    QGuiApplication.clipboard().setText("mine")
    press(text, Qt.Key.Key_A, CTRL)
    press(text, Qt.Key.Key_C, CTRL)
    press(text, Qt.Key.Key_Insert, CTRL)
    assert (QGuiApplication.clipboard().text(), preview.told.text()) == ("mine", NO_COPY)
    assert text.textCursor().hasSelection(), "the control: there was something to copy"
    preview.show_message("Choose a case.")
    assert text.toPlainText() == "Choose a case."
    press(text, Qt.Key.Key_F7)
    assert (preview.is_text, preview.search.isVisible(), theme.name) == (False, False, "light")
