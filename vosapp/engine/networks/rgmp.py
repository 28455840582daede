"""RGMP as a propagator: the anchor frame nearest in time is each object's reference."""

from __future__ import annotations

import copy
import functools
from collections import defaultdict
from collections.abc import Callable, Collection, Mapping, Sequence
from typing import NamedTuple, cast

import numpy as np
import torch
from torch import Tensor

from vosapp.core.document import ObjectId
from vosapp.engine.device import choose_device
from vosapp.engine.networks.adapter import AnchoredPropagator, fallback_engine
from vosapp.engine.networks.batching import TOGETHER, in_groups, join, split
from vosapp.engine.networks.loaded_network import precision_of, prepared_network, weights_stamp
from vosapp.engine.networks.rgmp_fine_tuned import FineTunedRgmp
from vosapp.engine.oom_fallback import OomFallback
from vosapp.engine.propagator import Probability, Propagator
from vosapp.engine.run_context import RunContext
from vosapp.models import registry
from vosapp.models.loading import load_network
from vosapp.models.preparing import prepare
from vosapp.models.rgmp import protocol
from vosapp.models.rgmp.network import RGMP
from vosapp.models.rgmp.protocol import ONE_SCALE, Picture, Streams
from vosapp.models.stages.aggregation import aggregate
from vosapp.models.stages.global_convolution import Contribution
from vosapp.models.stages.padding import Padding, resize
from vosapp.models.weights import require_weights
from vosapp.video.source import RgbImage

SHORT_SIDE = 480  # the size that the authors test at

Members = tuple[ObjectId, ...]  # the objects that a stream carries as one; most carry a single object


class _Stream(NamedTuple):
    """State of one stream.

    Attributes:
        frame_index: of the reference.
        references: the reference's features at every scale.
        memory: of the visual memory, empty for a network without one.
    """

    frame_index: int
    references: tuple[Contribution, ...]
    memory: tuple[Tensor, ...] = ()


class _Canvas(NamedTuple):
    """Places frames of one size on the canvas."""

    size: tuple[int, int]
    inner: tuple[int, int]
    border: Padding

    @classmethod
    def of(cls, size: tuple[int, int], short_side: int) -> _Canvas:
        scale = min(1.0, short_side / min(size)) if short_side else 1.0
        inner = (max(1, round(size[0] * scale)), max(1, round(size[1] * scale)))
        return cls(size, inner, protocol.border(inner))

    @property
    def shape(self) -> tuple[int, int]:
        """(height, width) of the canvas."""
        top, bottom, left, right = self.border
        return self.inner[0] + top + bottom, self.inner[1] + left + right

    def put(self, x: Tensor) -> Tensor:
        """Pictures (1, C, H, W) or masks (N, H, W) on the canvas."""
        return self.border.pad(resize(x, self.inner, antialias=True))

    def take(self, x: Tensor) -> Tensor:
        """Probabilities (N, h, w) on the canvas at the size of the frame."""
        return resize(self.border.crop(x), self.size)


class RgmpPropagator(AnchoredPropagator):
    """A `Propagator`. Each object has a stream of its own; objects that share a reference have one more as a whole.

    Args:
        network: prepared for inference on `device`.
        device: where it runs.
        scales: parts of the canvas' size whose results are averaged; the authors use three.
        short_side: larger frames are shrunk until their shorter side has so many pixels; 0 never shrinks.
    """

    def __init__(
        self,
        network: RGMP,
        *,
        device: torch.device,
        scales: tuple[float, ...] = ONE_SCALE,
        short_side: int = SHORT_SIDE,
    ) -> None:
        super().__init__(device)
        self._network = network
        self._scales = scales
        self._short_side = short_side
        self._previous: dict[ObjectId, Tensor] = {}  # (1, h, w) on the canvas: what was found on the last frame
        self._streams: dict[Members, _Stream] = {}

    def _move_to(
        self, frame_index: int, rgb: RgbImage, given: Mapping[ObjectId, Probability]
    ) -> Mapping[ObjectId, Probability]:
        canvas = _Canvas.of((rgb.shape[0], rgb.shape[1]), self._short_side)
        predicted = [object_id for object_id in self._previous if object_id not in given]
        found = self._found(frame_index, rgb, canvas, predicted)
        self._drop_streams(given)
        self._previous |= found
        self._previous |= {object_id: self._put(canvas, [mask]) for object_id, mask in given.items()}
        if not predicted:  # the next frame refers to this one: done now, it need not be done when that is waited for
            self._refer_to_groups(canvas, self._groups(frame_index, list(given)))
        return {object_id: canvas.take(mask)[0].clamp(0, 1).cpu().numpy() for object_id, mask in found.items()}

    def forget(self, object_ids: Collection[ObjectId]) -> None:
        super().forget(object_ids)
        self._drop_streams(object_ids)
        for object_id in object_ids:
            self._previous.pop(object_id, None)

    def fork(self) -> RgmpPropagator:
        """See `vosapp.engine.propagator.Forkable`."""
        fork = copy.copy(self)
        fork._anchors, fork._previous, fork._streams = self._anchors.fork(), dict(self._previous), dict(self._streams)
        return fork

    def _drop_streams(self, object_ids: Collection[ObjectId]) -> None:
        """Drops every stream that carries one of these objects."""
        self._streams = {
            members: stream for members, stream in self._streams.items() if not set(members) & set(object_ids)
        }

    def _put(self, canvas: _Canvas, masks: Sequence[Probability]) -> Tensor:
        """Masks on the canvas, (N, h, w)."""
        return canvas.put(torch.tensor(np.stack(masks), dtype=torch.float32, device=self._device))

    def _found(
        self, frame_index: int, rgb: RgbImage, canvas: _Canvas, predicted: list[ObjectId]
    ) -> dict[ObjectId, Tensor]:
        """Probabilities of the objects that are to be predicted, (1, h, w) each, on the canvas."""
        groups = self._groups(frame_index, predicted)
        followed = [object_id for group in groups.values() for object_id in group]
        results = {object_id: torch.zeros(1, *canvas.shape, device=self._device) for object_id in predicted}
        if not followed:
            return results  # objects that have always been away
        singles, unions = self._refer_to_groups(canvas, groups)
        picture = self._look(rgb, canvas)
        found = self._propagate(picture, [*singles, *unions])
        alone = torch.cat([found[single] for single in singles])
        if len(followed) > 1:
            alone = aggregate(alone, torch.cat([found[tuple(group)] for group in groups.values()]))
        return results | dict(zip(followed, torch.split(alone, 1), strict=True))

    def _groups(self, frame_index: int, predicted: list[ObjectId]) -> dict[int, list[ObjectId]]:
        """The objects by the frame of their reference. Those that have none are left out."""
        groups: dict[int, list[ObjectId]] = defaultdict(list)
        for object_id in predicted:
            nearest = self._anchors.nearest(object_id, frame_index)
            if nearest is not None:
                groups[nearest].append(object_id)
        return groups

    def _refer_to_groups(
        self, canvas: _Canvas, groups: Mapping[int, list[ObjectId]]
    ) -> tuple[list[Members], list[Members]]:
        """Makes the references of all objects, and of those together that share a frame; which streams these are."""
        singles: list[Members] = [(object_id,) for group in groups.values() for object_id in group]
        unions: list[Members] = [tuple(group) for group in groups.values() if len(group) > 1]
        self._refer(canvas, groups, [*singles, *unions])
        return singles, unions

    def _refer(self, canvas: _Canvas, groups: Mapping[int, list[ObjectId]], needed: list[Members]) -> None:
        """Makes the references of streams that have none or whose nearest frame changed, and drops all others."""
        frames = {object_id: frame for frame, group in groups.items() for object_id in group}
        pictures: dict[int, Picture] = {}
        streams: dict[Members, _Stream] = {}
        for members in needed:
            frame = frames[members[0]]
            stream = self._streams.get(members)
            if stream is None or stream.frame_index != frame:
                if frame not in pictures:
                    pictures[frame] = self._look(self._anchors.picture(frame), canvas)
                together = np.max([self._anchors.mask(object_id, frame) for object_id in members], axis=0)
                references = protocol.refer(self._network, pictures[frame], self._put(canvas, [together]))
                stream = _Stream(frame, references, () if stream is None else stream.memory)
            streams[members] = stream
        self._streams = streams

    def _propagate(self, picture: Picture, needed: list[Members]) -> dict[Members, Tensor]:
        """What each stream finds, (1, h, w)."""
        found: dict[Members, Tensor] = {}
        for chosen in in_groups(needed, TOGETHER):
            streams = [self._streams[members] for members in chosen]
            guidance = [torch.cat([self._previous[o] for o in members]).sum(0, keepdim=True) for members in chosen]
            result: Streams = protocol.propagate(
                self._network,
                picture,
                torch.cat(guidance),
                join([stream.references for stream in streams]),
                memory=_memories(streams),
            )
            parts = zip(chosen, torch.split(result.foreground, 1), split(result.memory, len(chosen)), strict=True)
            for members, foreground, memory in parts:
                found[members] = foreground
                self._streams[members] = self._streams[members]._replace(memory=memory)
        return found

    def _look(self, rgb: RgbImage, canvas: _Canvas) -> Picture:
        picture = torch.tensor(rgb, device=self._device).permute(2, 0, 1)[None].float() / 255
        return protocol.look(self._network, canvas.put(picture), self._scales)


def _memories(streams: Sequence[_Stream]) -> tuple[Tensor, ...]:
    """The visual memory of streams as a batch; of those that just began it is zero. Empty without such a memory."""
    known = next((stream.memory for stream in streams if stream.memory), ())
    nothing = tuple(torch.zeros_like(state) for state in known)
    return join([stream.memory or nothing for stream in streams])


def build(
    device: str = "auto",
    *,
    context: RunContext | None = None,
    scales: tuple[float, ...] = ONE_SCALE,
    short_side: int = SHORT_SIDE,
    precision: str = "float32",
    network: str = "rgmp",
    tuned: bool = False,
) -> Propagator:
    """RGMP with the user's weights. It goes on in smaller steps when memory runs out.

    Args:
        device, context: see `fallback_engine`, which says too what is raised.
        scales: see `RgmpPropagator`; (0.5, 0.75, 1.0) is what the authors' figures were made with.
        short_side: see `RgmpPropagator`.
        precision: "float32", or "bfloat16": faster, and not to the same digits.
        network: "rgmp", or "rgmp-gru" for the one with a visual memory.
        tuned: whether to learn the objects from their anchors first.
    """

    def engine_on(made: Callable[[torch.device], RGMP]) -> OomFallback:
        def run(where: torch.device, side: int) -> RgmpPropagator:
            return RgmpPropagator(made(where), device=where, scales=scales, short_side=side)

        return fallback_engine(network, run, device=device, context=context, short_side=short_side, precision=precision)

    if tuned:
        chosen = choose_device(device)
        exactness = precision_of(precision, chosen)
        require_weights(registry.network(network))
        return FineTunedRgmp(
            f"{network} {weights_stamp(network)}",
            lambda: cast(RGMP, load_network(network)),
            build=lambda learned: engine_on(lambda where: prepare(copy.deepcopy(learned), where, exactness)),
            device=chosen,
            context=context,
        )
    return engine_on(lambda where: cast(RGMP, prepared_network(network, where, precision)))


build_gru = functools.partial(build, network="rgmp-gru")
