"""Steps that build a network by the learner's function, and look at it or train it."""

from __future__ import annotations

import copy
import math
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, cast

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from grading.adapters.torch import sgd
from grading.probe.feature_cache import Changed, Memory, remembered

_AT_A_TIME = 200
# So many training images tell how well a network fits them.
_ASKED_AGAIN = 300


@dataclass(frozen=True)
class Inspection:
    """Build a network and look at it untrained.

    images `(n, h, w)`: uint8. The result is what was returned, if that is not a pair of a network and something else, or a
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
    `fitted`, the share of the first training images that are right at the end, and `stopped`: "", "time" or "diverged".
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
            fitted = _outputs(net, X[:_ASKED_AGAIN]).argmax(dim=1) == y[:_ASKED_AGAIN]
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
