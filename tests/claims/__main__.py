"""Compute everything that the lessons claim: `python -m tests.claims [--lint] [LESSON ...]`."""

from __future__ import annotations

import argparse
import sys
import time

from tests.claims import claimed, masters, problems


def main() -> int:
    """Say of each claim whether it holds; return 1 if one does not, or if a number has none."""
    parser = argparse.ArgumentParser(prog="python -m tests.claims", description=__doc__)
    parser.add_argument("lesson", nargs="*", metavar="LESSON", help="only these; default all")
    parser.add_argument("--lint", action="store_true", help="compute nothing, look for numbers without a claim")
    arguments = parser.parse_args()
    failed = 0
    for master in masters():
        if arguments.lesson and master.name not in arguments.lesson:
            continue
        for problem in problems(master):
            failed += 1
            print(problem)
        for one, sentence in () if arguments.lint else claimed(master):
            start = time.perf_counter()
            try:
                one.prove(sentence)
            except AssertionError as error:
                failed += 1
                print(f"{master.name} {one.name}: FALSE: {sentence.text}\n    {error}")
            else:
                print(f"{master.name} {one.name}: true ({time.perf_counter() - start:.1f} s)")
            sys.stdout.flush()
    return int(bool(failed))


if __name__ == "__main__":
    sys.exit(main())
