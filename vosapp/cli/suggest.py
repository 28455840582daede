"""`vosapp suggest`: writes object masks on a frame that nobody drew."""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from vosapp.cli.clip_source import add_rate, open_source
from vosapp.cli.engine_help import proposer_help
from vosapp.cli.frame_numbers import frame_index
from vosapp.cli.input_space import add_input_space
from vosapp.cli.outputs import require_writable_folder
from vosapp.core.errors import MediaError, WeightsError

if TYPE_CHECKING:
    from vosapp.engine.suggest.proposals import Proposal


def configure(parser: argparse.ArgumentParser) -> None:
    """Adds the arguments of the command."""
    parser.formatter_class, parser.epilog = argparse.RawDescriptionHelpFormatter, proposer_help()
    parser.add_argument("clip", metavar="CLIP", type=Path, help="video file, folder of images or pattern")
    add_rate(parser)
    parser.add_argument("--at", metavar="N", type=int, required=True, help="frame, in the clip's own numbering")
    parser.add_argument("--out", metavar="DIR", type=Path, required=True, help="folder for the masks")
    parser.add_argument("--network", metavar="NAME", action="append", default=[], help="which to ask, see below")
    parser.add_argument("--count", metavar="K", type=_count, default=10, help="masks at most (default: %(default)s)")
    parser.add_argument("--refine", action="store_true", help="move outlines to where the colours change (dense CRF)")
    add_input_space(parser)
    parser.add_argument("--device", default="auto", help="auto, cpu, cuda or mps (default: %(default)s)")


def run(arguments: argparse.Namespace) -> int:
    """Writes one PNG for each proposal and `proposals.json` with what speaks for it."""
    from vosapp.engine.suggest.proposals import suggest, why_not
    from vosapp.video.open import exact_info

    if not arguments.network and why_not():
        raise WeightsError(why_not())
    require_writable_folder(arguments.out)
    source = open_source(arguments.clip, arguments.rate, arguments.input_space)
    try:
        facts = exact_info(source)
        index = frame_index(arguments.at, first_number=facts.first_number, frame_count=facts.frame_count)
        proposals = suggest(
            source, index, network_names=arguments.network, device=arguments.device, refine=arguments.refine
        )
    finally:
        source.close()
    proposals = proposals[: arguments.count]
    _write(arguments.out, arguments.at, proposals)
    print(f"{len(proposals)} proposals on frame {arguments.at} in {arguments.out}")
    for number, proposal in enumerate(proposals, start=1):
        print(f"{number:3}  score {proposal.score:.2f}  {proposal.mask.area_px} px  {proposal.network}")
    return 0


def _write(folder: Path, frame_number: int, proposals: list[Proposal]) -> None:
    from vosapp.video.stills.images import write_png

    try:
        folder.mkdir(parents=True, exist_ok=True)
        entries = []
        for number, proposal in enumerate(proposals, start=1):
            name = f"proposal_{number:02}.png"
            write_png(folder / name, proposal.mask.array().view(np.uint8) * np.uint8(255))
            entries.append(
                {
                    "file": name,
                    "network": proposal.network,
                    "score": round(proposal.score, 4),
                    "stability": round(proposal.stability, 4),
                    "confidence": round(proposal.confidence, 4),
                    "compactness": round(proposal.compactness, 4),
                    "area_px": proposal.mask.area_px,
                }
            )
        report = {"frame": frame_number, "proposals": entries}
        (folder / "proposals.json").write_text(json.dumps(report, indent=1) + "\n", encoding="utf-8")
    except OSError as error:
        raise MediaError(f"{folder} cannot be written ({error.strerror}).", "Choose another folder.") from error


def _count(text: str) -> int:
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError("must be at least 1")
    return number
