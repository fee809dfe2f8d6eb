"""`activation_stds`: the cases that only a grader tries."""

from __future__ import annotations

from grading.catalogue.initialization.activation_stds.exercise import _deep, _linear
from grading.judging.draw import Draw
from grading.judging.exercise import Arguments, Case
from grading.probe.networks import Layer, Network


def _images(draw: Draw) -> Arguments:
    n, h, q = draw.sizes(3, 3, 8)
    layers = (Layer("Flatten"), _linear(draw, 20, h), Layer("Sigmoid"), _linear(draw, h, q))
    return {"net": Network(layers), "X": draw.uniform(n, 1, 4, 5)}


CASES = (
    Case("images that the first layer flattens", _images, hidden=True),
    Case("other values", _deep, hidden=True),
)
