"""Puts the window together: session, controllers, presenter and widgets, and who hears whom."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import QObject

from vosapp.core.errors import UserError
from vosapp.core.settings import Settings
from vosapp.core.timeline import Direction
from vosapp.presentation.engine_list import engine_choices, usable_name
from vosapp.presentation.shutdown_deadline import ShutdownDeadline
from vosapp.presentation.suggest.networks import suggest_choices
from vosapp.presentation.view_state import PropagateChoice
from vosapp.ui.controllers.alpha_import import AlphaController
from vosapp.ui.controllers.clip_facts import FootageController
from vosapp.ui.controllers.compare import CompareController
from vosapp.ui.controllers.exports import ExportController
from vosapp.ui.controllers.mask_check import MaskCheck
from vosapp.ui.controllers.masks import MaskController
from vosapp.ui.controllers.mattes import MatteController
from vosapp.ui.controllers.objects import ObjectController
from vosapp.ui.controllers.pictures import PictureController
from vosapp.ui.controllers.playback import PlaybackController
from vosapp.ui.controllers.projects import ProjectController
from vosapp.ui.controllers.ranges import RangeController
from vosapp.ui.controllers.relinking import RelinkController
from vosapp.ui.controllers.runs import MakeBody, RunController
from vosapp.ui.controllers.saving import SavingController
from vosapp.ui.controllers.suggest import SuggestController
from vosapp.ui.controllers.view import LookController
from vosapp.ui.controllers.weights import WeightsController
from vosapp.ui.dialogs.about import about_box
from vosapp.ui.dialogs.export import ExportDialog
from vosapp.ui.dialogs.shortcuts import ShortcutSheet
from vosapp.ui.input_router import InputRouter
from vosapp.ui.main_window import MainWindow
from vosapp.ui.presenter import Presenter
from vosapp.ui.session import Session
from vosapp.ui.system_dialogs import Dialogs


class Workspace(QObject):
    """The program's window and everything behind it.

    Attributes:
        window: the main window; its closing ends everything here.
        session, pictures, playback, looks, masks, objects, runs, projects: what the window shows and who changes it.
        saving, relinking, check: the project's file, its clip, and whether all masks are whole.
    """

    def __init__(
        self,
        settings: Settings | None = None,
        *,
        dialogs: Dialogs | None = None,
        make_body: MakeBody | None = None,
    ) -> None:
        """Makes the window without showing it.

        Args:
            settings: of the user; None reads their file.
            dialogs: asks the user; tests put answers in its place.
            make_body: makes the body of a run, None the real one; tests put a fake engine in its place.
        """
        super().__init__()
        self.session = Session(settings or Settings(), self)
        self.window = MainWindow()
        dialogs = dialogs or Dialogs(self.window)
        self.pictures = PictureController(self.session, parent=self)
        self.footage = FootageController(self.session, self)
        self.playback = PlaybackController(self.session, parent=self)
        self.looks = LookController(self.session, self.window.canvas, self)
        self.compare = CompareController(self.session, self)
        self.projects = ProjectController(self.session, dialogs, self)
        self.masks = MaskController(self.session, dialogs, self.projects.disk, self)
        self.mattes = MatteController(self.session, self.window, self)
        self.ranges = RangeController(self.session, dialogs, self.projects.disk, self)
        self.objects = ObjectController(self.session, dialogs, self)
        self.runs = RunController(self.session, make_body, self)
        self.suggest = SuggestController(self.session, self)
        self.weights = WeightsController(self.session, dialogs, self)
        self.exports = ExportController(self.session, dialogs, self)
        self.alpha = AlphaController(self.session, dialogs, self.projects.disk, self)
        self.saving = SavingController(self.session, dialogs, self.projects, self.window)
        self.relinking = RelinkController(self.session, dialogs, self.window, self)
        self.check = MaskCheck(self.session, self)
        self.keys = InputRouter(
            self.session,
            self.window,
            masks=self.masks,
            objects=self.objects,
            runs=self.runs,
            suggest=self.suggest,
        )
        self.export_dialog: ExportDialog | None = None
        self.presenter = Presenter(self.session, self.window, self)
        self._bind_commands()
        self._connect_viewer()
        self._connect_suggestions()
        self._connect_panels()
        self._connect_window()
        self._begin()

    def _begin(self) -> None:
        settings = self.session.settings
        choices = engine_choices()
        engine = usable_name(settings.get("engine.name", str), choices)
        self.session.set(
            app=replace(
                self.session.app,
                brush_px=settings.get("tool.brush_px", float),
                opacity=settings.get("view.overlay_opacity", float),
                engines=choices,
                suggest_choices=suggest_choices(),
                follow=settings.get("engine.follow", bool),
                loop=settings.get("view.loop", bool),
                propagate=PropagateChoice(engine=engine, direction=Direction(settings.get("engine.direction", str))),
            ),
        )
        self.presenter.refresh()
        for problem in settings.problems:
            self.session.notify(problem)

    # -- wiring -------------------------------------------------------------------------------------------------

    def _bind_commands(self) -> None:
        commands = self.window.commands
        for controller in (self.playback, self.looks, self.compare, self.masks, self.objects, self.runs, self.projects):
            commands.bind(controller.handlers())
        commands.bind(self.mattes.handlers())
        for more in (self.saving, self.ranges, self.keys):
            commands.bind(more.handlers())
        commands.bind(self.alpha.handlers())
        commands.bind(
            {
                "object.suggest": self.suggest_objects,
                "propagate.import_weights": self.weights.ask,
                "view.full_screen": self.toggle_full_screen,
                "file.export": self.show_export,
                "file.relink": self.relinking.show,
                "file.quit": self.window.close,
                "help.shortcuts": self.show_shortcuts,
                "help.demo": self.open_demo,
                "help.about": self.show_about,
            }
        )

    def _connect_viewer(self) -> None:
        canvas = self.window.canvas
        canvas.pen.stroke_started.connect(self.looks.prepare_stroke)
        canvas.pen.stroke_started.connect(self.runs.stay)
        canvas.pen.stroke_started.connect(self.session.drop_offer)
        canvas.pen.stroke_started.connect(self.compare.end)
        canvas.wipe_dragged.connect(self.compare.move)
        canvas.pen.stroke_finished.connect(self.masks.take_stroke)
        canvas.pen.polygon_changed.connect(self._polygon_changed)
        canvas.pen.brush_resized.connect(self.looks.set_brush)
        self.window.view_bar.brush_chosen.connect(self.looks.set_brush)
        self.window.view_bar.opacity_chosen.connect(self.looks.set_opacity)
        self.pictures.shown.connect(self.presenter.show_picture)
        self.pictures.described.connect(self.footage.take_facts)
        self.pictures.damage_found.connect(self.footage.take_damage)

    def _connect_suggestions(self) -> None:
        canvas, panel = self.window.canvas, self.window.suggest
        canvas.suggestion_clicked.connect(self.suggest.toggle)
        canvas.suggestion_hovered.connect(panel.show_hovered)
        panel.hovered.connect(canvas.suggestions.hover)
        panel.hovered.connect(panel.show_hovered)
        panel.toggled.connect(self.suggest.toggle)
        panel.network_chosen.connect(self.suggest.choose_network)
        panel.accepted.connect(self.suggest.accept)
        panel.discarded.connect(self.suggest.discard)
        panel.stopped.connect(self.suggest.cancel)
        panel.back_asked.connect(self._back_to_suggestions)
        panel.import_asked.connect(self.weights.ask)
        self.weights.imported.connect(self._weights_came)

    def _connect_panels(self) -> None:
        window = self.window
        window.objects.picked.connect(self.objects.pick)
        window.objects.eye_clicked.connect(self.objects.toggle_visible)
        window.objects.solo_clicked.connect(self.objects.toggle_solo)
        window.objects.colour_clicked.connect(self.objects.ask_colour)
        window.objects.renamed.connect(self.objects.rename)
        window.objects.moved.connect(self.objects.move)
        self.objects.rename_asked.connect(window.objects.edit_name)
        window.propagate.engine_chosen.connect(self.runs.choose_engine)
        window.propagate.import_asked.connect(self.weights.ask)
        window.propagate.direction_chosen.connect(self.runs.choose_direction)
        window.propagate.reach_chosen.connect(self.runs.choose_reach)
        window.propagate.scope_chosen.connect(self.runs.choose_scope)
        window.timeline.scrubbed.connect(self.playback.go)
        window.timeline.in_out_dragged.connect(self.playback.set_in_out)
        window.timeline.object_picked.connect(self.objects.pick)
        window.transport.number_typed.connect(self.playback.go_typed)
        window.transport.left.connect(window.canvas.setFocus)

    def _connect_window(self) -> None:
        window = self.window
        window.dropped.connect(self.take_drop)
        window.peeked.connect(self.looks.peek)
        window.closing.connect(self.close)
        window.notice.closed.connect(self.session.dismiss)
        window.notice.acted.connect(self._act)
        window.start_page.path_chosen.connect(self.open_text)
        window.start_page.unsaved_chosen.connect(self.projects.resume)
        window.start_page.unsaved_discarded.connect(self.projects.discard)
        window.work.cancelled.connect(self.projects.disk.cancel)
        self.projects.leaving.connect(self._stop_work)
        self.projects.pausing.connect(self._stop_check)
        self.projects.opened_project.connect(self.check.start)
        self.projects.media_missing.connect(self.relinking.show)

    # -- what belongs to no controller alone --------------------------------------------------------------------

    def open_text(self, path: str) -> None:
        """Opens a clip or project."""
        self.projects.open_path(Path(path))

    def open_demo(self) -> None:
        """Opens the shot that comes with the program."""
        from vosapp.data.demo.files import demo_clip

        try:
            self.projects.open_path(demo_clip())
        except UserError as error:
            self.session.fail(error)

    def take_drop(self, paths: list[Path]) -> None:
        """Opens what was dropped; an image dropped on a clip is a mask for this frame."""
        from vosapp.video.images import IMAGE_SUFFIXES

        path = paths[0]
        if self.session.document.clip is not None and path.suffix.lower() in IMAGE_SUFFIXES and path.is_file():
            self.masks.import_mask(path)
        else:
            self.projects.open_path(path)

    def suggest_objects(self) -> None:
        """Stands still and searches for objects on the frame shown."""
        self.playback.stop()
        self.suggest.start()

    def toggle_full_screen(self) -> None:
        """Fills the screen, or goes back."""
        if self.window.isFullScreen():
            self.window.showNormal()
        else:
            self.window.showFullScreen()
        self.window.commands["view.full_screen"].setChecked(self.window.isFullScreen())

    def show_shortcuts(self) -> None:
        """Shows what the keys do."""
        ShortcutSheet(self.window).open()

    def show_export(self) -> None:
        """Shows the export dialog, which is made when it is first asked for."""
        if self.export_dialog is None:
            dialog = self.export_dialog = ExportDialog(self.window)
            exports = self.exports
            dialog.format_chosen.connect(exports.choose_format)
            dialog.in_out_chosen.connect(exports.choose_in_out)
            dialog.scope_chosen.connect(exports.choose_scope)
            dialog.missing_chosen.connect(exports.choose_missing)
            dialog.folder_asked.connect(exports.choose_folder)
            dialog.export_asked.connect(exports.start)
            dialog.cancel_asked.connect(exports.cancel)
            exports.changed.connect(self._refresh_export)
        self.export_dialog.show()
        self.export_dialog.raise_()
        self.export_dialog.activateWindow()
        self._refresh_export()

    def _refresh_export(self) -> None:
        if self.export_dialog is not None and self.export_dialog.isVisible():
            self.export_dialog.show_export(self.exports.display())

    def show_about(self) -> None:
        """Says what this program is."""
        about_box(self.window).open()

    def close(self) -> None:
        """Stops everything; the window is closing."""
        if not self.projects.leave():
            self.window.keep_open()
            return
        self.weights.cancel()
        deadline = ShutdownDeadline()
        self.projects.stop(deadline)
        self.playback.stop()
        self.pictures.close(deadline)
        self.weights.stop(deadline)

    def _polygon_changed(self, points: int) -> None:
        self.session.set(shot=replace(self.session.shot, polygon_points=points))

    def _act(self, action_id: str) -> None:
        """The button of a message."""
        self.window.commands[action_id].trigger()
        self.session.dismiss()

    def _back_to_suggestions(self) -> None:
        found = self.session.shot.suggestions
        if found is not None:
            self.playback.go(found.frame_index)

    def _weights_came(self) -> None:
        """Shows the engines that there are now; a search that lacked them begins."""
        self.runs.renew_engines()
        self.session.set(app=replace(self.session.app, suggest_choices=suggest_choices()))
        if self.session.shot.network_help:
            self.suggest.start()

    def _stop_work(self) -> None:
        """All are asked to stop before any is waited for, so that leaving takes no longer than the slowest of them."""
        self.playback.stop()
        work = (self.check, self.relinking, self.suggest, self.runs, self.exports)
        for one in work:
            one.cancel()
        deadline = ShutdownDeadline()
        for one in work:
            one.stop(deadline)

    def _stop_check(self) -> None:
        self.check.stop(ShutdownDeadline())
