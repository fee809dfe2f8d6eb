from __future__ import annotations

import pytest
import torch
from torch import Tensor

from grading.data import Batches, batches, fashion_mnist, to_float

X = torch.arange(10.0).reshape(10, 1)
y = torch.arange(10)


def labels_of(pairs: Batches) -> list[list[int]]:
    return [labels.tolist() for _, labels in pairs]


def test_without_shuffling_the_order_is_kept_and_the_last_batch_is_smaller() -> None:
    pairs = Batches(X, y, 4)
    assert len(pairs) == 3
    assert labels_of(pairs) == [[0, 1, 2, 3], [4, 5, 6, 7], [8, 9]]


def test_shuffled_batches_hold_every_example_once_and_keep_pairs_together() -> None:
    pairs = Batches(X, y, 3, shuffle=True)
    assert sorted(label for batch in labels_of(pairs) for label in batch) == list(range(10))
    assert all(torch.equal(inputs[:, 0].long(), labels) for inputs, labels in pairs)


def test_a_seed_gives_the_same_order_again_and_each_pass_its_own() -> None:
    first, second = (Batches(X, y, 3, shuffle=True, generator=torch.Generator().manual_seed(5)) for _ in range(2))
    passes = [labels_of(first), labels_of(first)]
    assert passes == [labels_of(second), labels_of(second)]
    assert passes[0] != passes[1]


@pytest.mark.parametrize(
    ("labels", "batch_size", "reason"),
    [(y[:9], 4, "10 images, but 9 labels"), (y, 0, "batch_size must be at least 1, not 0")],
)
def test_sizes_that_do_not_fit_are_refused(labels: Tensor, batch_size: int, reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        Batches(X, labels, batch_size)


def test_images_become_floats_from_0_to_1_and_the_originals_stay() -> None:
    images = torch.tensor([[[0, 51], [102, 255]]], dtype=torch.uint8)
    expected = torch.tensor([[[[0.0, 0.2], [0.4, 1.0]]]])
    torch.testing.assert_close(to_float(images), expected)
    assert images.tolist() == [[[0, 51], [102, 255]]]
    ((inputs, labels),) = batches(images, torch.tensor([7]), 8)
    torch.testing.assert_close(inputs, expected)
    assert labels.tolist() == [7]


@pytest.mark.cuda
def test_batches_are_drawn_on_the_device_in_the_order_of_the_seed() -> None:
    on_cpu, on_gpu = (
        Batches(X.to(device), y.to(device), 3, shuffle=True, generator=torch.Generator().manual_seed(5))
        for device in ("cpu", "cuda")
    )
    assert all(labels.is_cuda for _, labels in on_gpu)
    on_cpu.generator.manual_seed(5)
    on_gpu.generator.manual_seed(5)
    assert labels_of(on_cpu) == labels_of(on_gpu)


def test_d2l_trains_and_shows_pictures_from_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("d2l", reason="d2l is not installed")
    import matplotlib as mpl

    mpl.use("agg")
    from d2l import torch as d2l
    from matplotlib import pyplot as plt

    from grading.data import InMemoryFashionMNIST

    data = InMemoryFashionMNIST(500, data=fashion_mnist(source="sample"))
    assert data.text_labels(torch.tensor([0, 9])) == ["t-shirt", "ankle boot"]
    assert (len(data.train), data.train[0][0].shape, len(data.val)) == (5000, (1, 28, 28), 1000)
    data.visualize(next(iter(data.val_dataloader())), nrows=2, ncols=4)
    assert [axes.get_title() for axes in plt.gcf().axes][:2] == data.text_labels(data.val.tensors[1][:2])
    plt.close("all")

    model = d2l.SoftmaxRegression(10, lr=0.1)
    model.board.display = False
    trainer = d2l.Trainer(max_epochs=2)
    trainer.fit(model, data)
    images, labels = data.val.tensors
    assert (model(images).argmax(1) == labels).float().mean() > 0.6
