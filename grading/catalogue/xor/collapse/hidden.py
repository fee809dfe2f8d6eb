"""`collapse`: the cases that only a grader tries."""

from __future__ import annotations

from grading.catalogue.xor.collapse.exercise import _some_layers
from grading.judging.exercise import Case

CASES = (Case("other layers", _some_layers, hidden=True),)
