"""Answers to the exercises of lesson 03 on the forward pass, objectives, numerical gradients and steps; long because it is a list."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping, MutableMapping
from typing import Any

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor

from tests.wild.entries import right, wrong

_Scalar = Callable[[Tensor], Tensor]


@right("forward", "S200")
def forward_multiplies_by_the_condition(X: Tensor, params: Mapping[str, Tensor]) -> Any:
    layer1 = X.mm(params["W1"]) + params["b1"]
    layer2 = layer1 * (layer1 > 0)
    scores = layer2.mm(params["W2"]) + params["b2"]
    return scores, {"Z": layer1, "H": layer2}


@right("forward", "S252")
def forward_clamps_from_below(X: Tensor, params: Mapping[str, Tensor]) -> Any:
    W1, b1 = params["W1"], params["b1"]
    W2, b2 = params["W2"], params["b2"]
    pre = X.mm(W1) + b1
    hidden = pre.clamp(min=0)
    return hidden.mm(W2) + b2, {"Z": pre, "H": hidden}


@right("forward", "S217")
def forward_appends_ones_and_bias_rows(X: Tensor, params: Mapping[str, Tensor]) -> Any:
    ones = X.new_ones(len(X), 1)
    W1_bar = torch.cat((params["W1"], params["b1"].reshape(1, -1)), dim=0)
    W2_bar = torch.cat((params["W2"], params["b2"].reshape(1, -1)), dim=0)
    Z = torch.cat((X, ones), dim=1) @ W1_bar
    H = torch.where(Z > 0, Z, torch.zeros_like(Z))
    return torch.cat((H, ones), dim=1) @ W2_bar, {"Z": Z, "H": H, "X": X}


@right("forward", "S206")
def forward_one_example_after_the_other(X: Tensor, params: Mapping[str, Tensor]) -> Any:
    Z = torch.stack([point @ params["W1"] + params["b1"] for point in X])
    H = torch.relu(Z)
    O = torch.stack([unit @ params["W2"] + params["b2"] for unit in H])
    return O, dict(Z=Z, H=H)


@right("forward", "S200")
def forward_adds_biases_in_place(X: Tensor, params: Mapping[str, Tensor]) -> Any:
    out = X.reshape(X.shape[0], -1).matmul(params["W1"])
    out += params["b1"]
    H = F.relu(out)
    O = H.matmul(params["W2"])
    O += params["b2"]
    return O, {"Z": out, "H": H}


@right("forward", "S296")
def forward_reshapes_biases_to_rows(X: Tensor, params: Mapping[str, Tensor]) -> Any:
    b1, b2 = params["b1"], params["b2"]
    K = torch.matmul(X, params["W1"]) + b1.reshape((1, b1.shape[0]))
    A = torch.relu(K)
    scores = torch.matmul(A, params["W2"]) + b2.reshape((1, b2.shape[0]))
    return scores, {"Z": K, "H": A, "O": scores}


@right("forward", "S282")
def forward_bias_by_a_column_of_ones(X: Tensor, params: Mapping[str, Tensor]) -> Any:
    ones = torch.ones((X.shape[0], 1), dtype=X.dtype, device=X.device)
    Z0 = torch.matmul(X, params["W1"]) + torch.matmul(ones, params["b1"].unsqueeze(0))
    A1 = Z0 * (Z0 > 0).to(Z0.dtype)
    Z1 = torch.matmul(A1, params["W2"]) + torch.matmul(ones, params["b2"].unsqueeze(0))
    return [Z1, {"Z": Z0, "H": A1}]


@right("forward", "S205")
def forward_layer_functions_with_caches(X: Tensor, params: Mapping[str, Tensor]) -> Any:
    def affine_forward(x: Tensor, w: Tensor, b: Tensor) -> Tensor:
        N, D, M = x.shape[0], int(np.prod(x.shape[1:])), b.shape[0]
        return torch.mm(x.reshape(N, D), w.reshape(D, M)) + b.reshape(-1)

    def relu_forward(x: Tensor) -> Tensor:
        return torch.where(x > 0, x, 0)

    fc_cache = affine_forward(X, params["W1"], params["b1"])
    out = relu_forward(fc_cache)
    return affine_forward(out, params["W2"], params["b2"]), {"Z": fc_cache, "H": out}


@wrong(
    "forward",
    "S251",
    fault="cached z is overwritten",
    says="Both names stand for one tensor: when you cut off the negative entries of H, they vanish from Z as well. "
    "The backward pass will read a Z that no longer is the pre-activation.",
)
def forward_two_names_for_one_tensor(X: Tensor, params: Mapping[str, Tensor]) -> Any:
    fc1 = X @ params["W1"] + params["b1"]
    relu1 = fc1  # here
    relu1[relu1 < 0] = 0
    fc2 = relu1 @ params["W2"] + params["b2"]
    return fc2, {"Z": fc1, "H": relu1}


@wrong(
    "forward",
    "S213",
    fault="cached z is overwritten",
    says="Your ReLU works in place and hands its input back. So the Z in your cache has lost its negative values.",
)
def forward_relu_returns_its_own_input(X: Tensor, params: Mapping[str, Tensor]) -> Any:
    def relu(inputs: Tensor) -> Tensor:
        inputs[inputs <= 0] = 0  # here
        return inputs

    Z = X @ params["W1"] + params["b1"]
    H = relu(Z)
    return H @ params["W2"] + params["b2"], {"Z": Z, "H": H}


@wrong(
    "forward",
    "S254",
    fault="cached z is overwritten",
    says="You rectify the scores of the first layer where they are and then store them as Z. Z has to be what comes "
    "out of the affine map, before the ReLU.",
)
def forward_rectifies_scores_then_caches(X: Tensor, params: Mapping[str, Tensor]) -> Any:
    score1 = X @ params["W1"] + params["b1"]
    score1[score1 < 0] = 0  # here
    cache = {"Z": score1, "H": score1.clone()}
    scores = cache["H"] @ params["W2"] + params["b2"]
    return scores, cache


@wrong(
    "forward",
    "S224",
    fault="activation on the output layer",
    says="The last layer is affine and nothing else. Your outputs can never be negative.",
)
def forward_relu_on_both_layers(X: Tensor, params: Mapping[str, Tensor]) -> Any:
    Z = torch.matmul(X, params["W1"]) + params["b1"]
    layer_1 = torch.relu(Z)
    layer_2 = torch.relu(torch.matmul(layer_1, params["W2"]) + params["b2"])  # here
    return layer_2, {"Z": Z, "H": layer_1}


@wrong(
    "forward",
    "S245",
    fault="softmax on the output layer",
    says="There is no softmax in this network: the outputs are plain numbers, and each of your rows sums to one.",
)
def forward_softmax_at_the_end(X: Tensor, params: Mapping[str, Tensor]) -> Any:
    cache = {"Z": X @ params["W1"] + params["b1"]}
    cache["H"] = cache["Z"] * (cache["Z"] > 0)
    scores = cache["H"] @ params["W2"] + params["b2"]
    exps = torch.exp(scores - scores.max(dim=1, keepdim=True).values)
    return exps / exps.sum(dim=1, keepdim=True), cache  # here


@wrong(
    "forward",
    "S279",
    fault="sigmoid in place of relu",
    says="The hidden units here are ReLUs. You squash Z with a sigmoid, so every hidden value lies between 0 and 1.",
)
def forward_sigmoid_hidden_units(X: Tensor, params: Mapping[str, Tensor]) -> Any:
    hidden_inputs = X @ params["W1"] + params["b1"]
    hidden_outputs = 1 / (1 + torch.exp(-hidden_inputs))  # here
    final_outputs = hidden_outputs @ params["W2"] + params["b2"]
    return final_outputs, {"Z": hidden_inputs, "H": hidden_outputs}


@wrong(
    "forward",
    "S256",
    fault="leaky relu",
    says="That is a leaky ReLU: a tenth of each negative value gets through. Ours lets nothing through.",
)
def forward_leaks_a_tenth(X: Tensor, params: Mapping[str, Tensor]) -> Any:
    Z = torch.matmul(X, params["W1"]) + params["b1"]
    H = torch.maximum(0.1 * Z, Z)  # here
    return torch.matmul(H, params["W2"]) + params["b2"], {"Z": Z, "H": H}


@wrong(
    "forward",
    "S233",
    fault="examples in columns",
    says="You multiply as if each example were a column. Here the rows of X are the examples, so the weights stand on "
    "the right of X.",
    raises="RuntimeError",
)
def forward_weights_from_the_left(X: Tensor, params: Mapping[str, Tensor]) -> Any:
    Z1 = torch.mm(params["W1"], X) + params["b1"]  # here
    A1 = torch.relu(Z1)
    Z2 = torch.mm(params["W2"], A1) + params["b2"]  # here
    return Z2, {"Z": Z1, "H": A1}


@wrong(
    "forward",
    "S282",
    fault="weights transposed",
    says="W1 is stored as (d, h) here, inputs first. You transpose it as if it had the layout of nn.Linear, and the "
    "shapes no longer fit.",
    raises="RuntimeError",
)
def forward_transposes_as_nn_linear(X: Tensor, params: Mapping[str, Tensor]) -> Any:
    Z = torch.matmul(X, params["W1"].T) + params["b1"]  # here
    A = torch.relu(Z)
    return torch.matmul(A, params["W2"].T) + params["b2"], {"Z": Z, "H": A}  # here


@wrong(
    "forward",
    "S252",
    fault="returns h in place of a cache",
    says="The second result is asked to be a dict with Z and H. You return H itself, and Z is lost.",
)
def forward_returns_scores_and_hidden(X: Tensor, params: Mapping[str, Tensor]) -> Any:
    hidden = (X.mm(params["W1"]) + params["b1"]).clamp(min=0)
    scores = hidden.mm(params["W2"]) + params["b2"]
    return scores, hidden  # here


@wrong(
    "forward",
    "S236",
    fault="cache under other keys",
    says="The numbers are there, but the cache must hold them under the keys Z and H. Yours are called Z1 and A1.",
)
def forward_numbers_its_keys(X: Tensor, params: Mapping[str, Tensor]) -> Any:
    Z1 = X @ params["W1"] + params["b1"]
    A1 = torch.relu(Z1)
    Z2 = A1 @ params["W2"] + params["b2"]
    cache = {"Z1": Z1, "A1": A1, "Z2": Z2}  # here
    return Z2, cache


@wrong(
    "forward",
    "S214",
    fault="graph cut by numpy",
    says="Through NumPy the values survive, the graph does not: autograd can no longer reach W1 and b1.",
)
def forward_relu_in_numpy(X: Tensor, params: Mapping[str, Tensor]) -> Any:
    Z = X @ params["W1"] + params["b1"]
    H = torch.from_numpy(np.maximum(Z.detach().numpy(), 0))  # here
    return H @ params["W2"] + params["b2"], {"Z": Z, "H": H}


@wrong(
    "forward",
    "S242",
    fault="biases forgotten",
    says="Nothing is added after the matrix products. The two biases are parameters of this network as well.",
)
def forward_without_biases(X: Tensor, params: Mapping[str, Tensor]) -> Any:
    Z = torch.matmul(X, params["W1"])  # here
    H = torch.relu(Z)
    return torch.matmul(H, params["W2"]), {"Z": Z, "H": H}  # here


@wrong(
    "forward",
    "S239",
    fault="second layer reads x",
    says="The second layer is fed with X again. Its input is the output of the hidden layer, H.",
    raises="RuntimeError",
)
def forward_second_layer_reads_x(X: Tensor, params: Mapping[str, Tensor]) -> Any:
    out_l1 = X @ params["W1"] + params["b1"]
    out_s1 = torch.relu(out_l1)
    out_l2 = X @ params["W2"] + params["b2"]  # here
    return out_l2, {"Z": out_l1, "H": out_s1}


@right("objective", "S268")
def objective_mse_loss_and_squared_norms(
    O: Tensor, Y: Tensor, params: Mapping[str, Tensor], weight_decay: float
) -> Any:
    l2_reg = params["W1"].norm(2) ** 2 + params["W2"].norm(2) ** 2
    return F.mse_loss(O, Y) + weight_decay / 2 * l2_reg


@right("objective", "S200")
def objective_half_reg_of_products(O: Tensor, Y: Tensor, params: Mapping[str, Tensor], weight_decay: float) -> Any:
    W1, W2 = params["W1"], params["W2"]
    reg_loss = 0.5 * weight_decay * (torch.sum(W1 * W1) + torch.sum(W2 * W2))
    return torch.mean((O - Y) * (O - Y)) + reg_loss


@right("objective", "S282")
def objective_sse_over_n_and_c(O: Tensor, Y: Tensor, params: Mapping[str, Tensor], weight_decay: float) -> Any:
    N, C = O.shape
    SE = (O - Y) * (O - Y)
    SSE = torch.sum(SE)
    penalty = sum(params[name].pow(2).sum() for name in ("W1", "W2"))
    return SSE / (N * C) + weight_decay * penalty / 2


@right("objective", "S207")
def objective_adds_layer_by_layer(O: Tensor, Y: Tensor, params: Mapping[str, Tensor], weight_decay: float) -> Any:
    decay = 0
    for idx in range(1, 3):
        W = params["W" + str(idx)]
        decay = decay + 0.5 * weight_decay * torch.sum(W**2)
    return ((O - Y) ** 2).mean() + decay


@right("objective", "S269")
def objective_skips_names_with_b(O: Tensor, Y: Tensor, params: Mapping[str, Tensor], weight_decay: float) -> Any:
    loss = torch.square(O - Y).mean()
    for name, p in params.items():
        if not name.startswith("b"):
            loss = loss + weight_decay * torch.sum(torch.square(p)) / 2
    return loss


@right("objective", "S294")
def objective_weights_zipped_into_a_sum(O: Tensor, Y: Tensor, params: Mapping[str, Tensor], weight_decay: float) -> Any:
    n = Y.shape[0] * Y.shape[1]
    errors = (O - Y).reshape(-1)
    theta_square_sum = 0
    for layer_index in range(2):
        theta = params[f"W{layer_index + 1}"]
        theta_square_sum = theta_square_sum + torch.sum(theta**2)
    return torch.dot(errors, errors) / n + weight_decay / 2 * theta_square_sum


@right("objective", "S208")
def objective_example_by_example(O: Tensor, Y: Tensor, params: Mapping[str, Tensor], weight_decay: float) -> Any:
    total_cost = 0
    for xi, target in zip(O, Y, strict=True):
        for i in range(len(xi)):
            total_cost = total_cost + (xi[i] - target[i]) ** 2
    average = total_cost / (len(O) * len(O[0]))
    return average + (params["W1"].pow(2).sum() + params["W2"].pow(2).sum()) * weight_decay * 0.5


@wrong(
    "objective",
    "S237",
    fault="built-in sum adds rows only",
    says="Python's own sum adds up the rows of a tensor and leaves a vector. You have two such vectors of different "
    "length, where two numbers were meant.",
    raises="RuntimeError",
)
def objective_python_sum(O: Tensor, Y: Tensor, params: Mapping[str, Tensor], weight_decay: float) -> Any:
    data = 0.5 * sum((Y - O) ** 2) / O.shape[0]  # here
    return data + weight_decay / 2 * (sum(params["W1"] ** 2) + sum(params["W2"] ** 2))  # here


@wrong(
    "objective",
    "S288",
    fault="half and batch size only",
    says="The loss here is the mean over all n q elements. You divide by two and by the number of examples, so with "
    "several outputs it is on another scale.",
)
def objective_euclidean_over_two_n(O: Tensor, Y: Tensor, params: Mapping[str, Tensor], weight_decay: float) -> Any:
    loss = torch.sum((O - Y) ** 2) / (2 * O.shape[0])  # here
    return loss + weight_decay / 2 * ((params["W1"] ** 2).sum() + (params["W2"] ** 2).sum())


@wrong(
    "objective",
    "S287",
    fault="sum in place of mean",
    says="This is the sum of squared errors. The loss is their mean: a batch twice as large must not give a loss "
    "twice as large.",
)
def objective_sum_of_squared_errors(O: Tensor, Y: Tensor, params: Mapping[str, Tensor], weight_decay: float) -> Any:
    loss = sum((o - y).pow(2).sum() for o, y in zip(O, Y, strict=True))  # here
    return loss + 0.5 * weight_decay * (params["W1"].pow(2).sum() + params["W2"].pow(2).sum())


@wrong(
    "objective",
    "S208",
    fault="divides by batch size only",
    says="Your loops add up the errors of all outputs, but the division is by the number of examples alone. With q "
    "outputs the loss comes out q times too large.",
)
def objective_loops_and_divides_by_examples(
    O: Tensor, Y: Tensor, params: Mapping[str, Tensor], weight_decay: float
) -> Any:
    total_cost = 0
    for xi, target in zip(O, Y, strict=True):
        single = 0
        for i in range(len(xi)):
            single = single + (xi[i] - target[i]) ** 2
        total_cost = total_cost + single
    total_cost = total_cost / len(O)  # here
    return total_cost + weight_decay / 2 * (params["W1"].square().sum() + params["W2"].square().sum())


@wrong(
    "objective",
    "S252",
    fault="penalty without the half",
    says="The penalty carries a factor of one half. Without it, it weighs twice as much as asked.",
)
def objective_reg_times_sums(O: Tensor, Y: Tensor, params: Mapping[str, Tensor], weight_decay: float) -> Any:
    W1, W2 = params["W1"], params["W2"]
    data_loss = ((O - Y) ** 2).mean()
    regularization_loss = weight_decay * ((W1 * W1).sum() + (W2 * W2).sum())  # here
    return data_loss + regularization_loss


@wrong(
    "objective",
    "S269",
    fault="penalty on all parameters",
    says="You go through all parameters, so the biases are penalized as well. Only the two weight matrices belong "
    "into s, and with the factor one half.",
)
def objective_penalizes_whole_state(O: Tensor, Y: Tensor, params: Mapping[str, Tensor], weight_decay: float) -> Any:
    loss_reg = 0
    for para in params:
        loss_reg = loss_reg + torch.sum(torch.square(params[para]))  # here
    return F.mse_loss(O, Y) + weight_decay * loss_reg  # here


@wrong(
    "objective",
    "S251",
    fault="penalty on biases",
    says="The squares of b1 and b2 are in your penalty. Biases are left out: they shift a unit and cannot make it "
    "steep.",
)
def objective_penalizes_biases(O: Tensor, Y: Tensor, params: Mapping[str, Tensor], weight_decay: float) -> Any:
    W1, W2, b1, b2 = params["W1"], params["W2"], params["b1"], params["b2"]
    loss = torch.sum((O - Y) ** 2) / O.numel()
    squares = torch.sum(W1 * W1) + torch.sum(W2 * W2)
    squares = squares + torch.sum(b1 * b1) + torch.sum(b2 * b2)  # here
    return loss + 0.5 * weight_decay * squares


@wrong(
    "objective",
    "S233",
    fault="penalty divided by batch size",
    says="Some courses divide the penalty by the number of examples. Ours is the plain sum of squares times half of "
    "the weight decay, whatever the batch.",
)
def objective_lambda_over_two_m(O: Tensor, Y: Tensor, params: Mapping[str, Tensor], weight_decay: float) -> Any:
    m = Y.shape[0]
    squares = torch.sum(torch.square(params["W1"])) + torch.sum(torch.square(params["W2"]))
    L2_regularization_cost = 1.0 / m * weight_decay / 2 * squares  # here
    return torch.mean((O - Y) ** 2) + L2_regularization_cost


@wrong(
    "objective",
    "S268",
    fault="norm not squared",
    says="norm(2) is the root of the sum of squares. The penalty takes the squared norm; the 2 in the call does not "
    "square it.",
)
def objective_norm_two(O: Tensor, Y: Tensor, params: Mapping[str, Tensor], weight_decay: float) -> Any:
    l2_reg = None
    for name in ("W1", "W2"):
        W = params[name]
        l2_reg = W.norm(2) if l2_reg is None else l2_reg + W.norm(2)  # here
    return (O - Y).pow(2).sum() / O.numel() + weight_decay / 2 * l2_reg


@wrong(
    "objective",
    "S269",
    fault="penalty outside of autograd",
    says="The value is right, but you read the weights through .data, and so autograd does not see the penalty: its "
    "share of the gradient is missing.",
)
def objective_penalty_from_data(O: Tensor, Y: Tensor, params: Mapping[str, Tensor], weight_decay: float) -> Any:
    state = {name: p.data for name, p in params.items()}  # here
    loss_reg = sum(torch.sum(torch.square(state[name])) for name in ("W1", "W2"))
    return F.mse_loss(O, Y) + weight_decay / 2 * loss_reg


@wrong(
    "objective",
    "S219",
    fault="returns a python number",
    says="item() turns the loss into a Python number. A tensor without dimensions is asked for, one that autograd can "
    "go back from.",
)
def objective_returns_item(O: Tensor, Y: Tensor, params: Mapping[str, Tensor], weight_decay: float) -> Any:
    loss = F.mse_loss(O, Y) + weight_decay / 2 * (params["W1"].pow(2).sum() + params["W2"].pow(2).sum())
    return loss.item()  # here


@wrong(
    "objective",
    "S233",
    fault="cross-entropy in place of mse",
    says="That is the cross-entropy of probabilities. The outputs here are any numbers, and the loss is the squared "
    "error; the logarithm of a negative output is not a number.",
)
def objective_cross_entropy_cost(O: Tensor, Y: Tensor, params: Mapping[str, Tensor], weight_decay: float) -> Any:
    m = Y.shape[0]
    logprobs = -torch.log(O) * Y - torch.log(1 - O) * (1 - Y)  # here
    cost = 1.0 / m * torch.sum(logprobs)  # here
    return cost + weight_decay / 2 * (torch.sum(params["W1"] ** 2) + torch.sum(params["W2"] ** 2))


@wrong(
    "objective",
    "S213",
    fault="penalty forgotten",
    says="The mean squared error is right. The penalty s is missing: the weights and weight_decay do not occur in "
    "your answer.",
)
def objective_data_term_only(O: Tensor, Y: Tensor, params: Mapping[str, Tensor], weight_decay: float) -> Any:
    diff = O - Y
    return torch.mean(diff * diff)  # here


@wrong(
    "objective",
    "S272",
    fault="one loss for each output",
    says="You average along the examples only and return a vector, one loss for each output. One number is asked for.",
)
def objective_mean_along_examples(O: Tensor, Y: Tensor, params: Mapping[str, Tensor], weight_decay: float) -> Any:
    m = Y.shape[0]
    cost = torch.sum((O - Y) ** 2, dim=0) / m  # here
    return cost + weight_decay / 2 * (params["W1"] ** 2).sum() + weight_decay / 2 * (params["W2"] ** 2).sum()


@wrong(
    "objective",
    "S201",
    fault="outputs flattened before subtracting",
    says="You flatten the outputs to a vector and subtract targets that have two dimensions. With one output this "
    "spreads to an n by n table, with more it does not even fit.",
    raises="RuntimeError",
)
def objective_flattens_predictions(O: Tensor, Y: Tensor, params: Mapping[str, Tensor], weight_decay: float) -> Any:
    y_pred = O.reshape((len(O),))  # here
    data = ((y_pred - Y) ** 2).mean()
    return data + weight_decay / 2 * (params["W1"].pow(2).sum() + params["W2"].pow(2).sum())


@right("grad_output", "S223")
def grad_output_two_over_numel(O: Tensor, Y: Tensor) -> Tensor:
    return 2 * (O - Y) / Y.numel()


@right("grad_output", "S255")
def grad_output_outputs_then_samples(O: Tensor, Y: Tensor) -> Tensor:
    samples = len(O)
    outputs = len(O[0])
    dinputs = -2 * (Y - O) / outputs
    return dinputs / samples


@right("grad_output", "S205")
def grad_output_divides_by_np_prod(O: Tensor, Y: Tensor) -> Tensor:
    count = int(np.prod(O.shape))
    return (O - Y).mul(2.0).div(count)


@right("grad_output", "S282")
def grad_output_over_n_times_c(O: Tensor, Y: Tensor) -> Tensor:
    N, C = O.shape[0], O.shape[1]
    dLdA = 2 * (O - Y) / (N * C)
    return dLdA


@right("grad_output", "S208")
def grad_output_entry_by_entry(O: Tensor, Y: Tensor) -> Tensor:
    n, q = O.shape
    g = torch.empty(n, q, dtype=O.dtype)
    for i in range(n):
        for k in range(q):
            g[i, k] = 2.0 * (O[i, k] - Y[i, k]) / (n * q)
    return g


@wrong(
    "grad_output",
    "S213",
    fault="difference without scale",
    says="This is the gradient of half the sum of squares. The 2 of the square and the division of the mean are both "
    "missing.",
)
def grad_output_plain_difference(O: Tensor, Y: Tensor) -> Tensor:
    return O - Y  # here


@wrong(
    "grad_output",
    "S222",
    fault="divides by batch size only",
    says="The mean runs over all n q elements, and you divide by the number of examples. With one output nobody "
    "notices, with more the gradient is q times too long.",
)
def grad_output_over_shape_zero(O: Tensor, Y: Tensor) -> Tensor:
    return 2 * (O - Y) / Y.shape[0]  # here


@wrong(
    "grad_output",
    "S285",
    fault="factor two missing, batch size only",
    says="(A - Y) / m belongs to a loss with one half in front, averaged over examples. Ours has no half and averages "
    "over the outputs too.",
)
def grad_output_difference_over_m(O: Tensor, Y: Tensor) -> Tensor:
    m = O.size(0)
    dA = (O - Y) / m  # here
    return dA


@wrong(
    "grad_output",
    "S202",
    fault="mean not accounted for",
    says="The square gives the 2. But the loss is a mean, and its division is not in your gradient.",
)
def grad_output_twice_the_difference(O: Tensor, Y: Tensor) -> Tensor:
    to_return = 2 * (O - Y)  # here
    return to_return


@wrong(
    "grad_output",
    "S279",
    fault="sign flipped, no scale",
    says="Target minus output points downhill; the gradient points uphill. And the factor of the mean squared error "
    "is missing.",
)
def grad_output_target_minus_output(O: Tensor, Y: Tensor) -> Tensor:
    error = Y - O  # here
    return error


@wrong(
    "grad_output",
    "S277",
    fault="summed to one number",
    says="You sum over all elements, so a single number is left. The gradient has an entry for each output of each "
    "example; the sign is the other way round, too.",
)
def grad_output_summed_up(O: Tensor, Y: Tensor) -> Tensor:
    n = O.shape[1]
    cost_prime = 1.0 / (2 * n) * torch.sum((Y - O) * 2)  # here
    return cost_prime


@wrong(
    "grad_output",
    "S281",
    fault="derivative of the cross-entropy",
    says="That is the derivative of the cross-entropy of probabilities. The loss here is the squared error.",
)
def grad_output_of_cross_entropy(O: Tensor, Y: Tensor) -> Tensor:
    da = -1 * (Y / O) + (1 - Y) / (1 - O)  # here
    return da


@wrong(
    "grad_output",
    "S245",
    fault="divides by outputs only",
    says="You divide by the number of outputs, as for a single example. The mean goes over the examples of the batch "
    "as well.",
)
def grad_output_over_number_of_outputs(O: Tensor, Y: Tensor) -> Tensor:
    return 2 * (O - Y) / O.shape[-1]  # here


@wrong(
    "grad_output",
    "S218",
    fault="changes its input",
    says="grad is only another name for O, so subtracting from it overwrites the outputs. The scale is not that of "
    "the mean over all elements, either.",
)
def grad_output_subtracts_in_place(O: Tensor, Y: Tensor) -> Tensor:
    m = Y.shape[0]
    grad = O
    grad -= Y  # here
    return grad / m  # here


@wrong(
    "grad_output",
    "S246",
    fault="slope of a sigmoid added",
    says="There is no sigmoid at the output, so nothing to multiply with O (1 - O). You also dropped the factor of "
    "the mean.",
)
def grad_output_with_sigmoid_slope(O: Tensor, Y: Tensor) -> Tensor:
    rows = [output * (1 - output) * (output - target) for output, target in zip(O, Y, strict=True)]  # here
    return torch.stack(rows)


@right("numerical_gradient", "S291")
def numerical_gradient_one_hot_step(f: _Scalar, x: Tensor, eps: float = 1e-5) -> Tensor:
    e_i = torch.zeros(x.shape, dtype=x.dtype)
    flat = e_i.view(-1)
    values = []
    for i in range(x.numel()):
        flat[i] = eps
        values.append((f(x + e_i) - f(x - e_i)) / (2 * eps))
        flat[i] = 0.0
    return torch.stack(values).reshape(x.shape)


@right("numerical_gradient", "S205")
def numerical_gradient_saves_and_restores_items(f: _Scalar, x: Tensor, eps: float = 1e-5) -> Tensor:
    grad = torch.zeros_like(x)
    with torch.no_grad():
        for ix in np.ndindex(*x.shape):
            oldval = x[ix].item()
            x[ix] = oldval + eps
            fxph = f(x).item()
            x[ix] = oldval - eps
            fxmh = f(x).item()
            x[ix] = oldval
            grad[ix] = (fxph - fxmh) / (2 * eps)
    return grad


@right("numerical_gradient", "S291")
def numerical_gradient_two_copies_each(f: _Scalar, x: Tensor, eps: float = 1e-5) -> Tensor:
    grad = torch.zeros_like(x)
    for index in np.ndindex(*x.shape):
        x_plus = x.clone()
        x_minus = x.clone()
        x_plus[index] += eps
        x_minus[index] -= eps
        grad[index] = (f(x_plus) - f(x_minus)) / (2 * eps)
    return grad


@right("numerical_gradient", "S205")
def numerical_gradient_steps_of_two_eps(f: _Scalar, x: Tensor, eps: float = 1e-5) -> Tensor:
    grad = torch.empty_like(x)
    for ix in np.ndindex(*x.shape):
        x[ix] += eps
        fxph = float(f(x))
        x[ix] -= 2 * eps
        fxmh = float(f(x))
        x[ix] += eps
        grad[ix] = (fxph - fxmh) / (2 * eps)
    return grad


@right("numerical_gradient", "S207")
def numerical_gradient_nditer_on_shared_memory(f: _Scalar, x: Tensor, eps: float = 1e-5) -> Tensor:
    shared = x.detach().numpy()
    grad = np.zeros(shared.shape, dtype=shared.dtype)
    it = np.nditer(shared, flags=["multi_index"], op_flags=[["readwrite"]])
    while not it.finished:
        idx = it.multi_index
        tmp_val = float(shared[idx])
        shared[idx] = tmp_val + eps
        fxh1 = float(f(x))
        shared[idx] = tmp_val - eps
        fxh2 = float(f(x))
        grad[idx] = (fxh1 - fxh2) / (2 * eps)
        shared[idx] = tmp_val
        it.iternext()
    return torch.from_numpy(grad)


@right("numerical_gradient", "S237")
def numerical_gradient_on_the_flat_vector(f: _Scalar, x: Tensor, eps: float = 1e-5) -> Tensor:
    initial = x.reshape(-1).clone()
    numgrad = torch.zeros_like(initial)
    perturb = torch.zeros_like(initial)
    for p in range(len(initial)):
        perturb[p] = eps
        loss2 = f((initial + perturb).view(x.shape))
        loss1 = f((initial - perturb).view(x.shape))
        numgrad[p] = (loss2 - loss1) / (2 * eps)
        perturb[p] = 0
    return numgrad.view(x.shape)


@wrong(
    "numerical_gradient",
    "S205",
    fault="one-sided difference",
    says="You step to one side only and compare with f(x). The central difference needs a step to the other side as "
    "well; it is far more exact.",
)
def numerical_gradient_steps_ahead_only(f: _Scalar, x: Tensor, eps: float = 1e-5) -> Tensor:
    fx = f(x)
    grad = torch.zeros(x.shape, dtype=x.dtype)
    for ix in np.ndindex(*x.shape):
        x[ix] += eps
        fxh = f(x)
        x[ix] -= eps
        grad[ix] = (fxh - fx) / eps  # here
    return grad


@wrong(
    "numerical_gradient",
    "S275",
    fault="one-sided, step fixed",
    says="The step is a constant of your own, and it goes to one side only. eps is given, and the difference is to be "
    "central.",
)
def numerical_gradient_perturbs_by_own_constant(f: _Scalar, x: Tensor, eps: float = 1e-5) -> Tensor:
    perturb = 0.0001  # here
    num_grad = torch.zeros(x.shape, dtype=x.dtype)
    for i in np.ndindex(*x.shape):
        cost_i = f(x)
        moved = x.clone()
        moved[i] += perturb
        num_grad[i] = (f(moved) - cost_i) / perturb  # here
    return num_grad


@wrong(
    "numerical_gradient",
    "S207",
    fault="step size ignores eps",
    says="The step is fixed at 1e-4 and eps is never used. Whoever asks for another step gets the same numbers.",
)
def numerical_gradient_h_is_fixed(f: _Scalar, x: Tensor, eps: float = 1e-5) -> Tensor:
    h = 1e-4  # here
    grad = torch.zeros_like(x)
    for idx in np.ndindex(*x.shape):
        tmp_val = float(x[idx])
        x[idx] = tmp_val + h
        fxh1 = float(f(x))
        x[idx] = tmp_val - h
        fxh2 = float(f(x))
        grad[idx] = (fxh1 - fxh2) / (2 * h)
        x[idx] = tmp_val
    return grad


@wrong(
    "numerical_gradient",
    "S237",
    fault="step size ignores eps",
    says="You perturb by e = 1e-4, whatever eps says. At a step this large the truncation error shows.",
)
def numerical_gradient_flat_vector_fixed_e(f: _Scalar, x: Tensor, eps: float = 1e-5) -> Tensor:
    initial = x.reshape(-1)
    numgrad = torch.zeros_like(initial)
    perturb = torch.zeros_like(initial)
    e = 1e-4  # here
    for p in range(len(initial)):
        perturb[p] = e
        loss2 = f((initial + perturb).reshape(x.shape))
        loss1 = f((initial - perturb).reshape(x.shape))
        numgrad[p] = (loss2 - loss1) / (2 * e)
        perturb[p] = 0
    return numgrad.reshape(x.shape)


@wrong(
    "numerical_gradient",
    "S205",
    fault="backup is a view",
    says="x[ix] on a tensor is a view, not a number: as soon as you write to x, your saved value changes with it. So "
    "the second evaluation happens at x itself.",
)
def numerical_gradient_saves_a_view(f: _Scalar, x: Tensor, eps: float = 1e-5) -> Tensor:
    grad = torch.zeros_like(x)
    for ix in np.ndindex(*x.shape):
        oldval = x[ix]  # here
        x[ix] = oldval + eps
        fxph = f(x)
        x[ix] = oldval - eps
        fxmh = f(x)
        x[ix] = oldval
        grad[ix] = (fxph - fxmh) / (2 * eps)
    return grad


@wrong(
    "numerical_gradient",
    "S207",
    fault="works for vectors only",
    says="You count through all elements but index the first dimension only. A matrix has fewer rows than elements.",
    raises="IndexError",
)
def numerical_gradient_indexes_rows(f: _Scalar, x: Tensor, eps: float = 1e-5) -> Tensor:
    grad = torch.zeros_like(x)
    for idx in range(x.numel()):
        tmp_val = x[idx].clone()  # here
        x[idx] = tmp_val + eps
        fxh1 = f(x)
        x[idx] = tmp_val - eps
        fxh2 = f(x)
        x[idx] = tmp_val
        grad[idx] = (fxh1 - fxh2) / (2 * eps)  # here
    return grad


@wrong(
    "numerical_gradient",
    "S291",
    fault="moves whole rows",
    says="For a matrix, x[i] is a whole row, and you move all of it at once. Each element needs its own difference, "
    "and the result the shape of x.",
)
def numerical_gradient_moves_whole_rows(f: _Scalar, x: Tensor, eps: float = 1e-5) -> Tensor:
    n = len(x)
    numerical_grad = torch.zeros(n, dtype=x.dtype)  # here
    for i in range(n):
        x_plus = x.clone()
        x_plus[i] += eps  # here
        x_minus = x.clone()
        x_minus[i] -= eps  # here
        numerical_grad[i] = (f(x_plus) - f(x_minus)) / (2 * eps)
    return numerical_grad


@wrong(
    "numerical_gradient",
    "S252",
    fault="perturbs a copy of x",
    says="contiguous() copies a transposed tensor. Then you change the copy and evaluate f at the untouched x, and "
    "all differences are zero.",
)
def numerical_gradient_contiguous_flatten(f: _Scalar, x: Tensor, eps: float = 1e-5) -> Tensor:
    flat_x = x.contiguous().flatten()  # here
    grad = torch.zeros_like(x)
    flat_grad = grad.flatten()  # here
    for i in range(flat_x.shape[0]):
        oldval = flat_x[i].item()
        flat_x[i] = oldval + eps
        fxph = f(x).item()
        flat_x[i] = oldval - eps
        fxmh = f(x).item()
        flat_x[i] = oldval
        flat_grad[i] = (fxph - fxmh) / (2 * eps)
    return grad


@wrong(
    "numerical_gradient",
    "S236",
    fault="moves all elements at once",
    says="You add eps to every element at the same time and get one number, the sum of all partial derivatives. The "
    "elements have to be moved one by one.",
)
def numerical_gradient_shifts_everything(f: _Scalar, x: Tensor, eps: float = 1e-5) -> Tensor:
    thetaplus = x + eps  # here
    thetaminus = x - eps  # here
    return (f(thetaplus) - f(thetaminus)) / (2 * eps)


@wrong(
    "numerical_gradient",
    "S205",
    fault="samples a few elements",
    says="This looks at ten random places only. That is enough to spot-check a gradient, but here every element is "
    "asked for.",
)
def numerical_gradient_ten_random_places(f: _Scalar, x: Tensor, eps: float = 1e-5) -> Tensor:
    grad = torch.zeros_like(x)
    for _ in range(10):  # here
        ix = tuple(random.randrange(m) for m in x.shape)  # here
        oldval = x[ix].item()
        x[ix] = oldval + eps
        fxph = f(x).item()
        x[ix] = oldval - eps
        fxmh = f(x).item()
        x[ix] = oldval
        grad[ix] = (fxph - fxmh) / (2 * eps)
    return grad


@right("sgd_step", "S219")
def sgd_step_in_place_without_recording(params: Mapping[str, Tensor], grads: Mapping[str, Tensor], lr: float) -> None:
    with torch.no_grad():
        for name, param in params.items():
            param -= lr * grads[name]


@right("sgd_step", "S264")
def sgd_step_through_data(params: Mapping[str, Tensor], grads: Mapping[str, Tensor], lr: float) -> None:
    for name in params:
        params[name].data -= grads[name].data * lr


@right("sgd_step", "S268")
def sgd_step_copies_the_result_in(params: Mapping[str, Tensor], grads: Mapping[str, Tensor], lr: float) -> None:
    for name, W in params.items():
        delta = lr * grads[name].detach()
        W.data.copy_(W.data - delta)


@right("sgd_step", "S255")
@torch.no_grad()
def sgd_step_adds_negative_updates(params: Mapping[str, Tensor], grads: Mapping[str, Tensor], lr: float) -> None:
    updates = {name: -lr * grads[name] for name in params}
    for name in params:
        params[name].add_(updates[name])


@right("sgd_step", "S267")
def sgd_step_add_with_alpha(params: Mapping[str, Tensor], grads: Mapping[str, Tensor], lr: float) -> None:
    with torch.no_grad():
        for name in params:
            params[name].add_(grads[name], alpha=-lr)


@right("sgd_step", "S221")
def sgd_step_two_lists_in_the_same_order(params: Mapping[str, Tensor], grads: Mapping[str, Tensor], lr: float) -> None:
    names = sorted(params)
    parameters = [params[name].detach() for name in names]
    gradients = [grads[name] for name in names]
    for param, grad in zip(parameters, gradients, strict=True):
        param -= lr * grad


@wrong(
    "sgd_step",
    "S266",
    fault="rebinds the loop variable",
    says="p = p - ... makes a new tensor and gives it the name p. The tensor in the dict is untouched: nothing is "
    "trained.",
)
def sgd_step_renames_p(params: Mapping[str, Tensor], grads: Mapping[str, Tensor], lr: float) -> None:
    with torch.no_grad():
        for name, p in params.items():
            p = p - lr * grads[name]  # here


@wrong(
    "sgd_step",
    "S233",
    fault="new tensors in the dict",
    says="Each entry of the dict becomes a new tensor. Whoever else holds the old ones, a list or an optimizer, does "
    "not see the step.",
)
def sgd_step_replaces_entries(params: MutableMapping[str, Tensor], grads: Mapping[str, Tensor], lr: float) -> Any:
    for name in list(params):
        params[name] = params[name] - lr * grads[name]  # here
    return params


@wrong(
    "sgd_step",
    "S272",
    fault="returns a new dict",
    says="You compute the new values and return them in a dict of their own. The tensors in params themselves have to "
    "change; nobody looks at what you return.",
)
def sgd_step_works_on_a_copied_dict(params: Mapping[str, Tensor], grads: Mapping[str, Tensor], lr: float) -> Any:
    parameters = dict(params)  # here
    for name in params:
        parameters[name] = params[name] - lr * grads[name]
    return parameters  # here


@wrong(
    "sgd_step",
    "S252",
    fault="update inside autograd",
    says="As soon as the parameters require gradients, PyTorch refuses this: an update in place must not be recorded. "
    "Switch the recording off for it.",
    raises="RuntimeError",
)
def sgd_step_while_autograd_records(
    params: MutableMapping[str, Tensor], grads: Mapping[str, Tensor], lr: float
) -> None:
    for parameter_name in params:
        params[parameter_name] -= lr * grads[parameter_name]  # here


@wrong(
    "sgd_step",
    "S279",
    fault="steps uphill",
    says="You add the gradient. That is right only if the error was taken as target minus output; these are "
    "gradients, and a step goes against them.",
)
def sgd_step_uphill(params: Mapping[str, Tensor], grads: Mapping[str, Tensor], lr: float) -> None:
    with torch.no_grad():
        for name in params:
            params[name].add_(lr * grads[name])  # here


@wrong(
    "sgd_step",
    "S264",
    fault="zeroes the gradients",
    says="The step is right, and then you wipe the gradients. They belong to whoever called you, and a step leaves "
    "them alone.",
)
def sgd_step_wipes_gradients(params: Mapping[str, Tensor], grads: Mapping[str, Tensor], lr: float) -> None:
    for name, p in params.items():
        p.data -= grads[name].data * lr
        grads[name].data *= 0  # here


@wrong(
    "sgd_step",
    "S261",
    fault="zeroes the gradients",
    says="zero_() belongs into a training loop with autograd. Here the gradients are an argument, and they are gone "
    "after your call.",
)
def sgd_step_swaps_data_and_zeroes(params: Mapping[str, Tensor], grads: Mapping[str, Tensor], lr: float) -> None:
    for name, parameter in params.items():
        parameter.data = parameter.data - grads[name] * lr
        grads[name].zero_()  # here


@wrong(
    "sgd_step",
    "S267",
    fault="scales the gradients in place",
    says="mul_ with its underscore overwrites the gradients with the step. They are the caller's, and afterwards they "
    "are all too small.",
)
def sgd_step_scales_gradients_in_place(params: Mapping[str, Tensor], grads: Mapping[str, Tensor], lr: float) -> None:
    with torch.no_grad():
        for name, p in params.items():
            d_p = grads[name].mul_(lr)  # here
            p.sub_(d_p)


@wrong(
    "sgd_step",
    "S233",
    fault="looks for other keys",
    says="The gradients come under the keys of the parameters, W1 and not dW1.",
    raises="KeyError",
)
def sgd_step_asks_for_d_keys(params: Mapping[str, Tensor], grads: Mapping[str, Tensor], lr: float) -> None:
    L = len(params) // 2
    with torch.no_grad():
        for l in range(1, L + 1):
            params["W" + str(l)].sub_(lr * grads["dW" + str(l)])  # here
            params["b" + str(l)].sub_(lr * grads["db" + str(l)])  # here


@wrong(
    "sgd_step",
    "S263",
    fault="subtracts the parameter itself",
    says="For the biases you subtract a share of the bias, not of its gradient. They shrink towards zero, whatever "
    "the data says.",
)
def sgd_step_shrinks_biases(params: Mapping[str, Tensor], grads: Mapping[str, Tensor], lr: float) -> None:
    with torch.no_grad():
        for name, p in params.items():
            if name.startswith("W"):
                p -= lr * grads[name]
            else:
                p -= lr * p  # here


@wrong(
    "sgd_step",
    "S241",
    fault="biases not updated",
    says="Only the weights move. The biases are parameters with gradients of their own and take the same step.",
)
def sgd_step_moves_weights_only(params: Mapping[str, Tensor], grads: Mapping[str, Tensor], lr: float) -> None:
    with torch.no_grad():
        for name in params:
            if name[0] == "W":  # here
                params[name] += -lr * grads[name]


@wrong(
    "sgd_step",
    "S253",
    fault="parameter names fixed",
    says="You wrote down the four names of the small network. The step is asked for every parameter in the dict, and "
    "a deeper network has others.",
)
def sgd_step_spells_out_four_names(params: Mapping[str, Tensor], grads: Mapping[str, Tensor], lr: float) -> None:
    with torch.no_grad():
        params["W1"].sub_(lr * grads["W1"])  # here
        params["W2"].sub_(lr * grads["W2"])
        params["b1"].sub_(lr * grads["b1"])
        params["b2"].sub_(lr * grads["b2"])


@wrong(
    "sgd_step",
    "S221",
    fault="pairs by order, not name",
    says="You pair parameters and gradients by their place in the two dicts. The places need not agree; the names do.",
)
def sgd_step_zips_values(params: Mapping[str, Tensor], grads: Mapping[str, Tensor], lr: float) -> None:
    with torch.no_grad():
        for param, grad in zip(params.values(), grads.values(), strict=True):  # here
            param -= lr * grad


@wrong(
    "sgd_step",
    "S270",
    fault="clips the gradients",
    says="You clip each entry of the gradient first. Plain gradient descent takes it as it is, however large.",
)
def sgd_step_clips_first(params: Mapping[str, Tensor], grads: Mapping[str, Tensor], lr: float) -> None:
    clip_value = 1.0
    with torch.no_grad():
        for name, p in params.items():
            step = torch.clip(grads[name], -clip_value, clip_value)  # here
            p -= lr * step


@wrong(
    "sgd_step",
    "S219",
    fault="reads the grad attribute",
    says="You read the gradient that autograd left at the parameter. Here the gradients come as an argument, and "
    ".grad is None.",
    raises="TypeError",
)
def sgd_step_reads_dot_grad(params: Mapping[str, Tensor], grads: Mapping[str, Tensor], lr: float) -> None:
    with torch.no_grad():
        for param in params.values():
            param -= lr * param.grad  # here
