"""`xor_network`: its contract, as the oracle knows it, and right and wrong answers."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import torch

from tests.corpus.entries import answers_to
from tests.corpus.oracle import Contract

# Each answer is a function of its own under the name `_`: what matters is its decorator.
# mypy: disable-error-code="no-redef"


def _check_xor(function: Callable[..., Any]) -> str | None:
    X = torch.tensor([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]], dtype=torch.float64)
    for _ in range(2):
        try:
            parameters = list(function())
            shapes = [tuple(one.shape) for one in parameters]
            W1, b1, W2, b2 = (one.detach().double() for one in parameters)
        except Exception as error:
            return f"{type(error).__name__}: {str(error)[:80]}"
        if shapes != [(2, 2), (2,), (2, 1), (1,)]:
            return f"shapes {shapes}"
        dtypes = {one.dtype for one in parameters}
        if len(dtypes) > 1 or not parameters[0].is_floating_point():
            return "no common floating-point dtype"
        outputs = torch.relu(X @ W1 + b1) @ W2 + b2
        if not bool(((outputs[:, 0] - torch.tensor([0.0, 1.0, 1.0, 0.0])).abs() <= 1.001e-3).all()):
            return f"it computes {outputs[:, 0].tolist()}"
    return None


CONTRACT = Contract(check=_check_xor)


right, wrong = answers_to("xor_network")


@right("an absolute value")
def network_absolute() -> Any:
    return torch.tensor([[1.0, -1.0], [-1.0, 1.0]]), torch.zeros(2), torch.ones(2, 1), torch.zeros(1)


@right("the sum, less twice what lies beyond one")
def network_sum() -> Any:
    return torch.ones(2, 2), torch.tensor([0.0, -1.0]), torch.tensor([[1.0], [-2.0]]), torch.tensor([0.0])


@right("two corners cut off")
def network_corners() -> Any:
    W1 = torch.tensor([[1.0, -3.0], [-2.0, 1.0]], dtype=torch.float64)
    return (
        W1,
        torch.zeros(2, dtype=torch.float64),
        torch.ones(2, 1, dtype=torch.float64),
        torch.zeros(1, dtype=torch.float64),
    )


@right("one less the units that find equal inputs")
def network_equal() -> Any:
    W1 = torch.tensor([[-1.0, 1.0], [-1.0, 1.0]])
    return [W1, torch.tensor([1.0, -1.0]), torch.tensor([[-1.0], [-1.0]]), torch.ones(1)]


@right("large weights")
def network_large() -> Any:
    W1 = 1000 * torch.tensor([[1.0, -1.0], [-1.0, 1.0]])
    return W1, torch.zeros(2), torch.full((2, 1), 1e-3), torch.zeros(1)


@right("parameters that require a gradient")
def network_parameters() -> Any:
    net = torch.nn.Sequential(torch.nn.Linear(2, 2), torch.nn.ReLU(), torch.nn.Linear(2, 1))
    with torch.no_grad():
        net[0].weight.copy_(torch.tensor([[1.0, 1.0], [1.0, 1.0]]))
        net[0].bias.copy_(torch.tensor([-1.0, 0.0]))
        net[2].weight.copy_(torch.tensor([[-2.0, 1.0]]))
        net[2].bias.zero_()
    return net[0].weight.T, net[0].bias, net[2].weight.T, net[2].bias


@right("solved for, not written down")
def network_solved() -> Any:
    X = torch.tensor([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]])
    W1, b1 = torch.tensor([[0.7, 2.0], [0.7, 2.0]]), torch.tensor([0.3, -1.5])
    H = torch.cat([torch.relu(X @ W1 + b1), torch.ones(4, 1)], dim=1)
    solution = torch.linalg.lstsq(H, torch.tensor([[0.0], [1.0], [1.0], [0.0]])).solution
    return W1, b1, solution[:2], solution[2]


@right("a little off, within a thousandth")
def network_rounded() -> Any:
    W1 = torch.tensor([[1.0003, -1.0], [-1.0, 1.0]])
    return W1, torch.tensor([0.0, 0.0]), torch.tensor([[1.0], [0.9996]]), torch.tensor([0.0002])


@right("half precision")
def network_half() -> Any:
    W1 = torch.tensor([[0.5, -0.5], [-0.5, 0.5]], dtype=torch.float16)
    return W1, torch.zeros(2).half(), torch.full((2, 1), 2.0).half(), torch.zeros(1).half()


@wrong("integers", "dtypes")
def network_integers() -> Any:
    return torch.tensor([[1, 1], [1, 1]]), torch.tensor([0, -1]), torch.tensor([[1], [-2]]), torch.tensor([0])


@wrong("two floating-point dtypes", "dtypes")
def network_mixed() -> Any:
    W1 = torch.tensor([[1.0, -1.0], [-1.0, 1.0]], dtype=torch.float64)
    return W1, torch.zeros(2), torch.ones(2, 1), torch.zeros(1)


@wrong("W2 without its second axis", "output-vector")
def network_flat() -> Any:
    return torch.ones(2, 2), torch.tensor([0.0, -1.0]), torch.tensor([1.0, -2.0]), torch.tensor([0.0])


@wrong("a number for b2")
def network_number() -> Any:
    return torch.ones(2, 2), torch.tensor([0.0, -1.0]), torch.tensor([[1.0], [-2.0]]), 0.0


@wrong("plain lists")
def network_lists() -> Any:
    return [[1.0, 1.0], [1.0, 1.0]], [0.0, -1.0], [[1.0], [-2.0]], [0.0]


@wrong("three hidden units", "other-width")
def network_three() -> Any:
    W1 = torch.tensor([[1.0, -1.0, 0.0], [-1.0, 1.0, 0.0]])
    return W1, torch.zeros(3), torch.tensor([[1.0], [1.0], [0.0]]), torch.zeros(1)


@wrong("units for steps: OR and NAND, then AND", "step-units")
def network_steps() -> Any:
    W1 = torch.tensor([[20.0, -20.0], [20.0, -20.0]])
    return W1, torch.tensor([-10.0, 30.0]), torch.tensor([[20.0], [20.0]]), torch.tensor([-30.0])


@wrong("outputs of the right sign only", "output-rectified")
def network_signs() -> Any:
    return torch.ones(2, 2), torch.tensor([0.0, -1.0]), torch.tensor([[2.0], [-4.0]]), torch.tensor([-1.0])


@wrong("twice XOR", "last-layer")
def network_twice() -> Any:
    return 2 * torch.tensor([[1.0, -1.0], [-1.0, 1.0]]), torch.zeros(2), torch.ones(2, 1), torch.zeros(1)


@wrong("W1 transposed", "transposed")
def network_transposed() -> Any:
    W1 = torch.tensor([[1.0, 1.0], [2.0, 2.0]])
    return W1, torch.tensor([0.0, -2.0]), torch.tensor([[1.0], [-1.0]]), torch.zeros(1)


@wrong("both units off for a single one", "same-units")
def network_rows() -> Any:
    return (
        torch.tensor([[1.0, 1.0], [1.0, 1.0]]),
        torch.tensor([-1.0, -1.0]),
        torch.tensor([[1.0], [-2.0]]),
        torch.zeros(1),
    )


@wrong("trained, but not to the end", "nearly")
def network_trained() -> Any:
    W1 = torch.tensor([[0.98, -1.01], [-0.97, 1.02]])
    return W1, torch.tensor([0.01, -0.02]), torch.tensor([[1.0], [0.97]]), torch.tensor([0.005])


@wrong("numbers at random")
def network_random() -> Any:
    W1, W2 = torch.tensor([[0.3, -1.1], [0.8, 0.4]]), torch.tensor([[-0.7], [1.3]])
    return W1, torch.tensor([0.2, 0.5]), W2, torch.tensor([0.1])


@wrong("no number among the weights", "not-finite")
def network_nan() -> Any:
    return torch.tensor([[1.0, math.nan], [-1.0, 1.0]]), torch.zeros(2), torch.ones(2, 1), torch.zeros(1)


@wrong("only three of the four parameters")
def network_incomplete() -> Any:
    return torch.ones(2, 2), torch.tensor([0.0, -1.0]), torch.tensor([[1.0], [-2.0]])


@wrong("nothing returned")
def network_nothing() -> None:
    torch.tensor([[1.0, -1.0], [-1.0, 1.0]])


@wrong("the second unit pulls too little", "one-corner")
def network_weak() -> Any:
    return torch.ones(2, 2), torch.tensor([0.0, -1.0]), torch.tensor([[1.0], [-1.5]]), torch.zeros(1)


@wrong("a ragged table")
def network_raises() -> Any:
    return torch.tensor([[1.0, -1.0], [-1.0]]), torch.zeros(2), torch.ones(2, 1), torch.zeros(1)
