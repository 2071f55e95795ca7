import tempfile
from collections.abc import Iterator
from itertools import product
from pathlib import Path

import pytest
from PySide6.QtCore import QEvent, QLocale
from PySide6.QtGui import QColor, QFontDatabase, QFontInfo, QFontMetricsF, QIcon, QPalette
from PySide6.QtWidgets import (
    QApplication,
    QCheckBox,
    QComboBox,
    QDockWidget,
    QHBoxLayout,
    QLabel,
    QListWidget,
    QMainWindow,
    QMessageBox,
    QPushButton,
    QRadioButton,
    QStatusBar,
    QTableWidget,
    QToolButton,
    QWidget,
)
from pytestqt.qtbot import QtBot
from typing_extensions import override

from instances import for_each
from ioms_desktop.ui.theme.active import ThemePreference, active_theme, theme_notifier
from ioms_desktop.ui.theme.apply import (
    CLASSES_WITH_FONTS,
    apply_theme,
    change_theme,
    follow_preference,
    load_fonts,
    set_class_fonts,
    theme_for,
)
from ioms_desktop.ui.theme.icons import icon_file
from ioms_desktop.ui.theme.restyle import restyling
from ioms_desktop.ui.theme.tokens import Theme, Tone
from ui.light_theme import light_theme

THEMES = [Theme.light(), Theme.dark(), Theme.high_contrast()]
READ = 4.5
SEEN = 3.0


def ratio(front: str, back: str) -> float:
    """Return the contrast of two colours by WCAG 2.2."""

    def luminance(colour: str) -> float:
        shade = QColor(colour)
        parts = (shade.redF(), shade.greenF(), shade.blueF())
        red, green, blue = (
            part / 12.92 if part <= 0.04045 else float(((part + 0.055) / 1.055) ** 2.4) for part in parts
        )
        return 0.2126 * red + 0.7152 * green + 0.0722 * blue

    lighter, darker = sorted((luminance(front), luminance(back)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


@pytest.fixture(autouse=True)
def light_again(qapp: QApplication) -> Iterator[None]:
    yield
    theme_notifier().preference = ThemePreference.SYSTEM
    light_theme(qapp)


@for_each(
    "theme, front, back",
    product(THEMES, ("text", "quiet", "accent", "danger", "notice", "caution"), ("background", "surface")),
)
def test_words_can_be_read_on_every_ground(theme: Theme, front: str, back: str) -> None:
    assert ratio(getattr(theme, front), getattr(theme, back)) >= READ


ON_GROUNDS = (
    ("text", "hover"),
    ("quiet", "hover"),
    ("text", "accent_soft"),
    ("accent", "accent_soft"),
    ("selected_text", "selected"),
    ("on_accent", "accent"),
    ("on_accent", "accent_hover"),
    ("text", "danger_soft"),
    ("danger", "danger_soft"),
    ("text", "notice_soft"),
    ("text", "caution_soft"),
)
"""Where colour means something: what is written, and on what."""


@for_each("theme, ground", product(THEMES, ON_GROUNDS))
def test_words_can_be_read_where_colour_means_something(theme: Theme, ground: tuple[str, str]) -> None:
    front, back = ground
    assert ratio(getattr(theme, front), getattr(theme, back)) >= READ


@for_each("theme, tone", product(THEMES, Tone))
def test_a_chip_is_read_by_word_and_seen_by_shape(theme: Theme, tone: Tone) -> None:
    tinge = theme.tones[tone]
    assert ratio(tinge.text, tinge.fill) >= READ
    assert ratio(tinge.sign, tinge.fill) >= SEEN


@for_each("theme, edge", product(THEMES, ("field_line", "accent", "danger", "notice", "caution")))
def test_edges_and_focus_can_be_seen(theme: Theme, edge: str) -> None:
    assert ratio(getattr(theme, edge), theme.surface) >= SEEN
    assert ratio(getattr(theme, edge), theme.background) >= SEEN


def test_the_window_uses_the_bundled_typeface_and_uk_english(qapp: QApplication, theme: Theme) -> None:
    assert set(load_fonts()) == {"Noto Sans"}
    assert QFontInfo(qapp.font()).family() == "Noto Sans"
    assert QLocale().name() == "en_GB"
    assert active_theme() is theme
    assert qapp.palette().color(QPalette.ColorRole.Window).name().upper() == theme.background


@pytest.mark.parametrize("bold", [False, True])
def test_figures_have_one_width(theme: Theme, bold: bool) -> None:
    metrics = QFontMetricsF(theme.font(bold=bold))
    assert len({metrics.horizontalAdvance(figure) for figure in "0123456789"}) == 1


def test_a_theme_tells_whoever_keeps_something_coloured(qapp: QApplication) -> None:
    told: list[str] = []

    def tell() -> None:
        told.append(active_theme().name)

    theme_notifier().changed.connect(tell)
    apply_theme(qapp, Theme.dark())
    theme_notifier().changed.disconnect(tell)
    assert told == ["dark"]


def test_a_window_changes_colours_as_one_and_then_what_is_out_of_sight(qapp: QApplication, qtbot: QtBot) -> None:
    window, seen, hidden = QWidget(), QLabel("Seen"), QLabel("Hidden")
    qtbot.addWidget(window)
    row = QHBoxLayout(window)
    for each in (seen, hidden):
        each.setProperty("kind", "quiet")
        row.addWidget(each)
    with qtbot.waitExposed(window):
        window.show()
    hidden.hide()
    told: list[bool] = []

    def tell() -> None:
        told.append(window.updatesEnabled())

    theme_notifier().changed.connect(tell)

    def shades() -> list[str]:
        return [each.palette().color(QPalette.ColorRole.WindowText).name().upper() for each in (seen, hidden)]

    assert shades() == [Theme.light().quiet] * 2
    change_theme(qapp, Theme.dark())
    assert (window.updatesEnabled(), shades()) == (False, [Theme.light().quiet] * 2)
    qtbot.waitUntil(window.updatesEnabled)
    assert shades()[0] == Theme.dark().quiet
    change_theme(qapp, Theme.high_contrast())  # before the rest of the last change was done
    qtbot.waitUntil(lambda: shades() == [Theme.high_contrast().quiet] * 2)
    theme_notifier().changed.disconnect(tell)
    assert window.updatesEnabled()
    assert told == [False, False]  # whoever keeps something coloured makes it anew before the window is drawn


@pytest.mark.parametrize("preference", [ThemePreference.LIGHT, ThemePreference.DARK, ThemePreference.HIGH_CONTRAST])
def test_the_user_s_wish_wins_over_the_desktop(qapp: QApplication, preference: ThemePreference) -> None:
    follow_preference(qapp, preference)
    assert active_theme().name == preference.value


def test_without_a_wish_the_desktop_decides(qapp: QApplication) -> None:
    follow_preference(qapp, ThemePreference.SYSTEM)
    assert active_theme().name == theme_for(qapp, ThemePreference.SYSTEM).name


def test_high_contrast_takes_the_desktop_s_own_colours() -> None:
    desktop = QPalette(QColor("#123456"))
    desktop.setColor(QPalette.ColorRole.Window, QColor("#000080"))
    desktop.setColor(QPalette.ColorRole.Text, QColor("#ffff00"))
    own = Theme.high_contrast(desktop)
    assert (own.background, own.text, own.quiet) == ("#000080", "#ffff00", "#ffff00")


class Noting(QLabel):
    """Notes when it is told that its style is another."""

    def __init__(self, told: "list[Noting]") -> None:
        super().__init__("Hidden")
        self._told = told

    @override
    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.StyleChange:
            self._told.append(self)


def test_what_is_shown_before_its_turn_has_it_next(qapp: QApplication, theme: Theme, qtbot: QtBot) -> None:
    assert theme.name == "light"
    window, told = QWidget(), list[Noting]()
    qtbot.addWidget(window)
    row = QHBoxLayout(window)
    tabs = [Noting(told) for _ in range(20)]
    for each in tabs:
        row.addWidget(each)
    with qtbot.waitExposed(window):
        window.show()
    for each in tabs:
        each.hide()
    last: list[Noting] = []

    def show_last() -> None:
        waiting = restyling()._hidden  # noqa: SLF001 - the one whose turn comes last, which is a matter of chance
        last.append(next(each for each in waiting if each in tabs))
        last[0].show()

    theme_notifier().changed.connect(show_last)
    told.clear()
    change_theme(qapp, Theme.dark())
    qtbot.waitUntil(lambda: len(told) == len(tabs))
    theme_notifier().changed.disconnect(show_last)
    assert told[0] is last[0]


def test_the_pictures_of_a_stylesheet_are_drawn_in_their_colours_without_a_file(
    qapp: QApplication, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    drawn = {colour: QIcon(icon_file("check", colour)).pixmap(32, 32).toImage() for colour in ("#ab0012", "#12ab00")}
    for colour, image in drawn.items():
        seen = [image.pixelColor(x, y) for x in range(image.width()) for y in range(image.height())]
        assert {each.name() for each in seen if each.alpha() == 255} == {colour}
    apply_theme(qapp, Theme.high_contrast())
    assert ":/ioms-icons/check-" in qapp.styleSheet()
    assert "tmp" not in qapp.styleSheet()
    assert list(tmp_path.iterdir()) == []


def kinds_of_widget(parent: QMainWindow) -> list[QWidget]:
    """Make a widget of each kind that a desktop may give a font of its own."""
    table = QTableWidget(2, 2, parent)
    box = QMessageBox(QMessageBox.Icon.Question, "Title", "Text", QMessageBox.StandardButton.Ok, parent)
    menu = parent.menuBar().addMenu("File")
    menu.addAction("One")
    choice = QComboBox(parent)
    choice.setEditable(True)
    made = [
        table,
        table.horizontalHeader(),
        table.verticalHeader(),
        QListWidget(parent),
        choice,
        choice.view(),
        box,
        menu,
    ]
    made += [
        kind(parent) for kind in (QPushButton, QCheckBox, QRadioButton, QToolButton, QLabel, QDockWidget, QStatusBar)
    ]
    return [parent, parent.menuBar(), *made, *box.findChildren(QLabel), *box.findChildren(QPushButton)]


def test_every_kind_of_widget_is_shown_in_the_bundled_font(qapp: QApplication, qtbot: QtBot) -> None:
    apply_theme(qapp, Theme.light())
    window = QMainWindow()
    qtbot.addWidget(window)
    made = kinds_of_widget(window)
    window.show()
    qapp.processEvents()
    assert {type(each).__name__: each.fontInfo().family() for each in made} == {
        type(each).__name__: active_theme().family for each in made
    }


def test_a_font_that_the_desktop_gives_a_kind_of_widget_gives_way(qapp: QApplication, qtbot: QtBot) -> None:
    fixed = QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont)
    fixed.setPointSizeF(6)
    for name in CLASSES_WITH_FONTS:
        qapp.setFont(fixed, name)  # type: ignore[arg-type]  # PySide6 takes text here, unlike its stub
    window = QMainWindow()
    qtbot.addWidget(window)
    theirs = [each.font().pointSizeF() for each in kinds_of_widget(window)]
    assert 6 in theirs
    set_class_fonts(qapp, active_theme().font())
    ours = QMainWindow()
    qtbot.addWidget(ours)
    assert {each.font().pointSizeF() for each in kinds_of_widget(ours)} == {active_theme().font().pointSizeF()}
