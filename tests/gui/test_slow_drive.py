"""The real window over a drive that stops answering in the middle of a read, played by the system's own `read`."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.clips import make_clip

# Every read of the file named by HANGS_ON waits while the file named by HANGS_WHILE exists.
SHIM = r"""
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdlib.h>
#include <string.h>
#include <stdio.h>
#include <unistd.h>

ssize_t read(int file, void *buffer, size_t count) {
    static ssize_t (*real)(int, void *, size_t);
    char link[64], path[4096];
    const char *slow = getenv("HANGS_ON"), *flag = getenv("HANGS_WHILE");
    if (!real) real = (ssize_t (*)(int, void *, size_t))dlsym(RTLD_NEXT, "read");
    snprintf(link, sizeof link, "/proc/self/fd/%d", file);
    ssize_t length = slow && flag ? readlink(link, path, sizeof path - 1) : 0;
    if (length > 0) {
        path[length] = 0;
        while (!strcmp(path, slow) && !access(flag, F_OK)) usleep(5000);
    }
    return real(file, buffer, count);
}
"""

STORY = """
import json, os, sys, time
from pathlib import Path
from PySide6.QtCore import QTimer
from tests.clips import read_index
from vosapp.ui.app import make_application
from vosapp.ui.workspace import Workspace

application = make_application()
workspace = Workspace()
workspace.window.show()
beats = []
timer = QTimer()
timer.timeout.connect(lambda: beats.append(time.monotonic()))
timer.start(10)

def until(condition):
    while not condition():
        application.processEvents()
        time.sleep(0.002)

view = lambda: workspace.session.view
flag = Path(os.environ["HANGS_WHILE"])
workspace.files.projects.open_path(Path(os.environ["HANGS_ON"]))
until(lambda: view().shot.picture_index == 0)
told = {}
flag.touch()
workspace.viewing.playback.go(70)
until(lambda: view().shot.waiting)
told["banner"] = workspace.window.banner.text
told["picture"] = view().shot.picture_index
before = len(beats)
until(lambda: len(beats) >= before + 20)  # the window lives while the drive hangs
workspace.viewing.playback.go(75)
flag.unlink()
until(lambda: view().shot.picture_index == 75)
told["shown"] = read_index(workspace.window.canvas.frame)
told["waiting"] = view().shot.waiting
workspace.window.close()
while workspace.window.isVisible():
    application.processEvents()
print(json.dumps(told))
"""


@pytest.mark.skipif(sys.platform != "linux" or shutil.which("cc") is None, reason="needs Linux and a C compiler")
def test_the_window_lives_while_a_read_hangs(tmp_path: Path) -> None:
    source, shim = tmp_path / "hang.c", tmp_path / "hang.so"
    source.write_text(SHIM)
    subprocess.run(["cc", "-shared", "-fPIC", "-o", str(shim), str(source), "-ldl"], check=True, capture_output=True)
    clip = make_clip(
        tmp_path / "shot.mov", frames=80, size=(240, 320), codec="prores_ks", pixel_format="yuv422p10le"
    ).resolve()
    environment = {
        **os.environ,
        "QT_QPA_PLATFORM": "offscreen",
        "VOSAPP_DATA_DIR": str(tmp_path / "data"),
        "LD_PRELOAD": str(shim),
        "HANGS_ON": str(clip),
        "HANGS_WHILE": str(tmp_path / "hangs"),
    }
    out = subprocess.run(
        [sys.executable, "-c", STORY], env=environment, capture_output=True, text=True, timeout=600, check=True
    )
    told = json.loads(out.stdout.splitlines()[-1])
    assert told == {
        "banner": "Waiting for the media: frame 70 is still being read.",
        "picture": 0,
        "shown": 75,
        "waiting": False,
    }
