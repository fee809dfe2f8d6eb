"""`init_xavier`: what it should do, the inputs that are tried, and the mistakes that people make.

The file is long because each of its many mistakes is a function of its own.
"""

from __future__ import annotations

import copy
import math
from collections.abc import Callable

import torch
from torch import Tensor, nn

from grading.catalogue.initialization.init_xavier.examine import BIASES, WEIGHTS, examine_initializer
from grading.judging.exercise import CARE, Exercise, Mistakes

mistake = Mistakes()


def _linears(net: nn.Sequential) -> list[nn.Linear]:
    return [layer for layer in net.modules() if isinstance(layer, nn.Linear)]


@mistake("The standard deviation is right, but the weights are normal. Uniform Xavier is asked for.")
def normal(net: nn.Sequential) -> None:
    for layer in _linears(net):
        nn.init.xavier_normal_(layer.weight)
        if layer.bias is not None:
            nn.init.zeros_(layer.bias)


@mistake("These are He's uniform weights, with variance 2 / fan_in. Xavier's variance is 2 / (fan_in + fan_out).")
def he(net: nn.Sequential) -> None:
    for layer in _linears(net):
        nn.init.kaiming_uniform_(layer.weight, nonlinearity="relu")
        if layer.bias is not None:
            nn.init.zeros_(layer.bias)


@mistake("A gain of about √2 was added, as for ReLU, which doubles the variance. Plain Xavier has gain 1.")
def gain(net: nn.Sequential) -> None:
    for layer in _linears(net):
        nn.init.xavier_uniform_(layer.weight, gain=nn.init.calculate_gain("relu"))
        if layer.bias is not None:
            nn.init.zeros_(layer.bias)


@mistake("reset_parameters draws what nn.Linear has by default: uniform up to 1 / √fan_in, biases too.")
def default(net: nn.Sequential) -> None:
    for layer in _linears(net):
        layer.reset_parameters()


@mistake("Only the weights are set. The biases should become zero.")
def biases_kept(net: nn.Sequential) -> None:
    for layer in _linears(net):
        nn.init.xavier_uniform_(layer.weight)


@mistake("A linear layer may have no bias: then `layer.bias` is None. Ask before.")
def bias_taken_for_granted(net: nn.Sequential) -> None:
    for layer in _linears(net):
        nn.init.xavier_uniform_(layer.weight)
        nn.init.zeros_(layer.bias)


@mistake("Only the first linear layer is set: a `return` inside of the loop ends the function.")
def first_only(net: nn.Sequential) -> nn.Sequential | None:
    for layer in _linears(net):
        nn.init.xavier_uniform_(layer.weight)
        if layer.bias is not None:
            nn.init.zeros_(layer.bias)
        return net
    return None


def _init_biases_zero(net: nn.Sequential) -> None:
    for layer in _linears(net):
        nn.init.xavier_uniform_(layer.weight)
        if layer.bias is not None:
            nn.init.zeros_(layer.bias)


@mistake(
    "A network comes back, and the one that was given is as it was: a copy is filled, or an inner "
    "function never called. Work in place.",
    name="copy",
)
def copy_(net: nn.Sequential) -> nn.Sequential:
    new = copy.deepcopy(net)
    _init_biases_zero(new)
    return new


@mistake(
    "New parameters take the place of the old ones. An optimizer that holds the old ones would "
    "train nothing: write into them."
)
def replaced(net: nn.Sequential) -> None:
    for layer in _linears(net):
        layer.weight = nn.Parameter(nn.init.xavier_uniform_(torch.empty_like(layer.weight)))
        if layer.bias is not None:
            layer.bias = nn.Parameter(torch.zeros_like(layer.bias))


@mistake("The weights are zero, too. Then all units of a layer are equal and stay equal: only the biases may be.")
def zeros(net: nn.Sequential) -> None:
    for layer in _linears(net):
        nn.init.zeros_(layer.weight)
        if layer.bias is not None:
            nn.init.zeros_(layer.bias)


@mistake(
    "A seed is set inside, so that every call, and every layer of the same shape, gets the same "
    "numbers. Leave the seed out."
)
def seed_inside(net: nn.Sequential) -> None:
    for layer in _linears(net):
        torch.manual_seed(0)
        nn.init.xavier_uniform_(layer.weight)
        if layer.bias is not None:
            nn.init.zeros_(layer.bias)


@mistake(
    "Whatever has one axis is taken for a bias, but layers such as LayerNorm have weights with one "
    "axis. Ask for nn.Linear."
)
def by_dimension(net: nn.Sequential) -> None:
    for parameter in net.parameters():
        if parameter.dim() > 1:
            nn.init.xavier_uniform_(parameter)
        else:
            nn.init.zeros_(parameter)


@mistake(
    "Only the children of net are looked at. A child may be a network itself: `net.modules()` goes through all layers."
)
def children_only(net: nn.Sequential) -> None:
    for layer in net:
        if isinstance(layer, nn.Linear):
            nn.init.xavier_uniform_(layer.weight)
            if layer.bias is not None:
                nn.init.zeros_(layer.bias)


def _fill(net: nn.Sequential, draw: Callable[[Tensor], object], bias: float = 0.0) -> None:
    for layer in _linears(net):
        draw(layer.weight)
        if layer.bias is not None:
            nn.init.constant_(layer.bias, bias)


def _fans(weight: Tensor) -> tuple[int, int]:
    return weight.shape[1], weight.shape[0]


@mistake("These are He's normal weights, with variance 2 / fan_in. Uniform Xavier is asked for.")
def he_normal(net: nn.Sequential) -> None:
    _fill(net, lambda weight: nn.init.kaiming_normal_(weight))


@mistake("A gain of √2 was added for ReLU, and the biases are 0.1. Plain Xavier has gain 1, and biases become 0.")
def gain_and_bias(net: nn.Sequential) -> None:
    _fill(net, lambda weight: nn.init.xavier_uniform_(weight, gain=math.sqrt(2)), 0.1)


@mistake("A gain of 5/3 was added for tanh. Plain Xavier has gain 1.")
def gain_of_tanh(net: nn.Sequential) -> None:
    _fill(net, lambda weight: nn.init.xavier_uniform_(weight, gain=5 / 3))


for _gain in (0.1, 0.5, 2.0):
    mistake(f"A gain of {_gain:g} was added. Plain Xavier has gain 1.", name=f"gain-{_gain:g}")(
        lambda net, gain=_gain: _fill(net, lambda weight: nn.init.xavier_uniform_(weight, gain=gain))
    )


@mistake("The bound is 1 / √fan_in, another rule. Xavier's bound is √(6 / (fan_in + fan_out)).")
def bound_by_fan_in(net: nn.Sequential) -> None:
    _fill(net, lambda weight: nn.init.uniform_(weight, -(_fans(weight)[0] ** -0.5), _fans(weight)[0] ** -0.5))


@mistake(
    "The bound is 1 / √fan_out: the first size of a weight is the number of outputs. Xavier's bound takes both sizes."
)
def bound_by_fan_out(net: nn.Sequential) -> None:
    _fill(net, lambda weight: nn.init.uniform_(weight, -(_fans(weight)[1] ** -0.5), _fans(weight)[1] ** -0.5))


@mistake(
    "The standard deviation was taken as the bound: from -a to a the deviation is a / √3. The bound "
    "is √(6 / (fan_in + fan_out))."
)
def bound_without_root_3(net: nn.Sequential) -> None:
    _fill(
        net,
        lambda weight: nn.init.uniform_(weight, -math.sqrt(2 / sum(weight.shape)), math.sqrt(2 / sum(weight.shape))),
    )


_BOUND = "Xavier's bound is √(6 / (fan_in + fan_out))."
_BOUNDS: dict[str, tuple[str, Callable[[int, int], float]]] = {
    "bound-without-root": (
        "The root is missing: the bound is 6 / (fan_in + fan_out). Xavier's bound is √(6 / (fan_in + fan_out)).",
        lambda i, o: 6 / (i + o),
    ),
    "bound-root-of-6-only": (
        "The root covers the 6 alone. Xavier's bound is √(6 / (fan_in + fan_out)).",
        lambda i, o: math.sqrt(6) / (i + o),
    ),
    "bound-without-parentheses": (
        "Division binds first: under the root stands 6 / fan_in plus fan_out. The sum needs "
        "parentheses. Xavier's bound is √(6 / (fan_in + fan_out)).",
        lambda i, o: math.sqrt(6 / i + o),
    ),
    "bound-without-parentheses-turned": (
        "Division binds first: under the root stands 6 / fan_out plus fan_in. The sum needs "
        "parentheses. Xavier's bound is √(6 / (fan_in + fan_out)).",
        lambda i, o: math.sqrt(6 / o + i),
    ),
    "bound-3": (
        "There is a 3 under the root. Xavier's bound is √(6 / (fan_in + fan_out)).",
        lambda i, o: math.sqrt(3 / (i + o)),
    ),
    "bound-1": (
        "There is a 1 under the root. Xavier's bound is √(6 / (fan_in + fan_out)).",
        lambda i, o: math.sqrt(1 / (i + o)),
    ),
    "bound-3-by-fan-in": (
        "The bound is √(3 / fan_in): the outputs are left out. Xavier's bound is √(6 / (fan_in + fan_out)).",
        lambda i, o: math.sqrt(3 / i),
    ),
    "bound-6-by-fan-out": (
        "The bound is √(6 / fan_out): the inputs are left out. Xavier's bound is √(6 / (fan_in + fan_out)).",
        lambda i, o: math.sqrt(6 / o),
    ),
    "bound-3-by-fan-out": (
        "The bound is √(3 / fan_out): the inputs are left out. Xavier's bound is √(6 / (fan_in + fan_out)).",
        lambda i, o: math.sqrt(3 / o),
    ),
    "bound-one-over-fan-in": (
        "The bound is 1 / fan_in, without a root. Xavier's bound is √(6 / (fan_in + fan_out)).",
        lambda i, o: 1 / i,
    ),
    "bound-by-product": (
        "The sizes are multiplied, not added. Xavier's bound is √(6 / (fan_in + fan_out)).",
        lambda i, o: math.sqrt(6 / (i * o)),
    ),
}
for _name, (_sentence, _bound) in _BOUNDS.items():
    mistake(_sentence, name=_name)(
        lambda net, bound=_bound: _fill(
            net, lambda weight: nn.init.uniform_(weight, -bound(*_fans(weight)), bound(*_fans(weight)))
        )
    )

for _size in (0.01, 0.05, 0.1, 0.5, 1.0):
    mistake(
        f"All weights lie between -{_size:g} and {_size:g}, whatever the size of a layer. {_BOUND}",
        name=f"uniform-{_size:g}",
    )(lambda net, size=_size: _fill(net, lambda weight: nn.init.uniform_(weight, -size, size)))

_LAWS: dict[str, tuple[str, Callable[[int, int], float]]] = {
    "bound-as-std": (
        "The bound of the uniform law was taken as the deviation of a normal one. Uniform weights are "
        "asked for. Xavier's bound is √(6 / (fan_in + fan_out)).",
        lambda i, o: math.sqrt(6 / (i + o)),
    ),
    "normal-by-fan-in": (
        "The weights are normal with deviation 1 / √fan_in. Uniform weights are asked for. Xavier's "
        "bound is √(6 / (fan_in + fan_out)).",
        lambda i, o: i**-0.5,
    ),
    "normal-by-fan-out": (
        "The weights are normal with deviation 1 / √fan_out. Uniform weights are asked for. Xavier's "
        "bound is √(6 / (fan_in + fan_out)).",
        lambda i, o: o**-0.5,
    ),
    "he-normal-fan-out": (
        "The weights are normal with deviation √(2 / fan_out). Uniform weights are asked for. Xavier's "
        "bound is √(6 / (fan_in + fan_out)).",
        lambda i, o: math.sqrt(2 / o),
    ),
    "normal-by-sum": (
        "The weights are normal with deviation 1 / √(fan_in + fan_out). Uniform weights are asked for. "
        "Xavier's bound is √(6 / (fan_in + fan_out)).",
        lambda i, o: (i + o) ** -0.5,
    ),
    "normal-without-root": (
        "The weights are normal with deviation 2 / (fan_in + fan_out), the variance. Uniform weights "
        "are asked for. Xavier's bound is √(6 / (fan_in + fan_out)).",
        lambda i, o: 2 / (i + o),
    ),
}
for _name, (_sentence, _deviation) in _LAWS.items():
    mistake(_sentence, name=_name)(
        lambda net, deviation=_deviation: _fill(
            net, lambda weight: nn.init.normal_(weight, 0.0, deviation(*_fans(weight)))
        )
    )


@mistake("All weights are positive, from 0 to the bound. They should lie on both sides of 0: from -a to a.")
def positive(net: nn.Sequential) -> None:
    _fill(net, lambda weight: nn.init.uniform_(weight, 0.0, math.sqrt(6 / sum(weight.shape))))


@mistake(
    "The weights lie between 0 and 1, as `rand` and `uniform_` draw them. They should lie from -a to a. "
    "Xavier's bound is √(6 / (fan_in + fan_out))."
)
def unit_interval(net: nn.Sequential) -> None:
    _fill(net, lambda weight: nn.init.uniform_(weight, 0.0, 1.0))


@mistake("The weights are orthogonal. Uniform Xavier draws each of them alone.")
def orthogonal(net: nn.Sequential) -> None:
    _fill(net, lambda weight: nn.init.orthogonal_(weight))


@mistake("All weights of a layer are equal, so that its units stay equal. Draw each of them.")
def equal(net: nn.Sequential) -> None:
    _fill(net, lambda weight: nn.init.ones_(weight))


for _std in (0.01, 0.02, 0.05, 0.1, 1.0):
    mistake(
        (
            f"All weights are normal with deviation {_std:g}, whatever the size of a layer. Xavier's follows "
            f"from fan_in and fan_out."
        ),
        name=f"normal-{_std:g}",
    )(lambda net, std=_std: _fill(net, lambda weight: nn.init.normal_(weight, 0.0, std)))


for _bias in (0.01, 0.1, 1.0):
    mistake(f"The biases become {_bias:g}. They should be 0.", name=f"bias-{_bias:g}")(
        lambda net, bias=_bias: _fill(net, nn.init.xavier_uniform_, bias)
    )


for _spread in (1e-6, 0.01, 0.02, 1.0):

    def _normal_biases(net: nn.Sequential, spread: float = _spread) -> None:
        for layer in _linears(net):
            nn.init.xavier_uniform_(layer.weight)
            if layer.bias is not None:
                nn.init.normal_(layer.bias, std=spread)

    mistake(
        f"The biases are drawn at random, with deviation {_spread:g}. They should be 0.",
        name=f"normal-biases-{_spread:g}",
    )(_normal_biases)


@mistake("The biases are drawn at random. They should be 0.")
def random_biases(net: nn.Sequential) -> None:
    for layer in _linears(net):
        nn.init.xavier_uniform_(layer.weight)
        if layer.bias is not None:
            nn.init.uniform_(layer.bias, -0.1, 0.1)


EXERCISE = Exercise(
    name="init_xavier",
    points=2.0,
    parameters=("net",),
    summary="Set the weight of every nn.Linear in net to a uniform Xavier sample and its bias to zero, in place.",
    outputs=(WEIGHTS,),
    parts={WEIGHTS: 0.5, BIASES: 0.25, CARE: 0.25},
    mistakes=mistake.all,
    hints=(
        "`for layer in net` goes through the children. How do you tell a linear layer from an activation?",
        "`isinstance(layer, nn.Linear)`. Its parameters are `layer.weight` and `layer.bias`; the bias may be None.",
        "`nn.init.xavier_uniform_` and `nn.init.zeros_` write into a parameter without autograd noticing.",
    ),
    keeps_dtype=False,
    examine=examine_initializer,
)
