# %% [markdown]
# # Training better
#
# Plain gradient descent gets there, slowly. This lesson is about what is put on top of it, and about how one knows that it
# helps.

# %% [markdown]
# **What you need:** gradients by hand (lesson 03), a training loop (lesson 04), variances (lesson 05).
#
# **How it goes:** A cell with `YOUR CODE HERE` is yours. The cell below it checks your answer at once. A function leaves
# everything as it found it, its arguments and PyTorch's settings too, unless its docstring says otherwise.

# %% tags=["setup"]
import math
from collections.abc import Sequence

import torch
from torch import Tensor

from grading import check
from grading.device import default_device

print(f"PyTorch {torch.__version__}, checks run on: {default_device()}")

# %% [markdown]
# ## 1 · Momentum
#
# $$v \leftarrow m\,v + g, \qquad \theta \leftarrow \theta - \eta\,v.$$


# %% todo="momentum_step"
def momentum_step(
    params: dict[str, Tensor], grads: dict[str, Tensor], velocities: dict[str, Tensor], lr: float, momentum: float
) -> None:
    """Set each velocity to momentum * v + g and then subtract lr * v from its parameter.

    The three dicts have the same keys, in any order. Parameters and velocities are changed in place, outside of autograd: the
    tensors stay the same objects. The gradients stay as they are.
    """
    ### BEGIN SOLUTION
    with torch.no_grad():
        for name in params:
            velocities[name].mul_(momentum).add_(grads[name])
            params[name] -= lr * velocities[name]
    ### END SOLUTION


# %% check="momentum_step"
check(momentum_step)

# %% [markdown]
# ## 2 · Adam
#
# $$m \leftarrow \beta_1 m + (1-\beta_1)\,g, \qquad v \leftarrow \beta_2 v + (1-\beta_2)\,g^2, \qquad
#   \theta \leftarrow \theta - \eta\,\frac{m / (1-\beta_1^t)}{\sqrt{v / (1-\beta_2^t)} + \epsilon}.$$


# %% todo="adam_step"
def adam_step(
    params: dict[str, Tensor],
    grads: dict[str, Tensor],
    state: dict[str, dict[str, Tensor]],
    step: int,
    lr: float,
    betas: tuple[float, float],
    eps: float,
) -> None:
    """Take Adam's step number `step`, which counts from 1.

    state["m"] and state["v"] hold the running means, under the keys of params and without bias correction; they are zero before
    step 1. They and the parameters are changed in place, outside of autograd: the tensors stay the same objects. eps is added to
    the root.
    """
    ### BEGIN SOLUTION
    with torch.no_grad():
        for name, g in grads.items():
            m, v = state["m"][name], state["v"][name]
            m.mul_(betas[0]).add_((1 - betas[0]) * g)
            v.mul_(betas[1]).add_((1 - betas[1]) * g**2)
            m_hat = m / (1 - betas[0] ** step)
            v_hat = v / (1 - betas[1] ** step)
            params[name] -= lr * m_hat / (v_hat.sqrt() + eps)
    ### END SOLUTION


# %% check="adam_step"
check(adam_step)

# %% [markdown]
# ## 3 · A schedule
#
# $$\eta_t = \frac{\eta}{2}\Bigl(1 + \cos\frac{\pi t}{T}\Bigr).$$


# %% todo="cosine_schedule"
def cosine_schedule(step: int, steps: int, lr: float) -> float:
    """Return the learning rate at a step: lr at step 0, 0 at `steps` and beyond, half a cosine between."""
    ### BEGIN SOLUTION
    return lr / 2 * (1 + math.cos(math.pi * min(step, steps) / steps))
    ### END SOLUTION


# %% check="cosine_schedule"
check(cosine_schedule)

# %% [markdown]
# ## 4 · Dropout


# %% todo="dropout"
def dropout(X: Tensor, p: float, generator: torch.Generator) -> Tensor:
    """Return X with each element by itself 0 with probability p, 0 <= p < 1, and else divided by 1 - p.

    All chance comes from `generator`, anew at each call. X stays as it is; with p = 0 its values come back.
    """
    ### BEGIN SOLUTION
    kept = torch.rand(X.shape, generator=generator, device=X.device) >= p
    return X * kept / (1 - p)
    ### END SOLUTION


# %% check="dropout"
check(dropout)

# %% [markdown]
# ## 5 · Batch normalization


# %% todo="batch_norm"
def batch_norm(X: Tensor, gamma: Tensor, beta: Tensor, eps: float) -> tuple[Tensor, dict[str, Tensor]]:
    """Return O (n, d) and a cache with X_hat (n, d), std (d,) and gamma (d,), for X (n, d), gamma (d,) and beta (d,).

    Mean and variance are over the batch, the variance divided by n; std is the root of variance + eps.
    """
    ### BEGIN SOLUTION
    std = (X.var(0, correction=0) + eps).sqrt()
    X_hat = (X - X.mean(0)) / std
    return gamma * X_hat + beta, {"X_hat": X_hat, "std": std, "gamma": gamma}
    ### END SOLUTION


# %% check="batch_norm"
check(batch_norm)


# %% todo="batch_norm_backward"
def batch_norm_backward(grad_O: Tensor, cache: dict[str, Tensor]) -> tuple[Tensor, Tensor, Tensor]:
    """Return grad_X (n, d), grad_gamma (d,) and grad_beta (d,) from grad_O (n, d), by hand.

    The cache has X_hat (n, d), std (d,) and gamma (d,), and nothing else.
    """
    ### BEGIN SOLUTION
    X_hat, std = cache["X_hat"], cache["std"]
    G = cache["gamma"] * grad_O
    grad_X = (G - G.mean(0) - X_hat * (G * X_hat).mean(0)) / std
    return grad_X, (grad_O * X_hat).sum(0), grad_O.sum(0)
    ### END SOLUTION


# %% check="batch_norm_backward"
check(batch_norm_backward)

# %% [markdown]
# ## 6 · Early stopping


# %% todo="early_stopping"
def early_stopping(losses: Sequence[float], patience: int) -> tuple[bool, int]:
    """Return (stop, best) for a list of one loss or more.

    best is the index of the lowest loss, the first of equals. stop is True if at least `patience` losses stand behind it: the last
    `patience` brought no lower one.
    """
    ### BEGIN SOLUTION
    best = losses.index(min(losses))
    return len(losses) - 1 - best >= patience, best
    ### END SOLUTION


# %% check="early_stopping"
check(early_stopping)
