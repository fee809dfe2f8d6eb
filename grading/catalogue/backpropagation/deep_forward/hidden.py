"""`deep_forward`: the cases that only a grader tries."""

from __future__ import annotations

from grading.catalogue.backpropagation.deep_networks import five_layers, three_layers
from grading.judging.exercise import Case

CASES = (
    Case("five layers", five_layers, hidden=True),
    Case("other values", three_layers, hidden=True),
)
