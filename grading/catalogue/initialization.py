"""Lesson 05: samplers for weights, an initialized network, activations watched through depth, and clipping."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import torch
from torch import Tensor

from grading.catalogue import initialization_clipping, initialization_networks, initialization_samplers
from grading.judging.draw import Draw
from grading.judging.exercise import CARE, Arguments, Ban, Case, Exercise, Mistake
from grading.judging.initializing import BIASES, WEIGHTS, examine_initializer
from grading.judging.read import Number, Reading, Truth, as_number, describe, nothing_returned
from grading.judging.sampling import SHARES, Sampler
from grading.judging.statistics import NORMAL, UNIFORM
from grading.judging.verdict import Finding
from grading.judging.weights import SCALE
from grading.probe.call import Observation
from grading.probe.networks import Layer, Network
from grading.probe.watch import CLIP_GRAD, NN_INIT

LESSON = "05-initialization"

_NO_INIT = Ban(
    frozenset({NN_INIT}),
    "Draw from `torch.rand` or `torch.randn` (or `uniform_`, `normal_`) and bring the numbers to the right scale yourself.",
)


def xavier_std(fan_in: int, fan_out: int) -> float:
    """Return Glorot and Bengio's standard deviation (2010, equation 12)."""
    return math.sqrt(2 / (fan_in + fan_out))


def he_std(fan_in: int, fan_out: int) -> float:
    """Return He and others' standard deviation (2015, equation 10)."""
    return math.sqrt(2 / fan_in)


def _sampler(
    name: str, points: float, summary: str, sampler: Sampler, wrong: tuple[Mistake, ...], hints: tuple[str, ...]
) -> Exercise:
    return Exercise(
        name=name,
        lesson=LESSON,
        points=points,
        parameters=("fan_in", "fan_out"),
        summary=summary,
        outputs=(SCALE,),
        parts=SHARES,
        mistakes=wrong,
        hints=hints,
        ban=_NO_INIT,
        keeps_dtype=False,
        examine=sampler,
    )


XAVIER_UNIFORM = _sampler(
    "xavier_uniform",
    1.5,
    "Return a fresh (fan_in, fan_out) sample, uniform around 0, with standard deviation sqrt(2 / (fan_in + fan_out)).",
    Sampler(UNIFORM, xavier_std, "√(2 / (fan_in + fan_out))"),
    initialization_samplers.XAVIER_UNIFORM,
    (
        "Two questions: which interval has that standard deviation, and how do you stretch `torch.rand` over it?",
        "The variance of the uniform distribution on (-a, a) is a² / 3. Set it equal to 2 / (fan_in + fan_out).",
        "`torch.rand` lies between 0 and 1, so 2 u - 1 lies between -1 and 1.",
        "`a = math.sqrt(6 / (fan_in + fan_out))`, then `(2 * torch.rand(fan_in, fan_out) - 1) * a`.",
    ),
)

XAVIER_NORMAL = _sampler(
    "xavier_normal",
    1.5,
    "Return a fresh (fan_in, fan_out) sample, normal around 0, with standard deviation sqrt(2 / (fan_in + fan_out)).",
    Sampler(NORMAL, xavier_std, "√(2 / (fan_in + fan_out))"),
    initialization_samplers.XAVIER_NORMAL,
    (
        "`torch.randn` has standard deviation 1. What does a factor do to it, and what to its variance?",
        "A factor c multiplies the standard deviation by |c| and the variance by c².",
        "`torch.randn(fan_in, fan_out) * math.sqrt(2 / (fan_in + fan_out))`.",
    ),
)

HE_NORMAL = _sampler(
    "he_normal",
    1.0,
    "Return a fresh (fan_in, fan_out) sample, normal around 0, with standard deviation sqrt(2 / fan_in).",
    Sampler(NORMAL, he_std, "√(2 / fan_in)"),
    initialization_samplers.HE_NORMAL,
    (
        "Which of the two sizes tells how many terms a pre-activation sums up?",
        "The variance is 2 / fan_in. What is the factor in front of `torch.randn`?",
        "`torch.randn(fan_in, fan_out) * math.sqrt(2 / fan_in)`.",
    ),
)


INIT_XAVIER = Exercise(
    name="init_xavier",
    lesson=LESSON,
    points=2.0,
    parameters=("net",),
    summary="Set the weight of every nn.Linear in net to a uniform Xavier sample and its bias to zero, in place.",
    outputs=(WEIGHTS,),
    parts={WEIGHTS: 0.5, BIASES: 0.25, CARE: 0.25},
    mistakes=initialization_networks.INIT_XAVIER,
    hints=(
        "`for layer in net` goes through the children. How do you tell a linear layer from an activation?",
        "`isinstance(layer, nn.Linear)`. Its parameters are `layer.weight` and `layer.bias`; the bias may be None.",
        "`nn.init.xavier_uniform_` and `nn.init.zeros_` write into a parameter without autograd noticing.",
        "For every linear layer: `nn.init.xavier_uniform_(layer.weight)`, and `nn.init.zeros_(layer.bias)` if it has one.",
    ),
    keeps_dtype=False,
    examine=examine_initializer,
)


def _linear(draw: Draw, fan_in: int, fan_out: int, *, grads: bool = False) -> Layer:
    weight = draw.normal(fan_out, fan_in, scale=1.5 / math.sqrt(fan_in))
    return Layer("Linear", weight, draw.normal(fan_out, scale=0.3), grads=grads)


def _deep(draw: Draw, *, training: bool = True, grads: bool = False) -> Arguments:
    n, d, h1, h2, q = draw.sizes(5, 2, 9)
    n, q = n + 2, q + 1  # no output so small that its standard deviation is 0 or undefined
    if draw.simple:
        return {"net": Network((_linear(draw, d, q), Layer("Tanh"))), "X": draw.normal(n, d)}
    layers = (
        _linear(draw, d, h1, grads=grads),
        Layer("ReLU"),
        _linear(draw, h1, h2, grads=grads),
        Layer("Tanh"),
        _linear(draw, h2, q, grads=grads),
    )
    return {"net": Network(layers, training), "X": draw.normal(n, d, scale=1.7) + 0.4}


def _trained(draw: Draw) -> Arguments:
    return _deep(draw, grads=True)


def _evaluating(draw: Draw) -> Arguments:
    n, d, h, q = draw.sizes(4, 3, 9)
    layers = (_linear(draw, d, h), Layer("Dropout"), Layer("Sigmoid"), _linear(draw, h, q))
    return {"net": Network(layers, training=False), "X": draw.normal(n, d)}


def _activation_first(draw: Draw) -> Arguments:
    n, d, q = draw.sizes(3, 3, 8)
    norm = Layer("LayerNorm", draw.uniform(d, low=0.5, high=2.0), draw.normal(d))
    return {"net": Network((Layer("ReLU"), norm, _linear(draw, d, q))), "X": draw.normal(n, d)}


def _single(draw: Draw) -> Arguments:
    n, d, q = draw.sizes(3, 3, 8)
    return {"net": Network((_linear(draw, d, q),)), "X": draw.normal(n, d)}


def _images(draw: Draw) -> Arguments:
    n, h, q = draw.sizes(3, 3, 8)
    layers = (Layer("Flatten"), _linear(draw, 20, h), Layer("Sigmoid"), _linear(draw, h, q))
    return {"net": Network(layers), "X": draw.uniform(n, 1, 4, 5)}


def _outputs(net: Network, X: Tensor) -> list[Tensor]:
    """Return the output of every layer in float64, from the formulas of the layers."""
    outputs = []
    H = X
    for layer in net.layers:
        if layer.kind == "Linear":
            assert layer.weight is not None and layer.bias is not None
            H = torch.einsum("nd,hd->nh", H, layer.weight) + layer.bias
        elif layer.kind == "LayerNorm":
            assert layer.weight is not None and layer.bias is not None
            centred = H - H.mean(dim=1, keepdim=True)
            H = centred / (centred.square().mean(dim=1, keepdim=True) + 1e-5).sqrt() * layer.weight + layer.bias
        elif layer.kind == "Flatten":
            H = H.reshape(len(H), -1)
        else:
            H = {"ReLU": torch.relu, "Tanh": torch.tanh, "Sigmoid": torch.sigmoid}.get(layer.kind, lambda Z: Z)(H)
        outputs.append(H)
    return outputs


def _population_stds(net: Network, X: Tensor) -> Tensor:
    return torch.stack([(H - H.mean()).square().mean().sqrt() for H in _outputs(net, X)])


def _read_stds(observation: Observation, arguments: Mapping[str, Any], truth: Truth) -> Reading | Finding:
    """Read the numbers; standard deviations of a sample are turned into those of the population."""
    value = observation.value
    nothing = nothing_returned(value)
    if nothing is not None:
        return nothing
    listed = value.unbind() if isinstance(value, Tensor) and value.dim() == 1 else value
    numbers = [as_number(one) for one in listed] if isinstance(listed, list | tuple) else [None]
    if any(one is None for one in numbers):
        odd = (
            next((one for one in listed if as_number(one) is None), value)
            if isinstance(listed, list | tuple)
            else value
        )
        facts = (("expected", "a list of numbers, one for each layer"), ("got", describe(odd)))
        title = "it should return one number for each layer."
        return Finding(
            "", "type", title, facts if odd is value else (facts[0], ("got", f"{describe(odd)} in the list"))
        )
    got = torch.tensor(numbers, dtype=torch.float64)
    net, X = arguments["net"].cast(torch.float64), arguments["X"].double()
    counts = torch.tensor([H.numel() for H in _outputs(net, X)], dtype=torch.float64)
    if len(got) != len(counts):
        facts = (("expected", f"{len(counts)}, one for each child of {net}"), ("got", str(len(got))))
        return Finding("", "shape", "the number of values is wrong.", facts)
    due = truth["stds"]
    of_population = got * ((counts - 1) / counts).sqrt()
    closer = (of_population - due).abs().max() < (got - due).abs().max()
    return {"stds": of_population if closer else got}


def _rounding(arguments: Arguments) -> int:
    """Count terms for the tolerance; a deviation that was rounded to float32 is right, too, also of a float64 network."""
    terms = 4 * sum(int(layer.weight.numel()) for layer in arguments["net"].layers if layer.weight is not None)
    return terms if arguments["X"].dtype is not torch.float64 else terms * 2**29


ACTIVATION_STDS = Exercise(
    name="activation_stds",
    lesson=LESSON,
    points=2.0,
    parameters=("net", "X"),
    summary="Return the standard deviation of the output of each child of net for the input X, in order, as numbers.",
    outputs=("stds",),
    read=_read_stds,
    cases=(
        Case("ordinary values", _deep, twice=True),
        Case("a single layer", _single),
        Case("an activation as the first layer", _activation_first),
        Case("a network in float64", _deep, dtype=torch.float64),
        Case("a network that has gradients", _trained, CARE),
        Case("a network in evaluation mode", _evaluating, CARE),
        Case("a view with strides", _deep, CARE, layout="strided"),
        Case("an input that requires a gradient", _deep, CARE, requires_grad=True),
        Case("images that the first layer flattens", _images, hidden=True),
        Case("other values", _deep, hidden=True),
    ),
    reference=_population_stds,
    mistakes=initialization_networks.ACTIVATION_STDS,
    hints=(
        "The children are called one after the other, and each gets what the one before gave.",
        "`for layer in net: X = layer(X)` is the forward pass. What do you note down after each step?",
        "`X.std().item()` is a number. Inside `torch.no_grad()` autograd records nothing.",
        "Within `torch.no_grad()`: `stds = []`, then for each layer `X = layer(X)` and `stds.append(X.std().item())`.",
    ),
    reduction=_rounding,
    keeps_dtype=False,
)


def _gradients(draw: Draw, factor: float) -> Arguments:
    d, h, q = draw.sizes(3, 2, 7)
    grads = [draw.normal(d, h, scale=2.0), draw.normal(h, scale=0.5), draw.normal(h, q, scale=3.0), draw.normal(q)]
    norm = float(torch.cat([grad.flatten() for grad in grads]).norm())
    return {"grads": grads, "max_norm": max(norm, 0.1) * factor}


def _large(draw: Draw) -> Arguments:
    if draw.simple:
        return {"grads": [torch.tensor([3.0, 0.0], dtype=torch.float64), torch.tensor([4.0])], "max_norm": 2.0}
    return _gradients(draw, float(draw.uniform(low=0.1, high=0.6)))


def _small(draw: Draw) -> Arguments:
    if draw.simple:
        return {"grads": [torch.tensor([3.0, 0.0], dtype=torch.float64), torch.tensor([4.0])], "max_norm": 10.0}
    return _gradients(draw, float(draw.uniform(low=1.5, high=4.0)))


def _each_small(draw: Draw) -> Arguments:
    grads = [draw.normal(3, 4), draw.normal(4), draw.normal(4, 2)]
    grads = [grad / grad.norm() * 2.0 for grad in grads]  # together √12, each below 3
    return {"grads": grads, "max_norm": 3.0}


def _one_tensor(draw: Draw) -> Arguments:
    return {"grads": [draw.normal(*draw.sizes(2), scale=3.0)], "max_norm": 0.5}


def _odd_shapes(draw: Draw) -> Arguments:
    grads = [draw.normal() + 4.0, draw.normal(2, 3, 4), draw.normal(5)]
    return {"grads": grads, "max_norm": 0.25}


def _zeros(draw: Draw) -> Arguments:
    return {"grads": [torch.zeros(3, 2, dtype=torch.float64), torch.zeros(2, dtype=torch.float64)], "max_norm": 1.0}


def _many(draw: Draw) -> Arguments:
    grads = [draw.normal(draw.integer(1, 40), draw.integer(1, 40)) for _ in range(12)]
    return {"grads": grads, "max_norm": 1.0}


def _clipped(grads: list[Tensor], max_norm: float) -> tuple[Tensor, Tensor]:
    """Return the norm of all gradients as one long vector, and that vector clipped."""
    vector = torch.cat([grad.flatten() for grad in grads])
    norm = torch.linalg.vector_norm(vector)
    return norm, torch.nn.functional.normalize(vector, dim=0) * max_norm if norm > max_norm else vector


def _without_epsilon(vector: Tensor, truth: Tensor, norm: float) -> Tensor:
    """Return the clipped vector as it would be had about 1e-6 not been added to the norm, or unchanged."""
    length = float(truth.norm())
    factor = float(vector @ truth) / length**2 if length > 0 else 1.0
    return vector / factor if 0 < abs(factor - 1) * norm < 2.5e-6 else vector


_IN_PLACE = "The parameters keep their old gradients. `mul_` and `*=` change a tensor itself."


def _read_clipped(observation: Observation, arguments: Mapping[str, Any], truth: Truth) -> Reading | Finding:
    """Read the returned norm, and from the arguments the gradients as one vector; 1e-6 added to the norm is taken out."""
    norm = Number("norm")(observation, arguments, truth)
    if isinstance(norm, Finding):
        return norm
    after = observation.after["grads"]
    shapes = [tuple(grad.shape) for grad in arguments["grads"]]
    kept = [tuple(grad.shape) if isinstance(grad, Tensor) else None for grad in after]
    if kept != shapes:
        facts = (("expected", f"shapes {shapes}"), ("got", f"shapes {kept}"))
        return Finding("", "shape", "the gradients have lost their shapes.", facts)
    vector = torch.cat([grad.double().flatten() for grad in after])
    true_norm = float(truth["norm"])
    vector = _without_epsilon(vector, truth["clipped"], true_norm)
    if not observation.same_objects:
        right = abs(float(norm["norm"]) - true_norm) <= 1e-3 * true_norm
        return Finding("clipped" if right else "", "identity", "it replaces the tensors in the list.", (), _IN_PLACE)
    return {**norm, "clipped": vector}


def _elements(arguments: Arguments) -> int:
    return sum(int(grad.numel()) for grad in arguments["grads"])


CLIP_GRADIENTS = Exercise(
    name="clip_gradients",
    lesson=LESSON,
    points=2.0,
    parameters=("grads", "max_norm"),
    summary="Scale the gradients in place so that the norm of all together is at most max_norm; return the norm before.",
    outputs=("norm", "clipped"),
    read=_read_clipped,
    cases=(
        Case("a norm above the bound", _large, twice=True),
        Case("a norm below the bound", _small),
        Case("each norm below the bound, but not all together", _each_small),
        Case("one tensor", _one_tensor, CARE),
        Case("a 0-dimensional tensor and one with three axes", _odd_shapes, CARE),
        Case("gradients that are all zero", _zeros, CARE),
        Case("gradients in float64", _large, CARE, torch.float64),
        Case("views with strides", _large, CARE, layout="strided"),
        Case("transposed gradients", _large, CARE, layout="transposed"),
        Case("twelve tensors", _many, hidden=True),
        Case("another norm below the bound", _small, hidden=True),
    ),
    reference=_clipped,
    parts={"norm": 0.3, "clipped": 0.5, CARE: 0.2},
    mistakes=initialization_clipping.CLIP_GRADIENTS,
    hints=(
        "Think of all gradients as one long vector. What is its length, and by which factor is it too long?",
        "The norm is the square root of the sum of all squares of all tensors. One factor shrinks them all.",
        "If the norm is above max_norm, the factor is max_norm / norm. `grad.mul_(factor)` changes a tensor in place.",
        "`norm = math.sqrt(sum(float((g * g).sum()) for g in grads))`; if norm > max_norm, `g.mul_(max_norm / norm)` for each g.",
    ),
    ban=Ban(
        frozenset({CLIP_GRAD}),
        "`torch.nn.utils` has this function; here you write it: one norm, one comparison, one factor.",
    ),
    reduction=_elements,
    may_change=frozenset({"grads"}),
    keeps_dtype=False,
)

EXERCISES = (XAVIER_UNIFORM, XAVIER_NORMAL, HE_NORMAL, INIT_XAVIER, ACTIVATION_STDS, CLIP_GRADIENTS)
