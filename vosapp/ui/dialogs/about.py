"""About box: version, purpose and licences."""

from __future__ import annotations

from PySide6.QtCore import Qt, QUrl, qVersion
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QMessageBox, QWidget

from vosapp import __version__
from vosapp.core.paths import notices_file
from vosapp.ui.translation import tr

_PURPOSE = "Rotoscoping: paint an object once, propagate it through the shot, export the matte."
_NETWORK = "vosapp goes online only when you run “vosapp weights get”, which asks first. It does not check for updates."


def about_box(parent: QWidget) -> AboutBox:
    """A box with name, version, purpose and licences that goes when it is closed."""
    return AboutBox(parent)


class AboutBox(QMessageBox):
    """Name, version, purpose and licences.

    Attributes:
        doctor: the button that looks at this computer.
    """

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setWindowTitle(tr("About vosapp"))
        self.setText(f"vosapp {__version__}")
        licences = f"Our code is under the Apache License 2.0. Built with Qt {qVersion()} (LGPL 3) and FFmpeg."
        notices = notices_file()
        if notices is not None:
            licences += " This installation as a whole is passed on under the GPL, version 3."
        self.setInformativeText("\n\n".join(tr(part) for part in (_PURPOSE, _NETWORK, licences)))
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setStandardButtons(QMessageBox.StandardButton.Close)
        self.doctor = self.addButton(tr("What works here…"), QMessageBox.ButtonRole.ActionRole)
        self.doctor.clicked.connect(self._show_doctor)
        if notices is not None:
            licence_button = self.addButton(tr("Licences…"), QMessageBox.ButtonRole.ActionRole)
            licence_button.clicked.connect(self._show_notices)

    def _show_doctor(self) -> None:
        from vosapp.ui.dialogs.doctor import DoctorBox

        parent = self.parent()
        DoctorBox(parent if isinstance(parent, QWidget) else None).open()

    def _show_notices(self) -> None:
        notices = notices_file()
        if notices is not None:
            QDesktopServices.openUrl(QUrl.fromLocalFile(str(notices)))
