"""More answers of others to the exercises of lesson 02, half-finished ones among them; long because it is a list."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import torch
from torch import Tensor

from tests.wild.entries import right, wrong


@right("relu", "S494")
def relu_by_clip(X: Tensor) -> Tensor:
    activation = X.clip(0.0)
    return activation


@right("relu", "S523")
def relu_copies_the_positive_ones(X: Tensor) -> Tensor:
    out = torch.zeros_like(X)
    out[X > 0.0] = X[X > 0.0]
    return out


@wrong(
    "relu",
    "S487",
    fault="second argument of max is an axis",
    says="The 0 that you hand to torch.max is a dimension, not a number to compare with. What comes back is the largest "
    "entry of each column, together with its index.",
)
def relu_zero_taken_for_an_axis(X: Tensor) -> Any:
    return torch.max(X, 0)  # here


@wrong(
    "relu",
    "S487",
    fault="only for three dimensions",
    says="The loops go over rows, columns and maps, so a matrix already has one index too few. X may have any shape.",
    raises="IndexError",
)
def relu_map_by_map(X: Tensor) -> Tensor:
    relu_out = torch.zeros(X.shape)
    for map_num in range(X.shape[-1]):
        for r in range(X.shape[0]):
            for c in range(X.shape[1]):
                relu_out[r, c, map_num] = max([X[r, c, map_num], 0])  # here
    return relu_out


@wrong(
    "relu",
    "S488",
    fault="returns the number 0",
    says="You prepare out well and then return 0, the digit, in its place. Look at the last line again.",
)
def relu_returns_zero_for_out(X: Tensor) -> Any:
    mask = X <= 0
    out = X.clone()
    out[mask] = 0
    return 0  # here


@wrong(
    "relu",
    "S489",
    fault="prints and returns nothing",
    says="A tensor is neither a float nor a list, so your function ends in the last branch: it prints a sentence and "
    "returns None.",
)
def relu_asks_for_a_float_or_a_list(X: Any) -> Any:
    if isinstance(X, float):
        return max(0, X)
    elif isinstance(X, list):
        return [max(0, a) for a in X]
    else:
        print("Input should be float|list")
        return None  # here


@wrong(
    "relu",
    "S491",
    fault="catches its own error",
    says="astype is a method of NumPy arrays. The call fails, your except hides it, and what the caller gets is None: let "
    "errors be seen.",
)
def relu_swallows_the_error(X: Tensor) -> Any:
    try:
        return X * (X > 0).astype(np.float64)  # here
    except Exception:
        print(X)


@wrong(
    "relu",
    "S492",
    fault="writes into its input",
    says="With out=X the maximum is stored in X itself. The caller wanted to keep the values from before.",
)
def relu_with_itself_as_output(X: Tensor) -> Tensor:
    with torch.no_grad():
        return torch.maximum(X, torch.zeros_like(X), out=X)  # here


@wrong(
    "relu",
    "S493",
    fault="body still empty",
    says="There is only pass yet, so the function returns None. The line is a placeholder for your answer.",
)
def relu_still_pass(X: Tensor) -> Any:
    pass  # here


@wrong(
    "relu",
    "S494",
    fault="placeholder left in place",
    says="These zeros are the placeholder that the exercise came with, to be replaced by you. Positive elements have to "
    "come through.",
)
def relu_zeros_as_handed_out(X: Tensor) -> Tensor:
    activation = torch.zeros_like(X)  # here
    return activation


@wrong(
    "relu",
    "S495",
    fault="raises not implemented",
    says="The line that raises still stands where your expression belongs.",
    raises="NotImplementedError",
)
def relu_for_a_later_task(X: Tensor) -> Tensor:
    raise NotImplementedError("Need to implement for Task 0.1")  # here


@right("relu_grad", "S523")
def relu_grad_ones_into_zeros(X: Tensor) -> Tensor:
    dx = torch.zeros_like(X)
    dx[X > 0.0] = 1
    return dx


@wrong(
    "relu_grad",
    "S498",
    fault="zeros of a tensor for its shape",
    says="torch.zeros wants a shape, you give it the tensor itself. The function with _like at its end takes a tensor. "
    "And at 0 the slope is 0.",
    raises="TypeError",
)
def relu_grad_zeros_of_the_tensor(X: Tensor) -> Tensor:
    grad = torch.zeros(X)  # here
    grad[X >= 0] = 1
    return grad


@wrong(
    "relu_grad",
    "S499",
    fault="slope of the sigmoid",
    says="x(1 - x) comes from another class: it belongs to the sigmoid, and there x is its output. The slope of ReLU is "
    "0 or 1.",
)
def relu_grad_left_from_sigmoid(X: Tensor) -> Tensor:
    return X * (1.0 - X)  # here


@wrong(
    "relu_grad",
    "S496",
    fault="slope 1 at zero",
    says="With >= the point 0 itself gets slope 1. It is to be 0 there.",
)
def relu_grad_one_times_from_zero(X: Tensor) -> Tensor:
    return (1.0 * (X >= 0)).to(X.dtype)  # here


@wrong(
    "relu_grad",
    "S501",
    fault="returns nothing",
    says="In the branch for the derivative there is a bare return, so None comes back. The branch still has to be written.",
)
def relu_grad_bare_return(X: Tensor, derivative: bool = True) -> Any:
    if derivative:
        return  # here
    return torch.maximum(0 * X, X)


@wrong(
    "relu_grad",
    "S489",
    fault="if on a whole tensor",
    says="x == 0 has one answer per element, and an if needs a single one. For numbers your three cases are right; find "
    "an expression that treats each element.",
    raises="RuntimeError",
)
def relu_grad_first_asks_for_zero(X: Tensor) -> Any:
    if X == 0:  # here
        return 0
    if isinstance(X, float):
        return 1 if X > 0 else 0
    return [1 if a > 0 else 0 for a in X]


@wrong(
    "relu_grad",
    "S525",
    fault="value in place of slope",
    says="Where x is positive you return x itself, which is what ReLU gives. Its slope there is 1, whatever x is.",
)
def relu_grad_returns_the_value(X: Tensor) -> Tensor:
    return torch.where(X > 0, X, 0)  # here


@wrong(
    "sigmoid",
    "S497",
    fault="parentheses missing",
    says="Division binds first: 1/1 is 1, and exp(-x) is added to it. Your values lie above 1, where a sigmoid never is.",
)
def sigmoid_one_over_one(X: Tensor) -> Tensor:
    def sigmoid(x: Tensor) -> Tensor:
        return 1 / 1 + torch.exp(-x)  # here

    return sigmoid(X)


@wrong(
    "sigmoid",
    "S502",
    fault="x in the numerator",
    says="x over 1 + exp(-x) is x times the sigmoid: it grows like x. The numerator of the sigmoid is 1.",
)
def sigmoid_with_x_on_top(X: Tensor) -> Tensor:
    return X / (1 + torch.exp(-X))  # here


@wrong(
    "sigmoid",
    "S503",
    fault="minus in the denominator",
    says="With 1 - exp(-x) the denominator vanishes at x = 0, and for negative x the values are negative. It is a plus.",
)
def sigmoid_one_minus_below(X: Tensor) -> Tensor:
    return 1 / (1 - torch.exp(-X))  # here


@wrong(
    "sigmoid",
    "S504",
    fault="1 missing in the denominator",
    says="1 / exp(-x) is just exp(x). The 1 in the denominator is what keeps the values below 1.",
)
def sigmoid_without_the_one(X: Tensor) -> Tensor:
    return 1.0 / torch.exp(-X)  # here


@wrong(
    "sigmoid",
    "S505",
    fault="shifted and stretched",
    says="This runs from -1 to 1; it is the bipolar cousin of the sigmoid. Yours should run from 0 to 1.",
)
def sigmoid_from_minus_one_to_one(X: Tensor) -> Tensor:
    return -1 + 2 / (1 + torch.exp(-X))  # here


@wrong(
    "sigmoid",
    "S506",
    fault="base 2 instead of e",
    says="Your curve has the right shape and the wrong steepness: the base of the power is 2, it should be e.",
)
def sigmoid_of_base_two(X: Tensor) -> Tensor:
    return 1.0 / (1.0 + 2.0 ** (-X))  # here


@wrong(
    "sigmoid",
    "S507",
    fault="^ is not a power",
    says="In Python ^ is not a power but a bitwise operation, and for floating point it does not exist. Powers are "
    "written with two stars, the exponential as torch.exp.",
    raises="NotImplementedError",
)
def sigmoid_caret_of_octave(X: Tensor) -> Tensor:
    e = math.e
    return 1 / (1 + e ^ (-X))  # here


@wrong(
    "sigmoid",
    "S507",
    fault="two overflows, gradient nan",
    says="1/exp(x) is exp(-x) by a detour, and for very negative x it is 1/0. The value ends at 0, but autograd finds no "
    "finite derivative.",
)
def sigmoid_reciprocal_of_exp(X: Tensor) -> Tensor:
    return 1 / (1 + (1 / torch.exp(X)))  # here


@wrong(
    "sigmoid",
    "S508",
    fault="list through numpy",
    says="You take the numbers out of the tensor one by one and build a new array. The graph of autograd is lost on the "
    "way, and math.exp overflows at the first large number.",
)
def sigmoid_numbers_from_nditer(X: Tensor) -> Any:
    if len(X.shape) > 1:
        numbers = [1 / (1 + math.exp(-i)) for i in np.nditer(X.detach().numpy())]  # here
        return torch.tensor(numbers, dtype=X.dtype).reshape(X.shape)
    return 1 / (1 + torch.exp(-X))


@wrong(
    "sigmoid",
    "S490",
    fault="isinstance with a function",
    says="np.array is a function, not a type, so isinstance cannot work with it. And what comes here is a tensor: no "
    "question about types is needed.",
    raises="TypeError",
)
def sigmoid_asks_isinstance_of_np_array(X: Any) -> Any:
    if isinstance(X, np.array):  # here
        return 1 / (1 + np.exp(-X))
    else:
        raise TypeError


@wrong(
    "sigmoid",
    "S509",
    fault="always single precision",
    says="Both halves are computed well, but out is made as float32. A double tensor comes back in single precision.",
)
def sigmoid_empty_like_in_single(X: Tensor) -> Tensor:
    out = torch.empty_like(X, dtype=torch.float32)  # here
    positive = X >= 0
    out[positive] = (1.0 / (1.0 + torch.exp(-X[positive]))).float()
    exp_x = torch.exp(X[~positive])
    out[~positive] = (exp_x / (1.0 + exp_x)).float()
    return out


@right("sigmoid_grad", "S510")
def sigmoid_grad_a_minus_a_squared(X: Tensor) -> Tensor:
    A = torch.sigmoid(X)
    return A - (A * A)


@wrong(
    "sigmoid_grad",
    "S497",
    fault="asks a self that is not there",
    says="This is a method without its class: nothing here is called self. Call the sigmoid by its own name.",
    raises="NameError",
)
def sigmoid_grad_method_without_self(X: Tensor) -> Tensor:
    return self.activation_function(X) * (1 - self.activation_function(X))  # noqa: F821  # here


@wrong(
    "sigmoid_grad",
    "S511",
    fault="1 missing in the denominator",
    says="s(1 - s) is right, but your s is 1 over exp(-x), that is exp(x). Compare it with your sigmoid.",
)
def sigmoid_grad_of_one_over_exp(X: Tensor) -> Tensor:
    s = 1 / (torch.exp(-X))  # here
    ds = s * (1 - s)
    return ds


@wrong(
    "sigmoid_grad",
    "S512",
    fault="takes x for the activation",
    says="You compute y and then do not use it: the formula is y(1 - y), and you wrote it with x.",
)
def sigmoid_grad_forgets_its_y(X: Tensor) -> Tensor:
    y = 1 / (1 + torch.exp(-X))
    assert y.shape == X.shape
    return X * (1 - X)  # here


@wrong(
    "sigmoid_grad",
    "S490",
    fault="returns none for a tensor",
    says="A tensor is not an array of NumPy, so the if is not entered and the function falls off its end with None. "
    "Besides, the formula wants the sigmoid of x.",
)
def sigmoid_grad_only_for_arrays(X: Any) -> Any:
    if isinstance(X, np.ndarray):  # here
        return X * (1 - X)


@wrong(
    "tanh",
    "S513",
    fault="adds in place of dividing",
    says="Between the two brackets there is a plus; the hyperbolic tangent divides them. Your result is 2 exp(x).",
)
def tanh_plus_between_the_brackets(X: Tensor) -> Tensor:
    return (torch.exp(X) - torch.exp(-X)) + (torch.exp(X) + torch.exp(-X))  # here


@wrong(
    "tanh",
    "S514",
    fault="fraction upside down",
    says="The sum stands on top and the difference below, so this is the cotangent: infinite at 0, where tanh is 0.",
)
def tanh_upside_down(X: Tensor) -> Tensor:
    return (torch.exp(X) + torch.exp(-X)) / (torch.exp(X) - torch.exp(-X))  # here


@wrong(
    "tanh",
    "S496",
    fault="shifted to positive values",
    says="(tanh + 1)/2 runs from 0 to 1. The plain tanh, written by yourself, is asked for.",
)
def tanh_made_positive(X: Tensor) -> Tensor:
    return (torch.tanh(X) + 1.0) / 2.0  # here


@wrong(
    "tanh",
    "S515",
    fault="changes its input",
    says="The slope that you store on the way goes into X itself, so the caller's numbers are gone. Give it a tensor of "
    "its own, if you want it at all.",
)
def tanh_leaves_the_slope_in_x(X: Tensor) -> Tensor:
    e = torch.exp(-2 * X.abs())
    outputs = torch.sign(X) * (1 - e) / (1 + e)
    with torch.no_grad():
        torch.mul(outputs, outputs, out=X)  # here
        torch.sub(torch.ones_like(X), X, out=X)  # here
    return outputs


@wrong(
    "tanh",
    "S489",
    fault="list of numbers",
    says="The numbers are right, but they come as a flat list: shape, dtype and the way back for autograd are lost. And "
    "math.exp overflows for large x.",
)
def tanh_data_in_a_list(X: Tensor) -> Any:
    data = []
    for a in X.flatten().tolist():
        e, _e = math.exp(a), math.exp(-a)
        data.append((e - _e) / (e + _e))
    return data  # here


@wrong(
    "tanh_grad",
    "S517",
    fault="plus for minus",
    says="1 + tan² is the derivative of the ordinary tangent. For the hyperbolic one it is a minus: the slope is never "
    "above 1.",
)
def tanh_grad_one_plus_square(X: Tensor) -> Tensor:
    values = torch.tanh(X)
    return 1.0 + values**2  # here


@wrong(
    "tanh_grad",
    "S518",
    fault="slope of the arctangent",
    says="1/(1 + x²) belongs to arctan. At x = 1 it gives 0.5, the slope of tanh is about 0.42 there.",
)
def tanh_grad_of_the_arctangent(X: Tensor) -> Tensor:
    return 1 / (1 + X**2)  # here


@wrong(
    "tanh_grad",
    "S519",
    fault="exp called for a power",
    says="torch.exp takes one argument and is the exponential. You want the square of tanh, so a power.",
    raises="TypeError",
)
def tanh_grad_exp_for_pow(X: Tensor) -> Tensor:
    return 1 - torch.exp(torch.tanh(X), 2)  # here


@wrong(
    "tanh_grad",
    "S520",
    fault="1 missing",
    says="The 1 in front is lost: your slope is negative everywhere and 0 at x = 0, where tanh is steepest.",
)
def tanh_grad_minus_the_square(X: Tensor) -> Tensor:
    return -((torch.tanh(X)) ** 2)  # here


@wrong(
    "tanh_grad",
    "S496",
    fault="half of the slope",
    says="The 2 in the denominator belongs to (tanh + 1)/2. The plain tanh has slope 1 at 0, yours is one half.",
)
def tanh_grad_of_the_positive_one(X: Tensor) -> Tensor:
    return (1.0 - torch.pow(torch.tanh(X), 2)) / 2.0  # here


@wrong(
    "tanh_grad",
    "S489",
    fault="prints and returns nothing",
    says="For a tensor neither branch is taken: a sentence is printed and None comes back. The tensor can go into the "
    "formula as it is.",
)
def tanh_grad_only_for_floats(X: Any) -> Any:
    if isinstance(X, float):
        return 1 - math.tanh(X) ** 2
    elif isinstance(X, list):
        return [1 - math.tanh(a) ** 2 for a in X]
    print("Input should be float|list")
    return None  # here


@right("relu_interpolant", "S521")
def relu_interpolant_spline_of_kinks(knots: Tensor, values: Tensor) -> tuple[Tensor, ...]:
    w1, b1, w2 = [], [], []
    earlier = torch.zeros_like(values[0])
    for left, right_of, low, high in zip(knots[:-1], knots[1:], values[:-1], values[1:], strict=True):
        slope = (high - low) / (right_of - left)
        w1.append(torch.ones_like(left))
        b1.append(-left)
        w2.append(slope - earlier)
        earlier = slope
    return torch.stack(w1), torch.stack(b1), torch.stack(w2), values[0]


@wrong(
    "relu_interpolant",
    "S522",
    fault="output weights all one",
    says="With 1 for every output weight your two rays at a knot add up to an upright V. Slopes of either sign and size "
    "come in only through the weights of the output, and its bias is missing, too.",
)
def relu_interpolant_sum_of_vees(knots: Tensor, values: Tensor) -> tuple[Tensor, ...]:
    w1 = torch.cat((torch.ones_like(knots), -torch.ones_like(knots)))
    b1 = torch.cat((-knots, knots))
    w2 = torch.ones_like(w1)  # here
    return w1, b1, w2, torch.zeros((), dtype=values.dtype)  # here


@wrong(
    "relu_interpolant",
    "S524",
    fault="last unit faces left",
    says="Your last unit is active before its joint, not behind it, so it disturbs all the pieces to its left. Let all of "
    "them open to the right, or take its share into account there. The weights are slopes, too, not changes of slope.",
)
def relu_interpolant_last_unit_faces_left(knots: Tensor, values: Tensor) -> tuple[Tensor, ...]:
    slopes = torch.diff(values) / torch.diff(knots)
    w1 = torch.ones_like(slopes)
    w1[-1] = -1  # here
    b1 = -w1 * knots[:-1]
    return w1, b1, slopes, values[0]  # here


@wrong(
    "relu_interpolant",
    "S494",
    fault="joints in fixed places",
    says="Your joints lie at -1.2, -0.6 and so on, wherever the knots are; least squares then comes close at best. Put "
    "the joints where the knots are.",
)
def relu_interpolant_joints_of_a_figure(knots: Tensor, values: Tensor) -> tuple[Tensor, ...]:
    joints = torch.tensor([-1.2, -0.6, 0.0, 0.6, 1.2], dtype=knots.dtype)  # here
    hidden = torch.clamp(knots[:, None] - joints, min=0)
    design = torch.cat((torch.ones_like(knots)[:, None], hidden), dim=1)
    weights = torch.linalg.lstsq(design, values[:, None], driver="gelsd").solution[:, 0]
    return torch.ones_like(joints), -joints, weights[1:], weights[0]


@wrong(
    "relu_interpolant",
    "S527",
    fault="weights for one figure only",
    says="0.5, -1 and 0.5 draw one certain hat over -1, 0 and 1. The weights have to be computed from the knots and "
    "values that you are given.",
)
def relu_interpolant_of_the_tiny_network(knots: Tensor, values: Tensor) -> tuple[Tensor, ...]:
    w1 = torch.ones(3, dtype=knots.dtype)
    b1 = torch.tensor([1.0, 0.0, -1.0], dtype=knots.dtype)
    w2 = torch.tensor([0.5, -1.0, 0.5], dtype=knots.dtype)  # here
    return w1, b1, w2, torch.zeros((), dtype=knots.dtype)


@wrong(
    "relu",
    "S602",
    fault="import missing",
    says="numpy is not imported under that name, so Python does not know it. You would not need it anyway: torch has a "
    "maximum, and autograd can follow it.",
    raises="NameError",
)
def relu_numpy_not_imported(X: Tensor) -> Any:
    return numpy.maximum(0, X)  # noqa: F821  # here


@wrong(
    "tanh",
    "S603",
    fault="tangent of trigonometry",
    says="tan is the tangent of an angle, with poles at every odd multiple of π/2. You want the hyperbolic one, and written "
    "by yourself.",
)
def tanh_without_its_h(X: Tensor) -> Tensor:
    return torch.tan(X)  # here


@wrong(
    "tanh",
    "S604",
    fault="straight line with cut-offs",
    says="Cutting x at -1 and 1 is the hard tanh: straight in the middle, with corners. The tangent is curved; at x = 1 it "
    "is 0.76.",
)
def tanh_clipped_at_one(X: Tensor) -> Tensor:
    return torch.clamp(X, -1, 1)  # here


@right("relu_grad", "S617")
def relu_grad_by_heaviside(X: Tensor) -> Tensor:
    return torch.heaviside(X, torch.zeros_like(X))


@right("tanh_grad", "S619")
def tanh_grad_one_taken_apart(X: Tensor) -> Tensor:
    out_grad = torch.ones_like(X)
    return out_grad - out_grad * torch.tanh(X) ** 2
