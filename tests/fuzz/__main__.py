"""Fuzz what a grader reads, for a while: `python -m tests.fuzz [--seconds N] [--seed N] [TARGET ...]`.

An input that breaks something is kept in tests/fuzz/found/, where the tests try it again; its name holds the number it was drawn from.
"""

from __future__ import annotations

import argparse
import random
import sys
import time
import traceback

from tests.fuzz.targets import TARGETS, Target, run
from tests.fuzz.test_fuzz import FOUND


def main() -> int:
    """Run the command; return 1 if something broke."""
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz", description=__doc__)
    parser.add_argument(
        "target", nargs="*", choices=[[], *(one.name for one in TARGETS)], help="only these; default all"
    )
    parser.add_argument("--seconds", type=float, default=60.0, help="how long, for each target (default: 60)")
    parser.add_argument("--seed", type=int, default=None, help="where the numbers begin (default: anywhere)")
    arguments = parser.parse_args()
    first = random.SystemRandom().randrange(2**40) if arguments.seed is None else arguments.seed
    chosen = [one for one in TARGETS if not arguments.target or one.name in arguments.target]
    try:
        return int(any([_fuzz(target, first, arguments.seconds) for target in chosen]))
    except KeyboardInterrupt:
        print("interrupted; what was found is kept", file=sys.stderr)
        return 130


def _fuzz(target: Target, first: int, seconds: float) -> int:
    """Try one number after the other; return how many inputs broke something, of which ten are kept."""
    number, broken, end = first, 0, time.monotonic() + seconds
    while time.monotonic() < end and broken < 10:
        content = target.draw(random.Random(number))
        try:
            run(target, content)
        except Exception:
            broken += 1
            path = FOUND / target.name / f"{number}.bin"
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
            print(f"{path}:\n{traceback.format_exc()}", file=sys.stderr)
        number += 1
    print(f"{target.name}: {number - first:,} inputs from {first}, {broken} broke something")
    return broken


if __name__ == "__main__":
    sys.exit(main())
