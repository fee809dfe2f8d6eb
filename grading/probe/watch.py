"""Record which library operations a function calls, through whatever name it reaches them, and why it would fail elsewhere.

Four views of the same call are needed, because each is blind to something:

* PyTorch's function mode sees the public functions, before they are broken into parts (`F.cross_entropy`);
* its dispatch mode sees the primitive operations, whatever was called to reach them (`torch.ops`, scripted code, modules);
* the interpreter's profile hook sees Python functions that are not operations (`torch.nn.init`, `torch.autograd`, `math`);
* the same function mode keeps account of devices: see `DeviceAudit`.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager, nullcontext
from types import (
    BuiltinFunctionType,
    CodeType,
    FrameType,
    MethodDescriptorType,
    MethodWrapperType,
    WrapperDescriptorType,
)
from typing import Any

from torch.overrides import TorchFunctionMode

from grading.adapters import torch as library
from grading.adapters.torch import DispatchMode, name_of_operator
from grading.probe.device_audit import OF_INTEREST, DeviceAudit

AUTOGRAD = "autograd"
NN_INIT = "nn.init"
CLIP_GRAD = "clip_grad"
OPTIM = "optim"

# Python files of torch whose functions belong to a group as a whole, and functions by file and name.
_GROUP_FILES = {
    library.FILE_OF_INITIALIZERS: NN_INIT,
    library.FILE_OF_CLIPPING: CLIP_GRAD,
    **dict.fromkeys(library.FILES_OF_OPTIMIZERS, OPTIM),
    **dict.fromkeys(library.FILES_OF_AUTOGRAD, AUTOGRAD),
}
_GROUP_FUNCTIONS = dict.fromkeys(library.FUNCTIONS_OF_AUTOGRAD, AUTOGRAD)
_GROUP_BUILTINS = dict.fromkeys(library.BUILTINS_OF_AUTOGRAD, AUTOGRAD)
_MATH = frozenset({"math", "cmath"})
_OPERATOR = "an operator"
# The most names and functions that are kept; there are some thousand operations.
_MOST_NAMES = 10_000


# What runs without the interpreter, so that only dispatched operations can be seen of it, unless it calls a function that it was given.
_COMPILED = frozenset({BuiltinFunctionType, MethodDescriptorType, WrapperDescriptorType, MethodWrapperType})
_CALLS_BACK = frozenset({"apply_", "map_", "map2_"})

_Hook = Callable[[FrameType, str, Any], None]


def operation_name(name: str) -> str:
    """Reduce a name to the operation's own: no leading or trailing underscores, no `special_` prefix."""
    bare = name.strip("_").removeprefix("special_")
    return bare.removeprefix("native_")


class _Names(dict[Any, str]):
    """The operation's own name by a public name or a dispatched operator. Looking one up is not a call, so it wakes no hook."""

    def __missing__(self, called: Any) -> str:
        name = operation_name(called if isinstance(called, str) else name_of_operator(called))
        if len(self) < _MOST_NAMES:
            self[called] = name
        return name


_NAMES = _Names()


# What follows runs at every step of a learner's function, with the hook awake: what needs no call is written without one.
class _Operations(DispatchMode):
    """Note the primitive operations that are dispatched."""

    def __init__(self, seen: set[str]) -> None:
        super().__init__()
        self.seen = seen

    def __torch_dispatch__(
        self, func: Any, types: Iterable[type], args: tuple[Any, ...] = (), kwargs: dict[str, Any] | None = None
    ) -> Any:
        name = _NAMES[func]
        if name not in self.seen:
            self.seen.add(name)
        return func(*args, **kwargs) if kwargs else func(*args)


class _Functions(TorchFunctionMode):
    """Note the public functions that are called, and pass each call on to the device audit."""

    def __init__(self, seen: set[str], audit: DeviceAudit | None, hook: _Hook) -> None:
        super().__init__()
        self.seen = seen
        self.audit = audit
        self.hook = hook

    def __torch_function__(
        self, func: Any, types: Iterable[type], args: tuple[Any, ...] = (), kwargs: dict[str, Any] | None = None
    ) -> Any:
        # The hook is asleep wherever nothing of the learner's can run: it would be called for each of many small steps.
        sys.setprofile(None)
        try:
            name = func.__name__
        except AttributeError:
            name = ""
        operation = _NAMES[name]
        if operation not in self.seen:
            self.seen.add(operation)
        audit = self.audit
        audited = audit is not None and (audit.foreign or name in OF_INTEREST)
        compiled = type(func) in _COMPILED and name not in _CALLS_BACK
        try:
            if audit is not None and audited:
                return self._audited(audit, name, func, args, kwargs or {}, compiled)
            if not compiled:
                sys.setprofile(self.hook)
            return func(*args, **kwargs) if kwargs else func(*args)
        finally:
            sys.setprofile(self.hook)

    def _audited(
        self, audit: DeviceAudit, name: str, func: Any, args: tuple[Any, ...], keywords: dict[str, Any], compiled: bool
    ) -> Any:
        audit.before(name, args, keywords)
        if not compiled:
            sys.setprofile(self.hook)
        result = func(*args, **keywords)
        sys.setprofile(None)
        return audit.after(name, args, keywords, result)


class _Devices(TorchFunctionMode):
    """Pass each call on to the device audit."""

    def __init__(self, audit: DeviceAudit) -> None:
        super().__init__()
        self.audit = audit

    def __torch_function__(
        self, func: Any, types: Iterable[type], args: tuple[Any, ...] = (), kwargs: dict[str, Any] | None = None
    ) -> Any:
        name = getattr(func, "__name__", "")
        keywords = kwargs or {}
        if not self.audit.foreign and name not in OF_INTEREST:
            return func(*args, **keywords)
        self.audit.before(name, args, keywords)
        return self.audit.after(name, args, keywords, func(*args, **keywords))


def _profile_hook(seen: set[str]) -> _Hook:
    ours = _Operations.__torch_dispatch__.__code__

    def hook(frame: FrameType, event: str, argument: Any) -> None:
        if event == "call":
            group = _GROUPS[frame.f_code]
            if group is None:
                return
            if group is not _OPERATOR:
                seen.add(group)
            elif frame.f_back is None or frame.f_back.f_code is not ours:  # which has noted the operation already
                name = getattr(frame.f_locals.get("self"), "__name__", "")
                seen.add(operation_name(str(name).split(".")[0]))
        elif event == "c_call":
            name = getattr(argument, "__name__", "")
            if name in _GROUP_BUILTINS:
                seen.add(_GROUP_BUILTINS[name])
            elif getattr(argument, "__module__", None) in _MATH:
                seen.add(name)

    return hook


class _Groups(dict[CodeType, str | None]):
    """What a Python function of torch's counts as, by its code; None if it is of no interest."""

    def __missing__(self, code: CodeType) -> str | None:
        file, name = code.co_filename, code.co_name
        group = None
        if name not in library.HARMLESS:
            group = _GROUP_FILES.get(file) or _GROUP_FUNCTIONS.get((file, name))
        if group is None and file == library.FILE_OF_OPERATORS and name == "__call__":
            group = _OPERATOR
        if len(self) < _MOST_NAMES:
            self[code] = group
        return group


_GROUPS = _Groups()


def auditing(audit: DeviceAudit | None) -> AbstractContextManager[object]:
    """Keep the audit's account if there is one, and look at nothing else: where nothing is forbidden, nothing else is of interest."""
    return nullcontext() if audit is None else _Devices(audit)


@contextmanager
def watching(seen: set[str], audit: DeviceAudit | None, primitives: bool = True) -> Iterator[None]:
    """Add to `seen` the operations and groups that are used within, and keep the audit's account if there is one.

    primitives: look at the dispatched operations, too.
    """
    before = sys.getprofile()
    with ExitStack() as stack:
        hook = _profile_hook(seen)
        if primitives:
            stack.enter_context(_Operations(seen))
        stack.enter_context(_Functions(seen, audit, hook))
        sys.setprofile(hook)
        try:
            yield
        finally:
            # A profiler written in C, such as cProfile, cannot be put back in its place.
            sys.setprofile(before if callable(before) else None)
