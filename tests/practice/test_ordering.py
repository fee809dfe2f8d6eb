"""`parsons`: the lines of a solution are put in order, and any order that works is right."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from grading.catalogue import drills
from grading.practice import ordering


def test_the_lines_are_shown_with_letters_and_the_right_order_is_right(kept: Path) -> None:
    its = drills.drills_of("backward")
    assert its is not None
    shown = str(ordering.told("backward", ...))
    letters = {line: letter for letter, line in ordering.shuffled("backward", its).items()}
    assert all(f"{letter}      {line}" in shown for line, letter in letters.items())
    order = [letters[line] for line in its.lines]
    for form in (" ".join(order), "".join(order), ", ".join(order), order, tuple(order), " > ".join(order).upper()):
        assert "This order is right" in str(ordering.told("backward", form))
    assert "Not in this order" in str(ordering.told("backward", order[::-1]))
    assert "Not in this order" in str(ordering.told("backward", order[:-1]))


def test_another_order_that_works_is_right_as_well(kept: Path) -> None:
    its = drills.drills_of("forward")
    assert its is not None
    letters = {line: letter for letter, line in ordering.shuffled("forward", its).items()}
    grads = drills.drills_of("batch_norm_backward")
    assert grads is not None
    more = {line: letter for letter, line in ordering.shuffled("batch_norm_backward", grads).items()}
    lines = list(grads.lines)
    lines[1], lines[2] = lines[2], lines[1]
    assert "This order is right" in str(ordering.told("batch_norm_backward", [more[line] for line in lines]))
    assert "This order is right" in str(ordering.told("forward", [letters[line] for line in its.lines]))


@pytest.mark.parametrize(
    ("wanted", "order", "words"),
    [
        ("relu", ..., "relu has no lines"),
        ("backwards", ..., "Did you mean"),
        ("backward", "1 2", "The lines are a to"),
        ("backward", "z", "The lines are a to"),
        ("backward", 3, "The lines are a to"),
        ("backward", [1, 2], "The lines are a to"),
        ("backward", "", "The lines of backward, shuffled"),
        ("backward", None, "The lines of backward, shuffled"),
        ("adam_step", "h a", "Not in this order"),
    ],
)
def test_whatever_is_ordered_is_told_in_words(wanted: Any, order: Any, words: str, kept: Path) -> None:
    assert words in str(ordering.told(wanted, order))


def test_lines_that_are_no_python_are_told(kept: Path) -> None:
    its = drills.drills_of("train_epoch")
    assert its is not None
    letters = {line: letter for letter, line in ordering.shuffled("train_epoch", its).items()}
    assert "Python cannot read it" in str(ordering.told("train_epoch", letters["for X, y in batches:"]))
