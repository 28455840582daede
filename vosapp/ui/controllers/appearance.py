"""Lets another theme or language hold while the window is open."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QApplication

from vosapp.ui import style, theme, translation
from vosapp.ui.icons import icon_folder
from vosapp.ui.main_window import MainWindow
from vosapp.ui.session import Session


class AppearanceController(QObject):
    """Changes colours and language of everything that is shown.

    Signals:
        changed: what the window makes of its state has to be shown anew.
    """

    changed = Signal()

    def __init__(self, session: Session, window: MainWindow) -> None:
        """Makes the controller of a window, whose texts speak the language of the program from here on."""
        super().__init__(window)
        self._session, self._window = session, window
        translation.translate_widgets(window)

    def take_theme(self) -> None:
        """Takes the theme of the settings."""
        application = QApplication.instance()
        if isinstance(application, QApplication):
            theme.take(self._session.settings.get("view.theme", str))
            style.apply(application, icon_folder())
            self._window.canvas.take_theme()
            self.changed.emit()

    def take_language(self) -> None:
        """Takes the language of the settings; what Qt's own dialogs say follows when they are opened next."""
        application = QApplication.instance()
        if isinstance(application, QApplication):
            translation.install(application, self._session.settings.get("view.language", str))
            self._window.commands.retranslate()
            translation.retranslate()
            self.changed.emit()
