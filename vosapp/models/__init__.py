"""The networks as torch modules and their weight files. No video, no document, no Qt, no device choice."""

import os

# oneDNN keeps what it compiled for each shape, 1024 of them unless told. Windows around objects have ever new shapes,
# so memory grew by half a gigabyte in 1,500 frames; the last 32 are all that is used again. Read at the first one.
os.environ.setdefault("ONEDNN_PRIMITIVE_CACHE_CAPACITY", "32")
