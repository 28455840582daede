"""Select with SAM 2.1 and EdgeTAM gives the masks of the package's own models for pictures, weights being the same."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import torch
from numpy.typing import NDArray

from tests.packaged_networks import SIDE, edgetam_network, sam2_network
from vosapp.engine.select.marks import Marks, Stroke
from vosapp.engine.select.sam_selector import SamSelector

SIZE = (72, 96)
INSIDE, OUTSIDE, MORE = Stroke(((30.0, 20.0),)), Stroke(((80.0, 60.0),), is_inside=False), Stroke(((41.5, 33.0),))
BOX = (12.0, 8.0, 60.0, 50.0)
CLOSE = 1e-4  # of log-odds up to some tens


def _picture() -> NDArray[np.uint8]:
    rows, columns = np.mgrid[: SIZE[0], : SIZE[1]]
    waves = [np.sin(columns / (5 + c)) * np.cos(rows / (7 - c)) for c in range(3)]
    return np.asarray(127 + 120 * np.stack(waves, axis=-1), np.uint8)


def _for_pictures(video: Any) -> Any:
    """The package's model for single pictures with the weights of one for video."""
    import transformers

    name = "EdgeTam" if type(video).__name__.startswith("EdgeTam") else "Sam2"
    told, made = video.config.prompt_encoder_config, video.config.mask_decoder_config
    prompts = {key: getattr(told, key) for key in ("hidden_size", "mask_input_channels", "image_size")}
    decoder = {key: getattr(made, key) for key in ("hidden_size", "mlp_dim", "num_attention_heads")}
    decoder["iou_head_hidden_dim"] = made.iou_head_hidden_dim
    config = getattr(transformers, f"{name}Config")(
        vision_config=video.config.vision_config, prompt_encoder_config=prompts, mask_decoder_config=decoder
    )
    model = getattr(transformers, f"{name}Model")(config).eval()
    wanted = model.state_dict().keys()
    model.load_state_dict({key: value for key, value in video.state_dict().items() if key in wanted}, strict=True)
    return model


def _theirs(model: Any, marks: Marks, before: torch.Tensor | None) -> torch.Tensor:
    """Log-odds (1, 1, h, w) of the mask that their model is surest of, or of its only one."""
    from transformers import Sam2ImageProcessor, Sam2Processor

    square, quarter = {"height": SIDE, "width": SIDE}, {"height": SIDE // 4, "width": SIDE // 4}
    processor = Sam2Processor(Sam2ImageProcessor(size=square, mask_size=quarter), target_size=SIDE)
    places = [[x, y] for stroke in marks.strokes for x, y in stroke.points]
    told: dict[str, Any] = {}
    if places:
        kinds = [int(stroke.is_inside) for stroke in marks.strokes]
        told |= {"input_points": [[places]], "input_labels": [[kinds]]}
    if marks.box is not None:
        told["input_boxes"] = [[list(marks.box)]]
    with torch.inference_mode():
        ready = processor(images=_picture(), return_tensors="pt", **told)
        ready.pop("original_sizes")
        answer = model(
            **ready,
            input_masks=before,
            multimask_output=before is None and marks.box is None and len(places) == 1,
        )
    best = int(answer.iou_scores[0, 0].argmax())
    scores: torch.Tensor = answer.pred_masks[:, 0, best : best + 1].float().clamp(-32, 32)
    return scores


@pytest.mark.parametrize("build", [sam2_network, edgetam_network])
def test_clicks_one_after_the_other(build: Callable[[], Any]) -> None:
    ours, model = SamSelector(build(), _picture()), _for_pictures(build())
    before, spread = None, []
    for count in (1, 2, 3):
        marks = Marks((INSIDE, OUTSIDE, MORE)[:count])
        found = ours.propose(marks)
        before = _theirs(model, marks, before)
        assert ours._scores is not None
        np.testing.assert_allclose(ours._scores.numpy(), before.numpy(), atol=CLOSE)
        large = torch.nn.functional.interpolate(before, SIZE, mode="bilinear", align_corners=False)[0, 0].sigmoid()
        np.testing.assert_allclose(found, large.numpy(), atol=CLOSE)
        spread.append(float(np.ptp(found)))
    assert max(spread) > 0.05  # a network that answers one value everywhere would prove nothing


@pytest.mark.parametrize("build", [sam2_network, edgetam_network])
@pytest.mark.parametrize("strokes", [(), (OUTSIDE,)])
def test_a_box(build: Callable[[], Any], strokes: tuple[Stroke, ...]) -> None:
    ours, marks = SamSelector(build(), _picture()), Marks(strokes, BOX)
    ours.propose(marks)
    assert ours._scores is not None
    np.testing.assert_allclose(ours._scores.numpy(), _theirs(_for_pictures(build()), marks, None).numpy(), atol=CLOSE)


@pytest.mark.parametrize("build", [sam2_network, edgetam_network])
def test_a_mask_that_is_there_is_told(build: Callable[[], Any]) -> None:
    there = np.zeros(SIZE, np.bool_)
    there[10:50, 20:70] = True
    ours, marks = SamSelector(build(), _picture(), there), Marks((OUTSIDE,))
    given = ours._given
    assert given is not None and given.shape == (1, 1, SIDE // 4, SIDE // 4)
    assert float(given.max()) > 5 and float(given.min()) < -5
    ours.propose(marks)
    assert ours._scores is not None
    np.testing.assert_allclose(ours._scores.numpy(), _theirs(_for_pictures(build()), marks, given).numpy(), atol=CLOSE)
