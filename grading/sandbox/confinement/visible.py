"""Which files of this package a kernel in the sandbox sees: what notebooks import, and what answers the judge from within.

Each is named: whatever else is written, in whichever folder, stays outside until it is named here. References, mistakes, hidden
cases, answers and the judge never are. A test lists from inside what is there, and says what a named module misses.
"""

from __future__ import annotations

from collections.abc import Iterator

_FILES = {
    "": "__init__ cells checking device errors graded interrupts outcome seeds text torchvision_operators units",
    # The name by which notebooks that were handed out import grading.device.
    "judging": "devices",
    "data": "__init__ bundled download fashion files idx minibatches module stock",
    "figures": "__init__ approximation choices classification clipping computation counts curves decision depth display distributions "
    "epochs folding gradient_check graph images jacobians learning limits lines matrices memory meter network panels pieces png samples "
    "scalars smooth style symmetry training weight_decay",
    "training": "__init__ curves following hardware live randomness threads trainer trial_run",
    "probe": "__init__ blueprints call device_audit feature_cache freeze functions generators gradients helpers learner networks "
    "observe parameters prints repeats serve settings shapes steps stub training trees watch wire",
    "study": "__init__",
    "practice": "__init__",
    "adapters": "__init__ ipykernel ipython jupyter_client names torch",
    "sandbox": "__init__",
    "sandbox/confinement": "__init__ jail linux visible",
    "sandbox/kernel": "__init__ application ending launch messages names publishing surroundings",
}
_IMAGES = "data/sample/fashion-mnist-sample.idx.gz"
# What is there for a folder to be a package, without what it holds.
EMPTY = ("judging/__init__.py",)


def visible_files() -> Iterator[str]:
    """Yield the paths of the files, relative to the package."""
    for folder, modules in _FILES.items():
        yield from (f"{folder}/{module}.py".lstrip("/") for module in modules.split())
    yield _IMAGES
