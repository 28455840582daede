"""vosapp: interactive rotoscoping by video object segmentation."""

import os

__version__ = "0.1.0.dev0"

# OpenCV looks at a picture's header and refuses more pixels than this before it decodes: a JPEG of 55 kB can claim
# 5 GB. It reads the variable when it is loaded, so the variable is set before any module can load it.
MAX_DECODED_PIXELS = 2**27
os.environ.setdefault("OPENCV_IO_MAX_IMAGE_PIXELS", str(MAX_DECODED_PIXELS))
# What it warns of, damaged files, is said in sentences of our own.
os.environ.setdefault("OPENCV_LOG_LEVEL", "ERROR")
