"""What an exercise is: data, declared once and used by the judge, the lessons, the linter and the tests."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeVar

import torch

from grading.cells import grade_id
from grading.judging.draw import Draw

if TYPE_CHECKING:
    from grading.judging.factors import Cause
    from grading.judging.read import Reader
    from grading.judging.verdict import Finding
    from grading.probe.call import Observation, Step

Arguments = dict[str, Any]
CARE = "care"
GRADIENT = "gradient"
_Wrong = TypeVar("_Wrong", bound=Callable[..., Any])


@dataclass(frozen=True)
class Mistake:
    """A known wrong answer and the sentence that explains it.

    wrong: the wrong implementation, a plain function with the signature of the exercise; the judge names the mistake when
        this function reproduces an answer, and the tests use it as a wrong answer that must be rejected.
    explanation: written to the person who made the mistake; it says what happened and where to look, not the solution.
    any_scale: whether the sentence is true of its multiples as well; else a factor is told with it (see `Exercise.factors`).
    line: a pattern that the learner's failing line must show; for exceptions that several mistakes raise in the same words.
    alone: whether it is told only where it explains all that an answer does: a single output is too little evidence.
    """

    name: str
    wrong: Callable[..., Any]
    explanation: str
    any_scale: bool = False
    line: str = ""
    alone: bool = False


class Mistakes:
    """The known mistakes of one exercise, in the order in which they are written down.

    mistake = Mistakes()

    @mistake("This is |x|: negative inputs come back positive, but ReLU makes them zero.")
    def absolute(X: Tensor) -> Tensor:
        return X.abs()

    The function's name names the mistake (`in_place` is "in-place"), unless another name is given.
    """

    def __init__(self) -> None:
        self._found: list[Mistake] = []

    def __call__(
        self, explanation: str, *, name: str = "", any_scale: bool = False, line: str = "", alone: bool = False
    ) -> Callable[[_Wrong], _Wrong]:
        """Declare the function below, a wrong answer, with the sentence for the person who wrote it."""

        def declare(wrong: _Wrong) -> _Wrong:
            called = name or wrong.__name__.replace("_", "-")
            self._found.append(Mistake(called, wrong, explanation, any_scale, line, alone))
            return wrong

        return declare

    @property
    def all(self) -> tuple[Mistake, ...]:
        """All that have been declared so far."""
        return tuple(self._found)


@dataclass(frozen=True)
class Case:
    """One situation in which an answer is tried.

    name: the property that it shows, as it may stand in a sentence: "a batch of one".
    make: draws the arguments, by parameter name and in order. Floating-point tensors are cast to `dtype` afterwards.
    part: the share of the points at stake; "" means that each output is at stake by itself.
    layout, requires_grad: how the tensors are handed over (see `grading.probe.call.Call`).
    hidden: left out of the learner's own check; never shown with its input.
    twice: call a second time with equal arguments; the results must agree.
    connected: autograd must be able to pass through the result.
    gradient: the gradients of the sum of the result, by every tensor and parameter, must be right as well (see `gradients`).
    """

    name: str
    make: Callable[[Draw], Arguments]
    part: str = ""
    dtype: torch.dtype = torch.float32
    layout: str = "contiguous"
    requires_grad: bool = False
    hidden: bool = False
    twice: bool = False
    connected: bool = False
    gradient: bool = False


@dataclass(frozen=True)
class Ban:
    """What an answer may not call.

    operations: names of operations, in any spelling that PyTorch has for them, and groups (`autograd`, `nn.init`).
    reason: a kind sentence that says what to write instead.
    """

    operations: frozenset[str] = frozenset()
    reason: str = ""


@dataclass(frozen=True)
class Reach:
    """What autograd has to get to, from where, and with the right values, in the cases that are connected.

    output: which of the outputs is the first tensor that an answer returns. arguments: the parameters to whose tensors it goes.
    """

    output: str
    arguments: tuple[str, ...]


@dataclass(frozen=True, eq=False)
class Exercise:
    """A TODO of the course.

    name: the name in the curriculum; points: what it is worth.
    parameters: the names of its parameters, in order. summary: its contract in one sentence.
    outputs: the names of what it returns; read: how they are found in a returned value.
    cases: the situations in which an answer is tried.
    reference: the truth from float64 arguments on the CPU, a tensor, a tuple of them in the order of `outputs`, or a
        mapping from output names in the order in which faults are reported; independent of the model solution.
    right: what a right answer returns, from float64 arguments on the CPU, where later answers of the lesson may call this one; an
        elementwise function needs none.
    parts: shares of the points, by output name or by the part of a case; they sum to 1. See `shares` for the default.
    mistakes: known wrong answers, each with its sentence. hints: from a nudge to the answer itself.
    ban: what an answer may not call.
    reduction: from the arguments, how many terms the longest sum has (for the tolerance).
    like: output name to parameter name, where both have the same shape.
    dims: from the arguments, the sizes by their letters, for the diagnosis of constant factors.
    factors: by output name, what people do that puts a constant factor before it; products of them are told as several faults.
    places: from the arguments, at which x each element of the output is the value of a function, if these are not the argument.
    may_change: parameters that the answer is meant to change.
    trains: whether an answer, or what is done with it, trains a network, and may take its time.
    keeps_dtype: whether the outputs have the dtype of the inputs.
    any_device: whether the contract says that an answer runs where its inputs are; if not, what would fail elsewhere is a remark.
    returns: whether what is returned counts; not where an answer only changes its arguments.
    given: outputs that are right before an answer has done anything; alone they earn nothing.
    passable: from which of the returned tensors, in order, autograd must be able to pass back; by default the first.
    reach: where autograd has to get to; by default it is enough that it can pass back at all.
    conduct: from the arguments and what was observed, what else is wrong with how an answer behaved, beside what it returned.
    step: how answers are called, if they are not just called (see `grading.probe.steps`).
    examine: replaces the comparison with a reference where that makes no sense (samplers, training): a function of the
        exercise and of the `grading.judging.context.Context` of a judgement, which imports this module, not the other way round.
    manual: graded by a person with `rubric`; such an exercise has no cases.
    lesson: "02-activations"; filled in from the exercise's folder when it is found.
    """

    name: str
    points: float
    parameters: tuple[str, ...]
    summary: str
    outputs: tuple[str, ...] = ()
    read: Reader | None = None
    cases: tuple[Case, ...] = ()
    reference: Callable[..., Any] | None = None
    right: Callable[..., Any] | None = None
    parts: Mapping[str, float] = field(default_factory=dict)
    mistakes: tuple[Mistake, ...] = ()
    hints: tuple[str, ...] = ()
    ban: Ban = field(default_factory=Ban)
    reduction: Callable[[Arguments], int] = lambda arguments: 1
    like: Mapping[str, str] = field(default_factory=dict)
    dims: Callable[[Arguments], dict[str, int]] = lambda arguments: {}
    factors: Mapping[str, tuple[Cause, ...]] = field(default_factory=dict)
    places: Callable[[Arguments], torch.Tensor] | None = None
    may_change: frozenset[str] = frozenset()
    given: frozenset[str] = frozenset()
    trains: bool = False
    keeps_dtype: bool = True
    any_device: bool = False
    returns: bool = True
    passable: Callable[[tuple[bool, ...]], bool] = lambda connected: connected[0]
    reach: Reach | None = None
    conduct: Callable[[Mapping[str, Any], Observation], list[Finding]] = lambda arguments, observation: []
    step: Step | None = None
    examine: Callable[[Exercise, Any], list[Finding]] | None = None
    manual: bool = False
    rubric: tuple[str, ...] = ()
    lesson: str = ""

    @property
    def grade_id(self) -> str:
        """The name as a notebook's cell identifier."""
        return grade_id(self.name)

    @property
    def elementwise(self) -> bool:
        """Whether each element of the one result depends on the same element of the one argument alone."""
        return len(self.parameters) == 1 and list(self.like.values()) == list(self.parameters)

    def places_of(self, arguments: Mapping[str, Any]) -> torch.Tensor | None:
        """Return the x of each element of the output; None if the output is not a function's values."""
        if self.places is not None:
            return self.places(dict(arguments))
        return arguments[self.parameters[0]] if self.elementwise else None

    @property
    def shares(self) -> dict[str, float]:
        """The shares of the points: as declared, else a fifth for care and the rest in equal parts for the outputs."""
        if self.parts:
            return dict(self.parts)
        return {**{name: 0.8 / len(self.outputs) for name in self.outputs}, CARE: 0.2}

    def __repr__(self) -> str:
        return f"Exercise({self.name!r}, lesson={self.lesson!r}, points={self.points:g})"
