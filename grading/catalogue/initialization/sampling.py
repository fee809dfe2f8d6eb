"""Judge a sampler by statistics: a function from two sizes to a random matrix of weights.

Nothing is compared with a seeded draw: each call has a seed of its own, and any source of randomness will do. The tests and
their false-alarm rate of 1e-9 for a whole judgement are those of `grading.judging.statistics`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

import torch
from torch import Tensor

from grading.catalogue.initialization.weight_statistics import WeightStatistics, name_mistake, summarize
from grading.catalogue.initialization.weights import (
    DISTRIBUTION,
    SCALE,
    Block,
    examine_grid,
    examine_large,
    examine_relations,
    examine_scale_and_law,
    pooled,
)
from grading.judging.context import Context
from grading.judging.draw import Draw
from grading.judging.exceptions import CALLED_IN
from grading.judging.exercise import CARE, Exercise, Mistake
from grading.judging.read import describe, nothing_returned
from grading.judging.statistics import NORMAL, Law, cut_off, related
from grading.judging.trial import raised, untouched
from grading.judging.verdict import MISSING, Finding
from grading.probe.call import Observation, Step
from grading.probe.repeats import Repeated

# This many draws of 1 × 2 weights tell fan_in + fan_out from fan_in + fan_out + 1, four standard errors beyond the bound. They
# also show a sample that was brought to its exact mean and spread.
_TINY = 1800
# A square matrix with so many rows tells a sum of twelve uniform numbers from the normal law.
_LARGE = 800
# A sample that ends nearer, in deviations, is of another law, such as the uniform one.
_NEAREST_CUT = 1.9
TAILS_CUT_OFF = "tails-cut-off"
SHARES = {SCALE: 0.6, DISTRIBUTION: 0.2, CARE: 0.2}


@dataclass(frozen=True)
class _Draws:
    """What an answer gave: the blocks, and the first thing that was wrong with a value."""

    blocks: tuple[Block, ...] = ()
    problem: Finding | None = None
    equal: bool = False

    def statistics(self) -> WeightStatistics:
        """Summarize the draws, to be compared with those of a known mistake."""
        if self.problem is not None:
            facts = tuple(pair for pair in self.problem.facts if pair[0] not in ("in", CALLED_IN))
            return WeightStatistics((self.problem.kind, self.problem.title, *facts))
        return replace(summarize(self.blocks), traits=("equal draws",) if self.equal else ())


@dataclass(frozen=True)
class Sampler:
    """Examines an exercise `f(fan_in, fan_out)` whose answers are independent draws of one law.

    std: the right standard deviation by the two sizes; formula: the same in words.
    """

    law: Law
    std: Callable[[int, int], float]
    formula: str

    def __call__(self, exercise: Exercise, context: Context) -> list[Finding]:
        """Return what is wrong with the answer, the most basic first."""
        first = self._observe(context, (3, 5), 0, watch=True)
        if untouched(first):
            return [Finding("", MISSING, "the TODO is untouched.")]
        findings = self._conduct(exercise, first)
        if findings:
            return findings
        draws = self._draws(context)
        findings = self._examine(context, draws)
        if not findings:
            return []
        name = self._name(exercise, draws, findings[0], context)
        if name is not None:
            findings[0] = replace(findings[0], advice=name.explanation, mistake=name.name)
        return findings

    def _name(self, exercise: Exercise, draws: _Draws, first: Finding, context: Context) -> Mistake | None:
        """Return the mistake that the first finding shows; what only shows in values or far out is not in the statistics."""
        if first.kind in ("grid", "near"):
            return None
        # Numbers that are repeated are too few to tell how far out a sample goes.
        drawn_anew = draws.blocks and not draws.equal and not examine_relations(list(draws.blocks))
        cut = cut_off(pooled(draws.blocks)) if self.law is NORMAL and drawn_anew else None
        if cut is not None and cut > _NEAREST_CUT:
            return next((one for one in exercise.mistakes if one.name == TAILS_CUT_OFF), None)
        told_by_statistics = tuple(one for one in exercise.mistakes if one.name != TAILS_CUT_OFF)
        return name_mistake(
            replace(exercise, mistakes=told_by_statistics), draws.statistics(), self._statistics, context
        )

    def _observe(
        self, context: Context, sizes: tuple[int, int], index: int, *, watch: bool = False, step: Step | None = None
    ) -> Observation:
        fan_in, fan_out = sizes
        # Neighbouring seeds, so that no two calls of a judgement share one: the generator keeps only 32 bits of it.
        seed = (context.seed * 6007 + index) % 2**31
        return context.run(context.call({"fan_in": fan_in, "fan_out": fan_out}, seed=seed, watch=watch, step=step))

    def _conduct(self, exercise: Exercise, first: Observation) -> list[Finding]:
        if not first.used:
            return []
        used = ", ".join(sorted(first.used))
        return [Finding("", "forbidden", f"it leaves the work to PyTorch ({used}).", advice=exercise.ban.reason)]

    def _draws(self, context: Context) -> _Draws:
        """Draw small, wide, tall and square matrices, one of them again from another seed."""
        draw = Draw(context.exercise.name, context.seed)
        wide = (draw.integer(100, 130), draw.integer(380, 430))
        tall = (draw.integer(380, 430), draw.integer(100, 130))
        side = draw.integer(140, 170)
        blocks = []
        for index, sizes in enumerate(((3, 5), wide, tall, (side, side), wide)):
            found = self._read(context, sizes, index + 1)
            if isinstance(found, Finding):
                return _Draws(problem=found)
            blocks.append(found)
        _, one, two, three, again = blocks
        equal = related(one.Z, again.Z)
        return _Draws((one, two, three), equal=equal)

    def _statistics(self, context: Context) -> WeightStatistics:
        return self._draws(context).statistics()

    def _read(self, context: Context, sizes: tuple[int, int], index: int) -> Block | Finding:
        observation = self._observe(context, sizes, index)
        label = f"fan_in = {sizes[0]}, fan_out = {sizes[1]}"
        problem = examine_matrix(observation, sizes)
        if problem is not None:
            return replace(problem, facts=(*problem.facts, ("input", label)))
        return Block(label, self.std(*sizes), observation.value.double())

    def _examine(self, context: Context, draws: _Draws) -> list[Finding]:
        if draws.problem is not None:
            return [draws.problem]
        blocks = list(draws.blocks)
        findings = examine_relations(blocks)
        if findings:
            return findings
        if draws.equal:
            findings.append(_equal_draws())
        else:
            edges = self._edge_cases(context)
            blocks += [block for block in edges if isinstance(block, Block)]
            findings += [replace(found, part=CARE) for found in edges if isinstance(found, Finding)][:1]
        found = examine_scale_and_law(blocks, self.law, self.formula)
        grid = examine_grid(draws.blocks)
        if grid:
            found = [finding for finding in found if finding.part != DISTRIBUTION] + grid
        elif not found and not findings:
            found = self._large(context)
        return [*found, *findings]

    def _large(self, context: Context) -> list[Finding]:
        """Examine one large sample: some laws are so near the normal one that a smaller sample does not tell."""
        if self.law is not NORMAL:
            return []
        block = self._read(context, (_LARGE, _LARGE), 30)
        return examine_large(block) if isinstance(block, Block) else [replace(block, part=CARE)]

    def _edge_cases(self, context: Context) -> list[Block | Finding]:
        """Draw a single row, a single column, and many tiny matrices, which are put into one block."""
        draw = Draw(f"{context.exercise.name}/edges", context.seed)
        length = draw.integer(4000, 5000)
        found: list[Block | Finding] = [
            self._read(context, sizes, 10 + i) for i, sizes in enumerate(((1, length), (length, 1)))
        ]
        return [*found, *self._tiny(context)]

    def _tiny(self, context: Context) -> list[Block | Finding]:
        """Draw many matrices of 1 × 2 weights in one call."""
        observation = self._observe(context, (1, 2), 20, step=Repeated(_TINY))
        value = observation.value
        if not isinstance(value, Mapping):
            # The first value that was not like the others.
            odd = examine_matrix(observation, (1, 2)) or Finding("", "dtype", "the results have different dtypes.")
            return [replace(odd, facts=(*odd.facts, ("input", "fan_in = 1, fan_out = 2")))]
        problem = examine_matrix(replace(observation, value=value["draws"][0]), (1, 2))
        if problem is None and not torch.isfinite(value["draws"]).all():
            problem = _not_finite()
        if problem is not None:
            return [replace(problem, facts=(*problem.facts, ("input", "fan_in = 1, fan_out = 2")))]
        block = Block(
            f"fan_in = 1, fan_out = 2, {_TINY} times", self.std(1, 2), value["draws"].double().reshape(_TINY, 2)
        )
        return [block] if value["fresh"] else [_same_memory()]


def examine_matrix(observation: Observation, sizes: tuple[int, int]) -> Finding | None:
    """Return what keeps the value of a call from being a float32 or float64 matrix of these sizes, or None."""
    if observation.failure is not None:
        return raised(observation.failure)
    value = observation.value
    nothing = nothing_returned(value)
    if nothing is not None:
        return nothing
    if not isinstance(value, Tensor):
        return Finding("", "type", "it should return a tensor.", (("got", describe(value)),))
    if value.shape != sizes:
        facts = (("expected", f"{sizes}   (fan_in, fan_out)"), ("got", str(tuple(value.shape))))
        return Finding("", "shape", "the result has the wrong shape.", facts)
    if value.dtype not in (torch.float32, torch.float64):
        facts = (("expected", "float32 or float64"), ("got", str(value.dtype).removeprefix("torch.")))
        return Finding("", "dtype", "the result has the wrong dtype.", facts)
    if not torch.isfinite(value).all():
        return _not_finite()
    return None


def _not_finite() -> Finding:
    return Finding("", "finite", "not every weight is a finite number.")


def _same_memory() -> Finding:
    advice = "The second call overwrites what the first one returned. Make a new tensor each time."
    return Finding(CARE, "memory", "every call returns the same tensor.", (), advice)


def _equal_draws() -> Finding:
    advice = "Every call should draw new numbers. Set a seed outside of the function, or not at all."
    return Finding(CARE, "constant", "two calls return the same numbers.", (), advice)
