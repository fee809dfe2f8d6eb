"""A lesson goes by its name, its number or one of its files; a misspelt one is told which it may be."""

from pathlib import Path

import pytest

from grading.lesson_names import UnknownLesson, lesson_called, lesson_in_folder, lessons_called, nearest

LESSONS = ["01-xor", "02-activations", "03-backpropagation", "10-own", "warm-up"]


@pytest.mark.parametrize(
    ("word", "lesson"),
    [
        ("02-activations", "02-activations"),
        ("02", "02-activations"),
        ("2", "02-activations"),
        (" 02 ", "02-activations"),
        ("10", "10-own"),
        ("02-Activations", "02-activations"),
        ("lessons/02-activations.py", "02-activations"),
        ("source/02-activations/", "02-activations"),
        ("notebooks/03-backpropagation.ipynb", "03-backpropagation"),
        ("warm-up", "warm-up"),
    ],
)
def test_a_word_that_means_one_lesson_is_that_lesson(word: str, lesson: str) -> None:
    assert lesson_called(word, LESSONS) == lesson


@pytest.mark.parametrize(
    ("word", "near"),
    [
        ("02-activation", "02-activations"),
        ("2-activations", "02-activations"),
        ("activations", "02-activations"),
        ("02-actviations", "02-activations"),
        ("02_activations", "02-activations"),
        ("3-BACKPROP", "03-backpropagation"),
        ("xor", "01-xor"),
        ("02-backpropagation", "03-backpropagation"),
        ("warmup", "warm-up"),
    ],
)
def test_a_misspelt_lesson_is_told_the_nearest_name(word: str, near: str) -> None:
    with pytest.raises(UnknownLesson) as caught:
        lesson_called(word, LESSONS)
    assert str(caught.value) == f"no lesson {word!r}; did you mean {near!r}? There are {', '.join(LESSONS)}"


@pytest.mark.parametrize("word", ["07", "", "0", "²", "relu", "s01"])
def test_what_is_like_no_name_is_told_all_of_them(word: str) -> None:
    with pytest.raises(UnknownLesson) as caught:
        lesson_called(word, LESSONS)
    assert str(caught.value) == f"no lesson {word!r}; there are {', '.join(LESSONS)}"


def test_where_there_are_no_lessons_the_message_says_so() -> None:
    with pytest.raises(UnknownLesson, match="there are none"):
        lesson_called("02", [])


def test_a_number_that_two_lessons_have_is_not_one_of_them() -> None:
    assert lessons_called("02", ["02-a", "02-b", "03-c"]) == ["02-a", "02-b"]
    with pytest.raises(UnknownLesson, match="'02' may be 02-a or 02-b; write the whole name"):
        lesson_called("02", ["02-a", "02-b", "03-c"])


def test_a_lesson_whose_name_is_a_number_goes_before_those_that_begin_with_it() -> None:
    assert lesson_called("02", ["02", "02-activations"]) == "02"


def test_the_nearest_name_is_as_it_is_written() -> None:
    assert nearest("müller", ["Müller", "Meier"]) == "Müller"


def test_a_folder_tells_which_lesson_is_meant_or_leaves_the_word(tmp_path: Path) -> None:
    (tmp_path / "02-activations").mkdir()
    (tmp_path / "03-notes.txt").touch()
    assert lesson_in_folder(tmp_path, "02") == "02-activations"
    assert lesson_in_folder(tmp_path, "03") == "03"
    assert lesson_in_folder(tmp_path / "nowhere", "02") == "02"
