"""Problems are told in one line each submission."""

import pytest

from grading.engine.problems import Problem, one_line, problem_from_dict, told

LOOP = Problem("time-limit", "cell 3: did not end")
LINK = Problem("symbolic-link", "'a' was dropped")
KERNEL = Problem("other-kernel", "the kernel was replaced", worth_telling=False)


@pytest.mark.parametrize(
    ("problems", "sentence"),
    [
        ((), ""),
        ((KERNEL,), ""),
        ((LOOP, KERNEL), "cell 3: did not end"),
        ((LOOP, LINK, LOOP, LOOP), "cell 3: did not end (and 2 more like it); 'a' was dropped"),
    ],
)
def test_all_that_is_worth_telling_is_one_sentence(problems: tuple[Problem, ...], sentence: str) -> None:
    assert told(problems) == sentence


def test_a_problem_survives_the_journal() -> None:
    assert problem_from_dict(LOOP.to_dict()) == LOOP


def test_foreign_text_becomes_one_short_printable_line() -> None:
    assert one_line("a\nb\x1b[31m") == "a?b?[31m"
    assert len(one_line("x" * 300)) == 80
