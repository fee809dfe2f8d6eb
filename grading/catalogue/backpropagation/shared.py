"""What the exercises of this lesson share: parameters that are drawn, and readings that excuse what follows from a fault."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor

from grading.catalogue.bans import NO_AUTOGRAD
from grading.judging.compare import largest
from grading.judging.draw import Draw
from grading.judging.exercise import Ban
from grading.probe.watch import AUTOGRAD

BY_HAND_ALL = Ban(frozenset({AUTOGRAD, "threshold_backward", "mse_loss_backward"}), NO_AUTOGRAD.reason)


def pulled(value: Tensor, upstream: Tensor) -> Tensor:
    """Return a number whose gradient with respect to `value` is `upstream`: to be given one, PyTorch imports its algebra."""
    return (value * upstream.detach()).sum()


Parameters = dict[str, Tensor]


def draw_parameters(draw: Draw, d: int, h: int, q: int) -> Parameters:
    """Draw the parameters of a network with one hidden layer; all biases differ from zero, and the hidden ones have both signs."""
    params = {
        "W1": draw.normal(d, h, scale=0.8),
        "b1": draw.normal(h),
        "W2": draw.normal(h, q, scale=0.8),
        "b2": draw.normal(q),
    }
    if not draw.simple:
        # A layer that is nothing but its bias is neither open nor closed throughout.
        params["b1"][:2] = params["b1"][:2].abs() * torch.tensor([1.0, -1.0])[:h]
    return params


def independent(A: Tensor) -> bool:
    """Tell whether the rows of A, if they are fewer than its columns, are far from linearly dependent."""
    if len(A) >= A.shape[1]:
        return True
    S = torch.linalg.svdvals(A)
    return bool(S[-1] > 0.02 * S[0])


def usable(value: Any, like: Tensor) -> Tensor | None:
    """Return a value in float64 if it is a finite tensor of that shape, else None."""
    if not isinstance(value, Tensor) or value.shape != like.shape or not value.is_floating_point():
        return None
    return value.double() if bool(torch.isfinite(value).all()) else None


def excused(shown: Any, due: Tensor, fits: bool | None, *, untouched: bool) -> Any:
    """Return what an answer gave, or the truth where it is excused: it fits to what came wrong from above."""
    return due.to(shown.dtype) if fits and not untouched else shown


# What follows from a step before and is smaller than this share of the truth lies within the tolerance, whatever it is.
_NEXT_TO_NOTHING = 1e-3


def as_if_handed_right(here: Tensor, due: Tensor, follows: Tensor) -> Tensor:
    """Return the truth plus what an answer itself did wrong in one step.

    here: what it gave. due: the truth. follows: what is right after what it was handed. An answer may also have computed
    this step apart from what it shows of the step before, so the smaller of both errors is its own.
    """
    own, after = here - due, here - follows
    same = bool((here == here.flatten()[0]).all())
    if here.numel() > 1 and (same or largest(follows) < _NEXT_TO_NOTHING * largest(due)):
        return due + own  # one number everywhere, or next to nothing, may seem to follow from anything
    after = after * (largest(due) / max(largest(due), largest(follows), 1e-300))
    return due + (after if largest(after) < largest(own) else own)
