"""Renders shapes with MLT's own renderer, to be compared with what they were made from."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from vosapp.export.shapes.mlt import write_mlt
from vosapp.shapes.animated import ShapeClip

MELT = shutil.which("melt")


def rendered(clip: ShapeClip, folder: Path) -> list[NDArray[np.uint8]]:
    """The alpha of every frame of a clip's shapes, as `melt` draws it: (height, width) each.

    Args:
        clip: to be drawn.
        folder: an empty one for the files.
    """
    assert MELT is not None
    project = folder / "shapes.mlt"
    project.write_text(write_mlt(clip), encoding="utf-8")
    consumer = f"avformat:{folder}/%05d.png"
    settings = ["vcodec=png", "pix_fmt=rgba", "mlt_image_format=rgba", "an=1", "real_time=-1"]
    subprocess.run(
        [MELT, str(project), "-consumer", consumer, *settings],
        check=True,
        capture_output=True,
        timeout=600,
        env={"PATH": "/usr/bin:/bin", "HOME": str(folder), "QT_QPA_PLATFORM": "offscreen"},
    )
    return [cv2.imread(str(path), cv2.IMREAD_UNCHANGED)[..., 3] for path in sorted(folder.glob("*.png"))]
