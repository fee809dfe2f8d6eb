"""Fashion-MNIST as a `d2l.DataModule`, for d2l's `Trainer`."""

from __future__ import annotations

from collections.abc import Iterable

import torch
from d2l import torch as d2l
from torch import Generator, Tensor
from torch.utils.data import TensorDataset

from grading.data.fashion import CLASS_NAMES, FashionMNIST, fashion_mnist
from grading.data.minibatches import Batches, to_float


class InMemoryFashionMNIST(d2l.DataModule):
    """What `d2l.FashionMNIST` is, with the whole set as tensors on `device`: no image is converted while a model trains.

    `train` and `val` give pairs of a float32 image `(1, 28, 28)` from 0 to 1 and a label. `data` takes images that were
    loaded before; without it `fashion_mnist()` finds them. `generator` orders the training batches.
    """

    def __init__(
        self,
        batch_size: int = 256,
        device: torch.device | str | None = None,
        data: FashionMNIST | None = None,
        generator: Generator | None = None,
    ) -> None:
        super().__init__(num_workers=0)
        data = fashion_mnist() if data is None else data
        self.batch_size = batch_size
        self.generator = generator
        self.origin = data.origin
        self.train = TensorDataset(to_float(data.train_images, device), data.train_labels.to(device))
        self.val = TensorDataset(to_float(data.test_images, device), data.test_labels.to(device))

    def get_dataloader(self, train: bool) -> Batches:
        """Return the training batches, shuffled, or the validation batches in order."""
        X, y = (self.train if train else self.val).tensors
        return Batches(X, y, self.batch_size, shuffle=train, generator=self.generator)

    def text_labels(self, indices: Iterable[int] | Tensor) -> list[str]:
        """Return the names of these labels."""
        return [CLASS_NAMES[int(index)] for index in indices]

    def visualize(
        self, batch: tuple[Tensor, Tensor], nrows: int = 1, ncols: int = 8, labels: list[str] | None = None
    ) -> None:
        """Show the first `nrows * ncols` images of a batch, titled by `labels` or by the names of their classes."""
        X, y = batch
        shown = nrows * ncols
        titles = labels or self.text_labels(y[:shown])
        d2l.show_images(X[:shown].squeeze(1).cpu(), nrows, ncols, titles=titles)
