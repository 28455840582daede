"""What may and must be in a bundle: no tests, no CUDA in the CPU build, every licence text."""

from __future__ import annotations

from pathlib import Path

import bundle_contents as contents
import pytest

import build

LICENCES = f"_internal/{contents.LICENCES}"
GOOD = {
    "vosapp",
    "_internal/libpython3.11.so.1.0",
    "_internal/torch/lib/libtorch_cpu.so",
    "_internal/vosapp/_weights/hybrid.safetensors",
    "_internal/vosapp/_weights/matte-refiner.safetensors",
    "_internal/vosapp/_weights/select.safetensors",
    "_internal/vosapp/_resources/demo.mp4",
    f"{LICENCES}/{contents.NOTICES}",
    f"{LICENCES}/LICENSE",
    f"{LICENCES}/GPL-3.0.txt",
    f"{LICENCES}/LGPL-3.0.txt",
    f"{LICENCES}/SOURCES.txt",
    f"{LICENCES}/sbom.cdx.json",
    f"{LICENCES}/torch/LICENSE",
}


def test_a_good_bundle_has_no_problems() -> None:
    assert contents.problems(GOOD, ["torch"]) == []


@pytest.mark.parametrize(
    "path",
    [
        "_internal/tests/clips.py",
        "_internal/vosapp/tests/test_mask.py",
        "_internal/numpy/core/conftest.py",
        "_internal/torch/test/test_nn.py",
    ],
)
def test_a_test_file_is_a_problem(path: str) -> None:
    assert contents.problems(GOOD | {path}, ["torch"]) == [f"a test file: {path}"]


@pytest.mark.parametrize(
    "path",
    [
        "_internal/torch/lib/libtorch_cuda.so",
        "_internal/torch/lib/c10_cuda.dll",
        "_internal/torch/lib/cudnn64_9.dll",
        "_internal/libcudart.so.13",
        "_internal/torchvision.libs/libcudart.60cfec8e.so.13",
        "_internal/nvidia/cublas/lib/libcublasLt.so.13",
    ],
)
def test_cuda_is_a_problem_in_the_cpu_build_alone(path: str) -> None:
    assert contents.problems(GOOD | {path}, ["torch"]) == [f"a CUDA library in the CPU build: {path}"]
    assert contents.problems(GOOD | {path}, ["torch"], cuda=True) == []
    assert not contents.is_wanted(path.removeprefix("_internal/"))


def test_a_missing_licence_is_a_problem() -> None:
    assert contents.problems(GOOD, ["torch", "numpy"]) == ["no licence text of numpy"]
    assert "missing: " in contents.problems(GOOD - {f"{LICENCES}/GPL-3.0.txt"}, ["torch"])[0]


@pytest.mark.parametrize(
    ("path", "wanted"),
    [
        ("torch/bin/test_api", False),
        ("torch/bin/torch_shm_manager", True),
        ("torch/lib/libtorch_cpu.so", True),
        ("torch/include/c10/core/Device.h", False),
        ("PySide6/Qt/plugins/platforms/libqxcb.so", True),
        ("PySide6/Qt/plugins/platforms/libqoffscreen.so", True),
        ("PySide6/plugins/platforms/qwindows.dll", True),
        ("PySide6/Qt/plugins/platforms/libqeglfs.so", False),
        ("PySide6\\plugins\\platforms\\qminimal.dll", False),
        ("PySide6/Qt/translations/qtbase_de.qm", False),
        ("cv2/cv2.abi3.so", True),
        ("vosapp/_resources/demo-masks/00000.png", True),
        ("torch/_dynamo/test_case.py", False),
        ("torchvision/_C.so", False),
        ("torchvision/models/resnet.py", True),
    ],
)
def test_what_is_kept(path: str, wanted: bool) -> None:
    assert contents.is_wanted(path) is wanted


@pytest.mark.parametrize("name", ["libstdc++.so.6", "libfontconfig.so.1", "libX11.so.6", "libGL.so.1", "libmvec.so.1"])
def test_libraries_of_every_desktop_are_left_to_it(name: str) -> None:
    assert contents.is_of_the_system(name)


@pytest.mark.parametrize("name", ["libxcb-cursor.so.0", "libpython3.11.so.1.0", "libcrypto.so.3", "libsqlite3.so.0"])
def test_libraries_that_a_desktop_may_lack_are_taken_along(name: str) -> None:
    assert not contents.is_of_the_system(name)


def test_sizes_are_told_by_component() -> None:
    files = {
        "vosapp": 1,
        "_internal/torch/lib/libtorch_cpu.so": 10,
        "_internal/cv2/cv2.so": 100,
        "_internal/libz.so": 1000,
    }
    assert contents.sizes(files) == {
        "Python and its modules": 1,
        "torch and torchvision": 10,
        "OpenCV": 100,
        "other libraries": 1000,
    }


def test_files_of_a_bundle_are_listed_with_links_that_weigh_nothing(tmp_path: Path) -> None:
    (tmp_path / "_internal").mkdir()
    (tmp_path / "_internal" / "lib.so").write_bytes(b"12345")
    (tmp_path / "_internal" / "link.so").symlink_to("lib.so")
    assert build.bundle_files(tmp_path) == {"_internal/lib.so": 5, "_internal/link.so": 0}


@pytest.mark.skipif(not build.BUNDLE.is_dir(), reason="no bundle was made here")
def test_the_bundle_that_was_made_here_is_right() -> None:
    import notices

    assert contents.problems(build.bundle_files(build.BUNDLE), notices.bundled_packages()) == []
