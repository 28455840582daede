"""Mattes: SAD (thousands), MSE, gradient error (thousands) and dtSSD in the edge band, from true and propagated masks.

The best feather is chosen with hindsight, per clip, by SAD. Closed-form matting needs the package pymatting, which is
no dependency; without it its rows are left out. VOSAPP_REFINER=FILE adds the refiner with those weights.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

import cv2
import numpy as np

from tests.moving_disc import moving_disc
from vosapp.core.document import MatteSettings
from vosapp.core.steady_frames import REACH
from vosapp.data.demo.shot import frames as demo_frames
from vosapp.data.suite.clips import SuiteClip
from vosapp.data.truth import TruthClip
from vosapp.engine.engines import build_propagator
from vosapp.evaluation.datasets import open_dataset
from vosapp.evaluation.run import run_clip
from vosapp.matte.alpha import alpha_of
from vosapp.matte.carried_trimap import carried_trimap
from vosapp.matte.outline import distance_to_outline
from vosapp.matte.refiner import refiner_is_ready
from vosapp.matte.steady import Moment, steadied
from vosapp.metrics.matting import edge_band, matting_errors, temporal_error

PARTS = ("lemur-true", "lemur-propagated", "demo", "soft", "motion", "still", "carried", "speed")
NOTE = "The first 16 frames of each clip; closed-form on two of them, without dtSSD."
CLIPS = Path(__file__).resolve().parents[3] / "shared" / "clips"
COUNT, COSTLY = 16, 2
NOISE_LEVELS, FLICKER = 5.0, 0.15  # of a still object: the sensor's, and what a mask makes of it (of its soft edge)
FEATHERS = (1.0, 1.5, 2.0, 2.5, 3.0, 4.0, 5.0, 6.0)
DEEP_PX = 12  # inside the mask: what is soft there is not the edge (on lemur-alpha, spill that was keyed away)
BAND_PX = 6  # unknown for closed-form, on either side of the outline

Method = Callable[[np.ndarray, np.ndarray], np.ndarray]


@dataclass(frozen=True)
class Case:
    """A frame: picture, the mask that a method is given, and the true alpha."""

    rgb: np.ndarray
    mask: np.ndarray
    truth: np.ndarray


def run_part(part: str) -> Iterator[tuple[str, str]]:
    """The rows of one clip."""
    if part == "speed":
        yield from speeds()
        return
    if part == "carried":
        yield from carried()
        return
    cases = list(_cases(part))
    if not cases:
        yield f"{part}: the clip is not beside this checkout", "-"
        return
    yield row(part, "binary", [case.mask.astype(np.float32) for case in cases], cases)
    tried = {sigma: [blurred(case.mask, sigma) for case in cases] for sigma in FEATHERS}
    best = min(
        tried, key=lambda sigma: sum(matting_errors(a, c.truth).sad for a, c in zip(tried[sigma], cases, strict=True))
    )
    yield row(part, f"best feather (Gaussian of {best:g} px)", tried[best], cases)
    alphas = [fast(case.rgb, case.mask) for case in cases]
    yield row(part, "fast", alphas, cases)
    yield row(part, "fast, steady", steady(alphas, cases), cases)
    if refiner_is_ready():
        yield row(part, "quality", [quality(case.rgb, case.mask) for case in cases], cases)
    if os.environ.get("VOSAPP_REFINER"):
        refine = refiner(Path(os.environ["VOSAPP_REFINER"]))
        yield row(part, "refiner in training", [refine(case.rgb, case.mask) for case in cases], cases)
    matting = closed_form()
    if matting is not None:
        few = cases[:: len(cases) // COSTLY][:COSTLY]
        yield row(part, "closed-form", [matting(case.rgb, case.mask) for case in few], few, moving=False)


def row(
    part: str, name: str, alphas: Sequence[np.ndarray], cases: Sequence[Case], *, moving: bool = True
) -> tuple[str, str]:
    """One method's figures."""
    errors = [matting_errors(alpha, case.truth) for alpha, case in zip(alphas, cases, strict=True)]
    sad, mse, gradient = (float(np.mean([getattr(e, kind) for e in errors])) for kind in ("sad", "mse", "gradient"))
    deep = np.mean([deep_sad(alpha, case) for alpha, case in zip(alphas, cases, strict=True)])
    moved = f", dtSSD {temporal_error(alphas, [case.truth for case in cases]):.2f}" if moving else ""
    return (
        f"{part}: {name}",
        f"SAD {sad:.3f} (of it {deep:.3f} deep inside), MSE {mse:.4f}, gradient {gradient:.3f}{moved}",
    )


def deep_sad(alpha: np.ndarray, case: Case) -> float:
    """The part of a frame's SAD that lies deep inside the mask."""
    deep = edge_band(case.truth) & (distance_to_outline(case.mask) > DEEP_PX)
    return matting_errors(alpha, case.truth, band=deep).sad


def blurred(mask: np.ndarray, sigma: float) -> np.ndarray:
    """A uniform feather."""
    return cv2.GaussianBlur(mask.astype(np.float32), (0, 0), sigma)


def fast(rgb: np.ndarray, mask: np.ndarray) -> np.ndarray:
    """What an export writes with the edge *fast*."""
    return alpha_of(mask, MatteSettings(edge="fast"), rgb).astype(np.float32) / 255


def quality(rgb: np.ndarray, mask: np.ndarray) -> np.ndarray:
    """What an export writes with the edge *quality*."""
    return alpha_of(mask, MatteSettings(edge="quality"), rgb).astype(np.float32) / 255


def steady(alphas: Sequence[np.ndarray], cases: Sequence[Case]) -> list[np.ndarray]:
    """What an export writes with *Steady* at 1: two frames on either side count."""
    moments = [Moment(alpha.astype(np.float32), case.rgb) for alpha, case in zip(alphas, cases, strict=True)]
    around = [
        moments[max(0, place - REACH) : place] + moments[place + 1 : place + 1 + REACH] for place in range(len(cases))
    ]
    return [steadied(now, others, 1.0) for now, others in zip(moments, around, strict=True)]


def refiner(weights: Path) -> Method:
    """The refiner with the averaged weights of a checkpoint."""
    from safetensors.torch import load_file

    from vosapp.matte.fast_edge import measured_edge
    from vosapp.matte.quality_edge import quality_edge
    from vosapp.models.matte_refiner.network import build

    network = build().eval()
    network.load_state_dict(load_file(weights))

    def refine(levels: np.ndarray, mask: np.ndarray) -> np.ndarray:
        rgb = levels.astype(np.float32) / 255
        return quality_edge(network, rgb, mask, measured_edge(rgb, mask)).alpha

    return refine


def closed_form() -> Method | None:
    """Levin et al.'s matting as pymatting has it, in a band about the outline."""
    try:
        from pymatting import estimate_alpha_cf
    except ImportError:
        return None

    def matting(rgb: np.ndarray, mask: np.ndarray) -> np.ndarray:
        away = distance_to_outline(mask)
        trimap = np.where(np.abs(away) <= BAND_PX, 0.5, mask.astype(float))
        return np.asarray(estimate_alpha_cf(rgb / 255.0, trimap), np.float32)

    return matting


def carried() -> Iterator[tuple[str, str]]:
    """How a trimap painted along the fish's outline holds when it is carried on."""
    first, *others = islice(demo_frames(), 8, 17)
    away = distance_to_outline(first.mask)
    trimap = np.zeros(away.shape, np.uint8)
    for kind, painted in enumerate((away > 4, np.abs(away) <= 4, away < -4), start=1):
        trimap[painted & (np.abs(away) < 14)] = kind
    begun, before = np.count_nonzero(trimap), first
    for count, frame in enumerate(others, start=1):
        trimap, before = carried_trimap(trimap, before.rgb, frame.rgb), frame
        inside, outside = (frame.alpha[trimap == 1] > 0.9).mean(), (frame.alpha[trimap == 3] < 0.1).mean()
        left = np.count_nonzero(trimap) / begun
        yield f"carried over {count}", f"left {left:.3f}, right of in {inside:.3f}, of out {outside:.3f}"


def speeds() -> Iterator[tuple[str, str]]:
    """Milliseconds a frame on one core, for an object of two fifths of the picture's height."""
    cv2.setNumThreads(1)
    for name, (height, width) in {"1080p": (1080, 1920), "2160p": (2160, 3840)}.items():
        rows, columns = np.ogrid[:height, :width]
        mask = (rows - height / 2) ** 2 + (columns - width / 2) ** 2 < (height / 5) ** 2
        rgb = np.random.default_rng(1).integers(0, 255, (height, width, 3), np.uint8)
        rgb[mask] //= 2
        for edge, made in {"fast": fast, "quality": quality}.items():
            if edge == "quality" and not refiner_is_ready():
                continue
            taken = []
            for _ in range(5):
                begun = time.process_time()
                made(rgb, mask)
                taken.append(time.process_time() - begun)
            yield f"{edge}, a {name} frame", f"{1000 * min(taken):.0f} ms"
        moment = Moment(fast(rgb, mask), rgb)
        begun = time.process_time()
        steadied(moment, [moment] * 2 * REACH, 1.0)
        yield f"steady, a {name} frame more", f"{1000 * (time.process_time() - begun):.0f} ms"


def _cases(part: str) -> Iterator[Case]:
    if part == "still":
        yield from _still()
    elif part == "motion":
        yield from _motion()
    elif part == "demo":
        for frame in islice(demo_frames(), COUNT):
            yield Case(frame.rgb, frame.mask, frame.alpha)
    elif part == "soft":
        yield from _of_clip(SuiteClip("soft"))
    elif CLIPS.exists():
        clip = open_dataset(str(CLIPS)).only(["lemur-alpha"]).clips[0]
        yield from _of_clip(clip) if part == "lemur-true" else _propagated(clip)


def _of_clip(clip: TruthClip) -> Iterator[Case]:
    for index in range(COUNT):
        alpha = clip.alpha(index)
        assert alpha is not None
        yield Case(clip.frame(index), alpha >= 0.5, alpha)


def _propagated(clip: TruthClip) -> Iterator[Case]:
    """From the one true mask of the first frame, which is left out."""
    found = run_clip(clip, build_propagator("hybrid", device="cpu"))
    for frame in islice(found, 1, COUNT + 1):
        alpha = clip.alpha(frame.frame_index)
        assert alpha is not None
        mask = frame.mask(clip.objects[0].id, alpha.shape)
        yield Case(clip.frame(frame.frame_index), mask, alpha)


def _motion() -> Iterator[Case]:
    """Discs that move by 8 to 32 px in the shutter, on little and on much texture."""
    for blur_px in (8, 16, 24, 32):
        for texture in (8.0, 30.0):
            rgb, alpha = moving_disc(blur_px, texture)
            yield Case(np.round(255 * rgb).astype(np.uint8), alpha >= 0.5, alpha)


def _still() -> Iterator[Case]:
    """The demo shot's first frame again and again, with sensor noise and a mask whose outline flickers by it.

    dtSSD against a truth that does not change is the chatter.
    """
    frame, rng = next(iter(demo_frames())), np.random.default_rng(3)
    soft = blurred(frame.alpha >= 0.5, 2)
    for _ in range(COUNT):
        rgb = np.clip(frame.rgb + rng.normal(0, NOISE_LEVELS, frame.rgb.shape), 0, 255).astype(np.uint8)
        wobble = cv2.GaussianBlur(rng.normal(0, 1, soft.shape).astype(np.float32), (0, 0), 3)
        yield Case(rgb, soft + wobble * (FLICKER / wobble.std()) >= 0.5, frame.alpha)
