# %% [markdown]
# # Forward and backward, derived
#
# To train a network is to ask, over and over: *if I move this weight a little, does the loss rise or fall, and how
# fast?* The answers to this question for all weights form the **gradient**. A network has thousands of weights, yet
# all the answers together cost about as much as running the network two more times. The method is called
# **backpropagation**. It is the chain rule, applied from the end to the beginning, with nothing computed twice.
#
# In this lesson you derive it, write it, check it in three independent ways, and train a network with nothing but
# your own code.

# %% [markdown]
# **What you need:** matrix products, partial derivatives, the chain rule for one variable, Python with PyTorch
# tensors. The ReLU, $\operatorname{relu}(z) = \max(z, 0)$, and the sigmoid, $\sigma(z) = 1/(1 + e^{-z})$ with
# $\sigma' = \sigma(1 - \sigma)$, appear as known. Plan about two hours.
#
# **How it goes:** A cell with `YOUR CODE HERE` is yours. The cell below it checks your answer at once and says what
# it found. Every stage is checked with *correct* inputs from the stage above, so a slip costs one stage only.
# `torch.relu` and `torch.sigmoid` are welcome. Autograd is not, wherever a gradient is asked for. A function leaves
# everything as it found it, its arguments and PyTorch's settings too, unless its docstring says otherwise.
#
# **Notation.** Examples are rows. A batch of $n$ examples with $d$ inputs is $X$ $(n, d)$; $h$ hidden units, $q$
# outputs. A gradient is written `grad_A` in code, and **it always has the shape of `A`**.

# %% tags=["setup"]
import copy
import itertools
import sys
import weakref
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from typing import Any

import torch
from torch import Tensor, nn
from torch.utils._python_dispatch import TorchDispatchMode
from tqdm import tqdm

from grading import check, figures, predict
from grading.device import default_device

print(f"PyTorch {torch.__version__}, checks run on: {default_device()}")

# %% [markdown]
# ## 1 · The forward pass
#
# The network has one hidden layer of ReLUs and an affine output:
#
# $$
# \underbrace{Z}_{(n,\,h)} = \underbrace{X}_{(n,\,d)}\,\underbrace{W_1}_{(d,\,h)} + \underbrace{b_1}_{(h,)}, \qquad
# \underbrace{H}_{(n,\,h)} = \operatorname{relu}(Z), \qquad
# \underbrace{O}_{(n,\,q)} = H\,\underbrace{W_2}_{(h,\,q)} + \underbrace{b_2}_{(q,)}.
# $$
#
# The vectors $b_1$ and $b_2$ are added to every row. The last layer has no activation function: the outputs may be any
# number.
#
# The backward pass will need $Z$ and $H$ again. So the forward pass returns them beside $O$, in a **cache**.


# %% todo="forward"
def forward(X: Tensor, params: Mapping[str, Tensor]) -> tuple[Tensor, dict[str, Tensor]]:
    """Return O (n, q) and a cache, a dict with at least Z (n, h) and H (n, h).

    params holds W1 (d, h), b1 (h,), W2 (h, q), b2 (q,). H = relu(Z). It runs on the device of X, and autograd can pass
    from O back to every parameter.
    """
    ### BEGIN SOLUTION
    Z = X @ params["W1"] + params["b1"]  # (n, h)
    H = torch.relu(Z)  # (n, h)
    O = H @ params["W2"] + params["b2"]  # (n, q)
    return O, {"Z": Z, "H": H}
    ### END SOLUTION


# %% check="forward"
check(forward)

# %% [markdown]
# ## 2 · The objective
#
# Let $Y$ $(n, q)$ be the targets. The **loss** is the mean squared error over *all* $n \cdot q$ elements,
#
# $$L = \frac{1}{nq} \sum_{i=1}^{n} \sum_{k=1}^{q} (O_{ik} - Y_{ik})^2.$$
#
# Large weights make a network that jumps about between the examples. The **penalty** (weight decay) makes them
# expensive:
#
# $$s = \frac{\lambda}{2} \left( \|W_1\|^2 + \|W_2\|^2 \right), \qquad
#   \|W\|^2 = \sum_{j,k} W_{jk}^2 \quad \text{(the squared Frobenius norm, a sum, not a mean)}.$$
#
# The biases are left out: they shift a unit and cannot make it steep. What we minimize is the **objective** $J = L + s$,
# one number.
#
# **Conventions differ.** Some texts halve the squared error, some average over the examples only. The minimum is the
# same place, but the gradient has another length, and a gradient checked against another convention looks like a
# bug:
#
# | loss | gradient by $O$ |
# |---|---|
# | $\frac{1}{nq} \sum (O - Y)^2$, ours and `F.mse_loss` | $\frac{2}{nq} (O - Y)$ |
# | $\frac{1}{n} \sum (O - Y)^2$ | $\frac{2}{n} (O - Y)$ |
# | $\frac{1}{2n} \sum (O - Y)^2$ | $\frac{1}{n} (O - Y)$ |


# %% todo="objective"
def objective(O: Tensor, Y: Tensor, params: Mapping[str, Tensor], weight_decay: float) -> Tensor:
    """Return J = L + s as a 0-dimensional tensor.

    L is the mean over all elements of (O - Y)², s is weight_decay / 2 times the squared norms of W1 and W2. Autograd can
    pass from J back to O, W1 and W2.
    """
    ### BEGIN SOLUTION
    loss = ((O - Y) ** 2).mean()
    squares = (params["W1"] ** 2).sum() + (params["W2"] ** 2).sum()
    return loss + weight_decay / 2 * squares
    ### END SOLUTION


# %% check="objective"
check(objective)

# %% [markdown]
# ## 3 · The computational graph
#
# Draw each quantity as a box and an arrow to everything that is computed from it *directly*.

# %%
shapes = {"X": "(n, d)", "W1": "(d, h)", "b1": "(h,)", "Z": "(n, h)", "H": "(n, h)", "W2": "(h, q)", "b2": "(q,)"}
shapes |= {"O": "(n, q)", "Y": "(n, q)", "L": "()", "s": "()", "J": "()"}
figures.computational_graph(shapes)

# %% [markdown]
# The smallest graph of this kind has three numbers and two operations: $y = (a + b)\,c$. Take $a = 2$, $b = 1$ and $c = -3$. How
# fast does $y$ change with $c$? Put your number in place of the dots before you read on.

# %%
predict("slope-by-c", ...)  # the derivative of y by c

# %% [markdown]
# **The chain rule on a graph.** Let $A$ be any box, and let $B_1, B_2, \dots$ be the boxes its arrows lead to. If
# $J$ is known to change with $B$ at the rate $\partial J / \partial B_{jk}$, then for each element $a$ of $A$
#
# $$\frac{\partial J}{\partial a} = \sum_{B} \sum_{j,k} \frac{\partial J}{\partial B_{jk}}\,
#   \frac{\partial B_{jk}}{\partial a}.$$
#
# Two things follow, and they are all of backpropagation.
#
# 1. **Go from the end to the beginning.** The gradient of $A$ needs the gradients of the boxes behind it, and nothing
#    else. So each step is *local*: it gets the gradient of its output from above, and returns the gradients of its
#    inputs. What happens elsewhere in the network does not concern it.
# 2. **Where several arrows leave a box, the gradients add up.** $W_1$ has two: to $Z$ and to the penalty $s$.
#
# We never build a matrix of all the $\partial B_{jk} / \partial a$. For a layer from 784 to 256 units and a batch of 256
# it would have $256 \cdot 256 \times 784 \cdot 256 \approx 13$ billion entries, nearly all of them zero or repeated. A
# local rule uses its structure and costs two matrix products.
#
# We need three rules: for the loss, for an affine map, for the ReLU.

# %% [markdown]
# ## 4 · Three local rules
#
# ### The loss
#
# $O_{ik}$ appears in exactly one term of $L$. The square gives a 2, the mean gives $1/(nq)$, and the inner derivative
# is 1:
#
# $$\frac{\partial L}{\partial O_{ik}} = \frac{1}{nq} \cdot 2\,(O_{ik} - Y_{ik}), \qquad
#   \underbrace{\texttt{grad\_O}}_{(n,\,q)} = \frac{2}{nq}\,(O - Y).$$
#
# This is the error at the output, and everything below is made of it. The *mean* is now accounted for: from here on
# examples are summed, never averaged again.


# %% todo="grad_output"
def grad_output(O: Tensor, Y: Tensor) -> Tensor:
    """Return the gradient of the mean squared error by O, in the shape (n, q) of O."""
    ### BEGIN SOLUTION
    return 2 * (O - Y) / O.numel()
    ### END SOLUTION


# %% check="grad_output"
check(grad_output)

# %% [markdown]
# ### The affine map
#
# Let $O = XW + b$ with $X$ $(n, d)$, $W$ $(d, q)$, $b$ $(q,)$, and let `grad_O` be known. In elements,
# $O_{ik} = \sum_{j} X_{ij} W_{jk} + b_k$. Take one input at a time and ask in which $O_{ik}$ it appears.
#
# - **$W_{jk}$** appears in column $k$, once for every example $i$, with the factor $X_{ij}$:
#   $$\frac{\partial J}{\partial W_{jk}} = \sum_{i=1}^{n} X_{ij}\,(\texttt{grad\_O})_{ik}, \qquad
#     \underbrace{\texttt{grad\_W}}_{(d,\,q)} = \underbrace{X^\top}_{(d,\,n)}\,\underbrace{\texttt{grad\_O}}_{(n,\,q)}.$$
# - **$X_{ij}$** appears in row $i$, once for every output $k$, with the factor $W_{jk}$:
#   $$\frac{\partial J}{\partial X_{ij}} = \sum_{k=1}^{q} (\texttt{grad\_O})_{ik}\,W_{jk}, \qquad
#     \underbrace{\texttt{grad\_X}}_{(n,\,d)} = \underbrace{\texttt{grad\_O}}_{(n,\,q)}\,\underbrace{W^\top}_{(q,\,d)}.$$
# - **$b_k$** appears in column $k$, once for every example, with the factor 1:
#   $$\frac{\partial J}{\partial b_k} = \sum_{i=1}^{n} (\texttt{grad\_O})_{ik}, \qquad
#     \underbrace{\texttt{grad\_b}}_{(q,)} = \text{the sum of the rows of } \texttt{grad\_O}.$$
#
# The sums over examples come from sharing: the same $W$ and $b$ serve every row. And the transposes need no memory.
# Of all the products of `grad_O` with $X$ or $W$, only these have the right shapes.


# %% todo="grad_linear"
def grad_linear(X: Tensor, W: Tensor, grad_O: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """Return grad_X (n, d), grad_W (d, q), grad_b (q,) of O = X W + b, given grad_O (n, q)."""
    ### BEGIN SOLUTION
    grad_X = grad_O @ W.T  # (n, q) (q, d)
    grad_W = X.T @ grad_O  # (d, n) (n, q)
    grad_b = grad_O.sum(dim=0)  # (q,)
    return grad_X, grad_W, grad_b
    ### END SOLUTION


# %% check="grad_linear"
check(grad_linear)

# %% [markdown]
# ### The ReLU
#
# $H_{ij} = \operatorname{relu}(Z_{ij})$ depends on $Z_{ij}$ alone, with slope 1 where $Z_{ij} > 0$ and 0 elsewhere. The
# sum of the chain rule has a single term:
#
# $$\texttt{grad\_Z} = \texttt{grad\_H} \odot [Z > 0],$$
#
# where $\odot$ multiplies element by element and $[Z > 0]$ is 1 where the condition holds, else 0. An open unit passes
# its gradient on unchanged, a closed one passes nothing. **Whether it is open was decided on the way forward**, by the
# sign of $Z$; the sign of the gradient has no say. At exactly $Z_{ij} = 0$, where ReLU has no derivative, we take 0, as
# PyTorch does.


# %% todo="grad_relu"
def grad_relu(Z: Tensor, grad_H: Tensor) -> Tensor:
    """Return grad_Z (n, h) of H = relu(Z), given grad_H (n, h); it is 0 where Z is 0."""
    ### BEGIN SOLUTION
    return grad_H * (Z > 0)
    ### END SOLUTION


# %% check="grad_relu"
check(grad_relu)

# %% [markdown]
# ## 5 · The whole backward pass
#
# Put the rules in a row, from $J$ back to the parameters. $J = L + s$ gives both summands the gradient 1. The penalty
# adds its own share, $\partial s / \partial W = \frac{\lambda}{2} \cdot 2W = \lambda W$, to the gradient of each weight
# matrix.

# %%
backward_steps = {
    "J": "1",
    "L": "1",
    "O": "grad_O =\n2 (O − Y) / (n q)",
    "H": "grad_H =\ngrad_O W2ᵀ",
    "Z": "grad_Z =\ngrad_H ⊙ [Z > 0]",
    "W2": "Hᵀ grad_O + λ W2",
    "b2": "Σ grad_O",
    "W1": "Xᵀ grad_Z + λ W1",
    "b1": "Σ grad_Z",
}
figures.computational_graph(shapes, backward_steps, "The backward pass runs along the same arrows, from right to left")

# %% [markdown]
# | step | shape | needs from the forward pass |
# |---|---|---|
# | $\texttt{grad\_O} = \frac{2}{nq}(O - Y)$ | $(n, q)$ | $O$ |
# | $\texttt{grad\_W2} = H^\top\,\texttt{grad\_O} + \lambda W_2$ | $(h, n)(n, q) = (h, q)$ | $H$ |
# | $\texttt{grad\_b2} = \sum_i (\texttt{grad\_O})_{i}$ | $(q,)$ | |
# | $\texttt{grad\_H} = \texttt{grad\_O}\,W_2^\top$ | $(n, q)(q, h) = (n, h)$ | |
# | $\texttt{grad\_Z} = \texttt{grad\_H} \odot [Z > 0]$ | $(n, h)$ | $Z$ |
# | $\texttt{grad\_W1} = X^\top\,\texttt{grad\_Z} + \lambda W_1$ | $(d, n)(n, h) = (d, h)$ | $X$ |
# | $\texttt{grad\_b1} = \sum_i (\texttt{grad\_Z})_{i}$ | $(h,)$ | |
#
# Both passes are a few matrix products. The backward one has two for each layer, the forward one has one: that is the
# factor of two from the beginning. The gradient of $X$ is not needed, so the last product is left out.
#
# ### Follow it by hand
#
# Two examples, two inputs, three hidden units, one output, no penalty. Take a pencil:
#
# $$X = \begin{pmatrix} 1 & 2 \\ -1 & 1 \end{pmatrix},\;
#   W_1 = \begin{pmatrix} 1 & -1 & 0 \\ 1 & 1 & -1 \end{pmatrix},\;
#   b_1 = (1, 1, -1),\;
#   W_2 = \begin{pmatrix} 1 \\ -1 \\ 2 \end{pmatrix},\; b_2 = 0,\;
#   Y = \begin{pmatrix} 0 \\ -1 \end{pmatrix}.$$

# %% [markdown]
# **Forward.**
#
# $$Z = \begin{pmatrix} 4 & 2 & -3 \\ 1 & 3 & -2 \end{pmatrix},\quad
#   H = \begin{pmatrix} 4 & 2 & 0 \\ 1 & 3 & 0 \end{pmatrix},\quad
#   O = \begin{pmatrix} 2 \\ -2 \end{pmatrix},\quad
#   L = \tfrac12 \left( 2^2 + (-1)^2 \right) = 2.5.$$
#
# **Backward.** Here $nq = 2$, so $\texttt{grad\_O} = O - Y$:
#
# $$\texttt{grad\_O} = \begin{pmatrix} 2 \\ -1 \end{pmatrix},\quad
#   \texttt{grad\_W2} = H^\top\,\texttt{grad\_O} = \begin{pmatrix} 8 - 1 \\ 4 - 3 \\ 0 \end{pmatrix}
#   = \begin{pmatrix} 7 \\ 1 \\ 0 \end{pmatrix},\quad
#   \texttt{grad\_b2} = 1,$$
#
# $$\texttt{grad\_H} = \begin{pmatrix} 2 & -2 & 4 \\ -1 & 1 & -2 \end{pmatrix},\quad
#   \texttt{grad\_Z} = \begin{pmatrix} 2 & -2 & 0 \\ -1 & 1 & 0 \end{pmatrix},$$
#
# $$\texttt{grad\_W1} = X^\top\,\texttt{grad\_Z} = \begin{pmatrix} 3 & -3 & 0 \\ 3 & -3 & 0 \end{pmatrix},\quad
#   \texttt{grad\_b1} = (1, -1, 0).$$
#
# Look at the third hidden unit. It would have the largest say: its entries of `grad_H` are the largest, $4$ and $-2$. But
# its pre-activation is negative for *both* examples. So its column of `grad_Z` is zero, its weights and its bias get no
# gradient, and the weight that leads out of it gets none either, because $H$ is zero there. Gradient descent will not
# move this unit. It is a **dead ReLU**, and in the gradient you see it as a column of exact zeros.
#
# Now write the backward pass. `grad_output`, `grad_linear` and `grad_relu` are yours to use. $O$ is not in the cache, but
# it follows from $H$.


# %% todo="backward"
def backward(
    X: Tensor, Y: Tensor, params: Mapping[str, Tensor], cache: Mapping[str, Tensor], weight_decay: float
) -> dict[str, Tensor]:
    """Return the gradients of J under the keys of params: W1 (d, h), b1 (h,), W2 (h, q), b2 (q,).

    cache holds Z and H of the forward pass of X. By hand, without autograd.
    """
    ### BEGIN SOLUTION
    Z, H = cache["Z"], cache["H"]
    O = H @ params["W2"] + params["b2"]
    grad_O = grad_output(O, Y)
    grad_H, grad_W2, grad_b2 = grad_linear(H, params["W2"], grad_O)
    grad_Z = grad_relu(Z, grad_H)
    _, grad_W1, grad_b1 = grad_linear(X, params["W1"], grad_Z)
    return {
        "W1": grad_W1 + weight_decay * params["W1"],
        "b1": grad_b1,
        "W2": grad_W2 + weight_decay * params["W2"],
        "b2": grad_b2,
    }
    ### END SOLUTION


# %% check="backward"
check(backward)

# %% [markdown]
# From the four gradients that you return, the check works out which `grad_O` and `grad_Z` you must have had. That is how
# it can name the first stage that is wrong, and why the stages after it are not counted against you.
#
# Your forward and backward pass on the example above, in the graph. Compare with your pencil.


# %%
def pencil_example() -> tuple[dict[str, Tensor], dict[str, Tensor]]:
    """Return the values and the gradients of the example, as your functions find them."""
    X, Y = torch.tensor([[1.0, 2.0], [-1.0, 1.0]]), torch.tensor([[0.0], [-1.0]])
    params = {
        "W1": torch.tensor([[1.0, -1.0, 0.0], [1.0, 1.0, -1.0]]),
        "b1": torch.tensor([1.0, 1.0, -1.0]),
        "W2": torch.tensor([[1.0], [-1.0], [2.0]]),
        "b2": torch.tensor([0.0]),
    }
    O, cache = forward(X, params)
    grad_O = grad_output(O, Y)
    grad_H, _, _ = grad_linear(cache["H"], params["W2"], grad_O)
    inside = {"O": grad_O, "H": grad_H, "Z": grad_relu(cache["Z"], grad_H)}
    values = {"X": X, "Y": Y, **params, "Z": cache["Z"], "H": cache["H"], "O": O, "L": objective(O, Y, params, 0.0)}
    return values, {**inside, **backward(X, Y, params, cache, 0.0)}


figures.worked_example(pencil_example, "The third hidden unit is dead: a column of exact zeros, from grad_Z on down")

# %% [markdown]
# ## 6 · Checked in three ways
#
# A wrong gradient is a quiet bug. The loss still falls, only slower or not as far, and nothing is raised. So check it
# against methods that share nothing with your derivation.
#
# ### First way: measure the slope
#
# Let $f$ be a scalar function of a tensor $x$, and $e$ a tensor of the same shape that is 1 in one place and 0
# elsewhere. The **central difference** of that place is
#
# $$\frac{f(x + \varepsilon e) - f(x - \varepsilon e)}{2\varepsilon}.$$
#
# It needs two evaluations of $f$ for each element: hopeless for training, fine for a check. By Taylor's theorem
# $f(x \pm \varepsilon e) = f \pm \varepsilon f' + \frac{\varepsilon^2}{2} f'' \pm \frac{\varepsilon^3}{6} f''' + \dots$
# The even terms cancel in the difference, and it is off by $\frac{\varepsilon^2}{6} f'''$, the **truncation error**. A
# difference to one side only, $(f(x + \varepsilon e) - f(x)) / \varepsilon$, keeps the term $\frac{\varepsilon}{2} f''$
# and is far worse.
#
# So make $\varepsilon$ tiny? No: $f$ is computed with a relative error of about $u \approx 10^{-16}$ in float64, and
# dividing by $2\varepsilon$ blows this **round-off error** up to $u |f| / \varepsilon$. The sum of both is smallest near
# $\varepsilon \approx u^{1/3} \approx 10^{-5}$. In float32, where $u \approx 10^{-7}$, four digits are left at the best step and
# two at this one. Gradient checks are done in float64.


# %% todo="numerical_gradient"
def numerical_gradient(f: Callable[[Tensor], Tensor], x: Tensor, eps: float = 1e-5) -> Tensor:
    """Return the central differences (f(x + eps e) - f(x - eps e)) / (2 eps), one for each element of x.

    x is a float64 tensor of any shape and any memory layout, f(x) a 0-dimensional tensor. Afterwards x is as before.
    """
    ### BEGIN SOLUTION
    gradient = torch.zeros_like(x)
    for index in itertools.product(*map(range, x.shape)):
        value = x[index].item()
        x[index] = value + eps
        above = f(x)
        x[index] = value - eps
        below = f(x)
        x[index] = value
        gradient[index] = (above - below) / (2 * eps)
    return gradient
    ### END SOLUTION


# %% check="numerical_gradient"
check(numerical_gradient)

# %% [markdown]
# ### Second way: autograd
#
# PyTorch records the operations of the forward pass and runs your local rules, written by others, backwards along the
# record. It is exact up to rounding and shares no line with your code.
#
# Now all three on one network with $n = 6$, $d = 3$, $h = 5$, $q = 2$ in float64. A second network has sigmoids in place
# of the ReLUs. Its objective is smooth, so that it shows the truncation error in its pure form.

# %%
generator = torch.Generator().manual_seed(4)
draw = partial(torch.randn, generator=generator, dtype=torch.float64)
X, Y, weight_decay = draw(6, 3), draw(6, 2), 0.1
params = {"W1": draw(3, 5), "b1": draw(5), "W2": draw(5, 2), "b2": draw(2)}
steps = 10.0 ** torch.arange(-11, 0.1, 0.5, dtype=torch.float64)


def J_of(name: str, value: Tensor) -> Tensor:
    """Return the objective with one of the parameters replaced."""
    changed = {**params, name: value}
    return objective(forward(X, changed)[0], Y, changed, weight_decay)


def J_smooth(W1: Tensor) -> Tensor:
    """Return the objective of the network with sigmoids, as a function of W1."""
    O = torch.sigmoid(X @ W1 + params["b1"]) @ params["W2"] + params["b2"]
    return objective(O, Y, {**params, "W1": W1}, weight_decay)


def forward_differences(f: Callable[[Tensor], Tensor], x: Tensor, eps: float) -> Tensor:
    """Return (f(x + eps e) - f(x)) / eps for each element of x."""
    E = eps * torch.eye(x.numel(), dtype=x.dtype).reshape(-1, *x.shape)
    return torch.stack([(f(x + e) - f(x)) / eps for e in E]).reshape(x.shape)


def by_autograd(f: Callable[[Tensor], Tensor], x: Tensor) -> Tensor:
    """Return the gradient of f at x by automatic differentiation."""
    leaf = x.clone().requires_grad_(True)
    return torch.autograd.grad(f(leaf), leaf)[0]


# %%
def all_three() -> figures.GradientCheck:
    """Find the gradient of all parameters in three ways, and the error by W1 of three difference schemes."""
    hand = backward(X, Y, params, forward(X, params)[1], weight_decay)
    autograd = {name: by_autograd(partial(J_of, name), value) for name, value in params.items()}
    numerical = {name: numerical_gradient(partial(J_of, name), value.clone(), 1e-5) for name, value in params.items()}
    smooth = by_autograd(J_smooth, params["W1"])
    W1 = params["W1"].clone()
    schemes: dict[str, Callable[[float], Tensor]] = {
        "sigmoids, central": lambda eps: numerical_gradient(J_smooth, W1, eps) - smooth,
        "sigmoids, one side": lambda eps: forward_differences(J_smooth, W1, eps) - smooth,
        "ReLUs, central": lambda eps: numerical_gradient(partial(J_of, "W1"), W1, eps) - hand["W1"],
    }
    errors = {name: torch.stack([error(float(eps)).abs().max() for eps in steps]) for name, error in schemes.items()}

    def flat(grads: Mapping[str, Tensor]) -> Tensor:
        return torch.cat([grads[name].flatten() for name in params])

    return figures.GradientCheck(steps, errors, flat(hand), flat(autograd), flat(numerical))


figures.gradient_check(all_three)

# %% [markdown]
# On the left, the two branches: to the right of the best step truncation falls like $\varepsilon^2$ (one-sided: like
# $\varepsilon$), to the left of it round-off rises like $1/\varepsilon$. Autograd has no step, and agrees with your hand
# to the last digits.
#
# The ReLU network has a surprise. Its error has no truncation branch at all: between the kinks, $J$ is a quadratic
# function of each single weight, so $f''' = 0$ and the central difference is exact. Then, at a large step, the error leaps
# up. Somewhere a pre-activation was carried across 0, and the two evaluations see different slopes. If one entry of a
# gradient check is off and the others are perfect, suspect a kink before you suspect your code, and take a smaller step.
#
# **A rule of thumb** for checks: float64, random inputs (zeros and ones hide bugs), sizes that are all different,
# $\varepsilon = 10^{-5}$, and a relative error $\|g - g'\| / (\|g\| + \|g'\|)$ below $10^{-7}$.
#
# ### Third way: look at the graph
#
# torchviz draws what autograd recorded. It should be the graph of section 3, and if a box is missing, a gradient is.

# %%
leaves = {name: value.clone().requires_grad_(True) for name, value in params.items()}
figures.autograd_graph(
    lambda: objective(forward(X, leaves)[0], Y, leaves, weight_decay), leaves, "J as autograd recorded it"
)

# %% [markdown]
# Read downwards for the forward pass. Each weight matrix has two arrows, one into its matrix product (`Mm`) and one
# into the penalty (`Pow`, `Sum`); a bias has one. If your code has other operations, so has the graph.
#
# ## 7 · A step
#
# **Gradient descent** moves every parameter a little against its gradient, with the **learning rate** `lr`:
#
# $$W \leftarrow W - \text{lr} \cdot \texttt{grad\_W}.$$
#
# Two points of craft. The step must change the tensors **in place**: a network, an optimizer and your own variables
# all hold the same tensor, and `W = W - lr * grad_W` would only give a new tensor the old name. And it must stay
# **outside of autograd**, because an update is no part of the function that is differentiated. PyTorch refuses an
# in-place change of a parameter that it is recording, so switch the recording off with `torch.no_grad()`.
# (`W.data -= ...` gets around the refusal, too. It also gets around every safety check, which is why nobody recommends
# it any more.)


# %% todo="sgd_step"
def sgd_step(params: Mapping[str, Tensor], grads: Mapping[str, Tensor], lr: float) -> None:
    """Subtract lr * grads[name] from every params[name], in place; the tensors stay the same objects.

    Your own code, outside of autograd and without `torch.optim`; the gradients stay as they are.
    """
    ### BEGIN SOLUTION
    with torch.no_grad():
        for name, parameter in params.items():
            parameter -= lr * grads[name]
    ### END SOLUTION


# %% check="sgd_step"
check(sgd_step)

# %% [markdown]
# In your own loop every gradient is computed afresh. With autograd beware: `backward()` **adds** to `.grad`. Whoever
# forgets `zero_grad()` steps along the sum of all gradients so far.

# %%
w = torch.tensor(1.0, requires_grad=True)
for attempt in range(3):
    (w**2).backward()  # the gradient is 2 every time
    print(f"backward number {attempt + 1}: w.grad = {w.grad}")

# %% [markdown]
# ## 8 · Any depth
#
# Let there be $L$ layers, each affine with a sigmoid after it, the last one too. With $A_0 = X$,
#
# $$Z_l = A_{l-1} W_l + b_l, \qquad A_l = \sigma(Z_l), \qquad l = 1, \dots, L,$$
#
# and $A_L$ is the output. In code the list `activations` is $[A_0, A_1, \dots, A_L]$, one longer than `weights` and
# `biases`, which Python counts from 0: `weights[l]` leads from `activations[l]` to `activations[l + 1]`.

# %%
figures.network_diagram([2, 4, 3, 1], "Three layers of weights, four lists of activations")


# %% todo="deep_forward"
def deep_forward(X: Tensor, weights: Sequence[Tensor], biases: Sequence[Tensor]) -> list[Tensor]:
    """Return the activations [X, A_1, ..., A_L] of a network with a sigmoid after each layer, the last one too."""
    ### BEGIN SOLUTION
    activations = [X]
    for W, b in zip(weights, biases, strict=True):
        activations.append(torch.sigmoid(activations[-1] @ W + b))
    return activations
    ### END SOLUTION


# %% check="deep_forward"
check(deep_forward)

# %% [markdown]
# ### The backward recursion
#
# The loss is $L = \frac{1}{nq} \sum (A_L - Y)^2$. Write $\Delta_l = \partial L / \partial Z_l$ for the error at the
# pre-activations of layer $l$. The sigmoid's slope is $A_l \odot (1 - A_l)$: it can be read from the *activation*, so
# $Z_l$ need not be kept. Two rules from section 4 and this slope give
#
# $$\underbrace{\Delta_L}_{(n,\,q)} = \frac{2}{nq}(A_L - Y) \odot A_L \odot (1 - A_L), \qquad
#   \Delta_{l} = \underbrace{(\Delta_{l+1} W_{l+1}^\top)}_{\text{gradient by } A_l} \odot\, A_l \odot (1 - A_l),$$
#
# $$\frac{\partial L}{\partial W_l} = A_{l-1}^\top \Delta_l, \qquad
#   \frac{\partial L}{\partial b_l} = \sum_{i=1}^{n} (\Delta_l)_i.$$
#
# Watch the indices in the recursion. The product with $W_{l+1}^\top$ arrives at $A_l$, **one layer below** the layer that
# it came through, so it meets the slope at $A_l$. The slope at the layer's own output $A_{l+1}$ is already inside of
# $\Delta_{l+1}$. With layers of equal width the wrong one fits just as well, and nothing complains.


# %% todo="deep_backward"
def deep_backward(
    Y: Tensor, weights: Sequence[Tensor], activations: Sequence[Tensor]
) -> tuple[list[Tensor], list[Tensor]]:
    """Return grad_weights and grad_biases, two lists in the order of weights, of the mean squared error.

    The mean is over all elements of the output activations[-1]. By hand, without autograd.
    """
    ### BEGIN SOLUTION
    A = activations[-1]
    delta = grad_output(A, Y) * A * (1 - A)
    grad_weights: list[Tensor] = []
    grad_biases: list[Tensor] = []
    for layer in reversed(range(len(weights))):
        A = activations[layer]
        grad_A, grad_W, grad_b = grad_linear(A, weights[layer], delta)
        grad_weights.insert(0, grad_W)
        grad_biases.insert(0, grad_b)
        delta = grad_A * A * (1 - A)
    return grad_weights, grad_biases
    ### END SOLUTION


# %% check="deep_backward"
check(deep_backward)

# %% [markdown]
# Ten million weights or ten, two layers or two hundred: this loop is the whole algorithm. What autograd adds is
# bookkeeping, a local rule for each of a few hundred operations and a record of what was called.
#
# ## 9 · XOR, learned by your own code
#
# Lesson 01 *constructed* a network for XOR. Now let one be found. Four examples, a network with sizes 2, 3, 1, random
# weights, and a loop that consists of your three functions. Note how the lists and the dict hold the *same* tensors: a
# step in place is seen by both.

# %%
X_xor = torch.tensor([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]], dtype=torch.float64)  # (n, d)
y_xor = torch.tensor([[0.0], [1.0], [1.0], [0.0]], dtype=torch.float64)  # (n, q)
SIZES, LR, STEPS = (2, 3, 1), 1.0, 2000


def random_network(sizes: Sequence[int], seed: int) -> tuple[list[Tensor], list[Tensor]]:
    """Return random weights and biases for these layer sizes."""
    draw = partial(torch.randn, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)
    pairs = list(itertools.pairwise(sizes))
    return [draw(a, b) for a, b in pairs], [draw(b) for _, b in pairs]


def train_xor() -> tuple[Callable[[int, Tensor], Tensor], Tensor]:
    """Train by your own code; return the network as it was after any step, and the loss before each."""
    weights, biases = random_network(SIZES, seed=1)
    names = range(len(weights))
    params = {f"W{i}": weights[i] for i in names} | {f"b{i}": biases[i] for i in names}
    history, losses = [], []
    for _ in tqdm(range(STEPS + 1), desc="XOR", file=sys.stdout, leave=False):
        history.append(copy.deepcopy((weights, biases)))
        activations = deep_forward(X_xor, weights, biases)
        losses.append(((activations[-1] - y_xor) ** 2).mean())
        grad_weights, grad_biases = deep_backward(y_xor, weights, activations)
        grads = {f"W{i}": grad_weights[i] for i in names} | {f"b{i}": grad_biases[i] for i in names}
        sgd_step(params, grads, LR)
    return lambda step, points: deep_forward(points, *history[step])[-1], torch.stack(losses)


figures.surface_as_it_learns(train_xor, [0, 400, 550, 700, STEPS], X_xor, y_xor)

# %% [markdown]
# The loss first falls to about $\tfrac14$, the best that any line can do, and stays there for a while. Then a fold
# begins to form, and once there is something to gain from it, it goes quickly. Plateaus like this are common: all
# weights move all the time, but in directions that cancel.
#
# ## 10 · The same network in PyTorch, and Adam beside it
#
# What you wrote, PyTorch has as parts, each an `nn.Module`: `nn.Linear` and `nn.Sigmoid` are local rules with a forward
# and a backward, `torch.optim.SGD` is your `sgd_step`. Starting from the same weights it must give the same run. One catch: `nn.Linear`
# stores its weight transposed, $(h, d)$.
#
# **Adam** keeps two running averages of each gradient entry, of its value $g$ and of its square, and moves by
#
# $$m \leftarrow \beta_1 m + (1 - \beta_1)\,g, \qquad v \leftarrow \beta_2 v + (1 - \beta_2)\,g^2, \qquad
#   w \leftarrow w - \text{lr} \cdot \hat m / (\sqrt{\hat v} + \epsilon).$$
#
# The hats correct for the start at zero: $\hat m = m / (1 - \beta_1^t)$ and $\hat v = v / (1 - \beta_2^t)$ in step $t$. A
# step has about the size `lr` for every parameter, however small its gradient is, and that is what a plateau calls for.
# The gradient itself is the same; backpropagation does not care who uses it.


# %%
def in_pytorch() -> nn.Sequential:
    """Return the network of section 9 as a module, with the same start."""
    weights, biases = random_network(SIZES, seed=1)
    net = nn.Sequential()
    for W, b in zip(weights, biases, strict=True):
        linear = nn.Linear(len(W), len(b), dtype=torch.float64)
        with torch.no_grad():
            linear.weight.copy_(W.T)
            linear.bias.copy_(b)
        net.extend([linear, nn.Sigmoid()])
    return net


def train_in_pytorch(make_optimizer: Callable[[Iterable[nn.Parameter]], torch.optim.Optimizer]) -> Tensor:
    """Return the loss before each step."""
    net = in_pytorch()
    optimizer, losses = make_optimizer(net.parameters()), []
    for _ in tqdm(range(STEPS + 1), desc=type(optimizer).__name__, file=sys.stdout, leave=False):
        loss = nn.functional.mse_loss(net(X_xor), y_xor)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(loss.detach())
    return torch.stack(losses)


runs = {
    "your deep_backward and sgd_step": lambda: train_xor()[1],
    "nn.Sequential, torch.optim.SGD": lambda: train_in_pytorch(partial(torch.optim.SGD, lr=LR)),
    "nn.Sequential, torch.optim.Adam, lr 0.03": lambda: train_in_pytorch(partial(torch.optim.Adam, lr=0.03)),
}
figures.training_runs(runs, "PyTorch's SGD retraces your steps; Adam leaves this plateau sooner")

# %% [markdown]
# This is one start, not a ranking. Set `seed=0` in `random_network(SIZES, seed=1)`, and Adam with this learning rate
# is the one that gets stuck. Four examples make a rugged landscape.
#
# ## 11 · Why training needs more memory than prediction
#
# To predict, a layer needs its input, and once its output exists the input can be forgotten. Two layers' worth of numbers
# is enough, however deep the network is. To train, $\texttt{grad\_W} = A^\top \Delta$ needs the activations $A$ of *every*
# layer, and the backward pass arrives at the first layer last. So all of them are kept: for $L$ hidden layers of $h$
# units about
#
# $$n \cdot h \cdot L \text{ numbers},$$
#
# proportional to the batch size and to the depth. This, and not the number of parameters, is what usually fills a GPU.
# Let us measure and not only claim it. The meter below sees every operation that PyTorch carries out. It adds the bytes
# of each new block of memory and subtracts them when the block is freed. Parameters and inputs, which exist before, are
# not counted; gradients of parameters are.


# %%
class MemoryMeter(TorchDispatchMode):
    """Counts the bytes of all tensors made within and still alive, after each operation."""

    alive: dict[int, int]  # the size of each block of memory, by its address
    history: list[int]

    def __torch_dispatch__(
        self, op: Any, types: Any, args: tuple[Any, ...] = (), kwargs: dict[str, Any] | None = None
    ) -> Any:
        """Carry out one operation and note what is alive after it."""
        result = op(*args, **(kwargs or {}))
        for tensor in result if isinstance(result, tuple | list) else (result,):
            if isinstance(tensor, Tensor):
                storage = tensor.untyped_storage()
                if storage._cdata not in self.alive:
                    self.alive[storage._cdata] = storage.nbytes()
                    weakref.finalize(storage, self.alive.pop, storage._cdata)
        self.history.append(sum(self.alive.values()))
        return result


# %%
WIDTH = 64


def bytes_alive(n: int, depth: int, training: bool) -> list[int]:
    """Return the bytes alive after each operation of one training step or one prediction of a ReLU network."""
    layers = [layer for _ in range(depth) for layer in (nn.Linear(WIDTH, WIDTH), nn.ReLU())]
    net, X = nn.Sequential(*layers, nn.Linear(WIDTH, 1)), torch.ones(n, WIDTH)
    meter = MemoryMeter()  # type: ignore[no-untyped-call]  # PyTorch does not annotate its base class
    meter.alive = {tensor.untyped_storage()._cdata: 0 for tensor in (X, *net.parameters())}
    meter.history = [0]
    with meter, torch.set_grad_enabled(training):
        output = net(X)
        if training:
            output.square().mean().backward()
    return meter.history


def peaks(cases: Iterable[tuple[int, int, int]], training: bool) -> dict[int, int]:
    """Return the largest number of bytes alive, by the first entry of each case (label, n, depth)."""
    return {label: max(bytes_alive(n, depth, training)) for label, n, depth in cases}


def formula(cases: Iterable[tuple[int, int, int]]) -> dict[int, int]:
    """Return n · h · L numbers of 4 bytes for each case."""
    return {label: 4 * n * WIDTH * depth for label, n, depth in cases}


modes = {"training": True, "prediction": False}
by_batch = [(n, n, 8) for n in (64, 256, 512, 1024, 2048)]
by_depth = [(depth, 1024, depth) for depth in (1, 2, 4, 8, 16)]
figures.memory_of_training(
    {name: partial(bytes_alive, 1024, 8, mode) for name, mode in modes.items()},
    {name: partial(peaks, by_batch, mode) for name, mode in modes.items()},
    {name: partial(peaks, by_depth, mode) for name, mode in modes.items()},
    estimates=(formula(by_batch), formula(by_depth)),
)

# %% [markdown]
# On the left you see a training step breathe in and out: activations pile up on the way forward and are freed one by
# one on the way back. A prediction stays flat. With $n = 1024$, $h = 64$ and 4 bytes a number, one layer of activations
# takes 0.25 MiB; eight of them make 2 MiB, and two more layers' worth of temporaries on top make the peak. For training,
# batch size and depth both enter as straight lines. The dotted one is the formula, $n \cdot h \cdot L$ numbers of 4 bytes:
# over the depth the measured line runs parallel to it, two layers higher. A prediction takes those two layers and nothing
# else, and does not feel the depth at all.
#
# Three ways out when memory is short. Take a smaller batch, and add up the gradients of several before the step:
# the sum over examples does not care. Store activations in half precision. Or keep only every few layers and compute the
# rest again when the backward pass gets there (*checkpointing*): with $\sqrt{L}$ layers kept, memory falls from $L$ to
# about $2\sqrt{L}$ layers, for the price of one more forward pass.

# %% [markdown]
# ## 12 · Find the bug
#
# Each snippet stands in some published tutorial or was handed in by somebody. What is wrong? Decide before you unfold.
#
# **A.** The loss is `((O - Y) ** 2).mean()`:
# ```python
# grad_O = 2 * (O - Y) / len(O)
# ```
# <details><summary>Answer A</summary>
#
# `len(O)` is $n$, but the mean is over $n \cdot q$ elements. All gradients are $q$ times too long. Training works, with a
# learning rate that is $q$ times larger than it says, and with $q = 1$ nobody ever notices.
# </details>
#
# **B.** A deep backward loop, all hidden layers of the same width:
# ```python
# for l in reversed(range(len(weights))):
#     a = activations[l + 1]
#     grad_weights[l] = activations[l].T @ delta
#     delta = (delta @ weights[l].T) * a * (1 - a)
# ```
# <details><summary>Answer B</summary>
#
# After `weights[l].T` the error has arrived at `activations[l]`. The slope there belongs to it, `a = activations[l]`. The
# loop takes the slope at the layer's own output, which `delta` contains already.
# </details>
#
# **C.** Gradient and step in one go:
# ```python
# W2 -= lr * H.T @ grad_O
# grad_H = grad_O @ W2.T
# ```
# <details><summary>Answer C</summary>
#
# The error is sent down through weights that are no longer those of the forward pass. First all gradients, then all steps.
# </details>

# %% [markdown]
# **D.** A sigmoid layer:
# ```python
# Z = A @ W + b
# grad_Z = grad_A_above * Z * (1 - Z)
# ```
# <details><summary>Answer D</summary>
#
# The slope is $a(1 - a)$ with the *activation* $a = \sigma(z)$. Fed with $z$ it is a parabola that goes to $-\infty$.
# </details>
#
# **E.** Two ReLU layers:
# ```python
# Z1 = X @ W1 + b1;  H1 = relu(Z1)
# Z2 = H1 @ W2 + b2; H2 = relu(Z2)
# ...
# grad_Z1 = (grad_Z2 @ W2.T) * (Z2 > 0)
# ```
# <details><summary>Answer E</summary>
#
# The mask of the wrong layer. What arrives at $H_1$ passes the ReLU that made $H_1$: the mask is `Z1 > 0`. If both layers
# have the same width, the shapes do not tell.
# </details>
#
# **F.** A step on parameters that autograd knows:
# ```python
# for p in params.values():
#     p = p - lr * p.grad
# ```
# <details><summary>Answer F</summary>
#
# `p` is a new tensor each time and is thrown away: nothing is trained. `p -= lr * p.grad` would raise, since autograd
# records. `p.data -= ...` gets through by surgery, and if `zero_grad()` is missing, the second step is wrong again.
# Write `with torch.no_grad(): p -= lr * p.grad`, and reset the gradients after it.
# </details>

# %% [markdown]
# **G.** The bias of a layer:
# ```python
# grad_b = grad_O.mean(dim=0)
# ```
# <details><summary>Answer G</summary>
#
# The mean of the loss is in `grad_O` already. The bias served every example, and their effects add up: `sum(dim=0)`.
# </details>
#
# **H.** A ReLU and its backward step, with little memory:
# ```python
# H = Z.clamp_(min=0)
# grad_Z = grad_H * (Z >= 0)
# ```
# <details><summary>Answer H</summary>
#
# `clamp_` works in place, so $Z$ is now $H$, and $H \ge 0$ is true everywhere: the mask lets everything pass. With a
# strict `>` it would even be right, because $H > 0$ exactly where $Z > 0$. That is how PyTorch saves memory.
# </details>

# %% [markdown]
# ## What was shown
#
# - A gradient has the shape of what it belongs to. The chain rule on a graph goes from the end to the beginning, each step is
#   local, and gradients add up where arrows part.
# - Three rules: $\frac{2}{nq}(O - Y)$ for the mean squared error; $\texttt{grad\_O}\,W^\top$, $X^\top \texttt{grad\_O}$ and a
#   sum for an affine map; the mask $[Z > 0]$ for a ReLU. The penalty adds $\lambda W$.
# - A ReLU that is closed for every example gets a column of exact zeros.
# - Check gradients in float64 by central differences with $\varepsilon \approx 10^{-5}$: round-off below, truncation above,
#   kinks anywhere.
# - In a deep network the error arrives one layer below the weights it came through, and meets the slope there.
# - The backward pass costs about two forward passes in time. In memory it costs the activations of every layer.

# %% [markdown]
# ## Questions
#
# **1.** A network with $q = 1$ is trained with $L = \frac1n \sum_i |o_i - y_i|$ in place of the squared error. Which of your
# functions change, and how?
#
# <details><summary>Answer</summary>
#
# `objective` and `grad_output`, and nothing else: the rules are local. The new `grad_O` is
# $\frac1n \operatorname{sign}(O - Y)$. Its entries have all the same size, so one outlier cannot pull harder than any other
# example, and near the target they do not get smaller.
# </details>
#
# **2.** Instead of going backwards, one could go forwards: pick *one* weight and carry the derivatives of $Z$, $H$, $O$, $J$ by
# this weight along with their values. What does the whole gradient cost then, and when is this way better?
#
# <details><summary>Answer</summary>
#
# One run gives the derivative by one weight, for as many outputs as there are. A network with $p$ weights needs $p$ runs in
# place of one. Backwards, one run gives the derivatives of *one* output by all weights. So backward mode wins for one loss
# and many weights, forward mode for few inputs and many outputs. Forward mode also keeps no activations.
# </details>
#
# **3.** All weights of a network with one hidden ReLU layer start at 0, all biases at 0.1. What is `grad_W1` after the first
# backward pass? Does the network ever learn to use its hidden units in different ways?
#
# <details><summary>Answer</summary>
#
# `grad_H = grad_O @ W2.T` is 0 because $W_2$ is 0, so `grad_W1` and `grad_b1` are 0 (without the penalty, too). $W_2$ gets the
# gradient $H^\top \texttt{grad\_O}$, whose rows are all equal because the columns of $H$ are. From the second step on $W_1$
# moves, but all hidden units stay copies of each other for ever: equal units get equal gradients. Lesson 05 breaks the symmetry.
# </details>

# %% [markdown]
# ## Where to read on
#
# - Zhang, Lipton, Li, Smola, *Dive into Deep Learning*, section 5.3: the same network, with the gradients as tensor products.
# - Prince, *Understanding Deep Learning*, chapter 7: backpropagation with a toy example, and how to start training.
# - Goodfellow, Bengio, Courville, *Deep Learning*, section 6.5: general graphs and the history.
# - Griewank, Walther, *Evaluating Derivatives*, SIAM 2008, chapters 3 and 4: why the whole gradient costs no more than a
#   small multiple of the function, proved.
# - Rumelhart, Hinton, Williams, "Learning representations by back-propagating errors", *Nature* 323, 1986: four pages that
#   are still a pleasure.
# - Kingma, Ba, "Adam: A Method for Stochastic Optimization", ICLR 2015.
# - Chen, Xu, Zhang, Guestrin, "Training Deep Nets with Sublinear Memory Cost", arXiv 1604.06174, 2016: checkpointing.
#
# Next: lesson 04 trains a network on 60,000 images. The gradients are autograd's, and you know what it does.
