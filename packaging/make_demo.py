"""Renders the demo shot into resources/: demo.mp4 and its true masks. Run when vosapp/data/demo/shot.py changes.

Usage: python packaging/make_demo.py
"""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

import av
import numpy as np

from vosapp.data.demo import shot as demo_shot
from vosapp.video.stills.images import write_png

RESOURCES = Path(__file__).resolve().parents[1] / "resources"
PALETTE = np.array([[0, 0, 0], [255, 87, 77]], np.uint8)


def main() -> int:
    """Writes the clip and one indexed PNG a frame."""
    masks = RESOURCES / "demo-masks"
    shutil.rmtree(masks, ignore_errors=True)
    masks.mkdir(parents=True)
    with av.open(str(RESOURCES / "demo.mp4"), "w", options={"movflags": "+faststart"}) as container:
        stream = container.add_stream("libx264", rate=demo_shot.RATE, options={"crf": "18", "preset": "slow"})
        stream.height, stream.width, stream.pix_fmt = demo_shot.HEIGHT, demo_shot.WIDTH, "yuv420p"
        for index, frame in enumerate(demo_shot.frames()):
            container.mux(stream.encode(av.VideoFrame.from_ndarray(frame.rgb, format="rgb24")))
            write_png(masks / f"{index:05d}.png", frame.mask.astype(np.uint8), PALETTE)
        container.mux(stream.encode(None))
    return 0


if __name__ == "__main__":
    sys.exit(main())
