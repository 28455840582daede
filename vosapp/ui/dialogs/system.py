"""Asks for files, colours, ranges and confirmation; tests answer in its place."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QColorDialog, QFileDialog, QMessageBox, QWidget

from vosapp.core.document import Colour, Document, ObjectId, RotoObject
from vosapp.core.timeline import FrameRange
from vosapp.presentation.choices import EngineChoice
from vosapp.ui.dialogs.import_masks import ImportChoice, ImportMasksDialog
from vosapp.ui.dialogs.move import MoveDialog
from vosapp.ui.dialogs.object_engine import ObjectEngineDialog
from vosapp.ui.dialogs.range import RangeDialog
from vosapp.ui.translation import tr
from vosapp.ui.widgets import as_written

_CLIPS = "*.mp4 *.mov *.mkv *.m4v *.avi *.webm *.mxf *.ts *.png *.jpg *.jpeg *.tif *.tiff *.exr *.dpx *.bmp *.webp"
PROJECTS = "vosapp projects (*.vosapp)"


class Dialogs:
    """Asks the user; methods that return something return None when they cancelled."""

    def __init__(self, window: QWidget) -> None:
        self._window = window

    def ask_clip_or_project(self, folder: str) -> Path | None:
        """A clip or project to open."""
        filters = f"Clips and projects ({_CLIPS} *.vosapp);;{PROJECTS};;All files (*)"
        return _path(QFileDialog.getOpenFileName(self._window, tr("Open clip or project"), folder, filters)[0])

    def ask_clip_folder(self, folder: str) -> Path | None:
        """A folder of images to open."""
        return _path(QFileDialog.getExistingDirectory(self._window, tr("Open folder of images"), folder))

    def ask_moved_clip(self, name: str, folder: str) -> Path | None:
        """Where a clip is now."""
        return _path(QFileDialog.getOpenFileName(self._window, tr(f"Where is {name}?"), folder)[0])

    def ask_save(self, proposed: str) -> Path | None:
        """Where to save a project."""
        path = _path(QFileDialog.getSaveFileName(self._window, tr("Save project"), proposed, PROJECTS)[0])
        return path.with_suffix(".vosapp") if path is not None and path.suffix != ".vosapp" else path

    def ask_mask_file(self) -> Path | None:
        """A mask image to import."""
        filters = "Mask images (*.png *.tif *.tiff *.exr *.bmp *.webp *.jpg);;All files (*)"
        return _path(QFileDialog.getOpenFileName(self._window, tr("Import mask"), "", filters)[0])

    def ask_backdrop(self) -> Path | None:
        """A picture or a movie to lie behind cutouts."""
        kinds = "*.png *.jpg *.jpeg *.tif *.tiff *.exr *.bmp *.webp *.dpx *.mov *.mp4 *.mkv *.mxf *.avi *.webm"
        filters = f"Pictures and movies ({kinds});;All files (*)"
        return _path(QFileDialog.getOpenFileName(self._window, tr("Background picture or movie"), "", filters)[0])

    def ask_weights(self) -> list[Path]:
        """The file or files that a network's authors publish; empty when the user cancelled."""
        filters = "Weights (*.pth *.pt *.tar *.zip *.safetensors);;All files (*)"
        names, _ = QFileDialog.getOpenFileNames(self._window, tr("Import network weights"), "", filters)
        return [Path(name) for name in names]

    def ask_job_file(self, folder: str) -> Path | None:
        """A job file of a batch to open."""
        return _path(QFileDialog.getOpenFileName(self._window, tr("Open job file"), folder, "Job files (*.toml)")[0])

    def ask_folder(self, title: str, folder: str) -> Path | None:
        """A folder to write to."""
        return _path(QFileDialog.getExistingDirectory(self._window, tr(title), folder))

    def ask_colour(self, colour: Colour) -> Colour | None:
        """A colour, beginning with one."""
        chosen = QColorDialog.getColor(QColor(*colour), self._window, tr("Colour of the object"))
        return (chosen.red(), chosen.green(), chosen.blue()) if chosen.isValid() else None

    def ask_range(
        self,
        title: str,
        verb: str,
        *,
        proposed: FrameRange,
        frame_count: int,
        first_number: int,
        confirmed: Callable[[FrameRange], None],
    ) -> None:
        """Calls back with the range that the user confirms, if they do."""
        dialog = RangeDialog(
            title, verb, proposed, frame_count=frame_count, first_number=first_number, parent=self._window
        )
        dialog.confirmed.connect(confirmed)
        dialog.open()

    def ask_move(
        self,
        document: Document,
        mover: RotoObject,
        *,
        proposed: FrameRange,
        here: int,
        confirmed: Callable[[FrameRange, int, ObjectId], None],
    ) -> None:
        """Calls back with the range, the frames to move by and the object that the user confirms, if they do."""
        dialog = MoveDialog(document, mover, proposed, here=here, parent=self._window)
        dialog.confirmed.connect(confirmed)
        dialog.open()

    def ask_masks(
        self, document: Document, active: ObjectId | None, *, here: int, confirmed: Callable[[ImportChoice], None]
    ) -> None:
        """Calls back with the masks to import, if the user confirms."""
        dialog = ImportMasksDialog(
            document,
            active,
            here=here,
            ask_folder=self._ask_masks_folder,
            ask_file=self._ask_masks_file,
            parent=self._window,
        )
        dialog.confirmed.connect(confirmed)
        dialog.open()

    def _ask_masks_folder(self) -> Path | None:
        return self.ask_folder("Folder of masks", "")

    def _ask_masks_file(self) -> Path | None:
        filters = "Masks (*.png *.tif *.tiff *.exr *.bmp *.webp *.mov *.mp4 *.mkv *.webm);;All files (*)"
        return _path(QFileDialog.getOpenFileName(self._window, tr("Masks"), "", filters)[0])

    def ask_engine(
        self,
        name: str,
        current: str,
        engines: Sequence[EngineChoice],
        *,
        usual: str,
        confirmed: Callable[[str], None],
    ) -> None:
        """Which engine an object takes, "" for the shot's; calls back with it."""
        dialog = ObjectEngineDialog(name, current, engines, usual=usual, parent=self._window)
        dialog.confirmed.connect(confirmed)
        dialog.open()

    def confirm(
        self,
        question: str,
        explanation: str,
        verb: str,
        *,
        agreed: Callable[[], object],
        refused: Callable[[], object] | None = None,
    ) -> None:
        """Calls back when the user agrees to something that cannot be undone, or refuses it."""
        box = QMessageBox(QMessageBox.Icon.Warning, "vosapp", tr(question), parent=self._window)
        box.setTextFormat(Qt.TextFormat.PlainText)
        box.setInformativeText(as_written(tr(explanation)))
        agree = box.addButton(tr(verb), QMessageBox.ButtonRole.AcceptRole)
        cancel = box.addButton(tr("Cancel"), QMessageBox.ButtonRole.RejectRole)
        box.setDefaultButton(cancel)  # Enter must lose nothing
        box.setEscapeButton(cancel)

        def answer(_result: int) -> None:
            box.deleteLater()
            if box.clickedButton() is agree:
                agreed()
            elif refused is not None:
                refused()

        box.finished.connect(answer)
        box.setWindowModality(Qt.WindowModality.ApplicationModal)
        box.show()


def _path(text: str) -> Path | None:
    return Path(text) if text else None
