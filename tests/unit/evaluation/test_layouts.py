"""Every published layout is recognised and read exactly, and missing or odd files are named."""

from __future__ import annotations

import json
from functools import partial
from pathlib import Path

import numpy as np
import pytest

from tests.unit.evaluation import miniatures
from vosapp.core.errors import MediaError
from vosapp.data.truth import TruthObject
from vosapp.engine.engines import build_propagator
from vosapp.evaluation.clips import FolderClip, read_label_truth
from vosapp.evaluation.dataset import Dataset
from vosapp.evaluation.datasets import LAYOUTS, open_dataset
from vosapp.evaluation.evaluate import Measures, evaluate
from vosapp.video.stills.label_png import write_labels


def test_a_folder_of_clips(tmp_path: Path) -> None:
    dataset = open_dataset(str(miniatures.clip_folder(tmp_path, alpha=True)))
    (clip,) = dataset.clips
    assert (clip.name, clip.frame_count, [o.id for o in clip.objects]) == ("squares", 5, [1, 2])
    np.testing.assert_array_equal(clip.truth(3)[2], miniatures.labels(3) == 2)
    np.testing.assert_array_equal(clip.alpha(1), (miniatures.labels(1) == 1).astype(np.float32))
    assert np.abs(clip.frame(2).astype(int) - miniatures.picture(2)).mean() < 12


def test_one_clip_alone_is_a_data_set_too(tmp_path: Path) -> None:
    miniatures.clip_folder(tmp_path)
    assert [clip.name for clip in open_dataset(str(tmp_path / "squares")).clips] == ["squares"]


def test_davis_2017_with_a_missing_clip(tmp_path: Path) -> None:
    dataset = open_dataset(str(miniatures.davis_2017(tmp_path)))
    (clip,) = dataset.clips
    assert dataset.name == "DAVIS 2017 val"
    assert [o.id for o in clip.objects] == [1, 2]
    assert dataset.protocol.scored_frames(clip, clip.objects[0]) == [1, 2, 3]
    assert any("absent" in note for note in dataset.notes)
    assert [c.name for c in open_dataset(str(tmp_path), split="train").clips] == ["training"]
    with pytest.raises(MediaError, match="no list of the split test-dev"):
        open_dataset(str(tmp_path), split="test-dev")


def test_davis_2016_takes_all_objects_as_one(tmp_path: Path) -> None:
    dataset = open_dataset(str(miniatures.davis_2016(tmp_path)))
    (clip,) = dataset.clips
    for i in range(miniatures.FRAMES):
        np.testing.assert_array_equal(clip.truth(i)[1], miniatures.labels(i) != 0)
    assert dataset.protocol.stability_clips == {"squares"}
    assert dataset.notes == ()


def test_davis_2017_files_read_by_the_rules_of_2016(tmp_path: Path) -> None:
    miniatures.davis_2017(tmp_path)
    void = miniatures.labels(2)
    void[:4] = 255
    miniatures.write_ids(tmp_path / "Annotations/480p/squares/00002.png", void)
    dataset = open_dataset(str(tmp_path), layout="davis16")
    truth = {clip.name: clip.truth(2) for clip in dataset.clips}["squares"]
    np.testing.assert_array_equal(truth[1], miniatures.labels(2) != 0)
    assert any("db_info" in note for note in dataset.notes)


def test_youtube_vos_objects_begin_late_and_know_their_class(tmp_path: Path) -> None:
    dataset = open_dataset(str(miniatures.youtube_vos(tmp_path)))
    (clip,) = dataset.clips
    first, second = clip.objects
    assert (first.first_frame, first.last_frame, first.seen) == (0, 3, True)
    assert (second.first_frame, second.last_frame, second.seen) == (2, 4, False)
    assert dataset.protocol.scored_frames(clip, first) == [1, 2, 3]
    assert dataset.protocol.scored_frames(clip, second) == [3, 4]
    assert open_dataset(str(tmp_path), split="train").name == "YouTube-VOS train"


def test_youtube_vos_without_published_truth_says_so(tmp_path: Path) -> None:
    miniatures.youtube_vos(tmp_path)
    for path in (tmp_path / "valid/Annotations/0abc").glob("*.png"):
        if path.stem not in ("00000", "00010"):
            path.unlink()
    meta = tmp_path / "valid/meta.json"
    content = json.loads(meta.read_text())
    content["videos"]["0abc"]["objects"] = {"2": {"category": "yeti", "frames": ["00010"]}}
    meta.write_text(json.dumps(content))
    (tmp_path / "train/meta.json").unlink()
    notes = open_dataset(str(tmp_path)).notes
    assert any("nothing to score" in note for note in notes)
    assert any("which classes are seen" in note for note in notes)


def test_a_damaged_description_is_named(tmp_path: Path) -> None:
    miniatures.youtube_vos(tmp_path)
    (tmp_path / "valid/meta.json").write_text('{"videos": 3}')
    with pytest.raises(MediaError, match=r"meta\.json is not the description"):
        open_dataset(str(tmp_path))


def test_segtrack_with_one_and_two_objects(tmp_path: Path) -> None:
    dataset = open_dataset(str(miniatures.segtrack(tmp_path)))
    one, two = dataset.clips
    assert (one.name, [o.id for o in one.objects]) == ("one", [1])
    np.testing.assert_array_equal(two.truth(4)[2], miniatures.labels(4) == 2)
    assert dataset.protocol.scored_frames(two, two.objects[0]) == [1, 2, 3, 4]


def test_fbms_grey_and_colour_masks(tmp_path: Path) -> None:
    cats, marple = open_dataset(str(miniatures.fbms(tmp_path))).clips
    assert cats.annotated == marple.annotated == (0, 2, 4)
    np.testing.assert_array_equal(cats.truth(2)[1], miniatures.labels(2) != 0)
    np.testing.assert_array_equal(marple.truth(2)[1], miniatures.labels(2) == 1)


def test_youtube_objects_are_named_after_their_shot(tmp_path: Path) -> None:
    (clip,) = open_dataset(str(miniatures.youtube_objects(tmp_path))).clips
    assert (clip.name, clip.objects[0].category, clip.annotated) == ("cat-0003-012", "cat", (0, 4))
    found, truth = clip.truth(4)[1], miniatures.labels(4) == 1
    assert (found != truth).sum() < 0.3 * truth.sum()


def test_jumpcut_with_pictures_beside_and_inside(tmp_path: Path) -> None:
    bear, couple = open_dataset(str(miniatures.jumpcut(tmp_path))).clips
    assert (bear.name, couple.name) == ("bear", "couple")
    np.testing.assert_array_equal(couple.truth(3)[1], miniatures.labels(3, objects=1) == 1)
    assert [c.name for c in open_dataset(str(tmp_path), split="human").clips] == ["couple"]


def test_masks_without_a_frame_and_clips_without_a_mask_are_listed(tmp_path: Path) -> None:
    miniatures.clip_folder(tmp_path, "good")
    miniatures.clip_folder(tmp_path, "headless")
    (tmp_path / "headless/masks/00000.png").unlink()
    (tmp_path / "good/frames/00004.jpg").unlink()
    dataset = open_dataset(str(tmp_path))
    assert [clip.name for clip in dataset.clips] == ["good"]
    assert any("1 masks have no frame, the first is 00004.png" in note for note in dataset.notes)
    assert any("headless has no mask of its first frame" in note for note in dataset.notes)


def test_an_empty_first_mask_has_nothing_to_follow(tmp_path: Path) -> None:
    miniatures.clip_folder(tmp_path)
    miniatures.write_ids(tmp_path / "squares/masks/00000.png", np.zeros((48, 64), np.uint8))
    with pytest.raises(MediaError, match="nothing to follow"):
        open_dataset(str(tmp_path))


def test_a_folder_of_something_else_lists_what_is_known(tmp_path: Path) -> None:
    (tmp_path / "holiday").mkdir()
    with pytest.raises(MediaError, match="does not look like a data set") as caught:
        open_dataset(str(tmp_path))
    assert all(layout.name in str(caught.value) for layout in LAYOUTS)
    with pytest.raises(MediaError, match="no folder"):
        open_dataset(str(tmp_path / "nowhere"))
    with pytest.raises(MediaError, match='no layout "dvis"'):
        open_dataset(str(tmp_path), layout="dvis")


@pytest.mark.parametrize("layout", [layout.name for layout in LAYOUTS])
def test_every_layout_refuses_an_empty_folder_with_a_sentence(tmp_path: Path, layout: str) -> None:
    with pytest.raises(MediaError) as caught:
        open_dataset(str(tmp_path), layout=layout)
    assert len(caught.value.hint) > 20


def test_a_damaged_picture_is_named_when_it_is_read(tmp_path: Path) -> None:
    miniatures.clip_folder(tmp_path)
    (tmp_path / "squares/frames/00002.jpg").write_bytes(b"")
    (clip,) = open_dataset(str(tmp_path)).clips
    with pytest.raises(MediaError, match=r"00002\.jpg is no picture"):
        clip.frame(2)


def test_masks_of_several_sizes_are_named(tmp_path: Path) -> None:
    miniatures.segtrack(tmp_path)
    miniatures.write_image(tmp_path / "GroundTruth/two/2/two_00009.png", np.zeros((10, 10), np.uint8))
    two = open_dataset(str(tmp_path)).clips[1]
    with pytest.raises(MediaError, match="several sizes"):
        two.truth(2)


def test_only_some_clips(tmp_path: Path) -> None:
    dataset = open_dataset(str(miniatures.segtrack(tmp_path)))
    assert [clip.name for clip in dataset.only(["two"]).clips] == ["two"]
    with pytest.raises(MediaError, match=r"no clip three.*one, two"):
        dataset.only(["three"])


@pytest.mark.parametrize("name", ["../../outside", "/outside", "..", "a/b", "a\x1b[2J"])
def test_names_in_lists_that_lead_elsewhere_are_left_out(tmp_path: Path, name: str) -> None:
    root = tmp_path / "set"
    for folder in ("JPEGImages/bear", "Annotations/bear"):
        (root / folder).mkdir(parents=True)
        write_labels((root / folder / "00000.png"), np.ones((8, 8), np.uint8))
    records = {"bear": {"objects": {"1": {"frames": ["00000"]}}}, name: {"objects": {"1": {"frames": ["00000"]}}}}
    (root / "meta.json").write_text(json.dumps({"videos": {**records, "odd": {"objects": {"x": 3}}}}))
    dataset = open_dataset(str(root))
    assert [clip.name for clip in dataset.clips] == ["bear"]
    assert any("is no name of a folder" in note for note in dataset.notes)


@pytest.mark.parametrize("name", ["/outside", "../outside", ".."])
def test_masks_are_saved_in_their_folder_alone(tmp_path: Path, name: str) -> None:
    image, truth = tmp_path / "a.png", tmp_path / "b.png"
    write_labels(image, np.ones((16, 16), np.uint8))
    write_labels(truth, np.eye(16, dtype=np.uint8))
    clip = FolderClip(name, (image, image), {0: (truth,), 1: (truth,)}, (TruthObject(1),), read_label_truth)
    wanted = Measures(masks_folder=tmp_path / "saved" / "masks")
    (score,) = evaluate(Dataset("set", [clip]), partial(build_propagator, "flow"), measures=wanted)
    assert "is no name for a folder" in score.failure
    assert not (tmp_path / "saved").exists()
