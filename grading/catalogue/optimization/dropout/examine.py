"""Judge dropout by statistics: which elements are zero, how many, whether they depend on each other, and where chance comes from.

No mask is compared with a seeded one: any way to draw it from the generator will do. Each test alarms on a right answer with
probability at most ALARM, and there are fewer than TESTS of them, so that a judgement is wrong about right work with
probability at most 1e-9 (see `grading.judging.statistics`).

Which parts of the points are lost must not depend on luck: what is not asked for any more once something else is wrong is as good
as right, because it would come out by chance.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import torch
from torch import Tensor

from grading.catalogue.optimization.dropout.drops import EACH_ITSELF, Drop, Signature, hoeffding, signature
from grading.judging.cache import cached
from grading.judging.context import Context, LocalAnswer
from grading.judging.draw import Draw
from grading.judging.exercise import CARE, Exercise, Mistake
from grading.judging.read import describe, nothing_returned
from grading.judging.statistics import related, related_rows
from grading.judging.trial import raised, untouched
from grading.judging.verdict import MISSING, Finding
from grading.probe.call import Call, Observation, Step
from grading.probe.generators import SeededGenerator
from grading.probe.repeats import Repeated

VALUES, RATE, GENERATOR = "values", "rate", "generator"
SHARES = {VALUES: 0.3, RATE: 0.25, EACH_ITSELF: 0.15, GENERATOR: 0.2, CARE: 0.1}
_EXACT = 1e-5
_REPEATS = 2000
_TOSSES = 60
_MOST = 256


def examine(exercise: Exercise, context: Context) -> list[Finding]:
    """Return what is wrong with an answer, the most basic first, and the first finding with its name."""
    findings, drops = _found(context)
    if not findings or findings[0].kind in (MISSING, "forbidden"):
        return findings
    mine = signature(findings, drops)
    where = (exercise, context.device, context.seed, context.hidden)
    named = [one for one in exercise.mistakes if mine.agrees(_signature_of(one, *where))]
    if len(named) == 1:
        findings[0] = replace(findings[0], advice=named[0].explanation, mistake=named[0].name)
    return findings


@cached(_MOST)
def _signature_of(mistake: Mistake, exercise: Exercise, device: torch.device, seed: int, hidden: bool) -> Signature:
    return signature(*_found(Context(exercise, LocalAnswer(mistake.wrong), device, seed, hidden)))


def _found(context: Context) -> tuple[list[Finding], list[Drop]]:
    draw = Draw(context.exercise.name, context.seed)
    first = _observe(context, _values(draw, 3, 5), 0.5, 1)
    if untouched(first):
        return [Finding("", MISSING, "the TODO is untouched.")], []
    if first.used:
        used = ", ".join(sorted(first.used))
        return [
            Finding("", "forbidden", f"it leaves the work to PyTorch ({used}).", advice=context.exercise.ban.reason)
        ], []
    half = _values(draw, draw.integer(140, 160), draw.integer(180, 210))
    few = _values(draw, draw.integer(100, 120), draw.integer(140, 170))
    many = _values(draw, draw.integer(18, 22), draw.integer(25, 30), draw.integer(35, 40))
    asked = ((half, 0.5), (few, _rate(draw, 0.2, 0.3)), (many, _rate(draw, 0.88, 0.92)))
    seen = [_observe(context, X, p, 11 + i, watch=False) for i, (X, p) in enumerate(asked)]
    for observation, (X, _) in zip((first, *seen), (({}, 0), *asked), strict=True):
        problem = _problem(
            observation, X if isinstance(X, Tensor) else _values(Draw(context.exercise.name, context.seed), 3, 5)
        )
        if problem is not None:
            return [problem], []
    drops = [Drop(p, one.value.double() / X.double()) for one, (X, p) in zip(seen, asked, strict=True)]
    if not 0 < drops[0].share < 1:
        return _all_or_nothing(context, drops, half)
    return [
        *_wrong_values(drops),
        *_wrong_draws(context, drops, half),
        *_wrong_source(context, seen[0], drops[0], half),
        *_careless(context, seen, draw),
    ], drops


def _all_or_nothing(context: Context, drops: list[Drop], X: Tensor) -> tuple[list[Finding], list[Drop]]:
    """Return the finding for a tensor that is kept or dropped as a whole, always or by chance."""
    facts = (("expected", "about half of the elements are 0"), ("input", drops[0].label))
    value = context.run(_call(context, X[:1, :2], 0.5, 32, watch=False, step=Repeated(_TOSSES))).value
    if isinstance(value, Mapping) and isinstance(value.get("draws"), Tensor):
        dropped = (value["draws"] == 0).reshape(_TOSSES, -1).all(dim=1)
        if 0 < int(dropped.sum()) < _TOSSES:
            return [Finding("", "whole", "it drops everything or nothing.", facts)], []
    what = "everything is dropped." if drops[0].share else "nothing is dropped."
    return [Finding("", "degenerate", what, facts)], drops


def _values(draw: Draw, *shape: int) -> Tensor:
    """Draw values of both signs, none of them near zero, in float32."""
    size = draw.uniform(*shape, low=0.5, high=2.0)
    return (size * (draw.uniform(*shape) - 0.5).sign()).float()


def _rate(draw: Draw, low: float, high: float) -> float:
    return round(float(draw.uniform(low=low, high=high)), 3)


def _call(
    context: Context, X: Tensor, p: float, seed: int, session: int = 0, *, watch: bool = True, step: Step | None = None
) -> Call:
    own = (context.seed * 6007 + seed) % 2**31
    arguments = {"X": X, "p": p, "generator": SeededGenerator(own)}
    return context.call(arguments, seed=own + 1 + session, watch=watch, step=step)


def _observe(context: Context, X: Tensor, p: float, seed: int, session: int = 0, *, watch: bool = True) -> Observation:
    return context.run(_call(context, X, p, seed, session, watch=watch))


def _problem(observation: Observation, X: Tensor) -> Finding | None:
    """Return what keeps the value of a call from being a tensor like X, or None."""
    if observation.failure is not None:
        return raised(observation.failure)
    value = observation.value
    nothing = nothing_returned(value)
    if nothing is not None:
        return nothing
    if not isinstance(value, Tensor) or not value.is_floating_point():
        return Finding("", "type", "it should return a tensor like X.", (("got", describe(value)),))
    if value.shape != X.shape:
        facts = (("expected", f"{tuple(X.shape)}   same as X"), ("got", str(tuple(value.shape))))
        return Finding("", "shape", "the result has the wrong shape.", facts)
    return None


def _wrong_values(drops: list[Drop]) -> list[Finding]:
    """Return the finding for an element that is neither 0 nor x / (1 - p)."""
    for drop in drops:
        due = 1 / (1 - drop.p)
        off = ~drop.zeros & ~((drop.ratios - due).abs() <= _EXACT * due)
        if bool(off.any()):
            facts = (
                ("expected", f"0, or x / (1 - p) = {due:.6g} x"),
                ("got", f"{float(drop.ratios[off][0]):.6g} x, and {int(off.sum())} such of {off.numel()}"),
                ("input", drop.label),
            )
            return [Finding(VALUES, "values", "what is kept has the wrong size.", facts)]
    return []


def _wrong_draws(context: Context, drops: list[Drop], X: Tensor) -> list[Finding]:
    """Return the finding for elements that depend on each other, or else for a wrong share of zeros."""
    half = drops[0]
    limit = hoeffding(half.ratios.numel())
    signs = half.zeros.double() * 2 - 1  # with p = 0.5 independent and of mean 0
    if abs(half.share - 0.5) > limit:
        signs = signs - signs.mean()
    for word, lines in (("rows", signs), ("columns", signs.T)):
        # Rows that are dropped as a whole are each other's multiples, and so are equal rows.
        pair = related_rows(lines)
        if pair is not None:
            agree = (("with", f"{word} {pair[0]} and {pair[1]}, whose zeros agree too often"), ("input", half.label))
            return [Finding(EACH_ITSELF, _whole(half.zeros), "the elements are not dropped each by itself.", agree)]
    for word, lines in (("row", half.zeros), ("column", half.zeros.T)):
        shares = lines.double().mean(dim=1)
        off = (shares - half.share).abs() > hoeffding(lines.shape[1], events=len(lines)) + limit
        if bool(off.any()):
            at = int(off.int().argmax())
            told = (("with", f"{word} {at}, of which {float(shares[at]):.2f} is dropped"), ("input", half.label))
            return [Finding(EACH_ITSELF, f"one {word}", "not all elements are dropped equally often.", told)]
    for drop in drops:
        if abs(drop.share - drop.p) > hoeffding(drop.ratios.numel()):
            facts = (("expected", f"about {drop.p:g}"), ("got", f"{drop.share:.3f}"), ("input", drop.label))
            return [Finding(RATE, "rate", "the share of zeros is wrong.", facts)]
    return _repeated(context, X[:1, :2])


def _whole(zeros: Tensor) -> str:
    """Say whether whole rows or whole columns are dropped."""
    for word, lines in (("rows", zeros), ("columns", zeros.T)):
        if bool((lines.all(dim=1) | ~lines.any(dim=1)).all()):
            return f"whole {word}"
    return "dependent"


def _repeated(context: Context, X: Tensor) -> list[Finding]:
    """Return the finding for two elements whose zeros depend on each other, or on those of the call before."""
    observation = context.run(_call(context, X, 0.5, 31, watch=False, step=Repeated(_REPEATS)))
    value = observation.value
    if observation.failure is not None:
        return [replace(raised(observation.failure), part=CARE)]
    if not isinstance(value, Mapping) or not isinstance(value.get("draws"), Tensor):
        return [Finding(CARE, "type", "not every call returns a tensor like X.")]
    zeros = (value["draws"].double() == 0).reshape(_REPEATS, -1)  # (calls, 2)
    title, label = "the elements are not dropped each by itself.", f"X (1, 2), p = 0.5, {_REPEATS} times"
    again = zeros[0::2] == zeros[1::2]
    if abs(float(again[:, 0].double().mean()) - 0.5) > hoeffding(_REPEATS // 2):
        advice = "Every call draws anew: the generator goes on, and nothing puts it back."
        return [
            Finding(EACH_ITSELF, "calls", "a call drops what the call before has dropped.", (("input", label),), advice)
        ]
    for first in (True, False):
        for second in (True, False):
            share = float(((zeros[:, 0] == first) & (zeros[:, 1] == second)).double().mean())
            if abs(share - 0.25) > hoeffding(_REPEATS):
                words = " and ".join("dropped" if one else "kept" for one in (first, second))
                facts = (("expected", f"{words}: about 0.25"), ("got", f"{share:.3f}"), ("input", label))
                return [Finding(EACH_ITSELF, "pairs", title, facts)]
    if not value.get("fresh"):
        return [Finding(CARE, "memory", "every call returns the same tensor.", (), "Make a new tensor each time.")]
    return []


def _wrong_source(context: Context, seen: Observation, drop: Drop, X: Tensor) -> list[Finding]:
    """Return the finding for chance that does not come from the generator, or not from it alone."""
    facts = (("input", drop.label),)
    other = _observe(context, X, drop.p, 12, watch=False)
    mask = _mask(other, X)
    if mask is None or related(drop.zeros.double() - 0.5, mask.double() - 0.5):
        advice = "Hand the generator on: `torch.rand(..., generator=generator)`. It is not to be seeded here."
        return [Finding(GENERATOR, "ignored", "another generator drops the same elements.", facts, advice)]
    after = seen.after.get("generator")
    alone = isinstance(after, Mapping) and after.get("alone") and after.get("session_seed") == _session(context)
    again = _mask(_observe(context, X, drop.p, 11, 1, watch=False), X)
    if again is None or not torch.equal(again, drop.zeros):
        elsewhere = "NumPy and Python have generators of their own. Draw with `torch.rand(..., generator=generator)`."
        session = "Without `generator=generator`, PyTorch draws from the generator of the whole session."
        kind, advice = ("elsewhere", elsewhere) if alone else ("session", session)
        return [Finding(GENERATOR, kind, "equal generators drop different elements.", facts, advice)]
    if not alone:
        advice = "Other code draws from the session's generator: leave it as it is, and draw from `generator` only."
        return [Finding(GENERATOR, "touched", "it changes the generator of the whole session.", facts, advice)]
    return []


def _session(context: Context) -> int:
    return (context.seed * 6007 + 11) % 2**31 + 1


def _mask(observation: Observation, X: Tensor) -> Tensor | None:
    return None if _problem(observation, X) is not None else observation.value == 0


def _careless(context: Context, seen: list[Observation], draw: Draw) -> list[Finding]:
    """Return the finding for an input that was changed, p = 0, another dtype, or a transposed input that goes wrong."""
    if any("X" in one.changed for one in seen):
        advice = "Operations that end in an underscore, `*=` and assignments to elements write into the tensor itself."
        return [Finding(CARE, "changed", "it changes its input X.", (), advice)]
    X = _values(draw, 5, 9)
    # rand() can be exactly 0, once in 2^24 numbers: not so in two calls.
    if not any(_is_kept(_observe(context, X, 0.0, seed, watch=False), X) for seed in (41, 42)):
        return [Finding(CARE, "zero", "with p = 0 it should return the values of X.", (("input", "X (5, 9), p = 0"),))]
    double = draw.uniform(30, 40, low=0.5, high=2.0)
    observation = context.run(replace(_call(context, double, 0.25, 43, watch=False), layout="transposed"))
    label = ("with", "a transposed tensor in float64")
    problem = _problem(observation, double)
    if problem is not None:
        return [replace(problem, part=CARE, facts=(label, *problem.facts))]
    if observation.value.dtype is not torch.float64:
        got = str(observation.value.dtype).removeprefix("torch.")
        return [
            Finding(CARE, "dtype", "the result has the wrong dtype.", (label, ("expected", "float64"), ("got", got)))
        ]
    return []


def _is_kept(observation: Observation, X: Tensor) -> bool:
    return _problem(observation, X) is None and torch.equal(observation.value.to(X.dtype), X)
