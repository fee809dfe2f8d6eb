"""The shapes of what a line mentions."""

from typing import Any

import numpy as np
import pytest
import torch

from grading.probe.shapes import shapes_in


class Loud(torch.Tensor):
    """A tensor that has something to say about its shape."""

    @property
    def shape(self) -> Any:  # type: ignore[override]
        raise AssertionError("nothing of a learner's own is asked")


class Holder:
    """Keeps a tensor."""

    def __init__(self) -> None:
        self.W1 = torch.ones(3, 5)


class Asked:
    """An object that has something to say about its attributes."""

    def __getattribute__(self, name: str) -> Any:
        raise AssertionError("nothing of a learner's own is asked")


NAMES: dict[str, Any] = {
    "X": torch.ones(4, 3),
    "W": torch.nn.Parameter(torch.ones(3, 2)),
    "a": np.ones(5),
    "loss": torch.tensor(1.0),
    "n": 4,
    "l": 1,
    "params": {"W1": torch.ones(3, 2), "n": 1},
    "weights": [torch.ones(1, 2), torch.ones(2, 3)],
    "own": Loud(torch.ones(2)),
    "self": Holder(),
    "net": torch.nn.Linear(3, 2),
    "asked": Asked(),
}


@pytest.mark.parametrize(
    ("line", "due"),
    [
        ("Z = X @ W", "X (4, 3), W (3, 2)"),
        ("return X @ W + X", "X (4, 3), W (3, 2)"),
        ("if X > loss:", "X (4, 3), loss ()"),
        ("elif a.sum() > 1:", "a (5,)"),
        ("for row in X:", "X (4, 3)"),
        ("with f(X) as g:", "X (4, 3)"),
        ("Z = params['W1'] @ X", "params['W1'] (3, 2), X (4, 3)"),
        ('Z = params["gone"] @ X', "X (4, 3)"),
        ("delta = delta @ weights[l].T", "weights[l] (2, 3)"),
        ("delta = weights[-1] @ weights[9]", "weights[-1] (2, 3)"),
        ("X = n + 1", ""),
        ("X += W", "X (4, 3), W (3, 2)"),
        ("params['W1'] -= n * loss", "params['W1'] (3, 2), loss ()"),
        ("weights[0][0] = a", "weights[0] (1, 2), a (5,)"),
        ("own + n", ""),
        ("Z = X @ self.W1 + self.gone", "X (4, 3), self.W1 (3, 5)"),
        ("Z = X @ net.weight.T + net.bias", "X (4, 3), net.weight (2, 3), net.bias (2,)"),
        ("Z = X @ asked.W1", "X (4, 3)"),
        ("Z = weights[l - 1] @ weights[l]", "weights[l - 1] (1, 2), weights[l] (2, 3)"),
        ("y = n.X + params['n']", ""),
        ("Z = torch.cat([X,", ""),
        ("", ""),
        ("\0", ""),
        ("'a", ""),
    ],
)
def test_tensors_of_a_line_are_named_with_their_shapes(line: str, due: str) -> None:
    assert shapes_in(line, NAMES) == due


def test_no_more_than_five_are_named_and_nothing_that_is_too_long() -> None:
    many = {f"x{i}": torch.ones(i) for i in range(9)}
    assert shapes_in(" + ".join(many), many).count(",)") == 5
    long = {"x" * 200: torch.ones(1)}
    assert shapes_in("x" * 200, long) == ""
