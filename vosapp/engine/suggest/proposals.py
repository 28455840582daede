"""Suggest objects: masks on a frame that the user did not draw, from networks that need no mask to begin with.

The network of the select tool, whose weights come with the program, is one of them: it is asked by a grid of clicks.
The papers choose among zero-shot instances with the ground truth. A user has none, so proposals are ranked by what
can be seen without it: whether a mask stays in place over a few frames, how sure its probabilities are, how large it
is, and whether a better proposal covers it already. Nothing here loads torch until proposals are asked for.
"""

from __future__ import annotations

import importlib
import itertools
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any, Protocol, cast

import numpy as np

from vosapp.core.errors import EngineError, WeightsError
from vosapp.core.mask import BoolImage, Mask
from vosapp.engine.propagator import Probability
from vosapp.engine.variants import options_of, split_name, title_of
from vosapp.models.picture_networks import SELECT
from vosapp.models.registry import networks
from vosapp.models.spec import NetworkSpec, Task
from vosapp.models.weights import WeightsState, way_to_get, weights_state
from vosapp.video.source import RgbImage, VideoSource

_SMALLEST = 0.0005  # share of the frame under which a mask is taken for noise: about 14x14 pixels at 480p
_LARGEST = 0.8  # share over which it is taken for the background
_COVERED = 0.6  # share of a mask that a better proposal may cover before it says nothing new
_SAME = 0.6  # overlap (IoU) from which two proposals are the same

_PROPOSERS = {
    "rvos-zero": "vosapp.engine.networks.rvos_zero:propose",
    "cosnet": "vosapp.engine.networks.cosnet:propose",
    "cosnet-sym": "vosapp.engine.networks.cosnet:propose_symmetric",
    "cosnet-channel": "vosapp.engine.networks.cosnet:propose_channel_wise",
    "select": "vosapp.engine.suggest.click_grid:propose",
}


@dataclass(frozen=True, slots=True)
class Candidate:
    """A mask that a network found on a frame, before it is compared with others.

    Attributes:
        probability: (height, width) in 0..1 at the frame's size.
        stability: overlap (IoU) with itself from frame to frame, 0..1; 1 where only one frame was looked at.
    """

    probability: Probability
    stability: float = 1.0


@dataclass(frozen=True, slots=True)
class Proposal:
    """A mask that the user may take, change or discard.

    Attributes:
        mask: what is proposed.
        score: 0..1, the product of the three below; proposals come with the best first.
        stability: how well it stays in place from frame to frame.
        confidence: the overlap with the truth that its probabilities lead one to expect.
        compactness: 1 for one piece, less where a mask falls into many.
        network: name of the network that found it.
    """

    mask: Mask
    score: float
    stability: float
    confidence: float
    compactness: float
    network: str


class Propose(Protocol):
    """Finds candidates on a frame. Loads its network from the user's weights."""

    def __call__(
        self,
        source: VideoSource,
        frame_index: int,
        *,
        shot: range,
        device: str,
        check: Callable[[], None],
        **options: Any,
    ) -> Sequence[Candidate]:
        """Candidates on a frame, from frames of the shot alone. `check` raises when the user cancels.

        The options are those of the network's variants.
        """


class SuggestListener:
    """Watches a search; this one does not care. Called in the thread of the search."""

    def begin(self, title: str, place: int, count: int) -> None:
        """A network of this title begins to look, the one at `place`, from 0, of `count`."""

    def check(self) -> None:
        """Raises Cancelled when the user asked to stop; called now and then."""

    def deliver(self, proposals: list[Proposal]) -> None:
        """A network is done: this is the result if it was the last."""


def proposing_networks() -> tuple[NetworkSpec, ...]:
    """The networks that propose objects, those with weights first; of these the papers' first. Loads no torch."""
    known = (*networks(Task.ZERO_SHOT), SELECT)
    return tuple(sorted(known, key=lambda spec: weights_state(spec) is not WeightsState.PRESENT))


def proposing_network(name: str) -> NetworkSpec:
    """The one of a name.

    Raises:
        EngineError: there is none.
    """
    known = {spec.name: spec for spec in proposing_networks()}
    if name not in known:
        raise EngineError(f"{name} proposes no objects.", f"Choose one of: {', '.join(known)}.")
    return known[name]


def why_not() -> str:
    """Why nothing can be suggested here and what to do about it, in one sentence; "" when it can. Loads no torch."""
    if any(weights_state(spec) is WeightsState.PRESENT for spec in proposing_networks()):
        return ""
    titles = " or ".join(spec.title for spec in proposing_networks() if spec.checkpoint is not None)
    return f"Suggesting objects needs the weights of {titles}, and none are here; see: vosapp weights list"


def suggest(
    source: VideoSource,
    frame_index: int,
    *,
    network_names: Sequence[str] = (),
    shot: range | None = None,
    device: str = "auto",
    refine: bool = False,
    listener: SuggestListener | None = None,
) -> list[Proposal]:
    """Proposes object masks on a frame, the best first.

    Args:
        source: the clip, for this call alone.
        frame_index: where proposals are wanted.
        network_names: which networks to ask, with variants if there are to be any, as "cosnet/group/crf"; all
            that have weights if none is named.
        shot: frames that may be looked at: those between the cuts around the frame. None for the whole clip.
        device: "auto", "cpu", "cuda" or "mps".
        refine: move outlines to where the colours change, by a dense CRF with the settings of COSNet's authors.
        listener: is told how far the search is, and may stop it; None for nobody.

    Raises:
        EngineError: the frame is not in the clip, or a network proposes nothing by its nature.
        WeightsError: no network that could propose has weights here; the message says how to get them.
        MediaError: a frame cannot be read.
    """
    shot = range(source.info.frame_count) if shot is None else shot
    if frame_index not in shot or not 0 <= frame_index < source.info.frame_count:
        raise EngineError(f"Frame {frame_index} is not in the clip, which has {source.info.frame_count} frames.")
    found: list[Proposal] = []
    listener, asked = listener or SuggestListener(), _asked(network_names)
    for place, name in enumerate(asked):
        base, ways = split_name(name)
        listener.begin(title_of(proposing_network(base).title, base, ways), place, len(asked))
        listener.check()
        options = options_of(base, ways)
        candidates = _proposer(base)(source, frame_index, shot=shot, device=device, check=listener.check, **options)
        fitting = [candidate for candidate in candidates if _has_fitting_size(candidate)]
        if refine or "crf" in ways:
            fitting = _refined(source.frame(frame_index), fitting, listener.check)
        found += [_judged(candidate, name) for candidate in fitting]
        listener.deliver(_best_first(found))
    return _best_first(found)


def _best_first(found: Sequence[Proposal]) -> list[Proposal]:
    return without_repeats(sorted(found, key=_rank))


def without_repeats(proposals: Sequence[Proposal]) -> list[Proposal]:
    """Proposals, best first, without those that a better one covers or equals."""
    kept: list[Proposal] = []
    seen: list[BoolImage] = []
    for proposal in proposals:
        array = proposal.mask.array()
        if not any(_overlap(array, better) > _SAME or _covered(array, better) > _COVERED for better in seen):
            kept.append(proposal)
            seen.append(array)
    return kept


def _rank(proposal: Proposal) -> tuple[float, int, tuple[int, ...]]:
    """The better before the worse; of equals the larger, then the higher one, whatever order they were found in."""
    return -proposal.score, -proposal.mask.area_px, proposal.mask.bounding_box or ()


def mean_overlap(masks: Sequence[BoolImage]) -> float:
    """Mean IoU of each mask with the next one, 0..1: how well an object stays in place from frame to frame."""
    if len(masks) < 2:
        return 1.0
    return float(np.mean([_overlap(a, b) for a, b in itertools.pairwise(masks)]))


def _asked(names: Sequence[str]) -> list[str]:
    """The names, checked; without any those of the networks that have weights."""
    if not names:
        if why_not():
            raise WeightsError(why_not())
        return [spec.name for spec in proposing_networks() if weights_state(spec) is WeightsState.PRESENT]
    for name in names:
        base, ways = split_name(name)
        spec = proposing_network(base)
        options_of(base, ways)
        if weights_state(spec) is not WeightsState.PRESENT:
            raise WeightsError(f"{spec.title} has no weights on this computer.", way_to_get(spec))
    return list(names)


def _proposer(name: str) -> Propose:
    module, _, function = _PROPOSERS[name].partition(":")
    return cast(Propose, getattr(importlib.import_module(module), function))


def _has_fitting_size(candidate: Candidate) -> bool:
    share = float(np.mean(candidate.probability >= 0.5))
    return _SMALLEST <= share <= _LARGEST


def _refined(rgb: RgbImage, candidates: Sequence[Candidate], check: Callable[[], None]) -> list[Candidate]:
    """Candidates after the CRF of COSNet's authors; those of which it leaves nothing are dropped."""
    from vosapp.matte.dense_crf import CrfSettings, refine_by_crf

    # Of the nine settings that their script sweeps the middle one; which gave the paper's number is not stated.
    settings = CrfSettings(near_weight=5, near_px=1, alike_weight=9, alike_px=15, alike_levels=7, steps=5)
    refined = []
    for candidate in candidates:
        check()
        probability = refine_by_crf(rgb, candidate.probability[None], settings)[0]
        refined.append(replace(candidate, probability=probability))
    return [candidate for candidate in refined if _has_fitting_size(candidate)]


def _judged(candidate: Candidate, name: str) -> Proposal:
    from vosapp.engine.mask_prediction import doubt_of

    inside = candidate.probability >= 0.5
    confidence = 1 - doubt_of(candidate.probability)
    compactness = _largest_piece_share(inside)
    score = candidate.stability * confidence * compactness
    return Proposal(Mask.from_array(inside), score, candidate.stability, confidence, compactness, name)


def _largest_piece_share(inside: BoolImage) -> float:
    """Share of a mask's pixels in its largest connected piece."""
    import cv2

    statistics = np.asarray(cv2.connectedComponentsWithStats(inside.view(np.uint8))[2])
    areas = statistics[1:, cv2.CC_STAT_AREA]
    return float(areas.max() / areas.sum()) if areas.size else 0.0


def _overlap(a: BoolImage, b: BoolImage) -> float:
    union = np.count_nonzero(a | b)
    return np.count_nonzero(a & b) / union if union else 0.0


def _covered(a: BoolImage, by: BoolImage) -> float:
    area = np.count_nonzero(a)
    return np.count_nonzero(a & by) / area if area else 1.0
