"""The sample class by lesson: who hands in what. A lesson gets a class by an entry in `CLASSES`."""

from __future__ import annotations

from collections.abc import Mapping

from grading.demo import activations, backpropagation, fashion_mnist, initialization, optimization, xor
from grading.demo.pupil import Pupil

CLASSES: Mapping[str, tuple[Pupil, ...]] = {
    "01-xor": xor.PUPILS,
    "02-activations": activations.PUPILS,
    "03-backpropagation": backpropagation.PUPILS,
    "04-fashion-mnist": fashion_mnist.PUPILS,
    "05-initialization": initialization.PUPILS,
    "06-optimization": optimization.PUPILS,
}
