"""Registry of the networks: what each is good at, and in which form its authors published weights.

Nothing here loads torch: a window or a command can list networks at once. `vosapp.models.weights` says which of
them have weights on this machine, `vosapp.models.checkpoints` reads the authors' files.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from vosapp.core.errors import WeightsError
from vosapp.models.packaged.specs import PACKAGED
from vosapp.models.spec import NetworkSpec, PublishedCheckpoint, Task

_NO_LICENCE = (
    "The authors gave neither code nor weights a licence: all rights are theirs. Ask them before any use beyond "
    "private study."
)
_RGMP_PAPER = "Oh, Lee, Sunkavalli, Kim: Fast Video Object Segmentation by Reference-Guided Mask Propagation, CVPR 2018"
_S2S_PAPER = "Xu et al.: YouTube-VOS: Sequence-to-Sequence Video Object Segmentation, ECCV 2018"
_S2SPP_PAPER = (
    "Azimi, Bischke, Palacio, Raue, Hees, Dengel: Revisiting Sequence-to-Sequence Video Object Segmentation with "
    "Multi-Task Loss and Skip-Memory, ICPR 2020"
)
_HS2S_PAPER = (
    "Azimi, Frolov, Raue, Hees, Dengel: Hybrid-S2S: Video Object Segmentation with Recurrent Networks and "
    "Correspondence Matching, VISAPP 2021"
)
_RVOS_PAPER = (
    "Ventura, Bellver, Girbau, Salvador, Marques, Giro-i-Nieto: RVOS: End-to-End Recurrent Network for Video Object "
    "Segmentation, CVPR 2019"
)
_COSNET_PAPER = (
    "Lu, Wang, Ma, Shen, Shao, Porikli: See More, Know More: Unsupervised Video Object Segmentation with "
    "Co-Attention Siamese Networks, CVPR 2019"
)
_AGAME_PAPER = (
    "Johnander, Danelljan, Brissman, Khan, Felsberg: A Generative Appearance Model for End-to-end Video Object "
    "Segmentation, CVPR 2019"
)

_RGMP = NetworkSpec(
    name="rgmp",
    title="RGMP",
    task=Task.ONE_SHOT,
    strengths="steady objects that change shape slowly; follows the previous mask closely, so corrections carry well",
    paper=_RGMP_PAPER,
    builder="vosapp.models.rgmp.network:build",
    parameters=51_518_920,
    speed="1500 ms per object, one more pass for the background from two objects on; half of that in bfloat16",
    memory_mb=1500,
    licence="The authors allow non-commercial research only.",
    checkpoint=PublishedCheckpoint(
        source="seoungwugoh/RGMP",
        files=("weights.pth",),
        figures="DAVIS-2016 J 81.5 F 82.0; DAVIS-2017 val J 64.8 F 68.6",
    ),
)
_S2S_SECTIONS = ("initializer", "encoder", "decoder", "convlstm", "convlstm_middle", "convlstm_3")
_S2SPP = NetworkSpec(
    name="s2s++",
    title="S2S++",
    task=Task.ONE_SHOT,
    strengths="objects that leave their first look behind: a memory at three scales carries what has been seen",
    paper=_S2SPP_PAPER,
    builder="vosapp.models.s2s.network:build",
    parameters=429_260_841,
    speed="1700 ms a frame at its own size of 256x448, 800 ms more for each further object",
    memory_mb=4500,
    licence=_NO_LICENCE,
    checkpoint=PublishedCheckpoint(
        source="fatemehazimi990/RS2S",
        files=("weights.pth",),
        sections=_S2S_SECTIONS,
        figures="YouTube-VOS overall 61.0",
    ),
)
_HS2S = NetworkSpec(
    name="hs2s",
    title="HS2S",
    task=Task.ONE_SHOT,
    strengths="long shots: recurrence says where the object was going, matching with the anchor what it looks like",
    paper=_HS2S_PAPER,
    builder="vosapp.models.hs2s.network:build",
    parameters=395_759_593,
    speed="2100 ms for each object at its own size of 256x448",
    memory_mb=4500,
    licence=_NO_LICENCE,
    checkpoint=PublishedCheckpoint(
        source="fatemehazimi990/HS2S",
        files=("weights_HS2S.pth",),
        container=("model",),
        figures="YouTube-VOS overall 68.9; DAVIS-2017 test-dev 61.1 without fine-tuning",
    ),
)
_RVOS_LICENCE = "The authors forbid commercial use of code and weights without a licence from them."
_RVOS_UNUSED = ("base.fc.", "fc_stop")
_RVOS = NetworkSpec(
    name="rvos",
    title="RVOS (one-shot)",
    task=Task.ONE_SHOT,
    strengths="many objects at once: one image encoding a frame, objects that know of each other, small pictures",
    paper=_RVOS_PAPER,
    builder="vosapp.models.rvos.network:build",
    options=(("mask_channel", True),),
    parameters=49_349_233,
    speed="260 ms a frame at its own size of 256x448, 40 ms for each further object",
    memory_mb=900,
    licence=_RVOS_LICENCE,
    checkpoint=PublishedCheckpoint(
        source="imatge-upc/rvos",
        files=("encoder.pt", "decoder.pt"),
        archives=("one-shot-model-youtubevos.zip", "one-shot-model-davis.zip"),
        sections=("encoder", "decoder"),
        unused=_RVOS_UNUSED,
        figures="YouTube-VOS J 63.6/45.5 F 67.2/51.0 (seen/unseen); DAVIS-2017 test-dev J 48.0 F 52.6",
    ),
)
_RVOS_ZERO = NetworkSpec(
    name="rvos-zero",
    title="RVOS (zero-shot)",
    task=Task.ZERO_SHOT,
    strengths="proposes up to ten objects of a shot without being shown any",
    paper=_RVOS_PAPER,
    builder="vosapp.models.rvos.network:build",
    options=(("mask_channel", False),),
    parameters=49_340_593,
    speed="390 ms for ten slots at its own size of 256x448",
    memory_mb=850,
    licence=_RVOS_LICENCE,
    checkpoint=PublishedCheckpoint(
        source="imatge-upc/rvos",
        files=("encoder.pt", "decoder.pt"),
        archives=("zero-shot-model-youtubevos.zip",),
        sections=("encoder", "decoder"),
        unused=_RVOS_UNUSED,
        figures="YouTube-VOS J 44.7/21.2 F 45.0/23.9 (seen/unseen); DAVIS-2017 test-dev J 23.0 F 29.9",
    ),
)
_COSNET = NetworkSpec(
    name="cosnet",
    title="COSNet",
    task=Task.ZERO_SHOT,
    strengths="finds the one object that a shot is about by comparing frames far apart",
    paper=_COSNET_PAPER,
    builder="vosapp.models.cosnet.network:build",
    parameters=81_242_436,
    speed="3700 ms a frame at its own size of 473x473, as much again for each first look at a reference",
    memory_mb=1250,
    licence=_NO_LICENCE,
    checkpoint=PublishedCheckpoint(
        source="carrierlxk/COSNet",
        files=("co_attention.pth",),
        container=("model",),
        figures="DAVIS-2016 J 80.5 F 79.4 with CRF, about 78.3 without; FBMS J 75.6; YouTube-Objects J 70.5",
    ),
)
_AGAME = NetworkSpec(
    name="agame",
    title="A-GAME",
    task=Task.ONE_SHOT,
    strengths="objects that look unlike their background; several objects share one image encoding",
    paper=_AGAME_PAPER,
    builder="vosapp.models.agame.network:build",
    parameters=63_468_228,
    speed="900 ms a frame and 360 ms for each object; a third less in bfloat16",
    memory_mb=1150,
    licence=_NO_LICENCE,
    checkpoint=PublishedCheckpoint(
        source="joakimjohnander/agame-vos",
        files=("main_runfile_beta_best.pth.tar",),
        container=("net",),
        prefix="trackseg.",
        unused=("backbone.fc.",),
        plain_classes=("utils.stats.AverageMeter",),
        figures="DAVIS-2016 J 82.0 F 82.2; DAVIS-2017 val J 67.2 F 72.7; YouTube-VOS overall 66.0",
    ),
)


_HYBRID = NetworkSpec(
    name="hybrid",
    title="Hybrid",
    task=Task.ONE_SHOT,
    strengths="any number of anchors, small objects, corrections; weights of our own come with the program",
    paper="our own; design and figures in the model card weights/hybrid.md",
    builder="vosapp.models.hybrid.network:build",
    parameters=2_380_762,
    speed="170 ms a frame with flow beside it, 150 ms more for each further object",
    memory_mb=500,
    licence="Apache-2.0, as the program; the model card lists the photographs it was trained on.",
)


def _untrained(
    base: NetworkSpec, name: str, title: str, *, strengths: str, parameters: int, **options: Any
) -> NetworkSpec:
    """A configuration of `base`, made by options of its builder, for which nobody published weights."""
    note = "Nobody published weights of this configuration; weights that you train are yours."
    return replace(
        base,
        name=name,
        title=title,
        strengths=strengths,
        parameters=parameters,
        options=tuple(options.items()),
        checkpoint=None,
        licence=note,
    )


_HYBRID_LITE = replace(
    _untrained(
        _HYBRID,
        "hybrid-lite",
        "Hybrid, second design",
        strengths="a pretrained backbone under the same idea and no second tracker beside it; still in training",
        parameters=4_299_265,
    ),
    paper="our own; docs/networks.md explains it",
    builder="vosapp.models.hybrid_lite.network:build",
    speed="340 ms a frame and object where hybrid takes 460",
    licence="Weights that you train are yours; docs/dependencies.md has the licence of the backbone in them.",
)
_RGMP_GRU = _untrained(
    _RGMP,
    "rgmp-gru",
    "RGMP with a recurrent memory",
    strengths="the variant of RGMP's paper that remembers more than the last frame",
    parameters=55_058_632,
    memory="gru",
)
_S2S = replace(
    _untrained(
        _S2SPP,
        "s2s",
        "S2S",
        strengths="the base of S2S++: one memory, no border distances",
        parameters=389_973_845,
        memories=1,
        border_distances=False,
    ),
    paper=_S2S_PAPER,
)
_HS2S_0 = _untrained(
    _HS2S,
    "hs2s-0",
    "HS2S, first frame only",
    strengths="matches with the anchor alone",
    parameters=376_882_153,
    references="first",
)
_HS2S_T1 = _untrained(
    _HS2S,
    "hs2s-t1",
    "HS2S, previous frame only",
    strengths="matches with the last frame alone",
    parameters=376_882_153,
    references="previous",
)
_HS2S_SIM = _untrained(
    _HS2S,
    "hs2s-sim",
    "HS2S by similarity",
    strengths="matches with the anchor by cosine similarity",
    parameters=363_249_645,
    references="similarity",
)
_COSNET_SYM = _untrained(
    _COSNET,
    "cosnet-sym",
    "COSNet, symmetric",
    strengths="the form of co-attention with which COSNet's paper scores best",
    parameters=81_242_692,
    weighting="symmetric",
)
_COSNET_CHANNEL = _untrained(
    _COSNET,
    "cosnet-channel",
    "COSNet, channel-wise",
    strengths="the form of co-attention with the fewest weights",
    parameters=81_177_156,
    weighting="channel-wise",
)

NETWORKS: tuple[NetworkSpec, ...] = (
    _RGMP,
    _RGMP_GRU,
    _S2S,
    _S2SPP,
    _HS2S,
    _HS2S_0,
    _HS2S_T1,
    _HS2S_SIM,
    _RVOS,
    _RVOS_ZERO,
    _COSNET,
    _COSNET_SYM,
    _COSNET_CHANNEL,
    _AGAME,
    _HYBRID,
    _HYBRID_LITE,
    *PACKAGED,
)


def network(name: str) -> NetworkSpec:
    """The network of a name.

    Raises:
        WeightsError: there is none of this name.
    """
    for spec in NETWORKS:
        if spec.name == name:
            return spec
    names = ", ".join(spec.name for spec in NETWORKS)
    raise WeightsError(f"There is no network called {name}.", f"The networks are {names}.")


def networks(task: Task) -> tuple[NetworkSpec, ...]:
    """The networks for a task."""
    return tuple(spec for spec in NETWORKS if spec.task is task)
