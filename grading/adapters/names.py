"""How an adapter says what it uses of a library: which name, what kind of thing that is, and what for.

A name is written as entry points are, `nbclient.client:NotebookClient.output`. What it is used for completes the sentence
"nbclient 0.11 has no NotebookClient.output, which grading.adapters.nbclient uses for …".
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum


class Kind(Enum):
    """What a name is the name of."""

    MODULE = "a module"
    CLASS = "a class"
    FUNCTION = "a function"
    COROUTINE = "a coroutine function"
    PROPERTY = "a property"
    TRAIT = "a trait"
    OBSERVER = "an observer of a trait"
    VALUE = "a value"
    FIELD = "a field of its instances"


@dataclass(frozen=True)
class Name:
    """A name of a library.

    where: the module and, after a colon, the name in it. parameters: what a function takes first, beside `self`, and may be
    given by position or by name; all others must be optional. since: the version that brought the name; before it nothing is
    missing.
    """

    where: str
    kind: Kind
    use: str
    parameters: tuple[str, ...] = ()
    since: str = ""

    @property
    def module(self) -> str:
        """The module that holds the name, or is it."""
        return self.where.partition(":")[0]

    @property
    def path(self) -> str:
        """The name within its module; "" for a module."""
        return self.where.partition(":")[2]


def function(where: str, parameters: str, use: str, *, since: str = "") -> Name:
    """Return the name of a function or method that takes these parameters, given as in a signature."""
    return Name(where, Kind.FUNCTION, use, _split(parameters), since)


def coroutine(where: str, parameters: str, use: str, *, since: str = "") -> Name:
    """Return the name of a function that is awaited."""
    return Name(where, Kind.COROUTINE, use, _split(parameters), since)


def field(where: str, use: str, *, since: str = "") -> Name:
    """Return the name of an attribute that a class gives to its instances in one of its methods."""
    return Name(where, Kind.FIELD, use, (), since)


def _split(parameters: str) -> tuple[str, ...]:
    return tuple(parameters.replace(",", " ").split())
