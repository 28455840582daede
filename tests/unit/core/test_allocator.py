"""Pictures come from the system and go back to it, whatever was freed before."""

from __future__ import annotations

import subprocess
import sys

import pytest

from tests.shared import REPOSITORY

SCRIPT = """
import ctypes, sys
from vosapp.core.allocator import bound_allocator

class Facts(ctypes.Structure):
    names = "arena ordblks smblks hblks hblkhd usmblks fsmblks uordblks fordblks keepcost"
    _fields_ = [(name, ctypes.c_int) for name in names.split()]

library = ctypes.CDLL(None)
library.mallinfo.restype = Facts
library.malloc.restype = ctypes.c_void_p
library.malloc.argtypes = [ctypes.c_size_t]
library.free.argtypes = [ctypes.c_void_p]
if sys.argv[1] == "bounded" and not bound_allocator():
    sys.exit("not glibc")
library.free(library.malloc(8 << 20))  # after this glibc keeps blocks of up to 8 MB for itself, unless it was told
before = library.mallinfo().hblks
picture = library.malloc(int(sys.argv[2]))
print(library.mallinfo().hblks - before)
"""


def own_blocks(how: str, size_bytes: int) -> str:
    command = [sys.executable, "-c", SCRIPT, how, str(size_bytes)]
    done = subprocess.run(command, cwd=REPOSITORY, capture_output=True, check=False)
    if b"not glibc" in done.stderr:
        pytest.skip("this C library is not glibc")
    assert done.returncode == 0, done.stderr
    return done.stdout.decode().strip()


@pytest.mark.skipif(sys.platform != "linux", reason="other systems have other allocators")
@pytest.mark.parametrize("size", [(480, 854), (720, 1280), (1080, 1920)])
def test_a_picture_is_a_block_of_the_system(size: tuple[int, int]) -> None:
    """Else the pictures of a cache leave holes: a window of 720p grew by 3 GB in ten minutes."""
    height, width = size
    assert own_blocks("bounded", height * width * 3) == "1"
    assert own_blocks("plain", height * width * 3) == "0", "else there would be nothing to bound"


HOLES = """
import sys
import numpy as np
from vosapp.core.allocator import bound_allocator, give_memory_back

def resident():
    with open("/proc/self/status") as status:
        return next(int(line.split()[1]) for line in status if line.startswith("VmRSS")) // 1024

if not bound_allocator():
    sys.exit("not glibc")
give_memory_back()
before = resident()
pictures = [(np.ones(2_700_000, np.uint8), bytes(200_000)) for _ in range(60)]  # of 720p, and what outlives them
kept = [small for _, small in pictures]
del pictures
give_memory_back()
print(resident() - before)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="other systems have other allocators")
def test_holes_between_what_stays_go_back_to_the_system() -> None:
    done = subprocess.run([sys.executable, "-c", HOLES], cwd=REPOSITORY, capture_output=True, text=True, check=False)
    if "not glibc" in done.stderr:
        pytest.skip("this C library is not glibc")
    assert done.returncode == 0, done.stderr
    assert int(done.stdout) < 60, "160 MB of pictures and 12 MB that stay"
