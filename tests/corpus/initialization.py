"""Right and wrong answers to lesson 05."""

# The answers are written as learners write them; what PyTorch's functions return is often Any.
# mypy: disable-error-code="no-any-return"

from __future__ import annotations

import math
import random
from collections.abc import Callable, Iterable
from functools import partial
from typing import Any

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor, nn

from tests.corpus.entries import right, wrong


@right("xavier_uniform", "the formula")
def _xu_formula(fan_in: int, fan_out: int) -> Tensor:
    a = math.sqrt(6 / (fan_in + fan_out))
    return (2 * torch.rand(fan_in, fan_out) - 1) * a


@right("xavier_uniform", "uniform_ in place")
def _xu_uniform_(fan_in: int, fan_out: int) -> Tensor:
    bound = (6 / (fan_in + fan_out)) ** 0.5
    return torch.empty(fan_in, fan_out).uniform_(-bound, bound)


@right("xavier_uniform", "from the standard deviation, in float64")
def _xu_float64(fan_in: int, fan_out: int) -> Tensor:
    std = math.sqrt(2.0 / (fan_in + fan_out))
    u = torch.rand((fan_in, fan_out), dtype=torch.float64)
    return (u - 0.5) * math.sqrt(12) * std


@right("xavier_uniform", "a distribution object")
def _xu_distribution(fan_in: int, fan_out: int) -> Tensor:
    a = math.sqrt(6 / (fan_in + fan_out))
    return torch.distributions.Uniform(-a, a).sample((fan_in, fan_out))


@right("xavier_uniform", "NumPy's generator")
def _xu_numpy(fan_in: int, fan_out: int) -> Tensor:
    a = np.sqrt(6.0 / (fan_in + fan_out))
    return torch.from_numpy(np.random.uniform(-a, a, size=(fan_in, fan_out)))


@right("xavier_uniform", "row by row")
def _xu_rows(fan_in: int, fan_out: int) -> Tensor:
    W = torch.zeros(fan_in, fan_out)
    a = math.sqrt(6 / (fan_in + fan_out))
    for i in range(fan_in):
        W[i] = torch.rand(fan_out) * 2 * a - a
    return W


@right("xavier_uniform", "drawn transposed, as nn.Linear stores it")
def _xu_view(fan_in: int, fan_out: int) -> Tensor:
    a = torch.sqrt(torch.tensor(6.0) / (fan_in + fan_out))
    return torch.empty(fan_out, fan_in).uniform_(-1, 1).T * a


@right("xavier_uniform", "sign times size, as a parameter")
def _xu_parameter(fan_in: int, fan_out: int) -> Tensor:
    size = torch.rand(fan_in, fan_out) * math.sqrt(6 / (fan_in + fan_out))
    sign = torch.where(torch.rand(fan_in, fan_out) < 0.5, -1.0, 1.0)
    return nn.Parameter(size * sign)


@right("xavier_uniform", "lerp between the bounds")
def _xu_lerp(fan_in: int, fan_out: int) -> Tensor:
    a = torch.full((fan_in, fan_out), math.sqrt(6 / (fan_in + fan_out)))
    return torch.lerp(-a, a, torch.rand_like(a))


@right("xavier_uniform", "Python's random numbers")
def _xu_python(fan_in: int, fan_out: int) -> Tensor:
    a = math.sqrt(6 / (fan_in + fan_out))
    return torch.tensor([[random.uniform(-a, a) for _ in range(fan_out)] for _ in range(fan_in)])


@wrong("xavier_uniform", "the interval 5 % too long")
def _xu_five_percent(fan_in: int, fan_out: int) -> Tensor:
    a = 1.05 * math.sqrt(6 / (fan_in + fan_out))
    return torch.empty(fan_in, fan_out).uniform_(-a, a)


@wrong("xavier_uniform", "the interval 5 % too short")
def _xu_five_percent_short(fan_in: int, fan_out: int) -> Tensor:
    a = 0.95 * math.sqrt(6 / (fan_in + fan_out))
    return torch.empty(fan_in, fan_out).uniform_(-a, a)


@wrong("xavier_uniform", "one more in the denominator")
def _xu_plus_one(fan_in: int, fan_out: int) -> Tensor:
    a = math.sqrt(6 / (fan_in + fan_out + 1))
    return torch.empty(fan_in, fan_out).uniform_(-a, a)


@wrong("xavier_uniform", "only two values")
def _xu_two_values(fan_in: int, fan_out: int) -> Tensor:
    return (torch.randint(0, 2, (fan_in, fan_out)) * 2.0 - 1) * math.sqrt(2 / (fan_in + fan_out))


@wrong("xavier_uniform", "columns repeated")
def _xu_columns(fan_in: int, fan_out: int) -> Tensor:
    a = math.sqrt(6 / (fan_in + fan_out))
    return ((2 * torch.rand(fan_in, 1) - 1) * a).repeat(1, fan_out)


@wrong("xavier_uniform", "half precision")
def _xu_half(fan_in: int, fan_out: int) -> Tensor:
    a = math.sqrt(6 / (fan_in + fan_out))
    return ((2 * torch.rand(fan_in, fan_out) - 1) * a).half()


@wrong("xavier_uniform", "the library's sampler")
def _xu_library(fan_in: int, fan_out: int) -> Tensor:
    return nn.init.xavier_uniform_(torch.empty(fan_in, fan_out))


@wrong("xavier_uniform", "the library's sampler through getattr")
def _xu_library_hidden(fan_in: int, fan_out: int) -> Tensor:
    draw = getattr(nn.init, "xavier" + "_uniform_")
    return draw(torch.empty(fan_in, fan_out))


@wrong("xavier_uniform", "a NumPy array")
def _xu_array(fan_in: int, fan_out: int) -> Any:
    a = math.sqrt(6 / (fan_in + fan_out))
    return np.random.uniform(-a, a, (fan_in, fan_out))


@wrong("xavier_uniform", "no return")
def _xu_nothing(fan_in: int, fan_out: int) -> None:
    a = math.sqrt(6 / (fan_in + fan_out))
    torch.empty(fan_in, fan_out).uniform_(-a, a)


@wrong("xavier_uniform", "evenly spread numbers in order")
def _xu_grid(fan_in: int, fan_out: int) -> Tensor:
    a = math.sqrt(6 / (fan_in + fan_out))
    return torch.linspace(-a, a, fan_in * fan_out).reshape(fan_in, fan_out)


@right("xavier_normal", "the formula")
def _xn_formula(fan_in: int, fan_out: int) -> Tensor:
    return torch.randn(fan_in, fan_out) * math.sqrt(2 / (fan_in + fan_out))


@right("xavier_normal", "normal_ in place")
def _xn_normal_(fan_in: int, fan_out: int) -> Tensor:
    return torch.empty(fan_in, fan_out).normal_(0, math.sqrt(2 / (fan_in + fan_out)))


@right("xavier_normal", "torch.normal")
def _xn_torch_normal(fan_in: int, fan_out: int) -> Tensor:
    std = (2 / (fan_in + fan_out)) ** 0.5
    return torch.normal(0.0, std, size=(fan_in, fan_out))


@right("xavier_normal", "NumPy in float64")
def _xn_numpy(fan_in: int, fan_out: int) -> Tensor:
    return torch.tensor(np.random.default_rng().normal(scale=np.sqrt(2 / (fan_in + fan_out)), size=(fan_in, fan_out)))


@right("xavier_normal", "Box and Muller's transform")
def _xn_box_muller(fan_in: int, fan_out: int) -> Tensor:
    u = 1 - torch.rand(fan_in, fan_out, dtype=torch.float64)  # in (0, 1], so that the logarithm is finite
    v = torch.rand(fan_in, fan_out, dtype=torch.float64)
    z = torch.sqrt(-2 * torch.log(u)) * torch.cos(2 * math.pi * v)
    return (z / math.sqrt((fan_in + fan_out) / 2)).float()


@right("xavier_normal", "column by column, stacked")
def _xn_stack(fan_in: int, fan_out: int) -> Tensor:
    std = math.sqrt(2 / (fan_in + fan_out))
    return torch.stack([std * torch.randn(fan_in) for _ in range(fan_out)], dim=1)


@right("xavier_normal", "a distribution object")
def _xn_distribution(fan_in: int, fan_out: int) -> Tensor:
    scale = torch.tensor(2 / (fan_in + fan_out)).sqrt()
    return torch.distributions.Normal(torch.zeros(fan_in, fan_out), scale).sample()


@right("xavier_normal", "a partial function")
def _xn_partial(fan_in: int, fan_out: int) -> Tensor:
    draw: Callable[..., Tensor] = partial(torch.normal, 0.0)
    return draw(math.sqrt(2 / (fan_in + fan_out)), (fan_in, fan_out))


@wrong("xavier_normal", "4 % too wide")
def _xn_four_percent(fan_in: int, fan_out: int) -> Tensor:
    return 1.04 * torch.randn(fan_in, fan_out) * math.sqrt(2 / (fan_in + fan_out))


@wrong("xavier_normal", "4 % too narrow")
def _xn_four_percent_less(fan_in: int, fan_out: int) -> Tensor:
    return 0.96 * torch.randn(fan_in, fan_out) * math.sqrt(2 / (fan_in + fan_out))


@wrong("xavier_normal", "one more in the denominator")
def _xn_plus_one(fan_in: int, fan_out: int) -> Tensor:
    return torch.randn(fan_in, fan_out) * math.sqrt(2 / (fan_in + fan_out + 1))


@wrong("xavier_normal", "one less in the denominator")
def _xn_minus_one(fan_in: int, fan_out: int) -> Tensor:
    return torch.randn(fan_in, fan_out) * math.sqrt(2 / (fan_in + fan_out - 1))


@wrong("xavier_normal", "the product of the sizes")
def _xn_product(fan_in: int, fan_out: int) -> Tensor:
    return torch.randn(fan_in, fan_out) * math.sqrt(2 / (fan_in * fan_out))


@wrong("xavier_normal", "brought to the exact standard deviation")
def _xn_standardized(fan_in: int, fan_out: int) -> Tensor:
    W = torch.randn(fan_in, fan_out)
    return (W - W.mean()) / W.std(correction=0) * math.sqrt(2 / (fan_in + fan_out))


@wrong("xavier_normal", "cut off at two standard deviations")
def _xn_truncated(fan_in: int, fan_out: int) -> Tensor:
    std = math.sqrt(2 / (fan_in + fan_out))
    return (torch.randn(fan_in, fan_out) * std).clamp(-2 * std, 2 * std)


@wrong("xavier_normal", "half of the rows are the negatives of the others")
def _xn_antithetic(fan_in: int, fan_out: int) -> Tensor:
    half = torch.randn((fan_in + 1) // 2, fan_out) * math.sqrt(2 / (fan_in + fan_out))
    return torch.cat([half, -half])[:fan_in]


@wrong("xavier_normal", "shifted by a tenth of the standard deviation")
def _xn_shifted(fan_in: int, fan_out: int) -> Tensor:
    return (torch.randn(fan_in, fan_out) + 0.1) * math.sqrt(2 / (fan_in + fan_out))


@wrong("xavier_normal", "the library's sampler")
def _xn_library(fan_in: int, fan_out: int) -> Tensor:
    return nn.init.xavier_normal_(torch.empty(fan_in, fan_out))


@wrong("xavier_normal", "the library's plain normal sampler")
def _xn_library_plain(fan_in: int, fan_out: int) -> Tensor:
    return nn.init.normal_(torch.empty(fan_in, fan_out), std=math.sqrt(2 / (fan_in + fan_out)))


@wrong("xavier_normal", "sorted")
def _xn_sorted(fan_in: int, fan_out: int) -> Tensor:
    return torch.randn(fan_in, fan_out).sort(dim=1).values * math.sqrt(2 / (fan_in + fan_out))


@right("he_normal", "the formula")
def _he_formula(fan_in: int, fan_out: int) -> Tensor:
    return torch.randn(fan_in, fan_out) * math.sqrt(2 / fan_in)


@right("he_normal", "divided by the root")
def _he_divided(fan_in: int, fan_out: int) -> Tensor:
    return torch.randn((fan_in, fan_out), dtype=torch.float64) / (fan_in / 2) ** 0.5


@right("he_normal", "normal_ in place")
def _he_normal_(fan_in: int, fan_out: int) -> Tensor:
    W = torch.zeros(fan_in, fan_out)
    W.normal_(mean=0.0, std=math.sqrt(2.0 / fan_in))
    return W


@right("he_normal", "torch.normal with a tensor of deviations")
def _he_tensor(fan_in: int, fan_out: int) -> Tensor:
    return torch.normal(torch.zeros(fan_in, fan_out), torch.full((fan_in, fan_out), fan_in / 2.0).rsqrt())


@right("he_normal", "the gain from PyTorch")
def _he_gain(fan_in: int, fan_out: int) -> Tensor:
    gain = nn.init.calculate_gain("relu")
    return torch.randn(fan_in, fan_out) * gain / math.sqrt(fan_in)


@right("he_normal", "NumPy")
def _he_numpy(fan_in: int, fan_out: int) -> Tensor:
    return torch.from_numpy(
        np.random.standard_normal((fan_in, fan_out)).astype("float32") * np.float32(math.sqrt(2 / fan_in))
    )


@right("he_normal", "row by row in a list")
def _he_rows(fan_in: int, fan_out: int) -> Tensor:
    return torch.stack([torch.randn(fan_out) * (2 / fan_in) ** 0.5 for _ in range(fan_in)])


@right("he_normal", "in place, scaled afterwards")
def _he_in_place(fan_in: int, fan_out: int) -> Tensor:
    W = torch.randn(fan_out, fan_in).t().contiguous()
    W *= math.sqrt(2)
    W /= math.sqrt(fan_in)
    return W


@wrong("he_normal", "5 % too wide")
def _he_five_percent(fan_in: int, fan_out: int) -> Tensor:
    return torch.randn(fan_in, fan_out) * 1.05 * math.sqrt(2 / fan_in)


@wrong("he_normal", "one more in the denominator")
def _he_plus_one(fan_in: int, fan_out: int) -> Tensor:
    return torch.randn(fan_in, fan_out) * math.sqrt(2 / (fan_in + 1))


@wrong("he_normal", "0.01 whatever the size")
def _he_fixed(fan_in: int, fan_out: int) -> Tensor:
    return torch.randn(fan_in, fan_out) * 0.01


@wrong("he_normal", "not scaled")
def _he_plain(fan_in: int, fan_out: int) -> Tensor:
    return torch.randn(fan_in, fan_out)


@wrong("he_normal", "zeros")
def _he_zeros(fan_in: int, fan_out: int) -> Tensor:
    return torch.zeros(fan_in, fan_out)


@wrong("he_normal", "the larger size")
def _he_larger(fan_in: int, fan_out: int) -> Tensor:
    return torch.randn(fan_in, fan_out) * math.sqrt(2 / max(fan_in, fan_out))


@wrong("he_normal", "the library's sampler")
def _he_library(fan_in: int, fan_out: int) -> Tensor:
    return nn.init.kaiming_normal_(torch.empty(fan_out, fan_in)).T


@wrong("he_normal", "a linear layer's own weight")
def _he_linear(fan_in: int, fan_out: int) -> Tensor:
    return nn.Linear(fan_in, fan_out).weight.detach().T


@wrong("he_normal", "positive only")
def _he_positive(fan_in: int, fan_out: int) -> Tensor:
    return torch.randn(fan_in, fan_out).abs() * math.sqrt(2 / fan_in)


@wrong("he_normal", "flat")
def _he_flat(fan_in: int, fan_out: int) -> Tensor:
    return torch.randn(fan_in * fan_out) * math.sqrt(2 / fan_in)


_he_buffers: dict[tuple[int, int], Tensor] = {}


@wrong("he_normal", "one buffer a shape, filled again")
def _he_buffer(fan_in: int, fan_out: int) -> Tensor:
    W = _he_buffers.setdefault((fan_in, fan_out), torch.empty(fan_in, fan_out))
    return W.normal_(0, math.sqrt(2 / fan_in))


@wrong("he_normal", "integers")
def _he_integers(fan_in: int, fan_out: int) -> Tensor:
    return (torch.randn(fan_in, fan_out) * math.sqrt(2 / fan_in)).round().long()


@right("init_xavier", "nn.init in a loop")
def _init_loop(net: nn.Sequential) -> None:
    for layer in net:
        if isinstance(layer, nn.Linear):
            nn.init.xavier_uniform_(layer.weight)
            if layer.bias is not None:
                nn.init.zeros_(layer.bias)


@right("init_xavier", "net.apply, returning net")
def _init_apply(net: nn.Sequential) -> nn.Sequential:
    def one(module: nn.Module) -> None:
        if isinstance(module, nn.Linear):
            nn.init.xavier_uniform_(module.weight)
            if module.bias is not None:
                module.bias.data.fill_(0)

    return net.apply(one)


@right("init_xavier", "by hand within no_grad")
def _init_by_hand(net: nn.Sequential) -> None:
    with torch.no_grad():
        for layer in net.children():
            if type(layer) is nn.Linear:
                a = math.sqrt(6 / (layer.in_features + layer.out_features))
                layer.weight.uniform_(-a, a)
                if layer.bias is not None:
                    layer.bias.zero_()


@right("init_xavier", "copied from an own sample")
def _init_copied(net: nn.Sequential) -> None:
    for i in range(len(net)):
        layer = net[i]
        if isinstance(layer, nn.Linear):
            fan_out, fan_in = layer.weight.shape
            W = (2 * torch.rand(fan_in, fan_out) - 1) * math.sqrt(6 / (fan_in + fan_out))
            layer.weight.detach().copy_(W.T)
            if layer.bias is not None:
                layer.bias.detach().mul_(0.0)


@right("init_xavier", "by the names of the modules")
def _init_named(net: nn.Sequential) -> None:
    for _, module in net.named_modules():
        if hasattr(module, "in_features"):
            module.weight.data = nn.init.xavier_uniform_(torch.empty_like(module.weight))
            if module.bias is not None:
                module.bias.data.zero_()


@right("init_xavier", "from the standard deviation")
def _init_std(net: nn.Sequential) -> list[None]:
    @torch.no_grad()
    def one(layer: nn.Linear) -> None:
        std = (2 / sum(layer.weight.shape)) ** 0.5
        layer.weight[...] = (torch.rand(layer.weight.shape) - 0.5) * std * 12**0.5
        if layer.bias is not None:
            layer.bias[:] = 0

    return [one(layer) for layer in net if isinstance(layer, nn.Linear)]


@right("init_xavier", "through the state dict")
def _init_state(net: nn.Sequential) -> None:
    state = net.state_dict()
    for index, layer in enumerate(net):
        if not isinstance(layer, nn.Linear):
            continue
        bound = math.sqrt(6 / (layer.in_features + layer.out_features))
        state[f"{index}.weight"] = torch.empty_like(layer.weight).uniform_(-bound, bound)
        if f"{index}.bias" in state:
            state[f"{index}.bias"] = torch.zeros(layer.out_features)
    net.load_state_dict(state)


@wrong("init_xavier", "weights only where the layer has a bias")
def _init_with_bias_only(net: nn.Sequential) -> None:
    for layer in net:
        if isinstance(layer, nn.Linear) and layer.bias is not None:
            nn.init.xavier_uniform_(layer.weight)
            nn.init.zeros_(layer.bias)


@wrong("init_xavier", "small constant biases")
def _init_small_biases(net: nn.Sequential) -> None:
    for layer in net:
        if isinstance(layer, nn.Linear):
            nn.init.xavier_uniform_(layer.weight)
            if layer.bias is not None:
                nn.init.constant_(layer.bias, 0.01)


@wrong("init_xavier", "all but the last layer")
def _init_all_but_last(net: nn.Sequential) -> None:
    for layer in list(net)[:-1]:
        if isinstance(layer, nn.Linear):
            nn.init.xavier_uniform_(layer.weight)
            if layer.bias is not None:
                nn.init.zeros_(layer.bias)


@wrong("init_xavier", "uniform by the standard deviation")
def _init_std_as_bound(net: nn.Sequential) -> None:
    for layer in net:
        if isinstance(layer, nn.Linear):
            a = math.sqrt(2 / (layer.in_features + layer.out_features))
            nn.init.uniform_(layer.weight, -a, a)
            if layer.bias is not None:
                nn.init.zeros_(layer.bias)


@wrong("init_xavier", "leaves the parameters frozen")
def _init_frozen(net: nn.Sequential) -> None:
    net.requires_grad_(False)
    for layer in net:
        if isinstance(layer, nn.Linear):
            nn.init.xavier_uniform_(layer.weight)
            if layer.bias is not None:
                nn.init.zeros_(layer.bias)


@wrong("init_xavier", "wakes frozen parameters")
def _init_thawed(net: nn.Sequential) -> None:
    for layer in net:
        if isinstance(layer, nn.Linear):
            nn.init.xavier_uniform_(layer.weight)
            layer.weight.requires_grad_(True)
            if layer.bias is not None:
                nn.init.zeros_(layer.bias)


@wrong("init_xavier", "switches to training mode")
def _init_trains(net: nn.Sequential) -> None:
    net.train()
    for layer in net:
        if isinstance(layer, nn.Linear):
            nn.init.xavier_uniform_(layer.weight)
            if layer.bias is not None:
                nn.init.zeros_(layer.bias)


@wrong("init_xavier", "in place while autograd records")
def _init_records(net: nn.Sequential) -> None:
    for layer in net:
        if isinstance(layer, nn.Linear):
            a = math.sqrt(6 / (layer.in_features + layer.out_features))
            layer.weight.uniform_(-a, a)
            if layer.bias is not None:
                layer.bias.zero_()


@wrong("init_xavier", "only assigns to a name")
def _init_rebinds(net: nn.Sequential) -> None:
    for layer in net:
        if isinstance(layer, nn.Linear):
            weight = layer.weight
            weight = torch.rand_like(weight) * 2 - 1


@wrong("init_xavier", "the same weights again for a second layer of the same shape")
def _init_cached(net: nn.Sequential) -> None:
    made: dict[Any, Tensor] = {}
    for layer in net:
        if isinstance(layer, nn.Linear):
            key = tuple(layer.weight.shape)
            if key not in made:
                made[key] = nn.init.xavier_uniform_(torch.empty(key))
            layer.weight.data.copy_(made[key])
            if layer.bias is not None:
                nn.init.zeros_(layer.bias)


@right("activation_stds", "a loop within no_grad")
def _stds_loop(net: nn.Sequential, X: Tensor) -> list[float]:
    stds = []
    with torch.no_grad():
        for layer in net:
            X = layer(X)
            stds.append(X.std().item())
    return stds


@right("activation_stds", "of the population, as a tuple")
def _stds_population(net: nn.Sequential, X: Tensor) -> tuple[float, ...]:
    H, values = X.detach(), []
    for child in net.children():
        H = child(H).detach()
        values.append(float(H.std(unbiased=False)))
    return tuple(values)


@right("activation_stds", "hooks that are removed")
def _stds_hooks_removed(net: nn.Sequential, X: Tensor) -> list[float]:
    values: list[float] = []
    handles = [layer.register_forward_hook(lambda m, i, output: values.append(output.std().item())) for layer in net]
    try:
        with torch.no_grad():
            net(X)
    finally:
        for handle in handles:
            handle.remove()
    return values


@right("activation_stds", "0-dimensional tensors")
@torch.no_grad()
def _stds_tensors(net: nn.Sequential, X: Tensor) -> list[Tensor]:
    out = []
    for i in range(len(net)):
        X = net[i](X)
        out.append(X.std(correction=0))
    return out


@right("activation_stds", "from scratch, with NumPy's numbers")
def _stds_numpy(net: nn.Sequential, X: Tensor) -> list[Any]:
    values = []
    with torch.inference_mode():
        for layer in net:
            X = layer(X)
            values.append(np.std(X.numpy()))
    return values


@right("activation_stds", "prefixes of the network")
def _stds_prefixes(net: nn.Sequential, X: Tensor) -> list[float]:
    with torch.no_grad():
        outputs = [net[: i + 1](X) for i in range(len(net))]
    return [math.sqrt(float(((H - H.mean()) ** 2).mean())) for H in outputs]


@right("activation_stds", "in float64")
def _stds_float64(net: nn.Sequential, X: Tensor) -> list[float]:
    values, H = [], X
    with torch.no_grad():
        for layer in net:
            H = layer(H)
            values.append(torch.std(H.double()).item())
    return values


@right("activation_stds", "one tensor of numbers")
def _stds_one_tensor(net: nn.Sequential, X: Tensor) -> Tensor:
    def steps(H: Tensor) -> Iterable[Tensor]:
        for layer in net:
            H = layer(H)
            yield torch.var(H).sqrt()

    with torch.no_grad():
        return torch.stack(list(steps(X)))


@wrong("activation_stds", "every layer gets X")
def _stds_same_input(net: nn.Sequential, X: Tensor) -> list[float]:
    with torch.no_grad():
        return [net[:1](X).std().item() for _ in net]


@wrong("activation_stds", "the mean")
def _stds_mean(net: nn.Sequential, X: Tensor) -> list[float]:
    values = []
    with torch.no_grad():
        for layer in net:
            X = layer(X)
            values.append(X.mean().item())
    return values


@wrong("activation_stds", "the mean of the sizes")
def _stds_mean_size(net: nn.Sequential, X: Tensor) -> list[float]:
    values = []
    with torch.no_grad():
        for layer in net:
            X = layer(X)
            values.append(X.abs().mean().item())
    return values


@wrong("activation_stds", "normalizes X in place first")
def _stds_changes_input(net: nn.Sequential, X: Tensor) -> list[float]:
    values = []
    with torch.no_grad():
        X -= X.mean()
        for layer in net:
            X = layer(X)
            values.append(X.std().item())
    return values


@wrong("activation_stds", "adds gradients")
def _stds_backward(net: nn.Sequential, X: Tensor) -> list[float]:
    H, values = X, []
    for layer in net:
        H = layer(H)
        values.append(H.std().item())
    H.sum().backward()
    return values


@wrong("activation_stds", "nothing returned")
def _stds_nothing(net: nn.Sequential, X: Tensor) -> None:
    with torch.no_grad():
        for layer in net:
            X = layer(X)
            print(X.std())


@wrong("activation_stds", "the unit with the largest deviation")
def _stds_largest(net: nn.Sequential, X: Tensor) -> list[float]:
    values = []
    with torch.no_grad():
        for layer in net:
            X = layer(X)
            values.append(X.std(dim=0).max().item())
    return values


@right("clip_gradients", "one long vector")
def _clip_vector(grads: list[Tensor], max_norm: float) -> float:
    norm = torch.cat([grad.flatten() for grad in grads]).norm().item()
    if norm > max_norm:
        for grad in grads:
            grad *= max_norm / norm
    return norm


@right("clip_gradients", "sum of squares, a tensor returned")
def _clip_squares(grads: list[Tensor], max_norm: float) -> Tensor:
    norm = torch.sqrt(sum((grad**2).sum() for grad in grads))  # type: ignore[arg-type]
    if norm > max_norm:
        for grad in grads:
            grad.mul_(max_norm / norm)
    return norm


@right("clip_gradients", "as PyTorch does it, with 1e-6 and a clamp")
def _clip_as_pytorch(grads: list[Tensor], max_norm: float) -> Tensor:
    norm = torch.linalg.vector_norm(torch.stack([torch.linalg.vector_norm(grad) for grad in grads]))
    factor = torch.clamp(max_norm / (norm + 1e-6), max=1.0)
    for grad in grads:
        grad.mul_(factor)
    return norm


@right("clip_gradients", "in float64, element assignment")
def _clip_float64(grads: list[Tensor], max_norm: float) -> float:
    total = 0.0
    for grad in grads:
        total += float(grad.double().pow(2).sum())
    norm = total**0.5
    if norm <= max_norm:
        return norm
    for grad in grads:
        grad[...] = grad / norm * max_norm
    return norm


@right("clip_gradients", "private loops of PyTorch")
def _clip_foreach(grads: list[Tensor], max_norm: float) -> float:
    norm = math.hypot(*(float(grad.norm()) for grad in grads))
    if norm > max_norm:
        torch._foreach_mul_(grads, max_norm / norm)
    return norm


@right("clip_gradients", "copy_ from a new tensor")
def _clip_copy(grads: list[Tensor], max_norm: float) -> Any:
    norm = np.sqrt(sum(float((grad * grad).sum()) for grad in grads))
    factor = min(1.0, max_norm / (norm + 1e-6))
    for grad in grads:
        grad.copy_(grad * factor)
    return norm


@right("clip_gradients", "an inner product of each with itself")
def _clip_einsum(grads: list[Tensor], max_norm: float) -> Tensor:
    squares = [torch.einsum("i,i->", grad.reshape(-1), grad.reshape(-1)) for grad in grads]
    norm = torch.stack(squares).sum().sqrt()
    if norm.item() > max_norm:
        [grad.div_(norm / max_norm) for grad in grads]
    return norm


@right("clip_gradients", ".data and a Frobenius norm")
def _clip_data(grads: list[Tensor], max_norm: float) -> float:
    norm = math.sqrt(math.fsum(torch.norm(grad).item() ** 2 for grad in grads))
    for grad in grads:
        grad.data = grad.data * (max_norm / norm if norm > max_norm else 1.0)
    return norm


@wrong("clip_gradients", "the factor squared")
def _clip_factor_squared(grads: list[Tensor], max_norm: float) -> float:
    norm = math.sqrt(sum(float((grad**2).sum()) for grad in grads))
    if norm > max_norm:
        for grad in grads:
            grad.mul_((max_norm / norm) ** 2)
    return norm


@wrong("clip_gradients", "the first tensor is left out")
def _clip_skips_first(grads: list[Tensor], max_norm: float) -> float:
    norm = math.sqrt(sum(float((grad**2).sum()) for grad in grads))
    if norm > max_norm:
        for grad in grads[1:]:
            grad.mul_(max_norm / norm)
    return norm


@wrong("clip_gradients", "a mean in the place of the sum")
def _clip_mean(grads: list[Tensor], max_norm: float) -> float:
    norm = math.sqrt(sum(float((grad**2).mean()) for grad in grads))
    if norm > max_norm:
        for grad in grads:
            grad.mul_(max_norm / norm)
    return norm


@wrong("clip_gradients", "the largest element for the norm")
def _clip_infinity(grads: list[Tensor], max_norm: float) -> float:
    norm = max(float(grad.abs().max()) for grad in grads)
    if norm > max_norm:
        for grad in grads:
            grad.mul_(max_norm / norm)
    return norm


@wrong("clip_gradients", "divides by zero where all gradients are zero")
def _clip_zero_division(grads: list[Tensor], max_norm: float) -> float:
    norm = math.sqrt(sum(float((grad**2).sum()) for grad in grads))
    factor = min(1.0, max_norm / norm)
    for grad in grads:
        grad.mul_(factor)
    return norm


@wrong("clip_gradients", "not a number where all gradients are zero")
def _clip_zero_nan(grads: list[Tensor], max_norm: float) -> Tensor:
    norm = torch.cat([grad.flatten() for grad in grads]).norm()
    for grad in grads:
        grad.copy_(grad / norm * torch.clamp(norm, max=max_norm))
    return norm


@wrong("clip_gradients", "the library's function")
def _clip_library(grads: list[Tensor], max_norm: float) -> Tensor:
    parameters = [nn.Parameter(torch.zeros_like(grad)) for grad in grads]
    for parameter, grad in zip(parameters, grads, strict=True):
        parameter.grad = grad
    return nn.utils.clip_grad_norm_(parameters, max_norm)


@wrong("clip_gradients", "new list returned, nothing in place")
def _clip_new_list(grads: list[Tensor], max_norm: float) -> Any:
    norm = math.sqrt(sum(float((grad**2).sum()) for grad in grads))
    return [grad * min(1.0, max_norm / (norm + 1e-6)) for grad in grads]


@wrong("clip_gradients", "each tensor normalized")
def _clip_normalized(grads: list[Tensor], max_norm: float) -> float:
    norm = math.sqrt(sum(float((grad**2).sum()) for grad in grads))
    for grad in grads:
        grad.copy_(F.normalize(grad.flatten(), dim=0).view_as(grad) * max_norm)
    return norm


@wrong("clip_gradients", "1e-3 added to the norm")
def _clip_large_epsilon(grads: list[Tensor], max_norm: float) -> float:
    norm = math.sqrt(sum(float((grad**2).sum()) for grad in grads))
    factor = min(1.0, max_norm / (norm + 1e-3))
    for grad in grads:
        grad.mul_(factor)
    return norm
