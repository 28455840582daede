"""One object on its way through the clip: the moved mask, what the object looks like, and where it should be.

Each frame weighs four kinds of evidence in log-odds per pixel: the mask that optical flow carried over (the prior),
the appearance, the motion, and the extent, which lets the appearance decide alone where part of the object went
missing. What a trusted mask claims against the looks is taken off them (`flow_claims.py`). All but the prior are found
on a small working picture. An edge-aware smoothing at full size then lays the outline onto the picture's edges.

A trusted mask starts everything anew: what is found on a frame depends on the trusted masks that were shown and on the
frames since the last one, never on where the pass began.

Source of the smoothing: Min et al., "Fast global image smoothing based on weighted least squares", TIP 2014, as OpenCV
implements it.
"""

from __future__ import annotations

import copy
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from vosapp.engine.flow.appearance import AppearanceModel, Scorer
from vosapp.engine.flow.claims import Claims, parted
from vosapp.engine.flow.extent import Extent, extent_of
from vosapp.engine.flow.features import Features, pixel_features
from vosapp.engine.flow.motion import motion_evidence
from vosapp.engine.flow.scene import Scene, Window
from vosapp.engine.propagator import Probability
from vosapp.optical_flow import warp

_EXTENT_SLACK = 1.15  # how far beyond its box an object may reach
# What each sign of trouble adds to the doubt; so weighted it follows the true error (rank correlation 0.8 on footage).
_DOUBT_MISSING, _DOUBT_CHANGED, _DOUBT_UNLIKE = 0.3, 0.5, 0.15
_MISSING = 0.15  # share of the object that must be missing before pieces elsewhere are taken for it


@dataclass(frozen=True, slots=True)
class FlowSettings:
    """The constants of the engine, chosen on footage.

    Attributes:
        prior_limit: most log-odds that the moved mask can claim.
        appearance_gain: log-odds of a full appearance score.
        lost_gain: log-odds given back inside the extent when the whole object is missing.
        extent_slope: log-odds lost for each extent radius outside the box.
        margin: room around the object, in its own sizes, that is looked at.
        edge_strength, edge_colour: lambda and sigma of the edge-aware smoothing.
        sharpness: slope of the soft edge kept for the next frame.
        keep_share: area, against the usual, that a detached piece needs to be taken for the object come back.
        learn_share: area, against the usual, from which a frame teaches the appearance model.
    """

    prior_limit: float = 3.0
    appearance_gain: float = 2.5
    lost_gain: float = 2.0
    extent_slope: float = 4.0
    margin: float = 0.6
    edge_strength: float = 200.0
    edge_colour: float = 6.0
    sharpness: float = 1.5
    keep_share: float = 0.02
    learn_share: float = 0.4


@dataclass(frozen=True, slots=True)
class _Look:
    """What one frame shows of an object before it is decided.

    Attributes:
        window: where is looked.
        expected: where the object should be.
        moved: its mask moved to this frame, at full size.
        small: the same on the working picture.
        missing: share of the usual area that the moved mask lacks.
    """

    window: Window
    expected: Extent
    moved: Probability
    small: NDArray[np.float32]
    missing: float


class ObjectTrack:
    """The state of one object during a pass."""

    def __init__(self, settings: FlowSettings, scorer: Scorer | None = None) -> None:
        """Takes the constants, and what computes appearance scores where there is a quicker way than the plain."""
        self._settings = settings
        self._appearance = AppearanceModel(scorer)
        self._mask: Probability | None = None
        self._extent: Extent | None = None
        self._claims: Claims | None = None

    def fork(self) -> ObjectTrack:
        """Another track in the same state."""
        fork = copy.copy(self)
        fork._appearance = self._appearance.fork()
        return fork

    def remember(self, scene: Scene, mask: Probability) -> None:
        """Learns the look of the object from a trusted mask, without moving there."""
        if self._appearance.knows(scene.frame_index):
            return
        small = scene.reduced(mask)
        window = scene.window(small >= 0.5, None, self._settings.margin)
        if window is not None:
            features = pixel_features(scene.small[window.small])
            self._appearance.learn_anchor(scene.frame_index, features, small[window.small])

    def place(self, scene: Scene, mask: Probability) -> None:
        """Takes a trusted mask as the state of this frame, in place of all that was carried here.

        An empty one says that the object is away; what is known of it stays, so that it can be found again.
        """
        if not self._appearance.is_ready():
            self.remember(scene, mask)
        self._mask, self._claims = mask, None
        small = scene.reduced(mask)
        inside = small >= 0.5
        extent = extent_of(inside)
        if extent is not None:
            self._extent = extent
            self._appearance.restart(scene.frame_index)
            self._claims = Claims.of(scene.small, self._score_around(scene, inside), inside)

    def adopt(self, mask: Probability) -> None:
        """Goes on from a mask (height, width) that others found on the present frame."""
        self._mask = mask

    def insist(self, mask: Probability) -> Probability:
        """A mask (height, width) that others found on the present frame, put right where claims stand."""
        if self._claims is None or self._mask is None:
            return mask
        return np.asarray(mask + self._claims.weight(mask.shape) * (self._mask - mask), np.float32)

    def follow(self, scene: Scene) -> tuple[Probability, float]:
        """Moves to the scene's frame. Returns the probabilities (height, width) and the doubt, 0 to 1."""
        mask = np.zeros(scene.rgb.shape[:2], np.float32)
        look = self._look(scene)
        if look is None:
            self._mask = mask
            return mask, 1.0
        features = pixel_features(scene.small[look.window.small])
        score = self._appearance.score(scene.frame_index, features)
        if self._claims is not None and scene.small_flow is not None:
            self._claims = self._claims.moved(scene.small, scene.small_flow)
            score = score + self._claims.score[look.window.small]
        found = self._outlined(scene, look, self._evidence(scene, look, score))
        mask[look.window.full] = self._without_strays(scene, look, found)
        self._mask = mask
        small = scene.reduced(mask)
        self._learn(scene, look, features, small)
        return mask, _doubt(look, score, small[look.window.small] >= 0.5)

    def _score_around(self, scene: Scene, inside: NDArray[np.bool_]) -> NDArray[np.float32]:
        """(height, width) of the working picture: the appearance around a mask on it, 0 farther away."""
        scores = np.zeros(inside.shape, np.float32)
        window = scene.window(inside, None, self._settings.margin)
        if window is not None:
            features = pixel_features(scene.small[window.small])
            scores[window.small] = self._appearance.score(scene.frame_index, features)
        return scores

    def _look(self, scene: Scene) -> _Look | None:
        """Moves the state to a frame; None when there is nothing to look for."""
        if self._mask is None or self._extent is None or scene.to_previous is None:
            return None
        moved = warp(self._mask, scene.to_previous)
        small = scene.reduced(moved)
        inside = small >= 0.5
        expected = self._extent.moved(scene.camera)
        window = scene.window(inside, expected, self._settings.margin)
        if window is None:
            self._extent = expected
            return None
        missing = max(0.0, 1 - float(np.count_nonzero(inside)) / self._extent.area_px)
        return _Look(window, expected, moved, small, missing)

    def _evidence(self, scene: Scene, look: _Look, score: NDArray[np.float32]) -> NDArray[np.float32]:
        """(height, width, 2) of the window: log-odds of appearance and motion, and the least log-odds of the prior.

        `score` is the appearance with the claims in it.
        """
        settings, (rows, columns) = self._settings, look.window.small
        motion = np.zeros_like(score)
        if scene.small_flow is not None:
            motion = motion_evidence(scene.small_flow, look.small, look.window.small)
        if self._claims is not None:
            motion = motion * self._claims.against_motion()[rows, columns]
        evidence = settings.appearance_gain * score + motion
        distance = look.expected.distance(rows.start, columns.start, *score.shape)
        outside = np.maximum(0, distance / _EXTENT_SLACK - 1)
        floor = settings.lost_gain * look.missing - settings.prior_limit - settings.extent_slope * outside
        return np.stack([evidence, floor], axis=-1).astype(np.float32)

    def _outlined(self, scene: Scene, look: _Look, evidence: NDArray[np.float32]) -> Probability:
        """Probabilities at full size in the window, smooth along the picture's surfaces and steep at its edges."""
        settings, limit = self._settings, self._settings.prior_limit
        canvas = np.full((*scene.small.shape[:2], 2), -2 * limit, np.float32)
        canvas[look.window.small] = evidence
        full = scene.enlarged(canvas)[look.window.full]
        carried = np.clip(look.moved[look.window.full], 1e-4, 1 - 1e-4)
        prior = np.clip(np.log(carried / (1 - carried)), -limit, limit)
        odds = np.maximum(prior, full[..., 1]) + full[..., 0]
        probability = np.asarray(255 / (1 + np.exp(-odds)), np.float32)
        picture = np.ascontiguousarray(scene.rgb[look.window.full])
        if self._claims is not None:
            claims = scene.enlarged(self._claims.score)[look.window.full]
            picture = parted(picture, claims, carried >= 0.5)
        strength = settings.edge_strength * (0.5 / scene.scale) ** 2
        smooth = cv2.ximgproc.fastGlobalSmootherFilter(picture, probability, strength, settings.edge_colour)
        steep = (np.asarray(smooth, np.float32) / 255 - 0.5) * settings.sharpness + 0.5
        return np.asarray(np.clip(steep, 0, 1), np.float32)

    def _without_strays(self, scene: Scene, look: _Look, found: Probability) -> Probability:
        """Drops pieces that neither touch the moved mask nor look like a lost part come back."""
        solid = (found >= 0.5).astype(np.uint8)
        count, labels, statistics, centres = cv2.connectedComponentsWithStats(solid, connectivity=4)
        if count <= 2:
            return found
        keep = np.zeros(count, np.bool_)
        keep[np.unique(labels[look.moved[look.window.full] >= 0.5])] = True
        if look.missing > _MISSING:
            areas = statistics[:, cv2.CC_STAT_AREA] * scene.scale**2
            corner = np.array([look.window.full[1].start, look.window.full[0].start])
            offsets = np.abs((centres + corner) * scene.scale - look.expected.centre) / look.expected.radius
            is_large = areas > self._settings.keep_share * look.expected.area_px
            keep |= is_large & (offsets.max(axis=1) < 1)
        keep[0] = True
        return np.where(keep[labels] | (found < 0.5), found, np.float32(0)).astype(np.float32)

    def _learn(self, scene: Scene, look: _Look, features: Features, small: NDArray[np.float32]) -> None:
        """Corrects what is expected of the object by what was found on the working picture."""
        if self._extent is None:
            return
        inside = small >= 0.5
        if self._claims is not None:
            self._claims = self._claims.kept(inside)
        self._extent = look.expected.seen(inside, self._extent, scene.camera)
        if np.count_nonzero(inside) > self._settings.learn_share * self._extent.area_px:
            self._appearance.learn_recent(features, small[look.window.small])


def _doubt(look: _Look, score: NDArray[np.float32], inside: NDArray[np.bool_]) -> float:
    """An estimate of 1 - J: how much is missing, how much flow and decision differ, how little it looks like itself.

    Args:
        look: what the frame showed.
        score: (height, width) the appearance, with the claims in it, in the window of the working picture.
        inside: (height, width) what was decided there.
    """
    count = np.count_nonzero(inside)
    if not count:
        return 1.0
    changed = min(1.0, float(np.count_nonzero(inside ^ (look.small[look.window.small] >= 0.5))) / count)
    unlike = 1 - float(np.clip(score[inside], -1, 1).mean())
    weights = _DOUBT_MISSING, _DOUBT_CHANGED, _DOUBT_UNLIKE
    doubt = float(np.dot(weights, (look.missing, changed**0.5, unlike)))
    return min(1.0, max(0.0, doubt))
