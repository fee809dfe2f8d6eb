"""Minibatches by index, out of tensors that are on the device already.

A `DataLoader` converts one image at a time and needs worker processes to hide that; Fashion-MNIST as float32 is 219 MB
and fits in memory whole, where a batch is one indexing operation.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import torch
from torch import Generator, Tensor


@dataclass(frozen=True, eq=False)
class Batches:
    """Pairs `(X (b, …), y (b,))` out of `X (n, …)` and `y (n,)`, on their device; can be gone through again and again.

    With `shuffle`, each pass has an order of its own, drawn on the CPU from `generator` (PyTorch's default one without
    it), so that a seed gives the same order on every device. A batch has `batch_size` pairs; the last one may have fewer.
    """

    X: Tensor
    y: Tensor
    batch_size: int
    shuffle: bool = False
    generator: Generator | None = None

    def __post_init__(self) -> None:
        """Refuse sizes that do not fit together."""
        if len(self.X) != len(self.y):
            raise ValueError(f"{len(self.X)} images, but {len(self.y)} labels")
        if self.batch_size < 1:
            raise ValueError(f"batch_size must be at least 1, not {self.batch_size}")

    def __len__(self) -> int:
        """Return the number of batches in one pass."""
        return -(-len(self.y) // self.batch_size)

    def __iter__(self) -> Iterator[tuple[Tensor, Tensor]]:
        """Go through all examples once."""
        if not self.shuffle:
            yield from zip(self.X.split(self.batch_size), self.y.split(self.batch_size), strict=True)
            return
        order = torch.randperm(len(self.y), generator=self.generator).to(self.y.device)
        for chosen in order.split(self.batch_size):
            yield self.X.index_select(0, chosen), self.y.index_select(0, chosen)


def to_float(images: Tensor, device: torch.device | str | None = None) -> Tensor:
    """Turn uint8 images `(n, h, w)` into float32 `(n, 1, h, w)` from 0 to 1, on `device` or where they are."""
    return images.to(device).unsqueeze(1).to(torch.float32).div_(255)


def batches(
    images: Tensor,
    labels: Tensor,
    batch_size: int,
    *,
    shuffle: bool = False,
    generator: Generator | None = None,
    device: torch.device | str | None = None,
) -> Batches:
    """Return minibatches of uint8 `images (n, h, w)`, as float32 `(b, 1, h, w)` from 0 to 1, and `labels (n,)`."""
    return Batches(to_float(images, device), labels.to(device), batch_size, shuffle, generator)
