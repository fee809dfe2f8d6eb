"""`relu`: its contract, as the oracle knows it, and right and wrong answers."""

from __future__ import annotations

from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor

from tests.corpus.activations.shared import elementwise
from tests.corpus.entries import answers_to

# Each answer is a function of its own under the name `_`: what matters is its decorator.
# mypy: disable-error-code="no-redef"

CONTRACT = elementwise(torch.relu, connected=1)


right, wrong = answers_to("relu")


@right("a product with a mask")
def _(X: Tensor) -> Tensor:
    return X * (X > 0)


@right("a clamp")
def _(X: Tensor) -> Tensor:
    return X.clamp(min=0)


@right("torch.where")
def _(X: Tensor) -> Tensor:
    return torch.where(X > 0, X, torch.zeros_like(X))


@right("a maximum with a number that is a tensor")
def _(X: Tensor) -> Tensor:
    return torch.maximum(X, torch.tensor(0, dtype=X.dtype, device=X.device))


@right("half of x + |x|")
def _(X: Tensor) -> Tensor:
    return (X + X.abs()) / 2


@right("in place on a copy")
def _(X: Tensor) -> Tensor:
    result = X.clone()
    result[result < 0] = 0
    return result


@right("an honest loop")
def _(X: Tensor) -> Tensor:
    elements = [x if x > 0 else 0 * x for x in X.reshape(-1)]
    return torch.stack(elements).reshape(X.shape) if elements else X.clone()


@right("masked_fill")
def _(X: Tensor) -> Tensor:
    return X.masked_fill(X < 0, 0.0)


@right("the maximum of a stack")
def _(X: Tensor) -> Tensor:
    return torch.stack([X, torch.zeros_like(X)]).amax(dim=0)


@wrong("the largest element instead of each", "largest")
def _(X: Tensor) -> Any:
    return torch.clamp(X.max(), min=0)


@wrong("a shift")
def _(X: Tensor) -> Tensor:
    return torch.clamp(X - 1, min=0)


@wrong("through NumPy")
def _(X: Tensor) -> Any:
    return X.detach().numpy().clip(0)


@wrong("through NumPy and back")
def _(X: Tensor) -> Tensor:
    return torch.from_numpy(X.detach().numpy().clip(0))


@wrong("a list")
def _(X: Tensor) -> Any:
    return X.clamp(min=0).tolist()


@wrong("float32 whatever comes in")
def _(X: Tensor) -> Tensor:
    return X.clamp(min=0).float()


@wrong("negative inputs become one", "ones-below")
def _(X: Tensor) -> Tensor:
    return torch.where(X > 0, X, torch.ones_like(X))


@wrong("squared where positive", mistake="squared")
def _(X: Tensor) -> Tensor:
    return X * X * (X > 0)


@wrong("the identity", "unchanged")
def _(X: Tensor) -> Tensor:
    return X.clone()


@wrong("flattened", mistake="flattened")
def _(X: Tensor) -> Tensor:
    return X.clamp(min=0).flatten()


@wrong("cut off from the graph")
def _(X: Tensor) -> Tensor:
    return X.detach().clamp(min=0)


@wrong("PyTorch's own, as a method")
def _(X: Tensor) -> Tensor:
    return X.relu()


@wrong("PyTorch's own, through threshold")
def _(X: Tensor) -> Tensor:
    return F.threshold(X, 0, 0)


@wrong("PyTorch's own, through torch.ops")
def _(X: Tensor) -> Any:
    return torch.ops.aten.relu(X)


@wrong("PyTorch's own, found by name")
def _(X: Tensor) -> Any:
    return getattr(F, "leaky_" + "relu")(X, 0.0)


@wrong("PyTorch's own, as a module")
def _(X: Tensor) -> Any:
    return torch.nn.Sequential(torch.nn.ReLU())(X)


@wrong("a state between calls")
def _(X: Tensor, seen: list[int] = []) -> Tensor:  # noqa: B006 - the mutable default is the fault on show
    seen.append(1)
    return X.clamp(min=0) * (1 if len(seen) % 2 else 2)


@wrong("a zero in single precision, for a 0-dimensional half")
def _(X: Tensor) -> Tensor:
    return torch.where(X > 0, X, torch.tensor(0.0, device=X.device))


@wrong("a root of a square", "by-a-root")
def _(X: Tensor) -> Tensor:
    return 0.5 * (X + (X**2).sqrt())


@wrong("zero up to a hundredth", "bend-at-0.01")
def _(X: Tensor) -> Tensor:
    return X * (X > 0.01)


@right("half of x + |x|, in two steps")
def _(X: Tensor) -> Tensor:
    return X / 2 + X.abs() / 2
