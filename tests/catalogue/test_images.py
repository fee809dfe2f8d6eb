"""The images by which a network is judged: others than a learner has, moved and renamed by the draw."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import torch
from torch import Tensor

from grading import exercise, judge
from grading.catalogue.fashion_mnist.build_mlp import images as module
from grading.catalogue.fashion_mnist.build_mlp.images import FARTHEST, images, load_held_out, moved, renamed
from grading.data import fashion, fashion_mnist
from grading.data.bundled import HELD_OUT, build_held_out
from grading.data.files import Missing, read_packed
from grading.judging.draw import Draw
from grading.sandbox.confinement.visible import visible_files


def rows(*groups: Tensor) -> set[bytes]:
    return {image.numpy().tobytes() for group in groups for image in group}


def held_out() -> tuple[Tensor, Tensor]:
    found = load_held_out(HELD_OUT)
    assert found is not None
    return found


def test_five_thousand_others_decide_and_they_are_balanced() -> None:
    pixels, labels = held_out()
    assert pixels.shape == (5000, 28, 28)
    assert labels.bincount().tolist() == [500] * 10
    sample = fashion_mnist(source="sample")
    assert not rows(pixels) & rows(sample.train_images, sample.test_images)
    assert HELD_OUT.stat().st_size < 2_200_000


@pytest.mark.skipif(
    not fashion.SYSTEM_PACKAGE.is_dir(), reason="Debian's package dataset-fashion-mnist is not installed"
)
def test_they_are_what_their_rule_gives_from_the_full_set(tmp_path: Path) -> None:
    contents = read_packed(fashion.SYSTEM_PACKAGE)
    assert not isinstance(contents, Missing)
    built = tmp_path / "held-out.gz"
    built.write_bytes(build_held_out(contents))
    found = load_held_out(built)
    assert found is not None
    assert all(torch.equal(one, other) for one, other in zip(found, held_out(), strict=True))


def test_their_file_is_not_among_those_that_a_kernel_sees() -> None:
    assert not [name for name in visible_files() if "held" in name or name.startswith("catalogue")]


@pytest.mark.parametrize("seed", [0, 1, 2**31 - 1])
def test_no_image_is_the_one_that_is_public(seed: int) -> None:
    data = images(seed)
    pixels, _ = held_out()
    sample = fashion_mnist(source="sample")
    public = rows(pixels, sample.train_images, sample.test_images)
    assert not rows(data.unseen, data.train) & public
    # Neither do the gray levels of an image tell which one it was, in whatever order they are.
    in_order = rows(pixels.flatten(1).sort(dim=1).values)
    assert not rows(data.unseen.flatten(1).sort(dim=1).values) & in_order


def test_places_and_names_are_drawn_by_the_seed_alone() -> None:
    first, again, second = images(5), images(5), images(6)
    assert torch.equal(first.unseen, again.unseen)
    assert not rows(first.unseen) & rows(second.unseen)
    assert not rows(first.train) & rows(second.train)
    assert not torch.equal(first.unseen_labels, second.unseen_labels)
    assert torch.equal(first.unseen_labels, renamed(5)[held_out()[1]])


def test_an_image_is_moved_by_less_than_a_pixel_and_keeps_its_weight() -> None:
    dot = torch.zeros(400, 9, 9, dtype=torch.uint8)
    dot[:, 4, 4] = 200
    found = moved(dot, Draw("test", 0)).double()
    weight = found.sum(dim=(1, 2))
    assert bool(((weight - 200).abs() <= 2).all())
    places = torch.arange(9.0).double()
    for axis in (1, 2):
        centre = (found.sum(dim=axis) * places).sum(dim=1) / weight - 4
        assert bool((centre.abs() <= FARTHEST + 0.02).all())
        assert float(centre.min()) < -0.9 and float(centre.max()) > 0.9  # both ways, and all of the way
        assert abs(float(centre.mean())) < 0.1
    assert bool(((found > 0).sum(dim=(1, 2)) <= 4).all())


@pytest.mark.parametrize("by", [(1.0, 0.0), (-1.0, 0.0), (0.0, 1.0), (0.0, -1.0)])
def test_by_a_whole_pixel_an_image_is_shifted_and_black_comes_in(by: tuple[float, float]) -> None:
    image = torch.randint(1, 256, (1, 5, 7), generator=torch.Generator().manual_seed(0), dtype=torch.uint8)

    class Fixed(Draw):
        def uniform(self, *shape: int, low: float = 0.0, high: float = 1.0) -> Tensor:
            return torch.tensor([by], dtype=torch.float64)

    shifts = (int(by[0]), int(by[1]))
    expected = image.roll(shifts, (1, 2))
    gone = {(1, 0): (0, slice(None)), (-1, 0): (-1, slice(None)), (0, 1): (slice(None), 0), (0, -1): (slice(None), -1)}
    expected[0][gone[shifts]] = 0
    assert torch.equal(moved(image, Fixed("test", 0)), expected)


def test_without_the_graders_images_those_of_the_sample_decide_and_the_verdict_says_so(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(module, "HELD_OUT", tmp_path / "none.gz")
    images.cache_clear()  # type: ignore[attr-defined]  # of the lru_cache around it
    try:
        assert len(images(0).unseen) == 1000

        def build_mlp() -> Any:
            net = torch.nn.Sequential(torch.nn.Flatten(), torch.nn.Linear(784, 10))
            return net, {"lr": 0.001, "momentum": 0.0, "weight_decay": 0.0, "batch_size": 1000, "epochs": 1}

        said = str(judge(exercise("build_mlp"), build_mlp, "cpu", 0))
        assert "of 1,000 test images of the sample (the grader has others)" in said
    finally:
        images.cache_clear()  # type: ignore[attr-defined]
