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
picture = library.malloc(6 << 20)
print(library.mallinfo().hblks - before)
"""


def own_blocks(how: str) -> str:
    done = subprocess.run([sys.executable, "-c", SCRIPT, how], cwd=REPOSITORY, capture_output=True, check=False)
    if b"not glibc" in done.stderr:
        pytest.skip("this C library is not glibc")
    assert done.returncode == 0, done.stderr
    return done.stdout.decode().strip()


@pytest.mark.skipif(sys.platform != "linux", reason="other systems have other allocators")
def test_a_picture_is_a_block_of_the_system() -> None:
    assert own_blocks("bounded") == "1"
    assert own_blocks("plain") == "0", "else there would be nothing to bound"
