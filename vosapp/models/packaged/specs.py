"""Specs of the networks of others, and where their authors publish the weights. Loads none of them."""

from __future__ import annotations

from vosapp.models.spec import Download, NetworkSpec, PublishedCheckpoint, Task

_CUTIE_PAPER = "Cheng, Oh, Price, Lee, Schwing: Putting the Object Back into Video Object Segmentation, CVPR 2024"
_CUTIE_RELEASE = "https://github.com/hkchengrex/Cutie/releases/download/v1.0/"
_CUTIE_LICENCE = "MIT, as the authors' repository, whose release the file is; they state none for the weights alone."
_SAM2_PAPER = "Ravi et al.: SAM 2: Segment Anything in Images and Videos, 2024"
_SAM2_RELEASE = "https://dl.fbaipublicfiles.com/segment_anything_2/092824/"
_SAM2_LICENCE = "Apache-2.0: the authors license code and model checkpoints under it."
_SPEED = "slow on a processor; made for graphics cards"
# Many public projects that pin the file give the same size and hash; the authors themselves publish neither.
_REPORTED = "as several independent public projects state them; the authors publish neither"


def _cutie(name: str, title: str, file: str, *, parameters: int, speed: str, strengths: str) -> NetworkSpec:
    size = "small" if "small" in name else "base"
    return NetworkSpec(
        name=name,
        title=title,
        task=Task.ONE_SHOT,
        strengths=strengths,
        paper=_CUTIE_PAPER,
        builder="vosapp.models.packaged.cutie:build",
        options=(("size", size),),
        parameters=parameters,
        speed=speed,
        memory_mb=1500,
        licence=_CUTIE_LICENCE,
        checkpoint=PublishedCheckpoint(
            source="hkchengrex/Cutie",
            files=(file,),
            unused=("pixel_mean", "pixel_std"),
        ),
        download=Download(_CUTIE_RELEASE + file),
        extra="cutie",
        modules=("cutie", "omegaconf", "einops"),
    )


def _sam2(size: str, file: str, *, parameters: int, download: Download, figures: str, speed: str) -> NetworkSpec:
    return NetworkSpec(
        name=f"sam2-{size}",
        title=f"SAM 2.1 {size}",
        task=Task.ONE_SHOT,
        strengths="almost anything that has an outline, learned from more clips than any other here",
        paper=_SAM2_PAPER,
        builder="vosapp.models.packaged.sam2:build",
        options=(("size", size),),
        parameters=parameters,
        speed=speed,
        memory_mb=3000,
        licence=_SAM2_LICENCE,
        checkpoint=PublishedCheckpoint(
            source="facebookresearch/sam2", files=(file,), container=("model",), figures=figures
        ),
        convert="vosapp.models.packaged.sam2:convert",
        download=download,
        extra="sam2",
        modules=("transformers",),
    )


_EDGETAM = NetworkSpec(
    name="edgetam",
    title="EdgeTAM",
    task=Task.ONE_SHOT,
    strengths="what SAM 2.1 is good at, with a sixth of the weights of its base-plus size",
    paper="Zhou et al.: EdgeTAM: On-Device Track Anything Model, CVPR 2025",
    builder="vosapp.models.packaged.edgetam:build",
    parameters=13_895_794,
    speed=_SPEED,
    memory_mb=1500,
    licence="Apache-2.0: the authors license code and model checkpoints under it.",
    checkpoint=PublishedCheckpoint(
        source="facebookresearch/EdgeTAM",
        files=("edgetam.pt",),
        container=("model",),
        figures="SA-V test J&F 71.7, MOSE val 70.0, DAVIS-2017 val 87.7",
    ),
    convert="vosapp.models.packaged.edgetam:convert",
    download=Download(
        "https://github.com/facebookresearch/EdgeTAM/raw/main/checkpoints/edgetam.pt",
        size_bytes=56_116_523,
        sha256="ed2d4850b8792c239689b043c47046ec239b6e808a3d9b6ae676c803fd8780df",
        origin=_REPORTED,
    ),
    extra="edgetam",
    modules=("transformers", "timm"),
)

PACKAGED: tuple[NetworkSpec, ...] = (
    _cutie(
        "cutie",
        "Cutie",
        "cutie-base-mega.pth",
        parameters=35_024_186,
        speed=_SPEED,
        strengths="many objects at once that touch and hide each other, long shots",
    ),
    _cutie(
        "cutie-small",
        "Cutie small",
        "cutie-small-mega.pth",
        parameters=28_747_578,
        speed=_SPEED,
        strengths="what Cutie is good at, with a smaller image encoder",
    ),
    _sam2(
        "tiny",
        "sam2.1_hiera_tiny.pt",
        parameters=38_962_498,
        download=Download(
            _SAM2_RELEASE + "sam2.1_hiera_tiny.pt",
            156_008_466,
            "7402e0d864fa82708a20fbd15bc84245c2f26dff0eb43a4b5b93452deb34be69",
            _REPORTED,
        ),
        figures="SA-V test J&F 76.5, MOSE val 71.8",
        speed=_SPEED,
    ),
    _sam2(
        "small",
        "sam2.1_hiera_small.pt",
        parameters=46_060_354,
        download=Download(
            _SAM2_RELEASE + "sam2.1_hiera_small.pt",
            184_416_285,
            "6d1aa6f30de5c92224f8172114de081d104bbd23dd9dc5c58996f0cad5dc4d38",
            _REPORTED,
        ),
        figures="SA-V test J&F 76.6, MOSE val 73.5",
        speed=_SPEED,
    ),
    _sam2(
        "base-plus",
        "sam2.1_hiera_base_plus.pt",
        parameters=80_850_178,
        download=Download(
            _SAM2_RELEASE + "sam2.1_hiera_base_plus.pt",
            323_606_802,
            "a2345aede8715ab1d5d31b4a509fb160c5a4af1970f199d9054ccfb746c004c5",
            _REPORTED,
        ),
        figures="SA-V test J&F 78.2, MOSE val 73.7",
        speed=_SPEED,
    ),
    _sam2(
        "large",
        "sam2.1_hiera_large.pt",
        parameters=224_446_642,
        download=Download(
            _SAM2_RELEASE + "sam2.1_hiera_large.pt",
            898_083_611,
            "2647878d5dfa5098f2f8649825738a9345572bae2d4350a2468587ece47dd318",
            _REPORTED,
        ),
        figures="SA-V test J&F 79.5, MOSE val 74.6",
        speed=_SPEED,
    ),
    _EDGETAM,
)
