"""LiveMattes: mattes for the viewer, made beside the GUI thread."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QObject, Signal

from vosapp.core.document import ObjectId
from vosapp.core.errors import UserError
from vosapp.presentation.matte.maker import MadeMatte, MatteKey, MatteMaker, Wish
from vosapp.video.source import RgbImage


class LiveMattes(QObject):
    """Mattes that are made, and those that stand in until then. Lives in the GUI thread.

    Signals:
        made: one of the mattes that were asked for last is there.
        failed: it could not be made, a `UserError`; a sentence is told once.
    """

    made = Signal()
    failed = Signal(object)
    _answered = Signal(object)  # emitted in the maker's thread, received in the GUI thread

    def __init__(
        self, cached_picture: Callable[[int], RgbImage | None] = lambda _: None, parent: QObject | None = None
    ) -> None:
        """Makes it; `cached_picture` gives pictures that are decoded already, and is called in the maker's thread."""
        super().__init__(parent)
        self._maker = MatteMaker(self._answered.emit, cached_picture=cached_picture)
        self._wanted: frozenset[MatteKey] = frozenset()
        self._latest: dict[ObjectId, MadeMatte] = {}
        self._told: set[str] = set()
        self._answered.connect(self._take)

    @property
    def is_busy(self) -> bool:
        """Whether mattes that were asked for are still to come."""
        return bool(self._wanted)

    def known(self, key: MatteKey) -> MadeMatte | None:
        """The matte of a key, where it was made and is kept."""
        made = self._maker.known(key)
        if made is not None:
            self._latest[key.layer.object_id] = made
        return made

    def stand_in(self, key: MatteKey) -> MadeMatte | None:
        """The matte of the same mask on the same frame with the settings before, else None."""
        made = self._latest.get(key.layer.object_id)
        if made is None or (made.key.clip, made.key.frame_index, made.key.layer.digests) != (
            key.clip,
            key.frame_index,
            key.layer.digests,
        ):
            return None
        return made

    def want(self, wishes: Sequence[Wish]) -> None:
        """Asks for mattes; what was asked for before and has not come is dropped."""
        self._wanted = frozenset(key for key, _ in wishes)
        self._maker.want(wishes)

    def forget(self) -> None:
        """Forgets everything: another clip is open."""
        self._wanted = frozenset()
        self._latest.clear()
        self._told.clear()
        self._maker.forget()

    def close(self) -> None:
        """Makes nothing more: the window closes."""
        self._wanted = frozenset()
        self._maker.close()

    def _take(self, made: MadeMatte) -> None:
        if made.key not in self._wanted:
            return  # of another frame by now; it is kept
        self._wanted -= {made.key}
        if made.error is not None:
            self._tell(made.error)
        else:
            self.made.emit()

    def _tell(self, error: UserError) -> None:
        if str(error) not in self._told:
            self._told.add(str(error))
            self.failed.emit(error)
