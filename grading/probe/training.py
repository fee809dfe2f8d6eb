"""What lesson 04 needs beside the learner's function: blueprints of a model, batches and a loss, and a trainer of networks."""

from __future__ import annotations

import copy
import math
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any, cast

import torch
from torch import Tensor, nn
from torch.nn import functional as F
from torch.optim.sgd import sgd

from grading.probe.feature_cache import Changed, Memory, remembered
from grading.probe.freeze import freeze

NAMES = ("W1", "b1", "W2", "b2")
_AT_A_TIME = 100


class Parameters(nn.Module):
    """Stands for the `self` of MLPScratch: its four parameters and the sizes that d2l keeps, no method of its own."""

    W1: nn.Parameter
    b1: nn.Parameter
    W2: nn.Parameter
    b2: nn.Parameter

    def __init__(self, values: dict[str, Tensor], trainable: tuple[str, ...]) -> None:
        super().__init__()
        for name, value in values.items():
            self.register_parameter(name, nn.Parameter(value.clone(), requires_grad=name in trainable))
        self.num_inputs, self.num_hiddens = values["W1"].shape
        self.num_outputs = values["b2"].shape[0]


class Perceptron(Parameters):
    """The same parameters as a model: images `(n, …)` to outputs `(n, q)`, with a ReLU between."""

    def forward(self, X: Tensor) -> Tensor:
        """Return the outputs `(n, q)`."""
        hidden = torch.clamp(X.flatten(1) @ self.W1 + self.b1, min=0)
        return hidden @ self.W2 + self.b2


@dataclass(frozen=True)
class Layers:
    """Blueprint of an object with `W1 (d, h)`, `b1 (h,)`, `W2 (h, q)`, `b2 (q,)`.

    trainable: the parameters that require a gradient. model: whether it can be called. stale: gradients that are left
    over from earlier work, as large as the parameters times this number; 0 for none.
    """

    W1: Tensor
    b1: Tensor
    W2: Tensor
    b2: Tensor
    trainable: tuple[str, ...] = NAMES
    model: bool = False
    stale: float = 0.0

    @property
    def values(self) -> dict[str, Tensor]:
        """The parameters by name."""
        return {name: getattr(self, name) for name in NAMES}

    def cast(self, dtype: torch.dtype) -> Layers:
        """Return the blueprint with its tensors rounded to the dtype."""
        W1, b1, W2, b2 = (value.to(dtype) for value in self.values.values())
        return replace(self, W1=W1, b1=b1, W2=W2, b2=b2)

    def build(self, device: torch.device) -> Parameters:
        """Make the object."""
        made = (Perceptron if self.model else Parameters)(self.values, self.trainable).to(device)
        if self.stale:
            for parameter in made.parameters():
                parameter.grad = self.stale * (parameter.detach() + 1)
        return made

    def read(self, made: Any) -> Any:
        """Return the parameters as they are now, by name."""
        return {name: freeze(getattr(made, name, None)) for name in NAMES}

    def __str__(self) -> str:
        if sum(value.numel() for value in self.values.values()) <= 8:
            return "(" + ", ".join(f"{name} = {_rounded(value.tolist())}" for name, value in self.values.items()) + ")"
        return "(" + ", ".join(f"{name} {tuple(value.shape)}" for name, value in self.values.items()) + ")"


def _rounded(values: Any) -> str:
    if isinstance(values, list):
        return "[" + ", ".join(map(_rounded, values)) + "]"
    return f"{values:.6g}"


@dataclass(frozen=True)
class Pairs:
    """Blueprint of minibatches `(X, y)`: a list, or a generator that can be gone through once."""

    batches: tuple[tuple[Tensor, Tensor], ...]
    generator: bool = False

    def cast(self, dtype: torch.dtype) -> Pairs:
        """Return the blueprint with its floating-point tensors rounded to the dtype."""
        rounded = tuple((X.to(dtype), y.to(dtype) if y.is_floating_point() else y) for X, y in self.batches)
        return replace(self, batches=rounded)

    def build(self, device: torch.device) -> Any:
        """Make the list or the generator."""
        pairs = [(X.to(device, copy=True), y.to(device, copy=True)) for X, y in self.batches]
        return _each(pairs) if self.generator else pairs

    def read(self, made: Any) -> Any:
        """Return the batches of a list; a generator is left alone."""
        return None if self.generator else freeze(made)

    def __str__(self) -> str:
        sizes = ", ".join(str(len(y)) for _, y in self.batches)
        return f"{'a generator' if self.generator else 'a list'} of batches of {sizes}"


def _each(pairs: list[tuple[Tensor, Tensor]]) -> Iterator[tuple[Tensor, Tensor]]:
    yield from pairs


def squared_error(outputs: Tensor, targets: Tensor) -> Tensor:
    """Return the mean over the examples of half the squared distance."""
    return ((outputs - targets) ** 2).sum(dim=1).mean() / 2


LOSSES: dict[str, Callable[[Tensor, Tensor], Tensor]] = {
    "cross-entropy": F.cross_entropy,
    "squared error": squared_error,
}


@dataclass(frozen=True)
class Loss:
    """Blueprint of a loss, by its name in `LOSSES`: outputs `(n, q)` and targets to the mean over the examples."""

    name: str

    def build(self, device: torch.device) -> Callable[[Tensor, Tensor], Tensor]:
        """Return the function."""
        return LOSSES[self.name]

    def read(self, made: Any) -> str:
        """Return the name."""
        return self.name

    def __str__(self) -> str:
        return self.name


@dataclass(frozen=True)
class Inspection:
    """Build a network and look at it untrained.

    images `(n, h, w)`: uint8. The result is what was returned, if that is no pair of a network and something else, or a
    dict: `recipe`; `size`, the number of its parameters and buffers; `outputs` for the images, or `error` instead.
    """

    images: Tensor

    def carry_out(self, function: Callable[..., Any], arguments: Mapping[str, Any], device: torch.device) -> Any:
        """Call the function and look."""
        built = function()
        if not _is_pair(built):
            return built
        net = built[0].to(device).eval()
        found: dict[str, Any] = {"recipe": built[1], "size": 0, "outputs": None, "error": None}
        try:
            with torch.no_grad():
                found["outputs"] = _outputs(net, _float(self.images, device))
        except Exception as error:
            found["error"] = f"{type(error).__name__}: {' '.join(str(error).split())[:160]}"
        else:
            found["size"] = sum(tensor.numel() for tensor in [*net.parameters(), *net.buffers()])
        return found


@dataclass(frozen=True)
class Training:
    """Build a network, train it by SGD, and return what it says about images it has not seen.

    images `(n, h, w)` uint8 and labels `(n,)`: to learn from. unseen `(m, h, w)`: uint8. The learning rate falls from `lr`
    to 0 along half a cosine. seconds: the most processor time that its own thread may take; what helpers spend on other
    cores does not count.

    The result is a dict: `outputs` `(m, q)` for the unseen images, `losses`, the mean training loss of each epoch,
    `fitted`, the share of training images that are right at the end, and `stopped`: "", "time" or "diverged".
    """

    images: Tensor
    labels: Tensor
    unseen: Tensor
    seed: int
    lr: float
    momentum: float
    weight_decay: float
    batch_size: int
    epochs: int
    seconds: float

    def carry_out(self, function: Callable[..., Any], arguments: Mapping[str, Any], device: torch.device) -> Any:
        """Call the function and train."""
        torch.manual_seed(self.seed)
        built = function()
        if not _is_pair(built):
            return built
        X, y, unseen = _float(self.images, device), self.labels.to(device), _float(self.unseen, device)
        net = built[0].to(device).eval()
        with torch.no_grad():
            net(X[:2])  # gives lazy layers their sizes; before that they cannot be copied
        # A copy: the function may return the same network each time, and that one is the learner's.
        trained = copy.deepcopy(net)
        try:
            with torch.random.fork_rng(devices=[device] if device.type == "cuda" else []):
                losses, stopped = self._fit(trained, remembered(trained, X, self.batch_size), y)
        except Changed:
            trained = copy.deepcopy(net)
            losses, stopped = self._fit(trained, Memory(X), y)
        net = trained.eval()
        with torch.no_grad():
            outputs = _outputs(net, unseen)
            fitted = _outputs(net, X[:1000]).argmax(dim=1) == y[:1000]
        return {"outputs": outputs, "losses": losses, "fitted": float(fitted.float().mean()), "stopped": stopped}

    def _fit(self, net: nn.Module, images: Memory, y: Tensor) -> tuple[list[float], str]:
        parameters = [parameter for parameter in net.parameters() if parameter.requires_grad]
        descent = _Descent(parameters, self.momentum, self.weight_decay)
        generator = torch.Generator().manual_seed(self.seed)
        losses: list[float] = []
        end = time.thread_time() + self.seconds
        for epoch in range(self.epochs):
            net.train()
            total = 0.0
            batches = torch.randperm(len(y), generator=generator).to(y.device).split(self.batch_size)
            for number, chosen in enumerate(batches):
                batch = images.take(chosen)
                if number == 0:
                    images.look_again()
                progress = (epoch + number / len(batches)) / self.epochs
                loss = F.cross_entropy(net(batch), y.index_select(0, chosen))
                descent.forget()
                loss.backward()
                descent.step(self.lr * (1 + math.cos(math.pi * progress)) / 2)
                total += float(loss.detach()) * len(chosen)
                if time.thread_time() > end:
                    return losses, "time"
            losses.append(total / len(y))
            if not math.isfinite(total):
                return losses, "diverged"
        return losses, ""


class _Descent:
    """What `torch.optim.SGD` does, by PyTorch's own function: a small network spends more time between operations than in them.

    Raises ValueError if there is nothing to train.
    """

    def __init__(self, parameters: list[nn.Parameter], momentum: float, weight_decay: float) -> None:
        if not parameters:
            raise ValueError("the network has no parameter that can be trained")
        self._parameters, self._momentum, self._weight_decay = parameters, momentum, weight_decay
        self._buffers: dict[nn.Parameter, Tensor | None] = {}

    def forget(self) -> None:
        """Reset the gradients."""
        for parameter in self._parameters:
            parameter.grad = None

    def step(self, lr: float) -> None:
        """Change every parameter that has a gradient."""
        changed = [parameter for parameter in self._parameters if parameter.grad is not None]
        gradients = [parameter.grad for parameter in changed if parameter.grad is not None]
        buffers = [self._buffers.get(parameter) for parameter in changed]
        sgd(
            cast("list[Tensor]", changed),
            gradients,
            buffers,
            has_sparse_grad=any(gradient.is_sparse for gradient in gradients),
            fused=True,
            weight_decay=self._weight_decay,
            momentum=self._momentum,
            lr=lr,
            dampening=0.0,
            nesterov=False,
            maximize=False,
        )
        self._buffers.update(zip(changed, buffers, strict=True))


def _outputs(net: nn.Module, images: Tensor) -> Any:
    """Return a network's outputs, some images at a time if it gives one row for each: what it computes between takes room."""
    found = []
    for part in images.split(_AT_A_TIME):
        try:
            output = net(part)
        except Exception:
            output = None  # what it says of all images is easier to understand
        if not isinstance(output, Tensor) or output.dim() != 2 or len(output) != len(part):
            return net(images)
        found.append(output)
    return torch.cat(found)


def _is_pair(built: Any) -> bool:
    return isinstance(built, tuple | list) and len(built) == 2 and isinstance(built[0], nn.Module)


def _float(images: Tensor, device: torch.device) -> Tensor:
    return images.to(device).unsqueeze(1).to(torch.float32).div_(255)
