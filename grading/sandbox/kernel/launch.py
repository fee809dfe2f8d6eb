"""Starting a Python kernel in a process that has imported everything already: the end of the fork server's fork.

Where processes are not forked, `python -m grading.sandbox.kernel.launch CONNECTION_FILE` starts the same kernel.
"""

from __future__ import annotations

import json
import os
import random
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from grading.sandbox.confinement import jail


def is_ours(specification: Any) -> bool:
    """Tell whether a kernelspec is that of a plain Python kernel, in whose place there can be one of ours."""
    return bool(specification.language == "python" and "ipykernel_launcher" in specification.argv)


def cold_start(connection_file: str) -> tuple[str, ...]:
    """Return the command that starts a kernel of ours in a process of its own."""
    return (sys.executable, "-P", "-m", "grading.sandbox.kernel.launch", connection_file)


def prepare(
    connection: Mapping[str, Any], environment: Mapping[str, str], command: Sequence[str]
) -> Callable[[], object]:
    """Return what starts the kernel; nothing of a notebook runs before.

    connection: what a Jupyter connection file holds. environment: the variables that the kernel gets, and no others. command:
    how a kernel of another kind is started, with `{connection_file}` in it; empty for a Python kernel right here.
    """
    os.environ.clear()
    os.environ.update(environment)
    file = Path(jail.HOME, ".connection.json")
    file.write_text(json.dumps(dict(connection)))
    if command:
        words = [word.replace("{connection_file}", str(file)) for word in command]
        return lambda: os.execvpe(words[0], words, dict(environment))
    _draw_anew()
    # Where only other kernels are started, IPython need not be installed.
    from grading.sandbox.kernel.application import application

    start: Callable[[], object] = application(str(file)).start
    return start


def _draw_anew() -> None:
    """Seed what would otherwise give the same numbers in every fork."""
    random.seed()
    # Where nobody has used them yet, they are seeded at their first import.
    generators = sys.modules.get("numpy.random.mtrand")
    if generators is not None:
        generators.seed()


if __name__ == "__main__":  # the same kernel, started cold
    from grading.sandbox.kernel.application import application

    application(sys.argv[1]).start()
