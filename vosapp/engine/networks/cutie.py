"""Cutie as a propagator, on the `InferenceCore` of the package rf-cutie.

Given masks enter its permanent memory, those of frames behind and ahead alike. The core is made for masks that are
complete: where only some objects are given, the others are found first and given along.
"""

from __future__ import annotations

import copy
from collections.abc import Collection, Mapping, Sequence
from typing import Any, Literal, cast

import numpy as np
import torch
from torch import Tensor, nn

from vosapp.core.document import ObjectId
from vosapp.engine.anchor_frames import AnchorFrames
from vosapp.engine.networks.adapter import NetworkPropagator, fallback_engine
from vosapp.engine.networks.loaded_network import network_of_others
from vosapp.engine.oom_fallback import OomFallback
from vosapp.engine.propagator import Probability
from vosapp.engine.run_context import RunContext
from vosapp.models.packaged.cutie import configuration, silence
from vosapp.models.registry import network
from vosapp.video.source import RgbImage

Size = Literal["base", "small"]
SHORT_SIDE = 480  # to which the authors' own tool shrinks a clip
_STRIDE = 16


class CutiePropagator(NetworkPropagator):
    """A `Propagator`. Its memory of predicted frames is bounded by the authors' settings.

    Args:
        network: with its weights, on the device.
        settings: as `vosapp.models.packaged.cutie.configuration` gives them.
        device: where it runs.
        context: of the run, asked whether to go on before each given mask of another frame is learnt.
    """

    def __init__(
        self, network: nn.Module, settings: Any, *, device: torch.device, context: RunContext | None = None
    ) -> None:
        super().__init__(device)
        silence()
        self._network = network
        self._settings = settings
        self._context = context or RunContext()
        self._core: Any = None
        self._waiting = AnchorFrames()  # given masks of frames elsewhere that the core has not seen yet

    def remember(self, frame_index: int, rgb: RgbImage, masks: Mapping[ObjectId, Probability]) -> None:
        """Keeps given masks until their objects are in the pass; see `Propagator.remember`."""
        self._waiting.add(frame_index, rgb, masks)

    def _move_to(
        self, frame_index: int, rgb: RgbImage, given: Mapping[ObjectId, Probability]
    ) -> Mapping[ObjectId, Probability]:
        if self._core is None:
            if not given:
                return {}
            self._core = self._new_core((rgb.shape[0], rgb.shape[1]))
        image = self._image(rgb)
        found = self._take(image, given) if given else self._core.step(image)
        order: list[ObjectId] = self._core.object_manager.all_obj_ids
        masks = dict(zip(order, found[1:].float().clamp(0, 1).cpu().numpy(), strict=True))
        self._learn_elsewhere(frame_index)
        return {o: mask for o, mask in masks.items() if o not in given}

    def forget(self, object_ids: Collection[ObjectId]) -> None:
        self._waiting.forget(object_ids)
        if self._core is None:
            return
        order: list[ObjectId] = self._core.object_manager.all_obj_ids
        kept = [place for place, object_id in enumerate(order) if object_id not in object_ids]
        if not kept:
            self._core = None
            return
        gone = [object_id for object_id in order if object_id in object_ids]
        self._core.last_mask = self._core.last_mask[:, kept]  # the core leaves it as it was
        self._core.delete_objects(gone)
        for object_id in gone:
            self._core.memory.obj_v.pop(object_id, None)  # or an object that comes again begins with the old sums

    @torch.inference_mode()
    def fork(self) -> CutiePropagator:
        """See `vosapp.engine.propagator.Forkable`. The core changes its memories in place, so they are copied."""
        fork = copy.copy(self)
        fork._core = copy.deepcopy(self._core, {id(self._network): self._network})
        fork._waiting = self._waiting.fork()
        return fork

    def _new_core(self, size: tuple[int, int]) -> Any:
        from cutie.inference.inference_core import InferenceCore
        from omegaconf import OmegaConf

        return InferenceCore(self._network, cfg=OmegaConf.merge(self._settings, self._fitting(size)))

    def _fitting(self, size: tuple[int, int]) -> dict[str, Any]:
        """Settings that frames of a few cells need: the core asks for more cells than there are, and fails."""
        settings = self._settings
        limit = settings.max_internal_size
        scale = min(1.0, limit / min(size)) if limit > 0 else 1.0
        cells = int(np.prod([-(-int(side * scale) // _STRIDE) for side in size]))
        compressed = (settings.long_term.max_mem_frames - settings.long_term.min_mem_frames) * cells
        can_compress = compressed >= settings.long_term.num_prototypes
        return {"use_long_term": settings.use_long_term and can_compress, "top_k": min(settings.top_k, cells)}

    def _image(self, rgb: RgbImage) -> Tensor:
        return torch.tensor(rgb, device=self._device).permute(2, 0, 1).float() / 255

    def _take(self, image: Tensor, given: Mapping[ObjectId, Probability]) -> Tensor:
        """Goes to a frame of which masks are given; probabilities of the background and all objects (1 + N, H, W)."""
        known: list[ObjectId] = self._core.object_manager.all_obj_ids
        fresh = [object_id for object_id in given if object_id not in known]
        is_seen = any(mask.any() for mask in given.values())  # that objects are away is nothing to remember for ever
        if known and fresh:
            order = [object_id for object_id in known if object_id in given] + fresh
            labels = self._labels([given[object_id] for object_id in order], order)
            return cast(Tensor, self._core.step(image, labels, order, force_permanent=is_seen))
        masks = {object_id: self._mask(mask) for object_id, mask in given.items()}
        order = known or fresh
        if len(masks) < len(order):
            masks = self._found(image, masks) | masks
        stacked = torch.stack([masks[object_id] for object_id in order])
        return cast(Tensor, self._core.step(image, stacked, order, idx_mask=False, force_permanent=is_seen))

    def _found(self, image: Tensor, given: Mapping[ObjectId, Tensor]) -> dict[ObjectId, Tensor]:
        """The masks of all known objects on a frame, out of the way of given ones. Leaves the memory as it is."""
        found = self._core.step(image, end=True)[1:]
        self._core.curr_ti -= 1  # the frame comes once more, with masks
        room = 1 - torch.stack(list(given.values())).amax(dim=0)
        return dict(zip(self._core.object_manager.all_obj_ids, found * room, strict=True))

    def _learn_elsewhere(self, frame_index: int) -> None:
        """Takes given masks of frames behind and ahead into the permanent memory; the pass stays where it is."""
        known = set(self._core.object_manager.all_obj_ids)
        core, waiting, self._waiting = self._core, self._waiting, AnchorFrames()
        for index, rgb, masks in waiting.everything():
            ready = {object_id: mask for object_id, mask in masks.items() if object_id in known}
            self._waiting.add(index, rgb, {o: mask for o, mask in masks.items() if o not in known})
            if ready and index != frame_index:
                self._context.check()
                before = core.last_mask, dict(core.memory.sensory), core.curr_ti, core.last_mem_ti
                self._take(self._image(rgb), ready)
                core.last_mask, core.memory.sensory, core.curr_ti, core.last_mem_ti = before
        self._waiting.keep_near(frame_index)

    def _mask(self, mask: Probability) -> Tensor:
        return torch.tensor(mask, dtype=torch.float32, device=self._device)

    def _labels(self, masks: Sequence[Probability], object_ids: Sequence[ObjectId]) -> Tensor:
        """A picture (H, W) of object ids, 0 for the background; ids begin at 1."""
        labels = np.zeros(masks[0].shape, np.int64)
        for object_id, mask in zip(object_ids, masks, strict=True):
            labels[mask >= 0.5] = object_id
        return torch.from_numpy(labels).to(self._device)


def build(
    device: str = "auto",
    *,
    context: RunContext | None = None,
    size: Size = "base",
    short_side: int = SHORT_SIDE,
    long_memory: bool = True,
) -> OomFallback:
    """Cutie with its authors' weights. It goes on in smaller steps when memory runs out.

    Args:
        device, context: see `fallback_engine`, which says too what is raised.
        size: "base" or "small".
        short_side: larger frames are shrunk until their shorter side has so many pixels; 0 never shrinks.
        long_memory: whether what was seen longer ago is kept, compressed, or forgotten.
    """
    spec = network("cutie" if size == "base" else "cutie-small")

    def run(where: torch.device, side: int) -> CutiePropagator:
        loaded = network_of_others(spec, where)
        settings = configuration(size, max_internal_size=side or -1, use_long_term=long_memory)
        return CutiePropagator(loaded, settings, device=where, context=context)

    return fallback_engine(spec.name, run, device=device, context=context, short_side=short_side)
