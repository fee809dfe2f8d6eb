"""`build_mlp`: what it should do, the inputs that are tried, and the mistakes that people make."""

from __future__ import annotations

from typing import Any

import torch
from torch import nn

from grading.catalogue.fashion_mnist.build_mlp.examine import PARTS, examine
from grading.data import fashion_mnist, to_float
from grading.judging.exercise import Ban, Exercise, Mistakes
from grading.probe.watch import AUTOGRAD

mistake = Mistakes()


def _network(hidden: int = 64, outputs: int = 10) -> nn.Sequential:
    return nn.Sequential(nn.Flatten(), nn.Linear(784, hidden), nn.ReLU(), nn.Linear(hidden, outputs))


@mistake("Two things are asked for: `return net, recipe`.")
def net_alone() -> Any:
    return _network()


_GOOD_RECIPE = {"lr": 0.1, "momentum": 0.9, "weight_decay": 1e-4, "batch_size": 100, "epochs": 5}


@mistake("The network comes first, then the recipe: `return net, recipe`.")
def swapped() -> Any:
    return dict(_GOOD_RECIPE), _network()


@mistake("This is a class, or something else that is not a network yet. Call it to make one.", name="class")
def class_() -> Any:
    return nn.Sequential, dict(_GOOD_RECIPE)


@mistake("The keys are fixed: lr, momentum, weight_decay, batch_size and epochs.")
def missing_key() -> Any:
    recipe = dict(_GOOD_RECIPE)
    recipe["learning_rate"] = recipe.pop("lr")
    return _network(), recipe


@mistake("The budget is part of the challenge: at most 6 epochs.")
def too_many_epochs() -> Any:
    return _network(), {**_GOOD_RECIPE, "epochs": 100}


@mistake("A Linear layer works on the last axis, and that of an image has 28 entries. Begin with nn.Flatten().")
def no_flatten() -> Any:
    return nn.Sequential(nn.Linear(784, 64), nn.ReLU(), nn.Linear(64, 10)), dict(_GOOD_RECIPE)


@mistake("The last layer should have ten units, one for each class, and nothing should follow it.")
def wrong_outputs() -> Any:
    return nn.Sequential(nn.Flatten(), nn.Linear(784, 64), nn.ReLU()), dict(_GOOD_RECIPE)


@mistake("The training's loss takes logits and does the softmax itself. Leave the softmax out of the network.")
def softmax() -> Any:
    return nn.Sequential(*_network(), nn.Softmax(dim=1)), dict(_GOOD_RECIPE)


@mistake("The budget is part of the challenge: at most 500,000 numbers, those that do not learn included.")
def too_large() -> Any:
    return _network(hidden=1024), dict(_GOOD_RECIPE)


@mistake("The judge trains the network; return it as it was made, without backward().")
def trains_itself() -> Any:
    net = _network()
    X, y = torch.rand(20, 1, 28, 28), torch.arange(20) % 10
    loss = nn.functional.cross_entropy(net(X), y)
    loss.backward()
    return net, dict(_GOOD_RECIPE)


@mistake("Before its training a network should not know the classes. Return it with random weights.")
def comes_trained() -> Any:
    data = fashion_mnist(source="sample")
    X, y = to_float(data.train_images).flatten(1), data.train_labels
    means = torch.stack([X[y == label].mean(dim=0) for label in range(10)])
    last = nn.Linear(784, 10)
    with torch.no_grad():
        last.weight.copy_(means)
        last.bias.copy_(-(means**2).sum(dim=1) / 2)
    return nn.Sequential(nn.Flatten(), last), dict(_GOOD_RECIPE)


EXERCISE = Exercise(
    name="build_mlp",
    points=2.5,
    parameters=(),
    summary="Return (net, recipe): an untrained network from images (n, 1, 28, 28) to logits (n, 10), and how to train it.",
    outputs=tuple(PARTS),
    parts=PARTS,
    examine=examine,
    trains=True,
    ban=Ban(frozenset({AUTOGRAD}), "The judge trains the network; return it as it was made."),
    mistakes=mistake.all,
    hints=(
        "Start from the network of this lesson with momentum, then change one thing at a time and look at both losses.",
        "Six epochs of 5,000 images are few steps. What makes each of them go further, and what gives you more of them?",
        "Momentum 0.9, batches of about 100 and a learning rate of about 0.1: the schedule calms it down by itself. Batch "
        "normalization learns faster still.",
    ),
)
