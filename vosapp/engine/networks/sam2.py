"""SAM 2.1 and EdgeTAM as propagators, on the video models and sessions of the package transformers.

Each object has a session of its own, because objects join and leave during a pass; the picture is encoded once for all
of them. The library keeps everything that it ever computed. Here each session is trimmed after every frame to what the
next frames can read: the memories of the last frames, the short summaries of some more, and the given masks.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Literal

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor, nn

from vosapp.core.document import ObjectId
from vosapp.core.mask import Mask
from vosapp.engine.networks.adapter import NetworkPropagator, fallback_engine
from vosapp.engine.networks.letterbox import DEVIATION, MEAN
from vosapp.engine.networks.loaded_network import network_of_others
from vosapp.engine.oom_fallback import OomFallback
from vosapp.engine.propagator import Probability
from vosapp.engine.run_context import RunContext
from vosapp.models.packaged.sam2 import SIDE
from vosapp.models.registry import network
from vosapp.models.spec import NetworkSpec
from vosapp.models.stages.merging import exclusive
from vosapp.models.weights import find_weights
from vosapp.video.source import RgbImage

Size = Literal["", "tiny", "small", "base-plus", "large"]
_SMALLER_SIDES = (768, 512)
_SIZES = ("large", "base-plus", "small", "tiny")
_CONDITIONING, _PREDICTED = "cond_frame_outputs", "non_cond_frame_outputs"
_MEMORY = ("maskmem_features", "maskmem_pos_enc")
_ONLY = 1  # the number of the one object of a session


@dataclass(slots=True)
class _Track:
    """One object.

    Attributes:
        session: the library's.
        anchors: the masks that it was given, by frame.
        empty: the frames whose given mask says that it is away.
    """

    session: Any
    anchors: dict[int, Mask] = field(default_factory=dict)
    empty: set[int] = field(default_factory=set)

    @property
    def outputs(self) -> dict[str, dict[int, dict[str, Any]]]:
        """What the session keeps of conditioning and of predicted frames, by frame."""
        kept: dict[str, dict[int, dict[str, Any]]] = self.session.output_dict_per_obj[0]
        return kept


class SamPropagator(NetworkPropagator):
    """A `Propagator`. Every given mask of an object conditions all of its frames, before and behind.

    Args:
        network: the library's video model with its weights, on the device.
        session: makes one of its sessions; called with the arguments of `Sam2VideoInferenceSession`.
        device: where it runs.
    """

    def __init__(self, network: nn.Module, session: Callable[..., Any], *, device: torch.device) -> None:
        super().__init__(device)
        self._network: Any = network
        self._new_session = session
        self._settings: Any = network.config
        self._tracks: dict[ObjectId, _Track] = {}
        self._joined: list[ObjectId] = []
        self._pictures = self._session().cache  # of the frame that was looked at last, encoded
        self._last_index: int | None = None

    @torch.inference_mode()
    def remember(self, frame_index: int, rgb: RgbImage, masks: Mapping[ObjectId, Probability]) -> None:
        """Learns given masks at once; of the picture only the memory of it is kept. See `Propagator.remember`."""
        seen = {object_id: mask for object_id, mask in masks.items() if mask.any()}
        self._condition(frame_index, picture_in_square(self._network, rgb), seen)

    def _move_to(
        self, frame_index: int, rgb: RgbImage, given: Mapping[ObjectId, Probability]
    ) -> Mapping[ObjectId, Probability]:
        is_backward = self._last_index is not None and frame_index < self._last_index
        self._last_index = frame_index
        pixels = picture_in_square(self._network, rgb)
        self._condition(frame_index, pixels, given)
        predicted = [object_id for object_id in self._joined if object_id not in given]
        found = [self._find(self._tracks[o], frame_index, pixels, is_backward=is_backward) for o in predicted]
        self._joined += [object_id for object_id in given if object_id not in self._joined]
        for track in self._tracks.values():
            self._trim(track, frame_index)
        masks = self._at_size(found, (rgb.shape[0], rgb.shape[1])) if found else ()
        return dict(zip(predicted, masks, strict=True))

    def forget(self, object_ids: Collection[ObjectId]) -> None:
        for object_id in object_ids:
            self._tracks.pop(object_id, None)
        self._joined = [object_id for object_id in self._joined if object_id not in object_ids]

    @torch.inference_mode()
    def fork(self) -> SamPropagator:
        """See `vosapp.engine.propagator.Forkable`. The sessions change what they keep in place, so they are copied."""
        fork = copy.copy(self)
        fork._tracks, fork._pictures = copy.deepcopy((self._tracks, self._pictures))
        fork._joined = list(self._joined)
        return fork

    def _session(self) -> Any:
        # What is kept of given masks lies in the computer's memory, however many there are; see `_trim`.
        return self._new_session(
            inference_device=self._device,
            inference_state_device=self._device,
            video_storage_device=self._device,
            dtype=self._network.dtype,
        )

    def _condition(self, frame_index: int, pixels: Tensor, masks: Mapping[ObjectId, Probability]) -> None:
        """Takes given masks of a frame into what their objects are found by."""
        for object_id, mask in masks.items():
            track = self._tracks.get(object_id)
            if track is None:
                session = self._session()
                session.cache = self._pictures
                session.obj_id_to_idx(_ONLY)
                track = self._tracks[object_id] = _Track(session)
            inside = Mask.from_array(np.asarray(mask) >= 0.5)
            if track.anchors.get(frame_index) != inside:
                self._take(track, frame_index, pixels, mask)
                track.anchors[frame_index] = inside

    def _take(self, track: _Track, frame_index: int, pixels: Tensor, mask: Probability) -> None:
        session = track.session
        session.add_mask_inputs(0, frame_index, mask_in_square(self._network, mask))
        session.obj_with_new_inputs = [_ONLY]
        self._network(session, frame_idx=frame_index, frame=pixels)
        session.remove_mask_inputs(0, frame_index)
        (track.empty.discard if mask.any() else track.empty.add)(frame_index)
        # That an object is away says nothing of what it looks like: such a frame counts as one that was predicted, as
        # soon as there is another to condition on.
        conditioning = track.outputs[_CONDITIONING]
        if conditioning.keys() - track.empty:
            for empty in track.empty & conditioning.keys():
                track.outputs[_PREDICTED][empty] = conditioning.pop(empty)
        self._trim(track, frame_index)

    def _find(self, track: _Track, frame_index: int, pixels: Tensor, *, is_backward: bool) -> Tensor:
        """Log-odds of an object on a frame, (1, h, w) at the size that the network gives."""
        found = self._network(track.session, frame_idx=frame_index, frame=pixels, reverse=is_backward)
        scores: Tensor = found.pred_masks[0].float()
        return scores

    def _at_size(self, found: list[Tensor], size: tuple[int, int]) -> list[Probability]:
        """Probabilities at the size of the frames, of which at most one exceeds one half at a pixel."""
        scores = F.interpolate(torch.stack(found), size, mode="bilinear", align_corners=False)
        return list(exclusive(scores[:, 0].sigmoid()).cpu().numpy())

    def _trim(self, track: _Track, frame_index: int) -> None:
        """Drops what no later frame reads, and puts the memories of given masks into the computer's memory."""
        track.session.processed_frames = {}
        track.session.frames_tracked_per_obj[0].clear()
        for kept in track.outputs[_CONDITIONING].values():
            kept.pop("high_res_masks", None)
            for name in _MEMORY:
                kept[name] = kept[name].cpu()
        recent = track.outputs[_PREDICTED]
        for index in list(recent):
            distance = abs(frame_index - index)
            if distance > self._settings.max_object_pointers_in_encoder - 2:
                del recent[index]
                continue
            unread = _MEMORY if distance > self._settings.num_maskmem - 2 else ()
            for name in ("high_res_masks", "pred_masks", *unread):
                recent[index].pop(name, None)


def picture_in_square(network: Any, rgb: RgbImage) -> Tensor:
    """A frame as (1, 3, side, side) for a network, squeezed or stretched to the square that it sees."""
    side = network.config.image_size
    picture = torch.tensor(rgb).permute(2, 0, 1)[None]
    picture = F.interpolate(picture, (side, side), mode="bilinear", antialias=True).float()
    mean, deviation = (255 * torch.tensor(values)[:, None, None] for values in (MEAN, DEVIATION))
    return ((picture - mean) / deviation).to(network.device, network.dtype)


def mask_in_square(network: Any, mask: Probability) -> Tensor:
    """A mask as (1, 1, side, side) of 0 and 1, in the computer's memory."""
    side = network.config.image_size
    inside = torch.from_numpy(np.asarray(mask) >= 0.5)[None, None].float()
    return (F.interpolate(inside, (side, side), mode="bilinear", antialias=True) >= 0.5).float()


def loaded(spec: NetworkSpec, device: torch.device, *, side: int = SIDE, anchors: int = -1) -> nn.Module:
    """The network of a spec with its weights, shared with all who ask for it like this; see `network_of_others`."""
    options = dict(spec.options) | {"side": side, "anchors": anchors}
    return network_of_others(replace(spec, options=tuple(options.items())), device)


def build(
    device: str = "auto", *, context: RunContext | None = None, size: Size = "", side: int = SIDE, anchors: int = -1
) -> OomFallback:
    """SAM 2.1 with its authors' weights. It goes on in smaller steps when memory runs out.

    Args:
        device, context: see `fallback_engine`, which says too what is raised.
        size: which of the four networks; "" for the largest that has weights here.
        side, anchors: see `vosapp.models.packaged.sam2.build`.
    """
    present = [name for name in _SIZES if find_weights(f"sam2-{name}")]
    return _build(network(f"sam2-{size or next(iter(present), 'small')}"), device, context, side=side, anchors=anchors)


def build_edgetam(
    device: str = "auto", *, context: RunContext | None = None, side: int = SIDE, anchors: int = -1
) -> OomFallback:
    """EdgeTAM with its authors' weights; as `build`."""
    return _build(network("edgetam"), device, context, side=side, anchors=anchors)


def _build(spec: NetworkSpec, device: str, context: RunContext | None, *, side: int, anchors: int) -> OomFallback:
    def run(where: torch.device, side: int) -> SamPropagator:
        import transformers

        session = "EdgeTamVideoInferenceSession" if spec.name == "edgetam" else "Sam2VideoInferenceSession"
        made = loaded(spec, where, side=side, anchors=anchors)
        return SamPropagator(made, getattr(transformers, session), device=where)

    return fallback_engine(spec.name, run, device=device, context=context, short_side=side, smaller=_SMALLER_SIDES)
