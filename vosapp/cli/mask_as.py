"""The option `--mask-as` of commands that take masks."""

from __future__ import annotations

import argparse


def add_mask_as(parser: argparse.ArgumentParser) -> None:
    """Adds the option; its value is that of a `MaskMeaning`."""
    parser.add_argument(
        "--mask-as",
        choices=("auto", "ids", "alpha", "luma"),
        default="auto",
        help="what the numbers of a mask mean. auto: an indexed image in colours and a grey one of flat areas hold "
        "object ids, anything else is one soft mask, alpha where it varies, else the grey (default: %(default)s)",
    )
