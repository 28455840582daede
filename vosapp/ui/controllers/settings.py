"""Shows the settings and lets every change count at once."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from PySide6.QtCore import QObject

from vosapp.core.errors import UserError
from vosapp.core.settings import TABLE, Value
from vosapp.core.timeline import Direction
from vosapp.presentation.engine_list import usable_name
from vosapp.ui.controllers.appearance import AppearanceController
from vosapp.ui.controllers.awake import AwakeController
from vosapp.ui.controllers.files.group import FileControllers
from vosapp.ui.controllers.keys import KeysController
from vosapp.ui.controllers.networks.group import NetworkControllers
from vosapp.ui.controllers.viewing.group import ViewingControllers
from vosapp.ui.dialogs.settings import SettingsDialog
from vosapp.ui.main_window import MainWindow
from vosapp.ui.session import Session


class SettingsController(QObject):
    """Writes what the user changes and passes it on to whoever it is for.

    Settings that count for the next clip or project (the rate of images, cuts, hardware decoding) are read there and
    need nobody here.

    Attributes:
        dialog: while it is open.
    """

    def __init__(  # noqa: PLR0913 - those whom settings are for
        self,
        session: Session,
        window: MainWindow,
        *,
        viewing: ViewingControllers,
        files: FileControllers,
        networks: NetworkControllers,
        keys: KeysController,
        awake: AwakeController,
        appearance: AppearanceController,
    ) -> None:
        """Makes the controller of a window; the other controllers are those that settings are for."""
        super().__init__(window)
        self._session, self._window = session, window
        self._viewing, self._files, self._networks = viewing, files, networks
        self.dialog: SettingsDialog | None = None
        self._doers: dict[str, Callable[[], object]] = {
            "tool.brush_px": self._take_brush,
            "tool.holes_px": self._take_clean_up,
            "tool.specks_px": self._take_clean_up,
            "tool.selector": networks.select.take_setting,
            "view.theme": appearance.take_theme,
            "view.language": appearance.take_language,
            "view.overlay_opacity": self._take_opacity,
            "view.loop": self._take_loop,
            "view.thumbnails": self._take_thumbnails,
            "view.timecode": self._take_timecode,
            "keys.flavour": keys.take_flavour,
            "engine.name": self._take_engine,
            "engine.device": networks.runs.keeping.drop,
            "engine.keep_awake": awake.follow,
            "engine.follow": self._take_follow,
            "engine.direction": self._take_direction,
            "memory.frame_cache_mb": viewing.pictures.take_budget,
            "project.history_mb": files.projects.take_settings,
            "project.backup_minutes": files.projects.take_settings,
            "project.backup_count": files.projects.take_settings,
            "project.recent_count": files.projects.take_settings,
        }

    def handlers(self) -> dict[str, Callable[[], object]]:
        """Maps action ids to handlers."""
        return {"edit.settings": self.show}

    def show(self) -> None:
        """Opens the dialog."""
        if self.dialog is None:
            self.dialog = SettingsDialog(self._session.settings, self._session.app.engines, self._window)
            self.dialog.changed.connect(self.set)
            self.dialog.reset_asked.connect(self.reset)
            self.dialog.finished.connect(self._closed)
        self.dialog.show()
        self.dialog.raise_()
        self.dialog.activateWindow()

    def set(self, name: str, value: Value) -> None:
        """Changes a setting and lets it count."""
        settings = self._session.settings
        try:
            settings.set(name, value)
        except UserError as error:
            self._session.fail(error)
            if self.dialog is not None:
                self.dialog.show_values(settings)
            return
        self._apply(name)

    def reset(self) -> None:
        """Sets everything back."""
        before = {setting.name: value for setting, value in self._session.settings}
        try:
            self._session.settings.reset()
        except UserError as error:
            self._session.fail(error)
        for name, setting in TABLE.items():
            if before[name] != setting.default:
                self._apply(name)
        if self.dialog is not None:
            self.dialog.show_values(self._session.settings)

    def _apply(self, name: str) -> None:
        do = self._doers.get(name)
        if do is not None:
            do()
        if name == "view.language" and self.dialog is not None:
            self._reopen(self.dialog, name)

    def _reopen(self, dialog: SettingsDialog, name: str) -> None:
        """Makes the dialog anew, in another language, at the setting that was changed."""
        place = dialog.geometry()
        dialog.close()
        self.show()
        if self.dialog is not None:
            self.dialog.setGeometry(place)
            self.dialog.field(name).setFocus()

    def _closed(self, _result: int) -> None:
        self.dialog = None

    # -- who a setting is for -----------------------------------------------------------------------------------

    def _take_brush(self) -> None:
        self._viewing.view.set_brush(self._session.settings.get("tool.brush_px", float))

    def _take_clean_up(self) -> None:
        holes_px, specks_px = (self._session.settings.get(f"tool.{name}_px", float) for name in ("holes", "specks"))
        self._session.set(app=replace(self._session.app, holes_px=holes_px, specks_px=specks_px))

    def _take_opacity(self) -> None:
        self._viewing.view.set_opacity(self._session.settings.get("view.overlay_opacity", float))

    def _take_loop(self) -> None:
        self._session.set(app=replace(self._session.app, loop=self._session.settings.get("view.loop", bool)))

    def _take_thumbnails(self) -> None:
        thumbnails = self._session.settings.get("view.thumbnails", bool)
        self._session.set(app=replace(self._session.app, thumbnails=thumbnails))

    def _take_timecode(self) -> None:
        timecode = self._session.settings.get("view.timecode", bool)
        self._session.set(app=replace(self._session.app, timecode=timecode))

    def _take_follow(self) -> None:
        if self._session.app.follow != self._session.settings.get("engine.follow", bool):
            self._networks.runs.toggle_follow()

    def _take_direction(self) -> None:
        self._networks.runs.choose_direction(Direction(self._session.settings.get("engine.direction", str)))

    def _take_engine(self) -> None:
        """The engine of new projects; an open one keeps its own."""
        session = self._session
        if session.project is None:
            name = usable_name(session.settings.get("engine.name", str), session.app.engines)
            self._networks.runs.choose(replace(session.app.propagate, engine=name))
