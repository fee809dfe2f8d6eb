"""`train_epoch`: its contract, as the oracle knows it, and right and wrong answers.

The file is long because each answer is a whole loop.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from grading.probe.blueprints import Layers, Loss, Pairs
from tests.corpus.entries import answers_to
from tests.corpus.oracle import Arguments, Contract, Happened, Source
from tests.corpus.readings import read_number

# Each answer is a function of its own under the name `_`: what matters is its decorator.
# mypy: disable-error-code="no-redef"


def _epoch(source: Source) -> Arguments:
    d, h, q = source.sizes(3, 6)
    squared = source.chance(0.4)
    counts = source.g.integers(1, 6, int(source.g.integers(1, 5)))
    pairs = [(source.normal(n, d), source.normal(n, q) if squared else source.labels(int(n), q)) for n in counts]
    model = Layers(
        source.normal(d, h),
        source.normal(h),
        source.normal(h, q),
        source.normal(q),
        model=True,
        stale=0.0 if source.chance(0.3) else source.number(0, 1),
    )
    loss = Loss("squared error" if squared else "cross-entropy")
    return {
        "model": model,
        "batches": Pairs(tuple(pairs), source.chance(0.5)),
        "loss": loss,
        "lr": source.number(0.01, 0.2),
    }


def _epoch_truth(a: Arguments) -> list[Tensor]:
    parameters = [value.clone().requires_grad_(True) for value in a["model"].values.values()]
    optimizer = torch.optim.SGD(parameters, lr=a["lr"])
    losses = []
    for X, y in a["batches"].batches:
        O = torch.relu(X @ parameters[0] + parameters[1]) @ parameters[2] + parameters[3]
        value = a["loss"].build(torch.device("cpu"))(O, y)
        optimizer.zero_grad()
        value.backward()
        optimizer.step()
        losses += [value.detach()] * len(y)
    return [torch.stack(losses).mean(), *(parameter.detach() for parameter in parameters)]


def _read_epoch(happened: Happened) -> list[Any]:
    model = happened.arguments["model"]
    return [*read_number(happened), *(getattr(model, name).detach() for name in ("W1", "b1", "W2", "b2"))]


CONTRACT = Contract(_epoch, (_epoch_truth,), _read_epoch, keeps=False, changes=frozenset({"model"}))


right, wrong = answers_to("train_epoch")


Batches = Iterable[tuple[Tensor, Tensor]]


LossFunction = Callable[[Tensor, Tensor], Tensor]


@right("torch.optim.SGD")
def _(model: Any, batches: Batches, loss: LossFunction, lr: float) -> float:
    mode = model.training
    model.train()
    optimizer = torch.optim.SGD(model.parameters(), lr=lr)
    total, count = 0.0, 0
    for X, y in batches:
        optimizer.zero_grad()
        value = loss(model(X), y)
        value.backward()  # type: ignore[no-untyped-call]
        optimizer.step()
        total += value.item() * len(y)
        count += len(y)
    model.train(mode)
    return total / count


@right("a step by hand under no_grad")
def _(model: Any, batches: Batches, loss: LossFunction, lr: float) -> float:
    mode = model.training
    model.train()
    total, count = 0.0, 0
    for X, y in batches:
        value = loss(model(X), y)
        for p in model.parameters():
            p.grad = None
        value.backward()  # type: ignore[no-untyped-call]
        with torch.no_grad():
            for p in model.parameters():
                if p.grad is not None:
                    p -= lr * p.grad
        total += float(value.detach()) * X.shape[0]
        count += X.shape[0]
    model.train(mode)
    return total / count


@right("torch.autograd.grad")
def _(model: Any, batches: Batches, loss: LossFunction, lr: float) -> float:
    mode = model.training
    model.train()
    parameters = [p for p in model.parameters() if p.requires_grad]
    total, count = 0.0, 0
    for X, y in batches:
        value = loss(model(X), y)
        with torch.no_grad():
            for p, g in zip(parameters, torch.autograd.grad(value, parameters), strict=True):
                p.sub_(lr * g)
        total, count = total + value.item() * len(y), count + len(y)
    model.train(mode)
    return total / count


@right("a tensor that adds up")
def _(model: Any, batches: Batches, loss: LossFunction, lr: float) -> Tensor:
    mode = model.training
    model.train()
    losses, sizes = [], []
    for X, y in batches:
        value = loss(model(X), y)
        model.zero_grad()
        value.backward()  # type: ignore[no-untyped-call]
        for p in model.parameters():
            if p.requires_grad:
                p.data.add_(p.grad, alpha=-lr)
        losses.append(value.detach())
        sizes.append(len(y))
    weights = torch.tensor(sizes, dtype=losses[0].dtype, device=losses[0].device)
    model.train(mode)
    return (torch.stack(losses) * weights).sum() / weights.sum()


@right("a list of the batches first")
def _(model: Any, batches: Batches, loss: LossFunction, lr: float) -> float:
    mode = model.training
    model.train()
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
    model.train(mode)
    return mean


@right("zeroed in place, NumPy's average")
def _(model: Any, batches: Batches, loss: LossFunction, lr: float) -> Any:
    mode = model.training
    model.train()
    seen = []
    for X, y in batches:
        for p in model.parameters():
            if p.grad is not None:
                p.grad.zero_()
        value = loss(model(X), y)
        value.backward()  # type: ignore[no-untyped-call]
        with torch.no_grad():
            for p in model.parameters():
                if p.grad is not None:
                    p.copy_(p - lr * p.grad)
        seen.append((value.item(), y.size(0)))
    values, sizes = zip(*seen, strict=True)
    model.train(mode)
    return np.average(values, weights=sizes)


@right("zeroed at the beginning and after each step")
def _(model: Any, batches: Batches, loss: LossFunction, lr: float) -> float:
    mode = model.training
    model.train()
    optimizer = torch.optim.SGD(model.parameters(), lr=lr)
    optimizer.zero_grad()
    total = count = 0.0
    for X, y in batches:
        (value := loss(model(X), y)).backward()  # type: ignore[no-untyped-call]
        optimizer.step()
        optimizer.zero_grad()
        total += value.item() * len(y)
        count += len(y)
    model.train(mode)
    return total / count


@wrong("Adam", "adam")
def _(model: Any, batches: Batches, loss: LossFunction, lr: float) -> float:
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


@wrong("returns nothing")
def _(model: Any, batches: Batches, loss: LossFunction, lr: float) -> None:
    optimizer = torch.optim.SGD(model.parameters(), lr=lr)
    for X, y in batches:
        value = loss(model(X), y)
        optimizer.zero_grad()
        value.backward()  # type: ignore[no-untyped-call]
        optimizer.step()


@wrong("the biases are left out", "biases-kept")
def _(model: Any, batches: Batches, loss: LossFunction, lr: float) -> float:
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


@wrong("gradients clipped")
def _(model: Any, batches: Batches, loss: LossFunction, lr: float) -> float:
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


@wrong("a list of losses", "list-of-losses")
def _(model: Any, batches: Batches, loss: LossFunction, lr: float) -> list[float]:
    optimizer = torch.optim.SGD(model.parameters(), lr=lr)
    losses = []
    for X, y in batches:
        value = loss(model(X), y)
        optimizer.zero_grad()
        value.backward()  # type: ignore[no-untyped-call]
        optimizer.step()
        losses.append(value.item())
    return losses


@wrong("the number of batches taken for the number of examples", "examples-over-batches")
def _(model: Any, batches: Batches, loss: LossFunction, lr: float) -> float:
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


@wrong("two passes")
def _(model: Any, batches: Batches, loss: LossFunction, lr: float) -> float:
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


@wrong("asks for the number of batches")
def _(model: Any, batches: Any, loss: LossFunction, lr: float) -> float:
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


@wrong("the model's own names")
def _(model: Any, batches: Batches, loss: LossFunction, lr: float) -> float:
    mode = model.training
    model.train()
    total, count = 0.0, 0
    for X, y in batches:
        value = loss(model(X), y)
        model.zero_grad()
        value.backward()  # type: ignore[no-untyped-call]
        with torch.no_grad():
            for p in (model.W1, model.b1, model.W2, model.b2):
                if p.grad is not None:
                    p -= lr * p.grad
        total, count = total + value.item() * len(y), count + len(y)
    model.train(mode)
    return total / count


@wrong("in the mode that it finds", "not-in-training-mode")
def _(model: Any, batches: Batches, loss: LossFunction, lr: float) -> float:
    optimizer = torch.optim.SGD(model.parameters(), lr=lr)
    total, count = 0.0, 0
    for X, y in batches:
        value = loss(model(X), y)
        optimizer.zero_grad()
        value.backward()  # type: ignore[no-untyped-call]
        optimizer.step()
        total, count = total + value.item() * len(y), count + len(y)
    return total / count


@wrong("every parameter is thought to have a gradient")
def _(model: Any, batches: Batches, loss: LossFunction, lr: float) -> float:
    mode = model.training
    model.train()
    total, count = 0.0, 0
    for X, y in batches:
        value = loss(model(X), y)
        model.zero_grad()
        value.backward()  # type: ignore[no-untyped-call]
        with torch.no_grad():
            for p in model.parameters():
                p -= lr * p.grad
        total, count = total + value.item() * len(y), count + len(y)
    model.train(mode)
    return total / count


@wrong("what requires a gradient is taken away")
def _(model: Any, batches: Batches, loss: LossFunction, lr: float) -> float:
    mode = model.training
    model.train()
    optimizer = torch.optim.SGD(model.parameters(), lr=lr)
    total, count = 0.0, 0
    for X, y in batches:
        value = loss(model(X), y)
        optimizer.zero_grad()
        value.backward()  # type: ignore[no-untyped-call]
        optimizer.step()
        total, count = total + value.item() * len(y), count + len(y)
    model.train(mode)
    model.requires_grad_(False)
    return total / count


@wrong("never resets, in the mode that it finds", "accumulates")
def _(model: Any, batches: Batches, loss: LossFunction, lr: float) -> float:
    optimizer = torch.optim.SGD(model.parameters(), lr=lr)
    total, count = 0.0, 0
    for X, y in batches:
        value = loss(model(X), y)
        value.backward()  # type: ignore[no-untyped-call]
        optimizer.step()
        total, count = total + value.item() * len(y), count + len(y)
    return total / count


@wrong("returns in the loop, in the mode that it finds", "first-batch")
def _(model: Any, batches: Batches, loss: LossFunction, lr: float) -> float:
    optimizer = torch.optim.SGD(model.parameters(), lr=lr)
    for X, y in batches:
        value = loss(model(X), y)
        optimizer.zero_grad()
        value.backward()  # type: ignore[no-untyped-call]
        optimizer.step()
        return value.item()
    return 0.0


@wrong("resets before the step, and takes the mean of batches", "never-steps")
def _(model: Any, batches: Batches, loss: LossFunction, lr: float) -> float:
    optimizer = torch.optim.SGD(model.parameters(), lr=lr)
    values = []
    for X, y in batches:
        value = loss(model(X), y)
        value.backward()  # type: ignore[no-untyped-call]
        optimizer.zero_grad()
        optimizer.step()
        values.append(value.item())
    return sum(values) / len(values)
