"""Train once with one contender in this process, and print what its epochs took as JSON.

`python -m benchmarks.training.one NAME RECIPE`; PyTorch has the threads of OMP_NUM_THREADS, or without it the free processors if a third
argument says `free`, or else its default.
"""

from __future__ import annotations

import json
import sys
import warnings
from typing import Any

import torch

from benchmarks.training import contenders, rivals
from benchmarks.training.contenders import Contender
from benchmarks.training.recipe import Epochs, Recipe, images
from grading.training import use_free_processors

CONTENDERS: dict[str, Contender] = {
    "the matrix products alone": contenders.floor,
    "a plain loop over tensors": contenders.plain_loop,
    "ours": contenders.ours,
    "ours, drawn": contenders.ours_drawn,
    "d2l's trainer, our data": contenders.in_memory,
    "d2l's trainer, its tensor loader": contenders.tensor_loader,
    "d2l, no workers": contenders.stock(0),
    "d2l, 2 workers": contenders.stock(2),
    "d2l, 4 workers": contenders.stock(4),
    "d2l, 4 workers, drawn": contenders.stock_drawn,
    "scikit-learn's MLPClassifier": rivals.scikit_learn,
    "PyTorch Lightning": rivals.lightning,
    "Keras 3 on PyTorch": rivals.keras_on_torch,
    "JAX with optax": rivals.jax_with_optax,
}


def main(name: str, recipe: dict[str, Any], free: bool) -> None:
    """Train and print."""
    warnings.simplefilter("ignore")  # libraries have much to say on workers and devices
    if free:
        use_free_processors()
    torch.manual_seed(int(recipe["seed"]))
    found = Epochs()
    CONTENDERS[name](Recipe(**{**recipe, "widths": tuple(recipe["widths"])}), images(), found)
    print(json.dumps({**found.as_data(), "threads": torch.get_num_threads()}))


if __name__ == "__main__":
    main(sys.argv[1], json.loads(sys.argv[2]), free="free" in sys.argv[3:])
