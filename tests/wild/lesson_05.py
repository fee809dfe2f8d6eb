"""Answers to the exercises of lesson 05: samplers, initializing, measuring and clipping; long because it is a list."""

from __future__ import annotations

import math
import random
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from tests.wild.entries import right, wrong


@right("xavier_uniform", "S312")
def xavier_uniform_stretches_unit_interval(fan_in: int, fan_out: int) -> Tensor:
    a = math.sqrt(6 / (fan_in + fan_out))
    return a * (2 * torch.rand(fan_in, fan_out) - 1)


@right("xavier_uniform", "S312")
def xavier_uniform_in_place_bounds(fan_in: int, fan_out: int) -> Tensor:
    a = 1.0 * math.sqrt(6.0 / (fan_in + fan_out))
    return torch.zeros(fan_in, fan_out).uniform_(-a, a)


@right("xavier_uniform", "S368")
def xavier_uniform_drawn_in_numpy(fan_in: int, fan_out: int) -> Tensor:
    limit = np.sqrt(6.0 / (fan_in + fan_out))
    return torch.from_numpy(np.random.uniform(-limit, limit, (fan_in, fan_out))).float()


@right("xavier_uniform", "S312")
def xavier_uniform_power_one_half(fan_in: int, fan_out: int) -> Tensor:
    bound = (6 / (fan_in + fan_out)) ** 0.5
    return (torch.rand(fan_in, fan_out) - 0.5) * (bound + bound)


@right("xavier_uniform", "S371")
def xavier_uniform_shifted_down(fan_in: int, fan_out: int) -> Tensor:
    r = math.sqrt(6) / math.sqrt(fan_out + fan_in)
    return torch.rand(fan_in, fan_out) * 2 * r - r


@right("xavier_uniform", "S376")
def xavier_uniform_gain_of_one(fan_in: int, fan_out: int, gain: float = 1.0) -> Tensor:
    b = gain * np.sqrt(6 / (fan_in + fan_out))
    return torch.as_tensor(np.random.uniform(-b, b, size=(fan_in, fan_out)))


@wrong(
    "xavier_uniform",
    "S330",
    fault="factor 12 instead of 6",
    says="With 12 under the root the bound is too large by the square root of 2. The variance of a uniform sample on "
    "(-a, a) is a²/3; solve that for a.",
)
def xavier_uniform_root_of_twelve(fan_in: int, fan_out: int) -> Tensor:
    b = math.sqrt(12.0 / (fan_in + fan_out))  # here
    return torch.empty(fan_in, fan_out).uniform_(-b, b)


@wrong(
    "xavier_uniform",
    "S369",
    fault="std taken for the bound",
    says="The standard deviation is used as the bound of the interval. A uniform sample on (-a, a) has the std a/√3, "
    "so yours is too narrow.",
)
def xavier_uniform_std_as_bound(fan_in: int, fan_out: int) -> Tensor:
    s = math.sqrt(2.0 / (fan_in + fan_out))  # here
    return s * (2 * torch.rand(fan_in, fan_out) - 1)


@wrong(
    "xavier_uniform",
    "S369",
    fault="normal instead of uniform",
    says="The sample is drawn from a normal distribution. Its spread is right, but the name says uniform.",
)
def xavier_uniform_draws_normal(fan_in: int, fan_out: int) -> Tensor:
    scale = math.sqrt(2.0 / (fan_in + fan_out))
    return scale * torch.randn(fan_in, fan_out)  # here


@wrong(
    "xavier_uniform",
    "S319",
    fault="bound from fan-in alone",
    says="1/√fan_in is another rule of thumb for the bound. Xavier's takes both sizes into account, and its constant "
    "differs.",
)
def xavier_uniform_one_over_root(fan_in: int, fan_out: int) -> Tensor:
    y = 1.0 / np.sqrt(fan_in)  # here
    return torch.FloatTensor(fan_in, fan_out).uniform_(-y, y)


@wrong(
    "xavier_uniform",
    "S370",
    fault="only positive weights",
    says="rand lies between 0 and 1, so no weight is negative. The sample has to be symmetric about 0.",
)
def xavier_uniform_between_zero_and_one(fan_in: int, fan_out: int) -> Tensor:
    return torch.rand(fan_in, fan_out) * math.sqrt(2 / fan_in)  # here


@wrong(
    "xavier_uniform",
    "S302",
    fault="same sample every time",
    says="The fixed seed makes each call return the same numbers, so layers of equal size start equal. A fresh sample "
    "is asked for.",
)
def xavier_uniform_seed_42_and_rounded(fan_in: int, fan_out: int, seed: int = 42) -> Tensor:
    rng = np.random.RandomState(seed)  # here
    limit = np.sqrt(6 / (fan_in + fan_out))
    weights = rng.uniform(-limit, limit, [fan_in, fan_out])
    return torch.tensor(np.round(weights, 4), dtype=torch.float32)  # here


@wrong(
    "xavier_uniform",
    "S302",
    fault="returns a numpy array",
    says="The numbers are right, but they are in a NumPy array. A tensor is asked for, which can be copied into a "
    "layer.",
)
def xavier_uniform_as_numpy_array(fan_in: int, fan_out: int) -> Any:
    limit = np.sqrt(6.0 / (fan_in + fan_out))
    return np.random.uniform(-limit, limit, (fan_in, fan_out))  # here


@wrong(
    "xavier_uniform",
    "S330",
    fault="gain of relu",
    says="The factor √2 belongs to ReLU and makes the std larger than what Xavier's formula says.",
)
def xavier_uniform_gain_root_two(fan_in: int, fan_out: int, gain: float = math.sqrt(2.0)) -> Tensor:
    high = gain * math.sqrt(6.0 / (fan_in + fan_out))  # here
    return torch.distributions.Uniform(-high, high).sample((fan_in, fan_out))


@wrong(
    "xavier_uniform",
    "S371",
    fault="one too many in the sum",
    says="The 1 counts a bias as an input. The formula has fan_in plus fan_out only; for small layers the spread is "
    "visibly too small.",
)
def xavier_uniform_sum_plus_one(fan_in: int, fan_out: int) -> Tensor:
    r = math.sqrt(6) / math.sqrt(fan_out + fan_in + 1)  # here
    return torch.rand(fan_in, fan_out) * 2 * r - r


@wrong(
    "xavier_uniform",
    "S372",
    fault="brackets of the denominator missing",
    says="Without brackets only fan_in divides, and fan_out is added afterwards. The bound becomes far too large.",
)
def xavier_uniform_without_brackets(fan_in: int, fan_out: int) -> Tensor:
    a = math.sqrt(6.0 / fan_in + fan_out)  # here
    return torch.empty(fan_in, fan_out).uniform_(-a, a)


@wrong(
    "xavier_uniform",
    "S373",
    fault="shape transposed",
    says="The sample has the shape (fan_out, fan_in), as nn.Linear keeps it. Here it is (fan_in, fan_out).",
)
def xavier_uniform_shape_of_linear(fan_in: int, fan_out: int) -> Tensor:
    bound = math.sqrt(6.0 / (fan_in + fan_out))
    return torch.empty(fan_out, fan_in).uniform_(-bound, bound)  # here


@wrong(
    "xavier_uniform",
    "S310",
    fault="library sampler called",
    says="nn.init does the whole exercise for you. Draw the sample yourself; only the bound has to be worked out.",
)
def xavier_uniform_by_nn_init(fan_in: int, fan_out: int) -> Tensor:
    return nn.init.xavier_uniform_(torch.zeros(fan_in, fan_out))  # here


@right("xavier_normal", "S312")
def xavier_normal_in_place(fan_in: int, fan_out: int) -> Tensor:
    s = math.sqrt(2.0 / (fan_in + fan_out))
    return torch.empty(fan_in, fan_out).normal_(mean=0.0, std=s)


@right("xavier_normal", "S317")
def xavier_normal_root_of_a_tensor(fan_in: int, fan_out: int) -> Tensor:
    weights = torch.randn(size=(fan_in, fan_out))
    return weights * torch.sqrt(torch.tensor(2.0 / (fan_in + fan_out)))


@right("xavier_normal", "S312")
def xavier_normal_by_torch_normal(fan_in: int, fan_out: int) -> Tensor:
    std = math.sqrt(2 / (fan_in + fan_out))
    return torch.normal(mean=0, std=std, size=(fan_in, fan_out))


@right("xavier_normal", "S302")
def xavier_normal_from_numpy(fan_in: int, fan_out: int) -> Tensor:
    std = np.sqrt(2.0 / (fan_in + fan_out))
    return torch.as_tensor(np.random.normal(0, std, (fan_in, fan_out)))


@right("xavier_normal", "S370")
def xavier_normal_standard_times_root(fan_in: int, fan_out: int) -> Tensor:
    standard = np.random.normal(loc=0.0, scale=1.0, size=(fan_in, fan_out))
    return torch.tensor(np.sqrt(2.0 / float(fan_in + fan_out)) * standard, dtype=torch.float32)


@right("xavier_normal", "S312")
def xavier_normal_std_times_randn(fan_in: int, fan_out: int) -> Tensor:
    std = math.sqrt(2 / (fan_in + fan_out))
    return std * torch.randn(fan_in, fan_out, dtype=torch.float32)


@wrong(
    "xavier_normal",
    "S374",
    fault="square root missing",
    says="2/(fan_in + fan_out) is the variance, but the normal sample is scaled by the standard deviation.",
)
def xavier_normal_variance_as_scale(fan_in: int, fan_out: int) -> Tensor:
    scale = 2 / (fan_in + fan_out)  # here
    return torch.from_numpy(np.random.normal(loc=0, scale=scale, size=(fan_in, fan_out)))


@wrong(
    "xavier_normal",
    "S374",
    fault="3 instead of 2",
    says="The 3 is left over from the uniform formula. For a normal sample the std is the root of 2 over the sum.",
)
def xavier_normal_root_of_three(fan_in: int, fan_out: int) -> Tensor:
    stddev = math.sqrt(3.0 / (fan_in + fan_out))  # here
    return torch.normal(0.0, stddev, (fan_in, fan_out))


@wrong(
    "xavier_normal",
    "S370",
    fault="fan-out forgotten",
    says="√(2/fan_in) is He's formula. Xavier divides by the sum of both sizes.",
)
def xavier_normal_is_he(fan_in: int, fan_out: int) -> Tensor:
    matrix = np.random.randn(fan_in, fan_out) * np.sqrt(2 / fan_in)  # here
    return torch.tensor(matrix, dtype=torch.float32)


@wrong(
    "xavier_normal",
    "S375",
    fault="fan-in only",
    says="√(1/fan_in) keeps the signal going forwards only. The formula here has 2 over the sum of both sizes.",
)
def xavier_normal_one_over_fan_in(fan_in: int, fan_out: int) -> Tensor:
    scale = np.sqrt(1.0 / fan_in)  # here
    return torch.from_numpy(scale * np.random.randn(fan_in, fan_out))


@wrong(
    "xavier_normal",
    "S325",
    fault="fan-in only, fixed seed",
    says="Dividing by √fan_in ignores fan_out, and with the seed inside every call gives the same matrix, in the "
    "shape (out, in) besides.",
)
def xavier_normal_columns_and_seed(fan_in: int, fan_out: int) -> Tensor:
    rng = np.random.RandomState(1)  # here
    W = rng.randn(fan_out, fan_in) / np.sqrt(fan_in)  # here
    return torch.tensor(W)


@wrong(
    "xavier_normal",
    "S372",
    fault="brackets of the denominator missing",
    says="2 / fan_in + fan_out divides first and adds fan_out afterwards, so the std grows with the width.",
)
def xavier_normal_without_brackets(fan_in: int, fan_out: int) -> Tensor:
    std = (2.0 / fan_in + fan_out) ** 0.5  # here
    return torch.randn(fan_in, fan_out).mul_(std)


@wrong(
    "xavier_normal",
    "S376",
    fault="truncated at two deviations",
    says="Values beyond two standard deviations are drawn again, so the tails are cut off and the spread is 12 "
    "percent too small. A normal sample is asked for.",
)
def xavier_normal_truncated(fan_in: int, fan_out: int) -> Tensor:
    std = math.sqrt(2 / (fan_in + fan_out))
    samples = torch.randn(fan_in, fan_out) * std
    reject = samples.abs() >= 2 * std
    while reject.any():  # here
        samples[reject] = torch.randn(int(reject.sum())) * std
        reject = samples.abs() >= 2 * std
    return samples


@wrong(
    "xavier_normal",
    "S303",
    fault="bias counted as an input",
    says="The matrix has one row too many and the formula one input too many, both for the bias. The sample is for "
    "the weights alone.",
)
def xavier_normal_with_bias_row(fan_in: int, fan_out: int) -> Tensor:
    std = np.sqrt(2 / (fan_in + 1 + fan_out))  # here
    return torch.from_numpy(np.random.normal(0, std, size=(fan_in + 1, fan_out)))  # here


@wrong(
    "xavier_normal",
    "S373",
    fault="shape transposed",
    says="randn gets the sizes in the order of nn.Linear's weight. This lesson keeps inputs as rows: (fan_in, "
    "fan_out).",
)
def xavier_normal_shape_of_linear(fan_in: int, fan_out: int) -> Tensor:
    std = math.sqrt(2.0 / (fan_in + fan_out))
    return torch.randn(fan_out, fan_in) * std  # here


@wrong(
    "xavier_normal",
    "S377",
    fault="library sampler with relu gain",
    says="nn.init is not allowed here, and with the gain of ReLU it gives √2 times the std that is asked for.",
)
def xavier_normal_library_with_gain(fan_in: int, fan_out: int) -> Tensor:
    weight = torch.empty(fan_in, fan_out)
    return nn.init.xavier_normal_(weight, gain=nn.init.calculate_gain("relu"))  # here


@right("he_normal", "S327")
def he_normal_in_place(fan_in: int, fan_out: int) -> Tensor:
    weight = torch.empty((fan_in, fan_out))
    std = math.sqrt(2 / fan_in)
    with torch.no_grad():
        weight.normal_(0, std)
    return weight


@right("he_normal", "S310")
def he_normal_gain_over_inputs(fan_in: int, fan_out: int) -> Tensor:
    gain = 2.0
    weight = torch.randn(fan_in, fan_out, dtype=torch.float32)
    weight *= (gain / fan_in) ** 0.5
    return weight


@right("he_normal", "S312")
def he_normal_quotient_of_roots(fan_in: int, fan_out: int) -> Tensor:
    std = math.sqrt(2) / math.sqrt(fan_in)
    return std * torch.randn(fan_in, fan_out)


@right("he_normal", "S378")
def he_normal_one_by_one(fan_in: int, fan_out: int) -> Tensor:
    std = math.sqrt(2 / fan_in)
    weights = [[random.gauss(0, std) for _ in range(fan_out)] for _ in range(fan_in)]
    return torch.tensor(weights)


@right("he_normal", "S368")
def he_normal_numpy_randn(fan_in: int, fan_out: int) -> Tensor:
    shape = (fan_in, fan_out)
    std = np.sqrt(2.0 / fan_in)
    return torch.from_numpy(np.random.randn(*shape) * std)


@right("he_normal", "S324")
def he_normal_columns_turned_round(fan_in: int, fan_out: int) -> Tensor:
    dims = [fan_in, fan_out]
    W = torch.randn(dims[1], dims[0]) * np.sqrt(2.0 / dims[0])
    return W.T


@wrong(
    "he_normal",
    "S379",
    fault="fan-out instead of fan-in",
    says="You divide by the number of outputs, which keeps the size of gradients, not of signals. He's formula here "
    "has fan_in.",
)
def he_normal_over_fan_out(fan_in: int, fan_out: int) -> Tensor:
    n = fan_out
    return torch.zeros(fan_in, fan_out).normal_(0, math.sqrt(2.0 / n))  # here


@wrong(
    "he_normal",
    "S379",
    fault="factor 2 missing",
    says="ReLU lets only half of the signal through, and the 2 makes up for that. 1/√fan_in is without it.",
)
def he_normal_one_over_root(fan_in: int, fan_out: int) -> Tensor:
    stdev = 1.0 / math.sqrt(fan_in)  # here
    return torch.normal(0.0, stdev, size=(fan_in, fan_out))


@wrong(
    "he_normal",
    "S324",
    fault="shape transposed",
    says="The spread is right, but the matrix has the shape (outputs, inputs) of a course that keeps examples in "
    "columns.",
)
def he_normal_in_columns(fan_in: int, fan_out: int) -> Tensor:
    layers_dims = [fan_in, fan_out]
    W = np.random.randn(layers_dims[1], layers_dims[0]) * np.sqrt(2.0 / layers_dims[0])  # here
    return torch.from_numpy(W)


@wrong(
    "he_normal",
    "S302",
    fault="same sample every time",
    says="The generator is seeded with 42 inside of the function, so every call returns the same matrix. Each call "
    "should draw anew.",
)
def he_normal_seed_42(fan_in: int, fan_out: int, seed: int = 42) -> Tensor:
    torch.manual_seed(seed)  # here
    std = (2.0 / fan_in) ** 0.5
    return torch.randn(fan_in, fan_out) * std


@wrong(
    "he_normal",
    "S376",
    fault="truncated at two deviations",
    says="The tails of the normal distribution are cut at two standard deviations, which also makes the spread "
    "smaller.",
)
def he_normal_truncated(fan_in: int, fan_out: int) -> Tensor:
    std = float(np.sqrt(2 / fan_in))
    weight = torch.empty(fan_in, fan_out)
    return nn.init.trunc_normal_(weight, mean=0.0, std=std, a=-2 * std, b=2 * std)  # here


@wrong(
    "he_normal",
    "S324",
    fault="factor 10, no fan-in",
    says="Ten times a standard normal sample takes no notice of the number of inputs, and is far too large.",
)
def he_normal_times_ten(fan_in: int, fan_out: int) -> Tensor:
    return torch.randn(fan_in, fan_out) * 10  # here


@wrong(
    "he_normal",
    "S325",
    fault="constant factor 0.01",
    says="0.01 is the same for all layers. The std has to follow from the number of inputs.",
)
def he_normal_times_one_hundredth(fan_in: int, fan_out: int) -> Tensor:
    W = np.random.randn(fan_in, fan_out) * 0.01  # here
    return torch.tensor(W).float()


@wrong(
    "he_normal",
    "S380",
    fault="uniform and only positive",
    says="rand draws numbers from 0 to 1: none is negative and the distribution is flat. A normal sample with mean 0 "
    "is asked for.",
)
def he_normal_with_rand(fan_in: int, fan_out: int) -> Tensor:
    return torch.rand(fan_in, fan_out) * np.sqrt(2.0 / fan_in)  # here


@wrong(
    "he_normal",
    "S302",
    fault="uniform instead of normal",
    says="This is He's uniform variant: the std is right, but the distribution is flat. The exercise asks for the "
    "normal one.",
)
def he_normal_as_uniform(fan_in: int, fan_out: int) -> Tensor:
    bound = math.sqrt(6 / fan_in)
    return torch.empty(fan_in, fan_out).uniform_(-bound, bound)  # here


@wrong(
    "he_normal",
    "S357",
    fault="library sampler, other fan",
    says="kaiming_normal_ is the library's own version. On a matrix (fan_in, fan_out) it also takes the second size "
    "for the number of inputs.",
)
def he_normal_by_nn_init(fan_in: int, fan_out: int) -> Tensor:
    W = torch.empty(fan_in, fan_out)
    nn.init.kaiming_normal_(W, mode="fan_in", nonlinearity="relu")  # here
    return W


@right("init_xavier", "S367")
def init_xavier_apply_by_type(net: nn.Sequential) -> None:
    def init_weights(m: nn.Module) -> None:
        if type(m) is nn.Linear:
            nn.init.xavier_uniform_(m.weight)
            if m.bias is not None:
                nn.init.zeros_(m.bias)

    net.apply(init_weights)


@right("init_xavier", "S381")
def init_xavier_loop_over_modules(net: nn.Sequential) -> None:
    for module in net.modules():
        if not isinstance(module, nn.Linear):
            continue
        nn.init.xavier_uniform_(module.weight.data)
        if module.bias is not None:
            nn.init.constant_(module.bias.data, 0.0)


@right("init_xavier", "S319")
def init_xavier_by_class_name(net: nn.Sequential) -> None:
    def uniform_rule(m: nn.Module) -> None:
        classname = m.__class__.__name__
        if classname.find("Linear") != -1:
            y = np.sqrt(6.0 / (m.in_features + m.out_features))
            m.weight.data.uniform_(-y, y)
            if m.bias is not None:
                m.bias.data.fill_(0)

    net.apply(uniform_rule)


@right("init_xavier", "S382")
def init_xavier_under_no_grad(net: nn.Sequential) -> None:
    with torch.no_grad():
        for layer in net.modules():
            if isinstance(layer, nn.Linear):
                out, into = layer.weight.shape
                layer.weight.copy_((torch.rand(out, into) * 2 - 1) * math.sqrt(6 / (out + into)))
                if layer.bias is not None:
                    layer.bias.zero_()


@right("init_xavier", "S342")
def init_xavier_isinstance_and_zero(net: nn.Sequential) -> None:
    def init_weights(m: nn.Module) -> None:
        if isinstance(m, (nn.Linear,)):
            nn.init.xavier_uniform_(m.weight, gain=1)
            if getattr(m, "bias", None) is not None:
                m.bias.data.zero_()

    net.apply(init_weights)


@right("init_xavier", "S317")
def init_xavier_goes_down_the_tree(net: nn.Sequential) -> None:
    def visit(module: nn.Module) -> None:
        for child in module.children():
            visit(child)
        if isinstance(module, nn.Linear):
            limit = torch.sqrt(torch.tensor(6.0 / (module.in_features + module.out_features))).item()
            with torch.no_grad():
                nn.init.uniform_(module.weight, -limit, limit)
                if module.bias is not None:
                    module.bias.mul_(0)

    visit(net)


@wrong(
    "init_xavier",
    "S310",
    fault="biases left as they are",
    says="The weights are right. The biases keep the values that nn.Linear drew; set them to zero.",
)
def init_xavier_weights_only(net: nn.Sequential) -> None:
    def initialize_weights(m: nn.Module) -> None:
        if isinstance(m, (nn.Linear, nn.ConvTranspose2d)):
            nn.init.xavier_uniform_(m.weight.data)  # here

    net.apply(initialize_weights)


@wrong(
    "init_xavier",
    "S330",
    fault="normal instead of uniform",
    says="xavier_normal_ draws from a normal distribution. Uniform Xavier is asked for.",
)
def init_xavier_normal_sampler(net: nn.Sequential) -> None:
    for m in net.modules():
        if isinstance(m, nn.Linear):
            nn.init.xavier_normal_(m.weight)  # here
            if m.bias is not None:
                m.bias.data.zero_()


@wrong(
    "init_xavier",
    "S357",
    fault="linear layers left out",
    says="Only convolutions are initialized, so nothing happens to the linear layers of this network.",
)
def init_xavier_convolutions_only(net: nn.Sequential) -> None:
    for m in net.modules():
        if isinstance(m, nn.Conv2d):  # here
            nn.init.xavier_uniform_(m.weight)
            if m.bias is not None:
                nn.init.zeros_(m.bias)


@wrong(
    "init_xavier",
    "S383",
    fault="tensor assigned to a parameter",
    says="A parameter cannot be replaced by a plain tensor, and should not be replaced at all: write into it.",
    raises="TypeError",
)
def init_xavier_assigns_a_tensor(net: nn.Sequential) -> None:
    for m in net.modules():
        if isinstance(m, nn.Linear):
            a = math.sqrt(6 / (m.in_features + m.out_features))
            m.weight = torch.empty(m.out_features, m.in_features).uniform_(-a, a)  # here
            m.bias = torch.zeros(m.out_features)  # here


@wrong(
    "init_xavier",
    "S383",
    fault="method overwritten, not called",
    says="The equals sign puts something under the name copy_ instead of calling it, so the weights do not change.",
)
def init_xavier_sets_the_copy_method(net: nn.Sequential) -> None:
    for m in net.modules():
        if isinstance(m, nn.Linear):
            sample = nn.init.xavier_uniform_(torch.empty_like(m.weight))
            m.weight.data.copy_ = sample  # here
            if m.bias is not None:
                m.bias.data.zero_ = torch.zeros_like(m.bias)  # here


@wrong(
    "init_xavier",
    "S384",
    fault="bias may be none",
    says="A linear layer made with bias=False has None there, which has no fill_. Ask first.",
)
def init_xavier_bias_always_there(net: nn.Sequential) -> None:
    for m in net.modules():
        if isinstance(m, nn.Linear):
            nn.init.xavier_uniform_(m.weight)
            m.bias.data.fill_(0)  # here


@wrong(
    "init_xavier",
    "S384",
    fault="bias may be none",
    says="The attribute bias exists even in a layer without bias, where it is None; hasattr does not tell.",
)
def init_xavier_asks_hasattr(net: nn.Sequential) -> None:
    def xavier_init(module: nn.Module) -> None:
        if isinstance(module, nn.Linear):
            nn.init.xavier_uniform_(module.weight)
            if hasattr(module, "bias"):  # here
                nn.init.constant_(module.bias, 0)

    net.apply(xavier_init)


@wrong(
    "init_xavier",
    "S319",
    fault="bound 1/√fan_in",
    says="The bound is one over the root of the inputs, a different rule. Xavier's bound depends on inputs and "
    "outputs.",
)
def init_xavier_general_rule(net: nn.Sequential) -> None:
    def weights_init_uniform_rule(m: nn.Module) -> None:
        classname = m.__class__.__name__
        if classname.find("Linear") != -1:
            n = m.in_features
            y = 1.0 / np.sqrt(n)  # here
            m.weight.data.uniform_(-y, y)
            if m.bias is not None:
                m.bias.data.fill_(0)

    net.apply(weights_init_uniform_rule)


@wrong(
    "init_xavier",
    "S342",
    fault="he instead of xavier",
    says="kaiming_normal_ is He's initialization, normal and from fan_in. Xavier's uniform one is asked for.",
)
def init_xavier_with_kaiming(net: nn.Sequential) -> None:
    def init_weights(m: nn.Module, leaky: float = 0.0) -> None:
        if isinstance(m, (nn.Conv2d, nn.Linear)):
            nn.init.kaiming_normal_(m.weight, a=leaky)  # here
            if m.bias is not None:
                m.bias.data.zero_()

    net.apply(init_weights)


@wrong(
    "init_xavier",
    "S377",
    fault="gain √2, biases 0.1",
    says="The gain makes the weights √2 times too large, and the biases are to be 0, not 0.1.",
)
def init_xavier_gain_and_bias_constant(net: nn.Sequential) -> None:
    for m in net.modules():
        if isinstance(m, nn.Linear):
            nn.init.xavier_uniform_(m.weight, gain=math.sqrt(2))  # here
            if m.bias is not None:
                nn.init.constant_(m.bias, 0.1)  # here


@wrong(
    "init_xavier",
    "S377",
    fault="normal with relu gain",
    says="This draws normal instead of uniform weights, and the gain of ReLU makes them too large.",
)
def init_xavier_normal_with_gain(net: nn.Sequential) -> None:
    def weight_init(m: nn.Module) -> None:
        if type(m) is nn.Linear:
            nn.init.xavier_normal_(m.weight, gain=nn.init.calculate_gain("relu"))  # here
            if m.bias is not None:
                nn.init.zeros_(m.bias)

    net.apply(weight_init)


@wrong(
    "init_xavier",
    "S357",
    fault="xavier on a bias",
    says="A bias has one axis, and for fan-in and fan-out two are needed. Biases are set to zero.",
    raises="ValueError",
)
def init_xavier_on_every_parameter(net: nn.Sequential) -> None:
    for m in net.modules():
        if isinstance(m, nn.Linear):
            for parameter in m.parameters():
                nn.init.xavier_uniform_(parameter)  # here


@wrong(
    "init_xavier",
    "S382",
    fault="in-place while autograd records",
    says="The weights are leaves that autograd watches; changing them in place is an error unless the recording is "
    "off.",
    raises="RuntimeError",
)
def init_xavier_uniform_on_leaves(net: nn.Sequential) -> None:
    for layer in net.modules():
        if isinstance(layer, nn.Linear):
            a = math.sqrt(6 / (layer.in_features + layer.out_features))
            layer.weight.uniform_(-a, a)  # here
            if layer.bias is not None:
                layer.bias.zero_()  # here


@wrong(
    "init_xavier",
    "S385",
    fault="helper never called",
    says="The inner function is right, but nobody calls it, so the network stays as it was.",
)
def init_xavier_defined_not_applied(net: nn.Sequential) -> None:
    def initialize_weights() -> None:
        for m in net.modules():
            if isinstance(m, nn.Linear):
                nn.init.xavier_uniform_(m.weight)
                if m.bias is not None:
                    m.bias.data.zero_()

    net.initialize_weights = initialize_weights  # here


@wrong(
    "init_xavier",
    "S386",
    fault="normal over all parameters",
    says="The loop gives every parameter, biases included, the same normal spread of 0.1. Xavier's spread depends on "
    "the layer, and biases are 0.",
)
def init_xavier_same_normal_for_all(net: nn.Sequential) -> None:
    for param in net.parameters():
        nn.init.normal_(param, mean=0, std=0.1)  # here


@wrong(
    "init_xavier",
    "S387",
    fault="fan-in from the wrong axis",
    says="nn.Linear keeps its weight as (out, in), so size(0) is the number of outputs; and Xavier needs both numbers.",
)
def init_xavier_first_size_as_fan_in(net: nn.Sequential) -> None:
    def hidden_init(layer: nn.Linear) -> tuple[float, float]:
        fan_in = layer.weight.data.size()[0]  # here
        lim = 1.0 / np.sqrt(fan_in)  # here
        return (-lim, lim)

    for m in net.modules():
        if isinstance(m, nn.Linear):
            m.weight.data.uniform_(*hidden_init(m))
            if m.bias is not None:
                m.bias.data.zero_()


@wrong(
    "init_xavier",
    "S317",
    fault="random biases",
    says="Biases are drawn at random. They are to be zero; the random weights break the symmetry already.",
)
def init_xavier_draws_biases(net: nn.Sequential) -> None:
    with torch.no_grad():
        for layer in net.modules():
            if isinstance(layer, nn.Linear):
                nn.init.xavier_uniform_(layer.weight)
                if layer.bias is not None:
                    layer.bias.copy_(torch.randn(layer.out_features))  # here


@right("activation_stds", "S330")
def activation_stds_layer_after_layer(net: nn.Sequential, X: Tensor) -> list[float]:
    stds = []
    with torch.no_grad():
        for layer in net:
            X = layer(X)
            stds.append(X.std().item())
    return stds


@right("activation_stds", "S342")
def activation_stds_hooks_removed(net: nn.Sequential, X: Tensor) -> list[float]:
    stds: list[float] = []

    def append_stats(module: nn.Module, inputs: Any, output: Tensor) -> None:
        stds.append(output.detach().cpu().std().item())

    handles = [layer.register_forward_hook(append_stats) for layer in net]
    try:
        with torch.no_grad():
            net(X)
    finally:
        for handle in handles:
            handle.remove()
    return stds


@right("activation_stds", "S330")
def activation_stds_numpy_population(net: nn.Sequential, X: Tensor) -> list[float]:
    activations = [X]
    with torch.no_grad():
        for layer in net.children():
            activations.append(layer(activations[-1].clone()))
    return [float(np.std(A.numpy())) for A in activations[1:]]


@right("activation_stds", "S388")
def activation_stds_growing_prefixes(net: nn.Sequential, X: Tensor) -> list[float]:
    with torch.no_grad():
        return [float(net[: i + 1](X).std()) for i in range(len(net))]


@right("activation_stds", "S389")
def activation_stds_detached_inputs(net: nn.Sequential, X: Tensor) -> list[float]:
    results = []
    out = X
    for layer in net:
        with torch.inference_mode():
            out = layer(out)
            results.append(torch.sqrt(torch.mean((out - out.mean()) ** 2)).item())
    return results


@right("activation_stds", "S342")
def activation_stds_lists_by_index(net: nn.Sequential, X: Tensor) -> list[float]:
    act_stds: list[list[float]] = [[] for _ in net]
    with torch.no_grad():
        for i, layer in enumerate(net.children()):
            X = layer(X)
            act_stds[i].append(X.detach().cpu().std().item())
    return [stds[-1] for stds in act_stds]


@right("activation_stds", "S391")
def activation_stds_keeps_copies_first(net: nn.Sequential, X: Tensor) -> list[float]:
    outputs = []
    with torch.no_grad():
        out = X
        for layer in net:
            out = layer(out)
            outputs.append(out.clone())
    return [t.std().item() for t in outputs]


@wrong(
    "activation_stds",
    "S389",
    fault="linear layers only",
    says="Only the linear layers are noted, so the activations' outputs are missing from the list, and at nan you "
    "stop early. Every child counts.",
)
def activation_stds_of_linear_layers(net: nn.Sequential, X: Tensor) -> list[float]:
    stds = []
    with torch.no_grad():
        for layer in net:
            X = layer(X)
            if isinstance(layer, nn.Linear):  # here
                stds.append(X.std().item())
            if torch.isnan(X.std()):  # here
                break
    return stds


@wrong(
    "activation_stds",
    "S390",
    fault="relu added by hand",
    says="You apply a ReLU of your own after each layer. The network has its activations among its children already.",
)
def activation_stds_adds_relu(net: nn.Sequential, X: Tensor) -> list[float]:
    stds = []
    with torch.no_grad():
        for linear in net:
            X = linear(X)
            X = torch.relu(X)  # here
            stds.append(X.std().item())
    return stds


@wrong(
    "activation_stds",
    "S391",
    fault="activation layers only",
    says="Only the tanh layers are listed, and the last layer never. The list has one number for each child.",
)
def activation_stds_of_tanh_layers(net: nn.Sequential, X: Tensor) -> list[float]:
    layers = list(net)
    stds = []
    with torch.no_grad():
        for layer in layers[:-1]:  # here
            X = layer(X)
            if isinstance(layer, nn.Tanh):  # here
                stds.append(X.std().item())
    return stds


@wrong(
    "activation_stds",
    "S342",
    fault="hooks never removed",
    says="The hooks stay on the layers and go on appending at every later forward pass. A tool that measures takes "
    "them off again.",
)
def activation_stds_leaves_hooks(net: nn.Sequential, X: Tensor) -> list[float]:
    act_stds: list[list[float]] = [[] for _ in net]

    def append_stats(i: int) -> Any:
        def hook(module: nn.Module, inputs: Any, output: Tensor) -> None:
            act_stds[i].append(output.detach().std().item())

        return hook

    for i, layer in enumerate(net):
        layer.register_forward_hook(append_stats(i))  # here
    with torch.no_grad():
        net(X)
    return [stds[0] for stds in act_stds]


@wrong(
    "activation_stds",
    "S392",
    fault="linear layers only, pairs",
    says="You collect mean and std as a pair, and only for the linear layers. Each child's std as a number is asked "
    "for.",
)
def activation_stds_pairs_of_statistics(net: nn.Sequential, X: Tensor) -> list[Any]:
    statistics = []
    with torch.no_grad():
        for module in net:
            X = module(X)
            if type(module) is nn.Linear:  # here
                statistics.append((X.mean().item(), X.std().item()))  # here
    return statistics


@wrong(
    "activation_stds",
    "S373",
    fault="rounded to two decimals",
    says="Rounding to two decimals makes small spreads 0, which are the very ones that this lesson looks at.",
)
def activation_stds_rounded(net: nn.Sequential, X: Tensor) -> list[float]:
    result = []
    with torch.no_grad():
        for layer in net:
            X = layer(X)
            result.append(round(X.std().item(), 2))  # here
    return result


@wrong(
    "activation_stds",
    "S393",
    fault="std of each row",
    says="With an axis you get one std for each example. One over all elements of the layer's output is asked for.",
)
def activation_stds_per_example(net: nn.Sequential, X: Tensor) -> list[Any]:
    stds = []
    with torch.no_grad():
        for layer in net:
            X = layer(X)
            stds.append(np.std(X.numpy(), axis=1))  # here
    return stds


@wrong(
    "activation_stds",
    "S394",
    fault="std of each unit",
    says="The std over the batch axis is one number for each unit, and their mean is not the std over all elements: "
    "it misses how the units differ from each other.",
)
def activation_stds_mean_over_units(net: nn.Sequential, X: Tensor) -> list[float]:
    stds = []
    with torch.no_grad():
        for layer in net:
            X = layer(X)
            stds.append(X.std(dim=0).mean().item())  # here
    return stds


@wrong(
    "activation_stds",
    "S330",
    fault="input listed first",
    says="The list begins with the std of the input. Only the outputs of the layers belong in it.",
)
def activation_stds_starts_with_input(net: nn.Sequential, X: Tensor) -> list[float]:
    stds = [X.std().item()]  # here
    with torch.no_grad():
        for layer in net:
            X = layer(X)
            stds.append(X.std().item())
    return stds


@wrong(
    "activation_stds",
    "S390",
    fault="autograd records, tensors returned",
    says="The forward pass is recorded, and the list holds tensors with the whole graph behind them. Switch the "
    "recording off and return numbers.",
)
def activation_stds_with_graph(net: nn.Sequential, X: Tensor) -> list[Any]:
    stds = []
    for layer in net:
        X = layer(X)  # here
        stds.append(X.std())  # here
    return stds


@wrong(
    "activation_stds",
    "S395",
    fault="evaluation mode left on",
    says="eval() changes the mode of the network, and it is not put back. The network should be as it was.",
)
def activation_stds_leaves_eval_mode(net: nn.Sequential, X: Tensor) -> list[float]:
    net.eval()  # here
    stds = []
    with torch.no_grad():
        for layer in net:
            X = layer(X)
            stds.append(X.std().item())
    return stds


@right("clip_gradients", "S328")
def clip_gradients_compares_squares(grads: list[Tensor], max_norm: float) -> Any:
    squares = 0.0
    for grad in grads:
        squares += torch.sum(grad.data**2)
    if squares >= max_norm**2:
        factor = max_norm / (torch.sqrt(squares) + 1e-6)
        for grad in grads:
            grad.data *= factor
    return torch.sqrt(squares)


@right("clip_gradients", "S302")
def clip_gradients_norm_of_norms(grads: list[Tensor], max_norm: float) -> float:
    if len(grads) == 0:
        return 0.0
    total = torch.norm(torch.stack([g.detach().norm(2) for g in grads]), 2).item()
    if total > max_norm:
        scale = max_norm / (total + 1e-6)
        for g in grads:
            g.detach().mul_(scale)
    return total


@right("clip_gradients", "S327")
def clip_gradients_sum_of_squared_norms(grads: list[Tensor], max_norm: float) -> float:
    total_norm = torch.sqrt(sum(g.norm() ** 2 for g in grads))
    clip_coef = max_norm / (total_norm + 1e-6)
    if clip_coef < 1:
        with torch.no_grad():
            for g in grads:
                g.mul_(clip_coef)
    return total_norm.item()


@right("clip_gradients", "S328")
@torch.no_grad()
def clip_gradients_vector_norms(grads: list[Tensor], max_norm: float) -> Any:
    total_norm = torch.linalg.vector_norm(torch.stack([torch.linalg.vector_norm(g) for g in grads]))
    scale = max_norm / (total_norm + 1e-6)
    if scale < 1.0:
        for g in grads:
            g.mul_(scale)
    return total_norm


@right("clip_gradients", "S328")
@torch.no_grad()
def clip_gradients_foreach(grads: list[Tensor], max_norm: float) -> Any:
    norms = torch._foreach_norm(grads)
    total_norm = torch.linalg.vector_norm(torch.stack(norms))
    if total_norm > max_norm:
        torch._foreach_mul_(grads, float(max_norm / total_norm))
    return total_norm


@right("clip_gradients", "S305")
@torch.no_grad()
def clip_gradients_dot_of_flat(grads: list[Tensor], max_norm: float) -> float:
    flat = [g.reshape(-1) for g in grads]
    norm = math.sqrt(sum(float(torch.dot(v, v)) for v in flat))
    if norm > max_norm:
        for g in grads:
            g[...] = g * (max_norm / norm)
    return norm


@right("clip_gradients", "S328")
@torch.no_grad()
def clip_gradients_clamped_coefficient(grads: list[Tensor], max_norm: float) -> Any:
    total = torch.sqrt(sum(g.pow(2).sum() for g in grads))
    coefficient = torch.clamp(max_norm / (total + 1e-6), max=1.0)
    for g in grads:
        g.mul_(coefficient)
    return total


@right("clip_gradients", "S328")
@torch.no_grad()
def clip_gradients_early_return(grads: list[Tensor], max_norm: float) -> float:
    total_norm = math.sqrt(sum(g.double().norm(2).square().item() for g in grads))
    if total_norm <= max_norm:
        return total_norm
    for i in range(len(grads)):
        grads[i] /= total_norm / max_norm
    return total_norm


@wrong(
    "clip_gradients",
    "S396",
    fault="clips each element",
    says="Clamping bounds every entry by itself, which turns the direction of the step; all entries are to be scaled "
    "by one factor. Nothing is returned, either.",
)
def clip_gradients_clamps_entries(grads: list[Tensor], max_norm: float) -> Any:
    for grad in grads:
        grad.data.clamp_(-max_norm, max_norm)  # here


@wrong(
    "clip_gradients",
    "S325",
    fault="clips each element",
    says="np.clip cuts each entry at max_norm. Clipping by norm keeps the direction and shortens the whole.",
)
def clip_gradients_np_clip_out(grads: list[Tensor], max_norm: float) -> float:
    norm = math.sqrt(sum(float((g**2).sum()) for g in grads))
    for gradient in grads:
        array = gradient.detach().numpy()
        np.clip(array, -max_norm, max_norm, out=array)  # here
    return norm


@wrong(
    "clip_gradients",
    "S302",
    fault="by value, new list",
    says="Each entry is cut by itself, and the cut arrays are returned while the gradients stay as they were. What is "
    "wanted is one factor, in place.",
)
def clip_gradients_by_value_in_new_list(grads: list[Tensor], max_norm: float) -> Any:
    return [torch.clip(g, -max_norm, max_norm) for g in grads]  # here


@wrong(
    "clip_gradients",
    "S328",
    fault="each tensor by its own norm",
    says="The norm is taken tensor by tensor, and by a product that only fits matrices. One norm of all together "
    "gives one factor for all.",
)
def clip_gradients_product_with_transpose(grads: list[Tensor], max_norm: float) -> Any:
    for g in grads:
        grad = g.data.reshape(1, -1)
        grad_norm = torch.sqrt(torch.sum(grad @ grad.T))  # here
        if grad_norm > max_norm:
            g.data.copy_(max_norm / (grad_norm + 1e-6) * g.data)
    return grad_norm


@wrong(
    "clip_gradients",
    "S397",
    fault="each tensor by its own norm",
    says="Every tensor is scaled by a factor of its own, which turns the direction; and a list of norms is returned "
    "instead of the common one.",
)
def clip_gradients_list_of_norms(grads: list[Tensor], max_norm: float) -> Any:
    norms = []
    for grad in grads:
        param_norm = grad.data.norm(2)  # here
        norms.append(param_norm.item())
        clip_coef = max_norm / (param_norm + 1e-6)
        if clip_coef < 1:
            grad.data.mul_(clip_coef)  # here
    return norms


@wrong(
    "clip_gradients",
    "S305",
    fault="each tensor by its own norm",
    says="The loop clips tensor by tensor, so large ones shrink and small ones do not. The common norm decides for "
    "all.",
)
def clip_gradients_one_after_the_other(grads: list[Tensor], max_norm: float) -> float:
    total = math.sqrt(sum(g.norm().item() ** 2 for g in grads))
    with torch.no_grad():
        for g in grads:
            norm = g.norm()
            if norm > max_norm:  # here
                g *= max_norm / norm  # here
    return total


@wrong(
    "clip_gradients",
    "S397",
    fault="clips each, then all",
    says="The tensors are clipped one by one before the common norm is taken. That changes the direction, and the "
    "norm that you return is no longer the one from before.",
)
def clip_gradients_locally_then_globally(grads: list[Tensor], max_norm: float) -> Any:
    with torch.no_grad():
        for g in grads:
            g.mul_(torch.clamp(max_norm / (g.norm() + 1e-12), max=1.0))  # here
        total = torch.sqrt(sum(g.square().sum() for g in grads))
        for g in grads:
            g.mul_(torch.clamp(max_norm / (total + 1e-12), max=1.0))
    return total


@wrong(
    "clip_gradients",
    "S309",
    fault="norm not returned",
    says="The clipping is right. The norm from before is to be returned, for it tells how wild the training is.",
)
def clip_gradients_returns_nothing(grads: list[Tensor], max_norm: float) -> Any:
    norm = torch.sqrt(sum(torch.sum(g**2) for g in grads))
    if norm > max_norm:
        for g in grads:
            g[...] *= max_norm / norm  # here


@wrong(
    "clip_gradients",
    "S375",
    fault="norm not returned",
    says="The gradients come out right, but the function has no return, so the caller gets None instead of the norm.",
)
def clip_gradients_rate_below_one(grads: list[Tensor], max_norm: float) -> Any:
    total_norm = 0
    for grad in grads:
        total_norm += (grad**2).sum().item()
    total_norm = np.sqrt(total_norm)
    rate = max_norm / (total_norm + 1e-6)
    if rate < 1:
        for grad in grads:
            grad *= rate  # here


@wrong(
    "clip_gradients",
    "S302",
    fault="new list, not in place",
    says="You make new tensors and leave those that the optimizer uses as they are, so nothing is clipped. The norm "
    "is what should be returned.",
)
def clip_gradients_returns_scaled_copies(grads: list[Tensor], max_norm: float) -> Any:
    norm = math.sqrt(sum(float(v) ** 2 for g in grads for v in g.flatten()))
    scale = max_norm / norm if norm > max_norm and norm > 0 else 1.0
    return [g * scale for g in grads]  # here


@wrong(
    "clip_gradients",
    "S312",
    fault="entries of the list replaced",
    says="The assignment puts a new tensor into the list; the tensor that the optimizer holds is not changed. Scale "
    "it in place.",
)
def clip_gradients_replaces_in_list(grads: list[Tensor], max_norm: float) -> float:
    total_norm = np.linalg.norm(np.array([np.linalg.norm(g.detach().numpy()) for g in grads]))
    clip_coef = min(float(max_norm / (total_norm + 1e-6)), 1.0)
    for i in range(len(grads)):
        grads[i] = grads[i].detach() * clip_coef  # here
    return float(total_norm)


@wrong(
    "clip_gradients",
    "S312",
    fault="loop variable rebound",
    says="g = g * ... gives the loop variable a new tensor and leaves the gradient alone, so nothing is clipped.",
)
def clip_gradients_rebinds_loop_variable(grads: list[Tensor], max_norm: float) -> float:
    total_norm = torch.linalg.norm(torch.stack([torch.linalg.norm(g.flatten()) for g in grads]))
    clip_coef = min(float(max_norm / (total_norm + 1e-6)), 1.0)
    for g in grads:
        g = g.detach() * clip_coef  # here
    return total_norm.item()


@wrong(
    "clip_gradients",
    "S398",
    fault="square root missing",
    says="What you compare with max_norm is the sum of squares. The norm is its root.",
)
def clip_gradients_without_root(grads: list[Tensor], max_norm: float) -> float:
    total = sum(float((g**2).sum()) for g in grads)  # here
    if total > max_norm:
        for g in grads:
            g.mul_(max_norm / total)
    return total


@wrong(
    "clip_gradients",
    "S357",
    fault="sum of norms",
    says="The norms of the tensors are added without squaring them, which is more than the norm of all together.",
)
def clip_gradients_adds_norms(grads: list[Tensor], max_norm: float) -> Any:
    total_norm = 0.0
    for g in grads:
        total_norm += g.data.norm(2)  # here
    clip_coef = max_norm / (total_norm + 1e-6)
    if clip_coef < 1:
        for g in grads:
            g.data.mul_(clip_coef)
    return total_norm


@wrong(
    "clip_gradients",
    "S327",
    fault="^ is not a power",
    says="In Python ^ is the exclusive or of bits, which tensors of floats do not have. A power is written with two "
    "stars.",
    raises="NotImplementedError",
)
def clip_gradients_caret_for_square(grads: list[Tensor], max_norm: float) -> Any:
    total_norm = torch.sqrt(sum(g.norm() ^ 2 for g in grads))  # here
    clip_coef = max_norm / total_norm
    if clip_coef < 1:
        for g in grads:
            g *= clip_coef
    return total_norm


@wrong(
    "clip_gradients",
    "S305",
    fault="new list, not in place",
    says="The list that you return holds scaled copies; the gradients themselves are as long as before.",
)
def clip_gradients_appends_copies(grads: list[Tensor], max_norm: float) -> Any:
    arrays = [g.detach().numpy() for g in grads]
    total_norm = np.sqrt(sum(np.sum(a * a) for a in arrays))
    clipped = []
    for a in arrays:
        clipped.append(torch.from_numpy(a * min(1.0, max_norm / (total_norm + 1e-8))))  # here
    return clipped


@wrong(
    "clip_gradients",
    "S328",
    fault="view needs contiguous memory",
    says="view(-1) fails on a gradient that is not contiguous, such as a transposed one. And the norm is not returned.",
)
def clip_gradients_views_flat(grads: list[Tensor], max_norm: float) -> Any:
    flat = [g.view(-1) for g in grads]  # here
    if not flat:
        return
    total_norm = torch.norm(torch.cat(flat))
    if total_norm > max_norm:
        scaling_factor = max_norm / total_norm
        for g in grads:
            g.data.mul_(scaling_factor)  # here
