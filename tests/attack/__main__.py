"""`make attack`: kills, hostile files and a soak, one after the other, with their figures on standard output.

`python -m tests.attack kills --count 200`, `batch-kills --count 50`, `hostile --count 500`, `soak --minutes 10` run one
of them. The exit code
is 1 when a promise of docs/reliability.md was broken.
"""

from __future__ import annotations

import argparse
import sys

from tests.attack import batch_kills, hostile, kills, soak


def main() -> int:
    parser = argparse.ArgumentParser("python -m tests.attack", description=__doc__)
    parser.add_argument("names", nargs="*", help="kills, batch-kills, hostile, soak; all without one")
    parser.add_argument("--count", type=int, help="kills, batch kills or hostile files (200, 50 and 500 unless told)")
    parser.add_argument("--minutes", type=float, default=10.0, help="of the soak")
    arguments = parser.parse_args()
    names = arguments.names or ["kills", "batch-kills", "hostile", "soak"]
    broken = 0
    if "kills" in names:
        broken += kills.run(arguments.count or 200)
    if "batch-kills" in names:
        broken += batch_kills.run(arguments.count or 50)
    if "hostile" in names:
        broken += hostile.run(arguments.count or 500)
    if "soak" in names:
        broken += soak.run(arguments.minutes)
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main())
