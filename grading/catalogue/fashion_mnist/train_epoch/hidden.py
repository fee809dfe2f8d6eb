"""`train_epoch`: the cases that only a grader tries."""

from __future__ import annotations

from grading.catalogue.fashion_mnist.train_epoch.exercise import _epoch
from grading.judging.draw import Draw
from grading.judging.exercise import CARE, Arguments, Case


def _many_batches(draw: Draw) -> Arguments:
    return _epoch(draw, (4, 4, 4, 4, 3))


def _stale_generator(draw: Draw) -> Arguments:
    return _epoch(draw, generator=True, stale=-0.4)


CASES = (
    Case("many batches", _many_batches, hidden=True),
    Case("another generator and other old gradients", _stale_generator, CARE, hidden=True),
)
