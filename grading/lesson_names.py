"""Which lesson is meant by "02-activations", "02", 2 or the path of one of its files; every command asks here."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches
from pathlib import Path

from grading.errors import CourseError

# How alike a name and a misspelt one are, at least; 1 is the same.
_ALIKE = 0.55


class UnknownLesson(CourseError, LookupError):
    """No lesson has the name that was asked for, or several may be meant by it."""


def lessons_called(word: str, names: Iterable[str]) -> list[str]:
    """Return those of the names that a word means: the one that is called so, or else all that begin with its number."""
    known = sorted(names)
    stem = Path(word.strip()).name.removesuffix(".py").removesuffix(".ipynb").casefold()
    same = [name for name in known if name == word] or [name for name in known if name.casefold() == stem]
    return same or [name for name in known if stem.isdecimal() and _number(name) == int(stem)]


def lesson_called(word: str, names: Iterable[str]) -> str:
    """Return the one name that a word means. Raises UnknownLesson, with the nearest name, if there is none, or several."""
    known = sorted(set(names))
    found = lessons_called(word, known)
    if len(found) > 1:
        raise UnknownLesson(f"{word!r} may be {' or '.join(found)}; write the whole name")
    if not found:
        raise unknown_lesson(word, known)
    return found[0]


def lesson_in_folder(folder: Path, word: str) -> str:
    """Return the one folder in a folder that a word means; the word itself where that cannot be told."""
    try:
        found = lessons_called(word, (path.name for path in folder.iterdir() if path.is_dir()))
    except OSError:
        return word
    return found[0] if len(found) == 1 else word


def unknown_lesson(word: str, names: Iterable[str]) -> UnknownLesson:
    """Return the error that says which lessons there are, and which of them has nearly this name."""
    known = sorted(set(names))
    near = nearest(word, known)
    there_are = ", ".join(known) or "none"
    meant = f"did you mean {near!r}? There are {there_are}" if near else f"there are {there_are}"
    return UnknownLesson(f"no lesson {word!r}; {meant}")


def nearest(word: str, names: Iterable[str]) -> str:
    """Return the name that is most like a word, whatever is small or capital in it; "" if none is much like it."""
    by_letters = {name.casefold(): name for name in names}
    close = get_close_matches(word.casefold(), by_letters, n=1, cutoff=_ALIKE)
    return by_letters[close[0]] if close else ""


def _number(name: str) -> int | None:
    number = name.partition("-")[0]
    return int(number) if number.isdecimal() else None
