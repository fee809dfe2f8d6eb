"""`MLPScratch.forward`: the cases that only a grader tries."""

from __future__ import annotations

from grading.catalogue.fashion_mnist.mlp_scratch_forward.exercise import IMAGES, _fashion_images
from grading.catalogue.fashion_mnist.shared import layers
from grading.judging.draw import Draw
from grading.judging.exercise import Arguments, Case


def _colour_images(draw: Draw) -> Arguments:
    n, height, width, h, q = draw.sizes(5, 2, 7)
    return {"self": layers(draw, 3 * height * width, h, q), "X": draw.normal(n, 3, height, width)}


CASES = (
    Case("other 28 × 28 images", _fashion_images, hidden=True),
    Case("images in three colours", _colour_images, IMAGES, hidden=True),
)
