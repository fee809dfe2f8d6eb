"""Run a notebook from top to bottom in a fresh kernel that does not depend on the machine's settings."""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from nbformat import NotebookNode

import grading
from grading.build.diagnostic import BuildError
from grading.build.nodes import label, node
from grading.build.outputs import normalise

SECONDS_FOR_A_CELL = 900
Progress = Callable[[int, int], None]


def execute(notebook: NotebookNode, name: str, progress: Progress | None = None) -> NotebookNode:
    """Return the notebook with the outputs of a real kernel, normalised.

    The kernel is this interpreter, in an empty temporary folder, with the user's IPython and Matplotlib settings out of
    the way, on the CPU with one thread, so that every machine gives the same figures. `progress` is told (code cells
    done, code cells). Raises BuildError with the cell and the error if a cell fails.
    """
    from jupyter_client.kernelspec import KernelSpecManager
    from jupyter_client.manager import AsyncKernelManager
    from nbclient import NotebookClient
    from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError

    result = node(notebook)
    waiting = [number for number, cell in enumerate(result.cells) if cell.cell_type == "code"]

    def done(cell: Any, cell_index: int) -> None:
        if progress is not None and cell_index in waiting:
            progress(waiting.index(cell_index) + 1, len(waiting))

    # A short path: the addresses of the kernel's sockets lie in it, and Unix allows them about a hundred letters.
    with tempfile.TemporaryDirectory(prefix="lesson-") as folder:
        work = Path(folder, "work")
        work.mkdir()
        manager = AsyncKernelManager(
            kernel_name="python3",
            # With no folder to search, the only kernel is the one of this interpreter.
            kernel_spec_manager=KernelSpecManager(kernel_dirs=[]),
            connection_file=str(Path(folder, "kernel.json")),
            transport="tcp" if sys.platform == "win32" else "ipc",
        )
        client = NotebookClient(
            result,
            km=manager,
            timeout=SECONDS_FOR_A_CELL,
            record_timing=False,
            shutdown_kernel="immediate",
            resources={"metadata": {"path": str(work)}},
            on_cell_complete=done,
        )
        try:
            client.execute(cleanup_kc=True, env=_environment(Path(folder, "settings")))
        except CellExecutionError as error:
            raise BuildError(f"{name}: {_failing(result)} raised {error.ename}: {error.evalue}") from error
        except CellTimeoutError as error:
            raise BuildError(f"{name}: {_failing(result)} took more than {SECONDS_FOR_A_CELL} s") from error
        except DeadKernelError as error:
            raise BuildError(f"{name}: the kernel died in {_failing(result)}") from error
        # The kernel has said which version of Python it is.
        result.metadata = node(notebook.metadata)
        homes = [work, Path(folder), _package_root(), Path.home(), Path(sys.prefix)]
        return normalise(result, [*homes, *(home.resolve() for home in homes)])


def _failing(notebook: NotebookNode) -> str:
    """Return the last code cell with an error, else the first that has no result, as "cell 7 (relu)"."""
    code = [(number, cell) for number, cell in enumerate(notebook.cells, start=1) if cell.cell_type == "code"]
    raised = [pair for pair in code if any(output.output_type == "error" for output in pair[1].outputs)]
    waiting = [pair for pair in code if pair[1].execution_count is None]
    return label(*(raised[-1:] or waiting[:1] or code[-1:])[0])


def _environment(settings: Path) -> dict[str, str]:
    """Return the environment of the kernel, which is the same on every machine where it could change a figure."""
    settings.mkdir()
    style = settings / "matplotlibrc"
    # Without a fixed salt the ids inside an SVG are drawn at random.
    style.write_text("svg.hashsalt: mlp-course\n", encoding="utf-8")
    search = [str(_package_root()), os.environ.get("PYTHONPATH", "")]
    return {
        **os.environ,
        "CUDA_VISIBLE_DEVICES": "",
        "IPYTHONDIR": str(settings / "ipython"),
        "MATPLOTLIBRC": str(style),
        "MLP_COURSE_PROGRESS": "off",
        "OMP_NUM_THREADS": "1",
        "PYTHONHASHSEED": "0",
        "PYTHONPATH": os.pathsep.join(filter(None, search)),
        "TQDM_DISABLE": "1",
    }


def _package_root() -> Path:
    """Return the folder from which `grading` is imported."""
    return Path(grading.__file__).resolve().parent.parent
