"""Judge the answers of a Python file, outside of any notebook.

The file is run and the function with the exercise's name is judged, as `check` would in a lesson:

    python -m grading judge relu answer.py
    python -m grading judge relu answer.py --json --seed 7 --device cpu
    python -m grading judge relu - < answer.py

The exit status is 0 if the answer passed and 1 if it did not.
"""

from __future__ import annotations

import argparse
import json
import runpy
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from grading.cells import owner_and_function
from grading.errors import BadAnswerFile

HELP = "judge a function in a Python file"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments of the command."""
    parser.add_argument("exercise", help='the name of the exercise, such as relu or "MLPScratch.forward"')
    parser.add_argument("file", type=Path, help="the Python file that defines it; - for standard input")
    parser.add_argument("--json", action="store_true", help="print the verdict as JSON")
    parser.add_argument("--seed", type=int, default=None, help="what the inputs are drawn from (default 0)")
    parser.add_argument("--device", default=None, help="cpu, cuda or mps (default: what is available)")


def run(arguments: argparse.Namespace) -> int:
    """Judge the file's function and print the verdict."""
    from grading import exercise, judge

    found = exercise(arguments.exercise)
    with _on_disk(arguments.file) as file:
        verdict = judge(found, _load(file, found.name), device=arguments.device, seed=arguments.seed)
    print(json.dumps(verdict.to_dict(), indent=2) if arguments.json else verdict)
    return 0 if verdict.passed else 1


@contextmanager
def _on_disk(file: Path) -> Iterator[Path]:
    """Give a file that can be read again and again, as verdicts do that quote it: of a pipe, such as /dev/stdin, a copy.

    Raises BadAnswerFile if there is nothing to be read.
    """
    if file.is_file():
        yield file
        return
    try:
        content = sys.stdin.buffer.read() if file == Path("-") else file.read_bytes()
    except FileNotFoundError:
        raise BadAnswerFile(f"there is no file {file}") from None
    except OSError as error:
        raise BadAnswerFile(f"{file} cannot be read: {error.strerror or error}") from error
    with TemporaryDirectory(prefix="answer-") as folder:
        copy = Path(folder, "answer.py")
        copy.write_bytes(content)
        yield copy


def _load(file: Path, name: str) -> Any:
    """Run the file and return the function, or the class of a method. Raises BadAnswerFile if there is none."""
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
