"""More answers of others to the exercises of lessons 05 and 06, half-finished ones among them; long because it is a list."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from tests.wild.entries import right, wrong

_Tensors = dict[str, Tensor]


@right("init_xavier", "S576")
def init_xavier_two_classes_of_layers(net: nn.Sequential) -> None:
    def initialize_weights(m: nn.Module) -> None:
        if isinstance(m, (nn.Linear, nn.ConvTranspose2d)):
            nn.init.xavier_uniform_(m.weight.data)
            if m.bias is not None:
                m.bias.data.fill_(0)

    net.apply(initialize_weights)


@wrong(
    "init_xavier",
    "S577",
    fault="brackets missing under the root",
    says="Division binds first: under your root stands 6/fan_in plus fan_out, which is far larger than 1. Both fans belong "
    "into the denominator.",
)
def init_xavier_sum_without_brackets(net: nn.Sequential) -> None:
    for m in net.modules():
        if isinstance(m, nn.Linear):
            fan_out, fan_in = m.weight.shape
            bound = math.sqrt(6.0 / fan_in + fan_out)  # here
            nn.init.uniform_(m.weight, -bound, bound)
            if m.bias is not None:
                nn.init.zeros_(m.bias)


@wrong(
    "init_xavier",
    "S578",
    fault="3 under the root in place of 6",
    says="The bound of the uniform distribution is the root of 6 over the sum of both fans. With 3 the weights are too "
    "small by the root of 2.",
)
def init_xavier_three_over_the_sum(net: nn.Sequential) -> None:
    for m in net.modules():
        if isinstance(m, nn.Linear):
            limit = math.sqrt(3.0 / (m.in_features + m.out_features))  # here
            nn.init.uniform_(m.weight, -limit, limit)
            if m.bias is not None:
                nn.init.constant_(m.bias, 0.0)


@wrong(
    "init_xavier",
    "S579",
    fault="6 outside of the root",
    says="Only the number of units is under your root, the 6 stands before it. The bound comes out more than twice too "
    "large.",
)
def init_xavier_six_before_the_root(net: nn.Sequential) -> None:
    for layer in net.modules():
        if isinstance(layer, nn.Linear):
            std = 6.0 / math.sqrt(layer.weight.size(0) + layer.weight.size(1))  # here
            layer.weight.data.uniform_(-std, std)
            if layer.bias is not None:
                layer.bias.data.zero_()


@wrong(
    "init_xavier",
    "S580",
    fault="mean and std given to uniform",
    says="uniform_ takes the two ends of an interval, the lower one first. 1.0 and 0.02 are meant as mean and standard "
    "deviation of something else.",
    raises="RuntimeError",
)
def init_xavier_uniform_from_one_to_less(net: nn.Sequential) -> None:
    for m in net.modules():
        if isinstance(m, nn.Linear):
            nn.init.uniform_(m.weight.data, 1.0, 0.02)  # here
            if m.bias is not None:
                nn.init.constant_(m.bias.data, 0.0)


@wrong(
    "init_xavier",
    "S581",
    fault="misspelt name of a function",
    says="Python tells capital letters from small ones: it is xavier_uniform_, all small and with an underscore at the end.",
    raises="AttributeError",
)
def init_xavier_with_a_capital_letter(net: nn.Sequential) -> None:
    for m in net.modules():
        if isinstance(m, nn.Linear):
            nn.init.xavier_Uniform(m.weight)  # here
            if m.bias is not None:
                nn.init.constant(m.bias, 0)


@wrong(
    "init_xavier",
    "S582",
    fault="returns new weights, net unchanged",
    says="You fill a dict with new matrices and return it; the layers of net keep what they had. It is also the rule of He, "
    "and normal.",
)
def init_xavier_fills_a_dict(net: nn.Sequential) -> Any:
    params = {}
    layers = [m for m in net.modules() if isinstance(m, nn.Linear)]
    for number, m in enumerate(layers, start=1):
        params[f"W{number}"] = torch.randn(m.out_features, m.in_features) * np.sqrt(2 / m.in_features)  # here
        params[f"b{number}"] = torch.zeros(m.out_features, 1)
    return params  # here


@wrong(
    "activation_stds",
    "S583",
    fault="hooks on everything inside, too",
    says="named_modules gives the net itself and all that is nested in it, so your list is too long. Asked for are its "
    "children, in order.",
)
def activation_stds_of_named_modules(net: nn.Sequential, X: Tensor) -> list[float]:
    stds: list[float] = []

    def save(module: nn.Module, args: Any, output: Tensor) -> None:
        stds.append(output.std().item())

    handles = [module.register_forward_hook(save) for _, module in net.named_modules()]  # here
    with torch.no_grad():
        net(X)
    for handle in handles:
        handle.remove()
    return stds


@wrong(
    "activation_stds",
    "S584",
    fault="activations in place of their std",
    says="You collect the activations, as for drawing histograms. What is asked for is one number for each: its standard "
    "deviation.",
)
def activation_stds_keeps_the_activations(net: nn.Sequential, X: Tensor) -> Any:
    activations = {}
    x = X
    for i, layer in enumerate(net):
        if i != 0:
            x = activations[i - 1]
        activations[i] = layer(x)
    return activations  # here


@wrong(
    "activation_stds",
    "S585",
    fault="prints in place of returning",
    says="The numbers go to the screen, and the function returns None. They are variances of single rows, too: one "
    "standard deviation over all elements is asked for each layer, in a list.",
)
def activation_stds_only_prints(net: nn.Sequential, X: Tensor) -> None:
    out = X
    with torch.no_grad():
        for layer in net:
            out = layer(out)
            print("Mean:\n", out.mean(dim=-1, keepdim=True))  # here
            print("Variance:\n", out.var(dim=-1, keepdim=True))  # here


@wrong(
    "clip_gradients",
    "S586",
    fault="scales small gradients up",
    says="You multiply by max_norm over the norm in any case, so small gradients are blown up to max_norm. They are to stay "
    "as they are.",
)
def clip_gradients_always_scales(grads: list[Tensor], max_norm: float) -> float:
    total_norm = torch.sqrt(sum(torch.sum(g**2) for g in grads))
    clip_coef = max_norm / (total_norm + 1e-6)
    for g in grads:
        g.mul_(clip_coef)  # here
    return total_norm.item()


@wrong(
    "clip_gradients",
    "S587",
    fault="root of the mean in place of the sum",
    says="That is the root of the mean square: the norm divided by the root of the number of entries. The norm has the sum "
    "under its root.",
)
def clip_gradients_by_root_mean_square(grads: list[Tensor], max_norm: float) -> float:
    flat = torch.cat([g.reshape(-1) for g in grads])
    norm = flat.square().mean().sqrt()  # here
    if norm > max_norm:
        for g in grads:
            g.mul_(max_norm / norm)
    return float(norm)


@wrong(
    "clip_gradients",
    "S588",
    fault="limit fixed at 1",
    says="Your limit is always 1, max_norm does not occur. And p / ... makes a new tensor, while those in the list stay as "
    "they were.",
)
def clip_gradients_limit_of_one(grads: list[Tensor], max_norm: float) -> Tensor:
    global_norm = torch.empty(len(grads))
    for i, g in enumerate(grads):
        global_norm[i] = g.square().sum()
    global_norm = global_norm.sum().sqrt()
    for i, g in enumerate(grads):
        grads[i] = g / torch.where(global_norm > 1.0, global_norm, torch.tensor(1.0))  # here
    return global_norm


@wrong(
    "clip_gradients",
    "S531",
    fault="function removed from numpy",
    says="np.asscalar has not existed for years; item() does what it did. And new tensors in the list do not change the "
    "gradients of the caller.",
    raises="AttributeError",
)
def clip_gradients_calls_asscalar(grads: list[Tensor], max_norm: float) -> float:
    total_norm = np.linalg.norm(np.array([np.linalg.norm(g.detach().numpy()).reshape((1,)) for g in grads]))
    clip_coef = np.asarray(max_norm / (total_norm + 1e-6))
    clip_coef_clamped = min((np.asscalar(clip_coef), 1.0))  # here
    for i, g in enumerate(grads):
        grads[i] = g.detach() * clip_coef_clamped  # here
    return total_norm


@wrong(
    "clip_gradients",
    "S589",
    fault="returns the gradients, not the norm",
    says="The scaling in place is right. What is to be returned is the norm before it, not the list, which the caller has "
    "anyway.",
)
def clip_gradients_returns_the_arrays(grads: list[Tensor], max_norm: float) -> Any:
    total_norm = sum(float(g.reshape(-1) @ g.reshape(-1)) for g in grads) ** 0.5
    scale = max_norm / (total_norm + 1e-8)
    if scale < 1.0:
        for g in grads:
            g *= scale
    return grads  # here


@wrong(
    "clip_gradients",
    "S493",
    fault="body still empty",
    says="There is only pass. The comment tells the three steps: the norm, the scaling if needed, the return.",
)
def clip_gradients_still_pass(grads: list[Tensor], max_norm: float) -> Any:
    pass  # here


@right("batch_norm", "S590")
def batch_norm_adds_minus_the_mean(X: Tensor, gamma: Tensor, beta: Tensor, eps: float) -> tuple[Tensor, _Tensors]:
    numer = X + (torch.mean(X, dim=0) * (-1))
    var_sqrt = torch.sqrt(torch.mean(numer * numer, dim=0) + eps)
    denorm = 1 / var_sqrt
    norm = numer * denorm
    return norm * gamma + beta, {"X_hat": norm, "std": var_sqrt, "gamma": gamma, "denorm": denorm}


@wrong(
    "batch_norm",
    "S591",
    fault="misspelt name of a variable",
    says="Two lines above it is called x_hat, here hat. Python does not know that name.",
    raises="NameError",
)
def batch_norm_with_a_hat_of_no_one(X: Tensor, gamma: Tensor, beta: Tensor, eps: float) -> tuple[Tensor, _Tensors]:
    sample_mean = torch.mean(X, dim=0)
    std = torch.sqrt(torch.var(X, dim=0, unbiased=False) + eps)
    x_hat = (X - sample_mean) / std
    out = gamma * hat + beta  # noqa: F821  # here
    return out, {"X_hat": x_hat, "std": std, "gamma": gamma}


@wrong(
    "batch_norm",
    "S592",
    fault="divides by the variance",
    says="You divide by the variance; the standard deviation, its root, makes the columns have variance 1.",
)
def batch_norm_over_the_variance(X: Tensor, gamma: Tensor, beta: Tensor, eps: float) -> tuple[Tensor, _Tensors]:
    mu = X.mean(0)
    sigma2 = ((X - mu) ** 2).mean(0)
    X_hat = (X - mu) / (sigma2 + eps)  # here
    return gamma * X_hat + beta, {"X_hat": X_hat, "std": torch.sqrt(sigma2 + eps), "gamma": gamma}


@wrong(
    "batch_norm",
    "S593",
    fault="own eps outside of the root",
    says="A constant of your own is added to the standard deviation. The eps that you are given belongs to the variance, "
    "under the root.",
)
def batch_norm_own_constant_beside_the_root(
    X: Tensor, gamma: Tensor, beta: Tensor, eps: float
) -> tuple[Tensor, _Tensors]:
    mean = X.sum(0) / X.shape[0]
    variance = ((X - mean) ** 2).sum(0) / X.shape[0]
    std = torch.sqrt(variance) + 0.000001  # here
    x_norm = (X - mean) / std
    return gamma * x_norm + beta, {"X_hat": x_norm, "std": std, "gamma": gamma}


@right("batch_norm_backward", "S594")
def batch_norm_backward_by_variance_and_mean(grad_O: Tensor, cache: _Tensors) -> tuple[Tensor, Tensor, Tensor]:
    N, std, xc = grad_O.shape[0], cache["std"], cache["X_hat"] * cache["std"]
    dx_norm = grad_O * cache["gamma"]
    dvar = torch.sum(dx_norm * xc * (-0.5) * std ** (-3), dim=0)
    dmean = torch.sum(dx_norm * (-1 / std), dim=0) + torch.sum(dvar * (-2) * xc, dim=0) * (1 / N)
    dx = dx_norm * (1 / std) + dvar * 2 * xc / N + dmean / N
    return dx, (grad_O * cache["X_hat"]).sum(dim=0), grad_O.sum(dim=0)


@wrong(
    "batch_norm_backward",
    "S595",
    fault="scale and shift get no gradient",
    says="The gradient by the inputs is right. Those by gamma and beta are still the None with which you began.",
)
def batch_norm_backward_none_for_the_scale(grad_O: Tensor, cache: _Tensors) -> Any:
    dx, dgamma, dbeta = None, None, None  # here
    dx_hat = grad_O * cache["gamma"]
    centred = dx_hat - dx_hat.mean(0) - cache["X_hat"] * (dx_hat * cache["X_hat"]).mean(0)
    dx = centred / cache["std"]
    return dx, dgamma, dbeta  # here


@wrong(
    "adam_step",
    "S597",
    fault="beta and its complement exchanged",
    says="The old mean keeps the share beta, the new gradient gets the rest. You have it the other way round in both means, "
    "though not in the corrections.",
)
def adam_step_complements_in_the_means(
    params: _Tensors, grads: _Tensors, state: dict[str, _Tensors], step: int, lr: float, betas: Any, eps: float
) -> None:
    b1, b2 = betas
    with torch.no_grad():
        for name, p in params.items():
            g, m, v = grads[name], state["m"][name], state["v"][name]
            m.copy_(b1 * g + (1.0 - b1) * m)  # here
            v.copy_(b2 * g**2 + (1.0 - b2) * v)  # here
            p -= lr * (m / (1 - b1**step)) / (torch.sqrt(v / (1 - b2**step)) + eps)


@wrong(
    "adam_step",
    "S598",
    fault="multiplies by the root",
    says="Where gradients are large, the root makes the step smaller: it is a divisor. You multiply by it.",
)
def adam_step_times_the_root(
    params: _Tensors, grads: _Tensors, state: dict[str, _Tensors], step: int, lr: float, betas: Any, eps: float
) -> None:
    with torch.no_grad():
        for key in params:
            state["m"][key].mul_(betas[0]).add_(grads[key], alpha=1 - betas[0])
            state["v"][key].mul_(betas[1]).addcmul_(grads[key], grads[key], value=1 - betas[1])
            m_hat = state["m"][key] / (1 - betas[0] ** step)
            v_hat = state["v"][key] / (1 - betas[1] ** step)
            params[key].sub_(lr * m_hat * (torch.sqrt(v_hat) + eps))  # here


@wrong(
    "adam_step",
    "S599",
    fault="square for a power of the step",
    says="The corrections have beta to the power of the step; with the square in its place they are right in the second step "
    "only.",
)
def adam_step_squares_the_betas(
    params: _Tensors, grads: _Tensors, state: dict[str, _Tensors], step: int, lr: float, betas: Any, eps: float
) -> None:
    beta1, beta2 = betas
    for name in params:
        s, r = state["m"][name], state["v"][name]
        s *= beta1
        s += (1 - beta1) * grads[name]
        r *= beta2
        r += (1 - beta2) * grads[name] ** 2
        s_hat = s / (1 - beta1**2)  # here
        r_hat = r / (1 - beta2**2)  # here
        params[name].data -= lr * s_hat / (r_hat.sqrt() + eps)


@wrong(
    "adam_step",
    "S600",
    fault="second mean not corrected",
    says="Only m has been corrected for its start at zero. v needs the same, with its own beta: the hat is missing.",
)
def adam_step_one_hat_only(
    params: _Tensors, grads: _Tensors, state: dict[str, _Tensors], step: int, lr: float, betas: Any, eps: float
) -> None:
    with torch.no_grad():
        for name, weight in params.items():
            m, v = state["m"][name], state["v"][name]
            m.copy_(betas[0] * m + (1 - betas[0]) * grads[name])
            v.copy_(betas[1] * v + (1 - betas[1]) * grads[name].square())
            m_hat = m / (1 - betas[0] ** step)
            weight -= lr * m_hat / (v.sqrt() + eps)  # here


@wrong(
    "adam_step",
    "S601",
    fault="own constant in place of eps",
    says="1e-7 is the eps of a book. Here it is an argument, and it is added to the root of the corrected mean, which the "
    "short form with one learning rate does not do.",
)
def adam_step_with_the_eps_of_a_book(
    params: _Tensors, grads: _Tensors, state: dict[str, _Tensors], step: int, lr: float, betas: Any, eps: float
) -> None:
    lr_t = lr * math.sqrt(1.0 - betas[1] ** step) / (1.0 - betas[0] ** step)
    with torch.no_grad():
        for key in params:
            state["m"][key] += (1 - betas[0]) * (grads[key] - state["m"][key])
            state["v"][key] += (1 - betas[1]) * (grads[key] ** 2 - state["v"][key])
            params[key] -= lr_t * state["m"][key] / (torch.sqrt(state["v"][key]) + 1e-7)  # here


@wrong(
    "adam_step",
    "S526",
    fault="eps inside the root",
    says="eps stands under your root, together with the corrected mean. It is to be added to the root.",
)
def adam_step_bracket_one_place_off(
    params: _Tensors, grads: _Tensors, state: dict[str, _Tensors], step: int, lr: float, betas: Any, eps: float
) -> None:
    beta1, beta2 = betas
    with torch.no_grad():
        for name, x in params.items():
            dx, m, v = grads[name], state["m"][name], state["v"][name]
            m[...] = beta1 * m + (1 - beta1) * dx
            v[...] = beta2 * v + (1 - beta2) * dx**2
            mt_hat = m / (1 - (beta1) ** step)
            vt_hat = v / (1 - (beta2) ** step)
            x[...] = x - lr * mt_hat / (torch.sqrt(vt_hat + eps))  # here


@wrong(
    "activation_stds",
    "S611",
    fault="method not called",
    says="Without brackets detach is the method itself, not its result, and a method has no standard deviation. Write detach "
    "with brackets.",
    raises="AttributeError",
)
def activation_stds_detach_without_brackets(net: nn.Sequential, X: Tensor) -> list[float]:
    hidden_outputs: list[Any] = []

    def hook(module: nn.Module, args: Any, output: Tensor) -> None:
        hidden_outputs.append(output.detach)  # here

    handles = [layer.register_forward_hook(hook) for layer in net]
    net(X)
    for handle in handles:
        handle.remove()
    return [float(output.std()) for output in hidden_outputs]


@wrong(
    "batch_norm",
    "S612",
    fault="square in place of the root",
    says="The denominator is squared where a root belongs. With variances near 1 it hardly shows; elsewhere the columns are "
    "far from variance 1.",
)
def batch_norm_to_the_power_of_two(X: Tensor, gamma: Tensor, beta: Tensor, eps: float) -> tuple[Tensor, _Tensors]:
    mean, var = X.mean(0), X.var(0, unbiased=False)
    z = (X - mean) / (var + eps) ** 2  # here
    return gamma * z + beta, {"X_hat": z, "std": (var + eps) ** 0.5, "gamma": gamma}


@wrong(
    "batch_norm",
    "S613",
    fault="inverse kept under std",
    says="The output is right, but what you keep as std is one over it. The backward pass divides by std and would then "
    "multiply.",
)
def batch_norm_keeps_the_inverse(X: Tensor, gamma: Tensor, beta: Tensor, eps: float) -> tuple[Tensor, _Tensors]:
    mean = X.mean(dim=0)
    var = 1.0 / torch.sqrt(X.var(dim=0, correction=0) + eps)
    x_norm = (X - mean) * var
    return x_norm * gamma + beta, {"X_hat": x_norm, "std": var, "gamma": gamma}  # here


@wrong(
    "batch_norm",
    "S614",
    fault="running means used in training",
    says="You normalize with moving averages, which have barely left their start. In training the mean and the variance of "
    "this batch are used; the averages are for later.",
)
def batch_norm_by_moving_averages(X: Tensor, gamma: Tensor, beta: Tensor, eps: float) -> tuple[Tensor, _Tensors]:
    ema_mean = 0.9 * torch.zeros_like(gamma) + 0.1 * X.mean(0)  # here
    ema_var = 0.9 * torch.ones_like(gamma) + 0.1 * X.var(0, unbiased=False)  # here
    std = torch.sqrt(ema_var + eps)
    norm = (X - ema_mean) / std
    return norm * gamma + beta, {"X_hat": norm, "std": std, "gamma": gamma}


@wrong(
    "init_xavier",
    "S616",
    fault="product of the fans for their sum",
    says="Under the root you multiply the two fans; they are to be added. The weights come out far too small, and rand lies "
    "between 0 and 1 instead of around 0.",
)
def init_xavier_product_of_the_fans(net: nn.Sequential) -> None:
    with torch.no_grad():
        for m in net.modules():
            if isinstance(m, nn.Linear):
                std = math.sqrt(2 / (m.in_features * m.out_features))  # here
                m.weight.copy_(torch.rand(m.out_features, m.in_features) * std)  # here
                if m.bias is not None:
                    m.bias.zero_()


@wrong(
    "init_xavier",
    "S615",
    fault="normal, with the bound for its std",
    says="The root of 6 over the sum is the bound of the uniform distribution. As the standard deviation of a normal one it "
    "is too large by the root of 3, and uniform was asked for.",
)
def init_xavier_bound_as_std(net: nn.Sequential) -> None:
    for m in net.modules():
        if isinstance(m, nn.Linear):
            dout, din = m.weight.shape
            std = math.sqrt(6 / (din + dout))
            m.weight.data[:] = torch.normal(0.0, std, (dout, din))  # here
            if m.bias is not None:
                m.bias.data[:] = 0


@wrong(
    "batch_norm",
    "S617",
    fault="eps outside of the root",
    says="eps is added to the standard deviation; the contract has it under the root, with the variance.",
)
def batch_norm_eps_beside_the_root(X: Tensor, gamma: Tensor, beta: Tensor, eps: float) -> tuple[Tensor, _Tensors]:
    X_mean = torch.mean(X, dim=0)
    X_var = torch.mean(torch.square(X - X_mean), dim=0)
    denom = torch.sqrt(X_var) + eps  # here
    X_hat = (X - X_mean) / denom
    return gamma * X_hat + beta, {"X_hat": X_hat, "std": denom, "gamma": gamma}


@wrong(
    "batch_norm",
    "S622",
    fault="own constant in place of eps",
    says="1e-20 is your own; the eps that the caller hands over has no effect. In single precision yours is lost beside the "
    "variance.",
)
def batch_norm_with_an_epsilon_of_its_own(
    X: Tensor, gamma: Tensor, beta: Tensor, eps: float
) -> tuple[Tensor, _Tensors]:
    epsilon = 1e-20  # here
    train_mean, train_var = torch.mean(X, dim=0), torch.var(X, dim=0, unbiased=False)
    std = torch.sqrt(train_var + epsilon)
    new_input = (X - train_mean) / std
    return gamma * new_input + beta, {"X_hat": new_input, "std": std, "gamma": gamma}


@wrong(
    "batch_norm_backward",
    "S617",
    fault="only the own row differentiated",
    says="The quotient rule is a good idea, but mean and deviation depend on every row, so each input changes all outputs of "
    "its column. You follow the own row only; and the derivative of the mean is 1/m.",
)
def batch_norm_backward_quotient_rule(grad_O: Tensor, cache: _Tensors) -> tuple[Tensor, Tensor, Tensor]:
    m, denom = grad_O.shape[0], cache["std"]
    minus = cache["X_hat"] * denom
    dJ_dX_hat = grad_O * cache["gamma"]
    dminus_dX = 1 - minus / m  # here
    ddenom_dX = (2 / m) * minus * dminus_dX / denom  # here
    dX_hat_dX = (denom * dminus_dX - minus * ddenom_dX) / torch.square(denom)
    return dJ_dX_hat * dX_hat_dX, torch.sum(grad_O * cache["X_hat"], dim=0), torch.sum(grad_O, dim=0)  # here
