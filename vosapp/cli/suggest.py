"""`vosapp suggest`: writes object masks on a frame that nobody drew."""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from vosapp import __version__
from vosapp.cli.clip_source import add_rate, open_source
from vosapp.cli.engine_help import proposer_help
from vosapp.cli.frame_numbers import frame_index
from vosapp.cli.input_space import add_input_space
from vosapp.cli.number_types import whole_number
from vosapp.cli.outputs import require_writable_folder
from vosapp.core.errors import MediaError, WeightsError
from vosapp.export.place.earlier import KIND, Place, look_over
from vosapp.export.place.staging import Staging

if TYPE_CHECKING:
    from vosapp.engine.suggest.proposals import Proposal

_NAME, _REPORT = "proposal_{:02}.png", "proposals.json"
_LOOKED_FOR = 100  # names that are looked for before the work

_COUNT = whole_number(1, 1000)


def configure(parser: argparse.ArgumentParser) -> None:
    """Adds the arguments of the command."""
    parser.formatter_class, parser.epilog = argparse.RawDescriptionHelpFormatter, proposer_help()
    parser.add_argument("clip", metavar="CLIP", type=Path, help="video file, folder of images or pattern")
    add_rate(parser)
    parser.add_argument("--at", metavar="N", type=int, required=True, help="frame, in the clip's own numbering")
    parser.add_argument("--out", metavar="DIR", type=Path, required=True, help="folder for the masks")
    parser.add_argument("--network", metavar="NAME", action="append", default=[], help="which to ask, see below")
    parser.add_argument("--count", metavar="K", type=_COUNT, default=10, help="masks at most (default: %(default)s)")
    parser.add_argument("--refine", action="store_true", help="move outlines to where the colours change (dense CRF)")
    add_input_space(parser)
    parser.add_argument("--overwrite", action="store_true", help="replace files that are not earlier proposals")
    parser.add_argument("--device", default="auto", help="auto, cpu, cuda or mps (default: %(default)s)")


def run(arguments: argparse.Namespace) -> int:
    """Writes one PNG for each proposal and `proposals.json` with what speaks for it."""
    from vosapp.engine.suggest.proposals import suggest, why_not
    from vosapp.video.open import exact_info

    if not arguments.network and why_not():
        raise WeightsError(why_not())
    require_writable_folder(arguments.out)
    place = Place(arguments.out, is_folder=True)
    names = [_NAME.format(number) for number in range(1, min(arguments.count, _LOOKED_FOR) + 1)]
    look_over(place, [*names, _REPORT], overwrite=arguments.overwrite)
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
    write_proposals(place, arguments.at, proposals, overwrite=arguments.overwrite)
    print(f"{len(proposals)} proposals on frame {arguments.at} in {arguments.out}")
    for number, proposal in enumerate(proposals, start=1):
        print(f"{number:3}  score {proposal.score:.2f}  {proposal.mask.area_px} px  {proposal.network}")
    return 0


def write_proposals(place: Place, frame_number: int, proposals: list[Proposal], *, overwrite: bool) -> None:
    """Writes masks and what was thought of them, in place of those of an earlier call.

    Raises:
        ExportError, MediaError: files of others are in the way, or nothing can be written.
    """
    from vosapp.video.stills.images import write_png

    names = [_NAME.format(number) for number in range(1, len(proposals) + 1)]
    earlier = look_over(place, [*names, _REPORT], overwrite=overwrite)
    staging = Staging(place)
    try:
        for name, proposal in zip(names, proposals, strict=True):
            write_png(staging.files / name, proposal.mask.array().view(np.uint8) * np.uint8(255))
        entries = [_entry(name, proposal) for name, proposal in zip(names, proposals, strict=True)]
        report = {"frame": frame_number, "proposals": entries}
        (staging.files / _REPORT).write_text(json.dumps(report, indent=1) + "\n", encoding="utf-8")
        said = {"kind": KIND, "program": f"vosapp {__version__}", "complete": True, "frame": frame_number}
        staging.publish([*names, _REPORT], said, earlier, overwrite=overwrite)
    except OSError as error:
        raise MediaError(f"{place.path} cannot be written ({error.strerror}).", "Choose another folder.") from error
    finally:
        staging.discard()


def _entry(name: str, proposal: Proposal) -> dict[str, object]:
    return {
        "file": name,
        "network": proposal.network,
        "score": round(proposal.score, 4),
        "stability": round(proposal.stability, 4),
        "confidence": round(proposal.confidence, 4),
        "compactness": round(proposal.compactness, 4),
        "area_px": proposal.mask.area_px,
    }
