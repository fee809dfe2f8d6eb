"""Find the input: a learner looks for an input on which a wrong function and the right one differ; it is judged on the spot."""

from __future__ import annotations

import copy
import inspect
import math
import warnings
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

from grading.practice.drilling import Chosen, choose, known, remember
from grading.practice.listing import code_and, compiled, listing
from grading.study.panel import BLUE, GREEN, Panel
from grading.study.records import Drill

SEPARATED = "separated"
# How many roundings of the last digit two right ways to compute something may be apart.
_ROUNDINGS = 1000
_LONGEST = 60


@dataclass(frozen=True)
class _Gave:
    """What a function gave: numbers by where they were found, or what it raised."""

    values: tuple[tuple[str, Any], ...] = ()
    error: str = ""


def separate(wanted: Any, number: Any, inputs: Sequence[Any], named: dict[str, Any]) -> Panel:
    """Judge an input that should separate a wrong function from the right one; without an input, show the wrong one."""
    chosen = choose(wanted, number, known())
    if isinstance(chosen, Panel):
        return chosen
    found = chosen.exercise
    if found.examine is not None or found.trains:
        return Panel(f"{found.name} is judged by more than one input.", (f'drill("{found.name}") has its drills.',))
    if not inputs and not named:
        return _asked(chosen)
    wrong, right = chosen.function(), compiled(found.name, chosen.drills, next(iter(chosen.drills.solutions.values())))
    try:
        arguments = inspect.signature(right).bind(*inputs, **named).arguments
    except TypeError:
        return Panel(f"{found.name} takes {', '.join(found.parameters)}.", (f"Such as {_call(chosen)}.",))
    expected = _give(right, arguments)
    if expected.error:
        return Panel("The right function cannot take this input.", (expected.error, f"{found.name}: {found.summary}"))
    if any(not _is_finite(value) for _, value in expected.values):
        return Panel("The right function gives something that is not finite on this input; take another.")
    return _told(chosen, _difference(expected, _give(wrong, arguments)))


def _told(chosen: Chosen, difference: str) -> Panel:
    if not difference:
        ask = (
            "Which line would have to matter? Think of zeros, ties, large numbers, one row, other sizes, another dtype."
        )
        return Panel("On this input both give the same.", (ask,), BLUE, "\u2192")
    found, number = chosen.exercise, chosen.variant.number
    remember(Drill(found.lesson, found.name, number, SEPARATED))
    return Panel(
        "This input tells them apart.",
        (difference, f'drill("{found.name}", {number}) gives it to you to fix.'),
        GREEN,
        "\u2713",
    )


def _asked(chosen: Chosen) -> Panel:
    text = listing(chosen.exercise.name, chosen.variant.body, chosen.variant.imports).rstrip()
    ask = f"Find an input on which it gives something else than the right one: {_call(chosen)}."
    return Panel(f"{chosen.title}, wrong somewhere:", (*text.split("\n"), "", ask), BLUE, "?", code_and(text, ask))


def _call(chosen: Chosen) -> str:
    return f'find_input("{chosen.exercise.name}", {chosen.variant.number}, {", ".join(chosen.exercise.parameters)})'


def _give(function: Callable[..., Any], arguments: dict[str, Any]) -> _Gave:
    """Call a function on copies; what it returned, what became of its arguments and, where asked for, the gradients count."""
    try:
        own = {name: _copied(value) for name, value in arguments.items()}
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            result = function(**own)
        values = [
            *_leaves("the result", result),
            *(leaf for name, value in own.items() for leaf in _leaves(name, value)),
        ]
        return _Gave((*values, *_gradients(result, own)))
    except Exception as error:  # whatever a wrong function or an odd input leads to is what is told
        return _Gave(error=f"{type(error).__name__}: {str(error).splitlines()[0] if str(error) else ''}"[:200])


def _gradients(result: Any, arguments: dict[str, Any]) -> Iterator[tuple[str, Any]]:
    """Yield the gradients of the sum of what was returned, by the arguments that ask for one."""
    sources = [(name, leaf) for name, value in arguments.items() for _, leaf in _leaves(name, value) if _asks(leaf)]
    outputs = [leaf for _, leaf in _leaves("", result) if isinstance(leaf, Tensor) and leaf.requires_grad]
    if not sources:
        return
    if not outputs:
        yield from ((f"the gradient by {name}", "none") for name, _ in sources)
        return
    total = sum((output.sum() for output in outputs), torch.zeros(()))
    grads = torch.autograd.grad(total, [leaf for _, leaf in sources], allow_unused=True)
    for (name, leaf), grad in zip(sources, grads, strict=True):
        yield f"the gradient by {name}", torch.zeros_like(leaf) if grad is None else grad


def _asks(leaf: Any) -> bool:
    return isinstance(leaf, Tensor) and leaf.requires_grad and leaf.is_leaf


def _difference(expected: _Gave, got: _Gave) -> str:
    """Return in what the second differs from the first; "" if it does not."""
    if got.error:
        return f"It raises {got.error}"
    if [place for place, _ in expected.values] != [place for place, _ in got.values]:
        return f"What it gives is made up differently: {_places(got)}, where {_places(expected)} should be."
    said = (_apart(place, right, wrong) for (place, right), (_, wrong) in zip(expected.values, got.values, strict=True))
    return next((one for one in said if one), "")


def _apart(place: str, right: Any, wrong: Any) -> str:
    if not isinstance(right, Tensor) or not isinstance(wrong, Tensor):
        same = type(right) is type(wrong) and (right == wrong or _close(right, wrong))
        return "" if same else f"{_large(place)} is {_short(wrong)}, the right one {_short(right)}."
    if right.shape != wrong.shape:
        return f"{_large(place)} has the shape {tuple(wrong.shape)}, the right one {tuple(right.shape)}."
    if right.dtype != wrong.dtype:
        return f"{_large(place)} is in {wrong.dtype}, the right one in {right.dtype}."
    if right.requires_grad != wrong.requires_grad:
        return f"Autograd gets {'' if wrong.requires_grad else 'not '}through {place}."
    one, other = right.detach().double(), wrong.detach().double()
    gap = (one - other).abs()
    size = max(1.0, float(one.abs().max())) if one.numel() else 1.0
    eps = torch.finfo(right.dtype).eps if right.is_floating_point() else 0.0
    if not one.numel() or bool((gap <= _ROUNDINGS * eps * size).all()):
        return ""
    where = int(gap.nan_to_num(nan=math.inf).argmax())
    by = f"by up to {float(gap.max()):.4g}" if bool(gap.isfinite().all()) else "without a limit"
    return f"{_large(place)} differs {by}: {float(other.flatten()[where]):.6g}, where {float(one.flatten()[where]):.6g} is right."


def _close(right: Any, wrong: Any) -> bool:
    return isinstance(right, float) and math.isclose(right, wrong, rel_tol=1e-9, abs_tol=1e-12)


def _leaves(place: str, value: Any) -> Iterator[tuple[str, Any]]:
    """Yield the tensors and numbers in a value, each with the words for where it is."""
    if isinstance(value, dict):
        for key, one in value.items():
            yield from _leaves(f"{place}[{key!r}]", one)
    elif isinstance(value, list | tuple):
        for index, one in enumerate(value):
            yield from _leaves(f"{place}[{index}]", one)
    elif isinstance(value, torch.nn.Module):
        yield from ((f"{place}.{name}", parameter) for name, parameter in value.named_parameters())
    elif isinstance(value, Tensor | bool | int | float | str | None):
        yield place, value
    elif not callable(value):
        yield place, type(value).__name__


def _copied(value: Any) -> Any:
    if isinstance(value, Tensor):
        return value.detach().clone().requires_grad_(value.requires_grad)
    if isinstance(value, dict):
        return {key: _copied(one) for key, one in value.items()}
    if isinstance(value, list | tuple) and type(value) in (list, tuple):
        return type(value)(map(_copied, value))
    return copy.deepcopy(value)


def _is_finite(value: Any) -> bool:
    if isinstance(value, Tensor):
        return bool(torch.isfinite(value).all())
    return not isinstance(value, float) or math.isfinite(value)


def _places(gave: _Gave) -> str:
    return ", ".join(place for place, _ in gave.values)[:_LONGEST] or "nothing"


def _short(value: Any) -> str:
    return repr(value)[:_LONGEST]


def _large(place: str) -> str:
    return place[:1].upper() + place[1:] if place.startswith("the ") else place
