"""Engines on networks of others find what the packages' own predictors find, and more cannot be asked of an adapter."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import torch
from numpy.typing import NDArray

from tests.packaged_networks import (
    SIDE,
    cutie_network,
    cutie_settings,
    edgetam_network,
    require,
    sam2_network,
    small_cutie,
    small_edgetam,
    small_sam2,
)
from vosapp.engine.networks.cutie import CutiePropagator
from vosapp.engine.networks.sam2 import SamPropagator
from vosapp.engine.propagator import Propagator

SIZE = (72, 96)
COUNT = 9


def _frame(index: int) -> NDArray[np.uint8]:
    rows, columns = np.mgrid[: SIZE[0], : SIZE[1]]
    waves = [np.sin((columns + 3 * index) / (5 + c)) * np.cos((rows - index) / (7 - c)) for c in range(3)]
    return np.asarray(127 + 120 * np.stack(waves, axis=-1), np.uint8)


FRAMES = [_frame(index) for index in range(COUNT)]


def _box(top: int, left: int) -> NDArray[np.float32]:
    mask = np.zeros(SIZE, np.float32)
    mask[top : top + 30, left : left + 30] = 1
    return mask


FIRST, SECOND = _box(5, 10), _box(35, 50)


def _pass(
    propagator: Propagator, frames: list[int], given: dict[int, dict[int, NDArray[np.float32]]]
) -> dict[int, dict[int, NDArray[np.float32]]]:
    """What a pass over frames finds of every object on every frame; all given masks are remembered beforehand."""
    for index, masks in given.items():
        propagator.remember(index, FRAMES[index], masks)
    return {index: dict(propagator.step(index, FRAMES[index], given.get(index)).probabilities) for index in frames}


def _processor() -> Any:
    from transformers import Sam2ImageProcessor, Sam2VideoProcessor, Sam2VideoVideoProcessor

    size = {"height": SIDE, "width": SIDE}
    low = {"height": SIDE // 4, "width": SIDE // 4}
    images = Sam2ImageProcessor(size=size, mask_size=low)
    return Sam2VideoProcessor(images, Sam2VideoVideoProcessor(size=size), target_size=SIDE)


def _theirs_sam(
    network: Any, given: dict[int, dict[int, NDArray[np.float32]]], *, start: int, reverse: bool
) -> dict[int, NDArray[np.float32]]:
    """Log-odds (N, H, W) of the library's own loop over a whole clip."""
    processor = _processor()
    session = processor.init_video_session(video=np.stack(FRAMES), dtype=torch.float32)
    if type(network).__name__.startswith("EdgeTam"):
        from transformers import EdgeTamVideoInferenceSession

        session = EdgeTamVideoInferenceSession(
            video=torch.stack(list(session.processed_frames.values())),
            video_height=SIZE[0],
            video_width=SIZE[1],
            dtype=torch.float32,
        )
    with torch.inference_mode():
        for index, masks in given.items():
            processor.add_inputs_to_inference_session(
                session, index, list(masks), input_masks=[mask > 0.5 for mask in masks.values()]
            )
            network(session, frame_idx=index)
        found = {}
        for output in network.propagate_in_video_iterator(session, start_frame_idx=start, reverse=reverse):
            masks = processor.post_process_masks([output.pred_masks], [list(SIZE)], binarize=False)[0]
            found[output.frame_idx] = masks[:, 0].float().numpy()
    return found


@pytest.mark.parametrize(("network", "build"), [(sam2_network, small_sam2), (edgetam_network, small_edgetam)])
@pytest.mark.parametrize("reverse", [False, True])
@pytest.mark.parametrize("anchors", [(), (4,)])
def test_sam_finds_what_the_library_finds(
    network: Callable[..., Any], build: Callable[..., SamPropagator], reverse: bool, anchors: tuple[int, ...]
) -> None:
    frames = list(range(COUNT - 1, -1, -1) if reverse else range(COUNT))
    given = {index: {1: _box(5 + index, 10)} for index in (frames[0], *anchors)}
    ours = _pass(build(), frames, given)
    theirs = _theirs_sam(network(), given, start=frames[0], reverse=reverse)
    spread = []
    for index in frames:
        if index not in given:
            expected = 1 / (1 + np.exp(-theirs[index][0]))
            np.testing.assert_allclose(ours[index][1], expected, atol=2e-3)  # what they remember has eight bits
            sure = np.abs(expected - 0.5) > 2e-3
            np.testing.assert_array_equal(ours[index][1][sure] > 0.5, theirs[index][0][sure] > 0)
            spread.append(float(np.ptp(expected)))
    assert max(spread) > 0.05  # a network that answers one value everywhere would prove nothing


@pytest.mark.parametrize(("network", "build"), [(sam2_network, small_sam2), (edgetam_network, small_edgetam)])
def test_sam_finds_two_objects_as_the_library_does(
    network: Callable[..., Any], build: Callable[..., SamPropagator]
) -> None:
    given = {0: {1: FIRST, 2: SECOND}}
    ours = _pass(build(), list(range(COUNT)), given)
    theirs = _theirs_sam(network(), given, start=0, reverse=False)
    for index in range(1, COUNT):
        scores = theirs[index]
        for place, object_id in enumerate((1, 2)):
            wins = (scores[place] > 0) & (scores[place] >= scores.max(axis=0))
            sure = np.abs(scores).min(axis=0) > 0.02
            sure &= np.abs(scores[0] - scores[1]) > 0.02
            np.testing.assert_array_equal((ours[index][object_id] > 0.5)[sure], wins[sure])


def test_sam_keeps_no_more_than_the_next_frames_read() -> None:
    propagator = small_sam2()
    _pass(propagator, list(range(COUNT)), {0: {1: FIRST}})
    track = propagator._tracks[1]
    assert sorted(track.outputs["non_cond_frame_outputs"]) == [COUNT - 2, COUNT - 1]
    assert not track.session.processed_frames
    assert not track.session.frames_tracked_per_obj[0]


def _theirs_cutie(steps: list[tuple[int, dict[int, NDArray[np.float32]]]]) -> dict[int, NDArray[np.float32]]:
    """Probabilities (1 + N, H, W) of the package's own core, driven as its authors' scripts drive it."""
    require("cutie")
    from cutie.inference.inference_core import InferenceCore

    core = InferenceCore(cutie_network(), cfg=cutie_settings())
    found = {}
    with torch.inference_mode():
        for index, masks in steps:
            image = torch.tensor(FRAMES[index]).permute(2, 0, 1).float() / 255
            if masks:
                labels = np.zeros(SIZE, np.int64)
                for object_id, mask in masks.items():
                    labels[mask > 0.5] = object_id
                answer = core.step(image, torch.from_numpy(labels), list(masks), force_permanent=True)
            else:
                answer = core.step(image)
            found[index] = answer.numpy()
    return found


@pytest.mark.filterwarnings("ignore:.*torch.cuda.amp.autocast:FutureWarning")
@pytest.mark.parametrize("frames", [list(range(COUNT)), list(range(COUNT - 1, -1, -1))])
@pytest.mark.parametrize("joins", [False, True])
def test_cutie_finds_what_the_package_finds(frames: list[int], joins: bool) -> None:
    given = {frames[0]: {1: FIRST, 3: SECOND}}
    if joins:
        given[frames[4]] = {7: _box(40, 5)}
    propagator: CutiePropagator = small_cutie()
    ours = {index: propagator.step(index, FRAMES[index], given.get(index)).probabilities for index in frames}
    theirs = _theirs_cutie([(index, given.get(index, {})) for index in frames])
    spread = []
    for index in frames[1:]:
        for place, object_id in enumerate(sorted(ours[index])):
            if object_id not in given.get(index, {}):
                expected = theirs[index][1 + place] * (1 - given.get(index, {}).get(7, np.float32(0)))
                np.testing.assert_allclose(ours[index][object_id], expected, atol=1e-5)
                spread.append(float(np.ptp(expected)))
    assert max(spread) > 0.05


@pytest.mark.filterwarnings("ignore:.*torch.cuda.amp.autocast:FutureWarning")
def test_cutie_looks_at_anchors_ahead() -> None:
    """The mask of a frame ahead changes what is found before it."""
    alone = _pass(small_cutie(), [0, 1, 2], {0: {1: FIRST}})
    both = _pass(small_cutie(), [0, 1, 2], {0: {1: FIRST}, 8: {1: _box(30, 60)}})
    assert np.abs(alone[2][1] - both[2][1]).max() > 1e-4
