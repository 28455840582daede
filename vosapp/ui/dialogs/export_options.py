"""The fields of the export dialog: which frames and objects, names, and what only some formats have."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QCheckBox,
    QDoubleSpinBox,
    QFormLayout,
    QHBoxLayout,
    QLineEdit,
    QPushButton,
    QSpinBox,
    QWidget,
)

from vosapp.export.formats import Content
from vosapp.export.raster import RasterChoice
from vosapp.export.recipe import MissingMasks, Timing
from vosapp.presentation.requests.export import ExportDisplay
from vosapp.presentation.requests.export_choice import ExportChoice, Option, Scope
from vosapp.ui.widgets import Segments, indent_number, label

_CLIPS_OWN = -1


class ExportOptions(QWidget):
    """Shows the fields of an `ExportDisplay` that its format has.

    Signals:
        changed: an `ExportChoice` with what the user changed.
        folder_asked: the user wants to choose a folder.
    """

    changed = Signal(object)
    folder_asked = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._choice = ExportChoice()
        self.range: Segments[bool] = Segments(
            ((False, "Whole clip", "", ""), (True, "In to out", "", "Set with I and O"))
        )
        self.scope: Segments[Scope] = Segments(
            (
                (Scope.ALL, "All together", "", ""),
                (Scope.ACTIVE, "Active object", "", ""),
                (Scope.EACH, "Each by itself", "", "One export after the other, a file or folder for each object"),
            )
        )
        self.missing: Segments[MissingMasks] = Segments(
            (
                (MissingMasks.EMPTY, "Write empty", "", "As many frames come out as went in"),
                (MissingMasks.SKIP, "Leave out", "", "Frames on which no object has a mask are not written"),
            )
        )
        self.pad = QCheckBox("As long as the clip, empty beyond in and out")
        self.name = QLineEdit()
        self.name.setAccessibleName("Names")
        self.number = QSpinBox()
        self.number.setRange(_CLIPS_OWN, 9_999_999)
        self.number.setSpecialValueText("The clip's")
        self.number.setAccessibleName("Number of the first image")
        indent_number(self.number)
        self.alpha: Segments[bool] = Segments(
            (
                (False, "Straight", "", "Colour is whole where the matte is soft"),
                (True, "Premultiplied", "", "Colour is multiplied by alpha"),
            )
        )
        self.raster: Segments[RasterChoice] = Segments(
            (
                (RasterChoice.SOURCE, "As the source", "", "Fits the source; the file says how wide a pixel is"),
                (RasterChoice.SQUARE, "Square", "", "As the window shows it"),
            )
        )
        self.timing: Segments[Timing] = Segments(
            (
                (Timing.CONFORM, "Even rate", "", "Every frame has the same length"),
                (Timing.KEEP, "As the clip", "", "Every frame has the time that it has in the clip"),
            )
        )
        self.sound = QCheckBox("With the clip's sound")
        self.resume = QCheckBox("Can be stopped and gone on with")
        self.resume.setToolTip(
            "Images that are written stay in a hidden folder when it is stopped; the next one takes them over"
        )
        self.bits: Segments[bool] = Segments(((False, "Half", "", "16 bits"), (True, "Float", "", "32 bits")))
        self.packing: Segments[str] = Segments(
            (("zip", "ZIP", "", "Without loss"), ("dwaa", "DWAA", "", "Small, with a little loss"))
        )
        self.parts: Segments[bool] = Segments(
            ((False, "Channels of one part", "", "Most programs read this"), (True, "A part for each", "", ""))
        )
        self.tolerance = QDoubleSpinBox()
        self.tolerance.setRange(0.25, 50)
        self.tolerance.setSuffix(" px")
        self.tolerance.setDecimals(2)
        self.tolerance.setAccessibleName("Tolerance")
        self.tolerance.setToolTip(
            "How far 95 % of an outline may be from the masks; more gives fewer points and keyframes"
        )
        indent_number(self.tolerance)
        self.target = QLineEdit()
        self.target.setReadOnly(True)
        self.target.setAccessibleName("Where it is written")
        self._form = QFormLayout(self)
        self._lay_out()
        self._connect()

    def _lay_out(self) -> None:
        form = self._form
        form.setContentsMargins(0, 0, 0, 0)
        form.setHorizontalSpacing(14)
        form.setVerticalSpacing(8)
        form.setLabelAlignment(Qt.AlignmentFlag.AlignLeft)
        form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        form.setSizeConstraint(QFormLayout.SizeConstraint.SetMinimumSize)
        choose = QPushButton("Choose…")
        choose.clicked.connect(self.folder_asked)
        place = QWidget()
        row = QHBoxLayout(place)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(6)
        row.addWidget(self.target, 1)
        row.addWidget(choose)
        exr = QWidget()
        pair = QHBoxLayout(exr)
        pair.setContentsMargins(0, 0, 0, 0)
        pair.setSpacing(10)
        pair.addWidget(self.bits)
        pair.addWidget(self.packing)
        self._exr, self._place = exr, place
        for text, field in (
            ("Frames", self.range),
            ("", self.pad),
            ("Objects", self.scope),
            ("Without mask", self.missing),
            ("Alpha", self.alpha),
            ("Samples", exr),
            ("Layers", self.parts),
            ("Pixels", self.raster),
            ("Times", self.timing),
            ("", self.sound),
            ("", self.resume),
            ("Tolerance", self.tolerance),
            ("Names", self.name),
            ("First number", self.number),
            ("To", place),
        ):
            form.addRow(label(text, "dim"), field)

    def _connect(self) -> None:
        self.range.chosen.connect(self._set_range)
        self.scope.chosen.connect(self._set_scope)
        self.missing.chosen.connect(self._set_missing)
        self.pad.clicked.connect(self._set_pad)
        self.name.textEdited.connect(self._set_name)
        self.number.valueChanged.connect(self._set_number)
        self.alpha.chosen.connect(self._set_alpha)
        self.raster.chosen.connect(self._set_raster)
        self.timing.chosen.connect(self._set_timing)
        self.sound.clicked.connect(self._set_sound)
        self.resume.clicked.connect(self._set_resume)
        self.bits.chosen.connect(self._set_depth)
        self.packing.chosen.connect(self._set_packing)
        self.parts.chosen.connect(self._set_parts)
        self.tolerance.valueChanged.connect(self._set_tolerance)

    def show_export(self, display: ExportDisplay) -> None:
        """Shows fields; what the user is typing stays."""
        choice = self._choice = display.choice
        for widget in (self.number, self.tolerance):
            widget.blockSignals(True)
        self.range.set_value(choice.in_out and display.has_in_out)
        self.range.set_choice_enabled(True, display.has_in_out)
        self.scope.set_value(choice.scope)
        self.missing.set_value(choice.missing)
        self.pad.setChecked(choice.pad_to_source)
        if self.name.text() != choice.name:
            self.name.setText(choice.name)
        is_file = bool(choice.shapes) or not choice.format.is_folder
        apart = choice.format.facts.content is Content.MATTE
        of_images = "{clip}_{object}_{frame:04}" if apart else "{clip}_{frame:04}"
        self.name.setPlaceholderText("{clip}_{object}" if is_file else of_images)
        self.number.setValue(_CLIPS_OWN if choice.start_number is None else choice.start_number)
        self.alpha.set_value(choice.premultiplied)
        self.raster.set_value(choice.raster)
        self.timing.set_value(choice.timing)
        self.sound.setChecked(choice.sound)
        self.resume.setChecked(choice.resume)
        self.bits.set_value(choice.exr.is_float)
        self.packing.set_value(choice.exr.compression)
        self.parts.set_value(choice.exr.multipart)
        self.tolerance.setValue(choice.tolerance_px)
        self.target.setText(display.target)
        self.target.setCursorPosition(len(display.target))
        self._show_rows(display)
        for widget in (self.number, self.tolerance):
            widget.blockSignals(False)

    def _show_rows(self, display: ExportDisplay) -> None:
        fields: dict[Option, QWidget] = {
            Option.MISSING: self.missing,
            Option.PAD: self.pad,
            Option.NAME: self.name,
            Option.NUMBER: self.number,
            Option.ALPHA: self.alpha,
            Option.EXR: self._exr,
            Option.PARTS: self.parts,
            Option.RASTER: self.raster,
            Option.TIMING: self.timing,
            Option.SOUND: self.sound,
            Option.RESUME: self.resume,
            Option.TOLERANCE: self.tolerance,
        }
        for option, field in fields.items():
            self._form.setRowVisible(field, option in display.options)
        self._form.setRowVisible(self.range, not display.choice.shapes)
        self._form.setRowVisible(self.scope, display.many_objects)

    def _set(self, **fields: object) -> None:
        self.changed.emit(replace(self._choice, **fields))  # type: ignore[arg-type]

    def _set_range(self, in_out: bool) -> None:
        self._set(in_out=in_out)

    def _set_scope(self, scope: Scope) -> None:
        self._set(scope=scope)

    def _set_missing(self, missing: MissingMasks) -> None:
        self._set(missing=missing)

    def _set_pad(self, pad: bool) -> None:
        self._set(pad_to_source=pad)

    def _set_name(self, name: str) -> None:
        self._set(name=name)

    def _set_number(self, number: int) -> None:
        self._set(start_number=None if number == _CLIPS_OWN else number)

    def _set_alpha(self, premultiplied: bool) -> None:
        self._set(premultiplied=premultiplied)

    def _set_raster(self, raster: RasterChoice) -> None:
        self._set(raster=raster)

    def _set_timing(self, timing: Timing) -> None:
        self._set(timing=timing)

    def _set_sound(self, sound: bool) -> None:
        self._set(sound=sound)

    def _set_resume(self, resume: bool) -> None:
        self._set(resume=resume)

    def _set_depth(self, is_float: bool) -> None:
        self._set(exr=replace(self._choice.exr, is_float=is_float))

    def _set_packing(self, packing: str) -> None:
        self._set(exr=replace(self._choice.exr, compression=packing))

    def _set_parts(self, multipart: bool) -> None:
        self._set(exr=replace(self._choice.exr, multipart=multipart))

    def _set_tolerance(self, tolerance_px: float) -> None:
        self._set(tolerance_px=tolerance_px)
