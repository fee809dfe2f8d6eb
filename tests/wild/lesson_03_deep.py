"""Answers to the exercises of lesson 03 on networks of any depth; long because it is a list."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import torch
from torch import Tensor

from tests.wild.entries import right, wrong


@right("deep_forward", "S224")
def deep_forward_keeps_current_and_appends(X: Tensor, weights: Sequence[Tensor], biases: Sequence[Tensor]) -> Any:
    activations = [X]
    current = X
    for W, b in zip(weights, biases, strict=True):
        current = torch.sigmoid(current @ W + b)
        activations.append(current)
    return activations


@right("deep_forward", "S276")
def deep_forward_fills_a_list_of_none(X: Tensor, weights: Sequence[Tensor], biases: Sequence[Tensor]) -> Any:
    n_layers = len(weights) + 1
    A: list[Any] = [None] * n_layers
    A[0] = X
    for ix_layer in range(n_layers - 1):
        Z = torch.matmul(A[ix_layer], weights[ix_layer]) + biases[ix_layer]
        A[ix_layer + 1] = 1 / (1 + torch.exp(-Z))
    return A


@right("deep_forward", "S213")
def deep_forward_two_cases_of_sigmoid(X: Tensor, weights: Sequence[Tensor], biases: Sequence[Tensor]) -> Any:
    def sigmoid(inputs: Tensor) -> Tensor:
        return torch.where(inputs >= 0, 1 / (1 + torch.exp(-inputs)), torch.exp(inputs) / (1 + torch.exp(inputs)))

    layers = [X]
    for layer in np.arange(0, len(weights)):
        net = layers[layer].matmul(weights[layer]) + biases[layer]
        layers.append(sigmoid(net))
    return layers


@right("deep_forward", "S293")
def deep_forward_keeps_zs_beside(X: Tensor, weights: Sequence[Tensor], biases: Sequence[Tensor]) -> Any:
    activation = X
    activations = [X]
    zs = []
    for b, w in zip(biases, weights, strict=True):
        z = torch.mm(activation, w) + b
        zs.append(z)
        activation = torch.reciprocal(1.0 + torch.exp(-z))
        activations.append(activation)
    return activations


@right("deep_forward", "S286")
def deep_forward_calls_itself(X: Tensor, weights: Sequence[Tensor], biases: Sequence[Tensor]) -> Any:
    outputs = [X]

    def feed_forward(event: Tensor, count: int) -> list[Tensor]:
        if count == len(weights):
            return outputs
        outputs.append(torch.sigmoid(event @ weights[count] + biases[count]))
        return feed_forward(outputs[count + 1], count + 1)

    return feed_forward(X, 0)


@right("deep_forward", "S292")
def deep_forward_neuron_by_neuron(X: Tensor, weights: Sequence[Tensor], biases: Sequence[Tensor]) -> Any:
    layers = [X]
    for i in range(len(weights)):
        neurons = []
        for j in range(weights[i].shape[1]):
            total = torch.mv(layers[i], weights[i][:, j]) + biases[i][j]
            neurons.append(1 / (1 + torch.exp(-total)))
        layers.append(torch.stack(neurons, dim=1))
    return layers


@wrong(
    "deep_forward",
    "S213",
    fault="sigmoid overflows",
    says="For large inputs both exponentials are infinite, and infinity by infinity is not a number. There is a form "
    "of the sigmoid that stays finite.",
)
def deep_forward_exp_over_one_plus_exp(X: Tensor, weights: Sequence[Tensor], biases: Sequence[Tensor]) -> Any:
    activations = [X]
    for W, b in zip(weights, biases, strict=True):
        z = activations[-1] @ W + b
        sig = torch.exp(z) / (1 + torch.exp(z))  # here
        activations.append(sig)
    return activations


@wrong(
    "deep_forward",
    "S279",
    fault="last layer without sigmoid",
    says="The last layer has a sigmoid as well. Your outputs can be any number.",
)
def deep_forward_linear_output(X: Tensor, weights: Sequence[Tensor], biases: Sequence[Tensor]) -> Any:
    A = [X]
    for l in range(len(weights) - 1):
        A.append(torch.sigmoid(torch.matmul(A[l], weights[l]) + biases[l]))
    final_inputs = torch.matmul(A[-1], weights[-1]) + biases[-1]
    A.append(final_inputs)  # here
    return A


@wrong(
    "deep_forward",
    "S233",
    fault="relu in hidden layers",
    says="All layers have a sigmoid here, not only the last one. Your hidden ones have ReLUs.",
)
def deep_forward_relu_inside_sigmoid_last(X: Tensor, weights: Sequence[Tensor], biases: Sequence[Tensor]) -> Any:
    A = X
    activations = [A]
    L = len(weights)
    for l in range(1, L):
        A_prev = A
        A = torch.relu(torch.matmul(A_prev, weights[l - 1]) + biases[l - 1])  # here
        activations.append(A)
    AL = torch.sigmoid(torch.matmul(A, weights[L - 1]) + biases[L - 1])
    activations.append(AL)
    return activations


@wrong(
    "deep_forward",
    "S284",
    fault="input missing from list",
    says="The list starts with X itself. The backward pass counts on it: weights[0] leads away from activations[0].",
)
def deep_forward_list_without_input(X: Tensor, weights: Sequence[Tensor], biases: Sequence[Tensor]) -> Any:
    neuron_activations = []  # here
    previous = X
    for W, b in zip(weights, biases, strict=True):
        excitement = previous @ W + b
        previous = torch.sigmoid(excitement)
        neuron_activations.append(previous)
    return neuron_activations


@wrong(
    "deep_forward",
    "S293",
    fault="examples in columns",
    says="You multiply from the left, as for examples in columns. Here they are rows, and the weights stand on the "
    "right.",
    raises="RuntimeError",
)
def deep_forward_weights_on_the_left(X: Tensor, weights: Sequence[Tensor], biases: Sequence[Tensor]) -> Any:
    a = X
    activations = [a]
    for b, w in zip(biases, weights, strict=True):
        a = torch.sigmoid(torch.mm(w, a) + b)  # here
        activations.append(a)
    return activations


@wrong(
    "deep_forward",
    "S262",
    fault="returns the output only",
    says="You return the output of the last layer. All activations are asked for, in a list: the backward pass needs "
    "every one.",
)
def deep_forward_returns_prediction(X: Tensor, weights: Sequence[Tensor], biases: Sequence[Tensor]) -> Any:
    p = torch.atleast_2d(X)
    for layer in range(len(weights)):
        p = torch.sigmoid(torch.matmul(p, weights[layer]) + biases[layer])
    return p  # here


@wrong(
    "deep_forward",
    "S276",
    fault="returns two lists",
    says="One list is asked for, that of the activations. You return the pre-activations beside it.",
)
def deep_forward_returns_a_and_z(X: Tensor, weights: Sequence[Tensor], biases: Sequence[Tensor]) -> Any:
    A: list[Any] = [X]
    Z: list[Any] = [None]
    for W, b in zip(weights, biases, strict=True):
        Z.append(torch.matmul(A[-1], W) + b)
        A.append(torch.sigmoid(Z[-1]))
    return A, Z  # here


@wrong(
    "deep_forward",
    "S239",
    fault="every layer reads x",
    says="Each of your layers starts from X. From the second on, the input of a layer is the activation of the one "
    "before.",
    raises="RuntimeError",
)
def deep_forward_always_from_x(X: Tensor, weights: Sequence[Tensor], biases: Sequence[Tensor]) -> Any:
    outputs = [X]
    for i in range(len(weights)):
        out = torch.matmul(X, weights[i]) + biases[i]  # here
        outputs.append(torch.sigmoid(out))
    return outputs


@wrong(
    "deep_forward",
    "S240",
    fault="biases forgotten",
    says="The biases are an argument and never used. They are added to each product before the sigmoid.",
)
def deep_forward_zero_bias_for_simplicity(X: Tensor, weights: Sequence[Tensor], biases: Sequence[Tensor]) -> Any:
    a = X
    A = [a]
    for k in range(len(weights)):
        a = torch.sigmoid(torch.matmul(a, weights[k]))  # here
        A.append(a)
    return A


@right("deep_backward", "S238")
def deep_backward_inserts_at_the_front(Y: Tensor, weights: Sequence[Tensor], activations: Sequence[Tensor]) -> Any:
    dws: list[Tensor] = []
    dbs: list[Tensor] = []
    da = 2 * (activations[-1] - Y) / Y.numel()
    for d in range(len(weights), 0, -1):
        a = activations[d]
        dz = da * a * (1 - a)
        dws.insert(0, activations[d - 1].T @ dz)
        dbs.insert(0, torch.sum(dz, dim=0))
        da = dz @ weights[d - 1].T
    return dws, dbs


@right("deep_backward", "S262")
def deep_backward_collects_deltas_then_reverses(
    Y: Tensor, weights: Sequence[Tensor], activations: Sequence[Tensor]
) -> Any:
    A = activations

    def sigmoid_deriv(x: Tensor) -> Tensor:
        return x * (1 - x)

    error = (A[-1] - Y) * 2 / A[-1].numel()
    D = [error * sigmoid_deriv(A[-1])]
    for layer in range(len(A) - 2, 0, -1):
        delta = D[-1].matmul(weights[layer].T)
        delta = delta * sigmoid_deriv(A[layer])
        D.append(delta)
    D = D[::-1]
    return [A[layer].T.matmul(D[layer]) for layer in range(len(weights))], [delta.sum(0) for delta in D]


@right("deep_backward", "S293")
def deep_backward_counts_from_the_end(Y: Tensor, weights: Sequence[Tensor], activations: Sequence[Tensor]) -> Any:
    nabla_b = [torch.zeros(w.shape[1], dtype=w.dtype) for w in weights]
    nabla_w = [torch.zeros_like(w) for w in weights]
    sp = activations[-1] * (1 - activations[-1])
    delta = 2 * (activations[-1] - Y) / Y.numel() * sp
    nabla_b[-1] = delta.sum(dim=0)
    nabla_w[-1] = torch.mm(activations[-2].t(), delta)
    for l in range(2, len(activations)):
        sp = activations[-l] * (1 - activations[-l])
        delta = torch.mm(delta, weights[-l + 1].t()) * sp
        nabla_b[-l] = delta.sum(dim=0)
        nabla_w[-l] = torch.mm(activations[-l - 1].t(), delta)
    return nabla_w, nabla_b


@right("deep_backward", "S240")
def deep_backward_slope_first_then_weights(Y: Tensor, weights: Sequence[Tensor], activations: Sequence[Tensor]) -> Any:
    grad_weights, grad_biases = list(weights), [w[0] for w in weights]
    delta = (activations[-1] - Y) * (2 / Y.numel())
    for k in reversed(range(len(weights))):
        tmp = delta * (activations[k + 1] * (1 - activations[k + 1]))
        delta = torch.matmul(tmp, weights[k].T)
        grad_weights[k] = torch.matmul(activations[k].T, tmp)
        grad_biases[k] = tmp.sum(dim=0)
    return grad_weights, grad_biases


@right("deep_backward", "S263")
def deep_backward_slope_by_einsum(Y: Tensor, weights: Sequence[Tensor], activations: Sequence[Tensor]) -> Any:
    eta = torch.sub(activations[-1], Y) * 2 / activations[-1].numel()
    w_gradient, b_gradient = {}, {}
    for index in range(len(weights) - 1, -1, -1):
        y = activations[index + 1]
        eta = torch.einsum("ij,ij,ij->ij", y, 1 - y, eta)
        w_gradient[index] = torch.einsum("ni,nj->ij", activations[index], eta)
        b_gradient[index] = torch.einsum("nj->j", eta)
        eta = torch.einsum("nj,ij->ni", eta, weights[index])
    order = range(len(weights))
    return [w_gradient[i] for i in order], [b_gradient[i] for i in order]


@right("deep_backward", "S289")
def deep_backward_adds_up_examples(Y: Tensor, weights: Sequence[Tensor], activations: Sequence[Tensor]) -> Any:
    grad_weights = [torch.zeros_like(W) for W in weights]
    grad_biases = [torch.zeros_like(W[0]) for W in weights]
    for j in range(len(Y)):
        out = activations[-1][j]
        signal = 2 / Y.numel() * (out - Y[j]) * out * (1 - out)
        for l in range(len(weights) - 1, -1, -1):
            grad_weights[l] += torch.outer(activations[l][j], signal)
            grad_biases[l] += signal
            below = activations[l][j]
            signal = torch.mv(weights[l], signal) * below * (1 - below)
    return grad_weights, grad_biases


@right("deep_backward", "S294")
def deep_backward_deltas_in_a_dict(Y: Tensor, weights: Sequence[Tensor], activations: Sequence[Tensor]) -> Any:
    num_layers = len(activations)
    last = activations[num_layers - 1]
    delta = {num_layers - 1: (last - Y) * last * (1 - last) * (2 / last.numel())}
    for layer_index in range(num_layers - 2, 0, -1):
        slope = activations[layer_index] - activations[layer_index] ** 2
        delta[layer_index] = (weights[layer_index] @ delta[layer_index + 1].T).T * slope
    deltas = [activations[i].T @ delta[i + 1] for i in range(num_layers - 1)]
    return deltas, [delta[i + 1].sum(dim=0) for i in range(num_layers - 1)]


@right("deep_backward", "S293")
def deep_backward_by_numpy_and_back(Y: Tensor, weights: Sequence[Tensor], activations: Sequence[Tensor]) -> Any:
    ws = [w.detach().numpy() for w in weights]
    acts = [a.detach().numpy() for a in activations]
    nabla_w: list[Any] = [np.zeros(w.shape) for w in ws]
    nabla_b: list[Any] = [np.zeros(w.shape[1]) for w in ws]
    delta = 2 * (acts[-1] - Y.detach().numpy()) / Y.numel() * acts[-1] * (1 - acts[-1])
    for l in range(1, len(acts)):
        if l > 1:
            delta = np.dot(delta, ws[-l + 1].transpose()) * acts[-l] * (1 - acts[-l])
        nabla_b[-l] = delta.sum(axis=0)
        nabla_w[-l] = np.dot(acts[-l - 1].transpose(), delta)
    return [torch.from_numpy(w) for w in nabla_w], [torch.from_numpy(b) for b in nabla_b]


@right("deep_backward", "S255")
def deep_backward_sigmoid_layers_in_reverse(Y: Tensor, weights: Sequence[Tensor], activations: Sequence[Tensor]) -> Any:
    samples, outputs = len(Y), len(Y[0])
    dinputs = -2 * (Y - activations[-1]) / outputs
    dinputs = dinputs / samples
    dweights, dbiases = [], []
    for inputs, W, output in reversed(list(zip(activations, weights, activations[1:], strict=False))):
        dvalues = dinputs * (1 - output) * output
        dweights.append(torch.matmul(inputs.T, dvalues))
        dbiases.append(torch.sum(dvalues, dim=0))
        dinputs = torch.matmul(dvalues, W.T)
    return dweights[::-1], dbiases[::-1]


@right("deep_backward", "S246")
def deep_backward_unit_by_unit(Y: Tensor, weights: Sequence[Tensor], activations: Sequence[Tensor]) -> Any:
    outputs = activations[-1]
    deltas = [outputs * (1 - outputs) * (outputs - Y) * 2 / Y.numel()]
    for l in range(len(weights) - 1, 0, -1):
        hidden = activations[l]
        columns = [
            hidden[:, i] * (1 - hidden[:, i]) * torch.mv(deltas[0], weights[l][i]) for i in range(hidden.shape[1])
        ]
        deltas.insert(0, torch.stack(columns, dim=1))
    grads = [
        torch.stack([torch.mv(d.T, a[:, i]) for i in range(a.shape[1])])
        for d, a in zip(deltas, activations, strict=False)
    ]
    return grads, [delta.sum(dim=0) for delta in deltas]


@wrong(
    "deep_backward",
    "S280",
    fault="delta of the cross-entropy",
    says="A - Y without a slope is the delta of the cross-entropy, and the division by m is that of its mean. For the "
    "squared error the slope of the last sigmoid stays, and the scale is another.",
)
def deep_backward_a_minus_y_over_m(Y: Tensor, weights: Sequence[Tensor], activations: Sequence[Tensor]) -> Any:
    m = Y.shape[0]
    L = len(weights)
    dw: list[Any] = [None] * L
    db: list[Any] = [None] * L
    dz = activations[L] - Y  # here
    for la in range(L, 0, -1):
        dw[la - 1] = torch.matmul(activations[la - 1].T, dz) / m  # here
        db[la - 1] = torch.sum(dz, dim=0) / m  # here
        g = activations[la - 1] * (1 - activations[la - 1])
        dz = torch.matmul(dz, weights[la - 1].T) * g
    return dw, db


@wrong(
    "deep_backward",
    "S281",
    fault="derivative of the cross-entropy",
    says="You start from the derivative of the cross-entropy. The loss of this network is the mean squared error.",
)
def deep_backward_starts_from_log_loss(Y: Tensor, weights: Sequence[Tensor], activations: Sequence[Tensor]) -> Any:
    A = activations[-1]
    m = Y.shape[0]
    da = -1 * (Y / A) + (1 - Y) / (1 - A)  # here
    grads_w, grads_b = [], []
    for l in reversed(range(len(weights))):
        A, PreA = activations[l + 1], activations[l]
        DZ = da * (A * (1 - A))
        grads_w.append(PreA.T @ DZ / m)  # here
        grads_b.append(torch.sum(DZ, dim=0) / m)  # here
        da = DZ @ weights[l].T
    return grads_w[::-1], grads_b[::-1]


@wrong(
    "deep_backward",
    "S236",
    fault="error of the output in every layer",
    says="Inside the loop you use the gradient at the output again and again. Each layer needs the one that has just "
    "arrived from the layer above.",
    raises="RuntimeError",
)
def deep_backward_reuses_the_output_gradient(
    Y: Tensor, weights: Sequence[Tensor], activations: Sequence[Tensor]
) -> Any:
    def linear_backward(dZ: Tensor, A_prev: Tensor, W: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        return dZ @ W.T, A_prev.T @ dZ, dZ.sum(dim=0)

    L = len(weights)
    grads: dict[str, Tensor] = {}
    dAL = 2 * (activations[L] - Y) / Y.numel()
    for l in reversed(range(L)):
        A = activations[l + 1]
        dZ = dAL * A * (1 - A)  # here
        grads["dA" + str(l)], grads["dW" + str(l)], grads["db" + str(l)] = linear_backward(
            dZ, activations[l], weights[l]
        )
    return [grads["dW" + str(l)] for l in range(L)], [grads["db" + str(l)] for l in range(L)]


@wrong(
    "deep_backward",
    "S248",
    fault="slope of last layer forgotten",
    says="You hand the difference of output and target down as it is. The last layer has a sigmoid too, and its slope "
    "has to be multiplied in.",
)
def deep_backward_no_slope_at_the_output(Y: Tensor, weights: Sequence[Tensor], activations: Sequence[Tensor]) -> Any:
    delta = 2 * (activations[-1] - Y) / Y.numel()  # here
    adjustments, biases = [], []
    for l in range(len(weights) - 1, -1, -1):
        adjustments.append(torch.mm(activations[l].T, delta))
        biases.append(delta.sum(dim=0))
        delta = torch.mm(weights[l], delta.T).T * (activations[l] * (1 - activations[l]))
    adjustments.reverse()
    biases.reverse()
    return adjustments, biases


@wrong(
    "deep_backward",
    "S247",
    fault="errors passed without slopes",
    says="You pass the bare errors down through the weights and multiply the slopes in only at each layer's own "
    "weights. By the chain rule the slope of the layer above belongs into what is passed down.",
)
def deep_backward_shares_out_the_errors(Y: Tensor, weights: Sequence[Tensor], activations: Sequence[Tensor]) -> Any:
    layer_errors = [2 * (activations[-1] - Y) / Y.numel()]
    for who in list(weights[1:])[::-1]:
        layer_errors.insert(0, torch.matmul(layer_errors[0], who.T))  # here
    grad_weights, grad_biases = [], []
    for inputs, outputs, errors in zip(activations[:-1], activations[1:], layer_errors, strict=True):
        term = errors * outputs * (1.0 - outputs)
        grad_weights.append(torch.matmul(inputs.T, term))
        grad_biases.append(torch.sum(term, dim=0))
    return grad_weights, grad_biases


@wrong(
    "deep_backward",
    "S240",
    fault="errors passed without slopes",
    says="For this layer's own gradients you multiply the slope in. What you send on to the layer below lacks it, and "
    "the chain has a gap at each layer.",
)
def deep_backward_passes_delta_for_tmp(Y: Tensor, weights: Sequence[Tensor], activations: Sequence[Tensor]) -> Any:
    grad_weights: list[Any] = [0] * len(weights)
    grad_biases: list[Any] = [0] * len(weights)
    delta = (activations[-1] - Y) * (2 / Y.numel())
    for k in reversed(range(len(weights))):
        tmp = delta * activations[k + 1] * (1 - activations[k + 1])
        grad_weights[k] = torch.matmul(activations[k].T, tmp)
        grad_biases[k] = tmp.sum(dim=0)
        delta = torch.matmul(delta, weights[k].T)  # here
    return grad_weights, grad_biases


@wrong(
    "deep_backward",
    "S243",
    fault="sigmoid applied twice",
    says="The activations are sigmoids already. Your derivative puts them through a sigmoid once more; the slope can "
    "be read from the activation itself.",
)
def deep_backward_sigmoid_of_the_activation(Y: Tensor, weights: Sequence[Tensor], activations: Sequence[Tensor]) -> Any:
    def sigmoid_prime(x: Tensor) -> Tensor:
        return torch.sigmoid(x) * (1 - torch.sigmoid(x))

    err = Y - activations[-1]
    s = -2 * sigmoid_prime(activations[-1]) * err / Y.numel()  # here
    grads_w, grads_b = [activations[-2].T @ s], [s.sum(dim=0)]
    for l in range(len(weights) - 1, 0, -1):
        s = (s @ weights[l].T) * sigmoid_prime(activations[l])  # here
        grads_w = [activations[l - 1].T @ s, *grads_w]
        grads_b = [s.sum(dim=0), *grads_b]
    return grads_w, grads_b


@wrong(
    "deep_backward",
    "S238",
    fault="own output in place of input",
    says="A weight gradient is made of the layer's input and its delta. You take the layer's own output, so even the "
    "shape is not that of the weights; and you divide by a number that has nothing to do with the mean.",
)
def deep_backward_takes_own_activation(Y: Tensor, weights: Sequence[Tensor], activations: Sequence[Tensor]) -> Any:
    dws: list[Tensor] = []
    dbs: list[Tensor] = []
    da = 2 * (activations[-1] - Y) / Y.numel()
    for d in range(1, len(activations))[::-1]:
        a = activations[d]
        w = weights[d - 1]
        dz = da * a * (1 - a)
        m = w.shape[0]
        dws.insert(0, 1.0 / m * activations[d].T.matmul(dz))  # here
        dbs.insert(0, 1.0 / m * torch.sum(dz, dim=0))  # here
        da = dz.matmul(w.T)
    return dws, dbs


@wrong(
    "deep_backward",
    "S244",
    fault="updates weights on the way",
    says="You train while you go back: the weights are changed, and the next error is sent through the changed ones. "
    "Only the gradients are asked for.",
)
def deep_backward_learns_on_the_way(Y: Tensor, weights: Sequence[Tensor], activations: Sequence[Tensor]) -> Any:
    learn_rate = 0.01
    grad_weights: list[Any] = [None] * len(weights)
    grad_biases: list[Any] = [None] * len(weights)
    out = activations[-1]
    delta = 2 * (out - Y) / Y.numel() * out * (1 - out)
    for l in reversed(range(len(weights))):
        grad_weights[l] = activations[l].T @ delta
        grad_biases[l] = delta.sum(dim=0)
        weights[l].data += -learn_rate * grad_weights[l]  # here
        delta = (delta @ weights[l].T) * (activations[l] * (1 - activations[l]))
    return grad_weights, grad_biases


@wrong(
    "deep_backward",
    "S257",
    fault="updates weights, slopes not passed",
    says="Two things: the errors go through weights that you have already changed, and they go without the slope of "
    "the layer. Compute all gradients from the weights of the forward pass.",
)
def deep_backward_errors_through_new_weights(
    Y: Tensor, weights: Sequence[Tensor], activations: Sequence[Tensor]
) -> Any:
    steps, bias_steps = [], []
    errors = 2 * (activations[-1] - Y) / Y.numel()
    gradients = activations[-1] * (1 - activations[-1])
    for i in range(len(weights) - 1, -1, -1):
        gradients = gradients * errors
        steps.insert(0, activations[i].T @ gradients)
        bias_steps.insert(0, gradients.sum(0))
        weights[i].data.sub_(0.1 * steps[0])  # here
        errors = errors @ weights[i].T  # here
        gradients = activations[i] * (1 - activations[i])
    return steps, bias_steps


@wrong(
    "deep_backward",
    "S265",
    fault="sign flipped, mean missing",
    says="2 (Y - output) is the direction that lowers the loss, to be added to the weights. The gradient has the "
    "other sign, and the division of the mean.",
)
def deep_backward_points_downhill(Y: Tensor, weights: Sequence[Tensor], activations: Sequence[Tensor]) -> Any:
    predicted = activations[-1]
    signal = 2 * (Y - predicted) * predicted * (1 - predicted)  # here
    updated: list[Any] = [None for _ in weights]
    updated_biases: list[Any] = [None for _ in weights]
    for layer in range(len(weights) - 1, -1, -1):
        updated[layer] = torch.matmul(activations[layer].T, signal)
        updated_biases[layer] = signal.sum(dim=0)
        signal = torch.matmul(signal, weights[layer].T) * activations[layer] * (1 - activations[layer])
    return updated, updated_biases


@wrong(
    "deep_backward",
    "S286",
    fault="lists in backward order",
    says="You append as you go from the last layer to the first, so the lists are in that order. They should be in "
    "the order of weights.",
)
def deep_backward_lists_from_last_to_first(Y: Tensor, weights: Sequence[Tensor], activations: Sequence[Tensor]) -> Any:
    delta_lst: list[Tensor] = []
    bias_lst: list[Tensor] = []
    back = 2 * (activations[-1] - Y) / Y.numel()
    for i in range(len(weights)):
        out, inp = activations[-1 - i], activations[-2 - i]
        error = back * out * (1 - out)
        delta_lst.append(inp.T @ error)  # here
        bias_lst.append(error.sum(dim=0))  # here
        back = error @ weights[-1 - i].T
    return delta_lst, bias_lst


@wrong(
    "deep_backward",
    "S224",
    fault="bias summed over everything",
    says="sum() without a dimension adds up the units as well. Each unit has a bias of its own; only the examples are "
    "added.",
)
def deep_backward_one_bias_for_all_units(Y: Tensor, weights: Sequence[Tensor], activations: Sequence[Tensor]) -> Any:
    last_error = 2 * (activations[-1] - Y) / Y.numel()
    deltas = [last_error * activations[-1] * (1 - activations[-1])]
    info = list(zip(activations[1:-1], weights[1:], strict=True))[::-1]
    for layer, W in info:
        error = torch.matmul(deltas[-1], W.T)
        deltas.append(error * layer * (1 - layer))
    deltas.reverse()
    grad_weights = [layer.T @ delta for layer, delta in zip(activations[:-1], deltas, strict=True)]
    return grad_weights, [torch.sum(delta) for delta in deltas]  # here


@wrong(
    "deep_backward",
    "S221",
    fault="bias averaged over examples",
    says="Averaging over the batch divides the bias gradients by n once more. The mean of the loss is in the deltas "
    "already.",
)
def deep_backward_bias_by_mean(Y: Tensor, weights: Sequence[Tensor], activations: Sequence[Tensor]) -> Any:
    d_out = 2 * (activations[-1] - Y) / Y.numel()
    grads_w, grads_b = [], []
    for X, W, A in zip(activations[-2::-1], list(weights)[::-1], list(activations)[:0:-1], strict=True):
        d_z = d_out * A * (1 - A)
        grads_w.append(torch.mm(X.T, d_z))
        grads_b.append(torch.mean(d_z, dim=0))  # here
        d_out = torch.mm(d_z, W.T)
    return grads_w[::-1], grads_b[::-1]


@wrong(
    "deep_backward",
    "S258",
    fault="value in place of slope",
    says="At the output you multiply by the sigmoid itself and not by its derivative. Below you do take the "
    "derivative.",
)
def deep_backward_function_for_derivative(Y: Tensor, weights: Sequence[Tensor], activations: Sequence[Tensor]) -> Any:
    delta = 2 / Y.numel() * (activations[-1] - Y) * activations[-1]  # here
    grad_weights, grad_biases = [], []
    for i in range(len(weights) - 1, -1, -1):
        grad_weights.insert(0, activations[i].T @ delta)
        grad_biases.insert(0, delta.sum(0))
        delta_sum = delta @ weights[i].T
        delta = delta_sum * activations[i] * (1 - activations[i])
    return grad_weights, grad_biases


@wrong(
    "deep_backward",
    "S239",
    fault="slope made from the error",
    says="You multiply the error by one minus the error. The slope of the sigmoid is made of the activation, both of "
    "its factors.",
)
def deep_backward_error_times_one_minus_error(
    Y: Tensor, weights: Sequence[Tensor], activations: Sequence[Tensor]
) -> Any:
    dh = 2 * (activations[-1] - Y) / Y.numel()
    dws, dbs = [], []
    for l in range(len(weights) - 1, -1, -1):
        dz = dh * (1 - dh)  # here
        dws.insert(0, torch.transpose(activations[l], 0, 1) @ dz)
        dbs.insert(0, torch.sum(dz, dim=0))
        dh = dz @ weights[l].T
    return dws, dbs


@wrong(
    "deep_backward",
    "S224",
    fault="slope of tanh for sigmoid",
    says="1 - a² is how a tanh reads its slope from its value. These layers are sigmoids.",
)
def deep_backward_tanh_output_to_derivative(Y: Tensor, weights: Sequence[Tensor], activations: Sequence[Tensor]) -> Any:
    def output_to_derivative(output: Tensor) -> Tensor:
        return 1 - torch.pow(output, 2)  # here

    layers = activations
    deltas = [2 * (layers[-1] - Y) / Y.numel() * output_to_derivative(layers[-1])]
    for index in range(len(weights) - 1, 0, -1):
        error = torch.matmul(deltas[0], weights[index].T)
        deltas = [error * output_to_derivative(layers[index]), *deltas]
    return [a.T @ d for a, d in zip(layers[:-1], deltas, strict=True)], [d.sum(0) for d in deltas]


@wrong(
    "deep_backward",
    "S260",
    fault="dummy entry in front",
    says="Your lists begin with a placeholder for the input layer and so are one too long. Entry l must belong to "
    "weights[l].",
)
def deep_backward_placeholder_for_layer_zero(
    Y: Tensor, weights: Sequence[Tensor], activations: Sequence[Tensor]
) -> Any:
    num_layers = len(activations)
    delta_w = [torch.zeros(1)] + [torch.zeros_like(w) for w in weights]
    delta_b = [torch.zeros(1)] + [torch.zeros_like(w[0]) for w in weights]
    delta = 2 / Y.numel() * (activations[-1] - Y) * activations[-1] * (1 - activations[-1])
    for i in range(num_layers - 1, 0, -1):
        delta_b[i] = delta.sum(dim=0)
        delta_w[i] = activations[i - 1].T @ delta
        delta = (delta @ weights[i - 1].T) * activations[i - 1] * (1 - activations[i - 1])
    return delta_w, delta_b  # here


@wrong(
    "deep_backward",
    "S293",
    fault="scale of mse missing",
    says="This is the gradient of half the sum of squared errors. The loss is their mean over all elements: the "
    "factor 2 / (n q) is missing.",
)
def deep_backward_cost_derivative_a_minus_y(Y: Tensor, weights: Sequence[Tensor], activations: Sequence[Tensor]) -> Any:
    def cost_derivative(output_activations: Tensor, y: Tensor) -> Tensor:
        return output_activations - y  # here

    delta = cost_derivative(activations[-1], Y) * activations[-1] * (1 - activations[-1])
    nabla_w, nabla_b = [activations[-2].t() @ delta], [delta.sum(0)]
    for l in range(2, len(activations)):
        delta = (delta @ weights[-l + 1].t()) * activations[-l] * (1 - activations[-l])
        nabla_w.append(activations[-l - 1].t() @ delta)
        nabla_b.append(delta.sum(0))
    return list(reversed(nabla_w)), list(reversed(nabla_b))


@wrong(
    "deep_backward",
    "S285",
    fault="factor two missing, batch size only",
    says="(A - Y) / m is the start for half of the squared error, averaged over examples only. Our loss has no half "
    "and averages over the outputs as well.",
)
def deep_backward_starts_with_difference_over_m(
    Y: Tensor, weights: Sequence[Tensor], activations: Sequence[Tensor]
) -> Any:
    L = len(weights)
    m = Y.shape[0]
    dZ = torch.zeros_like(Y)
    dW: dict[int, Tensor] = {}
    db: dict[int, Tensor] = {}
    for l in range(L, 0, -1):
        dA = (activations[L] - Y) / m if l == L else torch.matmul(dZ, weights[l].T)  # here
        dZ = torch.multiply(dA, activations[l] * (1 - activations[l]))
        dW[l] = activations[l - 1].T @ dZ
        db[l] = dZ.sum(dim=0)
    return [dW[l] for l in range(1, L + 1)], [db[l] for l in range(1, L + 1)]


@wrong(
    "deep_backward",
    "S283",
    fault="bias keeps a batch dimension",
    says="keepdim leaves each bias gradient as a table with one row. A bias has shape (q,), and so has its gradient.",
)
def deep_backward_bias_gradients_as_rows(Y: Tensor, weights: Sequence[Tensor], activations: Sequence[Tensor]) -> Any:
    def backprop(x: Tensor, dx: Tensor) -> tuple[Tensor, Tensor]:
        return torch.matmul(x.T, dx), torch.sum(dx, dim=0, keepdim=True)  # here

    grad_weights, grad_biases = [], []
    dx = 2 / Y.numel() * (activations[-1] - Y) * activations[-1] * (1 - activations[-1])
    for l in range(len(weights) - 1, -1, -1):
        dW, db = backprop(activations[l], dx)
        grad_weights.insert(0, dW)
        grad_biases.insert(0, db)
        dx = torch.matmul(dx, weights[l].T) * activations[l] * (1 - activations[l])
    return grad_weights, grad_biases


@wrong(
    "deep_backward",
    "S270",
    fault="first layer left out",
    says="The loop stops one layer too early: the first weights and biases keep the zeros that you started with.",
)
def deep_backward_stops_before_layer_zero(Y: Tensor, weights: Sequence[Tensor], activations: Sequence[Tensor]) -> Any:
    gradients_w = [torch.zeros_like(W) for W in weights]
    gradients_b = [torch.zeros_like(W[0]) for W in weights]
    next_derivatives = 2 / Y.numel() * (activations[-1] - Y) * activations[-1] * (1 - activations[-1])
    gradients_w[-1] = activations[-2].T @ next_derivatives
    gradients_b[-1] = next_derivatives.sum(0)
    for layer_idx in range(len(weights) - 2, 0, -1):  # here
        slope = activations[layer_idx + 1] * (1 - activations[layer_idx + 1])
        next_derivatives = (next_derivatives @ weights[layer_idx + 1].T) * slope
        gradients_w[layer_idx] = activations[layer_idx].T @ next_derivatives
        gradients_b[layer_idx] = next_derivatives.sum(0)
    return gradients_w, gradients_b


@wrong(
    "deep_backward",
    "S276",
    fault="gradients of weights transposed",
    says="Delta transposed times the input gives (outputs, inputs). The weights here are (inputs, outputs), and a "
    "gradient has their shape.",
)
def deep_backward_outputs_by_inputs(Y: Tensor, weights: Sequence[Tensor], activations: Sequence[Tensor]) -> Any:
    n_layers = len(activations)
    deltas: list[Any] = [None] * n_layers
    deltas[-1] = 2 / Y.numel() * (activations[-1] - Y) * activations[-1] * (1 - activations[-1])
    for ix_layer in range(n_layers - 2, 0, -1):
        back = torch.matmul(weights[ix_layer], deltas[ix_layer + 1].T).T
        deltas[ix_layer] = back * activations[ix_layer] * (1 - activations[ix_layer])
    gradients = []
    for ix_layer in range(n_layers - 1):
        gradients.append(torch.matmul(deltas[ix_layer + 1].T, activations[ix_layer]))  # here
    return gradients, [delta.sum(dim=0) for delta in deltas[1:]]


@wrong(
    "deep_backward",
    "S233",
    fault="returns a dict",
    says="Two lists are asked for. Yours is a dict with names for each layer.",
)
def deep_backward_dict_of_gradients(Y: Tensor, weights: Sequence[Tensor], activations: Sequence[Tensor]) -> Any:
    grads: dict[str, Tensor] = {}
    L = len(weights)
    dA = 2 * (activations[L] - Y) / Y.numel()
    for l in reversed(range(L)):
        dZ = dA * activations[l + 1] * (1 - activations[l + 1])
        dA = dZ @ weights[l].T
        grads["dA" + str(l)] = dA
        grads["dW" + str(l + 1)] = activations[l].T @ dZ
        grads["db" + str(l + 1)] = torch.sum(dZ, dim=0)
    return grads  # here


@wrong(
    "deep_backward",
    "S258",
    fault="wrong layer's weights",
    says="The error of a layer comes from the layer above through the weights between the two. You send it through "
    "the layer's own incoming weights.",
    raises="RuntimeError",
)
def deep_backward_own_incoming_weights(Y: Tensor, weights: Sequence[Tensor], activations: Sequence[Tensor]) -> Any:
    deltas = [2 / Y.numel() * (activations[-1] - Y) * activations[-1] * (1 - activations[-1])]
    for l in range(len(weights) - 2, -1, -1):
        delta_sum = deltas[0] @ weights[l].T  # here
        deltas.insert(0, delta_sum * activations[l + 1] * (1 - activations[l + 1]))
    return [a.T @ d for a, d in zip(activations[:-1], deltas, strict=True)], [d.sum(0) for d in deltas]
