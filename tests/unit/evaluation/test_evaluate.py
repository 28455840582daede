"""Runs over miniature clips with propagators whose answers are known."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest

from tests.unit.evaluation import miniatures
from tests.unit.evaluation.engines import Holding, KnowsNothing
from vosapp.core.errors import MediaError
from vosapp.evaluation.datasets import open_dataset
from vosapp.evaluation.evaluate import Measures, evaluate, measure_clip
from vosapp.evaluation.memory import device_peak_bytes, peak_bytes, reset_peak
from vosapp.evaluation.protocol import JUMPCUT, SEGTRACK
from vosapp.evaluation.run import run_clip
from vosapp.evaluation.scaled import ScaledPropagator
from vosapp.evaluation.scores import totals
from vosapp.evaluation.transfer import transfer_errors
from vosapp.metrics.davis import jaccard
from vosapp.video.stills.label_png import read_labels


def held_j(index: int, number: int) -> float:
    """J of the first mask of an object left in place, against its place on a frame."""
    return jaccard(miniatures.labels(0) == number, miniatures.labels(index) == number)


def test_scores_of_masks_that_stay(tmp_path: Path) -> None:
    dataset = open_dataset(str(miniatures.clip_folder(tmp_path)))
    (clip,) = evaluate(dataset, Holding)
    first, second = clip.objects
    assert [f.j for f in first.frames] == pytest.approx([held_j(i, 1) for i in (1, 2, 3)])
    assert [f.doubt for f in second.frames] == pytest.approx([0.01, 0.02, 0.03])
    assert first.frames[0].truth_px == first.frames[0].result_px == (miniatures.labels(0) == 1).sum()
    assert clip.frame_count == 5
    assert clip.frames_per_second > 0
    assert clip.peak_bytes > 2**20
    assert totals([clip]).j.mean == pytest.approx((first.j.mean + second.j.mean) / 2)


def test_an_object_the_engine_lost_scores_nothing(tmp_path: Path) -> None:
    dataset = open_dataset(str(miniatures.clip_folder(tmp_path)))
    (clip,) = evaluate(dataset, KnowsNothing)
    assert clip.j == clip.f == 0
    assert all(math.isnan(f.doubt) for item in clip.objects for f in item.frames)


def test_later_objects_join_on_their_first_frame(tmp_path: Path) -> None:
    (clip,) = open_dataset(str(miniatures.youtube_vos(tmp_path))).clips
    propagator = Holding()
    frames = list(run_clip(clip, propagator))
    assert propagator.told == [("remember", 0, (1,)), ("given", 0, (1,)), ("remember", 2, (2,)), ("given", 2, (2,))]
    assert [sorted(f.probabilities) for f in frames] == [[1], [1], [1, 2], [1, 2], [1, 2]]
    assert [sorted(f.given) for f in frames] == [[1], [], [2], [], []]


def test_several_processes_give_the_same_scores(tmp_path: Path) -> None:
    miniatures.clip_folder(tmp_path, "a")
    miniatures.clip_folder(tmp_path, "b", frames=4)
    dataset = open_dataset(str(tmp_path))
    alone, together = list(evaluate(dataset, Holding)), list(evaluate(dataset, Holding, jobs=2))
    assert [clip.name for clip in together] == ["a", "b"]
    assert [clip.objects for clip in together] == [clip.objects for clip in alone]


def test_a_damaged_clip_fails_alone(tmp_path: Path) -> None:
    miniatures.clip_folder(tmp_path, "broken")
    miniatures.clip_folder(tmp_path, "whole")
    (tmp_path / "broken/masks/00002.png").write_bytes(b"nothing")
    broken, whole = evaluate(open_dataset(str(tmp_path)), Holding)
    assert "00002.png" in broken.failure
    assert math.isnan(broken.j_and_f)
    assert whole.failure == ""
    assert whole.j > 0


def test_masks_of_another_size_than_the_picture_are_named(tmp_path: Path) -> None:
    miniatures.clip_folder(tmp_path)
    for path in (tmp_path / "squares/masks").iterdir():
        miniatures.write_ids(path, np.ones((20, 30), np.uint8))
    (clip,) = evaluate(open_dataset(str(tmp_path)), Holding)
    assert "frame 0 of squares have not the size" in clip.failure


def test_saved_masks_are_what_was_scored(tmp_path: Path) -> None:
    dataset = open_dataset(str(miniatures.clip_folder(tmp_path / "in")))
    list(evaluate(dataset, Holding, measures=Measures(masks_folder=tmp_path / "out")))
    saved = sorted((tmp_path / "out/squares").iterdir())
    assert [path.name for path in saved] == [f"{i:05d}.png" for i in range(5)]
    np.testing.assert_array_equal(read_labels(saved[4]), miniatures.labels(0))


def test_masks_that_cannot_be_saved_are_a_failure_with_the_path(tmp_path: Path) -> None:
    dataset = open_dataset(str(miniatures.clip_folder(tmp_path / "in")))
    (tmp_path / "file").write_text("in the way")
    (clip,) = evaluate(dataset, Holding, measures=Measures(masks_folder=tmp_path / "file"))
    assert "file" in clip.failure


def test_frames_are_reported_as_they_are_done(tmp_path: Path) -> None:
    dataset = open_dataset(str(miniatures.clip_folder(tmp_path)))
    seen: list[tuple[str, int, int]] = []
    list(evaluate(dataset, Holding, frame_done=lambda *told: seen.append(told)))
    assert seen == [("squares", i + 1, 5) for i in range(5)]


def test_the_worst_frame_is_drawn(tmp_path: Path) -> None:
    dataset = open_dataset(str(miniatures.clip_folder(tmp_path)))
    (clip,) = evaluate(dataset, Holding, measures=Measures(with_pictures=True))
    assert clip.worst is not None
    assert clip.worst.frame_index == 3
    assert clip.worst.j == pytest.approx(min(held_j(3, 1), held_j(3, 2)))
    assert clip.worst.jpeg.startswith(b"\xff\xd8")


def test_matting_errors_need_one_object_with_an_alpha(tmp_path: Path) -> None:
    miniatures.clip_folder(tmp_path, alpha=True)
    for i in range(5):
        miniatures.write_ids(tmp_path / f"squares/masks/{i:05d}.png", miniatures.labels(i, objects=1))
    (clip,) = evaluate(open_dataset(str(tmp_path)), Holding)
    assert clip.matting is not None
    assert clip.matting.sad == pytest.approx(np.mean([12 * 2 * 3 * i / 1000 for i in (1, 2, 3)]))


def test_stability_is_that_of_the_flagged_clips_of_davis_2016(tmp_path: Path) -> None:
    dataset = open_dataset(str(miniatures.davis_2016(tmp_path)))
    (clip,) = evaluate(dataset, Holding)
    assert clip.stability == 0


def test_transfer_errors_at_each_distance(tmp_path: Path) -> None:
    clip = open_dataset(str(miniatures.jumpcut(tmp_path))).clips[0]
    errors, steps = transfer_errors(clip, Holding)
    moved = 3 * (8 % miniatures.FRAMES)
    assert errors[8] == pytest.approx(2 * moved / 14)
    assert set(errors) == {8, 16, 32}
    assert math.isnan(errors[32])
    assert len(steps) == 17
    score = measure_clip(clip, JUMPCUT, Holding, Measures())
    assert score.transfer[16] == errors[16]


def test_engines_see_pictures_at_the_size_of_the_protocol(tmp_path: Path) -> None:
    two = open_dataset(str(miniatures.segtrack(tmp_path))).clips[1]
    inner = Holding()
    scaled = ScaledPropagator(inner, 96)
    frames = list(run_clip(two, scaled))
    assert inner.shapes == {(96, 128, 3)}
    np.testing.assert_array_equal(frames[0].mask(1, (48, 64)), miniatures.labels(0) == 1)
    assert jaccard(frames[3].mask(1, (48, 64)), miniatures.labels(0) == 1) > 0.9
    scaled.forget([1])
    assert sorted(inner.masks) == [2]
    score = measure_clip(two, SEGTRACK, Holding, Measures())
    assert score.objects[0].j.mean == pytest.approx(np.mean([held_j(i, 1) for i in range(1, 5)]), abs=0.06)


def test_memory_peaks_can_be_forgotten() -> None:
    block = np.ones(64 * 2**20, np.uint8)
    high = peak_bytes()
    assert high > block.nbytes
    del block
    reset_peak()
    assert 0 < peak_bytes() <= high
    assert device_peak_bytes() >= 0


def test_errors_of_a_program_are_not_swallowed(tmp_path: Path) -> None:
    class Faulty(Holding):
        def step(self, *arguments: object) -> None:  # type: ignore[override]
            raise ZeroDivisionError

    dataset = open_dataset(str(miniatures.clip_folder(tmp_path)))
    with pytest.raises(ZeroDivisionError):
        list(evaluate(dataset, Faulty))


def test_a_data_set_without_its_clip(tmp_path: Path) -> None:
    with pytest.raises(MediaError, match="no clip that can be measured"):
        open_dataset(str(tmp_path), layout="folder")
