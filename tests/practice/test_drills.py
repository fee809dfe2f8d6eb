"""`drill`: what it says, what is written down, and that none of it raises or counts."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import Tensor

from grading import check, drill, exercises, find_input, parsons, progress, review
from grading.catalogue import drills
from grading.graded import GRADING_VARIABLE
from grading.practice import drilling, ordering
from grading.practice.drilling import check_drill, choose, level_of, show_drill
from grading.practice.listing import compiled
from grading.practice.separating import separate
from grading.study import store
from grading.study.place import VARIABLE
from grading.study.records import Check, Drill


def relu(X: Tensor) -> Tensor:
    return X.clamp(min=0)


def no_cell(text: str) -> bool:
    return False


def _events() -> list[tuple[str, int, str]]:
    return [(one.exercise, one.number, one.event) for one in store.read().records if isinstance(one, Drill)]


def test_a_drill_shows_the_function_and_a_small_input_but_not_the_line(kept: Path) -> None:
    text = str(show_drill("relu", 1, no_cell))
    assert text.startswith("Drill relu 1 (easy):\ndef relu(X: Tensor) -> Tensor:")
    assert "input: X = [" in text and "expected: [" in text and "got: [" in text
    assert "drill.check(relu)" in text
    assert "line" not in text.rpartition("It shows here")[2]


def test_in_a_notebook_the_function_is_in_a_cell_of_its_own(kept: Path) -> None:
    cells: list[str] = []
    panel = str(show_drill("relu", 1, lambda text: not cells.append(text)))
    assert "is in the cell below" in panel and "def relu" not in panel
    assert cells[0].startswith("def relu(") and cells[0].endswith("\n\ndrill.check(relu)")
    compile(cells[0], "cell", "exec")


def test_a_fixed_drill_says_how_long_it_took_and_the_next_one_is_another(kept: Path) -> None:
    show_drill("relu", None, no_cell)
    shown = store.read().records[-1].time
    wrong = str(check_drill(_named("relu", lambda X: X.abs()), shown + 60))
    assert wrong.startswith("relu 1 is not fixed yet.") and "expected" in wrong
    panel = str(check_drill(relu, shown + 130))
    assert panel.startswith("relu 1 is fixed, after 2 min 10 s.\n1 of ")
    assert _events() == [("relu", 1, "shown"), ("relu", 1, "tried"), ("relu", 1, "fixed")]
    assert "No drill of relu is open" in str(check_drill(relu))
    assert "Drill relu 1 " not in str(show_drill("relu", None, no_cell))


def _named(name: str, function: Callable[..., Any]) -> Callable[..., Any]:
    function.__name__ = function.__qualname__ = name
    return function


def test_the_clock_goes_on_when_a_drill_is_shown_again_and_starts_anew_another_day(kept: Path) -> None:
    show_drill("relu", 1, no_cell)
    show_drill("relu", None, no_cell)
    assert _events() == [("relu", 1, "shown")]
    store.forget()
    store.add(Drill("02-activations", "relu", 1, "shown", time=1e9))
    drilling.forget()
    show_drill("relu", 1, no_cell)
    assert _events() == [("relu", 1, "shown")] * 2


def test_they_get_harder_and_go_back_to_what_is_left(kept: Path) -> None:
    variants = drills.drills_of("relu").variants  # type: ignore[union-attr]
    seen: list[int] = []
    records: list[Drill] = []
    for _ in variants:
        chosen = choose("relu", None, records)
        assert isinstance(chosen, drilling.Chosen)
        seen.append(chosen.variant.level)
        records.append(Drill("02-activations", "relu", chosen.variant.number, "fixed", time=float(len(seen))))
    assert seen[:5] == [1, 1, 2, 2, 3]
    assert sorted(record.number for record in records) == [one.number for one in variants]
    assert level_of("relu", variants, records[:2]) == 2


def test_without_a_name_it_goes_on_with_what_was_passed_and_was_hardest(kept: Path) -> None:
    assert "Drill neuron" in str(show_drill("", None, no_cell))
    for name, outcome in (("relu", "passed"), ("tanh", "failed"), ("tanh", "passed"), ("sigmoid", "failed")):
        store.add(Check("02-activations", name, outcome, 1.0, 1.0))
    assert "Drill tanh" in str(show_drill("", None, no_cell))


def test_where_nothing_can_be_kept_the_process_remembers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(VARIABLE, "off")
    show_drill("relu", 1, no_cell)
    assert "relu 1 is fixed" in str(check_drill(relu))
    assert "Drill relu 1 " not in str(show_drill("relu", None, no_cell))


def test_nothing_of_it_counts_for_points_or_progress(kept: Path) -> None:
    show_drill("relu", 1, no_cell)
    check_drill(relu)
    text = repr(progress("02-activations"))
    assert "0 of" in text.splitlines()[0] and "attempt" not in text
    check(relu)
    assert "1 attempt" in repr(progress("02-activations"))


WANTED: dict[str, tuple[Any, Any, str]] = {
    "a function": (relu, 2, "Drill relu 2"),
    "a class of one method": ("MLPScratch", 1, "drill.check(MLPScratch)"),
    "a slip": ("reul", None, "Did you mean relu"),
    "a number that is not there": ("relu", 999, "relu has drills 1 to"),
    "zero": ("relu", 0, "relu has drills 1 to"),
    "a truth value": ("relu", True, "relu has drills 1 to"),
    "a number as text": ("relu", "3", "relu has drills 1 to"),
    "a fraction": ("relu", 1.0, "relu has drills 1 to"),
    "a written answer": ("why-no-line", None, "why-no-line has no drills"),
    "a number for a name": (3, None, "Which exercise?"),
    "nobody": (None, None, "Which exercise?"),
}


@pytest.mark.parametrize("case", WANTED)
def test_whatever_is_asked_for_is_told_in_words(case: str, kept: Path) -> None:
    wanted, number, words = WANTED[case]
    assert words in str(show_drill(wanted, number, no_cell))


@pytest.mark.parametrize(
    "answer", ["relu", None, 3, lambda X: X, torch.zeros(2)], ids=lambda answer: type(answer).__name__
)
def test_whatever_is_checked_is_told_in_words(answer: Any, kept: Path) -> None:
    assert str(check_drill(answer))


def test_an_answer_that_raises_is_not_fixed(kept: Path) -> None:
    show_drill("relu", 1, no_cell)
    assert "ZeroDivisionError" in str(check_drill(_named("relu", lambda X: 1 / 0)))


def test_in_a_package_without_drills_it_says_why(kept: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(drills, "drills_of", lambda name: None)
    monkeypatch.setattr(drills, "are_installed", lambda: False)
    for panel in (show_drill("relu", None, no_cell), separate("relu", 1, (), {}), ordering.told("backward", ...)):
        assert str(panel) == drilling.NOT_HERE
    assert str(show_drill("", None, no_cell)) == drilling.NOT_HERE


def test_while_a_notebook_is_graded_nothing_is_shown_or_kept(
    kept: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv(GRADING_VARIABLE, "1")
    drill("relu")
    drill.check(relu)
    find_input("relu", 1, torch.ones(1))
    parsons("backward")
    review()
    assert capsys.readouterr().out == ""
    assert not kept.exists()


def test_importing_the_course_reads_no_drills() -> None:
    import subprocess
    import sys

    late = "('torch', 'tomllib', 'grading.catalogue.drills', 'grading.practice.drilling')"
    code = f"import sys; from grading import drill, review; print([name for name in {late} if name in sys.modules])"
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert said.strip() == "[]"


def test_every_exercise_can_be_shown(kept: Path) -> None:
    for one in exercises():
        if not one.manual:
            its = drills.drills_of(one.name)
            assert its is not None
            assert callable(compiled(one.name, its, its.variants[0].body))
