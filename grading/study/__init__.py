"""What a learner keeps for themselves: predictions and explanations before an answer shows, and what was tried and passed so far.

Nothing of it counts for points, and nothing leaves the machine. While a notebook is graded, nothing is asked and nothing is kept.
A kernel of the sandbox sees this file alone: what the functions need is imported where they need it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from grading.graded import is_being_graded

if TYPE_CHECKING:
    from grading.study.course_map import CourseMap

__all__ = ["explain", "hint", "predict", "progress", "reset", "solution"]


def predict(name: str, value: Any = ...) -> None:
    """Enter a prediction, and only then see the answer.

    name: the question, such as "fork-of-two". value: what you expect: a number, a list or a tensor, a shape, True or False, or one
    of the words that the question names. With the dots that stand there at first it says what to enter.

    It says whether the prediction is right, shows the answer, computed there and then, and why. There are no points for it; a
    surprise is what it is for. Raises nothing: a name that no question has, or a value of another kind, is told in a sentence.
    """
    if is_being_graded():
        return
    from grading.study.predicting import told

    told(name, value).show()


def explain(name: str, words: Any = ...) -> None:
    """Enter an answer in your own words, and only then see the model answer.

    name: the question, such as "no-bias-needed". words: your answer, as text of at least five different words; with the dots that
    stand there at first it says what to do.

    It shows your words beside the model answer, for you to compare. There are no points for it, and nothing and nobody judges the
    words. They are kept with your progress, on your machine. Raises nothing: a name that no question has, too few words, or the
    question once more, is told in a sentence.
    """
    if is_being_graded():
        return
    from grading.study.explaining import told

    told(name, words).show()


def hint(exercise: Any = "") -> None:
    """Show the next hint of an exercise, and remember which was the last.

    exercise: its name, `hint("relu")`, or your function. The first hints say where to look, the last one holds the answer (it is not
    there in a class, whose instructor decides). Nobody counts hints, and they cost no points. Raises nothing: an unknown name
    is told, with the nearest ones.
    """
    if is_being_graded():
        return
    from grading.study.helping import next_hint

    next_hint(exercise).show()


def reset(exercise: Any = "") -> None:
    """Bring the TODO of an exercise back as it was handed out, in a new cell below; in a plain Python session it is printed.

    exercise: its name, `reset("relu")`, or your function. Nothing of yours is changed or deleted. Raises nothing, as `hint`.
    """
    if is_being_graded():
        return
    from grading.study.helping import bring_back, insert_cell

    bring_back(exercise, insert_cell).show()


def solution(exercise: Any = "") -> None:
    """Show how an exercise can be written, the second time that you ask; the first time, what else there is.

    exercise: its name, `solution("relu")`, or your function. It is the lesson's own answer and, for many exercises, a second one in
    another style, with the reason why the two are equal. It costs no points; your progress says that you saw it. The package of a
    class comes without solutions. Raises nothing, as `hint`.
    """
    if is_being_graded():
        return
    from grading.study.solving import solution_of

    solution_of(exercise).show()


class _Progress:
    """Show what has been tried and passed on this machine: of the course, or of one lesson, `progress("03-backpropagation")`.

    It is for you alone: a file that `check`, `predict` and `explain` write into, and that nothing else reads. `progress.forget()`
    deletes it, and `MLP_COURSE_PROGRESS` names another one, or says `off`. Returns a map, which a notebook draws and `print` writes;
    None while a notebook is graded.
    """

    def __call__(self, lesson: str | None = None) -> CourseMap | None:
        if is_being_graded():
            return None
        from grading.study.course_map import course_map

        return course_map(lesson)

    def forget(self) -> None:
        """Delete all that was written down of this learner, on this machine."""
        if is_being_graded():
            return
        from grading.study.store import forget

        print(forget())


progress = _Progress()
