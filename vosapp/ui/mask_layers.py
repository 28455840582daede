"""Makes the layers of masks that the picture shows: of the frame, before a run, around it; and what is over edges.

A mask that cannot be read is left out. Where the frame itself shows it, the user is told; elsewhere the export or the
frame's own turn will tell.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from vosapp.core.document import Cell
from vosapp.core.edits import composite
from vosapp.core.errors import MaskError
from vosapp.core.mask import BoolImage, Mask
from vosapp.core.trimap_edits import TrimapImage, trimap_image
from vosapp.matte.layers import Layer
from vosapp.presentation.matte.maker import MatteKey, Wish
from vosapp.presentation.status import NoticeKind
from vosapp.presentation.view_state import Changes, Wipe
from vosapp.presentation.viewer.changes import ChangesDisplay, difference_labels, flicker_labels
from vosapp.presentation.viewer.layers import Labels, LayerStack, layer_on, shown_layer
from vosapp.presentation.viewer.onion import OnionLayer
from vosapp.presentation.viewer.overlay import MATTE_MODES, OverlayDisplay, OverlayLayer
from vosapp.presentation.viewer.trimap import TrimapDisplay
from vosapp.presentation.viewer.wipe import WipeDisplay
from vosapp.ui.jobs.live_mattes import LiveMattes
from vosapp.ui.session import Session
from vosapp.ui.viewer.canvas import Canvas


class MaskLayers:
    """Reads the session's masks for the canvas, and asks for their mattes."""

    def __init__(self, session: Session, canvas: Canvas, mattes: LiveMattes) -> None:
        self._session, self._canvas, self._mattes = session, canvas, mattes
        self._layers: dict[MatteKey, Layer] = {}
        self._wishes: list[Wish] = []  # mattes of the masks that are shown, and of those compared with
        self._compared_wishes: list[Wish] = []
        self._compared: tuple[object, LayerStack] | None = None

    def forget_compared(self) -> None:
        """Makes what is compared with anew the next time: a matte has come."""
        self._compared = None

    def shown(self, overlay: OverlayDisplay, shape: tuple[int, int]) -> LayerStack:
        """The masks to show. Layers that stay as they are keep what was made of them: a stroke changes one of many."""
        self._wishes = []
        before, self._layers = self._layers, {}
        for layer in overlay.layers:
            key = self._key(layer, overlay.frame_index)
            known = before.get(key) or self._layer(key)
            if known is not None and known.mask.shape == shape:
                self._layers[key] = known
        if overlay.mode in MATTE_MODES:
            shown = [self._with_matte(key, one, self._wishes) for key, one in self._layers.items()]
        else:  # with the mask for a matte: another mode may be on before the mattes are made
            shown = [shown_layer(one) for one in self._layers.values()]
        self._want()
        return LayerStack(shape, tuple(shown))

    def compared(self, wipe: WipeDisplay) -> LayerStack:
        """The masks on the wipe's other side; the same while its line is dragged."""
        shape = self._canvas.stack.shape
        key = wipe.layers, wipe.frame_index, wipe.mode, shape
        if self._compared is None or self._compared[0] != key:
            self._compared_wishes = []
            self._compared = key, LayerStack(shape, tuple(self._masks_before(wipe)))
            self._want()
        return self._compared[1]

    def compare_nothing(self) -> None:
        """Forgets what was compared with: the wipe is off."""
        self._compared, self._compared_wishes = None, []

    def onion(self, layers: tuple[OnionLayer, ...]) -> list[tuple[Mask, bool]]:
        """The masks of the frames around, each with whether its frame lies before."""
        shown = []
        for layer in layers:
            try:
                mask = self._session.editor.mask(layer.object_id, layer.frame_index)
            except MaskError:
                continue  # it is told when that frame is shown
            if mask is not None:
                shown.append((mask, layer.frame_index < self._session.shot.picture_index))
        return shown

    def changed(self, changes: ChangesDisplay) -> Labels | None:
        """Where masks differ from those before the last run or of the frames beside; None where nothing is to show."""
        editor, before = self._session.editor, self._session.shot.before_run
        if changes.kind is Changes.OFF:
            return None
        try:
            masks = [editor.mask(changes.object_id, changes.frame_index)]
            if changes.kind is Changes.FLICKER:
                masks += [editor.mask(changes.object_id, changes.frame_index + step) for step in (-1, 1)]
            elif before is not None:
                cell = before.cell(changes.object_id, changes.frame_index)
                masks.append(composite(editor.store, cell) if cell is not None else None)
        except MaskError:
            return None  # undo has forgotten it, or it is told when that frame is shown
        arrays = [mask.array() for mask in masks if mask is not None]
        if len(arrays) != len(masks):
            return None
        return flicker_labels(*arrays) if changes.kind is Changes.FLICKER else difference_labels(*arrays)

    def trimap(self, shown: TrimapDisplay) -> TrimapImage | None:
        """What is painted over the edge of the current object; None where it is not shown."""
        clip = self._session.document.clip
        if not shown.is_shown or clip is None:
            return None
        shape = clip.height, clip.width
        try:
            labels = trimap_image(self._session.editor.store, shown.trimap, shape)
        except MaskError as error:
            self._session.notify(error.message, error.hint, NoticeKind.ERROR)
            labels = None
        return np.zeros(shape, np.uint8) if labels is None else labels

    def _want(self) -> None:
        self._mattes.want([*self._wishes, *self._compared_wishes])

    def _key(self, layer: OverlayLayer, frame_index: int) -> MatteKey:
        clip = self._session.shot.clip
        source = (str(clip.path), clip.input_space) if clip is not None else ("", "")
        return MatteKey(source, frame_index, layer, self._canvas.frame is not None)

    def _layer(self, key: MatteKey) -> Layer | None:
        layer = key.layer
        try:
            mask = self._session.editor.mask(layer.object_id, key.frame_index)
        except MaskError as error:
            self._session.notify(error.message, error.hint, NoticeKind.ERROR)
            return None
        if mask is None:
            return None
        return self._with_others(layer, mask.array())

    def _with_others(self, layer: OverlayLayer, mask: BoolImage) -> Layer:
        """A layer with the frames and objects that go into its matte.

        Where masks of those are gone from the project it stands alone; the export will say so.
        """
        around = tuple(self._stored(one) for _, one in layer.around)
        joined = tuple((kind, other, self._stored(other)) for kind, other in layer.joined)
        made = Layer(layer.object_id, layer.colour, mask, layer.matte, trimap=self._trimap(layer, mask.shape))
        if None in around or any(alone is None for _, _, alone in joined):
            return made
        return replace(
            made,
            around=tuple(one for one in around if one is not None),
            joined=tuple((kind, self._with_others(other, a.mask)) for kind, other, a in joined if a is not None),
        )

    def _stored(self, layer: OverlayLayer) -> Layer | None:
        clip, (base, added, removed) = self._session.document.clip, layer.digests
        if clip is None:
            return None
        mask: BoolImage = np.zeros((clip.height, clip.width), np.bool_)
        if base is not None:
            try:
                mask = composite(self._session.editor.store, Cell(base, added=added, removed=removed)).array()
            except MaskError:
                return None
        if mask.shape != (clip.height, clip.width):
            return None
        return Layer(layer.object_id, layer.colour, mask, layer.matte, trimap=self._trimap(layer, mask.shape))

    def _trimap(self, layer: OverlayLayer, shape: tuple[int, ...]) -> TrimapImage | None:
        """What is painted over an edge; nothing where it is gone from the project: the export will say so."""
        try:
            return trimap_image(self._session.editor.store, layer.trimap, (shape[0], shape[1]))
        except MaskError:
            return None

    def _with_matte(self, key: MatteKey, layer: Layer, wishes: list[Wish]) -> Layer:
        """A layer with its matte, or with what stands for it while it is made."""
        if layer.is_hard:
            return layer
        made = self._mattes.known(key)
        if made is None:
            wishes.append((key, layer_on(self._canvas.frame, layer)))
            made = self._mattes.stand_in(key)
        return shown_layer(layer, *((None, None) if made is None else (made.alpha, made.colours)))

    def _masks_before(self, wipe: WipeDisplay) -> Iterator[Layer]:
        before = self._session.shot.before_run if self._session.shot.wipe is Wipe.BEFORE else self._session.document
        softly = wipe.mode in MATTE_MODES
        for layer in wipe.layers:
            cell = before.cell(layer.object_id, wipe.frame_index) if before is not None else None
            try:
                mask = composite(self._session.editor.store, cell) if cell is not None else None
            except MaskError:
                continue  # undo has forgotten it
            if mask is not None and mask.shape == self._canvas.stack.shape:
                shown = self._with_others(layer, mask.array())
                key = self._key(layer, wipe.frame_index)
                yield self._with_matte(key, shown, self._compared_wishes) if softly else shown_layer(shown)
