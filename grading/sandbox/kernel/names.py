"""What the cells of a notebook have bound, put back where one has emptied the namespace: `%reset -f`, `globals().clear()`."""

from __future__ import annotations

from collections.abc import Collection, MutableMapping
from typing import Any

from grading.units import MEBIBYTE

# Who deletes one name means it.
_FEW = 2


class Names:
    """The names that there were before a cell.

    Who empties a namespace wants nothing left of old experiments, and does not mean the answers above or the lesson's imports.
    """

    def __init__(self) -> None:
        self._before: dict[str, Any] = {}

    def remember(self, namespace: MutableMapping[str, Any]) -> None:
        """Note what is bound before a cell runs; large arrays are not held on to, since a cell may need their room."""
        self._before = {name: value for name, value in namespace.items() if not _is_large(value)}

    def put_back_emptied(self, namespace: MutableMapping[str, Any], hidden: Collection[str]) -> None:
        """Bind again what was bound before, if none of it is left; hidden: names that are everybody's."""
        own = [name for name in self._before if name[:1] != "_" and name not in hidden]
        if own[_FEW - 1 :] and not any(name in namespace for name in own):
            for name, value in self._before.items():
                namespace.setdefault(name, value)


def _is_large(value: Any) -> bool:
    """Tell whether a value is an array or a tensor, as far as its type says, of more than a megabyte."""
    return hasattr(type(value), "nbytes") and value.nbytes > MEBIBYTE
