# %% [markdown]
# # Training better
#
# A loss, a gradient, a small step downhill: lesson 04 trained with nothing else. Nobody trains like that. There is
# momentum, or Adam; the learning rate falls; some units are switched off at random, others are normalized; and at
# some point one stops. Each of these is a few lines. Each is sold as a cure.
#
# So there are two questions. *What does it do?* For that you derive it and write it. And *does it help?* That one is
# harder than it looks: two runs that differ in nothing but their random start differ as well. At the end of the
# lesson your functions compete, with several seeds each, and you decide what can be said.

# %% [markdown]
# **In this lesson** you write momentum, Adam, a schedule, dropout, batch normalization forwards and backwards, and
# early stopping.
#
# **What you need:** the backward pass of a layer (lesson 03), a training loop and its curves (lesson 04), mean and
# variance of a random number (lesson 05).
#
# **How it goes:** A cell with `YOUR CODE HERE` is yours. The cell below it checks your answer at once. The figures
# use *your* functions, and so do their titles. A function leaves everything as it found it, its arguments and
# PyTorch's settings too, unless its docstring says otherwise.
#
# **Notation:** $\theta$ is any parameter, $g$ the gradient of the loss with respect to it, both of the same shape;
# $\eta$ is the learning rate (`lr`). Powers, roots and fractions of tensors are taken element by element.

# %% tags=["setup"]
import math
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cache, partial
from itertools import pairwise
from typing import Any

import torch
from torch import Tensor
from torch.nn import functional as F
from tqdm import tqdm

from grading import check, explain, figures, predict
from grading.data import Batches, fashion_mnist, to_float
from grading.device import default_device

print(f"PyTorch {torch.__version__}, checks run on: {default_device()}")

# %% [markdown]
# ## 1 · Momentum
#
# The trouble with the gradient shows in two dimensions. Here is a valley that is steep across and flat along:
#
# $$L(w_1, w_2) = \tfrac12\,(w_1^2 + 30\,w_2^2), \qquad g = (w_1,\; 30\,w_2).$$
#
# A step multiplies $w_1$ by $1 - \eta$ and $w_2$ by $1 - 30\,\eta$. The steep direction must not blow up, so
# $\eta < 2/30$. With such an $\eta$ the flat one creeps: a few percent a step, however long the way is. Real losses
# have directions that differ by far more. <!-- claim: directions-of-a-real-loss -->
#
# A ball does better. It keeps its speed: what points to the same side in every step adds up, what changes sides
# cancels. Give each parameter a **velocity** $v$ of its own shape, zero at first, and let $\mu$ (`momentum`, between
# 0 and 1) be the share of it that is kept:
#
# $$\boxed{\;v \leftarrow \mu\,v + g, \qquad \theta \leftarrow \theta - \eta\,v\;}$$
#
# The order matters: the parameter moves by the *new* velocity. (This is PyTorch's form. Others put $\eta$ or
# $1 - \mu$ in front of $g$; then $v$ means something else, and so does a learning rate.)

# %% [markdown]
# **Predict.** The gradient is the same in every step, and $\mu = 0.9$. Where does $v$ go? Enter a number before you
# read on.

# %%
predict("limit-of-velocity", ...)  # put your number in place of the dots


# %% todo="momentum_step" difficulty=1
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
# **In words:** why does a velocity that is too large not go away when the gradient is zero, and how long does it
# stay?

# %%
explain("velocity-that-stays", """...""")

# %%
Walk = Callable[[dict[str, Tensor], dict[str, Tensor], int], None]


def valley(w: Tensor) -> Tensor:
    """Return the loss at points (..., 2)."""
    return (w[..., 0] ** 2 + 30 * w[..., 1] ** 2) / 2


def walk(step: Walk, steps: int = 40) -> Tensor:
    """Return the points of a descent from (-1.8, 0.5), shape (steps + 1, 2); `step` changes params["w"] in place."""
    params = {"w": torch.tensor([-1.8, 0.5], dtype=torch.float64)}
    path = [params["w"].clone()]
    for t in range(1, steps + 1):
        w = params["w"].clone().requires_grad_()
        (grad,) = torch.autograd.grad(valley(w), [w])
        step(params, {"w": grad}, t)
        path.append(params["w"].clone())
    return torch.stack(path)


def rolling(lr: float, momentum: float) -> Walk:
    """Return your momentum_step with a velocity of its own; with momentum 0 it is plain gradient descent."""
    velocities = {"w": torch.zeros(2, dtype=torch.float64)}
    return lambda params, grads, t: momentum_step(params, grads, velocities, lr, momentum)


# %%
def of_the_valley(walks: Mapping[str, Callable[[], Tensor]]) -> tuple[str, list[figures.Panel]]:
    """Return the message and the panels of some walks: where each goes, and how its loss falls."""
    paths = {name: path() for name, path in walks.items()}
    ends = ", ".join(f"{name} {float(valley(path[-1])):.1g}" for name, path in paths.items())
    places = {name: (path[:, 0], path[:, 1]) for name, path in paths.items()}
    losses = {name: (range(len(path)), valley(path) + 1e-9) for name, path in paths.items()}
    steps = len(next(iter(paths.values()))) - 1
    return f"Loss after {steps} steps: {ends}", [
        figures.Panel("Seen from above; the minimum is at 0, 0", "$w_1$", "$w_2$", places, dots=True),
        figures.Panel("The loss on the way", "step", "loss", losses, scale="y"),
    ]


WALKS: dict[str, Callable[[], Tensor]] = {
    "plain": lambda: walk(rolling(0.06, 0.0)),
    "momentum": lambda: walk(rolling(0.03, 0.8)),
}
figures.curve_panels(partial(of_the_valley, WALKS))

# %% [markdown]
# Plain descent jumps from wall to wall and creeps along the floor. Momentum swings, too, but its jumps across cancel
# in $v$, and along the floor it gathers speed. <!-- claim: from-wall-to-wall --> *Change this and look:* a `momentum`
# of $0.95$ runs past the minimum and comes back. <!-- claim: runs-past --> A learning rate of $0.07$ in the plain walk
# leaves the valley. <!-- claim: leaves-the-valley -->

# %% [markdown]
# ## 2 · RMSProp and Adam
#
# Momentum has one learning rate for all parameters. But gradients of different layers, and of different units, differ
# by powers of ten. **RMSProp** (Hinton, 2012) gives each element its own: it keeps a running mean $s$ of the
# *squared* gradient and divides by its root,
#
# $$s \leftarrow \beta_2\,s + (1 - \beta_2)\,g^2, \qquad \theta \leftarrow \theta - \eta\,\frac{g}{\sqrt{s} + \epsilon}.$$
#
# The step has the size of $\eta$ whatever the scale of $g$; <!-- claim: size-of-eta --> the small $\epsilon$ is for
# gradients that were zero so far. **Adam** (Kingma and Ba, 2015) puts a running mean $m$ in the place of $g$, which is momentum again:
#
# $$m \leftarrow \beta_1\,m + (1 - \beta_1)\,g, \qquad s \leftarrow \beta_2\,s + (1 - \beta_2)\,g^2.$$
#
# (The paper and PyTorch call the mean square $v$, and so does the key of your dict: `state["v"]` is $s$. We keep $v$
# for velocities.)

# %% [markdown]
# ### Bias correction, derived
#
# Both means start at 0, and that is felt for a long time. Write out what $m$ is after step $t$:
#
# $$m_t = (1 - \beta_1)\sum_{i=1}^{t} \beta_1^{\,t-i}\, g_i.$$
#
# It is a sum of gradients with weights. A *mean* has weights that sum to one. These sum to
#
# $$(1 - \beta_1)\sum_{i=1}^{t} \beta_1^{\,t-i} = (1 - \beta_1)\,\frac{1 - \beta_1^{\,t}}{1 - \beta_1} = 1 - \beta_1^{\,t}.$$
#
# So divide by it. If all $g_i$ have the expectation $\bar g$, then $\operatorname{E} m_t = (1 - \beta_1^t)\,\bar g$,
# and the quotient is right from the first step on. The same holds for $s$ with $\beta_2$ and $g^2$. A step of Adam is
#
# $$\boxed{\;\hat m = \frac{m}{1 - \beta_1^{\,t}}, \qquad \hat s = \frac{s}{1 - \beta_2^{\,t}}, \qquad
#   \theta \leftarrow \theta - \eta\,\frac{\hat m}{\sqrt{\hat s} + \epsilon}\;}$$
#
# with $t = 1$ in the first step. The state keeps $m$ and $s$ themselves: $\hat m$ and $\hat s$ are for this step
# only.

# %% [markdown]
# **Predict.** It is the first step, and $\epsilon$ is negligible. How far does a parameter move whose gradient is
# $0.001$, and one whose gradient is $1000$?

# %%
predict("first-step-of-adam", ...)  # two numbers in units of lr: [..., ...]


# %% todo="adam_step" difficulty=2
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

    state["m"] and state["v"] hold the running means of the gradients and of their squares, under the keys of params and without bias
    correction; they are zero before step 1. They and the parameters are changed in place, outside of autograd: the tensors
    stay the same objects. eps is added to the root.
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
# **In words:** without any correction, are the first steps of Adam too small or too large? Both means are too small,
# after all.

# %%
explain("without-correction", """...""")


# %%
def steps_of_adam(betas: tuple[float, float], steps: int = 60) -> tuple[Tensor, Tensor]:
    """Return m and the length of the step over lr, for gradients that are 1 throughout, both (steps,)."""
    params, grads = {"w": torch.zeros(1, dtype=torch.float64)}, {"w": torch.ones(1, dtype=torch.float64)}
    state = {"m": {"w": torch.zeros(1, dtype=torch.float64)}, "v": {"w": torch.zeros(1, dtype=torch.float64)}}
    means, lengths = [], []
    for t in range(1, steps + 1):
        before = params["w"].clone()
        adam_step(params, grads, state, t, 1.0, betas, 1e-12)
        means.append(state["m"]["w"].clone())
        lengths.append((before - params["w"]).abs())
    return torch.cat(means), torch.cat(lengths)


def bias_correction() -> tuple[str, list[figures.Panel]]:
    """Return the message and the panels of what the correction does."""
    betas = (0.9, 0.999)
    means, lengths = steps_of_adam(betas)
    t = torch.arange(1, len(means) + 1, dtype=torch.float64)
    plain = (1 - betas[0] ** t) / (1 - betas[1] ** t).sqrt()
    corrected = means / (1 - betas[0] ** t)
    says = f"Every gradient is 1: your shortest step is {float(lengths.min()):.3g} lr, your longest {float(lengths.max()):.3g} lr"
    return says, [
        figures.Panel("The mean of the gradients", "step", "mean", {"m": (t, means), "m, corrected": (t, corrected)}),
        figures.Panel(
            "The step", "step", "length over lr", {"your adam_step": (t, lengths), "not corrected": (t, plain)}
        ),
    ]


figures.curve_panels(bias_correction)


# %%
def adapting(lr: float) -> Walk:
    """Return your adam_step with a state of its own."""
    state = {key: {"w": torch.zeros(2, dtype=torch.float64)} for key in ("m", "v")}
    return lambda params, grads, t: adam_step(params, grads, state, t, lr, (0.9, 0.999), 1e-8)


figures.curve_panels(partial(of_the_valley, {**WALKS, "Adam": lambda: walk(adapting(0.15))}))

# %% [markdown]
# Adam takes no notice of the valley's shape: at first it moves by the same length along both axes, so it walks
# diagonally. <!-- claim: diagonal-first --> Is it faster? Look at the title. On a bowl, momentum with well chosen
# numbers is hard to beat; <!-- claim: momentum-on-a-bowl --> what Adam saves is the choosing.

# %% [markdown]
# ## 3 · Schedules
#
# Far from a minimum long steps are good. Near it they only jump around it, because the gradient of a batch is noisy
# (section 7). So let $\eta$ fall. Two ways to do it, over $T$ steps:
#
# - **StepLR** multiplies it by a factor now and then: $\eta_t = \eta\,\kappa^{\lfloor t/k \rfloor}$, every $k$ steps
#   by $\kappa$. When, and by how much, is two more numbers to choose.
# - **Cosine** (Loshchilov and Hutter, 2017) goes down along half a cosine, from $\eta$ to 0:
#
# $$\boxed{\;\eta_t = \frac{\eta}{2}\Bigl(1 + \cos\frac{\pi t}{T}\Bigr), \quad 0 \le t \le T, \qquad \eta_t = 0 \text{ beyond}\;}$$
#
# It is flat at both ends: it stays long near $\eta$, falls through the middle, and has time for small steps.


# %% todo="cosine_schedule" difficulty=1
def cosine_schedule(step: int, steps: int, lr: float) -> float:
    """Return the learning rate at a step: lr at step 0, 0 at `steps` and beyond, half a cosine between."""
    ### BEGIN SOLUTION
    return lr / 2 * (1 + math.cos(math.pi * min(step, steps) / steps))
    ### END SOLUTION


# %% check="cosine_schedule"
check(cosine_schedule)


# %% [markdown]
# **In words:** somebody trains with a cosine over ten epochs and finds that the loss was still falling. They start
# again with twenty. Why is their tenth epoch not the tenth epoch of before?

# %%
explain("tenth-epoch", """...""")


# %%
def schedules(steps: int = 100, lr: float = 0.1) -> tuple[str, list[figures.Panel]]:
    """Return the message and the panel of two schedules."""
    t = list(range(round(1.2 * steps)))
    curves = {
        "your cosine_schedule": (t, [float(cosine_schedule(step, steps, lr)) for step in t]),
        "StepLR: a third every 25 steps": (t, [lr / 3 ** (step // 25) for step in t]),
    }
    middle = float(cosine_schedule(steps // 2, steps, lr)) / lr
    panel = figures.Panel("Learning rate", "step", "lr", curves, marks={"the last step": float(steps)})
    return f"Half-way, your schedule is at {middle:.2g} of where it began", [panel]


figures.curve_panels(schedules)

# %% [markdown]
# ## 4 · Weight decay
#
# A penalty on the weights is the oldest remedy against overfitting. Two are in use, with a strength $\lambda$:
#
# $$\text{L2: } \tfrac{\lambda}{2}\sum \theta^2 \;\Rightarrow\; g + \lambda\,\theta, \qquad\qquad
#   \text{L1: } \lambda\sum |\theta| \;\Rightarrow\; g + \lambda\operatorname{sign}\theta.$$
#
# L2 pulls large weights harder than small ones: everything shrinks, and nothing becomes zero. L1 pulls all alike, and
# what is small enough arrives at zero. For one weight that would be $a$ without a penalty, with the loss
# $\tfrac12(\theta - a)^2$,
#
# $$\text{L2: } \theta = \frac{a}{1 + \lambda}, \qquad \text{L1: } \theta = \operatorname{sign}(a)\,\max(|a| - \lambda,\; 0).$$
#
# ### Coupled or decoupled
#
# With plain SGD, adding $\lambda\theta$ to the gradient is the same as multiplying $\theta$ by $1 - \eta\lambda$ in
# each step. With Adam it is not: there $\lambda\theta$ goes through $m$ and is divided by $\sqrt{s}$. A weight with
# large gradients is then hardly decayed at all. <!-- claim: hardly-decayed -->
# **AdamW** (Loshchilov and Hutter, 2019) keeps the two apart, and that
# is what `torch.optim.AdamW` does:
#
# $$\theta \leftarrow (1 - \eta\,\lambda)\,\theta, \qquad\text{then Adam's step with the plain } g.$$


# %%
def decayed(noise: float, *, coupled: bool, lr: float = 0.01, decay: float = 0.5, steps: int = 300) -> Tensor:
    """Return the mean of 400 weights that start at 1 and have gradients of nothing but noise, shape (steps,)."""
    generator = torch.Generator().manual_seed(0)
    params = {"w": torch.ones(400, dtype=torch.float64)}
    state = {key: {"w": torch.zeros(400, dtype=torch.float64)} for key in ("m", "v")}
    means = []
    for t in range(1, steps + 1):
        g = noise * torch.randn(400, generator=generator, dtype=torch.float64)
        if coupled:
            g = g + decay * params["w"]
        else:
            params["w"] *= 1 - lr * decay
        adam_step(params, {"w": g}, state, t, lr, (0.9, 0.999), 1e-8)
        means.append(params["w"].mean())
    return torch.stack(means)


def weight_decay() -> tuple[str, list[figures.Panel]]:
    """Return the message and the panels of penalties: their minimum, and what Adam makes of them."""
    a = torch.linspace(-2, 2, 401)
    left = {"none": (a, a), "L2": (a, a / 2), "L1": (a, a.sign() * (a.abs() - 1).clamp(min=0))}
    panels = [figures.Panel("What a penalty of λ = 1 leaves", "weight without penalty, a", "weight", left)]
    ends = []
    for name, coupled in (("coupled, in the gradient", True), ("decoupled, as in AdamW", False)):
        runs = {f"noise {noise:g}": decayed(noise, coupled=coupled) for noise in (0.1, 1.0, 10.0)}
        curves = {label: (range(1, len(run) + 1), run) for label, run in runs.items()}
        panels.append(figures.Panel(name, "step", "mean weight", curves))
        last = [float(run[-1]) for run in runs.values()]
        ends.append(f"{name.partition(',')[0]} {min(last):.2f} to {max(last):.2f}")
    return f"Weights that start at 1, after Adam with decay: {', '.join(ends)}", panels


figures.curve_panels(weight_decay)

# %% [markdown]
# The gradients in the two panels on the right are nothing but noise, so all that pulls is the decay. Coupled, how
# much is left depends on how loud the noise is; decoupled, it does not. <!-- claim: depends-on-the-noise --> Which of
# the two is meant when a paper says "Adam with weight decay", one has to look up.
# `torch.optim.Adam(..., weight_decay=...)` is the coupled one. <!-- claim: adam-is-coupled -->

# %% [markdown]
# ## 5 · Dropout
#
# Switch off units at random, others in each step (Srivastava and others, 2014): no unit can rely on a certain other
# one. Each element of a layer's output is by itself multiplied by a random
#
# $$d = \begin{cases} 0 & \text{with probability } p, \\[2pt] \dfrac{1}{1-p} & \text{with probability } 1 - p. \end{cases}$$
#
# Dividing by $1 - p$ while training is called **inverted** dropout. It pays off later: since
#
# $$\operatorname{E} d = p \cdot 0 + (1-p)\cdot\frac{1}{1-p} = 1, \qquad
#   \operatorname{Var} d = (1-p)\,\frac{1}{(1-p)^2} - 1 = \frac{p}{1-p},$$
#
# an element $x$ has the mean $x$ and the variance $x^2\,p/(1-p)$. The next layer gets what it expects, with noise,
# and at the end, in evaluation, one simply leaves dropout out (`model.eval()`). Nothing has to be rescaled then.
#
# Chance comes from `generator`, so that a run can be repeated: `torch.rand(shape, generator=generator)`.


# %% todo="dropout" difficulty=2
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
# **In words:** with $p = 0.5$, is the training loss that is printed during an epoch a fair number to put beside a
# validation loss?

# %%
explain("training-loss-with-dropout", """...""")


# %%
def noise_of_dropout() -> tuple[str, list[figures.Panel]]:
    """Return the message and the panels of mean and variance over many calls, for an element that is 2."""
    rates = [0.0, 0.1, 0.25, 0.5, 0.75]
    generator = torch.Generator().manual_seed(3)
    drawn = [dropout(torch.full((100_000,), 2.0), p, generator) for p in rates]
    means, variances = [float(x.mean()) for x in drawn], [float(x.var()) for x in drawn]
    due = [4 * p / (1 - p) for p in rates]
    off = max(abs(one - 2) for one in means)
    return f"x = 2: the mean of your dropout is off by at most {off:.2g}, for every p", [
        figures.Panel(
            "Mean",
            "p",
            "mean",
            {"measured": (rates, means), "due": (rates, [2.0] * len(rates))},
            dots=True,
            ylim=(1.5, 2.5),
        ),
        figures.Panel(
            "Variance; x² p / (1 − p) is due",
            "p",
            "variance",
            {"measured": (rates, variances), "due": (rates, due)},
            dots=True,
        ),
    ]


figures.curve_panels(noise_of_dropout)

# %% [markdown]
# ### How it breaks a tie
#
# Units that start alike get equal gradients and stay alike: lesson 05 proved it, for every method that changes them
# by their gradients alone. Dropout adds something that is not in the gradients' formula. In each step it treats two
# equal units differently, and so they part. <!-- claim: equal-units-part --> Here are four equal units on XOR.

# %%
X_xor = torch.tensor([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]])  # (n, d)
y_xor = torch.tensor([[0.0], [1.0], [1.0], [0.0]])  # (n, 1)


def equal_units(p: float, steps: int = 400) -> Tensor:
    """Return how far apart the columns of W1 (2, 4) are in each step, shape (steps,)."""
    generator = torch.Generator().manual_seed(1)
    params = {"W1": torch.full((2, 4), 0.5), "b1": torch.zeros(4), "W2": torch.full((4, 1), 0.5), "b2": torch.zeros(1)}
    velocities = {name: torch.zeros_like(value) for name, value in params.items()}
    distances = []
    for _ in range(steps):
        leaves = {name: value.clone().requires_grad_() for name, value in params.items()}
        H = dropout(torch.tanh(X_xor @ leaves["W1"] + leaves["b1"]), p, generator)
        loss = ((H @ leaves["W2"] + leaves["b2"] - y_xor) ** 2).mean()
        grads = dict(zip(leaves, torch.autograd.grad(loss, list(leaves.values())), strict=True))
        momentum_step(params, grads, velocities, 0.1, 0.0)
        distances.append(torch.cdist(params["W1"].T, params["W1"].T).max())
    return torch.stack(distances)


def tie() -> tuple[str, list[figures.Panel]]:
    """Return the message and the panel of units that start alike."""
    runs = {f"p = {p:g}": equal_units(p) for p in (0.0, 0.2)}
    curves = {name: (range(1, len(run) + 1), run) for name, run in runs.items()}
    ends = " and ".join(f"{float(run[-1]):.2g} with {name}" for name, run in runs.items())
    return f"Four equal units end {ends} apart", [
        figures.Panel("Largest distance of two units", "step", "distance", curves)
    ]


figures.curve_panels(tie)

# %% [markdown]
# ## 6 · Batch normalization
#
# Lesson 05 chose weights so that signals keep their size at the start. **Batch normalization** (Ioffe and Szegedy,
# 2015) enforces it in every step: each feature, a column of $X$ $(n, d)$, is brought to mean 0 and variance 1 *over
# the batch*, and then to whatever mean and scale the network learns, $\beta$ $(d,)$ and $\gamma$ $(d,)$. For one
# column, with $i$ counting examples,
#
# $$\bar x = \frac1n \sum_i x_i, \qquad \sigma = \sqrt{\frac1n \sum_i (x_i - \bar x)^2 + \epsilon}, \qquad
#   \hat x_i = \frac{x_i - \bar x}{\sigma}, \qquad o_i = \gamma\,\hat x_i + \beta.$$
#
# The variance is divided by $n$, and $\epsilon$ stands under the root, so that $\sigma$ is never 0. (This $\beta$ has
# no index and nothing to do with Adam's.) Shapes: $\bar x$, $\sigma$, $\gamma$, $\beta$ are $(d,)$, one number a
# feature, and broadcast over the $n$ rows; $\hat X$ and $O$ are $(n, d)$.
#
# The cache keeps what the backward pass will need: $\hat X$, $\sigma$ and $\gamma$.


# %% todo="batch_norm" difficulty=2
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

# %% [markdown]
# **In words:** a linear layer stands right before a batch normalization. What is its bias good for?

# %%
explain("bias-before-batch-norm", """...""")

# %% [markdown]
# ### Training and evaluation
#
# In training, what comes out for one example depends on its companions in the batch. In evaluation that must not be:
# an image has to get the same answer alone and in company. So one keeps **running averages** of $\bar x$ and of the
# variance while training,
#
# $$\bar x_{\text{run}} \leftarrow (1 - \alpha)\,\bar x_{\text{run}} + \alpha\,\bar x,$$
#
# and uses them in evaluation, as constants. `model.train()` and `model.eval()` switch between the two, and
# everybody forgets the switch once.
#
# How much do the companions matter? The mean of $n$ values has the variance $1/n$ of a single one. Four examples are
# a bad estimate; the next cell asks what one and the same example becomes in many batches.


# %%
def depends_on_company(sizes: Sequence[int] = (4, 16, 64, 256), batches: int = 300) -> tuple[str, list[figures.Panel]]:
    """Return the message and the panel of how much the output of one example varies with the rest of its batch."""
    generator = torch.Generator().manual_seed(4)
    one, gamma, beta = torch.full((1, 1), 0.5), torch.ones(1), torch.zeros(1)
    spreads = []
    for size in sizes:
        others = torch.randn(batches, size - 1, 1, generator=generator)
        outputs = torch.stack([batch_norm(torch.cat([one, rest]), gamma, beta, 1e-5)[0][0, 0] for rest in others])
        spreads.append(float(outputs.std()))
    first = spreads[0]
    curves = {
        "measured": (sizes, spreads),
        "falls like 1/√n": (sizes, [first * math.sqrt(sizes[0] / n) for n in sizes]),
    }
    says = f"The same example, x = 0.5: it comes out ±{spreads[0]:.2g} in batches of {sizes[0]}, ±{spreads[-1]:.2g} in {sizes[-1]}"
    return says, [
        figures.Panel("Spread over batches", "batch size n", "standard deviation", curves, scale="xy", dots=True)
    ]


figures.curve_panels(depends_on_company)

# %% [markdown]
# So never normalize over four points, such as those of XOR. For normal data, a third of what varies in $\hat x$ is
# then not the example but its companions; <!-- claim: a-third-is-company --> for an example near the middle, as here,
# the spread that they cause is larger than its own value. <!-- claim: company-near-the-middle --> And a batch of one
# has no variance at all: $\hat x = 0$ whatever came in. <!-- claim: alone-it-is-zero -->

# %% [markdown]
# ### Backwards, one arrow at a time
#
# Given $\text{grad}_O$ $(n, d)$. Take one column and write $g_i$ for its entries. Everything below is for that
# column.
#
# **The easy arrows.** $o_i = \gamma\,\hat x_i + \beta$, and the same $\gamma$ and $\beta$ serve all $n$ examples, so
# their effects add up:
#
# $$\text{grad}_\beta = \sum_i g_i, \qquad \text{grad}_\gamma = \sum_i g_i\,\hat x_i, \qquad \text{grad}_{\hat x_i} = \gamma\,g_i =: h_i.$$
#
# **Three ways down.** $\hat x_i = (x_i - \bar x)/\sigma$. A change of $x_j$ reaches the outputs directly, through
# $\bar x$, and through $\sigma$:
#
# $$\text{grad}_{x_j} = \underbrace{\frac{h_j}{\sigma}}_{\text{direct}}
#   + \text{grad}_{\bar x}\,\frac{\partial \bar x}{\partial x_j} + \text{grad}_{\sigma}\,\frac{\partial
# \sigma}{\partial x_j}.$$
#
# **Through the mean.** Every $\hat x_i$ contains $-\bar x/\sigma$, and $\partial\bar x/\partial x_j = 1/n$:
#
# $$\text{grad}_{\bar x} = -\frac1\sigma \sum_i h_i, \qquad \text{grad}_{\bar x}\,\frac1n = -\frac1\sigma\,\overline{h}, \qquad
#   \overline{h} = \frac1n\sum_i h_i.$$

# %% [markdown]
# **Through the spread.** Every $\hat x_i$ is divided by $\sigma$, so
# $\partial\hat x_i/\partial\sigma = -\hat x_i/\sigma$. And from
# $\sigma^2 = \frac1n\sum_i (x_i - \bar x)^2 + \epsilon$ follows
# $2\sigma\,\partial\sigma/\partial x_j = \frac2n\,(x_j - \bar x)$: the terms through $\bar x$ vanish, since the
# differences from a mean sum to zero. So
#
# $$\text{grad}_\sigma = -\frac1\sigma\sum_i h_i\,\hat x_i, \qquad
#   \frac{\partial\sigma}{\partial x_j} = \frac{x_j - \bar x}{n\,\sigma} = \frac{\hat x_j}{n}, \qquad
#   \text{grad}_\sigma\,\frac{\partial\sigma}{\partial x_j} = -\frac1\sigma\,\hat x_j\;\overline{h\,\hat x}.$$
#
# Three terms, one factor $1/\sigma$ in front of all. In the sum stands what is left of $h$ once its mean and its part
# along $\hat x$ are taken out. That makes sense: adding a constant to the column, or stretching it, changes nothing
# in $O$ (up to $\epsilon$), so the gradient must not point there. <!-- claim: must-not-point-there -->
#
# Put the three together yourself. Shapes: $\hat X$ and $\text{grad}_O$ are $(n, d)$, each mean is over the rows and
# has the shape $(d,)$.


# %% todo="batch_norm_backward" difficulty=3
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
# **In words:** a layer is followed by batch normalization. Somebody doubles all weights of the layer. What happens to
# the outputs, and what to the gradient of these weights?

# %%
explain("weights-doubled", """...""")


# %%
def by_hand_and_by_autograd() -> tuple[str, list[figures.Panel]]:
    """Return the message and the panel of gradients by hand against those of autograd."""
    generator = torch.Generator().manual_seed(5)
    X, grad_O = (torch.randn(8, 6, generator=generator, dtype=torch.float64) for _ in range(2))
    X = X.requires_grad_()
    gamma, beta = torch.full((6,), 1.5, dtype=torch.float64), torch.zeros(6, dtype=torch.float64)
    O, cache = batch_norm(X, gamma, beta, 1e-5)
    (by_autograd,) = torch.autograd.grad((O * grad_O).sum(), X)
    kept = {name: cache[name].detach() for name in ("X_hat", "std", "gamma")}
    by_hand, _, _ = batch_norm_backward(grad_O, kept)
    constants = kept["gamma"] * grad_O / kept["std"]
    curves = {
        "by your batch_norm_backward": (by_autograd.flatten(), by_hand.flatten()),
        "as if mean and σ were constants": (by_autograd.flatten(), constants.flatten()),
    }
    off = float((by_hand - by_autograd).abs().max())
    panel = figures.Panel("Each entry of grad_X", "by autograd", "by hand", curves, dots=True, lines=False)
    return f"By hand and by autograd: off by at most {off:.1g}", [panel]


figures.curve_panels(by_hand_and_by_autograd)

# %% [markdown]
# ## 7 · How noisy is a gradient?
#
# From here on the data is real: the sample of Fashion-MNIST that comes with the course. It is split in three. The
# network learns from the training images, every choice is made on the validation images, and the test images are
# looked at once, at the end.

# %%
data = fashion_mnist(source="sample")
print(data)
device = torch.device("cpu")  # such small networks gain nothing elsewhere
images = (to_float(data.train_images, device).flatten(1) - 0.286) / 0.353  # (n, 784), about mean 0 and variance 1
X_train, y_train = images[:-1000], data.train_labels[:-1000]
X_val, y_val = images[-1000:], data.train_labels[-1000:]
X_test, y_test = (to_float(data.test_images, device).flatten(1) - 0.286) / 0.353, data.test_labels
print(f"{len(X_train)} to learn from, {len(X_val)} to choose by, {len(X_test)} for the end")

# %% [markdown]
# The network is a function of a dict of parameters, $784 \to 128 \to 64 \to 10$. Dropout and batch normalization are
# yours. `running` holds the averages of batch normalization by layer; the keyword `training` decides which statistics
# are used.

# %%
SIZES = (784, 128, 64, 10)
Parameters = dict[str, Tensor]


def new_parameters(seed: int, *, norm: bool = False) -> Parameters:
    """Return weights with He's deviation and biases of zero, and gammas and betas for the hidden layers if `norm`."""
    generator = torch.Generator().manual_seed(seed)
    params = {}
    for layer, (a, b) in enumerate(pairwise(SIZES), start=1):
        params[f"W{layer}"] = torch.randn(a, b, generator=generator) * math.sqrt(2 / a)
        params[f"b{layer}"] = torch.zeros(b)
        if norm and layer < len(SIZES) - 1:
            params[f"gamma{layer}"], params[f"beta{layer}"] = torch.ones(b), torch.zeros(b)
    return params


def normalized(Z: Tensor, params: Parameters, layer: int, running: Parameters, *, training: bool) -> Tensor:
    """Return batch normalization of Z by your function, or by the running averages."""
    gamma, beta = params[f"gamma{layer}"], params[f"beta{layer}"]
    if not training:
        return gamma * (Z - running[f"mean{layer}"]) / running[f"std{layer}"] + beta
    O, cache = batch_norm(Z, gamma, beta, 1e-5)
    for name, now in (("mean", Z.mean(0)), ("std", cache["std"])):
        key = f"{name}{layer}"
        running[key] = now.detach() if key not in running else 0.9 * running[key] + 0.1 * now.detach()
    return O


# %%
def logits(
    params: Parameters,
    X: Tensor,
    p: float = 0.0,
    generator: torch.Generator | None = None,
    running: Parameters | None = None,
) -> Tensor:
    """Return the outputs (n, 10). With a generator the network is in training: dropout with p, statistics of the batch."""
    H = X
    for layer in range(1, len(SIZES) - 1):
        Z = H @ params[f"W{layer}"] + params[f"b{layer}"]
        if running is not None:
            Z = normalized(Z, params, layer, running, training=generator is not None)
        H = torch.relu(Z)
        if p and generator is not None:
            H = dropout(H, p, generator)
    last = len(SIZES) - 1
    return H @ params[f"W{last}"] + params[f"b{last}"]


def gradients(params: Parameters, X: Tensor, y: Tensor, **options: Any) -> tuple[float, Parameters]:
    """Return the mean cross-entropy of a batch and its gradients; the options are those of `logits`."""
    leaves = {name: value.clone().requires_grad_() for name, value in params.items()}
    loss = F.cross_entropy(logits(leaves, X, **options), y)
    grads = torch.autograd.grad(loss, list(leaves.values()))
    return float(loss.detach()), dict(zip(leaves, grads, strict=True))


# %% [markdown]
# The gradient of a batch of $B$ examples is a mean of $B$ gradients, each of which has the gradient of the whole loss
# as its expectation. If they were drawn independently, the variance of the mean is $1/B$ of that of one, and its
# deviation falls like $1/\sqrt{B}$. **Predict:** how many times as many examples does it take to halve the noise?

# %%
predict("half-the-noise", ...)  # put your number in place of the dots

# %% [markdown]
# The next cell measures it, for the network at its start.


# %%
def noise_of_gradients(sizes: Sequence[int] = (4, 16, 64, 256), repeats: int = 40) -> tuple[str, list[figures.Panel]]:
    """Return the message and the panel of how far the gradient of a batch lies from that of all images."""
    params, generator = new_parameters(0), torch.Generator().manual_seed(0)

    def gradient(rows: Tensor) -> Tensor:
        _, grads = gradients(params, X_train[rows], y_train[rows])
        return torch.cat([grad.flatten() for grad in grads.values()])

    whole = gradient(torch.arange(len(X_train)))
    noise = []
    for size in sizes:
        drawn = [torch.randint(len(X_train), (size,), generator=generator) for _ in range(repeats)]
        noise.append(float(torch.stack([(gradient(rows) - whole).square().sum() for rows in drawn]).mean().sqrt()))
    slope = math.log(noise[-1] / noise[0]) / math.log(sizes[-1] / sizes[0])
    length = float(whole.norm())
    curves = {"measured noise": (sizes, noise), "the gradient itself": (sizes, [length] * len(sizes))}
    says = f"The noise falls like B to the power {slope:.2f}"
    return says, [figures.Panel("Gradient of a batch", "batch size B", "length", curves, scale="xy", dots=True)]


figures.curve_panels(noise_of_gradients)

# %% [markdown]
# Where the noise is longer than the gradient, a step goes mostly astray, and many steps together still go down. The
# noise is also why a constant learning rate never comes to rest.

# %% [markdown]
# ## 8 · When to stop
#
# Train long enough on few images, and the training loss goes on falling while the validation loss turns round.
# <!-- claim: turns-round -->
# The network learns its images by heart. **Early stopping** watches the validation loss and stops when it has brought
# nothing lower for a while, the *patience*; then one goes back to the parameters of the best epoch.
#
# Be exact about "nothing lower": `losses` has one value or more. `best` is the index of the lowest, the first one if
# several are equal. It is time to stop if at least `patience` losses stand behind it.


# %% todo="early_stopping" difficulty=2
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

# %% [markdown]
# **In words:** why is the lowest validation loss of a run not a fair estimate of the loss on new images?

# %%
explain("lowest-of-many", """...""")


# %%
def overfitted(images: int = 300, epochs: int = 30, patience: int = 5) -> tuple[str, list[figures.Panel]]:
    """Return the message and the panel of a run on few images, and where your early_stopping ends it."""
    params = new_parameters(1)
    state = {key: {name: torch.zeros_like(value) for name, value in params.items()} for key in ("m", "v")}
    few = Batches(X_train[:images], y_train[:images], 30, shuffle=True, generator=torch.Generator().manual_seed(1))
    train, held_out, step, stopped = [], [], 0, 0
    for epoch in range(epochs):
        for X, y in few:
            step += 1
            _, grads = gradients(params, X, y)
            adam_step(params, grads, state, step, 0.001, (0.9, 0.999), 1e-8)
        train.append(float(F.cross_entropy(logits(params, X_train[:images]), y_train[:images])))
        held_out.append(float(F.cross_entropy(logits(params, X_val), y_val)))
        stop, best = early_stopping(held_out, patience)
        stopped = epoch + 1 if stop and not stopped else stopped
    _, best = early_stopping(held_out[:stopped] if stopped else held_out, patience)
    x = range(1, epochs + 1)
    marks = {"best": best + 1.0, **({"stopped here": float(stopped)} if stopped else {})}
    curves = {"training images": (x, train), "validation images": (x, held_out)}
    panel = figures.Panel(f"{images} images", "epoch", "mean cross-entropy (nats)", curves, marks=marks)
    when = f"stops after epoch {stopped}, back to epoch {best + 1}" if stopped else "does not stop"
    return f"Patience {patience}: your early_stopping {when}", [panel]


figures.curve_panels(overfitted)

# %% [markdown]
# ## 9 · A diagnosis: updates against weights
#
# Is a learning rate too small or too large? The loss tells it late. The ratio
#
# $$\frac{\lVert \Delta\theta \rVert}{\lVert \theta \rVert}$$
#
# of a step's update to the weights tells it at once, for each layer by itself. A thousandth is a rule of thumb (Karpathy,
# in the notes of CS231n) for a training that goes well: far below it nothing moves, far above it each step throws away what was there.


# %%
def update_ratios(lr: float, steps: int = 120) -> Parameters:
    """Return, by weight matrix, update over weight in each step of your momentum_step, shape (steps,)."""
    params = new_parameters(2)
    velocities = {name: torch.zeros_like(value) for name, value in params.items()}
    ratios: dict[str, list[Tensor]] = {name: [] for name in params if name.startswith("W")}
    generator = torch.Generator().manual_seed(2)
    for _ in range(steps):
        rows = torch.randint(len(X_train), (100,), generator=generator)
        _, grads = gradients(params, X_train[rows], y_train[rows])
        before = {name: params[name].clone() for name in ratios}
        momentum_step(params, grads, velocities, lr, 0.9)
        for name, found in ratios.items():
            found.append((params[name] - before[name]).norm() / before[name].norm())
    return {name: torch.stack(found) for name, found in ratios.items()}


def diagnosis() -> tuple[str, list[figures.Panel]]:
    """Return the message and the panels of three learning rates."""
    panels, middles = [], []
    for lr in (0.0003, 0.01, 0.1):
        ratios = update_ratios(lr)
        x = range(1, len(ratios["W1"]) + 1)
        curves: dict[str, tuple[Any, Any]] = {name: (x, ratio) for name, ratio in ratios.items()}
        curves["a thousandth"] = (x, [1e-3] * len(ratios["W1"]))
        panels.append(figures.Panel(f"lr = {lr:g}", "step", "update / weight", curves, scale="y", ylim=(3e-5, 0.3)))
        middles.append(f"{float(ratios['W1'].median()):.1g}")
    return f"The first layer changes by {', '.join(middles)} of itself, the median of all steps", panels


figures.curve_panels(diagnosis)

# %% [markdown]
# ## 10 · Does it help?
#
# Now all of it, on the same data, with the same network and number of steps. Three rules keep it honest:
#
# - **Each method chooses its own learning rate**, from the same three, by a short run on validation images. A rate
#   that suits one method says nothing about another.
# - **Several seeds.** A seed decides the start, the order of the images and what is dropped. A difference between
#   methods that is smaller than that between the seeds of one method is no difference.
# - **The test images are not looked at** until the choice is made.

# %%
EPOCHS, SEEDS, RATES = 8, (0, 1, 2), (0.2, 0.05, 0.01)
METHODS: dict[str, dict[str, Any]] = {
    "plain": {"momentum": 0.0},
    "momentum": {},
    "Adam": {"adam": True},
    "with cosine": {"cosine": True},
    "with weight decay": {"decay": 2e-3},
    "with dropout": {"p": 0.2},
    "with batch norm": {"norm": True},
}  # all but the first two and Adam are momentum with something more


def steps_of(
    options: Mapping[str, Any], lr: float, seed: int, epochs: int
) -> Iterator[tuple[Parameters, Parameters | None, float]]:
    """Train; after each epoch give parameters, running averages and the last loss. Adam takes a fiftieth of the learning rate."""
    params = new_parameters(seed, norm=options.get("norm", False))
    running: Parameters | None = {} if options.get("norm") else None
    generator = torch.Generator().manual_seed(100 + seed)
    batches = Batches(X_train, y_train, 100, shuffle=True, generator=generator)
    zeros = [{name: torch.zeros_like(value) for name, value in params.items()} for _ in range(2)]
    step, steps, loss, decay = 0, epochs * len(batches), 0.0, options.get("decay", 0.0)
    for _ in range(epochs):
        for X, y in batches:
            loss, grads = gradients(params, X, y, p=options.get("p", 0.0), generator=generator, running=running)
            rate = cosine_schedule(step, steps, lr) if options.get("cosine") else lr
            step += 1
            for name in params:
                params[name] *= 1 - rate * decay
            if options.get("adam"):
                adam_step(params, grads, {"m": zeros[0], "v": zeros[1]}, step, rate / 50, (0.9, 0.999), 1e-8)
            else:
                momentum_step(params, grads, zeros[0], rate, options.get("momentum", 0.9))
        yield params, running, loss


# %%
def accuracy(params: Parameters, running: Parameters | None, X: Tensor, y: Tensor) -> float:
    """Return the share of images that are named right, in evaluation mode."""
    return float((logits(params, X, running=running).argmax(1) == y).double().mean())


@cache
def best_rate(method: str) -> float:
    """Return the learning rate with the best validation accuracy after two epochs, from a seed that is not used again."""
    found = {}
    for lr in RATES:
        *_, (params, running, _) = steps_of(METHODS[method], lr, 9, 2)
        found[lr] = accuracy(params, running, X_val, y_val)
    return max(found, key=lambda lr: found[lr])


FINISHED: dict[str, dict[int, list[float]]] = {name: {} for name in METHODS}  # by method and seed
TESTED: dict[str, dict[int, float]] = {name: {} for name in METHODS}


def train_all() -> dict[str, Tensor]:
    """Return validation accuracies (seeds, epochs) by method. Stopped with ■, it keeps what is done and goes on from there next time."""
    left = [(name, seed) for name in METHODS for seed in SEEDS if seed not in FINISHED[name]]
    with tqdm(total=len(left), desc="runs", file=sys.stdout, leave=False) as bar:
        for name, seed in left:
            accuracies = []
            for params, running, loss in steps_of(METHODS[name], best_rate(name), seed, EPOCHS):
                accuracies.append(accuracy(params, running, X_val, y_val))
                bar.set_postfix_str(f"{name}, lr {best_rate(name):g}, seed {seed}: loss {loss:.3f}")
            FINISHED[name][seed], TESTED[name][seed] = accuracies, accuracy(params, running, X_test, y_test)
            bar.update()
    return {name: torch.tensor([runs[seed] for seed in sorted(runs)]) for name, runs in FINISHED.items() if runs}


# %%
def verdict(results: Mapping[str, Tensor]) -> str:
    """Say which method ends best, and by how much, in units of what the seeds differ by."""
    ends = {name: result[:, -1] for name, result in results.items()}
    best = max(ends, key=lambda name: float(ends[name].mean()))
    ahead = float(ends[best].mean() - ends["plain"].mean())
    seeds = max(float(end.max() - end.min()) for end in ends.values())
    return f"Best: {best}, {ahead:+.3f} from plain; the seeds of one method differ by up to {seeds:.3f}"


def trained() -> dict[str, Tensor]:
    """Return what there is, also of a run that was stopped."""
    try:
        return train_all()
    except KeyboardInterrupt:
        print("Stopped. Run this cell again to go on.")
        return {name: torch.tensor(list(runs.values())) for name, runs in FINISHED.items() if runs}


figures.methods_beside_a_baseline(trained, "plain", verdict, "validation accuracy")

# %% [markdown]
# Read it in this order. First the grey band: what a plain run does, and how much its seeds differ. Then, panel by
# panel: is the other band *outside* of it? Faster at the beginning is one thing, better at the end another. Last, the
# panel of the ends: which orders would survive other seeds?
#
# What such a figure cannot show: eight epochs on a few thousand images are not a long training, in which dropout and
# decay may have more to do; and three learning rates are a coarse choice. A different budget gives a different order.
# That is the most that can be said honestly.
#
# Only now, the test images, once:

# %%
for name, tested in TESTED.items():
    ends = torch.tensor(list(tested.values()))
    if len(ends):
        print(
            f"{name:18s} lr {best_rate(name):<5g} test accuracy {ends.mean():.3f}, from {ends.min():.3f} to {ends.max():.3f}"
        )

# %% [markdown]
# ## 11 · Find the bug
#
# Each has been published or handed in. What goes wrong? Decide before you unfold.
#
# **A.** Momentum, in a loop over parameters:
# ```python
# for name in params:
#     v = momentum * velocities[name] + grads[name]
#     params[name] -= lr * v
# ```
# <details><summary>Answer A</summary>
#
# The velocity is used and forgotten: `velocities[name]` is never changed, so this is plain descent.
# </details>
#
# **B.** Evaluation:
# ```python
# model.train()
# for X, y in train_loader: ...
# with torch.no_grad():
#     test_accuracy = accuracy(model(X_test), y_test)
# ```
# <details><summary>Answer B</summary>
#
# `no_grad` is no `model.eval()`. Dropout still drops, and batch normalization uses (and updates its averages with)
# the test images. <!-- claim: no-grad-is-not-eval -->
# </details>
#
# **C.** A schedule, once an epoch:
# ```python
# scheduler = CosineAnnealingLR(optimizer, T_max=epochs * len(loader))
# for epoch in range(epochs):
#     train(...)
#     scheduler.step()
# ```
# <details><summary>Answer C</summary>
#
# It counts steps and is called once an epoch: after the last epoch the learning rate is still nearly what it was.
# <!-- claim: counts-steps -->
# </details>

# %% [markdown]
# ## What was shown
#
# - Momentum adds gradients up: what agrees grows by up to $1/(1-\mu)$, what alternates cancels.
# - Adam divides a running mean by a running root mean square. Both start at 0, and the weights sum to $1 - \beta^t$:
#   divide by it.
# - Coupled and decoupled decay agree for SGD and differ for Adam.
# - Dropout keeps the mean and adds the variance $x^2\,p/(1-p)$; it treats equal units differently.
# - Batch normalization makes examples depend on each other. Its gradient is what is left without the mean and without
#   the part along $\hat x$.
# - The noise of a gradient falls with the root of the batch size.
# - A comparison without seeds compares seeds.
#
# **To practise:** `from grading import drill, review`, then `drill("batch_norm_backward")`
# shows a wrong one to fix. In a few days `review()` says what to look at again.

# %% [markdown]
# ## Exercises without points
#
# **1.** *AdamW and Nesterov.* Write `adamw_step` around your `adam_step` and Nesterov's step around your
# `momentum_step` ($\theta \leftarrow \theta - \eta\,(g + \mu v)$ with the new $v$), add both to `METHODS`, and
# compare. Before you run it, write down which differences you expect to be larger than those between seeds.
#
# **2.** *A warm-up.* Where do large learning rates fail, in the first steps or later? Write a schedule that rises in a
# straight line over the first tenth of the steps and then follows your cosine. Use the ratios of section 9 to find
# the largest learning rate that survives with and without it.
#
# **3.** *Batch normalization without a batch.* Layer normalization takes mean and variance over the features of one
# example. Derive its backward pass (only the axis changes; say why), write both, check them with autograd, and repeat
# the figure of section 6: what do the companions matter now? Then remove mean and $\beta$ altogether: that is
# RMSNorm, in use in most large language models. What is lost?

# %% [markdown]
# ## Sources
#
# - Sutskever, Martens, Dahl and Hinton, "On the importance of initialization and momentum in deep learning", ICML
#   2013: <https://proceedings.mlr.press/v28/sutskever13.html>
# - Kingma and Ba, "Adam: A method for stochastic optimization", ICLR 2015: <https://arxiv.org/abs/1412.6980>
# - Hinton, lecture 6 of "Neural networks for machine learning", 2012 (RMSProp):
#   <https://www.cs.toronto.edu/~tijmen/csc321/slides/lecture_slides_lec6.pdf>
# - Loshchilov and Hutter, "SGDR: Stochastic gradient descent with warm restarts", 2017:
#   <https://arxiv.org/abs/1608.03983>; "Decoupled weight decay regularization", 2019:
#   <https://arxiv.org/abs/1711.05101>
# - Srivastava and others, "Dropout: a simple way to prevent neural networks from overfitting", JMLR 2014:
#   <https://jmlr.org/papers/v15/srivastava14a.html>
# - Ioffe and Szegedy, "Batch normalization", ICML 2015: <https://arxiv.org/abs/1502.03167>; Santurkar and others,
#   "How does batch normalization help optimization?", 2018: <https://arxiv.org/abs/1805.11604>
# - McCandlish and others, "An empirical model of large-batch training", 2018: <https://arxiv.org/abs/1812.06162>
# - Goh, "Why momentum really works", Distill 2017, to play with: <https://distill.pub/2017/momentum/>
# - CS231n, "Neural networks, part 3: learning and evaluation" (the ratio of updates to weights):
#   <https://cs231n.github.io/neural-networks-3/>
# - PyTorch's optimizers and schedules: <https://pytorch.org/docs/stable/optim.html>
# - *Dive into Deep Learning*, chapter on optimization algorithms: <https://d2l.ai/chapter_optimization/index.html>,
#   dropout: <https://d2l.ai/chapter_multilayer-perceptrons/dropout.html>, batch normalization:
#   <https://d2l.ai/chapter_convolutional-modern/batch-norm.html>
