"""Wrong answers of lesson 05 about networks: initialized, and watched, each with the sentence that explains it."""

from __future__ import annotations

import copy
from typing import Any

import torch
from torch import Tensor, nn

from grading.catalogue.initialization_samplers import SEEDED
from grading.judging.exercise import Mistake


def _linears(net: nn.Sequential) -> list[nn.Linear]:
    return [layer for layer in net if isinstance(layer, nn.Linear)]


def _init_normal(net: nn.Sequential) -> None:
    for layer in _linears(net):
        nn.init.xavier_normal_(layer.weight)
        if layer.bias is not None:
            nn.init.zeros_(layer.bias)


def _init_he(net: nn.Sequential) -> None:
    for layer in _linears(net):
        nn.init.kaiming_uniform_(layer.weight, nonlinearity="relu")
        if layer.bias is not None:
            nn.init.zeros_(layer.bias)


def _init_gain(net: nn.Sequential) -> None:
    for layer in _linears(net):
        nn.init.xavier_uniform_(layer.weight, gain=nn.init.calculate_gain("relu"))
        if layer.bias is not None:
            nn.init.zeros_(layer.bias)


def _init_default(net: nn.Sequential) -> None:
    for layer in _linears(net):
        layer.reset_parameters()


def _init_biases_kept(net: nn.Sequential) -> None:
    for layer in _linears(net):
        nn.init.xavier_uniform_(layer.weight)


def _init_no_bias(net: nn.Sequential) -> None:
    for layer in _linears(net):
        nn.init.xavier_uniform_(layer.weight)
        nn.init.zeros_(layer.bias)


def _init_first_only(net: nn.Sequential) -> nn.Sequential | None:
    for layer in _linears(net):
        nn.init.xavier_uniform_(layer.weight)
        if layer.bias is not None:
            nn.init.zeros_(layer.bias)
        return net
    return None


def _init_copy(net: nn.Sequential) -> nn.Sequential:
    new = copy.deepcopy(net)
    _init_biases_zero(new)
    return new


def _init_biases_zero(net: nn.Sequential) -> None:
    for layer in _linears(net):
        nn.init.xavier_uniform_(layer.weight)
        if layer.bias is not None:
            nn.init.zeros_(layer.bias)


def _init_replaced(net: nn.Sequential) -> None:
    for layer in _linears(net):
        layer.weight = nn.Parameter(nn.init.xavier_uniform_(torch.empty_like(layer.weight)))
        if layer.bias is not None:
            layer.bias = nn.Parameter(torch.zeros_like(layer.bias))


def _init_zeros(net: nn.Sequential) -> None:
    for layer in _linears(net):
        nn.init.zeros_(layer.weight)
        if layer.bias is not None:
            nn.init.zeros_(layer.bias)


def _init_seeded(net: nn.Sequential) -> None:
    for layer in _linears(net):
        torch.manual_seed(0)
        nn.init.xavier_uniform_(layer.weight)
        if layer.bias is not None:
            nn.init.zeros_(layer.bias)


def _init_by_dimension(net: nn.Sequential) -> None:
    for parameter in net.parameters():
        if parameter.dim() > 1:
            nn.init.xavier_uniform_(parameter)
        else:
            nn.init.zeros_(parameter)


INIT_XAVIER = (
    Mistake(
        "normal",
        _init_normal,
        "The standard deviation is right, but the weights are normal. Uniform Xavier is asked for.",
    ),
    Mistake(
        "he",
        _init_he,
        "These are He's uniform weights, with variance 2 / fan_in. Xavier's variance is 2 / (fan_in + fan_out).",
    ),
    Mistake(
        "gain", _init_gain, "A gain of √2 was added for ReLU, which doubles the variance. Plain Xavier has gain 1."
    ),
    Mistake(
        "default",
        _init_default,
        "reset_parameters draws what nn.Linear has by default: uniform up to 1 / √fan_in, biases too.",
    ),
    Mistake("biases-kept", _init_biases_kept, "Only the weights are set. The biases should become zero."),
    Mistake(
        "bias-taken-for-granted",
        _init_no_bias,
        "A linear layer may have no bias: then `layer.bias` is None. Ask before.",
    ),
    Mistake(
        "first-only",
        _init_first_only,
        "Only the first linear layer is set: a `return` inside of the loop ends the function.",
    ),
    Mistake(
        "copy", _init_copy, "A copy of the network is initialized; the one that was given is unchanged. Work in place."
    ),
    Mistake(
        "replaced",
        _init_replaced,
        "New parameters take the place of the old ones. An optimizer that holds the old ones would train nothing: write into them.",
    ),
    Mistake(
        "zeros",
        _init_zeros,
        "The weights are zero, too. Then all units of a layer are equal and stay equal: only the biases may be.",
    ),
    Mistake("seed-inside", _init_seeded, SEEDED),
    Mistake(
        "by-dimension",
        _init_by_dimension,
        "Whatever has one axis is taken for a bias, but layers such as LayerNorm have weights with one axis. Ask for nn.Linear.",
    ),
)


def _stds_variance(net: nn.Sequential, X: Tensor) -> list[float]:
    values = []
    with torch.no_grad():
        for layer in net:
            X = layer(X)
            values.append(float(X.var()))
    return values


def _stds_from_input(net: nn.Sequential, X: Tensor) -> list[float]:
    values = [float(X.std())]
    with torch.no_grad():
        for layer in net:
            X = layer(X)
            values.append(float(X.std()))
    return values[:-1]


def _stds_with_input(net: nn.Sequential, X: Tensor) -> list[float]:
    values = [float(X.std())]
    with torch.no_grad():
        for layer in net:
            X = layer(X)
            values.append(float(X.std()))
    return values


def _stds_weights(net: nn.Sequential, X: Tensor) -> list[float]:
    return [float(layer.weight.std()) for layer in net if isinstance(layer, nn.Linear)]


def _stds_linear_only(net: nn.Sequential, X: Tensor) -> list[float]:
    values = []
    with torch.no_grad():
        for layer in net:
            X = layer(X)
            if isinstance(layer, nn.Linear):
                values.append(float(X.std()))
    return values


def _stds_by_unit(net: nn.Sequential, X: Tensor) -> list[float]:
    values = []
    with torch.no_grad():
        for layer in net:
            X = layer(X)
            values.append(float(X.std(dim=0).mean()))
    return values


def _stds_by_example(net: nn.Sequential, X: Tensor) -> list[float]:
    values = []
    with torch.no_grad():
        for layer in net:
            X = layer(X)
            values.append(float(X.std(dim=1).mean()))
    return values


def _stds_root_mean_square(net: nn.Sequential, X: Tensor) -> list[float]:
    values = []
    with torch.no_grad():
        for layer in net:
            X = layer(X)
            values.append(float(X.square().mean().sqrt()))
    return values


def _stds_last_only(net: nn.Sequential, X: Tensor) -> float:
    with torch.no_grad():
        return float(net(X).std())


def _stds_reversed(net: nn.Sequential, X: Tensor) -> list[float]:
    values: list[float] = []
    with torch.no_grad():
        for layer in net:
            X = layer(X)
            values.insert(0, float(X.std()))
    return values


def _stds_tensors(net: nn.Sequential, X: Tensor) -> list[Tensor]:
    values = []
    with torch.no_grad():
        for layer in net:
            X = layer(X)
            values.append(X)
    return values


def _stds_eval(net: nn.Sequential, X: Tensor) -> list[float]:
    net.eval()
    values = []
    with torch.no_grad():
        for layer in net:
            X = layer(X)
            values.append(float(X.std()))
    return values


def _stds_train(net: nn.Sequential, X: Tensor) -> list[float]:
    net.eval()
    values = []
    with torch.no_grad():
        for layer in net:
            X = layer(X)
            values.append(float(X.std()))
    net.train()
    return values


def _stds_frozen(net: nn.Sequential, X: Tensor) -> list[float]:
    net.requires_grad_(False)
    values = []
    for layer in net:
        X = layer(X)
        values.append(X.std().item())
    return values


def _stds_zero_grad(net: nn.Sequential, X: Tensor) -> list[float]:
    net.zero_grad()
    values = []
    with torch.no_grad():
        for layer in net:
            X = layer(X)
            values.append(float(X.std()))
    return values


def _stds_hooks(net: nn.Sequential, X: Tensor) -> list[float]:
    values: list[float] = []

    def note(module: nn.Module, inputs: Any, output: Tensor) -> None:
        values.append(float(output.std()))

    for layer in net:
        layer.register_forward_hook(note)
    with torch.no_grad():
        net(X)
    return values


ACTIVATION_STDS = (
    Mistake("variance", _stds_variance, "These are variances. The standard deviation is the square root."),
    Mistake(
        "one-late",
        _stds_from_input,
        "The value is taken before the layer is called: this starts with X and misses the last output.",
    ),
    Mistake(
        "with-input",
        _stds_with_input,
        "The first value belongs to X itself. Only the outputs of the layers are asked for.",
    ),
    Mistake("weights", _stds_weights, "These belong to the weights. The outputs of the layers are asked for."),
    Mistake(
        "linear-only", _stds_linear_only, "The activation functions are children too: one value for every layer of net."
    ),
    Mistake(
        "by-unit",
        _stds_by_unit,
        "This averages the deviations of single units. One standard deviation over all elements is asked for.",
    ),
    Mistake(
        "by-example",
        _stds_by_example,
        "This averages the deviations of single examples. One standard deviation over all elements is asked for.",
    ),
    Mistake("not-centred", _stds_root_mean_square, "The mean was not subtracted: this is the root mean square."),
    Mistake(
        "last-only",
        _stds_last_only,
        "Only the output of the whole network is measured. Go through its children one by one.",
    ),
    Mistake("reversed", _stds_reversed, "The values are in reverse order. The first layer comes first."),
    Mistake(
        "outputs", _stds_tensors, "These are the outputs themselves. Take the standard deviation of each, as a number."
    ),
    Mistake(
        "eval",
        _stds_eval,
        "It leaves net in evaluation mode. Nothing here needs `eval()`; whoever calls it puts it back.",
    ),
    Mistake(
        "train",
        _stds_train,
        "It leaves net in training mode, whatever the mode was before. Put back what you found in `net.training`.",
    ),
    Mistake(
        "frozen",
        _stds_frozen,
        "It leaves the parameters without gradients. `torch.no_grad()` ends with its block, this does not.",
    ),
    Mistake(
        "zero-grad",
        _stds_zero_grad,
        "It erases the gradients that the parameters had. Measuring should leave no trace.",
    ),
    Mistake(
        "hooks-left",
        _stds_hooks,
        "The hooks stay in net and run in every later call. Keep their handles and `remove()` them.",
    ),
)
