"""Find the stages of a backward pass in nothing but the gradients that it returned.

Nobody returns the error that reaches a layer, G = ∂L/∂(A W + b) (n, k). But the gradients tell it: grad_W = Aᵀ G + c W and
grad_b = Σ G over the examples. With more inputs than examples, and examples that are linearly independent, the first
equation has one solution G. So each stage can be held against what came before it *in the same answer*: a slip costs the
stage where it happened and not the ones below, whose only fault is that they were handed a wrong error.

Several hypotheses may explain the same gradients; the one with the fewest slips is taken.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

# The equations are solved many times for matrices of a few elements, on which NumPy takes half of PyTorch's time.
_Array = NDArray[np.float64]

# Two tensors are called equal here if they agree to this many units in the last place of their largest value: more than
# rounding gathers on its way through the equations. The judge compares the final numbers by bounds of its own.
_UNITS = 3000.0
# Examples count as linearly dependent if the smallest singular value is below the square root of `share` times this, in
# units of the largest: the solution then still has half of the digits.
_DEPENDENT = 0.2
# An error below this share of the due one counts as zero.
_NOTHING = 1e-3


@dataclass(frozen=True)
class Layer:
    """One affine layer as an answer shows it, in float64; what has a wrong shape or is not a tensor is None.

    inputs: A (n, m). weight: W (m, k). bias: b (k,), or None if it is not known. grad_weight, grad_bias: what the answer
        gave. slope: what (G Wᵀ) (n, m) is multiplied by on its way to the layer below; None for the lowest.
    """

    inputs: Tensor
    weight: Tensor
    bias: Tensor | None
    grad_weight: Tensor | None
    grad_bias: Tensor | None
    slope: Tensor | None = None


@dataclass(frozen=True)
class Stage:
    """What an answer did at one layer.

    error: the error that its gradients show. due: what that error should have been, given the answer's own error one layer
    above; right: whether it was. weight, bias: whether the gradients follow from the error; None where there is nothing to say. decay: the
    multiples of W and of b that the gradients contain.
    """

    error: Tensor
    due: Tensor
    right: bool
    weight: bool | None
    bias: bool | None
    decay: tuple[float, float] = (0.0, 0.0)


def share_of(dtype: torch.dtype) -> float:
    """Return the share of the largest value to which two tensors of that dtype must agree to be called equal here."""
    return _UNITS * torch.finfo(dtype).eps


def close(a: Tensor, b: Tensor, share: float) -> bool:
    """Tell whether two tensors agree to this share of their largest value."""
    return _close(a.numpy(), b.numpy(), share)


def _close(a: _Array, b: _Array, share: float) -> bool:
    if not a.size:
        return True
    apart, bound = _largest(a - b), share * _largest(a)
    return apart <= bound or apart <= share * _largest(b)


def _largest(a: _Array) -> float:
    return float(np.abs(a).max())


def as_if_due(stage: Stage, truth: Tensor, share: float) -> Tensor:
    """Return the error that an answer would have shown at a stage if the true one had reached it."""
    if close(stage.due, truth, share):
        return stage.error
    weight = float((truth * truth).sum())
    scale = float((stage.due * truth).sum()) / weight if weight else 0.0
    if abs(scale) > _NOTHING and close(stage.due, scale * truth, share):
        return stage.error / scale  # what came from above was too large or too small, and this stage is as much so
    return truth + stage.error - stage.due


def localize(layers: Sequence[Layer], due: Tensor, share: float, decay: float = 0.0) -> tuple[Stage, ...]:
    """Return the stages of a backward pass, from the last layer to the first, that explain its gradients with fewest slips.

    due: the error (n, k) that should reach the last layer. share: see `share_of`. decay: the λ of a penalty on the weights.
    """
    localizer = _Localizer(share, decay)
    with np.errstate(all="ignore"):  # numbers that overflow agree with nothing, which is all that is asked
        shown = [_Shown.of(layer) for layer in layers]
        hypothesis = localizer.best([(layer, localizer.solve(layer)) for layer in shown], due.numpy(), math.inf)
    return () if hypothesis is None else tuple(step.as_stage() for step in hypothesis.steps)


@dataclass(frozen=True)
class _Shown:
    """A `Layer` in NumPy."""

    inputs: _Array
    weight: _Array
    bias: _Array | None
    grad_weight: _Array | None
    grad_bias: _Array | None
    slope: _Array | None

    @classmethod
    def of(cls, layer: Layer) -> _Shown:
        optional = (layer.bias, layer.grad_weight, layer.grad_bias, layer.slope)
        return cls(
            layer.inputs.numpy(), layer.weight.numpy(), *(None if one is None else one.numpy() for one in optional)
        )


@dataclass(frozen=True)
class _Step:
    """A `Stage` in NumPy, and how many slips it is."""

    error: _Array
    due: _Array
    right: bool
    weight: bool | None
    bias: bool | None
    decay: tuple[float, float]
    slips: float

    def as_stage(self) -> Stage:
        error, due = torch.from_numpy(self.error), torch.from_numpy(self.due)
        return Stage(error, due, self.right, self.weight, self.bias, self.decay)


@dataclass(frozen=True)
class _Hypothesis:
    slips: float = 0
    steps: tuple[_Step, ...] = field(default=())


@dataclass(frozen=True)
class _Localizer:
    share: float
    decay: float

    def close(self, a: _Array, b: _Array) -> bool:
        return _close(a, b, self.share)

    def best(self, layers: Sequence[tuple[_Shown, _Array | None]], due: _Array, most: float) -> _Hypothesis | None:
        """Return the hypothesis about these layers with the fewest slips, or None if all have more than `most`.

        Of equals, the one that takes the due error.
        """
        layer, solution = layers[0]
        if self.has_no_gradient(layer, due):
            nothing = _Step(np.zeros_like(due), due, False, False, False, (self.decay, 0.0), 3)
            return self.follow(nothing, layers, due, most)
        steps = [self.step(layer, error, due) for error in self.errors(layer, solution, due)]
        found: list[tuple[float, int, _Hypothesis]] = []
        # The most likely one first, so that the others are given up early.
        for place, step in sorted(enumerate(steps), key=lambda one: one[1].slips):
            hypothesis = self.follow(step, layers, step.error, most)
            if hypothesis is not None:
                found.append((hypothesis.slips, place, hypothesis))
                most = min(most, hypothesis.slips)
        return min(found, key=lambda one: one[:2])[2] if found else None

    def follow(
        self, step: _Step, layers: Sequence[tuple[_Shown, _Array | None]], error: _Array, most: float
    ) -> _Hypothesis | None:
        """Return the best hypothesis that begins with this step and sends this error down, or None if it has too many slips."""
        layer, rest = layers[0][0], layers[1:]
        if step.slips > most:
            return None
        if not rest or layer.slope is None:
            return _Hypothesis(step.slips, (step,))
        following = self.best(rest, (error @ layer.weight.T) * layer.slope, most - step.slips)
        return None if following is None else _Hypothesis(step.slips + following.slips, (step, *following.steps))

    def has_no_gradient(self, layer: _Shown, due: _Array) -> bool:
        """Tell whether both gradients are nothing where something is due."""
        if layer.grad_weight is None or layer.grad_bias is None or layer.grad_bias.any() or not due.any():
            return False
        plain = layer.inputs.T @ due
        shown = min(_largest(layer.grad_weight), _largest(layer.grad_weight - self.decay * layer.weight))
        return shown <= _NOTHING * _largest(plain)

    def errors(self, layer: _Shown, solution: _Array | None, due: _Array) -> list[_Array]:
        """Return the errors that the answer may have had at this layer, the right one first."""
        shown = [self.scaled(layer, due) if solution is None else solution]
        if layer.grad_bias is not None and len(due) == 1:
            shown.append(layer.grad_bias.reshape(1, -1))
        # An error of zero would excuse every gradient of zero below it.
        large = _NOTHING * _largest(due) if due.size else 0.0
        others = [error for error in shown if error is not None and _largest(error) > large]
        return [due, *(error for error in others if not self.close(error, due))]

    def solve(self, layer: _Shown) -> _Array | None:
        """Solve Aᵀ G + c W = grad_W for the error G (n, k); None if it has no solution or more than one."""
        A, W, M = layer.inputs, layer.weight, layer.grad_weight
        if M is None or len(A) >= A.shape[1]:
            return None
        U, S, Vh = np.linalg.svd(A, full_matrices=False)
        if S[-1] < _DEPENDENT * self.share**0.5 * S[0]:
            return None
        c = self.decay
        if c:
            # The part of each column that no sum of examples can make comes from the penalty alone.
            W_left, M_left = W - Vh.T @ (Vh @ W), M - Vh.T @ (Vh @ M)
            weight = float((W_left * W_left).sum())
            c = float((W_left * M_left).sum()) / weight if weight > _NOTHING else c
        G: _Array = U @ ((Vh @ (M - c * W)) / S[:, None])
        return G if self.close(A.T @ G + c * W, M) else None

    def scaled(self, layer: _Shown, due: _Array) -> _Array | None:
        """Return the multiple of the due error that comes nearest to grad_W, where the equations have many solutions."""
        if layer.grad_weight is None:
            return None
        plain = layer.inputs.T @ due
        weight = float((plain * plain).sum())
        if weight == 0:
            return None
        return due * (float((plain * (layer.grad_weight - self.decay * layer.weight)).sum()) / weight)

    def step(self, layer: _Shown, error: _Array, due: _Array) -> _Step:
        weights, biases = (layer.weight, layer.bias) if self.decay else (None, None)
        weight, c = self.follows(layer.grad_weight, layer.inputs.T @ error, weights, self.decay)
        bias, c_bias = self.follows(layer.grad_bias, error.sum(0), biases, 0.0, self.decay)
        right, decay = error is due, (c, c_bias)
        # Another multiple of the parameters explains what was given, and is mostly the same in all layers.
        slips = sum([not right, weight is False, bias is False]) + 0.5 * (decay != (self.decay, 0.0))
        return _Step(error, due, right, weight, bias, decay, slips)

    def follows(
        self, shown: _Array | None, plain: _Array, parameter: _Array | None, right: float, *others: float
    ) -> tuple[bool | None, float]:
        """Tell whether a gradient is the plain one plus a multiple of its parameter, and which multiple.

        right: the multiple that should be there. others: the multiples to try as well; if there are none, the best one.
        """
        if shown is None or parameter is None or not parameter.any():
            return (None if shown is None else self.close(shown, plain)), right
        if self.close(plain + right * parameter, shown):
            return True, right
        best = float(((shown - plain) * parameter).sum()) / float((parameter * parameter).sum())
        for c in others or (best,):
            if self.close(plain + c * parameter, shown):
                return True, c
        return False, right
