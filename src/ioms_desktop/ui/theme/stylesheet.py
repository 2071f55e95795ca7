"""The application's stylesheet, made from a theme; the property ``kind`` of a widget selects its style.

Kinds of label: ``display``, ``title``, ``quiet``, ``small``, ``problem``. Kinds of button: ``primary``, ``danger``,
``plain`` (no edge). Kinds of frame: ``card``, ``bar-notice``, ``bar-problem``, ``bar-caution``.
"""

from string import Template

from ioms_desktop.ui.theme.icons import icon_file
from ioms_desktop.ui.theme.tokens import Theme

_TEMPLATE = Template("""
QMainWindow, QDialog, QStackedWidget > QWidget[kind="page"] { background: $background; }
QToolTip { background: $surface; color: $text; border: 1px solid $field_line; padding: 4px; }

QLabel { background: transparent; color: $text; }
QLabel[kind="display"] { font-size: ${display_pt}pt; font-weight: 700; }
QLabel[kind="title"] { font-size: ${title_pt}pt; font-weight: 700; }
QLabel[kind="quiet"] { color: $quiet; }
QLabel[kind="small"] { color: $quiet; font-size: ${small_pt}pt; }
QLabel[kind="problem"] { color: $danger; }
QLabel[kind="required"] { color: $danger; font-weight: 700; }

QPushButton, QToolButton {
    background: $surface; border: 1px solid $field_line; border-radius: ${radius}px;
    padding: 3px 12px; min-height: ${inner}px;
}
QToolButton { padding: 3px 6px; }
QPushButton:hover, QToolButton:hover { background: $hover; }
QPushButton:pressed, QToolButton:pressed, QToolButton:checked { background: $accent_soft; }
QPushButton:focus, QToolButton:focus { border: ${focus}px solid $accent; padding: 2px 11px; outline: none; }
QToolButton:focus { padding: 2px 5px; }
QPushButton:disabled, QToolButton:disabled { color: $disabled; border-color: $line; background: $background; }
QPushButton[kind="primary"] { background: $accent; color: $on_accent; border-color: $accent; font-weight: 700; }
QPushButton[kind="primary"]:hover { background: $accent_hover; }
QPushButton[kind="primary"]:focus { border: ${focus}px solid $text; }
QPushButton[kind="primary"]:disabled { background: $line; color: $quiet; border-color: $line; }
QPushButton[kind="danger"] { color: $danger; border-color: $danger; }
QPushButton[kind="danger"]:hover { background: $danger_soft; }
QPushButton[kind="plain"], QToolButton[kind="plain"] { background: transparent; border-color: transparent; }
QPushButton[kind="plain"] { color: $accent; }
QPushButton[kind="plain"]:hover, QToolButton[kind="plain"]:hover { background: $hover; }
QPushButton[kind="plain"]:focus, QToolButton[kind="plain"]:focus { border: ${focus}px solid $accent; }
QToolButton#qt_menubar_ext_button {
    border: none; padding: 0; min-height: 0; qproperty-icon: url("$more"); qproperty-iconSize: 14px 14px;
}
QToolButton::menu-indicator { image: none; width: 0; }
QPushButton::menu-indicator { image: none; width: 0; }
QFrame[kind="rail"] { background: $surface; border: none; border-right: 1px solid $line; }
QToolButton[kind="rail"] { background: transparent; border: 1px solid transparent; color: $quiet; padding: 4px 2px; }
QToolButton[kind="rail"]:hover { background: $hover; color: $text; }
QToolButton[kind="rail"]:checked { background: $accent_soft; color: $text; font-weight: 700; }
QToolButton[kind="rail"]:focus { border: ${focus}px solid $accent; padding: 3px 1px; }
QToolButton[kind="filter"] { padding: 3px 10px; }
QToolButton[kind="filter"]:focus { padding: 2px 9px; }
QToolButton[kind="filter"][active="true"] { background: $accent_soft; border-color: $accent; color: $accent; }

QRadioButton[kind="segment"] {
    background: $surface; border: 1px solid $field_line; border-radius: ${radius}px;
    padding: 3px 12px; min-height: ${inner}px; spacing: 0;
}
QRadioButton[kind="segment"]::indicator { width: 0; height: 0; border: none; background: transparent; image: none; }
QRadioButton[kind="segment"]:hover { background: $hover; }
QRadioButton[kind="segment"]:checked {
    background: $accent_soft; border: 1px solid $accent; color: $accent; font-weight: 700;
}
QRadioButton[kind="segment"]:focus { border: ${focus}px solid $accent; padding: 2px 11px; }
QRadioButton[kind="segment"]:disabled { color: $disabled; border-color: $line; }

QLineEdit, QPlainTextEdit, QTextEdit, QComboBox, QAbstractSpinBox {
    background: $surface; border: 1px solid $field_line; border-radius: ${radius}px; padding: 3px 7px;
    selection-background-color: $accent; selection-color: $on_accent; placeholder-text-color: $quiet;
}
QLineEdit, QComboBox, QAbstractSpinBox { min-height: ${inner}px; }
QLineEdit:focus, QPlainTextEdit:focus, QTextEdit:focus, QComboBox:focus, QAbstractSpinBox:focus {
    border: ${focus}px solid $accent; padding: 2px 6px;
}
QLineEdit[wrong="true"], QPlainTextEdit[wrong="true"], QComboBox[wrong="true"], QListWidget[wrong="true"],
QRadioButton[kind="segment"][wrong="true"] { border-color: $danger; }
QLineEdit:disabled, QPlainTextEdit:disabled, QComboBox:disabled {
    color: $disabled; background: $background; border-color: $line;
}
QLineEdit:read-only { background: $background; }
QLineEdit > QToolButton { background: transparent; border: none; padding: 0; min-height: 0; }
QComboBox QLineEdit, QComboBox QLineEdit:focus { border: none; padding: 0; background: transparent; min-height: 0; }
QComboBox::drop-down { border: none; width: 26px; }
QComboBox::down-arrow { image: url("$chevron"); width: 14px; height: 14px; }
QAbstractItemView {
    background: $surface; border: 1px solid $line; outline: none;
    selection-background-color: $selected; selection-color: $selected_text;
}
QListView:focus, QTreeView:focus { border: 1px solid $accent; }
QComboBox QAbstractItemView::item { min-height: ${inner}px; padding: 2px 6px; }

QTableView, QTableView:focus { background: $surface; border: none; gridline-color: transparent; }
QHeaderView { background: $surface; border: none; }
QHeaderView::section {
    background: $surface; color: $quiet; border: none; border-bottom: 1px solid $field_line;
    padding: 0 8px; font-size: ${small_pt}pt; font-weight: 700;
}
QHeaderView::section:hover { color: $text; background: $hover; }
QHeaderView::up-arrow { image: url("$up"); width: 12px; height: 12px; }
QHeaderView::down-arrow { image: url("$down"); width: 12px; height: 12px; }
QTableCornerButton::section { background: $surface; border: none; }

QCheckBox { spacing: 8px; }
QCheckBox:focus, QRadioButton[kind="plain"]:focus { color: $accent; }
QCheckBox::indicator {
    width: 14px; height: 14px; border: 2px solid $field_line; border-radius: 4px; background: $surface;
}
QCheckBox::indicator:focus, QCheckBox::indicator:hover { border-color: $accent; }
QCheckBox::indicator:checked { border-color: $accent; background: $accent; image: url("$ticked"); }
QCheckBox::indicator:disabled { border-color: $line; }
QRadioButton[kind="plain"]::indicator {
    width: 12px; height: 12px; border: 2px solid $field_line; border-radius: 8px; background: $surface;
}
QRadioButton[kind="plain"]::indicator:checked {
    width: 6px; height: 6px; border: 5px solid $accent; border-radius: 8px; background: $on_accent;
}
QMenu { background: $surface; border: 1px solid $field_line; padding: 4px; }
QMenu::item { padding: 5px 24px 5px 10px; border-radius: ${radius}px; }
QMenu::item:selected { background: $selected; color: $selected_text; }
QMenu::item:disabled { color: $disabled; }
QMenu::separator { height: 1px; background: $line; margin: 4px 0; }
QMenuBar { background: $background; }
QMenuBar::item { background: transparent; padding: 4px 8px; }
QMenuBar::item:selected { background: $selected; color: $selected_text; }

QFrame[kind="card"] { background: $surface; border: 1px solid $line; border-radius: ${radius}px; }
QFrame[kind="rule"] { background: $line; border: none; max-height: 1px; }
QFrame[kind="bar-notice"] { background: $notice_soft; border: none; border-left: 3px solid $notice; }
QFrame[kind="bar-problem"] { background: $danger_soft; border: none; border-left: 3px solid $danger; }
QFrame[kind="bar-caution"] { background: $caution_soft; border: none; border-left: 3px solid $caution; }

QTabWidget::pane { border: none; border-top: 1px solid $line; }
QTabBar::tab {
    background: transparent; color: $quiet; padding: 6px 14px; border: none; border-bottom: 2px solid transparent;
}
QTabBar::tab:selected { color: $text; border-bottom: 2px solid $accent; font-weight: 700; }
QTabBar::tab:hover { color: $text; }
QTabBar:focus { outline: none; }
QTabBar::tab:focus { color: $accent; }

QScrollArea:focus { border: 1px solid $accent; }
QScrollArea, QScrollArea > QWidget > QWidget[kind="page"] { background: transparent; border: none; }
QScrollBar:vertical { background: transparent; width: 12px; margin: 0; }
QScrollBar:horizontal { background: transparent; height: 12px; margin: 0; }
QScrollBar::handle { background: $disabled; border-radius: 3px; margin: 3px; }
QScrollBar::handle:vertical { min-height: 28px; }
QScrollBar::handle:horizontal { min-width: 28px; }
QScrollBar::handle:hover { background: $quiet; }
QScrollBar::add-line, QScrollBar::sub-line { width: 0; height: 0; }
QAbstractScrollArea::corner { background: transparent; border: none; }
QScrollBar::add-page, QScrollBar::sub-page { background: transparent; }
QSplitter::handle { background: $line; }
QProgressBar {
    background: $line; border: none; border-radius: 3px; max-height: 6px; min-height: 6px; text-align: center;
}
QProgressBar::chunk { background: $accent; border-radius: 3px; }
QStatusBar { background: $background; color: $quiet; }
""")


def stylesheet(theme: Theme) -> str:
    """Return the stylesheet of a theme."""
    sizes = theme.sizes
    return _TEMPLATE.substitute(
        {name: getattr(theme, name) for name in Theme.__slots__ if isinstance(getattr(theme, name), str)},
        small_pt=sizes.small * 0.75,
        title_pt=sizes.title * 0.75,
        display_pt=sizes.display * 0.75,
        radius=sizes.radius,
        focus=sizes.focus,
        inner=sizes.control - 8,
        up=icon_file("arrow-up", theme.quiet),
        down=icon_file("arrow-down", theme.quiet),
        chevron=icon_file("chevron-down", theme.quiet),
        more=icon_file("ellipsis", theme.text),
        ticked=icon_file("check", theme.on_accent),
    )
