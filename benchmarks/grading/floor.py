"""The floor: the code cells of every submission, run in forks of a process that has imported everything; no grading.

python -m benchmarks.grading.floor LESSON            the student's cells alone
python -m benchmarks.grading.floor LESSON --checks   the notebook's own checks as well, with the judge in the same process
"""

from __future__ import annotations

import contextlib
import io
import json
import os
import signal
import sys
import warnings
from importlib import import_module
from pathlib import Path
from typing import Any

import grading

_WARM = ("torch", "torch._dynamo", "matplotlib.pyplot", "IPython.display", "grading.figures")

_MOST_SECONDS = 120


def run_cells(cells: list[dict[str, Any]], checks: bool) -> None:
    """Run code cells, those that check among them or not, one after another in one namespace, whatever some of them raise."""
    left_out = ("%", "!") if checks else ("%", "!", "check(")
    names: dict[str, Any] = {"__name__": "__main__", "display": lambda *_, **__: None}
    for cell in cells:
        source = "".join(cell["source"])
        if cell["cell_type"] == "code" and not source.lstrip().startswith(left_out):
            with contextlib.suppress(Exception):
                exec(compile(source, "cell", "exec"), names)


def main(lesson: str, checks: bool) -> int:
    """Fork once for each submission in submitted/, one after another."""
    os.environ["MPLBACKEND"] = "agg"
    warnings.simplefilter("ignore")
    for name in [*_WARM, *(["d2l.torch"] if lesson.startswith("04") else [])]:
        import_module(name)
    grading.exercises()
    for path in sorted(Path("submitted").glob(f"*/{lesson}/{lesson}.ipynb")):
        child = os.fork()
        if child == 0:
            signal.alarm(_MOST_SECONDS)
            with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
                run_cells(json.loads(path.read_text())["cells"], checks)
            os._exit(0)
        os.waitpid(child, 0)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], "--checks" in sys.argv[2:]))
