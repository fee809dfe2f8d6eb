"""Look at everything that the course needs, and say what to type where something is wrong.

A line for each thing: ✓ it is well, ! it is worth a remark, ✗ a learner needs it and it is missing; below a line that
is not well, what to do. Nothing is installed, downloaded or changed, and nothing is sent anywhere. What could hang or crash
is looked at in a process of its own, within a limit of time.

    python -m grading doctor
    mlp-course doctor --json

Exit status:

  0  all is well, or there are remarks only
  1  something is missing that a learner needs
  2  the command was not understood
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from typing import TextIO

HELP = "say what is wrong with an installation, and what to type"
_WIDTH = 12


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument("--json", action="store_true", help="print a list of all findings as JSON")


def run(arguments: argparse.Namespace) -> int:
    """Print each finding as soon as it is known, and return the exit status."""
    from grading.doctor.examination import examine
    from grading.doctor.finding import State

    found = []
    for finding in examine():
        found.append(finding)
        if not arguments.json:
            print(_lines(finding, sys.stdout), flush=True)
    missing = sum(one.state is State.WRONG for one in found)
    if arguments.json:
        rows = [{"subject": f.subject, "state": f.state.value, "text": f.text, "remedy": f.remedy} for f in found]
        print(json.dumps(rows, indent=2))
    elif missing:
        print(f"\n{missing} of these {len(found)} must be fixed before you can learn here.")
    else:
        print("\nYou can learn here.")
    return 1 if missing else 0


def _lines(finding: object, stream: TextIO) -> str:
    from grading.doctor.finding import Finding, State
    from grading.text import legible

    assert isinstance(finding, Finding)
    sign, plain, colour = {
        State.WELL: ("✓", "ok", "32"),
        State.REMARK: ("!", "!", "33"),
        State.WRONG: ("✗", "X", "31"),
    }[finding.state]
    try:
        "✓✗".encode(stream.encoding or "ascii")
    except (UnicodeEncodeError, LookupError):
        sign = f"{plain:<2}"
    if stream.isatty() and "NO_COLOR" not in os.environ and os.environ.get("TERM") != "dumb":
        sign = f"\x1b[{colour}m{sign}\x1b[0m"
    line = f"{sign} {finding.subject:<{_WIDTH}} {legible(finding.text)}"
    return f"{line}\n  {'':<{_WIDTH}} -> {legible(finding.remedy)}" if finding.remedy else line
