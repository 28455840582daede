"""Variants are asked for by name and change how an engine is built, or what stands around it."""

from __future__ import annotations

import importlib
import inspect
from collections.abc import Collection, Mapping
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from vosapp.core.document import ObjectId
from vosapp.core.errors import EngineError
from vosapp.engine import engines as registry
from vosapp.engine.crf_wrapper import CrfWrapper
from vosapp.engine.engines import EngineSpec, build_propagator, engine, engines
from vosapp.engine.flow.propagator import FlowPropagator
from vosapp.engine.propagator import Prediction, Probability
from vosapp.engine.run_context import RunContext
from vosapp.engine.variants import options_of, split_name, variants
from vosapp.models.registry import networks
from vosapp.models.spec import Task
from vosapp.video.source import RgbImage


def test_names_come_apart() -> None:
    assert split_name("s2s++") == ("s2s++", ())
    assert split_name("rgmp/bf16/crf") == ("rgmp", ("bf16", "crf"))


def test_a_variant_shows_in_the_title() -> None:
    spec = engine("flow/crf")
    assert spec.name == "flow/crf"
    assert spec.title == "Optical flow, dense CRF"
    assert spec.is_ready


def test_options_of_several_variants_add_up() -> None:
    assert options_of("rgmp", ("bf16", "3-scales")) == {"precision": "bfloat16", "scales": (0.5, 0.75, 1.0)}
    assert options_of("rgmp", ()) == {}


def test_a_variant_that_an_engine_does_not_have() -> None:
    for name in ("flow/bf16", "rvos/bf16", "agame/bf16", "rvos/3-scales", "flow/magic"):
        with pytest.raises(EngineError, match="no variant"):
            engine(name)
        with pytest.raises(EngineError, match="no variant"):
            build_propagator(name)


def test_every_engine_named_by_a_variant_exists() -> None:
    names = {spec.name for spec in engines()} | {spec.name for spec in networks(Task.ZERO_SHOT)}
    for name in names:
        assert {variant.name for variant in variants(name)} >= {"crf"}
    from vosapp.engine.variants import VARIANTS

    assert {name for variant in VARIANTS for name in variant.engines} <= names


def test_a_name_means_one_way_of_an_engine() -> None:
    for spec in engines():
        names = [variant.name for variant in variants(spec.name)]
        assert len(names) == len(set(names))


@pytest.mark.parametrize("spec", engines(), ids=lambda spec: spec.name)
def test_engines_take_the_options_of_their_variants(spec: EngineSpec) -> None:
    module, _, function = spec.build.partition(":")
    taken = inspect.signature(getattr(importlib.import_module(module), function)).parameters
    for variant in variants(spec.name):
        assert variant.options.keys() <= taken.keys()


def test_options_reach_the_engine(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: dict[str, Any] = {}

    class Module:
        @staticmethod
        def build(**options: Any) -> FlowPropagator:
            seen.update(options)
            return FlowPropagator()

    monkeypatch.setattr(registry.importlib, "import_module", lambda _name: Module)
    monkeypatch.setattr(registry, "find_weights", lambda name: name)
    context = RunContext()
    built = build_propagator("rgmp/3-scales/bf16/crf", "cpu", context=context)
    assert seen == {"device": "cpu", "context": context, "precision": "bfloat16", "scales": (0.5, 0.75, 1.0)}
    assert isinstance(built, CrfWrapper)


class Coarse:
    """Finds the object as a block that spills over its right edge."""

    def __init__(self) -> None:
        self.forgotten: list[ObjectId] = []
        self.remembered: list[int] = []

    def remember(self, frame_index: int, rgb: RgbImage, masks: Mapping[ObjectId, Probability]) -> None:
        self.remembered.append(frame_index)

    def step(self, frame_index: int, rgb: RgbImage, given: Mapping[ObjectId, Probability] | None = None) -> Prediction:
        found = np.full(rgb.shape[:2], 0.02, np.float32)
        found[10:30, 10:36] = 0.8
        return Prediction({1: found, **(given or {})}, {1: 0.3, **dict.fromkeys(given or {}, 0.0)})

    def forget(self, object_ids: Collection[ObjectId]) -> None:
        self.forgotten.extend(object_ids)


@pytest.fixture
def rgb() -> NDArray[np.uint8]:
    picture = np.full((48, 64, 3), 40, np.uint8)
    picture[10:30, 10:30] = (200, 60, 60)
    return picture


def test_predictions_are_refined_and_given_masks_are_not(rgb: NDArray[np.uint8]) -> None:
    inner = Coarse()
    propagator = CrfWrapper(inner)
    given = np.zeros((48, 64), np.float32)
    given[10:20, 25:45] = 1
    propagator.remember(0, rgb, {1: given})
    prediction = propagator.step(1, rgb, {2: given})
    np.testing.assert_array_equal(prediction.probabilities[2], given)
    inside = prediction.probabilities[1] >= 0.5
    assert inside[22:28, 12:28].all(), "the object itself stays"
    assert not inside[22:28, 33:].any(), "what spilled over onto another colour goes"
    assert not inside[12:18, 25:45].any(), "and it gives way to a given mask"
    assert prediction.doubt == {1: 0.3, 2: 0.0}
    propagator.forget([1])
    assert inner.forgotten == [1]
    assert inner.remembered == [0]


def test_nothing_to_refine(rgb: NDArray[np.uint8]) -> None:
    given = np.ones((48, 64), np.float32)
    prediction = CrfWrapper(Coarse()).step(0, rgb, {1: given})
    np.testing.assert_array_equal(prediction.probabilities[1], given)
