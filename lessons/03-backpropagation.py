# %% [markdown]
# # Forward and backward, derived
#
# To train a network is to ask, over and over: *if I move this weight a little, does the loss rise or fall, and how
# fast?* The answers to this question for all weights form the **gradient**. A network has thousands of weights, yet
# all the answers together cost about as much as running the network two more times. <!-- claim: two-more-runs --> The method is called
# **backpropagation**. It is the chain rule, applied from the end to the beginning, with nothing computed twice.
#
# In this lesson you derive it, first with single numbers, then with matrices. You write it, check it in three
# independent ways, and train a network with nothing but your own code.

# %% [markdown]
# **What you need:** matrix products, partial derivatives, the chain rule for one variable, Python with PyTorch
# tensors. The ReLU, $\operatorname{relu}(z) = \max(z, 0)$, and the sigmoid, $\sigma(z) = 1/(1 + e^{-z})$ with
# $\sigma' = \sigma(1 - \sigma)$, appear as known.
#
# **How it goes:** A cell with `YOUR CODE HERE` is yours. The cell below it checks your answer at once and says what
# it found. Every stage is checked with *correct* inputs from the stage above, so a slip costs one stage only.
# `torch.relu` and `torch.sigmoid` are welcome. Autograd is not, wherever a gradient is asked for. A function leaves
# everything as it found it, its arguments and PyTorch's settings too, unless its docstring says otherwise. In a cell
# with `predict`, put what you expect in place of the dots. There are no points for it; the answer shows afterwards.
#
# **Notation.** Examples are rows. A batch of $n$ examples with $d$ inputs is $X$ $(n, d)$; $h$ hidden units, $q$
# outputs. Small letters $x$, $z$, $o$, $y$ belong to a single example. A gradient is written `grad_A` in code, and
# **it always has the shape of `A`**.

# %% tags=["setup"]
import copy
import itertools
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial

import torch
from torch import Tensor, nn

from grading import check, explain, figures, predict
from grading.device import default_device

print(f"PyTorch {torch.__version__}, checks run on: {default_device()}")

# %% [markdown]
# ## 1 · Backwards through a sum and a product
#
# Three numbers $p$, $r$ and $t$. Add the first two and multiply by the third, one step at a time:
#
# $$u = p + r, \qquad v = u\,t, \qquad\text{so that}\qquad v = (p + r)\,t.$$
#
# Each step is drawn as an arrow from what it uses to what it makes. The number on an arrow is the **slope** of that
# step alone: how fast its end changes if only its start does. In a sum both slopes are $1$. In a product the slope by
# one factor is the other factor.

# %%
p, r, t = 2.0, 1.0, -3.0  # change them and look
u = p + r
v = u * t
chain = {"p": (0, 1, p), "r": (0, 0, r), "u = p + r": (1, 0.75, u), "t": (1, -0.25, t), "v = u t": (2, 0.25, v)}
slopes = {("p", "u = p + r"): 1, ("r", "u = p + r"): 1, ("u = p + r", "v = u t"): t, ("t", "v = u t"): u}
figures.scalar_graph(chain, slopes, "Values in the boxes, the slope of each single step on its arrow")

# %% [markdown]
# How fast does $v$ change with each of the three? Look at the arrows, and enter what you expect.

# %%
predict("slope-by-t", ...)  # the derivative of v by t

# %%
predict("slope-by-p", ...)  # the derivative of v by p, two arrows away

# %% [markdown]
# **Along a chain, slopes multiply.** If $p$ grows by a tiny amount, $u$ grows by $1$ times as much, and $v$ by $t$ times
# what $u$ does. That is the chain rule for one variable:
#
# $$\frac{dv}{dp} = \frac{dv}{du} \cdot \frac{du}{dp} = t \cdot 1.$$
#
# Now do it from the end. Write under the last box how fast $v$ changes with itself: $1$. Then go *against* the arrows.
# What arrives at a box is called its **gradient**: how fast the *last* number changes with *this* one. To go one arrow
# back, multiply by the slope on it.

# %%
figures.scalar_graph(chain, slopes, "Against the arrows: what arrives, times the slope, goes on", backward=True)

# %% [markdown]
# The gradient of $u$ was computed once and used twice, for $p$ and for $r$. With thousands of numbers on the left this is
# the whole gain: whoever starts at the left computes the same end of the chain again and again.
#
# ### A fork
#
# Let $p$ be used twice: $u = p + r$ and $v = u\,p$.

# %%
predict("fork-of-two", ...)  # the derivative of v = (p + r) p by p

# %%
p, r = 2.0, 1.0  # change them and look
u = p + r
v = u * p
fork = {"p": (0, 0, p), "r": (0, 1.2, r), "u = p + r": (1, 1.2, u), "v = u p": (2, 0.3, v)}
slopes = {("p", "u = p + r"): 1, ("r", "u = p + r"): 1, ("u = p + r", "v = u p"): p, ("p", "v = u p"): u}
figures.scalar_graph(fork, slopes, "Two arrows leave p: what comes back along both is added", backward=True)

# %% [markdown]
# **Where several arrows leave a box, the gradients add up.** A small change of $p$ moves $v$ along both ways at once, and
# small changes add. To be sure, measure it: move $p$ by a little and see how much $v$ moves.

# %%
tiny = 1e-6
print("measured slope:", ((p + tiny + r) * (p + tiny) - (p + r) * p) / tiny)

# %% [markdown]
# Multiply along, add at forks, from the end to the beginning. **These are all the rules there are.** What follows is the
# same with more numbers.
#
# ## 2 · One neuron
#
# One example with two inputs, $x = (x_1, x_2)$, goes through a neuron with weights $w$, bias $b$ and a ReLU. The output $o$
# is compared with a target $y$:
#
# $$z = x_1 w_1 + x_2 w_2 + b, \qquad o = \operatorname{relu}(z), \qquad L = (o - y)^2.$$
#
# Four slopes are new: $\partial z / \partial w_1 = x_1$ and $\partial z / \partial x_1 = w_1$, as in every product;
# $dL/do = 2\,(o - y)$; and the ReLU has the slope $1$ where $z > 0$, else $0$. Fill in the gradients on paper, from $L$ back
# to $w_1$, for $x = (2, -1)$, $w = (1, 3)$, $b = 2$, $y = 3$, before you run the cell.

# %%
x1, x2, w1, w2, b, y = 2.0, -1.0, 1.0, 3.0, 2.0, 3.0  # change them and look
z = x1 * w1 + x2 * w2 + b
o = max(z, 0.0)
at_z, at_o, at_loss = "z = xw + b", "o = relu(z)", "L = (o − y)²"
inputs = {"x₁": (0.0, 4, x1), "w₁": (0.0, 3, w1), "x₂": (0.0, 2, x2), "w₂": (0.0, 1, w2), "b": (0.0, 0, b)}
boxes = {**inputs, at_z: (1.2, 2, z), at_o: (2.3, 2, o), at_loss: (3.45, 2, (o - y) ** 2)}
slopes = {("x₁", at_z): w1, ("w₁", at_z): x1, ("x₂", at_z): w2, ("w₂", at_z): x2, ("b", at_z): 1}
slopes |= {(at_z, at_o): float(z > 0), (at_o, at_loss): 2 * (o - y)}
figures.scalar_graph(boxes, slopes, "Each weight gets the neuron's own gradient, times its input", backward=True)

# %% [markdown]
# The loss falls if $w_1$ grows, and it falls twice as fast as with $b$, because $x_1$ is $2$. <!-- claim: twice-as-fast -->
# Note how a weight and its
# input exchange roles: **on the way back a weight receives its input, an input receives its weight.**
#
# Now lower the bias to $0$, and leave everything else.

# %%
predict("closed-neuron", ...)  # the derivative of L by w₁ where b = 0

# %% [markdown]
# Put `b = 0.0` into the cell above and look. Nothing is wrong with the target or the weights, yet no weight is told to
# move: a factor $0$ ends the way.
#
# ## 3 · The forward pass
#
# A layer has many neurons, and a batch has many examples. Take one example, a row $x$ of $d$ numbers, and $h$ neurons. Put
# the weights of neuron $j$ into column $j$ of a matrix $W_1$ $(d, h)$ and its bias into $b_1$ $(h,)$. The
# pre-activations of all neurons are then one row,
#
# $$\underbrace{z}_{(h,)} = \underbrace{x}_{(d,)}\,\underbrace{W_1}_{(d,\,h)} + \underbrace{b_1}_{(h,)}.$$
#
# Every example is treated alike. Stack the rows, and the same formula holds for the whole batch. Our network has one
# hidden layer of ReLUs and an affine output:
#
# $$
# \underbrace{Z}_{(n,\,h)} = \underbrace{X}_{(n,\,d)}\,\underbrace{W_1}_{(d,\,h)} + \underbrace{b_1}_{(h,)}, \qquad
# \underbrace{H}_{(n,\,h)} = \operatorname{relu}(Z), \qquad
# \underbrace{O}_{(n,\,q)} = H\,\underbrace{W_2}_{(h,\,q)} + \underbrace{b_2}_{(q,)}.
# $$
#
# The vectors $b_1$ and $b_2$ are added to every row. The last layer has no activation function: the outputs may be any
# number. The backward pass will need $Z$ and $H$ again. So the forward pass returns them beside $O$, in a **cache**.


# %% todo="forward" difficulty=1
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
# **In words.** Which slopes from section 2 will need $Z$, and which will need $H$? Why is $O$ not in the cache?

# %%
explain("what-the-cache-holds", """...""")

# %% [markdown]
# ## 4 · The objective
#
# Let $Y$ $(n, q)$ be the targets. The **loss** is the mean squared error over *all* $n \cdot q$ elements,
#
# $$L = \frac{1}{nq} \sum_{i=1}^{n} \sum_{k=1}^{q} (O_{ik} - Y_{ik})^2.$$
#
# With large weights an output can change a lot between two examples that lie close together. The **penalty** (weight
# decay) makes them expensive:
#
# $$s = \frac{\lambda}{2} \left( \|W_1\|^2 + \|W_2\|^2 \right), \qquad
#   \|W\|^2 = \sum_{j,k} W_{jk}^2 \quad \text{(the squared Frobenius norm, a sum, not a mean)}.$$
#
# The biases are left out: they shift a unit and cannot make it steep. What we minimize is the **objective** $J = L + s$,
# one number.

# %%
predict("batch-twice", ...)  # "it halves", "it stays" or "it doubles"

# %% [markdown]
# **Conventions differ.** Some texts halve the squared error, some average over the examples only. The minimum is the
# same place, but the gradient has another length, and a gradient checked against another convention looks like a
# bug:
#
# | loss | gradient by $O$ |
# |---|---|
# | $\frac{1}{nq} \sum (O - Y)^2$, ours and `F.mse_loss` | $\frac{2}{nq} (O - Y)$ |
# | $\frac{1}{n} \sum (O - Y)^2$ | $\frac{2}{n} (O - Y)$ |
# | $\frac{1}{2n} \sum (O - Y)^2$ | $\frac{1}{n} (O - Y)$ |


# %% todo="objective" difficulty=2
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
# **In words.** The batch grows to twice its size. What becomes of the balance between $L$ and $s$? And if $s$ were added
# once for each example?

# %%
explain("penalty-and-batch", """...""")

# %% [markdown]
# Here is what the penalty is for. Your `forward` and `objective`, with forty hidden units, are fitted to twelve noisy
# examples, three times from the same start. (PyTorch finds the gradients, as long as your backward pass is not written.)

# %%
figures.penalised_fits(forward, objective, [0.0, 0.01, 0.1])

# %% [markdown]
# Without the penalty the curve bends for single examples, noise and all, and pays for it with weights of large
# size. <!-- claim: penalty --> With too much of it, even what all examples say together is lost. <!-- claim: too-much-penalty -->
#
# ## 5 · The computational graph
#
# Draw each quantity of the network as a box and an arrow to everything that is computed from it *directly*. Boxes hold
# tensors now.

# %%
shapes = {"X": "(n, d)", "W1": "(d, h)", "b1": "(h,)", "Z": "(n, h)", "H": "(n, h)", "W2": "(h, q)", "b2": "(q,)"}
shapes |= {"O": "(n, q)", "Y": "(n, q)", "L": "()", "s": "()", "J": "()"}
figures.computational_graph(shapes)

# %% [markdown]
# The rules are those of section 1. Multiply along an arrow, add where arrows leave. Only, an arrow between tensors
# stands for many arrows between numbers, one for each pair of an element here and an element there. So let $U$ be any box,
# and let $V$ run over the boxes its arrows lead to. For each element $u$ of $U$
#
# $$\frac{\partial J}{\partial u} = \sum_{V} \sum_{j,k} \frac{\partial J}{\partial V_{jk}}\,
#   \frac{\partial V_{jk}}{\partial u}.$$
#
# 1. **Go from the end to the beginning.** The gradient of $U$ needs the gradients of the boxes behind it, and nothing
#    else. So each step is *local*: it gets the gradient of its output from above, and returns the gradients of its
#    inputs. What happens elsewhere in the network does not concern it.
# 2. **Where several arrows leave a box, the gradients add up.** $W_1$ has two: to $Z$ and to the penalty $s$.
#
# Nobody builds a matrix of all the $\partial V_{jk} / \partial u$. For a layer from $784$ to $256$ units and a batch of $256$
# it would have $256 \cdot 256 \times 784 \cdot 256 > 10^{10}$ entries, nearly all of them zero or repeated. A
# local rule uses its structure and costs two matrix products.
#
# We need three rules: for the loss, for an affine map, for the ReLU.

# %% [markdown]
# ## 6 · Three local rules
#
# ### The loss
#
# $O_{ik}$ appears in exactly one term of $L$. The square gives a $2$, the mean gives $1/(nq)$, and the inner derivative
# is $1$:
#
# $$\frac{\partial L}{\partial O_{ik}} = \frac{1}{nq} \cdot 2\,(O_{ik} - Y_{ik}), \qquad
#   \underbrace{\texttt{grad\_O}}_{(n,\,q)} = \frac{2}{nq}\,(O - Y).$$
#
# This is the error at the output, and everything below is made of it. The *mean* is now accounted for: from here on
# examples are summed, never averaged again.


# %% todo="grad_output" difficulty=1
def grad_output(O: Tensor, Y: Tensor) -> Tensor:
    """Return the gradient of the mean squared error by O, in the shape (n, q) of O."""
    ### BEGIN SOLUTION
    return 2 * (O - Y) / O.numel()
    ### END SOLUTION


# %% check="grad_output"
check(grad_output)

# %% [markdown]
# **In words.** One output is far too large, all others are nearly right. What does the gradient look like, and what does
# its sign say?

# %%
explain("one-large-error", """...""")

# %% [markdown]
# ### The affine map, one row at a time
#
# Let $O = XW + b$ with $X$ $(n, d)$, $W$ $(d, q)$, $b$ $(q,)$, and let `grad_O` be known. Begin with a single example: a row
# $x$, its outputs $o = xW + b$, and the gradient of $o$, a row $g$ $(q,)$. It is a neuron for each output, so section 2 says
# it all:
#
# - **$W_{jk}$** is on one arrow, from $x_j$ to $o_k$, and receives its input: $x_j\,g_k$. All of them together are a column
#   times a row, $x^\top g$ $(d, q)$.
# - **$x_j$** has an arrow to every output, so the sum over the outputs is taken: $\sum_k g_k W_{jk}$. That is the row
#   $g\,W^\top$ $(d,)$.
# - **$b_k$** receives a $1$: $g_k$.
#
# Now the batch. Row $i$ of $X$ has an arrow to row $i$ of $O$ and to no other: the rows of `grad_X` are found one by
# one. But $W$ and $b$ serve *every* row. They have an arrow to each of them, and where arrows leave, gradients add up.

# %%
predict("shape-of-grad-w", ...)  # for X (5, 3) and O (5, 2)

# %%
predict("rows-add", ...)  # grad_b, where grad_O has the rows (1, 2), (3, -1), (0, 5)

# %% [markdown]
# A sum over examples of a column times a row is a matrix product:
#
# $$\sum_{i=1}^{n} X_{ij}\,(\texttt{grad\_O})_{ik}
#   \quad\text{is the entry } (j, k) \text{ of}\quad \underbrace{X^\top}_{(d,\,n)}\,\underbrace{\texttt{grad\_O}}_{(n,\,q)}.$$
#
# Two of the three gradients are sums over examples, one is not. The transposes need no memory. Of all the products of
# `grad_O` with $X$ or $W$, only one for each gradient has the right shape.


# %% todo="grad_linear" difficulty=2
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
# **In words.** Why is there no bias $b$ among the arguments, and no sum over examples in `grad_X`?

# %%
explain("no-bias-needed", """...""")

# %% [markdown]
# ### The ReLU
#
# $H_{ij} = \operatorname{relu}(Z_{ij})$ depends on $Z_{ij}$ alone, with slope $1$ where $Z_{ij} > 0$ and $0$ elsewhere. An open
# unit passes its gradient on unchanged, a closed one passes nothing. At exactly $Z_{ij} = 0$, where ReLU has no derivative,
# we take $0$, as PyTorch does.

# %%
predict("through-a-relu", ...)  # Z = (2, -1, 0), grad_H = (-3, 4, 5)

# %% [markdown]
# As a formula,
#
# $$\texttt{grad\_Z} = \texttt{grad\_H} \odot [Z > 0],$$
#
# where $\odot$ multiplies element by element and $[Z > 0]$ is $1$ where the condition holds, else $0$. **Whether a unit is
# open was decided on the way forward**, by the sign of $Z$; the sign of the gradient has no say.


# %% todo="grad_relu" difficulty=1
def grad_relu(Z: Tensor, grad_H: Tensor) -> Tensor:
    """Return grad_Z (n, h) of H = relu(Z), given grad_H (n, h); it is 0 where Z is 0."""
    ### BEGIN SOLUTION
    return grad_H * (Z > 0)
    ### END SOLUTION


# %% check="grad_relu"
check(grad_relu)

# %% [markdown]
# **In words.** Your function could be given $H$ in place of $Z$ and would return the same. Why?

# %%
explain("h-in-place-of-z", """...""")

# %% [markdown]
# ## 7 · The whole backward pass
#
# You have a rule for every arrow of the graph but one: those from $W_1$ and $W_2$ to the penalty
# $s = \frac{\lambda}{2} (\|W_1\|^2 + \|W_2\|^2)$.

# %%
predict("slope-of-the-penalty", ...)  # where an entry of W1 is 3 and λ = 0.1

# %% [markdown]
# The derivative of a square is twice the entry, and $\lambda / 2$ stands before it: $\partial s / \partial W_{jk} = \lambda\,W_{jk}$ for
# each entry of both matrices. The biases are not in $s$ and get nothing from it.
#
# ### By hand first
#
# Two examples, two inputs, three hidden units, one output, and no penalty. Take a pencil, the graph of section 5 and the
# three rules. Fill in $Z$, $H$, $O$ and $L$ on the way forward. Then go back and write the gradient under each box, in the
# order in which you can: `grad_O` first.
#
# $$X = \begin{pmatrix} 1 & 2 \\ -1 & 1 \end{pmatrix},\;
#   W_1 = \begin{pmatrix} 1 & -1 & 0 \\ 1 & 1 & -1 \end{pmatrix},\;
#   b_1 = (1, 1, -1),\;
#   W_2 = \begin{pmatrix} 1 \\ -1 \\ 2 \end{pmatrix},\; b_2 = 0,\;
#   Y = \begin{pmatrix} 0 \\ -1 \end{pmatrix}.$$
#
# <details><summary>Forward, once you have written yours</summary>
#
# $$Z = \begin{pmatrix} 4 & 2 & -3 \\ 1 & 3 & -2 \end{pmatrix},\quad
#   H = \begin{pmatrix} 4 & 2 & 0 \\ 1 & 3 & 0 \end{pmatrix},\quad
#   O = \begin{pmatrix} 2 \\ -2 \end{pmatrix},\quad
#   L = \tfrac12 \left( 2^2 + (-1)^2 \right) = 2.5.$$
#
# </details>

# %%
predict("unit-that-never-moves", ...)  # 1, 2 or 3

# %% [markdown]
# <details><summary>Backward, once you have written yours</summary>
#
# Here $nq = 2$, so `grad_O` is $O - Y$:
#
# $$\texttt{grad\_O} = \begin{pmatrix} 2 \\ -1 \end{pmatrix},\quad
#   \texttt{grad\_W2} = \begin{pmatrix} 8 - 1 \\ 4 - 3 \\ 0 \end{pmatrix}
#   = \begin{pmatrix} 7 \\ 1 \\ 0 \end{pmatrix},\quad
#   \texttt{grad\_b2} = 1,$$
#
# $$\texttt{grad\_H} = \begin{pmatrix} 2 & -2 & 4 \\ -1 & 1 & -2 \end{pmatrix},\quad
#   \texttt{grad\_Z} = \begin{pmatrix} 2 & -2 & 0 \\ -1 & 1 & 0 \end{pmatrix},$$
#
# $$\texttt{grad\_W1} = \begin{pmatrix} 3 & -3 & 0 \\ 3 & -3 & 0 \end{pmatrix},\quad
#   \texttt{grad\_b1} = (1, -1, 0).$$
#
# Look at the third hidden unit. Its entries of `grad_H` are the largest, $4$ and $-2$: it would have the most to say. But its
# pre-activation is negative for *both* examples. So its column of `grad_Z` is zero, its weights and its bias get no gradient,
# and the weight that leads out of it gets none either, because $H$ is zero there. It is a **dead ReLU**, and in the gradient
# you see it as a column of exact zeros.
#
# </details>

# %% [markdown]
# Now write down what your pencil did, for any sizes and with the penalty. `grad_output`, `grad_linear` and `grad_relu` are
# yours to use. $O$ is not in the cache, but it follows from $H$.


# %% todo="backward" difficulty=3
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
# **In words.** Which of the four gradients can be zero although the loss is not, and how does that happen?

# %%
explain("zero-gradients", """...""")

# %% [markdown]
# Your forward and backward pass on the pencil example, in the graph. Compare with your paper.


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


figures.worked_example(pencil_example)

# %% [markdown]
# And in letters. The penalty has arrows of its own: what it adds to each weight comes back along them.

# %%
backward_steps = {
    "J": "1",
    "L": "1",
    "s": "1",
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
# Both passes are a few matrix products. The forward pass has one for each layer, the backward one has two: that is the
# factor from the beginning of the lesson. <!-- claim: two-more-runs --> The gradient of $X$ is not needed, so the last
# product is left out.
#
# ## 8 · Two hidden layers
#
# Put a second hidden layer between the first one and the output. Nothing new is needed, only more of the same:
#
# $$Z_1 = X W_1 + b_1, \quad H_1 = \operatorname{relu}(Z_1), \quad
#   Z_2 = H_1 W_2 + b_2, \quad H_2 = \operatorname{relu}(Z_2), \quad O = H_2 W_3 + b_3.$$
#
# Take the pencil once more. One example and two units in each hidden layer, so that every matrix is small:
#
# $$x = (1, 2),\;
#   W_1 = \begin{pmatrix} 0 & 1 \\ -1 & 1 \end{pmatrix},\; b_1 = (1, -1),\;
#   W_2 = \begin{pmatrix} 3 & 2 \\ 1 & -1 \end{pmatrix},\; b_2 = (1, 1),\;
#   W_3 = \begin{pmatrix} 2 \\ 5 \end{pmatrix},\; b_3 = -1,\; y = 3.$$
#
# <details><summary>Forward, once you have written yours</summary>
#
# $$Z_1 = (-1, 2), \quad H_1 = (0, 2), \quad Z_2 = (3, -1), \quad H_2 = (3, 0), \quad O = 5, \quad L = 4.$$
#
# </details>

# %% [markdown]
# Going back, you meet two ReLUs. Each of them opens and closes other units.

# %%
predict("mask-of-the-first-layer", ...)  # "Z1 > 0" or "Z2 > 0"

# %%
predict("grad-of-the-first-layer", ...)  # the two numbers of grad_Z1

# %% [markdown]
# <details><summary>Backward, once you have written yours</summary>
#
# $$\texttt{grad\_O} = 4, \quad \texttt{grad\_H2} = (8, 20), \quad \texttt{grad\_Z2} = (8, 0), \quad
#   \texttt{grad\_H1} = (24, 8), \quad \texttt{grad\_Z1} = (0, 8),$$
#
# $$\texttt{grad\_W3} = \begin{pmatrix} 12 \\ 0 \end{pmatrix}, \quad
#   \texttt{grad\_W2} = \begin{pmatrix} 0 & 0 \\ 16 & 0 \end{pmatrix}, \quad
#   \texttt{grad\_W1} = \begin{pmatrix} 0 & 8 \\ 0 & 16 \end{pmatrix}.$$
#
# With the mask of the other layer `grad_Z1` would be $(24, 0)$. Both layers have two units, so the shapes do not tell.
#
# </details>

# %% [markdown]
# In code it is your three rules again. Read the backward half aloud: linear, ReLU, linear, ReLU, linear.


# %%
def two_hidden_layers() -> tuple[dict[str, Tensor], dict[str, Tensor]]:
    """Return the values and the gradients of the example with two hidden layers, by your rules."""
    X, Y = torch.tensor([[1.0, 2.0]]), torch.tensor([[3.0]])
    W1, b1 = torch.tensor([[0.0, 1.0], [-1.0, 1.0]]), torch.tensor([1.0, -1.0])
    W2, b2 = torch.tensor([[3.0, 2.0], [1.0, -1.0]]), torch.tensor([1.0, 1.0])
    W3, b3 = torch.tensor([[2.0], [5.0]]), torch.tensor([-1.0])
    Z1 = X @ W1 + b1
    H1 = torch.relu(Z1)
    Z2 = H1 @ W2 + b2
    H2 = torch.relu(Z2)
    O = H2 @ W3 + b3
    grads = {"O": grad_output(O, Y)}
    grads["H2"], grads["W3"], grads["b3"] = grad_linear(H2, W3, grads["O"])
    grads["Z2"] = grad_relu(Z2, grads["H2"])
    grads["H1"], grads["W2"], grads["b2"] = grad_linear(H1, W2, grads["Z2"])
    grads["Z1"] = grad_relu(Z1, grads["H1"])
    _, grads["W1"], grads["b1"] = grad_linear(X, W1, grads["Z1"])
    values = {"X": X, "W1": W1, "b1": b1, "Z1": Z1, "H1": H1, "W2": W2, "b2": b2, "Z2": Z2, "H2": H2}
    return {**values, "W3": W3, "b3": b3, "O": O, "Y": Y, "L": ((O - Y) ** 2).mean()}, grads


figures.worked_example(two_hidden_layers)

# %% [markdown]
# ## 9 · Checked in three ways
#
# A wrong gradient is a quiet bug. The loss still falls, only slower or not as far, and nothing is raised. So check it
# against methods that share nothing with your derivation.
#
# ### First way: measure the slope
#
# Let $f$ be a scalar function of a tensor $x$, and $e$ a tensor of the same shape that is $1$ in one place and $0$
# elsewhere. The **central difference** of that place is
#
# $$\frac{f(x + \varepsilon e) - f(x - \varepsilon e)}{2\varepsilon}.$$

# %%
predict("evaluations-of-a-thousand", ...)  # how often J is computed for a thousand weights

# %% [markdown]
# Hopeless for training, fine for a check. By Taylor's theorem
# $f(x \pm \varepsilon e) = f \pm \varepsilon f' + \frac{\varepsilon^2}{2} f'' \pm \frac{\varepsilon^3}{6} f''' + \dots$
# The even terms cancel in the difference, and it is off by $\frac{\varepsilon^2}{6} f'''$, the **truncation error**. A
# difference to one side only, $(f(x + \varepsilon e) - f(x)) / \varepsilon$, keeps the term $\frac{\varepsilon}{2} f''$
# and is far worse.
#
# So make $\varepsilon$ tiny? No: $f$ is computed with a relative error of about $10^{-16}$ in float64, and dividing by
# $2\varepsilon$ blows this **round-off error** up. The sum of both is smallest near the third root of the relative error,
# $\varepsilon \approx 10^{-5}$.


# %% todo="numerical_gradient" difficulty=2
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
# **In words.** The two values that are subtracted agree in most of their digits. What does that do to the result, and why
# does a larger step help?

# %%
explain("digits-that-cancel", """...""")

# %% [markdown]
# ### Second way: autograd
#
# PyTorch records the operations of the forward pass and runs your local rules, written by others, backwards along the
# record. It is exact up to rounding and shares no line with your code.
#
# Now all three on one network with $n = 6$, $d = 3$, $h = 5$, $q = 2$ in float64. A second network has sigmoids in place
# of the ReLUs. Its objective is smooth, so that it shows the truncation error in its pure form. A last curve computes the
# same objective in float32.

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
    """Return the objective of the network with sigmoids, as a function of W1, in the precision of W1."""
    others = {name: value.to(W1.dtype) for name, value in params.items()}
    O = torch.sigmoid(X.to(W1.dtype) @ W1 + others["b1"]) @ others["W2"] + others["b2"]
    return objective(O, Y.to(W1.dtype), {**others, "W1": W1}, weight_decay)


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
    """Find the gradient of all parameters in three ways, and the error by W1 of four difference schemes."""
    hand = backward(X, Y, params, forward(X, params)[1], weight_decay)
    autograd = {name: by_autograd(partial(J_of, name), value) for name, value in params.items()}
    numerical = {name: numerical_gradient(partial(J_of, name), value.clone(), 1e-5) for name, value in params.items()}
    smooth = by_autograd(J_smooth, params["W1"])
    W1 = params["W1"].clone()
    schemes: dict[str, Callable[[float], Tensor]] = {
        "sigmoids, central": lambda eps: numerical_gradient(J_smooth, W1, eps) - smooth,
        "sigmoids, one side": lambda eps: forward_differences(J_smooth, W1, eps) - smooth,
        "ReLUs, central": lambda eps: numerical_gradient(partial(J_of, "W1"), W1, eps) - hand["W1"],
        "sigmoids in float32": lambda eps: numerical_gradient(lambda W: J_smooth(W.float()).double(), W1, eps) - smooth,
    }
    errors = {name: torch.stack([error(float(eps)).abs().max() for eps in steps]) for name, error in schemes.items()}

    def flat(grads: Mapping[str, Tensor]) -> Tensor:
        return torch.cat([grads[name].flatten() for name in params])

    return figures.GradientCheck(steps, errors, flat(hand), flat(autograd), flat(numerical))


figures.gradient_check(all_three)

# %% [markdown]
# On the left, the two branches: to the right of the best step truncation falls like $\varepsilon^2$ (one-sided: like
# $\varepsilon$), to the left of it round-off rises like $1/\varepsilon$. In float32 the round-off is so large that at its best
# step about four digits are left, and at $\varepsilon = 10^{-5}$ one. <!-- claim: digits-in-float32 --> Gradient checks are done in
# float64. Autograd has no step at all.
#
# The ReLU network has a surprise. Its error has no truncation branch: between the kinks, $J$ is a quadratic
# function of each single weight, so $f''' = 0$ and the central difference is exact. Then, at a large step, the error leaps
# up. <!-- claim: no-truncation --> Somewhere a pre-activation was carried across $0$, and the two evaluations see different
# slopes. If one entry of a gradient check is off and the others are perfect, suspect a kink before you suspect your code,
# and take a smaller step.
#
# **A rule of thumb** for checks: float64, random inputs (zeros and ones hide bugs), sizes that are all different,
# $\varepsilon = 10^{-5}$, and a relative error $\|g - g'\| / (\|g\| + \|g'\|)$ of two gradients $g$ and $g'$ below $10^{-7}$.
#
# ### Third way: look at the graph
#
# torchviz draws what autograd recorded. It should be the graph of section 5, and if a box is missing, a gradient is.

# %%
leaves = {name: value.clone().requires_grad_(True) for name, value in params.items()}
figures.autograd_graph(
    lambda: objective(forward(X, leaves)[0], Y, leaves, weight_decay), leaves, "J as autograd recorded it"
)

# %% [markdown]
# Read downwards for the forward pass. In a graph that is complete, each weight matrix has two arrows, one into its matrix
# product (`Mm`) and one into the penalty (`Pow`, `Sum`); a bias has one. If your code has other operations, so has the graph.
#
# ## 10 · A step
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


# %% todo="sgd_step" difficulty=2
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
# **In words.** Inside of the function, `parameter = parameter - lr * grads[name]` raises nothing. What happens then?

# %%
explain("rebinding-a-name", """...""")

# %% [markdown]
# In your own loop every gradient is computed afresh. With autograd beware.

# %%
predict("backward-three-times", ...)  # w.grad, for w = 1, after three times (w**2).backward()

# %%
w = torch.tensor(1.0, requires_grad=True)
for attempt in range(3):
    (w**2).backward()  # the gradient is 2 every time
    print(f"backward number {attempt + 1}: w.grad = {w.grad}")

# %% [markdown]
# `backward()` **adds** to `.grad`. Whoever forgets `zero_grad()` steps along the sum of all gradients so far.
#
# ## 11 · Any depth
#
# Two hidden layers were two rounds of the same. For any number of layers the parameters stand in lists, and lists count from
# $0$. So do we from here on. Let there be $M$ layers, each affine with a sigmoid after it, the last one too. With $A_0 = X$,
#
# $$Z_l = A_l W_l + b_l, \qquad A_{l+1} = \sigma(Z_l), \qquad l = 0, \dots, M - 1,$$
#
# and $A_M$ is the output. In code $W_l$ is `weights[l]`, $b_l$ is `biases[l]` and $A_l$ is `activations[l]`: layer $l$ leads from
# $A_l$ to $A_{l+1}$. The list of activations is one longer than the other two.

# %%
figures.network_diagram([2, 4, 3, 1], "Three layers, from A0 to A3: four lists of activations", counted=True)


# %% todo="deep_forward" difficulty=2
def deep_forward(X: Tensor, weights: Sequence[Tensor], biases: Sequence[Tensor]) -> list[Tensor]:
    """Return the activations [A_0, A_1, ..., A_M] of a network with a sigmoid after each of its M layers, the last one too.

    A_0 is X itself.
    """
    ### BEGIN SOLUTION
    activations = [X]
    for W, b in zip(weights, biases, strict=True):
        activations.append(torch.sigmoid(activations[-1] @ W + b))
    return activations
    ### END SOLUTION


# %% check="deep_forward"
check(deep_forward)

# %% [markdown]
# **In words.** The list holds no $Z_l$. Why will the backward pass not miss them?

# %%
explain("no-z-in-the-cache", """...""")

# %% [markdown]
# ### The backward recursion
#
# The loss is $L = \frac{1}{nq} \sum (A_M - Y)^2$. Write $\Delta_l = \partial L / \partial Z_l$ for the error at the
# pre-activations of layer $l$. Take one layer by itself, as in section 8: a gradient arrives at its output $A_{l+1}$, meets the
# slope of the sigmoid there and becomes $\Delta_l$. From $\Delta_l$ the rule of the affine map gives three gradients. Two belong to
# the parameters:
#
# $$\frac{\partial L}{\partial W_l} = A_l^\top \Delta_l, \qquad
#   \frac{\partial L}{\partial b_l} = \sum_{i=1}^{n} (\Delta_l)_i.$$
#
# The third is the gradient of the layer's input,
#
# $$\frac{\partial L}{\partial A_l} = \Delta_l W_l^\top,$$
#
# and that is what arrives at the layer below. It begins at the output, with the gradient of the loss by $A_M$.
#
# Watch the indices. The product with $W_l^\top$ arrives at $A_l$, **one layer below** the output of the layer that it came
# through, so it meets the slope at $A_l$. The slope at $A_{l+1}$ is already inside of $\Delta_l$. With layers of equal
# width the wrong one fits just as well, and nothing complains.


# %% todo="deep_backward" difficulty=3
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
# **In words.** Each round multiplies the error by $W_l^\top$ and by a slope that is at most $\frac14$. What does that mean for the
# first layer of a deep network?

# %%
explain("product-of-slopes", """...""")

# %% [markdown]
# ### The same as one product
#
# Write the recursion out for a single example, where every gradient is a row. With the diagonal matrix
# $D_l = \operatorname{diag}(A_{l+1} \odot (1 - A_{l+1}))$, layer $l$ multiplies the row that arrives by $D_l W_l^\top$, the
# **Jacobian** $\partial A_{l+1} / \partial A_l$, turned so that a row goes through it from the left:
#
# $$\frac{\partial L}{\partial A_l} = \frac{\partial L}{\partial A_M}\,
#   \bigl(D_{M-1} W_{M-1}^\top\bigr) \bigl(D_{M-2} W_{M-2}^\top\bigr) \cdots \bigl(D_l W_l^\top\bigr).$$
#
# The gradient by the *weights* of layer $l$ goes through the Jacobians of the layers above it only. The last factor is another
# one, because at layer $l$ the way turns off to $W_l$: there it is the slope of $A_{l+1}$ by $W_l$ in place of the one by $A_l$,
#
# $$\frac{\partial L}{\partial W_l} = A_l^\top \left( \frac{\partial L}{\partial A_M}\,
#   \bigl(D_{M-1} W_{M-1}^\top\bigr) \cdots \bigl(D_{l+1} W_{l+1}^\top\bigr)\, D_l \right).$$


# %%
def by_jacobians(y: Tensor, weights: Sequence[Tensor], activations: Sequence[Tensor], layer: int) -> Tensor:
    """Return the gradient by the weights of one layer, for one example, as a product of Jacobians times its last factor."""
    D = [torch.diag((A * (1 - A)).flatten()) for A in activations[1:]]
    row = grad_output(activations[-1], y)  # (1, q)
    for above in reversed(range(layer + 1, len(weights))):
        row = row @ D[above] @ weights[above].T
    return activations[layer].T @ (row @ D[layer])


def compared(sizes: Sequence[int]) -> str:
    """Compare the product with your deep_backward on one random example, over all layers."""
    draw = partial(torch.randn, generator=torch.Generator().manual_seed(5), dtype=torch.float64)
    weights, biases = [draw(pair) for pair in itertools.pairwise(sizes)], [draw(size) for size in sizes[1:]]
    x, y = draw(1, sizes[0]), draw(1, sizes[-1])
    try:
        activations = deep_forward(x, weights, biases)
        yours, _ = deep_backward(y, weights, activations)
    except NotImplementedError:
        return "This comparison needs your deep_forward, deep_backward and what they use."
    products = [by_jacobians(y, weights, activations, layer) for layer in range(len(weights))]
    largest = max(float((one - other).abs().max()) for one, other in zip(yours, products, strict=True))
    return f"Your deep_backward and the product differ by {largest:.1e} at most."


print(compared([3, 5, 4, 4, 2]))

# %% [markdown]
# In practice nobody multiplies the Jacobians: they are large, and a row times a matrix is all that is needed, from left to
# right. But a *product of many matrices* is the right picture for what depth does to a gradient.
#
# Ten million weights or ten, two layers or two hundred: your loop is the whole algorithm. What autograd adds is
# bookkeeping, a local rule for each of a few hundred operations and a record of what was called.
#
# ## 12 · XOR, learned by your own code
#
# Lesson 01 *constructed* a network for XOR. Now let one be found. Four examples, one hidden layer of three units, random
# weights, and a loop that consists of your three functions. Note how the lists and the dict hold the *same* tensors: a
# step in place is seen by both.

# %%
predict("best-of-a-line", ...)  # the smallest mean squared error without a hidden layer

# %%
X_xor = torch.tensor([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]], dtype=torch.float64)  # (n, d)
y_xor = torch.tensor([[0.0], [1.0], [1.0], [0.0]], dtype=torch.float64)  # (n, q)
SIZES, LR, STEPS, SEED = (2, 3, 1), 1.0, 2000, 1  # change SEED, then run the next cells, too


def random_network(sizes: Sequence[int], seed: int) -> tuple[list[Tensor], list[Tensor]]:
    """Return random weights and biases for these layer sizes."""
    draw = partial(torch.randn, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)
    pairs = list(itertools.pairwise(sizes))
    return [draw(a, b) for a, b in pairs], [draw(b) for _, b in pairs]


def train_xor() -> tuple[Callable[[int, Tensor], Tensor], Tensor]:
    """Train by your own code; return the network as it was after any step, and the loss before each."""
    weights, biases = random_network(SIZES, SEED)
    names = range(len(weights))
    params = {f"W{i}": weights[i] for i in names} | {f"b{i}": biases[i] for i in names}
    history, losses = [], []
    for _ in range(STEPS + 1):
        history.append(copy.deepcopy((weights, biases)))
        activations = deep_forward(X_xor, weights, biases)
        losses.append(((activations[-1] - y_xor) ** 2).mean())
        grad_weights, grad_biases = deep_backward(y_xor, weights, activations)
        grads = {f"W{i}": grad_weights[i] for i in names} | {f"b{i}": grad_biases[i] for i in names}
        sgd_step(params, grads, LR)
    return lambda step, points: deep_forward(points, *history[step])[-1], torch.stack(losses)


figures.surface_as_it_learns(train_xor, [0, 400, 550, 700, STEPS], X_xor, y_xor)

# %% [markdown]
# With the start that is given, the loss first falls to about $\tfrac14$ and stays there for a while. <!-- claim: plateau -->
# Then a fold begins to form, and once there is something to gain from it, it goes quickly. Plateaus like this are common: all
# weights move all the time, but in directions that cancel.
#
# ## 13 · The same network in PyTorch, and Adam beside it
#
# What you wrote, PyTorch has as parts, each an `nn.Module`: `nn.Linear` and `nn.Sigmoid` are local rules with a forward
# and a backward, `torch.optim.SGD` is your `sgd_step`. Starting from the same weights it must give the same run. One catch:
# `nn.Linear` stores its weight transposed, $(h, d)$.
#
# **Adam** uses the same gradients and takes other steps: about `lr` for every parameter, however small its gradient is. That is
# what a plateau calls for. Lesson 06 derives it; backpropagation does not care who uses the gradient.


# %%
def in_pytorch() -> nn.Sequential:
    """Return the network of section 12 as a module, with the same start."""
    weights, biases = random_network(SIZES, SEED)
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
    for _ in range(STEPS + 1):
        loss = nn.functional.mse_loss(net(X_xor), y_xor)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(loss.detach())
    return torch.stack(losses)


# %%
runs = {
    "your deep_backward and sgd_step": lambda: train_xor()[1],
    "SGD, nn.Sequential": lambda: train_in_pytorch(partial(torch.optim.SGD, lr=LR)),
    "Adam, lr 0.03": lambda: train_in_pytorch(partial(torch.optim.Adam, lr=0.03)),
}
figures.training_runs(runs, solved=0.05)

# %% [markdown]
# This is one start, not a ranking. Try `SEED = 0` in section 12, and compare who is stuck. Four examples make a rugged
# landscape.
#
# ## 14 · Why training needs more memory than prediction
#
# To predict, a layer needs its input, and once its output exists the input can be forgotten.

# %%
predict("memory-of-a-prediction", ...)  # "it stays" or "it doubles"

# %% [markdown]
# To train, $\partial L / \partial W_l = A_l^\top \Delta_l$ needs the activations $A_l$ of *every* layer, and the backward pass
# arrives at the first layer last. So all of them are kept: for $M$ hidden layers of $h$ units about
#
# $$n \cdot h \cdot M \text{ numbers},$$
#
# proportional to the batch size and to the depth. This, and not the number of parameters, is what usually fills a GPU.
# The figure measures it, with PyTorch's own layers: a meter adds the bytes of each new tensor and subtracts them when it is
# freed. Parameters and inputs, which exist before, are not counted; gradients of parameters are. The dotted lines are the
# formula.

# %%
figures.memory_of_training(
    width=64, examples=1024, layers=8, batch_sizes=[64, 256, 512, 1024, 2048], depths=[1, 2, 4, 8, 16]
)

# %% [markdown]
# On the left you see a training step breathe in and out: activations pile up on the way forward and are freed one by
# one on the way back. A prediction stays flat. For training, batch size and depth both enter as straight lines. Over the depth the
# measured line runs parallel to the formula, two layers' worth of temporaries above it. A prediction takes those two layers
# and nothing else, and does not feel the depth at all. <!-- claim: two-layers-more -->
#
# Three ways out when memory is short. Take a smaller batch, and add up the gradients of several before the step:
# the sum over examples does not care. Store activations in half precision. Or keep only every few layers and compute the
# rest again when the backward pass gets there (*checkpointing*): with $\sqrt{M}$ layers kept, memory falls from $M$ to
# about $2\sqrt{M}$ layers, for the price of one more forward pass.

# %% [markdown]
# ## 15 · Find the bug
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
#
# </details>
#
# **B.** A deep backward loop, all hidden layers of the same width:
# ```python
# for l in reversed(range(len(weights))):
#     A = activations[l + 1]
#     grad_weights[l] = activations[l].T @ delta
#     delta = (delta @ weights[l].T) * A * (1 - A)
# ```
# <details><summary>Answer B</summary>
#
# After `weights[l].T` the error has arrived at `activations[l]`. The slope there belongs to it, `A = activations[l]`. The
# loop takes the slope at the layer's own output, which `delta` contains already.
#
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
#
# </details>

# %% [markdown]
# **D.** A sigmoid layer:
# ```python
# Z = A_below @ W + b
# grad_Z = grad_A * Z * (1 - Z)
# ```
# <details><summary>Answer D</summary>
#
# The slope is $A \odot (1 - A)$ with the *activation* $A = \sigma(Z)$. Fed with $Z$ it is a parabola that goes to $-\infty$.
#
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
# The mask of the wrong layer, as in section 8. What arrives at $H_1$ passes the ReLU that made $H_1$: the mask is `Z1 > 0`.
#
# </details>
#
# **F.** A step on parameters that autograd knows:
# ```python
# for W in params.values():
#     W = W - lr * W.grad
# ```
# <details><summary>Answer F</summary>
#
# `W` is a new tensor each time and is thrown away: nothing is trained. `W -= lr * W.grad` would raise, since autograd
# records. `W.data -= ...` gets through by surgery, and if `zero_grad()` is missing, the second step is wrong again.
# Write `with torch.no_grad(): W -= lr * W.grad`, and reset the gradients after it.
#
# </details>

# %% [markdown]
# **G.** The bias of a layer:
# ```python
# grad_b = grad_O.mean(dim=0)
# ```
# <details><summary>Answer G</summary>
#
# The mean of the loss is in `grad_O` already. The bias served every example, and their effects add up: `sum(dim=0)`.
#
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
# strict `>` it would even be right, because $H > 0$ exactly where $Z > 0$.
#
# </details>
#
# **I.** One output for each example, targets as they come from a file, `y` $(n,)$:
# ```python
# O = H @ W2 + b2                 # (n, 1)
# loss = ((O - y) ** 2).mean()
# ```
# Nothing is raised, the loss falls, and the network learns next to nothing. Try to see why before you run the next cells.

# %%
predict("shape-of-a-difference", ...)  # of O - y, where O is (4, 1) and y is (4,)

# %%
O, y_file = torch.tensor([[1.0], [2.0], [3.0], [4.0]]), torch.tensor([1.0, 2.0, 3.0, 4.0])  # every output is right
for name, targets in {"y": y_file, "y as a column": y_file[:, None]}.items():
    print(f"O - {name} has the shape {tuple((O - targets).shape)}, the loss is {((O - targets) ** 2).mean().item()}")

# %% [markdown]
# <details><summary>Answer I</summary>
#
# $y$ counts as $(1, n)$, and broadcasting makes $O - y$ an $n \times n$ table: each output is compared with the targets of *all*
# examples. The output that keeps this loss smallest is the mean of all targets, the same for everybody, and that is what the
# network learns. Write `y[:, None]`, or compare shapes before you subtract. `F.mse_loss` warns of it.
#
# </details>

# %% [markdown]
# ## What was shown
#
# - Slopes multiply along a chain and add where arrows part. Backpropagation does that from the end to the beginning, each step
#   local, nothing twice. A gradient has the shape of what it belongs to.
# - Three rules: $\frac{2}{nq}(O - Y)$ for the mean squared error; $\texttt{grad\_O}\,W^\top$, $X^\top \texttt{grad\_O}$ and a
#   sum for an affine map; the mask $[Z > 0]$ for a ReLU, each with its own $Z$. The penalty adds $\lambda W$.
# - A ReLU that is closed for every example gets a column of exact zeros.
# - Check gradients in float64 by central differences with $\varepsilon \approx 10^{-5}$: round-off below, truncation above,
#   kinks anywhere.
# - In a deep network the error arrives one layer below the weights it came through, and meets the slope there. The gradient of
#   $W_l$ is a product of the Jacobians above it, times its own last factor.
# - The backward pass costs about two forward passes in time. <!-- claim: two-more-runs --> In memory it costs the activations of every
#   layer.
#
# **To practise:** `from grading import drill, review`, then `drill("backward")`
# shows a wrong one to fix. In a few days `review()` says what to look at again.

# %% [markdown]
# ## Exercises without points
#
# **1. Another loss.** A network with $q = 1$ is trained with $L = \frac1n \sum_i |o_i - y_i|$ in place of the squared error. Which of
# your functions change, and how? Change them, check the gradient numerically, and train XOR with it.
#
# <details><summary>Answer</summary>
#
# `objective` and `grad_output`, and nothing else: the rules are local. The new `grad_O` is
# $\frac1n \operatorname{sign}(O - Y)$. Its entries have all the same size, so one outlier cannot pull harder than any other
# example, and near the target they do not get smaller.
#
# </details>
#
# **2. The other direction.** Instead of going backwards, one could go forwards: pick *one* weight and carry the derivatives of $Z$,
# $H$, $O$, $J$ by this weight along with their values. Write `forward_slope(X, Y, params, name, index)`, which does so for one
# entry of one parameter, and compare with `backward`. What does the whole gradient cost this way, and when is it better?
#
# <details><summary>Answer</summary>
#
# One run gives the derivative by one weight, for as many outputs as there are: the ReLU's rule is the same mask, the affine
# map's is `dZ = dX @ W + X @ dW + db`. The whole gradient needs a run for each weight. Backwards, one run gives the derivatives
# of *one* output by all weights. So backward mode wins for one loss and many weights, forward mode for few inputs and many
# outputs. Forward mode also keeps no activations.
#
# </details>
#
# **3. An autograd of your own.** Write a class `Number` that holds a value, a gradient and the numbers it was made from, with `+`,
# `*` and `relu()`. Its `backward()` puts the boxes into an order in which each comes after all boxes it leads to, and goes through
# it once. Let it find every gradient of sections 1 and 2, the fork first. Where would `+=` in place of `=` have saved you?
#
# <details><summary>Answer</summary>
#
# At the fork: a box that is used twice is visited from two sides, and both shares have to be *added* to its gradient. The order
# matters as well. Whoever sends a gradient on before all of its shares have arrived sends too little. About fifty lines are enough;
# `micrograd`, in the sources, is one of the ways to write it.
#
# </details>

# %% [markdown]
# ## Sources
#
# - A. Zhang, Z. Lipton, M. Li, A. Smola, *Dive into Deep Learning*, section 5.3, the same network with gradients as tensor products:
#   <https://d2l.ai/chapter_multilayer-perceptrons/backprop.html>
# - S. Prince, *Understanding Deep Learning*, chapter 7, with notebooks: <https://udlbook.github.io/udlbook/>
# - Stanford's CS231n, "Backpropagation, Intuitions", graphs of single numbers: <https://cs231n.github.io/optimization-2/>
# - A. Karpathy, *micrograd*, an autograd for single numbers: <https://github.com/karpathy/micrograd>
# - PyTorch, "Autograd mechanics", what is recorded and kept: <https://docs.pytorch.org/docs/stable/notes/autograd.html>
# - PyTorch, `torch.utils.checkpoint`, memory for time: <https://docs.pytorch.org/docs/stable/checkpoint.html>
# - I. Goodfellow, Y. Bengio, A. Courville, *Deep Learning*, section 6.5: <https://www.deeplearningbook.org/contents/mlp.html>
# - D. Rumelhart, G. Hinton, R. Williams, "Learning representations by back-propagating errors", *Nature* 323, 1986, four pages that
#   are still a pleasure: <https://doi.org/10.1038/323533a0>
# - A. Griewank, A. Walther, *Evaluating Derivatives*, 2008, why the whole gradient costs a small multiple of the function, proved:
#   <https://doi.org/10.1137/1.9780898717761>
# - T. Chen, B. Xu, C. Zhang, C. Guestrin, "Training Deep Nets with Sublinear Memory Cost", 2016: <https://arxiv.org/abs/1604.06174>
# - TensorFlow's playground, a network that trains before your eyes: <https://playground.tensorflow.org>
