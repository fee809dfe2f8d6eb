"""Find the stages of a backward pass in nothing but the gradients that it returned.

Nobody returns the error that reaches a layer, G = ∂L/∂(A W + b) (n, k). But the gradients tell it: grad_W = Aᵀ G + c W and
grad_b = Σ G over the examples. With more inputs than examples, and examples that are linearly independent, the first
equation has one solution G. So each stage can be held against what came before it *in the same answer*: a slip costs the
stage where it happened and not the ones below, whose only fault is that they were handed a wrong error.

Several stories may explain the same gradients; the one with the fewest slips is told.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import torch
from torch import Tensor

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
    """One affine layer as an answer shows it, in float64; what has a wrong shape or is no tensor is None.

    inputs: A (n, m). weight: W (m, k). bias: b (k,), or None if it is not known. grad_weight, grad_bias: what the answer
        gave. below: from the error of this layer, the error that should reach the layer below; None for the lowest.
    """

    inputs: Tensor
    weight: Tensor
    bias: Tensor | None
    grad_weight: Tensor | None
    grad_bias: Tensor | None
    below: Callable[[Tensor], Tensor] | None = None


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


@dataclass(frozen=True)
class _Story:
    slips: int = 0
    stages: tuple[Stage, ...] = field(default=())


def share_of(dtype: torch.dtype) -> float:
    """Return the share of the largest value to which two tensors of that dtype must agree to be called equal here."""
    return _UNITS * torch.finfo(dtype).eps


def close(a: Tensor, b: Tensor, share: float) -> bool:
    """Tell whether two tensors agree to this share of their largest value."""
    if not a.numel():
        return True
    largest, other, apart = (float(torch.linalg.vector_norm(one, torch.inf)) for one in (a, b, a - b))
    return apart <= share * max(largest, other)


def tell(layers: Sequence[Layer], due: Tensor, share: float, decay: float = 0.0) -> tuple[Stage, ...]:
    """Return the stages of a backward pass, from the last layer to the first, that explain its gradients with fewest slips.

    due: the error (n, k) that should reach the last layer. share: see `share_of`. decay: the λ of a penalty on the weights.
    """
    teller = _Teller(share, decay)
    return teller.best([(layer, teller.solve(layer)) for layer in layers], due).stages


@dataclass(frozen=True)
class _Teller:
    share: float
    decay: float

    def close(self, a: Tensor, b: Tensor) -> bool:
        return close(a, b, self.share)

    def best(self, layers: Sequence[tuple[Layer, Tensor | None]], due: Tensor) -> _Story:
        """Return the story of these layers with the fewest slips; of equals, the one that takes the due error."""
        (layer, solution), rest = layers[0], layers[1:]
        if self.silent(layer, due):
            following = self.best(rest, layer.below(due)) if rest and layer.below is not None else _Story()
            nothing = Stage(torch.zeros_like(due), due, False, False, False, (self.decay, 0.0))
            return _Story(3 + following.slips, (nothing, *following.stages))
        found = []
        for error in self.errors(layer, solution, due):
            stage = self.stage(layer, error, due)
            following = self.best(rest, layer.below(error)) if rest and layer.below is not None else _Story()
            found.append(_Story(self.slips(stage) + following.slips, (stage, *following.stages)))
        return min(found, key=lambda story: story.slips)

    def slips(self, stage: Stage) -> int:
        decayed = stage.decay != (self.decay, 0.0)
        return sum([not stage.right, stage.weight is False, stage.bias is False, decayed])

    def silent(self, layer: Layer, due: Tensor) -> bool:
        """Tell whether both gradients are nothing where something is due."""
        if layer.grad_weight is None or layer.grad_bias is None or not bool(due.any()):
            return False
        plain = layer.inputs.T @ due
        shown = min(
            float(layer.grad_weight.abs().max()), float((layer.grad_weight - self.decay * layer.weight).abs().max())
        )
        return shown <= _NOTHING * float(plain.abs().max()) and not bool(layer.grad_bias.any())

    def errors(self, layer: Layer, solution: Tensor | None, due: Tensor) -> list[Tensor]:
        """Return the errors that the answer may have had at this layer, the right one first."""
        shown = [self.scaled(layer, due) if solution is None else solution]
        if layer.grad_bias is not None and len(due) == 1:
            shown.append(layer.grad_bias.reshape(1, -1))
        # An error of zero would excuse every gradient of zero below it.
        large = _NOTHING * float(due.abs().max()) if due.numel() else 0.0
        others = [error for error in shown if error is not None and float(error.abs().max()) > large]
        return [due, *(error for error in others if not self.close(error, due))]

    def solve(self, layer: Layer) -> Tensor | None:
        """Solve Aᵀ G + c W = grad_W for the error G (n, k); None if it has no solution or more than one."""
        A, W, M = layer.inputs, layer.weight, layer.grad_weight
        if M is None or len(A) >= A.shape[1]:
            return None
        U, S, Vh = torch.linalg.svd(A, full_matrices=False)
        if float(S[-1]) < _DEPENDENT * self.share**0.5 * float(S[0]):
            return None
        c = self.decay
        if c:
            # The part of each column that no sum of examples can make comes from the penalty alone.
            W_left, M_left = W - Vh.T @ (Vh @ W), M - Vh.T @ (Vh @ M)
            weight = float((W_left * W_left).sum())
            c = float((W_left * M_left).sum()) / weight if weight > _NOTHING else c
        G: Tensor = U @ ((Vh @ (M - c * W)) / S[:, None])
        return G if self.close(A.T @ G + c * W, M) else None

    def scaled(self, layer: Layer, due: Tensor) -> Tensor | None:
        """Return the multiple of the due error that comes nearest to grad_W, where the equations have many solutions."""
        if layer.grad_weight is None:
            return None
        plain = layer.inputs.T @ due
        weight = float((plain * plain).sum())
        if weight == 0:
            return None
        return due * (float((plain * (layer.grad_weight - self.decay * layer.weight)).sum()) / weight)

    def stage(self, layer: Layer, error: Tensor, due: Tensor) -> Stage:
        weights, biases = (layer.weight, layer.bias) if self.decay else (None, None)
        weight, c = self.follows(layer.grad_weight, layer.inputs.T @ error, weights, self.decay)
        bias, c_bias = self.follows(layer.grad_bias, error.sum(0), biases, 0.0, self.decay)
        return Stage(error, due, error is due, weight, bias, (c, c_bias))

    def follows(
        self, shown: Tensor | None, plain: Tensor, parameter: Tensor | None, right: float, *others: float
    ) -> tuple[bool | None, float]:
        """Tell whether a gradient is the plain one plus a multiple of its parameter, and which multiple.

        right: the multiple that should be there. others: the multiples to try as well; if there are none, the best one.
        """
        if shown is None or parameter is None or not bool(parameter.any()):
            return (None if shown is None else self.close(shown, plain)), right
        best = float(((shown - plain) * parameter).sum()) / float((parameter * parameter).sum())
        for c in (right, *(others or (best,))):
            if self.close(plain + c * parameter, shown):
                return True, c
        return False, right
