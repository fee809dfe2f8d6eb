"""What the fork server imports once for all of its kernels."""

from __future__ import annotations

import json
from contextlib import suppress
from pathlib import Path

from grading.adapters import modules

# What every kernel needs, and what else is imported before the first fork if this word stands in a notebook's code.
ALWAYS = (
    "grading.sandbox.kernel.application",
    *modules.KERNEL,
    "faulthandler",
    "tornado.platform.asyncio",
    "grading.checking",
)
_BY_WORD = {
    "torch": ("torch",),
    "check": ("torch", modules.TORCH_DEVICES, "grading.probe.serve", "grading.device"),
    "matplotlib": ("matplotlib.pyplot", "matplotlib_inline.backend_inline"),
    "figures": ("torch", "matplotlib.pyplot", "matplotlib_inline.backend_inline", "grading.figures"),
    "optim": ("torch", modules.TORCH_COMPILER),
    "tqdm": ("tqdm.auto",),
    "torchinfo": ("torchinfo",),
    "torchviz": ("torchviz",),
    "networkx": ("networkx",),
    "grading.data": ("grading.data.fashion", "grading.data.minibatches"),
    "torchvision": ("torch", modules.TORCH_COMPILER, "torchvision"),
    "d2l": ("torch", modules.TORCH_COMPILER, "torchvision", "d2l.torch"),
    "numpy": ("numpy",),
    "pandas": ("pandas",),
    "scipy": ("scipy",),
}


def modules_for(code: str) -> tuple[str, ...]:
    """Return what is worth importing once for notebooks with this code; what is missing here will be left out."""
    return tuple(dict.fromkeys(module for word, names in _BY_WORD.items() if word in code for module in names))


def code_in(folder: Path) -> str:
    """Return the code of the notebooks in a folder, "" if there is none; what cannot be read is left out."""
    found = []
    for path in sorted(folder.glob("*.ipynb")):
        with suppress(OSError, ValueError, KeyError, TypeError):
            cells = json.loads(path.read_bytes())["cells"]
            found += ["".join(cell["source"]) for cell in cells if cell["cell_type"] == "code"]
    return "\n".join(found)
