# %% [markdown]
# # Numerical stability and initialization
#
# A network with $30$ layers multiplies $30$ matrices on the way forward and $30$ on the way back. If each of them makes
# signals 10 % longer, the last is 17 times as long as the first, and with 50 % it is 190,000 times. <!-- claim: thirty-factors -->
# If each makes them shorter, nothing arrives. Training has not begun, and it is already decided whether it can.
#
# What decides is the random numbers that the weights start with. They must be random at all, which section 2 shows
# by doing without. And they must have the right size, which sections 3 to 5 work out with a pencil: one expectation,
# taken forwards and backwards.

# %% [markdown]
# **In this lesson** you write the samplers that go by the names of Xavier (Glorot) and He, put them into a network,
# measure what they do to deep networks and to training, and write gradient clipping, the safety belt for what is left.
#
# **What you need:** Python and PyTorch's tensors and modules; matrix products; mean and variance of a random number;
# that a gradient is sent backwards by multiplying with the transposed weights (lesson 03 derives it, section 1
# repeats it).
#
# **How it goes:** A cell with `YOUR CODE HERE` is yours. The cell below it checks your answer at once. Samplers have
# no single right result, so they are judged by statistics, over many draws. The figures use *your* functions, and
# their titles say what those do. A function leaves everything as it found it, its arguments and PyTorch's settings too,
# unless its docstring says otherwise.
#
# **Notation:** layers count from 1 to $L$, $l$ is one of them, $\sigma^2$ the variance of a weight, $\sigma$ its standard
# deviation, $\operatorname{E}$ an expectation over the draw of the weights. $g_l$ is the gradient of the loss with respect
# to the activations of layer $l$, $m(x)$ the mean square of a layer's values. **Fan-in** is the number of inputs of a
# layer, **fan-out** that of its units.

# %% tags=["setup"]
import math
import sys
from collections.abc import Callable
from functools import cache, partial
from itertools import pairwise, product

import torch
from torch import Tensor, nn
from torch.nn import functional as F
from tqdm import tqdm

from grading import check, explain, figures, predict
from grading.data import batches, fashion_mnist
from grading.device import default_device

print(f"PyTorch {torch.__version__}, checks run on: {default_device()}")

# %% [markdown]
# ## 1 · A product of Jacobians
#
# A network of $L$ layers computes from the examples $H_0 = X$ $(n, d_0)$, one row each,
#
# $$Z_l = H_{l-1} W_l + b_l, \qquad H_l = \varphi(Z_l), \qquad l = 1, \dots, L,$$
#
# with $W_l$ $(d_{l-1}, d_l)$ and $b_l$ $(d_l,)$. Follow one example, the row $h_l$ $(d_l,)$. How does unit $j$ of a
# layer answer to unit $i$ of the layer below? $h_{l,j} = \varphi\bigl(\sum_i h_{l-1,i}\,(W_l)_{ij} + b_{l,j}\bigr)$,
# so
#
# $$(J_l)_{ji} = \frac{\partial h_{l,j}}{\partial h_{l-1,i}} = \varphi'(z_{l,j})\,(W_l)_{ij}, \qquad
#   J_l = \operatorname{diag}\bigl(\varphi'(z_l)\bigr)\,W_l^\top \quad (d_l, d_{l-1}).$$
#
# This matrix of slopes is the **Jacobian** of the layer. By the chain rule, the gradient $g_l$ $(d_l,)$ of the loss
# with respect to $h_l$ goes down one layer by one product, and down to the input by $L$ of them:
#
# $$g_{l-1} = g_l\,J_l, \qquad g_0 = g_L\,J_L\,J_{L-1} \cdots J_1.$$
#
# The gradient with respect to the *weights* of layer $l$ is that product, cut off above the layer, times one more factor,
# which the layer contributes itself. Since $z_{l,j} = \sum_i h_{l-1,i}\,(W_l)_{ij} + b_{l,j}$,
#
# $$\frac{\partial\,\text{loss}}{\partial (W_l)_{ij}} = h_{l-1,i}\;\bigl(g_L\,J_L \cdots J_{l+1}\bigr)_j\;\varphi'(z_{l,j}),$$
#
# so weights get a useful gradient only if signals arrive from *both* sides: $h_{l-1}$ from below, $g_l$ from above.
#
# A product of many matrices behaves like a power: it explodes or it vanishes, unless each factor is just right.

# %% [markdown]
# To see it without distraction, leave $\varphi$ out ($\varphi' = 1$), take the same width $d$ everywhere and draw the
# entries of each $W_l$ from a normal distribution with variance $s^2/d$. Then component $i$ of $g_{l-1}$ is
# $\sum_{j=1}^{d} g_{l,j}\,(W_l)_{ij}$, a sum of $d$ independent terms with mean 0, and its variance is
# $\|g_l\|^2 s^2/d$. There are $d$ components, hence
#
# $$\operatorname{E}\|g_{l-1}\|^2 = s^2\,\|g_l\|^2 :$$
#
# each layer multiplies the length by about $s$, and $L$ layers by $s^L$.

# %%
WIDTH = 64


def random_weights(scale: float, generator: torch.Generator) -> Tensor:
    """Return 20 matrices (20, WIDTH, WIDTH) with entries of variance scale² / WIDTH, one for each of 20 networks."""
    W = torch.randn(20, WIDTH, WIDTH, dtype=torch.float64, generator=generator)
    return scale / math.sqrt(WIDTH) * W


def gradient_lengths(scale: float, depth: int = 50) -> Tensor:
    """Return the length of a gradient after 0, 1, ..., depth layers in 20 networks, shape (depth + 1, 20)."""
    generator = torch.Generator().manual_seed(1)
    g = torch.full((20, 1, WIDTH), 1 / math.sqrt(WIDTH), dtype=torch.float64)  # rows of length 1
    lengths = [g.norm(dim=(1, 2))]
    for _ in range(depth):
        g = g @ random_weights(scale, generator).mT  # (20, 1, d)
        lengths.append(g.norm(dim=(1, 2)))
    return torch.stack(lengths)


def singular_values(depth: int = 30) -> Tensor:
    """Return the singular values of the product of 1, 2, ..., depth Jacobians at scale 1, shape (depth, WIDTH)."""
    generator = torch.Generator().manual_seed(2)
    product, values = torch.eye(WIDTH, dtype=torch.float64), []
    for _ in range(depth):
        product = product @ random_weights(1.0, generator)[0].T
        values.append(torch.linalg.svdvals(product))
    return torch.stack(values)


figures.jacobian_products(gradient_lengths, [1.25, 1.1, 1.0, 0.9, 0.8], singular_values)

# %% [markdown]
# On the left, straight lines on a logarithmic axis: exponential growth and decay. A factor of 1.1 a layer is a factor of 117
# over 50 layers, and 1.25 gives 70,000. <!-- claim: fifty-factors --> Exploding gradients throw the weights away in one
# step. Vanishing ones leave the lower layers as they are.
#
# The right side shows what the length hides. A **singular value** is the factor by which the product stretches one of
# $d$ perpendicular directions. At scale 1 the *average* square of these factors stays 1, but a few directions get all
# of it: after 30 layers half of the directions have lost a factor of more than 10,000. <!-- claim: half-of-directions -->
# So the right size of the weights is necessary for depth, and it is not the whole story. (Question 3 comes back to this.)

# %% [markdown]
# ## 2 · Symmetry
#
# Why random weights at all? Why not a good constant? Take one hidden layer,
#
# $$Z = XW_1 + b_1, \qquad H = \tanh(Z), \qquad O = HW_2 + b_2,$$
#
# $X$ $(n, d)$, $W_1$ $(d, h)$, $H$ $(n, h)$, $W_2$ $(h, 1)$, and suppose that two hidden units, $j$ and $k$, start
# alike: columns $j$ and $k$ of $W_1$ are equal, $b_{1,j} = b_{1,k}$, and rows $j$ and $k$ of $W_2$ are equal. Then
#
# - columns $j$ and $k$ of $Z$ and of $H$ are equal;
# - so rows $j$ and $k$ of $\text{grad}_{W_2} = H^\top \text{grad}_O$ are equal;
# - columns $j$ and $k$ of $\text{grad}_H = \text{grad}_O\,W_2^\top$ are equal, since those rows of $W_2$ are;
# - so columns $j$ and $k$ of $\text{grad}_Z = \text{grad}_H \odot (1 - H \odot H)$ and of
#   $\text{grad}_{W_1} = X^\top \text{grad}_Z$ are equal, and so are the two entries of $\text{grad}_{b_1}$, the
#   column sums of $\text{grad}_Z$.
#
# The step changes both units by the same amount, and afterwards they are alike again. By induction they are alike for
# ever, with any learning rate, with momentum, with Adam: with every method that treats equal gradients equally. A layer
# of $h$ equal units is *one* unit, written $h$ times.
#
# Predict before you look: four tanh units learn XOR, once from random weights and once all from the same constant. Which
# mean squared error is left in the second case? (To say $\tfrac12$ to everything leaves $\tfrac14$.)

# %%
predict("loss-of-equal-units", ...)  # a number between 0 and 0.25

# %%
X_xor = torch.tensor([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]], dtype=torch.float64)  # (n, d)
y_xor = torch.tensor([[0.0], [1.0], [1.0], [0.0]], dtype=torch.float64)  # (n, 1)


def train_xor(W1: Tensor, W2: Tensor, lr: float = 0.2, steps: int = 2500) -> tuple[Tensor, Tensor]:
    """Return W1 before every step, shape (steps, 2, h), and the losses, shape (steps,), of gradient descent on XOR."""
    b1, b2 = torch.zeros(W1.shape[1], dtype=torch.float64), torch.zeros(1, dtype=torch.float64)
    parameters = [tensor.clone().requires_grad_() for tensor in (W1, b1, W2, b2)]
    path, losses = [], []
    for _ in range(steps):
        W1, b1, W2, b2 = parameters
        loss = ((torch.tanh(X_xor @ W1 + b1) @ W2 + b2 - y_xor) ** 2).mean()
        grads = torch.autograd.grad(loss, parameters)
        path.append(W1.detach().clone())
        losses.append(loss.detach())
        with torch.no_grad():
            for parameter, grad in zip(parameters, grads, strict=True):
                parameter -= lr * grad
    return torch.stack(path), torch.stack(losses)


# %%
constant = torch.full((2, 4), 0.5, dtype=torch.float64)  # W1 (d, h) with h = 4 equal units
generator = torch.Generator().manual_seed(4)
first_weights = 0.5 * torch.randn(2, 4, dtype=torch.float64, generator=generator)
last_weights = 0.5 * torch.randn(4, 1, dtype=torch.float64, generator=generator)

runs = {
    "constant": partial(train_xor, constant, torch.full((4, 1), 0.5, dtype=torch.float64)),
    "random": partial(train_xor, first_weights, last_weights),
}
figures.unit_paths(runs, floor=(1 / 6, "the best that one unit can do, 1/6"))

# %% [markdown]
# Four units, one path. The loss comes down to $1/6$ and no further, and no patience helps: a single unit rises or falls
# along one direction, and the four points of XOR do neither. <!-- claim: equal-units-stay-at-a-sixth --> The four units that
# started at random went four ways and solved it.
#
# The symmetry itself does no harm: any network stays the same function when its hidden units are renumbered. Harm
# comes from *starting on* it. What is needed is that units differ, and chance is only the simplest way to make them
# differ in every direction: distinct constants break the tie as well. So does **dropout** (lesson 06), which switches
# units off at random in each step, each for itself, so that equal units get unequal gradients. Biases need no
# randomness; they start at 0. (With *all* weights 0, even less happens: $H = 0$ and $W_2 = 0$ make both
# $\text{grad}_{W_2}$ and $\text{grad}_{W_1}$ zero, and only $b_2$ learns.)
#
# Try it: the second run below starts from different constants and no random number. Change them, make two columns and
# the two rows that belong to them equal, and predict what the paths will do.

# %%
distinct = torch.tensor([[0.9, -0.6, 0.3, -0.2], [-0.7, 0.8, 0.4, -0.5]], dtype=torch.float64)  # W1 (d, h)
weights_out = torch.tensor([[0.5], [0.4], [-0.3], [0.2]], dtype=torch.float64)  # W2 (h, 1)
others = {"constant": runs["constant"], "distinct": partial(train_xor, distinct, weights_out)}
figures.unit_paths(others, floor=(1 / 6, "the best that one unit can do, 1/6"))

# %% [markdown]
# ## 3 · The size of a signal, forwards
#
# Look at one layer, and at one example in it. It gets $x$ $(d,)$ and computes $z = xW$ $(h,)$, with biases 0:
#
# $$z_j = \sum_{i=1}^{d} x_i\,w_{ij}, \qquad j = 1, \dots, h.$$
#
# Let the $w_{ij}$ be independent of each other and of $x$, with mean 0 and variance $\sigma^2$. Then
#
# $$\operatorname{E} z_j = \sum_{i=1}^{d} \operatorname{E}x_i\,\operatorname{E}w_{ij} = 0, \qquad
#   \operatorname{E} z_j^2 = \sum_{i=1}^{d}\sum_{k=1}^{d} \operatorname{E}[x_i x_k]\,\operatorname{E}[w_{ij} w_{kj}]
#   = \sigma^2 \sum_{i=1}^{d} \operatorname{E}x_i^2,$$
#
# because $\operatorname{E}[w_{ij}w_{kj}]$ is $0$ for $i \ne k$ and $\sigma^2$ for $i = k$. Write $m(x) =
# \frac1d \sum_i \operatorname{E} x_i^2$ for the **mean square** of a layer's values. Then
#
# $$m(z) = d\,\sigma^2\,m(x).$$
#
# The inputs $x_i$ may have any mean and may depend on each other; only the weights must not. The size is kept if
# $d\,\sigma^2 = 1$, where $d$ is the number of terms in the sum: the layer's **fan-in**.

# %% [markdown]
# ## 4 · The same backwards: Xavier
#
# The gradient comes from above as $\text{grad}_z$ $(h,)$ and leaves as $\text{grad}_x = \text{grad}_z\,W^\top$
# $(d,)$:
#
# $$\text{grad}_{x,i} = \sum_{j=1}^{h} \text{grad}_{z,j}\,w_{ij}, \qquad i = 1, \dots, d.$$
#
# This is the sum of section 3 with the two sides exchanged: now $h$ terms, the **fan-out**. If we may treat
# $\text{grad}_z$ as independent of $W$, the same calculation gives
#
# $$m(\text{grad}_x) = h\,\sigma^2\,m(\text{grad}_z).$$
#
# (It is not quite independent: the forward pass has used the same $W$. For wide layers the error is small, and the
# sweeps of section 7 will agree with the prediction.)
#
# So the forward pass asks for $\sigma^2 = 1/d$ and the backward pass for $\sigma^2 = 1/h$. Glorot and Bengio (2010)
# settled on the variance between the two whose inverse is the mean of $d$ and $h$:
#
# $$\boxed{\;\sigma^2 = \frac{2}{\text{fan\_in} + \text{fan\_out}}\;}$$
#
# The mean square is then multiplied by $\frac{2d}{d+h}$ forwards and by $\frac{2h}{d+h}$ backwards. Both are 1 for
# $d = h$, and always they add up to $2$: what one pass gains, the other loses. It is called **Xavier**
# initialization after the first name of the first author.

# %% [markdown]
# What about $\varphi$? The calculation has none. It is right for an activation function that is close to the
# identity where the signals are, as tanh is near 0: $\tanh z \approx z$, with slope 1.
#
# ### Uniform or normal
#
# Nothing above depends on the shape of the distribution. A normal one takes $\sigma$ as it is. The uniform
# distribution on $(-a, a)$ has mean 0 and variance
#
# $$\frac{1}{2a}\int_{-a}^{a} x^2\,dx = \frac{a^2}{3}, \qquad\text{so}\qquad
#   a = \sqrt3\,\sigma = \sqrt{\frac{6}{\text{fan\_in} + \text{fan\_out}}}.$$
#
# `torch.rand` draws uniformly from 0 to 1, `torch.randn` normally with standard deviation 1. A factor of $3$ multiplies
# a standard deviation by $3$ and a variance by $9$. Your functions return a *fresh* sample with each call, so set no
# seed inside. (`nn.init` has them ready made; here you make them.)


# %% todo="xavier_uniform" difficulty=2
def xavier_uniform(fan_in: int, fan_out: int) -> Tensor:
    """Return a uniform sample (fan_in, fan_out), symmetric about 0, with std sqrt(2 / (fan_in + fan_out))."""
    ### BEGIN SOLUTION
    a = math.sqrt(6 / (fan_in + fan_out))
    return (2 * torch.rand(fan_in, fan_out) - 1) * a
    ### END SOLUTION


# %% check="xavier_uniform"
check(xavier_uniform)

# %% [markdown]
# **In words.** A layer gets twice as many inputs and twice as many units. How does your bound change, and which
# derivation tells you so?

# %%
explain("twice-as-wide", """...""")


# %% todo="xavier_normal" difficulty=1
def xavier_normal(fan_in: int, fan_out: int) -> Tensor:
    """Return a normal sample (fan_in, fan_out) with mean 0 and std sqrt(2 / (fan_in + fan_out))."""
    ### BEGIN SOLUTION
    return torch.randn(fan_in, fan_out) * math.sqrt(2 / (fan_in + fan_out))
    ### END SOLUTION


# %% check="xavier_normal"
check(xavier_normal)

# %% [markdown]
# **In words.** Your uniform and your normal sample have the same standard deviation. In what do they differ, and does the
# derivation care?

# %%
explain("uniform-and-normal", """...""")

# %% [markdown]
# ## 5 · What ReLU changes: He
#
# ReLU is not close to the identity anywhere near 0. It sets half of the values to zero. If $w$ has a symmetric
# distribution, then so has $z_j$, and
#
# $$\operatorname{E}\operatorname{relu}(z_j)^2 = \tfrac12 \operatorname{E}z_j^2, \qquad\text{hence}\qquad
#   m(\operatorname{relu}(z)) = \tfrac12\,d\,\sigma^2\,m(x).$$
#
# Backwards it is the same: $\text{grad}_z = \text{grad}_h \odot [z > 0]$ keeps half of the entries, so
# $m(\text{grad}_x) = \tfrac12\,h\,\sigma^2\,m(\text{grad}_h)$. With Xavier's weights and equal widths each layer
# halves the mean square, and after thirty layers a signal has shrunk to $2^{-15}$ of its size. He,
# Zhang, Ren and Sun (2015) put the missing $2$ in:
#
# $$\boxed{\;\sigma^2 = \frac{2}{\text{fan\_in}}\;}$$
#
# And fan-out? Backwards the factor of layer $l$ is then $\tfrac12\,d_l \cdot \frac{2}{d_{l-1}} = d_l / d_{l-1}$. Over
# all layers that telescopes to $\prod_{l} d_l/d_{l-1} = d_L/d_0$: one fixed ratio, however deep the network. A compromise
# is not needed.


# %% todo="he_normal" difficulty=1
def he_normal(fan_in: int, fan_out: int) -> Tensor:
    """Return a normal sample (fan_in, fan_out) with mean 0 and std sqrt(2 / fan_in)."""
    ### BEGIN SOLUTION
    return torch.randn(fan_in, fan_out) * math.sqrt(2 / fan_in)
    ### END SOLUTION


# %% check="he_normal"
check(he_normal)

# %% [markdown]
# **In words.** He's variance has no fan-out. What happens to a gradient on its way down through layers of widths $100,
# 400, 100$, if
# nothing else is done?

# %%
explain("no-fan-out", """...""")

# %%
figures.weight_samples(
    (300, 200),
    {
        "xavier_uniform": (xavier_uniform, math.sqrt(2 / 500)),
        "xavier_normal": (xavier_normal, math.sqrt(2 / 500)),
        "he_normal": (he_normal, math.sqrt(2 / 300)),
    },
    "60,000 weights from each of your samplers, fan_in = 300, fan_out = 200",
)

# %% [markdown]
# ### One layer as a map of sizes
#
# For ReLU the size after a layer is a multiple of the size before it, so a factor says all. For tanh it is not: large
# signals are cut and small ones pass. We can still follow the size from layer to layer, in three steps.
#
# 1. *The sum.* The next layer's pre-activation $z_j = \sum_i x_i w_{ij}$ has mean 0 and mean square
#    $m(z) = \text{fan\_in}\cdot\sigma^2 \cdot m(x)$, by section 3. Write $c = \text{fan\_in}\cdot\sigma^2$ for the **scale**
#    of the weights. With equal widths Xavier is $c = 1$ and He $c = 2$.
# 2. *Its shape.* In a wide layer $z_j$ is a sum of many small independent terms, so it is close to normal. Its mean and
#    its mean square then say everything: $z_j = \sqrt{c\,m(x)}\;\xi$ with $\xi$ standard normal.
# 3. *The activation function.* The mean square behind it is the average of $\varphi(z)^2$ over that normal distribution,
#
#    $$m(x) \;\mapsto\; \operatorname{E}\,\varphi\bigl(\sqrt{c\,m(x)}\;\xi\bigr)^2.$$
#
# How does one average over a normal distribution? Cut it into $4000$ slices of equal probability, take the middle of each
# (a **quantile**), and take the plain mean of $\varphi(z)^2$ over these $4000$ values. No randomness is needed.

# %%
ACTIVATIONS: dict[str, type[nn.Module]] = {"tanh": nn.Tanh, "sigmoid": nn.Sigmoid, "ReLU": nn.ReLU}
quantiles = torch.special.ndtri((torch.arange(4000, dtype=torch.float64) + 0.5) / 4000)  # of the standard normal
print("mean of the quantiles:       ", round(float(quantiles.mean()), 3) + 0.0)
print("mean square of the quantiles:", round(float((quantiles**2).mean()), 3))


def mean_square_after(activation: str, scale: float, before: Tensor) -> Tensor:
    """Return the mean square after one layer for each mean square before it, shape (k,)."""
    z = torch.sqrt(scale * before)[:, None] * quantiles  # (k, 4000)
    H: Tensor = ACTIVATIONS[activation]()(z)
    return (H**2).mean(dim=1)


# %% [markdown]
# A signal of mean square 1, followed through ten layers with Xavier's scale, by applying the map again and again:

# %%
for activation in ACTIVATIONS:
    size = torch.ones(1, dtype=torch.float64)
    sizes = []
    for _ in range(10):
        size = mean_square_after(activation, 1.0, size)
        sizes.append(f"{size.item():.3f}")
    print(f"{activation:8}", *sizes)

# %% [markdown]
# The same as a picture, for every size and two scales. A curve is the map. Start on the horizontal axis at 1, go up to
# the curve: that is the size after one layer. Go across to the diagonal, which carries it back to the horizontal axis,
# and up to the curve again: two layers. The thin **staircases** do this ten times.

# %%
figures.length_maps(mean_square_after, list(ACTIVATIONS), {"Xavier, c = 1": 1.0, "He, c = 2": 2.0})

# %% [markdown]
# - **tanh** with $c = 1$ lies just below the diagonal. A signal shrinks, but slower and slower: near 0 the map and the
#   diagonal touch. With $c = 2$ there is a crossing, a size at which the signal stays.
# - **ReLU** gives straight lines: slope $\tfrac12$ with Xavier, the diagonal itself with He. Every size is kept, and
#   there is no force towards any.
# - **sigmoid** sends every signal to about the same place. That looks stable, and section 7 shows the catch: the
#   common place is a common *mean*, near $\tfrac12$, and around it nothing is left that depends on the example.

# %% [markdown]
# ### Gains
#
# PyTorch speaks of a **gain**, a factor on the *standard deviation*: $\sigma = \text{gain} / \sqrt{\text{fan\_in}}$ in
# He's form, or times Xavier's. So $c = \text{gain}^2$. `nn.init.calculate_gain` has a table of them. Beside it, the gain
# that our map asks for: the one with which the mean square 1 stays 1, which is
# $1 / \sqrt{\operatorname{E}\varphi(\xi)^2}$.

# %%
gains = {
    "linear": (nn.init.calculate_gain("linear"), nn.Identity()),
    "ReLU": (nn.init.calculate_gain("relu"), nn.ReLU()),
    "tanh": (nn.init.calculate_gain("tanh"), nn.Tanh()),
    "SELU": (nn.init.calculate_gain("selu"), nn.SELU()),
    "sigmoid": (nn.init.calculate_gain("sigmoid"), nn.Sigmoid()),
}
print("function   PyTorch's gain   gain with which a mean square of 1 stays 1")
for name, (gain, function) in gains.items():
    kept = 1 / (function(quantiles) ** 2).mean().sqrt()
    print(f"{name:8} {gain:14.3f} {float(kept):12.3f}")

# %% [markdown]
# For linear layers and ReLU the two are the same numbers, 1 and $\sqrt2$. For tanh PyTorch has $\tfrac53$, from experience,
# and the map asks for a little less. SELU is made so that it needs no gain, and PyTorch's $\tfrac34$ gives some of that up
# for steadier gradients. The sigmoid's 1 is no advice at all: whatever the gain, what stays is a common mean.
#
# ### Your own activation, depth and scale
#
# The map predicts what a real network does. Choose an activation function, a number of layers and a scale $c$, say what
# the mean square will be at the end, and then look: the line is the map, the dots are one network of width $200$.

# %%
my_activation, my_depth, my_scale = "tanh", 20, 1.5  # also "sigmoid" and "ReLU"
predict("mean-square-at-the-end", ...)  # for tanh, twenty layers and c = 1.5, as handed out


# %%
def predicted_sizes(activation: str, depth: int, scale: float) -> list[float]:
    """Return the mean square of the input, 1, and after each layer, by the map."""
    sizes = [torch.ones(1, dtype=torch.float64)]
    for _ in range(depth):
        sizes.append(mean_square_after(activation, scale, sizes[-1]))
    return [float(size) for size in sizes]


def measured_sizes(activation: str, depth: int, scale: float, width: int = 200) -> list[float]:
    """Return the same, measured in a random network on 100 standard normal examples."""
    draw = partial(torch.randn, generator=torch.Generator().manual_seed(11), dtype=torch.float64)
    H = draw(100, width)
    sizes = [float((H**2).mean())]
    for _ in range(depth):
        H = ACTIVATIONS[activation]()(H @ draw(width, width) * math.sqrt(scale / width))
        sizes.append(float((H**2).mean()))
    return sizes


choice = (my_activation, my_depth, my_scale)
figures.sizes_by_layer(
    predicted_sizes(*choice), measured_sizes(*choice), f"{my_activation}, {my_depth} layers, c = {my_scale:g}"
)

# %% [markdown]
# Worth trying: ReLU with $c = 1.9$ and $2.1$ over fifty layers; tanh with $c = 1$, $1.05$ and $3$; ReLU at width ten (the
# last argument of `measured_sizes`), where the dots leave the line, since a sum of ten terms is not quite normal and one draw
# not quite the average. For an activation of your own, add it to `ACTIVATIONS`: `nn.GELU`, `nn.SiLU`, `nn.LeakyReLU`.

# %% [markdown]
# ## 6 · Into a network
#
# `nn.Linear(fan_in, fan_out)` keeps its weight as `weight` of shape `(fan_out, fan_in)`, the transpose of our $W$, and
# computes `x @ weight.T + bias`. Its parameters are leaves that autograd watches. Writing into a leaf while autograd
# records is an error; the functions of `nn.init`, welcome in this TODO, switch the recording off for you, and so does
# `torch.no_grad()`. Write *into* the parameters: an optimizer that was built before knows these very objects. A child
# of a network may be a network itself; `net.modules()` goes through all layers, however deep they sit.


# %% todo="init_xavier" difficulty=2
def init_xavier(net: nn.Sequential) -> None:
    """Set the weight of every nn.Linear in net to a uniform Xavier sample and its bias, if it has one, to zero.

    Layers inside of other layers count, too. All else of net stays as it is, and it may be on any device.
    """
    ### BEGIN SOLUTION
    for layer in net.modules():
        if isinstance(layer, nn.Linear):
            nn.init.xavier_uniform_(layer.weight)
            if layer.bias is not None:
                nn.init.zeros_(layer.bias)
    ### END SOLUTION


# %% check="init_xavier"
check(init_xavier)

# %% [markdown]
# **In words.** Why must the weights be written *into* the parameters, and what would be wrong with putting new ones in
# their place?

# %%
explain("into-the-parameters", """...""")

# %% [markdown]
# ### What PyTorch does if you do nothing
#
# A widespread text says: "PyTorch initializes `nn.Linear` with Kaiming uniform, the right thing for ReLU, and the biases
# with zero." Half of it is in the source, which calls `kaiming_uniform_(weight, a=math.sqrt(5))`, and none of it follows.
# `a` is the slope $\alpha$ of a *leaky* ReLU below 0, whose gain is $\sqrt{2/(1 + \alpha^2)}$ (question 2 derives it).
# With $\alpha = \sqrt5$ that is $\sqrt{1/3}$, and the uniform bound $\sqrt3\,\text{gain}/\sqrt{\text{fan\_in}}$ becomes
#
# $$\frac{1}{\sqrt{\text{fan\_in}}}, \qquad\text{so}\qquad \sigma^2 = \frac{1}{3\,\text{fan\_in}}, \qquad c = \tfrac13.$$
#
# Nobody has a leaky ReLU with the slope $\sqrt5$ in mind: the call was chosen because it gives the bound of old versions.
# The variance is a sixth of He's. And the biases are not zero: they are uniform with the same bound. Measure it:

# %%
layer = nn.Linear(300, 20_000)
print(f"bound 1 / sqrt(300)        {1 / math.sqrt(300):.4f}")
print(
    f"largest |weight|, |bias|   {float(layer.weight.detach().abs().max()):.4f} {float(layer.bias.detach().abs().max()):.4f}"
)
print(f"fan_in times the variance  {300 * float(layer.weight.detach().var()):.3f}")
print(f"root mean square of biases {float(layer.bias.detach().square().mean().sqrt()):.4f}")

# %% [markdown]
# In a network of two or three layers that does little harm, and training makes up for it. In a deep one the signal loses a
# factor of $\sqrt6$ a layer with ReLU, until only the biases are left, which do not depend on the input. The same text often
# writes Xavier's bound as $\sqrt{2/(\text{fan\_in} + \text{fan\_out})}$, which is the standard deviation (section 10, B). When
# it matters, initialize by hand and look at the result.

# %% [markdown]
# To see what weights do to signals, measure: run a batch through the network layer by layer and note the spread of
# what comes out of each. A tool that measures must not disturb. Autograd should record nothing, gradients and mode of
# the network should stay as they are. Measure at once: some layers, such as `nn.ReLU(inplace=True)`, write their result
# over what came in, and a value that was kept for later is another one then.


# %% todo="activation_stds" difficulty=2
def activation_stds(net: nn.Sequential, X: Tensor) -> list[float]:
    """Return the standard deviation over all elements of each child's output, in order, for the input X, as numbers.

    Each is measured as the child gives it. Autograd records nothing, and net and X are left as they are.
    """
    ### BEGIN SOLUTION
    stds = []
    with torch.no_grad():
        for layer in net:
            X = layer(X)
            stds.append(X.std().item())
    return stds
    ### END SOLUTION


# %% check="activation_stds"
check(activation_stds)

# %% [markdown]
# **In words.** Your function gives one number for a layer. Name two very different states of a layer that have the same
# number.

# %%
explain("two-states-one-number", """...""")

# %% [markdown]
# ## 7 · Thirty layers
#
# Now every pairing of an activation function with an initialization, in a network of $30$ layers of $128$ units, biases
# 0, on $256$ examples of standard normal noise. Two choices without any theory stand beside Xavier and He: the
# $\mathcal N(0, 0.01^2)$ that many texts (and lesson 04) start with, and a plain `torch.randn`. Predict: after how many ReLU
# layers with Xavier's weights has a signal shrunk to a thousandth of its size, its standard deviation?

# %%
predict("layers-to-a-thousandth", ...)


# %%
def plain_normal(std: float, fan_in: int, fan_out: int) -> Tensor:
    """Return a normal sample (fan_in, fan_out) whose spread takes no notice of the sizes."""
    return torch.randn(fan_in, fan_out) * std


SAMPLERS: dict[str, Callable[[int, int], Tensor]] = {
    "std 0.01": partial(plain_normal, 0.01),
    "std 1": partial(plain_normal, 1.0),
    "Xavier": xavier_normal,
    "He": he_normal,
}


def deep_network(sizes: list[int], activation: str, sampler: Callable[[int, int], Tensor]) -> nn.Sequential:
    """Return linear layers between these sizes, the activation after each; weights from the sampler, biases zero."""
    layers: list[nn.Module] = []
    for fan_in, fan_out in pairwise(sizes):
        linear = nn.Linear(fan_in, fan_out)
        with torch.no_grad():
            linear.weight.copy_(sampler(fan_in, fan_out).T)
            linear.bias.zero_()
        layers += [linear, ACTIVATIONS[activation]()]
    return nn.Sequential(*layers)


# %% [markdown]
# Activations are measured by your `activation_stds`; every second entry belongs to an activation function. For the
# gradients, the sum of the last layer's outputs with random weights stands for a loss, and autograd returns the
# gradient with respect to every $H_l$. All of it in float64, whose smallest numbers are near $10^{-308}$: in float32
# some of these curves would hit the floor of $10^{-38}$ or the ceiling.


# %%
@cache
def signals(activation: str, initialization: str) -> tuple[list[float], list[float]]:
    """Return the standard deviations of activations and of gradients in 30 layers, two lists of 30 numbers."""
    torch.manual_seed(7)
    net = deep_network([128] * 31, activation, SAMPLERS[initialization]).double()
    X = torch.randn(256, 128, dtype=torch.float64)
    forward = activation_stds(net, X)[1::2]
    H, outputs = X, []
    for layer in net:
        H = layer(H)
        if not isinstance(layer, nn.Linear):
            outputs.append(H)
    grads = torch.autograd.grad((H * torch.randn_like(H)).sum(), outputs)
    return forward, [grad.std().item() for grad in grads]


figures.depth_sweep(signals, list(ACTIVATIONS), list(SAMPLERS))

# %% [markdown]
# Read the upper row from left to right and the lower row from right to left, for that is how gradients travel. A curve
# that leaves the picture has changed by more than a million.
#
# - **`std 0.01`**: gradients vanish with every activation function, and activations with tanh and ReLU. The sigmoid's stay
#   where they are, at $\tfrac12$: the *input* has vanished from them, which this figure cannot show and the next one does. In
#   a *shallow* network nobody notices.
# - **`std 1`** explodes with ReLU. With tanh the activations look healthy, but the gradients explode: most units are
#   saturated (the figure after the next), and those that are not carry huge weights. <!-- claim: most-are-saturated -->
# - **Xavier** keeps tanh alive in both directions, and lets ReLU lose a factor of $\sqrt2$ a layer, as computed.
# - **He** makes ReLU flat. With tanh it is flat forwards, and gradients grow slowly backwards.
# - **sigmoid** is the odd one out. Its slope is at most $\tfrac14$, so Xavier and He lose a factor of 3 to 4 a layer
#   backwards. <!-- claim: sigmoid-loses-a-layer --> `std 1` suits it best, because it makes up for the small slope.
#   <!-- claim: std-1-suits-the-sigmoid -->
#
# A network that starts on a flat line starts well, if the line means what it seems to mean. A standard deviation over
# all elements mixes two things: how the *units* of a layer differ and how the *examples* do. Only the second carries
# information about the input. Take it apart for the sigmoid with Xavier:


# %%
def spreads(activation: str, initialization: str) -> dict[str, list[float]]:
    """Return for each of 30 layers the spread over all elements, and between the examples, averaged over the units."""
    torch.manual_seed(7)
    H = torch.randn(256, 128, dtype=torch.float64)
    found: dict[str, list[float]] = {"over all elements": [], "between examples": []}
    for layer in deep_network([128] * 31, activation, SAMPLERS[initialization]).double():
        H = layer(H).detach()
        if not isinstance(layer, nn.Linear):
            found["over all elements"].append(float(H.std()))
            found["between examples"].append(float(H.std(dim=0).mean()))
    return found


figures.spread_by_layer(
    {f"{name}, Xavier": partial(spreads, name, "Xavier") for name in ("sigmoid", "tanh")},
    "What the last layer's values differ by, between examples",
)

# %% [markdown]
# In the sigmoid network all values sit near $\tfrac12$. They send the same large sum into each unit of the next layer,
# whatever the example, and what differs between examples is divided by 3 to 4 in every layer.
# <!-- claim: examples-come-together --> Centred functions such
# as tanh do not have this common part. And here is the saturation behind `std 1`, for tanh:


# %%
def tanh_outputs(initialization: str) -> list[Tensor]:
    """Return the activations of ten tanh layers, from the first to the last."""
    torch.manual_seed(3)
    H = torch.randn(256, 128)
    outputs = []
    for layer in deep_network([128] * 11, "tanh", SAMPLERS[initialization]):
        H = layer(H).detach()
        if isinstance(layer, nn.Tanh):
            outputs.append(H)
    return outputs


figures.layer_histograms(
    {name: partial(tanh_outputs, name) for name in ("std 0.01", "std 1", "Xavier")},
    layers=[1, 2, 5, 10],
    title="tanh, saturated (beyond 0.97) at the end:",
)

# %% [markdown]
# ## 8 · What it does to training
#
# The same pairings, trained: Fashion-MNIST, $784 \to 64 \to \dots \to 64 \to 10$ with twelve hidden layers, cross-entropy,
# plain SGD with batches of $125$. Each pairing is run with three learning rates, and the best of them is shown, so that
# none suffers from another's taste. To keep it quick, the bundled sample of $5000$ training images is used and four
# passes over it are made. That is no contest of final accuracies; the question is *who starts at all*.
#
# The pixels are first moved and scaled to mean 0 and standard deviation 1. Then the input has the mean square 1, like the
# noise of section 7, and what was computed about sizes holds from the first layer on.

# %%
data = fashion_mnist(source="sample")
print(data)
pixels = data.train_images / 255
MEAN, STD = pixels.mean(), pixels.std()
print(f"pixels between 0 and 1: mean {MEAN:.3f}, standard deviation {STD:.3f}")


def sgd_run(net: nn.Module, lr: float, epochs: int, change: Callable[[list[Tensor]], None] | None = None) -> Tensor:
    """Return the loss at every step of plain SGD, shape (steps,); `change` may change the gradients in place first."""
    generator = torch.Generator().manual_seed(0)
    training = batches(data.train_images, data.train_labels, 125, shuffle=True, generator=generator)
    parameters = list(net.parameters())
    losses = []
    for _ in range(epochs):
        for images, y in training:
            X = ((images - MEAN) / STD).flatten(1)  # (n, 784), mean 0 and standard deviation 1 over all pixels
            loss = F.cross_entropy(net(X), y)
            grads = list(torch.autograd.grad(loss, parameters))
            if change is not None:
                change(grads)
            losses.append(loss.detach())
            with torch.no_grad():
                for parameter, grad in zip(parameters, grads, strict=True):
                    parameter.sub_(lr * grad)
    return torch.stack(losses)


# %%
LEARNING_RATES = (0.1, 0.03, 0.01)


def classifier(activation: str, sampler: Callable[[int, int], Tensor]) -> nn.Sequential:
    """Return twelve hidden layers of 64 units and a linear output layer with ten, all drawn from the same sampler."""
    torch.manual_seed(0)
    hidden = deep_network([28 * 28] + [64] * 12, activation, sampler)
    return nn.Sequential(hidden, deep_network([64, 10], activation, sampler)[0])


losses_by_run: dict[tuple[str, str, float], Tensor] = {}  # by activation, initialization and learning rate

# %% [markdown]
# The next cell trains all of them. It shows which one it is at, with its loss; ■ stops it and keeps the runs that are
# complete, and running it once more goes on from there. (After you have changed a sampler, run the cell above first: it
# forgets the runs.)


# %%
def train_what_is_missing(epochs: int = 4) -> None:
    """Train every pairing with every learning rate, unless `losses_by_run` has it already; stop at an interrupt."""
    for sampler in SAMPLERS.values():
        sampler(1, 1)  # a sampler that is still missing should say so before the long work, not in the middle
    missing = [key for key in product(ACTIVATIONS, SAMPLERS, LEARNING_RATES) if key not in losses_by_run]
    try:
        with tqdm(missing, desc="training", file=sys.stdout, leave=False) as bar:
            for activation, name, lr in bar:
                losses = sgd_run(classifier(activation, SAMPLERS[name]), lr, epochs)
                losses_by_run[activation, name, lr] = losses
                bar.set_postfix_str(f"{activation}, {name}, lr {lr:g}: loss {float(losses[-20:].mean()):.2f}")
    except KeyboardInterrupt:
        print("stopped;", end=" ")
    print(f"{len(losses_by_run)} runs are complete")


try:
    train_what_is_missing()
except NotImplementedError:
    print("Write the samplers first.")


# %%
def best_run(activation: str, initialization: str) -> tuple[str, Tensor]:
    """Return the learning rate with the lowest loss over the last 20 steps, in words, and its losses (steps,)."""
    SAMPLERS[initialization](1, 1)  # the figure should name a sampler that is missing
    runs = {
        lr: losses_by_run[key] for lr in LEARNING_RATES if (key := (activation, initialization, lr)) in losses_by_run
    }
    if not runs:
        return "not run", torch.empty(0)
    final = {lr: float(losses[-20:].mean().nan_to_num(nan=math.inf)) for lr, losses in runs.items()}
    best = min(final, key=lambda lr: final[lr])
    return (f"lr {best:g}" if math.isfinite(final[best]) else "diverges"), runs[best]


figures.training_by_initialization(
    best_run,
    list(ACTIVATIONS),
    list(SAMPLERS),
    chance=math.log(10),
    title="Twelve hidden layers, four passes over 5,000 images: who starts at all",
)

# %% [markdown]
# A network that guesses has the loss $\ln 10$, the dotted line. The picture repeats the sweeps, with one surprise. What
# vanished to nothing in section 7 stays at guessing: `std 0.01` with every activation function, the sigmoid with Xavier
# and He. What exploded fares no better: `std 1` with ReLU ends in `nan`, and with tanh in saturated units. ReLU learns
# best with He. For tanh Xavier and He both learn. The sigmoid learns with `std 1` only: with 64 units that is $c = 64$, so
# large that it makes up for the small slope. <!-- claim: who-learns --> Glorot and Bengio saw in 2010 what a bad choice the
# sigmoid is for deep networks, and it has not been a usual one since.
#
# The surprise is **ReLU with Xavier**. It shrinks, and it learns, later than with He. <!-- claim: later-than-he -->
# In twelve layers it loses $2^{6}$
# in each direction: enough for a slow start and not for none. The first steps make the weights grow, and
# then the signals arrive. Thirty layers, a factor of $2^{15}$, are another matter. So "vanishes" is a question of how deep the
# network is, and a start that is a little wrong costs time and not success.
#
# What a weight *does* in a step is its update, and whether that is large is a question of its own size. The **ratio of
# update to weight** is the diagnosis for it; lesson 06 draws it.
#
# With batch normalization or residual connections, networks forgive much more. They do it by the same means: they keep
# the size of signals from layer to layer.

# %% [markdown]
# ## 9 · Clipping
#
# Initialization takes care of the first step. Later the weights grow, and now and then a gradient is wildly large: the
# loss surface of a deep network has cliffs. A step proportional to that gradient lands far away, where nothing that
# was learned is of use.
#
# **Clipping by norm** bounds the step. Put all gradients of all parameters into one long vector and take its length,
#
# $$\|g\| = \sqrt{\sum_{\text{tensors } G}\;\sum_{i} G_i^2}, \qquad
#   g \leftarrow \min\Bigl(1, \frac{\theta}{\|g\|}\Bigr)\,g.$$
#
# If the length is at most $\theta$ nothing happens. Otherwise all tensors are multiplied by *the same* factor: the
# direction stays, and the length becomes $\theta$ (`max_norm`). Clipping each tensor, or each element, by itself would turn
# the direction. The function works in place, on the gradients that the optimizer will use, and returns the length from
# *before*, which is worth plotting: it tells how wild the training is.


# %% todo="clip_gradients" difficulty=2
def clip_gradients(grads: list[Tensor], max_norm: float) -> float:
    """Scale the tensors in place by one factor so that their common norm is at most max_norm; return the norm before.

    They are of any shape and on any device. If their norm is not above max_norm, they stay as they are.
    """
    ### BEGIN SOLUTION
    norm = math.sqrt(sum(float((grad**2).sum()) for grad in grads))
    if norm > max_norm:
        for grad in grads:
            grad.mul_(max_norm / norm)
    return norm
    ### END SOLUTION


# %% check="clip_gradients"
check(clip_gradients)

# %% [markdown]
# **In words.** Is a clipped step a step of gradient descent on some other learning rate? And if each tensor is clipped
# by its own
# norm?

# %%
explain("clipped-step", """...""")

# %% [markdown]
# A cliff you can see: a network with one unit a layer, no activation, and two numbers. $w_1$ is the weight of six
# layers, $w_2$ that of one more, and the target of the input 1 is 1:
#
# $$L(w_1, w_2) = (w_1^6\,w_2 - 1)^2, \qquad \frac{\partial L}{\partial w_1} = 12\,(w_1^6 w_2 - 1)\,w_1^5\,w_2.$$
#
# The minimum is a curved valley. To the right of it the wall is steep, because of the sixth power.


# %%
def valley(w: Tensor) -> Tensor:
    """Return the loss at points (..., 2)."""
    return (w[..., 0] ** 6 * w[..., 1] - 1) ** 2


def walk(max_norm: float, lr: float = 0.01, steps: int = 40) -> Tensor:
    """Return the points of gradient descent with clipped gradients, shape (steps + 1, 2)."""
    w = torch.tensor([1.35, 0.9], dtype=torch.float64)
    path = [w]
    for _ in range(steps):
        w = w.clone().requires_grad_()
        (grad,) = torch.autograd.grad(valley(w), [w])
        clip_gradients([grad], max_norm)
        w = w.detach() - lr * grad
        path.append(w)
    return torch.stack(path)


figures.descent_at_a_cliff(
    valley,
    (torch.linspace(0, 1.6, 161, dtype=torch.float64), torch.linspace(-0.5, 2, 161, dtype=torch.float64)),
    {
        "not clipped": partial(walk, math.inf),
        "max_norm = 10": partial(walk, 10.0),
    },
    "Forty steps of gradient descent from the edge of a cliff",
)

# %% [markdown]
# With `max_norm = math.inf` the function only measures. That serves for the comparison below: the ReLU network of
# section 8, started with weights 1.3 times as large as He's, which makes the signal $1.3^{12} \approx 23$ times too large
# after twelve layers, in both directions. <!-- claim: too-large-by -->


# %%
def too_large(fan_in: int, fan_out: int) -> Tensor:
    """Return 1.3 times a sample of he_normal."""
    return 1.3 * he_normal(fan_in, fan_out)


def clipped_run(max_norm: float) -> tuple[Tensor, Tensor]:
    """Return the norms before clipping and the losses of one training run, two tensors (steps,)."""
    norms: list[float] = []

    def clip(grads: list[Tensor]) -> None:
        norms.append(float(clip_gradients(grads, max_norm)))

    losses = sgd_run(classifier("ReLU", too_large), lr=0.05, epochs=4, change=clip)
    return torch.tensor(norms), losses


figures.clipped_training(
    {"not clipped": partial(clipped_run, math.inf), "max_norm = 1": partial(clipped_run, 1.0)},
    max_norm=1.0,
    chance=math.log(10),
)

# %% [markdown]
# Without clipping the run is over after a few steps: `nan`. With it the same start, the same learning rate and the
# same batches end in a network that learns, although slowly, for every step is clipped.
# <!-- claim: every-step-is-clipped --> Clipping does not cure
# a bad start. It is a belt: with `max_norm` above the usual norms of a good run it pulls only when something goes wrong,
# and then you want to have it on.
#
# ## 10 · Find the bug
#
# Each snippet has been published or handed in. What goes wrong? Decide before you unfold.
#
# **A.** Xavier, normal:
# ```python
# W = torch.randn(fan_in, fan_out) * 2 / (fan_in + fan_out)
# ```
# <details><summary>Answer A</summary>
#
# $2/(\text{fan\_in} + \text{fan\_out})$ is the variance; `randn` must be multiplied by its square root. With
# $300 + 200$ the weights are $\sqrt{250}$ times too small, and the signal vanishes within a few layers.
# </details>
#
# **B.** Xavier, uniform:
# ```python
# a = math.sqrt(2 / (fan_in + fan_out))
# W = torch.empty(fan_in, fan_out).uniform_(-a, a)
# ```
# <details><summary>Answer B</summary>
#
# The standard deviation was taken for the bound. Uniform on $(-a, a)$ has standard deviation $a/\sqrt3$, so a $\sqrt3$ is
# missing: `a = math.sqrt(6 / (fan_in + fan_out))`.
# </details>

# %% [markdown]
# **C.** He, for a layer of PyTorch:
# ```python
# fan_in, fan_out = layer.weight.shape
# nn.init.normal_(layer.weight, std=math.sqrt(2 / fan_in))
# ```
# <details><summary>Answer C</summary>
#
# `nn.Linear` stores `(fan_out, fan_in)`. The two are swapped, which is harmless for Xavier and wrong for He as soon as
# the widths differ: from 784 to 64 units the weights come out 3.5 times too large. <!-- claim: swapped-fans -->
# </details>
#
# **D.** By hand:
# ```python
# for layer in net:
#     if isinstance(layer, nn.Linear):
#         layer.weight.uniform_(-a, a)
# ```
# <details><summary>Answer D</summary>
#
# "a leaf Variable that requires grad is being used in an in-place operation": autograd records. Wrap it in
# `torch.no_grad()`. (`layer.weight.data.uniform_(-a, a)` works too, behind autograd's back: it will not notice if you
# overwrite something that a backward pass still needs. And `layer.weight = nn.Parameter(...)` makes a new object,
# which an optimizer that exists already does not know.)
# </details>
#
# **E.** Clipping:
# ```python
# for p in net.parameters():
#     norm = p.grad.norm()
#     if norm > max_norm:
#         p.grad = p.grad * max_norm / norm
# optimizer.step()
# ```
# <details><summary>Answer E</summary>
#
# Each tensor is clipped by its own norm. Large tensors shrink and small ones do not, so the direction of the step
# changes, and the whole can still be much longer than `max_norm`. One norm, one factor.
# </details>

# %% [markdown]
# ## What was shown
#
# - Gradients pass a product of Jacobians. A factor per layer becomes a power of the depth.
# - Units that start alike stay alike under every method that treats equal gradients equally. Weights that differ break the
#   tie, random ones are the simplest; biases may be 0.
# - Forwards a layer multiplies the mean square by $\text{fan\_in}\cdot\sigma^2$, backwards by
#   $\text{fan\_out}\cdot\sigma^2$. Xavier, $\sigma^2 = 2/(\text{fan\_in} + \text{fan\_out})$, stands between; ReLU
#   halves, hence He, $\sigma^2 = 2/\text{fan\_in}$. Uniform on $(-a, a)$ has $\sigma = a/\sqrt3$.
# - One layer is a map of sizes, and its crossing with the diagonal is the size that stays. `nn.Linear` starts with
#   $c = \tfrac13$ and biases that are not zero.
# - What is flat in the depth sweep learns; what vanishes to nothing stays at guessing; what shrinks a little is late.
# - Clipping scales all gradients by one factor. It bounds the step and keeps the direction.
#
# **To practise:** `from grading import drill, review`, then `drill("clip_gradients")`
# shows a wrong one to fix. In a few days `review()` says what to look at again.

# %% [markdown]
# ## Questions
#
# **1.** May all weights of a linear or softmax regression start at 0?
#
# <details><summary>Answer</summary>
#
# Yes. There are no hidden units to be confused: the gradient by a weight is its input times the error of its output,
# and inputs differ. The loss is convex besides, so every start ends at the same loss. The trouble of section 2 begins
# with the first hidden layer.
# </details>
#
# **2.** A leaky ReLU passes negative values with a slope $\alpha$. Which variance keeps the signal?
#
# <details><summary>Answer</summary>
#
# Half of the mean square comes from $z > 0$, unchanged, half from $z < 0$, multiplied by $\alpha^2$. So $m(h) =
# \frac{1 + \alpha^2}{2}\,d\,\sigma^2\,m(x)$, and $\sigma^2 = \frac{2}{(1 + \alpha^2)\,\text{fan\_in}}$. For $\alpha = 0$ it is
# He's, for $\alpha = 1$, the identity, the forward half of Xavier's.
# </details>
#
# **3.** In section 1 the length of a gradient was kept while most singular values of the product fell. Which square
# matrices keep *all* of them?
#
# <details><summary>Answer</summary>
#
# Orthogonal ones: $W W^\top = I$ keeps every length, every singular value is 1, and the product of orthogonal matrices
# is orthogonal. For linear networks, and nearly for tanh near 0, such a start is best (Saxe and others 2014);
# `nn.init.orthogonal_` draws one. ReLU spoils it, since it projects half of the directions away.
# </details>

# %% [markdown]
# ## Exercises without points
#
# **1.** Add PyTorch's default to `SAMPLERS` (uniform with the bound $1/\sqrt{\text{fan\_in}}$) and run the sweep of
# section 7 and
# the training of section 8 again. Predict first: which activation function suffers least? Then let the biases be drawn
# as PyTorch does, and look at `spreads`.
#
# **2.** Find, by bisection on $c$ with `mean_square_after`, the scale at which tanh keeps a mean square of $\tfrac12$, and the
# one at which GELU keeps 1. Near which $c$ does tanh lose every signal, however large? Draw the size that stays against $c$,
# from $0.5$ to $4$, and explain the corner.
#
# **3.** The map follows one signal. Follow *two*: let two examples have mean square 1 and the correlation $\rho$, and write
# $\rho \mapsto$ the correlation after one layer as an average over two correlated normal numbers. For ReLU with He's scale it
# has the fixed point 1. Is it attracting, and what does that say about two different images in a network of a hundred layers? Check
# it with a network, and compare with orthogonal weights. (Poole and others, below, call what you find order and chaos.)

# %% [markdown]
# ## Sources
#
# - Glorot and Bengio, [Understanding the difficulty of training deep feedforward neural
#   networks](https://proceedings.mlr.press/v9/glorot10a.html), 2010: section 4.2 has the derivation, and its figures are the
#   depth sweeps of their day.
# - He, Zhang, Ren and Sun, [Delving Deep into Rectifiers](https://arxiv.org/abs/1502.01852), 2015, section 2.2: the factor 2,
#   forwards and backwards.
# - PyTorch: [torch.nn.init](https://docs.pytorch.org/docs/stable/nn.init.html) with the table of gains;
#   [nn.Linear](https://docs.pytorch.org/docs/stable/generated/torch.nn.Linear.html), whose page states the default; a
#   [discussion of the square root of 5](https://github.com/pytorch/pytorch/issues/15314).
# - Saxe, McClelland and Ganguli, [Exact solutions to the nonlinear dynamics of learning in deep linear neural
#   networks](https://arxiv.org/abs/1312.6120), 2014: singular values and orthogonal starts.
# - Poole, Lahiri, Raghu, Sohl-Dickstein and Ganguli, [Exponential expressivity in deep neural networks through transient
#   chaos](https://arxiv.org/abs/1606.05340), 2016, section 2: the map of section 5.
# - Pascanu, Mikolov and Bengio, [On the difficulty of training recurrent neural networks](https://arxiv.org/abs/1211.5063),
#   2013: cliffs and clipping.
# - Zhang, Lipton, Li, Smola, *Dive into Deep Learning*,
#   [section 5.4](https://d2l.ai/chapter_multilayer-perceptrons/numerical-stability-and-init.html); Prince, [*Understanding Deep
#   Learning*](https://udlbook.github.io/udlbook/), section 7.5; Goodfellow, Bengio, Courville, [*Deep
#   Learning*](https://www.deeplearningbook.org/contents/optimization.html), sections 8.4 and 10.11.1.
