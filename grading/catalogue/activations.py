"""Lesson 02: activation functions, their derivatives, and an interpolant made of ReLUs."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import torch

from grading.catalogue import bans
from grading.judging.draw import Draw
from grading.judging.exercise import CARE, Arguments, Ban, Case, Exercise, Mistake
from grading.judging.read import Reading, Tensors, Truth, nothing_returned
from grading.judging.verdict import Finding
from grading.probe.call import Observation

LESSON = "02-activations"
EXTREMES = "extremes"


def _matrix(draw: Draw) -> Arguments:
    n, d = draw.sizes(2)
    return {"X": draw.wide(n, d)}


def _column(draw: Draw) -> Arguments:
    return {"X": draw.wide(1, draw.integer(3, 6))}


def _cube(draw: Draw) -> Arguments:
    return {"X": draw.wide(*draw.sizes(3, 2, 5))}


def _scalar(draw: Draw) -> Arguments:
    return {"X": draw.wide()}


def _empty(draw: Draw) -> Arguments:
    return {"X": torch.zeros(0, draw.integer(2, 5), dtype=torch.float64)}


def _extremes(draw: Draw) -> Arguments:
    return {"X": draw.extreme(4, 3)}


def _with_zeros(draw: Draw) -> Arguments:
    X = draw.wide(5, 3)
    X[::2] = 0.0
    return {"X": X}


def elementwise_cases(*, connected: bool) -> tuple[Case, ...]:
    """Return the cases of a function of one tensor of any shape; `connected` if autograd must pass through it."""
    return (
        Case("ordinary values", _matrix, twice=True),
        Case("zeros among the values", _with_zeros),
        Case("values up to 1000", _extremes, EXTREMES),
        Case("values up to 1000 in float64", _extremes, EXTREMES, torch.float64),
        Case("a tensor with three axes", _cube, CARE),
        Case("a 0-dimensional tensor", _scalar, CARE),
        Case("a single row", _column, CARE),
        Case("an empty batch", _empty, CARE),
        Case("a tensor in float64", _matrix, CARE, torch.float64),
        Case("a tensor in float16", _matrix, CARE, torch.float16),
        Case("a tensor in bfloat16", _matrix, CARE, torch.bfloat16),
        Case("a view with strides", _matrix, CARE, layout="strided"),
        Case("a transposed tensor", _matrix, CARE, layout="transposed"),
        Case("a tensor that requires a gradient", _matrix, CARE, requires_grad=True, connected=connected),
        Case("other values", _matrix, hidden=True),
        Case("more values up to 1000", _extremes, EXTREMES, hidden=True),
    )


def _elementwise(
    name: str,
    points: float,
    summary: str,
    reference: Callable[..., Any],
    ban: Ban,
    mistakes: tuple[Mistake, ...],
    hints: tuple[str, ...],
    *,
    connected: bool = False,
) -> Exercise:
    return Exercise(
        name=name,
        lesson=LESSON,
        points=points,
        parameters=("X",),
        summary=summary,
        outputs=("result",),
        read=Tensors(("result",)),
        cases=elementwise_cases(connected=connected),
        reference=reference,
        parts={"result": 0.6, EXTREMES: 0.2, CARE: 0.2},
        mistakes=mistakes,
        hints=hints,
        ban=ban,
        like={"result": "X"},
    )


def _relu_reduces(X: torch.Tensor) -> Any:
    return torch.max(X, 0)


def _relu_reduces_values(X: torch.Tensor) -> torch.Tensor:
    return torch.max(X, 0).values


def _relu_absolute(X: torch.Tensor) -> torch.Tensor:
    return torch.abs(X)


def _relu_negative_part(X: torch.Tensor) -> torch.Tensor:
    return torch.clamp(X, max=0)


def _relu_mask_only(X: torch.Tensor) -> torch.Tensor:
    return (X > 0).to(X.dtype)


def _relu_in_place(X: torch.Tensor) -> torch.Tensor:
    X[X < 0] = 0
    return X


def _relu_capped(X: torch.Tensor) -> torch.Tensor:
    return torch.clamp(X, 0, 1)


def _relu_leaky(X: torch.Tensor) -> torch.Tensor:
    return torch.where(X > 0, X, 0.01 * X)


def _relu_zeros_on_cpu(X: torch.Tensor) -> torch.Tensor:
    return torch.maximum(X, torch.zeros(X.shape, dtype=X.dtype))


RELU = _elementwise(
    "relu",
    1.0,
    "Return max(x, 0) for every element x of X.",
    torch.relu,
    bans.RELU,
    (
        Mistake(
            "reduces",
            _relu_reduces,
            "torch.max(X, 0) takes the maximum over dimension 0 and returns a pair. You want each element compared with zero.",
        ),
        Mistake(
            "reduces-values",
            _relu_reduces_values,
            "torch.max(X, 0) takes the maximum over dimension 0: one number a column. You want each element compared with zero.",
        ),
        Mistake(
            "absolute", _relu_absolute, "This is |x|: negative inputs come back positive, but ReLU makes them zero."
        ),
        Mistake(
            "negative-part",
            _relu_negative_part,
            "This keeps the negative part, min(x, 0). ReLU keeps the positive one; look at the direction of the comparison.",
        ),
        Mistake(
            "mask-only",
            _relu_mask_only,
            "This is 1 where x > 0: the derivative, not the function. Where x is positive, x itself should come back.",
        ),
        Mistake(
            "in-place",
            _relu_in_place,
            "The negative elements are overwritten in X itself, so the caller's data is lost. Make a new tensor.",
        ),
        Mistake("capped", _relu_capped, "This stops at 1. ReLU has no upper bound: large inputs pass unchanged."),
        Mistake(
            "leaky", _relu_leaky, "This is the leaky ReLU with slope 0.01 below zero. The plain one is exactly 0 there."
        ),
        Mistake(
            "zeros-on-cpu",
            _relu_zeros_on_cpu,
            "The zeros are made on the CPU, whatever the device of X. Use torch.zeros_like(X), or no tensor of zeros at all.",
        ),
    ),
    (
        "For one number: what should come back for -2, for 0 and for 3?",
        "A comparison gives a mask of the shape of X. What happens if you multiply X by it?",
        "torch.max with an integer as its second argument reduces a dimension. Which function compares element by element?",
        "`torch.clamp(X, min=0)` does it; so do `X * (X > 0)` and `torch.where`.",
    ),
    connected=True,
)


def _relu_grad_at_zero(X: torch.Tensor) -> torch.Tensor:
    return (X >= 0).to(X.dtype)


def _relu_grad_boolean(X: torch.Tensor) -> torch.Tensor:
    return X > 0


def _relu_grad_sign(X: torch.Tensor) -> torch.Tensor:
    return torch.sign(X)


def _relu_grad_function(X: torch.Tensor) -> torch.Tensor:
    return torch.clamp(X, min=0)


def _relu_grad_half(X: torch.Tensor) -> torch.Tensor:
    return torch.heaviside(X, torch.tensor(0.5, dtype=X.dtype, device=X.device))


def _relu_grad_ones(X: torch.Tensor) -> torch.Tensor:
    return torch.ones_like(X)


def _relu_grad_reversed(X: torch.Tensor) -> torch.Tensor:
    return (X < 0).to(X.dtype)


def _step(X: torch.Tensor) -> torch.Tensor:
    return torch.heaviside(X, torch.zeros((), dtype=X.dtype))


RELU_GRAD = _elementwise(
    "relu_grad",
    1.0,
    "Return the derivative of ReLU at every element of X: 1 where x > 0, else 0 (at 0 too, as in PyTorch).",
    _step,
    bans.RELU_GRAD,
    (
        Mistake(
            "one-at-zero",
            _relu_grad_at_zero,
            "At exactly 0 this gives 1. By the convention of PyTorch it is 0: use a strict >.",
        ),
        Mistake(
            "boolean",
            _relu_grad_boolean,
            "This is a mask of True and False. A derivative is a number: give it the dtype of X.",
        ),
        Mistake("sign", _relu_grad_sign, "The sign is -1 below zero. There ReLU is constant, so its derivative is 0."),
        Mistake("function", _relu_grad_function, "This is ReLU itself. Its slope is asked for: how steep is it at x?"),
        Mistake("half-at-zero", _relu_grad_half, "At exactly 0 this gives 1/2. By the convention of PyTorch it is 0."),
        Mistake("ones", _relu_grad_ones, "This is 1 everywhere. Below zero ReLU is flat, and its slope is 0."),
        Mistake("reversed", _relu_grad_reversed, "This is 1 below zero and 0 above: the other way round."),
    ),
    (
        "Draw ReLU. How steep is it left of zero, and how steep right of it?",
        "A comparison gives a mask; the result should have the dtype of X.",
        "`(X > 0).to(X.dtype)` does it.",
    ),
)


def _sigmoid_overflows(X: torch.Tensor) -> torch.Tensor:
    return torch.exp(X) / (1 + torch.exp(X))


def _sigmoid_sign(X: torch.Tensor) -> torch.Tensor:
    return 1 / (1 + torch.exp(X))


def _sigmoid_minus(X: torch.Tensor) -> torch.Tensor:
    return 1 / (1 - torch.exp(-X))


def _sigmoid_precedence(X: torch.Tensor) -> torch.Tensor:
    return 1 / 1 + torch.exp(-X)


def _sigmoid_clamped(X: torch.Tensor) -> torch.Tensor:
    return 1 / (1 + torch.exp(-torch.clamp(X, -3, 3)))


def _sigmoid_softmax(X: torch.Tensor) -> torch.Tensor:
    return torch.exp(X) / torch.exp(X).sum()


SIGMOID = _elementwise(
    "sigmoid",
    1.5,
    "Return 1 / (1 + exp(-x)) for every element x of X, finite for every finite x.",
    torch.sigmoid,
    bans.SIGMOID,
    (
        Mistake(
            "overflows",
            _sigmoid_overflows,
            "exp(x) overflows for large x, and inf / inf is no number. Use exp of a negative number only: two branches, or |x|.",
        ),
        Mistake(
            "sign", _sigmoid_sign, "The sign of the exponent is wrong: this falls from 1 to 0, and it is sigmoid(-x)."
        ),
        Mistake("minus", _sigmoid_minus, "The denominator has a minus where the sigmoid has a plus."),
        Mistake(
            "precedence",
            _sigmoid_precedence,
            "1 / 1 + exp(-x) is (1 / 1) + exp(-x) to Python. The denominator needs its own parentheses.",
        ),
        Mistake(
            "clamped",
            _sigmoid_clamped,
            "Clamping x to a small range changes the values outside. Clamp nothing that matters.",
        ),
        Mistake(
            "softmax",
            _sigmoid_softmax,
            "This divides by a sum over all elements, as softmax does. The sigmoid looks at one element at a time.",
        ),
    ),
    (
        "The formula has one exp. What is exp(800), and what is exp(-800)?",
        "Multiply numerator and denominator by exp(x): a second formula, good where the first one is bad.",
        "With e = exp(-|x|), both formulas are fractions over 1 + e.",
        "`e = torch.exp(-X.abs())`, then `torch.where(X >= 0, 1 / (1 + e), e / (1 + e))`.",
    ),
    connected=True,
)


def _stable_sigmoid(X: torch.Tensor) -> torch.Tensor:
    e = torch.exp(-X.abs())
    return torch.where(X >= 0, 1 / (1 + e), e / (1 + e))


def _sigmoid_grad_of_activation(X: torch.Tensor) -> torch.Tensor:
    return X * (1 - X)


def _sigmoid_grad_twice(X: torch.Tensor) -> torch.Tensor:
    a = _stable_sigmoid(_stable_sigmoid(X))
    return a * (1 - a)


def _sigmoid_grad_plus(X: torch.Tensor) -> torch.Tensor:
    a = _stable_sigmoid(X)
    return a * (1 + a)


def _sigmoid_grad_square(X: torch.Tensor) -> torch.Tensor:
    a = _stable_sigmoid(X)
    return 1 - a**2


def _sigmoid_grad_function(X: torch.Tensor) -> torch.Tensor:
    return _stable_sigmoid(X)


def _sigmoid_grad_overflows(X: torch.Tensor) -> torch.Tensor:
    return torch.exp(-X) / (1 + torch.exp(-X)) ** 2


def _sigmoid_grad_one_minus(X: torch.Tensor) -> torch.Tensor:
    return 1 - _stable_sigmoid(X)


def _sigmoid_derivative(X: torch.Tensor) -> torch.Tensor:
    # 1 / (4 cosh(x/2)^2), an identity that shares nothing with the usual answer.
    return 0.25 / torch.cosh(X.clamp(-700, 700) / 2) ** 2


SIGMOID_GRAD = _elementwise(
    "sigmoid_grad",
    1.0,
    "Return the derivative of the sigmoid at every element of X.",
    _sigmoid_derivative,
    bans.SIGMOID_GRAD,
    (
        Mistake(
            "of-activation",
            _sigmoid_grad_of_activation,
            "a (1 - a) is right for a = sigmoid(x). Here it was fed with x itself.",
        ),
        Mistake("sigmoid-twice", _sigmoid_grad_twice, "The sigmoid was applied twice before a (1 - a) was taken."),
        Mistake(
            "plus",
            _sigmoid_grad_plus,
            "This is a (1 + a). Work out the derivative of 1 / (1 + exp(-x)) once more: mind the sign.",
        ),
        Mistake("of-tanh", _sigmoid_grad_square, "1 - a^2 belongs to tanh. The sigmoid's derivative has another form."),
        Mistake("function", _sigmoid_grad_function, "This is the sigmoid itself; its derivative is asked for."),
        Mistake(
            "overflows",
            _sigmoid_grad_overflows,
            "For large negative x, exp(-x) overflows and inf / inf is no number. Build it from your stable sigmoid.",
        ),
        Mistake(
            "factor-missing",
            _sigmoid_grad_one_minus,
            "A factor is missing: this is 1 - a, and the chain rule leaves a (1 - a).",
        ),
    ),
    (
        "Differentiate 1 / (1 + exp(-x)) with the chain rule.",
        "Write the result with a = sigmoid(x) only; x itself disappears.",
        "`a = sigmoid(X)`, then `a * (1 - a)`.",
    ),
)


def _tanh_overflows(X: torch.Tensor) -> torch.Tensor:
    return (torch.exp(X) - torch.exp(-X)) / (torch.exp(X) + torch.exp(-X))


def _tanh_half(X: torch.Tensor) -> torch.Tensor:
    return 2 * _stable_sigmoid(X) - 1


def _tanh_no_shift(X: torch.Tensor) -> torch.Tensor:
    return 2 * _stable_sigmoid(2 * X)


def _tanh_inverse_sign(X: torch.Tensor) -> torch.Tensor:
    return 1 - 2 * _stable_sigmoid(2 * X)


def _tanh_unscaled(X: torch.Tensor) -> torch.Tensor:
    return _stable_sigmoid(2 * X) - 1


def _tanh_sigmoid(X: torch.Tensor) -> torch.Tensor:
    return _stable_sigmoid(X)


def _tanh_coth(X: torch.Tensor) -> torch.Tensor:
    return 1 / _tanh_stable(X)


def _tanh_stable(X: torch.Tensor) -> torch.Tensor:
    e = torch.exp(-2 * X.abs())
    return torch.sign(X) * (1 - e) / (1 + e)


TANH = _elementwise(
    "tanh",
    1.5,
    "Return (exp(x) - exp(-x)) / (exp(x) + exp(-x)) for every element x of X, finite for every finite x.",
    torch.tanh,
    bans.TANH,
    (
        Mistake(
            "overflows",
            _tanh_overflows,
            "exp(x) or exp(-x) overflows for large |x|, and inf / inf is no number. Your stable sigmoid has solved this already.",
        ),
        Mistake(
            "half-argument", _tanh_half, "2 sigmoid(x) - 1 is tanh(x / 2). The argument of the sigmoid must be doubled."
        ),
        Mistake("no-shift", _tanh_no_shift, "This lies between 0 and 2. One must be subtracted to centre it at zero."),
        Mistake("sign", _tanh_inverse_sign, "The sign is turned: this is -tanh(x)."),
        Mistake(
            "unscaled",
            _tanh_unscaled,
            "This lies between -1 and 0. The sigmoid must be stretched by 2 before 1 is subtracted.",
        ),
        Mistake("sigmoid", _tanh_sigmoid, "This is the sigmoid. tanh runs from -1 to 1."),
        Mistake("inverted", _tanh_coth, "Numerator and denominator are swapped: this is coth(x)."),
    ),
    (
        "How is tanh related to the sigmoid? Compare their graphs: height, centre, steepness.",
        "tanh(x) = 2 sigmoid(2 x) - 1. Is your sigmoid stable?",
        "Either use that, or `e = torch.exp(-2 * X.abs())` with the sign of X in front of (1 - e) / (1 + e).",
    ),
    connected=True,
)


def _tanh_grad_of_activation(X: torch.Tensor) -> torch.Tensor:
    return 1 - X**2


def _tanh_grad_unsquared(X: torch.Tensor) -> torch.Tensor:
    return 1 - _tanh_stable(X)


def _tanh_grad_plus(X: torch.Tensor) -> torch.Tensor:
    return 1 + _tanh_stable(X) ** 2


def _tanh_grad_of_sigmoid(X: torch.Tensor) -> torch.Tensor:
    a = _tanh_stable(X)
    return a * (1 - a)


def _tanh_grad_function(X: torch.Tensor) -> torch.Tensor:
    return _tanh_stable(X)


def _tanh_grad_overflows(X: torch.Tensor) -> torch.Tensor:
    return 1 - ((torch.exp(X) - torch.exp(-X)) / (torch.exp(X) + torch.exp(-X))) ** 2


def _tanh_derivative(X: torch.Tensor) -> torch.Tensor:
    # 1 / cosh(x)^2, an identity that shares nothing with the usual answer.
    return 1 / torch.cosh(X.clamp(-350, 350)) ** 2


TANH_GRAD = _elementwise(
    "tanh_grad",
    1.0,
    "Return the derivative of tanh at every element of X.",
    _tanh_derivative,
    bans.TANH_GRAD,
    (
        Mistake(
            "of-activation",
            _tanh_grad_of_activation,
            "1 - a^2 is right for a = tanh(x). Here it was fed with x itself.",
        ),
        Mistake("unsquared", _tanh_grad_unsquared, "This is 1 - tanh(x); the tanh must be squared."),
        Mistake(
            "plus",
            _tanh_grad_plus,
            "This is 1 + tanh(x)^2: the sign is wrong. A slope above 1 is more than tanh ever has.",
        ),
        Mistake("of-sigmoid", _tanh_grad_of_sigmoid, "a (1 - a) belongs to the sigmoid; tanh has another derivative."),
        Mistake("function", _tanh_grad_function, "This is tanh itself; its derivative is asked for."),
        Mistake(
            "overflows",
            _tanh_grad_overflows,
            "For large |x| the exponentials overflow and inf / inf is no number. Build it from your stable tanh.",
        ),
    ),
    (
        "Use the quotient rule, or the chain rule on tanh(x) = 2 sigmoid(2 x) - 1.",
        "Write the result with a = tanh(x) only.",
        "`1 - tanh(X) ** 2`.",
    ),
)


def _probe_points(knots: torch.Tensor, count: int = 7) -> torch.Tensor:
    """Return points from the first knot to the last: the knots, and `count` between neighbours. Shape (m,)."""
    steps = torch.arange(count, dtype=knots.dtype) / count
    inner = (knots[:-1, None] + (knots[1:] - knots[:-1])[:, None] * steps).flatten()
    return torch.cat([inner, knots[-1:]])


def _interpolate(knots: torch.Tensor, values: torch.Tensor) -> torch.Tensor:
    """Return the piecewise linear interpolant at the probe points, by barycentric weights of each interval."""
    x = _probe_points(knots)
    right = torch.searchsorted(knots, x).clamp(1, len(knots) - 1)
    x0, x1, y0, y1 = knots[right - 1], knots[right], values[right - 1], values[right]
    t = (x - x0) / (x1 - x0)
    return (1 - t) * y0 + t * y1


def _read_interpolant(observation: Observation, arguments: Mapping[str, Any], truth: Truth) -> Reading | Finding:
    value = observation.value
    missing = nothing_returned(value)
    if missing:
        return missing
    names = ("w1", "b1", "w2", "b2")
    found = Tensors(names)(observation, arguments, truth)
    if isinstance(found, Finding):
        return found
    parts: dict[str, torch.Tensor] = {}
    for name in names:
        part = torch.as_tensor(found[name]) if isinstance(found[name], int | float) else found[name]
        if not isinstance(part, torch.Tensor):
            return Finding("", "type", f"{name} should be a tensor.")
        parts[name] = part
    w1, b1, w2, b2 = parts.values()
    if b2.numel() != 1 or not (w1.shape == b1.shape == w2.shape) or w1.dim() != 1:
        shapes = ", ".join(f"{name} {tuple(part.shape)}" for name, part in parts.items())
        facts = (("expected", "w1 (k,), b1 (k,), w2 (k,), b2 ()"), ("got", shapes))
        return Finding("", "shape", "the parameters do not fit together.", facts)
    x = _probe_points(arguments["knots"].double())
    hidden = (x[:, None] * w1.double() + b1.double()).clamp(min=0)
    return {"network": hidden @ w2.double() + b2.double().reshape(())}


def _knots(draw: Draw, count: int) -> Arguments:
    gaps = draw.uniform(count, low=0.3, high=1.7)
    return {"knots": torch.cumsum(gaps, 0) - 2.1, "values": draw.normal(count, scale=2.0)}


def _some_knots(draw: Draw) -> Arguments:
    return _knots(draw, draw.integer(2, 3) if draw.simple else draw.integer(4, 9))


def _two_knots(draw: Draw) -> Arguments:
    return _knots(draw, 2)


def _many_knots(draw: Draw) -> Arguments:
    return _knots(draw, 60)


def _far_knots(draw: Draw) -> Arguments:
    arguments = _knots(draw, 6)
    return {"knots": arguments["knots"] + 25.0, "values": arguments["values"]}


def _hinges(knots: torch.Tensor, weights: torch.Tensor, bias: torch.Tensor) -> tuple[torch.Tensor, ...]:
    return torch.ones_like(knots[:-1]), -knots[:-1], weights, bias


def _slopes(knots: torch.Tensor, values: torch.Tensor) -> torch.Tensor:
    return (values[1:] - values[:-1]) / (knots[1:] - knots[:-1])


def _interpolant_slopes(knots: torch.Tensor, values: torch.Tensor) -> Any:
    return _hinges(knots, _slopes(knots, values), values[0])


def _changes(knots: torch.Tensor, values: torch.Tensor) -> torch.Tensor:
    slopes = _slopes(knots, values)
    return torch.cat([slopes[:1], slopes[1:] - slopes[:-1]])


def _interpolant_no_bias(knots: torch.Tensor, values: torch.Tensor) -> Any:
    return _hinges(knots, _changes(knots, values), torch.zeros_like(values[0]))


def _interpolant_sign(knots: torch.Tensor, values: torch.Tensor) -> Any:
    return torch.ones_like(knots[:-1]), knots[:-1], _changes(knots, values), values[0]


def _interpolant_unit_gaps(knots: torch.Tensor, values: torch.Tensor) -> Any:
    slopes = values[1:] - values[:-1]
    return _hinges(knots, torch.cat([slopes[:1], slopes[1:] - slopes[:-1]]), values[0])


def _interpolant_first_slope(knots: torch.Tensor, values: torch.Tensor) -> Any:
    slopes = _slopes(knots, values)
    return _hinges(knots, torch.cat([torch.zeros_like(slopes[:1]), slopes[1:] - slopes[:-1]]), values[0])


def _interpolant_shifted(knots: torch.Tensor, values: torch.Tensor) -> Any:
    return torch.ones_like(knots[1:]), -knots[1:], _changes(knots, values), values[0]


INTERPOLANT = Exercise(
    name="relu_interpolant",
    lesson=LESSON,
    points=3.0,
    parameters=("knots", "values"),
    summary="Return (w1, b1, w2, b2) of the one-hidden-layer ReLU network that joins the points (knots, values) by straight lines.",
    outputs=("network",),
    read=_read_interpolant,
    cases=(
        Case("ordinary knots", _some_knots, twice=True),
        Case("two knots", _two_knots),
        Case("sixty knots", _many_knots),
        Case("knots in float64", _some_knots, CARE, torch.float64),
        Case("a view with strides", _some_knots, CARE, layout="strided"),
        Case("knots far from zero", _far_knots, hidden=True),
        Case("other knots", _some_knots, hidden=True),
    ),
    reference=_interpolate,
    keeps_dtype=False,
    reduction=lambda arguments: 4 * len(arguments["knots"]),
    mistakes=(
        Mistake(
            "slopes",
            _interpolant_slopes,
            "The weights are the slopes themselves. Hinges add up: each one need only bring the change of slope at its knot.",
        ),
        Mistake("no-bias", _interpolant_no_bias, "The network starts at 0 instead of at values[0]. What is b2 for?"),
        Mistake(
            "sign",
            _interpolant_sign,
            "relu(x + knot) bends at minus the knot. Which bias makes the hinge start at the knot?",
        ),
        Mistake(
            "unit-gaps",
            _interpolant_unit_gaps,
            "The differences of the values are no slopes yet: divide by the distance of the knots.",
        ),
        Mistake(
            "first-slope",
            _interpolant_first_slope,
            "The first interval is flat. The first hinge brings the whole first slope.",
        ),
        Mistake(
            "shifted",
            _interpolant_shifted,
            "Every hinge starts one knot late. The slope changes at the left end of an interval.",
        ),
    ),
    hints=(
        "To the right of its knot, relu(x - knot) has slope 1; to the left it is 0. What does a sum of such hinges look like?",
        "Right of knot i the slope must be (values[i+1] - values[i]) / (knots[i+1] - knots[i]). The hinges to its left bring part of it.",
        "The weight of a hinge is the change of slope at its knot; the first one brings the whole first slope. And b2 lifts it all.",
        "w1 = ones, b1 = -knots[:-1], w2 = the first slope followed by the differences of neighbouring slopes, b2 = values[0].",
    ),
)


EXERCISES = (RELU, RELU_GRAD, SIGMOID, SIGMOID_GRAD, TANH, TANH_GRAD, INTERPOLANT)
