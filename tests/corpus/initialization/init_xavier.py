"""`init_xavier`: its contract, as the oracle knows it, and right and wrong answers."""

from __future__ import annotations

import math
from typing import Any

import torch
from torch import Tensor, nn

from tests.corpus.entries import answers_to
from tests.corpus.oracle import Contract
from tests.corpus.sampling import check_initializer

# Each answer is a function of its own under the name `_`: what matters is its decorator.
# mypy: disable-error-code="no-redef"

CONTRACT = Contract(check=check_initializer)


right, wrong = answers_to("init_xavier")


@right("nn.init in a loop")
def _init_loop(net: nn.Sequential) -> None:
    for layer in net.modules():
        if isinstance(layer, nn.Linear):
            nn.init.xavier_uniform_(layer.weight)
            if layer.bias is not None:
                nn.init.zeros_(layer.bias)


@right("net.apply, returning net")
def _init_apply(net: nn.Sequential) -> nn.Sequential:
    def one(module: nn.Module) -> None:
        if isinstance(module, nn.Linear):
            nn.init.xavier_uniform_(module.weight)
            if module.bias is not None:
                module.bias.data.fill_(0)

    return net.apply(one)


@right("by hand within no_grad")
def _init_by_hand(net: nn.Sequential) -> None:
    with torch.no_grad():
        for layer in net.modules():
            if type(layer) is nn.Linear:
                a = math.sqrt(6 / (layer.in_features + layer.out_features))
                layer.weight.uniform_(-a, a)
                if layer.bias is not None:
                    layer.bias.zero_()


@right("copied from an own sample")
def _init_copied(net: nn.Sequential) -> None:
    layers = list(net.modules())
    for i in range(len(layers)):
        layer = layers[i]
        if isinstance(layer, nn.Linear):
            fan_out, fan_in = layer.weight.shape
            W = (2 * torch.rand(fan_in, fan_out) - 1) * math.sqrt(6 / (fan_in + fan_out))
            layer.weight.detach().copy_(W.T)
            if layer.bias is not None:
                layer.bias.detach().mul_(0.0)


@right("by the names of the modules")
def _init_named(net: nn.Sequential) -> None:
    for _, module in net.named_modules():
        if hasattr(module, "in_features"):
            module.weight.data = nn.init.xavier_uniform_(torch.empty_like(module.weight))
            if module.bias is not None:
                module.bias.data.zero_()


@right("from the standard deviation")
def _init_std(net: nn.Sequential) -> list[None]:
    @torch.no_grad()
    def one(layer: nn.Linear) -> None:
        std = (2 / sum(layer.weight.shape)) ** 0.5
        layer.weight[...] = (torch.rand(layer.weight.shape) - 0.5) * std * 12**0.5
        if layer.bias is not None:
            layer.bias[:] = 0

    return [one(layer) for layer in net.modules() if isinstance(layer, nn.Linear)]


@right("through the state dict")
def _init_state(net: nn.Sequential) -> None:
    state = net.state_dict()
    for name, layer in net.named_modules():
        if not isinstance(layer, nn.Linear):
            continue
        bound = math.sqrt(6 / (layer.in_features + layer.out_features))
        state[f"{name}.weight"] = torch.empty_like(layer.weight).uniform_(-bound, bound)
        if f"{name}.bias" in state:
            state[f"{name}.bias"] = torch.zeros(layer.out_features)
    net.load_state_dict(state)


@wrong("weights only where the layer has a bias")
def _init_with_bias_only(net: nn.Sequential) -> None:
    for layer in net.modules():
        if isinstance(layer, nn.Linear) and layer.bias is not None:
            nn.init.xavier_uniform_(layer.weight)
            nn.init.zeros_(layer.bias)


@wrong("small constant biases", "bias-0.01")
def _init_small_biases(net: nn.Sequential) -> None:
    for layer in net.modules():
        if isinstance(layer, nn.Linear):
            nn.init.xavier_uniform_(layer.weight)
            if layer.bias is not None:
                nn.init.constant_(layer.bias, 0.01)


@wrong("all but the last layer")
def _init_all_but_last(net: nn.Sequential) -> None:
    for layer in list(net)[:-1]:
        if isinstance(layer, nn.Linear):
            nn.init.xavier_uniform_(layer.weight)
            if layer.bias is not None:
                nn.init.zeros_(layer.bias)


@wrong("uniform by the standard deviation", "bound-without-root-3")
def _init_std_as_bound(net: nn.Sequential) -> None:
    for layer in net.modules():
        if isinstance(layer, nn.Linear):
            a = math.sqrt(2 / (layer.in_features + layer.out_features))
            nn.init.uniform_(layer.weight, -a, a)
            if layer.bias is not None:
                nn.init.zeros_(layer.bias)


@wrong("leaves the parameters frozen")
def _init_frozen(net: nn.Sequential) -> None:
    net.requires_grad_(False)
    for layer in net.modules():
        if isinstance(layer, nn.Linear):
            nn.init.xavier_uniform_(layer.weight)
            if layer.bias is not None:
                nn.init.zeros_(layer.bias)


@wrong("wakes frozen parameters")
def _init_thawed(net: nn.Sequential) -> None:
    for layer in net.modules():
        if isinstance(layer, nn.Linear):
            nn.init.xavier_uniform_(layer.weight)
            layer.weight.requires_grad_(True)
            if layer.bias is not None:
                nn.init.zeros_(layer.bias)


@wrong("switches to training mode")
def _init_trains(net: nn.Sequential) -> None:
    net.train()
    for layer in net.modules():
        if isinstance(layer, nn.Linear):
            nn.init.xavier_uniform_(layer.weight)
            if layer.bias is not None:
                nn.init.zeros_(layer.bias)


@wrong("in place while autograd records")
def _init_records(net: nn.Sequential) -> None:
    for layer in net.modules():
        if isinstance(layer, nn.Linear):
            a = math.sqrt(6 / (layer.in_features + layer.out_features))
            layer.weight.uniform_(-a, a)
            if layer.bias is not None:
                layer.bias.zero_()


@wrong("only assigns to a name")
def _init_rebinds(net: nn.Sequential) -> None:
    for layer in net.modules():
        if isinstance(layer, nn.Linear):
            weight = layer.weight
            weight = torch.rand_like(weight) * 2 - 1


@wrong("the same weights again for a second layer of the same shape")
def _init_cached(net: nn.Sequential) -> None:
    made: dict[Any, Tensor] = {}
    for layer in net.modules():
        if isinstance(layer, nn.Linear):
            key = tuple(layer.weight.shape)
            if key not in made:
                made[key] = nn.init.xavier_uniform_(torch.empty(key))
            layer.weight.data.copy_(made[key])
            if layer.bias is not None:
                nn.init.zeros_(layer.bias)


@wrong("the children of net alone", "children-only")
def _(net: nn.Sequential) -> None:
    for child in net.children():
        if isinstance(child, nn.Linear):
            nn.init.xavier_uniform_(child.weight)
            if child.bias is not None:
                child.bias.data.zero_()
