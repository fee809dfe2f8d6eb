"""Answers to the exercises of lesson 04: counting, forward, loss, accuracy and training; long because it is a list."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from itertools import pairwise
from typing import Any

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor, nn

from tests.wild.entries import right, wrong

_Batches = Iterable[tuple[Tensor, Tensor]]


@contextmanager
def _in_training(model: nn.Module) -> Iterator[None]:
    modes = [(module, module.training) for module in model.modules()]
    model.train()
    try:
        yield
    finally:
        for module, mode in modes:
            module.training = mode


@right("num_parameters", "S300")
def num_parameters_biases_then_pairs(sizes: Sequence[int]) -> int:
    biases = sum(sizes[1:])
    weights = 0
    for i in range(len(sizes) - 1):
        weights += sizes[i] * sizes[i + 1]
    return weights + biases


@right("num_parameters", "S301")
def num_parameters_measures_arrays(sizes: Sequence[int]) -> int:
    biases = [np.zeros((units, 1)) for units in sizes[1:]]
    weights = [np.zeros((after, before)) for before, after in pairwise(sizes)]
    return sum(b.size for b in biases) + sum(w.size for w in weights)


@right("num_parameters", "S302")
def num_parameters_asks_linear_layers(sizes: Sequence[int]) -> int:
    layers = nn.Sequential(*[nn.Linear(a, b, device="meta") for a, b in pairwise(sizes)])
    return sum(p.numel() for p in layers.parameters() if p.requires_grad)


@right("num_parameters", "S303")
def num_parameters_bias_as_input_of_one(sizes: Sequence[int]) -> int:
    return sum((in_dim + 1) * out_dim for in_dim, out_dim in pairwise(sizes))


@wrong(
    "num_parameters",
    "S304",
    fault="biases not counted",
    says="You multiply the sizes of neighbouring layers, which counts the weights. Every unit after the input has a "
    "bias, too, and those are missing.",
)
def num_parameters_only_weights(sizes: Sequence[int]) -> int:
    count = 0
    for layer in range(1, len(sizes)):
        count += sizes[layer - 1] * sizes[layer]  # here
    return count


@wrong(
    "num_parameters",
    "S304",
    fault="biases not counted",
    says="The product of the shifted lists gives all weights. The biases are parameters as well.",
)
def num_parameters_dot_of_shifted(sizes: Sequence[int]) -> int:
    return int(np.dot(sizes[:-1], sizes[1:]))  # here


@wrong(
    "num_parameters",
    "S305",
    fault="one bias per input",
    says="The biases belong to the units that a layer leads to, not to those that it comes from: add the second size "
    "of each pair.",
)
def num_parameters_bias_for_each_input(sizes: Sequence[int]) -> int:
    total = 0
    for n_in, n_out in pairwise(sizes):
        total += n_in * n_out + n_in  # here
    return total


@wrong(
    "num_parameters",
    "S306",
    fault="one bias per layer",
    says="You give each layer a single bias. It has one for every unit that it leads to.",
)
def num_parameters_one_bias_a_layer(sizes: Sequence[int]) -> int:
    num_layers = len(sizes) - 1
    weights = sum(sizes[i] * sizes[i + 1] for i in range(num_layers))
    return weights + num_layers  # here


@wrong(
    "num_parameters",
    "S307",
    fault="assumes equal hidden layers",
    says="The formula takes the first hidden width for all of them. Hidden layers may differ in width, so go from "
    "pair to pair.",
)
def num_parameters_formula_of_equal_widths(sizes: Sequence[int]) -> int:
    d, h, q = sizes[0], sizes[1], sizes[-1]  # here
    hidden_layers = len(sizes) - 2
    return d * h + h + (hidden_layers - 1) * (h * h + h) + h * q + q  # here


@wrong(
    "num_parameters",
    "S308",
    fault="only one hidden layer",
    says="The unpacking takes exactly three sizes. The list may have two, four or any other number of them.",
    raises="ValueError",
)
def num_parameters_three_sizes_only(sizes: Sequence[int]) -> int:
    n_features, n_hidden, n_output = sizes  # here
    w1 = n_hidden * (n_features + 1)
    w2 = n_output * (n_hidden + 1)
    return w1 + w2


@wrong(
    "num_parameters",
    "S302",
    fault="expects pairs, gets sizes",
    says="The function waits for pairs (in, out), but the list holds plain integers; all of them are skipped and the "
    "sum stays 0.",
)
def num_parameters_waits_for_pairs(sizes: Sequence[int]) -> int:
    total = 0
    for layer in sizes:
        if isinstance(layer, (list, tuple)) and len(layer) == 2:  # here
            total += layer[0] * layer[1] + layer[1]
    return total


@right("MLPScratch.forward", "S309")
def mlp_forward_reshapes_to_num_inputs(self: Any, X: Tensor) -> Tensor:
    def relu(values: Tensor) -> Tensor:
        return torch.max(values, torch.zeros_like(values))

    X = X.reshape((-1, self.num_inputs))
    return relu(X @ self.W1 + self.b1) @ self.W2 + self.b2


@right("MLPScratch.forward", "S310")
def mlp_forward_mm_and_clamp(self: Any, X: Tensor) -> Tensor:
    N = X.shape[0]
    hidden = X.reshape(N, -1).mm(self.W1) + self.b1
    hidden = hidden.clamp(min=0)
    return hidden.mm(self.W2) + self.b2


@right("MLPScratch.forward", "S311")
def mlp_forward_with_addmm(self: Any, X: Tensor) -> Tensor:
    Z = torch.addmm(self.b1, torch.flatten(X, 1), self.W1)
    return torch.addmm(self.b2, F.relu(Z), self.W2)


@right("MLPScratch.forward", "S312")
def mlp_forward_multiplies_axes_for_flatten(self: Any, X: Tensor) -> Tensor:
    columns = 1
    for size in X.shape[1:]:
        columns *= size
    out = F.linear(X.reshape((X.shape[0], columns)), self.W1.T, self.b1)
    return F.linear(torch.relu(out), self.W2.T, self.b2)


@right("MLPScratch.forward", "S313")
def mlp_forward_ravels_and_masks(self: Any, X: Tensor) -> Tensor:
    rows = X.ravel().reshape(X.shape[0], -1)
    Z = torch.matmul(rows, self.W1) + self.b1
    return torch.matmul(Z * (Z > 0), self.W2) + self.b2


@right("MLPScratch.forward", "S314")
def mlp_forward_image_by_image(self: Any, X: Tensor) -> Tensor:
    outputs = []
    for image in X:
        pixels = image.flatten()
        hidden = torch.relu(self.W1.T @ pixels + self.b1)
        outputs.append(self.W2.T @ hidden + self.b2)
    return torch.stack(outputs)


@right("MLPScratch.forward", "S312")
def mlp_forward_sets_negatives_to_zero(self: Any, X: Tensor) -> Tensor:
    Z1 = X.flatten(start_dim=1) @ self.W1 + self.b1
    Z1[Z1 < 0] = 0
    return Z1 @ self.W2 + self.b2


@right("MLPScratch.forward", "S315")
def mlp_forward_one_line_of_maximum(self: Any, X: Tensor) -> Tensor:
    return torch.maximum(torch.tensor(0.0).to(X), X.reshape(len(X), -1) @ self.W1 + self.b1) @ self.W2 + self.b2


@right("MLPScratch.forward", "S309")
def mlp_forward_flatten_and_relu_modules(self: Any, X: Tensor) -> Tensor:
    hidden = torch.matmul(nn.Flatten()(X), self.W1) + self.b1
    return torch.matmul(nn.ReLU()(hidden), self.W2) + self.b2


@right("MLPScratch.forward", "S342")
def mlp_forward_lin_helper_and_clamp_min(self: Any, X: Tensor) -> Tensor:
    def lin(x: Tensor, w: Tensor, b: Tensor) -> Tensor:
        return x @ w + b

    l1 = lin(X.reshape(X.shape[0], -1), self.W1, self.b1)
    l2 = l1.clamp_min(0.0)
    return lin(l2, self.W2, self.b2)


@wrong(
    "MLPScratch.forward",
    "S315",
    fault="images not flattened",
    says="An image (1, 28, 28) goes into the product as it is. Make each a row of 784 numbers first.",
    raises="RuntimeError",
)
def mlp_forward_without_flattening(self: Any, X: Tensor) -> Tensor:
    hidden = torch.maximum(torch.zeros(1), torch.matmul(X, self.W1) + self.b1)  # here
    return torch.matmul(hidden, self.W2) + self.b2


@wrong(
    "MLPScratch.forward",
    "S310",
    fault="expects rows, gets images",
    says="The unpacking takes two axes, so it only works for inputs that are rows already. The images have three or "
    "four axes.",
    raises="ValueError",
)
def mlp_forward_unpacks_two_axes(self: Any, X: Tensor) -> Tensor:
    N, D = X.shape  # here
    hidden = X.view(N, D).mm(self.W1) + self.b1
    return hidden.clamp(min=0).mm(self.W2) + self.b2


@wrong(
    "MLPScratch.forward",
    "S316",
    fault="assumes exactly four axes",
    says="The images need not have a channel axis, and rows are possible, too. Only the first axis is certain.",
    raises="ValueError",
)
def mlp_forward_unpacks_four_axes(self: Any, X: Tensor) -> Tensor:
    N, C, H, W = X.shape  # here
    images = torch.reshape(X, (N, C * H * W))
    hidden = nn.ReLU()(images @ self.W1 + self.b1)
    return hidden @ self.W2 + self.b2


@wrong(
    "MLPScratch.forward",
    "S317",
    fault="flattens the last two axes",
    says="Joining the last two axes fits images (n, 1, 28, 28). Rows (n, d) lose their batch axis that way.",
    raises="RuntimeError",
)
def mlp_forward_flattens_last_two(self: Any, X: Tensor) -> Tensor:
    X = torch.flatten(X, start_dim=-2)  # here
    if X.dim() == 3:
        X = X.squeeze(1)
    Z = X @ self.W1 + self.b1
    return torch.relu(Z) @ self.W2 + self.b2


@wrong(
    "MLPScratch.forward",
    "S318",
    fault="flattens the batch, too",
    says="All images end up in one row, so the matrix product does not fit. The first axis has to stay.",
    raises="RuntimeError",
)
def mlp_forward_flattens_the_batch(self: Any, X: Tensor) -> Tensor:
    row = X.flatten().reshape((1, -1))  # here
    return torch.relu(row @ self.W1 + self.b1) @ self.W2 + self.b2


@wrong(
    "MLPScratch.forward",
    "S319",
    fault="flattens the batch, too",
    says="view(1, -1) makes a single row of the whole batch. Keep one row for each image.",
    raises="RuntimeError",
)
def mlp_forward_views_one_row(self: Any, X: Tensor) -> Tensor:
    inputs = X.contiguous().view(1, -1)  # here
    h = torch.mm(inputs, self.W1) + self.b1
    return torch.mm(torch.clamp(h, min=0), self.W2) + self.b2


@wrong(
    "MLPScratch.forward",
    "S320",
    fault="result of view dropped",
    says="view returns the new tensor and leaves X as it is; you do not keep what it returns.",
    raises="RuntimeError",
)
def mlp_forward_drops_the_view(self: Any, X: Tensor) -> Tensor:
    X.view(X.size(0), -1)  # here
    z = X @ self.W1 + self.b1
    return torch.relu(z) @ self.W2 + self.b2


@wrong(
    "MLPScratch.forward",
    "S321",
    fault="view needs contiguous memory",
    says="view cannot join axes of a tensor that does not lie contiguously in memory, such as a transposed batch. "
    "There is a function that copies where it must.",
)
def mlp_forward_views_rows(self: Any, X: Tensor) -> Tensor:
    rows = X.view(X.size(0), -1)  # here
    return torch.relu(rows @ self.W1 + self.b1) @ self.W2 + self.b2


@wrong(
    "MLPScratch.forward",
    "S319",
    fault="changes the caller's images",
    says="resize_ with the underscore works in place: afterwards the caller's images are rows. A function should "
    "leave its input as it was.",
)
def mlp_forward_resizes_in_place(self: Any, X: Tensor) -> Tensor:
    X.resize_(X.shape[0], self.W1.shape[0])  # here
    return F.relu(X @ self.W1 + self.b1) @ self.W2 + self.b2


@wrong(
    "MLPScratch.forward",
    "S322",
    fault="softmax after the output",
    says="You return probabilities. The logits are asked for, and the loss applies the softmax itself.",
)
def mlp_forward_ends_with_softmax(self: Any, X: Tensor) -> Tensor:
    X = X.reshape(-1, self.W1.shape[0])
    O = torch.relu(X @ self.W1 + self.b1) @ self.W2 + self.b2
    return O.softmax(dim=1)  # here


@wrong(
    "MLPScratch.forward",
    "S319",
    fault="log-softmax after the output",
    says="What you return are log-probabilities, not the logits: nothing comes after the second affine map.",
)
def mlp_forward_ends_with_log_softmax(self: Any, X: Tensor) -> Tensor:
    x = torch.flatten(X, start_dim=1)
    x = F.relu(x @ self.W1 + self.b1)
    return F.log_softmax(x @ self.W2 + self.b2, dim=1)  # here


@wrong(
    "MLPScratch.forward",
    "S316",
    fault="relu on the logits",
    says="ReLU goes over the output as well, so no logit can be negative, and where it cuts no gradient flows. Only "
    "the hidden layer has one.",
)
def mlp_forward_relu_on_logits(self: Any, X: Tensor) -> Tensor:
    z = torch.flatten(X, 1) @ self.W1 + self.b1
    z = torch.relu(z) @ self.W2 + self.b2
    return torch.relu(z)  # here


@wrong(
    "MLPScratch.forward",
    "S323",
    fault="relu on the logits",
    says="The loop applies ReLU after each layer, the last one included. The logits must keep their sign.",
)
def mlp_forward_loop_relu_everywhere(self: Any, X: Tensor) -> Tensor:
    out = X.reshape(X.shape[0], -1)
    for W, b in ((self.W1, self.b1), (self.W2, self.b2)):
        out = (out @ W + b).clamp(min=0)  # here
    return out


@wrong(
    "MLPScratch.forward",
    "S324",
    fault="tanh instead of relu",
    says="The hidden layer uses tanh. This network has ReLU there.",
)
def mlp_forward_tanh_hidden(self: Any, X: Tensor) -> Tensor:
    A1 = torch.tanh(X.flatten(1) @ self.W1 + self.b1)  # here
    return A1 @ self.W2 + self.b2


@wrong(
    "MLPScratch.forward",
    "S325",
    fault="batch in columns",
    says="W @ X is the form for examples in columns. Here each example is a row and W1 has the shape (d, h), so the "
    "product goes the other way round.",
    raises="RuntimeError",
)
def mlp_forward_weights_from_the_left(self: Any, X: Tensor) -> Tensor:
    X = X.reshape(X.shape[0], -1)
    Z1 = torch.matmul(self.W1, X) + self.b1  # here
    A1 = torch.relu(Z1)
    return torch.matmul(self.W2, A1) + self.b2  # here


@wrong(
    "MLPScratch.forward",
    "S312",
    fault="biases not used",
    says="b1 and b2 are never added, so they get no gradient and are not learned.",
)
def mlp_forward_two_products_no_bias(self: Any, X: Tensor) -> Tensor:
    rows = X.reshape(X.shape[0], -1)
    Z1 = torch.maximum(rows @ self.W1, rows.new_zeros(()))  # here
    return Z1 @ self.W2  # here


@wrong(
    "MLPScratch.forward",
    "S326",
    fault="numpy cuts the gradient",
    says="The numbers are right, but computed in NumPy autograd cannot follow them, so no parameter gets a gradient.",
)
def mlp_forward_in_numpy(self: Any, X: Tensor) -> Tensor:
    W1, b1, W2, b2 = (p.detach().cpu().numpy() for p in (self.W1, self.b1, self.W2, self.b2))  # here
    z1 = np.dot(X.detach().cpu().numpy().reshape(len(X), -1), W1) + b1
    a1 = np.maximum(0, z1)
    return torch.from_numpy(np.dot(a1, W2) + b2)  # here


@wrong(
    "MLPScratch.forward",
    "S318",
    fault="tanh after every layer",
    says="Each layer is followed by tanh, the output, too. ReLU belongs after the first layer and nothing after the "
    "second.",
)
def mlp_forward_tanh_everywhere(self: Any, X: Tensor) -> Tensor:
    output = X.reshape(X.size(0), -1)
    for weights, bias in [(self.W1, self.b1), (self.W2, self.b2)]:
        output = torch.tanh(output @ weights + bias)  # here
    return output


@right("cross_entropy", "S327")
def cross_entropy_broadcasts_and_averages(logits: Tensor, y: Tensor) -> Tensor:
    rows = torch.arange(logits.shape[0])
    chosen = logits[rows, y]
    normalizer = torch.logsumexp(logits, dim=-1, keepdim=True)
    return (normalizer - chosen).mean()


@right("cross_entropy", "S302")
def cross_entropy_gathers_log_probabilities(logits: Tensor, y: Tensor) -> Tensor:
    shifted = logits - logits.max(dim=-1, keepdim=True)[0]
    log_probs = shifted - torch.log(torch.exp(shifted).sum(dim=-1, keepdim=True))
    return -log_probs.gather(1, y.unsqueeze(1)).squeeze(1).mean()


@right("cross_entropy", "S310")
def cross_entropy_row_after_row(logits: Tensor, y: Tensor) -> Tensor:
    loss = logits.new_zeros(())
    for i in range(logits.shape[0]):
        scores = logits[i] - logits[i].max()
        loss = loss - scores[y[i]] + scores.exp().sum().log()
    return loss / logits.shape[0]


@right("cross_entropy", "S328")
def cross_entropy_sum_over_count(logits: Tensor, y: Tensor) -> Tensor:
    n = y.numel()
    exponents = logits - torch.max(logits, dim=1, keepdim=True).values
    denominators = torch.sum(torch.exp(exponents), dim=1)
    losses = torch.log(denominators) - exponents[range(n), y]
    return losses.sum() / n


@right("cross_entropy", "S328")
def cross_entropy_one_hot_einsum(logits: Tensor, y: Tensor) -> Tensor:
    one_hot = nn.functional.one_hot(y, logits.size(-1)).to(logits.dtype)
    of_label = torch.einsum("nq,nq->n", logits, one_hot)
    return (torch.logsumexp(logits, dim=-1) - of_label).mean()


@right("cross_entropy", "S328")
def cross_entropy_list_of_rows(logits: Tensor, y: Tensor) -> Tensor:
    largest = torch.max(logits, dim=1).values
    rows = [i for i in range(logits.shape[0])]
    sums = torch.sum(torch.exp(logits - largest.unsqueeze(-1)), dim=1)
    return torch.mean(torch.log(sums) + largest - logits[rows, y])


@right("cross_entropy", "S328")
def cross_entropy_shifts_twice(logits: Tensor, y: Tensor) -> Tensor:
    logits = logits - logits.max(dim=-1, keepdim=True).values
    log_probs = logits - torch.logsumexp(logits, dim=-1, keepdim=True)
    return -torch.gather(log_probs, -1, y[..., None]).mean()


@right("cross_entropy", "S329")
def cross_entropy_max_outside(logits: Tensor, y: Tensor) -> Tensor:
    def logsumexp(x: Tensor) -> Tensor:
        m = x.max(-1)[0]
        return m + (x - m[:, None]).exp().sum(-1).log()

    log_p = logits - logsumexp(logits).unsqueeze(-1)
    return -log_p[range(y.shape[0]), y].mean()


@right("cross_entropy", "S319")
def cross_entropy_log_softmax_picked(logits: Tensor, y: Tensor) -> Tensor:
    logps = torch.log_softmax(logits, dim=1)
    return -sum(logps[i, label] for i, label in enumerate(y.tolist())) / len(y)


@right("cross_entropy", "S302")
def cross_entropy_loop_of_plain_losses(logits: Tensor, y: Tensor) -> Tensor:
    losses = []
    for row, label in zip(logits, y, strict=True):
        m = torch.max(row)
        losses.append(m + torch.log(torch.sum(torch.exp(row - m))) - row[label])
    return torch.stack(losses).mean()


@right("cross_entropy", "S342")
def cross_entropy_nll_of_log_softmax(logits: Tensor, y: Tensor) -> Tensor:
    def nll(log_p: Tensor, target: Tensor) -> Tensor:
        return -log_p[range(target.shape[0]), target].mean()

    return nll(logits - logits.logsumexp(-1, keepdim=True), y)


@wrong(
    "cross_entropy",
    "S312",
    fault="exp without shift overflows",
    says="exp(1000) is infinite, so with large logits the loss is inf. Take the row's maximum out before the "
    "exponential.",
)
def cross_entropy_plain_log_sum_exp(logits: Tensor, y: Tensor) -> Tensor:
    m = logits.shape[0]
    normalizers = torch.log(torch.sum(torch.exp(logits), dim=1))  # here
    return torch.mean(normalizers - logits[torch.arange(m), y])


@wrong(
    "cross_entropy",
    "S312",
    fault="exp without shift overflows",
    says="The formula is right on paper, but the exponential of a logit of 1000 is infinite in floating point.",
)
def cross_entropy_one_hot_without_shift(logits: Tensor, y: Tensor) -> Tensor:
    y_one_hot = torch.eye(logits.shape[1], dtype=logits.dtype)[y]
    picked = (logits * y_one_hot).sum()
    total = logits.exp().sum(dim=1).log().sum()  # here
    return (total - picked) / logits.shape[0]


@wrong(
    "cross_entropy",
    "S330",
    fault="exp without shift overflows",
    says="The softmax divides inf by inf as soon as a logit is large, and the loss is nan. Subtract the largest logit "
    "of the row first.",
)
def cross_entropy_naive_probabilities(logits: Tensor, y: Tensor) -> Tensor:
    loss = 0.0
    for j in range(logits.shape[0]):
        score = torch.exp(logits[j])  # here
        score = score / score.sum()
        loss += -torch.log(score[y[j]])  # here
    return loss / logits.shape[0]


@wrong(
    "cross_entropy",
    "S310",
    fault="log of a probability of 0",
    says="The softmax is stable, but its logarithm is taken afterwards: a probability that has become 0 gives -inf. "
    "Put the logarithm into the formula before.",
)
def cross_entropy_log_of_softmax(logits: Tensor, y: Tensor) -> Tensor:
    probs = torch.softmax(logits, dim=1)
    return -torch.log(probs[torch.arange(len(y)), y]).mean()  # here


@wrong(
    "cross_entropy",
    "S330",
    fault="log of a probability of 0",
    says="You shift the logits, which is good, then divide and take the logarithm of the quotient. For a far-off "
    "label it is 0, and the loss infinite.",
)
def cross_entropy_log_of_quotient(logits: Tensor, y: Tensor) -> Tensor:
    N = logits.shape[0]
    probs = torch.exp(logits - torch.max(logits, dim=1, keepdim=True)[0])
    probs = probs / torch.sum(probs, dim=1, keepdim=True)
    return -torch.sum(torch.log(probs[np.arange(N), y])) / N  # here


@wrong(
    "cross_entropy",
    "S330",
    fault="0 times log of 0",
    says="Multiplying by the one-hot rows takes the logarithm of every probability; where one is 0, 0 times -inf is "
    "nan. Pick the entry of the label and stay with logarithms.",
)
def cross_entropy_one_hot_times_log(logits: Tensor, y: Tensor) -> Tensor:
    f_max = torch.reshape(torch.max(logits, dim=1)[0], (-1, 1))
    prob = torch.exp(logits - f_max) / torch.sum(torch.exp(logits - f_max), dim=1, keepdim=True)
    true_class = torch.zeros_like(prob)
    true_class[range(len(y)), y] = 1.0
    return -torch.sum(true_class * torch.log(prob)) / len(y)  # here


@wrong(
    "cross_entropy",
    "S330",
    fault="small constant under the logarithm",
    says="The added constant bounds the loss at about 11.5 and makes the gradient vanish just where the network is "
    "most wrong. Every other value is a little off, too.",
)
def cross_entropy_adds_a_hundred_thousandth(logits: Tensor, y: Tensor) -> Tensor:
    probs = torch.exp(logits - logits.max(dim=1, keepdim=True).values)
    probs = probs / probs.sum(dim=1, keepdim=True)
    return -torch.sum(torch.log(probs[torch.arange(len(y)), y] + 1e-5)) / len(y)  # here


@wrong(
    "cross_entropy",
    "S331",
    fault="small constant under the logarithm",
    says="With 1e-12 in the logarithm the loss cannot exceed 27.6, so at large logits the value is wrong and the "
    "gradient is 0.",
)
def cross_entropy_adds_tiny_epsilon(logits: Tensor, y: Tensor) -> Tensor:
    shifted = logits - torch.amax(logits, dim=1, keepdim=True)
    exp_scores = shifted.exp()
    probs = exp_scores / exp_scores.sum(dim=1, keepdim=True)
    return -torch.log(probs[torch.arange(logits.shape[0]), y] + 1e-12).mean()  # here


@wrong(
    "cross_entropy",
    "S326",
    fault="probabilities clipped",
    says="Clipping the probabilities keeps the loss finite, but caps it and sets the gradient to 0 where the "
    "prediction is worst.",
)
def cross_entropy_clips_probabilities(logits: Tensor, y: Tensor) -> Tensor:
    predictions = torch.softmax(logits, dim=-1)
    predictions = torch.clamp(predictions, 1e-7, 1 - 1e-7)  # here
    return torch.mean(-torch.log(predictions[range(len(predictions)), y]))


@wrong(
    "cross_entropy",
    "S302",
    fault="probabilities clipped",
    says="The one-hot sum is over clipped probabilities: below 1e-15 the loss no longer grows, and the gradient is 0 "
    "there.",
)
def cross_entropy_one_hot_and_clip(logits: Tensor, y: Tensor) -> Tensor:
    eps = 1e-15
    y_true = F.one_hot(y, logits.shape[1]).to(logits.dtype)
    y_pred = logits.softmax(dim=1).clip(eps, 1 - eps)  # here
    return -(y_true * y_pred.log()).sum(dim=1).mean()


@wrong(
    "cross_entropy",
    "S332",
    fault="small probabilities replaced",
    says="Probabilities under 1e-8 are replaced by a constant, which has no gradient, and the loss stops at 18.",
)
def cross_entropy_replaces_small_ones(logits: Tensor, y: Tensor) -> Tensor:
    picked = torch.softmax(logits, dim=1)[torch.arange(len(y)), y]
    picked = torch.where(picked < 1e-8, torch.full_like(picked, 1e-8), picked)  # here
    return -picked.log().sum() * (1 / len(y))


@wrong(
    "cross_entropy",
    "S309",
    fault="logits taken for probabilities",
    says="The logarithm is taken of the logits themselves, which are of any size and sign; without softmax they are "
    "no probabilities. The mean is missing as well.",
)
def cross_entropy_without_softmax(logits: Tensor, y: Tensor) -> Tensor:
    y_hat = logits
    return -torch.log(y_hat[range(len(y_hat)), y])  # here


@wrong(
    "cross_entropy",
    "S333",
    fault="averages over the classes, too",
    says="The mean runs over all entries of the table, so the loss is too small by the number of classes. The average "
    "is over the examples only.",
)
def cross_entropy_mean_of_one_hot_product(logits: Tensor, y: Tensor) -> Tensor:
    targets = F.one_hot(y, logits.shape[-1])
    return -torch.mean(torch.log_softmax(logits, dim=-1) * targets)  # here


@wrong(
    "cross_entropy",
    "S333",
    fault="averages over the classes, too",
    says="The mean of the whole (n, q) table divides by q once too often, since each row has only one entry that "
    "counts. And a probability of 0 makes it nan.",
)
def cross_entropy_mean_of_table(logits: Tensor, y: Tensor) -> Tensor:
    exponentials = torch.exp(logits - logits.max(dim=1, keepdim=True).values)
    y_pred = exponentials / exponentials.sum(dim=1, keepdim=True)
    y_true = torch.eye(logits.shape[1], dtype=logits.dtype)[y]
    return -(y_true * torch.log(y_pred)).mean()  # here


@wrong(
    "cross_entropy",
    "S334",
    fault="averaged twice",
    says="mean has divided by the batch size already, and you divide by it once more.",
)
def cross_entropy_mean_over_batch_size(logits: Tensor, y: Tensor) -> Tensor:
    nll = -logits.log_softmax(dim=1).gather(1, y.view(-1, 1))
    return nll.mean() / logits.size(0)  # here


@wrong(
    "cross_entropy",
    "S305",
    fault="minus sign missing",
    says="This is the mean log-likelihood, which is negative. The loss has the opposite sign.",
)
def cross_entropy_without_minus(logits: Tensor, y: Tensor) -> Tensor:
    log_p = torch.log_softmax(logits, dim=1)
    return torch.mean(log_p[torch.arange(y.shape[0]), y])  # here


@wrong(
    "cross_entropy",
    "S335",
    fault="one maximum for all rows",
    says="The largest logit of the whole batch is subtracted everywhere. In a row of far smaller logits all "
    "exponentials become 0; each row needs its own maximum.",
)
def cross_entropy_global_maximum(logits: Tensor, y: Tensor) -> Tensor:
    exp_x = torch.exp(logits - torch.max(logits))  # here
    y_pred = exp_x / exp_x.sum(dim=1, keepdim=True)
    y_true = F.one_hot(y, logits.shape[1])
    return -torch.sum(y_true * torch.log(y_pred)) / y_true.shape[0]  # here


@wrong(
    "cross_entropy",
    "S330",
    fault="one maximum for all rows",
    says="max() without a dimension is the maximum of the batch, not of each row: rows with much smaller logits "
    "underflow to log(0).",
)
def cross_entropy_global_shift_then_quotient(logits: Tensor, y: Tensor) -> Tensor:
    f = logits - logits.max()  # here
    correct = f[torch.arange(f.shape[0]), y]
    return -torch.mean(torch.log(torch.exp(correct) / torch.exp(f).sum(dim=1)))  # here


@wrong(
    "cross_entropy",
    "S336",
    fault="normalized over the batch",
    says="The log-sum-exp runs over all entries of the batch. Each row has to be normalized by itself.",
)
def cross_entropy_one_normalizer_for_all(logits: Tensor, y: Tensor) -> Tensor:
    largest = torch.max(logits)
    normalizer = torch.log(torch.sum(torch.exp(logits - largest))) + largest  # here
    return torch.mean(normalizer - logits[torch.arange(len(y)), y])


@wrong(
    "cross_entropy",
    "S314",
    fault="normalized over the batch axis",
    says="Python's sum adds up the rows, so each class is normalized across the examples. The probabilities of a row "
    "must add up to 1.",
)
def cross_entropy_builtin_sum(logits: Tensor, y: Tensor) -> Tensor:
    exponentials = torch.exp(logits - logits.max(dim=1, keepdim=True).values)
    A = exponentials / sum(exponentials)  # here
    return -torch.log(A[torch.arange(len(y)), y]).mean()


@wrong(
    "cross_entropy",
    "S314",
    fault="softmax over the wrong axis",
    says="The softmax runs down the columns, over the examples. With a batch in rows the classes are along axis 1.",
)
def cross_entropy_softmax_axis_zero(logits: Tensor, y: Tensor) -> Tensor:
    log_p = torch.log_softmax(logits, dim=0)  # here
    return -log_p[torch.arange(len(y)), y].mean()


@wrong(
    "cross_entropy",
    "S328",
    fault="changes the logits in place",
    says="-= subtracts the maximum in the caller's tensor. Make a new tensor, the logits must stay as they are.",
)
def cross_entropy_subtracts_in_place(logits: Tensor, y: Tensor) -> Tensor:
    logits -= torch.max(logits, dim=-1, keepdim=True).values  # here
    of_label = torch.gather(logits, dim=-1, index=y.unsqueeze(-1)).squeeze(-1)
    return torch.mean(torch.log(torch.exp(logits).sum(dim=-1)) - of_label)


@wrong(
    "cross_entropy",
    "S337",
    fault="constant added to the logits",
    says="Adding a small constant to the logits changes nothing in a softmax; the probabilities still round to 0, and "
    "log(0) is infinite.",
)
def cross_entropy_epsilon_on_logits(logits: Tensor, y: Tensor) -> Tensor:
    logits = logits + 1e-4  # here
    softmax = torch.softmax(logits, dim=1)
    one_hot = torch.zeros_like(softmax).scatter_(1, y[:, None], 1.0)
    return -torch.sum(one_hot * torch.log(softmax), dim=1).mean()  # here


@wrong(
    "cross_entropy",
    "S312",
    fault="log of exp of the logits",
    says="log(exp(o)) is o only as long as the exponential neither overflows nor rounds to 0. Use the logit itself.",
)
def cross_entropy_log_of_exp(logits: Tensor, y: Tensor) -> Tensor:
    one_hot = F.one_hot(y, logits.shape[1])
    of_label = torch.log((torch.exp(logits) * one_hot).sum(dim=1))  # here
    return (torch.logsumexp(logits, dim=1) - of_label).sum() / logits.shape[0]


@wrong(
    "cross_entropy",
    "S338",
    fault="shift never below zero",
    says="The shift is the larger of 0 and the maximum, so a row of very negative logits is not shifted, and all its "
    "exponentials become 0.",
)
def cross_entropy_shift_at_least_zero(logits: Tensor, y: Tensor) -> Tensor:
    shift = logits.max(dim=1, keepdim=True).values.clamp(min=0)  # here
    shifted = logits - shift
    log_p = shifted - shifted.exp().sum(dim=1, keepdim=True).log()
    return -log_p[torch.arange(len(y)), y].mean()


@wrong(
    "cross_entropy",
    "S332",
    fault="returns a plain number",
    says="item() makes a Python number of the loss, which has no gradient: backward() is impossible afterwards.",
)
def cross_entropy_item_at_the_end(logits: Tensor, y: Tensor) -> Any:
    losses = torch.logsumexp(logits, dim=1) - logits[torch.arange(len(y)), y]
    average = losses.sum() * (1 / logits.shape[0])
    return average.item()  # here


@wrong(
    "cross_entropy",
    "S339",
    fault="numpy cuts the gradient",
    says="The value is computed in NumPy, outside autograd; nothing can be trained with it. And log(0) for a label "
    "that is far off is infinite.",
)
def cross_entropy_in_numpy(logits: Tensor, y: Tensor) -> Tensor:
    scores = logits.detach().numpy()  # here
    scores = np.exp(scores - scores.max(axis=1, keepdims=True))
    predicted = scores / scores.sum(axis=1, keepdims=True)
    losses = -np.log(predicted[range(len(predicted)), y.numpy()])  # here
    return torch.tensor(losses.sum() / len(losses))


@wrong(
    "cross_entropy",
    "S330",
    fault="library loss called",
    says="F.nll_loss is a finished loss of the library. Pick the log-probabilities of the labels and average them "
    "yourself.",
)
def cross_entropy_by_nll_loss(logits: Tensor, y: Tensor) -> Tensor:
    output = F.log_softmax(logits, dim=1)
    return F.nll_loss(output, y)  # here


@wrong(
    "cross_entropy",
    "S309",
    fault="library loss called",
    says="This calls the library's finished loss, which is what you were to write.",
)
def cross_entropy_by_library(logits: Tensor, y: Tensor) -> Tensor:
    Y_hat = logits.reshape((-1, logits.shape[-1]))
    return F.cross_entropy(Y_hat, y.reshape((-1,)), reduction="mean")  # here


@wrong(
    "cross_entropy",
    "S340",
    fault="softmax applied twice",
    says="log_softmax gets probabilities instead of logits: the softmax is there twice, and the loss can never come "
    "near 0.",
)
def cross_entropy_softmax_twice(logits: Tensor, y: Tensor) -> Tensor:
    probabilities = torch.softmax(logits, dim=1)
    log_p = torch.log_softmax(probabilities, dim=1)  # here
    return -log_p.gather(1, y.reshape(-1, 1)).mean()


@wrong(
    "cross_entropy",
    "S341",
    fault="sum instead of mean",
    says="The losses of the examples are added up. The mean is asked for, so that the size does not depend on the "
    "batch.",
)
def cross_entropy_sums_the_batch(logits: Tensor, y: Tensor) -> Tensor:
    log_p = logits - torch.logsumexp(logits, 1).unsqueeze(1)
    mask = torch.zeros_like(log_p)
    mask[torch.arange(len(y)), y] = 1
    return -(log_p * mask).sum()  # here


@right("accuracy", "S342")
def accuracy_mean_of_matches(logits: Tensor, y: Tensor) -> Any:
    return (logits.argmax(dim=1) == y).float().mean()


@right("accuracy", "S309")
def accuracy_count_over_length(logits: Tensor, y: Tensor) -> Any:
    y_hat = logits
    if len(y_hat.shape) > 1 and y_hat.shape[1] > 1:
        y_hat = y_hat.argmax(axis=1)
    cmp = y_hat.type(y.dtype) == y
    return float(cmp.type(y.dtype).sum()) / len(y)


@right("accuracy", "S319")
def accuracy_topk_of_probabilities(logits: Tensor, y: Tensor) -> Any:
    ps = torch.exp(torch.log_softmax(logits, dim=1))
    _, top_class = ps.topk(1, dim=1)
    equals = top_class == y.view(*top_class.shape)
    return torch.mean(equals.type(torch.FloatTensor)).item()


@right("accuracy", "S343")
def accuracy_max_returns_indices(logits: Tensor, y: Tensor) -> Any:
    _, predicted = torch.max(logits.data, 1)
    correct = predicted.eq(y).sum().item()
    return correct / y.size(0)


@right("accuracy", "S302")
def accuracy_loop_over_rows(logits: Tensor, y: Tensor) -> Any:
    num_correct = 0
    for i in range(len(y)):
        if torch.argmax(logits[i]) == y[i]:
            num_correct += 1
    return num_correct / len(y)


@right("accuracy", "S316")
def accuracy_where_one_else_zero(logits: Tensor, y: Tensor) -> Any:
    m = y.shape[0]
    preds = np.argmax(logits.detach().numpy(), axis=1)
    return np.sum(np.where(preds == y.numpy(), 1, 0)) / m


@right("accuracy", "S330")
def accuracy_sorts_the_classes(logits: Tensor, y: Tensor) -> Any:
    ranking = torch.argsort(logits, dim=-1, descending=True)
    hits = (ranking[:, :1] == y.unsqueeze(-1)).any(dim=-1)
    return hits.sum() / hits.numel()


@right("accuracy", "S344")
def accuracy_builtin_sum_of_matches(logits: Tensor, y: Tensor) -> Any:
    return sum(torch.max(F.softmax(logits, dim=-1), dim=1).indices == y) / len(y)


@right("accuracy", "S345")
def accuracy_ones_where_equal(logits: Tensor, y: Tensor) -> Any:
    predictions = torch.argmax(logits, 1)
    scores = torch.where(predictions == y, torch.ones(len(y)), torch.zeros(len(y)))
    return torch.sum(scores).item() / scores.shape[0]


@wrong(
    "accuracy",
    "S319",
    fault="compares every pair of rows",
    says="topk gives a column (n, 1), and compared with y (n,) it broadcasts to n times n. Bring both to the same "
    "shape.",
)
def accuracy_column_against_row(logits: Tensor, y: Tensor) -> Any:
    _, top_class = logits.topk(1, dim=1)
    equals = top_class == y  # here
    return torch.mean(equals.type(torch.FloatTensor))


@wrong(
    "accuracy",
    "S301",
    fault="returns a count",
    says="This is the number of correct predictions. The share is asked for, so divide by how many there are.",
)
def accuracy_number_of_hits(logits: Tensor, y: Tensor) -> Any:
    results = [(int(row.argmax()), int(label)) for row, label in zip(logits, y, strict=True)]
    return sum(int(guess == label) for guess, label in results)  # here


@wrong(
    "accuracy",
    "S309",
    fault="returns a count",
    says="You return how many are right and leave the division to the caller. The share lies between 0 and 1.",
)
def accuracy_float_of_sum(logits: Tensor, y: Tensor) -> Any:
    predictions = logits.argmax(dim=1)
    matches = predictions.type(y.dtype) == y
    return float(matches.type(y.dtype).sum())  # here


@wrong(
    "accuracy",
    "S346",
    fault="returns percent",
    says="The value is in percent. The share is a number from 0 to 1.",
)
def accuracy_in_percent(logits: Tensor, y: Tensor) -> Any:
    guesses = np.argmax(logits.detach().numpy(), axis=1)
    correct = 0
    for i in range(len(guesses)):
        if guesses[i] == y[i].item():
            correct = correct + 1
    return correct * 100 / len(guesses)  # here


@wrong(
    "accuracy",
    "S347",
    fault="returns percent",
    says="100 times the share is a percentage; between 0 and 1 is what the docstring says.",
)
def accuracy_hundred_times(logits: Tensor, y: Tensor) -> Any:
    _, predicted = logits.max(1)
    return 100.0 * predicted.eq(y).sum().item() / y.size(0)  # here


@wrong(
    "accuracy",
    "S325",
    fault="argmax over the batch axis",
    says="argmax over axis 0 finds for each class the image with the largest logit. Examples are rows here, so the "
    "classes are axis 1.",
    raises="RuntimeError",
)
def accuracy_argmax_of_columns(logits: Tensor, y: Tensor) -> Any:
    correct_prediction = torch.eq(torch.argmax(logits, dim=0), y)  # here
    return correct_prediction.float().mean()


@wrong(
    "accuracy",
    "S348",
    fault="argmax without an axis",
    says="argmax without an axis gives one single index into the flattened table. Each row needs its own.",
)
def accuracy_argmax_of_everything(logits: Tensor, y: Tensor) -> Any:
    y_pred = torch.argmax(logits)  # here
    return torch.mean((y_pred == y).float())


@wrong(
    "accuracy",
    "S312",
    fault="error rate instead",
    says="1 minus the share of hits is the error rate. Accuracy is the share that is right.",
)
def accuracy_share_of_errors(logits: Tensor, y: Tensor) -> Any:
    hit = (y.numpy() == logits.detach().numpy().argmax(1)).sum()
    total = y.shape[0]
    return (total - hit) / total  # here


@wrong(
    "accuracy",
    "S349",
    fault="pair used as a tensor",
    says="torch.max with a dimension returns values and indices together; take the indices out of the pair.",
    raises="AttributeError",
)
def accuracy_data_of_the_pair(logits: Tensor, y: Tensor) -> Any:
    predicted = torch.max(logits, 1).data  # here
    return (predicted == y).sum().item() / len(y)


@wrong(
    "accuracy",
    "S350",
    fault="integer division",
    says="// throws the fraction away, so the share is 0 unless every prediction is right.",
)
def accuracy_integer_division(logits: Tensor, y: Tensor) -> Any:
    corrects = (torch.max(logits, 1)[1].view(y.size()) == y).sum()
    return corrects // y.size(0)  # here


@wrong(
    "accuracy",
    "S302",
    fault="counts classes 0 and 1 only",
    says="True positives and true negatives are notions for two classes. With ten, the hits in classes 2 to 9 are not "
    "counted.",
)
def accuracy_true_positives_and_negatives(logits: Tensor, y: Tensor) -> Any:
    y_pred = logits.argmax(dim=1)
    tp = ((y == 1) & (y_pred == 1)).sum().item()  # here
    tn = ((y == 0) & (y_pred == 0)).sum().item()  # here
    return (tp + tn) / len(y)


@wrong(
    "accuracy",
    "S302",
    fault="binary confusion matrix",
    says="The four counters are for labels 0 and 1; all the other classes fall through, in the numerator and in the "
    "denominator.",
)
def accuracy_from_binary_confusion(logits: Tensor, y: Tensor) -> Any:
    tp = fn = tn = fp = 0
    for label, guess in zip(y.tolist(), logits.argmax(1).tolist(), strict=True):
        if label == 1 and guess == 1:  # here
            tp += 1
        elif label == 1 and guess == 0:
            fn += 1
        elif label == 0 and guess == 0:
            tn += 1
        elif label == 0 and guess == 1:
            fp += 1
    return (tp + tn) / max(tp + fn + tn + fp, 1)  # here


@wrong(
    "accuracy",
    "S351",
    fault="threshold for two classes",
    says="Sigmoid and a threshold decide class by class, which gives a table (n, q). Take the class with the largest "
    "logit.",
    raises="RuntimeError",
)
def accuracy_by_threshold(logits: Tensor, y: Tensor) -> Any:
    predictions = (torch.sigmoid(logits) > 0.5).float()  # here
    return (predictions == y).float().mean()


@wrong(
    "accuracy",
    "S345",
    fault="looks at the first row only",
    says="The index 0 picks the first example. All rows of the batch count.",
)
def accuracy_of_the_first_row(logits: Tensor, y: Tensor) -> Any:
    prediction = torch.argmax(logits[0])  # here
    return 1.0 if prediction == y[0] else 0.0


@wrong(
    "accuracy",
    "S352",
    fault="divides by a fixed batch size",
    says="You divide by the batch size that you expect. The batch may have any size; ask the labels how many there "
    "are.",
)
def accuracy_over_fixed_batch(logits: Tensor, y: Tensor) -> Any:
    batch_size = 256
    correct = (logits.argmax(dim=1) == y).sum().item()
    return correct / batch_size  # here


@wrong(
    "accuracy",
    "S353",
    fault="labels taken for one-hot rows",
    says="The labels are class numbers already, one for each row, so there is no second axis over which to take an "
    "argmax.",
    raises="IndexError",
)
def accuracy_argmax_of_labels(logits: Tensor, y: Tensor) -> Any:
    return torch.mean((torch.argmax(logits, dim=1) == torch.argmax(y, dim=1)).float())  # here


@right("train_epoch", "S354")
def train_epoch_weighted_by_batch(model: nn.Module, batches: _Batches, loss: Callable[..., Any], lr: float) -> float:
    optimizer = torch.optim.SGD(model.parameters(), lr=lr)
    train_loss, examples = 0.0, 0
    with _in_training(model):
        for X_batch, y_batch in batches:
            batch_loss = loss(model(X_batch), y_batch)
            train_loss += batch_loss.item() * X_batch.size(0)
            examples += X_batch.size(0)
            optimizer.zero_grad()
            batch_loss.backward()
            optimizer.step()
    return train_loss / examples


@right("train_epoch", "S302")
def train_epoch_sets_grads_to_none(model: nn.Module, batches: _Batches, loss: Callable[..., Any], lr: float) -> float:
    was_training = model.training
    model.train()
    total, n = 0.0, 0
    for x_batch, y_batch in batches:
        for param in model.parameters():
            param.grad = None
        value = loss(model(x_batch), y_batch)
        value.backward()
        with torch.no_grad():
            for param in model.parameters():
                if param.grad is not None:
                    param -= lr * param.grad
        total += value.item() * len(y_batch)
        n += len(y_batch)
    model.train(was_training)
    return total / n


@right("train_epoch", "S347")
def train_epoch_accumulates_two_numbers(
    model: nn.Module, batches: _Batches, loss: Callable[..., Any], lr: float
) -> float:
    metric = [0.0, 0.0]
    updater = torch.optim.SGD(model.parameters(), lr)
    with _in_training(model):
        for X, y in batches:
            l = loss(model(X), y)
            updater.zero_grad()
            l.backward()
            updater.step()
            metric = [metric[0] + float(l) * y.numel(), metric[1] + y.numel()]
    return metric[0] / metric[1]


@right("train_epoch", "S355")
def train_epoch_adds_to_data(model: nn.Module, batches: _Batches, loss: Callable[..., Any], lr: float) -> float:
    parameters = [p for p in model.parameters() if p.requires_grad]
    losses, counts = [], []
    with _in_training(model):
        for Xb, Yb in batches:
            value = loss(model(Xb), Yb)
            for p in parameters:
                p.grad = None
            value.backward()
            for p in parameters:
                if p.grad is not None:
                    p.data += -lr * p.grad
            losses.append(value.item())
            counts.append(Yb.shape[0])
    return sum(a * b for a, b in zip(losses, counts, strict=True)) / sum(counts)


@right("train_epoch", "S331")
def train_epoch_numpy_average(model: nn.Module, batches: _Batches, loss: Callable[..., Any], lr: float) -> float:
    batch_losses, batch_counts = [], []
    with _in_training(model):
        for xb, yb in batches:
            model.zero_grad()
            value = loss(model(xb), yb)
            value.backward()
            with torch.no_grad():
                for p in filter(lambda p: p.grad is not None, model.parameters()):
                    p.sub_(p.grad, alpha=lr)
            batch_losses.append(value.item())
            batch_counts.append(xb.shape[0])
    return float(np.average(batch_losses, weights=batch_counts))


@right("train_epoch", "S302")
def train_epoch_zeroes_those_that_exist(
    model: nn.Module, batches: _Batches, loss: Callable[..., Any], lr: float
) -> float:
    total, n = 0.0, 0
    with _in_training(model):
        for x_batch, y_batch in batches:
            for param in model.parameters():
                if param.grad is not None:
                    param.grad.zero_()
            preds = model(x_batch)
            value = loss(preds, y_batch)
            value.backward()
            with torch.no_grad():
                for param in model.parameters():
                    if param.requires_grad and param.grad is not None:
                        param.copy_(param - lr * param.grad)
            total += value.item() * preds.shape[0]
            n += preds.shape[0]
    return total / n


@right("train_epoch", "S312")
def train_epoch_keeps_lists_for_later(
    model: nn.Module, batches: _Batches, loss: Callable[..., Any], lr: float
) -> float:
    opt = torch.optim.SGD(model.parameters(), lr=lr, momentum=0, weight_decay=0)
    losses, sizes = [], []
    with _in_training(model):
        for _, batch in enumerate(batches):
            batch_x, batch_y = batch[0], batch[1]
            opt.zero_grad()
            iter_loss = loss(model(batch_x), batch_y)
            iter_loss.backward()
            opt.step()
            losses.append(iter_loss.detach())
            sizes.append(batch_x.shape[0])
    weights = torch.tensor(sizes, dtype=torch.float64) / sum(sizes)
    return float((torch.stack(losses).cpu().double() * weights).sum())


@right("train_epoch", "S319")
def train_epoch_one_optimizer_and_a_sum(
    model: nn.Module, batches: _Batches, loss: Callable[..., Any], lr: float
) -> Any:
    optimizer = torch.optim.SGD(filter(lambda p: p.requires_grad, model.parameters()), lr=lr)
    running_loss = 0
    images_seen = 0
    with _in_training(model):
        for images, labels in batches:
            optimizer.zero_grad()
            output = model(images)
            value = loss(output, labels)
            value.backward()
            optimizer.step()
            running_loss += value.item() * images.size(0)
            images_seen += images.size(0)
        else:
            average = running_loss / images_seen
    return average


@wrong(
    "train_epoch",
    "S356",
    fault="gradients never reset",
    says="backward() adds to the gradients that are there. Without a reset before each batch, every step also goes "
    "along all earlier gradients.",
)
def train_epoch_never_zeroes(model: nn.Module, batches: _Batches, loss: Callable[..., Any], lr: float) -> float:
    optimizer = torch.optim.SGD(model.parameters(), lr=lr)
    total, examples = 0.0, 0
    with _in_training(model):
        for X, y in batches:
            value = loss(model(X), y)
            value.backward()  # here
            optimizer.step()
            total += value.item() * len(X)
            examples += len(X)
    return total / examples


@wrong(
    "train_epoch",
    "S357",
    fault="gradients reset once an epoch",
    says="The reset stands before the loop, so from the second batch on the gradients pile up. It belongs to every "
    "batch.",
)
def train_epoch_zeroes_before_loop(model: nn.Module, batches: _Batches, loss: Callable[..., Any], lr: float) -> float:
    optimizer = torch.optim.SGD(model.parameters(), lr=lr)
    running, seen = 0.0, 0
    with _in_training(model):
        optimizer.zero_grad()  # here
        for X, y in batches:
            value = loss(model(X), y)
            value.backward()
            optimizer.step()
            running += value.item() * y.size(0)
            seen += y.size(0)
    return running / seen


@wrong(
    "train_epoch",
    "S356",
    fault="reset between backward and step",
    says="The gradients are cleared after backward() has computed them, so the step moves nothing and the model never "
    "learns.",
)
def train_epoch_zeroes_after_backward(
    model: nn.Module, batches: _Batches, loss: Callable[..., Any], lr: float
) -> float:
    opt = torch.optim.SGD(model.parameters(), lr=lr)
    total, examples = 0.0, 0
    with _in_training(model):
        for images, labels in batches:
            value = loss(model(images), labels)
            value.backward()
            opt.zero_grad()  # here
            opt.step()
            total += value.item() * images.shape[0]
            examples += images.shape[0]
    return total / examples


@wrong(
    "train_epoch",
    "S330",
    fault="gradients reset after the step",
    says="You clear the gradients after each step, so whatever they hold on arrival goes into the first step. Clear "
    "them before backward().",
)
def train_epoch_zeroes_after_the_step(
    model: nn.Module, batches: _Batches, loss: Callable[..., Any], lr: float
) -> float:
    total, examples = 0.0, 0
    with _in_training(model):
        for x, y in batches:
            value = loss(model(x), y)
            value.backward()
            with torch.no_grad():
                for w in model.parameters():
                    if w.grad is not None:
                        w -= lr * w.grad
                        w.grad.zero_()  # here
            total += value.item() * x.shape[0]
            examples += x.shape[0]
    return total / examples


@wrong(
    "train_epoch",
    "S312",
    fault="gradients reset after the step",
    says="The order backward, step, reset is right only if the gradients are empty at the start. They may hold "
    "something from before.",
)
def train_epoch_resets_last(model: nn.Module, batches: _Batches, loss: Callable[..., Any], lr: float) -> float:
    opt = torch.optim.SGD(model.parameters(), lr=lr)
    losses, sizes = [], []
    with _in_training(model):
        for batch_x, batch_y in batches:
            batch_loss = loss(model(batch_x), batch_y)
            losses.append(batch_loss.item() * len(batch_y))
            sizes.append(len(batch_y))
            batch_loss.backward()
            opt.step()
            opt.zero_grad()  # here
    return sum(losses) / sum(sizes)


@wrong(
    "train_epoch",
    "S326",
    fault="mean of the batch means",
    says="You average the batch losses with equal weights. The last batch may be smaller, so weight each by its size.",
)
def train_epoch_divides_by_batches(model: nn.Module, batches: _Batches, loss: Callable[..., Any], lr: float) -> float:
    optimizer = torch.optim.SGD(model.parameters(), lr=lr)
    epoch_loss, n_batches = 0.0, 0
    with _in_training(model):
        for X_batch, y_batch in batches:
            optimizer.zero_grad()
            value = loss(model(X_batch), y_batch)
            value.backward()
            optimizer.step()
            epoch_loss += value.item()
            n_batches += 1
    epoch_loss /= n_batches  # here
    return epoch_loss


@wrong(
    "train_epoch",
    "S312",
    fault="mean of the batch means",
    says="The mean over a list of batch losses counts a small batch as much as a large one. The mean over all "
    "examples is asked for.",
)
def train_epoch_np_mean_of_losses(model: nn.Module, batches: _Batches, loss: Callable[..., Any], lr: float) -> float:
    opt = torch.optim.SGD(model.parameters(), lr=lr)
    losses = []
    with _in_training(model):
        for X, y in batches:
            opt.zero_grad()
            value = loss(model(X), y)
            losses.append(value.detach().numpy())
            value.backward()
            opt.step()
    return float(np.mean(losses))  # here


@wrong(
    "train_epoch",
    "S358",
    fault="running mean of batch means",
    says="The running mean is updated batch by batch with equal weights; batches of different sizes need different "
    "ones.",
)
def train_epoch_running_mean(model: nn.Module, batches: _Batches, loss: Callable[..., Any], lr: float) -> float:
    optimizer = torch.optim.SGD(model.parameters(), lr=lr)
    mean = 0.0
    with _in_training(model):
        for step, (data, target) in enumerate(batches):
            optimizer.zero_grad()
            value = loss(model(data), target)
            value.backward()
            optimizer.step()
            mean += (value.item() - mean) / (step + 1)  # here
    return mean


@wrong(
    "train_epoch",
    "S319",
    fault="length of the loader",
    says="batches may be a generator, which has no length; count while you go through it. Besides, the number of "
    "batches is not the number of examples.",
)
def train_epoch_len_of_loader(model: nn.Module, batches: Any, loss: Callable[..., Any], lr: float) -> float:
    optimizer = torch.optim.SGD(model.parameters(), lr=lr)
    running_loss = 0
    with _in_training(model):
        for images, labels in batches:
            optimizer.zero_grad()
            value = loss(model(images), labels)
            value.backward()
            optimizer.step()
            running_loss += value.item()
    return running_loss / len(batches)  # here


@wrong(
    "train_epoch",
    "S359",
    fault="batch means over number of examples",
    says="Each loss is a batch mean already. Their plain sum divided by the number of examples is too small by about "
    "the batch size.",
)
def train_epoch_sum_of_means_over_items(
    model: nn.Module, batches: _Batches, loss: Callable[..., Any], lr: float
) -> float:
    optimizer = torch.optim.SGD(model.parameters(), lr=lr)
    loss_sum, item_count = 0.0, 0
    with _in_training(model):
        for X, y in batches:
            value = loss(model(X), y)
            optimizer.zero_grad()
            value.backward()
            optimizer.step()
            loss_sum += value.item()  # here
            item_count += len(y)
    return loss_sum / item_count


@wrong(
    "train_epoch",
    "S309",
    fault="sum of a mean",
    says="l is the mean of the batch already, so l.sum() is not the sum over its examples, and divided by their "
    "number it comes out far too small.",
)
def train_epoch_sums_what_is_a_mean(model: nn.Module, batches: _Batches, loss: Callable[..., Any], lr: float) -> float:
    updater = torch.optim.SGD(model.parameters(), lr=lr)
    metric = [0.0, 0]
    with _in_training(model):
        for X, y in batches:
            l = loss(model(X), y)
            updater.zero_grad()
            l.mean().backward()
            updater.step()
            metric[0] += float(l.sum())  # here
            metric[1] += y.numel()
    return metric[0] / metric[1]


@wrong(
    "train_epoch",
    "S343",
    fault="divided by batch size and batches",
    says="Every batch mean is divided by the size of its batch once more, and then the sum by the number of batches.",
)
def train_epoch_divides_means_again(model: nn.Module, batches: _Batches, loss: Callable[..., Any], lr: float) -> float:
    optimizer = torch.optim.SGD(model.parameters(), lr=lr)
    avg_loss, count = 0.0, 0
    with _in_training(model):
        for images, targets in batches:
            optimizer.zero_grad()
            value = loss(model(images), targets)
            value.backward()
            optimizer.step()
            avg_loss += value.item() / targets.size(0)  # here
            count += 1
    return avg_loss / count  # here


@wrong(
    "train_epoch",
    "S360",
    fault="loss of the last batch only",
    says="What you return is the loss of the last batch. The mean over all examples of the epoch is asked for.",
)
def train_epoch_returns_last_loss(model: nn.Module, batches: _Batches, loss: Callable[..., Any], lr: float) -> float:
    optimizer = torch.optim.SGD(model.parameters(), lr=lr)
    with _in_training(model):
        for inputs, targets in batches:
            value = loss(model(inputs), targets)
            optimizer.zero_grad()
            value.backward()
            optimizer.step()
    return value.item()  # here


@wrong(
    "train_epoch",
    "S361",
    fault="precedence of the division",
    says="The division comes before the addition, so 1 is added to the quotient. Brackets around the count are "
    "missing.",
)
def train_epoch_forgets_brackets(model: nn.Module, batches: _Batches, loss: Callable[..., Any], lr: float) -> float:
    opt = torch.optim.SGD(model.parameters(), lr)
    loss_sum, ite = 0.0, 0
    with _in_training(model):
        for data, target in batches:
            ite += 1
            opt.zero_grad()
            value = loss(model(data), target)
            value.backward()
            opt.step()
            loss_sum += value.item()
    return loss_sum / ite + 1  # here


@wrong(
    "train_epoch",
    "S352",
    fault="assumes all batches are equal",
    says="The size of the first batch is taken for all of them. The last one is often smaller, so add up the real "
    "sizes.",
)
def train_epoch_size_of_first_batch(model: nn.Module, batches: _Batches, loss: Callable[..., Any], lr: float) -> float:
    optimizer = torch.optim.SGD(model.parameters(), lr=lr)
    batch_size, n_batches, sum_loss = 0, 0, 0.0
    with _in_training(model):
        for x, t in batches:
            batch_size = batch_size or len(t)  # here
            optimizer.zero_grad()
            value = loss(model(x), t)
            value.backward()
            optimizer.step()
            sum_loss += value.item() * batch_size  # here
            n_batches += 1
    return sum_loss / (n_batches * batch_size)


@wrong(
    "train_epoch",
    "S362",
    fault="parameters only rebound",
    says="p = p - ... makes a new tensor and gives it the local name p; the parameter of the model stays as it was.",
)
def train_epoch_rebinds_the_name(model: nn.Module, batches: _Batches, loss: Callable[..., Any], lr: float) -> float:
    total, examples = 0.0, 0
    with _in_training(model):
        for X, y in batches:
            model.zero_grad()
            value = loss(model(X), y)
            value.backward()
            with torch.no_grad():
                for p in model.parameters():
                    if p.grad is not None:
                        p = p - lr * p.grad  # here
            total += value.item() * len(X)
            examples += len(X)
    return total / examples


@wrong(
    "train_epoch",
    "S341",
    fault="in-place step under autograd",
    says="The parameter is a leaf that autograd watches, and changing it in place is an error while autograd records. "
    "Switch the recording off for the step.",
    raises="RuntimeError",
)
def train_epoch_steps_while_recording(
    model: nn.Module, batches: _Batches, loss: Callable[..., Any], lr: float
) -> float:
    total, examples = 0.0, 0
    with _in_training(model):
        for X, y in batches:
            model.zero_grad()
            value = loss(model(X), y)
            value.backward()
            for param in model.parameters():
                if param.grad is not None:
                    param -= lr * param.grad  # here
            total += value.item() * len(X)
            examples += len(X)
    return total / examples


@wrong(
    "train_epoch",
    "S363",
    fault="adam instead of plain sgd",
    says="Adam rescales every gradient. The step here is plain: learning rate times gradient.",
)
def train_epoch_uses_adam(model: nn.Module, batches: _Batches, loss: Callable[..., Any], lr: float) -> float:
    opt = torch.optim.Adam(model.parameters(), lr=lr)  # here
    total, examples = 0.0, 0
    with _in_training(model):
        for x, y in batches:
            value = loss(model(x), y)
            opt.zero_grad()
            value.backward()
            opt.step()
            total += float(value) * len(x)
            examples += len(x)
    return total / examples


@wrong(
    "train_epoch",
    "S330",
    fault="momentum in the optimizer",
    says="Momentum 0.9 lets earlier gradients go on pushing. Plain SGD uses the gradient of this batch alone.",
)
def train_epoch_with_momentum(model: nn.Module, batches: _Batches, loss: Callable[..., Any], lr: float) -> float:
    optimizer = torch.optim.SGD(model.parameters(), lr=lr, momentum=0.9)  # here
    total, examples = 0.0, 0
    with _in_training(model):
        for data, target in batches:
            optimizer.zero_grad()
            value = loss(model(data), target)
            value.backward()
            optimizer.step()
            total += value.item() * target.shape[0]
            examples += target.shape[0]
    return total / examples


@wrong(
    "train_epoch",
    "S349",
    fault="loss of argmax predictions",
    says="argmax turns the logits into class numbers, through which no gradient flows. The loss needs the logits "
    "themselves.",
    raises="RuntimeError",
)
def train_epoch_loss_of_argmax(model: nn.Module, batches: _Batches, loss: Callable[..., Any], lr: float) -> float:
    optimizer = torch.optim.SGD(model.parameters(), lr=lr)
    total, examples = 0.0, 0
    with _in_training(model):
        for inputs, labels in batches:
            optimizer.zero_grad()
            preds = torch.argmax(model(inputs), dim=1).float()  # here
            value = loss(preds, labels)
            value.requires_grad_()
            value.backward()
            optimizer.step()
            total += value.item() * len(labels)
            examples += len(labels)
    return total / examples


@wrong(
    "train_epoch",
    "S357",
    fault="not in training mode",
    says="The model may arrive in evaluation mode, where dropout and batch normalization behave differently. Switch "
    "it to training for the epoch, and back afterwards.",
)
def train_epoch_without_train_mode(model: nn.Module, batches: _Batches, loss: Callable[..., Any], lr: float) -> float:
    optimizer = torch.optim.SGD(model.parameters(), lr=lr)
    total, examples = 0.0, 0
    for X, y in batches:
        value = loss(model(X), y)  # here
        optimizer.zero_grad()
        value.backward()
        optimizer.step()
        total += value.item() * len(X)
        examples += len(X)
    return total / examples


@wrong(
    "train_epoch",
    "S354",
    fault="training mode left on",
    says="Training and mean are right, but a model that came in evaluation mode is left in training mode. Put it back "
    "as it was.",
)
def train_epoch_leaves_training_mode(model: nn.Module, batches: _Batches, loss: Callable[..., Any], lr: float) -> float:
    model.train()  # here
    optimizer = torch.optim.SGD(model.parameters(), lr=lr)
    total, examples = 0.0, 0
    for X, y in batches:
        optimizer.zero_grad()
        value = loss(model(X), y)
        value.backward()
        optimizer.step()
        total += value.item() * X.shape[0]
        examples += X.shape[0]
    return total / examples


@wrong(
    "train_epoch",
    "S302",
    fault="frozen parameters not expected",
    says="A parameter that is frozen or not used has no gradient, and lr times None fails. Skip those.",
)
def train_epoch_needs_every_gradient(model: nn.Module, batches: _Batches, loss: Callable[..., Any], lr: float) -> float:
    total, examples = 0.0, 0
    with _in_training(model):
        for x_batch, y_batch in batches:
            for param in model.parameters():
                if param.grad is not None:
                    param.grad.zero_()
            value = loss(model(x_batch), y_batch)
            value.backward()
            with torch.no_grad():
                for param in model.parameters():
                    param -= lr * param.grad  # here
            total += value.item() * len(x_batch)
            examples += len(x_batch)
    return total / examples


@wrong(
    "train_epoch",
    "S364",
    fault="stops at a smaller batch",
    says="The loop breaks off at the first batch that is smaller than the others. Its examples belong to the epoch, "
    "too.",
)
def train_epoch_breaks_at_last_batch(model: nn.Module, batches: _Batches, loss: Callable[..., Any], lr: float) -> float:
    optimizer = torch.optim.SGD(model.parameters(), lr=lr)
    batch_size, total, examples = 0, 0.0, 0
    with _in_training(model):
        for data, target in batches:
            if data.size(0) < batch_size:  # here
                break
            batch_size = data.size(0)
            optimizer.zero_grad()
            value = loss(model(data), target)
            value.backward()
            optimizer.step()
            total += value.item() * batch_size
            examples += batch_size
    return total / examples


@wrong(
    "train_epoch",
    "S316",
    fault="returns nothing",
    says="The steps are right, but the loss is thrown away and the function returns None. The mean over all examples "
    "is asked for.",
)
def train_epoch_returns_none(model: nn.Module, batches: _Batches, loss: Callable[..., Any], lr: float) -> Any:
    optimizer = torch.optim.SGD(model.parameters(), lr=lr)
    with _in_training(model):
        for data, target in batches:
            optimizer.zero_grad()
            output = model(data)
            value = loss(output, target)
            value.backward()
            optimizer.step()  # here


@right("build_mlp", "S365")
def build_mlp_small_cnn() -> Any:
    net = nn.Sequential(
        nn.Conv2d(1, 16, kernel_size=3, padding=1),
        nn.BatchNorm2d(16),
        nn.ReLU(),
        nn.MaxPool2d(2),
        nn.Conv2d(16, 32, kernel_size=3, padding=1),
        nn.BatchNorm2d(32),
        nn.ReLU(),
        nn.MaxPool2d(2),
        nn.Flatten(),
        nn.Linear(32 * 7 * 7, 128),
        nn.ReLU(),
        nn.Linear(128, 10),
    )
    return net, {"lr": 0.03, "momentum": 0.9, "weight_decay": 5e-4, "batch_size": 32, "epochs": 6}


@right("build_mlp", "S366")
def build_mlp_log_softmax_changes_nothing() -> Any:
    net = nn.Sequential(
        nn.Conv2d(1, 20, kernel_size=3, padding=1),
        nn.BatchNorm2d(20),
        nn.ReLU(),
        nn.MaxPool2d(2),
        nn.Conv2d(20, 32, kernel_size=3, padding=1),
        nn.BatchNorm2d(32),
        nn.ReLU(),
        nn.MaxPool2d(2),
        nn.Flatten(),
        nn.Linear(32 * 7 * 7, 100),
        nn.ReLU(),
        nn.Linear(100, 10),
        nn.LogSoftmax(dim=1),
    )
    return net, {"lr": 0.03, "momentum": 0.9, "weight_decay": 5e-4, "batch_size": 32, "epochs": 6}


@wrong(
    "build_mlp",
    "S322",
    fault="softmax after the output",
    says="The network ends with a softmax, and the cross-entropy applies another one: gradients get tiny and the "
    "training is slow. Return the logits.",
)
def build_mlp_ends_with_softmax() -> Any:
    net = nn.Sequential(
        nn.Flatten(),
        nn.Linear(28 * 28, 128),
        nn.ReLU(),
        nn.Linear(128, 10),
        nn.Softmax(dim=1),  # here
    )
    return net, {"lr": 0.05, "momentum": 0.9, "weight_decay": 0.0, "batch_size": 64, "epochs": 6}


@wrong(
    "build_mlp",
    "S367",
    fault="too many epochs",
    says="The recipe asks for ten epochs; six are the most that is allowed.",
)
def build_mlp_ten_epochs() -> Any:
    net = nn.Sequential(nn.Flatten(), nn.Linear(784, 256), nn.ReLU(), nn.Linear(256, 10))
    nn.init.normal_(net[1].weight, std=0.01)
    nn.init.normal_(net[3].weight, std=0.01)
    return net, {"lr": 0.1, "momentum": 0.0, "weight_decay": 0.0, "batch_size": 256, "epochs": 10}  # here


@wrong(
    "build_mlp",
    "S343",
    fault="too many parameters",
    says="The fully connected layer behind the convolutions alone has more than two million weights. 500,000 are "
    "allowed.",
)
def build_mlp_two_million_weights() -> Any:
    net = nn.Sequential(
        nn.Conv2d(1, 32, kernel_size=5, padding=1),
        nn.ReLU(),
        nn.BatchNorm2d(32),
        nn.MaxPool2d(2, 2),
        nn.Conv2d(32, 64, kernel_size=3, padding=1),
        nn.ReLU(),
        nn.BatchNorm2d(64),
        nn.MaxPool2d(2, 2),
        nn.Flatten(),
        nn.Linear(64 * 6 * 6, 1024),  # here
        nn.ReLU(),
        nn.Linear(1024, 10),
    )
    return net, {"lr": 0.01, "momentum": 0.9, "weight_decay": 0.0, "batch_size": 64, "epochs": 5}


@wrong(
    "build_mlp",
    "S359",
    fault="hidden layer too narrow",
    says="Twenty hidden units trained by SGD without momentum are not enough in so few epochs; the accuracy stays "
    "below 0.75.",
)
def build_mlp_twenty_hidden_units() -> Any:
    net = nn.Sequential(nn.Flatten(), nn.Linear(28 * 28, 20), nn.ReLU(), nn.Linear(20, 10))  # here
    return net, {"lr": 0.1, "momentum": 0.0, "weight_decay": 0.0, "batch_size": 64, "epochs": 5}  # here


@wrong(
    "build_mlp",
    "S309",
    fault="too few steps without momentum",
    says="The book's recipe counts on 60,000 images. With 5,000 and batches of 256 there are about a hundred steps of "
    "plain SGD, far too few for lr 0.1.",
)
def build_mlp_recipe_of_the_book() -> Any:
    net = nn.Sequential(nn.Flatten(), nn.Linear(784, 256), nn.ReLU(), nn.Linear(256, 10))

    def init_weights(m: nn.Module) -> None:
        if type(m) is nn.Linear:
            nn.init.normal_(m.weight, std=0.01)

    net.apply(init_weights)
    return net, {"lr": 0.1, "momentum": 0.0, "weight_decay": 0.0, "batch_size": 256, "epochs": 6}  # here


@wrong(
    "build_mlp",
    "S354",
    fault="learning rate meant for adam",
    says="0.001 is a learning rate for Adam. Plain SGD hardly moves with it, so the accuracy is close to guessing.",
)
def build_mlp_learning_rate_of_adam() -> Any:
    net = nn.Sequential(
        nn.Conv2d(1, 6, kernel_size=5, padding=2),
        nn.ReLU(),
        nn.MaxPool2d(2),
        nn.Conv2d(6, 16, kernel_size=5),
        nn.ReLU(),
        nn.MaxPool2d(2),
        nn.Flatten(),
        nn.Linear(400, 120),
        nn.ReLU(),
        nn.Dropout(0.5),
        nn.Linear(120, 84),
        nn.ReLU(),
        nn.Dropout(0.3),
        nn.Linear(84, 10),
    )
    return net, {"lr": 0.001, "momentum": 0.0, "weight_decay": 0.0, "batch_size": 128, "epochs": 6}  # here
