"""A fault is charged once: an answer that calls an earlier function of the lesson is tried again with right values of that one.

Only functions that earned less than all of their points, or were not written, are exchanged; if the answer earns more then, those
are its points, and the verdict says where the fault lies.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from typing import Any

import torch

from grading.judging.context import AnswerProxy
from grading.judging.exercise import Exercise
from grading.judging.judge import passes
from grading.judging.prepared import cast
from grading.judging.stopping import TookTooLong
from grading.judging.verdict import Verdict
from grading.outcome import Outcome
from grading.probe.call import Blueprint
from grading.probe.device_audit import tensors_in
from grading.probe.freeze import Unknown
from grading.probe.helpers import Question, RightValue, called_by, exchanged, standing_in

MOST_QUESTIONS = 1000
# The judge's own inputs are far smaller; an answer could ask for the product of a column and a row of millions.
_MOST_ELEMENTS = 4096
_MOST_ELEMENTWISE = 2**16
_MOST_DRAWN = 2**20
_CLOSED = "right values are given only while the answer that calls for them is checked"


def helpers(exercises: Iterable[Exercise]) -> dict[str, Exercise]:
    """Return those exercises whose values can be given to a later answer, by name."""
    return {one.name: one for one in exercises if one.right is not None or _has_slope(one)}


def can_earn_more(verdict: Verdict) -> bool:
    """Tell whether an answer was tried and lost points, so that right helpers may matter."""
    return verdict.outcome in (Outcome.FAILED, Outcome.ANSWER_ERROR) and verdict.score < 1


def better_of(verdict: Verdict, again: Verdict, names: Sequence[str]) -> Verdict:
    """Return the verdict with right values of these functions if it has more points, with a sentence that says so; else the first one."""
    if again.score <= verdict.score or again.outcome is Outcome.CHECK_ERROR:
        return verdict
    which = " and ".join(f"`{name}`" for name in names)
    is_not, itself, that = ("is", "itself", "that one") if len(names) == 1 else ("are", "themselves", "those")
    end = "this is right" if again.passed else "this is what is left"
    remark = f"With right values of {which}, {end}. {which} {is_not} not right {itself}: fix {that}."
    return replace(again, remarks=(remark, *again.remarks))


def with_right_helpers(
    verdict: Verdict,
    function: Any,
    earlier: Iterable[Exercise],
    again: Callable[[], Verdict],
    proxy: Callable[[Any], AnswerProxy],
) -> Verdict:
    """Return the verdict on an answer of this process, tried again where the fault is that of an earlier function.

    earlier: the exercises before this one in its lesson. again: judges the answer once more. proxy: makes of a function what is judged.
    Raises KeyboardInterrupt if interrupted; where the time is up, the verdict stays what it was.
    """
    if not can_earn_more(verdict):
        return verdict
    known = helpers(earlier)
    with suppress(TookTooLong):
        names = [name for name in called_by(function, known) if not _is_right(known[name], function, proxy)]
        if names:
            asked = RightValues({name: known[name] for name in names})
            with exchanged(function, {name: standing_in(name, asked.answer) for name in names}):
                return better_of(verdict, again(), names)
    return verdict


def _is_right(exercise: Exercise, function: Any, proxy: Callable[[Any], AnswerProxy]) -> bool:
    helper = function.__globals__.get(exercise.name)
    return callable(helper) and passes(exercise, proxy(helper), "cpu", hidden=False)


class RightValues:
    """Answers the questions of one check about earlier functions, at most a thousand, and none of a size that no check has."""

    def __init__(self, exercises: Mapping[str, Exercise]) -> None:
        self._exercises, self._asked = exercises, 0

    def answer(self, question: Question) -> RightValue:
        """Return what the function returns, or why that is not told; never raises because of the question."""
        self._asked += 1
        one = self._exercises.get(question.name) if type(question.name) is str else None
        if one is None or self._asked > MOST_QUESTIONS:
            return RightValue(refused=_CLOSED)
        try:
            return _right_value(one, _bound(one, question), seed=self._asked)
        except (ArithmeticError, AttributeError, LookupError, RuntimeError, TypeError, ValueError) as error:
            return RightValue(refused=f"{one.name} cannot be called like that: {' '.join(str(error).split())[:150]}")


def _bound(exercise: Exercise, question: Question) -> dict[str, Any]:
    """Return the arguments by parameter. Raises TypeError and ValueError if they are not what the function takes."""
    positional = dict(zip(exercise.parameters, question.arguments, strict=False))
    if len(question.arguments) > len(exercise.parameters) or positional.keys() & question.named.keys():
        raise TypeError("too many arguments")
    arguments = {**positional, **question.named}
    if arguments.keys() != set(exercise.parameters):
        raise TypeError(f"it takes {', '.join(exercise.parameters)}")
    if any(isinstance(one, Unknown | Blueprint) for one in _leaves(arguments)):
        raise TypeError("an argument is neither a tensor nor a number")
    most = _MOST_ELEMENTWISE if _has_slope(exercise) else _MOST_ELEMENTS
    if sum(tensor.numel() for tensor in tensors_in(arguments)) > most:
        raise ValueError("its arguments are larger than those of any check")
    sizes = [one for one in _leaves(arguments) if type(one) in (int, float)]
    if any(not abs(one) <= _MOST_DRAWN for one in sizes) or (len(sizes) > 1 and abs(sizes[0] * sizes[1]) > _MOST_DRAWN):
        raise ValueError("its arguments are larger than those of any check")
    return {name: arguments[name] for name in exercise.parameters}


def _leaves(tree: Any) -> Iterable[Any]:
    if isinstance(tree, Mapping):
        for branch in tree.values():
            yield from _leaves(branch)
    elif isinstance(tree, list | tuple):
        for branch in tree:
            yield from _leaves(branch)
    else:
        yield tree


def _has_slope(exercise: Exercise) -> bool:
    return exercise.elementwise and exercise.reference is not None


def _right_value(exercise: Exercise, arguments: dict[str, Any], seed: int) -> RightValue:
    x = next((one for one in tensors_in(arguments) if one.is_floating_point()), None)
    dtype = torch.float32 if x is None else x.dtype
    wide = cast(arguments, torch.float64)
    if _has_slope(exercise):
        (leaf,) = wide.values()
        leaf = leaf.detach().requires_grad_()
        with torch.enable_grad():
            value = exercise.reference(leaf)  # type: ignore[misc]  # _has_slope says that there is one
        slope = torch.autograd.grad(value.sum(), leaf)[0] if value.requires_grad else torch.zeros_like(leaf)
        return RightValue(value.detach().to(dtype), slope.to(dtype))
    if exercise.right is None:
        raise TypeError("no later answer calls it")
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        return RightValue(cast(exercise.right(*wide.values()), dtype))
