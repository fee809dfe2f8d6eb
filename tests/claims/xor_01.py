"""What lesson 01 claims, computed anew."""

from __future__ import annotations

import math

import torch

from grading import exercise
from tests.claims import Said, claim

X = torch.tensor([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]], dtype=torch.float64)
XOR = torch.tensor([[0.0], [1.0], [1.0], [0.0]], dtype=torch.float64)


@claim("fourteen-regions")
def _(said: Said) -> None:
    angles = torch.linspace(0, 2 * math.pi, 721, dtype=torch.float64)
    w = torch.stack((angles.cos(), angles.sin()))  # (2, lines)
    sides = {tuple(row) for b in torch.linspace(-1.6, 1.6, 321).tolist() for row in (X @ w + b > 1e-9).T.tolist()}
    assert said.numbers == (len(sides),)


@claim("affine-loss-stays")
def _(said: Said) -> None:
    with_ones = torch.cat((X, torch.ones(4, 1, dtype=torch.float64)), dim=1)
    least = ((with_ones @ torch.linalg.lstsq(with_ones, XOR).solution - XOR) ** 2).mean()
    assert float(least) == 1 / 4


@claim("points-of-the-proof")
def _(said: Said) -> None:
    proof = exercise("why-no-line")
    shares = [float(line.split()[0]) for line in proof.rubric[:3]]
    assert sum(shares) == proof.points
    assert said.numbers[0] in (proof.points, *shares)
