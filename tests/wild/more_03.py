"""More answers of others to the exercises of lesson 03, half-finished ones among them; long because it is a list."""

from __future__ import annotations

import copy
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
import torch
from torch import Tensor

from tests.wild.entries import right, wrong


@wrong(
    "forward",
    "S528",
    fault="returns nothing",
    says="You compute the output and give it a name, but the function ends without a return, so the caller gets None.",
)
def forward_without_a_return(X: Tensor, params: Mapping[str, Tensor]) -> Any:
    Z = X @ params["W1"] + params["b1"]
    H = torch.clamp(Z, min=0)
    layers = {"in": X, "hidden": H}
    layers["out"] = H @ params["W2"] + params["b2"]  # here


@wrong(
    "forward",
    "S529",
    fault="three values, output last",
    says="You return z, a and the prediction, in the order in which they arise. Asked for is the output first and then one "
    "dict with Z and H.",
)
def forward_returns_what_it_met(X: Tensor, params: Mapping[str, Tensor]) -> Any:
    z0 = X @ params["W1"] + params["b1"]
    a0 = torch.where(z0 > 0, z0, torch.zeros_like(z0))
    pred = a0 @ params["W2"] + params["b2"]
    return z0, a0, pred  # here


@wrong(
    "forward",
    "S530",
    fault="keeps activations, returns none",
    says="The activations of both layers lie in a dict that nobody outside can see: nothing is returned. The biases never "
    "come in, either.",
)
def forward_keeps_it_for_itself(X: Tensor, params: Mapping[str, Tensor]) -> Any:
    activations = {}
    x = X
    for i, name in enumerate(("W1", "W2")):
        if i != 0:
            x = activations[i - 1]
        z = x @ params[name]  # here
        activations[i] = torch.relu(z) if i == 0 else z  # here


@wrong(
    "forward",
    "S509",
    fault="second half not implemented",
    says="The hidden layer is done. The line that raises stands where the output layer belongs.",
    raises="NotImplementedError",
)
def forward_second_layer_still_raises(X: Tensor, params: Mapping[str, Tensor]) -> Any:
    cache = {"X": X, "Z": X @ params["W1"] + params["b1"]}
    cache["H"] = torch.relu(cache["Z"])
    raise NotImplementedError  # here


@wrong(
    "forward",
    "S531",
    fault="asks a tensor whether it is true",
    says="if b: asks whether the whole bias is true, which has no single answer for several numbers. Ask whether it is "
    "there, with is not None; here it always is.",
    raises="RuntimeError",
)
def forward_asks_if_there_is_a_bias(X: Tensor, params: Mapping[str, Tensor]) -> Any:
    def linear(A: Tensor, W: Tensor, b: Tensor) -> Tensor:
        mulA = torch.matmul(A, W)
        if b:  # here
            return mulA + b.broadcast_to(mulA.shape)
        return mulA

    Z = linear(X, params["W1"], params["b1"])
    H = torch.relu(Z)
    return linear(H, params["W2"], params["b2"]), {"Z": Z, "H": H}


@right("grad_linear", "S532")
def grad_linear_transposes_where_matlab_does(X: Tensor, W: Tensor, grad_O: Tensor) -> tuple[Tensor, ...]:
    in_columns, dscores = X.T, grad_O.T
    dW = in_columns @ dscores.T
    db = torch.sum(dscores, 1)
    dX = W @ dscores
    return dX.T, dW, db


@wrong(
    "grad_linear",
    "S510",
    fault="bias gradient is a column",
    says="The product with a column of ones sums over the examples, but leaves a matrix of shape (q, 1). The bias has one "
    "dimension, so its gradient has, too.",
)
def grad_linear_bias_by_a_column_of_ones(X: Tensor, W: Tensor, grad_O: Tensor) -> tuple[Tensor, ...]:
    ones_N = torch.ones((grad_O.shape[0], 1), dtype=grad_O.dtype)
    dA = grad_O @ W.T
    dW = X.T @ grad_O
    db = grad_O.T @ ones_N  # here
    return dA, dW, db


@wrong(
    "grad_linear",
    "S528",
    fault="learns, returns the input gradient only",
    says="You take a step with the weights and return a single gradient. Here nothing is to be changed, and all three "
    "gradients go back.",
)
def grad_linear_takes_the_step_itself(X: Tensor, W: Tensor, grad_O: Tensor, learning_rate: float = 0.1) -> Tensor:
    weights_gradient = X.T @ grad_O
    input_gradient = grad_O @ W.T
    with torch.no_grad():
        W -= learning_rate * weights_gradient  # here
    return input_gradient  # here


@wrong(
    "grad_linear",
    "S533",
    fault="catches its error and prints",
    says="The shapes do not fit, because your rows and columns are those of another book. Your except turns the error "
    "into a sentence and the result into None; without it you would have seen the line.",
)
def grad_linear_prints_cannot_backward(X: Tensor, W: Tensor, grad_O: Tensor) -> Any:
    try:
        dweights = grad_O @ X.T  # here
        dbiases = torch.sum(grad_O, dim=1, keepdim=True)
        return W.T @ grad_O, dweights, dbiases
    except Exception:
        print("Error: can't backward the layer")


@wrong(
    "grad_linear",
    "S534",
    fault="only the input gradient returned",
    says="dW and db are computed and stay inside. In your class they went to self; here they must be returned.",
)
def grad_linear_dw_and_db_stay_inside(X: Tensor, W: Tensor, grad_O: Tensor) -> Tensor:
    layer = {"W": W, "x": X}
    dx = grad_O @ W.T
    layer["dW"] = X.T @ grad_O
    layer["db"] = grad_O.sum(dim=0)
    return dx  # here


@wrong(
    "grad_linear",
    "S535",
    fault="elementwise in place of matrix product",
    says="Two letters side by side in the formula mean a matrix product. np.multiply goes element by element, and these "
    "shapes do not even fit for that.",
    raises="RuntimeError",
)
def grad_linear_multiply_as_in_the_thread(X: Tensor, W: Tensor, grad_O: Tensor) -> tuple[Tensor, ...]:
    m = X.shape[0]
    dW = 1 / m * torch.multiply(X, grad_O)  # here
    db = 1 / m * torch.sum(grad_O, dim=0)
    dX = torch.multiply(grad_O, W.T)
    return dX, dW, db


@wrong(
    "grad_linear",
    "S536",
    fault="two results only",
    says="The sum node of your framework adds the bias, so this one knows products only. Here the bias is part of the "
    "layer, and its gradient is missing.",
)
def grad_linear_without_the_bias_node(X: Tensor, W: Tensor, grad_O: Tensor) -> Any:
    return [grad_O @ W.T, X.T @ grad_O]  # here


@right("grad_relu", "S537")
def grad_relu_where_relu_is_not_zero(Z: Tensor, grad_H: Tensor) -> Tensor:
    out = torch.relu(Z)
    return torch.where(out != 0.0, grad_H, 0.0)


@right("grad_relu", "S523")
def grad_relu_ones_times_upstream(Z: Tensor, grad_H: Tensor) -> Tensor:
    dx = torch.zeros_like(Z)
    dx[Z > 0.0] = 1
    dx *= grad_H
    return dx


@wrong(
    "grad_relu",
    "S538",
    fault="result never returned",
    says="The masking is right, and then nothing is returned. It also went into the caller's gradient, since no copy was "
    "made.",
)
def grad_relu_ends_after_masking(Z: Tensor, grad_H: Tensor) -> Any:
    mask = Z <= 0
    grad_H[mask] = 0  # here


@wrong(
    "grad_relu",
    "S539",
    fault="packed into a tuple",
    says="The gradient is right, but the comma makes a tuple of it. Give the tensor back by itself.",
)
def grad_relu_in_a_tuple_of_one(Z: Tensor, grad_H: Tensor) -> Any:
    return (grad_H * torch.where(Z > 0, 1, 0),)  # here


@wrong(
    "grad_relu",
    "S540",
    fault="cut to integers",
    says="int throws the digits behind the point away: a gradient of 0.9 becomes 0. Leave it in floating point.",
)
def grad_relu_cut_to_integers(Z: Tensor, grad_H: Tensor) -> Tensor:
    dvalue = torch.where(Z > 0, 1, 0)
    return (dvalue * grad_H).int()  # here


@wrong(
    "grad_relu",
    "S525",
    fault="value in place of slope",
    says="Where z is positive you multiply by z. The slope there is 1: the gradient passes as it is.",
)
def grad_relu_where_z_stays(Z: Tensor, grad_H: Tensor) -> Tensor:
    assert Z.shape == grad_H.shape
    return torch.where(Z > 0, Z, 0) * grad_H  # here


@wrong(
    "backward",
    "S542",
    fault="name of a weight that is not there",
    says="w1 and w0 are not defined in this function; the weights are in params. Somewhere else in your notebook there "
    "are variables of that name, which hides it.",
    raises="NameError",
)
def backward_decays_a_global(
    X: Tensor, Y: Tensor, params: Mapping[str, Tensor], cache: Mapping[str, Tensor], weight_decay: float
) -> dict[str, Tensor]:
    O = cache["H"] @ params["W2"] + params["b2"]
    d2 = 2 * (O - Y) / O.numel()
    dw1 = cache["H"].T @ d2
    d1 = (d2 @ params["W2"].T) * (cache["Z"] > 0)
    dw0 = X.T @ d1
    dw1 += weight_decay * w1  # noqa: F821  # here
    dw0 += weight_decay * w0  # noqa: F821  # here
    return {"W1": dw0, "b1": d1.sum(0), "W2": dw1, "b2": d2.sum(0)}


@wrong(
    "backward",
    "S543",
    fault="none left in two lines",
    says="The error at the output is there. The two lines with None are still the gaps that you are to fill.",
    raises="TypeError",
)
def backward_adds_none(
    X: Tensor, Y: Tensor, params: Mapping[str, Tensor], cache: Mapping[str, Tensor], weight_decay: float
) -> dict[str, Tensor]:
    grads = {name: torch.zeros_like(value) for name, value in params.items()}
    error = 2 * (cache["H"] @ params["W2"] + params["b2"] - Y) / Y.numel()
    print(f"error.shape = {error.shape}")
    grads["W2"] += cache["H"].T @ error
    grads["b2"] += error.sum(0)
    grads["W1"] += None  # here
    grads["b1"] += None  # here
    return grads


@wrong(
    "backward",
    "S544",
    fault="value in place of slope",
    says="On its way down the error is multiplied by the activation; it should be the slope of ReLU, which is 0 or 1. "
    "The gradients of the upper layer are right.",
)
def backward_times_previous_activation(
    X: Tensor, Y: Tensor, params: Mapping[str, Tensor], cache: Mapping[str, Tensor], weight_decay: float
) -> dict[str, Tensor]:
    O = cache["H"] @ params["W2"] + params["b2"]
    curr_err = (O - Y) * 2 / O.numel()
    w_grad = [cache["H"].T @ curr_err + weight_decay * params["W2"]]
    b_grad = [curr_err.sum(0)]
    curr_err = torch.multiply(curr_err @ params["W2"].T, cache["H"])  # here
    w_grad.append(X.T @ curr_err + weight_decay * params["W1"])
    b_grad.append(curr_err.sum(0))
    w_grad.reverse()
    b_grad.reverse()
    return {"W1": w_grad[0], "b1": b_grad[0], "W2": w_grad[1], "b2": b_grad[1]}


@wrong(
    "backward",
    "S545",
    fault="bias from the weight gradient",
    says="You sum the gradient of the weights over the inputs to get that of the bias. The bias has an input of 1: sum the "
    "error itself over the examples.",
)
def backward_bias_sums_the_weight_gradient(
    X: Tensor, Y: Tensor, params: Mapping[str, Tensor], cache: Mapping[str, Tensor], weight_decay: float
) -> dict[str, Tensor]:
    error = 2 * (cache["H"] @ params["W2"] + params["b2"] - Y) / Y.numel()
    l1 = (error @ params["W2"].T) * (cache["Z"] > 0)
    return {
        "W1": X.T @ l1 + weight_decay * params["W1"],
        "b1": torch.sum(X.T @ l1, dim=0),  # here
        "W2": cache["H"].T @ error + weight_decay * params["W2"],
        "b2": torch.sum(cache["H"].T @ error, dim=0),  # here
    }


@wrong(
    "backward",
    "S546",
    fault="gradient of weights for weights",
    says="The error goes down through W2, and you send it through dW2, the line above. The shapes fit, so nothing warns.",
)
def backward_dw2_in_the_third_formula(
    X: Tensor, Y: Tensor, params: Mapping[str, Tensor], cache: Mapping[str, Tensor], weight_decay: float
) -> dict[str, Tensor]:
    A1 = cache["H"]
    dZ2 = 2 * (A1 @ params["W2"] + params["b2"] - Y) / Y.numel()
    dW2 = torch.mm(A1.T, dZ2) + weight_decay * params["W2"]
    db2 = torch.sum(dZ2, dim=0)
    dZ1 = torch.mm(dZ2, dW2.T) * (A1 > 0)  # here
    dW1 = torch.mm(X.T, dZ1) + weight_decay * params["W1"]
    db1 = torch.sum(dZ1, dim=0)
    return {"W1": dW1, "b1": db1, "W2": dW2, "b2": db2}


@wrong(
    "backward",
    "S547",
    fault="divides by batch size again",
    says="Your error at the output is divided already. The further 1/m in dZ1 makes the gradients of the first layer too "
    "small by the number of examples.",
)
def backward_one_over_m_in_dz1(
    X: Tensor, Y: Tensor, params: Mapping[str, Tensor], cache: Mapping[str, Tensor], weight_decay: float
) -> dict[str, Tensor]:
    m = X.shape[0]
    dZ2 = 2 * (cache["H"] @ params["W2"] + params["b2"] - Y) / Y.numel()
    first = dZ2 @ params["W2"].T
    second = (cache["Z"] > 0).to(X.dtype)
    dZ1 = 1 / m * first * second  # here
    return {
        "W1": X.T @ dZ1 + weight_decay * params["W1"],
        "b1": dZ1.sum(0),
        "W2": cache["H"].T @ dZ2 + weight_decay * params["W2"],
        "b2": dZ2.sum(0),
    }


@wrong(
    "deep_backward",
    "S548",
    fault="returns the error, keeps the gradients",
    says="The gradients are filled into a list that stays inside, and what you return is the error at the input. "
    "The two lists are asked for.",
)
def deep_backward_returns_the_error(Y: Tensor, weights: Sequence[Tensor], activations: Sequence[Tensor]) -> Any:
    derivatives: list[Any] = [None] * len(weights)
    error = 2 * (activations[-1] - Y) / Y.numel()
    for i in reversed(range(len(derivatives))):
        delta = error * activations[i + 1] * (1.0 - activations[i + 1])
        derivatives[i] = activations[i].T @ delta
        error = delta @ weights[i].T
    return error  # here


@wrong(
    "deep_backward",
    "S549",
    fault="output slope on the way down only",
    says="For the gradient of the last weights you multiply the bare error with the hidden output. The slope of the last "
    "sigmoid belongs there as well; further down you have it.",
)
def deep_backward_last_layer_without_slope(
    Y: Tensor, weights: Sequence[Tensor], activations: Sequence[Tensor]
) -> tuple[list[Tensor], list[Tensor]]:
    grad_weights, grad_biases = [], []
    y0 = activations[-1]
    dey0 = 2 * (y0 - Y) / Y.numel()
    grad_weights.append(activations[-2].T @ dey0)  # here
    grad_biases.append(dey0.sum(0))  # here
    delta = dey0 * y0 * (1 - y0)
    for i in range(len(weights) - 2, -1, -1):
        h = activations[i + 1]
        delta = (delta @ weights[i + 1].T) * h * (1 - h)
        grad_weights.insert(0, activations[i].T @ delta)
        grad_biases.insert(0, delta.sum(0))
    return grad_weights, grad_biases


@wrong(
    "deep_backward",
    "S550",
    fault="own weight in place of the input",
    says="The gradient of a weight is the error times what went into it. You multiply by the weight itself, and between "
    "the layers the slope is missing.",
)
def deep_backward_times_its_own_weight(
    Y: Tensor, weights: Sequence[Tensor], activations: Sequence[Tensor]
) -> tuple[list[Tensor], list[Tensor]]:
    grad_weights, grad_biases = [], []
    gradient = 2 * (activations[-1] - Y) / Y.numel()
    for W, A in zip(reversed(weights), reversed(activations), strict=False):
        delta = (gradient * (A * (1 - A))).sum(0)
        grad_weights.insert(0, delta * W)  # here
        grad_biases.insert(0, delta)
        gradient = gradient @ W.T  # here
    return grad_weights, grad_biases


@wrong(
    "deep_backward",
    "S551",
    fault="values sent back in place of errors",
    says="For the hidden layers you sum the values of the next layer, weighted. What travels back are its errors, the "
    "delta that you have just computed.",
)
def deep_backward_sums_the_next_values(
    Y: Tensor, weights: Sequence[Tensor], activations: Sequence[Tensor]
) -> tuple[list[Tensor], list[Tensor]]:
    value = activations[-1]
    errors = [value * (1 - value) * (value - Y) * 2 / Y.numel()]
    for i in range(len(weights) - 1, 0, -1):
        total = activations[i + 1] @ weights[i].T  # here
        myoutput = activations[i]
        errors.insert(0, myoutput * (1 - myoutput) * total)
    return [A.T @ e for A, e in zip(activations, errors, strict=False)], [e.sum(0) for e in errors]


@wrong(
    "deep_backward",
    "S552",
    fault="slope of last layer forgotten",
    says="del4 is only how far off the output is. Like the layers below, the last one has a sigmoid, and its slope has to "
    "come in before you go on.",
)
def deep_backward_del4_is_the_error(
    Y: Tensor, weights: Sequence[Tensor], activations: Sequence[Tensor]
) -> tuple[list[Tensor], list[Tensor]]:
    dels = [(2 / Y.numel() * (activations[-1] - Y)).T]  # here
    for i in range(len(weights) - 1, 0, -1):
        a = activations[i].T
        dels.append((weights[i] @ dels[-1]) * (a * (1 - a)))
    dels.reverse()
    return [(d @ A).T for d, A in zip(dels, activations, strict=False)], [d.sum(1) for d in dels]


@wrong(
    "deep_backward",
    "S553",
    fault="slope made from the error",
    says="The slope of a layer is taken at its output. You take the sigmoid, and its slope, of the error that arrives "
    "there.",
)
def deep_backward_slope_at_the_error(
    Y: Tensor, weights: Sequence[Tensor], activations: Sequence[Tensor]
) -> tuple[list[Tensor], list[Tensor]]:
    def applySigmoid(x: Tensor, giveMeTheDerivative: bool = False) -> Tensor:
        if giveMeTheDerivative:
            return applySigmoid(x) * (1 - applySigmoid(x))
        return 1 / (1 + torch.exp(-x))

    error = 2 * (activations[-1] - Y) / Y.numel()
    grad_weights, grad_biases = [], []
    for i in reversed(range(len(weights))):
        change = error * applySigmoid(error, True)  # here
        grad_weights.insert(0, activations[i].T @ change)
        grad_biases.insert(0, change.sum(0))
        error = change @ weights[i].T
    return grad_weights, grad_biases


@right("numerical_gradient", "S554")
def numerical_gradient_subtracts_in_place(f: Callable[[Tensor], Tensor], x: Tensor, eps: float = 1e-5) -> Tensor:
    x = x.detach().clone()
    grad = torch.zeros(x.shape, dtype=x.dtype)
    for i in np.ndindex(*x.shape):
        t = float(x[i])
        x[i] = t + eps
        grad[i] = f(x)
        x[i] = t - eps
        grad[i] -= f(x)
        x[i] = t
    return grad / (2 * eps)


@wrong(
    "numerical_gradient",
    "S530",
    fault="f gets a single element",
    says="f is a function of the whole x; you call it with the one element that you moved. Call f(x).",
)
def numerical_gradient_calls_f_of_one_element(f: Callable[[Tensor], Tensor], x: Tensor, eps: float = 1e-5) -> Tensor:
    grad = torch.zeros_like(x)
    for index in np.ndindex(*x.shape):
        temp = x[index].clone()
        x[index] = temp + eps
        fxh1 = f(x[index])  # here
        x[index] = temp - eps
        fxh2 = f(x[index])  # here
        grad[index] = (fxh1 - fxh2) / (2.0 * eps)
        x[index] = temp
    return grad


@wrong(
    "numerical_gradient",
    "S555",
    fault="f gets one row",
    says="For a matrix you hand the rows to f one by one, as if they were examples. f takes x in its full shape; only one "
    "element of it moves.",
)
def numerical_gradient_row_after_row(f: Callable[[Tensor], Tensor], x: Tensor, eps: float = 1e-5) -> Tensor:
    def _numerical_gradient(f: Callable[[Tensor], Tensor], x: Tensor) -> Tensor:
        grad = torch.zeros_like(x)
        for i in range(x.numel()):
            tmp_val = float(x[i])
            x[i] = tmp_val + eps
            fxh1 = f(x)
            x[i] = tmp_val - eps
            fxh2 = f(x)
            grad[i] = (fxh1 - fxh2) / (2 * eps)
            x[i] = tmp_val
        return grad

    if x.ndim == 1:
        return _numerical_gradient(f, x)
    grad = torch.zeros_like(x)
    for idx, row in enumerate(x):
        grad[idx] = _numerical_gradient(f, row)  # here
    return grad


@wrong(
    "numerical_gradient",
    "S526",
    fault="step lost in rounding",
    says="1e-16 is so small that x + h is x again for most x, and the difference is 0. Take the eps that you are given: a "
    "smaller step is not a better one.",
)
def numerical_gradient_with_the_smallest_step(f: Callable[[Tensor], Tensor], x: Tensor, eps: float = 1e-5) -> Tensor:
    h = 1e-16  # here
    grad = torch.zeros_like(x)
    for ix in np.ndindex(*x.shape):
        old_value = x[ix].item()
        x[ix] = old_value + h
        fxplush = f(x)
        x[ix] = old_value - h
        fxminush = f(x)
        x[ix] = old_value
        grad[ix] = (fxplush - fxminush) / (2 * h)
    return grad


@wrong(
    "numerical_gradient",
    "S556",
    fault="deep copies indexed as a vector",
    says="x.size is a method of a tensor, so range cannot count with it; the number of elements is numel. And with a "
    "single index into a matrix a whole row would move.",
    raises="TypeError",
)
def numerical_gradient_of_deep_copies(f: Callable[[Tensor], Tensor], x: Tensor, eps: float = 1e-5) -> Tensor:
    gradient = torch.zeros_like(x)
    for i in range(x.size):  # here
        _x1 = copy.deepcopy(x)
        _x1[i] = x[i] + eps
        _x2 = copy.deepcopy(x)
        _x2[i] = x[i] - eps
        gradient[i] = (f(_x1) - f(_x2)) / (eps * 2)
    return gradient


@wrong(
    "numerical_gradient",
    "S492",
    fault="moves a whole column",
    says="y[:, i] is a column, so all of its elements move at once, and each gets the sum of their derivatives. Move one "
    "element at a time. The loop also needs a second axis.",
)
def numerical_gradient_column_by_column(f: Callable[[Tensor], Tensor], x: Tensor, eps: float = 1e-5) -> Tensor:
    grad = torch.zeros_like(x)
    for i in range(grad.shape[-1]):
        plus, minus = x.clone(), x.clone()
        plus[..., i] += eps  # here
        minus[..., i] -= eps  # here
        grad[..., i] = (f(plus) - f(minus)) / (2 * eps)
    return grad


@wrong(
    "numerical_gradient",
    "S557",
    fault="expects a pair from f",
    says="Your f returned the cost and the gradient, this one returns the cost alone. A 0-dimensional tensor cannot be "
    "taken apart into two.",
    raises="TypeError",
)
def numerical_gradient_unpacks_cost_and_gradient(f: Callable[[Tensor], Any], x: Tensor, eps: float = 1e-5) -> Tensor:
    numgrad = torch.zeros_like(x)
    for ix in np.ndindex(*x.shape):
        x[ix] += eps
        up, _ = f(x)  # here
        x[ix] -= 2 * eps
        down, _ = f(x)  # here
        numgrad[ix] = (up - down) / (2 * eps)
        x[ix] += eps
    return numgrad


@right("forward", "S539")
def forward_broadcasts_the_bias_itself(X: Tensor, params: Mapping[str, Tensor]) -> Any:
    n = X.shape[0]
    W1, b1, W2, b2 = (params[name] for name in ("W1", "b1", "W2", "b2"))
    Z = X.matmul(W1) + b1.broadcast_to((n, W1.shape[1]))
    H = Z * (Z > 0)
    return H.matmul(W2) + b2.broadcast_to((n, W2.shape[1])), {"Z": Z, "H": H}


@wrong(
    "forward",
    "S605",
    fault="activation on the input, too",
    says="The inputs go through ReLU before they meet a weight: what is negative in the data is lost. The activation comes "
    "after the first product.",
)
def forward_rectifies_the_data(X: Tensor, params: Mapping[str, Tensor]) -> Any:
    def nonlin(x: Tensor) -> Tensor:
        return torch.clamp(x, min=0)

    k0 = nonlin(X)  # here
    Z = k0 @ params["W1"] + params["b1"]
    k1 = nonlin(Z)
    return k1 @ params["W2"] + params["b2"], {"Z": Z, "H": k1}


@wrong(
    "forward",
    "S606",
    fault="bias added before the product",
    says="The bias belongs to the units behind the weights: first the product, then the sum. Added to X, it does not even "
    "have the right size.",
    raises="RuntimeError",
)
def forward_bias_first(X: Tensor, params: Mapping[str, Tensor]) -> Any:
    Z = (X + params["b1"]) @ params["W1"]  # here
    H = torch.relu(Z)
    return (H + params["b2"]) @ params["W2"], {"Z": Z, "H": H}  # here


@right("backward", "S607")
def backward_with_minus_y_minus_output(
    X: Tensor, Y: Tensor, params: Mapping[str, Tensor], cache: Mapping[str, Tensor], weight_decay: float
) -> dict[str, Tensor]:
    outputResult = cache["H"] @ params["W2"] + params["b2"]
    delta3 = -(Y - outputResult) * (2.0 / Y.numel())
    delta2 = torch.mm(delta3, params["W2"].T) * torch.where(cache["Z"] > 0, 1.0, 0.0).to(X.dtype)
    W2Changes, W1Changes = torch.mm(cache["H"].T, delta3), torch.mm(X.T, delta2)
    return {
        "W1": W1Changes + weight_decay * params["W1"],
        "b1": delta2.sum(0),
        "W2": W2Changes + weight_decay * params["W2"],
        "b2": delta3.sum(0),
    }


@wrong(
    "backward",
    "S608",
    fault="changes weights before going on",
    says="The output weights are stepped before the error goes down through them, so it goes through the new ones; and the "
    "caller's weights have moved. Only gradients are asked for.",
)
def backward_target_for_the_previous_layer(
    X: Tensor, Y: Tensor, params: Mapping[str, Tensor], cache: Mapping[str, Tensor], weight_decay: float
) -> dict[str, Tensor]:
    errors = 2 * (cache["H"] @ params["W2"] + params["b2"] - Y) / Y.numel()
    deltas = cache["H"].T @ errors + weight_decay * params["W2"]
    with torch.no_grad():
        params["W2"].sub_(0.1 * deltas)  # here
    previousError = errors @ params["W2"].T  # here
    hidden = previousError * (cache["Z"] > 0)
    return {
        "W1": X.T @ hidden + weight_decay * params["W1"],
        "b1": hidden.sum(0),
        "W2": deltas,
        "b2": errors.sum(0),
    }


@right("deep_backward", "S609")
def deep_backward_fills_zeros_from_the_end(
    Y: Tensor, weights: Sequence[Tensor], activations: Sequence[Tensor]
) -> tuple[list[Tensor], list[Tensor]]:
    grad_w = [torch.zeros_like(w) for w in weights]
    grad_b = [w[0].clone() for w in grad_w]
    out = activations[-1]
    dz = (out - Y) * 2 / out.numel() * out * (1 - out)
    grad_w[-1] = activations[-2].T @ dz
    grad_b[-1] = torch.sum(dz, dim=0)
    for layer_idx in range(len(weights) - 2, -1, -1):
        a = activations[layer_idx + 1]
        dz = (dz @ weights[layer_idx + 1].T) * (a - a * a)
        grad_w[layer_idx] = activations[layer_idx].T @ dz
        grad_b[layer_idx] = torch.sum(dz, dim=0)
    return grad_w, grad_b


@right("grad_relu", "S617")
def grad_relu_times_heaviside(Z: Tensor, grad_H: Tensor) -> Tensor:
    return grad_H * torch.heaviside(Z, torch.zeros((), dtype=Z.dtype))


@wrong(
    "numerical_gradient",
    "S615",
    fault="one step up, two steps down",
    says="You go down by 2h from the old value and divide by 2h, but between your two points lie three h. Go one step to "
    "either side.",
)
def numerical_gradient_two_steps_down(f: Callable[[Tensor], Tensor], x: Tensor, eps: float = 1e-5) -> Tensor:
    h2 = 2 * eps
    slopes = torch.zeros_like(x)
    for i in np.ndindex(*x.shape):
        oldval = x[i].item()
        x[i] = oldval + eps
        fxph = f(x)
        x[i] = oldval - h2  # here
        fxmh = f(x)
        x[i] = oldval
        slopes[i] = (fxph - fxmh) / h2
    return slopes


@wrong(
    "backward",
    "S618",
    fault="wrong layer's weights",
    says="The error of the output goes down through the weights between hidden layer and output. You take those of the input "
    "layer, and their shape does not fit.",
    raises="RuntimeError",
)
def backward_through_the_input_weights(
    X: Tensor, Y: Tensor, params: Mapping[str, Tensor], cache: Mapping[str, Tensor], weight_decay: float
) -> dict[str, Tensor]:
    error = 2 * (cache["H"] @ params["W2"] + params["b2"] - Y) / Y.numel()
    output_error_term = error * 1
    hidden_error_term = torch.matmul(output_error_term, params["W1"]) * (cache["Z"] > 0)  # here
    return {
        "W1": X.T @ hidden_error_term + weight_decay * params["W1"],
        "b1": hidden_error_term.sum(0),
        "W2": cache["H"].T @ output_error_term + weight_decay * params["W2"],
        "b2": output_error_term.sum(0),
    }
