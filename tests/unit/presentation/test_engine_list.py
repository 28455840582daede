"""Engines in the window's list: speed classes, names with variants, what takes the place of one that cannot run."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import pytest

from vosapp.core import edits
from vosapp.core.document import ClipRef, Document
from vosapp.core.mask import Mask
from vosapp.core.store import MemoryMaskStore
from vosapp.engine.engines import DEFAULT_ENGINE
from vosapp.models.registry import NETWORKS
from vosapp.presentation.choices import EngineChoice, Speed, VariantChoice
from vosapp.presentation.engine_list import memory_text, speed_class, title_of_choice, toggled, usable_name
from vosapp.presentation.engine_memory import KEPT, EngineMemory, engine_of_masks
from vosapp.presentation.status import NoticeKind
from vosapp.presentation.suggestions import Suggestion, Suggestions
from vosapp.presentation.text.run_report import report

CRF, BF16 = VariantChoice("crf", "dense CRF", ""), VariantChoice("bf16", "bfloat16", "")
CHOICES = (
    EngineChoice("flow", "Optical flow", variants=(CRF,)),
    EngineChoice("rgmp", "RGMP", variants=(BF16, CRF)),
    EngineChoice("agame", "A-GAME", ready=False),
    EngineChoice(DEFAULT_ENGINE, "Hybrid"),
)


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("60 ms a frame", Speed.FAST),
        ("620 ms a frame", Speed.MEDIUM),
        ("2200 ms per object", Speed.SLOW),
        ("slow: a large network", Speed.SLOW),
        ("not measured", None),
    ],
)
def test_speed_classes(words: str, expected: Speed | None) -> None:
    assert speed_class(words) is expected


def test_every_network_has_a_speed_class() -> None:
    assert [spec.name for spec in NETWORKS if speed_class(spec.speed) is None] == []


def test_memory_reads_as_people_say_it() -> None:
    assert memory_text(400) == "about 400 MB" and memory_text(4500) == "about 4.5 GB"


def test_variants_that_an_engine_lacks_fall_away() -> None:
    assert usable_name("flow/bf16/crf", CHOICES) == "flow/crf"
    assert usable_name("rgmp/bf16/crf", CHOICES) == "rgmp/bf16/crf"


def test_the_usual_engine_takes_the_place_of_one_that_cannot_run() -> None:
    assert usable_name("agame/bf16", CHOICES) == DEFAULT_ENGINE
    assert usable_name("gone", CHOICES) == DEFAULT_ENGINE
    assert usable_name("gone", CHOICES[:3]) == "flow"
    assert usable_name("gone", CHOICES[2:3]) == ""


def test_a_variant_is_ticked_and_unticked() -> None:
    assert toggled("rgmp", "crf") == "rgmp/crf"
    assert toggled("rgmp/bf16/crf", "bf16") == "rgmp/crf"
    assert title_of_choice("rgmp/bf16/crf", CHOICES) == "RGMP, bfloat16, dense CRF"
    assert title_of_choice("gone", CHOICES) == "gone"


@pytest.fixture
def memory(tmp_path: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> EngineMemory:
    monkeypatch.setenv("VOSAPP_DATA_DIR", str(tmp_path))
    return EngineMemory()


def test_engines_are_remembered_for_the_projects_used_last(memory: EngineMemory) -> None:
    for number in range(KEPT + 1):
        memory.keep(f"project {number}", "flow")
    memory.keep("project 1", "rgmp")
    memory.keep("", "agame")
    assert memory.recall("project 0") == "" and memory.recall("") == ""
    assert memory.recall("project 1") == "rgmp" and memory.recall(f"project {KEPT}") == "flow"


def predicted(doubts: dict[int, float]) -> Document:
    store, size = MemoryMaskStore(), (4, 4)
    document, object_id = edits.add_object(Document(clip=ClipRef("memory", *size, 20, Fraction(24))))
    for frame, doubt in doubts.items():
        document = edits.predict(
            document, store, object_id, frame, Mask.empty(*size), engine="flow/crf", sources=(0,), doubt=doubt
        )
    return document


def test_the_report_counts_doubtful_frames_of_this_run_alone() -> None:
    document = predicted({1: 0.1, 2: 0.9, 3: 0.2, 9: 0.8})
    notice = report(document, {1, 2, 3}, note="", cancelled=False)
    assert notice is not None and notice.text == "Propagated 3 frames; 1 looks doubtful." and notice.action
    calm = report(document, {1, 3}, note="", cancelled=False)
    assert calm is not None and calm.kind is NoticeKind.GOOD and not calm.action
    whole = report(predicted({1: 0.1, 2: 0.3}), {1, 2}, note="", cancelled=False)
    assert (
        whole is not None and whole.kind is NoticeKind.INFO and "Look at frame 2 first" in whole.text and whole.action
    )
    assert report(document, {3}, note="", cancelled=False) is None
    told = report(document, {3}, note="Memory ran out.", cancelled=False)
    assert told is not None and told.hint == "Memory ran out."
    stopped = report(document, {1}, note="", cancelled=True)
    assert stopped is not None and stopped.text == "Stopped after 1 frame. The finished frames stay."
    assert engine_of_masks(document) == "flow/crf" and engine_of_masks(Document()) == ""


def item(score: float) -> Suggestion:
    return Suggestion(Mask.empty(2, round(score * 10)), score)


def test_the_best_is_chosen_until_the_user_chooses() -> None:
    found = Suggestions(0).with_found([item(0.5)], searching=True)
    assert found.chosen == {0}
    assert found.with_found([item(0.9), item(0.5)], searching=False).chosen == {0}
    mine = found.toggled(0).toggled(0)
    assert mine.with_found([item(0.9), item(0.5)], searching=False).chosen == {1}
    assert found.toggled(0).with_found([item(0.9), item(0.5)], searching=False).chosen == frozenset()
    assert replace(found, items=()).toggled(3).chosen == {0}
