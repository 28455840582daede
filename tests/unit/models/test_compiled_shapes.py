"""Pictures of ever new sizes do not fill the memory with what oneDNN compiled for them."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from tests.shared import REPOSITORY

SCRIPT = """
import vosapp.models
import torch

def resident():
    with open("/proc/self/status") as status:
        return next(int(line.split()[1]) for line in status if line.startswith("VmRSS")) // 1024

torch.set_num_threads(1)
network = torch.nn.Sequential(*[torch.nn.Conv2d(16, 16, 3, padding=1) for _ in range(4)]).eval()
with torch.inference_mode():
    for number in range(300):
        network(torch.zeros(1, 16, 64 + number % 60, 64 + number * 7 % 90))
        if number == 20:
            before = resident()
print(resident() - before)
"""


def growth_mb(**environment: str) -> int:
    known = {name: value for name, value in os.environ.items() if "PRIMITIVE_CACHE" not in name}
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT], cwd=REPOSITORY, env={**known, **environment}, capture_output=True, check=True
    )
    return int(done.stdout)


@pytest.mark.skipif(sys.platform != "linux", reason="reads how much memory a process has where Linux says it")
def test_new_shapes_do_not_fill_the_memory() -> None:
    assert growth_mb() < growth_mb(ONEDNN_PRIMITIVE_CACHE_CAPACITY="1024") / 2
