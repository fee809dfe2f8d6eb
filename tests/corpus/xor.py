"""Lesson 01: right answers in different styles, wrong ones beyond the known mistakes."""

from __future__ import annotations

import math
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor

from tests.corpus.entries import right, wrong


@right("neuron", "matrix times vector")
def neuron_matmul(x: Tensor, w: Tensor, b: Tensor) -> Tensor:
    return torch.sigmoid(x @ w + b)


@right("neuron", "product, then sum over the features")
def neuron_sum(x: Tensor, w: Tensor, b: Tensor) -> Tensor:
    return ((x * w).sum(dim=-1) + b).sigmoid()


@right("neuron", "the textbook formula, which meets 1 / inf")
def neuron_formula(x: Tensor, w: Tensor, b: Tensor) -> Tensor:
    return 1 / (1 + torch.exp(-(x @ w + b)))


@right("neuron", "a loop over the rows")
def neuron_loop(x: Tensor, w: Tensor, b: Tensor) -> Tensor:
    return torch.stack([torch.sigmoid(torch.dot(row, w) + b) for row in x])


@right("neuron", "two loops over elements")
def neuron_elements(x: Tensor, w: Tensor, b: Tensor) -> Tensor:
    rows = []
    for row in x:
        total = b
        for value, weight in zip(row, w, strict=True):
            total = total + value * weight
        rows.append(1 / (1 + torch.exp(-total)))
    return torch.stack(rows)


@right("neuron", "einsum and expit")
def neuron_einsum(x: Tensor, w: Tensor, b: Tensor) -> Tensor:
    return torch.special.expit(torch.einsum("ij,j->i", x, w) + b)


@right("neuron", "a linear layer with one output, squeezed on its own axis")
def neuron_linear(x: Tensor, w: Tensor, b: Tensor) -> Tensor:
    return torch.sigmoid(F.linear(x, w[None, :], b[None])).squeeze(1)


@right("neuron", "two stable branches")
def neuron_branches(x: Tensor, w: Tensor, b: Tensor) -> Tensor:
    z = x.mv(w).add(b)
    e = torch.exp(-z.abs())
    return torch.where(z >= 0, 1 / (1 + e), e / (1 + e))


@right("neuron", "float64 inside")
def neuron_double(x: Tensor, w: Tensor, b: Tensor) -> Tensor:
    z = torch.mv(x.double(), w.double()) + b.double()
    return torch.sigmoid(z).to(x.dtype)


@right("neuron", "through tanh, in place on its own tensor")
def neuron_tanh(x: Tensor, w: Tensor, b: Tensor) -> Tensor:
    z = torch.addmv(b.expand(len(x)), x, w)
    return (z / 2).tanh().add(1).div_(2)


@right("neuron", "a column of ones for the bias")
def neuron_augmented(x: Tensor, w: Tensor, b: Tensor) -> Tensor:
    augmented = torch.cat([x, torch.ones_like(x[:, :1])], dim=1)
    return torch.sigmoid(augmented @ torch.cat([w, b[None]]))


@wrong("neuron", "every axis squeezed, so that one row loses its own", "squeezed")
def neuron_squeezed(x: Tensor, w: Tensor, b: Tensor) -> Tensor:
    return torch.squeeze(torch.sigmoid(torch.einsum("nd,dk->nk", x, w.reshape(-1, 1)) + b))


@wrong("neuron", "softmax over the rows")
def neuron_softmax(x: Tensor, w: Tensor, b: Tensor) -> Tensor:
    return torch.softmax(x @ w + b, dim=0)


@wrong("neuron", "tanh for the sigmoid")
def neuron_is_tanh(x: Tensor, w: Tensor, b: Tensor) -> Tensor:
    return torch.tanh(x @ w + b)


@wrong("neuron", "ReLU for the sigmoid")
def neuron_is_relu(x: Tensor, w: Tensor, b: Tensor) -> Tensor:
    return torch.relu(x @ w + b)


@wrong("neuron", "hard sigmoid")
def neuron_hard(x: Tensor, w: Tensor, b: Tensor) -> Tensor:
    return F.hardsigmoid(x @ w + b)


@wrong("neuron", "the sigmoid taken before the sum")
def neuron_early(x: Tensor, w: Tensor, b: Tensor) -> Tensor:
    return torch.sigmoid(x) @ w + b


@wrong("neuron", "the bias added once for each feature")
def neuron_many_biases(x: Tensor, w: Tensor, b: Tensor) -> Tensor:
    return torch.sigmoid((x * w + b).sum(dim=1))


@wrong("neuron", "the weighted sum clamped to three")
def neuron_clamped(x: Tensor, w: Tensor, b: Tensor) -> Tensor:
    return torch.sigmoid((x @ w + b).clamp(-3, 3))


@wrong("neuron", "an in-place sum in the caller's x")
def neuron_in_place(x: Tensor, w: Tensor, b: Tensor) -> Tensor:
    with torch.no_grad():
        x *= w
    return torch.sigmoid(x.sum(dim=1) + b)


@wrong("neuron", "detached numbers in a new tensor")
def neuron_detached(x: Tensor, w: Tensor, b: Tensor) -> Tensor:
    return torch.tensor([float(torch.sigmoid(row @ w + b)) for row in x], dtype=x.dtype, device=x.device)


@wrong("neuron", "float32 whatever the input")
def neuron_float(x: Tensor, w: Tensor, b: Tensor) -> Tensor:
    return torch.sigmoid(x @ w + b).float()


@wrong("neuron", "a list of numbers")
def neuron_list(x: Tensor, w: Tensor, b: Tensor) -> Any:
    return torch.sigmoid(x @ w + b).tolist()


@wrong("neuron", "only printed")
def neuron_printed(x: Tensor, w: Tensor, b: Tensor) -> None:
    print(torch.sigmoid(x @ w + b))


@wrong("neuron", "the bias doubled")
def neuron_twice_b(x: Tensor, w: Tensor, b: Tensor) -> Tensor:
    return torch.sigmoid(x @ w + 2 * b)


@wrong("neuron", "normalised weights")
def neuron_normalised(x: Tensor, w: Tensor, b: Tensor) -> Tensor:
    return torch.sigmoid(x @ (w / w.norm()) + b)


@wrong("neuron", "a row (1, n)")
def neuron_row(x: Tensor, w: Tensor, b: Tensor) -> Tensor:
    return torch.sigmoid(w[None, :] @ x.T + b)


@wrong("neuron", "the bias made on the CPU")
def neuron_cpu(x: Tensor, w: Tensor, b: Tensor) -> Tensor:
    return torch.sigmoid(torch.cat([x, torch.ones(len(x), 1, dtype=x.dtype)], dim=1) @ torch.cat([w, b[None]]))


@right("linear_accuracy", "comparison and mean")
def accuracy_mean(X: Tensor, y: Tensor, w: Tensor, b: Tensor) -> Any:
    return ((X @ w + b > 0) == y).float().mean()


@right("linear_accuracy", "a Python number from a count")
def accuracy_count(X: Tensor, y: Tensor, w: Tensor, b: Tensor) -> Any:
    return int(((X @ w + b > 0).long() == y).sum()) / len(y)


@right("linear_accuracy", "a loop with if")
def accuracy_loop(X: Tensor, y: Tensor, w: Tensor, b: Tensor) -> Any:
    hits = 0
    for row, label in zip(X, y, strict=True):
        said = 1 if (row * w).sum() + b > 0 else 0
        hits += said == label.item()
    return hits / X.shape[0]


@right("linear_accuracy", "one minus the mean absolute difference")
def accuracy_difference(X: Tensor, y: Tensor, w: Tensor, b: Tensor) -> Any:
    said = (X @ w + b > 0).double()
    return 1 - (said - y).abs().mean()


@right("linear_accuracy", "exclusive or of masks")
def accuracy_masks(X: Tensor, y: Tensor, w: Tensor, b: Tensor) -> Any:
    z = torch.einsum("nd,d->n", X, w) + b
    return (~(z.gt(0) ^ y.bool())).to(torch.float64).mean().item()


@right("linear_accuracy", "heaviside with 0 at 0")
def accuracy_heaviside(X: Tensor, y: Tensor, w: Tensor, b: Tensor) -> Any:
    z = X.mv(w) + b
    return torch.heaviside(z, torch.zeros_like(b)).eq(y).sum() / y.numel()


@right("linear_accuracy", "the signed margin, zeros apart")
def accuracy_margin(X: Tensor, y: Tensor, w: Tensor, b: Tensor) -> Any:
    z = X @ w + b
    right_ones = ((y == 1) & (z > 0)).sum()
    right_zeros = ((y == 0) & (z <= 0)).sum()
    return (right_ones + right_zeros) / len(X)


@right("linear_accuracy", "numbers taken out of the tensors")
def accuracy_numpy(X: Tensor, y: Tensor, w: Tensor, b: Tensor) -> Any:
    said = torch.where(X @ w + b > 0, 1, 0)
    return (said == y).sum().item() / y.shape[0]


@right("linear_accuracy", "a plain list of truth values")
def accuracy_list(X: Tensor, y: Tensor, w: Tensor, b: Tensor) -> Any:
    said = (X @ w > -b).tolist()
    return sum(a == bool(c) for a, c in zip(said, y.tolist(), strict=True)) / len(said)


@wrong("linear_accuracy", "always three quarters")
def accuracy_constant(X: Tensor, y: Tensor, w: Tensor, b: Tensor) -> Any:
    return 0.75


@wrong("linear_accuracy", "the larger of right and wrong")
def accuracy_either_side(X: Tensor, y: Tensor, w: Tensor, b: Tensor) -> Any:
    share = ((X @ w + b > 0) == y).float().mean()
    return torch.maximum(share, 1 - share)


@wrong("linear_accuracy", "the bias subtracted")
def accuracy_minus_b(X: Tensor, y: Tensor, w: Tensor, b: Tensor) -> Any:
    return ((X @ w - b > 0) == y).float().mean()


@wrong("linear_accuracy", "below the line is one")
def accuracy_below(X: Tensor, y: Tensor, w: Tensor, b: Tensor) -> Any:
    return ((X @ w + b < 0) == y).float().mean()


@wrong("linear_accuracy", "only the first two features")
def accuracy_two(X: Tensor, y: Tensor, w: Tensor, b: Tensor) -> Any:
    return ((X[:, 0] * w[0] + X[:, 1] * w[1] + b > 0) == y).float().mean()


@wrong("linear_accuracy", "the sigmoid compared with y")
def accuracy_soft(X: Tensor, y: Tensor, w: Tensor, b: Tensor) -> Any:
    return (torch.sigmoid(X @ w + b) == y).float().mean()


@wrong("linear_accuracy", "the sigmoid rounded up")
def accuracy_ceil(X: Tensor, y: Tensor, w: Tensor, b: Tensor) -> Any:
    return (torch.sigmoid(X @ w + b).ceil() == y).float().mean()


@wrong("linear_accuracy", "one minus the mean squared error of the sum")
def accuracy_squared(X: Tensor, y: Tensor, w: Tensor, b: Tensor) -> Any:
    return 1 - ((X @ w + b - y) ** 2).mean()


@wrong("linear_accuracy", "a one-element tensor")
def accuracy_vector(X: Tensor, y: Tensor, w: Tensor, b: Tensor) -> Any:
    return ((X @ w + b > 0) == y).float().mean()[None]


@wrong("linear_accuracy", "divided by the number of features")
def accuracy_features(X: Tensor, y: Tensor, w: Tensor, b: Tensor) -> Any:
    return ((X @ w + b > 0) == y).sum() / X.shape[1]


@wrong("linear_accuracy", "integer division")
def accuracy_integer(X: Tensor, y: Tensor, w: Tensor, b: Tensor) -> Any:
    return ((X @ w + b > 0) == y).sum() // len(y)


@wrong("linear_accuracy", "rounded to a tenth")
def accuracy_rounded(X: Tensor, y: Tensor, w: Tensor, b: Tensor) -> Any:
    return round(((X @ w + b > 0) == y).float().mean().item(), 1)


@wrong("linear_accuracy", "all rows right or nothing")
def accuracy_all(X: Tensor, y: Tensor, w: Tensor, b: Tensor) -> Any:
    return float(((X @ w + b > 0) == y).all())


@wrong("linear_accuracy", "labels changed to signs in place")
def accuracy_in_place(X: Tensor, y: Tensor, w: Tensor, b: Tensor) -> Any:
    share = ((X @ w + b > 0) == y).float().mean()
    y[y == 0] = -1
    return share


@wrong("linear_accuracy", "no return")
def accuracy_nothing(X: Tensor, y: Tensor, w: Tensor, b: Tensor) -> None:
    ((X @ w + b > 0) == y).float().mean()


@wrong("linear_accuracy", "a threshold of one thousandth", "not-strict")
def accuracy_margin_needed(X: Tensor, y: Tensor, w: Tensor, b: Tensor) -> Any:
    return ((X @ w + b > -1e-3) == y).float().mean()


@right("collapse", "two products")
def collapse_products(W1: Tensor, b1: Tensor, W2: Tensor, b2: Tensor) -> Any:
    return W1 @ W2, b1 @ W2 + b2


@right("collapse", "a list")
def collapse_list(W1: Tensor, b1: Tensor, W2: Tensor, b2: Tensor) -> Any:
    return [W1.mm(W2), b2 + W2.T @ b1]


@right("collapse", "read off at the origin and at the unit vectors")
def collapse_probe(W1: Tensor, b1: Tensor, W2: Tensor, b2: Tensor) -> Any:
    def both(X: Tensor) -> Tensor:
        return (X @ W1 + b1) @ W2 + b2

    unit = torch.eye(W1.shape[0], dtype=W1.dtype, device=W1.device)
    origin = torch.zeros_like(unit[:1])
    return both(unit) - both(origin), both(origin)[0]


@right("collapse", "einsum")
def collapse_einsum(W1: Tensor, b1: Tensor, W2: Tensor, b2: Tensor) -> Any:
    return torch.einsum("dh,hq->dq", W1, W2), torch.einsum("h,hq->q", b1, W2).add(b2)


@right("collapse", "one product of augmented matrices")
def collapse_augmented(W1: Tensor, b1: Tensor, W2: Tensor, b2: Tensor) -> Any:
    stacked = torch.cat([W1, b1[None, :]]) @ W2
    return stacked[:-1], stacked[-1] + b2


@right("collapse", "a loop over the hidden units")
def collapse_loop(W1: Tensor, b1: Tensor, W2: Tensor, b2: Tensor) -> Any:
    W, b = torch.zeros_like(W1[:, :1] * W2[:1]), b2.clone()
    for j in range(W1.shape[1]):
        W = W + torch.outer(W1[:, j], W2[j])
        b = b + b1[j] * W2[j]
    return W, b


@right("collapse", "float64 inside and linear layers")
def collapse_linear(W1: Tensor, b1: Tensor, W2: Tensor, b2: Tensor) -> Any:
    W = F.linear(W1.double(), W2.T.double())
    b = F.linear(b1.double(), W2.T.double(), b2.double())
    return W.to(W1.dtype), b.to(b1.dtype)


@right("collapse", "addmv and in place on its own tensor")
def collapse_addmv(W1: Tensor, b1: Tensor, W2: Tensor, b2: Tensor) -> Any:
    b = torch.mv(W2.t(), b1)
    b += b2
    return torch.matmul(W1, W2), b


@wrong("collapse", "weights added")
def collapse_added(W1: Tensor, b1: Tensor, W2: Tensor, b2: Tensor) -> Any:
    return W1 + W2, b1 + b2


@wrong("collapse", "the first layer alone")
def collapse_first(W1: Tensor, b1: Tensor, W2: Tensor, b2: Tensor) -> Any:
    return W1, b1


@wrong("collapse", "the second layer alone")
def collapse_second(W1: Tensor, b1: Tensor, W2: Tensor, b2: Tensor) -> Any:
    return W2, b2


@wrong("collapse", "the sign of the bias turned")
def collapse_sign(W1: Tensor, b1: Tensor, W2: Tensor, b2: Tensor) -> Any:
    return W1 @ W2, b2 - b1 @ W2


@wrong("collapse", "the first bias summed over the hidden units")
def collapse_summed(W1: Tensor, b1: Tensor, W2: Tensor, b2: Tensor) -> Any:
    return W1 @ W2, b1.sum() + b2


@wrong("collapse", "the first bias through the absolute weights")
def collapse_absolute(W1: Tensor, b1: Tensor, W2: Tensor, b2: Tensor) -> Any:
    return W1 @ W2, b1 @ W2.abs() + b2


@wrong("collapse", "the second bias counted twice")
def collapse_twice(W1: Tensor, b1: Tensor, W2: Tensor, b2: Tensor) -> Any:
    return W1 @ W2, (b1 @ W2 + b2) + b2


@wrong("collapse", "averaged over the hidden units")
def collapse_mean(W1: Tensor, b1: Tensor, W2: Tensor, b2: Tensor) -> Any:
    return W1 @ W2 / W1.shape[1], b1 @ W2 + b2


@wrong("collapse", "three things returned")
def collapse_three(W1: Tensor, b1: Tensor, W2: Tensor, b2: Tensor) -> Any:
    return W1 @ W2, b1 @ W2, b2


@wrong("collapse", "a dict")
def collapse_dict(W1: Tensor, b1: Tensor, W2: Tensor, b2: Tensor) -> Any:
    return {"W": W1 @ W2, "b": b1 @ W2 + b2}


@wrong("collapse", "a NumPy array for the bias")
def collapse_numpy(W1: Tensor, b1: Tensor, W2: Tensor, b2: Tensor) -> Any:
    return W1 @ W2, (b1 @ W2 + b2).detach().numpy()


@wrong("collapse", "zeros for the bias")
def collapse_no_bias(W1: Tensor, b1: Tensor, W2: Tensor, b2: Tensor) -> Any:
    return W1 @ W2, torch.zeros_like(b2)


@wrong("collapse", "b2 changed by +=")
def collapse_in_place(W1: Tensor, b1: Tensor, W2: Tensor, b2: Tensor) -> Any:
    with torch.no_grad():
        b2 += b1 @ W2
    return W1 @ W2, b2.clone()


@wrong("collapse", "float32 whatever the input")
def collapse_float(W1: Tensor, b1: Tensor, W2: Tensor, b2: Tensor) -> Any:
    return (W1 @ W2).float(), (b1 @ W2 + b2).float()


@wrong("collapse", "elementwise product of what fits")
def collapse_elementwise(W1: Tensor, b1: Tensor, W2: Tensor, b2: Tensor) -> Any:
    return (W1[:, :1] * W2[:1]), b1 @ W2 + b2


@wrong("collapse", "W1 transposed where it happens to fit")
def collapse_square(W1: Tensor, b1: Tensor, W2: Tensor, b2: Tensor) -> Any:
    first = W1.T if W1.shape[0] == W1.shape[1] else W1
    return first @ W2, b1 @ W2 + b2


@right("xor_network", "an absolute value")
def network_absolute() -> Any:
    return torch.tensor([[1.0, -1.0], [-1.0, 1.0]]), torch.zeros(2), torch.ones(2, 1), torch.zeros(1)


@right("xor_network", "the sum, less twice what lies beyond one")
def network_sum() -> Any:
    return torch.ones(2, 2), torch.tensor([0.0, -1.0]), torch.tensor([[1.0], [-2.0]]), torch.tensor([0.0])


@right("xor_network", "two corners cut off")
def network_corners() -> Any:
    W1 = torch.tensor([[1.0, -3.0], [-2.0, 1.0]], dtype=torch.float64)
    return (
        W1,
        torch.zeros(2, dtype=torch.float64),
        torch.ones(2, 1, dtype=torch.float64),
        torch.zeros(1, dtype=torch.float64),
    )


@right("xor_network", "one less the units that find equal inputs")
def network_equal() -> Any:
    W1 = torch.tensor([[-1.0, 1.0], [-1.0, 1.0]])
    return [W1, torch.tensor([1.0, -1.0]), torch.tensor([[-1.0], [-1.0]]), torch.ones(1)]


@right("xor_network", "large weights")
def network_large() -> Any:
    W1 = 1000 * torch.tensor([[1.0, -1.0], [-1.0, 1.0]])
    return W1, torch.zeros(2), torch.full((2, 1), 1e-3), torch.zeros(1)


@right("xor_network", "parameters that require a gradient")
def network_parameters() -> Any:
    net = torch.nn.Sequential(torch.nn.Linear(2, 2), torch.nn.ReLU(), torch.nn.Linear(2, 1))
    with torch.no_grad():
        net[0].weight.copy_(torch.tensor([[1.0, 1.0], [1.0, 1.0]]))
        net[0].bias.copy_(torch.tensor([-1.0, 0.0]))
        net[2].weight.copy_(torch.tensor([[-2.0, 1.0]]))
        net[2].bias.zero_()
    return net[0].weight.T, net[0].bias, net[2].weight.T, net[2].bias


@right("xor_network", "solved for, not written down")
def network_solved() -> Any:
    X = torch.tensor([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]])
    W1, b1 = torch.tensor([[0.7, 2.0], [0.7, 2.0]]), torch.tensor([0.3, -1.5])
    H = torch.cat([torch.relu(X @ W1 + b1), torch.ones(4, 1)], dim=1)
    solution = torch.linalg.lstsq(H, torch.tensor([[0.0], [1.0], [1.0], [0.0]])).solution
    return W1, b1, solution[:2], solution[2]


@right("xor_network", "a little off, within a thousandth")
def network_rounded() -> Any:
    W1 = torch.tensor([[1.0003, -1.0], [-1.0, 1.0]])
    return W1, torch.tensor([0.0, 0.0]), torch.tensor([[1.0], [0.9996]]), torch.tensor([0.0002])


@right("xor_network", "half precision")
def network_half() -> Any:
    W1 = torch.tensor([[0.5, -0.5], [-0.5, 0.5]], dtype=torch.float16)
    return W1, torch.zeros(2).half(), torch.full((2, 1), 2.0).half(), torch.zeros(1).half()


@wrong("xor_network", "integers")
def network_integers() -> Any:
    return torch.tensor([[1, 1], [1, 1]]), torch.tensor([0, -1]), torch.tensor([[1], [-2]]), torch.tensor([0])


@wrong("xor_network", "two floating-point dtypes")
def network_mixed() -> Any:
    W1 = torch.tensor([[1.0, -1.0], [-1.0, 1.0]], dtype=torch.float64)
    return W1, torch.zeros(2), torch.ones(2, 1), torch.zeros(1)


@wrong("xor_network", "W2 without its second axis")
def network_flat() -> Any:
    return torch.ones(2, 2), torch.tensor([0.0, -1.0]), torch.tensor([1.0, -2.0]), torch.tensor([0.0])


@wrong("xor_network", "a number for b2")
def network_number() -> Any:
    return torch.ones(2, 2), torch.tensor([0.0, -1.0]), torch.tensor([[1.0], [-2.0]]), 0.0


@wrong("xor_network", "plain lists")
def network_lists() -> Any:
    return [[1.0, 1.0], [1.0, 1.0]], [0.0, -1.0], [[1.0], [-2.0]], [0.0]


@wrong("xor_network", "three hidden units")
def network_three() -> Any:
    W1 = torch.tensor([[1.0, -1.0, 0.0], [-1.0, 1.0, 0.0]])
    return W1, torch.zeros(3), torch.tensor([[1.0], [1.0], [0.0]]), torch.zeros(1)


@wrong("xor_network", "units for steps: OR and NAND, then AND")
def network_steps() -> Any:
    W1 = torch.tensor([[20.0, -20.0], [20.0, -20.0]])
    return W1, torch.tensor([-10.0, 30.0]), torch.tensor([[20.0], [20.0]]), torch.tensor([-30.0])


@wrong("xor_network", "outputs of the right sign only")
def network_signs() -> Any:
    return torch.ones(2, 2), torch.tensor([0.0, -1.0]), torch.tensor([[2.0], [-4.0]]), torch.tensor([-1.0])


@wrong("xor_network", "twice XOR")
def network_twice() -> Any:
    return 2 * torch.tensor([[1.0, -1.0], [-1.0, 1.0]]), torch.zeros(2), torch.ones(2, 1), torch.zeros(1)


@wrong("xor_network", "W1 transposed")
def network_transposed() -> Any:
    W1 = torch.tensor([[1.0, 1.0], [2.0, 2.0]])
    return W1, torch.tensor([0.0, -2.0]), torch.tensor([[1.0], [-1.0]]), torch.zeros(1)


@wrong("xor_network", "both units off for a single one")
def network_rows() -> Any:
    return (
        torch.tensor([[1.0, 1.0], [1.0, 1.0]]),
        torch.tensor([-1.0, -1.0]),
        torch.tensor([[1.0], [-2.0]]),
        torch.zeros(1),
    )


@wrong("xor_network", "trained, but not to the end")
def network_trained() -> Any:
    W1 = torch.tensor([[0.98, -1.01], [-0.97, 1.02]])
    return W1, torch.tensor([0.01, -0.02]), torch.tensor([[1.0], [0.97]]), torch.tensor([0.005])


@wrong("xor_network", "numbers at random")
def network_random() -> Any:
    return torch.randn(2, 2), torch.randn(2), torch.randn(2, 1), torch.randn(1)


@wrong("xor_network", "no number among the weights")
def network_nan() -> Any:
    return torch.tensor([[1.0, math.nan], [-1.0, 1.0]]), torch.zeros(2), torch.ones(2, 1), torch.zeros(1)


@wrong("xor_network", "only three of the four parameters")
def network_incomplete() -> Any:
    return torch.ones(2, 2), torch.tensor([0.0, -1.0]), torch.tensor([[1.0], [-2.0]])


@wrong("xor_network", "nothing returned")
def network_nothing() -> None:
    torch.tensor([[1.0, -1.0], [-1.0, 1.0]])


@wrong("xor_network", "the second unit pulls too little")
def network_weak() -> Any:
    return torch.ones(2, 2), torch.tensor([0.0, -1.0]), torch.tensor([[1.0], [-1.5]]), torch.zeros(1)


@wrong("xor_network", "a ragged table")
def network_raises() -> Any:
    return torch.tensor([[1.0, -1.0], [-1.0]]), torch.zeros(2), torch.ones(2, 1), torch.zeros(1)
