"""`cross_entropy`: the cases that only a grader tries."""

from __future__ import annotations

from grading.catalogue.fashion_mnist.cross_entropy.exercise import EXTREMES, _every_label, _extreme_scores
from grading.judging.exercise import Case

CASES = (
    Case("other logits", _every_label, hidden=True),
    Case("more logits of ±1000", _extreme_scores, EXTREMES, hidden=True),
)
