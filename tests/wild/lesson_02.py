"""Answers to the exercises of lesson 02: activation functions, their slopes, an interpolant; long because it is a list."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from tests.wild.entries import right, wrong


@right("relu", "S166")
def relu_times_mask(X: Tensor) -> Tensor:
    return X * (X > 0)


@right("relu", "S111")
def relu_times_not_negative(X: Tensor) -> Tensor:
    return torch.mul(X, X >= 0)


@right("relu", "S170")
def relu_max_with_zeros(X: Tensor) -> Tensor:
    return torch.max(X, torch.zeros_like(X))


@right("relu", "S132")
def relu_where_negative(X: Tensor) -> Tensor:
    return torch.where(X < 0, 0, X)


@right("relu", "S114")
def relu_clamp_min(X: Tensor) -> Tensor:
    return X.clamp_min(0.0)


@right("relu", "S107")
def relu_copy_then_mask(X: Tensor) -> Tensor:
    mask = X <= 0
    out = X.clone()
    out[mask] = 0
    return out


class _HingeByHand(torch.autograd.Function):
    @staticmethod
    def forward(ctx: Any, X: Tensor) -> Tensor:
        ctx.save_for_backward(X)
        return X.clamp(min=0)

    @staticmethod
    def backward(ctx: Any, grad: Tensor) -> Tensor:
        (X,) = ctx.saved_tensors
        grad = grad.clone()
        grad[X < 0] = 0
        return grad


@right("relu", "S116")
def relu_custom_function(X: Tensor) -> Tensor:
    return _HingeByHand.apply(X)


@right("relu", "S125")
def relu_absolute_of_masked(X: Tensor) -> Tensor:
    masked = X * (X > 0)
    return masked.abs()


@right("relu", "S173")
def relu_where_times_leakage(X: Tensor, leakage: float = 0.0) -> Tensor:
    return torch.where(X > 0, X, X * leakage)


@right("relu", "S147")
def relu_flat_loop(X: Tensor) -> Tensor:
    flat = X.reshape(-1)
    out = flat.clone()
    for i in range(flat.numel()):
        v = flat[i]
        out[i] = v if v > 0.0 else 0.0
    return out.reshape(X.shape)


@wrong(
    "relu",
    "S100",
    fault="python's max on a tensor",
    says="Python's max asks whether the whole tensor is larger than 0, and that has no single answer. "
    "You need a maximum that works element by element.",
    raises="RuntimeError",
)
def relu_python_max(X: Tensor) -> Any:
    return max(0, X)  # here


@wrong(
    "relu",
    "S118",
    fault="if on a whole tensor",
    says="An if decides once, but every element of X needs its own decision. Torch refuses to take a tensor of many "
    "elements for True or False.",
    raises="RuntimeError",
)
def relu_conditional_expression(X: Tensor) -> Any:
    return X if X > 0 else 0  # here


@wrong(
    "relu",
    "S126",
    fault="if on a whole tensor",
    says="This is the ReLU of one number. Called with a tensor, the comparison gives one answer per element, and the if "
    "cannot choose between them.",
    raises="RuntimeError",
)
def relu_early_return(X: Tensor) -> Any:
    if X > 0:  # here
        return X
    return 0


@wrong(
    "relu",
    "S124",
    fault="max with a number in front",
    says="torch.max does not compare a number with a tensor. It wants either one tensor to reduce or two tensors.",
    raises="TypeError",
)
def relu_torch_max_zero_first(X: Tensor) -> Any:
    return torch.max(0, X)  # here


@wrong(
    "relu",
    "S133",
    fault="changes its input",
    says="val = X is a second name, not a copy, so setting elements of val to 0 overwrites the caller's X.",
)
def relu_alias_then_zero(X: Tensor) -> Tensor:
    val = X  # here
    val[val < 0] = 0  # here
    return val


@wrong(
    "relu",
    "S136",
    fault="changes its input",
    says="The numbers are right, but they are written into X itself. Whoever called you has lost the values before the "
    "activation.",
)
def relu_zeroes_the_input(X: Tensor) -> Tensor:
    X[X < 0] = 0.0  # here
    return X


@wrong(
    "relu",
    "S152",
    fault="changes its input",
    says="copy_ writes the result back into the rows of X. Besides, X need not have rows: any shape is allowed.",
)
def relu_rows_overwritten(X: Tensor) -> Tensor:
    def hinge(value: Any) -> Any:
        return max(0.0, value)

    for row in X:
        row.copy_(torch.tensor(list(map(hinge, row.tolist()))))  # here
    return X


@wrong(
    "relu",
    "S141",
    fault="leaky relu",
    says="Negative elements come out as a tenth of themselves. That is a leaky ReLU; the plain one gives 0 there.",
)
def relu_leaky_tenth(X: Tensor) -> Tensor:
    return torch.maximum(0.1 * X, X)  # here


@wrong(
    "relu",
    "S122",
    fault="leaky relu",
    says="Below 0 you return alpha times x. With ReLU the negative side is exactly 0.",
)
def relu_leaky_hundredth(X: Tensor, alpha: float = 0.01) -> Tensor:
    return torch.where(X >= 0, X, alpha * X)  # here


@wrong(
    "relu",
    "S167",
    fault="numpy cuts the gradient off",
    says="NumPy knows nothing of autograd: as soon as X requires a gradient, np.maximum raises an error. "
    "Stay with functions of torch.",
)
def relu_np_maximum(X: Tensor) -> Any:
    return np.maximum(0, X)  # here


@wrong(
    "relu",
    "S169",
    fault="does not keep the dtype",
    says=".float() makes a mask in single precision, and half precision times single precision is single precision. "
    "The result has to have the dtype of X.",
)
def relu_float_mask(X: Tensor) -> Tensor:
    return X * (X > 0).float()  # here


@wrong(
    "relu",
    "S110",
    fault="list of elements",
    says="You go through X element by element and return a list. With rows inside, the maximum of a row and 0 has no "
    "single answer, and for a vector the result is not a tensor.",
    raises="RuntimeError",
)
def relu_list_of_elements(X: Tensor) -> Any:
    return [max(0, x) for x in X]  # here


@wrong(
    "relu",
    "S171",
    fault="only for matrices",
    says="Two nested loops over rows and columns fit a matrix only. X may have any number of dimensions.",
)
def relu_two_nested_loops(X: Tensor) -> Tensor:
    result = X.clone()
    for i in range(X.shape[0]):
        for j in range(X.shape[1]):  # here
            if X[i][j] < 0:
                result[i][j] = 0
    return result


@wrong(
    "relu",
    "S171",
    fault="calls the library's relu",
    says="The values are right, but this is the function that you were asked to write.",
)
def relu_library_layer(X: Tensor) -> Tensor:
    activation = nn.ReLU()  # here
    return activation(X)


@wrong(
    "relu",
    "S127",
    fault="returns a cache, too",
    says="You return a pair of the activation and a cache. Here only the activation is asked for.",
)
def relu_with_cache(X: Tensor) -> Any:
    A = torch.maximum(torch.zeros_like(X), X)
    cache = X
    return A, cache  # here


@right("relu_grad", "S172")
def relu_grad_as_tensor(X: Tensor) -> Tensor:
    return torch.as_tensor(X > 0, dtype=X.dtype)


@right("relu_grad", "S173")
def relu_grad_copy_and_masks(X: Tensor) -> Tensor:
    slopes = X.detach().clone()
    slopes[X <= 0] = 0
    slopes[X > 0] = 1
    return slopes


@right("relu_grad", "S179")
def relu_grad_where_of_constants(X: Tensor) -> Tensor:
    return torch.where(X > 0, torch.ones_like(X), torch.zeros_like(X))


@right("relu_grad", "S110")
def relu_grad_list_of_ones(X: Tensor) -> Tensor:
    slopes = [1 if x > 0 else 0 for x in X.reshape(-1)]
    return torch.tensor(slopes, dtype=X.dtype, device=X.device).reshape(X.shape)


@right("relu_grad", "S103")
def relu_grad_mask_in_dtype(X: Tensor) -> Tensor:
    return (X > 0).to(X.dtype)


@right("relu_grad", "S147")
def relu_grad_adds_up_in_a_buffer(X: Tensor) -> Tensor:
    flat = X.reshape(-1)
    slopes = torch.zeros_like(flat)
    for i in range(len(flat)):
        if flat[i] > 0.0:
            slopes[i] += 1.0
    return slopes.reshape(X.shape)


@wrong(
    "relu_grad",
    "S174",
    fault="slope 1 at zero",
    says="At exactly 0 your slope is 1. The convention here, as in PyTorch, is 0.",
)
def relu_grad_where_not_negative(X: Tensor) -> Tensor:
    return torch.where(X >= 0, torch.ones_like(X), torch.zeros_like(X))  # here


@wrong(
    "relu_grad",
    "S107",
    fault="slope 1 at zero",
    says="The mask takes 0 in as well, so the slope there is 1 instead of 0.",
)
def relu_grad_mask_with_zero(X: Tensor) -> Tensor:
    grad = torch.zeros_like(X)
    grad[X >= 0] = 1  # here
    return grad


@wrong(
    "relu_grad",
    "S132",
    fault="slope 1 at zero",
    says="Only negative elements get slope 0, which leaves 1 for x = 0. Where does the contract put 0?",
)
def relu_grad_zero_below(X: Tensor) -> Tensor:
    return torch.where(X < 0, 0, 1).to(X.dtype)  # here


@wrong(
    "relu_grad",
    "S175",
    fault="slope one half at zero",
    says="The sign of 0 is 0, so your slope there is one half. It has to be 0.",
)
def relu_grad_from_sign(X: Tensor) -> Tensor:
    return (torch.sign(X) + 1) / 2  # here


@wrong(
    "relu_grad",
    "S183",
    fault="returns booleans",
    says="A comparison gives True and False. The slopes are numbers, in the dtype of X.",
)
def relu_grad_comparison_only(X: Tensor) -> Tensor:
    return X > 0  # here


@wrong(
    "relu_grad",
    "S176",
    fault="returns integers",
    says="From the integers 1 and 0, torch.where makes a tensor of int64. The slopes have to come in the dtype of X.",
)
def relu_grad_where_of_integers(X: Tensor) -> Tensor:
    return torch.where(X > 0, 1, 0)  # here


@wrong(
    "relu_grad",
    "S171",
    fault="returns integers",
    says="You turn the mask into integers. The values are right, the dtype of X is lost.",
)
def relu_grad_integer_mask(X: Tensor) -> Tensor:
    mask = X > 0
    return mask.int()  # here


@wrong(
    "relu_grad",
    "S166",
    fault="returns integers",
    says="One times a boolean is an integer. Nothing brings the result back to the dtype of X.",
)
def relu_grad_one_times_mask(X: Tensor) -> Tensor:
    return 1 * (X > 0)  # here


@wrong(
    "relu_grad",
    "S114",
    fault="always single precision",
    says=".float() is single precision, whatever X is. For float64 or float16 the dtype no longer agrees.",
)
def relu_grad_float_mask(X: Tensor) -> Tensor:
    return (X > 0).float()  # here


@wrong(
    "relu_grad",
    "S133",
    fault="masks its own ones",
    says="You ask which elements of val are not positive, but val holds nothing but ones. The question is about X, "
    "so every slope stays 1.",
)
def relu_grad_masks_its_own_ones(X: Tensor) -> Tensor:
    val = torch.ones_like(X)
    val[val <= 0] = 0  # here
    return val


@wrong(
    "relu_grad",
    "S177",
    fault="changes its input",
    says="You write the slopes into X itself. The caller's values are gone.",
)
def relu_grad_overwrites_input(X: Tensor) -> Tensor:
    X[X <= 0] = 0  # here
    X[X > 0] = 1  # here
    return X


@wrong(
    "relu_grad",
    "S178",
    fault="changes its input",
    says="result is only another name for X; without a copy both masks overwrite what the caller handed in.",
)
def relu_grad_alias(X: Tensor) -> Tensor:
    result = X  # here
    result[result <= 0] = 0  # here
    result[result > 0] = 1  # here
    return result


@wrong(
    "relu_grad",
    "S141",
    fault="slope of a leaky relu",
    says="For negative x you return 0.1. That is the slope of a leaky ReLU; here it is 0.",
)
def relu_grad_leaky_tenth(X: Tensor) -> Tensor:
    return torch.where(X > 0, 1.0, 0.1).to(X.dtype)  # here


@wrong(
    "relu_grad",
    "S112",
    fault="lets autograd do it",
    says="The slopes are right, but autograd has computed them. The exercise asks you to write the derivative yourself.",
)
def relu_grad_by_autograd(X: Tensor) -> Tensor:
    leaf = X.detach().clone().requires_grad_(True)
    with torch.enable_grad():
        y = torch.relu(leaf)
        y.backward(torch.ones_like(leaf))  # here
    return leaf.grad


@right("sigmoid", "S161")
def sigmoid_two_masks_one_fraction(X: Tensor) -> Tensor:
    positive, negative = X >= 0, X < 0
    z = torch.zeros_like(X)
    z[positive] = torch.exp(-X[positive])
    z[negative] = torch.exp(X[negative])
    top = torch.ones_like(X)
    top[negative] = z[negative]
    return top / (1 + z)


@right("sigmoid", "S169")
def sigmoid_minimum_and_absolute(X: Tensor) -> Tensor:
    numerator = torch.exp(torch.minimum(X, torch.zeros_like(X)))
    return numerator / (1 + torch.exp(-torch.abs(X)))


@right("sigmoid", "S181")
def sigmoid_by_logaddexp(X: Tensor) -> Tensor:
    return torch.exp(-torch.logaddexp(torch.zeros_like(X), -X))


@right("sigmoid", "S182")
def sigmoid_exponent_made_safe(X: Tensor) -> Tensor:
    size = torch.where(X >= 0, X, -X)
    e = torch.exp(-size)
    return torch.where(X >= 0, 1 / (1 + e), e / (1 + e))


@right("sigmoid", "S123")
def sigmoid_masked_assignment(X: Tensor) -> Tensor:
    out = torch.zeros_like(X)
    positive = X >= 0
    out[positive] = 1.0 / (1.0 + torch.exp(-X[positive]))
    out[~positive] = torch.exp(X[~positive]) / (1.0 + torch.exp(X[~positive]))
    return out


@right("sigmoid", "S147")
def sigmoid_element_by_element(X: Tensor) -> Tensor:
    flat = X.reshape(-1)
    activations = flat.clone()
    for i, value in enumerate(flat):
        if value >= 0:
            activations[i] = 1 / (1 + torch.exp(-value))
        else:
            e = torch.exp(value)
            activations[i] = e / (1 + e)
    return activations.reshape(X.shape)


@wrong(
    "sigmoid",
    "S109",
    fault="overflows for negative x",
    says="The values are right by luck: exp(-x) becomes infinite for very negative x. In the backward pass that "
    "infinity makes the gradient NaN.",
)
def sigmoid_as_the_formula(X: Tensor) -> Tensor:
    return 1.0 / (1.0 + torch.exp(-X))  # here


@wrong(
    "sigmoid",
    "S194",
    fault="overflows for negative x",
    says="Written as a power of -1 it is still exp(-x) that overflows, and its gradient is NaN at x = -100.",
)
def sigmoid_power_of_minus_one(X: Tensor) -> Tensor:
    return (torch.exp(-X) + 1) ** (-1)  # here


@wrong(
    "sigmoid",
    "S104",
    fault="overflows for negative x",
    says="e to the power of -x is infinite for very negative x, whichever way you write the power. The gradient there "
    "is NaN.",
)
def sigmoid_power_of_math_e(X: Tensor) -> Tensor:
    return 1 / (1 + math.e ** (-X))  # here


@wrong(
    "sigmoid",
    "S167",
    fault="numpy cuts the gradient off",
    says="np.exp does not take part in autograd: with an X that requires a gradient it raises an error. "
    "Use the exponential of torch, and one that cannot overflow.",
)
def sigmoid_np_exp(X: Tensor) -> Any:
    return 1 / (1 + np.exp(-X))  # here


@wrong(
    "sigmoid",
    "S122",
    fault="infinity over infinity",
    says="For large x both exp(x) and 1 + exp(x) are infinite, and their quotient is NaN instead of 1.",
)
def sigmoid_exp_over_one_plus_exp(X: Tensor) -> Tensor:
    return torch.divide(torch.exp(X), 1 + torch.exp(X))  # here


@wrong(
    "sigmoid",
    "S182",
    fault="where hides an overflow",
    says="torch.where evaluates both branches everywhere and only picks afterwards. The branch that is not picked "
    "overflows, and in the backward pass 0 times infinity makes the gradient NaN.",
)
def sigmoid_where_of_two_formulas(X: Tensor) -> Tensor:
    return torch.where(X >= 0, 1 / (1 + torch.exp(-X)), torch.exp(X) / (1 + torch.exp(X)))  # here


@wrong(
    "sigmoid",
    "S105",
    fault="clips too late for float32",
    says="Clipping at 500 protects float64 only: in float32 the exponential overflows beyond about 88 already, and the "
    "gradient there is NaN.",
)
def sigmoid_clipped_at_500(X: Tensor) -> Tensor:
    X = torch.clip(X, -500, 500)  # here
    return 1.0 / (1.0 + torch.exp(-X))


@wrong(
    "sigmoid",
    "S182",
    fault="if on a whole tensor",
    says="The idea with two formulas is good, but an if decides once for the whole tensor, and torch refuses. "
    "Every element needs its own choice.",
    raises="RuntimeError",
)
def sigmoid_scalar_if(X: Tensor) -> Tensor:
    if X >= 0:  # here
        return 1 / (1 + torch.exp(-X))
    z = torch.exp(X)
    return z / (1 + z)


@wrong(
    "sigmoid",
    "S103",
    fault="rounds the result",
    says="Rounding to four decimals throws away digits and makes the gradient 0 everywhere.",
)
def sigmoid_rounded(X: Tensor) -> Tensor:
    s = torch.exp(-torch.logaddexp(torch.zeros_like(X), -X))
    return torch.round(s, decimals=4)  # here


@wrong(
    "sigmoid",
    "S100",
    fault="python's round on a tensor",
    says="Python's round with a number of digits does not work on tensors, and rounding is not asked for anyway.",
    raises="TypeError",
)
def sigmoid_python_round(X: Tensor) -> Any:
    return round(1 / (1 + torch.exp(-X)), 4)  # here


@wrong(
    "sigmoid",
    "S119",
    fault="math.exp on a tensor",
    says="math.exp takes a single number. For a tensor you need an exponential that works element by element.",
    raises="ValueError",
)
def sigmoid_math_exp(X: Tensor) -> Any:
    return 1 / (1 + math.exp(-X))  # here


@wrong(
    "sigmoid",
    "S117",
    fault="parentheses missing",
    says="1/1 + exp(-x) is 1 plus an exponential: the division comes first. Put the denominator in parentheses.",
)
def sigmoid_missing_parentheses(X: Tensor) -> Tensor:
    return 1 / 1 + torch.exp(-X)  # here


@wrong(
    "sigmoid",
    "S198",
    fault="minus sign missing",
    says="Without the minus in the exponent the curve falls from 1 to 0. You have 1 minus the sigmoid.",
)
def sigmoid_minus_missing(X: Tensor) -> Tensor:
    return 1 / (1 + torch.exp(X))  # here


@wrong(
    "sigmoid",
    "S183",
    fault="subtracts the maximum",
    says="Subtracting the maximum leaves a softmax as it is, because it cancels there. Here it shifts every value: "
    "your largest element always becomes one half.",
)
def sigmoid_subtracts_maximum(X: Tensor) -> Tensor:
    v = X - torch.max(X)  # here
    return 1 / (1 + torch.exp(-v))


@wrong(
    "sigmoid",
    "S196",
    fault="calls the library's tanh",
    says="Correct and stable, but the work is done by torch.tanh, which is the same function up to scale. "
    "Build it from the exponential.",
)
def sigmoid_from_library_tanh(X: Tensor) -> Tensor:
    return torch.tanh(X * 0.5) * 0.5 + 0.5  # here


@wrong(
    "sigmoid",
    "S134",
    fault="calls the library's sigmoid",
    says="expit is the sigmoid under another name. The exercise is to write it.",
)
def sigmoid_expit(X: Tensor) -> Tensor:
    return torch.special.expit(X)  # here


@wrong(
    "sigmoid",
    "S197",
    fault="library's sigmoid, in place",
    says="sigmoid_ is the library's own version, and its underscore means that it overwrites X.",
)
def sigmoid_in_place_and_clamped(X: Tensor) -> Tensor:
    return torch.clamp(X.sigmoid_(), min=1e-4, max=1 - 1e-4)  # here


@wrong(
    "sigmoid",
    "S123",
    fault="always double precision",
    says="You convert everything to float64 and return it so. The result has to keep the dtype of X.",
)
def sigmoid_in_double(X: Tensor) -> Tensor:
    z = torch.as_tensor(X, dtype=torch.float64)  # here
    e = torch.exp(-torch.where(z >= 0, z, -z))
    return torch.where(z >= 0, 1.0 / (1.0 + e), e / (1.0 + e))


@wrong(
    "sigmoid",
    "S127",
    fault="returns a cache, too",
    says="The function returns a pair of activation and cache. Only the activation is asked for.",
)
def sigmoid_with_cache(X: Tensor) -> Any:
    A = 1 / (1 + torch.exp(-X))
    cache = X
    return A, cache  # here


@wrong(
    "sigmoid",
    "S135",
    fault="steeper by a factor",
    says="The factor 2 beta in the exponent makes the curve twice as steep. The sigmoid here has just -x.",
)
def sigmoid_with_beta(X: Tensor, beta: float = 1.0) -> Tensor:
    return 1 / (1 + torch.exp(-2 * beta * X))  # here


@right("sigmoid_grad", "S108")
def sigmoid_grad_own_helper(X: Tensor) -> Tensor:
    def sigmoid(x: Tensor) -> Tensor:
        return 1 / (1 + torch.exp(-x))

    fx = sigmoid(X)
    return fx * (1 - fx)


@right("sigmoid_grad", "S107")
def sigmoid_grad_one_minus_first(X: Tensor) -> Tensor:
    return (1.0 - torch.sigmoid(X)) * torch.sigmoid(X)


@right("sigmoid_grad", "S132")
def sigmoid_grad_two_calls(X: Tensor) -> Tensor:
    def apply(z: Tensor) -> Tensor:
        return torch.exp(-torch.logaddexp(torch.zeros_like(z), -z))

    return torch.multiply(apply(X), torch.ones_like(X) - apply(X))


@right("sigmoid_grad", "S133")
def sigmoid_grad_scale_and_shift(X: Tensor, c: float = 1.0, b: float = 0.0) -> Tensor:
    val = 1 + torch.exp(-c * (X + b))
    y = 1 / val
    return c * y * (1 - y)


@right("sigmoid_grad", "S147")
def sigmoid_grad_flat_loop(X: Tensor) -> Tensor:
    slopes = torch.zeros_like(X).reshape(-1)
    for i, v in enumerate(X.reshape(-1).tolist()):
        ev = math.exp(-v) if v >= 0.0 else math.exp(v)
        out = 1.0 / (1.0 + ev)
        slopes[i] = out * (1.0 - out)
    return slopes.reshape(X.shape)


@wrong(
    "sigmoid_grad",
    "S111",
    fault="takes x for the activation",
    says="a(1 - a) is the slope if a is the output of the sigmoid. You are given its input, so apply the sigmoid first.",
)
def sigmoid_grad_of_activation(X: Tensor) -> Tensor:
    return X * (1 - X)  # here


@wrong(
    "sigmoid_grad",
    "S167",
    fault="takes x for the activation",
    says="With deriv=True your helper expects the output of the sigmoid, and you call it with the input.",
)
def sigmoid_grad_by_flag(X: Tensor) -> Tensor:
    def sigmoid(value: Tensor, deriv: bool = False) -> Tensor:
        if deriv:
            return value * (1 - value)
        return 1 / (1 + torch.exp(-value))

    return sigmoid(X, deriv=True)  # here


@wrong(
    "sigmoid_grad",
    "S176",
    fault="takes x for the activation",
    says="This parabola is negative for x above 1, but the sigmoid never falls. It is meant for sigma(x), not for x.",
)
def sigmoid_grad_parabola(X: Tensor) -> Tensor:
    return X - X.pow(2)  # here


@wrong(
    "sigmoid_grad",
    "S184",
    fault="infinity over infinity",
    says="For very negative x the numerator and the square in the denominator are both infinite, and you get NaN "
    "where the slope is 0.",
)
def sigmoid_grad_exp_over_square(X: Tensor) -> Tensor:
    return torch.exp(-X) / ((1 + torch.exp(-X)) ** 2)  # here


@wrong(
    "sigmoid_grad",
    "S199",
    fault="sign lost",
    says="Two minus signs meet here, one of the power and one of the inner derivative. You dropped one: the sigmoid "
    "rises, so its slope is positive.",
)
def sigmoid_grad_negative(X: Tensor) -> Tensor:
    s = 1 / (1 + torch.exp(-X))
    return -s * (1 - s)  # here


@wrong(
    "sigmoid_grad",
    "S180",
    fault="applies the sigmoid twice",
    says="You squash x before you call the derivative, and the derivative squashes once more. The slope belongs to x, "
    "not to sigma(x).",
)
def sigmoid_grad_squashed_twice(X: Tensor) -> Tensor:
    def derivative(x: Tensor) -> Tensor:
        return torch.sigmoid(x) * (1 - torch.sigmoid(x))

    activated = torch.sigmoid(X)
    return derivative(activated)  # here


@wrong(
    "sigmoid_grad",
    "S103",
    fault="rounds the result",
    says="After rounding to four decimals the slope is exactly 0 from |x| = 10 on, and elsewhere it has lost its digits.",
)
def sigmoid_grad_rounded(X: Tensor) -> Tensor:
    s = 1.0 / (1.0 + torch.exp(-X))
    return torch.round(s * (1.0 - s), decimals=4)  # here


@wrong(
    "sigmoid_grad",
    "S135",
    fault="slope of a steeper sigmoid",
    says="This is the slope of a sigmoid with 2 beta x in its exponent, twice as steep as ours. Here it is x alone.",
)
def sigmoid_grad_with_beta(X: Tensor, beta: float = 1.0) -> Tensor:
    result = 1 / (1 + torch.exp(-2 * beta * X))
    return 2 * beta * result * (1 - result)  # here


@wrong(
    "sigmoid_grad",
    "S112",
    fault="lets autograd do it",
    says="backward() has done the work. Write the slope down as a formula of x.",
)
def sigmoid_grad_by_autograd(X: Tensor) -> Tensor:
    x = X.detach().clone().requires_grad_()
    with torch.enable_grad():
        torch.sigmoid(x).sum().backward()  # here
    return x.grad


@wrong(
    "sigmoid_grad",
    "S110",
    fault="list with math.exp",
    says="The list goes over the rows of X, and math.exp cannot take a row. Work on the whole tensor instead.",
    raises="ValueError",
)
def sigmoid_grad_of_a_list(X: Tensor) -> Any:
    squashed = [1 / (1 + math.exp(-x)) for x in X]  # here
    return [s * (1 - s) for s in squashed]


@right("tanh", "S186")
def tanh_from_own_sigmoid(X: Tensor) -> Tensor:
    def sigmoid(z: Tensor) -> Tensor:
        out = torch.zeros_like(z)
        below = z < 0
        e = torch.exp(z[below])
        out[below] = e / (1 + e)
        out[~below] = 1 / (1 + torch.exp(-z[~below]))
        return out

    return 2 * sigmoid(2 * X) - 1


@right("tanh", "S187")
def tanh_by_symmetry(X: Tensor) -> Tensor:
    size = torch.where(X >= 0, X, -X)
    t = torch.exp(-2 * size)
    half = (1 - t) / (1 + t)
    return torch.where(X >= 0, half, -half)


@right("tanh", "S159")
def tanh_cutoffs_on_elements(X: Tensor) -> Tensor:
    def tanh(x: Tensor) -> Tensor | float:
        if x < -100:
            return -1.0
        if x > 100:
            return 1.0
        if x < 0:
            e2x = torch.exp(2 * x)
            return (e2x - 1) / (e2x + 1)
        em2x = torch.exp(-2 * x)
        return (1 - em2x) / (1 + em2x)

    result = X.reshape(-1).clone()
    for i, x in enumerate(X.reshape(-1)):
        result[i] = tanh(x)
    return result.reshape(X.shape)


@wrong(
    "tanh",
    "S133",
    fault="infinity over infinity",
    says="For large |x| the numerator and the denominator are both infinite, and their quotient is NaN instead of 1 or "
    "-1.",
)
def tanh_four_exponentials(X: Tensor) -> Tensor:
    num = torch.exp(X) - torch.exp(-X)
    denom = torch.exp(X) + torch.exp(-X)
    return num / denom  # here


@wrong(
    "tanh",
    "S188",
    fault="infinity over infinity",
    says="exp(2x) overflows for large positive x, and then you divide infinity by infinity. Choose the exponent by the "
    "sign of x.",
)
def tanh_exp_of_two_x(X: Tensor) -> Tensor:
    e = torch.exp(2 * X)
    return (e - 1) / (e + 1)  # here


@wrong(
    "tanh",
    "S187",
    fault="infinity over infinity",
    says="The formula holds, but for very negative x exp(-2x) is infinite above and below the line: NaN instead of -1.",
)
def tanh_one_minus_over_one_plus(X: Tensor) -> Tensor:
    return (1 - torch.exp(-2 * X)) / (1 + torch.exp(-2 * X))  # here


@wrong(
    "tanh",
    "S167",
    fault="overflow inside, gradient nan",
    says="The values are right even at -100, but only because 2 over infinity is 0. The gradient there is NaN: the "
    "exponential overflows before it is divided away.",
)
def tanh_two_over_one_plus(X: Tensor) -> Tensor:
    return (2 / (1 + torch.exp(-2 * X))) - 1  # here


@wrong(
    "tanh",
    "S187",
    fault="overflow inside, gradient nan",
    says="With |x| in a positive exponent the overflow has moved, not gone: values are right, gradients at large |x| "
    "are NaN. And sign has slope 0, so the gradient at 0 is lost.",
)
def tanh_sign_times_one_minus(X: Tensor) -> Tensor:
    return torch.sign(X) * (1 - 2 / (torch.exp(2 * torch.abs(X)) + 1))  # here


@wrong(
    "tanh",
    "S185",
    fault="half of the argument",
    says="With exp(-x) in place of exp(-2x) this is tanh(x/2), the bipolar sigmoid. It also overflows.",
)
def tanh_bipolar_sigmoid(X: Tensor) -> Tensor:
    n = 1.0 - torch.exp(-X)  # here
    d = 1.0 + torch.exp(-X)  # here
    return n / d


@wrong(
    "tanh",
    "S103",
    fault="rounds the result",
    says="The last line rounds to four decimals. That costs digits, and a rounded function has no slope.",
)
def tanh_rounded(X: Tensor) -> Tensor:
    size = torch.where(X >= 0, X, -X)
    t = torch.exp(-2 * size)
    res = torch.where(X >= 0, 1.0, -1.0).to(X.dtype) * (1 - t) / (1 + t)
    return torch.round(res, decimals=4)  # here


@wrong(
    "tanh",
    "S105",
    fault="calls numpy's tanh",
    says="np.tanh is the library's own version, and NumPy cannot pass a gradient back to X.",
)
def tanh_of_numpy(X: Tensor) -> Any:
    return np.tanh(X)  # here


@wrong(
    "tanh",
    "S136",
    fault="calls the library's tanh",
    says="The method tanh of the tensor is what you were asked to write.",
)
def tanh_method_of_tensor(X: Tensor) -> Tensor:
    output = X.tanh()  # here
    return output


@wrong(
    "tanh",
    "S185",
    fault="scaled tanh",
    says="1.7159 tanh(2x/3) is another activation function, with limits at 1.7159. Here the plain tanh is asked for, "
    "and not the library's.",
)
def tanh_of_lecun(X: Tensor) -> Tensor:
    inner = (2 / 3) * X
    return 1.7159 * torch.tanh(inner)  # here


@wrong(
    "tanh",
    "S159",
    fault="if on a whole tensor",
    says="The cut-offs at 100 are meant for one number. With a tensor the comparison has as many answers as elements, "
    "and the if cannot decide.",
    raises="RuntimeError",
)
def tanh_scalar_cutoffs(X: Tensor) -> Any:
    if X < -100:  # here
        return -1
    if X > 100:
        return 1
    em2x = torch.exp(-2 * X)
    return (1 - em2x) / (1 + em2x)


@wrong(
    "tanh",
    "S123",
    fault="math.exp on a tensor",
    says="math.exp cannot take a tensor of many elements. Use the exponential of torch, in a form that does not "
    "overflow.",
    raises="ValueError",
)
def tanh_with_math_exp(X: Tensor) -> Any:
    result = (math.exp(X) - math.exp(-X)) / (math.exp(X) + math.exp(-X))  # here
    return round(result, 4)


@right("tanh_grad", "S132")
def tanh_grad_of_own_tanh(X: Tensor) -> Tensor:
    def apply(z: Tensor) -> Tensor:
        return 2 / (1 + torch.exp(-2 * z)) - 1

    return 1 - apply(X) ** 2


@right("tanh_grad", "S116")
def tanh_grad_one_minus_square(X: Tensor) -> Tensor:
    t = torch.tanh(X)
    return 1 - t * t


@right("tanh_grad", "S194")
def tanh_grad_four_over_square(X: Tensor) -> Tensor:
    return 4 / (torch.exp(X) + torch.exp(-X)) ** 2


@right("tanh_grad", "S141")
def tanh_grad_cosh_to_minus_two(X: Tensor) -> Tensor:
    return torch.cosh(X) ** (-2)


@right("tanh_grad", "S135")
def tanh_grad_with_beta_of_one(X: Tensor, beta: float = 1.0) -> Tensor:
    return beta * (1 - torch.pow(torch.tanh(beta * X), 2))


@right("tanh_grad", "S147")
def tanh_grad_flat_loop(X: Tensor) -> Tensor:
    outputs = [math.tanh(v) for v in X.reshape(-1).tolist()]
    slopes = torch.tensor([1.0 - out * out for out in outputs], dtype=X.dtype, device=X.device)
    return slopes.reshape(X.shape)


@wrong(
    "tanh_grad",
    "S176",
    fault="takes x for the activation",
    says="1 minus the square is the slope if the square is that of tanh(x). You square x itself, and for |x| above 1 "
    "the slope turns negative.",
)
def tanh_grad_one_minus_x_squared(X: Tensor) -> Tensor:
    return 1 - X**2  # here


@wrong(
    "tanh_grad",
    "S109",
    fault="takes x for the activation",
    says="Your function expects y = tanh(x) as its argument, but it gets x.",
)
def tanh_grad_of_output(X: Tensor) -> Tensor:
    y = X  # here
    return 1 - y * y


@wrong(
    "tanh_grad",
    "S136",
    fault="applies tanh twice",
    says="You take tanh of something that is a tanh already. The slope at x needs tanh(x), squared, once.",
)
def tanh_grad_squashed_twice(X: Tensor) -> Tensor:
    stored = X.tanh()
    return 1 - stored.tanh() ** 2  # here


@wrong(
    "tanh_grad",
    "S188",
    fault="infinity over infinity",
    says="exp(2x) overflows for large x in the numerator and in the denominator, and the quotient is NaN where the "
    "slope is 0.",
)
def tanh_grad_exp_of_two_x(X: Tensor) -> Tensor:
    return 4 * torch.exp(2 * X) / ((torch.exp(2 * X) + 1) * (torch.exp(2 * X) + 1))  # here


@wrong(
    "tanh_grad",
    "S133",
    fault="infinity over infinity",
    says="The formula 1 - y^2 is fine, but your y is infinity over infinity at large |x|, and NaN stays NaN.",
)
def tanh_grad_of_unstable_tanh(X: Tensor) -> Tensor:
    y = (torch.exp(X) - torch.exp(-X)) / (torch.exp(X) + torch.exp(-X))  # here
    return 1 - y**2


@wrong(
    "tanh_grad",
    "S112",
    fault="quotient rule gone wrong",
    says="At x = 0 your slope is 1/4, but tanh has slope 1 there. Do the quotient rule once more: both terms of its "
    "numerator carry a factor exp(-2x).",
)
def tanh_grad_wrong_quotient_rule(X: Tensor) -> Tensor:
    e = torch.exp(-2 * X)
    return (2 * e - e**2) / (1 + e) ** 2  # here


@wrong(
    "tanh_grad",
    "S185",
    fault="slope of the bipolar sigmoid",
    says="One half of 1 minus the square is the slope of tanh(x/2). You need neither the half in front nor the half "
    "inside.",
)
def tanh_grad_of_bipolar_sigmoid(X: Tensor) -> Tensor:
    bipolar = 2 / (1 + torch.exp(-X)) - 1  # here
    return 0.5 * (1 + bipolar) * (1 - bipolar)  # here


@wrong(
    "tanh_grad",
    "S185",
    fault="slope of a scaled tanh",
    says="This is the slope of 1.7159 tanh(2x/3). The exercise has the plain tanh.",
)
def tanh_grad_of_lecun(X: Tensor) -> Tensor:
    t = torch.tanh(2 * X / 3)
    return (2 / 3) * 1.7159 * (1 - t**2)  # here


@wrong(
    "tanh_grad",
    "S103",
    fault="rounds the result",
    says="Rounding to four decimals makes small slopes exactly 0, and the others lose digits.",
)
def tanh_grad_rounded(X: Tensor) -> Tensor:
    t = torch.tanh(X)
    return torch.round(1.0 - t**2, decimals=4)  # here


@wrong(
    "tanh_grad",
    "S112",
    fault="lets autograd do it",
    says="autograd.grad computes the slope for you. The exercise asks for the formula.",
)
def tanh_grad_by_autograd(X: Tensor) -> Tensor:
    x = X.detach().requires_grad_()
    with torch.enable_grad():
        (slope,) = torch.autograd.grad(torch.tanh(x).sum(), x)  # here
    return slope


@right("relu_interpolant", "S189")
def relu_interpolant_slanted_steps(knots: Tensor, values: Tensor) -> tuple[Tensor, ...]:
    zero = torch.zeros((), dtype=knots.dtype)
    w1, b1, w2 = [zero], [values[0].abs()], [torch.sign(values[0])]
    for i in range(len(knots) - 1):
        start, stop = knots[i], knots[i + 1]
        slope = (values[i + 1] - values[i]) / (stop - start)
        w1 += [zero + 1, zero + 1]
        b1 += [-start, -stop]
        w2 += [slope, -slope]
    return torch.stack(w1), torch.stack(b1), torch.stack(w2), zero


@right("relu_interpolant", "S191")
def relu_interpolant_cancels_earlier_slopes(knots: Tensor, values: Tensor) -> tuple[Tensor, ...]:
    weights: list[Tensor] = []
    for i in range(len(knots) - 1):
        wanted = (values[i + 1] - values[i]) / (knots[i + 1] - knots[i])
        active = torch.stack(weights).sum() if weights else torch.zeros_like(wanted)
        weights.append(wanted - active)
    w2 = torch.stack(weights) if weights else values[:0]
    return torch.ones_like(w2), -knots[:-1], w2, values[0]


@right("relu_interpolant", "S190")
def relu_interpolant_sum_of_hats(knots: Tensor, values: Tensor) -> tuple[Tensor, ...]:
    left = torch.cat((knots[:1] - 1, knots[:-1]))
    right_of = torch.cat((knots[1:], knots[-1:] + 1))
    up, down = 1 / (knots - left), 1 / (right_of - knots)
    b1 = -torch.cat((left, knots, right_of))
    w2 = torch.cat((values * up, -values * (up + down), values * down))
    return torch.ones_like(b1), b1, w2, torch.zeros((), dtype=values.dtype)


@right("relu_interpolant", "S190")
def relu_interpolant_line_plus_kinks(knots: Tensor, values: Tensor) -> tuple[Tensor, ...]:
    slopes = torch.diff(values) / torch.diff(knots)
    a = slopes[:1]
    kinks = torch.diff(slopes)
    ones, zeros = torch.ones_like(a), torch.zeros_like(a)
    w1 = torch.cat((ones, -ones, torch.ones_like(kinks)))
    b1 = torch.cat((zeros, zeros, -knots[1:-1]))
    w2 = torch.cat((a, -a, kinks))
    return w1, b1, w2, values[0] - slopes[0] * knots[0] if len(slopes) else values[0]


@right("relu_interpolant", "S163")
def relu_interpolant_solves_for_weights(knots: Tensor, values: Tensor) -> tuple[Tensor, ...]:
    t, f = knots.double(), values.double()
    hinges = torch.clamp(t[1:, None] - t[None, :-1], min=0)
    w2 = torch.linalg.solve_triangular(hinges, (f[1:] - f[0])[:, None], upper=False)[:, 0]
    w2 = w2.to(values.dtype)
    return torch.ones_like(w2), -knots[:-1], w2, values[0]


@right("relu_interpolant", "S195")
def relu_interpolant_changes_of_slope(knots: Tensor, values: Tensor) -> tuple[Tensor, ...]:
    v = (values[1:] - values[:-1]) / (knots[1:] - knots[:-1])
    w = torch.cat((v[:1], v[1:] - v[:-1]))
    rays = torch.ones_like(w)
    return rays, -rays * knots[:-1], w, values[0]


@wrong(
    "relu_interpolant",
    "S191",
    fault="slopes instead of slope changes",
    says="A ReLU that has switched on stays on, so the slopes of all earlier units add up. Each new unit has to "
    "contribute only the change of slope at its knot.",
)
def relu_interpolant_slope_of_each_segment(knots: Tensor, values: Tensor) -> tuple[Tensor, ...]:
    w2 = torch.diff(values) / torch.diff(knots)  # here
    return torch.ones_like(w2), -knots[:-1], w2, values[0]


@wrong(
    "relu_interpolant",
    "S192",
    fault="slopes instead of slope changes",
    says="Every unit gets the slope of its own segment and keeps it for good, so behind the second knot they pile up. "
    "A negative slope inside a ReLU also opens the unit to the left.",
)
def relu_interpolant_slopes_in_first_layer(knots: Tensor, values: Tensor) -> tuple[Tensor, ...]:
    k = (values[1:] - values[:-1]) / (knots[1:] - knots[:-1])
    w1, b1 = k, -k * knots[:-1]  # here
    return w1, b1, torch.ones_like(k), values[0]


@wrong(
    "relu_interpolant",
    "S195",
    fault="slopes instead of slope changes",
    says="Your rays start at the right knots, with the slope of their segment and the right sign. But the rays before "
    "them keep running; what you add at a knot is only the difference.",
)
def relu_interpolant_rays_with_sign(knots: Tensor, values: Tensor) -> tuple[Tensor, ...]:
    v, b, w = [], [], []
    for i in range(len(knots) - 1):
        slope = float(values[i + 1] - values[i]) / float(knots[i + 1] - knots[i])
        v.append(abs(slope))  # here
        b.append(-abs(slope) * float(knots[i]))
        w.append(math.copysign(1.0, slope))
    first = [torch.tensor(numbers, dtype=values.dtype) for numbers in (v, b, w)]
    return first[0], first[1], first[2], values[0]


@wrong(
    "relu_interpolant",
    "S193",
    fault="hats without their spacing",
    says="relu(x - a) - 2 relu(x - b) + relu(x - c) is a hat as high as the knots are apart, not of height 1. "
    "Divide by the spacing, on each side by its own.",
)
def relu_interpolant_unscaled_hats(knots: Tensor, values: Tensor) -> tuple[Tensor, ...]:
    before = torch.cat((2 * knots[:1] - knots[1:2], knots[:-1]))
    after = torch.cat((knots[1:], 2 * knots[-1:] - knots[-2:-1]))
    b1 = -torch.cat((before, knots, after))
    w2 = torch.cat((values, -2 * values, values))  # here
    return torch.ones_like(b1), b1, w2, torch.zeros((), dtype=values.dtype)


@wrong(
    "relu_interpolant",
    "S163",
    fault="one spacing for all knots",
    says="Your hats all have the width h of the first interval. The knots need not be evenly spaced: each side of a hat "
    "has its own width.",
)
def relu_interpolant_hats_of_one_width(knots: Tensor, values: Tensor) -> tuple[Tensor, ...]:
    h = knots[1] - knots[0]  # here
    b1 = torch.cat((h - knots, -knots, -h - knots))
    w2 = torch.cat((values / h, -2 * values / h, values / h))
    return torch.ones_like(b1), b1, w2, torch.zeros((), dtype=values.dtype)


@wrong(
    "relu_interpolant",
    "S189",
    fault="assumes evenly spaced knots",
    says="You split the interval into equal runs and put the hinges there. The knots are given, and they may be "
    "unevenly spaced.",
)
def relu_interpolant_equal_runs(knots: Tensor, values: Tensor) -> tuple[Tensor, ...]:
    n = len(knots) - 1
    run = (knots[-1] - knots[0]) / n  # here
    starts = knots[0] + run * torch.arange(n, dtype=knots.dtype)
    slopes = torch.diff(values) / run
    w2 = torch.cat((slopes, -slopes))
    b1 = torch.cat((-starts, -(starts + run)))
    return torch.ones_like(w2), b1, w2, values[0]


@wrong(
    "relu_interpolant",
    "S163",
    fault="no output bias",
    says="At the first knot all your units are 0, so the network starts at 0 instead of the first value. "
    "Something constant has to be added.",
)
def relu_interpolant_without_constant(knots: Tensor, values: Tensor) -> tuple[Tensor, ...]:
    slopes = (values[1:] - values[:-1]) / (knots[1:] - knots[:-1])
    alpha = slopes.clone()
    alpha[1:] -= slopes[:-1]
    b2 = torch.zeros((), dtype=values.dtype)  # here
    return torch.ones_like(alpha), -knots[:-1], alpha, b2


@wrong(
    "relu_interpolant",
    "S190",
    fault="the line is missing",
    says="You keep the kinks and drop the straight line a x + b that they bend: before the first inner knot your "
    "network is constant.",
)
def relu_interpolant_kinks_only(knots: Tensor, values: Tensor) -> tuple[Tensor, ...]:
    slopes = torch.diff(values) / torch.diff(knots)
    jumps = torch.diff(slopes)  # here
    return torch.ones_like(jumps), -knots[1:-1], jumps, values[0]


@wrong(
    "relu_interpolant",
    "S189",
    fault="trained, so only close",
    says="Training comes near the points but not onto the polyline, and its hinges lie where the optimizer left them. "
    "The weights can be written down exactly.",
)
def relu_interpolant_trained(knots: Tensor, values: Tensor) -> tuple[Tensor, ...]:
    x, y = knots.detach().float()[:, None], values.detach().float()[:, None]
    with torch.random.fork_rng(), torch.enable_grad():
        torch.manual_seed(0)
        model = nn.Sequential(nn.Linear(1, 9), nn.ReLU(), nn.Linear(9, 1))
        optimizer = torch.optim.RMSprop(model.parameters(), lr=0.01)
        for _ in range(200):  # here
            optimizer.zero_grad()
            nn.functional.mse_loss(model(x), y).backward()
            optimizer.step()
    w1, b1, w2, b2 = (parameter.detach().to(values.dtype) for parameter in model.parameters())
    return w1[:, 0], b1, w2[0], b2[0]
