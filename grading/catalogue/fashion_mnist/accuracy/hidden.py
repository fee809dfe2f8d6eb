"""`accuracy`: the cases that only a grader tries."""

from __future__ import annotations

from grading.catalogue.fashion_mnist.accuracy.exercise import _many_predictions
from grading.judging.exercise import Case

CASES = (Case("other logits", _many_predictions, hidden=True),)
