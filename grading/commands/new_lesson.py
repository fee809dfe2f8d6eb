"""Write the stubs of a new lesson: its script in lessons/, its package in the catalogue and in the corpus.

    python -m grading new-lesson 07-convolution --title "Convolutional networks"

`new-exercise` then adds exercises to it. Nothing is overwritten.
"""

from __future__ import annotations

import argparse

from grading.arguments import add_course
from grading.build.scaffold import make_lesson, write

HELP = "write the stubs of a new lesson"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments of the command."""
    parser.add_argument("lesson", metavar="LESSON", help="two digits and lower-case words, such as 07-convolution")
    parser.add_argument("--title", required=True, help="its title, as it stands at the top")
    add_course(parser)


def run(arguments: argparse.Namespace) -> int:
    """Write the stubs; return the exit status."""
    texts = make_lesson(arguments.course, arguments.lesson, arguments.title)
    write(arguments.course, texts)
    for path in texts:
        print(f"wrote {path.as_posix()}")
    print(f"Write the text, then: python -m grading new-exercise NAME --lesson {arguments.lesson}")
    return 0
