"""Those who train with PyTorch: d2l's trainer, ours, the loop that anybody writes, and the products that nobody can do without."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise
from typing import Any

import torch
from d2l import torch as d2l
from torch import Tensor, nn
from torch.nn import functional as F

from benchmarks.training.recipe import Epochs, Images, Recipe
from grading.data import Batches, InMemoryFashionMNIST
from grading.data.files import default_root
from grading.training import Trainer

Contender = Callable[[Recipe, Images, Epochs], None]


def network(recipe: Recipe) -> nn.Sequential:
    """Return the network, with the same start in every process."""
    torch.manual_seed(recipe.seed)
    layers: list[nn.Module] = [nn.Flatten()]
    for a, b in pairwise(recipe.sizes):
        layers += [nn.Linear(a, b), nn.ReLU()]
    return nn.Sequential(*layers[:-1])


class Model(d2l.Classifier):  # type: ignore[misc]
    """The network as d2l has it."""

    def __init__(self, recipe: Recipe, display: bool) -> None:
        super().__init__()
        self.lr, self.net = recipe.lr, network(recipe)
        self.board.display = display


class ImagesOneByOne(d2l.FashionMNIST):  # type: ignore[misc]
    """`d2l.FashionMNIST` on the files that are there, with as many workers as it is told."""

    def __init__(self, batch_size: int, workers: int) -> None:
        transforms = d2l.transforms
        chain = transforms.Compose([transforms.Resize((28, 28)), transforms.ToTensor()])
        self.batch_size, self.num_workers, self.root = batch_size, workers, str(default_root())
        self.train, self.val = (
            d2l.torchvision.datasets.FashionMNIST(root=self.root, train=train, transform=chain)
            for train in (True, False)
        )


class TensorLoader(d2l.DataModule):  # type: ignore[misc]
    """d2l's way to serve tensors."""

    def __init__(self, batch_size: int, images: Images) -> None:
        super().__init__(num_workers=0)
        self.batch_size, self.images = batch_size, images

    def get_dataloader(self, train: bool) -> Any:
        """Return a loader of the training or of the validation images."""
        one = self.images
        return self.get_tensorloader((one.X, one.y) if train else (one.X_val, one.y_val), train)


def _fit(kind: type, model: Model, data: Any, recipe: Recipe, epochs: Epochs) -> None:
    class Timed(kind):  # type: ignore[misc]
        def fit_epoch(self) -> None:
            super().fit_epoch()
            epochs.mark(float(model.board.data["val_acc"][-1].y))

    trainer = Timed(recipe.epochs, 0)
    epochs.begin()
    trainer.fit(model, data)


def stock(workers: int) -> Contender:
    """d2l as it is, except that its board does not draw."""
    return lambda recipe, images, epochs: _fit(
        d2l.Trainer, Model(recipe, False), ImagesOneByOne(recipe.batch_size, workers), recipe, epochs
    )


def tensor_loader(recipe: Recipe, images: Images, epochs: Epochs) -> None:
    """d2l's trainer on its own loader of tensors."""
    _fit(d2l.Trainer, Model(recipe, False), TensorLoader(recipe.batch_size, images), recipe, epochs)


def in_memory(recipe: Recipe, images: Images, epochs: Epochs) -> None:
    """d2l's trainer on our data."""
    _fit(d2l.Trainer, Model(recipe, False), _our_data(recipe, images), recipe, epochs)


def ours(recipe: Recipe, images: Images, epochs: Epochs) -> None:
    """Our trainer on our data."""
    _fit(Trainer, Model(recipe, False), _our_data(recipe, images), recipe, epochs)


def stock_drawn(recipe: Recipe, images: Images, epochs: Epochs) -> None:
    """d2l as a learner sees it in a notebook."""
    _pretend_notebook()
    _fit(d2l.Trainer, Model(recipe, True), ImagesOneByOne(recipe.batch_size, 4), recipe, epochs)


def ours_drawn(recipe: Recipe, images: Images, epochs: Epochs) -> None:
    """Ours as a learner sees it in a notebook."""
    _pretend_notebook()
    _fit(Trainer, Model(recipe, True), _our_data(recipe, images), recipe, epochs)


def _our_data(recipe: Recipe, images: Images) -> InMemoryFashionMNIST:
    return InMemoryFashionMNIST(recipe.batch_size, data=images.raw)


def _pretend_notebook() -> None:
    """Have figures made into pictures as in a notebook, where nobody looks at them."""
    shell: Any = __import__("IPython").core.interactiveshell.InteractiveShell.instance()
    shell.kernel = object()
    shell.display_pub.publish = lambda *_, **__: None


def plain_loop(recipe: Recipe, images: Images, epochs: Epochs) -> None:
    """The loop that anybody writes over tensors, with validation in batches of the same size."""
    net = network(recipe)
    optimizer = torch.optim.SGD(net.parameters(), lr=recipe.lr)
    epochs.begin()
    for _ in range(recipe.epochs):
        net.train()
        for chosen in torch.randperm(len(images.y)).split(recipe.batch_size):
            loss = F.cross_entropy(net(images.X[chosen]), images.y[chosen])
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
        net.eval()
        right = 0
        with torch.no_grad():
            for X, y in Batches(images.X_val, images.y_val, recipe.batch_size):
                right += int((net(X).argmax(dim=1) == y).sum())
        epochs.mark(right / len(images.y_val))


def floor(recipe: Recipe, images: Images, epochs: Epochs) -> None:
    """Only the matrix products of an epoch and of its validation, on batches as they lie in memory."""
    weights = [torch.randn(a, b) * 0.01 for a, b in pairwise(recipe.sizes)]
    X, X_val = images.X.flatten(1), images.X_val.flatten(1)
    epochs.begin()
    for _ in range(recipe.epochs):
        for batch in X.split(recipe.batch_size):
            grad = torch.ones(0)
            inputs = _forward(batch, weights)
            for number in reversed(range(len(weights))):
                grad = inputs[-1] if number == len(weights) - 1 else grad
                inputs[number].T @ grad
                if number:
                    grad = grad @ weights[number].T
        for batch in X_val.split(recipe.batch_size):
            _forward(batch, weights)
        epochs.mark(0.0)


def _forward(batch: Tensor, weights: list[Tensor]) -> list[Tensor]:
    inputs = [batch]
    for W in weights:
        inputs.append(inputs[-1] @ W)
    return inputs
