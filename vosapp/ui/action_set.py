"""The registry's actions as Qt actions, bound to what does them."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace

from PySide6.QtCore import QObject
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QMenu, QMenuBar, QWidget

from vosapp.presentation.action_tables.spec import ActionSpec
from vosapp.presentation.actions import ACTIONS, BY_ID, MENUS, tooltip
from vosapp.ui.icons import icon
from vosapp.ui.translation import show_text, tr
from vosapp.ui.widgets import as_written


class ActionSet(QObject):
    """One `QAction` for every entry of the registry.

    Menus, tool buttons and shortcuts share these objects, so an action is enabled, checked and renamed in one place.
    """

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self._actions: dict[str, QAction] = {}
        self._reasons: dict[str, str] = {}
        self._specs = dict(BY_ID)
        self._checkable = [spec.id for spec in ACTIONS if spec.checkable]
        for spec in ACTIONS:
            action = _make(spec, window)
            window.addAction(action)
            self._actions[spec.id] = action

    def __getitem__(self, action_id: str) -> QAction:
        return self._actions[action_id]

    def bind(self, handlers: Mapping[str, Callable[[], object]]) -> None:
        """Connects actions to bound methods without arguments.

        Raises:
            KeyError: the registry has no such action.
        """
        for action_id, handler in handlers.items():
            self._actions[action_id].triggered.connect(_Call(handler, self))

    def set_keys(self, specs: Iterable[ActionSpec]) -> None:
        """Gives the actions the keys of these entries."""
        for spec in specs:
            if spec.keys == self._specs[spec.id].keys:
                continue
            self._specs[spec.id] = spec
            action = self._actions[spec.id]
            action.setShortcuts([QKeySequence(key) for key in spec.keys])
            self._show_tip(spec.id)

    def retranslate(self) -> None:
        """Names all commands in the language that holds now. Undo and redo are named when they are shown next."""
        for action_id, action in self._actions.items():
            action.setText(tr(self._specs[action_id].text))
            self._show_tip(action_id)

    def _show_tip(self, action_id: str) -> None:
        spec, reason = translated(self._specs[action_id]), self._reasons.get(action_id, "")
        self._actions[action_id].setToolTip(as_written(tooltip(spec, tr(reason), tr("Not now"))))

    def fill_menu_bar(self, menu_bar: QMenuBar) -> None:
        """Makes the menus of the registry, in its order."""
        for title in MENUS:
            menu = menu_bar.addMenu("")
            show_text(menu, title, "setTitle")
            menu.setToolTipsVisible(False)
            self.fill_menu(menu, (spec.id for spec in ACTIONS if spec.menu == title))

    def fill_menu(self, menu: QMenu, action_ids: Iterable[str]) -> None:
        """Adds actions to a menu, with their separators."""
        for action_id in action_ids:
            if BY_ID[action_id].rule and not menu.isEmpty():
                menu.addSeparator()
            menu.addAction(self._actions[action_id])

    def fill_popup(self, menu: QMenu, action_ids: Iterable[str]) -> None:
        """Adds actions to a menu of the right button; "" stands for a separator."""
        for action_id in action_ids:
            if action_id:
                menu.addAction(self._actions[action_id])
            else:
                menu.addSeparator()

    def show_state(self, blocked: Mapping[str, str], checked: frozenset[str]) -> None:
        """Checks exactly these actions and enables all but the blocked ones, whose tooltips say why.

        Args:
            blocked: reasons by action id.
            checked: action ids.
        """
        for action_id, action in self._actions.items():
            reason = blocked.get(action_id, "")
            if reason != self._reasons.get(action_id, ""):
                self._reasons[action_id] = reason
                self._show_tip(action_id)
                action.setEnabled(not reason)
        for action_id in self._checkable:
            self._actions[action_id].setChecked(action_id in checked)


class _Call(QObject):
    """Calls a handler without the `checked` argument that Qt passes along."""

    def __init__(self, handler: Callable[[], object], parent: QObject) -> None:
        super().__init__(parent)
        self._handler = handler

    def __call__(self, _checked: bool = False) -> None:
        self._handler()


def translated(spec: ActionSpec) -> ActionSpec:
    """An entry of the registry with its texts in the language of the window."""
    return replace(spec, text=tr(spec.text), menu=tr(spec.menu), tip=tr(spec.tip))


def _make(spec: ActionSpec, parent: QObject) -> QAction:
    action = QAction(tr(spec.text), parent)
    action.setObjectName(spec.id)
    action.setShortcuts([QKeySequence(key) for key in spec.keys])
    action.setCheckable(spec.checkable)
    action.setToolTip(as_written(tooltip(translated(spec))))
    action.setStatusTip("")
    if spec.icon:
        action.setIcon(icon(spec.icon))
        action.setIconVisibleInMenu(sys.platform != "darwin")
    return action
