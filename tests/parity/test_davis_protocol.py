"""The whole way of counting against the official programs: an engine that answers with stored masks is scored."""

from __future__ import annotations

import math
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field

import numpy as np
import pytest
from numpy.typing import NDArray

from tests.shared import shared_dir
from vosapp.data.truth import TruthObject
from vosapp.engine.propagator import Prediction
from vosapp.evaluation.analysis import mean_over_clips, seen_unseen
from vosapp.evaluation.evaluate import Measures, measure_clip
from vosapp.evaluation.protocol import DAVIS_2016, DAVIS_2017
from vosapp.evaluation.scores import ClipScore, FrameScore, ObjectScore, totals
from vosapp.metrics.davis import Summary

NAMES = ("alpha", "bravo", "charlie", "delta")
Labels = NDArray[np.uint8]


@dataclass
class StoredAnswers:
    """A propagator that knows the answers of another program."""

    labels: Labels
    union: bool = False

    def remember(self, frame_index: int, rgb: NDArray[np.uint8], masks: Mapping[int, NDArray[np.float32]]) -> None:
        pass

    def step(self, frame_index: int, rgb: NDArray[np.uint8], given: object = None) -> Prediction:
        frame = self.labels[frame_index]
        if self.union:
            found = {1: ((frame > 0) & (frame < 255)).astype(np.float32)}
        else:
            found = {int(i): (frame == i).astype(np.float32) for i in np.unique(frame) if i}
        return Prediction(found, dict.fromkeys(found, 0.0))

    def forget(self, object_ids: Collection[int]) -> None:
        pass


@dataclass(frozen=True)
class StoredClip:
    """A clip of the fixture: label images without pictures."""

    name: str
    labels: Labels = field(repr=False)
    union: bool = False

    @property
    def frame_count(self) -> int:
        return len(self.labels)

    @property
    def annotated(self) -> tuple[int, ...]:
        return tuple(range(len(self.labels)))

    @property
    def objects(self) -> tuple[TruthObject, ...]:
        first = self.labels[0]
        count = 1 if self.union else int(first[first < 255].max())
        return tuple(TruthObject(i) for i in range(1, count + 1))

    def frame_name(self, index: int) -> str:
        return str(index)

    def frame(self, index: int) -> NDArray[np.uint8]:
        return np.zeros((*self.labels.shape[1:], 3), np.uint8)

    def truth(self, index: int) -> dict[int, NDArray[np.bool_]]:
        frame = self.labels[index]
        if self.union:
            return {1: (frame > 0) & (frame < 255)}
        return {item.id: frame == item.id for item in self.objects}

    def alpha(self, index: int) -> None:
        return None


@pytest.fixture(scope="module")
def cases() -> Iterator[Mapping[str, NDArray[np.generic]]]:
    with np.load(shared_dir("parity", "davis_metrics") / "cases.npz") as archive:
        yield archive


def score(cases: Mapping[str, NDArray[np.generic]], name: str, *, union: bool = False) -> ClipScore:
    clip = StoredClip(name, cases[f"e2e/{name}/gt"], union)
    protocol = DAVIS_2016 if union else DAVIS_2017
    return measure_clip(clip, protocol, lambda: StoredAnswers(cases[f"e2e/{name}/pred"], union), Measures())


def test_davis_2017_over_four_sequences(cases: Mapping[str, NDArray[np.generic]]) -> None:
    clips = [score(cases, name) for name in NAMES]
    for clip in clips:
        for measure in "JF":
            ours = [[getattr(f, measure.lower()) for f in item.frames] for item in clip.objects]
            np.testing.assert_allclose(ours, cases[f"e2e/{clip.name}/{measure}"], atol=1e-12)
    objects = [item for clip in clips for item in clip.objects]
    assert len(objects) == len(cases["e2e/object_names"])
    for letter, statistic in (("M", "mean"), ("R", "recall"), ("D", "decay")):
        for measure in "JF":
            ours = [getattr(getattr(item, measure.lower()), statistic) for item in objects]
            np.testing.assert_allclose(ours, cases[f"e2e/{measure}_{letter}"], atol=1e-12)
    whole = totals(clips)
    ours = [whole.j_and_f, *_triple(whole.j), *_triple(whole.f)]
    np.testing.assert_allclose(ours, cases["e2e/global_JF_JM_JR_JD_FM_FR_FD"], atol=1e-12)


@pytest.mark.parametrize("name", NAMES)
def test_davis_2016_takes_the_union(cases: Mapping[str, NDArray[np.generic]], name: str) -> None:
    clip = score(cases, name, union=True)
    (item,) = clip.objects
    for measure, summary in (("J", item.j), ("F", item.f)):
        np.testing.assert_allclose(_triple(summary), cases[f"e2e/{name}/{measure}_2016_union_MRD"], atol=1e-12)
    if cases[f"e2e/{name}/T_pair_contour_simple"].all():
        assert clip.stability == pytest.approx(float(cases[f"e2e/{name}/T_2016_union_mean"]), abs=1e-9)


def _triple(summary: Summary) -> list[float]:
    return [summary.mean, summary.recall, summary.decay]


def _object(number: int, j: float, f: float, seen: bool | None = None) -> ObjectScore:
    return ObjectScore(number, 0, (FrameScore(1, j, f, math.nan, 1, 1),), seen=seen)


def test_youtube_vos_overall(cases: Mapping[str, NDArray[np.generic]]) -> None:
    rows = zip(cases["spec_ytvos/object_J"], cases["spec_ytvos/object_F"], cases["spec_ytvos/object_seen"], strict=True)
    objects = tuple(_object(i, float(j), float(f), bool(seen)) for i, (j, f, seen) in enumerate(rows))
    found = seen_unseen([ClipScore("all", objects)])
    assert found is not None
    ours = [found.j_seen, found.j_unseen, found.f_seen, found.f_unseen, found.overall]
    np.testing.assert_allclose(ours, cases["spec_ytvos/Js_Ju_Fs_Fu_G"], atol=1e-12)


def test_segtrack_both_means(cases: Mapping[str, NDArray[np.generic]]) -> None:
    sequences = cases["spec_segtrack/object_sequence"]
    clips = [
        ClipScore(str(s), tuple(_object(1, float(j), 0) for j in cases["spec_segtrack/object_IoU"][sequences == s]))
        for s in np.unique(sequences)
    ]
    ours = [totals(clips).j.mean, mean_over_clips(clips)]
    np.testing.assert_allclose(ours, cases["spec_segtrack/mean_per_object_mean_per_sequence"], atol=1e-12)
