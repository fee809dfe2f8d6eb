"""`clip_gradients`: the cases that only a grader tries."""

from __future__ import annotations

from grading.catalogue.initialization.clip_gradients.exercise import _small
from grading.judging.draw import Draw
from grading.judging.exercise import Arguments, Case


def _many(draw: Draw) -> Arguments:
    grads = [draw.normal(draw.integer(1, 40), draw.integer(1, 40)) for _ in range(12)]
    return {"grads": grads, "max_norm": 1.0}


CASES = (
    Case("twelve tensors", _many, hidden=True),
    Case("another norm below the bound", _small, hidden=True),
)
