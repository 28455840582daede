"""Hybrid's convolutional stages by onnxruntime against torch, one thread each, in turn.

The stages get what they got on the last of some frames of 480x854 with one object, in float32. Torch runs them as
vosapp does, prepared; onnxruntime runs the same weights exported by `torch.onnx.export` with its usual optimisations.
Reading memory and flow are products and loops of our own, and stay as they are.

Needs what vosapp does not: `pip install onnx onnxscript onnxruntime`; without them it says so.
"""

from __future__ import annotations

import importlib.util
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from tests.bench.bench_networks import CPU, SIZE, _one_thread, _picture
from vosapp.engine.hybrid.propagator import HybridPropagator
from vosapp.engine.hybrid.settings import HybridOptions
from vosapp.models.loading import load_network
from vosapp.models.preparing import Precision, prepare

STAGES = ("encoder", "values", "decoder")
ROUNDS, FRAMES = 15, 8
NEEDED = ("onnx", "onnxscript", "onnxruntime")
NOTE = "Milliseconds are the processor's time; the two took turns."


def run() -> list[tuple[str, str]]:
    """Figures of every stage."""
    missing = [name for name in NEEDED if importlib.util.find_spec(name) is None]
    if missing:
        return [("onnxruntime against torch", f"not measured: {', '.join(missing)} not installed")]
    with _one_thread(), torch.inference_mode(), tempfile.TemporaryDirectory() as folder:
        return list(_rows(Path(folder)))


def _rows(folder: Path) -> Iterator[tuple[str, str]]:
    ours = prepare(load_network("hybrid"), CPU, Precision.FLOAT32)
    plain = load_network("hybrid")
    asked, frame_ms = _inputs(ours)
    sums = [0.0, 0.0]
    for name in STAGES:
        stage, inputs = getattr(ours, name), asked[name]
        other = _exported(getattr(plain, name), inputs, folder / f"{name}.onnx")
        apart = max(
            float(np.abs(a.float().numpy() - b).max()) for a, b in zip(_flat(stage(*inputs)), other(), strict=True)
        )
        torch_ms, onnx_ms = _in_turn([lambda stage=stage, inputs=inputs: stage(*inputs), other])  # type: ignore[misc]
        sums = [sums[0] + torch_ms, sums[1] + onnx_ms]
        shape = "x".join(str(side) for side in inputs[0].shape) if isinstance(inputs[0], Tensor) else "features"
        yield (
            f"hybrid, {name}",
            f"torch {torch_ms:.1f} ms, onnxruntime {onnx_ms:.1f} ms: {torch_ms / onnx_ms:.2f} times as fast "
            f"(input {shape}; results differ by {apart:.0e} at most)",
        )
    whole = frame_ms / (frame_ms - sums[0] + sums[1])
    yield (
        "hybrid, a whole frame",
        f"{frame_ms:.0f} ms, of which these stages {sums[0]:.0f}: with onnxruntime {whole:.2f} times as fast at most",
    )


def _inputs(network: nn.Module) -> tuple[dict[str, tuple[Any, ...]], float]:
    """What each stage was called with last in a run over a few frames, and milliseconds of a frame."""
    seen: dict[str, tuple[Any, ...]] = {}

    def keep(name: str) -> Callable[..., None]:
        return lambda _module, inputs: seen.__setitem__(name, inputs)

    hooks = [getattr(network, name).register_forward_pre_hook(keep(name)) for name in STAGES]
    propagator = HybridPropagator(network, CPU, HybridOptions())  # type: ignore[arg-type]
    mask = np.zeros(SIZE, np.float32)
    mask[100:300, 50:250] = 1
    propagator.step(0, _picture(0), {1: mask})
    times = []
    for index in range(1, FRAMES + 1):
        begun = time.process_time()
        propagator.step(index, _picture(1 + index % 2))
        times.append(1000 * (time.process_time() - begun))
    for hook in hooks:
        hook.remove()
    return seen, min(times)


class _OnTensors(nn.Module):
    """A stage that takes and gives tensors alone, as an exported graph does."""

    def __init__(self, stage: nn.Module, inputs: tuple[Any, ...]) -> None:
        super().__init__()
        self.stage, self._like = stage, inputs

    def forward(self, *tensors: Tensor) -> tuple[Tensor, ...]:
        left = iter(tensors)
        return tuple(_flat(self.stage(*(_like(part, left) for part in self._like))))


def _exported(stage: nn.Module, inputs: tuple[Any, ...], path: Path) -> Callable[[], Sequence[np.ndarray]]:
    """Runs a stage on its inputs by onnxruntime."""
    import onnxruntime

    tensors = tuple(part.float().contiguous().clone() for part in _flat(inputs))
    torch.onnx.export(_OnTensors(stage, inputs).eval(), tensors, path, dynamo=True, verbose=False)
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_ENABLE_ALL
    session = onnxruntime.InferenceSession(path, options, providers=["CPUExecutionProvider"])
    names = [one.name for one in session.get_inputs()]
    given = dict(zip(names, (part.numpy() for part in tensors), strict=True))
    return lambda: session.run(None, given)


def _flat(value: Any) -> list[Tensor]:
    """All tensors of nested tuples, in order."""
    if isinstance(value, Tensor):
        return [value]
    return [tensor for part in value for tensor in _flat(part)]


def _like(value: Any, tensors: Iterator[Tensor]) -> Any:
    """Nested tuples of the same kind, made of other tensors."""
    if isinstance(value, Tensor):
        return next(tensors)
    parts = [_like(part, tensors) for part in value]
    return type(value)(*parts) if hasattr(value, "_fields") else tuple(parts)


def _in_turn(works: list[Callable[[], Any]]) -> list[float]:
    """Milliseconds of each, the best of some rounds after one that does not count."""
    best = [float("inf")] * len(works)
    for counted in range(ROUNDS + 1):
        for place, work in enumerate(works):
            begun = time.process_time()
            work()
            if counted:
                best[place] = min(best[place], 1000 * (time.process_time() - begun))
    return best
