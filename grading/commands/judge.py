"""Judge the answers of a Python file, outside of any notebook.

The file is run and the function with the exercise's name is judged, as `check` would in a lesson:

    python -m grading judge relu answer.py
    python -m grading judge relu answer.py --json --seed 7 --device cpu

The exit status is 0 if the answer passed and 1 if it did not.
"""

from __future__ import annotations

import argparse
import json
import runpy
from pathlib import Path
from typing import Any

from grading.cells import owner_and_function
from grading.errors import BadAnswerFile

HELP = "judge a function in a Python file"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments of the command."""
    parser.add_argument("exercise", help='the name of the exercise, such as relu or "MLPScratch.forward"')
    parser.add_argument("file", type=Path, help="the Python file that defines it")
    parser.add_argument("--json", action="store_true", help="print the verdict as JSON")
    parser.add_argument("--seed", type=int, default=None, help="what the inputs are drawn from (default 0)")
    parser.add_argument("--device", default=None, help="cpu, cuda or mps (default: what is available)")


def run(arguments: argparse.Namespace) -> int:
    """Judge the file's function and print the verdict."""
    from grading import exercise, judge

    found = exercise(arguments.exercise)
    verdict = judge(found, _load(arguments.file, found.name), device=arguments.device, seed=arguments.seed)
    print(json.dumps(verdict.to_dict(), indent=2) if arguments.json else verdict)
    return 0 if verdict.passed else 1


def _load(file: Path, name: str) -> Any:
    """Run the file and return the function, or the class of a method. Raises BadAnswerFile if there is none."""
    if not file.is_file():
        raise BadAnswerFile(f"there is no file {file}")
    try:
        names = runpy.run_path(str(file), run_name="answer")
    except Exception as error:
        raise BadAnswerFile(f"{file} cannot be run: {type(error).__name__}: {error}") from error
    owner, function = owner_and_function(name)
    first = owner or function
    if first not in names:
        raise BadAnswerFile(
            f"{file} defines no {first!r}; it defines {', '.join(k for k in names if k[0] != '_') or 'nothing'}"
        )
    return names[first]
