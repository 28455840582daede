"""Engine `flow`: optical flow moves the masks, appearance learnt on the shot repairs them. Needs no weights."""

from __future__ import annotations

import copy
from collections.abc import Collection, Mapping

from vosapp.core.document import ObjectId
from vosapp.engine.disjoint import disjoint, scaled
from vosapp.engine.flow.appearance import Scorer
from vosapp.engine.flow.scene import Scene
from vosapp.engine.flow.track import FlowSettings, ObjectTrack
from vosapp.engine.propagator import Prediction, Probability
from vosapp.engine.run_context import RunContext
from vosapp.optical_flow import Flow, FlowEstimator, GreyImage, grey
from vosapp.video.source import RgbImage


class FlowPropagator:
    """A `Propagator` of optical flow and a per-object appearance model.

    Attributes:
        to_previous: flow from the present frame to the one before, where one was needed.
    """

    def __init__(self, settings: FlowSettings | None = None, scorer: Scorer | None = None) -> None:
        """Takes the constants, and what computes appearance scores where there is a quicker way than the plain."""
        self._settings, self._scorer = settings or FlowSettings(), scorer
        self._estimator = FlowEstimator()
        self._tracks: dict[ObjectId, ObjectTrack] = {}
        self._previous: GreyImage | None = None
        self.to_previous: Flow | None = None

    def remember(self, frame_index: int, rgb: RgbImage, masks: Mapping[ObjectId, Probability]) -> None:
        """Learns what the objects look like on an anchor; see `Propagator.remember`."""
        scene = Scene.of(frame_index, rgb)
        for object_id, mask in masks.items():
            self._track(object_id).remember(scene, mask)

    def step(self, frame_index: int, rgb: RgbImage, given: Mapping[ObjectId, Probability] | None = None) -> Prediction:
        given = given or {}
        picture = grey(rgb)
        followed = [o for o in self._tracks if o not in given]
        flow = None
        if followed and self._previous is not None:
            flow = self._estimator.flow(picture, self._previous)
        self._previous, self.to_previous = picture, flow
        scene = Scene.of(frame_index, rgb, flow)
        doubt = dict.fromkeys(given, 0.0)
        for object_id, mask in given.items():
            self._track(object_id).place(scene, mask)
        found: dict[ObjectId, Probability] = {}
        for object_id in followed:
            found[object_id], doubt[object_id] = self._tracks[object_id].follow(scene)
        return Prediction({**given, **disjoint(found, given, scaled)}, doubt)

    def forget(self, object_ids: Collection[ObjectId]) -> None:
        for object_id in object_ids:
            self._tracks.pop(object_id, None)

    def fork(self) -> FlowPropagator:
        """See `vosapp.engine.propagator.Forkable`."""
        fork = copy.copy(self)
        fork._tracks = {object_id: track.fork() for object_id, track in self._tracks.items()}
        return fork

    def insist(self, masks: Mapping[ObjectId, Probability]) -> dict[ObjectId, Probability]:
        """Masks that others found on the present frame, with this engine's own where a correction says so.

        Where a trusted mask went against the looks, as corrections do, others who go by the looks undo it.
        """
        return {i: self._tracks[i].insist(mask) if i in self._tracks else mask for i, mask in masks.items()}

    def adopt(self, masks: Mapping[ObjectId, Probability]) -> None:
        """Goes on from these masks of the present frame instead of its own predictions, which taught it already."""
        for object_id, mask in masks.items():
            if object_id in self._tracks:
                self._tracks[object_id].adopt(mask)

    def _track(self, object_id: ObjectId) -> ObjectTrack:
        return self._tracks.setdefault(object_id, ObjectTrack(self._settings, self._scorer))


def build(device: str = "auto", *, context: RunContext | None = None) -> FlowPropagator:  # noqa: ARG001 - the same for every engine
    """The engine; it runs on the processor whatever the device."""
    return FlowPropagator()
