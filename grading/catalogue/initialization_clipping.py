"""Wrong ways to clip gradients, of lesson 05, each with the sentence that explains it."""

from __future__ import annotations

import math

from torch import Tensor

from grading.judging.exercise import Mistake


def _norm(grads: list[Tensor]) -> float:
    return math.sqrt(sum(float((grad.double() ** 2).sum()) for grad in grads))


def _clip_always(grads: list[Tensor], max_norm: float) -> float:
    norm = _norm(grads)
    for grad in grads:
        grad.mul_(max_norm / max(norm, 1e-6))
    return norm


def _clip_each(grads: list[Tensor], max_norm: float) -> float:
    for grad in grads:
        own = float(grad.norm())
        if own > max_norm:
            grad.mul_(max_norm / own)
    return _norm(grads)


def _clip_each_right_norm(grads: list[Tensor], max_norm: float) -> float:
    norm = _norm(grads)
    for grad in grads:
        own = float(grad.norm())
        if own > max_norm:
            grad.mul_(max_norm / own)
    return norm


def _clip_values(grads: list[Tensor], max_norm: float) -> float:
    norm = _norm(grads)
    for grad in grads:
        grad.clamp_(-max_norm, max_norm)
    return norm


def _clip_sum_of_norms(grads: list[Tensor], max_norm: float) -> float:
    norm = sum(float(grad.norm()) for grad in grads)
    if norm > max_norm:
        for grad in grads:
            grad.mul_(max_norm / norm)
    return norm


def _clip_squared(grads: list[Tensor], max_norm: float) -> float:
    norm = _norm(grads) ** 2
    if norm > max_norm:
        for grad in grads:
            grad.mul_(max_norm / norm)
    return norm


def _clip_returns_after(grads: list[Tensor], max_norm: float) -> float:
    norm = _norm(grads)
    if norm > max_norm:
        for grad in grads:
            grad.mul_(max_norm / norm)
    return _norm(grads)


def _clip_returns_nothing(grads: list[Tensor], max_norm: float) -> None:
    norm = _norm(grads)
    if norm > max_norm:
        for grad in grads:
            grad.mul_(max_norm / norm)


def _clip_rebinds(grads: list[Tensor], max_norm: float) -> float:
    norm = _norm(grads)
    if norm > max_norm:
        for grad in grads:
            grad = grad * (max_norm / norm)
    return norm


def _clip_replaces(grads: list[Tensor], max_norm: float) -> float:
    norm = _norm(grads)
    if norm > max_norm:
        for i, grad in enumerate(grads):
            grads[i] = grad * (max_norm / norm)
    return norm


def _clip_inverted(grads: list[Tensor], max_norm: float) -> float:
    norm = _norm(grads)
    if norm > max_norm:
        for grad in grads:
            grad.mul_(norm / max_norm)
    return norm


def _clip_unit(grads: list[Tensor], max_norm: float) -> float:
    norm = _norm(grads)
    if norm > max_norm:
        for grad in grads:
            grad.div_(norm)
    return norm


def _clip_smaller(grads: list[Tensor], max_norm: float) -> float:
    norm = _norm(grads)
    if 0 < norm < max_norm:
        for grad in grads:
            grad.mul_(max_norm / norm)
    return norm


def _clip_absolute(grads: list[Tensor], max_norm: float) -> float:
    norm = sum(float(grad.abs().sum()) for grad in grads)
    if norm > max_norm:
        for grad in grads:
            grad.mul_(max_norm / norm)
    return norm


def _clip_largest(grads: list[Tensor], max_norm: float) -> float:
    norm = max(float(grad.norm()) for grad in grads)
    if norm > max_norm:
        for grad in grads:
            grad.mul_(max_norm / norm)
    return norm


CLIP_GRADIENTS = (
    Mistake(
        "always",
        _clip_always,
        "The gradients are scaled even if their norm is below max_norm, which makes small ones larger.",
    ),
    Mistake(
        "each-alone",
        _clip_each_right_norm,
        "Each tensor is clipped by its own norm, which turns the direction of the step. One factor for all keeps it.",
    ),
    Mistake(
        "each-alone-norm-after",
        _clip_each,
        "Each tensor is clipped by its own norm, and the norm returned is that after clipping. Take one norm, before, for all.",
    ),
    Mistake(
        "by-value", _clip_values, "Single elements are clamped. Clipping by norm scales all of them by the same factor."
    ),
    Mistake(
        "sum-of-norms",
        _clip_sum_of_norms,
        "The norms of the tensors were added. Add their squares, then take the root: the length of one long vector.",
    ),
    Mistake("squared", _clip_squared, "This is the squared norm: a square root is missing."),
    Mistake(
        "norm-after",
        _clip_returns_after,
        "The norm after clipping is returned. The one before is asked for; it tells how wild it was.",
    ),
    Mistake("no-return", _clip_returns_nothing, "The clipping is right, but the norm is not returned."),
    Mistake(
        "rebinds",
        _clip_rebinds,
        "`grad = grad * c` makes a new tensor and lets the name point to it; the one in the list is unchanged. Use `mul_` or `*=`.",
    ),
    Mistake(
        "replaces",
        _clip_replaces,
        "`grads[i] = ...` puts new tensors into the list; the gradients of the parameters stay as they were. Use `mul_` or `*=`.",
    ),
    Mistake("inverted", _clip_inverted, "The factor is upside down: norm / max_norm makes the gradients larger still."),
    Mistake("unit", _clip_unit, "The gradients are brought to norm 1. They should come to max_norm."),
    Mistake(
        "wrong-side",
        _clip_smaller,
        "The comparison is the wrong way round: small gradients are blown up and large ones kept.",
    ),
    Mistake("absolute", _clip_absolute, "This adds absolute values. The norm is the root of the sum of the squares."),
    Mistake(
        "largest",
        _clip_largest,
        "The largest of the norms is taken for the norm of all. Add the squares of all of them.",
    ),
)
