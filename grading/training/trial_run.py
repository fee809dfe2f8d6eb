"""A network and its recipe, trained here on images that everybody has, before a judge trains it on others."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import torch
from torch import Generator, Tensor, nn
from torch.nn import functional as F

from grading.data.fashion import fashion_mnist
from grading.data.minibatches import Batches, to_float
from grading.device import default_device
from grading.figures.choices import trial_curves
from grading.figures.style import NotDrawn, Picture, drawing
from grading.training.following import follow
from grading.training.randomness import RandomState

RECIPE = ("lr", "momentum", "weight_decay", "batch_size", "epochs")
# So many of the 5,000 training images of the sample are held out.
HELD_OUT = 1000


@drawing
def try_out(
    build: Callable[[], tuple[nn.Module, Mapping[str, float]]], goals: Sequence[float] = (), seed: int = 1
) -> Picture | NotDrawn:
    """Train what `build()` returns, a network and its recipe, and draw loss and accuracy by epoch, with the `goals`.

    It is trained as the exercise `build_mlp` trains it: SGD on the cross-entropy, the learning rate falling along half a cosine, each
    image moved by up to one pixel. Of the 5,000 training images of the sample 4,000 are for learning and 1,000 for
    validation; no other image is looked at. The curves grow while it trains, and ■ stops it. `seed` decides what is drawn at random.

    Raises TypeError or ValueError if `build()` returns something else.
    """
    device = default_device()
    with RandomState(seed).active(device):
        net, recipe = _checked(build())
        X, y = images_to_try(device)
        net.to(device).eval()
        with torch.no_grad():
            net(X[:2])  # gives lazy layers their sizes
        history = follow(trained(net, recipe, (X[HELD_OUT:], y[HELD_OUT:]), (X[:HELD_OUT], y[:HELD_OUT]), seed))
    numbers = sum(tensor.numel() for tensor in [*net.parameters(), *net.buffers()])
    return trial_curves(history, goals, numbers)


def trained(
    net: nn.Module,
    recipe: Mapping[str, float],
    train: tuple[Tensor, Tensor],
    val: tuple[Tensor, Tensor],
    seed: int,
) -> Iterator[dict[str, float]]:
    """Train the network by the recipe; after each epoch give its losses and accuracies. Ends where the loss is not finite."""
    optimizer = torch.optim.SGD(
        [parameter for parameter in net.parameters() if parameter.requires_grad],
        lr=recipe["lr"],
        momentum=recipe["momentum"],
        weight_decay=recipe["weight_decay"],
    )
    batches = Batches(*train, int(recipe["batch_size"]), shuffle=True, generator=Generator().manual_seed(seed))
    steps = int(recipe["epochs"]) * len(batches)
    step = 0
    for _ in range(int(recipe["epochs"])):
        net.train()
        total = right = 0.0
        for X, y in batches:
            optimizer.param_groups[0]["lr"] = recipe["lr"] * (1 + math.cos(math.pi * step / steps)) / 2
            step += 1
            if len(y) == 1:
                continue  # batch normalization cannot learn from a single image
            O = net(X)
            loss = F.cross_entropy(O, y)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            total += float(loss.detach()) * len(y)
            right += float((O.argmax(dim=1) == y).sum())
        yield {"train_loss": total / len(train[1]), "train_acc": right / len(train[1]), **_measured(net, *val)}
        if not math.isfinite(total):
            return


def _measured(net: nn.Module, X: Tensor, y: Tensor) -> dict[str, float]:
    net.eval()
    with torch.no_grad():
        O = net(X)
        return {
            "val_loss": float(F.cross_entropy(O, y)),
            "val_acc": float((O.argmax(dim=1) == y).float().mean()),
        }


def images_to_try(device: torch.device) -> tuple[Tensor, Tensor]:
    """Return the training images of the sample in a fixed order, each moved at random by up to one pixel, and their labels."""
    draw = Generator().manual_seed(0)
    sample = fashion_mnist(source="sample")
    order = torch.randperm(len(sample.train_labels), generator=draw)
    X = to_float(sample.train_images[order])
    return moved(X, 2 * torch.rand(len(X), 2, generator=draw) - 1).to(device), sample.train_labels[order].to(device)


def moved(X: Tensor, distances: Tensor) -> Tensor:
    """Return images `(n, 1, h, w)`, moved down and to the right by `distances (n, 2)` in pixels; what comes in is 0."""
    n, _, height, width = X.shape
    shift = torch.zeros(n, 2, 3)
    shift[:, 0, 0] = shift[:, 1, 1] = 1
    # The grid says where each new pixel comes from, in units of half an image.
    shift[:, 0, 2] = -2 * distances[:, 1] / width
    shift[:, 1, 2] = -2 * distances[:, 0] / height
    grid = F.affine_grid(shift, list(X.shape), align_corners=False)
    return F.grid_sample(X, grid, align_corners=False)


def _checked(built: Any) -> tuple[nn.Module, dict[str, float]]:
    if not isinstance(built, tuple | list) or len(built) != 2 or not isinstance(built[0], nn.Module):
        raise TypeError(f"try_out needs (net, recipe), an nn.Module and a dict; it got {type(built).__name__}")
    net, recipe = built
    if not isinstance(recipe, Mapping) or (missing := [name for name in RECIPE if name not in recipe]):
        lacks = (
            f"this one lacks {', '.join(missing)}" if isinstance(recipe, Mapping) else f"it is {type(recipe).__name__}"
        )
        raise ValueError(f"the recipe is a dict with the keys {', '.join(RECIPE)}; {lacks}")
    try:
        numbers = {name: float(recipe[name]) for name in RECIPE}
    except (TypeError, ValueError) as error:
        raise ValueError(f"each entry of the recipe is a number ({error})") from error
    if numbers["epochs"] < 1 or numbers["batch_size"] < 1:
        raise ValueError("epochs and batch_size must be at least 1")
    return net, numbers
