import pytest
from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QAccessible
from PySide6.QtWidgets import QAbstractSlider, QApplication, QLabel, QLineEdit, QPushButton, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from ioms_desktop.paths import resource
from ioms_desktop.ui.theme.apply import apply_theme
from ioms_desktop.ui.theme.icons import icon, pixmap, set_icon
from ioms_desktop.ui.theme.tokens import Theme, Tone
from ioms_desktop.ui.widgets.chips import Chip, ChipLabel, Shape, deadline_chip, rag_chip
from ioms_desktop.ui.widgets.layouts import FocusScrollArea
from ioms_desktop.ui.widgets.widgets import (
    BusyIndicator,
    CardStrip,
    ElidedLabel,
    EmptyState,
    MessageBar,
    MessageKind,
    SectionHeading,
    button,
    icon_button,
)
from ui.every_dialog import in_sight
from ui.hands import click, show
from ui.kit_checks import focusable, nameless


def name(widget: QWidget) -> str:
    return QAccessible.queryAccessibleInterface(widget).text(QAccessible.Text.Name)


def test_every_bundled_icon_can_be_drawn(theme: Theme) -> None:
    assert theme.name == "light"
    names = [path.stem for path in resource("icons").glob("*.svg")]
    assert len(names) >= 40
    for each in names:
        image = pixmap(each, "text", 18, 1.0).toImage()
        shades = {image.pixelColor(x, y).alpha() for x in range(18) for y in range(18)}
        assert max(shades) > 128, each


def test_an_icon_is_drawn_in_full_at_one_and_a_half(theme: Theme) -> None:
    picture = pixmap("search", "accent", 18, 1.5)
    assert picture.size() == QSize(27, 27)
    assert picture.devicePixelRatio() == 1.5
    image = picture.toImage()
    strongest = max((image.pixelColor(x, y) for x in range(27) for y in range(27)), key=lambda colour: colour.alpha())
    assert strongest.name().upper() == theme.accent


def test_an_unknown_icon_is_named() -> None:
    with pytest.raises(KeyError, match="unicorn"):
        icon("unicorn")


def test_icons_follow_the_theme(qtbot: QtBot, qapp: QApplication, theme: Theme) -> None:
    assert theme.name == "light"
    press = QPushButton()
    qtbot.addWidget(press)
    set_icon(press, "search")
    before = press.icon().cacheKey()
    apply_theme(qapp, Theme.dark())
    assert press.icon().cacheKey() != before
    apply_theme(qapp, Theme.light())


@pytest.mark.parametrize(
    ("rag", "tone", "shape"),
    [
        ("RED", Tone.RED, Shape.OCTAGON),
        ("AMBER", Tone.AMBER, Shape.TRIANGLE),
        ("GREEN", Tone.GREEN, Shape.CIRCLE),
        ("BLUE", Tone.BLUE, Shape.LOCK),
    ],
)
def test_a_rag_is_word_shape_and_colour_together(rag: str, tone: Tone, shape: Shape) -> None:
    assert rag_chip(rag) == Chip(rag, tone, shape)


def test_no_rag_is_no_chip() -> None:
    assert rag_chip(None) is None
    assert rag_chip("") is None


@pytest.mark.parametrize(
    ("days", "word"),
    [(-2, "2 days late"), (-1, "1 day late"), (0, "due today"), (1, "due tomorrow"), (2, "2 days left")],
)
def test_a_clock_is_said_in_words(days: int, word: str) -> None:
    assert deadline_chip(days).text == word
    assert deadline_chip(days, done=True).text == "done"


def test_chips_differ_in_shape_where_they_differ_in_colour() -> None:
    chips = [chip for chip in map(rag_chip, ("RED", "AMBER", "GREEN", "BLUE")) if chip is not None]
    assert len({chip.shape for chip in chips}) == 4


def test_a_chip_label_says_its_word(qtbot: QtBot, theme: Theme) -> None:
    assert theme.name == "light"
    chip = ChipLabel(rag_chip("RED"))
    qtbot.addWidget(chip)
    assert name(chip) == "RED"
    assert chip.sizeHint().width() > 20
    chip.show_chip(None)
    assert chip.isHidden()


def test_a_notice_offers_its_undo_once(qtbot: QtBot, theme: Theme) -> None:
    assert theme.name == "light"
    bar = MessageBar()
    qtbot.addWidget(bar)
    undone: list[str] = []
    bar.notice("Contact recorded.", "&Undo", lambda: undone.append("contact"))
    assert bar.isVisible()
    assert bar.kind is MessageKind.NOTICE
    click(bar.action_button)
    assert undone == ["contact"]
    assert not bar.isVisible()


def test_a_problem_stays_until_it_is_closed(qtbot: QtBot, theme: Theme) -> None:
    assert theme.name == "light"
    bar = MessageBar()
    qtbot.addWidget(bar)
    bar.notice("Contact recorded.")
    bar.problem("Another computer is saving. Your entry is still here; try again in a moment.")
    assert not bar.is_transient
    click(bar.close_button)
    assert not bar.isVisible()


def test_nothing_turns_when_the_desktop_asks_for_no_motion(
    qtbot: QtBot, theme: Theme, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert theme.name == "light"
    sign = BusyIndicator()
    qtbot.addWidget(sign)
    monkeypatch.setattr("ioms_desktop.ui.widgets.widgets.animation_ms", lambda: 0)
    sign.start("Saving…")
    assert (sign.isVisible(), sign.is_animating, name(sign)) == (True, False, "Saving…")
    sign.stop()
    monkeypatch.setattr("ioms_desktop.ui.widgets.widgets.animation_ms", lambda: 120)
    sign.start()
    assert (sign.isVisible(), sign.is_animating) == (True, True)
    sign.stop()
    assert (sign.isVisible(), sign.is_animating) == (False, False)


def test_a_shortened_label_says_all_of_it(qtbot: QtBot, theme: Theme) -> None:
    assert theme.name == "light"
    whole = "Community Protection Notice, served at home, with the youth justice service present"
    short = ElidedLabel(whole)
    qtbot.addWidget(short)
    short.setFixedWidth(120)
    short.show()
    assert short.text().endswith("…")
    assert short.toolTip() == whole
    assert name(short) == whole


def test_everything_the_keyboard_comes_to_has_a_name(qtbot: QtBot, theme: Theme) -> None:
    assert theme.name == "light"
    page = QWidget()
    qtbot.addWidget(page)
    column = QVBoxLayout(page)
    bar = MessageBar()
    bar.caution("Two people may be one.", "&Compare")
    strip = CardStrip([("RAG", ChipLabel(rag_chip("AMBER"))), ("Worker", "Mia Bello")])
    heading = SectionHeading("Offers", "2 open", button("&Offer support", kind="primary", icon="hand-heart"))
    for part in (bar, strip, heading, icon_button("printer", "Print"), EmptyState("None.", "&Record one", "plus")):
        column.addWidget(part)
    show(qtbot, page)
    assert len(focusable(page)) >= 5
    assert nameless(page) == []
    assert strip.accessibleName() == "Worker: Mia Bello"
    strip.show_facts([("Step", "L2")])
    assert strip.accessibleName() == "Step: L2"


def test_what_was_brought_into_sight_stays_there_while_a_form_grows(qtbot: QtBot) -> None:
    area, inside, above, field = FocusScrollArea(), QWidget(), QLabel("Above"), QLineEdit()
    qtbot.addWidget(area)
    column = QVBoxLayout(inside)
    for part in (above, field):
        column.addWidget(part)
    area.setWidget(inside)
    area.resize(300, 200)
    show(qtbot, area)
    field.setFocus(Qt.FocusReason.OtherFocusReason)
    above.setFixedHeight(600)
    qtbot.waitUntil(lambda: inside.height() > above.height() and in_sight(field))
    area.verticalScrollBar().triggerAction(QAbstractSlider.SliderAction.SliderToMinimum)
    above.setFixedHeight(700)
    qtbot.waitUntil(lambda: inside.height() > above.height())
    assert not in_sight(field), "the control: who scrolls away is left there"
