"""Answers to lesson 04."""

# Each answer is a function of its own under the name `_`: what matters is its decorator.
# mypy: disable-error-code="no-redef"

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from functools import reduce
from itertools import pairwise
from typing import Any

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor, nn

from tests.corpus.entries import right, wrong

Batches = Iterable[tuple[Tensor, Tensor]]
Loss = Callable[[Tensor, Tensor], Tensor]

# --- num_parameters ---


@right("num_parameters", "a sum over pairs of neighbours")
def _(sizes: Sequence[int]) -> int:
    return sum(a * b + b for a, b in pairwise(sizes))


@right("num_parameters", "a loop over indices")
def _(sizes: Sequence[int]) -> int:
    count = 0
    for i in range(1, len(sizes)):
        count += sizes[i - 1] * sizes[i]
        count += sizes[i]
    return count


@right("num_parameters", "zip, weights and biases apart")
def _(sizes: Sequence[int]) -> int:
    weights = sum(a * b for a, b in zip(sizes, sizes[1:], strict=False))  # noqa: RUF007
    return weights + sum(sizes[1:])


@right("num_parameters", "a network, counted")
def _(sizes: Sequence[int]) -> int:
    net = nn.Sequential(*(nn.Linear(a, b) for a, b in pairwise(sizes)))
    return sum(p.numel() for p in net.parameters())


@right("num_parameters", "NumPy's dot product")
def _(sizes: Sequence[int]) -> Any:
    s = np.array(sizes)
    return np.dot(s[:-1] + 1, s[1:])


@right("num_parameters", "a 0-dimensional tensor")
def _(sizes: Sequence[int]) -> Tensor:
    s = torch.tensor(sizes)
    return ((s[:-1] + 1) * s[1:]).sum()


@right("num_parameters", "recursion")
def _(sizes: Sequence[int]) -> int:
    def count(rest: list[int]) -> int:
        return (rest[0] + 1) * rest[1] + count(rest[1:]) if len(rest) > 1 else 0

    return count(list(sizes))


@right("num_parameters", "reduce")
def _(sizes: Sequence[int]) -> int:
    return int(reduce(lambda state, size: (state[0] + (state[1] + 1) * size, size), sizes[1:], (0, sizes[0]))[0])


@wrong("num_parameters", "only the first layer")
def _(sizes: Sequence[int]) -> int:
    return sizes[0] * sizes[1] + sizes[1]


@wrong("num_parameters", "first times last")
def _(sizes: Sequence[int]) -> int:
    return (sizes[0] + 1) * sizes[-1]


@wrong("num_parameters", "squares of the sizes")
def _(sizes: Sequence[int]) -> int:
    return sum(a * a + a for a in sizes[1:])


@wrong("num_parameters", "every layer connected with every later one")
def _(sizes: Sequence[int]) -> int:
    return sum(a * b for i, a in enumerate(sizes) for b in sizes[i + 1 :]) + sum(sizes[1:])


@wrong("num_parameters", "three sizes only")
def _(sizes: Sequence[int]) -> int:
    d, h, q = sizes
    return d * h + h + h * q + q


@wrong("num_parameters", "returns inside the loop")
def _(sizes: Sequence[int]) -> int:
    count = 0
    for a, b in pairwise(sizes):
        count += a * b + b
        return count
    return count


@wrong("num_parameters", "biases twice")
def _(sizes: Sequence[int]) -> int:
    return sum(a * b + 2 * b for a, b in pairwise(sizes))


@wrong("num_parameters", "in thousands")
def _(sizes: Sequence[int]) -> float:
    return round(sum(a * b + b for a, b in pairwise(sizes)) / 1000, 1)


@wrong("num_parameters", "a list, one count for each layer")
def _(sizes: Sequence[int]) -> list[int]:
    return [a * b + b for a, b in pairwise(sizes)]


@wrong("num_parameters", "eats its argument")
def _(sizes: Any) -> int:
    count = 0
    while len(sizes) > 1:
        a = sizes.pop(0)
        count += a * sizes[0] + sizes[0]
    return count


# --- MLPScratch.forward ---


@right("MLPScratch.forward", "as in the text")
def _(self: Any, X: Tensor) -> Tensor:
    X = X.reshape((-1, self.num_inputs))
    H = torch.relu(X @ self.W1 + self.b1)
    return H @ self.W2 + self.b2


@right("MLPScratch.forward", "flatten and matmul")
def _(self: Any, X: Tensor) -> Tensor:
    Z = torch.matmul(torch.flatten(X, start_dim=1), self.W1) + self.b1
    return torch.matmul(F.relu(Z), self.W2) + self.b2


@right("MLPScratch.forward", "addmm and clamp")
def _(self: Any, X: Tensor) -> Tensor:
    H = torch.addmm(self.b1, X.reshape(X.shape[0], -1), self.W1).clamp(min=0)
    return torch.addmm(self.b2, H, self.W2)


@right("MLPScratch.forward", "einsum")
def _(self: Any, X: Tensor) -> Tensor:
    X = X.flatten(1)
    Z = torch.einsum("nd,dh->nh", X, self.W1) + self.b1
    return torch.einsum("nh,hq->nq", torch.where(Z > 0, Z, 0), self.W2) + self.b2


@right("MLPScratch.forward", "F.linear with transposed weights")
def _(self: Any, X: Tensor) -> Tensor:
    H = torch.nn.functional.linear(X.contiguous().view(len(X), -1), self.W1.T, self.b1)
    return F.linear(H * (H > 0), self.W2.T, self.b2)


@right("MLPScratch.forward", "one image at a time")
def _(self: Any, X: Tensor) -> Tensor:
    rows = []
    for x in X:
        h = torch.maximum(x.reshape(-1) @ self.W1 + self.b1, torch.zeros_like(self.b1))
        rows.append(h @ self.W2 + self.b2)
    return torch.stack(rows)


@right("MLPScratch.forward", "columns, transposed at the end")
def _(self: Any, X: Tensor) -> Tensor:
    Xt = X.reshape(len(X), -1).T
    H = torch.relu(self.W1.T @ Xt + self.b1[:, None])
    return (self.W2.T @ H + self.b2[:, None]).T


@right("MLPScratch.forward", "float64 inside")
def _(self: Any, X: Tensor) -> Tensor:
    Z = X.flatten(1).double() @ self.W1.double() + self.b1
    return (torch.relu(Z) @ self.W2.double() + self.b2).to(X.dtype)


@wrong("MLPScratch.forward", "flattens the batch, too")
def _(self: Any, X: Tensor) -> Tensor:
    H = torch.relu(X.flatten() @ self.W1 + self.b1)
    return H @ self.W2 + self.b2


@wrong("MLPScratch.forward", "leaky ReLU")
def _(self: Any, X: Tensor) -> Tensor:
    return F.leaky_relu(X.flatten(1) @ self.W1 + self.b1) @ self.W2 + self.b2


@wrong("MLPScratch.forward", "ReLU in the middle of nothing")
def _(self: Any, X: Tensor) -> Tensor:
    return X.flatten(1) @ torch.relu(self.W1) @ self.W2 + self.b2


@wrong("MLPScratch.forward", "view, which a tensor with strides refuses")
def _(self: Any, X: Tensor) -> Tensor:
    H = torch.relu(X.view(len(X), -1) @ self.W1 + self.b1)
    return H @ self.W2 + self.b2


@wrong("MLPScratch.forward", "the predicted classes")
def _(self: Any, X: Tensor) -> Tensor:
    return (torch.relu(X.flatten(1) @ self.W1 + self.b1) @ self.W2 + self.b2).argmax(dim=1)


@wrong("MLPScratch.forward", "the logits and the hidden layer")
def _(self: Any, X: Tensor) -> Any:
    H = torch.relu(X.flatten(1) @ self.W1 + self.b1)
    return H @ self.W2 + self.b2, H


@wrong("MLPScratch.forward", "transposed output")
def _(self: Any, X: Tensor) -> Tensor:
    return (torch.relu(X.flatten(1) @ self.W1 + self.b1) @ self.W2 + self.b2).T


@wrong("MLPScratch.forward", "pixels scaled once more")
def _(self: Any, X: Tensor) -> Tensor:
    return torch.relu(X.flatten(1) / 255 @ self.W1 + self.b1) @ self.W2 + self.b2


@wrong("MLPScratch.forward", "without autograd", "data")
def _(self: Any, X: Tensor) -> Tensor:
    with torch.no_grad():
        return torch.as_tensor(torch.relu(X.flatten(1) @ self.W1 + self.b1) @ self.W2 + self.b2)


@wrong("MLPScratch.forward", "no return")
def _(self: Any, X: Tensor) -> None:
    H = torch.relu(X.flatten(1) @ self.W1 + self.b1)
    self.O = H @ self.W2 + self.b2


# --- cross_entropy ---


@right("cross_entropy", "logsumexp minus the logit of the label")
def _(logits: Tensor, y: Tensor) -> Tensor:
    return (torch.logsumexp(logits, dim=1) - logits[torch.arange(len(y)), y]).mean()


@right("cross_entropy", "log_softmax and gather")
def _(logits: Tensor, y: Tensor) -> Tensor:
    return -F.log_softmax(logits, dim=-1).gather(1, y.unsqueeze(1)).mean()


@right("cross_entropy", "a shift by the row maximum, by hand")
def _(logits: Tensor, y: Tensor) -> Tensor:
    shifted = logits - logits.max(dim=1, keepdim=True).values
    log_normalizer = torch.log(torch.exp(shifted).sum(dim=1))
    return (log_normalizer - shifted[range(len(y)), y]).mean()


@right("cross_entropy", "one-hot labels")
def _(logits: Tensor, y: Tensor) -> Tensor:
    Y = F.one_hot(y, logits.shape[1]).to(logits.dtype)
    return -(Y * torch.log_softmax(logits, dim=1)).sum(dim=1).mean()


@right("cross_entropy", "an honest loop")
def _(logits: Tensor, y: Tensor) -> Tensor:
    total = logits.new_zeros(())
    for row, label in zip(logits, y.tolist(), strict=True):
        total = total + torch.logsumexp(row, dim=0) - row[label]
    return total / len(y)


@right("cross_entropy", "differences to the label's logit")
def _(logits: Tensor, y: Tensor) -> Tensor:
    margins = logits - logits.gather(1, y[:, None])
    return torch.logsumexp(margins, dim=1).mean()


@right("cross_entropy", "float64 inside")
def _(logits: Tensor, y: Tensor) -> Tensor:
    log_p = torch.log_softmax(logits.double(), dim=1)
    return (-log_p[torch.arange(len(y), device=y.device), y].sum() / len(y)).to(logits.dtype)


@right("cross_entropy", "a detached shift")
def _(logits: Tensor, y: Tensor) -> Tensor:
    m = logits.detach().amax(dim=1, keepdim=True)
    log_sum = (logits - m).exp().sum(dim=1).log() + m.squeeze(1)
    return torch.mean(log_sum - logits.take_along_dim(y[:, None], dim=1).squeeze(1))


@wrong("cross_entropy", "the library's own")
def _(logits: Tensor, y: Tensor) -> Tensor:
    return F.cross_entropy(logits, y)


@wrong("cross_entropy", "the library's module")
def _(logits: Tensor, y: Tensor) -> Any:
    return nn.CrossEntropyLoss()(logits, y)


@wrong("cross_entropy", "the library's negative log-likelihood")
def _(logits: Tensor, y: Tensor) -> Tensor:
    return torch.nn.functional.nll_loss(torch.log_softmax(logits, dim=1), y)


@wrong("cross_entropy", "the library's, by its operator")
def _(logits: Tensor, y: Tensor) -> Any:
    return torch.ops.aten.cross_entropy_loss(logits, y)


@wrong("cross_entropy", "a Python number")
def _(logits: Tensor, y: Tensor) -> float:
    return float((torch.logsumexp(logits, dim=1) - logits[torch.arange(len(y)), y]).mean())


@wrong("cross_entropy", "the logarithm to base 2")
def _(logits: Tensor, y: Tensor) -> Tensor:
    return (torch.logsumexp(logits, dim=1) - logits[torch.arange(len(y)), y]).mean() / math.log(2)


@wrong("cross_entropy", "logits clamped at 50")
def _(logits: Tensor, y: Tensor) -> Tensor:
    logits = logits.clamp(-50, 50)
    return (torch.logsumexp(logits, dim=1) - logits[torch.arange(len(y)), y]).mean()


@wrong("cross_entropy", "nan_to_num over an unstable softmax")
def _(logits: Tensor, y: Tensor) -> Tensor:
    P = torch.exp(logits) / torch.exp(logits).sum(dim=1, keepdim=True)
    return torch.nan_to_num(-torch.log(P[torch.arange(len(y)), y]).mean())


@wrong("cross_entropy", "the median")
def _(logits: Tensor, y: Tensor) -> Tensor:
    return (torch.logsumexp(logits, dim=1) - logits[torch.arange(len(y)), y]).median()


@wrong("cross_entropy", "divided by the number of classes")
def _(logits: Tensor, y: Tensor) -> Tensor:
    return (torch.logsumexp(logits, dim=1) - logits[torch.arange(len(y)), y]).sum() / logits.shape[1]


@wrong("cross_entropy", "label smoothing nobody asked for")
def _(logits: Tensor, y: Tensor) -> Tensor:
    log_p = torch.log_softmax(logits, dim=1)
    return -(0.9 * log_p[torch.arange(len(y)), y] + 0.1 * log_p.mean(dim=1)).mean()


@wrong("cross_entropy", "a matrix of one element")
def _(logits: Tensor, y: Tensor) -> Tensor:
    return (torch.logsumexp(logits, dim=1) - logits[torch.arange(len(y)), y]).mean().reshape(1, 1)


# --- accuracy ---


@right("accuracy", "argmax and a mean")
def _(logits: Tensor, y: Tensor) -> Tensor:
    return (logits.argmax(dim=1) == y).float().mean()


@right("accuracy", "a Python number")
def _(logits: Tensor, y: Tensor) -> float:
    return (logits.argmax(dim=-1) == y).sum().item() / len(y)


@right("accuracy", "max and its indices")
def _(logits: Tensor, y: Tensor) -> Tensor:
    _, predicted = torch.max(logits, 1)
    return (predicted == y).sum() / y.numel()


@right("accuracy", "an honest loop")
def _(logits: Tensor, y: Tensor) -> float:
    correct = 0
    for row, label in zip(logits, y, strict=True):
        correct += int(torch.argmax(row) == label)
    return correct / len(logits)


@right("accuracy", "softmax first, which changes no order")
def _(logits: Tensor, y: Tensor) -> Tensor:
    return torch.eq(torch.log_softmax(logits, dim=1).argmax(dim=1), y).double().mean()


@right("accuracy", "NumPy")
def _(logits: Tensor, y: Tensor) -> Any:
    return np.mean(logits.detach().cpu().numpy().argmax(axis=1) == y.cpu().numpy())


@right("accuracy", "topk")
def _(logits: Tensor, y: Tensor) -> Tensor:
    return logits.topk(1, dim=1).indices.squeeze(1).eq(y).to(torch.float64).mean()


@wrong("accuracy", "the best two count")
def _(logits: Tensor, y: Tensor) -> Tensor:
    return (logits.topk(2, dim=1).indices == y[:, None]).any(dim=1).float().mean()


@wrong("accuracy", "one answer for each example")
def _(logits: Tensor, y: Tensor) -> Tensor:
    return (logits.argmax(dim=1) == y).float()


@wrong("accuracy", "a string")
def _(logits: Tensor, y: Tensor) -> str:
    return f"{(logits.argmax(dim=1) == y).float().mean():.2f}"


@wrong("accuracy", "a positive logit counts")
def _(logits: Tensor, y: Tensor) -> Tensor:
    return (logits[torch.arange(len(y)), y] > 0).float().mean()


@wrong("accuracy", "a probability above a half counts")
def _(logits: Tensor, y: Tensor) -> Tensor:
    return (torch.softmax(logits, dim=1)[torch.arange(len(y)), y] > 0.5).float().mean()


@wrong("accuracy", "divided by a fixed batch size")
def _(logits: Tensor, y: Tensor) -> Tensor:
    return (logits.argmax(dim=1) == y).sum() / 256


@wrong("accuracy", "labels counted from 1")
def _(logits: Tensor, y: Tensor) -> Tensor:
    return (logits.argmax(dim=1) + 1 == y).float().mean()


@wrong("accuracy", "rounded to tenths")
def _(logits: Tensor, y: Tensor) -> float:
    return round(float((logits.argmax(dim=1) == y).float().mean()), 1)


@wrong("accuracy", "no return")
def _(logits: Tensor, y: Tensor) -> None:
    (logits.argmax(dim=1) == y).float().mean()


@wrong("accuracy", "the logits rounded")
def _(logits: Tensor, y: Tensor) -> Tensor:
    return (logits.round().max(dim=1).indices == logits.argmax(dim=1)).float().mean()


# --- train_epoch ---


@right("train_epoch", "torch.optim.SGD")
def _(model: Any, batches: Batches, loss: Loss, lr: float) -> float:
    optimizer = torch.optim.SGD(model.parameters(), lr=lr)
    total, count = 0.0, 0
    for X, y in batches:
        optimizer.zero_grad()
        value = loss(model(X), y)
        value.backward()  # type: ignore[no-untyped-call]
        optimizer.step()
        total += value.item() * len(y)
        count += len(y)
    return total / count


@right("train_epoch", "a step by hand under no_grad")
def _(model: Any, batches: Batches, loss: Loss, lr: float) -> float:
    total, count = 0.0, 0
    for X, y in batches:
        value = loss(model(X), y)
        for p in model.parameters():
            p.grad = None
        value.backward()  # type: ignore[no-untyped-call]
        with torch.no_grad():
            for p in model.parameters():
                p -= lr * p.grad
        total += float(value.detach()) * X.shape[0]
        count += X.shape[0]
    return total / count


@right("train_epoch", "torch.autograd.grad")
def _(model: Any, batches: Batches, loss: Loss, lr: float) -> float:
    parameters = list(model.parameters())
    total, count = 0.0, 0
    for X, y in batches:
        value = loss(model(X), y)
        with torch.no_grad():
            for p, g in zip(parameters, torch.autograd.grad(value, parameters), strict=True):
                p.sub_(lr * g)
        total, count = total + value.item() * len(y), count + len(y)
    return total / count


@right("train_epoch", "a tensor that adds up")
def _(model: Any, batches: Batches, loss: Loss, lr: float) -> Tensor:
    model.train()
    losses, sizes = [], []
    for X, y in batches:
        value = loss(model(X), y)
        model.zero_grad()
        value.backward()  # type: ignore[no-untyped-call]
        for p in model.parameters():
            p.data.add_(p.grad, alpha=-lr)
        losses.append(value.detach())
        sizes.append(len(y))
    weights = torch.tensor(sizes, dtype=losses[0].dtype, device=losses[0].device)
    return (torch.stack(losses) * weights).sum() / weights.sum()


@right("train_epoch", "a list of the batches first")
def _(model: Any, batches: Batches, loss: Loss, lr: float) -> float:
    batches = list(batches)
    n = sum(len(y) for _, y in batches)
    mean = 0.0
    optimizer = torch.optim.SGD(model.parameters(), lr)
    for X, y in batches:
        value = loss(model(X), y)
        optimizer.zero_grad(set_to_none=False)
        value.backward()  # type: ignore[no-untyped-call]
        optimizer.step()
        mean += value.item() * len(y) / n
    return mean


@right("train_epoch", "zeroed in place, NumPy's average")
def _(model: Any, batches: Batches, loss: Loss, lr: float) -> Any:
    seen = []
    for X, y in batches:
        for p in model.parameters():
            if p.grad is not None:
                p.grad.zero_()
        value = loss(model(X), y)
        value.backward()  # type: ignore[no-untyped-call]
        with torch.no_grad():
            for p in model.parameters():
                p.copy_(p - lr * p.grad)
        seen.append((value.item(), y.size(0)))
    values, sizes = zip(*seen, strict=True)
    return np.average(values, weights=sizes)


@right("train_epoch", "zeroed at the beginning and after each step")
def _(model: Any, batches: Batches, loss: Loss, lr: float) -> float:
    optimizer = torch.optim.SGD(model.parameters(), lr=lr)
    optimizer.zero_grad()
    total = count = 0.0
    for X, y in batches:
        (value := loss(model(X), y)).backward()  # type: ignore[no-untyped-call]
        optimizer.step()
        optimizer.zero_grad()
        total += value.item() * len(y)
        count += len(y)
    return total / count


@wrong("train_epoch", "Adam")
def _(model: Any, batches: Batches, loss: Loss, lr: float) -> float:
    optimizer = torch.optim.Adam(model.parameters(), lr=lr)
    total, count = 0.0, 0
    for X, y in batches:
        value = loss(model(X), y)
        optimizer.zero_grad()
        value.backward()  # type: ignore[no-untyped-call]
        optimizer.step()
        total += value.item() * len(y)
        count += len(y)
    return total / count


@wrong("train_epoch", "returns nothing")
def _(model: Any, batches: Batches, loss: Loss, lr: float) -> None:
    optimizer = torch.optim.SGD(model.parameters(), lr=lr)
    for X, y in batches:
        value = loss(model(X), y)
        optimizer.zero_grad()
        value.backward()  # type: ignore[no-untyped-call]
        optimizer.step()


@wrong("train_epoch", "the biases are left out")
def _(model: Any, batches: Batches, loss: Loss, lr: float) -> float:
    total, count = 0.0, 0
    for X, y in batches:
        value = loss(model(X), y)
        model.zero_grad()
        value.backward()  # type: ignore[no-untyped-call]
        with torch.no_grad():
            for p in model.parameters():
                if p.dim() > 1:
                    p -= lr * p.grad
        total += value.item() * len(y)
        count += len(y)
    return total / count


@wrong("train_epoch", "gradients clipped")
def _(model: Any, batches: Batches, loss: Loss, lr: float) -> float:
    optimizer = torch.optim.SGD(model.parameters(), lr=lr)
    total, count = 0.0, 0
    for X, y in batches:
        value = loss(model(X), y)
        optimizer.zero_grad()
        value.backward()  # type: ignore[no-untyped-call]
        nn.utils.clip_grad_norm_(model.parameters(), 0.05)
        optimizer.step()
        total += value.item() * len(y)
        count += len(y)
    return total / count


@wrong("train_epoch", "a list of losses")
def _(model: Any, batches: Batches, loss: Loss, lr: float) -> list[float]:
    optimizer = torch.optim.SGD(model.parameters(), lr=lr)
    losses = []
    for X, y in batches:
        value = loss(model(X), y)
        optimizer.zero_grad()
        value.backward()  # type: ignore[no-untyped-call]
        optimizer.step()
        losses.append(value.item())
    return losses


@wrong("train_epoch", "the number of batches taken for the number of examples")
def _(model: Any, batches: Batches, loss: Loss, lr: float) -> float:
    optimizer = torch.optim.SGD(model.parameters(), lr=lr)
    total, count = 0.0, 0
    for X, y in batches:
        value = loss(model(X), y)
        optimizer.zero_grad()
        value.backward()  # type: ignore[no-untyped-call]
        optimizer.step()
        total += value.item() * len(y)
        count += 1
    return total / count


@wrong("train_epoch", "two passes")
def _(model: Any, batches: Batches, loss: Loss, lr: float) -> float:
    batches = list(batches)
    total, count = 0.0, 0
    for X, y in batches + batches:
        value = loss(model(X), y)
        model.zero_grad()
        value.backward()  # type: ignore[no-untyped-call]
        with torch.no_grad():
            for p in model.parameters():
                p -= lr * p.grad
        total, count = total + value.item() * len(y), count + len(y)
    return total / count


@wrong("train_epoch", "asks for the number of batches")
def _(model: Any, batches: Any, loss: Loss, lr: float) -> float:
    optimizer = torch.optim.SGD(model.parameters(), lr=lr)
    total, count = 0.0, 0
    for i in range(len(batches)):
        X, y = batches[i]
        value = loss(model(X), y)
        optimizer.zero_grad()
        value.backward()  # type: ignore[no-untyped-call]
        optimizer.step()
        total, count = total + value.item() * len(y), count + len(y)
    return total / count


# --- build_mlp ---


class _Edges(nn.Module):
    """The strength of edges in eight directions, in squares of 4 by 4 pixels, (n, 392)."""

    def forward(self, X: Tensor) -> Tensor:
        P = F.pad(X, (1, 1, 1, 1), mode="replicate")
        dx, dy = P[..., 1:-1, 2:] - P[..., 1:-1, :-2], P[..., 2:, 1:-1] - P[..., :-2, 1:-1]
        angles = torch.arange(8, device=X.device).reshape(8, 1, 1) * math.pi / 4
        edges = torch.relu(torch.cos(angles) * dx + torch.sin(angles) * dy)
        return torch.sqrt(F.avg_pool2d(edges, 4) + 1e-4).flatten(1)


class _Cells(nn.Module):
    """The same by the angle of the gradient, each edge shared by two neighbouring directions, in two grids, (n, 520)."""

    def forward(self, X: Tensor) -> Tensor:
        P = F.pad(X, (1, 1, 1, 1), mode="replicate")
        dx, dy = P[..., 1:-1, 2:] - P[..., 1:-1, :-2], P[..., 2:, 1:-1] - P[..., :-2, 1:-1]
        turn = torch.atan2(dy, dx) * 8 / (2 * math.pi)
        away = (turn - torch.arange(-4.0, 4.0, device=X.device).reshape(8, 1, 1)).abs()
        edges = torch.sqrt(dx**2 + dy**2 + 1e-8) * torch.relu(1 - torch.minimum(away, 8 - away))
        return 4 * torch.cat([torch.sqrt(F.avg_pool2d(edges, k) + 1e-4).flatten(1) for k in (4, 7)], dim=1) - 1


RECIPE = {"lr": 0.1, "momentum": 0.9, "weight_decay": 1e-2, "batch_size": 100, "epochs": 6}
OUTSIDE = nn.Sequential(
    _Edges(),
    nn.BatchNorm1d(392),
    nn.Linear(392, 128),
    nn.BatchNorm1d(128),
    nn.ReLU(),
    nn.Dropout(0.2),
    nn.Linear(128, 10),
)


@right("build_mlp", "edges, batch normalization, dropout")
def _() -> Any:
    hidden = [nn.Linear(392, 128), nn.BatchNorm1d(128), nn.ReLU(), nn.Dropout(0.2)]
    net = nn.Sequential(_Edges(), nn.BatchNorm1d(392, affine=False), *hidden, nn.Linear(128, 10))
    return net, dict(RECIPE)


@right("build_mlp", "lazy layers")
def _() -> Any:
    layers = [nn.LazyLinear(128), nn.LazyBatchNorm1d(), nn.ReLU(), nn.Dropout(0.2), nn.LazyLinear(10)]
    return nn.Sequential(_Cells(), *layers), {**RECIPE, "lr": 0.05, "batch_size": 50}


@right("build_mlp", "a module of one's own, in a list, with tensors in the recipe")
def _() -> Any:
    class Net(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.edges, self.scale, self.norm = _Edges(), nn.BatchNorm1d(392), nn.BatchNorm1d(160)
            self.first, self.second = nn.Linear(392, 160), nn.Linear(160, 10)

        def forward(self, X: Tensor) -> Tensor:
            H = F.dropout(F.gelu(self.norm(self.first(self.scale(self.edges(X))))), 0.3, self.training)
            return torch.as_tensor(self.second(H))

    recipe: dict[str, Any] = {name: torch.tensor(value) for name, value in RECIPE.items()}
    return [Net(), {**recipe, "remark": "GELU"}]


@right("build_mlp", "NumPy numbers, whole ones as floats")
def _() -> Any:
    hidden = [nn.Linear(392, 144), nn.BatchNorm1d(144), nn.ReLU(), nn.Dropout(0.2)]
    recipe = {name: np.float64(value) for name, value in RECIPE.items()}
    return nn.Sequential(_Edges(), nn.BatchNorm1d(392), *hidden, nn.Linear(144, 10)), recipe


@right("build_mlp", "two small networks whose outputs are averaged")
def _() -> Any:
    class Committee(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.edges = nn.Sequential(_Edges(), nn.BatchNorm1d(392))
            self.members = nn.ModuleList(
                nn.Sequential(nn.Linear(392, 96), nn.BatchNorm1d(96), nn.ReLU(), nn.Dropout(0.2), nn.Linear(96, 10))
                for _ in range(2)
            )

        def forward(self, X: Tensor) -> Tensor:
            E = self.edges(X)
            return torch.stack([member(E) for member in self.members]).mean(dim=0)

    return Committee(), dict(RECIPE)


@right("build_mlp", "the same network each time")
def _() -> Any:
    return OUTSIDE, RECIPE


@wrong("build_mlp", "returns nothing")
def _() -> None:
    nn.Sequential(nn.Flatten(), nn.Linear(784, 10))


@wrong("build_mlp", "no recipe in the pair")
def _() -> Any:
    return nn.Sequential(nn.Flatten(), nn.Linear(784, 10)), None


@wrong("build_mlp", "a learning rate as text")
def _() -> Any:
    recipe = {"lr": "0.1", "momentum": 0.9, "weight_decay": 0.0, "batch_size": 64, "epochs": 6}
    return nn.Sequential(nn.Flatten(), nn.Linear(784, 10)), recipe


@wrong("build_mlp", "half an epoch")
def _() -> Any:
    recipe = {"lr": 0.1, "momentum": 0.9, "weight_decay": 0.0, "batch_size": 64, "epochs": 1.5}
    return nn.Sequential(nn.Flatten(), nn.Linear(784, 10)), recipe


@wrong("build_mlp", "a negative momentum")
def _() -> Any:
    recipe = {"lr": 0.1, "momentum": -0.9, "weight_decay": 0.0, "batch_size": 64, "epochs": 6}
    return nn.Sequential(nn.Flatten(), nn.Linear(784, 10)), recipe


@wrong("build_mlp", "a network without a forward method")
def _() -> Any:
    recipe = {"lr": 0.1, "momentum": 0.9, "weight_decay": 0.0, "batch_size": 64, "epochs": 6}
    return nn.Module(), recipe


@wrong("build_mlp", "a learning rate that explodes")
def _() -> Any:
    recipe = {"lr": 10.0, "momentum": 0.99, "weight_decay": 0.0, "batch_size": 500, "epochs": 2}
    return nn.Sequential(nn.Flatten(), nn.Linear(784, 16), nn.ReLU(), nn.Linear(16, 10)), recipe


@wrong("build_mlp", "no hidden layer and one epoch")
def _() -> Any:
    recipe = {"lr": 0.01, "momentum": 0.0, "weight_decay": 0.0, "batch_size": 100, "epochs": 1}
    return nn.Sequential(nn.Flatten(), nn.Linear(784, 10)), recipe
