"""The stubs of a new exercise or a new lesson: every file that it needs, with a TODO where a person has to write."""

from __future__ import annotations

import re
from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from string import Template

from grading.build.diagnostic import BuildError
from grading.build.master import MASTER_NAME
from grading.catalogue.finding import OWN, folder_of

PACKAGE = Path("grading", "catalogue")
CORPUS = Path("tests", "corpus")
_NAME = re.compile(r"[A-Za-z_]\w*(\.[A-Za-z_]\w*)?")


@dataclass(frozen=True)
class NewExercise:
    """An exercise to be made: `relu`, or `MLPScratch.forward` for a method, in a lesson such as "02-activations".

    after: the exercise whose check its cells follow; "" for the end of the lesson.
    """

    name: str
    lesson: str
    parameters: tuple[str, ...] = ("X",)
    after: str = ""

    def __post_init__(self) -> None:
        if not _NAME.fullmatch(self.name):
            raise BuildError(f"{self.name!r} is not a function name; write relu or Class.method")
        wrong = [name for name in self.parameters if not name.isidentifier()]
        if wrong or not self.parameters:
            raise BuildError(f"{' '.join(wrong)!r} cannot name a parameter; write --parameters X w b")


def make_exercise(root: Path, new: NewExercise) -> dict[Path, str]:
    """Return the texts of all files of a new exercise by path relative to `root`; nothing is written.

    Raises BuildError if the lesson or the exercise to follow is not there, or the exercise already exists.
    """
    master = Path("lessons", f"{new.lesson}.py")
    if not (root / master).is_file():
        raise BuildError(f"{master} is missing; `new-lesson {new.lesson}` makes it")
    short = _short(new.lesson)
    in_package = (root / PACKAGE).is_dir()
    folder = PACKAGE / short / folder_of(new.name) if in_package else Path(OWN, new.lesson, folder_of(new.name))
    if (root / folder).exists():
        raise BuildError(f"{folder} already exists; delete it or choose another name")
    package = f"grading.catalogue.{short}.{folder.name}" if in_package else ""
    words = {
        "name": new.name,
        "function": new.name.replace(".", "_"),
        "folder": folder.as_posix(),
        "package": package,
        "parameters": ", ".join(f'"{name}"' for name in new.parameters) + ("," if len(new.parameters) == 1 else ""),
        "typed": ", ".join(f"{name}: Tensor" for name in new.parameters),
        "drawn": ", ".join(f'"{name}": draw.wide(n, d)' for name in new.parameters),
        "first": new.parameters[0],
    }
    texts = {folder / f"{part}.py": _stub(f"{part}.py", words) for part in ("exercise", "hidden", "answers")}
    texts[folder / "__init__.py"] = f'"""The exercise `{new.name}`."""\n'
    if in_package:
        texts[CORPUS / short / f"{folder.name}.py"] = _stub("corpus.py", words)
    text = (root / master).read_text(encoding="utf-8")
    texts[master] = _with_cells(text, _stub("cells.py", words), new)
    return texts


def make_lesson(root: Path, lesson: str, title: str) -> dict[Path, str]:
    """Return the texts of all files of a new lesson by path relative to `root`; nothing is written.

    Raises BuildError if the name is not like 07-convolution, or the lesson already exists.
    """
    if not MASTER_NAME.fullmatch(lesson):
        raise BuildError(f"{lesson!r} is not a lesson name; write two digits and lower-case words: 07-convolution")
    master = Path("lessons", f"{lesson}.py")
    if (root / master).exists():
        raise BuildError(f"{master} already exists")
    texts = {master: _stub("lesson.py", {"title": title, "lesson": lesson})}
    if (root / PACKAGE).is_dir():
        docstring = f'"""Lesson {lesson[:2]}: {title.rstrip(".").lower()}."""'
        texts[PACKAGE / _short(lesson) / "__init__.py"] = f'{docstring}\n\nLESSON = "{lesson}"\n'
        texts[CORPUS / _short(lesson) / "__init__.py"] = ""
    return texts


def write(root: Path, texts: dict[Path, str]) -> None:
    """Write the files, all of them new but the lesson."""
    for path, text in texts.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text, encoding="utf-8")


def _short(lesson: str) -> str:
    """Return the name of a lesson's package: `fashion_mnist` for 04-fashion-mnist."""
    return lesson.partition("-")[2].replace("-", "_")


def _stub(name: str, words: dict[str, str]) -> str:
    text = (resources.files("grading.build") / "stubs" / f"{name}.txt").read_text(encoding="utf-8")
    return Template(text).substitute(words)


def _with_cells(text: str, cells: str, new: NewExercise) -> str:
    """Return a lesson with more cells, behind the check of an exercise or at the end."""
    if not new.after:
        return text.rstrip("\n") + "\n" + cells
    check = re.search(rf'^# %% check="{re.escape(new.after)}"$', text, re.M)
    if check is None:
        raise BuildError(f"lessons/{new.lesson}.py has no check of {new.after!r}, which the new cells are to follow")
    following = re.search(r"^# %%", text[check.end() :], re.M)
    place = check.end() + following.start() if following else len(text)
    return text[:place].rstrip("\n") + "\n" + cells + "\n" + text[place:]
