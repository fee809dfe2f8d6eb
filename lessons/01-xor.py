# %% [markdown]
# # Limits of linear models
#
# Much of the world is judged by a **score**: so many points for this, so many for that, add them up, and decide by the
# sum. Loans are granted so, patients are ranked so, and a neuron works so.
#
# Such a score can only go one way. If a little more of something raises it, then still more raises it further, and it
# does so *whatever else is the case*. So no score of this kind can say "enough is good and too much is bad", or "each
# of these two medicines helps, and both together harm", or "the light is on if the two switches differ". None of that
# is exotic. The smallest question of the kind has a name. Two inputs, each 0 or 1: **OR** is 1 if at least one input is
# 1, **XOR**, the exclusive or, if exactly one is.
#
# | $x_1$ | $x_2$ | OR | XOR |
# |:-----:|:-----:|:--:|:---:|
# |   0   |   0   |  0 |  0  |
# |   0   |   1   |  1 |  1  |
# |   1   |   0   |  1 |  1  |
# |   1   |   1   |  1 |  0  |
#
# The tables differ in one entry. Yet a linear model computes the first and cannot compute the second, with no choice
# of weights, after no amount of training. Two hidden units change that. This small gap is why networks have hidden
# layers, and everything in it can be drawn.

# %% [markdown]
# **In this lesson** you write a neuron and train it, measure what every line in the plane can do, prove what none of
# them can, show that stacking linear layers does not help, and build by hand a network that computes XOR.
#
# **What you need:** Python, tensors in PyTorch, the product of a matrix and a vector. No calculus.
#
# **How it goes:** A cell with `YOUR CODE HERE` is yours. The cell below it checks your answer at once and says what
# it found. Then comes a question in words: write your answer in place of the dots of `explain`, and it stands beside a
# model answer, without points. The figures draw *your* functions, and their titles say what those do. `torch.sigmoid` and
# `torch.relu` are welcome in this lesson; in the next one you write them yourself. A function leaves everything as it
# found it, its arguments and PyTorch's settings too, unless its docstring says otherwise.
#
# **Notation:** $n$ examples stand in the rows of $X$, with $d$ features each; $y$ holds their labels. $(n, d)$ after a
# letter is the shape of a tensor, $()$ that of a single number. Every other letter is explained where it appears, and
# keeps its meaning through all lessons.

# %% tags=["setup"]
from collections.abc import Callable
from functools import partial

import torch
from torch import Tensor

from grading import check, explain, figures, predict
from grading.device import default_device

print(f"PyTorch {torch.__version__}, checks run on: {default_device()}")

# %% [markdown]
# ## 1 · OR beside XOR
#
# The four possible inputs are the $n = 4$ rows of $X$ $(n, d)$, with $d = 2$ features each. Examples stand in rows
# throughout this course. The labels $y$ $(n,)$ are 0 or 1. Drawn as points, the inputs are the corners of a square.
#
# To predict which of a few classes an example belongs to is **classification**; to predict a number, such as a price or
# a temperature, is **regression**. Here there are two classes, called 0 and 1.
#
# A **linear classifier** draws a line through the plane and says 1 on one side of it, 0 on the other. Three lines are
# given below; the arrow of each points to the side that is called 1. How many points does each of them get right, for
# OR and for XOR?

# %%
X = torch.tensor([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]])  # (n, d)
y_or = torch.tensor([0, 1, 1, 1])  # (n,)
y_xor = torch.tensor([0, 1, 1, 0])
labels = {"OR": y_or, "XOR": y_xor}

# The direction of the arrow in degrees, and the offset b of the line cos(angle) x1 + sin(angle) x2 + b = 0.
lines = {"A": (45.0, -0.35), "B": (225.0, 1.06), "C": (315.0, -0.35)}
figures.labelled_points(X, labels, lines, "One line is enough for OR. Which one is enough for XOR?")

# %% [markdown]
# Line A gets all of OR. For XOR each of the three leaves one point on the wrong side, always a different one.
#
# ## 2 · One neuron
#
# A **neuron** computes a weighted sum of its inputs, adds a **bias**, and squashes the result. With **weights** $w$
# $(d,)$ and bias $b$ $()$, a single number, its **pre-activation** for example $i$ is
#
# $$z_i = \sum_{j=1}^{d} x_{ij}\, w_j + b, \qquad\text{for all rows at once}\qquad z = xw + b,$$
#
# where $x$ is $(n, d)$, $w$ is $(d,)$, so $xw$ is $(n,)$, and $b$ is added to each of its elements. The output is
#
# $$a_i = \sigma(z_i), \qquad \sigma(z) = \frac{1}{1 + e^{-z}},$$
#
# the **sigmoid**. It rises from 0 to 1, and $\sigma(0) = \tfrac12$.


# %% todo="neuron" difficulty=1
def neuron(x: Tensor, w: Tensor, b: Tensor) -> Tensor:
    """Return the sigmoid of the weighted sum of every row, (n,), from x (n, d), w (d,) and b ().

    It works for any n and d, and it stays finite when the weighted sum is large.
    """
    ### BEGIN SOLUTION
    return torch.sigmoid(x @ w + b)
    ### END SOLUTION


# %% check="neuron"
check(neuron)

# %% [markdown]
# **In words.** Raise $x_1$ and leave $x_2$ as it is. In which direction does the output move, and what does that depend on?

# %%
explain("one-input-raised", """...""")

# %% [markdown]
# Since $\sigma(z) > \tfrac12$ exactly where $z > 0$, the neuron says "more likely 1" on one side of the set
#
# $$\{\,x : xw + b = 0\,\}.$$
#
# In the plane this is a **line**. Along the line $z$ stays 0, so $w$ stands at right angles to it and points to the
# side of the ones. The bias shifts it: at distance $|b| / \lVert w \rVert$ it passes the origin. The size of $w$ is
# left. Multiply $w$ and $b$ by the same positive number, and the line stays where it is while the sigmoid gets
# steeper.
#
# Here is a neuron meant for OR, drawn with your function. Change `w` and `b` and look again: which of the numbers turns
# the line, which shifts it, which makes it sharper?

# %%
w, b = torch.tensor([6.0, 6.0]), torch.tensor(-3.0)
figures.decision_surface(lambda points: neuron(points, w, b), X, y_or, "Your neuron with w = (6, 6), b = −3 on OR")

# %% [markdown]
# ## 3 · All lines at once
#
# Is there a neuron for XOR? Only the line matters for the answer, so let us measure lines. As a rule:
#
# $$\hat y_i = \begin{cases} 1 & x_i w + b > 0 \\ 0 & \text{otherwise} \end{cases}$$
#
# A point exactly on the line is called 0; the inequality is **strict**. The **accuracy** is the share of the rows
# whose $\hat y_i$ equals $y_i$, a mean over the $n$ rows:
#
# $$\text{accuracy} = \frac1n \sum_{i=1}^{n} [\hat y_i = y_i],$$
#
# where the bracket is 1 if the statement in it is true, else 0.


# %% todo="linear_accuracy" difficulty=1
def linear_accuracy(X: Tensor, y: Tensor, w: Tensor, b: Tensor) -> Tensor | float:
    """Return the share, from 0 to 1, of the rows of X (n, d) that the line w (d,), b () classifies as y (n,) says.

    The rule is 1 where Xw + b > 0, else 0. The labels y are 0 and 1, in int64. The result is a number or a
    0-dimensional tensor.
    """
    ### BEGIN SOLUTION
    return ((X @ w + b > 0) == y).float().mean()
    ### END SOLUTION


# %% check="linear_accuracy"
check(linear_accuracy)

# %% [markdown]
# **In words.** A line has accuracy $\tfrac14$ on four points. What is the accuracy of the line with $-w$ and $-b$, and
# when is the
# answer not quite that?

# %%
explain("line-turned-around", """...""")

# %% [markdown]
# Every line is described by two numbers. Scaling $w$ and $b$ by a positive number changes no $\hat y_i$, so $w$ may
# have length 1: $w = (\cos\theta, \sin\theta)$ with a **direction** $\theta$ from 0° to 360°. <!-- claim: given -->
# The other number is
# the **offset** $b$. A line at a distance of more than $\sqrt2$ from the origin misses the whole square, so
# $-1.6 \le b \le 1.6$ leaves nothing out. (With $w = 0$ there is no line. Then everything is called 1 or everything
# 0, as for a line far away.)
#
# So all linear classifiers fit on one map. Each pixel below is one line and one call of your `linear_accuracy`.


# %%
def direction(angle: Tensor) -> Tensor:
    """Return the unit vector (2,) that points at that angle in degrees."""
    return torch.stack((torch.cos(torch.deg2rad(angle)), torch.sin(torch.deg2rad(angle))))


angles, offsets = torch.linspace(0, 360, 97), torch.linspace(-1.6, 1.6, 56)


def accuracy_map(y: Tensor) -> Tensor:
    """Return the accuracy of all lines for the labels y, shape (offsets, angles)."""
    directions = [direction(angle) for angle in angles]
    return torch.tensor([[float(linear_accuracy(X, y, w, b)) for w in directions] for b in offsets])


figures.map_of_lines(accuracy_map, angles, offsets, X, labels, lines)

# %% [markdown]
# Look for the three lines A, B and C of section 1. On a white curve the line passes through one of the four points.
# Only there can the classification change; between the curves it is constant.
#
# Both maps have the same 14 regions (the left edge continues at the right one). <!-- claim: fourteen-regions --> For
# OR, one of them reaches 1. For
# XOR, four regions reach $\tfrac34$, one for each point that is given up, and **no line gets more than
# $\tfrac34$**.
#
# XOR is not alone. There are $2^4 = 16$ ways to label the four points, which is to say as many functions of two bits.
# For each of them, take the best line; among equally good ones, the one furthest from all points.


# %%
def best_line(y: Tensor) -> tuple[float, float, float]:
    """Return the largest accuracy of a line for the labels y, with its direction in degrees and its offset."""
    found = []
    for angle in torch.arange(0.0, 360.0, 15.0):
        w = direction(angle)
        for b in torch.linspace(-1.6, 1.6, 20):
            distance = (X @ w + b).abs().min()  # of the nearest point from the line
            found.append((float(linear_accuracy(X, y, w, b)), float(distance), float(angle), float(b)))
    share, _, angle_found, offset = max(found)
    return share, angle_found, offset


figures.functions_of_two_bits(best_line, X)

# %% [markdown]
# Two are left: XOR and its opposite, "equal". In both of them the classes face each other across the diagonals.

# %% [markdown]
# ## 4 · Training a neuron, without calculus
#
# So far we have *looked for* good lines. A neuron can also find its own. Measure how wrong it is by the **mean squared
# error**, the **loss**
#
# $$L(w_1, w_2, b) = \frac14 \sum_{i=1}^{4} (a_i - y_i)^2,$$
#
# where $a_i$ is its output for row $i$. Then nudge each of the three numbers a little up and a little down, note in
# which direction the loss falls and how steeply, and move all three a step in their good directions. Repeat. That is
# the whole idea of training; what later lessons add is a way to get all the directions at once.
#
# Predict first. Trained on OR, a neuron will get there. Trained on XOR: which output will it give for the four inputs,
# and which loss is left?

# %%
predict("neuron-trained-on-xor", ...)  # the loss that is left


# %%
def steepness(loss: Callable[[Tensor], Tensor], p: Tensor, nudge: float = 1e-3) -> Tensor:
    """Return by how much the loss rises for each unit that a parameter rises, one number for each, shape of p (m,)."""
    ups_and_downs = [(loss(p + step), loss(p - step)) for step in nudge * torch.eye(len(p), dtype=p.dtype)]
    return torch.stack([(up - down) / (2 * nudge) for up, down in ups_and_downs])


def train(loss: Callable[[Tensor], Tensor], p: Tensor, steps: int, rate: float) -> Tensor:
    """Return the parameters before every step and after the last one, shape (steps + 1, m)."""
    path = [p]
    for _ in range(steps):
        p = p - rate * steepness(loss, p)
        path.append(p)
    return torch.stack(path)


# %%
def neuron_loss(y: Tensor, p: Tensor) -> Tensor:
    """Return the mean squared error of your neuron with the parameters p = (w1, w2, b) for the labels y."""
    return ((neuron(X.double(), p[:2], p[2]) - y) ** 2).mean()


def show_training(name: str, y: Tensor) -> None:
    """Train your neuron on the labels y, and print its numbers on the way and its outputs at the end."""
    start = torch.tensor([0.5, -0.3, 0.2], dtype=torch.float64)  # w1, w2, b
    path = train(partial(neuron_loss, y), start, steps=1000, rate=2.0)
    print(f"{name:4} step      w1      w2       b    loss")
    for step in (0, 1, 10, 100, 1000):
        w1, w2, offset = (path[step].round(decimals=2) + 0.0).tolist()  # + 0.0 turns -0.0 into 0
        print(f"{step:9} {w1:7.2f} {w2:7.2f} {offset:7.2f} {float(neuron_loss(y, path[step])):7.4f}")
    outputs = neuron(X.double(), path[-1, :2], path[-1, 2])
    for (x1, x2), label, output in zip(X.tolist(), y.tolist(), outputs.tolist(), strict=True):
        print(f"     x = ({x1:.0f}, {x2:.0f})   {name} {label}   neuron {output:.3f}")


# %%
try:
    for name, y in labels.items():
        show_training(name, y)
except NotImplementedError:
    print("Write neuron first.")

# %% [markdown]
# For OR the weights grow and the outputs come close to the labels; they never reach them, since the sigmoid is 0 or 1
# nowhere, and there is always a little to gain by still larger weights. For XOR the weights shrink, and the neuron ends
# by saying one half to everything, whatever its inputs. It has not got stuck in bad luck. The next section is about why
# nothing better exists.

# %% [markdown]
# ## 5 · Why no line separates XOR
#
# A map of lines is evidence. It is not yet a proof: infinitely many lines lie between the ones that were tried. Now
# **prove** that no line, however chosen, classifies all four points of XOR right. Half a page is plenty; formulas may
# be plain text.
#
# This answer is read by a person. It is worth 2 points: <!-- claim: points-of-the-proof -->
#
# - 0.5 points: <!-- claim: points-of-the-proof --> states for an arbitrary line what each of the four points demands of w1, w2 and b.
# - 1 point: derives a contradiction that holds for all w1, w2 and b, by algebra or by geometry.
# - 0.5 points: <!-- claim: points-of-the-proof --> says what is assumed and what follows, treats points on the line,
# and concludes in a sentence.
# - Examples of lines that fail, or the scan of a grid, are no proof and earn nothing.

# %% [markdown] written="why-no-line" difficulty=3
# ### BEGIN SOLUTION
# Suppose that the line with weights $w_1, w_2$ and bias $b$ classifies all four points right. By the rule, a point
# with label 1 has $x_1 w_1 + x_2 w_2 + b > 0$, and a point with label 0 has $x_1 w_1 + x_2 w_2 + b \le 0$ (points
# on the line are called 0). Put the four points in:
#
# | point    | label | demands                      |
# |----------|:-----:|------------------------------|
# | $(0, 1)$ |   1   | $w_2 + b > 0$                |
# | $(1, 0)$ |   1   | $w_1 + b > 0$                |
# | $(0, 0)$ |   0   | $b \le 0$                    |
# | $(1, 1)$ |   0   | $w_1 + w_2 + b \le 0$        |
#
# Add the first two: $w_1 + w_2 + 2b > 0$. Add the last two: $w_1 + w_2 + 2b \le 0$. The same number would have to
# be positive and not positive. Nothing was assumed about $w_1, w_2$ and $b$, so no line classifies all four points
# right. A line that calls its other side 1 is covered: it is the line $-w_1, -w_2, -b$; if its boundary counts as
# 1, the two sums become $\ge 0$ and $< 0$, which is the same contradiction.
#
# In pictures: the point $(\tfrac12, \tfrac12)$ lies halfway between the two ones and halfway between the two zeros. A
# half-plane contains with two points everything between them, so the middle would lie on both sides.
# ### END SOLUTION

# %% [markdown]
# <details><summary>Yours is written? Read it again with this list</summary>
#
# - Does it begin with *any* line, that is with letters $w_1, w_2, b$, and not with numbers?
# - Does each of the four points appear, with what it demands?
# - Which of the demands are strict ($>$) and which are not ($\le$)? Is a point on the line dealt with?
# - Is there a sentence that cannot be true, and is it plain which of the demands it comes from?
# - Do lines whose *other* side is called 1 need a word, and do they get one?
# - Could a reader who wants to find a hole put in $w_1 = 0$, or all three 0, and would the argument still stand?
# - Does the last sentence say what has been shown?
#
# Who learns alone finds a model proof folded right above this list, below the hints. A class gets one with its feedback.
# </details>

# %% [markdown]
# ### What the best affine function does instead
#
# An **affine** function of the inputs is $xw + b$, without the sigmoid. Let us fit one to XOR by least squares,
# that is, minimize the mean squared error $\frac14 \sum_i (x_i w + b - y_i)^2$ over the four rows.

# %%
ones = torch.ones(4, 1)
solution = torch.linalg.lstsq(torch.cat((X, ones), dim=1), y_xor.float()[:, None]).solution[:, 0]
print("w =", [round(value, 4) + 0.0 for value in solution[:2].tolist()], "  b =", round(float(solution[2]), 4))

# %% [markdown]
# It ignores its inputs and says $\tfrac12$ to everything. To see that this is the minimum, look at the residuals
# $r_i = \tfrac12 - y_i$, which are $\tfrac12, -\tfrac12, -\tfrac12, \tfrac12$. The error is a convex function of
# $(w_1, w_2, b)$, so it is smallest where its partial derivatives vanish, and these are
#
# $$\frac{\partial}{\partial w_j} = \frac{2}{4}\sum_{i=1}^{4} r_i\, x_{ij}, \qquad
#   \frac{\partial}{\partial b} = \frac{2}{4}\sum_{i=1}^{4} r_i.$$
#
# The four residuals sum to 0. So do the two with $x_{i1} = 1$, and the two with $x_{i2} = 1$. The mean squared
# error that remains is $\tfrac14$. Remember this number.

# %% [markdown]
# ## 6 · The multilayer perceptron
#
# One neuron is one line. Let us take several and give their outputs to another neuron. A **multilayer perceptron**
# (MLP) with one **hidden layer** of $h$ neurons, or **units**, and $q$ outputs computes
#
# $$Z = XW_1 + b_1, \qquad H = \varphi(Z), \qquad O = HW_2 + b_2.$$
#
# | tensor | shape    | meaning |
# |--------|----------|---------|
# | $X$    | $(n, d)$ | inputs, one example in each row |
# | $W_1$  | $(d, h)$ | weights: column $j$ belongs to hidden unit $j$ |
# | $b_1$  | $(h,)$   | biases of the hidden units, added to every row |
# | $Z$    | $(n, h)$ | pre-activations |
# | $H$    | $(n, h)$ | activations, $\varphi$ applied to each element |
# | $W_2$  | $(h, q)$ | output weights |
# | $b_2$  | $(q,)$   | output biases |
# | $O$    | $(n, q)$ | outputs |
#
# $\varphi$ is the **activation function**. From here on it is the **rectified linear unit**,
# $\operatorname{relu}(z) = \max(z, 0)$. These letters and shapes stay the same through the whole course.
#
# The words for it: $X$ is the **input layer**, $H$ a hidden layer, since neither inputs nor labels show what its values
# should be, and $O$ the **output layer**. Every unit is joined to every unit of the layer before, so the layers are
# called **dense** or **fully connected**; PyTorch's name is `nn.Linear`. Values travel from inputs to outputs and never
# back, so the network is **feedforward**. For regression the outputs are the predicted numbers themselves; for
# classification they are scores, one a class or, with two classes, one that is compared with a threshold.

# %%
figures.network_diagram([2, 2, 1], "Two inputs, two hidden units, one output: enough for XOR?")

# %% [markdown]
# Every circle is a number, every line a weight. An input layer computes nothing, so this network has two layers of
# weights. Its parameters: $d h + h + h q + q = 4 + 2 + 2 + 1 = 9$.
#
# The same drawing function takes any list of sizes. The network below classifies images of $28 \times 28 = 784$ pixels
# into ten classes; lesson 04 trains it. It has $784 \cdot 256 + 256 + 256 \cdot 10 + 10 = 203{,}530$ parameters.

# %%
figures.network_diagram([784, 256, 10])

# %% [markdown]
# ## 7 · Affine after affine is affine
#
# Does the hidden layer help by itself, without $\varphi$? Leave it out and multiply out:
#
# $$O = (XW_1 + b_1)\,W_2 + b_2 = X\,W_1 W_2 + b_1 W_2 + b_2.$$
#
# The first term is linear in $X$. The rest does not contain $X$ at all; it is the same for every row. So there are
# a $W$ and a $b$ with $O = XW + b$ for every $X$. Which shapes do they have, and what are they?


# %% todo="collapse" difficulty=2
def collapse(W1: Tensor, b1: Tensor, W2: Tensor, b2: Tensor) -> tuple[Tensor, Tensor]:
    """Return (W, b) with XW + b = (X W1 + b1) W2 + b2 for every X.

    Shapes: W1 (d, h), b1 (h,), W2 (h, q), b2 (q,) give W (d, q) and b (q,).
    """
    ### BEGIN SOLUTION
    return W1 @ W2, b1 @ W2 + b2
    ### END SOLUTION


# %% check="collapse"
check(collapse)

# %% [markdown]
# **In words.** Why does $b_1$ show up in the new bias multiplied by $W_2$, and why does $W_1$ not show up there?

# %%
explain("bias-of-two-layers", """...""")

# %% [markdown]
# Below, a square grid goes through two affine layers of two units each. It is turned, sheared, stretched and
# shifted, but a straight line stays straight and parallel lines stay parallel. The dots are the corners of the grid
# sent through your single layer.

# %%
W1, b1 = torch.tensor([[1.0, 0.5], [-0.4, 1.2]]), torch.tensor([0.2, -0.5])
W2, b2 = torch.tensor([[0.3, -1.0], [0.9, 0.4]]), torch.tensor([0.5, 0.3])
figures.stacked_affine_layers(W1, b1, W2, b2, collapse)

# %% [markdown]
# By induction **any number of affine layers is one affine layer**: replace the first two by one, and again, until
# one is left. Depth alone gains nothing. For XOR it means that no stack of affine layers gets below the mean
# squared error $\tfrac14$ of section 5.
#
# We can watch that happen. Two networks with eight hidden units are trained on XOR from the same start, by the nudging of
# section 4, now of all their weights and biases. The only difference is a ReLU.


# %%
def network_loss(activation: Callable[[Tensor], Tensor], p: Tensor) -> Tensor:
    """Return the mean squared error on XOR of a network 2 - 8 - 1 whose 33 parameters stand in one vector p."""
    W1, b1, W2, b2 = p[:16].reshape(2, 8), p[16:24], p[24:32].reshape(8, 1), p[32]
    O = activation(X.double() @ W1 + b1) @ W2 + b2  # (4, 1)
    return ((O[:, 0] - y_xor) ** 2).mean()


def losses_of(activation: Callable[[Tensor], Tensor], steps: int = 300) -> Tensor:
    """Return the loss before every step and after the last one, shape (steps + 1,)."""
    start = 0.7 * torch.randn(33, generator=torch.Generator().manual_seed(4), dtype=torch.float64)
    path = train(partial(network_loss, activation), start, steps, rate=0.1)
    return torch.stack([network_loss(activation, p) for p in path])


runs = {"affine layers": partial(losses_of, lambda Z: Z), "ReLU between them": partial(losses_of, torch.relu)}
figures.learning_curves(
    runs, "Without an activation function the loss on XOR never falls below 1/4", "mean squared error"
)

# %% [markdown]
# The title is true of any number of affine layers, as you have shown. <!-- claim: affine-loss-stays --> How far the
# other curve falls depends on the start; try other seeds.

# %% [markdown]
# ## 8 · A hidden layer folds the plane
#
# What does ReLU add? Geometrically: a fold. The hidden layer with two units sends each point $x$ to a new point
# $h = \operatorname{relu}(xW_1 + b_1)$ of another plane. First the affine map moves the grid as above. Then ReLU
# replaces negative coordinates by 0. The quadrant where both are positive stays as it is. The two beside it are
# pressed flat onto the axes, and the one where both are negative shrinks to the origin.
#
# An example with arbitrary weights. The dashed and the dotted line are where a unit switches on; the grid is bent
# along them.

# %%
b1 = torch.tensor([-0.5, -0.1])
figures.folded_plane(
    lambda: (W1, b1, torch.zeros(2, 1), torch.zeros(1)),
    X,
    y_xor,
    "ReLU folds the plane along the lines z1 = 0 and z2 = 0",
)

# %% [markdown]
# The last layer is a neuron without sigmoid. It sees only $H$ and can only draw a line *there*. So the hidden layer
# must move the four points to places where a line separates them. On paper that is what you would do with the
# square: fold it so that the corners of one class meet.
#
# Find such weights. With $X$ the four corners, the output
#
# $$O = \operatorname{relu}(XW_1 + b_1)\,W_2 + b_2 \qquad (4, 1)$$
#
# shall be 0, 1, 1, 0. Many answers are right, and each is accepted that comes within a thousandth of these numbers. Think in
# folds, or think of one dimension first: how do you write $|t|$ with two ReLUs?


# %% todo="xor_network" difficulty=3
def xor_network() -> tuple[Tensor, Tensor, Tensor, Tensor]:
    """Return W1 (2, 2), b1 (2,), W2 (2, 1), b2 (1,), in floating point, of a ReLU network that computes XOR."""
    ### BEGIN SOLUTION
    # XOR of 0 and 1 is |x1 - x2|, and |t| = relu(t) + relu(-t).
    W1 = torch.tensor([[1.0, -1.0], [-1.0, 1.0]])
    return W1, torch.zeros(2), torch.ones(2, 1), torch.zeros(1)
    ### END SOLUTION


# %% check="xor_network"
check(xor_network)

# %% [markdown]
# **In words.** What does each of your two hidden units detect, and why does one of them not suffice?

# %%
explain("two-hidden-units", """...""")

# %% [markdown]
# Your network, before and after the fold. On the right the line $O = \tfrac12$ is straight: there the classes are
# linearly separable. Unfolded, on the left, the same boundary has a bend or comes in two pieces.

# %%
figures.folded_plane(xor_network, X, y_xor)

# %% [markdown]
# And your network as a function of the plane. Between the folds it is affine: planes joined along straight creases. It
# was asked for four values only, and outside of the square it goes where it likes, also below 0 and above 1; the scale of
# colours reaches as far as it does.


# %%
def xor_output(points: Tensor) -> Tensor:
    """Return the output of your network for points (m, 2), shape (m,), in the dtype of its parameters."""
    W1, b1, W2, b2 = xor_network()
    return (torch.relu(points.to(W1.dtype) @ W1 + b1) @ W2 + b2)[:, 0].detach()


figures.decision_surface(xor_output, X, y_xor, "Your network over the whole plane")

# %%
try:
    for (x1, x2), label, output in zip(X.tolist(), y_xor.tolist(), xor_output(X).tolist(), strict=True):
        print(f"x = ({x1:.0f}, {x2:.0f})   XOR {label}   your network {output + 0.0:.3f}")
except NotImplementedError:
    print("Write xor_network first.")

# %% [markdown]
# Compare that with the neuron of section 4. You have found the weights by thinking; the nudging of section 7 found
# others by trying. To nudge a few dozen numbers one after the other is slow, and to nudge those of the network for images above
# is hopeless. Lesson 03 gets all directions at once.

# %% [markdown]
# ## 9 · Find the bug
#
# Each snippet comes from code that people have published or handed in. What goes wrong? Decide before you unfold.
#
# **A.** A neuron:
# ```python
# def neuron(x, w, b):
#     return torch.sigmoid(x * w + b)
# ```
# <details><summary>Answer A</summary>
#
# `*` multiplies element by element. Each feature is weighted and squashed by itself, and the result is $(n, d)$.
# The sum is missing: `x @ w` is $(n,)$.
# </details>
#
# **B.** An accuracy that is $\tfrac12$ for every line on XOR:
# ```python
# predicted = X @ w.reshape(2, 1) + b > 0
# accuracy = (predicted == y).float().mean()
# ```
# <details><summary>Answer B</summary>
#
# `predicted` is $(4, 1)$ and `y` is $(4,)$. Broadcasting makes both $(4, 4)$: every prediction is compared with every
# label. Half of the labels are 1, so each prediction agrees with half of them. No error, no warning; print shapes.
# </details>

# %% [markdown]
# **C.** A network for XOR whose loss stays at $\tfrac14$, whatever the learning rate:
# ```python
# net = nn.Sequential(nn.Linear(2, 64), nn.Linear(64, 64), nn.Linear(64, 1))
# ```
# <details><summary>Answer C</summary>
#
# No activation function between the layers. The three collapse into one affine map, and $\tfrac14$ is the best that
# one can do.
# </details>
#
# **D.** The weights of a right network, applied to its inputs:
# ```python
# H = torch.relu(W1 @ x + b1)      # x (2,), one example
# O = W2 @ H + b2
# ```
# <details><summary>Answer D</summary>
#
# Books that write an example as a column use $Wx$; here examples are rows and $xW$ is meant. `W1 @ x` is the
# product with $W_1$ transposed. With square weights the shapes fit, nothing complains, and the units have each
# other's weights. The next line stops with an error: $W_2$ is $(2, 1)$. With as many outputs as hidden units it
# would not.
# </details>

# %% [markdown]
# ## What was shown
#
# - A neuron separates the plane by a line, $d$ inputs by a hyperplane; the weights are its normal, the bias shifts
#   it.
# - All lines fit on one map. OR has a region with accuracy 1; XOR has none above $\tfrac34$.
# - That no line does better follows from four inequalities, not from trying. (Section 5 is yours to write.)
# - A stack of affine layers is one affine layer: $W = W_1 W_2$ has shape $(d, q)$, and the first bias takes part in
#   the new one.
# - ReLU folds. Two units fold the plane so that the classes of XOR can be separated by a line.
#
# **To practise:** `from grading import drill, review`, then `drill("collapse")`
# shows a wrong one to fix. In a few days `review()` says what to look at again.

# %% [markdown]
# ## Questions
#
# **1.** Is *one* hidden ReLU unit enough for XOR?
#
# <details><summary>Answer</summary>
#
# No. With one unit $O = w_2 \operatorname{relu}(z) + b_2$, where $z = xw_1 + b_1$ is a single number. As a function
# of $z$ this never falls if $w_2 \ge 0$, and never rises otherwise. So $O > \tfrac12$ holds on one side of a
# threshold $z = t$ (or everywhere, or nowhere), and $z = t$ is a line in the plane. It would separate the classes,
# which no line does.
# </details>
#
# **2.** Give the neuron a third input, $x_3 = x_1 x_2$. Is there now a $w$ $(3,)$ and a $b$ with $xw + b$ equal to
# XOR on the four points?
#
# <details><summary>Answer</summary>
#
# Yes: $x_1 + x_2 - 2 x_1 x_2$ is 0, 1, 1, 0. In three dimensions the fourth point has been lifted out of the plane
# of the other three, and four points in such a position can be labelled by a plane in all $2^4$ ways. Somebody had to
# think of $x_1 x_2$, though. A hidden layer is a way to *learn* such features.
# </details>

# %% [markdown]
# **3.** Two affine layers $784 - 5 - 10$ have one affine layer $784 - 10$ as their equal. Is the reverse true: can every
# affine map from $784$ to $10$ numbers be written as two layers with $5$ hidden units?
#
# <details><summary>Answer</summary>
#
# No. $W = W_1 W_2$ with $W_1$ $(784, 5)$ has rank $5$ at most, and a general $W$ $(784, 10)$ has rank $10$. Without an
# activation function a hidden layer adds nothing, and a narrow one takes something away.
# </details>

# %% [markdown]
# ## Exercises without points
#
# **1.** "The light is on if the number of switches that are up is odd" is XOR for three inputs. Build a ReLU network for
# it. How many hidden units do you need, and can you do it for $d$ inputs with $d$ hidden units? (Look at the sum
# $s = x_1 + \dots + x_d$ first: which function of *one* number is wanted?)
#
# **2.** Scan all lines for all $2^5$ labellings of five points of your choice, with `linear_accuracy`. How many can be
# separated? Does that depend on where the points lie? Cover's paper below counts them: $2\sum_{k=0}^{d} \binom{n-1}{k}$ for
# $n$ points in general position in $d$ dimensions. Verify it for $n = 3, 4, 5$ in the plane.
#
# **3.** In section 4 the neuron ended at loss $\tfrac14$ on XOR. Is that the least that *any* neuron can do, or only where
# this start led? Map the loss over $w_1 = w_2$ and $b$, try a hundred random starts, and prove what you see if you can.
# (A score that is free to be any rising function gets down to $\tfrac16$. Which values does it give to the four inputs?)

# %% [markdown]
# ## Sources
#
# - Goodfellow, Bengio, Courville, [*Deep Learning*](https://www.deeplearningbook.org/contents/mlp.html), section 6.1: XOR
#   learned by a ReLU network, step by step.
# - Zhang, Lipton, Li, Smola, *Dive into Deep Learning*, [section 5.1](https://d2l.ai/chapter_multilayer-perceptrons/mlp.html):
#   where linear models fail, hidden layers.
# - Prince, [*Understanding Deep Learning*](https://udlbook.github.io/udlbook/), sections 3.3 and 4.1: regions of shallow
#   networks, deep ones as folding.
# - PyTorch: [nn.Linear](https://docs.pytorch.org/docs/stable/generated/torch.nn.Linear.html), the affine layer.
# - Play: [TensorFlow Playground](https://playground.tensorflow.org/), with the data set "exclusive or" and no hidden layer,
#   then one.
# - Montúfar, Pascanu, Cho, Bengio, [On the Number of Linear Regions of Deep Neural
#   Networks](https://arxiv.org/abs/1402.1869), 2014: folding again and again, and what depth gains by it.
# - Cover, [Geometrical and Statistical Properties of Systems of Linear Inequalities with Applications in Pattern
#   Recognition](https://doi.org/10.1109/PGEC.1965.264137), 1965: why there are 14 regions.
# - Minsky and Papert, *Perceptrons*, MIT Press, 1969: the book that made XOR famous.
