# %% [markdown]
# # Activation functions
#
# A network with one hidden layer computes an affine map, bends the result element by element, and computes another
# affine map:
#
# $$Z = XW_1 + b_1, \qquad H = \varphi(Z), \qquad O = HW_2 + b_2.$$
#
# The $n$ rows of $X$ $(n, d)$ are the examples. $W_1$ $(d, h)$ and $b_1$ $(h,)$ give the **pre-activations** $Z$
# $(n, h)$ of $h$ hidden units; $\varphi$, applied to each element, gives their **activations** $H$ $(n, h)$; $W_2$
# $(h, q)$ and $b_2$ $(q,)$ give the output $O$ $(n, q)$. The function $\varphi: \mathbb{R} \to \mathbb{R}$ is the
# **activation function**. It is the only step that is not affine. Without it, the two maps are one:
#
# $$(XW_1 + b_1)W_2 + b_2 = X\,(W_1W_2) + (b_1W_2 + b_2).$$
#
# So whatever a network can do beyond a straight line, it owes to $\varphi$.

# %% [markdown]
# **In this lesson** you write three activation functions and their derivatives, see how each of them can stop a
# network from learning, and finish with a theorem: one hidden layer can approximate every continuous function. You
# will not only read it. You will write the function that builds the network.
#
# **What you need:** Python, elementwise arithmetic on PyTorch tensors, and from calculus the derivative and the chain
# rule.
#
# **How it goes:** A cell with `YOUR CODE HERE` is yours. The cell below it checks your answer at once and says what
# it found. The figures after it draw *your* functions, and their titles say what those do. Write everything from
# arithmetic, comparisons, `torch.exp` and `torch.where`: the library's own `torch.relu`, `torch.sigmoid` or
# `torch.tanh` would leave you nothing to learn. A function leaves everything as it found it, its arguments and
# PyTorch's settings too, unless its docstring says otherwise.
#
# **Notation:** the letters are those of the formulas above. Besides, $\sigma$ is the sigmoid, $\varphi'$ the derivative
# of $\varphi$, and a **slope** is the value of a derivative at one point.

# %% tags=["setup"]
import math
from collections.abc import Callable
from functools import partial
from itertools import pairwise

import torch
from torch import Tensor
from torch.nn import functional as F

from grading import check, explain, figures, predict
from grading.device import default_device

print(f"PyTorch {torch.__version__}, checks run on: {default_device()}")

# %% [markdown]
# ## 1 · What PyTorch must be able to do with a function
#
# A network learns from slopes, and PyTorch finds them by itself. It keeps a record of the operations on every tensor
# that asks for it (`requires_grad`), and `backward()` goes back through that record, one operation and one factor of
# the chain rule at a time. This is **autograd**. Section 5 takes it apart; here is what it asks of a function.
#
# Take $y = x^2$, whose slope at $x = 3$ is $2 \cdot 3 = 6$:

# %%
x = torch.tensor(3.0, requires_grad=True)
y = x * x
y.backward()  # goes back through the record and leaves the slope in x.grad
print("slope at 3:", x.grad)
print("x * x has a record:                        ", (x * x).requires_grad)
print("the same number, cut off, has one:         ", (x * x).detach().requires_grad)
print("a new tensor around that number, has one:  ", torch.tensor((x * x).item()).requires_grad)

# %% [markdown]
# The last two have the right value and no record: whoever goes back from them never arrives at $x$, and nothing
# before them in a network would learn. So, of every function in this lesson:
#
# - **Autograd gets through.** Arithmetic, comparisons, `torch.exp` and `torch.where` leave a record. What leaves PyTorch
#   leaves none: NumPy, `.item()`, `.data`, `.detach()`, or `torch.tensor(...)` around numbers that were computed.
# - **The input stays as it is**, because going back needs it. `X[X < 0] = 0` would destroy it.
# - **It runs where its input is.** A tensor may lie in the memory of a GPU, and what is made beside it must lie there,
#   too: `torch.zeros_like(X)` takes care of that, `torch.zeros(3)` does not.

# %% [markdown]
# ## 2 · ReLU
#
# The **rectified linear unit** passes a positive number on and replaces the rest by zero:
#
# $$\operatorname{relu}(x) = \max(x, 0).$$
#
# Like every activation function it works element by element: a tensor of any shape goes in, a tensor of the same
# shape and dtype comes out, for every finite number.


# %% todo="relu" difficulty=1
def relu(X: Tensor) -> Tensor:
    """Return max(x, 0) for every element x of X, however large |x| is, in the shape and dtype of X and on its device.

    X is left unchanged. Autograd can go back through the result.
    """
    ### BEGIN SOLUTION
    return torch.where(X > 0, X, 0)
    ### END SOLUTION


# %% check="relu"
check(relu)

# %% [markdown]
# **In words.** Is ReLU of a sum the sum of the ReLUs? For which numbers, and what would follow if it were so for all?

# %%
explain("relu-of-a-sum", """...""")

# %% [markdown]
# A hidden unit with one input computes $\operatorname{relu}(wx + b)$. Its pre-activation $wx + b$ changes sign at
# $x = -b/w$. On one side of that point the unit is **off** and outputs 0, on the other it is **on** and outputs a
# line of slope $w$.

# %%
figures.hinges(relu, units=[(1.0, 0.0), (2.0, -2.0), (-1.0, -1.0)])

# %% [markdown]
# Three hinges, and with them you have seen every ReLU network with one input and one hidden layer: it is a weighted sum
# of hinges plus a constant. Section 9 turns this remark into a proof.
#
# ### The derivative of ReLU
#
# For $x < 0$ the function is constant, so its slope is 0. For $x > 0$ it is the identity, so its slope is 1. At
# $x = 0$ the slope from the left is 0 and from the right 1: there is no derivative. Every number from 0 to 1 is the
# slope of a line that touches the graph at 0 from below (a *subgradient*), and a program has to pick one. PyTorch
# picks 0, and so do we:
#
# $$\operatorname{relu}'(x) = \begin{cases} 1 & x > 0 \\ 0 & x \le 0 \end{cases}$$


# %% todo="relu_grad" difficulty=1
def relu_grad(X: Tensor) -> Tensor:
    """Return the slope of ReLU at every element of X, in the shape and dtype of X and on its device; at 0 it is 0."""
    ### BEGIN SOLUTION
    return (X > 0).to(X.dtype)
    ### END SOLUTION


# %% check="relu_grad"
check(relu_grad)

# %% [markdown]
# **In words.** At $x = 0$ your function picks 0. Does training notice whether it picks 0, 1 or something between?

# %%
explain("slope-at-zero", """...""")

# %%
figures.function_and_derivative({"ReLU": (relu, relu_grad)})

# %% [markdown]
# ## 3 · Sigmoid
#
# The **sigmoid** squeezes every number into $(0, 1)$:
#
# $$\sigma(x) = \frac{1}{1 + e^{-x}} = \frac{e^{x}}{e^{x} + 1}.$$
#
# The second form is the first with numerator and denominator multiplied by $e^x$. The function rises from 0 to 1,
# passes $\sigma(0) = \tfrac12$, and is symmetric about that point:
#
# $$\sigma(-x) = \frac{1}{1 + e^{x}} = \frac{(1 + e^{x}) - e^{x}}{1 + e^{x}} = 1 - \sigma(x).$$
#
# ### Where both formulas break
#
# A floating-point number has a largest value $M$. If $x > \ln M$, then $e^x$ overflows to infinity. That point comes
# early:

# %%
for dtype in (torch.float16, torch.bfloat16, torch.float32, torch.float64):
    largest = torch.finfo(dtype).max
    print(f"{dtype!s:15}  M = {largest:8.2e}   exp(x) overflows for x > {math.log(largest):.1f}")

x = torch.tensor([-100.0, 0.0, 100.0])
print("\n1 / (1 + exp(-x))      ", (1 / (1 + torch.exp(-x))).tolist())
print("exp(x) / (exp(x) + 1)  ", (torch.exp(x) / (torch.exp(x) + 1)).tolist())

# %% [markdown]
# At $x = 100$ the second form is $\infty / \infty$, which is `nan`, *not a number*. The first form meets an infinity
# too, at $x = -100$, but $1 / \infty$ happens to be 0. That is luck. It ends where autograd goes back through the same
# steps: it multiplies the infinity by 0, and the derivative is `nan` (section 5 shows it). So the check looks at three
# things: right values, right derivatives when autograd finds them from your function, and no infinity on the way.
#
# The cure is to exponentiate nothing positive. Let $E = e^{-|x|}$. It lies in $(0, 1]$ and cannot overflow, and
#
# $$\sigma(x) = \begin{cases} \dfrac{1}{1 + E} & x \ge 0 \\[2ex] \dfrac{E}{1 + E} & x < 0 \end{cases}$$
#
# because $E = e^{-x}$ in the first case and $E = e^{x}$ in the second. One warning about
# `torch.where(condition, A, B)`: it computes `A` *and* `B` everywhere and only then chooses. Make the exponent safe
# first, choose afterwards.


# %% todo="sigmoid" difficulty=2
def sigmoid(X: Tensor) -> Tensor:
    """Return 1 / (1 + exp(-x)) for every element x of X, in the shape and dtype of X and on its device.

    However large |x| is, nothing overflows on the way, and autograd finds finite derivatives through the result.
    """
    ### BEGIN SOLUTION
    E = torch.exp(torch.where(X >= 0, -X, X))  # e^-|x|, in (0, 1]
    return torch.where(X >= 0, 1, E) / (1 + E)
    ### END SOLUTION


# %% check="sigmoid"
check(sigmoid)

# %% [markdown]
# **In words.** For $x = 50$ in float32 your sigmoid gives exactly 1, and $1 - \sigma(x)$ exactly 0. How could you get
# $1 - \sigma(50)$ without losing it?

# %%
explain("one-minus-sigmoid", """...""")

# %% [markdown]
# ### The derivative of the sigmoid
#
# Differentiate $(1 + e^{-x})^{-1}$ by the chain rule and split the fraction:
#
# $$\sigma'(x) = \frac{e^{-x}}{(1 + e^{-x})^2}
#   = \frac{1}{1 + e^{-x}} \cdot \frac{e^{-x}}{1 + e^{-x}}
#   = \sigma(x)\,\bigl(1 - \sigma(x)\bigr) = \sigma(x)\,\sigma(-x).$$
#
# With $a = \sigma(x)$ the slope is $a(1 - a)$. On $0 < a < 1$ this parabola is largest at $a = \tfrac12$, so
#
# $$0 < \sigma'(x) \le \sigma'(0) = \tfrac14.$$
#
# Far from 0 it decays exponentially: $\sigma'(x) = E / (1 + E)^2 < e^{-|x|}$. There the sigmoid is **saturated**: its
# output is close to 0 or 1 and hardly answers to a change of $x$. The slope is below 0.01 for $|x| > 4.6$.
# <!-- claim: flat-sigmoid -->


# %% todo="sigmoid_grad" difficulty=1
def sigmoid_grad(X: Tensor) -> Tensor:
    """Return the derivative of the sigmoid at every element of X, in the shape and dtype of X and on its device.

    It is finite however large |x| is.
    """
    ### BEGIN SOLUTION
    return sigmoid(X) * sigmoid(-X)
    ### END SOLUTION


# %% check="sigmoid_grad"
check(sigmoid_grad)

# %% [markdown]
# **In words.** Where along the way from input to output of a sigmoid does a small change count most, and how much of it arrives
# there?

# %%
explain("where-a-sigmoid-moves", """...""")

# %%
figures.function_and_derivative({"sigmoid": (sigmoid, sigmoid_grad)}, flat=0.01)

# %% [markdown]
# ## 4 · Tanh
#
# The **hyperbolic tangent** squeezes every number into $(-1, 1)$:
#
# $$\tanh(x) = \frac{e^{x} - e^{-x}}{e^{x} + e^{-x}}.$$
#
# Multiply numerator and denominator by $e^{-x}$:
#
# $$\tanh(x) = \frac{1 - e^{-2x}}{1 + e^{-2x}} = \frac{2 - (1 + e^{-2x})}{1 + e^{-2x}} = 2\,\sigma(2x) - 1.$$
#
# So tanh is a sigmoid twice as steep, stretched to twice the height and moved down to be symmetric about 0. A stable
# sigmoid gives a stable tanh. The definition itself overflows like the sigmoid's.


# %% todo="tanh" difficulty=1
def tanh(X: Tensor) -> Tensor:
    """Return the hyperbolic tangent of every element of X, in the shape and dtype of X and on its device.

    However large |x| is, nothing overflows on the way, and autograd finds finite derivatives through the result.
    """
    ### BEGIN SOLUTION
    return 2 * sigmoid(2 * X) - 1
    ### END SOLUTION


# %% check="tanh"
check(tanh)

# %% [markdown]
# **In words.** You got tanh from the sigmoid by stretching and shifting. So a network with tanh units can compute
# whatever one with
# sigmoid units can. Why, and why may one still learn more easily?

# %%
explain("tanh-for-sigmoid", """...""")

# %% [markdown]
# ### The derivative of tanh
#
# By the chain rule, $\tanh'(x) = 4\,\sigma'(2x) = 4\,\sigma(2x)\,(1 - \sigma(2x))$. Write $t = \tanh(x)$. Then
# $\sigma(2x) = \frac{1 + t}{2}$ and $1 - \sigma(2x) = \frac{1 - t}{2}$, hence
#
# $$\tanh'(x) = 4 \cdot \frac{1 + t}{2} \cdot \frac{1 - t}{2} = 1 - t^2 = 1 - \tanh^2(x).$$
#
# It is largest at 0, where it is 1, four times the sigmoid's best. It saturates sooner: the slope is below 0.01 for
# $|x| > 3.0$. <!-- claim: flat-tanh -->


# %% todo="tanh_grad" difficulty=1
def tanh_grad(X: Tensor) -> Tensor:
    """Return the derivative of tanh at every element of X, in the shape and dtype of X and on its device.

    It is finite however large |x| is.
    """
    ### BEGIN SOLUTION
    return 1 - tanh(X) ** 2
    ### END SOLUTION


# %% check="tanh_grad"
check(tanh_grad)

# %% [markdown]
# **In words.** The slope at $x$ and the slope at $-x$ are equal for tanh and for the sigmoid. What property of the functions
# is behind that?

# %%
explain("slopes-that-are-equal", """...""")

# %%
figures.function_and_derivative(
    {"ReLU": (relu, relu_grad), "sigmoid": (sigmoid, sigmoid_grad), "tanh": (tanh, tanh_grad)}
)

# %% [markdown]
# |                                   | ReLU          | sigmoid            | tanh              |
# |-----------------------------------|---------------|--------------------|-------------------|
# | values                            | $[0, \infty)$ | $(0, 1)$           | $(-1, 1)$         |
# | slope, from the activation $a$    | 1 if $a > 0$, else 0 | $a(1 - a)$  | $1 - a^2$         |
# | largest slope                     | 1             | $\tfrac14$, at 0   | 1, at 0           |
# | slope below $\tfrac{1}{100}$        | for $x \le 0$ | for $\lvert x\rvert > 4.6$ | for $\lvert x\rvert > 3.0$ |
#
# The second row is why these three are cheap to train with: the backward pass gets the slope from the activation that
# the forward pass has computed already.

# %% [markdown]
# ## 5 · Autograd, looked at closely
#
# Section 1 took the slope of one number. Autograd differentiates *scalars*. To get the slope of an elementwise function
# at many points at once, sum the results. In $s = \sum_j \varphi(x_j)$ only one term depends on $x_i$, so
# $\partial s / \partial x_i = \varphi'(x_i)$.


# %%
def autograd_derivative(function: Callable[[Tensor], Tensor], X: Tensor) -> Tensor:
    """Return the derivative of an elementwise function at every element of X, as autograd finds it."""
    X = X.detach().clone().requires_grad_()
    function(X).sum().backward()  # fills X.grad
    assert X.grad is not None
    return X.grad


figures.derivatives_agree(
    {"ReLU": (relu, relu_grad), "sigmoid": (sigmoid, sigmoid_grad), "tanh": (tanh, tanh_grad)}, autograd_derivative
)

# %% [markdown]
# The two were found in different ways, yours by hand and autograd's from your *functions*, so their agreement says
# something about both.
#
# <details><summary>One of my panels circles a point at x = 0.</summary>
#
# Autograd follows what you wrote, and ways to write ReLU that agree in every value pick different slopes at the kink:
# choosing by `X > 0` gives 0, `clamp` gives 1, `torch.maximum` gives $\tfrac12$. All three are subgradients, and all
# are right.
#
# For the sigmoid and for tanh the point at 0 has *one* true slope, $\tfrac14$ and 1. But `abs` has slope 0 at 0 in
# autograd's eyes, and written with it autograd loses that slope: at the single point 0, and nowhere else. The check
# forgives it. Choosing between `X` and `-X` has the same values and the right slope everywhere.
# </details>

# %% [markdown]
# ### The record, drawn
#
# Below, a sigmoid unit with $d = 3$ inputs is applied to $n = 4$ examples, and its mean squared error is computed.
# torchviz draws what autograd recorded. Blue boxes are the tensors that we may change, with their shapes.
# A grey box is an operation, named after the step that will run *backwards* through it. The green box is the result.

# %%
generator = torch.Generator().manual_seed(2)
X = torch.randn(4, 3, generator=generator)  # (n, d)
y = torch.rand(4, generator=generator)  # (n,)
w = torch.randn(3, generator=generator, requires_grad=True)  # (d,)
b = torch.zeros((), requires_grad=True)

loss = ((torch.sigmoid(X @ w + b) - y) ** 2).mean()
figures.autograd_graph(loss, {"w": w, "b": b}, "A sigmoid unit and its mean squared error")

# %% [markdown]
# Read it downwards for the forward pass: matrix times vector (`Mv`), plus $b$ (`Add`), sigmoid, minus $y$ (`Sub`),
# square (`Pow`), mean. `loss.backward()` goes upwards. Each box multiplies the gradient that arrives by its own
# derivative and hands it on; `AccumulateGrad` adds what reaches the top to `w.grad` and `b.grad`. $X$ and $y$ are
# missing: nobody asked for their gradients.
#
# For PyTorch its sigmoid is one box, with the derivative $a(1 - a)$ written by hand. Yours is made of smaller
# operations, and autograd has a box for each:

# %%
figures.autograd_graph(lambda: sigmoid(X @ w + b).mean(), {"w": w, "b": b}, "The same unit with your sigmoid")

# %% [markdown]
# ### Where the luck ends
#
# Autograd multiplies local derivatives, so an infinity in the middle of the record can spoil a gradient although the
# value is fine. The first formula of section 3 at $x = -100$: the value is $1/\infty = 0$, but the chain rule asks
# for $-1/\infty^2 \cdot \infty = 0 \cdot \infty$.


# %%
def lucky_sigmoid(X: Tensor) -> Tensor:
    """Return 1 / (1 + exp(-x)) as the formula is written."""
    return 1 / (1 + torch.exp(-X))


x = torch.tensor([-100.0, 0.0, 100.0])
print("value  ", lucky_sigmoid(x).tolist())
print("slope  ", autograd_derivative(lucky_sigmoid, x).tolist())

# %% [markdown]
# One `nan` in a gradient becomes `nan` in a weight, then in every output. This is how training runs end overnight.
#
# ## 6 · Saturation and the vanishing gradient
#
# Take a chain of $L$ sigmoid units, each feeding the next: $z_l = w_l\,a_{l-1} + b_l$ and $a_l = \sigma(z_l)$ for
# $l = 1, \dots, L$. By the chain rule
#
# $$\frac{\partial a_L}{\partial a_0} = \prod_{l=1}^{L} w_l\,\sigma'(z_l), \qquad
#   \left|\frac{\partial a_L}{\partial a_0}\right| \le \frac{1}{4^{L}} \prod_{l=1}^{L} |w_l|.$$
#
# With weights of size at most 1, ten layers leave less than a millionth of the gradient, since $4^{10} = 2^{20}$. And
# $\tfrac14$ is the best case, at $z_l = 0$ in every layer. Let us draw the pre-activations from a standard normal
# distribution instead and look at the product of the slopes alone. Before you do: which part of the gradient do you
# expect twenty sigmoid layers to leave? Enter a power of ten.

# %%
predict("twenty-sigmoid-slopes", ...)  # a power of ten, such as -5


# %%
def chain_factors(derivative: Callable[[Tensor], Tensor], depth: int) -> Tensor:
    """Return the products of the first 1, 2, ... slopes in 1,000 random chains, shape (depth, 1000)."""
    z = torch.randn(depth, 1000, generator=torch.Generator().manual_seed(5))
    return derivative(z).cumprod(dim=0)


figures.vanishing(chain_factors, {"sigmoid": sigmoid_grad, "tanh": tanh_grad})

# %% [markdown]
# This is the **vanishing gradient**: the lower layers of a deep sigmoid network get almost no signal. Larger weights
# do not simply repair it, since they also push $z$ into the flat parts. Lesson 05 finds the size in between.
#
# One layer is enough to feel saturation. Let a single sigmoid unit have one parameter, its pre-activation $z$, and
# the target output 0. Its loss is $\tfrac12 a^2$ with $a = \sigma(z)$, and the gradient
#
# $$\frac{\partial}{\partial z}\,\tfrac12\,\sigma(z)^2 = \sigma(z)\,\sigma'(z)$$
#
# contains the slope. The more wrong the unit starts, the flatter the ground it stands on.


# %%
def train_sigmoid_unit(start: float, lr: float = 2.0, steps: int = 300) -> Tensor:
    """Return the output of one sigmoid unit before each gradient step towards the target 0, shape (steps,)."""
    z = torch.tensor(start)
    outputs = []
    for _ in range(steps):
        a = sigmoid(z)
        outputs.append(a)
        z = z - lr * a * sigmoid_grad(z)
    return torch.stack(outputs)


figures.saturated_start(train_sigmoid_unit, starts=[0.0, 4.0, 6.0])

# %% [markdown]
# ## 7 · A ReLU that dies
#
# ReLU has no such decay. Along a path of units that are all on, every factor is exactly 1. But the other factor is
# exactly 0, and it can be 0 for good. Let one unit $h_i = \operatorname{relu}(z_i)$, $z_i = w x_i + b$, learn targets
# $y_i$ by gradient descent on the mean squared error. The gradients are
#
# $$\frac{\partial L}{\partial w} = \frac{2}{n}\sum_{i=1}^{n} (h_i - y_i)\,\operatorname{relu}'(z_i)\,x_i, \qquad
#   \frac{\partial L}{\partial b} = \frac{2}{n}\sum_{i=1}^{n} (h_i - y_i)\,\operatorname{relu}'(z_i).$$
#
# Suppose one step makes $z_i < 0$ for *every* example. Then every $\operatorname{relu}'(z_i)$ is 0, both gradients
# are exactly 0, the step changes nothing, and the next step finds the same situation. The unit is **dead**.
#
# The run below fits $y = x$ on $[0, 1]$ from the start $w = 1$, $b = 2$. With `slope` above 0 the unit is a **leaky
# ReLU**, which outputs `slope` times $z$ where ReLU outputs 0, so some gradient always passes.


# %%
x = torch.linspace(0, 1, 50)  # (n,)
y = x


def train_relu_unit(lr: float, slope: float = 0.0, steps: int = 150) -> tuple[Tensor, Tensor]:
    """Return w and b before every step, shape (steps, 2), and the losses, shape (steps,)."""
    w, b = torch.tensor(1.0), torch.tensor(2.0)
    parameters, losses = [], []
    for _ in range(steps):
        z = w * x + b
        h = relu(z) - slope * relu(-z)
        parameters.append(torch.stack((w, b)))
        losses.append(((h - y) ** 2).mean())
        grad_z = 2 * (h - y) * (relu_grad(z) + slope * relu_grad(-z)) / len(x)  # (n,)
        w, b = w - lr * (grad_z * x).sum(), b - lr * grad_z.sum()
    return torch.stack(parameters), torch.stack(losses)


runs = {
    "ReLU, lr 0.1": partial(train_relu_unit, lr=0.1),
    "ReLU, lr 0.7": partial(train_relu_unit, lr=0.7),
    "leaky ReLU, lr 0.7": partial(train_relu_unit, lr=0.7, slope=0.1),
}
figures.dying_unit(x, y, runs)

# %% [markdown]
# "For good" is exact here: the inputs are data and do not move. In a deeper layer the inputs are activations of
# layers that still learn, and a dead unit may wake by accident. Nothing makes it.
#
# What people do about it: smaller steps, better starting weights (lesson 05), or an activation function that is not
# flat just below 0. Leaky ReLU is one; the next section draws two others. Plain ReLU stays the first thing to try: it
# is cheap, and a unit needs to be on for only some inputs to go on learning.

# %% [markdown]
# ## 8 · ReLU with a rounded corner: SiLU and GELU
#
# ReLU is $x$ times a switch: $\operatorname{relu}(x) = x\,[x > 0]$, with a bracket that is 1 if the statement in it is
# true and else 0. The switch jumps. Two functions that are the usual choice in transformers replace it by one that
# turns gradually:
#
# $$\operatorname{silu}(x) = x\,\sigma(x), \qquad \operatorname{gelu}(x) = x\,\Phi(x), \qquad
#   \Phi(x) = \tfrac12\Bigl(1 + \operatorname{erf}\frac{x}{\sqrt2}\Bigr).$$
#
# $\Phi(x)$ is the probability that a standard normal random number is below $x$, and `torch.erf` is the error function
# in which it is written. So GELU, the *Gaussian error linear unit*, passes $x$ with the probability that $x$ is larger
# than a random number, on average. SiLU, also called *swish*, does the same with the sigmoid.
#
# **An exercise without points.** Write both, in one line each; your `sigmoid` is welcome. What is their slope at 0, by
# the product rule? Where do they fall?


# %%
def silu(X: Tensor) -> Tensor:
    """Return x σ(x) for every element x of X."""
    raise NotImplementedError  # yours, in place of this line


def gelu(X: Tensor) -> Tensor:
    """Return x Φ(x) for every element x of X."""
    raise NotImplementedError  # yours, in place of this line


# %% [markdown]
# The test compares values and, through autograd, slopes with those of PyTorch, up to $\pm 100$.


# %%
def compare(yours: Callable[[Tensor], Tensor], theirs: Callable[[Tensor], Tensor]) -> str:
    """Return how far a function and its slopes are from PyTorch's, in words."""
    x = torch.arange(-100, 100.01, 0.25, dtype=torch.float64)
    try:
        values = (yours(x) - theirs(x)).abs().max()
    except NotImplementedError:
        return "not written yet"
    slopes = (autograd_derivative(yours, x) - autograd_derivative(theirs, x)).abs().max()
    said = "the same as PyTorch's" if max(float(values), float(slopes)) < 1e-6 else "not yet PyTorch's"
    return f"{said}; values off by at most {float(values):.0e}, slopes by {float(slopes):.0e}"


print("silu:", compare(silu, F.silu))
print("gelu:", compare(gelu, F.gelu))

# %%
figures.smooth_units({"SiLU": (silu, F.silu), "GELU": (gelu, F.gelu)})

# %% [markdown]
# <details><summary>One way to write them</summary>
#
# ```python
# def silu(X):
#     return X * sigmoid(X)
#
# def gelu(X):
#     return X * 0.5 * (1 + torch.erf(X / math.sqrt(2)))
# ```
# </details>
#
# <details><summary>Slopes</summary>
#
# $\operatorname{silu}'(x) = \sigma(x) + x\,\sigma'(x)$ and $\operatorname{gelu}'(x) = \Phi(x) + x\,\phi(x)$ with the
# normal density $\phi = \Phi'$. At 0 both are $\tfrac12$. Left of their lowest points both functions fall, so a little
# gradient passes also where a ReLU is off, and such a unit can come back.
# </details>

# %% [markdown]
# ## 9 · One hidden layer is enough
#
# **Universal approximation theorem** (Cybenko 1989 for sigmoids; Leshno, Lin, Pinkus and Schocken 1993 in this form).
# *Let $\varphi: \mathbb{R} \to \mathbb{R}$ be continuous. The following are equivalent:*
#
# 1. *$\varphi$ is not a polynomial.*
# 2. *For every number of inputs $d$ and outputs $q$, every compact set $K \subset \mathbb{R}^d$, every continuous
#    $f: K \to \mathbb{R}^q$ and every $\varepsilon > 0$ there are a number of units $h$ and parameters $W_1$ $(d, h)$,
#    $b_1$ $(h,)$, $W_2$ $(h, q)$, $b_2$ $(q,)$ with $\;|(\varphi(xW_1 + b_1)\,W_2 + b_2 - f(x))_j| < \varepsilon\;$ for
#    all $x \in K$ and all outputs $j = 1, \dots, q$.*
#
# The papers have one output. That is enough: approximate each of the $q$ components of $f$ by a network of its own, put
# the hidden units of all of them side by side, and let output $j$ have weight 0 from the units of the others. Then $h$ is
# the sum of the $q$ numbers of units. (Sharing units may do with fewer.)
#
# A polynomial fails for a simple reason: if $\varphi$ is one of degree $p$, the whole network is one of degree at most
# $p$, however wide.
#
# **What the theorem does not say.** It does not say how many units are enough; in many dimensions it can be
# hopelessly many. It does not say that gradient descent finds them, or that a few noisy examples determine $f$. It
# says nothing about points outside of $K$ and nothing about functions with jumps. And it is no argument against
# depth, as section 10 shows.

# %% [markdown]
# ### The proof for one input, as a construction
#
# Choose knots $t_0 < t_1 < \dots < t_k$ and values $v_j = f(t_j)$. Let $g$ be the function that joins the points
# $(t_j, v_j)$ by straight lines. On the $j$-th interval, from $t_{j-1}$ to $t_j$, its slope is
#
# $$s_j = \frac{v_j - v_{j-1}}{t_j - t_{j-1}}, \qquad j = 1, \dots, k.$$
#
# Now walk from left to right. Start at height $v_0$ with slope $s_1$. At the knot $t_{j-1}$ the slope has to *change*
# by $s_j - s_{j-1}$, and must stay as it was before that knot. A hinge that turns on at $t_{j-1}$ does just that:
#
# $$g(x) = v_0 + s_1 \operatorname{relu}(x - t_0) + \sum_{j=2}^{k} (s_j - s_{j-1}) \operatorname{relu}(x - t_{j-1}),
#   \qquad t_0 \le x \le t_k.$$
#
# On the $j$-th interval the first $j$ hinges are on, and their slopes add up to
# $s_1 + (s_2 - s_1) + \dots + (s_j - s_{j-1}) = s_j$. So $g$ is a network with $k$ hidden ReLU units:
# **the biases are the knots with the sign turned, the output weights are the changes of slope.**


# %% todo="relu_interpolant" difficulty=3
def relu_interpolant(knots: Tensor, values: Tensor) -> tuple[Tensor, Tensor, Tensor, Tensor]:
    """Return w1 (k,), b1 (k,), w2 (k,), b2 () of a ReLU network that joins points by straight lines.

    The points are (knots, values), two tensors (m,), the knots strictly increasing. The network is
    relu(x w1 + b1) · w2 + b2, judged from the first to the last knot. How many units k it has is up to you.
    """
    ### BEGIN SOLUTION
    slopes = values.diff() / knots.diff()  # (m - 1,)
    w2 = torch.cat((slopes[:1], slopes.diff()))  # the first slope, then the changes
    return torch.ones_like(w2), -knots[:-1], w2, values[0]
    ### END SOLUTION


# %% check="relu_interpolant"
check(relu_interpolant)

# %% [markdown]
# **In words.** One of your points is moved up a little. Which parameters of your network change?

# %%
explain("one-point-moved", """...""")

# %% [markdown]
# Six points, and the hinges that join them. A unit with negative output weight bends the line down.

# %%
knots = torch.tensor([-2.0, -1.2, -0.3, 0.4, 1.3, 2.0])
values = torch.tensor([0.5, 1.6, -0.4, -0.8, 1.0, 0.2])
figures.sum_of_hinges(knots, values, relu_interpolant, relu)

# %% [markdown]
# ### It gets as close as you like
#
# Why is $|g - f|$ small? Let $x$ lie between two neighbouring knots. $g(x)$ lies between the values of $f$ at those
# two knots. A continuous function on a closed interval is *uniformly* continuous: with the knots dense enough, $f$
# changes by less than $\varepsilon$ from any $x$ to both neighbouring knots. Then $|g(x) - f(x)| < \varepsilon$. That
# is the theorem for $d = 1$ and ReLU, and you have written the network.


# %%
def network(function: Callable[[Tensor], Tensor], k: int) -> Callable[[Tensor], Tensor]:
    """Return a ReLU network with k evenly spread hinges that interpolates a function on [0, 1]."""
    knots = torch.linspace(0, 1, k + 1, dtype=torch.float64)
    w1, b1, w2, b2 = relu_interpolant(knots, function(knots))
    return lambda x: relu(x[:, None] * w1 + b1) @ w2 + b2  # (n,) to (n, k) to (n,)


def wave(x: Tensor) -> Tensor:
    """Return the smooth function that we approximate."""
    return torch.sin(2 * math.pi * x) + 0.3 * torch.cos(6 * math.pi * x)


figures.growing_network(wave, partial(network, wave), widths=[2, 4, 8, 16], interval=(0.0, 1.0))

# %% [markdown]
# ### How fast?
#
# Predict first: with twice as many units, which part of the largest error is left, for the smooth wave above? And for
# the square root on $[0, 1]$?

# %%
predict("error-left-wave", ...)  # a number between 0 and 1

# %%
predict("error-left-root", ...)

# %% [markdown]
# Let $f$ have a continuous second derivative. The error $e = f - g$ is 0 at both ends of an interval of length $h$,
# and $g'' = 0$ inside. The remainder of linear interpolation is $e(x) = \tfrac12 f''(\xi)\,(x - t_{j-1})(x - t_j)$
# for some $\xi$ in the interval, and $|(x - t_{j-1})(x - t_j)| \le h^2/4$, hence
#
# $$|f(x) - g(x)| \le \frac{h^2}{8}\,\max |f''|.$$
#
# With $k$ units on $[0, 1]$, $h = 1/k$: **the error falls like $k^{-2}$.** Twice the units, a quarter of the error.
# The theorem promises no such rate. For $\sqrt{x}$, whose slope at 0 is infinite, the worst error sits in the first
# interval: between 0 and $h$ the chord of $\sqrt{x}$ is off by $\tfrac14\sqrt{h}$, so the error falls only like
# $k^{-1/2}$.


# %%
def largest_error(function: Callable[[Tensor], Tensor], k: int) -> float:
    """Return how far the network with k units is off at the worst of 1,025 points of [0, 1], midpoints among them."""
    x = torch.linspace(0, 1, 1025, dtype=torch.float64)
    return float((network(function, k)(x) - function(x)).abs().max())


figures.error_against_width(
    largest_error,
    {"smooth wave": (wave, -2.0), "square root": (torch.sqrt, -0.5)},
    widths=[2**power for power in range(2, 8)],
)

# %% [markdown]
# ## 10 · Wide or deep: counting pieces
#
# A ReLU network is linear between its kinks. So a measure of what it can draw is the number of **linear pieces** along
# a straight line through its inputs. How many can there be?
#
# *One layer.* Each of $h$ units changes sign at most once along the line: at most $h$ kinks, $h + 1$ pieces.
#
# *One more layer.* On each piece of the layer before, a unit's pre-activation is linear again and can change sign once.
# So every piece is cut at most $h$ times, into $h + 1$. With $L$ layers of $h$ units that makes
#
# $$\text{pieces} \le (h + 1)^L :$$
#
# linear in the width, exponential in the depth. Can a network really do it? Fold the interval onto itself, again and
# again. Two units make a **tent**, which goes up from 0 to 1 and down again:
#
# $$T(x) = \operatorname{relu}(2x) - \operatorname{relu}(4x - 2), \qquad 0 \le x \le 1.$$
#
# A tent of a tent runs through $[0, 1]$ twice as often. How many pieces has it, and how many have six in a row?

# %%
predict("pieces-of-six-tents", ...)


# %%
def pieces(sizes: list[int], seed: int) -> int:
    """Return the number of linear pieces of a random ReLU network with these layer sizes, along a line of length 6."""
    generator = torch.Generator().manual_seed(seed)
    draw = partial(torch.randn, generator=generator, dtype=torch.float64)
    toward = draw(sizes[0])
    H = torch.linspace(-3, 3, 6001, dtype=torch.float64)[:, None] * toward / toward.norm()  # (6001, d), points on it
    kinks = 0
    for fan_in, fan_out in pairwise(sizes):
        Z = H @ draw(fan_in, fan_out) * math.sqrt(2 / fan_in) + 0.5 * draw(fan_out)
        on = Z > 0
        kinks += int((on[1:] != on[:-1]).sum())  # a unit has switched between two neighbouring points
        H = Z * on
    return kinks + 1


def tents(depth: int) -> int:
    """Return the number of linear pieces of so many tents in a row."""
    x = torch.linspace(0, 1, 2**10 + 1, dtype=torch.float64)
    for _ in range(depth):
        x = relu(2 * x) - relu(4 * x - 2)
    return int((x.diff().sign().diff() != 0).sum()) + 1


def random_counts(width: int, depth: int) -> list[int]:
    """Return the pieces of five random networks with two inputs and `depth` layers of `width` units."""
    return [pieces([2] + [width] * depth, seed) for seed in range(5)]


figures.linear_pieces(random_counts, tents, units=[16, 32, 64, 128], depths=[1, 2, 4])

# %% [markdown]
# Both are true: depth *can* fold exponentially often, with weights that somebody has chosen, and networks as they are
# drawn at random do not come near it. Their number of pieces follows the number of units, whether these stand side by
# side or in a row (Hanin and Rolnick 2019 prove it, and find that training changes little of it). So the bound is no
# reason to go deep by itself. A better one is that the folds are *shared*: what a lower layer computes serves every
# piece above it.
#
# Change `depths` to `[1, 2, 4, 8]`, or the factor of the biases in `pieces` to 0, and look again. With biases 0, how
# many kinks can a layer of the network have on a line through the origin?
#
# <details><summary>Answer</summary>
#
# Every first pre-activation is a multiple of the position on the line and changes sign at the origin, together with all
# others. Along each half of the line nothing switches any more, in any layer. So the figure counts all units that switch
# at one point, but the function has two pieces.
# </details>

# %% [markdown]
# ## 11 · Find the bug
#
# Four classical slips, some of them from published tutorials. What goes wrong? Decide before you unfold.
#
# **A.** A ReLU:
# ```python
# def relu(X):
#     return torch.max(X, 0)
# ```
# <details><summary>Answer A</summary>
#
# With an integer as second argument, `torch.max` is a *reduction*: the largest element along dimension 0. It returns
# a pair of tensors, the maxima and where they are, not an elementwise maximum.
# `torch.maximum` compares two tensors element by element.
# </details>
#
# **B.** Another ReLU, and it gives the right numbers:
# ```python
# def relu(X):
#     X[X < 0] = 0
#     return X
# ```
# <details><summary>Answer B</summary>
#
# It overwrites its input. The caller's pre-activations are gone, and the backward pass needs them.
# </details>

# %% [markdown]
# **C.** A derivative, called with the pre-activations `Z`:
# ```python
# def sigmoid_grad(a):
#     return a * (1 - a)
#
# slope = sigmoid_grad(Z)
# ```
# <details><summary>Answer C</summary>
#
# $a(1 - a)$ is the slope only if $a = \sigma(z)$ is the *activation*. Fed with $z$, it is a parabola without a lower
# bound: 0 where the slope is largest, and $-6$ at $z = 3$. The figure below shows both. Naming the
# argument `a` helps; checking against autograd finds it.
# </details>
#
# **D.** A stable sigmoid, checked on the values $-100, 0, 100$:
# ```python
# def sigmoid(X):
#     return torch.where(X >= 0, 1 / (1 + torch.exp(-X)), torch.exp(X) / (1 + torch.exp(X)))
# ```
# <details><summary>Answer D</summary>
#
# The values are right. But `torch.where` computes both branches everywhere, and the branch that is not chosen
# overflows. In the backward pass its share is $0 \cdot \infty$, so the gradient at $\pm 100$ is `nan`. Make the
# exponent safe before you choose.
# </details>

# %%
figures.shortcut_misused(sigmoid, sigmoid_grad)

# %% [markdown]
# ## What was shown
#
# - Without an activation function a deep network is one affine map.
# - ReLU is a hinge with slope 1 or 0. Sigmoid has slope $a(1 - a) \le \tfrac14$, tanh has slope $1 - a^2 \le 1$; both
#   saturate.
# - Exponentiate only what cannot be positive, and choose afterwards. A right value does not imply a right gradient.
# - Products of sigmoid slopes vanish at least like $4^{-L}$. A ReLU unit that is off for all inputs gets no gradient
#   at all. SiLU and GELU let a little pass.
# - A weighted sum of hinges joins any points by straight lines. With enough of them it is as close as you like to any
#   continuous function of one variable, with error $O(k^{-2})$ for a smooth one.
# - $L$ layers of $h$ units can make $(h + 1)^L$ linear pieces along a line. Drawn at random they make about one a unit.
#
# **To practise:** `from grading import drill, review`, then `drill("sigmoid")`
# shows a wrong one to fix. In a few days `review()` says what to look at again.

# %% [markdown]
# ## Questions
#
# **1.** A sigmoid unit with target $y$ can be trained with the squared error $\tfrac12(a - y)^2$ or with the
# cross-entropy $-y \ln a - (1 - y)\ln(1 - a)$. Which gradient $\partial/\partial z$ does each have, and which unit
# escapes saturation?
#
# <details><summary>Answer</summary>
#
# Squared error: $(a - y)\,a(1 - a)$, which vanishes where the unit saturates, right or wrong. Cross-entropy: its
# derivative by $a$ is $\frac{a - y}{a(1 - a)}$, and the slope $a(1 - a)$ cancels the denominator. What is left is
# $a - y$, close to $\pm 1$ for a unit that is badly wrong. That is why classifiers are trained with cross-entropy.
# </details>
#
# **2.** Can a network with one hidden layer and $\varphi(x) = x^2$ come within $0.1$ of $|x|$ on $[-1, 1]$? How wide?
#
# <details><summary>Answer</summary>
#
# No width is enough. The output is a polynomial of degree two at most. The best one is $x^2 + \tfrac18$, and it is off
# by $\tfrac18$: at 0 in one direction, at $\pm\tfrac12$ in the other, at $\pm 1$ in the first again. Such alternation
# proves that no polynomial of degree two does better. ReLU needs two units:
# $|x| = \operatorname{relu}(x) + \operatorname{relu}(-x)$.
# </details>
#
# **3.** How many evenly spread units certainly bring a ReLU network within $10^{-4}$ of $\sin(2\pi x)$ on $[0, 1]$?
#
# <details><summary>Answer</summary>
#
# $|f''| \le 4\pi^2$, so the error is at most $\frac{4\pi^2}{8k^2} = \frac{\pi^2}{2k^2}$. It is below $10^{-4}$ once
# $k > \pi\sqrt{5000} \approx 222.1$: $k = 223$.
# </details>

# %% [markdown]
# ## Exercises without points
#
# **1.** Write the **hard sigmoid** $\min(\max(\tfrac{x}{6} + \tfrac12, 0), 1)$ and **hard tanh** from your `relu` alone,
# without a comparison, and draw them with `figures.function_and_derivative`. How many linear pieces has each? Where does a
# unit that starts there never learn again?
#
# **2.** Evenly spread knots are not the best ones for $\sqrt{x}$. Put them at $(j/k)^p$ and choose $p$ so that the error
# on the first interval falls like $k^{-2}$, too. Then measure it with `relu_interpolant` and draw it beside the figure of
# section 9. (The error of a chord is about $\tfrac{h^2}{8}|f''|$; ask for it to be the same in all intervals.)
#
# **3.** Build a ReLU network for $x^2$ on $[0, 1]$ from tents. With $T_i$ for $i$ tents in a row,
# $x - \sum_{i=1}^{m} 4^{-i}\,T_i(x)$ interpolates $x^2$ at $2^m + 1$ knots (Yarotsky 2017). Verify it, prove it by
# induction, and compare: how many units does one hidden layer need for the same error, and how many does this network?

# %% [markdown]
# ## Sources
#
# - Zhang, Lipton, Li, Smola, *Dive into Deep Learning*, [section 5.1](https://d2l.ai/chapter_multilayer-perceptrons/mlp.html):
#   the same three functions, and where they came from.
# - Prince, [*Understanding Deep Learning*](https://udlbook.github.io/udlbook/), chapters 3 and 4: shallow networks as sums
#   of hinges, also with two inputs; deep ones as folding.
# - Goodfellow, Bengio, Courville, [*Deep Learning*](https://www.deeplearningbook.org/contents/mlp.html), sections 6.3 and
#   6.4: hidden units and architecture.
# - PyTorch: [autograd mechanics](https://docs.pytorch.org/docs/stable/notes/autograd.html),
#   [SiLU](https://docs.pytorch.org/docs/stable/generated/torch.nn.SiLU.html),
#   [GELU](https://docs.pytorch.org/docs/stable/generated/torch.nn.GELU.html).
# - Play: [TensorFlow Playground](https://playground.tensorflow.org/) trains a small network with ReLU, tanh or sigmoid.
# - Glorot, Bordes, Bengio, [Deep Sparse Rectifier Neural Networks](https://proceedings.mlr.press/v15/glorot11a.html),
#   AISTATS 2011: why ReLU took over.
# - Hendrycks, Gimpel, [Gaussian Error Linear Units](https://arxiv.org/abs/1606.08415), 2016; Ramachandran, Zoph, Le,
#   [Searching for Activation Functions](https://arxiv.org/abs/1710.05941), 2017.
# - Cybenko, [Approximation by Superpositions of a Sigmoidal Function](https://doi.org/10.1007/BF02551274), 1989; Leshno,
#   Lin, Pinkus, Schocken, [Multilayer Feedforward Networks with a Nonpolynomial Activation Function Can Approximate Any
#   Function](https://doi.org/10.1016/S0893-6080(05)80131-5), 1993; Pinkus,
#   [Approximation theory of the MLP model](https://doi.org/10.1017/S0962492900002919), 1999, reviews both with short proofs.
# - Montúfar, Pascanu, Cho, Bengio, [On the Number of Linear Regions of Deep Neural
#   Networks](https://arxiv.org/abs/1402.1869), 2014; Hanin, Rolnick, [Complexity of Linear Regions in Deep
#   Networks](https://arxiv.org/abs/1901.09021), 2019; Telgarsky, [Benefits of depth in neural
#   networks](https://arxiv.org/abs/1602.04485), 2016: the tents; Yarotsky, [Error bounds for approximations with deep ReLU
#   networks](https://arxiv.org/abs/1610.01145), 2017.
