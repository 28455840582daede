"""A network of a few numbers with the features that published checkpoints have."""

from __future__ import annotations

import torch
from torch import nn

from vosapp.models.spec import NetworkSpec, PublishedCheckpoint, Task


class Tiny(nn.Module):
    """Two sections, a batch norm with its counter, and a layer whose shape an option decides."""

    def __init__(self, inputs: int) -> None:
        super().__init__()
        self.encoder = nn.Sequential(nn.Conv2d(3, 4, 3, bias=False), nn.BatchNorm2d(4))
        self.decoder = nn.ModuleDict({"out": nn.Conv2d(inputs, 1, 1)})


def build(inputs: int = 4) -> Tiny:
    """The network without weights."""
    return Tiny(inputs).eval()


def spec(name: str = "tiny", inputs: int = 4, **form: object) -> NetworkSpec:
    """A registry entry for it; `form` is the published checkpoint's."""
    files = form.pop("files", ("tiny.pth",))
    return NetworkSpec(
        name=name,
        title=name.capitalize(),
        task=Task.ONE_SHOT,
        strengths="tests",
        paper="none",
        builder="tests.unit.models.tiny:build",
        options=(("inputs", inputs),),
        parameters=108,
        speed="at once",
        memory_mb=1,
        licence="For tests only.",
        checkpoint=PublishedCheckpoint(source="nobody/tiny", files=files, **form),  # type: ignore[arg-type]
    )


def state(inputs: int = 4) -> dict[str, torch.Tensor]:
    """Weights for it; torch seeds them the same each time."""
    torch.manual_seed(0)
    return dict(build(inputs).state_dict())
