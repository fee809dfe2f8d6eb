"""What the build writes around a lesson: times by a stated rule, exercises, sections, the way on."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from grading.build import contents, render
from grading.build.declared import DeclaredExercise
from grading.build.diagnostic import Diagnostic
from grading.build.master import Master, parse_master
from grading.build.settings import Settings

Exercises = dict[str, DeclaredExercise]
Parse = Callable[[str], Master]


@pytest.fixture
def sections(text: str) -> str:
    """The tiny lesson with a section and two declared difficulties."""
    text = text.replace("# Write it.", "# ## 1 · Write it")
    return text.replace('todo="double"', 'todo="double" difficulty=1').replace(
        'written="why-two"', 'written="why-two" difficulty=3'
    )


def test_the_time_is_that_of_words_formulas_cells_and_exercises(parse: Parse, sections: str) -> None:
    before = parse(sections)
    more = "# %% [markdown]\n# " + "word " * 400 + "\n#\n# $$a = b$$\n\n# %% [markdown]\n# `code` $x$\n\n"
    after = parse(sections.replace("# %% [markdown]\n# ## 1", more + "# %% [markdown]\n# ## 1"))
    assert contents.reading_minutes(after) == pytest.approx(contents.reading_minutes(before) + 2 + 1 + 2 / 200)
    assert [contents.exercise_minutes(cell) for cell in before.cells if cell.exercise and cell.role != "check"] == [
        4,
        10,
        20,
    ]
    assert contents.minutes(before) == 35


@pytest.mark.parametrize("before", ["where $a < b$, ", "$x<y$, ", "1 < 2 ", "<b>bold</b> <!-- hidden words --> "])
def test_a_sign_for_less_hides_no_words(text: str, before: str, parse: Parse) -> None:
    def minutes(prose: str) -> float:
        return contents.reading_minutes(parse(f"{text}\n# %% [markdown]\n# {prose}\n"))

    many = "word " * 100
    assert minutes(f"{before}{many} $a > b$") == pytest.approx(
        minutes(f"{before}$a > b$") + 100 / contents.WORDS_A_MINUTE
    )


@pytest.mark.parametrize(("whole", "words"), [(5, "5 minutes"), (60, "1 h"), (95, "1 h 35 min"), (240, "4 h")])
def test_minutes_are_written_as_people_say_them(whole: int, words: str) -> None:
    assert contents.clock(whole) == words


def test_exercises_and_sections_stand_behind_the_title(parse: Parse, sections: str, exercises: Exercises) -> None:
    master = parse(sections)
    for notebook in (
        render.learner_notebook(master, exercises, Settings()),
        render.source_notebook(master, exercises),
        render.solution_notebook(master, exercises),
    ):
        place = next(n for n, cell in enumerate(notebook.cells) if cell.id == "contents")
        assert notebook.cells[place - 1].source.startswith("# Doubling")
        told = notebook.cells[place].source
        assert told.startswith("**About 35 minutes**, 6.5 points.")
        assert "| `double` | 1.5 | 4 | ●○○ 1 of 3 |" in told
        assert "| `Slope.at` | 2 | 10 | – |" in told
        assert "| `why-two` (in words) | 3 | 20 | ●●● 3 of 3 |" in told
        assert "- [1 · Write it](#1-·-Write-it)" in told


def test_a_lesson_without_sections_needs_no_contents(master: Master, exercises: Exercises) -> None:
    assert "contents" not in [cell.id for cell in render.learner_notebook(master, exercises, Settings()).cells]


def test_the_last_cell_leads_to_the_next_lesson_where_it_is_at_hand(
    parse: Parse, sections: str, exercises: Exercises
) -> None:
    master = parse(sections)
    learner = render.learner_notebook(master, exercises, Settings(repository="a/b"), "03-halves")
    colab = "https://colab.research.google.com/github/a/b/blob/main/notebooks/03-halves.ipynb"
    assert learner.cells[-1].source == f"**Next:** [03-halves](03-halves.ipynb) · [in Colab]({colab})"
    assert (
        render.solution_notebook(master, exercises, "03-halves").cells[-1].source
        == "**Next:** [03-halves](03-halves.ipynb)"
    )
    for notebook in (learner, render.source_notebook(master, exercises)):
        points = next(cell for cell in notebook.cells if cell.id == "points-so-far")
        assert points.source == 'from grading import progress\n\nprogress("02-tiny")'
    assert "next-lesson" not in [cell.id for cell in render.source_notebook(master, exercises).cells]
    assert "next-lesson" not in [cell.id for cell in render.learner_notebook(master, exercises, Settings()).cells]


def test_the_next_lesson_is_the_next_by_number() -> None:
    lessons = ["03-c", "01-a", "02-b"]
    assert [contents.after(lesson, lessons) for lesson in lessons] == ["", "02-b", "03-c"]


@pytest.mark.parametrize("value", ["0", "4", '"2"', "true", "1.5", "null"])
def test_a_difficulty_is_one_two_or_three(text: str, value: str) -> None:
    read = parse_master(
        "02-tiny", "lessons/02-tiny.py", text.replace('todo="double"', f'todo="double" difficulty={value}').encode()
    )
    assert isinstance(read, Diagnostic)
    assert "difficulty is 1, 2 or 3" in read.message


def test_only_an_exercise_has_a_difficulty(text: str) -> None:
    read = parse_master(
        "02-tiny", "lessons/02-tiny.py", text.replace('check="double"', 'check="double" difficulty=1').encode()
    )
    assert isinstance(read, Diagnostic)
    assert "of a todo or written cell" in read.message
