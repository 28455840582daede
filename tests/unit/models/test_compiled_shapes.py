"""Pictures of ever new sizes do not fill the memory with what oneDNN compiled for them."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest
import torch

from tests.shared import REPOSITORY

SCRIPT = """
import vosapp.models
import torch

layer = torch.nn.Conv2d(16, 16, 3, padding=1).eval()
with torch.inference_mode():
    for width in [64, *range(65, 165), 64]:
        layer(torch.zeros(1, 16, 64, width))
"""


def keeps_the_first_of_a_hundred_shapes(**environment: str) -> bool:
    """Whether the layer that was compiled for the first width is still there a hundred widths later."""
    known = {name: value for name, value in os.environ.items() if "PRIMITIVE_CACHE" not in name}
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT],
        cwd=REPOSITORY,
        env={**known, "ONEDNN_VERBOSE": "2", **environment},
        capture_output=True,
        check=True,
        text=True,
    )
    created = [line for line in done.stdout.splitlines() if "create:cache" in line and ",convolution," in line]
    assert len(created) >= 102, "oneDNN tells of every layer that it looks for"
    return "cache_hit" in created[-1]


@pytest.mark.skipif(not torch.backends.mkldnn.is_available(), reason="torch was built without oneDNN")
def test_new_shapes_do_not_fill_the_memory() -> None:
    assert keeps_the_first_of_a_hundred_shapes(ONEDNN_PRIMITIVE_CACHE_CAPACITY="1024")
    assert not keeps_the_first_of_a_hundred_shapes()
