"""Answers to the exercises of lesson 03 on the rules of the affine map and the ReLU and on the backward pass; long because it is a list."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import torch
from torch import Tensor

from tests.wild.entries import right, wrong


@right("grad_linear", "S200")
def grad_linear_two_products_and_a_sum(X: Tensor, W: Tensor, grad_O: Tensor) -> Any:
    dx = grad_O.mm(W.t())
    dw = X.t().mm(grad_O)
    db = torch.sum(grad_O, dim=0)
    return dx, dw, db


@right("grad_linear", "S216")
def grad_linear_bias_by_a_vector_of_ones(X: Tensor, W: Tensor, grad_O: Tensor) -> Any:
    ones = torch.ones(X.shape[0], dtype=grad_O.dtype, device=grad_O.device)
    return (
        torch.matmul(grad_O, W.transpose(0, 1)),
        torch.matmul(X.transpose(0, 1), grad_O),
        torch.matmul(grad_O.transpose(0, 1), ones),
    )


@right("grad_linear", "S220")
def grad_linear_augmented_inputs(X: Tensor, W: Tensor, grad_O: Tensor) -> Any:
    aug_x = torch.hstack((X, torch.ones_like(X[:, :1])))
    aug_dw = aug_x.T @ grad_O
    return grad_O @ W.T, aug_dw[:-1], aug_dw[-1]


@right("grad_linear", "S217")
def grad_linear_sums_a_cube(X: Tensor, W: Tensor, grad_O: Tensor) -> Any:
    N, out_dim = grad_O.shape
    dout_reshaped = grad_O.reshape(N, 1, out_dim)
    x_reshaped = X.reshape(N, -1, 1)
    dw = torch.sum(dout_reshaped * x_reshaped, dim=0)
    dx = torch.sum(grad_O[:, None, :] * W[None, :, :], dim=2)
    return dx, dw, grad_O.sum(0)


@right("grad_linear", "S289")
def grad_linear_outer_product_per_example(X: Tensor, W: Tensor, grad_O: Tensor) -> Any:
    grad_X, grad_W = torch.zeros_like(X), torch.zeros_like(W)
    grad_b = grad_O.new_zeros(grad_O.shape[1])
    for j in range(len(X)):
        grad_X[j] = torch.mv(W, grad_O[j])
        grad_W += torch.outer(X[j], grad_O[j])
        grad_b += grad_O[j]
    return grad_X, grad_W, grad_b


@right("grad_linear", "S278")
def grad_linear_einsum(X: Tensor, W: Tensor, grad_O: Tensor) -> Any:
    return (
        torch.einsum("sk,jk->sj", grad_O, W),
        torch.einsum("sj,sk->jk", X, grad_O),
        torch.einsum("sk->k", grad_O),
    )


@right("grad_linear", "S280")
def grad_linear_columns_and_back(X: Tensor, W: Tensor, grad_O: Tensor) -> Any:
    dz = grad_O.T
    dw = torch.matmul(dz, X)
    db = dz.sum(dim=1, keepdim=True)
    da = torch.matmul(W, dz)
    return da.T, dw.T, db.reshape(-1)


@right("grad_linear", "S200")
def grad_linear_adds_onto_zeros(X: Tensor, W: Tensor, grad_O: Tensor) -> Any:
    dx = torch.zeros_like(X)
    dw = torch.zeros_like(W)
    db = torch.zeros_like(W[0])
    dx += grad_O.matmul(W.T)
    dw += X.T.matmul(grad_O)
    db += grad_O.sum(dim=0)
    return dx, dw, db


@right("grad_linear", "S213")
def grad_linear_a_matrix_for_each_example(X: Tensor, W: Tensor, grad_O: Tensor) -> Any:
    delta = grad_O[:, :, None]
    inputs = X[:, :, None]
    dx = torch.matmul(W, delta)
    dw = torch.matmul(inputs, delta.transpose(1, 2))
    return dx.squeeze(2), dw.sum(dim=0), delta.sum(dim=0).squeeze(1)


@wrong(
    "grad_linear",
    "S276",
    fault="divides by batch size again",
    says="The division of the mean is in grad_O already. From there on examples are summed, so dividing by m a second "
    "time makes grad_W and grad_b too short.",
)
def grad_linear_one_over_m(X: Tensor, W: Tensor, grad_O: Tensor) -> Any:
    m = X.shape[0]
    dW = 1 / m * torch.matmul(X.T, grad_O)  # here
    db = 1 / m * torch.sum(grad_O, dim=0)  # here
    dX = torch.matmul(grad_O, W.T)
    return dX, dW, db


@wrong(
    "grad_linear",
    "S298",
    fault="divides by batch size again",
    says="After the loop you average over the batch. grad_O carries the mean already; the effects of the examples add "
    "up.",
)
def grad_linear_loop_then_average(X: Tensor, W: Tensor, grad_O: Tensor) -> Any:
    batch_size = grad_O.shape[0]
    weight_gradient = torch.zeros_like(W)
    bias_gradient = torch.zeros_like(grad_O[0])
    input_gradient = torch.zeros_like(X)
    for i in range(batch_size):
        weight_gradient += torch.outer(X[i], grad_O[i])
        bias_gradient += grad_O[i]
        input_gradient[i] = W @ grad_O[i]
    weight_gradient /= batch_size  # here
    bias_gradient /= batch_size  # here
    return input_gradient, weight_gradient, bias_gradient


@wrong(
    "grad_linear",
    "S234",
    fault="examples in columns",
    says="These are the formulas for examples in columns. Here they are rows: compare the shapes of what you multiply.",
    raises="RuntimeError",
)
def grad_linear_formulas_for_columns(X: Tensor, W: Tensor, grad_O: Tensor) -> Any:
    m = X.shape[1]
    dW = torch.mm(grad_O, X.T) / m  # here
    db = torch.squeeze(torch.sum(grad_O, dim=1, keepdim=True)) / m  # here
    dA_prev = torch.mm(W.T, grad_O)  # here
    return dA_prev, dW, db


@wrong(
    "grad_linear",
    "S219",
    fault="weights transposed",
    says="This is right for a layer that stores its weights as (outputs, inputs). Our W is (d, q), so the first "
    "product does not fit.",
    raises="RuntimeError",
)
def grad_linear_for_out_by_in_weights(X: Tensor, W: Tensor, grad_O: Tensor) -> Any:
    grad_input = grad_O @ W  # here
    grad_W = grad_O.T @ X  # here
    grad_b = grad_O.sum(dim=0)
    return grad_input, grad_W, grad_b


@wrong(
    "grad_linear",
    "S276",
    fault="gradient of weights transposed",
    says="Your grad_W has shape (q, d). A gradient always has the shape of what it belongs to, and W is (d, q).",
)
def grad_linear_weight_gradient_transposed(X: Tensor, W: Tensor, grad_O: Tensor) -> Any:
    grads_tmp = torch.matmul(grad_O.transpose(0, 1), X)  # here
    return torch.matmul(grad_O, W.transpose(0, 1)), grads_tmp, torch.sum(grad_O, dim=0)


@wrong(
    "grad_linear",
    "S226",
    fault="bias summed over everything",
    says="Without an axis, sum adds up all outputs as well and one number is left, the same for every bias. Each "
    "output has a bias of its own.",
)
def grad_linear_bias_sum_without_axis(X: Tensor, W: Tensor, grad_O: Tensor) -> Any:
    grad_loss_wrt_w = torch.mm(X.t(), grad_O)
    grad_loss_wrt_b = torch.sum(grad_O)  # here
    return grad_O.mm(W.t()), grad_loss_wrt_w, grad_loss_wrt_b


@wrong(
    "grad_linear",
    "S221",
    fault="bias averaged over examples",
    says="For the weights you add up the examples, for the bias you average them. The bias served every example as "
    "well: its effects add up.",
)
def grad_linear_bias_mean(X: Tensor, W: Tensor, grad_O: Tensor) -> Any:
    d_x = torch.matmul(grad_O, W.T)
    d_w = torch.matmul(X.T, grad_O)
    d_b = torch.mean(grad_O, dim=0)  # here
    return d_x, d_w, d_b


@wrong(
    "grad_linear",
    "S204",
    fault="bias keeps a batch dimension",
    says="With the dimension kept, grad_b is a table of one row. The bias has shape (q,), and its gradient has it too.",
)
def grad_linear_bias_keeps_dimension(X: Tensor, W: Tensor, grad_O: Tensor) -> Any:
    dx = torch.matmul(grad_O, W.T).reshape(X.shape)
    dw = torch.matmul(X.reshape(X.shape[0], -1).T, grad_O)
    db = torch.sum(grad_O, dim=0, keepdim=True)  # here
    return dx, dw, db


@wrong(
    "grad_linear",
    "S223",
    fault="bias not summed",
    says="Your grad_b has a row for each example. That works for a batch of one; in a batch the rows have to be added "
    "up.",
)
def grad_linear_bias_is_the_output_error(X: Tensor, W: Tensor, grad_O: Tensor) -> Any:
    input_error = torch.matmul(grad_O, W.T)
    weights_error = torch.matmul(X.T, grad_O)
    return input_error, weights_error, grad_O  # here


@wrong(
    "grad_linear",
    "S297",
    fault="upstream gradient of bias forgotten",
    says="1 is how the output changes with the bias. By the chain rule it is multiplied by grad_O and summed; you "
    "stopped halfway.",
)
def grad_linear_bias_is_one(X: Tensor, W: Tensor, grad_O: Tensor) -> Any:
    dW = X.T @ grad_O
    dX = grad_O @ W.T
    db = torch.ones_like(grad_O[0])  # here
    return dX, dW, db


@wrong(
    "grad_linear",
    "S228",
    fault="elementwise in place of matrix product",
    says="The star multiplies element by element, and these two do not even have the same shape. Between X and grad_O "
    "there is a matrix product, which adds up the examples.",
    raises="RuntimeError",
)
def grad_linear_star_for_dot(X: Tensor, W: Tensor, grad_O: Tensor) -> Any:
    dW = X.T * grad_O  # here
    db = torch.sum(grad_O, dim=0)
    dX = grad_O * W.T  # here
    return dX, dW, db


@wrong(
    "grad_linear",
    "S249",
    fault="gradient of weights for weights",
    says="The error goes down through the weights themselves. You send it through grad_W, which says how to change "
    "them.",
)
def grad_linear_sends_error_through_gradient(X: Tensor, W: Tensor, grad_O: Tensor) -> Any:
    grad_W = X.t().mm(grad_O)
    grad_X = grad_O.mm(grad_W.t())  # here
    return grad_X, grad_W, grad_O.sum(dim=0)


@wrong(
    "grad_linear",
    "S256",
    fault="tiles in place of products",
    says="np.resize repeats numbers until a shape is full; it does not line up what belongs together. And nothing "
    "adds up the examples of the batch.",
)
def grad_linear_np_resize(X: Tensor, W: Tensor, grad_O: Tensor) -> Any:
    d, q = W.shape
    upstream = np.resize(grad_O.detach().numpy(), (d, q))  # here
    local = np.resize(X.detach().numpy().T, (q, d)).T  # here
    totals = np.resize(grad_O.detach().numpy(), (len(X), q)) @ W.detach().numpy().T
    d_b = grad_O.sum(dim=0)
    return torch.from_numpy(totals), torch.from_numpy(np.multiply(upstream, local)), d_b


@wrong(
    "grad_linear",
    "S299",
    fault="bias from the weight gradient",
    says="You add up grad_W to get grad_b, so the inputs are still multiplied in. The bias has the factor 1 and not X.",
)
def grad_linear_bias_from_weight_gradient(X: Tensor, W: Tensor, grad_O: Tensor) -> Any:
    grad_W = torch.matmul(X.T, grad_O)
    grad_b = torch.sum(torch.matmul(X.T, grad_O), dim=0)  # here
    return torch.matmul(grad_O, W.T), grad_W, grad_b


@wrong(
    "grad_linear",
    "S221",
    fault="results nested",
    says="Three results are asked for. You return two, the second of them a list.",
)
def grad_linear_nested_results(X: Tensor, W: Tensor, grad_O: Tensor) -> Any:
    d_x = grad_O @ W.T
    d_w = X.T @ grad_O
    d_b = grad_O.sum(0)
    return d_x, [d_w, d_b]  # here


@wrong(
    "grad_linear",
    "S283",
    fault="input gradient not returned",
    says="The gradient by the input is missing from what you return. Without it nothing gets through to the layer "
    "below.",
)
def grad_linear_parameters_only(X: Tensor, W: Tensor, grad_O: Tensor) -> Any:
    dW = torch.matmul(X.T, grad_O)
    db = torch.sum(grad_O, dim=0)
    return dW, db  # here


@wrong(
    "grad_linear",
    "S265",
    fault="sign of bias flipped",
    says="That sign belongs to a unit that subtracts its bias. Ours adds it.",
)
def grad_linear_bias_as_threshold(X: Tensor, W: Tensor, grad_O: Tensor) -> Any:
    gradient_bias = -1  # here
    gradient_weight = torch.matmul(X.T, grad_O)
    bias = torch.sum(grad_O * gradient_bias, dim=0)
    return torch.matmul(grad_O, W.T), gradient_weight, bias


@wrong(
    "grad_linear",
    "S271",
    fault="accumulates twice",
    says="+= adds to what is there, and on the right you add it once more. So each round doubles all examples before.",
)
def grad_linear_doubles_each_round(X: Tensor, W: Tensor, grad_O: Tensor) -> Any:
    delta_W = torch.zeros_like(W)
    delta_b = torch.zeros_like(grad_O[0])
    for point, error in zip(X, grad_O, strict=True):
        delta_W += delta_W + torch.outer(point, error)  # here
        delta_b += delta_b + error  # here
    return grad_O @ W.T, delta_W, delta_b


@right("grad_relu", "S205")
def grad_relu_where_positive(Z: Tensor, grad_H: Tensor) -> Tensor:
    return torch.where(Z > 0, grad_H, 0)


@right("grad_relu", "S255")
def grad_relu_copies_then_zeroes(Z: Tensor, grad_H: Tensor) -> Tensor:
    dinputs = grad_H.clone()
    dinputs[Z <= 0] = 0
    return dinputs


@right("grad_relu", "S220")
def grad_relu_integer_mask(Z: Tensor, grad_H: Tensor) -> Tensor:
    bool_idx = (Z > 0).int()
    return grad_H * bool_idx


@right("grad_relu", "S216")
def grad_relu_clips_then_sets_ones(Z: Tensor, grad_H: Tensor) -> Tensor:
    dydx = Z.detach().clip(min=0)
    dydx[dydx > 0] = 1
    return grad_H * dydx


@right("grad_relu", "S289")
def grad_relu_mask_made_in_numpy(Z: Tensor, grad_H: Tensor) -> Tensor:
    grad_arr = (Z.detach().numpy() > 0).astype(np.float32)
    return torch.from_numpy(grad_arr) * grad_H


@right("grad_relu", "S252")
def grad_relu_mask_in_the_same_dtype(Z: Tensor, grad_H: Tensor) -> Tensor:
    return grad_H * (Z > 0).to(grad_H.dtype)


@right("grad_relu", "S200")
def grad_relu_adds_masked_onto_zeros(Z: Tensor, grad_H: Tensor) -> Tensor:
    dx = torch.zeros_like(grad_H)
    dx += (Z > 0) * grad_H
    return dx


@right("grad_relu", "S274")
def grad_relu_indices_of_the_open_units(Z: Tensor, grad_H: Tensor) -> Tensor:
    ones_idx = torch.where(Z.flatten() > 0)[0]
    mask = torch.zeros(Z.numel(), dtype=grad_H.dtype)
    mask[ones_idx] = 1
    return grad_H * mask.reshape(Z.shape)


@right("grad_relu", "S290")
def grad_relu_number_by_number(Z: Tensor, grad_H: Tensor) -> Tensor:
    def deriv(x: float) -> int:
        return 1 if x > 0 else 0

    slopes = [[deriv(z) for z in row] for row in Z.tolist()]
    return torch.tensor(slopes, dtype=grad_H.dtype) * grad_H


@right("grad_relu", "S215")
def grad_relu_ones_and_zeros_by_where(Z: Tensor, grad_H: Tensor) -> Tensor:
    return torch.where(Z > 0, 1, 0) * grad_H


@wrong(
    "grad_relu",
    "S200",
    fault="passes gradient at zero",
    says="At Z = 0 your mask is open. The convention here, as in PyTorch, is a slope of 0 there.",
)
def grad_relu_greater_or_equal(Z: Tensor, grad_H: Tensor) -> Tensor:
    dx = grad_H * (Z >= 0)  # here
    return dx


@wrong(
    "grad_relu",
    "S207",
    fault="passes gradient at zero",
    says="Zeros everywhere and ones where Z is at least 0: that sets the slope at 0 itself to 1, and it should be 0.",
)
def grad_relu_ones_from_zero_on(Z: Tensor, grad_H: Tensor) -> Tensor:
    grad = torch.zeros_like(Z)
    grad[Z >= 0] = 1  # here
    return grad * grad_H


@wrong(
    "grad_relu",
    "S205",
    fault="passes gradient at zero",
    says="You clear the places where Z is negative. Where Z is exactly 0 the gradient still gets through.",
)
def grad_relu_clears_only_negative(Z: Tensor, grad_H: Tensor) -> Tensor:
    dx = grad_H.clone()
    dx[Z < 0] = 0  # here
    return dx


@wrong(
    "grad_relu",
    "S203",
    fault="changes grad_H, passes at zero",
    says="You write the zeros into grad_H itself, which belongs to the caller. And at Z = 0 the gradient gets through.",
)
def grad_relu_writes_into_upstream(Z: Tensor, grad_H: Tensor) -> Tensor:
    grad_H[Z < 0] = 0  # here
    dx = grad_H
    return dx


@wrong(
    "grad_relu",
    "S204",
    fault="changes its input",
    says="dx = grad_H makes no copy: it is the same tensor under a second name, and your zeros appear in the caller's "
    "grad_H.",
)
def grad_relu_copy_that_is_none(Z: Tensor, grad_H: Tensor) -> Tensor:
    dx = grad_H  # here
    dx[Z <= 0] = 0
    return dx


@wrong(
    "grad_relu",
    "S206",
    fault="half a slope at zero",
    says="The sign of 0 is 0, so your slope there comes out as one half. It is 0 by convention.",
)
def grad_relu_from_the_sign(Z: Tensor, grad_H: Tensor) -> Tensor:
    d_input = (torch.sign(Z) + 1) / 2  # here
    return grad_H * d_input


@wrong(
    "grad_relu",
    "S209",
    fault="value in place of slope",
    says="Where a unit is open you multiply by Z itself. The slope of the ReLU is 1 there: an open unit passes its "
    "gradient on unchanged.",
)
def grad_relu_multiplies_by_the_value(Z: Tensor, grad_H: Tensor) -> Tensor:
    return torch.where(Z > 0, Z, torch.zeros_like(Z)) * grad_H  # here


@wrong(
    "grad_relu",
    "S210",
    fault="upstream gradient dropped",
    says="You return the slope, 0 or 1, and what came from above is gone. By the chain rule the two are multiplied.",
)
def grad_relu_overwrites_with_the_slope(Z: Tensor, grad_H: Tensor) -> Tensor:
    g = torch.empty_like(grad_H)
    for i in range(Z.shape[0]):
        for j in range(Z.shape[1]):
            g[i, j] = 1 if Z[i, j] > 0 else 0  # here
    return g


@wrong(
    "grad_relu",
    "S212",
    fault="mask from the gradient",
    says="You clear the negative entries of the gradient. It is the sign of Z that decides, and a negative gradient "
    "may well pass.",
)
def grad_relu_clears_negative_gradients(Z: Tensor, grad_H: Tensor) -> Tensor:
    grad_Z = grad_H.clone()
    grad_Z[grad_Z < 0] = 0  # here
    return grad_Z


@wrong(
    "grad_relu",
    "S211",
    fault="closes at exact zeros only",
    says="Comparing with 0 is right for the output of a ReLU, where closed units show as zeros. You get Z, the input, "
    "and its closed units are negative.",
)
def grad_relu_clears_where_equal_to_zero(Z: Tensor, grad_H: Tensor) -> Tensor:
    delta = grad_H.clone()
    delta[Z == 0] = 0  # here
    return delta


@wrong(
    "grad_relu",
    "S215",
    fault="negative entries stay in mask",
    says="Positive entries become 1, but the negative ones stay what they are and get multiplied in. This works on "
    "the output of a ReLU, not on Z.",
)
def grad_relu_sets_positive_entries_to_one(Z: Tensor, grad_H: Tensor) -> Tensor:
    out = Z.clone()
    out[out > 0] = 1  # here
    return grad_H * out


@wrong(
    "grad_relu",
    "S214",
    fault="mask softened by epsilon",
    says="The small number in the denominator bends the slope: it is never quite 1, and for tiny positive Z it is far "
    "from it.",
)
def grad_relu_ratio_with_epsilon(Z: Tensor, grad_H: Tensor) -> Tensor:
    rectified = Z.clamp(min=0)
    mask = rectified / (rectified + 1e-7)  # here
    return grad_H * mask


@wrong(
    "grad_relu",
    "S202",
    fault="overwrites z",
    says="You turn Z itself into the mask. The result is right, but the caller's Z is gone afterwards.",
)
def grad_relu_turns_z_into_the_mask(Z: Tensor, grad_H: Tensor) -> Tensor:
    Z[Z < 0] = 0  # here
    Z[Z > 0] = 1  # here
    return grad_H * Z


@wrong(
    "grad_relu",
    "S256",
    fault="leaky slope",
    says="A closed unit of yours still passes a tenth. That is the slope of a leaky ReLU.",
)
def grad_relu_with_a_leak(Z: Tensor, grad_H: Tensor) -> Tensor:
    local = torch.where(Z > 0, 1.0, 0.1).to(grad_H.dtype)  # here
    return local * grad_H


@wrong(
    "grad_relu",
    "S256",
    fault="if on a whole tensor",
    says="An if can ask one question about one number. Z has many, and each of them needs its own decision.",
    raises="RuntimeError",
)
def grad_relu_asks_one_question(Z: Tensor, grad_H: Tensor) -> Any:
    if Z > 0:  # here
        return grad_H
    return torch.zeros_like(grad_H)


@wrong(
    "grad_relu",
    "S229",
    fault="matrix product in place of elementwise",
    says="The mask works element by element. Both tables have the shape (n, h), and a matrix product of them does not "
    "exist.",
    raises="RuntimeError",
)
def grad_relu_dot_with_the_mask(Z: Tensor, grad_H: Tensor) -> Tensor:
    g_prime = (Z > 0).to(grad_H.dtype)
    return torch.matmul(grad_H, g_prime)  # here


@right("backward", "S200")
def backward_row_by_row_of_the_table(
    X: Tensor, Y: Tensor, params: Mapping[str, Tensor], cache: Mapping[str, Tensor], weight_decay: float
) -> Any:
    W1, W2 = params["W1"], params["W2"]
    layer1, layer2 = cache["Z"], cache["H"]
    layer3 = layer2.mm(W2) + params["b2"]
    dlayer3 = 2 * (layer3 - Y) / Y.numel()
    dlayer2 = dlayer3.mm(W2.T)
    dlayer1 = dlayer2 * (layer1 > 0)
    dW1 = X.T.mm(dlayer1)
    dW2 = layer2.T.mm(dlayer3)
    dW1 = dW1 + weight_decay * W1
    dW2 = dW2 + weight_decay * W2
    return {"W1": dW1, "W2": dW2, "b1": torch.sum(dlayer1, dim=0), "b2": torch.sum(dlayer3, dim=0)}


def _linear(x: Tensor, w: Tensor, d_out: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    return d_out @ w.T, x.T @ d_out, d_out.sum(dim=0)


def _rectifier(d_out: Tensor, z: Tensor) -> Tensor:
    return d_out * (z > 0)


@right("backward", "S219")
def backward_calls_layer_functions(
    X: Tensor, Y: Tensor, params: Mapping[str, Tensor], cache: Mapping[str, Tensor], weight_decay: float
) -> Any:
    prediction = cache["H"] @ params["W2"] + params["b2"]
    dy_pred = (prediction - Y) * (2 / (Y.shape[0] * Y.shape[1]))
    grads = {}
    d_a1, grads["W2"], grads["b2"] = _linear(cache["H"], params["W2"], dy_pred)
    d_z1 = _rectifier(d_a1, cache["Z"])
    _, grads["W1"], grads["b1"] = _linear(X, params["W1"], d_z1)
    for name in ("W1", "W2"):
        grads[name] = grads[name] + weight_decay * params[name]
    return grads


@right("backward", "S252")
def backward_clears_where_h_is_zero(
    X: Tensor, Y: Tensor, params: Mapping[str, Tensor], cache: Mapping[str, Tensor], weight_decay: float
) -> Any:
    W1, W2 = params["W1"].detach(), params["W2"].detach()
    h1 = cache["H"].detach()
    score_gradient = h1.mm(W2) + params["b2"].detach() - Y
    score_gradient *= 2
    score_gradient /= score_gradient.numel()
    hidden_gradient = score_gradient.mm(W2.t())
    hidden_gradient[h1 <= 0] = 0
    grads: dict[str, Tensor] = {}
    grads["W2"] = h1.t().mm(score_gradient) + weight_decay * W2
    grads["b2"] = score_gradient.sum(dim=0)
    grads["W1"] = X.t().mm(hidden_gradient) + weight_decay * W1
    grads["b1"] = hidden_gradient.sum(dim=0)
    return grads


@right("backward", "S280")
def backward_in_columns_and_back(
    X: Tensor, Y: Tensor, params: Mapping[str, Tensor], cache: Mapping[str, Tensor], weight_decay: float
) -> Any:
    A1, A0 = cache["H"].T, X.T
    W1, W2 = params["W1"].T, params["W2"].T
    A2 = W2 @ A1 + params["b2"][:, None]
    dz2 = 2 * (A2 - Y.T) / A2.numel()
    dw2 = torch.matmul(A1, dz2.T)
    db2 = torch.sum(dz2, dim=1, keepdim=True)
    dz1 = torch.matmul(W2.T, dz2) * (cache["Z"].T > 0)
    dw1 = torch.matmul(A0, dz1.T)
    db1 = torch.sum(dz1, dim=1, keepdim=True)
    return {
        "W1": dw1 + weight_decay * W1.T,
        "b1": db1.flatten(),
        "W2": dw2 + weight_decay * W2.T,
        "b2": db2.flatten(),
    }


@right("backward", "S289")
def backward_loops_over_examples(
    X: Tensor, Y: Tensor, params: Mapping[str, Tensor], cache: Mapping[str, Tensor], weight_decay: float
) -> Any:
    W1, W2 = params["W1"], params["W2"]
    grad_W1, grad_W2 = weight_decay * W1, weight_decay * W2
    grad_b1, grad_b2 = torch.zeros_like(params["b1"]), torch.zeros_like(params["b2"])
    deri_relu = torch.where(cache["H"] > 0, 1, 0)
    for j in range(X.shape[0]):
        G2 = 2 / Y.numel() * (cache["H"][j] @ W2 + params["b2"] - Y[j])
        grad_W2 = grad_W2 + torch.outer(cache["H"][j], G2)
        G1 = deri_relu[j] * torch.matmul(G2, W2.T)
        grad_W1 = grad_W1 + torch.outer(X[j], G1)
        grad_b1, grad_b2 = grad_b1 + G1, grad_b2 + G2
    return {"W1": grad_W1, "b1": grad_b1, "W2": grad_W2, "b2": grad_b2}


@right("backward", "S278")
def backward_all_in_einsum(
    X: Tensor, Y: Tensor, params: Mapping[str, Tensor], cache: Mapping[str, Tensor], weight_decay: float
) -> Any:
    O = torch.einsum("sh,hq->sq", cache["H"], params["W2"]) + params["b2"]
    delta_L = (O - Y) * 2 / O.numel()
    wT_delt = torch.einsum("hq,sq->sh", params["W2"], delta_L)
    act_prime = (cache["Z"] > 0).to(wT_delt.dtype)
    delta_l = torch.einsum("sh,sh->sh", wT_delt, act_prime)
    return {
        "W1": torch.einsum("sd,sh->dh", X, delta_l) + weight_decay * params["W1"],
        "b1": torch.einsum("sh->h", delta_l),
        "W2": torch.einsum("sh,sq->hq", cache["H"], delta_L) + weight_decay * params["W2"],
        "b2": torch.einsum("sq->q", delta_L),
    }


@right("backward", "S217")
def backward_repeats_into_cubes(
    X: Tensor, Y: Tensor, params: Mapping[str, Tensor], cache: Mapping[str, Tensor], weight_decay: float
) -> Any:
    n, q = Y.shape
    h = params["W2"].shape[0]
    ones = X.new_ones(n, 1)
    X_bar, H_bar = torch.cat((X, ones), dim=1), torch.cat((cache["H"], ones), dim=1)
    W2_bar = torch.cat((params["W2"], params["b2"].reshape(1, q)), dim=0)
    gradient2 = (H_bar @ W2_bar - Y) * 2 / (n * q)
    cube2 = H_bar[:, :, None].repeat(1, 1, q) * gradient2[:, None, :].repeat(1, h + 1, 1)
    final2 = torch.sum(cube2, dim=0)
    gradient1 = torch.matmul(gradient2, params["W2"].T) * (cache["Z"] > 0)
    cube1 = X_bar[:, :, None].repeat(1, 1, h) * gradient1[:, None, :]
    final1 = torch.sum(cube1, dim=0)
    return {
        "W1": final1[:-1] + weight_decay * params["W1"],
        "b1": final1[-1],
        "W2": final2[:-1] + weight_decay * params["W2"],
        "b2": final2[-1],
    }


@right("backward", "S295")
def backward_one_loop_for_both_layers(
    X: Tensor, Y: Tensor, params: Mapping[str, Tensor], cache: Mapping[str, Tensor], weight_decay: float
) -> Any:
    caches = {"A0": X, "Z1": cache["Z"], "A1": cache["H"]}
    Y_hat = cache["H"] @ params["W2"] + params["b2"]
    gradients = {}
    dA = (Y_hat - Y) / Y.numel() * 2
    for i in reversed(range(1, 3)):
        dZ = dA if i == 2 else dA * (caches[f"Z{i}"] > 0)
        A_prev = caches[f"A{i - 1}"]
        gradients[f"W{i}"] = torch.matmul(A_prev.T, dZ) + weight_decay * params[f"W{i}"]
        gradients[f"b{i}"] = torch.sum(dZ, dim=0)
        dA = torch.matmul(dZ, params[f"W{i}"].T)
    return gradients


class _Dense:
    def __init__(self, inputs: Tensor, weights: Tensor) -> None:
        self.inputs, self.weights = inputs, weights

    def backward(self, dvalues: Tensor, regularizer: float) -> Tensor:
        self.dweights = torch.matmul(self.inputs.T, dvalues)
        self.dbiases = torch.sum(dvalues, dim=0)
        if regularizer > 0:
            self.dweights = self.dweights + regularizer * self.weights
        return torch.matmul(dvalues, self.weights.T)


@right("backward", "S255")
def backward_layers_as_objects(
    X: Tensor, Y: Tensor, params: Mapping[str, Tensor], cache: Mapping[str, Tensor], weight_decay: float
) -> Any:
    dense1, dense2 = _Dense(X, params["W1"]), _Dense(cache["H"], params["W2"])
    output = torch.matmul(dense2.inputs, dense2.weights) + params["b2"]
    dinputs = -2 * (Y - output) / len(output[0]) / len(output)
    dinputs = dense2.backward(dinputs, weight_decay)
    drelu = dinputs.clone()
    drelu[cache["Z"] <= 0] = 0
    dense1.backward(drelu, weight_decay)
    return {"W1": dense1.dweights, "b1": dense1.dbiases, "W2": dense2.dweights, "b2": dense2.dbiases}


@wrong(
    "backward",
    "S219",
    fault="penalty forgotten",
    says="J has a second summand, the penalty, and each weight matrix gets a gradient from it. weight_decay does not "
    "occur in your answer.",
)
def backward_of_the_loss_only(
    X: Tensor, Y: Tensor, params: Mapping[str, Tensor], cache: Mapping[str, Tensor], weight_decay: float
) -> Any:
    dq = 2 * (cache["H"] @ params["W2"] + params["b2"] - Y) / Y.numel()
    dh1 = dq @ params["W2"].T
    dz1 = dh1 * (cache["Z"] > 0)
    return {
        "W1": X.T @ dz1,  # here
        "b1": dz1.sum(dim=0),
        "W2": cache["H"].T @ dq,  # here
        "b2": dq.sum(dim=0),
    }


@wrong(
    "backward",
    "S233",
    fault="scales of another course",
    says="The scales are those of another course: (A - Y) / m and a penalty over m. Here the loss is the mean over "
    "all elements without a half, and the penalty is not divided at all.",
)
def backward_with_one_over_m_everywhere(
    X: Tensor, Y: Tensor, params: Mapping[str, Tensor], cache: Mapping[str, Tensor], weight_decay: float
) -> Any:
    m = X.shape[0]
    W1, W2, A1 = params["W1"], params["W2"], cache["H"]
    A2 = A1 @ W2 + params["b2"]
    dZ2 = A2 - Y  # here
    dW2 = 1.0 / m * torch.matmul(A1.T, dZ2) + weight_decay / m * W2  # here
    db2 = 1.0 / m * torch.sum(dZ2, dim=0)
    dA1 = torch.matmul(dZ2, W2.T)
    dZ1 = torch.multiply(dA1, (A1 > 0).to(dA1.dtype))
    dW1 = 1.0 / m * torch.matmul(X.T, dZ1) + weight_decay / m * W1  # here
    db1 = 1.0 / m * torch.sum(dZ1, dim=0)
    return {"W1": dW1, "b1": db1, "W2": dW2, "b2": db2}


@wrong(
    "backward",
    "S252",
    fault="penalty twice too large",
    says="The 2 of the square and the one half of the penalty cancel. You left the 2 in, so the weights are pulled "
    "back twice as hard.",
)
def backward_two_reg_w(
    X: Tensor, Y: Tensor, params: Mapping[str, Tensor], cache: Mapping[str, Tensor], weight_decay: float
) -> Any:
    O = cache["H"] @ params["W2"] + params["b2"]
    dscores = (O - Y) * 2 / Y.numel()
    dW2 = cache["H"].t().mm(dscores) + weight_decay * 2 * params["W2"]  # here
    relu_temp = dscores.mm(params["W2"].t()) * (cache["H"] > 0)
    dW1 = X.t().mm(relu_temp) + weight_decay * 2 * params["W1"]  # here
    return {"W1": dW1, "W2": dW2, "b1": relu_temp.sum(dim=0), "b2": dscores.sum(dim=0)}


@wrong(
    "backward",
    "S250",
    fault="penalty subtracted",
    says="You subtract the share of the penalty. It is a gradient like the other one and is added; with your sign the "
    "weights are pushed away from zero.",
)
def backward_subtracts_the_penalty(
    X: Tensor, Y: Tensor, params: Mapping[str, Tensor], cache: Mapping[str, Tensor], weight_decay: float
) -> Any:
    output_grad = 2 * (cache["H"] @ params["W2"] + params["b2"] - Y) / Y.numel()
    dW2 = torch.matmul(cache["H"].T, output_grad) - weight_decay * params["W2"]  # here
    db2 = torch.sum(output_grad, dim=0)
    output_grad = torch.matmul(output_grad, params["W2"].T) * (cache["Z"] > 0)
    dW1 = torch.matmul(X.T, output_grad) - weight_decay * params["W1"]  # here
    db1 = torch.sum(output_grad, dim=0)
    return {"W1": dW1, "b1": db1, "W2": dW2, "b2": db2}


@wrong(
    "backward",
    "S255",
    fault="penalty on biases",
    says="The penalty does not hold the biases, so their gradients get nothing from it. You add weight_decay times "
    "the parameter to all four.",
)
def backward_decays_every_parameter(
    X: Tensor, Y: Tensor, params: Mapping[str, Tensor], cache: Mapping[str, Tensor], weight_decay: float
) -> Any:
    e = 2 * (cache["H"] @ params["W2"] + params["b2"] - Y) / Y.numel()
    d = (e @ params["W2"].T) * (cache["Z"] > 0)
    dW = {"W1": X.T @ d, "b1": d.sum(0), "W2": cache["H"].T @ e, "b2": e.sum(0)}
    return {name: grad + weight_decay * params[name] for name, grad in dW.items()}  # here


@wrong(
    "backward",
    "S231",
    fault="divides by batch size again",
    says="The batch size comes in once, with the loss. You divide by it again on the way to the hidden layer, and so "
    "W1 and b1 are too small while W2 and b2 are right.",
)
def backward_extra_division_below(
    X: Tensor, Y: Tensor, params: Mapping[str, Tensor], cache: Mapping[str, Tensor], weight_decay: float
) -> Any:
    m = X.shape[0]
    dZ2 = 2 * (cache["H"] @ params["W2"] + params["b2"] - Y) / Y.numel()
    dW2 = torch.matmul(cache["H"].T, dZ2) + weight_decay * params["W2"]
    db2 = torch.sum(dZ2, dim=0)
    step1 = torch.matmul(dZ2, params["W2"].T)
    step2 = (cache["Z"] > 0).to(step1.dtype)
    dZ1 = 1 / m * torch.multiply(step1, step2)  # here
    dW1 = torch.matmul(X.T, dZ1) + weight_decay * params["W1"]
    return {"W1": dW1, "b1": torch.sum(dZ1, dim=0), "W2": dW2, "b2": db2}


@wrong(
    "backward",
    "S230",
    fault="gradient of weights for weights",
    says="On the way down you multiply by dW2. What the error goes through is W2 itself.",
)
def backward_dw2_in_place_of_w2(
    X: Tensor, Y: Tensor, params: Mapping[str, Tensor], cache: Mapping[str, Tensor], weight_decay: float
) -> Any:
    A1 = cache["H"]
    dZ2 = 2 / Y.numel() * (A1 @ params["W2"] + params["b2"] - Y)
    dW2 = torch.matmul(A1.T, dZ2)
    dZ1 = torch.matmul(dZ2, dW2.T) * (A1 > 0)  # here
    dW1 = torch.matmul(X.T, dZ1)
    return {
        "W1": dW1 + weight_decay * params["W1"],
        "b1": torch.sum(dZ1, dim=0),
        "W2": dW2 + weight_decay * params["W2"],
        "b2": torch.sum(dZ2, dim=0),
    }


@wrong(
    "backward",
    "S246",
    fault="changes weights before going on",
    says="You move the output weights first and then send the error down through the moved ones. First all gradients, "
    "then all steps; and the step is not asked for here, it changes the caller's parameters.",
)
def backward_adjusts_output_layer_first(
    X: Tensor, Y: Tensor, params: Mapping[str, Tensor], cache: Mapping[str, Tensor], weight_decay: float
) -> Any:
    with torch.no_grad():
        output_deltas = 2 * (cache["H"] @ params["W2"] + params["b2"] - Y) / Y.numel()
        grads = {"W2": cache["H"].T @ output_deltas + weight_decay * params["W2"], "b2": output_deltas.sum(0)}
        params["W2"].sub_(0.1 * grads["W2"])  # here
        hidden_deltas = (output_deltas @ params["W2"].T) * (cache["Z"] > 0)
        grads["W1"] = X.T @ hidden_deltas + weight_decay * params["W1"]
        grads["b1"] = hidden_deltas.sum(0)
    return grads


@wrong(
    "backward",
    "S264",
    fault="mask open everywhere",
    says="You ask where H is at least 0. H comes out of a ReLU, so that is true everywhere, and closed units pass the "
    "error as if they were open.",
)
def backward_asks_where_h_is_not_negative(
    X: Tensor, Y: Tensor, params: Mapping[str, Tensor], cache: Mapping[str, Tensor], weight_decay: float
) -> Any:
    def relu2deriv(output: Tensor) -> Tensor:
        return output >= 0  # here

    layer_1 = cache["H"]
    layer_2_delta = (layer_1 @ params["W2"] + params["b2"] - Y) * 2 / Y.numel()
    layer_1_delta = layer_2_delta.matmul(params["W2"].T) * relu2deriv(layer_1)
    return {
        "W1": X.T.matmul(layer_1_delta) + weight_decay * params["W1"],
        "b1": layer_1_delta.sum(dim=0),
        "W2": layer_1.T.matmul(layer_2_delta) + weight_decay * params["W2"],
        "b2": layer_2_delta.sum(dim=0),
    }


@wrong(
    "backward",
    "S256",
    fault="slope of relu forgotten",
    says="Between the two affine maps there is a ReLU, and your error walks past it. Closed units must not pass "
    "anything on.",
)
def backward_ignores_the_activation(
    X: Tensor, Y: Tensor, params: Mapping[str, Tensor], cache: Mapping[str, Tensor], weight_decay: float
) -> Any:
    nodes = [X, cache["H"], cache["H"] @ params["W2"] + params["b2"]]
    d_b2 = -2 * (Y - nodes[-1]) / Y.numel()
    d_w2 = nodes[1].T @ d_b2
    d_b1 = d_b2 @ params["W2"].T  # here
    d_w1 = nodes[0].T @ d_b1
    return {
        "W1": d_w1 + weight_decay * params["W1"],
        "b1": d_b1.sum(dim=0),
        "W2": d_w2 + weight_decay * params["W2"],
        "b2": d_b2.sum(dim=0),
    }


@wrong(
    "backward",
    "S273",
    fault="slope of tanh for relu",
    says="1 - a² is the slope of a tanh. The hidden units here are ReLUs.",
)
def backward_with_tanh_slope(
    X: Tensor, Y: Tensor, params: Mapping[str, Tensor], cache: Mapping[str, Tensor], weight_decay: float
) -> Any:
    a1 = cache["H"]
    delta3 = (a1.matmul(params["W2"]) + params["b2"] - Y) * 2 / Y.numel()
    dW2 = (a1.T).matmul(delta3)
    db2 = torch.sum(delta3, dim=0)
    delta2 = delta3.matmul(params["W2"].T) * (1 - torch.pow(a1, 2))  # here
    dW1 = torch.matmul(X.T, delta2)
    db1 = torch.sum(delta2, dim=0)
    dW2 = dW2 + weight_decay * params["W2"]
    dW1 = dW1 + weight_decay * params["W1"]
    return {"W1": dW1, "b1": db1, "W2": dW2, "b2": db2}


@wrong(
    "backward",
    "S232",
    fault="multiplied by z as well",
    says="g'(Z) means: the slope, taken at Z. It is not the slope times Z. You multiplied by Z once too often.",
)
def backward_reads_g_prime_as_product(
    X: Tensor, Y: Tensor, params: Mapping[str, Tensor], cache: Mapping[str, Tensor], weight_decay: float
) -> Any:
    Z1, A1 = cache["Z"], cache["H"]
    dZ2 = (torch.matmul(A1, params["W2"]) + params["b2"] - Y) * (2 / Y.numel())
    g_prime = (Z1 > 0).to(Z1.dtype)
    dZ1 = torch.matmul(dZ2, params["W2"].T) * g_prime * Z1  # here
    return {
        "W1": torch.matmul(X.T, dZ1) + weight_decay * params["W1"],
        "b1": torch.sum(dZ1, dim=0),
        "W2": torch.matmul(A1.T, dZ2) + weight_decay * params["W2"],
        "b2": torch.sum(dZ2, dim=0),
    }


@wrong(
    "backward",
    "S229",
    fault="matrix product in place of elementwise",
    says="Of the two multiplications on the way to the hidden layer only the first is a matrix product. The second, "
    "with the slope, goes element by element.",
    raises="RuntimeError",
)
def backward_dot_for_both_products(
    X: Tensor, Y: Tensor, params: Mapping[str, Tensor], cache: Mapping[str, Tensor], weight_decay: float
) -> Any:
    A1 = cache["H"]
    dZ2 = 2 * (A1 @ params["W2"] + params["b2"] - Y) / Y.numel()
    dZ1 = torch.mm(torch.mm(dZ2, params["W2"].T), (A1 > 0).to(A1.dtype))  # here
    return {
        "W1": torch.mm(X.T, dZ1) + weight_decay * params["W1"],
        "b1": torch.sum(dZ1, dim=0),
        "W2": torch.mm(A1.T, dZ2) + weight_decay * params["W2"],
        "b2": torch.sum(dZ2, dim=0),
    }


@wrong(
    "backward",
    "S225",
    fault="bias summed over everything",
    says="np.sum without an axis: both biases get a single number, the sum over all units and examples, in place of "
    "one for each unit.",
)
def backward_bias_sum_of_everything(
    X: Tensor, Y: Tensor, params: Mapping[str, Tensor], cache: Mapping[str, Tensor], weight_decay: float
) -> Any:
    dZ2 = 2 / Y.numel() * (cache["H"].matmul(params["W2"]) + params["b2"] - Y)
    dW2 = cache["H"].T.matmul(dZ2) + weight_decay * params["W2"]
    db2 = torch.sum(dZ2)  # here
    dZ1 = dZ2.matmul(params["W2"].T) * (cache["Z"] > 0)
    dW1 = X.T.matmul(dZ1) + weight_decay * params["W1"]
    db1 = torch.sum(dZ1)  # here
    return {"W1": dW1, "b1": db1, "W2": dW2, "b2": db2}


@wrong(
    "backward",
    "S222",
    fault="bias averaged over examples",
    says="The mean is already part of the error at the output. Averaging once more makes b1 and b2 n times too small; "
    "the paths of all examples add up.",
)
def backward_bias_by_mean(
    X: Tensor, Y: Tensor, params: Mapping[str, Tensor], cache: Mapping[str, Tensor], weight_decay: float
) -> Any:
    d_h4 = 2 * (cache["H"] @ params["W2"] + params["b2"] - Y) / Y.numel()
    d_h3 = d_h4 @ params["W2"].T
    d_h2 = d_h3 * (cache["Z"] > 0)
    return {
        "W1": X.T @ d_h2 + weight_decay * params["W1"],
        "b1": d_h2.mean(dim=0),  # here
        "W2": cache["H"].T @ d_h4 + weight_decay * params["W2"],
        "b2": d_h4.mean(dim=0),  # here
    }


@wrong(
    "backward",
    "S239",
    fault="bias not summed",
    says="For each bias you return a whole table, a row for each example. It is one bias for all of them: the rows "
    "have to be added.",
)
def backward_bias_as_whole_matrix(
    X: Tensor, Y: Tensor, params: Mapping[str, Tensor], cache: Mapping[str, Tensor], weight_decay: float
) -> Any:
    dz2 = 2 * (cache["H"] @ params["W2"] + params["b2"] - Y) / Y.numel()
    db2 = dz2  # here
    dz1 = (dz2 @ params["W2"].T) * (cache["Z"] > 0)
    db1 = dz1  # here
    dw2 = torch.matmul(torch.transpose(cache["H"], 0, 1), dz2) + weight_decay * params["W2"]
    dw1 = torch.matmul(torch.transpose(X, 0, 1), dz1) + weight_decay * params["W1"]
    return {"W1": dw1, "b1": db1, "W2": dw2, "b2": db2}


@wrong(
    "backward",
    "S235",
    fault="stray constant factors",
    says="A 2 has slipped into one weight gradient and a 4 into one bias gradient. A gradient check finds such "
    "factors at once.",
)
def backward_with_stray_factors(
    X: Tensor, Y: Tensor, params: Mapping[str, Tensor], cache: Mapping[str, Tensor], weight_decay: float
) -> Any:
    dZ2 = 2 / Y.numel() * (cache["H"] @ params["W2"] + params["b2"] - Y)
    dW2 = torch.matmul(cache["H"].T, dZ2) * 2 + weight_decay * params["W2"]  # here
    db2 = torch.sum(dZ2, dim=0)
    dA1 = torch.matmul(dZ2, params["W2"].T)
    dZ1 = torch.multiply(dA1, (cache["H"] > 0).long())
    dW1 = torch.matmul(X.T, dZ1) + weight_decay * params["W1"]
    db1 = 4.0 * torch.sum(dZ1, dim=0)  # here
    return {"W1": dW1, "b1": db1, "W2": dW2, "b2": db2}


@wrong(
    "backward",
    "S236",
    fault="gradients under other keys",
    says="The gradients are to come under the keys of params. You call them dW1, db1 and so on, and a step would not "
    "find them.",
)
def backward_names_keys_with_d(
    X: Tensor, Y: Tensor, params: Mapping[str, Tensor], cache: Mapping[str, Tensor], weight_decay: float
) -> Any:
    dZ2 = 2 / Y.numel() * (cache["H"] @ params["W2"] + params["b2"] - Y)
    dZ1 = torch.multiply(torch.matmul(dZ2, params["W2"].T), cache["Z"] > 0)
    grads = {"dW1": torch.matmul(X.T, dZ1) + weight_decay * params["W1"], "db1": dZ1.sum(0)}  # here
    grads["dW2"] = torch.matmul(cache["H"].T, dZ2) + weight_decay * params["W2"]  # here
    grads["db2"] = dZ2.sum(0)  # here
    return grads


@wrong(
    "backward",
    "S279",
    fault="sign flipped, scale missing",
    says="With error = target minus output everything below points downhill, and the penalty still points uphill. "
    "Also, the factor of the mean squared error is missing.",
)
def backward_from_target_minus_output(
    X: Tensor, Y: Tensor, params: Mapping[str, Tensor], cache: Mapping[str, Tensor], weight_decay: float
) -> Any:
    error = Y - (cache["H"] @ params["W2"] + params["b2"])  # here
    output_error_term = error
    hidden_error = torch.matmul(error, params["W2"].T)
    hidden_error_term = hidden_error * (cache["Z"] > 0)
    delta_weights_h_o = (cache["H"][:, :, None] * output_error_term[:, None, :]).sum(dim=0)
    delta_weights_i_h = (X[:, :, None] * hidden_error_term[:, None, :]).sum(dim=0)
    return {
        "W1": delta_weights_i_h + weight_decay * params["W1"],
        "b1": hidden_error_term.sum(dim=0),
        "W2": delta_weights_h_o + weight_decay * params["W2"],
        "b2": output_error_term.sum(dim=0),
    }


@wrong(
    "backward",
    "S227",
    fault="divides by batch size only",
    says="You divide the error by the number of examples. The loss is the mean over all n q elements, so with two "
    "outputs everything but the penalty is twice too long.",
)
def backward_error_over_rows(
    X: Tensor, Y: Tensor, params: Mapping[str, Tensor], cache: Mapping[str, Tensor], weight_decay: float
) -> Any:
    y_pred = cache["H"] @ params["W2"] + params["b2"]
    grad_y_pred = 2 * (y_pred - Y) / Y.shape[0]  # here
    grad_a1 = grad_y_pred @ params["W2"].T
    grad_z1 = grad_a1 * (cache["Z"] > 0).to(X.dtype)
    return {
        "W2": cache["H"].T @ grad_y_pred + weight_decay * params["W2"],
        "W1": X.T @ grad_z1 + weight_decay * params["W1"],
        "b2": grad_y_pred.sum(dim=0),
        "b1": grad_z1.sum(dim=0),
    }


@wrong(
    "backward",
    "S249",
    fault="mean not accounted for",
    says="2 (O - Y) is the gradient of the sum of squares. The loss is a mean, and its division is missing in "
    "everything that follows.",
)
def backward_of_the_sum_of_squares(
    X: Tensor, Y: Tensor, params: Mapping[str, Tensor], cache: Mapping[str, Tensor], weight_decay: float
) -> Any:
    y_pred = cache["H"].mm(params["W2"]) + params["b2"]
    grad_y_pred = 2.0 * (y_pred - Y)  # here
    grad_w2 = cache["H"].t().mm(grad_y_pred)
    grad_h = grad_y_pred.mm(params["W2"].t()).clone()
    grad_h[cache["Z"] <= 0] = 0
    grad_w1 = X.t().mm(grad_h)
    return {
        "W1": grad_w1 + weight_decay * params["W1"],
        "b1": grad_h.sum(dim=0),
        "W2": grad_w2 + weight_decay * params["W2"],
        "b2": grad_y_pred.sum(dim=0),
    }


@wrong(
    "backward",
    "S242",
    fault="error skips the output weights",
    says="You compute hidden_error and then go on with the error of the output. What arrives at the hidden units has "
    "to come through W2.",
    raises="RuntimeError",
)
def backward_goes_on_with_output_error(
    X: Tensor, Y: Tensor, params: Mapping[str, Tensor], cache: Mapping[str, Tensor], weight_decay: float
) -> Any:
    error = 2 * (cache["H"] @ params["W2"] + params["b2"] - Y) / Y.numel()
    hidden_error = torch.matmul(error, params["W2"].T)
    delta_hidden = error * (cache["Z"] > 0)  # here
    return {
        "W1": X.T @ delta_hidden + weight_decay * params["W1"],
        "b1": delta_hidden.sum(0),
        "W2": cache["H"].T @ error + weight_decay * params["W2"],
        "b2": error.sum(0),
        "H": hidden_error,
    }


@wrong(
    "backward",
    "S218",
    fault="overwrites the cache",
    says="Your derivative of the ReLU writes its zeros and ones into the Z that it gets. The gradients are right, but "
    "the cache of the forward pass is destroyed.",
)
def backward_turns_cached_z_into_ones(
    X: Tensor, Y: Tensor, params: Mapping[str, Tensor], cache: Mapping[str, Tensor], weight_decay: float
) -> Any:
    def relu_gradient(inputs: Tensor) -> Tensor:
        inputs[inputs <= 0] = 0  # here
        inputs[inputs > 0] = 1  # here
        return inputs

    delta2 = 2 * (cache["H"] @ params["W2"] + params["b2"] - Y) / Y.numel()
    delta1 = (delta2 @ params["W2"].T) * relu_gradient(cache["Z"])
    return {
        "W1": X.T @ delta1 + weight_decay * params["W1"],
        "b1": torch.sum(delta1, dim=0),
        "W2": cache["H"].T @ delta2 + weight_decay * params["W2"],
        "b2": torch.sum(delta2, dim=0),
    }


@wrong(
    "backward",
    "S214",
    fault="lets autograd do it",
    says="loss.backward() gives the right numbers, but the task is to find them by hand. Autograd is what you check "
    "them against.",
)
def backward_calls_loss_backward(
    X: Tensor, Y: Tensor, params: Mapping[str, Tensor], cache: Mapping[str, Tensor], weight_decay: float
) -> Any:
    leaves = {name: p.detach().clone().requires_grad_() for name, p in params.items()}
    hidden = torch.relu(X @ leaves["W1"] + leaves["b1"])
    out = hidden @ leaves["W2"] + leaves["b2"]
    loss = ((out - Y) ** 2).mean()
    loss = loss + weight_decay / 2 * ((leaves["W1"] ** 2).sum() + (leaves["W2"] ** 2).sum())
    loss.backward()  # here
    return {name: leaf.grad for name, leaf in leaves.items()}


@wrong(
    "backward",
    "S236",
    fault="expects output in the cache",
    says="The cache holds Z and H and nothing else for certain. The outputs follow from H, so they have to be "
    "computed here.",
    raises="KeyError",
)
def backward_reads_a2_from_cache(
    X: Tensor, Y: Tensor, params: Mapping[str, Tensor], cache: Mapping[str, Tensor], weight_decay: float
) -> Any:
    A1, A2 = cache["H"], cache["O"]  # here
    dZ2 = 2 / Y.numel() * (A2 - Y)
    dZ1 = torch.matmul(dZ2, params["W2"].T) * (A1 > 0)
    return {
        "W1": torch.matmul(X.T, dZ1) + weight_decay * params["W1"],
        "b1": torch.sum(dZ1, dim=0),
        "W2": torch.matmul(A1.T, dZ2) + weight_decay * params["W2"],
        "b2": torch.sum(dZ2, dim=0),
    }


@wrong(
    "backward",
    "S248",
    fault="slope of a sigmoid at the output",
    says="The output of this network has no activation function, so there is no slope to multiply with. O (1 - O) "
    "belongs to a sigmoid.",
)
def backward_sigmoid_slope_at_the_top(
    X: Tensor, Y: Tensor, params: Mapping[str, Tensor], cache: Mapping[str, Tensor], weight_decay: float
) -> Any:
    output = cache["H"] @ params["W2"] + params["b2"]
    err = 2 * (output - Y) / Y.numel()
    del4 = err * output * (1 - output)  # here
    del3 = torch.matmul(params["W2"], del4.T) * (cache["Z"].T > 0)
    return {
        "W1": torch.matmul(X.T, del3.T) + weight_decay * params["W1"],
        "b1": del3.sum(dim=1),
        "W2": torch.matmul(cache["H"].T, del4) + weight_decay * params["W2"],
        "b2": del4.sum(dim=0),
    }


@wrong(
    "backward",
    "S259",
    fault="penalty against the descent direction",
    says="Your error is target minus output, a step downhill, and to it you add the penalty as a gradient. The two "
    "have opposite signs: the penalty makes the weights grow.",
)
def backward_mixes_step_and_gradient(
    X: Tensor, Y: Tensor, params: Mapping[str, Tensor], cache: Mapping[str, Tensor], weight_decay: float
) -> Any:
    m, _ = X.shape
    layer_outputs = [X, cache["H"], cache["H"].matmul(params["W2"]) + params["b2"]]
    delta = Y - layer_outputs[-1]  # here
    grads = {}
    for i in (2, 1):
        dW = layer_outputs[i - 1].T.matmul(delta)
        grads[f"W{i}"] = dW + weight_decay / m * params[f"W{i}"]  # here
        grads[f"b{i}"] = delta.sum(dim=0)
        if i == 2:
            delta = delta.matmul(params["W2"].T) * (cache["Z"] > 0)
    return grads
