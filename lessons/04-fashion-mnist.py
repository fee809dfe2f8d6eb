# %% [markdown]
# # Training a multilayer perceptron
#
# A network that solves XOR fits on a napkin. Now for one that looks at photographs: 784 numbers in, ten classes out,
# 203,530 parameters that nobody can choose by hand. <!-- claim: sizes --> Everything around the network begins to
# matter: what the data looks like, which loss is computed and how, how long a step is, what the numbers should be
# *before* training, what they do while it goes on, what the network still gets wrong when it is done, and what no
# network of this kind can do.
#
# **In this lesson** you count the parameters of a network, write its forward pass, a stable loss, the accuracy and an
# epoch of training. With these five functions you train on Fashion-MNIST, find a learning rate, watch a network
# overfit, look inside while it learns, and meet its limits. At the end you build a network of your own, which will be
# trained and scored on images it has not seen.
#
# **What you need:** Python, tensors in PyTorch, `loss.backward()`, and ReLU and softmax by name. From calculus the
# chain rule.
#
# **How it goes:** A cell with `YOUR CODE HERE` is yours. The cell below it checks your answer at once. The figures use
# *your* functions, and their titles are made from what these gave. A training draws its curves while it goes on. ■
# stops it and keeps what there is. A function leaves everything as it found it, its arguments and PyTorch's settings
# too, unless its docstring says otherwise.
#
# **Notation:** $n$ images in a batch, $d$ numbers in each, $h$ hidden units, $q$ classes; $X$ $(n, d)$, $W_1$ $(d, h)$,
# $b_1$ $(h,)$, $H$ $(n, h)$, $W_2$ $(h, q)$, $b_2$ $(q,)$, logits $O$ $(n, q)$, labels $y$ $(n,)$, loss $L$, learning rate lr.

# %% tags=["setup"]
import math
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cache, partial
from itertools import islice, pairwise
from typing import Any, NamedTuple

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from grading import check, explain, figures, predict
from grading.data import CLASS_NAMES, Batches, fashion_mnist, to_float

images = fashion_mnist()
print(f"PyTorch {torch.__version__}")
print(images)

# %% [markdown]
# ## 1 · Look at the data
#
# **Fashion-MNIST** (Xiao, Rasul and Vollgraf 2017): gray images of 28 × 28 pixels in ten classes, 60,000 to learn from
# and 10,000 for a test. <!-- claim: images --> The line above says which of them you have; without a network the course uses 6,000
# that come with it, and everything below works with either. <!-- claim: sample --> Before any model, look.

# %%
figures.class_examples(images.train_images, images.train_labels, CLASS_NAMES)

# %% [markdown]
# What can be seen already? The mean of the trousers looks like trousers and like nothing else. Pullover, coat and shirt
# have nearly the same mean, <!-- claim: nearly-the-same-mean -->
# so their difference lies in details. A share of the mistakes will be there, whatever we
# train. And some shirts a person would not call shirts: the labels are a shop's, and nobody will be right about all of them.
#
# The values lie between 0 and 1, background 0. A network without convolutions does not know that pixels have
# neighbours: it gets an image $(1, 28, 28)$ as a row of $d = 784$ numbers.
#
# ### Three sets, three purposes
#
# - From the **training** images the network learns: they decide about its parameters.
# - By the **validation** images *we* learn: they decide which learning rate, how many epochs, which network.
# - The **test** images decide nothing. They are looked at once, at the end, and say what all these choices are worth.
#
# Whoever chooses the best of ten networks by the test images has fitted the test images, a little, and the number for the
# report is too good. So a tenth of the training images is held out for validation, and the test images wait for section 12.

# %%
from dataclasses import replace

order = torch.randperm(len(images.train_labels), generator=torch.Generator().manual_seed(0))
validation, training = order.split([len(order) // 10, len(order) - len(order) // 10])
split = replace(
    images,
    train_images=images.train_images[training],
    train_labels=images.train_labels[training],
    test_images=images.train_images[validation],
    test_labels=images.train_labels[validation],
)
print(f"training: {len(training):,} images, in each class {split.train_labels.bincount().tolist()}")
print(f"validation: {len(validation):,} images, in each class {split.test_labels.bincount().tolist()}")

# %% [markdown]
# The classes are nearly equally frequent, so guessing is right in about 10 % of the cases. <!-- claim: guess -->
# That is the first number to beat.
#
# ### Where it runs, and what a seed decides
#
# A tensor lives on a **device**: `cuda` is an Nvidia GPU, `mps` the GPU of an Apple computer, `cpu` is there always. Both
# factors of a product must be on the same device, so model and data are sent there once, by `.to(device)`. For a network as
# small as ours the CPU will do.

# %%
device = torch.device("cpu")  # to stay here, delete the next two lines
device = torch.device("mps") if torch.backends.mps.is_available() else device
device = torch.device("cuda") if torch.cuda.is_available() else device

X_train, y_train = to_float(split.train_images, device), split.train_labels.to(device)  # (n, 1, 28, 28), (n,)
X_val, y_val = to_float(split.test_images, device), split.test_labels.to(device)
print(f"on {X_train.device}: {tuple(X_train.shape)}, mean {X_train.mean():.3f}, deviation {X_train.std():.3f}")

# %% [markdown]
# Training draws random numbers for the first weights and for the order of the images. A **seed** makes them the same
# again. Run this twice:

# %%
torch.backends.cudnn.deterministic = True  # on an Nvidia GPU: always the same algorithm, though another may be faster
torch.backends.cudnn.benchmark = False

for seed in (0, 0, 1):
    torch.manual_seed(seed)
    print(f"seed {seed}: weights {[round(weight, 3) for weight in torch.randn(4).tolist()]}")

# %% [markdown]
# The same curve again, bit for bit, takes more than a seed. The same *device*, since a GPU adds in another order
# than a CPU, and sums are rounded. The same number of *threads*, `torch.set_num_threads`, for the same reason. The same
# *algorithms*, which is what the two lines on cuDNN are for. And the same *version* of PyTorch: from one to the next nobody
# promises anything. A generator of its own for the order of the images, as above, keeps the order when a layer draws
# a number more.
#
# A seed makes a run repeatable. It does not make its result typical: for that, run several.
#
# ## 2 · The network, from its parameters up
#
# One hidden layer of $h = 256$ units, $q = 10$ outputs, a batch of $n$ images as the rows of $X$ $(n, d)$:
#
# $$Z = XW_1 + b_1 \quad (n, h), \qquad H = \operatorname{relu}(Z) \quad (n, h), \qquad O = HW_2 + b_2 \quad (n, q).$$
#
# The row $O_i$ holds the **logits** of image $i$: one number for each class, of any size and sign. A layer from $a$
# units to $b$ units has a weight for every pair and a bias for every unit that it leads to.


# %% todo="num_parameters" difficulty=1
def num_parameters(sizes: Sequence[int]) -> int:
    """Return the number of weights and biases of a fully connected network with these layer sizes, inputs first.

    It is exact however large the sizes are, and the list stays as it is. Example: [2, 3, 1] gives 13.
    """
    ### BEGIN SOLUTION
    return sum(a * b + b for a, b in pairwise(sizes))
    ### END SOLUTION


# %% check="num_parameters"
check(num_parameters)

# %% [markdown]
# **In your own words.** Twice as many units in the only hidden layer: how many more parameters, and why not four times as many?

# %%
explain("twice-the-units", """...""")

# %%
figures.parameter_counts(
    num_parameters, [[784, 10], [784, 256, 10], [784, 256, 256, 10], [784, 256, 256, 256, 10], [784, 1024, 10]]
)

# %% [markdown]
# In a network on images the first layer is the expensive one: one more unit in it costs 784 weights, a bias, and what
# leads on from it. <!-- claim: given -->
#
# <details><summary>Why a power of two?</summary>
#
# Habit, with a reason. Hardware multiplies matrices in small square tiles, and memory comes in blocks of a power of two. A
# width that is a multiple of the tile leaves no tile half empty. On a large GPU this can be worth something, in half
# precision above all; a multiple of the tile is enough, it need not be a power of two. Whether a network as small as this
# one notices, you can measure in the first exercise at the end.
# </details>
#
# d2l, the library of the book *Dive into Deep Learning*, puts a model into a class. `nn.Parameter` marks a tensor as
# something to be learned. The weights are small and random, with a standard deviation of $\sigma = 0.01$; the biases are
# 0. The class comes without its forward pass: `d2l.add_to_class` adds a method to a class that exists already, so that a
# notebook can go on with a class cell by cell.


# %%
from d2l import torch as d2l


class MLPScratch(d2l.Classifier):
    """A multilayer perceptron with one hidden layer."""

    def __init__(self, num_inputs: int, num_outputs: int, num_hiddens: int, lr: float, sigma: float = 0.01) -> None:
        super().__init__()
        self.save_hyperparameters()  # self.num_inputs and so on
        self.W1 = nn.Parameter(torch.randn(num_inputs, num_hiddens) * sigma)  # (d, h)
        self.b1 = nn.Parameter(torch.zeros(num_hiddens))  # (h,)
        self.W2 = nn.Parameter(torch.randn(num_hiddens, num_outputs) * sigma)  # (h, q)
        self.b2 = nn.Parameter(torch.zeros(num_outputs))  # (q,)


def relu(X: Tensor) -> Tensor:
    """Return max(x, 0) for every element of X."""
    return torch.maximum(X, torch.zeros_like(X))


# %% [markdown]
# Now the forward pass. The images come as $(n, 1, 28, 28)$ or $(n, 28, 28)$ or as rows already; the first axis is
# always the batch. Make rows, then two affine maps with `relu` between. Nothing comes after the second one: turning
# logits into probabilities is the business of the loss. Use the parameters themselves: what is copied out of them, by
# `.data` or `torch.tensor(...)`, gets no gradient and never learns.


# %% todo="MLPScratch.forward" difficulty=2
@d2l.add_to_class(MLPScratch)
def forward(self: MLPScratch, X: Tensor) -> Tensor:
    """Return the logits (n, q) of a batch of images (n, ...), from self.W1, self.b1, self.W2 and self.b2.

    It runs where X is. Autograd gets back to each of the four parameters, and X is left unchanged.
    """
    ### BEGIN SOLUTION
    H = relu(X.reshape(len(X), -1) @ self.W1 + self.b1)  # (n, d) to (n, h)
    return H @ self.W2 + self.b2  # (n, q)
    ### END SOLUTION


# %% check="MLPScratch.forward"
check(MLPScratch, "MLPScratch.forward")

# %% [markdown]
# **In your own words.** A batch arrives as $(64, 1, 28, 28)$. Which shapes does it pass through,
# and where is a class decided?

# %%
explain("shapes-of-a-batch", """...""")

# %% [markdown]
# ## 3 · The loss
#
# **Softmax** turns the logits $o$ $(q,)$ of one image into probabilities,
#
# $$p_j = \frac{e^{o_j}}{\sum_{k=1}^{q} e^{o_k}},$$
#
# and the **cross-entropy** is what the true label $y$ costs under them, $-\ln p_y$: 0 for certainty, $\ln q$ for a guess
# among equals, and without limit for being certain of something wrong. Over a batch it is the mean:
#
# $$L = -\frac1n \sum_{i=1}^{n} \ln p_{i,y_i}.$$
#
# As code the two formulas break, each in its own way. $e^{1000}$ is infinite and $\infty/\infty$ is `nan`. And a
# probability below $10^{-45}$ rounds to 0 in float32, whose logarithm is $-\infty$. Put the logarithm inside first:
#
# $$-\ln p_y = \ln \sum_k e^{o_k} - o_y, \qquad \ln \sum_k e^{o_k} = m + \ln \sum_k e^{o_k - m} \quad\text{for every } m.$$
#
# With $m = \max_k o_k$, taken *for each row*, no exponent is positive, so nothing overflows; and one of them is 0, so
# the sum is at least 1 and its logarithm is finite. PyTorch has this as `torch.logsumexp`, and as
# `torch.log_softmax` for the whole difference; both are welcome. What is not welcome is the library's finished loss.


# %% todo="cross_entropy" difficulty=2
def cross_entropy(logits: Tensor, y: Tensor) -> Tensor:
    """Return the mean of -ln softmax(logits)[i, y[i]] over the batch, a 0-dimensional tensor.

    logits (n, q) of any finite size; y (n,) holds labels from 0 to q - 1. Value and gradient are finite. It runs where
    the logits are.
    """
    ### BEGIN SOLUTION
    chosen = logits[torch.arange(len(y), device=y.device), y]  # (n,)
    return (torch.logsumexp(logits, dim=1) - chosen).mean()
    ### END SOLUTION


# %% check="cross_entropy"
check(cross_entropy)

# %% [markdown]
# **In your own words.** Why is $m$ the maximum of each *row*, and not of the whole batch?

# %%
explain("maximum-of-each-row", """...""")

# %% [markdown]
# Its gradient is as simple as a gradient can be. The derivative of $\ln \sum_k e^{o_k}$ by $o_j$ is $p_j$, hence
#
# $$\frac{\partial(-\ln p_y)}{\partial o_j} = p_j - [j = y], \qquad
#   \frac{\partial L}{\partial O} = \frac1n (P - Y) \quad (n, q)$$
#
# with $Y$ the labels as rows of zeros and a one. Each entry before the factor lies between $-1$ and $1$: it cannot
# explode, and as long as the network is wrong it does not vanish. A clamp or a small constant under the logarithm
# would keep the value finite, too, but set the gradient to 0 just where the network is most wrong.
#
# ### Accuracy
#
# What we would like to be high is the share of images whose largest logit is that of their label. It cannot be
# trained on: a tiny change of the weights changes no prediction, so its gradient is 0 almost everywhere.


# %% todo="accuracy" difficulty=1
def accuracy(logits: Tensor, y: Tensor) -> Tensor | float:
    """Return the share of rows of logits (n, q) whose largest entry is at the label y (n,): from 0 to 1."""
    ### BEGIN SOLUTION
    return (logits.argmax(dim=1) == y).float().mean()
    ### END SOLUTION


# %% check="accuracy"
check(accuracy)

# %% [markdown]
# **In your own words.** Two networks have the same accuracy, and one of them half the loss of the other. How can that be?

# %%
explain("same-accuracy-half-the-loss", """...""")

# %% [markdown]
# ## 4 · One epoch
#
# **Minibatch stochastic gradient descent** walks through the training images in batches $B$ and takes a step after
# each: for every parameter $\theta$ of the model
#
# $$\theta \leftarrow \theta - \text{lr} \cdot \frac{\partial L_B}{\partial \theta}.$$
#
# If the batch is drawn at random, its gradient is on average that of the whole set, at a small part of the price. One
# pass through all images is an **epoch**. The function should train any network, so it asks `model.parameters()` and
# takes no names for granted, and some parameters may be frozen: they require no gradient and have none. Three things
# go wrong so often that the check looks for them:
#
# - `backward()` *adds* to the gradients that are there. Reset them before each batch. On arrival they may hold
#   something already, from whoever used the model before you.
# - Each $L_B$ is a mean, and the last batch is often smaller. The mean over all examples is
#   $\sum_B n_B L_B \,/ \sum_B n_B$; the mean of the batch losses is something else.
# - Layers such as dropout and batch normalization work in one way while a network learns and in another while it is
#   used. `model.train()` and `model.eval()` switch, `model.training` tells. Whoever measured last may have left the
#   model in evaluation mode: switch to training for the epoch, and back to what you found.


# %% todo="train_epoch" difficulty=3
def train_epoch(
    model: Callable[..., Any], batches: Iterable[tuple[Tensor, Tensor]], loss: Callable[..., Any], lr: float
) -> float:
    """Take one step of plain SGD on each batch (X, y), and return the mean loss over all examples.

    loss(model(X), y) is the mean over a batch, 0-dimensional. What is returned is the loss as it was before each step.
    model is any nn.Module, on any device. It is in training mode during the epoch; afterwards its mode is what it was.
    Parameters that require no gradient stay as they are. batches may be a generator, which can be gone through once.
    """
    ### BEGIN SOLUTION
    mode = model.training  # type: ignore[attr-defined]
    model.train()  # type: ignore[attr-defined]
    optimizer = torch.optim.SGD(model.parameters(), lr=lr)  # type: ignore[attr-defined]
    total, count = 0.0, 0
    for X, y in batches:
        value = loss(model(X), y)
        optimizer.zero_grad()
        value.backward()
        optimizer.step()
        total += value.item() * len(y)
        count += len(y)
    model.train(mode)  # type: ignore[attr-defined]
    return total / count
    ### END SOLUTION


# %% check="train_epoch"
check(train_epoch)

# %% [markdown]
# **In your own words.** What would the returned mean be if each loss were taken *after* its step, and why is the one before it more honest?

# %%
explain("loss-before-the-step", """...""")

# %% [markdown]
# ## 5 · Before the long run: three checks
#
# A bug in a training program rarely crashes it. It trains, a little worse than it could, and nobody notices. So people
# who do this for a living check a few numbers first, those that they know beforehand.
#
# **The loss at the start.** What should it be, before anything has been learned? Take a pencil, then:

# %%
predict("loss-at-the-start", ...)  # the cross-entropy with ten classes and small weights

# %% [markdown]
# With small weights all logits are close to 0, all probabilities close to
# $\tfrac1q$, and so
#
# $$L \approx -\ln \tfrac{1}{10} = \ln 10 \approx 2.303.$$
#
# Anything else has a reason. A loss far above it says that the network is certain of something before it has seen
# anything: the weights are too large, or the pixels were not scaled to $[0, 1]$.


# %%
def initial_loss(sigma: float) -> float:
    """Return the loss of an untrained network on the first 1,000 images."""
    torch.manual_seed(0)
    model = MLPScratch(num_inputs=784, num_outputs=10, num_hiddens=256, lr=0.1, sigma=sigma).to(device)
    with torch.no_grad():
        return float(cross_entropy(model(X_train[:1000]), y_train[:1000]))


figures.initial_loss(initial_loss, sigmas=[0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1.0], classes=10, chosen=0.01)

# %% [markdown]
# **Fifty images by heart.** A network with so many parameters must be able to learn fifty images until the loss is close
# to 0. If it cannot, something between the data and the step is broken, and no amount of data will mend it. It takes
# seconds. The other way round, a network that sees only blank images can learn nothing but how frequent the classes
# are: its loss must stay at $\ln 10$. If it falls, the labels leak in somewhere.
#
# And what if the fifty labels are drawn at random, so that there is nothing to understand? Say it before you see it:

# %%
predict("shuffled-labels", ...)  # "stays at ln 10", "stops in between" or "goes to 0"


# %%
def learn_by_heart(X: Tensor, y: Tensor, epochs: int = 150) -> Tensor:
    """Return the training loss of each epoch on a few images, by your own code, shape (epochs,)."""
    torch.manual_seed(0)
    model = MLPScratch(num_inputs=784, num_outputs=10, num_hiddens=256, lr=0.1).to(device)
    few = Batches(X, y, batch_size=10, shuffle=True, generator=torch.Generator().manual_seed(0))
    return torch.tensor([train_epoch(model, few, cross_entropy, lr=0.1) for _ in range(epochs)])


fifty = torch.cat([(y_train == label).nonzero()[:5, 0] for label in range(10)])  # five of each class
shuffled = y_train[fifty][torch.randperm(50, generator=torch.Generator().manual_seed(0)).to(device)]
runs = {
    "50 images": partial(learn_by_heart, X_train[fifty], y_train[fifty]),
    "50 images, labels shuffled": partial(learn_by_heart, X_train[fifty], shuffled),
    "50 blank images": partial(learn_by_heart, torch.zeros_like(X_train[fifty]), y_train[fifty]),
}
figures.sanity_checks(runs, classes=10)

# %% [markdown]
# The curve of the shuffled labels deserves a moment. The network learns labels that mean nothing as well, only later. So a
# training loss near 0 does not show that anything was understood. Only images that it has not seen can show that.
#
# ## 6 · The long run
#
# Ten epochs on all training images, by your own `train_epoch`. After each of them the validation images are asked, with
# your loss and your accuracy, and the parameters and their gradients are written down for section 11. `follow` draws
# what the training yields.


# %%
from grading.training import follow


class Run(NamedTuple):
    """A training: the model, its numbers by epoch, and each parameter and its gradient, before training and after every epoch."""

    model: Any
    history: dict[str, list[float]]
    weights: dict[str, list[Tensor]]
    gradients: dict[str, list[Tensor]]


def measured(model: Any) -> dict[str, float]:
    """Return loss and accuracy on the validation images."""
    with torch.no_grad():
        O = model.eval()(X_val)
    return {"val_loss": float(cross_entropy(O, y_val)), "val_acc": float(accuracy(O, y_val))}


def record(run: Run) -> None:
    """Append every parameter, and its gradient of the loss on the first 1,000 images."""
    parameters = dict(run.model.named_parameters())
    grads = torch.autograd.grad(cross_entropy(run.model(X_train[:1000]), y_train[:1000]), list(parameters.values()))
    for (name, parameter), grad in zip(parameters.items(), grads, strict=True):
        run.weights.setdefault(name, []).append(parameter.detach().clone())
        run.gradients.setdefault(name, []).append(grad)


# %%
EPOCHS = 10


def train(run: Run, lr: float, seed: int = 0) -> Iterator[dict[str, float]]:
    """Train by your own function; yield the numbers of each epoch."""
    batches = Batches(X_train, y_train, 256, shuffle=True, generator=torch.Generator().manual_seed(seed))
    record(run)
    for _ in range(EPOCHS):
        yield {"train_loss": train_epoch(run.model, batches, cross_entropy, lr), **measured(run.model)}
        record(run)


@cache
def by_hand() -> Run:
    """Train MLPScratch. This happens once; run the cell again after you have changed something above."""
    torch.manual_seed(1)
    run = Run(MLPScratch(num_inputs=784, num_outputs=10, num_hiddens=256, lr=0.1).to(device), {}, {}, {})
    run.history.update(follow(train(run, lr=0.1)))
    return run


figures.epoch_curves({"your train_epoch": lambda: by_hand().history})

# %% [markdown]
# This is training, all of it: a loop over batches, four lines in it. The title says where it ends. With the 5,000 images of
# the sample instead of 60,000 there are twelve times fewer steps in ten epochs, so it ends lower and is still under
# way. <!-- claim: twelve-times --> The ups and downs between epochs are the price of a constant learning rate.
#
# The dashed line is the mean over an epoch *while* the network improves, the solid one is measured *after* it. In the first
# epochs that alone can put the images it trains on behind those it has never seen.
#
# ### The same with d2l's Trainer
#
# The book has this loop in a class, `d2l.Trainer`, its data in another, `d2l.FashionMNIST`, and a board that draws while it
# trains. `trainer.fit(model, data)` is your loop. Let us run it as it stands in the book.
#
# `d2l.FashionMNIST` downloads the whole set into `../data` first, and raises an error where there is no network. `found_by_d2l`
# puts our split where it looks, so it finds the training images and, under the name `val`, *our* validation images.
# Left to itself it takes the test images for that, and shows what they say after each epoch.


# %%
from contextlib import suppress
from time import perf_counter

from matplotlib_inline.backend_inline import set_matplotlib_formats

from grading.data import found_by_d2l
from grading.training import show_board


@d2l.add_to_class(MLPScratch)
def loss(self: Any, O: Tensor, y: Tensor) -> Tensor:
    """Return your mean cross-entropy of logits O (n, q) and labels y (n,); without this, d2l takes the library's."""
    return cross_entropy(O, y)


def history_of(board: Any) -> dict[str, list[float]]:
    """Return what a d2l board has drawn, a value an epoch; of the training loss it has two."""
    curves = {name: [float(point.y) for point in points] for name, points in board.data.items()}
    return {**curves, "train_loss": curves.get("train_loss", [])[1::2]}


@cache
def stock_d2l() -> tuple[dict[str, list[float]], float]:
    """Train MLPScratch by nothing but d2l's own classes; return the history, and the seconds for an epoch."""
    with found_by_d2l(split):
        data = d2l.FashionMNIST(batch_size=256)
    data.num_workers = 0  # d2l starts four processes to convert images; on two cores they wait for each other
    torch.manual_seed(1)
    model = MLPScratch(num_inputs=784, num_outputs=10, num_hiddens=256, lr=0.1)
    trainer = d2l.Trainer(max_epochs=EPOCHS)
    start = perf_counter()
    with suppress(KeyboardInterrupt):  # d2l itself answers ■ with a traceback
        trainer.fit(model, data)
    # d2l asks for SVG, which a notebook from elsewhere does not show, and leaves a picture without a description.
    set_matplotlib_formats("png")  # type: ignore[no-untyped-call]
    show_board(model.board)
    history = history_of(model.board)
    return history, (perf_counter() - start) / max(1, len(history.get("val_loss", [])))


# %%
figures.epoch_curves({"your train_epoch": lambda: by_hand().history, "d2l": lambda: stock_d2l()[0]})

# %% [markdown]
# Two runs of the same training: same network, same step, same first weights. Only the order of the images differs,
# because d2l draws it from another generator. What lies between the two curves is luck.
#
# <details><summary>What to know about d2l's Trainer before you trust its picture</summary>
#
# - Its board shows the mean of the *batch* accuracies, the trap of section 4: a last, small batch counts as much as a full
#   one.
# - It redraws the whole picture at every point, four times an epoch.
# - It converts every image anew in every epoch, and trains on the CPU unless you write `num_gpus=1`. It does not know
#   Apple's GPUs.
# - `add_to_class` returns nothing: the bare name `forward` is `None` afterwards. The method is in the class.
# - `d2l.plot` cannot draw a tensor that requires a gradient. Call `.detach()` first.
# </details>
#
# ### And with ours
#
# `grading.training.Trainer` takes the place of `d2l.Trainer`, for the same models and data, and nothing else changes.
# It keeps the images in memory, on the device, counts every validation image once, and draws in a twentieth of
# the time. ■ stops it between two batches; `fit` again goes on from there. Its `history` has a value an epoch.


# %%
from grading.data import InMemoryFashionMNIST
from grading.training import Trainer


def fit(model: Any, max_epochs: int = EPOCHS) -> dict[str, list[float]]:
    """Train a model of d2l's kind on our split, in the order that section 6 began with; return its history."""
    data = InMemoryFashionMNIST(256, device, data=split, generator=torch.Generator().manual_seed(0))
    trainer = Trainer(max_epochs, device=device)
    trainer.fit(model, data)
    return trainer.history


@cache
def ours() -> tuple[dict[str, list[float]], float]:
    """Train MLPScratch by our trainer; return the history, and the seconds for an epoch."""
    torch.manual_seed(1)
    model = MLPScratch(num_inputs=784, num_outputs=10, num_hiddens=256, lr=0.1)
    start = perf_counter()
    history = fit(model)
    return history, (perf_counter() - start) / max(1, len(history.get("val_loss", [])))


figures.seconds_per_epoch({"d2l.Trainer": lambda: stock_d2l()[1], "grading.training.Trainer": lambda: ours()[1]})

# %%
figures.epoch_curves({"your train_epoch": lambda: by_hand().history, "our Trainer": lambda: ours()[0]})

# %% [markdown]
# This time even the order of the images is the same, and the curves lie on each other. A trainer is a convenience. It does
# not learn better than twelve lines of your own.
#
# ## 7 · The same in four lines
#
# PyTorch has the layers ready. `nn.LazyLinear` finds out its number of inputs when the first batch arrives. Until then
# its parameters have no shape, and cannot be counted, copied or initialized. So it is good practice to send one image
# through before anything else.


# %%
from torchinfo import summary


class MLP(d2l.Classifier):
    """The same network from PyTorch's parts."""

    def __init__(self, num_outputs: int, num_hiddens: int, lr: float) -> None:
        super().__init__()
        self.save_hyperparameters()
        self.net = nn.Sequential(nn.Flatten(), nn.LazyLinear(num_hiddens), nn.ReLU(), nn.LazyLinear(num_outputs))
        self.net(torch.zeros(1, 1, 28, 28))  # the lazy layers learn their sizes


table = summary(MLP(num_outputs=10, num_hiddens=256, lr=0.1).net, input_size=(256, 1, 28, 28), device="cpu")
print(str(table).replace("Units.MEGABYTES", "millions"))  # torchinfo prints the name of a constant of its own

# %% [markdown]
# The table should agree with your `num_parameters([784, 256, 10])`, and it says what a forward and a backward pass
# of a batch keep in memory. Mult-adds are the work: a product and a sum for every weight and image.
#
# `nn.Linear` starts differently: its weights are uniform on $(-1/\sqrt{d}, 1/\sqrt{d})$, here $\pm 0.036$ with
# standard deviation 0.02, twice our $\sigma$. <!-- claim: default-weights --> Its biases are drawn from the same range. Does it matter?


# %%
@cache
def concise() -> dict[str, list[float]]:
    """Train the network of PyTorch's parts, once."""
    torch.manual_seed(1)
    return fit(MLP(num_outputs=10, num_hiddens=256, lr=0.1))


figures.epoch_curves({"MLPScratch": lambda: by_hand().history, "MLP": concise})

# %% [markdown]
# The two see the same batches in the same order, and even jump at the same places. They begin with other weights: those
# of `MLP` are larger, so it has less of the plateau at $\ln 10$ to leave. Lesson 05 turns this into a theory.
#
# ## 8 · How long is a step?
#
# The learning rate is the number to choose first: with a wrong one nothing else can be seen. The gradient
# says which way the loss falls, and how steeply, *here*. It does not say how far that holds. Small steps are safe and
# slow. Large ones end where the slope was never measured.
#
# So try: the same network, the same first weights, the same batches, six learning rates, each a multiple of the one before.
# Your `train_epoch` takes a generator, so an "epoch" may be any thirty batches; twenty of these make $20 \cdot 30 = 600$
# steps. Which rate will be best, and which will learn nothing?

# %%
predict("best-learning-rate", ...)  # "0.001", "0.01", "0.1", "0.3", "1" or "10"


# %%
RATES = (0.001, 0.01, 0.1, 0.3, 1.0, 10.0)


def endless(seed: int = 0) -> Iterator[tuple[Tensor, Tensor]]:
    """Yield batches of the training images, epoch after epoch."""
    batches = Batches(X_train, y_train, 256, shuffle=True, generator=torch.Generator().manual_seed(seed))
    while True:
        yield from batches


def try_rates() -> Iterator[dict[str, float]]:
    """Train a network with every learning rate, all in step; yield the validation losses every 30 steps."""
    models: dict[float, Any] = {}
    for lr in RATES:
        torch.manual_seed(1)
        models[lr] = MLPScratch(num_inputs=784, num_outputs=10, num_hiddens=256, lr=lr).to(device)
    streams = {lr: endless() for lr in RATES}
    for _ in range(20):
        for lr, model in models.items():
            train_epoch(model, islice(streams[lr], 30), cross_entropy, lr)
        yield {f"{lr:g}": measured(model)["val_loss"] for lr, model in models.items()}


@cache
def sweep() -> dict[float, list[float]]:
    """Return the validation losses by learning rate, once."""
    return {float(lr): losses for lr, losses in follow(try_rates(), by="30 steps").items()}


figures.learning_rates(sweep, guess=math.log(10), steps=30)

# %% [markdown]
# Read the right panel from the left: too small, and all these steps lead nowhere; then the loss falls with every factor; then, within
# less than a factor of ten, the steps are too large. <!-- claim: valley-and-cliff -->
# A valley with a gentle side and a cliff. The good place is
# close to the cliff, so a sweep goes by *factors*, not by sums, and starts with the large ones: there the answer comes soon.
#
# What is a step too large? Along a direction in which the loss curves like $\tfrac{c}{2} t^2$, the step from $t$ leads to
# $(1 - \text{lr} \cdot c)\, t$. With $\text{lr} > 2 / c$ every step lands farther away than it began, on the other side:
# the training **diverges**. A network has as many curvatures as directions, and the steepest decides. With a rate
# of 10 the first huge steps throw nearly all ReLUs to where they are 0 for every image. <!-- claim: dead-units --> No
# gradient comes back through them; only the output biases go on jumping, and what is left is a guess.
#
# ## 9 · Overfitting, seen
#
# In section 5 the network learned fifty images by heart. What does it know of others, meanwhile? Train on 300 images for 100
# epochs and watch both losses. <!-- claim: given -->


# %%
def long_on_few(count: int = 300, epochs: int = 100) -> Iterator[dict[str, float]]:
    """Train on the first images only; yield training loss, validation loss and accuracy of every epoch."""
    torch.manual_seed(1)
    model = MLPScratch(num_inputs=784, num_outputs=10, num_hiddens=256, lr=0.1).to(device)
    few = Batches(X_train[:count], y_train[:count], 30, shuffle=True, generator=torch.Generator().manual_seed(1))
    for _ in range(epochs):
        yield {"train_loss": train_epoch(model, few, cross_entropy, lr=0.1), **measured(model)}


figures.overfitting(lambda: follow(long_on_few()))

# %% [markdown]
# The dot marks the epoch with the lowest validation loss, the **turn**. Before it, whatever lowers the training loss helps
# with new images as well. After it the network learns its images by heart, with ever more certainty, and pays with
# new ones: it is *certain* of its mistakes. The accuracy on the right counts mistakes, not certainty, so it may
# stand still while the loss rises. That gap between the two losses is **overfitting**.
#
# Stopping at the turn is the oldest remedy, *early stopping*; more images is the best. Lesson 06 has the others: weight
# decay, dropout, batch normalization, schedules, compared with seeds and honestly.
#
# ## 10 · What it gets wrong
#
# Back to the network of section 6. One number for thousands of images hides more than it tells. The **confusion
# matrix** shows which class is taken for which. Each row is a true class, in percent. Only the mistakes are coloured.
# Which two classes will be mixed up most? Look at the means in section 1 again and say it before you run the cell.


# %%
def logits_of(X: Tensor) -> Tensor:
    """Return what the network of section 6 says about images, (n, 10)."""
    with torch.no_grad():
        return by_hand().model.eval()(X)  # type: ignore[no-any-return]


figures.confusion_matrix(lambda: logits_of(X_val).argmax(dim=1), y_val, CLASS_NAMES)

# %% [markdown]
# The mistakes have a structure, and it is in the images: clothes for the upper body are taken for each other, and so are
# shoes. From one group to the other it happens rarely.
#
# Now the images with the largest loss: those where the network was most certain of something else. Sorting by the loss
# is the cheapest way to find out whether a mistake is the network's, or the label's.


# %%
def loss_and_caption() -> tuple[Tensor, list[str]]:
    """Return the loss of every validation image, and what it is and was taken for."""
    O = logits_of(X_val)
    losses = torch.stack([cross_entropy(o[None], y[None]) for o, y in zip(O, y_val, strict=True)])
    pairs = zip(y_val.tolist(), O.argmax(dim=1).tolist(), strict=True)
    return losses, [f"{CLASS_NAMES[label]},\nsays {CLASS_NAMES[said]}" for label, said in pairs]


figures.worst_mistakes(loss_and_caption, split.test_images)

# %% [markdown]
# Would you have known? Of some of these images one cannot say from the picture what the shop called them.
#
# ## 11 · Inside, while it learns
#
# A falling loss says that it works, not how. Section 6 kept all parameters and their gradients, from before training to
# the end. First whole, as pictures: each row of pixels is one unit, each column one of its inputs; red is positive.

# %%
MOMENTS = {"before training": 0, "after one epoch": 1, "after ten epochs": -1}
figures.matrix_heat_maps(lambda: by_hand().weights, MOMENTS, "weight or bias")

# %% [markdown]
# The first weights are noise, the biases one flat colour: 0. Training gives $W_1$ a pattern that repeats every 28 columns,
# once for each line of the image. <!-- claim: given --> The weights of pixels in the middle have moved, those at the
# margins less. <!-- claim: margins --> $W_2$ has grown to several times its size, and the biases have moved, too.
# <!-- claim: several-times-its-size -->

# %%
figures.matrix_heat_maps(lambda: by_hand().gradients, MOMENTS, "gradient")

# %% [markdown]
# Pixels in the corners are 0 in nearly every image, <!-- claim: corners-are-zero -->
# and the gradient of a weight is its input times what comes back. So
# whole columns of the gradient of $W_1$ are 0 and those weights stay where they were. Whole rows can be
# 0, too: units that are off for every one of these images.
#
# The same as distributions, a curve for each moment:


# %%
def everything() -> dict[str, list[Tensor]]:
    """Return the parameters and their gradients by name, from before training to the end."""
    return {**by_hand().weights, **{f"grad_{name}": series for name, series in by_hand().gradients.items()}}


figures.value_histograms(everything, MOMENTS)

# %% [markdown]
# A normal distribution is a parabola on this logarithmic axis, and so do the weights begin. Training gives them tails.
# How many weights of the first layer have moved at all? Compare each with where it began:

# %%
figures.moved_weights(lambda: by_hand().weights, sigma=0.01)

# %% [markdown]
# And over time. One column is one moment; the dark band is where the values lie, and the two lines mark one
# standard deviation.

# %%
figures.value_heat_maps(everything)

# %% [markdown]
# The title has the two ends. Compare `grad_W1` with `grad_W2` at the start: what comes to $W_1$ comes through $W_2$,
# which is small. So $W_2$ moves first, grows, and with it what the hidden layer gets to hear. What would be a
# warning: gradients that shrink to nothing in one layer only, or that grow without end.
#
# What has the hidden layer learned? The column of $W_1$ that leads to one unit has a number for every pixel, so it can
# be shown as an image.

# %%
figures.unit_weights(
    lambda: {"before training": by_hand().weights["W1"][0], "after ten epochs": by_hand().weights["W1"][-1]},
    shape=(28, 28),
)

# %% [markdown]
# Noise becomes blobs, some of them like a garment or a part of one: wanted where the weights are red, unwanted where they are
# blue. The corners have stayed noise: nothing ever happens there. Nobody told the network which pixels are neighbours.
#
# ## 12 · The test images, once
#
# All choices have been made by validation images: the sweep has named a learning rate. Before the last number, predict it.
# Will the accuracy on the test images be a little higher than on the validation images, the same, or a little lower?


# %%
def final_accuracies() -> dict[str, dict[str, float]]:
    """Train once more with the rate that the sweep chose; return the accuracies of both networks, on both sets."""
    best = min(sweep(), key=lambda lr: sweep()[lr][-1])
    torch.manual_seed(1)
    chosen = Run(MLPScratch(num_inputs=784, num_outputs=10, num_hiddens=256, lr=best).to(device), {}, {}, {})
    follow(train(chosen, lr=best))
    X_test, y_test = to_float(images.test_images, device), images.test_labels.to(device)
    result = {}
    with torch.no_grad():
        for name, model in (("lr 0.1, as in the book", by_hand().model), (f"lr {best:g}, chosen", chosen.model)):
            pairs = (("validation", X_val, y_val), ("test", X_test, y_test))
            result[name] = {part: float(accuracy(model.eval()(X), y)) for part, X, y in pairs}
    return result


figures.with_and_without(
    lambda: {name: {part: [value] for part, value in pair.items()} for name, pair in final_accuracies().items()},
    "Test against validation",
    "accuracy",
)

# %% [markdown]
# How far may two such numbers lie apart by luck alone? A share $p$ of $m$ images has a standard deviation of
# $\sqrt{p(1-p)/m}$: with $p = 0.85$ it is 0.005 for 6,000 images, 0.016 for 500. <!-- claim: luck --> Differences of that size mean
# nothing. A test accuracy that is *clearly* lower would mean that we have chosen too often by the same images.
#
# Now the number stands. Whoever goes back to change something because of it has made validation images of them.
#
# ## 13 · What a multilayer perceptron cannot do
#
# It takes a row of numbers of a fixed length, all at once. Whatever else there is to know about the data, it
# does not know: that pixels have neighbours, that a shoe one step to the right is the same shoe, that words come one after
# another. Two families of networks have such knowledge built in.
#
# | | MLP | convolutional network (CNN) | recurrent network (RNN) |
# |---|---|---|---|
# | input | a row of fixed length | a grid | a sequence of any length |
# | a unit sees | everything | a small window | the next symbol, and what it remembers |
# | weights are shared | not at all | by all places | by all times |
# | state between inputs | none | none | the hidden state |
# | it takes for granted | nothing | what is near belongs together, and may be anywhere | the same rule holds at every time |
#
# And the price of knowing nothing: a hidden unit needs a weight for every pixel.

# %%
figures.parameter_counts(
    num_parameters, [[28 * 28, 256, 10], [32 * 32 * 3, 256, 10], [64 * 64 * 3, 256, 10], [224 * 224 * 3, 256, 10]]
)

# %% [markdown]
# ### Pixels in another order
#
# Shuffle the pixels of every image in the same way, once and for all. A person is lost:

# %%
pixel_order = torch.randperm(784, generator=torch.Generator().manual_seed(0))
shuffled_images = split.train_images.flatten(1)[:, pixel_order].reshape(split.train_images.shape)
figures.class_examples(shuffled_images, split.train_labels, CLASS_NAMES[:3])

# %% [markdown]
# What will happen to an MLP, and to a small CNN? A CNN slides small windows of weights over the image (`nn.Conv2d`) and
# keeps the largest answer of each neighbourhood (`nn.MaxPool2d`). Both are trained on 3,000 images by your
# `train_epoch`. <!-- claim: given --> First the question behind it:

# %%
predict("shuffled-pixels", ...)  # True or False


# %%
def mlp_net() -> nn.Sequential:
    """Return the network of this lesson."""
    return nn.Sequential(nn.Flatten(), nn.Linear(784, 256), nn.ReLU(), nn.Linear(256, 10))


def cnn_net() -> nn.Sequential:
    """Return a small convolutional network with a fortieth of the parameters."""
    return nn.Sequential(
        nn.Conv2d(1, 8, 5, padding=2),  # 8 windows of 5 × 5 pixels, the same ones everywhere: (n, 8, 28, 28)
        nn.MaxPool2d(2),  # (n, 8, 14, 14)
        nn.ReLU(),
        nn.Conv2d(8, 16, 5, padding=2),  # (n, 16, 14, 14)
        nn.MaxPool2d(4),  # (n, 16, 3, 3)
        nn.ReLU(),
        nn.Flatten(),
        nn.Linear(16 * 9, 10),
    )


conditions: dict[str, Callable[[Tensor], Tensor]] = {
    "pixels in place": lambda X: X,
    "pixels shuffled": lambda X: X.flatten(1)[:, pixel_order.to(device)].reshape(X.shape),
}


# %%
def trained(build: Callable[[], nn.Sequential], change: Callable[[Tensor], Tensor], seed: int) -> nn.Sequential:
    """Train a network on 3,000 changed images."""
    torch.manual_seed(seed)
    net = build().to(device)
    few = Batches(change(X_train[:3000]), y_train[:3000], 50, True, torch.Generator().manual_seed(seed))
    for lr in (*[0.2] * 6, 0.02, 0.02):  # small steps at last, so that the result depends less on the last batches
        train_epoch(net, few, cross_entropy, lr)
    return net.eval()


networks: dict[str, nn.Sequential] = {}  # the last ones with the pixels in place, for what comes next


def shuffled_or_not(seeds: Sequence[int] = (0, 1, 2)) -> Iterator[dict[str, float]]:
    """Train both networks on both kinds of images from every seed; yield the validation accuracies."""
    for seed in seeds:
        result = {}
        for name, build in (("MLP", mlp_net), ("CNN", cnn_net)):
            for condition, change in conditions.items():
                net = trained(build, change, seed)
                with torch.no_grad():
                    result[f"{name}, {condition}"] = float(accuracy(net(change(X_val)), y_val))
                if condition == "pixels in place":
                    networks[name] = net
        yield result


@cache
def permuted() -> dict[str, list[float]]:
    """Return the accuracies by network and condition, a value a seed, once."""
    return follow(shuffled_or_not(), by="seed")


# %%
figures.with_and_without(
    lambda: {
        name: {condition: permuted().get(f"{name}, {condition}", []) for condition in conditions}
        for name in ("MLP", "CNN")
    },
    "What shuffled pixels change",
)

# %% [markdown]
# For the MLP nothing has changed, but for luck: its first layer has a weight for every pixel and no idea which ones are
# neighbours. Shuffle the rows of $W_1$ along with the pixels, and it is the same function, image for image. The CNN
# counts on neighbours, and loses.
#
# ### Images moved to the side
#
# Now the images in place, and the same two networks; only the validation images are moved to the right, by up to four pixels
# out of 28. <!-- claim: given --> They have learned from images that are all centred. How much is a shift of two pixels?

# %%
predict("two-pixels", ...)  # the share of such images that an MLP gets right


# %%
def shifted() -> tuple[list[float], dict[str, list[float]]]:
    """Return distances in pixels, and the accuracies of both networks on validation images moved so far."""
    distances = [0, 1, 2, 3, 4]
    permuted()  # trains the networks, if that has not been done
    curves: dict[str, list[float]] = {name: [] for name in networks}
    with torch.no_grad():
        for distance in distances:
            moved = torch.roll(X_val, distance, dims=3)  # what leaves on the right comes in on the left: background
            for name, net in networks.items():
                curves[name].append(float(accuracy(net(moved), y_val)))
    return [float(distance) for distance in distances], curves


figures.accuracy_by_size(shifted, "pixels to the right, of 28", guess=0.1)

# %% [markdown]
# To the MLP a moved shoe is another row of numbers: other weights meet other pixels. It has to see each garment in each place
# to know it there. The CNN looks everywhere with the same windows, and its maxima hardly notice where in a neighbourhood
# something was. It loses as well, since its last layer is a small MLP that knows places.
#
# ### A sequence of any length
#
# The simplest memory task: a row of $+1$ and $-1$, of any length, and the question which of the two came *first*. An MLP needs
# a fixed number of inputs, say the last eight; shorter rows are filled up with 0. An RNN reads one symbol $x_t$ at a
# time and keeps a state $H_t = \tanh(x_t W_x + H_{t-1} W_h + b)$. The same weights serve at every time. Both learn
# from rows of 1 to 12 symbols, by your `train_epoch`. <!-- claim: given --> Then rows of up to 40 are asked
# about. <!-- claim: given -->


# %%
WINDOW = 8


class Recurrent(nn.Module):
    """A recurrent network with a state of 16 numbers; the class is read off the last state."""

    def __init__(self) -> None:
        super().__init__()
        self.rnn, self.output = nn.RNN(1, 16, batch_first=True), nn.Linear(16, 2)

    def forward(self, X: Tensor) -> Tensor:
        """Return logits (n, 2) of sequences (n, length)."""
        states, _ = self.rnn(X.unsqueeze(2))  # (n, length, 16)
        return self.output(states[:, -1])  # type: ignore[no-any-return]


class Window(nn.Module):
    """An MLP on the last eight symbols."""

    def __init__(self) -> None:
        super().__init__()
        self.net = nn.Sequential(nn.Linear(WINDOW, 64), nn.ReLU(), nn.Linear(64, 2))

    def forward(self, X: Tensor) -> Tensor:
        """Return logits (n, 2) of sequences (n, length)."""
        last = X[:, -WINDOW:]
        return self.net(F.pad(last, (0, WINDOW - last.shape[1])))  # type: ignore[no-any-return]


# %%
def first_symbol(count: int, length: int, draw: torch.Generator) -> tuple[Tensor, Tensor]:
    """Return random sequences (count, length) of -1 and 1, and whether each begins with 1."""
    bits = torch.randint(0, 2, (count, length), generator=draw)
    return (2.0 * bits - 1).to(device), bits[:, 0].to(device)


def remember(rounds: int = 10) -> Iterator[dict[str, float]]:
    """Train both networks; yield their training losses every 100 batches, at last as `sequence_networks`."""
    draw = torch.Generator().manual_seed(0)
    torch.manual_seed(0)
    sequence_networks.update({"MLP on the last 8": Window().to(device), "RNN": Recurrent().to(device)})
    for _ in range(rounds):
        lengths = torch.randint(1, 13, (100,), generator=draw).tolist()
        batches = [first_symbol(64, length, draw) for length in lengths]
        yield {name: train_epoch(net, batches, cross_entropy, 0.1) for name, net in sequence_networks.items()}


sequence_networks: dict[str, nn.Module] = {}


def by_length() -> tuple[list[float], dict[str, list[float]]]:
    """Return lengths, and the accuracies of both networks on 1,000 new sequences of each."""
    follow(remember(), by="100 batches")
    draw = torch.Generator().manual_seed(1)
    lengths = [2, 4, 6, 8, 9, 12, 20, 30, 40]
    tests = [first_symbol(1000, length, draw) for length in lengths]
    with torch.no_grad():
        curves = {name: [float(accuracy(net(X), y)) for X, y in tests] for name, net in sequence_networks.items()}
    return [float(length) for length in lengths], curves


figures.accuracy_by_size(by_length, "symbols", guess=0.5, limit=(8.5, "beyond the window"))

# %% [markdown]
# As long as the first symbol is in its window, the MLP can find it. One step later it is gone, and no training brings it back:
# the number that would be needed is not among the inputs. The RNN carries it along, over distances that it has never been trained
# on. (Real sequences ask for more than one bit, and then a plain RNN forgets as well: its gradient is a product of as many
# factors as there are steps, which is the subject of lesson 05.)
#
# ## 14 · Your turn
#
# Build a network and write down how it should be trained. The judge trains it on the 5,000 images of the sample and asks
# it about 5,000 others. <!-- claim: judge-images -->
#
# **An accuracy of 0.65 earns half of the points, 0.75 all of them.** <!-- claim: goals -->
#
# | | |
# |---|---|
# | network | any `nn.Module`, images $(n, 1, 28, 28)$ to logits $(n, 10)$, at most 500,000 numbers <!-- claim: size-limit --> |
# | recipe | `lr`, `momentum` (0 to 0.999), `weight_decay` (0 to 1), `batch_size` (16 to 1,000), `epochs` (1 to 6) <!-- claim: bounds --> |
# | training | SGD on the cross-entropy; the learning rate falls along half a cosine from `lr` to 0 |
# | images | each is moved by up to one pixel along each axis, at random, before it is learned or asked about |
# | luck | the random start and the order of the images are fixed; the ten labels are renamed, so nothing can be known |
# | time | at most 120 s of processor time, which is plenty for a network of this size <!-- claim: time-limit --> |
#
# Two of the keys are new. **Momentum**: the step goes along a running sum of the gradients, $v \leftarrow
# \text{momentum} \cdot v + g$ and $\theta \leftarrow \theta - \text{lr} \cdot v$, so directions in which the gradients
# agree are walked faster, up to $1 / (1 - \text{momentum})$ times, and those in which they quarrel cancel out.
# **Weight decay** adds $\text{weight\_decay} \cdot \theta$ to the gradient, so that a weight that is not needed shrinks. 0
# switches either off. Lesson 06 derives and compares them, and much more.
#
# What you know already is enough for all points. <!-- claim: enough --> Six epochs of these images are few steps: how many,
# with batches of 256? <!-- claim: given --> Section 8 tells how much a step can do. The recipe has the means for more and longer ones.
#
# `try_out` trains your network here, in the way of the judge, on 4,000 images of the sample, and validates on the 1,000
# others. <!-- claim: try-out-images --> It costs nothing and may be asked as often as you like. Change one thing at a time.


# %% todo="build_mlp" difficulty=3
def build_mlp() -> tuple[nn.Module, dict[str, float]]:
    """Return (net, recipe): an untrained network and the numbers lr, momentum, weight_decay, batch_size and epochs.

    Trained by this recipe, an accuracy of 0.65 on unseen images earns half of the points, 0.75 all of them.
    """
    ### BEGIN SOLUTION
    net = nn.Sequential(nn.Flatten(), nn.Linear(784, 256), nn.BatchNorm1d(256), nn.ReLU(), nn.Linear(256, 10))
    return net, {"lr": 0.1, "momentum": 0.9, "weight_decay": 1e-3, "batch_size": 100, "epochs": 6}
    ### END SOLUTION


# %%
from grading.training import try_out

try_out(build_mlp, goals=(0.65, 0.75))

# %% check="build_mlp"
check(build_mlp)

# %% [markdown]
# **In your own words.** Your network has one accuracy here and another one in the check. Which of the two would you
# tell somebody who asks how good it is?

# %%
explain("which-accuracy", """...""")

# %% [markdown]
# From 0.84 on the verdict has a word of praise, and no more points. <!-- claim: honour --> That takes an idea from outside
# of this lesson.
#
# <details><summary>One way there, when you have given up or are done</summary>
#
# A sleeve that moves by one pixel changes hundreds of inputs of a plain network, and nothing that a person would call
# a change. So describe the image by something that hardly moves: in each small square, how much edge there is of each
# direction. Differences of neighbouring pixels give direction and strength of the edge at every pixel. Add the
# strengths up by direction (eight of them) and by square, take the square root, and hand that to an ordinary MLP. Nothing
# of this is learned. These are *histograms of oriented gradients* (Dalal and Triggs 2005), state of the art before
# networks learned such filters themselves. With so few images, knowing something beats learning everything.
# </details>

# %% [markdown]
# ## 15 · Find the bug
#
# Each snippet runs without an error. What goes wrong? Decide before you unfold.
#
# **A.** A training loop:
# ```python
# for X, y in batches:
#     value = loss(model(X), y)
#     value.backward()
#     optimizer.step()
# ```
# <details><summary>Answer A</summary>
#
# The gradients are never reset, so each step also goes along all the gradients before it: an enormous momentum that
# never fades. The loss falls at first. `optimizer.zero_grad()` before `backward()`.
# </details>
#
# **B.** A network and its loss:
# ```python
# net = nn.Sequential(nn.Flatten(), nn.Linear(784, 256), nn.ReLU(), nn.Linear(256, 10), nn.Softmax(dim=1))
# value = F.cross_entropy(net(X), y)
# ```
# <details><summary>Answer B</summary>
#
# Softmax twice. The second one gets numbers between 0 and 1, so the loss cannot fall below
# $\ln(1 + 9 e^{-1}) \approx 1.46$, and the gradient is small where the network is wrong. It trains, badly.
# </details>
#
# **C.** The accuracy over a data set:
# ```python
# shares = [accuracy(model(X), y) for X, y in batches]
# print(sum(shares) / len(shares))
# ```
# <details><summary>Answer C</summary>
#
# A mean over batches of unequal size: the last, small batch counts as much as a full one. Weight each share by `len(y)`,
# or count. And `model.eval()` and `torch.no_grad()` are missing.
# </details>

# %% [markdown]
# **D.** A cross-entropy that is always finite:
# ```python
# def cross_entropy(logits, y):
#     P = torch.softmax(logits, dim=1)
#     return -torch.log(P[torch.arange(len(y)), y] + 1e-9).mean()
# ```
# <details><summary>Answer D</summary>
#
# Finite, and wrong where it matters. If the network gives the label a logit 100 below the largest, the loss should be near 100.
# <!-- claim: stable-loss --> This says 20.7, and its gradient is next to nothing. <!-- claim: clamped-loss --> The worst
# mistakes teach nothing. Work with `logsumexp`.
# </details>
#
# **E.** A step by hand:
# ```python
# with torch.no_grad():
#     for p in model.parameters():
#         p = p - lr * p.grad
# ```
# <details><summary>Answer E</summary>
#
# The name `p` is bound to a new tensor; the parameter keeps its old values and the network learns nothing. In place:
# `p -= lr * p.grad`. Without `no_grad`, that line would fail: a leaf that requires a gradient may not be changed while
# autograd records. `p.data -= ...` does it behind autograd's back; it works here, and hides faults elsewhere.
# </details>
#
# **F.** The accuracy of a batch:
# ```python
# predicted = logits.argmax(dim=1, keepdim=True)
# print((predicted == y).float().mean())
# ```
# <details><summary>Answer F</summary>
#
# $(n, 1)$ against $(n,)$ broadcasts to $n \times n$ comparisons of every prediction with every label. The number looks
# like a bad accuracy, about 0.1, so the bug is looked for in the training. <!-- claim: broadcast -->
# </details>

# %% [markdown]
# **G.** A picture of every layer's weights:
# ```python
# for name, parameter in model.named_parameters():
#     if parameter.dim() == 2:
#         plt.hist(parameter.detach().flatten(), bins=50, label=name)
#         break
# ```
# <details><summary>Answer G</summary>
#
# `break` leaves the loop after the first matrix, so the figure shows one layer and looks complete. `continue` was meant,
# or nothing at all. Count what a figure should show before you believe it.
# </details>
#
# **H.** A squared error for one output, predictions $(n, 1)$ and targets $(n,)$:
# ```python
# value = ((model(X) - y) ** 2).mean()
# ```
# <details><summary>Answer H</summary>
#
# The broadcast of F, in a loss: every prediction is compared with every target, so the best that the network can do is to
# say the mean of all targets. The loss falls, and stops at their variance. `model(X).squeeze(1)`, or `y[:, None]`.
# </details>

# %% [markdown]
# ## What was shown
#
# - A layer from $a$ to $b$ units has $ab + b$ parameters. On images most of them sit in the first layer.
# - Cross-entropy from logits: $\operatorname{logsumexp}(o) - o_y$, stable for every size. Its gradient is $(P - Y)/n$.
# - An epoch: for each batch loss, reset, backward, step. Means over batches of unequal size are weighted.
# - Before a long run: the loss starts at $\ln q$, fifty images can be learned by heart, blank images cannot.
# - A trainer is your loop in a class. Device, seed and number of threads decide whether a curve comes back bit for bit.
# - Learning rates are tried by factors. Too small is slow; a little beyond the best the training diverges.
# - A network can learn labels that mean nothing. The held-out loss turns where learning becomes memorizing.
# - Validation images choose, test images are looked at once.
# - Confusion matrix and largest losses say *what* is wrong; pictures of weights and gradients say *where* learning
#   happens.
# - An MLP knows nothing of neighbours, places or time. CNNs share weights over places, RNNs over times.
#
# **To practise:** `from grading import drill, review`, then `drill("train_epoch")`
# shows a wrong one to fix. In a few days `review()` says what to look at again.

# %% [markdown]
# ## Questions
#
# **1.** A network for $100$ classes starts with a loss of $4.6$. Another starts with $46$. What do you know?
#
# <details><summary>Answer</summary>
#
# $\ln 100 \approx 4.605$: the first guesses among equals, as it should. The second gives the labels probabilities
# around $e^{-46}$: its logits are tens in size. Its weights start too large, or its inputs are pixels from `0` to `255`.
# </details>
#
# **2.** Your training loss is $0.02$ and the held-out accuracy $0.86$. A friend's are $0.35$ and $0.86$. Who should do what?
#
# <details><summary>Answer</summary>
#
# You know your images by heart: more data or regularization may help you, a larger network will not. Your
# friend's network has not yet learned what it could: more epochs, a larger step, more units.
# </details>
#
# **3.** In the first epoch of section 6 the training loss that `train_epoch` returns is *higher* than the validation
# loss. Is that a bug?
#
# <details><summary>Answer</summary>
#
# No. The training loss is a mean over the whole epoch, most of it from a network that knew less; the validation loss is
# measured at the end. Dropout, of which lesson 06 speaks, has the same effect all the time: units are missing while
# it trains and none while it is measured. To compare, evaluate the training images after the epoch, in `model.eval()`.
# </details>
#
# **4.** You double the batch size and keep the learning rate and the epochs. What changes?
#
# <details><summary>Answer</summary>
#
# There are half as many steps, each with a gradient that is less noisy but not longer. So after the first epoch the network
# has moved half as far, or less. <!-- claim: half-as-far --> A larger learning rate can make up for it, up to the cliff of section 8.
# </details>

# %% [markdown]
# ## Exercises without points
#
# 1. **Do powers of two matter?** Time `by_hand`'s epochs, or the bare product `X_train[:4096].flatten(1) @ W1`, with
#    widths of $250$, $255$, $256$, $257$ and $264$. Repeat each measurement ten times and compare the medians with how far the ten lie
#    apart. If you have a GPU, do it there as well, in `torch.float16`.
# 2. **Where is the cliff?** The largest useful learning rate depends on the network. Find it to within a fifth (halve the interval)
#    for $h = 64$, $256$ and $1024$ units, then for $\sigma = 0.001$ and $0.1$. Predict first which way it goes, using the argument of
#    section 8 about curvature.
# 3. **Teach an MLP to expect shifts.** Show it every training image at a random place, anew in each epoch: a generator of batches
#    around `Batches` that rolls each image by up to two pixels. Draw the curve of section 13 again, for as many epochs,
#    three and ten times as many. What does it gain at two pixels, what does it lose at none, and how many more steps does
#    it need for what the CNN has without learning it?

# %% [markdown]
# ## Sources
#
# - Zhang, Lipton, Li, Smola, *Dive into Deep Learning*: this network, <https://d2l.ai/chapter_multilayer-perceptrons/mlp-implementation.html>;
#   generalization, <https://d2l.ai/chapter_multilayer-perceptrons/generalization-deep.html>
# - Prince, *Understanding Deep Learning*, chapters 5, 6 and 8 (losses, training, measuring performance), <https://udlbook.github.io/udlbook/>
# - Karpathy, "A Recipe for Training Neural Networks", 2019: the checks of section 5 and many more,
#   <https://karpathy.github.io/2019/04/25/recipe/>
# - Stanford CS231n on sanity checks, learning rates and the ratio of updates, <https://cs231n.github.io/neural-networks-3/>
# - PyTorch: reproducibility, <https://docs.pytorch.org/docs/stable/notes/randomness.html>; `nn.Linear`,
#   <https://docs.pytorch.org/docs/stable/generated/torch.nn.Linear.html>; `nn.CrossEntropyLoss`,
#   <https://docs.pytorch.org/docs/stable/generated/torch.nn.CrossEntropyLoss.html>; `SGD`,
#   <https://docs.pytorch.org/docs/stable/generated/torch.optim.SGD.html>
# - Zhang, Bengio, Hardt, Recht, Vinyals, "Understanding Deep Learning Requires Rethinking Generalization", ICLR 2017:
#   random labels, learned perfectly, <https://arxiv.org/abs/1611.03530>
# - Xiao, Rasul, Vollgraf, "Fashion-MNIST: a Novel Image Dataset for Benchmarking Machine Learning Algorithms",
#   <https://arxiv.org/abs/1708.07747>
# - Dalal, Triggs, "Histograms of Oriented Gradients for Human Detection", CVPR 2005, <https://doi.org/10.1109/CVPR.2005.177>
# - A network to play with in the browser, <https://playground.tensorflow.org/>
