"""Every figure of every lesson says of every right answer what it says of the model answer, and of the last hint's."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterator
from functools import cache
from typing import Any

import pytest
import torch

from grading import exercises
from grading.data import fashion
from grading.data.bundled import first_of_each_class
from grading.figures.style import Picture
from tests.corpus.entries import Entry, entries
from tests.figures.lessons import LESSONS, Lesson

# Of each label; what a network learns from them does not matter here.
IMAGES = 130
# Random weights give other numbers with every draw, and what follows from them is another network.
RANDOM = {"xavier_uniform", "xavier_normal", "he_normal", "init_xavier", "build_mlp", "dropout"}
# Answers that are all right and differ where a kink leaves a choice, so a figure may tell that point.
_AT_A_KINK = re.compile(r"only at x = 0 not the same, \S+ by hand, \S+ by autograd")


@pytest.fixture(scope="module", autouse=True)
def few_images() -> Iterator[None]:
    original = fashion.fashion_mnist

    def small(*args: Any, **options: Any) -> fashion.FashionMNIST:
        data = original(source="sample")
        train = torch.from_numpy(first_of_each_class(data.train_labels.numpy(), IMAGES))
        test = torch.from_numpy(first_of_each_class(data.test_labels.numpy(), IMAGES))
        return dataclasses.replace(
            data,
            train_images=data.train_images[train],
            train_labels=data.train_labels[train],
            test_images=data.test_images[test],
            test_labels=data.test_labels[test],
        )

    with pytest.MonkeyPatch.context() as patch:
        for module in ("grading.data.fashion", "grading.data.module"):
            patch.setattr(f"{module}.fashion_mnist", small)
        yield


@cache
def lesson(name: str) -> Lesson:
    threads = torch.get_num_threads()
    torch.set_num_threads(1)  # small tensors, and other tests run beside this one
    try:
        return Lesson(name)
    finally:
        torch.set_num_threads(threads)


def right_answers(exercise: str) -> list[Entry]:
    return [entry for entry in entries() if entry.exercise == exercise and entry.right]


def titles(picture: Picture) -> str:
    parts = [picture.get_suptitle(), *(axes.get_title(loc="left") for axes in picture.axes)]
    return " | ".join(" ".join(part.split()) for part in parts)


def told(text: str, exercise: str) -> str:
    """Return a figure's text without what may differ between right answers: rounding, kinks, chance."""
    text = _AT_A_KINK.sub("off by at most ~0", text).replace(", but for single points", "")
    text = re.sub(r"\d(\.\d+)?e-(0[4-9]|[1-9]\d)", "~0", text)
    text = re.sub(r"\d+ weighted units", "# weighted units", text)  # several constructions are right
    text = re.sub(r"off by at most (0|~0)\b", "off by at most ~0", text)
    # A training adds rounding up; after steps that nearly fail, and from other weights, it ends elsewhere.
    text = re.sub(r"[\d.]+(?= \(max_norm)", "#", text)
    # What trained networks reach: the last bit of a gradient moves a few of the hundreds of images held out.
    text = re.sub(r"(?<=MLP )\S+( to \S+)?, CNN \S+( to \S+)?", "#, CNN #", text)
    text = re.sub(r"(?<=takes )[\d.]+(?= times as long)", "#", text)  # a time of this machine
    if exercise in RANDOM:
        text = re.sub(r"who starts at all.*", "who starts at all", text)
    text = re.sub(r"(?<=squared weights )[\d.]+", lambda found: f"{float(found[0]):.2g}", text)
    return re.sub(r"\d[\d.,]*(e[+-]\d+)?", "#", text) if exercise in RANDOM else text


@pytest.mark.parametrize("name", LESSONS)
def test_every_figure_of_a_lesson_with_the_model_answers_is_drawn_and_has_a_message(name: str) -> None:
    pictures = lesson(name).pictures
    assert pictures
    for number, picture in pictures.items():
        assert picture.get_suptitle(), number
        assert "Nothing to draw yet" not in titles(picture), number


# Their figures train networks, or start deep ones, again for every answer: minutes, by `make lessons-test`.
SLOW = {"04-fashion-mnist", "06-optimization", "xavier_normal", "he_normal"}


@pytest.mark.parametrize(
    ("name", "exercise"),
    [
        pytest.param(one.lesson, one.name, marks=[pytest.mark.lessons] if SLOW & {one.lesson, one.name} else [])
        for one in exercises()
        if one.lesson in LESSONS and not one.manual
    ],
)
def test_every_figure_says_the_same_of_every_right_answer(name: str, exercise: str) -> None:
    one = lesson(name)
    found = []
    for entry in right_answers(exercise):
        for number, picture in one.pictures_with(exercise, entry.function).items():
            expected = told(titles(one.pictures[number]), exercise)
            said = told(titles(picture), exercise)
            if said != expected:
                found.append(f"{entry}, cell {number}:\n  {said}\n  instead of\n  {expected}")
    assert not found, "\n".join(found)
