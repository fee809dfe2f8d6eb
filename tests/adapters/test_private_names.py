"""Outside of the adapters, nothing that a library keeps for itself is used."""

from __future__ import annotations

import importlib
import inspect
from collections.abc import Iterator
from pathlib import Path

import pytest

import grading
from tests.adapters.private_names import LIBRARIES, private_in_class, private_in_text

PACKAGE = Path(grading.__file__).parent
FILES = [path for path in sorted(PACKAGE.rglob("*.py")) if path.parent.name != "adapters"]
# Of Python itself, which is not a library here: nothing else says what an event loop is about to call, or which workers a pool has.
OF_PYTHON = {
    "sandbox/kernel/ending.py": {"._stopping", "._scheduled", "._ready"},
    "engine/workers/pool.py": {"._processes"},
}


def test_no_module_uses_anything_private() -> None:
    assert len(FILES) > 300
    found = []
    for path in FILES:
        name = path.relative_to(PACKAGE).as_posix()
        used = private_in_text(path.read_text(encoding="utf-8"))
        found += [f"{name}:{one}" for one in used if one.partition(": ")[2] not in OF_PYTHON.get(name, set())]
    assert found == []


def classes() -> Iterator[type]:
    """Every class of the package that extends one of a library."""
    texts = {path: path.read_text(encoding="utf-8") for path in FILES}
    for path in [path for path, text in texts.items() if "class " in text]:
        parts = path.relative_to(PACKAGE.parent).with_suffix("").parts
        module = importlib.import_module(".".join(part for part in parts if part != "__init__"))
        for made in vars(module).values():
            if inspect.isclass(made) and made.__module__ == module.__name__ and extends_a_library(made):
                yield made


def extends_a_library(made: type) -> bool:
    return any(one.__module__.partition(".")[0] in LIBRARIES for one in made.__mro__)


def test_no_class_overrides_or_asks_for_what_is_private_to_a_library() -> None:
    found = {made: private_in_class(made) for made in classes()}
    names = {made.__name__ for made in found}
    assert names >= {
        "IsolatedKernel",
        "BoundedExecution",
        "SandboxedExecute",
        "SandboxKernelManager",
        "Kernel",
        "Stream",
    }
    assert {made: names for made, names in found.items() if names} == {}


USED = {
    "from nbclient.util import run_sync": ["1: nbclient.util"],
    "import ipykernel.iostream": ["1: ipykernel.iostream"],
    "def f():\n    import ipykernel.iostream as x": ["2: ipykernel.iostream"],
    "from torch.utils._python_dispatch import TorchDispatchMode": ["1: torch.utils._python_dispatch"],
    "from torch import _C": ["1: torch._C"],
    "from torch import _dynamo as compiler": ["1: torch._dynamo"],
    "from nbclient import util": ["1: nbclient.util"],
    "import torch\ntorch._dynamo.reset()": ["2: ._dynamo"],
    "import torch as t\nf(t._C)": ["2: ._C"],
    "def f(net):\n    return len(net._forward_hooks)": ["2: ._forward_hooks"],
    "def f(net):\n    net._forward_hooks = {}": ["2: ._forward_hooks"],
    "def f(net):\n    del net._forward_hooks": ["2: ._forward_hooks"],
    "def f(net):\n    return getattr(net, '_forward_hooks', ())": ["2: ._forward_hooks"],
    "def f(net):\n    setattr(net, '_forward_hooks', ())": ["2: ._forward_hooks"],
    "from operator import attrgetter\nf = attrgetter('_hooks')": ["2: ._hooks"],
    "def f(converter):\n    return converter.coursedir._root()": ["2: ._root"],
    "MODULES = ('torch._dynamo',)": ["1: torch._dynamo"],
    "import_module('torch.utils._device')": ["1: torch.utils._device"],
}
NOT_USED = [
    "import os\nos._exit(1)",
    "import sys as s\ns._getframe()",
    "class A:\n    def __init__(self):\n        self._x = 1\n    def same(self, other):\n        return other._x",
    "class A:\n    _x = 1\nprint(A._x)",
    "def _f(): ...\nimport here\nhere._f",
    "from torch.nn import functional as F",
    "from torch import nn",
    "from nbgrader import utils",
    "from nbgrader import preprocessors as stock",
    "import nbformat\nfrom nbformat import _x",
    "x.__class__.__name__",
    "getattr(x, 'public')",
    "'torch is _private'",
    "'torch.nn'",
    "from grading.adapters.nbclient import run_sync",
]


@pytest.mark.parametrize("source", USED)
def test_what_is_private_is_found_however_it_is_written(source: str) -> None:
    import nbclient.util  # noqa: F401 - whether a name is a module is seen once it was imported

    assert private_in_text(source) == USED[source]


@pytest.mark.parametrize("source", NOT_USED)
def test_what_is_public_or_our_own_is_left_alone(source: str) -> None:
    assert private_in_text(source) == []


def test_a_class_is_held_against_all_that_it_extends() -> None:
    from grading.adapters.nbclient import Client

    class Between(Client):
        own: int = 1

    class Bad(Between):
        def _check_raise_for_error(self) -> None:
            self._display_id_map.clear()
            self._ours = self.own

    class Good(Between):
        def _ours(self) -> None:
            self.on_cell_begun(1)

    assert private_in_class(Bad) == ["NotebookClient._check_raise_for_error", "NotebookClient._display_id_map"]
    assert private_in_class(Good) == []
