"""The network of two layers that `MLPScratch.forward` and `train_epoch` are called with."""

from __future__ import annotations

from typing import Any

from grading.judging.draw import Draw
from grading.probe.blueprints import Layers


def layers(draw: Draw, d: int, h: int, q: int, **options: Any) -> Layers:
    """Draw parameters that keep the hidden units on both sides of zero."""
    W1, b1 = draw.normal(d, h, scale=d**-0.5), draw.normal(h)
    return Layers(W1, b1, draw.normal(h, q), draw.normal(q), **options)
