"""d2l's own data set class finds the images that are here, and downloads nothing."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch

from grading.data import FashionMNIST, fashion_mnist, found_by_d2l


def few(train: int, test: int) -> FashionMNIST:
    sample = fashion_mnist(source="sample")
    return replace(
        sample,
        train_images=sample.train_images[:train],
        train_labels=sample.train_labels[:train],
        test_images=sample.test_images[:test],
        test_labels=sample.test_labels[:test],
    )


def refuse(*args: Any, **kwargs: Any) -> None:
    raise AssertionError("it downloads")


@pytest.mark.parametrize(("train", "test"), [(5000, 1000), (60, 10), (1, 1), (257, 3)])
def test_stock_d2l_has_these_images_and_no_others(train: int, test: int, monkeypatch: pytest.MonkeyPatch) -> None:
    from d2l import torch as d2l

    monkeypatch.setattr("torchvision.datasets.mnist.download_and_extract_archive", refuse)
    images = few(train, test)
    with found_by_d2l(images):
        data = d2l.FashionMNIST(batch_size=32)
    assert torch.equal(data.train.data, images.train_images)
    assert torch.equal(data.train.targets, images.train_labels)
    assert torch.equal(data.val.data, images.test_images)
    assert torch.equal(data.val.targets, images.test_labels)
    data.num_workers = 0
    X, y = next(iter(data.val_dataloader()))
    torch.testing.assert_close(X, images.test_images[:32, None].float() / 255)
    assert torch.equal(y, images.test_labels[:32])


@pytest.mark.parametrize("leave", [lambda: None, lambda: 1 / 0])
def test_afterwards_the_working_directory_is_as_before_and_nothing_is_left(
    leave: Callable[[], Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    course = tmp_path / "course"
    course.mkdir()
    monkeypatch.chdir(course)
    places = []
    try:
        with found_by_d2l(few(3, 2)):
            places.append(Path.cwd())
            leave()
    except ZeroDivisionError:
        pass
    assert os.getcwd() == str(course)
    assert [place.exists() for place in places] == [False]
    assert [path.name for path in tmp_path.iterdir()] == ["course"]
