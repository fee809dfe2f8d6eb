"""Answers to the exercises of lesson 06 on steps, momentum and Adam; long because it is a list."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import torch
from torch import Tensor

from tests.wild.entries import right, wrong

Tensors = dict[str, Tensor]
State = dict[str, Tensors]
Betas = tuple[float, float]


@right("momentum_step", "S412")
@torch.no_grad()
def momentum_step_mul_add_and_alpha(
    params: Tensors, grads: Tensors, velocities: Tensors, lr: float, momentum: float
) -> None:
    for name, v in velocities.items():
        v.mul_(momentum).add_(grads[name])
        params[name].add_(v, alpha=-lr)


@right("momentum_step", "S413")
def momentum_step_ellipsis_under_no_grad(
    params: Tensors, grads: Tensors, velocities: Tensors, lr: float, momentum: float
) -> None:
    for key in params:
        with torch.no_grad():
            velocities[key][...] = momentum * velocities[key] + grads[key]
            params[key][...] -= lr * velocities[key]


@right("momentum_step", "S414")
def momentum_step_by_data(params: Tensors, grads: Tensors, velocities: Tensors, lr: float, momentum: float) -> None:
    for k in grads:
        d_p = grads[k].data
        velocities[k].data *= momentum
        velocities[k].data += d_p
        params[k].data -= lr * velocities[k].data


@right("momentum_step", "S415")
def momentum_step_two_rounds(params: Tensors, grads: Tensors, velocities: Tensors, lr: float, momentum: float) -> None:
    with torch.no_grad():
        for k in params:
            velocities[k] *= momentum
            velocities[k] += grads[k]
        for k in params:
            params[k] -= lr * velocities[k]


@wrong(
    "momentum_step",
    "S404",
    fault="learning rate inside the velocity",
    says="Your velocity holds -lr times the gradients; ours holds the gradients themselves, and lr comes in only when the "
    "parameter moves. Look at what is left in velocities afterwards.",
)
@torch.no_grad()
def momentum_step_integrates_velocity(
    params: Tensors, grads: Tensors, velocities: Tensors, lr: float, momentum: float
) -> None:
    for k in params:
        v = velocities[k]
        v *= momentum
        v -= lr * grads[k]  # here
        params[k] += v  # here


@wrong(
    "momentum_step",
    "S416",
    fault="learning rate inside the velocity",
    says="lr is multiplied into the velocity. That is another form of momentum: with it v means something else than in the "
    "formula above, and so do the velocities that you are given.",
)
@torch.no_grad()
def momentum_step_lr_times_grad_in_v(
    params: Tensors, grads: Tensors, velocities: Tensors, lr: float, momentum: float
) -> None:
    for k in params:
        velocities[k].copy_(momentum * velocities[k] + lr * grads[k])  # here
        params[k].sub_(velocities[k])  # here


@wrong(
    "momentum_step",
    "S417",
    fault="gradient times one minus momentum",
    says="You take a running mean, with 1 - momentum in front of the gradient. Here the gradient is added whole; with "
    "momentum 0.9 your velocity is a tenth of it.",
)
@torch.no_grad()
def momentum_step_running_mean(
    params: Tensors, grads: Tensors, velocities: Tensors, lr: float, momentum: float
) -> None:
    for i in params:
        velocities[i].copy_(momentum * velocities[i] + (1 - momentum) * grads[i])  # here
        params[i].copy_(params[i] - lr * velocities[i])


@wrong(
    "momentum_step",
    "S405",
    fault="new tensors in the dicts",
    says="Two things: the gradient has a factor 1 - beta that our formula does not have, and both assignments put new "
    "tensors into the dicts, so whoever holds the old ones sees no step.",
)
def momentum_step_replaces_entries(
    params: Tensors, grads: Tensors, velocities: Tensors, lr: float, momentum: float
) -> Any:
    for key in params:
        velocities[key] = momentum * velocities[key] + (1 - momentum) * grads[key]  # here
        params[key] = params[key] - lr * velocities[key]  # here
    return params, velocities


@wrong(
    "momentum_step",
    "S418",
    fault="walks uphill",
    says="Two signs do not fit: the velocity collects plus the gradient and is then added to the parameter, so the past "
    "pushes uphill. lr is in the velocity besides.",
)
@torch.no_grad()
def momentum_step_past_velocity_added(
    params: Tensors, grads: Tensors, velocities: Tensors, lr: float, momentum: float
) -> None:
    for k in params:
        velocity = velocities[k] * momentum + lr * grads[k]  # here
        params[k] += momentum * velocity - lr * grads[k]  # here
        velocities[k].copy_(velocity)


@wrong(
    "momentum_step",
    "S419",
    fault="velocity starts at zero each time",
    says="You make a velocity of zeros in each call, so nothing is remembered and this is plain descent. The velocity of "
    "the steps before comes in as an argument.",
)
@torch.no_grad()
def momentum_step_fresh_zeros(params: Tensors, grads: Tensors, velocities: Tensors, lr: float, momentum: float) -> None:
    for k in params:
        m = torch.zeros_like(params[k])  # here
        v = momentum * m + grads[k]
        velocities[k].copy_(v)
        params[k].sub_(lr * v)


@wrong(
    "momentum_step",
    "S420",
    fault="moves by the old velocity",
    says="The parameter is moved before the velocity has taken in this gradient, so it is always one step late. First the "
    "velocity, then the parameter by the new one.",
)
@torch.no_grad()
def momentum_step_one_step_late(
    params: Tensors, grads: Tensors, velocities: Tensors, lr: float, momentum: float
) -> None:
    for k, gparam_mom in velocities.items():
        params[k] -= lr * gparam_mom  # here
        gparam_mom.mul_(momentum).add_(grads[k])


@wrong(
    "momentum_step",
    "S410",
    fault="rebinds the loop variables",
    says="Inside the loop the names v and variable get new tensors; those in the dicts stay as they were, so nothing moves. "
    "Change the tensors themselves. The factor 1 - beta1 is not in our formula either.",
)
def momentum_step_names_only(params: Tensors, grads: Tensors, velocities: Tensors, lr: float, momentum: float) -> Any:
    for name in params:
        variable, v = params[name], velocities[name]
        v = momentum * v + (1 - momentum) * grads[name]  # here
        variable = variable - lr * v  # here
    return variable, v


@wrong(
    "momentum_step",
    "S412",
    fault="pairs the dicts by order",
    says="zip takes the entries in the order in which each dict happens to hold them, and that order may differ. Go by the "
    "names: the same key belongs together.",
)
@torch.no_grad()
def momentum_step_zips_values(params: Tensors, grads: Tensors, velocities: Tensors, lr: float, momentum: float) -> None:
    for w, grad, v in zip(params.values(), grads.values(), velocities.values(), strict=True):  # here
        v.mul_(momentum).add_(grad)
        w.add_(v, alpha=-lr)


@wrong(
    "momentum_step",
    "S421",
    fault="update inside autograd",
    says="As soon as a parameter requires a gradient, PyTorch refuses to change it in place while it records. Switch the "
    "recording off around the update.",
    raises="RuntimeError",
)
def momentum_step_while_recording(
    params: Tensors, grads: Tensors, velocities: Tensors, lr: float, momentum: float
) -> None:
    for key in params:
        velocities[key] *= momentum
        velocities[key] += grads[key]
        params[key] -= lr * velocities[key]  # here


@wrong(
    "momentum_step",
    "S422",
    fault="Nesterov's step",
    says="The velocity is right, but the parameter moves by g + momentum * v, which is Nesterov's variant. Asked for is the "
    "plain one, that moves by v.",
)
@torch.no_grad()
def momentum_step_looks_ahead(params: Tensors, grads: Tensors, velocities: Tensors, lr: float, momentum: float) -> None:
    for k in params:
        velocities[k].mul_(momentum).add_(grads[k])
        params[k] -= lr * (grads[k] + momentum * velocities[k])  # here


@wrong(
    "momentum_step",
    "S423",
    fault="scales the velocity by lr",
    says="update is no copy but the velocity itself under a second name: multiplying it by lr in place shrinks what should "
    "be kept for the next step.",
)
@torch.no_grad()
def momentum_step_second_name_for_v(
    params: Tensors, grads: Tensors, velocities: Tensors, lr: float, momentum: float
) -> None:
    for k in params:
        velocities[k].mul_(momentum).add_(grads[k])
        update = velocities[k]
        update.mul_(lr)  # here
        params[k].add_(-update)


@right("adam_step", "S425")
@torch.no_grad()
def adam_step_addcmul_addcdiv(
    params: Tensors, grads: Tensors, state: State, step: int, lr: float, betas: Betas, eps: float
) -> None:
    beta1, beta2 = betas
    for k in params:
        m, v = state["m"][k], state["v"][k]
        m.mul_(beta1).add_(grads[k], alpha=1 - beta1)
        v.mul_(beta2).addcmul_(grads[k], grads[k], value=1 - beta2)
        denominator = v.sqrt().div_(math.sqrt(1 - beta2**step)).add_(eps)
        params[k].addcdiv_(m, denominator, value=-lr / (1 - beta1**step))


@right("adam_step", "S426")
def adam_step_dicts_of_corrected(
    params: Tensors, grads: Tensors, state: State, step: int, lr: float, betas: Betas, eps: float
) -> None:
    v, s = state["m"], state["v"]
    v_corrected, s_corrected = {}, {}
    with torch.no_grad():
        for key in params:
            v[key][...] = betas[0] * v[key] + (1 - betas[0]) * grads[key]
            v_corrected[key] = v[key] / (1 - np.power(betas[0], step))
            s[key][...] = betas[1] * s[key] + (1 - betas[1]) * torch.square(grads[key])
            s_corrected[key] = s[key] / (1 - np.power(betas[1], step))
            params[key][...] = params[key] - lr * v_corrected[key] / (torch.sqrt(s_corrected[key]) + eps)


@right("adam_step", "S427")
@torch.no_grad()
def adam_step_counts_iterations_before(
    params: Tensors, grads: Tensors, state: State, step: int, lr: float, betas: Betas, eps: float
) -> None:
    iterations = step - 1
    for name, weights in params.items():
        momentums, cache = state["m"][name], state["v"][name]
        momentums.copy_(betas[0] * momentums + (1 - betas[0]) * grads[name])
        momentums_corrected = momentums / (1 - betas[0] ** (iterations + 1))
        cache.copy_(betas[1] * cache + (1 - betas[1]) * grads[name] ** 2)
        cache_corrected = cache / (1 - betas[1] ** (iterations + 1))
        weights += -lr * momentums_corrected / (cache_corrected.sqrt() + eps)


@right("adam_step", "S428")
def adam_step_variance_first_by_data(
    params: Tensors, grads: Tensors, state: State, step: int, lr: float, betas: Betas, eps: float
) -> None:
    (d1, d2), t = betas, step
    for name in grads:
        grad, mean, var = grads[name].data, state["m"][name].data, state["v"][name].data
        var.mul_(d2).add_((1 - d2) * grad * grad)
        mean.mul_(d1).add_((1 - d1) * grad)
        v_hat, m_hat = var / (1 - d2**t), mean / (1 - d1**t)
        params[name].data.sub_(lr * m_hat / (v_hat**0.5 + eps))


@right("adam_step", "S413")
def adam_step_bias_corr_under_no_grad(
    params: Tensors, grads: Tensors, state: State, step: int, lr: float, betas: Betas, eps: float
) -> None:
    beta1, beta2 = betas
    for key, p in params.items():
        v, s = state["m"][key], state["v"][key]
        with torch.no_grad():
            v[...] = beta1 * v + (1 - beta1) * grads[key]
            s[...] = beta2 * s + (1 - beta2) * torch.square(grads[key])
            v_bias_corr = v / (1 - beta1**step)
            s_bias_corr = s / (1 - beta2**step)
            p[...] -= lr * v_bias_corr / (torch.sqrt(s_bias_corr) + eps)


@wrong(
    "adam_step",
    "S406",
    fault="eps inside the root",
    says="eps is added before the root is taken. It belongs outside: with eps = 1e-8 inside, small gradients are divided by "
    "at least 1e-4.",
)
@torch.no_grad()
def adam_step_root_of_sum(
    params: Tensors, grads: Tensors, state: State, step: int, lr: float, betas: Betas, eps: float
) -> None:
    for k in params:
        state["m"][k].mul_(betas[0]).add_((1 - betas[0]) * grads[k])
        state["v"][k].mul_(betas[1]).add_((1 - betas[1]) * grads[k] ** 2)
        m_hat = state["m"][k] / (1 - betas[0] ** step)
        v_hat = state["v"][k] / (1 - betas[1] ** step)
        params[k] -= lr * m_hat / torch.sqrt(v_hat + eps)  # here


@wrong(
    "adam_step",
    "S405",
    fault="eps inside the root",
    says="Mind the brackets: the root is taken of the sum of the mean square and eps. The docstring wants eps added to the "
    "root.",
)
@torch.no_grad()
def adam_step_np_power_and_eps_within(
    params: Tensors, grads: Tensors, state: State, step: int, lr: float, betas: Betas, eps: float
) -> None:
    beta1, beta2 = betas
    v, s = state["m"], state["v"]
    for key in params:
        v[key].copy_(beta1 * v[key] + (1 - beta1) * grads[key])
        v_corrected = v[key] / (1 - np.power(beta1, step))
        s[key].copy_(beta2 * s[key] + (1 - beta2) * torch.pow(grads[key], 2))
        s_corrected = s[key] / (1 - np.power(beta2, step))
        params[key].sub_(lr * v_corrected * (s_corrected + eps) ** (-0.5))  # here


@wrong(
    "adam_step",
    "S400",
    fault="no power in the correction",
    says="You divide by 1 - beta in each step. The weights sum to 1 - beta to the power of the step: right in the first "
    "step, and far too large a correction later.",
)
@torch.no_grad()
def adam_step_same_correction_always(
    params: Tensors, grads: Tensors, state: State, step: int, lr: float, betas: Betas, eps: float
) -> None:
    b1, b2 = betas
    for k, w in params.items():
        state["m"][k].copy_(b1 * state["m"][k] + (1 - b1) * grads[k])
        state["v"][k].copy_(b2 * state["v"][k] + (1 - b2) * torch.pow(grads[k], 2))
        m_hat = state["m"][k] / (1 - b1)  # here
        v_hat = state["v"][k] / (1 - b2)  # here
        w.sub_(lr * m_hat / (torch.sqrt(v_hat) + eps))


@wrong(
    "adam_step",
    "S401",
    fault="multiplies by the correction",
    says="The means are too small at first, so they have to be divided by 1 - beta**step. Multiplying makes them smaller "
    "still.",
)
@torch.no_grad()
def adam_step_correction_as_a_factor(
    params: Tensors, grads: Tensors, state: State, step: int, lr: float, betas: Betas, eps: float
) -> None:
    for name in params:
        gsum, xsum = state["m"][name], state["v"][name]
        gsum.mul_(betas[0]).add_((1 - betas[0]) * grads[name])
        xsum.mul_(betas[1]).add_((1 - betas[1]) * grads[name] * grads[name])
        corrected1 = gsum * (1 - betas[0] ** step)  # here
        corrected2 = xsum * (1 - betas[1] ** step)  # here
        params[name] += -lr * corrected1 / (torch.sqrt(corrected2) + eps)


@wrong(
    "adam_step",
    "S402",
    fault="no bias correction",
    says="Both means start at zero and are used as they are. Without the correction the first steps are about three times "
    "too long; the argument step is there for it.",
)
@torch.no_grad()
def adam_step_without_any_correction(
    params: Tensors, grads: Tensors, state: State, step: int, lr: float, betas: Betas, eps: float
) -> None:
    b1, b2 = betas
    for k in params:
        state["m"][k].copy_(b1 * state["m"][k] + (1 - b1) * grads[k])
        state["v"][k].copy_(b2 * state["v"][k] + (1 - b2) * grads[k].square())
        params[k] -= lr * state["m"][k] / (state["v"][k].sqrt() + eps)  # here


@wrong(
    "adam_step",
    "S399",
    fault="counts the step once too often",
    says="step is 1 in the first step already, and you add one to it. So the correction of the second step is used in the "
    "first.",
)
@torch.no_grad()
def adam_step_increments_first(
    params: Tensors, grads: Tensors, state: State, step: int, lr: float, betas: Betas, eps: float
) -> None:
    step += 1  # here
    for k in params:
        first_moment, second_moment = state["m"][k], state["v"][k]
        first_moment[...] = betas[0] * first_moment + (1 - betas[0]) * grads[k]
        second_moment[...] = betas[1] * second_moment + (1 - betas[1]) * (grads[k] * grads[k])
        first_unbias = first_moment / (1 - betas[0] ** step)
        second_unbias = second_moment / (1 - betas[1] ** step)
        params[k][...] = params[k] - lr * first_unbias / (torch.sqrt(second_unbias) + eps)


@wrong(
    "adam_step",
    "S429",
    fault="step counted from 0",
    says="You take one off the step. In the first step beta to the power of 0 is 1, and you divide by 0: the parameters "
    "become nan.",
)
@torch.no_grad()
def adam_step_from_zero(
    params: Tensors, grads: Tensors, state: State, step: int, lr: float, betas: Betas, eps: float
) -> None:
    t = step - 1  # here
    for k in params:
        moment1, moment2 = state["m"][k], state["v"][k]
        moment1.copy_(betas[0] * moment1 + (1 - betas[0]) * grads[k])
        moment2.copy_(betas[1] * moment2 + (1 - betas[1]) * grads[k] * grads[k])
        moment1_unbias = moment1 / (1 - betas[0] ** t)
        moment2_unbias = moment2 / (1 - betas[1] ** t)
        params[k] -= lr * moment1_unbias / (moment2_unbias.sqrt() + eps)


@wrong(
    "adam_step",
    "S407",
    fault="keeps the corrected means",
    says="The corrected values are written back into the state, so the correction piles up from step to step. They are for "
    "this step only: give them names of their own.",
)
@torch.no_grad()
def adam_step_correction_piles_up(
    params: Tensors, grads: Tensors, state: State, step: int, lr: float, betas: Betas, eps: float
) -> None:
    beta_m, beta_v = betas
    for k in params:
        m, v = state["m"][k], state["v"][k]
        m.copy_(beta_m * m + (1 - beta_m) * grads[k])
        v.copy_(beta_v * v + (1 - beta_v) * (grads[k] ** 2))
        m.div_(1 - beta_m**step)  # here
        v.div_(1 - beta_v**step)  # here
        params[k].sub_(lr * m / (v.sqrt() + eps))


@wrong(
    "adam_step",
    "S408",
    fault="state never written",
    says="m and v are new tensors that are used once and forgotten; state stays at zero, so each step starts from nothing. "
    "Write them back into the tensors of the state.",
)
@torch.no_grad()
def adam_step_forgets_state(
    params: Tensors, grads: Tensors, state: State, step: int, lr: float, betas: Betas, eps: float
) -> None:
    for k in params:
        new_m = betas[0] * state["m"][k] + (1 - betas[0]) * grads[k]  # here
        new_v = betas[1] * state["v"][k] + (1 - betas[1]) * grads[k] ** 2  # here
        m_hat, v_hat = new_m / (1 - betas[0] ** step), new_v / (1 - betas[1] ** step)
        params[k] -= lr * m_hat / (v_hat.sqrt() + eps)


@wrong(
    "adam_step",
    "S403",
    fault="eps scaled by the correction",
    says="Pulling both corrections into the learning rate is almost the same, but eps is then added to the uncorrected root "
    "and weighs up to thirty times as much in the first steps.",
)
@torch.no_grad()
def adam_step_correction_in_alpha(
    params: Tensors, grads: Tensors, state: State, step: int, lr: float, betas: Betas, eps: float
) -> None:
    beta1, beta2 = betas
    alpha_t = lr * math.sqrt(1 - beta2**step) / (1 - beta1**step)
    for k in params:
        m, v = state["m"][k], state["v"][k]
        m.mul_(beta1).add_((1 - beta1) * grads[k])
        v.mul_(beta2).add_((1 - beta2) * grads[k] ** 2)
        params[k] -= alpha_t * m / (torch.sqrt(v) + eps)  # here


@wrong(
    "adam_step",
    "S409",
    fault="gradient of biases not squared",
    says="For the biases the running mean takes the gradient itself, not its square. Where it is negative the root is nan.",
)
@torch.no_grad()
def adam_step_bias_without_square(
    params: Tensors, grads: Tensors, state: State, step: int, lr: float, betas: Betas, eps: float
) -> None:
    for k in params:
        squared = grads[k] ** 2 if grads[k].dim() > 1 else grads[k]  # here
        state["m"][k].copy_(betas[0] * state["m"][k] + (1 - betas[0]) * grads[k])
        state["v"][k].copy_(betas[1] * state["v"][k] + (1 - betas[1]) * squared)
        m_corr = state["m"][k] / (1 - betas[0] ** step)
        v_corr = state["v"][k] / (1 - betas[1] ** step)
        params[k] -= lr * (m_corr / (torch.sqrt(v_corr) + eps))


@wrong(
    "adam_step",
    "S430",
    fault="betas the wrong way round",
    says="beta is the share of the old mean that is kept, and 1 - beta that of the new gradient. You have them exchanged, so "
    "hardly anything is remembered.",
)
@torch.no_grad()
def adam_step_weights_exchanged(
    params: Tensors, grads: Tensors, state: State, step: int, lr: float, betas: Betas, eps: float
) -> None:
    for k in params:
        m, v = state["m"][k], state["v"][k]
        m.copy_((1 - betas[0]) * m + betas[0] * grads[k])  # here
        v.copy_((1 - betas[1]) * v + betas[1] * grads[k] ** 2)  # here
        params[k] -= lr * (m / (1 - betas[0] ** step)) / ((v / (1 - betas[1] ** step)).sqrt() + eps)


@wrong(
    "adam_step",
    "S426",
    fault="new tensors in the dicts",
    says="The numbers are right, but each assignment puts a new tensor under the key. The docstring promises that the tensors "
    "stay the same objects: change them in place.",
)
@torch.no_grad()
def adam_step_replaces_entries(
    params: Tensors, grads: Tensors, state: State, step: int, lr: float, betas: Betas, eps: float
) -> None:
    v, s = state["m"], state["v"]
    for key in params:
        v[key] = betas[0] * v[key] + (1 - betas[0]) * grads[key]  # here
        s[key] = betas[1] * s[key] + (1 - betas[1]) * torch.square(grads[key])  # here
        corrected = v[key] / (1 - betas[0] ** step), s[key] / (1 - betas[1] ** step)
        params[key] = params[key] - lr * corrected[0] / (torch.sqrt(corrected[1]) + eps)  # here
