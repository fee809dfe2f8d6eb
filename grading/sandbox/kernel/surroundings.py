"""What a kernel needs of Python, put back where a cell has taken it away.

A cell may bind any name: `sys.stdout = None`, `builtins.len = None`, `del sys.modules["torch"]`. The kernel that runs it, and what
answers the judge, look up the same names. After each cell, what nobody can use is put back: None where a function was, a stream that
cannot be written to, a module that is gone. Before an answer is looked at, what this package and its tools had at the beginning is put
back, whatever took its place.
"""

from __future__ import annotations

import builtins
import sys
from types import ModuleType
from typing import Any

# What the kernel uses after every cell, and what the code uses that answers the judge.
_TOOLS = (
    "builtins asyncio asyncio.events contextlib dataclasses functools importlib inspect io json linecache os re signal socket struct sys "
    "threading time traceback types warnings weakref"
).split()
# Where a notebook may have functions of its own in the place of others, and its answers may count on them.
_LIBRARIES = (
    "torch torch.autograd torch.nn torch.nn.functional torch.overrides torch.random torch.utils.data numpy math".split()
)
_CLASSES = (("torch", "Tensor"), ("torch.nn", "Module"))
# Set by ipykernel and IPython around each cell.
_SET_AGAIN = frozenset({"input", "displayhook", "excepthook", "breakpointhook", "showwarning"})
# Values that are needed, too.
_VALUES = frozenset({"dtype", "Generator"})
# What nobody replaces for a purpose; these come back after each cell, whatever took their place.
_NEVER_REPLACED = frozenset(
    "isinstance issubclass len type getattr setattr hasattr delattr callable id iter next repr str bytes bytearray int float bool complex "
    "list tuple dict set frozenset object super property classmethod staticmethod slice range zip map filter enumerate reversed __import__ "
    "__build_class__".split()
)

# Bound here: no cell can reach them by the name of the builtin.
_callable, _getattr, _setattr, _len, _settrace, _setprofile = (
    callable,
    getattr,
    setattr,
    len,
    sys.settrace,
    sys.setprofile,
)


class Surroundings:
    """What there was when the kernel was made."""

    def __init__(self) -> None:
        self._all = sys.modules
        self._modules = {name: module for name, module in sys.modules.items() if type(module) is ModuleType}
        self._tools = [kept for name in _TOOLS if (kept := _Kept.of(self._modules.get(name)))]
        self._libraries = [kept for name in _LIBRARIES if (kept := _Kept.of(self._modules.get(name)))]
        self._libraries += [
            _Kept(found)
            for module, name in _CLASSES
            if isinstance(found := getattr(self._modules.get(module), name, None), type)
        ]
        self._own = [_Kept(module) for name, module in self._modules.items() if name.partition(".")[0] == "grading"]
        self._finders, self._hooks, self._path = list(sys.meta_path), list(sys.path_hooks), list(sys.path)
        self._recursion = sys.getrecursionlimit()

    def put_back_lost(self, output: Any, error: Any) -> None:
        """Put back what nobody can use any more; output, error: the kernel's own streams."""
        for kept in self._tools:
            kept.put_back_lost()
        sys.modules = self._all
        if _len(sys.modules) < _len(self._modules):
            self._put_back_modules()
        for name, stream in (("stdout", output), ("stderr", error)):
            if not _is_stream(_getattr(sys, name, None)):
                _setattr(sys, name, stream)

    def restore(self, output: Any, error: Any) -> None:
        """Put back what answering the judge needs, whatever took its place."""
        _settrace(None)
        _setprofile(None)
        self.put_back_lost(output, error)
        self._put_back_modules()
        for kept in (*self._tools, *self._own):
            kept.restore()
        for kept in self._libraries:
            kept.put_back_lost()
        sys.setrecursionlimit(max(sys.getrecursionlimit(), self._recursion))
        for name, then in (("meta_path", self._finders), ("path_hooks", self._hooks), ("path", self._path)):
            now = getattr(sys, name, None)
            setattr(sys, name, now if type(now) is list else [])
            getattr(sys, name).extend(one for one in then if all(one is not there for there in getattr(sys, name)))

    def _put_back_modules(self) -> None:
        for name in self._modules:
            if sys.modules.get(name) is None:
                sys.modules[name] = self._modules[name]


class _Kept:
    """The functions and classes in a module or a class, as they were."""

    def __init__(self, owner: Any) -> None:
        self._owner = owner
        self._there = {
            name: value
            for name, value in vars(owner).items()
            if (callable(value) or type(value).__name__ in _VALUES) and name not in _SET_AGAIN and name != "__class__"
        }

    @classmethod
    def of(cls, owner: Any) -> _Kept | None:
        return None if owner is None else cls(owner)

    def put_back_lost(self) -> None:
        """Put back what is gone, or cannot be called any more."""
        for name in self._changed():
            if not _callable(_getattr(self._owner, name, None)) or (
                self._owner is builtins and name in _NEVER_REPLACED
            ):
                self._put_back(name)
        if isinstance(self._owner, type):
            self._uncover()

    def _uncover(self) -> None:
        """Take away what hides an inherited method and cannot be called."""
        for name, value in list(vars(self._owner).items()):
            inherited = any(callable(vars(base).get(name)) for base in self._owner.__mro__[1:])
            if name not in self._there and inherited and not callable(value) and not hasattr(value, "__get__"):
                delattr(self._owner, name)

    def restore(self) -> None:
        """Put back whatever is another one."""
        for name in self._changed():
            self._put_back(name)

    def _changed(self) -> list[str]:
        now, there = self._owner.__dict__, self._there
        return [name for name in there if name not in now or now[name] is not there[name]]

    def _put_back(self, name: str) -> None:
        _setattr(self._owner, name, self._there[name])


def _is_stream(found: Any) -> bool:
    """Tell whether something can be written to and flushed, as what IPython and ipykernel do after each cell."""
    try:
        found.flush()
        return _callable(found.write)
    except Exception:
        return False
