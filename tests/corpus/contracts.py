"""The contracts of the exercises as the oracle knows them: draws and truths of their own, apart from the judge's cases."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from grading import exercise, exercises
from tests.corpus.entries import module_of
from tests.corpus.oracle import Contract, LeftOut


class _Contracts(Mapping[str, Contract | LeftOut]):
    """By exercise; imported when they are asked for."""

    def __getitem__(self, name: str) -> Contract | LeftOut:
        found = getattr(module_of(exercise(name)), "CONTRACT", None)
        if found is None:
            raise KeyError(name)
        return found  # type: ignore[no-any-return]

    def __iter__(self) -> Iterator[str]:
        return (one.name for one in exercises() if hasattr(module_of(one), "CONTRACT"))

    def __len__(self) -> int:
        return sum(1 for _ in self)


CONTRACTS: Mapping[str, Contract | LeftOut] = _Contracts()
