"""`xor_network`: what it should do, the inputs that are tried, and the mistakes that people make.

The file is long because each of its many mistakes is a function of its own.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import torch
from torch import Tensor

from grading.judging.context import Context
from grading.judging.diagnose import diagnose, explain
from grading.judging.exercise import CARE, Case, Exercise, Mistakes
from grading.judging.numbers import show
from grading.judging.precision import tolerance
from grading.judging.read import Reading, Tensors, Truth, describe
from grading.judging.trial import Trial, attempt
from grading.judging.verdict import MISSING, Finding
from grading.probe.call import Observation

PARAMETERS = {"W1": (2, 2), "b1": (2,), "W2": (2, 1), "b2": (1,)}


INPUTS = ((0.0, 0.0), (0.0, 1.0), (1.0, 0.0), (1.0, 1.0))


TARGETS = (0.0, 1.0, 1.0, 0.0)


FORGIVEN = 1e-3


_SECOND_SEED = 15485863


def _corner_inputs() -> torch.Tensor:
    return torch.tensor(INPUTS, dtype=torch.float64)


def _outputs(W1: torch.Tensor, b1: torch.Tensor, W2: torch.Tensor, b2: torch.Tensor) -> torch.Tensor:
    """Return what the ReLU network says at the four corners, (4,), in float64."""
    hidden = (_corner_inputs() @ W1.double() + b1.double()).clamp(min=0)
    return (hidden @ W2.double() + b2.double())[:, 0]


def _read_network(observation: Observation, arguments: Mapping[str, Any], truth: Truth) -> Reading | Finding:
    found = Tensors(tuple(PARAMETERS))(observation, arguments, truth)
    if isinstance(found, Finding):
        return found
    for name, value in found.items():
        if not isinstance(value, torch.Tensor):
            advice = "Nested lists and numbers become a tensor by torch.tensor(...)."
            return Finding(
                "", "type", f"{name} should be a tensor of real numbers.", (("got", describe(value)),), advice
            )
    if any(found[name].shape != shape for name, shape in PARAMETERS.items()):
        wanted = ", ".join(f"{name} {shape}" for name, shape in PARAMETERS.items())
        got = ", ".join(f"{name} {tuple(found[name].shape)}" for name in PARAMETERS)
        mistake, advice = _wrong_shape({name: tuple(found[name].shape) for name in PARAMETERS})
        facts = (("expected", wanted), ("got", got))
        return Finding("", "shape", "the parameters have the wrong shapes.", facts, advice, mistake)
    return {"outputs": _outputs(*found.values()), **found}


def _wrong_shape(shapes: Mapping[str, tuple[int, ...]]) -> tuple[str | None, str]:
    """Return the name of what is wrong with the shapes, and what to do about it."""
    W1, b1, W2, b2 = (shapes[name] for name in PARAMETERS)
    hidden = W1[-1] if len(W1) == 2 else 2
    if hidden != 2 and (2, hidden) == W1:
        return (
            "other-width",
            f"The network has {hidden} hidden units. Two are asked for, and two are enough: W1 is (2, 2).",
        )
    if PARAMETERS["W1"] != W1:
        return (
            "first-weights-shape",
            "W1 has a row for each of the two inputs and a column for each of the two hidden units.",
        )
    if W2 == (2,):
        return (
            "output-vector",
            "W2 is a vector. A layer with one output has a matrix of weights, too: one column, (2, 1).",
        )
    if W2 == (1, 2):
        return "output-row", "W2 is a row, as for examples in columns. Here it has a row for each hidden unit: (2, 1)."
    if b2 == ():
        return "output-bias-number", "b2 is a number. One output has a vector of one bias: torch.tensor([0.0])."
    if b1 in ((1, 2), (2, 1)) or b2 == (1, 1):
        return "bias-matrix", "A bias is a vector: it has one axis, with an entry for each unit."
    return (
        None,
        "Biases have an entry for each unit of their layer, weights a row for each input and a column for each unit.",
    )


def _has_one_float_dtype(parameters: Mapping[str, torch.Tensor]) -> bool:
    dtypes = {parameters[name].dtype for name in PARAMETERS}
    return len(dtypes) == 1 and dtypes.pop().is_floating_point


def _examine_network(exercise: Exercise, context: Context) -> list[Finding]:
    """Try the network on the four corners; say what it computes instead if that is not XOR."""
    (case,) = exercise.cases
    trials = [attempt(context, case, context.seed), attempt(context, case, context.seed + _SECOND_SEED)]
    trial = trials[0]
    if trial.missing:
        return [Finding("", MISSING, "the TODO is untouched.")]
    # It has no arguments, so there is no device that it could follow.
    findings = [finding for finding in trial.findings if finding.kind != "device"]
    if findings and findings[0].part == "outputs":
        findings[0] = _explained(context, trials, findings[0])
    elif not findings and not _has_one_float_dtype(trial.reading):
        got = ", ".join(f"{name} {str(trial.reading[name].dtype).removeprefix('torch.')}" for name in PARAMETERS)
        advice = "Write 1.0 for 1: layers multiply floating-point numbers, and all of one dtype."
        findings.append(
            Finding(
                CARE,
                "dtype",
                "the parameters should share one floating-point dtype.",
                (("got", got),),
                advice,
                "dtypes",
            )
        )
    return findings


def _explained(context: Context, trials: list[Trial], finding: Finding) -> Finding:
    reading = trials[0].reading
    diagnosis = diagnose(context, trials, finding)
    facts = (
        ("X", show(_corner_inputs())),
        ("expected", show(trials[0].expected["outputs"])),
        ("got", show(reading["outputs"])),
    )
    told = replace(finding, title="the network does not compute XOR.", facts=facts)
    if diagnosis is not None and diagnosis.mistake is not None:
        return explain(told, diagnosis)
    mistake, advice = _near_miss(reading)
    return replace(told, advice=advice, mistake=mistake)


def _near_miss(reading: Reading) -> tuple[str | None, str]:
    """Return the name and the sentence of what a network that is close to XOR lacks; None and "" if it is not close."""
    W1, b1, W2, b2 = (reading[name].double() for name in PARAMETERS)
    got, wanted = reading["outputs"], torch.tensor(TARGETS, dtype=torch.float64)
    if not torch.isfinite(got).all():
        return "not-finite", "Some of the numbers are infinite or NaN."
    if _is_xor(_outputs(W1.T, b1, W2, b2)):
        return (
            "transposed",
            "With W1 transposed it would be right. Examples are rows here: unit j has its weights in column j of W1.",
        )
    if (got - wanted).abs().max() < 0.25:
        return (
            "nearly",
            f"Nearly: every output must lie within {FORGIVEN:g} of 0 or 1. Small whole numbers do it exactly.",
        )
    Z = _corner_inputs() @ W1 + b1
    H = Z.clamp(min=0)
    return (
        _one_corner(got)
        or _other_units(Z, W2, b2, got)
        or _of_the_last_layer(got)
        or _of_the_hidden_layer(H)
        or (None, "")
    )


def _is_xor(outputs: torch.Tensor) -> bool:
    return bool((outputs - torch.tensor(TARGETS, dtype=torch.float64)).abs().max() <= FORGIVEN)


def _one_corner(got: torch.Tensor) -> tuple[str, str] | None:
    """Return what to say if one output is wrong."""
    off = (got - torch.tensor(TARGETS, dtype=torch.float64)).abs() > FORGIVEN
    if off.sum() == 1:
        x1, x2 = INPUTS[int(off.nonzero())]
        return (
            "one-corner",
            f"Three of the four outputs are right. What do your hidden units give for ({x1:g}, {x2:g})?",
        )
    return None


def _other_units(Z: torch.Tensor, W2: torch.Tensor, b2: torch.Tensor, got: torch.Tensor) -> tuple[str, str] | None:
    """Return what to say of weights that would do with other units."""
    wanted = torch.tensor(TARGETS, dtype=torch.float64) > 0.5
    if _is_xor(got.clamp(min=0)):
        return (
            "output-rectified",
            "It would be right if the output went through a ReLU as well. The last layer is affine: W2 and b2 must do it.",
        )
    step = (torch.heaviside(Z, torch.zeros((), dtype=torch.float64)) @ W2 + b2)[:, 0]
    if torch.equal(step > 0, wanted) and not torch.equal(got > 0, wanted):
        return (
            "step-units",
            "It would be right with units that jump from 0 to 1. These are ReLUs, and the output has no activation function.",
        )
    smooth = torch.sigmoid(torch.sigmoid(Z) @ W2 + b2)[:, 0]
    if torch.equal(smooth > 0.5, wanted) and bool(((smooth - 0.5).abs() > 0.1).all()):
        return (
            "sigmoid-units",
            "These weights belong to sigmoids. The hidden units here are ReLUs, and the output has no activation function.",
        )
    return None


def _of_the_last_layer(got: torch.Tensor) -> tuple[str, str] | None:
    """Return what to say of outputs that have the form of XOR, or nearly."""
    ones, zeros = got[[1, 2]], got[[0, 3]]
    if (ones[0] - ones[1]).abs() < FORGIVEN and (zeros[0] - zeros[1]).abs() < FORGIVEN < (ones[0] - zeros[0]).abs():
        return (
            "last-layer",
            "The hidden layer has done its work: equal labels give equal outputs. W2 and b2 must still bring them to 0 and 1.",
        )
    wanted = torch.tensor(TARGETS, dtype=torch.float64) > 0.5
    if torch.equal(got > 0.5, wanted):
        return (
            "threshold-at-half",
            "Each output is on the right side of 1/2, but there is no threshold: they must be 0 and 1 themselves.",
        )
    if torch.equal(got > 0, wanted):
        return "sign-at-zero", "The outputs have the right signs, but no step follows: they must be 0 and 1 themselves."
    return None


def _of_the_hidden_layer(H: torch.Tensor) -> tuple[str, str] | None:
    """Return what to say of what the hidden units (4, 2) give at the corners."""
    dead = [j + 1 for j in range(2) if not (H[:, j] > 0).any()]
    if dead:
        which = "Neither hidden unit is" if len(dead) == 2 else f"Hidden unit {dead[0]} is not"
        return (
            "dead-unit",
            f"{which} on for any of the four inputs, so it says nothing. Which line should it look across?",
        )
    if _is_affine(H[:, 0]) and _is_affine(H[:, 1]):
        return (
            "no-fold",
            "Both hidden units are affine on these four inputs: no ReLU bends, and one line is left. One must be off somewhere.",
        )
    if torch.linalg.matrix_rank(H - H.mean(0), tol=FORGIVEN) < 2:
        return (
            "same-units",
            "Both hidden units say the same but for a factor. The second one should look at another line.",
        )
    return None


def _is_affine(values: torch.Tensor) -> bool:
    """Tell whether four values at the corners are those of an affine function."""
    return bool((values[0] + values[3] - values[1] - values[2]).abs() < FORGIVEN)


mistake = Mistakes()


def _network(
    W1: list[list[float]], b1: list[float], W2: list[float], b2: float
) -> tuple[Tensor, Tensor, Tensor, Tensor]:
    return torch.tensor(W1), torch.tensor(b1), torch.tensor(W2)[:, None], torch.tensor([b2])


@mistake("This is OR: right but for (1, 1). Something must bring the output down there, and only there.", name="or")
def or_() -> Any:
    return _network([[1.0, 1.0], [1.0, 1.0]], [0.0, -1.0], [1.0, -1.0], 0.0)


@mistake("This is AND. It is a useful part: XOR is OR but not AND.", name="and")
def and_() -> Any:
    return _network([[1.0, 0.0], [1.0, 0.0]], [-1.0, 0.0], [1.0, 1.0], 0.0)


@mistake("This is 1 where the inputs are equal, XOR the other way round. The last layer can turn it.")
def equal() -> Any:
    return _network([[1.0, -1.0], [-1.0, 1.0]], [0.0, 0.0], [-1.0, -1.0], 1.0)


@mistake(
    "On these inputs this is x1 + x2. For (1, 1) a unit must switch on that is off for the other three.", name="sum"
)
def sum_() -> Any:
    return _network([[1.0, 0.0], [0.0, 1.0]], [0.0, 0.0], [1.0, 1.0], 0.0)


@mistake("On these inputs this is x1 - x2: -1 for (0, 1). The last layer has brought the minus back.")
def difference() -> Any:
    return _network([[1.0, -1.0], [-1.0, 1.0]], [0.0, 0.0], [1.0, -1.0], 0.0)


@mistake("On these inputs this is x2 - x1: -1 for (1, 0). The last layer has brought the minus back.")
def other_difference() -> Any:
    return _network([[1.0, -1.0], [-1.0, 1.0]], [0.0, 0.0], [-1.0, 1.0], 0.0)


@mistake("It finds (1, 0) but not (0, 1). You have a second hidden unit for that.")
def first_only() -> Any:
    return _network([[1.0, 1.0], [-1.0, -1.0]], [0.0, 0.0], [1.0, 0.0], 0.0)


@mistake("It finds (0, 1) but not (1, 0). You have a second hidden unit for that.")
def second_only() -> Any:
    return _network([[-1.0, 0.0], [1.0, 0.0]], [0.0, 0.0], [1.0, 1.0], 0.0)


@mistake("It says 1/2 four times, the best that an affine map can do. The hidden units tell nothing apart yet.")
def half() -> Any:
    return _network([[0.0, 0.0], [0.0, 0.0]], [0.0, 0.0], [0.0, 0.0], 0.5)


@mistake("It says 0 four times. The hidden units tell nothing apart yet, or the last layer does not look at them.")
def zero() -> Any:
    return _network([[0.0, 0.0], [0.0, 0.0]], [0.0, 0.0], [0.0, 0.0], 0.0)


EXERCISE = Exercise(
    name="xor_network",
    points=3.0,
    parameters=(),
    summary="Return (W1, b1, W2, b2) of a network relu(X W1 + b1) W2 + b2 that computes XOR.",
    outputs=("outputs",),
    read=_read_network,
    cases=(Case("the four corners", lambda draw: {}, twice=True),),
    reference=lambda: torch.tensor(TARGETS, dtype=torch.float64),
    keeps_dtype=False,
    reduction=lambda arguments: math.ceil(FORGIVEN / tolerance(torch.float32, 1, 1.0)),
    mistakes=mistake.all,
    hints=(
        "A hidden unit is 0 on one side of its line and rises on the other. Which line through the square would help?",
        "Fold the plane so that (0, 0) and (1, 1) fall on one point and the other two lie elsewhere. Along which line?",
        "For 0 and 1, XOR is |x1 - x2|. Two ReLUs make an absolute value: one is on for positive numbers, one for negative ones.",
    ),
    examine=_examine_network,
)
