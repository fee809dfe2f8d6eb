"""Practice on wrong answers: find the bug, find the input, put lines in order, and what is to be looked at again.

Nothing of it counts for points. While a notebook is graded, nothing is asked and nothing is kept.
A kernel of the sandbox sees this file alone: what the functions need is imported where they need it.
"""

from __future__ import annotations

from typing import Any

from grading.graded import is_being_graded

__all__ = ["drill", "find_input", "parsons", "review"]


class _Drill:
    """Find the bug: show a wrong way to write an exercise, with a small input on which it fails, never the line.

    `drill("backward")` shows the next one in a new cell below, `drill("backward", 7)` the one of this number, and `drill()` goes on
    where you are: with an exercise that you have passed. They get harder as you fix them. Fix the cell, run it, and
    `drill.check(backward)` says whether it is right, as the exercise's own check would, and how long it took. Nothing of it counts
    for points or for `progress()`. Raises nothing: an unknown name is told, with the nearest ones. In a class's package there
    are no drills, and it says so.
    """

    def __call__(self, exercise: Any = "", number: int | None = None) -> None:
        if is_being_graded():
            return
        from grading.practice.drilling import show_drill
        from grading.study.helping import insert_cell

        show_drill(exercise, number, insert_cell).show()

    def check(self, answer: Any) -> None:
        """Judge a fixed drill, and say how long it took. answer: your function, as for `check`."""
        if is_being_graded():
            return
        from grading.practice.drilling import check_drill

        check_drill(answer).show()


drill = _Drill()


def find_input(exercise: Any = "", number: int | None = None, /, *inputs: Any, **named: Any) -> None:
    """Find an input that tells a wrong function from the right one: `find_input("relu", 3, X)`.

    exercise, number: a drill, as for `drill`. inputs, named: what the exercise takes, in its order or by name; without any, the wrong
    function is shown. It says whether the two differ there, and by how much: in values, shape, dtype, gradients, or in what becomes
    of the arguments. Raises nothing; what cannot be an input is told in a sentence.
    """
    if is_being_graded():
        return
    from grading.practice.separating import separate

    separate(exercise, number, inputs, named).show()


def parsons(exercise: Any = "", order: Any = ...) -> None:
    """Put the lines of an exercise in order: `parsons("backward")` shows them, `parsons("backward", "c a b")` judges an order.

    A few lines come from real mistakes and do not belong to it. Any order is right with which the function passes the exercise's
    check. There are lines of the longer exercises only; a name that has none is told which have. Raises nothing.
    """
    if is_being_graded():
        return
    from grading.practice.ordering import told

    told(exercise, order).show()


def review() -> None:
    """Say what to look at again: two, seven and thirty days after you passed it, and first what was hard for you.

    It names drills of exercises, predictions that were wrong and questions in words, each with what to type, and when the next
    one is due. It comes from the file that `progress()` reads, on your machine.
    """
    if is_being_graded():
        return
    from grading.practice.reviewing import told

    told().show()
