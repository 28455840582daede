"""Packs a folder of training photographs into one file, made smaller where asked, to carry to a training machine.

Usage: python packaging/pack_photographs.py FOLDER FILE [--quality 80] [--without video/tears_of_steel ...]
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from vosapp.data.photographs.bank import open_bank


def main() -> None:
    """Packs."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("file", type=Path)
    parser.add_argument("--quality", type=int, help="encode JPEG pictures anew at this quality where that is smaller")
    parser.add_argument("--without", nargs="*", default=[], metavar="START", help="leave out paths that begin so")
    arguments = parser.parse_args()
    open_bank(arguments.folder, without=arguments.without).pack(arguments.file, quality=arguments.quality)
    sys.stdout.write(f"{arguments.file}: {arguments.file.stat().st_size / 2**20:.1f} MiB\n")


if __name__ == "__main__":
    main()
