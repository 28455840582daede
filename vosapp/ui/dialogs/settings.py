"""Settings dialog, made from the table of settings; every change counts at once."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QObject, QSignalBlocker, Qt, Signal
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QDialog,
    QDoubleSpinBox,
    QFormLayout,
    QLineEdit,
    QPushButton,
    QScrollArea,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from vosapp.core.settings import Setting, Settings, Value
from vosapp.presentation.choices import EngineChoice
from vosapp.presentation.settings_form import choices_of, settings_groups
from vosapp.ui.translation import tr
from vosapp.ui.widgets import button_row, dialog_column, indent_number, label

WIDTH_PX, HEIGHT_PX = 560, 640
FIELD_PX = 250


class SettingsDialog(QDialog):
    """All settings in groups, each with its field and a sentence on what it does.

    Signals:
        changed: (name, value) of a setting that the user changed.
        reset_asked: all settings are to be as they were at first.
    """

    changed = Signal(str, object)
    reset_asked = Signal()

    def __init__(self, settings: Settings, engines: Sequence[EngineChoice] = (), parent: QWidget | None = None) -> None:
        """Makes the dialog with the values of now.

        Args:
            settings: whose values are shown.
            engines: that can be chosen.
            parent: the window.
        """
        super().__init__(parent)
        self.setWindowTitle(tr("Settings"))
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._fields: dict[str, _Field] = {}
        page = QWidget()
        groups = QVBoxLayout(page)
        groups.setContentsMargins(0, 0, 12, 0)
        groups.setSpacing(6)
        for group in settings_groups():
            heading = label(tr(group.title).upper(), "heading")
            heading.setContentsMargins(0, 8, 0, 0)
            groups.addWidget(heading)
            groups.addLayout(self._form(group.settings, engines))
        groups.addStretch(1)
        area = QScrollArea()
        area.setWidget(page)
        area.setWidgetResizable(True)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.reset_button = QPushButton(tr("Reset all"))
        self.reset_button.setToolTip(tr("Sets everything here back to what it was at first"))
        self.reset_button.setAutoDefault(False)
        self.reset_button.clicked.connect(self.reset_asked)
        close = QPushButton(tr("Close"))
        close.setAutoDefault(False)  # Enter ends the typing of a number
        close.clicked.connect(self.accept)
        column = dialog_column(self, 12)
        column.addWidget(area, 1)
        column.addLayout(button_row(close, left=[self.reset_button]))
        self.resize(WIDTH_PX, HEIGHT_PX)
        self.show_values(settings)

    def show_values(self, settings: Settings) -> None:
        """Shows the values of now."""
        for setting, value in settings:
            self._fields[setting.name].show_value(value)

    def field(self, name: str) -> QWidget:
        """The widget in which a setting is changed."""
        return self._fields[name].widget

    def _form(self, settings: Sequence[Setting], engines: Sequence[EngineChoice]) -> QFormLayout:
        form = QFormLayout()
        form.setHorizontalSpacing(16)
        form.setVerticalSpacing(4)
        form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        for setting in settings:
            field = _Field(setting, choices_of(setting, engines), self.changed.emit, self)
            self._fields[setting.name] = field
            field.widget.setAccessibleName(tr(setting.title))
            field.widget.setAccessibleDescription(setting.help)
            title = label(setting.title)
            title.setMinimumWidth(130)
            form.addRow(title, field.widget)
            below = label(setting.help, "dim", wrap=True)
            below.setContentsMargins(0, 0, 0, 8)
            form.addRow("", below)
        return form


class _Field(QObject):
    """The widget of one setting, and the way to show and to read its value."""

    def __init__(
        self,
        setting: Setting,
        choices: Sequence[tuple[str, str]],
        changed: Callable[[str, object], None],
        parent: QObject,
    ) -> None:
        super().__init__(parent)
        self._name = setting.name
        self._changed = changed
        self.widget: QWidget
        if choices:
            self._make_menu(choices)
        elif isinstance(setting.default, bool):
            self._make_box()
        elif isinstance(setting.default, int):
            self._make_number(QSpinBox(), setting)
        elif isinstance(setting.default, float):
            self._make_number(QDoubleSpinBox(), setting)
        else:
            self._make_line()

    def _make_menu(self, choices: Sequence[tuple[str, str]]) -> None:
        menu = QComboBox()
        for value, words in choices:
            menu.addItem(tr(words), value)
        menu.activated.connect(self._tell)
        self.widget = menu

    def _make_box(self) -> None:
        box = QCheckBox(tr("On"))
        box.clicked.connect(self._tell)
        self.widget = box

    def _make_number(self, number: QSpinBox | QDoubleSpinBox, setting: Setting) -> None:
        low, high = setting.minimum or 0, setting.maximum or 0
        if isinstance(number, QSpinBox):
            number.setRange(int(low), int(high))
        else:
            number.setDecimals(0 if setting.unit.startswith("px") else 2 if high <= 1 else 3)
            number.setRange(low, high)
            number.setSingleStep(0.05 if high <= 1 else 1)
        number.setSuffix(f" {setting.unit}" if setting.unit else "")
        number.setKeyboardTracking(False)  # a number that is being typed is not one yet
        number.setMaximumWidth(FIELD_PX)
        indent_number(number)
        number.valueChanged.connect(self._tell)
        self.widget = number

    def _make_line(self) -> None:
        line = QLineEdit()
        line.editingFinished.connect(self._tell)
        self.widget = line

    def show_value(self, value: Value) -> None:
        """Shows a value without telling of it."""
        widget = self.widget
        with QSignalBlocker(widget):
            if isinstance(widget, QComboBox):
                widget.setCurrentIndex(max(widget.findData(value), 0))
            elif isinstance(widget, QCheckBox):
                widget.setChecked(bool(value))
            elif isinstance(widget, QSpinBox):
                widget.setValue(int(value))
            elif isinstance(widget, QDoubleSpinBox):
                widget.setValue(float(value))
            elif isinstance(widget, QLineEdit):
                widget.setText(str(value))

    def _value(self) -> Value:
        widget = self.widget
        if isinstance(widget, QComboBox):
            return str(widget.currentData())
        if isinstance(widget, QCheckBox):
            return widget.isChecked()
        if isinstance(widget, QSpinBox | QDoubleSpinBox):
            return widget.value()
        return widget.text() if isinstance(widget, QLineEdit) else ""

    def _tell(self, *_value: object) -> None:
        self._changed(self._name, self._value())
