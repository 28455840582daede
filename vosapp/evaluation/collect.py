"""Gathers everything that is measured about one clip while an engine runs over it."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np

from vosapp.core.document import ObjectId
from vosapp.core.errors import MediaError
from vosapp.core.mask import label_image
from vosapp.data.truth import BoolImage, Truth, TruthClip, TruthObject
from vosapp.evaluation.protocol import Protocol
from vosapp.evaluation.run import RunFrame
from vosapp.evaluation.scores import ClipScore, FrameScore, ObjectScore, WorstFrame, mean
from vosapp.evaluation.worst import draw_comparison
from vosapp.metrics.davis import boundary_f, jaccard
from vosapp.metrics.matting import MattingErrors, matting_errors
from vosapp.metrics.stability import sequence_instability
from vosapp.video.stills.label_png import write_labels


class Collector:
    """Takes the frames of one run in order and makes the clip's score of them.

    Args:
        clip, protocol: what is measured, and how it counts.
        with_picture: whether to keep a picture of the worst frame.
        masks_folder: where to write every frame's label image, or None.
    """

    def __init__(
        self, clip: TruthClip, protocol: Protocol, *, with_picture: bool = False, masks_folder: Path | None = None
    ) -> None:
        self._clip = clip
        self._protocol = protocol
        self._with_picture = with_picture
        self._masks_folder = masks_folder
        self._wanted = {item.id: set(protocol.scored_frames(clip, item)) for item in clip.objects}
        self._scored: dict[ObjectId, list[FrameScore]] = {item.id: [] for item in clip.objects}
        self._worst: tuple[float, int, ObjectId, BoolImage] | None = None
        self._matting: list[MattingErrors] = []
        self._unions: list[BoolImage] = []
        self._seconds, self._frames = 0.0, 0

    def add(self, result: RunFrame) -> None:
        """Scores one frame."""
        self._seconds += result.seconds
        self._frames += 1
        if self._masks_folder is not None:
            save_masks(self._masks_folder, self._clip, result)
        if self._has_stability:
            self._unions.append(np.any([p >= 0.5 for p in result.probabilities.values()], axis=0))
        wanted = [i for i, frames in self._wanted.items() if result.frame_index in frames]
        truth = self._clip.truth(result.frame_index) if wanted else {}
        for object_id in wanted:
            self._add_object(result, object_id, truth)

    def finish(self) -> ClipScore:
        """The score of the clip. Time and frames are those of the run alone."""
        return ClipScore(
            name=self._clip.name,
            objects=tuple(_object_score(item, self._scored[item.id]) for item in self._clip.objects),
            frame_count=self._frames,
            seconds=self._seconds,
            stability=sequence_instability(self._unions) if self._has_stability else math.nan,
            matting=_mean_errors(self._matting),
            worst=self._worst_frame(),
        )

    @property
    def _has_stability(self) -> bool:
        flagged = self._protocol.stability_clips
        return self._protocol.has_stability and (flagged is None or self._clip.name in flagged)

    def _add_object(self, result: RunFrame, object_id: ObjectId, truth: Truth) -> None:
        score = score_frame(result, object_id, truth)
        self._scored[object_id].append(score)
        if self._with_picture and (self._worst is None or score.j < self._worst[0]):
            mask = result.mask(object_id, truth[object_id].shape)
            self._worst = (score.j, result.frame_index, object_id, mask)
        alpha = self._clip.alpha(result.frame_index)
        if alpha is not None and len(self._clip.objects) == 1 and object_id in result.probabilities:
            self._matting.append(matting_errors(result.probabilities[object_id], alpha))

    def _worst_frame(self) -> WorstFrame | None:
        if self._worst is None:
            return None
        j, index, object_id, mask = self._worst
        truth = self._clip.truth(index)[object_id]
        return WorstFrame(index, object_id, j, draw_comparison(self._clip.frame(index), truth, mask))


def score_frame(result: RunFrame, object_id: ObjectId, truth: Truth) -> FrameScore:
    """Scores one object on one frame; an object that the engine does not know has an empty mask."""
    true_mask = truth[object_id]
    mask = result.mask(object_id, true_mask.shape)
    return FrameScore(
        frame_index=result.frame_index,
        j=jaccard(mask, true_mask),
        f=boundary_f(mask, true_mask),
        doubt=result.doubt.get(object_id, math.nan),
        truth_px=int(np.count_nonzero(true_mask)),
        result_px=int(np.count_nonzero(mask)),
    )


def save_masks(folder: Path, clip: TruthClip, result: RunFrame) -> None:
    """Writes a frame's masks as one indexed PNG of object ids, named like the frame. Raises MediaError."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise MediaError(f"{folder} cannot be made: {error.strerror}.") from error
    shape = next(iter(result.probabilities.values())).shape
    masks = [(i, p >= 0.5) for i, p in result.probabilities.items()]
    write_labels(folder / f"{clip.frame_name(result.frame_index)}.png", label_image(masks, (shape[0], shape[1])))


def _object_score(item: TruthObject, frames: list[FrameScore]) -> ObjectScore:
    return ObjectScore(item.id, item.first_frame, tuple(frames), item.category, item.seen)


def _mean_errors(errors: list[MattingErrors]) -> MattingErrors | None:
    if not errors:
        return None
    return MattingErrors(
        sad=mean(e.sad for e in errors),
        mse=mean(e.mse for e in errors),
        gradient=mean(e.gradient for e in errors),
        band_px=round(mean(e.band_px for e in errors)),
    )
