"""Mattes made beside the window: the newest request wins, nothing is made twice, errors are answers."""

from __future__ import annotations

import threading
from dataclasses import replace

import numpy as np

from vosapp.core.document import MatteSettings
from vosapp.core.errors import MaskError
from vosapp.matte.alpha import alpha_of
from vosapp.matte.layers import Alpha, Layer
from vosapp.presentation.matte.maker import MadeMatte, MatteKey, MatteMaker
from vosapp.presentation.viewer.overlay import OverlayLayer

SETTINGS = MatteSettings(feather_px=5)
PATIENCE_S = 300


def wish(frame: int, mask: np.ndarray | None = None) -> tuple[MatteKey, Layer]:
    mask = np.eye(30, dtype=np.bool_) if mask is None else mask
    shown = OverlayLayer(1, (255, 0, 0), (b"mask", None, None), SETTINGS)
    return MatteKey(("clip", ""), frame, shown, True), Layer(1, (255, 0, 0), mask, SETTINGS)


class Gated(Layer):
    """A layer whose matte waits until it is let go."""

    begun, gate = threading.Event(), threading.Event()

    @property
    def alpha(self) -> Alpha:  # type: ignore[override]
        self.begun.set()
        assert self.gate.wait(PATIENCE_S)
        return np.zeros((2, 2), np.uint8)


class Listener:
    """Keeps answers and lets the test wait for them."""

    def __init__(self) -> None:
        self.answers: list[MadeMatte] = []
        self._came = threading.Condition()

    def __call__(self, made: MadeMatte) -> None:
        with self._came:
            self.answers.append(made)
            self._came.notify_all()

    def wait_for(self, count: int) -> list[MadeMatte]:
        with self._came:
            assert self._came.wait_for(lambda: len(self.answers) >= count, PATIENCE_S)
            return list(self.answers)


def test_a_matte_is_the_one_of_the_export_and_is_made_once() -> None:
    heard = Listener()
    maker = MatteMaker(heard)
    asked = wish(0)
    maker.want([asked])
    (made,) = heard.wait_for(1)
    assert made.alpha is not None and np.array_equal(made.alpha, alpha_of(asked[1].mask, SETTINGS))
    assert maker.known(asked[0]) is made and made.alpha is not None and not made.alpha.flags.writeable
    maker.want([wish(0), wish(1)])
    assert [one.key.frame_index for one in heard.wait_for(2)] == [0, 1]
    maker.close()


def test_what_was_overtaken_is_not_made() -> None:
    heard = Listener()
    maker = MatteMaker(heard)
    key, layer = wish(0)
    maker.want([(key, Gated(1, layer.colour, layer.mask)), wish(1)])
    assert Gated.begun.wait(PATIENCE_S)
    maker.want([wish(2)])
    Gated.gate.set()
    assert [one.key.frame_index for one in heard.wait_for(2)] == [0, 2]
    assert maker.known(wish(1)[0]) is None
    maker.close()


def test_an_error_is_an_answer_and_is_not_tried_again() -> None:
    heard = Listener()
    maker = MatteMaker(heard)
    key, layer = wish(0)
    failing = replace(layer, matte=MatteSettings(edge="fast"))  # without a picture
    maker.want([(key, failing)])
    (made,) = heard.wait_for(1)
    assert made.alpha is None and isinstance(made.error, MaskError)
    maker.want([(key, failing), wish(1)])
    assert [one.key.frame_index for one in heard.wait_for(2)] == [0, 1]
    maker.close()


def test_only_so_many_bytes_are_kept_and_after_closing_nothing_is_heard() -> None:
    heard = Listener()
    maker = MatteMaker(heard, budget_bytes=2 * 900)
    maker.want([wish(frame) for frame in range(4)])
    heard.wait_for(4)
    assert [maker.known(wish(frame)[0]) is not None for frame in range(4)] == [False, False, True, True]
    maker.close()
    maker.want([wish(9)])
    assert len(heard.answers) == 4


class Broken(Layer):
    """A layer whose matte fails as no user could have caused it."""

    @property
    def alpha(self) -> Alpha:  # type: ignore[override]
        raise ValueError("shapes do not match")


def test_after_an_error_of_the_program_other_mattes_are_made() -> None:
    heard = Listener()
    maker = MatteMaker(heard)
    key, layer = wish(0)
    maker.want([(key, Broken(1, layer.colour, layer.mask))])
    (failed,) = heard.wait_for(1)
    assert failed.alpha is None and failed.error is not None and "shapes do not match" in failed.error.message
    maker.want([wish(1)])
    assert heard.wait_for(2)[1].alpha is not None
    maker.close()
