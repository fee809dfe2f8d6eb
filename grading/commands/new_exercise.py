"""Write the stubs of a new exercise: its files in the catalogue, its answers in the corpus, its cells in the lesson.

    python -m grading new-exercise softplus --lesson 02-activations --after relu

Then write what the files ask for (each place says TODO) and run `make build` and `make judge-report ARGS=softplus`, which
names what is still missing. In a course's own folder the exercise lies in exercises/LESSON/. Nothing is overwritten.
"""

from __future__ import annotations

import argparse

from grading.arguments import add_course
from grading.build.scaffold import NewExercise, make_exercise, write
from grading.lesson_names import lesson_called

HELP = "write the stubs of a new exercise"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments of the command."""
    parser.add_argument("name", metavar="NAME", help="the function that is asked for, such as softplus")
    parser.add_argument("--lesson", required=True, help="the lesson that asks for it, such as 02-activations or 02")
    parser.add_argument("--after", default="", metavar="NAME", help="the exercise that it follows (default: the last)")
    parser.add_argument("--parameters", nargs="+", default=["X"], metavar="X", help="its parameters (default: X)")
    add_course(parser)


def run(arguments: argparse.Namespace) -> int:
    """Write the stubs; return the exit status."""
    lessons = [path.stem for path in (arguments.course / "lessons").glob("*.py")]
    lesson = lesson_called(arguments.lesson, lessons) if lessons else arguments.lesson
    new = NewExercise(arguments.name, lesson, tuple(arguments.parameters), arguments.after)
    texts = make_exercise(arguments.course, new)
    write(arguments.course, texts)
    for path in texts:
        print(f"wrote {path.as_posix()}")
    print(f"Write what they ask for, then: make build, make judge-report ARGS={new.name}")
    return 0
