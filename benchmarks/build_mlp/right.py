"""Training a network as the judge does, from any seed, and which of the images that decide it is right about."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

from benchmarks.build_mlp.networks import RECIPE, Network, networks
from grading.catalogue.fashion_mnist.build_mlp.examine import training
from grading.catalogue.fashion_mnist.build_mlp.images import images


def right_about(network: Network, seed: int) -> Tensor:
    """Train a network once and return which images it is right about."""
    data, (_, recipe) = images(seed), network.build()
    step = training(data, {name: float(recipe[name]) for name in RECIPE})
    outputs = replace(step, seed=seed).carry_out(network.build, {}, torch.device("cpu"))["outputs"]
    found: Tensor = outputs.argmax(dim=1) == data.unseen_labels
    return found


def right_on(seed: int, only: str) -> list[npt.NDArray[np.bool_]]:
    """Train every network once from one seed and return which images each is right about; runs in a process of its own."""
    torch.set_num_threads(1)
    return [right_about(network, seed).numpy() for network in networks() if only in network.name]
