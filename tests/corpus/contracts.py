"""The contracts of the exercises as the oracle knows them: draws and truths of its own, apart from the judge's cases."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from itertools import pairwise
from typing import Any

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor, nn

from grading.probe.functions import ScalarFunction
from grading.probe.networks import Layer, Network
from grading.probe.parameters import LeafParameters
from grading.probe.training import Layers, Loss, Pairs
from tests.corpus.oracle import Arguments, Contract, Happened, LeftOut, Source, tensors_of
from tests.corpus.sampling import check_initializer, sampler

_ALL = (torch.float32, torch.float64, torch.float16, torch.bfloat16)


def _any_shape(source: Source) -> Arguments:
    shape = tuple(source.sizes(int(source.g.integers(0, 4))))
    if not source.plain and source.chance(0.1):
        shape = (0, 3)
    return {
        "X": source.extremes(*shape) if not source.plain and source.chance(0.3) else source.values(*shape, scale=3.0)
    }


def _elementwise(function: Callable[[Tensor], Tensor], *, connected: int = 0) -> Contract:
    return Contract(_any_shape, (lambda a: [function(a["X"])],), dtypes=_ALL, connected=connected)


def _knots(source: Source) -> Arguments:
    count = int(source.g.choice([2, 3, 4, 6, 12]))
    gaps = torch.from_numpy(source.g.uniform(0.05, 3.0, count))
    return {"knots": torch.cumsum(gaps, 0) + source.number(-8, 4), "values": source.values(count, scale=2.0)}


def _points(knots: Tensor) -> np.ndarray[Any, Any]:
    x = knots.detach().double().numpy()
    return np.sort(np.concatenate([x, x[:-1] + np.diff(x) * 0.3, x[:-1] + np.diff(x) * 0.77]))


def _network_values(happened: Happened) -> list[Tensor]:
    if not all(isinstance(one, Tensor) for one in happened.value):
        raise TypeError("parameters that are no tensors")
    w1, b1, w2, b2 = (one.double() for one in happened.value)
    if not w1.shape == b1.shape == w2.shape or w1.dim() != 1 or b2.numel() != 1:
        raise ValueError("the parameters do not fit together")
    x = torch.from_numpy(_points(happened.before["knots"][0]))
    return [torch.relu(torch.outer(x, w1) + b1) @ w2 + b2.reshape(())]


def _interpolated(a: Arguments) -> list[Tensor]:
    return [torch.from_numpy(np.interp(_points(a["knots"]), a["knots"].numpy(), a["values"].numpy()))]


def _bends(a: Arguments) -> float:
    slopes = torch.diff(a["values"]) / torch.diff(a["knots"])
    return float(slopes.abs().sum() * a["knots"].abs().max() * 2)


def _neuron(source: Source) -> Arguments:
    n, d = source.sizes(2, 40)
    x = source.extremes(n, d) if not source.plain and source.chance(0.2) else source.values(n, d)
    return {"x": x, "w": source.values(d), "b": source.values()}


def _line(source: Source) -> Arguments:
    n, d = source.sizes(2, 30)
    if source.chance(0.5):  # sums that are exact in any order, many of them zero
        X, w, b = (torch.from_numpy(np.asarray(source.g.integers(-3, 4, s) / 2.0)) for s in ((n, d), (d,), ()))
        b = b + float(source.g.choice([0.0, 0.0, 2.0**-11, -(2.0**-11)]))
        if source.chance(0.3):  # points on the line, however the inputs are rounded
            X, b = X * (torch.from_numpy(source.g.random(n)) < 0.5)[:, None], torch.zeros_like(b)
    else:
        X, w, b = source.normal(n, d), source.normal(d), source.normal()
    right = X @ w + b > 0
    flipped = torch.from_numpy(source.g.random(n) < source.g.choice([0.0, 0.3, 1.0]))
    return {"X": X, "y": (right ^ flipped).long(), "w": w, "b": b}


def _affine(source: Source) -> Arguments:
    d, h, q = source.sizes(3, 30)
    return {"W1": source.values(d, h), "b1": source.values(h), "W2": source.values(h, q), "b2": source.values(q)}


def _check_xor(function: Callable[..., Any]) -> str | None:
    X = torch.tensor([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]], dtype=torch.float64)
    for _ in range(2):
        try:
            parameters = list(function())
            shapes = [tuple(one.shape) for one in parameters]
            W1, b1, W2, b2 = (one.detach().double() for one in parameters)
        except Exception as error:
            return f"{type(error).__name__}: {str(error)[:80]}"
        if shapes != [(2, 2), (2,), (2, 1), (1,)]:
            return f"shapes {shapes}"
        dtypes = {one.dtype for one in parameters}
        if len(dtypes) > 1 or not parameters[0].is_floating_point():
            return "no common floating-point dtype"
        outputs = torch.relu(X @ W1 + b1) @ W2 + b2
        if not bool(((outputs[:, 0] - torch.tensor([0.0, 1.0, 1.0, 0.0])).abs() <= 1.001e-3).all()):
            return f"it computes {outputs[:, 0].tolist()}"
    return None


def _parameters(source: Source) -> tuple[int, int, dict[str, Tensor]]:
    n, d, h, q = source.sizes(4, 20)
    shapes = {"W1": (d, h), "b1": (h,), "W2": (h, q), "b2": (q,)}
    return n, d, {name: source.values(*shape) for name, shape in shapes.items()}


def _forward(source: Source) -> Arguments:
    n, d, params = _parameters(source)
    return {"X": source.values(n, d), "params": params}


def _passed(X: Tensor, params: dict[str, Tensor]) -> list[Tensor]:
    Z = torch.einsum("nd,dh->nh", X, params["W1"]) + params["b1"]
    H = torch.relu(Z)
    return [torch.einsum("nh,hq->nq", H, params["W2"]) + params["b2"], Z, H]


def _read_forward(happened: Happened) -> list[Any]:
    O, cache = happened.value
    return [O, cache["Z"], cache["H"]]


def _objective(source: Source) -> Arguments:
    n, _, params = _parameters(source)
    q = len(params["b2"])
    decay = float(source.g.choice([0.0, 0.3, 1.0, 2.5]))
    return {"O": source.values(n, q), "Y": source.values(n, q), "params": params, "weight_decay": decay}


def _objective_truth(a: Arguments) -> list[Tensor]:
    weights = a["params"]["W1"].square().sum() + a["params"]["W2"].square().sum()
    return [F.mse_loss(a["O"], a["Y"]) + a["weight_decay"] / 2 * weights]


def _outputs(source: Source) -> Arguments:
    n, q = source.sizes(2)
    return {"O": source.values(n, q), "Y": source.values(n, q)}


def _linear(source: Source) -> Arguments:
    n, d, h = source.sizes(3, 30)
    return {"X": source.values(n, d), "W": source.values(d, h), "grad_O": source.values(n, h)}


def _linear_truth(a: Arguments) -> list[Tensor]:
    X, W, G = a["X"], a["W"], a["grad_O"]
    return [torch.einsum("nh,dh->nd", G, W), torch.einsum("nd,nh->dh", X, G), torch.einsum("nh->h", G)]


def _relu_layer(source: Source) -> Arguments:
    n, h = source.sizes(2)
    return {"Z": source.values(n, h), "grad_H": source.values(n, h)}


def _backward(source: Source) -> Arguments:
    while True:
        a = _forward(source)
        if source.chance(0.3):  # an example of zeros: Z is exactly 0 in the units without a bias
            a["X"][0] = 0
            a["params"]["b1"] *= torch.from_numpy(source.g.random(len(a["params"]["b1"]))) < 0.5
        _, Z, H = _passed(a["X"], a["params"])
        if not bool(((Z.abs() < 1e-4) & (Z != 0)).any()):  # rounding must not decide which units are on
            break
    Y = source.values(len(Z), len(a["params"]["b2"]))
    decay = float(source.g.choice([0.0, 0.3, 1.0, 2.5]))
    return {"X": a["X"], "Y": Y, "params": a["params"], "cache": {"Z": Z, "H": H}, "weight_decay": decay}


def _backward_truth(a: Arguments) -> list[Tensor]:
    leaves = {name: value.detach().clone().requires_grad_(True) for name, value in a["params"].items()}
    Z = a["X"] @ leaves["W1"] + leaves["b1"]
    O = torch.where(a["cache"]["Z"] > 0, Z, torch.zeros_like(Z)) @ leaves["W2"] + leaves["b2"]
    J = _objective_truth({"O": O, "Y": a["Y"], "params": leaves, "weight_decay": a["weight_decay"]})[0]
    return list(torch.autograd.grad(J, [leaves[name] for name in ("W1", "b1", "W2", "b2")]))


def _read_gradients(happened: Happened) -> list[Any]:
    return [happened.value[name] for name in ("W1", "b1", "W2", "b2")]


def _function(source: Source) -> Arguments:
    shape = tuple(source.sizes(int(source.g.integers(0, 4)), 3))
    f = ScalarFunction(str(source.g.choice(["cubic", "wave"])), source.normal(*shape))
    return {"f": f, "x": source.values(*shape), "eps": float(source.g.choice([1e-5, 1e-3, 0.1, 0.5]))}


def _central_differences(a: Arguments) -> list[Tensor]:
    f, x, eps = a["f"].build(torch.device("cpu")), a["x"], a["eps"]
    gradient = torch.zeros_like(x)
    for i in range(x.numel()):
        step = torch.zeros(x.numel(), dtype=x.dtype)
        step[i] = eps
        gradient.view(-1)[i] = (f(x + step.reshape(x.shape)) - f(x - step.reshape(x.shape))) / (2 * eps)
    return [gradient, x]


def _numerical_terms(a: Arguments) -> float:
    f, x = a["f"].build(torch.device("cpu")), a["x"].abs() + a["eps"]
    return float(replace(a["f"], a=a["f"].a.abs()).build(torch.device("cpu"))(x).abs() + f(x).abs()) / a["eps"]


def _read_numerical(happened: Happened) -> list[Any]:
    return [happened.value, happened.arguments["x"]]


def _step(source: Source) -> Arguments:
    _, _, params = _parameters(source)
    if source.chance(0.3):
        params = {f"{name}_of_{i}": value for i, (name, value) in enumerate(params.items())}
    grads = {name: source.values(*params[name].shape) for name in source.g.permutation(list(params))}
    made: Any = LeafParameters(params) if source.chance(0.5) else params
    return {"params": made, "grads": grads, "lr": source.number(0.01, 1.5)}


def _step_truth(a: Arguments) -> list[Tensor]:
    values = a["params"].values if isinstance(a["params"], LeafParameters) else a["params"]
    return [values[name] - a["lr"] * a["grads"][name] for name in values]


def _read_step(happened: Happened) -> list[Any]:
    after, given = list(happened.arguments["params"].values()), happened.originals["params"]
    if len(after) != len(given) or any(a is not b for a, b in zip(after, given, strict=True)):
        raise ValueError("other tensors")
    required = [one.requires_grad for one in happened.before["params"]]
    if [one.requires_grad for one in after] != required or not all(one.is_leaf for one in after):
        raise ValueError("no longer the same leaf tensors")
    return [one.detach() for one in after]


def _deep(source: Source) -> Arguments:
    sizes = source.sizes(1 + int(source.g.integers(1, 5)), 20)
    n = source.sizes(1)[0]
    X = source.extremes(n, sizes[0]) if not source.plain and source.chance(0.2) else source.values(n, sizes[0])
    weights = [source.values(a, b) for a, b in pairwise(sizes)]
    return {"X": X, "weights": weights, "biases": [source.values(b) for b in sizes[1:]]}


def _deep_truth(a: Arguments) -> list[Tensor]:
    activations = [a["X"]]
    for W, b in zip(a["weights"], a["biases"], strict=True):
        activations.append(1 / (1 + torch.exp(-(activations[-1] @ W + b))))
    return activations


def _deep_back(source: Source) -> Arguments:
    a = _deep(source)
    activations = _deep_truth({**a, "X": source.values(*a["X"].shape)})
    return {"Y": source.values(*activations[-1].shape), "weights": a["weights"], "activations": activations}


def _deep_back_truth(a: Arguments) -> list[Tensor]:
    activations, weights = a["activations"], a["weights"]
    grad = 2 * (activations[-1] - a["Y"]) / a["Y"].numel()
    grad_weights, grad_biases = [], []
    for A, below, W in reversed(list(zip(activations[1:], activations, weights, strict=False))):
        error = grad * A * (1 - A)
        grad_weights.append(torch.einsum("nd,nh->dh", below, error))
        grad_biases.append(error.sum(0))
        grad = error @ W.T
    return [*reversed(grad_weights), *reversed(grad_biases)]


def _read_lists(happened: Happened) -> list[Any]:
    weights, biases = _items(happened.value)
    return [*_items(weights), *_items(biases)]


def _items(value: Any) -> list[Any]:
    if not isinstance(value, list | tuple):
        raise TypeError("no list")
    return list(value)


def _sizes(source: Source) -> Arguments:
    sizes = [int(n) for n in source.g.integers(1, 60, int(source.g.integers(2, 7)))]
    return {"sizes": tuple(sizes) if source.chance(0.5) else sizes}


def _count(a: Arguments) -> list[Tensor]:
    modules = [nn.Linear(m, k, device="meta") for m, k in zip(a["sizes"], a["sizes"][1:], strict=False)]
    return [torch.tensor(float(sum(p.numel() for module in modules for p in module.parameters())), dtype=torch.float64)]


def _model(source: Source, d: int, h: int, q: int, **options: Any) -> Layers:
    return Layers(source.values(d, h), source.values(h), source.values(h, q), source.values(q), **options)


def _images(source: Source) -> Arguments:
    n, a, b, h, q = source.sizes(5, 6)
    shape = [(a,), (1, a, b), (a, b), (3, a, b)][int(source.g.integers(0, 4))]
    return {"self": _model(source, int(np.prod(shape)), h, q), "X": source.values(n, *shape)}


def _logits(a: Arguments) -> list[Tensor]:
    self, X = a["self"], a["X"]
    return [torch.relu(X.reshape(len(X), -1) @ self.W1 + self.b1) @ self.W2 + self.b2]


def _scores(source: Source) -> Arguments:
    n, q = source.sizes(2, 11)
    logits = source.extremes(n, q) if not source.plain and source.chance(0.3) else source.values(n, q, scale=2.0)
    return {"logits": logits, "y": source.labels(n, q)}


def _single_loss(happened: Happened) -> list[Any]:
    if not isinstance(happened.value, Tensor):
        raise TypeError("no tensor")
    return [happened.value]


def _predictions(source: Source) -> Arguments:
    n, q = source.sizes(2, 40)
    logits, y = source.normal(n, q), source.labels(n, q)
    return {"logits": logits, "y": torch.where(torch.from_numpy(source.g.random(n) < 0.5), logits.argmax(1), y)}


def _read_number(happened: Happened) -> list[Any]:
    value = happened.value
    return [value.reshape(()) if isinstance(value, np.ndarray) and value.ndim == 0 else value]


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
    return [*_read_number(happened), *(getattr(model, name).detach() for name in ("W1", "b1", "W2", "b2"))]


def _network(source: Source) -> Arguments:
    sizes = [max(size, 2) for size in source.sizes(4, 12)]
    grads = source.chance(0.5)
    layers: list[Layer] = []
    for m, k in pairwise(sizes):
        layers.append(Layer("Linear", source.normal(k, m), source.normal(k), grads=grads))
        layers.append(Layer(str(source.g.choice(["ReLU", "Tanh", "Sigmoid"]))))
    layers = layers[: int(source.g.integers(1, len(layers) + 1))]
    training = source.chance(0.5)
    if not training:
        layers.insert(int(source.g.integers(0, 2)), Layer("Dropout"))
    X = source.normal(source.sizes(1)[0] + 1, sizes[0])
    if source.chance(0.2):
        layers.insert(0, Layer("Flatten"))
        X = X[:, None]
    return {"net": Network(tuple(layers), training), "X": X}


def _stds(correction: int) -> Callable[[Arguments], list[Tensor]]:
    def truth(a: Arguments) -> list[Tensor]:
        H, found = a["X"], []
        for layer in a["net"].layers:
            if layer.weight is not None:
                H = H @ layer.weight.T + layer.bias
            elif layer.kind == "Flatten":
                H = H.flatten(1)
            elif layer.kind != "Dropout":
                H = {"ReLU": torch.relu, "Tanh": torch.tanh, "Sigmoid": torch.sigmoid}[layer.kind](H)
            found.append(H.std(correction=correction))
        return found

    return truth


def _read_stds(happened: Happened) -> list[Any]:
    value = happened.value
    return list(value.unbind()) if isinstance(value, Tensor) and value.dim() == 1 else tensors_of(happened)


def _gradients(source: Source) -> Arguments:
    shapes = [tuple(source.sizes(int(source.g.integers(0, 4)))) for _ in range(int(source.g.integers(1, 5)))]
    scale = 0.0 if source.chance(0.1) else 1.0
    grads = [scale * source.values(*shape) for shape in shapes]
    norm = float(torch.cat([grad.flatten() for grad in grads]).norm())
    return {"grads": grads, "max_norm": max(norm, 0.1) * float(source.g.choice([0.1, 0.5, 0.9, 1.1, 3.0, 50.0]))}


def _clipped(added: float) -> Callable[[Arguments], Sequence[Tensor]]:
    def truth(a: Arguments) -> list[Tensor]:
        norm = torch.sqrt(sum((grad**2).sum() for grad in a["grads"]))  # type: ignore[arg-type]
        factor = a["max_norm"] / (norm + added) if norm > a["max_norm"] else torch.ones(())
        return [norm, *(grad * factor for grad in a["grads"])]

    return truth


def _read_clipped(happened: Happened) -> list[Any]:
    after, before = happened.arguments["grads"], happened.originals["grads"]
    if len(after) != len(before) or any(a is not b for a, b in zip(after, before, strict=True)):
        raise ValueError("other tensors")
    return [*_read_number(happened), *after]


CONTRACTS: dict[str, Contract | LeftOut] = {
    "neuron": Contract(_neuron, (lambda a: [torch.sigmoid((a["x"] * a["w"]).sum(1) + a["b"])],), connected=1),
    "linear_accuracy": Contract(
        _line,
        (lambda a: [((a["X"] @ a["w"] + a["b"] > 0) == a["y"]).double().mean()],),
        _read_number,
        keeps=False,
        dtypes=(torch.float32,),  # a share in float32 is right whatever the inputs are
    ),
    "collapse": Contract(_affine, (lambda a: [a["W1"] @ a["W2"], (a["b1"] @ a["W2"]) + a["b2"]],), connected=2),
    "xor_network": Contract(check=_check_xor),
    "relu": _elementwise(torch.relu, connected=1),
    "relu_grad": _elementwise(lambda X: (X > 0).double()),
    "sigmoid": _elementwise(torch.sigmoid, connected=1),
    "sigmoid_grad": _elementwise(lambda X: torch.sigmoid(X) * torch.sigmoid(-X)),
    # In half precision e^12 is infinite; the lesson asks for float32 and float64.
    "tanh": replace(_elementwise(torch.tanh, connected=1), dtypes=(torch.float32, torch.float64)),
    "tanh_grad": _elementwise(lambda X: 1 - torch.tanh(X) ** 2),
    "relu_interpolant": Contract(_knots, (_interpolated,), _network_values, keeps=False, terms=_bends),
    "forward": Contract(_forward, (lambda a: _passed(a["X"], a["params"]),), _read_forward, connected=1),
    "objective": Contract(_objective, (_objective_truth,), _single_loss, connected=1),
    "grad_output": Contract(_outputs, (lambda a: [2 * (a["O"] - a["Y"]) / a["O"].numel()],)),
    "grad_linear": Contract(_linear, (_linear_truth,)),
    "grad_relu": Contract(_relu_layer, (lambda a: [a["grad_H"] * (a["Z"] > 0)],)),
    "backward": Contract(_backward, (_backward_truth,), _read_gradients),
    "numerical_gradient": Contract(
        _function,
        (_central_differences,),
        _read_numerical,
        dtypes=(torch.float64,),
        changes=frozenset({"x"}),
        terms=_numerical_terms,
    ),
    "sgd_step": Contract(_step, (_step_truth,), _read_step, changes=frozenset({"params"})),
    "deep_forward": Contract(_deep, (_deep_truth,), connected=99),
    "deep_backward": Contract(_deep_back, (_deep_back_truth,), _read_lists),
    "num_parameters": Contract(_sizes, (_count,), _read_number, keeps=False),
    "MLPScratch.forward": Contract(_images, (_logits,), connected=1),
    "cross_entropy": Contract(_scores, (lambda a: [F.cross_entropy(a["logits"], a["y"])],), _single_loss, connected=1),
    "accuracy": Contract(
        _predictions,
        (lambda a: [(a["logits"].argmax(1) == a["y"]).double().mean()],),
        _read_number,
        keeps=False,
        dtypes=(torch.float32,),  # a share in float32 is right whatever the logits are
        learning=True,
    ),
    "train_epoch": Contract(_epoch, (_epoch_truth,), _read_epoch, keeps=False, changes=frozenset({"model"})),
    "build_mlp": LeftOut(
        "a network with one thing changed is most often another right answer: its score is an accuracy"
    ),
    "xavier_uniform": sampler("uniform", lambda fan_in, fan_out: 2 / (fan_in + fan_out)),
    "xavier_normal": sampler("normal", lambda fan_in, fan_out: 2 / (fan_in + fan_out)),
    "he_normal": sampler("normal", lambda fan_in, fan_out: 2 / fan_in),
    "init_xavier": Contract(check=check_initializer),
    "activation_stds": Contract(_network, (_stds(0), _stds(1)), _read_stds, keeps=False, precision=torch.float32),
    "clip_gradients": Contract(
        _gradients,
        (_clipped(0.0), _clipped(1e-6)),
        _read_clipped,
        keeps=False,
        changes=frozenset({"grads"}),
    ),
}
