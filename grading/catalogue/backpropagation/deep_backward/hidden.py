"""`deep_backward`: the cases that only a grader tries."""

from __future__ import annotations

from grading.catalogue.backpropagation.deep_backward.exercise import _targets
from grading.catalogue.backpropagation.deep_networks import five_layers, three_layers
from grading.judging.exercise import Case

CASES = (
    Case("five layers", _targets(five_layers), hidden=True),
    Case("other values", _targets(three_layers), hidden=True),
)
