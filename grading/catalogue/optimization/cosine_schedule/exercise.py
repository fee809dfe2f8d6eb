"""`cosine_schedule`: what it should do, the inputs that are tried, and the mistakes that people make."""

from __future__ import annotations

import math

import torch

from grading.catalogue.optimization.steps import WRITTEN_OUT
from grading.judging.draw import Draw
from grading.judging.exercise import CARE, Arguments, Ban, Case, Exercise, Mistakes
from grading.judging.read import Number

_BEYOND = "the end and beyond"


def _rate(draw: Draw) -> float:
    return 0.5 if draw.simple else round(float(draw.uniform(low=0.6, high=3.0)), 3)


def _at(draw: Draw, low: float, high: float) -> Arguments:
    """Draw a step between two shares of all steps; none of them is the middle, where many curves meet."""
    if draw.simple:
        return {"step": 1, "steps": 4, "lr": _rate(draw)}
    steps = draw.integer(30, 90)
    return {"step": round(steps * float(draw.uniform(low=low, high=high))), "steps": steps, "lr": _rate(draw)}


def early(draw: Draw) -> Arguments:
    """Draw a step in the first half."""
    return _at(draw, 0.2, 0.35)


def late(draw: Draw) -> Arguments:
    """Draw a step in the second half."""
    return _at(draw, 0.6, 0.8)


def _start(draw: Draw) -> Arguments:
    return {**early(draw), "step": 0}


def _end(draw: Draw) -> Arguments:
    made = early(draw)
    return {**made, "step": made["steps"]}


def after_the_end(draw: Draw) -> Arguments:
    """Draw a step beyond the last, where the cosine would come up again."""
    made = early(draw)
    return {**made, "step": made["steps"] + max(2, round(made["steps"] * float(draw.uniform(low=0.3, high=0.8))))}


def _twice_as_far(draw: Draw) -> Arguments:
    made = early(draw)
    return {**made, "step": 2 * made["steps"]}


def _single(draw: Draw) -> Arguments:
    return {"step": 1, "steps": 1, "lr": _rate(draw)}


def _whole(draw: Draw) -> Arguments:
    return {**late(draw), "lr": 3}


def _schedule(step: int, steps: int, lr: float) -> float:
    """Return lr (1 + cos x) / 2 as lr cos²(x / 2); a test holds this against PyTorch's CosineAnnealingLR."""
    return lr * math.cos(0.5 * math.pi * step / steps) ** 2 if step < steps else 0.0


mistake = Mistakes()


@mistake("The factor 1/2 is missing: 1 + cos goes from 2 to 0, so this starts at 2 lr.")
def no_half(step: int, steps: int, lr: float) -> float:
    return lr * (1 + math.cos(math.pi * step / steps)) if step < steps else 0.0


@mistake("The 1 is missing: a cosine goes from 1 to -1, and a learning rate is never negative.")
def no_one(step: int, steps: int, lr: float) -> float:
    return lr * math.cos(math.pi * step / steps) if step < steps else 0.0


@mistake(
    "This is a quarter of a period, from 1 to 0: it starts to fall late and ends steeply. Half a period is asked for."
)
def quarter(step: int, steps: int, lr: float) -> float:
    return lr * math.cos(math.pi / 2 * step / steps) if step < steps else 0.0


@mistake("The angle is in degrees. `cos` takes radians: half a period is π, not 180.")
def degrees(step: int, steps: int, lr: float) -> float:
    return lr / 2 * (1 + math.cos(180 * step / steps)) if step < steps else 0.0


@mistake("This is a whole period: at `steps` it is back at lr. Half a period is asked for.")
def whole_period(step: int, steps: int, lr: float) -> float:
    return lr / 2 * (1 + math.cos(2 * math.pi * step / steps)) if step < steps else 0.0


@mistake("The π is missing: the angle only gets to 1, and the rate stays high.")
def no_pi(step: int, steps: int, lr: float) -> float:
    return lr / 2 * (1 + math.cos(step / steps)) if step < steps else 0.0


@mistake("Beyond `steps` the cosine comes up again. There the rate should stay 0.")
def not_held(step: int, steps: int, lr: float) -> float:
    return lr / 2 * (1 + math.cos(math.pi * step / steps))


@mistake("It starts again from lr at `steps`: this is a schedule with restarts. From `steps` on the rate is 0.")
def restarts(step: int, steps: int, lr: float) -> float:
    return lr / 2 * (1 + math.cos(math.pi * (step % steps) / steps))


@mistake("It is upside down: it rises from 0 to lr.")
def rising(step: int, steps: int, lr: float) -> float:
    return lr / 2 * (1 - math.cos(math.pi * step / steps)) if step < steps else lr


@mistake("This is a straight line from lr to 0. Half a cosine is flat at both ends.")
def linear(step: int, steps: int, lr: float) -> float:
    return lr * max(0.0, 1 - step / steps)


@mistake("This is a sine: it starts at lr / 2. Half a cosine starts at lr.")
def sine(step: int, steps: int, lr: float) -> float:
    return lr / 2 * (1 + math.sin(math.pi * step / steps)) if step < steps else 0.0


@mistake("It reaches 0 one step too early: the angle is divided by steps - 1.")
def one_step_early(step: int, steps: int, lr: float) -> float:
    if step >= steps:
        return 0.0
    return lr / 2 * (1 + math.cos(math.pi * min(step / max(steps - 1, 1), 1)))


@mistake("It counts from 1: at step 0 it should still be lr.")
def counts_from_one(step: int, steps: int, lr: float) -> float:
    return lr / 2 * (1 + math.cos(math.pi * min(step + 1, steps) / steps))


@mistake("`//` drops the fraction: before the end, step // steps is 0, and the rate never falls.", alone=True)
def whole_division(step: int, steps: int, lr: float) -> float:
    return lr / 2 * (1 + math.cos(math.pi * (step // steps))) if step < steps else 0.0


@mistake("Beyond `steps` it goes back to lr. There the rate should stay 0.")
def lr_at_the_end(step: int, steps: int, lr: float) -> float:
    return lr / 2 * (1 + math.cos(math.pi * step / steps)) if step <= steps else lr


@mistake("The learning rate is left out: this goes from 1 to 0. Multiply by lr.")
def without_lr(step: int, steps: int, lr: float) -> float:
    return (1 + math.cos(math.pi * min(step, steps) / steps)) / 2


@mistake("step and steps have changed places in the fraction.")
def upside_down(step: int, steps: int, lr: float) -> float:
    return lr / 2 * (1 + math.cos(math.pi * steps / step)) if 0 < step < steps else lr * (step == 0)


EXERCISE = Exercise(
    name="cosine_schedule",
    points=1.0,
    parameters=("step", "steps", "lr"),
    summary="Return lr at step 0, 0 at `steps` and beyond, and half a cosine between.",
    outputs=("rate",),
    read=Number("rate"),
    cases=(
        Case("a step in the first half", early, dtype=torch.float64, twice=True),
        Case("a step in the second half", late, dtype=torch.float64),
        Case("step 0", _start, dtype=torch.float64),
        Case("the last step", _end, _BEYOND, torch.float64),
        Case("beyond the last step", after_the_end, _BEYOND, torch.float64),
        Case("twice as many steps", _twice_as_far, _BEYOND, torch.float64),
        Case("a single step", _single, CARE, torch.float64),
        Case("a learning rate that is a whole number", _whole, CARE, torch.float64),
    ),
    reference=_schedule,
    parts={"rate": 0.7, _BEYOND: 0.2, CARE: 0.1},
    # A rate that was computed in single precision is as good as any.
    reduction=lambda arguments: 200_000_000,
    keeps_dtype=False,
    mistakes=mistake.all,
    hints=(
        "cos goes from 1 to -1 over half a period. What do you add, and what do you multiply by, to go from 1 to 0?",
        "Half a period is π: at `step` the angle is π · step / steps.",
        "lr / 2 times (1 + cos of the angle). And what if step is larger than steps?",
    ),
    ban=Ban(WRITTEN_OUT.operations, "Write the formula down; the library's schedulers do the same."),
)
