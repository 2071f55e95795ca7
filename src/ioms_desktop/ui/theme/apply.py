"""Apply a theme to the whole application, and follow the theme of the desktop.

``apply_theme(app, Theme.light())`` sets font, locale, palette and stylesheet.
"""

from functools import cache

from PySide6.QtCore import QLocale, Qt
from PySide6.QtGui import QFont, QFontDatabase, QGuiApplication
from PySide6.QtWidgets import QApplication, QStyleFactory

from ioms_desktop.paths import resource
from ioms_desktop.ui.theme.active import ThemePreference, theme_notifier
from ioms_desktop.ui.theme.restyle import restyling
from ioms_desktop.ui.theme.stylesheet import stylesheet
from ioms_desktop.ui.theme.tokens import Theme

FONT_FILES = ("NotoSans-Regular.ttf", "NotoSans-Bold.ttf", "NotoSans-Italic.ttf", "NotoSans-BoldItalic.ttf")
CLASSES_WITH_FONTS = (
    "QMenu", "QMenuBar", "QMenuItem", "QMessageBox", "QLabel", "QTipLabel", "QTitleBar", "QStatusBar",
    "QMdiSubWindowTitleBar", "QDockWidgetTitle", "QPushButton", "QCheckBox", "QRadioButton", "QToolButton",
    "QAbstractItemView", "QListView", "QListBox", "QHeaderView", "QComboMenuItem", "QComboLineEdit",
    "QSmallFont", "QMiniFont",
)  # fmt: skip
"""The kinds for which Qt asks the desktop."""


def apply_theme(app: QApplication, theme: Theme) -> None:
    """Set font, locale, style, palette and stylesheet of the application, and give every widget its style at once."""
    change_theme(app, theme)
    restyling().finish()


def change_theme(app: QApplication, theme: Theme) -> None:
    """Set the same, but give the widgets their style in the turns of the event loop that follow."""
    QLocale.setDefault(QLocale(QLocale.Language.English, QLocale.Country.UnitedKingdom))
    load_fonts()
    if not app.styleSheet():  # with one the style has been set, and Qt no longer says which it is
        app.setStyle(QStyleFactory.create("fusion"))
    theme_notifier().theme = theme
    app.setFont(theme.font())
    restyling().begin(app, theme.palette(), stylesheet(theme))
    set_class_fonts(app, theme.font())


def set_class_fonts(app: QApplication, font: QFont) -> None:
    """Give a font also to the kinds of widget for which the desktop names one of its own.

    Those of Windows and of some desktops for Linux outlast the font of the application.
    """
    for name in CLASSES_WITH_FONTS:
        # PySide6 takes the name as text, unlike its stub.
        if app.font(name) != font:  # type: ignore[call-overload]  # as above
            app.setFont(font, name)  # type: ignore[arg-type]  # as above


def follow_preference(app: QApplication, preference: ThemePreference) -> None:
    """Apply the preferred theme, and follow the desktop if that is the preference."""
    theme_notifier().preference = preference
    if theme_notifier().system_palette is None:
        theme_notifier().system_palette = app.palette()
        hints = app.styleHints()
        hints.colorSchemeChanged.connect(lambda _: _apply_system_theme(app))
        hints.accessibility().contrastPreferenceChanged.connect(lambda _: _apply_system_theme(app))
    change_theme(app, theme_for(app, preference))


def theme_for(app: QApplication, preference: ThemePreference) -> Theme:
    """Return the theme that a preference means under the current settings of the desktop."""
    if preference is ThemePreference.SYSTEM:
        hints = app.styleHints()
        if hints.accessibility().contrastPreference() == Qt.ContrastPreference.HighContrast:
            return Theme.high_contrast(theme_notifier().system_palette)
        dark = hints.colorScheme() == Qt.ColorScheme.Dark
        return Theme.dark() if dark else Theme.light()
    if preference is ThemePreference.HIGH_CONTRAST:
        return Theme.high_contrast()
    return Theme.dark() if preference is ThemePreference.DARK else Theme.light()


@cache
def load_fonts() -> tuple[str, ...]:
    """Load the bundled typeface into Qt once, and return its family names.

    Raises:
        FileNotFoundError: A font file is missing from the installation.
    """
    families: list[str] = []
    for name in FONT_FILES:
        path = resource("fonts", name)
        number = QFontDatabase.addApplicationFont(str(path))
        if number < 0:
            raise FileNotFoundError(path)
        families.extend(QFontDatabase.applicationFontFamilies(number))
    return tuple(families)


def _apply_system_theme(app: QApplication) -> None:
    if theme_notifier().preference is ThemePreference.SYSTEM and QGuiApplication.instance() is not None:
        change_theme(app, theme_for(app, ThemePreference.SYSTEM))
