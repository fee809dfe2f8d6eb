# %% [markdown]
# # Training a multilayer perceptron
#
# A network that solves XOR fits on a napkin. Now for one that looks at photographs: 784 numbers in, ten classes out,
# 203,530 parameters that nobody can choose by hand. Everything around the network begins to matter: what the data
# looks like, which loss is computed and how, what the numbers should be *before* training, what they do while it
# goes on, and what the network still gets wrong when it is done.
#
# **In this lesson** you count the parameters of a network, write its forward pass, a stable loss, the accuracy and an
# epoch of training; look inside while it learns; compare what people do against overfitting; and build a network of
# your own, which will be trained and scored on images it has not seen.
#
# **What you need:** Python, tensors in PyTorch, `loss.backward()`, and ReLU and softmax by name. From calculus the
# chain rule. Plan about two hours.
#
# **How it goes:** A cell with `YOUR CODE HERE` is yours. The cell below it checks your answer at once. The figures use
# *your* functions, and a training that takes more than a few seconds shows a bar. A function leaves everything as it
# found it, its arguments and PyTorch's settings too, unless its docstring says otherwise.

# %% tags=["setup"]
import math
import sys
from collections.abc import Callable, Iterable, Sequence
from functools import cache, partial
from itertools import pairwise
from typing import Any

import torch
from d2l import torch as d2l
from torch import Tensor, nn
from torch.nn import functional as F
from torchinfo import summary
from tqdm import tqdm

from grading import check, figures
from grading.data import CLASS_NAMES, Batches, InMemoryFashionMNIST, fashion_mnist, to_float
from grading.device import default_device

device = default_device()
images = fashion_mnist()
print(f"PyTorch {torch.__version__} on {device}")
print(images)

# %% [markdown]
# ## 1 · Look at the data
#
# **Fashion-MNIST** (Xiao, Rasul and Vollgraf 2017): gray images of 28 × 28 pixels in ten classes, 60,000 to learn from
# and 10,000 that are held out. The line above says which of them you have; without a network the course uses 6,000
# that come with it, and everything below works with either. Before any model, look.

# %%
figures.class_examples(images.train_images, images.train_labels, CLASS_NAMES)

# %% [markdown]
# What can be seen already? Trousers, bags and ankle boots look like nothing else. But pullover, coat and shirt have
# nearly the same mean, so their difference lies in details. A share of the mistakes will be there, whatever we train.
# And some shirts a person would not call shirts: the labels are a shop's, and 100 % is not to be had.
#
# The values lie between 0 and 1, background 0. A network without convolutions does not know that pixels have
# neighbours: it gets an image $(1, 28, 28)$ as a row of $d = 784$ numbers. Shuffle the pixels of all images in the
# same way, and it learns just as well.

# %%
X_train, y_train = to_float(images.train_images, device), images.train_labels.to(device)  # (n, 1, 28, 28), (n,)
X_test, y_test = to_float(images.test_images, device), images.test_labels.to(device)
print(f"X_train {tuple(X_train.shape)}, mean {X_train.mean():.3f}, standard deviation {X_train.std():.3f}")
print(f"images in each class, training: {y_train.bincount().tolist()}")
print(f"                      held out: {y_test.bincount().tolist()}")

# %% [markdown]
# The classes are equally frequent, so guessing is right in 10 % of the cases: the first number to beat.
#
# ## 2 · The network, from its parameters up
#
# One hidden layer of $h = 256$ units, $q = 10$ outputs, a batch of $n$ images as the rows of $X$ $(n, d)$:
#
# $$Z = XW_1 + b_1 \quad (n, h), \qquad H = \operatorname{relu}(Z) \quad (n, h), \qquad O = HW_2 + b_2 \quad (n, q).$$
#
# The row $O_i$ holds the **logits** of image $i$: one number for each class, of any size and sign. A layer from $a$
# units to $b$ units has a weight for every pair and a bias for every unit that it leads to.


# %% todo="num_parameters"
def num_parameters(sizes: Sequence[int]) -> int:
    """Return the number of weights and biases of a fully connected network with these layer sizes, inputs first.

    It is exact however large the sizes are, and the list stays as it is.
    """
    ### BEGIN SOLUTION
    return sum(a * b + b for a, b in pairwise(sizes))
    ### END SOLUTION


# %% check="num_parameters"
check(num_parameters)

# %%
figures.parameter_counts(
    num_parameters, [[784, 10], [784, 256, 10], [784, 256, 256, 10], [784, 256, 256, 256, 10], [784, 1024, 10]]
)

# %% [markdown]
# In a network on images most parameters sit in the first layer. One more hidden layer of 256 units costs 65,792, a
# third of that; one more unit in the first costs 784 weights, a bias, and what leads on from it.
#
# d2l, the library of the book *Dive into Deep Learning*, puts a model into a class. `nn.Parameter` marks a tensor as
# something to be learned. The weights are small and random, $\sigma = 0.01$; the biases are 0. The class comes without
# its forward pass: `d2l.add_to_class` adds a method to a class that exists already, so that a notebook can go on with
# a class cell by cell.


# %%
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


# %% todo="MLPScratch.forward"
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


# %% todo="cross_entropy"
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


# %% todo="accuracy"
def accuracy(logits: Tensor, y: Tensor) -> Tensor | float:
    """Return the share of rows of logits (n, q) whose largest entry is at the label y (n,): from 0 to 1."""
    ### BEGIN SOLUTION
    return (logits.argmax(dim=1) == y).float().mean()
    ### END SOLUTION


# %% check="accuracy"
check(accuracy)

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


# %% todo="train_epoch"
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
# ## 5 · Before the long run: three checks
#
# A bug in a training program rarely crashes it. It trains, a little worse than it could, and nobody notices. So people
# who do this for a living check a few numbers first, those that they know beforehand.
#
# **The loss at the start.** With small weights all logits are close to 0, all probabilities close to
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
# **Fifty images by heart.** A network with 203,530 parameters must be able to learn 50 images until the loss is close
# to 0. If it cannot, something between the data and the step is broken, and no amount of data will mend it. It takes
# seconds. The other way round, a network that sees only blank images can learn nothing but how frequent the classes
# are: its loss must stay at $\ln 10$. If it falls, the labels leak in somewhere.
#
# And what if the 50 labels are drawn at random, so that there is nothing to understand?


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
figures.sanity_checks(runs, classes=10, title="Fifty images are learned by heart, sense or no sense; blank ones never")

# %% [markdown]
# The middle curve deserves a moment. The network learns labels that mean nothing as perfectly, only later. So a
# training loss near 0 does not show that anything was understood. Only images that it has not seen can show that.
#
# ## 6 · Ten epochs with d2l's Trainer
#
# d2l's `Trainer` is the loop that you have written, with a few conveniences. We extend it: after every epoch it writes
# down loss and accuracy over *all* images, with your functions, and keeps the weights and the gradients for later.


# %%
class RecordingTrainer(d2l.Trainer):
    """d2l's trainer, which also records what the model does after every epoch."""

    def fit(self, model: Any, data: Any) -> None:
        """Train, with a bar; fills self.history and self.snapshots."""
        self.history: dict[str, list[float]] = {}
        self.snapshots: dict[str, list[Tensor]] = {}
        model.board.display = False  # d2l's own drawing: 85 ms for every point
        with tqdm(total=self.max_epochs, desc=type(model).__name__, file=sys.stdout, leave=False) as self.bar:
            record_snapshot(model, self.snapshots)
            super().fit(model, data)

    def fit_epoch(self) -> None:
        """Train for one epoch and record."""
        super().fit_epoch()
        for part, X, y in (("train", X_train, y_train), ("val", X_test, y_test)):
            with torch.no_grad():
                O = self.model.eval()(X)
            self.history.setdefault(f"{part}_loss", []).append(float(cross_entropy(O, y)))
            self.history.setdefault(f"{part}_acc", []).append(float(accuracy(O, y)))
        record_snapshot(self.model, self.snapshots)
        self.bar.update()


def record_snapshot(model: Any, snapshots: dict[str, list[Tensor]]) -> None:
    """Append every weight matrix, and its gradient of the loss on the first 1,000 images."""
    weights = {name: weight for name, weight in model.named_parameters() if weight.dim() == 2}
    grads = torch.autograd.grad(cross_entropy(model(X_train[:1000]), y_train[:1000]), list(weights.values()))
    for kind, tensors in (("weights", weights.values()), ("gradients", grads)):
        for layer, tensor in zip(("hidden layer", "output layer"), tensors, strict=True):
            snapshots.setdefault(f"{layer}: {kind}", []).append(tensor.detach().clone())


# %% [markdown]
# The model trains with your loss if we say so; otherwise d2l takes the library's. `InMemoryFashionMNIST` is
# `d2l.FashionMNIST` with all images in one tensor: an epoch takes a fifth of the time.


# %%
@d2l.add_to_class(MLPScratch)
def loss(self: Any, O: Tensor, y: Tensor) -> Tensor:
    """Return the mean cross-entropy of logits O (n, q) and labels y (n,)."""
    return cross_entropy(O, y)


def fit(model: Any, seed: int = 0) -> RecordingTrainer:
    """Train a model for the ten epochs of the book and return the trainer, which has the model and its history."""
    order = torch.Generator().manual_seed(seed)
    data = InMemoryFashionMNIST(batch_size=256, device=device, data=images, generator=order)
    trainer = RecordingTrainer(max_epochs=10)
    trainer.fit(model, data)
    return trainer


@cache
def trained_from_scratch() -> RecordingTrainer:
    """Train MLPScratch. This happens once; run the cell again after you have changed something above."""
    torch.manual_seed(1)
    return fit(MLPScratch(num_inputs=784, num_outputs=10, num_hiddens=256, lr=0.1).to(device))


figures.epoch_curves(
    {"MLPScratch": lambda: trained_from_scratch().history},
    "After ten epochs, images never seen do nearly as well as those trained on",
)

# %% [markdown]
# With all 60,000 images the held-out accuracy ends near 0.84. With the 5,000 of the bundled sample there are twelve
# times fewer steps in ten epochs, and it ends near 0.75, still rising. Ten epochs are not yet overfitting: the two curves
# stay close. The ups and downs between epochs are the price of a constant learning rate; section 10 has a cure.
#
# <details><summary>What to know about d2l's Trainer before you trust its picture</summary>
#
# - Its board shows the mean of the *batch* accuracies. 10,000 images are 39 batches of 256 and one of 16, and those 16
#   count as much as any 256. It has shown 0.8513 where the truth was 0.8492: the trap of section 4.
# - Every point on the board redraws the picture, 85 ms each. We have switched it off and draw once, at the end.
# - `d2l.FashionMNIST` starts four worker processes to convert one image at a time. On two cores PyTorch warns.
# - `add_to_class` returns nothing: the bare name `forward` is `None` afterwards. The method is in the class.
# - `d2l.plot` cannot draw a tensor that requires a gradient. Call `.detach()` first.
# </details>

# %% [markdown]
# ## 7 · The same in four lines
#
# PyTorch has the layers ready. `nn.LazyLinear` finds out its number of inputs when the first batch arrives. Until then
# its parameters have no shape, and cannot be counted, copied or initialized. So it is good practice to send one image
# through before anything else.


# %%
class MLP(d2l.Classifier):
    """The same network from PyTorch's parts."""

    def __init__(self, num_outputs: int, num_hiddens: int, lr: float) -> None:
        super().__init__()
        self.save_hyperparameters()
        self.net = nn.Sequential(nn.Flatten(), nn.LazyLinear(num_hiddens), nn.ReLU(), nn.LazyLinear(num_outputs))
        self.net(torch.zeros(1, 1, 28, 28))  # the lazy layers learn their sizes


print(summary(MLP(num_outputs=10, num_hiddens=256, lr=0.1).net, input_size=(256, 1, 28, 28), device="cpu"))

# %% [markdown]
# The table should agree with your `num_parameters([784, 256, 10])`, and it says what a forward and a backward pass
# keep in memory. Mult-adds are the work: two operations for every weight and image.
#
# `nn.Linear` starts differently: its weights are uniform on $(-1/\sqrt{d}, 1/\sqrt{d})$, here $\pm 0.036$ with
# standard deviation 0.02, twice our $\sigma$. Does it matter?


# %%
@cache
def trained_concise() -> RecordingTrainer:
    """Train the network of PyTorch's parts, once."""
    torch.manual_seed(1)
    return fit(MLP(num_outputs=10, num_hiddens=256, lr=0.1).to(device))


figures.epoch_curves(
    {"MLPScratch": lambda: trained_from_scratch().history, "MLP": lambda: trained_concise().history},
    "Four lines do what forty did",
)

# %% [markdown]
# The two agree up to what another random start changes; they even jump at the same places, because they see the same
# batches in the same order. With larger weights `MLP` is ahead in the first epochs: it
# has less of the plateau at $\ln 10$ to leave. Lesson 05 turns this into a theory.

# %% [markdown]
# ## 8 · What it gets wrong
#
# One number for 10,000 images hides more than it tells. The **confusion matrix** shows which class is taken for which.
# Each row is a true class and sums to 100 %. Only the mistakes are coloured.


# %%
def logits_of(images: Tensor) -> Tensor:
    """Return what the trained MLPScratch says about images, (n, 10)."""
    with torch.no_grad():
        return trained_from_scratch().model.eval()(images)  # type: ignore[no-any-return]


figures.confusion_matrix(
    lambda: logits_of(X_test).argmax(dim=1),
    y_test,
    CLASS_NAMES,
    "Shirts are the hard class; bags and trousers are easy",
)

# %% [markdown]
# As the means in section 1 suggested: shirt, t-shirt, pullover and coat are mixed up with each other, and sneakers
# with sandals and boots. Hardly any trouser becomes a bag. The errors have a structure, and it is in the images.
#
# Now the images with the largest loss: those where the network was most certain of something else. Sorting by the loss
# is the cheapest way to find out whether a mistake is the network's, or the label's.


# %%
def loss_and_caption() -> tuple[Tensor, list[str]]:
    """Return the loss of every held-out image, and what it is and was taken for."""
    O = logits_of(X_test)
    losses = torch.stack([cross_entropy(o[None], y[None]) for o, y in zip(O, y_test, strict=True)])
    pairs = zip(y_test.tolist(), O.argmax(dim=1).tolist(), strict=True)
    return losses, [f"{CLASS_NAMES[label]},\nsays {CLASS_NAMES[said]}" for label, said in pairs]


figures.worst_mistakes(
    loss_and_caption, images.test_images, "The sixteen most expensive mistakes: some labels are the puzzle"
)

# %% [markdown]
# Would you have known? About some of these images network and label disagree, and one would side with the network.
#
# ## 9 · Inside, while it learns
#
# A falling loss says that it works, not how. The recorder kept both weight matrices, and their gradients, from before
# training to the end. First as histograms:

# %%
figures.value_histograms(
    lambda: trained_from_scratch().snapshots,
    {"before training": 0, "after one epoch": 1, "after ten epochs": -1},
    "Weights grow tails, most of all in the output layer; gradients have a peak at 0",
)

# %% [markdown]
# The weights start as a normal distribution, a parabola on this logarithmic axis. Training leaves most of the first
# layer almost where it was and moves a few weights far: the tails. The output layer, which starts just as small,
# changes from the ground up. The gradients of the first layer have a sharp peak at 0, and a simple reason for it:
# pixels in the corners are 0 in nearly every image, and so is the gradient of everything that leads away from them.
#
# The same over time. One column is one moment; the dark band is where the values lie, and the red lines mark one
# standard deviation.

# %%
figures.value_heat_maps(
    lambda: trained_from_scratch().snapshots,
    list(range(11)),
    "Weights spread from epoch to epoch; gradients go up and down",
)

# %% [markdown]
# Look at the first column of the gradients. At the start those of the hidden layer are several times smaller than those
# of the output layer, because they come through $W_2$, and $W_2$ is small. So the output layer moves first, $W_2$ grows,
# and with it what the hidden layer gets to hear. Later the gradients go up and down with the loss, like the curves of
# section 6. What would be a warning: gradients that shrink to nothing in one layer only, or that grow without end.
#
# What has the hidden layer learned? The column of $W_1$ that leads to one unit has a number for every pixel, so it can
# be shown as an image.

# %%
figures.unit_weights(
    lambda: {
        "before training": trained_from_scratch().snapshots["hidden layer: weights"][0],
        "after ten epochs": trained_from_scratch().snapshots["hidden layer: weights"][-1],
    },
    shape=(28, 28),
)

# %% [markdown]
# Noise becomes faint silhouettes: a sleeve that should be there, a gap between trouser legs that should not. Some
# units have hardly changed. There is no need for all of them.
#
# ## 10 · Against overfitting
#
# Train longer, or on fewer images, and the training loss goes on falling while the held-out loss turns round. The
# network learns its images by heart, as in section 5. Five things that people do, in one line each:
#
# - **Weight decay** adds $\tfrac{\lambda}{2}\lVert\theta\rVert^2$ to the loss, that is $\lambda\theta$ to the gradient:
#   a weight that is not needed shrinks.
# - **Dropout** sets each hidden unit to 0 with probability $p$ during training and scales the others by $1/(1-p)$, so that
#   the mean stays. No unit can rely on another one. In evaluation it does nothing: `model.eval()`.
# - **Batch normalization** gives the pre-activations of each unit mean 0 and variance 1 over the batch, then a
#   learned scale and shift. In evaluation it uses averages that it has kept. The noise of the batch regularizes a bit.
# - A **schedule** lets the learning rate fall, here along half a cosine to 0. The last steps are small, so the
#   result does not depend on which batch came last.
# - **Gradient clipping** scales the gradient of all parameters down to a norm of at most 1. A rare huge step cannot
#   throw the network off. It does not regularize, and is here so that you see that.
#
# Which of them helps? An honest comparison has the same data, network and number of steps for all, and more than one
# seed: the same training with another random start differs by a point, and half of the claims in the world are smaller
# than that.

# %%
METHODS: dict[str, dict[str, Any]] = {
    "plain": {},
    "weight decay": {"weight_decay": 2e-3},
    "dropout": {"dropout": 0.2},
    "batch norm": {"batch_norm": True},
    "schedule": {"schedule": True},
    "clipping": {"clip": 1.0},
    "all five": {"weight_decay": 2e-3, "dropout": 0.2, "batch_norm": True, "schedule": True, "clip": 1.0},
}


def regularized_net(dropout: float = 0.0, batch_norm: bool = False) -> nn.Sequential:
    """Return a network 784-128-64-10 with what these options ask for."""
    net = nn.Sequential(nn.Flatten())
    for a, b in ((784, 128), (128, 64)):
        net.append(nn.Linear(a, b))
        if batch_norm:
            net.append(nn.BatchNorm1d(b))
        net.append(nn.ReLU())
        if dropout:
            net.append(nn.Dropout(dropout))
    return net.append(nn.Linear(64, 10)).to(device)


# %%
EPOCHS, SEEDS = 15, (0, 1, 2)
sample = fashion_mnist(source="sample")  # 5,000 images: few enough that overfitting shows
X_few, y_few = to_float(sample.train_images, device), sample.train_labels.to(device)
X_out, y_out = to_float(sample.test_images, device), sample.test_labels.to(device)


def train_method(
    seed: int, weight_decay: float = 0.0, schedule: bool = False, clip: float = math.inf, **net_options: Any
) -> tuple[list[float], list[float]]:
    """Return training loss and held-out accuracy after each epoch of SGD with momentum 0.9 and lr 0.05."""
    torch.manual_seed(seed)
    net = regularized_net(**net_options)
    data = Batches(X_few, y_few, 100, shuffle=True, generator=torch.Generator().manual_seed(seed))
    optimizer = torch.optim.SGD(net.parameters(), lr=0.05, momentum=0.9, weight_decay=weight_decay)
    fall = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, EPOCHS * len(data))
    losses, accuracies = [], []
    for _ in range(EPOCHS):
        net.train()
        for X, y in data:
            optimizer.zero_grad()
            F.cross_entropy(net(X), y).backward()
            if math.isfinite(clip):
                nn.utils.clip_grad_norm_(net.parameters(), clip)
            optimizer.step()
            if schedule:
                fall.step()
        net.eval()
        with torch.no_grad():
            losses.append(float(F.cross_entropy(net(X_few), y_few)))
            accuracies.append(float(accuracy(net(X_out), y_out)))
    return losses, accuracies


# %%
@cache
def all_methods() -> dict[str, dict[str, Tensor]]:
    """Train every method from every seed, once; by method, loss and accuracy of shape (seeds, epochs)."""
    results = {}
    accuracy(torch.zeros(1, 10), torch.zeros(1, dtype=torch.int64))  # says at once if it is not written yet
    with tqdm(total=len(METHODS) * len(SEEDS), desc="methods", file=sys.stdout, leave=False) as bar:
        for name, options in METHODS.items():
            runs = []
            for seed in SEEDS:
                runs.append(train_method(seed, **options))
                bar.update()
            losses, accuracies = zip(*runs, strict=True)
            results[name] = {"train_loss": torch.tensor(losses), "val_acc": torch.tensor(accuracies)}
    return results


figures.compare_methods(all_methods, "5,000 images, 15 epochs, three seeds: what helps, and how little")

# %% [markdown]
# Compare the distance between two methods with the distance between the seeds of one. In the middle panel every curve
# with a constant learning rate jumps by a point or two from epoch to epoch, so where it stands after the last one is
# partly luck; it would be rash to call plain training better than weight decay, dropout or clipping. The schedule brings
# most: it ends the jumping, and with it the bands become narrow. Batch normalization lowers the training loss (left)
# and does nothing for images that were not seen, except in company: "all five" fits the training images best of all.
# And the best differs from the plain network by a point. In 15 epochs this network has not yet learned its images by
# heart, so there is little to regularize. What is missing is data, or something that the network should know about
# images before it sees any.
#
# Two words of caution. The learning rate was chosen once, for the plain network, and the others might do better with
# their own. And whoever picks the best of seven by their held-out accuracy has used those images to choose: for a
# number to publish, one keeps a third set aside and looks at it once.

# %% [markdown]
# ## 11 · Your turn
#
# Build a network and write down how it should be trained. The judge trains it on the 5,000 images of the sample and asks
# it about 5,000 others. **An accuracy of 0.65 earns half of the points, 0.75 all of them.**
#
# | | |
# |---|---|
# | network | any `nn.Module`, images $(n, 1, 28, 28)$ to logits $(n, 10)$, at most 500,000 parameters and buffers |
# | recipe | `lr`, `momentum` (0 to 0.999), `weight_decay` (0 to 1), `batch_size` (16 to 1,000), `epochs` (1 to 6) |
# | training | SGD on the cross-entropy; the learning rate falls along half a cosine from `lr` to 0 |
# | images | each is moved by up to one pixel along each axis, at random, before it is learned or asked about |
# | luck | the random start and the order of the images are fixed; the ten labels are renamed, so nothing can be known |
# | time | at most 120 s of processor time; the model answer needs about half of one |
#
# Moved images are harder: the network of this lesson with momentum gets 0.80 here, with batch normalization 0.82. Both have
# all points, with more room than luck needs. What costs points is too few or too small steps: 5,000 images and six
# epochs are 120 steps with batches of 256. Without momentum that ends at 0.61.
#
# From 0.84 on the verdict has a word of praise, and no more points. That takes an idea. (A small convolutional network, if
# you know one, gets there as well, and takes ten times as long to learn.)


# %% todo="build_mlp"
def build_mlp() -> tuple[nn.Module, dict[str, float]]:
    """Return (net, recipe): an untrained network and the numbers lr, momentum, weight_decay, batch_size and epochs.

    Trained by this recipe, an accuracy of 0.65 on unseen images earns half of the points, 0.75 all of them.
    """
    ### BEGIN SOLUTION
    net = nn.Sequential(nn.Flatten(), nn.Linear(784, 256), nn.BatchNorm1d(256), nn.ReLU(), nn.Linear(256, 10))
    return net, {"lr": 0.1, "momentum": 0.9, "weight_decay": 1e-3, "batch_size": 100, "epochs": 6}
    ### END SOLUTION


# %% check="build_mlp"
check(build_mlp)

# %% [markdown]
# <details><summary>One way to 0.84 and beyond, when you have given up or are done</summary>
#
# A sleeve that moves by one pixel changes hundreds of inputs of a plain network, and nothing that a person would call
# a change. So describe the image by something that hardly moves: in each small square, how much edge there is of each
# direction. Differences of neighbouring pixels give direction and strength of the edge at every pixel. Add the
# strengths up by direction (eight of them) and by square, take the square root, and hand that to an ordinary MLP. Nothing
# of this is learned. These are *histograms of oriented gradients* (Dalal and Triggs 2005), state of the art before
# networks learned such filters themselves. With 5,000 images, knowing something beats learning everything.
# </details>

# %% [markdown]
# ## 12 · Find the bug
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
# Finite, and wrong where it matters. If the network gives the label a logit 100 below the others, the loss should be
# 100; this says 20.7 and has gradient 0. The worst mistakes teach nothing. Work with `logsumexp`.
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
# like a bad accuracy, about 0.1, so the bug is looked for in the training.
# </details>

# %% [markdown]
# ## What was shown
#
# - A layer from $a$ to $b$ units has $ab + b$ parameters. On images most of them sit in the first layer.
# - Cross-entropy from logits: $\operatorname{logsumexp}(o) - o_y$, stable for every size. Its gradient is $(P - Y)/n$.
# - An epoch: for each batch loss, reset, backward, step. Means over batches of unequal size are weighted.
# - Before a long run: the loss starts at $\ln q$, 50 images can be learned by heart, blank images cannot.
# - A network can learn labels that mean nothing. Only images that it has not seen tell whether it understood.
# - Confusion matrix and largest losses say *what* is wrong; histograms of weights and gradients say *where* learning
#   happens.
# - Regularization brings a point or two at best, and seeds differ by one. Better inputs or more data bring more.

# %% [markdown]
# ## Questions
#
# **1.** A network for 100 classes starts with a loss of 4.6. Another starts with 46. What do you know?
#
# <details><summary>Answer</summary>
#
# $\ln 100 \approx 4.605$: the first guesses among equals, as it should. The second gives the labels probabilities
# around $e^{-46}$: its logits are tens in size. Its weights start too large, or its inputs are pixels from 0 to 255.
# </details>
#
# **2.** Your training loss is 0.02 and the held-out accuracy 0.86. A friend's are 0.35 and 0.86. Who should do what?
#
# <details><summary>Answer</summary>
#
# You know your images by heart: more data, augmentation or regularization may help you, a larger network will not. Your
# friend's network has not yet learned what it could: more epochs, a larger step, more units.
# </details>
#
# **3.** With dropout the training loss that `train_epoch` returns is *higher* than the held-out loss, epoch after epoch.
# Is that a bug?
#
# <details><summary>Answer</summary>
#
# No. The training loss is measured while half of the units are missing, and before each step; the held-out loss with
# all units, after the epoch. To compare, evaluate the training images in `model.eval()` as well, as sections 6 and 10
# do.
# </details>

# %% [markdown]
# ## Where to read on
#
# - Zhang, Lipton, Li, Smola, *Dive into Deep Learning*, sections 5.2 (this network), 5.5 and 5.6 (generalization and
#   dropout), 8.5 (batch normalization).
# - Prince, *Understanding Deep Learning*, chapter 5: losses as negative log-likelihoods; chapter 6: how training goes;
#   chapter 9: regularization.
# - Karpathy, "A Recipe for Training Neural Networks", 2019: the checks of section 5 and many more.
# - Zhang, Bengio, Hardt, Recht, Vinyals, "Understanding Deep Learning Requires Rethinking Generalization", ICLR 2017:
#   random labels, learned perfectly.
# - Xiao, Rasul, Vollgraf, "Fashion-MNIST: a Novel Image Dataset for Benchmarking Machine Learning Algorithms",
#   arXiv 1708.07747; Srivastava et al., "Dropout", *JMLR* 15, 2014; Ioffe, Szegedy, "Batch Normalization", ICML 2015.
# - Dalal, Triggs, "Histograms of Oriented Gradients for Human Detection", CVPR 2005, for section 11.
#
# Next: lesson 05 asks how large random weights should be, so that a deep network can start at all.
