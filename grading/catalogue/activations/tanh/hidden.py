"""`tanh`: the cases that only a grader tries, those of all elementwise functions."""

from grading.catalogue.activations.hidden import CASES

__all__ = ["CASES"]
