"""The application's look made of the theme's tokens: style sheet, palette and face."""

from __future__ import annotations

from dataclasses import fields
from string import Template

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QFont, QPalette
from PySide6.QtWidgets import QApplication

from vosapp.ui.theme import TOKENS, Tokens

# The first family that is installed wins; each is the plain text face of its system.
FONT_FAMILIES = ("Inter", "SF Pro Text", "Segoe UI", "Noto Sans", "Ubuntu", "Cantarell", "DejaVu Sans")
FONT_POINT_SIZE = 10.0

_SHEET = Template("""
* { outline: none; }
QWidget { color: $text; }
QMainWindow, QDialog, #Root { background: $window; }
QToolTip { background: $tooltip; color: $text; border: 1px solid $strong_line; padding: 5px 7px; }

QMenuBar { background: $window; padding: 2px 6px; border-bottom: 1px solid $line; }
QMenuBar::item { padding: 5px 9px; border-radius: 4px; color: $dim; }
QMenuBar::item:selected, QMenuBar::item:pressed { background: $raised; color: $text; }
QMenu { background: $popup; border: 1px solid $strong_line; padding: 5px; }
QMenu::item { padding: 6px 28px 6px 12px; border-radius: 4px; }
QMenu::icon { padding-left: 8px; }
QMenu::icon:checked { background: $accent_soft; border: 1px solid $accent; border-radius: 4px; }
QMenu::item:selected { background: $accent; color: $accent_text; }
QMenu::item:disabled { color: $faint; background: transparent; }
QMenu::separator { height: 1px; background: $line; margin: 5px 6px; }

QToolButton { background: transparent; border: 1px solid transparent; border-radius: ${radius_px}px; padding: 5px; }
QToolButton:hover { background: $hover; }
QToolButton:pressed { background: $pressed; }
QToolButton:checked { background: $accent_soft; border-color: $accent; }
QToolButton:focus { border-color: $strong_line; }
QToolButton[role="tight"] { padding: 0; }
QToolButton::menu-indicator { image: none; }

QPushButton { background: $raised; border: 1px solid $strong_line; border-radius: ${radius_px}px;
    padding: 6px 14px; min-height: 18px; }
QPushButton:hover { background: $hover; }
QPushButton:pressed { background: $pressed; }
QPushButton:focus { border-color: $accent; }
QPushButton:disabled { color: $faint; background: $panel; border-color: $line; }
QPushButton[role="primary"] { background: $accent; border-color: $accent; color: $accent_text; font-weight: 600; }
QPushButton[role="primary"]:hover { background: $accent_hover; border-color: $accent_hover; }
QPushButton[role="primary"]:pressed { background: $accent_pressed; border-color: $accent_pressed; }
QPushButton[role="primary"]:focus { border-color: $accent_focus; }
QPushButton[role="primary"]:disabled { background: $off; border-color: $off_line; color: $off_text; }
QPushButton[role="flat"] { background: transparent; border-color: transparent; padding: 5px 8px; color: $dim; }
QPushButton[role="flat"]:hover { background: $hover; color: $text; }
QPushButton[role="flat"]:disabled { color: $faint; }
QPushButton[role="card"] { background: $panel; border-color: $line; text-align: left; padding: 10px 14px; }
QPushButton[role="card"]:hover { background: $raised; border-color: $strong_line; }

QPushButton[role="field"] { background: $field; border-color: $line; text-align: left; padding: 5px 28px 5px 9px; }
QPushButton[role="field"]:hover { border-color: $strong_line; }
QPushButton[role="field"]:focus { border-color: $accent; }
QPushButton[role="field"]:disabled { color: $faint; }

QPushButton[role="segment"] { background: $field; border: 1px solid $line; border-radius: 0; padding: 6px 6px;
    color: $dim; }
QPushButton[role="segment"][place="first"] { border-top-left-radius: ${radius_px}px;
    border-bottom-left-radius: ${radius_px}px; }
QPushButton[role="segment"][place="last"] { border-top-right-radius: ${radius_px}px;
    border-bottom-right-radius: ${radius_px}px; }
QPushButton[role="segment"][place="middle"], QPushButton[role="segment"][place="last"] { border-left: none; }
QPushButton[role="segment"]:hover { background: $raised; color: $text; }
QPushButton[role="segment"]:checked { background: $accent_soft; color: $text; }
QPushButton[role="segment"]:focus { color: $text; }
QPushButton[role="segment"]:disabled { color: $faint; }

QComboBox { background: $field; border: 1px solid $line; border-radius: ${radius_px}px; padding: 5px 8px;
    min-height: 18px; }
QComboBox:hover, QComboBox:focus { border-color: $strong_line; }
QComboBox:disabled { color: $faint; }
QComboBox::drop-down { border: none; width: 24px; }
QComboBox::down-arrow { image: url("$down_arrow"); width: 14px; height: 14px; }
QComboBox QAbstractItemView { background: $popup; border: 1px solid $strong_line; padding: 4px; outline: none;
    selection-background-color: $accent_soft; selection-color: $text; }

QLineEdit, QSpinBox, QDoubleSpinBox { background: $field; border: 1px solid $line; border-radius: ${radius_px}px;
    padding: 5px 7px; selection-background-color: $accent; min-height: 18px; }
QLineEdit:focus, QSpinBox:focus, QDoubleSpinBox:focus { border-color: $accent; }
QLineEdit[role="wrong"], QLineEdit[role="wrong"]:focus { border-color: $error; }
QLineEdit:disabled, QSpinBox:disabled { color: $faint; }
QSpinBox::up-button, QSpinBox::down-button, QDoubleSpinBox::up-button, QDoubleSpinBox::down-button { width: 0; }

QCheckBox, QRadioButton { spacing: 8px; padding: 2px 0; }
QCheckBox::indicator, QRadioButton::indicator { width: 15px; height: 15px; border: 1px solid $strong_line;
    background: $field; }
QCheckBox::indicator { border-radius: 3px; }
QRadioButton::indicator { border-radius: 8px; }
QCheckBox::indicator:checked { background: $accent; border-color: $accent; image: url("$check"); }
QRadioButton::indicator:checked { background: qradialgradient(cx:.5, cy:.5, radius:.5, fx:.5, fy:.5,
    stop:0 $accent_text, stop:.38 $accent_text, stop:.46 $accent, stop:1 $accent); border-color: $accent; }
QCheckBox:disabled, QRadioButton:disabled { color: $faint; }

QSlider::groove:horizontal { height: 4px; background: $line; border-radius: 2px; }
QSlider::sub-page:horizontal { background: $strong_line; border-radius: 2px; }
QSlider::handle:horizontal { background: $dim; width: 12px; height: 12px; margin: -4px 0; border-radius: 6px; }
QSlider::handle:horizontal:hover { background: $text; }
QSlider::handle:horizontal:disabled { background: $strong_line; }

QProgressBar { background: $field; border: none; border-radius: 3px; max-height: 6px; min-height: 6px; }
QProgressBar::chunk { background: $accent; border-radius: 3px; }

QListWidget, QListView, QTreeView, QTableView, QPlainTextEdit { background: $field; border: 1px solid $line;
    border-radius: ${radius_px}px; }
QListWidget::item { border-radius: 4px; padding: 4px; }
QHeaderView::section { background: $window; color: $dim; border: none; border-bottom: 1px solid $line;
    padding: 5px 6px; }
QTableView { selection-background-color: $accent_soft; selection-color: $text; }
QTableView::item { padding: 2px 4px; }
QTableView::item:selected { background: $accent_soft; }
QListWidget::item:selected { background: $accent_soft; color: $text; }
QScrollBar:vertical { background: transparent; width: 10px; margin: 1px; }
QScrollBar:horizontal { background: transparent; height: 10px; margin: 1px; }
QScrollBar::handle { background: $scroll; border-radius: 4px; min-height: 28px; min-width: 28px; }
QScrollBar::handle:hover { background: $scroll_hover; }
QScrollBar::add-line, QScrollBar::sub-line, QScrollBar::add-page, QScrollBar::sub-page { background: none;
    border: none; width: 0; height: 0; }
QScrollArea { background: transparent; border: none; }
QSplitter::handle { background: $gap; }
QSplitter::handle:hover { background: $strong_line; }

#Panel { background: $panel; }
#Popover { background: $popup; border: 1px solid $strong_line; }
#PopoverList { background: $panel; border: none; padding: 4px; }
#ToolBar { background: $window; border-right: 1px solid $gap; }
#ViewBar { background: $window; border-bottom: 1px solid $gap; }
#Transport { background: $window; border-bottom: 1px solid $gap; }
#StatusBar { background: $window; border-top: 1px solid $gap; }
#Guide { background: $guide; border-top: 1px solid $guide_line; }
QLabel[role="title"] { font-size: 22px; font-weight: 600; }
QLabel[role="subtitle"] { font-size: 16px; font-weight: 600; }
QLabel[role="heading"] { font-weight: 600; color: $dim; font-size: 11px; letter-spacing: 1px; }
QLabel[role="dim"] { color: $dim; }
QLabel[role="faint"] { color: $soft; }
QLabel[role="good"] { color: $good; }
QLabel[role="warning"] { color: $warning; }
QLabel[role="error"] { color: $error; }
QLabel[role="timecode"] { font-size: 17px; font-weight: 500; }
QLabel[role="key"] { background: $raised; border: 1px solid $strong_line; border-radius: 3px; padding: 1px 5px;
    color: $text; font-size: 11px; }
QFrame[role="rule"] { background: $line; border: none; max-height: 1px; min-height: 1px; }
QFrame[role="notice"] { border-radius: ${radius_px}px; background: $popup; border: 1px solid $strong_line; }
QFrame[role="notice"][kind="error"] { background: $error_soft; border-color: $error_line; }
QFrame[role="notice"][kind="warning"] { background: $warning_soft; border-color: $warning_line; }
QFrame[role="notice"][kind="good"] { background: $good_soft; border-color: $good_line; }
""")


def style_sheet(icon_folder: str) -> str:
    """The application's style sheet; `icon_folder` holds the SVG files it names."""
    values = {one.name: str(getattr(TOKENS, one.name)) for one in fields(Tokens)}
    values["down_arrow"] = f"{icon_folder}/chevron.svg"
    values["check"] = f"{icon_folder}/tick.svg"
    return _SHEET.substitute(values)


def palette() -> QPalette:
    """Colours for what the style sheet does not reach."""
    result = QPalette()
    pairs = {
        QPalette.ColorRole.Window: TOKENS.window,
        QPalette.ColorRole.WindowText: TOKENS.text,
        QPalette.ColorRole.Base: TOKENS.field,
        QPalette.ColorRole.AlternateBase: TOKENS.panel,
        QPalette.ColorRole.Text: TOKENS.text,
        QPalette.ColorRole.Button: TOKENS.raised,
        QPalette.ColorRole.ButtonText: TOKENS.text,
        QPalette.ColorRole.BrightText: TOKENS.text,
        QPalette.ColorRole.Highlight: TOKENS.accent,
        QPalette.ColorRole.HighlightedText: TOKENS.accent_text,
        QPalette.ColorRole.ToolTipBase: TOKENS.tooltip,
        QPalette.ColorRole.ToolTipText: TOKENS.text,
        QPalette.ColorRole.PlaceholderText: TOKENS.faint,
        QPalette.ColorRole.Link: TOKENS.accent_hover,
        QPalette.ColorRole.Mid: TOKENS.line,
        QPalette.ColorRole.Dark: TOKENS.viewer,
    }
    for role, colour in pairs.items():
        result.setColor(role, QColor(colour))
    for role in (QPalette.ColorRole.Text, QPalette.ColorRole.ButtonText, QPalette.ColorRole.WindowText):
        result.setColor(QPalette.ColorGroup.Disabled, role, QColor(TOKENS.faint))
    return result


def interface_font() -> QFont:
    """The text face of the window, with figures of equal width where the face has them."""
    font = QFont()
    font.setFamilies(list(FONT_FAMILIES))
    font.setPointSizeF(FONT_POINT_SIZE)
    return font


def apply(application: QApplication, icon_folder: str) -> None:
    """Gives the application its look, before the first window or when the theme has changed."""
    application.setStyle("Fusion")
    application.setPalette(palette())
    application.setFont(interface_font())
    application.setStyleSheet(style_sheet(icon_folder))
    application.setAttribute(Qt.ApplicationAttribute.AA_DontShowIconsInMenus, False)
